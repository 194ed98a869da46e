"""Each entity of each document as an item to resolve: its names by strength, its id in the lexicon, its edition."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, replace
from functools import lru_cache

from kg.language.script import name_key
from kg.model import DocumentFacts, Entity, EntityType, Kind
from kg.pipeline.lexicon import Entry, packaged
from kg.resolve.called import called, in_full, whose
from kg.resolve.context import Surroundings, surroundings
from kg.resolve.editions import edition_of
from kg.resolve.names import (
    Name,
    initials,
    is_yearly,
    read_name,
    split_names,
    words,
)
from kg.resolve.people import known_person
from kg.resolve.places import abroad, cities_in, country_of
from kg.resolve.short import meant
from kg.resolve.stated import stated
from kg.resolve.successions import holder

_MAINLAND = re.compile("中国|内地|大陆|国务院|北京|china|chinese|beijing|mainland")


@dataclass(slots=True)
class Item:
    """One entity of one document: what identity needs to know of it, and no more, for all are in memory at once.

    `id` is the entity's in its document, `order` its place there, `spelt` are its names as written, `used` how often
    each is, `places` counts its mentions. `names` are those names, and others that the text gives it, by strength.
    `owned` are cores in which the owner's name is replaced by its id. `edition` is what an edition of an event bears,
    `year` that of the document or sentence, `yearly` what there is one of each year.
    """

    document: str
    file: str
    id: str
    order: int
    type: EntityType
    kind: Kind | None
    spelt: tuple[str, ...]
    used: tuple[int, ...]
    places: int
    names: tuple[Name, ...]
    around: Surroundings
    owned: tuple[str, ...] = ()
    lexicon_id: str | None = None
    edition: str = ""
    year: str = ""
    yearly: str = ""
    country: str = ""

    @property
    def name(self) -> str:
        """The longest name: what a reason calls the item."""
        return max(self.spelt, key=lambda n: (len(n), n))


def items_of(documents: Iterable[DocumentFacts]) -> list[Item]:
    """Return the items of documents, in their order."""
    return [item for facts in documents for item in items_in(facts)]


def items_in(facts: DocumentFacts) -> list[Item]:
    """Return an item for each entity of a document, in their order."""
    around = surroundings(facts)
    year = (facts.document.date or "")[:4] or _event_year(facts)
    home = sorted({e.lexicon_id for e in facts.entities if e.lexicon_id and e.lexicon_id.startswith("hk-")})
    found = []
    for order, entity in enumerate(facts.entities):
        here = around[entity.id]
        here.home = here.home or bool(set(home) - {entity.lexicon_id})
        found.append(_item(facts, entity, order, here, year))
    return found


def _used(entity: Entity) -> tuple[int, ...]:
    """Return how much each name of an entity is used; the first counts for a little more."""
    keys = Counter(name_key(m.text) for m in entity.mentions)
    return tuple(2 * keys[name_key(name)] + (2 if order == 0 else 1) for order, name in enumerate(entity.names))


def _event_year(facts: DocumentFacts) -> str:
    """Return the year of a document without a date: that of the events it names, if they bear but one."""
    editions = {read_name(n, "Event").edition for e in facts.entities if e.type == "Event" for n in e.names}
    years = {y for e in editions for y in re.findall(r"(?:19|20)\d\d", e)}
    return min(years) if len(years) == 1 else ""


def _item(facts: DocumentFacts, entity: Entity, order: int, around: Surroundings, year: str) -> Item:
    parts = [part for n in entity.names for part in split_names(n)]
    parts += [s for s in stated(parts, around, entity.type) if name_key(s) not in {name_key(p) for p in parts}]
    names = _with_aliases([read_name(part, entity.type) for part in parts])
    item = _bare(facts, entity, order, names, around)
    editions = sorted({n.edition for n in names if n.edition}, key=lambda e: (-len(e), e))
    item.edition = editions[0] if editions else ""
    item.year = year or (min(around.years) if len(around.years) == 1 else "")
    if entity.type == "Policy" and any(is_yearly(n.core) for n in names):
        years = re.findall(r"(?:19|20)\d\d", item.edition) or [item.year]
        budget = any("预算" in n.core or "budget" in n.core for n in names)
        item.yearly = f"{'budget' if budget else 'address'} {years[0] or facts.document.id}"
        item.edition = item.yearly
        return item
    if entity.type == "Person":
        item.lexicon_id = known_person(names, around.sentences)
        return item
    if entity.type == "Organisation" and entity.kind not in {"academic", "association"}:
        item.country = _country(names, around)
    elif entity.type in {"Programme", "Policy"}:
        item.country = whose(names, around.sentences)
    if not _entered(item, facts, entity):
        return item
    if _elsewhere(item, facts.document.language):
        item.lexicon_id = None
        item.names = tuple(n if n.weak else replace(n, weak="relative") for n in names)
        return item
    # What the lexicon knows by a name is that thing, however plain the name.
    known = packaged().by_key
    item.names = names = tuple(
        replace(n, weak="") if n.weak in {"generic", "short"} and _is(known.get(n.key), item.lexicon_id) else n
        for n in names
    )
    if item.lexicon_id is None:
        # 「智方便」沙盒計劃 is not 智方便: a known thing's name within a longer one is no other way to write it.
        item.names = names = tuple(
            replace(n, others=tuple(o for o in n.others if not _means(known, o, entity.type))) for n in names
        )
    owned = [_owned(n, entity.type) for n in names]
    if item.lexicon_id is None:
        # 「將軍澳創新園先進製造業中心」: the centre is known, whatever stands before it.
        item.lexicon_id = _known(entity.type, [read_name(rest, entity.type) for _, rest in owned if rest])
    item.owned = tuple(sorted({core for core, _ in owned if core}))
    item.names = tuple(
        replace(n, others=(*n.others, rest)) if rest else n for n, (_, rest) in zip(names, owned, strict=True)
    )
    return item


def _entered(item: Item, facts: DocumentFacts, entity: Entity) -> bool:
    """Set which entry of the lexicon an item is, and which edition; tell whether the lexicon may know it at all."""
    names, around = item.names, item.around
    full = in_full(names, around.sentences)
    id_ = _known("Organisation", [read_name(n, "Organisation") for n in full])
    if full and id_ is None:
        return False  # ESA, the Employers Support Association: not what others call so.
    id_ = id_ or entity.lexicon_id or _known(entity.type, names) or _firm(names, entity)
    if id_ is None and around.home and len(names) == 1:
        ids = acronyms().get((entity.type, names[0].core), ())
        id_ = ids[0] if len(ids) == 1 else None
    id_ = id_ or called(item.type, names)
    item.lexicon_id = id_ or meant(item.type, (k for n in names for k in {n.key, n.core}), around.sentences)
    if item.type == "Event":
        held, edition = edition_of(names, item.lexicon_id)
        item.lexicon_id, item.edition = held or item.lexicon_id, edition or item.edition
    if item.lexicon_id:
        item.lexicon_id = holder(item.lexicon_id, (n.key for n in names), facts.document.date or item.year)
    return True


def _bare(facts: DocumentFacts, entity: Entity, order: int, names: tuple[Name, ...], around: Surroundings) -> Item:
    return Item(
        facts.document.id,
        facts.document.file_name,
        entity.id,
        order,
        entity.type,
        entity.kind,
        entity.names,
        _used(entity),
        len(set(entity.mentions)),
        names,
        around,
    )


def _means(known: dict[str, Entry], key: str, type_: EntityType) -> bool:
    return key in known and known[key].type == type_


def _is(entry: Entry | None, id_: str | None) -> bool:
    return entry is not None and entry.id == id_


def _with_aliases(names: list[Name]) -> tuple[Name, ...]:
    """Mark the names that are short for another of the same thing: a document's own, they may mean others elsewhere."""
    longest = max(names, key=lambda n: (len(n.core), n.core), default=None)
    return tuple(
        replace(n, weak="alias") if longest and not n.weak and _short_for(n, longest) else n
        for n in dict.fromkeys(names)
    )


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


@lru_cache(maxsize=1)
def acronyms() -> dict[tuple[str, str], tuple[str, ...]]:
    """Return the ids of Hong Kong's bodies and schemes by the initials of an English name, those of all it has first.

    Several where they are several's.
    """
    found: list[dict[tuple[str, str], set[str]]] = [defaultdict(set), defaultdict(set)]
    for id_, entries in packaged().by_id.items():
        for entry in entries if id_.startswith("hk-") else ():
            if entry.form.isascii():
                for rank, letters in enumerate(_initials(entry.form, read_name(entry.form, entry.type).core.split())):
                    for short in letters:
                        found[rank][entry.type, short].add(id_)
    keys = found[0].keys() | found[1].keys()
    return {key: tuple(sorted(found[0].get(key) or found[1][key])) for key in keys}


def _initials(form: str, core: list[str]) -> tuple[set[str], set[str]]:
    """Return by what letters an English name may be called; and by what of its end: FBL, NET Fund, EMF."""
    # CreateSmart has two.
    split = re.sub(r"(?<=[a-z])(?=[A-Z])", " ", form)
    plain = [t for t in re.findall("[a-z]+", split.casefold()) if t not in words()["links_english"]]
    whole = {"".join(t[0] for t in parts) for parts in (core, plain) if len(parts) > 2}
    rest = {"".join(t[0] for t in plain[k:]) for k in range(1, len(plain) - 2)}
    if len(plain) > 3:
        rest.add("".join(t[0] for t in plain[:-1]) + " " + plain[-1])
    # Sme Export Marketing Fund: an acronym within is left out like a word.
    return whole, rest - whole


def _known(type_: EntityType, names: Iterable[Name]) -> str | None:
    """Return the id of the lexicon entry that one of the names is, the longest name first."""
    by_key = packaged().by_key
    for name in sorted(names, key=lambda n: (-len(n.key), n.key)):
        plain = [name.key, *(name.key[len(h) :] for h in words()["home"] if name.key.startswith(h))]
        for number, key in enumerate(plain):
            entry = by_key.get(key)
            if entry and entry.type == type_ and (number == 0 or entry.id.startswith("hk-")):
                return entry.id
        found = _formal(name, type_)
        if found:
            return found
        if not name.weak and not name.edition and (type_, name.core) in _lexicon_cores():
            return _lexicon_cores()[type_, name.core]
    return None


_COUNTRY = re.compile("^(?:中华人民共和国|中国|国家)(?=.{3})")
# What is a place and a body: of the same name in the lexicon as the one or the other.
_HOUSE = re.compile("(?:医院|学校|博物馆|图书馆|美术馆)$|(?:hospital|museum|library)$")


def _formal(name: Name, type_: EntityType) -> str | None:
    """Return the id of a known ministry called by its country, a company by its legal form, a hospital as a body."""
    by_key = packaged().by_key
    entry = by_key.get(_COUNTRY.sub("", name.key)) if type_ == "Organisation" and name.key[0] in "中国" else None
    if entry and entry.id.startswith("cn-") and entry.kind == "government":
        return entry.id
    entry = by_key.get(name.core) if name.core != name.key and type_ == "Organisation" else None
    if entry and entry.kind == "company":
        return entry.id
    entry = by_key.get(name.key)
    if entry and {entry.type, type_} == {"Organisation", "Facility"} and _HOUSE.search(name.key):
        return entry.id
    return None


def _firm(names: Iterable[Name], entity: Entity) -> str | None:
    """Return the id of a known company that has a longer name here: with its city, its trade, or 集團."""
    if entity.type != "Organisation" or entity.kind not in {"company", "other"}:
        return None
    by_key = packaged().by_key
    found = set()
    for name in names:
        place, trade = _firm_parts()
        plain = trade.sub("", place.sub("", name.core))
        for core in (plain, trade.sub("", plain)):
            entry = by_key.get(core)
            if core != name.core and entry and entry.kind == "company" and len(core) > 1:
                found.add(entry.id)
    return min(found) if len(found) == 1 else None


@lru_cache(maxsize=1)
def _firm_parts() -> tuple[re.Pattern[str], re.Pattern[str]]:
    data = words()
    places = "|".join([*data["cities"], *data["provinces"]])
    return re.compile(f"^(?:{places})市?(?=.{{2}})"), re.compile(f"(?<=..)(?:{'|'.join(data['trades'])})$")


_OFFICE = re.compile(r"[部局署处厅院会]$|^(?:the )?(?:ministry|department|bureau|office|treasury|central bank)\b")


# Kinds of body of which each city has one, by what their names end with.
_MANY = re.compile(
    "[局署处厅办会部院校馆场园心]$|大学$|中学$|小学$|公园$|基金$"
    r"| (?:commission|ministry|department|bureau|authority|agency|court|hospital|council|school|board|college|centre"
    r"|park|museum|library|fund|stadium|station|office|house|hall|tunnel|bridge)\b|^ [a-z]{2,3}$"
)


def _country(names: Iterable[Name], around: Surroundings) -> str:
    """Return the one country whose the sentences say an office is, "" for none or several."""
    found = set()
    for name in names:
        for sentence in around.sentences:
            folded = name.key if not name.key.isascii() else ""
            latin = re.search(r"\b" + r"\W*".join(map(re.escape, name.key)), sentence) if not folded else None
            place = sentence.find(folded) if folded else latin.start() if latin else -1
            if place >= 0 and _OFFICE.search(folded or sentence[place : latin.end() if latin else None]):
                found.add(country_of(folded, sentence[:place]))
    found.discard("")
    return min(found) if len(found) == 1 else ""


def _elsewhere(item: Item, language: str) -> bool:
    """Tell whether a known name means another thing here: one of another city, or a school's own."""
    if item.type in {"Event", "Programme"} and any(_local(n.key, s) for n in item.names for s in item.around.sentences):
        return True
    if (item.lexicon_id or "").startswith("cn-") and set(item.around.cities) & {*abroad(), "台湾"}:
        # Singapore has a Ministry of Education too.
        return not any(_MAINLAND.search(s) for s in item.around.sentences)
    known = (item.lexicon_id or "")[:3]
    if item.country and item.country != {"hk-": "香港", "cn-": "中国"}.get(known, item.country):
        return True
    if not (item.lexicon_id or "").startswith("hk-") or item.around.home:
        return False
    if any("香港" in n.key or "hongkong" in n.key for n in item.names):
        return False
    if any(
        (set(item.around.cities) & cities_in(name_key(e.form))) - abroad()
        for e in packaged().by_id.get(item.lexicon_id or "", ())
    ):
        return False  # Its own name says that it is there.
    # Three letters are many bodies': in a text of another place, or those of several well-known ones.
    short = language == "en" and all(n.weak == "abbreviation" and len(n.core) <= 3 for n in item.names)
    doubtful = item.around.cities or any(n.core in words()["letters_of_many"] for n in item.names)
    if short and doubtful and not meant(item.type, (n.key for n in item.names), item.around.sentences):
        return True
    shared = any(n.key in words()["shared"] for n in item.names)
    if not shared and not any(_MANY.search(n.key if n.key[:1] > "z" else f" {n.core}") for n in item.names):
        return False  # No other city has a thing of this name.
    # It may go abroad.
    cities = set(item.around.cities) if shared or language == "en" else set(item.around.cities) - abroad()
    return bool(cities) or (language == "zh-Hans" and shared)


@lru_cache(maxsize=1)
def _local_owner() -> re.Pattern[str]:
    return re.compile(f"(?:{'|'.join(words()['local'])})的?[「『《]?$")


def _local(key: str, sentence: str) -> bool:
    """Tell whether a sentence says that a thing is a school's or an estate's: 「某中學的創科博覽」."""
    before, found, _ = sentence.partition(key)
    return bool(found) and _local_owner().search(before) is not None


def _owned(name: Name, type_: EntityType) -> tuple[str, str]:
    """Return a core with the owner's id for its name, and the core without, where that may be a name of its own.

    「中大工程學院」 and 「香港中文大學工程學院」 share the first.
    """
    by_key = packaged().by_key
    if name.key.isascii():
        return _owned_english(name), ""
    # A fund has a secretariat and a committee.
    body = type_ == "Organisation"
    for cut in range(min(len(name.key) - 2, 24), 1, -1):
        owner = by_key.get(name.key[:cut])
        if owner and owner.type in (
            {"Organisation", "Facility", "Programme"} if body else {"Organisation", "Facility"}
        ):
            rest = read_name(name.key[cut:], type_)
            return f"<{owner.id}>{rest.core}", "" if rest.weak or len(rest.core) < 4 else rest.core
    return "", ""


def _owned_english(name: Name) -> str:
    """Return the same for 「HKU Faculty of Law」 and 「Faculty of Law, University of Hong Kong」."""
    tokens = name.core.split()
    for cut in range(1, len(tokens)):
        for owner, rest in ((tokens[:cut], tokens[cut:]), (tokens[-cut:], tokens[:-cut])):
            id_ = _english_bodies().get(" ".join(owner))
            if id_ and rest:
                return f"<{id_}>{' '.join(rest)}"
    return ""


@lru_cache(maxsize=1)
def _english_bodies() -> dict[str, str]:
    found: dict[str, set[str]] = defaultdict(set)
    for id_, entries in packaged().by_id.items():
        for entry in entries:
            if entry.type in {"Organisation", "Facility"} and entry.form.isascii():
                found[read_name(entry.form, "Organisation").core].add(id_)
    return {core: min(ids) for core, ids in found.items() if len(ids) == 1}


def expanded(item: Item, name: Name) -> str | None:
    """Return the core of 「市財政局」 or 「創新券」 with its city, if the text around names but one."""
    cities = item.around.cities
    if (
        name.weak not in {"relative", "generic"}
        or len(cities) != 1
        or cities_in(name.key)
        or not re.search("[\u4e00-\u9fff]", name.key)
    ):
        return None
    return read_name(min(cities) + name.key, item.type).core
