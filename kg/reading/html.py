"""HTML → text: the main part of the page, and what its metadata says."""

from __future__ import annotations

import re
import warnings
from dataclasses import dataclass

from bs4 import BeautifulSoup
from bs4.element import NavigableString, PageElement, Tag

from kg.errors import InputError
from kg.reading.encoding import MAX_BYTES, decode

_DROP = ("script", "style", "nav", "footer", "aside", "noscript", "template", "iframe", "svg", "button", "select")
_BLOCK = frozenset(
    "p div section article main header h1 h2 h3 h4 h5 h6 li tr br hr blockquote ul ol dl table figure figcaption dt dd caption pre address".split()
)
# What pages call by the first name is in truth the second, which holds more characters.
_WIDER = {"big5": "big5hkscs", "gb2312": "gb18030", "gbk": "gb18030", "utf-8": "utf-8-sig", "utf8": "utf-8-sig"}
_CELL = "\x1f"
_WRAP = re.compile(
    "(?<=[\u3000-\u303f\u3400-\u9fff\uff00-\uffef])\\s*\\n\\s*(?=[\u3000-\u303f\u3400-\u9fff\uff00-\uffef])"
)


@dataclass(frozen=True, slots=True)
class Page:
    """The text of a page and what it tells of itself."""

    text: str
    title: str | None
    date: str | None
    publisher: str | None


def read_html(data: bytes, *, name: str) -> Page:
    """Return the main text of a page, a line for each block; nothing that the page refers to is fetched."""
    soup = _parse(data, name)
    title = _meta(soup, "og:title") or (soup.title.get_text(" ", strip=True) if soup.title else None)
    stamp = _meta(soup, "article:published_time") or _meta(soup, "date") or _meta(soup, "dcterms.issued") or ""
    date = re.match(r"\d{4}-\d\d-\d\d", stamp)
    publisher = _meta(soup, "og:site_name")
    for tag in soup.find_all(_DROP):
        tag.decompose()
    main = _main(soup)
    lines = (" ".join(line.split(" ")).strip(f" {_CELL}") for line in _text(main).split("\n"))
    # Cells of a row stand apart as columns do.
    text = "\n".join(re.sub(f" *{_CELL}[ {_CELL}]*", "   ", re.sub(" +", " ", line)) for line in lines if line)
    if not text.strip():
        raise InputError("E105", "the page holds no text", where=name, hint="save the article's own page")
    return Page(text + "\n", title or None, date[0] if date else None, publisher)


def _parse(data: bytes, name: str) -> BeautifulSoup:
    """Return the page, read as it declares itself; where it says nothing or something wrong, as its bytes look."""
    if len(data) > MAX_BYTES:
        raise InputError(
            "E104", f"the file is larger than {MAX_BYTES // 1_000_000} MB", where=name, hint="split it into documents"
        )
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # Beautiful Soup's guesses on what was meant are no matter of the user's
        return BeautifulSoup(_declared(data) or decode(data, name=name)[0], "lxml")


def _declared(data: bytes) -> str | None:
    """Return the page in the encoding that it declares, None if it declares none or a wrong one."""
    found = re.search(rb"(?:charset|<\?xml[^>]*encoding)\s*=\s*[\"']?\s*([\w-]+)", data[:4096], re.IGNORECASE)
    name = found[1].decode("ascii", "replace").lower() if found else ""
    try:
        return data.decode(_WIDER.get(name, name)) if name and 0 not in data else None
    except (LookupError, UnicodeDecodeError):
        return None


def _main(soup: BeautifulSoup) -> Tag:
    """Return the part of a page that holds the article and its headline, without what frames it."""
    framed: list[Tag] = [t for t in soup.find_all("main") or soup.find_all("article") if isinstance(t, Tag)]
    if framed:
        return max(framed, key=lambda t: len(t.get_text()))
    body: Tag = soup.body or soup
    size = len(body.get_text())
    for tag in soup.find_all(("header", "form")):
        # Some publishing systems put the whole page into one form.
        if not tag.decomposed and len(tag.get_text()) * 2 < size:
            tag.decompose()
    return body


def _meta(soup: BeautifulSoup, key: str) -> str | None:
    tag = soup.find("meta", attrs={"property": key}) or soup.find("meta", attrs={"name": key})
    content = tag.get("content") if isinstance(tag, Tag) else None
    return content.strip() or None if isinstance(content, str) else None


def _text(root: Tag) -> str:
    """Return the words below a tag, with a line break at each end of a block."""
    out: list[str] = []
    # A stack of our own: a page may nest deeper than Python calls.
    todo: list[PageElement | str] = [root]
    while todo:
        node = todo.pop()
        if isinstance(node, Tag):
            edge = "\n" if node.name in _BLOCK else _CELL if node.name in {"td", "th"} else ""
            out.append(edge)
            todo += [_Edge(edge), *reversed(node.contents)]
        elif isinstance(node, _Edge):
            out.append(node)
        elif type(node) is NavigableString:
            words = str(node).replace(_CELL, " ")
            kept = node.parent is not None and node.parent.name == "pre"
            out.append(words if kept else re.sub(r"\s+", " ", _WRAP.sub("", words)))
    return "".join(out)


class _Edge(str):
    """What stands after a tag's words."""

    __slots__ = ()
