"""Which body a short word before a title means: 「公司總監甲」, 「議會主席乙」, 「凌波主席丙」, 「互助會會長丁」, 「該會總幹事戊」."""

from __future__ import annotations

import re
from functools import lru_cache

from kg.language.script import fold, name_key
from kg.pipeline.anaphora import ends_with, meant_by
from kg.pipeline.context import Context, Mention
from kg.pipeline.entities import heading_group, publisher_group
from kg.pipeline.names import head_of
from kg.pipeline.posts import SPLIT
from kg.pipeline.rules import Worded, alternation, rules, with_words, wording
from kg.pipeline.titles import title_patterns

Post = tuple[Mention, str, Mention, str]
_HAN = "\u4e00-\u9fff"
_BODIES = {"Organisation", "Facility", "Programme"}
_LONGEST = 14
_SHORT, _TAIL = 5, 3
FIRM = Worded("told", "{own_firm}")
_PAPER = Worded("told", "{masthead}$")
_POINTS = Worded("told", "^{common.this}")
_NEVER_THAT = {"government", "academic", "media"}


def has_chair(context: Context, mention: Mention) -> bool:
    """Tell whether a body may be one that a bare title serves: neither a paper nor the Government itself."""
    group = context.groups[mention.entity]
    return group.kind not in {"media"} and group.lexicon_id != "hk-government"


def own_firm(context: Context, back: Mention | None) -> Mention | None:
    """Return the publisher where a text of a company speaks of 公司 or 集團 without saying which."""
    own = publisher_group(context)
    own = own if own >= 0 else heading_group(context)
    if own < 0 or context.groups[own].kind != "company" or not context.groups[own].mentions:
        return None
    first = context.groups[own].mentions[0]
    if context.folded[first.start - 1] in "【[" or _PAPER.pattern.search(context.folded, first.start, first.end):
        # 「【甲財訊】」 and 「甲觀察報」 are papers, whatever they were taken for.
        return None
    if back is not None and not (
        back.anaphor and FIRM.pattern.fullmatch(context.folded, back.start, back.end) is not None
    ):
        return None
    return first


def nearest(context: Context, back: Mention) -> Mention:
    """Return what a bare noun before a title means: of whatever type, the thing named last whose name ends so."""
    word = context.folded[back.start : back.end]
    if (
        not back.anaphor
        or back.rule != "back"
        or FIRM.pattern.fullmatch(word)
        or publisher_group(context) == back.entity
    ):
        return back
    bare = _POINTS.pattern.sub("", word)
    schools = bare in wording("told", "schools")
    near = [
        m
        for m in context.mentions
        if m.end <= back.start
        and m.type in _BODIES
        and not m.anaphor
        and has_chair(context, m)
        and (
            m.entity == back.entity
            or any(name_key(n).endswith(bare) for n in context.groups[m.entity].names)
            or (schools and context.groups[m.entity].kind == "academic")
        )
    ]
    return near[-1] if near else back


@lru_cache(maxsize=1)
def _forms() -> tuple[re.Pattern[str], re.Pattern[str], re.Pattern[str]]:
    nouns = alternation(rules("anaphora")["holder"]["words"])
    title = title_patterns()[0].pattern
    fielded = f"(?:[{_HAN}]{{1,4}}?{{<!head_of_unit}})?(?:{title})"
    fields = f"{fielded}(?:(?:、|{{titles.joint}}){fielded})*"
    titles = f"(?:{title})(?:(?:、|{{titles.joint}})(?:{title}))*"
    edge = f"(?:^|[^{_HAN}]|{{before_noun}})"
    return (
        re.compile(with_words("told", f"{edge}({nouns})({fields})$")),
        re.compile(with_words("told", rf"{edge}([{_HAN}]{{2,4}}?)({titles})$")),
        re.compile(with_words("told", rf"{{common.this_one}}({{that_body}})的?({titles})$")),
    )


def _posts(person: Mention, titles: str, body: Mention) -> list[Post]:
    return [(person, part, body, "post.pointed") for part in SPLIT.pattern.split(titles) if part]


def by_noun(context: Context, person: Mention, end: int) -> list[Post]:
    """Return the posts of the body that a common noun before a title means: 「議會主席甲」, 「院方總監乙」.

    It is the publisher's where its name ends so, else the last one named that does.
    """
    match = _forms()[0].search(context.folded, max(0, end - 2 * _LONGEST), end)
    if match is None:
        return []
    own = publisher_group(context)
    firm = FIRM.pattern.fullmatch(match.group(1)) is not None
    bodies = [
        m
        for m in context.mentions
        if m.end <= match.start(1)
        and m.type in _BODIES
        and has_chair(context, m)
        and any(ends_with(n, match.group(1)) for n in context.groups[m.entity].names)
    ]
    body = next((m for m in reversed(bodies) if m.entity == own), bodies[-1] if bodies else None)
    if firm:
        body = own_firm(context, None) or meant_by(context, match.group(1), match.start(1)) or body
    return _posts(person, match.group(2), body) if body is not None else []


def by_short(context: Context, person: Mention, end: int) -> list[Post]:
    """Return the posts of the body whose name begins or ends with what stands before a title.

    「凌波主席甲」 is of 凌波物流集團, 「互助會會長乙」 of 海灣互助會.
    """
    match = _forms()[1].search(context.folded, max(0, end - 2 * _LONGEST), end)
    if match is None or context.mentions_between(*match.span(1)):
        return []
    word = match.group(1)
    bodies = [m for m in context.mentions if m.end <= match.start(1) and m.type in _BODIES and has_chair(context, m)]
    begun = {m.entity: m for m in bodies if any(fold(n).startswith(word) for n in context.groups[m.entity].names)}
    if len(begun) == 1:
        return _posts(person, match.group(2), next(iter(begun.values())))
    if not word.endswith(wording("told", "tail_head")):
        return []
    ended = [m for m in bodies if any(name_key(n).endswith(word) for n in context.groups[m.entity].names)]
    return _posts(person, match.group(2), ended[-1]) if ended and not begun else []


def by_that(context: Context, person: Mention, end: int) -> list[Post]:
    """Return the posts of the body that 該會 means where no name ends so: the last one that is neither bureau nor firm."""
    match = _forms()[2].search(context.folded, max(0, end - 2 * _LONGEST), end)
    if match is None or context.mentions_between(*match.span(1)):
        return []
    sentence = context.sentence_at(person.start)
    low = context.sentences[max(0, context.sentence_number(sentence) - 2)].start
    near = [
        m
        for m in context.mentions_between(low, match.start())
        if m.type == "Organisation"
        and context.groups[m.entity].kind not in _NEVER_THAT
        and not fold(context.name(m)).endswith(wording("anaphora", "firms"))
    ]
    return _posts(person, match.group(2), near[-1]) if near else []


def longer(context: Context) -> None:
    """Give the posts of a short name to the one body whose longer name begins or ends with it: 「凌波經理甲」 for 凌波升降機."""
    posts: list[Post] = []
    for person, words, body, rule in context.posts:
        posts.append((person, words, _longer(context, body) if body is not person else body, rule))
    context.posts = posts


def _longer(context: Context, body: Mention) -> Mention:
    name = context.folded[body.start : body.end].strip("「」『』“”")
    group = context.groups[body.entity]
    alone = {fold(n).strip("「」『』“”") for n in group.names} == {name}
    if not alone or group.lexicon_id or not 2 <= len(name) <= _SHORT or name.isascii() or body.anaphor:
        return body
    # A unit's name begins with its body's: 「市漁業局」, 「市漁業局漁港辦」.
    begins = head_of(name) is None and not name.endswith(wording("told", "whole_name"))
    found = [
        g
        for i, g in enumerate(context.groups)
        if i != body.entity and g.type in _BODIES and g.mentions and any(_is_longer(n, name, begins) for n in g.names)
    ]
    return found[0].mentions[0] if len(found) == 1 else body


def _is_longer(name: str, short: str, begins: bool) -> bool:
    """Tell whether a name is another's in full; of two names that end alike the short one has three characters at most."""
    if len(name) <= len(short):
        return False
    return (begins and fold(name).startswith(short)) or (len(short) <= _TAIL and name_key(name).endswith(short))
