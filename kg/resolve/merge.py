"""Identity across documents: the same lexicon entry, or the same folded name and type, is one thing."""

from __future__ import annotations

import hashlib
import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import replace
from typing import cast

from kg.language.script import name_key, to_simplified, to_traditional
from kg.model import (
    Amount,
    Count,
    DocumentFacts,
    Entity,
    EntityType,
    Fact,
    Kind,
    Knowledge,
    Label,
    Language,
    PostHolding,
    Quote,
    Relation,
    Source,
    Thing,
)

# Each year has its own; the bare name means that of the document's year.
_YEARLY = re.compile("^(?:行政长官)?(?:施政报告|财政预算案?|预算案)$")
_YEAR = re.compile(r"(?:19|20)\d\d")
_HAN = re.compile("[\u3400-\u9fff]")


def resolve(all_facts: Iterable[DocumentFacts]) -> Knowledge:
    """Return the things that the documents name, and their facts with ends replaced by `Thing.id`.

    The result does not depend on the order of the documents.
    """
    documents = sorted(all_facts, key=lambda f: (f.document.file_name, f.document.sha256))
    clusters = _Clusters()
    for facts in documents:
        for entity in facts.entities:
            clusters.add(facts, entity)
    things, thing_of = clusters.things()
    resolved: list[tuple[str, Fact]] = []
    for facts in documents:
        ends = {e.id: thing_of[facts.document.id, facts.document.file_name, e.id] for e in facts.entities}
        resolved += [(facts.document.id, _with_ends(fact, ends)) for fact in facts.facts]
    return Knowledge(
        tuple(f.document for f in documents),
        tuple(sorted(things, key=lambda t: t.id)),
        tuple(resolved),
        tuple((f.document.id, finding) for f in documents for finding in f.findings),
    )


def keys_of(facts: DocumentFacts, entity: Entity) -> list[str]:
    """Return the keys under which a thing of one document is the same as one of another."""
    keys = [f"{entity.type} id {entity.lexicon_id}"] if entity.lexicon_id else []
    folded = [name_key(n) for n in entity.names]
    if entity.type == "Policy" and any(
        _YEARLY.fullmatch(_YEAR.sub("", re.sub(r"\d{2,4}|年度?|[-/]", "", k))) for k in folded
    ):
        years = [m.group() for n in entity.names if (m := _YEAR.search(n))]
        year = years[0] if years else (facts.document.date or facts.document.id)[: 4 if facts.document.date else 16]
        what = "budget" if any("预算" in k for k in folded) else "address"
        return [f"Policy {what} {year}"]
    return [*keys, *(f"{entity.type} {k}" for k in folded if k)]


class _Clusters:
    """Entities joined by any key they share."""

    def __init__(self) -> None:
        self._parent: dict[str, str] = {}
        self._members: list[tuple[str, DocumentFacts, Entity]] = []

    def _find(self, key: str) -> str:
        while self._parent[key] != key:
            self._parent[key] = self._parent[self._parent[key]]
            key = self._parent[key]
        return key

    def add(self, facts: DocumentFacts, entity: Entity) -> None:
        keys = keys_of(facts, entity) or [f"{entity.type} {facts.document.id} {entity.id}"]
        for key in keys:
            self._parent.setdefault(key, key)
        first = self._find(keys[0])
        for key in keys[1:]:
            other = self._find(key)
            # Two lexicon ids are two things, whatever name they share.
            if other != first and not (" id " in first and " id " in other):
                low, high = sorted((first, other), key=lambda k: (" id " not in k, k))
                self._parent[high] = low
                first = low
        self._members.append((keys[0], facts, entity))

    def things(self) -> tuple[list[Thing], dict[tuple[str, str, str], str]]:
        clusters: dict[str, list[tuple[DocumentFacts, Entity]]] = {}
        for key, facts, entity in self._members:
            clusters.setdefault(self._find(key), []).append((facts, entity))
        things, thing_of = [], {}
        for root, members in sorted(clusters.items()):
            thing = _thing(root, members)
            things.append(thing)
            for facts, entity in members:
                thing_of[facts.document.id, facts.document.file_name, entity.id] = thing.id
        return things, thing_of


def _thing(root: str, members: list[tuple[DocumentFacts, Entity]]) -> Thing:
    type_: EntityType = members[0][1].type
    # Each year's policy address is a thing of its own, though one entry of the lexicon names them all.
    yearly = re.fullmatch(r"Policy (address|budget) (.+)", root)
    ids = [] if yearly else sorted({e.lexicon_id for _, e in members if e.lexicon_id})
    local = f"{yearly[1]}-{yearly[2]}" if yearly else ids[0] if ids else hashlib.sha256(root.encode()).hexdigest()[:16]
    names: Counter[tuple[str, Language]] = Counter()
    mentions: set[tuple[str, Quote]] = set()
    kinds: Counter[str] = Counter(e.kind for _, e in members if e.kind)
    for facts, entity in members:
        for order, name in enumerate(entity.names):
            weight = sum(1 for m in entity.mentions if name_key(m.text) == name_key(name)) + (0.5 if order == 0 else 0)
            names[name, _language(name, facts.document.language)] += int(weight * 2) + 1
        mentions.update((facts.document.id, q) for q in entity.mentions)
    preferred, alternative = _labels(names)
    kind = cast(Kind, min(kinds, key=lambda k: (-kinds[k], k))) if kinds else None
    why = (f"lexicon {ids[0]}",) if ids else (("same folded name",) if len(members) > 1 else ())
    return Thing(
        f"{type_.lower()}/{local}",
        type_,
        preferred,
        alternative,
        tuple(sorted(mentions, key=lambda m: (m[0], m[1].start, m[1].end))),
        kind,
        why,
    )


def _language(name: str, document: Language) -> Language:
    if not _HAN.search(name):
        return "en"
    return document if document != "en" else "zh-Hant"


def _labels(names: Counter[tuple[str, Language]]) -> tuple[tuple[Label, ...], tuple[Label, ...]]:
    """Return one preferred label a language – the form most used – and the other forms.

    A thing named in one Chinese script only gets a converted label in the other.
    """
    preferred: dict[Language, Label] = {}
    alternative: list[Label] = []
    for (name, language), _ in sorted(names.items(), key=lambda n: (-n[1], -len(n[0][0]), n[0])):
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


def _with_ends(fact: Fact, ends: dict[str, str]) -> Fact:
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
