"""What stands near a place of the text, and what a document names most: the candidates that models choose among."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from kg.model import EntityType
from kg.pipeline.context import Context, Mention, Sentence


@dataclass(frozen=True, slots=True)
class Near:
    """Where a candidate stands: its mention, the `side` (left, right, back, far), how many sentences back, how many names between."""

    mention: Mention
    side: str
    back: int
    order: int


def around(context: Context, sentence: Sentence, start: int, end: int, most: int) -> dict[int, Near]:
    """Return the nearest mention of each group before a range, behind it, and in so many sentences before, in this order."""
    found: dict[int, Near] = {}
    left = [m for m in sentence.mentions if m.end <= start]
    right = [m for m in sentence.mentions if m.start >= end]
    for order, mention in enumerate(reversed(left)):
        found.setdefault(mention.entity, Near(mention, "left", 0, order))
    for order, mention in enumerate(right):
        found.setdefault(mention.entity, Near(mention, "right", 0, order))
    index = context.sentence_number(sentence)
    for back in range(1, min(most, index) + 1):
        for order, mention in enumerate(reversed(context.sentences[index - back].mentions)):
            found.setdefault(mention.entity, Near(mention, "back", back, order))
    return found


def far(context: Context, group: int, order: int = 0) -> Near:
    """Return a candidate that the whole document speaks for, by its first mention."""
    return Near(context.groups[group].mentions[0], "far", 9, order)


def often(context: Context, types: Collection[EntityType], most: int) -> list[int]:
    """Return the groups of some types that a document names most, and more than once."""
    groups = enumerate(context.groups)
    ranked = sorted((-len(g.mentions), i) for i, g in groups if g.type in types and len(g.mentions) > 1)
    return [group for _, group in ranked[:most]]


def coarse_type(context: Context, group: int) -> str:
    """Return a group's type in three letters, with the kind of a body."""
    found = context.groups[group]
    return f"Org.{found.kind or 'other'}" if found.type == "Organisation" else found.type[:3]
