"""The child process in which files are parsed: one request a document on standard input, one answer on standard output.

A request is a line of JSON (name, suffix, size, limits) and the bytes of the file; an answer is one line of JSON. The
process has a memory limit, writes no file, starts no program and opens no connection, whatever a file makes a parser do.
"""

from __future__ import annotations

import json
import os
import signal
import sys
from pathlib import Path
from typing import Any, BinaryIO

from kg.errors import InputError
from kg.reading.extract import Limits
from kg.reading.parse import parse

_REFUSED = (
    "socket.connect",
    "socket.getaddrinfo",
    "socket.gethostbyname",
    "socket.sendto",
    "socket.bind",
    "urllib.Request",
    "subprocess.Popen",
    "os.system",
    "os.exec",
    "os.fork",
    "os.forkpty",
    "os.posix_spawn",
    "os.remove",
    "os.rename",
    "os.rmdir",
    "os.mkdir",
    "os.link",
    "os.symlink",
    "os.truncate",
    "shutil.rmtree",
)


def _guard(event: str, arguments: tuple[Any, ...]) -> None:
    """Refuse what no parser needs: connections, programs, and changes to files."""
    if event in _REFUSED:
        raise PermissionError(f"a document may not cause {event}")
    if event == "open":
        mode = arguments[1]
        flags = arguments[2] if isinstance(arguments[2], int) else 0
        writes = isinstance(mode, str) and any(c in mode for c in "wax+")
        if writes or flags & (os.O_WRONLY | os.O_RDWR | os.O_CREAT):
            raise PermissionError("a document may not cause a file to be written")


def limit_memory(allowed: int) -> None:
    """Limit what this process may take to what it has now and `allowed` bytes more, where the system knows limits."""
    try:
        import resource
    except ImportError:  # Windows
        return
    try:
        taken = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[0]) * resource.getpagesize()
        resource.setrlimit(resource.RLIMIT_AS, (taken + allowed, taken + allowed))
    except (OSError, ValueError):  # no /proc, or a tighter limit stands already
        pass
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def answer(header: dict[str, Any], data: bytes) -> dict[str, Any]:
    """Return what a file holds, or the error that tells why it can't be read, as plain values."""
    name = str(header["name"])
    try:
        found = parse(data, suffix=str(header["suffix"]), name=name, limits=Limits(**header["limits"]))
        return {"extract": found.to_dict()}
    except InputError as error:
        return {"error": [error.code, error.message, error.hint]}
    except MemoryError:
        return {"memory": True}
    except RecursionError:
        return {"error": ["E106", "the file nests too deeply", "save it anew with its own program"]}
    except Exception as error:  # parsers let whatever a broken file provokes come through
        reason = f"the file can't be read ({type(error).__name__}: {' '.join(str(error).split())[:200]})"
        return {"error": ["E106", reason, "save it anew with its own program, or as .txt"]}


def _end_after(seconds: float) -> None:
    """Let the system end this process in a while, should the parent be gone that would; 0 takes it back."""
    if hasattr(signal, "setitimer"):
        signal.setitimer(signal.ITIMER_REAL, seconds)


def serve(requests: BinaryIO, answers: BinaryIO) -> None:
    """Answer requests until there are no more."""
    limited = False
    while line := requests.readline():
        header = json.loads(line)
        data = requests.read(header["size"])
        if not limited:
            limit_memory(int(header["limits"]["memory"]))
            limited = True
        _end_after(float(header["limits"]["seconds"]) + 1)
        found = answer(header, data)
        _end_after(0)
        # A lone surrogate crosses as an escape, so that the reader decides what becomes of it.
        answers.write(json.dumps(found, ensure_ascii=True).encode("ascii") + b"\n")
        answers.flush()
        if "memory" in found:
            return


def main() -> None:
    """Serve the parent on the first two streams; what a library prints goes nowhere."""
    answers = os.fdopen(os.dup(sys.stdout.fileno()), "wb")
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, 1)
    os.dup2(nowhere, 2)
    sys.dont_write_bytecode = True
    sys.addaudithook(_guard)
    serve(sys.stdin.buffer, answers)


if __name__ == "__main__":
    main()
