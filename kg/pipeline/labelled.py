"""Persons whom a label shows with their body: 「主持人：甲辦公室 乙」, 「記者（丙電視台 丁）」."""

from __future__ import annotations

import re
from functools import lru_cache

from kg.pipeline.context import Context, Mention
from kg.pipeline.people import read_name
from kg.pipeline.rules import Worded, alternation, rules, wording

_HAN = "\u4e00-\u9fff"
# 「甲經濟報　2012年3月27日　記者　乙」 heads a newspaper's page.
_MASTHEAD = Worded(
    "told",
    rf"(?:^|(?<=\n))\s*([{_HAN}]{{2,6}}{{masthead}}) *[,|·]? *(?:19|20|二[〇○零])[\d〇○零一二三四五六七八九]{{2}}年",
)
_HEAD = 200
# 「甲委員：」 opens the answer to a proposal.
_ADDRESSED = Worded(
    "told", rf"(?:^|(?<=\n))\s*([{_HAN}]{{2,3}})({{of_conference}}|{{of_congress}})(?=[、:]|{{and_others}})"
)
_CONFERENCE, _CONGRESS = Worded("told", "{conference}"), Worded("told", "{congress}")
_MARKS = "《》「」『』“” "


@lru_cache(maxsize=1)
def _label() -> tuple[re.Pattern[str], re.Pattern[str]]:
    data = rules("told")["label"]
    labels = alternation(data["titles"])
    return (
        re.compile(
            rf"(?:^|(?<=[\n。;]))\s*(?P<title>{labels})\s?(?P<mark>[:(])\s?(?P<body>[《「]?[{_HAN}A-Za-z0-9]{{3,20}}[》」]?) +(?P<name>[{_HAN}]{{2,4}})(?=[):\n]|$)",
            re.M,
        ),
        re.compile(f"(?:{alternation(data['media'])})$"),
    )


def labelled(context: Context) -> None:
    """Add the persons of labels that name their body too, the posts, and papers that nothing else shows."""
    label, media = _label()
    for match in _MASTHEAD.pattern.finditer(context.folded, 0, _HEAD):
        if not context.mentions_between(*match.span(1)):
            context.mentions.append(Mention(*match.span(1), "Organisation", "media", rule="name.masthead"))
    _addressed(context)
    for match in label.finditer(context.folded):
        start, end = match.span("name")
        if (match["mark"] == "(") != context.folded.startswith(")", end):
            continue
        body = _body(context, *match.span("body"), media)
        if body is None or (
            read_name(context.folded, start) < 0 and match["title"] not in wording("titles", "of_papers")
        ):
            continue
        person = next((m for m in context.mentions if m.type == "Person" and m.start == start), None)
        if person is None and any(m.start < end and start < m.end for m in context.mentions):
            continue
        if person is None:
            person = Mention(start, end, "Person", rule="person.labelled")
            context.mentions.append(person)
        context.posts = [p for p in context.posts if p[0] is not person]
        context.posts.append((person, match["title"], body, "post.labelled"))
    context.mentions.sort(key=lambda m: m.start)


def _addressed(context: Context) -> None:
    """Add the members to whom the answer to a proposal is addressed: 「甲委員：」 below 「對市政協…提案的答覆」."""
    folded = context.folded
    for match in _ADDRESSED.pattern.finditer(folded, 0, 2 * _HEAD):
        start, end = match.span(1)
        house = (_CONFERENCE if match.group(2) in wording("told", "of_conference") else _CONGRESS).pattern
        earlier = [m for m in context.mentions if m.type == "Organisation" and m.end <= start]
        bodies = [m for m in earlier if house.search(folded, m.start, m.end)]
        if not bodies or read_name(folded, start) < 0:
            continue
        gone = {id(m) for m in context.mentions if m.start < match.end(2) and start < m.end}
        kept = next((m for m in context.mentions if m.type == "Person" and (m.start, m.end) == (start, end)), None)
        person = kept or Mention(start, end, "Person", rule="person.labelled")
        context.mentions = [*(m for m in context.mentions if id(m) not in gone), person]
        context.posts = [p for p in context.posts if id(p[0]) not in gone and id(p[2]) not in gone]
        context.posts.append((person, match.group(2), bodies[-1], "post.labelled"))


def _body(context: Context, start: int, end: int, media: re.Pattern[str]) -> Mention | None:
    """Return the body that the words behind a label name, made where they are a paper's."""
    words = context.folded[start:end].strip(_MARKS)
    here = context.mentions_between(start, end)
    named = [m for m in here if m.type == "Organisation" and context.folded[m.start : m.end].strip(_MARKS) == words]
    if named:
        return named[-1]
    if any(m.type == "Person" for m in here) or not media.search(words):
        return None
    gone = {id(m) for m in here}
    context.mentions = [m for m in context.mentions if id(m) not in gone]
    context.posts = [p for p in context.posts if id(p[2]) not in gone]
    place = start + context.folded[start:end].index(words)
    body = Mention(place, place + len(words), "Organisation", "media", rule="name.labelled")
    context.mentions.append(body)
    return body
