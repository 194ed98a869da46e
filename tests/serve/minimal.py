"""A SPARQL endpoint that does just what the pages need of one, for tests of the pages alone."""

from __future__ import annotations

import csv
import io
from typing import Any
from urllib.parse import parse_qs

from rdflib import Literal, URIRef
from rdflib.term import Node
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.routing import Route

from kg.errors import QueryError
from kg.graph.sparql import run
from kg.serve.site import Site


def _term(node: Node) -> dict[str, Any]:
    if isinstance(node, URIRef):
        return {"type": "uri", "value": str(node)}
    assert isinstance(node, Literal)
    extra = {"xml:lang": node.language} if node.language else {"datatype": str(node.datatype)} if node.datatype else {}
    return {"type": "literal", "value": str(node), **extra}


def sparql_route(site: Site) -> Route:
    """Return a route that answers SELECT as JSON or CSV, and errors as text."""

    async def sparql(request: Request) -> Response:
        query = parse_qs((await request.body()).decode())["query"][0] if request.method == "POST" else request.query_params["query"]
        try:
            result = run(site.graph, query, timeout=0)
        except QueryError as error:
            return PlainTextResponse(str(error), 400)
        if "csv" in request.headers["accept"]:
            out = io.StringIO()
            csv.writer(out).writerows([result.columns, *result.rows])
            return PlainTextResponse(out.getvalue(), media_type="text/csv")
        rows = [{c: _term(v) for c, v in zip(result.columns, row, strict=True) if v is not None} for row in result.rows]
        return JSONResponse({"head": {"vars": list(result.columns)}, "results": {"bindings": rows}})

    return Route("/sparql", sparql, methods=["GET", "POST"])
