"""Other names that a text gives a thing beside one: in brackets, 正名為, 原名, before the bracket of a short form."""

from __future__ import annotations

import re

from kg.language.script import fold
from kg.model import EntityType
from kg.resolve.context import Surroundings
from kg.resolve.names import abbreviates, initials, read_name

_OTHER_NAME = re.compile(
    r"[^。]{0,20}?(?:正名为|全名为|全名是|全称为|全称是|又称|又名|亦称|也称|简称|俗称|下称)[「『]?"
    r"([^,。;、()「」『』\s]{2,20})"
)
_IN_BRACKETS = re.compile(r"[」』》”\"]?\s?\(([^()]{2,60})\)")
_FORMER = re.compile(
    r"[^。]{0,12}?(?:(?:原名|前称|旧称|旧名|原称|曾名)[为是]?[「『]?([^,。;、()「」『』\s]{2,20})"
    r"|由([^,。;、()「」『』\s]{2,20}?)(?:正名|更名|易名|改名)(?:为|成))"
)
_BEFORE_BRACKET = re.compile(r"([\u4e00-\u9fff]{4,24}|(?:[a-z&'-]+ ){1,7}[a-z&'-]+)\s?$")


def stated(names: list[str], around: Surroundings, type_: EntityType) -> list[str]:
    """Return other names that the sentences give in brackets or words: 「甲局（Bureau A）」, 「甲基金，正名為乙基金」."""
    found = []
    for name in names:
        folded = fold(name).casefold()
        latin = re.search(r"[\u4e00-\u9fff]", name) is None
        for sentence in around.sentences:
            place = sentence.find(folded)
            if place < 0:
                continue
            found += _explained(sentence, folded)
            match = _IN_BRACKETS.match(sentence, place + len(folded))
            if match and latin != (re.search(r"[\u4e00-\u9fff]", match[1]) is None):
                parts = re.split(r"[,;/、]|简称|英文名为|下称", match[1])
                found += [p.strip(" 「」『』“”") for p in parts if re.fullmatch(r"[^\d]{2,60}", p.strip())]
            other = _OTHER_NAME.match(sentence, place + len(folded)) if type_ != "Person" else None
            if other:
                found.append(other[1])
            former = _FORMER.match(sentence, place + len(folded)) if type_ != "Person" else None
            if former:
                found.append(former[1] or former[2])
    return [f for f in dict.fromkeys(found) if len(f) > 1]


def _explained(sentence: str, short: str) -> list[str]:
    """Return the name before the bracket in which a short form stands: 「社會企業支援中心（社企中心）」."""
    place = sentence.find(f"({short})")
    match = _BEFORE_BRACKET.search(sentence[:place]) if place > 0 else None
    if match is None:
        return []
    before = match.group(1)
    if short.isascii():
        ends = [" ".join(before.split()[k:]) for k in range(before.count(" ") + 1)]
        found = [e for e in ends if initials(short, read_name(e, "Organisation").core) or initials(short, e)]
    else:
        found = [before[k:] for k in range(len(before) - 3) if abbreviates(short, before[k:])]
    return found[-1:]
