"""A build again: what has changed in the graph since the last one, and its files with that changed in them."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Collection, Iterable

from kg import __version__
from kg.engine.identity import CHANGED, Identity, found_in
from kg.engine.memory import KEPT, Memory, StaleError, read_things, unlike
from kg.engine.patch import Change, Lines, Swap, opened, patch
from kg.engine.quads import Writing, Written, count, document, state
from kg.engine.read import Entry, Reading
from kg.engine.shelf import Shelf
from kg.graph.claims import Claim, settled
from kg.graph.iri import address
from kg.graph.publish import Publisher, iri
from kg.model import DocumentInfo
from kg.resolve.edits import Rejection
from kg.resolve.ledger import Ledger
from kg.resolve.replay import Edits

# Of so many documents what they said and say is held in memory; where more have changed, all is written anew.
MOST = 100
Pair = tuple[int | None, int | None]


def write_again(writing: Writing, identity: Identity, memory: Memory, ledger: Ledger, *, view: bool) -> Written:
    """Write graph.nq and graph.ttl, in which but some documents have changed; return what was counted.

    For a `view` what its page may show is chosen too.

    Raises `StaleError` if what the last build left does not fit after all.
    """
    was = found_in(memory.folder)
    old = _before(writing, was, memory, ledger)
    todo = _todo(old, writing, memory, _unlike_known(was, identity))
    if len(todo) > MOST:
        raise StaleError
    change, claims = Change(), _Claims()
    some = {
        side.shelf.entries[n].id for pair in todo for side, n in zip((old, writing), pair, strict=True) if n is not None
    }
    change.add(_ended(old.publisher.documents(some)), _ended(writing.publisher.documents(some)))
    counted: dict[int, bytes] = {}
    stated: dict[int, bytes] = {}
    for before, after in todo:
        gone = document(old, before) if before is not None else None
        new = document(writing, after) if after is not None else None
        change.add(_ended(gone.lines if gone else ()), _ended(new.lines if new else ()))
        claims.add(gone.claims if gone else (), new.claims if new else ())
        if new and after is not None:
            counted[after], stated[after] = new.counted, new.stated
    base = writing.publisher.base
    begins = f"<{base}build/".encode(), f"<{base}fact/".encode()
    swap = Swap(old.publisher.build.encode(), writing.publisher.build.encode(), begins)
    # The old facts, too, count as the new build's: where its address stands is not what changes.
    change.gone = {swap.on(line) for line in change.gone}
    folder = memory.previous.folder
    with opened(folder) as graph:
        change.add(*_things(graph[0], writing, memory))
        change.add(*claims.settled(graph[0], writing, some))
        patch(graph, folder, writing.shop.new, change, swap)
    found = Written()
    told = (counted.get(n) or memory.line("counted", entry.key) for n, entry in enumerate(writing.shelf.entries))
    count(writing.shop, told, found)
    lines = (stated.get(n) or memory.line("stated", entry.key) for n, entry in enumerate(writing.shelf.entries))
    state(writing, lines, found, view=view)
    return found


def few_changes(memory: Memory, shelf: Shelf) -> bool:
    """Tell whether so few documents came and went that `write_again` may do."""
    came = sum(not entry.old for entry in shelf.entries)
    return max(came, len(memory.numbers) - len(shelf) + came) <= MOST


def _ended(lines: Iterable[str]) -> list[bytes]:
    return [f"{line}\n".encode() for line in lines]


def _before(writing: Writing, was: Identity, memory: Memory, ledger: Ledger) -> Writing:
    """Return what the last build made its lines of."""
    inputs = memory.previous.report["inputs"]
    entries = tuple(Entry(one["file"], one["sha256"], one["key"], old=True) for one in inputs)
    shelf = Shelf(writing.shop, memory.previous, Reading(entries, (), 0))
    shelf.edits = Edits(ledger, shelf.texts({row.file for row in ledger.added}))
    infos = [DocumentInfo(**json.loads(line)["info"]) for line in memory.lines["heads"]]
    files = {info.id: info.file_name for info in infos}
    rejected = Rejection(ledger.rejected, was.known, files) if ledger.rejected else None
    publisher = Publisher(infos, base=writing.publisher.base, version=__version__)
    return Writing(writing.shop, shelf, was.ends, publisher, rejected)


def _unlike_known(was: Identity, identity: Identity) -> set[str]:
    """Return the things of which decisions reject facts that are now known by another type or other names."""
    return {id_ for id_ in was.known.keys() | identity.known.keys() if was.known.get(id_) != identity.known.get(id_)}


def _todo(old: Writing, new: Writing, memory: Memory, things: Collection[str]) -> list[Pair]:
    """Return the places before and now of the documents that do not say what they said; None where one was or is not."""
    other = unlike(memory.folder, new.shop.new / KEPT, things)
    before = {entry.id: number for number, entry in enumerate(old.shelf.entries)}
    after = {entry.id: number for number, entry in enumerate(new.shelf.entries)}
    same = {
        id_
        for id_ in before.keys() & after.keys() - other
        if old.shelf.entries[before[id_]].key == new.shelf.entries[after[id_]].key
    }
    return [(before.get(id_), after.get(id_)) for id_ in sorted((before.keys() | after.keys()) - same)]


def _things(lines: Lines, writing: Writing, memory: Memory) -> tuple[list[bytes], list[bytes]]:
    """Return the lines about things, and what went over into what, that go and those that come."""
    base, before, now = writing.publisher.base, memory.things, read_things(writing.shop.new / KEPT)
    new = (writing.shop.folder / CHANGED).read_bytes().splitlines(keepends=True)
    here = f" <{address(base, 'graph/things')}> .\n".encode()
    begin = f"<{base}succession/".encode()
    events = [*lines.lines(lines.span(begin)), *(line for line in new if line.startswith(begin))]
    # Some bodies that no document names have lines for an event's sake.
    named = {part for line in events for part in line.split(b" ")[::2]}
    same = {f"<{address(base, path)}>".encode() for path in before.keys() & now.keys() if before[path] == now[path]}
    changed = {f"<{address(base, path)}>".encode() for path in before.keys() | now.keys()} - same
    own = f"<{base}".encode()
    subjects = sorted(changed | {name for name in named - same if name.startswith(own)})
    old = [line for subject in subjects for line in lines.lines(lines.span(subject + b" "))]
    return [line for line in old if line.endswith(here)], new


class _Claims:
    """What documents that have changed claimed, and what they claim now."""

    def __init__(self) -> None:
        self._gone: dict[str, list[Claim]] = defaultdict(list)
        self._new: dict[str, list[Claim]] = defaultdict(list)

    def add(self, gone: Iterable[Claim], new: Iterable[Claim]) -> None:
        """Take the claims of a document, those before and those now."""
        for claims, by_key in ((gone, self._gone), (new, self._new)):
            for claim in claims:
                by_key[claim.key].append(claim)

    def settled(self, lines: Lines, writing: Writing, changed: Collection[str]) -> tuple[list[bytes], list[bytes]]:
        """Return the lines that the claims of all documents left, and those that they leave now."""
        base, said = writing.publisher.base, iri("prov:wasDerivedFrom").encode()
        begin = f"<{address(base, 'document/')}".encode()
        wanted: dict[str, set[str]] = defaultdict(set)
        for key in sorted(self._gone.keys() | self._new.keys()):
            for line in lines.lines(lines.span(f"<{address(base, f'fact/{key}')}> ".encode())):
                _, predicate, value, _ = line.split(b" ", 3)
                document = value.removeprefix(begin).rstrip(b">").decode("utf-8")
                if predicate == said and document not in changed:
                    wanted[document].add(key)
        others: dict[str, list[Claim]] = defaultdict(list)
        for id_, keys in sorted(wanted.items()):
            _, facts = writing.facts(writing.shelf.number(id_))
            for claim in writing.publisher.claims(id_, facts, keys):
                others[claim.key].append(claim)
        found: tuple[list[bytes], list[bytes]] = ([], [])
        for claims, into in zip((self._gone, self._new), found, strict=True):
            for key in self._gone.keys() | self._new.keys():
                if claims.get(key) or others.get(key):
                    into += _ended(settled([*claims.get(key, ()), *others.get(key, ())]))
        return found
