"""Which thing a figure belongs to in an English sentence: by the order of its words, where that order is plain."""

from __future__ import annotations

import re

from kg.pipeline.context import Context, Mention, Sentence
from kg.pipeline.rules import Worded

_GOVERNED = Worded("english", r"\b(?:{governs}|{governs_too})(?: the| its| a| an)? $")
_TOWARDS = Worded("english", r"(?: (?!(?:from|by|under)\b)[a-z-]+){0,4}?,? {towards}(?: the| its)?(?: [a-z-]+)? ")
_BOARD = Worded("english", r"[^,.;:\n]{0,40} (?:to|on) the (?:\w+ )?{board_of} of (?:the )?")
_AIM = Worded("english", r"[^.;:\n]{0,80}? to {aim} (?:the |its |a )?(?:new )?")
_GIVEN = Worded("english", r"\b{given} to (?:the )?$")
_WITHIN = re.compile(r"[^,.;:\n]{0,60}? (?:under|in|through|of)(?: the| its| their)? ")
_TAKES = Worded("english", r"\b{takes}\b[^,;]*$")
_OPENED = Worded("english", r"{opened}\b")
_SCHEMED = Worded("english", r"{of_scheme}\b")
# "X, which …", "X, a scheme run by Y that …": the figure is told of X.
_RELATIVE = re.compile(
    r"(?: \([^()]*\))?(?:, (?:which|who)\b[^,;]*|, (?:an?|the) (?:(?!, (?:and|but) )[^;])*?,? (?:which|that|who) [^,;]*)"
)
_HOLDING = {"Programme", "Facility", "Event"}


def english_holder(context: Context, sentence: Sentence, start: int, end: int, *, money: bool) -> int:
    """Return the group that a figure at a place belongs to by the order of words, or -1 where that tells nothing."""
    folded = context.folded
    mentions = sentence.mentions
    right = [m for m in mentions if m.start >= end and m.type != "Person"]
    left = [m for m in mentions if m.end <= start]
    for mention in right[:1]:
        gap = folded[end : mention.start]
        if gap == " ":
            return mention.entity
        if money and mention.type != "Policy" and _TOWARDS.pattern.fullmatch(gap):
            return mention.entity
        if not money and mention.type == "Organisation" and _BOARD.pattern.fullmatch(gap):
            return mention.entity
    for mention in right[:3] if money else []:
        if mention.type != "Policy" and _AIM.pattern.fullmatch(folded[end : mention.start]):
            return mention.entity
    before = folded[sentence.start : start]
    if re.search(r"\b(?:it|them) to [a-z]+[^,.;]{0,30}$", before):
        return -1
    if left and re.search(r", [a-z]+ing [^,;]*$", folded[left[-1].end : start]) and left[-1].type in _HOLDING:
        return left[-1].entity
    for mention in reversed(left[-1:]):
        if re.fullmatch(r"(?: \([^()]*\))?, an? ", folded[mention.end : start]) and mention.type != "Person":
            return mention.entity
    acting = _acting(context, sentence, left, start)
    if acting is None and _OPENED.pattern.match(before.lstrip()):
        later = next((m for m in right if re.search(r", (?:the )?$", folded[end : m.start])), None)
        return later.entity if later is not None else -1
    taken = _TAKES.pattern.search(folded[max(sentence.start, start - 40) : start]) is not None
    for mention in right[:2]:
        if (
            mention.type in {"Programme", "Event"}
            and not taken
            and _WITHIN.fullmatch(_plain(folded[end : mention.start]))
        ):
            if acting is None or context.groups[acting].type == "Organisation":
                return mention.entity
    if acting is None and not left:
        return _carried(context, sentence, alone=not right)
    return -1 if acting is None else acting


def _carried(context: Context, sentence: Sentence, *, alone: bool) -> int:
    """Return what the sentences before one in its passage are about, or -1: the last scheme for "each" and "applicants"."""
    number = context.sentence_number(sentence)
    opening = context.folded[sentence.start : sentence.start + 40].lstrip()
    schemed = _SCHEMED.pattern.match(opening)
    if not alone and not schemed:
        return -1
    for back in range(1, 4):
        earlier = context.sentences[number - back] if number - back >= 0 else None
        if earlier is None or earlier.passage is not sentence.passage:
            break
        for mention in reversed(earlier.mentions) if schemed else earlier.mentions:
            before = context.folded[max(earlier.start, mention.start - 16) : mention.start]
            if schemed:
                if mention.type == "Programme":
                    return mention.entity
                continue
            if mention.type in {"Person", "Policy"} or context.groups[mention.entity].kind == "media":
                continue
            if not _GOVERNED.pattern.search(before) and not re.match(r"['’]s? |-", context.folded[mention.end :]):
                return mention.entity
    return -1


def _plain(gap: str) -> str:
    """Return words without the points and commas inside figures."""
    return re.sub(r"(?<=\d)[.,](?=\d)", "", gap)


def _acting(context: Context, sentence: Sentence, left: list[Mention], start: int) -> int | None:
    """Return the group that the clause of a figure is about: the nearest thing before it that no preposition governs."""
    folded = context.folded
    for index in range(len(left) - 1, -1, -1):
        mention = left[index]
        before = folded[max(sentence.start, mention.start - 16) : mention.start]
        relative = _RELATIVE.fullmatch(folded[mention.end : start]) is not None
        governed = _GOVERNED.pattern.search(before) is not None and not (relative or _GIVEN.pattern.search(before))
        if mention.type == "Policy" or governed or re.match(r"['’]s? |-", folded[mention.end :]):
            continue
        if re.search(r"[;:]|, (?:and|but|while|whereas) [a-z]+s? ", folded[mention.end : start]):
            return None
        if mention.type == "Person":
            return _served(context, mention)
        earlier = left[index - 1] if index else None
        if earlier is not None and re.fullmatch(
            r"(?: \([^()]*\))?,? (?:which|that) (?:the )?", folded[earlier.end : mention.start]
        ):
            return earlier.entity
        if context.groups[mention.entity].kind == "media":
            continue
        return mention.entity
    return None


def _served(context: Context, person: Mention) -> int | None:
    bodies = {b.entity for p, _, b, _ in context.posts if p.entity == person.entity and b is not p}
    return bodies.pop() if len(bodies) == 1 else None
