"""Numbers, money, quantities and dates, from tables that a linguist can extend."""

from __future__ import annotations

import csv
import time
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kg.language.dates import document_date, find_dates
from kg.language.money import find_money
from kg.language.numbers import find_numbers
from kg.language.quantities import find_quantities
from kg.language.script import fold, name_key, plain_characters, script_of, to_simplified, to_traditional
from kg.language.sentences import split_sentences

CASES = Path(__file__).parent.parent / "cases"


def rows(name: str, least: int) -> list[dict[str, str]]:
    with (CASES / "genre" / f"{name}.tsv").open(encoding="utf-8") as stream:
        found = list(csv.DictReader(stream, delimiter="\t"))
    assert len(found) >= least
    return [{k: v or "" for k, v in row.items()} for row in found]


def number(text: str) -> Decimal | None:
    return Decimal(text) if text else None


@pytest.mark.parametrize("row", rows("numbers", 40), ids=lambda r: r["text"])
def test_number(row: dict[str, str]) -> None:
    found = [n for n in find_numbers(fold(row["text"])) if n.value != 0 or row["value"] == "0"]
    assert [(n.value, n.bound, n.upper) for n in found] == [(number(row["value"]), row["bound"], number(row["upper"]))]


@pytest.mark.parametrize("row", rows("money", 40), ids=lambda r: r["text"])
def test_money(row: dict[str, str]) -> None:
    found = [(m.value, m.currency, m.bound, m.upper) for m in find_money(fold(row["text"]))]
    expected = [(number(row["value"]), row["currency"], row["bound"], number(row["upper"]))] if row["value"] else []
    assert found == expected


@pytest.mark.parametrize("row", rows("quantities", 40), ids=lambda r: r["text"])
def test_quantity(row: dict[str, str]) -> None:
    found = [(q.value, q.unit, q.bound) for q in find_quantities(fold(row["text"]))]
    assert found == ([(number(row["value"]), fold(row["unit"]), row["bound"])] if row["value"] else [])


@pytest.mark.parametrize("row", rows("dates", 30), ids=lambda r: r["text"])
def test_date(row: dict[str, str]) -> None:
    found = [d.value for d in find_dates(fold(row["text"]), row["anchor"] or None)]
    assert found == ([row["value"]] if row["value"] else [])


@pytest.mark.parametrize(
    ("text", "date"),
    [
        ("新聞稿\n香港，2025年2月26日 – 海事發展局今日公布", "2025-02-26"),
        ("（香港，2022 年 11 月 8 日）海事发展局今天宣布", "2022-11-08"),
        ("Hong Kong, 26 February 2025 – The bureau", "2025-02-26"),
        ("標題\n內文沒有日期。", None),
        ("標題\n內文。\n2023年5月6日（星期六）", "2023-05-06"),
    ],
)
def test_document_date(text: str, date: str | None) -> None:
    assert document_date(text) == date


@given(st.text())
def test_fold_keeps_every_place(text: str) -> None:
    assert len(fold(text)) == len(text)
    assert len(plain_characters(text)) == len(text)


@given(st.text(alphabet="十百千萬億元港約超過1234567890,.年月日至:：個間 HK$abc", max_size=60))
def test_finders_never_fail(text: str) -> None:
    folded = fold(text)
    for found in (find_numbers(folded), find_money(folded), find_quantities(folded), find_dates(folded, "2025-01-01")):
        assert all(0 <= f.start < f.end <= len(folded) for f in found)  # type: ignore[attr-defined]


@pytest.mark.parametrize("piece", ["1,", "十", "至1", "約", "1:", "萬億", "2025年"])
def test_finders_end_on_hostile_text(piece: str) -> None:
    text = piece * (60_000 // len(piece))
    start = time.monotonic()
    find_money(text)
    find_quantities(text)
    find_dates(text, "2025-01-01")
    # Far above what linear work takes, far below what a backtracking pattern would.
    assert time.monotonic() - start < 20


def test_one_name_in_both_scripts() -> None:
    assert name_key("數碼港") == name_key("数码港")
    assert name_key("「拍住上」計劃") == name_key("拍住上计划")
    assert name_key("ＡＢＣ 基金") == name_key("abc基金")
    assert to_simplified("創科") == "创科"
    assert to_traditional("创科") == "創科"


@pytest.mark.parametrize(
    ("text", "language"),
    [("創新科技發展", "zh-Hant"), ("创新科技发展", "zh-Hans"), ("Innovation and technology", "en")],
)
def test_script(text: str, language: str) -> None:
    assert script_of(text) == language


def test_sentences() -> None:
    text = "甲說：「乙。」丙！\nMr. Lee agreed. It works."
    assert [text[s:e].strip() for s, e in split_sentences(text)] == [
        "甲說：「乙。」",
        "丙！",
        "Mr. Lee agreed.",
        "It works.",
    ]
