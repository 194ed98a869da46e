"""Documents read by several processes: the same as by one, and a process that dies costs one document."""

from __future__ import annotations

import importlib
import json
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

import kg
from kg.cli import app
from kg.engine.pool import outcomes, processes
from kg.engine.work import Outcome, failed

from .conftest import contents

POOL = importlib.import_module("kg.engine.pool")
# The worker with one line of its own before it starts: NAME and PATH are those of a task.
HOSTILE = (
    "import json, os, sys, time; sys.path[:] = json.loads(sys.stdin.buffer.readline())\n"
    "import kg.engine.worker as worker\n"
    "real = worker.work\n"
    "def work(path, name):\n"
    "    if name == '3.txt':\n"
    "        {}\n"
    "    return real(path, name)\n"
    "worker.work = work\n"
    "worker.main()\n"
)


@pytest.fixture
def tasks(folder: Path) -> list[tuple[Path, str]]:
    """The documents as tasks."""
    return [(p, p.name) for p in sorted(folder.iterdir())]


def test_any_number_of_processes_gives_the_same_bytes(folder: Path, tmp_path: Path) -> None:
    for jobs in (1, 2, 3):
        assert kg.build([folder], out=tmp_path / str(jobs), jobs=jobs).anew == 6
    assert contents(tmp_path / "1") == contents(tmp_path / "2") == contents(tmp_path / "3")


def test_order_when_asked(tasks: list[tuple[Path, str]]) -> None:
    assert [o.file for o in outcomes(tasks, jobs=3, ordered=True)] == [name for _, name in tasks]


def test_leaving_early_ends_the_processes(tasks: list[tuple[Path, str]]) -> None:
    found = outcomes(tasks, jobs=2)
    assert next(found).facts
    found.close()  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    ("line", "code", "words"),
    [
        ("os.kill(os.getpid(), 11)", "E140", "SIGSEGV"),
        ("os._exit(7)", "E140", "status 7"),
        ("os.write(worker_answers, b'half a li'), os._exit(0)", "E140", "status 0"),
        ("raise MemoryError", "E140", "status 1"),
    ],
)
def test_a_process_that_dies_costs_one_document(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, line: str, code: str, words: str
) -> None:
    starter = HOSTILE.format(line).replace(
        "worker_answers", "max(int(n) for n in os.listdir('/proc/self/fd') if os.path.exists('/proc/self/fd/' + n))"
    )
    monkeypatch.setattr(POOL, "STARTER", starter)
    report = kg.build([folder], out=tmp_path / "out", view=False, jobs=2)
    assert [(f.where, f.code) for f in report.skipped] == [("3.txt", code)]
    assert words in report.skipped[0].message
    monkeypatch.undo()
    (folder / "3.txt").unlink()
    kg.build([folder], out=tmp_path / "without", view=False)
    assert (tmp_path / "out/graph.nq").read_bytes() == (tmp_path / "without/graph.nq").read_bytes()


def test_a_document_without_end_is_given_up(folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(POOL, "STARTER", HOSTILE.format("time.sleep(60)"))
    monkeypatch.setattr(POOL, "SECONDS", 4.0)
    report = kg.build([folder], out=tmp_path / "out", view=False, jobs=2)
    assert [(f.where, f.code) for f in report.skipped] == [("3.txt", "E141")]
    assert len(report.data["inputs"]) == 5


def test_processes_that_do_not_start_are_no_fault_of_a_document(
    tasks: list[tuple[Path, str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(POOL, "STARTER", "import sys; sys.exit(3)")
    with pytest.raises(RuntimeError, match="status 3"):
        list(outcomes(tasks, jobs=2))


@pytest.mark.parametrize(
    ("error", "code"), [(MemoryError(), "E142"), (ZeroDivisionError("1/0"), "E149"), (RecursionError(), "E149")]
)
def test_what_goes_wrong_in_one_document_stays_there(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, error: Exception, code: str
) -> None:
    pipeline = importlib.import_module("kg.pipeline")
    real = pipeline.extract

    def broken(document: Any) -> Any:
        if document.file_name == "3.txt":
            raise error
        return real(document)

    monkeypatch.setattr(pipeline, "extract", broken)
    report = kg.build([folder], out=tmp_path / "out", view=False)
    assert [(f.where, f.code) for f in report.skipped] == [("3.txt", code)]
    assert len(report.data["inputs"]) == 5


def test_how_many_processes() -> None:
    assert processes(1, 1000) == 0
    assert processes(3, 1000) == 3
    assert processes(3, 2) == 2
    assert processes(0, 10) == 0
    assert 0 <= processes(0, 10_000) <= 8


@pytest.mark.parametrize(
    "outcome", [Outcome("a\udcff.txt", '{"x":"\u2028\udc80"}', "字\ud800\n", "utf-8"), failed("b", "E100", "m", "h")]
)
def test_outcomes_survive_the_pipe(outcome: Outcome) -> None:
    line = outcome.encode()
    assert line.count(b"\n") == 1 and line.isascii()
    assert Outcome.decode(line) == outcome


def test_extract_in_order_whatever_the_jobs(folder: Path) -> None:
    found = [CliRunner().invoke(app, ["extract", str(folder), "--jobs", jobs]) for jobs in ("1", "2")]
    assert [f.exit_code for f in found] == [0, 0]
    assert found[0].stdout == found[1].stdout
    assert [json.loads(x)["document"]["file_name"] for x in found[0].stdout.splitlines()] == [
        f"{n}.txt" for n in range(6)
    ]


def test_build_on_the_command_line_takes_jobs(folder: Path, tmp_path: Path) -> None:
    done = CliRunner().invoke(app, ["build", str(folder), "--out", str(tmp_path / "o"), "--jobs", "2", "--no-view"])
    assert done.exit_code == 0, done.output
    assert "6 documents read" in done.stdout
