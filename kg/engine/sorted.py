"""More lines than memory holds, sorted: in runs on disk that are merged in the end, a range at a time if wanted."""

from __future__ import annotations

import heapq
import shutil
from collections.abc import Iterable, Iterator, Sequence
from contextlib import ExitStack
from itertools import takewhile
from pathlib import Path
from typing import BinaryIO

_RUN = 16 * 1024**2  # bytes of lines held at a time
_FILES = 128  # runs merged at a time: systems limit how many files are open
_SAMPLES = 64  # lines of each run that are looked at to cut all into ranges

Range = tuple[bytes, bytes | None]
WHOLE: Range = (b"", None)


class Sorter:
    """Takes lines in any order and keeps them in sorted files in a folder of its own, which is emptied first."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._lines: list[bytes] = []
        self._size = 0
        self._number = 0
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(parents=True)

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
            self._number += 1
            with (self._folder / f"run-{self._number:06}").open("wb") as file:
                file.writelines(self._lines)
            self._lines, self._size = [], 0


def few(runs: Sequence[Path], folder: Path) -> list[Path]:
    """Return sorted files with the lines of these ones, not more than can be merged at a time; others are deleted."""
    left = list(runs)
    folder.mkdir(parents=True, exist_ok=True)
    number = 0
    while len(left) > _FILES:
        number += 1
        path = folder / f"merged-{number:06}"
        with path.open("wb") as file:
            file.writelines(merged(left[:_FILES]))
        for run in left[:_FILES]:
            run.unlink()
        left = [*left[_FILES:], path]
    return left


def merged(runs: Sequence[Path], between: Range = WHOLE) -> Iterator[bytes]:
    """Yield all lines of sorted files in order, with their ends, or those of a range."""
    with ExitStack() as stack:
        yield from heapq.merge(*(_lines(stack, run, between) for run in runs))


def _lines(stack: ExitStack, run: Path, between: Range) -> Iterator[bytes]:
    low, high = between
    file = stack.enter_context(run.open("rb"))
    file.seek(_place(run, low))
    return iter(file) if high is None else takewhile(lambda line: line < high, file)


def _place(run: Path, low: bytes) -> int:
    """Return where the first line begins that is not less."""
    start, end = 0, run.stat().st_size
    with run.open("rb") as file:
        while start < end:
            middle = (start + end) // 2
            line = _first(file, middle)
            if line and line < low:
                start = middle + 1
            else:
                end = middle
        line = _first(file, start)
        return file.tell() - len(line)


def _first(file: BinaryIO, place: int) -> bytes:
    """Return the first line that begins at a place of a file or after it, and leave the file at its end."""
    file.seek(max(place - 1, 0))
    if place:
        file.readline()
    return file.readline()


def ranges(runs: Sequence[Path], number: int) -> list[Range]:
    """Return at most so many ranges, about equally long, that cut the lines between two first words."""
    words: list[bytes] = []
    for run in runs:
        size = run.stat().st_size
        with run.open("rb") as file:
            for sample in range(1, _SAMPLES):
                file.seek(size * sample // _SAMPLES)
                file.readline()
                if line := file.readline():
                    words.append(line[: line.index(b" ") + 1])
    words.sort()
    step = max(1, len(words) // number)
    cuts = sorted(set(words[step::step]))[: number - 1] if number > 1 else []
    return list(zip([b"", *cuts], [*cuts, None], strict=True))
