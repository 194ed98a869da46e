"""The local server over an output folder: ``kg serve``. It answers this machine only, unless it is told otherwise."""

from __future__ import annotations

import ipaddress
import socket
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from types import FrameType
from typing import TYPE_CHECKING
from urllib.parse import quote

from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.datastructures import MutableHeaders
from starlette.middleware import Middleware
from starlette.middleware.cors import CORSMiddleware
from starlette.middleware.trustedhost import TrustedHostMiddleware
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import BaseRoute, Route
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from kg.errors import InputError, KgError, OutputError
from kg.graph.results import GRAPH_TYPES, written
from kg.review import Desk
from kg.serve import pages
from kg.serve.forms import plain_error
from kg.serve.negotiate import choose
from kg.serve.reconcile import Reconciler
from kg.serve.service import Service
from kg.serve.site import Site
from kg.serve.sparql import Endpoint, error_of, not_acceptable, typed
from kg.serve.tasks import OTHER_NAMES, about

if TYPE_CHECKING:
    import uvicorn

# Another page may read answers if it comes from this machine too: OpenRefine, a notebook, a query editor.
_OWN_ORIGINS = r"https?://(localhost|127\.0\.0\.1|\[::1\])(:\d+)?"
_HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Content-Security-Policy": (
        "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data: blob:; font-src 'self' data:; "
        "connect-src 'self'; worker-src 'self' blob:; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
    ),
}


class _Headers:
    """Adds the headers that keep a page to itself, where an answer has none of its own."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async def with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in _HEADERS.items():
                    headers.setdefault(name, value)
            await send(message)

        await self.app(scope, receive, with_headers if scope["type"] == "http" else send)


def create_app(
    folder: str | Path,
    *,
    timeout: float = 30.0,
    limit: int = 100_000,
    hosts: Sequence[str] = (),
    origins: Sequence[str] = (),
    desk: Desk | None = None,
) -> Starlette:
    """Return the ASGI application over an output folder.

    `hosts` are names that it may be called by besides this machine's own (``*`` for any); `origins` are those of web
    pages elsewhere that may read its answers. With a `desk` there is a page on which the reader decides which names are
    one thing: only for a server that answers this machine alone. Raises `InputError` for a folder without a graph, or with a damaged one.
    """
    shared = Service(folder, timeout=timeout, limit=limit)
    routes: list[BaseRoute] = [*_routes(shared)]
    site_routes = _pages(shared, desk)
    shared.pages = bool(site_routes)

    @asynccontextmanager
    async def lifespan(_: Starlette) -> AsyncIterator[None]:
        await run_in_threadpool(shared.start)
        try:
            yield
        finally:
            shared.close()

    middleware = [
        Middleware(
            TrustedHostMiddleware, allowed_hosts=["localhost", "127.0.0.1", "[::1]", *hosts], www_redirect=False
        ),
        Middleware(
            CORSMiddleware,
            allow_origins=list(origins),
            allow_origin_regex=_OWN_ORIGINS,
            allow_methods=["GET", "POST"],
            allow_headers=["*"],
            expose_headers=["X-SPARQL-MaxRows"],
        ),
        Middleware(_Headers),
    ]
    app = Starlette(routes=[*routes, *site_routes], middleware=middleware, lifespan=lifespan)
    app.state.shared = shared
    return app


def _routes(shared: Service) -> list[Route]:
    endpoint, names = Endpoint(shared), Reconciler(shared)
    return [
        Route("/sparql", endpoint.__call__, methods=["GET", "POST"], name="sparql"),
        Route("/sparql/", endpoint.__call__, methods=["GET", "POST"]),
        Route("/.well-known/void", endpoint.void),
        Route("/id/{path:path}", _Things(shared).__call__, name="id"),
        Route("/reconcile", names.__call__, methods=["GET", "POST"], name="reconcile"),
        Route("/reconcile/suggest/entity", names.suggest_entity),
        Route("/reconcile/suggest/property", names.suggest_property),
        Route("/reconcile/suggest/type", names.suggest_type),
        Route("/reconcile/properties", names.propose),
        Route("/reconcile/preview", names.preview),
    ]


def _pages(shared: Service, desk: Desk | None) -> list[BaseRoute]:
    """Return the routes of the browser pages; a graph file alone has none, its texts are not there."""
    return pages.routes(Site(shared.folder), desk) if shared.folder.is_dir() else []


class _Things:
    """Answers at ``/id/…`` for the addresses below the base of the things: as RDF, or with the way to a page."""

    def __init__(self, shared: Service) -> None:
        self.shared = shared

    async def __call__(self, request: Request) -> Response:
        # As it was sent: addresses are percent-encoded, and Starlette would undo it.
        raw = request.scope.get("raw_path", b"").decode("ascii", "replace").partition("?")[0]
        path = raw[len("/id/") :]
        offers = (*GRAPH_TYPES, "text/html") if self.shared.pages else GRAPH_TYPES
        chosen = choose(request.headers.get("accept"), offers, OTHER_NAMES)
        if chosen is None:
            return not_acceptable(offers)
        try:
            found = await self.shared.ask(about, (self.shared.base, path))
        except KgError as error:
            return error_of(error)
        if found is None:
            return plain_error(404, f"nothing has the address {self.shared.base}{path}")
        address, kind, triples = found
        headers = {"Vary": "Accept", "Link": f'<{address}>; rel="canonical"'}
        if chosen[0] == "text/html":
            return RedirectResponse(_page(kind, address, self.shared.base), 303, headers=headers)
        return Response(written(triples, chosen[0]), media_type=typed(chosen[1]), headers=headers)


def _page(kind: str, address: str, base: str) -> str:
    """Return the path of the page about an address."""
    if kind == "other":
        return f"/about?iri={quote(address, safe='')}"
    return f"/{kind}/{quote(address.removeprefix(base), safe='/-._~')}"


def run(
    folder: str | Path,
    *,
    host: str = "127.0.0.1",
    port: int = 8000,
    timeout: float = 30.0,
    limit: int = 100_000,
    origins: Sequence[str] = (),
    desk: Desk | None = None,
    say: Callable[[str], object] = lambda text: None,
) -> None:
    """Serve an output folder until it is interrupted; `say` is told the addresses.

    Raises `InputError` for a folder without a graph, or a `desk` (see `create_app`) that a network could reach (E135),
    `OutputError` (E406) for a port that is taken.
    """
    import uvicorn

    if desk and not _is_own(host):
        hint = "leave out --host, or --review"
        raise InputError("E135", "decisions are taken from this machine only", where=f"--host {host}", hint=hint)
    hosts = () if _is_own(host) else ("*",)
    app = create_app(folder, timeout=timeout, limit=limit, hosts=hosts, origins=origins, desk=desk)
    listener = _listen(host, port)
    name = f"[{host}]" if ":" in host else host
    root = f"http://{name}:{listener.getsockname()[1]}/"
    say(f"serving {folder} at {root}    (SPARQL: {root}sparql    OpenRefine: {root}reconcile    end it with Ctrl+C)")
    if desk:
        say(f"decide which names are one thing at {root}review")
    if not _is_own(host):
        say("everyone who reaches this address can read the graph")
    config = uvicorn.Config(
        app, log_level="warning", http="h11", server_header=False, timeout_graceful_shutdown=2, lifespan="on"
    )
    _server(config, app.state.shared.close).run(sockets=[listener])


def _server(config: uvicorn.Config, close: Callable[[], object]) -> uvicorn.Server:
    """Return a server that ends the queries under way as soon as it is told to end: nobody waits for them any more."""
    import uvicorn

    class Server(uvicorn.Server):
        def handle_exit(self, sig: int, frame: FrameType | None) -> None:
            close()
            super().handle_exit(sig, frame)

    return Server(config)


def _is_own(host: str) -> bool:
    try:
        return host == "localhost" or ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def _listen(host: str, port: int) -> socket.socket:
    try:
        family = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0][0]
        listener = socket.create_server((host, port), family=family)
    except OSError as error:
        hint = "choose another with --port; 0 takes any free one"
        raise OutputError(
            "E406", f"can't listen there ({error.strerror})", where=f"{host}:{port}", hint=hint
        ) from error
    listener.set_inheritable(False)
    return listener
