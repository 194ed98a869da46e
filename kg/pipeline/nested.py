"""Bodies named only at the head of their unit's name: 香港演藝學院 in 「香港演藝學院電影電視學院」."""

from __future__ import annotations

import re
from functools import lru_cache

from kg.language.script import name_key
from kg.pipeline.context import Context, Mention
from kg.pipeline.lexicon import Lexicon
from kg.pipeline.rules import alternation, rules, wording

_SHORTEST_OWNER = 3
_SHORTEST_UNIT = 2


@lru_cache(maxsize=1)
def _patterns() -> tuple[re.Pattern[str], re.Pattern[str], re.Pattern[str], re.Pattern[str]]:
    data = rules("nested")
    return (
        re.compile(f"(?:{alternation(data['owners'])})$"),
        re.compile(f"(?:{alternation(data['never'])})$"),
        re.compile(f"(?:{alternation(data['units'])})$"),
        re.compile(alternation(data["goes_on"])),
    )


def owners(context: Context, lexicon: Lexicon) -> None:
    """Give the context a group for each body that its units' names begin with, or add the name to the body's own."""
    known = {name_key(n): i for i, g in enumerate(context.groups) if g.type == "Organisation" for n in g.names}
    by_id = {g.lexicon_id: i for i, g in enumerate(context.groups) if g.lexicon_id and g.type == "Organisation"}
    waiting = [
        (m.start, m.end) for g in list(context.groups) if g.type == "Organisation" for m in g.mentions if not m.anaphor
    ]
    while waiting:
        start, end = waiting.pop()
        length = owner_length(context.folded[start:end], set(known), lexicon)
        if not length:
            continue
        key = name_key(context.folded[start : start + length])
        entry = lexicon.by_key.get(key)
        if entry is not None and entry.type != "Organisation":
            entry = None
        id_, kind = (entry.id, entry.kind) if entry else (None, None)
        index = known.get(key, by_id.get(id_, -1) if id_ else -1)
        if index < 0:
            # 「市民政局養老服務處」 after 「瀾州市民政局」.
            ends = {i for k, i in known.items() if k.endswith(key)}
            index = ends.pop() if len(ends) == 1 else -1
        mention = Mention(start, start + length, "Organisation", kind, id_, "name.nested")
        if index < 0:
            index = context.add(mention)
        else:
            context.join(index, mention)
        known[key] = index
        if id_:
            by_id.setdefault(id_, index)
        waiting.append((start, start + length))


def owner_length(name: str, known: set[str], lexicon: Lexicon) -> int:
    """Return how many characters at the head of a folded body's name name its owner: the longest; 0 if none do."""
    head, never, unit, goes_on = _patterns()
    if not unit.search(name) or name.endswith(tuple(rules("nested")["firms"])):
        return 0
    for length in range(len(name) - _SHORTEST_UNIT, 1, -1):
        owner, rest = name[:length], name[length:]
        # 「倫敦大學學院」 is one name.
        bare = unit.fullmatch(rest) and owner.endswith(wording("nested", "university"))
        if bare or goes_on.match(rest) or not unit.search(rest) or never.search(owner):
            continue
        key = name_key(owner)
        entry = lexicon.by_key.get(key)
        if (entry is not None and entry.type == "Organisation") or key in known:
            return length
        if length >= _SHORTEST_OWNER and head.search(owner) and not head.fullmatch(owner):
            return length
    return 0
