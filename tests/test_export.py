"""Exports hold what the graph holds, and other programs can read them."""

from __future__ import annotations

import csv
import io
import json
import os
import subprocess
import sys
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path

import networkx as nx
import pytest
from rdflib import RDF, Dataset, Graph, URIRef
from rdflib.compare import to_isomorphic

import kg
from kg.errors import OutputError
from kg.export import COLOURS, network, tables
from kg.graph.publish import publish
from kg.model import Amount, Count, DocumentInfo, Knowledge, Label, PostHolding, Quote, Relation, Source, Thing
from kg.vocab import ENTITY_TYPES, FG

NASTY = '=1+1 "引號", <b>&amp;</b>\t\x0b\u202e名'


@pytest.fixture(scope="module")
def out(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An output folder whose names and quotes try to break every format."""
    document = DocumentInfo("a.txt", "ab" * 32, "zh-Hant", title=NASTY, date="2024-03-05")
    quote = Quote(0, 5, NASTY, NASTY)
    source = Source((quote,), "rule.test")
    things = tuple(
        Thing(f"{t.lower()}/x{n}", t, (Label(f"{NASTY}{n}", "zh-Hant"),), (Label(f"alias {n}", "en"),), ((document.id, quote),))
        for n, t in enumerate(ENTITY_TYPES)
    )
    person, body, scheme = (t.id for t in things[:3])
    facts = (
        PostHolding(person, "@主席", body, source),
        Relation(body, "operates", scheme, source),
        Relation(body, "funds", scheme, source),
        Amount(scheme, "budget", Decimal(10**9), "HKD", "exact", source),
        Count(scheme, "-企業", Decimal(25), "間", "atLeast", source),
    )
    knowledge = Knowledge((document,), things, tuple((document.id, f) for f in facts))
    folder = tmp_path_factory.mktemp("export") / "out"
    folder.mkdir()
    (folder / "graph.nq").write_text("".join(f"{line}\n" for line in publish(knowledge, version="test")), encoding="utf-8")
    return folder


@pytest.fixture(scope="module")
def graph(out: Path) -> Graph:
    """Its graph."""
    return kg.load(out)


@pytest.mark.parametrize(("form", "reader"), [("ttl", "turtle"), ("nt", "nt"), ("jsonld", "json-ld")])
def test_triples_come_back(out: Path, graph: Graph, tmp_path: Path, form: str, reader: str) -> None:
    (path,) = kg.export(out, tmp_path / f"g.{form}")
    assert to_isomorphic(Graph().parse(path, format=reader)) == to_isomorphic(graph)


@pytest.mark.parametrize(("form", "reader"), [("nq", "nquads"), ("trig", "trig")])
def test_quads_come_back(out: Path, tmp_path: Path, form: str, reader: str) -> None:
    (path,) = kg.export(out, tmp_path / f"g.{form}")
    ours, theirs = Dataset(), Dataset()
    ours.parse(out / "graph.nq", format="nquads")
    theirs.parse(path, format=reader)
    assert set(ours.quads()) == set(theirs.quads())


def test_quads_need_the_graph_of_each_document(out: Path, graph: Graph, tmp_path: Path) -> None:
    with pytest.raises(OutputError, match="E406"):
        kg.export(graph, tmp_path / "g.nq")
    kg.export(out, tmp_path / "g.ttl")
    with pytest.raises(OutputError, match="E406"):
        kg.export(tmp_path / "g.ttl", tmp_path / "g.trig")


@pytest.mark.parametrize(("form", "read"), [("graphml", nx.read_graphml), ("gexf", nx.read_gexf)])
def test_networks_come_back(out: Path, tmp_path: Path, form: str, read: Callable[[Path], nx.Graph]) -> None:
    (path,) = kg.export(out, tmp_path / f"g.{form}")
    found = read(path)
    assert found.number_of_nodes() == len(ENTITY_TYPES)
    assert found.number_of_edges() == 3
    assert sorted(d["label"] for *_, d in found.edges(data=True)) == ["@主席", "funds", "operates"]
    assert {d["type"] for _, d in found.nodes(data=True)} == set(ENTITY_TYPES)
    assert len({d["id"] for *_, d in found.edges(data=True)}) == 3


def test_node_link_json(out: Path, tmp_path: Path) -> None:
    (path,) = kg.export(out, tmp_path / "g.json")
    found = nx.node_link_graph(json.loads(path.read_text(encoding="utf-8")), edges="edges")
    assert found.number_of_edges() == 3


def test_network_has_scalars_only(graph: Graph) -> None:
    found = network(graph)
    values = [v for _, data in found.nodes(data=True) for v in data.values()] + [v for *_, data in found.edges(data=True) for v in data.values()]
    assert values and all(isinstance(v, (str, int)) for v in values)
    assert set(COLOURS) == set(ENTITY_TYPES)


def test_csv_is_lossless(graph: Graph) -> None:
    found = {name: list(csv.DictReader(io.StringIO(text, newline=""))) for name, text in tables(graph).items()}
    assert {name: len(rows) for name, rows in found.items()} == {"things": 6, "posts": 1, "relations": 2, "amounts": 1, "counts": 1}
    assert all(row["quote"] == NASTY for name, rows in found.items() if name != "things" for row in rows)
    amount = found["amounts"][0]
    assert (amount["value"], amount["amountRole"], amount["bound"], amount["file"]) == ("1000000000", "budget", "exact", "a.txt")
    assert (URIRef(amount["fact"]), RDF.type, URIRef(FG.Amount)) in graph


def test_csv_for_excel_runs_nothing(out: Path, tmp_path: Path) -> None:
    paths = kg.export(out, tmp_path / "tables", excel=True)
    assert len(paths) == 5
    for path in paths:
        text = path.read_bytes().decode("utf-8")
        assert text.startswith("\ufeff")
        for row in csv.reader(io.StringIO(text[1:], newline="")):
            assert not [cell for cell in row if cell[:1] in set("=+-@\t\r")]


def test_unknown_format(graph: Graph, tmp_path: Path) -> None:
    with pytest.raises(OutputError, match=r"E405 .*unknown format xlsx"):
        kg.export(graph, tmp_path / "g.xlsx")
    assert list(tmp_path.iterdir()) == []


def test_same_bytes_with_another_hash_seed(out: Path, tmp_path: Path, clean_env: dict[str, str]) -> None:
    code = "import kg, sys\nfor f in 'ttl nt jsonld trig graphml gexf json csv'.split(): kg.export(sys.argv[1], sys.argv[2] + '/g.' + f, form=f)"
    found = []
    for seed in ("1", "77"):
        place = tmp_path / seed
        subprocess.run([sys.executable, "-c", code, str(out), str(place)], env={**clean_env, "PYTHONHASHSEED": seed}, check=True, timeout=120)
        found.append({p.relative_to(place).as_posix(): p.read_bytes() for p in sorted(place.rglob("*")) if p.is_file()})
    assert len(found[0]) == 12
    assert [n for n in found[0] if found[0][n] != found[1][n]] == []


def test_a_failed_write_leaves_the_old_file(out: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    kg.export(out, tmp_path / "g.ttl")
    before = (tmp_path / "g.ttl").read_bytes()

    def full(handle: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(OutputError, match="No space left"):
        kg.export(out, tmp_path / "g.ttl", form="nt")
    assert (tmp_path / "g.ttl").read_bytes() == before
    assert [p.name for p in tmp_path.iterdir()] == ["g.ttl"]
