"""A small network that reads a document as a row of signs: whose each figure is, who pays it, how things are related.

It stands beside the linear models of `kg.pipeline.holders`, `payers` and `likely`, which see what people thought of; it learns for
itself what matters in the row (`kg.pipeline.scene`). Gated dilated convolutions carry each sign to its neighbours, as in
`kg.pipeline.network`; then each figure is compared with each mention before it, and each mention with those near it, by
one hidden layer. A thing's score is the sum over its mentions. Its weights are made by ``training/arbiter.py`` and read
from ``kg/data/model/arbiter.npz``; without that file the linear models work alone. It needs numpy alone.
"""

from __future__ import annotations

import io
import zipfile
from functools import lru_cache
from pathlib import Path
from typing import cast

import numpy as np
from numpy.typing import NDArray

from kg.errors import DataError
from kg.model import Predicate
from kg.pipeline.compared import Couples, Numbers, Rows, couples, rows_of, turned_classes, windows
from kg.pipeline.context import Context
from kg.pipeline.holders import Place
from kg.pipeline.judged import LEAST, Judged, Key, Related, Scores
from kg.pipeline.network import gated, normal, one_thread
from kg.pipeline.pairs import CLASSES
from kg.pipeline.scene import Scene, scene_of
from kg.resources import data_path

_NEVER = np.float32(-30)
_BLOCK = 256


class _Side:
    """One of the two questions about a figure: tables and layers of its hidden layer."""

    def __init__(self, data: dict[str, Scores]) -> None:
        self.figure, self.bias, self.mention, self.thing = (data[k] for k in ("figure", "bias", "mention", "thing"))
        self.tables = [data[k] for k in ("distance", "back", "order")]
        self.kind, self.often, self.out = data["kind"], data["often"], data["out"]
        self.out_bias = np.float32(data["out_bias"])
        self.none, self.none_bias, self.none_out = data["none"], data["none_bias"], data["none_out"]
        self.none_out_bias = np.float32(data["none_out_bias"])

    def scores(self, rows: Rows, figures: Numbers, seen: Scores, things: Scores) -> Scores:
        """Return the log-probability that each group, or nobody, is the answer for each figure: `[figures, groups + 1]`."""
        own = (
            things @ self.thing
            + self.kind[rows.things[:, 0]]
            + self.often[rows.things[:, 1]]
            + self.often[8 + rows.things[:, 2]]
        )
        named = seen[rows.places] @ self.mention + own[rows.groups]
        out = np.full((len(figures), len(things) + 1), _NEVER, dtype=np.float32)
        for low in range(0, len(figures), _BLOCK):
            some = figures[low : low + _BLOCK]
            here = seen[some]
            out[low : low + _BLOCK, -1] = (
                np.tanh(here @ self.none + self.none_bias) @ self.none_out + self.none_out_bias
            )
            if len(rows.places):
                out[low : low + _BLOCK, :-1] = self._among(rows, some, here, named, len(things))
        out -= out.max(axis=1, keepdims=True)
        out -= np.log(np.exp(out).sum(axis=1, keepdims=True))
        return out

    def _among(self, rows: Rows, figures: Numbers, here: Scores, named: Scores, size: int) -> Scores:
        near = windows(rows, figures)
        hidden = named[near.mentions]
        hidden += (here @ self.figure + self.bias)[:, None]
        for table, bucket in zip(self.tables, (near.distance, near.back, near.order), strict=True):
            hidden += table[bucket]
        scores = np.tanh(hidden, out=hidden) @ self.out + self.out_bias
        scores[~near.there] = _NEVER
        most = scores.max(axis=1, keepdims=True)
        sums = np.zeros((len(figures), size), dtype=np.float32)
        np.add.at(
            sums, (np.arange(len(figures))[:, None], rows.groups[near.mentions]), np.exp(scores - most) * near.there
        )
        found: Scores = np.where(sums > 0, np.log(np.maximum(sums, 1e-12)) + most, _NEVER).astype(np.float32)
        return found


_COUPLES = (
    *("left", "bias", "right", "left_thing", "right_thing", "left_kind", "right_kind"),
    *("distance", "back", "order", "out", "out_bias"),
)


class Arbiter:
    """The network: tables of signs, convolutions, and a hidden layer for each of the three questions."""

    def __init__(self, words: list[str], kinds: list[str], data: dict[str, Scores], steps: list[int]) -> None:
        self.words = {word: number for number, word in enumerate(words) if word}
        self.kinds = {kind: number for number, kind in enumerate(kinds) if kind}
        self._tables = [data[k] for k in ("word", "kind", "kind", "word", "pair", "pair")]
        self._norm, self._last_norm = data["norm"], data["last_norm"]
        self._layers = [(by, np.ascontiguousarray(data[f"layer_{i}"]), data[f"bias_{i}"]) for i, by in enumerate(steps)]
        self._reach = sum(steps)
        parts = {
            name: {k.partition(".")[2]: v for k, v in data.items() if k.startswith(f"{name}.")}
            for name in ("holders", "payers", "relations")
        }
        self._holders, self._payers = _Side(parts["holders"]), _Side(parts["payers"])
        self._couples = {name: parts["relations"][name] for name in _COUPLES}

    @classmethod
    def read(cls, path: Path) -> Arbiter:
        """Return the network of a file of weights; a broken file raises DataError (E230)."""
        try:
            with np.load(io.BytesIO(path.read_bytes()), allow_pickle=False) as data:
                names = {"words", "kinds", "steps"}
                weights = {k: data[k].astype(np.float32) for k in data.files if k not in names}
                words, kinds, steps = ([str(x) for x in data[k]] for k in ("words", "kinds", "steps"))
                return cls(words, kinds, weights, [int(s) for s in steps])
        except (OSError, EOFError, ValueError, KeyError, IndexError, zipfile.BadZipFile) as error:
            raise DataError(
                "E230", f"the trained model can't be read: {error}", where=path.name, hint="reinstall fundgraph"
            ) from error

    def judge(self, context: Context, places: list[Place]) -> Judged:
        """Return what the network holds of the figures at these places, and of the relations between all things."""
        scene = scene_of(context, places)
        rows = rows_of(scene, context, self.words, self.kinds)
        with one_thread():
            seen = self._seen(rows.signs)
            things = _means(seen, rows, len(context.groups))
            asked = [p.start for p in places if p.start in scene.figures]
            figures = np.array([scene.figures[start] for start in asked], dtype=np.int64)
            holders = self._holders.scores(rows, figures, seen, things)
            payers = self._payers.scores(rows, figures, seen, things)
            relations = self._related(rows, scene, context, (seen, things))
        return Judged(
            dict(zip(asked, holders, strict=True)),
            dict(zip(asked, payers, strict=True)),
            relations,
        )

    def _seen(self, signs: Numbers) -> Scores:
        """Return what the convolutions make of each sign, block by block, each with as much around it as it depends on."""
        out = np.zeros((len(signs), self._norm.shape[1]), dtype=np.float32)
        size = 8 * _BLOCK
        for low in range(0, len(signs), size):
            first = max(0, low - self._reach)
            block = signs[first : low + size + self._reach]
            here = self._tables[0][block[:, 0]]
            for column, table in enumerate(self._tables[1:], 1):
                here = here + table[block[:, column]]
            here = normal(gated(normal(here, self._norm), self._layers), self._last_norm)
            out[low : low + size] = here[low - first : low - first + size]
        return out

    def _related(self, rows: Rows, scene: Scene, context: Context, made: tuple[Scores, Scores]) -> dict[Key, Related]:
        """Return the chance of each relation that mentions near each other may have; `made`: of the signs, of the groups."""
        near = couples(rows, context)
        if not len(near.left):
            return {}
        data, (seen, things) = self._couples, made
        own, there = seen[rows.places], rows.groups
        kind = rows.things[:, 0]
        left = own @ data["left"] + data["bias"] + (things @ data["left_thing"] + data["left_kind"][kind])[there]
        right = own @ data["right"] + (things @ data["right_thing"] + data["right_kind"][kind])[there]
        sums = np.zeros((len(near.keys), len(CLASSES)), dtype=np.float32)
        every = np.zeros((len(near.left), len(CLASSES)), dtype=np.float16)
        for low in range(0, len(near.left), 8 * _BLOCK):
            some = slice(low, low + 8 * _BLOCK)
            hidden = left[near.left[some]] + right[near.right[some]]
            hidden += data["distance"][near.distance[some]]
            hidden += data["back"][near.back[some]]
            hidden += data["order"][near.order[some]]
            scores = np.tanh(hidden, out=hidden) @ data["out"] + data["out_bias"]
            turned = near.turned[some]
            scores[turned] = scores[turned][:, turned_classes()]
            every[some] = scores
            np.add.at(sums, near.key[some], np.exp(np.minimum(scores, 15)))
        return _chances(near, sums, every, scene)


def _means(seen: Scores, rows: Rows, size: int) -> Scores:
    """Return for each group the mean of what is seen of its mentions."""
    sums = np.zeros((size, seen.shape[1]), dtype=np.float32)
    np.add.at(sums, rows.groups, seen[rows.places])
    times = np.bincount(rows.groups, minlength=size)[:, None]
    means: Scores = (sums / np.maximum(times, 1)).astype(np.float32)
    return means


def _chances(near: Couples, sums: Scores, every: NDArray[np.float16], scene: Scene) -> dict[Key, Related]:
    """Return the chance of each relation from the sums of its odds over the mentions of its two things."""
    found: dict[Key, Related] = {}
    chances = sums / (1 + sums)
    order = np.argsort(near.key, kind="stable")
    starts = np.searchsorted(near.key[order], np.arange(len(near.keys) + 1))
    for number, class_ in zip(*np.nonzero(near.asked & (chances >= LEAST)), strict=True):
        first, second = (int(g) for g in near.keys[number])
        name = CLASSES[class_]
        subject, object_ = (first, second) if name[-1] == ">" else (second, first)
        shown = order[starts[number] : starts[number + 1]]
        best = int(shown[every[shown, class_].argmax()])
        found[subject, cast(Predicate, name[:-1]), object_] = Related(
            float(chances[number, class_]), scene.spans[near.left[best]], scene.spans[near.right[best]]
        )
    return found


@lru_cache(maxsize=1)
def packaged_arbiter() -> Arbiter | None:
    """Return the network that comes with the package, read once a process; None where it is absent."""
    path = data_path("model", "arbiter.npz")
    return Arbiter.read(path) if path.is_file() else None
