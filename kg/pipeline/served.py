"""Which body a title without a body's name serves: 「院長甲」 after a home for the aged, 「創辦人乙」 after a company."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

from kg.language.script import fold
from kg.pipeline.context import Context, Group, Mention, Sentence
from kg.pipeline.entities import heading_group, publisher_group
from kg.pipeline.places import part_after, part_before
from kg.pipeline.rules import Worded, alternation, rules, with_words, wording

_SENTENCES_BACK = 3
_QUOTES_END = '」』》”") '


@dataclass(frozen=True, slots=True)
class _Fit:
    titles: re.Pattern[str]
    kinds: frozenset[str]
    ends: tuple[str, ...]
    same: bool

    def holds(self, group: Group, title: str) -> bool:
        """Tell whether a body may be served under a title of this family."""
        if group.type == "Organisation" and group.kind in self.kinds:
            return True
        names = [fold(n).rstrip(_QUOTES_END) for n in group.names]
        last = title[-2:-1]
        return any(n.endswith(self.ends) or (self.same and n.endswith(last)) for n in names)


@lru_cache(maxsize=1)
def _fits() -> list[_Fit]:
    return [
        _Fit(
            re.compile(f"(?:{alternation(f['titles'])})$"),
            frozenset(f["kinds"]),
            tuple(fold(e) for e in f["ends"]),
            f.get("same", False),
        )
        for f in rules("titles")["fits"]
    ]


def _fit_of(title: str) -> _Fit | None:
    return next((f for f in _fits() if f.titles.search(title)), None)


def may_serve(group: Group, title: str) -> bool:
    """Tell whether a body, a facility or a scheme may have a post of this title: a bureau has no 校長."""
    fit = _fit_of(title)
    return fit is None or fit.holds(group, title)


def of_firms(title: str) -> bool:
    """Tell whether a title is one that firms have: founder, chief executive."""
    fit = _fit_of(title)
    return fit is not None and "company" in fit.kinds


def served(context: Context, person: Mention, title: str) -> int:
    """Return the group of the body that a bare title before a name serves; -1 if the text shows none that fits.

    Of the bodies named before it in the passage, the one that clauses are about comes first, then the nearest.
    """
    if _signs(context, person, title) and (own := _own_body(context, person, title)) >= 0:
        return own
    found = _named_body(context, person, title)
    return found if found >= 0 else _own_body(context, person, title)


def _own_body(context: Context, person: Mention, title: str) -> int:
    """Return the body that publishes a text, for who signs it: a title and a name alone on the line; -1 if another holds.

    Of other bare titles those that such a body may have are its own, where the text speaks of it as its own: 本局, 本校.
    """
    own = publisher_group(context)
    own = own if own >= 0 else heading_group(context)
    if own < 0 or not _serves(context, own) or _trades().search(title):
        return -1
    if _signs(context, person, title):
        return own
    before = context.folded[max(0, person.start - 24) : person.start].rstrip().removesuffix(title)
    speaks = _OWN.pattern.search(context.folded) or title.endswith(wording("titles", "own_head"))
    here = speaks and _THANKED.pattern.search(before) and not _ANOTHER.pattern.search(title)
    fit = _fit_of(title)
    return own if here and (fit is None or fit.holds(context.groups[own], title)) else -1


_OWN_NAMED = Worded("titles", "[^,。;]{0,8}本(?:{own_body}|{own_house})")
_ANOTHER = Worded("titles", "{of_another}")
_OWN = Worded("titles", "本{own_body}")
_THANKED = Worded("titles", "(?:{thanks}|[。\n]|,在)(?:{own}?{own_body}的?)?$")
_ITS = Worded("titles", "{its}$")


def _signs(context: Context, person: Mention, title: str) -> bool:
    """Tell whether a title and a name are all of a line."""
    folded = context.folded
    start = folded.rfind("\n", 0, person.start) + 1
    end = folded.find("\n", person.end)
    line = folded[start : end if end >= 0 else len(folded)]
    return re.sub(r"[\s·:]", "", line) == title + folded[person.start : person.end]


def _named_body(context: Context, person: Mention, title: str) -> int:
    """Return the group that a bare title serves by what is named before it; -1 if nothing fits."""
    fit = _fit_of(title)
    sentence = context.sentence_at(person.start)
    if _ITS.pattern.search(context.folded[: person.start].removesuffix(title)[-3:]):
        # 「乙率先試用,其營運總監甲」: of the body that the sentence has named, if any.
        near = [m for m in sentence.mentions if m.end <= person.start and m.type in {"Organisation", "Facility"}]
        return near[-1].entity if near else -1
    if fit is None:
        return _any_body(context, person, sentence, title)
    number = context.sentence_number(sentence)
    for back in range(_SENTENCES_BACK + 1):
        if number - back < 0:
            break
        earlier = context.sentences[number - back]
        if earlier.passage is not sentence.passage:
            break
        near = [m for m in earlier.mentions if m.end <= person.start and _may(context, m, fit, title)]
        if near:
            central = [m for m in near if _central(context, m)]
            return (central or near)[-1].entity
    if title.endswith(wording("titles", "member")):
        house = council(context)
        return house.entity if house is not None else -1
    return -1


@lru_cache(maxsize=1)
def _trades() -> re.Pattern[str]:
    return re.compile(with_words("titles", f"{{<!chief}}(?:{alternation(rules('titles')['trades'])})$"))


def _any_body(context: Context, person: Mention, sentence: Sentence, title: str) -> int:
    """Return the body that a chairman or a director serves: the one named last in the sentence, else the one it is about.

    It is never the Government; and who is called by a trade, such as an engineer, need serve none.
    """
    if _trades().search(title) and not title.startswith("第"):
        # 「第三代傳人甲」 is of the firm that the text is about.
        return -1
    near = [m for m in sentence.mentions if m.end <= person.start and m.type == "Organisation"]
    near = [m for m in near if _serves(context, m.entity)]
    own = publisher_group(context)
    own = own if own >= 0 else heading_group(context)
    if own >= 0 and not near and _OWN_NAMED.pattern.match(context.folded, sentence.start, person.start):
        # 「本院感謝卸任的主席甲」
        return own
    if near:
        return near[-1].entity
    before = any(m.entity == sentence.subject and m.start < person.start for m in sentence.mentions)
    about = sentence.subject if before else sentence.topic
    if (
        about >= 0
        and title.endswith(wording("titles", "in_charge"))
        and context.groups[about].type in {"Facility", "Programme"}
    ):
        return about
    return about if about >= 0 and _serves(context, about) else -1


def _serves(context: Context, number: int) -> bool:
    group = context.groups[number]
    return group.type == "Organisation" and group.lexicon_id != "hk-government" and group.kind != "media"


def council(context: Context) -> Mention | None:
    """Return a mention of the one council whose members a document speaks of, or nothing where it names none or several."""
    member = wording("titles", "member")[0]
    fit = _fit_of(member)
    groups = [g for g in context.groups if g.mentions and fit is not None and fit.holds(g, member)]
    return groups[0].mentions[0] if len(groups) == 1 else None


def _may(context: Context, mention: Mention, fit: _Fit, title: str) -> bool:
    group = context.groups[mention.entity]
    if group.lexicon_id == "hk-government" or group.type not in {"Organisation", "Facility"}:
        return False
    return fit.holds(group, title)


def serve(context: Context) -> None:
    """Give bare titles the body they serve, where the text shows one, so that it counts as the body the person speaks for.

    A person whose post the text tells elsewhere is left alone, and so is a reporter.
    """
    told: dict[int, list[str]] = {}
    for person, words, body, rule in context.posts:
        if body is not person and rule != "post.bare":
            told.setdefault(person.entity, []).append(words)
    posts = []
    here: dict[int, Mention] = {}
    for person, words, body, rule in context.posts:
        bare = body is person and rule == "post.bare" and not words.endswith(wording("titles", "of_papers"))
        place = _served_place(context, person, words, told.get(person.entity, [])) if bare else None
        if place is not None:
            here[id(person)] = place
            posts.append((person, words, place, "post.served"))
        else:
            posts.append((person, words, body, rule))
    # 「館長兼創始人甲」 is both of one body.
    context.posts = [
        (p, t, here[id(p)], "post.served") if b is p and r == "post.bare" and id(p) in here else (p, t, b, r)
        for p, t, b, r in posts
    ]


def _served_place(context: Context, person: Mention, words: str, told: list[str]) -> Mention | None:
    """Return the last mention before a person of the body that a bare title serves, unless the text tells that post elsewhere."""
    if told and (_fit_of(words) is None or any(words in t or t in words or words[-2:] == t[-2:] for t in told)):
        return None
    group = served(context, person, words)
    return next((m for m in reversed(_before(context, person)) if m.entity == group), None)


def _before(context: Context, person: Mention) -> list[Mention]:
    return [m for m in context.mentions if m.start < person.start]


def _central(context: Context, mention: Mention) -> bool:
    sentence = context.sentence_at(mention.start)
    part = part_before(context, sentence, mention)
    return part == "start" and part_after(context, mention) not in {"inside", "under"}
