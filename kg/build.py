"""The main job: documents → an output folder, whole or not at all."""

from __future__ import annotations

import errno
import hashlib
import json
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any, BinaryIO

from kg import __version__
from kg.cards import card
from kg.engine.fingerprint import whole_fingerprint
from kg.engine.kept import Kept, Previous, file_digest
from kg.engine.place import Workshop, may_replace, text_places
from kg.engine.read import Progress, Reading, read_all
from kg.engine.sorted import Sorter
from kg.errors import InputError, OutputError
from kg.facts import loads
from kg.files import linked
from kg.graph.iri import check_base
from kg.graph.publish import BASE, parts
from kg.graph.turtle import turtle
from kg.model import DocumentFacts, Finding, Knowledge
from kg.reading import collect
from kg.resolve import resolve
from kg.vocab import ONTOLOGY_VERSION

_KINDS = ("entities", "posts", "relations", "amounts", "counts")


@dataclass(frozen=True)
class Report:
    """What a build read, found and skipped; `data` is the content of ``report.json``.

    `anew` counts the documents that had to be read: of the others, what an earlier build read was used again.
    """

    out: Path
    skipped: tuple[Finding, ...]
    data: dict[str, Any] = field(repr=False)
    anew: int = 0

    @cached_property
    def knowledge(self) -> Knowledge:
        """The things and facts of all documents, from the output folder."""
        with (self.out / "facts.ndjson").open("rb") as file:
            return resolve(map(loads, file))

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
    progress: Progress | None = None,
) -> Report:
    """Read documents and write their graph to a folder.

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
    documents, problems = collect(paths)
    if not documents:
        where = ", ".join(sorted({p.where for p in problems} or set(map(str, paths))))
        reason = (
            problems[0].message
            if problems
            else "no documents here – give .txt, .md, .html or .pdf files, or a folder of them"
        )
        raise InputError(problems[0].code if problems else "E108", reason, where=where)
    try:
        with Workshop(target) as shop:
            previous = Previous(target)
            read = read_all(documents, shop.journal, previous, jobs=jobs, progress=progress)
            problems = [*problems, *read.problems]
            settings = {"base": base, "view": view, "made_by": whole_fingerprint()}
            if _unchanged(previous, read, problems, settings):
                data = previous.report
            else:
                data = _write(shop, previous, read, problems, settings)
                shop.finish()
    except OSError as error:
        where, hint = str(error.filename or target), "free some space, then run again"
        raise OutputError("E402", f"writing failed ({error.strerror})", where=where, hint=hint) from error
    return Report(target, tuple(p for p in problems if p.severity == "error"), data, read.anew)


def _unchanged(previous: Previous, read: Reading, problems: list[Finding], settings: dict[str, Any]) -> bool:
    """Tell whether the folder already is what the build would write."""
    if len(previous) != len(read.entries) or not all(entry.old for entry in read.entries):
        return False
    if previous.report.get("settings") != settings:
        return False
    # What is told of a document that was read comes with its facts.
    known = {entry.file for entry in read.entries}
    told = [p for p in previous.report["problems"] if p["where"] not in known or p["code"] == "W102"]
    if told != [asdict(p) for p in sorted(problems, key=_place)]:
        return False
    made = dict(previous.report["outputs"])
    without = {**previous.report, "outputs": {name: made[name] for name in made if name != "report.json"}}
    return hashlib.sha256(_json(without)).hexdigest() == made.pop("report.json", "") and previous.holds(made)


def _place(finding: Finding) -> tuple[str, str, int]:
    return finding.where, finding.code, finding.start or 0


def _write(
    shop: Workshop, previous: Previous, read: Reading, problems: list[Finding], settings: dict[str, Any]
) -> dict[str, Any]:
    """Write the files of an output folder and return the report: it comes last, as the mark of a whole folder."""
    folder = shop.new
    inputs: list[dict[str, Any]] = []
    with (folder / "facts.ndjson").open("wb") as file:
        knowledge = resolve(_facts(shop, previous, read, file, inputs))
    data = _report(inputs, knowledge, problems, settings)
    lines = Sorter(shop.folder / "runs")
    for part in parts(knowledge, base=settings["base"], version=__version__):
        lines.add(part)
    del knowledge
    with (folder / "graph.nq").open("wb") as file:
        file.writelines(lines.lines())
    with (folder / "graph.nq").open("rb") as quads, (folder / "graph.ttl").open("wb") as file:
        file.writelines(turtle(quads))
    if settings["view"]:
        from kg.graph.load import load
        from kg.view.html import render

        (folder / "graph.html").write_bytes(render(load(folder)).encode("utf-8", "replace"))
    data["outputs"] = {path.name: file_digest(path) for path in sorted(folder.iterdir()) if path.is_file()}
    data["outputs"]["report.json"] = hashlib.sha256(_json(data)).hexdigest()
    (folder / "report.json").write_bytes(_json(data))
    return data


def _json(data: dict[str, Any]) -> bytes:
    return (json.dumps(data, ensure_ascii=False, indent=1, sort_keys=True) + "\n").encode("utf-8", "replace")


def _facts(
    shop: Workshop, previous: Previous, read: Reading, file: BinaryIO, inputs: list[dict[str, Any]]
) -> Iterator[DocumentFacts]:
    """Yield the facts of each document, and write them and its text on the way."""
    places = text_places(entry.file for entry in read.entries)
    for entry in read.entries:
        kept = previous.get(entry.key) if entry.old else shop.journal.get(entry.key)
        if kept is None:
            raise OSError(errno.ESTALE, "it was changed meanwhile", str(previous.text(entry.key)))
        file.write(kept.facts + b"\n")
        place = shop.new / places[entry.file]
        place.parent.mkdir(parents=True, exist_ok=True)
        if not (entry.old and linked(previous.text(entry.key), place)):
            place.write_bytes(kept.text)
        facts = loads(kept.facts)
        inputs.append(_input(facts, kept, places[entry.file]))
        yield facts


def _input(facts: DocumentFacts, kept: Kept, place: str) -> dict[str, Any]:
    return {
        "file": facts.document.file_name,
        "sha256": facts.document.sha256,
        "characters": len(kept.text.decode("utf-8")),
        "encoding": kept.encoding,
        "language": facts.document.language,
        "date": facts.document.date,
        "title": facts.document.title,
        "publisher": facts.document.publisher,
        "counts": {kind: len(getattr(facts, kind)) for kind in _KINDS},
        "text": place,
        # What tells the next build that it need not read the document again.
        "key": kept.key,
        "check": kept.check,
    }


def _report(
    inputs: list[dict[str, Any]], knowledge: Knowledge, problems: list[Finding], settings: dict[str, Any]
) -> dict[str, Any]:
    others = [f for _, f in knowledge.findings if f.code != "W301"]
    return {
        "version": __version__,
        "ontology": ONTOLOGY_VERSION,
        "settings": settings,
        "inputs": inputs,
        "things": dict(sorted(Counter(t.type for t in knowledge.things).items())),
        "facts": dict(sorted(Counter(type(f).__name__ for _, f in knowledge.facts).items())),
        "problems": [asdict(p) for p in sorted([*problems, *others], key=_place)],
        "not_understood": [
            {"file": f.where, "start": f.start, "end": f.end, "reason": f.message, "quote": f.quote}
            for _, f in sorted(knowledge.findings, key=lambda x: (x[1].where, x[1].start or 0))
            if f.code == "W301"
        ],
    }
