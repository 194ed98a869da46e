"""Whom a person serves: candidates, and a model that corrects what rules say."""

from __future__ import annotations

import pytest

from kg.language.script import fold
from kg.pipeline import serving
from kg.pipeline.linear import Linear
from kg.pipeline.serving import Posts, Told, choose, options

from .conftest import context_of

TEXT = "海岸商會與濱海大學簽署備忘錄。\n商會主席林海生致辭，提到《藍色綱領》。"


CONTEXT = context_of(TEXT, [("O", "海岸商會"), ("O", "濱海大學"), ("P", "林海生"), ("L", "藍色綱領")])
PERSON = CONTEXT.mentions[2]


def told(body: int) -> Told:
    return Told(PERSON, fold("主席"), body, "post.served")


def test_bodies_around_are_asked_and_nobody() -> None:
    assert sorted(group for group, _ in options(CONTEXT, told(-1), Posts(CONTEXT, []))) == [-1, 0, 1]


def test_what_rules_say_is_seen() -> None:
    features = dict(options(CONTEXT, told(1), Posts(CONTEXT, [])))
    assert "ruled|True" in features[1] and "ruled|False" in features[0]
    assert "none|post.served|ruled=True" in features[-1]


def test_another_post_of_the_person_is_seen() -> None:
    other = Told(PERSON, fold("會長"), 0, "post.before")
    features = dict(options(CONTEXT, told(-1), Posts(CONTEXT, [other])))
    assert "serves" in features[0] and "serves" not in features[1]


def test_a_model_that_is_sure_corrects_the_rules() -> None:
    model = Linear(["score"], {"back1|order=1": [9.0]}, [0.0])
    assert choose(CONTEXT, [told(1)], model) == [0]


def test_a_model_in_doubt_leaves_what_rules_say() -> None:
    assert choose(CONTEXT, [told(1), told(-1)], Linear(["score"], {"keep": [0.1]}, [0.0])) == [1, -1]


def test_a_model_may_hold_a_post_for_none() -> None:
    assert choose(CONTEXT, [told(1)], Linear(["score"], {"none": [9.0]}, [0.0])) == [-1]


def test_rules_alone_without_the_model(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(serving, "packaged_model", lambda name: None)
    assert choose(CONTEXT, [told(1), told(-1)]) == [1, -1]
