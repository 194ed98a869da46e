"""English words that point back: the scheme, the company, it, and "we" in a person's mouth."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

from kg.pipeline.context import Context, Group, Mention, Sentence
from kg.pipeline.entities import settle
from kg.pipeline.rules import alternation, rules

# "It is late" speaks of nothing; "It won a place" does.
_IT = re.compile(
    r"(?:^|(?<=[.;,!?] )|(?<=later )|(?<=week )|(?<=month )|(?<=year ))(It|it)(?= (?:has|had|will|would|can|could|plans|aims|also|now|still|then|(?!is\b|was\b|takes\b|took\b|seems\b|remains\b|looks\b|helps\b)[a-z]+(?:s|ed)\b|won|drew|ran|sold|built|took in|took on|spent|got|gave|paid|put|set)\b)"
)
_OWN = re.compile(r"\b(?:We|we|Our|our)\b")
_SPOKEN = re.compile(r"[\"“]([^\"“”\n]+)[\"”]")
_GOVERNED = re.compile(r"\b(?:by|of|from|at|with|to|under|for|in|on|and|between|than|into|through)(?: the| its| a| an)? $")


@dataclass(frozen=True, slots=True)
class _Block:
    type: str
    kinds: frozenset[str]


@lru_cache(maxsize=1)
def _words() -> tuple[dict[str, list[_Block]], re.Pattern[str]]:
    found: dict[str, list[_Block]] = {}
    for block in rules("anaphora")["english"]:
        for word in block["words"]:
            found.setdefault(word, []).append(_Block(block["type"], frozenset(block["kinds"])))
    return found, re.compile(rf"\b(?:[Tt]he|[Tt]his) ({alternation(list(found))})\b(?!-| (?:of|for)\b| [A-Z])")


def point_back_in_english(context: Context) -> None:
    """Add mentions for "the scheme", "the company", "it" and "we" where an English document shows what they mean.

    The sentences and their mentions must be marked.
    """
    words, pattern = _words()
    new: list[Mention] = []
    for match in pattern.finditer(context.folded):
        place = _place_of(context, match.start(), match.group(1), words[match.group(1)])
        if place is not None:
            new.append(_pointing(match.span(), place, "back.english"))
    new += _spoken(context)
    context.mentions = settle([*context.mentions, *new])
    for match in _IT.finditer(context.folded):
        named = _subject_before(context, match.start(1))
        if named is not None and not any(m.start <= match.start(1) < m.end for m in context.mentions):
            new.append(_pointing(match.span(1), named, "back.it"))
    context.mentions = settle([*context.mentions, *new])


def _pointing(span: tuple[int, int], named: Mention, rule: str) -> Mention:
    return Mention(*span, named.type, named.kind, rule=rule, anaphor=True, entity=named.entity)


def _fits(group: Group, word: str, blocks: list[_Block]) -> bool:
    for block in blocks:
        if group.type != block.type:
            continue
        if group.kind in block.kinds or any(re.search(rf"\b{word}s?\b", n, re.I) for n in group.names):
            return True
    return False


def _place_of(context: Context, place: int, word: str, blocks: list[_Block]) -> Mention | None:
    """Return the mention that a word behind "the" points to: of the nearest sentence, the one it is about, else the last."""
    for sentence in _back(context, place, 8):
        near = [
            m
            for m in context.mentions_between(sentence.start, min(sentence.end, place))
            if _fits(context.groups[m.entity], word, blocks)
        ]
        free = [m for m in near if not _governed(context, sentence, m)]
        if near:
            return free[0] if free else near[-1]
    return None


def _back(context: Context, place: int, reach: int) -> Iterator[Sentence]:
    number = context.sentence_number(context.sentence_at(place))
    for back in range(min(number, reach) + 1):
        yield context.sentences[number - back]


def _governed(context: Context, sentence: Sentence, mention: Mention) -> bool:
    before = context.folded[max(sentence.start, mention.start - 16) : mention.start]
    return _GOVERNED.search(before) is not None or re.match(r"['’]s? |-", context.folded[mention.end :]) is not None


def _subject_before(context: Context, place: int) -> Mention | None:
    """Return what "it" means: the first thing that no preposition governs, in its sentence or the ones before it."""
    here = context.sentence_at(place)
    for sentence in _back(context, place, 2):
        if sentence.passage is not here.passage:
            return None
        for mention in context.mentions_between(sentence.start, min(sentence.end, place)):
            group = context.groups[mention.entity]
            if group.type in {"Person", "Policy"} or group.kind == "media" or _governed(context, sentence, mention):
                continue
            return mention
    return None


def _spoken(context: Context) -> list[Mention]:
    """Return "we" and "our" in quote marks for the body that the passage's one speaker serves."""
    found = []
    served = {p.start: b for p, _, b, _ in context.posts if b is not p}
    for passage in context.document.flow.passages:
        people = [m for m in context.mentions_between(passage.start, passage.end) if m.type == "Person"]
        bodies = {served[m.start].entity: served[m.start] for m in people if m.start in served}
        if len(bodies) != 1 or len({m.entity for m in people}) != 1:
            continue
        (body,) = bodies.values()
        for quoted in _SPOKEN.finditer(context.folded, passage.start, passage.end):
            for match in _OWN.finditer(context.folded, *quoted.span(1)):
                found.append(_pointing(match.span(), body, "back.we"))
    return found
