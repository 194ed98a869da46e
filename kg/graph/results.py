"""Answers in the formats of the SPARQL 1.1 recommendations. Written here because a row limit cuts an answer, which the
writer of the store can't; tests read each format back with two other libraries."""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Callable, Iterable, Mapping
from typing import Any
from xml.sax.saxutils import escape, quoteattr

import pyoxigraph as ox

from kg.graph.answer import Answer, Rows, Term, Triples, plain_term
from kg.graph.load import language_tag
from kg.vocab import PREFIXES

_XSD_STRING = PREFIXES["xsd"] + "string"
_SPARQL_XML = "http://www.w3.org/2005/sparql-results#"
# What XML 1.0 has no way to write.
_NOT_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")
# What some reader takes for the end of a cell or a line.
_BREAKS = str.maketrans(
    {"\t": "\\t", "\n": "\\n", "\r": "\\r", "\x85": "\\u0085", "\u2028": "\\u2028", "\u2029": "\\u2029"}
)

JSON, XML = "application/sparql-results+json", "application/sparql-results+xml"
CSV, TSV = "text/csv", "text/tab-separated-values"
TURTLE, NTRIPLES = "text/turtle", "application/n-triples"
RDF_XML, JSON_LD = "application/rdf+xml", "application/ld+json"
# The first of each is what a client gets that has no wish.
ROW_TYPES = (JSON, XML, CSV, TSV)
BOOLEAN_TYPES = (JSON, XML, CSV, TSV)
GRAPH_TYPES = (TURTLE, NTRIPLES, RDF_XML, JSON_LD)


def media_types(found: Answer) -> tuple[str, ...]:
    """Return the media types that an answer can be written in, the usual one first."""
    return GRAPH_TYPES if isinstance(found, Triples) else BOOLEAN_TYPES if isinstance(found, bool) else ROW_TYPES


def written(found: Answer, media: str) -> bytes:
    """Return an answer in one of its media types, in UTF-8."""
    if isinstance(found, Triples):
        return graph(found.triples, media)
    if isinstance(found, bool):
        return _boolean(found, media)
    return _WRITERS[media](found).encode("utf-8", "replace")


def graph(triples: Iterable[ox.Triple], media: str, more: Mapping[str, str] | None = None) -> bytes:
    """Return triples in one of `GRAPH_TYPES`, with our prefixes and those of `more`."""
    form = ox.RdfFormat.from_media_type(media)
    assert form is not None
    found = ox.serialize(triples, format=form, prefixes=None if media == NTRIPLES else {**PREFIXES, **(more or {})})
    assert found is not None
    return found


def _boolean(found: bool, media: str) -> bytes:
    word = "true" if found else "false"
    if media == JSON:
        return json.dumps({"head": {}, "boolean": found}).encode()
    if media == XML:
        return (
            f'<?xml version="1.0"?>\n<sparql xmlns="{_SPARQL_XML}"><head/><boolean>{word}</boolean></sparql>\n'.encode()
        )
    return word.encode()


def _json(found: Rows) -> str:
    bindings = [
        {c: _json_term(v) for c, v in zip(found.columns, row, strict=True) if v is not None} for row in found.rows
    ]
    data = {"head": {"vars": list(found.columns)}, "results": {"bindings": bindings}}
    return json.dumps(data, ensure_ascii=False, separators=(",", ":"))


def _json_term(term: Term) -> dict[str, Any]:
    if isinstance(term, ox.NamedNode):
        return {"type": "uri", "value": term.value}
    if isinstance(term, ox.BlankNode):
        return {"type": "bnode", "value": term.value}
    if isinstance(term, ox.Triple):
        parts = {"subject": term.subject, "predicate": term.predicate, "object": term.object}
        return {"type": "triple", "value": {name: _json_term(part) for name, part in parts.items()}}
    value, language, datatype = _literal(term)
    found = {"type": "literal", "value": value}
    if language:
        found["xml:lang"] = language
    elif datatype:
        found["datatype"] = datatype
    return found


def _literal(term: ox.Literal) -> tuple[str, str, str]:
    """Return text, language and type of a literal; the type only where it has to be said."""
    plain = plain_term(term)
    assert isinstance(plain, ox.Literal)
    if plain.language:
        return plain.value, language_tag(plain.language), ""
    return plain.value, "", "" if plain.datatype.value == _XSD_STRING else plain.datatype.value


def _xml(found: Rows) -> str:
    head = "".join(f"<variable name={quoteattr(c)}/>" for c in found.columns)
    rows = "".join(
        "<result>"
        + "".join(
            f"<binding name={quoteattr(c)}>{_xml_term(v)}</binding>"
            for c, v in zip(found.columns, row, strict=True)
            if v is not None
        )
        + "</result>\n"
        for row in found.rows
    )
    start = f'<?xml version="1.0"?>\n<sparql xmlns="{_SPARQL_XML}"><head>{head}</head>'
    return f"{start}<results>\n{rows}</results></sparql>\n"


def _xml_term(term: Term) -> str:
    if isinstance(term, ox.NamedNode):
        return f"<uri>{_xml_text(term.value)}</uri>"
    if isinstance(term, ox.BlankNode):
        return f"<bnode>{_xml_text(term.value)}</bnode>"
    if isinstance(term, ox.Triple):
        parts = (("subject", term.subject), ("predicate", term.predicate), ("object", term.object))
        return f"<triple>{''.join(f'<{name}>{_xml_term(part)}</{name}>' for name, part in parts)}</triple>"
    value, language, datatype = _literal(term)
    told = f" xml:lang={quoteattr(language)}" if language else f" datatype={quoteattr(datatype)}" if datatype else ""
    return f"<literal{told}>{_xml_text(value)}</literal>"


def _xml_text(text: str) -> str:
    # A bare carriage return would come back as a line feed.
    return escape(_NOT_XML.sub("\ufffd", text), {"\r": "&#13;"})


def _csv(found: Rows) -> str:
    stream = io.StringIO()
    writer = csv.writer(stream, lineterminator="\r\n")
    writer.writerow(found.columns)
    writer.writerows([[_csv_cell(v) for v in row] for row in found.rows])
    return stream.getvalue()


def _csv_cell(term: Term | None) -> str:
    if isinstance(term, ox.Literal):
        return _literal(term)[0]
    return "" if term is None else term.value if isinstance(term, ox.NamedNode) else str(term)


def _tsv(found: Rows) -> str:
    lines = ["\t".join(f"?{c}" for c in found.columns)]
    lines += ["\t".join("" if v is None else _tsv_cell(v) for v in row) for row in found.rows]
    return "".join(f"{line}\n" for line in lines)


def _tsv_cell(term: Term) -> str:
    text = str(plain_term(term)).translate(_BREAKS)
    if isinstance(term, ox.Literal) and term.language:
        return text.removesuffix(term.language) + language_tag(term.language)
    return text


_WRITERS: dict[str, Callable[[Rows], str]] = {JSON: _json, XML: _xml, CSV: _csv, TSV: _tsv}
