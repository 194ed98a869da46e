"""fundgraph: documents about public money → a knowledge graph that quotes its sources.

    >>> import kg
    >>> kg.__version__
    '0.1.0'

``kg.build(paths, out=DIR)`` makes a graph, ``kg.load(DIR)`` reads it, ``kg.query(graph, NAME)`` asks it, ``kg.show(graph,
NAME)`` tells all about one thing. The parts load when they are first used.
"""

from __future__ import annotations

import sys
from importlib import import_module
from types import ModuleType
from typing import Any

__version__ = "0.1.0"
_PLACES = {
    "build": "kg.build",
    "bundle": "kg.export.bundle",
    "diff": "kg.diff",
    "evaluate": "kg.evaluate",
    "export": "kg.export",
    "extract": "kg.pipeline",
    "load": "kg.notebook",
    "named_queries": "kg.graph.queries",
    "query": "kg.ask",
    "read": "kg.reading",
    "resolve": "kg.resolve",
    "series": "kg.series",
    "show": "kg.ask",
    "validate": "kg.graph.validate",
    "view": "kg.view.html",
}
_NAMES = {"read": "read_document", "view": "render"}
__all__ = [
    "build",
    "bundle",
    "evaluate",
    "export",
    "extract",
    "load",
    "named_queries",
    "query",
    "read",
    "resolve",
    "series",
    "show",
    "validate",
    "view",
]


class _Package(ModuleType):
    """Keeps ``kg.build`` the function: the import system would bind the sub-module of that name over it."""

    def __setattr__(self, name: str, value: object) -> None:
        if not (name in _PLACES and isinstance(value, ModuleType)):
            super().__setattr__(name, value)


sys.modules[__name__].__class__ = _Package


def __getattr__(name: str) -> Any:
    if name not in _PLACES:
        raise AttributeError(f"module 'kg' has no attribute {name!r}")
    value = getattr(import_module(_PLACES[name]), _NAMES.get(name, name))
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted([*globals(), *__all__])
