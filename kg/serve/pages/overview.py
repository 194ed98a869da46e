"""The first page: how much there is, and the figures that people would rather look at than read."""

from __future__ import annotations

from collections import Counter
from functools import lru_cache

from rdflib import RDF, URIRef
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from kg.serve.charts import Charter
from kg.serve.claims import KINDS
from kg.serve.model import Claim
from kg.serve.pages.respond import Pages
from kg.serve.pages.show import Teller
from kg.vocab import ENTITY_TYPES, FG, NAMESPACE

_MOST = 12


def routes(pages: Pages) -> list[BaseRoute]:
    """Return the route of the first page."""
    site = pages.site

    @lru_cache(maxsize=1)
    def claims() -> tuple[list[Claim], list[Claim]]:
        return site.claims.of_kind("Amount"), site.claims.of_kind("Relation")

    facts = {kind: sum(1 for _ in site.graph.subjects(RDF.type, URIRef(NAMESPACE + kind))) for kind in KINDS}
    missed = sum(1 for _ in site.graph.subjects(RDF.type, URIRef(FG.NotUnderstood)))
    most = sorted(site.types, key=lambda t: (-site.weight(t), str(t)))[:_MOST]

    def overview(request: Request) -> Response:
        spoken = pages.words(request)
        amounts, relations = claims()
        charter = charter_of(pages, request)
        charts = [*charter.budgets(amounts), charter.over_time(amounts), charter.operators(relations, site.types)]
        types = Counter(site.types.values())
        return pages.render(
            request,
            "overview.html",
            charts=[chart for chart in charts if chart is not None],
            types=[(name, types[name]) for name in ENTITY_TYPES],
            facts=facts,
            missed=missed,
            most=[(thing, site.weight(thing)) for thing in most],
            title=spoken.text["overview"],
        )

    return [Route("/", overview)]


def charter_of(pages: Pages, request: Request) -> Charter:
    """Return what draws charts in the language of a request."""
    spoken = pages.words(request)
    return Charter(
        spoken, lambda node: pages.site.label(node, spoken.language), pages.url, Teller(pages.site, spoken).figure
    )
