"""Which items are one thing: equal names and ids first, then names that need the context to agree.

Every step looks only at items that share a key, so that its cost grows with their number and not with its square.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import lru_cache
from itertools import combinations

from kg.resolve.across import acronyms, translated
from kg.resolve.anew import date_schemes
from kg.resolve.clusters import Clusters, Reason, Traits
from kg.resolve.context import weight
from kg.resolve.ends import ends
from kg.resolve.items import Item, expanded
from kg.resolve.likeness import Likeness, places_agree
from kg.resolve.longer import Shortened, abbreviations, aliases, bare_surnames, reason, romanised
from kg.resolve.names import words
from kg.resolve.offices import same_office
from kg.resolve.owned import departments
from kg.resolve.people import alike, may_be_one
from kg.resolve.translations import Translations

# Names of up to so many characters may be several places'; so many of a group are looked at.
_SHORT, _WITNESSES = 6, 6
# Bodies of which many a city or country has one, called the same.
_OFFICE = re.compile(
    "[局署厅]$|委员会$|法院$|检察院$|医院$|中学$|小学$|管理处$|^ (?:交通|师范|理工|工业|农业|科技|医科|财经|海洋|民族|中央|外国语)大学$|^ (?:国家|国立|中央|皇家|人民|科学|工业).*(?:院|馆|会|银行)$"
    r"| (?:commission|ministry|department|bureau|authority|agency|court|hospital|treasury|police|council|school|board)\b"
)


def match(
    items: Sequence[Item],
    *,
    prepare: Callable[[Clusters], None] | None = None,
    translations: Translations | None = None,
) -> Clusters:
    """Return the items joined into things. `prepare` may join some first, as decisions do."""
    translations = translations or Translations()
    _date_events(items)
    date_schemes(items)
    clusters = Clusters([_traits(item) for item in items])
    if prepare:
        prepare(clusters)
    _equal_names(items, clusters)
    departments(items, clusters)
    same_office(items, clusters)
    shortened = Shortened(items)
    for _ in range(2):
        likeness = Likeness(items, clusters)
        _weak_names(items, clusters, likeness)
        aliases(items, clusters, likeness)
        abbreviations(items, clusters, likeness, shortened)
        romanised(items, clusters, likeness)
        translated(items, clusters, likeness, translations)
        acronyms(items, clusters, likeness)
        bare_surnames(items, clusters, likeness)
        ends(items, clusters, likeness)
        del likeness  # before the next one is made: each knows of every item
    return clusters


def _traits(item: Item) -> Traits:
    phases = frozenset(n.phase for n in item.names if n.phase and item.type in {"Programme", "Facility"})
    # A text that names several phases means all of it.
    return _shared_traits(item.lexicon_id, item.edition, phases if len(phases) == 1 else frozenset(), item.country)


@lru_cache(maxsize=4096)
def _shared_traits(id_: str | None, edition: str, phase: frozenset[str], country: str) -> Traits:
    return Traits(
        frozenset([id_] if id_ else ()),
        frozenset([edition] if edition else ()),
        phase=phase,
        country=frozenset([country] if country else ()),
    )


def _date_events(items: Sequence[Item]) -> None:
    """Give editions of one event one name, their year, also where a document bears the number or neither.

    An event named without either is taken for that of the year of which the text speaks, if some document names it so.
    """
    years: dict[tuple[str, str], str] = {}
    known: set[tuple[str, str]] = set()
    events = [item for item in items if item.type == "Event"]
    for item in events:
        number, _, year = item.edition.rpartition("-") if "-" in item.edition else (item.edition, "", "")
        if len(number) == 4:
            number, year = "", number
        year = year or (item.year if item.edition else "")
        for what in _series(item):
            if year:
                known.add((what, year))
                if number:
                    years[what, number] = min(year, years.get((what, number), year))
    for item in events:
        series = _series(item)
        if not item.edition:
            item.edition = item.year if any((w, item.year) in known for w in series) else ""
            continue
        number, _, year = item.edition.rpartition("-") if "-" in item.edition else (item.edition, "", "")
        if len(number) != 4:
            item.edition = year or next((years[w, number] for w in series if (w, number) in years), number)


def _series(item: Item) -> list[str]:
    return ([item.lexicon_id] if item.lexicon_id else []) + sorted({n.core for n in item.names if not n.weak})


def _join_all(clusters: Clusters, members: Iterable[int], reason: Callable[[int, int], Reason]) -> None:
    """Join the members of a bucket, unless they are of several entries of the lexicon: then only those of none."""
    members = list(members)
    known = {id_ for m in members for id_ in clusters.traits(m).ids}
    if len(known) > 1:
        members = [m for m in members if not clusters.traits(m).ids]
    # A reason takes longer to write than to see that there is nothing to join.
    pairs = ((members[0], m) for m in members[1:] if not clusters.one(members[0], m))
    left = [m for first, m in pairs if not clusters.join(first, m, reason(first, m))]
    if left and len(left) < len(members):
        # Of another phase or round: they are one among themselves.
        _join_all(clusters, left, reason)


def _join_in_place(
    items: Sequence[Item], clusters: Clusters, members: list[int], because: Callable[[int, int], Reason]
) -> None:
    """Join items of one short name, those of different places apart; of no place, they go where but one place is."""
    groups: list[list[int]] = []
    for i in sorted(members, key=lambda m: (not (items[m].around.places or items[m].around.districts), m)):
        fitting = [g for g in groups if all(places_agree(items[i], items[j]) for j in g[:_WITNESSES])]
        if len(fitting) == 1:
            fitting[0].append(i)
        else:
            groups.append([i])
    for group in groups:
        _join_all(clusters, group, because)


def _is_local(items: Sequence[Item], members: list[int]) -> bool:
    """Tell whether a name is one that several places may have: a short one of a hall, not well known; an office's."""
    first = items[members[0]]
    if any(items[m].lexicon_id for m in members):
        return False
    latin = [set(n.core.split()) for n in first.names if n.core.isascii()]
    if first.type != "Facility":
        return first.type == "Organisation" and (
            any(_OFFICE.search(f" {n.core}") for n in first.names) or any(tokens <= _plain_words() for tokens in latin)
        )
    return max(len(n.key) for n in first.names) <= _SHORT or any(tokens <= _plain_words() for tokens in latin)


@lru_cache(maxsize=1)
def _plain_words() -> frozenset[str]:
    return frozenset(words()["generic_english"]) | frozenset(words()["museum_english"])


def _equal_names(items: Sequence[Item], clusters: Clusters) -> None:
    rules = (
        (_ids, 1.0, "same entry"),
        (_whole_names, 0.99, "same name"),
        (_cores, 0.97, "same but for spelling"),
        (_owned, 0.96, "same name of one owner's"),
    )
    # One rule after the other: what all of them look at would not fit beside it in memory.
    for keys, score, rule in rules:
        buckets: dict[tuple[str, ...], list[int]] = defaultdict(list)
        for i, item in enumerate(items):
            for key in keys(item):
                buckets[key].append(i)

        def because(a: int, b: int, score: float = score, rule: str = rule) -> Reason:
            return reason(items, a, b, score, rule)

        for key in sorted(key for key, members in buckets.items() if len(members) > 1):
            if _is_local(items, buckets[key]):
                _join_in_place(items, clusters, buckets[key], because)
            else:
                _join_all(clusters, buckets[key], because)


Keys = Iterator[tuple[str, ...]]


def _ids(item: Item) -> Keys:
    if item.yearly:
        yield item.type, item.yearly
    elif item.lexicon_id:
        yield item.lexicon_id, item.edition


def _whole_names(item: Item) -> Keys:
    for name in () if item.yearly else item.names:
        if not name.weak:
            yield item.type, name.key, item.edition


def _cores(item: Item) -> Keys:
    for name in () if item.yearly else item.names:
        whole = expanded(item, name)
        if whole:
            yield item.type, whole, item.edition
        if not name.weak:
            # Bio-Tech and BioTech are one word or two.
            yield item.type, name.core.replace(" ", ""), item.edition


def _owned(item: Item) -> Keys:
    for core in () if item.yearly else item.owned:
        yield item.type, core, item.edition


def _weak_names(items: Sequence[Item], clusters: Clusters, likeness: Likeness) -> None:
    """Join items of one weak name whose contexts share something that tells."""
    buckets: dict[tuple[str, str, str], dict[int, None]] = defaultdict(dict)
    doubtful = {(i.type, c) for i in items for n in i.names for c in ((n.core,) if n.weak else ()) + n.others}
    for i, item in enumerate(items):
        for name in () if item.yearly else item.names:
            for core in (name.core, *name.others):
                if (item.type, core) in doubtful:
                    buckets[item.type, core, item.edition][i] = None
    for key in sorted(buckets):
        members = list(buckets[key])
        if len(clusters.roots(members)) > 1:
            if key[0] == "Person":
                _same_person(items, clusters, members, likeness)
            else:
                _same_context(items, clusters, members, likeness)
            _same_topic(items, clusters, members, likeness, key[1])


def _same_person(items: Sequence[Item], clusters: Clusters, members: list[int], likeness: Likeness) -> None:
    """Join persons of one name whose posts agree, or of whom one has no post and stands beside the other's body."""
    firm: dict[object, int] = {}
    for i in members:
        for how, token in likeness.posts(i):
            first = firm.setdefault(token, i)
            if not clusters.one(first, i):
                clusters.join(first, i, reason(items, first, i, likeness.score(how), f"same name and {how}"))
    loose: dict[object, int] = {}
    for i in members:
        if not likeness.posts(i):
            for how, token in likeness.beside(i):
                first = firm.get(token, loose.setdefault(token, i))
                if not clusters.one(first, i):
                    clusters.join(first, i, reason(items, first, i, likeness.score(how), "same name beside one body"))
    _rare_names(items, clusters, members)


def _rare_names(items: Sequence[Item], clusters: Clusters, members: list[int]) -> None:
    """Join persons whose name few bear, unless the fields or the posts of the texts speak against it."""
    cores = sorted({n.core for i in members for n in items[i].names})
    if not any(may_be_one(core) for core in cores):
        return
    first: list[int] = []
    for i in members:
        near = [j for j in first if clusters.find(j) != clusters.find(i) and _one_person(items[i], items[j])]
        if near:
            clusters.join(near[0], i, reason(items, near[0], i, 0.87, "same rare name"))
        elif len(first) < _WITNESSES and all(clusters.find(j) != clusters.find(i) for j in first):
            first.append(i)


def _one_person(left: Item, right: Item) -> bool:
    shared = {n.core for n in left.names} & {n.core for n in right.names}
    return any(alike(core, left.around.sentences, right.around.sentences) for core in shared)


def _same_context(items: Sequence[Item], clusters: Clusters, members: list[int], likeness: Likeness) -> None:
    seen: dict[object, int] = {}
    for i in members:
        for how, token in likeness.tokens(i):
            first = seen.setdefault(token, i)
            if not clusters.one(first, i) and likeness.places_agree(first, i):
                clusters.join(first, i, reason(items, first, i, likeness.score(how), f"same name and {how}"))
    for a, b in combinations(members[:_WITNESSES], 2):
        if clusters.find(a) != clusters.find(b) and likeness.topic_across(a, b):
            clusters.join(a, b, reason(items, a, b, likeness.score("topic"), "same name and topic"))


def _same_topic(items: Sequence[Item], clusters: Clusters, members: list[int], likeness: Likeness, core: str) -> None:
    """Join items of one name whose sentences speak of the same, unless their posts or places differ."""
    if len(clusters.roots(members)) < 2:
        return
    holders: dict[str, list[int]] = defaultdict(list)
    for i in members:
        for gram in likeness.topic(i, core):
            holders[gram].append(i)
    shared: dict[tuple[int, int], float] = defaultdict(float)
    root = {i: clusters.find(i) for i in members}
    for gram in sorted(holders):
        here = holders[gram]
        if 1 < len(here) <= likeness.crowd:
            told = weight([gram])
            for pair in combinations(here, 2):
                if root[pair[0]] != root[pair[1]]:
                    shared[pair] += told
    for (a, b), count in sorted(shared.items(), key=lambda x: (-x[1], x[0])):
        if not clusters.one(a, b) and likeness.same_topic(a, b, count):
            clusters.join(a, b, reason(items, a, b, likeness.score("topic"), "same name and topic"))
