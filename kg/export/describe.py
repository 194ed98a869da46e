"""What a published package says of itself in RDF: VoID for the graph, DCAT for the files, a licence for each source."""

from __future__ import annotations

import csv
import io
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from fnmatch import fnmatchcase
from hashlib import sha256
from pathlib import Path

from rdflib import DCAT, DCTERMS, RDF, VOID, XSD, Graph, Literal, Namespace, URIRef
from rdflib.term import Node

from kg.errors import InputError
from kg.vocab import FG, NAMESPACE, ONTOLOGY_VERSION, PREFIXES

SPDX = Namespace("http://spdx.org/rdf/terms#")
_ONTOLOGY_LICENCE = "https://creativecommons.org/licenses/by/4.0/"
_MEDIA = "https://www.iana.org/assignments/media-types/"
MEDIA_TYPES = {
    ".csv": "text/csv",
    ".gexf": "application/gexf+xml",
    ".graphml": "application/graphml+xml",
    ".json": "application/json",
    ".md": "text/markdown",
    ".ndjson": "application/x-ndjson",
    ".nq": "application/n-quads",
    ".ttl": "text/turtle",
}
_REGISTERED = {"text/csv", "application/json", "text/markdown", "application/n-quads", "text/turtle"}


@dataclass(frozen=True, slots=True)
class Source:
    """A document that facts come from; `licence` is the address of its licence, or empty if nobody told."""

    iri: str
    file: str
    title: str
    publisher: str
    date: str
    sha256: str
    licence: str


def read_licences(path: Path) -> list[tuple[str, str]]:
    """Return the rows of a CSV file with the columns file and licence: a name or a pattern (``*.txt``), and an address.

    Raises `InputError` for a file that is not of this form.
    """
    hint = "two columns, file and licence: *.txt,https://creativecommons.org/licenses/by/4.0/"
    try:
        rows = list(csv.DictReader(io.StringIO(path.read_text(encoding="utf-8-sig"), newline="")))
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise InputError("E113", f"the licences can't be read ({error})", where=str(path), hint=hint) from error
    found = []
    for number, row in enumerate(rows, 2):
        name, licence = (row.get("file") or "").strip(), (row.get("licence") or "").strip()
        if not name or not licence.startswith(("https://", "http://")) or any(c in licence for c in ' <>"{}|\\^`'):
            message = "no file, or no address of a licence"
            raise InputError("E113", message, where=f"{path}:{number}", hint=hint)
        found.append((name, licence))
    return found


def sources(graph: Graph, licences: list[tuple[str, str]]) -> list[Source]:
    """Return the documents of a graph, by file name; the first row of `licences` that fits a name tells its licence."""

    def text(node: Node, predicate: str) -> str:
        return str(min(graph.objects(node, URIRef(predicate)), key=str, default=""))

    found = []
    for node in graph.subjects(RDF.type, URIRef(FG.Document)):
        file = text(node, FG.fileName)
        licence = next((address for pattern, address in licences if fnmatchcase(file, pattern)), "")
        title, publisher, date = (text(node, str(p)) for p in (DCTERMS.title, DCTERMS.publisher, DCTERMS.issued))
        found.append(Source(str(node), file, title, publisher, date, text(node, FG.sha256), licence))
    return sorted(found, key=lambda s: (s.file, s.iri))


def description(
    graph: Graph, files: Mapping[str, bytes], documents: list[Source], *, title: str, date: str, licence: str
) -> str:
    """Return VoID and DCAT as Turtle. Files go by their path in the package, the data set by the package itself: <./>."""
    found = Graph()
    for prefix, address in {**PREFIXES, "void": VOID, "dcat": DCAT, "spdx": SPDX}.items():
        found.bind(prefix, address, override=True, replace=True)
    whole = URIRef("./")
    for kind in (VOID.Dataset, DCAT.Dataset):
        found.add((whole, RDF.type, kind))
    found.add((whole, DCTERMS.title, Literal(title)))
    found.add((whole, VOID.vocabulary, URIRef(NAMESPACE)))
    found.add((whole, DCTERMS.conformsTo, URIRef(f"{NAMESPACE.rstrip('#')}/{ONTOLOGY_VERSION}")))
    found.add((whole, DCTERMS.issued, Literal(date, datatype=XSD.date)))
    if licence:
        found.add((whole, DCTERMS.license, URIRef(licence)))
    _statistics(found, whole, graph)
    for name, data in files.items():
        _file(found, whole, name, data, licence)
    for source in documents:
        _source(found, whole, source)
    return found.serialize(format="turtle")


def _statistics(found: Graph, whole: URIRef, graph: Graph) -> None:
    classes = Counter(o for o in graph.objects(None, RDF.type))
    properties = Counter(graph.predicates())
    totals = {
        VOID.triples: len(graph),
        VOID.entities: len(set(graph.subjects(RDF.type))),
        VOID.distinctSubjects: len(set(graph.subjects())),
        VOID.distinctObjects: len(set(graph.objects())),
        VOID.classes: len(classes),
        VOID.properties: len(properties),
    }
    for predicate, number in totals.items():
        found.add((whole, predicate, Literal(number)))
    parts = (("class", VOID.entities, classes), ("property", VOID.triples, properties))
    for word, counted, terms in parts:
        for term, number in terms.items():
            part = URIRef(f"#{word}-{sha256(str(term).encode()).hexdigest()[:12]}")
            found.add((whole, VOID[f"{word}Partition"], part))
            found.add((part, VOID[word], term))
            found.add((part, counted, Literal(number)))


def _file(found: Graph, whole: URIRef, name: str, data: bytes, licence: str) -> None:
    media = media_type(name)
    part, check = URIRef(f"#file-{name}"), URIRef(f"#sha256-{name}")
    found.add((whole, DCAT.distribution, part))
    found.add((part, RDF.type, DCAT.Distribution))
    found.add((part, DCTERMS.title, Literal(name)))
    found.add((part, DCAT.downloadURL, URIRef(name)))
    found.add((part, DCAT.byteSize, Literal(str(len(data)), datatype=XSD.nonNegativeInteger)))
    if media in _REGISTERED:
        found.add((part, DCAT.mediaType, URIRef(_MEDIA + media)))
    else:
        found.add((part, DCTERMS["format"], Literal(media)))
    found.add((part, SPDX.checksum, check))
    found.add((check, RDF.type, SPDX.Checksum))
    found.add((check, SPDX.algorithm, SPDX.checksumAlgorithm_sha256))
    found.add((check, SPDX.checksumValue, Literal(sha256(data).hexdigest(), datatype=XSD.hexBinary)))
    if own := licence_of(name, licence):
        found.add((part, DCTERMS.license, URIRef(own)))
    if name in {"graph.ttl", "graph.nq"}:
        found.add((whole, VOID.dataDump, URIRef(name)))


def _source(found: Graph, whole: URIRef, source: Source) -> None:
    node = URIRef(source.iri)
    found.add((whole, DCTERMS.source, node))
    found.add((node, URIRef(FG.fileName), Literal(source.file)))
    if source.licence:
        found.add((node, DCTERMS.license, URIRef(source.licence)))
    else:
        found.add(
            (node, DCTERMS.rights, Literal("No licence is stated; only quotes from it are given here.", lang="en"))
        )


def licence_of(name: str, licence: str) -> str:
    """Return the licence of a file of the package: the ontology has its own."""
    return _ONTOLOGY_LICENCE if name.startswith("ontology/") else licence


def media_type(name: str) -> str:
    """Return the media type of a file by its ending."""
    return MEDIA_TYPES.get(Path(name).suffix, "application/octet-stream")
