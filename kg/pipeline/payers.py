"""Who pays some money: candidates, and what a trained linear model looks at.

A conditional logit like that of the holders. It comes first, because who pays is seldom the one whose figure it is.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from kg.language.script import name_key
from kg.model import EntityType
from kg.pipeline.context import Context, Sentence
from kg.pipeline.judged import Judged, opinion
from kg.pipeline.linear import Linear, bucket, softmax
from kg.pipeline.near import Near, around, coarse_type, far, often
from kg.pipeline.places import acts, giver_of, part_after, part_before

_SENTENCES_BACK = 5
_PAYING: tuple[EntityType, ...] = ("Organisation", "Programme")
_OFTEN = 3
_CLAUSES = re.compile("[,;:。!?]")


@dataclass(frozen=True, slots=True)
class Sum:
    """Some money whose payer is asked: where it stands, and the role that cues tell."""

    start: int
    end: int
    sentence: Sentence
    role: str


@dataclass(frozen=True, slots=True)
class Before:
    """What was decided on the money before: its place, who paid it, and whose it is; -1 for nobody."""

    start: int
    end: int
    sentence: Sentence
    payer: int
    holder: int


def _candidates(context: Context, asked: Sum) -> dict[int, Near]:
    """Return the bodies, schemes and people near some money, and the bodies and schemes a document names most."""
    found = around(context, asked.sentence, asked.start, asked.end, _SENTENCES_BACK)
    for type_ in _PAYING:
        for order, group in enumerate(often(context, {type_}, _OFTEN)):
            found.setdefault(group, far(context, group, order))
    government = next((i for i, g in enumerate(context.groups) if g.lexicon_id == "hk-government" and g.mentions), -1)
    if government >= 0:
        found.setdefault(government, far(context, government))
    kept = {}
    for group, near in found.items():
        type_ = context.groups[group].type
        if type_ in _PAYING or (type_ == "Person" and near.back == 0):
            kept[group] = near
    return kept


def options(context: Context, asked: Sum, before: Before | None) -> list[tuple[int, list[str]]]:
    """Return the candidates for the payer of some money with their features; -1 stands for nobody named."""
    ruled = giver_of(context, asked.sentence, asked.start, asked.end)
    out = [(-1, list(_none(context, asked, ruled)))]
    ranks: dict[str, int] = {}
    for group, near in _candidates(context, asked).items():
        coarse = coarse_type(context, group)
        rank = ranks.get(coarse, 0)
        ranks[coarse] = rank + 1
        features = [
            *_standing(context, asked, group, near, coarse, rank),
            *_around(context, asked, near, coarse),
            *_history(context, asked, group, coarse, before),
        ]
        if ruled >= 0:
            features += [f"ruled|{group == ruled}", f"ruled|{group == ruled}|{coarse}|{asked.role}"]
        out.append((group, features))
    return out


def _standing(context: Context, asked: Sum, group: int, near: Near, coarse: str, rank: int) -> Iterator[str]:
    """Yield where a candidate stands, and what it is in the document."""
    side = f"{near.side}{min(near.back, 4)}"
    type_ = coarse[:3]
    yield f"{side}|{coarse}"
    yield f"{side}|order={min(near.order, 4)}"
    yield f"{side}|{type_}|rank={min(rank, 3)}"
    yield f"{coarse}|{asked.role}"
    yield f"{type_}|{asked.role}|{side}"
    sentence = asked.sentence
    for name, other in (("subject", sentence.subject), ("topic", sentence.topic)):
        if group == other:
            yield f"{name}|{type_}|{side}"
            yield f"{name}|{asked.role}"
    before = part_before(context, context.sentence_at(near.mention.start), near.mention)
    after = part_after(context, near.mention)
    yield f"{side}|{type_}|part={before}"
    yield f"{type_}|part={before}|{after}"
    yield f"{type_}|part={before}|{asked.role}"
    found = context.groups[group]
    yield f"{type_}|times={bucket(len(found.mentions), (1, 2, 4, 8))}"
    if found.mentions[0].start < context.sentences[0].end:
        yield f"{type_}|titled"
    if found.lexicon_id == "hk-government":
        yield f"government|{side}|{asked.role}"
    for tail in dict.fromkeys(name_key(name)[-2:] for name in found.names[:2]):
        yield f"tail={tail}"
        yield f"tail={tail}|{side}"
    if near.mention.anaphor:
        yield f"back|{type_}|{side}"


def _around(context: Context, asked: Sum, near: Near, coarse: str) -> Iterator[str]:
    """Yield the acts and characters between a candidate and the money, and around the two."""
    folded, mention = context.folded, near.mention
    type_ = coarse[:3]
    side = f"{near.side}{min(near.back, 4)}"
    limit = _CLAUSES.search(folded, asked.end, asked.sentence.end)
    behind = acts(context, asked.end, min(limit.start() if limit else asked.sentence.end, asked.end + 16))
    last = (acts(context, max(asked.sentence.start, asked.start - 16), asked.start) or ["-"])[-1]
    first_behind = (behind or ["-"])[0]
    part = part_before(context, context.sentence_at(mention.start), mention)
    yield f"{side}|{type_}|last={last}|behind={first_behind}"
    yield f"{side}|{part}|last={last}"
    yield f"{side}|{part}|behind={first_behind}"
    if near.side not in {"left", "right"}:
        return
    low, high = (mention.end, asked.start) if near.side == "left" else (asked.end, mention.start)
    between = acts(context, low, high)
    gap = "".join(folded[low:high].split())
    yield f"{near.side}|{type_}|acts={' '.join(between[:3])}"
    yield f"{near.side}|{part}|acts={' '.join(between[:3])}"
    yield f"{near.side}|{part}|first={(between or ['-'])[0]}|behind={first_behind}"
    for act in sorted(set(between)):
        yield f"{near.side}|{type_}|over={act}"
    yield f"{near.side}|{type_}|clauses={min(len(_CLAUSES.findall(gap)), 3)}"
    yield f"{near.side}|far={bucket(len(gap))}"
    if len(gap) <= 4:
        yield f"{near.side}|{type_}|gap={gap}"
    for word in {gap[i : i + 2] for i in range(min(len(gap), 24) - 1)}:
        yield f"{near.side}|g={word}"
    head = folded[max(asked.sentence.start, mention.start - 4) : mention.start].rstrip(" 「『《“")
    for size in (1, 2):
        yield f"{near.side}|{type_}|b={head[-size:]}"
    tail = "".join(folded[asked.end : asked.end + 6].split())
    for size in (1, 2):
        yield f"{near.side}|{type_}|a={tail[:size]}"
    others = {m.entity for m in asked.sentence.mentions if min(low, high) <= m.start < max(low, high)}
    for other in sorted(others - {mention.entity}):
        yield f"{near.side}|{type_}|over-name={coarse_type(context, other)[:3]}"


def _history(context: Context, asked: Sum, group: int, coarse: str, before: Before | None) -> Iterator[str]:
    """Yield whether a candidate paid the money before, or had it."""
    if before is None:
        return
    type_ = coarse[:3]
    reach = "same" if before.sentence is asked.sentence else "other"
    if reach == "same" and _CLAUSES.search(context.folded, before.end, asked.start) is None:
        reach = "clause"
    elif reach == "other" and before.sentence.passage is not asked.sentence.passage:
        reach = "far"
    yield f"paid|{before.payer == group}|{reach}"
    yield f"held|{before.holder == group}|{reach}|{type_}"
    if before.payer == group:
        yield f"paid|{reach}|{type_}|{asked.role}"


def _none(context: Context, asked: Sum, ruled: int) -> Iterator[str]:
    """Yield what tells that nobody named pays."""
    folded = context.folded
    yield "none"
    yield f"none|{asked.role}"
    yield f"none|ruled={ruled >= 0}"
    yield f"none|mentions={min(len(asked.sentence.mentions), 3)}"
    low = max(asked.sentence.start, asked.start - 16)
    for act in sorted(set(acts(context, low, asked.start))):
        yield f"none|left={act}"
    for act in sorted(set(acts(context, asked.end, min(asked.end + 12, asked.sentence.end)))):
        yield f"none|right={act}"
    before = "".join(folded[low : asked.start].split())
    after = "".join(folded[asked.end : min(asked.end + 8, asked.sentence.end)].split())
    for word in {before[i : i + 2] for i in range(len(before) - 1)}:
        yield f"none|b={word}"
    for word in {after[i : i + 2] for i in range(len(after) - 1)}:
        yield f"none|a={word}"


def choose(context: Context, asked: Sum, before: Before | None, model: Linear, judged: Judged) -> tuple[int, float]:
    """Return who pays some money (a group, -1 for nobody named) and how likely that is. `judged`: a second opinion."""
    found = options(context, asked, before)
    own = np.array([model.scores(f)[0] for _, f in found], dtype=np.float32)
    scores = softmax(own + opinion(judged.payers, asked.start, [g for g, _ in found]))
    best = int(scores.argmax())
    return found[best][0], float(scores[best])
