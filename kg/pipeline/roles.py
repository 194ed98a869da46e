"""The role that money plays: a whole budget, a cap per recipient, a grant, an investment … by cues."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import cast

from kg.model import AmountRole
from kg.pipeline.context import Context, Sentence
from kg.pipeline.rules import alternation, rules


@lru_cache(maxsize=1)
def _cues() -> list[tuple[str, re.Pattern[str], re.Pattern[str]]]:
    return [
        (r["role"], re.compile(alternation(r["left"])), re.compile(alternation(r["right"])))
        for r in rules("amounts")["role"]
    ]


def role_of(before: str, after: str) -> tuple[AmountRole, str] | None:
    """Return the role of money from the words before and after it, with the cue; None if no cue stands there."""
    best: tuple[int, int, str, str] | None = None
    for order, (role, left, right) in enumerate(_cues()):
        for match in left.finditer(before):
            distance = len(before) - match.end()
            rank = (order if distance <= 12 else order + 10, distance, role, match.group())
            best = min(best, rank) if best else rank
        found = right.match(after) or (right.search(after[:10]) if role in {"budget", "cap"} else None)
        if found:
            rank = (order, found.start(), role, found.group())
            best = min(best, rank) if best else rank
    return (cast(AmountRole, best[2]), best[3]) if best else None


def ruled_role(
    context: Context, sentence: Sentence, start: int, end: int, clause: tuple[int, int]
) -> tuple[AmountRole, str] | None:
    """Return the role that cues in the clause of some money tell, or in the words shortly before the clause."""
    before, after = context.folded[clause[0] : start], context.folded[end : clause[1]]
    wider = context.folded[max(sentence.start, clause[0] - 24) : start]
    return role_of(before, after) or role_of(wider, after)


def decide_role(context: Context, holder: int, ruled: AmountRole | None) -> AmountRole:
    """Return the role that a cue tells; without one the whole budget for a programme, and other for the rest."""
    return ruled or ("budget" if context.groups[holder].type == "Programme" else "other")
