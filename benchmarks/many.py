"""Builds of many documents: time and peak memory, one process and two, and what building again costs.

    python benchmarks/many.py [--numbers 1000,10000] [--jobs 1,2] [--folder DIR] [--no-view] [--once]

The documents are the samples in `seeds/`, multiplied: each copy has other names and other figures. Memory is that of the
whole tree of processes, looked at five times a second: the resident size of each, less what it shares with another
(PSS), summed. Prints a table in Markdown.
"""

from __future__ import annotations

import argparse
import os
import random
import re
import shutil
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import psutil

ROOT = Path(__file__).parent.parent
SYLLABLES = "安邦昌承達德恩發豐福港冠光廣國海漢恒宏華匯嘉健江金景君康朗樂利聯隆明南寧鵬啟榮瑞盛泰天同威偉維文祥新信興旭雅揚耀毅盈永宇裕元遠悅澤長正志智忠"
SURNAMES = "陳林黃張李王吳劉蔡楊許鄭謝郭洪曾邱廖賴周葉蘇莊江何蕭羅高潘簡朱鍾彭游詹胡施沈余趙盧梁"
# A figure, not a year, month or day.
FIGURE = re.compile(r"(?<![\d年月])\d[\d,.]*(?!\s?[年月日\d])")


def say(line: str) -> None:
    """Print a line at once."""
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


def named(seeds: list[Path]) -> dict[Path, list[tuple[str, str]]]:
    """Return the names in each sample that no lexicon holds, the longest first, each with its type."""
    import kg

    found = {}
    for path in seeds:
        facts = kg.extract(kg.read(path))
        names = {(n, e.type) for e in facts.entities if not e.lexicon_id for n in e.names if n.isprintable()}
        found[path] = sorted(names, key=lambda n: (-len(n[0]), n))
    return found


def document(text: str, names: list[tuple[str, str]], luck: random.Random, worlds: int) -> str:
    """Return a sample with other names and figures. Names are drawn from so many worlds, so that documents share some."""
    for name, type_ in names:
        own = random.Random(f"{name} {luck.randrange(worlds)}")
        if type_ == "Person":
            new = own.choice(SURNAMES) + "".join(own.choices(SYLLABLES, k=2))
        else:
            new = "".join(own.choices(SYLLABLES, k=2)) + name
        text = text.replace(name, new)
    return FIGURE.sub(lambda m: re.sub(r"\d", lambda d: str(luck.randint(1, 9)), m.group()), text)


def make(folder: Path, number: int) -> None:
    """Write so many documents."""
    folder.mkdir(parents=True, exist_ok=True)
    seeds = sorted((ROOT / "seeds").glob("2*.txt"))
    names = named(seeds)
    texts = {path: path.read_text(encoding="utf-8") for path in seeds}
    for i in range(number):
        luck = random.Random(i)
        path = seeds[i % len(seeds)]
        text = document(texts[path], names[path], luck, max(1, number // 5))
        (folder / f"{i:06}-{path.stem}.txt").write_text(text, encoding="utf-8")


@dataclass
class Measured:
    """Seconds and the most megabytes of one command."""

    seconds: float
    megabytes: float


def tree(process: psutil.Process) -> Iterator[psutil.Process]:
    """Yield a process and all below it."""
    yield process
    yield from process.children(recursive=True)


def measured(arguments: list[str]) -> Measured:
    """Run a kg command and return what it took."""
    start = time.perf_counter()
    child = subprocess.Popen([sys.executable, "-m", "kg.cli", *arguments], cwd=ROOT, stdout=subprocess.DEVNULL)
    most = 0
    done = threading.Event()

    def watch() -> None:
        nonlocal most
        process = psutil.Process(child.pid)
        while not done.wait(0.2):
            size = 0
            try:
                for one in tree(process):
                    size += one.memory_full_info().pss
            except (psutil.Error, OSError):
                continue
            most = max(most, size)

    watcher = threading.Thread(target=watch)
    watcher.start()
    status = child.wait()
    seconds = time.perf_counter() - start
    done.set()
    watcher.join()
    if status:
        raise SystemExit(f"kg {' '.join(arguments)} ended with {status}")
    return Measured(seconds, most / 1024**2)


def row(what: str, number: int, jobs: int, found: Measured) -> None:
    """Print one line of the table."""
    rate = f"{number / found.seconds:.1f}" if what == "from nothing" else ""
    say(f"| {number:,} | {jobs} | {what} | {found.seconds:.1f} | {rate} | {found.megabytes:.0f} |")


def same(left: Path, right: Path) -> bool:
    """Tell whether two folders hold the same bytes."""
    return subprocess.run(["diff", "-rq", left, right], stdout=subprocess.DEVNULL).returncode == 0


def main() -> None:
    """Make documents, build, print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--numbers", default="1000,10000")
    parser.add_argument("--jobs", default="1,2")
    parser.add_argument("--folder", type=Path)
    parser.add_argument("--no-view", action="store_true")
    parser.add_argument("--once", action="store_true", help="only builds from nothing")
    args = parser.parse_args()
    folder = args.folder or Path(tempfile.mkdtemp(prefix="many-"))
    more = ["--no-view"] if args.no_view else []
    say("| documents | processes | build | seconds | documents/s | MB at most |\n|--:|--:|---|--:|--:|--:|")
    for number in map(int, args.numbers.split(",")):
        documents = folder / f"documents-{number}"
        make(documents, number)
        out = folder / f"out-{number}"
        for jobs in map(int, args.jobs.split(",")):
            shutil.rmtree(out, ignore_errors=True)
            command = ["build", str(documents), "--out", str(out), "--jobs", str(jobs), *more]
            found = measured(command)
            row("from nothing", number, jobs, found)
            say(f"<!-- load of the machine meanwhile: {os.getloadavg()[1]:.1f} -->")
        if args.once:
            continue
        row("again, nothing changed", number, jobs, measured(command))
        changed = sorted(documents.iterdir())[number // 2]
        changed.write_text(changed.read_text(encoding="utf-8").replace("。", "！", 1), encoding="utf-8")
        row("again, one changed", number, jobs, measured(command))
        fresh = folder / f"fresh-{number}"
        measured(["build", str(documents), "--out", str(fresh), "--jobs", str(jobs), *more])
        say(f"\nThe last build's bytes are {'' if same(out, fresh) else 'NOT '}those of a build from nothing.\n")
        shutil.rmtree(fresh)
    if not args.folder:
        shutil.rmtree(folder)


if __name__ == "__main__":
    main()
