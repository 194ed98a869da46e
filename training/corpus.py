"""Read the annotated corpus, and documents with gold facts, as passages with spans."""

from __future__ import annotations

import argparse
import json
import re
from dataclasses import dataclass
from pathlib import Path

from kg.language.script import fold
from kg.model import Document, Flow, Passage
from kg.pipeline.components import layout_of, ruled_mentions
from kg.pipeline.context import Context
from kg.reading import read_document

HERE = Path(__file__).parent
TYPES = {
    "P": "Person",
    "O": "Organisation",
    "G": "Programme",
    "F": "Facility",
    "L": "Policy",
    "E": "Event",
    "T": "Title",
}
_TAG = re.compile(r"<(/?)([POGFLET])>")
Span = tuple[int, int, str]


@dataclass(frozen=True)
class Sample:
    """A text with its spans (start, end, type), and where it is from."""

    text: str
    spans: tuple[Span, ...]
    source: str


def parse(line: str, source: str) -> Sample:
    """Return the sample of a line with inline tags; broken tags raise ValueError with the place."""
    text, spans, opened = "", [], None
    last = 0
    for match in _TAG.finditer(line):
        text += line[last : match.start()]
        last = match.end()
        closing, letter = match.groups()
        if closing:
            if opened is None or opened[1] != letter or opened[0] == len(text):
                raise ValueError(f"{source}: </{letter}> without its opening tag, or empty: {line[:40]}…")
            spans.append((opened[0], len(text), TYPES[letter]))
            opened = None
        elif opened is not None:
            raise ValueError(f"{source}: <{letter}> inside <{opened[1]}>: {line[:40]}…")
        else:
            opened = (len(text), letter)
    if opened is not None:
        raise ValueError(f"{source}: <{opened[1]}> is not closed: {line[:40]}…")
    return Sample(text + line[last:], tuple(spans), source)


def read_corpus(folder: Path = HERE / "corpus") -> list[Sample]:
    """Return all passages of the corpus, in the order of files and lines."""
    samples = []
    for path in sorted(folder.glob("*.txt")):
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
            if line.strip() and not line.startswith("#"):
                samples.append(parse(line.strip(), f"{path.name}:{number}"))
    return samples


def read_cluener(path: Path) -> list[Sample]:
    """Return CLUENER's sentences with the labels that this project has; its other labels are left out."""
    kinds = {
        "government": "Organisation",
        "organization": "Organisation",
        "company": "Organisation",
        "name": "Person",
        "position": "Title",
    }
    samples = []
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
        row = json.loads(line)
        spans = sorted(
            (start, end + 1, kinds[label])
            for label, names in row["label"].items()
            if label in kinds
            for places in names.values()
            for start, end in places
        )
        kept: list[Span] = []
        for span in spans:
            if not kept or span[0] >= kept[-1][1]:
                kept.append(span)
        samples.append(Sample(row["text"], tuple(kept), f"cluener:{number}"))
    return samples


def read_gold(path: Path, folders: list[Path]) -> tuple[Context, list[Span]]:
    """Return the context of a document with gold facts, and the places of its gold names, longest first."""
    gold = json.loads(path.read_text(encoding="utf-8"))
    file = next(f / gold["document"] for f in [path.parent, *folders] if (f / gold["document"]).is_file())
    context = prepare(read_document(file))
    names = sorted({(fold(n), e["type"]) for e in gold["entities"] for n in e["names"]}, key=lambda n: (-len(n[0]), n))
    titles = sorted({fold(p["title"]) for p in gold["posts"]}, key=lambda t: (-len(t), t))
    spans: list[Span] = []
    taken = [False] * len(context.folded)
    for name, type_ in [*names, *((t, "Title") for t in titles if t != "contact")]:
        flexible = r"\s?".join(re.escape(c) for c in name if not c.isspace()) if not name.isascii() else re.escape(name)
        edge = (r"(?<![A-Za-z0-9])" if name[0].isascii() else "", r"(?![A-Za-z0-9])" if name[-1].isascii() else "")
        for match in re.finditer(edge[0] + flexible + edge[1], context.folded):
            if not any(taken[match.start() : match.end()]):
                taken[match.start() : match.end()] = [True] * (match.end() - match.start())
                spans.append((match.start(), match.end(), type_))
    return context, sorted(spans)


def arguments(about: str | None, *, penalty: float, least: int) -> argparse.ArgumentParser:
    """Return a parser of what the recipes of linear models take: gold files, texts, folds, penalty, rarest feature."""
    parser = argparse.ArgumentParser(description=about)
    parser.add_argument("gold", nargs="+", type=Path)
    parser.add_argument(
        "--texts", nargs="*", type=Path, default=[], help="folders of the texts, if not beside the gold"
    )
    parser.add_argument("--folds", type=int, default=0)
    parser.add_argument("--penalty", type=float, default=penalty, help="of the squared weights")
    parser.add_argument("--least", type=int, default=least, help="leave out features met fewer times")
    return parser


def gold_files(given: list[Path]) -> list[Path]:
    """Return gold files and those of folders, by name; what is given twice is there twice, and counts so in training."""
    return sorted(
        (p for g in given for p in (sorted(g.glob("*.json")) if g.is_dir() else [g])), key=lambda p: (p.name, p)
    )


def document_of(text: str) -> Document:
    """Return a document of one passage."""
    flow = Flow(text, tuple(range(len(text) + 1)), (Passage("body", 0, len(text)),))
    return Document("passage", "0" * 64, text, "zh-Hant", flow)


def prepare(document: Document) -> Context:
    """Return the context of a document with its sentences and the names that the rules find."""
    context = Context(document, document.flow.text, fold(document.flow.text))
    layout_of(context)
    ruled_mentions(context)
    return context
