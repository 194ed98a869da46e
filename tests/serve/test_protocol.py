"""The tests of the W3C's SPARQL 1.1 Protocol suite one by one, under their names, against a running server.

The suite's own data lie elsewhere: its graphs are played by those of three documents. Its update tests ask for writing,
which an endpoint that is only read refuses: each of them must fail with 4xx and change nothing.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode
from xml.etree import ElementTree

import httpx
import pytest

QUERY, UPDATE, FORM = "application/sparql-query", "application/sparql-update", "application/x-www-form-urlencoded"
BOOLEAN = {"application/sparql-results+json", "application/sparql-results+xml"}
TABULAR = BOOLEAN | {"text/csv", "text/tab-separated-values"}
GRAPH = {"text/turtle", "application/n-triples", "application/rdf+xml", "application/ld+json"}
D1 = ("default-graph-uri", "{1}")
DEFAULTS = [("default-graph-uri", "{1}"), ("default-graph-uri", "{2}")]
NAMED = [("named-graph-uri", "{1}"), ("named-graph-uri", "{2}")]
IN_DEFAULTS = "ASK {{ <{4}> a ?type . <{5}> a ?type . }}"
IN_NAMED = "ASK {{ GRAPH ?g1 {{ <{4}> a ?type }} GRAPH ?g2 {{ <{5}> a ?type }} }}"
IN_BOTH = "ASK {{ <{6}> a ?type GRAPH ?g1 {{ <{4}> a ?type }} GRAPH ?g2 {{ <{5}> a ?type }} }}"
FROM = IN_NAMED.replace("ASK", "ASK FROM <{3}>")
ADD = "INSERT DATA {{ <a:a> <a:b> <a:c> }}"


@dataclass(frozen=True)
class Case:
    """A request of the suite and what is to come of it; {1} to {3} are graphs, {4} to {6} something that each has."""

    name: str
    body: str | None = None
    type: str | None = None
    address: list[tuple[str, str]] = field(default_factory=list)
    form: list[tuple[str, str]] | None = None
    method: str = ""
    types: set[str] | None = None
    boolean: bool | None = None
    status: tuple[int, ...] = (200,)
    encoding: str = "utf-8"


CASES = [
    Case("query_post_form", form=[("query", "ASK {{}}")], address=[D1], boolean=True),
    Case("query_dataset_default_graphs_get", address=[("query", IN_DEFAULTS), *DEFAULTS], boolean=True),
    Case("query_dataset_default_graphs_post", IN_DEFAULTS, QUERY, DEFAULTS, boolean=True),
    Case("query_dataset_named_graphs_post", IN_NAMED, QUERY, NAMED, boolean=True),
    Case("query_dataset_named_graphs_get", address=[("query", IN_NAMED), *NAMED], boolean=True),
    Case("query_dataset_full", IN_BOTH, QUERY, [("default-graph-uri", "{3}"), *NAMED], boolean=True),
    Case("query_multiple_dataset", FROM, QUERY, NAMED, boolean=True),
    Case("query_get", address=[("query", "ASK {{}}"), D1], boolean=True),
    Case("query_content_type_select", "SELECT (1 AS ?value) {{}}", QUERY, [D1], types=TABULAR),
    Case("query_content_type_ask", "ASK {{}}", QUERY, [D1], types=BOOLEAN, boolean=True),
    Case("query_content_type_describe", "DESCRIBE <http://example.org/>", QUERY, [D1], types=GRAPH),
    Case("query_content_type_construct", "CONSTRUCT {{ <s> <p> 1 }} WHERE {{}}", QUERY, [D1], types=GRAPH),
    Case("query_post_direct", "ASK {{}}", QUERY, boolean=True),
    Case("bad_query_method", method="PUT", address=[("query", "ASK {{}}")], status=(405,)),
    Case("bad_multiple_queries", address=[("query", "ASK {{}}"), ("query", "SELECT * {{}}")], status=(400,)),
    Case("bad_query_wrong_media_type", "ASK {{}}", "text/plain", status=(415,)),
    Case("bad_query_missing_form_type", "query=ASK%20%7B%7D", status=(415,)),
    Case("bad_query_missing_direct_type", "ASK {{}}", status=(415,)),
    Case("bad_query_non_utf8", "ASK {{}}", f"{QUERY}; charset=UTF-16", status=(415,), encoding="utf-16"),
    Case("bad_query_syntax", address=[("query", "ASK {{")], status=(400,)),
    # Updates: what the suite wants done, and what it wants refused, is all refused here.
    Case("update_dataset_default_graph", ADD, UPDATE, [("using-graph-uri", "{1}")], status=(403,)),
    Case(
        "update_dataset_default_graphs",
        ADD,
        UPDATE,
        [("using-graph-uri", "{1}"), ("using-graph-uri", "{2}")],
        status=(403,),
    ),
    Case("update_dataset_named_graphs", ADD, UPDATE, [("using-named-graph-uri", "{1}")], status=(403,)),
    Case(
        "update_dataset_full",
        ADD,
        UPDATE,
        [("using-graph-uri", "{1}"), ("using-named-graph-uri", "{2}")],
        status=(403,),
    ),
    Case("update_post_form", form=[("update", ADD)], status=(403,)),
    Case("update_post_direct", ADD, UPDATE, status=(403,)),
    Case("update_base_uri", "BASE <http://example.org/> " + ADD, UPDATE, status=(403,)),
    Case("bad_update_get", address=[("update", "CLEAR ALL")], status=(403,)),
    Case("bad_multiple_updates", form=[("update", "CLEAR NAMED"), ("update", "CLEAR DEFAULT")], status=(403,)),
    Case("bad_update_wrong_media_type", "CLEAR NAMED", "text/plain", status=(415,)),
    Case("bad_update_missing_form_type", "update=CLEAR%20NAMED", status=(415,)),
    Case("bad_update_non_utf8", ADD, f"{UPDATE}; charset=UTF-16", status=(415,), encoding="utf-16"),
    Case("bad_update_syntax", form=[("update", "CLEAR XYZ")], status=(403,)),
    Case(
        "bad_update_dataset_conflict", form=[("using-named-graph-uri", "{1}"), ("update", "CLEAR ALL")], status=(403,)
    ),
    # Beside the suite: the same ways round, and other ways not to ask.
    Case("no dataset that is not there", address=[("query", IN_DEFAULTS), D1], boolean=False),
    Case("dataset in the form", form=[("query", IN_DEFAULTS), *DEFAULTS], boolean=True),
    Case("charset in the type", "ASK {{}}", f'{QUERY};charset="UTF8"', boolean=True),
    Case("a slash at the end", "ASK {{}}", QUERY, boolean=True),
    Case("update as a query", address=[("query", ADD)], status=(403,)),
    Case("update and query", form=[("query", "ASK {{}}"), ("update", "CLEAR ALL")], status=(403,)),
    Case("query in address and body", "ASK {{}}", QUERY, [("query", "ASK {{}}")], status=(400,)),
    Case("form without a query", form=[("x", "y")], status=(400,)),
    Case("empty query", address=[("query", "")], status=(400,)),
    Case("bytes that are no text", "ÿ", QUERY, status=(400,), encoding="latin-1"),
    Case("bytes in a form that are no text", "query=%FF", FORM, status=(400,)),
    Case("unknown charset", "ASK {{}}", f"{QUERY}; charset=x", status=(415,)),
    Case("delete", method="DELETE", status=(405,)),
    Case(
        "graph elsewhere", address=[("query", "ASK {{}}"), ("default-graph-uri", "http://127.0.0.1:9/x")], status=(403,)
    ),
    Case(
        "named graph elsewhere",
        address=[("query", "ASK {{}}"), ("named-graph-uri", "file:///etc/passwd")],
        status=(403,),
    ),
    Case("FROM elsewhere", "SELECT * FROM <http://127.0.0.1:9/x> {{ ?s ?p ?o }}", QUERY, status=(403,)),
    Case("another server", "SELECT * {{ SERVICE <http://127.0.0.1:9/> {{ ?s ?p ?o }} }}", QUERY, status=(403,)),
    Case("misspelt term", "SELECT * {{ ?s fg:fundz ?o }}", QUERY, status=(400,)),
    Case("too long", "#" * (1024**2 + 1), QUERY, status=(413,)),
]


def send(client: httpx.Client, case: Case, graphs: list[str], **headers: str) -> httpx.Response:
    """The answer to the request of a case."""

    def filled(text: str) -> str:
        return text.format(None, *graphs)

    def pairs(listed: list[tuple[str, str]]) -> str:
        return urlencode([(name, filled(value)) for name, value in listed])

    content = None if case.body is None else filled(case.body).encode(case.encoding)
    kind = case.type
    if case.form is not None:
        content, kind = pairs(case.form).encode(), FORM
    method = case.method or ("GET" if content is None else "POST")
    path = "sparql/" if "slash" in case.name else "sparql"
    sent = {**({"content-type": kind} if kind else {}), **headers}
    return client.request(method, f"{path}?{pairs(case.address)}", content=content, headers=sent)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_protocol(client: httpx.Client, documents: list[str], case: Case) -> None:
    answer = send(client, case, documents)
    assert answer.status_code in case.status, answer.text[:300]
    kind = answer.headers["content-type"].partition(";")[0]
    if answer.status_code != 200:
        assert kind == "text/plain" and answer.text.strip()
    if case.types:
        assert kind in case.types
    if case.boolean is not None:
        assert answer.json() == {"head": {}, "boolean": case.boolean}
        again = send(client, case, documents, accept="application/sparql-results+xml")
        (found,) = ElementTree.fromstring(again.text).iter("{http://www.w3.org/2005/sparql-results#}boolean")
        assert found.text == str(case.boolean).lower()


def test_the_whole_suite_is_here() -> None:
    suite = [case for case in CASES if case.name.startswith(("query_", "update_", "bad_"))]
    assert len(suite) == 34 == len({case.name for case in suite})


def test_nothing_was_changed(client: httpx.Client) -> None:
    assert client.get("sparql", params={"query": "ASK { GRAPH ?g { <a:a> <a:b> <a:c> } }"}).json()["boolean"] is False
    assert client.get("sparql", params={"query": "ASK { <a:a> <a:b> <a:c> }"}).json()["boolean"] is False


SELECT, CONSTRUCT = "SELECT ?s WHERE { ?s a fg:Person } LIMIT 3", "CONSTRUCT WHERE { ?s a fg:Person }"


@pytest.mark.parametrize(
    ("query", "accept", "kind"),
    [
        (SELECT, None, "application/sparql-results+json"),
        (SELECT, "*/*", "application/sparql-results+json"),
        (SELECT, "text/html,application/xhtml+xml,*/*;q=0.8", "application/sparql-results+json"),
        (SELECT, "application/json", "application/json"),
        (SELECT, "text/xml", "text/xml"),
        (SELECT, "text/csv;q=0.5, text/tab-separated-values", "text/tab-separated-values"),
        (SELECT, "text/*", "text/csv"),
        (SELECT, "application/sparql-results+xml;q=0.9, text/csv;q=0.8", "application/sparql-results+xml"),
        (SELECT, "application/sparql-results+json;q=0, */*", "application/sparql-results+xml"),
        (SELECT, "text/turtle", None),
        (SELECT, "image/png", None),
        (CONSTRUCT, None, "text/turtle"),
        (CONSTRUCT, "application/n-triples", "application/n-triples"),
        (CONSTRUCT, "text/plain", "text/plain"),
        (CONSTRUCT, "application/rdf+xml", "application/rdf+xml"),
        (CONSTRUCT, "application/ld+json", "application/ld+json"),
        (CONSTRUCT, "text/csv", None),
    ],
)
def test_content_negotiation(client: httpx.Client, query: str, accept: str | None, kind: str | None) -> None:
    headers: dict[str, Any] = {"accept": accept} if accept else {}
    request = client.build_request("GET", "sparql", params={"query": query}, headers=headers)
    if accept is None:
        del request.headers["accept"]
    answer = client.send(request)
    if kind is None:
        assert answer.status_code == 406 and "can be had as" in answer.text
    else:
        assert answer.status_code == 200 and "accept" in answer.headers["vary"].lower()
        assert answer.headers["content-type"].partition(";")[0] == kind


def test_head(client: httpx.Client) -> None:
    answer = client.head("sparql", params={"query": "ASK {}"})
    assert answer.status_code == 200 and not answer.content


def test_limits_end_the_work(client: httpx.Client) -> None:
    endless = "SELECT (COUNT(*) AS ?n) WHERE { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i . ?j ?k ?l }"
    answer = client.get("sparql", params={"query": endless})
    assert answer.status_code == 503 and "E304" in answer.text and answer.headers["retry-after"]
    assert client.get("sparql", params={"query": "ASK {}"}).json()["boolean"] is True
    cut = client.get("sparql", params={"query": "SELECT * WHERE { ?s ?p ?o }"})
    assert len(cut.json()["results"]["bindings"]) == 5000 and cut.headers["x-sparql-maxrows"] == "5000"
    whole = client.get("sparql", params={"query": "SELECT * WHERE { ?s a fg:Person }"})
    assert "x-sparql-maxrows" not in whole.headers


def test_a_misspelt_term_comes_with_a_suggestion(client: httpx.Client) -> None:
    assert "did you mean fg:funds?" in client.get("sparql", params={"query": "SELECT * { ?s fg:fundz ?o }"}).text
