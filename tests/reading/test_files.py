"""Bytes to documents: encodings, wrapped lines, columns, contact blocks, kinds of file, errors."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kg.errors import InputError
from kg.language.script import fold
from kg.reading import collect, read_bytes, read_document
from kg.reading.text import build_flow

TEXT = "新聞稿\n\n海事發展局公布計劃\n\n香港，2024年5月6日 – 海事發展局今日公布「遠洋青年計劃」，政府預留十億元推行，香港市民歡迎。\n"
SIMPLIFIED = "新闻稿\n\n海事发展局公布计划\n\n香港，2024年5月6日 – 海事发展局今日公布“远洋青年计划”，政府预留十亿元推行，市民欢迎。\n"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "big5hkscs"])
def test_traditional_text_reads_the_same_in_every_encoding(encoding: str) -> None:
    text = TEXT.replace("–", "-") if encoding == "big5hkscs" else TEXT
    assert read_bytes(text.encode(encoding), name="a.txt").text == text


@pytest.mark.parametrize("encoding", ["utf-8", "gb18030"])
def test_simplified_text_reads_the_same(encoding: str) -> None:
    document = read_bytes(SIMPLIFIED.encode(encoding), name="a.txt")
    assert (document.text, document.language) == (SIMPLIFIED, "zh-Hans")


def test_line_ends_become_line_feeds() -> None:
    assert read_bytes(TEXT.replace("\n", "\r\n").encode(), name="a.txt").text == TEXT


def test_metadata() -> None:
    document = read_bytes(TEXT.encode(), name="a.txt")
    assert (document.title, document.date, document.publisher) == ("海事發展局公布計劃", "2024-05-06", "海事發展局")


@pytest.mark.parametrize(
    ("data", "name", "code"),
    [
        (b"", "a.txt", "E102"),
        (b" \n ", "a.txt", "E102"),
        (b"\x00\x01\x02\x03" * 50, "a.txt", "E103"),
        (b"\x80\x81\xfe\xff\x80" * 20, "a.txt", "E101"),
        (b"%PDF-1.4 broken", "a.pdf", "E106"),
        (b"<html><body></body></html>", "a.html", "E105"),
        (b"PK\x03\x04", "a.docx", "E106"),
        (b"\xd0\xcf\x11\xe0", "a.doc", "E107"),
    ],
)
def test_what_cannot_be_read_is_named_with_a_remedy(data: bytes, name: str, code: str) -> None:
    with pytest.raises(InputError) as caught:
        read_bytes(data, name=name)
    assert (caught.value.code, caught.value.where) == (code, name)
    assert caught.value.hint


SENTENCE = "海事發展局今日公布遠洋青年計劃的詳情並與濱海理工大學簽署合作備忘錄以推動海洋科研及人才培訓使本港成為區內重要的海洋科技樞紐預計計劃可於三年內支援超過三百間初創企業涵蓋造船和航運等多個範疇。"


@pytest.mark.parametrize("width", [13, 16, 20, 30, 40])
@pytest.mark.parametrize("gap", ["\n", " \n\n"])
def test_wrapped_lines_join_so_that_names_are_whole(width: int, gap: str) -> None:
    if gap != "\n" and width < 30:
        pytest.skip("double spacing comes with full pages, not with narrow columns")
    text = gap.join(SENTENCE[i : i + width] for i in range(0, len(SENTENCE), width)) + "\n"
    flow = build_flow(text).text
    assert "遠洋青年計劃" in flow
    assert "濱海理工大學" in flow


def test_latin_words_join_with_a_space() -> None:
    text = "\n".join(
        [
            "The bureau announced today that the Harbour Research",
            "Fund would be open to all the companies registered in",
            "Hong Kong, and that applications are due this year.",
            "A second round of the fund is planned for the spring.",
        ]
    )
    assert "Harbour Research Fund" in build_flow(text).text


def test_contact_block_in_two_columns_reads_column_by_column() -> None:
    text = "內文完結。\n\n傳媒查詢，請聯絡：\n\n海事發展局      東岸顧問\n林海生      何立峰\n電話：1234 5678    電話：8765 4321\n"
    lines = build_flow(text).text.split("\n")
    assert lines.index("林海生") == lines.index("海事發展局") + 1
    assert lines.index("何立峰") == lines.index("東岸顧問") + 1


@given(st.text(alphabet="海事發展局。，「」 \n\t\x0cAbc1▲●關於傳媒查詢：", max_size=200))
def test_every_character_of_the_flow_stands_where_it_says(text: str) -> None:
    flow = build_flow(text)
    assert len(flow.offsets) == len(flow.text) + 1
    assert list(flow.offsets[:-1]) == sorted(flow.offsets[:-1]) or "傳媒" in text or "查詢" in text
    for char, offset in zip(flow.text, flow.offsets, strict=False):
        assert char in " \n" or char == text[offset]
    assert "".join(flow.text[p.start : p.end] for p in flow.passages).replace("\n", "") == flow.text.replace("\n", "")


def test_html_keeps_the_article_and_drops_the_menu() -> None:
    page = "<html><head><title>T</title></head><body><nav>選單</nav><main><h1>海事發展局公布計劃</h1><article><p>政府預留<b>十億元</b>。</p></article></main><script>x()</script></body></html>"
    text = read_bytes(page.encode(), name="a.html").text
    assert text == "海事發展局公布計劃\n政府預留十億元。\n"


def test_the_same_document_as_text_page_and_pdf(seeds: Path) -> None:
    pages = [p for p in sorted(seeds.iterdir()) if p.suffix == ".html"]
    assert pages
    for page in pages:
        plain = "".join(fold(read_document(page.with_suffix(".txt")).flow.text).split())
        for other in (page, page.with_suffix(".pdf")):
            words = "".join(fold(read_document(other).flow.text).split())
            assert words[:400] == plain[:400]


def test_collect_takes_documents_and_names_what_is_missing(tmp_path: Path) -> None:
    for name in ("b.txt", "a/c.md", "a/.hidden.txt", "README.md", "x.json"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text("文", encoding="utf-8")
    found, findings = collect([tmp_path, tmp_path / "none"])
    assert [name for _, name in found] == ["a/c.md", "b.txt"]
    assert [f.code for f in findings] == ["E100"]
