"""Text → facts: a spaCy pipeline over characters, with lexicon and rules as data."""

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from kg.pipeline.components import annotate, extract, pipeline

__all__ = ["annotate", "extract", "pipeline"]


def __getattr__(name: str) -> Any:
    """Import what is asked for: the lexicon is of use to who never reads a text, and spaCy takes half a second."""
    if name in __all__:
        from kg.pipeline import components

        return getattr(components, name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
