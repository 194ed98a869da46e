"""The named queries that come with the package, and the names given as their parameters."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import Protocol

from rdflib import SKOS, Graph, Literal, URIRef
from rdflib.term import Node

from kg.errors import QueryError
from kg.language.script import name_key
from kg.resources import data_path


@dataclass(frozen=True, slots=True)
class NamedQuery:
    """A question with a title; `params` maps each parameter to what it is, `params_zh` in Traditional Chinese."""

    name: str
    title: str
    title_zh: str
    description: str
    description_zh: str
    params: dict[str, str]
    params_zh: dict[str, str]
    text: str


@lru_cache(maxsize=1)
def named_queries() -> dict[str, NamedQuery]:
    """Return the packaged queries by name."""
    found = {}
    for path in sorted(data_path("queries").glob("*.rq")):
        text = path.read_text(encoding="utf-8")
        head = dict(re.findall(r"^# ([\w-]+): (.+)$", text, re.M))
        params = dict(re.findall(r"^# param: (\w+) – (.+)$", text, re.M))
        params_zh = dict(re.findall(r"^# param-zh: (\w+) – (.+)$", text, re.M))
        found[path.stem] = NamedQuery(
            path.stem,
            head["title"],
            head["title-zh"],
            head["description"],
            head["description-zh"],
            params,
            params_zh,
            text,
        )
    return found


class Lookup(Protocol):
    """Where things are looked up by name: a store, or an rdflib graph seen as one."""

    def labels(self) -> Iterable[tuple[str, str]]:
        """Return each thing's address with each of its names."""

    def has(self, address: str) -> bool:
        """Tell whether anything is said about an address."""


@dataclass(frozen=True, slots=True)
class _GraphNames:
    graph: Graph

    def labels(self) -> Iterator[tuple[str, str]]:
        for predicate in (SKOS.prefLabel, SKOS.altLabel):
            for subject, _, label in self.graph.triples((None, predicate, None)):
                if isinstance(subject, URIRef):
                    yield str(subject), str(label)

    def has(self, address: str) -> bool:
        return (URIRef(address), None, None) in self.graph


def names_of(graph: Graph | Lookup) -> dict[str, list[tuple[URIRef, str]]]:
    """Return the things by folded name: any label, either script."""
    names: dict[str, list[tuple[URIRef, str]]] = {}
    for address, label in _lookup(graph).labels():
        names.setdefault(name_key(label), []).append((URIRef(address), label))
    return names


def _lookup(graph: Graph | Lookup) -> Lookup:
    return _GraphNames(graph) if isinstance(graph, Graph) else graph


def find_thing(graph: Graph | Lookup, name: str) -> list[URIRef]:
    """Return the things of a name: an IRI, a CURIE with fgi:, or any label in either script.

    Raises `QueryError` with the nearest names if there is none.
    """
    from kg.vocab import PREFIXES

    address = (
        URIRef(PREFIXES["fgi"] + name[4:])
        if name.startswith("fgi:")
        else URIRef(name)
        if name.startswith("http")
        else None
    )
    if address is not None:
        if _lookup(graph).has(str(address)):
            return [address]
        raise QueryError("E310", f"nothing has the address {address}", hint="see kg show DIR NAME")
    names = names_of(graph)
    key = name_key(name)
    if key in names:
        return sorted({thing for thing, _ in names[key]})
    near = difflib.get_close_matches(key, names, 3, 0.4) or sorted((k for k in names if key and key in k), key=len)[:3]
    # Of the spellings of a near name, the one nearest to what was typed: in its script.
    labels = [
        min((label for _, label in names[k]), key=lambda x: (-difflib.SequenceMatcher(None, name, x).ratio(), x))
        for k in near
    ]
    raise QueryError(
        "E310",
        f"nothing is named {name}",
        hint=f"did you mean {', '.join(labels)}?" if labels else "kg query DIR things lists all names",
    )


def bind(graph: Graph | Lookup, query: NamedQuery, params: dict[str, str]) -> dict[str, Node]:
    """Return the parameters of a query as terms: things by name, words as text."""
    unknown = sorted(set(params) - set(query.params))
    if unknown:
        known = ", ".join(query.params) or "none"
        raise QueryError("E311", f"{query.name} has no parameter {unknown[0]}", hint=f"its parameters: {known}")
    bindings: dict[str, Node] = {}
    for key, value in params.items():
        if query.params[key].startswith("text"):
            bindings[key] = Literal(value)
            continue
        things = find_thing(graph, value)
        if len(things) > 1:
            raise QueryError("E312", f"{value} names {len(things)} things", hint="give the IRI: " + ", ".join(things))
        bindings[key] = things[0]
    return bindings
