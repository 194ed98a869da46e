"""Characters a second of reading and extracting, beside OpenCC's conversion and JioNLP's money on the same text.

    python benchmarks/speed.py FOLDER [--repeat N]

Prints a table; each row is the best of N passes in one process, after start-up. JioNLP is left out if it is not installed.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path


def best(work: Callable[[], object], repeat: int) -> float:
    """Return the least seconds of a few passes."""
    times = []
    for _ in range(repeat):
        start = time.perf_counter()
        work()
        times.append(time.perf_counter() - start)
    return min(times)


def start_up(code: list[str]) -> float:
    """Return the least seconds that a fresh process takes."""
    return best(lambda: subprocess.run([sys.executable, *code], check=True, capture_output=True), 5)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--repeat", type=int, default=5)
    args = parser.parse_args()

    from opencc import OpenCC

    from kg.pipeline import extract
    from kg.reading import read_document

    paths = sorted(args.folder.glob("*.txt"))
    texts = [p.read_text(encoding="utf-8") for p in paths]
    documents = [read_document(p) for p in paths]
    characters = sum(map(len, texts))
    extract(documents[0])
    converter = OpenCC("hk2s")
    rows: list[tuple[str, Callable[[], object]]] = [
        ("kg: extract", lambda: [extract(d) for d in documents]),
        ("kg: read + extract", lambda: [extract(read_document(p)) for p in paths]),
        ("OpenCC hk2s", lambda: [converter.convert(t) for t in texts]),
    ]
    try:
        from jionlp import ner

        folded = [converter.convert(t) for t in texts]
        rows.append(("jionlp.extract_money (on folded text)", lambda: [ner.extract_money(t) for t in folded]))
    except ImportError:
        sys.stderr.write("jionlp is not installed: left out\n")
    sys.stdout.write(f"{len(paths)} documents, {characters} characters, best of {args.repeat}\n")
    base = None
    for name, work in rows:
        seconds = best(work, args.repeat)
        base = base or seconds
        sys.stdout.write(f"{name:40} {characters / seconds:12,.0f} characters/s   {base / seconds:6.2f} × kg extract\n")
    help_, spacy = start_up(["-m", "kg.cli", "--help"]), start_up(["-c", "import spacy"])
    sys.stdout.write(f"kg --help {help_:.3f} s, import spacy {spacy:.3f} s, ratio {help_ / spacy:.2f}\n")


if __name__ == "__main__":
    main()
