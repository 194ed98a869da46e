"""Which English name is a Chinese one's: translated, or one's initials in a text that speaks of the same."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence

from kg.resolve.clusters import Clusters
from kg.resolve.items import Item
from kg.resolve.known import keys
from kg.resolve.likeness import Likeness
from kg.resolve.longer import lexicon_cores as names_of
from kg.resolve.longer import reason
from kg.resolve.names import Name
from kg.resolve.translate import beginning
from kg.resolve.translations import Translations

# Chinese names that share a word with an English one, among which it could not be told.
_CROWD = 60
# So much of the words is shared by two names of one thing in one language.
_ALIKE = 0.5
# So many documents of one name are looked at.
_WITNESSES = 6


def translated(items: Sequence[Item], clusters: Clusters, likeness: Likeness, translations: Translations) -> None:
    """Join an English name to the one Chinese name that it translates, unless places or figures speak against it."""
    latin, han = _names(items, clusters)
    for type_ in sorted(latin.keys() & han.keys()):
        _translated(items, clusters, likeness, (latin[type_], han[type_]), translations)


def acronyms(items: Sequence[Item], clusters: Clusters, likeness: Likeness) -> None:
    """Join an English abbreviation to the one thing that has these initials and of which a text says the same."""
    holders: dict[str, list[int]] = defaultdict(list)
    stated: dict[tuple[str, str], list[int]] = defaultdict(list)
    for i, item in enumerate(items):
        if item.lexicon_id:
            holders[item.lexicon_id].append(i)
        for name in item.names if len(item.names) > 1 else ():
            if name.core.isascii():
                stated[item.type, name.core].append(i)
    for i, item in enumerate(items):
        if item.lexicon_id or item.type == "Person" or any(n.weak != "abbreviation" for n in item.names):
            continue
        core = item.names[0].core
        ids = keys().acronyms.get((item.type, core), ())
        others = [j for id_ in ids for j in holders[id_][:_WITNESSES]] + stated[item.type, core][:_WITNESSES]
        found = [j for j in others if j != i and (likeness.shared(i, j) or likeness.topic_across(i, j))]
        if len(clusters.roots(found)) == 1:
            clusters.join(i, found[0], reason(items, i, found[0], 0.87, "initials and topic"))


def _names(
    items: Sequence[Item], clusters: Clusters
) -> tuple[dict[str, dict[str, list[int]]], dict[str, dict[str, list[int]]]]:
    """Return the items by type and core, those of English names and those of Chinese; what has both needs no other."""
    both: dict[int, set[bool]] = defaultdict(set)
    for i, item in enumerate(items):
        both[clusters.find(i)] |= {n.core.isascii() for n in item.names}
    latin: dict[str, dict[str, list[int]]] = defaultdict(lambda: defaultdict(list))
    han: dict[str, dict[str, list[int]]] = defaultdict(lambda: defaultdict(list))
    for i, item in enumerate(items):
        if item.type == "Person" or item.yearly or len(both[clusters.find(i)]) > 1:
            continue
        for name in item.names:
            if _tells(name):
                (latin if name.core.isascii() else han)[item.type][name.core].append(i)
        for owned in item.owned:
            owner, _, rest = owned.partition(">")
            if rest:
                (latin if rest.isascii() else han)[f"{item.type} {owner}"][rest].append(i)
    return latin, han


def _tells(name: Name) -> bool:
    if name.weak not in {"", "alias"}:
        return False
    return " " in name.core if name.core.isascii() else len(name.core) >= 3


def _translated(
    items: Sequence[Item],
    clusters: Clusters,
    likeness: Likeness,
    names: tuple[dict[str, list[int]], dict[str, list[int]]],
    translations: Translations,
) -> None:
    latin, han = names
    # Only what some English name here may say: the words in all Chinese names would fill the memory.
    wanted = {beginning(token) for core in latin for token in core.split()}
    holders: dict[str, set[str]] = defaultdict(set)
    for core in han:
        for begun in wanted.intersection(translations.begun(core)):
            holders[begun].add(core)
    found: dict[str, list[tuple[str, str]]] = {}
    for core in sorted(latin):
        lists = [holders.get(beginning(token), set()) for token in core.split()]
        # Two of the words, lest the rarest be one that the dictionary doesn't know.
        rare = sorted((some for some in lists if some), key=len)[:2]
        near = sorted({h for some in rare if len(some) <= _CROWD for h in some})
        found[core] = [(h, how) for h in near if (how := translations(core, h))]
    for core, meant in found.items():
        whole = [h for h, how in meant if how == "whole"] or [h for h, how in meant]
        sure = any(how == "whole" for _, how in meant)
        pairs = [(i, j) for h in whole for i in latin[core][:_WITNESSES] for j in han[h][:_WITNESSES]]
        fitting = [(i, j) for i, j in pairs if _fits(items, likeness, i, j, sure=sure)]
        if len(clusters.roots(j for _, j in fitting)) == 1:
            rule, score = ("translation", 0.9) if sure else ("translation and topic", 0.86)
            for i, j in fitting:
                clusters.join(i, j, reason(items, i, j, score, rule))


def _fits(items: Sequence[Item], likeness: Likeness, left: int, right: int, *, sure: bool) -> bool:
    one, other = items[left], items[right]
    # The last word of a name tells its kind but roughly: 基金, council.
    kinds = {one.kind, other.kind}
    two = bool(kinds & {"company", "media"}) and bool(kinds & {"government", "international", "academic"})
    if one.edition != other.edition or two or not likeness.places_agree(left, right):
        return False
    if not (_like_its_own(one, other) and _like_its_own(other, one)):
        return False
    return sure or likeness.topic_across(left, right)


def _like_its_own(known: Item, other: Item) -> bool:
    """Tell whether a name may be a known thing's: it has names in that language too, and they are much alike.

    香港青年協會 is the Hong Kong Federation of Youth Groups; a Hong Kong Youth Association is another.
    """
    cores = names_of(known.lexicon_id) if known.lexicon_id else ()
    own = [n.core for n in other.names]
    latin = {core.isascii() for core in own}
    official = [core for core in cores if core.isascii() in latin and (" " in core or not core.isascii())]
    if not official or len(latin) > 1:
        return True
    return any(_part(a, b) >= _ALIKE for a in own for b in official)


def _part(left: str, right: str) -> float:
    one, other = (set(c.split()) if c.isascii() else set(c) for c in (left, right))
    return len(one & other) / max(len(one | other), 1)
