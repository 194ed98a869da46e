"""Bytes → text: one text in many encodings, and what is not text."""

from __future__ import annotations

import codecs

import pytest

from kg.errors import InputError
from kg.reading import read_bytes
from kg.reading.encoding import decode

CHINESE = "新聞稿\n\n香港，二零二四年三月五日——漁港發展公司今日公布「藍海計劃」，預留三億元支持本地初創企業及大學的研究。\n公司主席何永康表示，計劃將於年內推出。\n"
MAINLAND = "新闻稿\n\n上海，2024年3月5日——渔港发展公司今日公布“蓝海计划”，预留三亿元支持本地初创企业及大学的研究。\n公司主席何永康表示，计划将于年内推出。\n"
ENGLISH = "Press Release\n\nHong Kong, 5 March 2024 - The harbour company announced a fund of $300 million.\n"

TABLE = [
    (CHINESE, "utf-8", b""),
    (CHINESE, "utf-8", codecs.BOM_UTF8),
    (CHINESE, "utf-16-le", codecs.BOM_UTF16_LE),
    (CHINESE, "utf-16-be", codecs.BOM_UTF16_BE),
    (CHINESE, "utf-16-le", b""),
    (CHINESE, "utf-16-be", b""),
    (CHINESE.replace("——", "－"), "big5hkscs", b""),
    (CHINESE, "gb18030", b""),
    (MAINLAND, "gb18030", b""),
    (MAINLAND, "utf-16-le", b""),
    (ENGLISH, "ascii", b""),
    (ENGLISH, "utf-16-le", b""),
    (ENGLISH, "utf-16-be", b""),
    (ENGLISH, "utf-16-be", codecs.BOM_UTF16_BE),
    (CHINESE.replace("\n", ""), "utf-16-le", b""),
]


@pytest.mark.parametrize(("text", "encoding", "mark"), TABLE)
def test_one_text_in_many_encodings(text: str, encoding: str, mark: bytes) -> None:
    assert read_bytes(mark + text.encode(encoding), name="release.txt").text == text


def test_hong_kong_characters() -> None:
    text = "深水埗及赤鱲角的公司今日表示，邨內的計劃將於年內推出，獲政府資助。"
    assert decode(text.encode("big5hkscs"), name="a.txt") == (text, "big5hkscs")


@pytest.mark.parametrize("ends", ["\r\n", "\r", "\n"])
def test_line_ends_become_one(ends: str) -> None:
    assert read_bytes(CHINESE.replace("\n", ends).encode(), name="a.txt").text == CHINESE


def test_text_stays_verbatim_and_flow_is_clean() -> None:
    text = "港口\x07基金\u202e今日推出。\x0c第二頁續。"
    document = read_bytes(text.encode(), name="a.txt")
    assert document.text == text
    assert not set("\x07\x0c\u202e") & set(document.flow.text)
    (finding,) = document.findings
    assert (finding.severity, finding.code, finding.where) == ("warning", "W101", "a.txt")
    assert finding.message.startswith("2 ")


BAD = [
    (b"", "E102"),
    (b" \n\t \r\n", "E102"),
    (codecs.BOM_UTF8, "E102"),
    (codecs.BOM_UTF16_LE + "\n".encode("utf-16-le"), "E102"),
    (b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR\x00\x00\x01\x00", "E103"),
    (b"hello\x00world!", "E103"),
    (b"a" * 5000 + b"\x00", "E103"),
    (bytes(range(1, 32)) * 10, "E103"),
    (codecs.BOM_UTF32_LE + CHINESE.encode("utf-32-le"), "E103"),
    (b"\xff\xff\xfe\x80\x81" * 9, "E101"),
    (codecs.BOM_UTF8 + b"\xff\xff", "E101"),
    (codecs.BOM_UTF16_LE + b"\x00\xd8\x41", "E101"),
]


@pytest.mark.parametrize(("data", "code"), BAD)
def test_what_is_no_text_is_refused(data: bytes, code: str) -> None:
    with pytest.raises(InputError) as caught:
        read_bytes(data, name="odd.txt")
    assert caught.value.code == code
    assert caught.value.where == "odd.txt"
    assert caught.value.hint


def test_size_limit(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("kg.reading.encoding.MAX_BYTES", 10)
    with pytest.raises(InputError, match="E104"):
        decode(b"x" * 11, name="big.txt")
