"""Text → facts: a spaCy pipeline over characters, with lexicon and rules as data."""

from kg.pipeline.components import annotate, extract, pipeline

__all__ = ["annotate", "extract", "pipeline"]
