"""English posts that a list or an appointment tells: "Members: A, B and C", "the appointment of A as Chairman of Y and B as a member"."""

from __future__ import annotations

import re
from functools import lru_cache

from kg.pipeline.context import Mention
from kg.pipeline.english_people import honorific_before
from kg.pipeline.english_served import Reader
from kg.pipeline.rules import Worded, alternation, rules

_JOINED = Worded(
    "english_people",
    r"(?: \([^()\n]{2,60}\))?(?:,? {common.decorations})*(?:,|;| and|, and|; and|\n)\s*(?:[-•·*]\s*)?(?:Hon )?",
)
_BEHIND = Worded("english_people", r"(?:,? {common.decorations})* \(((?:Deputy |Vice-?)?Chair(?:man|woman|person)?)\)")
_MEMBERS = Worded(
    "english_people",
    r"\b(?:(?P<seat>(?:{seat_kind} )?[Mm]embers?)(?: of (?:the |its )[\w ]{3,60}?)?(?: present| attending)?(?::| {seat_verb})|(?P<line>(?:^|(?<=\n))\s*(?:[A-Z][\w-]+ ){0,2}{seat_line}):)\s*$",
)
_BOARD = Worded("english_people", r"\b{board}\b")
_APPOINTS = re.compile(r"\b(?:re-?)?(?:appoint|nam|elect|nominat|select|co-opt)(?:s|ed|ment of|e|ing|ion of)?\b", re.I)
_AS = re.compile(r" as (?:the |an? |its |their )?(?:new |first |next )?")
_ASK = Worded("english_people", r"\b{ask} $")
_REACH = 400


@lru_cache(maxsize=1)
def _title() -> re.Pattern[str]:
    data = rules("english_people")
    head, modifier = alternation(data["heads"]), alternation(data["modifiers"])
    return re.compile(rf"((?:(?:{modifier})[ -])*(?:{head})s?)(?: (?:of|to|at) (?:the )?|(?=[,.;:\n]| and|$))", re.I)


def listed(reader: Reader, people: list[Mention]) -> None:
    """Add the posts that lists, appointments and words of contact tell."""
    taken: set[int] = set()
    for index, person in enumerate(people):
        row = _row(reader, people, index)
        if person.start not in taken and (seat := _seat(reader, person)) is not None:
            body = _board(reader, person.start)
            for one in row if seat.lower().endswith(("member", "members")) else row[:1]:
                chair = _BEHIND.pattern.match(reader.context.folded, one.end)
                if chair is not None and body is not None:
                    # The chairman of those present has the seat in brackets behind the name.
                    _forget(reader, one)
                title = chair.group(1) if chair else re.sub("^[Oo]ther |^[Nn]ew ", "", seat).removesuffix("s")
                reader.add(one, title, body)
                taken.add(one.start)
        _asked(reader, person)
    _appointed(reader, people)


def _forget(reader: Reader, person: Mention) -> None:
    """Drop the posts read at one mention of a person."""
    reader.context.posts = [p for p in reader.context.posts if p[0] is not person]


def _row(reader: Reader, people: list[Mention], index: int) -> list[Mention]:
    """Return a person and those that a list names after."""
    row = [people[index]]
    for person in people[index + 1 :]:
        start = honorific_before(reader.context.folded, person.start)
        if not _JOINED.pattern.fullmatch(reader.context.folded, row[-1].end, start):
            break
        row.append(person)
    return row


def _seat(reader: Reader, person: Mention) -> str | None:
    """Return the seat whose list a person opens, or None."""
    start = honorific_before(reader.context.folded, person.start)
    found = _MEMBERS.pattern.search(reader.context.folded, max(0, start - 100), start)
    return None if found is None else (found["seat"] or found["line"]).strip()


def _board(reader: Reader, place: int) -> Mention | None:
    near = [b for b in reader.bodies if place - _REACH <= b.start < place and b.type == "Organisation"]
    return next((b for b in reversed(near) if _BOARD.pattern.search(reader.context.folded[b.start : b.end])), None)


def _asked(reader: Reader, person: Mention) -> None:
    """Read "please contact Ms X of Y"."""
    folded = reader.context.folded
    start = honorific_before(folded, person.start)
    link = re.match(r",? (?:of|at|from) (?:the )?|, ", folded[person.end :])
    body = reader.at(person.end + link.end()) if link else None
    if body is not None and _ASK.pattern.search(folded, max(0, start - 12), start):
        reader.add(person, "contact", body, "post.contact")


def _appointed(reader: Reader, people: list[Mention]) -> None:
    """Read "the appointment of X as Chairman of Y, and Z and W as members"."""
    folded = reader.context.folded
    last: tuple[int, Mention] | None = None
    for index, person in enumerate(people):
        sentence = reader.context.sentence_at(person.start)
        link = _AS.match(folded, person.end)
        title = _title().match(folded, link.end()) if link else None
        verb = _APPOINTS.search(folded, sentence.start, person.start)
        if title is None or verb is None:
            continue
        body = reader.at(title.end()) or (last[1] if last and last[0] == sentence.start else None)
        if body is None:
            continue
        last = (sentence.start, body)
        row = [person]
        while (first := index - len(row)) >= 0 and _JOINED.pattern.fullmatch(
            folded, people[first].end, honorific_before(folded, row[0].start)
        ):
            row.insert(0, people[first])
        words = title.group(1)
        for one in row:
            reader.add(one, words[:-1] if words.endswith("s") and len(row) > 1 else words, body)
