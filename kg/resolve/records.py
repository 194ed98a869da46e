"""What identity sees of one document, as one line of JSON, and back: made side by side, held together."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from sys import intern
from typing import Any, cast

from kg.model import EntityType
from kg.resolve.context import Surroundings, one_copy
from kg.resolve.items import Item
from kg.resolve.names import Name


def encode(items: Sequence[Item]) -> str:
    """Return the items of one document as one line of JSON."""
    sentences: dict[str, int] = {}
    rows = [_row(item, sentences) for item in items]
    head = (items[0].document, items[0].file) if items else ("", "")
    return json.dumps([*head, list(sentences), rows], ensure_ascii=False, separators=(",", ":"))


def _row(item: Item, sentences: dict[str, int]) -> list[Any]:
    names = [[n.key, n.core, n.edition, n.weak, n.others, n.phase] for n in item.names]
    own = (item.id, item.type, item.kind, item.spelt, item.used, item.places, names)
    around = item.around
    touching = (around.bodies, around.related, around.near, around.titles, around.figures)
    places = (around.cities, around.districts, around.here, around.home)
    said = [sentences.setdefault(s, len(sentences)) for s in around.sentences]
    rest = (item.owned, item.lexicon_id, item.edition, item.year, item.yearly, item.country)
    return [*own, *touching, *places, said, *rest]


class Decoder:
    """Makes items of lines; what is equal in many of them is held once."""

    def __init__(self) -> None:
        self._names: dict[tuple[Any, ...], Name] = {}
        self._lists: dict[tuple[Name, ...], tuple[Name, ...]] = {}
        self._numbers: dict[tuple[int, ...], tuple[int, ...]] = {}

    def decode(self, line: str | bytes) -> list[Item]:
        """Return the items that `encode` was given."""
        document, file, sentences, rows = json.loads(line)
        document = intern(document)
        return [self._item(document, file, order, sentences, row) for order, row in enumerate(rows)]

    def _item(self, document: str, file: str, order: int, sentences: list[str], row: list[Any]) -> Item:
        id_, type_, kind, spelt, used, places, names, *rest = row
        bodies, related, near, titles, figures, cities, districts, here, home, said, *rest = rest
        owned, known, edition, year, yearly, country = rest
        around = Surroundings(
            self._one(bodies),
            self._one(related),
            self._one(near),
            _words(titles),
            _words(figures),
            _words(cities),
            _words(districts),
            here,
            one_copy(tuple(sentences[s] for s in said)),
            home,
        )
        told = tuple(map(self._name, names))
        return Item(
            document,
            file,
            intern(id_),
            order,
            cast(EntityType, intern(type_)),
            kind,
            _words(spelt),
            self._one(used),
            places,
            self._lists.setdefault(told, told),
            around,
            _words(owned),
            known and intern(known),
            intern(edition),
            intern(year),
            intern(yearly),
            intern(country),
        )

    def _one(self, numbers: Iterable[int]) -> tuple[int, ...]:
        found = tuple(numbers)
        return self._numbers.setdefault(found, found)

    def _name(self, parts: list[Any]) -> Name:
        key, core, edition, weak, others, phase = parts
        own = (key, core, edition, weak, tuple(others), phase)
        found = self._names.get(own)
        if found is None:
            key = intern(key)
            found = Name(key, key if core == key else intern(core), edition, weak, _words(others), phase)
            self._names[own] = found
        return found


def _words(words: Iterable[str]) -> tuple[str, ...]:
    return one_copy(tuple(words))
