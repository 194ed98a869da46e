"""Places: the same each time, apart from each other, wide rather than high."""

from __future__ import annotations

import math
import random

import pytest

from kg.view.layout import positions


def _tree(number: int) -> list[tuple[int, int]]:
    rng = random.Random(3)
    return [(i, rng.randrange(max(1, i // 3))) for i in range(1, number)]


def _overlaps(places: list[tuple[int, int]], width: float, height: float) -> int:
    pairs = [(a, b) for i, a in enumerate(places) for b in places[:i]]
    return sum(abs(a[0] - b[0]) < width - 2 and abs(a[1] - b[1]) < height - 2 for a, b in pairs)


@pytest.mark.parametrize("number", [0, 1, 2, 3, 50, 500])
def test_positions_are_the_same_each_time(number: int) -> None:
    links = _tree(number)
    first = positions([(100, 50)] * number, links)
    assert first == positions([(100, 50)] * number, links)
    assert len(first) == number


@pytest.mark.parametrize("number", [50, 200])
def test_boxes_do_not_overlap(number: int) -> None:
    assert _overlaps(positions([(100, 50)] * number, _tree(number)), 100, 50) == 0


def test_few_boxes_overlap_in_a_crowd() -> None:
    assert _overlaps(positions([(100, 50)] * 500, _tree(500)), 100, 50) < 10


def test_unlinked_things_stand_in_rows() -> None:
    places = positions([(100, 50)] * 40, [])
    assert _overlaps(places, 100, 50) == 0
    assert 3 <= len({y for _, y in places}) <= 12


def test_neighbours_stand_nearer_than_strangers() -> None:
    places = positions([(20, 20)] * 30, [(i, i + 1) for i in range(29)])
    assert math.dist(places[0], places[1]) * 10 < math.dist(places[0], places[29])


def test_a_large_graph_is_placed_by_pivots() -> None:
    places = positions([(40, 30)] * 700, _tree(700))
    assert len(set(places)) == 700
