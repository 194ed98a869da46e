"""Pairs of names as a row of signs, and a model that doubts and completes what frames find."""

from __future__ import annotations

import pytest

from kg.language.script import fold
from kg.pipeline.likely import chances, key_of, settled
from kg.pipeline.linear import Linear
from kg.pipeline.pairs import CLASSES, allowed, cues, pairs, row_of, told
from kg.pipeline.relations import Found, by_frames

from .conftest import context_of


def always(class_: str, score: float) -> Linear:
    """A model that gives every pair the same score for one class, and next to nothing for the others."""
    return Linear(list(CLASSES), {"-": [0.0] * len(CLASSES)}, [score if c == class_ else -20.0 for c in CLASSES])


SCHEME = context_of(
    "海事發展局委託濱海大學推行「遠洋青年計劃」。", [("O", "海事發展局"), ("O", "濱海大學"), ("G", "遠洋青年計劃")]
)


def test_a_sentence_is_a_row_of_names_and_families() -> None:
    assert row_of(SCHEME, SCHEME.sentences[0]).signs == ["O", "ask", "O", "run", "G", ","]


def test_the_longest_cue_counts() -> None:
    assert [f for _, _, f in cues(fold("獲得資助"))] == ["grant", "give"]


def test_latin_cues_stand_alone() -> None:
    assert [f for _, _, f in cues("by")] == ["by"]
    assert cues("baby") == []


def test_names_joined_in_a_list_are_seen_from_its_edge() -> None:
    joined = context_of("甲局、乙局推出海洋基金。", [("O", "甲局"), ("O", "乙局"), ("G", "海洋基金")])
    found = {(p.left.entity, p.right.entity): p.features for p in pairs(joined, {})}
    assert "OG|s=make" in found[0, 2] and "OG|s=make" in found[1, 2]
    assert "OO|together" in found[0, 1]


def test_a_pair_may_only_be_what_its_types_allow() -> None:
    for pair in pairs(SCHEME, {}):
        for number in allowed(pair):
            if {pair.left.type, pair.right.type} == {"Organisation"}:
                assert CLASSES[number][:-1] in {
                    "operates",
                    "funds",
                    "owns",
                    "partOf",
                    "partnersWith",
                    "commissionedBy",
                    "locatedIn",
                }
            else:
                assert CLASSES[number] in {
                    "operates>",
                    "funds>",
                    "funds<",
                    "participatesIn>",
                    "commissionedBy<",
                    "locatedIn<",
                }


def test_names_of_the_sentence_before_are_paired_too() -> None:
    two = context_of("甲局公布海洋基金詳情。乙大學獲批三百萬元。", [("O", "甲局"), ("G", "海洋基金"), ("O", "乙大學")])
    assert {(p.left.entity, p.right.entity) for p in pairs(two, {})} == {(0, 1), (0, 2), (1, 2)}


def test_the_model_adds_what_it_holds_for_likely_with_a_quote_and_a_name() -> None:
    added = settled(SCHEME, [], chances(SCHEME, [], always("operates>", 3.0)))
    assert {r.rule for r in added} == {"model.operates"}
    assert {(r.subject, r.object) for r in added} == {(0, 1), (0, 2), (1, 2)}
    assert SCHEME.text[added[0].start : added[0].end].startswith("海事發展局")


def test_the_model_takes_away_what_it_holds_for_unlikely_but_not_what_a_name_says() -> None:
    frames = [Found(1, "operates", 2, 5, 20, "operates.active"), Found(0, "operates", 2, 5, 20, "operates.name")]
    kept = settled(SCHEME, frames, chances(SCHEME, frames, always("operates>", -9.0)))
    assert [r.rule for r in kept] == ["operates.name"]


@pytest.mark.parametrize(("predicate", "key"), [("partnersWith", (1, "partnersWith", 2)), ("funds", (2, "funds", 1))])
def test_partners_have_no_order(predicate: str, key: tuple[int, str, int]) -> None:
    assert key_of(2, predicate, 1) == key  # type: ignore[arg-type]


def test_what_a_name_tells_is_not_shown_to_the_model() -> None:
    assert told([Found(0, "operates", 1, 0, 9, "operates.name")]) == {}
    assert told([Found(0, "operates", 1, 0, 9, "operates.active")]) == {(0, 1): ["operates.active"]}


def test_a_relation_over_sentences_quotes_the_later_one() -> None:
    two = context_of("甲局公布海洋基金詳情。乙大學獲批三百萬元。", [("O", "甲局"), ("G", "海洋基金"), ("O", "乙大學")])
    found = [r for r in settled(two, [], chances(two, [], always("participatesIn<", 3.0))) if r.subject == 2]
    assert [two.text[r.start : r.end] for r in found] == ["乙大學獲批三百萬元。"]


def test_a_unit_is_part_of_the_nearest_body_in_its_name() -> None:
    names = [("O", "甲大學"), ("O", "甲大學商學院"), ("O", "甲大學商學院金融系")]
    found = by_frames(context_of("甲大學、甲大學商學院及甲大學商學院金融系今日公布。", names))
    assert {(r.subject, r.object) for r in found if r.predicate == "partOf"} == {(1, 0), (2, 1)}


def test_a_unit_is_part_of_the_body_right_before_it() -> None:
    found = by_frames(context_of("環境局環境保護署公布安排，環境局表示歡迎。", [("O", "環境局"), ("O", "環境保護署")]))
    assert [(r.subject, r.object, r.rule) for r in found if r.predicate == "partOf"] == [(1, 0, "partOf.beside")]


def test_two_units_of_a_kind_side_by_side_are_a_list() -> None:
    found = by_frames(context_of("環境局 運輸局 二月三日", [("O", "環境局"), ("O", "運輸局")]))
    assert [r for r in found if r.predicate == "partOf"] == []
