"""An output folder, opened once and only read: its graph, documents, texts and names."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterable
from functools import cached_property
from pathlib import Path
from typing import Any

from rdflib import Graph, Literal, URIRef
from rdflib.namespace import DCTERMS, ORG, RDF, SKOS
from rdflib.term import Node

from kg.errors import InputError
from kg.files import text_places
from kg.graph.store import open_store, rdflib_graph
from kg.serve.claims import Claims
from kg.serve.model import DocumentInfo, Names, Place
from kg.serve.names import NameIndex
from kg.serve.words import FALLBACK
from kg.vocab import ENTITY_TYPES, FG, NAMESPACE, PREFIXES

_TAGS = {"zh-hant": "zh-Hant", "zh-hans": "zh-Hans", "en": "en"}
_MOST_TEXT = 64 * 1024**2


class Site:
    """What the pages ask of an output folder of `kg build`. All of it is read-only and safe to share between threads.

    Things and documents are rdflib nodes. Raises `InputError` if the folder has no graph or a damaged one.
    """

    def __init__(self, folder: Path, *, graph: Graph | None = None) -> None:
        self.folder = Path(folder).resolve()
        if not self.folder.is_dir():
            raise InputError(
                "E110", "no output folder here", where=str(folder), hint="make one: kg build DOCUMENTS --out DIR"
            )
        self.graph = rdflib_graph(open_store(self.folder)) if graph is None else graph
        self.report = _report(self.folder)
        self.base: str = self.report.get("settings", {}).get("base", PREFIXES["fgi"])
        self.types = self._types()
        self.documents = self._documents()
        self._labels: dict[tuple[Node, str], str] = {}
        self.claims = Claims(self.graph, self.types, self.documents)

    def _types(self) -> dict[Node, str]:
        types: dict[Node, str] = {}
        for name in ENTITY_TYPES:
            for thing in self.graph.subjects(RDF.type, URIRef(NAMESPACE + name)):
                types.setdefault(thing, name)
        return dict(sorted(types.items(), key=lambda x: str(x[0])))

    def _documents(self) -> dict[Node, DocumentInfo]:
        found = [self._document(node) for node in self.graph.subjects(RDF.type, URIRef(FG.Document))]
        return {d.node: d for d in sorted(found, key=lambda d: (d.date or "", d.file, str(d.node)))}

    def _document(self, node: Node) -> DocumentInfo:
        def text(predicate: str) -> str:
            return min((str(v) for v in self.graph.objects(node, URIRef(predicate))), default="")

        return DocumentInfo(
            node=node,
            file=text(FG.fileName),
            title=text(str(DCTERMS.title)),
            date=text(str(DCTERMS.issued)),
            publisher=text(str(DCTERMS.publisher)),
            language=text(str(DCTERMS.language)),
            sha256=text(FG.sha256),
        )

    @cached_property
    def names(self) -> NameIndex:
        """The search index over the names of things."""
        return NameIndex((thing, label) for thing in self.types for label in self.all_names(thing))

    @cached_property
    def text_names(self) -> dict[Node, str]:
        """The file of each document's text below ``text/``, as the build named it."""
        places = text_places(sorted(d.file for d in self.documents.values()))
        return {node: places[d.file] for node, d in self.documents.items()}

    def short(self, node: Node | str) -> str:
        """Return the address below the base of the things, or the whole address if it is not below it."""
        return str(node).removeprefix(self.base)

    def node(self, address: str) -> URIRef:
        """Return the node of an address: whole, below the base, or with the prefix ``fgi:``."""
        if address.startswith("fgi:"):
            address = address[4:]
        whole = URIRef(address)
        known = whole in self.types or whole in self.documents
        return (
            whole
            if known or address.startswith((self.base, "http://", "https://", "urn:"))
            else URIRef(self.base + address)
        )

    def label(self, node: Node | None, language: str) -> str:
        """Return the name to show for a thing or a document in a language of the interface; never empty for a node."""
        if node is None:
            return ""
        if node in self.documents:
            return self.documents[node].title or self.documents[node].file
        key = node, language
        if key not in self._labels:
            self._labels[key] = self._label(node, language)
        return self._labels[key]

    def _label(self, node: Node, language: str) -> str:
        labels = {_tag(o): str(o) for o in self.graph.objects(node, SKOS.prefLabel)}
        order = [labels[tag] for tag in FALLBACK[language] if labels.get(tag)]
        # "CVF" tells a reader less than the full name in another language.
        found = next((name for name in order if not _ACRONYM.fullmatch(name)), order[0] if order else "")
        return found or min(self.all_names(node), default="") or self.short(node)

    def all_names(self, thing: Node) -> list[str]:
        """Return every name of a thing, each once, sorted."""
        return sorted({str(o) for p in (SKOS.prefLabel, SKOS.altLabel) for o in self.graph.objects(thing, p)})

    def names_of(self, thing: Node) -> Names:
        """Return the names of a thing by language, the preferred ones apart."""
        preferred = {_tag(o): str(o) for o in sorted(self.graph.objects(thing, SKOS.prefLabel), key=str)}
        others = sorted({(_tag(o), str(o)) for o in self.graph.objects(thing, SKOS.altLabel)} - set(preferred.items()))
        return Names({t: preferred[t] for t in (*FALLBACK["zh-Hant"], "") if t in preferred}, tuple(others))

    def kind(self, thing: Node) -> str:
        """Return the kind of an organisation, such as ``public_body``, or nothing."""
        return min((str(k).removeprefix(NAMESPACE) for k in self.graph.objects(thing, ORG.classification)), default="")

    def mentions(self, thing: Node) -> list[Place]:
        """Return the places that name a thing, in the order of documents."""
        return self.claims.places(self.graph.objects(thing, URIRef(FG.mention)))

    @cached_property
    def _weights(self) -> dict[Node, int]:
        return dict(Counter(self.graph.subjects(URIRef(FG.mention), None)))

    def weight(self, thing: Node) -> int:
        """Return how many places name a thing."""
        return self._weights.get(thing, 0)

    def curie(self, node: Node) -> str:
        """Return an address with a known prefix in place of its beginning, or whole."""
        text = str(node)
        known = {**PREFIXES, "fgi": self.base}
        starts = [(len(start), prefix) for prefix, start in known.items() if text.startswith(start) and text != start]
        return f"{max(starts)[1]}:{text[max(starts)[0] :]}" if starts else text

    def text(self, document: Node) -> str | None:
        """Return the text of a document as read, or None if the folder no longer has it."""
        place = (self.folder / "text").resolve()
        path = (place / self.text_names[document]).resolve()
        # Names of files come out of the graph: one that leads out of the folder is no text of ours.
        if not path.is_relative_to(place) or not path.is_file():
            return None
        try:
            with path.open(encoding="utf-8", newline="") as stream:
                return stream.read()
        except (OSError, ValueError):
            return None

    @cached_property
    def folded_texts(self) -> dict[Node, str]:
        """The folded text of every document, for searching; empty if all of them together are very large."""
        from kg.language.script import fold

        folder = self.folder / "text"
        if sum(p.stat().st_size for p in folder.rglob("*") if p.is_file()) > _MOST_TEXT:
            return {}
        texts = ((node, self.text(node)) for node in self.documents)
        return {node: fold(text).casefold() for node, text in texts if text and len(fold(text).casefold()) == len(text)}

    def by_name(self, things: Iterable[Node], language: str) -> list[Node]:
        """Return things sorted by the name that is shown."""
        return sorted(things, key=lambda t: (self.label(t, language), str(t)))


_ACRONYM = re.compile(r"[A-Z][A-Z0-9&+-]{1,7}")


def _tag(literal: Node) -> str:
    tag = (literal.language or "") if isinstance(literal, Literal) else ""
    return _TAGS.get(tag.lower(), "")


def _report(folder: Path) -> dict[str, Any]:
    try:
        report = json.loads((folder / "report.json").read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return report if isinstance(report, dict) else {}
