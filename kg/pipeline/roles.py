"""The role that money plays: a whole budget, a cap per recipient, a grant, an investment … by cues."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache
from typing import cast

from kg.language.money import Money
from kg.model import AmountRole
from kg.pipeline.context import Context, Sentence
from kg.pipeline.linear import packaged_model
from kg.pipeline.places import acts
from kg.pipeline.rules import alternation, rules

_EACH = re.compile("每(?!年度?(?:撥|拨)|月)|单一|单个|各|each|per ")


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


def decide_role(
    context: Context, sentence: Sentence, money: Money, clause: tuple[int, int], holder: int, ruled: AmountRole | None
) -> AmountRole:
    """Return the role of some money that a thing holds: a trained model weighs the cue, the words around and the holder.

    Without the model the cue alone tells; without a cue it is the whole budget for a programme, and other for the rest.
    """
    model = packaged_model("roles")
    if model is None:
        return ruled or ("budget" if context.groups[holder].type == "Programme" else "other")
    scores = model.scores(role_features(context, sentence, money, clause, holder, ruled))
    return cast(AmountRole, model.classes[int(scores.argmax())])


def role_features(
    context: Context, sentence: Sentence, money: Money, clause: tuple[int, int], holder: int, ruled: AmountRole | None
) -> Iterator[str]:
    """Yield what tells the role of some money: the cue, the holder's type, the acts and characters around."""
    folded = context.folded
    group = context.groups[holder]
    type_ = f"{group.type[:3]}.{group.kind or ''}" if group.type == "Organisation" else group.type[:4]
    coarse = type_[:3]
    yield f"ruled={ruled}"
    yield f"{coarse}|ruled={ruled}"
    yield f"{type_}"
    yield f"{coarse}|bound={money.bound}"
    yield f"per={bool(_EACH.search(folded, max(sentence.start, clause[0] - 24), money.start))}|{coarse}"
    before = "".join(folded[max(sentence.start, money.start - 20) : money.start].split())
    after = "".join(folded[money.end : min(money.end + 10, sentence.end)].split())
    left = acts(context, clause[0], money.start)
    for order, act in enumerate(reversed(left[-3:])):
        yield f"{coarse}|left{order}={act}"
        yield f"left={act}"
    wider = acts(context, max(sentence.start, clause[0] - 24), clause[0])
    for act in sorted(set(wider)):
        yield f"wider={act}|{not left}"
    right = acts(context, money.end, min(clause[1], money.end + 16))
    for order, act in enumerate(right[:2]):
        yield f"{coarse}|right{order}={act}"
    for size in (1, 2, 3):
        yield f"b{size}={before[-size:]}"
        yield f"a{size}={after[:size]}"
        yield f"{coarse}|a{size}={after[:size]}"
    for text, side in ((before[-14:], "L"), (after[:8], "R")):
        for word in sorted({text[i : i + 2] for i in range(len(text) - 1)}):
            yield f"{side}={word}"
    nearest = next((m for m in reversed(sentence.mentions) if m.end <= money.start), None)
    yield f"nearest={nearest is not None and nearest.entity == holder}|{coarse}"
    if sentence.passage.kind != "body":
        yield f"passage={sentence.passage.kind}"
