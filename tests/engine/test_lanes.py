"""Work in copies of the process: all pieces are done once, whatever the number of copies; a copy that dies costs time only."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterable
from pathlib import Path

import psutil
import pytest

import kg
import kg.engine.outputs
from kg.engine.kept import Journal, Kept
from kg.engine.lanes import apart, side_by_side
from kg.engine.sorted import WHOLE, Sorter, few, merged, ranges

from .conftest import contents, text

STEPS = [sys.modules[f"kg.engine.{name}"] for name in ("seen", "identity", "quads", "outputs")]
fork = pytest.mark.skipif(not hasattr(os, "fork"), reason="needs fork")


@fork
@pytest.mark.parametrize("lanes", [2, 3, 5])
def test_every_piece_is_done_once(tmp_path: Path, lanes: int) -> None:
    def work(lane: int, pieces: Iterable[int]) -> None:
        for piece in pieces:
            (tmp_path / f"{lane}-{piece}").touch(exist_ok=False)
            time.sleep(0.002)

    assert side_by_side(lanes, range(40), work)
    done = [path.name.partition("-") for path in tmp_path.iterdir()]
    assert sorted(int(piece) for _, _, piece in done) == list(range(40))
    assert len({lane for lane, _, _ in done}) > 1


def test_one_lane_leaves_the_work_to_the_caller() -> None:
    assert not side_by_side(1, range(3), lambda lane, pieces: pytest.fail("no lane was asked for"))


def _copies() -> set[int]:
    """Return the processes that this one has started and that live; other tests may have left some (a fork server)."""
    return {child.pid for child in psutil.Process().children()}


@fork
@pytest.mark.parametrize("end", ["kill", "raise", "exit"])
def test_a_copy_that_dies_is_told(end: str) -> None:
    def work(lane: int, pieces: Iterable[int]) -> None:
        if lane and end == "kill":
            os.kill(os.getpid(), signal.SIGKILL)
        if lane and end == "raise":
            raise MemoryError
        if lane and end == "exit":
            os._exit(7)

    before = _copies()
    assert not side_by_side(2, range(3), work)
    assert _copies() <= before


@fork
def test_work_apart_leaves_its_files_and_no_process(tmp_path: Path) -> None:
    before = _copies()
    assert apart(lambda: (tmp_path / str(os.getpid())).touch())
    assert [path.name for path in tmp_path.iterdir()] != [str(os.getpid())]
    assert len(list(tmp_path.iterdir())) == 1
    assert _copies() <= before


@fork
@pytest.mark.parametrize("end", ["kill", "raise", "exit"])
def test_work_apart_that_dies_is_told(end: str) -> None:
    def work() -> None:
        if end == "kill":
            os.kill(os.getpid(), signal.SIGKILL)
        if end == "exit":
            os._exit(7)
        raise MemoryError

    before = _copies()
    assert not apart(work)
    assert _copies() <= before


def test_without_copies_nothing_is_done_apart(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delattr(os, "fork", raising=False)
    assert not apart(lambda: pytest.fail("it is to be done by the caller"))


@fork
def test_what_goes_wrong_here_ends_the_copies() -> None:
    def work(lane: int, pieces: Iterable[int]) -> None:
        if lane:
            time.sleep(60)
        raise ZeroDivisionError

    before = _copies()
    start = time.monotonic()
    with pytest.raises(ZeroDivisionError):
        side_by_side(3, range(3), work)
    assert time.monotonic() - start < 20
    assert _copies() <= before


@fork
@pytest.mark.skipif(sys.platform != "linux", reason="Linux ends the copies; elsewhere they end with their piece")
def test_copies_do_not_outlive_the_build(tmp_path: Path) -> None:
    """A copy that goes on would write where the next build is at work."""
    code = f"""
import time
from pathlib import Path
from kg.engine.lanes import side_by_side
def work(lane, pieces):
    Path({str(tmp_path)!r}, str(__import__("os").getpid())).touch()
    time.sleep(60)
side_by_side(3, range(3), work)
"""
    child = subprocess.Popen([sys.executable, "-c", code])
    end = time.monotonic() + 30
    while len(list(tmp_path.iterdir())) < 3 and time.monotonic() < end:
        time.sleep(0.05)
    copies = [int(path.name) for path in tmp_path.iterdir()]
    assert len(copies) == 3
    child.kill()
    child.wait()
    while any(map(psutil.pid_exists, copies)) and time.monotonic() < end:
        time.sleep(0.05)
    assert not any(map(psutil.pid_exists, copies))


@pytest.fixture
def many(tmp_path: Path) -> Path:
    """Twelve documents."""
    place = tmp_path / "documents"
    place.mkdir()
    for number in range(12):
        (place / f"{number:02}.txt").write_text(text(number), encoding="utf-8")
    return place


@fork
def test_the_bytes_do_not_depend_on_the_lanes(many: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    kg.build([many], out=tmp_path / "one", jobs=1)
    for step in STEPS:
        monkeypatch.setattr(step, "MANY", 2)
    # As in a large graph the page shows a part, so that it is made beside the rest.
    for jobs in (2, 3):
        kg.build([many], out=tmp_path / str(jobs), jobs=jobs)
        assert contents(tmp_path / str(jobs)) == contents(tmp_path / "one")
    for place in ("kg.build", "kg.graph.excerpt"):
        monkeypatch.setattr(sys.modules[place], "THINGS", 3)
        monkeypatch.setattr(sys.modules[place], "FACTS", 5)
    kg.build([many], out=tmp_path / "part 1", jobs=1)
    kg.build([many], out=tmp_path / "part 2", jobs=2)
    assert contents(tmp_path / "part 1") == contents(tmp_path / "part 2")
    assert contents(tmp_path / "part 1")["graph.html"] != contents(tmp_path / "one")["graph.html"]


@fork
def test_a_copy_that_dies_costs_no_fact(many: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    kg.build([many], out=tmp_path / "one", jobs=1)
    for step in STEPS:
        monkeypatch.setattr(step, "MANY", 2)
    own, spill = os.getpid(), Sorter.spill

    def dies(self: Sorter) -> None:
        if os.getpid() != own:
            os.kill(os.getpid(), signal.SIGKILL)
        spill(self)

    monkeypatch.setattr(Sorter, "spill", dies)
    kg.build([many], out=tmp_path / "two", jobs=2)
    assert contents(tmp_path / "two") == contents(tmp_path / "one")


def test_sorted_whatever_the_runs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    module = sys.modules["kg.engine.sorted"]
    lines = [f"{(n * 7919) % 109:03} {n}" for n in range(1000)]
    for run, files in ((10**9, 64), (100, 64), (50, 3)):
        monkeypatch.setattr(module, "_RUN", run)
        monkeypatch.setattr(module, "_FILES", files)
        runs = []
        for number, some in enumerate((lines[:700], lines[700:], ["000 x", "999 y"], [])):
            sorter = Sorter(tmp_path / str(number))
            for start in range(0, len(some), 10):
                sorter.add(some[start : start + 10])
            sorter.spill()
            runs += sorted((tmp_path / str(number)).iterdir())
        left = few(runs, tmp_path / "few")
        assert len(left) <= files
        assert {path for path in runs if path.exists()} <= set(left)
        wanted = sorted(f"{line}\n".encode() for line in [*lines, "000 x", "999 y"])
        assert list(merged(left)) == wanted
        for number in (1, 2, 7, 500):
            parts = [list(merged(left, between)) for between in ranges(left, number)]
            assert len(parts) <= number
            assert [line for part in parts for line in part] == wanted
            words = [{line.split()[0] for line in part} for part in parts]
            assert sum(map(len, words)) == len(set().union(*words)), "what begins with one word is in two parts"
        shutil.rmtree(tmp_path / "few")
        for number in range(4):
            shutil.rmtree(tmp_path / str(number))


def test_no_lines_make_one_empty_range(tmp_path: Path) -> None:
    assert ranges([], 5) == [WHOLE]
    assert list(merged([], WHOLE)) == []


@fork
def test_a_copy_reads_the_journal_for_itself(tmp_path: Path) -> None:
    """Two processes share the place in an open file: each would read what the other one sought."""
    journal = Journal(tmp_path / "journal")
    for number in range(200):
        journal.add(Kept(str(number), "utf-8", b"{}", str(number).encode() * 50))

    def work(lane: int, pieces: Iterable[int]) -> None:
        for _ in range(5):
            for number in range(lane, 200, 3):
                assert journal.get(str(number)).text == str(number).encode() * 50

    assert side_by_side(3, range(3), work)
    journal.close()
