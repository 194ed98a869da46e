"""Documents that have been read, on disk: those of the build under way or of one that was cut off, and of the last one."""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO

from kg.errors import OutputError

JOURNAL = "journal"


@dataclass(frozen=True, slots=True)
class Kept:
    """One document as it was read: its line of facts and its text, in UTF-8, and the name of its encoding."""

    key: str
    encoding: str
    facts: bytes
    text: bytes

    @property
    def check(self) -> str:
        """What tells whether facts and text are those that were written."""
        made = hashlib.blake2b(self.facts, digest_size=16)
        made.update(b"\n" + self.text)
        return made.hexdigest()


class Journal:
    """The documents of a build under way, each written as soon as it is read; what a build that was cut off wrote stays.

    A record is a line of JSON, a line of facts and the text. The first record that is not whole ends the file.
    """

    def __init__(self, path: Path) -> None:
        """Open the journal, or make it. Raises `OutputError` E409 while another build has it open."""
        self._path, self._process = path, os.getpid()
        self._file = _locked(path)
        self._left = self._file
        self._places: dict[str, int] = {}
        end = 0
        for kept, place, following in self._records():
            self._places[kept.key] = place
            end = following
        self._file.seek(end)
        self._file.truncate()

    def __contains__(self, key: str) -> bool:
        return key in self._places

    def __len__(self) -> int:
        return len(self._places)

    def add(self, kept: Kept) -> None:
        """Write a document down, so that it survives the end of this process."""
        head = {"key": kept.key, "encoding": kept.encoding, "check": kept.check, "text": len(kept.text)}
        place = self._file.seek(0, os.SEEK_END)
        self._file.write(b"%s\n%s\n%s\n" % (json.dumps(head).encode("ascii"), kept.facts, kept.text))
        self._file.flush()
        self._places[kept.key] = place

    def get(self, key: str) -> Kept:
        """Return a document. Raises `KeyError` for one that is not there."""
        if self._process != os.getpid():
            # A copy of the process shares the place in the file, and must not hold the lock when the other has died.
            # The old object is not closed: that would move the place under the other's feet.
            self._left, self._process = self._file, os.getpid()
            os.close(self._left.fileno())
            self._file = self._path.open("rb")
        self._file.seek(self._places[key])
        found = self._record()
        if found is None:
            raise OSError(5, "the journal was changed by something else")
        return found

    def close(self) -> None:
        """Close the file; another build may have it then."""
        self._file.close()

    def _records(self) -> Iterator[tuple[Kept, int, int]]:
        place = 0
        self._file.seek(0)
        while (found := self._record()) is not None:
            following = self._file.tell()
            yield found, place, following
            place = following
            self._file.seek(place)

    def _record(self) -> Kept | None:
        try:
            head = json.loads(self._file.readline())
            facts = self._file.readline().rstrip(b"\n")
            text = self._file.read(head["text"] + 1)
            kept = Kept(head["key"], head["encoding"], facts, text[:-1])
            return kept if text.endswith(b"\n") and kept.check == head["check"] else None
        except (ValueError, KeyError, TypeError):
            return None


def _locked(path: Path) -> BinaryIO:
    while True:
        file = path.open("a+b")
        try:
            import fcntl
        except ImportError:  # Windows refuses to delete a file that is open, which is lock enough
            return file
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            file.close()
            where, hint = str(path.parent), "wait for it to end, or give this one another folder"
            raise OutputError("E409", "another build is writing here", where=where, hint=hint) from None
        with suppress(OSError):
            # The build that had it may have ended and deleted it between the two calls above.
            if os.path.samestat(os.fstat(file.fileno()), path.stat()):
                return file
        file.close()


class Previous:
    """The output folder of an earlier build: its report and the documents in it."""

    def __init__(self, folder: Path) -> None:
        """Read what the folder's report says; a folder that no build of this kind made holds nothing."""
        self.folder = folder
        self._inputs: dict[str, tuple[int, dict[str, Any]]] = {}
        self.report: dict[str, Any] = {}
        # Where the lines of facts begin, and their end.
        self.starts: list[int] = []
        try:
            report = json.loads((folder / "report.json").read_text(encoding="utf-8"))
            *starts, end = _line_starts(folder / "facts.ndjson")
            entries = {entry["key"]: (place, entry) for place, entry in zip(starts, report["inputs"], strict=True)}
            self.report, self._inputs, self.starts = report, entries, [*starts, end]
        except (OSError, ValueError, KeyError, TypeError):
            pass

    def __len__(self) -> int:
        return len(self._inputs)

    def get(self, key: str) -> Kept | None:
        """Return a document, None if it is not there or was changed since it was written."""
        if key not in self._inputs:
            return None
        place, entry = self._inputs[key]
        try:
            with (self.folder / "facts.ndjson").open("rb") as file:
                file.seek(place)
                facts = file.readline().rstrip(b"\n")
            kept = Kept(key, entry["encoding"], facts, self.text(key).read_bytes())
            return kept if kept.check == entry["check"] else None
        except (OSError, ValueError, KeyError, TypeError):
            return None

    def text(self, key: str) -> Path:
        """Return the file that holds a document's text."""
        return self.folder / str(self._inputs[key][1]["text"])

    def holds(self, files: dict[str, str]) -> bool:
        """Tell whether the folder has these files, each with its SHA-256."""
        try:
            return all(file_digest(self.folder / name) == made for name, made in files.items())
        except OSError:
            return False


def file_digest(path: Path) -> str:
    """Return the SHA-256 of a file."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _line_starts(path: Path) -> list[int]:
    """Return where the lines of a file begin, and where it ends."""
    places = [0]
    with path.open("rb") as file:
        for line in file:
            places.append(places[-1] + len(line))
    return places
