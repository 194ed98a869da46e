"""Knowledge → N-Quads: one shared graph of things and one graph a document, sorted, without blank nodes or clocks."""

from __future__ import annotations

import datetime
import re
from collections.abc import Iterable, Iterator
from decimal import Decimal
from functools import lru_cache
from urllib.parse import quote as quote_address

from kg.graph.iri import address, check_base, digest, ends, fact_key, plain
from kg.language.measure import normal_amount, normal_measure
from kg.model import (
    Amount,
    Count,
    DocumentInfo,
    Fact,
    Finding,
    Knowledge,
    PostHolding,
    Quote,
    Relation,
    Source,
    Succession,
    Thing,
)
from kg.vocab import PREFIXES

BASE = PREFIXES["fgi"]
_ALSO = {
    "Person": ("foaf:Person", "schema:Person"),
    "Organisation": ("org:Organization", "schema:Organization"),
    "Programme": ("prov:Plan",),
    "Facility": ("schema:Place",),
    "Policy": ("schema:CreativeWork",),
    "Event": ("schema:Event",),
    "PostHolding": ("org:Membership",),
    "Relation": ("rdf:Statement",),
    "Amount": ("schema:MonetaryAmount",),
}
# Of these, two documents that state one fact may have two spellings.
_WORDED = ("fg:title", "fg:measure", "fg:normalMeasure", "fg:unit")
_ESCAPES = {'"': '\\"', "\\": "\\\\", "\n": "\\n", "\r": "\\r", "\t": "\\t", "\b": "\\b", "\f": "\\f"}
# Also what some readers take for the end of a line, though N-Quads does not.
_ESCAPE = re.compile('["\\\\\x00-\x1f\x7f\x85\u2028\u2029]')
_IRI_SAFE = ":/?#[]@!$&'()*+,;=-._~%"
_TIMES = (
    (re.compile(r"\d{4}-\d\d-\d\d"), "xsd:date", ""),
    (re.compile(r"\d{4}-\d\d"), "xsd:gYearMonth", "-01"),
    (re.compile(r"\d{4}"), "xsd:gYear", "-01-01"),
)


@lru_cache(maxsize=512)
def iri(name: str) -> str:
    """Return the N-Quads form of a prefixed name such as ``org:member``."""
    prefix, _, local = name.partition(":")
    return f"<{PREFIXES[prefix]}{local}>"


def literal(text: str, *, language: str | None = None, datatype: str | None = None) -> str:
    """Return the N-Quads form of a literal."""
    escaped = _ESCAPE.sub(lambda m: _ESCAPES.get(m.group()) or f"\\u{ord(m.group()):04X}", text)
    escaped = escaped.encode("utf-8", "replace").decode("utf-8")
    if language:
        return f'"{escaped}"@{language}'
    return f'"{escaped}"^^{iri(datatype)}' if datatype else f'"{escaped}"'


def decimal(value: Decimal) -> str:
    """Return a number as a literal in its one lexical form.

    >>> decimal(Decimal("3E+9"))
    '"3000000000.0"^^<http://www.w3.org/2001/XMLSchema#decimal>'
    """
    return literal(plain(value), datatype="xsd:decimal")


def time_literal(value: str) -> str:
    """Return an ISO date as a typed literal: gYear, gYearMonth or date; anything else, such as an interval, stays text."""
    for pattern, datatype, rest in _TIMES:
        if pattern.fullmatch(value) and value.isascii():
            try:
                datetime.date.fromisoformat(value + rest)
            except ValueError:
                break
            return literal(value, datatype=datatype)
    return literal(value)


def web_address(text: str) -> str:
    """Return an address as an IRI; what no IRI may hold is percent-encoded."""
    return f"<{quote_address(text, safe=_IRI_SAFE)}>"


class _Writer:
    """Collects quads; `base` is the address that the things live under."""

    def __init__(self, base: str, languages: dict[str, str]) -> None:
        self.base = base
        self.lines: set[str] = set()
        self.languages = languages
        self._ids: dict[str, str] = {}
        self._quotes: dict[tuple[str, int, int], Quote] = {}

    def id(self, path: str) -> str:
        found = self._ids.get(path)
        if found is None:
            found = self._ids[path] = f"<{address(self.base, path)}>"
        return found

    def add(self, graph: str, subject: str, pairs: Iterable[tuple[str, str | None]]) -> None:
        for predicate, value in pairs:
            if value is not None:
                self.lines.add(f"{subject} {iri(predicate)} {value} {graph} .")

    def evidence(self, document: str, quote: Quote, source: Source | None = None) -> str:
        """Return the node of a place in a document. All facts and mentions of that very place share it."""
        node = self.id(f"evidence/{document}-{quote.start}-{quote.end}")
        place = document, quote.start, quote.end
        known = self._quotes.get(place, quote)
        # Not every rule knows the sentence; the longest one known is kept, so that there is one.
        self._quotes[place] = Quote(
            *place[1:],
            min(known.text, quote.text),
            max(known.sentence, quote.sentence, key=lambda x: (len(x), x)),
            known.page or quote.page,
            known.paragraph or quote.paragraph,
        )
        if source:
            speaker = self.id(source.stated_by) if source.stated_by else None
            pairs = [("fg:rule", literal(source.rule)), ("fg:statedBy", speaker)]
            self.add(self.id(f"document/{document}"), node, pairs)
        return node

    def write_evidence(self) -> None:
        for (document, start, end), quote in self._quotes.items():
            graph = self.id(f"document/{document}")
            self.add(
                graph,
                self.id(f"evidence/{document}-{start}-{end}"),
                [
                    ("rdf:type", iri("fg:Evidence")),
                    ("rdf:type", iri("oa:SpecificResource")),
                    ("fg:inDocument", graph),
                    ("fg:start", literal(str(start), datatype="xsd:integer")),
                    ("fg:end", literal(str(end), datatype="xsd:integer")),
                    ("fg:quote", literal(quote.text)),
                    ("fg:sentence", literal(quote.sentence) if quote.sentence else None),
                    ("fg:page", literal(str(quote.page), datatype="xsd:integer") if quote.page else None),
                    (
                        "fg:paragraph",
                        literal(str(quote.paragraph), datatype="xsd:integer") if quote.paragraph else None,
                    ),
                ],
            )


def publish(knowledge: Knowledge, *, base: str = BASE, version: str) -> list[str]:
    """Return the N-Quads lines of a knowledge, unique and sorted: equal input gives equal lines."""
    writer = _Writer(check_base(base), {d.id: d.language for d in knowledge.documents})
    shared = writer.id("graph/things")
    build = writer.id(f"build/{digest(version, *sorted({d.sha256 for d in knowledge.documents}))}")
    writer.add(shared, build, [("rdf:type", iri("prov:Activity")), ("schema:softwareVersion", literal(version))])
    for document in knowledge.documents:
        _document(writer, shared, document)
        writer.add(shared, build, [("prov:used", writer.id(f"document/{document.id}"))])
    for thing in knowledge.things:
        _thing(writer, shared, thing)
    for document_id, fact in knowledge.facts:
        _fact(writer, document_id, fact, build)
    for succession in knowledge.successions:
        _succession(writer, shared, succession)
    _merge_sources(writer, knowledge)
    for document_id, finding in knowledge.findings:
        _finding(writer, document_id, finding)
    writer.write_evidence()
    return sorted(writer.lines)


def _document(writer: _Writer, shared: str, document: DocumentInfo) -> None:
    language = document.language
    issued = time_literal(document.date) if document.date else ""
    writer.add(
        shared,
        writer.id(f"document/{document.id}"),
        [
            ("rdf:type", iri("fg:Document")),
            ("rdf:type", iri("schema:CreativeWork")),
            ("rdf:type", iri("prov:Entity")),
            ("fg:fileName", literal(document.file_name)),
            ("fg:sha256", literal(document.sha256)),
            ("dcterms:language", literal(language)),
            ("dcterms:title", literal(document.title, language=language) if document.title else None),
            # Only a whole date is one; a bare year would not sort with the others.
            ("dcterms:issued", issued if issued.endswith("#date>") else None),
            ("dcterms:publisher", literal(document.publisher, language=language) if document.publisher else None),
            ("dcterms:source", web_address(document.source) if document.source else None),
        ],
    )


def _thing(writer: _Writer, shared: str, thing: Thing) -> None:
    node = writer.id(thing.id)
    writer.add(
        shared, node, [("rdf:type", iri(f"fg:{thing.type}")), *(("rdf:type", iri(a)) for a in _ALSO[thing.type])]
    )
    writer.add(shared, node, [("skos:prefLabel", literal(x.text, language=x.language)) for x in thing.preferred])
    writer.add(shared, node, [("skos:altLabel", literal(x.text, language=x.language)) for x in thing.alternative])
    writer.add(shared, node, [("org:classification", iri(f"fg:{thing.kind}") if thing.kind else None)])
    writer.add(shared, node, [("skos:exactMatch", f"<{address}>") for address in thing.same_as])
    writer.add(shared, node, [("fg:mergedBecause", literal(reason)) for reason in thing.why])
    for document_id, quote in thing.mentions:
        evidence = writer.evidence(document_id, quote)
        writer.add(writer.id(f"document/{document_id}"), node, [("fg:mention", evidence)])


def _succession(writer: _Writer, shared: str, succession: Succession) -> None:
    """Write one event, and the names of those that no document names, so that they can be asked for."""
    writer.add(
        shared,
        writer.id(succession.id),
        [
            ("rdf:type", iri("fg:Succession")),
            ("fg:effective", time_literal(succession.date)),
            ("fg:successionKind", iri(f"fg:{succession.kind}")),
            ("dcterms:source", literal(succession.source) if succession.source else None),
            *(("fg:predecessor", writer.id(id_)) for id_ in succession.predecessors),
            *(("fg:successor", writer.id(id_)) for id_ in succession.successors),
        ],
    )
    for id_, label in succession.names:
        pairs = [("rdf:type", iri("fg:Thing")), ("skos:prefLabel", literal(label.text, language=label.language))]
        writer.add(shared, writer.id(id_), pairs)


def _fact(writer: _Writer, document: str, fact: Fact, build: str) -> None:
    graph = writer.id(f"document/{document}")
    node = writer.id(f"fact/{fact_key(fact)}")
    kind = type(fact).__name__
    source = fact.source
    writer.add(
        graph,
        node,
        [
            ("rdf:type", iri(f"fg:{kind}")),
            ("rdf:type", iri("fg:Fact")),
            *(("rdf:type", iri(a)) for a in _ALSO.get(kind, ())),
        ],
    )
    writer.add(graph, node, [("fg:evidence", writer.evidence(document, q, source)) for q in source.quotes])
    writer.add(
        graph,
        node,
        [
            ("prov:wasGeneratedBy", build),
            ("prov:wasDerivedFrom", graph),
            ("fg:status", iri(f"fg:{source.status}") if source.status else None),
            ("fg:asOf", time_literal(source.as_of) if source.as_of else None),
            ("fg:statedBy", writer.id(source.stated_by) if source.stated_by else None),
        ],
    )
    writer.add(graph, node, list(_values(writer, graph, fact, writer.languages[document])))


def _values(writer: _Writer, graph: str, fact: Fact, language: str) -> Iterator[tuple[str, str | None]]:
    if isinstance(fact, PostHolding):
        yield "org:member", writer.id(fact.person)
        yield "org:organization", writer.id(fact.organisation)
        # One spelling a post: two documents that differ only in script state one fact.
        yield "fg:title", literal(fact.title, language="en" if fact.title.isascii() else language)
    elif isinstance(fact, Relation):
        subject, object_ = ends(fact)
        yield "rdf:subject", writer.id(subject)
        yield "rdf:predicate", iri(f"fg:{fact.predicate}")
        yield "rdf:object", writer.id(object_)
        writer.add(graph, writer.id(subject), [(f"fg:{fact.predicate}", writer.id(object_))])
    elif isinstance(fact, Amount):
        yield "fg:concerns", writer.id(fact.subject)
        yield "fg:amountRole", iri(f"fg:{fact.role}")
        yield "fg:value", decimal(fact.value)
        yield "fg:upperValue", decimal(fact.upper) if fact.upper is not None else None
        yield "fg:currency", literal(fact.currency)
        yield "fg:bound", iri(f"fg:{fact.bound}")
        yield "fg:per", iri(f"fg:{fact.per}") if fact.per else None
        yield "fg:funder", writer.id(fact.funder) if fact.funder else None
        yield "fg:normalMeasure", literal(normal_amount(fact.role, fact.currency, fact.per))
    else:
        assert isinstance(fact, Count)
        yield "fg:concerns", writer.id(fact.subject)
        yield "fg:measure", literal(fact.measure, language="en" if fact.measure.isascii() else language)
        yield "fg:value", decimal(fact.value)
        yield "fg:upperValue", decimal(fact.upper) if fact.upper is not None else None
        yield "fg:normalMeasure", literal(normal_measure(fact.measure, fact.unit))
        yield "fg:unit", literal(fact.unit)
        yield "fg:bound", iri(f"fg:{fact.bound}")


def _merge_sources(writer: _Writer, knowledge: Knowledge) -> None:
    """Give each fact one rule and confidence, the surest of its documents', and one spelling of its words."""
    best: dict[str, tuple[Decimal, str, str]] = {}
    for document, fact in knowledge.facts:
        key = fact_key(fact)
        candidate = (-fact.source.confidence, fact.source.rule, document)
        best[key] = min(best.get(key, candidate), candidate)
    words = {f"{writer.id(f'fact/{k}')} {iri(p)} " for k in best for p in _WORDED}
    spellings: dict[str, list[str]] = {}
    for line in writer.lines:
        head = " ".join(line.split(" ", 2)[:2]) + " "
        if head in words:
            spellings.setdefault(head, []).append(line)
    for lines in spellings.values():
        values = {line.rsplit(" ", 2)[0] for line in lines}
        if len(values) > 1:
            writer.lines.difference_update(line for line in lines if line.rsplit(" ", 2)[0] != min(values))
    for key, (confidence, rule, document) in best.items():
        writer.add(
            writer.id(f"document/{document}"),
            writer.id(f"fact/{key}"),
            [("fg:rule", literal(rule)), ("fg:confidence", decimal(-confidence))],
        )


def _finding(writer: _Writer, document: str, finding: Finding) -> None:
    """Write what was not understood. A finding without a quote has no evidence to show and stays in the report."""
    if finding.start is None or finding.end is None or finding.severity != "info" or not finding.quote:
        return
    place = f"{document}-{finding.start}-{finding.end}"
    evidence = writer.evidence(document, Quote(finding.start, finding.end, finding.quote))
    writer.add(
        writer.id(f"document/{document}"),
        # Of two reasons for one place each has its node.
        writer.id(f"unread/{place}-{digest(finding.message)[:8]}"),
        [("rdf:type", iri("fg:NotUnderstood")), ("fg:reason", literal(finding.message)), ("fg:evidence", evidence)],
    )


def to_turtle(lines: Iterable[str]) -> str:
    """Return the same triples as Turtle with our prefixes, graph names left out."""
    from rdflib import Graph

    graph = Graph()
    for prefix, namespace in PREFIXES.items():
        graph.bind(prefix, namespace, override=True, replace=True)
    graph.parse(data="".join(f"{line.rsplit(' <', 1)[0]} .\n" for line in lines), format="nt")
    return graph.serialize(format="turtle")


__all__ = ["BASE", "decimal", "fact_key", "literal", "publish", "time_literal", "to_turtle"]
