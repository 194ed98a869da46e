"""Each entity of each document as an item to resolve: its names by strength, its id in the lexicon, its edition."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache

from kg.language.script import name_key
from kg.model import DocumentFacts, Entity, EntityType, Kind
from kg.pipeline.lexicon import Entry, packaged
from kg.resolve.called import called, in_full, whose
from kg.resolve.context import Surroundings, surroundings
from kg.resolve.editions import edition_of, issue_of
from kg.resolve.known import firm, keys, known_as
from kg.resolve.names import Name, core_of, initials, is_annual, is_yearly, read_name, split_names, words
from kg.resolve.people import known_person
from kg.resolve.places import abroad, cities_in, country_of
from kg.resolve.short import meant, one_of
from kg.resolve.stated import stated
from kg.resolve.successions import holder

# The end of a longer name that has so many characters is a name by itself.
_WHOLE = 7
_STATE = re.compile("国家|国务院|科技部|中央财政|财政部|发改委|教育部|工信部|基金委")
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
        later = not budget and any(
            w in t for w in words()["later_addresses"].get(years[0], ()) for t in around.sentences
        )
        item.yearly = f"{'budget' if budget else 'address'} {years[0] or facts.document.id}" + "-10" * later
        item.edition = item.yearly
        return item
    if entity.type == "Policy" and any(is_annual(n.core) for n in names):
        item.edition = item.edition or item.year
    if entity.type == "Person":
        item.lexicon_id = known_person(names, around.sentences)
        return item
    if entity.type == "Organisation" and entity.kind not in {"academic", "association"}:
        item.country = _country(names, around)
    elif entity.type != "Event":
        item.country = whose(names, around.sentences, adjacent=entity.type == "Organisation")
    if not _entered(item, facts, entity):
        return item
    if _elsewhere(item, facts.document.language):
        item.lexicon_id = None
        item.names = tuple(n if n.weak else replace(n, weak="relative") for n in names)
        return item
    # What the lexicon knows by a name is that thing, however plain the name.
    known, names = packaged().by_key, item.names
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
        item.lexicon_id = known_as(entity.type, [read_name(rest, entity.type) for _, rest in owned if rest])
    item.owned = tuple(sorted({core for core, _ in owned if core}))
    item.names = tuple(
        replace(n, others=(*n.others, rest)) if rest else n for n, (_, rest) in zip(names, owned, strict=True)
    )
    return item


def _entered(item: Item, facts: DocumentFacts, entity: Entity) -> bool:
    """Set which entry of the lexicon an item is, and which edition; tell whether the lexicon may know it at all."""
    names, around = item.names, item.around
    full = in_full(names, around.sentences)
    id_ = known_as("Organisation", [read_name(n, "Organisation") for n in full])
    if full and id_ is None:
        return False  # ESA, the Employers Support Association: not what others call so.
    id_ = id_ or entity.lexicon_id or known_as(entity.type, names) or firm(names, entity)
    if id_ is None and around.home and len(names) == 1:
        ids = keys().acronyms.get((entity.type, names[0].core), ())
        id_ = ids[0] if len(ids) == 1 else None
    id_ = id_ or called(item.type, names)
    id_ = id_ or _at_home(item)
    if id_ is None and item.type == "Event":
        # 「2025年進博會」: which one, the edition says.
        held_by = {keys().ids.get(("Event", n.core)) or _event(n.core) for n in names if n.edition}
        held_by.discard(None)
        id_ = min(filter(None, held_by)) if len(held_by) == 1 else None
    item.lexicon_id = id_ or meant(item.type, (k for n in names for k in {n.key, n.core}), around.sentences)
    if item.type == "Event":
        held, edition = edition_of(names, item.lexicon_id)
        item.lexicon_id, item.edition = held or item.lexicon_id, edition or item.edition
    if item.type == "Programme" and item.lexicon_id:
        item.names = tuple(replace(n, phase=issue_of(item.lexicon_id, n.phase)) for n in names)
    if item.lexicon_id:
        item.lexicon_id = holder(item.lexicon_id, (n.key for n in names), facts.document.date or item.year)
    return True


def _event(core: str) -> str | None:
    entry = packaged().by_key.get(core)
    return entry.id if entry and entry.type == "Event" else None


def _at_home(item: Item) -> str | None:
    """Return what a text of one place means by a name that leaves it out: 太空館 in Hong Kong, 市科創局 in Shenzhen.

    Where the state itself speaks, 重點研發計劃 is its 國家重點研發計劃.
    """
    by_key, found = packaged().by_key, set()
    for name in item.names:
        whole = _with_place(item, name)
        if whole:
            found.add(known_as(item.type, [replace(read_name(whole, item.type), key=whole, weak="")]))
        elif item.around.home and not item.around.cities and len(name.key) >= (5 if name.weak == "generic" else 3):
            for home in words()["home"][-1:] + ["hongkong"] * name.key.isascii():
                entry = by_key.get(home + name.key)
                found |= {entry.id} if entry and entry.type == item.type and entry.id.startswith("hk-") else set()
        entry = by_key.get("国家" + name.key) if len(name.key) > _WHOLE - 3 else None
        if entry and entry.type == item.type and any(_STATE.search(s) for s in item.around.sentences):
            found.add(entry.id)
    found.discard(None)
    return min(filter(None, found)) if len(found) == 1 else None


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
    before = long.core.removesuffix(short.core)
    if before in words()["cities"] and len(short.core) > 3:
        return False
    if len(short.core) >= _WHOLE and long.core.endswith(short.core) and not short.core.isascii():
        return False  # 「香港智庫一國兩制研究中心」: without what stands before it, it is a name all the same.
    letters = iter(long.core)
    return all(c in letters for c in short.core) or initials(short.core, long.core)


_OFFICE = re.compile(r"[部局署处厅院会委办]$|^(?:the )?(?:ministry|department|bureau|office|treasury|central bank)\b")


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
    if any(
        one_of(tuple(words()["rivals"].get(n.core, ()))).search(s)
        for n in item.names
        if n.core in words()["rivals"]
        for s in item.around.sentences
    ):
        return True
    if item.type == "Organisation" and item.kind != "company" and _a_citys_own(item.names, item.lexicon_id or ""):
        return True
    if item.type in {"Event", "Programme"} and any(_local(n.key, s) for n in item.names for s in item.around.sentences):
        return True
    if (item.lexicon_id or "").startswith("cn-"):
        if any(_of_a_city(n, s) for n in item.names for s in item.around.sentences):
            return True  # 「深圳市国资委」 is not the state's.
        # Singapore has a Ministry of Education too, and no Silk Road Fund.
        one = item.kind != "company" or all(n.weak for n in item.names)
        if one and set(item.around.cities) & {*abroad(), "台湾"}:
            return not any(_MAINLAND.search(s) for s in item.around.sentences)
    known = (item.lexicon_id or "")[:3]
    if item.country and item.country != {"hk-": "香港", "cn-": "中国"}.get(known, item.country):
        return True
    if item.country and item.country not in (_countries_of(item.lexicon_id) or {item.country}):
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
    letters = language == "en" and all(n.weak == "abbreviation" and not n.core.startswith("hk") for n in item.names)
    if letters and set(item.around.cities) & abroad():
        return True
    short = letters and all(len(n.core) <= 3 for n in item.names)
    doubtful = item.around.cities or any(n.core in words()["letters_of_many"] for n in item.names)
    if short and doubtful and not meant(item.type, (n.key for n in item.names), item.around.sentences):
        return True
    shared = any(n.key in words()["shared"] for n in item.names)
    if not shared and not any(_MANY.search(n.key if n.key[:1] > "z" else f" {n.core}") for n in item.names):
        return False  # No other city has a thing of this name.
    # It may go abroad.
    cities = set(item.around.cities) if shared or language == "en" else set(item.around.cities) - abroad()
    return bool(cities) or (language == "zh-Hans" and shared)


@lru_cache(maxsize=1024)
def _countries_of(id_: str | None) -> frozenset[str]:
    """Return the countries abroad that the names of an entry of the lexicon say, if it is a body abroad."""
    entries = packaged().by_id.get(id_ or "", ()) if (id_ or "").startswith("int-") else ()
    return frozenset(c for e in entries for c in cities_in(name_key(e.form)) if c in abroad())


def _a_citys_own(names: Sequence[Name], id_: str) -> bool:
    """Tell whether the names are a known one and the same behind a city's: 「東莞工業技術研究院」 is not 工業技術研究院."""
    own = {name_key(e.form) for e in packaged().by_id.get(id_, ())}
    cores = {n.core for n in names if n.key in own}
    longer = [n for n in names if n.key not in own]
    return any(
        n.core.endswith(core) and n.core.removesuffix(core).removesuffix("市") in _city_names()
        for n in longer
        for core in cores
    )


@lru_cache(maxsize=1)
def _city_names() -> frozenset[str]:
    return frozenset([*words()["cities"], *words()["provinces"]])


def _of_a_city(name: Name, sentence: str) -> bool:
    """Tell whether a sentence says of an office of many places that it is a city's or a province's, right before it."""
    before, found, _ = sentence.partition(name.key)
    return bool(found) and _OFFICE.search(name.key) is not None and _city_before().search(before) is not None


@lru_cache(maxsize=1)
def _city_before() -> re.Pattern[str]:
    return re.compile(f"(?:{'|'.join([*words()['cities'], *words()['provinces']])})(?:市|省|区)$")


@lru_cache(maxsize=1)
def _local_owner() -> re.Pattern[str]:
    return re.compile(f"(?:{'|'.join(words()['local'])})的?[「『《]?$")


def _local(key: str, sentence: str) -> bool:
    """Tell whether a sentence says that a thing is a school's or an estate's: 「某中學的創科博覽」."""
    before, found, _ = sentence.partition(key)
    return bool(found) and _local_owner().search(before) is not None


_ONLY_PHASE = re.compile(r"第?\d{1,2}(?:期|阶段|轮|批)")


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
            if rest.phase and _ONLY_PHASE.fullmatch(rest.core):
                return f"<{owner.id}>phase {rest.phase}", ""
            return f"<{owner.id}>{rest.core}", "" if rest.weak or len(rest.core) < 4 else rest.core
    return "", ""


def _owned_english(name: Name) -> str:
    """Return the same for 「HKU Faculty of Law」 and 「Faculty of Law, University of Hong Kong」."""
    tokens = name.core.removeprefix("hong kong ").split()
    for cut in range(len(tokens) - 1, 0, -1):
        for owner, rest in ((tokens[:cut], tokens[cut:]), (tokens[-cut:], tokens[:-cut])):
            id_ = _english_bodies().get(" ".join(owner).removeprefix("hong kong "))
            if id_ and rest:
                return f"<{id_}>{' '.join(rest)}"
    return ""


@lru_cache(maxsize=1)
def _english_bodies() -> dict[str, str]:
    found: dict[str, set[str]] = defaultdict(set)
    for id_, entries in packaged().by_id.items():
        for entry in entries:
            if entry.type in {"Organisation", "Facility"} and entry.form.isascii():
                found[core_of(entry.form, "Organisation")[0]].add(id_)
    return {core: min(ids) for core, ids in found.items() if len(ids) == 1}


def expanded(item: Item, name: Name) -> str | None:
    """Return the core of 「市財政局」 or 「創新券」 with its city, or 「省科技廳」 with its province, if the text names but one."""
    whole = _with_place(item, name)
    return read_name(whole, item.type).core if whole else None


def _with_place(item: Item, name: Name) -> str:
    places: Sequence[str] = item.around.cities
    if name.key.startswith("省"):
        places = [p for p in words()["provinces"] if any(p in s for s in item.around.sentences)]
    if (
        name.weak not in {"relative", "generic"}
        or len(places) != 1
        or cities_in(name.key)
        or not re.search("[\u4e00-\u9fff]", name.key)
    ):
        return ""
    return min(places) + name.key
