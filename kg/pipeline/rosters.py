"""Posts that a list of a board's members tells: 「主席:甲教授 成員:乙女士、丙先生」, a seat and the names below it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

from kg.language.script import fold
from kg.pipeline.context import Context, Mention
from kg.pipeline.rules import Worded, alternation, rules, with_words, wording

Post = tuple[Mention, str, Mention, str]
_HONOUR = r"(?:{roster_style}|[,、 ]?{common.decorations})*"
_BOARD = Worded("told", "(?:{board}|{club})$")
_LAST = Worded("told", _HONOUR + r"\s*\((?P<own>副?{own_seat})\)")
_REACH = 320
_GUESSED = {"post.bare", "post.served"}


@dataclass(frozen=True, slots=True)
class _Forms:
    opens: re.Pattern[str]
    gap: re.Pattern[str]


@lru_cache(maxsize=1)
def _forms() -> _Forms:
    data = rules("told")["roster"]
    seat = f"(?:(?:{alternation(data['kinds'])})?(?:{alternation(data['seats'])}))"
    other = "{others}?"
    named = f"(?:{alternation(data['named'])})?"
    mark = r"[:\s]\s*"
    opens = rf"(?:(?<=[\n。;:!?])|^)[\s\d.、·•]*{other}(?P<seat>{seat}){named}(?:{mark}|(?<=\n)|$)\s*$"
    gap = rf"{_HONOUR}\s*(?:\((?P<own>{seat})?[^()]{{0,24}}\))?(?:[\s、,;。/]|{{common.and}})*"
    return _Forms(
        re.compile(with_words("told", rf"{opens}|(?P<told>{seat}){named}:\s*$")),
        re.compile(with_words("told", rf"{gap}(?:{other}(?P<next>{seat})[:\s]*)?[\s\d.·•]*$")),
    )


def rosters(context: Context) -> None:
    """Add the posts that lists of members tell; the sentences and their mentions must be marked."""
    people = sorted((m for m in context.mentions if m.type == "Person"), key=lambda m: m.start)
    held = {p.entity for p, t, b, rule in context.posts if b is not p and rule not in _GUESSED and not _is_member(t)}
    found: list[Post] = []
    index = 0
    while index < len(people):
        run, seats = _run(context, people, index)
        body = _board(context, run[0].start) if len(run) > 1 else None
        if body is not None:
            found += [
                (p, seat, body, "post.roster") for p, seat in zip(run, seats, strict=True) if p.entity not in held
            ]
        index += max(1, len(run))
    told = {p.entity for p, *_ in found}
    context.posts = [p for p in context.posts if p[0].entity not in told or p[3] not in _GUESSED or _is_member(p[1])]
    context.posts += found


def _is_member(title: str) -> bool:
    """Tell whether a title is that of a council's member, who may have a seat on its committee besides."""
    return title.endswith(wording("titles", "member"))


def _run(context: Context, people: list[Mention], index: int) -> tuple[list[Mention], list[str]]:
    """Return the persons of a list that begins with one, and the seat of each; nothing where no seat stands before it."""
    folded = context.folded
    first = people[index]
    opened = _forms().opens.search(folded, max(0, first.start - 24), first.start)
    if opened is None:
        return [], []
    seat = opened["seat"] or opened["told"]
    run, seats = [first], [seat]
    for person in people[index + 1 :]:
        gap = _forms().gap.fullmatch(folded, run[-1].end, min(person.start, run[-1].end + 64))
        if gap is None or person.start - run[-1].end > 64:
            break
        if gap["own"]:
            seats[-1] = gap["own"]
        seat = gap["next"] or seat
        run.append(person)
        seats.append(seat)
    last = _LAST.pattern.match(folded, run[-1].end, run[-1].end + 24)
    if last is not None:
        seats[-1] = last["own"]
    return run, seats


def _board(context: Context, place: int) -> Mention | None:
    """Return the board named last before a list: one that has members."""
    near = [m for m in context.mentions_between(max(0, place - _REACH), place) if m.type == "Organisation"]
    names = ((m, [fold(n).rstrip("」』》”) ") for n in context.groups[m.entity].names]) for m in reversed(near))
    return next((m for m, forms in names if any(_BOARD.pattern.search(f) for f in forms)), None)
