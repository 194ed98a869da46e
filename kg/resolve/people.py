"""Which well-known person a name means, and how surely one name in two texts is one person.

Weighed in bits: how rare the name is, whether it is well known, whether the texts are of one field, whether the post is
a high one or one of many. What is at least `SURE` is one person.
"""

from __future__ import annotations

import csv
import re
from collections import defaultdict
from collections.abc import Iterable, Sequence
from functools import lru_cache

from kg.errors import DataError
from kg.language.script import fold
from kg.pipeline.rules import surnames
from kg.resolve.names import Name, is_bare, read_name, words
from kg.resolve.romanise import DOUBLE
from kg.resolve.short import one_of
from kg.resources import data_path

_COLUMNS = ["id", "names", "words", "source"]
SURE = 24.0
# A well-known person's name means that person more often than another; two of one field, of two; posts that few hold.
_KNOWN, _FIELD, _OTHER_FIELD, _HIGH, _HUMBLE = 7.5, 4.0, -8.0, 2.0, -8.0
# Where a well-known person's words tell no field, any text fits them.
_UNTOLD, _KNOWN_FIELD = 3.0, -3.0
# A surname that many bear, one that some bear, one that few bear: one in sixteen, in a hundred, in a thousand.
_SURNAME = (4.0, 6.5, 9.5)
# A character of many given names, or of few; a Western given name of many, or of few; a syllable in Latin letters.
_GIVEN, _RARE, _WESTERN, _RARE_WESTERN, _SYLLABLE = 6.0, 9.5, 5.0, 9.0, 5.0
# A name that is no Chinese one, in characters or letters, for each word.
_FOREIGN = 13.0
# Who is of these is mostly known by nothing else.
_APART = {"sport", "art", "crime"}
_HAN = re.compile("[\u3400-\u9fff]")


@lru_cache(maxsize=1)
def _people() -> dict[str, list[tuple[str, tuple[str, ...]]]]:
    """Return the well-known persons by the core of each name: id, and words of which one must stand around."""
    path = data_path("identity", "people.tsv")
    rows = list(csv.reader(path.read_text(encoding="utf-8").splitlines(), delimiter="\t", quoting=csv.QUOTE_NONE))
    if rows[0] != _COLUMNS or any(len(r) != len(_COLUMNS) for r in rows):
        raise DataError("E204", f"each line must have the columns {' '.join(_COLUMNS)}", where=path.name)
    found: dict[str, list[tuple[str, tuple[str, ...]]]] = defaultdict(list)
    for id_, names, around, _ in rows[1:]:
        hints = tuple(around.split(";"))
        for core in dict.fromkeys(read_name(name, "Person").core for name in names.split(";")):
            found[core].append((f"person {id_}", hints))
    return found


def _candidates(name: Name) -> list[tuple[str, tuple[str, ...]]]:
    """Return the well-known persons of a name; of 「孫局長」, those of the surname."""
    if is_bare(name):
        return [entry for core, entries in _people().items() if core[0] == name.core[0] for entry in entries]
    return _people().get(name.core, [])


def known_person(names: Sequence[Name], sentences: Sequence[str]) -> str | None:
    """Return the id of a well-known person if the text around says the post, or the name is rare and nothing speaks against it."""
    text = " ".join(sentences)
    ids = {id_ for n in names for id_, hints in _candidates(n) if one_of(hints).search(text)}
    if len(ids) == 1:
        return min(ids)
    called = {entry for n in names if not is_bare(n) for entry in _people().get(n.core, [])}
    if ids or len({id_ for id_, _ in called}) != 1:
        return None
    id_, around = min(called)
    hints = [fold(w).casefold() for w in around]
    score, core = max((rareness(n.core), n.core) for n in names)
    score += _KNOWN + weighed(fields(sentences), fields(hints), known=True) + standing(core, sentences)
    score -= 0.0 if fields(hints) else _UNTOLD
    return id_ if score >= SURE else None


def may_be_one(core: str) -> bool:
    """Tell whether a name is rare enough for two texts to mean one person by it, if all else agrees."""
    return rareness(core) + _FIELD + _HIGH >= SURE


def alike(core: str, left: Sequence[str], right: Sequence[str]) -> bool:
    """Tell whether two texts with one name speak of one person, by the name and what they say."""
    one, other = fields(left), fields(right)
    return (
        may_be_one(core)
        and rareness(core) + weighed(one, other) + min(standing(core, left), standing(core, right)) >= SURE
    )


def weighed(left: frozenset[str], right: frozenset[str], *, known: bool = False) -> float:
    """Return what the fields of two texts say for one person: for, against, or nothing.

    The words for a `known` one are few: his work may be of another field than they tell.
    """
    if not left or not right:
        return _OTHER_FIELD if (left | right) & _APART else 0.0
    # An author may write of finance, a swimmer study law.
    if left & right and not (left ^ right) & _APART:
        return _FIELD
    return _KNOWN_FIELD if known and not (left | right) & _APART else _OTHER_FIELD


@lru_cache(maxsize=1)
def _fields() -> list[tuple[str, re.Pattern[str]]]:
    return [(r["name"], re.compile("|".join(r["words"]))) for r in words()["field"]]


def fields(texts: Iterable[str]) -> frozenset[str]:
    """Return of what fields folded texts speak: sport, medicine, government …"""
    return _spoken_of(tuple(texts))


@lru_cache(maxsize=2048)
def _spoken_of(texts: tuple[str, ...]) -> frozenset[str]:
    return frozenset(name for name, pattern in _fields() if any(pattern.search(t) for t in texts))


@lru_cache(maxsize=1)
def _standing() -> tuple[re.Pattern[str], re.Pattern[str]]:
    return re.compile("|".join(words()["high"])), re.compile("|".join(words()["humble"]))


def standing(core: str, sentences: Iterable[str]) -> float:
    """Return what the post beside a name says for one person: high ones few hold, others many."""
    return _stands(core, tuple(sentences))


@lru_cache(maxsize=2048)
def _stands(core: str, sentences: tuple[str, ...]) -> float:
    high, humble = _standing()
    texts = [_beside(core, s) for s in sentences]
    if any(humble.search(t) for t in texts):
        return _HUMBLE
    return _HIGH if any(high.search(t) for t in texts) else 0.0


def _beside(core: str, sentence: str) -> str:
    """Return what stands so near a person's name that it may be the post."""
    latin = core.isascii()
    words_ = re.findall("[a-z]+", core) if latin else [core]
    place = max(sentence.find(w) for w in words_)
    return sentence[max(0, place - (60 if latin else 14)) : place + (50 if latin else 10)]


@lru_cache(maxsize=1)
def _common() -> tuple[frozenset[str], ...]:
    data = words()["person_names"]
    return tuple(frozenset(data[k]) for k in ("surnames", "given", "latin_surnames", "latin_given"))


@lru_cache(maxsize=20_000)
def rareness(core: str) -> float:
    """Return how few bear a name, in bits: twice as rare is one more.

    >>> rareness("王伟") < rareness("陈志明") < rareness("夏宝龙") < rareness("古特雷斯")
    True
    """
    return _han(core) if _HAN.search(core) else _latin(core.split())


def _han(core: str) -> float:
    one, _ = surnames()
    common, given, _, _ = _common()
    cut = 2 if core[:2] in DOUBLE or (len(core) == 4 and {core[0], core[1]} <= one) else 1
    if (cut == 1 and core[0] not in one) or len(core) - cut > 2 or not core.isalpha():
        return 2 * _FOREIGN
    first = _SURNAME[2] if cut == 2 else _SURNAME[0] if core[0] in common else _SURNAME[1]
    return first + sum(_GIVEN if c in given else _RARE for c in core[cut:])


def _latin(tokens: list[str]) -> float:
    _, _, chinese, western = _common()
    if not set(tokens) & chinese:
        # Without a Chinese surname: the whole is foreign, or in pinyin.
        return sum(_WESTERN if t in western else _FOREIGN / 1.25 for t in tokens if len(t) > 1)
    surname = next(t for t in tokens if t in chinese)
    found = _SURNAME[0]
    rest = list(tokens)
    rest.remove(surname)
    for token in rest:
        if token in western:
            found += _WESTERN
        elif len(token) > 5:
            found += _RARE_WESTERN
        else:
            found += _SYLLABLE
    return found
