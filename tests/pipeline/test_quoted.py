"""Names in quote marks and bodies by their part in a clause: the examples of quoted.toml and agents.toml."""

from __future__ import annotations

import tomllib
from typing import Any

import pytest

from kg.language.script import fold, name_key
from kg.pipeline import agents, quoted
from kg.pipeline.context import Context, Mention
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
