"""English documents as a whole: what their own rules find stands, the trained recogniser adds to it, then posts are read."""

from __future__ import annotations

import re

from kg.language.script import fold
from kg.pipeline.context import Context, Mention
from kg.pipeline.english import companies, english_names, is_odd, is_storm, short_names, words
from kg.pipeline.english_people import again, byline_media, find_full, find_honorific
from kg.pipeline.english_posts import english_posts, title_words
from kg.pipeline.english_told import free_bodies, honourable, offices, signatures
from kg.pipeline.entities import settle
from kg.pipeline.rules import wording

_RULED = {"name.lexicon", "name.english", "name.government", "name.policy", "person.contact", "name.contact"}
_GOVERNMENT = re.compile(r"\b(?:[Tt]he )([Gg]overnment)\b(?! of\b)(?! [A-Z])")


def honoured(context: Context) -> None:
    """Add the persons behind Mr, Ms, Dr … of any document, with their posts."""
    found = find_honorific(context)
    context.mentions = [*context.mentions, *found]
    if found:
        kept = list(context.posts)
        context.mentions = settle(context.mentions)
        context.posts = []
        english_posts(context)
        context.posts = [*kept, *context.posts]


def read_english(context: Context, ruled: list[Mention]) -> None:
    """Give an English document its names, persons and posts."""
    modelled = context.mentions
    firm = [m for m in ruled if m.rule in _RULED and m.type != "Person"]
    firm += [m for m in english_names(context.folded) if not _inside(firm, m)]
    for mention in firm:
        if mention.kind != "media" and context.folded.startswith(("The ", "the "), mention.start):
            mention.start += 4
    fields = [Mention(*span, "Policy") for span in offices(context.folded)]
    firm = [m for m in firm if m.rule != "name.english" or not _inside(fields, m)]
    firm += [*byline_media(context), *_government(context), *_publisher(context)]
    context.mentions = settle(firm)
    context.mentions = settle([*context.mentions, *_abbreviations(context)])
    people = find_full(context, offices(context.folded))
    people += [
        Mention(start, end, "Person", rule="person.signed")
        for start, end, *_ in (*signatures(context), *honourable(context.folded))
    ]
    context.mentions = settle([*context.mentions, *people])
    people = [m for m in context.mentions if m.type == "Person"]
    context.mentions = settle([*context.mentions, *again(context, people)])
    context.mentions = settle([*context.mentions, *free_bodies(context)])
    context.mentions = settle([*context.mentions, *companies(context)])
    for mention in modelled:
        # The recogniser may end inside a word.
        if mention.end and context.folded[mention.end - 1].isascii():
            mention.end += len(re.match(r"(?:[A-Za-z]*(?:-[A-Z][A-Za-z]+)?)", context.folded[mention.end :]).group())  # type: ignore[union-attr]
    modelled = [m for m in modelled if not _over(fields, m)]
    free = [m for m in modelled if not _over(context.mentions, m) and _may_stand(context, m)]
    context.mentions = settle([*context.mentions, *free])
    _apart(context)
    context.mentions = settle([*context.mentions, *_repeated(context), *short_names(context)])
    people = [m for m in context.mentions if m.type == "Person"]
    context.mentions = settle([*context.mentions, *again(context, people)])
    here = {(m.start, m.type): m for m in context.mentions}
    context.posts = [
        (here[p.start, p.type], words_, here[b.start, b.type], rule)
        for p, words_, b, rule in context.posts
        if (p.start, p.type) in here and (b.start, b.type) in here
    ]
    english_posts(context)


def _apart(context: Context) -> None:
    """Cut what is a firm's first word off names that begin with it and "and": Pearl and Harbour Bank, beside Pearl Marine Fuels."""
    folded = context.folded
    names = [folded[m.start : m.end] for m in context.mentions if m.kind == "company"]
    firsts = {n.split(" ")[0] for n in names if " and " not in n}
    for mention in context.mentions:
        first, _, rest = folded[mention.start : mention.end].partition(" and ")
        if rest and " " in rest and mention.type != "Person" and first in firsts:
            mention.start += len(first) + len(" and ")
    for mention in context.mentions:
        text = folded[mention.start : mention.end]
        if mention.type != "Person" and mention.kind != "media" and (article := _ARTICLE.match(text)):
            mention.start += article.end()


# 「the Hub and the Welfare Department」 are two, and "on Earth Day the Foundation" tells when.
_ARTICLE = re.compile(
    r"(?:.* )?(?<!\bof )(?<!\bfor )(?<!\bin )(?<!\bon )(?<!\bat )the (?=[A-Z])|Budget for the (?=[A-Z])"
)


def _inside(firm: list[Mention], mention: Mention) -> bool:
    return any(m.start <= mention.start and mention.end <= m.end for m in firm)


def _over(kept: list[Mention], mention: Mention) -> bool:
    return any(m.start < mention.end and mention.start < m.end for m in kept)


def _may_stand(context: Context, mention: Mention) -> bool:
    """Tell whether a name that only the recogniser found may be one: no bare head, no single name of a person."""
    text = context.folded[mention.start : mention.end]
    if text in words().heads or text in words().never or text in words().lead:
        return False
    parts = text.split(" ")
    if is_storm(text):
        return False
    known = title_words() | {*wording("english_people", "headings")}
    if all(re.sub("['’]s$", "", part.lower()) in known for part in parts) or parts[-1].lower() in wording(
        "english_people", "writers"
    ):
        return False
    if (text.isupper() and len(parts) > 1) or parts[-1] in words().grounds:
        return False
    if mention.type == "Person":
        ground = any(text.endswith(p) or p.endswith(text) for p in words().places)
        return len(parts) > 1 and not ground
    return len(parts) > 1 or is_odd(context.folded, mention.start, text)


def _government(context: Context) -> list[Mention]:
    """Return "the Government" of a Hong Kong text."""
    if not re.search(r"Hong Kong|HK\$|HKSAR", context.folded):
        return []
    return [
        Mention(*m.span(1), "Organisation", "government", "hk-government", "name.government")
        for m in _GOVERNMENT.finditer(context.folded)
    ]


def _publisher(context: Context) -> list[Mention]:
    """Return the body whose name in capitals is the letterhead."""
    name = fold(context.document.publisher or "")
    place = context.folded.find(name) if name.isupper() and " " in name else -1
    return [Mention(place, place + len(name), "Organisation", "association", rule="name.byline")] if place >= 0 else []


_SHORT = re.compile(
    r"(?:['’]s)? \((?:the |The )?([A-Z][\w&-]{1,11})\)|, (?:also |better )?known as (?:the )?([A-Z][\w+-]*)(?![\w ]*[A-Z])"
)


def _abbreviations(context: Context) -> list[Mention]:
    """Return the places of the short forms that stand in brackets behind a name, or behind "known as"."""
    folded = context.folded
    found = []
    for mention in context.mentions:
        match = _SHORT.match(folded, mention.end)
        if match is None or mention.type == "Person":
            continue
        form = match.group(1) or match.group(2)
        # A common noun such as Fund stands for the name behind an article only.
        lead = "(?<=[Tt]he )" if form in words().heads else ""
        for place in re.finditer(rf"(?<![\w-]){lead}{re.escape(form)}(?![\w-]|(?<=[a-z]) [A-Z])", folded):
            found.append(Mention(*place.span(), mention.type, mention.kind, mention.lexicon_id, "name.alias"))
    return [m for m in found if not _over(context.mentions, m)]


def _repeated(context: Context) -> list[Mention]:
    """Return the other places of names that stand in full somewhere."""
    folded = context.folded
    names = {folded[m.start : m.end]: m for m in reversed(context.mentions) if m.rule != "name.government"}
    found: list[Mention] = []
    for form in sorted(names, key=lambda f: (-len(f), f)):
        first = names[form]
        for match in re.finditer(rf"(?<![\w-]){re.escape(form)}(?![\w-])", folded):
            place = Mention(*match.span(), first.type, first.kind, first.lexicon_id, "name.again")
            if not _over(context.mentions, place) and not _over(found, place):
                found.append(place)
    return found
