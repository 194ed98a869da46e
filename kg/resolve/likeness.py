"""What the contexts of two items have in common."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Sequence
from functools import lru_cache

from kg.resolve.clusters import Clusters
from kg.resolve.context import topic, weight
from kg.resolve.items import Item
from kg.resolve.names import common, words
from kg.resolve.translate import shared as across

Token = tuple[str, int | str]
# How sure a join is, by what the contexts share.
_SCORES = {"body": 0.96, "title": 0.93, "related": 0.92, "figure": 0.9, "near": 0.88, "topic": 0.85}
# So many uncommon pairs of characters or words make a topic, if they are this part of what the shorter text has.
_TOPIC, _PART = 2, 0.12
# Across languages: this part of the English words, of those that are uncommon enough.
_PART_ACROSS, _UNCOMMON = 0.3, 0.5
_SENTENCES = 6
_HAN = re.compile("[\u3400-\u9fff]")
# So many contexts are held at a time.
_HELD = 2048


class Likeness:
    """The contexts of all items, neighbours by the thing that they are as far as that is known.

    More than `crowd` items around one thing: that they share it tells nothing. What is asked for is worked out when it
    is, and only the last of it is held: there are as many items as names in all documents.
    """

    crowd = 40

    def __init__(self, items: Sequence[Item], clusters: Clusters) -> None:
        self._items = items
        self._everywhere = set(words()["everywhere"])
        # As it is now: what this pass joins tells the next one.
        self._roots = [clusters.find(i) for i in range(len(items))]
        self.tokens = lru_cache(maxsize=_HELD)(self._tokens)
        self.topic = lru_cache(maxsize=_HELD)(self._topic)
        self._weights: dict[int, float] = {}

    def _tokens(self, item: int) -> tuple[tuple[str, Token], ...]:
        """Return how an item is touched, and by what."""
        return tuple(self._touching(item))

    def _touching(self, item: int) -> Iterator[tuple[str, Token]]:
        around = self._items[item].around
        # The items of a document stand together, in the order of its entities.
        first = item - self._items[item].order
        for how, places in (("body", around.bodies), ("related", around.related), ("near", around.near)):
            for place in places:
                if self._items[first + place].lexicon_id not in self._everywhere:
                    yield how, ("thing", self._roots[first + place])
        yield from (("title", ("title", t)) for t in around.titles)
        yield from (("figure", ("figure", f)) for f in around.figures)

    def score(self, how: str) -> float:
        """Return how sure two items are one that share something in this way."""
        return _SCORES[how]

    def posts(self, item: int) -> list[tuple[str, Token]]:
        """Return the bodies and the telling titles of a person's posts."""
        return [(how, token) for how, token in self.tokens(item) if how in {"body", "title"}]

    def beside(self, item: int) -> list[tuple[str, Token]]:
        """Return the things other than persons beside an item."""
        return [
            (how, token)
            for how, token in self.tokens(item)
            if how in {"near", "related"} and isinstance(token[1], int) and self._items[token[1]].type != "Person"
        ]

    def _topic(self, item: int, core: str = "") -> frozenset[str]:
        """Return what the sentences around an item speak of, besides one name."""
        own = self._items[item]
        # A name that begins with the owner's leaves the owner in the text; it may stand beside the other one.
        part = core and own.type != "Person" and any(core in n.key for n in own.names)
        return topic(own.around, (core,) if part else own.spelt)

    def _weight(self, item: int) -> float:
        """Return how much there is in the topic of an item."""
        if item not in self._weights:
            self._weights[item] = weight(self.topic(item))
        return self._weights[item]

    def same_topic(self, left: int, right: int, shared: float) -> bool:
        """Tell whether what is shared, by weight, makes one topic, and neither place nor post speaks against it."""
        less = min(self._weight(left), self._weight(right))
        if shared < max(_TOPIC, _PART * less) or not self.places_agree(left, right):
            return False
        return not (self.posts(left) and self.posts(right)) or self._items[left].type != "Person"

    def topic_across(self, left: int, right: int) -> bool:
        """Tell whether an English text and a Chinese one speak of the same: so many of the one's words are in the other."""
        if not self.places_agree(left, right):
            return False
        one, other = (self._items[i].around.sentences[:_SENTENCES] for i in (left, right))
        if any(_HAN.search(s) for s in one):
            one, other = other, one
        if any(_HAN.search(s) for s in one) or not any(_HAN.search(s) for s in other):
            return False
        own = {w for i in (left, right) for n in self._items[i].names for w in n.core.split()}
        said = {w for s in one for w in re.findall("[a-z]{4,}", s) if common().get(w, 1.0) >= _UNCOMMON}
        number, of = across(said - own, other)
        return number >= max(_TOPIC, _PART_ACROSS * of)

    def places_agree(self, left: int, right: int) -> bool:
        """Tell whether two items may be of one place: neither names cities that the other lacks."""
        return places_agree(self._items[left], self._items[right])

    def shared(self, left: int, right: int) -> str:
        """Return the surest way in which the contexts of two items agree, "" for none."""
        own = {token: how for how, token in reversed(self.tokens(left))}
        ways = {own[token] for _, token in self.tokens(right) if token in own}
        if ways:
            return max(sorted(ways), key=lambda w: _SCORES[w])
        a, b = self._items[left], self._items[right]
        if len(set(a.around.districts) & set(b.around.districts)) > 1 and a.type != "Person":
            return "topic"
        shared = weight(self.topic(left) & self.topic(right))
        return "topic" if self.same_topic(left, right, shared) else ""


def places_agree(left: Item, right: Item) -> bool:
    """Tell whether the texts around two items may speak of one place; two halls may not stand in two districts."""
    a, b = left.around, right.around
    if _differ(a.places, b.places):
        return False
    return left.type != "Facility" or not _differ(a.districts, b.districts)


def _differ(left: Collection[str], right: Collection[str]) -> bool:
    return bool(left) and bool(right) and set(left).isdisjoint(right)
