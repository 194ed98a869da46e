"""Documents made by hand: entities with the sentence they stand in, and posts."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence

import pytest

from kg.model import (
    DocumentFacts,
    DocumentInfo,
    Entity,
    EntityType,
    Kind,
    Knowledge,
    Language,
    PostHolding,
    Quote,
    Source,
)
from kg.pipeline.lexicon import packaged


def _document(
    name: str,
    *entities: tuple[EntityType, str, str],
    posts: Sequence[tuple[int, str, int]] = (),
    date: str | None = None,
    language: Language = "zh-Hant",
) -> DocumentFacts:
    """Return facts: each entity is a type, its names separated by ``|``, and a sentence; a post names two by number."""
    found = []
    for number, (type_, names, sentence) in enumerate(entities):
        first, *others = names.split("|")
        place = sentence.find(first)
        entry = packaged().by_key.get(first)
        kind: Kind | None = (entry.kind if entry else "company") if type_ == "Organisation" else None
        found.append(
            Entity(str(number), type_, (first, *others), (Quote(place, place + len(first), first, sentence),), kind)
        )
    info = DocumentInfo(name, hashlib.sha256(name.encode()).hexdigest(), language, date=date)
    made = tuple(PostHolding(str(p), t, str(b), Source((Quote(0, 1, "x"),), "test")) for p, t, b in posts)
    return DocumentFacts(info, tuple(found), made)


def _names(knowledge: Knowledge, type_: EntityType | None = None) -> list[set[str]]:
    """Return the names of each thing, found ones only."""
    return [
        {x.text for x in (*t.preferred, *t.alternative) if not x.converted}
        for t in knowledge.things
        if type_ in (None, t.type)
    ]


@pytest.fixture
def document() -> Callable[..., DocumentFacts]:
    """Make the facts of a document."""
    return _document


@pytest.fixture
def names() -> Callable[..., list[set[str]]]:
    """Tell the names of things."""
    return _names
