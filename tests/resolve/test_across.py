"""What names in two languages, rounds of one scheme and forms of address make one; and what they don't."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from kg.model import EntityType
from kg.resolve import resolve
from kg.resolve.names import read_name, split_names
from kg.resolve.translate import one_word, translates

Side = tuple[EntityType, str, str]
ONE: dict[str, tuple[Side, Side]] = {
    "translated": (
        ("Organisation", "清泉廚房", "社企清泉廚房聘請長者。"),
        ("Organisation", "Clear Spring Kitchen", "Clear Spring Kitchen hires cooks."),
    ),
    "translated, a word left out": (
        ("Programme", "智能水錶試驗計劃", "智能水錶試驗計劃開始。"),
        ("Programme", "Pilot Scheme on Smart Water Meters", "The Pilot Scheme on Smart Water Meters began."),
    ),
    "nearly, and of the same": (
        ("Organisation", "暖流衡器製造", "暖流衡器製造向餐廳供應電子秤，工廠設於葵涌，工人五十名。"),
        (
            "Organisation",
            "Warm Current Scale Manufacturing",
            "Warm Current Scale Manufacturing supplies restaurants from a factory.",
        ),
    ),
    "its owner's": (
        ("Organisation", "理大護理學院", "理大護理學院招生。"),
        ("Organisation", "PolyU School of Nursing", "The PolyU School of Nursing admits students in Hong Kong."),
    ),
    "initials and topic": (
        ("Programme", "保就業計劃", "保就業計劃向僱主發放工資補貼。"),
        ("Programme", "ESS", "The ESS paid wages to employers."),
    ),
    "initials of the end": (
        ("Programme", "創科生活基金", "創科生活基金接受申請。"),
        ("Programme", "FBL", "Hong Kong's FBL takes applications."),
    ),
    "spelt, and of the same": (
        ("Person", "羅明", "羅明研究水母的螢光蛋白。"),
        ("Person", "Luo Ming", "Luo Ming studies fluorescent protein in jellyfish."),
    ),
    "a round": (
        ("Programme", "第二輪遠洋基金", "第二輪遠洋基金批出。"),
        ("Programme", "遠洋基金", "遠洋基金接受申請。"),
    ),
    "a brand": (
        ("Programme", "「安樂窩」家居改裝資助", "房協推出「安樂窩」家居改裝資助，為長者安裝扶手。"),
        ("Programme", "安樂窩計劃", "房協的安樂窩計劃為長者安裝扶手。"),
    ),
    "a word of each place": (
        ("Organisation", "清嵐機械人有限公司", "清嵐機械人有限公司獲獎。"),
        ("Organisation", "清岚机器人有限公司", "清岚机器人有限公司获奖。"),
    ),
    "its post before its name": (
        ("Person", "發展局局長甯漢豪", "發展局局長甯漢豪到訪。"),
        ("Person", "宁汉豪", "香港发展局局长宁汉豪到访。"),
    ),
    "a fund's secretariat": (
        ("Organisation", "環保基金秘書處", "致電環保基金秘書處查詢。"),
        ("Organisation", "環境及自然保育基金秘書處", "環境及自然保育基金秘書處收表。"),
    ),
}
ONE |= {
    "a legal form": (
        ("Organisation", "香港寬頻有限公司", "香港寬頻有限公司是固網商。"),
        ("Organisation", "香港寬頻", "香港寬頻被收購。"),
    ),
    "a company's city and trade": (
        ("Organisation", "深圳市大疆创新科技有限公司", "深圳市大疆创新科技有限公司生产无人机。"),
        ("Organisation", "DJI", "DJI makes drones."),
    ),
    "a former name that the text states": (
        ("Organisation", "清泉書院", "清泉書院位於長洲。"),
        ("Organisation", "遠洋學院", "遠洋學院原名清泉書院，今年搬遷。"),
    ),
    "a phase, and the whole": (
        ("Facility", "清泉醫院重建計劃第一期", "清泉醫院重建計劃第一期完工。"),
        ("Facility", "清泉醫院重建計劃第一期", "清泉醫院重建計劃第一期啟用。"),
    ),
}
APART: dict[str, tuple[Side, Side]] = {
    "a word more": (
        ("Organisation", "清泉廚房", "社企清泉廚房聘請長者。"),
        ("Organisation", "Clear Spring Kitchen Foundation", "Clear Spring Kitchen Foundation gives money."),
    ),
    "another word, of another topic": (
        ("Organisation", "暖流衡器製造", "暖流衡器製造向餐廳供應電子秤。"),
        (
            "Organisation",
            "Warm Current Furniture Manufacturing",
            "Warm Current Furniture Manufacturing sells chairs online.",
        ),
    ),
    "another school of one owner": (
        ("Organisation", "理大護理學院", "理大護理學院招生。"),
        ("Organisation", "PolyU School of Design", "The PolyU School of Design admits students in Hong Kong."),
    ),
    "spelt, of another topic": (
        ("Person", "羅明", "羅明研究水母的螢光蛋白。"),
        ("Person", "Luo Ming", "Luo Ming sells apartments downtown."),
    ),
    "initials of another country's": (
        ("Organisation", "創新科技署", "創新科技署表示。"),
        ("Organisation", "ITC", "The Geneva-based ITC trains exporters in poor countries."),
    ),
    "days of two hosts": (
        ("Event", "開放日", "北區中學的開放日有機械狗。"),
        ("Event", "開放日", "海匯大學的開放日介紹課程。"),
    ),
}
APART |= {
    "two phases": (
        ("Programme", "清泉醫院重建計劃第一期", "清泉醫院重建計劃第一期完工。"),
        ("Programme", "清泉醫院重建計劃第二期", "清泉醫院重建計劃第二期動工。"),
    ),
    "two countries' offices": (
        ("Organisation", "財政部", "中國財政部公布國債發行計劃，財政部稱需求穩健。"),
        ("Organisation", "財政部", "美國財政部公布國債發行計劃，財政部稱需求穩健。"),
    ),
    "two countries' departments": (
        ("Organisation", "Department of Health", "Hong Kong's Department of Health regulates clinics."),
        ("Organisation", "Department of Health", "Ireland's Department of Health published its budget."),
    ),
    "a city's ministry": (
        ("Organisation", "Ministry of Education", "China's Ministry of Education approved universities."),
        ("Organisation", "Ministry of Education", "Singapore's Ministry of Education revised subsidies."),
    ),
}


def _things(document: Callable[..., Any], names: Callable[..., Any], one: Side, other: Side) -> int:
    sides = [
        document(f"{n}.txt", side, language="zh-Hant" if "。" in side[2] else "en")
        for n, side in enumerate((one, other))
    ]
    return len(names(resolve(sides), one[0]))


@pytest.mark.parametrize("case", ONE)
def test_are_one(document: Callable[..., Any], names: Callable[..., Any], case: str) -> None:
    assert _things(document, names, *ONE[case]) == 1


@pytest.mark.parametrize("case", APART)
def test_stay_apart(document: Callable[..., Any], names: Callable[..., Any], case: str) -> None:
    assert _things(document, names, *APART[case]) == 2


def test_two_chinese_names_of_one_translation_are_left_alone(
    document: Callable[..., Any], names: Callable[..., Any]
) -> None:
    sides = [
        document("a.txt", ("Organisation", "智能廚房", "智能廚房開業。")),
        document("b.txt", ("Organisation", "智慧廚房", "智慧廚房開業。")),
        document("c.txt", ("Organisation", "Smart Kitchen", "Smart Kitchen opens."), language="en"),
    ]
    assert len(names(resolve(sides))) == 3


def test_words_are_compared_by_their_beginnings() -> None:
    assert one_word("industry", "industrial") and one_word("meters", "meter")
    assert not one_word("port", "portal hub") and not one_word("art", "arts centre")
    assert translates("hong kong smart city", "智慧城市") == "whole"


def test_what_a_name_is_called_besides() -> None:
    assert split_names("香港中華廠商聯合會（廠商會）")[1] == "廠商會"
    assert len(split_names("優秀青年科學基金項目（港澳）")) == 1
    assert "陈美娟" in read_name("陳周美娟", "Person").others
    assert read_name("第三輪遠洋基金", "Programme").core == read_name("遠洋基金", "Programme").core
