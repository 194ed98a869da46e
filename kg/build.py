"""The main job: documents → an output folder, whole or not at all."""

from __future__ import annotations

import hashlib
import json
import os
from collections import Counter
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

from kg import __version__
from kg.cards import card
from kg.engine.again import few_changes, write_again
from kg.engine.fingerprint import whole_fingerprint
from kg.engine.identity import Identity, identify
from kg.engine.kept import Previous, file_digest
from kg.engine.memory import KEPT, Memory, StaleError, keep, remembered
from kg.engine.outputs import write_outputs, write_page
from kg.engine.place import Workshop, may_replace
from kg.engine.pool import processes
from kg.engine.quads import Writing, Written, write_quads
from kg.engine.read import Progress, Reading, read_all
from kg.engine.seen import Seen, lay_out
from kg.engine.shelf import Shelf
from kg.errors import InputError, OutputError
from kg.facts import loads
from kg.graph.excerpt import FACTS, THINGS
from kg.graph.iri import check_base
from kg.graph.publish import BASE, Publisher
from kg.model import Finding, Knowledge
from kg.reading import check_tables, collect
from kg.resolve import Ledger, find_files, read_ledger, replay
from kg.resolve.edits import Rejection, idle
from kg.resolve.replay import Edits, in_order
from kg.vocab import ONTOLOGY_VERSION


@dataclass(frozen=True)
class Report:
    """What a build read, found and skipped; `data` is the content of ``report.json``.

    `anew` counts the documents that had to be read: of the others, what an earlier build read was used again.
    """

    out: Path
    skipped: tuple[Finding, ...]
    data: dict[str, Any] = field(repr=False)
    anew: int = 0
    ledger: Ledger = field(default_factory=Ledger, repr=False)

    @cached_property
    def knowledge(self) -> Knowledge:
        """The things and facts of all documents, from the output folder, with the decisions replayed."""
        with (self.out / "facts.ndjson").open("rb") as file:
            documents = list(map(loads, file))
        texts = {i["file"]: (self.out / i["text"]).read_bytes().decode("utf-8") for i in self.data["inputs"]}
        return replay(documents, self.ledger, texts)[0]

    def _repr_html_(self) -> str:
        things, facts = (list(self.data[kind].items()) for kind in ("things", "facts"))
        return card("report", report=self, things=things, facts=facts, unread=len(self.data["not_understood"]))


def build(
    paths: Iterable[str | Path] | str | Path,
    *,
    out: str | Path,
    base: str = BASE,
    view: bool = True,
    jobs: int = 0,
    decisions: str | Path | None = None,
    progress: Progress | None = None,
) -> Report:
    """Read documents and write their graph to a folder.

    The decisions of people are replayed: those of the file `decisions`, else of every ``decisions.csv`` beside the
    documents and in the output folder.

    A document that can't be read is named in `Report.skipped` and in ``report.json``; the rest is built. What an earlier
    build in that folder, or one that was cut off, has read is not read again; the result is the same. The folder is
    made beside the old one and takes its place at the end, so a build that is killed leaves the old one whole. Files
    of yours in the folder are kept.
    `jobs` processes read side by side; 0 means as many as help, 1 none but this one. `progress` is called with the
    number of documents read, of those to be read, and a name.
    Raises `InputError` when there is no document at all, `OutputError` when the folder can't be written, is not ours, or
    another build is writing it.
    """
    target = Path(out).resolve()
    check_base(base)
    may_replace(target)
    paths = [paths] if isinstance(paths, (str, Path)) else list(paths)
    ledger = read_ledger([decisions] if decisions else find_files(paths, target))
    documents, problems = collect(paths)
    if not documents:
        where = ", ".join(sorted({p.where for p in problems} or set(map(str, paths))))
        reason = (
            problems[0].message
            if problems
            else "no documents here – give .txt, .pdf, .html, .docx, .md or .eml files, or a folder of them"
        )
        raise InputError(problems[0].code if problems else "E108", reason, where=where)
    problems += check_tables(documents)
    try:
        with Workshop(target) as shop:
            previous = Previous(target)
            read = read_all(documents, shop.journal, previous, jobs=jobs, progress=progress)
            problems = [*problems, *read.problems]
            settings = {"base": base, "view": view, "made_by": whole_fingerprint()}
            if ledger.files:
                settings["decisions"] = hashlib.sha256(b"".join(map(Path.read_bytes, ledger.files))).hexdigest()
            if _unchanged(previous, read, problems, settings):
                data = previous.report
            else:
                if progress:
                    progress(read.anew, read.anew, "writing the graph")
                lanes = processes(jobs, len(documents))
                data = _write(shop, Shelf(shop, previous, read), ledger, problems, settings, lanes=lanes)
                shop.finish()
    except OSError as error:
        where, hint = str(error.filename or target), "free some space, then run again"
        raise OutputError("E402", f"writing failed ({error.strerror})", where=where, hint=hint) from error
    return Report(target, tuple(p for p in problems if p.severity == "error"), data, read.anew, ledger)


def _unchanged(previous: Previous, read: Reading, problems: list[Finding], settings: dict[str, Any]) -> bool:
    """Tell whether the folder already is what the build would write."""
    if len(previous) != len(read.entries) or not all(entry.old for entry in read.entries):
        return False
    if previous.report.get("settings") != settings:
        return False
    # What is told of a document that was read, or of decisions, would be the same.
    known = {entry.file for entry in read.entries}
    told = [
        p for p in previous.report["problems"] if p["where"] not in known and not p["code"].startswith(("W13", "W401"))
    ]
    if told != [asdict(p) for p in sorted(problems, key=_place) if p.where not in known]:
        return False
    made = dict(previous.report["outputs"])
    without = {**previous.report, "outputs": {name: made[name] for name in made if name != "report.json"}}
    return hashlib.sha256(_json(without)).hexdigest() == made.pop("report.json", "") and previous.holds(made)


def _place(finding: Finding) -> tuple[str, str, int]:
    return finding.where, finding.code, finding.start or 0


def _write(
    shop: Workshop, shelf: Shelf, ledger: Ledger, problems: list[Finding], settings: dict[str, Any], *, lanes: int
) -> dict[str, Any]:
    """Write the files of an output folder and return the report: it comes last, as the mark of a whole folder."""
    memory = remembered(shelf.previous, settings, ledger)
    try:
        made = _made(shop, shelf, ledger, settings, lanes, memory)
    except StaleError:
        shop.clear()
        made = _made(shop, shelf, ledger, settings, lanes, None)
    seen, identity, written = made.seen, made.identity, made.written
    folder = shop.new
    undone = [*ledger.problems, *seen.problems, *made.lost, *identity.problems]
    problems = [*problems, *in_order([*undone, *idle(ledger.rejected, written.used)])]
    if made.part and settings["view"]:
        problems = [*problems, _shown(len(identity.shown), identity.things.total())]
    data = _report(seen.inputs, identity.things, written.facts, [*problems, *seen.findings], settings)
    if ledger.files:
        data["decisions"] = _decisions(ledger, shop.target)
    paths = [path for path in sorted(folder.iterdir()) if path.is_file()]
    with ThreadPoolExecutor(lanes or 1) as pool:
        data["outputs"] = dict(zip((path.name for path in paths), pool.map(file_digest, paths), strict=True))
    data["outputs"]["report.json"] = hashlib.sha256(_json(data)).hexdigest()
    (folder / "report.json").write_bytes(_json(data))
    keep(folder / KEPT, settings, ledger)
    return data


@dataclass(frozen=True)
class _Made:
    """What was found on the way to the files of a graph."""

    seen: Seen
    identity: Identity
    written: Written
    lost: list[Finding]

    @property
    def part(self) -> bool:
        """Whether the page is to show but a part."""
        return self.identity.things.total() > THINGS or self.written.facts.total() > FACTS


def _made(
    shop: Workshop, shelf: Shelf, ledger: Ledger, settings: dict[str, Any], lanes: int, memory: Memory | None
) -> _Made:
    """Write all but the report. What `memory` has of the last build is not made again. Raises `StaleError` if it does not fit."""
    edits = Edits(ledger, shelf.texts({row.file for row in ledger.added}))
    seen = lay_out(shop, shelf, edits, lanes, memory)
    changed = memory if memory and few_changes(memory, shelf) else None
    identity = identify(shop, seen, ledger, settings["base"], memory, changed=bool(changed))
    files = {info.id: info.file_name for info in seen.infos}
    writing = Writing(
        shop,
        shelf,
        identity.ends,
        Publisher(seen.infos, base=settings["base"], version=__version__),
        Rejection(ledger.rejected, identity.known, files) if ledger.rejected else None,
        identity.shown if settings["view"] else (),
    )
    lost = edits.lost(seen.named, set(files.values()))
    if changed:
        made = _Made(seen, identity, write_again(writing, identity, changed, ledger, view=settings["view"]), lost)
        if settings["view"]:
            write_page(writing, made.written if made.part else None)
        return made
    made = _Made(seen, identity, write_quads(writing, lanes), lost)
    write_outputs(writing, made.written, lanes=lanes, view=settings["view"], part=made.part)
    return made


def _shown(some: int, all_: int) -> Finding:
    hint = "for another: kg view DIR --focus NAME --out FILE"
    return Finding("info", "W401", f"shows the {some} most mentioned of {all_} things – {hint}", "graph.html")


def _json(data: dict[str, Any]) -> bytes:
    return (json.dumps(data, ensure_ascii=False, indent=1, sort_keys=True) + "\n").encode("utf-8", "replace")


def _decisions(ledger: Ledger, target: Path) -> dict[str, Any]:
    """Return which decisions were replayed; the files as seen from the output folder, so that `kg review` finds them."""
    places = [Path(os.path.relpath(file.resolve(), target)).as_posix() for file in ledger.files]
    return {"files": places, "rows": ledger.rows}


def _report(
    inputs: list[dict[str, Any]],
    things: Counter[str],
    facts: Counter[str],
    findings: list[Finding],
    settings: dict[str, Any],
) -> dict[str, Any]:
    return {
        "version": __version__,
        "ontology": ONTOLOGY_VERSION,
        "settings": settings,
        "inputs": inputs,
        "things": dict(sorted(things.items())),
        "facts": dict(sorted(facts.items())),
        "problems": [asdict(p) for p in sorted((f for f in findings if f.code != "W301"), key=_place)],
        "not_understood": [
            {"file": f.where, "start": f.start, "end": f.end, "reason": f.message, "quote": f.quote}
            for f in sorted(findings, key=lambda f: (f.where, f.start or 0))
            if f.code == "W301"
        ],
    }
