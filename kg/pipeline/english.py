"""English names, persons and posts, by capitals: used for documents in English, and for English stretches in Chinese ones."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Any, cast

from kg.model import EntityType, Kind
from kg.pipeline.context import Context, Mention
from kg.pipeline.rules import alternation, rules

_WORD = r"[A-Z][A-Za-z0-9'’+&-]*"


@lru_cache(maxsize=1)
def _patterns() -> tuple[
    dict[str, tuple[EntityType, Kind | None]], re.Pattern[str], re.Pattern[str], re.Pattern[str], dict[str, Any]
]:
    data = rules("english")
    heads = {
        word: (cast(EntityType, block["type"]), cast(Kind | None, block.get("kind")))
        for block in data["head"]
        for word in block["words"]
    }
    words = data["words"]
    inner = alternation(words["inner"])
    name = re.compile(rf"{_WORD}(?: (?:(?:{inner}) ){{0,2}}{_WORD})*(?: 20\d\d)?")
    person = re.compile(rf"\b(?:{alternation(words['honorifics'])})\.? ({_WORD}(?: {_WORD}){{0,3}})")
    title = re.compile(
        rf"(?:{alternation(words['titles'])})(?: of(?: the)? (?:[A-Z][\w-]*(?: (?:and )?)?){{1,5}}(?=,))?"
    )
    return heads, name, person, title, words


def english_names(text: str) -> list[Mention]:
    """Return names in capitals whose last word is a head; a head before 「of」 counts too: University of Kowloon."""
    heads, name, _, _, words = _patterns()
    lead = set(words["lead"])
    found = []
    for match in name.finditer(text):
        start = match.start()
        parts = match.group().split(" ")
        while parts and parts[0] in lead:
            start += len(parts[0]) + 1
            parts = parts[1:]
        # The longest beginning that ends in a head: what follows it is another name or another sentence's word.
        for size in range(len(parts), 1, -1):
            head = heads.get(parts[size - 1]) or (
                heads.get(parts[size - 2]) if size > 2 and re.fullmatch(r"20\d\d", parts[size - 1]) else None
            )
            if head is None and "of" in parts[1:size] and size == len(parts):
                head = heads.get(parts[parts.index("of") - 1])
            if head is None and size > 3 and "for" in parts[:size] and size == len(parts):
                head = heads.get(parts[parts.index("for") - 1])
            if head:
                rest = " ".join(parts[:size])
                found.append(Mention(start, start + len(rest), head[0], head[1], rule="name.english"))
                break
    return found


def english_people(context: Context) -> None:
    """Add persons behind Mr, Ms, Dr …, and the posts that stand before or after them."""
    _, _, person, title, _ = _patterns()
    folded = context.folded
    bodies = [m for m in context.mentions if m.type in {"Organisation", "Programme"}]
    for match in person.finditer(folded):
        mention = Mention(match.start(1), match.end(1), "Person", rule="person.english")
        context.mentions.append(mention)
        after = re.match(
            rf",? (?:the )?({title.pattern})(?:,| of(?: the)?| at(?: the)?)? ", folded[match.end() : match.end() + 90]
        )
        if after:
            place = match.end() + after.end()
            body = next((b for b in bodies if 0 <= b.start - place <= 5), None)
            if body is not None:
                context.posts.append((mention, after.group(1), body, "post.english"))
                continue
        before = re.search(rf"({title.pattern}),? $", folded[max(0, match.start() - 90) : match.start()])
        if before:
            place = max(0, match.start() - 90) + before.start(1)
            body = next((b for b in reversed(bodies) if 0 <= place - b.end <= 3), None)
            context.posts.append((mention, before.group(1), body or mention, "post.english" if body else "post.bare"))
            continue
        of = re.match(r" of (?:the )?", folded[match.end() : match.end() + 10])
        if of and match.group().startswith("Professor"):
            body = next((b for b in bodies if b.start == match.end() + of.end()), None)
            if body is not None:
                context.posts.append((mention, "Professor", body, "post.english"))
