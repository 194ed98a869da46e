"""What a web page says of itself: OpenGraph, Dublin Core and schema.org metadata, its canonical address."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from bs4 import BeautifulSoup

_DATES = (
    "article:published_time",
    "og:article:published_time",
    "datepublished",
    "dcterms.issued",
    "dc.date.issued",
    "dcterms.date",
    "dc.date",
    "citation_publication_date",
    "publishdate",
    "pubdate",
    "date",
)
_TITLES = ("og:title", "dcterms.title", "dc.title", "twitter:title")
_PUBLISHERS = ("dcterms.publisher", "dc.publisher", "citation_publisher", "og:site_name", "application-name")
_ARTICLES = re.compile("Article$|^BlogPosting$|^Report$|^WebPage$|^GovernmentService$|^SpecialAnnouncement$")
_DAY = re.compile(r"\s*(\d{4})[-/.](\d{1,2})[-/.](\d{1,2})(?!\d)")
_MANY = 200  # nodes of linked data that are looked at


def describe(soup: BeautifulSoup) -> dict[str, str | None]:
    """Return title, date (ISO), publisher and source address of a page, None for what it doesn't tell.

    The date is that of publication. A page's date of last change is not taken for it.
    """
    tags = _meta(soup)
    linked = list(_linked(soup))
    title = _first(tags, _TITLES) or _text(linked, "headline")
    if not title and soup.title:
        title = soup.title.get_text(" ", strip=True)
    dates = [tags.get(key, "") for key in _DATES] + [_text(linked, "datePublished") or ""]
    dates += [str(t.get("datetime") or "") for t in soup.select("time[pubdate], time[itemprop=datePublished]")]
    return {
        "title": " ".join(title.split())[:300] if title else None,
        "date": next(filter(None, map(_day, dates)), None),
        "publisher": _text(linked, "publisher") or _first(tags, _PUBLISHERS),
        "source": _address(soup, tags),
    }


def _meta(soup: BeautifulSoup) -> dict[str, str]:
    """Return the content of the page's meta elements by name; the first of a name counts."""
    found: dict[str, str] = {}
    for tag in soup.find_all("meta"):
        key = tag.get("property") or tag.get("name") or tag.get("itemprop")
        content = tag.get("content")
        if isinstance(key, str) and isinstance(content, str) and content.strip():
            found.setdefault(key.strip().lower(), content.strip())
    return found


def _first(tags: dict[str, str], keys: tuple[str, ...]) -> str | None:
    return next((tags[key] for key in keys if key in tags), None)


def _linked(soup: BeautifulSoup) -> Iterator[dict[str, Any]]:
    """Yield the articles of the page's JSON-LD; broken JSON is passed over."""
    todo: list[Any] = []
    for tag in soup.find_all("script", attrs={"type": re.compile(r"^application/ld\+json", re.IGNORECASE)}):
        try:
            todo.append(json.loads(tag.get_text()))
        except (ValueError, RecursionError):
            continue
    for _ in range(_MANY):
        if not todo:
            return
        node = todo.pop(0)
        if isinstance(node, list):
            todo += node[:_MANY]
        elif isinstance(node, dict):
            kinds = node.get("@type")
            if any(isinstance(k, str) and _ARTICLES.search(k) for k in (kinds if isinstance(kinds, list) else [kinds])):
                yield node
            todo.append(node.get("@graph"))
            todo.append(node.get("mainEntity"))


def _text(nodes: list[dict[str, Any]], key: str) -> str | None:
    """Return the first value of a key: text, or the name of what it names."""
    for node in nodes:
        value = node.get(key)
        value = value[0] if isinstance(value, list) and value else value
        value = value.get("name") if isinstance(value, dict) else value
        if isinstance(value, str) and value.strip():
            return " ".join(value.split())
    return None


def _day(text: str) -> str | None:
    import datetime

    found = _DAY.match(text)
    if not found:
        return None
    try:
        return datetime.date(int(found[1]), int(found[2]), int(found[3])).isoformat()
    except ValueError:
        return None


def _address(soup: BeautifulSoup, tags: dict[str, str]) -> str | None:
    """Return the page's own address: its canonical link, else og:url. What is no web address is passed over."""
    from bs4.element import Tag

    link = soup.find("link", attrs={"rel": "canonical"})
    href = link.get("href") if isinstance(link, Tag) else None
    for address in (href, tags.get("og:url")):
        if isinstance(address, str) and is_web_address(address.strip()):
            return address.strip()
    return None


def is_web_address(text: str) -> bool:
    """Tell whether a text is a whole http or https address that an IRI can be made of.

    >>> is_web_address("https://www.info.gov.hk/gia/1.htm"), is_web_address("javascript:alert(1)")
    (True, False)
    """
    return (
        re.fullmatch(r"https?://[^\s<>\"{}|\\^`\x00-\x20/?#@]+(?:[/?#][^\s<>\"{}|\\^`\x00-\x20]*)?", text) is not None
        and len(text) <= 2000
    )
