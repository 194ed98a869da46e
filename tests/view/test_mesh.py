"""Places in large graphs: the same each time, apart from each other, communities together; sums and dates of the view."""

from __future__ import annotations

import base64
import gzip
import json
import random
import re
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from rdflib import Graph

from kg.errors import QueryError
from kg.view.data import view_data
from kg.view.html import render
from kg.view.layout import positions
from kg.view.mesh import mesh_layout

GraphMaker = Callable[[int], Graph]


def communities(groups: int, members: int) -> list[tuple[int, int]]:
    """Groups with many links inside and few between."""
    rng = random.Random(5)
    links = {(g * members, g * members + m) for g in range(groups) for m in range(1, members)}
    for g in range(groups):
        for _ in range(2 * members):
            a, b = sorted(rng.sample(range(g * members, (g + 1) * members), 2))
            links.add((a, b))
    links |= {(g * members, (g + 1) * members) for g in range(groups - 1)}
    return sorted(links)


def test_the_same_graph_has_the_same_places() -> None:
    links = np.array(communities(12, 80))
    first = mesh_layout(960, links)
    assert first.shape == (960, 2)
    assert np.isfinite(first).all()
    assert (first == mesh_layout(960, links)).all()


def test_members_of_a_community_stand_together() -> None:
    where = mesh_layout(960, np.array(communities(12, 80)))
    groups = where.reshape(12, 80, 2)
    inside = np.hypot(*(groups - groups.mean(axis=1, keepdims=True)).reshape(-1, 2).T).mean()
    between = np.hypot(*(groups.mean(axis=1) - where.mean(axis=0)).T).mean()
    assert inside < between / 2


@pytest.mark.parametrize(
    "links", [[(i, i + 1) for i in range(999)], [(0, i) for i in range(1, 1000)]], ids=["line", "star"]
)
def test_few_marks_cover_each_other(links: list[tuple[int, int]]) -> None:
    where = mesh_layout(1000, np.array(links))
    apart = np.hypot(where[:, None, 0] - where[None, :, 0], where[:, None, 1] - where[None, :, 1])
    np.fill_diagonal(apart, 1)
    assert (apart.min(axis=1) < 0.15).mean() < 0.05


def test_a_large_part_and_small_ones_are_packed_together() -> None:
    links = [*communities(12, 80), (960, 961)]
    places = positions([(40, 30)] * 970, links)
    assert len(places) == 970
    assert len(set(places)) > 940
    assert places == positions([(40, 30)] * 970, links)


def test_a_large_graph_is_drawn_by_webgl_and_packed(make_graph: GraphMaker) -> None:
    graph = make_graph(700)
    text = render(graph, title="x")
    assert "sigmaBundle" in text
    assert text == render(graph, title="x", form="webgl")
    blocks = re.findall(r'<script type="text/plain" id="(\w+)" data-form="gzip">([^<]*)</script>', text)
    found = {name: json.loads(gzip.decompress(base64.b64decode(packed))) for name, packed in blocks}
    assert len(found["data"]["things"]) == 700
    assert len(found["data"]["places"]) == 1400
    assert len(found["quotes"]["mentions"]) == 700
    assert found["data"]["months"][0] == "2023-01"
    assert len(text) < len(render(graph, title="x", form="pyvis"))


def test_a_small_graph_is_drawn_by_pyvis(make_graph: GraphMaker) -> None:
    assert "vis-network" in render(make_graph(50), title="x")
    with pytest.raises(QueryError, match="no such form"):
        render(make_graph(50), form="png")


@pytest.fixture(name="paid")
def _paid(maker: Any) -> Any:
    early, late = maker.document(1), maker.document(5)
    body, plan, other = (
        maker.thing("Organisation", 1, "甲局"),
        maker.thing("Programme", 1, "乙基金"),
        maker.thing("Event", 1, "丙論壇"),
    )
    said = [
        maker.evidence(early, "甲局營運乙基金", "甲局營運乙基金。"),
        maker.evidence(late, "撥款三十億", "撥款三十億。"),
    ]
    maker.relation(body, "operates", plan, [said[0]])
    maker.amount(plan, "1000000.0", [said[0]], funder=body)
    maker.amount(plan, "3000000000.0", [said[1]], funder=body)
    maker.relation(body, "participatesIn", other, [said[1]])
    maker.mention(plan, said[0])
    return maker


def test_the_largest_sum_is_that_of_the_thing_and_of_the_link(paid: Any) -> None:
    data = view_data(paid.graph)
    sums = {node.label("zh-Hant"): node.amount for node in data.nodes}
    assert data.currency == "HKD"
    assert sums == {"甲局": "3000000000.0", "乙基金": "3000000000.0", "丙論壇": ""}
    assert {edge.predicate: edge.amount for edge in data.edges} == {"operates": "3000000000.0", "participatesIn": ""}


@pytest.mark.parametrize("since", ["2023-03", "2023-06-15", "2023-06"])
def test_since_keeps_what_later_documents_say(paid: Any, since: str) -> None:
    data = view_data(paid.graph, since=since)
    assert [edge.predicate for edge in data.edges] == ["participatesIn"]
    assert [fact.value for fact in data.facts if fact.kind == "Amount"] == ["3000000000.0"]
    assert {node.label("zh-Hant"): node.mentions for node in data.nodes} == {"甲局": (), "乙基金": (), "丙論壇": ()}
    assert [document.date for document in data.documents] == ["2023-06-15"]


def test_since_the_beginning_keeps_all_that_is_dated(paid: Any) -> None:
    whole, since = view_data(paid.graph), view_data(paid.graph, since="2000")
    assert (whole.nodes, whole.edges, whole.facts) == (since.nodes, since.edges, since.facts)


def test_since_the_future_is_empty(paid: Any) -> None:
    assert view_data(paid.graph, since="2024").nodes == ()


@pytest.mark.parametrize("since", ["yesterday", "2023-", "23-01-01", "2023-1-1"])
def test_since_must_be_a_date(paid: Any, since: str) -> None:
    with pytest.raises(QueryError, match="is not a date"):
        view_data(paid.graph, since=since)
