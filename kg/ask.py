"""Asking a graph: a named or written query, and everything about one thing."""

from __future__ import annotations

import difflib
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from rdflib import RDF, SKOS, Graph, Literal, URIRef
from rdflib.term import Node

from kg.cards import card
from kg.errors import QueryError
from kg.graph.load import load
from kg.graph.queries import bind, find_thing, named_queries
from kg.graph.sparql import Result, run
from kg.vocab import FG, NAMESPACE, PREFIXES

if TYPE_CHECKING:
    from kg.graph.remote import Endpoint

_ORG = PREFIXES["org"]


def query(
    graph: Graph | str | Path | Endpoint,
    text: str,
    *,
    params: dict[str, str] | None = None,
    timeout: float = 30.0,
    limit: int = 10_000,
) -> Result:
    """Return the answer to a named query, to a .rq file, or to SPARQL text.

    An output folder or graph file is asked through its Oxigraph store, a graph of `kg.load` through rdflib; an address
    (http, https) or an `Endpoint` is a SPARQL 1.1 endpoint.
    Raises `QueryError` for an unknown name, a misspelt term, or what is not allowed; the hint says what to do.
    """
    name, text = _question(text)
    if params and not name:
        raise QueryError("E311", "parameters belong to named queries", hint="write the values into the query")
    if isinstance(graph, Graph):
        bound = bind(graph, named_queries()[name], params or {}) if name else {}
        return run(graph, text, bindings=bound, timeout=timeout, limit=limit)
    if isinstance(graph, str) and graph.startswith(("http://", "https://")):
        from kg.graph.remote import Endpoint

        graph = Endpoint(graph, timeout=timeout)
    if not isinstance(graph, (str, Path)):
        bound = bind(graph, named_queries()[name], params or {}) if name else {}
        return graph.query(text, bindings=bound, limit=limit)
    from kg.graph.answer import NamedQuestion, Question, answer_table
    from kg.graph.store import source_of
    from kg.graph.worker import ask_once

    source_of(graph)
    question = NamedQuestion(name, params or {}, limit) if name else Question(text, limit=limit)
    found: Result = ask_once(graph, answer_table, question, timeout)
    return found


def _question(text: str) -> tuple[str, str]:
    """Return the name of a named query, or nothing, and the SPARQL text that a name, a file or a text stands for."""
    named = named_queries()
    if text in named:
        return text, named[text].text
    if "\n" not in text and text.endswith((".rq", ".sparql")):
        if not Path(text).is_file():
            raise QueryError("E313", f"no query file {text}", hint="check the path")
        return "", Path(text).read_text(encoding="utf-8")
    if "{" not in text:
        near = difflib.get_close_matches(text, named, 1, 0.4)
        hint = f"did you mean {near[0]}?" if near else "kg query DIR --list shows all"
        raise QueryError("E313", f"no named query {text}", hint=hint)
    return "", text


@dataclass(frozen=True, slots=True)
class Evidence:
    """A quote of a fact with its place: characters of the text as read; the page, or the passage where none is."""

    quote: str
    file: str
    start: int
    end: int
    sentence: str
    page: int | None = None
    paragraph: int | None = None


@dataclass(frozen=True, slots=True)
class Line:
    """One fact in words."""

    kind: str
    text: str
    rule: str
    evidence: tuple[Evidence, ...]

    def _repr_html_(self) -> str:
        return card("line", line=self)


@dataclass(frozen=True, slots=True)
class Shown:
    """One thing: its address, type, names and facts."""

    iri: str
    type: str
    kind: str | None
    names: tuple[str, ...]
    facts: tuple[Line, ...]

    def to_dict(self) -> dict[str, Any]:
        """Return it as plain data for JSON."""
        return asdict(self)

    def _repr_html_(self) -> str:
        return card("shown", thing=self)


def show(graph: Graph | str | Path, name: str) -> Shown:
    """Return everything about the thing of a name (any alias, either script), an IRI or a CURIE."""
    graph = graph if isinstance(graph, Graph) else load(graph)
    things = find_thing(graph, name)
    if len(things) > 1:
        raise QueryError("E312", f"{name} names {len(things)} things", hint="give the IRI: " + ", ".join(things))
    thing = things[0]
    names = sorted(
        {str(o) for p in (SKOS.prefLabel, SKOS.altLabel) for o in graph.objects(thing, p)} - {label(graph, thing)}
    )
    kind = graph.value(thing, URIRef(_ORG + "classification"))
    ends = [
        URIRef(_ORG + "member"),
        URIRef(_ORG + "organization"),
        RDF.subject,
        RDF.object,
        URIRef(FG.concerns),
        URIRef(FG.funder),
    ]
    facts = sorted({f for p in ends for f in graph.subjects(p, thing)}, key=str)
    lines = [fact_line(graph, f) for f in facts]
    order = ["PostHolding", "Relation", "Amount", "Count"]
    lines.sort(key=lambda x: (order.index(x.kind), x.text, x.rule))
    types = sorted(str(t)[len(NAMESPACE) :] for t in graph.objects(thing, RDF.type) if str(t).startswith(NAMESPACE))
    return Shown(
        str(thing), types[0], str(kind)[len(NAMESPACE) :] if kind else None, (label(graph, thing), *names), tuple(lines)
    )


def highlights(graph: Graph, count: int = 5) -> list[Line]:
    """Return a few facts worth showing first: of each kind in turn, those with most evidence, then the surest."""
    ranked: dict[str, list[Node]] = {}
    for kind in ("Amount", "PostHolding", "Relation", "Count"):
        facts = list(graph.subjects(RDF.type, URIRef(NAMESPACE + kind)))
        ranked[kind] = sorted(
            facts, key=lambda f: (-len(list(graph.objects(f, URIRef(FG.evidence)))), -_confidence(graph, f), str(f))
        )
    chosen: list[Node] = []
    while len(chosen) < count and any(ranked.values()):
        chosen += [facts.pop(0) for facts in ranked.values() if facts]
    return [fact_line(graph, fact) for fact in chosen[:count]]


def _confidence(graph: Graph, fact: Node) -> float:
    return float(str(graph.value(fact, URIRef(FG.confidence)) or 0))


def label(graph: Graph, thing: Node | None) -> str:
    """Return the name to show for a thing: Traditional, else English, else Simplified, else its address."""
    labels = (
        {o.language: str(o) for o in graph.objects(thing, SKOS.prefLabel) if isinstance(o, Literal)} if thing else {}
    )
    return labels.get("zh-Hant") or labels.get("en") or labels.get("zh-Hans") or str(thing)


def fact_line(graph: Graph, fact: Node) -> Line:
    """Return a fact in words with its quotes."""

    def value(name: str) -> Node | None:
        return graph.value(fact, URIRef(name))

    kind = next(
        k for k in ("PostHolding", "Relation", "Amount", "Count") if (fact, RDF.type, URIRef(NAMESPACE + k)) in graph
    )
    if kind == "PostHolding":
        text = (
            f"{label(graph, value(_ORG + 'member'))} – {value(FG.title)} – {label(graph, value(_ORG + 'organization'))}"
        )
    elif kind == "Relation":
        predicate = str(graph.value(fact, RDF.predicate))[len(NAMESPACE) :]
        text = (
            f"{label(graph, graph.value(fact, RDF.subject))} {predicate} {label(graph, graph.value(fact, RDF.object))}"
        )
    else:
        text = f"{label(graph, value(FG.concerns))}: {figure_text(graph, fact, kind)}"
    if (status := value(FG.status)) is not None:
        text += f" [{str(status)[len(NAMESPACE) :]}]"
    if (as_of := value(FG.asOf)) is not None:
        text += f" ({as_of})"
    evidence = sorted(_evidence(graph, fact), key=lambda e: (e.file, e.start, e.end))
    return Line(kind, text, str(value(FG.rule)), tuple(evidence))


def _evidence(graph: Graph, fact: Node) -> list[Evidence]:
    found = []
    for node in graph.objects(fact, URIRef(FG.evidence)):
        document = graph.value(node, URIRef(FG.inDocument))
        found.append(
            Evidence(
                str(graph.value(node, URIRef(FG.quote))),
                str(graph.value(document, URIRef(FG.fileName))),
                int(str(graph.value(node, URIRef(FG.start)))),
                int(str(graph.value(node, URIRef(FG.end)))),
                str(graph.value(node, URIRef(FG.sentence)) or ""),
                _number(graph.value(node, URIRef(FG.page))),
                _number(graph.value(node, URIRef(FG.paragraph))),
            )
        )
    return found


def _number(node: Node | None) -> int | None:
    return None if node is None else int(str(node))


def figure_text(graph: Graph, fact: Node, kind: str) -> str:
    """Return an amount or a count in words: bound, number, unit, role."""

    def value(name: str) -> str:
        found = graph.value(fact, URIRef(name))
        return "" if found is None else str(found).removeprefix(NAMESPACE)

    bound = {"atLeast": "≥ ", "atMost": "≤ ", "about": "≈ "}.get(value(FG.bound), "")
    number = f"{float(value(FG.value)):,.2f}".rstrip("0").rstrip(".")
    if upper := value(FG.upperValue):
        number += f"–{float(upper):,.0f}"
    if kind == "Amount":
        per = f" per {value(FG.per)}" if value(FG.per) else ""
        return f"{value(FG.amountRole)} {bound}{value(FG.currency)} {number}{per}"
    return f"{bound}{'1:' if value(FG.unit) == 'ratio' else ''}{number} {value(FG.unit)} {value(FG.measure)}".replace(
        "ratio ", ""
    )
