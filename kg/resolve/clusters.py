"""Things in the making: items joined one by one, each join with its reason, none that a constraint forbids."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True, order=True)
class Reason:
    """Why two items are one thing: how sure, by what rule, and the two names."""

    score: float
    rule: str
    left: str
    right: str

    def __str__(self) -> str:
        names = self.left if self.left == self.right else f"{self.left} = {self.right}"
        return f"{self.score:.2f} {self.rule}: {names}"


@dataclass(slots=True)
class Traits:
    """What may not differ within one thing: ids of the lexicon, edition, phase, and whose office it is. `apart` are sides of decisions."""

    ids: frozenset[str] = frozenset()
    edition: frozenset[str] = frozenset()
    apart: frozenset[tuple[int, int]] = field(default=frozenset())
    phase: frozenset[str] = frozenset()
    country: frozenset[str] = frozenset()

    def fits(self, other: Traits) -> bool:
        """Tell whether items with these traits may be one thing."""
        both = ((self.ids, other.ids), (self.edition, other.edition), (self.phase, other.phase))
        if any(len(a | b) > 1 for a, b in (*both, (self.country, other.country))):
            return False
        return not any((number, 1 - side) in other.apart for number, side in self.apart)

    def join(self, other: Traits) -> Traits:
        """Return the traits of both together."""
        return Traits(
            self.ids | other.ids,
            self.edition | other.edition,
            self.apart | other.apart,
            self.phase | other.phase,
            self.country | other.country,
        )


class Clusters:
    """Items 0 … n-1, joined step by step. The order of equal calls is the caller's; the rest is deterministic."""

    def __init__(self, traits: list[Traits]) -> None:
        self._parent = list(range(len(traits)))
        self._traits = traits
        self._reasons: dict[int, set[Reason]] = defaultdict(set)

    def find(self, item: int) -> int:
        """Return the item that stands for the thing an item belongs to: the first of its items."""
        parent = self._parent
        while parent[item] != item:
            parent[item] = parent[parent[item]]
            item = parent[item]
        return item

    def one(self, left: int, right: int) -> bool:
        """Tell whether two items are one thing by now."""
        return self.find(left) == self.find(right)

    def traits(self, item: int) -> Traits:
        """Return the traits of the thing that an item belongs to."""
        return self._traits[self.find(item)]

    def add_traits(self, item: int, traits: Traits) -> None:
        """Give the thing that an item belongs to further traits."""
        root = self.find(item)
        self._traits[root] = self._traits[root].join(traits)

    def join(self, left: int, right: int, reason: Reason, *, forced: bool = False) -> bool:
        """Make two items one thing unless a constraint forbids it; say whether they are one now."""
        a, b = sorted((self.find(left), self.find(right)))
        if a == b:
            return True
        if not forced and not self._traits[a].fits(self._traits[b]):
            return False
        self._parent[b] = a
        self._traits[a] = self._traits[a].join(self._traits[b])
        self._reasons[a].add(reason)
        self._reasons[a] |= self._reasons.pop(b, set())
        return True

    def reasons(self, root: int) -> tuple[Reason, ...]:
        """Return why the items of a thing are one, the surest reason first."""
        return tuple(sorted(self._reasons.get(root, ()), key=lambda r: (-r.score, r.rule, r.left, r.right)))

    def groups(self) -> dict[int, list[int]]:
        """Return the items of each thing."""
        found: dict[int, list[int]] = {}
        for item in range(len(self._parent)):
            found.setdefault(self.find(item), []).append(item)
        return found

    def roots(self, items: Iterable[int]) -> list[int]:
        """Return the things of some items, each once, in order."""
        return sorted({self.find(i) for i in items})
