"""A graph in other formats: RDF, tables, and networks for Gephi, Cytoscape and networkx."""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

import networkx as nx
from rdflib import RDF, SKOS, Graph, URIRef
from rdflib.term import Node

from kg.ask import label
from kg.errors import OutputError
from kg.files import write_text
from kg.graph.load import graph_file, load
from kg.vocab import ENTITY_TYPES, FG, NAMESPACE, PREDICATES, PREFIXES

_ORG = PREFIXES["org"]
# What XML 1.0 can't hold: a writer would make a file that no reader opens.
_NOT_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
COLOURS = {
    "Person": "#b35806",
    "Organisation": "#2166ac",
    "Programme": "#1b7837",
    "Facility": "#762a83",
    "Policy": "#8c6d1f",
    "Event": "#c51b7d",
}
_TABLES: dict[str, tuple[str, ...]] = {
    "posts": (_ORG + "member", FG.title, _ORG + "organization"),
    "relations": (str(RDF.subject), str(RDF.predicate), str(RDF.object)),
    "amounts": (FG.concerns, FG.amountRole, FG.value, FG.upperValue, FG.currency, FG.bound, FG.per, FG.funder),
    "counts": (FG.concerns, FG.measure, FG.value, FG.upperValue, FG.unit, FG.bound),
}
_CLASSES = {"posts": FG.PostHolding, "relations": FG.Relation, "amounts": FG.Amount, "counts": FG.Count}
_COLUMNS = {_ORG + "member": "person", _ORG + "organization": "organisation", FG.concerns: "subject"}


def export(graph: Graph | str | Path, out: str | Path, *, form: str | None = None, excel: bool = False) -> list[Path]:
    """Write a graph and return the files written. The ending of `out` tells the format if `form` doesn't.

    ``ttl``, ``nt``, ``jsonld``: the triples. ``nq``, ``trig``: with one graph a document; these need an output folder
    or a graph file. ``csv``: a folder of one table per kind of fact; with `excel`, a byte order mark, and cells that a
    spreadsheet would run as formulas made text. ``graphml``, ``gexf``, ``json``: the network of things and relations.
    """
    target = Path(out)
    form = form or ("csv" if not target.suffix else target.suffix.lstrip("."))
    if form in {"nq", "trig"}:
        if isinstance(graph, Graph):
            raise OutputError(
                "E406", f"{form} needs the graph of each document", hint="give the output folder instead of a graph"
            )
        write_text(target, _quads(graph_file(graph), form))
        return [target]
    graph = graph if isinstance(graph, Graph) else load(graph)
    if form == "csv":
        files = {target / f"{name}.csv": text for name, text in tables(graph, excel=excel).items()}
    elif form in _WRITERS:
        files = {target: _WRITERS[form](graph)}
    else:
        known = ", ".join(sorted([*_WRITERS, "csv", "nq", "trig"]))
        raise OutputError("E405", f"unknown format {form}", where=str(target), hint=f"one of {known}")
    for path, text in files.items():
        write_text(path, text)
    return list(files)


def _quads(path: Path, form: str) -> str:
    import pyoxigraph

    formats = {"nq": pyoxigraph.RdfFormat.N_QUADS, "trig": pyoxigraph.RdfFormat.TRIG}
    read = {".nq": "nq", ".trig": "trig"}.get(path.suffix)
    if read is None:
        raise OutputError(
            "E406", f"{path.name} has no graph of each document", hint="give the output folder, or a .nq or .trig file"
        )
    quads = sorted(pyoxigraph.parse(path=str(path), format=formats[read]), key=lambda q: (str(q.graph_name), str(q)))
    text = pyoxigraph.serialize(quads, format=formats[form], prefixes=dict(PREFIXES) if form == "trig" else None)
    assert text is not None
    return text.decode("utf-8")


def _jsonld(graph: Graph) -> str:
    context = dict(PREFIXES)
    nodes = json.loads(graph.serialize(format="json-ld", context=context, auto_compact=True))
    nodes["@graph"] = sorted(
        ({k: _in_order(v) for k, v in n.items()} for n in nodes["@graph"]), key=lambda n: str(n["@id"])
    )
    return json.dumps(nodes, ensure_ascii=False, indent=1, sort_keys=True) + "\n"


def _in_order(value: Any) -> Any:
    return sorted(value, key=lambda v: json.dumps(v, sort_keys=True)) if isinstance(value, list) else value


def tables(graph: Graph, *, excel: bool = False) -> dict[str, str]:
    """Return one CSV text per kind of fact, and one of the things; every fact has its IRI, document and quote."""
    things = sorted({t for c in ENTITY_TYPES for t in graph.subjects(RDF.type, URIRef(NAMESPACE + c))}, key=str)
    kind = URIRef(_ORG + "classification")
    rows = [
        [label(graph, t), _type(graph, t), _plain(graph, graph.value(t, kind)), "|".join(_names(graph, t)), str(t)]
        for t in things
    ]
    found = {"things": _csv(["name", "type", "kind", "names", "iri"], rows, excel=excel)}
    for name, properties in _TABLES.items():
        columns = [_COLUMNS.get(p, re.split("[#/]", p)[-1]) for p in properties]
        head = [*columns, "status", "asOf", "statedBy", "rule", "confidence", "quote", "file", "start", "end", "fact"]
        facts = sorted(graph.subjects(RDF.type, URIRef(_CLASSES[name])), key=str)
        found[name] = _csv(head, sorted(row for f in facts for row in _fact_rows(graph, f, properties)), excel=excel)
    return found


def _fact_rows(graph: Graph, fact: Node, properties: tuple[str, ...]) -> Iterable[list[str]]:
    common = (FG.status, FG.asOf, FG.statedBy, FG.rule, FG.confidence)
    values = [_plain(graph, min(graph.objects(fact, URIRef(p)), key=str, default=None)) for p in (*properties, *common)]
    for evidence in graph.objects(fact, URIRef(FG.evidence)):
        quote, start, end = (str(graph.value(evidence, URIRef(p))) for p in (FG.quote, FG.start, FG.end))
        file = str(graph.value(graph.value(evidence, URIRef(FG.inDocument)), URIRef(FG.fileName)))
        yield [*values, quote, file, start, end, str(fact)]


def _plain(graph: Graph, value: Node | None) -> str:
    """Return a value for a cell: a term of ours without its namespace, a thing by its name, anything else as it is."""
    if value is None:
        return ""
    if isinstance(value, URIRef):
        return str(value).removeprefix(NAMESPACE) if str(value).startswith(NAMESPACE) else label(graph, value)
    text = str(value)
    return text.removesuffix(".0") if re.fullmatch(r"-?\d+\.0", text) else text


def _names(graph: Graph, thing: Node) -> list[str]:
    return sorted({str(o) for p in (SKOS.prefLabel, SKOS.altLabel) for o in graph.objects(thing, p)})


def _type(graph: Graph, thing: Node) -> str:
    names = {str(t).removeprefix(NAMESPACE) for t in graph.objects(thing, RDF.type)}
    return next(t for t in ENTITY_TYPES if t in names)


def _csv(head: list[str], rows: list[list[str]], *, excel: bool) -> str:
    stream = io.StringIO()
    writer = csv.writer(stream, lineterminator="\n")
    writer.writerow(head)
    writer.writerows([[_as_text(c) for c in row] for row in rows] if excel else rows)
    return ("\ufeff" if excel else "") + stream.getvalue()


def _as_text(cell: str) -> str:
    """Return a cell that a spreadsheet won't run (OWASP: CSV injection); a plain number stays one."""
    risky = cell[:1] in {"=", "+", "-", "@", "\t", "\r"} and not re.fullmatch(r"[+-]?\d+(\.\d+)?", cell)
    return f"'{cell}" if risky else cell


def network(graph: Graph) -> nx.MultiDiGraph[str]:
    """Return the things and their relations as a networkx graph with scalar attributes only.

    Nodes have ``label``, ``type``, ``kind``, ``mentions``, ``names`` and ``colour``; edges ``label``, ``weight`` (the
    number of documents' quotes) and a unique ``id``. Post holdings are edges from the person to the body.
    """
    found: nx.MultiDiGraph[str] = nx.MultiDiGraph()
    for type_ in ENTITY_TYPES:
        for thing in sorted(graph.subjects(RDF.type, URIRef(NAMESPACE + type_)), key=str):
            found.add_node(
                _name(graph, thing),
                label=_clean(label(graph, thing)),
                type=type_,
                kind=_plain(graph, graph.value(thing, URIRef(_ORG + "classification"))),
                mentions=len(set(graph.objects(thing, URIRef(FG.mention)))),
                names=_clean("|".join(_names(graph, thing))),
                colour=COLOURS[type_],
            )
    for fact, source, word, target in sorted(_edges(graph)):
        weight = len(set(graph.objects(URIRef(fact), URIRef(FG.evidence))))
        found.add_edge(source, target, key=fact, id=fact, label=_clean(word), weight=weight)
    return found


def _edges(graph: Graph) -> Iterable[tuple[str, str, str, str]]:
    for fact in graph.subjects(RDF.type, URIRef(FG.Relation)):
        ends = graph.value(fact, RDF.subject), graph.value(fact, RDF.object)
        word = _plain(graph, graph.value(fact, RDF.predicate))
        assert word in PREDICATES
        yield str(fact), _name(graph, ends[0]), word, _name(graph, ends[1])
    for fact in graph.subjects(RDF.type, URIRef(FG.PostHolding)):
        person, body = graph.value(fact, URIRef(_ORG + "member")), graph.value(fact, URIRef(_ORG + "organization"))
        yield (
            str(fact),
            _name(graph, person),
            str(min(graph.objects(fact, URIRef(FG.title)), key=str)),
            _name(graph, body),
        )


def _name(graph: Graph, thing: Node | None) -> str:
    return str(thing).removeprefix(PREFIXES["fgi"])


def _clean(text: str) -> str:
    return _NOT_XML.sub("\ufffd", text)


def _graphml(graph: Graph) -> str:
    return "\n".join(nx.generate_graphml(network(graph), prettyprint=True)) + "\n"


def _gexf(graph: Graph) -> str:
    # networkx stamps today's date, which would make two exports differ.
    text = re.sub(
        r' lastmodifieddate="[^"]*"', "", "\n".join(nx.generate_gexf(_coloured(network(graph)), prettyprint=True))
    )
    return text + "\n"


def _coloured(graph: nx.MultiDiGraph[str]) -> nx.MultiDiGraph[str]:
    for _, data in graph.nodes(data=True):
        red, green, blue = (int(data["colour"][i : i + 2], 16) for i in (1, 3, 5))
        data["viz"] = {"color": {"r": red, "g": green, "b": blue, "a": 1.0}}
    return graph


def _node_link(graph: Graph) -> str:
    return (
        json.dumps(nx.node_link_data(network(graph), edges="edges"), ensure_ascii=False, indent=1, sort_keys=True)
        + "\n"
    )


_WRITERS: dict[str, Callable[[Graph], str]] = {
    "gexf": _gexf,
    "graphml": _graphml,
    "json": _node_link,
    "jsonld": _jsonld,
    # Not splitlines: it also breaks at U+000B and its like, which literals may hold.
    "nt": lambda graph: "".join(sorted(f"{line}\n" for line in graph.serialize(format="nt").split("\n") if line)),
    "ttl": lambda graph: graph.serialize(format="turtle"),
}
