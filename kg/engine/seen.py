"""Documents → what identity sees of each, what the report says, and their texts and facts in the new folder."""

from __future__ import annotations

import json
import shutil
from array import array
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any

from kg.engine.lanes import side_by_side
from kg.engine.place import Workshop
from kg.engine.shelf import Shelf
from kg.model import DocumentFacts, DocumentInfo, Finding
from kg.resolve.items import Item, items_in
from kg.resolve.records import Decoder, encode
from kg.resolve.replay import Edits

MANY = 40  # documents that are worth copies of the process
_LOTS = 200  # pieces that the documents are cut into


@dataclass(slots=True)
class Seen:
    """What is known of all documents without their facts: `inputs` is the report's, `infos` the graph's, by name.

    `named` are names that decisions refer to, each with a file that has it; `items` stand by the documents' ids.
    """

    inputs: list[dict[str, Any]] = field(default_factory=list)
    infos: list[DocumentInfo] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)
    problems: list[Finding] = field(default_factory=list)
    named: set[tuple[str, str]] = field(default_factory=set)
    items: list[Item] = field(default_factory=list)


def lots(number: int) -> list[range]:
    """Return the pieces that so many documents are cut into."""
    step = -(-number // _LOTS) or 1
    return [range(start, min(start + step, number)) for start in range(0, number, step)]


def lay_out(shop: Workshop, shelf: Shelf, edits: Edits, lanes: int) -> Seen:
    """Write the texts and ``facts.ndjson``, in so many lanes; return what is to be known of all documents together."""
    shelf.edits = edits
    cut = lots(len(shelf))
    folder = shop.folder / "seen"
    folder.mkdir()

    def work(lane: int, pieces: Iterable[int]) -> None:
        for piece in pieces:
            with (folder / f"facts-{piece}").open("wb") as facts, (folder / f"seen-{piece}").open("wb") as seen:
                for number in cut[piece]:
                    line, record = _record(shelf, edits, number)
                    facts.write(line + b"\n")
                    seen.write(record)

    if not side_by_side(lanes if len(shelf) >= MANY else 1, range(len(cut)), work):
        work(0, range(len(cut)))
    with (shop.new / "facts.ndjson").open("wb") as whole:
        for piece in range(len(cut)):
            with (folder / f"facts-{piece}").open("rb") as part:
                shutil.copyfileobj(part, whole)
    found = Seen()
    items: list[tuple[str, list[Item]]] = []
    decoder = Decoder()
    for piece in range(len(cut)):
        with (folder / f"seen-{piece}").open("rb") as lines:
            for head, line in zip(lines, lines, strict=True):
                _take(json.loads(head), found)
                items.append((found.infos[-1].id, decoder.decode(line)))
    shutil.rmtree(folder)
    items.sort(key=lambda part: part[0])
    found.items = [item for _, part in items for item in part]
    return found


def _record(shelf: Shelf, edits: Edits, number: int) -> tuple[bytes, bytes]:
    """Return a document's line of facts, and two lines of what is to be known of it."""
    line, facts, told = shelf.lay_out(number)
    named = sorted(edits.named(facts))
    edited, wrong = shelf.edited(facts)
    findings, problems = [asdict(f) for f in facts.findings], [asdict(f) for f in wrong]
    head = {"input": told, "info": asdict(facts.document), "findings": findings, "problems": problems, "named": named}
    return line, f"{json.dumps(head)}\n{encode(items_in(edited))}\n".encode("utf-8", "surrogatepass")


def _take(head: dict[str, Any], found: Seen) -> None:
    found.inputs.append(head["input"])
    info = DocumentInfo(**head["info"])
    found.infos.append(info)
    found.findings += [Finding(**f) for f in head["findings"]]
    found.problems += [Finding(**f) for f in head["problems"]]
    found.named |= {(key, info.file_name) for key in head["named"]}


class Ends:
    """Which thing each entity of each document is, in few bytes: there may be millions. `mentioned` counts mentions."""

    def __init__(self, items: Sequence[Item], ids: Sequence[str]) -> None:
        self._paths = sorted(set(ids))
        numbers = {path: number for number, path in enumerate(self._paths)}
        self._numbers = array("I", (numbers[id_] for id_ in ids))
        self._first: dict[str, int] = {}
        self.mentioned: Counter[str] = Counter()
        for place, (item, id_) in enumerate(zip(items, ids, strict=True)):
            self._first.setdefault(item.document, place)
            self.mentioned[id_] += item.places

    def of(self, facts: DocumentFacts) -> dict[str, str]:
        """Return the id of the thing that each entity of a document is."""
        first = self._first.get(facts.document.id, 0)
        return {entity.id: self._paths[self._numbers[first + i]] for i, entity in enumerate(facts.entities)}
