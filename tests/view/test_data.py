"""The graph as the page's data: names, facts, quotes, neighbourhoods."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest
from rdflib import Graph, Literal, URIRef
from rdflib.namespace import RDF, SKOS, XSD

from kg.errors import QueryError
from kg.view.data import folding_pairs, split_sentence, view_data
from kg.view.figures import chinese, english
from kg.vocab import FG

GraphMaker = Callable[[int], Graph]


@pytest.fixture(name="small")
def _small(maker: Any) -> Any:
    document = maker.document(1, title="新園公布")
    maker.body = maker.thing(
        "Organisation", 1, "南灣發展局", kind="public_body", aliases=["南發局"], english="South Bay Board"
    )
    maker.plan = maker.thing("Programme", 1, "綠色基金")
    maker.person = maker.thing("Person", 1, "陳嘉明")
    quote = maker.evidence(document, "南灣發展局推出\n綠色基金", "公報指南灣發展局推出綠色基金。")
    maker.mention(maker.body, quote)
    maker.relation(maker.body, "operates", maker.plan, [quote])
    maker.post(maker.person, "主席", maker.body, [quote])
    maker.amount(maker.plan, "3000000000.0", [quote], funder=maker.body)
    return maker


@pytest.mark.parametrize(
    ("value", "currency", "zh", "en"),
    [
        ("3000000000", "HKD", "30 億港元", "HK$3 billion"),
        ("1234567", "HKD", "1,234,567 港元", "HK$1,234,567"),
        ("1500000", "CNY", "150 萬元人民幣", "RMB 1.5 million"),
        ("1200000000000", "USD", "1.2 萬億美元", "US$1.2 trillion"),
        ("100000000000", "XYZ", "1,000 億 XYZ", "XYZ 100 billion"),
        ("500", "", "500", "500"),
        ("-20000", "HKD", "-2 萬港元", "HK$-20,000"),
    ],
)
def test_figures_shortened_only_exactly(value: str, currency: str, zh: str, en: str) -> None:
    assert chinese(Decimal(value), currency) == zh
    assert english(Decimal(value), currency) == en


@pytest.mark.parametrize(
    ("sentence", "quote", "parts"),
    [
        ("甲乙丙丁", "乙丙", ("甲", "乙丙", "丁")),
        ("甲乙 丙丁", "乙\n丙", ("甲", "乙 丙", "丁")),
        ("甲乙", "戊", ("", "戊", "")),
        ("", "戊\n己", ("", "戊 己", "")),
        ("甲", "", ("", "", "")),
    ],
)
def test_split_sentence(sentence: str, quote: str, parts: tuple[str, str, str]) -> None:
    assert split_sentence(sentence, quote) == parts


def test_node_has_names_aliases_and_keys_of_both_scripts(small: Any) -> None:
    data = view_data(small.graph)
    body = next(n for n in data.nodes if n.id == small.body)
    assert dict(body.names) == {"zh-Hant": "南灣發展局", "zh-Hans": "南湾发展局", "en": "South Bay Board"}
    assert body.aliases == ("南發局",)
    assert set(body.keys) == {"南湾发展局", "南发局", "southbayboard"}
    assert (body.kind, body.weight) == ("public_body", 1)


def test_amount_and_post_and_relation_become_facts_and_edges(small: Any) -> None:
    data = view_data(small.graph)
    amount = next(f for f in data.facts if f.kind == "Amount")
    assert (amount.value_zh, amount.value_full, amount.role, amount.bound) == (
        "30 億港元",
        "HKD 3,000,000,000",
        "budget",
        "atLeast",
    )
    assert [(e.predicate, e.label) for e in data.edges] == [("operates", ""), ("post", "主席")]
    evidence = data.evidence[amount.evidence[0]]
    assert (evidence.before, evidence.quote, evidence.after) == ("公報指", "南灣發展局推出綠色基金", "。")
    assert evidence.document is not None
    assert data.documents[evidence.document].title == "新園公布"


def test_bare_triple_is_an_edge_without_fact(maker: Any) -> None:
    a, b = maker.thing("Organisation", 1, "甲局"), maker.thing("Programme", 1, "乙計劃")
    maker.graph.add((URIRef(a), URIRef(FG.funds), URIRef(b)))
    (edge,) = view_data(maker.graph).edges
    assert (edge.predicate, edge.facts) == ("funds", ())


def test_ill_typed_value_is_shown_as_written(small: Any) -> None:
    maker_fact = small.amount(small.plan, "30億", [])
    fact = next(f for f in view_data(small.graph).facts if f.id == maker_fact)
    assert (fact.value_zh, fact.value_full) == ("30億", "")


def test_ratio_and_range(small: Any) -> None:
    pairs = [
        (FG.concerns, URIRef(small.plan)),
        (FG.value, Literal("9.0", datatype=XSD.decimal)),
        (FG.unit, Literal("ratio")),
    ]
    ratio = small.fact("Count", [], pairs)
    upper = small.amount(small.plan, "20000.0", [])
    small.graph.add((URIRef(upper), URIRef(FG.upperValue), Literal("50000.0", datatype=XSD.decimal)))
    facts = {f.id: f for f in view_data(small.graph).facts}
    assert facts[ratio].value_zh == "1 : 9"
    assert facts[upper].value_zh == "2 萬港元 – 5 萬港元"


@pytest.mark.parametrize(("depth", "count"), [(0, 1), (1, 2), (2, 3)])
def test_focus_by_name_in_the_other_script(small: Any, depth: int, count: int) -> None:
    assert len(view_data(small.graph, focus="绿色基金", depth=depth).nodes) == count


def test_focus_by_iri(small: Any) -> None:
    assert [n.id for n in view_data(small.graph, focus=small.person, depth=0).nodes] == [small.person]


@pytest.mark.parametrize("options", [{"focus": "無此名"}, {"focus": ""}, {"types": ["Planet"]}])
def test_unknown_focus_or_type_is_refused(small: Any, options: dict[str, Any]) -> None:
    with pytest.raises(QueryError):
        view_data(small.graph, **options)


def test_types_keep_only_these(small: Any) -> None:
    data = view_data(small.graph, types=["Organisation", "Programme"])
    assert {n.type for n in data.nodes} == {"Organisation", "Programme"}
    assert [e.predicate for e in data.edges] == ["operates"]


def test_missed_sentences_are_listed(make_graph: GraphMaker) -> None:
    data = view_data(make_graph(50))
    assert [(m.reason, data.evidence[m.evidence].quote) for m in data.missed] == [
        ("money without a subject", "另涉十億元")
    ]


def test_order_of_triples_does_not_matter(make_graph: GraphMaker) -> None:
    graph = make_graph(50)
    turned = Graph()
    for triple in sorted(graph, reverse=True):
        turned.add(triple)
    assert view_data(graph) == view_data(turned)


def test_folding_pairs_cover_what_may_be_typed(small: Any) -> None:
    pairs = folding_pairs(view_data(small.graph))
    assert {"灣": "湾", "發": "发", "綠": "绿"}.items() <= pairs.items()
    assert "龍" not in pairs


def test_nothing_gives_an_empty_page() -> None:
    assert view_data(Graph()).nodes == ()


def test_thing_without_a_name_has_a_label() -> None:
    graph = Graph()
    graph.add((URIRef("https://example.org/id/event/7"), RDF.type, URIRef(FG.Event)))
    (node,) = view_data(graph).nodes
    assert (node.label("en"), graph.value(URIRef(node.id), SKOS.prefLabel)) == ("7", None)
