"""The lexicon of known names, and an automaton that finds them in folded text."""

from __future__ import annotations

import csv
import re
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files
from typing import cast, get_args

import ahocorasick

from kg.errors import DataError
from kg.language.script import fold, name_key
from kg.model import EntityType, Kind

_COLUMNS = ["form", "type", "kind", "id", "language", "source"]
_WORD = re.compile(r"[0-9A-Za-z]")


@dataclass(frozen=True, slots=True)
class Entry:
    """One form of one known thing."""

    form: str
    type: EntityType
    kind: Kind | None
    id: str
    language: str


@dataclass(frozen=True, slots=True)
class Hit:
    """A place of a text where a form of the lexicon stands."""

    start: int
    end: int
    entry: Entry


def read_entries() -> list[Entry]:
    """Return all entries of the packaged lexicon, in the order of the files and lines."""
    entries = []
    folder = files("kg") / "data" / "lexicon"
    for path in sorted(folder.iterdir(), key=lambda p: p.name):
        if not path.name.endswith(".tsv"):
            continue
        rows = csv.reader(path.read_text(encoding="utf-8").splitlines(), delimiter="\t", quoting=csv.QUOTE_NONE)
        if next(rows, None) != _COLUMNS:
            raise DataError("E201", f"the first line must be {' '.join(_COLUMNS)}", where=path.name)
        for number, row in enumerate(rows, 2):
            if len(row) != len(_COLUMNS):
                raise DataError("E202", f"expected {len(_COLUMNS)} columns", where=f"{path.name}:{number}")
            form, type_, kind, id_, language, _ = row
            if type_ not in get_args(EntityType) or (kind and kind not in get_args(Kind)):
                raise DataError("E203", f"unknown type or kind {type_} {kind}", where=f"{path.name}:{number}")
            entries.append(Entry(form, cast(EntityType, type_), cast(Kind, kind) if kind else None, id_, language))
    return entries


class Lexicon:
    """Known names by form; finding is one pass over the text, whatever the number of forms."""

    def __init__(self, entries: list[Entry]) -> None:
        self._automaton = ahocorasick.Automaton()
        self.by_key: dict[str, Entry] = {}
        self.by_id: dict[str, list[Entry]] = {}
        for entry in entries:
            self._automaton.add_word(fold(entry.form), entry)
            self.by_key.setdefault(name_key(entry.form), entry)
            self.by_id.setdefault(entry.id, []).append(entry)
        if entries:
            self._automaton.make_automaton()

    def find(self, folded: str) -> list[Hit]:
        """Return every form that stands in a folded text, overlapping ones too, where it is not inside a Latin word."""
        if not self.by_key:
            return []
        hits = []
        for last, entry in self._automaton.iter(folded):
            end = last + 1
            start = end - len(entry.form)
            if _cuts_word(folded, start) or _cuts_word(folded, end):
                continue
            hits.append(Hit(start, end, entry))
        return hits


def _cuts_word(text: str, place: int) -> bool:
    if not 0 < place < len(text):
        return False
    return bool(_WORD.match(text[place - 1]) and _WORD.match(text[place]))


@lru_cache(maxsize=1)
def packaged() -> Lexicon:
    """Return the packaged lexicon, read once a process."""
    return Lexicon(read_entries())
