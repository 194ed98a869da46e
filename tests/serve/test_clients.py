"""Clients that nobody here wrote ask the running server, in every format that they know."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any

import pytest
from rdflib import Graph, URIRef
from rdflib.namespace import RDF
from rdflib.plugins.stores.sparqlstore import SPARQLStore
from SPARQLWrapper import (
    CSV,
    GET,
    JSON,
    JSONLD,
    N3,
    POST,
    POSTDIRECTLY,
    RDFXML,
    TSV,
    TURTLE,
    URLENCODED,
    XML,
    SPARQLWrapper,
)

import kg
from kg.vocab import FG, PREFIXES

SELECT = "SELECT ?person ?name WHERE { ?person a fg:Person ; skos:prefLabel ?name } ORDER BY ?person STR(?name)"
CONSTRUCT = "CONSTRUCT { ?person a fg:Person } WHERE { ?person a fg:Person }"


@pytest.fixture(scope="module")
def people(graph: Graph) -> list[str]:
    """The names of persons, from the graph itself."""
    return [str(row["name"]) for row in kg.query(graph, SELECT).to_dicts()]


@pytest.fixture
def wrapper(address: str) -> SPARQLWrapper:
    """A SPARQLWrapper at the endpoint."""
    return SPARQLWrapper(f"{address}sparql")


@pytest.mark.parametrize(("method", "how"), [(GET, URLENCODED), (POST, URLENCODED), (POST, POSTDIRECTLY)])
@pytest.mark.parametrize("form", [JSON, XML, CSV, TSV])
def test_sparqlwrapper_select(wrapper: SPARQLWrapper, people: list[str], method: str, how: str, form: str) -> None:
    wrapper.setMethod(method)
    wrapper.setRequestMethod(how)
    wrapper.setReturnFormat(form)
    wrapper.setQuery(SELECT)
    found: Any = wrapper.queryAndConvert()
    if form == JSON:
        assert [row["name"]["value"] for row in found["results"]["bindings"]] == people
        assert found["results"]["bindings"][0]["name"]["xml:lang"] in {"zh-Hant", "zh-Hans", "en"}
    elif form == XML:
        assert [
            b.firstChild.firstChild.data
            for b in found.getElementsByTagName("binding")
            if b.getAttribute("name") == "name"
        ] == people
    else:
        lines = found.decode().splitlines()
        assert len(lines) == len(people) + 1 and all(name in line for name, line in zip(people, lines[1:], strict=True))


@pytest.mark.parametrize("form", [JSON, XML])
def test_sparqlwrapper_ask(wrapper: SPARQLWrapper, form: str) -> None:
    wrapper.setReturnFormat(form)
    wrapper.setQuery("ASK { ?s a fg:Person }")
    found: Any = wrapper.queryAndConvert()
    assert (
        found["boolean"] is True if form == JSON else found.getElementsByTagName("boolean")[0].firstChild.data == "true"
    )


@pytest.mark.parametrize("form", [TURTLE, N3, RDFXML, JSONLD])
def test_sparqlwrapper_construct(wrapper: SPARQLWrapper, graph: Graph, form: str) -> None:
    wrapper.setReturnFormat(form)
    wrapper.setQuery(CONSTRUCT)
    found: Any = wrapper.queryAndConvert()
    again = Graph().parse(io.BytesIO(found), format="turtle") if isinstance(found, bytes) else found
    assert len(again) == len(set(graph.subjects(RDF.type, URIRef(FG.Person)))) > 5


@pytest.mark.parametrize("method", ["GET", "POST", "POST_FORM"])
@pytest.mark.parametrize("form", ["json", "xml", "csv", "tsv"])
def test_rdflib_store(address: str, people: list[str], method: str, form: str) -> None:
    remote = Graph(SPARQLStore(f"{address}sparql", method=method, returnFormat=form))
    found = [str(row["name"]) for row in remote.query(SELECT, initNs=PREFIXES)]  # type: ignore[index,arg-type]
    assert found == people


def test_rdflib_store_as_a_graph(address: str, graph: Graph) -> None:
    remote = Graph(SPARQLStore(f"{address}sparql"))
    here = set(graph.triples((None, RDF.type, URIRef(FG.Programme))))
    assert set(remote.triples((None, RDF.type, URIRef(FG.Programme)))) == here
    assert next(iter(here)) in remote
    assert len(remote) == len(graph)


def test_rdflib_store_with_a_named_graph(address: str, built: Path, documents: list[str]) -> None:
    remote = Graph(SPARQLStore(f"{address}sparql", context_aware=True), identifier=URIRef(documents[0]))
    wanted = f"<{documents[0]}> .\n"
    lines = (built / "graph.nq").read_text(encoding="utf-8").splitlines(keepends=True)
    assert len(remote) == sum(line.endswith(wanted) for line in lines)


def test_our_own_client(address: str, built: Path) -> None:
    remote, here = kg.query(f"{address}sparql", "programmes"), kg.query(built, "programmes")
    assert remote.to_dicts() == here.to_dicts() and here.rows
    thing = {"thing": "生产力局"}
    assert (
        kg.query(f"{address}sparql", "posts", params=thing).to_dicts()
        == kg.query(built, "posts", params=thing).to_dicts()
    )
