"""Which English names translate which Chinese ones, as far as it was asked: each pair takes long to compare."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable, Iterator

from kg.resolve.translate import translates

# More pairs than this are not held; those that come later are compared each time.
_MOST = 300_000
_WAYS = ("", "nearly", "whole")


class Translations:
    """Answers like `translates`, each pair once. What an earlier build found out counts: it depends on nothing else."""

    def __init__(self, lines: Iterable[str | bytes] = ()) -> None:
        """Take the lines that an earlier build left."""
        self._old: dict[str, dict[str, str]] = {}
        for line in lines:
            latin, *rest = json.loads(line)
            self._old[latin] = {han: way for way, names in zip(_WAYS, rest, strict=True) for han in names}
        self._said: dict[str, dict[str, str]] = defaultdict(dict)
        self._number = 0

    def __call__(self, latin: str, han: str) -> str:
        """Return what `translates` does."""
        said = self._said[latin]
        found = said.get(han)
        if found is None:
            found = self._old.get(latin, {}).get(han)
            if found is None:
                found = translates(latin, han)
            if self._number < _MOST:
                said[han] = found
                self._number += 1
        return found

    def lines(self) -> Iterator[str]:
        """Yield what was asked, in order, for a later build."""
        for latin, said in sorted(self._said.items()):
            if said:
                ways = [sorted(han for han, way in said.items() if way == one) for one in _WAYS]
                yield json.dumps([latin, *ways], ensure_ascii=False, separators=(",", ":"))
