"""The documents of one build, wherever they lie: read just now, or by an earlier build."""

from __future__ import annotations

import errno
from collections.abc import Collection, Iterator
from typing import Any

from kg.engine.kept import Kept, Previous
from kg.engine.light import whole
from kg.engine.place import Workshop
from kg.engine.read import Entry, Reading
from kg.facts import loads
from kg.files import linked, text_places
from kg.model import DocumentFacts, Fact, Finding

_KINDS = ("entities", "posts", "relations", "amounts", "counts")


class Shelf:
    """Hands out the documents of a build one by one. `inputs` is what the report says of each, once `laid_out`."""

    def __init__(self, shop: Workshop, previous: Previous, read: Reading) -> None:
        self._shop = shop
        self._previous = previous
        self._entries = {entry.sha256[:16]: entry for entry in read.entries}
        self.inputs: list[dict[str, Any]] = []

    def _get(self, entry: Entry) -> Kept:
        kept = self._previous.get(entry.key) if entry.old else self._shop.journal.get(entry.key)
        if kept is None:
            raise OSError(errno.ESTALE, "it was changed meanwhile", str(self._previous.text(entry.key)))
        return kept

    def laid_out(self) -> Iterator[tuple[bytes, DocumentFacts]]:
        """Yield each document's line of facts and the facts, by name; write its text into the new folder."""
        places = text_places(entry.file for entry in self._entries.values())
        for entry in self._entries.values():
            kept = self._get(entry)
            name = f"text/{places[entry.file]}"
            place = self._shop.new / name
            place.parent.mkdir(parents=True, exist_ok=True)
            if not (entry.old and linked(self._previous.text(entry.key), place)):
                place.write_bytes(kept.text)
            facts = loads(kept.facts)
            self.inputs.append(_input(facts, kept, name))
            yield kept.facts, facts

    def texts(self, files: Collection[str]) -> dict[str, str]:
        """Return the texts of the documents with these names."""
        wanted = [entry for entry in self._entries.values() if entry.file in files]
        return {entry.file: self._get(entry).text.decode("utf-8") for entry in wanted}

    def details(self, document: str, facts: list[Fact]) -> tuple[list[Fact], list[Finding]]:
        """Return light facts of a document whole, and its findings."""
        stored = loads(self._get(self._entries[document]).facts)
        return [whole(fact, stored) for fact in facts], list(stored.findings)

    def facts_of(self, document: str, facts: list[Fact]) -> tuple[list[Fact], list[Finding]]:
        """Return light facts of a document whole, and no findings; without facts the document is not looked at."""
        return (self.details(document, facts)[0], []) if facts else ([], [])


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
