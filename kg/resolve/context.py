"""What a document says around its names: posts, neighbours in a sentence or a relation, and places."""

from __future__ import annotations

import re
from collections import defaultdict
from dataclasses import dataclass, field

from kg.language.script import fold, name_key
from kg.model import Amount, Count, DocumentFacts
from kg.resolve.names import cities_in, words

# Sentences that name more things than this are lists: what stands in one list has little to do with each other.
_LIST = 12


@dataclass(slots=True)
class Surroundings:
    """Of one entity in one document: ids of other entities by how they touch it, and words."""

    bodies: set[str] = field(default_factory=set)
    related: set[str] = field(default_factory=set)
    near: set[str] = field(default_factory=set)
    titles: set[str] = field(default_factory=set)
    figures: set[str] = field(default_factory=set)
    cities: set[str] = field(default_factory=set)
    home: bool = False


def surroundings(facts: DocumentFacts) -> dict[str, Surroundings]:
    """Return the surroundings of each entity by its id."""
    found = {e.id: Surroundings() for e in facts.entities}
    common = set(words()["common_titles"])
    for post in facts.posts:
        found[post.person].bodies.add(post.organisation)
        found[post.organisation].bodies.add(post.person)
        title = name_key(post.title)
        if title not in common:
            found[post.person].titles.add(title)
    for relation in facts.relations:
        found[relation.subject].related.add(relation.object)
        found[relation.object].related.add(relation.subject)
    for figure in (*facts.amounts, *facts.counts):
        found[figure.subject].figures.add(_figure(figure))
        if isinstance(figure, Amount) and figure.funder:
            found[figure.subject].related.add(figure.funder)
            found[figure.funder].related.add(figure.subject)
    _sentences(facts, found)
    return found


def _figure(figure: Amount | Count) -> str:
    if isinstance(figure, Amount):
        return f"{figure.role} {figure.value.normalize()} {figure.currency}"
    return f"{name_key(figure.measure)} {figure.value.normalize()}"


def _sentences(facts: DocumentFacts, found: dict[str, Surroundings]) -> None:
    within: dict[str, set[str]] = defaultdict(set)
    for entity in facts.entities:
        for mention in entity.mentions:
            if mention.sentence:
                within[mention.sentence].add(entity.id)
    title = fold(facts.document.title or "") + " " + fold(facts.document.publisher or "")
    for sentence, ids in within.items():
        folded = fold(sentence)
        cities = cities_in(folded)
        home = bool(re.search("香港|本港|港府|hong kong", folded, re.IGNORECASE))
        for id_ in ids:
            found[id_].cities |= cities
            found[id_].home |= home
            if len(ids) <= _LIST:
                found[id_].near |= ids - {id_}
    around = cities_in(title)
    for entity in found.values():
        entity.cities = entity.cities or around
