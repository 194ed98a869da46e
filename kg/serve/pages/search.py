"""The search across scripts: names of things, then the words of documents."""

from __future__ import annotations

from dataclasses import dataclass

from rdflib.term import Node
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute, Route

from kg.language.script import fold
from kg.serve.pages.respond import HEADERS, Pages
from kg.serve.pages.show import Piece
from kg.serve.site import Site

_LONGEST = 200
_MOST_NAMES = 60
_MOST_SUGGESTED = 8
_MOST_PASSAGES = 40
_EACH = 3
_AROUND = 60


@dataclass(frozen=True, slots=True)
class Passage:
    """A place of a document where the words that were searched for stand."""

    document: Node
    start: int
    pieces: tuple[Piece, ...]


def routes(pages: Pages) -> list[BaseRoute]:
    """Return the routes of the search page and of the suggestions while one types."""
    site = pages.site

    def search(request: Request) -> Response:
        query = _query(request)
        hits = site.names.search(query)
        found = passages(site, query)
        near = [] if hits or found or not query else site.names.near(query)
        title = (
            f"{query} – {pages.words(request).text['search_title']}"
            if query
            else pages.words(request).text["search_title"]
        )
        return pages.render(
            request,
            "search.html",
            search_text=query,
            hits=[(hit, site.weight(hit.thing)) for hit in hits[:_MOST_NAMES]],
            more=max(0, len(hits) - _MOST_NAMES),
            passages=found,
            near=near,
            title=title,
        )

    def suggest(request: Request) -> Response:
        spoken = pages.words(request)
        hits = site.names.search(_query(request))[:_MOST_SUGGESTED]
        found = [
            {
                "iri": str(hit.thing),
                "url": pages.url(hit.thing),
                "name": hit.name,
                "label": site.label(hit.thing, spoken.language),
                "type": site.types[hit.thing],
                "type_name": spoken.text["type_" + site.types[hit.thing]],
            }
            for hit in hits
        ]
        return JSONResponse(found, headers=HEADERS)

    return [Route("/search", search), Route("/suggest", suggest)]


def _query(request: Request) -> str:
    return " ".join(request.query_params.get("q", "")[:_LONGEST].split())


def passages(site: Site, query: str) -> list[Passage]:
    """Return where the words of a query stand in documents, in either script, a few from each document."""
    wanted = fold(query).casefold()
    found: list[Passage] = []
    for document, folded in site.folded_texts.items() if len(wanted) > 1 else ():
        at, text = folded.find(wanted), None
        for _ in range(_EACH):
            if at < 0 or len(found) >= _MOST_PASSAGES:
                break
            text = text if text is not None else site.text(document) or ""
            end = at + len(wanted)
            before, after = text[max(0, at - _AROUND) : at], text[end : end + _AROUND]
            pieces = Piece("…" * (at > _AROUND) + before, False), Piece(text[at:end], True), Piece(after + "…", False)
            found.append(Passage(document, at, pieces))
            at = folded.find(wanted, end + _AROUND)
    return found
