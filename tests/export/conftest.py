"""A small graph whose names and quotes try to break every format."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import pytest
from rdflib import Graph

import kg
from kg.graph.publish import publish
from kg.model import Amount, Count, DocumentInfo, Knowledge, Label, PostHolding, Quote, Relation, Source, Thing
from kg.vocab import ENTITY_TYPES

NASTY = '=1+1 "引號", <b>&amp;</b>\t\x0b\u202e名'


@pytest.fixture(scope="session")
def nasty() -> str:
    """The text that every name and quote holds."""
    return NASTY


@pytest.fixture(scope="session")
def out(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An output folder of one document with a fact of each kind."""
    document = DocumentInfo("a.txt", "ab" * 32, "zh-Hant", title=NASTY, date="2024-03-05")
    quote = Quote(0, 5, NASTY, NASTY)
    source = Source((quote,), "rule.test")
    things = tuple(
        Thing(
            f"{t.lower()}/x{n}",
            t,
            (Label(f"{NASTY}{n}", "zh-Hant"),),
            (Label(f"alias {n}", "en"),),
            ((document.id, quote),),
        )
        for n, t in enumerate(ENTITY_TYPES)
    )
    person, body, scheme = (t.id for t in things[:3])
    facts = (
        PostHolding(person, "@主席", body, source),
        Relation(body, "operates", scheme, source),
        Relation(body, "funds", scheme, source),
        Amount(scheme, "budget", Decimal(10**9), "HKD", "exact", source),
        Count(scheme, "-企業", Decimal(25), "間", "atLeast", source),
    )
    knowledge = Knowledge((document,), things, tuple((document.id, f) for f in facts))
    folder = tmp_path_factory.mktemp("export") / "out"
    folder.mkdir()
    (folder / "graph.nq").write_text(
        "".join(f"{line}\n" for line in publish(knowledge, version="test")), encoding="utf-8"
    )
    return folder


@pytest.fixture(scope="session")
def graph(out: Path) -> Graph:
    """Its graph."""
    return kg.load(out)


@pytest.fixture(scope="session")
def real(built: Path) -> Graph:
    """The graph of `seeds/`."""
    return kg.load(built)
