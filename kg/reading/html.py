"""HTML → text: the main part of the page."""

from __future__ import annotations

import re
import warnings

from bs4 import BeautifulSoup
from bs4.element import NavigableString, PageElement, Tag

from kg.errors import InputError
from kg.reading.encoding import decode
from kg.reading.extract import Extract, Limits
from kg.reading.pagemeta import describe

_DROP = ("script", "style", "nav", "footer", "aside", "noscript", "template", "iframe", "svg", "button", "select")
_BLOCK = frozenset(
    "p div section article main header h1 h2 h3 h4 h5 h6 li tr br hr blockquote ul ol dl table figure figcaption dt dd caption pre address".split()
)
# What pages call by the first name is in truth the second, which holds more characters.
_WIDER = {"big5": "big5hkscs", "gb2312": "gb18030", "gbk": "gb18030", "utf-8": "utf-8-sig", "utf8": "utf-8-sig"}
_CELL = "\x1f"
_LITTLE = 200  # characters; a page with less is left to the simple way, which keeps all but the frame
_WRAP = "\x00"  # a line break of the source, which no page can hold otherwise
_BETWEEN = re.compile(
    "(?<=[\u3000-\u303f\u3400-\u9fff\uff00-\uffef])[ \x00]*\x00[ \x00]*(?=[\u3000-\u303f\u3400-\u9fff\uff00-\uffef])"
)
_SEPARATOR = re.compile(r"[\s|│·•/»>–-]+")
_LINKS = 5  # so many links with hardly a word between them are a menu


def read_html(data: bytes, *, name: str, limits: Limits) -> Extract:
    """Return the main text of a page, a line for each block, and its metadata; nothing that it refers to is fetched."""
    soup = _parse(data, name)
    about = describe(soup)
    main = None
    if not soup.find(("main", "article")):
        # A page that doesn't mark its article: what its frame is, is a matter of counting words and links.
        _without_menus(soup)
        main = _article(str(soup))
    text = lines_of(main or _main(soup))
    if not text:
        raise InputError("E105", "the page holds no text", where=name, hint="save the article's own page")
    return Extract(text, about["title"], about["date"], about["publisher"], about["source"])


def lines_of(root: Tag) -> str:
    """Return the words below a tag, a line for each block; scripts, menus and what else frames a text are left out."""
    for tag in root.find_all(_DROP):
        tag.decompose()
    lines = (" ".join(line.split(" ")).strip(f" {_CELL}") for line in _text(root).split("\n"))
    # Cells of a row stand apart as columns do.
    kept = [re.sub(f" *{_CELL}[ {_CELL}]*", "   ", re.sub(" +", " ", line)) for line in lines]
    return "".join(f"{line}\n" for line in kept if line.strip())


def _article(page: str) -> Tag | None:
    """Return the article that trafilatura finds in a page; None if it finds none or little of what the page says."""
    import trafilatura

    found = trafilatura.extract(
        page, output_format="html", favor_recall=True, include_comments=False, deduplicate=False
    )
    if not found:
        return None
    article = BeautifulSoup(found, "lxml").body
    return article if article and len(article.get_text(strip=True)) >= _LITTLE else None


def _without_menus(soup: BeautifulSoup) -> None:
    """Take out tables and lists that hold links and nothing else, unless they are most of the page."""
    found = _counts(soup)
    whole = found[id(soup)][0]
    for tag in soup.find_all(("table", "ul", "ol", "div", "td", "p", "center")):
        size, linked, links = found[id(tag)]
        bare = links > 1 and size == linked < 12 * links
        if size * 2 < whole and (bare or (links >= _LINKS and linked > 0.8 * size)):
            tag.extract()


def _counts(soup: BeautifulSoup) -> dict[int, tuple[int, int, int]]:
    """Return for each tag its characters (separators left out), those within links, and its links; in one walk."""
    found: dict[int, list[int]] = {}
    todo: list[tuple[Tag, bool, bool]] = [(soup, False, False)]
    while todo:
        tag, inside, left = todo.pop()
        inside = inside or tag.name == "a"
        if not left:
            found[id(tag)] = [0, 0, int(tag.name == "a")]
            todo.append((tag, inside, True))
            todo += [(child, inside, False) for child in tag.children if isinstance(child, Tag)]
            continue
        own = sum(len(_SEPARATOR.sub("", x)) for x in tag.children if type(x) is NavigableString)
        counts = found[id(tag)]
        counts[0] += own
        counts[1] += own if inside else 0
        if tag.parent is not None and id(tag.parent) in found:
            for n, value in enumerate(counts):
                found[id(tag.parent)][n] += value
    return {key: (size, linked, links) for key, (size, linked, links) in found.items()}


def _parse(data: bytes, name: str) -> BeautifulSoup:
    """Return the page, read as it declares itself; where it says nothing or something wrong, as its bytes look."""
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
            words = str(node).replace(_CELL, " ").replace(_WRAP, " ")
            kept = node.parent is not None and node.parent.name == "pre"
            out.append(words if kept else re.sub(r"\s+", lambda m: _WRAP if "\n" in m[0] else " ", words))
    # Chinese is written without spaces: where its source breaks a line there is none.
    return _BETWEEN.sub("", "".join(out)).replace(_WRAP, " ")


class _Edge(str):
    """What stands after a tag's words."""

    __slots__ = ()
