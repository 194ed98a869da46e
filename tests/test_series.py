"""Claims over time: one measure in other words is one series, in order, with bounds, and nothing is averaged."""

from __future__ import annotations

import csv
import io
import json
from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

import kg
from kg.cli import app
from kg.errors import QueryError
from kg.series import COLUMNS, Claim, Series
from kg.series import series as find

REAL = Path(__file__).parent.parent.parent / "shared" / "seeds"
# The boilerplate of a body as it changes: script, words, counters, and a document without a date.
DOCUMENTS = {
    "2022.txt": "2022年10月19日\n\n數碼港歡迎施政報告。數碼港現有超過1,800間初創企業和科技公司。香港現有逾600家金融科技企業，當中約400家進駐數碼港。\n",
    "2023.txt": "2023年10月25日\n\n数码港欢迎施政报告。数码港现有超过2,000间社群企业，其中超过400家金融科技企业。\n",
    "2025.txt": "2025年2月26日\n\n數碼港歡迎財政預算案。數碼港現有超過2,100家社群企業，當中超過440家金融科技企業。數碼港的企業共籌得超過421億港元融資。\n",
    "undated.txt": "數碼港主席陳細明表示歡迎。數碼港現有超過2,050間社群企業。\n",
}  # fmt: skip


@pytest.fixture(scope="module")
def out(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The output folder of a build of the documents."""
    folder = tmp_path_factory.mktemp("series")
    for name, text in DOCUMENTS.items():
        (folder / name).write_text(text, encoding="utf-8")
    kg.build([folder / n for n in DOCUMENTS], out=folder / "out", view=False)
    return folder / "out"


def points(series: Series) -> list[tuple[str, str]]:
    """Time and figure of each claim."""
    return [(c.time, c.number) for c in series.claims]


def test_a_series_across_words_scripts_and_counters(out: Path) -> None:
    (community,) = find(out, "數碼港", measure="社群企業")
    assert points(community) == [
        ("2022-10-19", "≥ 1,800"),
        ("2023-10-25", "≥ 2,000"),
        ("2025-02-26", "≥ 2,100"),
        ("", "≥ 2,050"),
    ]
    assert [c.measure for c in community.claims][:2] == ["初創企業和科技公司", "社群企业"]
    assert [(s.change, s.percent, s.sure) for s in community.growth()] == [
        (200, Decimal("11.1"), False),
        (100, Decimal("5.0"), False),
    ]
    assert [c.number for c in community.latest()] == ["≥ 2,100"]
    assert [c.number for c in community.as_of("2024")] == ["≥ 2,000"]
    assert [c.number for c in community.as_of("2022-10-18")] == []
    (fintech,) = find(out, "「数码港」", measure="金融科技公司")
    assert points(fintech) == [("2022-10-19", "≈ 400"), ("2023-10-25", "≥ 400"), ("2025-02-26", "≥ 440")]
    (raised,) = find(out, "数码港", measure="融資")
    assert points(raised) == [("2025-02-26", "≥ 42,100,000,000")]


def test_the_graph_gives_the_same_as_the_store_and_a_table(out: Path) -> None:
    graph = kg.load(out)
    assert kg.series(graph, "數碼港") == kg.series(out, "數碼港")
    table = graph.series("數碼港", measure="社群")
    assert tuple(table.columns) == COLUMNS
    assert list(table["value"]) == [1800, 2000, 2100, 2050]
    assert isinstance(table["value"][0], Decimal)
    assert list(table["latest"]) == [False, False, True, False]
    assert table["change"][1] == 200 and table["change"][0] is None
    assert "1,800" in find(graph, "數碼港")._repr_html_().replace("1800", "1,800")


def test_unknown_names_and_measures_suggest_known_ones(out: Path) -> None:
    with pytest.raises(QueryError, match=r"E310 .*did you mean 數碼港"):
        find(out, "數碼巷")
    with pytest.raises(QueryError, match=r"E315 no measure 金融科枝企 of 數碼港 – did you mean .*金融科技企"):
        find(out, "數碼港", measure="金融科枝企")
    with pytest.raises(QueryError, match=r"E315 .*its measures: .*社群企"):
        find(out, "數碼港", measure="zzz")


def test_named_queries_of_growth_as_of_and_latest(out: Path) -> None:
    growth = kg.query(out, "growth", params={"thing": "數碼港"}).to_dicts()
    assert [(str(r["from"]), str(r["to"])) for r in growth if r["toBound"].endswith("atLeast") and r["from"] > 1000] == [
        ("1800.0", "2000.0"), ("2000.0", "2100.0"),
    ]  # fmt: skip
    held = kg.query(out, "as-of", params={"thing": "數碼港", "on": "2023"}).to_dicts()
    assert sorted(r["value"] for r in held) == [400, 2000]
    latest = kg.query(out, "latest", params={"thing": "數碼港"}).to_dicts()
    assert sorted(r["value"] for r in latest) == [440, 2100]
    assert {r["file"] for r in latest} == {"2025.txt"}


def claim(value: int, bound: str = "exact", **more: Any) -> Claim:
    """A claim made by hand."""
    return Claim("企業", Decimal(value), "間", bound, "q", more.pop("file", "a.txt"), f"fact/{value}{bound}", **more)


def test_conflicts_are_listed_and_not_averaged() -> None:
    day = {"date": "2024-01-01"}
    torn = Series(
        "甲",
        "企业",
        (claim(5, date="2023-01-01"), claim(10, **day), claim(12, file="b.txt", **day), claim(20, date="2025-01-01")),
    )
    assert [(str(a.value), str(b.value)) for a, b in torn.conflicts()] == [("10", "12")]
    assert torn.growth() == ()
    assert [c.value for c in torn.as_of("2024")] == [10, 12]
    assert [r["conflict"] for r in torn.rows()] == [False, True, True, False]


@pytest.mark.parametrize(
    ("one", "other", "agree"),
    [
        (claim(2000, "atLeast"), claim(2100), True),
        (claim(2000, "atLeast"), claim(1900), False),
        (claim(2000, "atLeast"), claim(1500, "atLeast"), True),
        (claim(2000, "atMost"), claim(2100), False),
        (claim(2000, "atMost"), claim(2100, "atLeast"), False),
        (claim(400, "about"), claim(430), True),
        (claim(400, "about"), claim(500), False),
        (claim(10, upper=Decimal(20)), claim(15), True),
        (claim(10, upper=Decimal(20)), claim(25), False),
        (claim(10, funder="f/1"), claim(20, funder="f/2"), True),
        (claim(10, status="proposed"), claim(20, status="completed"), True),
    ],
)
def test_bounds_decide_what_agrees(one: Claim, other: Claim, agree: bool) -> None:
    assert one.agrees(other) is agree
    assert other.agrees(one) is agree


def test_as_of_stands_before_the_date_of_the_document() -> None:
    told = claim(7, as_of="2022", date="2025-05-01")
    assert told.time == "2022"
    series = Series("甲", "企业", (told, claim(9, date="2024-05-01")))
    assert [s.change for s in series.growth()] == [2]
    assert series.growth()[0].sure
    # A year and a day of it: nobody knows which came first.
    assert Series("甲", "企业", (told, claim(9, date="2022-05-01"))).growth() == ()


def test_no_time_is_no_growth_and_no_latest() -> None:
    series = Series("甲", "企业", (claim(5), claim(8, file="b.txt")))
    assert (series.growth(), series.latest(), series.conflicts()) == ((), (), ())
    assert series.measure == "企業"
    assert len(Series("甲", "企业", (claim(5), claim(8))).conflicts()) == 1


def run(*arguments: str) -> tuple[int, str, str]:
    """Exit status, stdout and stderr of a command."""
    done = CliRunner().invoke(app, list(arguments))
    return done.exit_code, done.stdout, done.stderr


def test_command(out: Path) -> None:
    status, text, errors = run("series", str(out), "數碼港", "--measure", "社群")
    assert (status, errors) == (0, "")
    lines = text.split("\n")
    assert [line.split()[0] for line in lines if line.startswith("  2")] == ["2022-10-19", "2023-10-25", "2025-02-26"]
    assert "(初創企業和科技公司)" in text and "about +200 (+11.1 %)" in text and "no date" in text
    assert "≥ 2,000" in run("series", str(out), "數碼港", "-m", "社群", "--as-of", "2024-01")[1]
    status, text, errors = run("series", str(out), "數碼港", "--as-of", "1999")
    assert status == 0 and "no figures of 數碼港 as of 1999" in errors
    status, _, errors = run("series", str(out), "數碼巷")
    assert status == 4 and "did you mean" in errors
    assert run("series", str(out), "數碼港", "--json", "--csv")[0] == 2
    assert "Example: kg series" in run("series", "--help")[1]


def test_command_as_json_and_csv(out: Path) -> None:
    data = json.loads(run("series", str(out), "數碼港", "--json", "-m", "社群企業")[1])
    (series,) = data["series"]
    assert [c["value"] for c in series["claims"]] == ["1800", "2000", "2100", "2050"]
    assert series["growth"][0] == {
        "from": "2022-10-19",
        "to": "2023-10-25",
        "change": "200",
        "percent": "11.1",
        "sure": False,
    }
    rows = list(csv.DictReader(io.StringIO(run("series", str(out), "數碼港", "--csv")[1])))
    assert tuple(rows[0]) == COLUMNS
    assert len(rows) == 8
    assert all(row["quote"] and row["file"] for row in rows)


def test_a_thing_without_figures(out: Path) -> None:
    assert len(find(out, "陳細明")) == 0
    assert find(out, "陳細明").to_csv() == ",".join(COLUMNS) + "\n"
    assert len(find(out, "陳細明", measure="企業")) == 0
    status, _, errors = run("series", str(out), "陳細明")
    assert (status, errors) == (0, "no figures of 陳細明\n")
    assert json.loads(run("series", str(out), "陳細明", "--json")[1]) == {"thing": "陳細明", "series": []}


def test_samples_have_series(graph: Any) -> None:
    found = graph.series("香港科技園公司")
    assert len(found) >= 1
    assert set(found["bound"]) <= {"exact", "atLeast", "atMost", "about"}
    for normal, rows in found.groupby("normal"):
        known = [t for t in rows["time"] if t]
        assert known == sorted(known), normal


@pytest.mark.skipif(not REAL.is_dir(), reason="the five real documents are not here")
def test_the_five_real_documents(tmp_path: Path) -> None:
    kg.build([REAL], out=tmp_path / "out", view=False)

    def figures(name: str, measure: str) -> list[tuple[str, str]]:
        (series,) = [s for s in find(tmp_path / "out", name, measure=measure) if measure_is(s, measure)]
        return list(dict.fromkeys(points(series)))

    def measure_is(series: Series, measure: str) -> bool:
        from kg.language.measure import normal_measure

        return series.normal == normal_measure(measure, "間") or " HKD" in series.normal

    days = ["2022-10-19", "2023-10-25", "2025-02-26"]
    assert figures("數碼港", "社群企業") == list(zip(days, ["≥ 1,800", "≥ 2,000", "≥ 2,100"], strict=True))
    assert figures("數碼港", "人工智能企業") == list(zip(days[1:], ["≥ 180", "≥ 350"], strict=True))
    assert figures("數碼港", "金融科技企業") == list(zip(days, ["≈ 400", "≥ 400", "≥ 440"], strict=True))
    assert figures("數碼港", "融資") == [(days[2], "≥ 42,100,000,000")]
    assert figures("數碼港投資創業基金", "共同投資") == [(days[0], "≥ 1,550,000,000"), (days[2], "1,940,000,000")]


def test_what_a_text_counts_besides_is_no_other_figure_of_the_same() -> None:
    settled, talking = claim(2), replace(claim(4), quote="另有四間企業正洽談入駐")
    assert settled.agrees(talking) and talking.agrees(settled)
    assert not settled.agrees(claim(4))
    assert not settled.agrees(replace(talking, file="b.txt"))
