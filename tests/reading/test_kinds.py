"""Word, Markdown, mail and web pages: their text, their metadata, what is left out; pages and paragraphs in the evidence."""

from __future__ import annotations

import io
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import docx
import pytest
from docx.oxml import OxmlElement, parse_xml
from docx.oxml.ns import nsdecls, qn

import kg
from kg.facts import dumps, loads
from kg.pipeline import extract
from kg.reading import read_bytes
from kg.reading.pagemeta import is_web_address

TITLE = "海事發展局公布「遠洋青年計劃」"
LEAD = "香港，2024年5月6日 – 海事發展局今日公布「遠洋青年計劃」，政府預留十億元推行。"
SECOND = "計劃由香港海事發展局推行，為期三年，每間企業最多可獲資助50萬元。"


def word(document: Any) -> bytes:
    """The bytes of a Word file."""
    out = io.BytesIO()
    document.save(out)
    return out.getvalue()


def test_word_file() -> None:
    document = docx.Document()
    document.core_properties.title = "不用的題目"
    document.add_heading(TITLE)
    document.add_paragraph(LEAD)
    paragraph = document.add_paragraph("計劃由香港海事發展局推行，")
    for tag, text, kind in (("w:ins", "為期三年，", "w:t"), ("w:del", "為期兩年，", "w:delText")):
        change = OxmlElement(tag)
        run, words = OxmlElement("w:r"), OxmlElement(kind)
        words.text = text
        run.append(words)
        change.append(run)
        paragraph._p.append(change)
    paragraph.add_run("每間企業最多可獲資助50萬元。")
    table = document.add_table(2, 2)
    for cell, text in zip(table._cells, ["項目", "金額", "遠洋獎學金", "200萬元"], strict=True):
        cell.text = text
    box = f"<w:r {nsdecls('w')}><w:pict><w:txbxContent><w:p><w:r><w:t>查詢詳情可瀏覽網頁。</w:t></w:r></w:p></w:txbxContent></w:pict></w:r>"
    paragraph._p.append(parse_xml(box))
    document.sections[0].header.paragraphs[0].text = "內部文件"
    found = read_bytes(word(document), name="a.docx")
    assert found.text.splitlines() == [
        TITLE,
        LEAD,
        SECOND,
        "項目   金額",
        "遠洋獎學金   200萬元",
        "查詢詳情可瀏覽網頁。",
    ]
    assert (found.title, found.date, found.publisher) == (TITLE, "2024-05-06", "海事發展局")
    assert paragraph._p.tag == qn("w:p")


def test_markdown() -> None:
    text = f"---\ntitle: 前言\ndate: 2024-05-06\nsource: https://example.org/a\n---\n# {TITLE}\n\n海事發展局今日公布**「遠洋青年計劃」**，[政府](https://x.example)\n預留十億元推行。\n\n- 每間企業最多可獲資助50萬元。\n\n| 項目 | 金額 |\n|---|---|\n| 獎學金 | 200萬元 |\n\n<script>alert(1)</script>\n"
    found = read_bytes(text.encode(), name="a.md")
    assert found.text.splitlines() == [
        TITLE,
        "海事發展局今日公布「遠洋青年計劃」，政府預留十億元推行。",
        "每間企業最多可獲資助50萬元。",
        "項目   金額",
        "獎學金   200萬元",
    ]
    assert (found.date, found.source) == ("2024-05-06", "https://example.org/a")


def mail(**more: str) -> EmailMessage:
    """A press release sent by mail."""
    message = EmailMessage()
    message["From"] = "海事發展局新聞組 <press@example.org>"
    message["Subject"] = TITLE
    message["Date"] = "Mon, 06 May 2024 23:30:00 +0800"
    for key, value in more.items():
        message[key] = value
    return message


@pytest.mark.parametrize("charset", ["utf-8", "big5", "gb18030"])
def test_mail(charset: str) -> None:
    message = mail()
    message.set_content(f"{SECOND}\n", charset=charset)
    message.add_attachment(b"%PDF-", maintype="application", subtype="pdf", filename="稿.pdf")
    found = read_bytes(bytes(message), name="a.eml")
    assert found.flow.text.strip() == SECOND
    assert found.date == "2024-05-06"
    assert any("稿.pdf" in f.message for f in found.findings)
    assert "press@example.org" not in dumps(extract(found))


def test_mail_with_a_page() -> None:
    message = mail()
    message.set_content(f"<html><body><nav>選單</nav><p>{SECOND}</p></body></html>", subtype="html")
    assert read_bytes(bytes(message), name="a.eml").text == SECOND + "\n"


def page(head: str, body: str = f"<main><p>{SECOND}</p></main>") -> Any:
    """The document in a page."""
    return read_bytes(f"<html><head><title>頁</title>{head}</head><body>{body}</body></html>".encode(), name="a.html")


@pytest.mark.parametrize(
    ("head", "date", "publisher", "source"),
    [
        (
            "<meta property='og:site_name' content='海報'><meta property='article:published_time' content='2024-05-06T09:00:00+08:00'>",
            "2024-05-06",
            "海報",
            None,
        ),
        (
            "<meta name='DC.date.issued' content='2024/5/6'><meta name='dc.publisher' content='海報'>",
            "2024-05-06",
            "海報",
            None,
        ),
        ("<meta property='article:modified_time' content='2024-05-06'>", None, None, None),
        ("<meta name='date' content='2024-13-45'>", None, None, None),
        (
            '<script type="application/ld+json">{"@graph": [{"@type": "NewsArticle", "datePublished": "2024-05-06", "publisher": {"name": "海報"}}]}</script>',
            "2024-05-06",
            "海報",
            None,
        ),
        (
            '<script type="application/ld+json">{"@type": ["Person"], "datePublished": "2024-05-06"}</script>',
            None,
            None,
            None,
        ),
        ('<script type="application/ld+json">{broken</script>', None, None, None),
        (
            "<link rel=canonical href='https://example.org/a.html'><meta property='og:url' content='https://example.org/b'>",
            None,
            None,
            "https://example.org/a.html",
        ),
        (
            "<link rel=canonical href='/a.html'><meta property='og:url' content='https://example.org/b'>",
            None,
            None,
            "https://example.org/b",
        ),
        ("<link rel=canonical href='javascript:alert(1)'>", None, None, None),
    ],
)
def test_what_a_page_says_of_itself(head: str, date: str | None, publisher: str | None, source: str | None) -> None:
    found = page(head)
    assert (found.date, found.publisher, found.source) == (date, publisher, source)
    assert found.text == SECOND + "\n"


@pytest.mark.parametrize(
    ("address", "fine"),
    [
        ("https://www.info.gov.hk/gia/general/202405/06/P1.htm?a=1#b", True),
        ("http://例子.香港/頁", True),
        ("ftp://example.org/", False),
        ("https://", False),
        ("https://a b", False),
        ('https://a"><script>', False),
        ("https://user@example.org", False),
        ("file:///etc/passwd", False),
    ],
)
def test_web_addresses(address: str, fine: bool) -> None:
    assert is_web_address(address) is fine


def test_menus_of_an_old_page() -> None:
    menu = "".join(f"<tr><td><a href='{n}.htm'>選項{n}</a></td></tr>" for n in range(30))
    article = "".join(
        f"<p>第{n}段：海事發展局的「遠洋青年計劃」撥款{n}億元，支援航運業、造船業和海洋科研，為期{n}年，各界人士均表歡迎。</p>"
        for n in range(2, 9)
    )
    body = f"<table><tr><td><table>{menu}</table></td><td><h1>{TITLE}</h1>{article}</td></tr><tr><td colspan=2><a href=a>版權告示</a> | <a href=b>私隱政策</a></td></tr></table>"
    found = page("", body)
    assert TITLE in found.text and "撥款8億元" in found.text
    assert "選項7" not in found.text and "私隱政策" not in found.text


def test_text_twice_counts_once() -> None:
    found = page("", f"<main><p>{LEAD}</p><p>{SECOND}</p><p>{LEAD}</p><p>完</p></main>")
    assert found.text.count(LEAD) == 2, "the text as extracted keeps it"
    assert found.flow.text.count(LEAD) == 1


def test_paragraph_in_the_evidence() -> None:
    facts = extract(read_bytes(f"{TITLE}\n\n{LEAD}\n\n{SECOND}\n".encode(), name="a.txt"))
    (cap,) = [a for a in facts.amounts if a.role == "cap"]
    assert [(q.page, q.paragraph) for q in cap.source.quotes] == [(None, 3)]
    assert loads(dumps(facts)) == facts


def test_page_and_source_in_the_graph(tmp_path: Path) -> None:
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "a.html").write_text(
        f"<link rel=canonical href='https://example.org/頁?q=1'><main><h1>{TITLE}</h1><p>{LEAD}</p><p>{SECOND}</p></main>",
        encoding="utf-8",
    )
    report = kg.build(tmp_path / "in", out=tmp_path / "out", view=False)
    assert report.data["inputs"][0]["source"] == "https://example.org/頁?q=1"
    graph = kg.load(tmp_path / "out")
    rows = kg.query(graph, "SELECT ?s WHERE { ?d a fg:Document ; dcterms:source ?s . FILTER(isIRI(?s)) }").rows
    assert [str(r[0]) for r in rows] == ["https://example.org/%E9%A0%81?q=1"]
    asked = "SELECT DISTINCT ?p WHERE { ?a a fg:Amount ; fg:amountRole fg:cap ; fg:evidence/fg:paragraph ?p }"
    assert [str(r[0]) for r in kg.query(graph, asked).rows] == ["3"]
    assert kg.validate(graph) == []
    assert {e.paragraph for line in kg.show(graph, "遠洋青年計劃").facts for e in line.evidence} <= {1, 2, 3}
