"""Which English names translate which Chinese ones, as far as it was asked: to compare two takes long."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable, Iterator

from kg.resolve.translate import begun_in, translates

# More pairs, and more names, than this are not held; those that come later are compared each time.
_PAIRS, _NAMES = 300_000, 60_000
_WAYS = ("", "nearly", "whole")


class Translations:
    """Answers like `translates`, each pair once. What an earlier build found out counts: it depends on nothing else."""

    def __init__(self, lines: Iterable[str | bytes] = ()) -> None:
        """Take the lines that an earlier build left."""
        self._old: dict[str, dict[str, str]] = {}
        self._old_begun: dict[str, str] = {}
        for line in lines:
            name, *rest = json.loads(line)
            if len(rest) == 1:
                self._old_begun[name] = rest[0]
            else:
                self._old[name] = {han: way for way, names in zip(_WAYS, rest, strict=True) for han in names}
        self._said: dict[str, dict[str, str]] = defaultdict(dict)
        self._begun: dict[str, str] = {}
        self._number = 0

    def __call__(self, latin: str, han: str) -> str:
        """Return what `translates` does."""
        said = self._said[latin]
        found = said.get(han)
        if found is None:
            found = self._old.get(latin, {}).get(han)
            if found is None:
                found = translates(latin, han)
            if self._number < _PAIRS:
                said[han] = found
                self._number += 1
        return found

    def begun(self, han: str) -> list[str]:
        """Return what `begun_in` does, in order."""
        found = self._begun.get(han)
        if found is None:
            found = self._old_begun.get(han)
            if found is None:
                found = " ".join(sorted(begun_in(han)))
            if len(self._begun) < _NAMES:
                self._begun[han] = found
        return found.split()

    def lines(self) -> Iterator[str]:
        """Yield what was asked, in order, for a later build."""
        for han, begun in sorted(self._begun.items()):
            yield json.dumps([han, begun], ensure_ascii=False, separators=(",", ":"))
        for latin, said in sorted(self._said.items()):
            if said:
                ways = [sorted(han for han, way in said.items() if way == one) for one in _WAYS]
                yield json.dumps([latin, *ways], ensure_ascii=False, separators=(",", ":"))
