"""HTML and PDF → text: the article without its frame, words apart, broken files named."""

from __future__ import annotations

import io

import pytest
from reportlab.lib.pagesizes import A4
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.cidfonts import UnicodeCIDFont
from reportlab.pdfgen.canvas import Canvas

from kg.errors import InputError
from kg.model import Document
from kg.reading import read_bytes

PAGE = """<html><head><title>漁港新聞</title>{head}
<meta property="og:site_name" content="漁港日報"><meta property="article:published_time" content="2024-03-05T08:00:00+08:00">
</head><body><header>登入</header><nav>首頁 關於</nav>
<article><header><h1>漁港基金今日推出</h1></header><p>漁港<b>發展</b>公司撥款三億元，支持<a href="x">海
洋</a>大學。</p><p>The <b>Blue Ocean</b> Fund<br>is open.</p>
<table><tr><td>名額</td><td>120</td></tr></table><script>alert(1)</script></article>
<aside>熱門新聞</aside><footer>版權</footer></body></html>"""


@pytest.mark.parametrize(
    ("encoding", "head"),
    [
        ("utf-8", ""),
        ("utf-8", "<meta charset='utf-8'>"),
        ("big5hkscs", "<meta charset='big5'>"),
        ("big5hkscs", ""),
        ("gb18030", ""),
    ],
)
def test_article_without_its_frame(encoding: str, head: str) -> None:
    document = read_bytes(PAGE.format(head=head).encode(encoding), name="page.html")
    assert document.text.splitlines() == [
        "漁港基金今日推出",
        "漁港發展公司撥款三億元，支持海洋大學。",
        "The Blue Ocean Fund",
        "is open.",
        "名額   120",
    ]
    assert document.flow.text.splitlines() == document.text.splitlines()
    assert (document.title, document.date) == ("漁港基金今日推出", "2024-03-05")


def test_wrong_declaration() -> None:
    page = PAGE.format(head="<meta charset='utf-8'>").encode("big5hkscs")
    assert "漁港發展公司撥款三億元" in read_bytes(page, name="page.htm").text


def test_a_page_inside_a_form() -> None:
    page = "<body><form><p>漁港發展公司撥款三億元，支持海洋大學。</p></form><form><p>搜尋</p></form></body>"
    assert read_bytes(page.encode(), name="page.html").text == "漁港發展公司撥款三億元，支持海洋大學。\n"


def test_deep_nesting() -> None:
    page = "<body>" + "<div>" * 3000 + "漁港發展公司撥款三億元。" + "</div>" * 3000
    assert read_bytes(page.encode(), name="page.html").text == "漁港發展公司撥款三億元。\n"


@pytest.mark.parametrize(("data", "code"), [(b"", "E102"), (b"<p> </p>", "E105"), (b"<script>1</script>", "E105")])
def test_pages_without_text(data: bytes, code: str) -> None:
    with pytest.raises(InputError) as caught:
        read_bytes(data, name="page.html")
    assert (caught.value.code, caught.value.where) == (code, "page.html")


def pdf(*pages: list[str], font: str = "MSung-Light", password: str | None = None) -> bytes:
    """A PDF with a line of text for each string."""
    pdfmetrics.registerFont(UnicodeCIDFont(font))
    out = io.BytesIO()
    canvas = Canvas(out, pagesize=A4, encrypt=password)
    for lines in pages:
        canvas.setFont(font, 12)
        for number, line in enumerate(lines):
            canvas.drawString(60, 780 - 20 * number, line)
        canvas.showPage()
    canvas.save()
    return out.getvalue()


def read(data: bytes) -> Document:
    """The document in a PDF."""
    return read_bytes(data, name="paper.pdf")


@pytest.mark.parametrize(("font", "name"), [("MSung-Light", "漁港發展公司"), ("STSong-Light", "渔港发展公司")])
def test_pdf(font: str, name: str) -> None:
    lines = [
        f"{name}今日公布，撥款三億元，支持本地企業及大學的",
        "研究，並且將於年內推出更多的計劃，詳情容後再公布",
        "。",
    ]
    document = read(pdf(lines, ["2", f"{name}第二頁。"], font=font))
    assert name in document.flow.text
    assert "第二頁。" in document.flow.text
    assert "2" not in document.flow.text


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (pdf([]), "E105"),
        (b"%PDF-1.4 broken", "E106"),
        (b"not a PDF", "E106"),
        (b"", "E102"),
        (pdf(["漁港"])[:600], "E106"),
    ],
    ids=["scan", "broken", "other", "empty", "cut"],
)
def test_pdfs_that_cannot_be_read(data: bytes, code: str) -> None:
    with pytest.raises(InputError) as caught:
        read(data)
    assert caught.value.code == code
    assert caught.value.hint


def test_encrypted_pdf() -> None:
    with pytest.raises(InputError, match="encrypted") as caught:
        read(pdf(["漁港"], password="secret"))
    assert caught.value.code == "E106"
