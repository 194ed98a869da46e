"""Money in a table: it belongs to what its row is about, and the head of its column says what it is."""

from __future__ import annotations

import re

from kg.language.money import Money
from kg.model import AmountRole
from kg.pipeline.context import Context
from kg.pipeline.rules import Worded

_CELLS = re.compile(" {3,}")
_ROLES: tuple[tuple[AmountRole, Worded], ...] = (
    ("cap", Worded("amounts", "{column_cap}")),
    ("budget", Worded("amounts", "{column_budget}")),
    ("grant", Worded("amounts", "{column_grant}")),
)
_HOLDERS = ("Programme", "Facility", "Policy", "Event", "Organisation")


def row_holder(context: Context, money: Money) -> int | None:
    """Return the group that the row of a table is about if money fills a cell of it: that of the first cell with a name."""
    start, end = _line(context.folded, money.start)
    if not _alone(context.folded[start : money.start], context.folded[money.end : end]):
        return None
    mentions = [m for m in context.sentence_at(money.start).mentions if start <= m.start and m.end <= money.start]
    for mention in mentions:
        if mention.type in _HOLDERS and not mention.anaphor:
            return mention.entity
    return None


def row_role(context: Context, money: Money) -> AmountRole | None:
    """Return the role that the head of the money's column tells, None without one."""
    start, _ = _line(context.folded, money.start)
    column = len(_CELLS.findall(context.folded, start, money.start))
    cells = column + 1
    while start > 0:
        line_start, line_end = _line(context.folded, start - 1)
        found = _CELLS.split(context.folded[line_start:line_end].strip())
        if len(found) < cells:
            break
        if not re.search(r"\d", found[column]):
            return next((role for role, words in _ROLES if words.pattern.search(found[column].casefold())), None)
        start = line_start
    return None


def _line(text: str, place: int) -> tuple[int, int]:
    start = text.rfind("\n", 0, place) + 1
    end = text.find("\n", place)
    return start, len(text) if end < 0 else end


def _alone(before: str, after: str) -> bool:
    """Tell whether what stands before and after in the line leaves a cell of its own, not the first."""
    return before.endswith("   ") and before.strip() != "" and (not after.strip() or after.startswith("   "))
