"""English contact lines: who is named to be asked, under which title, of which body."""

from __future__ import annotations

import re
from functools import lru_cache

from kg.pipeline.context import Mention
from kg.pipeline.english_people import contact_lines
from kg.pipeline.english_served import Reader
from kg.pipeline.rules import alternation, rules


@lru_cache(maxsize=1)
def _head() -> re.Pattern[str]:
    return re.compile(rf"(?<![\w-])(?:{alternation(rules('english_people')['heads'])})(?![\w-])", re.I)


def contact_posts(reader: Reader, people: list[Mention]) -> set[int]:
    """Read contact lines: "Media enquiries: Priya Nair, Communications Manager, Harbour Sports Council"."""
    folded = reader.context.folded
    done = set()
    for start, stop in contact_lines(reader.context):
        for person in [p for p in people if start <= p.start < stop]:
            parts = re.match(r"(?:, ([A-Z][\w&/ -]{2,50}?))?(?=,|\n|$| \(|;|:)", folded[person.end : stop])
            title = parts.group(1) if parts else None
            if title is not None and _head().search(title) is None:
                title = None
            body = next((b for b in reader.bodies if person.end <= b.start < stop), None)
            body = body or next((b for b in reversed(reader.bodies) if 0 <= person.start - b.end <= 120), None)
            reader.add(person, "contact", body, "post.contact")
            if title:
                reader.add(person, title, body, "post.contact")
            done.add(person.start)
    return done
