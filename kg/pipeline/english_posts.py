"""English posts: the titles before and behind a person's name, and the bodies that they serve."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

from kg.pipeline.context import Context, Mention
from kg.pipeline.english_contacts import contact_posts
from kg.pipeline.english_done import done_by, founders, who
from kg.pipeline.english_people import byline_posts, honorific_before
from kg.pipeline.english_rosters import listed
from kg.pipeline.english_served import Reader, implied_body, named_in, publisher_of, spoken_of
from kg.pipeline.english_told import (
    honourable,
    legislature,
    own_body,
    signatures,
    succeeds,
    told_as,
)
from kg.pipeline.rules import Worded, alternation, rules, with_words

# Placeholders here are those of ``with_words``.
_ANY = r"(?!{no_field}\b)[A-Za-z][\w&-]*(?:s['’](?= ))?"
_FIELD = rf"{_ANY}(?:(?:,? and| of|,)?(?: the)? (?!(?:at|in)\b){_ANY}){{0,6}}?"
_FOLLOWS = r"(?=[,.;:\n(\"”]| at | of the | of [A-Z]| with | in | who | since | from | said| told| on |$)"
_DETERMINER = "{determiner}"
_BRANCHED = Worded("english_people", rf" (?:of|for|in charge of) (?:the )?({_FIELD}){_FOLLOWS}")
_OPENED = Worded("english_people", rf"(?:, (?:who is )?| \()(?:{_DETERMINER} )*")
_AND = Worded("english_people", rf",? and (?:{_DETERMINER} )*")
_BEFORE_NAME = Worded("english_people", rf"(?: (?:of|for) (?:the )?{_FIELD})?(?: \([A-Z][^()]*\))?,? ")
_MORE = Worded("english_people", rf"(?:(?<![\w-]){_ANY} ){{1,3}}$")


@dataclass(frozen=True, slots=True)
class _Titles:
    head: re.Pattern[str]
    at: re.Pattern[str]
    lead: re.Pattern[str]
    becomes: re.Pattern[str]
    plain: frozenset[str]


@lru_cache(maxsize=1)
def _titles() -> _Titles:
    data = rules("english_people")
    head = alternation(data["heads"])
    modifier = alternation(data["modifiers"])
    dropped = alternation(data["dropped"])
    return _Titles(
        re.compile(rf"(?<![\w-])(?:{head})(?![\w-])", re.I),
        re.compile(
            with_words("english_people", rf"(?:(?:{dropped}) )*((?:{_ANY} ){{0,4}}?(?:{head})(?![\w-])")
            + rf"(?: (?:(?:{modifier}) ){{0,2}}(?:{head})(?![\w-]))*)",
            re.I,
        ),
        re.compile(rf"(?:(?<![\w-])(?:{modifier}|{head})[ -])*$", re.I),
        re.compile(with_words("english_people", rf",? (?:{alternation(data['becomes'])})(?: as)? (?:{_DETERMINER} )?")),
        frozenset(data["plain"]),
    )


@lru_cache(maxsize=1)
def title_words() -> frozenset[str]:
    """Return the words, in lower case, that titles are made of."""
    data = rules("english_people")
    return frozenset(w.lower() for w in (*data["heads"], *data["modifiers"]))


def english_posts(context: Context) -> None:
    """Replace the posts of an English document's persons by those that the grammar of the genre tells."""
    people = sorted((m for m in context.mentions if m.type == "Person"), key=lambda m: m.start)
    alone = set(rules("english_people")["bare_bodies"])
    bodies = sorted((m for m in context.mentions if m.type not in {"Person", "Policy"}), key=lambda m: m.start)
    bodies = [b for b in bodies if context.folded[b.start : b.end] not in alone]
    reader = Reader(context, bodies, [])
    context.posts = []
    contacts = contact_posts(reader, people)
    for person_start, title, media in byline_posts(context):
        person = next((p for p in people if p.start == person_start), None)
        if person is not None:
            reader.add(person, title, next((b for b in bodies if b.start == media), None))
            contacts.add(person.start)
    for person in people:
        if person.start not in contacts:
            _after(reader, person)
    signed = {start: title for start, _, title in signatures(context)}
    members = {start: title for start, _, title in honourable(context.folded)}
    for person in people:
        if person.start in signed:
            reader.add(person, signed[person.start], _signed_for(reader, person))
        elif person.start in members:
            reader.add(person, members[person.start], legislature(bodies, context.folded))
        if person.start not in contacts and person.start not in signed:
            _before(reader, person)
            _told(reader, person)
            _professor(reader, person)
            done_by(reader, person)
            _inverted(reader, person)
            who(reader, person)
        _signed(reader, person)
    founders(reader)
    listed(reader, people)


def _signed_for(reader: Reader, person: Mention) -> Mention | None:
    """Return the body for which a name at the end of a text signs: named on the lines below, or the document's own."""
    below = [b for b in reader.bodies if 0 < b.start - person.end < 120 and b.type == "Organisation"]
    return below[0] if below else own_body(reader.context, reader.bodies)


def _told(reader: Reader, person: Mention) -> None:
    """Read "X retired after nine years as Chairman of our Board" and "His successor, X"."""
    if succeeds(reader.context, person):
        earlier = [p for p in reader.context.posts if p[0].start < person.start]
        for _, title, served, _ in earlier[-1:]:
            reader.add(person, title, served)
    stop = reader.context.sentence_at(person.start).end
    place = told_as(reader.context, person, stop)
    titles, end = _titles_at(reader, place) if place >= 0 else ([], place)
    if titles:
        own = re.match(r" of (?:our|the) (?:[Bb]oard|[Cc]ouncil)\b", reader.context.folded[end:])
        body = _behind(reader, end) or (own_body(reader.context, reader.bodies) if own else None)
        _give(reader, person, titles, body, implied=False)


def _signed(reader: Reader, person: Mention) -> None:
    """Read a signature: a name alone on its line, a title alone on the next."""
    folded = reader.context.folded
    line = re.match(r"[ ]*\n+([A-Z][\w ]{2,40})(?=\n|$)", folded[person.end :])
    if line is None or folded[person.start - 1 : person.start] != "\n" or not _titles().head.search(line.group(1)):
        return
    reader.add(person, line.group(1), publisher_of(reader))


def _titles_at(reader: Reader, place: int) -> tuple[list[tuple[str, int]], int]:
    """Return the titles that a place opens, joined by "and", with where each ends, and where their body may begin."""
    folded = reader.context.folded
    found: list[tuple[str, int]] = []
    while (match := _titles().at.match(folded, place)) is not None:
        if any(b.start < match.end(1) and match.start(1) < b.end for b in reader.bodies):
            break
        end = match.end(1)
        if branch := re.match(r" \([A-Z][\w &/-]*\)(?= (?:of|at)\b|,)", folded[end:]):
            end += branch.end()
        field = _BRANCHED.pattern.match(folded[end:])
        if field and not _holds_body(reader, end + field.start(1), end + field.end(1)):
            if _meant(reader, end) is None:
                end += field.end()
        found.append((folded[match.start(1) : end], end))
        whole = re.match(alternation(rules("english_people")["joined"]), folded[match.start(1) :])
        if whole and match.start(1) + whole.end() > end:
            end = match.start(1) + whole.end()
            found[-1] = (whole.group(), end)
        joint = re.match(r",? and (?:the |an? )?", folded[end:])
        place = end + (joint.end() if joint else 0)
        if joint is None:
            break
    return found, found[-1][1] if found else place


def _holds_body(reader: Reader, start: int, end: int) -> bool:
    return any(b.start < end and start < b.end and b.type != "Policy" for b in reader.bodies)


def _after(reader: Reader, person: Mention) -> None:
    """Read the titles behind a name: ", a former lecturer at Y", ", the bureau's director", " becomes Chief Executive"."""
    folded = reader.context.folded
    place = person.end
    if age := re.match(r"(?: \(\d\d\)|, (?:aged )?\d\d)(?=,| )", folded[place:]):
        place += age.end()
    comma = _OPENED.pattern.match(folded[place:])
    verb = _titles().becomes.match(folded, place)
    opened = comma or None
    if opened is None and verb is None:
        return _of_body(reader, person)
    start = place + opened.end() if opened else verb.end() if verb else place
    if opened and (named := _genitive(reader, start)) is not None:
        owner, start = named
        titles, end = _titles_at(reader, start)
        for title, _ in titles:
            reader.add(person, title, owner)
        reader.used += [(start, end)] if titles else []
        return None
    titles, end = _titles_at(reader, start)
    if not titles:
        return None
    told = re.search(r"(?:its|their|our) $", folded[place:start]) is not None
    body = _behind(reader, end)
    if body is None and told and folded[place:start].endswith("our "):
        body = own_body(reader.context, reader.bodies)
    if verb and not opened and body is None and titles[0][0][0].islower() and not told:
        return None
    if body is None and not _stops(folded, end):
        return None
    _give(reader, person, titles, body, implied=told or body is None)
    reader.used.append((start, end))
    _and_again(reader, person, body.end if body else end)
    if opened:
        _becomes(reader, person, body.end if body else end)
    return None


def _becomes(reader: Reader, person: Mention, place: int) -> None:
    """Read the verb behind an apposition: "X, formerly a director of Y, becomes Chief Executive of Z"."""
    verb = _titles().becomes.match(reader.context.folded, place)
    titles, end = _titles_at(reader, verb.end()) if verb else ([], place)
    body = _behind(reader, end) if titles else None
    if titles and (body is not None or titles[0][0][0].isupper()):
        _give(reader, person, titles, body, implied=True)
        reader.used.append((place, end))


def _and_again(reader: Reader, person: Mention, place: int) -> None:
    """Read further posts of an apposition: "chairman of A and a director of B"."""
    joint = _AND.pattern.match(reader.context.folded[place:])
    if joint is None:
        return
    titles, end = _titles_at(reader, place + joint.end())
    body = _behind(reader, end) if titles else None
    if body is not None and not any(
        m.type == "Person" and m.start >= place and m.end <= end for m in reader.context.mentions
    ):
        _give(reader, person, titles, body, implied=False)
        reader.used.append((place, end))


def _stops(folded: str, end: int) -> bool:
    return (
        re.match(r"[,.;:)\n\"”]|$| (?:and|in|since|from|said|told|at|who|on|next|last|until)\b", folded[end:])
        is not None
    )


def _behind(reader: Reader, end: int) -> Mention | None:
    """Return the body that a title ends in: "of Y", "at the Y", ", Y"."""
    link = re.match(r",? (?:of|at|for|with|to|from)(?: the| its| their)? |, |\s?\(| ", reader.context.folded[end:])
    return (reader.at(end + link.end()) if link else None) or _meant(reader, end)


def _meant(reader: Reader, end: int) -> Mention | None:
    """Return the body that a common noun behind a title means: "director of the council"."""
    noun = re.match(r" (?:of|at|for) the ([A-Za-z-]+)(?=[,.;:\n\"”]| [a-z])", reader.context.folded[end:])
    return spoken_of(reader, noun.group(1), end) if noun else None


def _genitive(reader: Reader, start: int) -> tuple[Mention, int] | None:
    """Return the body in the genitive that opens a title, and where the title begins: "the bureau's director"."""
    folded = reader.context.folded
    body = next((b for b in reader.bodies if b.start == start), None)
    if body is not None and (end := re.match(r"['’]s? ", folded[body.end :])):
        return body, body.end + end.end()
    noun = re.match(r"([A-Za-z-]+)['’]s? ", folded[start:])
    if noun is not None and (told := spoken_of(reader, noun.group(1), start)) is not None:
        return told, start + noun.end()
    return None


def _give(
    reader: Reader, person: Mention, titles: list[tuple[str, int]], body: Mention | None, *, implied: bool
) -> None:
    for title, _ in titles:
        if body is None and title.lower() in _titles().plain:
            continue
        reader.add(person, title, body or (implied_body(reader, person, title) if implied else None))


def _of_body(reader: Reader, person: Mention) -> None:
    """Read "founder X of Y": the titles stand before the name, the body behind it."""
    link = re.match(r" (?:of|from|at) (?:the )?", reader.context.folded[person.end :])
    body = reader.at(person.end + link.end()) if link else None
    if body is None:
        return
    for title, start, end in _before_titles(reader, person):
        reader.add(person, title, body)
        reader.used.append((start, end))


def _before_titles(reader: Reader, person: Mention) -> list[tuple[str, int, int]]:
    """Return the titles right before a name, the first of the text first, with their places."""
    folded = reader.context.folded
    name = honorific_before(folded, person.start)
    sentence = reader.context.sentence_at(person.start)
    found: list[tuple[str, int, int]] = []
    heads = list(_titles().head.finditer(folded, max(sentence.start, name - 120), name))
    for head in reversed(heads):
        gap = folded[head.end() : name]
        if found and head.end() > found[0][1]:
            continue
        if found:
            if not re.fullmatch(r"(?:,| and|, and) (?:the )?", folded[head.end() : found[0][1]]):
                break
        elif not _BEFORE_NAME.pattern.fullmatch(gap) or re.search(r"[.!?\"“”\n]", gap):
            continue
        start = head.start()
        inside = next((b for b in reader.bodies if b.start < head.end() and head.start() < b.end), None)
        if inside is not None:
            continue
        lead = _titles().lead.search(folded, max(sentence.start, start - 60), start)
        start = lead.start() if lead else start
        near = max((b.end for b in reader.bodies if start < b.end <= head.start()), default=start)
        start = near + len(folded[near:]) - len(folded[near:].lstrip(" "))
        body = reader.ending(_longer(folded, start)) if not found else None
        if body is not None:
            start = body.end + re.match(r"(?:\s?\([^()]{1,40}\))?(?:['’]s?)?\s?", folded[body.end :]).end()  # type: ignore[union-attr]
        end = head.end() + (0 if found else len(gap.rstrip(", ")))
        if any(s < end and start < e for s, e in reader.used):
            break
        found.insert(0, (folded[start:end], start, end))
    return found


def _longer(folded: str, start: int) -> int:
    """Return where a title begins whose own field stands before its modifiers: "HKMA banking supervision director"."""
    more = _MORE.pattern.search(folded[max(0, start - 40) : start])
    for word in re.finditer(r"[\w&-]+ ", more.group()) if more else ():
        place = start - len(more.group()) + word.start() if more else start
        if folded[place].islower():
            return place
    return start


def _before(reader: Reader, person: Mention) -> None:
    """Read the titles before a name: "HKMA chief executive X", "its co-founder, X", "the Director of Y, Ms X"."""
    folded = reader.context.folded
    titles = _before_titles(reader, person)
    if not titles:
        return
    start, end = titles[0][1], titles[-1][2]
    comma = folded[end : end + 1] == ","
    inside = next((b for b in reader.bodies if start <= b.start and b.end <= end), None)
    body = reader.ending(start)
    near = folded[max(0, start - 24) : start]
    own = re.search(
        r"(?:\b([Ii]ts|[Tt]heir|[Oo]ur|whose)|\b(?:the|The) ([A-Za-z-]+)['’]s?) (?:[a-z]+-[a-z-]+ )?$", near
    )
    told = re.search(r"\b(?:the|The|[Aa]n?|said|says|and|told|by|with|to) $|^$|[\"”.] ?$|\n$", near)
    if comma and body is None and own is None and told is None:
        return
    if own is not None and own.group(1) == "whose":
        body = next((b for b in reversed(reader.bodies) if b.end <= start), None)
    if own is not None and own.group(2):
        body = spoken_of(reader, own.group(2), start)
    for title, first, last in titles:
        plain, served = title, body
        if inside is not None and first <= inside.start < last:
            core = folded[first : inside.start]
            plain = re.sub(r",? (?:of|for|at)(?: the)? $", "", core)
            served = inside
        if served is None and own is None and plain.lower() in _titles().plain:
            continue
        reader.add(person, plain, served or implied_body(reader, person, plain))


def _professor(reader: Reader, person: Mention) -> None:
    """Read "Professor X of Y University" and "Professor X, who teaches chemistry at Y"."""
    folded = reader.context.folded
    if not re.search(r"Prof(?:essor|\.)? $", folded[max(0, person.start - 12) : person.start]):
        return
    link = re.match(
        r",? (?:of|from|at|who (?:teaches|works|lectures)[^,.;\n]{0,40}? at) (?:the )?", folded[person.end :]
    )
    body = reader.at(person.end + link.end()) if link else None
    if owner := re.search(
        r"\b[Tt]he ([A-Za-z-]+)['’]s Prof(?:essor|\.)? $", folded[max(0, person.start - 40) : person.start]
    ):
        body = spoken_of(reader, owner.group(1), person.start)
    if body is None:
        # "a study led by Professor X": of the one university that the text speaks of.
        only = {
            named_in(folded, b): b
            for b in reader.bodies
            if b.kind == "academic" and "niversity" in folded[b.start : b.end]
        }
        by = re.search(
            r"\b(?:led|headed|run|directed) by Prof(?:essor|\.)? $", folded[max(0, person.start - 24) : person.start]
        )
        body = next(iter(only.values())) if by and len(only) == 1 else None
    if body is None:
        return
    name = named_in(folded, body)
    whole = next((b for b in reader.bodies if b.kind == "academic" and named_in(folded, b).startswith(name)), None)
    if whole is not None:
        reader.add(person, "Professor", whole)


_IS = re.compile(r"(?:\b([Ii]ts)|\b[Tt]he ([A-Za-z-]+)['’]s?) ([a-z][a-z-]*(?: [a-z-]+){0,2}) (?:is|was|will be) $")


def _inverted(reader: Reader, person: Mention) -> None:
    """Read "Its founder is Dr X" and "the Institute's director is Y"."""
    folded = reader.context.folded
    place = honorific_before(folded, person.start)
    match = _IS.search(folded, reader.context.sentence_at(place).start, place)
    titles, end = _titles_at(reader, match.start(3)) if match else ([], -1)
    if match is None or not titles or end != match.end(3):
        return
    body = spoken_of(reader, match.group(2), match.start()) if match.group(2) else None
    for title, _ in titles:
        reader.add(person, title, body or (implied_body(reader, person, title) if match.group(1) else None))
