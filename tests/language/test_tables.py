"""Numbers, money, dates and names, from tables that anyone can extend."""

from __future__ import annotations

import csv
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kg.language.dates import document_date, find_dates
from kg.language.money import find_money
from kg.language.numbers import find_numbers
from kg.language.script import fold, name_key, script_of, to_simplified, to_traditional

CASES = Path(__file__).parent.parent / "cases"


def rows(name: str) -> list[dict[str, str]]:
    """The lines of a table."""
    with (CASES / f"{name}.tsv").open(encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream, delimiter="\t", quoting=csv.QUOTE_NONE))


def text_of(row: dict[str, str]) -> str:
    return next(iter(row.values()))


def test_every_table_has_cases() -> None:
    assert {p.stem: len(rows(p.stem)) > 8 for p in CASES.glob("*.tsv")} == {
        "money": True,
        "numbers": True,
        "dates": True,
        "names": True,
    }


@pytest.mark.parametrize("row", rows("money"), ids=text_of)
@pytest.mark.parametrize(
    "script", [str, to_simplified, to_traditional], ids=["as written", "simplified", "traditional"]
)
def test_money(row: dict[str, str], script: type[str]) -> None:
    (found,) = find_money(fold(script(row["text"])))
    assert (found.value, found.currency, found.bound) == (Decimal(row["value"]), row["currency"], row["bound"])
    assert found.upper == (Decimal(row["upper"]) if row["upper"] else None)


@pytest.mark.parametrize("row", rows("numbers"), ids=text_of)
def test_numbers(row: dict[str, str]) -> None:
    found = [(n.value, n.bound, n.upper) for n in find_numbers(fold(row["text"]))]
    expected = (Decimal(row["value"] or 0), row["bound"], Decimal(row["upper"]) if row["upper"] else None)
    assert found == ([] if row["bound"] == "none" else [expected])


@pytest.mark.parametrize("row", rows("dates"), ids=text_of)
def test_dates(row: dict[str, str]) -> None:
    found = [d.value for d in find_dates(fold(row["text"]), row["anchor"] or None)]
    assert found == ([] if row["value"] == "none" else [row["value"]])


@pytest.mark.parametrize("row", rows("names"), ids=text_of)
def test_names(row: dict[str, str]) -> None:
    assert (name_key(row["left"]) == name_key(row["right"])) == (row["equal"] == "yes")


def test_document_date() -> None:
    assert document_date("標題\n2024年3月5日\n正文提到2019年1月1日。") == "2024-03-05"


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("香港數碼港推出計劃", "zh-Hant"),
        ("深圳市推出创新计划", "zh-Hans"),
        ("The Fund supports small firms in Hong Kong.", "en"),
    ],
)
def test_script(text: str, language: str) -> None:
    assert script_of(text) == language


@given(st.text(max_size=60))
def test_folding_keeps_every_character_in_its_place(text: str) -> None:
    assert len(fold(text)) == len(text)
    assert [fold(c) for c in text] == list(fold(text))
    assert fold(fold(text)) == fold(text)


@given(st.text(max_size=80))
def test_values_lie_in_the_text(text: str) -> None:
    folded = fold(text)
    for found in [*find_numbers(folded), *find_money(folded), *find_dates(folded, "2024-01-01")]:
        assert 0 <= found.start < found.end <= len(folded)
