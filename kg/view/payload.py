"""What the page's script is given: first what the picture needs, then facts and quotes for the panel."""

from __future__ import annotations

import math
import tomllib
from collections import Counter
from dataclasses import asdict
from functools import lru_cache
from typing import Any

from pyvis.network import Network

from kg.language.script import to_simplified
from kg.resources import data_path
from kg.view.data import folding_pairs
from kg.view.figures import currency_words
from kg.view.layout import positions
from kg.view.model import ViewData, ViewNode
from kg.vocab import ENTITY_TYPES, PREDICATES

LANGUAGES = ("zh-Hant", "zh-Hans", "en")
_LINE = 7.5  # characters of Chinese on one line of a label


@lru_cache(maxsize=1)
def _words() -> dict[str, Any]:
    words = tomllib.loads(data_path("templates", "view.toml").read_text(encoding="utf-8"))
    words["words"]["zh-Hans"] = {key: to_simplified(text) for key, text in words["words"]["zh-Hant"].items()}
    for entry in (*words["types"].values(), *words["predicates"].values()):
        entry |= {key.replace("zh-Hant", "zh-Hans"): to_simplified(entry[key]) for key in [*entry] if "zh-Hant" in key}
    return words


def unavailable(language: str) -> tuple[str, str]:
    """Return what the page says where nothing can be drawn: a heading and the remedy."""
    words = _words()["words"][language]
    return words["no_webgl"], words["no_webgl_text"]


def described(data: ViewData, title: str, language: str, form: str) -> dict[str, Any]:
    """Return words, things, links and their places, sizes and months: all that the picture and its filters need."""
    words = _words()
    present = {node.type for node in data.nodes}
    drawn = {edge.predicate for edge in data.edges}
    zh, en = currency_words(data.currency)
    time = _Time(data)
    found: dict[str, Any] = {
        "title": title,
        "language": language,
        "form": form,
        "words": words["words"],
        "types": [{"id": t, **words["types"][t]} for t in ENTITY_TYPES if t in present],
        "predicates": [{"id": p, **words["predicates"][p]} for p in ("post", *PREDICATES) if p in drawn],
        "things": [_thing(node) | {"months": time.of(node.mentions)} for node in data.nodes],
        "links": [
            _slim({"source": e.source, "target": e.target, "predicate": e.predicate, "label": e.label})
            | {"weight": e.weight, "months": time.of(i for fact in e.facts for i in data.facts[fact].evidence)}
            | _amount(e.amount)
            for e in data.edges
        ],
        "months": time.months,
        "quotes": time.quotes,
        "currency": {"zh-Hant": zh, "zh-Hans": to_simplified(zh), "en": en},
        "counts": {"facts": len(data.facts), "documents": len(data.documents), "missed": len(data.missed)},
        "fold": folding_pairs(data),
    }
    if form == "pyvis":
        network = _network(data, language)
        return found | {"nodes": network.nodes, "edges": network.edges}
    return found | {"places": [value for place in _places(data, _sizes(data), language) for value in place]}


def quoted(data: ViewData) -> dict[str, Any]:
    """Return what the panel tells: facts, quotes, documents, what was not understood, and who is named where."""
    compared = ("value", "currency")  # said in words elsewhere in the fact
    return {
        "facts": [{k: v for k, v in _slim(asdict(fact)).items() if k not in compared} for fact in data.facts],
        "evidence": [_slim(asdict(evidence)) for evidence in data.evidence],
        "documents": [_slim(asdict(document)) for document in data.documents],
        "missed": [asdict(missed) for missed in data.missed],
        "mentions": [node.mentions for node in data.nodes],
    }


class _Time:
    """The months of the documents, from the first to the last without a gap, and how many quotes each has."""

    def __init__(self, data: ViewData) -> None:
        dates = [document.date[:7] for document in data.documents]
        known = sorted(date for date in dates if len(date) == 7 and date[:4].isdecimal() and date[5:].isdecimal())
        self.months = _months(known[0], known[-1]) if known else []
        place = {month: i for i, month in enumerate(self.months)}
        self._of = [place.get(dates[e.document]) if e.document is not None else None for e in data.evidence]
        tally = Counter(month for month in self._of if month is not None)
        self.quotes = [tally[i] for i in range(len(self.months))]

    def of(self, evidence: Any) -> list[int]:
        """Return the places of the months in which these quotes were published."""
        return sorted({month for e in evidence if (month := self._of[e]) is not None})


def _months(first: str, last: str) -> list[str]:
    """Return all months from one to another.

    >>> _months("2023-11", "2024-01")
    ['2023-11', '2023-12', '2024-01']
    """
    start, end = (int(month[:4]) * 12 + int(month[5:]) - 1 for month in (first, last))
    return [f"{month // 12:04}-{month % 12 + 1:02}" for month in range(start, end + 1)]


def _slim(record: dict[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in record.items() if value not in ("", None)}


def _amount(text: str) -> dict[str, float]:
    """Return a sum for drawing: a width needs no more digits than a float has."""
    return {"amount": float(text)} if text else {}


def _thing(node: ViewNode) -> dict[str, Any]:
    named = {"id": node.id, "type": node.type, "kind": node.kind, "weight": node.weight}
    return _slim(named) | {"names": node.names, "aliases": node.aliases} | _amount(node.amount)


def _zoom(data: ViewData) -> float:
    """Return how much larger nodes are drawn for the whole to be drawn small, and still be seen and hit."""
    return max(1.0, math.sqrt(len(data.nodes) / 60))


def _sizes(data: ViewData) -> list[float]:
    types, zoom = _words()["types"], min(_zoom(data), 2.2)
    return [
        round((8 + 3.0 * math.sqrt(min(node.weight, 40))) * zoom * types[node.type].get("scale", 1.0), 1)
        for node in data.nodes
    ]


def _places(data: ViewData, sizes: list[float], language: str) -> list[tuple[int, int]]:
    boxes = [_box(node, size, language) for node, size in zip(data.nodes, sizes, strict=True)]
    return positions(boxes, [(edge.source, edge.target) for edge in data.edges])


def _network(data: ViewData, language: str) -> Network:
    """Return pyvis' nodes and edges with places given and physics off; names and colours are the script's affair."""
    types, sizes, zoom = _words()["types"], _sizes(data), _zoom(data)
    places = _places(data, sizes, language)
    network = Network(directed=True)
    for i, (node, size, (x, y)) in enumerate(zip(data.nodes, sizes, places, strict=True)):
        # The index is the id: hostile names and IRIs never reach the drawing code.
        network.add_node(i, label=" ", shape=types[node.type]["shape"], size=size, x=x, y=y, physics=False)
    between: dict[frozenset[int], int] = {}
    for i, edge in enumerate(data.edges):
        pair = frozenset((edge.source, edge.target))
        nth = between[pair] = between.get(pair, -1) + 1
        width = round(min(1.5 + 4.5 * math.sqrt((edge.weight - 1) / 20), 6.0) * min(zoom, 1.8), 2)
        # Parallel links bend apart; seen from the other end, the same bend must go the other way.
        side = "curvedCW" if (nth % 2 == 0) == (edge.source < edge.target) else "curvedCCW"
        bend = {"enabled": nth > 0, "type": side, "roundness": round(0.12 + 0.08 * (nth // 2), 2)}
        network.add_edge(edge.source, edge.target, id=i, width=width, smooth=bend, physics=False)
    return network


def _box(node: ViewNode, size: float, language: str) -> tuple[float, float]:
    """Return the width and height that a node and its label take, as the script wraps it."""
    ems = sum(1.0 if char > "\u2e7f" else 0.55 for char in node.label(language))
    lines = min(2, math.ceil(ems / _LINE))
    return max(2 * size, min(ems, _LINE) * 13) + 14, 2 * size + lines * 16 + 16
