"""Persons whom a label shows with their body: 「主持人：甲辦公室 乙」, 「記者（丙電視台 丁）」."""

from __future__ import annotations

import re
from functools import lru_cache

from kg.pipeline.context import Context, Mention
from kg.pipeline.people import read_name
from kg.pipeline.rules import alternation, rules

_HAN = "\u4e00-\u9fff"
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
    for match in label.finditer(context.folded):
        start, end = match.span("name")
        if (match["mark"] == "(") != context.folded.startswith(")", end):
            continue
        body = _body(context, *match.span("body"), media)
        if body is None or (read_name(context.folded, start) < 0 and match["title"] != "记者"):
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
