"""English words that point back: the scheme, the company, it, and "we" in a person's mouth."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

from kg.pipeline.context import Context, Group, Mention, Sentence
from kg.pipeline.entities import settle
from kg.pipeline.rules import Worded, alternation, rules

# "It is late" speaks of nothing; "It won a place" does.
_IT = Worded(
    "english",
    r"(?:^|(?<=[.;,!?] )|{<before_it})(It|it)"
    r"(?= (?:{does}|(?!{does_nothing}\b)[a-z]+(?:s|ed)|{did})\b)",
)
_ACTS = Worded(
    "english",
    r"(?: \([^()]*\))?(?:, [^.;]{3,120}?,)? (?:(?:also|now|still) )?(?:{acts}|[a-z]{2,}(?:s|ed)|{did_act})\b",
)
_OWN = re.compile(r"\b(?:We|we|Our|our)\b")
_SPOKEN = re.compile(r"[\"“]([^\"“”\n]+)[\"”]")
_GOVERNED = Worded("english", r"\b(?:{governs}|than|into|through)(?: the| its| a| an)? $")


@dataclass(frozen=True, slots=True)
class _Block:
    type: str
    kinds: frozenset[str]
    any: bool


@lru_cache(maxsize=1)
def _words() -> tuple[dict[str, list[_Block]], re.Pattern[str]]:
    found: dict[str, list[_Block]] = {}
    for block in rules("anaphora")["english"]:
        for word in block["words"]:
            found.setdefault(word, []).append(_Block(block["type"], frozenset(block["kinds"]), block.get("any", False)))
    shown = alternation([*found, *(w.title() for w in found)])
    determiner = r"(?:[Tt]he|[Tt]his|[Tt]hat)(?: (?:19|20)\d\d)?"
    return found, re.compile(rf"\b{determiner} ({shown})\b(?!-| (?:of|for)\b| [A-Z])")


def point_back_in_english(context: Context) -> None:
    """Add mentions for "the scheme", "the company", "it" and "we" where an English document shows what they mean.

    The sentences and their mentions must be marked.
    """
    words, pattern = _words()
    new: list[Mention] = []
    for match in pattern.finditer(context.folded):
        word = match.group(1).lower()
        place = _place_of(context, match.start(), word, words[word])
        if place is not None:
            new.append(_pointing(match.span(), place, "back.english"))
    new += _spoken(context)
    context.mentions = settle([*context.mentions, *new])
    for match in _IT.pattern.finditer(context.folded):
        named = _subject_before(context, match.start(1))
        if named is not None and not any(m.start <= match.start(1) < m.end for m in context.mentions):
            new.append(_pointing(match.span(1), named, "back.it"))
    context.mentions = settle([*context.mentions, *new])


def _pointing(span: tuple[int, int], named: Mention, rule: str) -> Mention:
    return Mention(*span, named.type, named.kind, rule=rule, anaphor=True, entity=named.entity)


def _fits(group: Group, word: str, blocks: list[_Block]) -> bool:
    if group.type in {"Person", "Policy"}:
        return False
    for block in blocks:
        if group.type == block.type and (block.any or group.kind in block.kinds):
            return True
    # The word is the head of a name: Harbour Centre, Centre for Ships.
    return any(re.search(rf"\b{word}s?(?: \d{{4}})?$|\b{word}s? (?:of|for|on)\b", n, re.I) for n in group.names)


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
    return (
        _GOVERNED.pattern.search(before) is not None
        or re.match(r"['’]s? |-", context.folded[mention.end :]) is not None
    )


def _subject_before(context: Context, place: int) -> Mention | None:
    """Return what "it" means: the last thing that a verb follows, else the first that no preposition governs."""
    here = context.sentence_at(place)
    beside = [m for m in context.mentions_between(here.start, place) if context.folded[m.end : place] == "; "]
    if beside and beside[-1].type != "Person":
        return beside[-1]
    for sentence in _back(context, place, 2):
        if sentence.passage is not here.passage:
            return None
        free = []
        for mention in context.mentions_between(sentence.start, min(sentence.end, place)):
            group = context.groups[mention.entity]
            if group.type in {"Person", "Policy"} or group.kind == "media":
                continue
            if not _governed(context, sentence, mention) or re.search(
                r", (?:and|but|while)(?: the)? $", context.folded[sentence.start : mention.start]
            ):
                free.append(mention)
        acting = [m for m in free if _ACTS.pattern.match(context.folded, m.end)]
        if free:
            return (acting or free[:1])[-1]
    return None


def _spoken(context: Context) -> list[Mention]:
    """Return "we" and "our" in quote marks for the body that the one who speaks there serves."""
    found = []
    served: dict[int, Mention] = {}
    for person, _, body, _ in context.posts:
        if body is not person:
            served.setdefault(person.entity, body)
    for passage in context.document.flow.passages:
        people = [m for m in context.mentions_between(passage.start, passage.end) if m.type == "Person"]
        speaker: Mention | None = None
        for quoted in _SPOKEN.finditer(context.folded, passage.start, passage.end):
            speaker = _speaker(context, people, quoted.start(), quoted.end()) or speaker
            body_ = served.get(speaker.entity) if speaker is not None else None
            if body_ is not None:
                own = _OWN.finditer(context.folded, *quoted.span(1))
                found += [_pointing(m.span(), body_, "back.we") for m in own]
    return found


def _speaker(context: Context, people: list[Mention], start: int, end: int) -> Mention | None:
    """Return the person beside words in quote marks: "…," said X; X said: "…"."""
    folded = context.folded
    behind = next((m for m in people if m.start >= end), None)
    if behind is not None and re.match(rf",? ?(?:{_says()})\b[^.!?\"“”]*$", folded[end : behind.start]):
        return behind
    before = [m for m in people if m.end <= start]
    if before and re.match(rf"[^.!?\"“”]*\b(?:{_says()})\b[^.!?\"“”]*$", folded[before[-1].end : start]):
        return before[-1]
    if (
        behind is not None
        and re.match(rf" (?:{_says()})\b", folded[behind.end :])
        and "\n" not in folded[end : behind.start]
    ):
        return behind if re.fullmatch(",? ?", folded[end : behind.start]) else None
    return None


@lru_cache(maxsize=1)
def _says() -> str:
    return alternation(rules("english_people")["says"])
