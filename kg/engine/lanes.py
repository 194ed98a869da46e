"""Work that is cut into pieces, done by copies of this process side by side: they see what it holds, and write files."""

from __future__ import annotations

import ctypes
import gc
import os
import signal
import struct
import sys
from collections.abc import Callable, Iterable, Iterator, Sequence

_PIECE = struct.Struct("=I")
# What a pipe holds on every system, so that all pieces can be put into it before anyone takes one.
_MOST = 4096 // _PIECE.size
_PR_SET_PDEATHSIG = 1
Work = Callable[[int, Iterable[int]], None]


def side_by_side(lanes: int, pieces: Sequence[int], work: Work) -> bool:
    """Do all pieces, each a number, in so many lanes: `work` is given the number of its lane and its pieces.

    Lane 0 is this process; each other one is a copy of it, takes pieces as it gets on with them, and leaves nothing but
    the files that it writes. Return False if a copy could not be made or died: then the work is not done, and is to be
    done here. What goes wrong in lane 0 is raised when the others have ended.
    """
    if lanes < 2 or not hasattr(os, "fork") or len(pieces) > _MOST:
        return False
    source, sink = os.pipe()
    os.write(sink, b"".join(map(_PIECE.pack, pieces)))
    os.close(sink)
    parent = os.getpid()
    children: list[int] = []
    # What is there is not looked at for garbage again, which would copy its pages in each process.
    gc.freeze()
    try:
        for lane in range(1, lanes):
            child = _copied()
            if child == 0:
                _run(work, lane, _taken(source, parent), parent)
            if child is not None:
                children.append(child)
        work(0, _taken(source, parent))
    except BaseException:
        for child in children:
            os.kill(child, signal.SIGKILL)
        raise
    finally:
        gc.unfreeze()
        os.close(source)
        ended = [os.waitpid(child, 0)[1] for child in children]
    return len(ended) == lanes - 1 and not any(ended)


def apart(work: Callable[[], None]) -> bool:
    """Do some work in a copy of this process, so that the memory it takes is given back; it leaves files and no more.

    Return False if a copy could not be made or died: then the work is not done, and is to be done here.
    """
    if not hasattr(os, "fork"):
        return False
    parent = os.getpid()
    child = _copied()
    if child == 0:
        _run(lambda lane, pieces: work(), 0, iter(()), parent)
    if child is None:
        return False
    try:
        return os.waitpid(child, 0)[1] == 0
    except BaseException:
        os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)
        raise


def _copied() -> int | None:
    sys.stdout.flush()
    sys.stderr.flush()
    try:
        return os.fork()
    except OSError:  # no memory or no process left
        return None


def _taken(source: int, parent: int) -> Iterator[int]:
    while number := os.read(source, _PIECE.size):
        if parent not in (os.getpid(), os.getppid()):
            return  # an orphan: another build may be at work where this one was
        yield _PIECE.unpack(number)[0]


def _run(work: Work, lane: int, pieces: Iterator[int], parent: int) -> None:
    """Do a copy's work and end the copy, whatever happens: nothing that was begun before it is its business."""
    status = 1
    try:
        signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C reaches the parent too, which ends this process
        if sys.platform == "linux":
            ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
        # A copy lives for seconds and leaves all to the system: to look for garbage in what it holds is lost time.
        gc.disable()
        if os.getppid() == parent:
            work(lane, pieces)
            status = 0
    finally:
        os._exit(status)
