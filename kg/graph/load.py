"""Reading a built graph back."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

from rdflib import Graph, URIRef
from rdflib.term import Node

from kg.errors import InputError
from kg.vocab import PREFIXES

if TYPE_CHECKING:
    from pyoxigraph import BlankNode, NamedNode, RdfFormat
    from pyoxigraph import Literal as Value

_FORMATS = {".nq": "N_QUADS", ".nt": "N_TRIPLES", ".ttl": "TURTLE", ".trig": "TRIG"}


def graph_file(place: str | Path) -> Path:
    """Return the graph file of an output folder, or the file itself."""
    path = Path(place)
    if path.is_dir():
        path = path / "graph.nq"
    if not path.is_file():
        raise InputError("E110", "no graph here", where=str(place), hint="make one: kg build DOCUMENTS --out DIR")
    return path


def rdf_format(path: Path) -> RdfFormat:
    """Return the format of a graph file by its ending.

    Other formats are refused (`InputError`): RDF/XML and JSON-LD can make a reader fetch or blow up.
    """
    import pyoxigraph

    if path.suffix not in _FORMATS:
        hint = f"use one of {', '.join(_FORMATS)}"
        raise InputError("E111", f"{path.suffix or 'this'} is not read", where=path.name, hint=hint)
    found: RdfFormat = getattr(pyoxigraph.RdfFormat, _FORMATS[path.suffix])
    return found


def load(place: str | Path) -> Graph:
    """Return all triples of a built folder or of a Turtle, TriG, N-Triples or N-Quads file as one rdflib graph.

    Raises `InputError` for a file that is missing, damaged or of another format.
    """
    import pyoxigraph

    path = graph_file(place)
    form = rdf_format(path)
    graph = Graph()
    for prefix, address in PREFIXES.items():
        graph.bind(prefix, address, override=True, replace=True)
    try:
        # Most terms come again and again; making one costs more than finding it.
        term = lru_cache(maxsize=100_000)(rdflib_term)
        for quad in pyoxigraph.parse(path=str(path), format=form):
            graph.add((term(quad.subject), term(quad.predicate), term(quad.object)))
    except (SyntaxError, ValueError) as error:
        raise InputError("E112", f"the graph is damaged ({error})", where=str(path), hint="build it again") from error
    return graph


def rdflib_term(term: object) -> URIRef:
    """Return a term of pyoxigraph as one of rdflib (an IRI, blank node or literal: rdflib's types call all of them so)."""
    from pyoxigraph import BlankNode, NamedNode
    from pyoxigraph import Literal as Value
    from rdflib import BNode, Literal

    if isinstance(term, NamedNode):
        return URIRef(term.value)
    if isinstance(term, BlankNode):
        return BNode(term.value)  # type: ignore[return-value]
    assert isinstance(term, Value)
    if term.language:
        return Literal(term.value, lang=language_tag(term.language))  # type: ignore[return-value]
    plain = term.datatype.value == "http://www.w3.org/2001/XMLSchema#string"
    return Literal(term.value, datatype=None if plain else URIRef(term.datatype.value))  # type: ignore[return-value]


def oxigraph_term(term: Node) -> NamedNode | BlankNode | Value:
    """Return a term of rdflib as one of pyoxigraph. Raises `ValueError` for an IRI that is none."""
    import pyoxigraph
    from rdflib import BNode, Literal

    if isinstance(term, URIRef):
        return pyoxigraph.NamedNode(str(term))
    if isinstance(term, BNode):
        return pyoxigraph.BlankNode(str(term))
    assert isinstance(term, Literal)
    if term.language:
        return pyoxigraph.Literal(str(term), language=term.language)
    datatype = pyoxigraph.NamedNode(str(term.datatype)) if term.datatype else None
    return pyoxigraph.Literal(str(term), datatype=datatype)


def language_tag(tag: str) -> str:
    """Return a language tag as it is usually written; Oxigraph lower-cases them all.

    >>> language_tag("zh-hant-hk")
    'zh-Hant-HK'
    """
    first, *rest = tag.lower().split("-")
    return "-".join([first, *(p.title() if len(p) == 4 else p.upper() if len(p) == 2 else p for p in rest)])
