"""The spaCy pipeline: five components over character tokens that fill ``doc._.kg`` and end in ``doc._.facts``."""

from __future__ import annotations

from functools import lru_cache

import spacy
from spacy.language import Language
from spacy.tokens import Doc, Span

from kg.language.columns import find_columns
from kg.language.dates import find_dates
from kg.language.money import find_money
from kg.language.quantities import find_quantities
from kg.language.script import fold
from kg.language.sentences import split_sentences
from kg.model import Document, DocumentFacts
from kg.pipeline import (
    aliases,
    anaphora,
    capacities,
    contacts,
    contacts_left,
    english,
    english_back,
    english_read,
    entities,
    held,
    labelled,
    mend,
    names,
    nested,
    panels,
    people,
    posts,
    quoted,
    rosters,
    served,
    shown,
    told,
    units,
    unnamed,
)
from kg.pipeline.assemble import assemble
from kg.pipeline.context import Context, Sentence
from kg.pipeline.lexicon import packaged
from kg.pipeline.network import packaged_network
from kg.pipeline.recognise import add_posts, leaning_of, recognise
from kg.pipeline.recogniser import packaged_recogniser

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


def layout_of(context: Context) -> None:
    """Give a context its sentences."""
    for passage in context.document.flow.passages:
        for start, end in split_sentences(context.text[passage.start : passage.end]):
            context.sentences.append(Sentence(passage.start + start, passage.start + end, passage))
    if not context.sentences and context.text:
        raise ValueError("a flow with text must have passages")


@Language.component("kg_quantities", requires=["doc._.kg"], assigns=["doc.spans"])
def quantities(doc: Doc) -> Doc:
    """Find money, counts and dates."""
    context: Context = doc._.kg
    quantities_of(context)
    doc.spans["kg_money"] = [Span(doc, m.start, m.end, label="MONEY") for m in context.money]
    doc.spans["kg_quantities"] = [Span(doc, q.start, q.end, label="QUANTITY") for q in context.quantities]
    return doc


def quantities_of(context: Context) -> None:
    """Give a context its money, counts and dates."""
    currency = "HKD" if context.in_hong_kong else "CNY"
    sums, counts = find_columns(context.folded, currency)
    context.money = [*find_money(context.folded, default_currency=currency), *sums]
    context.money.sort(key=lambda m: m.start)
    context.dates = find_dates(context.folded, context.document.date)
    money = [(m.start, m.end) for m in context.money]
    context.quantities = [
        q for q in find_quantities(context.folded) if not any(s < q.end and q.start < e for s, e in money)
    ]
    context.quantities = sorted([*context.quantities, *counts], key=lambda q: q.start)


@Language.component("kg_mentions", requires=["doc._.kg"], assigns=["doc.spans"])
def mentions(doc: Doc) -> Doc:
    """Find candidate names, and keep those that don't overlap."""
    context: Context = doc._.kg
    ruled_mentions(context)
    ruled = list(context.mentions)
    model = packaged_recogniser()
    titles = []
    leaning = None
    if model is not None:
        leaning = leaning_of(context, packaged(), model, packaged_network())
        titles = recognise(context, packaged(), model, leaning)
        mend.mend(context, packaged(), leaning)
    shown.show(context, leaning)
    quoted.place_quoted(context)
    quoted.unsaid(context)
    unnamed.bodies_of_titles(context)
    posts.posts_again(context)
    add_posts(context, titles)
    labelled.labelled(context)
    contacts.contacts(context)
    if english.is_english(context.folded):
        english_read.read_english(context, ruled)
    doc.spans["kg_mentions"] = [Span(doc, m.start, m.end, label=m.type) for m in context.mentions]
    return doc


def ruled_mentions(context: Context) -> None:
    """Give a context the names and posts that lexicon and rules find."""
    lexicon = packaged()
    known = names.lexicon_names(context.folded, lexicon)
    known += entities.government_mentions(context)
    found = [
        *known,
        *units.unit_names(context.folded, known),
        *names.policy_names(context.folded),
        *names.quoted_names(context.folded, lexicon),
    ]
    found += names.headed_names(context.folded, known)
    found += entities.listed_companies(context)
    found += english.english_names(context.folded)
    context.mentions = entities.settle(found)
    people.find_people(context)
    english_read.honoured(context)
    context.mentions = entities.settle(context.mentions)
    kept = {id(m) for m in context.mentions}
    context.posts = [p for p in context.posts if id(p[0]) in kept and id(p[2]) in kept]


@Language.component("kg_entities", requires=["doc._.kg", "doc.spans"])
def things(doc: Doc) -> Doc:
    """Group the mentions into things, resolve words that point back, and find what each sentence is about."""
    context: Context = doc._.kg
    aliases.group(context, packaged())
    shown.inside(context)
    nested.owners(context, packaged())
    entities.mark_sentences(context)
    posts.members(context)
    served.serve(context)
    anaphora.point_back(context)
    entities.mark_sentences(context)
    held.pointed(context)
    held.chaired(context)
    held.behind(context)
    told.told(context)
    panels.panels(context)
    capacities.capacities(context)
    rosters.rosters(context)
    contacts_left.contacts_left(context)
    if english.is_english(context.folded):
        english_back.point_back_in_english(context)
    entities.mark_sentences(context)
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


def extract(document: Document) -> DocumentFacts:
    """Return what one document says."""
    found: DocumentFacts = annotate(document)._.facts
    return found
