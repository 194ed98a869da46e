"""Queries answer from the graph alone: nothing is fetched, read, changed or run for ever."""

from __future__ import annotations

import datetime
import time
from decimal import Decimal

import pytest
from rdflib import Graph, Literal, URIRef

from kg.errors import QueryError
from kg.graph.queries import bind, named_queries
from kg.graph.sparql import check, run
from kg.vocab import FG, NAMESPACE

EX = "https://example.org/"
REACHING_OUT = {
    "service": "SELECT * WHERE { SERVICE <http://example.org/> { ?s ?p ?o } }",
    "silent service in a sub-select": "SELECT * WHERE { { SELECT * WHERE { SERVICE SILENT <http://example.org/> { ?s ?p ?o } } } }",
    "service in a filter": "SELECT * WHERE { ?s ?p ?o FILTER EXISTS { SERVICE <http://example.org/> { ?s ?p ?o } } }",
    "service in an option": "SELECT * WHERE { ?s ?p ?o OPTIONAL { SERVICE <http://example.org/> { ?s ?q ?r } } }",
    "service in a union": "SELECT * WHERE { { ?s ?p ?o } UNION { SERVICE <http://example.org/> { ?s ?q ?r } } }",
    "from a file": "SELECT * FROM <file:///etc/passwd> WHERE { ?s ?p ?o }",
    "from an address": "SELECT * FROM <http://example.org/x.ttl> WHERE { ?s ?p ?o }",
    "from named": "SELECT * FROM NAMED <http://example.org/x.ttl> WHERE { GRAPH ?g { ?s ?p ?o } }",
    "construct from": "CONSTRUCT { ?s ?p ?o } FROM <file:///etc/passwd> WHERE { ?s ?p ?o }",
    "ask from": "ASK FROM <file:///etc/passwd> { ?s ?p ?o }",
    "describe from": "DESCRIBE ?s FROM <file:///etc/passwd> WHERE { ?s ?p ?o }",
}
CHANGES = [
    "INSERT DATA { <a:a> <a:b> <a:c> }",
    "DELETE WHERE { ?s ?p ?o }",
    "LOAD <file:///etc/passwd>",
    "CLEAR ALL",
    "DROP ALL",
    "PREFIX ex: <https://example.org/>\nINSERT DATA { ex:a ex:b ex:c }",
]


@pytest.fixture
def graph() -> Graph:
    """Twenty funds relations, a number and a date."""
    found = Graph()
    for n in range(20):
        found.add((URIRef(f"{EX}a{n}"), URIRef(FG.funds), URIRef(f"{EX}b{n}")))
    found.add((URIRef(EX + "x"), URIRef(FG.value), Literal(Decimal("1234567890123456.78"))))
    found.add((URIRef(EX + "x"), URIRef(FG.asOf), Literal(datetime.date(2024, 3, 5))))
    return found


@pytest.mark.parametrize("text", REACHING_OUT.values(), ids=REACHING_OUT.keys())
def test_what_reaches_out_is_refused(graph: Graph, text: str) -> None:
    with pytest.raises(QueryError, match="E302"):
        run(graph, text)


@pytest.mark.parametrize("text", CHANGES)
def test_what_changes_is_refused(graph: Graph, text: str) -> None:
    before = len(graph)
    with pytest.raises(QueryError, match=r"E30[12]"):
        run(graph, text)
    assert len(graph) == before


@pytest.mark.parametrize("local", ["fundz", "organisation", "Programm", "ammountRole"])
def test_a_misspelt_term_is_an_error(local: str) -> None:
    with pytest.raises(QueryError, match=r"E303 .*did you mean"):
        check(f"SELECT * WHERE {{ ?s fg:{local} ?o }}")
    with pytest.raises(QueryError, match="E303"):
        check(f"SELECT * WHERE {{ ?s <{NAMESPACE}{local}> ?o }}")


def test_malformed() -> None:
    with pytest.raises(QueryError, match="E301"):
        check("SELECT ?s WHERE {")


def test_select(graph: Graph) -> None:
    result = run(graph, "SELECT ?s WHERE { ?s fg:funds ?o } ORDER BY ?s")
    assert result.columns == ("s",)
    assert len(result.rows) == 20
    assert not result.truncated


def test_the_row_limit_is_said(graph: Graph) -> None:
    result = run(graph, "SELECT ?s WHERE { ?s fg:funds ?o }", limit=5)
    assert (len(result.rows), result.truncated) == (5, True)


def test_ask_and_construct(graph: Graph) -> None:
    assert run(graph, "ASK { ?s fg:funds ?o }").to_dicts() == [{"answer": True}]
    assert run(graph, "CONSTRUCT { ?o fg:funds ?s } WHERE { ?s fg:funds ?o }").columns == (
        "subject",
        "predicate",
        "object",
    )


def test_values_keep_their_type(graph: Graph) -> None:
    (row,) = run(graph, "SELECT ?v ?d ?none WHERE { ?s fg:value ?v ; fg:asOf ?d }").to_dicts()
    assert row == {"v": Decimal("1234567890123456.78"), "d": datetime.date(2024, 3, 5), "none": None}


def test_to_pandas(graph: Graph) -> None:
    frame = run(graph, "SELECT ?v ?d WHERE { ?s fg:value ?v ; fg:asOf ?d }").to_pandas()
    assert list(frame.columns) == ["v", "d"]
    assert isinstance(frame["v"][0], Decimal)


def test_html_escapes(graph: Graph) -> None:
    graph.add((URIRef(EX + "y"), URIRef(FG.quote), Literal("<script>alert(1)</script>")))
    page = run(graph, "SELECT ?q WHERE { ?s fg:quote ?q }")._repr_html_()
    assert "<script>" not in page and "&lt;script&gt;" in page


@pytest.mark.parametrize("name", ['"} INSERT DATA { <a:a> <a:b> <a:c> } #', "back\\slash", "line\nbreak", "?s ?p ?o"])
def test_a_parameter_is_data(graph: Graph, name: str) -> None:
    before = len(graph)
    graph.add((URIRef(EX + "y"), URIRef(FG.quote), Literal(name)))
    result = run(graph, "SELECT ?s WHERE { ?s fg:quote ?q }", bindings={"q": Literal(name)})
    assert [str(r[0]) for r in result.rows] == [EX + "y"]
    assert len(graph) == before + 1


@pytest.mark.parametrize(
    "text",
    [
        "SELECT (COUNT(*) AS ?n) WHERE { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i . ?j ?k ?l . ?m ?n2 ?o }",
        'SELECT * WHERE { ?s ?p ?o FILTER(REGEX("aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaab", "^(a+)+$")) }',
    ],
    ids=["product", "regex"],
)
def test_a_query_without_end_is_ended(graph: Graph, text: str) -> None:
    start = time.monotonic()
    with pytest.raises(QueryError, match="E304"):
        run(graph, text, timeout=1)
    assert time.monotonic() - start < 5


def test_named_queries_are_described_and_allowed() -> None:
    queries = named_queries()
    assert len(queries) >= 10
    for query in queries.values():
        check(query.text)
        assert query.title and query.title_zh and query.description
        for name in query.params:
            assert f"?{name}" in query.text


def test_unknown_parameter() -> None:
    with pytest.raises(QueryError, match="its parameters: thing"):
        bind(Graph(), named_queries()["posts"], {"person": "x"})


@pytest.mark.parametrize("name", sorted(named_queries()))
def test_named_queries_are_told_in_chinese_too(name: str) -> None:
    query = named_queries()[name]
    told = [query.title_zh, query.description_zh, *query.params_zh.values()]
    assert all(any("\u4e00" <= c <= "\u9fff" for c in text) for text in told)
    assert list(query.params_zh) == list(query.params)
