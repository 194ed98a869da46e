"""Persons and the posts they hold: found together, since a title is what shows that a name is a person's."""

from __future__ import annotations

import re

from kg.language.script import name_key
from kg.pipeline.context import Context, Mention
from kg.pipeline.posts import BRANCH, appointed, posts_before
from kg.pipeline.rules import Worded, alternation, rules, surnames, wording
from kg.pipeline.titles import title_patterns

_HAN = "\u4e00-\u9fff"
_LATIN_NAME = re.compile(r"[A-Z][a-z]+(?: [A-Z][A-Za-z.'’-]*){1,3}")
_CREDIT = Worded("people", r"{credit}\s?[:/]\s?")
# What may follow the name of a listed person; anything else says that the characters are another word.
_AFTER_LISTED = Worded("people", r"\s*(?:[、,。;()\n]|$|{common.polite}|{common.and}|{after_listed})")
_IN_TEXT = Worded("people", r"{contact}\s?:\s?")
_NEXT = Worded("people", r"\s?{common.polite}?\s?(?:、|{common.and})\s?")


# 「於十名博士」 holds a number of people, not a person.
COUNTED = Worded("people", "[一二三四五六七八九十百千万两数几]{counters}$")


# 「署長應加強監管」 names nobody.
_MODAL = Worded("people", "{should}")
_FULL = 3
_BEHIND = Worded("people", "(?<=[\u4e00-\u9fff]{3}){title_behind}(?![\u4e00-\u9fff]?[\u4e00-\u9fff]{2,3}{says})")
_OPENS = Worded("people", "(?:[,。、;:!?\n]|{thanks})$")
# What a body's name ends in, so that 「商業局局長」 names no person.
_HEADS = Worded("people", "{body_end}")

# The first character of an honorific or of a joining word that is a given name's last: 「甲文博指出」, 「甲慶和」 in brackets.
_HALF = re.compile("博(?!士)|女(?!士)|先(?!生)|教(?!授)")
_LAST = Worded("people", r"和(?=[,。;:)\n]|$|{speaks})")


def _is_given(folded: str, place: int) -> bool:
    """Tell whether a character that seldom ends a given name does so here."""
    if _HALF.match(folded, place):
        return title_patterns()[1].match(folded, place + 1) is not None
    return _LAST.pattern.match(folded, place) is not None


def read_name(folded: str, place: int) -> int:
    """Return the end of the Chinese personal name that starts at a place, or -1 if none does."""
    single, double = surnames()
    _, after, _, not_given = title_patterns()
    size = 2 if folded[place : place + 2] in double else 1 if folded[place : place + 1] in single else 0
    if not size:
        return -1
    if size == 1 and folded[place + 1 : place + 2] in single:
        # A married name holds both families': 林鄭月娥.
        both = place + 4
        rest = folded[place + 2 : both]
        if (
            len(rest) == 2
            and not set(rest) & not_given
            and after.match(folded, both)
            and not after.match(folded, both - 1)
        ):
            return both
    given = 0
    while given < 2 and place + size + given < len(folded):
        char = folded[place + size + given]
        if not "\u4e00" <= char <= "\u9fff" or (
            char in not_given and given > 0 and not _is_given(folded, place + size + given)
        ):
            break
        given += 1
    if COUNTED.pattern.search(folded[place : place + size + given]) or _MODAL.pattern.match(folded, place):
        return -1
    if not given or folded[place + size] in not_given - {*wording("people", "given_too")}:
        return -1
    ends = [place + size + n for n in range(given, 0, -1)]
    for end in ends:
        if after.match(folded, end):
            return end
    return ends[0]


def find_people(context: Context) -> None:
    """Add persons and posts to the context: after titles, before honorifics, in contact blocks, and by second mention."""
    folded = context.folded
    bodies = sorted((m for m in context.mentions if m.type == "Organisation"), key=lambda m: m.end)
    taken = [(m.start, m.end) for m in context.mentions]
    people: dict[str, Mention] = {}
    title, after, honorific, _ = title_patterns()
    spots: list[tuple[Mention, int]] = []
    for match in title.finditer(folded):
        start = match.end()
        if context.sentence_at(start).passage.kind == "contact" or title.match(folded, start):
            continue
        if branch := BRANCH.match(folded, start):
            start = branch.end()
        while start < len(folded) and folded[start] in " \n·—–-:" and start - match.end() < 2:
            # A line break between a title and a name is what a narrow column leaves of one line.
            start += 1
        end = read_name(folded, start)
        if end < 0 and (latin := _LATIN_NAME.match(folded, start)):
            end = latin.end()
        opens = match.start() == 0 or folded[match.start() - 1] == "\n"
        headed = opens and start == match.end() and context.sentence_at(start).passage.kind == "title"
        below = headed or "\n" in folded[match.end() : start]
        if end > 0 and below and not after.match(folded, end):
            # The line below a title is a heading: 「司長」, 「扶助傳統工藝」.
            continue
        if end > 0 and not _inside(taken, start, end):
            spots.append((Mention(start, end, "Person", rule="person.title"), match.end()))
    _companies_before_titles(context, bodies)
    for mention, title_end in spots:
        people.setdefault(folded[mention.start : mention.end], mention)
        context.mentions.append(mention)
        first = len(context.posts)
        posts_before(context, mention, title_end, bodies)
        _listed(context, mention, context.posts[first:], people, taken)
    for match in honorific.finditer(folded):
        for length in (3, 2, 4):
            start = match.start() - length
            if start >= 0 and read_name(folded, start) == match.start() and not _inside(taken, start, match.start()):
                name = folded[start : match.start()]
                if name not in people:
                    people[name] = Mention(start, match.start(), "Person", rule="person.honorific")
                    context.mentions.append(people[name])
                break
    _before_titles(context, people, taken)
    find_contacts(context, people)
    _named_contacts(context, people, bodies)
    _photographers(context, people)
    _credits(context, people)
    _again(context, people)
    appointed(context, bodies)


def _before_titles(context: Context, people: dict[str, Mention], taken: list[tuple[int, int]]) -> None:
    """Add the persons whose title stands behind the name: 「A局甲乙丙局長」, 「我感謝甲乙丙主席」."""
    folded = context.folded
    closed = {m.end for m in context.mentions if m.type == "Organisation"}
    for match in _BEHIND.pattern.finditer(folded):
        start = match.start() - _FULL
        if start < 0 or not (start in closed or _OPENS.pattern.search(folded, max(0, start - 2), start)):
            continue
        # 「林穎副局長」
        end = match.start() - (folded[match.start() - 1] == "副")
        name = folded[start:end]
        if read_name(folded, start) < 0 or _HEADS.pattern.search(name) or _inside(taken, start, end):
            continue
        if name not in people:
            people[name] = Mention(start, end, "Person", rule="person.before-title")
            context.mentions.append(people[name])


def _listed(
    context: Context,
    person: Mention,
    posts: list[tuple[Mention, str, Mention, str]],
    people: dict[str, Mention],
    taken: list[tuple[int, int]],
) -> None:
    """Add the other persons of a list that one title opens: 「議員甲、乙和丙」 are all members."""
    folded, place = context.folded, person.end
    while joint := _NEXT.pattern.match(folded, place, place + 8):
        start = joint.end()
        end = read_name(folded, start)
        if end < 0 or _inside(taken, start, end) or not _AFTER_LISTED.pattern.match(folded, end):
            return
        other = Mention(start, end, "Person", rule="person.listed")
        people.setdefault(folded[start:end], other)
        context.mentions.append(other)
        for _, words, body, rule in posts:
            context.posts.append((other, words, other if body is person else body, rule))
        place = end


def _companies_before_titles(context: Context, bodies: list[Mention]) -> None:
    """Add companies that only their form and a title after them show: 「初創企業甲科技聯合創辦人乙」."""
    data = rules("companies")
    noun = alternation(data["nouns"])
    suffix = alternation(data["suffixes"])
    title, _, _, _ = title_patterns()
    pattern = re.compile(
        f"(?:(?:{noun})|(?<=[,。、;:\\n])|^)((?:[{_HAN}]{{2,6}}?(?:{suffix}))|[A-Z][A-Za-z0-9 &.]{{1,24}}?)\\s?(?={title.pattern})",
        re.MULTILINE,
    )
    for match in pattern.finditer(context.folded):
        start, end = match.span(1)
        if COUNTED.pattern.search(match.group(1)):
            # 「合力拍攝十部長片」 has no 部長.
            continue
        if match.group(1).startswith(wording("people", "own_posts")):
            # 政府資訊科技總監 is a post of the government's own.
            continue
        if not any(m.start < end and start < m.end for m in context.mentions):
            body = Mention(start, end, "Organisation", "company", rule="name.before-title")
            context.mentions.append(body)
            bodies.append(body)
    bodies.sort(key=lambda m: m.end)


def _inside(taken: list[tuple[int, int]], start: int, end: int) -> bool:
    return any(s < end and start < e for s, e in taken)


def find_contacts(context: Context, people: dict[str, Mention]) -> None:
    """Add the persons of a contact block with their body: a name on a line of its own, or before a telephone number."""
    folded = context.folded
    body: Mention | None = None
    for passage in context.document.flow.passages:
        if passage.kind != "contact":
            body = None
            continue
        line = folded[passage.start : passage.end]
        inside = [m for m in context.mentions if passage.start <= m.start < passage.end and m.type == "Organisation"]
        found = _contact_name(folded, passage.start, passage.end)
        if found is not None:
            start, end, title = found
            owner = next((m for m in inside if m.end <= start), body)
            if owner is None and (publisher := _publisher(context)) is not None:
                owner = publisher
            if owner is None:
                earlier = [m for m in context.mentions if m.type == "Organisation" and 0 <= start - m.end <= 120]
                owner = max(earlier, key=lambda m: m.end, default=None)
            if owner is not None:
                person = next((m for m in context.mentions if m.start == start and m.type == "Person"), None)
                if person is None:
                    person = Mention(start, end, "Person", rule="person.contact")
                    context.mentions.append(person)
                people.setdefault(folded[start:end], person)
                context.posts.append((person, "contact", owner, "post.contact"))
                if title:
                    context.posts.append((person, title, owner, "post.contact"))
        if inside:
            body = inside[0]
        elif found is None and _is_body_line(line):
            start = passage.start + len(line) - len(line.lstrip())
            body = Mention(start, start + len(line.strip()), "Organisation", "company", rule="name.contact")
            context.mentions.append(body)


def _is_body_line(line: str) -> bool:
    return bool(re.fullmatch(rf"\s*[{_HAN}A-Za-z&]{{3,20}}\s*", line) and not _ASKS.pattern.search(line))


def _publisher(context: Context) -> Mention | None:
    """Return the first mention of the body that publishes the document."""
    key = name_key(context.document.publisher or "")
    return next(
        (m for m in context.mentions if key and m.type == "Organisation" and name_key(context.name(m)) == key), None
    )


_REACH = Worded("people", r"\s*{contacts.polite}?\s*(?:$|[,;。(、\n]|:?\s?(?:{contacts.phone}|\d))")
_ASKS = Worded("people", "{asks}")
_UNIT = Worded("people", "{unit}$")
_SECOND = Worded(
    "people",
    rf"\s?(?:\({{made}}\))?[\s、及/]*([{_HAN}]{{2,4}})(?=\s?\({{made}}\))|[ 、/]([{_HAN}]{{2,3}})(?=\s*(?:\n|$))",
)
_LADY = Worded("people", "{common.addressed}")


def _contact_name(folded: str, start: int, end: int) -> tuple[int, int, str] | None:
    """Return the range of the name on a contact line, and the title beside it."""
    data = rules("titles")
    line = folded[start:end]
    if any(w in line for w in wording("contacts", "elsewhere")):
        return None
    title, _, _, _ = title_patterns()
    if english := re.search(
        r"(?:Mr|Ms|Mrs|Miss|Dr)\.? ((?:[A-Z][A-Za-z'’-]+ ?){2,4})(?:, ((?:[A-Z][a-z]+ ?){1,4}))?", line
    ):
        return (
            start + english.start(1),
            start + english.start(1) + len(english.group(1).rstrip()),
            english.group(2) or "",
        )
    lead = re.match(rf"\s*(?:(?:{alternation(data['contact_labels'])})\s?:\s?)?", line)
    for offset in range(lead.end() if lead else 0, min(len(line) - 1, 24)):
        if (
            offset
            and re.match(f"[{_HAN}]", line[offset - 1])
            and not _UNIT.pattern.search(line[:offset])
            and not re.search(f"(?:{title.pattern})$", line[:offset])
        ):
            continue
        name_end = read_name(folded, start + offset)
        if name_end < 0 or _LADY.pattern.match(folded, start + offset + 1):
            continue
        for stop in (name_end, name_end - 1, name_end + 1):
            size = stop - start - offset
            if 2 <= size <= 4 and stop <= end and _REACH.pattern.match(folded, stop, end):
                before = re.search(f"(?:{title.pattern})\\s*$", line[:offset])
                return start + offset, stop, before.group().strip() if before else ""
    return None


def _photographers(context: Context, people: dict[str, Mention]) -> None:
    """Add the second name of a by-line: 「記者 甲(文) 乙(圖)」."""
    folded = context.folded
    posts = list(context.posts)
    for person, words, body, _rule in posts:
        if not words.endswith(wording("people", "reporter")):
            continue
        place = person.end
        while match := _SECOND.pattern.match(folded, place):
            start, end = match.span(match.lastindex or 1)
            if read_name(folded, start) != end or _inside([(p.start, p.end) for p in people.values()], start, end):
                break
            other = Mention(start, end, "Person", rule="person.byline")
            people.setdefault(folded[start:end], other)
            context.mentions.append(other)
            context.posts.append((other, words, body if body is not person else other, "post.byline"))
            place = end


def _named_contacts(context: Context, people: dict[str, Mention], bodies: list[Mention]) -> None:
    """Add the contact persons that running text names: 「聯絡人：甲」, who serve the body last named."""
    for match in _IN_TEXT.pattern.finditer(context.folded):
        end = read_name(context.folded, match.end())
        earlier = [b for b in bodies if b.end <= match.start()]
        sure = end > 0 and _REACH.pattern.match(context.folded, end, end + 16)
        if sure and context.sentence_at(match.start()).passage.kind != "contact":
            person = Mention(match.end(), end, "Person", rule="person.contact")
            people.setdefault(context.folded[match.end() : end], person)
            context.mentions.append(person)
            owner = _publisher(context) or (earlier[-1] if earlier else None)
            if owner is not None:
                context.posts.append((person, "contact", owner, "post.contact"))


def _credits(context: Context, people: dict[str, Mention]) -> None:
    """Add the persons of a credit line: 「攝影:甲」."""
    for match in _CREDIT.pattern.finditer(context.folded):
        end = read_name(context.folded, match.end())
        if end > 0:
            person = Mention(match.end(), end, "Person", rule="person.credit")
            people.setdefault(context.folded[match.end() : end], person)
            context.mentions.append(person)
            context.posts.append((person, wording("people", "reporter")[0], person, "post.bare"))


def _again(context: Context, people: dict[str, Mention]) -> None:
    """Add the other places where a found person's full name stands."""
    known = {(m.start, m.end) for m in context.mentions}
    for name in sorted(people):
        for match in re.finditer(re.escape(name), context.folded):
            if match.span() not in known:
                context.mentions.append(Mention(*match.span(), "Person", rule="person.again"))
