"""Which places folded texts name, and whose an office is said to be."""

from __future__ import annotations

import re
from functools import lru_cache

from kg.resolve.names import words


@lru_cache(maxsize=1)
def _place_names() -> dict[str, str]:
    """Return what each name of a place stands for: itself, its Chinese name, or the country abroad where it is."""
    data = words()
    abroad = {name: country for country, names in data["abroad"].items() for name in (country, *names)}
    return {**{c: c for c in data["cities"]}, **data["english_cities"], **abroad}


@lru_cache(maxsize=1)
def _patterns() -> dict[str, re.Pattern[str]]:
    data = words()
    countries, districts = ("|".join(sorted(data[k], key=lambda w: (-len(w), w))) for k in ("countries", "districts"))
    return {
        "cities": _places(),
        "country": re.compile(f"({countries})(?:政府|'s|’s)?(?:的|(?: the)? )?$"),
        "within": re.compile(f"^({countries})(?=.{{2}})"),
        "districts": re.compile(f"{districts}|\\b(?:{'|'.join(data['english_districts'])})\\b"),
    }


def _places() -> re.Pattern[str]:
    names = sorted(_place_names(), key=lambda w: (-len(w), w))
    latin = "|".join(re.escape(n) for n in names if n.isascii())
    han = "|".join(n for n in names if not n.isascii())
    # Most characters begin no name.
    return re.compile(f"(?=[{''.join(sorted({n[0] for n in names}))}])(?:{han}|\\b(?:{latin})(?![a-z]))")


@lru_cache(maxsize=1)
def abroad() -> frozenset[str]:
    """Return the countries other than China, Taiwan apart."""
    return frozenset(words()["abroad"]) - {"台湾"}


def districts_in(text: str) -> set[str]:
    """Return the districts of Hong Kong that a folded text names."""
    english = words()["english_districts"]
    return {english.get(d, d) for d in _patterns()["districts"].findall(text)}


def country_of(key: str, before: str) -> str:
    """Return whose an office is that is named after these folded words, "" where they do not say: 美国|财政部.

    >>> country_of("财政部", "昨日美国"), country_of("department of health", "ireland's "), country_of("财政部", "他说")
    ('美国', '爱尔兰', '')
    """
    countries = words()["countries"]
    found = _patterns()["within"].match(key) or _patterns()["country"].search(before[-24:])
    if found is None or (found.group(1).isascii() and re.search(r"[a-z]$", before[-24:][: found.start()])):
        return ""
    return str(countries[found.group(1)])


def cities_in(text: str) -> set[str]:
    """Return the cities outside Hong Kong that a folded, lower-case text names, in Chinese; abroad, the countries.

    >>> sorted(cities_in("深圳与东京签约")), cities_in("an office in manila")
    (['日本', '深圳'], {'菲律宾'})
    """
    known = _place_names()
    return {known[c] for c in _patterns()["cities"].findall(text)}
