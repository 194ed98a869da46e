"""Which known thing a name means that is written otherwise than the lexicon has it, and which it does not mean."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Sequence
from functools import lru_cache

from kg.language.script import name_key
from kg.model import EntityType
from kg.pipeline.lexicon import packaged
from kg.resolve.names import Name, core_of, initials, read_name, words
from kg.resolve.places import country_of

# What a scheme is called while it is tried, before 計劃 or at the end.
_TRIAL = re.compile("(?<=..)(?:先导|试验|试行|试点|试办)$")
_TRIAL_ENGLISH = re.compile(r"^pilot (?=\w+ \w+)")
# 港科大 is 科大; but 港中大 is not 港中 or 大.
_OURS = re.compile("^港(?=[\u4e00-\u9fff]{2,4}$)")
# A city's or province's office by the one character that stands for it: 深科創委.
_CITIES = {"深": "深圳", "穗": "广州", "莞": "东莞", "珠": "珠海", "沪": "上海", "京": "北京", "粤": "广东"}
_OFFICE = re.compile(f"^[{''.join(_CITIES)}][\u4e00-\u9fff]{{2,5}}[局委办厅署]$")
# What an English company's name may go on with, where no other is known by the longer one.
_GROUP = re.compile(r"(?<=...) (?:group|holdings?)$")
# So many words of an English name that has but plain ones name one body after all.
_PLAIN = 3
# 「HKMA, the Hong Kong Medical Association,」: letters, and right behind them what they stand for.
_IN_FULL = r"\b{}, (?:also known as )?(?:the |hong kong's |hong kong’s )?([a-z][a-z&' -]{{6,80}}?)(?=[,.;:(]| (?:in|at|of the|which|that|is|has|said|will)\b)"
_LETTERS = re.compile("[a-z]{3,6}")


def called(type_: EntityType, names: Iterable[Name]) -> str | None:
    """Return the one entry of the lexicon that these names mean, though it has other forms.

    >>> called("Programme", [read_name("長者院舍照顧服務券試驗計劃", "Programme")])
    'hk-rcsv'
    >>> called("Organisation", [read_name("Innovation & Technology Commission", "Organisation")])
    'hk-itc'
    """
    found = set()
    for name in names:
        if name.edition:
            continue
        for core in _otherwise(type_, name):
            found |= _cores().get((type_, core), set())
    return min(found) if len(found) == 1 else None


def _otherwise(type_: EntityType, name: Name) -> list[str]:
    found = []
    if type_ == "Programme":
        found = [p.sub("", name.core) for p in (_TRIAL, _TRIAL_ENGLISH)]
        if name.weak == "generic" and name.core != name.key and name.core in packaged().by_key:
            return [name.core]  # 醫療券計劃 is 醫療券.
    if type_ == "Organisation" and _OURS.match(name.key):
        found = [name.key[1:]]
    if type_ == "Organisation" and name.core.isascii():
        found = [_GROUP.sub("", name.core)]
    if type_ == "Organisation" and _OFFICE.match(name.key):
        found = [_CITIES[name.key[0]] + name.key[1:]]
    if name.weak == "generic" and name.core.isascii() and name.core.count(" ") >= _PLAIN - 1:
        return [name.core]
    return [core for core in found if core not in {name.core, name.key} and len(core) > 1]


@lru_cache(maxsize=1)
def _cores() -> dict[tuple[str, str], set[str]]:
    """Return the ids of the lexicon by type and core, those of plain names too; of Hong Kong's bodies also by form."""
    found: dict[tuple[str, str], set[str]] = defaultdict(set)
    for id_, entries in packaged().by_id.items():
        for entry in entries:
            found[entry.type, core_of(entry.form, entry.type)[0]].add(id_)
            key = name_key(entry.form)
            if id_.startswith("hk-") and len(key) <= 4:
                found[entry.type, key].add(id_)
    return dict(found)


def in_full(names: Sequence[Name], sentences: Iterable[str]) -> list[str]:
    """Return what a text says that letters stand for, right behind them.

    >>> in_full([read_name("HKMA", "Organisation")], ["hkma, the hong kong medical association, asked doctors"])
    ['hong kong medical association']
    """
    found = []
    for name in names:
        if not _LETTERS.fullmatch(name.core):
            continue
        for sentence in sentences:
            for match in re.finditer(_IN_FULL.format(name.core), sentence):
                whole = match[1].strip()
                if _stand_for(name.core, whole):
                    found.append(whole)
    return found


def _stand_for(letters: str, whole: str) -> bool:
    plain = [t for t in re.findall("[a-z]+", whole) if t not in words()["links_english"]]
    return initials(letters, " ".join(plain)) or initials(letters, read_name(whole, "Organisation").core)


def whose(names: Iterable[Name], sentences: Iterable[str], *, adjacent: bool = False) -> str:
    """Return the country, other than China as a whole, whose a scheme or policy is said to be, right before its name.

    `adjacent` reads 新加坡中華總商會 as Singapore's.
    """
    found = set()
    for name in names:
        pattern = re.compile(
            r"\b" + r"\W*".join(map(re.escape, name.key)) if name.key.isascii() else re.escape(name.key)
        )
        for sentence in sentences:
            match = pattern.search(sentence)
            if match and (before := sentence[: match.start()].rstrip("「『《“\"' ")):
                # Not what the name itself begins with.
                near = adjacent and not name.key.isascii() and not country_of(name.key, "")
                said = before if near or before.endswith(("的", "'s", "’s")) else before + "|"
                found.add(country_of("|", f"{said} " if said.isascii() else said))
    found -= {"", "中国"}
    return min(found) if len(found) == 1 else ""
