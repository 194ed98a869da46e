"""Dates and periods, absolute or told from the document's date, and the date line of a release. Input is folded text."""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import dataclass

from kg.language.script import fold

_HAN = {c: i for i, c in enumerate("零一二三四五六七八九")} | {"〇": 0}
_MONTHS = {m: i for i, m in enumerate("jan feb mar apr may jun jul aug sep oct nov dec".split(), 1)}
_MONTH = "(?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)[a-z]*"
_MONTH_NUMBER = r"(?:1[0-2]|0?[1-9]|十[一二]?|[一二三四五六七八九])"
_DAY = r"(?:3[01]|[12]\d|0?[1-9]|三十一?|二?十[一二三四五六七八九]?|[一二三四五六七八九])"
_PATTERN = re.compile(
    rf"(?P<fy>(?:19|20)\d\d)\s?[-/至]\s?(?P<fy2>(?:20)?\d\d)\s?(?:财政|学)?年?度"
    rf"|(?P<year>(?:19|20)\d\d|[一二][零〇九][零〇一二三四五六七八九]{{2}})\s?年\s?(?:(?P<month>{_MONTH_NUMBER})\s?月份?\s?(?:(?P<day>{_DAY})\s?[日号])?)?"
    rf"|(?P<rel>去年|今年|明年|前年|后年|本年|年内|年中|今年底|上月|下月|本月|今日|今天|昨日|昨天|昨|明日)(?:\s?(?P<rmonth>{_MONTH_NUMBER})\s?月)?(?:\s?(?P<rday>{_DAY})\s?[日号])?"
    rf"|(?P<iso>(?:19|20)\d\d-\d\d-\d\d)"
    rf"|(?P<eday>\d{{1,2}})(?:st|nd|rd|th)?\s(?P<emonth>{_MONTH}),?\s(?P<eyear>(?:19|20)\d\d)"
    rf"|(?P<umonth>{_MONTH})\s(?:(?P<uday>\d{{1,2}})(?:st|nd|rd|th)?,?\s)?(?P<uyear>(?:19|20)\d\d)"
)


@dataclass(frozen=True, slots=True)
class DateSpan:
    """A date in a text as ISO 8601: a year, a month, a day, or an interval of days with a slash."""

    start: int
    end: int
    value: str


def _number(text: str) -> int:
    if text.isdigit():
        return int(text)
    if "十" in text:
        tens, _, ones = text.partition("十")
        return (_HAN[tens] if tens else 1) * 10 + (_HAN[ones] if ones else 0)
    return int("".join(str(_HAN[c]) for c in text))


def _iso(year: int, month: int | None = None, day: int | None = None) -> str | None:
    if month is None:
        return f"{year:04d}"
    if day is None:
        return f"{year:04d}-{month:02d}"
    try:
        return dt.date(year, month, day).isoformat()
    except ValueError:
        return None


def find_dates(text: str, anchor: str | None) -> list[DateSpan]:
    """Return the dates of a folded text; words such as 去年 need the document's own date as anchor.

    >>> [d.value for d in find_dates("去年10月,2025-26年度", "2025-02-26")]
    ['2024-10', '2025-04-01/2026-03-31']
    """
    base = dt.date.fromisoformat(anchor) if anchor else None
    found = []
    for match in _PATTERN.finditer(text):
        value = _value(match, base)
        if value is not None:
            found.append(DateSpan(match.start(), match.end(), value))
    return found


def _value(match: re.Match[str], base: dt.date | None) -> str | None:
    part = match.groupdict()
    if part["fy"]:
        first = int(part["fy"])
        return f"{first}-04-01/{first + 1}-03-31"
    if part["year"]:
        month = _number(part["month"]) if part["month"] else None
        return _iso(_number(part["year"]), month, _number(part["day"]) if part["day"] else None)
    if part["iso"]:
        try:
            return dt.date.fromisoformat(part["iso"]).isoformat()
        except ValueError:
            return None
    if part["eyear"]:
        return _iso(int(part["eyear"]), _MONTHS[part["emonth"][:3].lower()], int(part["eday"]))
    if part["uyear"]:
        return _iso(
            int(part["uyear"]), _MONTHS[part["umonth"][:3].lower()], int(part["uday"]) if part["uday"] else None
        )
    return _relative(part, base) if base else None


def _relative(part: dict[str, str | None], base: dt.date) -> str | None:
    word = part["rel"] or ""
    month = _number(part["rmonth"]) if part["rmonth"] else None
    day = _number(part["rday"]) if part["rday"] else None
    days = {"今日": 0, "今天": 0, "昨日": -1, "昨天": -1, "昨": -1, "明日": 1}
    if word in days:
        return (base + dt.timedelta(days[word])).isoformat()
    months = {"上月": -1, "下月": 1, "本月": 0}
    if word in months:
        index = base.year * 12 + base.month - 1 + months[word]
        return _iso(index // 12, index % 12 + 1, day)
    years = {"去年": -1, "前年": -2, "明年": 1, "后年": 2}
    return _iso(base.year + years.get(word, 0), month, day if month else None)


def document_date(text: str) -> str | None:
    """Return the date of a release as ISO 8601: from its date line, else the first full date near its top or at its end."""
    folded = fold(text)
    top = folded[:1200]
    for pattern in (
        r"(?:香港|澳门|北京|深圳|广州|上海|Hong Kong|[A-Z]{4,}|讯|电)\s?[,，]?\s?\(?\s?",
        r"(?:^|\n)\s*(?:\(|日期:|发布日期:|发布时间:|Date:)?\s*",
        "",
    ):
        for match in re.finditer(pattern, top, re.MULTILINE) if pattern else [None]:
            place = match.end() if match else 0
            hit = _PATTERN.match(top, place) if match else None
            if hit and (value := _value(hit, None)) and len(value) == 10:
                return value
    for stretch in (folded[:400], folded[-200:]):
        for date in find_dates(stretch, None):
            if len(date.value) == 10:
                return date.value
    return None
