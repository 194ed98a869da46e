"""An RDF graph → what the page shows. Nothing here knows of HTML."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterable
from decimal import Decimal, InvalidOperation

from rdflib import Graph, Literal, URIRef
from rdflib.namespace import DCTERMS, ORG, RDF, SKOS
from rdflib.term import Node

from kg.errors import QueryError
from kg.language.script import fold, name_key
from kg.view.figures import chinese, english, plain
from kg.view.model import ViewData, ViewDocument, ViewEdge, ViewEvidence, ViewFact, ViewMissed, ViewNode
from kg.vocab import ENTITY_TYPES, FG, NAMESPACE, PREDICATES

_LANGUAGES = ("zh-Hant", "zh-Hans", "en")
_FACT_KINDS = (FG.PostHolding, FG.Relation, FG.Amount, FG.Count)
_Link = tuple[Node, Node, str, Node | None]


def split_sentence(sentence: str, quote: str) -> tuple[str, str, str]:
    """Return what stands before the quote in its sentence, the quote, and what stands after.

    Line breaks of the source count for nothing, since a sentence is read with its wrapped lines joined.

    >>> split_sentence("局方撥款30億元。", "撥款30 億元")
    ('局方', '撥款30億元', '。')
    """
    wanted = "".join(quote.split())
    places = [i for i, char in enumerate(sentence) if not char.isspace()]
    at = "".join(sentence[i] for i in places).find(wanted)
    if not wanted or at < 0:
        return "", " ".join(quote.split()), ""
    start, end = places[at], places[at + len(wanted) - 1] + 1
    return sentence[:start], sentence[start:end], sentence[end:]


def view_data(
    graph: Graph,
    *,
    focus: str | None = None,
    depth: int = 1,
    types: Iterable[str] | None = None,
    since: str | None = None,
) -> ViewData:
    """Return what the page shows of a graph: all of it, or what lies within `depth` links of `focus`.

    `focus` is an IRI, a shortened one (``fgi:…``) or any name in either script; `types` are names of entity types.
    `since` (``2023``, ``2023-04`` or ``2023-04-15``) keeps what documents of that day or later say.
    """
    if since is not None and not re.fullmatch(r"\d{4}(-\d{2}){0,2}", since):
        raise QueryError("E323", f"{since} is not a date", hint="write it as 2023, 2023-04 or 2023-04-15")
    reader = _Reader(graph, since or "")
    shown = reader.things()
    if types is not None:
        wanted = set(types)
        if unknown := sorted(wanted - set(ENTITY_TYPES)):
            raise QueryError("E320", f"no such type: {', '.join(unknown)}", hint=f"use {', '.join(ENTITY_TYPES)}")
        shown = {thing for thing in shown if reader.types[thing] in wanted}
    links = reader.links()
    if focus is not None:
        shown &= _around(reader.find(focus), depth, [(a, b) for a, b, _, _ in links])
    # What was not understood belongs to no thing, so it has no place on a page about one.
    return reader.data(shown, links, missed=focus is None)


def folding_pairs(data: ViewData) -> dict[str, str]:
    """Return, for each character that may be typed for another one in this page's names, that other one."""
    used = {char for node in data.nodes for key in node.keys for char in key}
    typed = [chr(code) for code in range(0x3400, 0xA000)]
    return {a: b for a, b in zip(typed, fold("".join(typed)), strict=True) if a != b and b in used}


def _around(start: set[Node], depth: int, pairs: list[tuple[Node, Node]]) -> set[Node]:
    reached, edge = set(start), set(start)
    for _ in range(depth):
        edge = ({b for a, b in pairs if a in edge} | {a for a, b in pairs if b in edge}) - reached
        reached |= edge
    return reached


class _Reader:
    """Reads one graph; every list is sorted by IRI, so that equal graphs give equal pages."""

    def __init__(self, graph: Graph, since: str) -> None:
        self.graph = graph
        self.since = since
        self.types: dict[Node, str] = {}
        for name in ENTITY_TYPES:
            for thing in graph.subjects(RDF.type, URIRef(NAMESPACE + name)):
                self.types.setdefault(thing, name)
        self.evidence: list[ViewEvidence] = []
        self.evidence_index: dict[Node, int] = {}
        documents = sorted(graph.subjects(RDF.type, URIRef(FG.Document)), key=str)
        # Dates are compared as text; a document without one can't be said to be late enough.
        self.documents = [d for d in documents if self.text(d, str(DCTERMS.issued)) >= since]
        self.document_index = {document: i for i, document in enumerate(self.documents)}

    def things(self) -> set[Node]:
        """Return the things to show, if nothing else limits them."""
        if not self.since:
            return set(self.types)
        found = {thing for thing in self.types if self._said(thing, FG.mention)}
        for kind in (FG.Amount, FG.Count):
            facts = [f for f in self.graph.subjects(RDF.type, URIRef(kind)) if self._said(f, FG.evidence)]
            found |= {
                end for f in facts for role in (FG.concerns, FG.funder) if (end := self.link(f, role)) is not None
            }
        return found | {end for a, b, _, _ in self.links() for end in (a, b)}

    def _said(self, subject: Node, predicate: str) -> bool:
        return not self.since or any(self._place(e)[0] >= 0 for e in self.graph.objects(subject, URIRef(predicate)))

    def text(self, subject: Node, predicate: str) -> str:
        """Return the first value of a property as text; terms of the ontology as their short name."""
        values = sorted(str(v) for v in self.graph.objects(subject, URIRef(predicate)))
        return values[0].removeprefix(NAMESPACE) if values else ""

    def link(self, subject: Node, predicate: str) -> Node | None:
        """Return the first thing that a property names."""
        values = sorted((v for v in self.graph.objects(subject, URIRef(predicate)) if v in self.types), key=str)
        return values[0] if values else None

    def find(self, wanted: str) -> set[Node]:
        """Return the thing with this IRI or the things with this name."""
        prefix, colon, local = wanted.partition(":")
        addresses = {p: str(a) for p, a in self.graph.namespaces()}
        for form in (wanted, addresses[prefix] + local if colon and prefix in addresses else wanted):
            if URIRef(form) in self.types:
                return {URIRef(form)}
        key = name_key(wanted)
        named = [pair for label in (SKOS.prefLabel, SKOS.altLabel) for pair in self.graph.subject_objects(label)]
        found = {thing for thing, name in named if thing in self.types and name_key(str(name)) == key}
        if not found or not key:
            raise QueryError("E321", f"nothing here is called {wanted}", hint="look for it: kg show NAME")
        return found

    def links(self) -> list[_Link]:
        """Return (from, to, predicate, fact) for posts and relations; the fact is None for a bare triple."""
        found: list[_Link] = []
        covered: set[tuple[Node, Node, str]] = set()
        for fact in sorted(self.graph.subjects(RDF.type, URIRef(FG.PostHolding)), key=str):
            person, body = self.link(fact, str(ORG.member)), self.link(fact, str(ORG.organization))
            if person is not None and body is not None and self._said(fact, FG.evidence):
                found.append((person, body, "post", fact))
        for fact in sorted(self.graph.subjects(RDF.type, URIRef(FG.Relation)), key=str):
            a, b = self.link(fact, str(RDF.subject)), self.link(fact, str(RDF.object))
            predicate = self.text(fact, str(RDF.predicate))
            if a is not None and b is not None and predicate in PREDICATES:
                if self._said(fact, FG.evidence):
                    found.append((a, b, predicate, fact))
                covered |= (
                    {(a, b, predicate), (b, a, predicate)} if predicate == "partnersWith" else {(a, b, predicate)}
                )
        # A bare triple has no document, hence no date.
        for predicate in PREDICATES if not self.since else ():
            for a, b in sorted(self.graph.subject_objects(URIRef(NAMESPACE + predicate)), key=str):
                if a in self.types and b in self.types and (a, b, predicate) not in covered:
                    found.append((a, b, predicate, None))
        return found

    def data(self, shown: set[Node], links: list[_Link], *, missed: bool) -> ViewData:
        """Return the page's data for these things."""
        things = sorted(shown, key=str)
        index = {thing: i for i, thing in enumerate(things)}
        facts, places = self._facts(index)
        currency, sums, flows = largest_sums(facts)
        nodes = tuple(self._node(thing, sums.get(i, "")) for i, thing in enumerate(things))
        edges = _edges(links, index, facts, places, flows)
        unread = self._missed() if missed else ()
        documents = tuple(self._document(document) for document in self.documents)
        return ViewData(nodes, edges, tuple(facts), tuple(self.evidence), documents, unread, currency)

    def _quotes(self, subject: Node, predicate: str) -> tuple[int, ...]:
        nodes = sorted((self._place(node), str(node), node) for node in self.graph.objects(subject, URIRef(predicate)))
        return tuple(self._evidence(node) for place, _, node in nodes if place[0] >= 0 or not self.since)

    def _place(self, node: Node) -> tuple[int, int]:
        documents = [
            self.document_index[d] for d in self.graph.objects(node, URIRef(FG.inDocument)) if d in self.document_index
        ]
        start = self.text(node, FG.start)
        return min(documents, default=-1), int(start) if start.isdecimal() else 0

    def _evidence(self, node: Node) -> int:
        if node not in self.evidence_index:
            place, start = self._place(node)
            before, quote, after = split_sentence(self.text(node, FG.sentence), self.text(node, FG.quote))
            self.evidence_index[node] = len(self.evidence)
            self.evidence.append(ViewEvidence(place if place >= 0 else None, start, before, quote, after))
        return self.evidence_index[node]

    def _document(self, node: Node) -> ViewDocument:
        title, date = self.text(node, str(DCTERMS.title)), self.text(node, str(DCTERMS.issued))
        return ViewDocument(self.text(node, FG.fileName), title, date, self.text(node, str(DCTERMS.publisher)))

    def _names(self, thing: Node) -> tuple[dict[str, str], set[str]]:
        names: dict[str, str] = {}
        others: set[str] = set()
        for label in (SKOS.prefLabel, SKOS.altLabel):
            for value in sorted(self.graph.objects(thing, label), key=str):
                tag = (value.language or "").lower() if isinstance(value, Literal) else ""
                known = next((x for x in _LANGUAGES if x.lower() == tag), "")
                if label != SKOS.prefLabel or names.setdefault(known, str(value)) != str(value):
                    others.add(str(value))
        return {tag: names[tag] for tag in (*_LANGUAGES, "") if tag in names}, others - set(names.values())

    def _node(self, thing: Node, amount: str) -> ViewNode:
        names, others = self._names(thing)
        keys = {name_key(name) for name in (*names.values(), *others)} - {""}
        mentions = self._quotes(thing, FG.mention)
        return ViewNode(
            id=str(thing),
            type=self.types[thing],
            kind=self.text(thing, str(ORG.classification)),
            names=tuple(names.items()),
            aliases=tuple(sorted(others)),
            keys=tuple(sorted(keys)),
            mentions=mentions,
            weight=len(mentions),
            amount=amount,
        )

    def _facts(self, index: dict[Node, int]) -> tuple[list[ViewFact], dict[Node, int]]:
        facts: list[ViewFact] = []
        places: dict[Node, int] = {}
        for kind in _FACT_KINDS:
            for node in sorted(self.graph.subjects(RDF.type, URIRef(kind)), key=str):
                fact = self._fact(node, kind.removeprefix(NAMESPACE), index)
                if fact is not None:
                    places[node] = len(facts)
                    facts.append(fact)
        return facts, places

    def _fact(self, node: Node, kind: str, index: dict[Node, int]) -> ViewFact | None:
        links = {
            "PostHolding": (str(ORG.member), str(ORG.organization)),
            "Relation": (str(RDF.subject), str(RDF.object)),
        }
        first, second = (self.link(node, end) for end in links.get(kind, (FG.concerns, FG.funder)))
        subject = None if first is None else index.get(first)
        object_ = None if second is None else index.get(second)
        # A link needs both its ends on the page; a figure may stand with its giver alone.
        if (subject is None and object_ is None) or (None in (subject, object_) and kind in links):
            return None
        if not self._said(node, FG.evidence):
            return None
        predicate = {"PostHolding": "post", "Relation": self.text(node, str(RDF.predicate))}.get(kind, kind.lower())
        zh, en, full = self._value(node) if kind not in links else ("", "", "")
        speaker = self.link(node, FG.statedBy)
        return ViewFact(
            id=str(node),
            kind=kind,
            predicate=predicate,
            subject=subject,
            object=object_,
            evidence=self._quotes(node, FG.evidence),
            text=self.text(node, FG.title) or self.text(node, FG.measure),
            role=self.text(node, FG.amountRole),
            bound=self.text(node, FG.bound),
            per=self.text(node, FG.per),
            value_zh=zh,
            value_en=en,
            value_full=full,
            value=self.text(node, FG.value) if kind == "Amount" else "",
            currency=self.text(node, FG.currency),
            status=self.text(node, FG.status),
            as_of=self.text(node, FG.asOf),
            stated_by="" if speaker is None else next(iter(self._names(speaker)[0].values()), ""),
            rule=self.text(node, FG.rule),
            confidence=self.text(node, FG.confidence),
        )

    def _value(self, node: Node) -> tuple[str, str, str]:
        currency, unit = self.text(node, FG.currency), self.text(node, FG.unit)
        texts = [t for t in (self.text(node, FG.value), self.text(node, FG.upperValue)) if t]
        try:
            values = [Decimal(t) for t in texts]
        except InvalidOperation:
            written = " – ".join(texts)
            return written, written, ""
        zh = " – ".join(chinese(v, currency) for v in values)
        en = " – ".join(english(v, currency) for v in values)
        full = " – ".join(plain(v) for v in values)
        if unit == "ratio":
            return f"1 : {full}", f"1 : {full}", ""
        return (f"{zh} {unit}", f"{en} {unit}", "") if unit else (zh, en, f"{currency} {full}" if currency else "")

    def _missed(self) -> tuple[ViewMissed, ...]:
        nodes = sorted(self.graph.subjects(RDF.type, URIRef(FG.NotUnderstood)), key=str)
        found = [ViewMissed(self.text(n, FG.reason), e) for n in nodes for e in self._quotes(n, FG.evidence)]
        return tuple(sorted(found, key=lambda m: (m.evidence, m.reason)))


def largest_sums(facts: Iterable[ViewFact]) -> tuple[str, dict[int, str], dict[frozenset[int], str]]:
    """Return a currency, the largest sum stated of each node in it, and the largest that passes between two.

    Sums of different currencies can't be compared: only those of the one stated most often count, and only whole ones,
    not what each recipient or year gets.
    """
    stated = [f for f in facts if f.kind == "Amount" and f.currency and not f.per and _finite(f.value)]
    if not stated:
        return "", {}, {}
    often = Counter(f.currency for f in stated)
    currency = min(often, key=lambda name: (-often[name], name))
    sums: dict[int, Decimal] = {}
    flows: dict[frozenset[int], Decimal] = {}
    for fact in stated:
        ends = {end for end in (fact.subject, fact.object) if end is not None}
        if fact.currency == currency and (value := Decimal(fact.value)) > 0:
            sums |= {end: max(value, sums.get(end, value)) for end in ends}
            flows |= {frozenset(ends): max(value, flows.get(frozenset(ends), value))} if len(ends) == 2 else {}
    return currency, {k: f"{v:f}" for k, v in sums.items()}, {k: f"{v:f}" for k, v in flows.items()}


def _finite(text: str) -> bool:
    try:
        return Decimal(text).is_finite()
    except InvalidOperation:
        return False


def _edges(
    links: list[_Link],
    index: dict[Node, int],
    facts: list[ViewFact],
    places: dict[Node, int],
    flows: dict[frozenset[int], str],
) -> tuple[ViewEdge, ...]:
    groups: dict[tuple[int, int, str], set[int]] = defaultdict(set)
    for a, b, predicate, fact in links:
        if a in index and b in index and a != b:
            groups[index[a], index[b], predicate] |= {places[fact]} if fact is not None and fact in places else set()
    edges = []
    for (source, target, predicate), members in sorted(groups.items()):
        titles = sorted({facts[m].text for m in members if facts[m].text}) if predicate == "post" else []
        weight = len({e for m in members for e in facts[m].evidence})
        amount = flows.get(frozenset((source, target)), "")
        edges.append(
            ViewEdge(source, target, predicate, "、".join(titles), tuple(sorted(members)), max(weight, 1), amount)
        )
    return tuple(edges)
