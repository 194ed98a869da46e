"""Knowledge → graph.nq, graph.ttl and graph.html of an output folder, document by document, in several processes."""

from __future__ import annotations

import shutil
from collections.abc import Iterable
from pathlib import Path

from kg import __version__
from kg.engine.lanes import side_by_side
from kg.engine.place import Workshop
from kg.engine.shelf import Shelf
from kg.engine.sorted import Sorter
from kg.graph.publish import Publisher, parts
from kg.graph.turtle import turtle
from kg.model import Knowledge

_MANY = 40  # documents that are worth copies of the process
_LOTS = 200  # pieces that the documents are cut into


def write_graph(
    shop: Workshop, shelf: Shelf, knowledge: Knowledge, *, base: str, lanes: int, view: bool, part: Knowledge | None
) -> None:
    """Write the files into the new folder of a workshop; the bytes do not depend on the number of `lanes`.

    The page, if there is to be a `view`, shows all of the knowledge or the `part` given.
    """
    page = part if view else None
    runs = _runs(shop, shelf, Publisher(knowledge, base=base, version=__version__, details=shelf.details), page, lanes)
    with (shop.new / "graph.nq").open("wb") as file:
        file.writelines(Sorter(shop.folder / "runs").merged(runs))
    with (shop.new / "graph.nq").open("rb") as quads, (shop.new / "graph.ttl").open("wb") as file:
        file.writelines(turtle(quads))
    if view and not page:
        _page(shop, shelf, None, base)


def _runs(shop: Workshop, shelf: Shelf, publisher: Publisher, page: Knowledge | None, lanes: int) -> list[Path]:
    """Return sorted files with all lines of the graph; write the page of a part of it on the way."""
    ids = publisher.ids
    step = -(-len(ids) // _LOTS) or 1
    lots = [ids[start : start + step] for start in range(0, len(ids), step)]
    places = [shop.folder / f"runs-{lane}" for lane in range(max(lanes, 1))]

    def work(lane: int, pieces: Iterable[int]) -> None:
        lines = Sorter(places[lane])
        if lane == 0:
            lines.add(publisher.shared())
        for piece in pieces:
            if piece == len(lots):
                _page(shop, shelf, page, publisher.base)
                continue
            for id_ in lots[piece]:
                lines.add(publisher.document(id_))
        lines.spill()

    # The page comes first: it is the longest piece.
    pieces = [*([len(lots)] if page else []), *range(len(lots))]
    if not side_by_side(lanes if len(ids) >= _MANY else 1, pieces, work):
        for place in places:
            shutil.rmtree(place, ignore_errors=True)
        work(0, pieces)
    return sorted(path for place in places for path in place.glob("*"))


def _page(shop: Workshop, shelf: Shelf, part: Knowledge | None, base: str) -> None:
    """Write the page of the whole graph, or of a part of it."""
    from kg.graph.load import load
    from kg.view.html import render

    place = shop.new / "graph.nq"
    if part:
        place = shop.folder / "part.nq"
        with place.open("w", encoding="utf-8", newline="\n") as file:
            for lot in parts(part, base=base, version=__version__, details=shelf.facts_of):
                file.writelines(f"{line}\n" for line in lot)
    (shop.new / "graph.html").write_bytes(render(load(place)).encode("utf-8", "replace"))
