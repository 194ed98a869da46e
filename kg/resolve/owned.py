"""Departments of one body whose names are short for each other: 「理大土木系」, 「香港理工大學土木及環境工程學系」."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence

from kg.resolve.clusters import Clusters, Reason
from kg.resolve.items import Item
from kg.resolve.names import abbreviates, is_generic

# More parts of one body than this are not compared.
_CROWD = 200


def departments(items: Sequence[Item], clusters: Clusters) -> None:
    """Join a department to the one of the same body whose longer name its own is short for."""
    parts: dict[tuple[str, str], dict[str, list[int]]] = defaultdict(lambda: defaultdict(list))
    for i, item in enumerate(items):
        for owned in item.owned if item.type == "Organisation" else ():
            owner, _, rest = owned.partition(">")
            if len(rest) > 2 and not rest.isascii() and not is_generic(rest):
                parts[item.type, owner][rest].append(i)
    for _, names in sorted(parts.items()):
        if len(names) > _CROWD:
            continue
        for short in sorted(names):
            longer = [long for long in sorted(names) if len(long) > len(short) and abbreviates(short, long)]
            if len(clusters.roots(i for long in longer for i in names[long])) == 1:
                left, right = names[short][0], names[longer[0]][0]
                first, second = sorted((items[left].name, items[right].name))
                clusters.join(left, right, Reason(0.9, "short for a department of one body", first, second))
