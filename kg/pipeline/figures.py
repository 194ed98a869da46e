"""Amounts and counts: which thing a figure belongs to, what role it plays, and what is counted."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from decimal import Decimal
from functools import lru_cache
from typing import Any

from kg.language.money import Money
from kg.language.quantities import Quantity
from kg.model import AmountRole, Bound, Per
from kg.pipeline.context import Context, Mention, Sentence
from kg.pipeline.english import is_english
from kg.pipeline.english_holders import english_holder
from kg.pipeline.holders import Chosen, Place, choose
from kg.pipeline.judged import Judged
from kg.pipeline.measures import act_before, extent_units, measure_of, read_measure
from kg.pipeline.measures_elided import Counted
from kg.pipeline.roles import decide_role, ruled_role
from kg.pipeline.rows import row_holder, row_role
from kg.pipeline.rules import Worded, alternation, rules, wording

_CLAUSE = re.compile(r"[,。;:!?\n]")
_HOLDERS = {"Programme", "Facility", "Event"}


@dataclass(frozen=True, slots=True)
class Figure:
    """A figure with what it belongs to; `start`, `end` is the clause that says so. `subject` is a group."""

    subject: int
    start: int
    end: int
    value: Decimal
    upper: Decimal | None
    bound: Bound
    role: AmountRole | None
    per: Per | None
    funder: int | None
    currency: str
    measure: str
    unit: str
    rule: str
    confidence: float
    funder_confidence: float = 0.0


def clause_of(context: Context, sentence: Sentence, start: int, end: int) -> tuple[int, int]:
    """Return the clause around a range: the stretch between commas, within the sentence."""
    before = [m.end() for m in _CLAUSE.finditer(context.folded, sentence.start, start)]
    after = _CLAUSE.search(context.folded, end, sentence.end)
    return (before[-1] if before else sentence.start), (after.start() if after else sentence.end)


def figures(context: Context, asked: list[Asked], judged: Judged | None = None) -> list[Figure]:
    """Return the money and counts among those asked for that a named thing can be found for, in the order of the text."""
    found = []
    english = is_english(context.folded)
    for (place, read), chosen in zip(asked, choose(context, [p for p, _ in asked], judged=judged), strict=True):
        holder = chosen.holder
        rule = place.rule if holder == place.ruled else "amount.model" if place.is_money else "count.model"
        ordered = english and place.unit != "ratio"
        told = english_holder(context, place.sentence, place.start, place.end, money=place.is_money) if ordered else -1
        if place.rule == "amount.row":
            holder, rule = place.ruled, place.rule
        elif told >= 0:
            holder, rule = told, "amount.english" if place.is_money else "count.english"
        if holder < 0:
            continue
        figure = (
            _amount(context, place, read, chosen, holder, rule)
            if isinstance(read, Money)
            else _count(context, place, read, holder, rule, chosen.sure)
        )
        found += _ends(figure)
    return _without_repeats(context, found)


def _without_repeats(context: Context, found: list[Figure]) -> list[Figure]:
    """Return the figures without the counts of a headline that the text below states again: there it says of what."""
    headline = [f.role is None and context.sentence_at(f.start).passage.kind == "title" for f in found]
    told = {f.value for f, high in zip(found, headline, strict=True) if f.role is None and not high}
    return [f for f, high in zip(found, headline, strict=True) if not high or f.value not in told]


def _ends(figure: Figure) -> list[Figure]:
    """Return a figure as it is stated: a range 20至100 states what it is at least, and what it is at most."""
    if figure.upper is None:
        return [figure]
    least = replace(figure, bound="atLeast" if figure.bound == "exact" else figure.bound)
    return [least, replace(figure, value=figure.upper, upper=None, bound="atMost")]


def _count(context: Context, place: Place, read: Quantity, holder: int, rule: str, sure: float) -> Figure:
    start, end = clause_of(context, place.sentence, read.start, read.end)
    unit = "ratio" if read.is_ratio else read.unit
    return Figure(
        holder,
        start,
        end,
        read.value,
        read.upper,
        read.bound,
        None,
        None,
        None,
        "",
        place.measure,
        unit,
        rule,
        sure,
    )


Asked = tuple[Place, Money | Quantity]


def places_of(context: Context) -> list[Asked]:
    """Return the figures of a document whose holder is asked, in the order of the text, with what was read there."""
    asked: list[Asked] = [(_money_place(context, m), m) for m in context.money]
    asked += _count_places(context)
    return sorted(asked, key=lambda a: (a[0].start, a[0].end))


def _money_place(context: Context, money: Money) -> Place:
    sentence = context.sentence_at(money.start)
    row = row_holder(context, money)
    if row is not None:
        return Place(money.start, money.end, sentence, row_role(context, money) or "", "", "", row, "amount.row")
    start, end = clause_of(context, sentence, money.start, money.end)
    role = ruled_role(context, sentence, money.start, money.end, (start, end))
    holder, rule = _holder(context, sentence, money, start, role[0] if role else None)
    return Place(
        money.start, money.end, sentence, role[0] if role else "", "", "", -1 if holder is None else holder, rule
    )


def _amount(context: Context, place: Place, money: Money, chosen: Chosen, holder: int, rule: str) -> Figure:
    sentence = place.sentence
    start, end = clause_of(context, sentence, money.start, money.end)
    after = context.folded[money.end : end]
    wider = context.folded[max(sentence.start, start - 24) : money.start]
    role = ruled_role(context, sentence, money.start, money.end, (start, end))
    kind = decide_role(context, sentence, money, (start, end), holder, role[0] if role else None)
    if place.rule == "amount.row":
        kind = row_role(context, money) or kind
    per = _per(context.folded[max(start, money.start - 16) : money.start], wider, kind)
    bound: Bound = (
        "atMost"
        if kind == "cap" and money.bound in {"exact", "about"} and _MOST.pattern.search(wider + after[:6])
        else money.bound
    )
    funder = chosen.payer if chosen.payer >= 0 and chosen.payer != holder else None
    return Figure(
        holder,
        start,
        end,
        money.value,
        money.upper,
        bound,
        kind,
        per,
        funder,
        money.currency,
        "",
        "",
        rule,
        chosen.sure,
        chosen.payer_sure,
    )


def _per(near: str, wider: str, role: AmountRole) -> Per | None:
    data = rules("amounts")["per"]
    if role == "cap" and re.search(alternation(data["recipient"]), wider):
        return "recipient"
    if re.search(alternation(data["year"]), near):
        return "year"
    if re.search(alternation(data["recipient"]), near) and role in {"cap", "grant", "other", "budget"}:
        return "recipient"
    return "recipient" if role == "cap" else None


def _holder(
    context: Context, sentence: Sentence, money: Money, start: int, role: AmountRole | None
) -> tuple[int | None, str]:
    """Return the group that money belongs to, and the name of the way it was found."""
    folded = context.folded
    founding = alternation(rules("amounts")["funder"]["founding"])
    right = [m for m in sentence.mentions if m.start >= money.end and m.type in {*_HOLDERS, "Organisation"}]
    left = [m for m in sentence.mentions if m.end <= money.start]
    for mention in right[:3]:
        gap = folded[money.end : mention.start]
        if re.fullmatch(r"[\s「『《的]*", gap):
            return mention.entity, "amount.beside"
        if (
            len(gap) <= 30
            and not re.search("[。;!?]", gap)
            and re.search(f"(?:{founding})[^,。;]{{0,16}}$", gap)
            and role in {"budget", "grant", None}
        ):
            if mention.type == "Organisation" and _WITH.pattern.search(gap):
                continue
            return mention.entity, "amount.founding"
    given = _given(folded, sentence, left, money)
    if given is not None:
        return given.entity, "amount.given"
    holders = [m for m in left if m.type in _HOLDERS]
    clause_holders = [m for m in holders if m.start >= start]
    if clause_holders:
        return clause_holders[-1].entity, "amount.clause"
    bodies = [
        m
        for m in left
        if m.type == "Organisation"
        and m.start >= start
        and not _RECEIVES.pattern.search(folded, sentence.start, m.start)
    ]
    if role in {"grant", "raised", "other"} and bodies:
        return bodies[-1].entity, "amount.body"
    if holders:
        return holders[-1].entity, "amount.sentence"
    if role in {"cap", "budget", "invested", "coinvested", None}:
        for candidate in (sentence.subject, sentence.topic):
            if candidate >= 0 and context.groups[candidate].type in _HOLDERS:
                return candidate, "amount.topic"
        passage_holder = _last_holder(context, sentence)
        if passage_holder is not None:
            return passage_holder, "amount.paragraph"
    policies = [m for m in left if m.type == "Policy" and not m.anaphor]
    if policies and role == "budget" and money.start - policies[-1].end <= 12:
        return policies[-1].entity, "amount.policy"
    if role in {"raised", "grant", "invested"}:
        for candidate in (sentence.subject, sentence.topic):
            if candidate >= 0:
                return candidate, "amount.topic"
    if bodies and role in {"budget", "coinvested"} and _SPENDS.pattern.search(folded, bodies[-1].end, money.start):
        return bodies[-1].entity, "amount.body"
    return None, ""


_GIVES = Worded("amounts", r"[」』》”\s]*{gives_how}*{gives}{gives_about}*\s?$")
_GIVEN_TO = Worded("amounts", r"{given_to}[\s「『《“]*$")
_MOST = Worded("amounts", "{most}")
_WITH = Worded("amounts", "{with}$")
_RECEIVES = Worded("amounts", r"{receives}\s?$")
_SPENDS = Worded("amounts", "{spends}")


def _given(folded: str, sentence: Sentence, left: list[Mention], money: Money) -> Mention | None:
    """Return the thing that money is given to: 「向甲撥款二億元」, 「為乙預留三億元」."""
    for mention in reversed(left[-2:]):
        if mention.type in {*_HOLDERS, "Organisation"} and _GIVES.pattern.fullmatch(folded, mention.end, money.start):
            if _GIVEN_TO.pattern.search(folded, sentence.start, mention.start):
                return mention
    return None


def _last_holder(context: Context, sentence: Sentence) -> int | None:
    """Return the programme named last before a sentence in its passage."""
    index = context.sentences.index(sentence)
    for earlier in reversed(context.sentences[max(0, index - 3) : index]):
        if earlier.passage is not sentence.passage and index - context.sentences.index(earlier) > 1:
            break
        for mention in reversed(earlier.mentions):
            if mention.type == "Programme":
                return mention.entity
    return None


@lru_cache(maxsize=1)
def _count_patterns() -> tuple[re.Pattern[str], re.Pattern[str]]:
    data: dict[str, Any] = rules("counts")
    return re.compile(alternation(data["ratio"])), re.compile(alternation(data["skip"]))


# 「香港有600間」 counts something of a place, and 「(1P相當於…)」 explains a unit.
_OF_PLACE = Worded("counts", "{<!in_place}{place}现?{place_has}[^,。]{0,8}$")
_EXPLAINS = Worded("counts", r"\([^()]*{equals}[^()]*$")
_GROUPED = Worded("counts", "{grouped}")
_OF_SCHEME = Worded("counts", "{of_scheme}")
_OF_EARLIER = Worded("counts", "{of_earlier}")
_JOINS = Worded("counts", "{joins}")


def _count_places(context: Context) -> list[tuple[Place, Quantity]]:
    """Return the figures of a document that may count something of a named thing."""
    ratio_words, skip = _count_patterns()
    found = []
    counted = Counted()
    for quantity in context.quantities:
        sentence = context.sentence_at(quantity.start)
        if (sentence.passage.kind == "contact" and not quantity.unit) or _inside_name(sentence, quantity):
            continue
        start, end = clause_of(context, sentence, quantity.start, quantity.end)
        before, after = context.folded[start : quantity.start], context.folded[quantity.end : end]
        if _OF_PLACE.pattern.search(before):
            counted.add(context.sentence_number(sentence), quantity.unit, measure_of(after, before, quantity.unit))
            continue
        if (
            skip.search(before[-8:] + after[:6])
            or _EXPLAINS.pattern.search(before)
            or any(w in after for w in wording("counts", "held_in"))
        ):
            continue
        if quantity.unit == "大" and not _GROUPED.pattern.search(before):
            continue
        if quantity.is_ratio:
            words = ratio_words.search(before + after) or ratio_words.search(
                context.folded[sentence.start : sentence.end]
            )
            measure = words.group() if words else wording("counts", "ratio")[0]
        else:
            measure = _measured(context, sentence, quantity, (start, end), counted)
        if not measure:
            continue
        holder, rule = _counted(context, sentence, quantity, start, end, measure)
        unit = "ratio" if quantity.is_ratio else quantity.unit
        ruled = -1 if holder is None else holder
        found.append((Place(quantity.start, quantity.end, sentence, "", measure, unit, ruled, rule), quantity))
    return found


# What stands right behind a figure whose noun is left out: 「其中十二間落戶…」.
_BARE_AFTER = Worded("counts", r"\s?{bare_after}")


def _measured(
    context: Context, sentence: Sentence, quantity: Quantity, clause: tuple[int, int], counted: Counted
) -> str:
    """Return what a quantity counts, in words of its clause or, where they are left out there, of those before it."""
    start, end = clause
    names = [m.end for m in sentence.mentions if start <= m.start and m.end <= quantity.start and not m.anaphor]
    after = context.folded[quantity.end : end]
    # A name is nothing that is counted.
    before = context.folded[names[-1] : quantity.start] if names else context.folded[start : quantity.start]
    measure, elided = read_measure(after, before, quantity.unit)
    if elided or _BARE_AFTER.pattern.match(after):
        noun = counted.noun_for(context, sentence, start, quantity.start, quantity.unit)
        if not noun:
            return measure
        measure = f"{acted}{noun}" if (acted := act_before(before)) and acted not in noun else noun
        counted.add(context.sentence_number(sentence), quantity.unit, noun)
        return measure
    if measure != quantity.unit:
        counted.add(context.sentence_number(sentence), quantity.unit, measure)
    return measure


def _inside_name(sentence: Sentence, quantity: Quantity) -> bool:
    return any(m.start < quantity.end and quantity.start < m.end and not m.anaphor for m in sentence.mentions)


def _counted(
    context: Context, sentence: Sentence, quantity: Quantity, start: int, end: int, measure: str
) -> tuple[int | None, str]:
    """Return the group that a count belongs to: the nearest programme that acts before it, else the sentence's subject."""
    left: list[Mention] = [m for m in sentence.mentions if m.end <= quantity.start and m.type != "Policy"]
    holders = [m for m in left if m.type in _HOLDERS]
    clause = [m for m in holders if m.start >= start]
    if clause:
        return clause[-1].entity, "count.clause"
    bodies = [m for m in left if m.type == "Organisation" and m.start >= start]
    first = next((m for m in sentence.mentions if m.entity == sentence.subject), None)
    of_scheme = quantity.is_ratio or quantity.unit in extent_units() or _OF_SCHEME.pattern.search(measure)
    if holders and (first is None or first.type != "Organisation" or of_scheme):
        return holders[-1].entity, "count.sentence"
    if not left and _OF_EARLIER.pattern.search(context.folded, sentence.start, end):
        earlier = _last_holder(context, sentence)
        if earlier is not None:
            return earlier, "count.paragraph"
    if bodies:
        chosen = sentence.subject if sentence.subject in {b.entity for b in bodies} else bodies[0].entity
        return chosen, "count.body"
    later = [m for m in sentence.mentions if quantity.end <= m.start < end and m.type in _HOLDERS]
    if later and _JOINS.pattern.search(context.folded, quantity.end, later[0].start):
        return later[0].entity, "count.joined"
    if sentence.subject >= 0 and first is not None and first.start < quantity.start:
        return sentence.subject, "count.subject"
    if sentence.topic >= 0:
        return sentence.topic, "count.topic"
    return (sentence.subject, "count.subject") if sentence.subject >= 0 else (None, "")
