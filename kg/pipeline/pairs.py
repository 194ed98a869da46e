"""Relations by a trained linear model: each two things that one passage brings together, and what stands around them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import cast

from kg.language.script import name_key
from kg.model import Predicate
from kg.pipeline.context import Context, Mention, Sentence
from kg.pipeline.holders import thing_type
from kg.pipeline.linear import Linear, bucket, packaged_model, softmax
from kg.pipeline.relations import Found, frames

NONE = "none"
_AHEAD = 9
_LIST = re.compile(
    r"[\s「」『』《》“”]*(?:\([^()]{0,40}\))?[\s「」『』《》“”]*(?:、|以及|及|和|与|,|and)?[\s「」『』《》“”]*"
)
_QUOTES = "「」『』《》“” "
# How sure the model must be; frames and model together were measured on documents left out of training.
THRESHOLD = 0.5


@dataclass(frozen=True, slots=True)
class Pair:
    """Two mentions of different things in the order of the text; `virtual` tells why the first is thought of as present."""

    sentence: Sentence
    left: Mention
    right: Mention
    between: tuple[Mention, ...]
    virtual: str


def pairs(context: Context) -> Iterator[Pair]:
    """Yield the pairs of things that a sentence names, and of what it is about with what it names."""
    last_programme = -1
    for number, sentence in enumerate(context.sentences):
        mentions = sentence.mentions
        named = {m.entity for m in mentions}
        for i, left in enumerate(mentions):
            for j in range(i + 1, min(i + 1 + _AHEAD, len(mentions))):
                if mentions[j].entity != left.entity:
                    yield Pair(sentence, left, mentions[j], tuple(mentions[i + 1 : j]), "")
        before = context.sentences[number - 1] if number else None
        virtual = [
            ("topic", sentence.topic),
            ("before", before.subject if before else -1),
            ("programme", last_programme),
        ]
        seen: set[int] = set()
        for name, group in virtual:
            if group < 0 or group in named or group in seen or not context.groups[group].mentions:
                continue
            seen.add(group)
            earlier = [m for m in context.groups[group].mentions if m.start < sentence.start]
            stand_in = earlier[-1] if earlier else context.groups[group].mentions[0]
            for j, right in enumerate(mentions[:_AHEAD]):
                yield Pair(sentence, stand_in, right, tuple(mentions[:j]), name)
        for mention in mentions:
            if mention.type in {"Programme", "Facility"}:
                last_programme = mention.entity


@lru_cache(maxsize=1)
def _triggers() -> re.Pattern[str]:
    """Return a pattern of all the words that the frames are triggered by."""
    words = sorted({w for f in frames()[0] for w in f.trigger.pattern.split("|")}, key=lambda w: (-len(w), w))
    return re.compile("|".join(words))


def _clean(text: str) -> str:
    return text.translate({ord(c): None for c in _QUOTES})


def features(context: Context, pair: Pair, ruled: dict[tuple[int, int], list[str]]) -> Iterator[str]:
    """Yield what tells whether and how two things are related."""
    first, second = context.groups[pair.left.entity], context.groups[pair.right.entity]
    types = f"{first.type[:2]}>{second.type[:2]}"
    start = pair.sentence.start if pair.virtual else pair.left.end
    gap = context.folded[start : pair.right.start] if pair.right.start > start else ""
    yield types
    yield f"{thing_type(first)}>{thing_type(second)}"
    yield f"{types}|{pair.virtual or 'here'}"
    yield f"{types}|over={min(len(pair.between), 4)}"
    yield f"{types}|far={bucket(len(gap))}"
    yield f"{types}|clauses={min(gap.count(',') + gap.count(';'), 3)}|{pair.virtual}"
    yield f"{types}|{pair.sentence.passage.kind}"
    for mention in pair.between[:4]:
        yield f"{types}|between={mention.type[:2]}"
    for mark, ends in (
        (">", (pair.left.entity, pair.right.entity)),
        ("<", (pair.right.entity, pair.left.entity)),
    ):
        for kind in ruled.get(ends, ()):
            yield f"ruled{mark}{kind}"
            yield f"ruled{mark}{kind.partition(':')[0]}"
    yield from _verbs(context, pair, types, start)
    yield from _neighbours(context, pair, types, start, gap)
    yield from _standing(context, pair, types)


def _verbs(context: Context, pair: Pair, types: str, start: int) -> Iterator[str]:
    """Yield the frames' trigger words between the two, before the first and behind the second."""
    folded, sentence = context.folded, pair.sentence
    plain = _masked(context, pair.between, start, pair.right.start)
    for word in sorted({m.group() for m in _triggers().finditer(plain)}):
        yield f"mid={word}"
        yield f"{types}|mid={word}"
        yield f"{types}|mid={word}|over={min(len(pair.between), 2)}"
    for match in _triggers().finditer(folded[pair.right.end : sentence.end][:40]):
        yield f"{types}|tail={match.group()}"
        if match.start() <= 8:
            yield f"{types}|next={match.group()}"
    if not pair.virtual:
        for match in _triggers().finditer(folded[sentence.start : pair.left.start][-24:]):
            yield f"{types}|lead={match.group()}"
    if len(plain) <= 10:
        yield f"gap={plain}"
        yield f"{types}|gap={plain}"
    for word in sorted({plain[i : i + 2] for i in range(min(len(plain), 48) - 1)}):
        yield f"{types}|w={word}"


def _neighbours(context: Context, pair: Pair, types: str, start: int, gap: str) -> Iterator[str]:
    """Yield the characters beside each of the two."""
    folded, sentence, left, right = context.folded, pair.sentence, pair.left, pair.right
    before = "" if pair.virtual else _clean(folded[max(sentence.start, left.start - 8) : left.start])[-4:]
    after = _clean(folded[right.end : min(right.end + 16, sentence.end)])
    near_left = "" if pair.virtual else _clean(folded[left.end : min(left.end + 6, right.start)])
    near_right = _clean(folded[max(start, right.start - 8) : right.start])
    for size in (1, 2):
        yield f"{types}|b{size}={before[-size:]}"
        yield f"{types}|nl{size}={near_left[:size]}"
        yield f"{types}|nr{size}={near_right[-size:]}"
        yield f"{types}|a{size}={after[:size]}"
    yield f"{types}|nr3={near_right[-3:]}"
    yield f"nr2={near_right[-2:]}"
    yield f"nl2={near_left[:2]}"
    if _LIST.fullmatch(gap) and not pair.virtual:
        yield f"{types}|listed"
        yield f"{types}|listed|b2={before[-2:]}"


def _standing(context: Context, pair: Pair, types: str) -> Iterator[str]:
    """Yield what part each of the two plays in its sentence, and whether one's name holds the other's."""
    left, right, sentence = pair.left, pair.right, pair.sentence
    first, second = context.groups[left.entity], context.groups[right.entity]
    for name, group in (("subject", sentence.subject), ("topic", sentence.topic)):
        if group == left.entity:
            yield f"{types}|left={name}"
        if group == right.entity:
            yield f"{types}|right={name}"
    for name, mention in (("left", left), ("right", right)):
        if mention.anaphor:
            yield f"{types}|{name}=back"
        if any(b is mention for _, _, b, _ in context.posts):
            yield f"{types}|{name}=post"
    if _begins_with(second.names, first.names):
        yield f"{types}|owner-in-name"
    if _begins_with(first.names, second.names):
        yield f"{types}|owner-in-name<"
    if any(left.start < m.start < right.end for m in context.money):
        yield f"{types}|money"


def _begins_with(names: list[str], owners: list[str]) -> bool:
    return any(name_key(n).startswith(name_key(o)) for n in names for o in owners if len(o) >= 2)


def _masked(context: Context, between: tuple[Mention, ...], start: int, end: int) -> str:
    """Return the words between two mentions, with each name between them as one letter for its type."""
    out, last = "", start
    for mention in between:
        if mention.start >= last:
            out += context.folded[last : mention.start] + mention.type[0]
            last = mention.end
    return _clean(out + context.folded[last : max(last, end)])


def ruled_by_pair(found: list[Found]) -> dict[tuple[int, int], list[str]]:
    """Return what the frames say of each ordered two things, as ``predicate:frame``."""
    out: dict[tuple[int, int], list[str]] = {}
    for relation in found:
        out.setdefault((relation.subject, relation.object), []).append(f"{relation.predicate}:{relation.rule}")
    return out


def judged(context: Context, found: list[Found], model: Linear | None = None) -> list[Found]:
    """Return the relations that frames and model together hold for likely; the frames' own without a model."""
    model = model or packaged_model("relations")
    if model is None:
        return found
    ruled = ruled_by_pair(found)
    frames_of = {(f.subject, f.predicate, f.object): f for f in found}
    best: dict[tuple[int, str, int], tuple[float, Found]] = {}
    seen: set[tuple[int, int]] = set()
    for pair in pairs(context):
        chances = softmax(model.scores(features(context, pair, ruled)))
        a, b = pair.left.entity, pair.right.entity
        seen |= {(a, b), (b, a)}
        for label, chance in zip(model.classes, chances.tolist(), strict=True):
            if label == NONE or chance < THRESHOLD / 2:
                continue
            predicate = cast(Predicate, label[:-1])
            subject, object_ = (a, b) if label[-1] == ">" else (b, a)
            key = (subject, predicate, object_)
            frame = frames_of.get(key)
            here = [m for m in (pair.left, pair.right) if pair.sentence.start <= m.start < pair.sentence.end]
            start, end = min(m.start for m in here), max(m.end for m in here)
            if pair.virtual:
                start = pair.sentence.start
            stated = frame or Found(subject, predicate, object_, start, end, f"{predicate}.model")
            if key not in best or chance > best[key][0]:
                best[key] = (chance, stated)
    kept = [f for chance, f in best.values() if chance >= THRESHOLD]
    kept += [f for f in found if (f.subject, f.object) not in seen]
    return kept
