"""Contact persons beside whom no body stands: they answer for the body in brackets, the one of their block, or the document's own."""

from __future__ import annotations

import re
from functools import lru_cache

from kg.pipeline.context import Context, Mention
from kg.pipeline.entities import heading_group, publisher_group
from kg.pipeline.rules import alternation, rules

_HONOUR = r"(?:先生|女士|小姐|博士)?"
_JOINED = re.compile(rf"{_HONOUR}\s?(?:\([^()]{{0,30}}\))?\s?(?:、|和|及|,|/|;)\s?")
_FAR = 90


@lru_cache(maxsize=1)
def _asked() -> tuple[re.Pattern[str], re.Pattern[str]]:
    people = alternation(rules("contacts")["people"])
    return (
        re.compile(rf"(?:{people})(?:及(?:联系)?(?:电话|方式))?\s?[:,]?\s*$"),
        re.compile(rf"{_HONOUR}\s?(?:\([^()]{{0,24}}\))?(?:联络|联系|接洽)"),
    )


def contacts_left(context: Context) -> None:
    """Add the post "contact" of persons whom a text names to be asked, where no body beside them has told it."""
    folded = context.folded
    told = {p.entity for p, title, *_ in context.posts if title == "contact"}
    before, behind = _asked()
    people = [m for m in context.mentions if m.type == "Person"]
    row: Mention | None = None
    for person in people:
        listed = row is not None and _JOINED.fullmatch(folded, row.end, person.start) is not None
        asked = before.search(folded, max(0, person.start - 16), person.start) or (
            folded[person.start - 1 : person.start] in ("与", "向", "找") and behind.match(folded, person.end)
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
    bracket = re.match(rf"{_HONOUR}\s?\(", folded[person.end : person.end + 8])
    if bracket is not None:
        inside = context.mentions_between(person.end + bracket.end(), person.end + bracket.end() + 1)
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
