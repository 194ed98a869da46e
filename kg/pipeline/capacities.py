"""Posts told apart from the name: 「作為A局主席，甲…」, 「甲以A局主席身分」, 「甲，A局主席，」, 「A局委任甲為主席，乙為副主席」."""

from __future__ import annotations

import re
from functools import lru_cache

from kg.pipeline.context import Context, Mention, Sentence
from kg.pipeline.rules import Worded
from kg.pipeline.titles import title_patterns

Post = tuple[Mention, str, Mention, str]
_APPOINTS = Worded("capacities", "{appoints}")
_AS = Worded("capacities", r"\s?{common.styled}?\s?(?:\([^()]{0,16}\))?\s?{as}{incoming}?")
_AFTER_NAME = Worded("capacities", "{common.polite}?(?:[,(]|{today})?{by}$")
_LED_BY = Worded("capacities", "{being}$")
_ONCE = Worded("capacities", "{once}$")
_JOINED = Worded("capacities", "(?:并|,)?{then_as}")
_NOW = Worded("capacities", ",{common.he}?{now}?(?:{then_as}|是)")
_BRACKET = Worded("capacities", r"\s?((?:副?{bracketed})|{common.polite})?\s?\(")
_SPEECH = Worded("capacities", "{speech}")
_OWN = Worded("capacities", "我{then}?{by}")
_CAPACITY = Worded("capacities", "的?{capacity}")
_NEXT = Worded("capacities", "{common.polite}?(?:、|{common.and})")
_JOINS = Worded("capacities", "{joins}[「『“]?$")
_HAN = "\u4e00-\u7683\u7685-\u9fff"


@lru_cache(maxsize=1)
def _title() -> re.Pattern[str]:
    return re.compile(f"[」』》”]?的?((?:[{_HAN}]{{0,6}}?)(?:{title_patterns()[0].pattern}))")


def capacities(context: Context) -> None:
    """Add the posts told apart from the name; the sentences and their mentions must be marked."""
    found: list[Post] = []
    for sentence in context.sentences:
        people = [m for m in sentence.mentions if m.type == "Person"]
        bodies = [m for m in sentence.mentions if m.type == "Organisation"]
        if people and bodies:
            found += _beside(context, people, bodies)
            found += _joined(context, people, bodies)
            found += _in_brackets(context, people, bodies)
            found += _appointed(context, sentence, people, bodies)
    found += _own(context)
    held = {(p.entity, title[-2:], b.entity) for p, title, b, _ in context.posts if b is not p}
    for person, title, body, rule in found:
        if (person.entity, title[-2:], body.entity) not in held:
            held.add((person.entity, title[-2:], body.entity))
            context.posts.append((person, title, body, rule))


def _titled(context: Context, body: Mention) -> re.Match[str] | None:
    """Return the title right behind a body's name, unless another name stands in it."""
    match = _title().match(context.folded, body.end)
    if match is None or any(m.start < match.end() for m in context.mentions_between(body.end, match.end())):
        return None
    return match


def _beside(context: Context, people: list[Mention], bodies: list[Mention]) -> list[Post]:
    """Return the posts of 「作為A局主席，甲…」, 「甲以A局主席身分」 and 「甲，A局主席，…」."""
    folded = context.folded
    found: list[Post] = []
    for body in bodies:
        words = _titled(context, body)
        if words is None:
            continue
        before = [p for p in people if p.end <= body.start]
        if _LED_BY.pattern.search(folded, max(0, body.start - 4), body.start):
            after = next((p for p in people if p.start >= words.end()), None)
            person = after if after is not None and after.start - words.end() <= 2 else None
        elif before and _CAPACITY.pattern.match(folded, words.end()):
            person = before[-1] if _AFTER_NAME.pattern.fullmatch(folded, before[-1].end, body.start) else None
        elif (
            _ONCE.pattern.search(folded, max(0, body.start - 6), body.start)
            and folded[words.end() : words.end() + 1] == "的"
        ):
            # 「曾任A局主席的甲」
            after = next((p for p in people if p.start > words.end()), None)
            person = after if after is not None and after.start - words.end() <= 2 else None
        elif before and folded[before[-1].end : body.start] == "," and re.match("[,。)]", folded[words.end() :]):
            # A list of names and posts sets a mark between its members too.
            first = before[-1].start
            alone = first == context.sentence_at(body.start).start or folded[first - 1] in ":("
            person = before[-1] if alone else None
        else:
            continue
        if person is not None:
            found.append((person, words.group(1), body, "post.capacity"))
    return found


def _in_brackets(context: Context, people: list[Mention], bodies: list[Mention]) -> list[Post]:
    """Return the posts of 「甲主席（A會）」 and 「統籌人：甲教授（A大學）」."""
    folded = context.folded
    found: list[Post] = []
    for person in people:
        match = _BRACKET.pattern.match(folded, person.end)
        body = next((b for b in bodies if match and b.start == match.end() and folded[b.end : b.end + 1] == ")"), None)
        if match is None or body is None:
            continue
        title = title_patterns()[0].fullmatch(match.group(1) or "")
        bare = [t for p, t, b, rule in context.posts if p is person and (b is p or rule == "post.served")]
        words = title.group() if title else bare[0] if bare else ""
        if words:
            dropped = {id(person)} if bare else set()
            context.posts = [
                p for p in context.posts if id(p[0]) not in dropped or (p[2] is not p[0] and p[3] != "post.served")
            ]
            found.append((person, words, body, "post.capacity"))
    return found


def _appointed(context: Context, sentence: Sentence, people: list[Mention], bodies: list[Mention]) -> list[Post]:
    """Return the posts of 「A局委任甲為主席，乙和丙為委員」: of the body that appoints, or of the one just named with a title."""
    folded = context.folded
    verb = _APPOINTS.pattern.search(folded, sentence.start, sentence.end)
    if verb is None:
        return []
    acting = [b for b in bodies if b.end <= verb.start() and "," not in folded[b.end : verb.start()]]
    last = acting[-1] if acting and context.groups[acting[-1].entity].lexicon_id != "hk-government" else None
    found: list[Post] = []
    row: list[Mention] = []
    for person in (p for p in people if p.start >= verb.end()):
        row.append(person)
        told = _AS.pattern.match(folded, person.end)
        if told is None:
            if not _NEXT.pattern.match(folded, person.end):
                row = []
            continue
        named = next((b for b in bodies if b.start == told.end()), None)
        last = named or last
        words = _title().match(folded, told.end() if named is None else named.end)
        if words is not None and last is not None and named is None:
            if not context.mentions_between(told.end(), words.end()):
                found += [(p, words.group(1), last, "post.appointed-by") for p in row]
        row = []
    return found


def _joined(context: Context, people: list[Mention], bodies: list[Mention]) -> list[Post]:
    """Return the posts of 「甲加入A公司擔任顧問」 and 「甲創辦A公司，現為行政總裁」."""
    folded = context.folded
    found: list[Post] = []
    founded = {b.entity for _, _, b, rule in context.posts if rule == "post.founder"}
    for body in bodies:
        before = [p for p in people if p.end <= body.start]
        joins = _JOINS.pattern.search(folded, max(0, body.start - 5), body.start)
        if not before or not (joins or body.entity in founded):
            continue
        verb = (_JOINED if joins else _NOW).pattern.match(
            folded, body.end + (folded[body.end : body.end + 1] in "」』”")
        )
        words = _title().match(folded, verb.end()) if verb else None
        if words is not None and re.match("[,。;)]|$", folded[words.end() :]):
            if not context.mentions_between(body.end, words.end()):
                found.append((before[-1], words.group(1), body, "post.capacity"))
    return found


def _own(context: Context) -> list[Post]:
    """Return the post that a speaker tells of himself: 「我以體育專員的身分」."""
    folded = context.folded
    first = context.sentences[0].passage if context.sentences else None
    if first is None or not _SPEECH.pattern.search(folded, first.start, first.end):
        return []
    speaker = next(((p, b) for p, _, b, _ in context.posts if b is not p), None)
    found: list[Post] = []
    for match in _OWN.pattern.finditer(folded):
        named = next((m for m in context.mentions if m.start == match.end() and m.type == "Organisation"), None)
        words = _title().match(folded, named.end if named else match.end())
        if speaker is None or words is None or not _CAPACITY.pattern.match(folded, words.end()):
            continue
        body = named or speaker[1]
        if named is None and context.groups[body.entity].kind == "government":
            # An official's other posts are the Government's.
            body = next((g.mentions[0] for g in context.groups if g.lexicon_id == "hk-government" and g.mentions), body)
        found.append((speaker[0], words.group(1), body, "post.capacity"))
    return found
