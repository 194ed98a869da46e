"""The named queries over a graph of a million triples: rdflib in memory beside Oxigraph on disk, in one run.

    python benchmarks/serve.py --triples 1000000 --timeout 60

Prints the table of benchmarks/serve.md. The graph is the built seeds many times over: ten documents each speak of the
same things, with figures that differ, then other things follow. Each query has the same limit of time in both.
"""

from __future__ import annotations

import argparse
import platform
import re
import shutil
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from decimal import Decimal
from functools import partial
from importlib.metadata import version
from pathlib import Path
from typing import Any

import kg
from kg.errors import QueryError
from kg.graph.answer import NamedQuestion, answer_table
from kg.graph.store import open_store, source_of
from kg.graph.worker import Worker
from kg.resources import seeds_path

TEN: list[tuple[str, dict[str, str]]] = [
    ("programmes", {}),
    ("operators", {}),
    ("funders", {}),
    ("posts", {}),
    ("posts", {"thing": "生產力局 3"}),
    ("amounts-by-role", {}),
    ("counts-over-time", {}),
    ("conflicts", {}),
    ("latest", {}),
    ("things", {}),
]
_OWN = re.compile(r"(/id/(?:document|fact|evidence|unread|build)/[^>]*)>")
_THING = re.compile(r"(/id/(?:person|organisation|programme|facility|policy|event)/[^>]*)>")
_FILE = re.compile(r'(ontology#fileName> ".*)(")')
_NAME = re.compile(r'(skos/core#(?:pref|alt)Label> ".*)("@)')
_VALUE = re.compile(r'(ontology#value> ")([0-9.]+)"')
MOST = 1_000_000


def many(lines: list[str], triples: int) -> Iterator[str]:
    """Yield the lines of a graph over and over, each time of other documents and facts, every ten times of other things."""
    written = number = 0
    # Things stand in several graphs: of so many lines some say the same triple.
    while written < triples * 1.16:
        for line in lines:
            line = _FILE.sub(rf"\1.{number}\2", _OWN.sub(rf"\1-{number}>", line))
            if number >= 10:
                line = _NAME.sub(rf"\1 {number // 10}\2", _THING.sub(rf"\1-{number // 10}>", line))
            yield _VALUE.sub(partial(_grown, number % 10), line)
        written += len(lines)
        number += 1


def _grown(tenths: int, match: re.Match[str]) -> str:
    return f'{match[1]}{Decimal(match[2]) * (10 + tenths) / 10:f}"'


def made(folder: Path, triples: int) -> Path:
    """Build the seeds, multiply their graph, and return its folder."""
    kg.build(seeds_path(), out=folder / "seeds", view=False)
    out = folder / "out"
    out.mkdir()
    lines = (folder / "seeds" / "graph.nq").read_text(encoding="utf-8").splitlines(keepends=True)
    with (out / "graph.nq").open("w", encoding="utf-8") as stream:
        stream.writelines(many(lines, triples))
    return out


def timed(ask: Callable[[], Any]) -> tuple[Any, float, str]:
    """Return the answer, the seconds it took, and what the table says of it."""
    start = time.perf_counter()
    try:
        found = ask()
    except QueryError as error:
        seconds = time.perf_counter() - start
        return None, seconds, f"ended after {seconds:.0f} s" if error.code == "E304" else error.code
    seconds = time.perf_counter() - start
    return found, seconds, f"{seconds:.2f} s" if seconds >= 0.1 else f"{1000 * seconds:.0f} ms"


def memory(process: int | str = "self") -> int:
    """Return the megabytes that a process holds in memory now."""
    status = Path(f"/proc/{process}/status").read_text(encoding="ascii")
    return int(re.findall(r"VmRSS:\s+(\d+)", status)[0]) // 1024


def main() -> None:
    """Make the graph, ask both, print the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--triples", type=int, default=1_000_000)
    parser.add_argument("--timeout", type=float, default=60.0)
    options = parser.parse_args()
    folder = Path(tempfile.mkdtemp())
    try:
        compare(made(folder, options.triples), options.timeout)
    finally:
        shutil.rmtree(folder)


def compare(out: Path, timeout: float) -> None:
    """Print the table for the graph of a folder."""
    _, _, first = timed(lambda: open_store(out))
    kept = source_of(out).kept
    size = sum(p.stat().st_size for p in kept.rglob("*") if p.is_file()) / 1e6
    worker = Worker(out, method="spawn")
    _, _, opened = timed(worker.start)
    asked = [
        timed(partial(worker.ask, answer_table, NamedQuestion(name, params, MOST), timeout)) for name, params in TEN
    ]
    ours = memory(worker._process.pid)
    worker.stop()
    before = memory()
    graph, _, loaded = timed(lambda: kg.load(out))
    theirs = memory()
    rows = []
    for (name, params), (found, seconds, words) in zip(TEN, asked, strict=True):
        other, slow, said = timed(partial(kg.query, graph, name, params=params, timeout=timeout, limit=MOST))
        agree = "" if other is None or found is None else "yes" if found.to_dicts() == other.to_dicts() else "NO"
        times = f"{'≥ ' if other is None else ''}{slow / seconds:,.0f} ×" if found is not None else ""
        answers = found or other
        number = f"{len(answers.rows):,}" if answers else ""
        rows.append(f"| {name}{' of one thing' if params else ''} | {number} | {said} | {words} | {times} | {agree} |")
    size_of_text = (out / "graph.nq").stat().st_size / 1e6
    versions = f"Python {platform.python_version()}, rdflib {version('rdflib')}, pyoxigraph {version('pyoxigraph')}"
    lines = [
        f"{len(graph):,} triples, {size_of_text:.0f} MB of N-Quads; {versions}; at most {timeout:g} s a query.",
        "",
        "| | rdflib in memory | Oxigraph on disk |",
        "|---|---:|---:|",
        f"| made once | – | {first}, {size:.0f} MB |",
        f"| opened | {loaded} | {opened} |",
        f"| memory | {theirs - before:,} MB | {ours:,} MB |",
        "",
        "| query | rows | rdflib | Oxigraph | times | same answer |",
        "|---|---:|---:|---:|---:|---|",
        *rows,
    ]
    sys.stdout.write("\n".join(lines) + "\n")


if __name__ == "__main__":
    main()
