"""The errors that a user can meet, one tree.

KgError                 anything below; ``kg`` prints it without a traceback
├── InputError   E1xx   a document that can't be read            exit 3
├── DataError    E2xx   a bad lexicon, rule or ontology file     exit 3
├── QueryError   E3xx   a query refused, misspelt or timed out   exit 4
└── OutputError  E4xx   a place that can't be written to         exit 3
"""

from __future__ import annotations

from typing import ClassVar


class KgError(Exception):
    """Say what happened, where, and what to do about it."""

    exit_status: ClassVar[int] = 3

    def __init__(self, code: str, message: str, *, where: str = "", hint: str = "") -> None:
        super().__init__(message)
        self.code = code
        self.message = message
        self.where = where
        self.hint = hint

    def __str__(self) -> str:
        place = f"{self.where}: " if self.where else ""
        remedy = f" – {self.hint}" if self.hint else ""
        return f"{self.code} {place}{self.message}{remedy}"


class InputError(KgError):
    """A document can't be read."""


class DataError(KgError):
    """A data file of the package (lexicon, rule, ontology, query) is not well formed."""


class QueryError(KgError):
    """A query is refused, names an unknown term, or ran out of time."""

    exit_status = 4


class OutputError(KgError):
    """The output can't be written."""
