"""Places for the nodes of one large connected part: forces, with the push between all nodes read off a mesh.

Links pull, all nodes push each other away (ForceAtlas2's forces: Jacomy et al. 2014). The push is that of mass spread on
a grid, found by one convolution (Hockney and Eastwood's particle-mesh method), so a step costs the same for 20,000 nodes
as for 2,000. Why not a library: networkx compares all pairs of nodes, igraph is under the GPL, and both graph-tool and
NetworKit weigh more than this package with all its data.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[np.float64]
Indices = npt.NDArray[np.int64]

_GOLDEN = math.pi * (3 - math.sqrt(5))
_PIVOTS = 24
_PULL = 200.0
# Nodes nearer than this are moved apart, so many times over.
_SPACE, _LOOSE = 0.4, 60
_COARSE, _FINE = 128, 512
# Steps on each mesh: the coarse one finds the shape, the fine one the neighbourhoods.
_STEPS = ((_COARSE, 220), (256, 60), (_FINE, 24))


def mesh_layout(number: int, links: Indices) -> Array:
    """Return places (number × 2), with room of about 1 × 1 for each, for a connected part with links (m × 2).

    The same input gives the same places: there is no chance in it.
    """
    where = _start(number, links)
    degree = np.bincount(links.ravel(), minlength=number).astype(float)
    mass = degree + 1
    speed = np.ones(number)
    before = np.zeros((number, 2))
    for size, steps in _STEPS:
        kernel = _Kernel.of(size)
        for step in range(steps):
            force = _pull(where, links) + _push(where, mass, kernel)
            swing = np.hypot(*(force - before).T)
            speed = np.clip(speed * np.where(swing > np.hypot(*force.T), 0.7, 1.05), 0.02, 1.5)
            reach = 0.06 * _width(where) * (1 - 0.97 * step / steps)
            move = force * (speed / mass)[:, None]
            length = np.maximum(np.hypot(*move.T), 1e-12)
            where = where + move * np.minimum(1, reach / length)[:, None]
            before = force
    return _apart(_scaled(where))


def _width(where: Array) -> float:
    return float(np.max(np.ptp(where, axis=0)))


def _scaled(where: Array) -> Array:
    """Return the places about the middle, with room of 1 × 1 for each in the mean."""
    centred = where - where.mean(axis=0)
    room = float(np.prod(np.maximum(np.ptp(centred, axis=0), 1e-9)))
    return np.asarray(centred * math.sqrt(len(where) / room))


def _apart(where: Array) -> Array:
    """Return the places with those that stand on top of each other moved apart, so that each can be seen and hit."""
    where = where.copy()
    for turn in range(_LOOSE):
        # Neighbours in a row of a grid stand near each other: rows of one axis, then of the other.
        axis = turn % 2
        order = np.lexsort((where[:, axis], np.floor(where[:, 1 - axis] / _SPACE + turn % 4 / 4)))
        sorted_ = where[order]
        shift = np.zeros_like(sorted_)
        for step in range(1, min(6, len(where) - 1)):
            apart = sorted_[step:] - sorted_[:-step]
            distance = np.hypot(*apart.T)
            # Two in one place part along a direction of their own.
            turned = np.arange(len(apart)) * _GOLDEN
            apart = np.where(
                (distance < 1e-6)[:, None], 1e-3 * np.stack([np.cos(turned), np.sin(turned)], axis=1), apart
            )
            push = apart * (np.clip(_SPACE - distance, 0, None) / np.maximum(distance, 1e-3) * 0.3)[:, None]
            shift[step:] += push
            shift[:-step] -= push
        where[order] += np.clip(shift, -_SPACE, _SPACE)
    return where


def _pull(where: Array, links: Indices) -> Array:
    """Return the pull of the links, as long as the logarithm of their length (Noack's LinLog): it shows communities."""
    a, b = links[:, 0], links[:, 1]
    along = where[b] - where[a]
    length = np.maximum(np.hypot(*along.T), 1e-9)
    along *= (_PULL * np.log1p(length) / length)[:, None]
    force = np.empty_like(where)
    for axis in range(2):
        force[:, axis] = np.bincount(a, along[:, axis], len(where)) - np.bincount(b, along[:, axis], len(where))
    return force


@dataclass(frozen=True, slots=True)
class _Kernel:
    """The push of one unit of mass on a mesh, along both axes, ready for convolution."""

    size: int
    x: npt.NDArray[np.complex128]
    y: npt.NDArray[np.complex128]

    @classmethod
    def of(cls, size: int) -> _Kernel:
        line = np.arange(2 * size)
        line = np.where(line < size, line, line - 2 * size).astype(float)
        x, y = line[None, :], line[:, None]
        squared = x**2 + y**2 + 0.5
        return cls(size, np.fft.rfft2(x / squared), np.fft.rfft2(y / squared))


def _push(where: Array, mass: Array, kernel: _Kernel) -> Array:
    """Return the push on each node of all the others: mass over distance, spread to the four nearest points."""
    n = kernel.size
    low = where.min(axis=0)
    cell = max(_width(where), 1e-9) / (n - 2)
    at = (where - low) / cell + 0.5
    corner = np.floor(at).astype(np.int64)
    part = at - corner
    weights, cells = [], []
    for dx, dy in ((0, 0), (1, 0), (0, 1), (1, 1)):
        share = (part[:, 0] if dx else 1 - part[:, 0]) * (part[:, 1] if dy else 1 - part[:, 1])
        weights.append(share)
        cells.append((corner[:, 1] + dy) * n + corner[:, 0] + dx)
    grid = np.bincount(np.concatenate(cells), np.concatenate([w * mass for w in weights]), n * n).reshape(n, n)
    seen = np.fft.rfft2(grid, s=(2 * n, 2 * n))
    force = np.empty_like(where)
    for axis, field in enumerate((kernel.x, kernel.y)):
        spread = np.fft.irfft2(seen * field, s=(2 * n, 2 * n))[:n, :n].ravel()
        force[:, axis] = sum(spread[c] * w for c, w in zip(cells, weights, strict=True))
    return force * mass[:, None] / cell


def _start(number: int, links: Indices) -> Array:
    """Return a first guess: main directions of the distances to some nodes that lie far from each other."""
    order = np.argsort(np.concatenate([links[:, 0], links[:, 1]]), kind="stable")
    heads = np.concatenate([links[:, 1], links[:, 0]])[order]
    degree = np.bincount(links.ravel(), minlength=number)
    first = np.concatenate([[0], np.cumsum(degree)])
    nearest = np.full(number, number)
    columns = []
    following = int(np.argmax(degree))
    for _ in range(min(_PIVOTS, number)):
        columns.append(_distances(following, first, heads))
        nearest = np.minimum(nearest, columns[-1])
        following = int(np.argmax(nearest))
    wanted = np.stack(columns, axis=1).astype(float)
    centred = wanted - wanted.mean(axis=0)
    _, vectors = np.linalg.eigh(centred.T @ centred)
    axes = centred @ vectors[:, [-1, -2]]
    for column in range(2):
        # The sign of an eigenvector is arbitrary.
        if axes[np.argmax(np.abs(axes[:, column])), column] < 0:
            axes[:, column] *= -1
    spread = np.maximum(np.abs(axes).max(axis=0), 1e-9)
    turn = np.arange(number) * _GOLDEN
    ring = np.sqrt(np.arange(number) / number)
    shaken = axes / spread + 0.2 * ring[:, None] * np.stack([np.cos(turn), np.sin(turn)], axis=1)
    return np.asarray(shaken * math.sqrt(number) * 4)


def _distances(source: int, first: Indices, heads: Indices) -> Indices:
    """Return how many links each node is away from one, breadth first."""
    found = np.full(len(first) - 1, -1)
    found[source] = 0
    edge = np.array([source])
    step = 0
    while len(edge):
        step += 1
        counts = first[edge + 1] - first[edge]
        starts = np.repeat(first[edge] - np.concatenate([[0], np.cumsum(counts)[:-1]]), counts)
        reached = np.unique(heads[starts + np.arange(counts.sum())])
        edge = reached[found[reached] < 0]
        found[edge] = step
    return found
