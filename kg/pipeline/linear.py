"""Linear models over named features: small, readable, and the same on every machine."""

from __future__ import annotations

import gzip
import json
from collections.abc import Iterable
from functools import lru_cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from kg.errors import DataError
from kg.resources import data_path


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
        """Return the model of a file; a broken one raises DataError (E230)."""
        try:
            data = json.loads(gzip.decompress(path.read_bytes()))
            return cls(data["classes"], data["weights"], data["bias"])
        except (OSError, ValueError, KeyError, EOFError) as error:
            raise DataError(
                "E230", f"the trained model can't be read: {error}", where=path.name, hint="reinstall fundgraph"
            ) from error

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
    path = data_path("model", f"{name}.json.gz")
    return Linear.read(path) if path.is_file() else None


def bucket(number: int, steps: tuple[int, ...] = (0, 1, 2, 4, 8, 14, 22, 32, 48, 70, 100)) -> int:
    """Return the first step that a number does not pass, else one past the last.

    >>> bucket(5), bucket(500)
    (8, 101)
    """
    return next((s for s in steps if number <= s), steps[-1] + 1)
