"""Documents with names as a test gives them."""

from __future__ import annotations

from kg.language.script import fold
from kg.pipeline.components import layout_of, quantities_of
from kg.pipeline.context import Context, Group, Mention
from kg.pipeline.entities import mark_sentences
from kg.reading import read_bytes

LETTERS = {"O": "Organisation", "G": "Programme", "E": "Event", "P": "Person", "L": "Policy"}


def laid_out(text: str) -> Context:
    """Return a document with its sentences and no names."""
    document = read_bytes(text.encode(), name="a.txt")
    context = Context(document, document.flow.text, fold(document.flow.text))
    layout_of(context)
    return context


def context_of(text: str, names: list[tuple[str, str]]) -> Context:
    """Return a document whose names are given, each a thing of its own."""
    context = laid_out(text)
    quantities_of(context)
    for number, (letter, name) in enumerate(names):
        start = context.text.index(name)
        mention = Mention(start, start + len(name), LETTERS[letter], entity=number)  # type: ignore[arg-type]
        context.groups.append(Group(mention.type, None, [name], [mention]))
        context.mentions.append(mention)
    mark_sentences(context)
    return context
