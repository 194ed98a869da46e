"""The page: a drawing library, our scripts and style, and the data, in one file that needs no network."""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache
from importlib.resources import files

from jinja2 import Environment, StrictUndefined
from markupsafe import Markup
from rdflib import Graph

from kg.errors import DataError, QueryError
from kg.resources import data_path
from kg.view.data import view_data
from kg.view.inline import encodable, inline, plain_block, policy, squeezed_block
from kg.view.model import ViewData
from kg.view.payload import LANGUAGES, described, quoted, unavailable

FORMS = ("pyvis", "webgl")
# Above this a canvas that is drawn node by node stutters, and the page grows heavy.
_MOST_NODES, _MOST_LINKS = 500, 1500
_VIS = ("lib", "vis-9.1.2", "vis-network.min.js")
_PARTS = ("base", "labels", "{draw}", "panel", "search", "controls", "share", "start")


def render(
    graph: Graph,
    *,
    title: str = "fundgraph",
    focus: str | None = None,
    depth: int = 1,
    types: Iterable[str] | None = None,
    since: str | None = None,
    language: str = "zh-Hant",
    form: str | None = None,
) -> str:
    """Return an HTML page that shows a graph: self-contained, still, the same for the same graph.

    `focus` (an IRI or any name) and `depth` show a neighbourhood; `types` keeps only these entity types, `since` what
    documents of that day or later say. The page opens in `language` and can be switched by its reader. `form` is
    ``pyvis`` for up to some hundred nodes or ``webgl`` for thousands; left out, the graph's size tells.
    """
    if language not in LANGUAGES:
        raise QueryError("E322", f"the page does not speak {language}", hint=f"use {', '.join(LANGUAGES)}")
    if form is not None and form not in FORMS:
        raise QueryError("E324", f"no such form of the page: {form}", hint=f"use {' or '.join(FORMS)}")
    data = view_data(graph, focus=focus, depth=depth, types=types, since=since)
    return page(data, title=title, language=language, form=form or suited(data))


def suited(data: ViewData) -> str:
    """Return the form of the page that suits a graph of this size."""
    return "pyvis" if len(data.nodes) <= _MOST_NODES and len(data.edges) <= _MOST_LINKS else "webgl"


def page(data: ViewData, *, title: str, language: str, form: str) -> str:
    """Return the HTML page for this data."""
    style = _asset("view.css")
    scripts = [_library(form), _program("draw-vis" if form == "pyvis" else "draw-sigma")]
    # A large graph is several times smaller when packed; a small one stays readable in the file.
    block = plain_block if form == "pyvis" else squeezed_block
    contents = {"data": described(data, title, language, form), "quotes": quoted(data)}
    template = Environment(autoescape=True, undefined=StrictUndefined).from_string(_read("view.html"))
    return template.render(
        title=encodable(title),
        language=language,
        # The only things that are not escaped: our own files, checked by inline, and JSON without "<" or Base64.
        style=Markup(style),
        scripts=[Markup(script) for script in scripts],
        blocks=[{"id": name, **block(content)} for name, content in contents.items()],
        no_drawing=unavailable(language),
        policy=policy([style], scripts),
    )


def _read(*names: str) -> str:
    return data_path("templates", *names).read_text(encoding="utf-8")


@lru_cache(maxsize=16)
def _asset(name: str) -> str:
    return inline(name, _read(name))


@lru_cache(maxsize=2)
def _program(draw: str) -> str:
    parts = [inline(name, _read("view", f"{name}.js")) for name in (part.format(draw=draw) for part in _PARTS)]
    text = "\n".join(parts)
    failed = _read("view", "failed.js")
    return f'"use strict";\n/* Text from documents only ever becomes text nodes or canvas strokes, never markup. */\n(async () => {{\n{text}}})(){failed}'


@lru_cache(maxsize=2)
def _library(form: str) -> str:
    if form == "webgl":
        return inline("sigma.min.js", data_path("vendor", "sigma", "sigma.min.js").read_text(encoding="utf-8"))
    source = files("pyvis").joinpath(*_VIS)
    if not source.is_file():
        raise DataError("E222", "pyvis came without vis-network", where="/".join(_VIS), hint="install pyvis 0.3.2")
    text = inline(_VIS[-1], source.read_text(encoding="utf-8"))
    # Developer tools would look for the map beside the page.
    return "\n".join(line for line in text.split("\n") if not line.startswith("//# sourceMappingURL"))
