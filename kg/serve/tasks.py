"""What the server has its workers do with a store. Imports nothing of a web server: workers load this module."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from urllib.parse import quote, unquote

import pyoxigraph as ox

from kg.graph.answer import Question, Triples, answer, plain_term
from kg.graph.results import media_types, written
from kg.graph.store import graph_names
from kg.serve.negotiate import choose
from kg.vocab import ENTITY_TYPES, FG, NAMESPACE, PREFIXES

# A thing that a hundred thousand facts name is still answered with something.
_MOST = 20_000
_SKOS, _ORG = PREFIXES["skos"], PREFIXES["org"]
_TYPE = ox.NamedNode(PREFIXES["rdf"] + "type")
_DEFAULT = ox.DefaultGraph()
# Types that older and other clients ask for by another name.
OTHER_NAMES = {
    "application/json": "application/sparql-results+json",
    "text/json": "application/sparql-results+json",
    "application/xml": "application/sparql-results+xml",
    "text/xml": "application/sparql-results+xml",
    "application/x-turtle": "text/turtle",
    "text/plain": "application/n-triples",
}


@dataclass(frozen=True, slots=True)
class Body:
    """An answer as it goes over the wire; `media` is empty if none of its types is accepted, `offers` are these."""

    content: bytes
    media: str
    offers: tuple[str, ...]
    truncated: bool = False


def reply(store: ox.Store, asked: tuple[Question, str | None]) -> Body:
    """Return the answer to a question in the type that an Accept header likes best."""
    question, accept = asked
    found = answer(store, question)
    offers = media_types(found)
    chosen = choose(accept, offers, OTHER_NAMES)
    if chosen is None:
        return Body(b"", "", offers)
    truncated = not isinstance(found, bool) and found.truncated
    return Body(written(found, chosen[0]), chosen[1], offers, truncated)


def about(store: ox.Store, asked: tuple[str, str]) -> tuple[str, str, Triples] | None:
    """Return address, kind (thing, document or other) and triples of what lives at a path below the base; None for nothing.

    A path may be percent-encoded once more or less than the address is. Its triples are its own, those of each fact
    about it, and for a document all that its graph holds.
    """
    base, path = asked
    spellings = (path, unquote(path), quote(path, safe="/-._~%"), quote(unquote(path), safe="/-._~"))
    node = next((n for s in spellings if (n := _known(store, base + s)) is not None), None)
    if node is None:
        return None
    types = {
        q.object.value
        for q in store.quads_for_pattern(node, _TYPE, None, _DEFAULT)
        if isinstance(q.object, ox.NamedNode)
    }
    kind = (
        "document"
        if FG.Document in types
        else "thing"
        if any(NAMESPACE + t in types for t in ENTITY_TYPES)
        else "other"
    )
    found = {q.triple: None for q in _around(store, node)}
    truncated = len(found) > _MOST
    triples = sorted(list(found)[:_MOST], key=str)
    whole = [ox.Triple(t.subject, t.predicate, plain_term(t.object)) for t in triples]
    return node.value, kind, Triples(whole, truncated)


def _known(store: ox.Store, address: str) -> ox.NamedNode | None:
    try:
        node = ox.NamedNode(address)
    except ValueError:
        return None
    if store.contains_named_graph(node):
        return node
    return node if next(iter(store.quads_for_pattern(node, None, None, _DEFAULT)), None) is not None else None


def _around(store: ox.Store, node: ox.NamedNode) -> Iterator[ox.Quad]:
    yield from store.quads_for_pattern(node, None, None, _DEFAULT)
    yield from store.quads_for_pattern(None, None, None, node)
    facts: dict[ox.NamedNode, None] = {}
    for number, quad in enumerate(store.quads_for_pattern(None, None, node, _DEFAULT)):
        if number > _MOST:
            return
        yield quad
        if isinstance(quad.subject, ox.NamedNode):
            facts[quad.subject] = None
    fact = ox.NamedNode(FG.evidence)
    for subject in facts:
        if next(iter(store.quads_for_pattern(subject, fact, None, _DEFAULT)), None) is not None:
            yield from store.quads_for_pattern(subject, None, None, _DEFAULT)


@dataclass(frozen=True, slots=True)
class Described:
    """A thing with its names, for looking it up: pairs of language (lower case, may be empty) and name."""

    address: str
    type: str
    kind: str
    preferred: tuple[tuple[str, str], ...]
    others: tuple[tuple[str, str], ...]


def things(store: ox.Store, _: None) -> list[Described]:
    """Return every thing that has a type of ours, sorted by address."""
    found: dict[str, Described] = {}
    for name in ENTITY_TYPES:
        for quad in store.quads_for_pattern(None, _TYPE, ox.NamedNode(NAMESPACE + name), _DEFAULT):
            node = quad.subject
            if isinstance(node, ox.NamedNode) and node.value not in found:
                kinds = sorted(o.value.removeprefix(NAMESPACE) for o in _objects(store, node, _ORG + "classification"))
                preferred, others = _names(store, node, "prefLabel"), _names(store, node, "altLabel")
                found[node.value] = Described(node.value, name, kinds[0] if kinds else "", preferred, others)
    return [found[address] for address in sorted(found)]


def _objects(store: ox.Store, node: ox.NamedNode, predicate: str) -> Iterator[ox.NamedNode | ox.Literal]:
    for quad in store.quads_for_pattern(node, ox.NamedNode(predicate), None, _DEFAULT):
        if isinstance(quad.object, (ox.NamedNode, ox.Literal)):
            yield quad.object


def _names(store: ox.Store, node: ox.NamedNode, which: str) -> tuple[tuple[str, str], ...]:
    values = (o for o in _objects(store, node, _SKOS + which) if isinstance(o, ox.Literal))
    return tuple(sorted((o.language or "", o.value) for o in values))


Values = dict[str, dict[str, list[ox.NamedNode | ox.Literal]]]


def values(store: ox.Store, asked: tuple[dict[str, str], list[str]]) -> Values:
    """Return what patterns with ?thing and ?value find for some things: by the pattern's name, then the thing's address."""
    patterns, addresses = asked
    nodes = " ".join(str(node) for address in addresses if (node := _known(store, address)) is not None)
    return {name: _values(store, pattern, nodes) if nodes else {} for name, pattern in patterns.items()}


def _values(store: ox.Store, pattern: str, nodes: str) -> dict[str, list[ox.NamedNode | ox.Literal]]:
    found: dict[str, list[ox.NamedNode | ox.Literal]] = {}
    text = f"SELECT DISTINCT ?thing ?value WHERE {{ VALUES ?thing {{ {nodes} }} {pattern} }} ORDER BY ?thing ?value"
    rows = store.query(text, prefixes=PREFIXES)
    assert isinstance(rows, ox.QuerySolutions)
    for row in rows:
        thing, value = row["thing"], row["value"]
        if isinstance(thing, ox.NamedNode) and isinstance(value, (ox.NamedNode, ox.Literal)):
            found.setdefault(thing.value, []).append(value)
    return found


@dataclass(frozen=True, slots=True)
class Counts:
    """How much a store holds: `whole` by VoID's words, entities by class, triples by property, triples by named graph."""

    whole: dict[str, int]
    classes: dict[str, int]
    properties: dict[str, int]
    graphs: dict[str, int]


_WHOLE = {
    "triples": "SELECT (COUNT(*) AS ?n) WHERE { ?s ?p ?o }",
    "distinctSubjects": "SELECT (COUNT(DISTINCT ?s) AS ?n) WHERE { ?s ?p ?o }",
    "distinctObjects": "SELECT (COUNT(DISTINCT ?o) AS ?n) WHERE { ?s ?p ?o }",
    "entities": "SELECT (COUNT(DISTINCT ?s) AS ?n) WHERE { ?s a ?type }",
    "documents": f"SELECT (COUNT(?s) AS ?n) WHERE {{ ?s a <{FG.Document}> }}",
}


def counts(store: ox.Store, most_graphs: int) -> Counts:
    """Return how much a store holds; the graphs are counted only if there are not more than `most_graphs`."""

    def by(text: str) -> dict[str, int]:
        rows = store.query(text)
        assert isinstance(rows, ox.QuerySolutions)
        return dict(sorted((_text(name), int(_text(number))) for name, number in rows))

    def one(text: str) -> int:
        rows = store.query(text)
        assert isinstance(rows, ox.QuerySolutions)
        return int(_text(next(rows)[0]))

    names = graph_names(store)
    graphs = (
        by("SELECT ?g (COUNT(*) AS ?n) WHERE { GRAPH ?g { ?s ?p ?o } } GROUP BY ?g")
        if len(names) <= most_graphs
        else {}
    )
    return Counts(
        {word: one(text) for word, text in _WHOLE.items()},
        by("SELECT ?type (COUNT(?s) AS ?n) WHERE { ?s a ?type } GROUP BY ?type"),
        by("SELECT ?p (COUNT(*) AS ?n) WHERE { ?s ?p ?o } GROUP BY ?p"),
        graphs,
    )


def _text(term: object) -> str:
    assert isinstance(term, (ox.NamedNode, ox.Literal))
    return term.value
