"""Documents → what identity sees of each, what the report says, and their texts and facts in the new folder."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterable
from contextlib import ExitStack
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from kg.engine.lanes import side_by_side
from kg.engine.memory import KEPT, Memory
from kg.engine.place import Workshop
from kg.engine.shelf import Shelf
from kg.model import DocumentInfo, Finding
from kg.resolve.items import items_in
from kg.resolve.records import encode
from kg.resolve.replay import Edits

MANY = 40  # documents that are worth copies of the process
_LOTS = 200  # pieces that the documents are cut into
_KEPT = ("facts", "heads", "items")


@dataclass(slots=True)
class Seen:
    """What is known of all documents without their facts: `inputs` is the report's, `infos` the graph's, by name.

    `named` are names that decisions refer to, each with a file that has it; `items` is the file of what identity sees,
    a line for each document.
    """

    items: Path
    inputs: list[dict[str, Any]] = field(default_factory=list)
    infos: list[DocumentInfo] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)
    problems: list[Finding] = field(default_factory=list)
    named: set[tuple[str, str]] = field(default_factory=set)


def lots(number: int) -> list[range]:
    """Return the pieces that so many documents are cut into."""
    step = -(-number // _LOTS) or 1
    return [range(start, min(start + step, number)) for start in range(0, number, step)]


def lay_out(shop: Workshop, shelf: Shelf, edits: Edits, lanes: int, memory: Memory | None = None) -> Seen:
    """Write the texts and ``facts.ndjson``, in so many lanes; return what is to be known of all documents together.

    Of the documents that a `memory` has nothing is read.
    """
    shelf.edits = edits
    (shop.new / KEPT).mkdir()
    if memory:
        return _copied(shop, shelf, edits, memory)
    cut = lots(len(shelf))
    folder = shop.folder / "seen"
    folder.mkdir()

    def work(lane: int, pieces: Iterable[int]) -> None:
        for piece in pieces:
            with ExitStack() as stack:
                files = [stack.enter_context((folder / f"{name}-{piece}").open("wb")) for name in _KEPT]
                for number in cut[piece]:
                    for file, line in zip(files, _lines(shelf, edits, number), strict=True):
                        file.write(line + b"\n")

    if not side_by_side(lanes if len(shelf) >= MANY else 1, range(len(cut)), work):
        work(0, range(len(cut)))
    found = Seen(items=shop.new / KEPT / "items")
    for name, place in zip(_KEPT, (shop.new / "facts.ndjson", shop.new / KEPT / "heads", found.items), strict=True):
        with place.open("wb") as whole:
            for piece in range(len(cut)):
                with (folder / f"{name}-{piece}").open("rb") as part:
                    shutil.copyfileobj(part, whole)
    shutil.rmtree(folder)
    with (shop.new / KEPT / "heads").open("rb") as heads:
        for head in heads:
            _take(json.loads(head), found)
    return found


def _copied(shop: Workshop, shelf: Shelf, edits: Edits, memory: Memory) -> Seen:
    """Do the same with the lines that an earlier build left."""
    found = Seen(items=shop.new / KEPT / "items")
    starts = memory.previous.starts
    with ExitStack() as stack:
        old = stack.enter_context((memory.previous.folder / "facts.ndjson").open("rb"))
        whole = stack.enter_context((shop.new / "facts.ndjson").open("wb"))
        heads = stack.enter_context((shop.new / KEPT / "heads").open("wb"))
        items = stack.enter_context(found.items.open("wb"))
        for number, entry in enumerate(shelf.entries):
            if entry.old and shelf.put(number):
                place = memory.numbers[entry.key]
                old.seek(starts[place])
                line = old.read(starts[place + 1] - starts[place]).rstrip(b"\n")
                head, seen = memory.lines["heads"][place], memory.lines["items"][place]
            else:
                line, head, seen = _lines(shelf, edits, number)
            told = json.loads(head)
            if told["input"]["text"] != shelf.place(number):
                # Which file has the text depends on the names of other documents, too.
                told["input"]["text"] = shelf.place(number)
                head = _encoded(told)
            for file, data in ((whole, line), (heads, head), (items, seen)):
                file.write(data + b"\n")
            _take(told, found)
    return found


def _lines(shelf: Shelf, edits: Edits, number: int) -> tuple[bytes, bytes, bytes]:
    """Return a document's facts, what is to be known of it, and what identity sees of it, each as a line."""
    line, facts, told = shelf.lay_out(number)
    named = sorted(edits.named(facts))
    edited, wrong = shelf.edited(facts)
    findings, problems = [asdict(f) for f in facts.findings], [asdict(f) for f in wrong]
    head = {"input": told, "info": asdict(facts.document), "findings": findings, "problems": problems, "named": named}
    return line, _encoded(head), encode(items_in(edited)).encode("utf-8", "surrogatepass")


def _encoded(head: dict[str, Any]) -> bytes:
    return json.dumps(head).encode("ascii")


def _take(head: dict[str, Any], found: Seen) -> None:
    found.inputs.append(head["input"])
    info = DocumentInfo(**head["info"])
    found.infos.append(info)
    found.findings += [Finding(**f) for f in head["findings"]]
    found.problems += [Finding(**f) for f in head["problems"]]
    found.named |= {(key, info.file_name) for key in head["named"]}
