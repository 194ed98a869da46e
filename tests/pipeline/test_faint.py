"""Faint mentions, short names and units: what kinds of words may stand for a thing already named, or tell whose it is."""

from __future__ import annotations

import tomllib
from typing import Any, cast

import pytest

from kg.language.script import fold, name_key
from kg.model import EntityType, Kind
from kg.pipeline.aliases import _drawn_forms, _short_forms
from kg.pipeline.components import layout_of
from kg.pipeline.context import Context, Group, Mention
from kg.pipeline.entities import mark_sentences
from kg.pipeline.faint import faint_in
from kg.pipeline.settings import setting_of
from kg.pipeline.unit_owners import units_without_owner
from kg.reading import read_bytes
from kg.resources import data_path

WORDS = tomllib.loads((data_path("rules") / "faint.toml").read_text(encoding="utf-8"))["word"]


def context_of(text: str, *names: tuple[str, EntityType, Kind | None]) -> Context:
    """A document whose things are those given, each named once, where it first stands."""
    document = read_bytes(text.encode(), name="a.txt")
    context = Context(document, document.flow.text, fold(document.flow.text))
    layout_of(context)
    for name, type_, kind in names:
        start = context.text.index(name)
        context.groups.append(Group(type_, kind, [], []))
        mention = Mention(start, start + len(name), type_, kind, rule="gold")
        context.join(len(context.groups) - 1, mention)
        context.mentions.append(mention)
    mark_sentences(context)
    return context


def hints(context: Context) -> set[tuple[str, str, str]]:
    found = faint_in(context, 0, len(context.text))
    return {(context.name(m), m.rule.removeprefix("faint."), context.groups[m.entity].names[0]) for m in found}


@pytest.mark.parametrize("block", WORDS, ids=lambda b: f"{b['type']}-{'-'.join(b.get('kinds', ['any']))}")
def test_bare_words(block: dict[str, Any]) -> None:
    type_, kind = cast(EntityType, block["type"]), cast(Kind, (block.get("kinds") or ["association"])[0])
    text, _, name = block["match"].partition(" => ")
    assert {(rule, of) for _, rule, of in hints(context_of(text, (name, type_, kind)))} == {("bare0", name)}
    text = block["no_match"]
    other = (
        text.partition("去年")[0].partition("今年")[0].partition("昨日")[0].removeprefix("局方推出").partition("。")[0]
    )
    wrong = cast(Kind, "academic" if kind == "company" else "company")
    assert not hints(context_of(text, (other, type_, wrong if block.get("kinds") else kind)))


def test_a_name_again_and_its_beginning() -> None:
    text = "遠山機械人昨日開張。去年遠山贏得獎項，遠山機械人獲二億元。"
    found = hints(context_of(text, ("遠山機械人", "Organisation", "company")))
    assert found == {("遠山", "front", "遠山機械人"), ("遠山機械人", "again", "遠山機械人")}


def test_a_beginning_that_two_names_share_tells_nothing() -> None:
    text = "遠山機械人與遠山物流去年合作，遠山獲二億元。"
    names = ("遠山機械人", "Organisation", "company"), ("遠山物流", "Organisation", "company")
    assert not [h for h in hints(context_of(text, *cast(Any, names))) if h[1] == "front"]


def test_the_latter_of_two() -> None:
    text = "當局推出「甲河計劃」和「乙河計劃」。後者收到三十份申請。"
    context = context_of(text, ("甲河計劃", "Programme", None), ("乙河計劃", "Programme", None))
    assert ("後者", "pair", "乙河計劃") in hints(context)
    assert ("前者", "pair", "甲河計劃") in hints(
        context_of(text.replace("後者", "前者"), ("甲河計劃", "Programme", None), ("乙河計劃", "Programme", None))
    )


def test_the_setting_of_a_figure() -> None:
    text = "甲河計劃去年推出，收到約三十份申請。"
    context = context_of(text, ("甲河計劃", "Programme", None))
    start = context.text.index("三十份")
    setting = setting_of(context, context.sentences[0], start, start + 3)
    assert (setting.head, setting.before, setting.after) == ("收到", "收到", fold("申請"))
    assert setting.openers == {0: 0}
    assert not setting.opens


@pytest.mark.parametrize(
    ("long", "short", "type_", "kind", "same"),
    [
        ("特別海洋保育計劃", "海保計劃", "Programme", None, True),
        ("特別海洋保育計劃", "海保基金", "Programme", None, False),
        ("海產統營處", "海統處", "Organisation", "government", True),
        ("遠山麵粉公司", "遠山", "Organisation", "company", True),
        ("遠山麵粉分公司", "遠山", "Organisation", "company", False),
    ],
)
def test_short_names(long: str, short: str, type_: EntityType, kind: Kind | None, same: bool) -> None:
    context = context_of(f"{long}昨日公布結果。{short}沒有回應。", (long, type_, kind), (short, type_, kind))
    if len(context.groups) == 2:
        _short_forms(context, {i: {name_key(n) for n in g.names} for i, g in enumerate(context.groups)})
        _drawn_forms(context)
    assert (len([g for g in context.groups if g.mentions]) == 1) == same


@pytest.mark.parametrize(
    ("text", "bodies", "expected"),
    [
        ("海港商人總會公布調查。總會秘書處昨日補充。", ["海港商人總會", "總會秘書處"], {("總會秘書處", "海港商人總會")}),
        ("濱海大學公布調查。應用物理學系昨日補充。", ["濱海大學", "應用物理學系"], {("應用物理學系", "濱海大學")}),
        ("Harbour University met. The Department of Physics agreed.", ["Harbour University", "Department of Physics"], {("Department of Physics", "Harbour University")}),
        ("濱海大學與東岸大學公布調查。應用物理學系昨日補充。", ["濱海大學", "東岸大學", "應用物理學系"], set()),
        ("海港總會與東岸總會公布調查。總會秘書處昨日補充。", ["海港總會", "東岸總會", "總會秘書處"], set()),
        ("濱海大學公布調查。航道管理處昨日補充。", ["濱海大學", "航道管理處"], set()),
    ],
)  # fmt: skip
def test_units(text: str, bodies: list[str], expected: set[tuple[str, str]]) -> None:
    context = context_of(text, *cast(Any, [(b, "Organisation", "other") for b in bodies]))
    found = units_without_owner(context, [])
    names = [g.names[0] for g in context.groups]
    assert {(names[r.subject], names[r.object]) for r in found if r.predicate == "partOf"} == expected
