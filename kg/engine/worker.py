"""The process that reads documents for another: a task a line on standard input, an outcome a line on standard output."""

from __future__ import annotations

import contextlib
import json
import os
import signal
import sys
from pathlib import Path

from kg.engine.work import work

# What the parent runs: its own search path comes first, so that both see the same modules.
STARTER = (
    "import json, sys; sys.path[:] = json.loads(sys.stdin.buffer.readline());from kg.engine.worker import main; main()"
)


def main() -> None:
    """Answer tasks until there are no more; the parent's end is the end of the input."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C reaches the parent too, which ends this process
    with contextlib.suppress(OSError):
        # Where memory runs out, this process goes and not the one that holds the build together.
        Path("/proc/self/oom_score_adj").write_text("1000", encoding="ascii")
    answers = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)  # whatever a library prints is no answer
    from kg.pipeline import extract
    from kg.reading import read_bytes

    # Loads lexicon, rules and models: if they can't be, no document is to blame.
    extract(read_bytes("香港大學。".encode(), name="first.txt"))
    answers.write(b"ready\n")
    answers.flush()
    for line in sys.stdin.buffer:
        path, name = json.loads(line)
        with contextlib.suppress(BrokenPipeError):
            answers.write(work(Path(os.fsdecode(bytes.fromhex(path))), name).encode())
            answers.flush()
            continue
        return
