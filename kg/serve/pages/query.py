"""The query page: an editor with our prefixes and terms, and the named queries as examples."""

from __future__ import annotations

import re
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute, Route

from kg.graph.queries import NamedQuery, named_queries
from kg.language.script import to_simplified
from kg.serve.pages.respond import HEADERS, Pages
from kg.vocab import NAMESPACE, PREFIXES, TERMS

_PREFIX = re.compile(r"\b([a-z]+):(?=[A-Za-z_])")
_WIDELY_USED = {
    "class": (
        "org:Organization",
        "org:Membership",
        "prov:Entity",
        "prov:Activity",
        "skos:Concept",
        "foaf:Person",
        "oa:SpecificResource",
    ),
    "property": (
        *("rdf:type", "rdf:subject", "rdf:predicate", "rdf:object", "rdfs:label", "skos:prefLabel", "skos:altLabel"),
        *("skos:exactMatch", "org:member", "org:organization", "org:classification", "dcterms:title", "dcterms:issued"),
        *("dcterms:publisher", "dcterms:language", "prov:wasDerivedFrom", "prov:wasGeneratedBy"),
    ),
}


def routes(pages: Pages) -> list[BaseRoute]:
    """Return the routes of the query page and of what its script reads."""

    def query(request: Request) -> Response:
        return pages.render(
            request,
            "query.html",
            queries=list(named_queries().values()),
            title=pages.words(request).text["query_title"],
        )

    def material(request: Request) -> Response:
        """Prefixes, terms and examples, in the language of the page."""
        spoken = pages.words(request)
        found = {
            "base": pages.site.base,
            "prefixes": {**PREFIXES, "fgi": pages.site.base},
            "terms": _terms(),
            "examples": [_example(q, pages, spoken.language) for q in named_queries().values()],
            "words": {k.removeprefix("js_"): v for k, v in spoken.text.items() if k.startswith("js_")},
        }
        return JSONResponse(found, headers=HEADERS)

    return [Route("/query", query), Route("/query/material", material)]


def _terms() -> dict[str, list[str]]:
    def whole(names: tuple[str, ...]) -> list[str]:
        return [PREFIXES[prefix] + local for prefix, local in (name.split(":") for name in names)]

    classes = [NAMESPACE + t for t in TERMS if t[0].isupper()]
    properties = [NAMESPACE + t for t in TERMS if t[0].islower()]
    return {
        "class": sorted(classes + whole(_WIDELY_USED["class"])),
        "property": sorted(properties + whole(_WIDELY_USED["property"])),
    }


def _example(query: NamedQuery, pages: Pages, language: str) -> dict[str, Any]:
    """Return a named query that runs anywhere: with the prefixes it uses, and without its head of comments."""
    body = "\n".join(line for line in query.text.splitlines() if not re.match(r"# [\w-]+: ", line)).strip()
    known = {**PREFIXES, "fgi": pages.site.base}
    used = [p for p in known if p in set(_PREFIX.findall(body))]
    prefixes = "".join(f"PREFIX {p}: <{known[p]}>\n" for p in used)

    def say(english: str, chinese: str) -> str:
        return english if language == "en" else to_simplified(chinese) if language == "zh-Hans" else chinese

    return {
        "name": query.name,
        "title": say(query.title, query.title_zh),
        "description": say(query.description, query.description_zh),
        "params": [
            {"name": k, "what": say(v, query.params_zh[k]), "text": v.startswith("text")}
            for k, v in query.params.items()
        ],
        "text": f"{prefixes}\n{body}\n",
    }
