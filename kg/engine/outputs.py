"""Sorted files of quads → graph.nq, graph.ttl and graph.html of an output folder, in several processes."""

from __future__ import annotations

import shutil
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

from kg import __version__
from kg.engine.lanes import side_by_side
from kg.engine.place import Workshop
from kg.engine.quads import Writing, Written
from kg.engine.seen import MANY
from kg.engine.sorted import merged, ranges
from kg.graph.iri import fact_key
from kg.graph.publish import publish
from kg.graph.turtle import prefixes, turtle
from kg.model import Fact, Knowledge, Quote
from kg.resolve.merge import in_order

_RANGES = 6  # of the lines, for each lane


def write_outputs(writing: Writing, written: Written, *, lanes: int, view: bool, part: bool) -> None:
    """Write the files into the new folder of a workshop; the bytes do not depend on the number of `lanes`.

    The page, if there is to be a `view`, shows all of the knowledge or, if asked, a `part` of it.
    """
    shop = writing.shop
    lanes = lanes if len(writing.shelf) >= MANY else 1
    cut = ranges(written.runs, lanes * _RANGES if lanes > 1 else 1)

    def work(lane: int, pieces: Iterable[int]) -> None:
        for piece in pieces:
            if piece == len(cut):
                write_page(writing, written)
                continue
            with (shop.folder / f"nq-{piece}").open("wb") as quads, (shop.folder / f"ttl-{piece}").open("wb") as short:
                short.writelines(turtle(_copied(merged(written.runs, cut[piece]), quads.write)))

    # The page comes first: it is the longest piece.
    pieces = [*([len(cut)] if view and part else []), *range(len(cut))]
    if not side_by_side(lanes, pieces, work):
        work(0, pieces)
    for run in written.runs:
        run.unlink()
    with ThreadPoolExecutor(2) as pool:  # copying waits for the disk
        quads = pool.submit(_join, shop, "graph.nq", "nq", len(cut), ())
        short = pool.submit(_join, shop, "graph.ttl", "ttl", len(cut), prefixes())
        quads.result()
        short.result()
    if view and not part:
        write_page(writing)


def _copied(lines: Iterable[bytes], write: Callable[[bytes], object]) -> Iterator[bytes]:
    for line in lines:
        write(line)
        yield line


def _join(shop: Workshop, name: str, part: str, number: int, head: Iterable[bytes]) -> None:
    with (shop.new / name).open("wb") as whole:
        whole.writelines(head)
        for piece in range(number):
            place = shop.folder / f"{part}-{piece}"
            with place.open("rb") as file:
                shutil.copyfileobj(file, whole, 2**20)
            place.unlink()


def _part(writing: Writing, written: Written) -> Knowledge:
    """Return what the page shows of a large graph, with its quotes."""
    places: dict[str, set[tuple[str, int, int]]] = defaultdict(set)
    for thing, some in written.places.items():
        for place in some:
            places[place[0]].add((thing, *place[1:]))
    infos, facts = [], []
    mentions: dict[str, set[tuple[str, Quote]]] = defaultdict(set)
    for number in sorted(map(writing.shelf.number, {*places, *written.chosen})):
        stored, all_facts = writing.facts(number)
        document = stored.document.id
        infos.append(stored.document)
        facts += [(document, fact) for fact in _some(all_facts, written.chosen.get(document, Counter()))]
        for thing, quote in writing.mentions(stored):
            if (thing, quote.start, quote.end) in places[document]:
                mentions[thing].add((document, quote))
    things = tuple(replace(t, mentions=in_order(mentions[t.id])) for t in writing.shown)
    return Knowledge(tuple(infos), things, tuple(facts))


def _some(facts: Iterable[Fact], wanted: Counter[str]) -> Iterator[Fact]:
    """Yield facts with these keys, each as often as it is wanted."""
    left = Counter(wanted)
    for fact in facts if left else ():
        key = fact_key(fact)
        if left[key]:
            left[key] -= 1
            yield fact


def write_page(writing: Writing, written: Written | None = None) -> None:
    """Write the page of the whole graph, which must be there, or of the part of it that was chosen while `written`."""
    from kg.graph.load import load
    from kg.view.html import render

    shop, base = writing.shop, writing.publisher.base
    place = shop.new / "graph.nq"
    if written:
        place = shop.folder / "part.nq"
        with place.open("w", encoding="utf-8", newline="\n") as file:
            file.writelines(f"{line}\n" for line in publish(_part(writing, written), base=base, version=__version__))
    (shop.new / "graph.html").write_bytes(render(load(place)).encode("utf-8", "replace"))
