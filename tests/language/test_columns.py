"""Figures in columns that have their unit in the line above them."""

from __future__ import annotations

from kg.language.columns import find_columns
from kg.language.script import fold


def read(text: str) -> tuple[list[int], list[tuple[int, str]]]:
    money, counts = find_columns(fold(text), "HKD")
    return [int(m.value) for m in money], [(int(c.value), c.unit) for c in counts]


def test_units_in_the_heads_of_columns() -> None:
    text = "按船種劃分如下：\n宗數　　　資助額（萬元）\n渡輪　　　四　　　一千六百\n躉船　　　十二　　2,100\n其後再批。"
    assert read(text) == ([16000000, 21000000], [(4, ""), (12, "")])


def test_a_unit_of_the_whole_table() -> None:
    assert read("单位：万元\n项目  补助资金  面积(亩)\n东湖基地  300  45") == ([3000000], [(45, "亩")])


def test_a_line_of_prose_ends_a_table() -> None:
    assert read("船種  資助額（萬元）\n其後再批出三宗。\n渡輪  1,600") == ([], [])


def test_columns_without_a_unit_are_not_read() -> None:
    assert read("日期  地點\n五月  三") == ([], [])
