"""fundgraph: documents about public money → a knowledge graph that quotes its sources.

    >>> import kg
    >>> kg.__version__
    '0.1.0'

``kg.build(paths, out=DIR)`` makes a graph, ``kg.load(DIR)`` reads it, ``kg.query(graph, NAME)`` asks it, ``kg.show(graph,
NAME)`` tells all about one thing. The parts load when they are first used.
"""

from __future__ import annotations

from importlib import import_module
from typing import Any

__version__ = "0.1.0"
_PLACES = {
    "build": "kg.build",
    "evaluate": "kg.evaluate",
    "export": "kg.export",
    "extract": "kg.pipeline",
    "load": "kg.graph.load",
    "named_queries": "kg.graph.queries",
    "query": "kg.ask",
    "read": "kg.reading",
    "resolve": "kg.resolve",
    "show": "kg.ask",
    "validate": "kg.graph.validate",
    "view": "kg.view.html",
}
_NAMES = {"read": "read_document", "view": "render"}
__all__ = [  # noqa: F822 – loaded by __getattr__
    "build",
    "evaluate",
    "export",
    "extract",
    "load",
    "named_queries",
    "query",
    "read",
    "resolve",
    "show",
    "validate",
    "view",
]


def __getattr__(name: str) -> Any:  # noqa: ANN401 – any public function
    if name not in _PLACES:
        raise AttributeError(f"module 'kg' has no attribute {name!r}")
    # A sub-module of the same name must not hide the function once it is loaded.
    value = getattr(import_module(_PLACES[name]), _NAMES.get(name, name))
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted([*globals(), *__all__])
