"""HTML → text: the main part of the page, and what its metadata says."""

from __future__ import annotations

from dataclasses import dataclass

from bs4 import BeautifulSoup
from bs4.element import NavigableString, Tag

from kg.errors import InputError

_DROP = (
    "script",
    "style",
    "nav",
    "header",
    "footer",
    "aside",
    "form",
    "noscript",
    "template",
    "iframe",
    "svg",
    "button",
)
_BLOCK = {
    "p",
    "div",
    "section",
    "article",
    "h1",
    "h2",
    "h3",
    "h4",
    "h5",
    "h6",
    "li",
    "tr",
    "br",
    "blockquote",
    "ul",
    "ol",
    "table",
    "figure",
    "figcaption",
    "dt",
    "dd",
    "td",
    "th",
}


@dataclass(frozen=True, slots=True)
class Page:
    """The text of a page and what it tells of itself."""

    text: str
    title: str | None
    date: str | None
    publisher: str | None


def read_html(data: bytes, *, name: str) -> Page:
    """Return the main text of a page; nothing that the page refers to is fetched."""
    soup = BeautifulSoup(data, "lxml")
    title = _meta(soup, "og:title") or (soup.title.get_text(" ", strip=True) if soup.title else None)
    date = _meta(soup, "article:published_time") or _meta(soup, "date") or _meta(soup, "dcterms.issued")
    publisher = _meta(soup, "og:site_name")
    for tag in soup.find_all(_DROP):
        tag.decompose()
    main = next((t for t in (soup.find("main"), soup.find("article"), soup.body) if isinstance(t, Tag)), soup)
    text = "\n".join(line for line in _text(main).splitlines() if line.strip())
    if not text.strip():
        raise InputError("E105", "the page holds no text", where=name, hint="save the article's own page")
    return Page(text + "\n", title, date[:10] if date else None, publisher)


def _meta(soup: BeautifulSoup, key: str) -> str | None:
    tag = soup.find("meta", attrs={"property": key}) or soup.find("meta", attrs={"name": key})
    content = tag.get("content") if isinstance(tag, Tag) else None
    return content.strip() or None if isinstance(content, str) else None


def _text(root: Tag) -> str:
    out: list[str] = []
    for node in root.descendants:
        if isinstance(node, Tag):
            if node.name in _BLOCK:
                out.append("\n")
        elif type(node) is NavigableString:
            words = " ".join(str(node).split())
            if words:
                out.append(words)
    return "".join(out)
