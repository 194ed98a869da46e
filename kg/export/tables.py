"""The graph as tables with typed columns, which CSV, CSVW, Parquet and DataFrames are made from."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal, InvalidOperation
from functools import lru_cache
from typing import TYPE_CHECKING, Any, Literal

from rdflib import RDF, SKOS, Graph, URIRef
from rdflib.term import Node

from kg.ask import label
from kg.cards import card, tidy
from kg.errors import DataError
from kg.resources import data_path
from kg.vocab import ENTITY_TYPES, FG, NAMESPACE, PREFIXES

if TYPE_CHECKING:
    import pandas as pd

ColumnType = Literal["text", "word", "texts", "decimal", "integer", "date", "iri"]
Cell = str | Decimal | int | date | tuple[str, ...] | None
SEPARATOR = "|"
_SHOWN = 100  # rows that a notebook shows


@dataclass(frozen=True, slots=True)
class Column:
    """A column: its name, its title for people, the type of its cells, and the property (an IRI) that they are values of.

    `of` names the column that holds the address of what has the property. A `required` one has no empty cell.
    """

    name: str
    title: str
    type: ColumnType
    property: str = ""
    of: str = ""
    required: bool = False


@dataclass(frozen=True, slots=True)
class Table:
    """Rows of one kind, sorted; `row` is the column that holds the address of what a row is about."""

    name: str
    title: str
    row: str
    kind: str
    columns: tuple[Column, ...]
    rows: tuple[tuple[Cell, ...], ...]

    def to_pandas(self) -> pd.DataFrame:
        """Return the table as a DataFrame: Decimal, date, int and text, None where there is no value (needs pandas)."""
        import pandas as pd

        columns = {c.name: [row[i] for row in self.rows] for i, c in enumerate(self.columns)}
        return pd.DataFrame({name: pd.Series(cells, dtype="object") for name, cells in columns.items()})

    def _repr_html_(self) -> str:
        numbers = {i for i, c in enumerate(self.columns) if c.type in {"decimal", "integer"}}
        first = [[text_of(c) if isinstance(c, tuple) else c for c in row] for row in self.rows[:_SHOWN]]
        more = len(self.rows) - len(first)
        return card("rows", columns=[c.name for c in self.columns], rows=first, numbers=numbers, more=more)


def tables(graph: Graph) -> dict[str, Table]:
    """Return the tables by name: one for each kind of fact, with a row for each quote, one of things, one of documents."""
    plan = _plan()
    claims = plan["claim"]
    reader = _Reader(graph)
    found = {}
    for entry in plan["table"]:
        columns = _columns(entry, claims if entry["row"] == "fact" else [])
        rows = sorted(set(reader.rows(entry, claims)), key=_order)
        kind = _address(entry["class"]) if "class" in entry else ""
        found[entry["name"]] = Table(entry["name"], entry["title"], entry["row"], kind, columns, tuple(rows))
    return found


@lru_cache(maxsize=1)
def _plan() -> dict[str, Any]:
    return tomllib.loads(data_path("tables.toml").read_text(encoding="utf-8"))


def _address(name: str) -> str:
    prefix, _, local = name.partition(":")
    return PREFIXES[prefix] + local


def _columns(entry: dict[str, Any], claims: list[dict[str, Any]]) -> tuple[Column, ...]:
    """Return the columns of a table: a thing has two, its name and its address; the row's own address comes last."""
    row = entry["row"]
    found: list[Column] = []
    for item in [*entry["columns"], *claims]:
        of = {"evidence": "evidence", "document": "document"}.get(item.get("on", ""), row)
        address = _address(item["property"]) if ":" in item["property"] else ""
        name, title, required = item["name"], item["title"], item.get("required", False)
        if item["type"] == "thing":
            found.append(Column(name, title, "text", required=required))
            found.append(Column(f"{name}_iri", f"{title}: address", "iri", address, of, required))
        else:
            found.append(Column(name, title, item["type"], address, of, required))
    titles = {"fact": "Address of the fact", "document": "Address of the document", "iri": "Address"}
    return (*found, Column(row, titles[row], "iri", required=True))


class _Reader:
    """Reads the cells of one graph."""

    def __init__(self, graph: Graph) -> None:
        self.graph = graph
        self._labels: dict[Node, str] = {}
        # One look at a node for all its columns; asking for each property takes ten times as long.
        self._about = lru_cache(maxsize=10_000)(self._read)

    def _read(self, node: Node) -> dict[Node, list[Node]]:
        found: dict[Node, list[Node]] = {}
        for predicate, value in self.graph.predicate_objects(node):
            found.setdefault(predicate, []).append(value)
        return found

    def rows(self, entry: dict[str, Any], claims: list[dict[str, Any]]) -> Iterable[tuple[Cell, ...]]:
        graph = self.graph
        if entry["row"] == "iri":
            things = {t for c in ENTITY_TYPES for t in graph.subjects(RDF.type, URIRef(NAMESPACE + c))}
            for thing in things:
                yield (*(self._of_thing(thing, c) for c in entry["columns"]), str(thing))
            return
        for node in graph.subjects(RDF.type, URIRef(_address(entry["class"]))):
            own = [cell for c in entry["columns"] for cell in self._cells(node, c)]
            if entry["row"] == "document":
                yield (*own, str(node))
                continue
            for evidence in self._about(node).get(URIRef(FG.evidence), ()):
                yield (*own, *self._claim(node, evidence, claims), str(node))

    def _claim(self, fact: Node, evidence: Node, claims: list[dict[str, Any]]) -> list[Cell]:
        places = {
            "evidence": evidence,
            "document": min(self._about(evidence).get(URIRef(FG.inDocument), ()), key=str, default=None),
        }
        found: list[Cell] = []
        for column in claims:
            if column["name"] == "evidence":
                found.append(str(evidence))
            else:
                found += self._cells(places.get(column.get("on", ""), fact), column)
        return found

    def _of_thing(self, thing: Node, column: dict[str, Any]) -> Cell:
        if column["name"] == "name":
            return self._label(thing)
        if column["name"] == "type":
            return type_of(self.graph, thing)
        if column["type"] == "texts":
            return tuple(names_of(self.graph, thing))
        if column["type"] == "integer":
            return len(set(self.graph.objects(thing, URIRef(FG.mention))))
        return self._cells(thing, column)[0]

    def _cells(self, node: Node | None, column: dict[str, Any]) -> list[Cell]:
        predicate = URIRef(_address(column["property"]))
        value = None if node is None else min(self._about(node).get(predicate, ()), key=str, default=None)
        if column["type"] == "thing":
            return [None, None] if value is None else [self._label(value), str(value)]
        return [None if value is None else _cell(str(value), column, node)]

    def _label(self, thing: Node) -> str:
        if thing not in self._labels:
            self._labels[thing] = label(self.graph, thing)
        return self._labels[thing]


def _cell(text: str, column: dict[str, Any], node: Node | None) -> Cell:
    """Return the value of a cell. Raises `DataError` for a number or date that is none: the graph does not conform."""
    try:
        match column["type"]:
            case "decimal":
                number = Decimal(text)
                if not number.is_finite():
                    raise ValueError
                return tidy(number)
            case "integer":
                return int(text)
            case "date":
                return date.fromisoformat(text)
            case "word":
                return text.removeprefix(NAMESPACE)
    except (ValueError, InvalidOperation):
        message = f"{column['name']} is no {column['type']}: {text[:40]}"
        raise DataError("E240", message, where=str(node), hint="kg validate DIR names all such places") from None
    return text


def text_of(cell: Cell) -> str:
    """Return a cell as a CSV file has it: numbers without exponent or needless zeros, dates as ISO 8601.

    >>> text_of(Decimal("3E+9")), text_of(Decimal("2.50")), text_of(None), text_of(("a", "b"))
    ('3000000000', '2.5', '', 'a|b')
    """
    if cell is None:
        return ""
    if isinstance(cell, Decimal):
        text = format(cell, "f")
        return re.sub(r"\.?0*$", "", text) if "." in text else text
    if isinstance(cell, tuple):
        # The separator can't be escaped in CSVW; a full-width one reads the same.
        return SEPARATOR.join(name.replace(SEPARATOR, "｜") for name in cell)
    return cell.isoformat() if isinstance(cell, date) else str(cell)


def _order(row: tuple[Cell, ...]) -> list[str]:
    return [text_of(cell) for cell in row]


def names_of(graph: Graph, thing: Node) -> list[str]:
    """Return all names of a thing, sorted."""
    return sorted({str(o) for p in (SKOS.prefLabel, SKOS.altLabel) for o in graph.objects(thing, p)})


def type_of(graph: Graph, thing: Node) -> str:
    """Return the type of a thing, such as ``Programme``."""
    names = {str(t).removeprefix(NAMESPACE) for t in graph.objects(thing, RDF.type)}
    return next(t for t in ENTITY_TYPES if t in names)
