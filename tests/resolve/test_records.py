"""What identity sees of a document, written down and read again."""

from __future__ import annotations

from pathlib import Path

import kg
from kg.resolve.items import items_in
from kg.resolve.records import Decoder, encode

SEEDS = sorted((Path(__file__).parent.parent.parent / "seeds").glob("*.txt"))


def test_the_same_comes_back() -> None:
    decoder = Decoder()
    seen = 0
    for path in SEEDS[:4]:
        items = items_in(kg.extract(kg.read(path)))
        seen += len(items)
        assert decoder.decode(encode(items)) == items
        assert decoder.decode(encode(items).encode()) == items
    assert seen > 40


def test_nothing_comes_of_nothing() -> None:
    assert Decoder().decode(encode([])) == []


def test_equal_names_are_held_once() -> None:
    items = items_in(kg.extract(kg.read(SEEDS[0])))
    decoder = Decoder()
    one, other = decoder.decode(encode(items)), decoder.decode(encode(items))
    assert one[0].names[0] is other[0].names[0]
    assert one[0].around.sentences is other[0].around.sentences
