"""The setting of a figure: how its clause opens, what stands right beside it, and which things open the clauses up to it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from kg.pipeline.context import Context, Mention, Sentence
from kg.pipeline.places import part_after, part_before
from kg.pipeline.rules import Worded

_MARK = re.compile(r"(?<!\d),|,(?!\d)|[;:。!?\n]")
_SENTENCES_BACK = 4
# Words that only say how exact a figure is.
_EXACT = Worded("amounts", r"(?:{exact}|\$|\s)+$")
_OPEN = re.compile(r"^[\s「『《“\"(]+")
_LETTERS = {"Person": "P", "Organisation": "O", "Programme": "G", "Facility": "F", "Policy": "L", "Event": "E"}


@dataclass(frozen=True, slots=True)
class Setting:
    """How the clause of a figure opens, what stands before and behind the figure, and who opens the clauses up to it."""

    head: str
    before: str
    after: str
    openers: dict[int, int]
    opens: bool


def setting_of(context: Context, sentence: Sentence, start: int, end: int) -> Setting:
    """Return the setting of a figure."""
    folded = context.folded
    marks = [m.end() for m in _MARK.finditer(folded, sentence.start, start)]
    clause = marks[-1] if marks else sentence.start
    inside = [m for m in sentence.mentions if clause <= m.start and m.end <= start]
    head = _OPEN.sub("", _shown(context, clause, start, inside))[:2]
    before = _EXACT.pattern.sub("", _shown(context, max(clause, start - 14), start, inside))[-2:]
    after = "".join(folded[end : min(end + 4, sentence.end)].split())[:2]
    openers = _openers(context, sentence, start)
    opens = any(openers.get(m.entity) == 0 for m in inside)
    return Setting(head, before, after, openers, opens)


def _shown(context: Context, start: int, end: int, mentions: list[Mention]) -> str:
    """Return a stretch with a letter for each name in it and 0 for each digit."""
    out, place = "", start
    for mention in mentions:
        if mention.end <= start:
            continue
        out += context.folded[place : mention.start] if mention.start > place else ""
        out += _LETTERS[mention.type]
        place = mention.end
    return re.sub(r"\d", "0", "".join((out + context.folded[place:end]).split()))


def _openers(context: Context, sentence: Sentence, start: int) -> dict[int, int]:
    """Return the things that open the clauses up to a place, each with its rank from the last one."""
    found: dict[int, int] = {}
    index = context.sentence_number(sentence)
    for number in range(index, max(-1, index - _SENTENCES_BACK - 1), -1):
        earlier = context.sentences[number]
        for mention in reversed(earlier.mentions):
            if mention.end > start or mention.type in {"Person", "Policy"} or mention.entity in found:
                continue
            if part_before(context, earlier, mention) == "start" and part_after(context, mention) != "inside":
                found[mention.entity] = len(found)
    return found


def seen(setting: Setting, kind: str, coarse: str, side: str, group: int) -> Iterator[str]:
    """Yield how a candidate of a type stands in a figure's setting."""
    rank = setting.openers.get(group)
    status = f"op{min(rank, 2)}" if rank is not None else "-"
    if rank == 0 and setting.opens:
        status = "own"
    yield f"{kind}|{side}|{status}"
    yield f"{kind}|{coarse}|{status}|own={setting.opens}"
    for name, words in (("head", setting.head), ("before", setting.before), ("after", setting.after)):
        yield f"{kind}|{coarse}|{name}={words}"
        yield f"{kind}|{status}|{name}={words}"
    yield f"{kind}|{side}|head={setting.head}"
