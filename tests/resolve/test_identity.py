"""What is one thing across documents, what is not, and that neither depends on the order."""

from __future__ import annotations

import itertools
import random
from collections.abc import Callable
from typing import Any

import pytest

from kg.model import EntityType
from kg.resolve import resolve

Side = tuple[EntityType, str, str]
Make = Callable[..., Any]
ONE: list[tuple[Side, Side]] = [
    (
        ("Organisation", "海匯科技有限公司", "海匯科技有限公司獲獎。"),
        ("Organisation", "海匯科技", "海匯科技研發水質儀器。"),
    ),
    (
        ("Organisation", "衞康醫療促進會", "衞康醫療促進會成立。"),
        ("Organisation", "卫康医疗促进会", "卫康医疗促进会来访。"),
    ),
    (("Organisation", "香港創新科技署", "香港創新科技署表示。"), ("Organisation", "創科署", "創科署公布結果。")),
    (
        ("Organisation", "創新科技署", "創新科技署表示。"),
        ("Organisation", "Innovation and Technology Commission", "The Innovation and Technology Commission said so."),
    ),
    (
        ("Organisation", "中大建築學院", "中大建築學院辦展。"),
        ("Organisation", "香港中文大學建築學院", "香港中文大學建築學院招生。"),
    ),
    (("Programme", "「遠洋青年」計劃", "局方推出「遠洋青年」計劃。"), ("Programme", "遠洋青年", "遠洋青年接受申請。")),
    (
        ("Programme", "遠洋青年計劃第二期", "遠洋青年計劃第二期推出。"),
        ("Programme", "遠洋青年計劃", "遠洋青年計劃接受申請。"),
    ),
    (("Programme", "創新及遠洋基金", "創新及遠洋基金成立。"), ("Programme", "創新遠洋基金", "創新遠洋基金撥款。")),
    (
        ("Policy", "2025-26年度財政預算案", "2025-26年度財政預算案公布。"),
        ("Policy", "二零二五至二六年度《財政預算案》", "二零二五至二六年度《財政預算案》撥款。"),
    ),
    (("Event", "第5屆遠洋論壇", "2024年舉行第5屆遠洋論壇。"), ("Event", "2024遠洋論壇", "2024遠洋論壇開幕。")),
    (("Facility", "西九", "西九的戲曲中心及M+開放。"), ("Facility", "西九文化區", "西九文化區設有M+及戲曲中心。")),
]
APART: list[tuple[Side, Side]] = [
    (
        ("Organisation", "創新科技及工業局", "創新科技及工業局表示。"),
        ("Organisation", "創新科技署", "創新科技署表示。"),
    ),
    (
        ("Organisation", "數碼港", "數碼港表示。"),
        ("Organisation", "香港數碼港管理有限公司", "香港數碼港管理有限公司表示。"),
    ),
    (("Organisation", "海匯大學", "海匯大學表示。"), ("Organisation", "海匯大學建築學院", "海匯大學建築學院表示。")),
    (
        ("Organisation", "創新及科技局", "創新及科技局表示。"),
        ("Organisation", "創新科技及工業局", "創新科技及工業局表示。"),
    ),
    (
        ("Organisation", "評審委員會", "電影發展局的評審委員會開會。"),
        ("Organisation", "評審委員會", "旅遊業賠償基金設評審委員會。"),
    ),
    (
        ("Organisation", "市財政局", "深圳的市財政局下達資金。"),
        ("Organisation", "市財政局", "广州的市財政局下达资金。"),
    ),
    (("Organisation", "教育局", "教育局拨款予广州一所小学。"), ("Organisation", "教育局", "香港教育局局長表示。")),
    (("Programme", "遠洋青年計劃", "遠洋青年計劃推出。"), ("Programme", "遠洋長者計劃", "遠洋長者計劃推出。")),
    (("Policy", "2022年施政報告", "2022年施政報告公布。"), ("Policy", "2023年施政報告", "2023年施政報告公布。")),
    (("Policy", "遠洋藍圖2030", "遠洋藍圖2030公布。"), ("Policy", "遠洋藍圖2050", "遠洋藍圖2050公布。")),
    (("Event", "遠洋論壇2023", "遠洋論壇2023開幕。"), ("Event", "遠洋論壇2024", "遠洋論壇2024開幕。")),
    (("Person", "陳大文", "設計師陳大文獲獎。"), ("Person", "陳大文", "漁民陳大文出海。")),
    (("Facility", "數碼港", "數碼港位於薄扶林。"), ("Organisation", "數碼港", "數碼港表示。")),
]


def label(pair: tuple[Side, Side]) -> str:
    """The names of a pair."""
    return f"{pair[0][1]}-{pair[1][1]}"


@pytest.mark.parametrize("pair", ONE, ids=label)
def test_one_thing(pair: tuple[Side, Side], document: Make) -> None:
    knowledge = resolve([document("a.txt", pair[0]), document("b.txt", pair[1])])
    assert len(knowledge.things) == 1
    assert knowledge.things[0].why, "a merge says why"
    assert all(0 < float(w.split()[0]) <= 1 for w in knowledge.things[0].why)


@pytest.mark.parametrize("pair", APART, ids=label)
def test_two_things(pair: tuple[Side, Side], document: Make) -> None:
    knowledge = resolve([document("a.txt", pair[0]), document("b.txt", pair[1])])
    assert len(knowledge.things) == 2
    assert len({t.id for t in knowledge.things}) == 2


BODY: Side = ("Organisation", "海匯大學", "海匯大學校長陳大文致辭。")
OTHER: Side = ("Organisation", "遠洋促進會", "遠洋促進會主席陳大文致辭。")
CHAN: Side = ("Person", "陳大文", "海匯大學校長陳大文致辭。")


def test_persons_of_one_name_are_one_where_posts_agree(document: Make, names: Make) -> None:
    one = document("a.txt", CHAN, BODY, posts=[(0, "校長", 1)])
    two = document(
        "b.txt",
        ("Person", "陈大文", "海汇大学校长陈大文出席。"),
        ("Organisation", "海汇大学", "海汇大学校长陈大文出席。"),
        posts=[(0, "校长", 1)],
    )
    three = document("c.txt", ("Person", "陳大文", OTHER[2]), OTHER, posts=[(0, "主席", 1)])
    assert sorted(map(sorted, names(resolve([one, two, three]), "Person"))) == [["陈大文", "陳大文"], ["陳大文"]]


def test_a_name_in_latin_letters_is_the_one_of_the_same_body(document: Make, names: Make) -> None:
    one = document("a.txt", ("Person", "巫家恩", "海匯大學校長巫家恩致辭。"), BODY, posts=[(0, "校長", 1)])
    english = "Mo Ka-yan, who heads 海匯大學, spoke."
    two = document(
        "b.txt",
        ("Person", "Mo Ka-yan", english),
        ("Organisation", "海匯大學", english),
        posts=[(0, "head", 1)],
        language="en",
    )
    other = document(
        "c.txt",
        ("Person", "Ma Ka-yan", english),
        ("Organisation", "海匯大學", english),
        posts=[(0, "head", 1)],
        language="en",
    )
    assert {"巫家恩", "Mo Ka-yan"} in names(resolve([one, two]))
    assert {"巫家恩"} in names(resolve([one, other]))


def test_a_short_name_that_one_document_explains_holds_in_others(document: Make) -> None:
    one = document("a.txt", ("Programme", "遠洋航行計劃|遠航計劃", "推出遠洋航行計劃（遠航計劃）。"))
    two = document("b.txt", ("Programme", "遠航計劃", "遠航計劃接受申請。"))
    assert len(resolve([one, two]).things) == 1
    three = document("c.txt", ("Programme", "遠方航空計劃|遠航計劃", "推出遠方航空計劃（遠航計劃）。"))
    assert len(resolve([one, two, three]).things) == 3, "short for two things, it means neither"


def test_a_budget_without_a_year_is_that_of_the_document(document: Make) -> None:
    dated = document("a.txt", ("Policy", "財政預算案", "財政預算案撥款。"), date="2024-03-01")
    event = document(
        "b.txt", ("Policy", "財政預算案", "財政預算案撥款。"), ("Event", "2024遠洋論壇", "2024遠洋論壇開幕。")
    )
    other = document("c.txt", ("Policy", "財政預算案", "財政預算案撥款。"), date="2025-03-01")
    found = resolve([dated, event, other])
    assert {t.id for t in found.things if t.type == "Policy"} == {"policy/budget-2024", "policy/budget-2025"}


def test_a_short_name_follows_the_body_of_the_time(document: Make) -> None:
    early = document("a.txt", ("Organisation", "創科局", "創科局表示。"), date="2021-05-01")
    late = document("b.txt", ("Organisation", "創科局", "創科局表示。"), date="2023-05-01")
    assert [t.id for t in resolve([early, late]).things] == ["organisation/hk-itb", "organisation/hk-itib"]


def test_order_and_file_names_do_not_matter(document: Make) -> None:
    sides = [s for pair in (*ONE, *APART) for s in pair]
    made = [document(f"{n}.txt", *sides[n : n + 3]) for n in range(0, len(sides), 3)]
    made += [
        document("x.txt", CHAN, BODY, posts=[(0, "校長", 1)]),
        document("y.txt", CHAN, OTHER, posts=[(0, "主席", 1)]),
    ]
    first = resolve(made)
    for seed in range(3):
        random.Random(seed).shuffle(made)
        assert resolve(made) == first


def test_ids_are_unique_and_every_end_is_a_thing(document: Make) -> None:
    made = [document(f"{n}.txt", CHAN, (BODY, OTHER)[n % 2], posts=[(0, ("校長", "主席")[n % 2], 1)]) for n in range(4)]
    knowledge = resolve(made)
    ids = [t.id for t in knowledge.things]
    assert len(ids) == len(set(ids)) == 4
    assert all(f.person in ids and f.organisation in ids for _, f in knowledge.facts)  # type: ignore[union-attr]


def test_more_documents_never_split_what_was_one(document: Make) -> None:
    """Adding documents of other things leaves the things of the first ones as they were."""
    base = [document(f"{n}.txt", *pair) for n, pair in enumerate(ONE)]
    more = [document(f"m{n}.txt", s) for n, s in enumerate(itertools.chain(*APART))]
    before = {frozenset(t.mentions) for t in resolve(base).things}
    after = [set(t.mentions) for t in resolve([*base, *more]).things]
    assert all(any(b <= a for a in after) for b in before)
