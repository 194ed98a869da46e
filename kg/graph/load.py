"""Reading a built graph back."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

from rdflib import Graph, URIRef

from kg.errors import InputError
from kg.vocab import PREFIXES

_FORMATS = {".nq": "nquads", ".nt": "nt", ".ttl": "turtle", ".trig": "trig"}


def graph_file(place: str | Path) -> Path:
    """Return the graph file of an output folder, or the file itself."""
    path = Path(place)
    if path.is_dir():
        path = path / "graph.nq"
    if not path.is_file():
        raise InputError("E110", "no graph here", where=str(place), hint="make one: kg build DOCUMENTS --out DIR")
    return path


def load(place: str | Path) -> Graph:
    """Return all triples of a built folder or of a Turtle, TriG, N-Triples or N-Quads file as one rdflib graph.

    Other formats are refused: RDF/XML and JSON-LD can make a reader fetch or blow up.
    """
    import pyoxigraph

    path = graph_file(place)
    if path.suffix not in _FORMATS:
        raise InputError(
            "E111", f"{path.suffix or 'this'} is not read", where=path.name, hint=f"use one of {', '.join(_FORMATS)}"
        )
    formats = {
        ".nq": pyoxigraph.RdfFormat.N_QUADS,
        ".nt": pyoxigraph.RdfFormat.N_TRIPLES,
        ".ttl": pyoxigraph.RdfFormat.TURTLE,
        ".trig": pyoxigraph.RdfFormat.TRIG,
    }
    graph = Graph()
    for prefix, address in PREFIXES.items():
        graph.bind(prefix, address, override=True, replace=True)
    try:
        # Most terms come again and again; making one costs more than finding it.
        term = lru_cache(maxsize=100_000)(_term)
        for quad in pyoxigraph.parse(path=str(path), format=formats[path.suffix]):
            graph.add((term(quad.subject), term(quad.predicate), term(quad.object)))
    except (SyntaxError, ValueError) as error:
        raise InputError("E112", f"the graph is damaged ({error})", where=str(path), hint="build it again") from error
    return graph


def _term(term: object) -> URIRef:
    from pyoxigraph import BlankNode, NamedNode
    from pyoxigraph import Literal as Value
    from rdflib import BNode, Literal

    if isinstance(term, NamedNode):
        return URIRef(term.value)
    if isinstance(term, BlankNode):
        return BNode(term.value)  # type: ignore[return-value]
    assert isinstance(term, Value)
    if term.language:
        # Oxigraph lower-cases tags; ours are known, so their case is given back.
        tag = {"zh-hant": "zh-Hant", "zh-hans": "zh-Hans"}.get(term.language.lower(), term.language)
        return Literal(term.value, lang=tag)  # type: ignore[return-value]
    plain = term.datatype.value == "http://www.w3.org/2001/XMLSchema#string"
    return Literal(term.value, datatype=None if plain else URIRef(term.datatype.value))  # type: ignore[return-value]
