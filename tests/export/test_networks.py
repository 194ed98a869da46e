"""The network is the same for networkx, for a second reader of each format, and for the graph it comes from."""

from __future__ import annotations

import json
from pathlib import Path

import igraph
import networkx as nx
import pytest
from lxml import etree
from rdflib import RDF, Graph, URIRef

import kg
from kg.export import COLOURS, network
from kg.vocab import FG, PREFIXES

HERE = Path(__file__).parent
GEXF = {"g": "http://www.gexf.net/1.2draft", "viz": "http://www.gexf.net/1.2draft/viz"}


def test_an_edge_for_every_relation_and_post(real: Graph) -> None:
    found = network(real)
    facts = {str(f) for kind in (FG.Relation, FG.PostHolding) for f in real.subjects(RDF.type, URIRef(kind))}
    assert len(facts) > 100
    assert {key for *_, key in found.edges(keys=True)} == facts
    for source, target, data in found.edges(data=True):
        fact = URIRef(data["id"])
        ends = {str(o).removeprefix(PREFIXES["fgi"]) for o in real.objects(fact)}
        assert {source, target} <= ends
        assert data["weight"] == len(set(real.objects(fact, URIRef(FG.evidence))))


@pytest.fixture(scope="module", params=["nasty", "seeds"])
def place(request: pytest.FixtureRequest) -> Path:
    """An output folder."""
    found: Path = request.getfixturevalue("out" if request.param == "nasty" else "built")
    return found


def same(left: nx.MultiDiGraph[str]) -> tuple[list[tuple[object, ...]], list[tuple[object, ...]]]:
    """What two readers have to agree on."""
    # XML can't tell these from a space in an attribute, or from a line feed in text.
    nodes = [(n, d["label"], d["type"], d["mentions"], d["colour"], d["names"]) for n, d in left.nodes(data=True)]
    edges = [(a, b, k, d["label"], d["relation"], d["weight"]) for a, b, k, d in left.edges(keys=True, data=True)]
    return sorted(nodes), sorted(edges)


def test_graphml_by_networkx_and_igraph(place: Path, tmp_path: Path) -> None:
    (path,) = kg.export(place, tmp_path / "g.graphml")
    expected = same(network(kg.load(place)))
    assert same(nx.read_graphml(path, force_multigraph=True)) == expected
    read = igraph.Graph.Read_GraphML(str(path))
    names = [v["id"] for v in read.vs]
    nodes = sorted((v["id"], v["label"], v["type"], v["mentions"], v["colour"], v["names"]) for v in read.vs)
    edges = sorted(
        (names[e.source], names[e.target], e["fact"], e["label"], e["relation"], e["weight"]) for e in read.es
    )
    assert (nodes, edges) == expected


def test_gexf_by_networkx_and_by_schema(place: Path, tmp_path: Path) -> None:
    (path,) = kg.export(place, tmp_path / "g.gexf")
    expected = network(kg.load(place))
    nodes, edges = same(expected)
    back = nx.read_gexf(path)
    assert back.is_directed()
    assert set(back.nodes) == set(expected.nodes)
    assert sorted(d["id"] for *_, d in back.edges(data=True)) == sorted(edge[2] for edge in edges)
    tree = etree.parse(path)
    schema = etree.RelaxNG(etree.parse(HERE / "gexf.rng"))
    assert schema.validate(tree), schema.error_log
    ids = {a.get("title"): a.get("id") for a in tree.iterfind(".//g:attributes[@class='node']/g:attribute", GEXF)}
    found = []
    for node in tree.iterfind(".//g:node", GEXF):
        values = {v.get("for"): v.get("value") for v in node.iterfind(".//g:attvalue", GEXF)}
        colour = node.find("viz:color", GEXF)
        shown = "#" + "".join(f"{int(colour.get(c)):02x}" for c in "rgb")
        type_ = values[ids["type"]]
        assert shown == COLOURS[type_]
        found.append(
            (node.get("id"), node.get("label"), type_, int(values[ids["mentions"]]), shown, values[ids["names"]])
        )
    assert sorted(found) == nodes
    read = [
        (e.get("source"), e.get("target"), e.get("id"), e.get("label"), int(e.get("weight")))
        for e in tree.iterfind(".//g:edge", GEXF)
    ]
    assert sorted(read) == [(a, b, k, label, weight) for a, b, k, label, _, weight in edges]


def test_cytoscape_json(place: Path, tmp_path: Path) -> None:
    (path,) = kg.export(place, tmp_path / "g.cyjs")
    data = json.loads(path.read_text(encoding="utf-8"))
    assert data["directed"] and data["multigraph"]
    ids = [n["data"]["id"] for n in data["elements"]["nodes"]]
    edges = [e["data"] for e in data["elements"]["edges"]]
    assert len(set(ids)) == len(ids)
    assert all(e["source"] in ids and e["target"] in ids and e["interaction"] for e in edges)
    assert len({e["id"] for e in edges}) == len(edges)
    for node in data["elements"]["nodes"]:
        assert node["data"]["name"] == node["data"]["label"]
    back = nx.cytoscape_graph(data)
    expected = network(kg.load(place))
    assert same(back) == same(expected)


def test_node_link_json(place: Path, tmp_path: Path) -> None:
    (path,) = kg.export(place, tmp_path / "g.json")
    back = nx.node_link_graph(json.loads(path.read_text(encoding="utf-8")), edges="edges")
    assert same(back) == same(network(kg.load(place)))


def test_nothing_of_today(out: Path, tmp_path: Path) -> None:
    (path,) = kg.export(out, tmp_path / "g.gexf")
    text = path.read_text(encoding="utf-8")
    assert "lastmodifieddate" not in text and "NetworkX" not in text
