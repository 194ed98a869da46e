"""A name that is but the end of a longer one, in a text that says the rest: 「橫琴的園區由粵澳合作開發，主攻中醫藥」."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence

from kg.resolve.clusters import Clusters
from kg.resolve.items import Item
from kg.resolve.likeness import Likeness
from kg.resolve.longer import reason
from kg.resolve.names import common
from kg.resolve.places import cities_in

# So many characters has a name that may be an end; longer names of one end among which it could not be told.
_SHORT, _CROWD = range(2, 5), 100
# So much of the rest must stand in the text, so many characters of it, in pieces of at least two.
_PART, _LEAST = 0.5, 4
# What a park is called behind 產業 and by itself.
_ALSO = {"园区": ("园",)}


def ends(items: Sequence[Item], clusters: Clusters, likeness: Likeness) -> None:
    """Join a general name to the one longer name that ends with it and the rest of which the text says."""
    shorts: dict[tuple[str, str], list[int]] = defaultdict(list)
    for i, item in enumerate(items):
        if item.type != "Person" and not item.yearly and item.lexicon_id is None:
            for name in item.names if all(n.weak in {"generic", "relative"} for n in item.names) else ():
                if len(name.core) in _SHORT and not name.core.isascii():
                    shorts[item.type, name.core].append(i)
    if not shorts:
        return
    by_end: dict[tuple[str, str], set[str]] = defaultdict(set)
    for type_, core in shorts:
        for end in (core, *_ALSO.get(core, ())):
            by_end[type_, end].add(core)
    longs: dict[tuple[str, str], dict[str, int]] = defaultdict(dict)
    for j, item in enumerate(items):
        for name in item.names:
            for length in range(1, _SHORT.stop):
                rest, end = name.core[:-length], name.core[-length:]
                if name.weak in {"", "alias"} and len(rest) >= _LEAST:
                    for core in by_end.get((item.type, end), ()):
                        longs[item.type, core].setdefault(rest, j)
    for (type_, core), members in sorted(shorts.items()):
        rests = longs[type_, core]
        if len(rests) > _CROWD:
            continue
        for i in members:
            text = " ".join(items[i].around.sentences)
            found = [j for rest, j in rests.items() if _says(text, rest, core) and likeness.places_agree(i, j)]
            if len(clusters.roots(found)) == 1:
                clusters.join(i, found[0], reason(items, i, found[0], 0.84, "end of a name, the rest beside it"))


def _says(text: str, rest: str, core: str) -> bool:
    """Tell whether a text says most of the rest of a name, and something of it that tells, but not the name itself."""
    if rest + core in text:
        return False
    covered = [False] * len(rest)
    telling = 0.0
    for start in range(len(rest) - 1):
        pair = rest[start : start + 2]
        if pair in text:
            covered[start : start + 2] = [True, True]
            telling += 0.0 if cities_in(pair) else common().get(pair, 1.0)
    return telling >= 1 and sum(covered) >= max(_LEAST, _PART * len(rest))
