"""How a page is answered: its language and colours, its template, and the headers that keep it to itself."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any
from urllib.parse import quote, urlencode

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from rdflib import URIRef
from rdflib.term import Node
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response

from kg.resources import data_path
from kg.serve.pages.show import Teller
from kg.serve.site import Site
from kg.serve.words import LANGUAGES, Words, words
from kg.vocab import ENTITY_TYPES

THEMES = ("light", "dark")
HEADERS = {
    "Content-Security-Policy": (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; "
        "connect-src 'self'; frame-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
    ),
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
}
_YEAR = 365 * 24 * 3600
_NAMES = {"zh-Hant": "繁體中文", "zh-Hans": "简体中文", "en": "English"}
_MENU = ("overview", "things", "documents", "query", "graph", "downloads")


class Pages:
    """A site with what all its pages share: templates and addresses."""

    def __init__(self, site: Site, *, more: tuple[str, ...] = ()) -> None:
        self.site = site
        folder = data_path("templates", "serve")
        self.templates = Environment(
            loader=FileSystemLoader(folder),
            autoescape=True,
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
        )
        self.templates.globals |= {
            "url": self.url,
            "languages": _NAMES,
            "entity_types": ENTITY_TYPES,
            "menu": (*_MENU, *more),
        }

    def url(self, node: Node | None) -> str:
        """Return the address of the page of a thing, a document or any other node, on this server."""
        if node is None:
            return ""
        part = "thing" if node in self.site.types else "document" if node in self.site.documents else "about"
        short = self.site.short(node)
        if short == str(node) or part == "about":
            return f"/{part}?{urlencode({'iri': str(node)})}"
        return f"/{part}/{quote(short, safe='/-._~', errors='replace')}"

    def asked(self, request: Request) -> URIRef:
        """Return the node that a request is about: by its path below the base, or by ``?iri=``."""
        return self.site.node(request.path_params.get("short") or request.query_params.get("iri", ""))

    def render(self, request: Request, template: str, *, status: int = 200, **values: Any) -> Response:
        """Return a page in the language and colours that its reader chose, in the address or before."""
        language, theme = _language(request), _choice(request, "theme", THEMES)
        spoken = words(language)
        html = self.templates.get_template(template).render(
            t=spoken.text,
            words=spoken,
            language=language,
            theme=theme,
            site=self.site,
            tell=Teller(self.site, spoken),
            label=lambda node: self.site.label(node, language),
            here=lambda **changes: _changed(request, changes),
            path=request.url.path,
            **{"search_text": "", **values},
        )
        # A name with half a character in it must not make a page fail.
        answer = HTMLResponse(html.encode("utf-8", "replace"), status, headers=HEADERS)
        answer.headers["Cache-Control"] = "private, no-cache"
        answer.headers["Vary"] = "Cookie, Accept-Language"
        for key, known in (("language", LANGUAGES), ("theme", (*THEMES, "system"))):
            if request.query_params.get(key) in known:
                answer.set_cookie(key, request.query_params[key], max_age=_YEAR, samesite="lax", httponly=True)
        return answer

    def missing(self, request: Request, wanted: str) -> Response:
        """Return the page that says that something is not here, with names that look like it."""
        near = [
            (hit.name, hit.thing) for name in self.site.names.near(wanted) for hit in self.site.names.search(name)[:1]
        ]
        return self.render(request, "missing.html", status=404, wanted=wanted, near=near)

    def words(self, request: Request) -> Words:
        """Return the texts in the language of a request."""
        return words(_language(request))


def page_number(request: Request) -> int:
    """Return the page of a long list that is asked for, from 1."""
    text = request.query_params.get("page", "1")
    return max(1, int(text)) if re.fullmatch(r"[0-9]{1,6}", text) else 1


def _changed(request: Request, changes: Mapping[str, object]) -> str:
    """Return the address of the same page with parameters changed; None takes one out."""
    kept = [(k, v) for k, v in request.query_params.multi_items() if k not in {"language", "theme", *changes}]
    return "?" + urlencode(kept + [(k, str(v)) for k, v in changes.items() if v is not None], errors="replace")


def _choice(request: Request, key: str, known: tuple[str, ...]) -> str:
    asked = request.query_params.get(key) or request.cookies.get(key, "")
    return asked if asked in known else ""


def _language(request: Request) -> str:
    return _choice(request, "language", LANGUAGES) or _preferred(request.headers.get("accept-language", ""))


def _preferred(header: str) -> str:
    """Return the language of the interface that a browser's list asks for first; English if none.

    >>> _preferred("fr, zh-TW;q=0.8, en;q=0.5"), _preferred("zh-CN"), _preferred("")
    ('zh-Hant', 'zh-Hans', 'en')
    """
    found: list[tuple[float, int, str]] = []
    for i, part in enumerate(header[:500].lower().split(",")):
        tag, _, weight = part.strip().partition(";q=")
        main, *rest = tag.split("-")
        if main in {"en", "zh"} and re.fullmatch(r"[01](\.[0-9]{0,3})?", weight or "1"):
            simplified = {"hans", "cn", "sg"} & set(rest) and "hant" not in rest
            found.append((-float(weight or "1"), i, "en" if main == "en" else "zh-Hans" if simplified else "zh-Hant"))
    return min(found)[2] if found else "en"
