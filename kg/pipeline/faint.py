"""Faint mentions: words that may stand for a thing already named, too unsure to name it, yet a hint whose a figure is.

「樂齡實驗室」 again without quote marks, 「力臂」 for 力臂機械人, 「計劃」 in the midst of a clause, a person for the body served,
後者 for the second of two. Only the model of holders looks at them, and learns how far to trust each kind.
"""

from __future__ import annotations

import bisect
import re
from collections.abc import Iterator
from functools import lru_cache

import ahocorasick

from kg.language.script import fold
from kg.pipeline.context import Context, Group, Mention
from kg.pipeline.names import head_of, is_generic
from kg.pipeline.places import speakers
from kg.pipeline.rules import Worded, common_pairs, rules, with_words

_HAN = re.compile("[\u4e00-\u9fff]+")
_PLACE = Worded("faint", "^(?:{aliases.place}|{whole}|[\u4e00-\u9fff]{2}{rank})")
_MOST = 3
_SENTENCES_BACK = 8


def faint_in(context: Context, start: int, end: int) -> list[Mention]:
    """Return the faint mentions that begin within a range, in order; the context's own must be found by then."""
    if context.faint is None:
        context.faint = _all(context)
    low = bisect.bisect_left(context.faint, start, key=lambda m: m.start)
    high = bisect.bisect_left(context.faint, end, key=lambda m: m.start)
    return context.faint[low:high]


def _all(context: Context) -> list[Mention]:
    """Return the faint mentions of a context in the order of the text; several may stand in one place."""
    spans = sorted((m.start, m.end) for m in context.mentions)
    found = [*_again(context, spans), *_served(context)]
    taken = sorted([*spans, *((m.start, m.end) for m in found if m.rule != "faint.person")])
    found += _bare(context, taken)
    found += _pairs(context)
    return sorted(found, key=lambda m: (m.start, m.end, m.rule))


def _pointing(start: int, end: int, group: Group, number: int, rule: str) -> Mention:
    return Mention(start, end, group.type, group.kind, rule=f"faint.{rule}", anaphor=True, entity=number)


def _free(spans: list[tuple[int, int]], start: int, end: int) -> bool:
    index = bisect.bisect_left(spans, (end, 0)) - 1
    return index < 0 or spans[index][1] <= start


def _again(context: Context, spans: list[tuple[int, int]]) -> list[Mention]:
    """Return names that stand again without having been found there, and the distinct beginnings of names."""
    owners: dict[str, set[tuple[str, int]]] = {}
    for number, group in enumerate(context.groups):
        if group.type == "Person" or not group.mentions:
            continue
        for name in group.names:
            folded = fold(name).strip("「」『』《》“” ")
            if len(folded) >= 2:
                owners.setdefault(folded, set()).add(("again", number))
            for front in _fronts(folded):
                owners.setdefault(front, set()).add(("front", number))
    if not owners:
        return []
    automaton = ahocorasick.Automaton()
    for word, its in owners.items():
        if len({n for _, n in its}) == 1:
            automaton.add_word(word, (word, *min(its)))
    automaton.make_automaton()
    hits = [
        (last - len(word) + 1, last + 1, rule, number) for last, (word, rule, number) in automaton.iter(context.folded)
    ]
    found: list[Mention] = []
    last_end = 0
    for start, end, rule, number in sorted(hits, key=lambda h: (h[0], -h[1])):
        if start < last_end or not _free(spans, start, end):
            continue
        around = context.folded[start - 1 : start] + context.folded[end : end + 1]
        if context.folded[start].isascii() and re.search("[A-Za-z0-9]", around):
            continue
        found.append(_pointing(start, end, context.groups[number], number, rule))
        last_end = end
    return found


def _fronts(name: str) -> Iterator[str]:
    """Yield the beginnings of a name that tell it from others: 力臂 of 力臂機械人, 坪源 of 坪源觀星館."""
    if not _HAN.fullmatch(name):
        return
    head = head_of(name)
    core = name[: len(name) - len(head.word)] if head is not None else name
    bare = _PLACE.pattern.sub("", core)
    for base in dict.fromkeys((core, bare)):
        for size in range(2, len(base) + 1):
            front = base[:size]
            if size == len(name) or is_generic(front) or _PLACE.pattern.fullmatch(front):
                continue
            if size == 2 and front in common_pairs():
                continue
            yield front


@lru_cache(maxsize=1)
def _words() -> tuple[dict[str, list[tuple[str, frozenset[str]]]], re.Pattern[str]]:
    """Return the bare words that stand for a thing, with the types and kinds of thing each may stand for."""
    owner: dict[str, list[tuple[str, frozenset[str]]]] = {}
    for block in rules("faint")["word"]:
        for word in block["words"]:
            owner.setdefault(word, []).append((block["type"], frozenset(block.get("kinds", ()))))
    lead = "(?<![\u4e00-\u9fffA-Za-z])|{<behind}"
    words = "|".join(sorted(owner, key=lambda w: (-len(w), w)))
    return owner, re.compile(with_words("faint", f"(?:{lead})(?:{words})(?!{{goes_on}})"))


def _bare(context: Context, spans: list[tuple[int, int]]) -> list[Mention]:
    """Return what bare words may stand for: the things named last that fit, and the rivals of what a word was found to be."""
    owner, pattern = _words()
    named = sorted((m for m in context.mentions if not m.anaphor and m.type != "Person"), key=lambda m: m.start)
    starts = [m.start for m in named]
    pointing = {m.start: m for m in context.mentions if m.anaphor}
    found = []
    for match in pattern.finditer(context.folded):
        start, end = match.span()
        resolved = pointing.get(start) or pointing.get(start - 1)
        if resolved is None and not _free(spans, start, end):
            continue
        if resolved is not None:
            start, end = resolved.start, resolved.end
        word = match.group()
        seen = {resolved.entity} if resolved is not None else set()
        rank = 0
        low = context.sentences[max(0, context.sentence_number(context.sentence_at(start)) - _SENTENCES_BACK)].start
        for index in range(bisect.bisect_left(starts, start) - 1, -1, -1):
            mention = named[index]
            if mention.start < low or rank >= _MOST:
                break
            if mention.entity in seen or not _fits(context.groups[mention.entity], word, owner[word]):
                continue
            seen.add(mention.entity)
            group = context.groups[mention.entity]
            found.append(_pointing(start, end, group, mention.entity, f"{'rival' if resolved else 'bare'}{rank}"))
            rank += 1
    return found


def _fits(group: Group, word: str, wanted: list[tuple[str, frozenset[str]]]) -> bool:
    for type_, kinds in wanted:
        if group.type == type_:
            if kinds:
                if group.kind in kinds:
                    return True
            elif any(word in fold(n) for n in group.names):
                return True
    return False


_PRONOUN = Worded("faint", "{common.he}(?!{not_he})|{they}|\\b(?:[Hh]e|[Ss]he)\\b")


def _served(context: Context) -> list[Mention]:
    """Return persons, and the pronouns behind them, as hints of the bodies they serve."""
    bodies = speakers(context)
    people = [m for m in context.mentions if m.type == "Person" and m.entity in bodies]
    found = [_pointing(m.start, m.end, context.groups[bodies[m.entity]], bodies[m.entity], "person") for m in people]
    every = sorted((m for m in context.mentions if m.type == "Person"), key=lambda m: m.start)
    starts = [m.start for m in every]
    for match in _PRONOUN.pattern.finditer(context.folded):
        index = bisect.bisect_left(starts, match.start()) - 1
        if index >= 0 and every[index].entity in bodies:
            number = bodies[every[index].entity]
            found.append(_pointing(*match.span(), context.groups[number], number, "pronoun"))
    return found


_FORMER = Worded("faint", "(?P<former>{former})|(?P<latter>{latter})")
_JOINED = Worded("faint", r"[」』》”\s]*(?:\([^()]{0,40}\))?(?:{common.and}|、|,|;|and)[^,。;]{0,12}")


def _pairs(context: Context) -> list[Mention]:
    """Return 前者 and 後者 with the two things named last side by side."""
    named = sorted((m for m in context.mentions if m.type != "Person"), key=lambda m: m.start)
    starts = [m.start for m in named]
    found = []
    for match in _FORMER.pattern.finditer(context.folded):
        index = bisect.bisect_left(starts, match.start())
        for right in range(index - 1, max(0, index - 12), -1):
            left = right - 1
            if left < 0:
                break
            a, b = named[left], named[right]
            if a.type == b.type and a.entity != b.entity and b.start - a.end < 16:
                if _JOINED.pattern.fullmatch(context.folded, a.end, b.start):
                    chosen = a if match["former"] else b
                    group = context.groups[chosen.entity]
                    found.append(_pointing(*match.span(), group, chosen.entity, "pair"))
                    break
    return found
