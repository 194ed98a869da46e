"""One document as plain text and as PDFs of several programs, in columns: the same facts, evidence on the right page."""

from __future__ import annotations

import importlib.util
import re
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pypdfium2
import pytest

from kg.model import DocumentFacts
from kg.pipeline import extract
from kg.reading import read_bytes

CHROMIUM = Path("/usr/bin/chromium")
_spec = importlib.util.spec_from_file_location("printing", Path(__file__).with_name("printing.py"))
assert _spec and _spec.loader
printing: Any = importlib.util.module_from_spec(_spec)
_spec.loader.exec_module(printing)

HANT, HANS, ENGLISH = (
    "2025-03-cstb-tourism-facilities",
    "2024-04-szsti-innovation-vouchers",
    "2021-09-epd-new-energy-transport",
)
FONTS = {HANT: "MSung-Light", HANS: "STSong-Light", ENGLISH: "Helvetica"}


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    """A headless Chromium."""
    if not CHROMIUM.exists():
        pytest.skip("needs Chromium at /usr/bin/chromium (apt install chromium)")
    sync_api = pytest.importorskip("playwright.sync_api", reason="needs playwright (pip install playwright)")
    with sync_api.sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=str(CHROMIUM), args=["--no-sandbox", "--disable-gpu"])
        yield browser
        browser.close()


def said(facts: DocumentFacts) -> set[tuple[str, ...]]:
    """What a document says, without where: facts and things by name."""
    names = {e.id: e.names[0] for e in facts.entities}

    def value(x: object) -> str:
        return re.sub(r"\s+", "", names.get(str(x), str(x)))

    found = {("thing", e.type, value(name)) for e in facts.entities for name in e.names}
    for fact in facts.facts:
        parts = (getattr(fact, field) for field in fact.__dataclass_fields__ if field != "source")
        more = (fact.source.rule, str(fact.source.status), str(fact.source.as_of), value(fact.source.stated_by))
        found.add((type(fact).__name__, *map(value, parts), *more))
    return found


def check(data: bytes, lines: list[str], *, pages: int = 0, extra: str = "") -> None:
    """The PDF says what the plain text says, and each quote stands on the page that its evidence names."""
    document = read_bytes(data, name="printed.pdf")
    facts = extract(document)
    plain = extract(read_bytes("\n\n".join(lines).encode(), name="plain.txt"))
    assert plain.facts and plain.entities
    assert said(facts) == said(plain)
    text = pypdfium2.PdfDocument(data)
    words = ["".join(c for c in text[n].get_textpage().get_text_bounded() if c.isalnum()) for n in range(len(text))]
    quotes = [q for f in facts.facts for q in f.source.quotes] + [q for e in facts.entities for q in e.mentions]
    for quote in quotes:
        assert document.text[quote.start : quote.end] == quote.text
        assert quote.page and quote.paragraph is None
        stem = "".join(c for c in quote.text if c.isalnum())
        homes = [n for n, w in enumerate(words, 1) if stem in w]
        # A quote that runs over a page's end is on no page as a whole, and is named by where it begins.
        assert quote.page in homes if homes else stem[:2] in words[quote.page - 1], quote
    assert len({q.page for q in quotes}) >= pages
    assert printing.HEAD not in document.text and printing.FOOT not in document.text
    left_out = " ".join(f.message for f in document.findings if f.code == "W103")
    assert "Bulletin" in left_out
    if extra:
        assert extra in document.text.split("\n"), "a side box is a passage of its own"


def lines_of(seeds: Path, name: str) -> list[str]:
    """The paragraphs of a sample document."""
    found: list[str] = printing.paragraphs_of(seeds / f"{name}.txt")
    return found


@pytest.mark.parametrize("columns", [1, 2, 3])
@pytest.mark.parametrize("name", [HANT, HANS, ENGLISH])
def test_chromium(browser: Any, seeds: Path, name: str, columns: int) -> None:
    printing.font_file()
    lines = lines_of(seeds, name)
    check(printing.chromium(browser, lines, columns=columns, indent=columns == 3, size=17 - 2 * columns), lines)


@pytest.mark.parametrize("columns", [1, 2, 3])
@pytest.mark.parametrize("name", [HANT, HANS])
def test_reportlab(seeds: Path, name: str, columns: int) -> None:
    lines = lines_of(seeds, name)
    check(printing.reportlab(lines, columns=columns, indent=columns == 2, font=FONTS[name]), lines)


@pytest.mark.parametrize("columns", [1, 2, 3])
@pytest.mark.parametrize("name", [HANT, HANS, ENGLISH])
def test_fpdf(seeds: Path, name: str, columns: int) -> None:
    pytest.importorskip("fpdf", reason="needs fpdf2")
    lines = lines_of(seeds, name)
    check(printing.fpdf(lines, columns=columns), lines)


@pytest.mark.skipif(not (shutil.which("soffice") or shutil.which("libreoffice")), reason="needs LibreOffice")
@pytest.mark.parametrize("columns", [1, 2, 3])
@pytest.mark.parametrize("name", [HANT, HANS, ENGLISH])
def test_libreoffice(seeds: Path, tmp_path: Path, name: str, columns: int) -> None:
    lines = lines_of(seeds, name)
    check(printing.libreoffice(lines, tmp_path, columns=columns), lines)


@pytest.mark.parametrize("columns", [1, 2, 3])
@pytest.mark.parametrize("name", [HANT, HANS, ENGLISH])
def test_weasyprint(seeds: Path, name: str, columns: int) -> None:
    lines = lines_of(seeds, name)
    check(printing.weasyprint(lines, columns=columns, size=15 - 2 * columns), lines)


@pytest.mark.parametrize("columns", [1, 2, 3])
@pytest.mark.parametrize("name", [HANT, HANS, ENGLISH])
def test_typst(seeds: Path, tmp_path: Path, name: str, columns: int) -> None:
    lines = lines_of(seeds, name)
    check(printing.typst(lines, tmp_path, columns=columns, size=16 - 2 * columns), lines)


def test_facts_over_several_pages(browser: Any, seeds: Path) -> None:
    printing.font_file()
    lines = lines_of(seeds, HANT)
    check(printing.chromium(browser, lines, columns=2, size=26), lines, pages=3)


def test_several_pages_of_reportlab(seeds: Path) -> None:
    lines = lines_of(seeds, HANS)
    check(printing.reportlab(lines, columns=2, indent=True, font=FONTS[HANS], size=24), lines, pages=2)


@pytest.mark.parametrize("columns", [1, 2, 3])
def test_a_side_box_does_not_part_the_text(browser: Any, seeds: Path, columns: int) -> None:
    printing.font_file()
    lines = lines_of(seeds, HANT)
    check(printing.chromium(browser, lines, columns=columns, side=True), lines, extra=printing.SIDE[0])
