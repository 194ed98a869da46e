"""DOCX → text: paragraphs, tables and text boxes of the body; heads, feet and deleted words are left out."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterator
from typing import Any

import docx
from docx.opc.exceptions import PackageNotFoundError
from docx.oxml.ns import qn

from kg.errors import InputError
from kg.reading.extract import Extract, Limits

_FILES = 10_000
_SKIP = {
    qn("w:del"),
    qn("w:moveFrom"),
    qn("w:txbxContent"),
    qn("w:instrText"),
    "{http://schemas.openxmlformats.org/markup-compatibility/2006}Fallback",
}
_FALLBACK = "{http://schemas.openxmlformats.org/markup-compatibility/2006}Fallback"
_AGAIN = "save it anew from a word processor, or as .txt"


def read_docx(data: bytes, *, name: str, limits: Limits) -> Extract:
    """Return the text of a Word file, a line for each paragraph or table row."""
    _check(data, name, limits)
    try:
        document = docx.Document(io.BytesIO(data))
    except (PackageNotFoundError, KeyError, ValueError, zipfile.BadZipFile) as error:
        raise InputError("E106", "the Word file is broken", where=name, hint=_AGAIN) from error
    lines = [line for block in document.element.body for line in _block(block)]
    boxes = []
    for box in document.element.body.iter(qn("w:txbxContent")):
        # Word writes each box twice, the second time for old programs.
        if not any(a.tag == _FALLBACK for a in box.iterancestors()):
            boxes += [line for block in box for line in _block(block)]
    text = "".join(f"{line}\n" for line in [*lines, *boxes] if line.strip())
    if not text:
        raise InputError("E105", "the Word file holds no text", where=name, hint="if it is a scan, run OCR on it first")
    return Extract(text, title=" ".join((document.core_properties.title or "").split()) or None)


def _check(data: bytes, name: str, limits: Limits) -> None:
    """Refuse what is no Word file, is encrypted, or unpacks to more than the limit."""
    if data.startswith(b"\xd0\xcf\x11\xe0"):
        raise InputError(
            "E106", "the file is encrypted, or an old .doc", where=name, hint="save a copy as .docx without a password"
        )
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as packed:
            entries = packed.infolist()
    except (zipfile.BadZipFile, ValueError, NotImplementedError) as error:
        raise InputError("E106", "the file is no Word file", where=name, hint=_AGAIN) from error
    if any(entry.flag_bits & 1 for entry in entries):
        raise InputError("E106", "the file is encrypted", where=name, hint="save a copy without a password")
    # zipfile never unpacks more of an entry than the size that it declares.
    if sum(entry.file_size for entry in entries) > limits.unpacked or len(entries) > _FILES:
        raise InputError(
            "E104",
            f"the file unpacks to more than {limits.unpacked // 1_000_000:,} MB or {_FILES:,} parts",
            where=name,
            hint="remove its pictures, or save it as .txt",
        )


def _block(block: Any) -> Iterator[str]:
    """Yield the lines of a paragraph, a table, or what holds such."""
    if block.tag == qn("w:p"):
        yield from _words(block).split("\n")
    elif block.tag == qn("w:tbl"):
        for row in block.iter(qn("w:tr")):
            cells = []
            for cell in row.iter(qn("w:tc")):
                words = " ".join(" ".join(_words(p).split()) for p in cell.iter(qn("w:p")))
                cells.append(words.strip())
            yield "   ".join(cell for cell in cells if cell)
    elif block.tag in {qn("w:sdt"), qn("w:sdtContent"), qn("w:ins"), qn("w:smartTag"), qn("w:customXml")}:
        for inner in block:
            yield from _block(inner)


def _words(paragraph: Any) -> str:
    """Return the words of a paragraph as they stand after all changes to it; a line break where it has one."""
    out: list[str] = []
    todo = [paragraph]
    while todo:
        node = todo.pop()
        if node.tag in _SKIP:
            continue
        if node.tag == qn("w:t"):
            out.append(node.text or "")
        elif node.tag in {qn("w:br"), qn("w:cr")}:
            out.append("\n")
        elif node.tag == qn("w:tab"):
            out.append("   " if out else "")
        elif node.tag == qn("w:noBreakHyphen"):
            out.append("-")
        todo += reversed(node)
    return "".join(out)
