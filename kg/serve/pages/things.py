"""The list of things, a page for each, and a page for any other node of the graph."""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass
from itertools import groupby

from rdflib import URIRef
from rdflib.term import Node
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import BaseRoute, Route

from kg.serve.model import Claim, Place
from kg.serve.pages.overview import charter_of
from kg.serve.pages.respond import HEADERS, Pages, page_number
from kg.serve.pages.show import Teller
from kg.vocab import ENTITY_TYPES, PREDICATES

_PAGE = 100
_MOST_ROWS = 500
_ORDER = ("post", *PREDICATES)


@dataclass(frozen=True, slots=True)
class Neighbour:
    """A thing that shares facts with another one: how many, and by which predicates, in words."""

    thing: Node
    facts: int
    how: tuple[str, ...]


def routes(pages: Pages) -> list[BaseRoute]:
    """Return the routes of the list, of the pages of things, and of other nodes."""

    def listing(request: Request) -> Response:
        return _listing(pages, request)

    def thing(request: Request) -> Response:
        node = pages.asked(request)
        return _thing(pages, request, node) if node in pages.site.types else pages.missing(request, str(node))

    def about(request: Request) -> Response:
        return _about(pages, request)

    return [
        Route("/things", listing),
        Route("/thing", thing),
        Route("/thing/{short:path}", thing),
        Route("/about", about),
    ]


def _listing(pages: Pages, request: Request) -> Response:
    site, spoken = pages.site, pages.words(request)
    wanted = request.query_params.get("type", "")
    by_name = request.query_params.get("order") == "name"
    things = [thing for thing, name in site.types.items() if wanted not in ENTITY_TYPES or name == wanted]
    if by_name:
        things = site.by_name(things, spoken.language)
    else:
        things.sort(key=lambda t: (-site.weight(t), site.label(t, spoken.language), str(t)))
    number = page_number(request)
    counts = Counter(site.types.values())
    return pages.render(
        request,
        "things.html",
        rows=[
            (thing, site.weight(thing), site.claims.number_about(thing))
            for thing in things[(number - 1) * _PAGE : number * _PAGE]
        ],
        wanted=wanted if wanted in ENTITY_TYPES else "",
        order="name" if by_name else "mentions",
        counts=counts,
        number=number,
        last=max(1, -(-len(things) // _PAGE)),
        title=spoken.text["things_title"],
    )


def _thing(pages: Pages, request: Request, node: URIRef) -> Response:
    site = pages.site
    tell = Teller(site, pages.words(request))
    claims = site.claims.about(node)
    links = [c for c in claims if c.kind in {"Relation", "PostHolding"}]
    links.sort(key=lambda c: (_ORDER.index(c.predicate) if c.predicate in _ORDER else 99, c.subject != node))
    groups = [(word, list(found)) for word, found in groupby(links, key=lambda c: tell.predicate(c, node))]
    amounts = [c for c in claims if c.kind == "Amount"]
    places: dict[Node, list[Place]] = defaultdict(list)
    for place in site.mentions(node):
        places[place.document].append(place)
    return pages.render(
        request,
        "thing.html",
        node=node,
        type=site.types[node],
        kind=site.kind(node),
        names=site.names_of(node),
        groups=groups,
        amounts=amounts,
        counts=[c for c in claims if c.kind == "Count"],
        chart=charter_of(pages, request).over_time(c for c in amounts if c.subject == node),
        dated=_time_line(claims),
        neighbours=_neighbours(pages, node, claims, tell),
        places=places,
        title=site.label(node, tell.words.language),
    )


def _time_line(claims: list[Claim]) -> list[tuple[str, list[Claim]]]:
    """Return the claims with a time by year, each year's in order."""
    dated = sorted((c for c in claims if c.when), key=lambda c: (c.when, str(c.node)))
    return [(year, list(found)) for year, found in groupby(dated, key=lambda c: c.when[:4])]


def _neighbours(pages: Pages, node: URIRef, claims: list[Claim], tell: Teller) -> list[Neighbour]:
    shared: dict[Node, list[Claim]] = defaultdict(list)
    for claim in claims:
        for end in {claim.subject, claim.object} - {node, None}:
            if end is not None:
                shared[end].append(claim)
    found = [
        Neighbour(thing, len(between), tuple(sorted({tell.predicate(c, node) for c in between})))
        for thing, between in shared.items()
    ]
    return sorted(found, key=lambda n: (-n.facts, pages.site.label(n.thing, tell.words.language), str(n.thing)))


def _about(pages: Pages, request: Request) -> Response:
    """Answer for any address: things and documents have pages of their own, evidence is a place in a document."""
    site, node = pages.site, pages.asked(request)
    if node in site.types or node in site.documents:
        return RedirectResponse(pages.url(node), 303, headers=HEADERS)
    for place in site.claims.places([node]):
        return RedirectResponse(f"{pages.url(place.document)}#c{place.start}", 303, headers=HEADERS)
    rows = sorted(site.graph.predicate_objects(node), key=lambda x: (str(x[0]), str(x[1])))
    used = sorted({s for s in site.graph.subjects(None, node) if s != node}, key=str)
    if not rows and not used:
        return pages.missing(request, str(node))
    return pages.render(
        request,
        "about.html",
        node=node,
        claim=site.claims.claim(node),
        rows=[(p, o, isinstance(o, URIRef)) for p, o in rows[:_MOST_ROWS]],
        used=used[:_MOST_ROWS],
        title=site.short(node),
    )
