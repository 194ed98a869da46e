"""Small convolutional networks that score labels beside the random field; their mean is added to the field's own scores.

Their weights are made by ``training/neural.py`` and read from ``kg/data/model/network.npz``; without that file the field
works alone. Each character is the sum of what is seen of it (`kg/pipeline/observe.py`), and layers of dilated convolutions
carry it to its neighbours (E. Strubell et al. 2017, "Fast and accurate entity recognition with iterated dilated
convolutions"), through gates (Y. Dauphin et al. 2017, "Language modeling with gated convolutional networks"). Several
small networks that differ only in chance are better together than one large one. They need numpy alone.
"""

from __future__ import annotations

import io
import zipfile
from contextlib import AbstractContextManager
from functools import lru_cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from threadpoolctl import ThreadpoolController

from kg.errors import DataError
from kg.pipeline.observe import Columns
from kg.resources import data_path

Scores = NDArray[np.float32]
Numbers = NDArray[np.int64]
# What is seen of a character beside itself, and how many values each has.
FEATURES = {
    "kinds": 11,
    "known": 32,
    "ruled": 32,
    "titles": 32,
    "families": 3,
    "heads": 512,
    "quotes": 9,
    "common": 4,
    "shape": 24,
}
_BLOCK = 2048
_TINY = np.float32(1e-5)
# Beyond it a gate is shut; the exponential stays within single precision.
_STEEP = np.float32(60)
# A label that the network doesn't know is unlikely, but not out of the question.
_UNLIKELY = np.float32(-10)


def numbers(seen: Columns, characters: NDArray[np.uint64], words: int, pairs: int) -> Numbers:
    """Return for each character the rows of the tables that belong to it: itself, features, Latin word, pair with the next.

    `characters` are the known ones in order, from row 2; row 1 is any other. Row 0 of the words is "no Latin word".
    """
    places = np.searchsorted(characters, seen.chars)
    places[places == len(characters)] = 0
    here, *_, shape = seen.words
    after = np.zeros_like(seen.chars)
    after[:-1] = seen.chars[1:]
    pair = (seen.chars * np.uint64(0x9E3779B97F4A7C15)) ^ (after * np.uint64(0xC2B2AE3D27D4EB4F))
    pair ^= pair >> np.uint64(31)
    columns = [
        np.where(characters[places] == seen.chars, places + 2, 1),
        *(shape if name == "shape" else getattr(seen, name) for name in FEATURES),
        np.where(shape > 0, here % np.uint64(words - 1) + np.uint64(1), np.uint64(0)),
        pair % np.uint64(pairs),
    ]
    return np.stack([column.astype(np.int64) for column in columns], axis=1)


@lru_cache(maxsize=1)
def _threads() -> ThreadpoolController:
    return ThreadpoolController()


def one_thread() -> AbstractContextManager[object]:
    """Return a context in which products of matrices use one thread."""
    limit: AbstractContextManager[object] = _threads().limit(limits=1, user_api="blas")
    return limit


class Member:
    """One network: tables of what is seen, layers of convolutions, and a last layer that gives each label's score."""

    def __init__(self, data: dict[str, NDArray[np.float32]], steps: list[int]) -> None:
        word = data["word"] @ data["project"]
        word[0] = 0
        self._tables = [data["char"] @ data["project"], *(data[f"feature_{name}"] for name in FEATURES), word]
        self._tables.append(data["pair"] @ data["project"])
        self._norm, self._last_norm = data["norm"], data["last_norm"]
        self._layers = [(by, np.ascontiguousarray(data[f"layer_{i}"]), data[f"bias_{i}"]) for i, by in enumerate(steps)]
        self._last, self._last_bias = data["last"], data["last_bias"]

    def forward(self, rows: Numbers) -> Scores:
        """Return the log-probability of each label for the characters of a block."""
        here = self._tables[0][rows[:, 0]]
        for column, table in enumerate(self._tables[1:], 1):
            here += table[rows[:, column]]
        here = gated(normal(here, self._norm), self._layers)
        scores: Scores = normal(here, self._last_norm) @ self._last + self._last_bias
        scores -= scores.max(axis=1, keepdims=True)
        scores -= np.log(np.exp(scores).sum(axis=1, keepdims=True))
        return scores


def gated(here: Scores, layers: list[tuple[int, Scores, Scores]]) -> Scores:
    """Return rows after layers of gated convolutions over three rows each; a layer is its dilation, weights and bias."""
    size, width = here.shape
    side = np.zeros((size, 3 * width), dtype=np.float32)
    for by, weights, bias in layers:
        near = min(by, size)
        side[:near, :width] = 0
        side[near:, :width] = here[: size - near]
        side[:, width : 2 * width] = here
        side[: size - near, 2 * width :] = here[near:]
        side[size - near :, 2 * width :] = 0
        change = side @ weights
        change += bias
        gate = change[:, width:]
        np.negative(gate, out=gate)
        np.exp(np.minimum(gate, _STEEP, out=gate), out=gate)
        gate += 1
        here += change[:, :width] / gate
    return here


class Network:
    """Several networks of one make; their mean log-probability counts."""

    def __init__(self, labels: list[str], data: dict[str, NDArray[np.float32]], characters: NDArray[np.uint64]) -> None:
        self.labels = labels
        # By how much the score counts beside the field's, and what "no name" gets besides.
        self.share, self.outside = float(data["share"]), float(data["outside"])
        steps = [int(by) for by in data["steps"]]
        self._characters = characters
        # How far a character's score depends on its neighbours.
        self._reach = sum(steps)
        names = {k.partition(".")[0] for k in data if "." in k}
        self._members = [
            Member({k.partition(".")[2]: v for k, v in data.items() if k.startswith(f"{name}.")}, steps)
            for name in sorted(names)
        ]
        self._sizes = len(data["0.word"]), len(data["0.pair"])

    @classmethod
    def read(cls, path: Path) -> Network:
        """Return the network of a file of weights; a broken file raises DataError (E230)."""
        try:
            with np.load(io.BytesIO(path.read_bytes()), allow_pickle=False) as data:
                labels = [str(x) for x in data["labels"]]
                weights = {k: data[k].astype(np.float32) for k in data.files if k not in {"labels", "characters"}}
                return cls(labels, weights, data["characters"].astype(np.uint64))
        except (OSError, EOFError, ValueError, KeyError, IndexError, zipfile.BadZipFile) as error:
            raise DataError(
                "E230", f"the trained model can't be read: {error}", where=path.name, hint="reinstall fundgraph"
            ) from error

    def log_probabilities(self, seen: Columns) -> Scores:
        """Return the mean log-probability of each of the network's own labels for each character."""
        rows = numbers(seen, self._characters, *self._sizes)
        out = np.zeros((len(rows), len(self.labels)), dtype=np.float32)
        # One thread: small products gain nothing from more, threads that wait for a busy core cost much, and sums made in
        # one order are the same on every machine.
        with one_thread():
            self._add(out, rows)
        out /= len(self._members)
        return out

    def _add(self, out: Scores, rows: Numbers) -> None:
        # Block by block, each with as much of its neighbours as it depends on, so that memory stays small.
        for low in range(0, len(rows), _BLOCK):
            first = max(0, low - self._reach)
            block = rows[first : low + _BLOCK + self._reach]
            for member in self._members:
                out[low : low + _BLOCK] += member.forward(block)[low - first : low - first + _BLOCK]

    def scores(self, seen: Columns, labels: list[str]) -> Scores:
        """Return what is to be added to another model's score of each of its labels, for each character."""
        out = self.log_probabilities(seen)
        own = {label: out[:, i] for i, label in enumerate(self.labels)}
        other = np.full(len(out), _UNLIKELY, dtype=np.float32)
        added: Scores = np.stack([own.get(label, other) for label in labels], axis=1) * np.float32(self.share)
        added[:, labels.index("O")] += np.float32(self.outside)
        return added


def normal(rows: Scores, norm: Scores) -> Scores:
    """Return rows of mean 0 and variance 1, times the first row of `norm`, plus its second."""
    rows = rows - rows.mean(axis=1, keepdims=True)
    spread = np.einsum("ij,ij->i", rows, rows)[:, None] / np.float32(rows.shape[1])
    rows *= norm[0] / np.sqrt(spread + _TINY)
    rows += norm[1]
    return rows


@lru_cache(maxsize=1)
def packaged_network() -> Network | None:
    """Return the network that comes with the package, read once a process; None where it is absent."""
    path = data_path("model", "network.npz")
    return Network.read(path) if path.is_file() else None
