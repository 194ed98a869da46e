"""From groups, posts, relations and figures to the facts of a document, with quotes, status, time and speaker."""

from __future__ import annotations

import re
from decimal import Decimal
from functools import lru_cache
from typing import cast

from kg.model import (
    Amount,
    Count,
    DocumentFacts,
    DocumentInfo,
    Entity,
    Finding,
    PostHolding,
    Relation,
    Source,
    Status,
)
from kg.pipeline.arbiter import packaged_arbiter
from kg.pipeline.context import Context, Mention
from kg.pipeline.entities import publisher_group
from kg.pipeline.figures import Figure, figures, places_of
from kg.pipeline.judged import Judged
from kg.pipeline.likely import relations
from kg.pipeline.payments import figure_span, payments
from kg.pipeline.rules import Worded, alternation, rules, wording
from kg.pipeline.served import served
from kg.pipeline.serving import Told, choose

# What a rule of each family is worth: set by its precision on the development documents, rounded.
_CONFIDENCE = {
    "operates.name": "0.80",
    "count.topic": "0.70",
    "amount.topic": "0.75",
    "amount.paragraph": "0.70",
    "post.bare": "0.70",
    "post.served": "0.80",
    "post.behind": "0.80",
    "post.bracket": "0.70",
    "post.being": "0.80",
}
_HEAD_CHARACTERS = Worded("heads", "{schemes}")
_STATES = Worded("common", "[^,。;]{0,8}{states}")


def assemble(context: Context) -> DocumentFacts:
    """Return the facts of a document, and the sentences with figures or schemes that gave none."""
    document = context.document
    used = [i for i, g in enumerate(context.groups) if any(not m.anaphor for m in g.mentions)]
    ids = {index: f"e{number}" for number, index in enumerate(used, 1)}
    entities = tuple(_entity(context, index, ids[index]) for index in used)
    asked = places_of(context)
    arbiter = packaged_arbiter()
    judged = arbiter.judge(context, [place for place, _ in asked]) if arbiter else Judged()
    posts = _posts(context, ids)
    read = [f for f in figures(context, asked, judged) if f.subject in ids]
    stated = payments(context, relations(context, judged=judged), read)
    found = [r for r in stated if r.subject in ids and r.object in ids]
    facts = DocumentFacts(
        DocumentInfo(
            document.file_name,
            document.sha256,
            document.language,
            document.title,
            document.date,
            document.publisher,
            document.source,
        ),
        entities,
        posts,
        tuple(
            Relation(ids[r.subject], r.predicate, ids[r.object], _source(context, r.start, r.end, r.rule, ids))
            for r in found
        ),
        _merge_amounts(context, read, ids),
        _merge_counts(context, [f for f in read if f.role is None], ids),
    )
    spans = [(q.start, q.end) for fact in facts.facts for q in fact.source.quotes]
    return DocumentFacts(
        facts.document,
        facts.entities,
        facts.posts,
        facts.relations,
        facts.amounts,
        facts.counts,
        (*document.findings, *_not_understood(context, spans)),
    )


def _entity(context: Context, index: int, id_: str) -> Entity:
    found = context.groups[index]
    names: list[str] = []
    for mention in sorted(found.mentions, key=lambda m: m.start):
        if not mention.anaphor and (name := _clean(context.name(mention))) not in names:
            names.append(name)
    mentions = tuple(
        context.quote(m.start, m.end) for m in sorted(found.mentions, key=lambda m: m.start) if not m.anaphor
    )
    kind = (found.kind or "other") if found.type == "Organisation" else None
    return Entity(id_, found.type, tuple(names), mentions, kind, found.lexicon_id)


def _clean(name: str) -> str:
    """Return a name without the line breaks and doubled spaces of its source."""
    return re.sub(r"\s+", " ", name).strip()


def _posts(context: Context, ids: dict[int, str]) -> tuple[PostHolding, ...]:
    found: dict[tuple[str, str, str], PostHolding] = {}
    bodies = choose(context, told_posts(context))
    for (person, words, body, rule), group in zip(context.posts, bodies, strict=True):
        if group not in ids or person.entity not in ids:
            continue
        if group != body.entity:
            body = min(context.groups[group].mentions, key=lambda m: abs(m.start - person.start))
        start, end = min(person.start, body.start), max(person.end, body.end)
        if end - start > 80:
            start, end = person.start, person.end
        title = words.strip() if words == "contact" else _original(context, words, start, end)
        key = (ids[person.entity], title, ids[group])
        if key not in found:
            found[key] = PostHolding(*key, _source(context, start, end, rule, ids))
    return tuple(found.values())


def told_posts(context: Context) -> list[Told]:
    """Return the posts that rules tell, each with the group of its body, in their order."""
    return [
        Told(person, words, _post_body(context, person, body, words, rule), rule)
        for person, words, body, rule in context.posts
    ]


def _original(context: Context, words: str, start: int, end: int) -> str:
    """Return a title in the script of its source: the rules see it folded."""
    low = max(0, start - 20)
    place = context.folded.find(words, low, end + 20)
    return context.text[place : place + len(words)] if place >= 0 else words


def _post_body(context: Context, person: Mention, body: Mention, words: str, rule: str) -> int:
    """Return the group of the body of a post: as named, else the Government, else the one the person already serves."""
    if body is not person:
        return body.entity
    if rule == "post.government":
        return next((i for i, g in enumerate(context.groups) if g.lexicon_id == "hk-government"), -1)
    for other, _, named, other_rule in context.posts:
        if other is not person and other.entity == person.entity and named is not other and other_rule != "post.bare":
            return -1
    if words.endswith(wording("titles", "of_papers")):
        # 「本報記者」 serves the paper itself, by whatever name the text gives it.
        media = [i for i, g in enumerate(context.groups) if g.kind == "media" and g.mentions]
        own = publisher_group(context)
        return own if own >= 0 else media[0] if len(media) == 1 else -1
    return served(context, person, words)


@lru_cache(maxsize=1)
def _statuses() -> list[tuple[Status, re.Pattern[str]]]:
    return [(cast(Status, s["status"]), re.compile(alternation(s["words"]))) for s in rules("status")["status"]]


def _source(context: Context, start: int, end: int, rule: str, ids: dict[int, str], *, status: bool = True) -> Source:
    """Return where and how a fact is stated. A person's words are the speaker's, inside quote marks after 表示."""
    sentence = context.sentence_at(start)
    text = context.folded[start:end]
    found = next((s for s, p in _statuses() if p.search(text)), None) if status else None
    dates = [
        d for d in context.dates if sentence.start <= d.start and d.end <= sentence.end and start - 24 <= d.start < end
    ]
    dates.sort(key=lambda d: (not start <= d.start < end, abs(d.start - start), d.start))
    return Source(
        (context.quote(start, end),),
        rule,
        Decimal(_CONFIDENCE.get(rule, "0.90")),
        found if not rule.startswith("post") else None,
        dates[0].value if dates and not rule.startswith("post") else None,
        _speaker(context, start, ids),
    )


def _speaker(context: Context, place: int, ids: dict[int, str]) -> str | None:
    """Return the person whose speech in quote marks a place stands in, or who is said to state the sentence."""
    sentence = context.sentence_at(place)
    people = [m for m in sentence.mentions if m.type == "Person" and m.end <= place]
    if people and _STATES.pattern.match(context.folded, people[-1].end):
        return ids.get(people[-1].entity)
    low = sentence.passage.start
    before = context.folded[low:place]
    if before.count("「") <= before.count("」"):
        return None
    opened = low + before.rfind("「") if "」" not in before[before.rfind("「") :] else low + before.find(":「")
    earlier = [m for m in context.mentions if m.type == "Person" and low <= m.start < opened and opened - m.end < 12]
    return ids.get(earlier[-1].entity) if earlier else None


def _merge_amounts(context: Context, found: list[Figure], ids: dict[int, str]) -> tuple[Amount, ...]:
    kept: dict[tuple[object, ...], Amount] = {}
    for figure in found:
        if figure.role is None:
            continue
        source = _source(context, *figure_span(context, figure), figure.rule, ids)
        funder = ids.get(figure.funder) if figure.funder is not None else None
        amount = Amount(
            ids[figure.subject],
            figure.role,
            figure.value,
            figure.currency,
            figure.bound,
            source,
            figure.upper,
            figure.per,
            funder,
        )
        key = (amount.subject, amount.value, amount.currency)
        kept.setdefault(key, amount)
    return tuple(kept.values())


def _merge_counts(context: Context, found: list[Figure], ids: dict[int, str]) -> tuple[Count, ...]:
    kept: dict[tuple[object, ...], Count] = {}
    for figure in found:
        measure = _measure_text(context, figure)
        source = _source(context, *figure_span(context, figure), figure.rule, ids, status=False)
        count = Count(ids[figure.subject], measure, figure.value, figure.unit, figure.bound, source, figure.upper)
        key = (count.subject, figure.measure, count.value)
        if key in kept:
            continue
        kept[key] = count
    return tuple(kept.values())


def _measure_text(context: Context, figure: Figure) -> str:
    place = context.folded.find(figure.measure, figure.start)
    if figure.start <= place <= figure.end + 60:
        return context.text[place : place + len(figure.measure)]
    return figure.measure


def _not_understood(context: Context, spans: list[tuple[int, int]]) -> list[Finding]:
    """Return a finding for each sentence with money, a count or a scheme word that no fact quotes."""
    findings = []
    quoted = sorted(spans)
    for sentence in context.sentences:
        if sentence.passage.kind == "contact" or sentence.end - sentence.start < 4:
            continue
        start, end = sentence.start, sentence.end
        while end > start and context.text[end - 1].isspace():
            end -= 1
        if end <= start:
            continue
        first, last = context.document.flow.source_range(start, end)
        if any(s < last and first < e for s, e in quoted):
            continue
        if any(start <= m.start < end for m in context.money):
            reason = "money without a thing it belongs to"
        elif any(start <= q.start < end for q in context.quantities):
            reason = "a count without a thing it belongs to"
        elif _HEAD_CHARACTERS.pattern.search(context.folded, start, end):
            reason = "a scheme word, and no relation found"
        else:
            continue
        findings.append(
            Finding("info", "W301", reason, context.document.file_name, first, last, context.document.text[first:last])
        )
    return findings
