"""Each named query gives rows, none twice, and the same ones in two engines; names are found in any script."""

from __future__ import annotations

import time
from decimal import Decimal
from typing import Any

import pyoxigraph
import pytest
from rdflib import Graph, Literal, URIRef

from kg.errors import QueryError
from kg.graph.publish import BASE
from kg.graph.queries import bind, find_thing, named_queries
from kg.graph.sparql import run
from kg.vocab import PREFIXES

NAMES = sorted(named_queries())
PREFIX = "".join(f"PREFIX {p}: <{a}>\n" for p, a in PREFIXES.items())


def comparable(value: Any) -> Any:
    """A term of either library as something that can be compared: decimals by value, tags in lower case."""
    if value is None:
        return None
    datatype = str(getattr(value, "datatype", None) or "").strip("<>")
    text = str(getattr(value, "value", value)) if not isinstance(value, (Literal, URIRef)) else str(value)
    if datatype.endswith(("#decimal", "#integer")):
        return Decimal(text)
    return text, (getattr(value, "language", None) or "").lower()


def elsewhere(lines: list[str], text: str, bindings: dict[str, Any] | None = None) -> list[tuple[Any, ...]]:
    """The rows that Oxigraph gives."""
    store = pyoxigraph.Store()
    quads = pyoxigraph.parse("\n".join(lines).encode(), format=pyoxigraph.RdfFormat.N_QUADS)
    store.extend(pyoxigraph.Quad(q.subject, q.predicate, q.object) for q in quads)
    bound = {pyoxigraph.Variable(k): pyoxigraph.NamedNode(str(v)) for k, v in (bindings or {}).items()}
    rows = store.query(PREFIX + text, substitutions=bound) if bound else store.query(PREFIX + text)
    return [tuple(comparable(c) for c in row) for row in rows]  # type: ignore[union-attr, arg-type, misc]


def test_queries_found() -> None:
    assert len(NAMES) >= 19
    assert {"posts", "programmes", "conflicts", "latest", "single-source", "not-understood", "spoken"} <= set(NAMES)


@pytest.mark.parametrize("name", NAMES)
def test_rows_in_both_engines(small: Graph, lines: list[str], name: str) -> None:
    query = named_queries()[name]
    ours = [tuple(comparable(v) for v in row) for row in run(small, query.text).rows]
    assert ours, "no rows"
    assert len(set(ours)) == len(ours), "a row comes twice"
    assert ours == elsewhere(lines, query.text)


@pytest.mark.parametrize("name", [n for n in NAMES if "thing" in named_queries()[n].params])
def test_a_thing_narrows_the_rows(small: Graph, name: str) -> None:
    query = named_queries()[name]
    every = set(run(small, query.text).rows)
    park = set(run(small, query.text, bindings=bind(small, query, {"thing": "乙园"})).rows)
    hostile = run(small, query.text, bindings=bind(small, query, {"thing": BASE + "organisation/hostile"})).rows
    assert park <= every
    assert not hostile


def rows(graph: Graph, name: str, **params: str) -> list[dict[str, Any]]:
    """The rows of a named query as values."""
    query = named_queries()[name]
    return run(graph, query.text, bindings=bind(graph, query, params)).to_dicts()


def test_programmes_side_by_side(small: Graph) -> None:
    found = rows(small, "programmes")
    assert [(r["budget"], r["cap"], r["operatorName"]) for r in found] == [
        (Decimal(4_000_000_000), Decimal(500_000), "甲局"),
        (Decimal(3_000_000_000), Decimal(500_000), "甲局"),
    ]


def test_conflicts_are_of_one_role(small: Graph) -> None:
    found = rows(small, "conflicts")
    assert [(r["value"], r["file"]) for r in found] == [
        (Decimal(3_000_000_000), "甲.txt"),
        (Decimal(4_000_000_000), "b.txt"),
    ]


def test_latest_is_of_the_last_document(small: Graph) -> None:
    assert [(r["value"], r["file"]) for r in rows(small, "latest")] == [(Decimal("25.5"), "b.txt")]


def test_single_source_leaves_out_what_two_say(small: Graph) -> None:
    kinds = [r["kind"].rsplit("#")[-1] for r in rows(small, "single-source")]
    assert "PostHolding" not in kinds
    assert len(kinds) == 12


def test_evidence_of_one_fact(small: Graph) -> None:
    fact = rows(small, "posts") and rows(small, "evidence", thing="李明")[0]["fact"]
    assert {r["fact"] for r in rows(small, "evidence", fact=fact)} == {fact}


def test_counts_by_words(small: Graph) -> None:
    assert len(rows(small, "counts-over-time", words="企")) == 2
    assert rows(small, "counts-over-time", words='") } #') == []


@pytest.mark.parametrize(
    "name",
    [
        "甲局",
        "甲 局",
        "甲　局",
        "「甲局」",
        "bureau a",
        "Bureau A",
        "fgi:organisation/bureau",
        BASE + "organisation/bureau",
    ],
)
def test_a_thing_is_found_by_any_name(small: Graph, name: str) -> None:
    assert find_thing(small, name) == [URIRef(BASE + "organisation/bureau")]


@pytest.mark.parametrize(("name", "near"), [("创科资助计划", "創科"), ("Bureau B", "Bureau A")])
def test_an_unknown_name_suggests_near_ones(small: Graph, name: str, near: str) -> None:
    with pytest.raises(QueryError, match=f"E310 .*did you mean .*{near}"):
        find_thing(small, name)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("SELECT ?s WHERE {", "ends too early, at line 1, column 18"),
        ("SELECT ?s\nWERE { ?s ?p ?o }", "not understood at line 2, column 1: WERE"),
        ("SELECT ?s WHERE { ?s foo:x ?o }", "the prefix foo: is not known"),
        ("SELECT ?s WHERE { FILTER(" + "(" * 500 + "1" + ")" * 500 + ") }", "nested too deeply"),
    ],
)
def test_a_malformed_query_is_said_in_words(small: Graph, text: str, words: str) -> None:
    start = time.monotonic()
    with pytest.raises(QueryError) as caught:
        run(small, text, timeout=10)
    assert caught.value.code == "E301"
    assert words in caught.value.message
    assert caught.value.hint
    assert time.monotonic() - start < 9


def test_rows_without_order_come_sorted(small: Graph) -> None:
    found = [str(r[0]) for r in run(small, "SELECT ?s WHERE { ?s a fg:Evidence }").rows]
    assert len(found) > 10
    assert found == sorted(found)
    turned = [str(r[0]) for r in run(small, "SELECT ?s WHERE { ?s a fg:Evidence } ORDER BY DESC(?s)").rows]
    assert turned == found[::-1]
