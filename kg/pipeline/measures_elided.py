"""What a figure counts where its own clause has no noun for it: 「收到118宗申請，其中甲佔97宗」."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from functools import lru_cache

from kg.language.script import fold
from kg.pipeline.context import Context, Sentence
from kg.pipeline.rules import Worded, alternation, rules

# 「各領的學額如下:甲三千個,乙二千個」, 「非融資項目方面,共有118個」.
_HEADED = Worded("counts", r"([\u4e00-\u9fff]{2,8}){as_follows}:|([\u4e00-\u9fff]{2,8}){as_for},")
_BACK = 3
_PEOPLE = frozenset("人名位")


@dataclass(frozen=True, slots=True)
class _Words:
    object: re.Pattern[str]
    people: re.Pattern[str]
    counters: frozenset[str]
    kin: dict[str, frozenset[str]]


@lru_cache(maxsize=1)
def _words() -> _Words:
    data = rules("counts")["elided"]
    return _Words(
        re.compile(f"(?:{alternation(data['verbs'])}|的)([\u4e00-\u9fff]{{2,6}}?)[,;]?$"),
        re.compile(f"[^\\W\\d有的了名位个及和与等为是一]{{0,2}}(?:{alternation(data['people'])})"),
        frozenset(fold(c) for c in data["counters"]),
        {fold(c): frozenset(fold(k) for k in group) for group in data["kin"] for c in group},
    )


def _head(noun: str) -> str:
    return noun.rsplit("的", 1)[-1] or noun


@dataclass(slots=True)
class Counted:
    """The counts of a document read so far, by sentence and unit."""

    told: list[tuple[int, str, str]] = field(default_factory=list)

    def add(self, number: int, unit: str, measure: str) -> None:
        """Remember that a figure with this unit counts this, in the sentence of this number."""
        self.told.append((number, unit, measure))

    def noun_for(self, context: Context, sentence: Sentence, start: int, place: int, unit: str) -> str:
        """Return the noun that a figure leaves out; nothing where none is found. `start` is where its clause begins."""
        number = context.sentence_number(sentence)
        words = _words()
        near = [(u, m) for n, u, m in self.told[-12:] if n == number]
        if same := next((m for u, m in reversed(near) if u == unit), ""):
            return same
        before = context.folded[sentence.start : start]
        if unit in words.counters:
            headed = _HEADED.pattern.findall(before)
            if headed and headed[-1][0]:
                return _head(headed[-1][0])
            if place - start <= 6 and (named := words.object.search(before)):
                return _head(named.group(1))
            kin = words.kin.get(unit, frozenset())
            if akin := next((m for u, m in reversed(near) if u in kin), ""):
                return akin
            if headed:
                return _head(headed[-1][1])
        if unit in _PEOPLE and (people := list(words.people.finditer(before))):
            return people[-1].group()
        if unit in words.counters and sentence.passage is context.sentences[max(0, number - 1)].passage:
            return next((m for n, u, m in reversed(self.told[-12:]) if number - _BACK < n < number and u == unit), "")
        return ""
