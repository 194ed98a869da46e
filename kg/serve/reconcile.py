"""The OpenRefine Reconciliation API 0.2: which thing a name in somebody's table means, and what is known of it."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from jinja2 import Environment, StrictUndefined
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, Response

from kg import __version__
from kg.errors import KgError
from kg.language.script import name_key
from kg.resources import data_path
from kg.serve.description import label
from kg.serve.forms import FORM, Refused, content_type, pairs, plain_error, read_body
from kg.serve.match import EXACT, Candidate, Names
from kg.serve.properties import Language, agrees_with, cell_of, properties, shown
from kg.serve.service import Service
from kg.serve.tasks import Described, Values, values
from kg.vocab import ENTITY_TYPES, NAMESPACE

_MOST_QUERIES, _MOST_CANDIDATES = 500, 100
_OF_NAME = 0.8
# OpenRefine shows previews in a frame of its own page, which runs on the user's machine.
_FRAMED = (
    "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'; "
    "frame-ancestors 'self' http://localhost:* http://127.0.0.1:*"
)


@dataclass(frozen=True, slots=True)
class _Query:
    """One name to look up: what it may be, and what else is known."""

    name: str
    types: tuple[str, ...]
    strict: str
    limit: int
    known: tuple[tuple[str, tuple[Any, ...]], ...]


class Reconciler:
    """The API over the names of one service."""

    def __init__(self, shared: Service) -> None:
        self.shared = shared

    async def __call__(self, request: Request) -> Response:
        """Answer with the manifest, or the answer to a batch of queries, or values of properties."""
        try:
            parameters = await _parameters(request)
            if "queries" in parameters:
                return JSONResponse(await self._batch(_json(parameters["queries"]), Language.of(request)))
            if "extend" in parameters:
                return JSONResponse(await self._extend(_json(parameters["extend"]), Language.of(request)))
        except Refused as error:
            return JSONResponse({"status": "error", "message": error.why}, error.status)
        except KgError as error:
            return JSONResponse({"status": "error", "message": str(error)}, 503)
        return JSONResponse(manifest(self.shared, str(request.base_url).rstrip("/"), Language.of(request)))

    async def _batch(self, batch: Any, language: Language) -> dict[str, Any]:
        if not isinstance(batch, dict) or not all(isinstance(q, dict) for q in batch.values()):
            raise Refused(400, "queries must be a JSON object of queries")
        if len(batch) > _MOST_QUERIES:
            raise Refused(413, f"at most {_MOST_QUERIES} queries at once")
        names = await self.shared.names()
        queries = {key: _query(data) for key, data in batch.items()}
        found = {key: _found(names, query) for key, query in queries.items()}
        asked = {pid for query in queries.values() for pid, _ in query.known}
        addresses = sorted({c.thing.address for key, q in queries.items() if q.known for c in found[key]})
        held = await self._values(asked, addresses)
        return {key: {"result": _ranked(names, queries[key], found[key], held, language)} for key in batch}

    async def _values(self, wanted: Iterable[str], addresses: list[str]) -> Values:
        patterns = {pid: properties()[pid].pattern for pid in sorted(wanted)}
        if not patterns or not addresses:
            return {}
        found: Values = await self.shared.ask(values, (patterns, addresses))
        return found

    async def _extend(self, asked: Any, language: Language) -> dict[str, Any]:
        ids, wanted = _extension(asked)
        names = await self.shared.names()
        addresses = {short: thing.address for short in ids if (thing := names.find(short)) is not None}
        known = [pid for pid, _ in wanted if pid in properties()]
        held = await self._values(known, sorted(set(addresses.values())))
        rows = {
            short: {
                pid: [
                    cell_of(names, properties()[pid], value, language)
                    for value in held.get(pid, {}).get(addresses.get(short, ""), [])[: limit or None]
                ]
                for pid, limit in wanted
            }
            for short in ids
        }
        titles = [(pid, properties()[pid].title(language.words) if pid in properties() else pid) for pid, _ in wanted]
        return {"meta": [{"id": pid, "name": title} for pid, title in titles], "rows": rows}

    async def suggest_entity(self, request: Request) -> Response:
        """Answer with the things whose names have what is typed."""
        language = Language.of(request)
        names = await self.shared.names()
        prefix, cursor = request.query_params.get("prefix", ""), _number(request.query_params.get("cursor", "0"))
        found = names.beginning(prefix, cursor + 20)[cursor:]
        result = [
            {
                "id": names.short(c.thing.address),
                "name": names.label(c.thing, language.names),
                "description": _kind(c.thing, language),
                "notable": [type_of(c.thing.type, language)],
            }
            for c in found
        ]
        return JSONResponse({"result": result})

    async def suggest_property(self, request: Request) -> Response:
        """Answer with the properties whose names have what is typed."""
        language, prefix = Language.of(request), name_key(request.query_params.get("prefix", ""))
        found = [p for p in properties().values() if any(prefix in name_key(x) for x in (p.id, p.name, p.zh))]
        return JSONResponse({"result": [{"id": p.id, "name": p.title(language.words)} for p in found]})

    async def suggest_type(self, request: Request) -> Response:
        """Answer with the types whose names have what is typed."""
        language, prefix = Language.of(request), name_key(request.query_params.get("prefix", ""))
        found = [t for t in ENTITY_TYPES if any(prefix in name_key(x) for x in (t, label(t, "zh-Hant")))]
        return JSONResponse({"result": [type_of(t, language) for t in found]})

    async def propose(self, request: Request) -> Response:
        """Answer with the properties of a type."""
        language, wanted = Language.of(request), request.query_params.get("type", "")
        limit = _number(request.query_params.get("limit", "0"))
        found = [p for p in properties().values() if not wanted or _type_name(wanted) in p.types]
        listed = [{"id": p.id, "name": p.title(language.words)} for p in found][: limit or None]
        answer: dict[str, Any] = {"properties": listed}
        return JSONResponse(answer | ({"type": wanted} if wanted else {}) | ({"limit": limit} if limit else {}))

    async def preview(self, request: Request) -> Response:
        """Answer with a small page about one thing, for a frame."""
        language = Language.of(request)
        names = await self.shared.names()
        thing = names.find(request.query_params.get("id", ""))
        if thing is None:
            return plain_error(404, "nothing has this id")
        wanted = [p for p in properties().values() if thing.type in p.types and p.id not in _NOT_SHOWN]
        try:
            held = await self._values([p.id for p in wanted], [thing.address])
        except KgError as error:
            return plain_error(503, str(error))
        rows = []
        for each in wanted:
            cells = [cell_of(names, each, value, language) for value in held.get(each.id, {}).get(thing.address, [])]
            if cells:
                rows.append((each.title(language.words), shown(cells)))
        return HTMLResponse(
            _page(names, thing, rows, language, str(request.base_url)), headers={"Content-Security-Policy": _FRAMED}
        )


_NAMES = {"name-zh-Hant", "name-zh-Hans", "name-en"}
# A preview shows these elsewhere, or has no room for them.
_NOT_SHOWN = _NAMES | {"kind", "other-names", "document"}


def manifest(shared: Service, root: str, language: Language) -> dict[str, Any]:
    """Return the manifest of the service at an address without a slash at its end."""

    def at(path: str) -> dict[str, str]:
        return {"service_url": root, "service_path": path}

    return {
        "versions": ["0.2"],
        "name": "資助圖譜 fundgraph" if language.words == "zh-Hant" else "fundgraph",
        "identifierSpace": shared.base,
        "schemaSpace": NAMESPACE,
        "serviceVersion": __version__,
        "defaultTypes": [type_of(t, language) for t in ENTITY_TYPES],
        "view": {"url": f"{root}/id/{{{{id}}}}"},
        "preview": {"url": f"{root}/reconcile/preview?id={{{{id}}}}", "width": 430, "height": 300},
        "suggest": {what: at(f"/reconcile/suggest/{what}") for what in ("entity", "property", "type")},
        "extend": {
            "propose_properties": at("/reconcile/properties"),
            "property_settings": [
                {
                    "name": "limit",
                    "label": "Limit",
                    "type": "number",
                    "default": 0,
                    "help_text": "The most values of each thing; 0 gives all.",
                }
            ],
        },
    }


def type_of(name: str, language: Language) -> dict[str, str]:
    """Return a type of ours as the API writes it."""
    return {"id": name, "name": label(name, language.words)}


def _type_name(text: str) -> str:
    return text.removeprefix(NAMESPACE).removeprefix("fg:")


def _kind(thing: Described, language: Language) -> str:
    parts = [label(thing.type, language.words), label(thing.kind, language.words) if thing.kind else ""]
    return " · ".join(p for p in parts if p)


async def _parameters(request: Request) -> dict[str, str]:
    found = pairs(request.url.query)
    if request.method == "POST":
        kind, charset = content_type(request.headers.get("content-type", ""))
        if kind != FORM or charset not in {"", "utf-8"}:
            raise Refused(415, f"send {FORM} in UTF-8")
        found += pairs(await read_body(request))
    return dict(found)


def _json(text: str) -> Any:
    try:
        return json.loads(text)
    except (ValueError, RecursionError) as error:
        raise Refused(400, "this is not JSON") from error


def _number(text: str) -> int:
    return min(int(text), 10_000) if text.isascii() and text.isdigit() and len(text) < 9 else 0


def _query(data: Mapping[str, Any]) -> _Query:
    types = data.get("type") or []
    types = [types] if isinstance(types, str) else types
    listed = data.get("properties") or []
    if not isinstance(types, list) or not isinstance(listed, list) or not all(isinstance(p, dict) for p in listed):
        raise Refused(400, "type and properties of a query must be lists")
    known = []
    for each in listed:
        value = each.get("v")
        if str(each.get("pid")) in properties() and value is not None:
            known.append((str(each["pid"]), tuple(value) if isinstance(value, list) else (value,)))
    name = data.get("query") or next((str(v[0]) for pid, v in known if pid in _NAMES | {"other-names"} and v), "")
    limit = data.get("limit")
    most = (
        int(limit)
        if isinstance(limit, (int, float)) and 0 < limit < _MOST_CANDIDATES
        else 10
        if not limit
        else _MOST_CANDIDATES
    )
    strict = str(data.get("type_strict") or "any")
    return _Query(str(name)[:1000], tuple(_type_name(str(t)) for t in types), strict, most, tuple(known))


def _found(names: Names, query: _Query) -> list[Candidate]:
    """Return the candidates for a name; a few more than wanted, as what else is known may reorder them."""
    if query.strict == "all" and len(set(query.types)) > 1:
        return []
    types = () if query.strict == "should" else query.types
    return names.candidates(query.name, types, query.limit + (20 if query.known or query.strict == "should" else 1))


def _ranked(
    names: Names, query: _Query, found: list[Candidate], held: Values, language: Language
) -> list[dict[str, Any]]:
    """Return the candidates as the API writes them, the best first; a match is the only one of just this name."""
    scored = []
    for candidate in found:
        agrees = {
            pid: agrees_with(names, pid, wanted, held.get(pid, {}).get(candidate.thing.address, []))
            for pid, wanted in query.known
        }
        score = candidate.score
        if agrees:
            score = _OF_NAME * score + (1 - _OF_NAME) * 100 * sum(agrees.values()) / len(agrees)
        if query.types and candidate.thing.type not in query.types:
            score *= 0.9
        scored.append((round(score, 1), candidate, agrees))
    scored.sort(key=lambda x: (-x[0], x[1].name, x[1].thing.address))
    same = [
        c
        for score, c, agrees in scored
        if c.score == EXACT and all(agrees.values()) and (not query.types or c.thing.type in query.types)
    ]
    return [
        {
            "id": names.short(candidate.thing.address),
            "name": names.label(candidate.thing, language.names),
            "description": _kind(candidate.thing, language)
            + (f" · {candidate.name}" if candidate.name != names.label(candidate.thing, language.names) else ""),
            "score": score,
            "match": len(same) == 1 and same[0] is candidate,
            "type": [type_of(candidate.thing.type, language)],
            "features": [
                {"id": "name", "value": candidate.score},
                *({"id": pid, "value": value} for pid, value in agrees.items()),
            ],
        }
        for score, candidate, agrees in scored[: query.limit]
    ]


def _extension(asked: Any) -> tuple[list[str], list[tuple[str, int]]]:
    """Return the ids and the properties, each with the most values wanted, of a data extension query."""
    if (
        not isinstance(asked, dict)
        or not isinstance(asked.get("ids"), list)
        or not isinstance(asked.get("properties"), list)
    ):
        raise Refused(400, "extend must have ids and properties")
    ids = [i for i in asked["ids"] if isinstance(i, str)]
    wanted = []
    for each in asked["properties"]:
        if not isinstance(each, dict) or not isinstance(each.get("id"), str):
            raise Refused(400, "each of the properties must have an id")
        settings = each.get("settings")
        limit = settings.get("limit") if isinstance(settings, dict) else 0
        wanted.append((each["id"], _number(str(limit))))
    if len(ids) > _MOST_QUERIES * 10:
        raise Refused(413, f"at most {_MOST_QUERIES * 10} ids at once")
    return ids, wanted


@lru_cache(maxsize=1)
def _template() -> Any:
    text = data_path("templates", "preview.html").read_text(encoding="utf-8")
    return Environment(autoescape=True, undefined=StrictUndefined).from_string(text)


def _page(names: Names, thing: Described, rows: list[tuple[str, str]], language: Language, root: str) -> str:
    title = names.label(thing, language.names)
    every = dict.fromkeys(name for _, name in (*thing.preferred, *thing.others) if name != title)
    kind = label(thing.kind, language.words) if thing.kind else ""
    link = f"{root}id/{names.short(thing.address)}"
    return str(
        _template().render(
            language=language.words,
            name=title,
            link=link,
            type=label(thing.type, language.words),
            kind=kind,
            names=list(every)[:8],
            rows=rows,
        )
    )
