"""Which found names are kept: what is asked, what is seen, and what a model drops."""

from __future__ import annotations

import numpy as np
import pytest

from kg.language.script import fold, to_simplified
from kg.pipeline import worth
from kg.pipeline.components import read
from kg.pipeline.context import Context, Mention
from kg.pipeline.linear import Linear
from kg.pipeline.recogniser import Leaning
from kg.reading import read_bytes

from .conftest import laid_out


def context_of(text: str, *names: tuple[str, str, str]) -> Context:
    """A context with names as given: words, type and rule, at each of their places."""
    context = laid_out(text)
    for name, type_, rule in names:
        start = context.text.find(name)
        while start >= 0:
            context.mentions.append(Mention(start, start + len(name), type_, rule=rule))  # type: ignore[arg-type]
            start = context.text.find(name, start + 1)
    context.mentions.sort(key=lambda m: m.start)
    return context


def leaning_for(context: Context) -> Leaning:
    """Scores that like no name better than another."""
    labels = ["O", *(f"{mark}-{t}" for t in ("Organisation", "Programme") for mark in "BIES")]
    return Leaning(np.zeros((len(context.folded), len(labels)), dtype=np.float32), labels)


def against(feature: str) -> Linear:
    """A model that likes every name but those with one feature."""
    return Linear(["score"], {"keep": [2.0], feature: [-6.0]}, [0.0])


TEXT = "海岸商會推出遠航計劃。會長說：「要『死裏逃生』。」遠航計劃由海岸商會管理。"
NAMES = (
    ("海岸商會", "Organisation", "name.head"),
    ("遠航計劃", "Programme", "name.head"),
    ("死裏逃生", "Programme", "name.quoted-model"),
)


def test_each_name_is_asked_once_with_all_its_places() -> None:
    found = worth.candidates(context_of(TEXT, *NAMES))
    assert [len(c.mentions) for c in found] == [2, 2, 1]


def test_what_a_list_vouches_for_is_not_asked() -> None:
    context = context_of(TEXT, *NAMES)
    context.mentions[0].lexicon_id = "hk-coast"
    assert [fold("遠航計劃"), fold("死裏逃生")] == [
        context.folded[c.mentions[0].start : c.mentions[0].end] for c in worth.candidates(context)
    ]


def test_a_name_that_fills_a_cell_of_a_table_is_not_asked() -> None:
    text = "計劃   金額\n\n遠航計劃   5億元\n\n藍灣基金   8億元\n\n遠洋計劃獲撥款5億元。"
    context = context_of(text, *((n, "Programme", "name.head") for n in ("遠航計劃", "藍灣基金", "遠洋計劃")))
    assert [context.name(c.mentions[0]) for c in worth.candidates(context)] == ["遠洋計劃"]


def test_a_name_the_model_doubts_is_dropped_with_all_its_places_and_posts() -> None:
    context = context_of(TEXT, *NAMES)
    person = Mention(0, 2, "Person")
    quoted = next(m for m in context.mentions if m.rule == "name.quoted-model")
    context.posts = [(person, "會長", quoted, "post.before"), (person, "會長", context.mentions[0], "post.before")]
    worth.weigh(context, leaning_for(context), against("rule=name.quoted-model"))
    assert {context.name(m) for m in context.mentions} == {"海岸商會", "遠航計劃"}
    assert len(context.mentions) == 4
    assert [p[2] for p in context.posts] == [context.mentions[0]]


def test_how_often_a_name_is_said_is_seen() -> None:
    context = context_of(TEXT, *NAMES)
    worth.weigh(context, leaning_for(context), against("times=1|Pro"))
    assert {context.name(m) for m in context.mentions} == {"海岸商會", "遠航計劃"}


def test_without_a_recogniser_all_names_stay() -> None:
    context = context_of(TEXT, *NAMES)
    worth.weigh(context, None, against("keep"))
    assert len(context.mentions) == 5


def test_without_the_model_all_names_stay(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(worth, "packaged_model", lambda name: None)
    context = context_of(TEXT, *NAMES)
    worth.weigh(context, leaning_for(context))
    assert len(context.mentions) == 5


@pytest.mark.parametrize("text", ["甲", "The Coast Fund supports the Harbour Trust.", TEXT])
def test_scripts_see_the_same(text: str) -> None:
    seen = []
    for words in (text, to_simplified(text)):
        context = read(read_bytes(f"{words}\n".encode(), name="a.txt"))
        seen.append([c.features for c in worth.candidates(context)])
    assert seen[0] == seen[1]
