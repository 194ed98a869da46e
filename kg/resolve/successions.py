"""Which body went over into which, and when, from a reviewed table."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from typing import cast, get_args

from kg.errors import DataError
from kg.language.script import name_key, script_of
from kg.model import Label, Language, Succession, SuccessionKind, Thing
from kg.pipeline.lexicon import packaged
from kg.resources import data_path

_COLUMNS = ["event", "date", "kind", "from", "to", "shared", "former", "source"]


@dataclass(frozen=True, slots=True)
class Change:
    """One line of the table: a body and the one it went over into.

    `shared` are folded names that both were called by; `former` are names that the lexicon has under the later body
    and that are the earlier one's alone.
    """

    event: str
    date: str
    kind: SuccessionKind
    before: str
    after: str
    shared: tuple[str, ...]
    former: tuple[str, ...]
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
            or row[4] not in known
            or (row[3] not in known) != bool(row[6])
        ):
            raise DataError("E208", "needs a date, a known kind and ids of the lexicon", where=f"{path.name}:{number}")
        shared = tuple(name_key(n) for n in row[5].split(";") if n)
        former = tuple(n for n in row[6].split(";") if n)
        found.append(Change(row[0], row[1], cast(SuccessionKind, row[2]), row[3], row[4], shared, former, row[7]))
    return tuple(found)


@lru_cache(maxsize=1)
def _by_successor() -> dict[str, list[Change]]:
    found: dict[str, list[Change]] = {}
    for change in changes():
        if change.shared or change.former:
            found.setdefault(change.after, []).append(change)
    return found


def holder(id_: str, keys: Iterable[str], date: str) -> str:
    """Return the id of the body that folded names meant on a date: 創科局 was another bureau before July 2022."""
    keys = list(keys)
    for change in _by_successor().get(id_, ()):
        if change.former and all(k in {name_key(n) for n in change.former} for k in keys):
            return change.before
        if date and date < change.date[: len(date)] and all(k in change.shared for k in keys):
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
        names = tuple((_path(id_), label) for id_ in absent for label in _labels(id_))
        first = lines[0]
        found.append(
            Succession(f"succession/{event}", first.date, first.kind, tuple(before), tuple(after), names, first.source)
        )
    return tuple(found)


@lru_cache(maxsize=1)
def _formers() -> dict[str, Change]:
    return {c.before: c for c in changes() if c.former}


def _path(id_: str) -> str:
    entries = packaged().by_id.get(id_) or packaged().by_id[_formers()[id_].after]
    return f"{entries[0].type.lower()}/{id_}"


def _labels(id_: str) -> list[Label]:
    """Return one label a language, the longest form."""
    forms = [(e.form, e.language) for e in packaged().by_id.get(id_, ())]
    forms = forms or [(n, "en" if n.isascii() else script_of(n)) for n in _formers()[id_].former]
    found: dict[str, str] = {}
    for form, language in forms:
        found[language] = max(form, found.get(language, ""), key=lambda f: (len(f), f))
    return [Label(form, cast(Language, language)) for language, form in sorted(found.items())]
