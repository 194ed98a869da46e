"""What passes between the steps: a document as read, its facts, and the knowledge of many documents.

Everything is frozen and made of tuples, so that a step can't change what another one made. Offsets count characters
(code points) of `Document.text`, from 0, end exclusive.
"""

from __future__ import annotations

import bisect
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Literal

Language = Literal["zh-Hant", "zh-Hans", "en"]
EntityType = Literal["Person", "Organisation", "Programme", "Facility", "Policy", "Event"]
Kind = Literal["government", "public_body", "company", "academic", "association", "media", "international", "other"]
Predicate = Literal[
    "operates",
    "funds",
    "owns",
    "partOf",
    "partnersWith",
    "commissionedBy",
    "locatedIn",
    "announcedIn",
    "participatesIn",
]
AmountRole = Literal["budget", "cap", "grant", "invested", "coinvested", "raised", "other"]
Bound = Literal["exact", "atLeast", "atMost", "about"]
Per = Literal["recipient", "year"]
Status = Literal["proposed", "announced", "funded", "launched", "completed"]
SuccessionKind = Literal["renamed", "merged", "split", "replaced"]
Severity = Literal["error", "warning", "info"]
PassageKind = Literal["title", "body", "caption", "list", "contact", "about"]


@dataclass(frozen=True, slots=True)
class Finding:
    """Something a person should know about an input: it was skipped, changed or not understood."""

    severity: Severity
    code: str
    message: str
    where: str = ""
    start: int | None = None
    end: int | None = None
    quote: str = ""


@dataclass(frozen=True, slots=True)
class Passage:
    """A stretch of `Flow.text` that reads as one: a heading, a paragraph, a caption, a contact block."""

    kind: PassageKind
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Flow:
    """The text in reading order, wrapped lines joined: passages separated by one line break each.

    `offsets[i]` is the place in `Document.text` of the i-th character of `text`. A line break between passages points
    at some character between them. The last entry is one past the last character, so `offsets` has one more entry
    than `text` has characters.
    """

    text: str
    offsets: tuple[int, ...]
    passages: tuple[Passage, ...]

    def source_range(self, start: int, end: int) -> tuple[int, int]:
        """Return the range of the source text that a non-empty range of the flow came from."""
        return self.offsets[start], self.offsets[end - 1] + 1

    def passage_number(self, place: int) -> int:
        """Return the number, from 1, of the passage that holds a place of the flow."""
        return max(1, bisect.bisect_right(self.passages, place, key=lambda p: p.start))


@dataclass(frozen=True, slots=True)
class Document:
    """One source text as read."""

    file_name: str
    sha256: str
    text: str
    language: Language
    flow: Flow
    title: str | None = None
    date: str | None = None
    publisher: str | None = None
    encoding: str = "utf-8"
    findings: tuple[Finding, ...] = ()
    source: str | None = None  # the web address that the text was published at
    # (offset, page) wherever `text` goes over to another page, in the order of the offsets; empty without pages.
    pages: tuple[tuple[int, int], ...] = ()

    @property
    def id(self) -> str:
        """The first 16 hexadecimal digits of the content's SHA-256."""
        return self.sha256[:16]

    def page_at(self, offset: int) -> int | None:
        """Return the page (from 1) that a place of `text` stands on, None for a text without pages."""
        index = bisect.bisect_right(self.pages, offset, key=lambda p: p[0]) - 1
        return self.pages[index][1] if index >= 0 else None


@dataclass(frozen=True, slots=True)
class Quote:
    """A slice of a document's text, the sentence around it for reading, and the page it begins on.

    Where the document has no pages, `paragraph` tells which passage it is in, from 1 in reading order.
    """

    start: int
    end: int
    text: str
    sentence: str = ""
    page: int | None = None
    paragraph: int | None = None


@dataclass(frozen=True, slots=True)
class Entity:
    """A named thing as one document names it. `id` is unique within the document."""

    id: str
    type: EntityType
    names: tuple[str, ...]
    mentions: tuple[Quote, ...]
    kind: Kind | None = None
    lexicon_id: str | None = None


@dataclass(frozen=True, slots=True)
class Source:
    """How a fact is known: where the text says so, what rule found it, and what the text tells of time and speaker."""

    quotes: tuple[Quote, ...]
    rule: str
    confidence: Decimal = Decimal("0.90")
    status: Status | None = None
    as_of: str | None = None
    stated_by: str | None = None


@dataclass(frozen=True, slots=True)
class PostHolding:
    """A person holds a titled post in a body. Ends are ids of `Entity` (or of `Thing` once resolved)."""

    person: str
    title: str
    organisation: str
    source: Source


@dataclass(frozen=True, slots=True)
class Relation:
    """Two things stand in one of the nine relations."""

    subject: str
    predicate: Predicate
    object: str
    source: Source


@dataclass(frozen=True, slots=True)
class Amount:
    """A sum of money, in units of the currency, that concerns a thing."""

    subject: str
    role: AmountRole
    value: Decimal
    currency: str
    bound: Bound
    source: Source
    upper: Decimal | None = None
    per: Per | None = None
    funder: str | None = None


@dataclass(frozen=True, slots=True)
class Count:
    """A number of something that is not money and concerns a thing. A ratio 1:9 has unit "ratio" and value 9."""

    subject: str
    measure: str
    value: Decimal
    unit: str
    bound: Bound
    source: Source
    upper: Decimal | None = None


Fact = PostHolding | Relation | Amount | Count


@dataclass(frozen=True, slots=True)
class DocumentInfo:
    """What is known of a source text besides its text."""

    file_name: str
    sha256: str
    language: Language
    title: str | None = None
    date: str | None = None
    publisher: str | None = None
    source: str | None = None

    @property
    def id(self) -> str:
        """The first 16 hexadecimal digits of the content's SHA-256."""
        return self.sha256[:16]


@dataclass(frozen=True, slots=True)
class DocumentFacts:
    """Everything one document says, and what in it was not understood."""

    document: DocumentInfo
    entities: tuple[Entity, ...] = ()
    posts: tuple[PostHolding, ...] = ()
    relations: tuple[Relation, ...] = ()
    amounts: tuple[Amount, ...] = ()
    counts: tuple[Count, ...] = ()
    findings: tuple[Finding, ...] = ()

    @property
    def facts(self) -> tuple[Fact, ...]:
        """All facts, posts first, in the order of the fields."""
        return (*self.posts, *self.relations, *self.amounts, *self.counts)


@dataclass(frozen=True, slots=True)
class Label:
    """A name with its language. `converted` marks a form in the other script that no source has."""

    text: str
    language: Language
    converted: bool = False


@dataclass(frozen=True, slots=True)
class Thing:
    """One thing of the world after resolution.

    `id` is the path below the base IRI, such as ``organisation/cyberport``. `preferred` has at most one label a
    language. `mentions` are pairs of a `DocumentInfo.id` and a quote. `why` tells the reason of each merge, `same_as`
    holds addresses that mean the same elsewhere.
    """

    id: str
    type: EntityType
    preferred: tuple[Label, ...]
    alternative: tuple[Label, ...]
    mentions: tuple[tuple[str, Quote], ...]
    kind: Kind | None = None
    why: tuple[str, ...] = ()
    same_as: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Succession:
    """One body, or several, went over into others on a date. `predecessors` and `successors` are ids of things.

    `names` are labels of those that no document names.
    """

    id: str
    date: str
    kind: SuccessionKind
    predecessors: tuple[str, ...]
    successors: tuple[str, ...]
    names: tuple[tuple[str, Label], ...] = ()
    source: str = ""


@dataclass(frozen=True, slots=True)
class Knowledge:
    """All documents together. The facts in `facts` are those of `documents` with their ends replaced by `Thing.id`."""

    documents: tuple[DocumentInfo, ...] = ()
    things: tuple[Thing, ...] = ()
    facts: tuple[tuple[str, Fact], ...] = field(default=())
    findings: tuple[tuple[str, Finding], ...] = ()
    successions: tuple[Succession, ...] = ()
