"""Bytes of a kind → `Extract`, by the parser of that kind. Runs in the child process that `limits` starts."""

from __future__ import annotations

from collections.abc import Callable

from kg.errors import InputError
from kg.reading.extract import Extract, Limits

# The endings of each kind that a parser reads. Plain text needs none.
PARSED = (".pdf", ".html", ".htm", ".xhtml", ".docx", ".md", ".markdown", ".eml")


def parse(data: bytes, *, suffix: str, name: str, limits: Limits) -> Extract:
    """Return the text and metadata of a file. Raises `InputError` for what can't be read or is beyond a limit."""
    if not data.strip():
        raise InputError("E102", "the file is empty", where=name, hint="remove it, or put the document into it")
    found = _parser(suffix)(data, name=name, limits=limits)
    if len(found.text) > limits.characters:
        raise InputError(
            "E104",
            f"its text has more than {limits.characters:,} characters",
            where=name,
            hint="split it into documents",
        )
    return found


def _parser(suffix: str) -> Callable[..., Extract]:
    # Each parser is imported when it is first needed: they are slow to load.
    if suffix == ".pdf":
        from kg.reading.pdf import read_pdf

        return read_pdf
    if suffix == ".docx":
        from kg.reading.docx import read_docx

        return read_docx
    if suffix in {".md", ".markdown"}:
        from kg.reading.markdown import read_markdown

        return read_markdown
    if suffix == ".eml":
        from kg.reading.mail import read_mail

        return read_mail
    from kg.reading.html import read_html

    return read_html
