"""What a parser gives back: text with its metadata and the page of every stretch, plain enough to cross a pipe."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Limits:
    """What one document may cost. A file beyond a limit is refused and named; the rest is built."""

    seconds: float = 60.0
    memory: int = 1_000_000_000  # bytes, beside what the parsers themselves take
    pages: int = 2000
    unpacked: int = 200_000_000  # bytes of a packed file (.docx) once unpacked
    characters: int = 20_000_000


@dataclass(frozen=True, slots=True)
class Extract:
    """The text of a file, a line for each passage, and what the file tells of itself.

    `pages` has an entry (offset, page) wherever the text goes over to another page, in the order of the offsets; it is
    empty where the file has no pages. `wrapped` tells that lines may end within a paragraph. `notes` says in words what was left out.
    """

    text: str
    title: str | None = None
    date: str | None = None
    publisher: str | None = None
    source: str | None = None
    language: str | None = None
    encoding: str = "utf-8"
    pages: tuple[tuple[int, int], ...] = ()
    notes: tuple[str, ...] = ()
    wrapped: bool = False

    def to_dict(self) -> dict[str, Any]:
        """Return the fields as plain values for JSON."""
        return asdict(self)

    @classmethod
    def from_dict(cls, data: dict[str, Any]) -> Extract:
        """Return the extract that `to_dict` was given."""
        pages = tuple((int(offset), int(page)) for offset, page in data["pages"])
        return cls(**{**data, "pages": pages, "notes": tuple(data["notes"])})
