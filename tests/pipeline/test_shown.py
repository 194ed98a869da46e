"""Names that their surroundings show, and borders put right: the examples of shown.toml, mend.toml and units.toml."""

from __future__ import annotations

import tomllib
from typing import Any

import pytest

from kg.language.script import fold, name_key
from kg.pipeline import components, mend, shown
from kg.pipeline.components import layout_of, quantities_of, ruled_mentions
from kg.pipeline.context import Context, Mention
from kg.pipeline.lexicon import packaged
from kg.pipeline.recogniser import Leaning
from kg.reading import read_bytes
from kg.resources import data_path


def load(name: str) -> dict[str, Any]:
    return tomllib.loads(data_path("rules", f"{name}.toml").read_text(encoding="utf-8"))


class Favouring(Leaning):
    """A model that likes a short name better than a long one, and every name of three characters or more."""

    def margin(self, start: int, end: int, type_: str) -> float:
        return 4.0 / (end - start) if end - start > 2 else 0.5


SHOWN, MEND, UNITS = load("shown"), load("mend"), load("units")
FAVOURING = Favouring.__new__(Favouring)
CASES = [
    *((b, "Event") for b in [SHOWN["ceremony"], MEND["event"]]),
    *((b, "Organisation") for b in [SHOWN["founded"], SHOWN["trade"], SHOWN["announcer"]]),
    *((b, b["type"]) for b in [*SHOWN["noun"], *SHOWN["tail"]]),
    *((b, "Organisation") for b in [UNITS["shown"], UNITS["bare"], UNITS["ranked"]]),
    (MEND["callings"], "Person"),
]


def found(text: str, leaning: Leaning | None) -> set[tuple[str, str]]:
    document = read_bytes(f"{text}。\n".encode(), name="x.txt")
    context = Context(document, document.flow.text, fold(document.flow.text))
    layout_of(context)
    quantities_of(context)
    ruled_mentions(context)
    mend.mend(context, packaged(), leaning)
    shown.show(context, leaning)
    return {(m.type, name_key(context.name(m))) for m in context.mentions}


@pytest.mark.parametrize(("block", "type_"), CASES, ids=lambda b: b["match"][:10] if isinstance(b, dict) else b)
def test_what_shows_a_name(block: dict[str, Any], type_: str) -> None:
    text, _, name = block["match"].partition(" => ")
    wanted = (type_, name_key(name))
    assert wanted in found(text, None) | found(text, FAVOURING)
    assert wanted not in found(block["no_match"], None)


@pytest.mark.parametrize("block", MEND["type"], ids=lambda b: b["type"])
def test_last_word_tells_the_type(block: dict[str, Any]) -> None:
    name = fold(block["match"].partition(" => ")[2]).rstrip("」")
    assert mend.type_of(name, block["from"][0]) == block["type"]
    assert mend.type_of(fold(block["no_match"]), block["from"][0]) == block["from"][0]


def test_words_of_the_sentence_are_cut_off() -> None:
    text, _, name = MEND["match"].partition(" => ")
    context, mention = one(text, 0, text.index(name) + len(name))
    mend.mend(context, packaged(), FAVOURING)
    assert context.name(mention) == name
    context, mention = one(MEND["no_match"], 0, 7, "Facility")
    mend.mend(context, packaged(), FAVOURING)
    assert context.name(mention) == MEND["no_match"][:7]


def test_shown_names_work_without_a_model(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(components, "packaged_recogniser", lambda: None)
    context: Context = components.read(read_bytes("海事局局長出席「海港工業館」開幕典禮。\n".encode(), name="x.txt"))
    assert "「海港工業館」開幕典禮" in {n for g in context.groups for n in g.names}


def one(
    text: str, start: int, end: int, type_: str = "Organisation", rule: str = "name.model"
) -> tuple[Context, Mention]:
    document = read_bytes(text.encode(), name="x.txt")
    context = Context(document, text, fold(text))
    layout_of(context)
    mention = Mention(start, end, type_, rule=rule)  # type: ignore[arg-type]
    context.mentions = [mention]
    return context, mention


@pytest.mark.parametrize(
    ("text", "name", "mended"),
    [
        ("據海光創意的創辦人說", "海光創意的", "海光創意"),
        ("關於海港議會海港議會於去年成立", "海港議會海港議會", "海港議會"),
        ("老股東遠山創投跟投", "東遠山創投", "遠山創投"),
        ("由市教育局負責", "教育局", "市教育局"),
        ("海港訓練學院(學院)開課", "海港訓練學院(學院)", "海港訓練學院"),
    ],
)
def test_borders_of_bodies(text: str, name: str, mended: str) -> None:
    start = text.index(name)
    context, mention = one(text, start, start + len(name))
    mend.mend(context, packaged(), None)
    assert context.name(mention) == mended


@pytest.mark.parametrize(
    ("text", "name", "mended"),
    [
        ("(主席林海和)", "林海", "林海和"),
        ("教育局局長代表林海生出席", "代表林", "林海生"),
        ("查詢:秘書處 林小姐", "林小姐", ""),
        ("常任秘書長簡介文件", "簡介文", ""),
    ],
)
def test_borders_of_personal_names(text: str, name: str, mended: str) -> None:
    start = text.index(name)
    context, _ = one(text, start, start + len(name), "Person", "person.title")
    mend.mend(context, packaged(), FAVOURING)
    assert [context.name(m) for m in context.mentions] == ([mended] if mended else [])


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("商會推出「菜聯網」平台。", {"「菜聯網」平台", "菜聯網"}),
        ("海州市科学技术局负责。资金由市科技局管理。", {"海州市科学技术局", "市科技局"}),
        ("金沙柑橘专业合作社有限公司成立。金沙合作社有限公司获奖。", {"金沙柑橘专业合作社有限公司"}),
    ],
)
def test_names_of_one_thing(text: str, names: set[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(components, "packaged_recogniser", lambda: None)
    context: Context = components.read(read_bytes(text.encode(), name="x.txt"))
    assert any(names <= set(g.names) for g in context.groups)
