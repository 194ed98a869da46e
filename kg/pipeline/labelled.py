"""Persons whom a label shows with their body: 「主持人：甲辦公室 乙」, 「記者（丙電視台 丁）」."""

from __future__ import annotations

import re
from functools import lru_cache

from kg.pipeline.context import Context, Mention
from kg.pipeline.people import read_name
from kg.pipeline.rules import Worded, alternation, rules, wording

_HAN = "\u4e00-\u9fff"
# 「甲經濟報　2012年3月27日　記者　乙」 heads a newspaper's page; 「【甲新聞】（記者 乙）」, 「甲融媒訊（記者 乙）」 open a story.
_MASTHEAD = Worded(
    "told",
    rf"(?:^|(?<=\n))\s*(?:([{_HAN}]{{2,6}}{{masthead}}) *[,|·]? *(?:(?:19|20|二[〇○零])[\d〇○零一二三四五六七八九]{{2}}(?:年|[-./]\d)|\d{{1,2}}月\d{{1,2}}日)"
    rf"|[【(\[]([{_HAN}]{{2,6}}{{masthead}})[】)\]]|([{_HAN}]{{2,8}}{{story}}\s?(?=[(【]{{by_line}})))",
)
_OWN_PAPER = Worded("told", "^{own_paper}")
_STORY = Worded("told", r"{story}\s?$")
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
    _of_paper(context)
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


def _of_paper(context: Context) -> None:
    """Find the paper that the head of a page names, and give it those who are told as reporters of no other paper."""
    paper: Mention | None = None
    for match in _MASTHEAD.pattern.finditer(context.folded, 0, _HEAD):
        start = match.start(match.lastindex or 1)
        words = _STORY.pattern.sub("", match.group(match.lastindex or 1)) if match.lastindex == 3 else ""
        end = start + len(words) if words else match.end(match.lastindex or 1)
        if context.folded[start:end] in rules("unnamed")["own_paper"] or end - start < 3:
            continue
        over = [m for m in context.mentions if m.start < end and start < m.end]
        same = next((m for m in over if (m.start, m.end) == (start, end)), None)
        if same is None and not over:
            same = Mention(start, end, "Organisation", "media", rule="name.masthead")
            context.mentions.append(same)
        if same is not None and same.type == "Organisation":
            same.kind = "media"
            paper = paper or same
    _signing(context)
    if paper is None:
        return
    posts: list[tuple[Mention, str, Mention, str]] = []
    for person, words, body, rule in context.posts:
        bare = _OWN_PAPER.pattern.sub("", words)
        if bare.endswith(wording("titles", "of_papers")) and (body is person or body.kind != "media" or bare != words):
            posts.append((person, bare, paper, "post.byline"))
        else:
            posts.append((person, words, body, rule))
    context.posts = posts


# 「記者　甲」 alone on its line signs a story, whatever the family name.
_REPORTER = Worded(
    "told",
    rf"(?:^|(?<=\n))\s*[(【]?{{own_paper}}?({{by_line}})\s+([{_HAN}]{{2,4}})\s*[)】]?\s*(?=\n|$)",
)


def _signing(context: Context) -> None:
    """Add the reporters that a line of their own names, where nothing else is read there."""
    for match in _REPORTER.pattern.finditer(context.folded):
        over = [m for m in context.mentions if m.start < match.end(2) and match.start(2) < m.end]
        if not over:
            person = Mention(*match.span(2), "Person", rule="person.labelled")
            context.mentions.append(person)
            context.posts.append((person, match.group(1), person, "post.bare"))


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
