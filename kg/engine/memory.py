"""What a build leaves for the next one in the folder ``.kept``: lines of each document, and what was one thing.

All of it could be made again from the documents. What does not fit the folder, or was damaged, is not used.
"""

from __future__ import annotations

import hashlib
import json
import sys
from array import array
from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import Any

from kg.engine.kept import Previous, file_digest
from kg.resolve import Ledger
from kg.resolve.known import Keys, keys, take

KEPT = ".kept"
# A line for each document, in the order of their names.
LINES = ("heads", "items", "counted", "stated")
# What identity found: see `kg.engine.identity`.
FOUND = ("paths", "numbers", "told.json", "things", "translations")
_KNOWN = "known"
_OUTPUTS = ("facts.ndjson", "graph.nq", "graph.ttl")
_CHECK = "check.json"


class StaleError(Exception):
    """What an earlier build left does not fit: all is to be made anew."""


@dataclass(frozen=True)
class Memory:
    """What the build of a folder left. `ledger` stands for the decisions that it replayed."""

    previous: Previous
    folder: Path

    @cached_property
    def numbers(self) -> dict[str, int]:
        """The place of each document in the order of names, by the key of what was read."""
        return {entry["key"]: number for number, entry in enumerate(self.previous.report["inputs"])}

    @cached_property
    def lines(self) -> dict[str, list[bytes]]:
        """The lines about documents, without their ends, by file. Raises `StaleError` if there are not as many as documents."""
        found = {name: (self.folder / name).read_bytes().splitlines() for name in LINES}
        if any(len(lines) != len(self.numbers) for lines in found.values()):
            raise StaleError
        return found

    def line(self, name: str, key: str) -> bytes:
        """Return the line of a document in a file, given the key of what was read."""
        return self.lines[name][self.numbers[key]]

    @property
    def translations(self) -> list[bytes]:
        """The lines of `kg.resolve.translations.Translations`."""
        return (self.folder / "translations").read_bytes().splitlines()

    @cached_property
    def things(self) -> dict[str, str]:
        """A digest of each thing, by its path."""
        return read_things(self.folder)


def read_things(folder: Path) -> dict[str, str]:
    """Return the digests of things that a folder has, by their paths."""
    lines = (folder / "things").read_text(encoding="utf-8").split("\n")[:-1]
    return {path: made for path, _, made in (line.rpartition(" ") for line in lines)}


def remembered(previous: Previous, settings: dict[str, Any], ledger: Ledger) -> Memory | None:
    """Return what the last build left, None if it was made in another way or is not as it was written."""
    memory = Memory(previous, previous.folder / KEPT)
    try:
        check = json.loads((memory.folder / _CHECK).read_text(encoding="utf-8"))
        outputs = previous.report["outputs"]
        fits = (
            check["report"] == file_digest(previous.folder / "report.json")
            and check["by"] == _made_by(settings, ledger)
            and set(check["files"]) == {*LINES, *FOUND, _KNOWN}
            and all(file_digest(memory.folder / name) == made for name, made in check["files"].items())
            and previous.holds({name: outputs[name] for name in _OUTPUTS})
        )
        if not fits or len(memory.numbers) != len(previous.report["inputs"]):
            return None
        take(Keys.decode((memory.folder / _KNOWN).read_text(encoding="utf-8")))
        return memory
    except (OSError, ValueError, KeyError, TypeError):
        return None


def keep(folder: Path, settings: dict[str, Any], ledger: Ledger) -> None:
    """Seal what is in the folder for the next build, when all else beside it has been written."""
    (folder / _KNOWN).write_text(keys().encode(), encoding="utf-8", newline="\n")
    files = {name: file_digest(folder / name) for name in (*LINES, *FOUND, _KNOWN)}
    check = {"by": _made_by(settings, ledger), "files": files, "report": file_digest(folder.parent / "report.json")}
    (folder / _CHECK).write_text(json.dumps(check, indent=1) + "\n", encoding="utf-8", newline="\n")


def _made_by(settings: dict[str, Any], ledger: Ledger) -> str:
    """Return what stands for all that the lines depend on besides the documents."""
    rows = repr(replace(ledger, files=()))
    made = repr((sys.version, settings["made_by"], settings["base"], rows))
    return hashlib.blake2b(made.encode("utf-8", "surrogatepass"), digest_size=16).hexdigest()


def unlike(before: Path, after: Path, things: Collection[str]) -> set[str]:
    """Return the documents, of those that both folders have, whose entities are other things, or some of these."""
    old, new = _Found.read(before), _Found.read(after)
    places = {path: place for place, path in enumerate(new.paths) if path not in things}
    moved = [places.get(path, -1) for path in old.paths]
    return {
        document
        for document in old.spans.keys() & new.spans.keys()
        if [moved[n] for n in old.of(document)] != list(new.of(document))
    }


@dataclass(frozen=True)
class _Found:
    """Which things the entities of documents are."""

    paths: list[str]
    numbers: Sequence[int]
    spans: dict[str, tuple[int, int]]

    @classmethod
    def read(cls, folder: Path) -> _Found:
        numbers = array("I")
        numbers.frombytes((folder / "numbers").read_bytes())
        first = json.loads((folder / "told.json").read_text(encoding="utf-8"))["first"]
        starts = sorted((start, document) for document, start in first.items())
        ends = [*(start for start, _ in starts[1:]), len(numbers)]
        spans = {document: (start, end) for (start, document), end in zip(starts, ends, strict=True)}
        return cls((folder / "paths").read_text(encoding="utf-8").splitlines(), numbers, spans)

    def of(self, document: str) -> Sequence[int]:
        start, end = self.spans[document]
        return self.numbers[start:end]
