"""Persons that labels and forms of address show with their body."""

from __future__ import annotations

import kg
from kg.reading import read_bytes


def _posts(text: str) -> set[tuple[str, str, str]]:
    facts = kg.extract(read_bytes(text.encode(), name="example.txt"))
    names = {e.id: e.names[0] for e in facts.entities}
    return {(names[p.person], p.title, names[p.organisation]) for p in facts.posts}


def test_answer_to_a_proposal_is_addressed_to_a_member_of_the_house_it_names() -> None:
    head = "青河市教育体育局\n对市政协十二届二次会议第146号提案的答复\n\n"
    rest = "：\n\n您提出的《关于加强渔业教育的提案》收悉。\n"
    assert ("林海生", "委员", "市政协") in _posts(f"{head}林海生委员{rest}")
    assert not _posts(f"{head}林海生先生{rest}")
