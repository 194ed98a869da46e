"""The search over names: folded across scripts, with initials of English names, ranked by how well they match."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable
from dataclasses import dataclass

from rdflib.term import Node

from kg.language.script import name_key

_SMALL = {"and", "of", "the", "for", "in", "on", "to", "a", "an", "at", "by"}
_EXACT, _START, _WITHIN, _WORDS, _INITIALS = range(5)


@dataclass(frozen=True, slots=True)
class Hit:
    """A thing found, how well (0 is best), and the name that matched."""

    thing: Node
    rank: int
    name: str


def initials(name: str) -> str:
    """Return the initials of an English name of three words or more, folded; else nothing.

    >>> initials("Hong Kong Productivity Council"), initials("Cyberport")
    ('hkpc', '')
    """
    words = [w for w in re.findall(r"[A-Za-z][A-Za-z'’]*", name) if w.lower() not in _SMALL]
    return "".join(w[0] for w in words).lower() if len(words) > 2 and name.isascii() else ""


class NameIndex:
    """All names of all things. A search is a walk through them: some hundred thousand take a fraction of a second."""

    def __init__(self, names: Iterable[tuple[Node, str]]) -> None:
        self._names = [(thing, name, name_key(name), initials(name)) for thing, name in names]

    def __len__(self) -> int:
        return len(self._names)

    def search(self, query: str) -> list[Hit]:
        """Return the things with a name that the query is, begins, or stands in; best first, each thing once."""
        key = name_key(query)
        words = [w for w in map(name_key, query.split()) if w]
        best: dict[Node, Hit] = {}
        for thing, name, folded, short in self._names if key else ():
            rank = _rank(key, words, folded, short)
            if rank is not None and (thing not in best or (rank, len(name), name) < _by_hit(best[thing])):
                best[thing] = Hit(thing, rank, name)
        return sorted(best.values(), key=lambda h: (*_by_hit(h), str(h.thing)))

    def near(self, query: str, count: int = 5) -> list[str]:
        """Return names that look like the query, the nearest first."""
        key = name_key(query)
        keys = {folded: name for _, name, folded, _ in reversed(self._names)}
        return [keys[k] for k in difflib.get_close_matches(key, keys, count, 0.5)] if len(key) < 80 else []


def _by_hit(hit: Hit) -> tuple[int, int, str]:
    return hit.rank, len(hit.name), hit.name


def _rank(key: str, words: list[str], folded: str, short: str) -> int | None:
    if key == folded:
        return _EXACT
    if folded.startswith(key):
        return _START
    if key in folded:
        return _WITHIN
    if len(words) > 1 and all(word in folded for word in words):
        return _WORDS
    if short and len(key) > 2 and key == short:
        return _INITIALS
    return None
