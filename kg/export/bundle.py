"""A package to publish or archive: data, ontology, description, licences and checksums (an RO-Crate in a BagIt bag)."""

from __future__ import annotations

import csv
import datetime
import io
import json
import os
import shutil
import tempfile
from hashlib import sha256
from pathlib import Path
from typing import Any

from jinja2 import Environment, StrictUndefined
from rdflib import RDF, Graph, URIRef

from kg.errors import InputError, OutputError
from kg.export import written
from kg.export.describe import Source, description, licence_of, media_type, read_licences, sources
from kg.files import swap_folders, write_bytes
from kg.graph.load import graph_file, load
from kg.resources import data_path, ontology_path
from kg.vocab import ENTITY_TYPES, NAMESPACE, ONTOLOGY_VERSION

_ONTOLOGY = ("alignments.ttl", "fundgraph.ttl", "kinds.ttl", "shapes.ttl")
_FACTS = ("PostHolding", "Relation", "Amount", "Count")
_ROOT = "https://w3id.org/fundgraph"


def bundle(
    place: str | Path,
    out: str | Path,
    *,
    licences: str | Path | None = None,
    licence: str = "",
    title: str = "fundgraph data",
    date: str = "",
) -> list[Path]:
    """Write a package made from an output folder (or graph file) to the folder `out` and return its files.

    `licences` is a CSV file that tells the licence of each source (columns file, licence), `licence` the address of the
    licence of the data, `date` the day of publication: if not given, that of the latest document, since a package holds
    no clock. The package is whole or not there; an older one in its place is replaced, anything else is not.
    Raises `InputError` for an unreadable graph or licences, `OutputError` when the place can't be written to.
    """
    target = Path(out).resolve()
    _may_replace(target)
    if licence and not licence.startswith(("https://", "http://")):
        raise InputError(
            "E113", f"{licence} is no address of a licence", hint="as in https://creativecommons.org/licenses/by/4.0/"
        )
    graph = load(place)
    documents = sources(graph, read_licences(Path(licences)) if licences else [])
    date = _day(date) if date else max((s.date for s in documents if s.date), default="1970-01-01")
    files = _payload(graph, Path(place), documents, title=title, licence=licence)
    files["void.ttl"] = description(graph, files, documents, title=title, date=date, licence=licence).encode()
    parent = target.parent
    try:
        parent.mkdir(parents=True, exist_ok=True)
        folder = Path(tempfile.mkdtemp(dir=parent, prefix=f".{target.name}.", suffix=".bundle"))
    except OSError as error:
        hint = "choose another place"
        raise OutputError("E401", f"can't write here ({error.strerror})", where=str(target), hint=hint) from error
    try:
        for name, data in files.items():
            write_bytes(folder / name, data)
        crate = _crate(folder, files, documents, title=title, date=date, licence=licence)
        write_bytes(folder / "ro-crate-metadata.json", crate)
        _bag(folder, title=title, date=date)
        swap_folders(folder, target, spare=parent / f".{target.name}.old")
    except OSError as error:
        hint = "free some space, then run again"
        raise OutputError("E402", f"writing failed ({error.strerror})", where=str(target), hint=hint) from error
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    return sorted(p for p in target.rglob("*") if p.is_file())


def _may_replace(target: Path) -> None:
    if target.is_file():
        raise OutputError("E403", "is a file", where=str(target), hint="name a folder")
    ours = (target / "bagit.txt").is_file() and (target / "data" / "ro-crate-metadata.json").is_file()
    if target.is_dir() and any(target.iterdir()) and not ours:
        hint = "name a new or empty folder"
        raise OutputError("E404", "holds files that are no package", where=str(target), hint=hint)


def _day(text: str) -> str:
    try:
        return datetime.date.fromisoformat(text).isoformat()
    except ValueError:
        raise InputError("E114", f"{text} is no date", hint="as in 2025-03-18") from None


def _payload(graph: Graph, place: Path, documents: list[Source], *, title: str, licence: str) -> dict[str, bytes]:
    """Return the files of the package but its descriptions: content by path, sorted."""
    found = {f"tables/{name}": data for name, data in written(graph, "csv").items()}
    for form in ("gexf", "graphml"):
        found[f"network/network.{form}"] = written(graph, form)[""]
    found["graph.ttl"] = written(graph, "ttl")[""]
    file = graph_file(place)
    if file.suffix == ".nq":
        found["graph.nq"] = file.read_bytes()
    for name in ("facts.ndjson", "report.json") if place.is_dir() else ():
        if (place / name).is_file():
            found[name] = (place / name).read_bytes()
    for name in _ONTOLOGY:
        found[f"ontology/{name}"] = ontology_path(name).read_bytes()
    found["sources.csv"] = _sources_csv(documents).encode("utf-8", "replace")
    kinds = (*ENTITY_TYPES, *_FACTS)
    counted = [(k, len(set(graph.subjects(RDF.type, URIRef(NAMESPACE + k))))) for k in kinds]
    text = data_path("templates", "bundle.md").read_text(encoding="utf-8")
    readme = Environment(undefined=StrictUndefined, keep_trailing_newline=True).from_string(text)
    values = {
        "title": title,
        "version": _version(),
        "ontology": ONTOLOGY_VERSION,
        "counts": counted,
        "sources": documents,
        "quads": "graph.nq" in found,
        "licence": licence,
        "unlicensed": sum(not s.licence for s in documents),
    }
    found["README.md"] = readme.render(values).encode("utf-8", "replace")
    return dict(sorted(found.items()))


def _version() -> str:
    from importlib.metadata import PackageNotFoundError, version

    try:
        return version("fundgraph")
    except PackageNotFoundError:
        return ""


def _sources_csv(documents: list[Source]) -> str:
    stream = io.StringIO()
    writer = csv.writer(stream, lineterminator="\n")
    writer.writerow(["file", "title", "publisher", "date", "sha256", "licence", "document"])
    writer.writerows([s.file, s.title, s.publisher, s.date, s.sha256, s.licence, s.iri] for s in documents)
    return stream.getvalue()


def _need(name: str) -> Any:
    from importlib import import_module

    try:
        return import_module(name)
    except ImportError as error:
        hint = "pip install 'fundgraph[export]'"
        raise OutputError("E407", f"a package needs {name.split('.')[0]}", hint=hint) from error


def _crate(
    folder: Path, files: dict[str, bytes], documents: list[Source], *, title: str, date: str, licence: str
) -> bytes:
    """Return the RO-Crate metadata."""
    rocrate = _need("rocrate.rocrate")
    context_entity = _need("rocrate.model.contextentity").ContextEntity
    crate = rocrate.ROCrate(version="1.1")
    crate.name = title
    crate.description = f"Claims about public money from {len(documents)} documents, each with the words that say it."
    crate.datePublished = date
    root = crate.root_dataset
    root["conformsTo"] = {"@id": NAMESPACE.rstrip("#")}
    root["isBasedOn"] = [{"@id": s.iri} for s in documents]
    if licence:
        crate.license = licence
    for name, data in files.items():
        about = {
            "name": name,
            "encodingFormat": media_type(name),
            "contentSize": str(len(data)),
            "sha256": sha256(data).hexdigest(),
        }
        own = licence_of(name, licence)
        crate.add_file(
            str(folder / name), dest_path=name, properties=about | ({"license": {"@id": own}} if own else {})
        )
    for source in documents:
        known = {
            "name": source.title or source.file,
            "alternateName": source.file,
            "publisher": source.publisher,
            "datePublished": source.date,
            "sha256": source.sha256,
            "license": {"@id": source.licence} if source.licence else "",
        }
        properties = {"@type": "CreativeWork", **{k: v for k, v in known.items() if v}}
        crate.add(context_entity(crate, source.iri, properties=properties))
    software = {"@type": "SoftwareApplication", "name": "fundgraph", "softwareVersion": _version()}
    crate.add(context_entity(crate, _ROOT, properties=software))
    action: dict[str, Any] = {"@type": "CreateAction", "instrument": {"@id": _ROOT}, "result": {"@id": "./"}}
    action["object"] = [{"@id": s.iri} for s in documents]
    crate.add(context_entity(crate, "#build", properties=action))
    root["mentions"] = {"@id": "#build"}
    return (json.dumps(crate.metadata.generate(), ensure_ascii=False, indent=1, sort_keys=True) + "\n").encode()


def _bag(folder: Path, *, title: str, date: str) -> None:
    """Make the folder a BagIt bag: its files move below data/, with checksums beside them."""
    bagit = _need("bagit")
    info = {
        "Bagging-Date": date,
        "Bag-Software-Agent": f"fundgraph {_version()}",
        "External-Description": " ".join(title.split()),
    }
    here = os.getcwd()
    try:
        bagit.make_bag(str(folder), bag_info=info, checksums=["sha256"])
    finally:
        # The library works from inside the folder.
        os.chdir(here)
    folder.chmod(0o755)
    (folder / "data").chmod(0o755)


__all__ = ["bundle"]
