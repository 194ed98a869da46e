"""Knowledge → N-Quads: one shared graph of things and one graph a document, sorted, without blank nodes or clocks."""

from __future__ import annotations

import datetime
import re
from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache
from urllib.parse import quote as quote_address

from kg.graph.claims import Claim, by_fact, settled
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
    escaped = text
    if _ESCAPE.search(text):
        escaped = _ESCAPE.sub(lambda m: _ESCAPES.get(m.group()) or f"\\u{ord(m.group()):04X}", text)
    if not text.isascii():
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
    """Collects the quads of one part; `base` is the address that the things live under."""

    def __init__(self, base: str) -> None:
        self.base = base
        self.lines: set[str] = set()
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


def things_lines(base: str, things: Iterable[Thing], successions: Iterable[Succession] = ()) -> set[str]:
    """Return the lines of the graph of things that tell of some things, and of what went over into what."""
    writer = _Writer(base)
    shared = writer.id("graph/things")
    for thing in things:
        _thing(writer, shared, thing)
    for succession in successions:
        _succession(writer, shared, succession)
    return writer.lines


def publish(knowledge: Knowledge, *, base: str = BASE, version: str) -> list[str]:
    """Return the N-Quads lines of a knowledge, unique and sorted: equal input gives equal lines."""
    publisher = Publisher(knowledge.documents, base=base, version=version)
    lines = publisher.documents() | things_lines(base, knowledge.things, knowledge.successions)
    facts: dict[str, list[Fact]] = defaultdict(list)
    mentions: dict[str, list[tuple[str, Quote]]] = defaultdict(list)
    findings: dict[str, list[Finding]] = defaultdict(list)
    for document, fact in knowledge.facts:
        facts[document].append(fact)
    for thing in knowledge.things:
        for document, quote in thing.mentions:
            mentions[document].append((thing.id, quote))
    for document, finding in knowledge.findings:
        findings[document].append(finding)
    claims: list[bytes] = []
    for info in knowledge.documents:
        said = publisher.document(info.id, facts[info.id], mentions[info.id], findings[info.id])
        lines |= said.lines
        claims += [claim.encode().encode() for claim in said.claims]
    for group in by_fact(sorted(claims)):
        lines.update(settled(group))
    return sorted(lines)


@dataclass(frozen=True, slots=True)
class Said:
    """What one document says: the lines of its graph, and the claims that those of other documents may settle."""

    lines: set[str]
    claims: list[Claim]


class Publisher:
    """Makes the lines of a knowledge graph, document by document, in any order."""

    def __init__(self, documents: Iterable[DocumentInfo], *, base: str = BASE, version: str) -> None:
        self.base = check_base(base)
        self._version = version
        self._documents = {document.id: document for document in documents}
        self._ranks = {id_: rank for rank, id_ in enumerate(self._documents)}
        self._build = f"build/{digest(version, *sorted({d.sha256 for d in self._documents.values()}))}"

    @property
    def build(self) -> str:
        """The address of the build, in N-Quads: it stands for all documents together."""
        return f"<{address(self.base, self._build)}>"

    def documents(self, ids: Collection[str] | None = None) -> set[str]:
        """Return the lines of the graph of things that tell of the build and of the documents, all or those with some ids."""
        writer = _Writer(self.base)
        shared, node = writer.id("graph/things"), writer.id(self._build)
        version = literal(self._version)
        writer.add(shared, node, [("rdf:type", iri("prov:Activity")), ("schema:softwareVersion", version)])
        chosen = self._documents if ids is None else self._documents.keys() & ids
        for document in map(self._documents.__getitem__, chosen):
            _document(writer, shared, document)
            writer.add(shared, node, [("prov:used", writer.id(f"document/{document.id}"))])
        return writer.lines

    def document(
        self,
        id_: str,
        facts: Iterable[Fact],
        mentions: Iterable[tuple[str, Quote]],
        findings: Iterable[Finding],
        *,
        shown: Callable[[Fact], bool] = lambda fact: False,
    ) -> Said:
        """Return what a document says: facts with things as their ends, and pairs of a thing and where it is named.

        `shown` tells of a fact whether it may stand on the page; its claims remember it.
        """
        writer = _Writer(self.base)
        for thing_id, quote in mentions:
            evidence = writer.evidence(id_, quote)
            writer.add(writer.id(f"document/{id_}"), writer.id(thing_id), [("fg:mention", evidence)])
        claims = [self._claim(_fact(writer, id_, fact, self._build), fact, id_, shown(fact)) for fact in facts]
        for finding in findings:
            _finding(writer, id_, finding)
        writer.write_evidence()
        return Said(writer.lines, claims)

    def claims(self, id_: str, facts: Iterable[Fact], keys: Collection[str]) -> list[Claim]:
        """Return the claims of a document about the facts with some keys, as `document` gives them."""
        keyed = ((fact_key(fact), fact) for fact in facts)
        return [self._claim(key, fact, id_, False) for key, fact in keyed if key in keys]

    def _claim(self, key: str, fact: Fact, document: str, shown: bool) -> Claim:
        own = _Writer(self.base)
        node, graph = own.id(f"fact/{key}"), own.id(f"document/{document}")
        source = fact.source
        said = [("fg:rule", literal(source.rule)), ("fg:confidence", decimal(source.confidence))]
        said += _words(fact, self._documents[document].language)
        lines = tuple(f"{node} {iri(predicate)} {value} {graph} ." for predicate, value in said)
        return Claim(key, self._ranks[document], shown, source.confidence, source.rule, document, lines)


def _words(fact: Fact, language: str) -> list[tuple[str, str]]:
    """Return what two documents that state one fact may spell in two ways."""
    if isinstance(fact, PostHolding):
        return [("fg:title", literal(fact.title, language="en" if fact.title.isascii() else language))]
    if isinstance(fact, Count):
        measure = literal(fact.measure, language="en" if fact.measure.isascii() else language)
        normal = literal(normal_measure(fact.measure, fact.unit))
        return [("fg:measure", measure), ("fg:normalMeasure", normal), ("fg:unit", literal(fact.unit))]
    return []


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


def _fact(writer: _Writer, document: str, fact: Fact, build: str) -> str:
    """Write a fact but for what its claims say, and return its key."""
    graph = writer.id(f"document/{document}")
    key = fact_key(fact)
    node = writer.id(f"fact/{key}")
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
            ("prov:wasGeneratedBy", writer.id(build)),
            ("prov:wasDerivedFrom", graph),
            ("fg:status", iri(f"fg:{source.status}") if source.status else None),
            ("fg:asOf", time_literal(source.as_of) if source.as_of else None),
            ("fg:statedBy", writer.id(source.stated_by) if source.stated_by else None),
        ],
    )
    writer.add(graph, node, _values(writer, graph, fact))
    return key


def _values(writer: _Writer, graph: str, fact: Fact) -> Iterator[tuple[str, str | None]]:
    if isinstance(fact, PostHolding):
        yield "org:member", writer.id(fact.person)
        yield "org:organization", writer.id(fact.organisation)
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
        yield "fg:value", decimal(fact.value)
        yield "fg:upperValue", decimal(fact.upper) if fact.upper is not None else None
        yield "fg:bound", iri(f"fg:{fact.bound}")


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


__all__ = ["BASE", "Publisher", "Said", "decimal", "fact_key", "literal", "publish", "things_lines", "time_literal"]
