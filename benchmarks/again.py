"""What building again costs when one document of many has changed, and that it gives the bytes of a build from nothing.

    python benchmarks/again.py [--number 1000] [--folder DIR] [--view]

The documents are those of `many.py`. One process; seconds by the clock and of the processor, which other work on the
machine disturbs less. Prints a table in Markdown; `--folder` keeps the builds, and takes up what is there.
"""

from __future__ import annotations

import argparse
import os
import resource
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from many import ROOT, make, same, say


def timed(arguments: list[str], compiled: Path) -> tuple[float, float]:
    """Run a kg command; return its seconds by the clock and of the processor. Modules are compiled once, as when installed."""
    env = {**os.environ, "PYTHONPYCACHEPREFIX": str(compiled)}
    env.pop("PYTHONDONTWRITEBYTECODE", None)
    before, start = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter()
    subprocess.run(
        [sys.executable, "-m", "kg.cli", *arguments], cwd=ROOT, env=env, stdout=subprocess.DEVNULL, check=True
    )
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    used = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return time.perf_counter() - start, used


def main() -> int:
    """Build, change one document, build again and from nothing; print what each took. Status 1 if bytes differ."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--number", type=int, default=1000)
    parser.add_argument("--folder", type=Path)
    parser.add_argument("--view", action="store_true")
    args = parser.parse_args()
    folder = args.folder or Path(tempfile.mkdtemp(prefix="again-"))
    documents, out, fresh, compiled = (folder / name for name in ("documents", "out", "fresh", "compiled"))
    if not documents.is_dir():
        make(documents, args.number)
    command = ["build", str(documents), "--jobs", "1", *([] if args.view else ["--no-view"]), "--out"]
    first = timed([*command, str(out)], compiled)
    changed = sorted(documents.iterdir())[args.number // 2]
    changed.write_text(changed.read_text(encoding="utf-8").replace("。", "！", 1), encoding="utf-8")
    second = timed([*command, str(out)], compiled)
    third = timed([*command, str(out)], compiled)
    shutil.rmtree(fresh, ignore_errors=True)
    whole = timed([*command, str(fresh)], compiled)
    say("| build | seconds | of the processor | part of the full build |\n|---|--:|--:|--:|")
    named = (
        ("from nothing", first),
        ("one changed", second),
        ("nothing changed", third),
        ("from nothing again", whole),
    )
    for what, (wall, used) in named:
        say(f"| {what} | {wall:.1f} | {used:.1f} | {wall / whole[0]:.1%} ({used / whole[1]:.1%}) |")
    equal = same(out, fresh)
    say(f"\n{args.number:,} documents. The bytes are {'' if equal else 'NOT '}those of a build from nothing.")
    if not args.folder:
        shutil.rmtree(folder)
    return 0 if equal else 1


if __name__ == "__main__":
    sys.exit(main())
