"""What identity sees of all documents → the things they name, in files: it takes more memory than all else together."""

from __future__ import annotations

import hashlib
import json
from array import array
from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from kg.engine.lanes import apart
from kg.engine.memory import KEPT, Memory
from kg.engine.place import Workshop
from kg.engine.seen import MANY, Seen
from kg.engine.sorted import Sorter
from kg.graph.excerpt import most_mentioned
from kg.graph.publish import things_lines
from kg.model import DocumentFacts, Finding, Label, Thing
from kg.resolve.edits import Known, known
from kg.resolve.items import Item
from kg.resolve.ledger import Ledger
from kg.resolve.merge import Joined
from kg.resolve.records import Decoder
from kg.resolve.replay import joined_by
from kg.resolve.translations import Translations

_THINGS = 2000  # things written at a time
RUNS, CHANGED = "runs-things", "things.nq"


@dataclass(frozen=True)
class Identity:
    """The things that documents name, as far as it must be in memory: `ends` tells which each entity is.

    `things` counts them by type. `shown` are those that a page of a part may show. `known` are those that decisions
    reject facts of, `problems` the decisions that could not be followed. The lines about things are in sorted files.
    """

    ends: Ends
    things: Counter[str]
    shown: tuple[Thing, ...]
    known: Known
    problems: list[Finding]


class Ends:
    """Which thing each entity of each document is, in few bytes: there may be millions.

    `paths` are the ids of things, `numbers` their places there for all entities, `first` is where a document's begin.
    """

    def __init__(self, paths: Sequence[str], numbers: array[int], first: dict[str, int]) -> None:
        self._paths, self._numbers, self._first = paths, numbers, first

    def of(self, facts: DocumentFacts) -> dict[str, str]:
        """Return the id of the thing that each entity of a document is."""
        first = self._first.get(facts.document.id, 0)
        return {entity.id: self._paths[self._numbers[first + i]] for i, entity in enumerate(facts.entities)}


def identify(
    shop: Workshop, seen: Seen, ledger: Ledger, base: str, memory: Memory | None = None, *, changed: bool = False
) -> Identity:
    """Return what is one thing in the documents, and write the lines about things into sorted files.

    If only what has `changed` is asked for, those about things that the `memory` knows no such of, into one file.
    """
    folder = shop.new / KEPT

    def work() -> None:
        _work(seen, ledger, base, shop, memory, changed)

    # A copy that ends need not even take apart what it held.
    if len(seen.infos) < MANY or not apart(work):
        work()
    return found_in(folder)


def found_in(folder: Path) -> Identity:
    """Return what identity left in a folder."""
    told = json.loads((folder / "told.json").read_text(encoding="utf-8"))
    paths = (folder / "paths").read_text(encoding="utf-8").splitlines()
    numbers = array("I")
    numbers.frombytes((folder / "numbers").read_bytes())
    return Identity(
        Ends(paths, numbers, told["first"]),
        Counter(told["things"]),
        tuple(map(_thing, told["shown"])),
        {id_: (type_, frozenset(names)) for id_, (type_, names) in told["known"].items()},
        [Finding(**problem) for problem in told["problems"]],
    )


def _work(seen: Seen, ledger: Ledger, base: str, shop: Workshop, memory: Memory | None, changed: bool) -> None:
    """Find out what is one, and leave it in files."""
    folder = shop.new / KEPT
    items = _items(seen)
    translations = Translations(memory.translations if memory else ())
    joined, problems = joined_by(items, {info.id: info.language for info in seen.infos}, ledger, translations)
    lines = "".join(f"{line}\n" for line in translations.lines())
    (folder / "translations").write_bytes(lines.encode("utf-8", "surrogatepass"))
    things = joined.things
    paths = sorted({thing.id for thing in things})
    places = {path: place for place, path in enumerate(paths)}
    (folder / "numbers").write_bytes(array("I", (places[id_] for id_ in joined.ids)).tobytes())
    (folder / "paths").write_text("".join(f"{path}\n" for path in paths), encoding="utf-8", newline="\n")
    first: dict[str, int] = {}
    mentioned: Counter[str] = Counter()
    for place, (item, id_) in enumerate(zip(items, joined.ids, strict=True)):
        first.setdefault(item.document, place)
        mentioned[id_] += item.places
    del items
    _tell(base, joined, shop, memory if changed else None)
    shown = most_mentioned(mentioned)
    told = {
        "first": first,
        "things": Counter(thing.type for thing in things),
        "shown": [asdict(thing) for thing in things if thing.id in shown],
        "known": {id_: (type_, sorted(names)) for id_, (type_, names) in known(ledger.rejected, things).items()},
        "problems": [asdict(problem) for problem in problems],
    }
    (folder / "told.json").write_text(json.dumps(told), encoding="utf-8")


def _tell(base: str, joined: Joined, shop: Workshop, memory: Memory | None) -> None:
    """Write the lines about things, and a digest of each."""
    digests: dict[str, str] = {}
    for thing in joined.things:
        # With those before it of the same id, though there should be none.
        digests[thing.id] = _digest(thing, digests.get(thing.id, ""))
    text = "".join(f"{path} {made}\n" for path, made in digests.items())
    (shop.new / KEPT / "things").write_text(text, encoding="utf-8", newline="\n")
    if memory:
        new = [thing for thing in joined.things if memory.things.get(thing.id) != digests[thing.id]]
        lines = things_lines(base, new, joined.successions)
        (shop.folder / CHANGED).write_bytes(b"".join(sorted(f"{line}\n".encode() for line in lines)))
        return
    runs = Sorter(shop.folder / RUNS)
    for start in range(0, len(joined.things), _THINGS):
        runs.add(things_lines(base, joined.things[start : start + _THINGS]))
    runs.add(things_lines(base, (), joined.successions))
    runs.spill()


def _digest(thing: Thing, before: str) -> str:
    return hashlib.blake2b(f"{before}{thing}".encode("utf-8", "surrogatepass"), digest_size=8).hexdigest()


def _items(seen: Seen) -> list[Item]:
    """Return the items of all documents by the documents' ids."""
    decoder = Decoder()
    found: list[tuple[str, list[Item]]] = []
    infos = iter(seen.infos)
    with seen.items.open("rb") as lines:
        found += [(next(infos).id, decoder.decode(line)) for line in lines]
    found.sort(key=lambda part: part[0])
    return [item for _, part in found for item in part]


def _thing(data: dict[str, Any]) -> Thing:
    labels = {key: tuple(Label(**label) for label in data[key]) for key in ("preferred", "alternative")}
    return Thing(**{**data, **labels, "mentions": (), "why": tuple(data["why"]), "same_as": tuple(data["same_as"])})
