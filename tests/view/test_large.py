"""Both drawings in a browser: time, sizes, the link to a view, the picture taken away; and what only WebGL has."""

from __future__ import annotations

import struct
from collections.abc import Callable
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest
from rdflib import Graph

GraphMaker = Callable[[int], Graph]
FORMS = ["pyvis", "webgl"]
SVG = "{http://www.w3.org/2000/svg}"
HOSTILE = [
    "</script><script>window.__pwned=1</script>",
    "<img src=x onerror=window.__pwned=1>",
    '"><svg onload=window.__pwned=1>',
    "javascript:window.__pwned=1",
    "]]><foreignObject><img src=x onerror=window.__pwned=1>",
]


def clean(page: Any) -> bool:
    """Whether nothing left the machine, nothing failed and nothing hostile ran."""
    local = all(url.startswith(("file://", "data:", "blob:")) for url in page.seen["requests"])
    return (
        local and not page.seen["errors"] and not page.seen["dialogs"] and page.evaluate("window.__pwned === undefined")
    )


@pytest.fixture(name="dated")
def _dated(maker: Any) -> Graph:
    """A scheme that is launched in February and paid for in May, by two bodies."""
    early, late = maker.document(1, title="早", file="a.txt"), maker.document(4, title="晚", file="b.txt")
    one, two = maker.thing("Organisation", 1, "南灣發展局"), maker.thing("Organisation", 2, "北岸署")
    plan = maker.thing("Programme", 1, "綠色基金")
    first = maker.evidence(early, "南灣發展局推出綠色基金", "公報指南灣發展局推出綠色基金。")
    second = maker.evidence(late, "北岸署撥款支持綠色基金", "北岸署撥款支持綠色基金。")
    maker.relation(one, "operates", plan, [first])
    maker.relation(two, "funds", plan, [second])
    maker.amount(plan, "3000000000.0", [second], funder=two)
    for thing, evidence in ((one, first), (plan, first), (plan, second), (two, second)):
        maker.mention(thing, evidence)
    return maker.graph  # type: ignore[no-any-return]


ONE, TWO, PLAN = (
    f"https://example.org/id/{name}" for name in ("organisation/0001", "organisation/0002", "programme/0001")
)


def slide(page: Any, end: str, value: int) -> None:
    """Set one end of the time as a hand would."""
    page.evaluate(
        "([id, value]) => { const slider = document.getElementById(id); slider.value = value; slider.dispatchEvent(new Event('input')); }",
        [end, value],
    )


@pytest.mark.parametrize("form", FORMS)
def test_the_time_slider_changes_what_is_seen(dated: Graph, open_page: Any, form: str) -> None:
    page = open_page(dated, form=form)
    assert page.is_visible("#time")
    assert page.inner_text("#period") == "2023-02 – 2023-05"
    assert page.evaluate("fundgraph.visible()") == [ONE, TWO, PLAN]
    slide(page, "to", 1)
    assert page.evaluate("fundgraph.visible()") == [ONE, PLAN]
    assert page.evaluate("fundgraph.visibleLinks()") == 1
    assert page.inner_text("#counts").startswith("2 / 3 ")
    page.wait_for_timeout(200)
    assert "北岸署" not in page.evaluate("fundgraph.names()")
    slide(page, "to", 3)
    slide(page, "from", 2)
    assert page.evaluate("fundgraph.visible()") == [TWO, PLAN]
    assert page.get_attribute("#from", "aria-valuetext") == "2023-04"
    assert clean(page)


def test_the_slider_moves_by_keyboard_and_its_ends_do_not_cross(dated: Graph, open_page: Any) -> None:
    page = open_page(dated, form="webgl")
    page.focus("#to")
    for _ in range(2):
        page.keyboard.press("ArrowLeft")
    assert page.inner_text("#period") == "2023-02 – 2023-03"
    assert page.evaluate("fundgraph.visible()") == [ONE, PLAN]
    slide(page, "from", 3)
    assert page.inner_text("#period") == "2023-03"


def test_playing_goes_from_month_to_month(dated: Graph, open_page: Any, until: Any) -> None:
    page = open_page(dated, form="webgl")
    page.click("#play")
    assert page.evaluate("fundgraph.visible()") == [ONE, PLAN]
    until(page, "fundgraph.visible().length === 3")
    until(page, "document.getElementById('play').getAttribute('aria-pressed') === 'false'")


@pytest.mark.parametrize("form", FORMS)
def test_a_thing_asked_for_outside_the_time_is_shown(dated: Graph, open_page: Any, form: str) -> None:
    page = open_page(dated, form=form)
    slide(page, "to", 0)
    page.evaluate("id => fundgraph.select(id)", TWO)
    assert page.evaluate("fundgraph.visible()") == [ONE, TWO, PLAN]
    page.wait_for_selector("#panel mark")
    assert "北岸署撥款支持綠色基金" in page.locator("#panel mark").all_inner_texts()


def test_no_dates_no_slider(maker: Any, open_page: Any) -> None:
    maker.thing("Organisation", 1, "北岸署")
    assert open_page(maker.graph, form="webgl").is_hidden("#time")


@pytest.mark.parametrize("form", FORMS)
def test_sizes_mean_what_the_legend_says(dated: Graph, open_page: Any, form: str) -> None:
    page = open_page(dated, form=form)
    assert page.locator("#size-by option").all_inner_texts() == ["引文數目", "關係數目", "所述最大金額"]
    page.select_option("#size-by", "amount")
    page.select_option("#width-by", "amount")
    assert page.locator("#size-legend li").all_inner_texts()[-1].strip() == "30 億港元"
    assert page.locator("#width-legend li").all_inner_texts()[-1].strip() == "30 億港元"
    page.click("[data-language=en]")
    assert page.locator("#size-legend li").all_inner_texts()[-1].strip() == "HK$3 billion"
    shapes = ElementTree.fromstring(page.evaluate("fundgraph.svg()")).findall(f".//{SVG}path[@transform]")
    radii = {
        float(s.attrib["transform"].split("scale(")[1].split(")")[0])
        for s in shapes
        if "translate(-8" in s.attrib["transform"]
    }
    # The scheme and who pays for it have a sum, who runs it has none.
    assert len(radii) == 2 or form == "pyvis"
    assert "size=amount" in page.evaluate("location.hash")


@pytest.mark.parametrize("form", FORMS)
def test_a_copied_link_leads_back_to_the_view(dated: Graph, open_page: Any, form: str) -> None:
    page = open_page(dated, form=form)
    slide(page, "to", 1)
    page.uncheck("#predicates input[value=funds]")
    page.select_option("#size-by", "links")
    page.click("[data-language=en]")
    page.evaluate("id => fundgraph.select(id)", ONE)
    page.evaluate("fundgraph.lookAt({x: 50, y: -20, span: 700})")
    page.evaluate(
        "Object.defineProperty(navigator, 'clipboard', {value: {writeText: async (text) => { window.copied = text; }}})"
    )
    page.click("#copy-link")
    page.wait_for_selector("#notice")
    link = page.evaluate("copied")
    assert link.startswith("file://")
    other = open_page(dated, form=form, fragment="#" + link.split("#")[1])
    assert other.evaluate("fundgraph.selected()") == ONE
    assert other.evaluate("fundgraph.visible()") == [ONE, PLAN]
    assert other.inner_text("#period") == "2023-02 – 2023-03"
    assert other.is_checked("#predicates input[value=funds]") is False
    assert other.input_value("#size-by") == "links"
    assert other.get_attribute("html", "lang") == "en"
    look = other.evaluate("fundgraph.look()")
    assert [round(look[key] / 5) for key in ("x", "y", "span")] == [10, -4, 140]
    assert clean(other)


def test_a_link_that_may_not_be_copied_is_shown(dated: Graph, open_page: Any) -> None:
    page = open_page(dated, form="webgl")
    page.evaluate(
        "Object.defineProperty(navigator, 'clipboard', {value: {writeText: async () => { throw new Error('no'); }}})"
    )
    page.click("#copy-link")
    page.wait_for_selector("#notice input")
    assert page.input_value("#notice input").startswith("file://")


@pytest.mark.parametrize(
    "fragment",
    [
        "#from=2999-01&to=x&size=constructor&width=__proto__",
        "#at=1,2",
        "#at=NaN,1,1&language=xx",
        "#no-types=__proto__,Person",
    ],
)
def test_strange_links_are_ignored(dated: Graph, open_page: Any, fragment: str) -> None:
    page = open_page(dated, form="webgl", fragment=fragment)
    assert len(page.evaluate("fundgraph.visible()")) == 3
    assert clean(page)


@pytest.mark.parametrize("form", FORMS)
def test_the_picture_as_svg(dated: Graph, open_page: Any, form: str, tmp_path: Path) -> None:
    page = open_page(dated, form=form)
    page.wait_for_timeout(300)
    with page.expect_download() as download:
        page.click("#save-svg")
    assert download.value.suggested_filename == "試驗.svg"
    root = ElementTree.parse(download.value.path()).getroot()
    texts = ["".join(t.itertext()) for t in root.iter(f"{SVG}text")]
    for text in ("南灣發展局", "北岸署", "綠色基金", "試驗 · 2023-02 – 2023-05"):
        assert text in texts
    assert any("引文數目" in text for text in texts)
    assert not [e for e in root.iter() if e.tag in {f"{SVG}script", f"{SVG}image", f"{SVG}foreignObject"}]


@pytest.mark.parametrize("form", FORMS)
def test_the_picture_as_png(dated: Graph, open_page: Any, form: str) -> None:
    page = open_page(dated, form=form)
    with page.expect_download() as download:
        page.click("#save-png")
    content = Path(download.value.path()).read_bytes()
    assert content[:8] == b"\x89PNG\r\n\x1a\n"
    width, height = struct.unpack(">II", content[16:24])
    box = page.locator("#graph").bounding_box()
    assert abs(width - 2 * box["width"]) <= 2
    assert abs(height - 2 * (box["height"] + 64)) <= 2
    assert len(content) > 10_000
    assert clean(page)


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_names_run_nothing(maker: Any, open_page: Any, text: str) -> None:
    document = maker.document(1, title=text, file=text)
    evidence = maker.evidence(document, text, f"前{text}後")
    body, person = maker.thing("Organisation", 1, text, aliases=[f"{text}2"]), maker.thing("Person", 1, text)
    maker.post(person, text, body, [evidence])
    maker.mention(body, evidence)
    page = open_page(maker.graph, title=text, form="webgl")
    page.evaluate("id => fundgraph.select(id)", body)
    page.wait_for_selector("#panel mark")
    assert page.inner_text("#panel").count(text) >= 4
    page.fill("#query", text)
    assert page.locator("#found li").count() == 2
    root = ElementTree.fromstring(page.evaluate("fundgraph.svg()"))
    assert not [
        e
        for e in root.iter()
        if e.tag in {f"{SVG}script", f"{SVG}image", f"{SVG}foreignObject"} or "onload" in e.attrib
    ]
    with page.expect_download() as download:
        page.click("#save-png")
    assert not set('\\/:*?"<>|') & set(download.value.suggested_filename)
    assert page.locator("#details script, #details img, #found script, #found img, svg[onload]").count() == 0
    assert clean(page)


def test_clicking_a_mark_shows_its_quote(dated: Graph, open_page: Any) -> None:
    page = open_page(dated, form="webgl")
    page.wait_for_timeout(500)
    at = page.evaluate("id => fundgraph.domPosition(id)", PLAN)
    page.mouse.click(at["x"], at["y"])
    page.wait_for_selector("#panel mark")
    assert page.evaluate("fundgraph.selected()") == PLAN
    assert "南灣發展局推出綠色基金" in page.locator("#panel mark").all_inner_texts()
    assert "至少 30 億港元 (HKD 3,000,000,000)" in page.inner_text("#panel")
    page.keyboard.press("Escape")
    assert page.is_hidden("#panel")
    assert clean(page)


def test_a_large_page_filters_searches_and_moves(make_graph: GraphMaker, open_page: Any) -> None:
    page = open_page(make_graph(800))
    assert page.evaluate("document.querySelectorAll('canvas.sigma-nodes').length") == 1
    assert len(page.evaluate("fundgraph.visible()")) == 800
    people = int(page.inner_text("#types label:has(input[value=Person]) output"))
    page.uncheck("#types input[value=Person]")
    assert len(page.evaluate("fundgraph.visible()")) == 800 - people
    before = page.evaluate("fundgraph.look()")
    page.focus("#graph")
    page.keyboard.press("ArrowRight")
    page.keyboard.press("+")
    page.wait_for_timeout(500)
    after = page.evaluate("fundgraph.look()")
    assert after["x"] > before["x"]
    assert after["span"] < before["span"]
    page.keyboard.press("/")
    page.keyboard.insert_text("数码")
    page.keyboard.press("Enter")
    page.wait_for_selector("#panel mark")
    assert "數碼" in page.inner_text("#panel h2")
    assert len([url for url in page.seen["requests"] if url.startswith("file:")]) == 1
    assert clean(page)


def test_the_picture_is_the_same_each_time(make_graph: GraphMaker, open_page: Any) -> None:
    pages = [open_page(make_graph(900)) for _ in range(2)]
    assert pages[0].evaluate("fundgraph.positions()") == pages[1].evaluate("fundgraph.positions()")


@pytest.mark.parametrize("form", FORMS)
def test_in_a_notebook_frame(dated: Graph, bare_page: Any, until: Any, page_text: Any, form: str) -> None:
    host = bare_page("<iframe width=900 height=600></iframe>")
    host.evaluate("text => { document.querySelector('iframe').srcdoc = text; }", page_text(dated, form=form))
    frame = host.frame_locator("iframe")
    frame.locator("#types input").first.wait_for()
    inside = host.frames[1]
    until(inside, "Boolean(window.fundgraph?.ready)")
    inside.evaluate("id => fundgraph.select(id)", PLAN)
    frame.locator("#panel mark").first.wait_for()
    assert frame.locator("#copy-link").is_hidden()
    assert clean(host)


def test_without_webgl_the_page_says_so(dated: Graph, open_page: Any) -> None:
    page = open_page(dated, form="webgl", ready=False, before="HTMLCanvasElement.prototype.getContext = () => null;")
    page.wait_for_selector("#empty h2")
    assert "WebGL" in page.inner_text("#empty")


@pytest.mark.parametrize("width", [1400, 390])
def test_nothing_is_wider_than_the_window(make_graph: GraphMaker, open_page: Any, width: int) -> None:
    page = open_page(make_graph(60), form="webgl", viewport={"width": width, "height": 800})
    page.evaluate("fundgraph.select('https://example.org/id/programme/0002')")
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    assert page.is_visible("#panel h2")
