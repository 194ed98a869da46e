"""What a figure counts, as the text's own noun phrase: 「逾300間本地企業」 counts 本地企業, 「收到申請1,032份」 counts 申請."""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass
from functools import lru_cache

from kg.language.script import fold
from kg.pipeline.rules import Worded, alternation, rules, with_words, wording
from kg.resources import data_path

_MARKS = r"[,。;:!?、「」『』《》“”()\n]"
_LATIN = re.compile(r"\s?(?:new |local |more |additional |other )?([A-Za-z][A-Za-z'’-]*(?: [A-Za-z][A-Za-z'’-]*){0,5})")


@dataclass(frozen=True, slots=True)
class _Words:
    stop: re.Pattern[str]
    keep: re.Pattern[str]
    nominal: frozenset[str]
    nouns: re.Pattern[str]
    tail: re.Pattern[str]
    verbs: re.Pattern[str]
    acts: re.Pattern[str]
    latin_stop: frozenset[str]
    extents: dict[str, str]
    done: re.Pattern[str]
    plain: re.Pattern[str]
    heads: dict[str, str]
    fronted: frozenset[str]
    people: re.Pattern[str]


@lru_cache(maxsize=1)
def _words() -> _Words:
    data = rules("counts")
    return _Words(
        re.compile(alternation(data["stop"])),
        re.compile(
            f"{alternation(data['keep'])}|(?:{alternation(data['attribute_verbs'])})(?={alternation(data['attribute_heads'])})"
        ),
        frozenset(fold(w) for w in data["nominal"]),
        re.compile(alternation(data["before"])),
        re.compile(f"(?:{alternation(data['tail'])}|\\s)+$"),
        re.compile(alternation(data["verbs"])),
        re.compile(alternation(data["acts"])),
        frozenset(data["latin_stop"]),
        {fold(unit): fold(e["noun"]) for e in data["extent"] for unit in e["units"]},
        re.compile(f"(?:{alternation(data['done'])})$"),
        re.compile(f"(?:{alternation(data['plain'])})$|{alternation(data['clause'])}"),
        {fold(unit): fold(e["noun"]) for e in data["number_of"] for unit in e["units"]},
        frozenset(fold(v) for v in data["fronted"]),
        re.compile(with_words("counts", f"(?:{alternation(data['elided']['people'])}|{{people_end}})$")),
    )


@lru_cache(maxsize=1)
def _units() -> dict[str, frozenset[str]]:
    data = tomllib.loads(data_path("language", "units.toml").read_text(encoding="utf-8"))
    return {kind: frozenset(fold(u) for u in data[kind]) for kind in ("measures", "nouns")}


def extent_units() -> frozenset[str]:
    """Return the units that measure an extent: what they measure stands before them or after 的."""
    return _units()["measures"]


def measure_of(after: str, before: str, unit: str) -> str:
    """Return the noun phrase that a figure counts: what follows its unit, or the noun or the act before it.

    `before` and `after` are the folded words around the figure within its clause.
    """
    return read_measure(after, before, unit)[0]


def read_measure(after: str, before: str, unit: str) -> tuple[str, bool]:
    """Return what a figure counts, and whether its clause has no noun for it: 「其中甲佔兩宗」."""
    words = _words()
    before = _change_before(before)
    if unit in extent_units() and (found := list(words.nouns.finditer(before[-24:]))):
        return _with_owner(before, found[-1].group(), words), False
    if english := _english_measure(after, before, unit, words):
        return english, False
    if (latin := _LATIN.match(after)) and not re.match(r"\s?[A-Za-z]+[\u4e00-\u9fff]", after):
        return _latin_noun(latin.group(1), words), False
    if unit in extent_units() | words.extents.keys() and (way := _WAYS.pattern.match(after)):
        noun, elided = _noun_before(before, words)
        if not elided or unit in words.extents:
            return (words.extents[unit] if elided else noun + way.group(1)), False
    if unit in _units()["nouns"] and after.startswith("的"):
        return unit, False
    if unit in wording("counts", "people") and not words.acts.match(after.lstrip()):
        if named := _people(after, before, words):
            return named, False
    elif noun := _noun_after(after, words):
        own, elided = _noun_before(before, words)
        return (own if not elided and own.endswith(unit) else noun), False
    if unit in _units()["nouns"]:
        return unit, False
    if unit in words.extents:
        return _with_owner(before, words.extents[unit], words), False
    if act := words.acts.match(after.lstrip()):
        return act.group(), False
    noun, elided = _noun_before(before, words)
    if elided and noun and unit in words.heads:
        return noun + words.heads[unit], True
    return noun or unit, elided


# 「樓高兩層」, 「車身六米長」.
_WAYS = Worded("counts", r"\s?({way})(?!{not_way})")
_SHOWN = Worded("counts", r"\s?(?:{made_up}([\u4e00-\u9fff]{2,8})|{is}([\u4e00-\u9fff]{2,6})$)")


def _people(after: str, before: str, words: _Words) -> str:
    """Return what a number of 人 counts by the words around it; nothing where they do not tell."""
    if shown := _SHOWN.pattern.match(after):
        return shown.group(1) or shown.group(2)
    own, elided = _noun_before(before, words)
    if not elided and words.people.search(own):
        return own
    if whose := re.match("的([\u4e00-\u9fff]{2,8})", after):
        return words.stop.split(whose.group(1), maxsplit=1)[0] or whose.group(1)
    doing = _noun_after(after, words)
    return f"{doing}人数" if len(doing) > 1 else ""


def act_before(before: str) -> str:
    """Return the verb that stands before a figure without a noun: 批出 of 「批出23項」; nothing where none stands."""
    noun, elided = _noun_before(_change_before(before), _words())
    return noun if elided else ""


# 「處理量由60公噸增至150公噸」: what both figures measure stands before 由.
_CHANGE = Worded("counts", r"{from}[^,。;:]{0,14}?[^,。;:]?{greatly}?{change}{change_to}?{up_to}?[^,。;\d]{0,3}$")


def _change_before(before: str) -> str:
    return _CHANGE.pattern.sub("", before)


_EXTENT = Worded("counts", "{extent_end}$")


def _with_owner(before: str, extent: str, words: _Words) -> str:
    """Return an extent with the noun of what has it: 「試驗場地30畝」 measures 試驗場地面積."""
    noun, elided = _noun_before(before, words)
    if elided or not re.fullmatch("[\u4e00-\u9fff]{2,8}", noun) or extent in noun:
        return noun if extent in noun and not elided else extent
    if _EXTENT.pattern.search(noun):
        return noun
    # 樓高 + 樓高層數
    return noun.removesuffix(extent[:2]) + extent


_DONE = Worded("counts", r" (?:of (?:them|these|those) )?{latin_be}(?: [a-z]+ly)? ([a-z-]+)")
# "14 and 11 members", "45 of the club's 900 mentors".
_ENGLISH_LATER = re.compile(
    r" (?:(?:and|or|to) [\d,]+ |of (?:the|its|their) [A-Za-z-]+(?:'s|s') (?:[\d,]+ )?)([a-z-]+(?: [a-z-]+){0,2})"
)
_OF_THEM = re.compile(r" of (?:them|these|those|it)\b(?: ([a-z]+))?")
_HELD_OF = Worded("counts", r"\b((?!an? |the )(?:[a-z]+ )?{latin_extent}) of (?:{latin_about} )?$")
_OWNED = Worded("counts", r" of {latin_whose} ([a-z-]+(?: [a-z-]+){0,2})")


def _english_measure(after: str, before: str, unit: str, words: _Words) -> str:
    """Return what an English figure counts where the noun is not right behind it; nothing elsewhere."""
    if unit.isascii() and unit in extent_units():
        if unit.startswith("-") or unit.endswith((" ft", " m")):
            noun = re.match(r" ([a-z-]+(?: [a-z-]+)?)", after)
            if noun is not None and noun.group(1).split(" ")[0] not in words.latin_stop:
                return _latin_noun(noun.group(1), words)
        of = re.match(r" of ((?!it\b|them\b)[a-z-]+(?: [a-z-]+){0,2})", after)
        if of is not None:
            return _latin_noun(of.group(1), words)
        if held := _HELD_OF.pattern.search(before):
            return _latin_noun(held.group(1), words)
        return words.extents.get(unit, "") or (unit if re.match(r"[,.;)]|$| [a-z]", after) else "")
    if named := _ENGLISH_LATER.match(after):
        return _latin_noun(named.group(1), words)
    if done := _DONE.pattern.match(after):
        return done.group(1)
    if them := _OF_THEM.match(after):
        follows = them.group(1) or ""
        verb = re.search(r"\b([a-z]+) $", before)
        return follows if follows and follows not in words.latin_stop else verb.group(1) if verb else ""
    if owned := _OWNED.pattern.match(after):
        return _latin_noun(owned.group(1), words)
    return ""


def _latin_noun(text: str, words: _Words) -> str:
    kept: list[str] = []
    for word in text.split(" "):
        if word.lower() in words.latin_stop or (kept and word.endswith("ly")):
            break
        kept.append(word)
    return " ".join(kept[:4]) or text.split(" ")[0]


# 「八千宗白內障、疝氣和內窺鏡個案」 counts all of them together.
_LISTED = re.compile(
    r"(?![^。;]{0,20}[、及和与或][一二两三四五六七八九十\d]+[\u4e00-\u9fff])((?:[\u4e00-\u9fff]{2,8}、)+[\u4e00-\u9fff]{2,8}?[及和与或])([\u4e00-\u9fff]{2,10})"
)


def _noun_after(after: str, words: _Words) -> str:
    body = _MORE_OR_LESS.pattern.sub("", after)
    if quoted := re.match(r"[「『“]([^「」『』“”]{2,12})[」』”]", body):
        return quoted.group(1)
    if of := _OF.pattern.match(body):
        body = of.group(1)
    body = _WHERE.pattern.sub("", body)
    if listed := _LISTED.match(body):
        body = listed.group(1) + (words.stop.split(listed.group(2), maxsplit=1)[0] or listed.group(2))
        return body.split("的", 1)[0]
    text = re.split(rf"{_MARKS}|(?<![A-Za-z])\d", body, maxsplit=1)[0].strip()
    guarded = [m.span() for m in words.keep.finditer(text)]
    cut = len(text)
    for match in words.stop.finditer(text):
        closing = match.start() and match.end() == len(text) and match.group() in words.nominal
        if not closing and not any(s <= match.start() < e for s, e in guarded):
            cut = match.start()
            break
    noun = text[:cut].strip()
    # An attribute clause ends in 的: 「由大學牽頭的項目」 counts 項目, 「二百件產品的資料庫」 products.
    if re.search("的(?!士)", noun) and not noun.endswith("的"):
        first = _AMONG.pattern.split(re.split("的(?!士)", noun, maxsplit=1)[0])[0]
        noun = first if len(first) > 1 and not words.plain.search(first) else noun.rsplit("的", 1)[1]
    elif (
        "的" in text
        and (rest := re.match(r"[^的]*的([\u4e00-\u9fffA-Za-z0-9]{2,12})", text))
        and len(noun) < 2
        and cut < text.index("的") <= 22
    ):
        noun = words.stop.split(rest.group(1), maxsplit=1)[0] or rest.group(1)
    noun = noun.strip(" 的")
    return "" if noun in wording("counts", "no_noun") else noun


# 「參加學校由目前的50間增至70間」: what the first figure counts stands before 由.
_FROM = Worded("counts", r"{from}(?:{from_when}|[\d零〇一二三四五六七八九十]{2,4}年)?(?:的|约)*$")
# 「分別為310戶、145戶和96戶」: figures of one noun.
_SERIES = Worded(
    "counts", r"(?:[\d,.零一二三四五六七八九两十百千万亿]+(?:多|余)?[\u4e00-\u9fff]{1,2}(?:、|{where_and}))+$"
)
# 「兩層共8,800平方呎」: the figure beside is no noun of this one.
_BESIDE = Worded("counts", r"[\d零一二三四五六七八九两十百千万]+{storeys}{in_all}$")
_SET_UP = Worded("counts", r"^(?:{hires}|设(?!{not_set_up})|租(?!{not_rents}))(?=[\u4e00-\u9fff]{2})")
_LEADING = Worded("counts", r"^.*[\d零一二三四五六七八九十百千万](?:多|余)?{counted_by}")
_MORE_OR_LESS = Worded("counts", "^(?:[ 的]|{more})*{more_or_less}?")
_OF = Worded("counts", r"{come_from}[^。;,]{2,30}?的([\u4e00-\u9fff]{2,10})")
_WHERE = Worded("counts", "^(?:(?:{where}(?:、|{where_and})?)+的)?{where_and}?")
_AMONG = Worded("counts", "{among}(?={among_behind}|$)")
_IN_ALL = Worded("counts", r"\({in_all}?$")
_WHEN = Worded("counts", "^{which_of}+")
_QUOTED = re.compile(r"[“「『]([^“”「」『』]{1,8})[”」』]的$")


def _noun_before(before: str, words: _Words) -> tuple[str, bool]:
    """Return the noun that stands before a figure with nothing behind it; where a verb stands there, the verb and True."""
    text = _IN_ALL.pattern.sub("", before)
    text = _SERIES.pattern.sub("", _FROM.pattern.sub("", text))
    text = _BESIDE.pattern.sub("", text)
    if quoted := _QUOTED.search(text):
        return quoted.group(1), False
    text = re.split(_MARKS + r"|(?<!\d)\.(?!\d)", text)[-1]
    while (bare := words.tail.sub("", text)) != text:
        text = bare
    run = re.search(r"[\u4e00-\u9fffA-Za-z0-9&+.\- ]*$", text)
    text = run.group().strip() if run else ""
    last = None
    for match in words.verbs.finditer(text):
        last = match
    closes = last is not None and not text[last.end() :].strip()
    if not closes and (done := words.done.search(text)):
        return done.group(), True
    if last is not None and closes:
        noun = _LEADING.pattern.sub("", text[: last.start()].strip())
        if last.group() in words.fronted and re.search("[\u4e00-\u9fff]{2}$", noun):
            return noun[-6:] + last.group(), False
        return last.group(), True
    if last is not None:
        # A verb and one character more are a noun: 處理量, 服務站.
        text = text[last.end() if len(text[last.end() :].strip()) > 1 else last.start() :]
    text = _SET_UP.pattern.sub("", text)
    text = re.split("的(?!士)", text)[-1]
    text = _WHEN.pattern.sub("", text.strip())[-8:].strip()
    return ("", True) if not text or re.match(r"[\d ,.]+.?$", text) else (text, False)
