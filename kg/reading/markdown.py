"""Markdown → text: what the rendered page would say, and the front matter's metadata."""

from __future__ import annotations

import re

from bs4 import BeautifulSoup
from markdown_it import MarkdownIt

from kg.errors import InputError
from kg.reading.encoding import decode
from kg.reading.extract import Extract, Limits
from kg.reading.html import lines_of
from kg.reading.pagemeta import is_web_address

_FRONT = re.compile(r"\A\ufeff?---[ \t]*\n(?P<fields>.*?)\n(?:---|\.\.\.)[ \t]*(?:\n|\Z)", re.DOTALL)
_FIELD = re.compile(r"^(?P<key>[A-Za-z_]+)[ \t]*:[ \t]*(?P<value>\S.*?)[ \t]*$", re.MULTILINE)


def read_markdown(data: bytes, *, name: str, limits: Limits) -> Extract:
    """Return the text of a Markdown file, a line for each block."""
    text, encoding = decode(data, name=name)
    front = _FRONT.match(text)
    fields = {m["key"].lower(): m["value"].strip("\"'") for m in _FIELD.finditer(front["fields"])} if front else {}
    page = MarkdownIt("commonmark").enable(["table", "strikethrough"]).render(text[front.end() :] if front else text)
    # Beside Chinese marks CommonMark takes ** for itself, not for emphasis: nobody means it so.
    lines = lines_of(BeautifulSoup(page, "lxml")).replace("**", "")
    if not lines:
        raise InputError(
            "E105", "the file holds no text", where=name, hint="remove it, or put the document's text into it"
        )
    date = re.match(r"\d{4}-\d\d-\d\d", fields.get("date", ""))
    source = fields.get("source") or fields.get("url") or fields.get("canonical_url") or ""
    return Extract(
        lines,
        title=fields.get("title"),
        date=date[0] if date else None,
        publisher=fields.get("publisher"),
        source=source if is_web_address(source) else None,
        encoding=encoding,
    )
