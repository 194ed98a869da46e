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
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import cast

import numpy as np
from numpy.typing import NDArray

from kg.errors import DataError
from kg.model import Predicate
from kg.pipeline.context import Context
from kg.pipeline.holders import Place
from kg.pipeline.judged import LEAST, Judged, Key, Related, Scores
from kg.pipeline.network import gated, normal, one_thread
from kg.pipeline.pairs import CLASSES, classes_of, letter_of
from kg.pipeline.scene import Scene, scene_of
from kg.resources import data_path

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
_NEVER = np.float32(-30)
_BLOCK = 256


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


class Arbiter:
    """The network: tables of signs, convolutions, and a hidden layer for each of the three questions."""

    def __init__(self, words: list[str], kinds: list[str], data: dict[str, Scores], steps: list[int]) -> None:
        self.words = {word: number for number, word in enumerate(words) if word}
        self.kinds = {kind: number for number, kind in enumerate(kinds) if kind}
        self._tables = [data[k] for k in ("word", "kind", "kind", "word", "pair", "pair")]
        self._norm, self._last_norm = data["norm"], data["last_norm"]
        self._layers = [(by, np.ascontiguousarray(data[f"layer_{i}"]), data[f"bias_{i}"]) for i, by in enumerate(steps)]
        self._reach = sum(steps)
        self._holders, self._payers, self._couples = (
            {k.partition(".")[2]: v for k, v in data.items() if k.startswith(f"{name}.")}
            for name in ("holders", "payers", "relations")
        )

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
            holders = _Side(self._holders).scores(rows, figures, seen, things)
            payers = _Side(self._payers).scores(rows, figures, seen, things)
            relations = self._related(rows, scene, context, (seen, things))
        return Judged(dict(zip(asked, holders, strict=True)), dict(zip(asked, payers, strict=True)), relations)

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
