"""`kg diff` names every fact gained, lost and changed, and nothing else."""

from __future__ import annotations

import json
from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import pytest
from typer.testing import CliRunner

import kg
from kg.cli import app
from kg.errors import InputError
from kg.facts import dumps
from kg.model import Amount, Count, DocumentFacts, DocumentInfo, Entity, PostHolding, Quote, Relation, Source

SOURCE = Source((Quote(3, 9, "撥款五億元"),), "amount.grant")


def facts(file: str = "a.txt", **more: object) -> DocumentFacts:
    """Facts of one document; `more` replaces fields."""
    entities = tuple(
        Entity(f"e{i}", "Organisation", (name,), ()) for i, name in enumerate(("香港大學", "藍灣計劃", "張文"))
    )
    made = DocumentFacts(
        DocumentInfo(file, file.ljust(64, "0"), "zh-Hant"),
        entities,
        (PostHolding("e2", "校長", "e0", replace(SOURCE, rule="post")),),
        (Relation("e0", "operates", "e1", replace(SOURCE, rule="operates.name")),),
        (Amount("e1", "budget", Decimal(500), "HKD", "exact", SOURCE),),
        (Count("e1", "企業", Decimal(120), "家", "about", replace(SOURCE, rule="count")),),
    )
    return replace(made, **more)  # type: ignore[arg-type]


def write(path: Path, *documents: DocumentFacts) -> Path:
    """A file as `kg extract` prints it."""
    path.write_text("".join(f"{dumps(d)}\n" for d in documents), encoding="utf-8")
    return path


def run(*arguments: object) -> tuple[int, str]:
    """Exit status and what is printed."""
    done = CliRunner().invoke(app, ["diff", *map(str, arguments)])
    return done.exit_code, done.output


def test_same(tmp_path: Path) -> None:
    old = write(tmp_path / "old", facts(), facts("b.txt"))
    moved = replace(SOURCE, quotes=(Quote(5, 11, "撥款五億元"),), confidence=Decimal("0.5"))
    amount = Amount("e1", "budget", Decimal("500.0"), "HKD", "exact", moved)
    new = write(tmp_path / "new", facts("b.txt"), facts(amounts=(amount,)))
    assert not kg.diff(old, new)
    assert run(old, new) == (0, "the same facts\n")


def test_ids_and_scripts_are_no_difference(tmp_path: Path) -> None:
    other = facts()
    swap = {"e0": "x", "e1": "y", "e2": "z"}
    renamed = replace(
        other,
        entities=tuple(
            replace(e, id=swap[e.id], names=tuple(n.replace("學", "学") for n in e.names)) for e in other.entities
        ),
        posts=(replace(other.posts[0], person="z", organisation="x"),),
        relations=(replace(other.relations[0], subject="x", object="y"),),
        amounts=(replace(other.amounts[0], subject="y"),),
        counts=(replace(other.counts[0], subject="y"),),
    )
    assert not kg.diff(write(tmp_path / "old", other), write(tmp_path / "new", renamed))


def test_changed_gained_lost(tmp_path: Path) -> None:
    old = write(tmp_path / "old", facts())
    amount = replace(
        facts().amounts[0], value=Decimal("700.50"), source=replace(SOURCE, rule="amount.topic", status="funded")
    )
    cap = Amount("e1", "cap", Decimal(2), "HKD", "atMost", SOURCE, per="recipient", funder="e0")
    new = write(tmp_path / "new", facts(amounts=(amount, cap), counts=()))
    status, text = run(old, new)
    assert status == 1
    lines = text.split("\n")
    assert lines[0] == "a.txt (changed)"
    assert lines[1] == "  - Count · 藍灣計劃 · 企業: about 120 家  [count] 「撥款五億元」"
    assert (
        lines[2]
        == "  + Amount · 藍灣計劃 · cap · per recipient: atMost HKD 2 from 香港大學  [amount.grant] 「撥款五億元」"
    )
    assert (
        lines[3]
        == "  ~ Amount · 藍灣計劃 · budget: exact HKD 500 → exact HKD 700.5 status=funded  [amount.grant → amount.topic] 「撥款五億元」"
    )
    found = kg.diff(old, new)
    assert found.rules() == {
        "amount.grant": {"gained": 1, "lost": 0, "changed": 0},
        "amount.topic": {"gained": 0, "lost": 0, "changed": 1},
        "count": {"gained": 0, "lost": 1, "changed": 0},
    }
    assert json.loads(run(old, new, "--json")[1]) == found.to_dict()
    back = kg.diff(new, old)
    assert back.documents[0].gained == found.documents[0].lost


def test_documents_added_removed_renamed(tmp_path: Path) -> None:
    old = write(tmp_path / "old", facts("a.txt"), facts("b.txt"))
    renamed = replace(facts(), document=replace(facts().document, file_name="z.txt"))
    new = write(tmp_path / "new", renamed, facts("c.txt"))
    found = kg.diff(old, new)
    assert [(d.file, d.state, len(d.gained), len(d.lost)) for d in found.documents] == [
        ("b.txt", "removed", 0, 4),
        ("c.txt", "added", 4, 0),
    ]


def test_a_fact_twice_counts_twice(tmp_path: Path) -> None:
    twice = facts(relations=facts().relations * 2)
    found = kg.diff(write(tmp_path / "old", facts()), write(tmp_path / "new", twice))
    assert [len(getattr(found.documents[0], k)) for k in ("gained", "lost", "changed")] == [1, 0, 0]


def test_of_folders(tmp_path: Path, seeds: Path) -> None:
    text = (seeds / "2023-10-cic-speech.txt").read_text(encoding="utf-8")
    for name, words in (("one", text), ("two", text.replace("12億元", "34億元"))):
        (tmp_path / name).mkdir()
        (tmp_path / name / "speech.txt").write_text(words, encoding="utf-8")
        kg.build([tmp_path / name], out=tmp_path / f"out-{name}", view=False)
    found = kg.diff(tmp_path / "out-one", tmp_path / "out-two")
    (document,) = found.documents
    assert not document.gained and not document.lost
    assert [(a.says[2], b.says[2]) for a, b in document.changed] == [("1,200,000,000", "3,400,000,000")]


@pytest.mark.parametrize("content", [None, "{}\n", "no json\n", '{"document":{"file_name":"a","sha256":"b"}}\n'])
def test_no_facts(tmp_path: Path, content: str | None) -> None:
    good = write(tmp_path / "good", facts())
    bad = tmp_path / "bad"
    if content is not None:
        bad.write_text(content, encoding="utf-8")
    with pytest.raises(InputError, match=r"E11[02]"):
        kg.diff(good, bad)
    assert run(bad, good)[0] == 3
