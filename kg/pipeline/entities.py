"""From candidate mentions to the things a document names: overlaps settled, aliases joined, words that point back resolved."""

from __future__ import annotations

import bisect
import re

from kg.language.script import name_key
from kg.pipeline.context import Context, Mention, Sentence
from kg.pipeline.names import is_generic
from kg.pipeline.rules import Worded, alternation, rules, with_words

_LATIN = re.compile(r"[A-Za-z][A-Za-z0-9 .&'’·+\-]*")
_RANK = {"name.lexicon": 2, "name.quoted-tail": 4, "name.quoted-known": 3, "name.quoted-head": 3, "name.policy": 3}
_GOVERNMENT = Worded(
    "entities",
    r"(?:{hong_kong}|{hong_kong_short})政府|港府|{<!other_government}政府(?!{not_government})"
    r"|\b{hong_kong_latin} [Gg]overnment\b",
)
_ITEM = Worded("entities", "、|{common.and}")
_SPOKEN_OF = Worded("entities", "{spoken_of}")
_PARTNERS = Worded(
    "entities",
    r"{partner_with}([^,。;\n]{2,60}?)(?:等)?\s?(?:[一-鿿]{0,8})?{partner_acts}[^,。;\n]{0,4}{partner_deeds}",
)
_PARTNER = Worded(
    "entities",
    r"(?:^|(?:[一-鿿、]|{common.and})\s?)([A-Za-z][A-Za-z0-9·.&-]+(?: [A-Z][A-Za-z0-9·.&-]+){0,4})\s?(?=$|[、(]|等|{common.and})",
)
_NO_SUBJECT = Worded("entities", "(?:{no_subject}|、)$")


def settle(mentions: list[Mention]) -> list[Mention]:
    """Return mentions that don't overlap: longer ones first, then the better known, in order of place."""
    kept: list[Mention] = []
    starts: list[int] = []
    order = sorted(mentions, key=lambda m: (m.anaphor, -_weight(m), m.start, m.type))
    for mention in order:
        index = bisect.bisect_left(starts, mention.start)
        left = kept[index - 1] if index else None
        right = kept[index] if index < len(kept) else None
        if (left is not None and left.end > mention.start) or (right is not None and right.start < mention.end):
            continue
        kept.insert(index, mention)
        starts.insert(index, mention.start)
    return kept


def _weight(mention: Mention) -> float:
    return mention.end - mention.start + _RANK.get(mention.rule, 0) / 2


def government_mentions(context: Context) -> list[Mention]:
    """Return the places where a Hong Kong text speaks of its government."""
    if not (context.in_hong_kong or _SPOKEN_OF.pattern.search(context.folded)):
        return []
    return [
        Mention(*m.span(), "Organisation", "government", "hk-government", "name.government")
        for m in _GOVERNMENT.pattern.finditer(context.folded)
    ]


def listed_companies(context: Context) -> list[Mention]:
    """Return the members of lists that a noun such as 企業 announces: 「引進多間企業，包括甲、乙(B)及丙等」."""
    data = rules("lists")
    head = re.compile(f"(?:{alternation(data['nouns'])})\\s?[,:]?\\s?(?:{alternation(data['openers'])})\\s?:?")
    closer = re.compile(f"等|[。;\n]|,(?![^,。;\n]{{0,12}}、)|{alternation(data['closers'])}")
    told = f"(?:{alternation(data['nouns'])}){{there_are}}[一二三四五六七八九十两\\d]{{1,3}}"
    counted = with_words("lists", told + r"{counters}\s?[,:]?{respectively}?\s?:?")
    head = re.compile(f"(?:{head.pattern})|(?:{counted})")
    found = []
    for match in head.finditer(context.folded):
        tail = context.folded[match.end() : match.end() + 160]
        end = closer.search(tail)
        found += _items(match.end(), tail[: end.start()] if end else tail, data)
    reverse = re.compile(
        with_words(
            "lists",
            "(?:等(?:(?:多|[一二三四五六七八九十\\d]+){of_firms})?|[二三四五六七八九十\\d]+{of_firms})[^,。;\n、]{0,8}",
        )
        + f"(?:{alternation(data['nouns'])})"
    )
    for match in reverse.finditer(context.folded):
        low = max(0, match.start() - 120)
        stretch = context.folded[low : match.start()]
        cut = max((m.end() for m in re.finditer(f"[。;\n:,]|{alternation(data['before'])}", stretch)), default=0)
        found += _items(low + cut, stretch[cut:], data)
    return found + _latin_partners(context)


def _latin_partners(context: Context) -> list[Mention]:
    """Return bodies named in Latin letters that another is said to sign or work with: 「與沙特科技城 KACST 及 d·camp 達成合作」."""
    found = []
    for match in _PARTNERS.pattern.finditer(context.folded):
        for piece in _PARTNER.pattern.finditer(match.group(1)):
            start = match.start(1) + piece.start(1)
            found.append(Mention(start, start + len(piece.group(1)), "Organisation", "other", rule="name.partner"))
    return found


def _items(offset: int, text: str, data: dict[str, list[str]]) -> list[Mention]:
    if "、" not in text and not _LATIN.search(text):
        return []
    bad = re.compile(alternation(data["not_names"]))
    found = []
    place = 0
    for piece in re.split(f"({_ITEM.pattern.pattern})", text):
        start, place = place, place + len(piece)
        if _ITEM.pattern.fullmatch(piece):
            continue
        name = re.sub(r"\s?\(.*$", "", piece)
        core = name.strip()
        firm = (
            re.search(f"(?:{alternation(rules('companies')['suffixes'])})$", core) is not None
            and len(core) >= 4
            and not is_generic(core)
        )
        if (
            not 2 <= len(core.replace(" ", "")) <= 12
            or (bad.search(core) and not firm)
            or re.search(r"[,。:;!?「」《》]", core)
        ):
            continue
        if re.fullmatch(r"[\d\s.%]+", core):
            continue
        first = offset + start + len(name) - len(name.lstrip())
        found.append(Mention(first, first + len(core), "Organisation", "company", rule="name.listed"))
    return found


def publisher_group(context: Context) -> int:
    """Return the group of the body that publishes the document, or -1."""
    publisher = context.document.publisher
    if not publisher:
        return -1
    key = name_key(publisher)
    for index, found in enumerate(context.groups):
        if found.type == "Organisation" and any(name_key(n) == key or key in name_key(n) for n in found.names):
            return index
    return -1


# 「甲聯會　二○一七年報」, 「甲基金會2011—2012年度工作報告」
_REPORTS = Worded("entities", r"\s|$|(?:19|20)\d\d(?:[-—]\d+)?年|{reports}")


def heading_group(context: Context) -> int:
    """Return the group of the body whose name opens the first line of a document, or is its last but for a date; else -1.

    That is whose report or notice it is: 「甲聯會　二○一七年報」.
    """
    passages = context.document.flow.passages
    lines = [context.folded[p.start : p.end].strip() for p in (*passages[:1], *passages[-3:])]
    for mention in context.mentions:
        if mention.type != "Organisation" or mention.anaphor:
            continue
        name = context.folded[mention.start : mention.end]
        if lines and lines[0].startswith(name) and _REPORTS.pattern.match(lines[0], len(name)):
            return mention.entity
        if any(line.startswith(name) and _SIGNED.fullmatch(line, len(name)) for line in lines[1:]):
            return mention.entity
    return -1


# Behind the name that signs a text there is its date at most.
_SIGNED = re.compile(r"\s*(?:[一二三四五六七八九十〇○零\d年月日/.-]{6,12})?")


def mark_sentences(context: Context) -> None:
    """Give each sentence its mentions, its subject, and the topic carried over from the sentence before."""
    by_start = sorted(context.mentions, key=lambda m: m.start)
    places = [m.start for m in by_start]
    publisher = publisher_group(context)
    if publisher >= 0 and context.groups[publisher].kind == "media":
        # A newspaper reports; it is not what its articles are about.
        publisher = -1
    topic = publisher
    previous: Sentence | None = None
    for sentence in context.sentences:
        low = bisect.bisect_left(places, sentence.start)
        high = bisect.bisect_left(places, sentence.end)
        sentence.mentions = _without_brackets(context, by_start[low:high])
        if previous is not None and previous.passage.kind != sentence.passage.kind:
            topic = publisher
        sentence.topic = topic
        sentence.subject = _subject(context, sentence)
        if sentence.subject >= 0:
            topic = sentence.subject
        previous = sentence


def _without_brackets(context: Context, mentions: list[Mention]) -> list[Mention]:
    """Return the mentions without short forms in brackets behind their own full name: they act in no clause."""
    kept: list[Mention] = []
    for mention in mentions:
        if (
            kept
            and kept[-1].entity == mention.entity
            and re.fullmatch(r"[」』》\s]*\([「『\s]*[^()]{0,20}", context.folded[kept[-1].end : mention.start])
        ):
            continue
        kept.append(mention)
    return kept


def _subject(context: Context, sentence: Sentence) -> int:
    """Return the group that a sentence is about: its first body or programme before the first verb, or -1."""
    for mention in sentence.mentions:
        if mention.type in {"Person", "Policy"}:
            continue
        before = context.folded[max(sentence.start, mention.start - 2) : mention.start]
        if mention.type == "Organisation" and any(b is mention for _, _, b, _ in context.posts):
            # 「甲局主席乙表示」 is about what 乙 speaks of.
            continue
        if context.groups[mention.entity].kind == "media" and mention.entity != sentence.topic:
            continue
        if _NO_SUBJECT.pattern.search(before.rstrip("「《 ")):
            continue
        return mention.entity
    return -1
