"""From items that are one to things with names, mentions and an address, and facts about them."""

from __future__ import annotations

import hashlib
import re
from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import cast

from kg.language.script import fold, name_key, to_simplified, to_traditional
from kg.model import (
    Amount,
    Count,
    DocumentFacts,
    Fact,
    Kind,
    Knowledge,
    Label,
    Language,
    PostHolding,
    Quote,
    Relation,
    Source,
    Succession,
    Thing,
)
from kg.pipeline.english import words as english_words
from kg.pipeline.names import head_of
from kg.resolve.authority import authorities
from kg.resolve.decisions import Decisions
from kg.resolve.items import Item, items_of
from kg.resolve.match import match
from kg.resolve.successions import successions
from kg.resolve.translations import Translations

_HAN = re.compile("[\u3400-\u9fff]")


def resolve(all_facts: Iterable[DocumentFacts], *, decisions: Decisions | None = None) -> Knowledge:
    """Return the things that the documents name, and their facts with ends replaced by `Thing.id`.

    The result does not depend on the order of the documents. What `decisions` say holds before every rule.
    """
    decisions = decisions or Decisions()
    documents = sorted(all_facts, key=lambda f: (f.document.id, f.document.file_name))
    documents = [decisions.applied(facts) for facts in documents]
    joined = join(items_of(documents), {f.document.id: f.document.language for f in documents}, decisions)
    return knowledge_of(documents, joined)


def knowledge_of(documents: list[DocumentFacts], joined: Joined) -> Knowledge:
    """Return the knowledge of documents, sorted by id, whose items, in this order, are joined into things."""
    ids = iter(joined.ids)
    mentions: dict[str, set[tuple[str, Quote]]] = defaultdict(set)
    thing_of: dict[str, dict[str, str]] = {}
    for facts in documents:
        thing_of[facts.document.id] = {entity.id: next(ids) for entity in facts.entities}
        for entity in facts.entities:
            found = thing_of[facts.document.id][entity.id]
            mentions[found].update((facts.document.id, quote) for quote in entity.mentions)
    documents = sorted(documents, key=lambda f: (f.document.file_name, f.document.sha256))
    return Knowledge(
        tuple(facts.document for facts in documents),
        tuple(replace(t, mentions=in_order(mentions[t.id])) for t in joined.things),
        tuple((f.document.id, with_ends(fact, thing_of[f.document.id])) for f in documents for fact in f.facts),
        tuple((facts.document.id, finding) for facts in documents for finding in facts.findings),
        joined.successions,
    )


def in_order(mentions: Iterable[tuple[str, Quote]]) -> tuple[tuple[str, Quote], ...]:
    """Return mentions in the order in which a thing has them."""
    return tuple(sorted(mentions, key=lambda m: (m[0], m[1].start, m[1].end)))


@dataclass(frozen=True, slots=True)
class Joined:
    """The things that items are, sorted and without their mentions; `ids` has the id of each item's thing."""

    things: tuple[Thing, ...]
    ids: list[str]
    successions: tuple[Succession, ...]


def join(
    items: list[Item],
    languages: dict[str, Language],
    decisions: Decisions,
    translations: Translations | None = None,
) -> Joined:
    """Return the things that items are. They stand by document, these by id; `languages` has that of each document.

    Raises `InputError` E130 when the decisions contradict each other.
    """
    clusters = match(items, prepare=lambda made: decisions.prepare(items, made), translations=translations)
    groups = clusters.groups()
    places: dict[str, list[int]] = defaultdict(list)
    for root, members in groups.items():
        places[_local([items[m] for m in members])].append(root)
    things, ids = [], [""] * len(items)
    for local, roots in sorted(places.items()):
        for root in roots:
            here = [items[m] for m in groups[root]]
            path = local if len(roots) == 1 else f"{local}-{_own(here)}"
            why = tuple(str(r) for r in clusters.reasons(root))
            thing = _thing(path, here, languages, why)
            things.append(decisions.renamed(thing))
            for member in groups[root]:
                ids[member] = thing.id
    things.sort(key=lambda t: t.id)
    return Joined(tuple(things), ids, successions(things))


def _local(members: list[Item]) -> str:
    """Return the path of a thing from its lexicon id, else from the first of its names: the same in every build."""
    type_ = members[0].type
    yearly = sorted(m.yearly for m in members if m.yearly)
    if yearly:
        return f"{type_.lower()}/{yearly[0].replace(' ', '-')}"
    edition = min((m.edition for m in members if m.edition), default="")
    # A well-known person's id is for telling persons apart; the address comes from the name, as everyone's.
    known = sorted({m.lexicon_id for m in members if m.lexicon_id and type_ != "Person"})
    if known:
        return f"{type_.lower()}/{known[0]}" + (f"-{edition}" if edition else "")
    key = min(name_key(n) for n in {n for m in members for n in m.spelt}) or f"{members[0].document} {members[0].id}"
    return f"{type_.lower()}/{hashlib.sha256(f'{type_} {key}'.encode()).hexdigest()[:16]}"


def _own(members: list[Item]) -> str:
    """Return what tells a thing from others of its name: where it is first named."""
    first = min((m.document, m.id) for m in members)
    return hashlib.sha256(" ".join(first).encode()).hexdigest()[:8]


def _thing(path: str, members: list[Item], languages: dict[str, Language], why: tuple[str, ...]) -> Thing:
    names: Counter[tuple[str, Language]] = Counter()
    kinds: Counter[str] = Counter(m.kind for m in members if m.kind)
    for member in members:
        for name, used in zip(member.spelt, member.used, strict=True):
            names[name, _language(name, languages[member.document])] += used
    preferred, alternative = _labels(names)
    return Thing(
        path,
        members[0].type,
        preferred,
        alternative,
        (),
        cast(Kind, min(kinds, key=lambda k: (-kinds[k], k))) if kinds else None,
        why,
        authorities().get(path.partition("/")[2], ()),
    )


def _language(name: str, document: Language) -> Language:
    if not _HAN.search(name):
        return "en"
    return document if document != "en" else "zh-Hant"


def _labels(names: Counter[tuple[str, Language]]) -> tuple[tuple[Label, ...], tuple[Label, ...]]:
    """Return one preferred label a language – the form most used, a bare "Fund" after the others – and the other forms.

    A thing named in one Chinese script only gets a converted label in the other.
    """
    preferred: dict[Language, Label] = {}
    alternative: list[Label] = []
    keys = {name_key(name) for name, _ in names} if len(names) > 1 else set()
    for (name, language), _ in sorted(names.items(), key=lambda n: (_bare(n[0][0], keys), -n[1], -len(n[0][0]), n[0])):
        label = Label(name, language)
        if language in preferred:
            alternative.append(label)
        else:
            preferred[language] = label
    if "zh-Hant" in preferred and "zh-Hans" not in preferred:
        preferred["zh-Hans"] = Label(to_simplified(preferred["zh-Hant"].text), "zh-Hans", converted=True)
    elif "zh-Hans" in preferred and "zh-Hant" not in preferred:
        preferred["zh-Hant"] = Label(to_traditional(preferred["zh-Hans"].text), "zh-Hant", converted=True)
    order = {"zh-Hant": 0, "zh-Hans": 1, "en": 2}
    return tuple(sorted(preferred.values(), key=lambda x: order[x.language])), tuple(
        sorted(set(alternative), key=lambda x: (order[x.language], x.text))
    )


def _bare(name: str, keys: set[str]) -> bool:
    """Tell whether a name is but the noun that a longer one ends in: "Fund", 「基金」."""
    if len(keys) < 2:
        return False
    key, plain = name_key(name), fold(name)
    if name.isascii():
        noun = plain.removeprefix("The ") in english_words().heads
    else:
        head = head_of(plain)
        noun = head is not None and head.word == plain
    return noun and any(other != key and other.endswith(key) for other in keys)


def with_ends(fact: Fact, ends: dict[str, str]) -> Fact:
    """Return a fact whose ends are things: `ends` has that of each entity of its document."""
    source = _source(fact.source, ends)
    if isinstance(fact, PostHolding):
        return replace(fact, person=ends[fact.person], organisation=ends[fact.organisation], source=source)
    if isinstance(fact, Relation):
        return replace(fact, subject=ends[fact.subject], object=ends[fact.object], source=source)
    if isinstance(fact, Amount):
        funder = ends[fact.funder] if fact.funder else None
        return replace(fact, subject=ends[fact.subject], funder=funder, source=source)
    assert isinstance(fact, Count)
    return replace(fact, subject=ends[fact.subject], source=source)


def _source(source: Source, ends: dict[str, str]) -> Source:
    return replace(source, stated_by=ends[source.stated_by]) if source.stated_by else source
