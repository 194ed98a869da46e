"""What a document says around its names: posts, neighbours in a sentence or a relation, places, years and topics."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import lru_cache
from sys import intern

from kg.language.script import fold, name_key
from kg.model import Amount, Count, DocumentFacts
from kg.resolve.names import common, words
from kg.resolve.parts import plain_years
from kg.resolve.places import cities_in, districts_in

# Sentences that name more things than this are lists: what stands in one list has little to do with each other.
_LIST = 12
# So many sentences tell what a text says of a thing.
_SENTENCES = 6
# Two characters, neither of which is but grammar.
_TELLING = re.compile("[^\\W\\da-z_的了在和与及等将为是由向对以并而至从于其该这此各每有获把被让使年月日]{2}")
_HOME = re.compile(
    r"香港|本港|港府|特区政府|港元|港币|西九|九龙(?!坡|壁|江)|新界(?!面|定)|港岛|维港|维多利亚港"
    r"|hong kong|hk\$|hksar|kowloon|new territories|victoria harbour",
    re.IGNORECASE,
)
_YEAR = re.compile(r"(?<!\d)((?:19|20)\d\d)(?!\d)")


@dataclass(slots=True)
class Surroundings:
    """Of one entity in one document: the places of other entities in it by how they touch it, and words, all sorted.

    `sentences` are folded and lower-case. `here` tells whether they speak of Hong Kong, `home` whether the document does.
    Tuples, of which equal ones are held once: there is one of these for each name of each document, all in memory.
    """

    bodies: tuple[int, ...]
    related: tuple[int, ...]
    near: tuple[int, ...]
    titles: tuple[str, ...]
    figures: tuple[str, ...]
    cities: tuple[str, ...]
    districts: tuple[str, ...]
    here: bool
    sentences: tuple[str, ...]
    home: bool

    @property
    def places(self) -> set[str]:
        """The cities that the sentences name, Hong Kong among them."""
        return {*self.cities, "香港"} if self.here else set(self.cities)

    @property
    def years(self) -> set[str]:
        """The years that the sentences name."""
        return {y for s in self.sentences for y in _YEAR.findall(plain_years(s))}


@dataclass(slots=True)
class _Making:
    """Surroundings while they are gathered."""

    bodies: set[str] = field(default_factory=set)
    related: set[str] = field(default_factory=set)
    near: set[str] = field(default_factory=set)
    titles: set[str] = field(default_factory=set)
    figures: set[str] = field(default_factory=set)
    cities: set[str] = field(default_factory=set)
    districts: set[str] = field(default_factory=set)
    here: bool = False
    sentences: list[str] = field(default_factory=list)

    def made(self, cities: set[str], home: bool, places: dict[str, int]) -> Surroundings:
        """Return what was gathered; without cities of its own those of the document are near."""
        return Surroundings(
            tuple(places[id_] for id_ in sorted(self.bodies)),
            tuple(places[id_] for id_ in sorted(self.related)),
            tuple(places[id_] for id_ in sorted(self.near)),
            _tuple(self.titles),
            _tuple(self.figures),
            _tuple(self.cities or cities),
            _tuple(self.districts),
            self.here,
            _tuple(self.sentences),
            home,
        )


def _tuple(words: Iterable[str]) -> tuple[str, ...]:
    return one_copy(tuple(sorted(words)))


@lru_cache(maxsize=4096)
def one_copy(words: tuple[str, ...]) -> tuple[str, ...]:
    """Return the copy of some words that is held already, if there is one."""
    return tuple(map(intern, words))


def surroundings(facts: DocumentFacts) -> dict[str, Surroundings]:
    """Return the surroundings of each entity by its id."""
    found = {e.id: _Making() for e in facts.entities}
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
    figures: list[Amount | Count] = [*facts.amounts, *facts.counts]
    for figure in figures:
        found[figure.subject].figures.add(_figure(figure))
        if isinstance(figure, Amount) and figure.funder:
            found[figure.subject].related.add(figure.funder)
            found[figure.funder].related.add(figure.subject)
    return _sentences(facts, found)


def _figure(figure: Amount | Count) -> str:
    if isinstance(figure, Amount):
        return f"{figure.role} {figure.value.normalize()} {figure.currency}"
    return f"{name_key(figure.measure)} {figure.value.normalize()}"


def _sentences(facts: DocumentFacts, found: dict[str, _Making]) -> dict[str, Surroundings]:
    within: dict[str, set[str]] = defaultdict(set)
    for entity in facts.entities:
        for mention in entity.mentions:
            if mention.sentence:
                within[mention.sentence].add(entity.id)
    title = fold(f"{facts.document.title or ''} {facts.document.publisher or ''}").casefold()
    home = bool(_HOME.search(title))
    for sentence, ids in within.items():
        folded = fold(sentence).casefold()
        here = bool(_HOME.search(folded))
        home = home or here
        cities, districts = cities_in(folded), districts_in(folded)
        home = home or bool(districts)
        for id_ in ids:
            found[id_].cities |= cities
            found[id_].districts |= districts
            found[id_].here |= here or bool(districts)
            found[id_].sentences.append(folded)
            if len(ids) <= _LIST:
                found[id_].near |= ids - {id_}
    around = cities_in(title)
    places = {entity.id: place for place, entity in enumerate(facts.entities)}
    return {id_: making.made(around, home, places) for id_, making in found.items()}


@lru_cache(maxsize=2048)
def _grams(sentence: str) -> frozenset[str]:
    pairs = {sentence[i : i + 2] for i in range(len(sentence) - 1)}
    found = {p for p in pairs if _TELLING.fullmatch(p)} | set(re.findall("[a-z]{4,}", sentence))
    return frozenset(intern(g) for g in found if common().get(g, 1))


@lru_cache(maxsize=1)
def _roles() -> list[tuple[str, re.Pattern[str]]]:
    return [(r["name"], re.compile("|".join(r["words"]))) for r in words()["role"]]


def roles(around: Surroundings) -> set[str]:
    """Return what kinds of post the sentences name, the same in every language."""
    return {name for name, pattern in _roles() for s in around.sentences[:_SENTENCES] if pattern.search(s)}


def weight(grams: Iterable[str]) -> float:
    """Return how much pairs of characters and words tell: 1 for each, less for a common one."""
    return sum(common().get(g, 1.0) for g in grams)


def topic(around: Surroundings, names: Iterable[str]) -> frozenset[str]:
    """Return the uncommon pairs of characters and words of the first sentences, the names taken out."""
    found: set[str] = set()
    own = [fold(n).casefold() for n in sorted(names, key=lambda n: (-len(n), n))]
    for sentence in around.sentences[:_SENTENCES]:
        for name in own:
            sentence = sentence.replace(name, "|")
        found |= _grams(sentence)
    return frozenset(found)
