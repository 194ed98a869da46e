"""The page: vis-network (as pyvis ships it), our script and style, and the data, in one file that needs no network."""

from __future__ import annotations

import base64
import hashlib
import json
import math
import tomllib
from collections.abc import Iterable
from dataclasses import asdict
from functools import lru_cache
from importlib.resources import files
from typing import Any

from jinja2 import Environment, StrictUndefined
from markupsafe import Markup
from pyvis.network import Network
from rdflib import Graph

from kg.errors import DataError, QueryError
from kg.language.script import to_simplified
from kg.resources import data_path
from kg.view.data import folding_pairs, view_data
from kg.view.layout import positions
from kg.view.model import ViewData, ViewNode
from kg.vocab import ENTITY_TYPES, PREDICATES

LANGUAGES = ("zh-Hant", "zh-Hans", "en")
_VIS = ("lib", "vis-9.1.2", "vis-network.min.js")
_LINE = 7.5  # characters of Chinese on one line of a label


def render(
    graph: Graph,
    *,
    title: str = "fundgraph",
    focus: str | None = None,
    depth: int = 1,
    types: Iterable[str] | None = None,
    language: str = "zh-Hant",
) -> str:
    """Return an HTML page that shows a graph: self-contained, still, the same for the same graph.

    `focus` (an IRI or any name) and `depth` show a neighbourhood; `types` keeps only these entity types. The page opens
    in `language` and can be switched by its reader.
    """
    if language not in LANGUAGES:
        raise QueryError("E322", f"the page does not speak {language}", hint=f"use {', '.join(LANGUAGES)}")
    data = view_data(graph, focus=focus, depth=depth, types=types)
    style = _asset("view.css")
    scripts = [_vis_network(), _asset("view.js")]
    template = Environment(autoescape=True, undefined=StrictUndefined).from_string(_read("view.html"))
    return template.render(
        title=_encodable(title),
        language=language,
        # The only three things that are not escaped: our own files, checked by _inline, and JSON without "<".
        style=Markup(style),
        scripts=[Markup(script) for script in scripts],
        data=Markup(_json(_payload(data, title, language))),
        policy=_policy([style], scripts),
    )


def _encodable(text: str) -> str:
    """Return the text without lone surrogates: a file must never fail because of one name."""
    return text.encode("utf-8", "replace").decode("utf-8")


def _json(value: Any) -> str:
    """Return JSON that can stand inside a script element: no ``<`` to end it, no line separator to break it.

    >>> "<" in _json("</script>")
    False
    """
    text = json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    for char in "<\u2028\u2029":
        text = text.replace(char, f"\\u{ord(char):04x}")
    return _encodable(text)


def _policy(styles: Iterable[str], scripts: Iterable[str]) -> str:
    def sources(texts: Iterable[str]) -> str:
        digests = (base64.b64encode(hashlib.sha256(t.encode()).digest()).decode() for t in texts)
        return " ".join(f"'sha256-{digest}'" for digest in digests)

    return (
        f"default-src 'none'; script-src {sources(scripts)}; style-src {sources(styles)}; "
        "img-src data:; base-uri 'none'; form-action 'none'"
    )


def _read(name: str) -> str:
    return data_path("templates", name).read_text(encoding="utf-8")


def _inline(name: str, text: str) -> str:
    """Return a script or style as the browser will hash it, or refuse one that its own element would cut short."""
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    if any(mark in text.lower() for mark in ("</script", "</style", "<!--")):
        raise DataError("E221", "an asset of the page can't be inlined", where=name, hint="reinstall fundgraph")
    return text


def _asset(name: str) -> str:
    return _inline(name, _read(name))


@lru_cache(maxsize=1)
def _vis_network() -> str:
    source = files("pyvis").joinpath(*_VIS)
    if not source.is_file():
        raise DataError("E222", "pyvis came without vis-network", where="/".join(_VIS), hint="install pyvis 0.3.2")
    text = _inline(_VIS[-1], source.read_text(encoding="utf-8"))
    # Developer tools would look for the map beside the page.
    return "\n".join(line for line in text.split("\n") if not line.startswith("//# sourceMappingURL"))


@lru_cache(maxsize=1)
def _words() -> dict[str, Any]:
    words = tomllib.loads(_read("view.toml"))
    words["words"]["zh-Hans"] = {key: to_simplified(text) for key, text in words["words"]["zh-Hant"].items()}
    for entry in (*words["types"].values(), *words["predicates"].values()):
        entry |= {key.replace("zh-Hant", "zh-Hans"): to_simplified(entry[key]) for key in [*entry] if "zh-Hant" in key}
    return words


def _payload(data: ViewData, title: str, language: str) -> dict[str, Any]:
    words = _words()
    network = _network(data, language)
    present = {node.type for node in data.nodes}
    drawn = {edge.predicate for edge in data.edges}
    return {
        "title": title,
        "language": language,
        "words": words["words"],
        "types": [{"id": t, **words["types"][t]} for t in ENTITY_TYPES if t in present],
        "predicates": [{"id": p, **words["predicates"][p]} for p in ("post", *PREDICATES) if p in drawn],
        "nodes": network.nodes,
        "edges": network.edges,
        "things": [_slim(asdict(node)) for node in data.nodes],
        "links": [_slim(asdict(edge)) for edge in data.edges],
        "facts": [_slim(asdict(fact)) for fact in data.facts],
        "evidence": [_slim(asdict(evidence)) for evidence in data.evidence],
        "documents": [_slim(asdict(document)) for document in data.documents],
        "missed": [asdict(missed) for missed in data.missed],
        "fold": folding_pairs(data),
    }


def _slim(record: dict[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in record.items() if value not in ("", None)}


def _network(data: ViewData, language: str) -> Network:
    """Return pyvis' nodes and edges with places given and physics off; names and colours are the script's affair."""
    types = _words()["types"]
    # When the whole is drawn small, nodes must be drawn larger to be seen and hit.
    zoom = max(1.0, math.sqrt(len(data.nodes) / 60))
    sizes = [
        round((8 + 3.0 * math.sqrt(min(node.weight, 40))) * min(zoom, 2.2) * types[node.type].get("scale", 1.0), 1)
        for node in data.nodes
    ]
    boxes = [_box(node, size, language) for node, size in zip(data.nodes, sizes, strict=True)]
    places = positions(boxes, [(edge.source, edge.target) for edge in data.edges])
    network = Network(directed=True)
    for i, (node, size, (x, y)) in enumerate(zip(data.nodes, sizes, places, strict=True)):
        # The index is the id: hostile names and IRIs never reach the drawing code.
        network.add_node(i, label=" ", shape=types[node.type]["shape"], size=size, x=x, y=y, physics=False)
    between: dict[frozenset[int], int] = {}
    for i, edge in enumerate(data.edges):
        pair = frozenset((edge.source, edge.target))
        nth = between[pair] = between.get(pair, -1) + 1
        width = round(min(1.3 + 0.6 * math.sqrt(edge.weight - 1), 4.0) * min(zoom, 1.8), 2)
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
