"""Where each node stands: computed here, so that the page opens still and the same each time."""

from __future__ import annotations

import math

import networkx as nx

from kg.view.data import ViewData

_SEED = 7
_SPACING = 130.0


def positions(data: ViewData) -> dict[str, tuple[float, float]]:
    """Return coordinates in pixels: connected parts laid out each for itself, then packed in rows, the largest first."""
    graph = nx.Graph()
    graph.add_nodes_from(sorted(data.nodes))
    graph.add_edges_from(sorted({(min(e.source, e.target), max(e.source, e.target)) for e in data.edges if e.source != e.target}))
    parts = sorted(nx.connected_components(graph), key=lambda c: (-len(c), min(c)))
    alone = [min(p) for p in parts if len(p) == 1]
    placed: dict[str, tuple[float, float]] = {}
    x = y = row = 0.0
    limit = _SPACING * math.sqrt(max(1, len(graph))) * 2.2
    for part in (p for p in parts if len(p) > 1):
        local = _part(graph.subgraph(sorted(part)))
        low_x, low_y = min(p[0] for p in local.values()), min(p[1] for p in local.values())
        width, height = max(p[0] for p in local.values()) - low_x, max(p[1] for p in local.values()) - low_y
        if x and x + width > limit:
            x, y, row = 0.0, y + row + _SPACING, 0.0
        placed |= {n: (round(x + px - low_x, 1), round(y + py - low_y, 1)) for n, (px, py) in local.items()}
        x += width + _SPACING * 1.3
        row = max(row, height)
    y += row + (_SPACING if placed else 0)
    across = max(1, int(limit / (_SPACING * 1.4)))
    for number, node in enumerate(alone):
        placed[node] = (round(number % across * _SPACING * 1.4, 1), round(y + number // across * _SPACING * 0.6, 1))
    return placed


def _part(graph: nx.Graph) -> dict[str, tuple[float, float]]:
    size = len(graph)
    start = nx.circular_layout(graph)
    # Force-directed twice: Fruchterman and Reingold unfolds the part, ForceAtlas2 spreads what hangs on one hub.
    found = nx.spring_layout(graph, pos=start, k=2.4 / math.sqrt(size), iterations=120 if size < 300 else 60, seed=_SEED, method="force")
    if size > 4:
        found = nx.forceatlas2_layout(
            graph, pos=found, max_iter=150 if size < 300 else 60, scaling_ratio=6.0, gravity=0.6, distributed_action=True, seed=_SEED
        )
    scale = _SPACING * math.sqrt(size) * 1.1 / max(1e-9, _spread(found))
    points = {str(n): [float(p[0]) * scale, float(p[1]) * scale] for n, p in found.items()}
    _part_labels(points)
    return {n: (p[0], p[1]) for n, p in points.items()}


def _spread(found: dict[str, tuple[float, float]]) -> float:
    """Return half the width of a layout, so that each part is scaled by its size and not by its method."""
    values = [abs(float(c)) for p in found.values() for c in p]
    return max(values)


def _part_labels(points: dict[str, list[float]]) -> None:
    """Push apart nodes whose labels would overlap: labels are wide and low, so more sideways than up and down."""
    names = sorted(points)
    wide, high = _SPACING * 0.95, _SPACING * 0.42
    for _ in range(60):
        moved = False
        ordered = sorted(names, key=lambda n: (points[n][0], n))
        for i, a in enumerate(ordered):
            for b in ordered[i + 1 :]:
                dx = points[b][0] - points[a][0]
                if dx >= wide:
                    break
                dy = points[b][1] - points[a][1]
                if abs(dy) >= high:
                    continue
                moved = True
                push = (high - abs(dy)) / 2 + 0.5
                sign = 1 if dy > 0 or (dy == 0 and b > a) else -1
                points[a][1] -= sign * push
                points[b][1] += sign * push
        if not moved:
            return
