"""What a text says of itself: title, publisher."""

from __future__ import annotations

import re
from collections import Counter

from kg.language.script import fold
from kg.model import Flow

_LABEL = re.compile(
    r"^\s*(?:新闻稿|新闻公报|供?即时发布|即时发放|实时发布|新闻发布|讲辞|演辞|Press Release|News Release|For Immediate Release|\d+)\s*$",
    re.I,
)
_ABOUT = re.compile(r"^\s*(?:关于|About)\s?(?P<name>[^,。:(（]{2,30}?)\s*$", re.I | re.M)
_HAN = "\u4e00-\u9fff"
_AGENCY = re.compile(
    rf"【(?P<a>[^【】]{{2,12}}?)(?:专|特)?讯】|[(](?P<b>[{_HAN}]{{2,6}}(?:社|网|报))[{_HAN}]{{2,6}}\d+月\d+日电|(?P<c>[{_HAN}]{{2,5}}(?:报|社|台|网|周刊))记者"
    rf"|^\s*(?P<d>[{_HAN}]{{2,8}}(?:报|社|台|网|周刊))(?:专|特)?讯(?=[\s(])"
    rf"|^\s*[(](?P<e>[{_HAN}]{{2,12}})(?:记者[\s{_HAN}]{{2,6}}|供稿)[)]\s*$",
    re.M,
)
_OWN_PAPER = re.compile("本[报网刊台社]")
_BYLINE = re.compile(
    r"^By [A-Z][\w.'’ -]{2,30}?,(?: (?:staff |senior |chief )*(?:reporter|writer|correspondent|editor),)? (?P<name>[A-Z][A-Za-z ]{3,40}?)\s*$",
    re.M,
)
_POST = "(?:署理|候任|代理|副)*(?:主席|行政总裁|局长|署长|总裁|会长|院长|校长|处长|常任秘书长)"
_SPEECH = re.compile(
    rf"^(?P<name>[{_HAN}]{{3,16}}?){_POST}(?:\([{_HAN}]{{2,12}}\))?[{_HAN}]{{0,6}}(?:在|于|出席).{{2,60}}(?:致辞|致开幕辞|发言|演辞|讲辞|讲话)",
    re.M,
)
_REPLY = re.compile(rf"议员的?(?:提问|质询|问题)(?:和|及|与)(?P<name>[{_HAN}]{{2,12}}?[局署处]){_POST}")
_OPENING = re.compile(
    r"(?:\d+\s?日\s?[)）]?\s?[-–—－:]*\s?[)）]?\s*)(?P<name>[\u4e00-\u9fffA-Za-z]{2,24}?)(?:\([^()]{2,40}\))?(?:今日|今天|昨日|今|欢迎|宣布|公布|正式|推出|举办|于|与|联同|表示|发布|发表|获|将|会|建议|全力|支持)"
)
_BODY = r"(?:局|署|处|厅|委|司|会|社|院|校|府|室|学|部|公司|集团|银行|中心|联盟|总站|基金)"
_TODAY = re.compile(
    rf"^(?P<name>(?:(?!与)[{_HAN}]){{3,20}}?{_BODY})(?:\([{_HAN}]{{2,8}}\))?(?:(?:与|联同)[{_HAN}()]{{3,24}})?(?:发言人)?(?:今日|今天)(?:\([^()]{{3,16}}\))?(?:[^,。;]{{0,6}})(?:宣布|公布|举行|举办|推出|表示|批准|发布)",
    re.M,
)
_NAMED = rf"[{_HAN}]{{2,24}}?{_BODY}"
_DATED = re.compile(r"\s*[(]?[\d〇○零一二三四五六七八九十]{2,4}\s?年[^,。;:]{0,12}[)]?\s*")
_ASKED = re.compile(r"\s*[(]?(?:附件|联[络系]人|(?:传媒|新闻界)?查询|电话|此致|完|[-—\s]+完)")
_SIGNED = re.compile(rf"\s*({_NAMED})(?:\s+{_NAMED})?(?:{_DATED.pattern})?\s*")
_ABOUT_WHAT = re.compile(
    rf"\s*({_NAMED})(?:\s+{_NAMED})?\s*关于[^,。;:]+(?:通知|公告|公示|通报|答复|意见|批复|报告|函)\s*"
)
_NOT_BODY = re.compile("[的了对于在与和]|^[本各该一]|^(?:立法会|区议会)|(?:报告|文件|问题|答复|背景|目的|建议|总结)$")
_NO_NAME = re.compile(f"[的了在]|出席|举行|{_POST}|^于")
_SOURCE = re.compile(
    rf"[(]?(?:来源|信息来源|发布机构|发布单位|发文机关|发文单位|主办|主办机构|主办单位)\s?:\s?(?P<name>{_NAMED})(?=[\s)]|$)",
    re.M,
)
_TITLED = re.compile(
    rf"^\s*(?P<name>{_NAMED})\s?(?:[\d〇○零一二三四五六七八九十]{{2,4}}(?:[至/-][\d〇○零一二三四五六七八九十]{{2,4}})?年?度?)?\s?(?:新闻稿|新闻公报|年报|年度报告|周年报告|通讯|公告)",
    re.M,
)
_ENGLISH = re.compile(
    r"(?:^|[–-] |\d\) )(?:The )?(?P<name>(?:[A-Z][\w&'’-]+ )(?:(?:[A-Z][\w&'’-]+|of|for|and|the|&) ){0,8}?)(?:\([A-Z]\w+\) )?(?:today|announced|has announced|is pleased|said today|yesterday announced)\b",
    re.M,
)
_TELLS = (
    (_SPEECH, 200),
    (_REPLY, 400),
    (_SOURCE, 200),
    (_TITLED, 120),
    (_TODAY, 1500),
    (_OPENING, 1500),
    (_ENGLISH, 600),
)
_CAPITALS = re.compile(
    r"\s*([A-Z][A-Z&'’ -]{3,60} (?:MUSEUM|COUNCIL|TRUST|FOUNDATION|UNIVERSITY|LIMITED|ASSOCIATION|AUTHORITY|CORPORATION|INSTITUTE|BUREAU|DEPARTMENT|SOCIETY|BOARD|COMMISSION|COLLEGE|CLUB|FUND))\s*"
)
_HEAD_LINES, _LAST_LINES = 4, 6


def _signature(lines: list[str]) -> str | None:
    """Return the body that signs a text: alone on a line at its end, the date and whom to ask left aside."""
    signed = None
    for line in reversed(lines[-_LAST_LINES:]):
        named = _SIGNED.fullmatch(line)
        if named is not None and not _NOT_BODY.search(named.group(1)):
            signed = named.group(1)
        elif signed is not None or not (_DATED.fullmatch(line) or _ASKED.match(line)):
            break
    return signed


def _letterhead(lines: list[str]) -> str | None:
    """Return the body that the first lines name: 「甲局關於…的通知」, or a body alone on the line."""
    for line in lines[:_HEAD_LINES]:
        named = _ABOUT_WHAT.fullmatch(line) or _SIGNED.fullmatch(line) or _CAPITALS.fullmatch(line)
        if named is not None and not _NOT_BODY.search(named.group(1)):
            return named.group(1)
        if not _LABEL.match(line):
            break
    return None


def title_of(flow: Flow) -> str | None:
    """Return the first heading of a text that is not a label such as 新聞稿, or None."""
    for passage in flow.passages[:6]:
        text = flow.text[passage.start : passage.end].strip()
        if not _LABEL.match(fold(text)) and text:
            return re.sub(r"\s+", " ", text)[:200]
    return None


def publisher_of(flow: Flow) -> str | None:
    """Return the body that speaks in a text, as the text has its name.

    Told by its 關於 block, its news agency or paper, a signature, a letterhead, who gives the speech or the answer, or the opening.
    """
    folded = fold(flow.text)
    lines = [line for line in folded.splitlines() if line.strip()]
    name = _about(folded) or _paper(folded) or _signature(lines) or _letterhead(lines)
    if name is None:
        told = (p.search(folded[:reach]) for p, reach in _TELLS)
        found = next((m for m in told if m and not _NO_NAME.search(m.group("name"))), None)
        return flow.text[found.start("name") : found.end("name")].strip() if found else None
    place = folded.find(name)
    return flow.text[place : place + len(name)].strip()


def _about(folded: str) -> str | None:
    found = _ABOUT.search(folded)
    return None if found is None or re.search("[的关]|通知", found.group("name")) else found.group("name").strip()


def _paper(folded: str) -> str | None:
    """Return the news agency or the paper that a text's marks and by-lines name most."""
    agencies = Counter(m.lastgroup and m.group(m.lastgroup) for m in _AGENCY.finditer(folded))
    names = [k for k in agencies if k and not _OWN_PAPER.match(k)]
    if names:
        return max(sorted(names), key=lambda k: agencies[k])
    found = _BYLINE.search(folded[:600])
    return found.group("name") if found else None
