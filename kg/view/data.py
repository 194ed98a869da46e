"""RDF → what the view shows: nodes with names and facts, edges with evidence."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from rdflib import RDF, SKOS, Graph, URIRef

from kg.ask import fact_line, label
from kg.graph.queries import find_thing
from kg.language.script import name_key
from kg.vocab import ENTITY_TYPES, FG, NAMESPACE, PREFIXES

_ORG = PREFIXES["org"]


@dataclass(slots=True)
class Node:
    """A thing of the view."""

    id: str
    label: str
    type: str
    kind: str
    names: list[str]
    keys: list[str]
    mentions: int
    facts: list[int] = field(default_factory=list)


@dataclass(slots=True)
class Edge:
    """A relation or post between two things; `facts` are places in the list of facts."""

    source: str
    target: str
    predicate: str
    title: str
    facts: list[int]


@dataclass(slots=True)
class ViewData:
    """Everything that the page holds."""

    nodes: dict[str, Node]
    edges: list[Edge]
    facts: list[dict[str, Any]]
    unread: list[dict[str, str]]


def view_data(graph: Graph, *, focus: str | None = None, depth: int = 1) -> ViewData:
    """Return the things of a graph and what joins them; with a focus, only those within some steps of it."""
    nodes = {}
    for type_ in ENTITY_TYPES:
        for thing in sorted(graph.subjects(RDF.type, URIRef(NAMESPACE + type_))):
            names = sorted({str(o) for p in (SKOS.prefLabel, SKOS.altLabel) for o in graph.objects(thing, p)})
            kind = graph.value(thing, URIRef(_ORG + "classification"))
            main = label(graph, thing)
            names = [main, *(n for n in names if n != main)]
            mentions = sum(1 for _ in graph.objects(thing, URIRef(FG.mention)))
            keys = sorted({name_key(n) for n in names})
            nodes[str(thing)] = Node(str(thing), main, type_, str(kind)[len(NAMESPACE) :] if kind else "", names, keys, mentions)
    facts: list[dict[str, Any]] = []
    edges: dict[tuple[str, str, str], Edge] = {}
    for fact in sorted(graph.subjects(RDF.type, URIRef(FG.Fact))):
        _add_fact(graph, fact, nodes, edges, facts)
    data = ViewData(nodes, [edges[k] for k in sorted(edges)], facts, _unread(graph))
    return _around(data, {str(t) for t in find_thing(graph, focus)}, depth) if focus else data


def _add_fact(graph: Graph, fact: Any, nodes: dict[str, Node], edges: dict[tuple[str, str, str], Edge], facts: list[dict[str, Any]]) -> None:
    line = fact_line(graph, fact)
    ends: tuple[Any, Any]
    if line.kind == "PostHolding":
        ends, predicate = (graph.value(fact, URIRef(_ORG + "member")), graph.value(fact, URIRef(_ORG + "organization"))), "post"
        title = str(graph.value(fact, URIRef(FG.title)))
    elif line.kind == "Relation":
        ends = (graph.value(fact, RDF.subject), graph.value(fact, RDF.object))
        predicate = title = str(graph.value(fact, RDF.predicate))[len(NAMESPACE) :]
    else:
        ends, predicate, title = (graph.value(fact, URIRef(FG.concerns)), graph.value(fact, URIRef(FG.funder))), "", ""
    number = len(facts)
    facts.append(
        {
            "kind": line.kind,
            "text": line.text,
            "rule": line.rule,
            "evidence": [{"quote": e.quote, "sentence": e.sentence, "file": e.file, "start": e.start, "end": e.end} for e in line.evidence],
        }
    )
    for end in {str(e) for e in ends if e is not None and str(e) in nodes}:
        nodes[end].facts.append(number)
    if predicate and all(str(e) in nodes for e in ends):
        edge = edges.setdefault((str(ends[0]), str(ends[1]), predicate), Edge(str(ends[0]), str(ends[1]), predicate, title, []))
        edge.facts.append(number)


def _unread(graph: Graph) -> list[dict[str, str]]:
    found = []
    for passage in graph.subjects(RDF.type, URIRef(FG.NotUnderstood)):
        evidence = graph.value(passage, URIRef(FG.evidence))
        quote, document = graph.value(evidence, URIRef(FG.quote)), graph.value(evidence, URIRef(FG.inDocument))
        file = graph.value(document, URIRef(FG.fileName))
        found.append({"reason": str(graph.value(passage, URIRef(FG.reason))), "quote": str(quote), "file": str(file)})
    return sorted(found, key=lambda u: (u["file"], u["quote"]))


def _around(data: ViewData, wanted: set[str], depth: int) -> ViewData:
    for _ in range(depth):
        wanted |= {e.target for e in data.edges if e.source in wanted} | {e.source for e in data.edges if e.target in wanted}
    edges = [e for e in data.edges if e.source in wanted and e.target in wanted]
    nodes = {i: n for i, n in data.nodes.items() if i in wanted}
    kept: list[Node | Edge] = [*nodes.values(), *edges]
    number = {old: new for new, old in enumerate(sorted({f for shown in kept for f in shown.facts}))}
    for shown in kept:
        shown.facts = [number[f] for f in shown.facts]
    return ViewData(nodes, edges, [data.facts[f] for f in number], [])


__all__ = ["Edge", "Node", "ViewData", "view_data"]
