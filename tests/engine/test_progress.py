"""Progress is shown on a terminal, and nowhere else."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

import kg


def test_the_callback_counts_what_is_read(folder: Path, tmp_path: Path) -> None:
    seen: list[tuple[int, int, str]] = []
    kg.build([folder], out=tmp_path / "out", view=False, jobs=2, progress=lambda *found: seen.append(found))
    assert [n for n, _, _ in seen] == [1, 2, 3, 4, 5, 6, 6]
    assert {name for _, _, name in seen[:-1]} == {f"{n}.txt" for n in range(6)}
    assert {total for _, total, _ in seen} == {6}
    (folder / "1.txt").unlink()
    (folder / "2.txt").write_text("香港大學校長張文致辭。", encoding="utf-8")
    seen.clear()
    kg.build([folder], out=tmp_path / "out", view=False, progress=lambda *found: seen.append(found))
    assert seen[0] == (1, 1, "2.txt")


@pytest.mark.skipif(os.name == "nt", reason="POSIX terminals")
def test_on_a_terminal(folder: Path, tmp_path: Path, clean_env: dict[str, str]) -> None:
    import pty

    # A name that would be markup, were it taken for it.
    (folder / "0.txt").rename(folder / "[red]0[／red][bold.txt")
    ours, theirs = pty.openpty()
    command = [sys.executable, "-m", "kg.cli", "build", str(folder), "--out", str(tmp_path / "out"), "--no-view"]
    child = subprocess.Popen(
        command, env={**clean_env, "TERM": "xterm", "COLUMNS": "120"}, stdout=subprocess.PIPE, stderr=theirs
    )
    os.close(theirs)
    shown = b""
    while True:
        try:
            data = os.read(ours, 4096)
        except OSError:  # the other end is closed
            break
        if not data:
            break
        shown += data
    assert child.stdout is not None
    assert b"6 documents read" in child.stdout.read()
    child.stdout.close()
    assert child.wait(30) == 0
    os.close(ours)
    assert b"/6" in shown and b"Traceback" not in shown
