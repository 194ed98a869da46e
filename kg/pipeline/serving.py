"""Whom a person serves in a post: candidates for the body, and what a trained linear model looks at.

A conditional logit like that of the holders: the rules' own body is one candidate, and nobody named another.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from kg.language.script import fold, name_key
from kg.model import EntityType
from kg.pipeline.context import Context, Mention, Sentence
from kg.pipeline.entities import heading_group, publisher_group
from kg.pipeline.linear import Linear, bucket, packaged_model, softmax
from kg.pipeline.near import Near, around, coarse_type, far, often
from kg.pipeline.places import part_after, part_before
from kg.pipeline.served import may_serve

_SENTENCES_BACK = 4
_TYPES: frozenset[EntityType] = frozenset({"Organisation", "Facility", "Programme"})
_OFTEN = 3
_CLAUSES = re.compile("[,;:。!?]")
# Where the model is hardly surer of another body, or of none, the rules' own stays.
DOUBT, LEAST = 0.15, 0.4


@dataclass(frozen=True, slots=True)
class Told:
    """A post as rules tell it: who, as what, the group of the body (-1 for none found), and the rule."""

    person: Mention
    title: str
    body: int
    rule: str


@dataclass(frozen=True, slots=True)
class _Asked:
    """A post whose body is asked, and where its title stands."""

    told: Told
    start: int
    end: int
    sentence: Sentence


def _asked(context: Context, told: Told) -> _Asked:
    """Return a post with the place of its title: the nearest before the name, else behind it, else the name itself."""
    person, words = told.person, fold(told.title)
    low = max(0, person.start - 40)
    place = context.folded.rfind(words, low, person.start)
    if place < 0:
        place = context.folded.find(words, person.end, person.end + 60)
    if place < 0:
        place, words = person.start, ""
    return _Asked(told, place, place + len(words), context.sentence_at(place))


def _candidates(context: Context, asked: _Asked, central: Sequence[int]) -> dict[int, Near]:
    """Return the bodies, facilities and schemes near a title, those a document names most, and its own."""
    sentence = asked.sentence
    found = around(context, sentence, asked.start, asked.end, _SENTENCES_BACK)
    groups = context.groups
    own, *rest = central
    for group in (sentence.subject, sentence.topic, own, rest[0], asked.told.body, *rest[1:]):
        if group >= 0 and groups[group].mentions:
            found.setdefault(group, far(context, group))
    title = fold(asked.told.title)
    return {
        group: near
        for group, near in found.items()
        if group == asked.told.body or (groups[group].type in _TYPES and may_serve(groups[group], title))
    }


class Posts:
    """The posts of a document, as rules tell them, found by person and by place."""

    def __init__(self, context: Context, posts: Sequence[Told]) -> None:
        self.own = publisher_group(context)
        # The bodies that a document is about, wherever the post is told.
        self.central = (self.own, heading_group(context), *often(context, _TYPES, _OFTEN))
        self._by_person: dict[int, list[Told]] = defaultdict(list)
        for told in posts:
            self._by_person[told.person.entity].append(told)
        self._in_order = sorted(posts, key=lambda told: told.person.start)

    def others(self, told: Told) -> list[Told]:
        """Return the other posts of a person."""
        return [other for other in self._by_person[told.person.entity] if other is not told]

    def before(self, told: Told) -> Told | None:
        """Return the post of the person named last before."""
        place = bisect_left(self._in_order, told.person.start, key=lambda t: t.person.start)
        if not place:
            return None
        start = self._in_order[place - 1].person.start
        return self._in_order[bisect_left(self._in_order, start, key=lambda t: t.person.start)]


def options(context: Context, told: Told, posts: Posts) -> list[tuple[int, list[str]]]:
    """Return the candidates for the body of a post with their features; -1 stands for nobody named.

    `posts` are all of the document.
    """
    asked = _asked(context, told)
    others, before = posts.others(told), posts.before(told)
    out = [(-1, list(_none(context, asked, others)))]
    ranks: dict[str, int] = {}
    for group, near in _candidates(context, asked, posts.central).items():
        coarse = coarse_type(context, group)
        rank = ranks.get(coarse[:3], 0)
        ranks[coarse[:3]] = rank + 1
        features = [
            *_standing(context, asked, group, near, rank),
            *_between(context, asked, group, near),
            *_known(asked, group, coarse, others, before),
        ]
        if group == posts.own:
            features += ["own", f"own|{_tail(told.title)}", f"own|{near.side}", f"own|{told.rule}"]
        out.append((group, features))
    return out


def _tail(title: str) -> str:
    words = fold(title)
    return words.split()[-1].lower() if words.isascii() and words.split() else words[-2:]


def _standing(context: Context, asked: _Asked, group: int, near: Near, rank: int) -> Iterator[str]:
    """Yield where a candidate stands, and what it is in the document."""
    coarse, tail = coarse_type(context, group), _tail(asked.told.title)
    side, type_ = f"{near.side}{min(near.back, 4)}", coarse[:3]
    found = context.groups[group]
    yield f"{side}|{coarse}"
    yield f"{side}|order={min(near.order, 4)}"
    yield f"{side}|{type_}|rank={min(rank, 3)}"
    yield f"{coarse}|t={tail}"
    yield f"{side}|t={tail}"
    yield f"{coarse}|{asked.told.rule}"
    for name, other in (("subject", asked.sentence.subject), ("topic", asked.sentence.topic)):
        if group == other:
            yield f"{name}|{type_}|{side}"
            yield f"{name}|t={tail}"
    before = part_before(context, context.sentence_at(near.mention.start), near.mention)
    yield f"{side}|{type_}|part={before}"
    yield f"{side}|{type_}|part={before}|{part_after(context, near.mention)}"
    yield f"{type_}|times={bucket(len(found.mentions), (1, 2, 4, 8))}|{side}"
    if found.mentions[0].start < context.sentences[0].end:
        yield f"{coarse}|titled"
    if found.lexicon_id == "hk-government":
        yield f"government|t={tail}"
        yield f"government|{side}"
    if near.mention.anaphor:
        yield f"back|{type_}|{side}"
    keys = [name_key(name).rstrip("」』》”)") for name in found.names[:3]]
    for end in dict.fromkeys(key[-2:] for key in keys):
        yield f"e={end}|t={tail}"
        yield f"e={end}|{side}"
    if any(key.endswith(tail[:1]) for key in keys):
        # 學院 has 院長, 商會 會長.
        yield f"same|{side}"
        yield "same"


def _between(context: Context, asked: _Asked, group: int, near: Near) -> Iterator[str]:
    """Yield what stands between a candidate, the title and the name."""
    folded, mention, person = context.folded, near.mention, asked.told.person
    side = f"{near.side}{min(near.back, 4)}"
    if near.side not in {"left", "right"}:
        before = "".join(folded[max(0, asked.start - 4) : asked.start].split())
        yield f"{side}|before={before[-1:]}"
        yield f"{side}|before={before[-2:]}"
        return
    low, high = (mention.end, asked.start) if near.side == "left" else (asked.end, mention.start)
    gap = "".join(folded[low:high].split())
    type_ = coarse_type(context, group)[:3]
    yield f"{side}|far={bucket(len(gap), (0, 1, 2, 4, 8, 16, 32, 64))}"
    yield f"{side}|{type_}|clauses={min(len(_CLAUSES.findall(gap)), 3)}"
    if len(gap) <= 4:
        yield f"{side}|gap={gap}"
    else:
        yield f"{side}|gap-ends={gap[:1]}{gap[-1:]}"
    for word in {gap[i : i + 2] for i in range(min(len(gap), 24) - 1)}:
        yield f"{near.side}|g={word}"
    behind = "first" if asked.start >= person.end else "last" if asked.end <= person.start else "none"
    yield f"{side}|person={behind}|{'touch' if not gap else 'gap'}"
    words = "".join(folded[min(asked.end, person.end) : max(asked.start, person.start)].split())
    yield f"{side}|to-person={words[:4] if len(words) <= 4 else 'long'}"
    over = {m.entity for m in asked.sentence.mentions if min(low, high) <= m.start < max(low, high)} - {mention.entity}
    for other in sorted({coarse_type(context, o)[:3] for o in over}):
        yield f"{side}|over={other}"
    head = folded[max(asked.sentence.start, mention.start - 4) : mention.start].rstrip(" 「『《“")
    yield f"{side}|b={head[-1:]}"
    yield f"{side}|b={head[-2:]}"


def _known(asked: _Asked, group: int, coarse: str, others: list[Told], before: Told | None) -> Iterator[str]:
    """Yield what the rules say of a candidate: here, and in the other posts."""
    told = asked.told
    if told.body >= 0:
        yield f"ruled|{group == told.body}|{told.rule}"
        yield f"ruled|{group == told.body}|{coarse}"
        yield f"ruled|{group == told.body}"
    same = [o for o in others if o.body == group]
    if same:
        yield f"serves|{told.rule}|{same[0].rule}"
        yield "serves"
        if any(fold(o.title)[-2:] == fold(told.title)[-2:] for o in same):
            yield "serves as"
    if before is not None:
        reach = "sentence" if before.person.start >= asked.sentence.start else "far"
        yield f"last|{before.body == group}|{reach}"


def _none(context: Context, asked: _Asked, others: list[Told]) -> Iterator[str]:
    """Yield what tells that a post is no named body's."""
    told, tail = asked.told, _tail(asked.told.title)
    yield "none"
    yield f"none|{told.rule}"
    yield f"none|t={tail}"
    yield f"none|{told.rule}|ruled={told.body >= 0}"
    yield f"none|titled={asked.end > asked.start}"
    yield f"none|mentions={min(len(asked.sentence.mentions), 4)}"
    elsewhere = [o for o in others if o.body >= 0]
    yield f"none|others={min(len(elsewhere), 2)}"
    yield f"none|others={min(len(elsewhere), 2)}|{told.rule}"
    if any(fold(o.title)[-2:] == fold(told.title)[-2:] for o in elsewhere):
        yield "none|again"
        yield f"none|again|{told.rule}"
    before = "".join(context.folded[max(0, asked.start - 3) : asked.start].split())
    yield f"none|b={before[-1:]}"
    yield f"none|b={before[-2:]}"


def choose(context: Context, posts: Sequence[Told], model: Linear | None = None) -> list[int]:
    """Return the group of the body of each post, -1 for none; the rules' own without a model."""
    model = model or packaged_model("serving")
    if model is None:
        return [told.body for told in posts]
    chosen, all_ = [], Posts(context, posts)
    for told in posts:
        found = options(context, told, all_)
        scores = softmax(np.array([model.scores(features)[0] for _, features in found], dtype=np.float32))
        best = int(scores.argmax())
        ruled = next((n for n, (group, _) in enumerate(found) if group == told.body), 0)
        if scores[best] - scores[ruled] <= DOUBT or (best and scores[best] < LEAST):
            best = ruled
        chosen.append(found[best][0])
    return chosen
