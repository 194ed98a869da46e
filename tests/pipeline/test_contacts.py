"""Contact persons and the units behind their names."""

from __future__ import annotations

import pytest

import kg
from kg.reading import read_bytes


@pytest.mark.parametrize("before", ["", "海事發展局推出新計劃，為期三年。\n\n"], ids=["first line", "last line"])
def test_the_unit_behind_a_name_wherever_the_contact_line_stands(before: str) -> None:
    facts = kg.extract(read_bytes(f"{before}聯絡：林海生　海事發展局漁業科\n".encode(), name="x.txt"))
    names = {e.id: e.names for e in facts.entities}
    assert ("林海生", "contact", "海事發展局漁業科") in {
        (names[p.person][0], p.title, names[p.organisation][0]) for p in facts.posts
    }
