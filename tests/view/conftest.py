"""Graphs made up for the view: names are combined, not taken from anywhere."""

from __future__ import annotations

import random
import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from rdflib import Graph, Literal, URIRef
from rdflib.namespace import DCTERMS, ORG, RDF, SKOS, XSD

from kg.language.script import to_simplified
from kg.view.html import render
from kg.vocab import FG, NAMESPACE

CHROMIUM = Path("/usr/bin/chromium")
# WebGL is drawn by the processor: a test machine has no GPU.
ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--enable-unsafe-swiftshader",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
]
BASE = "https://example.org/id/"
PLACES = ["青衣", "南灣", "東涌", "西環", "將軍澳", "白石角", "河套", "荃灣", "沙嶺", "北岸", "新田", "大埔"]
FIELDS = ["創新", "數碼", "綠色", "金融", "醫療", "航運", "創意", "人才", "科學", "能源", "旅遊", "教育"]
BODIES = {
    "government": ["局", "署", "辦公室"],
    "public_body": ["管理局", "發展局"],
    "company": ["科技有限公司", "控股"],
    "academic": ["大學", "研究院"],
}
PLANS = ["資助計劃", "基金", "培育計劃", "先導計劃", "配對基金", "沙盒"]
POSTS = ["局長", "署長", "主席", "行政總裁", "董事", "副校長"]


@dataclass
class Maker:
    """Writes things and facts the way a built graph has them."""

    graph: Graph = field(default_factory=Graph)
    used: int = 0

    def add(self, subject: str, pairs: Iterable[tuple[str, URIRef | Literal]]) -> str:
        for predicate, value in pairs:
            self.graph.add((URIRef(subject), URIRef(predicate), value))
        return subject

    def document(self, number: int, *, title: str = "新聞公報", file: str = "") -> str:
        return self.add(
            f"{BASE}document/{number:04}",
            [
                (str(RDF.type), URIRef(FG.Document)),
                (FG.fileName, Literal(file or f"release-{number:02}.txt")),
                (str(DCTERMS.title), Literal(title, lang="zh-Hant")),
                (str(DCTERMS.issued), Literal(f"2023-{number % 12 + 1:02}-15", datatype=XSD.date)),
            ],
        )

    def evidence(self, document: str, quote: str, sentence: str) -> URIRef:
        self.used += 1
        return URIRef(
            self.add(
                f"{BASE}evidence/{self.used:05}",
                [
                    (str(RDF.type), URIRef(FG.Evidence)),
                    (FG.inDocument, URIRef(document)),
                    (FG.start, Literal(self.used * 10)),
                    (FG.end, Literal(self.used * 10 + len(quote))),
                    (FG.quote, Literal(quote)),
                    (FG.sentence, Literal(sentence)),
                ],
            )
        )

    def thing(
        self, type_: str, number: int, name: str, *, kind: str = "", aliases: Iterable[str] = (), english: str = ""
    ) -> str:
        pairs: list[tuple[str, URIRef | Literal]] = [
            (str(RDF.type), URIRef(NAMESPACE + type_)),
            (str(SKOS.prefLabel), Literal(name, lang="zh-Hant")),
            (str(SKOS.prefLabel), Literal(to_simplified(name), lang="zh-Hans")),
            *((str(SKOS.altLabel), Literal(alias, lang="zh-Hant")) for alias in aliases),
        ]
        if english:
            pairs.append((str(SKOS.prefLabel), Literal(english, lang="en")))
        if kind:
            pairs.append((str(ORG.classification), URIRef(NAMESPACE + kind)))
        return self.add(f"{BASE}{type_.lower()}/{number:04}", pairs)

    def mention(self, thing: str, evidence: URIRef) -> None:
        self.add(thing, [(FG.mention, evidence)])

    def fact(self, kind: str, evidence: Iterable[URIRef], pairs: Iterable[tuple[str, URIRef | Literal]]) -> str:
        self.used += 1
        node = f"{BASE}fact/{self.used:05}"
        self.add(node, [(str(RDF.type), URIRef(NAMESPACE + kind)), *((FG.evidence, e) for e in evidence)])
        return self.add(node, pairs)

    def relation(self, subject: str, predicate: str, object_: str, evidence: Iterable[URIRef]) -> str:
        self.add(subject, [(NAMESPACE + predicate, URIRef(object_))])
        ends: list[tuple[str, URIRef | Literal]] = [
            (str(RDF.subject), URIRef(subject)),
            (str(RDF.predicate), URIRef(NAMESPACE + predicate)),
            (str(RDF.object), URIRef(object_)),
        ]
        return self.fact("Relation", evidence, ends)

    def post(self, person: str, title: str, body: str, evidence: Iterable[URIRef]) -> str:
        ends: list[tuple[str, URIRef | Literal]] = [
            (str(ORG.member), URIRef(person)),
            (str(ORG.organization), URIRef(body)),
        ]
        pairs = [*ends, (FG.title, Literal(title, lang="zh-Hant"))]
        return self.fact("PostHolding", evidence, pairs)

    def amount(
        self, thing: str, value: str, evidence: Iterable[URIRef], *, role: str = "budget", funder: str = ""
    ) -> str:
        pairs: list[tuple[str, URIRef | Literal]] = [
            (FG.concerns, URIRef(thing)),
            (FG.amountRole, URIRef(NAMESPACE + role)),
            (FG.value, Literal(value, datatype=XSD.decimal)),
            (FG.currency, Literal("HKD")),
            (FG.bound, URIRef(FG.atLeast)),
            (FG.status, URIRef(FG.announced)),
            (FG.asOf, Literal("2023", datatype=XSD.gYear)),
        ]
        return self.fact("Amount", evidence, [*pairs, *([(FG.funder, URIRef(funder))] if funder else [])])


def _names(rng: random.Random, number: int) -> list[str]:
    pairs = [p + f for p in PLACES for f in FIELDS] + [f + g for f in FIELDS for g in FIELDS if f != g]
    return rng.sample(pairs * (number // len(pairs) + 1), number)


def _people(maker: Maker, rng: random.Random, number: int) -> list[str]:
    forenames = [a + b for a in "嘉志美家永子偉思國雅" for b in "明欣儀樂賢恩文華"]
    picked = rng.sample(forenames, min(number, len(forenames)))
    return [maker.thing("Person", i, rng.choice("陳李黃張梁何林鄭") + name) for i, name in enumerate(picked)]


def make_graph(number: int, *, seed: int = 7) -> Graph:
    """Return a graph of about that many things, with a few hubs, as releases give it."""
    rng = random.Random(seed)
    maker = Maker()
    documents = [
        maker.document(i, title=f"{rng.choice(PLACES)}{rng.choice(FIELDS)}政策公布")
        for i in range(max(3, number // 25))
    ]
    stems = _names(rng, number)
    bodies, plans = [], []
    for i in range(number * 9 // 20):
        kind = rng.choice(list(BODIES))
        bodies.append(
            maker.thing(
                "Organisation",
                i,
                stems[i] + rng.choice(BODIES[kind]),
                kind=kind,
                aliases=[stems[i]] if i % 4 == 0 else [],
            )
        )
    for i in range(number * 5 // 20):
        plans.append(
            maker.thing(
                "Programme", i, f"「{stems[-i - 1]}{rng.choice(PLANS)}」", english=f"Scheme {i}" if i % 3 == 0 else ""
            )
        )
    people = _people(maker, rng, number * 4 // 20)
    rest = number - len(bodies) - len(plans) - len(people)
    kinds = ["Facility", "Policy", "Event"]
    endings = {"Facility": "園", "Policy": "藍圖", "Event": "論壇"}
    others = [maker.thing(kinds[i % 3], i, stems[len(bodies) + i] + endings[kinds[i % 3]]) for i in range(rest)]

    def said(a: str, verb: str, b: str) -> list[URIRef]:
        names = [str(maker.graph.value(URIRef(x), SKOS.prefLabel, any=True)) for x in (a, b)]
        found = []
        for _ in range(rng.choice([1, 1, 1, 2, 3])):
            quote = f"{names[0]}{verb}{names[1]}"
            found.append(maker.evidence(rng.choice(documents), quote, f"發言人表示，{quote}，以配合長遠發展。"))
            maker.mention(a, found[-1])
            maker.mention(b, found[-1])
        return found

    def hub() -> str:
        return bodies[min(int(rng.expovariate(1 / max(len(bodies) / 9, 1))), len(bodies) - 1)]

    for i, plan in enumerate(plans):
        runner, payer = hub(), hub()
        maker.relation(runner, "operates", plan, said(runner, "推出", plan))
        if i % 2 == 0:
            maker.relation(payer, "funds", plan, said(payer, "撥款支持", plan))
        maker.amount(plan, f"{rng.choice([5, 12, 30, 100])}00000000.0", said(payer, "預留款項予", plan), funder=payer)
    for person in people:
        body = hub()
        maker.post(person, rng.choice(POSTS), body, said(person, "出任", body))
    for body in bodies[3:]:
        if rng.random() < 0.75:
            other = hub()
            if other != body:
                predicate = rng.choice(["partOf", "partnersWith", "partnersWith", "owns"])
                maker.relation(body, predicate, other, said(body, "聯同", other))
    for i, other in enumerate(others):
        body = hub()
        predicate = ["locatedIn", "announcedIn", "participatesIn"][i % 3]
        maker.relation(body, predicate, other, said(body, "涉及", other))
    evidence = maker.evidence(documents[0], "另涉十億元", "消息指另涉十億元。")
    reason = (FG.reason, Literal("money without a subject"))
    maker.add(f"{BASE}unread/1", [(str(RDF.type), URIRef(FG.NotUnderstood)), reason, (FG.evidence, evidence)])
    return maker.graph


def until(page: Any, expression: str, *, seconds: float = 20.0) -> None:
    """Wait until an expression holds in a page or frame; Playwright's own way is eval, which the page's policy forbids."""
    end = time.monotonic() + seconds
    while not page.evaluate(expression):
        assert time.monotonic() < end, f"never came true: {expression}"
        page.wait_for_timeout(40)


@pytest.fixture(name="maker")
def _maker() -> Maker:
    return Maker()


@pytest.fixture(name="until", scope="session")
def _until() -> Callable[..., None]:
    return until


@pytest.fixture(name="make_graph", scope="session")
def _make_graph() -> Callable[[int], Graph]:
    return make_graph


@pytest.fixture(name="page_text", scope="session")
def _page_text() -> Callable[..., str]:
    return render


@pytest.fixture(name="browser", scope="session")
def _browser() -> Iterator[Any]:
    if not CHROMIUM.exists():
        pytest.skip("needs Chromium at /usr/bin/chromium (apt install chromium)")
    sync_api = pytest.importorskip("playwright.sync_api", reason="needs playwright (pip install playwright)")
    with sync_api.sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=str(CHROMIUM), args=ARGUMENTS)
        yield browser
        browser.close()


@pytest.fixture(name="new_page")
def _new_page(browser: Any) -> Iterator[Callable[[dict[str, Any]], Any]]:
    contexts = []

    def new_page(options: dict[str, Any]) -> Any:
        context = browser.new_context(**{"viewport": {"width": 1400, "height": 900}, **options})
        contexts.append(context)
        page = context.new_page()
        page.seen = {"requests": [], "errors": [], "dialogs": []}
        page.on("request", lambda r: page.seen["requests"].append(r.url))
        page.on("pageerror", lambda e: page.seen["errors"].append(str(e)))
        page.on("console", lambda m: page.seen["errors"].append(m.text) if m.type == "error" else None)
        page.on("dialog", lambda d: (page.seen["dialogs"].append(d.message), d.dismiss()))
        return page

    yield new_page
    for context in contexts:
        context.close()


@pytest.fixture(name="bare_page")
def _bare_page(new_page: Callable[..., Any], tmp_path: Path) -> Callable[[str], Any]:
    def bare_page(text: str) -> Any:
        path = tmp_path / "bare.html"
        path.write_text(f"<!DOCTYPE html>{text}", encoding="utf-8")
        page = new_page({})
        page.goto(path.as_uri())
        return page

    return bare_page


@pytest.fixture(name="open_page")
def _open_page(new_page: Callable[..., Any], tmp_path: Path) -> Callable[..., Any]:
    def open_page(
        graph: Graph,
        *,
        title: str = "試驗",
        fragment: str = "",
        form: str | None = None,
        ready: bool = True,
        before: str = "",
        **options: Any,
    ) -> Any:
        path = tmp_path / "view.html"
        path.write_text(render(graph, title=title, form=form), encoding="utf-8", newline="")
        page = new_page(options)
        if before:
            page.add_init_script(before)
        page.goto(path.as_uri() + fragment)
        if ready:
            until(page, "Boolean(window.fundgraph?.ready)")
        return page

    return open_page
