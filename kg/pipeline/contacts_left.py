"""Contact persons beside whom no body stands: they answer for the body in brackets, the one of their block, or the document's own."""

from __future__ import annotations

import re
from functools import lru_cache

from kg.pipeline.context import Context, Mention
from kg.pipeline.entities import heading_group, publisher_group
from kg.pipeline.rules import Worded, alternation, rules, with_words, wording
from kg.pipeline.titles import title_patterns

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
    _of_own(context, before)
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


def _of_own(context: Context, before: re.Pattern[str]) -> None:
    """Give contact persons whose own line names no body the document's own, in the place of one named lines before."""
    folded = context.folded
    own = publisher_group(context)
    own = own if own >= 0 else heading_group(context)
    if own < 0 or context.groups[own].kind == "media" or not context.groups[own].mentions:
        return
    body = context.groups[own].mentions[0]
    titled = re.compile(rf"(?:[\u4e00-\u9fff]{{0,4}}(?:{title_patterns()[0].pattern}))?\s*$")
    posts: list[tuple[Mention, str, Mention, str]] = []
    for person, title, named, rule in context.posts:
        line = folded.rfind("\n", 0, person.start) + 1
        asked = before.search(titled.sub("", folded[line : person.start], count=1))
        here = any(
            m.type == "Organisation" and m.end <= person.start for m in context.mentions_between(line, person.start)
        )
        far = rule == "post.contact" and named.end <= line and asked is not None and not here
        posts.append((person, title, body if far else named, rule))
    context.posts = posts


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
