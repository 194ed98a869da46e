"""Exports hold what the graph holds, and other programs can read them."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import networkx as nx
import pytest
from rdflib import Dataset, Graph
from rdflib.compare import to_isomorphic

import kg
from kg.errors import OutputError
from kg.export import COLOURS, network
from kg.vocab import ENTITY_TYPES


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
    assert len({d["fact" if form == "graphml" else "id"] for *_, d in found.edges(data=True)}) == 3


def test_node_link_json(out: Path, tmp_path: Path) -> None:
    (path,) = kg.export(out, tmp_path / "g.json")
    found = nx.node_link_graph(json.loads(path.read_text(encoding="utf-8")), edges="edges")
    assert found.number_of_edges() == 3


def test_network_has_scalars_only(graph: Graph) -> None:
    found = network(graph)
    values = [v for _, data in found.nodes(data=True) for v in data.values()] + [
        v for *_, data in found.edges(data=True) for v in data.values()
    ]
    assert values and all(isinstance(v, (str, int)) for v in values)
    assert set(COLOURS) == set(ENTITY_TYPES)


@pytest.mark.parametrize("form", ["nq", "trig"])
def test_language_tags_keep_their_case(out: Path, tmp_path: Path, form: str, nasty: str) -> None:
    (path,) = kg.export(out, tmp_path / f"g.{form}")
    text = path.read_text(encoding="utf-8")
    assert "@zh-Hant" in text and "@zh-hant" not in text


def test_quads_are_the_bytes_of_the_build(built: Path, tmp_path: Path) -> None:
    (path,) = kg.export(built, tmp_path / "g.nq")
    assert path.read_bytes() == (built / "graph.nq").read_bytes()


def test_unknown_format(graph: Graph, tmp_path: Path) -> None:
    with pytest.raises(OutputError, match=r"E405 .*unknown format xlsx"):
        kg.export(graph, tmp_path / "g.xlsx")
    assert list(tmp_path.iterdir()) == []


def test_same_bytes_with_another_hash_seed(out: Path, tmp_path: Path, clean_env: dict[str, str]) -> None:
    code = "import kg, sys\nfor f in 'ttl nt jsonld nq trig graphml gexf json cyjs csv parquet'.split(): kg.export(sys.argv[1], sys.argv[2] + '/g.' + f, form=f)"
    found = []
    for seed in ("1", "77"):
        place = tmp_path / seed
        subprocess.run(
            [sys.executable, "-c", code, str(out), str(place)],
            env={**clean_env, "PYTHONHASHSEED": seed},
            check=True,
            timeout=120,
        )
        found.append({p.relative_to(place).as_posix(): p.read_bytes() for p in sorted(place.rglob("*")) if p.is_file()})
    assert len(found[0]) == 9 + 7 + 6
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


def test_excel_is_about_csv(out: Path, tmp_path: Path) -> None:
    with pytest.raises(OutputError, match="E405"):
        kg.export(out, tmp_path / "g.ttl", excel=True)
