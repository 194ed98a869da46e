"""All documents of a build → records on disk, each read once, and not at all if an earlier build has read it."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from kg.engine.fingerprint import document_key
from kg.engine.kept import Journal, Kept, Previous, file_digest
from kg.engine.pool import outcomes
from kg.engine.work import Outcome, Task
from kg.model import Finding
from kg.reading.table import described

Progress = Callable[[int, int, str], None]
_LARGE = 60_000_000  # bytes; the readers refuse less, so there is nothing to keep


@dataclass(frozen=True, slots=True)
class Entry:
    """A document that has been read. The journal has it under `key`, or, if it is `old`, the earlier build's folder."""

    file: str
    sha256: str
    key: str
    old: bool = False

    @property
    def id(self) -> str:
        """The id of the document."""
        return self.sha256[:16]


@dataclass(frozen=True, slots=True)
class Reading:
    """All documents that have been read, by name, and what is to be told of others. `anew` counts those read now."""

    entries: tuple[Entry, ...]
    problems: tuple[Finding, ...]
    anew: int


def read_all(
    documents: list[Task], journal: Journal, previous: Previous, *, jobs: int = 0, progress: Progress | None = None
) -> Reading:
    """Read documents into the journal, but for those that it or an earlier build already has.

    Of files with the same bytes the first by name counts.
    """
    entries: dict[str, Entry] = {}
    problems: list[Finding] = []
    groups: dict[str, list[Task]] = {}
    for path, name in documents:
        groups.setdefault(_digest(path) or f"none {name}", []).append((path, name))
    anew = 0
    # If the first of some equal files can't be read, the next one may: its name can tell another kind of document.
    waiting = list(groups.items())
    while waiting:
        todo: dict[str, Task] = {}
        for sha256, tasks in waiting:
            key = document_key(tasks[0][1], sha256, _beside(*tasks[0]))
            old = previous.get(key) is not None
            if old or key in journal:
                entries[sha256] = Entry(tasks[0][1], sha256, key, old)
            else:
                todo[tasks[0][1]] = tasks[0]
        anew += len(todo)
        for number, outcome in enumerate(outcomes(list(todo.values()), jobs=jobs), 1):
            if outcome.problem:
                problems.append(outcome.problem)
            else:
                entry = _keep(outcome, todo[outcome.file], journal)
                entries[entry.sha256] = entry
            if progress:
                progress(number, len(todo), outcome.file)
        again = [(sha256, tasks) for sha256, tasks in waiting if sha256 not in entries]
        waiting = [(sha256, tasks[1:]) for sha256, tasks in again if len(tasks) > 1]
    for sha256, tasks in groups.items():
        first = entries[sha256].file if sha256 in entries else ""
        for _, name in tasks:
            if first and name > first:
                problems.append(Finding("warning", "W102", f"the same content as {first}: read once", name))
    return Reading(tuple(sorted(entries.values(), key=lambda e: (e.file, e.sha256))), tuple(problems), anew)


def _keep(outcome: Outcome, task: Task, journal: Journal) -> Entry:
    facts = outcome.facts.encode("utf-8", "replace")
    # The bytes that were read count, should the file have changed since it was looked at.
    sha256 = str(json.loads(facts)["document"]["sha256"])
    key = document_key(outcome.file, sha256, _beside(*task))
    journal.add(Kept(key, outcome.encoding, facts, outcome.text.encode("utf-8", "replace")))
    return Entry(outcome.file, sha256, key)


def _digest(path: Path) -> str | None:
    """Return the SHA-256 of a file, None for one that can't be read: what reads it next says why."""
    try:
        if path.stat().st_size > _LARGE:
            return None
        return file_digest(path)
    except OSError:
        return None


def _beside(path: Path, name: str) -> str:
    """Return what stands for the row that tells of a document in a table beside it."""
    row = described(path, name)
    return repr(row) if row else ""
