"""A SPARQL 1.1 store elsewhere: asking it (Protocol) and sending a graph to it (Graph Store Protocol).

The only place that opens a connection, and only to the address that its caller gives.
"""

from __future__ import annotations

import base64
import os
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from http.client import HTTPException
from itertools import islice
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlencode, urlsplit

import pyoxigraph as ox
from rdflib.term import Node

from kg.errors import OutputError, QueryError
from kg.graph.answer import Rows, Triples, plain_term, table
from kg.graph.load import oxigraph_term
from kg.graph.sparql import Result, check, is_ordered
from kg.graph.store import graph_names, open_store
from kg.graph.syntax import with_values
from kg.vocab import PREFIXES

_MOST = 256 * 1024**2
_BATCH = 50_000
_ACCEPT = "application/sparql-results+json, application/n-triples;q=0.9"
_LABELS = f"""SELECT ?thing ?name WHERE {{
  {{ ?thing <{PREFIXES["skos"]}prefLabel> ?name }} UNION {{ ?thing <{PREFIXES["skos"]}altLabel> ?name }} }}"""
Progress = Callable[[int, int], None]


class _NoRedirect(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *_: object) -> None:
        """Follow nothing: a password must not go where nobody sent it."""


def _opener() -> urllib.request.OpenerDirector:
    return urllib.request.build_opener(_NoRedirect)


def _checked(address: str) -> str:
    """Return a web address without its user part. Raises `QueryError` for any other."""
    parts = urlsplit(address)
    if parts.scheme not in {"http", "https"} or not parts.hostname or parts.username is not None:
        hint = "give one such as http://localhost:3030/dataset/sparql; name and password: --user and KG_PASSWORD"
        raise QueryError("E320", "is not the address of an endpoint", where=parts.hostname or address[:80], hint=hint)
    return address


def _headers(user: str) -> dict[str, str]:
    """Return the headers of every request; the password of a user comes from the variable KG_PASSWORD."""
    headers = {"User-Agent": "fundgraph"}
    if user:
        pair = f"{user}:{os.environ.get('KG_PASSWORD', '')}".encode()
        headers["Authorization"] = f"Basic {base64.b64encode(pair).decode('ascii')}"
    return headers


@dataclass(frozen=True, slots=True)
class Endpoint:
    """A SPARQL 1.1 endpoint that is only asked, under the same rules as a graph here."""

    address: str
    timeout: float = 30.0
    user: str = ""

    def query(self, text: str, *, bindings: Mapping[str, Node] | None = None, limit: int = 10_000) -> Result:
        """Return the answer to SPARQL text. Raises `QueryError` as for a graph here, and E320 to E322 for a failing endpoint."""
        query = check(text)
        bound = with_values(text, {name: oxigraph_term(term) for name, term in (bindings or {}).items()})
        declared = "".join(f"PREFIX {name}: <{address}>\n" for name, address in PREFIXES.items())
        body, media = self._post(declared + bound)
        try:
            return table(_read(body, media, limit, ordered=is_ordered(query)))
        except (SyntaxError, ValueError) as error:
            raise QueryError("E322", f"the answer can't be read: {error}", where=self.address) from error

    def _post(self, text: str) -> tuple[bytes, str]:
        headers = _headers(self.user) | {"Accept": _ACCEPT, "Content-Type": "application/x-www-form-urlencoded"}
        data = urlencode({"query": text}).encode()
        request = urllib.request.Request(_checked(self.address), data=data, headers=headers, method="POST")
        end = time.monotonic() + self.timeout if self.timeout > 0 else None
        try:
            with _opener().open(request, timeout=self.timeout or None) as answer:
                return _all(answer, end), answer.headers.get_content_type()
        except urllib.error.HTTPError as error:
            raise QueryError("E321", _said(error), where=self.address, hint="see what the server says") from error
        except TimeoutError as error:
            message = f"no answer within {self.timeout:g} seconds"
            raise QueryError(
                "E304", message, where=self.address, hint="narrow the query, or raise --timeout"
            ) from error
        except (OSError, ValueError, HTTPException) as error:
            reason = getattr(error, "reason", error)
            if isinstance(reason, TimeoutError):
                message = f"no answer within {self.timeout:g} seconds"
                raise QueryError("E304", message, where=self.address, hint="raise --timeout") from error
            raise QueryError(
                "E320", f"can't be reached ({reason})", where=self.address, hint="is it running?"
            ) from error

    def labels(self) -> Iterator[tuple[str, str]]:
        """Yield each thing's address with each of its names."""
        for thing, name in self.query(_LABELS, limit=0).rows:
            yield str(thing), str(name)

    def has(self, address: str) -> bool:
        """Tell whether anything is said about an address."""
        from rdflib import URIRef

        return bool(self.query("SELECT ?p WHERE { ?s ?p ?o } LIMIT 1", bindings={"s": URIRef(address)}).rows)


def _all(answer: Any, end: float | None) -> bytes:
    """Return a whole answer, or end when it takes too long or never stops."""
    parts, size = [], 0
    while part := answer.read1(1 << 16):
        parts.append(part)
        size += len(part)
        if end is not None and time.monotonic() > end:
            raise TimeoutError
        if size > _MOST:
            raise QueryError("E322", f"the answer is larger than {_MOST >> 20} MB", hint="narrow the query")
    return b"".join(parts)


def _said(error: urllib.error.HTTPError) -> str:
    try:
        words = " ".join(error.read(2000).decode("utf-8", "replace").split())[:200]
    except OSError:
        words = ""
    return f"the server answered {error.code} {error.reason}{': ' + words if words else ''}"


def _read(body: bytes, media: str, limit: int, *, ordered: bool) -> Rows | Triples | bool:
    form = ox.QueryResultsFormat.from_media_type(media)
    if form is None:
        rdf = ox.RdfFormat.from_media_type(media)
        if rdf not in {ox.RdfFormat.N_TRIPLES, ox.RdfFormat.TURTLE}:
            raise ValueError(f"it came as {media}")
        triples = sorted({q.triple for q in ox.parse(body, format=rdf)}, key=str)
        return Triples(triples[: limit or None], truncated=bool(limit) and len(triples) > limit)
    found = ox.parse_query_results(body, format=form)
    if isinstance(found, ox.QueryBoolean):
        return bool(found)
    columns = tuple(v.value for v in found.variables)
    taken = [tuple(row) for row in islice(found, limit + 1 if limit else None)]
    rows = taken[: limit or None]
    if not ordered:
        rows.sort(key=lambda row: [(v is not None, str(v)) for v in row])
    return Rows(columns, rows, truncated=bool(limit) and len(taken) > limit)


def push(
    place: str | Path,
    address: str,
    *,
    graph: str = "",
    graphs: bool = False,
    replace: bool = False,
    user: str = "",
    timeout: float = 300.0,
    progress: Progress | None = None,
) -> int:
    """Send a built graph to a store by the SPARQL 1.1 Graph Store Protocol; return how many triples were sent.

    All triples go to the store's default graph, or to the one named `graph`; with `graphs` each document's go to a
    graph of its own too. They are added to what is there; with `replace` they take the place of what these graphs held.
    The sending is done in parts, as large ones are refused by many stores: one that breaks off can be sent again.
    Raises `InputError` for a missing graph, `QueryError` for a wrong address, `OutputError` (E405) when the store refuses.
    """
    _checked(address)
    store = open_store(place)
    jobs: list[tuple[str, ox.DefaultGraph | ox.NamedNode]] = [(graph, ox.DefaultGraph())]
    if graphs:
        jobs += [(name, ox.NamedNode(name)) for name in graph_names(store)]
    total = len(store) if graphs else sum(1 for _ in store.quads_for_pattern(None, None, None, ox.DefaultGraph()))
    sent = 0
    for name, source in jobs:
        where = f"{address}{'&' if '?' in address else '?'}{'graph=' + quote(name, safe='') if name else 'default'}"
        quads = store.quads_for_pattern(None, None, None, source)
        first = True
        while lines := "".join(f"{q.subject} {q.predicate} {plain_term(q.object)} .\n" for q in islice(quads, _BATCH)):
            _send(where, lines.encode(), "PUT" if replace and first else "POST", _headers(user), timeout)
            first = False
            sent += lines.count("\n")
            if progress:
                progress(sent, total)
    return sent


def _send(where: str, body: bytes, method: str, headers: dict[str, str], timeout: float) -> None:
    content = {"Content-Type": "application/n-triples"}
    request = urllib.request.Request(where, data=body, headers=headers | content, method=method)
    try:
        with _opener().open(request, timeout=timeout) as answer:
            answer.read(1)
    except urllib.error.HTTPError as error:
        hint = "give the store's Graph Store Protocol address, and a user who may write (--user, KG_PASSWORD)"
        raise OutputError("E405", _said(error), where=where, hint=hint) from error
    except (OSError, ValueError, HTTPException) as error:
        reason = getattr(error, "reason", error)
        raise OutputError("E405", f"can't be sent ({reason})", where=where, hint="is the store running?") from error
