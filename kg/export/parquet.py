"""Tables as Parquet files, with the types that CSV has to leave to its metadata."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from kg.errors import OutputError
from kg.export.tables import Column, Table

_DIGITS = 38
_SCALE = 6


def parquet(table: Table) -> bytes:
    """Return a table as Parquet; each field's metadata name its title and property. The same table gives the same bytes.

    Numbers are 128-bit decimals with six places, or more where a value has them. Raises `OutputError` if pyarrow is
    missing or a number has too many digits.
    """
    try:
        import pyarrow as pa
        import pyarrow.parquet as pq
    except ImportError as error:
        hint = "pip install 'fundgraph[export]'"
        raise OutputError("E407", "Parquet needs pyarrow", where=f"{table.name}.parquet", hint=hint) from error

    cells = list(zip(*table.rows, strict=True)) or [()] * len(table.columns)
    fields = []
    for column, values in zip(table.columns, cells, strict=True):
        about = {"title": column.title, **({"property": column.property} if column.property else {})}
        fields.append(pa.field(column.name, _type(pa, column, values, table.name), metadata=about))
    arrays = [
        pa.array([list(v) if isinstance(v, tuple) else v for v in values], type=field.type)
        for field, values in zip(fields, cells, strict=True)
    ]
    schema = pa.schema(fields, metadata={"title": table.title})
    sink = pa.BufferOutputStream()
    pq.write_table(pa.Table.from_arrays(arrays, schema=schema), sink, compression="zstd")
    found: bytes = sink.getvalue().to_pybytes()
    return found


def _type(pa: Any, column: Column, values: tuple[Any, ...], table: str) -> Any:
    if column.type == "decimal":
        numbers = [v for v in values if isinstance(v, Decimal)]
        scale = max([_SCALE, *(-int(v.as_tuple().exponent) for v in numbers)])
        if any(v.adjusted() + 1 + scale > _DIGITS for v in numbers):
            message = f"{column.name} has a number with more digits than Parquet's decimals hold"
            raise OutputError("E408", message, where=f"{table}.parquet", hint="export csv, which has no such limit")
        return pa.decimal128(_DIGITS, scale)
    if column.type == "texts":
        return pa.list_(pa.string())
    return {"integer": pa.int64(), "date": pa.date32()}.get(column.type, pa.string())
