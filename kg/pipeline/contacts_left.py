"""Contact persons beside whom no body stands: they answer for the body in brackets, the one of their block, or the document's own."""

from __future__ import annotations

import re
from functools import lru_cache

from kg.pipeline.context import Context, Mention
from kg.pipeline.entities import heading_group, publisher_group
from kg.pipeline.rules import Worded, alternation, rules, with_words, wording

_JOINED = Worded("contacts", r"{polite}?\s?(?:\([^()]{0,30}\))?\s?(?:[、,/;]|{common.and})\s?")
_ASKED_BEHIND = Worded("contacts", r"{polite}?\s?(?:\([^()]{0,24}\))?{asked_behind}")
_OPENS = Worded("contacts", r"{polite}?\s?\(")
_FAR = 90


@lru_cache(maxsize=1)
def _asked() -> re.Pattern[str]:
    people = alternation(rules("contacts")["people"])
    return re.compile(with_words("contacts", rf"(?:{people}){{and_phone}}?\s?[:,]?\s*$"))


def contacts_left(context: Context) -> None:
    """Add the post "contact" of persons whom a text names to be asked, where no body beside them has told it."""
    folded = context.folded
    told = {p.entity for p, title, *_ in context.posts if title == "contact"}
    before = _asked()
    people = [m for m in context.mentions if m.type == "Person"]
    row: Mention | None = None
    for person in people:
        listed = row is not None and _JOINED.pattern.fullmatch(folded, row.end, person.start) is not None
        asked = before.search(folded, max(0, person.start - 16), person.start) or (
            folded[person.start - 1 : person.start] in wording("contacts", "with")
            and _ASKED_BEHIND.pattern.match(folded, person.end)
        )
        row = person if asked or listed else None
        if row is None or person.entity in told:
            continue
        body = _body(context, person)
        if body is not None:
            told.add(person.entity)
            context.posts.append((person, "contact", body, "post.contact"))


def _body(context: Context, person: Mention) -> Mention | None:
    """Return the body in brackets behind a contact person, of another one asked right before, or the document's own."""
    folded = context.folded
    bracket = _OPENS.pattern.match(folded, person.end, person.end + 8)
    if bracket is not None:
        inside = context.mentions_between(bracket.end(), bracket.end() + 1)
        if inside and inside[0].type == "Organisation":
            return inside[0]
    for other, title, body, _ in reversed(context.posts):
        if (
            title == "contact"
            and 0 < person.start - other.start <= _FAR
            and "\n" not in folded[other.end : person.start]
        ):
            return body
    own = publisher_group(context)
    own = own if own >= 0 else heading_group(context)
    return context.groups[own].mentions[0] if own >= 0 and context.groups[own].mentions else None
