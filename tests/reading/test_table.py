"""documents.csv: what it says wins; what is wrong in it is named with its line."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from kg.cli import app
from kg.errors import InputError
from kg.reading import check_tables, collect, read_document

TEXT = "海事發展局公布計劃\n\n香港，2024年5月6日 – 海事發展局今日公布「遠洋青年計劃」，政府預留十億元推行，市民歡迎。\n"
UNDATED = "海事發展局的「遠洋青年計劃」由政府預留十億元推行，市民歡迎。\n"


def folder(tmp_path: Path, table: str | bytes, *, place: str = "", name: str = "a.txt", text: str = TEXT) -> Path:
    """A folder with one document and a table."""
    (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
    (tmp_path / name).write_text(text, encoding="utf-8")
    (tmp_path / place / "documents.csv").write_bytes(table if isinstance(table, bytes) else table.encode())
    return tmp_path


FULL = "file,date,publisher,title,language,source\na.txt,2023-01-02,另一局,另一題目,en,https://example.org/a\n"


@pytest.mark.parametrize(
    "table",
    [
        FULL,
        "\ufeff" + FULL,
        FULL.replace(",", ";"),
        FULL.replace(",", "\t").encode("utf-16"),
        FULL.encode("big5"),
        FULL.replace("\n", "\r\n").replace("date", " Date "),
        FULL.replace("2023-01-02", "2023/1/2"),
        FULL.replace("2023-01-02", "2023年1月2日").replace("a.txt", "./a.txt"),
    ],
)
def test_it_wins(tmp_path: Path, table: str | bytes) -> None:
    found = read_document(folder(tmp_path, table) / "a.txt")
    assert (found.date, found.publisher, found.title, found.language) == ("2023-01-02", "另一局", "另一題目", "en")
    assert found.source == "https://example.org/a"


def test_an_empty_cell_leaves_the_document_its_word(tmp_path: Path) -> None:
    found = read_document(folder(tmp_path, "file,publisher,date\na.txt,,\n") / "a.txt")
    assert (found.date, found.publisher, found.language) == ("2024-05-06", "海事發展局", "zh-Hant")


def test_a_date_that_nobody_knows_is_absent(tmp_path: Path) -> None:
    assert read_document(folder(tmp_path, "file,date\nb.txt,2024\n", text=UNDATED) / "a.txt").date is None


@pytest.mark.parametrize("date", ["2024", "2024-03"])
def test_a_month_or_a_year_is_a_date(tmp_path: Path, date: str) -> None:
    assert read_document(folder(tmp_path, f"file,date\na.txt,{date}\n", text=UNDATED) / "a.txt").date == date


def test_a_table_above_the_document(tmp_path: Path) -> None:
    folder(tmp_path, "file,title\nyear/a.txt,上面的題目\n", name="year/a.txt")
    ((path, name),), _ = collect([tmp_path])
    assert read_document(path, name=name).title == "上面的題目"
    # A document given by itself is not under that folder as far as kg knows.
    assert read_document(path).title == "海事發展局公布計劃"
    (tmp_path / "year" / "documents.csv").write_text("file,title\na.txt,旁邊的題目\n", encoding="utf-8")
    assert read_document(path, name=name).title == "旁邊的題目"


@pytest.mark.parametrize(
    ("table", "words"),
    [
        ("name,date\na.txt,2024\n", "no column 'file'"),
        ("file,day\na.txt,2024\n", "'day'"),
        ("file,date,date\na.txt,2024,2024\n", "two columns"),
        ('file,date\n"a.txt,2024\n', "not well formed"),
        (b"\0\1\2\3" * 30, "not text"),
        (b"", "empty"),
    ],
)
def test_a_table_that_cannot_be_used_stops_the_build(tmp_path: Path, table: str | bytes, words: str) -> None:
    documents, _ = collect([folder(tmp_path, table)])
    with pytest.raises(InputError) as caught:
        check_tables(documents)
    assert caught.value.code == "E111"
    assert words in caught.value.message and "file, date, publisher" in caught.value.hint
    assert caught.value.where.endswith("documents.csv")
    done = CliRunner().invoke(app, ["build", str(tmp_path), "--out", str(tmp_path / "out")])
    assert (done.exit_code, (tmp_path / "out").exists()) == (3, False)
    assert "E111" in done.output


@pytest.mark.parametrize(
    ("row", "words"),
    [
        ("a.txt,5/3/2024,,,,", "no date"),
        ("a.txt,2024-02-30,,,,", "no date"),
        ("a.txt,,,,fr,", "no language"),
        ("a.txt,,,,,www.example.org", "no web address"),
        ("a.txt,,,,,javascript:alert(1)", "no web address"),
        ("../a.txt,,,,,", "names no file"),
        ("/etc/passwd,,,,,", "names no file"),
        ("a.txt,,,a,b,c,d", "7 cells"),
        ("a.txt,,,,,\na.txt,,,,,", "second time"),
        ("c.txt,,,,,", "not there"),
    ],
)
def test_a_wrong_cell_is_named_with_its_line(tmp_path: Path, row: str, words: str) -> None:
    documents, _ = collect([folder(tmp_path, f"file,date,publisher,title,language,source\n{row}\n")])
    (finding,) = check_tables(documents)
    assert words in finding.message
    assert finding.severity == ("warning" if words == "not there" else "error")
    assert "documents.csv" in finding.where
    found = read_document(documents[0][0])
    assert (found.date, found.source) == ("2024-05-06", None)


def test_the_build_names_it_and_goes_on(tmp_path: Path) -> None:
    folder(tmp_path, "file,date,source\na.txt,5/3/2024,https://example.org/a\n")
    done = CliRunner().invoke(app, ["build", str(tmp_path), "--out", str(tmp_path / "out"), "--no-view"])
    assert done.exit_code == 3
    assert "documents.csv:2" in done.output
    report = json.loads((tmp_path / "out" / "report.json").read_text(encoding="utf-8"))
    assert [i["source"] for i in report["inputs"]] == ["https://example.org/a"]
    assert "purl.org/dc/terms/source> <https://example.org/a>" in (tmp_path / "out" / "graph.nq").read_text(
        encoding="utf-8"
    )
