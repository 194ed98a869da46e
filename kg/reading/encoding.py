"""Bytes → text: the encodings that releases of this region come in, told apart strictly, or a clear error."""

from __future__ import annotations

import codecs
import re

from kg.errors import InputError

MAX_BYTES = 50_000_000
_COMMON = frozenset(
    "的一是不在有人我他這为這為之大來以個中上們到說國和地也子時道出會那要政府香港公司企業发展發計劃计划基金元年月日與与及將将提供推動推动"
)
_CONTROL = re.compile("[\x00-\x08\x0e-\x1f]")


def decode(data: bytes, *, name: str) -> tuple[str, str]:
    """Return the text of a file and the name of its encoding; line ends become single line feeds.

    Raises `InputError` for what is empty, too large, binary, or in no encoding known here.
    """
    if not data.strip():
        raise InputError("E102", "the file is empty", where=name, hint="remove it, or put the document's text into it")
    if len(data) > MAX_BYTES:
        raise too_large(name)
    text, encoding = _decode(data, name)
    if "\x00" in text or len(_CONTROL.findall(text[:4096])) > 40:
        raise _binary(name)
    if not text.strip():
        raise InputError("E102", "the file is empty", where=name, hint="remove it, or put the document's text into it")
    return text.replace("\r\n", "\n").replace("\r", "\n"), encoding


def too_large(name: str) -> InputError:
    """Return the error for a file beyond the size limit."""
    return InputError(
        "E104", f"the file is larger than {MAX_BYTES // 1_000_000} MB", where=name, hint="split it into documents"
    )


def _decode(data: bytes, name: str) -> tuple[str, str]:
    for mark, encoding in (
        (codecs.BOM_UTF8, "utf-8-sig"),
        (codecs.BOM_UTF16_LE, "utf-16"),
        (codecs.BOM_UTF16_BE, "utf-16"),
    ):
        if data.startswith(mark):
            try:
                return data.decode(encoding), encoding
            except UnicodeDecodeError as error:
                raise _undecodable(name, encoding, error) from error
    if 0 in data:
        return _utf16(data, name)
    try:
        return data.decode("utf-8"), "utf-8"
    except UnicodeDecodeError as error:
        problem = error
    found = []
    for encoding in ("big5hkscs", "gb18030", "utf-16-le", "utf-16-be"):
        try:
            text = data.decode(encoding)
        except UnicodeDecodeError:
            continue
        # Without a mark or a line break UTF-16 is rare: it must look better than merely like Chinese characters.
        found.append((plausibility(text) - (0.2 if encoding.startswith("utf-16") else 0.0), text, encoding))
    best = max(found, default=None, key=lambda f: f[0])
    if best is None or best[0] < 0.3:
        raise _undecodable(name, "UTF-8, UTF-16, Big5-HKSCS or GB18030", problem)
    return best[1], best[2]


def _utf16(data: bytes, name: str) -> tuple[str, str]:
    """Return a text of two bytes a character. Half of them are zero where it is English; many are high where Chinese."""
    found: list[tuple[float, str, str]] = []
    high = sum(1 for byte in data[:20_000] if byte >= 0x80)
    if data[:20_000].count(0) * 10 < len(data[:20_000]) * 3 and high * 10 < len(data[:20_000]):
        raise _binary(name)
    for encoding in ("utf-16-le", "utf-16-be"):
        try:
            text = data.decode(encoding)
        except UnicodeDecodeError:
            continue
        found.append((plausibility(text), text, encoding))
    best = max(found, default=None, key=lambda f: f[0])
    if best is None or best[0] < 0.3:
        raise _binary(name)
    return best[1], best[2]


def _binary(name: str) -> InputError:
    return InputError("E103", "the file is not text", where=name, hint="convert it to .txt, .html or .pdf")


def _undecodable(name: str, encoding: str, error: UnicodeDecodeError) -> InputError:
    return InputError("E101", f"the text is not {encoding} (byte {error.start})", where=name, hint="save it as UTF-8")


def plausibility(text: str) -> float:
    """Return the share of characters that a Chinese or English text would have: letters in use, digits and common marks.

    Rare Han characters and private-use ones are what a wrong encoding yields.
    """
    sample = text[:20_000]
    good = 0.0
    total = 0
    for char in sample:
        if char.isspace():
            continue
        total += 1
        if char in _COMMON:
            good += 2.0
        elif char.isascii() or char in "，。、；：「」『』《》（）！？“”‘’—…·－":
            good += 0.9
        elif "\u4e00" <= char <= "\u9fff":
            good += 0.5
    return good / total if total else 0.0
