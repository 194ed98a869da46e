"""Words that point back to a thing already named: 該計劃, 基金, 本公司, and the tails of longer names."""

from __future__ import annotations

import bisect
import re
from functools import lru_cache

import ahocorasick

from kg.language.script import fold, name_key
from kg.pipeline.context import Context, Group, Mention
from kg.pipeline.entities import heading_group, publisher_group, settle
from kg.pipeline.names import head_of
from kg.pipeline.places import part_before, speaker_body, speakers
from kg.pipeline.rules import Worded, alternation, rules, with_words, wording

_IN_CLAUSE = Worded("anaphora", "{<joining}{joined}(?!{not_joined})|{<moving}{moved}|{<inside}{place_inside}")


@lru_cache(maxsize=1)
def _back_words() -> tuple[dict[str, list[str]], re.Pattern[str], re.Pattern[str]]:
    data = rules("anaphora")
    types: dict[str, list[str]] = {}
    for block in data["back"]:
        for word in block["words"]:
            types.setdefault(word, []).append(block["type"])
    edge = r"(?<![\u4e00-\u9fffA-Za-z」])"
    marks = wording("anaphora", "marks")
    bare = alternation([w for w in types if not w.startswith(marks)])
    marked = alternation([w for w in types if w.startswith(marks)])
    pattern = re.compile(
        f"(?:{marked})|{_IN_CLAUSE.pattern.pattern}|"
        + with_words("anaphora", f"(?:{edge}|{{<adverbs}})(?:{bare})(?={{goes_on}})")
    )
    opening = alternation(data["opening"]["words"])
    compound = alternation(data["opening"]["never_before"])
    opens = f"(?:(?<=[,。;:!?「」』”\n])|^)(?:{opening})(?!{compound})(?=[\u4e00-\u9fff\\d])"
    pattern = re.compile(f"{opens}|{pattern.pattern}")
    own = re.compile(alternation(data["self"]["words"]))
    for block in data["back"]:
        for word in block.get("latin", ()):
            types.setdefault(f"the {word}", []).append(block["type"])
    latin = alternation([w[4:] for w in types if w.startswith("the ")])
    pattern = re.compile(f"{pattern.pattern}|\\b(?:[Tt]he|[Tt]his) (?:{latin})\\b(?! (?:of|for)\\b| [A-Z])")
    return types, pattern, own


def point_back(context: Context) -> None:
    """Add mentions for 該計劃, 基金, 本公司 …: the last thing named whose name ends in the same head."""
    types, pattern, own = _back_words()
    spans = [(m.start, m.end) for m in context.mentions]
    named = sorted(context.mentions, key=lambda m: m.start)
    places = [m.start for m in named]
    new = []
    bodies = speakers(context)
    for match in pattern.finditer(context.folded):
        index = bisect.bisect_left(places, match.start())
        if (index and named[index - 1].end > match.start()) or _overlaps(spans, match.span()):
            continue
        word = _MARKED.pattern.sub("", match.group())
        key = f"the {word}" if match.group()[0] in "Tt" else match.group()
        if (
            match.group() == word
            and word in wording("anaphora", "own")
            and (own_body := speaker_body(context, match.start(), bodies)) >= 0
        ):
            group_ = context.groups[own_body]
            if _speaks_of(group_, word):
                new.append(_pointing(match.span(), group_, own_body, "back.speaker"))
                continue
        if (
            match.group() == word
            and word not in wording("anaphora", "firms")
            and "Organisation" in types[key]
            and _publishes(context, word, match.start())
        ):
            number = publisher_group(context)
            new.append(_pointing(match.span(), context.groups[number], number, "back"))
            continue
        fits = [
            back
            for back in reversed(named[max(0, index - 40) : index])
            for group_ in (context.groups[back.entity],)
            # No university and no bureau is 該公司.
            if (word not in wording("anaphora", "firms") or group_.kind in _kinds()["公司"])
            and group_.type in types[key]
            and any(ends_with(n, word) for n in group_.names)
        ]
        if fits:
            back = _told_of(context, fits, match.start()) if word in wording("anaphora", "firms") else fits[0]
            new.append(_pointing(match.span(), context.groups[back.entity], back.entity, "back"))
    publisher = publisher_group(context)
    heading = heading_group(context)
    for match in own.finditer(context.folded):
        body = speaker_body(context, match.start(), bodies)
        body = body if body >= 0 and _speaks_of(context.groups[body], match.group()) else publisher
        if (
            body < 0
            and heading >= 0
            and match.group()[0] == "本"
            and _speaks_of(context.groups[heading], match.group())
        ):
            body = heading
        if body >= 0:
            new.append(_pointing(match.span(), context.groups[body], body, "back.self"))
    context.mentions = settle([*context.mentions, *_tails(context), *new, *_government_voice(context)])


_MARKED = Worded("anaphora", "^(?:{marked}|[Tt]h(?:e|is) )")
# Who puts money in, owns a part or lends a name is seldom the firm that the next words tell of.
_ASIDE = {"by", "with", "through", "where", "to"}
_INVESTS = Worded(
    "anaphora",
    r"[」』》”\s]*(?:\([^()]{0,40}\))?(?:{each}|等[^,。;]{0,6})?"
    r"(?:{invests}|占[\d一二三四五六七八九十]|{lends}[^,。;]{0,8}{loan})",
)
_FIRM_REACH = 3


def _told_of(context: Context, fits: list[Mention], place: int) -> Mention:
    """Return the firm that a word such as 公司 means: the last one that a clause tells of, not one that only invests in it."""
    number = context.sentence_number(context.sentence_at(place))
    low = context.sentences[max(0, number - _FIRM_REACH)].start
    for back in fits:
        if back.start < low:
            break
        sentence = context.sentence_at(back.start)
        if not _is_firm(context.groups[back.entity]) or _INVESTS.pattern.match(context.folded, back.end):
            continue
        if part_before(context, sentence, back) not in _ASIDE:
            return back
    firms = [b for b in fits if context.groups[b.entity].kind == "company" and b.start >= low]
    told = [b for b in firms if not _INVESTS.pattern.match(context.folded, b.end)]
    return (told or firms or fits)[0]


def _is_firm(group_: Group) -> bool:
    """Tell whether a body is a company, or a public body that is called one."""
    return group_.kind == "company" or any(fold(n).endswith(wording("anaphora", "firm_head")) for n in group_.names)


def meant_by(context: Context, word: str, place: int) -> Mention | None:
    """Return the mention that a common noun before a title means: the last one named that it fits, of firms the one told of."""
    firm = word in wording("anaphora", "firms")
    near = [m for m in context.mentions if m.end <= place and m.type not in {"Person", "Policy"}]
    fits = [
        back
        for back in reversed(near[-40:])
        for group_ in (context.groups[back.entity],)
        if (not firm or group_.kind in _kinds()["公司"]) and any(ends_with(n, word) for n in group_.names)
    ]
    if not fits:
        return None
    return _told_of(context, fits, place) if firm else fits[0]


def _publishes(context: Context, word: str, place: int) -> bool:
    """Tell whether the body that publishes a text has been named, and is one that a bare word such as 委員會 means."""
    number = publisher_group(context)
    if number < 0 or context.groups[number].kind == "media":
        return False
    own = context.groups[number]
    return any(m.start < place for m in own.mentions) and any(ends_with(n, word) for n in own.names)


def _government_voice(context: Context) -> list[Mention]:
    """Return mentions of the Government where it is 當局, and where an official's budget or address says 我."""
    number = next((i for i, g in enumerate(context.groups) if g.lexicon_id == "hk-government" and g.mentions), -1)
    if number < 0:
        return []
    data = rules("anaphora")["voice"]
    not_voice = with_words("anaphora", "{<!not_voice}")
    verbs = f"[^,。;:「」]{{0,14}}(?:{alternation(data['verbs'])})"
    words = f"{not_voice}(?:{alternation(data['government'])})(?={verbs})"
    if re.search(alternation(data["speech"]), context.folded[: data["opening"]]):
        words += f"|我(?:们)?(?={verbs})"
    group_ = context.groups[number]
    return [_pointing(m.span(), group_, number, "back.voice") for m in re.finditer(words, context.folded)]


def _pointing(span: tuple[int, int], group_: Group, number: int, rule: str) -> Mention:
    return Mention(*span, group_.type, group_.kind, rule=rule, anaphor=True, entity=number)


@lru_cache(maxsize=1)
def _kinds() -> dict[str, set[str]]:
    return {block["word"]: set(block["kinds"]) for block in rules("anaphora")["called"]}


def _speaks_of(group_: Group, word: str) -> bool:
    """Tell whether a speaker may call a body so: 公司 is no bureau, 本校 no company; 我們 fits any."""
    if group_.type != "Organisation" or not group_.mentions:
        return False
    for end in sorted(_kinds(), key=len, reverse=True):
        if word.endswith(end):
            return group_.kind in _kinds()[end]
    return True


def _overlaps(spans: list[tuple[int, int]], span: tuple[int, int]) -> bool:
    index = bisect.bisect_right(spans, (span[1], 0)) - 1
    return index >= 0 and spans[index][1] > span[0]


def ends_with(name: str, word: str) -> bool:
    """Tell whether a thing of such a name may be meant by a common noun: 委員會, 局方, 公司."""
    key = name_key(name)
    if word.isascii():
        return key.endswith(word.casefold())
    if word in wording("anaphora", "any_name"):
        return True
    # 局方 is the bureau's side, 園內 within the park.
    word = _SIDE.pattern.sub("", word)
    if word in wording("anaphora", "loose") and not key.endswith(word):
        return word in wording("anaphora", "headless") and head_of(key) is None
    head = head_of(key)
    return key.endswith(word) or (head is not None and head.word.endswith(word))


# What may stand before the tail of a name that points back, if anything but a mark does; and what may not follow it.
_LEAD = Worded("anaphora", r"(?:{tail_behind}|[^\u4e00-\u9fffA-Za-z0-9·」])$")
_MORE = Worded("anaphora", "{never_tail}")
_SIDE = Worded("anaphora", "(?<=.){side}$")
_LEAST_TAIL = 3


def _tails(context: Context) -> list[Mention]:
    """Return mentions for the tails of longer names: 「古洞南農業園」, then 「農業園」; 「甲乙聯合實驗室」, then 「聯合實驗室」.

    A tail stands for the thing named last before it; before any, as in a headline, for the first one named.
    """
    owners: dict[str, set[int]] = {}
    for number, group_ in enumerate(context.groups):
        if group_.type in {"Person", "Policy"} or not group_.mentions:
            continue
        for name in group_.names:
            folded = fold(name)
            head = head_of(folded)
            union = group_.type == "Organisation" and folded.endswith(tuple("会社"))
            if (head is None and not union) or folded[:1].isascii():
                continue
            for cut in range(1, len(folded) - max(_LEAST_TAIL, len(head.word) if head else 1) + 1):
                tail = folded[cut:]
                if re.fullmatch("[\u4e00-\u9fff]+", tail) and not tail.startswith(wording("anaphora", "no_tail")):
                    owners.setdefault(tail, set()).add(number)
    if not owners:
        return []
    automaton = ahocorasick.Automaton()
    for tail in owners:
        automaton.add_word(tail, tail)
    automaton.make_automaton()
    spans = sorted((m.start, m.end) for m in context.mentions)
    places = {g: [m.start for m in context.groups[g].mentions] for o in owners.values() for g in o}
    found = []
    for last, tail in automaton.iter(context.folded):
        start, end = last - len(tail) + 1, last + 1
        if not _LEAD.pattern.search(context.folded[max(0, start - 1) : start]) and start:
            continue
        if _MORE.pattern.match(context.folded, end) or _overlaps(spans, (start, end)):
            continue
        earlier = [(max(p for p in places[g] if p < start), g) for g in owners[tail] if min(places[g]) < start]
        chosen = max(earlier)[1] if earlier else min((min(places[g]), g) for g in owners[tail])[1]
        group_ = context.groups[chosen]
        found.append(Mention(start, end, group_.type, group_.kind, rule="back.tail", anaphor=True, entity=chosen))
    return found
