"""What runs on every page – heads, feet, page numbers – is no part of the text."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import replace

from kg.reading.layout import Segment, Sheet, rows_of

_EDGE = 4  # rows from the top and from the bottom of a page that may be such
_NUMBER = re.compile(
    r"^(?:[-–—~·|]?\s?\d{1,4}\s?[-–—~·|]?|第\s?[\d一二三四五六七八九十]+\s?[頁页](?:\s?[,，/]?\s?共\s?[\d一二三四五六七八九十]+\s?[頁页])?|(?:Page|P\.)\s?\d+(?:\s?(?:of|/)\s?\d+)?|\d{1,4}\s?/\s?\d{1,4}|[ivxl]{1,6})$",
    re.IGNORECASE,
)
# What browsers print above and below a page.
_PRINTED = re.compile(
    r"^(?:https?://\S+|file:/\S+|about:\S+)(?:\s+\d+\s?/\s?\d+)?$|^\d{1,4}[/.-]\d{1,2}[/.-]\d{1,4},?\s.{0,6}\d{1,2}:\d\d"
)


def without_furniture(sheets: list[Sheet]) -> tuple[list[Sheet], list[str]]:
    """Return the pages without what repeats at their edges and without page numbers; and the words left out, once each."""
    edges = {sheet.number: _edges(sheet) for sheet in sheets}
    seen: Counter[tuple[str, int]] = Counter()
    for rows in edges.values():
        seen.update({key for _, key in rows})
    sizes: Counter[float] = Counter()
    for sheet in sheets:
        for segment in sheet.segments:
            sizes[segment.size] += len(segment.text)
    body = max(sorted(sizes), key=lambda s: sizes[s], default=0.0)
    dropped: dict[str, None] = {}
    kept = []
    for sheet in sheets:
        gone: set[Segment] = set()
        for row, key in edges[sheet.number]:
            words = "   ".join(s.text for s in row)
            outer = row[0].base < 0.08 * sheet.height or row[0].base > 0.92 * sheet.height
            alone = _NUMBER.match(words) or _PRINTED.match(words) or _small(row, body) or _apart(row, sheet, body)
            if _repeats(key, seen) or (outer and alone):
                gone.update(row)
                if not _NUMBER.match(words):
                    dropped.setdefault(re.sub(r"\d+", "#", words))
        kept.append(replace(sheet, segments=tuple(s for s in sheet.segments if s not in gone)))
    return kept, list(dropped)


def _repeats(key: tuple[str, int], seen: Counter[tuple[str, int]]) -> bool:
    """Tell whether a row stands on another page too, at its height or a little off."""
    words, height = key
    return seen[key] > 1 or any(seen[words, height + d] for d in (-1, 1))


def _small(row: list[Segment], body: float) -> bool:
    """Tell whether a row in the margin is set smaller than the text."""
    return all(s.size < 0.9 * body for s in row)


def _apart(row: list[Segment], sheet: Sheet, body: float) -> bool:
    """Tell whether a row in the margin is a head or foot though there is but this page: far off, no title, no sentence.

    One that bears a year is kept: it may be the only date.
    """
    words = "".join(s.text for s in row)
    base = row[0].base
    if any(s.size > 1.1 * body for s in row) or len(words) > 60 or re.search(r"[。！？.!?:：]$|(?:19|20)\d\d", words):
        return False
    others = [s.base for s in sheet.segments if abs(s.base - base) > body]
    head = base < 0.5 * sheet.height
    far = min(others, default=base) - base if head else base - max(others, default=base)
    return len(others) > 5 and far > 2.5 * body


def _edges(sheet: Sheet) -> list[tuple[list[Segment], tuple[str, int]]]:
    """Return the outermost rows of a page, each with its words (digits made alike) and height."""
    rows = rows_of(list(sheet.segments))
    picked = [*rows[:_EDGE], *rows[max(_EDGE, len(rows) - _EDGE) :]]
    found = []
    for row in picked:
        place = row[0].base / sheet.height
        if 0.15 < place < 0.85:
            continue
        words = re.sub(r"\d+", "#", "".join(s.text for s in row))
        found.append((row, (re.sub(r"\s+", "", words), round(row[0].base / 3))))
    return found
