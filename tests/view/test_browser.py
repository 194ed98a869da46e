"""The page in a browser: no request, no hostile script, search, selection, filters, stillness."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from rdflib import Graph

GraphMaker = Callable[[int], Graph]
HOSTILE = [
    "</script><script>window.__pwned=1</script>",
    "<img src=x onerror=window.__pwned=1>",
    '"><svg onload=alert(1)>',
    "javascript:window.__pwned=1",
    "<b onmouseover='window.__pwned=1'>",
]


def _clean(page: Any) -> bool:
    local = all(url.startswith(("file://", "data:")) for url in page.seen["requests"])
    return (
        local and not page.seen["errors"] and not page.seen["dialogs"] and page.evaluate("window.__pwned === undefined")
    )


def _click_node(page: Any, thing: str) -> None:
    page.wait_for_timeout(400)
    at = page.evaluate("id => fundgraph.domPosition(id)", thing)
    page.mouse.click(at["x"], at["y"])


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_text_is_shown_as_text(maker: Any, open_page: Any, text: str) -> None:
    document = maker.document(1, title=text, file=text)
    evidence = maker.evidence(document, text, f"前{text}後")
    body = maker.thing("Organisation", 1, text, aliases=[f"{text}2"])
    person = maker.thing("Person", 1, text)
    maker.post(person, text, body, [evidence])
    maker.mention(body, evidence)
    page = open_page(maker.graph, title=text)
    assert page.title() == text
    page.evaluate("id => fundgraph.select(id)", body)
    shown = page.inner_text("#panel")
    assert shown.count(text) >= 4
    page.click("#open-documents")
    assert text in page.inner_text("#panel")
    page.fill("#query", text)
    assert page.locator("#found li").count() == 2
    page.wait_for_timeout(300)
    assert page.locator("#details script, #details img, #found script, #found img, svg[onload]").count() == 0
    assert _clean(page)


def test_no_request_and_no_error(make_graph: GraphMaker, open_page: Any) -> None:
    page = open_page(make_graph(50))
    page.wait_for_timeout(500)
    assert len([url for url in page.seen["requests"] if url.startswith("file:")]) == 1
    assert _clean(page)


@pytest.mark.parametrize("typed", ["南湾发展", "南灣發展", "南湾 发展", "southbay", "ＳＯＵＴＨ", "南發局", "南发"])
def test_search_folds_scripts(maker: Any, open_page: Any, typed: str) -> None:
    body = maker.thing("Organisation", 1, "南灣發展局", aliases=["南發局"], english="South Bay Board")
    maker.thing("Organisation", 2, "北岸署")
    page = open_page(maker.graph)
    page.keyboard.press("/")
    page.keyboard.insert_text(typed)
    assert page.locator("#found li").count() == 1
    page.keyboard.press("Enter")
    assert page.evaluate("fundgraph.selected()") == body
    assert "南灣發展局" in page.inner_text("#panel h2")


def test_click_on_the_canvas_shows_the_quote_and_its_document(maker: Any, open_page: Any) -> None:
    document = maker.document(1, title="新園公布", file="a.txt")
    body, plan = maker.thing("Organisation", 1, "南灣發展局"), maker.thing("Programme", 1, "綠色基金")
    maker.relation(
        body, "operates", plan, [maker.evidence(document, "南灣發展局推出綠色基金", "公報指南灣發展局推出綠色基金。")]
    )
    maker.amount(plan, "3000000000.0", [maker.evidence(document, "撥款30億元", "局方撥款30億元。")], funder=body)
    page = open_page(maker.graph)
    _click_node(page, plan)
    assert page.evaluate("fundgraph.selected()") == plan
    panel = page.inner_text("#panel")
    for text in (
        "至少 30 億港元 (HKD 3,000,000,000)",
        "公報指南灣發展局推出綠色基金。",
        "新園公布 · 2023-02-15 · a.txt",
    ):
        assert text in panel
    assert "撥款30億元" in page.locator("#panel mark").all_inner_texts()
    page.click("#panel .near .thing")
    assert page.evaluate("fundgraph.selected()") == body
    page.keyboard.press("Escape")
    assert page.evaluate("fundgraph.selected()") is None
    assert page.is_hidden("#panel")
    assert _clean(page)


def test_filters_hide_nodes_and_links(make_graph: GraphMaker, open_page: Any) -> None:
    page = open_page(make_graph(50))
    before, links = len(page.evaluate("fundgraph.visible()")), page.evaluate("fundgraph.visibleLinks()")
    page.uncheck("#types input[value=Person]")
    assert len(page.evaluate("fundgraph.visible()")) == before - 10
    assert page.evaluate("fundgraph.visibleLinks()") == links - 10
    page.check("#types input[value=Person]")
    page.uncheck("#predicates input[value=operates]")
    assert page.evaluate("fundgraph.visibleLinks()") == links - 12
    page.click("[data-all=types]")
    assert page.evaluate("fundgraph.visible()") == []
    assert page.is_visible("#empty")


@pytest.mark.parametrize("number", [50, 500])
def test_positions_do_not_move(make_graph: GraphMaker, open_page: Any, number: int) -> None:
    page = open_page(make_graph(number))
    before = page.evaluate("fundgraph.positions()")
    page.wait_for_timeout(2000)
    assert page.evaluate("fundgraph.positions()") == before
    assert len(before) == number


def test_address_selects_and_follows_selection(make_graph: GraphMaker, open_page: Any) -> None:
    thing = "https://example.org/id/programme/0002"
    page = open_page(make_graph(50), fragment="#node=https%3A%2F%2Fexample.org%2Fid%2Fprogramme%2F0002")
    assert page.evaluate("fundgraph.selected()") == thing
    page.evaluate("fundgraph.select('https://example.org/id/programme/0003')")
    assert page.evaluate("location.hash").endswith("0003")


@pytest.mark.parametrize(
    "fragment", ["#node=%E0%A4%A", "#node=<img src=x onerror=window.__pwned=1>", "#node=unknown", "#other"]
)
def test_strange_addresses_are_ignored(make_graph: GraphMaker, open_page: Any, fragment: str) -> None:
    page = open_page(make_graph(50), fragment=fragment)
    assert page.evaluate("fundgraph.selected()") is None
    assert _clean(page)


def test_language_switch(make_graph: GraphMaker, open_page: Any) -> None:
    page = open_page(make_graph(50))
    page.click("[data-language=en]")
    assert page.inner_text("#counts").startswith("50 things")
    assert page.get_attribute("html", "lang") == "en"
    page.click("[data-language=zh-Hans]")
    assert "机构" in page.inner_text("#types")


def test_missed_sentences_have_their_panel(make_graph: GraphMaker, open_page: Any) -> None:
    page = open_page(make_graph(50))
    page.click("#open-missed")
    assert "另涉十億元" in page.inner_text("#panel mark")


def test_empty_graph_says_so(open_page: Any) -> None:
    page = open_page(Graph())
    assert "圖中尚無內容" in page.inner_text("#empty")
    assert _clean(page)


@pytest.mark.parametrize("width", [1400, 390])
def test_nothing_is_wider_than_the_window(make_graph: GraphMaker, open_page: Any, width: int) -> None:
    page = open_page(make_graph(50), viewport={"width": width, "height": 800})
    page.evaluate("fundgraph.select('https://example.org/id/programme/0002')")
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    assert page.is_visible("#panel h2")
