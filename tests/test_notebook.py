"""What objects show in a notebook: escaped, short, and the view in a frame of its own."""

from __future__ import annotations

import pickle
import re
from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from rdflib import RDF, SKOS, Graph, Literal, URIRef

import kg
from kg.errors import QueryError
from kg.graph.sparql import Result, run
from kg.notebook import KnowledgeGraph, Page, chinese_font
from kg.vocab import FG, PREFIXES

HOSTILE = "<script>alert(1)</script>\"'><img src=x onerror=alert(2)>"


@pytest.fixture(scope="module")
def loaded(built: Path) -> KnowledgeGraph:
    """The graph of `seeds/` as `kg.load` gives it."""
    found = kg.load(built)
    assert isinstance(found, KnowledgeGraph)
    return found


def test_it_is_an_ordinary_graph(loaded: KnowledgeGraph, built: Path) -> None:
    assert isinstance(loaded, Graph)
    assert len(loaded) == len(
        {line.rsplit(" <", 1)[0] for line in (built / "graph.nq").read_text(encoding="utf-8").split("\n") if line}
    )
    assert len(list(loaded.query("SELECT ?p WHERE { ?p a fg:Programme }"))) == len(
        set(loaded.subjects(RDF.type, URIRef(FG.Programme)))
    )
    assert dict(loaded.namespaces())["fg"] == URIRef(PREFIXES["fg"])
    assert len(loaded + Graph()) == len(loaded)
    assert set(pickle.loads(pickle.dumps(loaded))) == set(loaded)


def test_it_asks_and_shows(loaded: KnowledgeGraph) -> None:
    assert loaded.ask("posts", thing="生产力局").rows == kg.query(loaded, "posts", params={"thing": "生產力局"}).rows
    assert loaded.ask("SELECT ?p WHERE { ?p a fg:Programme }").rows
    assert loaded.show("生产力局").names[0] == "生產力局"
    assert loaded.network().number_of_edges() > 100
    frame = loaded.table("amounts")
    assert isinstance(frame["value"][0], Decimal) and isinstance(frame["date"].dropna().iloc[0], date)
    with pytest.raises(QueryError, match=r"E314 .*one of things, documents, posts"):
        loaded.table("sums")


def test_frames_have_words_decimals_and_dates(loaded: KnowledgeGraph) -> None:
    result = loaded.ask("amounts-by-role")
    frame = result.to_pandas()
    assert {"budget", "cap"} <= set(frame["role"])
    assert {type(v) for v in frame["value"]} == {Decimal}
    assert not [v for v in frame["value"] if str(v).endswith(".0")]
    assert {type(v) for v in frame["date"]} <= {date, type(None)}
    assert FG.budget in set(result.to_pandas(words=False)["role"])
    assert list(Result(("a", "b"), ()).to_pandas().columns) == ["a", "b"]


def hostile() -> KnowledgeGraph:
    """A graph whose names, quotes and files try to run something."""
    graph = KnowledgeGraph()
    for prefix, address in PREFIXES.items():
        graph.bind(prefix, address, override=True, replace=True)
    thing, fact, evidence, document = (
        URIRef(f"https://example.org/id/{n}") for n in ("programme/p", "fact/f", "evidence/e", "document/d")
    )
    text = Literal(HOSTILE)
    for triple in (
        (thing, RDF.type, URIRef(FG.Programme)),
        (thing, SKOS.prefLabel, Literal(HOSTILE, lang="en")),
        (fact, RDF.type, URIRef(FG.Amount)),
        (fact, URIRef(FG.concerns), thing),
        (fact, URIRef(FG.amountRole), URIRef(FG.budget)),
        (fact, URIRef(FG.value), Literal(Decimal("5.0"))),
        (fact, URIRef(FG.currency), text),
        (fact, URIRef(FG.bound), URIRef(FG.exact)),
        (fact, URIRef(FG.rule), text),
        (fact, URIRef(FG.evidence), evidence),
        (evidence, URIRef(FG.quote), text),
        (evidence, URIRef(FG.start), Literal(0)),
        (evidence, URIRef(FG.end), Literal(5)),
        (evidence, URIRef(FG.inDocument), document),
        (document, RDF.type, URIRef(FG.Document)),
        (document, URIRef(FG.fileName), text),
    ):
        graph.add(triple)
    return graph


def test_nothing_shown_can_run() -> None:
    graph = hostile()
    shown = graph.show(HOSTILE)
    pages = [
        graph._repr_html_(),
        shown._repr_html_(),
        shown.facts[0]._repr_html_(),
        graph.ask("SELECT ?label ?file WHERE { ?x skos:prefLabel ?label . ?d fg:fileName ?file }")._repr_html_(),
        kg.export.__globals__["tables"](graph)["amounts"]._repr_html_(),
    ]
    assert sum("alert(1)" in p for p in pages) == 4
    for page in pages:
        assert "<script" not in page and "<img" not in page
    assert "5" in pages[1] and "&lt;script&gt;" in pages[1]


def test_a_report_shows_what_was_skipped(tmp_path: Path) -> None:
    (tmp_path / "d").mkdir()
    (tmp_path / "d" / "a.txt").write_text("數碼港推出「創意微型基金」。", encoding="utf-8")
    (tmp_path / "d" / "<b>.txt").write_text("", encoding="utf-8")
    report = kg.build(tmp_path / "d", out=tmp_path / "out", view=False)
    page = report._repr_html_()
    assert "1 document read, 1 skipped" in page and "&lt;b&gt;.txt" in page and "<b>.txt" not in page
    assert len(repr(report)) < 1000


def test_a_long_answer_is_cut_and_says_so(loaded: KnowledgeGraph) -> None:
    page = run(loaded, "SELECT ?s ?p WHERE { ?s ?p ?o }", limit=150)._repr_html_()
    assert page.count("<tr>") == 101
    assert "and 50 more rows" in page and "row limit" in page
    assert (
        "no rows" in loaded.ask("SELECT ?x WHERE { ?x a fg:Nothing }".replace("fg:Nothing", "foaf:Agent"))._repr_html_()
    )


def test_the_view_is_a_page_in_a_frame(loaded: KnowledgeGraph, tmp_path: Path) -> None:
    page = loaded.view(focus="生產力局", depth=1, height=400)
    assert isinstance(page, Page)
    assert page.html == kg.view(loaded, focus="生產力局", depth=1)
    shown = page._repr_html_()
    assert re.match(r'\s*<iframe srcdoc="&lt;!', shown) and "height:400px" in shown
    assert "allow-same-origin" not in shown
    assert page.save(tmp_path / "p.html").read_text(encoding="utf-8") == page.html
    assert len(repr(page)) < 40


def test_a_chinese_font_or_none() -> None:
    found = chinese_font()
    assert found is None or found


CHROMIUM = Path("/usr/bin/chromium")


@pytest.fixture(name="notebook_page")
def _notebook_page(loaded: KnowledgeGraph, tmp_path: Path) -> Iterator[Any]:
    if not CHROMIUM.exists():
        pytest.skip("needs Chromium at /usr/bin/chromium (apt install chromium)")
    sync_api = pytest.importorskip("playwright.sync_api", reason="needs playwright (pip install playwright)")
    path = tmp_path / "notebook.html"
    path.write_text(f"<!doctype html><meta charset=utf-8><body>{loaded.view()._repr_html_()}", encoding="utf-8")
    with sync_api.sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=str(CHROMIUM), args=["--no-sandbox", "--disable-gpu"])
        page = browser.new_page(viewport={"width": 1200, "height": 700})
        page.seen = {"requests": [], "errors": []}
        page.on("request", lambda r: page.seen["requests"].append(r.url))
        page.on("pageerror", lambda e: page.seen["errors"].append(str(e)))
        page.goto(path.as_uri())
        yield page
        browser.close()


def test_the_view_works_in_its_frame(notebook_page: Any) -> None:
    frame = notebook_page.frames[1]
    frame.wait_for_selector("input[type=search]")
    frame.wait_for_function("window.fundgraph && fundgraph.ready")
    frame.fill("input[type=search]", "生产力局")
    frame.press("input[type=search]", "Enter")
    frame.wait_for_function("document.getElementById('panel').innerText.includes('生產力局')")
    notebook_page.wait_for_timeout(300)
    assert notebook_page.seen["errors"] == []
    assert [u for u in notebook_page.seen["requests"] if not u.startswith(("file:", "about:", "data:", "blob:"))] == []
