"""What the page shows, as plain values: things, links between them, facts, the evidence and its documents."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class ViewDocument:
    """A source text as the reader of the page should see it named."""

    file: str
    title: str
    date: str
    publisher: str


@dataclass(frozen=True, slots=True)
class ViewEvidence:
    """A quote inside its sentence: `before` + `quote` + `after` reads as the sentence. `document` is an index."""

    document: int | None
    start: int
    before: str
    quote: str
    after: str


@dataclass(frozen=True, slots=True)
class ViewFact:
    """One claim. Ends are indices of nodes, `evidence` indices of evidence; empty text means that nobody says."""

    id: str
    kind: str
    predicate: str
    subject: int | None
    object: int | None
    evidence: tuple[int, ...]
    text: str = ""
    role: str = ""
    bound: str = ""
    per: str = ""
    value_zh: str = ""
    value_en: str = ""
    value_full: str = ""
    value: str = ""
    currency: str = ""
    status: str = ""
    as_of: str = ""
    stated_by: str = ""
    rule: str = ""
    confidence: str = ""


@dataclass(frozen=True, slots=True)
class ViewNode:
    """One thing: its names by language, its other names, and the folded keys that a search is matched with.

    `weight` is the number of quotes that name it, `amount` the largest sum stated of it or given by it, in the currency
    of the page, as a decimal number.
    """

    id: str
    type: str
    kind: str
    names: tuple[tuple[str, str], ...]
    aliases: tuple[str, ...]
    keys: tuple[str, ...]
    mentions: tuple[int, ...]
    weight: int
    amount: str = ""

    def label(self, language: str) -> str:
        """Return the name in a language, or in the nearest one that is known."""
        names = dict(self.names)
        for tag in (language, *(("zh-Hans",) if language == "zh-Hant" else ("zh-Hant",)), "en", "zh-Hans"):
            if names.get(tag):
                return names[tag]
        return next(iter(names.values()), "") or (self.aliases[0] if self.aliases else self.id.rsplit("/", 1)[-1])


@dataclass(frozen=True, slots=True)
class ViewEdge:
    """A link that some document claims: all facts between two things with one predicate.

    `weight` is the number of its quotes, `amount` the largest sum that one of its ends gives to the other.
    """

    source: int
    target: int
    predicate: str
    label: str
    facts: tuple[int, ...]
    weight: int
    amount: str = ""


@dataclass(frozen=True, slots=True)
class ViewMissed:
    """A sentence that looked as if it said something but gave no fact."""

    reason: str
    evidence: int


@dataclass(frozen=True, slots=True)
class ViewData:
    """Everything on one page. Indices are places in these tuples; `currency` is the one that sums are compared in."""

    nodes: tuple[ViewNode, ...] = ()
    edges: tuple[ViewEdge, ...] = ()
    facts: tuple[ViewFact, ...] = ()
    evidence: tuple[ViewEvidence, ...] = ()
    documents: tuple[ViewDocument, ...] = ()
    missed: tuple[ViewMissed, ...] = ()
    currency: str = ""
