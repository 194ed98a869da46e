"""The graph as notebooks use it: an rdflib graph that also asks, shows, tabulates and draws."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from rdflib import RDF, Graph, URIRef

from kg import ask as asking
from kg.cards import card
from kg.errors import QueryError
from kg.graph import load as reading
from kg.vocab import ENTITY_TYPES, FG, NAMESPACE

if TYPE_CHECKING:
    import networkx as nx
    import pandas as pd

    from kg.graph.sparql import Result

_FONTS = (
    "Noto Sans CJK TC",
    "Noto Sans CJK HK",
    "Noto Sans CJK JP",
    "Source Han Sans TC",
    "PingFang HK",
    "PingFang TC",
    "Heiti TC",
    "Hiragino Sans",
    "Microsoft JhengHei",
    "Microsoft YaHei",
    "WenQuanYi Zen Hei",
)
_FACTS = ("PostHolding", "Relation", "Amount", "Count")


@dataclass(frozen=True, slots=True)
class Page:
    """A page that a notebook shows in place; `html` is the whole of it."""

    html: str = field(repr=False)
    height: int = 640

    def save(self, path: str | Path) -> Path:
        """Write the page to a file, which opens with no network, and return its path."""
        from kg.files import write_text

        write_text(Path(path), self.html)
        return Path(path)

    def _repr_html_(self) -> str:
        # In a frame of its own: what the page runs can't touch the notebook.
        return card("frame", page=self.html, height=self.height)


class KnowledgeGraph(Graph):
    """An `rdflib.Graph` of claims about public money, with what people ask of it."""

    def ask(self, text: str, *, timeout: float = 30.0, limit: int = 10_000, **params: str) -> Result:
        """Return the answer to a named query, with its parameters by name, or to SPARQL text; see `kg.query`."""
        return asking.query(self, text, params=params, timeout=timeout, limit=limit)

    def show(self, name: str) -> asking.Shown:
        """Return everything about the thing of a name, in either script; see `kg.show`."""
        return asking.show(self, name)

    def series(self, name: str, *, measure: str | None = None) -> pd.DataFrame:
        """Return the figures about a thing over time, a row for each claim (needs pandas); see `kg.series`."""
        from kg.series import series

        return series(self, name, measure=measure).to_pandas()

    def table(self, name: str) -> pd.DataFrame:
        """Return one of the tables that `kg export` writes as a DataFrame: things, documents, or a kind of fact.

        Numbers are Decimal, dates are dates, and every fact has its document and quote (needs pandas).
        """
        from kg.export import tables

        found = tables(self)
        if name not in found:
            raise QueryError("E314", f"no table {name}", hint=f"one of {', '.join(found)}")
        return found[name].to_pandas()

    def network(self) -> nx.MultiDiGraph[str]:
        """Return the things and their relations as a networkx graph; see `kg.export.network`."""
        from kg.export import network

        return network(self)

    def view(self, *, height: int = 640, **options: Any) -> Page:
        """Return the interactive view, which a notebook shows in place; the options are those of `kg.view`."""
        from kg.view.html import render

        return Page(render(self, **options), height)

    def _repr_html_(self) -> str:
        def count(names: tuple[str, ...]) -> list[tuple[str, int]]:
            numbers = ((n, len(set(self.subjects(RDF.type, URIRef(NAMESPACE + n))))) for n in names)
            return [(n, number) for n, number in numbers if number]

        documents = len(set(self.subjects(RDF.type, URIRef(FG.Document))))
        return card("graph", triples=len(self), documents=documents, things=count(ENTITY_TYPES), facts=count(_FACTS))


def load(place: str | Path) -> KnowledgeGraph:
    """Return all triples of a built folder or of a Turtle, TriG, N-Triples or N-Quads file as one rdflib graph.

    Raises `InputError` for a file that is missing, damaged or of another format.
    """
    graph = reading.load(place)
    return KnowledgeGraph(graph.store, graph.identifier, namespace_manager=graph.namespace_manager)


def chinese_font() -> str | None:
    """Make matplotlib draw Chinese with a font of this machine and return its name; None if it has no such font.

    Without one, names come out as boxes: install Noto Sans CJK (Debian: fonts-noto-cjk), then start again.
    """
    import warnings

    from matplotlib import font_manager, rcParams

    installed = set(font_manager.get_font_names())
    found = next((name for name in _FONTS if name in installed), None)
    if found is None:
        warnings.filterwarnings("ignore", message=r"Glyph \d+")
    else:
        rcParams["font.sans-serif"] = [found, *rcParams["font.sans-serif"]]
    rcParams["axes.unicode_minus"] = False
    return found
