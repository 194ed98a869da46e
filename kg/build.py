"""The main job: documents → an output folder, whole or not at all."""

from __future__ import annotations

import json
import os
import shutil
import tempfile
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from kg import __version__
from kg.cards import card
from kg.errors import InputError, OutputError
from kg.facts import dumps
from kg.files import swap_folders, write_text
from kg.graph.publish import BASE, publish
from kg.graph.turtle import to_turtle
from kg.model import Document, DocumentFacts, Finding, Knowledge
from kg.pipeline import extract
from kg.reading import collect, read_document
from kg.resolve import resolve
from kg.vocab import ONTOLOGY_VERSION

Progress = Callable[[int, int, str], None]
_OURS = {"graph.nq", "graph.ttl", "graph.html", "facts.ndjson", "report.json", "store", "text"}
_KINDS = ("entities", "posts", "relations", "amounts", "counts")


@dataclass(frozen=True, slots=True)
class Report:
    """What a build read, found and skipped; `data` is the content of ``report.json``."""

    out: Path
    knowledge: Knowledge = field(repr=False)
    skipped: tuple[Finding, ...]
    data: dict[str, Any] = field(repr=False)

    def _repr_html_(self) -> str:
        things, facts = (list(self.data[kind].items()) for kind in ("things", "facts"))
        return card("report", report=self, things=things, facts=facts, unread=len(self.data["not_understood"]))


def build(
    paths: Iterable[str | Path] | str | Path,
    *,
    out: str | Path,
    base: str = BASE,
    view: bool = True,
    progress: Progress | None = None,
) -> Report:
    """Read documents and write their graph to a folder.

    A document that can't be read is named in `Report.skipped` and in ``report.json``; the rest is built. The folder is
    made beside the old one and takes its place at the end, so a build that is killed leaves the old one whole. Files
    of yours in the folder are kept.
    Raises `InputError` when there is no document at all, `OutputError` when the folder can't be written or is not ours.
    """
    target = Path(out).resolve()
    _may_replace(target)
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
    read, failed = _read(documents, progress)
    problems = [*problems, *failed]
    knowledge = resolve(facts for _, facts in read)
    lines = publish(knowledge, base=base, version=__version__)
    data = _report(read, knowledge, problems, base)
    _write(target, read, lines, data, view=view)
    return Report(target, knowledge, tuple(p for p in problems if p.severity == "error"), data)


def _read(
    documents: list[tuple[Path, str]], progress: Progress | None
) -> tuple[list[tuple[Document, DocumentFacts]], list[Finding]]:
    """Return each document with its facts, and what was left out: unreadable, or the same bytes under another name."""
    read: list[tuple[Document, DocumentFacts]] = []
    problems: list[Finding] = []
    first: dict[str, str] = {}
    for number, (path, name) in enumerate(documents, 1):
        if progress:
            progress(number, len(documents), name)
        try:
            document = read_document(path, name=name)
        except InputError as error:
            problems.append(Finding("error", error.code, f"{error.message} – {error.hint}", name))
            continue
        same = first.setdefault(document.sha256, name)
        if same != name:
            problems.append(Finding("warning", "W102", f"the same content as {same}: read once", name))
            continue
        read.append((document, extract(document)))
    return read, problems


def _may_replace(target: Path) -> None:
    parent = target.absolute().parent
    for left in sorted(parent.glob(f".{target.name}.*.building")) if parent.is_dir() else []:
        shutil.rmtree(left, ignore_errors=True)
    # A build killed between the two renames: the old folder still stands beside its place.
    old = parent / f".{target.name}.old"
    if old.is_dir():
        if target.exists():
            shutil.rmtree(old, ignore_errors=True)
        else:
            os.replace(old, target)
    if target.is_file():
        raise OutputError("E403", "is a file", where=str(target), hint="name a folder")
    if target.is_dir() and any(target.iterdir()) and not _is_ours(target):
        raise OutputError(
            "E404", "holds files that no build made", where=str(target), hint="name a new or empty folder"
        )


def _is_ours(folder: Path) -> bool:
    """Tell whether a build made a folder: its report has the mark, whatever other program writes a report.json."""
    try:
        data = json.loads((folder / "report.json").read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return False
    return isinstance(data, dict) and {"version", "ontology", "inputs"} <= data.keys()


def _keep_others(old: Path, new: Path) -> None:
    """Bring what the user put into the old folder into the new one."""
    for path in sorted(old.iterdir()) if old.is_dir() else []:
        if path.name in _OURS:
            continue
        if path.is_dir() and not path.is_symlink():
            shutil.copytree(path, new / path.name, symlinks=True)
        else:
            shutil.copy2(path, new / path.name, follow_symlinks=False)


def _report(
    read: list[tuple[Document, DocumentFacts]], knowledge: Knowledge, problems: list[Finding], base: str
) -> dict[str, Any]:
    inputs = [
        {
            "file": facts.document.file_name,
            "sha256": facts.document.sha256,
            "characters": len(document.text),
            "encoding": document.encoding,
            "language": facts.document.language,
            "date": facts.document.date,
            "title": facts.document.title,
            "publisher": facts.document.publisher,
            "counts": {kind: len(getattr(facts, kind)) for kind in _KINDS},
        }
        for document, facts in read
    ]
    others = [f for _, f in knowledge.findings if f.code != "W301"]
    return {
        "version": __version__,
        "ontology": ONTOLOGY_VERSION,
        "settings": {"base": base},
        "inputs": sorted(inputs, key=lambda i: str(i["file"])),
        "things": dict(sorted(Counter(t.type for t in knowledge.things).items())),
        "facts": dict(sorted(Counter(type(f).__name__ for _, f in knowledge.facts).items())),
        "problems": [asdict(p) for p in sorted([*problems, *others], key=lambda p: (p.where, p.code, p.start or 0))],
        "not_understood": [
            {"file": f.where, "start": f.start, "end": f.end, "reason": f.message, "quote": f.quote}
            for _, f in sorted(knowledge.findings, key=lambda x: (x[1].where, x[1].start or 0))
            if f.code == "W301"
        ],
    }


def outputs(
    read: list[tuple[Document, DocumentFacts]], lines: list[str], data: dict[str, Any], *, view: bool
) -> Iterator[tuple[str, str]]:
    """Yield the files of an output folder: name and content. The report comes last, as the mark of a whole folder."""
    yield "graph.nq", "".join(f"{line}\n" for line in lines)
    yield "graph.ttl", to_turtle(lines)
    ordered = sorted(read, key=lambda r: (r[0].file_name, r[0].sha256))
    yield "facts.ndjson", "".join(f"{dumps(facts)}\n" for _, facts in ordered)
    taken = {document.file_name for document, _ in ordered}
    for document, _ in ordered:
        name = document.file_name
        while not name.endswith((".txt", ".md")) or (name != document.file_name and name in taken):
            name += ".txt"
        yield f"text/{name.replace('..', '_')}", document.text
    if view:
        from rdflib import Graph

        from kg.view.html import render

        graph = Graph()
        graph.parse(data="".join(f"{line.rsplit(' <', 1)[0]} .\n" for line in lines), format="nt")
        yield "graph.html", render(graph)
    yield "report.json", json.dumps(data, ensure_ascii=False, indent=1, sort_keys=True) + "\n"


def _write(
    target: Path, read: list[tuple[Document, DocumentFacts]], lines: list[str], data: dict[str, Any], *, view: bool
) -> None:
    parent = target.absolute().parent
    try:
        parent.mkdir(parents=True, exist_ok=True)
        folder = Path(tempfile.mkdtemp(dir=parent, prefix=f".{target.name}.", suffix=".building"))
    except OSError as error:
        raise OutputError(
            "E401", f"can't write here ({error.strerror})", where=str(target), hint="choose another place"
        ) from error
    try:
        folder.chmod(0o755)
        for name, content in outputs(read, lines, data, view=view):
            write_text(folder / name, content)
        _keep_others(target, folder)
        swap_folders(folder, target, spare=parent / f".{target.name}.old")
    except OSError as error:
        raise OutputError(
            "E402", f"writing failed ({error.strerror})", where=str(target), hint="free some space, then run again"
        ) from error
    finally:
        shutil.rmtree(folder, ignore_errors=True)
