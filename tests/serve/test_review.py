"""The page that asks which names are one thing: who may answer, what it writes, and that the next build follows."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from starlette.testclient import TestClient

import kg
from kg.errors import InputError
from kg.review import Desk, review
from kg.serve.app import create_app, run
from tests.serve.conftest import Start, stop
from tests.serve.test_browser import ARGUMENTS, CHROMIUM

HOME = {"base_url": "http://127.0.0.1:8000"}
ONE = """遠洋科技種子基金公布結果

遠洋科技協會主席陳大文宣布，遠洋科技種子基金撥款三億元。遠洋科技種子計劃由遠洋科技協會營運。

2024年6月5日
"""
OTHER = """遠洋科技種子基金第二期

遠洋科技總會會長陳大文表示，<b>遠洋科技種子專項基金</b>撥款五億元，由遠洋科技總會營運。

2025年6月5日
"""


def made(place: Path) -> Path:
    """Two documents in which names are alike, built; the output folder."""
    folder = place / "documents"
    folder.mkdir()
    (folder / "one.txt").write_text(ONE, encoding="utf-8")
    (folder / "other.txt").write_text(OTHER, encoding="utf-8")
    kg.build([folder], out=place / "out")
    return place / "out"


@pytest.fixture(name="out")
def _out(tmp_path: Path) -> Path:
    return made(tmp_path)


@pytest.fixture(name="desk")
def _desk(out: Path) -> Desk:
    return Desk(out, "tester", lambda: "2026-11-21", out.parent / "documents" / "decisions.csv")


@pytest.fixture(name="site")
def _site(out: Path, desk: Desk) -> Iterator[TestClient]:
    with TestClient(create_app(out, desk=desk), **HOME, follow_redirects=False) as client:
        yield client


def fields(html: str) -> dict[str, str]:
    """What the form of a page would send, besides the answer."""
    import html as entities

    found = re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)">', html)
    return {name: entities.unescape(value) for name, value in found}


def rows(desk: Desk) -> list[dict[str, str]]:
    """The rows of the file of decisions."""
    assert desk.decisions is not None
    if not desk.decisions.is_file():
        return []
    with desk.decisions.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def test_without_the_option_there_is_no_such_page(out: Path) -> None:
    with TestClient(create_app(out), **HOME) as client:
        assert client.get("/review").status_code == client.post("/review").status_code == 404
        assert 'href="/review"' not in client.get("/").text


@pytest.mark.parametrize("language", ["en", "zh-Hant", "zh-Hans"])
def test_a_pair_is_shown_with_all_that_decides(site: TestClient, desk: Desk, language: str) -> None:
    answer = site.get("/review", params={"language": language})
    pair = desk.open().proposals[0]
    assert answer.status_code == 200
    assert answer.headers["referrer-policy"] == "same-origin" and "no-store" in answer.headers["cache-control"]
    assert "default-src 'none'" in answer.headers["content-security-policy"]
    for side in (pair.left, pair.right):
        assert side.ref.name in answer.text
        assert all(post in answer.text for post in side.posts)
        assert side.quotes
    assert answer.text.count("<mark>") >= 2, "the names are marked in the quotes"
    assert 'href="/document/' in answer.text and "decisions.csv" in answer.text and "kg build" in answer.text
    words = {"en": "Are these two one thing?", "zh-Hant": "這兩個是同一事物嗎？", "zh-Hans": "这两个是同一事物吗？"}
    assert words[language] in answer.text


def test_an_answer_is_a_row_and_the_next_build_follows(site: TestClient, desk: Desk, out: Path) -> None:
    documents = out.parent / "documents"
    before = (out / "graph.ttl").read_bytes()
    found = desk.open().proposals
    pair = next(p for p in found if not p.merged)
    form = fields(site.get("/review", params={"n": found.index(pair)}).text)
    assert (form["left"], form["right"]) == (str(pair.left.ref), str(pair.right.ref))
    answer = site.post("/review", data={**form, "verdict": "same", "why": " one\nbody "})
    assert answer.status_code == 303 and answer.headers["location"].startswith("/review?")
    assert rows(desk) == [
        {"left": form["left"], "right": form["right"], "verdict": "same", "who": "tester", "when": "2026-11-21", "why": "one body"}
    ]  # fmt: skip
    assert "Written: Same" in site.get(answer.headers["location"], headers={"accept-language": "en"}).text
    assert len(desk.open().proposals) == len(found) - 1
    kg.build([documents], out=out)
    assert (out / "graph.ttl").read_bytes() != before
    assert not any(p.merged is False and {str(p.left.ref), str(p.right.ref)} == {form["left"], form["right"]} for p in review(out).proposals)  # fmt: skip
    # Deleting the line takes it back, to the byte.
    assert desk.decisions is not None
    lines = desk.decisions.read_text(encoding="utf-8").splitlines(keepends=True)
    desk.decisions.write_text("".join(lines[:-1]), encoding="utf-8")
    kg.build([documents], out=out)
    assert (out / "graph.ttl").read_bytes() == before


def test_the_last_answer_can_be_taken_back(site: TestClient, desk: Desk) -> None:
    found = desk.open().proposals
    for verdict in ("different", "unsure"):
        site.post("/review", data={**fields(site.get("/review").text), "verdict": verdict})
    assert [r["verdict"] for r in rows(desk)] == ["different", "unsure"]
    for left in (1, 0):
        answer = site.post("/review", data={**fields(site.get("/review").text), "verdict": "back"})
        assert "said=back" in answer.headers["location"] and len(rows(desk)) == left
    assert desk.open().proposals == found
    assert "said=gone" in site.post("/review", data={**fields(site.get("/review").text), "verdict": "back"}).headers["location"]  # fmt: skip


@pytest.mark.parametrize(
    ("headers", "change", "status"),
    [
        ({"origin": "http://localhost:9999"}, {}, 403),
        ({"origin": "http://127.0.0.1:8001"}, {}, 403),
        ({"origin": "https://127.0.0.1:8000"}, {}, 403),
        ({"origin": "null"}, {}, 403),
        ({"sec-fetch-site": "cross-site"}, {}, 403),
        ({"sec-fetch-site": "same-site"}, {}, 403),
        ({"host": "evil.example"}, {}, 400),
        ({}, {"token": ""}, 403),
        ({}, {"token": "é" * 43}, 403),
        ({}, {"verdict": "drop"}, 400),
        ({"content-type": "text/plain"}, {}, 415),
        ({"content-type": "application/json"}, {}, 415),
    ],
)
def test_nobody_else_can_answer(
    site: TestClient, desk: Desk, headers: dict[str, str], change: dict[str, str], status: int
) -> None:
    form = {**fields(site.get("/review").text), "verdict": "same", **change}
    assert site.post("/review", data=form, headers=headers).status_code == status
    assert rows(desk) == []
    same = {"origin": "http://127.0.0.1:8000", "sec-fetch-site": "same-origin"}
    if not change:
        assert site.post("/review", data=form, headers=same).status_code == 303


def test_no_other_page_reads_the_token(site: TestClient) -> None:
    """Pages of this machine may read answers of the endpoint; not this one's, whose token lets answer."""
    foreign = {"origin": "http://localhost:9999", "sec-fetch-mode": "cors", "sec-fetch-site": "same-site"}
    assert site.get("/review", headers=foreign).status_code == 403
    link = {"sec-fetch-mode": "navigate", "sec-fetch-site": "cross-site"}
    assert site.get("/review", headers=link).status_code == 200
    assert "frame-ancestors 'none'" in site.get("/review").headers["content-security-policy"]


def test_a_pair_answered_elsewhere_is_not_answered_again(site: TestClient, desk: Desk) -> None:
    form = fields(site.get("/review").text)
    assert desk.answer(form["left"], form["right"], "different")
    answer = site.post("/review", data={**form, "verdict": "same"})
    assert "said=gone" in answer.headers["location"]
    assert [r["verdict"] for r in rows(desk)] == ["different"]
    # A row written by hand is seen without a new start.
    assert desk.decisions is not None
    second = desk.open().proposals[0]
    with desk.decisions.open("a", encoding="utf-8", newline="") as file:
        csv.writer(file).writerow([second.left.ref, second.right.ref, "unsure", "x", "2026", ""])
    assert second not in desk.open().proposals


def test_a_damaged_file_is_named(site: TestClient, desk: Desk) -> None:
    assert desk.decisions is not None
    desk.decisions.write_text("no,such,columns\n1,2,3\n", encoding="utf-8")
    answer = site.get("/review")
    assert answer.status_code == 500 and "decisions.csv" in answer.text and "E132" in answer.text


def test_only_this_machine_is_served_the_page(out: Path, desk: Desk) -> None:
    with pytest.raises(InputError, match="E135"):
        run(out, host="0.0.0.0", port=0, desk=desk)


@pytest.mark.skipif(not CHROMIUM.exists(), reason="needs Chromium at /usr/bin/chromium (apt install chromium)")
def test_answers_by_keyboard(tmp_path: Path, start: Start) -> None:
    sync_api = pytest.importorskip("playwright.sync_api", reason="needs playwright (pip install playwright)")
    out = made(tmp_path)
    file = tmp_path / "documents" / "decisions.csv"
    process, address = start([str(out), "--review", "--who", "me", "--decisions", str(file)])
    try:
        with sync_api.sync_playwright() as playwright:
            browser = playwright.chromium.launch(executable_path=str(CHROMIUM), args=ARGUMENTS)
            page = browser.new_page(viewport={"width": 1280, "height": 860})
            problems: list[str] = []
            page.on("console", lambda m: problems.append(m.text) if m.type in {"error", "warning"} else None)
            page.on("pageerror", lambda e: problems.append(str(e)))
            _by_keyboard(page, address, file, tmp_path)
            browser.close()
            assert not problems
    finally:
        errors = stop(process)
    assert "Traceback" not in errors, errors


def _by_keyboard(page: Any, address: str, file: Path, place: Path) -> None:
    def press(key: str, there: str) -> None:
        page.keyboard.press(key)
        page.wait_for_selector(f"{there}, #answer[data-ready] {there}", state="attached")
        page.wait_for_selector("#answer[data-ready]")

    page.goto(f"{address}review?language=zh-Hant", wait_until="domcontentloaded")
    page.wait_for_selector("#answer[data-ready]")
    page.screenshot(path=str(place / "review.png"), full_page=True)
    assert page.locator("nav a[aria-current=page]").inner_text() == "核對"
    press("n", "input[name=n][value='1']")
    press("p", "input[name=n][value='0']")
    page.keyboard.press("w")
    page.keyboard.type("same day, sounds so")
    assert not file.exists(), "letters in the reason are no answers"
    page.keyboard.press("Escape")
    press("d", "button.back")
    text = file.read_text(encoding="utf-8")
    assert "same day, sounds so" in text and ",different,me," in text
    press("z", ".verdicts:not(:has(.back))")
    assert ",different," not in file.read_text(encoding="utf-8")
    page.goto(f"{address}review?language=en&theme=dark", wait_until="domcontentloaded")
    page.set_viewport_size({"width": 390, "height": 800})
    assert page.evaluate("() => document.documentElement.scrollWidth <= innerWidth")
    page.screenshot(path=str(place / "review-dark.png"), full_page=True)
