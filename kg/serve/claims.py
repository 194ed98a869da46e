"""The facts of a graph as claims: about a thing, or made by a document."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from decimal import Decimal, InvalidOperation

from rdflib import Graph, URIRef
from rdflib.namespace import ORG, RDF
from rdflib.term import Node

from kg.serve.model import Claim, DocumentInfo, Place, Unread
from kg.vocab import FG, NAMESPACE

KINDS = ("Amount", "PostHolding", "Relation", "Count")
_ENDS = {
    "PostHolding": (ORG.member, ORG.organization),
    "Relation": (RDF.subject, RDF.object),
    "Amount": (URIRef(FG.concerns), URIRef(FG.funder)),
    "Count": (URIRef(FG.concerns), None),
}
_ABOUT = tuple(sorted({end for ends in _ENDS.values() for end in ends if end is not None}, key=str))


class Claims:
    """Reads claims from a graph; every list is in an order that does not depend on the run."""

    def __init__(self, graph: Graph, types: Mapping[Node, str], documents: Mapping[Node, DocumentInfo]) -> None:
        self.graph = graph
        self.types = types
        self.documents = documents
        self._order = {node: i for i, node in enumerate(documents)}

    def text(self, subject: Node, predicate: str) -> str:
        """Return the first value of a property as text; terms of the ontology as their short name."""
        return min((str(v) for v in self.graph.objects(subject, URIRef(predicate))), default="").removeprefix(NAMESPACE)

    def _thing(self, subject: Node, predicate: Node | None) -> Node | None:
        if predicate is None:
            return None
        return min((v for v in self.graph.objects(subject, predicate) if v in self.types), key=str, default=None)

    def places(self, evidence: Iterable[Node]) -> list[Place]:
        """Return the places of evidence nodes, in the order of documents and of their texts."""
        found = [place for node in evidence if (place := self._place(node)) is not None]
        return sorted(found, key=lambda p: (self._order[p.document], p.start, p.end, str(p.node)))

    def _place(self, node: Node) -> Place | None:
        document = min(
            (d for d in self.graph.objects(node, URIRef(FG.inDocument)) if d in self.documents), key=str, default=None
        )
        start, end = self.text(node, FG.start), self.text(node, FG.end)
        if document is None or not (start.isdecimal() and end.isdecimal() and int(start) < int(end)):
            return None
        return Place(node, document, int(start), int(end), self.text(node, FG.quote), self.text(node, FG.sentence))

    def claim(self, node: Node) -> Claim | None:
        """Return the claim of a fact node, or None if the node is no fact."""
        types = {str(t) for t in self.graph.objects(node, RDF.type)}
        kind = next((k for k in KINDS if NAMESPACE + k in types), None)
        if kind is None:
            return None
        subject, object_ = (self._thing(node, end) for end in _ENDS[kind])
        places = self.places(self.graph.objects(node, URIRef(FG.evidence)))
        issued = [self.documents[p.document].date for p in places if self.documents[p.document].date]
        predicate = {
            "PostHolding": "post",
            "Relation": self.text(node, str(RDF.predicate)),
            "Amount": self.text(node, FG.amountRole),
        }
        return Claim(
            node=node,
            kind=kind,
            predicate=predicate.get(kind, "count"),
            subject=subject,
            object=object_,
            places=tuple(places),
            text=self.text(node, FG.title) or self.text(node, FG.measure),
            value=_number(self.text(node, FG.value)),
            upper=_number(self.text(node, FG.upperValue)),
            currency=self.text(node, FG.currency),
            unit=self.text(node, FG.unit),
            bound=self.text(node, FG.bound),
            per=self.text(node, FG.per),
            status=self.text(node, FG.status),
            as_of=self.text(node, FG.asOf),
            stated_by=self._thing(node, URIRef(FG.statedBy)),
            rule=self.text(node, FG.rule),
            confidence=self.text(node, FG.confidence),
            issued=min(issued, default=""),
        )

    def of_kind(self, kind: str) -> list[Claim]:
        """Return all claims of a kind, sorted by address."""
        nodes = sorted(self.graph.subjects(RDF.type, URIRef(NAMESPACE + kind)), key=str)
        return [claim for node in nodes if (claim := self.claim(node)) is not None]

    def about(self, thing: Node) -> list[Claim]:
        """Return the claims that a thing is an end of: in the order of kinds, what they say, and time."""
        nodes = {fact for end in _ABOUT for fact in self.graph.subjects(end, thing)}
        return sorted((c for n in nodes if (c := self.claim(n)) is not None), key=_order)

    def number_about(self, thing: Node) -> int:
        """Return how many facts a thing is an end of."""
        return len({fact for end in _ABOUT for fact in self.graph.subjects(end, thing)})

    def _evidence(self, document: Node) -> list[Node]:
        return list(self.graph.subjects(URIRef(FG.inDocument), document))

    def of_document(self, document: Node) -> list[Claim]:
        """Return the claims that a document makes, in the order of their first quote in it."""
        first: dict[Node, tuple[int, int]] = {}
        for node in self._evidence(document):
            place = self._place(node)
            for fact in self.graph.subjects(URIRef(FG.evidence), node) if place else ():
                first[fact] = (
                    min(first.get(fact, (place.start, place.end)), (place.start, place.end)) if place else (0, 0)
                )
        nodes = sorted(first, key=lambda n: (first[n], str(n)))
        return [claim for n in nodes if (claim := self.claim(n)) is not None]

    def number_of_document(self, document: Node) -> int:
        """Return how many facts a document makes."""
        facts = {fact for node in self._evidence(document) for fact in self.graph.subjects(URIRef(FG.evidence), node)}
        return sum(1 for fact in facts if (fact, RDF.type, URIRef(FG.NotUnderstood)) not in self.graph)

    def unread_of(self, document: Node) -> list[Unread]:
        """Return what of a document was not understood, in the order of its text."""
        nodes = {n for e in self._evidence(document) for n in self.graph.subjects(URIRef(FG.evidence), e)}
        missed = {n for n in nodes if (n, RDF.type, URIRef(FG.NotUnderstood)) in self.graph}
        found = [
            Unread(self.text(n, FG.reason), tuple(self.places(self.graph.objects(n, URIRef(FG.evidence)))))
            for n in missed
        ]
        return sorted(found, key=lambda u: ([(p.start, p.end) for p in u.places], u.reason))

    def things_of(self, document: Node) -> set[Node]:
        """Return the things that a document names."""
        return {
            t for e in self._evidence(document) for t in self.graph.subjects(URIRef(FG.mention), e) if t in self.types
        }


def _number(text: str) -> Decimal | None:
    try:
        return Decimal(text) if text else None
    except InvalidOperation:
        return None


def _order(claim: Claim) -> tuple[int, str, str, str, str]:
    return KINDS.index(claim.kind), claim.predicate, claim.when, claim.text, str(claim.node)
