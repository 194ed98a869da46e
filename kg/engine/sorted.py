"""More lines than memory holds, sorted: in runs on disk that are merged in the end."""

from __future__ import annotations

import heapq
from collections.abc import Iterable, Iterator
from contextlib import ExitStack
from pathlib import Path

_RUN = 32 * 1024**2  # bytes of lines held at a time
_FILES = 64  # runs merged at a time: systems limit how many files are open


class Sorter:
    """Takes lines in any order, gives them back in that of their bytes; its files are in a folder of its own."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._lines: list[bytes] = []
        self._size = 0
        self._runs: list[Path] = []
        self._number = 0
        folder.mkdir(parents=True, exist_ok=True)

    def add(self, lines: Iterable[str]) -> None:
        """Take some lines, without their ends."""
        new = [f"{line}\n".encode() for line in lines]
        self._lines += new
        self._size += sum(map(len, new))
        if self._size > _RUN:
            self._write_run()

    def _write_run(self) -> None:
        self._lines.sort()
        self._runs.append(self._write(self._lines))
        self._lines, self._size = [], 0
        if len(self._runs) >= _FILES:
            self._runs = [self._write(self._merged(self._runs))]

    def _write(self, lines: Iterable[bytes]) -> Path:
        self._number += 1
        path = self._folder / f"run-{self._number}"
        with path.open("wb") as file:
            file.writelines(lines)
        return path

    def _merged(self, runs: list[Path]) -> Iterator[bytes]:
        with ExitStack() as stack:
            yield from heapq.merge(*(stack.enter_context(run.open("rb")) for run in runs))
        for run in runs:
            run.unlink()

    def lines(self) -> Iterator[bytes]:
        """Yield all lines, with their ends, and forget them."""
        self._lines.sort()
        if not self._runs:
            yield from self._lines
        else:
            self._write_run()
            yield from self._merged(self._runs)
        self._folder.rmdir()
