"""A store answers as the graph does, is kept on disk beside the output, and can be stopped at any moment."""

from __future__ import annotations

import datetime
import os
import shutil
import time
from decimal import Decimal
from pathlib import Path
from typing import Any

import pyoxigraph as ox
import pytest
from rdflib import Graph, Literal

import kg
from kg.errors import InputError, QueryError
from kg.graph import store as store_module
from kg.graph.answer import NamedQuestion, Question, Rows, Triples, answer, answer_table
from kg.graph.queries import named_queries
from kg.graph.store import Names, graph_names, open_store, source_of
from kg.graph.worker import Worker, Workers, ask_once

EX = "https://example.org/"
ENDLESS = "SELECT (COUNT(*) AS ?n) WHERE { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i . ?j ?k ?l . ?m ?n2 ?o }"
# Of each named query with a parameter, something that the seeds name.
THINGS = ["生产力局", "香港科技園公司", "新型工業化資助計劃", "智能製造中試中心"]


@pytest.fixture
def large(built: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A copy of the built seeds that counts as large."""
    monkeypatch.setattr(store_module, "_SMALL", 0)
    return Path(shutil.copytree(built, tmp_path / "out"))


@pytest.fixture(scope="module")
def store(built: Path) -> ox.Store:
    """The store of the built seeds."""
    return open_store(built)


def rows(result: Any) -> list[tuple[Any, ...]]:
    """The values of a result, numbers as numbers: a store does not keep how a number was written."""
    return [tuple(row.values()) for row in result.to_dicts()]


@pytest.mark.parametrize("name", sorted(named_queries()))
def test_named_queries_answer_alike(store: ox.Store, graph: Graph, name: str) -> None:
    assert rows(answer_table(store, NamedQuestion(name, {}))) == rows(kg.query(graph, name, timeout=0))
    for param in [p for p, what in named_queries()[name].params.items() if not what.startswith("text")]:
        found = 0
        for thing in THINGS:
            try:
                one = kg.query(graph, name, params={param: thing}, timeout=0)
            except QueryError as error:
                assert error.code == "E310"
                continue
            assert rows(answer_table(store, NamedQuestion(name, {param: thing}))) == rows(one)
            found += 1
        assert found


def test_a_parameter_narrows(built: Path) -> None:
    everyone, some = kg.query(built, "posts"), kg.query(built, "posts", params={"thing": "生产力局"})
    assert 0 < len(some.rows) < len(everyone.rows)
    assert {row["bodyName"] for row in some.to_dicts()} == {"生產力局"}


def test_every_triple_once_by_default_and_each_graph_beside(built: Path, graph: Graph) -> None:
    store = open_store(built)
    assert sum(1 for _ in store.quads_for_pattern(None, None, None, ox.DefaultGraph())) == len(graph)
    names = graph_names(store)
    assert len(names) > 5
    ((number,),) = kg.query(built, "SELECT (COUNT(*) AS ?n) WHERE { GRAPH ?g { ?s ?p ?o } }").rows
    assert number is not None and int(number) > len(graph)
    two = kg.query(
        built, f"SELECT DISTINCT ?g FROM NAMED <{names[0]}> FROM NAMED <{names[1]}> WHERE {{ GRAPH ?g {{ ?s ?p ?o }} }}"
    )
    assert [str(g) for (g,) in two.rows] == names[:2]


def test_two_graphs_asked_together_count_a_triple_once(tmp_path: Path) -> None:
    path = tmp_path / "g.nq"
    path.write_text(
        f"<{EX}a> <{EX}b> <{EX}c> <{EX}g1> .\n<{EX}a> <{EX}b> <{EX}c> <{EX}g2> .\n<{EX}x> <{EX}b> <{EX}c> <{EX}g3> .\n"
    )
    both = f"FROM <{EX}g1> FROM <{EX}g2>"
    assert len(kg.query(path, f"SELECT * {both} WHERE {{ ?s ?p ?o }}").rows) == 1
    mixed = f"SELECT * {both} FROM NAMED <{EX}g3> WHERE {{ ?s ?p ?o GRAPH ?g {{ ?x ?p ?o }} }}"
    assert len(kg.query(path, mixed).rows) == 1
    assert not kg.query(path, f"SELECT * FROM NAMED <{EX}g3> WHERE {{ ?s ?p ?o }}").rows


@pytest.mark.parametrize(
    "text",
    [
        "SELECT * FROM <http://127.0.0.1:9/x> WHERE { ?s ?p ?o }",
        "SELECT * FROM <file:///etc/passwd> WHERE { ?s ?p ?o }",
        "SELECT * FROM NAMED <http://127.0.0.1:9/x> WHERE { GRAPH ?g { ?s ?p ?o } }",
        "SELECT * WHERE { SERVICE <http://127.0.0.1:9/> { ?s ?p ?o } }",
        "SELECT * WHERE { SERVICE SILENT <http://127.0.0.1:9/> { ?s ?p ?o } }",
        "LOAD <file:///etc/passwd> # {",
        "PREFIX a: <b:>\n#x\nBASE <a:> INSERT DATA { <a:a> <a:b> <a:c> }",
    ],
)
def test_what_reaches_out_or_changes_is_refused(built: Path, text: str) -> None:
    with pytest.raises(QueryError, match="E302"):
        kg.query(built, text)


def test_a_misspelt_term_is_an_error(built: Path) -> None:
    with pytest.raises(QueryError, match=r"E303 .*did you mean fg:funds"):
        kg.query(built, "SELECT * WHERE { ?s fg:fundz ?o }")


def test_values_keep_their_type(tmp_path: Path) -> None:
    path = tmp_path / "g.ttl"
    path.write_text(
        "@prefix fg: <https://w3id.org/fundgraph/ontology#> . @prefix xsd: <http://www.w3.org/2001/XMLSchema#> .\n"
        '<a:x> fg:value 1234567890123456.78 ; fg:asOf "2024-03-05"^^xsd:date ; fg:title "主席"@zh-Hant .\n',
        encoding="utf-8",
    )
    (row,) = kg.query(path, "SELECT ?v ?d ?t ?none WHERE { ?s fg:value ?v ; fg:asOf ?d ; fg:title ?t }").rows
    assert [None if v is None else v.toPython() for v in row[:2]] == [
        Decimal("1234567890123456.78"),
        datetime.date(2024, 3, 5),
    ]  # type: ignore[attr-defined]
    assert row[2:] == (Literal("主席", lang="zh-Hant"), None)
    assert isinstance(row[2], Literal) and row[2].language == "zh-Hant"


def test_limits_and_forms(built: Path) -> None:
    store = open_store(built)
    found = answer(store, Question("SELECT * WHERE { ?s ?p ?o }", limit=7))
    assert isinstance(found, Rows) and (len(found.rows), found.truncated) == (7, True)
    found = answer(store, Question("CONSTRUCT WHERE { ?s ?p ?o }", limit=7))
    assert isinstance(found, Triples) and (len(found.triples), found.truncated) == (7, True)
    assert answer(store, Question("ASK { ?s ?p ?o }")) is True
    assert kg.query(built, "ASK { ?s fg:funds ?o }").to_dicts() == [{"answer": True}]


def test_unordered_rows_come_sorted(built: Path) -> None:
    names = [str(row[0]) for row in kg.query(built, "SELECT ?s WHERE { ?s a fg:Person }").rows]
    assert names == sorted(names) and len(names) > 5


@pytest.mark.parametrize("timeout", [30, 0])
def test_with_and_without_a_process(built: Path, timeout: float) -> None:
    assert kg.query(built, "programmes", timeout=timeout).rows


def test_a_query_without_end_is_ended_for_real(built: Path) -> None:
    worker = Worker(built, method="fork")
    worker.start()
    process = worker._process
    pid = process.pid
    start = time.monotonic()
    with pytest.raises(QueryError, match="E304"):
        worker.ask(answer, Question(ENDLESS), timeout=1)
    assert time.monotonic() - start < 5
    with pytest.raises(ProcessLookupError):
        os.kill(pid, 0)
    assert worker.ask(answer, Question("ASK {}"), timeout=20) is True
    worker.stop()


def test_a_worker_that_dies_is_replaced(built: Path) -> None:
    worker = Worker(built, method="fork")
    worker.start()
    worker._process.kill()
    with pytest.raises(QueryError, match="E305"):
        worker.ask(answer, Question("ASK {}"), timeout=20)
    assert worker.ask(answer, Question("ASK {}"), timeout=20) is True
    worker.stop()


def test_a_busy_server_says_so(built: Path) -> None:
    workers = Workers(built, count=1, timeout=0.2)
    held = workers._idle.get()
    with pytest.raises(QueryError, match="E306"):
        workers.ask(answer, Question("ASK {}"))
    workers._idle.put(held)
    workers.close()


def _reach_out(store: ox.Store, _: None) -> str:
    import socket

    try:
        socket.create_connection(("127.0.0.1", 9), timeout=2)
    except OSError as error:
        return str(error)
    return "reached"


def test_a_worker_has_no_network(built: Path) -> None:
    assert "reached" not in ask_once(built, _reach_out, None, 20)


def test_a_large_store_is_kept_and_opened_again(large: Path) -> None:
    before = {p.name for p in large.iterdir()}
    store = open_store(large)
    kept = source_of(large).kept
    assert kept.is_dir() and {p.name for p in large.iterdir()} - before == {"store"}
    size = len(store)
    changed = kept.stat().st_mtime_ns
    again = open_store(large)
    assert len(again) == size and kept.stat().st_mtime_ns == changed
    with pytest.raises(Exception, match="read-write"):
        again.add(ox.Quad(ox.NamedNode("a:a"), ox.NamedNode("a:b"), ox.NamedNode("a:c")))
    assert rows(kg.query(large, "programmes"))


def test_a_new_graph_gets_a_new_store(large: Path) -> None:
    size = len(open_store(large))
    old = source_of(large).kept
    with (large / "graph.nq").open("a", encoding="utf-8") as stream:
        stream.write(f"<{EX}a> <{EX}b> <{EX}c> <{EX}g> .\n")
    assert len(open_store(large)) == size + 2
    assert not old.exists() and source_of(large).kept.is_dir()


def test_a_broken_store_is_made_anew(large: Path) -> None:
    size = len(open_store(large))
    for path in source_of(large).kept.glob("*"):
        path.write_bytes(b"x")
    assert len(open_store(large)) == size
    assert (source_of(large).kept / "CURRENT").stat().st_size > 1


def test_a_place_that_cannot_be_written_is_no_hindrance(large: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: Any, **__: Any) -> str:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(store_module.tempfile, "mkdtemp", refuse)
    assert len(open_store(large)) > 1000
    assert not source_of(large).kept.exists()


def test_a_build_replaces_the_store(large: Path, seeds: Path) -> None:
    open_store(large)
    kg.build(sorted(seeds.glob("*.txt"))[:1], out=large, view=False)
    assert not (large / "store").exists()


def test_bad_files_are_named(tmp_path: Path) -> None:
    path = tmp_path / "g.nq"
    path.write_text("this is no graph\n")
    with pytest.raises(InputError, match="E112"):
        kg.query(path, "ASK {}")
    with pytest.raises(InputError, match="E1"):
        kg.query(tmp_path / "missing", "ASK {}")
    (tmp_path / "g.rdf").write_text("<x/>")
    with pytest.raises(InputError, match="E111"):
        kg.query(tmp_path / "g.rdf", "ASK {}")


def test_names_of_a_store(built: Path) -> None:
    names = Names(open_store(built))
    addresses = {address for address, label in names.labels() if label == "生產力局"}
    assert len(addresses) == 1 and names.has(addresses.pop())
    assert not names.has(EX) and not names.has("not an address")
