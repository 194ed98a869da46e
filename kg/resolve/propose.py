"""What is worth asking a person: things that may be one and are two, things made one for a weak reason."""

from __future__ import annotations

import math
import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from kg.language.script import fold, name_key
from kg.model import Amount, DocumentFacts, Knowledge, PostHolding, Relation, Thing
from kg.pipeline.lexicon import packaged
from kg.resolve.decisions import Decision, Ref
from kg.resolve.ledger import Ledger

# Reasons at least this sure are not asked about; names less alike are not either.
_SURE, _ALIKE = 0.94, 0.6
# A pair of letters that more things share than this tells nothing.
_CROWD = 80
_QUOTES = 2
_YEARLY = re.compile(r"(?:address|budget)-(?:19|20)\d\d(?:-10)?")
_REASON = re.compile(r"(\d\.\d+) (.+?): (.+?)(?: = (.+))?")


@dataclass(frozen=True, slots=True)
class Side:
    """One of the two: how a decision names it, its names, type, posts, and where documents name it."""

    ref: Ref
    type: str
    names: tuple[str, ...]
    posts: tuple[str, ...]
    quotes: tuple[tuple[str, str], ...]
    mentions: int


@dataclass(frozen=True, slots=True)
class Proposal:
    """A pair to decide. `merged` tells whether it is one thing now; `value` ranks what an answer is worth."""

    left: Side
    right: Side
    merged: bool
    reason: str
    score: float
    value: float


def propose(knowledge: Knowledge, all_facts: Sequence[DocumentFacts], ledger: Ledger) -> list[Proposal]:
    """Return the undecided pairs, the most valuable first: likely and often named, or merged with little reason."""
    view = _View(knowledge, all_facts)
    found = [*_apart(view), *_together(view)]
    said: dict[str, list[Decision]] = defaultdict(list)
    for decision in ledger.decisions.pairs:
        for key in {name_key(decision.left.name), name_key(decision.right.name)}:
            said[key].append(decision)
    open_ = [p for p in found if not _decided(p, said)]
    return sorted(open_, key=lambda p: (-p.value, str(p.left.ref), str(p.right.ref)))


class _View:
    """The knowledge as the questions need it."""

    def __init__(self, knowledge: Knowledge, all_facts: Sequence[DocumentFacts]) -> None:
        self.things = knowledge.things
        self.files = {d.id: d.file_name for d in knowledge.documents}
        self.labels = {t.id: _names(t) for t in knowledge.things}
        self.keys = {t.id: tuple(dict.fromkeys(name_key(n) for n in self.labels[t.id])) for t in knowledge.things}
        self.holders: dict[str, list[Thing]] = defaultdict(list)
        for thing in knowledge.things:
            for key in self.keys[thing.id]:
                self.holders[key].append(thing)
        self.posts: dict[str, set[str]] = defaultdict(set)
        self.near: dict[str, set[str]] = defaultdict(set)
        for _, fact in knowledge.facts:
            if isinstance(fact, PostHolding):
                self.posts[fact.person].add(f"{fact.title}, {self.labels[fact.organisation][0]}")
                # Who sits there tells two bodies of like names apart.
                self.posts[fact.organisation].add(f"{fact.title}, {self.labels[fact.person][0]}")
                self._touch(fact.person, fact.organisation)
            elif isinstance(fact, Relation):
                self._touch(fact.subject, fact.object)
            elif isinstance(fact, Amount) and fact.funder:
                self._touch(fact.subject, fact.funder)
        # Names that one document gives to one thing: nobody can set them apart.
        self.bound = {
            frozenset((name_key(a), name_key(b)))
            for f in all_facts
            for e in f.entities
            for a in e.names
            for b in e.names
            if a != b
        }

    def _touch(self, one: str, other: str) -> None:
        self.near[one].add(other)
        self.near[other].add(one)

    def known(self, thing: Thing) -> bool:
        """Tell whether a thing is an entry of the lexicon, or the one thing of a kind that a year has."""
        local = thing.id.partition("/")[2]
        return local in packaged().by_id or bool(_YEARLY.fullmatch(local))

    def side(self, thing: Thing, ref: Ref, *, only: bool = False) -> Side:
        """Return a thing, or with `only` what is called by the name of `ref` in it, for a person to look at."""
        key = name_key(ref.name)
        mentions = [
            (self.files[d], q)
            for d, q in thing.mentions
            if not (ref.file and only and self.files[d] != ref.file) and (not only or name_key(q.text) == key)
        ]
        quotes: dict[str, str] = {}
        for file, quote in mentions:
            quotes.setdefault(file, " ".join((quote.sentence or quote.text).split()))
        names = (ref.name,) if only else self.labels[thing.id]
        posts = tuple(sorted(self.posts[thing.id]))[:4]
        return Side(ref, thing.type, names, posts, tuple(quotes.items())[:_QUOTES], len(mentions))

    def ref(self, thing: Thing, name: str) -> Ref:
        """Return what names a thing and no other: its name, with type or file where others have the name too."""
        others = [t for t in self.holders[name_key(name)] if t.id != thing.id]
        if not others:
            return Ref(name)
        if all(t.type != thing.type for t in others):
            return Ref(name, thing.type)
        key = name_key(name)
        places = [self.files[d] for d, q in thing.mentions if name_key(q.text) == key] or [
            self.files[d] for d, _ in thing.mentions
        ]
        return Ref(name, thing.type, places[0] if places else None)


def _names(thing: Thing) -> tuple[str, ...]:
    found = [x.text for x in (*thing.preferred, *thing.alternative) if not x.converted]
    return tuple(dict.fromkeys(found)) or tuple(x.text for x in thing.preferred)


def _apart(view: _View) -> Iterable[Proposal]:
    """Yield things of one type whose names are much alike."""
    by_id = {t.id: t for t in view.things}
    for left_id, right_id in sorted(_near_pairs(view)):
        left, right = by_id[left_id], by_id[right_id]
        if view.known(left) and view.known(right):
            continue  # Two entries of the lexicon are two things, and so are two years.
        score, one, other = max(
            (_alike(name_key(a), name_key(b)), a, b) for a in view.labels[left.id] for b in view.labels[right.id]
        )
        shared = (view.near[left.id] & view.near[right.id]) - {left.id, right.id}
        score = min(1.0, score + (0.1 if shared else 0.0))
        if score < _ALIKE:
            continue
        sides = sorted(
            (view.side(left, view.ref(left, one)), view.side(right, view.ref(right, other))), key=lambda s: str(s.ref)
        )
        reason = f"{score:.2f} " + ("the same name" if name_key(one) == name_key(other) else "names alike")
        if shared:
            reason += f", both beside {view.labels[min(shared)][0]}"
        value = score * math.log2(2 + min(s.mentions for s in sides)) * math.log2(2 + sum(s.mentions for s in sides))
        yield Proposal(sides[0], sides[1], False, reason, round(score, 2), round(value, 3))


def _near_pairs(view: _View) -> set[tuple[str, str]]:
    """Return pairs of things of one type that share letters which few share."""
    holders: dict[tuple[str, str], set[str]] = defaultdict(set)
    for thing in view.things:
        for key in view.keys[thing.id]:
            for pair in _pairs(key):
                holders[thing.type, pair].add(thing.id)
    shared: Counter[tuple[str, str]] = Counter()
    for group in holders.values():
        if 1 < len(group) <= _CROWD:
            ordered = sorted(group)
            shared.update((a, b) for i, a in enumerate(ordered) for b in ordered[i + 1 :])
    return {pair for pair, number in shared.items() if number > 1}


def _pairs(key: str) -> set[str]:
    framed = f"\x02{key}\x03"
    return {framed[i : i + 2] for i in range(len(framed) - 1)}


def _alike(left: str, right: str) -> float:
    """Return how likely two folded names are names of one thing, 0 to 1."""
    if left == right:
        return 0.95
    if not left or not right or _numbers(left) != _numbers(right):
        return 0.0
    one, other = _pairs(left), _pairs(right)
    dice = 2 * len(one & other) / (len(one) + len(other))
    short, long = sorted((left, right), key=len)
    if short[0] == long[0] and short[-1] == long[-1] and len(short) > 2 and _within(short, long):
        return max(dice, 0.8)
    # What stands at the end says what it is: 計劃 and 基金 of one name are two things.
    return dice if left[-1] == right[-1] else dice - 0.25


def _within(short: str, long: str) -> bool:
    letters = iter(long)
    return all(c in letters for c in short)


def _numbers(key: str) -> list[str]:
    return re.findall(r"\d+|[一二三四五六七八九十](?=期|届|号|轮|批|区|所|中)", fold(key))


def _together(view: _View) -> Iterable[Proposal]:
    """Yield things that are one for a weak reason."""
    for thing in view.things:
        for why in thing.why:
            told = _REASON.fullmatch(why)
            if not told or float(told[1]) >= _SURE:
                continue
            score, left, right = float(told[1]), Ref(told[3], thing.type), Ref(told[4] or told[3], thing.type)
            if left == right:
                files = sorted({view.files[d] for d, _ in thing.mentions})
                if len(files) != 2:
                    continue
                left, right = replace(left, file=files[0]), replace(right, file=files[1])
            elif frozenset((name_key(left.name), name_key(right.name))) in view.bound:
                continue
            sides = [view.side(thing, ref, only=True) for ref in (left, right)]
            number = sum(s.mentions for s in sides)
            value = min(1.0, 4 * (1 - score)) * math.log2(2 + number) ** 2 / 2
            yield Proposal(sides[0], sides[1], True, f"{told[1]} {told[2]}", score, round(value, 3))


def _decided(proposal: Proposal, said: Mapping[str, list[Decision]]) -> bool:
    left, right = proposal.left, proposal.right
    for decision in [d for key in {name_key(n) for n in left.names} for d in said.get(key, ())]:
        for one, other in ((decision.left, decision.right), (decision.right, decision.left)):
            if _means(one, left) and _means(other, right):
                return True
    return False


def _means(ref: Ref, side: Side) -> bool:
    if ref.type and ref.type != side.type:
        return False
    if (ref.file or side.ref.file) and ref.file != side.ref.file:
        return False
    return name_key(ref.name) in {name_key(n) for n in side.names}
