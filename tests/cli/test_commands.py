"""Exit status, stdout and stderr of every command, as a user meets them."""

from __future__ import annotations

import csv
import io
import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from kg.cli import app

RUNNER = CliRunner()
TEXT = (
    "二〇二四年三月五日\n\n香港特別行政區政府撥款五億元成立「藍灣創新計劃」，每間企業最高可獲二百萬元資助。\n\n"
    "香港大學校長張文表示歡迎。香港大學與香港城市大學簽署合作協議。\n"
)
COMMANDS = [
    "build",
    "demo",
    "diff",
    "evaluate",
    "export",
    "extract",
    "info",
    "push",
    "query",
    "review",
    "series",
    "serve",
    "show",
    "validate",
    "view",
]


@pytest.fixture(scope="module")
def document(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """One document."""
    path = tmp_path_factory.mktemp("cli") / "a.txt"
    path.write_text(TEXT, encoding="utf-8")
    return path


@pytest.fixture(scope="module")
def out(document: Path) -> str:
    """Its output folder."""
    folder = document.parent / "out"
    done = RUNNER.invoke(app, ["build", str(document), "--out", str(folder)])
    assert done.exit_code == 0, done.output
    return str(folder)


def kg(*arguments: str) -> tuple[int, str, str]:
    """Exit status, stdout and stderr."""
    done = RUNNER.invoke(app, list(arguments))
    return done.exit_code, done.stdout, done.stderr


def process(arguments: list[str], env: dict[str, str], **more: Any) -> subprocess.Popen[bytes]:
    """The command in a new process."""
    return subprocess.Popen(
        [sys.executable, "-m", "kg.cli", *arguments], env=env, stdout=subprocess.PIPE, stderr=subprocess.PIPE, **more
    )


def test_every_command_is_listed_and_has_an_example() -> None:
    assert sorted(c.callback.__name__ for c in app.registered_commands if c.callback) == COMMANDS
    for command in COMMANDS:
        status, text, _ = kg(command, "--help")
        assert status == 0
        assert f"Example: kg {command}" in text, command


def test_no_command_is_wrong_use() -> None:
    assert kg()[0] == 2


def test_build_says_what_it_made_and_what_to_do_next(document: Path, tmp_path: Path) -> None:
    status, text, errors = kg("build", str(document), "--out", str(tmp_path / "o"))
    assert (status, errors) == (0, "")
    assert "1 documents read, 0 skipped" in text
    assert "Programme" in text and "Amount" in text
    assert f"kg query {tmp_path / 'o'} programmes" in text
    assert "graph.html" in text


def test_build_without_view_does_not_point_to_it(document: Path, tmp_path: Path) -> None:
    text = kg("build", str(document), "--out", str(tmp_path / "o"), "--no-view")[1]
    assert "graph.html" not in text
    assert not (tmp_path / "o" / "graph.html").exists()


def test_build_with_a_bad_document_ends_with_3(document: Path, tmp_path: Path) -> None:
    bad = tmp_path / "bad.pdf"
    bad.write_bytes(b"nothing")
    status, text, errors = kg("build", str(document), str(bad), "--out", str(tmp_path / "o"), "--no-view")
    assert status == 3
    assert "1 documents read, 1 skipped" in text
    assert errors.count("bad.pdf") == 1
    assert "Traceback" not in errors


def test_errors_are_printed_once_without_a_traceback(tmp_path: Path) -> None:
    status, text, errors = kg("build", str(tmp_path / "nothing"), "--out", str(tmp_path / "o"))
    assert (status, text) == (3, "")
    assert errors.startswith("error E100 ")
    assert errors.count("\n") == 1


def test_debug_shows_the_error() -> None:
    done = RUNNER.invoke(app, ["query", "nothing", "programmes", "--debug"])
    assert type(done.exception).__name__ == "InputError"


def test_extract_prints_one_line_a_document(document: Path) -> None:
    status, text, _ = kg("extract", str(document))
    assert status == 0
    facts = json.loads(text)
    assert facts["document"]["file_name"] == "a.txt"
    assert len(facts["amounts"]) == 2


def test_extract_goes_on_after_a_bad_document(document: Path, tmp_path: Path) -> None:
    (tmp_path / "bad.pdf").write_bytes(b"nothing")
    status, text, errors = kg("extract", str(tmp_path / "bad.pdf"), str(document))
    assert status == 3
    assert text.count("\n") == 1
    assert "bad.pdf" in errors


def test_query_json(out: str) -> None:
    status, text, _ = kg("query", out, "programmes", "--format", "json")
    assert status == 0
    (row,) = json.loads(text)
    assert row["programmeName"] == "藍灣創新計劃"
    assert float(row["budget"]) == 500_000_000
    assert float(row["cap"]) == 2_000_000


def test_query_csv(out: str) -> None:
    (row,) = csv.DictReader(io.StringIO(kg("query", out, "programmes", "-f", "csv")[1]))
    assert row["programmeName"] == "藍灣創新計劃"


def test_query_table(out: str) -> None:
    text = kg("query", out, "programmes")[1]
    assert "500,000,000" in text
    assert "programmeName" in text


@pytest.mark.parametrize("name", ["香港大學", "香港大学", "「香港大學」"])
def test_query_with_a_parameter(out: str, name: str) -> None:
    status, text, _ = kg("query", out, "posts", "--param", f"thing={name}", "-f", "json")
    assert status == 0
    assert [row["personName"] for row in json.loads(text)] == ["張文"]


def test_query_text_and_file(out: str, tmp_path: Path) -> None:
    sparql = "SELECT ?p WHERE { ?p a fg:Person }"
    (tmp_path / "q.rq").write_text(sparql, encoding="utf-8")
    texts = [kg("query", out, place, "-f", "json")[1] for place in (sparql, str(tmp_path / "q.rq"))]
    assert texts[0] == texts[1]
    assert len(json.loads(texts[0])) == 1


def test_query_list(out: str) -> None:
    text = kg("query", out, "--list")[1]
    assert len(text.splitlines()) >= 10
    assert text == kg("query", out)[1]


@pytest.mark.parametrize(
    ("arguments", "status", "words"),
    [
        (["programs"], 4, "did you mean programmes?"),
        (["SELECT ?s WHERE { ?s fg:fundz ?o }"], 4, "did you mean fg:funds?"),
        (["SELECT ?s WHERE { ?s"], 4, "E301"),
        (["SELECT * WHERE { SERVICE <http://example.org/> { ?s ?p ?o } }"], 4, "SERVICE"),
        (["posts", "--param", "thing=香港太學"], 4, "did you mean"),
        (["posts", "--param", "body=香港大學"], 4, "its parameters: thing"),
        (["posts", "--param", "香港大學"], 2, "not NAME=VALUE"),
        (["posts", "--format", "xml"], 2, "none of table, csv, json"),
        (["missing.rq"], 4, "no query file"),
    ],
)
def test_query_refusals(out: str, arguments: list[str], status: int, words: str) -> None:
    found, text, errors = kg("query", out, *arguments)
    assert (found, text) == (status, "")
    assert words in errors


def test_query_says_that_rows_are_left_out(out: str) -> None:
    status, text, errors = kg("query", out, "things", "-f", "json", "--limit", "2")
    assert status == 0
    assert len(json.loads(text)) == 2
    assert "first 2 rows" in errors


@pytest.mark.parametrize("command", ["query", "show", "validate", "evaluate", "export", "view"])
def test_no_graph_here(command: str, tmp_path: Path) -> None:
    more = {
        "query": ["programmes"],
        "show": ["x"],
        "evaluate": [str(tmp_path)],
        "export": ["-o", "x.ttl"],
        "view": ["-o", "x.html"],
    }
    status, text, errors = kg(command, str(tmp_path), *more.get(command, []))
    assert (status, text) == (3, "")
    assert "kg build" in errors


@pytest.mark.parametrize("name", ["香港大學", "香港大学"])
def test_show(out: str, name: str) -> None:
    status, text, _ = kg("show", out, name)
    assert status == 0
    assert "張文 – 校長 – 香港大學" in text
    assert "「" in text and "a.txt:" in text


def test_show_json_by_iri(out: str) -> None:
    by_name = json.loads(kg("show", out, "香港大學", "--json")[1])
    assert by_name["type"] == "Organisation"
    assert json.loads(kg("show", out, by_name["iri"], "--json")[1]) == by_name
    quote = by_name["facts"][0]["evidence"][0]
    assert TEXT[quote["start"] : quote["end"]] == quote["quote"]


def test_show_unknown(out: str) -> None:
    status, _, errors = kg("show", out, "藍灣創薪計劃")
    assert status == 4
    assert "藍灣創新計劃" in errors


def test_validate(out: str, tmp_path: Path) -> None:
    assert kg("validate", out)[:2] == (0, "conforms\n")
    lines = (Path(out) / "graph.nq").read_text(encoding="utf-8").split("\n")
    broken = [line for line in lines if "ontology#evidence>" not in line]
    (tmp_path / "graph.nq").write_text("\n".join(broken), encoding="utf-8")
    status, text, _ = kg("validate", str(tmp_path), "--json")
    assert status == 1
    assert json.loads(text)


def test_evaluate(out: str, tmp_path: Path) -> None:
    facts = json.loads((Path(out) / "facts.ndjson").read_text(encoding="utf-8"))
    gold = tmp_path / "gold.json"
    gold.write_text(
        json.dumps(
            {"document": "a.txt", **{k: facts[k] for k in ("entities", "posts", "relations", "amounts", "counts")}}
        ),
        encoding="utf-8",
    )
    status, text, _ = kg("evaluate", out, str(gold), "--errors")
    assert status == 0
    assert "entities      1.000  1.000  1.000" in text
    assert json.loads(kg("evaluate", out, str(gold), "--json")[1])["total"]["amounts"]["f1"] == 1.0


@pytest.mark.parametrize("name", ["g.ttl", "g.nt", "g.nq", "g.trig", "g.jsonld", "g.graphml", "g.gexf", "g.json"])
def test_export(out: str, tmp_path: Path, name: str) -> None:
    status, text, _ = kg("export", out, "--out", str(tmp_path / name))
    assert (status, text) == (0, f"written {tmp_path / name}\n")
    assert (tmp_path / name).stat().st_size > 500


def test_export_tables(out: str, tmp_path: Path) -> None:
    assert kg("export", out, "--out", str(tmp_path / "t"))[0] == 0
    assert sorted(p.name for p in (tmp_path / "t").iterdir()) == [
        "amounts.csv", "counts.csv", "csv-metadata.json", "documents.csv", "posts.csv", "relations.csv", "things.csv",
    ]  # fmt: skip


def test_view(out: str, tmp_path: Path) -> None:
    status, _, _ = kg("view", out, "--focus", "香港大学", "--out", str(tmp_path / "v.html"))
    assert status == 0
    page = (tmp_path / "v.html").read_text(encoding="utf-8")
    assert "香港大學" in page
    assert "藍灣創新計劃" not in page


def test_info() -> None:
    status, text, _ = kg("info")
    assert status == 0
    assert text.startswith("fundgraph 0.1.0, ontology ")
    assert "missing" not in text


def test_a_closed_pipe_ends_quietly(out: str, clean_env: dict[str, str]) -> None:
    child = process(["query", out, "SELECT ?s ?p ?o WHERE { ?s ?p ?o }", "-f", "csv"], clean_env)
    assert child.stdout is not None and child.stderr is not None
    child.stdout.readline()
    child.stdout.close()
    assert child.wait(30) == 0
    assert child.stderr.read() == b""
    child.stderr.close()


@pytest.mark.skipif(os.name == "nt", reason="POSIX signals")
def test_interrupt_ends_with_130(out: str, clean_env: dict[str, str]) -> None:
    forever = "SELECT * WHERE { " + " ".join(f"?a{n} ?b{n} ?c{n} ." for n in range(6)) + " }"
    child = process(["query", out, forever], clean_env, start_new_session=True)
    time.sleep(3)
    child.send_signal(signal.SIGINT)
    _, errors = child.communicate(timeout=30)
    assert child.returncode == 130
    assert b"Traceback" not in errors


def test_a_query_without_end_is_ended(out: str) -> None:
    forever = "SELECT (COUNT(*) AS ?n) WHERE { " + " ".join(f"?a{n} ?b{n} ?c{n} ." for n in range(6)) + " }"
    start = time.monotonic()
    status, _, errors = kg("query", out, forever, "--timeout", "1")
    assert status == 4
    assert "E304" in errors
    assert time.monotonic() - start < 10


def test_chinese_in_a_locale_without_it(out: str, clean_env: dict[str, str]) -> None:
    env = {**clean_env, "LC_ALL": "C", "PYTHONCOERCECLOCALE": "0", "PYTHONUTF8": "0"}
    text, _ = process(["query", out, "things"], env).communicate(timeout=30)
    assert "香港大學" in text.decode("utf-8")


def test_our_own_bug_asks_for_a_report(clean_env: dict[str, str]) -> None:
    code = "import sys, kg.cli as c\ndef f(): raise ZeroDivisionError('x')\nc.app.command('boom')(f)\nsys.argv = ['kg', 'boom']\nc.main()"
    done = subprocess.run([sys.executable, "-c", code], env=clean_env, capture_output=True, text=True, timeout=30)
    assert done.returncode == 70
    assert "please report" in done.stderr
    assert "Traceback" not in done.stderr
