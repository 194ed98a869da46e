"""How facts are worded on a page: short texts and links, for a template to set."""

from __future__ import annotations

import re
from bisect import bisect_right
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache

from rdflib.term import Node

from kg.serve.model import Claim, Place
from kg.serve.site import Site
from kg.serve.words import Words
from kg.view.figures import chinese, english, plain

_BLANK_LINE = re.compile(r"\n[^\S\n]*(?:\n[^\S\n]*)+")
_LONGEST = 1200


@dataclass(frozen=True, slots=True)
class Piece:
    """A stretch of text, and whether it is what a page points at."""

    text: str
    marked: bool


class Teller:
    """Words claims in one language."""

    def __init__(self, site: Site, words: Words) -> None:
        self.site = site
        self.words = words

    def predicate(self, claim: Claim, seen_from: Node | None = None) -> str:
        """Return what a claim says, as a word: a relation read from its object is worded the other way round."""
        words = self.words
        if claim.kind in {"Amount", "Count"}:
            gives = claim.kind == "Amount" and seen_from is not None and seen_from == claim.object != claim.subject
            return words.text["gives"] if gives else words.term(claim.predicate)
        table = words.inverse if seen_from is not None and seen_from != claim.subject else words.predicates
        return table.get(claim.predicate, claim.predicate)

    def number(self, value: Decimal, currency: str = "") -> str:
        """Return a figure as people of the language write it, with its currency."""
        return (chinese if self.words.chinese else english)(value, currency)

    def figure(self, claim: Claim) -> str:
        """Return the figure of a claim with its bound and unit; empty if it has none."""
        if claim.value is None:
            return ""
        if claim.unit == "ratio":
            return f"1 : {plain(claim.value)}"
        number = self.number(claim.value, claim.currency)
        if claim.upper is not None:
            number += f" – {self.number(claim.upper, claim.currency)}"
        bound = self.words.text.get(claim.bound, "")
        # A percent sign and Chinese measure words follow without a gap; foreign words need one.
        gap = " " if claim.unit[:1].isalpha() and claim.unit[:1].isascii() else ""
        return " ".join(part for part in (bound, number + (gap + claim.unit if claim.unit else "")) if part)

    def exactly(self, claim: Claim) -> str:
        """Return every digit of a claim's figure where the short form leaves some out, else nothing."""
        if claim.value is None or claim.unit == "ratio":
            return ""
        full = plain(claim.value) + (f" – {plain(claim.upper)}" if claim.upper is not None else "")
        return "" if full in self.figure(claim) else f"{claim.currency} {full}".strip()

    def chips(self, claim: Claim) -> list[str]:
        """Return the short remarks on a claim: per whom, status, and the time it speaks of."""
        text = self.words.text
        as_of = f"{text['as_of']} {claim.as_of}" if claim.as_of else ""
        return [part for part in (self.words.term(claim.per), self.words.term(claim.status), as_of) if part]

    def paragraph(self, place: Place) -> list[Piece]:
        """Return the paragraph that a quote stands in, with the quote marked; only its sentence if the text is gone."""
        text = self.site.text(place.document)
        if text is None or not place.end <= len(text):
            before, found, after = place.sentence.partition(place.quote)
            if not found:
                return [Piece(place.quote, True)]
            return [Piece(before, False), Piece(found, True), Piece(after, False)]
        start, end = paragraph_around(text, place.start, place.end)
        return [
            Piece(("…" if start and text[start - 1] != "\n" else "") + text[start : place.start].lstrip(), False),
            Piece(text[place.start : place.end], True),
            Piece(text[place.end : end].rstrip() + ("…" if end < len(text) and text[end] != "\n" else ""), False),
        ]


@lru_cache(maxsize=64)
def _borders(text: str) -> tuple[int, ...]:
    return (0, *(match.end() for match in _BLANK_LINE.finditer(text)))


def paragraph_around(text: str, start: int, end: int) -> tuple[int, int]:
    """Return where the paragraph of a stretch begins and ends: between blank lines, and not endlessly far.

    >>> paragraph_around("a\\n\\nb c\\n\\nd", 5, 6)
    (3, 6)
    """
    borders = _borders(text)
    first = borders[bisect_right(borders, start) - 1]
    following = bisect_right(borders, max(start, end - 1))
    last = len(text[: borders[following]].rstrip()) if following < len(borders) else len(text)
    return max(first, start - _LONGEST), min(max(last, end), end + _LONGEST)
