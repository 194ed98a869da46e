"""English documents: every rule's own examples, and the grammar that no single rule shows."""

from __future__ import annotations

import tomllib
from typing import Any

import pytest

import kg
from kg.language.quantities import find_quantities
from kg.language.script import fold, name_key
from kg.model import DocumentFacts
from kg.pipeline import components, holders
from kg.pipeline.measures import measure_of
from kg.reading import read_bytes
from kg.resources import data_path

RULES = data_path("rules")


def load(name: str) -> dict[str, Any]:
    return tomllib.loads((RULES / f"{name}.toml").read_text(encoding="utf-8"))


@pytest.fixture(autouse=True)
def rules_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    """An example tests its rule: no model may find a name or choose a holder in its place."""
    monkeypatch.setattr(components, "packaged_recogniser", lambda: None)
    monkeypatch.setattr(holders, "packaged_model", lambda name: None)


def extract(text: str) -> DocumentFacts:
    facts: DocumentFacts = kg.extract(read_bytes(f"{text}\n".encode(), name="example.txt"))
    return facts


def typed(text: str) -> set[tuple[str, str]]:
    return {(e.type, n) for e in extract(text).entities for n in e.names}


def posts(text: str) -> set[tuple[str, str, str]]:
    facts = extract(text)
    by_id = {e.id: name_key(e.names[0]) for e in facts.entities}
    return {(by_id[p.organisation], name_key(p.title), by_id[p.person]) for p in facts.posts}


def counts(text: str) -> set[tuple[str, str]]:
    facts = extract(text)
    by_id = {e.id: name_key(e.names[0]) for e in facts.entities}
    return {(by_id[c.subject], f"{c.value:f}") for c in facts.counts}


@pytest.mark.parametrize("block", load("english")["head"], ids=lambda b: b["match"][:24])
def test_head_of_an_english_name(block: dict[str, Any]) -> None:
    text, _, name = block["match"].partition(" => ")
    assert (block["type"], name) in typed(text)
    assert block["type"] not in {t for t, _ in typed(block["no_match"])}


@pytest.mark.parametrize("block", load("english")["company"], ids=lambda b: b["way"] + b["match"][:12])
def test_company_by_its_neighbours(block: dict[str, Any]) -> None:
    text, _, name = block["match"].partition(" => ")
    wanted = block.get("type", "Organisation")
    assert (wanted, name) in typed(text)
    assert wanted not in {t for t, n in typed(block["no_match"]) if not n.endswith("Bureau")}


@pytest.mark.parametrize("block", load("english_people")["example"], ids=lambda b: b["match"][:24])
def test_post_of_an_english_person(block: dict[str, Any]) -> None:
    text, _, expected = block["match"].partition(" => ")
    body, title, person = (name_key(p) for p in expected.split(" | "))
    assert (body, title, person) in posts(text)
    assert title not in {t for _, t, _ in posts(block["no_match"])}


@pytest.mark.parametrize("block", load("english_people")["noun"], ids=lambda b: b["words"][0])
def test_a_common_noun_means_a_body_of_its_kind(block: dict[str, Any]) -> None:
    text, _, expected = block["match"].partition(" => ")
    body, title, person = (name_key(p) for p in expected.split(" | "))
    assert (body, title, person) in posts(text)
    assert (title, person) not in {(t, p) for _, t, p in posts(block["no_match"])}


@pytest.mark.parametrize("block", load("anaphora")["english"], ids=lambda b: b["match"][:24])
def test_english_words_that_point_back(block: dict[str, Any]) -> None:
    for key, holds in (("match", True), ("no_match", False)):
        text, _, expected = block[key].partition(" => ")
        name, value = expected.split(" | ")
        assert ((name_key(name), value) in counts(text)) == holds


@pytest.mark.parametrize(
    ("text", "names"),
    [
        (
            "The council works with the Bank of Thailand on Project Harbour-Rock.",
            {"Bank of Thailand", "Project Harbour-Rock"},
        ),
        (
            "It is run by the University of Kowloon and the Harbour Institute.",
            {"University of Kowloon", "Harbour Institute"},
        ),
        ("The Marine Affairs Bureau's Clean Harbour Fund opens.", {"Marine Affairs Bureau", "Clean Harbour Fund"}),
        ("The Innovation and Ships Bureau agreed with us.", {"Innovation and Ships Bureau"}),
        ("It asked the Culture, Ships and Tourism Bureau.", {"Culture, Ships and Tourism Bureau"}),
        ("In September Blue Whale Logistics signed a contract.", {"Blue Whale Logistics"}),
        ("He studied at the Institute of Ships and Harbours.", {"Institute of Ships and Harbours"}),
        ("Pupils may apply under the Clean Water Campus programme.", {"Clean Water Campus programme"}),
    ],
)
def test_where_names_begin_and_end(text: str, names: set[str]) -> None:
    assert {n for _, n in typed(text)} == names


def test_second_mentions_are_the_same_person_and_firm() -> None:
    facts = extract(
        "Blue Whale Logistics won. Its founder, Gary Siu, is glad. Siu said Gary Siu had waited. Ms Siu of nowhere left."
    )
    assert [e.names for e in facts.entities if e.type == "Person"] == [("Gary Siu", "Siu")]
    firm = extract("Tidemark Analytics won. Since May Tidemark has hired 37 pilots.").entities
    assert [e.names for e in firm] == [("Tidemark Analytics", "Tidemark")]


def test_the_government_is_hong_kongs_only_where_hong_kong_is_spoken_of() -> None:
    assert ("Organisation", "government") in typed("Last year the government paid HK$3 million to the Harbour Fund.")
    assert ("Organisation", "government") not in typed("Last year the government paid S$3 million to the Harbour Fund.")


def test_a_place_is_no_person_and_a_month_no_name() -> None:
    assert typed("The pier at Ma On Shan, which opened in May, is open to members of the public.") == set()
    assert typed("Residents of Tin Shui Wai said on Monday that the director had left.") == set()


@pytest.mark.parametrize(
    ("text", "holder", "value"),
    [
        ("The Clean Harbour Fund has paid 37 firms.", "Clean Harbour Fund", "37"),
        ("The Marine Affairs Bureau has drawn 37 firms to the Clean Harbour Fund. It drew 45 last year.", "", ""),
        ("The Ship Builders Association, which has 1,300 members, agreed.", "Ship Builders Association", "1300"),
        ("Launched in 2012 with 37 trials, the Clean Harbour Fund goes on.", "Clean Harbour Fund", "37"),
        ("The Marine Affairs Bureau named eight directors to the board of the Harbour Trust.", "Harbour Trust", "8"),
        (
            'Harbour Trust members met. "We have 58 ships," said Gloria Yuen, chairman of the Ship Builders Association.',
            "Ship Builders Association",
            "58",
        ),
    ],
)
def test_whose_figure_by_the_order_of_words(text: str, holder: str, value: str) -> None:
    found = counts(text)
    assert not holder or (name_key(holder), value) in found


@pytest.mark.parametrize(
    ("text", "noun"),
    [
        ("the 9,300-square-metre building is open", "building"),
        ("a facility of 1,800 square metres operated by a firm", "area"),
        ("3,200 square metres of floor space", "floor space"),
        ("it rents 110 square metres in a park", "area"),
        ("of which 5,200 were completed", "completed"),
        ("of which 1,450 have met their aims", "met"),
        ("it ordered 340 of its kits", "kits"),
        ("involved 22 teams respectively", "teams"),
    ],
)
def test_what_an_english_figure_counts(text: str, noun: str) -> None:
    quantity = find_quantities(fold(text))[0]
    assert measure_of(fold(text)[quantity.end :], fold(text)[: quantity.start], quantity.unit) == noun


def test_shares_and_seconds_are_no_counts() -> None:
    assert find_quantities("one in three had not, and it takes 90 seconds") == []


def test_an_article_inside_parts_two_names() -> None:
    text = "HARBOUR TOWN, 2 May - On Earth Day the Verdant Foundation gave HK$2 million to the Tide Hub and the Marine Welfare Department."
    facts = kg.extract(read_bytes(f"{text}\n".encode(), name="x.txt"))
    names = {n for e in facts.entities for n in e.names}
    assert {"Verdant Foundation", "Marine Welfare Department"} <= names
