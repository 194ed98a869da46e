"""Facts survive the way to NDJSON and back."""

from __future__ import annotations

import json
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kg.facts import dumps, loads
from kg.model import Amount, Count, DocumentFacts, DocumentInfo, Entity, Finding, PostHolding, Quote, Relation, Source

# A lone surrogate has no UTF-8 form; every other character may stand in a text.
TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=12)
NUMBER = st.decimals(min_value=0, max_value=10**15, allow_nan=False, places=2)
QUOTE = st.builds(Quote, st.integers(0, 99), st.integers(100, 200), TEXT, TEXT)
QUOTES = st.lists(QUOTE, min_size=1, max_size=2).map(tuple)
SOURCE = st.builds(
    Source,
    QUOTES,
    TEXT,
    st.just(Decimal("0.85")),
    st.sampled_from([None, "funded"]),
    st.none() | TEXT,
    st.none() | TEXT,
)
FACTS = st.builds(
    DocumentFacts,
    st.builds(DocumentInfo, TEXT, TEXT, st.just("zh-Hant"), st.none() | TEXT, st.none() | TEXT),
    st.tuples(
        st.builds(Entity, TEXT, st.just("Person"), st.tuples(TEXT), st.tuples(QUOTE), st.none(), st.none() | TEXT)
    ),
    st.tuples(st.builds(PostHolding, TEXT, TEXT, TEXT, SOURCE)),
    st.tuples(st.builds(Relation, TEXT, st.just("funds"), TEXT, SOURCE)),
    st.tuples(
        st.builds(
            Amount,
            TEXT,
            st.just("cap"),
            NUMBER,
            st.just("HKD"),
            st.just("atMost"),
            SOURCE,
            st.none() | NUMBER,
            st.none(),
            st.none() | TEXT,
        )
    ),
    st.tuples(st.builds(Count, TEXT, TEXT, NUMBER, TEXT, st.just("exact"), SOURCE)),
    st.tuples(st.builds(Finding, st.just("info"), TEXT, TEXT, TEXT, st.none() | st.integers(0, 9))),
)


@given(FACTS)
def test_roundtrip(facts: DocumentFacts) -> None:
    line = dumps(facts)
    assert loads(line) == facts
    assert "\n" not in line
    assert dumps(loads(line)) == line


@pytest.mark.parametrize(
    ("number", "text"), [("3E+9", "3000000000"), ("0.10", "0.10"), ("1234567890123456.78", "1234567890123456.78")]
)
def test_numbers_lose_no_digit(number: str, text: str) -> None:
    amount = Amount("a", "budget", Decimal(number), "HKD", "exact", Source((Quote(0, 1, "x"),), "rule"))
    facts = DocumentFacts(DocumentInfo("a.txt", "0" * 64, "zh-Hant"), amounts=(amount,))
    assert json.loads(dumps(facts))["amounts"][0]["value"] == text


def test_keys_stand_in_the_order_of_the_model() -> None:
    line = dumps(DocumentFacts(DocumentInfo("a.txt", "0" * 64, "zh-Hant")))
    assert list(json.loads(line)) == ["document", "entities", "posts", "relations", "amounts", "counts", "findings"]
