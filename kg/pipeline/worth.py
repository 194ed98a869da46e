"""Which of the found names name a thing: what a trained linear model sees of a name in all its places.

Rules and recognisers look at one place. A name also shows by how often a text says it, in what marks, and beside what: a
quoted word of mouth, a verb with a kind of thing behind it, a half of a name are found once and fit nowhere else.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

import ahocorasick
import numpy as np

from kg.pipeline.announced import has_common_pair
from kg.pipeline.context import Context, Mention
from kg.pipeline.linear import Linear, bucket, packaged_model, softmax
from kg.pipeline.names import head_of, is_generic
from kg.pipeline.recogniser import Leaning
from kg.pipeline.rules import rules, topics

# What a list or the text itself vouches for is not asked.
_FIRM = frozenset(
    {
        "name.lexicon",
        "name.government",
        "name.policy",
        "name.quoted-known",
        "name.contact",
        "name.own-paper",
        "person.contact",
        "person.byline",
        "person.credit",
    }
)
_OPEN, _CLOSE = "「『《“\"'(（", "」』》”\"')）"
# A name is dropped that is less likely than this to be one; chosen on documents left out of training.
LEAST = 0.25


_SHORTEST, _LONGEST = 3, 4


@lru_cache(maxsize=1)
def _border_words() -> frozenset[str]:
    """Return the words of up to four characters that end a name to its left."""
    return frozenset(w for w in rules("borders")["words"] if 2 <= len(w) <= _LONGEST)


@dataclass(frozen=True, slots=True)
class Candidate:
    """A name with all its places in a document, and what the model sees of it."""

    mentions: list[Mention]
    features: list[str]


def candidates(context: Context) -> list[Candidate]:
    """Return the names of a context that nothing firm vouches for, in the order of the text."""
    by_name: dict[tuple[str, str], list[Mention]] = defaultdict(list)
    firm: set[tuple[str, str]] = set()
    for mention in context.mentions:
        if mention.anaphor:
            continue
        key = (context.folded[mention.start : mention.end], mention.type)
        by_name[key].append(mention)
        if mention.rule in _FIRM or mention.lexicon_id or _fills_a_cell(context.folded, mention):
            firm.add(key)
    standing = _standing(context.folded, [text for text, _ in by_name])
    headline = _headline(context.folded)
    return [
        Candidate(mentions, list(_features(context, key[0], mentions, standing[key[0]], headline)))
        for key, mentions in by_name.items()
        if key not in firm
    ]


@dataclass(slots=True)
class _Standing:
    """How often a text has a name; how many other names hold it or are held, and whether it ends one or one ends it."""

    told: int = 0
    longer: int = 0
    shorter: int = 0
    ends_longer: bool = False
    ends_shorter: bool = False


def _headline(folded: str) -> int:
    """Return where the first line ends that is not empty, -1 if nothing follows it."""
    return folded.find("\n", len(folded) - len(folded.lstrip()))


def _standing(folded: str, texts: list[str]) -> dict[str, _Standing]:
    """Return how the names of a document stand in it and to one another: by automaton, since a list may name thousands."""
    often = Counter(texts)
    found = {text: _Standing() for text in often}
    automaton = ahocorasick.Automaton()
    for text in found:
        automaton.add_word(text, text)
    if not found:
        return found
    automaton.make_automaton()
    for _, text in automaton.iter(folded):
        found[text].told += 1
    for text, own in found.items():
        ends: dict[str, bool] = {}
        for end, part in automaton.iter(text):
            ends[part] = end == len(text) - 1
        for part, last in ends.items():
            if part == text:
                continue
            found[part].longer += often[text]
            found[part].ends_longer |= last
            if len(part) >= _SHORTEST:
                own.shorter += often[part]
                own.ends_shorter |= last
    return found


_GAP = "   "
# No farther than this is looked: tables are no wider, and a sentence may go on for a whole document.
_WIDEST = 400


def _fills_a_cell(folded: str, mention: Mention) -> bool:
    """Tell whether a name is all that a cell of a table holds: cells stand three spaces or more apart."""
    low, high = max(0, mention.start - _WIDEST), min(len(folded), mention.end + _WIDEST)
    start, end = folded.rfind("\n", low, mention.start), folded.find("\n", mention.end, high)
    before = folded[start + 1 if start >= 0 else low : mention.start]
    after = folded[mention.end : end if end >= 0 else high]
    return (
        (not before.strip() or before.endswith(_GAP))
        and (not after.strip() or after.startswith(_GAP))
        and bool(before.strip() or after.strip())
    )


def _features(
    context: Context, text: str, mentions: list[Mention], standing: _Standing, headline: int
) -> Iterator[str]:
    """Yield what a name looks like, where it stands, and how the text uses it."""
    first = mentions[0]
    type_, rules_ = first.type[:3], sorted({m.rule for m in mentions})
    han = not text.isascii()
    yield "keep"
    yield f"type={first.type}|{'han' if han else 'latin'}"
    for rule in rules_:
        yield f"rule={rule}"
        yield f"rule={rule}|{type_}"
    margin = bucket(round(10 * max(m.margin for m in mentions)), (-60, -40, -20, -10, -5, 0, 5, 10, 15, 20, 30, 45, 60))
    times = min(len(mentions), 4)
    yield f"margin={margin}"
    yield f"margin={margin}|{type_}"
    yield f"margin={margin}|{rules_[0]}"
    yield f"margin={margin}|times={times}"
    yield f"times={times}|{type_}"
    yield f"times={times}|{rules_[0]}"
    yield f"kind={first.kind}"
    length = bucket(len(text), (2, 3, 4, 5, 6, 8, 10, 13, 17, 25, 40)) if han else min(len(text.split()), 8)
    yield f"long={length}|{type_}|{han}"
    yield f"long={length}|{rules_[0]}"
    yield from _form(text, type_, han)
    yield from _uses(context, mentions, type_)
    yield f"told={min(standing.told - len(mentions), 2)}|{type_}"
    if first.start < headline:
        yield f"headline|{'only' if len(mentions) == 1 else 'again'}"
    yield f"in-longer={min(standing.longer, 2)}|{type_}"
    yield f"has-shorter={min(standing.shorter, 2)}|{type_}"
    if standing.ends_longer:
        yield f"ends-longer|{type_}"
    if standing.ends_shorter:
        yield f"ends-shorter|{type_}"


def _form(text: str, type_: str, han: bool) -> Iterator[str]:
    """Yield what the characters of a name tell."""
    if not han:
        words = text.split()
        yield f"word={words[0]}|{type_}"
        yield f"word={words[-1]}|{type_}"
        yield f"last={words[-1]}"
        yield f"upper={sum(w[:1].isupper() for w in words) == len(words)}|{type_}"
        return
    for size in (1, 2, 3):
        yield f"ends={text[-size:]}|{type_}"
        yield f"begins={text[:size]}"
    yield f"begins={text[:1]}|{type_}"
    head = head_of(text)
    yield f"head={head.word if head else '-'}"
    yield f"head={'yes' if head else 'no'}|{type_}"
    rest = text[: -len(head.word)] if head else text
    yield f"rest={bucket(len(rest), (0, 1, 2, 3, 4, 6, 9, 14))}|{'headed' if head else 'plain'}|{type_}"
    ends = range(2, _LONGEST + 1)
    if any(rest[place : place + size] in _border_words() for place in range(len(rest) - 1) for size in ends):
        yield f"border-word|{type_}"
    found = [c for c in rules("borders")["characters"] if c in rest]
    for character in found[:3]:
        yield f"border={character}"
    yield f"borders={min(len(found), 2)}|{type_}"
    yield f"common={has_common_pair(rest)}|{type_}"
    yield f"common={has_common_pair(rest)}|{'headed' if head else 'plain'}"
    if is_generic(rest) or rest in topics():
        yield f"generic|{type_}"
    if any(c.isdigit() for c in text):
        yield f"digits|{type_}"
    if any(c in _OPEN + _CLOSE for c in text):
        yield f"marks|{type_}"
    if any(c in "、,;:。!?" for c in text):
        yield f"stops|{type_}"
    for place in range(len(rest) - 1):
        yield f"pair={rest[place : place + 2]}"


def _uses(context: Context, mentions: list[Mention], type_: str) -> Iterator[str]:
    """Yield what stands around a name's places."""
    folded = context.folded
    quoted = 0
    for mention in mentions[:3]:
        before, after = folded[max(0, mention.start - 3) : mention.start], folded[mention.end : mention.end + 3]
        mark = before[-1:]
        quoted += mark in _OPEN and bool(mark)
        before, after = before.rstrip(" \n「『《“"), after.lstrip(" \n」』》”")
        for size in (1, 2):
            yield f"b={before[-size:]}|{type_}"
            yield f"a={after[:size]}|{type_}"
    yield f"quoted={quoted == len(mentions[:3])}|{type_}"
    yield f"quoted={quoted == len(mentions[:3])}|{mentions[0].rule}"
    sentence = context.sentence_at(mentions[0].start)
    words = folded[max(sentence.start, mentions[0].start - _WIDEST) : mentions[0].start]
    yield f"said={words.count('「') > words.count('」') + (words[-1:] == '「')}|{type_}"


def weigh(context: Context, leaning: Leaning | None, model: Linear | None = None) -> None:
    """Drop the names of a context that a trained model holds for none; nothing without one."""
    if leaning is None:
        return
    for mention in context.mentions:
        mention.margin = leaning.margin(mention.start, mention.end, mention.type)
    model = model or packaged_model("worth")
    if model is None:
        return
    gone: set[int] = set()
    for candidate in candidates(context):
        if sure(model, candidate.features) < LEAST:
            gone |= {id(m) for m in candidate.mentions}
    if gone:
        context.mentions = [m for m in context.mentions if id(m) not in gone]
        context.posts = [p for p in context.posts if id(p[0]) not in gone and id(p[2]) not in gone]


def sure(model: Linear, features: list[str]) -> float:
    """Return how likely a name with these features is one."""
    return float(softmax(np.array([model.scores(features)[0], 0.0], dtype=np.float32))[0])
