"""PDF → text: the characters of each page with their places, put into reading order by `layout` and `paragraphs`."""

from __future__ import annotations

import ctypes
import re
from typing import Any

import pypdfium2 as pdfium
import pypdfium2.raw as raw

from kg.errors import InputError
from kg.language.script import plain_characters
from kg.reading.extract import Extract, Limits
from kg.reading.furniture import without_furniture
from kg.reading.layout import Box, Glyph, Line, Sheet, order, segments
from kg.reading.paragraphs import paragraphs

_ENCRYPTED = (raw.FPDF_ERR_PASSWORD, raw.FPDF_ERR_SECURITY)
_TITLE_JUNK = re.compile(r"^(?:Microsoft \w+ - |untitled$|無標題|无标题|.*\.(?:docx?|indd|pdf|txt)$)", re.IGNORECASE)


def read_pdf(data: bytes, *, name: str, limits: Limits) -> Extract:
    """Return the text of a PDF: a line for each paragraph or heading, with the page that each stretch stands on."""
    document = _open(data, name)
    count = len(document)
    if count > limits.pages:
        raise InputError(
            "E104", f"the PDF has {count} pages, more than {limits.pages}", where=name, hint="split it into documents"
        )
    sheets: list[Sheet] = []
    size = broken = 0
    for number in range(count):
        try:
            sheet = _sheet(document, number)
        except pdfium.PdfiumError:
            broken += 1
            continue
        size += sum(len(s.text) for s in sheet.segments)
        if size > limits.characters:
            raise InputError(
                "E104", f"its text has more than {limits.characters:,} characters", where=name, hint="split it"
            )
        sheets.append(sheet)
    sheets, dropped = without_furniture(sheets)
    lines: list[Line] = []
    known: set[int] = set()
    for sheet in sheets:
        lines += order(sheet, known)
    text, pages = paragraphs(lines)
    if not text.strip():
        raise _no_text(document, name, broken)
    notes = [f"left out what runs on every page: {'; '.join(dropped)[:300]}"] if dropped else []
    notes += [f"{broken} of {count} pages can't be read and were left out"] if broken else []
    title = " ".join(str(document.get_metadata_dict().get("Title") or "").split())
    return Extract(
        plain_characters(text),
        title=title if title and not _TITLE_JUNK.match(title) else None,
        pages=pages,
        notes=tuple(notes),
    )


def _open(data: bytes, name: str) -> pdfium.PdfDocument:
    if b"%PDF-" not in data[:1024]:
        raise InputError("E106", "the file is no PDF", where=name, hint="give it the ending of what it is")
    try:
        document = pdfium.PdfDocument(data)
    except pdfium.PdfiumError as error:
        if getattr(error, "err_code", None) in _ENCRYPTED:
            raise InputError(
                "E106", "the PDF is encrypted", where=name, hint="save a copy without a password"
            ) from error
        raise InputError(
            "E106", f"the PDF can't be read ({error})", where=name, hint="save it anew from a PDF viewer"
        ) from error
    if not len(document):
        raise InputError("E106", "the PDF has no pages", where=name, hint="save it anew from a PDF viewer")
    return document


def _no_text(document: pdfium.PdfDocument, name: str, broken: int) -> InputError:
    if broken:
        return InputError(
            "E106", f"{broken} pages of the PDF can't be read", where=name, hint="save it anew from a PDF viewer"
        )
    return InputError(
        "E105",
        f"the PDF has no text layer: its {len(document)} pages are pictures",
        where=name,
        hint="it is a scan: run OCR on it first (ocrmypdf does that)",
    )


def _sheet(document: pdfium.PdfDocument, number: int) -> Sheet:
    """Return a page: its runs of characters, from top to bottom whatever way the page is turned, and its drawn boxes."""
    page = document[number]
    try:
        turned = page.get_rotation()
        left, bottom, right, top = page.get_bbox()
        width, height = (right - left, top - bottom) if turned % 180 == 0 else (top - bottom, right - left)

        def place(x: float, y: float) -> tuple[float, float]:
            x, y = x - left, top - y
            if turned == 90:
                return width - y, x
            if turned == 180:
                return width - x, height - y
            if turned == 270:
                return y, height - x
            return x, y

        text = page.get_textpage()
        try:
            glyphs = _glyphs(text, place)
        finally:
            text.close()
        boxes = _boxes(page, place, width, height)
    finally:
        page.close()
    return Sheet(number + 1, width, height, tuple(segments(glyphs)), tuple(boxes))


def _glyphs(text: Any, place: Any) -> list[Glyph]:
    """Return the characters of a page in the order in which it draws them; a space is only noted at the next one."""
    found: list[Glyph] = []
    box, matrix = raw.FS_RECTF(), raw.FS_MATRIX()
    x, y = ctypes.c_double(), ctypes.c_double()
    space = high = 0
    for index in range(text.count_chars()):
        code = raw.FPDFText_GetUnicode(text, index)
        if 0xD800 <= code < 0xDC00:
            high = code
            continue
        if high and 0xDC00 <= code < 0xE000:
            code = 0x10000 + ((high - 0xD800) << 10) + (code - 0xDC00)
        high = 0
        # A soft hyphen that a page shows is at a line's end.
        char = (
            "-" if code in {2, 0xFFFE, 0xAD} else "\ufffd" if code > 0x10FFFF or 0xD800 <= code < 0xE000 else chr(code)
        )
        if char.isspace() or (code < 32 and code != 2) or code in {0x200B, 0xFEFF, 0xFFFF}:
            if char not in "\u200b\ufeff\uffff":
                space = max(space, 1 if raw.FPDFText_IsGenerated(text, index) == 1 else 2)
            continue
        if code in {2, 0xFFFE, 0xAD} and space == 1:
            space = 0  # the parser takes such a hyphen for the next line's
        if not raw.FPDFText_GetLooseCharBox(text, index, box) or not raw.FPDFText_GetCharOrigin(text, index, x, y):
            continue
        x0, _ = place(box.left, box.top)
        x1, _ = place(box.right, box.bottom)
        _, base = place(x.value, y.value)
        x0, x1 = min(x0, x1), max(x0, x1)
        if not raw.FPDFText_GetMatrix(text, index, matrix):
            continue
        # What the text's matrix makes of the nominal size; boxes are higher by what the font leaves around its letters.
        size = raw.FPDFText_GetFontSize(text, index) * abs(matrix.a * matrix.d - matrix.b * matrix.c) ** 0.5
        if not 0.5 < size < 400 or (code == 0xAD and x1 - x0 < 0.1 * size):
            continue
        found.append(Glyph(char, x0, x1, base, size, space))
        space = 0
    return found


def _boxes(page: Any, place: Any, width: float, height: float) -> list[Box]:
    """Return the drawn frames and tinted grounds that set a part of a page apart; not rules, not the page's own ground."""
    found = []
    for number, item in enumerate(page.get_objects(filter=(raw.FPDF_PAGEOBJ_PATH,), max_depth=2)):
        if number > 2000:  # a drawing, not a page with boxes
            return []
        left, bottom, right, top = item.get_bounds()
        x0, y0 = place(left, top)
        x1, y1 = place(right, bottom)
        x0, x1, y0, y1 = min(x0, x1), max(x0, x1), min(y0, y1), max(y0, y1)
        if x1 - x0 > 60 and y1 - y0 > 24 and (x1 - x0) * (y1 - y0) < 0.5 * width * height:
            found.append(Box(x0, y0, x1, y1))
    return found
