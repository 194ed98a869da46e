"""Facts without what only their own document needs to know, so that those of many documents fit into memory.

What tells things of different documents apart or together stays: names, mentions with their sentences, ends and values.
The quotes of facts and the findings stay on disk and come back when their document is written.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from functools import cache
from typing import TypeVar

from kg.model import DocumentFacts, Fact, Quote

_F = TypeVar("_F", bound=Fact)


def light(facts: DocumentFacts) -> DocumentFacts:
    """Return the facts of a document, each with its number in place of its quotes, and without findings."""
    numbers = iter(range(len(facts.facts)))

    def numbered(some: Iterable[_F]) -> tuple[_F, ...]:
        return tuple(_light(fact, next(numbers)) for fact in some)

    return DocumentFacts(
        facts.document,
        facts.entities,
        numbered(facts.posts),
        numbered(facts.relations),
        numbered(facts.amounts),
        numbered(facts.counts),
    )


def whole(fact: Fact, facts: DocumentFacts) -> Fact:
    """Return a light fact, perhaps with other ends, with the quotes that it has in its document."""
    quotes = fact.source.quotes
    if len(quotes) != 1 or quotes[0] is not _number(quotes[0].start):
        return fact  # not one of the document's own: somebody added it
    return replace(fact, source=replace(fact.source, quotes=facts.facts[quotes[0].start].source.quotes))


@cache
def _number(number: int) -> Quote:
    return Quote(number, number, "")


@cache
def _numbers(number: int) -> tuple[Quote]:
    return (_number(number),)


def _light(fact: _F, number: int) -> _F:
    return replace(fact, source=replace(fact.source, quotes=_numbers(number)))
