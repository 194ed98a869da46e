"""The Oxigraph store of a built folder: made once on disk, then opened read-only by as many processes as like."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import pyoxigraph as ox

from kg.errors import InputError
from kg.graph.load import graph_file, rdf_format
from kg.vocab import PREFIXES

if TYPE_CHECKING:
    from rdflib import Graph

FOLDER = "store"
# Below this size reading the file anew takes less time than a person notices, and a folder is left as it was built.
_SMALL = 4 * 1024**2
_LABELS = (PREFIXES["skos"] + "prefLabel", PREFIXES["skos"] + "altLabel")


@dataclass(frozen=True, slots=True)
class Source:
    """A graph file as it stood at one moment; `key` changes when the file does."""

    path: Path
    key: str

    @property
    def kept(self) -> Path:
        """Return the folder that the store of this file is kept in."""
        return self.path.parent / FOLDER / self.key


def source_of(place: str | Path) -> Source:
    """Return the graph file of an output folder, or the file itself, with its key.

    Raises `InputError` when there is none.
    """
    path = graph_file(place).resolve()
    rdf_format(path)
    stat = path.stat()
    return Source(path, f"{stat.st_size:x}-{stat.st_mtime_ns:x}")


def open_store(place: str | Path | Source) -> ox.Store:
    """Return a store with every triple in the default graph, once, and each named graph beside it; never to be written.

    The union that Oxigraph can make of the graphs of a store counts a triple as often as graphs hold it, and is slow;
    hence the copy. For a large ``graph.nq`` the store is kept in the folder ``store`` beside it, which can be deleted
    at will; a small one, another file, or one in a place that can't be written, is held in memory.
    Raises `InputError` for a file that is missing, damaged or of another format.
    """
    source = place if isinstance(place, Source) else source_of(place)
    if source.path.name != "graph.nq" or source.path.stat().st_size < _SMALL:
        return _filled(ox.Store(), source)
    for _ in range(2):
        if not source.kept.is_dir() and not _keep(source):
            break
        try:
            return ox.Store.read_only(str(source.kept))
        except (OSError, RuntimeError):
            # Another version's, or damaged: made anew.
            shutil.rmtree(source.kept, ignore_errors=True)
    return _filled(ox.Store(), source)


def _keep(source: Source) -> bool:
    """Make the store beside its place, then move it there whole; False where that can't be done."""
    place = source.kept
    try:
        place.parent.mkdir(exist_ok=True)
        new = Path(tempfile.mkdtemp(dir=place.parent, prefix=".", suffix=".building"))
    except OSError:
        return False
    try:
        store = _filled(ox.Store(str(new)), source)
        store.optimize()
        store.flush()
        del store  # closes it
        new.chmod(0o755)
        os.replace(new, place)
    except OSError:
        # The disk is full, or another process was first.
        return place.is_dir()
    finally:
        shutil.rmtree(new, ignore_errors=True)
    for old in place.parent.iterdir():
        if old != place and not old.name.startswith("."):
            shutil.rmtree(old, ignore_errors=True)
    return True


def _filled(store: ox.Store, source: Source) -> ox.Store:
    form = rdf_format(source.path)
    try:
        if form.supports_datasets:
            store.bulk_load(path=str(source.path), format=form)
        quads = ox.parse(path=str(source.path), format=form)
        store.bulk_extend(ox.Quad(q.subject, q.predicate, q.object) for q in quads)
    except (SyntaxError, ValueError) as error:
        where, hint = str(source.path), "build it again"
        raise InputError("E112", f"the graph is damaged ({error})", where=where, hint=hint) from error
    return store


def rdflib_graph(store: ox.Store) -> Graph:
    """Return the default graph of a store for code that speaks rdflib; its triples stay where they are."""
    from oxrdflib import OxigraphStore
    from rdflib import Graph
    from rdflib.graph import DATASET_DEFAULT_GRAPH_ID

    return Graph(OxigraphStore(store=store), identifier=DATASET_DEFAULT_GRAPH_ID)


def merged(store: ox.Store, default: Iterable[str], named: Iterable[str] = ()) -> ox.Store:
    """Return a store in memory whose default graph is the union of some graphs; a triple of two stands there once.

    The graphs of `named` stand beside it under their names.
    """
    found = ox.Store()
    for name in default:
        quads = store.quads_for_pattern(None, None, None, ox.NamedNode(name))
        found.bulk_extend(ox.Quad(q.subject, q.predicate, q.object) for q in quads)
    for name in named:
        found.bulk_extend(store.quads_for_pattern(None, None, None, ox.NamedNode(name)))
    return found


@dataclass(frozen=True, slots=True)
class Names:
    """The names in a store, for what looks a thing up by one."""

    store: ox.Store

    def labels(self) -> Iterator[tuple[str, str]]:
        """Yield each thing's address with each of its names."""
        for predicate in _LABELS:
            for quad in self.store.quads_for_pattern(None, ox.NamedNode(predicate), None, ox.DefaultGraph()):
                if isinstance(quad.subject, ox.NamedNode) and isinstance(quad.object, ox.Literal):
                    yield quad.subject.value, quad.object.value

    def has(self, address: str) -> bool:
        """Tell whether anything is said about an address."""
        try:
            node = ox.NamedNode(address)
        except ValueError:
            return False
        return next(self.store.quads_for_pattern(node, None, None, ox.DefaultGraph()), None) is not None


def graph_names(store: ox.Store) -> list[str]:
    """Return the addresses of the named graphs, sorted."""
    return sorted(g.value for g in store.named_graphs() if isinstance(g, ox.NamedNode))
