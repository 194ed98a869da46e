"""The graph view within the pages: the page that `kg view` writes, in a frame."""

from __future__ import annotations

import html
import re
from functools import lru_cache

from rdflib import URIRef
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from kg.serve.pages.respond import HEADERS, Pages
from kg.view.html import render
from kg.vocab import ENTITY_TYPES

_DEEPEST = 3
# So many things the WebGL view still shows fluently (benchmarks/view.md).
_LARGE = 20_000
_POLICY = re.compile(r'<meta http-equiv="Content-Security-Policy" content="([^"]*)"')


def routes(pages: Pages) -> list[BaseRoute]:
    """Return the routes of the graph page and of the view in its frame."""
    site = pages.site

    @lru_cache(maxsize=16)
    def view(focus: str, depth: int, types: tuple[str, ...], language: str) -> str:
        title = site.label(URIRef(focus), language) if focus else "fundgraph"
        return render(site.graph, title=title, focus=focus or None, depth=depth, types=types or None, language=language)

    def asked(request: Request) -> tuple[str, int]:
        node, depth = pages.asked(request), request.query_params.get("depth", "1")
        known = str(node) if node in site.types else ""
        return known, min(int(depth), _DEEPEST) if re.fullmatch("[1-9]", depth) else 1

    def graph(request: Request) -> Response:
        focus, depth = asked(request)
        return pages.render(
            request,
            "graph.html",
            focus=URIRef(focus) if focus else None,
            depth=depth,
            depths=range(1, _DEEPEST + 1),
            large=len(site.types) > _LARGE and not focus,
            title=pages.words(request).text["graph_title"],
        )

    def frame(request: Request) -> Response:
        focus, depth = asked(request)
        types = tuple(t for t in ENTITY_TYPES if t in request.query_params.getlist("type"))
        text = view(focus, depth, types, pages.words(request).language)
        own = _POLICY.search(text)
        # The frame keeps the policy it was written with; only these pages may show it.
        policy = html.unescape(own.group(1)) if own else "default-src 'none'"
        headers = {
            **HEADERS,
            "Content-Security-Policy": f"{policy}; frame-ancestors 'self'",
            "Cache-Control": "no-cache",
        }
        return Response(text.encode("utf-8", "replace"), media_type="text/html", headers=headers)

    return [Route("/graph", graph), Route("/graph/view", frame)]
