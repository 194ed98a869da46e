"""What is published: the same bytes every time, one node a fact, exact literals, and no name that breaks out."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterable
from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import pyoxigraph
import pytest
from hypothesis import given
from hypothesis import strategies as st
from rdflib import RDF, SKOS, BNode, Graph, Literal, URIRef

from kg.errors import InputError
from kg.graph.iri import address, check_base, fact_key, plain
from kg.graph.load import load
from kg.graph.publish import BASE, decimal, literal, publish, time_literal
from kg.graph.turtle import to_turtle
from kg.graph.validate import validate
from kg.model import Amount, Finding, Knowledge, Relation, Source
from kg.vocab import FG, PREFIXES

ORG = PREFIXES["org"]


def read(lines: Iterable[str]) -> list[pyoxigraph.Quad]:
    """The quads of some lines by a reader that is not ours."""
    return list(pyoxigraph.parse("\n".join(lines).encode(), format=pyoxigraph.RdfFormat.N_QUADS))


def test_sorted_unique_and_readable(lines: list[str]) -> None:
    assert lines == sorted(set(lines))
    assert len(read(lines)) == len(lines) > 300


def test_no_blank_nodes(small: Graph) -> None:
    assert not [t for t in small for node in t if isinstance(node, BNode)]


def test_it_conforms(small: Graph) -> None:
    assert validate(small) == []


def test_order_of_input_is_irrelevant(knowledge: Knowledge, lines: list[str]) -> None:
    turned = Knowledge(
        knowledge.documents[::-1],
        knowledge.things[::-1],
        knowledge.facts[::-1],
        knowledge.findings[::-1],
        knowledge.successions[::-1],
    )
    assert publish(turned, version="test") == lines


def test_same_bytes_with_another_hash_seed(clean_env: dict[str, str]) -> None:
    code = f"""
import importlib.util, sys
spec = importlib.util.spec_from_file_location("small", {str(Path(__file__).parent / "conftest.py")!r})
small = importlib.util.module_from_spec(spec)
spec.loader.exec_module(small)
from kg.graph.publish import publish
from kg.graph.turtle import to_turtle
lines = publish(small.make(), version="test")
sys.stdout.buffer.write(("\\n".join(lines) + to_turtle(lines)).encode())
"""
    found = [
        subprocess.run(
            [sys.executable, "-c", code],
            env={**clean_env, "PYTHONHASHSEED": seed, "LC_ALL": "C", "TZ": zone},
            capture_output=True,
            check=True,
            timeout=60,
        ).stdout
        for seed, zone in (("1", "UTC"), ("77", "Asia/Hong_Kong"))
    ]
    assert found[0] == found[1]
    assert len(found[0]) > 10_000


def test_turtle_holds_the_same_triples(lines: list[str], small: Graph) -> None:
    assert set(Graph().parse(data=to_turtle(lines), format="turtle")) == set(small)


def test_one_fact_of_two_documents_is_one_node(small: Graph) -> None:
    (post,) = small.subjects(RDF.type, URIRef(FG.PostHolding))
    evidence = list(small.objects(post, URIRef(FG.evidence)))
    assert len(evidence) == 2
    assert {str(small.value(small.value(e, URIRef(FG.inDocument)), URIRef(FG.fileName))) for e in evidence} == {
        "甲.txt",
        "b.txt",
    }
    assert [str(o) for o in small.objects(post, URIRef(FG.rule))] == ["rule.b"]
    assert [o.toPython() for o in small.objects(post, URIRef(FG.confidence)) if isinstance(o, Literal)] == [
        Decimal("0.95")
    ]
    assert len(list(small.objects(post, URIRef(FG.title)))) == 1
    # Which rule read which document stands on the evidence.
    assert {str(small.value(e, URIRef(FG.rule))) for e in evidence} == {"rule.a", "rule.b"}


def test_two_figures_are_two_facts(small: Graph) -> None:
    budgets = list(small.subjects(URIRef(FG.amountRole), URIRef(FG.budget)))
    assert sorted(str(small.value(b, URIRef(FG.value))) for b in budgets) == ["3000000000.0", "4000000000.0"]


def test_partners_are_one_relation_whichever_comes_first(small: Graph) -> None:
    found = list(small.subjects(RDF.predicate, URIRef(FG.partnersWith)))
    assert len(found) == 1
    assert len(list(small.triples((None, URIRef(FG.partnersWith), None)))) == 1


def test_every_relation_has_its_direct_triple(small: Graph) -> None:
    relations = list(small.subjects(RDF.type, URIRef(FG.Relation)))
    assert len(relations) == 8
    for r in relations:
        assert (small.value(r, RDF.subject), small.value(r, RDF.predicate), small.value(r, RDF.object)) in small


@pytest.mark.parametrize("change", [{"status": "launched"}, {"as_of": "2023"}])
@pytest.mark.parametrize("number", [0, 1, 3, 4], ids=["post", "amount", "count", "relation"])
def test_status_and_time_are_part_of_a_fact(knowledge: Knowledge, number: int, change: dict[str, str]) -> None:
    fact = knowledge.facts[number][1]
    assert fact_key(replace(fact, source=replace(fact.source, **change))) != fact_key(fact)  # type: ignore[arg-type]
    assert fact_key(
        replace(fact, source=replace(fact.source, rule="x", confidence=Decimal("0.1"), stated_by="y"))
    ) == fact_key(fact)


def test_written_form_of_a_number_is_no_part_of_a_fact() -> None:
    source = Source((), "r")
    keys = {
        fact_key(Amount("a", "budget", Decimal(v), "HKD", "exact", source, upper=Decimal(u)))
        for v, u in (("3E+9", "4E9"), ("3000000000", "4000000000.0"), ("3000000000.00", "4000000000"))
    }
    assert len(keys) == 1
    assert fact_key(Relation("a", "funds", "b", source)) != fact_key(Relation("b", "funds", "a", source))


@given(st.decimals(allow_nan=False, allow_infinity=False, places=3) | st.integers().map(Decimal))
def test_numbers_keep_every_digit(value: Decimal) -> None:
    text = plain(value)
    assert Decimal(text) == value
    assert "." in text and "E" not in text
    assert decimal(value).startswith(f'"{text}"^^')


@pytest.mark.parametrize(
    ("value", "datatype"),
    [
        ("2024", "gYear"),
        ("2024-02", "gYearMonth"),
        ("2024-02-29", "date"),
        ("2023-02-29", None),
        ("2024-13", None),
        ("2025-04-01/2026-03-31", None),
        ("二〇二四", None),
        ("２０２４", None),
        ("第三季內完成的工程計劃", None),
    ],
)
def test_times(value: str, datatype: str | None) -> None:
    expected = f'"{value}"' + (f"^^<{PREFIXES['xsd']}{datatype}>" if datatype else "")
    assert time_literal(value) == expected


def test_a_document_with_half_a_date_has_none(knowledge: Knowledge) -> None:
    changed = replace(knowledge, documents=tuple(replace(d, date="2024-02-31") for d in knowledge.documents))
    assert not [line for line in publish(changed, version="test") if "dcterms" in line and "issued" in line]


def test_hostile_name_comes_back(lines: list[str], small: Graph) -> None:
    name = small.value(URIRef(BASE + "organisation/hostile"), SKOS.prefLabel)
    assert str(name).startswith('a"b\\c\nd\re\tf\x00g\x0bh\x7f\x85\u2028<script>')
    assert all(len(line.splitlines()) == 1 for line in lines)


@given(st.text())
def test_any_text_is_a_literal(text: str) -> None:
    (quad,) = read([f"<x:s> <x:p> {literal(text)} <x:g> ."])
    assert isinstance(quad.object, pyoxigraph.Literal)
    assert quad.object.value == text


@given(st.text(st.characters(), min_size=1), st.text(st.characters(), min_size=1))
def test_any_name_is_an_address_of_its_own(one: str, other: str) -> None:
    first = address(BASE, f"programme/{one}")
    assert first.isascii() and not set(first) & set(' <>"{}|\\^`')
    assert pyoxigraph.NamedNode(first).value == first
    assert (first == address(BASE, f"programme/{other}")) == (one == other)


@pytest.mark.parametrize(
    "base",
    [
        "",
        "id/",
        "file:///tmp/",
        "http://",
        "https://a.b",
        "https://a.b/ x/",
        'https://a.b/"/',
        "https://a.b/> <x:y>/",
        "javascript:",
    ],
)
def test_a_base_that_is_no_address_is_refused(base: str) -> None:
    with pytest.raises(InputError, match="E113"):
        publish(Knowledge(), base=base, version="test")


@pytest.mark.parametrize("base", ["https://example.org/", "http://a.b/c#", "urn:x-fund:", BASE])
def test_a_base_of_the_user(base: str, knowledge: Knowledge) -> None:
    assert check_base(base) == base
    assert any(line.startswith(f"<{base}fact/") for line in publish(knowledge, base=base, version="test"))


def test_what_was_not_understood(knowledge: Knowledge, small: Graph) -> None:
    (node,) = small.subjects(RDF.type, URIRef(FG.NotUnderstood))
    assert str(small.value(node, URIRef(FG.reason))) == "no frame"
    assert str(small.value(small.value(node, URIRef(FG.evidence)), URIRef(FG.quote))) == "三百萬元"
    without = replace(knowledge, findings=(("a" * 16, Finding("info", "W301", "no quote", "甲.txt", 1, 2)),))
    assert not [line for line in publish(without, version="test") if "NotUnderstood" in line]


def test_each_document_has_its_graph(lines: list[str]) -> None:
    names = {str(q.graph_name)[1:-1].removeprefix(BASE) for q in read(lines)}
    assert names == {"graph/things", f"document/{'a' * 16}", f"document/{'b' * 16}"}


@pytest.mark.parametrize("suffix", ["nq", "ttl"])
def test_loading_gives_the_same_triples(lines: list[str], small: Graph, tmp_path: Path, suffix: str) -> None:
    path = tmp_path / f"graph.{suffix}"
    path.write_text("\n".join(lines) if suffix == "nq" else to_turtle(lines), encoding="utf-8")
    assert set(load(path)) == set(small)


@pytest.mark.parametrize("name", ["g.rdf", "g.xml", "g.owl", "g.jsonld", "g.json", "g.html", "g.trix", "g"])
def test_other_formats_are_refused(tmp_path: Path, name: str) -> None:
    (tmp_path / name).write_text("<rdf:RDF/>", encoding="utf-8")
    with pytest.raises(InputError, match="E111"):
        load(tmp_path / name)


@pytest.mark.parametrize(
    "content", [b"<rdf:RDF/>", b"<a:b> <a:b> .", b'<a:b> <a:b> "\xff" .', b'{"@context": "http://a.b/"}']
)
def test_damaged_files_are_said(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "graph.nq").write_bytes(content)
    with pytest.raises(InputError, match="E112"):
        load(tmp_path)


def test_findings_name_the_thing(small: Graph) -> None:
    bureau = URIRef(BASE + "organisation/bureau")
    small.remove((bureau, URIRef(ORG + "classification"), None))
    small.add((bureau, URIRef(FG.value), Literal("30億", datatype=URIRef(PREFIXES["xsd"] + "decimal"))))
    found = [(f.code, f.where, f.message) for f in validate(small)]
    assert [code for code, _, _ in found] == ["E230", "E231"]
    assert found[0] == ("E230", str(bureau), "org:classification is missing (Bureau A)")
    assert "30億" in found[1][2] and "(Bureau A)" in found[1][2]
