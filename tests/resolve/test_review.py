"""kg review: what is worth asking comes first, answers are rows of the file, and what is decided is not asked again."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest
from typer.testing import CliRunner

import kg
from kg.cli import app
from kg.errors import InputError
from kg.facts import loads
from kg.resolve import Ledger, read_ledger, resolve
from kg.resolve.propose import Proposal, propose
from kg.review import review

ONE = (
    "二〇二四年三月五日\n\n香港特別行政區政府撥款五億元成立「藍灣創新科技計劃」，每間企業最高可獲二百萬元資助。\n\n"
    "香港大學校長張文表示歡迎「藍灣創新科技計劃」。香港大學與香港城市大學簽署合作協議。\n"
)
TWO = (
    "二〇二五年三月五日\n\n香港特別行政區政府撥款六億元推行「藍灣創新計劃」，每間企業最高可獲三百萬元資助。\n\n"
    "香港城市大學校長張文表示歡迎。「藍灣創新基金」接受申請。\n"
)


@pytest.fixture
def out(tmp_path: Path) -> Path:
    """The output folder of two documents that name one programme in two ways."""
    folder = tmp_path / "docs"
    folder.mkdir()
    (folder / "one.txt").write_text(ONE, encoding="utf-8")
    (folder / "two.txt").write_text(TWO, encoding="utf-8")
    kg.build([folder], out=tmp_path / "out", view=False)
    return tmp_path / "out"


def pairs(found: tuple[Proposal, ...]) -> list[frozenset[str]]:
    """The names of each proposal."""
    return [frozenset({p.left.ref.name, p.right.ref.name}) for p in found]


def run(*arguments: str, answers: str = "") -> tuple[int, str, str]:
    """Exit status, stdout and stderr of a command."""
    done = CliRunner().invoke(app, list(arguments), input=answers)
    return done.exit_code, done.stdout, done.stderr


def test_likely_pairs_are_proposed_with_their_quotes(out: Path) -> None:
    found = review(out).proposals
    assert frozenset({"藍灣創新科技計劃", "藍灣創新計劃"}) in pairs(found)
    assert [p.value for p in found] == sorted((p.value for p in found), reverse=True)
    first = found[pairs(found).index(frozenset({"藍灣創新科技計劃", "藍灣創新計劃"}))]
    assert not first.merged
    assert {side.quotes[0][0] for side in (first.left, first.right)} == {"one.txt", "two.txt"}
    # Two entries of the lexicon are two things.
    assert frozenset({"香港大學", "香港城市大學"}) not in pairs(found)


def test_homonyms_are_named_by_their_files(out: Path) -> None:
    people = [p for p in review(out).proposals if p.left.ref.name == "張文"]
    assert [(str(p.left.ref), str(p.right.ref)) for p in people] == [("Person/張文 @ one.txt", "Person/張文 @ two.txt")]
    assert people[0].left.posts == ("校長, 香港大學",)


def test_answers_are_written_followed_and_not_asked_again(out: Path) -> None:
    every = len(review(out).proposals)
    number = pairs(review(out).proposals).index(frozenset({"藍灣創新科技計劃", "藍灣創新計劃"}))
    answers = "u\n" * number + "what\ns one scheme, renamed\nq\n"
    status, text, _ = run("review", str(out), "--who", "我", answers=answers)
    assert status == 0 and "none of s, d, u, q" in text and f"{number + 1} answers written" in text
    ledger = read_ledger([out / "decisions.csv"])
    assert ledger.decisions.pairs[-1].verdict == "same"
    assert ledger.decisions.pairs[-1].why == "one scheme, renamed"
    row = (out / "decisions.csv").read_text(encoding="utf-8-sig").split("\n")[-2]
    assert ",我," in row
    assert len(review(out).proposals) < every
    report = kg.build([out.parent / "docs"], out=out, view=False)
    assert [
        t
        for t in report.knowledge.things
        if {"藍灣創新科技計劃", "藍灣創新計劃"} <= {x.text for x in (*t.preferred, *t.alternative)}
    ]
    assert review(out).file.resolve() == (out / "decisions.csv").resolve()
    assert frozenset({"藍灣創新科技計劃", "藍灣創新計劃"}) not in pairs(review(out).proposals)


@pytest.mark.parametrize("verdict", ["d", "u"])
def test_different_and_unsure_are_answers_too(out: Path, verdict: str) -> None:
    first = review(out).proposals[0]
    run("review", str(out), answers=f"{verdict}\n")
    assert str(first.left.ref) not in [str(p.left.ref) for p in review(out).proposals if p.right.ref == first.right.ref]
    before = (out / "graph.nq").read_bytes()
    kg.build([out.parent / "docs"], out=out, view=False)
    assert (out / "graph.nq").read_bytes() == before


def test_weak_merges_are_proposed(out: Path) -> None:
    facts = [loads(x) for x in (out / "facts.ndjson").read_text(encoding="utf-8").splitlines()]
    knowledge = resolve(facts)
    thing = next(t for t in knowledge.things if any(x.text == "香港大學" for x in t.preferred))

    def with_why(*why: str) -> list[Proposal]:
        things = tuple(replace(t, why=why) if t is thing else t for t in knowledge.things)
        return [p for p in propose(replace(knowledge, things=things), facts, Ledger()) if p.merged]

    (weak,) = with_why("0.88 abbreviation and near: 港大 = 香港大學", "0.99 same name: 香港大學")
    assert (weak.reason, weak.score) == ("0.88 abbreviation and near", 0.88)
    assert [str(s.ref) for s in (weak.left, weak.right)] == ["Organisation/港大", "Organisation/香港大學"]
    assert weak.right.quotes
    assert not with_why("0.99 same name: 香港大學", "lexicon hk-hku", "1.00 decided: 港大 = 香港大學")


def test_list_and_json_ask_nothing(out: Path) -> None:
    status, text, errors = run("review", str(out), "--list")
    assert (status, errors) == (0, "")
    assert "now two things" in text and "「" in text and "one.txt" in text and "open; answer them" in text
    data = json.loads(run("review", str(out), "--json", "--limit", "1")[1])
    assert len(data) == 1
    assert set(data[0]) == {"left", "right", "merged", "reason", "score", "value"}
    assert set(data[0]["left"]) == {"ref", "type", "names", "posts", "mentions", "quotes"}
    assert not (out / "decisions.csv").exists()
    assert "Example: kg review" in run("review", "--help")[1]


def test_end_of_input_ends_it(out: Path) -> None:
    status, _, _ = run("review", str(out))
    assert status == 0
    assert not (out / "decisions.csv").exists()


def test_answers_go_where_the_build_found_decisions(out: Path, tmp_path: Path) -> None:
    beside = out.parent / "docs" / "decisions.csv"
    beside.write_text("verdict;left;right\n", encoding="utf-8")
    kg.build([out.parent / "docs"], out=out, view=False)
    run("review", str(out), answers="u\n")
    assert len(beside.read_text(encoding="utf-8-sig").strip().split("\n")) == 2
    elsewhere = tmp_path / "elsewhere.csv"
    run("review", str(out), "--decisions", str(elsewhere), answers="d\n")
    assert read_ledger([elsewhere]).decisions.pairs[0].verdict == "different"


def test_nothing_to_decide_and_no_folder(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("香港大學表示歡迎。\n", encoding="utf-8")
    kg.build([tmp_path / "a.txt"], out=tmp_path / "out", view=False)
    assert run("review", str(tmp_path / "out"))[:2] == (0, "nothing is left to decide\n")
    assert run("review", str(tmp_path / "out"), "--json")[1] == "[]\n"
    with pytest.raises(InputError, match="is no output folder"):
        review(tmp_path)
    (tmp_path / "out" / "facts.ndjson").write_text("{}\n", encoding="utf-8")
    status, _, errors = run("review", str(tmp_path / "out"))
    assert status == 3 and "E134" in errors
