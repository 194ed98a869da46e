"""The things and their relations as a network, for networkx, Gephi, Cytoscape and igraph."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Iterable
from typing import Any

import networkx as nx
from rdflib import RDF, Graph, URIRef
from rdflib.term import Node

from kg.ask import label
from kg.export.tables import names_of, type_of
from kg.vocab import ENTITY_TYPES, FG, NAMESPACE, PREFIXES

_ORG = PREFIXES["org"]
# What XML 1.0 can't hold: a writer would make a file that no reader opens.
_NOT_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_HEAD = '<?xml version="1.0" encoding="UTF-8"?>\n'
_META = re.compile("<meta\\b.*?</meta>", re.DOTALL)
COLOURS = {
    "Person": "#b35806",
    "Organisation": "#2166ac",
    "Programme": "#1b7837",
    "Facility": "#762a83",
    "Policy": "#8c6d1f",
    "Event": "#c51b7d",
}


def network(graph: Graph) -> nx.MultiDiGraph[str]:
    """Return the things and their relations as a networkx graph with scalar attributes only.

    Nodes have ``label``, ``type``, ``kind``, ``mentions``, ``names``, ``colour`` and ``iri``; edges ``label``,
    ``relation``, ``weight`` (how many quotes say so) and a unique ``id``. Post holdings are edges from the person to
    the body, with the title as their label and ``post`` as their relation.
    """
    found: nx.MultiDiGraph[str] = nx.MultiDiGraph()
    things = {t for c in ENTITY_TYPES for t in graph.subjects(RDF.type, URIRef(NAMESPACE + c))}
    for type_, thing in sorted((type_of(graph, t), t) for t in things):
        kind = graph.value(thing, URIRef(_ORG + "classification"))
        found.add_node(
            _name(thing),
            label=_clean(label(graph, thing)),
            type=type_,
            kind="" if kind is None else str(kind).removeprefix(NAMESPACE),
            mentions=len(set(graph.objects(thing, URIRef(FG.mention)))),
            names=_clean("|".join(names_of(graph, thing))),
            colour=COLOURS[type_],
            iri=str(thing),
        )
    for fact, source, relation, word, target in sorted(_edges(graph)):
        weight = len(set(graph.objects(URIRef(fact), URIRef(FG.evidence))))
        found.add_edge(source, target, key=fact, id=fact, label=_clean(word), relation=relation, weight=weight)
    return found


def _edges(graph: Graph) -> Iterable[tuple[str, str, str, str, str]]:
    """Yield (fact, source, relation, words, target)."""
    for fact in graph.subjects(RDF.type, URIRef(FG.Relation)):
        ends = graph.value(fact, RDF.subject), graph.value(fact, RDF.object)
        word = str(graph.value(fact, RDF.predicate)).removeprefix(NAMESPACE)
        yield str(fact), _name(ends[0]), word, word, _name(ends[1])
    for fact in graph.subjects(RDF.type, URIRef(FG.PostHolding)):
        person, body = graph.value(fact, URIRef(_ORG + "member")), graph.value(fact, URIRef(_ORG + "organization"))
        title = min(graph.objects(fact, URIRef(FG.title)), key=str)
        yield str(fact), _name(person), "post", str(title), _name(body)


def _name(thing: Node | None) -> str:
    return str(thing).removeprefix(PREFIXES["fgi"])


def _clean(text: str) -> str:
    return _NOT_XML.sub("\ufffd", text)


def graphml(graph: Graph) -> str:
    """Return the network as GraphML; the address of an edge's fact is its XML id and its ``fact``."""
    found = network(graph)
    for *_, data in found.edges(data=True):
        # The key becomes the edge's XML id; data of that name too make igraph complain.
        data["fact"] = data.pop("id")
    return _HEAD + "\n".join(nx.generate_graphml(found, prettyprint=True)) + "\n"


def gexf(graph: Graph) -> str:
    """Return the network as GEXF for Gephi: label, weight and type, coloured by type, sized by mentions."""
    found = network(graph)
    for _, data in found.nodes(data=True):
        red, green, blue = (int(data["colour"][i : i + 2], 16) for i in (1, 3, 5))
        size = round(6 + 4 * math.sqrt(data["mentions"]), 2)
        data["viz"] = {"color": {"r": red, "g": green, "b": blue, "a": 1.0}, "size": size}
    text = _HEAD + "\n".join(nx.generate_gexf(found, prettyprint=True)) + "\n"
    # networkx stamps today's date and its version, which would make two exports differ.
    return _META.sub("<meta>\n    <creator>fundgraph</creator>\n  </meta>", text, count=1)


def node_link(graph: Graph) -> str:
    """Return the network as node-link JSON, as networkx and d3 have it."""
    return _json(nx.node_link_data(network(graph), edges="edges"))


def cytoscape(graph: Graph) -> str:
    """Return the network as Cytoscape JSON: elements for Cytoscape.js; name and interaction for the desktop program."""
    data: dict[str, Any] = nx.cytoscape_data(network(graph))
    data["data"] = {"name": "fundgraph", "shared_name": "fundgraph"}
    for node in data["elements"]["nodes"]:
        about = node["data"]
        about |= {"name": about["label"], "shared_name": about["label"]}
    for edge in data["elements"]["edges"]:
        about = edge["data"]
        about |= {"interaction": about["relation"], "name": about["label"]}
    return _json(data)


def _json(data: Any) -> str:
    return json.dumps(data, ensure_ascii=False, indent=1, sort_keys=True) + "\n"
