"""The SPARQL 1.1 Protocol at ``/sparql``: queries by GET and by both forms of POST, never an update."""

from __future__ import annotations

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from kg.errors import KgError
from kg.graph.answer import Question
from kg.graph.results import GRAPH_TYPES, graph
from kg.serve.description import SPACES, service, void
from kg.serve.forms import FORM, LARGEST, Refused, content_type, pairs, plain_error, read_body
from kg.serve.negotiate import choose
from kg.serve.service import Service
from kg.serve.tasks import OTHER_NAMES, Body, reply

_STATUS = {"E302": 403, "E304": 503, "E305": 500, "E306": 503}
QUERY, UPDATE = "application/sparql-query", "application/sparql-update"


def error_of(error: KgError) -> Response:
    """Return an error of a query under its HTTP status: 400 for what can't be read, 403 for what is refused."""
    return plain_error(_STATUS.get(error.code, 400), str(error))


class Endpoint:
    """The endpoint of one service."""

    def __init__(self, shared: Service) -> None:
        self.shared = shared

    async def __call__(self, request: Request) -> Response:
        """Answer one request of the protocol."""
        try:
            parameters = await _parameters(request)
            if parameters is None:
                return await self.describe(request)
            question = _question(parameters, self.shared)
            found: Body = await self.shared.ask(reply, (question, request.headers.get("accept")))
        except Refused as error:
            return plain_error(error.status, error.why)
        except KgError as error:
            return error_of(error)
        if not found.media:
            return not_acceptable(found.offers)
        headers = {"Vary": "Accept"}
        if found.truncated:
            headers["X-SPARQL-MaxRows"] = str(self.shared.limit)
        return Response(found.content, media_type=typed(found.media), headers=headers)

    async def describe(self, request: Request) -> Response:
        """Answer a request without a query: the service description, or for a browser the page to write one."""
        return await _graph(request, self.shared, "service")

    async def void(self, request: Request) -> Response:
        """Answer with the VoID description."""
        return await _graph(request, self.shared, "void")


async def _graph(request: Request, shared: Service, which: str) -> Response:
    page = ("text/html",) if which == "service" and shared.pages else ()
    chosen = choose(request.headers.get("accept"), (*GRAPH_TYPES, *page), OTHER_NAMES)
    if chosen is None:
        return not_acceptable(GRAPH_TYPES)
    if chosen[0] == "text/html":
        return RedirectResponse("/query", 303, headers={"Vary": "Accept"})
    root = str(request.base_url)
    try:
        counted = await shared.counts()
    except KgError as error:
        return error_of(error)
    triples = service(counted, root) if which == "service" else void(counted, shared.base, root)
    content = await run_in_threadpool(graph, triples, chosen[0], SPACES)
    return Response(content, media_type=typed(chosen[1]), headers={"Vary": "Accept"})


def not_acceptable(offers: tuple[str, ...]) -> Response:
    """Return the answer to a client that takes none of the types on offer."""
    return plain_error(406, f"this can be had as {', '.join(offers)}")


def typed(media: str) -> str:
    """Return a media type as a header says it: text with its charset."""
    return f"{media}; charset=utf-8" if media.startswith("text/") else media


async def _parameters(request: Request) -> list[tuple[str, str]] | None:
    """Return the parameters of a request, from its address and its body; None if it asks for nothing."""
    if len(request.url.query) > LARGEST:
        raise Refused(413, "the query is too long")
    parameters = pairs(request.url.query)
    if request.method != "POST":
        return parameters if any(name in {"query", "update"} for name, _ in parameters) else None
    kind, charset = content_type(request.headers.get("content-type", ""))
    if kind not in {FORM, QUERY, UPDATE}:
        raise Refused(415, f"send a query as {FORM} or {QUERY}")
    if charset not in {"", "utf-8"}:
        raise Refused(415, "only UTF-8 is read")
    body = await read_body(request)
    if kind == FORM:
        return [*parameters, *pairs(body)]
    return [*parameters, ("query" if kind == QUERY else "update", body)]


def _question(parameters: list[tuple[str, str]], shared: Service) -> Question:
    """Return the question of a request; parameters that the protocol does not know are left alone, as clients add some."""

    def all_of(wanted: str) -> tuple[str, ...]:
        return tuple(value for name, value in parameters if name == wanted)

    if all_of("update"):
        raise Refused(403, "this endpoint is only read: updates are refused")
    queries = all_of("query")
    if len(queries) != 1:
        raise Refused(400, f"give one query, not {len(queries)}")
    default, named = all_of("default-graph-uri"), all_of("named-graph-uri")
    return Question(queries[0], default=default, named=named, limit=shared.limit, base=shared.base)
