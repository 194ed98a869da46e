"""Kills a build at random moments: each time the old output is whole, and the next build gives a clean one's bytes.

    python benchmarks/kill.py [--times 50] [--documents 40] [--jobs 2] [--seed 1]

Prints where the kills fell, and exits with 1 if anything was lost.
"""

from __future__ import annotations

import argparse
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))

from many import ROOT, make, same

DONE = "after its end"


def start(documents: Path, out: Path, jobs: int) -> subprocess.Popen[bytes]:
    """Start a build."""
    command = [
        sys.executable,
        "-m",
        "kg.cli",
        "build",
        str(documents),
        "--out",
        str(out),
        "--jobs",
        str(jobs),
        "--no-view",
    ]
    return subprocess.Popen(command, cwd=ROOT, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)


def phase(out: Path) -> str:
    """Tell how far a build is that has just been killed."""
    shop = out.parent / f".{out.name}.building"
    if not shop.exists():
        return "before or after its work"
    if (shop / "new" / "report.json").exists():
        return "all written, on its way into place"
    if any(shop.glob("nq-*")) or (shop / "new" / "graph.nq").exists():
        return "while writing the graph"
    if (shop / "identity" / "told.json").exists():
        return "while making quads"
    if (shop / "new" / "facts.ndjson").exists():
        return "while resolving"
    return "while laying out what was read" if (shop / "seen").exists() else "while reading"


def main() -> int:
    """Build, kill, compare."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--times", type=int, default=50)
    parser.add_argument("--documents", type=int, default=40)
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("--seed", type=int, default=1)
    args = parser.parse_args()
    luck = random.Random(args.seed)
    folder = Path(tempfile.mkdtemp(prefix="kill-"))
    documents, out, old, clean = (folder / name for name in ("documents", "out", "old", "clean"))
    make(documents, args.documents)
    start(documents, old, args.jobs).wait()
    changed = sorted(documents.iterdir())
    for path in changed[::2]:
        path.write_text(path.read_text(encoding="utf-8").replace("。", "！", 1), encoding="utf-8")
    start(documents, clean, args.jobs).wait()
    # The builds that are killed start from the old output, as this one does: it tells how long they take.
    shutil.copytree(old, out)
    began = time.monotonic()
    start(documents, out, args.jobs).wait()
    whole = time.monotonic() - began
    phases: Counter[str] = Counter()
    bad = number = 0
    while number < args.times:
        sys.stdout.flush()
        shutil.rmtree(out, ignore_errors=True)
        shutil.rmtree(folder / ".out.building", ignore_errors=True)
        shutil.copytree(old, out)
        child = start(documents, out, args.jobs)
        time.sleep(luck.uniform(0, whole))
        child.send_signal(signal.SIGKILL)
        ended = child.wait() == 0
        phases[DONE if ended else phase(out)] += 1
        # A build that had ended was not killed: it does not count.
        number += not ended
        if not (same(out, old) or same(out, clean)):
            bad += 1
            sys.stdout.write(f"kill {number}: the output is neither the old one nor the new one\n")
        start(documents, out, args.jobs).wait()
        if not same(out, clean) or (folder / ".out.building").exists():
            bad += 1
            sys.stdout.write(f"kill {number}: the next build is not that of a clean one\n")
    for name, count in sorted(phases.items()):
        sys.stdout.write(f"{count:4} {name}\n")
    sys.stdout.write(f"{args.times} kills, {bad} losses\n")
    shutil.rmtree(folder)
    return 1 if bad else 0


if __name__ == "__main__":
    raise SystemExit(main())
