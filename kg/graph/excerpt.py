"""The part of a knowledge that one page can show: the things most spoken of, and what is said about them."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace

from kg.graph.iri import fact_key
from kg.model import Amount, Count, Fact, Knowledge, PostHolding, Relation

# With twelve quotes of each fact the page of ten thousand documents took a gigabyte to make.
THINGS, FACTS, PLACES, QUOTES = 500, 3000, 12, 4


def excerpt(
    knowledge: Knowledge, *, things: int = THINGS, facts: int = FACTS, places: int = PLACES, quotes: int = QUOTES
) -> Knowledge | None:
    """Return the most mentioned things, the facts among them that most documents state, and some places of each:
    `places` of a thing, `quotes` of a fact.

    None if the knowledge has no more than that. Findings, which belong to no thing, are left out.
    """
    if len(knowledge.things) <= things and len(knowledge.facts) <= facts:
        return None
    ordered = sorted(knowledge.things, key=lambda t: (-len(t.mentions), t.id))
    kept = {t.id for t in ordered[:things]}
    stated = Counter(fact_key(fact) for _, fact in knowledge.facts if _ends(fact) <= kept)
    chosen = {key for key, _ in sorted(stated.items(), key=lambda s: (-s[1], s[0]))[:facts]}
    told: Counter[str] = Counter()
    found: list[tuple[str, Fact]] = []
    for document, fact in knowledge.facts:
        if _ends(fact) <= kept and (key := fact_key(fact)) in chosen and told[key] < quotes:
            told[key] += 1
            found.append((document, fact))
    shown = tuple(replace(t, mentions=t.mentions[:places]) for t in knowledge.things if t.id in kept)
    documents = {d for d, _ in found} | {d for t in shown for d, _ in t.mentions}
    return Knowledge(tuple(d for d in knowledge.documents if d.id in documents), shown, tuple(found))


def _ends(fact: Fact) -> set[str]:
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
