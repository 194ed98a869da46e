"""Which entry of the lexicon a name is: by its form, its core, its initials, its legal form."""

from __future__ import annotations

import json
import re
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache

from kg.model import Entity, EntityType
from kg.pipeline.lexicon import packaged
from kg.resolve.names import Name, core_of, words


@dataclass(frozen=True)
class Keys:
    """What the lexicon's entries are known by besides their forms.

    `ids` has an id by type and core, where a core means but one. `acronyms` has the ids of Hong Kong's bodies and
    schemes by the initials of an English name, those of all it has first; several where they are several's.
    """

    ids: dict[tuple[str, str], str]
    acronyms: dict[tuple[str, str], tuple[str, ...]]

    def encode(self) -> str:
        """Return lines of JSON, the same for the same lexicon."""
        rows = [
            *([*key, id_] for key, id_ in self.ids.items()),
            *([*key, *ids, ""] for key, ids in self.acronyms.items()),
        ]
        return "".join(f"{json.dumps(row, ensure_ascii=False)}\n" for row in sorted(rows))

    @classmethod
    def decode(cls, lines: str) -> Keys:
        """Return what `encode` was given."""
        made = cls({}, {})
        for type_, key, *ids in json.loads(f"[{','.join(lines.splitlines())}]"):
            if ids[-1]:
                made.ids[type_, key] = ids[0]
            else:
                made.acronyms[type_, key] = tuple(ids[:-1])
        return made


_taken: list[Keys] = []


def keys() -> Keys:
    """Return the keys of the packaged lexicon: those last taken, else found now, which needs a fifth of a second."""
    if not _taken:
        _taken.append(Keys(_ids(), _acronyms()))
    return _taken[-1]


def take(found: Keys) -> None:
    """Use keys that another process found with the same lexicon."""
    _taken[:] = [found]


def _ids() -> dict[tuple[str, str], str]:
    found: dict[tuple[str, str], set[str]] = defaultdict(set)
    for id_, entries in packaged().by_id.items():
        for entry in entries:
            core, weak = core_of(entry.form, entry.type)
            if not weak:
                found[entry.type, core].add(id_)
    return {key: min(ids) for key, ids in found.items() if len(ids) == 1}


def _acronyms() -> dict[tuple[str, str], tuple[str, ...]]:
    found: list[dict[tuple[str, str], set[str]]] = [defaultdict(set), defaultdict(set)]
    for id_, entries in packaged().by_id.items():
        for entry in entries if id_.startswith("hk-") else ():
            if entry.form.isascii():
                for rank, letters in enumerate(_initials(entry.form, core_of(entry.form, entry.type)[0].split())):
                    for short in letters:
                        found[rank][entry.type, short].add(id_)
    shorts = found[0].keys() | found[1].keys()
    return {key: tuple(sorted(found[0].get(key) or found[1][key])) for key in shorts}


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


def known_as(type_: EntityType, names: Iterable[Name]) -> str | None:
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
        if not name.weak and not name.edition and (type_, name.core) in keys().ids:
            return keys().ids[type_, name.core]
    return None


_COUNTRY = re.compile("^(?:中华人民共和国|中国|国家)(?=.{3})")
# What is a place and a body: of the same name in the lexicon as the one or the other.
_HOUSE = re.compile("(?:医院|学校|博物馆|图书馆|美术馆)$|(?:hospital|museum|library)(?:hongkong)?$")


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


def firm(names: Iterable[Name], entity: Entity) -> str | None:
    """Return the id of a known company that has a longer name here: with its city, its trade, or 集團."""
    if entity.type != "Organisation" or entity.kind not in {"company", "other"}:
        return None
    by_key = packaged().by_key
    found = set()
    for name in names:
        place, trade = _firm_parts()
        plain = trade.sub("", place.sub("", name.core))
        for core in (trade.sub("", name.core), plain, trade.sub("", plain)):
            entry = by_key.get(core)
            if core != name.core and entry and entry.kind == "company" and len(core) > 1:
                found.add(entry.id)
    return min(found) if len(found) == 1 else None


@lru_cache(maxsize=1)
def _firm_parts() -> tuple[re.Pattern[str], re.Pattern[str]]:
    data = words()
    places = "|".join([*data["cities"], *data["provinces"]])
    return re.compile(f"^(?:{places})市?(?=.{{2}})"), re.compile(f"(?<=..)(?:{'|'.join(data['trades'])})$")
