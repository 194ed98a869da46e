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
_AGENCY = re.compile(
    r"【(?P<a>[^【】]{2,12}?)专?讯】|[(（](?P<b>[\u4e00-\u9fff]{2,6}(?:社|网|报))[\u4e00-\u9fff]{2,6}\d+月\d+日电|(?P<c>[\u4e00-\u9fff]{2,5}(?:报|社|台|网|周刊))记者"
)
_SPEECH = re.compile(
    r"^(?P<name>[\u4e00-\u9fff]{3,16}?)(?:主席|行政总裁|局长|署长|总裁|会长|院长|校长|处长)[\u4e00-\u9fff]{0,6}(?:在|于|出席).{2,60}(?:致辞|致开幕辞|发言|演辞|讲辞|讲话)",
    re.M,
)
_OPENING = re.compile(
    r"(?:\d+\s?日\s?[)）]?\s?[-–—－:]*\s?[)）]?\s*)(?P<name>[\u4e00-\u9fffA-Za-z]{2,24}?)(?:\([^()]{2,40}\))?(?:今日|今天|昨日|今|欢迎|宣布|公布|正式|推出|举办|于|与|联同|表示|发布|发表|获|将|会|建议|全力|支持)"
)


def title_of(flow: Flow) -> str | None:
    """Return the first heading of a text that is not a label such as 新聞稿, or None."""
    for passage in flow.passages[:6]:
        text = flow.text[passage.start : passage.end].strip()
        if not _LABEL.match(fold(text)) and text:
            return re.sub(r"\s+", " ", text)[:200]
    return None


def publisher_of(flow: Flow) -> str | None:
    """Return the body that speaks in a text: named by its 關於 block, its news agency mark, or its opening sentence."""
    folded = fold(flow.text)
    if found := _ABOUT.search(folded):
        return flow.text[found.start("name") : found.end("name")].strip()
    agencies = Counter(m.lastgroup and m.group(m.lastgroup) for m in _AGENCY.finditer(folded))
    if agencies:
        name = max(sorted(k for k in agencies if k), key=lambda k: agencies[k])
        place = folded.find(name)
        return flow.text[place : place + len(name)]
    if found := _SPEECH.search(folded[:200]):
        return flow.text[found.start("name") : found.end("name")]
    if found := _OPENING.search(folded[:1500]):
        return flow.text[found.start("name") : found.end("name")]
    return None
