"""Parsing in a child process with limits: a hostile or broken file costs its own reading, never the build."""

from __future__ import annotations

import atexit
import json
import os
import signal
import subprocess
import sys
import threading
from dataclasses import asdict
from pathlib import Path

from kg.errors import InputError
from kg.reading.extract import Extract, Limits

_ROOT = Path(__file__).resolve().parents[2]
# A parser that leaks must not grow for ever.
_DOCUMENTS = 500


class _Child:
    """A running `kg.reading.worker`, used by one thread at a time and only by the process that started it."""

    def __init__(self, memory: int) -> None:
        self.memory = memory
        self.owner = os.getpid()
        self.served = 0
        path = os.pathsep.join(filter(None, [str(_ROOT), os.environ.get("PYTHONPATH", "")]))
        # -P: no module is taken from the folder that kg runs in, which may be a folder of hostile documents.
        self.process = subprocess.Popen(
            [sys.executable, "-P", "-m", "kg.reading.worker"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env={**os.environ, "PYTHONPATH": path, "PYTHONIOENCODING": "utf-8", "OMP_NUM_THREADS": "1"},
            start_new_session=True,
        )

    @property
    def usable(self) -> bool:
        return self.owner == os.getpid() and self.process.poll() is None and self.served < _DOCUMENTS

    def ask(self, header: dict[str, object], data: bytes, seconds: float) -> tuple[bytes, bool]:
        """Return the line that the child answers, empty if it ended; and whether its time ran out."""
        late = threading.Event()

        def stop() -> None:
            late.set()
            self.process.kill()

        timer = threading.Timer(seconds, stop)
        timer.daemon = True
        timer.start()
        try:
            assert self.process.stdin and self.process.stdout
            self.served += 1
            self.process.stdin.write(json.dumps(header).encode("ascii") + b"\n")
            self.process.stdin.write(data)
            self.process.stdin.flush()
            return self.process.stdout.readline(), late.is_set()
        except (BrokenPipeError, OSError):
            return b"", late.is_set()
        finally:
            timer.cancel()

    def close(self) -> None:
        for stream in (self.process.stdin, self.process.stdout):
            if stream:
                try:
                    stream.close()
                except OSError:
                    pass
        if self.owner != os.getpid():
            return
        try:
            self.process.wait(timeout=2)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()


_lock = threading.Lock()
_child: _Child | None = None


def parse_limited(data: bytes, *, suffix: str, name: str, limits: Limits) -> Extract:
    """Return what the parser of a kind finds in a file, within the limits.

    Raises `InputError` that names the file, the reason and the remedy: E101 to E107 by the parser, E109 where it took
    too long, too much memory, or the parser itself came to grief.
    """
    global _child
    header = {"name": name, "suffix": suffix, "size": len(data), "limits": asdict(limits)}
    with _lock:
        if _child is None or not _child.usable or _child.memory != limits.memory:
            _close()
            _child = _Child(limits.memory)
        line, late = _child.ask(header, data, limits.seconds)
        if not line.endswith(b"\n"):
            ended = _child.process
            _close()
            raise _lost(ended.returncode, late, name, limits)
        found = json.loads(line)
        if "memory" in found:
            _close()
            raise _too_much(name, limits)
    if "error" in found:
        code, message, hint = found["error"]
        raise InputError(code, message, where=name, hint=hint)
    return Extract.from_dict(found["extract"])


def _close() -> None:
    global _child
    if _child is not None:
        _child.close()
        _child = None


atexit.register(_close)
if hasattr(os, "register_at_fork"):
    # A forked process (kg build --jobs) must not speak on its parent's pipes, and needs a lock that nobody holds.
    def _forget() -> None:
        global _child, _lock
        _lock = threading.Lock()
        if _child is not None:
            for stream in (_child.process.stdin, _child.process.stdout):
                if stream:
                    stream.raw.close()  # type: ignore[attr-defined]  # without writing what its buffer holds
            _child.process.returncode = 0  # not ours to wait for
            _child = None

    os.register_at_fork(after_in_child=_forget)


def _too_much(name: str, limits: Limits) -> InputError:
    return InputError(
        "E109",
        f"reading it needs more than {limits.memory // 1_000_000:,} MB of memory",
        where=name,
        hint="split it, or save its text as .txt",
    )


def _lost(status: int | None, late: bool, name: str, limits: Limits) -> InputError:
    if late or status == -getattr(signal, "SIGALRM", 0):
        return InputError(
            "E109",
            f"reading it takes longer than {limits.seconds:g} seconds",
            where=name,
            hint="split it, or save its text as .txt",
        )
    if status is not None and -status in {signal.SIGABRT, getattr(signal, "SIGTRAP", signal.SIGABRT)}:
        # What pdfium does when memory runs out.
        return _too_much(name, limits)
    return InputError(
        "E109",
        f"its parser broke down (status {status})",
        where=name,
        hint="save it anew with its own program, or as .txt",
    )
