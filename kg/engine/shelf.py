"""The documents of one build, wherever they lie: read just now, or by an earlier build."""

from __future__ import annotations

import errno
from collections.abc import Collection
from functools import cached_property
from typing import Any

from kg.engine.kept import Kept, Previous
from kg.engine.place import Workshop
from kg.engine.read import Entry, Reading
from kg.facts import loads
from kg.files import linked, text_places
from kg.model import DocumentFacts, Finding
from kg.resolve.replay import Edits

_KINDS = ("entities", "posts", "relations", "amounts", "counts")


class Shelf:
    """Hands out the documents of a build one by one, by their places in `entries`, which are sorted by name."""

    def __init__(self, shop: Workshop, previous: Previous, read: Reading) -> None:
        self._shop = shop
        self.previous = previous
        self.entries = read.entries
        self._numbers = {entry.id: number for number, entry in enumerate(read.entries)}
        self.edits: Edits | None = None

    def __len__(self) -> int:
        return len(self.entries)

    def number(self, document: str) -> int:
        """Return the place of a document, given its id."""
        return self._numbers[document]

    def _get(self, entry: Entry) -> Kept:
        kept = self.previous.get(entry.key) if entry.old else self._shop.journal.get(entry.key)
        if kept is None:
            raise OSError(errno.ESTALE, "it was changed meanwhile", str(self.previous.text(entry.key)))
        return kept

    def lay_out(self, number: int) -> tuple[bytes, DocumentFacts, dict[str, Any]]:
        """Write a document's text into the new folder; return its line of facts, the facts, and what the report says."""
        entry = self.entries[number]
        kept = self._get(entry)
        if not self.put(number):
            (self._shop.new / self.place(number)).write_bytes(kept.text)
        facts = loads(kept.facts)
        return kept.facts, facts, _input(facts, kept, self.place(number))

    def place(self, number: int) -> str:
        """Return the name, in the folder, of the file with a document's text."""
        return f"text/{self._places[self.entries[number].file]}"

    def put(self, number: int) -> bool:
        """Give the text of a document that an earlier build read its place in the new folder too; False if that can't be."""
        entry, place = self.entries[number], self._shop.new / self.place(number)
        old = entry.old and linked(self.previous.text(entry.key), place)
        if not old:
            place.parent.mkdir(parents=True, exist_ok=True)
            place.unlink(missing_ok=True)
            old = entry.old and linked(self.previous.text(entry.key), place)
        return old

    @cached_property
    def _places(self) -> dict[str, str]:
        return text_places(entry.file for entry in self.entries)

    def facts(self, number: int) -> DocumentFacts:
        """Return the facts of a document as the decisions leave them."""
        return self.edited(loads(self._get(self.entries[number]).facts))[0]

    def edited(self, facts: DocumentFacts) -> tuple[DocumentFacts, list[Finding]]:
        """Return facts as the decisions leave them, and what is wrong with those."""
        return self.edits.applied(facts) if self.edits else (facts, [])

    def texts(self, files: Collection[str]) -> dict[str, str]:
        """Return the texts of the documents with these names."""
        wanted = [entry for entry in self.entries if entry.file in files]
        return {entry.file: self._get(entry).text.decode("utf-8") for entry in wanted}


def _input(facts: DocumentFacts, kept: Kept, place: str) -> dict[str, Any]:
    return {
        "file": facts.document.file_name,
        "sha256": facts.document.sha256,
        "characters": len(kept.text.decode("utf-8")),
        "encoding": kept.encoding,
        "language": facts.document.language,
        "date": facts.document.date,
        "title": facts.document.title,
        "publisher": facts.document.publisher,
        "source": facts.document.source,
        "counts": {kind: len(getattr(facts, kind)) for kind in _KINDS},
        "text": place,
        # What tells the next build that it need not read the document again.
        "key": kept.key,
        "check": kept.check,
    }
