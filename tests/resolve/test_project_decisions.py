"""decisions.csv: what it says is done, bad rows are named and the rest is used, and a row deleted is undone."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

import kg
from kg.cli import app
from kg.errors import InputError
from kg.resolve.decisions import Ref
from kg.resolve.ledger import COLUMNS, FACT_COLUMNS, append, read_ledger

HEAD = ",".join(COLUMNS)
WIDE = ",".join([*COLUMNS, *FACT_COLUMNS])
ONE = (
    "二〇二四年三月五日\n\n香港特別行政區政府撥款五億元成立「藍灣創新計劃」，每間企業最高可獲二百萬元資助。\n\n"
    "香港大學校長張文表示歡迎。香港大學與香港城市大學簽署合作協議。\n"
)
TWO = (
    "二〇二五年三月五日\n\n香港特別行政區政府撥款六億元成立「藍海創新計劃」，每間企業最高可獲三百萬元資助。\n\n"
    "香港城市大學校長張文表示歡迎。「藍灣創新計劃」獲企業\n歡迎，匯聚超過\n300 間初創企業。\n"
)


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A folder with two documents."""
    folder = tmp_path / "docs"
    folder.mkdir()
    (folder / "one.txt").write_text(ONE, encoding="utf-8")
    (folder / "two.txt").write_text(TWO, encoding="utf-8")
    return folder


def built(project: Path, *rows: str, head: str = HEAD) -> tuple[Any, Path]:
    """Build a project with rows of decisions; none: no file."""
    file = project / "decisions.csv"
    file.unlink(missing_ok=True)
    if rows:
        file.write_text("\n".join([head, *rows]) + "\n", encoding="utf-8")
    out = project.parent / "out"
    return kg.build([project], out=out, view=False), out


def things(report: Any) -> dict[str, str]:
    """The names of each thing by its type and name."""
    return {x.text: t.id for t in report.knowledge.things for x in (*t.preferred, *t.alternative)}


def problems(out: Path) -> list[tuple[str, str, str]]:
    """Code, place and message of what is in the report."""
    data = json.loads((out / "report.json").read_text(encoding="utf-8"))
    return [(p["code"], p["where"], p["message"]) for p in data["problems"]]


def fact_row(**cells: str) -> str:
    """A row with the columns of facts."""
    return ",".join(f'"{cells.get(c, "")}"' for c in [*COLUMNS, *FACT_COLUMNS])


def test_same_joins_two_things_and_undoing_it_gives_the_same_bytes(project: Path) -> None:
    before, out = built(project)
    bytes_before = {p.name: p.read_bytes() for p in out.iterdir() if p.is_file()}
    assert things(before)["藍灣創新計劃"] != things(before)["藍海創新計劃"]
    after, out = built(project, "藍灣創新計劃,藍海創新計劃,same,me,2026-01-01,a slip in the release")
    assert things(after)["藍灣創新計劃"] == things(after)["藍海創新計劃"]
    assert len(after.knowledge.things) == len(before.knowledge.things) - 1
    assert not problems(out)
    data = json.loads((out / "report.json").read_text(encoding="utf-8"))
    assert data["decisions"] == {"files": ["../docs/decisions.csv"], "rows": 1}
    built(project, "")
    (project / "decisions.csv").unlink()
    built(project)
    assert {p.name: p.read_bytes() for p in out.iterdir() if p.is_file()} == bytes_before


def test_a_file_of_which_every_row_is_gone_changes_no_fact(project: Path) -> None:
    _, out = built(project)
    before = (out / "graph.nq").read_bytes()
    built(project, "藍灣創新計劃,藍海創新計劃,same,,,")
    assert (out / "graph.nq").read_bytes() != before
    built(project, "")
    assert (out / "graph.nq").read_bytes() == before


def test_different_keeps_apart_what_has_one_name(project: Path) -> None:
    before, _ = built(project)
    after, out = built(project, "Programme/藍灣創新計劃 @ one.txt,Programme/藍灣創新計劃 @ two.txt,different,,,")
    assert len(after.knowledge.things) == len(before.knowledge.things) + 1
    assert not problems(out)


def test_unsure_changes_nothing(project: Path) -> None:
    before, _ = built(project)
    after, out = built(project, "藍灣創新計劃,藍海創新計劃,unsure,,,")
    assert after.knowledge == before.knowledge
    assert not problems(out)


def test_retype_and_rename(project: Path) -> None:
    report, out = built(project, "藍灣創新計劃,Policy,retype,,,", "香港大學,港大,rename,,,")
    found = {t.type: [x.text for x in t.preferred] for t in report.knowledge.things if t.type == "Policy"}
    assert "藍灣創新計劃" in found["Policy"]
    university = next(t for t in report.knowledge.things if any(x.text == "港大" for x in t.preferred))
    assert "香港大學" in {x.text for x in university.alternative}
    assert kg.show(out, "港大").names[0] == "港大"
    assert not kg.validate(kg.load(out))


def test_retype_drops_posts_that_no_longer_fit_and_says_so(project: Path) -> None:
    report, out = built(project, "Person/張文,Organisation,retype,,,")
    assert "PostHolding" not in report.data["facts"]
    assert {p[0] for p in problems(out)} == {"W133"}
    assert not kg.validate(kg.load(out))


def test_reject_takes_a_fact_away_and_only_that(project: Path) -> None:
    before, _ = built(project)
    row = fact_row(left="藍灣創新計劃", verdict="reject", kind="amount", what="budget", value="5億")
    after, out = built(project, row, head=WIDE)
    assert before.data["facts"]["Amount"] - after.data["facts"]["Amount"] == 1
    lost = set(before.knowledge.facts) - set(after.knowledge.facts)
    assert [f.value for _, f in lost] == [500_000_000]
    assert not problems(out)


@pytest.mark.parametrize("ends", [("香港城市大學", "香港大學"), ("香港大學", "香港城市大學")])
def test_reject_takes_the_direct_triple_of_a_relation_too(project: Path, ends: tuple[str, str]) -> None:
    ask = "SELECT ?x WHERE { ?x fg:partnersWith ?y }"
    _, out = built(project)
    assert kg.query(out, ask).rows
    _, out = built(project, fact_row(left=ends[0], right=ends[1], verdict="reject", kind="partnersWith"), head=WIDE)
    assert not problems(out)
    assert not kg.query(out, ask).rows


def test_reject_needs_more_than_a_name(project: Path) -> None:
    after, out = built(project, fact_row(left="藍灣創新計劃", verdict="reject"), head=WIDE)
    assert "W130" in problems(out)[0][0] and "too much" in problems(out)[0][2]
    assert after.data["facts"]["Amount"] > 0


def test_add_a_count_with_evidence_across_lines_and_scripts(project: Path) -> None:
    row = fact_row(
        left="蓝湾创新计划", verdict="add", kind="count", what="初創企業", value="超過 300", unit="間", as_of="2025", file="two.txt",
        quote="汇聚超过300间初创企业",
    )  # fmt: skip
    report, out = built(project, row, head=WIDE)
    assert not problems(out)
    (count,) = [f for _, f in report.knowledge.facts if f.source.rule == "by-hand"]
    quote = count.source.quotes[0]
    text = (out / "text" / "two.txt").read_text(encoding="utf-8")
    assert text[quote.start : quote.end] == quote.text == "匯聚超過\n300 間初創企業"
    assert (count.value, count.bound, count.source.as_of) == (300, "atLeast", "2025")
    assert "300" in " ".join(f.text for f in kg.show(out, "藍灣創新計劃").facts)
    assert not kg.validate(kg.load(out))


def test_add_relation_post_and_amount_with_a_new_thing(project: Path) -> None:
    where = {"verdict": "add", "file": "one.txt"}
    rows = [
        fact_row(
            **where, left="Organisation/藍灣辦公室", right="藍灣創新計劃", kind="operates", quote="成立「藍灣創新計劃」"
        ),
        fact_row(**where, left="張文", right="香港大學", kind="post", what="教授", quote="香港大學校長張文"),
        fact_row(**where, left="藍灣創新計劃", kind="amount", what="grant", value="7", unit="HKD", quote="五億元"),
    ]
    report, out = built(project, *rows, head=WIDE)
    assert not problems(out)
    assert sorted(type(f).__name__ for _, f in report.knowledge.facts if f.source.rule == "by-hand") == [
        "Amount", "PostHolding", "Relation",
    ]  # fmt: skip
    assert not kg.validate(kg.load(out))


BAD = [
    ("甲,乙,sme,,,", "W130", "write same?"),
    ("甲,,same,,,", "W130", "left and right"),
    ("甲,甲,different,,,", "W130", "NAME @ FILE"),
    ("香港大學,Organization,retype,,,", "W130", "write Organisation?"),
    ("甲,乙,,,,", "W130", "no verdict"),
    ("沒有此名,香港大學,same,,,", "W135", "named in no document"),
    (fact_row(left="香港大學", verdict="add", kind="fund"), "W130", "write funds?"),
    (fact_row(left="香港大學", verdict="add", kind="count", what="人", value="3"), "W130", "needs left, file and quote"),
    (fact_row(left="香港大學", verdict="add", kind="count", what="人", value="many", quote="x"), "W130", "not one number"),
    (fact_row(left="香港大學", verdict="add", kind="count", what="人", unit="名", value="3", file="one.txt", quote="沒有這句"), "W132", "does not say"),
    (fact_row(left="香港大學", verdict="add", kind="count", what="人", unit="名", value="3", file="gone.txt", quote="x"), "W132", "no document gone.txt"),
    (fact_row(left="無名會", right="香港大學", verdict="add", kind="funds", file="one.txt", quote="香港大學"), "W132", "Organisation/無名會"),
    (fact_row(left="香港大學", right="張文", verdict="add", kind="post", what="長", file="one.txt", quote="香港大學"), "W132", "held by a Person"),
    (fact_row(left="香港大學", verdict="reject", kind="count", what="沒有這數"), "W134", "no fact fits"),
    (fact_row(left="香港大學", verdict="reject", kind="count", what="x", as_of="last year"), "W130", "is no date"),
]  # fmt: skip


@pytest.mark.parametrize(("row", "code", "words"), BAD, ids=range(len(BAD)))
def test_bad_rows_are_named_and_the_rest_is_used(project: Path, row: str, code: str, words: str) -> None:
    report, out = built(project, row, "藍灣創新計劃,藍海創新計劃,same,,,", head=WIDE)
    (problem,) = problems(out)
    assert (problem[0], problem[1]) == (code, "decisions.csv:2")
    assert words in problem[2]
    assert things(report)["藍灣創新計劃"] == things(report)["藍海創新計劃"]


def test_rows_that_contradict_each_other_name_each_other(project: Path) -> None:
    _, out = built(project, "藍灣創新計劃,藍海創新計劃,same,,,", "藍海創新計劃,藍灣創新計劃,different,,,")
    (problem,) = problems(out)
    assert problem[1] == "decisions.csv:3" and "decisions.csv:2" in problem[2]
    _, out = built(project, "甲,乙,same,,,", "乙,丙,same,,,", "甲,丙,different,,,")
    assert [p[1] for p in problems(out) if p[0] == "W131"] == ["decisions.csv:4"]


def test_a_decision_that_the_documents_make_impossible_is_left_out(project: Path) -> None:
    (project / "two.txt").write_text(TWO.replace("香港城市大學校長", "香港城市大學（城大）校長"), encoding="utf-8")
    report, out = built(project, "香港城市大學,城大,different,,,")
    assert [p[:2] for p in problems(out)] == [("W131", "decisions.csv:2")]
    assert report.knowledge.things


def test_other_tables_of_spreadsheets(tmp_path: Path) -> None:
    for encoding, delimiter in (("utf-8-sig", ","), ("utf-8", ";"), ("utf-16", "\t"), ("big5hkscs", ",")):
        file = tmp_path / "d.csv"
        rows = [
            ["# our notes"],
            ["Left", "RIGHT ", "Verdict", "Note"],
            [],
            ["甲計劃", '"乙\n計劃"', "相同", "x"],
            ["丙計劃", "丁計劃", "DIFFERENT"],
        ]
        file.write_text("\r\n".join(delimiter.join(r) for r in rows), encoding=encoding, newline="")
        ledger = read_ledger([file])
        assert [d.verdict for d in ledger.decisions.pairs] == ["same", "different"], encoding
        assert ledger.pairs == ("d.csv:4", "d.csv:6")
        assert not ledger.problems


def test_what_is_no_such_file_or_table(tmp_path: Path, project: Path) -> None:
    with pytest.raises(InputError, match="can't be read"):
        kg.build([project], out=tmp_path / "o", decisions=tmp_path / "none.csv")
    wrong = tmp_path / "wrong.csv"
    wrong.write_text("a,b,c\n1,2,3\n", encoding="utf-8")
    with pytest.raises(InputError, match="no column left, right, verdict") as error:
        read_ledger([wrong])
    assert error.value.hint.startswith("begin the file with the line left,right")
    wrong.write_text("", encoding="utf-8")
    assert read_ledger([wrong]).rows == 0


def test_the_file_may_stand_in_the_output_folder_or_elsewhere(project: Path) -> None:
    _, out = built(project)
    (out / "decisions.csv").write_text(f"{HEAD}\n藍灣創新計劃,藍海創新計劃,same,,,\n", encoding="utf-8")
    report, out = built(project)
    assert things(report)["藍灣創新計劃"] == things(report)["藍海創新計劃"]
    assert (out / "decisions.csv").is_file()
    other = project.parent / "mine.csv"
    other.write_text(f"{HEAD}\n", encoding="utf-8")
    done = CliRunner().invoke(app, ["build", str(project), "-o", str(out), "--no-view", "--decisions", str(other)])
    assert done.exit_code == 0
    assert json.loads((out / "report.json").read_text(encoding="utf-8"))["decisions"] == {
        "files": ["../mine.csv"],
        "rows": 0,
    }


def test_append_keeps_what_stands_there(tmp_path: Path) -> None:
    file = tmp_path / "decisions.csv"
    append(file, {"left": "甲", "right": "=乙", "verdict": "same", "why": 'he said "yes", then no'})
    first = file.read_text(encoding="utf-8-sig")
    assert first.startswith(HEAD + "\n") and "'=乙" in first
    append(file, {"left": "丙", "right": "丁", "verdict": "unsure"})
    assert file.read_text(encoding="utf-8-sig").startswith(first)
    ledger = read_ledger([file])
    assert [(str(d.left), str(d.right), d.why) for d in ledger.decisions.pairs] == [
        ("甲", "=乙", 'he said "yes", then no'),
        ("丙", "丁", ""),
    ]
    semicolons = tmp_path / "s.csv"
    semicolons.write_text("note;verdict;right;left\nx;same;b;a", encoding="utf-8")
    append(semicolons, {"left": "c", "right": "d", "verdict": "different"})
    assert semicolons.read_text(encoding="utf-8-sig").split("\n") == [
        "note;verdict;right;left",
        "x;same;b;a",
        ";different;d;c",
        "",
    ]


def test_references_read_back_as_written() -> None:
    for text in ("數碼港", "Person/陳大文 @ 2024-03.txt", "A/B Testing Fund", "甲 @ b.txt"):
        assert str(Ref.parse(text)) == text


def test_the_example_of_the_readme_is_read(tmp_path: Path) -> None:
    readme = (Path(__file__).parents[2] / "README.md").read_text(encoding="utf-8")
    (example,) = [b for b in readme.split("```\n") if b.startswith("left,right,verdict")]
    (tmp_path / "d.csv").write_text(example, encoding="utf-8")
    ledger = read_ledger([tmp_path / "d.csv"])
    assert (ledger.rows, ledger.problems) == (4, ())
    for verdict in ("same", "different", "unsure", "retype", "rename", "reject", "add"):
        assert f"| **{verdict}** |" in readme
