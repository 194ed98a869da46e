"""The sample documents end to end: every quote is in its text, the graph conforms, and the figures hold a floor."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from rdflib import RDF, Graph, URIRef

import kg
from kg.facts import loads
from kg.vocab import ENTITY_TYPES, FG, NAMESPACE

ROOT = Path(__file__).parent.parent
GOLD = sorted((ROOT / "tests" / "gold").glob("*.json"))
# A little under what was measured when these were last raised; a change that loses more must say why.
FLOOR = {"entities": 0.96, "posts": 0.84, "relations": 0.72, "amounts": 0.89, "counts": 0.85}


def test_every_document_has_gold() -> None:
    documents = [p.name for p in (ROOT / "seeds").glob("*.txt")]
    assert len(documents) >= 8
    assert {json.loads(p.read_text(encoding="utf-8"))["document"] for p in GOLD} == set(documents)


def test_every_quote_of_the_graph_is_in_its_text(built: Path, graph: Graph) -> None:
    checked = 0
    for evidence in graph.subjects(RDF.type, URIRef(FG.Evidence)):
        start, end = (int(str(graph.value(evidence, URIRef(p)))) for p in (FG.start, FG.end))
        file = str(graph.value(graph.value(evidence, URIRef(FG.inDocument)), URIRef(FG.fileName)))
        path = built / "text" / file
        text = (path if path.suffix in {".txt", ".md"} else Path(f"{path}.txt")).read_bytes().decode("utf-8")
        assert text[start:end] == str(graph.value(evidence, URIRef(FG.quote)))
        checked += 1
    assert checked > 200


def test_every_fact_has_evidence_and_every_thing_a_mention(graph: Graph) -> None:
    facts = set(graph.subjects(RDF.type, URIRef(FG.Fact)))
    assert len(facts) > 60
    assert not [f for f in facts if (f, URIRef(FG.evidence), None) not in graph]
    things = {t for name in ENTITY_TYPES for t in graph.subjects(RDF.type, URIRef(NAMESPACE + name))}
    assert not [t for t in things if (t, URIRef(FG.mention), None) not in graph]


def test_the_graph_conforms(graph: Graph) -> None:
    assert kg.validate(graph) == []


def test_every_named_query_answers(graph: Graph) -> None:
    answers = {name: len(kg.query(graph, name).rows) for name in kg.named_queries()}
    assert len(answers) >= 10
    # The samples need not have figures that disagree or grow, commissions, owners or participants; the rest must answer.
    rare = {"commissions", "conflicts", "growth", "owners", "participants"}
    assert not [name for name, rows in answers.items() if not rows and name not in rare]


def test_gold_quotes_are_in_their_texts() -> None:
    for path in GOLD:
        gold = json.loads(path.read_text(encoding="utf-8"))
        text = "".join(kg.read(ROOT / "seeds" / gold["document"]).text.split())
        quotes = [f["quote"] for kind in ("posts", "relations", "amounts", "counts") for f in gold[kind]]
        assert [q for q in quotes if "".join(q.split("…")[0].split()) not in text] == [], path.name


def test_personal_contacts_never_become_facts(built: Path) -> None:
    personal = re.compile(r"\d{4}[ -]?\d{4}|@[\w-]+\.|https?://")
    for line in (built / "facts.ndjson").read_text(encoding="utf-8").rstrip("\n").split("\n"):
        facts = loads(line)
        assert not [n for e in facts.entities for n in e.names if personal.search(n)]
        assert not [p.title for p in facts.posts if personal.search(p.title)]


@pytest.mark.parametrize("kind", sorted(FLOOR))
def test_figures_hold_the_floor(built: Path, kind: str) -> None:
    assert kg.evaluate(built, GOLD).total[kind].f1 >= FLOOR[kind]
