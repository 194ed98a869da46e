"""Numbers as this genre writes them: 3,000億, 1億7千萬, 五萬, 十多, with what bounds them. Input is folded text."""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache
from importlib.resources import files
from typing import Any, cast

from kg.language.script import fold
from kg.model import Bound

_DIGITS = {c: i for i, c in enumerate("零一二三四五六七八九")} | {"两": 2, "〇": 0}
_SMALL = {"十": 10, "百": 100, "千": 1000}
_LARGE = {"万": 10**4, "亿": 10**8, "兆": 10**12}
_ENGLISH = {
    "hundred": 10**2,
    "thousand": 10**3,
    "million": 10**6,
    "billion": 10**9,
    "trillion": 10**12,
    "mn": 10**6,
    "bn": 10**9,
    "m": 10**6,
}
_TO_TWENTY = (
    "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen"
    " eighteen nineteen"
).split()
_TENS = {w: 10 * i for i, w in enumerate("twenty thirty forty fifty sixty seventy eighty ninety".split(), 2)}
_WORDS = {
    **{w: i for i, w in enumerate(_TO_TWENTY)},
    **_TENS,
    **{f"{ten}-{one}": _TENS[ten] + i for ten in _TENS for i, one in enumerate(_TO_TWENTY[1:10], 1)},
}
# Thousands are set apart by commas, or by spaces as the Hong Kong Government's papers do: 1,100 or 1 100.
_GROUPED = r"\d{1,3}(?:,\d{3})+(?:\.\d+)?"
_SPACED = r"[1-9]\d{0,2}(?: \d{3})+(?![\d,.]|\s\d)"
_ARABIC = rf"(?<![A-Za-z0-9.])(?:{_GROUPED}|(?<![\d,.] ){_SPACED}|\d+(?:\.\d+)?)"
# In 540千瓦 and 3兆瓦 the scale is part of the unit.
_UNIT = r"\s?[十百千万亿兆]{1,3}(?!瓦|伏安|米|克|卡)"
_HAN = "零一二三四五六七八九两〇十百千廿卅"
_NUMBER = re.compile(
    rf"(?P<arabic>{_ARABIC})(?P<units>(?:{_UNIT})?(?:\s?(?:多|余|几)(?=[万亿])[万亿]{{1,2}})?)(?P<more>(?:\s?(?:{_GROUPED}|\d+(?:\.\d+)?|[{_HAN}]+)\s?(?:千亿|[十百千万]{{1,2}})(?![年月日]))*)"
    rf"|(?P<han>(?:(?<=[过逾超近])[万亿](?=[元港美人名间家户宗次份])|(?<![数几上成])万(?=[多余][人名间家户宗次份元])|(?<![\d万亿])[{_HAN}](?:(?![千兆](?<=[十百千万亿].)瓦)[{_HAN}]|[万亿兆](?!瓦)(?=.?))*)(?:点[零一二三四五六七八九]+[万亿]*)?(?:[多余几](?=[万亿])[万亿]{{1,2}})?)"
    rf"|\b(?P<word>{'|'.join(sorted(list(_WORDS)[1:], key=lambda w: (-len(w), w)))})\b(?P<wscale>\s+(?:hundred|thousand|million|billion|trillion)\b)?",
    re.IGNORECASE,
)
_LATIN_UNIT = re.compile(r"[PMm]|(?:[kKGT]Wh?|km|kg|TEU|[GT]B|[TE]FLOPS)(?![a-z])")
_SCALE = re.compile(r"\s?-?(hundred|thousand|million|billion|trillion|mn|bn)\b", re.IGNORECASE)
_RANGE = re.compile(r"\s?(?:至|到|-|~|to|and)\s?(?:(?:HK|US|RMB)?\$|港币|人民币)?\s?", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Number:
    """A number in a text. `bound_start` is where words such as 超過 begin; `upper` is the upper end of a range."""

    start: int
    end: int
    value: Decimal
    bound: Bound = "exact"
    upper: Decimal | None = None
    bound_start: int = -1


@lru_cache(maxsize=1)
def _bounds() -> list[tuple[Bound, re.Pattern[str], re.Pattern[str]]]:
    text = (files("kg") / "data" / "language" / "bounds.toml").read_text(encoding="utf-8")
    data: list[dict[str, Any]] = tomllib.loads(text)["bound"]
    found = []
    for rule in data:
        before = "|".join(re.escape(fold(w)) for w in sorted(rule["before"], key=len, reverse=True))
        after = "|".join(re.escape(fold(w)) for w in sorted(rule["after"], key=len, reverse=True))
        found.append((cast(Bound, rule["bound"]), re.compile(f"(?:{before})$", re.I), re.compile(f"(?:{after})", re.I)))
    return found


_FILLER = re.compile(
    r"(?:\s|的|至|为|到|达|有|可获|可达|资助|一笔|总额|合共|共|金额|HK\$|US\$|\$|港币|人民币|RMB|美元|of|to|the){1,3}$",
    re.I,
)


def bound_before(text: str, start: int) -> tuple[Bound | None, int]:
    """Return the bound that the words directly before a place give, and where those words start."""
    window = text[max(0, start - 24) : start]
    place = start
    best: tuple[Bound | None, int] = (None, start)
    for _ in range(4):
        stripped = window.rstrip(" ")
        place -= len(window) - len(stripped)
        window = stripped
        hit = next(((b, m) for b, p, _ in _bounds() if (m := p.search(window))), None)
        if hit:
            bound, match = hit
            place -= len(window) - match.start()
            window = window[: match.start()]
            order = {"atMost": 0, "atLeast": 1, "about": 2, None: 3}
            best = (bound if order[bound] < order[best[0]] else best[0], place)
            continue
        filler = _FILLER.search(window)
        if filler is None:
            break
        place -= len(window) - filler.start()
        window = window[: filler.start()]
    return best


def bound_after(text: str, end: int) -> tuple[Bound | None, int]:
    """Return the bound that the words directly after a place give, and where those words end."""
    window = text[end : end + 5]
    for bound, _, pattern in _bounds():
        match = pattern.match(window.lstrip(" "))
        if match:
            return bound, end + len(window) - len(window.lstrip(" ")) + match.end()
    return None, end


def read_han(text: str) -> Decimal | None:
    """Return the value of a numeral in Chinese characters and units, or None if it is not one.

    >>> read_han("三十亿")
    Decimal('3000000000')
    """
    text = text.replace("廿", "二十").replace("卅", "三十")
    if "点" in text:
        whole, _, rest = text.partition("点")
        digits = rest.rstrip("万亿")
        base = read_han(whole)
        if base is None or not digits or any(c not in _DIGITS for c in digits):
            return None
        value = base + Decimal("0." + "".join(str(_DIGITS[c]) for c in digits))
        for char in rest[len(digits) :]:
            value *= _LARGE[char]
        return value
    if len(text) > 1 and all(c in _DIGITS for c in text):
        return Decimal("".join(str(_DIGITS[c]) for c in text))
    total, section, digit = 0, 0, None
    for char in text:
        if char in _DIGITS:
            digit = _DIGITS[char]
        elif char in _SMALL:
            section += (1 if digit is None else digit) * _SMALL[char]
            digit = None
        elif char in _LARGE:
            section += digit or 0
            if not section and not total:
                return None
            total = (
                (total + section) * _LARGE[char]
                if section == 0 or (total and total < _LARGE[char])
                else total + section * _LARGE[char]
            )
            section, digit = 0, None
    return Decimal(total + section + (digit or 0))


def _arabic(match: re.Match[str]) -> tuple[Decimal, bool]:
    """Return the value of digits mixed with units (1億4千4百萬), and whether 多 or 餘 stands among them."""
    units = match.group("units").strip()
    parts = [(match.group("arabic"), units)]
    parts += re.findall(rf"({_GROUPED}|\d+(?:\.\d+)?|[{_HAN}]+?)\s?(千亿|[十百千万]{{1,2}})", match.group("more") or "")
    total, section = Decimal(0), Decimal(0)
    for digits, scale in parts:
        plain = re.sub("[, ]", "", digits)
        current = Decimal(plain) if plain[0].isdigit() else (read_han(plain) or Decimal(0))
        closed = False
        for char in re.sub(r"[\s多余几]", "", scale):
            if char in _SMALL:
                current *= _SMALL[char]
                continue
            if total < _LARGE[char]:
                section, total = section + total, Decimal(0)
            section, current, closed = (section + current) * _LARGE[char], Decimal(0), True
        section += current
        if closed:
            total, section = total + section, Decimal(0)
    return total + section, bool(re.search("[多余几]", units))


def find_numbers(text: str) -> list[Number]:
    """Return the numbers of a folded text in order, with bound and range.

    >>> [(n.value, n.bound) for n in find_numbers("超过 2,100 间,十多家")]
    [(Decimal('2100'), 'atLeast'), (Decimal('10'), 'atLeast')]
    """
    plain: list[tuple[int, int, Decimal, bool]] = []
    for match in _NUMBER.finditer(text):
        start, end = match.span()
        vague = False
        if match.group("arabic"):
            value, vague = _arabic(match)
            if scale := _SCALE.match(text, end):
                value *= _ENGLISH[scale.group(1).lower()]
                end = scale.end()
            if (
                end < len(text)
                and text[end].isascii()
                and text[end].isalpha()
                and text[end - 1].isdigit()
                and not _LATIN_UNIT.match(text, end)
            ):
                continue
        elif match.group("han"):
            han = re.sub("[多余几]", "", match.group("han"))
            vague = len(han) < end - start or han in _LARGE
            read = Decimal(_LARGE[han]) if han in _LARGE else read_han(han)
            if (
                read is None
                or (start and text[start - 1] in "数几第之")
                or (end < len(text) and text[end] in "分" and han[-1] in "百千")
            ):
                continue
            value = read
        else:
            value = Decimal(_WORDS[match.group("word").lower()])
            if match.group("wscale"):
                value *= _ENGLISH[match.group("wscale").strip().lower()]
        while end > start and text[end - 1] == " ":
            end -= 1
        plain.append((start, end, value, vague))
    return _with_bounds(text, plain)


def _with_bounds(text: str, plain: list[tuple[int, int, Decimal, bool]]) -> list[Number]:
    found: list[Number] = []
    index = 0
    while index < len(plain):
        start, end, value, vague = plain[index]
        upper: Decimal | None = None
        if index + 1 < len(plain):
            gap = text[end : plain[index + 1][0]]
            later = plain[index + 1][2]
            if _RANGE.fullmatch(re.sub(r"^\s?(?:万|亿)?(?:港元|元|美元)", "", gap)) and later > 0:
                if ("and" in gap.lower()) and not re.search(r"between\s?(?:HK|US)?\$?\s?$", text[:start], re.I):
                    gap = ""
                else:
                    shared = _shared_scale(text, plain[index + 1])
                    if (
                        value < later
                        and value < 10000
                        and shared > 1
                        and value * shared < later * 1 + 1
                        and not re.search("[万亿]", text[start:end])
                    ):
                        value *= shared
                    if value < later:
                        upper, end = later, plain[index + 1][1]
                        index += 1
        bound, bound_start = bound_before(text, start)
        after, _ = bound_after(text, end)
        if vague or after == "atLeast":
            bound = bound if bound == "atMost" else "atLeast"
        elif after and bound is None:
            bound = after
        found.append(Number(start, end, value, bound or "exact", upper, bound_start))
        index += 1
    return found


def _shared_scale(text: str, number: tuple[int, int, Decimal, bool]) -> int:
    """Return the unit that a range's second end lends to its first: 10至50萬."""
    match = re.search(r"[万亿]$|(?:million|billion)$", text[number[0] : number[1]])
    return {"万": 10**4, "亿": 10**8, "million": 10**6, "billion": 10**9}[match.group()] if match else 1
