"""What part a name plays in its clause: where something is, by whom, through what, for whom, of whose."""

from __future__ import annotations

import re
from functools import lru_cache

from kg.pipeline.context import Context, Mention, Sentence
from kg.pipeline.rules import Worded, alternation, rules

_OPEN = re.compile(r"[「『《“\"\s]+$")
_CLOSE = re.compile(r"[」』》”\"\s]*(?:\([^()]{0,40}\))?[」』》”\"\s]*")
_CLAUSE_START = Worded(
    "places",
    r"(?:^|[,。;:!?\n])\s*(?:[\d零〇一二三四五六七八九十]+年?[^,。;]{0,12}|{clause_start})?[\s「『《“]*$",
)
_SPEAKS = Worded("places", "{common.polite}?(?:{speaks_when}|在[^,。]{1,12})*{common.speaks}")


@lru_cache(maxsize=1)
def _parts() -> tuple[list[tuple[str, re.Pattern[str]]], list[tuple[str, re.Pattern[str]]]]:
    data = rules("parts")
    before = [(p["part"], re.compile(f"(?:{alternation(p['words'])})$")) for p in data["before"]]
    after = [(p["part"], re.compile(alternation(p["words"]))) for p in data["after"]]
    return before, after


@lru_cache(maxsize=1)
def _families() -> tuple[re.Pattern[str], dict[str, str]]:
    owner: dict[str, str] = {}
    for block in rules("acts")["family"]:
        for word in block["words"]:
            owner.setdefault(word, block["family"])
    return re.compile(alternation(list(owner))), owner


def acts(context: Context, start: int, end: int) -> list[str]:
    """Return the families of the words within a range that say how a figure belongs to a name, in order."""
    pattern, owner = _families()
    return [owner[m.group()] for m in pattern.finditer(context.folded, start, max(start, end))]


def part_before(context: Context, sentence: Sentence, mention: Mention) -> str:
    """Return the part that the words before a name give it: where, by, with, through, to, made, of, start, or nothing."""
    low = max(sentence.start, mention.start - 24)
    left = context.folded[low : mention.start]
    bare = _OPEN.sub("", left)
    before, _ = _parts()
    for part, pattern in before:
        if pattern.search(bare):
            return part
    if low == sentence.start and not bare:
        return "start"
    return "start" if _CLAUSE_START.pattern.search(left) else ""


def part_after(context: Context, mention: Mention) -> str:
    """Return the part that the words behind a name give it: whose, inside, under, or nothing."""
    match = _CLOSE.match(context.folded, mention.end)
    place = match.end() if match else mention.end
    _, after = _parts()
    for part, pattern in after:
        if pattern.match(context.folded, place):
            return part
    return ""


@lru_cache(maxsize=1)
def _gives() -> re.Pattern[str]:
    verbs = alternation(rules("acts")["giver"]["verbs"])
    return re.compile(
        rf"[」』》”\s]*(?:\([^()]{{0,40}}\))?[」』》”\s]*(?:[^,。;:!?获得取]{{0,12}})?(?:{verbs})(?:[^,。;:!?、]{{0,8}})?"
    )


_GIVEN_BY = Worded("places", "{given_by}[^,。;:!?、]{0,6}$")
_FROM = Worded("places", r"[^,。;:!?]{0,6}{given_from}[「『《“\s]*$")
_ABOUT = Worded("places", r"[」』》”\s]*的?{about_sum}?")


def giver_of(context: Context, sentence: Sentence, start: int, end: int) -> int:
    """Return the thing (a group) that gives the money of a range: 「甲撥出二億元」, 「獲甲資助二億元」, 「二億元來自甲」; -1 if none."""
    folded = context.folded
    for mention in reversed(sentence.mentions):
        if mention.type not in {"Organisation", "Programme"}:
            continue
        if mention.end <= start and start - mention.end <= 40:
            gap = folded[mention.end : start]
            if _gives().fullmatch(gap):
                return mention.entity
            low = max(sentence.start, mention.start - 8)
            if _ABOUT.pattern.fullmatch(gap) and _GIVEN_BY.pattern.search(folded[low : mention.start]):
                return mention.entity
        elif mention.start >= end and _FROM.pattern.fullmatch(folded, end, mention.start):
            return mention.entity
    return -1


def speakers(context: Context) -> dict[int, int]:
    """Return for each person (by group) the body for which the text says that they speak."""
    found: dict[int, int] = {}
    for person, _, body, _ in context.posts:
        if body is not person and body.entity >= 0 and person.entity >= 0:
            found.setdefault(person.entity, body.entity)
    return found


def speaker_body(context: Context, place: int, bodies: dict[int, int], *, back: int = 2) -> int:
    """Return the body of the person whose words a place belongs to, within its passage and few sentences; -1 if none."""
    sentence = context.sentence_at(place)
    index = context.sentence_number(sentence)
    for number in range(index, max(-1, index - back - 1), -1):
        earlier = context.sentences[number]
        if earlier.passage is not sentence.passage:
            return -1
        people = [m for m in context.mentions_between(earlier.start, min(earlier.end, place)) if m.type == "Person"]
        for person in reversed(people):
            if person.entity in bodies and _SPEAKS.pattern.match(context.folded, person.end):
                return bodies[person.entity]
        if people:
            return -1
    return -1
