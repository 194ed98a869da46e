"""Quantities that are not money: a number with its counter or unit, and ratios such as 1:9. Input is folded text."""

from __future__ import annotations

import re
import tomllib
from bisect import bisect_left
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache
from importlib.resources import files

from kg.language.numbers import Number, bound_after, bound_before, find_numbers
from kg.language.script import fold
from kg.model import Bound

_RATIO = re.compile(
    r"(?<![\d:.])(\d{1,3})\s?[:：比]\s?(\d{1,3}(?:\.\d+)?)(?![\d:]|分|秒)|([一二三四五六七八九])比([一二三四五六七八九十])"
    # 一對一 is a ratio of money only where it says so: a teacher teaches one to one, too.
    r"|(一)对(一)(?=[^。\n]{0,16}(?:配对|匹配|等额))|(?<=[配匹][对配])(一)对(一)"
)
_CLOCK = re.compile(r"[上下中]午|晚|时间|凌晨|[ap]m", re.I)
# "one in three" is a share.
_SHARE = re.compile(r"\bone in $", re.I)
# A line has a number that is none of its units: 「電話2123 4567」; 「電話七千個」 counts.
_LINES = frozenset({fold("電話"), fold("傳真")})
_VAGUE = re.compile(r"\s?[多余几]|")
_HAN_NEXT = re.compile(r"\s?[\u4e00-\u9fff]")
_CLOSED = re.compile(r"\s?(?:[,。;)」』!?\n]|$|[及和与、])")
_ENGLISH_NOUN = re.compile(r"\s(?:[A-Za-z]{3,}|of (?:its|their|the|them|these)\b)")
_ENGLISH_TIME = re.compile(
    r"\s?(?:per cent|percent|(?:year|month|day|hour|week|minute|second|decade|quarter|fortnight)s?(?:-|\b(?! (?:centre|nurser)))"
    r"|times\b|o'clock|[ap]m\b"
    r"|(?:January|February|March|April|May|June|July|August|September|October|November|December)\b)"
)
_HAN_NUMERALS = "零一二三四五六七八九两〇十百千万亿廿卅"
_HAN_DIGIT = {c: i for i, c in enumerate("零一二三四五六七八九十")}


@dataclass(frozen=True, slots=True)
class Quantity:
    """A number of something in a text; a ratio 1:9 has the value 9. `start` to `end` holds number and unit."""

    start: int
    end: int
    value: Decimal
    unit: str
    bound: Bound
    upper: Decimal | None
    bound_start: int
    is_ratio: bool = False


@dataclass(frozen=True, slots=True)
class _Words:
    """The words of language/units.toml as patterns."""

    unit: re.Pattern[str]
    never: re.Pattern[str]
    before: re.Pattern[str]
    idioms: re.Pattern[str]
    told: tuple[tuple[re.Pattern[str], re.Pattern[str], int], ...]
    bare: re.Pattern[str]
    one: re.Pattern[str]


def _choice(words: list[str]) -> str:
    return "|".join(re.escape(w) for w in sorted({fold(w) for w in words}, key=lambda w: (-len(w), w)))


@lru_cache(maxsize=1)
def _words() -> _Words:
    data = tomllib.loads((files("kg") / "data" / "language" / "units.toml").read_text(encoding="utf-8"))
    units = _choice(data["counters"] + data["measures"])
    bare = data["bare"]
    return _Words(
        # A unit in Latin letters is a word of its own: "900 start-ups" has no "st", "350 Pupils" no P.
        re.compile(f"\\s?(?:{units})(?!{_choice(data['not_after'])})(?!(?<=[A-Za-z])[A-Za-z])"),
        re.compile(f"\\s?(?:{_choice(data['never'])})(?!(?<=[A-Za-z])[A-Za-z])", re.IGNORECASE),
        re.compile(f"(?:{_choice(data['never_before'])})\\s?$"),
        # 二十一人 holds no 一人.
        re.compile(f"(?<![{_HAN_NUMERALS}])(?:{_choice(data['idioms'])})"),
        tuple(
            (re.compile(_choice(t["units"])), re.compile(f"(?:{_choice(t['before'])})[^,。;]{{0,8}}$"), t["many"])
            for t in data["told"]
        ),
        re.compile(f"(?:{_choice(bare['nouns'])})(?:{_choice(bare['links'])})*$"),
        re.compile(f"(?<!每)(?:{_choice(data['one']['verbs'])})了?$"),
    )


def find_quantities(text: str, *, numbers: list[Number] | None = None) -> list[Quantity]:
    """Return the quantities in a folded text: no money, dates, durations, percentages, ordinals or rankings.

    >>> [(q.value, q.unit, q.bound) for q in find_quantities("约 770 间企业,引资比率 1:9")]
    [(Decimal('770'), '间', 'about'), (Decimal('9'), 'ratio', 'exact')]
    """
    words = _words()
    found = _ratios(text)
    taken = [(q.start, q.end) for q in found] + [m.span() for m in words.idioms.finditer(text)]
    taken.sort()
    for number in find_numbers(text) if numbers is None else numbers:
        # Spans are short: only the last few that begin before the number's end can reach into it.
        place = bisect_left(taken, (number.end, 0))
        if not any(number.start < e for _, e in taken[max(0, place - 3) : place]):
            quantity = _quantity(text, number, words)
            if quantity is not None:
                found.append(quantity)
    return sorted(found, key=lambda q: q.start)


def _quantity(text: str, number: Number, words: _Words) -> Quantity | None:
    """Return what a number is a quantity of, with its unit or without; None if it is something else."""
    start, end = number.start, number.end
    place = _VAGUE.match(text, end).end()  # type: ignore[union-attr]
    match = words.unit.match(text, place)
    if match and not _told(text, number, match.group().strip(), words):
        return None
    if words.never.match(text, place) or _SHARE.search(text, max(0, start - 8), start):
        return None
    if (lead := words.before.search(text, max(0, start - 6), start)) and not (match and lead.group().strip() in _LINES):
        return None
    if start and text[start - 1] in "第-:/~#":
        return None
    if match:
        if number.value == 1 and text[start] in "一1" and number.upper is None and number.bound == "exact":
            if not words.one.search(text, max(0, start - 6), start):
                return None
        closing, _ = bound_after(text, match.end())
        bound = closing if closing and closing != "atLeast" and number.bound == "exact" else number.bound
        unit = match.group().strip()
        return Quantity(start, match.end(), number.value, unit, bound, number.upper, number.bound_start)
    if not (_bare_han(text, number, place, words) or _bare_english(text, number, place)):
        return None
    return Quantity(start, end, number.value, "", number.bound, number.upper, number.bound_start)


def _told(text: str, number: Number, unit: str, words: _Words) -> bool:
    """Return whether a unit is one of a quantity here: 時長120小時 is, 為時兩小時 is not."""
    for units, before, many in words.told:
        if units.fullmatch(unit):
            return number.value >= many or before.search(text, max(0, number.start - 14), number.start) is not None
    return True


def _bare_han(text: str, number: Number, place: int, words: _Words) -> bool:
    start, end = number.start, number.end
    if number.value < 10:
        return False
    if _CLOSED.match(text, place) and words.bare.search(text, max(0, start - 20), min(start, number.bound_start)):
        return True
    return (
        _HAN_NEXT.match(text, place) is not None
        and (number.bound != "exact" or "," in text[start:end])
        and text[start].isdigit()
    )


def _bare_english(text: str, number: Number, place: int) -> bool:
    if number.value < 2 or not _ENGLISH_NOUN.match(text, place) or _ENGLISH_TIME.match(text, place):
        return False
    start, end = number.start, number.end
    # 1995 is a year; in words, it is a number.
    year = 1900 <= number.value <= 2100 and "," not in text[start:end]
    return (number.value >= 10 and not year) or not text[start].isdigit()


def _ratios(text: str) -> list[Quantity]:
    found = []
    for match in _RATIO.finditer(text):
        if _CLOCK.search(text[max(0, match.start() - 6) : match.start()]):
            continue
        if match.group(1):
            left, right = Decimal(match.group(1)), Decimal(match.group(2))
            # 14:30 is a time of day; a ratio of this genre is one to some number, or the other way round.
            if 1 not in (left, right):
                continue
        else:
            digits = [g for g in match.groups() if g]
            left, right = Decimal(_HAN_DIGIT[digits[0]]), Decimal(_HAN_DIGIT[digits[1]])
            if 1 not in (left, right):
                continue
        value = right if left == 1 else left
        bound, start = bound_before(text, match.start())
        found.append(Quantity(match.start(), match.end(), value, "ratio", bound or "exact", None, start, is_ratio=True))
    return found
