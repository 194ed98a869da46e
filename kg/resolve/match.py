"""Which items are one thing: equal names and ids first, then names that need the context to agree.

Every step looks only at items that share a key, so that its cost grows with their number and not with its square.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence

from kg.resolve.clusters import Clusters, Reason, Traits
from kg.resolve.items import Item, expanded
from kg.resolve.names import abbreviates, initials, words

Token = tuple[str, int | str]
# More things than this around one neighbour: that they share it tells nothing.
_CROWD = 40
_DISTINCTIVE = {"han": 3, "latin": 4}
# How sure a join is, by what the contexts share.
_SHARED = {"body": 0.96, "title": 0.93, "related": 0.92, "figure": 0.9, "near": 0.88, "city": 0.88}


def match(items: Sequence[Item], *, prepare: Callable[[Clusters], None] | None = None) -> Clusters:
    """Return the items joined into things. `prepare` may join some first, as decisions do."""
    _date_events(items)
    clusters = Clusters([_traits(item) for item in items])
    if prepare:
        prepare(clusters)
    _equal_names(items, clusters)
    everywhere = {i for i, item in enumerate(items) if item.lexicon_id in set(words()["everywhere"])}
    index = {(item.document, item.entity.id): i for i, item in enumerate(items)}
    for _ in range(2):
        tokens = [list(_tokens(item, index, clusters, everywhere)) for item in items]
        _weak_names(items, clusters, tokens)
        _aliases(items, clusters)
        _abbreviations(items, clusters, tokens)
    return clusters


def _traits(item: Item) -> Traits:
    return Traits(
        frozenset([item.lexicon_id] if item.lexicon_id else ()), frozenset([item.edition] if item.edition else ())
    )


def _join_all(clusters: Clusters, members: Iterable[int], reason: Callable[[int, int], Reason]) -> None:
    """Join the members of a bucket, unless they are of several entries of the lexicon: then only those of none."""
    members = list(members)
    known = {id_ for m in members for id_ in clusters.traits(m).ids}
    if len(known) > 1:
        members = [m for m in members if not clusters.traits(m).ids]
    for other in members[1:]:
        clusters.join(members[0], other, reason(members[0], other))


def _equal_names(items: Sequence[Item], clusters: Clusters) -> None:
    buckets: dict[tuple[str, ...], list[int]] = defaultdict(list)
    for i, item in enumerate(items):
        if item.yearly:
            buckets["0 id", item.type, item.yearly].append(i)
            continue
        if item.lexicon_id:
            buckets["0 id", item.lexicon_id, item.edition].append(i)
        for name, _ in item.names:
            whole = expanded(item, name)
            if whole:
                buckets["2 core", item.type, whole, item.edition].append(i)
            if not name.weak:
                buckets["1 name", item.type, name.key, item.edition].append(i)
                buckets["2 core", item.type, name.core, item.edition].append(i)
    rules = {"0 id": (1.0, "same entry"), "1 name": (0.99, "same name"), "2 core": (0.97, "same but for spelling")}
    for key in sorted(buckets):
        score, rule = rules[key[0]]
        _join_all(clusters, buckets[key], lambda a, b, s=score, r=rule: Reason(s, r, *_names(items, a, b)))  # type: ignore[misc]


def _date_events(items: Sequence[Item]) -> None:
    """Take an event named without its year for the one of the document's year, where some document names that."""
    by_year: dict[tuple[str, str], str] = {}
    for item in items:
        year = item.edition.rpartition("-")[2]
        if item.type == "Event" and len(year) == 4:
            for what in _series(item):
                by_year[what, year] = min(item.edition, by_year.get((what, year), item.edition))
    for item in items:
        if item.type == "Event" and not item.edition and item.year:
            item.edition = next((by_year[w, item.year] for w in _series(item) if (w, item.year) in by_year), "")


def _series(item: Item) -> list[str]:
    return ([item.lexicon_id] if item.lexicon_id else []) + sorted({n.core for n, _ in item.names if not n.weak})


def _names(items: Sequence[Item], left: int, right: int) -> tuple[str, str]:
    first, second = sorted((items[left].name, items[right].name))
    return first, second


def _tokens(
    item: Item, index: dict[tuple[str, str], int], clusters: Clusters, everywhere: set[int]
) -> Iterator[tuple[str, Token]]:
    """Yield what the context of an item holds: how it is touched, and by what."""
    around = item.around
    for how, ids in (("body", around.bodies), ("related", around.related), ("near", around.near)):
        for id_ in sorted(ids):
            other = index[item.document, id_]
            if other not in everywhere:
                yield how, ("thing", clusters.find(other))
    yield from (("title", ("title", t)) for t in sorted(around.titles))
    yield from (("figure", ("figure", f)) for f in sorted(around.figures))


def _weak_names(items: Sequence[Item], clusters: Clusters, tokens: list[list[tuple[str, Token]]]) -> None:
    """Join items of one weak name whose contexts share something that tells."""
    buckets: dict[tuple[str, str, str], list[int]] = defaultdict(list)
    for i, item in enumerate(items):
        if item.yearly:
            continue
        for name, _ in item.names:
            if name.weak:
                buckets[item.type, name.core, item.edition].append(i)
    for key in sorted(buckets):
        members = buckets[key]
        if len(members) > 1:
            (_same_person if key[0] == "Person" else _same_context)(items, clusters, members, tokens)


def _same_person(
    items: Sequence[Item], clusters: Clusters, members: list[int], tokens: list[list[tuple[str, Token]]]
) -> None:
    """Join persons of one name whose posts agree, or of whom one has no post and stands beside the other's body."""
    firm: dict[Token, int] = {}
    for i in members:
        for how, token in tokens[i]:
            if how in {"body", "title"}:
                first = firm.setdefault(token, i)
                clusters.join(first, i, Reason(_SHARED[how], f"same name and {how}", *_names(items, first, i)))
    loose: dict[Token, int] = {}
    for i in members:
        if not any(how in {"body", "title"} for how, _ in tokens[i]):
            for how, token in tokens[i]:
                if how in {"near", "related"} and items[_root(token)].type != "Person":
                    first = firm.get(token, loose.setdefault(token, i))
                    clusters.join(first, i, Reason(_SHARED[how], "same name beside one body", *_names(items, first, i)))


def _root(token: Token) -> int:
    return token[1] if isinstance(token[1], int) else 0


def _same_context(
    items: Sequence[Item], clusters: Clusters, members: list[int], tokens: list[list[tuple[str, Token]]]
) -> None:
    seen: dict[Token, int] = {}
    for i in members:
        for how, token in tokens[i]:
            first = seen.setdefault(token, i)
            if first != i:
                clusters.join(first, i, Reason(_SHARED[how], f"same name and {how}", *_names(items, first, i)))


def _aliases(items: Sequence[Item], clusters: Clusters) -> None:
    """Join a bare short name to the one thing that some document says it is short for."""
    owners: dict[tuple[str, str], set[int]] = defaultdict(set)
    bare: dict[tuple[str, str], list[int]] = defaultdict(list)
    for i, item in enumerate(items):
        if item.type == "Person" or item.yearly:
            continue
        whole = max((n.core for n, _ in item.names), key=len, default="")
        for name, _ in item.names:
            if name.weak in {"alias", "abbreviation"} and len(name.core) < len(whole):
                owners[item.type, name.core].add(clusters.find(i))
            elif name.core == whole and name.weak in {"", "abbreviation"}:
                bare[item.type, name.core].append(i)
    for key in sorted(owners.keys() & bare.keys()):
        roots = {clusters.find(r) for r in owners[key]}
        least = _DISTINCTIVE["latin" if key[1].isascii() else "han"]
        if len(roots) == 1 and len(key[1]) >= least:
            root = min(roots)
            for i in bare[key]:
                clusters.join(root, i, Reason(0.9, "the only thing of this short name", *_names(items, root, i)))


def _abbreviations(items: Sequence[Item], clusters: Clusters, tokens: list[list[tuple[str, Token]]]) -> None:
    """Join a name to the one longer name that it may be short for, where the contexts share something."""
    buckets: dict[tuple[str, str, Token], dict[tuple[int, str], tuple[int, str]]] = defaultdict(dict)
    for i, item in enumerate(items):
        if item.type == "Person" or item.yearly:
            continue
        for name, _ in item.names:
            if name.weak in {"generic", "relative"}:
                continue
            ends = name.core[0] + ("" if name.core.isascii() else name.core[-1])
            for how, token in tokens[i]:
                buckets[item.type, ends, token].setdefault((clusters.find(i), name.core), (i, how))
    for key in sorted(buckets, key=str):
        entries = sorted(buckets[key].items())
        if not 1 < len(entries) <= _CROWD:
            continue
        for (_, short), (i, how) in entries:
            longer = {
                clusters.find(j): (j, long)
                for (_, long), (j, _) in entries
                if clusters.find(j) != clusters.find(i) and (abbreviates(short, long) or initials(short, long))
            }
            if len(longer) == 1:
                j = next(iter(longer.values()))[0]
                if items[i].entity.kind == items[j].entity.kind or not (items[i].entity.kind and items[j].entity.kind):
                    reason = Reason(round(_SHARED[how] - 0.04, 2), f"abbreviation and {how}", *_names(items, i, j))
                    clusters.join(i, j, reason)
