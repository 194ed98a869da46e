"""Words for posts, and what stands around personal names."""

from __future__ import annotations

import re
from functools import lru_cache

from kg.pipeline.rules import alternation, rules


@lru_cache(maxsize=1)
def title_patterns() -> tuple[re.Pattern[str], re.Pattern[str], re.Pattern[str], frozenset[str]]:
    """Return the patterns of a title, of what follows a name, of honorifics, and the characters no given name has."""
    data = rules("titles")
    word = alternation(data["words"])
    title = re.compile(f"(?:{alternation(data['prefixes'])})*(?:{word})")
    after = re.compile(f"\\s?(?:{alternation(data['after_name'])})|\\s*$|\\s*\n")
    honorific = re.compile(alternation(data["honorifics"]))
    return title, after, honorific, frozenset(data["not_given"])


def title_spans(folded: str) -> list[tuple[int, int]]:
    """Return the places of all title words."""
    return [m.span() for m in title_patterns()[0].finditer(folded)]
