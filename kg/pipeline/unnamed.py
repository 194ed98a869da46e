"""Bodies that only a title and a person behind them show: 「再役創辦人甲」, 「「節節省」老闆乙」."""

from __future__ import annotations

import re
from functools import lru_cache

from kg.model import Kind
from kg.pipeline.context import Context, Mention
from kg.pipeline.names import is_generic
from kg.pipeline.people import COUNTED
from kg.pipeline.rules import Worded, alternation, rules, topics, with_words
from kg.pipeline.titles import title_patterns

_HAN = "\u4e00-\u9fff"
_REACH = 28
_LONGEST = 40
# 「科學技術處處長甲」: the title repeats the head of the unit's name.
_HEADED = Worded(
    "unnamed",
    f"(?:[,。、;:!?」』》”\n\\s]|{{before_unit}}|^)([{_HAN}]{{2,8}}(?P<head>{{unit}})){{acting}}?(?P=head)长\\s?$",
)
_OWN, _OWN_STORY = Worded("unnamed", "本报(?={own_story})"), Worded("unnamed", "本报{special}?讯")
_UNSURE = {"name.model", "name.quoted-after-head", "name.quoted-model"}


@lru_cache(maxsize=1)
def _patterns() -> tuple[re.Pattern[str], re.Pattern[str], re.Pattern[str]]:
    data = rules("unnamed")
    prefix = alternation(rules("titles")["prefixes"])
    title = f"(?:{prefix})*(?:{alternation(data['titles'])})"
    any_title = title_patterns()[0].pattern
    field = with_words("unnamed", f"(?:{alternation(data['departments'])})(?:{prefix})*{{heads_department}}")
    title = f"(?:{title}|{field})"
    joined = with_words("titles", f"{title}(?:(?:{{joint}}|、){title})?")
    noun = alternation(rules("companies")["nouns"])
    return (
        re.compile(
            f"(?:(?:{noun})|(?:{alternation(data['opens'])})|[▲△◎●■·,。、;:!?」』》”\\n\\s]|^)([{_HAN}]{{2,8}}?)的?(?:{joined})\\s?$"
        ),
        re.compile(f"[「『“]([^「」『』“”,。;]{{2,12}})[」』”](?:的)?(?:{any_title})\\s?$"),
        re.compile(
            f"^(?:{alternation(data['never_begins'])})|(?:{alternation(data['never_ends'])})$|{alternation(data['never_in'])}"
        ),
    )


def bodies_of_titles(context: Context) -> None:
    """Give the context the bodies that titles of persons, by-lines and founders show, where none is recognised."""
    context.mentions.sort(key=lambda m: m.start)
    for find in (_before_titles, _shown, _founded):
        _add(context, find(context))


def _add(context: Context, found: list[Mention]) -> None:
    """Add mentions, and the other places where their names stand: a name of two characters in quote marks only."""
    context.mentions = sorted([*context.mentions, *found], key=lambda m: m.start)
    again = []
    for name, first in {context.folded[m.start : m.end]: m for m in found}.items():
        for mention in context.mentions:
            if mention.rule == "name.quoted-model" and context.folded[mention.start : mention.end] == name:
                mention.type, mention.kind = first.type, first.kind
        form = re.escape(name) if len(name) > 2 else f"(?<=[「『“]){re.escape(name)}(?=[」』”])"
        for match in re.finditer(form, context.folded):
            if not _over(context, *match.span()):
                again.append(Mention(*match.span(), first.type, first.kind, rule="name.again"))
    context.mentions = sorted([*context.mentions, *again], key=lambda m: m.start)


def _over(context: Context, start: int, end: int) -> list[Mention]:
    return [m for m in context.mentions_between(start - _LONGEST, end) if start < m.end]


def _before_titles(context: Context) -> list[Mention]:
    """Return the bodies right before the titles of persons: 「再役創辦人甲」; one in quote marks is a body whatever it looked like."""
    folded = context.folded
    bare, quoted, never = _patterns()
    title, _, _, _ = title_patterns()
    bodies = {m.end: m for m in context.mentions if m.type not in {"Person", "Policy"}}
    people = {(m.start, m.end): m for m in context.mentions if m.type == "Person"}
    found: list[Mention] = []
    for person in (m for m in context.mentions if m.type == "Person"):
        sentence = context.sentence_at(person.start)
        if sentence.passage.kind == "contact":
            continue
        low = max(sentence.start, person.start - _REACH)
        before = folded[low : person.start]
        match = quoted.search(before)
        here = bodies.get(low + match.end(1)) if match else None
        if here is not None and here.type != "Organisation" and here.rule in _UNSURE:
            _as_company(context, folded[here.start : here.end])
            continue
        match = match or _HEADED.pattern.search(before) or bare.search(before)
        if match and folded[low + match.end(1)].isspace():
            # A list has a name, and then a title with the next.
            continue
        if match and (same := people.get((low + match.start(1), low + match.end(1)))):
            # 「陳東記第三代東主甲」: what the title follows is no person.
            _as_company(context, folded[same.start : same.end])
            continue
        if match is None or _over(context, low + match.start(1), low + match.end(1)):
            continue
        name = match.group(1)
        if (
            (match.re is not _HEADED.pattern and never.search(name))
            or title.search(name)
            or is_generic(name)
            or name in topics()
            or COUNTED.pattern.search(name)
        ):
            continue
        found.append(Mention(low + match.start(1), low + match.end(1), "Organisation", "company", rule="name.of-title"))
    return found


def _founded(context: Context) -> list[Mention]:
    """Return the bodies in quote marks that somebody is said to have founded: 「甲創辦的「乙」」."""
    found = []
    for match in _founds().finditer(context.folded):
        over = _over(context, *match.span(1))
        if any((m.start, m.end) != match.span(1) or m.type == "Person" or m.lexicon_id for m in over):
            continue
        if over:
            _as_company(context, match.group(1))
        else:
            found.append(Mention(*match.span(1), "Organisation", "company", rule="name.founded"))
    return found


@lru_cache(maxsize=1)
def _founds() -> re.Pattern[str]:
    return re.compile(f"(?:{alternation(rules('told')['founds'])})了?的?[「『“]([^「」『』“”,。;]{{2,12}})[」』”]")


@lru_cache(maxsize=1)
def _shown_patterns() -> list[tuple[re.Pattern[str], Kind]]:
    data = rules("unnamed")
    party = alternation(data["party"])
    return [
        (
            re.compile(
                with_words(
                    "unnamed", f"(?:^|(?<=[,。、;:\n\\s」]))([{_HAN}]{{0,8}}(?:{party}))(?=(?:专职)?{{party_titles}})"
                ),
                re.MULTILINE,
            ),
            "government",
        ),
        (
            re.compile(
                with_words(
                    "unnamed",
                    f"(?:^|(?<=[(\n\\s]))([{_HAN}]{{3,12}}?)讯?\\s?{{reporter_rank}}?{{reporter}}"
                    f"\\s?(?=[{_HAN}]{{2,4}}\\s?(?:[)\n/]|$|{{byline_end}}))",
                ),
                re.MULTILINE,
            ),
            "media",
        ),
        (re.compile(with_words("unnamed", f"(?<=【)([{_HAN}]{{2,12}}?)(?={{special}}?讯】)")), "media"),
        (re.compile(f"(?<=【)([{_HAN}]{{2,10}}[报刊])(?=[.·|/-][{_HAN}]{{2,6}}】)"), "media"),
        (re.compile(f"^([{_HAN}]{{2,10}}报)(?=[{_HAN}]{{0,6}}\\d{{1,2}}月\\d{{1,2}}日[电讯])", re.MULTILINE), "media"),
    ]


_PARTS = frozenset(".·|/-")


def _shown(context: Context) -> list[Mention]:
    """Return the committees before 書記 and the papers before 記者 in a by-line; a shorter name there gives way."""
    found = []
    gone: set[int] = set()
    own = {*rules("unnamed")["own_paper"], *(w for w in rules("unnamed")["party"] if "党" in w)}
    for pattern, kind in _shown_patterns():
        for match in pattern.finditer(context.folded):
            start, end = match.span(1)
            inside = _over(context, start, end)
            for same in (m for m in inside if (m.start, m.end, m.type) == (start, end, "Organisation")):
                same.kind = kind
            # A mark parts the paper from its section: 【甲報·文化】.
            parted = context.folded[end : end + 1] in _PARTS
            if any(m.start < start or (m.end > end and not parted) or (m.start, m.end) == (start, end) for m in inside):
                continue
            if match.group(1) in own:
                continue
            gone.update(id(m) for m in inside)
            found.append(Mention(start, end, "Organisation", kind, rule="name.of-title"))
    context.mentions = [m for m in context.mentions if id(m) not in gone]
    named = context.document.publisher or any(m.kind == "media" for m in [*context.mentions, *found])
    if not named and _OWN_STORY.pattern.search(context.folded):
        # A paper that names itself nowhere: 「本報訊（記者 甲）」.
        found += [
            Mention(*m.span(), "Organisation", "media", rule="name.own-paper")
            for m in _OWN.pattern.finditer(context.folded)
            if not _over(context, *m.span())
        ]
    return found


def _as_company(context: Context, name: str) -> None:
    for mention in context.mentions:
        if context.folded[mention.start : mention.end] == name:
            mention.type, mention.kind = "Organisation", "company"
