"""Names in other words than the lexicon's, offices of persons, schemes that come anew, and what each must not join."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from kg.model import EntityType
from kg.resolve import resolve
from kg.resolve.items import items_of
from kg.resolve.names import read_name
from kg.resolve.offices import offices

Side = tuple[EntityType, str, str]
Make = Callable[..., Any]
ONE: list[tuple[Side, Side]] = [
    # While it is tried, and after.
    (
        ("Programme", "長者院舍照顧服務券試驗計劃", "長者院舍照顧服務券試驗計劃增加名額。"),
        ("Programme", "院舍券", "院舍券擴展。"),
    ),
    # 港 before what Hong Kong calls its own.
    (("Organisation", "港科大", "港科大在香港清水灣。"), ("Organisation", "香港科技大學", "香港科技大學招生。")),
    (
        ("Organisation", "深科創委", "深科創委公布資助。"),
        ("Organisation", "深圳市科技创新委员会", "深圳市科技创新委员会公布资助。"),
    ),
    (
        ("Organisation", "Innovation & Technology Commission", "Innovation & Technology Commission of Hong Kong."),
        ("Organisation", "創新科技署", "創新科技署表示。"),
    ),
    # Short names that other things have too.
    (("Organisation", "北航", "北航研發無人機。"), ("Organisation", "北京航空航天大学", "北京航空航天大学获奖。")),
    (
        ("Organisation", "理大海工系", "理大海工系研發浮標。"),
        ("Organisation", "香港理工大學海洋工程學系", "香港理工大學海洋工程學系招生。"),
    ),
    (
        ("Person", "梁可欣", "工業貿易署副署長梁可欣講解。"),
        ("Person", "Leung Ho-yan", "Trade and Industry Department deputy director-general Leung Ho-yan spoke."),
    ),
    (
        ("Person", "Kevin Ng", "Permanent Secretary for Innovation, Technology and Industry Kevin Ng spoke."),
        ("Person", "吳海明", "創新科技及工業局常任秘書長吳海明表示。"),
    ),
    (
        ("Person", "陳海強", "理大紡織學院教授陳海強獲獎。"),
        ("Person", "陳海強教授", "理工大學紡織學系陳海強教授獲獎。"),
    ),
    (
        ("Facility", "Tai Po Swimming Pool", "Tai Po Swimming Pool reopened."),
        ("Facility", "大埔游泳池", "大埔游泳池重開。"),
    ),
]
ONE += [
    # What offices of provinces are called in full and in short; what a text of one place leaves out.
    (
        ("Organisation", "湖北省科技厅", "湖北省科技厅公布名单。"),
        ("Organisation", "湖北省科学技术厅", "湖北省科学技术厅表示。"),
    ),
    (("Facility", "太空館", "尖沙咀太空館更新設備。"), ("Facility", "香港太空館", "香港太空館重開。")),
    (
        ("Organisation", "大灣區飛鳥聯盟", "大灣區飛鳥聯盟成立。"),
        ("Organisation", "粵港澳大灣區飛鳥聯盟", "粵港澳大灣區飛鳥聯盟開會。"),
    ),
    # Numbers in words, and rounds on either side of a name.
    (
        ("Event", "Seventh Harbour Widget Forum", "The Seventh Harbour Widget Forum opened."),
        ("Event", "7th Harbour Widget Forum", "The 7th Harbour Widget Forum closed."),
    ),
    (
        (
            "Programme",
            "fourth round of the Anti-epidemic Fund",
            "The fourth round of the Anti-epidemic Fund helped Hong Kong.",
        ),
        ("Programme", "防疫抗疫基金第四輪", "防疫抗疫基金第四輪支援飲食業。"),
    ),
    # The end of a name, in a text that says the rest.
    (
        ("Facility", "園區", "南沙的園區由霍英東研究院營運，主攻資訊科技。"),
        ("Facility", "霍英東研究院南沙資訊科技園", "霍英東研究院南沙資訊科技園設孵化器。"),
    ),
    (
        ("Policy", "23-24年度財政預算案", "香港23-24年度財政預算案派消費券。"),
        ("Policy", "二○二三／二四年度財政預算案", "香港二○二三／二四年度財政預算案。"),
    ),
]
APART: list[tuple[Side, Side]] = [
    (("Programme", "嫦娥五號任務", "嫦娥五號任務帶回月壤。"), ("Programme", "嫦娥六號任務", "嫦娥六號任務帶回月壤。")),
    (("Facility", "大橋", "連接青衣與馬灣的大橋封閉。"), ("Facility", "港珠澳大橋", "港珠澳大橋車流創新高。")),
    (
        ("Policy", "2017年施政報告", "林鄭月娥發表2017年施政報告。"),
        ("Policy", "2017年施政報告", "梁振英發表2017年施政報告。"),
    ),
    (
        ("Organisation", "ESA", "ESA, the Employers Support Association, met lawmakers."),
        ("Organisation", "ESA", "ESA launched a probe."),
    ),
    (
        ("Organisation", "中華總商會", "新加坡中華總商會訪問深圳。"),
        ("Organisation", "中華總商會", "香港中華總商會訪問深圳。"),
    ),
    (
        ("Organisation", "HKMA", "HKMA, the Hong Kong Medical Association, asked doctors to join."),
        ("Organisation", "香港金融管理局", "香港金融管理局表示。"),
    ),
    (
        ("Programme", "Graduate Sea Scheme", "Hong Kong's Graduate Sea Scheme pays wages."),
        ("Programme", "Graduate Sea Scheme", "Singapore's Graduate Sea Scheme pays wages."),
    ),
    (
        ("Programme", "保就業計劃", "2020年的保就業計劃發放補貼。"),
        ("Programme", "2022保就業計劃", "2022保就業計劃推出。"),
    ),
    (("Programme", "遠洋券計劃2021", "遠洋券計劃2021派發。"), ("Programme", "遠洋券計劃2022", "遠洋券計劃2022派發。")),
    (
        ("Programme", "第八屆遠洋電影計劃", "第八屆遠洋電影計劃揭曉。"),
        ("Programme", "第九屆遠洋電影計劃", "第九屆遠洋電影計劃揭曉。"),
    ),
    # A known thing has another English name.
    (
        ("Organisation", "Hong Kong Youth Association", "Hong Kong Youth Association leads tours."),
        ("Organisation", "香港青年協會", "香港青年協會辦課程。"),
    ),
    (
        ("Person", "陳海強", "理大紡織學院教授陳海強獲獎。"),
        ("Person", "陳海強", "保良局主席陳海強主持籌款。"),
    ),
    (
        ("Person", "Alan Leung", "Trade and Industry Department deputy director-general Alan Leung spoke."),
        ("Person", "梁可欣", "工業貿易署副署長梁可欣講解。"),
    ),
]


@pytest.mark.parametrize("pair", ONE, ids=lambda p: f"{p[0][1]} = {p[1][1]}")
def test_one_thing(pair: tuple[Side, Side], document: Make) -> None:
    knowledge = resolve([document("a.txt", pair[0]), document("b.txt", pair[1])])
    assert len([t for t in knowledge.things if t.type == pair[0][0]]) == 1


@pytest.mark.parametrize("pair", APART, ids=lambda p: f"{p[0][1]} ≠ {p[1][1]}")
def test_two_things(pair: tuple[Side, Side], document: Make) -> None:
    knowledge = resolve([document("a.txt", pair[0]), document("b.txt", pair[1])])
    assert len([t for t in knowledge.things if t.type == pair[0][0]]) == 2


def test_the_office_stands_before_or_behind_the_name(document: Make) -> None:
    texts = {
        "余海文": ("金管局總裁余海文表示。", {("hk-hkma", "chief executive")}),
        "Mary Ho": ("Mary Ho, chairwoman of the Hospital Authority, spoke.", {("hk-ha", "chair")}),
        "何海琪": ("何海琪現任生產力局主席，上月到任。", {("hk-hkpc", "chair")}),
        "李海": ("李海昨日跑步。", set()),
    }
    for name, (sentence, expected) in texts.items():
        assert offices(items_of([document("a.txt", ("Person", name, sentence))])[0]) == expected, name


def test_years_editions_and_versions_are_parts() -> None:
    names = ["消費券計劃2022", "第九屆首部劇情電影計劃", "理財通2.0", "遠洋計劃"]
    assert [read_name(n, "Programme").phase for n in names] == ["2022", "9", "2", ""]
