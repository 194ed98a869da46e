"""What the trained recogniser sees of a text: one row of hashed observations for each character."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from kg.pipeline.context import Context
from kg.pipeline.lexicon import Lexicon
from kg.pipeline.names import head_spans
from kg.pipeline.rules import alternation, surnames, topics
from kg.pipeline.titles import title_spans

Codes = NDArray[np.uint64]
Span = tuple[int, int, str]

_TYPES: dict[str, int] = {
    t: i for i, t in enumerate(("Person", "Organisation", "Programme", "Facility", "Policy", "Event", "Title"), 1)
}
_PRIME = np.uint64(0x100000001B3)
_BASIS = 0xCBF29CE484222325
_REACH = 20
_BREAKS = set(",。;:!?、「」『』《》“”()[]\n|/")
_WORD = re.compile(r"[A-Za-z][A-Za-z0-9'’&.+-]*|\d[\d,.]*|\S")
_OPEN, _CLOSE = "「『《“", "」』》”"


@lru_cache(maxsize=65536)
def _kind_of(char: str) -> int:
    """Return a character's class: what its shape tells of where names begin and end."""
    if "\u4e00" <= char <= "\u9fff":
        return 1
    if char.isdigit():
        return 2
    if char.isupper():
        return 3
    if char.islower():
        return 4
    if char in _OPEN:
        return 5
    if char in _CLOSE:
        return 6
    if char in "、":
        return 7
    if char in "()":
        return 8
    if char.isspace():
        return 9
    return 10


def _shift(codes: Codes, by: int) -> Codes:
    """Return the codes of the characters `by` places on; 0 where there is none."""
    out = np.zeros_like(codes)
    if by > 0:
        out[:-by] = codes[by:]
    elif by < 0:
        out[-by:] = codes[:by]
    else:
        out[:] = codes
    return out


def _hash(template: int, parts: Sequence[Codes]) -> Codes:
    """Return a 64-bit hash (FNV-1a over whole codes) of several codes a character, told apart by template."""
    out = np.full(len(parts[0]), _BASIS ^ (template * 0x9E3779B97F4A7C15 & 0xFFFFFFFFFFFFFFFF), dtype=np.uint64)
    for part in parts:
        out = (out ^ part) * _PRIME
        out ^= out >> np.uint64(29)
    return out


def _placed(size: int, spans: Sequence[Span]) -> Codes:
    """Return a code a character that tells the type of the span over it, and whether it begins, ends or fills it."""
    out = np.zeros(size, dtype=np.uint64)
    for start, end, type_ in spans:
        base = _TYPES[type_] * 4
        out[start:end] = base + 1
        out[start] = base
        out[end - 1] = base + 2 if end - start > 1 else base + 3
    return out


def _longest(spans: list[Span]) -> list[Span]:
    """Return spans that don't overlap: longer ones first."""
    kept: list[Span] = []
    last = -1
    best: dict[int, Span] = {}
    for span in spans:
        if span[0] not in best or span[1] > best[span[0]][1]:
            best[span[0]] = span
    for start in sorted(best):
        if start >= last:
            kept.append(best[start])
            last = best[start][1]
        elif best[start][1] - start > kept[-1][1] - kept[-1][0]:
            kept[-1] = best[start]
            last = best[start][1]
    return kept


def _heads_ahead(folded: str) -> Codes:
    """Return for each character which type of head ends the stretch it stands in, and how far ahead."""
    out = np.zeros(len(folded), dtype=np.uint64)
    for start, end, type_ in head_spans(folded):
        for place in range(end - 1, max(-1, end - 1 - _REACH), -1):
            if folded[place] in _BREAKS:
                break
            ahead = end - 1 - place
            near = ahead if ahead < 7 else 7 if ahead < 9 else 8 if ahead < 13 else 9
            if out[place] == 0 or place >= start:
                out[place] = _TYPES[type_] * 16 + near + (128 if place >= start else 0) + 256
            elif ahead > _REACH // 2:
                break
    return out


def _words(folded: str) -> tuple[Codes, Codes, Codes, Codes]:
    """Return for each character the hash of the Latin word over it, of the words before and after, and the word's shape.

    A Chinese character is a word of its own.
    """
    size = len(folded)
    here, before, after, shape = ([0] * size for _ in range(4))
    previous, last = 0, (0, 0)
    for match in _WORD.finditer(folded):
        start, end = match.span()
        word = match.group()
        code = _code(word)
        latin = word[0].isascii()
        form = 2 if word.isupper() else 3 if word[0].isupper() else 4 if word.isdigit() else 5
        for place in range(start, end):
            here[place], before[place] = code, previous
            if latin:
                shape[place] = form * 4 + (place > start)
        for place in range(*last):
            after[place] = code
        previous, last = code, (start, end)
    codes = [np.array(column, dtype=np.uint64) for column in (here, before, after, shape)]
    return codes[0], codes[1], codes[2], codes[3]


@lru_cache(maxsize=65536)
def _code(word: str) -> int:
    """Return a hash of a word that is the same in every process."""
    value = _BASIS
    for byte in word.lower().encode():
        value = (value ^ byte) * 0x100000001B3 & 0xFFFFFFFFFFFFFFFF
    return value


def _quoted(folded: str) -> Codes:
    """Return for each character whether it opens, fills or closes a stretch in quote marks, and which kind of mark."""
    out = np.zeros(len(folded), dtype=np.uint64)
    opened = -1
    for place, char in enumerate(folded):
        if char in _OPEN:
            opened = place
        elif char in _CLOSE and 0 <= opened and place - opened <= 42:
            kind = 4 if folded[opened] == "《" else 0
            out[opened + 1 : place] = kind + 2
            if place > opened + 1:
                out[opened + 1], out[place - 1] = kind + 1, kind + 3
            opened = -1
        elif char == "\n":
            opened = -1
    return out


@lru_cache(maxsize=1)
def _topics() -> re.Pattern[str]:
    return re.compile(alternation(sorted(topics())))


def _common(folded: str) -> Codes:
    """Return for each character whether it begins, fills or ends a common noun such as 人工智能."""
    out = np.zeros(len(folded), dtype=np.uint64)
    for match in _topics().finditer(folded):
        start, end = match.span()
        out[start:end] = 2
        out[start], out[end - 1] = 1, 3
    return out


def _families(folded: str) -> Codes:
    """Return for each character whether a family name begins there."""
    single, double = surnames()
    return np.fromiter(
        (2 if folded[i : i + 2] in double else 1 if c in single else 0 for i, c in enumerate(folded)),
        dtype=np.uint64,
        count=len(folded),
    )


class Columns(NamedTuple):
    """What is seen of each character: a code each, before codes are combined and hashed."""

    chars: Codes
    kinds: Codes
    known: Codes
    ruled: Codes
    titles: Codes
    families: Codes
    heads: Codes
    quotes: Codes
    common: Codes
    words: tuple[Codes, Codes, Codes, Codes]


def columns(context: Context, lexicon: Lexicon) -> Columns:
    """Return what is seen of each character of a document.

    The rules' own mentions are among it, so that a model learns how far to trust each of them.
    """
    folded = context.folded
    size = len(folded)
    return Columns(
        chars=np.fromiter((48 if c.isdigit() else ord(c.lower()) for c in folded), dtype=np.uint64, count=size),
        kinds=np.fromiter((_kind_of(c) for c in folded), dtype=np.uint64, count=size),
        known=_placed(size, _longest([(h.start, h.end, h.entry.type) for h in lexicon.find(folded)])),
        ruled=_placed(size, [(m.start, m.end, m.type) for m in context.mentions if not m.anaphor]),
        titles=_placed(size, _longest([(s, e, "Title") for s, e in title_spans(folded)])),
        families=_families(folded),
        heads=_heads_ahead(folded),
        quotes=_quoted(folded),
        common=_common(folded),
        words=_words(folded),
    )


def observe(context: Context, lexicon: Lexicon) -> NDArray[np.uint64]:
    """Return the observations of a document: `len(text)` rows of hashes, a column for each template."""
    return hashed(columns(context, lexicon))


def hashed(seen: Columns) -> NDArray[np.uint64]:
    """Return the hash of each template for each character: `len(text)` rows."""
    templates = [
        *_spelling(seen.chars, seen.kinds),
        *_candidates(seen.chars, seen.known, seen.ruled),
        *_people(seen.chars, seen.kinds, seen.titles, seen.families),
        *_structure(seen.chars, seen.known, seen.heads, seen.quotes),
        *_nouns(seen.chars, seen.ruled, seen.common),
        *_latin(*seen.words),
    ]
    return np.stack([_hash(number, parts) for number, parts in enumerate(templates, 1)], axis=1)


def _spelling(chars: Codes, kinds: Codes) -> list[list[Codes]]:
    """Return the templates of characters one by one, in twos, threes and fours, and of their classes."""
    c = {by: _shift(chars, by) for by in range(-3, 4)}
    k = [_shift(kinds, by) for by in range(-2, 3)]
    return [
        *([c[by]] for by in range(-2, 3)),
        *([c[by], c[by + 1]] for by in range(-2, 2)),
        *([c[by], c[by + 1], c[by + 2]] for by in range(-2, 1)),
        [c[-1], c[1]],
        [c[-3], c[-2], c[-1], c[0]],
        [c[0], c[1], c[2], c[3]],
        k,
        [kinds, k[3]],
    ]


def _candidates(chars: Codes, known: Codes, ruled: Codes) -> list[list[Codes]]:
    """Return the templates of what lexicon and rules say."""
    return [
        [known],
        [_shift(known, by) for by in (-1, 0, 1)],
        [known, chars],
        [ruled],
        [_shift(ruled, by) for by in (-1, 0, 1)],
        [ruled, chars],
        [ruled, known],
        [_shift(ruled, -1), _shift(known, -1), ruled, known],
    ]


def _people(chars: Codes, kinds: Codes, titles: Codes, families: Codes) -> list[list[Codes]]:
    """Return the templates of titles and family names."""
    return [
        [_shift(titles, by) for by in (-1, 0, 1)],
        [_shift(titles, -1), families, kinds],
        [families, chars, _shift(chars, 1)],
        [_shift(titles, 2), _shift(titles, 3), families],
        [_shift(titles, -2), _shift(titles, -3), _shift(families, -1)],
    ]


def _structure(chars: Codes, known: Codes, heads: Codes, quotes: Codes) -> list[list[Codes]]:
    """Return the templates of quote marks and of the head that a stretch ends in."""
    before = _shift(chars, -1)
    return [
        [_shift(quotes, by) for by in (-1, 0, 1)],
        [quotes, heads],
        [heads],
        [heads, before],
        [heads, before, chars],
        [heads, known],
    ]


def _nouns(chars: Codes, ruled: Codes, common: Codes) -> list[list[Codes]]:
    """Return the templates of common nouns, which are seldom names."""
    return [
        [common],
        [_shift(common, by) for by in (-1, 0, 1)],
        [common, ruled],
        [common, _shift(chars, -1)],
    ]


def _latin(word: Codes, before: Codes, after: Codes, shape: Codes) -> list[list[Codes]]:
    """Return the templates of words in Latin letters."""
    return [[word], [word, before], [word, after], [shape, before], [shape, _shift(shape, 1), after]]
