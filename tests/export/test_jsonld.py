"""JSON-LD carries its context and expands, with a processor that is not ours, without fetching anything."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, NoReturn

import pytest
from pyld import jsonld
from rdflib import Graph, Literal

import kg
from kg.export.triples import context
from kg.vocab import PREFIXES


def refuse(url: str, options: Any = None) -> NoReturn:
    """A document loader that fetches nothing."""
    raise AssertionError(f"a context was fetched: {url}")


def triples(graph: Graph) -> set[tuple[object, ...]]:
    """Triples with language tags in lower case, as JSON-LD processors may write them."""
    return {
        (s, p, str(o), o.datatype, (o.language or "").lower()) if isinstance(o, Literal) else (s, p, o)
        for s, p, o in graph
    }


@pytest.mark.parametrize("name", ["out", "built"])
def test_expands_to_the_triples_without_fetching(name: str, tmp_path: Path, request: pytest.FixtureRequest) -> None:
    place = request.getfixturevalue(name)
    (path,) = kg.export(place, tmp_path / "g.jsonld")
    data = json.loads(path.read_text(encoding="utf-8"))
    quads = jsonld.to_rdf(data, {"documentLoader": refuse, "format": "application/n-quads"})
    assert triples(Graph().parse(data=quads, format="nt")) == triples(kg.load(place))


def test_reads_without_prefixes(out: Path, tmp_path: Path) -> None:
    (path,) = kg.export(out, tmp_path / "g.jsonld")
    nodes = json.loads(path.read_text(encoding="utf-8"))["@graph"]
    (amount,) = [n for n in nodes if "fg:Amount" in n["type"]]
    assert (amount["value"], amount["currency"], amount["amountRole"]) == ("1000000000.0", "HKD", "fg:budget")
    assert amount["concerns"].endswith("/programme/x2")


def test_context_is_embedded_and_names_no_document() -> None:
    found = context()
    assert {k: found[k] for k in PREFIXES} == dict(PREFIXES)
    assert "@import" not in json.dumps(found)
    assert len(found) > 50
