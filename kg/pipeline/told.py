"""Posts told by a verb or a list: 「甲創辦的乙」, 「委員包括甲及乙」, 「甲、乙為當然成員」, 「出席委員:甲議員(主席)、乙議員」."""

from __future__ import annotations

import re
from functools import lru_cache

from kg.language.script import fold
from kg.pipeline.context import Context, Mention, Sentence
from kg.pipeline.rules import Worded, alternation, as_written, rules, wording
from kg.pipeline.served import council, of_firms

Post = tuple[Mention, str, Mention, str]


@lru_cache(maxsize=1)
def _patterns() -> tuple[re.Pattern[str], re.Pattern[str], re.Pattern[str], re.Pattern[str]]:
    data = rules("told")
    seat = f"(?:{alternation(data['kinds'])})?(?:{alternation(data['seats'])})"
    return (
        re.compile(alternation(data["founds"])),
        re.compile(f"({seat}),?(?:{alternation(data['opens'])})"),
        re.compile(f"(?:{alternation(data['being'])})({seat})(?=[,。;\n]|$)"),
        re.compile(f"(?:^|\n)\\s*(?:{alternation(data['present'])})({alternation(data['seats'])})\\s?:"),
    )


def told(context: Context) -> None:
    """Add the posts of founders, of listed members, and of members of a council; the sentences must be marked."""
    found = [*_founders(context), *_seats(context), *_present(context)]
    founded = {p.entity: b for p, _, b, rule in found if rule == "post.founder"}
    context.posts = [
        (p, t, founded[p.entity], r)
        if r in {"post.served", "post.bare"} and p.entity in founded and of_firms(t)
        else (p, t, b, r)
        for p, t, b, r in context.posts
    ]
    held = {(p.entity, _key(title), b.entity) for p, title, b, _ in context.posts}
    for person, title, body, rule in found:
        if (person.entity, _key(title), body.entity) not in held:
            held.add((person.entity, _key(title), body.entity))
            context.posts.append((person, title, body, rule))


def _key(title: str) -> str:
    """Return what two titles share that say the same: 創辦人 and 創始人, 新任成員 and 成員."""
    return "founder" if fold(title) in wording("told", "founder") else title[-2:]


def _founders(context: Context) -> list[Post]:
    """Return the posts of 「由甲創辦的乙」, 「甲於去年創立乙」, 「乙由甲創辦」."""
    folded = context.folded
    founds, _, _, _ = _patterns()
    found: list[Post] = []
    for match in founds.finditer(folded):
        sentence = context.sentence_at(match.start())
        people = [m for m in sentence.mentions if m.type == "Person" and m.end <= match.start()]
        things = [m for m in sentence.mentions if m.type in {"Organisation", "Facility", "Programme"}]
        both = _both(context, sentence, match.start())
        if not people and not both:
            continue
        person = people[-1] if people else both[-1]
        body = next(
            (m for m in things if m.start >= match.end() and _NEXT.fullmatch(folded, match.end(), m.start)), None
        )
        near = _BY.pattern.fullmatch(folded, person.end, match.start()) is not None
        if body is None and near:
            low = max(sentence.start, person.start - 16)
            by = _LED.pattern.search(folded, low, person.start)
            place = by.start() if by else -1
            body = next((m for m in things if 0 <= place - m.end <= 12), None) if by else None
        elif body is not None and not near and len(people) > 1:
            continue
        if body is None and near and _FIRM.pattern.match(folded, match.end()):
            body = _spoken_of(context, sentence)
        if body is not None:
            # The founder's title is written as the text writes its verb.
            plain, own = wording("told", "founder")[0], as_written("told", "founder")[0]
            title = own if context.text[match.start()] == own[0] else plain
            found += [(p, title, body, "post.founder") for p in (both if not people else [person])]
    return found


_FIRM = Worded("told", "的{firm}")
_LED = Worded("told", "{ends.by}[^,。;:]*$")
_TWO = Worded("told", "{both}{both_then}?$")
_CHAIR = Worded("told", r"{member_style}?\((?:副?主席)\)")


def _spoken_of(context: Context, sentence: Sentence) -> Mention | None:
    """Return the firm that the sentence before speaks of: 「這家由甲創辦的公司」."""
    number = context.sentence_number(sentence)
    about = context.sentences[number - 1].subject if number else -1
    if about < 0 or context.groups[about].kind != "company":
        return None
    return next((m for m in reversed(context.sentences[number - 1].mentions) if m.entity == about), None)


def _both(context: Context, sentence: Sentence, place: int) -> list[Mention]:
    """Return the persons whom 兩人 before a place means: the two named last in the sentence before."""
    number = context.sentence_number(sentence)
    if not number or not _TWO.pattern.search(context.folded, sentence.start, place):
        return []
    earlier = context.sentences[number - 1]
    people = {m.entity: m for m in earlier.mentions if m.type == "Person"}
    return list(people.values())[-2:] if len(people) >= 2 else []


_NEXT = re.compile("了?的?[「『“]?")
_BY = Worded("told", r"{common.polite}?\s?(?:于|在)?[^,。;:「」]{0,14}")


def _seats(context: Context) -> list[Post]:
    """Return the posts of 「委員包括甲及乙」 and 「甲、乙則為當然成員」."""
    folded = context.folded
    _, opens, being, _ = _patterns()
    found: list[Post] = []
    for match in opens.finditer(folded):
        sentence = context.sentence_at(match.start())
        body = _seated(context, sentence, match.start())
        end = re.compile("[。;\n]").search(folded, match.end(), sentence.end)
        stop = end.start() if end else sentence.end
        people = [m for m in sentence.mentions if m.type == "Person" and match.end() <= m.start < stop]
        if body is not None:
            found += [(person, match.group(1), body, "post.listed") for person in people]
    for match in being.finditer(folded):
        sentence = context.sentence_at(match.start())
        people = [m for m in sentence.mentions if m.type == "Person" and m.end <= match.start()]
        body = _seated(context, sentence, sentence.start)
        row: list[Mention] = []
        for person in reversed(people):
            if re.search("[。;:]", folded[person.end : row[-1].start if row else match.start()]):
                break
            row.append(person)
        if body is not None and row and match.start() - row[0].end <= 4:
            found += [(person, match.group(1), body, "post.listed") for person in row]
    return found


_BOARD = Worded("told", "{board}$")


def _seated(context: Context, sentence: Sentence, place: int) -> Mention | None:
    """Return the board whose members a sentence lists: the one named before the word, else the one the text is about."""
    here = [m for m in sentence.mentions if m.type == "Organisation" and m.end <= place]
    others = {id(b) for _, _, b, rule in context.posts if rule in {"post.before", "post.model"}}
    free = [m for m in here if id(m) not in others]
    if len(free) < len(here) and free and _is_board(context, free[-1].entity):
        # 「督導委員會由A局主席甲擔任主席，成員包括…」
        return free[-1]
    if here:
        return here[-1] if _is_board(context, here[-1].entity) else None
    about = sentence.topic if sentence.topic >= 0 else -1
    if about < 0 or not _is_board(context, about):
        return None
    earlier = [m for m in context.groups[about].mentions if m.start < place]
    return earlier[-1] if earlier else None


def _is_board(context: Context, group: int) -> bool:
    found = context.groups[group]
    return found.type == "Organisation" and any(_BOARD.pattern.search(fold(n).rstrip("」』》”) ")) for n in found.names)


def _present(context: Context) -> list[Post]:
    """Return the posts of those that minutes list as present, and of the members of a council: 「甲議員」."""
    folded = context.folded
    _, _, _, present = _patterns()
    found: list[Post] = []
    for match in present.finditer(folded):
        end = folded.find("\n", match.end())
        stop = end if end >= 0 else len(folded)
        named = [m for m in context.mentions if m.type == "Organisation" and m.end <= match.start()]
        body = next((m for m in reversed(named) if _is_board(context, m.entity)), None)
        people = [m for m in context.mentions_between(match.end(), stop) if m.type == "Person"]
        if body is not None:
            found += [
                (p, match.group(1), body, "post.listed")
                for p in people
                if not _CHAIR.pattern.match(folded, p.end, p.end + 10)
            ]
    house = council(context)
    if house is not None:
        member = wording("titles", "member")[0]
        people = [m for m in context.mentions if m.type == "Person" and folded.startswith(member, m.end)]
        found += [(p, member, house, "post.member") for p in people]
    return found
