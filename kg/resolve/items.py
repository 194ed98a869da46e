"""Each entity of each document as an item to resolve: its names by strength, its id in the lexicon, its edition."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from kg.model import DocumentFacts, Entity, EntityType
from kg.pipeline.lexicon import packaged
from kg.resolve.context import Surroundings, surroundings
from kg.resolve.names import Name, cities_in, initials, is_yearly, read_name, split_names, words


@dataclass(slots=True)
class Item:
    """One entity of one document. `names` are pairs of a name and how it is written; `year` is that of the
    document, `yearly` what there is one of each year."""

    document: str
    file: str
    entity: Entity
    names: list[tuple[Name, str]]
    around: Surroundings
    lexicon_id: str | None = None
    edition: str = ""
    year: str = ""
    yearly: str = ""

    @property
    def type(self) -> EntityType:
        """The type of the entity."""
        return self.entity.type

    @property
    def name(self) -> str:
        """The longest name: what a reason calls the item."""
        return max(self.entity.names, key=lambda n: (len(n), n))


def items_of(documents: Sequence[DocumentFacts]) -> list[Item]:
    """Return the items of documents, in their order."""
    found = []
    for facts in documents:
        around = surroundings(facts)
        found += [_item(facts, entity, around[entity.id]) for entity in facts.entities]
    return found


def _item(facts: DocumentFacts, entity: Entity, around: Surroundings) -> Item:
    written = [(part, n) for n in entity.names for part in split_names(n)]
    names = [(read_name(part, entity.type), n) for part, n in written]
    item = Item(facts.document.id, facts.document.file_name, entity, _with_aliases(names), around)
    editions = sorted({n.edition for n, _ in names if n.edition}, key=lambda e: (-len(e), e))
    item.edition = editions[0] if editions else ""
    if entity.type == "Policy" and any(is_yearly(n.core) for n, _ in names):
        years = re.findall(r"(?:19|20)\d\d", item.edition) or [(facts.document.date or "")[:4]]
        budget = any("预算" in n.core or "budget" in n.core for n, _ in names)
        item.yearly = f"{'budget' if budget else 'address'} {years[0] or facts.document.id}"
        item.edition = item.yearly
        return item
    item.year = (facts.document.date or "")[:4]
    item.lexicon_id = entity.lexicon_id or _known(entity.type, names)
    return item


def _with_aliases(names: list[tuple[Name, str]]) -> list[tuple[Name, str]]:
    """Mark the names that are short for another of the same thing: a document's own, they may mean others elsewhere."""
    longest = max((n for n, _ in names), key=lambda n: (len(n.core), n.core), default=None)
    out = []
    for name, written in names:
        if not name.weak and longest is not None and _short_for(name, longest):
            name = Name(name.key, name.core, name.edition, "alias")
        out.append((name, written))
    return out


def _short_for(short: Name, long: Name) -> bool:
    if len(short.core) >= len(long.core):
        return False
    letters = iter(long.core)
    return all(c in letters for c in short.core) or initials(short.core, long.core)


@lru_cache(maxsize=1)
def _lexicon_cores() -> dict[tuple[str, str], str]:
    """Return the lexicon's ids by type and core, where a core means but one."""
    found: dict[tuple[str, str], set[str]] = defaultdict(set)
    for id_, entries in packaged().by_id.items():
        for entry in entries:
            name = read_name(entry.form, entry.type)
            if not name.weak:
                found[entry.type, name.core].add(id_)
    return {key: min(ids) for key, ids in found.items() if len(ids) == 1}


def _known(type_: EntityType, names: list[tuple[Name, str]]) -> str | None:
    """Return the id of the lexicon entry that one of the names is, the longest name first."""
    if type_ == "Person":
        return None
    by_key = packaged().by_key
    for name, _ in sorted(names, key=lambda n: (-len(n[0].key), n[0].key)):
        plain = [name.key, *(name.key[len(h) :] for h in words()["home"] if name.key.startswith(h))]
        for number, key in enumerate(plain):
            entry = by_key.get(key)
            if entry and entry.type == type_ and (number == 0 or entry.id.startswith("hk-")):
                return entry.id
        if not name.weak and not name.edition and (type_, name.core) in _lexicon_cores():
            return _lexicon_cores()[type_, name.core]
    return None


def expanded(item: Item, name: Name) -> str | None:
    """Return the core of 「市財政局」 with its city, if the text around names but one."""
    cities = item.around.cities
    if name.weak != "relative" or name.key[0] not in "市" or len(cities) != 1 or cities_in(name.key):
        return None
    return read_name(min(cities) + name.key, item.type).core
