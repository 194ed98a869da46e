"""Whether Latin letters may spell a Chinese person's name: as Hong Kong does, by custom, or in pinyin."""

from __future__ import annotations

import re
import tomllib
from functools import lru_cache
from itertools import product

from kg.errors import DataError
from kg.resources import data_path

_COLUMNS = ["character", "mandarin", "cantonese"]
_SYLLABLE = re.compile(
    r"^(gw|kw|ng|[bpmfdtnlgkhzcsjw])?(aa[iumnptk]?g?|yu[nt]?|oe(?:ng|k)?|eo[int]|[aeiou][iumnptk]?g?|m|ng)$"
)
# The first of these is a surname of two characters.
DOUBLE = {"欧阳", "司徒", "上官", "诸葛", "司马", "皇甫", "尉迟", "公孙", "慕容", "夏侯"}


@lru_cache(maxsize=1)
def _tables() -> tuple[dict[str, list[str]], dict[str, list[str]]]:
    data = tomllib.loads(data_path("identity", "romanisation.toml").read_text(encoding="utf-8"))
    return data["onset"], data["rime"]


@lru_cache(maxsize=1)
def _readings() -> dict[str, tuple[str, str]]:
    """Return the readings of each character in pinyin and in Jyutping, without tones; see ``training/readings.py``."""
    path = data_path("identity", "readings.tsv")
    lines = path.read_text(encoding="utf-8").splitlines()
    if lines[0].split("\t") != _COLUMNS or any(line.count("\t") != 2 for line in lines):
        raise DataError("E204", f"each line must have the columns {' '.join(_COLUMNS)}", where=path.name)
    return {line[0]: (mandarin, cantonese) for line in lines[1:] for _, mandarin, cantonese in [line.split("\t")]}


@lru_cache(maxsize=4096)
def spellings(char: str) -> frozenset[str]:
    """Return the ways in which one character may be spelt, lower-case.

    >>> {"chan", "chen"} <= spellings("陳")
    True
    """
    mandarin, cantonese = _readings().get(char, ("", ""))
    found = set(mandarin.split())
    found |= {p.replace("v", "yu") for p in found}
    onsets, rimes = _tables()
    for reading in cantonese.split():
        match = _SYLLABLE.match(reading)
        if match:
            found |= {o + r for o, r in product(onsets[match.group(1) or ""], rimes.get(match.group(2), []))}
    return frozenset(found)


@lru_cache(maxsize=65536)
def spells(latin: str, han: str) -> str:
    """Tell how much of a Chinese name a Latin one spells: "whole", "surname", or "" for not even that.

    Letters are lower-case words; Western given names may stand among them.

    >>> spells("christopher hui ching yu", "許正宇"), spells("paul chan", "陳茂波"), spells("chan siu ming", "李小明")
    ('whole', 'surname', '')
    """
    tokens = re.findall("[a-z]+", latin)
    cut = 2 if han[:2] in DOUBLE and len(han) > 2 else 1
    if not 2 <= len(han) <= 4 or len(tokens) < 2:
        return ""
    first, given = [spellings(c) for c in han[:cut]], [spellings(c) for c in han[cut:]]
    # Szeto is one word for two characters.
    places = _without(tokens, first) or [
        [*tokens[:k], *tokens[k + 1 :]] for k, t in enumerate(tokens) if _joined(t, first)
    ]
    for rest in places:
        if given and (_without(rest, given) or any(_joined(t, given) for t in rest)):
            return "whole"
    return "surname" if places else ""


def _without(tokens: list[str], chars: list[frozenset[str]]) -> list[list[str]]:
    """Return what may be left of the words when each character has taken one that spells it, in whatever order."""
    if not chars:
        return [tokens]
    found = []
    for i, token in enumerate(tokens):
        if token in chars[0]:
            found += _without(tokens[:i] + tokens[i + 1 :], chars[1:])
    return found


def _joined(token: str, chars: list[frozenset[str]]) -> bool:
    """Tell whether one word spells several characters: Tszming."""
    if len(chars) < 2:
        return False
    return any(token[:k] in chars[0] and _rest(token[k:], chars[1:]) for k in range(1, len(token)))


def _rest(token: str, chars: list[frozenset[str]]) -> bool:
    if not chars:
        return not token
    return any(token[:k] in chars[0] and _rest(token[k:], chars[1:]) for k in range(1, len(token) + 1))
