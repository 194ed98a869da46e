"""The list of documents, and a page for each: its text with everything that was read from it marked."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

from rdflib.term import Node
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from kg.serve.model import Claim, Unread
from kg.serve.pages.respond import Pages, page_number
from kg.serve.site import Site

_PAGE = 100


@dataclass(frozen=True, slots=True)
class Segment:
    """A stretch of text between two borders: the facts that quote it, the thing it names, and what ends with it.

    `facts` and `ends` are numbers of facts on the page, from 1; `start` is the first character's place in the document.
    """

    text: str
    start: int
    facts: tuple[int, ...]
    kinds: str
    thing: Node | None
    missed: bool
    ends: tuple[int, ...]


def routes(pages: Pages) -> list[BaseRoute]:
    """Return the routes of the list and of the pages of documents."""
    site = pages.site

    def listing(request: Request) -> Response:
        number = page_number(request)
        documents = list(reversed(site.documents.values()))
        shown = documents[(number - 1) * _PAGE : number * _PAGE]
        return pages.render(
            request,
            "documents.html",
            rows=[(d, site.claims.number_of_document(d.node), len(site.claims.things_of(d.node))) for d in shown],
            number=number,
            last=max(1, -(-len(documents) // _PAGE)),
            title=pages.words(request).text["documents_title"],
        )

    def document(request: Request) -> Response:
        node = pages.asked(request)
        if node not in site.documents:
            return pages.missing(request, str(node))
        info, text = site.documents[node], site.text(node)
        claims, unread = site.claims.of_document(node), site.claims.unread_of(node)
        return pages.render(
            request,
            "document.html",
            document=info,
            segments=segments(site, node, text, claims, unread) if text is not None else None,
            claims=[(i, c, _first(c, node)) for i, c in enumerate(claims, 1)],
            unread=unread,
            things=site.by_name(site.claims.things_of(node), pages.words(request).language),
            title=info.title or info.file,
        )

    return [Route("/documents", listing), Route("/document", document), Route("/document/{short:path}", document)]


def _first(claim: Claim, document: Node) -> int:
    return min((p.start for p in claim.places if p.document == document), default=0)


def segments(site: Site, document: Node, text: str, claims: list[Claim], unread: list[Unread]) -> list[Segment]:
    """Return the text of a document cut where a quote or a name begins or ends; joined, it is the whole text."""
    quotes = [(p.start, p.end, i) for i, c in enumerate(claims, 1) for p in c.places if p.document == document]
    missed = [(p.start, p.end, 0) for u in unread for p in u.places if p.document == document]
    named = _names(site, document)
    spans = [(s, e) for s, e, _ in (*quotes, *missed, *named)]
    borders = sorted({0, len(text), *(min(at, len(text)) for span in spans for at in span)})
    opens: dict[int, list[int]] = {}
    closes: dict[int, list[int]] = {}
    for start, end, i in (*quotes, *missed):
        opens.setdefault(start, []).append(i)
        closes.setdefault(min(end, len(text)), []).append(i)
    things = {start: (end, thing) for start, end, thing in named}
    current: list[int] = []
    name_end, thing = 0, None
    found = []
    for start, end in pairwise(borders):
        for i in closes.get(start, ()):
            if i in current:
                current.remove(i)
        current += opens.get(start, ())
        if start >= name_end:
            name_end, thing = things.get(start, (0, None))
        facts = tuple(sorted(set(current) - {0}))
        kinds = " ".join(sorted({claims[i - 1].kind for i in facts}))
        ends = tuple(sorted({i for i in closes.get(end, ()) if i}))
        found.append(Segment(text[start:end], start, facts, kinds, thing, 0 in current, ends))
    return found


def _names(site: Site, document: Node) -> list[tuple[int, int, Node]]:
    """Return the names in a document; of two that overlap the first, of two that begin together the longer one."""
    pairs = [(p, t) for t in site.claims.things_of(document) for p in site.mentions(t) if p.document == document]
    found: list[tuple[int, int, Node]] = []
    for place, thing in sorted(pairs, key=lambda x: (x[0].start, -x[0].end, str(x[1]))):
        if not found or place.start >= found[-1][1]:
            found.append((place.start, place.end, thing))
    return found
