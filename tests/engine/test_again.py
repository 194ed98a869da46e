"""Building again reads what has changed and gives the bytes of a build from nothing."""

from __future__ import annotations

import importlib
import json
import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

import kg
from kg.engine.kept import Journal, Kept
from kg.errors import OutputError

from .conftest import beside, contents, text

FINGERPRINT = importlib.import_module("kg.engine.fingerprint")


def build(folder: Path, out: Path, **options: object) -> int:
    """Build, and return how many documents had to be read."""
    return kg.build([folder], out=out, view=False, **options).anew  # type: ignore[arg-type]


def same_as_fresh(folder: Path, out: Path) -> None:
    """The bytes of a build from nothing."""
    fresh = out.parent / f"fresh-{time.monotonic_ns()}"
    build(folder, fresh)
    assert contents(out) == contents(fresh)
    assert not beside(out)


def test_nothing_changed(folder: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    assert build(folder, out) == 6
    before, stat = contents(out), (out / "graph.nq").stat()
    again = kg.build([folder], out=out, view=False)
    assert again.anew == 0
    assert contents(out) == before
    assert (out / "graph.nq").stat().st_ino == stat.st_ino, "nothing was written"
    assert again.data["inputs"] and again.knowledge.facts


def test_one_changed_added_removed_renamed(folder: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    build(folder, out)
    (folder / "2.txt").write_text(text(12), encoding="utf-8")
    assert build(folder, out) == 1
    same_as_fresh(folder, out)
    (folder / "9.txt").write_text(text(9), encoding="utf-8")
    assert build(folder, out) == 1
    same_as_fresh(folder, out)
    (folder / "0.txt").unlink()
    assert build(folder, out) == 0
    same_as_fresh(folder, out)
    (folder / "1.txt").rename(folder / "8.txt")
    assert build(folder, out) == 1
    same_as_fresh(folder, out)


def test_random_changes(folder: Path, tmp_path: Path) -> None:
    """Any sequence of changes, copies and broken files among them, ends in the bytes of a build from nothing."""
    luck = random.Random(5)
    out = tmp_path / "out"
    for _ in range(12):
        for _ in range(luck.randint(0, 3)):
            place = folder / f"{luck.randrange(9)}.txt"
            what = luck.randrange(5)
            if what == 0:
                place.unlink(missing_ok=True)
            elif what == 1:
                place.write_bytes(b"\x00\x01")
            else:
                place.write_text(text(luck.randrange(12)), encoding="utf-8")
        if any(folder.iterdir()):
            build(folder, out)
            same_as_fresh(folder, out)


def test_other_settings_use_the_same_facts(folder: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    build(folder, out)
    assert build(folder, out, base="https://example.org/id/") == 0
    assert b"https://example.org/id/" in (out / "graph.nq").read_bytes()
    assert kg.build([folder], out=out).anew == 0
    assert (out / "graph.html").exists()
    assert build(folder, out) == 0
    same_as_fresh(folder, out)


def test_another_version_reads_again(folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    out = tmp_path / "out"
    build(folder, out)
    FINGERPRINT.fingerprint.cache_clear()
    monkeypatch.setattr(FINGERPRINT, "__version__", "9.9.9")
    try:
        assert build(folder, out) == 6
    finally:
        FINGERPRINT.fingerprint.cache_clear()


def test_the_fingerprint_knows_what_reading_imports() -> None:
    """Every library that reading and extraction use is part of the fingerprint."""
    import ast

    root = Path(FINGERPRINT.__file__).parent.parent
    used = set()
    for path in (p for f in ("language", "reading", "pipeline") for p in (root / f).rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            names = (
                [a.name for a in node.names]
                if isinstance(node, ast.Import)
                else [node.module or ""]
                if isinstance(node, ast.ImportFrom) and not node.level
                else []
            )
            used |= {n.split(".")[0] for n in names}
    others = {n for n in used if n not in sys.stdlib_module_names and n != "kg"}
    distribution = {
        "bs4": "beautifulsoup4",
        "ahocorasick": "pyahocorasick",
        "docx": "python-docx",
        "markdown_it": "markdown-it-py",
    }
    assert {distribution.get(n, n) for n in others} <= set(FINGERPRINT.LIBRARIES)


@pytest.mark.parametrize("victim", ["facts.ndjson", "text/3.txt", "report.json", "graph.nq"])
def test_what_was_changed_by_hand_is_made_anew(folder: Path, tmp_path: Path, victim: str) -> None:
    out = tmp_path / "out"
    build(folder, out)
    data = (out / victim).read_bytes()
    (out / victim).write_bytes(data.replace("計劃".encode(), "計畫".encode()))
    build(folder, out)
    same_as_fresh(folder, out)


def test_a_table_beside_the_documents_counts(folder: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    build(folder, out)
    (folder / "documents.csv").write_text("file,publisher\n1.txt,香港大學\n", encoding="utf-8")
    build(folder, out)
    same_as_fresh(folder, out)


def test_journal_survives_a_torn_end(tmp_path: Path) -> None:
    one, two = Kept("k1", "utf-8", b'{"a":1}', "字\n\n".encode()), Kept("k2", "big5", b"{}", b"")
    journal = Journal(tmp_path / "journal")
    journal.add(one)
    journal.add(two)
    journal.close()
    data = (tmp_path / "journal").read_bytes()
    for cut in range(len(data)):
        (tmp_path / "journal").write_bytes(data[:cut])
        journal = Journal(tmp_path / "journal")
        assert len(journal) == (cut >= data.index(b'{"key": "k2"')) * 1
        if "k1" not in journal:
            journal.add(one)
        journal.add(two)
        assert (journal.get("k1"), journal.get("k2")) == (one, two)
        journal.close()


def test_two_builds_do_not_mix(folder: Path, tmp_path: Path) -> None:
    (tmp_path / ".out.building").mkdir()
    journal = Journal(tmp_path / ".out.building" / "journal")
    with pytest.raises(OutputError, match="E409"):
        build(folder, tmp_path / "out")
    journal.close()
    build(folder, tmp_path / "out")
    assert not beside(tmp_path / "out")


def forked(folder: Path, out: Path, delay: float) -> bool:
    """Build in a child that is killed after some seconds; tell whether it ended before."""
    child = os.fork()
    if not child:
        try:
            kg.build([folder], out=out, view=False)
        finally:
            os._exit(0)
    time.sleep(delay)
    os.kill(child, signal.SIGKILL)
    _, status = os.waitpid(child, 0)
    return os.WIFEXITED(status)


@pytest.mark.skipif(not hasattr(os, "fork"), reason="POSIX")
def test_killed_at_any_moment(folder: Path, tmp_path: Path) -> None:
    """The old output is whole after every kill or is the new one; the build that follows gives the clean one's bytes."""
    out = tmp_path / "out"
    build(folder, out)
    start = time.monotonic()
    build(folder, tmp_path / "clean")
    whole = time.monotonic() - start
    old = contents(out)
    (folder / "2.txt").write_text(text(12), encoding="utf-8")
    for number in range(10, 16):
        (folder / f"{number}.txt").write_text(text(number), encoding="utf-8")
    build(folder, tmp_path / "new")
    new = contents(tmp_path / "new")
    luck = random.Random(1)
    ended = 0
    for _ in range(16):
        ended += forked(folder, out, luck.uniform(0, 2 * whole))
        found = contents(out)
        assert found == (new if found["graph.nq"] == new["graph.nq"] else old)
    assert ended < 16, "no build was killed"
    build(folder, out)
    assert contents(out) == new
    assert not beside(out)


def test_an_interrupted_build_goes_on(folder: Path, tmp_path: Path) -> None:
    def stop(number: int, total: int, name: str) -> None:
        if number == 4:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        kg.build([folder], out=tmp_path / "out", view=False, progress=stop)
    assert beside(tmp_path / "out") == [".out.building"]
    assert build(folder, tmp_path / "out") == 2
    same_as_fresh(folder, tmp_path / "out")


LIMITED = """
import resource, signal, sys
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
resource.setrlimit(resource.RLIMIT_FSIZE, (int(sys.argv[1]), int(sys.argv[1])))
sys.argv = ["kg", "build", sys.argv[2], "--out", sys.argv[3], "--no-view"]
from kg.cli import main
main()
"""


@pytest.mark.skipif(os.name == "nt", reason="POSIX limits")
@pytest.mark.parametrize("size", [100, 3000, 20_000])
def test_no_room(folder: Path, tmp_path: Path, clean_env: dict[str, str], size: int) -> None:
    """Where files can't grow, at the journal, the facts or the graph, there is an error and the old folder."""
    out = tmp_path / "out"
    build(folder, out)
    before = contents(out)
    (folder / "2.txt").write_text(text(12), encoding="utf-8")
    done = subprocess.run(
        [sys.executable, "-c", LIMITED, str(size), str(folder), str(out)],
        env=clean_env,
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert done.returncode == 3, done.stderr
    assert done.stderr.startswith("error E402") and done.stderr.count("\n") == 1
    assert contents(out) == before
    assert not beside(out)


def test_report_tells_what_was_used_again(folder: Path, tmp_path: Path) -> None:
    build(folder, tmp_path / "out")
    data = json.loads((tmp_path / "out/report.json").read_text(encoding="utf-8"))
    assert set(data["outputs"]) == {"facts.ndjson", "graph.nq", "graph.ttl", "report.json"}
    assert all((tmp_path / "out" / i["text"]).is_file() for i in data["inputs"])
