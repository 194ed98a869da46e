"""A graph in other formats: RDF, tables, networks for Gephi, Cytoscape and networkx, and a package to publish."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from rdflib import Graph

from kg.errors import OutputError
from kg.export.csvw import METADATA, csv_text, metadata
from kg.export.networks import COLOURS, cytoscape, gexf, graphml, network, node_link
from kg.export.parquet import parquet
from kg.export.tables import Column, Table, tables
from kg.export.triples import json_ld, n_triples, quads, turtle
from kg.files import write_bytes
from kg.graph.load import graph_file, load

_WRITERS: dict[str, Callable[[Graph], str]] = {
    "cyjs": cytoscape,
    "gexf": gexf,
    "graphml": graphml,
    "json": node_link,
    "jsonld": json_ld,
    "nt": n_triples,
    "ttl": turtle,
}
FORMATS = (*sorted([*_WRITERS, "nq", "trig"]), "csv", "parquet")


def export(graph: Graph | str | Path, out: str | Path, *, form: str | None = None, excel: bool = False) -> list[Path]:
    """Write a graph and return the files written. The ending of `out` tells the format if `form` doesn't.

    ``ttl``, ``nt``, ``jsonld``: the triples. ``nq``, ``trig``: with one graph a document; these need an output folder
    or a graph file. ``graphml``, ``gexf``, ``cyjs``, ``json``: the network of things and relations. ``csv``, ``parquet``:
    a folder of one table per kind of fact, one of things and one of documents; CSV with its CSVW metadata or, with
    `excel`, with a byte order mark and with cells that a spreadsheet would run as formulas made text.
    Raises `OutputError` for an unknown format or a place that can't be written to. See `kg.bundle` for all in one.
    """
    target = Path(out)
    form = form or target.suffix.lstrip(".") or "csv"
    if excel and form != "csv":
        raise OutputError("E405", f"--excel is about csv, not {form}", where=str(target), hint="leave one of them out")
    if form in {"nq", "trig"}:
        if isinstance(graph, Graph):
            raise OutputError(
                "E406", f"{form} needs the graph of each document", hint="give the output folder instead of a graph"
            )
        files = {target: quads(graph_file(graph), form).encode("utf-8", "replace")}
    elif form in FORMATS:
        found = written(graph if isinstance(graph, Graph) else load(graph), form, excel=excel)
        files = {target / name if name else target: data for name, data in found.items()}
    else:
        raise OutputError("E405", f"unknown format {form}", where=str(target), hint=f"one of {', '.join(FORMATS)}")
    for path, data in files.items():
        write_bytes(path, data)
    return list(files)


def written(graph: Graph, form: str, *, excel: bool = False) -> dict[str, bytes]:
    """Return a graph in one of `FORMATS` but nq and trig: the content by file name; one file has no name."""
    if form in _WRITERS:
        return {"": _WRITERS[form](graph).encode("utf-8", "replace")}
    found = tables(graph)
    if form == "parquet":
        return {f"{name}.parquet": parquet(table) for name, table in found.items()}
    texts = {f"{name}.csv": csv_text(table, excel=excel) for name, table in found.items()}
    if not excel:
        # The cells of the other form are changed: it is for people.
        texts[METADATA] = metadata(found)
    return {name: text.encode("utf-8", "replace") for name, text in texts.items()}


__all__ = ["COLOURS", "FORMATS", "METADATA", "Column", "Table", "export", "network", "tables", "written"]
