"""Linear models over named features: small, readable, and the same on every machine."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterable
from functools import lru_cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from kg.errors import DataError
from kg.resources import data_path

_END = "\0"  # of a feature: no text has it


class Linear:
    """A weight for each feature and class; scores are sums, probabilities their softmax."""

    def __init__(self, classes: list[str], weights: dict[str, list[float]], bias: list[float]) -> None:
        self.classes = classes
        self.bias = np.array(bias, dtype=np.float32)
        # One look-up and one sum a call: adding row by row costs five times as much.
        self._rows = {f: number for number, f in enumerate(weights)}
        self._matrix = np.array([*weights.values(), [0.0] * len(bias)], dtype=np.float32)

    @property
    def weights(self) -> dict[str, NDArray[np.float32]]:
        """The weights of each feature, one a class."""
        return {feature: self._matrix[row] for feature, row in self._rows.items()}

    @classmethod
    def read(cls, path: Path) -> Linear:
        """Return the model of a file that `write` made; a broken one raises DataError (E230)."""
        try:
            with np.load(io.BytesIO(path.read_bytes()), allow_pickle=False) as data:
                model = cls([str(x) for x in data["classes"]], {}, data["bias"].tolist())
                # One text, cut here, is read in no time; so many texts of their own are not.
                names = data["names"].tobytes().decode().split(_END)[:-1]
                model._rows = {feature: number for number, feature in enumerate(names)}
                model._matrix = np.vstack([data["weights"], model._matrix])
            if model._matrix.dtype != np.float32 or len(model._matrix) != len(names) + 1:
                raise ValueError("weights and their names do not fit")
            return model
        except (OSError, EOFError, ValueError, KeyError, IndexError, zipfile.BadZipFile) as error:
            raise DataError(
                "E230", f"the trained model can't be read: {error}", where=path.name, hint="reinstall fundgraph"
            ) from error

    def write(self, path: Path) -> None:
        """Write the model; the same weights give the same bytes."""
        names = "".join(f"{feature}{_END}" for feature in self._rows).encode()
        path.parent.mkdir(parents=True, exist_ok=True)
        np.savez_compressed(
            path,
            classes=np.array(self.classes),
            bias=self.bias,
            names=np.frombuffer(names, dtype=np.uint8),
            weights=self._matrix[:-1],
        )

    def scores(self, features: Iterable[str]) -> NDArray[np.float32]:
        """Return the score of each class; unknown features count for nothing."""
        rows = [row for row in map(self._rows.get, features) if row is not None]
        return np.asarray(self._matrix[rows].sum(axis=0) + self.bias, dtype=np.float32)


def softmax(scores: NDArray[np.float32]) -> NDArray[np.float32]:
    """Return probabilities in proportion to the exponentials of scores."""
    powers = np.exp(scores - scores.max())
    return np.asarray(powers / powers.sum(), dtype=np.float32)


@lru_cache
def packaged_model(name: str) -> Linear | None:
    """Return a model that comes with the package, read once a process; None where it is absent."""
    path = data_path("model", f"{name}.npz")
    return Linear.read(path) if path.is_file() else None


def bucket(number: int, steps: tuple[int, ...] = (0, 1, 2, 4, 8, 14, 22, 32, 48, 70, 100)) -> int:
    """Return the first step that a number does not pass, else one past the last.

    >>> bucket(5), bucket(500)
    (8, 101)
    """
    return next((s for s in steps if number <= s), steps[-1] + 1)
