"""Words that reach outside are found wherever they stand, and nowhere else; parameters stay data."""

from __future__ import annotations

import pyoxigraph as ox
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kg.errors import QueryError
from kg.graph.syntax import check_words, tokens, with_values

REFUSED = [
    "SELECT * { SERVICE <a:b> { ?s ?p ?o } }",
    "SELECT*{service<a:b>{?s ?p ?o}}",
    "SELECT * { # a remark\nSERVICE SILENT ?x { } }",
    "SELECT * { ?s ?p '''it's''' SERVICE <a:b> {} }",
    'SELECT * { ?s ?p "\\"" SERVICE <a:b> {} }',
    "SELECT * { FILTER(?a <?b) SERVICE <a:b> {} FILTER(?c > 3) }",
    "select * { ?s ?p ?o } ; DROP ALL",
    "INSERT DATA { <a:a> <a:b> <a:c> }",
    "\ufeffLOAD <file:///etc/passwd>",
]
ALLOWED = [
    "SELECT ?service WHERE { ?service ?load ?o }",
    "SELECT * { ?s <https://service.example.org/service> 'SERVICE' }",
    'SELECT * { ?s ?p "INSERT \\" DELETE" } # SERVICE',
    'SELECT * { ?s ?p """ "SERVICE" \n LOAD """ }',
    "PREFIX service: <a:> SELECT * { ?s service:load ?o ; service:SERVICE service: }",
    "SELECT * { ?s ?p 'x'@load }",
]


@pytest.mark.parametrize("text", REFUSED)
def test_refused(text: str) -> None:
    with pytest.raises(QueryError, match="E302"):
        check_words(text)


@pytest.mark.parametrize("text", ALLOWED)
def test_allowed(text: str) -> None:
    check_words(text)


@given(st.text(max_size=80))
def test_tokens_lose_nothing(text: str) -> None:
    place = 0
    for _, token, start in tokens(text):
        assert text[start : start + len(token)] == token and start >= place
        place = start + len(token)


@given(st.text(st.characters(exclude_categories=["Cs"]), max_size=40))
def test_a_bound_text_is_only_that_text(value: str) -> None:
    text = with_values("SELECT ?v WHERE { }", {"v": ox.Literal(value)})
    check_words(text)
    found = ox.Store().query(text)
    assert isinstance(found, ox.QuerySolutions)
    assert [row["v"] for row in found] == [ox.Literal(value)]


def test_where_parameters_go() -> None:
    node = ox.NamedNode("a:b")
    assert with_values("SELECT ?x { ?x ?p ?o }", {"x": node}) == "SELECT ?x { VALUES ?x { <a:b> } ?x ?p ?o }"
    text = with_values("CONSTRUCT { ?x ?p ?o } WHERE { ?x ?p ?o }", {"x": node})
    assert text.startswith("CONSTRUCT { ?x ?p ?o } WHERE { VALUES")
    assert with_values("ASK {}", {}) == "ASK {}"
    with pytest.raises(QueryError, match="E301"):
        with_values("DESCRIBE <a:b>", {"x": node})
