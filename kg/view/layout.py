"""Where each thing stands on the page: computed here, once, so that the picture is still and the same every time.

Each connected part is laid out by stress majorisation (distances on the page follow distances in the graph), boxes the
size of node and label are pushed apart, and the parts are packed: the largest on top, the rest in rows below. A part too
large for that, and for labels, is laid out by forces.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import networkx as nx
import numpy as np
import numpy.typing as npt

from kg.view.mesh import mesh_layout

Array = npt.NDArray[np.float64]

_UNIT = 92.0
_PIVOTS = 400
_GAP = 46.0
_LARGE = 800  # more nodes than this are laid out by forces
_ROOM = 46.0  # for each of those, in the mean
_GOLDEN = math.pi * (3 - math.sqrt(5))


def positions(sizes: Sequence[tuple[float, float]], links: Sequence[tuple[int, int]]) -> list[tuple[int, int]]:
    """Return a place for each box, given their widths and heights and which of them are linked.

    The same input gives the same places; boxes do not overlap where that can be helped.
    """
    graph: Any = nx.Graph()
    graph.add_nodes_from(range(len(sizes)))
    graph.add_edges_from((a, b) for a, b in links if a != b)
    parts = sorted((sorted(part) for part in nx.connected_components(graph)), key=lambda part: (-len(part), part[0]))
    laid = []
    for part in parts:
        boxes = np.array([sizes[i] for i in part], dtype=float)
        laid.append((part, _placed(graph, part, boxes), boxes))
    places: dict[int, tuple[int, int]] = {}
    for part, where in _pack(laid):
        places |= {node: (round(float(x)), round(float(y))) for node, (x, y) in zip(part, where, strict=True)}
    return [places[i] for i in range(len(sizes))]


def _placed(graph: Any, part: list[int], boxes: Array) -> Array:
    if len(part) <= _LARGE:
        return _spread(_turn(_stress(graph.subgraph(part).copy(), part)), boxes)
    order = {node: i for i, node in enumerate(part)}
    links = sorted(tuple(sorted((order[a], order[b]))) for a, b in graph.edges(part))
    return _turn(mesh_layout(len(part), np.array(links, dtype=np.int64))) * _ROOM


def _stress(graph: Any, part: list[int]) -> Array:
    """Return places whose distances follow the graph's, by weighing the pull of pivots (of all nodes, if few)."""
    n = len(part)
    if n < 3:
        return np.array([[i * _UNIT * 2.2, 0.0] for i in range(n)])
    degree = dict(graph.degree())
    for a, b in graph.edges():
        # Links to a hub are longer, or its leaves would crowd one small circle.
        graph.edges[a, b]["length"] = 1 + 0.35 * math.log2(max(degree[a], degree[b]))
    pivots, wanted = _pivots(graph, part)
    where = _start(wanted)
    weight = np.where(wanted > 0, 1 / np.maximum(wanted, 1e-9) ** 2, 0.0)
    total = weight.sum(axis=1, keepdims=True)
    for _ in range(220 if n <= _PIVOTS else 80):
        shift = where[:, None, :] - where[pivots][None, :, :]
        distance = np.maximum(np.hypot(shift[..., 0], shift[..., 1]), 1e-6)
        pulled = where[pivots][None, :, :] + shift * (wanted / distance)[..., None]
        where = (weight[..., None] * pulled).sum(axis=1) / total
    return np.asarray(where * _UNIT)


def _pivots(graph: Any, part: list[int]) -> tuple[list[int], Array]:
    """Return nodes that lie far from each other, and the distance of every node to each."""
    pivots: list[int] = []
    columns: list[Array] = []
    nearest = np.full(len(part), np.inf)
    following = 0
    for _ in range(min(len(part), _PIVOTS)):
        lengths = nx.single_source_dijkstra_path_length(graph, part[following], weight="length")
        pivots.append(following)
        columns.append(np.array([lengths[node] for node in part], dtype=float))
        nearest = np.minimum(nearest, columns[-1])
        following = int(np.argmax(nearest))
    return pivots, np.stack(columns, axis=1)


def _start(wanted: Array) -> Array:
    """Return a first guess: the two main directions of the distances, shaken so that no two nodes coincide."""
    squared = wanted**2
    centred = squared - squared.mean(axis=0) - squared.mean(axis=1, keepdims=True) + squared.mean()
    _, vectors = np.linalg.eigh(centred.T @ centred)
    axes = centred @ vectors[:, [-1, -2]]
    for column in range(2):
        # The sign of an eigenvector is arbitrary.
        if axes[np.argmax(np.abs(axes[:, column])), column] < 0:
            axes[:, column] *= -1
    spread = np.abs(axes).max(axis=0)
    axes = axes / np.where(spread > 1e-9, spread, 1.0) * wanted.max() / 2
    turn = np.arange(len(axes)) * _GOLDEN
    return np.asarray(axes + 0.25 * np.stack([np.cos(turn), np.sin(turn)], axis=1))


def _turn(where: Array) -> Array:
    """Return the places turned so that the part is wider than high: screens are."""
    if len(where) < 3:
        return where
    centred = where - where.mean(axis=0)
    a, b, c = (centred[:, 0] ** 2).sum(), (centred[:, 0] * centred[:, 1]).sum(), (centred[:, 1] ** 2).sum()
    angle = 0.5 * math.atan2(2 * b, a - c)
    cos, sin = math.cos(angle), math.sin(angle)
    return np.asarray(centred @ np.array([[cos, -sin], [sin, cos]]))


def _spread(where: Array, boxes: Array) -> Array:
    """Return the places with overlapping boxes pushed apart, each along the shorter way."""
    where = where.copy()
    n = len(where)
    need_x = (boxes[:, None, 0] + boxes[None, :, 0]) / 2
    need_y = (boxes[:, None, 1] + boxes[None, :, 1]) / 2
    order = np.sign(np.arange(n)[:, None] - np.arange(n)[None, :])
    for _ in range(300 if n <= 600 else 60):
        dx = where[:, None, 0] - where[None, :, 0]
        dy = where[:, None, 1] - where[None, :, 1]
        over_x, over_y = need_x - np.abs(dx), need_y - np.abs(dy)
        hit = (over_x > 0.5) & (over_y > 0.5)
        np.fill_diagonal(hit, False)
        if not hit.any():
            break
        along_x = hit & (over_x / need_x < over_y / need_y)
        along_y = hit & ~along_x
        side_x, side_y = np.where(dx == 0, order, np.sign(dx)), np.where(dy == 0, order, np.sign(dy))
        crowd = np.sqrt(np.maximum(hit.sum(axis=1), 1))
        where[:, 0] += 0.5 * (np.where(along_x, over_x, 0) * side_x).sum(axis=1) / crowd
        where[:, 1] += 0.5 * (np.where(along_y, over_y, 0) * side_y).sum(axis=1) / crowd
    return where


def _pack(parts: list[tuple[list[int], Array, Array]]) -> list[tuple[list[int], Array]]:
    """Return the parts side by side in centred rows, about half as wide again as high."""
    frames = []
    for part, where, boxes in parts:
        low, high = (where - boxes / 2).min(axis=0), (where + boxes / 2).max(axis=0)
        frames.append((part, where - low, high - low))
    if not frames:
        return []
    area = sum(float((w + _GAP) * (h + _GAP)) for _, _, (w, h) in frames)
    widest = max(max(float(size[0]) for _, _, size in frames), math.sqrt(area * 1.6))
    rows: list[list[tuple[list[int], Array, Array]]] = [[]]
    used = 0.0
    # Biggest first, then highest: single nodes end up as a tidy block.
    for frame in sorted(frames, key=lambda f: (-len(f[0]), -float(f[2][1]), f[0][0])):
        width = float(frame[2][0])
        if rows[-1] and used + width > widest:
            rows.append([])
            used = 0.0
        rows[-1].append(frame)
        used += width + _GAP
    packed = []
    top = 0.0
    for row in rows:
        height = max(float(size[1]) for _, _, size in row)
        left = -(sum(float(size[0]) for _, _, size in row) + _GAP * (len(row) - 1)) / 2
        for part, where, size in row:
            packed.append((part, where + np.array([left, top + (height - size[1]) / 2])))
            left += float(size[0]) + _GAP
        top += height + _GAP
    return packed
