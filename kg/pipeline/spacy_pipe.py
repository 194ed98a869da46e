"""The spaCy pipeline: five components over character tokens that fill ``doc._.kg`` and end in ``doc._.facts``.

It is for those who want a document's names beside what else spaCy can tell of it. To import spaCy takes half a second, and
a build needs none of it.
"""

from __future__ import annotations

from functools import lru_cache

import spacy
from spacy.language import Language
from spacy.tokens import Doc, Span

from kg.language.script import fold
from kg.model import Document
from kg.pipeline.assemble import assemble
from kg.pipeline.components import layout_of, mentions_of, quantities_of, things_of
from kg.pipeline.context import Context

# Tokens are characters, so a document's length in tokens is its length in characters; spaCy's own limit is for parsers.
_MAX_LENGTH = 100_000_000

for _name in ("kg", "facts"):
    if not Doc.has_extension(_name):
        Doc.set_extension(_name, default=None)


@Language.component("kg_layout", assigns=["doc._.kg"])
def layout(doc: Doc) -> Doc:
    """Split the passages into sentences."""
    layout_of(doc._.kg)
    return doc


@Language.component("kg_quantities", requires=["doc._.kg"], assigns=["doc.spans"])
def quantities(doc: Doc) -> Doc:
    """Find money, counts and dates."""
    context: Context = doc._.kg
    quantities_of(context)
    doc.spans["kg_money"] = [Span(doc, m.start, m.end, label="MONEY") for m in context.money]
    doc.spans["kg_quantities"] = [Span(doc, q.start, q.end, label="QUANTITY") for q in context.quantities]
    return doc


@Language.component("kg_mentions", requires=["doc._.kg"], assigns=["doc.spans"])
def mentions(doc: Doc) -> Doc:
    """Find candidate names, and keep those that don't overlap."""
    context: Context = doc._.kg
    mentions_of(context)
    doc.spans["kg_mentions"] = [Span(doc, m.start, m.end, label=m.type) for m in context.mentions]
    return doc


@Language.component("kg_entities", requires=["doc._.kg", "doc.spans"])
def things(doc: Doc) -> Doc:
    """Group the mentions into things, resolve words that point back, and find what each sentence is about."""
    things_of(doc._.kg)
    return doc


@Language.component("kg_facts", requires=["doc._.kg"], assigns=["doc._.facts"])
def facts(doc: Doc) -> Doc:
    """Read relations, amounts and counts, and assemble the facts."""
    doc._.facts = assemble(doc._.kg)
    return doc


@lru_cache(maxsize=1)
def pipeline() -> Language:
    """Return the pipeline, built once a process: a blank Chinese one with the components in their order."""
    nlp = spacy.blank("zh")
    nlp.max_length = _MAX_LENGTH
    for name in ("kg_layout", "kg_quantities", "kg_mentions", "kg_entities", "kg_facts"):
        nlp.add_pipe(name)
    return nlp


def annotate(document: Document) -> Doc:
    """Return the annotated spaCy document of a text; its tokens are the characters of the flow."""
    nlp = pipeline()
    text = document.flow.text
    doc = Doc(nlp.vocab, words=list(text), spaces=[False] * len(text))
    doc._.kg = Context(document, text, fold(text))
    for _, component in nlp.pipeline:
        doc = component(doc)
    return doc
