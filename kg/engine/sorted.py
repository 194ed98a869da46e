"""More lines than memory holds, sorted: in runs on disk that are merged in the end."""

from __future__ import annotations

import heapq
from collections.abc import Iterable, Iterator, Sequence
from contextlib import ExitStack
from pathlib import Path

_RUN = 16 * 1024**2  # bytes of lines held at a time
_FILES = 64  # runs merged at a time: systems limit how many files are open


class Sorter:
    """Takes lines in any order and keeps them in sorted files in a folder of its own."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._lines: list[bytes] = []
        self._size = 0
        folder.mkdir(parents=True, exist_ok=True)
        self._number = 0

    def add(self, lines: Iterable[str]) -> None:
        """Take some lines, without their ends."""
        new = [f"{line}\n".encode() for line in lines]
        self._lines += new
        self._size += sum(map(len, new))
        if self._size > _RUN:
            self.spill()

    def spill(self) -> None:
        """Write what is held to disk."""
        if self._lines:
            self._lines.sort()
            self._write(self._lines)
            self._lines, self._size = [], 0

    def _write(self, lines: Iterable[bytes]) -> Path:
        self._number += 1
        path = self._folder / f"run-{self._number:06}"
        with path.open("wb") as file:
            file.writelines(lines)
        return path

    def merged(self, others: Sequence[Path] = ()) -> Iterator[bytes]:
        """Yield all lines, with their ends, and those of sorted files of others; all these files are deleted."""
        self.spill()
        runs = [*sorted(self._folder.iterdir()), *others]
        while len(runs) > _FILES:
            runs = [*runs[_FILES:], self._write(_merged(runs[:_FILES]))]
        yield from _merged(runs)
        self._folder.rmdir()


def _merged(runs: Sequence[Path]) -> Iterator[bytes]:
    with ExitStack() as stack:
        yield from heapq.merge(*(stack.enter_context(run.open("rb")) for run in runs))
    for run in runs:
        run.unlink()
