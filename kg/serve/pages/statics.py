"""Styles and scripts: ours, and those of others that are bundled; nothing is read from anywhere else."""

from __future__ import annotations

import os

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Mount, Route
from starlette.staticfiles import StaticFiles
from starlette.types import Scope

from kg.resources import data_path
from kg.serve.pages.respond import HEADERS, Pages
from kg.serve.words import colours


class _Files(StaticFiles):
    """Files of a folder of the package, asked for anew each time: a newer version must not meet an older script."""

    def file_response(
        self, full_path: str | os.PathLike[str], stat_result: os.stat_result, scope: Scope, status_code: int = 200
    ) -> Response:
        answer = super().file_response(full_path, stat_result, scope, status_code)
        answer.headers.update({**HEADERS, "Cache-Control": "no-cache"})
        return answer


def routes(pages: Pages) -> list[BaseRoute]:
    """Return the routes of styles and scripts."""

    def palette(request: Request) -> Response:
        return Response(_palette(), media_type="text/css", headers={**HEADERS, "Cache-Control": "no-cache"})

    return [
        Route("/static/colours.css", palette),
        Mount("/static", _Files(directory=data_path("templates", "serve", "static"))),
        Mount("/vendor", _Files(directory=data_path("vendor"))),
    ]


def _palette() -> str:
    """Return the colours of types and predicates, which the graph view has in its data file, as style rules."""
    return "".join(
        f".{part[:-1]}-{name} {{ --own: light-dark({light}, {dark}); }}\n"
        for part, entries in colours().items()
        for name, (light, dark) in entries.items()
    )
