"""Bodies that their part in a clause shows: 「由甲營運」, 「獲乙撥款」, 「受丙委託」, and the neighbours of a known body in a list."""

from __future__ import annotations

import re
from functools import lru_cache

from kg.pipeline.announced import has_common_pair
from kg.pipeline.context import Context, Mention
from kg.pipeline.names import head_of, is_generic
from kg.pipeline.people import COUNTED
from kg.pipeline.recognise import kind_of
from kg.pipeline.recogniser import Leaning
from kg.pipeline.rules import Worded, alternation, rules, topics, with_words
from kg.pipeline.titles import title_patterns

_HAN = "\u4e00-\u9fff"
_LONGEST = 14
# How far the model may lean to "no name" in such a place; and where the stretch holds the pair of a common word.
_LEAST, _COMMON = -0.3, 0.3
_LISTED = -0.4
# By how much it may like another type better: the frame says what it is.
_OTHER = 0.4
_ITEM = Worded(
    "agents",
    f"(?:、|{{common.and}})([{_HAN}]{{3,10}}?)(?=[、,。;()]|{{listed_behind}}|[一二三四五六七八九十两\\d]+{{counters}})",
)


@lru_cache(maxsize=1)
def _frames() -> tuple[list[re.Pattern[str]], re.Pattern[str], re.Pattern[str], re.Pattern[str]]:
    data = rules("agents")
    borders = rules("borders")
    inner = set(borders["inner"])
    words = [w for w in borders["words"] if w not in inner and len(w) > 1]
    name = f"([{_HAN}]{{3,{_LONGEST}}}?)"
    frames = [re.compile(f"(?:{alternation(f['before'])}){name}(?={alternation(f['after'])})") for f in data["frame"]]
    return (
        frames,
        re.compile(with_words("agents", f"[{re.escape(borders['characters'])}]|{{border}}|{alternation(words)}")),
        re.compile(f"(?:{alternation(rules('shown')['announcer']['words'])})(?=[{_HAN}]{{3}})"),
        re.compile(f"^(?:{alternation(data['never']['begins'])})|(?:{alternation(data['never']['ends'])})$"),
    )


def acting(context: Context, leaning: Leaning | None) -> list[Mention]:
    """Return the bodies between the words of a frame that says what a body does or gives."""
    if leaning is None:
        return []
    frames, border, announcer, never = _frames()
    folded = context.folded
    taken = {place for m in context.mentions for place in range(m.start, m.end)}
    found = []
    for frame in frames:
        for match in frame.finditer(folded):
            start, end = match.span(1)
            if noun := announcer.match(folded, start, end):
                start = noun.end()
            if _may_be(folded, start, end, taken, border, never) and _likes(leaning, folded, start, end):
                found.append(
                    Mention(start, end, "Organisation", kind_of(folded[start:end], "Organisation"), rule="name.acting")
                )
    return found


def _may_be(
    folded: str, start: int, end: int, taken: set[int], border: re.Pattern[str], never: re.Pattern[str]
) -> bool:
    text = folded[start:end]
    if len(text) < 3 or not taken.isdisjoint(range(start, end)) or border.search(text) or never.search(text):
        return False
    head = head_of(text)
    if head is not None and head.word == text:
        return False
    title, *_ = title_patterns()
    return not (is_generic(text) or text in topics() or COUNTED.pattern.search(text) or title.search(text))


def _likes(leaning: Leaning, folded: str, start: int, end: int) -> bool:
    margin = leaning.margin(start, end, "Organisation")
    if any(
        leaning.margin(start, end, other) > margin + _OTHER for other in ("Facility", "Programme", "Event", "Person")
    ):
        return False
    return margin >= (_COMMON if has_common_pair(folded[start:end]) else _LEAST)


def listed(context: Context, leaning: Leaning | None) -> list[Mention]:
    """Return the bodies right behind a known firm in a list: 「包括甲釘板和乙棚業」."""
    if leaning is None:
        return []
    _, border, _, never = _frames()
    folded = context.folded
    taken = {place for m in context.mentions for place in range(m.start, m.end)}
    found = []
    for mention in context.mentions:
        if mention.type != "Organisation" or mention.kind != "company":
            continue
        match = _ITEM.pattern.match(folded, mention.end)
        while match is not None:
            start, end = match.span(1)
            if not _may_be(folded, start, end, taken, border, never):
                break
            if leaning.margin(start, end, "Organisation") < _LISTED:
                break
            found.append(Mention(start, end, "Organisation", "company", rule="name.listed"))
            match = _ITEM.pattern.match(folded, end)
    return found
