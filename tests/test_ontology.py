"""The ontology is complete, the generated names follow it, and each shape rejects what it should."""

from __future__ import annotations

import importlib.util
from decimal import Decimal
from pathlib import Path

import pytest
from rdflib import RDF, RDFS, SH, SKOS, Dataset, Graph, Literal, Namespace, URIRef
from rdflib.collection import Collection
from rdflib.term import Node

import kg
from kg import vocab
from kg.graph.publish import publish
from kg.model import (
    Amount,
    Count,
    DocumentInfo,
    Finding,
    Knowledge,
    Label,
    PostHolding,
    Quote,
    Relation,
    Source,
    Succession,
    Thing,
)
from kg.resources import ontology_path

ROOT = Path(__file__).parent.parent
FG = Namespace(vocab.NAMESPACE)
ONTOLOGY = Graph().parse(ontology_path("fundgraph.ttl")).parse(ontology_path("kinds.ttl"))
SHAPES = Graph().parse(ontology_path("shapes.ttl"))
PROPERTIES = [
    (shape, path)
    for shape in sorted(SHAPES.subjects(RDF.type, SH.NodeShape), key=str)
    for path in sorted(SHAPES.objects(shape, SH.property), key=str)
]
TERMS = sorted({s for s in ONTOLOGY.subjects(RDF.type) if str(s).startswith(vocab.NAMESPACE)}, key=str)


def local(node: Node | None) -> str:
    """The last part of an address, to name a test case."""
    return str(node).replace("/", "#").split("#")[-1]


def test_the_generated_module_is_up_to_date() -> None:
    spec = importlib.util.spec_from_file_location("generate", ROOT / "ontology" / "generate.py")
    assert spec and spec.loader
    generate = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(generate)
    assert (ROOT / "kg" / "vocab.py").read_text(encoding="utf-8") == generate.source(), (
        "run: python ontology/generate.py"
    )


@pytest.mark.parametrize("term", TERMS, ids=local)
def test_term_is_described_in_three_languages(term: URIRef) -> None:
    for predicate in (RDFS.label, SKOS.prefLabel):
        labels = {o.language for o in ONTOLOGY.objects(term, predicate) if isinstance(o, Literal)}
        if labels:
            break
    assert labels >= {"en", "zh-Hant", "zh-Hans"}
    texts = [o for p in (SKOS.definition, RDFS.comment) for o in ONTOLOGY.objects(term, p) if isinstance(o, Literal)]
    assert {o.language for o in texts} >= {"en", "zh-Hant", "zh-Hans"}
    assert all(str(o).strip() for o in texts)


def test_terms_found() -> None:
    assert len(TERMS) >= 60
    assert len(PROPERTIES) >= 60


def test_shapes_name_only_defined_terms() -> None:
    used = {
        node
        for triple in SHAPES
        for node in triple
        if str(node).startswith(vocab.NAMESPACE) and not str(node).endswith("Shape")
    }
    assert {local(n) for n in used} <= set(vocab.TERMS)


def test_alignments_speak_of_defined_terms() -> None:
    alignments = Graph().parse(ontology_path("alignments.ttl"))
    ours = {s for s in alignments.subjects() if str(s).startswith(vocab.NAMESPACE)}
    assert len(ours) > 20
    assert {local(s) for s in ours} <= set(vocab.TERMS)


@pytest.fixture(scope="module")
def whole() -> Graph:
    """A graph with an instance of every class and a value for every property that the shapes speak of."""
    document = DocumentInfo("a.txt", "ab" * 32, "zh-Hant", "題目", "2024-03-05", "甲局", "https://example.org/a.html")
    quote = Quote(0, 2, "甲局", "甲局推出計劃。")
    source = Source((quote,), "rule.test", status="funded", as_of="2024")
    things = tuple(
        Thing(
            f"{t.lower()}/x",
            t,
            (Label(f"名{t}", "zh-Hant"),),
            (),
            ((document.id, quote),),
            "government" if t == "Organisation" else None,
        )
        for t in ("Person", "Organisation", "Programme", "Facility", "Policy", "Event")
    )
    person, body, scheme = (t.id for t in things[:3])
    facts = (
        PostHolding(person, "局長", body, source),
        Relation(body, "funds", scheme, source),
        Amount(scheme, "budget", Decimal(5), "HKD", "exact", source, upper=Decimal(6), per="year", funder=body),
        Count(scheme, "企業", Decimal(5), "間", "about", source),
    )
    unread = (document.id, Finding("info", "W301", "no frame", "a.txt", 3, 5, "推出"))
    renamed = Succession(
        "succession/x",
        "2022-07-01",
        "renamed",
        ("organisation/y",),
        (body,),
        (("organisation/y", Label("前名", "zh-Hant")),),
    )
    knowledge = Knowledge((document,), things, tuple((document.id, f) for f in facts), (unread,), (renamed,))
    data = Dataset(default_union=True)
    data.parse(data="\n".join(publish(knowledge, version="test")), format="nquads")
    graph = Graph()
    for triple in data.triples((None, None, None)):
        graph.add(triple)
    return graph


def test_the_whole_conforms(whole: Graph) -> None:
    assert kg.validate(whole) == []


def broken(whole: Graph) -> Graph:
    copy = Graph()
    for triple in whole:
        copy.add(triple)
    return copy


@pytest.mark.parametrize(
    ("shape", "constraint"), PROPERTIES, ids=[f"{local(s)}-{local(SHAPES.value(p, SH.path))}" for s, p in PROPERTIES]
)
def test_each_constraint_rejects_what_breaks_it(whole: Graph, shape: URIRef, constraint: Node) -> None:
    """A value is missing, doubled or wrong: each makes a finding about that very node and property."""
    path = SHAPES.value(constraint, SH.path)
    assert path is not None
    target = SHAPES.value(shape, SH.targetClass)
    node = min(whole.subjects(RDF.type, target), key=str)
    values = sorted(whole.objects(node, path), key=str)
    breaks: list[Graph] = []
    if SHAPES.value(constraint, SH.minCount) is not None:
        without = broken(whole)
        without.remove((node, path, None))
        breaks.append(without)
    if SHAPES.value(constraint, SH.maxCount) is not None and values:
        twice = broken(whole)
        twice.add((node, path, Literal(77) if isinstance(values[0], Literal) else URIRef("https://example.org/other")))
        breaks.append(twice)
    if {SH["in"], SH.pattern, SH["class"], SH.datatype} & set(SHAPES.predicates(constraint)):
        wrong = broken(whole)
        wrong.remove((node, path, None))
        wrong.add(
            (
                node,
                path,
                Literal("nonsense", lang="en")
                if SHAPES.value(constraint, SH.datatype) != RDF.langString
                else Literal("plain"),
            )
        )
        breaks.append(wrong)
    assert breaks, "nothing to break: the constraint says nothing"
    for graph in breaks:
        found = [f for f in kg.validate(graph) if f.where == str(node)]
        assert found, graph.serialize(format="turtle")


def test_closed_lists_equal_those_of_the_model() -> None:
    from typing import get_args

    from kg import model

    pairs = [
        (vocab.ENTITY_TYPES, model.EntityType),
        (vocab.PREDICATES, model.Predicate),
        (vocab.KINDS, model.Kind),
        (vocab.AMOUNT_ROLES, model.AmountRole),
        (vocab.BOUNDS, model.Bound),
        (vocab.PERS, model.Per),
        (vocab.STATUSES, model.Status),
        (vocab.SUCCESSION_KINDS, model.SuccessionKind),
    ]
    for listed, literal in pairs:
        assert set(listed) == set(get_args(literal))


def test_lists_of_the_shapes_equal_the_vocabulary() -> None:
    lists = {
        local(SHAPES.value(p, SH.path)): {local(i) for i in Collection(SHAPES, head)}
        for p, head in SHAPES.subject_objects(SH["in"])
    }
    assert lists["predicate"] == set(vocab.PREDICATES)
    assert lists["amountRole"] == set(vocab.AMOUNT_ROLES)
    assert lists["bound"] == set(vocab.BOUNDS)
    assert lists["status"] == set(vocab.STATUSES)
    assert lists["classification"] == set(vocab.KINDS)
    assert lists["successionKind"] == set(vocab.SUCCESSION_KINDS)
