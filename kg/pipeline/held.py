"""Posts told around names: chairs of a body just named, titles behind a name or in brackets, bodies that words point back to."""

from __future__ import annotations

import re

from kg.language.script import fold
from kg.pipeline.anaphora import meant_by
from kg.pipeline.context import Context, Mention
from kg.pipeline.entities import heading_group, publisher_group
from kg.pipeline.meant import FIRM, by_noun, by_short, by_that, has_chair, nearest, own_firm
from kg.pipeline.posts import BAD_TITLE, SPLIT, before_branch
from kg.pipeline.rules import Worded, with_words, wording
from kg.pipeline.served import served
from kg.pipeline.titles import title_patterns

_HAN = "\u4e00-\u9fff"
_BODIES = {"Organisation", "Facility"}
_LONGEST = 14
# Any character but those of a sentence's own words.
_FIELD = "\u4e00-\u7683\u7685-\u9fff"
_UP_TO_TITLE = Worded(
    "told",
    r"[」』》”\s]*{common.polite}?\s?{held_when}?(?:{held_given}为?)?(?:{held_as}|(?<=为))为?{capacities.incoming}?",
)
_BEING = Worded("told", r"则?{being_who}[^,。;:!?\n]{0,24}$")
_CONTINUES = Worded("told", r"[,;]\s?{continues}?$")
_HELD_AT = Worded("told", "{takes_place}")
_AT = Worded("told", "{at}{common.this_one}?[「『“]?$")
_BEHIND = Worded("told", "{title_behind}")
_IN_BRACKETS = Worded("told", r"{member_style}?\(([\u4e00-\u9fff]{2,10})\)")
_COUNCIL = Worded("told", "{council}$")


def chaired(context: Context) -> None:
    """Add the posts of a body's chairs told around it: 「成立了A委員會，由B教授C出任主席，副主席為D」, 「C（B教授）任A主任」.

    The sentences and their mentions must be marked.
    """
    folded = context.folded
    title, _, _, _ = title_patterns()
    ended = re.compile(f"((?:{title.pattern}))$")
    # 「擔任藝術總監」
    fielded = re.compile(
        with_words("told", f"(?:{{<holds}}[{_FIELD}]{{0,6}}?)?(?:{title.pattern})(?=[,。;:、」\\s]|{{behind_title}}|$)")
    )
    for sentence in context.sentences:
        last: Mention | None = None
        for person in (m for m in sentence.mentions if m.type == "Person"):
            verb = _UP_TO_TITLE.pattern.match(folded, person.end)
            words = fielded.match(folded, verb.end()) if verb else None
            if words is not None and not context.mentions_between(person.end, words.end()):
                low = max(sentence.start, person.start - 40)
                by = re.search(r"由[^,。;:!?\n由]*$", folded[low : person.start])
                place = low + by.start() if by else person.start
                body = last if _continues(folded, sentence.start, place) and last else _chaired_body(context, place)
                meant, titles = _noun_first(context, words.group(), words.start())
                body = meant or body
                if body is not None:
                    for part in SPLIT.pattern.split(titles):
                        context.posts.append((person, part, body, "post.chaired"))
                    last = body
                continue
            being = _BEING.pattern.search(folded, max(sentence.start, person.start - 30), person.start)
            named = ended.search(folded, sentence.start, being.start()) if being else None
            if being and named and last is not None and re.search("[,;]|^", folded[named.start() - 1 : named.start()]):
                context.posts.append((person, named.group(1), last, "post.chaired"))


def _noun_first(context: Context, words: str, place: int) -> tuple[Mention | None, str]:
    """Return the firm that a title's first word means, and the title without it: 「擔任公司高級顧問」."""
    noun = FIRM.pattern.match(words)
    meant = meant_by(context, noun.group(), place) if noun else None
    return (meant, words[noun.end() :]) if noun and meant else (None, words)


def _continues(folded: str, start: int, place: int) -> bool:
    """Tell whether a clause follows another of its sentence with nothing but a joining word before it."""
    return _CONTINUES.pattern.search(folded, start, place) is not None


def _chaired_body(context: Context, place: int) -> Mention | None:
    """Return the body, scheme or facility named nearest before a place, in its sentence or the one before."""
    sentence = context.sentence_at(place)
    number = context.sentence_number(sentence)
    for earlier in (sentence, *context.sentences[max(0, number - 1) : number]):
        if earlier.passage is not sentence.passage:
            return None
        near = [m for m in earlier.mentions if m.end <= place and m.type in {"Organisation", "Facility", "Programme"}]
        fits = [m for m in near if has_chair(context, m) and not _is_voice(context, m) and not _is_place(context, m)]
        if fits:
            return fits[-1]
    return None


def _is_place(context: Context, mention: Mention) -> bool:
    """Tell whether a building is only where something stands: 「遷入該大樓」."""
    before = context.folded[max(0, mention.start - 3) : mention.start]
    held = mention.type == "Facility" or _HELD_AT.pattern.match(context.folded, mention.end) is not None
    return held and _AT.pattern.search(before) is not None


def _is_voice(context: Context, mention: Mention) -> bool:
    """Tell whether words are only those of who speaks: 「我們」 names nobody, 「本會」 a body."""
    return mention.rule in _VOICE and context.folded[mention.start] != "本"


_VOICE = {"back.self", "back.voice", "back.speaker", "back.we"}


def _people_without(context: Context) -> list[Mention]:
    """Return the mentions of persons whose post no words beside a body have told."""
    told = {p.entity for p, _, b, r in context.posts if r == "post.government" or (b is not p and r != "post.served")}
    return [m for m in context.mentions if m.type == "Person" and m.entity not in told]


def _replace(context: Context, found: list[tuple[Mention, str, Mention, str]]) -> None:
    """Put posts in the place of those that were only guessed for the same persons."""
    entities = {p.entity for p, *_ in found}
    kept = [p for p in context.posts if not (p[0].entity in entities and p[3] in {"post.served", "post.bare"})]
    context.posts = kept + found


def pointed(context: Context) -> None:
    """Add the posts of bodies that a word pointing back stands for: 「基金會主席甲」, 「該公司董事總經理乙」.

    Words that point back must be marked; a post told otherwise stays.
    """
    folded = context.folded
    title, _, _, _ = title_patterns()
    ended = re.compile(f"(?:{title.pattern})$")
    back = {m.end: m for m in context.mentions if m.type in {*_BODIES, "Programme"}}
    found: list[tuple[Mention, str, Mention, str]] = []
    for person in _people_without(context):
        end, told = before_branch(folded, len(folded[: person.start].rstrip(" ·"))), len(found)
        for place in range(end - 2, max(0, end - _LONGEST) - 1, -1):
            body, words = back.get(place), folded[place:end].lstrip("」』》”) ").removeprefix("的")
            if body is None:
                continue
            if any(m.type == "Person" for m in context.mentions_between(place, end)):
                break
            parts = [part for part in SPLIT.pattern.split(words) if part]
            body = own_firm(context, body) or nearest(context, body)
            if words and not BAD_TITLE.pattern.search(words) and all(ended.search(part) for part in parts):
                found += [(person, part, body, "post.pointed") for part in parts]
            break
        else:
            found += by_noun(context, person, end)
        if len(found) == told:
            found += by_short(context, person, end) or by_that(context, person, end)
    _replace(context, found)


_BEFORE_PERSON = re.compile(r"[」』》”\s]*(?:\([^()]{0,20}\))?[的\s]*")


def behind(context: Context) -> None:
    """Add posts whose title stands behind the name: 「學院甲校長致辭」, 「甲議員(主席)」, 「該會主席為甲」.

    Words that point back must be marked; a post told otherwise stays.
    """
    folded = context.folded
    title, _, _, _ = title_patterns()
    back = {m.end: m for m in context.mentions if m.type in _BODIES}
    found: list[tuple[Mention, str, Mention, str]] = []
    holding = {p.entity for p, *_ in context.posts}
    for person in _people_without(context):
        after = _BEHIND.pattern.match(folded, person.end, person.end + 3)
        bracket = _IN_BRACKETS.pattern.match(folded, person.end, person.end + 16)
        if after is not None:
            low = max(0, person.start - 3)
            body = next(
                (
                    back[e]
                    for e in range(person.start, low - 1, -1)
                    if e in back and _BEFORE_PERSON.fullmatch(folded, e, person.start)
                ),
                None,
            )
            if body is None and person.entity not in holding:
                group = served(context, person, after.group())
                near = [m for m in context.mentions if m.entity == group and m.start < person.start]
                body = near[-1] if near else None
            if body is not None:
                found.append((person, after.group(), body, "post.behind"))
                continue
        if bracket is not None and title.fullmatch(bracket.group(1)):
            council = _council(context, person)
            if council is not None:
                found.append((person, bracket.group(1), council, "post.bracket"))
                continue
    _replace(context, found)
    # Who holds one post may hold another besides: 「委員會主席由B局局長甲兼任」.
    labelled = {id(p) for p, _, _, rule in context.posts if rule == "post.labelled"}
    people = [m for m in context.mentions if m.type == "Person" and id(m) not in labelled]
    context.posts += [post for person in people for post in _being(context, person, back)]


def _council(context: Context, person: Mention) -> Mention | None:
    """Return the committee or council named last before a person: that of a list of those present."""
    named = [m for m in context.mentions if m.type == "Organisation" and m.end <= person.start]
    return next((m for m in reversed(named) if _COUNCIL.pattern.search(context.folded, m.start, m.end)), None)


def _being(context: Context, person: Mention, back: dict[int, Mention]) -> list[tuple[Mention, str, Mention, str]]:
    """Return the post of 「A委員會主席由B局長甲兼任」, 「該會主席為甲」."""
    folded = context.folded
    title, _, _, _ = title_patterns()
    low = max(context.sentence_at(person.start).start, person.start - 30)
    found = list(
        re.finditer(
            with_words(
                "told", rf"((?:{title.pattern})){{the_post}}?{{being_then}}?(?:{{being_who}}|:)[^,。;:!?\n]{{0,20}}$"
            ),
            folded[low : person.start],
        )
    )
    if not found or found[-1].group(1).endswith(wording("titles", "of_papers")):
        return []
    place = low + found[-1].start()
    lead = _LEAD.pattern.search(folded, low, place)
    place = lead.start() if lead else place
    body = back.get(place) or (back.get(place - 1) if folded[place - 1] == "(" else None)
    if body is None and (place == low or folded[place - 1] in ",;。:\n"):
        body = _spoken_of(context, person)
    if body is None and place > low and folded[place - 1] in ",;":
        # 「甲實驗室，主管為乙」
        here = [m for m in context.mentions_between(low - _LONGEST, place) if m.end == place - 1]
        body = next((m for m in here if m.type in _BODIES and has_chair(context, m)), None)
    if body is None and place == low and folded.startswith(wording("told", "the_post"), low + found[-1].end(1)):
        # 「主管一職由院方總監甲兼任」: of what the sentence before has named.
        body = _chaired_body(context, place)
    if body is None and (place == low or folded[place - 1] in ",;。:\n"):
        body = own_firm(context, None)
    return [(person, found[-1].group(1), body, "post.being")] if body is not None else []


# 「該會的主席是甲」, 「首任主席由甲擔任」
_LEAD = Worded("told", "(?:的|{being_first}|{continues})+$")
_MADE = Worded("told", "{made}了?[「『“]?$")


def _spoken_of(context: Context, person: Mention) -> Mention | None:
    """Return the body that a clause with a bare title is about: 「委員會由九人組成，主席為甲」."""
    sentence = context.sentence_at(person.start)
    here = [m for m in sentence.mentions if m.end <= person.start and m.type in _BODIES]
    made = [m for m in here if _MADE.pattern.search(context.folded, max(sentence.start, m.start - 6), m.start)]
    if made:
        return made[-1]
    about = sentence.subject if sentence.subject >= 0 else sentence.topic
    if about < 0 or context.groups[about].type != "Organisation":
        return None
    near = [m for m in context.groups[about].mentions if m.end <= person.start]
    return near[-1] if near and has_chair(context, near[-1]) else None


_TAKES = Worded("told", r"{common.polite}?\s?[^,。;:!?\n]{0,18}?{held_as}为?")


def taken_up(context: Context) -> None:
    """Add posts told by a verb farther behind the name: 「甲女士於一月接任本局主席」, 「甲接替乙出任行政總監」 in a body's own text."""
    folded = context.folded
    own = publisher_group(context)
    own = own if own >= 0 else heading_group(context)
    speaks = own >= 0 and context.groups[own].kind != "media" and context.groups[own].mentions
    ended = re.compile(f"({title_patterns()[0].pattern})(?=[,。;:]|$)")
    found: list[tuple[Mention, str, Mention, str]] = []
    holding = {p.entity for p, *_ in context.posts}
    for person in _people_without(context):
        verb = _TAKES.pattern.match(folded, person.end) if person.entity not in holding else None
        if verb is None:
            continue
        named = next((m for m in context.mentions if m.start == verb.end() and m.type in _BODIES), None)
        words = ended.match(folded, named.end if named else verb.end())
        body = named or (context.groups[own].mentions[0] if speaks else None)
        if words is not None and body is not None:
            found.append((person, words.group(1), body, "post.chaired"))
    _replace(context, found)


_INNER = Worded("told", "{inner_board}")


def inner_boards(context: Context) -> None:
    """Give the posts of a board that every body has to the body: 「基金昨日開會，董事局主席甲」 is 董事局主席 of the fund."""
    folded = context.folded
    posts: list[tuple[Mention, str, Mention, str]] = []
    for person, words, body, rule in context.posts:
        name = folded[body.start : body.end]
        if body is person or not _INNER.pattern.fullmatch(name) or _of_its_own(context, body):
            named = _firm_of_board(context, body) if body is not person else None
            told = folded[named.end : body.end] + words if named else words
            posts.append((person, told, named or body, rule))
            continue
        owner = _owner(context, body)
        beside = folded.startswith(words, body.end)
        posts.append((person, name + words if beside else words, owner or body, rule))
    context.posts = posts


def _of_its_own(context: Context, board: Mention) -> bool:
    """Tell whether such a word is but the short name of a body with a longer one: 管委會 for 「甲區管理委員會」."""
    return any(_INNER.pattern.fullmatch(fold(n)) is None for n in context.groups[board.entity].names)


_BOARD_OF = Worded("told", "{board_of_firm}$")


def _firm_of_board(context: Context, board: Mention) -> Mention | None:
    """Return the body whose board a longer name is: 「甲舞團董事局」, where 甲舞團 is named by itself too."""
    match = _BOARD_OF.pattern.search(context.folded, board.start, board.end)
    if match is None or match.start() == board.start:
        return None
    name = context.folded[board.start : match.start()]
    group = next(
        (i for i, g in enumerate(context.groups) if g.type in _BODIES and name in {fold(n) for n in g.names}), -1
    )
    if group < 0:
        return None
    own = context.groups[group]
    return Mention(board.start, match.start(), own.type, own.kind, rule="back.board", anaphor=True, entity=group)


def _owner(context: Context, board: Mention) -> Mention | None:
    """Return the body whose board is meant: named right before it or earlier in its sentence, else the document's own."""
    folded = context.folded
    sentence = context.sentence_at(board.start)
    here = [m for m in sentence.mentions if m.end <= board.start and m.type in {*_BODIES, "Programme"}]
    here = [m for m in here if has_chair(context, m) and not _INNER.pattern.fullmatch(folded, m.start, m.end)]
    if here:
        return here[-1]
    own = publisher_group(context)
    own = own if own >= 0 else heading_group(context)
    if own < 0 or context.groups[own].kind == "media":
        own = sentence.topic
    return next((m for m in context.groups[own].mentions[:1]), None) if own >= 0 else None
