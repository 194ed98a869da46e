"""The view at several sizes: pyvis' canvas beside WebGL, in one run, in headless Chromium.

    python benchmarks/view.py --nodes 200 2000 20000 --seconds 6

Prints the table of benchmarks/view.md: how long the page takes to write, its size, the time from opening the file to
the first picture with everything in it, and frames a second while the picture is panned. The graph is made up: twice as
many links as things, in communities with hubs, two quotes for each link.
"""

from __future__ import annotations

import argparse
import math
import os
import platform
import random
import sys
import tempfile
import time
from importlib.metadata import version
from itertools import pairwise
from pathlib import Path
from typing import Any

from kg.view.html import page
from kg.view.model import ViewData, ViewDocument, ViewEdge, ViewEvidence, ViewFact, ViewNode
from kg.vocab import PREDICATES

CHROMIUM = "/usr/bin/chromium"
ARGUMENTS = ["--no-sandbox", "--disable-gpu", "--enable-unsafe-swiftshader"]
PLACES, FIELDS, ENDS = (
    "青衣 南灣 東涌 西環 荃灣 沙嶺 北岸 新田 大埔 河套",
    "創新 數碼 綠色 金融 醫療 航運 人才 科學",
    "局 署 基金 計劃 大學 園",
)
TYPES = ["Organisation", "Programme", "Person", "Facility", "Policy", "Event"]
GROUP = 60


def panned(view: Any, seconds: float) -> tuple[float, float]:
    """Drag the picture in circles; return the pictures drawn a second, and the milliseconds that 95 % of them took."""
    view.evaluate("window.drawn = []; fundgraph.drawn = () => drawn.push(performance.now())")
    view.mouse.move(800, 450)
    view.mouse.down()
    begun = time.perf_counter()
    while (gone := time.perf_counter() - begun) < seconds:
        view.mouse.move(800 + 200 * math.sin(2 * gone), 250 + 200 * math.cos(2 * gone))
    times = view.evaluate("drawn")
    # Held still before it is let go: a picture thrown away would leave an empty screen, which is quick to draw.
    view.mouse.move(800, 450)
    view.wait_for_timeout(300)
    view.mouse.up()
    gaps = sorted(b - a for a, b in pairwise(times))
    return (len(times) - 1) / (times[-1] - times[0]) * 1000, gaps[int(len(gaps) * 0.95)]


def made(number: int, *, seed: int = 11) -> ViewData:
    """Return a page's data with so many things and twice as many links."""
    rng = random.Random(seed)
    stems = [a + b + c for a in PLACES.split() for b in FIELDS.split() for c in ENDS.split()]
    links: set[tuple[int, int]] = set()
    for i in range(1, number):
        near = min(i // GROUP * GROUP + int(rng.expovariate(1 / 6)), i - 1)
        links.add((near if rng.random() < 0.85 else min(int(rng.expovariate(1 / 90)), i - 1), i))
    while len(links) < 2 * number:
        a = rng.randrange(number)
        b = a // GROUP * GROUP + int(rng.expovariate(1 / 14)) if rng.random() < 0.85 else rng.randrange(number)
        if a != b < number and (b, a) not in links:
            links.add((a, b))
    months = [f"{year}-{month:02}-15" for year in (2021, 2022, 2023) for month in range(1, 13)]
    documents = tuple(ViewDocument(f"{d}.txt", f"新聞公報 {d}", d, "") for d in months)
    names = [f"{stems[i % len(stems)]}{i // len(stems) or ''}" for i in range(number)]
    facts, edges, evidence = [], [], []
    named: list[list[int]] = [[] for _ in range(number)]
    for n, (a, b) in enumerate(sorted(links)):
        predicate = PREDICATES[n % len(PREDICATES)]
        quotes = []
        for _ in range(2):
            quotes.append(len(evidence))
            quote = f"{names[a]}與{names[b]}合作推行計劃"
            evidence.append(ViewEvidence(rng.randrange(len(months)), n, "發言人表示，", quote, "，以配合長遠發展。"))
        for end in (a, b):
            named[end].append(quotes[0])
        facts.append(ViewFact(f"https://example.org/id/fact/{n}", "Relation", predicate, a, b, tuple(quotes)))
        edges.append(ViewEdge(a, b, predicate, "", (n,), 2))
    nodes = (
        ViewNode(
            f"https://example.org/id/thing/{i}",
            TYPES[i % GROUP % 6 if i % GROUP > 3 else 0],
            "",
            (("zh-Hant", name),),
            (),
            (),
            tuple(named[i]),
            len(named[i]),
        )
        for i, name in enumerate(names)
    )
    return ViewData(tuple(nodes), tuple(edges), tuple(facts), tuple(evidence), documents)


def measured(browser: Any, data: ViewData, form: str, *, seconds: float, limit: float, shots: Path | None) -> str:
    """Return the row of one page."""
    begun = time.perf_counter()
    text = page(data, title="fundgraph", language="zh-Hant", form=form).encode("utf-8")
    written = time.perf_counter() - begun
    row = f"| {len(data.nodes):,} | {len(data.edges):,} | {form} | {written:.1f} s | {len(text) / 1e6:.1f} MB |"
    with tempfile.TemporaryDirectory() as folder:
        place = Path(folder) / "view.html"
        place.write_bytes(text)
        view = browser.new_page(viewport={"width": 1400, "height": 900})
        view.set_default_timeout(limit * 1000)
        try:
            begun = time.perf_counter()
            view.goto(place.as_uri())
            view.wait_for_function("window.fundgraph && fundgraph.ready", polling=20)
            # The first picture is on the screen when the browser hands one over.
            view.evaluate("new Promise((done) => requestAnimationFrame(() => setTimeout(done, 0)))")
            first = time.perf_counter() - begun
            view.wait_for_timeout(1500)
            if shots:
                view.screenshot(path=shots / f"{len(data.nodes)}-{form}.png", timeout=0)
            panned(view, 1.5)
            view.keyboard.press("0")
            view.wait_for_timeout(1000)
            rate, slow = panned(view, seconds)
            if shots:
                view.screenshot(path=shots / f"{len(data.nodes)}-{form}-panned.png", timeout=0)
            return f"{row} {first:.1f} s | {rate:.1f} | {slow:.0f} ms |"
        except Exception as error:
            return (
                f"{row} none within {limit:.0f} s | – | – |" if "Timeout" in str(error) else f"{row} {error} | – | – |"
            )
        finally:
            view.close()


def main() -> None:
    """Make the graphs, open each page in both forms, print the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--nodes", type=int, nargs="+", default=[200, 2000, 20000])
    parser.add_argument("--seconds", type=float, default=6.0)
    parser.add_argument("--limit", type=float, default=120.0, help="seconds for a page to show itself")
    parser.add_argument("--forms", nargs="+", default=["pyvis", "webgl"])
    parser.add_argument("--shots", type=Path, help="a folder for screenshots")
    options = parser.parse_args()
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        libraries = f"Python {platform.python_version()}, pyvis {version('pyvis')}, Chromium {browser.version}"
        load = f"{os.getloadavg()[0]:.1f} on {os.cpu_count()} cores"
        head = f"{libraries}; no GPU (SwiftShader); load at the start {load}.\n\n"
        sys.stdout.write(
            head + "| things | links | form | written in | file | first picture | frames a second | 95 % within |\n"
        )
        sys.stdout.write("|---:|---:|---|---:|---:|---:|---:|---:|\n")
        for number in options.nodes:
            data = made(number)
            for form in options.forms:
                sys.stdout.write(
                    measured(browser, data, form, seconds=options.seconds, limit=options.limit, shots=options.shots)
                    + "\n"
                )
                sys.stdout.flush()
        browser.close()


if __name__ == "__main__":
    main()
