"""Which item's name is short for another's, or spells it in Latin letters."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from functools import lru_cache
from itertools import product

from kg.pipeline.lexicon import packaged
from kg.resolve.clusters import Clusters, Reason
from kg.resolve.context import roles
from kg.resolve.items import Item
from kg.resolve.likeness import Likeness
from kg.resolve.names import Name, abbreviates, core_of, initials, is_bare, words
from kg.resolve.offices import differ
from kg.resolve.romanise import DOUBLE, spellings, spells

_DISTINCTIVE = {"han": 3, "latin": 4}
# The years for which a plan is, behind its title.
_SPAN = re.compile(r"(?<=[纲要划案])(?:(?:19|20)\d\d){1,2}年?$")
# Longer names among which the one meant could not be told.
_CROWD = 40
# A short title of more characters than this, of which so many stand at the end of the whole one, too, is that one's.
_TITLE, _ENDING = 6, 4
# So many documents of one thing and name are looked at for what their contexts share with others.
_WITNESSES = 6


def reason(items: Sequence[Item], left: int, right: int, score: float, rule: str) -> Reason:
    """Return the reason why two items are joined, their names in order."""
    first, second = sorted((items[left].name, items[right].name))
    return Reason(round(score, 2), rule, first, second)


def aliases(items: Sequence[Item], clusters: Clusters, likeness: Likeness) -> None:
    """Join a bare short name to the one thing that some document says it is short for."""
    owners: dict[tuple[str, str], set[int]] = defaultdict(set)
    bare: dict[tuple[str, str], list[int]] = defaultdict(list)
    for i, item in enumerate(items):
        if item.type == "Person" or item.yearly:
            continue
        whole = max((n.core for n in item.names), key=len, default="")
        for name in item.names:
            # What only leaves out what stands before it may be the end of many names; then the context decides.
            ends = whole.endswith(name.core) or any(n.key.endswith(name.key) for n in item.names if n.key != name.key)
            if name.weak in {"alias", "abbreviation"} and len(name.core) < len(whole) and not ends:
                owners[item.type, name.core].add(i)
            elif name.core == whole and name.weak in {"", "abbreviation"}:
                bare[item.type, name.core].append(i)
    for key in sorted(owners.keys() & bare.keys()):
        roots = clusters.roots(owners[key])
        least = _DISTINCTIVE["latin" if key[1].isascii() else "han"]
        # 計劃 is no part of a scheme's core, but of what tells it.
        if len(roots) == 1 and len(key[1]) + 2 * (key[0] == "Programme") >= least:
            first = min(owners[key])
            for i in bare[key]:
                if likeness.places_agree(first, i):
                    clusters.join(first, i, reason(items, first, i, 0.9, "the only thing of this short name"))
    for key in sorted(k for k in owners if k[1].isascii() and len(k[1]) >= _DISTINCTIVE["latin"]):
        roots = clusters.roots(owners[key])
        scripts = {all(n.core.isascii() for n in items[i].names) for i in owners[key]}
        if len(roots) == 2 and len(scripts) == 2:
            why = reason(items, roots[0], roots[1], 0.88, "one abbreviation in two languages")
            clusters.join(roots[0], roots[1], why)


class Shortened:
    """Tells by which keys a long name may be called, as far as some short name has them: it is the same in each pass."""

    def __init__(self, items: Sequence[Item]) -> None:
        names = {(i.type, n.core) for i in items for n in i.names if _may_be_short(i, n)}
        # Most names are short for none: a number each tells which may be, so that only those are held.
        self._wanted = {hash((type_, key)) for type_, core in names for key in _short_keys(core)}
        self._found: dict[tuple[str, str], tuple[str, ...]] = {}

    def keys(self, type_: str, core: str) -> tuple[str, ...]:
        """Return the keys of a long name that some short one of its type has."""
        found = self._found.get((type_, core))
        if found is None:
            found = tuple(key for key in _long_keys(core) if hash((type_, key)) in self._wanted)
            self._found[type_, core] = found
        return found


def abbreviations(items: Sequence[Item], clusters: Clusters, likeness: Likeness, shortened: Shortened) -> None:
    """Join a name to the one longer name that it may be short for, where the contexts share something."""
    shorts: dict[tuple[str, str, str], list[int]] = defaultdict(list)
    longs: dict[tuple[str, str], list[tuple[str, int]]] = defaultdict(list)
    witnesses = list(_witnesses(items, clusters))
    for i, core, _ in witnesses:
        for key in shortened.keys(items[i].type, core):
            longs[items[i].type, key].append((core, i))
    for i, core, in_text in witnesses:
        for key in _short_keys(core) if in_text else ():
            if (items[i].type, key) in longs:
                shorts[items[i].type, key, core].append(i)
    del witnesses
    for type_, key, core in sorted(shorts):
        candidates = longs[type_, key]
        if len(candidates) > _CROWD:
            continue
        fitting = [(long, j) for long, j in candidates if _may_be_for(core, long)]
        for i in shorts[type_, key, core]:
            found = [
                (j, how)
                for long, j in fitting
                if _kinds_fit(items, i, j)
                and (how := likeness.shared(i, j) or _titled(items, likeness, (i, j), core, long))
            ]
            if len(clusters.roots(j for j, _ in found)) == 1:
                j, how = found[0]
                clusters.join(i, j, reason(items, i, j, likeness.score(how) - 0.04, f"abbreviation and {how}"))


@lru_cache(maxsize=2**16)
def _may_be_for(short: str, long: str) -> bool:
    return abbreviates(short, long) or initials(short, long)


def _titled(items: Sequence[Item], likeness: Likeness, pair: tuple[int, int], short: str, long: str) -> str:
    """Return "topic" for a document's short title that ends as the whole one does: 珠三角規劃綱要."""
    if items[pair[0]].type != "Policy" or not likeness.places_agree(*pair):
        return ""
    return "topic" if len(short) > _TITLE and short[-_ENDING:] == long[-_ENDING:] else ""


def _may_be_short(item: Item, name: Name) -> bool:
    return item.type != "Person" and not item.yearly and name.weak not in {"generic", "relative"}


def _witnesses(items: Sequence[Item], clusters: Clusters) -> Iterator[tuple[int, str, bool]]:
    """Yield some items of each thing with each of its names; the last tells whether a text has it or only the lexicon."""
    seen: Counter[tuple[int, str]] = Counter()
    for i, item in enumerate(items):
        if item.type == "Person" or item.yearly:
            continue
        root = clusters.find(i)
        for core in lexicon_cores(item.lexicon_id) if item.lexicon_id else ():
            seen[root, core] += 1
            if seen[root, core] <= _WITNESSES and " " in core:
                yield i, core, False
        for name in item.names:
            seen[root, name.core] += 1
            if item.type == "Policy" and _SPAN.search(name.core):
                yield i, _SPAN.sub("", name.core), False
            if _may_be_short(item, name) and seen[root, name.core] <= _WITNESSES:
                yield i, name.core, True


@lru_cache(maxsize=8192)
def lexicon_cores(id_: str) -> tuple[str, ...]:
    """Return the cores of all forms of an entry of the lexicon."""
    return tuple(sorted({core_of(e.form, e.type)[0] for e in packaged().by_id.get(id_, ())}))


@lru_cache(maxsize=4096)
def _short_keys(core: str) -> tuple[str, ...]:
    if core.isascii():
        return (f"init {core}",) if core.isalpha() and len(core) <= 8 else ()
    whole = [core + tail for tail in words()["tails"]]
    return (*whole, core[0] + core[1] + core[-1]) if 2 <= len(core) <= 12 else ()


@lru_cache(maxsize=4096)
def _long_keys(core: str) -> tuple[str, ...]:
    if core.isascii():
        tokens = core.split()
        return ("init " + "".join(t[0] for t in tokens),) if len(tokens) > 1 else ()
    if not 4 <= len(core) <= 24:
        return ()
    # A committee's abbreviation ends with 委.
    ends = core[-3:] if core.endswith("会") else core[-2:]
    return tuple(sorted({core} | {core[0] + mid + last for mid in core[1:] for last in ends}))


def _kinds_fit(items: Sequence[Item], left: int, right: int) -> bool:
    a, b = items[left].kind, items[right].kind
    return a == b or not a or not b or "other" in {a, b}


def romanised(items: Sequence[Item], clusters: Clusters, likeness: Likeness) -> None:
    """Join a person's Chinese name with the Latin one that spells it, where the contexts share something.

    Where but the surname is spelt, as in Paul Chan, the post must be the same.
    """
    if not any(i.type == "Person" and all(n.core.isascii() for n in i.names) for i in items):
        return
    buckets: dict[object, tuple[list[int], list[int]]] = defaultdict(lambda: ([], []))
    for i, item in enumerate(items):
        if item.type == "Person":
            latin = all(n.core.isascii() for n in item.names)
            for _, token in likeness.tokens(i):
                buckets[token][latin].append(i)
            for gram in likeness.topic(i):
                if gram.isascii():
                    buckets["word", gram][latin].append(i)
            # A role alone tells little: whose initial sounds fit may then be compared.
            for role in roles(item.around):
                for sound in _sounds(item):
                    buckets["role", role, sound][latin].append(i)
            for sound in _sounds(item, 2) + _sounds(item):
                buckets["sound", sound][latin].append(i)
    for key in sorted(buckets, key=str):
        chinese, english = buckets[key]
        if not chinese or not english or len(chinese) * len(english) > _CROWD * _CROWD:
            continue
        for i in english:
            for j in chinese:
                if clusters.find(i) != clusters.find(j):
                    _spelt(items, clusters, likeness, (i, j), across=isinstance(key, tuple) and key[0] == "sound")


def bare_surnames(items: Sequence[Item], clusters: Clusters, likeness: Likeness) -> None:
    """Join 「葉總」 to the one person of that surname whose post or topic is the same."""
    bare = {i: n.core[0] for i, item in enumerate(items) for n in item.names if is_bare(n)}
    if not bare:
        return
    surnames = set(bare.values())
    full: dict[object, list[int]] = defaultdict(list)
    for i, item in enumerate(items):
        if item.type == "Person" and i not in bare:
            for surname in {n.core[0] for n in item.names} & surnames:
                for key in (*(t for _, t in likeness.posts(i)), *likeness.topic(i)):
                    full[surname, key].append(i)
    for i, surname in sorted(bare.items()):
        keys = [*(t for _, t in likeness.posts(i)), *sorted(likeness.topic(i))]
        near = {j for key in keys for j in full[surname, key][:_CROWD] if likeness.shared(i, j)}
        if len(clusters.roots(near)) == 1:
            clusters.join(i, min(near), reason(items, i, min(near), 0.85, "surname, and one post or topic"))


def _sounds(item: Item, length: int = 3) -> list[str]:
    """Return for a person's name the first letters of its parts, in order of the alphabet, as Latin letters may spell them."""
    found = set()
    for name in item.names:
        parts = (
            [{t[0]} for t in name.core.split()]
            if name.core.isascii()
            else [{s[0] for s in spellings(c)} for c in name.core]
        )
        if len(name.core) == 4 and name.core[:2] in DOUBLE:
            parts = [parts[0], *parts[2:]]
        # Weizhong is one word for two characters.
        parts = parts[:length] if len(name.core) == 3 and not name.core.isascii() else parts
        if len(parts) == length:
            found |= {"".join(sorted(letters)) for letters in product(*parts)}
    return sorted(found)


def _spelt(
    items: Sequence[Item], clusters: Clusters, likeness: Likeness, pair: tuple[int, int], *, across: bool
) -> None:
    i, j = pair
    ways = {spells(a.core, b.core) for a in items[i].names for b in items[j].names}
    # Of two texts it is harder to tell whether they are about one matter than of two names whether they are one.
    if ways == {""} or (across and not likeness.topic_across(i, j)):
        return
    if "whole" in ways:
        clusters.join(i, j, reason(items, i, j, 0.9, "one name in two alphabets"))
    elif "surname" in ways and {t for _, t in likeness.posts(i)} & {t for _, t in likeness.posts(j)}:
        if differ(items[i], items[j]):
            return
        clusters.join(i, j, reason(items, i, j, 0.86, "one surname and post in two alphabets"))
