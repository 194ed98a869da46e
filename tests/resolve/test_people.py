"""One person, one edition, one place: what the new tables and the weighing of names decide, and what they must not."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from kg.model import EntityType
from kg.resolve import resolve
from kg.resolve.editions import edition_of
from kg.resolve.names import read_name
from kg.resolve.people import alike, fields, known_person, rareness, standing, weighed
from kg.resolve.places import cities_in, country_of, districts_in
from kg.resolve.short import meant

Make = Callable[..., Any]
Side = tuple[EntityType, str, str]
ONE: list[tuple[Side, Side]] = [
    (
        ("Person", "顧蔚嵐", "大學校長顧蔚嵐獲頒學位。"),
        ("Person", "顾蔚岚", "教授顾蔚岚主持畢業典禮。"),
    ),
    (
        ("Event", "杭州亞運會", "杭州亞運會閉幕。"),
        ("Event", "第十九屆亞洲運動會", "第十九屆亞洲運動會舉行。"),
    ),
    (
        ("Policy", "灣三角規劃綱要", "各市落實《灣三角規劃綱要》。"),
        (
            "Policy",
            "灣江三角洲地區改革發展規劃綱要（2008－2020年）",
            "《灣江三角洲地區改革發展規劃綱要（2008－2020年）》發布。",
        ),
    ),
    (
        ("Organisation", "中华人民共和国科技部", "中华人民共和国科技部发文。"),
        ("Organisation", "科技部", "科技部发文。"),
    ),
]
APART: list[tuple[Side, Side]] = [
    (
        ("Organisation", "市場監督管理局", "深圳查處網店，市場監督管理局立案。"),
        ("Organisation", "市場監督管理局", "珠海檢查食肆，市場監督管理局抽檢。"),
    ),
    (
        ("Organisation", "Land Transport Commission", "Manila's Land Transport Commission fined a bus line."),
        ("Organisation", "Land Transport Commission", "The Land Transport Commission in Nairobi banned it."),
    ),
    (
        ("Person", "顧蔚嵐", "大學校長顧蔚嵐獲頒學位。"),
        ("Person", "顧蔚嵐", "游泳運動員顧蔚嵐奪得金牌。"),
    ),
    (("Policy", "基本法", "香港依照《基本法》施政。"), ("Policy", "基本法", "澳門依照《基本法》施政。")),
]


def _things(document: Make, pair: tuple[Side, Side]) -> int:
    documents = [document(f"{n}.txt", side) for n, side in enumerate(pair)]
    found = resolve(documents)
    return len([t for t in found.things if t.type == pair[0][0]])


@pytest.mark.parametrize("pair", ONE, ids=lambda p: p[1][1])
def test_one_thing(pair: tuple[Side, Side], document: Make) -> None:
    assert _things(document, pair) == 1


@pytest.mark.parametrize("pair", APART, ids=lambda p: p[1][1])
def test_two_things(pair: tuple[Side, Side], document: Make) -> None:
    assert _things(document, pair) == 2


def test_rarer_names_tell_more() -> None:
    names = ["王伟", "陈国强", "黎淑仪", "夏宝龙", "欧阳靖宇"]
    assert [rareness(n) for n in names] == sorted(rareness(n) for n in names)
    assert rareness("paul wong") < rareness("mathieson peter") < rareness("antonio guterres")


def test_common_names_are_never_one_for_the_name_alone() -> None:
    assert not alike("陈国强", ["大学校长陈国强"], ["大学教授陈国强"])
    assert alike("顾蔚岚", ["大学校长顾蔚岚"], ["教授顾蔚岚"])
    assert not alike("顾蔚岚", ["大学校长顾蔚岚"], ["店员顾蔚岚"])


def test_fields_weigh_for_and_against() -> None:
    assert weighed(fields(["大学校长"]), fields(["professor of law"])) > 0
    assert weighed(fields(["体操冠军"]), frozenset()) < 0 == weighed(fields(["部长"]), frozenset())
    assert standing("陈大文", ["护士陈大文说"]) < 0 < standing("陈大文", ["校长陈大文说"])


def test_a_known_person_of_a_rare_name_needs_no_post() -> None:
    name = [read_name("António Guterres", "Person")]
    assert known_person(name, ["antonio guterres spoke of hope"]) == "person antonio-guterres"
    assert known_person([read_name("李強", "Person")], ["李强说"]) is None


@pytest.mark.parametrize(
    ("name", "known", "edition"),
    [
        ("十五運會", None, ("ev-national-games", "2025")),
        ("第十四屆全運會", None, ("ev-national-games", "2021")),
        ("Paris Olympics", None, ("series-olympics", "2024")),
        ("北京冬奧", None, ("series-winter-olympics", "2022")),
        ("亞運會", None, ("series-asian-games", "")),
        ("青年奧運會", None, ("", "")),
        ("第三十四屆香港書展", "ev-book-fair", ("ev-book-fair", "2024")),
    ],
)
def test_editions(name: str, known: str | None, edition: tuple[str, str]) -> None:
    assert edition_of([read_name(name, "Event")], known) == edition


def test_places() -> None:
    assert cities_in("在东京与深圳") == {"日本", "深圳"}
    assert cities_in("new south wales") == {"澳洲"}
    assert districts_in("in tai wai, 沙田") == {"大围", "沙田"}
    assert country_of("财政部", "昨日美国") == "美国"


def test_three_letters_mean_a_building_only_with_its_words() -> None:
    assert meant("Facility", ["icc"], ["lights on icc across victoria harbour"]) == "hk-icc"
    assert meant("Facility", ["icc"], ["the icc in the hague"]) is None
