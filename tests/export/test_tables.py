"""Tables: CSV, its CSVW metadata, Parquet and DataFrames hold the same facts as the graph."""

from __future__ import annotations

import csv
import io
import json
import sys
import warnings
from collections.abc import Iterator
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from csvw import CSVW, TableGroup
from hypothesis import given
from hypothesis import strategies as st
from rdflib import RDF, Graph, Literal, URIRef

import kg
from kg.errors import DataError, OutputError
from kg.export import tables
from kg.export.csvw import as_text
from kg.export.parquet import parquet
from kg.export.tables import Column, Table, text_of
from kg.vocab import FG, NAMESPACE, PREFIXES, TERMS

FACTS = ("posts", "relations", "amounts", "counts")


def rows_of(graph: Graph) -> dict[str, list[dict[str, Any]]]:
    """The rows of every table, by column name."""
    return {
        n: [dict(zip((c.name for c in t.columns), row, strict=True)) for row in t.rows]
        for n, t in tables(graph).items()
    }


def test_one_row_a_fact_and_quote(graph: Graph, nasty: str) -> None:
    found = rows_of(graph)
    assert {n: len(r) for n, r in found.items()} == {
        "things": 6, "documents": 1, "posts": 1, "relations": 2, "amounts": 1, "counts": 1,
    }  # fmt: skip
    for name in FACTS:
        for row in found[name]:
            assert (row["quote"], row["file"], row["date"]) == (nasty, "a.txt", date(2024, 3, 5))
            assert (URIRef(row["evidence"]), URIRef(FG.inDocument), URIRef(row["document"])) in graph
            assert (URIRef(row["fact"]), URIRef(FG.evidence), URIRef(row["evidence"])) in graph
    (amount,) = found["amounts"]
    assert (amount["value"], amount["amountRole"], amount["bound"]) == (Decimal(10**9), "budget", "exact")
    assert amount["funder"] is None and amount["funder_iri"] is None


def test_every_fact_of_the_seeds_has_its_rows(real: Graph) -> None:
    found = rows_of(real)
    for name, kind in zip(FACTS, (FG.PostHolding, FG.Relation, FG.Amount, FG.Count), strict=True):
        facts = set(real.subjects(RDF.type, URIRef(kind)))
        assert facts
        assert {URIRef(row["fact"]) for row in found[name]} == facts
        pairs = {(f, e) for f in facts for e in real.objects(f, URIRef(FG.evidence))}
        assert len(found[name]) == len(pairs)
    assert {row["document"] for name in FACTS for row in found[name]} <= {row["document"] for row in found["documents"]}


def test_csv_comes_back_as_written(out: Path, graph: Graph, tmp_path: Path) -> None:
    kg.export(out, tmp_path / "t")
    for name, table in tables(graph).items():
        text = (tmp_path / "t" / f"{name}.csv").read_bytes().decode("utf-8")
        head, *rows = list(csv.reader(io.StringIO(text, newline="")))
        assert head == [c.name for c in table.columns]
        assert [tuple(r) for r in rows] == [tuple(text_of(c) for c in row) for row in table.rows]


@pytest.fixture(scope="module", params=["nasty", "seeds"])
def csv_folder(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Graph]:
    """A folder of CSV files with their graph."""
    place = request.getfixturevalue("out" if request.param == "nasty" else "built")
    folder = tmp_path_factory.mktemp("csvw")
    kg.export(place, folder, form="csv")
    return folder, kg.load(place)


def test_csvw_is_valid(csv_folder: tuple[Path, Graph]) -> None:
    folder, _ = csv_folder
    found = CSVW(str(folder / "csv-metadata.json"), validate=True)
    assert found.warnings == []
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert found.is_valid
        assert len(found.tables) == 6
        assert TableGroup.from_file(folder / "csv-metadata.json").check_referential_integrity(strict=True)


def test_csvw_finds_a_wrong_cell(out: Path, tmp_path: Path) -> None:
    kg.export(out, tmp_path, form="csv")
    path = tmp_path / "amounts.csv"
    path.write_text(path.read_text(encoding="utf-8").replace("1000000000", "a lot"), encoding="utf-8")
    with pytest.raises(ValueError, match="invalid lexical value for decimal: a lot"):
        TableGroup.from_file(tmp_path / "csv-metadata.json").check_referential_integrity(strict=True)


def triples(folder: Path) -> Iterator[tuple[str, str, str]]:
    """The triples that the CSV files stand for, by what the metadata say (CSVW to RDF, as far as we use it)."""
    for table in TableGroup.from_file(folder / "csv-metadata.json").tables:
        schema = table.tableSchema
        for row in table.iterdicts():
            cells = {k: plain(v) for k, v in row.items() if v is not None}
            for column in schema.columns:
                virtual = column.virtual
                if (
                    (not virtual and column.name not in cells)
                    or not column.propertyUrl
                    or column.common_props.get("suppressOutput")
                ):
                    continue
                about = (column.aboutUrl or schema.aboutUrl).expand(**cells)
                value = column.valueUrl.expand(**cells) if column.valueUrl else cells[column.name]
                yield about, str(column.propertyUrl.expand(**cells)), value


def plain(value: Any) -> str:
    """A value as text."""
    if isinstance(value, datetime):
        return value.date().isoformat()
    return (
        format(value.normalize(), "f")
        if isinstance(value, Decimal)
        else value.unsplit()
        if hasattr(value, "unsplit")
        else str(value)
    )


def test_csv_and_metadata_give_the_triples_of_the_facts_back(csv_folder: tuple[Path, Graph]) -> None:
    folder, graph = csv_folder
    found = set(triples(folder))
    kinds = {FG.PostHolding, FG.Relation, FG.Amount, FG.Count}
    facts = {f for k in kinds for f in graph.subjects(RDF.type, URIRef(k))}
    nodes = facts | {e for f in facts for e in graph.objects(f, URIRef(FG.evidence))}
    left_out = {PREFIXES["prov"] + "wasGeneratedBy", PREFIXES["prov"] + "wasDerivedFrom", PREFIXES["prov"] + "used"}
    expected = set()
    for s, p, o in graph:
        if s not in nodes or str(p) in left_out or (p == RDF.type and str(o) not in kinds):
            continue
        if s not in facts and str(p) in (FG.rule, FG.statedBy):
            continue  # of each quote; the table has the fact's own
        number = isinstance(o, Literal) and isinstance(o.value, Decimal)
        expected.add((str(s), str(p), plain(Decimal(str(o))) if number else str(o)))
    expected = {t for t in expected if t[2]}
    assert len(expected) > 30
    assert expected <= found
    own = {t for t in found if URIRef(t[0]) in nodes}
    assert own == expected


def test_excel_runs_nothing(out: Path, tmp_path: Path) -> None:
    paths = kg.export(out, tmp_path / "tables", excel=True)
    assert sorted(p.name for p in paths) == sorted(f"{n}.csv" for n in ("things", "documents", *FACTS))
    for path in paths:
        text = path.read_bytes().decode("utf-8")
        assert text.startswith("\ufeff")
        for row in csv.reader(io.StringIO(text[1:], newline="")):
            assert not [cell for cell in row if cell[:1] in set("=+-@\t\r")]


@given(st.text(alphabet="=+-@＝＠\t\r\n \ufeff\u200b'0a一", max_size=8))
def test_no_cell_is_a_formula(text: str) -> None:
    cell = as_text(text)
    assert cell.removeprefix("'") == text or cell == text
    first = cell.strip(" \t\r\n\ufeff\u200b")[:1]
    if first in set("=+-@＝＠") and first:
        assert cell[0] == "'" or cell.lstrip("+-").replace(".", "").isdigit()


def test_negative_numbers_stay_numbers() -> None:
    assert [as_text(t) for t in ("-5", "+2.5", "-5+3", "−")] == ["-5", "+2.5", "'-5+3", "−"]


@pytest.mark.parametrize("name", ["things", "documents", *FACTS])
def test_parquet_comes_back(real: Graph, name: str) -> None:
    pq = pytest.importorskip("pyarrow.parquet")
    pa = pytest.importorskip("pyarrow")
    table = tables(real)[name]
    found = pq.read_table(pa.BufferReader(parquet(table)))
    assert found.column_names == [c.name for c in table.columns]
    back = [tuple(tuple(v) if isinstance(v, list) else v for v in row.values()) for row in found.to_pylist()]
    assert back == [tuple(row) for row in table.rows]
    for column in table.columns:
        assert (found.schema.field(column.name).metadata or {}).get(b"property", b"").decode() == column.property


def test_parquet_keeps_every_digit_or_says_so() -> None:
    pa, pq = pytest.importorskip("pyarrow"), pytest.importorskip("pyarrow.parquet")

    def one(number: str) -> Table:
        return Table("t", "t", "n", "", (Column("n", "n", "decimal"),), ((Decimal(number),),))

    assert pq.read_table(pa.BufferReader(parquet(one("0.123456789012")))).to_pylist() == [
        {"n": Decimal("0.123456789012")}
    ]
    with pytest.raises(OutputError, match="E408"):
        parquet(one("1E+40"))


def test_parquet_without_pyarrow_says_what_to_do(out: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "pyarrow", None)
    with pytest.raises(OutputError, match=r"E407 .*fundgraph\[export\]"):
        kg.export(out, tmp_path / "t", form="parquet")
    assert list(tmp_path.iterdir()) == []


def test_a_table_is_a_dataframe(real: Graph) -> None:
    frame = tables(real)["amounts"].to_pandas()
    assert len(frame) == len(tables(real)["amounts"].rows)
    assert all(isinstance(v, Decimal) for v in frame["value"])
    assert {type(v) for v in frame["date"]} <= {date, type(None)}
    assert frame.groupby("currency")["value"].sum()["HKD"] > 10**9


def test_a_number_that_is_none_is_named(graph: Graph) -> None:
    broken = Graph()
    broken += graph
    fact = next(broken.subjects(RDF.type, URIRef(FG.Amount)))
    broken.set((fact, URIRef(FG.value), Literal("viel")))
    with pytest.raises(DataError, match=r"E240 .*value is no decimal: viel"):
        tables(broken)


def test_every_property_of_a_column_is_one_of_the_ontology_or_known(real: Graph) -> None:
    used = {c.property for t in tables(real).values() for c in t.columns if c.property}
    assert len(used) > 20
    assert {p for p in used if p.startswith(NAMESPACE)} <= {NAMESPACE + term for term in TERMS}


def test_metadata_is_json_with_the_context_of_csvw(out: Path, tmp_path: Path) -> None:
    kg.export(out, tmp_path, form="csv")
    data = json.loads((tmp_path / "csv-metadata.json").read_text(encoding="utf-8"))
    assert data["@context"][0] == "http://www.w3.org/ns/csvw"
    assert {t["url"] for t in data["tables"]} == {p.name for p in tmp_path.glob("*.csv")}
