"""Which thing a name in somebody's table may mean: folded across scripts, scored from 0 to 100, the best first."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable
from dataclasses import dataclass

from kg.language.script import name_key
from kg.serve.names import initials
from kg.serve.tasks import Described

EXACT, INITIALS = 100.0, 80.0
# A name that only looks alike is never taken for the same one.
_MOST_ALIKE = 95.0
_LEAST_ALIKE = 25.0
_LANGUAGES = ("zh-hant", "en", "zh-hans", "")


@dataclass(frozen=True, slots=True)
class Candidate:
    """A thing that a name may mean, the name of it that came nearest, and how near: 100 is the same."""

    thing: Described
    name: str
    score: float


class Names:
    """All things by their names. Looking one up costs as much as there are names that share a pair of letters with it."""

    def __init__(self, things: Iterable[Described], base: str) -> None:
        self.base = base
        self.things = {thing.address: thing for thing in things}
        self._names: list[tuple[Described, str, str]] = []
        self._initials: dict[str, list[int]] = {}
        self._pairs: dict[str, list[int]] = {}
        for thing in self.things.values():
            for name in dict.fromkeys(n for _, n in (*thing.preferred, *thing.others)):
                self._add(thing, name)

    def _add(self, thing: Described, name: str) -> None:
        key, number = name_key(name), len(self._names)
        self._names.append((thing, name, key))
        for pair in set(_pairs_of(key)):
            self._pairs.setdefault(pair, []).append(number)
        if short := initials(name):
            self._initials.setdefault(short, []).append(number)

    def short(self, address: str) -> str:
        """Return an address below the base of the things."""
        return address.removeprefix(self.base)

    def find(self, short: str) -> Described | None:
        """Return the thing of an address, whole or below the base."""
        return self.things.get(self.base + short) or self.things.get(short)

    def label(self, thing: Described, language: str = "") -> str:
        """Return the preferred name of a thing: in the language, else Traditional, English, Simplified."""
        names = dict(thing.preferred)
        order = (language.lower(), *_LANGUAGES)
        return next((names[tag] for tag in order if tag in names), "") or self.short(thing.address)

    def candidates(self, name: str, types: Collection[str] = (), limit: int = 10) -> list[Candidate]:
        """Return what a name may mean, each thing once, the best first; only things of some types, if any are given."""
        key = name_key(name)
        best: dict[str, Candidate] = {}
        for number, score in self._scores(key).items():
            thing, spelling, _ = self._names[number]
            if types and thing.type not in types:
                continue
            known = best.get(thing.address)
            if known is None or (-score, spelling) < (-known.score, known.name):
                best[thing.address] = Candidate(thing, spelling, score)
        return sorted(best.values(), key=lambda c: (-c.score, c.name, c.thing.address))[:limit]

    def _scores(self, key: str) -> dict[int, float]:
        wanted = Counter(_pairs_of(key))
        shared: Counter[int] = Counter()
        for pair in wanted:
            shared.update(self._pairs.get(pair, ()))
        scores: dict[int, float] = {}
        for number in shared:
            other = self._names[number][2]
            score = EXACT if other == key else min(_alike(wanted, other), _MOST_ALIKE)
            if score >= _LEAST_ALIKE:
                scores[number] = score
        for number in self._initials.get(key, ()) if len(key) > 2 else ():
            scores[number] = max(scores.get(number, 0.0), INITIALS)
        return scores

    def beginning(self, prefix: str, limit: int = 20) -> list[Candidate]:
        """Return the things to suggest while a name is typed: those it is, begins or stands in, the shortest names first."""
        key = name_key(prefix)
        best: dict[str, tuple[int, int, str]] = {}
        for thing, name, folded in self._names if key else ():
            if key in folded:
                rank = (0 if folded == key else 1 if folded.startswith(key) else 2, len(folded), name)
                best[thing.address] = min(best.get(thing.address, rank), rank)
        order = sorted(best, key=lambda address: (best[address], address))[:limit]
        return [Candidate(self.things[a], best[a][2], (100.0, 90.0, 70.0)[best[a][0]]) for a in order]


def _pairs_of(key: str) -> list[str]:
    """Return the pairs of neighbouring letters, with the ends of the name; a Chinese name of two letters has three."""
    framed = f"\x02{key}\x03"
    return [framed[i : i + 2] for i in range(len(framed) - 1)] if key else []


def _alike(wanted: Counter[str], other: str) -> float:
    """Return how alike two names are, 0 to 100: twice the pairs that they share, of all that they have (Dice)."""
    pairs = Counter(_pairs_of(other))
    return round(200.0 * (wanted & pairs).total() / (wanted.total() + pairs.total()), 1)
