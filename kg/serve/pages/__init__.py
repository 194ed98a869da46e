"""The browser pages over an output folder, as routes of a Starlette application."""

from __future__ import annotations

from starlette.routing import BaseRoute

from kg.review import Desk
from kg.serve.pages import documents, downloads, graph, overview, query, review, search, statics, things
from kg.serve.pages.respond import Pages
from kg.serve.site import Site

PARTS = (overview, search, things, documents, query, graph, downloads, statics)


def routes(site: Site, desk: Desk | None = None) -> list[BaseRoute]:
    """Return the routes of all pages of a site; the query page asks ``/sparql`` of the same server, which is not among them.

    With a `desk` the page for decisions is among them, which writes. Every answer carries a strict Content-Security-Policy and names no other host.
    """
    pages = Pages(site, more=("review",) if desk else ())
    found = [route for part in PARTS for route in part.routes(pages)]
    return [*found, *review.routes(pages, desk)] if desk else found
