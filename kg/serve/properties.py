"""What is known of things, as OpenRefine fetches and compares it: the properties of ``kg/data/reconcile.toml``."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import pyoxigraph as ox
from starlette.requests import Request

from kg.language.script import name_key
from kg.resources import data_path
from kg.serve.match import Names


@dataclass(frozen=True, slots=True)
class Language:
    """The language to answer in: of `words` such as types, ``zh-Hant`` or ``en``; of `names`, empty if it is all the same."""

    words: str
    names: str

    @classmethod
    def of(cls, request: Request) -> Language:
        """Return what a client asks for; OpenRefine itself asks for none, and sees names as Chinese documents give them."""
        header = request.headers.get("accept-language", "").strip().lower()
        words = "zh-Hant" if header.startswith("zh") else "en"
        return cls(words, words if header else "")


@dataclass(frozen=True, slots=True)
class Property:
    """Something known of things of some types; `pattern` is SPARQL in which ?thing has ?value."""

    id: str
    name: str
    zh: str
    types: tuple[str, ...]
    value: str
    pattern: str

    def title(self, language: str) -> str:
        """Return its name in English, or in Chinese for ``zh-Hant``."""
        return self.zh if language == "zh-Hant" else self.name


@lru_cache(maxsize=1)
def properties() -> dict[str, Property]:
    """Return the properties of ``kg/data/reconcile.toml`` by id."""
    data = tomllib.loads(data_path("reconcile.toml").read_text(encoding="utf-8"))
    return {p["id"]: Property(**{**p, "types": tuple(p["types"])}) for p in data["property"]}


def agrees_with(names: Names, pid: str, wanted: tuple[Any, ...], held: list[ox.NamedNode | ox.Literal]) -> bool:
    """Tell whether one of the values that a table gives is one that we have."""
    spellings: set[str] = set()
    for value in held:
        thing = names.things.get(value.value)
        spellings.add(name_key(value.value) if thing is None else names.short(thing.address))
        if thing is not None:
            spellings |= {name_key(name) for _, name in (*thing.preferred, *thing.others)}
        if properties()[pid].value == "number":
            spellings.add(_plain(value.value))
    for each in wanted:
        text = (
            str(each.get("id", ""))
            if isinstance(each, dict)
            else _plain(str(each))
            if isinstance(each, (int, float))
            else str(each)
        )
        if {text, name_key(text), _plain(text.replace(",", ""))} & spellings:
            return True
    return False


def _plain(number: str) -> str:
    try:
        return f"{float(number):.10g}"
    except ValueError:
        return number


def cell_of(names: Names, each: Property, value: ox.NamedNode | ox.Literal, language: Language) -> dict[str, Any]:
    """Return a value as the API writes it: a thing, a whole or broken number, a date with its time, or text."""
    if isinstance(value, ox.NamedNode):
        thing = names.things.get(value.value)
        return {
            "id": names.short(value.value),
            "name": names.label(thing, language.names) if thing else names.short(value.value),
        }
    if each.value == "number":
        number = float(value.value)
        return {"int": int(number)} if number.is_integer() else {"float": number}
    if each.value == "date" and value.datatype.value.endswith("#date"):
        return {"date": f"{value.value[:10]}T00:00:00"}
    return {"str": value.value}


def shown(cells: list[dict[str, Any]]) -> str:
    """Return the first few values in words."""
    words = []
    for cell in cells[:4]:
        value = cell.get("name") or next(iter(cell.values()))
        words.append(f"{value:,}" if isinstance(value, (int, float)) else str(value).removesuffix("T00:00:00"))
    return ", ".join(words) + (" …" if len(cells) > 4 else "")
