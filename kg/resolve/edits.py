"""Facts that people add by hand with their evidence, and facts that they reject."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import replace
from decimal import Decimal
from typing import cast

from kg.language.script import fold, name_key
from kg.language.sentences import split_sentences
from kg.model import (
    Amount,
    AmountRole,
    Count,
    DocumentFacts,
    Entity,
    Fact,
    Finding,
    Kind,
    PostHolding,
    Predicate,
    Quote,
    Relation,
    Source,
    Thing,
)
from kg.resolve.decisions import Ref
from kg.resolve.ledger import FactRow

RULE = "by-hand"
_POST_HOLDERS = {"Organisation", "Programme", "Facility", "Event"}


def with_added(facts: DocumentFacts, text: str, rows: Sequence[FactRow]) -> tuple[DocumentFacts, list[Finding]]:
    """Return the facts of one document with those that rows add to it, and what is wrong with the others."""
    problems: list[Finding] = []
    for row in rows:
        if row.file != facts.document.file_name:
            continue
        added = _added(facts, text, row)
        if isinstance(added, str):
            problems.append(Finding("warning", "W132", f"{added}; the row is left out", row.where))
        else:
            facts = added
    return facts, problems


def missing_files(rows: Sequence[FactRow], names: set[str]) -> list[Finding]:
    """Return a finding for each row that adds a fact to a document that isn't there."""
    text = "no document {} is here – write its name as report.json has it; the row is left out"
    return [Finding("warning", "W132", text.format(r.file), r.where) for r in rows if r.file not in names]


def _added(facts: DocumentFacts, text: str, row: FactRow) -> DocumentFacts | str:
    place = _find(text, row.quote)
    if place is None:
        return f"{row.file} does not say “{row.quote}” – copy the words as they stand there"
    quote = _quote(text, *place)
    source = Source((quote,), RULE, Decimal(1), row.status, row.as_of)
    assert row.left is not None
    found = _end(facts, text, row.left, place)
    if isinstance(found, str):
        return found
    facts, left = found
    right = None
    if row.right:
        found = _end(facts, text, row.right, place)
        if isinstance(found, str):
            return found
        facts, right = found
    return _with_fact(facts, row, left, right, source)


def _with_fact(
    facts: DocumentFacts, row: FactRow, left: Entity, right: Entity | None, source: Source
) -> DocumentFacts | str:
    bound = row.bound or "exact"
    if row.kind == "amount":
        assert row.value is not None
        role = cast(AmountRole, row.what or "other")
        funder = right.id if right else None
        amount = Amount(left.id, role, row.value, row.unit, bound, source, row.upper, row.per, funder)
        return replace(facts, amounts=(*facts.amounts, amount))
    if row.kind == "count":
        assert row.value is not None
        count = Count(left.id, row.what, row.value, row.unit, bound, source, row.upper)
        return replace(facts, counts=(*facts.counts, count))
    assert right is not None
    if row.kind == "post":
        if left.type != "Person" or right.type not in _POST_HOLDERS:
            return f"a post is held by a Person in a body, not by a {left.type} in a {right.type} – see left and right"
        return replace(facts, posts=(*facts.posts, PostHolding(left.id, row.what, right.id, source)))
    relation = Relation(left.id, cast(Predicate, row.kind), right.id, source)
    return replace(facts, relations=(*facts.relations, relation))


def _find(text: str, words: str) -> tuple[int, int] | None:
    """Return where a text says something, in either script and however its lines are broken."""
    letters = [re.escape(c) for c in fold(words) if not c.isspace()]
    match = re.search(r"\s*".join(letters), fold(text)) if letters else None
    return match.span() if match else None


def _quote(text: str, start: int, end: int) -> Quote:
    around = next(((s, e) for s, e in split_sentences(text) if s <= start and end <= e), (start, end))
    return Quote(start, end, text[start:end], text[slice(*around)])


def _end(facts: DocumentFacts, text: str, ref: Ref, place: tuple[int, int]) -> tuple[DocumentFacts, Entity] | str:
    """Return the thing that a reference means in a document; one of a type that the document lacks is added to it."""
    file = facts.document.file_name
    found = [e for e in facts.entities if replace(ref, file=None).means(e, file)]
    if len(found) == 1:
        return facts, found[0]
    if found:
        types = ", ".join(f"{e.type}/{ref.name}" for e in found)
        return f"{ref.name} names {len(found)} things in {file} – write one of {types}"
    if not ref.type:
        return f"{file} has no thing named {ref.name} – write its type before it, such as Organisation/{ref.name}"
    near = _find(text[slice(*place)], ref.name)
    span = (place[0] + near[0], place[0] + near[1]) if near else _find(text, ref.name) or place
    number = sum(1 for e in facts.entities if e.id.startswith("added-")) + 1
    kind: Kind | None = "other" if ref.type == "Organisation" else None
    entity = Entity(f"added-{number}", ref.type, (ref.name,), (_quote(text, *span),), kind)
    return replace(facts, entities=(*facts.entities, entity)), entity


def fitting(facts: DocumentFacts, retyped: DocumentFacts) -> tuple[DocumentFacts, list[Finding]]:
    """Return the facts after a change of types without the posts that no longer can be, each named by a finding."""
    if facts == retyped:
        return retyped, []
    types = {e.id: e.type for e in retyped.entities}
    names = {e.id: e.names[0] for e in retyped.entities}
    kept = tuple(p for p in retyped.posts if types[p.person] == "Person" and types[p.organisation] in _POST_HOLDERS)
    lost = [p for p in retyped.posts if p not in kept]
    text = "the post “{}” of {} does not fit the types decided: left out"
    return replace(retyped, posts=kept), [
        Finding("info", "W133", text.format(p.title, names[p.person]), facts.document.file_name) for p in lost
    ]


Known = dict[str, tuple[str, frozenset[str]]]


def known(rows: Sequence[FactRow], things: Iterable[Thing]) -> Known:
    """Return type and folded names of the things that rows name: what `Rejection` needs to know of things."""
    wanted = {name_key(ref.name) for row in rows for ref in (row.left, row.right) if ref}
    named = ((t, frozenset(name_key(x.text) for x in (*t.preferred, *t.alternative))) for t in things if wanted)
    return {thing.id: (thing.type, names) for thing, names in named if names & wanted}


class Rejection:
    """Tells facts that rows reject; `used` names the rows that fitted one. `files` are the documents' names by id."""

    def __init__(self, rows: Sequence[FactRow], things: Known, files: Mapping[str, str]) -> None:
        self._rows, self._things, self._files = rows, things, files
        self.used: set[str] = set()

    def __call__(self, document: str, fact: Fact) -> bool:
        """Tell whether a fact, with things as its ends, is rejected."""
        fit = [r for r in self._rows if _fits(r, fact, self._things, self._files[document])]
        self.used.update(row.where for row in fit)
        return bool(fit)


def idle(rows: Sequence[FactRow], used: Collection[str]) -> list[Finding]:
    """Return a finding for each row that fitted no fact."""
    text = "no fact fits this row – see kg show, or delete the row"
    return [Finding("info", "W134", text, r.where) for r in rows if r.where not in used]


def _ends(fact: Fact) -> tuple[str, str | None, str, str]:
    """Return the two ends of a fact, its kind and its words, as the columns of the file have them."""
    if isinstance(fact, PostHolding):
        return fact.person, fact.organisation, "post", fact.title
    if isinstance(fact, Relation):
        return fact.subject, fact.object, fact.predicate, ""
    if isinstance(fact, Amount):
        return fact.subject, fact.funder, "amount", fact.role
    return fact.subject, None, "count", fact.measure


def _fits(row: FactRow, fact: Fact, things: Known, file: str) -> bool:
    left, right, kind, what = _ends(fact)

    def named(ref: Ref | None, id_: str | None) -> bool:
        if ref is None:
            return True
        if id_ not in things or (ref.type and things[id_][0] != ref.type) or (ref.file and ref.file != file):
            return False
        return name_key(ref.name) in things[id_][1]

    both = named(row.left, left) and named(row.right, right)
    # Partners are each other's: either may stand first.
    if not both and not (kind == "partnersWith" and named(row.left, right) and named(row.right, left)):
        return False
    if (row.file and row.file != file) or (row.kind and row.kind != kind):
        return False
    if row.what and name_key(row.what) != name_key(what):
        return False
    if row.value is not None and (isinstance(fact, (PostHolding, Relation)) or fact.value != row.value):
        return False
    key = name_key(row.quote)
    return not key or any(key in name_key(q.text) or key in name_key(q.sentence) for q in fact.source.quotes)
