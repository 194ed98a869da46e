"""A scene in numbers: its signs as rows of tables, and which mentions each figure and each mention is compared with."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from kg.pipeline.context import Context
from kg.pipeline.pairs import CLASSES, classes_of, letter_of
from kg.pipeline.scene import Scene

Numbers = NDArray[np.int64]
# How many mentions before the end of its sentence a figure is compared with, and how many a mention is.
WINDOW, NEAR = 64, 24
# How many sentences back a mention is compared with another.
BACK = 2
PAIRS = 4096
FAR = 400
_STEPS = np.array([1, 2, 3, 5, 8, 12, 18, 28, 45, 80, 150])
# Buckets of distances in signs, of sentences back, of mentions between; of how often a thing is named.
BUCKETS = {"distance": 24, "back": 12, "order": 18, "often": 16}
_EARLY = 30


def distances(signs: Numbers) -> Numbers:
    """Return the bucket of each distance in signs; those behind come first."""
    return np.where(signs < 0, 0, 12) + np.searchsorted(_STEPS, np.minimum(np.abs(signs), FAR))


@dataclass(frozen=True, slots=True)
class Rows:
    """A scene in numbers. `signs`: word, kind, way, last character, last two, pair with the next, for each sign.

    `places`, `groups`: the sign and the group of each mention. `things`: kind, times named (6 at most), whether named early, for each
    group. `sentences`: of each sign.
    """

    signs: Numbers
    places: Numbers
    groups: Numbers
    things: Numbers
    sentences: Numbers


def rows_of(scene: Scene, context: Context, words: dict[str, int], kinds: dict[str, int]) -> Rows:
    """Return a scene in numbers; row 0 of a table is "nothing", row 1 of the words any other word."""
    word = np.array([words.get(w, 1) if w else 0 for w in scene.words], dtype=np.int64)
    kind = np.array([kinds.get(k, 0) for k in scene.kinds], dtype=np.int64)
    way = np.array([kinds.get(w, 0) if w else 0 for w in scene.ways], dtype=np.int64)
    last = np.array([words.get(t[-1], 1) if t else 0 for t in scene.tails], dtype=np.int64)
    former = np.array([words.get(t[0], 1) if len(t) > 1 else 0 for t in scene.tails], dtype=np.int64)
    two = np.where(former > 0, _pair(former, last), 0)
    sign = np.where(word > 0, word, 50000 + kind)
    after = np.append(sign[1:], 0)
    pair = np.where(word > 0, _pair(sign, after), 0)
    places = np.array([place for place, _ in scene.named], dtype=np.int64)
    groups = np.array([group for _, group in scene.named], dtype=np.int64)
    first = np.full(len(context.groups), len(word), dtype=np.int64)
    np.minimum.at(first, groups, places)
    things = [
        (kinds.get(f"G.{g.type}.{g.kind or ''}", 0), min(len(g.mentions), 6), int(f < _EARLY))
        for g, f in zip(context.groups, first, strict=True)
    ]
    return Rows(
        np.stack([word, kind, way, last, two, pair], axis=1),
        places,
        groups,
        np.array(things, dtype=np.int64).reshape(-1, 3),
        np.array(scene.sentences, dtype=np.int64),
    )


def _pair(one: Numbers, other: Numbers) -> Numbers:
    """Return the rows of the table of pairs for two rows of signs."""
    return (one * 7919 + other * 104729) % (PAIRS - 1) + 1


@dataclass(frozen=True, slots=True)
class Windows:
    """What each figure is compared with: the numbers of mentions (`[figures, WINDOW]`), which of them there are, and buckets."""

    mentions: Numbers
    there: NDArray[np.bool_]
    distance: Numbers
    back: Numbers
    order: Numbers


def windows(rows: Rows, figures: Numbers) -> Windows:
    """Return the mentions that each figure is compared with: the last before the end of its sentence."""
    sentence = rows.sentences[figures]
    ends = np.searchsorted(rows.sentences[rows.places], sentence, side="right")
    numbers = ends[:, None] - WINDOW + np.arange(WINDOW)[None]
    there = numbers >= 0
    numbers = np.maximum(numbers, 0)
    signs = rows.places[numbers] - figures[:, None]
    back = sentence[:, None] - rows.sentences[rows.places[numbers]]
    before = np.searchsorted(rows.places, figures)
    order = np.clip(numbers - before[:, None], -9, 8) + 9
    return Windows(numbers, there, distances(signs), np.clip(back, -1, 9) + 1, order)


@dataclass(frozen=True, slots=True)
class Couples:
    """Mentions near each other, the earlier first, and buckets; `key` numbers the pair of groups, `turned` if the later is its first.

    `keys`: the pairs of groups, the lower first. `asked`: which classes their types allow, from the first to the second.
    """

    left: Numbers
    right: Numbers
    distance: Numbers
    back: Numbers
    order: Numbers
    key: Numbers
    turned: NDArray[np.bool_]
    keys: Numbers
    asked: NDArray[np.bool_]


@lru_cache(maxsize=1)
def _asked() -> NDArray[np.bool_]:
    """Return which classes the letters of two things allow: `[letter, letter, class]`."""
    letters = "POGFLE"
    table = np.zeros((len(letters), len(letters), len(CLASSES)), dtype=bool)
    for i, one in enumerate(letters):
        for j, other in enumerate(letters):
            table[i, j, list(classes_of(one, other))] = True
    return table


def couples(rows: Rows, context: Context) -> Couples:
    """Return the mentions that are compared with each other: few mentions and sentences apart, of types that may be related."""
    letters = np.array(["POGFLE".index(letter_of(g.type)) for g in context.groups], dtype=np.int64)
    numbers = np.arange(len(rows.places))
    lefts, rights = [], []
    sentence = rows.sentences[rows.places]
    for step in range(1, NEAR + 1):
        left, right = numbers[:-step], numbers[step:]
        one, other = rows.groups[left], rows.groups[right]
        near = (sentence[right] - sentence[left] <= BACK) & (one != other)
        near[near] &= _asked()[letters[one[near]], letters[other[near]]].any(axis=1)
        lefts.append(left[near])
        rights.append(right[near])
    left, right = np.concatenate(lefts), np.concatenate(rights)
    one, other = rows.groups[left], rows.groups[right]
    low, high = np.minimum(one, other), np.maximum(one, other)
    keys, key = np.unique(np.stack([low, high], axis=1), axis=0, return_inverse=True)
    return Couples(
        left,
        right,
        distances(rows.places[right] - rows.places[left]),
        np.clip(sentence[right] - sentence[left], 0, 9),
        np.clip(right - left, 0, 17),
        key.reshape(-1),
        one != low,
        keys,
        _asked()[letters[keys[:, 0]], letters[keys[:, 1]]] if len(keys) else np.zeros((0, len(CLASSES)), dtype=bool),
    )


@lru_cache(maxsize=1)
def turned_classes() -> Numbers:
    """Return for each class the number of that which says the same of the two names in the other order."""
    other = {">": "<", "<": ">"}
    turned = [c[:-1] + other[c[-1]] for c in CLASSES]
    return np.array([CLASSES.index(t if t in CLASSES else c) for c, t in zip(CLASSES, turned, strict=True)])
