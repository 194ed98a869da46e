"""Which named thing a figure belongs to: candidates, and what a trained linear model looks at."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from kg.language.script import name_key
from kg.model import EntityType
from kg.pipeline import payers
from kg.pipeline.context import Context, Group, Sentence
from kg.pipeline.faint import faint_in
from kg.pipeline.judged import Judged, opinion
from kg.pipeline.linear import Linear, bucket, packaged_model, softmax
from kg.pipeline.near import Near, far, often
from kg.pipeline.places import acts, giver_of, part_after, part_before, speaker_body, speakers
from kg.pipeline.settings import seen, setting_of

_CLAUSES = re.compile("[,;:。!?]")
_EDGE = re.compile(r"^[」』》”\"\s]*(?:\([^()]{0,40}\))?[」』》”\s]*")
_SENTENCES_BACK = 5
# The things that a document names most may hold a figure far from them.
_OFTEN: tuple[tuple[EntityType, int], ...] = (("Programme", 2), ("Organisation", 2), ("Facility", 1), ("Event", 1))
# Where the model is hardly surer of another holder, the rules' own stays; chosen on documents left out of training.
DOUBT = 0.1


@dataclass(frozen=True, slots=True)
class Place:
    """A figure whose holder is asked: where it stands, what it measures, and what the rules would say."""

    start: int
    end: int
    sentence: Sentence
    role: str
    measure: str
    unit: str
    ruled: int
    rule: str

    @property
    def is_money(self) -> bool:
        """Whether the figure is money."""
        return not self.measure


def thing_type(group: Group) -> str:
    """Return a group's type, with the kind of a body."""
    return f"{group.type[:3]}.{group.kind or 'other'}" if group.type == "Organisation" else group.type[:4]


def _candidates(context: Context, place: Place) -> dict[int, Near]:
    """Return the things that stand near a figure: in its sentence, or the sentences before, or in the heading."""
    found: dict[int, Near] = {}
    left = [m for m in place.sentence.mentions if m.end <= place.start]
    right = [m for m in place.sentence.mentions if m.start >= place.end]
    for order, mention in enumerate(reversed(left)):
        found.setdefault(mention.entity, Near(mention, "left", 0, order))
    hints = faint_in(context, place.sentence.start, place.sentence.end)
    for hint in reversed([h for h in hints if h.end <= place.start]):
        order = sum(m.start > hint.start for m in left)
        found.setdefault(hint.entity, Near(hint, "left", 0, order))
    for order, mention in enumerate(right):
        found.setdefault(mention.entity, Near(mention, "right", 0, order))
    index = context.sentence_number(place.sentence)
    for back in range(1, _SENTENCES_BACK + 1):
        if index - back < 0:
            break
        earlier = context.sentences[index - back]
        for order, mention in enumerate(reversed(earlier.mentions)):
            found.setdefault(mention.entity, Near(mention, "back", back, order))
        for hint in reversed(faint_in(context, earlier.start, earlier.end)):
            order = sum(m.start > hint.start for m in earlier.mentions)
            found.setdefault(hint.entity, Near(hint, "back", back, order))
    for group in (
        place.sentence.subject,
        place.sentence.topic,
        place.ruled,
        speaker_body(context, place.start, speakers(context)),
    ):
        if group >= 0 and group not in found and context.groups[group].mentions:
            found[group] = far(context, group)
    for type_, most in _OFTEN:
        for order, group in enumerate(often(context, {type_}, most)):
            before = [m for m in context.groups[group].mentions if m.end <= place.start]
            if before:
                found.setdefault(group, Near(before[-1], "far", 9, 2 + order))
    return {g: n for g, n in found.items() if context.groups[g].type != "Person"}


def _features(
    context: Context,
    place: Place,
    group: int,
    near: Near,
    ranks: dict[str, int],
    centre: tuple[int, int, int],
) -> Iterator[str]:
    """Yield what tells whether a figure belongs to a candidate."""
    central, speaking, _ = centre
    kind = "A" if place.is_money else "C"
    type_ = thing_type(context.groups[group])
    coarse = type_[:3]
    rank = ranks.get(coarse, 0)
    ranks[coarse] = rank + 1
    side = f"{near.side}{min(near.back, 4)}"
    what = place.role if place.is_money else place.unit
    yield f"{kind}|{side}|{type_}"
    yield f"{side}|order={min(near.order, 4)}"
    yield f"{kind}|{side}|{coarse}|rank={min(rank, 3)}"
    yield f"{kind}|{coarse}|{what}"
    yield f"{kind}|{coarse}|{what}|{side}"
    if not place.is_money:
        yield f"C|{coarse}|m={place.measure[-2:]}"
        yield f"C|{side}|m={place.measure[-2:]}"
    if group == place.ruled:
        yield f"{kind}|ruled"
        yield f"ruled={place.rule}"
    for name, other in (("subject", place.sentence.subject), ("topic", place.sentence.topic)):
        if group == other:
            yield f"{kind}|{name}"
            yield f"{kind}|{name}|{coarse}|{side}"
    before, after = (
        part_before(context, context.sentence_at(near.mention.start), near.mention),
        part_after(context, near.mention),
    )
    yield f"{kind}|{side}|{coarse}|part={before}"
    yield f"{kind}|{coarse}|part={before}|{after}"
    yield f"{side}|after={after}"
    if group == central:
        yield f"{kind}|central|{coarse}"
        yield f"{kind}|central|{side}"
        yield f"central|{what}"
    if group == speaking:
        yield f"{kind}|speaking|{coarse}"
        yield f"speaking|{side}"
    yield from _acting(context, place, near, coarse, before, is_central=group == central)
    if near.mention.rule.startswith("faint"):
        yield f"{kind}|{near.mention.rule}"
        yield f"{near.mention.rule}|{side}"
        yield f"{near.mention.rule}|{coarse}|{side}"
        yield f"{near.mention.rule}|{before}"
    elif near.mention.anaphor:
        yield f"{kind}|back|{coarse}|{side}"
    count = len(context.groups[group].mentions)
    yield f"{kind}|{coarse}|times={bucket(count, (1, 2, 4, 8))}"
    if context.groups[group].mentions[0].start < context.sentences[0].end:
        yield f"{kind}|{coarse}|titled"
    yield from _named(context, place, group, side, before, after)
    yield from _between(context, place, group, near)


def _named(context: Context, place: Place, group: int, side: str, before: str, after: str) -> Iterator[str]:
    """Yield what a candidate's kind and the end of its name tell: a 委員會 seldom holds what a 基金 does."""
    kind = "A" if place.is_money else "C"
    what = place.role if place.is_money else place.unit
    found = context.groups[group]
    type_ = thing_type(found)
    last = (acts(context, max(place.sentence.start, place.start - 16), place.start) or ["-"])[-1]
    for tail in dict.fromkeys(name_key(n)[-2:] for n in found.names[:2]):
        yield f"{kind}|tail={tail}"
        yield f"{kind}|tail={tail}|{what}"
        yield f"{kind}|tail={tail}|{side}"
        yield f"{kind}|tail={tail}|{before}"
        yield f"{kind}|tail={tail}|{after}"
    for end in dict.fromkeys(name_key(n)[-1:] for n in found.names[:2]):
        yield f"{kind}|end={end}"
        yield f"{kind}|end={end}|{what}"
    yield f"{kind}|{type_}|{what}"
    yield f"{kind}|{type_}|last={last}"
    yield f"{kind}|{type_}|m={place.measure[-2:]}"
    yield f"{kind}|{type_}|{before}"


def _giving(context: Context, place: Place, group: int, near: Near, centre: tuple[int, int, int]) -> Iterator[str]:
    """Yield how a candidate stands to the one who gives the money, if the words around tell who does."""
    central, _, giver = centre
    if giver < 0:
        return
    coarse, gives = thing_type(context.groups[group])[:3], thing_type(context.groups[giver])[:3]
    side = f"{near.side}{min(near.back, 4)}"
    sentence = place.sentence
    yield f"giver|{group == giver}|{coarse}"
    yield f"giver={gives}|{group == giver}|{coarse}|{side}|{min(near.order, 4)}"
    yield f"giver={gives}|{group == giver}|{coarse}|central={group == central}"
    yield f"giver|{group == giver}|subject={group == sentence.subject}|topic={group == sentence.topic}"
    yield f"giver|{group == giver}|{place.role}"
    before = part_before(context, context.sentence_at(near.mention.start), near.mention)
    yield f"giver|{group == giver}|{coarse}|{before}"


def _acting(context: Context, place: Place, near: Near, coarse: str, before: str, *, is_central: bool) -> Iterator[str]:
    """Yield what the words between a candidate and a figure do, and which stand last before the figure."""
    kind = "A" if place.is_money else "C"
    side = f"{near.side}{min(near.back, 4)}"
    last = (acts(context, max(place.sentence.start, place.start - 16), place.start) or ["-"])[-1]
    yield f"{kind}|{coarse}|last={last}"
    yield f"{kind}|{coarse}|{before}|last={last}"
    yield f"{kind}|{side}|{before}|last={last}"
    if is_central:
        yield f"{kind}|{coarse}|central|last={last}"
    if near.side == "left":
        between = acts(context, near.mention.end, place.start)
        for act in sorted(set(between)):
            yield f"{kind}|{coarse}|over-act={act}"
            yield f"{before}|over-act={act}"
        yield f"{kind}|{coarse}|first-act={(between or ['-'])[0]}"
        yield f"{kind}|{before}|first-act={(between or ['-'])[0]}"
    elif near.side == "right":
        between = acts(context, place.end, near.mention.start)
        for act in sorted(set(between)):
            yield f"{kind}|{coarse}|right-act={act}"


def _between(context: Context, place: Place, group: int, near: Near) -> Iterator[str]:
    """Yield what stands around a candidate and between it and the figure."""
    folded, mention = context.folded, near.mention
    kind = "A" if place.is_money else "C"
    coarse = thing_type(context.groups[group])[:3]
    side = f"{near.side}{min(near.back, 4)}"
    gap = ""
    if near.side == "left":
        gap = folded[mention.end : place.start]
    elif near.side == "right":
        gap = folded[place.end : mention.start]
    # Spaces come and go with the way of writing.
    gap = "".join(gap.split())
    clauses = min(len(_CLAUSES.findall(gap)), 3)
    yield f"{kind}|{side}|{coarse}|{clauses}"
    yield f"{kind}|{side}|far={bucket(len(gap))}"
    low = max(place.sentence.start, mention.start - 4)
    before = folded[low : mention.start].rstrip(" 「『《“") if near.back == 0 else ""
    after = _EDGE.sub("", folded[mention.end : mention.end + 50])[:3]
    for size in (1, 2):
        yield f"{side}|{coarse}|b{size}={before[-size:]}"
        yield f"{side}|{coarse}|a{size}={after[:size]}"
    if near.back == 0 and mention.start <= place.sentence.start + 2:
        yield f"{kind}|opens|{coarse}"
    if near.side in {"left", "right"}:
        for word in {gap[i : i + 2] for i in range(min(len(gap), 30) - 1)}:
            yield f"{near.side}|{coarse}|g={word}"
        if len(gap) <= 4:
            yield f"{kind}|{near.side}|{coarse}|gap={gap}"
        low, high = min(mention.end, place.end), max(mention.start, place.start)
        between = {m.entity for m in place.sentence.mentions if low <= m.start < high}
        for other in sorted(between - {group}):
            yield f"{near.side}|{coarse}|over={thing_type(context.groups[other])[:3]}"


def _none_features(context: Context, place: Place) -> Iterator[str]:
    """Yield what tells that a figure belongs to nothing named."""
    folded = context.folded
    kind = "A" if place.is_money else "C"
    what = place.role if place.is_money else place.unit
    yield f"none|{kind}"
    yield f"none|{kind}|{what}"
    yield f"none|{kind}|{place.sentence.passage.kind}"
    yield f"none|{kind}|ruled={place.ruled >= 0}"
    yield f"none|{kind}|rule={place.rule}"
    yield f"none|mentions={min(len(place.sentence.mentions), 3)}"
    yield f"none|m={place.measure[-2:]}"
    number = "".join(folded[place.start : place.end].split())
    yield f"none|{kind}|digits={number[:1].isdigit()}|{bucket(len(number), (1, 2, 3, 4, 6, 9))}"
    if not number[:1].isdigit():
        yield f"none|{kind}|text={number[:2]}"
    low = max(place.sentence.start, place.start - 12)
    before = "".join(folded[low : place.start].split())
    after = "".join(folded[place.end : min(place.end + 8, place.sentence.end)].split())
    for word in {before[i : i + 2] for i in range(len(before) - 1)}:
        yield f"none|{kind}|b={word}"
    for word in {after[i : i + 2] for i in range(len(after) - 1)}:
        yield f"none|{kind}|a={word}"


def options(context: Context, place: Place, payer: int) -> list[tuple[int, list[str]]]:
    """Return the candidates of a figure with their features; -1 stands for none of them. `payer` is who pays, or -1."""
    near = _candidates(context, place)
    ranks: dict[str, int] = {}
    centre = (_central(context, place, payer), speaker_body(context, place.start, speakers(context)), payer)
    out = [(-1, list(_none_features(context, place)))]
    setting = setting_of(context, place.sentence, place.start, place.end)
    kind = "A" if place.is_money else "C"
    for g, n in near.items():
        coarse, side = thing_type(context.groups[g])[:3], f"{n.side}{min(n.back, 4)}"
        found = [
            *_features(context, place, g, n, ranks, centre),
            *_giving(context, place, g, n, centre),
            *seen(setting, kind, coarse, side, g),
        ]
        out.append((g, found))
    return out


def _central(context: Context, place: Place, giver: int) -> int:
    """Return the thing that the clauses up to a figure are about: the last one that opens a clause, in its passage.

    Who gives the money opens its clause too, but another thing gets it.
    """
    index = context.sentence_number(place.sentence)
    for number in range(index, max(-1, index - _SENTENCES_BACK - 1), -1):
        sentence = context.sentences[number]
        if sentence.passage is not place.sentence.passage:
            return -1
        for mention in reversed(sentence.mentions):
            if mention.end <= place.start and mention.type not in {"Person", "Policy"} and mention.entity != giver:
                if part_before(context, sentence, mention) == "start" and part_after(context, mention) != "inside":
                    return mention.entity
    return -1


@dataclass(frozen=True, slots=True)
class Chosen:
    """Whose a figure is and who pays it (groups, -1 for nobody named), and how likely each is."""

    holder: int
    sure: float
    payer: int = -1
    payer_sure: float = 0.0


def choose(
    context: Context,
    places: list[Place],
    model: Linear | None = None,
    payer_model: Linear | None = None,
    judged: Judged | None = None,
) -> list[Chosen]:
    """Return whose each figure is, in the order of the text; the rules' own without a model. `judged`: a second opinion."""
    judged = judged or Judged()
    model = model or packaged_model("holders")
    payer_model = payer_model or packaged_model("payers")
    if model is None:
        return [Chosen(p.ruled, 0.9) for p in places]
    chosen: list[Chosen] = []
    before: payers.Before | None = None
    for place in places:
        payer, payer_sure = paid_by(context, place, before, payer_model, judged)
        found = options(context, place, payer)
        own = _column(model, [f for _, f in found])
        scores = softmax(own + opinion(judged.holders, place.start, [g for g, _ in found]))
        best = int(scores.argmax())
        ruled = next((n for n, (g, _) in enumerate(found) if g == place.ruled), 0)
        if scores[best] - scores[ruled] <= DOUBT:
            best = ruled
        holder = found[best][0]
        chosen.append(Chosen(holder, float(scores[best]), payer, payer_sure))
        if place.is_money:
            before = payers.Before(place.start, place.end, place.sentence, payer, holder)
    return chosen


def asked_of(place: Place) -> payers.Sum:
    """Return the question who pays some money."""
    return payers.Sum(place.start, place.end, place.sentence, place.role)


def paid_by(
    context: Context, place: Place, before: payers.Before | None, model: Linear | None, judged: Judged
) -> tuple[int, float]:
    """Return who pays some money and how likely that is; what the clause itself tells without a model."""
    if not place.is_money:
        return -1, 0.0
    if model is None:
        giver = giver_of(context, place.sentence, place.start, place.end)
        return giver, 0.9 if giver >= 0 else 0.0
    return payers.choose(context, asked_of(place), before, model, judged)


def _column(model: Linear, rows: list[list[str]]) -> NDArray[np.float32]:
    return np.array([model.scores(r)[0] for r in rows], dtype=np.float32)
