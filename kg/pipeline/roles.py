"""The role that money plays: a whole budget, a cap per recipient, a grant, an investment … by cues and a linear model."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache
from typing import cast

from kg.model import AmountRole
from kg.pipeline.context import Context, Sentence
from kg.pipeline.holders import Place, thing_type
from kg.pipeline.linear import Linear, packaged_model, softmax
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


def role_features(context: Context, place: Place, holder: int, ruled: str | None) -> Iterator[str]:
    """Yield what tells the role of money: the cue, the words around it, and what it belongs to."""
    folded = context.folded
    type_ = thing_type(context.groups[holder]) if holder >= 0 else "none"
    low = max(place.sentence.start, place.start - 22)
    before = folded[low : place.start]
    after = folded[place.end : min(place.end + 14, place.sentence.end)]
    yield f"ruled={ruled}"
    yield f"ruled={ruled}|{type_[:3]}"
    yield f"type={type_}"
    for number, word in enumerate(before[i : i + 2] for i in range(len(before) - 1)):
        yield f"b={word}"
        if number >= len(before) - 9:
            yield f"near={word}"
    for number, word in enumerate(after[i : i + 2] for i in range(len(after) - 1)):
        yield f"a={word}"
        if number < 5:
            yield f"next={word}"
    yield f"b1={before[-1:]}"
    yield f"b2={before[-2:]}"
    yield f"a1={after[:1]}"
    yield f"a2={after[:2]}"
    figures = [m for m in context.money if place.sentence.start <= m.start < place.start]
    yield f"first={not figures}"


def decide_role(
    context: Context, place: Place, holder: int, ruled: AmountRole | None, model: Linear | None = None
) -> AmountRole:
    """Return the likeliest role; without a model the cue's, else budget for a programme and other for the rest."""
    model = model or packaged_model("roles")
    if model is None:
        return ruled or ("budget" if context.groups[holder].type == "Programme" else "other")
    scores = softmax(model.scores(role_features(context, place, holder, ruled)))
    return cast(AmountRole, model.classes[int(scores.argmax())])
