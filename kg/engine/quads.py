"""Documents and the things they name → sorted files of quads, and what their facts claim, in several processes."""

from __future__ import annotations

import json
import shutil
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

from kg.engine.identity import Ends
from kg.engine.lanes import side_by_side
from kg.engine.memory import KEPT
from kg.engine.place import Workshop
from kg.engine.seen import MANY, lots
from kg.engine.shelf import Shelf
from kg.engine.sorted import Sorter, few, merged
from kg.graph.claims import Claim, by_fact, settled
from kg.graph.excerpt import PLACES, Chosen, among, ends_of
from kg.graph.publish import Publisher
from kg.model import DocumentFacts, Fact, Quote, Thing
from kg.resolve.edits import Rejection
from kg.resolve.merge import with_ends


@dataclass(frozen=True)
class Writing:
    """All that the lines of a graph are made of. `shown` are the things that the page may show."""

    shop: Workshop
    shelf: Shelf
    ends: Ends
    publisher: Publisher
    rejected: Rejection | None = None
    shown: tuple[Thing, ...] = ()

    @cached_property
    def kept(self) -> frozenset[str]:
        """The ids of the things that the page may show."""
        return frozenset(thing.id for thing in self.shown)

    def facts(self, number: int) -> tuple[DocumentFacts, list[Fact]]:
        """Return a document's facts as they are, and those that are not rejected with things as their ends."""
        stored = self.shelf.facts(number)
        ends = self.ends.of(stored)
        facts = [with_ends(fact, ends) for fact in stored.facts]
        if self.rejected:
            facts = [fact for fact in facts if not self.rejected(stored.document.id, fact)]
        return stored, facts

    def mentions(self, stored: DocumentFacts) -> list[tuple[str, Quote]]:
        """Return what a document names, and where."""
        ends = self.ends.of(stored)
        return [(ends[entity.id], quote) for entity in stored.entities for quote in entity.mentions]


Place = tuple[str, int, int]


@dataclass(slots=True)
class Written:
    """Sorted files with all lines of a graph, and what was counted on the way.

    `facts` counts facts by kind, `used` are the rows that rejected one; `chosen` are facts for the page by document and
    key, `places` where to find the first mentions of the things on it.
    """

    runs: list[Path] = field(default_factory=list)
    facts: Counter[str] = field(default_factory=Counter)
    used: set[str] = field(default_factory=set)
    chosen: dict[str, Counter[str]] = field(default_factory=dict)
    places: dict[str, list[Place]] = field(default_factory=dict)


def write_quads(writing: Writing, lanes: int) -> Written:
    """Write the lines of a graph into sorted files, in so many lanes."""
    folder, shelf = writing.shop.folder, writing.shelf
    cut = lots(len(shelf))
    told = folder / "told"
    told.mkdir()
    number = max(lanes, 1)

    def work(lane: int, pieces: Iterable[int]) -> None:
        lines, claims = Sorter(folder / f"runs-{lane}"), Sorter(folder / f"claims-{lane}")
        if lane == 0:
            lines.add(writing.publisher.documents())
        for piece in pieces:
            places: dict[str, list[Place]] = defaultdict(list)
            with (told / f"counted-{piece}").open("wb") as counted, (told / f"stated-{piece}").open("wb") as stated:
                for place in cut[piece]:
                    said = document(writing, place)
                    lines.add(said.lines)
                    claims.add(claim.encode() for claim in said.claims)
                    counted.write(said.counted + b"\n")
                    stated.write(said.stated + b"\n")
                    for thing, where in said.places:
                        places[thing].append(where)
            some = {thing: _first(where) for thing, where in places.items()}
            (told / f"places-{piece}").write_text(json.dumps(some), encoding="utf-8")
        lines.spill()
        claims.spill()

    if not side_by_side(lanes if len(shelf) >= MANY else 1, range(len(cut)), work):
        for lane in range(1, number):
            shutil.rmtree(folder / f"runs-{lane}", ignore_errors=True)
            shutil.rmtree(folder / f"claims-{lane}", ignore_errors=True)
        work(0, range(len(cut)))
    found = Written()
    counted: list[bytes] = []
    with (writing.shop.new / KEPT / "stated").open("wb") as whole:
        for piece in range(len(cut)):
            with (told / f"stated-{piece}").open("rb") as part:
                shutil.copyfileobj(part, whole)
    for piece in range(len(cut)):
        counted += (told / f"counted-{piece}").read_bytes().splitlines()
        for thing, some in json.loads((told / f"places-{piece}").read_text(encoding="utf-8")).items():
            found.places[thing] = _first([*found.places.get(thing, ()), *((d, s, e) for d, s, e in some)])
    count(writing.shop, counted, found)
    settle(folder, found)
    return found


def count(shop: Workshop, counted: Iterable[bytes], found: Written) -> None:
    """Add up what was counted in each document, and leave it for the next build."""
    with (shop.new / KEPT / "counted").open("wb") as file:
        for line in counted:
            file.write(line + b"\n")
            told = json.loads(line)
            found.facts.update(told["facts"])
            found.used.update(told["used"])


def state(writing: Writing, lines: Iterable[bytes], found: Written, *, view: bool) -> None:
    """Leave what each document states for the next build, and choose from it what the page may show, if there is one.

    It is chosen as `settle` does, which has all claims at hand.
    """
    documents: dict[str, list[str]] = defaultdict(list)
    with (writing.shop.new / KEPT / "stated").open("wb") as file:
        for entry, line in zip(writing.shelf.entries, lines, strict=True):
            file.write(line + b"\n")
            told = json.loads(line) if view else {"claims": [], "named": {}}
            for key, *ends in told["claims"]:
                if writing.kept.issuperset(ends):
                    documents[key].append(entry.id)
            for thing in told["named"].keys() & writing.kept:
                places = [(entry.id, start, end) for start, end in told["named"][thing]]
                found.places[thing] = _first([*found.places.get(thing, ()), *places])
    chosen = Chosen()
    for key, stating in documents.items():
        chosen.state(key, len(stating), stating)
    found.chosen = chosen.by_document()


def settle(folder: Path, found: Written) -> None:
    """Write what the claims of all documents leave, and choose from them what the page may show."""
    chosen = Chosen()

    def lines() -> Iterator[bytes]:
        runs = few(sorted(folder.glob("claims-*/run-*")), folder / "claims")
        for group in by_fact(merged(runs)):
            chosen.add(group)
            yield from (f"{line}\n".encode() for line in settled(group))

    # The lines of one fact begin with its key, as its claims do: they come sorted.
    with (folder / "settled").open("wb") as file:
        file.writelines(lines())
    for claims in folder.glob("claims*"):
        shutil.rmtree(claims)
    found.runs = few([*sorted(folder.glob("runs-*/run-*")), folder / "settled"], folder / "runs")
    found.chosen = chosen.by_document()


def _first(places: Iterable[Place]) -> list[Place]:
    return sorted(set(places))[:PLACES]


@dataclass(frozen=True, slots=True)
class Told:
    """What one document says: lines of its graph, and claims. `counted` is a line of JSON with the number of its facts,
    and the rows that rejected some, `stated` one with its claims, the ends of each, and where it names what, first;
    `places` are where it names things that the page may show.
    """

    lines: set[str]
    claims: list[Claim]
    counted: bytes
    stated: bytes
    places: list[tuple[str, Place]]


def document(writing: Writing, number: int) -> Told:
    """Return what one document says, given its place in the order of all."""
    if writing.rejected:
        writing.rejected.used.clear()
    stored, facts = writing.facts(number)
    id_, mentions = stored.document.id, writing.mentions(stored)
    kinds = Counter(type(fact).__name__ for fact in facts)
    used = sorted(writing.rejected.used) if writing.rejected else []
    counted = json.dumps({"facts": dict(sorted(kinds.items())), "used": used}).encode("ascii")
    places = [(thing, (id_, quote.start, quote.end)) for thing, quote in mentions if thing in writing.kept]
    said = writing.publisher.document(
        id_, facts, mentions, stored.findings, shown=lambda fact: among(fact, writing.kept)
    )
    named: dict[str, list[tuple[int, int]]] = defaultdict(list)
    for thing, quote in mentions:
        named[thing].append((quote.start, quote.end))
    claims = [(claim.key, *sorted(ends_of(fact))) for claim, fact in zip(said.claims, facts, strict=True)]
    first = {thing: sorted(set(where))[:PLACES] for thing, where in sorted(named.items())}
    stated = json.dumps({"claims": claims, "named": first}, separators=(",", ":")).encode("ascii")
    return Told(said.lines, said.claims, counted, stated, places)
