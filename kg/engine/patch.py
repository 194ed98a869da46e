"""Large files of sorted lines, and Turtle made of them → the same with some lines gone and others new; the rest is copied."""

from __future__ import annotations

import os
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from io import FileIO
from mmap import ACCESS_READ, mmap
from pathlib import Path

from kg.engine.memory import StaleError
from kg.graph.turtle import short, turtle, whole

_CHUNK = 2**21  # bytes copied at a time
Span = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Edit:
    """The bytes from `start` to `end` of a file become `data`."""

    start: int
    end: int
    data: bytes


@dataclass(frozen=True)
class Swap:
    """An address that has another one's place in the new files: that of the build, which every fact names.

    It may stand in lines about what begins with one of `within`, and nowhere else.
    """

    old: bytes = b""
    new: bytes = b""
    within: tuple[bytes, ...] = ()

    def back(self, line: bytes) -> bytes:
        """Return a line of the new file as the old one has it."""
        return line.replace(self.new, self.old) if self.old != self.new else line

    def on(self, line: bytes) -> bytes:
        """Return a line, or some, of the old file as the new one has it."""
        return line.replace(self.old, self.new) if self.old != self.new else line


@dataclass
class Change:
    """The lines that are no longer there, and those that are new, with their ends, as the new file has addresses."""

    gone: set[bytes] = field(default_factory=set)
    new: set[bytes] = field(default_factory=set)

    def add(self, gone: Iterable[bytes], new: Iterable[bytes]) -> None:
        """Take lines that go and lines that come; what is in both stays."""
        self.gone.update(gone)
        self.new.update(new)

    def settle(self) -> None:
        """Leave out what goes and comes again."""
        both = self.gone & self.new
        self.gone -= both
        self.new -= both


class Lines:
    """A file of sorted lines, each with its end, in which lines are found by halving."""

    def __init__(self, data: mmap) -> None:
        self.data, self._size = data, len(data)

    def place(self, line: bytes, hint: int = 0) -> int:
        """Return where the first line begins that is not less. `hint` is where some line before it ends."""
        low, high = hint, self._size
        if low < high and self.at(low) >= line:
            return low
        while low < high:
            middle = (low + high) // 2
            start = self.data.rfind(b"\n", low, middle) + 1 or low
            here = self.at(start)
            if here < line:
                low = start + len(here)
            else:
                high = start
        return low

    def at(self, place: int) -> bytes:
        """Return the line that begins at a place, with its end; nothing at the end of the file."""
        return self.data[place : self.data.find(b"\n", place) + 1]

    def span(self, begin: bytes) -> Span:
        """Return where the lines stand that begin with some bytes."""
        return self.place(begin), self.place(_next(begin))

    def lines(self, span: Span) -> list[bytes]:
        """Return the lines in a place, with their ends."""
        return self.data[slice(*span)].splitlines(keepends=True)

    def edits(self, change: Change, swap: Swap) -> Iterator[Edit]:
        """Yield what makes the change, in order. Raises `StaleError` if a line that is to go is not there."""
        new = [(swap.back(line), line, True) for line in change.new]
        todo = sorted([*new, *((swap.back(line), b"", False) for line in change.gone)])
        place = 0
        for old, line, comes in todo:
            place = self.place(old, place)
            there = self.at(place) == old
            if comes and not there:
                yield Edit(place, place, line)
            elif there and not comes:
                yield Edit(place, place + len(old), b"")
                place += len(old)
            elif not there:
                raise StaleError


class Blocks:
    """A file of Turtle made of sorted lines: after its head a block for each subject, which begins with an empty line."""

    def __init__(self, data: mmap) -> None:
        self.data, self._size = data, len(data)
        self._first = data.find(b"\n\n") + 1

    def place(self, subject: bytes, hint: int = 0) -> Span:
        """Return where the block of a subject is, its address with a space, or would be; `hint` is where some block before it ends."""
        low, high = max(hint, self._first), self._size
        while low < high:
            middle = (low + high) // 2
            start = self.data.rfind(b"\n\n", low, middle) + 1 or low
            end = self.data.find(b"\n\n", start + 1) + 1 or self._size
            here = self._subject(start)
            if here == subject:
                return start, end
            if here < subject:
                low = end
            else:
                high = start
        return low, low

    def _subject(self, start: int) -> bytes:
        # What follows the address tells the order too, as in lines.
        return whole(self.data[start + 1 : self.data.find(b" ", start)]) + b" "


@contextmanager
def opened(folder: Path) -> Iterator[tuple[Lines, Blocks]]:
    """Open graph.nq and graph.ttl of a folder, to look things up in them."""
    with ExitStack() as stack:
        maps = []
        for name in ("graph.nq", "graph.ttl"):
            file = stack.enter_context((folder / name).open("rb"))
            maps.append(stack.enter_context(mmap(file.fileno(), 0, access=ACCESS_READ)))
        yield Lines(maps[0]), Blocks(maps[1])


def patch(graph: tuple[Lines, Blocks], old: Path, new: Path, change: Change, swap: Swap) -> None:
    """Write the graph.nq and graph.ttl of a folder, opened, into another with a change.

    Raises `StaleError` if it does not fit them.
    """
    change.settle()
    lines, blocks = graph
    spans = [lines.span(begin) for begin in swap.within]
    _copy(old / "graph.nq", new / "graph.nq", list(lines.edits(change, swap)), swap, spans)
    names = Swap(short(swap.old), short(swap.new))
    spans = [(blocks.place(begin)[0], blocks.place(_next(begin))[0]) for begin in swap.within]
    _copy(old / "graph.ttl", new / "graph.ttl", list(_blocks(lines, blocks, change, swap)), names, spans)


def _next(begin: bytes) -> bytes:
    """Return the first bytes, in order, that are after all that begin with some others."""
    return begin[:-1] + bytes([begin[-1] + 1])


def _blocks(lines: Lines, blocks: Blocks, change: Change, swap: Swap) -> Iterator[Edit]:
    """Yield what a change of lines makes of the blocks of Turtle, in order."""
    gone, new = _by_subject(change.gone, swap), _by_subject(change.new, swap)
    place = 0
    for subject in sorted(gone.keys() | new.keys()):
        old = map(swap.on, lines.lines(lines.span(subject)))
        left = sorted({*old, *new.get(subject, ())} - set(gone.get(subject, ())))
        start, end = blocks.place(subject, place)
        if start == end and len(left) != len(new.get(subject, ())):
            raise StaleError
        yield Edit(start, end, b"".join(turtle(left)))
        place = end


def _by_subject(lines: Collection[bytes], swap: Swap) -> dict[bytes, list[bytes]]:
    found: dict[bytes, list[bytes]] = defaultdict(list)
    for line in lines:
        found[swap.back(line[: line.index(b" ") + 1])].append(line)
    return found


def _copy(old: Path, place: Path, edits: Sequence[Edit], swap: Swap, spans: Sequence[Span]) -> None:
    """Write the file that edits make of a file; between them the address is swapped in the spans where it may stand."""
    with old.open("rb", buffering=0) as source, place.open("wb", buffering=0) as target:
        size, done = old.stat().st_size, 0
        for edit in [*edits, Edit(size, size, b"")]:
            for start, end, swapped in _parts(done, edit.start, spans if swap.old != swap.new else ()):
                if swapped:
                    _swapped(source, target, (start, end), swap)
                else:
                    _plain(source, target, (start, end))
            _written(target, edit.data)
            done = edit.end


def _plain(source: FileIO, target: FileIO, span: Span) -> None:
    """Copy a part of a file as it is, by the system alone where it can."""
    start, end = span
    try:
        while start < end and hasattr(os, "copy_file_range"):
            some = os.copy_file_range(source.fileno(), target.fileno(), end - start, start)
            if not some:
                break
            start += some
    except OSError:  # not between these file systems: what is left is read and written
        pass
    source.seek(start)
    while start < end:
        data = source.read(min(_CHUNK, end - start))
        if not data:
            raise StaleError
        _written(target, data)
        start += len(data)


def _swapped(source: FileIO, target: FileIO, span: Span, swap: Swap) -> None:
    """Copy whole lines of a file with the one address for the other."""
    start, end = span
    source.seek(start)
    rest = b""
    while start < end:
        data = source.read(min(_CHUNK, end - start))
        if not data:
            raise StaleError
        start += len(data)
        cut = data.rfind(b"\n") + 1
        # The lines that are whole; of the last one the rest comes with what is read next.
        _written(target, (rest + data[:cut]).replace(swap.old, swap.new) if cut else b"")
        rest = data[cut:] if cut else rest + data


def _written(target: FileIO, data: bytes) -> None:
    """Write all of some bytes: a system may take but a part at a time."""
    view = memoryview(data)
    while view:
        view = view[target.write(view) :]


def _parts(start: int, end: int, spans: Sequence[Span]) -> Iterator[tuple[int, int, bool]]:
    """Yield the parts of a range, and of each whether it is in one of the spans, which are in order."""
    for low, high in spans:
        if high <= start or low >= end:
            continue
        if start < low:
            yield start, low, False
        yield max(start, low), min(end, high), True
        start = min(end, high)
    if start < end:
        yield start, end, False
