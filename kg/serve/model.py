"""What the pages show, as plain values. Nodes are those of the graph; empty text means that nobody says."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from rdflib.term import Node


@dataclass(frozen=True, slots=True)
class DocumentInfo:
    """What is known of a source text besides its text; `date` is ISO 8601."""

    node: Node
    file: str
    title: str
    date: str
    publisher: str
    language: str
    sha256: str


@dataclass(frozen=True, slots=True)
class Names:
    """The preferred name in each language, and all others as pairs of language and name."""

    preferred: dict[str, str]
    others: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Place:
    """A quote and where it stands: characters `start` to `end` of the document's text as read."""

    node: Node
    document: Node
    start: int
    end: int
    quote: str
    sentence: str


@dataclass(frozen=True, slots=True)
class Claim:
    """One fact with all that is said of it. `predicate` is ``post``, a relation, or a role; figures have `value`."""

    node: Node
    kind: str
    predicate: str
    subject: Node | None
    object: Node | None
    places: tuple[Place, ...]
    text: str = ""
    value: Decimal | None = None
    upper: Decimal | None = None
    currency: str = ""
    unit: str = ""
    bound: str = ""
    per: str = ""
    status: str = ""
    as_of: str = ""
    stated_by: Node | None = None
    rule: str = ""
    confidence: str = ""
    issued: str = ""

    @property
    def when(self) -> str:
        """The date or period that the claim speaks of, else that of the first document that makes it."""
        return self.as_of or self.issued


@dataclass(frozen=True, slots=True)
class Unread:
    """A sentence that looked as if it said something but gave no fact."""

    reason: str
    places: tuple[Place, ...]
