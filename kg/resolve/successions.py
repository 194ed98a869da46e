"""Which body went over into which, and when, from a reviewed table."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from typing import cast, get_args

from kg.errors import DataError
from kg.language.script import name_key
from kg.model import Label, Language, Succession, SuccessionKind, Thing
from kg.pipeline.lexicon import Entry, packaged
from kg.resources import data_path

_COLUMNS = ["event", "date", "kind", "from", "to", "shared", "source"]


@dataclass(frozen=True, slots=True)
class Change:
    """One line of the table: a body, the one it went over into, and short names that both were called by."""

    event: str
    date: str
    kind: SuccessionKind
    before: str
    after: str
    shared: tuple[str, ...]
    source: str


@lru_cache(maxsize=1)
def changes() -> tuple[Change, ...]:
    """Return the lines of the table, in its order.

    Raises `DataError` for a line with a wrong date or kind, or an id that the lexicon has not.
    """
    path = data_path("successions.tsv")
    rows = list(csv.reader(path.read_text(encoding="utf-8").splitlines(), delimiter="\t", quoting=csv.QUOTE_NONE))
    if rows[0] != _COLUMNS:
        raise DataError("E207", f"the first line must be {' '.join(_COLUMNS)}", where=path.name)
    known = packaged().by_id
    found = []
    for number, row in enumerate(rows[1:], 2):
        if (
            len(row) != len(_COLUMNS)
            or not re.fullmatch(r"\d{4}(-\d\d(-\d\d)?)?", row[1])
            or row[2] not in get_args(SuccessionKind)
            or not {row[3], row[4]} <= known.keys()
        ):
            raise DataError("E208", "needs a date, a known kind and ids of the lexicon", where=f"{path.name}:{number}")
        shared = tuple(name_key(n) for n in row[5].split(";") if n)
        found.append(Change(row[0], row[1], cast(SuccessionKind, row[2]), row[3], row[4], shared, row[6]))
    return tuple(found)


@lru_cache(maxsize=1)
def _sharing() -> dict[str, Change]:
    return {c.after: c for c in changes() if c.shared}


def holder(id_: str, keys: Iterable[str], date: str) -> str:
    """Return the id of the body that a short name meant on a date: 創科局 was another bureau before July 2022."""
    change = _sharing().get(id_)
    if change and date and date < change.date[: len(date)] and all(k in change.shared for k in keys):
        return change.before
    return id_


def successions(things: Iterable[Thing]) -> tuple[Succession, ...]:
    """Return the events in which one of the things came or went, by id."""
    present = {t.id for t in things}
    events: dict[str, list[Change]] = {}
    for change in changes():
        events.setdefault(change.event, []).append(change)
    found = []
    for event, lines in sorted(events.items()):
        before = sorted({_path(c.before) for c in lines})
        after = sorted({_path(c.after) for c in lines})
        if not present & {*before, *after}:
            continue
        absent = sorted({id_ for c in lines for id_ in (c.before, c.after) if _path(id_) not in present})
        names = tuple((_path(id_), label) for id_ in absent for label in _labels(packaged().by_id[id_]))
        first = lines[0]
        found.append(
            Succession(f"succession/{event}", first.date, first.kind, tuple(before), tuple(after), names, first.source)
        )
    return tuple(found)


def _path(id_: str) -> str:
    return f"{packaged().by_id[id_][0].type.lower()}/{id_}"


def _labels(entries: list[Entry]) -> list[Label]:
    """Return one label a language, the longest form."""
    found: dict[str, str] = {}
    for entry in entries:
        found[entry.language] = max(entry.form, found.get(entry.language, ""), key=lambda f: (len(f), f))
    return [Label(form, cast(Language, language)) for language, form in sorted(found.items())]
