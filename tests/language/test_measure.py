"""The normal form of measures: what is the same in other words, what only looks so, and what it never does."""

from __future__ import annotations

import tomllib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kg.language.measure import measure_matches, normal_amount, normal_measure
from kg.language.script import to_simplified
from kg.resources import data_path
from kg.vocab import AMOUNT_ROLES

SAME = [
    [("社群企業", "間"), ("社群企业", "家"), ("「社群」企業", "間"), ("初創企業和科技公司", "間"), ("初創企業及科技公司", "家"), ("community companies", "")],
    [("金融科技企業", "家"), ("金融科技初创企业和公司", "间"), ("金融科技公司", "間"), ("fintech companies", "companies")],
    [("專注研發人工智能", "間"), ("人工智能企業", "家"), ("从事人工智能及大数据的初创企业和公司", "间"), ("AI companies", "")],
    [("區塊鏈", "家"), ("區塊鏈及 Web3.0 企業", "間")],
    [("Web3企業", "間"), ("Web", "間"), ("Web3.0 相關企業", "家")],
    [("算力", "P"), ("運算速度", "PFLOPS")],
    [("樓面面積", "平方米"), ("楼面面积", "square metres")],
    [("大學", "所"), ("大學", "間")],
]  # fmt: skip
APART = [
    [("社群企業", "間"), ("初創企業", "間"), ("本地企業", "間"), ("企業", "間"), ("駐園區企業", "間"), ("非駐園區企業", "間"), ("金融科技企業", "間"), ("金融企業", "間"), ("金融科技初創企業", "間")],
    [("參與", "人"), ("參與", "人次")],
    [("面積", "平方米"), ("面積", "平方呎")],
    [("算力", "PFLOPS"), ("算力", "次")],
    [("引資", "ratio"), ("引資", "間")],
]  # fmt: skip


@pytest.mark.parametrize("forms", SAME, ids=lambda f: f[0][0])
def test_one_measure_in_other_words(forms: list[tuple[str, str]]) -> None:
    assert len({normal_measure(*form) for form in forms}) == 1, {f: normal_measure(*f) for f in forms}


@pytest.mark.parametrize("forms", APART, ids=lambda f: f[0][0])
def test_modifiers_and_units_keep_measures_apart(forms: list[tuple[str, str]]) -> None:
    assert len({normal_measure(*form) for form in forms}) == len(forms), {f: normal_measure(*f) for f in forms}


@pytest.mark.parametrize(
    ("asked", "measure", "unit"),
    [("企業", "社群企業", "間"), ("社群公司", "社群企業", "間"), ("社群", "社群企業", "間"), ("金融科技", "金融科技企业", "家"), ("AI", "專注研發人工智能", "間"), ("運算速度", "算力", "P")],
)  # fmt: skip
def test_what_people_ask_for(asked: str, measure: str, unit: str) -> None:
    assert measure_matches(asked, normal_measure(measure, unit))


def test_roles_of_money_in_words() -> None:
    assert measure_matches("融資", normal_amount("raised", "HKD", None))
    assert measure_matches("上限", normal_amount("cap", "HKD", "recipient"))
    assert not measure_matches("融資", normal_amount("budget", "HKD", None))
    assert not measure_matches("企業", normal_amount("budget", "HKD", None))
    data = tomllib.loads(data_path("language", "measures.toml").read_text(encoding="utf-8"))
    assert set(data["roles"]) == set(AMOUNT_ROLES)


def test_the_data_has_no_form_twice() -> None:
    data = tomllib.loads(data_path("language", "measures.toml").read_text(encoding="utf-8"))
    for kind in ("head", "field", "same", "unit"):
        forms = [form for entry in data[kind] for form in [entry["normal"], *entry["also"]]]
        assert len(forms) == len(set(forms)) and len(data[kind]) >= 2, kind


@given(st.text(max_size=20), st.sampled_from(["間", "家", "人次", "平方米", "", "?"]))
def test_any_text_has_one_form_in_both_scripts(text: str, unit: str) -> None:
    found = normal_measure(text, unit)
    assert found
    assert found == normal_measure(text, unit)


@pytest.mark.parametrize("form", [f for forms in SAME + APART for f in forms], ids=str)
def test_scripts_make_no_difference(form: tuple[str, str]) -> None:
    assert normal_measure(*form) == normal_measure(to_simplified(form[0]), to_simplified(form[1]))
