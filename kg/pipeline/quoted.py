"""Names in quote marks: those that only the model sees, and places among them by what is said of them: 「甲軒」佔地, 進駐「乙坊」."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import get_args

from kg.model import EntityType, Kind
from kg.pipeline.announced import has_common_pair
from kg.pipeline.context import Context, Mention
from kg.pipeline.names import head_of, is_generic
from kg.pipeline.people import COUNTED
from kg.pipeline.recogniser import Leaning
from kg.pipeline.rules import alternation, rules, topics, with_words

_QUOTED = re.compile("[「“]([^「」『』《》“”,。;:!?、\n]{2,14})[」”]")
_TYPES: tuple[EntityType, ...] = tuple(t for t in get_args(EntityType) if t not in {"Person", "Policy"})
_NUMERAL = re.compile("[一二三四五六七八九十](?=[\u4e00-\u9fff]{1,3}$)")
_GUESSED = {
    "name.model",
    "name.again",
    "name.quoted-launched",
    "name.quoted-after-head",
    "name.quoted-model",
    "name.quoted-head",
}
# How much better than "no name" a quoted stretch must look where words around it tell of something done or built; elsewhere;
# and with the pair of a common word in it.
_DONE, _LEAST, _COMMON = 0.0, 1.5, 3.0


@lru_cache(maxsize=1)
def _patterns() -> tuple[re.Pattern[str], ...]:
    data = rules("quoted")
    place = data["place"]
    never = data["never"]
    return (
        re.compile(
            with_words("quoted", f"(?:{alternation(place['before'])}|{{standing}}[\u4e00-\u9fff]{{2,8}}的)[「“]$")
        ),
        re.compile(f"[」”](?:{alternation(place['between'])})*(?:{alternation(place['after'])})"),
        re.compile(f"(?:由[^,。]{{2,20}},)?(?:{alternation(place['size'])})"),
        re.compile(f"(?:{alternation(never['before'])})[「“]$"),
        re.compile(f"[」”](?:的)?(?:{alternation(never['after'])})"),
    )


@lru_cache(maxsize=1)
def _draws() -> re.Pattern[str]:
    return re.compile(f"[」”](?:{alternation(rules('quoted')['event']['after'])})")


@lru_cache(maxsize=1)
def _done() -> tuple[re.Pattern[str], re.Pattern[str], re.Pattern[str]]:
    data = rules("quoted")["done"]
    return (
        re.compile(f"(?:{alternation(data['before'])})[了的]?[「“]$"),
        re.compile(with_words("quoted", r"(?:^|[。,;:!?\n])\s?{opens}?[「“]$")),
        re.compile(f"[」”](?:{alternation(data['after'])})"),
    )


def _is_done(folded: str, start: int, end: int) -> bool:
    """Tell whether the words around a quoted stretch speak of something that is done or built."""
    before, opens, after = _done()
    low = max(0, start - 8)
    return before.search(folded, low, start) is not None or (
        opens.search(folded, low, start) is not None and after.match(folded, end) is not None
    )


def quoted_by_model(context: Context, leaning: Leaning | None) -> list[Mention]:
    """Return the names in quote marks that no rule has and the model likes."""
    if leaning is None:
        return []
    *_, said, what = _patterns()
    folded = context.folded
    taken = {place for m in context.mentions for place in range(m.start, m.end)}
    found = []
    for match in _QUOTED.finditer(folded):
        start, end = match.span(1)
        text = match.group(1)
        if (
            not taken.isdisjoint(range(start, end))
            or is_generic(text)
            or text in topics()
            or _NUMERAL.match(text)
            or COUNTED.pattern.search(text)
        ):
            continue
        if said.search(folded, max(0, match.start() - 6), start) or what.match(folded, end):
            continue
        if not re.search("[\u4e00-\u9fffA-Za-z]", text):
            continue
        best = max(_TYPES, key=lambda t: leaning.margin(start, end, t))
        least = _DONE if _is_done(folded, start, end) else _COMMON if has_common_pair(text) else _LEAST
        if leaning.margin(start, end, best) >= least:
            kind: Kind | None = "company" if best == "Organisation" else None
            found.append(Mention(start, end, best, kind, rule="name.quoted-model"))
    return found


def unsaid(context: Context) -> None:
    """Drop what a headline puts in quote marks, or composes of words, and the text below never says again."""
    folded = context.folded
    line = folded.find("\n", len(folded) - len(folded.lstrip()))
    if line < 0 or folded[:line].rstrip().endswith("。"):
        return
    gone = {
        id(m)
        for m in context.mentions
        if m.end <= line
        and m.rule in _GUESSED | {"name.head", "name.tail"}
        and m.type not in {"Person", "Policy"}
        and (m.type in {"Facility", "Programme"} or folded[m.start - 1 : m.start] in {"「", "“"})
        and folded[m.start : m.end] not in folded[line:]
    }
    context.mentions = [m for m in context.mentions if id(m) not in gone]
    context.posts = [p for p in context.posts if id(p[0]) not in gone and id(p[2]) not in gone]


def place_quoted(context: Context) -> None:
    """Make places of the things in quote marks of which the text says so, and events of what draws people."""
    before, after, size, *_ = _patterns()
    folded = context.folded
    places: set[str] = set()
    events: set[str] = set()
    for mention in context.mentions:
        text = folded[mention.start : mention.end]
        if mention.rule not in _GUESSED or mention.type in {"Person", "Policy", "Facility", "Event"}:
            continue
        if folded[mention.start - 1 : mention.start] not in {"「", "“"}:
            continue
        head = head_of(text)
        if head is not None and head.type == "Programme" and not head.weak:
            continue
        if head is None and _draws().match(folded, mention.end):
            events.add(text)
        shown = before.search(folded, max(0, mention.start - 14), mention.start) or after.match(folded, mention.end)
        if shown or any(size.match(folded, m.end()) for m in re.finditer(re.escape(text[-2:]), folded)):
            places.add(text)
    for mention in context.mentions:
        text = folded[mention.start : mention.end]
        if mention.rule in _GUESSED and text in places | events:
            mention.type, mention.kind = "Event" if text in events else "Facility", None
