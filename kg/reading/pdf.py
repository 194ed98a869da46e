"""PDF → text: the text layer, page by page."""

from __future__ import annotations

import io

from pypdf import PdfReader

from kg.errors import InputError
from kg.language.script import plain_characters

_MAX_PAGES = 2000


def read_pdf(data: bytes, *, name: str) -> str:
    """Return the text of a PDF in reading order, pages apart by a line break."""
    try:
        reader = PdfReader(io.BytesIO(data))
        if reader.is_encrypted and not reader.decrypt(""):
            raise InputError("E106", "the PDF is encrypted", where=name, hint="save a copy without a password")
        if len(reader.pages) > _MAX_PAGES:
            raise InputError(
                "E104", f"the PDF has more than {_MAX_PAGES} pages", where=name, hint="split it into documents"
            )
        pages = [page.extract_text() for page in reader.pages]
    except InputError:
        raise
    except Exception as error:  # pypdf lets whatever a broken file provokes come through
        raise InputError(
            "E106", f"the PDF can't be read ({error})", where=name, hint="save it anew from a PDF viewer"
        ) from error
    text = "\n".join(pages)
    if not text.strip():
        raise InputError("E105", "the PDF has no text layer", where=name, hint="it is a scan: run OCR on it first")
    # A broken font map can give half a surrogate pair, which no file can hold.
    text = text.encode("utf-8", "replace").decode("utf-8")
    return plain_characters(text.replace("\r\n", "\n").replace("\r", "\n").replace("\x00", " "))
