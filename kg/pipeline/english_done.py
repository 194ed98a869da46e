"""English posts that verbs tell: "founded by X", "X, who chairs the Y", "a committee headed by X"."""

from __future__ import annotations

import re

from kg.pipeline.context import Mention
from kg.pipeline.english_people import honorific_before
from kg.pipeline.english_served import Reader, spoken_of
from kg.pipeline.english_told import panel_of
from kg.pipeline.rules import Worded

_BY = re.compile(r",? (?:is |was |and )?(chaired|headed|founded|co-founded)(?: in \d{4})? by (?:[\w-]+ ){0,3}$")
_DOES = {"chairs": "chair", "heads": "head", "founded": "founder", "co-founded": "co-founder"}
_DONE = {"chaired": "chair", "headed": "head", "founded": "founder", "co-founded": "co-founder"}


_FOUNDED = Worded("english_people", r"\b(?:{founded}|launched) (?:the )?$")
_HIS = Worded(
    "english_people",
    r"(?: \([^()]*\))?, (?:the|a|an) [\w -]{3,40}? (?:that )?(?:he|she|they) (?:{founded}|runs)\b",
)


def founders(reader: Reader) -> None:
    """Read "A and his cousin B founded Y" and "Y, the company she set up"."""
    folded, mentions = reader.context.folded, reader.context.mentions
    for body in [b for b in reader.bodies if b.type == "Organisation" and b.kind == "company"]:
        sentence = reader.context.sentence_at(body.start)
        people = [m for m in mentions if m.type == "Person" and sentence.passage.start <= m.start < body.start]
        here = [m for m in people if m.start >= sentence.start]
        if here and _FOUNDED.pattern.search(folded, sentence.start, body.start):
            acting = [b for b in reader.bodies if here[-1].end < b.start < body.start and b.type == "Organisation"]
            if not acting or re.search(r"\b(?:at|of|from) (?:the )?$", folded[: acting[-1].start][-10:]):
                joined = (
                    re.fullmatch(r",? and (?:[a-z]+ ){0,3}", folded[here[-2].end : here[-1].start])
                    if len(here) > 1
                    else None
                )
                for person in here[-2:] if joined else here[-1:]:
                    reader.add(person, "founder", body)
        elif people and _HIS.pattern.match(folded, body.end):
            reader.add(people[-1], "founder", body)


def who(reader: Reader, person: Mention) -> None:
    """Read "X, a banker who chairs the Y": the verb tells the post."""
    clause = rf"(?:, [\w -]{{3,60}})?,? who (?:[a-z]+ly |now |also )?({'|'.join(_DOES)}) "
    match = re.match(clause, reader.context.folded[person.end :])
    body = reader.at(person.end + match.end()) if match else None
    body = body or (_noun_at(reader, person.end + match.end()) if match else None)
    if match and body is not None:
        reader.add(person, _DOES[match.group(1)], body)


def _noun_at(reader: Reader, place: int) -> Mention | None:
    """Return the body that a common noun at a place means: "the foundation"."""
    noun = re.match(r"the ([A-Za-z-]+)(?=[,.;:\n\"”]| [a-z])", reader.context.folded[place:])
    return spoken_of(reader, noun.group(1), place) if noun else None


def done_by(reader: Reader, person: Mention) -> None:
    """Read "the Y committee, chaired by Professor X": the participle tells the post."""
    folded = reader.context.folded
    place = honorific_before(folded, person.start)
    low = reader.context.sentence_at(place).start
    match = _BY.search(folded, low, place)
    if match is None:
        return
    near = [b for b in reader.bodies if b.end <= match.start() and match.start() - b.end <= 40]
    gap = (
        r"(?: \([^()]*\))?(?: (?:on|in|at) (?:the )?[\w -]{3,24})?(?:, (?:an?|the) [a-z -]{3,36})?|['’]s [a-z -]{3,36}"
    )
    if near and re.fullmatch(gap, folded[near[-1].end : match.start()]):
        reader.add(person, _DONE[match.group(1)], near[-1])
    elif (scheme := panel_of(reader.context, reader.bodies, low, match.start())) is not None:
        reader.add(person, _DONE[match.group(1)], scheme)
