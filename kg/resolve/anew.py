"""Schemes that come anew: which year's a name means that a text sets the year before, 「2020年的保就業計劃」."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import replace

from kg.language.script import fold
from kg.resolve.items import Item

_BEFORE = re.compile(r"((?:19|20)\d\d)(?:年度?的?|'s |’s | )[「『《]?$")
_YEAR = re.compile(r"(?:19|20)\d\d")


def date_schemes(items: Sequence[Item]) -> None:
    """Give a scheme the year that stands right before its name, where another text has a year in its name.

    Else a year before a name says when something happened, not which scheme it is.
    """
    yearly: dict[str, set[str]] = defaultdict(set)
    bare: list[tuple[int, str]] = []
    for i, item in enumerate(items):
        if item.type == "Programme":
            years = {n.phase for n in item.names if _YEAR.fullmatch(n.phase)}
            for key in _keys(item):
                yearly[key] |= years
            if not any(n.phase for n in item.names):
                bare += [(i, key) for key in _keys(item)]
    for i, key in bare:
        said = _said(items[i]) if yearly[key] else set()
        if len(said) == 1:
            items[i].names = tuple(replace(n, phase=min(said)) for n in items[i].names)


def _keys(item: Item) -> list[str]:
    return [item.lexicon_id] if item.lexicon_id else sorted({n.core for n in item.names if not n.weak})


def _said(item: Item) -> set[str]:
    found = set()
    for name in item.spelt:
        folded = fold(name).casefold()
        for sentence in item.around.sentences:
            for part in sentence.split(folded)[:-1]:
                match = _BEFORE.search(part)
                found |= {match[1]} if match else set()
    return found
