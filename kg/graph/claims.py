"""What the documents that state one fact agree on: its rule and confidence, the surest one's; one spelling of its words.

Each document writes its claims as lines; sorted, those of one fact stand together, however many documents there are.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from decimal import Decimal
from itertools import groupby


@dataclass(frozen=True, slots=True)
class Claim:
    """One document's statement of a fact.

    `rank` is the document's place in the order of all, `shown` tells whether the fact may stand on the page. `lines` are
    N-Quads: rule and confidence, then the words that another document may spell in another way.
    """

    key: str
    rank: int
    shown: bool
    confidence: Decimal
    rule: str
    document: str
    lines: tuple[str, ...]

    def encode(self) -> str:
        """Return the claim as one line. N-Quads have no tab in them."""
        head = (self.key, f"{self.rank:09}", "01"[self.shown], str(self.confidence), self.rule, self.document)
        return "\t".join((*head, *self.lines))

    @classmethod
    def decode(cls, line: bytes) -> Claim:
        """Return the claim that `encode` was given, with or without the end of the line."""
        key, rank, shown, confidence, rule, document, *lines = line.decode("utf-8").rstrip("\n").split("\t")
        return cls(key, int(rank), shown == "1", Decimal(confidence), rule, document, tuple(lines))


def by_fact(lines: Iterable[bytes]) -> Iterator[list[Claim]]:
    """Yield the claims of each fact, from sorted lines."""
    for _, group in groupby(lines, key=lambda line: line[: line.index(b"\t")]):
        yield [Claim.decode(line) for line in group]


def settled(claims: list[Claim]) -> list[str]:
    """Return the sorted lines that all claims of one fact leave: the surest one's rule, one spelling in each language.

    Of equally sure ones the first by rule, then by document, counts; of spellings the first as text.
    """
    if len(claims) == 1:
        return sorted(set(claims[0].lines))
    best = min(claims, key=lambda c: (-c.confidence, c.rule, c.document))
    first: dict[str, str] = {}
    for claim in claims:
        for line in claim.lines[2:]:
            predicate, word = _said(line)
            first[predicate] = min(word, first.get(predicate, word))
    kept = {line for claim in claims for line in claim.lines[2:] if first[_said(line)[0]] == _said(line)[1]}
    return sorted(kept | set(best.lines[:2]))


def _said(line: str) -> tuple[str, str]:
    _, predicate, rest = line.split(" ", 2)
    # No address has a space in it, so the last " <" begins the graph's.
    return predicate, rest[: rest.rindex(" <")]
