"""Tables as CSV, and the CSVW metadata (W3C) that say what each column is."""

from __future__ import annotations

import csv
import io
import json
import re
from typing import Any

from kg.export.tables import SEPARATOR, Column, Table, text_of
from kg.vocab import NAMESPACE, PREFIXES

METADATA = "csv-metadata.json"
_TYPES: dict[str, Any] = {
    "text": "string",
    "word": "string",
    "texts": "string",
    "decimal": "decimal",
    "integer": "integer",
    "date": "date",
    "iri": "anyURI",
}
# What a spreadsheet takes for a formula (OWASP: CSV injection), the full-width forms among them.
_FORMULA = frozenset("=+-@\t\r\n＝＋－＠")
# What may stand before the sign and is skipped by some program.
_BLANK = re.compile("^[\\s\ufeff\u200b-\u200f\u2060]+")


def csv_text(table: Table, *, excel: bool = False) -> str:
    """Return a table as CSV. With `excel`, a byte order mark, and every cell that a spreadsheet would run made text."""
    stream = io.StringIO()
    writer = csv.writer(stream, lineterminator="\n")
    writer.writerow(c.name for c in table.columns)
    for row in table.rows:
        cells = [text_of(cell) for cell in row]
        writer.writerow([as_text(c) for c in cells] if excel else cells)
    return ("\ufeff" if excel else "") + stream.getvalue()


def as_text(cell: str) -> str:
    """Return a cell that a spreadsheet won't run; a plain number stays one.

    >>> as_text("=1+1"), as_text("-5"), as_text(" @SUM(A1)"), as_text("數碼港")
    ("'=1+1", '-5', "' @SUM(A1)", '數碼港')
    """
    if re.fullmatch(r"[+-]?\d+(\.\d+)?", cell, re.ASCII):
        return cell
    risky = cell[:1] in _FORMULA or _BLANK.sub("", cell)[:1] in _FORMULA
    return f"'{cell}" if cell and risky else cell


def metadata(tables: dict[str, Table]) -> str:
    """Return the CSVW metadata of the CSV files as JSON: types, keys, and the property that each column stands for."""
    group = {
        "@context": ["http://www.w3.org/ns/csvw", {"@language": "en"}],
        "@type": "TableGroup",
        "dc:title": "fundgraph: facts about public money, each with its document and quote",
        "dc:conformsTo": {"@id": NAMESPACE.rstrip("#")},
        "tables": [_table(table, tables) for table in tables.values()],
    }
    return json.dumps(group, ensure_ascii=False, indent=1) + "\n"


def _table(table: Table, tables: dict[str, Table]) -> dict[str, Any]:
    names = {c.name for c in table.columns}
    virtual = []
    if table.kind:
        virtual.append(_virtual("class", f"{{+{table.row}}}", PREFIXES["rdf"] + "type", table.kind))
    key = [table.row, "evidence"] if "evidence" in names else [table.row]
    schema = {
        "aboutUrl": f"{{+{table.row}}}",
        "primaryKey": key,
        "columns": [*(_column(c, table) for c in table.columns), *virtual],
    }
    if references := _references(table, tables):
        schema["foreignKeys"] = references
    return {"url": f"{table.name}.csv", "dc:title": table.title, "tableSchema": schema}


def _virtual(name: str, about: str, predicate: str, value: str) -> dict[str, Any]:
    return {"name": name, "virtual": True, "aboutUrl": about, "propertyUrl": predicate, "valueUrl": value}


def _column(column: Column, table: Table) -> dict[str, Any]:
    # CSVW wants the header of the file among the titles.
    found: dict[str, Any] = {"name": column.name, "titles": {"en": [column.name, column.title]}}
    found["datatype"] = _TYPES[column.type]
    if column.required:
        found["required"] = True
    if column.name == table.row:
        return {**found, "suppressOutput": True}
    if column.type == "texts":
        found["separator"] = SEPARATOR
    if not column.property:
        # A name beside an address, or a sum over the graph: no triple of its own.
        return {**found, "suppressOutput": True}
    found["propertyUrl"] = column.property
    if column.of != table.row:
        found["aboutUrl"] = f"{{+{column.of}}}"
    if column.type == "iri":
        found["valueUrl"] = f"{{+{column.name}}}"
    elif column.type == "word":
        found["valueUrl"] = f"{NAMESPACE}{{{column.name}}}"
    return found


def _references(table: Table, tables: dict[str, Table]) -> list[dict[str, Any]]:
    """Return the foreign keys: the address of a thing or a document has its row in that table.

    Columns that may be empty have none: readers differ on whether an empty cell breaks a key.
    """
    found = []
    for column in table.columns:
        target = "things" if column.name.endswith("_iri") else "documents" if column.name == "document" else ""
        if target and target != table.name and column.required:
            reference = {"resource": f"{target}.csv", "columnReference": tables[target].row}
            found.append({"columnReference": column.name, "reference": reference})
    return found
