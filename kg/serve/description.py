"""What the endpoint says of itself: its SPARQL 1.1 service description and the VoID description of its data."""

from __future__ import annotations

from functools import lru_cache
from hashlib import sha256

import pyoxigraph as ox

from kg.resources import ontology_path
from kg.serve.tasks import Counts
from kg.vocab import NAMESPACE, PREFIXES

MOST_GRAPHS = 1_000
_VOID = "http://rdfs.org/ns/void#"
_SD = "http://www.w3.org/ns/sparql-service-description#"
SPACES = {"void": _VOID, "sd": _SD}
_FORMATS = (
    "SPARQL_Results_JSON",
    "SPARQL_Results_XML",
    "SPARQL_Results_CSV",
    "SPARQL_Results_TSV",
    "Turtle",
    "N-Triples",
    "RDF_XML",
    "JSON-LD",
)


def void(counts: Counts, base: str, root: str) -> list[ox.Triple]:
    """Return the VoID description of the data that a server at `root` (with a slash at its end) answers from."""
    found = _Triples(f"{root}.well-known/void")
    data = found.here("data")
    found.add(data, "rdf:type", _node(_VOID + "Dataset"))
    found.add(data, "dcterms:title", ox.Literal("fundgraph", language="en"))
    found.add(data, "void:uriSpace", ox.Literal(base))
    found.add(data, "void:vocabulary", _node(NAMESPACE))
    found.add(data, "void:sparqlEndpoint", _node(f"{root}sparql"))
    found.add(data, "void:feature", _node("http://www.w3.org/ns/formats/Turtle"))
    for word, number in counts.whole.items():
        found.add(data, f"void:{word}", _number(number))
    found.add(data, "void:classes", _number(len(counts.classes)))
    found.add(data, "void:properties", _number(len(counts.properties)))
    for what, word, parts in (("class", "entities", counts.classes), ("property", "triples", counts.properties)):
        for address, number in parts.items():
            part = found.here(f"{what}-{sha256(address.encode()).hexdigest()[:12]}")
            found.add(data, f"void:{what}Partition", part)
            found.add(part, f"void:{what}", _node(address))
            found.add(part, f"void:{word}", _number(number))
            for label in _labels().get(address, ()):
                found.add(_node(address), "rdfs:label", label)
    return found.sorted()


def service(counts: Counts, root: str) -> list[ox.Triple]:
    """Return the service description of the endpoint of a server at `root` (with a slash at its end)."""
    found = _Triples(f"{root}sparql")
    endpoint, dataset, default = _node(f"{root}sparql"), found.here("dataset"), found.here("default-graph")
    found.add(endpoint, "rdf:type", _node(_SD + "Service"))
    found.add(endpoint, "sd:endpoint", endpoint)
    found.add(endpoint, "sd:supportedLanguage", _node(_SD + "SPARQL11Query"))
    for name in _FORMATS:
        found.add(endpoint, "sd:resultFormat", _node(f"http://www.w3.org/ns/formats/{name}"))
    found.add(endpoint, "sd:defaultDataset", dataset)
    found.add(dataset, "rdf:type", _node(_SD + "Dataset"))
    found.add(dataset, "sd:defaultGraph", default)
    found.add(default, "rdf:type", _node(_SD + "Graph"))
    found.add(default, "void:triples", _number(counts.whole["triples"]))
    found.add(default, "rdfs:seeAlso", _node(f"{root}.well-known/void"))
    for address, number in counts.graphs.items():
        name = sha256(address.encode()).hexdigest()[:12]
        named, graph = found.here(f"named-{name}"), found.here(f"graph-{name}")
        found.add(dataset, "sd:namedGraph", named)
        found.add(named, "rdf:type", _node(_SD + "NamedGraph"))
        found.add(named, "sd:name", _node(address))
        found.add(named, "sd:graph", graph)
        found.add(graph, "rdf:type", _node(_SD + "Graph"))
        found.add(graph, "void:triples", _number(number))
    return found.sorted()


class _Triples:
    """Triples as they gather; their own nodes live below the address they are read from, so that none is blank."""

    def __init__(self, address: str) -> None:
        self._address = address
        self._found: set[ox.Triple] = set()

    def here(self, name: str) -> ox.NamedNode:
        return _node(f"{self._address}#{name}")

    def add(self, subject: ox.NamedNode, predicate: str, value: ox.NamedNode | ox.Literal) -> None:
        prefix, _, local = predicate.partition(":")
        space = {**PREFIXES, **SPACES}[prefix]
        self._found.add(ox.Triple(subject, _node(space + local), value))

    def sorted(self) -> list[ox.Triple]:
        return sorted(self._found, key=str)


def _node(address: str) -> ox.NamedNode:
    return ox.NamedNode(address)


def _number(value: int) -> ox.Literal:
    return ox.Literal(str(value), datatype=ox.NamedNode(PREFIXES["xsd"] + "integer"))


@lru_cache(maxsize=1)
def _labels() -> dict[str, list[ox.Literal]]:
    """Return the labels of the ontology's terms, and of the kinds, roles and other words that it lists."""
    found: dict[str, list[ox.Literal]] = {}
    predicate = PREFIXES["rdfs"] + "label"
    for name in ("fundgraph.ttl", "kinds.ttl"):
        for quad in ox.parse(path=str(ontology_path(name)), format=ox.RdfFormat.TURTLE):
            if (
                quad.predicate.value == predicate
                and isinstance(quad.subject, ox.NamedNode)
                and isinstance(quad.object, ox.Literal)
            ):
                found.setdefault(quad.subject.value, []).append(quad.object)
    return {address: sorted(labels, key=str) for address, labels in found.items()}


def label(local: str, language: str = "en") -> str:
    """Return the label of a term of the ontology by its local name; the name itself if it has none.

    >>> label("Organisation"), label("Organisation", "zh-Hant"), label("public_body")
    ('organisation', '機構', 'public body')
    """
    wanted = language.lower()
    return next((o.value for o in _labels().get(NAMESPACE + local, ()) if o.language == wanted), local)


__all__ = ["MOST_GRAPHS", "SPACES", "label", "service", "void"]
