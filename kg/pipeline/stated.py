"""Posts that a sentence states of a person: 「甲是A公司的營運總監」, 「他現為A會主席」, 「甲出任A實驗室主任」, 「甲轉任技術總監」."""

from __future__ import annotations

import re
from functools import lru_cache

from kg.pipeline.anaphora import meant_by
from kg.pipeline.context import Context, Mention
from kg.pipeline.rules import Worded, alternation, rules, with_words
from kg.pipeline.titles import title_patterns

Post = tuple[Mention, str, Mention, str]
_HAN = "\u4e00-\u7683\u7685-\u9fff"
_BODIES = {"Organisation", "Facility", "Programme"}
# What a sentence says between a person, or the word that stands for one, and the body.
_STATES = Worded(
    "told",
    r"(?P<he>(?:^|[,。;:!?「『“」』”\n])\s?{common.he})?(?P<all>{all_of})?{holding_when}*(?:{is_one}|{held_as}为?|{moved_to}为?|{was_one}){common.this_one}?[「『“]?$",
)
_STYLED = Worded("told", r"{common.styled}?\s?(?:\([^()]{0,16}\))?")
_WITH = Worded("told", rf"{{common.styled}}?(?:、|{{common.and}})[{_HAN}]{{0,8}}")
_MORE = Worded("told", r"(?:、|{common.and}|{titles.joint}|,?{also})")
_MOVED = Worded("told", r"{common.styled}?\s?(?:\([^()]{0,16}\))?{holding_when}*{moved_to}为?")
# 「本會主席」 names another body.
_OF_OTHER = Worded("told", "{common.this}|{common.this_one}|{own_firm}")
_REACH = 28
_FAR = 120


@lru_cache(maxsize=1)
def _title() -> tuple[re.Pattern[str], re.Pattern[str]]:
    title = title_patterns()[0].pattern
    stop = with_words("told", r"(?=[,。;:!?)、\n」』”]|$|{behind_title}|{titles.joint}|{also})")
    return (
        re.compile(f"[」』》”]?的?((?:[{_HAN}]{{0,6}}?)(?:{title})){stop}"),
        re.compile(f"((?:[{_HAN}]{{0,6}}?)(?:{title})){stop}"),
    )


@lru_cache(maxsize=1)
def _noun() -> re.Pattern[str]:
    nouns = alternation(rules("anaphora")["holder"]["words"])
    return re.compile(
        with_words(
            "told",
            f"(?:{{<is_one}}|{{<told.held_as}})({nouns})(?=的?[{_HAN}]{{0,6}}?(?:{title_patterns()[0].pattern}))",
        )
    )


def _nouns(context: Context) -> list[Mention]:
    """Return mentions for common nouns before a title that nothing else resolves: 「甲是公司的營運總監」."""
    found = []
    for match in _noun().finditer(context.folded):
        if any(m.end > match.start(1) for m in context.mentions_between(match.start(1) - 20, match.end(1))):
            continue
        back = meant_by(context, match.group(1), match.start(1))
        if back is not None:
            found.append(
                Mention(*match.span(1), back.type, back.kind, rule="back.stated", anaphor=True, entity=back.entity)
            )
    return found


def stated(context: Context) -> None:
    """Add the posts that sentences state; the mentions, with words that point back, must be marked."""
    context.mentions.sort(key=lambda m: m.start)
    people = [m for m in context.mentions if m.type == "Person"]
    if not people:
        return
    found = [*_of_bodies(context, people), *_moved(context, people)]
    held = {(p.entity, title[-2:], b.entity) for p, title, b, _ in context.posts if b is not p}
    told = {p.entity for p, *_ in found}
    context.posts = [p for p in context.posts if not (p[0].entity in told and p[3] in {"post.bare"} and p[2] is p[0])]
    for person, title, body, rule in found:
        if (person.entity, title[-2:], body.entity) not in held:
            held.add((person.entity, title[-2:], body.entity))
            context.posts.append((person, title, body, rule))


def _of_bodies(context: Context, people: list[Mention]) -> list[Post]:
    found: list[Post] = []
    folded = context.folded
    for body in [*context.mentions, *_nouns(context)]:
        if body.type not in _BODIES:
            continue
        words = _titled(context, body)
        low = max(0, context.sentence_at(body.start).start - 1, body.start - _REACH)
        verb = _STATES.pattern.search(folded, low, body.start) if words else None
        holders = _holders(context, people, verb) if verb else []
        if words is None or not holders:
            continue
        found += [
            (person, title, one, "post.stated") for title, one in _series(context, body, words) for person in holders
        ]
    return found


def _titled(context: Context, body: Mention) -> re.Match[str] | None:
    """Return the title right behind a body's name, unless another name stands in it."""
    match = _title()[0].match(context.folded, body.end)
    if match is None or any(m.start < match.end() for m in context.mentions_between(body.end, match.end())):
        return None
    return match


def _series(context: Context, body: Mention, words: re.Match[str]) -> list[tuple[str, Mention]]:
    """Return the titles that a statement lists, each with its body: 「A會主席、B公司董事及顧問」."""
    folded = context.folded
    found = [(words.group(1), body)]
    place = words.end()
    while joint := _MORE.pattern.match(folded, place):
        other = next((m for m in context.mentions_between(joint.end(), joint.end() + 1) if m.type in _BODIES), None)
        more = _titled(context, other) if other is not None else None
        if other is not None and more is not None:
            body, words = other, more
        else:
            alone = _title()[1].match(folded, joint.end())
            if alone is None or context.mentions_between(joint.end(), alone.end()):
                break
            words = alone
        ahead = context.mentions_between(words.end(), words.end() + 1)
        if any(m.type == "Person" for m in ahead):
            break
        found.append((words.group(1), body))
        place = words.end()
    return found


def _holders(context: Context, people: list[Mention], verb: re.Match[str]) -> list[Mention]:
    """Return the persons of whom a statement is made: named right before it, or meant by 他."""
    folded = context.folded
    if verb["he"]:
        sentence = context.sentence_at(verb.end())
        earlier = [p for p in people if p.end <= verb.start() + 1 and verb.start() - p.end < _FAR]
        same = [p for p in earlier if context.sentence_at(p.start).passage is sentence.passage]
        return same[-1:]
    row = [p for p in people if p.end <= verb.start() and _STYLED.pattern.fullmatch(folded, p.end, verb.start())][-1:]
    while row and verb["all"]:
        before = [p for p in people if p.end <= row[0].start and _WITH.pattern.fullmatch(folded, p.end, row[0].start)]
        if not before:
            break
        row.insert(0, before[-1])
    return row


def _moved(context: Context, people: list[Mention]) -> list[Post]:
    """Return the posts of 「營運總監甲轉任技術總監」: of the body that the person serves already."""
    found: list[Post] = []
    for person in people:
        verb = _MOVED.pattern.match(context.folded, person.end)
        words = _title()[1].match(context.folded, verb.end()) if verb else None
        if (
            words is None
            or _OF_OTHER.pattern.match(words.group(1))
            or any(m.type == "Person" for m in context.mentions_between(person.end, words.end()))
        ):
            continue
        body = next((b for p, _, b, _ in context.posts if p is person and b is not p), None)
        if body is not None:
            found.append((person, words.group(1), body, "post.stated"))
    return found
