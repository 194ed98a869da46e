"""Names in quote marks and bodies by their part in a clause: the examples of quoted.toml and agents.toml."""

from __future__ import annotations

import tomllib
from typing import Any

import pytest

import kg
from kg.language.script import fold, name_key
from kg.pipeline import agents, labels, mend, quoted
from kg.pipeline.context import Context, Mention
from kg.pipeline.lexicon import packaged
from kg.pipeline.recogniser import Leaning
from kg.reading import read_bytes
from kg.resources import data_path


def load(name: str) -> dict[str, Any]:
    return tomllib.loads(data_path("rules", f"{name}.toml").read_text(encoding="utf-8"))


class Liking(Leaning):
    """A model that half likes every stretch as a body."""

    def margin(self, start: int, end: int, type_: str) -> float:
        return 0.5 if type_ == "Organisation" else 0.2


LIKING = Liking.__new__(Liking)
QUOTED, AGENTS = load("quoted"), load("agents")


def context_of(text: str) -> Context:
    document = read_bytes(f"{text}\n".encode(), name="x.txt")
    return Context(document, document.flow.text, fold(document.flow.text))


def typed(block: dict[str, Any], text: str) -> set[str]:
    """Return the types of the example's name in a text where it was taken for a programme."""
    name = block["match"].partition(" => ")[2]
    context = context_of(text)
    place = text.find(name)
    while place >= 0:
        context.mentions.append(Mention(place, place + len(name), "Programme", rule="name.model"))
        place = text.find(name, place + 1)
    quoted.place_quoted(context)
    return {m.type for m in context.mentions}


@pytest.mark.parametrize(("part", "type_"), [("place", "Facility"), ("event", "Event")])
def test_what_is_said_tells_the_type(part: str, type_: str) -> None:
    block = QUOTED[part]
    assert typed(block, block["match"].partition(" => ")[0]) == {type_}
    assert typed(block, block["no_match"]) == {"Programme"}


def test_a_quoted_thing_that_is_done_needs_less() -> None:
    text, _, name = QUOTED["done"]["match"].partition(" => ")
    context = context_of(text)
    assert [name_key(context.name(m)) for m in quoted.quoted_by_model(context, LIKING)] == [name_key(name)]
    assert quoted.quoted_by_model(context_of(QUOTED["done"]["no_match"]), LIKING) == []
    assert quoted.quoted_by_model(context, None) == []


@pytest.mark.parametrize("frame", AGENTS["frame"], ids=lambda f: f["before"][0])
def test_a_part_in_a_clause_shows_a_body(frame: dict[str, Any]) -> None:
    text, _, name = frame["match"].partition(" => ")
    context = context_of(text)
    assert [name_key(context.name(m)) for m in agents.acting(context, LIKING)] == [name_key(name)]
    assert agents.acting(context_of(frame["no_match"]), LIKING) == []
    assert agents.acting(context, None) == []


def test_neighbours_of_a_firm_in_a_list() -> None:
    context = context_of("參加者包括東岸釘板、南灣棚業和西海腐乳等。")
    context.mentions = [Mention(5, 9, "Organisation", "company", rule="name.trade")]
    assert [context.name(m) for m in agents.listed(context, LIKING)] == ["南灣棚業", "西海腐乳"]
    assert agents.listed(context, None) == []


def test_labels_of_a_list_are_names_because_others_are() -> None:
    text = "（一）海港先導計劃：批出三宗。\n（二）漁民熱線：接聽五宗。\n（三）背景：共有八宗。"
    context = context_of(text)
    context.mentions = [Mention(3, 9, "Programme", rule="name.head")]
    assert [context.name(m) for m in labels.labelled(context, None)] == ["漁民熱線"]
    context.mentions = []
    assert labels.labelled(context, None) == []


def test_a_label_with_a_head_is_a_name() -> None:
    context = context_of("（一）海港漁民碼頭改建項目。批出三宗。\n（二）工作要求。加強監管。")
    assert [context.name(m) for m in labels.labelled(context, LIKING)] == ["海港漁民碼頭改建項目"]


def test_headings_between_names() -> None:
    context = context_of(
        "海港守護行動\n由漁民推行，為期三年，已經展開。\n\n漁村會堂修復\n會堂建於十年前，樓高一層，已經封閉。"
    )
    context.mentions = [Mention(0, 6, "Programme", rule="name.head")]
    assert [context.name(m) for m in labels.labelled(context, None)] == ["漁村會堂修復"]
    context.mentions = []
    assert labels.labelled(context, None) == []


def extract(text: str) -> set[tuple[str, str, str]]:
    facts = kg.extract(read_bytes(f"{text}\n".encode(), name="x.txt"))
    names = {e.id: [fold(n) for n in e.names] for e in facts.entities}
    return {
        (person, fold(p.title), body)
        for p in facts.posts
        for person in names[p.person]
        for body in names[p.organisation]
    }


def test_posts_of_a_noun_before_the_title() -> None:
    block = load("anaphora")["holder"]
    text, _, wanted = block["match"].partition(" => ")
    assert tuple(fold(w) for w in wanted.split(" | ")) in extract(text)
    person, title, body = (fold(w) for w in wanted.split(" | "))
    assert (person, title, body) not in extract(block["no_match"])


def test_who_signs_is_of_the_publisher() -> None:
    text = "海港影像局\n二○一二至一三年報（摘錄）\n\n主席報告\n\n本局今年收入增加，達9,000萬元，較去年多一成。\n\n主席　　林海生"
    assert (fold("林海生"), fold("主席"), fold("海港影像局")) in extract(text)


@pytest.mark.parametrize("part", ["match", "no_match"])
def test_universities_abroad(part: str) -> None:
    text, _, wanted = load("mend")["abroad"][part].partition(" => ")
    name = text[5 : text.find("合作")]
    context = context_of(text)
    context.mentions = [Mention(4, 4 + len(name) + 1, "Organisation", "academic", rule="name.model")]
    context.mentions[0].start = text.find("挪威")
    mend.mend(context, packaged(), None)
    kept = context.name(context.mentions[0])
    assert kept == (wanted if part == "match" else f"挪威{wanted}")


def test_names_that_go_on() -> None:
    text = "海灣農場暨植物園開放，縣供銷合作社聯合社參加。"
    context = context_of(text)
    context.mentions = [
        Mention(0, 4, "Organisation", "company", rule="name.model"),
        Mention(11, 17, "Organisation", "association", rule="name.model"),
    ]
    mend.mend(context, packaged(), None)
    assert {context.name(m) for m in context.mentions} == {"海灣農場暨植物園", "縣供銷合作社聯合社"}


@pytest.mark.parametrize("part", ["match", "no_match"])
def test_works_in_quote_marks_are_schemes(part: str) -> None:
    text, _, name = load("mend")["schemes"][part].partition(" => ")
    name = name or "海湾大桥工程"
    context = context_of(text)
    start = text.index(name)
    context.mentions = [Mention(start, start + len(name), "Facility", rule="name.model")]
    mend.mend(context, packaged(), None)
    assert [m.type for m in context.mentions] == ["Programme" if part == "match" else "Facility"]


def test_an_event_begins_with_which_of_a_row_it_is() -> None:
    context = context_of("五月舉辦首屆海灣花卉博覽會")
    context.mentions = [Mention(6, 13, "Event", rule="name.head")]
    mend.mend(context, packaged(), None)
    assert [context.name(m) for m in context.mentions] == ["首屆海灣花卉博覽會"]


def test_what_only_a_headline_says_is_no_name() -> None:
    text = "「救活」海灣廠房 「浪潮計劃」展開\n\n海灣局推出「浪潮計劃」。"
    context = context_of(text)
    context.mentions = [
        Mention(1, 3, "Programme", rule="name.quoted-model"),
        Mention(10, 14, "Programme", rule="name.model"),
    ]
    quoted.unsaid(context)
    assert [context.name(m) for m in context.mentions] == ["浪潮計劃"]


@pytest.mark.parametrize(
    ("text", "paper"),
    [
        ("【東岸週報·文化專題】浪潮再起\n海灣停電。", "東岸週報"),
        ("浪潮再起\n\n東岸健康报海灣9月16日电 海灣停電。", "東岸健康报"),
        ("浪潮再起\n\n東岸民生报 記者 林海生 文/圖\n\n海灣停電。", "東岸民生报"),
        ("浪潮再起\n\n本報訊（記者 林海生）海灣停電。", "本報"),
    ],
)
def test_papers_that_only_their_heading_names(text: str, paper: str) -> None:
    facts = kg.extract(read_bytes(f"{text}\n".encode(), name="x.txt"))
    assert fold(paper) in {fold(n) for e in facts.entities for n in e.names}


@pytest.mark.parametrize(
    ("text", "end", "type_", "kept"),
    [
        ("海灣社區中心設辦事處", 10, "Organisation", ["海灣社區中心"]),
        ("海灣城市規劃設計研究院", 11, "Organisation", ["海灣城市規劃設計研究院"]),
        ("九個海灣體育總會", 8, "Organisation", []),
    ],
)
def test_what_is_founded_or_counted_is_no_part_of_a_name(text: str, end: int, type_: Any, kept: list[str]) -> None:
    context = context_of(text)
    context.mentions = [Mention(0, end, type_, rule="name.model")]
    mend.mend(context, packaged(), None)
    assert [context.name(m) for m in context.mentions] == kept


def test_a_coined_word_begins_the_name_that_it_stands_before() -> None:
    facts = kg.extract(read_bytes("商會十二月舉辦「浪灣盃」國際青年足球賽。\n".encode(), name="x.txt"))
    assert ("Event", "「浪灣盃」國際青年足球賽") in {(e.type, e.names[0]) for e in facts.entities}
    assert not [e for e in facts.entities if e.type == "Organisation" and "浪灣盃" in e.names]
