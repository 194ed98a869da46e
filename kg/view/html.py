"""The page: vis-network from pyvis' own package, our template, everything inlined, all text as text."""

from __future__ import annotations

import base64
import hashlib
import json
from importlib.resources import files
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader
from pyvis.network import Network
from rdflib import Graph

from kg.language.script import fold
from kg.resources import data_path
from kg.view.data import ViewData, view_data
from kg.view.layout import positions

# Okabe and Ito's palette, told apart by readers with any colour vision; each type has its own shape too.
STYLES = {
    "Organisation": ("#0072B2", "dot", "機構"),
    "Programme": ("#D55E00", "diamond", "計劃"),
    "Person": ("#009E73", "triangle", "人物"),
    "Facility": ("#B8860B", "square", "設施"),
    "Policy": ("#AA4499", "hexagon", "政策"),
    "Event": ("#56B4E9", "star", "活動"),
}
PREDICATES = {
    "operates": "營運", "funds": "資助", "owns": "擁有", "partOf": "隸屬", "partnersWith": "合作", "commissionedBy": "受委託",
    "locatedIn": "位於", "announcedIn": "公布於", "participatesIn": "參與", "post": "任職",
}  # fmt: skip


def render(graph: Graph, *, title: str = "fundgraph", focus: str | None = None, depth: int = 1) -> str:
    """Return the page for a graph, or for what lies around one thing. It holds all it needs and asks nothing of a network."""
    data = view_data(graph, focus=focus, depth=depth)
    network = _network(data)
    payload = {
        "nodes": network.nodes,
        "edges": network.edges,
        "facts": data.facts,
        "unread": data.unread,
        "things": {n.id: {"names": n.names, "keys": n.keys, "type": n.type, "kind": n.kind, "facts": n.facts} for n in data.nodes.values()},
        "folds": _folds(data),
        "styles": {k: {"colour": c, "shape": s, "zh": z} for k, (c, s, z) in STYLES.items()},
        "predicates": PREDICATES,
    }
    folder = data_path("templates")
    library = files("pyvis") / "templates" / "lib" / "vis-9.1.2" / "vis-network.min.js"
    if not library.is_file():
        library = files("pyvis") / "lib" / "vis-9.1.2" / "vis-network.min.js"
    scripts = [_harmless(library.read_text(encoding="utf-8")), Path(folder / "view.js").read_text(encoding="utf-8")]
    environment = Environment(loader=FileSystemLoader(folder), autoescape=True, keep_trailing_newline=True)
    return environment.get_template("view.html").render(
        title=title,
        styles=(folder / "view.css").read_text(encoding="utf-8"),
        scripts=scripts,
        hashes=" ".join(f"'sha256-{_digest(s)}'" for s in scripts),
        payload=_json(payload),
        counts={t: sum(1 for n in data.nodes.values() if n.type == t) for t in STYLES},
    )


def _network(data: ViewData) -> Network:
    """Return pyvis' network with places given and physics off."""
    network = Network(directed=True)
    places = positions(data)
    for node in data.nodes.values():
        colour, shape, _ = STYLES[node.type]
        x, y = places[node.id]
        size = 9 + min(22, 3.2 * (node.mentions**0.5) + 0.6 * len(node.facts))
        network.add_node(node.id, label=_short(node.label), shape=shape, color=colour, x=x, y=y, size=round(size, 1), physics=False, font={"size": 15})
    for number, edge in enumerate(data.edges):
        network.add_edge(edge.source, edge.target, id=f"e{number}", width=round(1 + min(4, len(edge.facts) ** 0.5 - 1), 2), predicate=edge.predicate, words=edge.title, facts=edge.facts)
    return network


def _short(name: str) -> str:
    """Return a name short enough for a picture: the panel has all of it."""
    return name if len(name) <= 18 else name[:17] + "…"


def _folds(data: ViewData) -> dict[str, str]:
    """Return the characters of the data that fold to another, so that the page's search needs no table of its own."""
    text = {c for n in data.nodes.values() for name in n.names for c in name}
    return {c: f for c in sorted(text) if (f := fold(c)) != c}


def _json(payload: dict[str, Any]) -> str:
    """Return JSON that can stand in a script element: no character that HTML reads."""
    text = json.dumps(payload, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    text = text.encode("utf-8", "replace").decode("utf-8")
    for char in "<>&\u2028\u2029":
        text = text.replace(char, f"\\u{ord(char):04x}")
    return text


def _harmless(script: str) -> str:
    return script.replace("</script", "<\\/script").replace("//# sourceMappingURL", "// ")


def _digest(script: str) -> str:
    return base64.b64encode(hashlib.sha256(script.encode("utf-8")).digest()).decode("ascii")
