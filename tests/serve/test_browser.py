"""The pages of a running ``kg serve`` in a real browser: what a reader does with them, and what hostile texts do not."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
from rdflib import Graph, Literal, URIRef
from rdflib.namespace import DCTERMS, RDF, SKOS

import kg
from kg.vocab import FG, PREFIXES
from tests.serve.conftest import Start, stop

CHROMIUM = Path("/usr/bin/chromium")
ARGUMENTS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update", "--disable-sync", "--no-first-run"]  # fmt: skip
pytestmark = pytest.mark.skipif(
    not CHROMIUM.exists(), reason="needs Chromium at /usr/bin/chromium (apt install chromium)"
)
RELEASE = """數碼港推出創意種子基金

香港數碼港管理有限公司（數碼港）今日宣布推出「創意種子基金」，政府為此預留三億港元。基金由數碼港負責營運。

2024年6月5日（星期三）
"""
HOSTILE = (
    "</script><script>window.__pwned=1</script>",
    "<img src=x onerror=window.__pwned=1>",
    '"><svg onload=window.__pwned=1>',
    "javascript:window.__pwned=1",
    "{{ 7*7 }}' onmouseover='window.__pwned=1",
    "<img src='https://example.org/x.png'><link rel=stylesheet href=//example.org/x.css>",
)
Open = Callable[..., Any]


@pytest.fixture(name="browser", scope="module")
def _browser() -> Iterator[Any]:
    sync_api = pytest.importorskip("playwright.sync_api", reason="needs playwright (pip install playwright)")
    with sync_api.sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=str(CHROMIUM), args=ARGUMENTS)
        yield browser
        browser.close()


@pytest.fixture(name="root", scope="module")
def _root(seeds: Path, start: Start, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a server over the seeds and a release of our own."""
    place = tmp_path_factory.mktemp("pages")
    (place / "2024-06-cyberport.txt").write_text(RELEASE, encoding="utf-8")
    kg.build([seeds, place / "2024-06-cyberport.txt"], out=place / "out")
    process, address = start([str(place / "out")])
    yield address.rstrip("/")
    errors = stop(process)
    assert "Traceback" not in errors, errors


@pytest.fixture(name="hostile_root", scope="module")
def _hostile_root(start: Start, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a server over a graph in which every text is an attack."""
    out = tmp_path_factory.mktemp("hostile")
    graph = Graph()
    base = PREFIXES["fgi"]
    for number, text in enumerate(HOSTILE):
        document, quote_, body, fund, fact = (URIRef(f"{base}{k}/{number}") for k in ("document", "evidence", "organisation", "programme", "fact"))  # fmt: skip
        file = f"{number}.txt"
        (out / "text").mkdir(exist_ok=True)
        (out / "text" / file).write_text(f"前{text}後", encoding="utf-8")
        triples: list[tuple[URIRef, Any, Any]] = [
            (document, RDF.type, URIRef(FG.Document)),
            (document, URIRef(FG.fileName), Literal(file)),
            *((document, p, Literal(text)) for p in (DCTERMS.title, DCTERMS.publisher, DCTERMS.issued)),
            (quote_, RDF.type, URIRef(FG.Evidence)),
            (quote_, URIRef(FG.inDocument), document),
            (quote_, URIRef(FG.start), Literal(1)),
            (quote_, URIRef(FG.end), Literal(1 + len(text))),
            (quote_, URIRef(FG.quote), Literal(text)),
            (quote_, URIRef(FG.sentence), Literal(f"前{text}後")),
            (body, RDF.type, URIRef(FG.Organisation)),
            (fund, RDF.type, URIRef(FG.Programme)),
            (body, SKOS.altLabel, Literal(text + "2")),
            *((node, SKOS.prefLabel, Literal(text, lang="zh-Hant")) for node in (body, fund)),
            *((node, URIRef(FG.mention), quote_) for node in (body, fund)),
            (fact, RDF.type, URIRef(FG.Amount)),
            (fact, URIRef(FG.evidence), quote_),
            (fact, URIRef(FG.concerns), fund),
            (fact, URIRef(FG.funder), body),
            (fact, URIRef(FG.amountRole), URIRef(FG.budget)),
            (fact, URIRef(FG.value), Literal("1000000.0", datatype=URIRef(PREFIXES["xsd"] + "decimal"))),
            *((fact, URIRef(p), Literal(text)) for p in (FG.currency, FG.unit, FG.asOf, FG.rule)),
        ]
        for triple in triples:
            graph.add(triple)
    graph.serialize(out / "graph.nt", format="nt", encoding="utf-8")
    (out / "graph.nt").rename(out / "graph.nq")
    process, address = start([str(out)])
    yield address.rstrip("/")
    errors = stop(process)
    assert "Traceback" not in errors, errors


@pytest.fixture(name="open_page")
def _open_page(browser: Any) -> Iterator[Open]:
    """What opens a page; when the test is over, nothing may have been asked of another host, nor any script have failed."""
    pages = []

    def open_page(address: str, **options: Any) -> Any:
        context = browser.new_context(**{"viewport": {"width": 1300, "height": 900}, "locale": "en", **options})
        context.set_default_timeout(20_000)
        page = context.new_page()
        page.seen = {"outside": [], "errors": []}
        root = "/".join(address.split("/")[:3]) + "/"
        page.on("request", lambda r: None if r.url.startswith((root, "data:", "blob:")) else page.seen["outside"].append(r.url))  # fmt: skip
        page.on("pageerror", lambda e: page.seen["errors"].append(str(e)))
        page.on("console", lambda m: page.seen["errors"].append(m.text) if m.type == "error" else None)
        page.on("dialog", lambda d: (page.seen["errors"].append(d.message), d.dismiss()))
        pages.append(page)
        page.goto(address, wait_until="domcontentloaded")
        return page

    yield open_page
    for page in pages:
        seen, pwned = page.seen, page.evaluate("window.__pwned === undefined")
        page.context.close()
        assert (seen, pwned) == ({"outside": [], "errors": []}, True)


def test_overview_draws_its_charts(root: str, open_page: Open) -> None:
    page = open_page(f"{root}/")
    page.wait_for_selector(".drawing[data-drawn]")
    assert page.locator(".chart").count() >= 3
    assert page.locator(".drawing svg path").count() > 20
    page.locator(".chart summary").first.click()
    assert page.locator(".chart table tbody tr").first.is_visible()
    page.locator(".drawing .mark-rect path").first.click()
    page.wait_for_selector(".thing-page")


def test_query_page_runs_a_named_query(root: str, open_page: Open) -> None:
    page = open_page(f"{root}/query")
    page.wait_for_selector("body[data-ready]")
    page.click("[data-query=programmes]")
    page.wait_for_selector("#results tbody tr")
    assert page.locator("#results tbody tr").count() > 10
    assert "創意種子基金" in page.inner_text("#results")
    assert page.input_value("#editor textarea") is not None and "PREFIX fg:" in page.evaluate("fundgraph.editor.getValue()")  # fmt: skip
    page.wait_for_selector("#save-csv:not([hidden])")
    # A parameter is chosen among names, in either script.
    page.fill(".params input", "创意种子")
    page.wait_for_selector(".params [role=option]")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    page.wait_for_selector("#results tbody:not(:has(tr:nth-child(2))) tr")


def test_query_page_says_what_is_wrong(root: str, open_page: Open) -> None:
    page = open_page(f"{root}/query#query={quote('SELECT * WHERE { ?x a fg:Programe }')}")
    page.wait_for_selector("body[data-ready]")
    page.click("#run")
    page.wait_for_selector("#results .problem")
    assert "fg:Programme" in page.inner_text("#results .problem")
    page.seen["errors"] = [e for e in page.seen["errors"] if "400" not in e]  # the browser reports the status itself


def test_query_page_completes_our_terms(root: str, open_page: Open) -> None:
    page = open_page(f"{root}/query")
    page.wait_for_selector("body[data-ready]")
    page.evaluate(
        "fundgraph.editor.setValue('PREFIX fg: <https://w3id.org/fundgraph/ontology#>\\nSELECT * WHERE { ?x a fg:Prog')"
    )
    page.evaluate("fundgraph.editor.focus(); fundgraph.editor.setCursor(1, 99)")
    page.keyboard.press("Control+Space")
    page.wait_for_selector(".CodeMirror-hints")
    assert "fg:Programme" in page.inner_text(".CodeMirror-hints")


@pytest.mark.parametrize("typed", ["数码港", "數碼港"])
def test_search_folds_scripts(root: str, open_page: Open, typed: str) -> None:
    page = open_page(f"{root}/?language=zh-Hant")
    page.fill("#q", typed)
    page.wait_for_selector("[role=option]")
    assert "數碼港" in page.inner_text("[role=option]")
    page.keyboard.press("Escape")
    page.keyboard.press("Enter")
    page.wait_for_selector(".hits")
    assert page.inner_text(".hits a.thing").strip() == "數碼港"
    assert page.inner_text(".passages mark").startswith("數碼港")


def test_a_thing_shows_its_quote_in_the_paragraph(root: str, open_page: Open) -> None:
    page = open_page(f"{root}/search?q={quote('創意種子基金')}")
    page.click(".hits a.thing")
    page.wait_for_selector(".claims li")
    page.locator(".claims li", has_text="300 million").locator("summary").first.click()
    quoted = page.locator(".claims li", has_text="300 million").locator("blockquote")
    assert "三億港元" in quoted.locator("mark").inner_text()
    assert quoted.inner_text().startswith("香港數碼港管理有限公司")
    assert page.locator(".time-line li").count() and page.locator(".neighbours li").count()


def test_a_document_marks_its_facts(root: str, open_page: Open) -> None:
    page = open_page(f"{root}/documents")
    page.locator("a", has_text="創意種子基金").click()
    page.wait_for_selector(".text .at")
    assert "".join(page.inner_text(".text").split()).count("香港數碼港管理有限公司") == 1
    assert page.locator(".text .at.Amount", has_text="三億港元").count() >= 1
    number = page.locator(".facts-list li[data-kind=Amount]").first
    number.hover()
    assert page.locator(".text .at.lit").count() >= 1
    page.uncheck("[data-kind=Amount]")
    assert not number.is_visible()


def test_the_graph_stands_in_its_page(root: str, open_page: Open) -> None:
    page = open_page(f"{root}/graph")
    frame = page.frame_locator("iframe")
    frame.locator("canvas, svg").first.wait_for()


@pytest.mark.parametrize("path", ["/", "/things", "/documents", "/query", "/graph", "/downloads", "/search?q=x"])
def test_chinese_and_dark(root: str, open_page: Open, path: str) -> None:
    page = open_page(root + path, locale="zh-HK", color_scheme="dark")
    assert page.get_attribute("html", "lang") == "zh-Hant"
    assert "總覽" in page.inner_text("nav")
    red, green, blue = page.evaluate("getComputedStyle(document.body).backgroundColor.match(/\\d+/g).map(Number)")
    assert max(red, green, blue) < 60


def test_theme_is_kept(root: str, open_page: Open) -> None:
    page = open_page(f"{root}/things", color_scheme="light")
    page.locator("header a[href*='theme=dark']").click()
    page.wait_for_selector("html[data-theme=dark]")
    page.click("header nav a[href='/graph']")
    page.wait_for_selector("html[data-theme=dark]")


def test_by_keyboard_alone(root: str, open_page: Open) -> None:
    page = open_page(f"{root}/")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.className") == "skip"
    page.keyboard.press("/")
    assert page.evaluate("document.activeElement.id") == "q"
    page.keyboard.type("HKPC")
    page.wait_for_selector("[role=option]")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    page.wait_for_selector(".thing-page")
    page.goto(f"{root}/query", wait_until="domcontentloaded")
    page.wait_for_selector("body[data-ready]")
    page.evaluate("fundgraph.editor.focus()")
    page.keyboard.press("Control+Enter")
    page.wait_for_selector("#results tbody tr")
    page.keyboard.press("Escape")
    assert page.evaluate("document.activeElement.id") == "run"


@pytest.mark.parametrize("width", [360, 800, 1500])
def test_nothing_is_wider_than_the_window(root: str, open_page: Open, width: int) -> None:
    page = open_page(f"{root}/", viewport={"width": width, "height": 800})
    for path in ("/", "/things", "/documents", "/query", "/downloads", "/thing/organisation/hk-hkpc"):
        page.goto(root + path, wait_until="domcontentloaded")
        assert page.evaluate("document.documentElement.scrollWidth") <= width, path


@pytest.mark.parametrize("number", range(len(HOSTILE)))
def test_hostile_texts_are_shown_as_texts(hostile_root: str, open_page: Open, number: int) -> None:
    text = HOSTILE[number]
    page = open_page(f"{hostile_root}/thing/organisation/{number}")
    assert page.inner_text("h1") == text
    for path in (f"thing/programme/{number}", f"document/document/{number}", f"about?iri={quote(PREFIXES['fgi'], safe='')}fact/{number}", f"search?q={quote(text)}", "documents", "things", "graph"):  # fmt: skip
        page.goto(f"{hostile_root}/{path}", wait_until="domcontentloaded")
    page.goto(f"{hostile_root}/", wait_until="domcontentloaded")
    page.wait_for_selector(".drawing[data-drawn]")
    page.fill("#q", text[:12])
    page.wait_for_timeout(300)
    page.goto(f"{hostile_root}/query#name=things", wait_until="domcontentloaded")
    page.wait_for_selector("#results tbody tr")
    assert text in page.inner_text("#results")
