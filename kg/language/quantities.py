"""Quantities that are not money: a number with its counter or unit, and ratios such as 1:9. Input is folded text."""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache
from importlib.resources import files

from kg.language.numbers import Number, bound_after, bound_before, find_numbers
from kg.language.script import fold
from kg.model import Bound

_RATIO = re.compile(
    r"(?<![\d:.])(\d{1,3})\s?[:：比]\s?(\d{1,3}(?:\.\d+)?)(?![\d:]|分|秒)|([一二三四五六七八九])比([一二三四五六七八九十])"
)
_CLOCK = re.compile(r"[上下中]午|晚|时间|凌晨|[ap]m", re.I)
# "one in three" is a share.
_SHARE = re.compile(r"\bone in $", re.I)
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


@lru_cache(maxsize=1)
def _units() -> tuple[re.Pattern[str], re.Pattern[str], re.Pattern[str], re.Pattern[str]]:
    data = tomllib.loads((files("kg") / "data" / "language" / "units.toml").read_text(encoding="utf-8"))

    def choice(words: list[str]) -> str:
        return "|".join(re.escape(w) for w in sorted({fold(w) for w in words}, key=lambda w: (-len(w), w)))

    # A unit in Latin letters is a word of its own: "900 start-ups" has no "st", "350 Pupils" no P.
    unit = re.compile(
        f"\\s?(?:{choice(data['counters'] + data['measures'])})(?!{choice(data['not_after'])})(?!(?<=[A-Za-z])[A-Za-z])"
    )
    never = re.compile(f"\\s?(?:{choice(data['never'])})(?!(?<=[A-Za-z])[A-Za-z])", re.IGNORECASE)
    before = re.compile(f"(?:{choice(data['never_before'])})\\s?$")
    idioms = re.compile(choice(data["idioms"]))
    return unit, never, before, idioms


def find_quantities(text: str, *, numbers: list[Number] | None = None) -> list[Quantity]:
    """Return the quantities in a folded text: no money, dates, durations, percentages, ordinals or rankings.

    >>> [(q.value, q.unit, q.bound) for q in find_quantities("约 770 间企业,引资比率 1:9")]
    [(Decimal('770'), '间', 'about'), (Decimal('9'), 'ratio', 'exact')]
    """
    unit, never, before, idioms = _units()
    found = _ratios(text)
    taken = [(q.start, q.end) for q in found] + [m.span() for m in idioms.finditer(text)]
    taken.sort()
    for number in find_numbers(text) if numbers is None else numbers:
        start, end = number.start, number.end
        if any(s < end and start < e for s, e in taken if s < end):
            continue
        if before.search(text, max(0, start - 6), start) or (start and text[start - 1] in "第-:/~#"):
            continue
        skip = re.match(r"(?:\s?[多余几])?", text[end:])
        place = end + (skip.end() if skip else 0)
        if never.match(text, place) or _SHARE.search(text, max(0, start - 8), start):
            continue
        bound = number.bound
        if match := unit.match(text, place):
            # 一間, 一項 are articles, not counts.
            if number.value == 1 and text[start] in "一1" and number.upper is None and bound == "exact":
                continue
            closing, _ = bound_after(text, match.end())
            bound = closing if closing and closing != "atLeast" and bound == "exact" else bound
            found.append(
                Quantity(
                    start, match.end(), number.value, match.group().strip(), bound, number.upper, number.bound_start
                )
            )
        elif (
            re.match(r"\s?[\u4e00-\u9fff]", text[place:])
            and (bound != "exact" or "," in text[start:end])
            and number.value >= 10
            and text[start].isdigit()
        ):
            found.append(Quantity(start, end, number.value, "", bound, number.upper, number.bound_start))
        elif (
            re.match(r"\s(?:[A-Za-z]{3,}|of (?:its|their|the|them|these)\b)", text[place:])
            and (number.value >= 2)
            and not re.match(
                r"\s?(?:per cent|percent|year|month|day|hour|week|minute|second|decade|quarter|fortnight|times\b|o'clock|[ap]m\b|(?:January|February|March|April|May|June|July|August|September|October|November|December)\b)",
                text[place:],
            )
        ):
            if (
                number.value >= 10 and (number.value < 1900 or number.value > 2100 or "," in text[start:end])
            ) or not text[start].isdigit():
                found.append(Quantity(start, end, number.value, "", bound, number.upper, number.bound_start))
    return sorted(found, key=lambda q: q.start)


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
            left, right = Decimal(_HAN_DIGIT[match.group(3)]), Decimal(_HAN_DIGIT[match.group(4)])
            if 1 not in (left, right):
                continue
        value = right if left == 1 else left
        bound, start = bound_before(text, match.start())
        found.append(Quantity(match.start(), match.end(), value, "ratio", bound or "exact", None, start, is_ratio=True))
    return found
