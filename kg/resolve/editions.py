"""Which edition of a known series of events a name means: by its number, its year, or where it was held."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import lru_cache

from kg.errors import DataError
from kg.language.numbers import read_han
from kg.language.script import fold
from kg.resolve.names import Name, read_name
from kg.resources import data_path

_COLUMNS = ["id", "names", "editions", "source"]
# 十五運會 is the fifteenth 全國運動會.
_NATIONAL, _NATIONAL_ID = re.compile("^([一二三四五六七八九十]{1,3})运会?$"), "ev-national-games"


# COP28; 聯合國氣候變化大會第28次締約方會議.
_NUMBERED = re.compile(r"^(.{2,}?) ?(?:第(\d{1,2})次(?:缔约方(?:会议|大会)|会议|峰会|会晤)?|(\d{1,2}))$")


@dataclass(frozen=True, slots=True)
class Series:
    """One series of events: its names' cores, and the year of each edition by number, by itself and by place."""

    id: str
    cores: frozenset[str]
    years: dict[str, str] = field(hash=False)


@lru_cache(maxsize=1)
def series() -> tuple[Series, ...]:
    """Return the series of ``kg/data/identity/editions.tsv``."""
    path = data_path("identity", "editions.tsv")
    rows = list(csv.reader(path.read_text(encoding="utf-8").splitlines(), delimiter="\t", quoting=csv.QUOTE_NONE))
    if rows[0] != _COLUMNS or any(len(r) != len(_COLUMNS) for r in rows):
        raise DataError("E204", f"each line must have the columns {' '.join(_COLUMNS)}", where=path.name)
    found = []
    for id_, names, editions, _ in rows[1:]:
        years: dict[str, str] = {}
        for edition in editions.split(";"):
            number, year, *places = re.split("[=,]", edition)
            years[number] = years[year] = year
            years |= {fold(place).casefold(): year for place in places}
        cores = frozenset(read_name(n, "Event").core for n in names.split(";") if n)
        found.append(Series(id_, cores, years))
    return tuple(found)


def edition_of(names: Iterable[Name], known: str | None) -> tuple[str, str]:
    """Return the series that names mean, of which one may be `known`, and the year of the edition; "" for what they don't say.

    >>> edition_of([read_name("杭州亞運會", "Event")], None), edition_of([read_name("第34屆香港書展", "Event")], "ev-book-fair")
    (('series-asian-games', '2022'), ('ev-book-fair', '2024'))
    """
    for name in names:
        short = _NATIONAL.match(name.core)
        if short:
            number = str(int(read_han(short[1]) or 0))
            return _NATIONAL_ID, _by_id()[_NATIONAL_ID].years.get(number, number)
        found = _called(name.core) or ((_by_id()[known], "") if known in _by_id() else None)
        numbered = None if found else _NUMBERED.match(name.core)
        number = (numbered[2] or numbered[3]) if numbered else ""
        found = found or (_called(numbered[1]) if numbered else None)
        if found:
            one, place = found
            said = (place, number, *name.edition.split("-"))
            return one.id, next((one.years[s] for s in said if s in one.years), "")
    return "", ""


def issue_of(known: str, part: str) -> str:
    """Return the year for the number of an issue of a known scheme, and anything else as it is.

    >>> issue_of("hk-ibond", "2"), issue_of("hk-itf", "2")
    ('2012', '2')
    """
    one = _by_id().get(known)
    return one.years.get(part, part) if one else part


@lru_cache(maxsize=1)
def _by_id() -> dict[str | None, Series]:
    return {one.id: one for one in series()}


@lru_cache(maxsize=1)
def _by_core() -> dict[str, Series]:
    return {core: one for one in series() for core in one.cores}


@lru_cache(maxsize=1)
def _by_place() -> dict[str, tuple[Series, ...]]:
    """Return the series by the places of their editions."""
    found: dict[str, list[Series]] = {}
    for one in series():
        for said in one.years:
            if not said.isdigit():
                found.setdefault(said, []).append(one)
    return {place: tuple(some) for place, some in found.items()}


def _called(core: str) -> tuple[Series, str] | None:
    """Return the series that a core names, and the place before its name, "" for none."""
    for start in range(len(core)):
        one = _by_core().get(core[start:])
        place = core[:start].strip()
        if one and (not place or place in one.years):
            return one, place
    # G20杭州峰會
    for place, some in _by_place().items():
        one = (
            _by_core().get(" ".join(core.replace(place, " " if core.isascii() else "").split()))
            if place in core
            else None
        )
        if one in some:
            return one, place
    return None
