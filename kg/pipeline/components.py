"""The five steps from a text to its facts, one after the other; `kg.pipeline.spacy_pipe` has them as components of spaCy."""

from __future__ import annotations

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
    meant,
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
    stated,
    told,
    units,
    unnamed,
    worth,
)
from kg.pipeline.assemble import assemble
from kg.pipeline.context import Context, Sentence
from kg.pipeline.lexicon import packaged
from kg.pipeline.network import packaged_network
from kg.pipeline.recognise import add_posts, leaning_of, recognise
from kg.pipeline.recogniser import packaged_recogniser


def layout_of(context: Context) -> None:
    """Give a context its sentences."""
    for passage in context.document.flow.passages:
        for start, end in split_sentences(context.text[passage.start : passage.end]):
            context.sentences.append(Sentence(passage.start + start, passage.start + end, passage))
    if not context.sentences and context.text:
        raise ValueError("a flow with text must have passages")


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


def mentions_of(context: Context) -> None:
    """Give a context its names: candidates that don't overlap."""
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
    worth.weigh(context, leaning)


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


def things_of(context: Context) -> None:
    """Group the mentions into things, resolve words that point back, and find what each sentence is about."""
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
    held.taken_up(context)
    held.inner_boards(context)
    told.told(context)
    panels.panels(context)
    capacities.capacities(context)
    stated.stated(context)
    rosters.rosters(context)
    contacts_left.contacts_left(context)
    meant.longer(context)
    if english.is_english(context.folded):
        english_back.point_back_in_english(context)
    entities.mark_sentences(context)


def read(document: Document) -> Context:
    """Return all that is found in a document on the way to its facts."""
    text = document.flow.text
    context = Context(document, text, fold(text))
    for step in (layout_of, quantities_of, mentions_of, things_of):
        step(context)
    return context


def extract(document: Document) -> DocumentFacts:
    """Return what one document says."""
    return assemble(read(document))
