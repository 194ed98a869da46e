"""The trained recogniser: a linear-chain conditional random field over characters, for names that no list holds.

Its weights are made by ``training/recogniser.py`` and read from ``kg/data/model/recogniser.npz``; without that file the
rules work alone. Scores are sums of the weights of hashed observations; the best sequence is found by Viterbi's method
(J. Lafferty, A. McCallum and F. Pereira 2001, "Conditional random fields").
"""

from __future__ import annotations

import io
import zipfile
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from kg.errors import DataError
from kg.resources import data_path

Scores = NDArray[np.float32]
_BLOCK = 4096
_BATCH = 64
_LONGEST = 400
_NEVER = np.float32(-1e4)
_SIEVE_BITS = 20
_SIEVE = np.uint64((1 << _SIEVE_BITS) - 1)


@dataclass(frozen=True, slots=True)
class Leaning:
    """The scores of a model's labels for each character of a text: what it leans to where it finds no name."""

    scores: Scores
    labels: list[str]

    def margin(self, start: int, end: int, type_: str) -> float:
        """Return by how much a name of a type outscores "no name" from start to end, a character; mostly below 0."""
        column = {x: i for i, x in enumerate(self.labels)}
        marks = "S" if end - start == 1 else "B" + "I" * (end - start - 2) + "E"
        own = [column.get(f"{mark}-{type_}", -1) for mark in marks]
        if -1 in own:
            return float(_NEVER)
        here = self.scores[start:end]
        return float((here[np.arange(end - start), own] - here[:, column["O"]]).mean())


class Recogniser:
    """Weights of observations for labels, and of a label after another."""

    def __init__(self, labels: list[str], keys: NDArray[np.uint64], weights: Scores, transitions: Scores) -> None:
        self.labels = labels
        self._keys = keys
        self._weights = weights
        # Most observations of a text are unknown: a look at some of their bits saves most of the searching.
        self._sieve = np.zeros(1 << _SIEVE_BITS, dtype=bool)
        self._sieve[keys & _SIEVE] = True
        self._transitions = transitions + _forbidden(labels)
        # By the label arrived at, so that the labels come from lie side by side.
        self._arrivals = np.ascontiguousarray(self._transitions.T)
        self._first = np.array([_NEVER if x[0] in "IE" else 0 for x in labels], dtype=np.float32)
        self._last = np.array([_NEVER if x[0] in "BI" else 0 for x in labels], dtype=np.float32)

    @classmethod
    def read(cls, path: Path) -> Recogniser:
        """Return the recogniser of a file of weights; a broken file raises DataError (E230)."""
        try:
            with np.load(io.BytesIO(path.read_bytes()), allow_pickle=False) as data:
                labels = [str(x) for x in data["labels"]]
                weights = np.zeros((len(data["keys"]), len(labels)), dtype=np.float32)
                weights[data["rows"], data["columns"]] = data["values"]
                return cls(labels, data["keys"], weights, data["transitions"].astype(np.float32))
        except (OSError, EOFError, ValueError, KeyError, IndexError, zipfile.BadZipFile) as error:
            raise DataError(
                "E230", f"the trained model can't be read: {error}", where=path.name, hint="reinstall fundgraph"
            ) from error

    def emissions(self, observed: NDArray[np.uint64]) -> Scores:
        """Return the score of each label for each row of observations."""
        out = np.zeros((len(observed), len(self.labels)), dtype=np.float32)
        for low in range(0, len(observed), _BLOCK):
            block = observed[low : low + _BLOCK]
            met = self._sieve[block & _SIEVE]
            likely = block[met]
            places = np.searchsorted(self._keys, likely)
            places[places == len(self._keys)] = 0
            known = self._keys[places] == likely
            met[met] = known
            counts = met.sum(axis=1)
            rows = np.flatnonzero(counts)
            if len(rows):
                starts = np.concatenate(([0], np.cumsum(counts[rows])[:-1]))
                out[low + rows] = np.add.reduceat(self._weights[places[known]], starts, axis=0)
        return out

    def spans(
        self, observed: NDArray[np.uint64], stretches: list[tuple[int, int]], added: Scores | None = None
    ) -> list[tuple[int, int, str, float]]:
        """Return start, end, type and margin of the names in the given stretches of a text, in order.

        The margin is by how much the labels of the name outscore "no name" there, a character; above 0 mostly.
        `added` are another model's scores of the same labels.
        """
        return self.spans_by(self.leaning(observed, added), stretches)

    def leaning(self, observed: NDArray[np.uint64], added: Scores | None = None) -> Leaning:
        """Return the score of each label for each row of observations, another model's scores added."""
        scores = self.emissions(observed)
        if added is not None:
            scores += added
        return Leaning(scores, self.labels)

    def spans_by(self, leaning: Leaning, stretches: list[tuple[int, int]]) -> list[tuple[int, int, str, float]]:
        """Return what `spans` returns, by scores already at hand."""
        scores = leaning.scores
        pieces = [(s, min(s + _LONGEST, e)) for a, e in stretches for s in range(a, e, _LONGEST)]
        pieces.sort(key=lambda p: (p[1] - p[0], p))
        outside = self.labels.index("O")
        found = []
        for low in range(0, len(pieces), _BATCH):
            batch = pieces[low : low + _BATCH]
            for (start, _), path in zip(batch, self._decode(scores, batch), strict=True):
                found += [
                    (
                        start + first,
                        start + last,
                        type_,
                        float(
                            (
                                scores[start + first : start + last].max(axis=1)
                                - scores[start + first : start + last, outside]
                            ).mean()
                        ),
                    )
                    for first, last, type_ in spans_of([self.labels[i] for i in path])
                ]
        return sorted(found)

    def _decode(self, scores: Scores, pieces: list[tuple[int, int]]) -> list[list[int]]:
        """Return the best label sequence of each piece; the pieces, sorted by length, advance together."""
        lengths = np.array([e - s for s, e in pieces])
        longest, count = int(lengths.max()), len(self.labels)
        padded = np.zeros((len(pieces), longest, count), dtype=np.float32)
        for row, (start, end) in enumerate(pieces):
            padded[row, : end - start] = scores[start:end]
        best = padded[:, 0] + self._first
        back = np.zeros((len(pieces), longest, count), dtype=np.int16)
        for step in range(1, longest):
            # The pieces are sorted by length: those from `first` on go on.
            first = int(np.searchsorted(lengths, step, side="right"))
            paths = best[first:, None, :] + self._arrivals
            chosen = paths.argmax(axis=2)
            back[first:, step] = chosen
            best[first:] = np.take_along_axis(paths, chosen[:, :, None], axis=2)[:, :, 0] + padded[first:, step]
        out = []
        for row, length in enumerate(lengths):
            label = int((best[row] + self._last).argmax())
            path = [label]
            for step in range(int(length) - 1, 0, -1):
                label = int(back[row, step, label])
                path.append(label)
            out.append(path[::-1])
        return out


def _forbidden(labels: list[str]) -> Scores:
    """Return a large negative score for each pair of labels that can't follow one another (BIOES)."""
    out = np.zeros((len(labels), len(labels)), dtype=np.float32)
    for i, a in enumerate(labels):
        for j, b in enumerate(labels):
            inside = a[0] in "BI"
            if inside != (b[0] in "IE") or (inside and a[2:] != b[2:]):
                out[i, j] = _NEVER
    return out


def spans_of(labels: list[str]) -> list[tuple[int, int, str]]:
    """Return start, end and type of the stretches that BIOES labels mark.

    >>> spans_of(["O", "B-Person", "E-Person", "S-Title"])
    [(1, 3, 'Person'), (3, 4, 'Title')]
    """
    found, start = [], 0
    for place, label in enumerate(labels):
        if label[0] in "BS":
            start = place
        if label[0] in "ES":
            found.append((start, place + 1, label[2:]))
    return found


@lru_cache(maxsize=1)
def packaged_recogniser() -> Recogniser | None:
    """Return the recogniser that comes with the package, read once a process; None where it is absent."""
    path = data_path("model", "recogniser.npz")
    return Recogniser.read(path) if path.is_file() else None
