"""Whose unit a body is that its name does not tell in full: 總會秘書處, 應用物理學系 of a document's one university."""

from __future__ import annotations

import re

from kg.language.script import fold, name_key
from kg.pipeline.context import Context
from kg.pipeline.relations import Found
from kg.pipeline.rules import Worded, alternation, rules


def units_without_owner(context: Context, found: list[Found]) -> list[Found]:
    """Return relations with those added of units that nothing else gives an owner."""
    data = rules("frames")["unit"]
    owned = {r.subject for r in found if r.predicate == "partOf"}
    short = re.compile(f"^(?:{alternation(data['short'])})")
    faculty = re.compile(f"(?:{alternation(data['faculties'])})$|^(?:{alternation(data['english'])}) of ")
    universities = _universities(context)
    out = list(found)
    for index, group in enumerate(context.groups):
        if group.type != "Organisation" or index in owned or group.lexicon_id is not None:
            continue
        mention = next((m for m in group.mentions if not m.anaphor), None)
        if mention is None:
            continue
        name = fold(context.name(mention))
        owner = _by_short(context, index, name, short)
        if owner < 0 and faculty.search(name) and len(universities) == 1 and index not in universities:
            owner = next(iter(universities))
        if owner >= 0:
            out.append(Found(index, "partOf", owner, mention.start, mention.end, "partOf.unit.name"))
    return out


_UNIVERSITY = Worded("nested", "{university}$|university")


def _universities(context: Context) -> set[int]:
    return {
        i
        for i, g in enumerate(context.groups)
        if g.type == "Organisation" and g.mentions and any(_UNIVERSITY.pattern.search(name_key(n)) for n in g.names)
    }


def _by_short(context: Context, index: int, name: str, short: re.Pattern[str]) -> int:
    """Return the one body whose name ends in what a unit's name begins with: 總會秘書處 of 甲乙總會; -1 if none or several."""
    begins = short.match(name)
    if begins is None or len(name) - begins.end() < 2:
        return -1
    owners = [
        i
        for i, g in enumerate(context.groups)
        if i != index
        and g.type == "Organisation"
        and g.mentions
        and any(fold(n).endswith(begins.group()) for n in g.names)
    ]
    return owners[0] if len(owners) == 1 else -1
