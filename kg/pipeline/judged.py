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
    """Log-probabilities of holders and payers by where a figure starts, of the body served by where a person's name does; relations.

    A row has one number for each group, and a last one for nobody.
    """

    holders: dict[int, Scores] = field(default_factory=dict)
    payers: dict[int, Scores] = field(default_factory=dict)
    bodies: dict[int, Scores] = field(default_factory=dict)
    relations: dict[Key, Related] = field(default_factory=dict)


def opinion(rows: dict[int, Scores], start: int, groups: list[int]) -> Scores:
    """Return the log-probability of each group (-1 for nobody) for the figure at a place; zeros where it was not judged."""
    row = rows.get(start)
    if row is None:
        return np.zeros(len(groups), dtype=np.float32)
    return row[np.array(groups, dtype=np.int64)]


# Posts whose body stands apart from the name, so that it was guessed at: how likely another body must be to take its place, in itself
# and beside the one guessed, and how likely one must be where none was guessed. Chosen on documents left out of training.
GUESSED = frozenset({"post.served", "post.bare", "post.contact", "post.english"})
SWAP, TIMES, TAKE = 0.6, 4.0, 0.5


def body_served(row: Scores | None, bodies: list[int], guessed: int) -> int:
    """Return the body that a person serves: the one guessed (-1 for none), or of the `bodies` the one that the row holds for likelier."""
    if row is None or not bodies:
        return guessed
    best = max(bodies, key=lambda b: float(row[b]))
    chance = math.exp(row[best])
    if guessed < 0:
        return best if chance >= TAKE else -1
    return best if chance >= SWAP and chance >= TIMES * math.exp(row[guessed]) else guessed


def log_odds(chance: float) -> float:
    """Return the logarithm of a chance's odds, within bounds.

    >>> log_odds(0.5)
    0.0
    """
    kept = min(max(chance, LEAST), 1 - LEAST)
    return math.log(kept / (1 - kept))
