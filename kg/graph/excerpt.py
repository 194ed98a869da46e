"""The part of a knowledge that one page can show: the things most spoken of, and what is said about them."""

from __future__ import annotations

import heapq
from collections import Counter, defaultdict
from collections.abc import Collection, Mapping, Sequence

from kg.graph.claims import Claim
from kg.model import Amount, Count, Fact, PostHolding, Relation

# With twelve quotes of each fact the page of ten thousand documents took a gigabyte to make.
THINGS, FACTS, PLACES, QUOTES = 500, 3000, 6, 2


def most_mentioned(mentions: Mapping[str, int]) -> frozenset[str]:
    """Return the things that are mentioned most, of equal ones the first by id."""
    return frozenset(heapq.nsmallest(THINGS, mentions, key=lambda id_: (-mentions[id_], id_)))


def among(fact: Fact, things: Collection[str]) -> bool:
    """Tell whether all that a fact is about, and all it names on the way, are among these things."""
    return all(end in things for end in ends_of(fact))


class Chosen:
    """The facts that most documents state, of those that may be shown, and where some first documents state each."""

    def __init__(self) -> None:
        self._best: list[tuple[int, str, tuple[str, ...]]] = []

    def add(self, claims: list[Claim]) -> None:
        """Take all claims of one fact."""
        shown = [claim for claim in claims if claim.shown]
        if shown:
            first = sorted(shown, key=lambda c: c.rank)[:QUOTES]
            self.state(shown[0].key, len(shown), [c.document for c in first])

    def state(self, key: str, number: int, documents: Sequence[str]) -> None:
        """Take a fact by its key, how many claims of it there are, and the documents that state it, the first ones first."""
        self._best.append((-number, key, tuple(documents[:QUOTES])))
        if len(self._best) > 2 * FACTS:
            self._best = heapq.nsmallest(FACTS, self._best)

    def by_document(self) -> dict[str, Counter[str]]:
        """Return how often to show which facts, by their keys, of each document."""
        found: dict[str, Counter[str]] = defaultdict(Counter)
        for _, key, documents in heapq.nsmallest(FACTS, self._best):
            for document in documents:
                found[document][key] += 1
        return dict(found)


def ends_of(fact: Fact) -> set[str]:
    """Return the things that a fact is about, and those it names on the way."""
    source = fact.source
    speaker = {source.stated_by} if source.stated_by else set()
    if isinstance(fact, PostHolding):
        return {fact.person, fact.organisation} | speaker
    if isinstance(fact, Relation):
        return {fact.subject, fact.object} | speaker
    if isinstance(fact, Amount) and fact.funder:
        return {fact.subject, fact.funder} | speaker
    assert isinstance(fact, (Amount, Count))
    return {fact.subject} | speaker
