"""Each format of an answer is read back by libraries that had no part in writing it."""

from __future__ import annotations

import io
from pathlib import Path
from xml.etree import ElementTree

import pyoxigraph as ox
import pytest
from rdflib import Graph
from rdflib.query import Result as Parsed

from kg.graph.answer import Rows, Triples, plain_term
from kg.graph.results import BOOLEAN_TYPES, CSV, GRAPH_TYPES, JSON, ROW_TYPES, TSV, XML, media_types, written

_X = "http://www.w3.org/2001/XMLSchema#"
TERMS = [
    ox.NamedNode("https://example.org/a?b&c"),
    ox.BlankNode("b1"),
    ox.Literal("a\"b\\c\n\t,;<&>'\u2028🙂"),
    ox.Literal("人工智能", language="zh-Hant"),
    ox.Literal("3000000000", datatype=ox.NamedNode(_X + "decimal")),
    ox.Literal("2024-03-05", datatype=ox.NamedNode(_X + "date")),
    ox.Literal(""),
    None,
]
FOUND = Rows(("a", "b"), [(term, TERMS[0]) for term in TERMS] + [(None, None)])
FORMATS = {JSON: ox.QueryResultsFormat.JSON, XML: ox.QueryResultsFormat.XML, TSV: ox.QueryResultsFormat.TSV}


def plain(term: ox.NamedNode | ox.BlankNode | ox.Literal | ox.Triple | None) -> object:
    """A term as it ought to be written."""
    return None if term is None else plain_term(term)


@pytest.mark.parametrize("media", FORMATS)
def test_rows_come_back_through_oxigraph(media: str) -> None:
    again = ox.parse_query_results(written(FOUND, media), format=FORMATS[media])
    assert isinstance(again, ox.QuerySolutions)
    assert [v.value for v in again.variables] == ["a", "b"]
    assert [tuple(row) for row in again] == [tuple(plain(v) for v in row) for row in FOUND.rows]


@pytest.mark.parametrize(("media", "name"), [(JSON, "json"), (XML, "xml"), (TSV, "tsv"), (CSV, "csv")])
def test_rows_come_back_through_rdflib(media: str, name: str) -> None:
    # rdflib reads no \\u in TSV, and takes the letter itself for the end of a line.
    content = written(FOUND, media).replace(b"\\u2028", b"") if media == TSV else written(FOUND, media)
    again = Parsed.parse(io.BytesIO(content), format=name)
    texts = {str(row[0]) for row in again if row[0] is not None}
    for term in TERMS:
        if isinstance(term, (ox.NamedNode, ox.Literal)) and term.value:
            value = getattr(plain(term), "value", "")
            assert (value.replace("\u2028", "") if media == TSV else value) in texts
    assert len(texts) >= len(TERMS) - 2  # in CSV, an empty text and nothing are the same


def test_the_case_of_languages_and_the_point_of_decimals() -> None:
    for media in (JSON, XML, TSV):
        text = written(FOUND, media).decode()
        assert "zh-Hant" in text and "zh-hant" not in text
        assert "3000000000.0" in text


def test_csv_is_as_the_recommendation_says() -> None:
    assert written(Rows(("x", "y"), [(TERMS[3], ox.Literal('a"b,c'))]), CSV) == 'x,y\r\n人工智能,"a""b,c"\r\n'.encode()


def test_xml_has_no_letter_that_xml_can_not_have() -> None:
    text = written(Rows(("x",), [(ox.Literal("a\x00b\x0bc\ufffed\re"),)]), XML)
    (literal,) = ElementTree.fromstring(text).iter("{http://www.w3.org/2005/sparql-results#}literal")
    assert literal.text == "a\ufffdb\ufffdc\ufffdd\re"


@pytest.mark.parametrize("found", [True, False])
def test_yes_and_no(found: bool) -> None:
    assert media_types(found) == BOOLEAN_TYPES
    for media, form in FORMATS.items():
        assert bool(ox.parse_query_results(written(found, media), format=form)) is found
    assert written(found, CSV) == str(found).lower().encode()


@pytest.mark.parametrize(
    ("media", "name"),
    list(zip(GRAPH_TYPES, ["turtle", "nt", "xml", "json-ld"], strict=True)),
    ids=lambda x: x.rpartition("/")[2],
)
def test_triples_come_back_through_rdflib(built: Path, media: str, name: str) -> None:
    quads = list(ox.parse(path=str(built / "graph.ttl"), format=ox.RdfFormat.TURTLE))[:2000]
    triples = [q.triple for q in quads]
    again = Graph().parse(data=written(Triples(triples), media), format=name)
    assert len(again) == len(set(triples)) > 1000


def test_types_on_offer() -> None:
    assert media_types(FOUND) == ROW_TYPES and media_types(Triples([])) == GRAPH_TYPES
