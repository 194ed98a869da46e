"""Score identity on gold pairs: each pair becomes two documents of one paragraph; are the two names one thing?

    python benchmarks/identity/score.py [--rows odd|even|second|fourth|all] [--errors]

Extraction finds what stands around the names; the named entity itself is given, so that only identity is measured.
The even rows are two halves: `second` (row 2, 6, 10 …) and `fourth` (row 4, 8, 12 …).
"""

from __future__ import annotations

import argparse
import csv
import hashlib
import sys
from collections import Counter
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path
from typing import cast

from kg.language.script import name_key
from kg.model import DocumentFacts, Entity, EntityType, Quote, Source
from kg.pipeline import extract
from kg.reading import read_bytes
from kg.resolve import resolve

# Which rows are counted, by what is left of their number after division by four.
ROWS = {"all": {0, 1, 2, 3}, "odd": {1, 3}, "even": {0, 2}, "second": {2}, "fourth": {0}}
PAIRS = Path(__file__).with_name("pairs.tsv")


@dataclass(frozen=True, slots=True)
class Pair:
    """Two names, each with its type and the sentence it stands in, and whether they are one thing."""

    left: tuple[str, str, str]
    right: tuple[str, str, str]
    verdict: str
    kind: str
    note: str
    line: int


def read_pairs(path: Path = PAIRS) -> list[Pair]:
    """Return the pairs of a file in its order."""
    with path.open(encoding="utf-8", newline="") as file:
        rows = csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE)
        return [
            Pair(
                (r["left_name"], r["left_type"], r["left_context"]),
                (r["right_name"], r["right_type"], r["right_context"]),
                r["verdict"],
                r["kind"],
                r.get("note") or "",
                number,
            )
            for number, r in enumerate(rows, 2)
        ]


@lru_cache(maxsize=4096)
def facts_of(name: str, type_: str, context: str, side: str) -> DocumentFacts:
    """Return the facts of a context in which the entity of that name and type is sure to be; its id is "given"."""
    document = read_bytes(f"{context}\n".encode(), name=f"{side}.txt")
    facts = extract(document)
    # One context on both sides is still two documents.
    digest = hashlib.sha256(f"{side} {context}".encode()).hexdigest()
    facts = replace(facts, document=replace(facts.document, sha256=digest))
    key = name_key(name)
    same = [e for e in facts.entities if any(name_key(n) == key for n in e.names)]
    found = next((e for e in same if e.type == type_), None)
    if found is None and same and not (same[0].type == "Person" or type_ == "Person"):
        found = same[0]
    place = context.find(name)
    if found is None and place >= 0:
        found = _overlapping(facts, type_, place, place + len(name))
        if found is not None:
            found_names = (name,) if type_ == "Person" else (*found.names, name)
            facts = replace(
                facts, entities=tuple(replace(e, names=found_names) if e is found else e for e in facts.entities)
            )
            found = next(e for e in facts.entities if e.id == found.id)
    quote = Quote(max(place, 0), max(place, 0) + len(name), name, context)
    if found is None:
        kind = "other" if type_ == "Organisation" else None
        given = Entity("given", cast(EntityType, type_), (name,), (quote,), kind)  # type: ignore[arg-type]
        others = facts.entities
        return replace(facts, entities=(given, *others))
    kind = (found.kind or "other") if type_ == "Organisation" else None
    lexicon_id = found.lexicon_id if found.type == type_ else None
    given = replace(found, type=cast(EntityType, type_), kind=kind, lexicon_id=lexicon_id)
    return _renamed(replace(facts, entities=tuple(given if e is found else e for e in facts.entities)), found.id)


def _overlapping(facts: DocumentFacts, type_: str, start: int, end: int) -> Entity | None:
    """Return the entity that extraction found there with a border elsewhere: same type, same end, or a person."""
    for entity in facts.entities:
        for mention in entity.mentions:
            if entity.type == type_ and mention.start < end and start < mention.end:
                if type_ == "Person" or (mention.end == end and mention.start < start):
                    return entity
    return None


def _renamed(facts: DocumentFacts, old: str) -> DocumentFacts:
    """Return the facts with the id of an entity replaced by "given"."""

    def new(id_: str | None) -> str:
        return "given" if id_ == old else id_ or ""

    def told(source: Source) -> Source:
        return replace(source, stated_by=new(source.stated_by) or None)

    return replace(
        facts,
        entities=tuple(replace(e, id=new(e.id)) for e in facts.entities),
        posts=tuple(
            replace(p, person=new(p.person), organisation=new(p.organisation), source=told(p.source))
            for p in facts.posts
        ),
        relations=tuple(
            replace(r, subject=new(r.subject), object=new(r.object), source=told(r.source)) for r in facts.relations
        ),
        amounts=tuple(
            replace(a, subject=new(a.subject), funder=new(a.funder) or None, source=told(a.source))
            for a in facts.amounts
        ),
        counts=tuple(replace(c, subject=new(c.subject), source=told(c.source)) for c in facts.counts),
    )


def is_one(pair: Pair) -> tuple[bool, str]:
    """Tell whether the two names of a pair resolve to one thing, and why."""
    left, right = facts_of(*pair.left, "left"), facts_of(*pair.right, "right")
    knowledge = resolve([left, right])
    ends = []
    for facts, (name, type_, _) in ((left, pair.left), (right, pair.right)):
        given = next(e for e in facts.entities if e.id == "given")
        quotes = {(q.start, q.end) for q in given.mentions}
        ends.append(
            {
                t.id
                for t in knowledge.things
                for d, q in t.mentions
                if t.type == type_ and d == facts.document.id and (q.start, q.end) in quotes
                if any(name_key(x.text) == name_key(name) for x in (*t.preferred, *t.alternative))
            }
        )
    same = ends[0] & ends[1]
    why = "; ".join(w for t in knowledge.things if t.id in same for w in t.why)
    return bool(same), why


def main() -> int:
    """Print precision and recall of merges, and by kind; with --errors also each wrong pair."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--rows", choices=[*ROWS], default="all")
    options.add_argument("--errors", action="store_true")
    options.add_argument("--file", type=Path, default=PAIRS)
    given = options.parse_args()
    pairs = read_pairs(given.file)
    chosen = [p for i, p in enumerate(pairs, 1) if i % 4 in ROWS[given.rows]]
    total: Counter[str] = Counter()
    kinds: dict[str, Counter[str]] = {}
    for pair in chosen:
        if pair.verdict not in {"same", "different"}:
            continue
        same, why = is_one(pair)
        outcome = ("hit" if same else "missed") if pair.verdict == "same" else ("wrong" if same else "apart")
        total[outcome] += 1
        kinds.setdefault(pair.kind, Counter())[outcome] += 1
        if given.errors and outcome in {"missed", "wrong"}:
            print(
                f"{outcome}\t{pair.line}\t{pair.kind}\t{' | '.join(pair.left)}\t{' | '.join(pair.right)}\t{pair.note}\t{why}"
            )
    merged, same = total["hit"] + total["wrong"], total["hit"] + total["missed"]
    print(
        f"pairs {sum(total.values())} · same {same} · merged {merged} · wrongly {total['wrong']} · missed {total['missed']}"
    )
    print(f"precision {total['hit'] / max(merged, 1):.4f} · recall {total['hit'] / max(same, 1):.4f}")
    for kind, counts in sorted(kinds.items()):
        print(f"  {kind}: {dict(sorted(counts.items()))}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
