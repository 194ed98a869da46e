"""What the network that reads the whole row (`kg.pipeline.arbiter`) holds of a document: a second opinion for the linear models."""

from __future__ import annotations

import math
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from kg.model import Predicate

Scores = NDArray[np.float32]
Key = tuple[int, Predicate, int]
# Chances below this are as good as none.
LEAST = 0.01


@dataclass(frozen=True, slots=True)
class Related:
    """How likely a relation is, and the two mentions that show it best, the earlier first, as ranges of the flow."""

    chance: float
    left: tuple[int, int]
    right: tuple[int, int]


@dataclass(frozen=True, slots=True)
class Judged:
    """Log-probabilities of the holders and payers by the place where a figure starts, and the chances of relations.

    A figure's row has one number for each group, and a last one for nobody.
    """

    holders: dict[int, Scores] = field(default_factory=dict)
    payers: dict[int, Scores] = field(default_factory=dict)
    relations: dict[Key, Related] = field(default_factory=dict)


def opinion(rows: dict[int, Scores], start: int, groups: list[int]) -> Scores:
    """Return the log-probability of each group (-1 for nobody) for the figure at a place; zeros where it was not judged."""
    row = rows.get(start)
    if row is None:
        return np.zeros(len(groups), dtype=np.float32)
    return row[np.array(groups, dtype=np.int64)]


def log_odds(chance: float) -> float:
    """Return the logarithm of a chance's odds, within bounds.

    >>> log_odds(0.5)
    0.0
    """
    kept = min(max(chance, LEAST), 1 - LEAST)
    return math.log(kept / (1 - kept))
