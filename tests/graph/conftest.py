"""A small knowledge made by hand: two documents that agree, disagree, and try to break the output."""

from __future__ import annotations

from decimal import Decimal

import pytest
from rdflib import Dataset, Graph

from kg.graph.publish import publish
from kg.model import (
    Amount,
    Count,
    DocumentInfo,
    Fact,
    Finding,
    Knowledge,
    Label,
    Language,
    PostHolding,
    Quote,
    Relation,
    Source,
    Succession,
    Thing,
)
from kg.vocab import PREFIXES

HOSTILE = 'a"b\\c\nd\re\tf\x00g\x0bh\x7f\x85\u2028<script>alert(1)</script>"} INSERT DATA { } #'


def _thing(path: str, type_: str, name: str, *other: str, english: str | None = None) -> Thing:
    labels: list[tuple[str, Language]] = [(name, "zh-Hant")]
    preferred = [Label(*x) for x in labels] + ([Label(english, "en")] if english else [])
    kind = "public_body" if type_ == "Organisation" else None
    mentions = tuple((d, Quote(10, 12, "甲局")) for d in ("a" * 16, "b" * 16))
    return Thing(path, type_, tuple(preferred), tuple(Label(o, "zh-Hant") for o in other), mentions, kind)  # type: ignore[arg-type]


def _source(start: int, text: str, rule: str = "rule.a", confidence: str = "0.90", **more: str) -> Source:
    return Source((Quote(start, start + len(text), text, f"{text}。"),), rule, Decimal(confidence), **more)  # type: ignore[arg-type]


def make() -> Knowledge:
    """Return the knowledge; tests that need another one replace its parts."""
    documents = (
        DocumentInfo("甲.txt", "a" * 64, "zh-Hant", "題目「甲」", "2024-03-05", "甲局"),
        DocumentInfo("b.txt", "b" * 64, "zh-Hans", None, "2025-04-06"),
    )
    things = (
        _thing("person/li", "Person", "李明"),
        _thing("organisation/bureau", "Organisation", "甲局", "甲 局", english="Bureau A"),
        _thing("organisation/park", "Organisation", "乙園"),
        _thing("programme/scheme", "Programme", "「創科」計劃", "創科計劃"),
        _thing("facility/lab", "Facility", "丙實驗室"),
        _thing("policy/address", "Policy", "丁報告"),
        _thing("event/expo", "Event", "戊博覽"),
        _thing("organisation/hostile", "Organisation", HOSTILE),
    )
    bureau, park, scheme = "organisation/bureau", "organisation/park", "programme/scheme"
    one: list[Fact] = [
        PostHolding("person/li", "主席", bureau, _source(20, "主席李明")),
        Amount(
            scheme,
            "budget",
            Decimal("3E+9"),
            "HKD",
            "exact",
            _source(30, "撥款三十億元", stated_by=bureau),
            funder=bureau,
        ),
        Amount(scheme, "cap", Decimal("5E+5"), "HKD", "atMost", _source(40, "最多五十萬元"), per="recipient"),
        Count(park, "企業", Decimal(20), "間", "atLeast", _source(50, "二十間企業", as_of="2024")),
        *(
            Relation(s, p, o, _source(60 + 10 * n, f"句子{n}", status="announced"))  # type: ignore[arg-type]
            for n, (s, p, o) in enumerate(
                [
                    (bureau, "operates", scheme),
                    (bureau, "funds", scheme),
                    (bureau, "owns", park),
                    (park, "partnersWith", bureau),
                    (scheme, "commissionedBy", bureau),
                    (park, "locatedIn", "facility/lab"),
                    (scheme, "announcedIn", "policy/address"),
                    ("person/li", "participatesIn", "event/expo"),
                ]
            )
        ),
    ]
    two: list[Fact] = [
        # The same post in the other script and spacing, surer and by another rule; the same partners the other way.
        PostHolding("person/li", "主 席", bureau, _source(5, "主席李明", "rule.b", "0.95")),
        Relation(bureau, "partnersWith", park, _source(15, "合作", status="announced")),
        Amount(scheme, "budget", Decimal("4000000000.00"), "HKD", "exact", _source(25, "拨款四十亿元"), funder=bureau),
        Count(park, "企業", Decimal("25.50"), "間", "about", _source(35, "企业", as_of="2025-04")),
    ]
    facts = tuple(("a" * 16, f) for f in one) + tuple(("b" * 16, f) for f in two)
    findings = (("a" * 16, Finding("info", "W301", "no frame", "甲.txt", 200, 204, "三百萬元")),)
    successions = (
        Succession(
            "succession/one-2022",
            "2022-07-01",
            "renamed",
            ("organisation/before",),
            (bureau,),
            (("organisation/before", Label("甲處", "zh-Hant")),),
            "test",
        ),
        Succession("succession/two-2024", "2024", "merged", (bureau,), (park,), (), "test"),
    )
    return Knowledge(documents, things, facts, findings, successions)


@pytest.fixture
def knowledge() -> Knowledge:
    """The knowledge."""
    return make()


@pytest.fixture
def lines(knowledge: Knowledge) -> list[str]:
    """Its N-Quads."""
    return publish(knowledge, version="test")


@pytest.fixture
def small(lines: list[str]) -> Graph:
    """Its triples, read by rdflib's own reader."""
    data = Dataset(default_union=True)
    data.parse(data="\n".join(lines), format="nquads")
    graph = Graph()
    for prefix, address in PREFIXES.items():
        graph.bind(prefix, address, override=True, replace=True)
    for triple in data.triples((None, None, None)):
        graph.add(triple)
    return graph
