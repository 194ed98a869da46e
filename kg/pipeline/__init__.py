"""Text → facts: five steps over characters, with lexicon and rules as data; as a spaCy pipeline for who wants one."""

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from kg.pipeline.components import extract
    from kg.pipeline.spacy_pipe import annotate, pipeline

__all__ = ["annotate", "extract", "pipeline"]


def __getattr__(name: str) -> Any:
    """Import what is asked for: the lexicon is of use to who never reads a text, and spaCy takes half a second."""
    if name == "extract":
        from kg.pipeline.components import extract

        return extract
    if name in __all__:
        from kg.pipeline import spacy_pipe

        return getattr(spacy_pipe, name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
