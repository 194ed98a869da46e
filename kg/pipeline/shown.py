"""Names that the words around them show: ceremonies, bodies that a noun announces, firms with the word of their trade."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Any

from kg.language.script import name_key
from kg.pipeline.agents import acting, listed
from kg.pipeline.announced import announced, has_common_pair, quoted
from kg.pipeline.callings import shown_people
from kg.pipeline.context import Context, Mention
from kg.pipeline.entities import settle
from kg.pipeline.labels import labelled
from kg.pipeline.names import Head, is_generic, left_border
from kg.pipeline.people import COUNTED
from kg.pipeline.quoted import quoted_by_model
from kg.pipeline.recogniser import Leaning
from kg.pipeline.rules import Worded, alternation, common_pairs, rules, topics, with_words, wording
from kg.pipeline.titles import title_patterns
from kg.pipeline.units import shown_units

_HAN = "\u4e00-\u9fff"
# How far the model may lean to "no name" where a trade's word, or one that is a common noun too, says that there is one.
_LEAST, _LOOSE = -2.5, -1.0
# 「元朗區二十二間小學」 is a number of things.
_NUMBERED = Worded("shown", r"[\d一二三四五六七八九十百千两几多各]\s?{counters}|{common.and}$")
_OPEN, _CLOSE = "「『“", "」』”"


@lru_cache(maxsize=1)
def _ceremony() -> re.Pattern[str]:
    data = rules("shown")["ceremony"]
    return re.compile(
        with_words("shown", f"{{of_show}}?(?:{alternation(data['acts'])})(?:{alternation(data['ends'])})")
    )


def show(context: Context, leaning: Leaning | None) -> None:
    """Give a context the names that their surroundings show, in place of those that are parts of them."""
    found = (
        ceremonies(context)
        + _events(context)
        + quoted(context, leaning)
        + quoted_by_model(context, leaning)
        + acting(context, leaning)
        + listed(context, leaning)
        + labelled(context, leaning)
        + announced(context, leaning)
        + trades(context, leaning)
        + tails(context, leaning)
    )
    found += shown_units(context, leaning)
    found += shown_people(context, leaning) if leaning is not None else []
    if not found:
        return
    found = settle(found)
    at = {place: m for m in found for place in range(m.start, m.end)}
    over = [m for m in context.mentions if any(place in at for place in range(m.start, m.end))]
    context.inside = [m for m in over if m.start in at and _holds(at[m.start], m)]
    gone = {id(m) for m in over}
    context.mentions = sorted([*(m for m in context.mentions if id(m) not in gone), *found], key=lambda m: m.start)
    kept = {id(m) for m in context.mentions}
    context.posts = [p for p in context.posts if id(p[0]) in kept and id(p[2]) in kept]


def _holds(longer: Mention, mention: Mention) -> bool:
    """Tell whether a name inside a longer one is a thing of its own: a unit's body, what a ceremony opens in quote marks."""
    if longer.rule == "name.coined":
        return False
    first = longer.start if longer.rule in {"name.unit", "name.label"} else longer.start + 1
    return (
        first <= mention.start and mention.end <= longer.end and mention.end - mention.start < longer.end - longer.start
    )


def inside(context: Context) -> None:
    """Give the context a group for each name that stands only inside a longer one: 甲館 in 「「甲館」開幕典禮」."""
    known = {(g.type, name_key(n)): i for i, g in enumerate(context.groups) if g.mentions for n in g.names}
    for mention in context.inside:
        key = (mention.type, name_key(context.name(mention)))
        if key in known:
            context.join(known[key], mention)
        else:
            known[key] = context.add(mention)


def ceremonies(context: Context) -> list[Mention]:
    """Return the ceremonies named by what they open: 「「甲館」開幕典禮」."""
    folded = context.folded
    ends = {m.end: m for m in context.mentions}
    found = []
    for match in _ceremony().finditer(folded):
        place = match.start()
        if folded[place - 1 : place] in tuple(_CLOSE):
            opening = folded.rfind(_OPEN[_CLOSE.index(folded[place - 1])], max(0, place - 42), place)
            if opening >= 0:
                found.append(Mention(opening, match.end(), "Event", rule="name.ceremony"))
        elif (opened := ends.get(place)) is not None and opened.type != "Event":
            found.append(Mention(opened.start, match.end(), "Event", rule="name.ceremony"))
    return found


@lru_cache(maxsize=1)
def _event() -> re.Pattern[str]:
    ends = alternation(rules("mend")["event"]["ends"])
    marked = f"[「『“]([^「」『』“”,。\n]{{2,16}}(?:{ends})(?:19|20\\d\\d)?)[」』”]"
    return re.compile(with_words("shown", f"{marked}|({{world}}[{_HAN}]{{2,6}}日)(?![{_HAN}])"))


def _events(context: Context) -> list[Mention]:
    """Return the events whose names in quote marks end in the word for one: 「同心嘉許禮2012」; and 世界無煙日."""
    named = {(m.start, m.end) for m in context.mentions if m.type == "Event" or m.lexicon_id}
    spans = (m.span(1 if m.group(1) else 2) for m in _event().finditer(context.folded))
    return [Mention(*s, "Event", rule="name.event") for s in spans if s not in named]


@lru_cache(maxsize=1)
def _trades() -> tuple[re.Pattern[str], re.Pattern[str], re.Pattern[str], re.Pattern[str]]:
    data = rules("shown")["trade"]
    borders = rules("borders")
    inner = set(borders["inner"])
    title, *_ = title_patterns()
    nouns = [w for block in rules("shown")["noun"] if block["type"] == "Organisation" for w in block["words"]]
    left = [w for w in borders["words"] if w not in inner] + nouns + data["ordinary"]
    return (
        re.compile(with_words("shown", f"({alternation(data['loose'] + data['words'])})(?:\\({{branch}}\\))?")),
        re.compile(
            with_words(
                "shown", f"[^{_HAN}A-Za-z0-9]|[{re.escape(borders['characters'])}]|{{before_trade}}|{alternation(left)}"
            )
        ),
        re.compile(f"[^{_HAN}A-Za-z0-9]|$|(?:{title.pattern})|(?:{alternation(data['follows'])})"),
        re.compile(with_words("shown", "{called}[「『“]$")),
    )


def trades(context: Context, leaning: Leaning | None) -> list[Mention]:
    """Return the firms that end in the word of their trade, between a border and a verb."""
    trade, border, follows, called = _trades()
    loose = set(rules("shown")["trade"]["loose"])
    folded = context.folded
    taken = {place for m in context.mentions for place in range(m.start, m.end)}
    found = []
    for match in trade.finditer(folded):
        if not follows.match(folded, match.end()):
            continue
        low = max(0, match.start() - 10)
        stretch = folded[low : match.start()]
        cut = max((m.end() for m in border.finditer(stretch)), default=0 if low == 0 else -1)
        core = stretch[cut:]
        if (
            cut < 0
            or not 2 <= len(core) <= 4
            or is_generic(core)
            or {core, core + match.group()} & topics()
            or called.search(stretch[:cut])
        ):
            continue
        if (
            has_common_pair(core)
            or stretch[:cut].endswith(("《", *wording("shown", "not_trade")))
            or (stretch[:cut].endswith("的") and match[1] in loose)
        ):
            continue
        start, end = low + cut, match.end()
        if not taken.isdisjoint(range(start, end)) or is_generic(folded[start:end]) or COUNTED.pattern.search(core):
            continue
        if leaning is None or leaning.margin(start, end, "Organisation") >= (_LOOSE if match[1] in loose else _LEAST):
            found.append(Mention(start, end, "Organisation", "company", rule="name.trade"))
    return found


def _coined(folded: str, place: int) -> int:
    """Return where the quote marks open that close right before a place, or -1."""
    if folded[place - 1 : place] not in {"」", "”"}:
        return -1
    opening = folded.rfind(_OPEN[_CLOSE.index(folded[place - 1])], max(0, place - 14), place)
    return opening if opening >= 0 and not re.search("[,。;:、\n]", folded[opening:place]) else -1


@lru_cache(maxsize=1)
def _tails() -> tuple[re.Pattern[str], dict[str, dict[str, Any]], re.Pattern[str], re.Pattern[str]]:
    blocks = {word: block for block in rules("shown")["tail"] for word in block["words"]}
    opens = re.compile(f"(?:{alternation(rules('shown')['opens']['words'])})")
    plain = re.compile(alternation(rules("shown")["opens"]["plain"]))
    return re.compile(alternation(list(blocks))), blocks, opens, plain


def tails(context: Context, leaning: Leaning | None) -> list[Mention]:
    """Return the names that end in one of the words that tell their type, back to a border."""
    tail, blocks, opens, plain = _tails()
    trades_ = {*rules("shown")["trade"]["words"], *rules("shown")["trade"]["loose"]}
    folded = context.folded
    taken = {place for m in context.mentions for place in range(m.start, m.end)}
    found = []
    for match in tail.finditer(folded):
        block = blocks[match.group()]
        type_, kind = block["type"], block["kind"] or None
        start, end = (
            left_border(folded, match.start(), Head(match.group(), type_, kind, False, frozenset())),
            match.end(),
        )
        while opening := opens.match(folded, start, match.start()):
            start = opening.end()
        if folded[start - 1 : start + 1] in wording("shown", "local"):
            start += 1
        rest = folded[start : match.start()]
        if (
            type_ in {"Event", "Programme"}
            and (coined := _coined(folded, start)) >= 0
            and not is_generic(match.group())
        ):
            # 「「海灣盃」青年足球賽」
            found.append(Mention(coined, end, type_, rule="name.coined"))
            continue
        if plain.match(rest) or (kind in {"company", "academic"} and rest[:2] in common_pairs()):
            continue
        if (
            len(rest) < block["least"]
            or is_generic(rest)
            or rest in topics()
            or _NUMBERED.pattern.search(rest)
            or rest in trades_
        ):
            continue
        if type_ == "Event" and (year := re.search(r"(?:19|20)\d\d年$", folded[max(0, start - 5) : start])):
            start -= len(year.group())
        if not taken.isdisjoint(range(start, end)):
            continue
        if leaning is None or leaning.margin(start, end, type_) >= block["lean"]:
            found.append(Mention(start, end, type_, kind, rule="name.tail"))
    return found
