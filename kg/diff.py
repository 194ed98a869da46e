"""What two builds say differently: facts gained, lost and changed, by document and by the rule that found them."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any

from kg.errors import InputError
from kg.facts import loads
from kg.language.script import name_key
from kg.model import Amount, DocumentFacts, Fact, PostHolding, Relation

KINDS = ("gained", "lost", "changed")


@dataclass(frozen=True, slots=True)
class Claim:
    """A fact of one document in words: what it is about, what it says of that, and how it was found.

    `about` is the kind, the names of the ends and the predicate, role, title or measure; `says` the rest: figure, bound,
    status, time.
    """

    about: tuple[str, ...]
    says: tuple[str, ...]
    rule: str
    quote: str

    def __str__(self) -> str:
        said = " ".join(self.says)
        return " · ".join(self.about) + (f": {said}" if said else "")

    def to_dict(self) -> dict[str, Any]:
        """Return the claim as JSON has it."""
        return {"about": list(self.about), "says": list(self.says), "rule": self.rule, "quote": self.quote}


@dataclass(frozen=True, slots=True)
class DocumentDiff:
    """What differs in one document. `state` is changed, added or removed; a changed claim is a pair, old and new."""

    file: str
    state: str
    gained: tuple[Claim, ...] = ()
    lost: tuple[Claim, ...] = ()
    changed: tuple[tuple[Claim, Claim], ...] = ()


@dataclass(frozen=True, slots=True)
class Diff:
    """The documents in which two builds differ; false if there are none."""

    documents: tuple[DocumentDiff, ...]

    def __bool__(self) -> bool:
        return bool(self.documents)

    def rules(self) -> dict[str, dict[str, int]]:
        """Return how many facts of each rule were gained, lost and changed (a changed one counts for its new rule)."""
        found: dict[str, Counter[str]] = {}
        for document in self.documents:
            for kind in KINDS:
                for claim in getattr(document, kind):
                    rule = claim[1].rule if kind == "changed" else claim.rule
                    found.setdefault(rule, Counter())[kind] += 1
        return {rule: {kind: found[rule][kind] for kind in KINDS} for rule in sorted(found)}

    def to_dict(self) -> dict[str, Any]:
        """Return the whole as JSON has it."""
        documents = [
            {
                "file": d.file,
                "state": d.state,
                "gained": [c.to_dict() for c in d.gained],
                "lost": [c.to_dict() for c in d.lost],
                "changed": [{"old": a.to_dict(), "new": b.to_dict()} for a, b in d.changed],
            }
            for d in self.documents
        ]
        return {"documents": documents, "rules": self.rules()}

    def lines(self) -> Iterator[str]:
        """Yield the lines of a report for people: + gained, - lost, ~ changed."""
        for document in self.documents:
            yield f"{document.file} ({document.state})"
            for mark, claims in (("-", document.lost), ("+", document.gained)):
                for claim in claims:
                    yield f"  {mark} {claim}  [{claim.rule}] 「{claim.quote}」"
            for old, new in document.changed:
                said = f"{' '.join(old.says)} → {' '.join(new.says)}"
                rule = old.rule if old.rule == new.rule else f"{old.rule} → {new.rule}"
                yield f"  ~ {' · '.join(new.about)}: {said}  [{rule}] 「{new.quote}」"
        if rules := self.rules():
            yield ""
            width = max(map(len, rules))
            for rule, counts in rules.items():
                yield f"{rule:{width}}  " + "  ".join(f"{counts[kind]} {kind}" for kind in KINDS)


def diff(old: str | Path, new: str | Path) -> Diff:
    """Return what two output folders, or two files of ``kg extract``, say differently.

    A document is the same in both by its name, or, if it was renamed, by its content. Where a quote stands and how sure
    a rule is makes no difference.
    Raises `InputError` for a folder or file without facts.
    """
    left, right = _Facts(old), _Facts(new)
    pairs = [(name, left.files.get(name), place) for name, place in right.files.items()]
    missing = {name: place for name, place in left.files.items() if name not in right.files}
    contents = {left.digests[name]: name for name in missing}
    documents = []
    for name, before, after in pairs:
        if before is None and (known := contents.get(right.digests[name])) in missing:
            before = missing.pop(known)
        one = left.at(before) if before is not None else None
        documents.append(_document(name, one, right.at(after)))
    documents += [_document(name, left.at(place), None) for name, place in missing.items()]
    return Diff(tuple(sorted((d for d in documents if d), key=lambda d: d.file)))


class _Facts:
    """The facts of a build on disk: where each document's line begins."""

    def __init__(self, place: str | Path) -> None:
        path = Path(place)
        self._path = path / "facts.ndjson" if path.is_dir() else path
        self.files: dict[str, int] = {}
        self.digests: dict[str, str] = {}
        at = 0
        try:
            with self._path.open("rb") as file:
                for line in file:
                    document = json.loads(line)["document"]
                    self.files[document["file_name"]] = at
                    self.digests[document["file_name"]] = document["sha256"]
                    at += len(line)
        except OSError as error:
            hint = "make it: kg build DOCUMENTS --out DIR"
            raise InputError("E110", "no facts here", where=str(place), hint=hint) from error
        except (ValueError, KeyError, TypeError) as error:
            where, hint = f"{self._path}, byte {at}", "give output folders of kg build, or what kg extract printed"
            raise InputError("E112", "these are no facts", where=where, hint=hint) from error

    def at(self, place: int) -> DocumentFacts:
        """Return the facts that begin at a place of the file."""
        with self._path.open("rb") as file:
            file.seek(place)
            try:
                return loads(file.readline())
            except (ValueError, KeyError, TypeError, ArithmeticError) as error:
                where, hint = f"{self._path}, byte {place}", "make them anew with this version"
                raise InputError("E112", "these facts can't be read", where=where, hint=hint) from error


def _document(name: str, old: DocumentFacts | None, new: DocumentFacts | None) -> DocumentDiff | None:
    """Return what differs in a document, None if nothing does."""
    before, after = _claims(old), _claims(new)
    # What both say alike goes first, one for one.
    for key in list(before):
        same = min(len(before[key]), len(after.get(key, [])))
        before[key], after[key] = before[key][same:], after.get(key, [])[same:]
    lost = [c for claims in before.values() for c in claims]
    gained = [c for claims in after.values() for c in claims]
    changed = []
    for claim in [*lost]:
        partner = next((c for c in gained if c.about == claim.about), None)
        if partner:
            lost.remove(claim)
            gained.remove(partner)
            changed.append((claim, partner))
    state = "changed" if old and new else "added" if new else "removed"
    if state == "changed" and not (gained or lost or changed):
        return None
    return DocumentDiff(name, state, _sorted(gained), _sorted(lost), tuple(sorted(changed, key=lambda c: _order(c[1]))))


def _order(claim: Claim) -> tuple[object, ...]:
    return claim.about, claim.says, claim.rule, claim.quote


def _sorted(claims: list[Claim]) -> tuple[Claim, ...]:
    return tuple(sorted(claims, key=_order))


def _claims(facts: DocumentFacts | None) -> dict[tuple[tuple[str, ...], tuple[str, ...]], list[Claim]]:
    found: dict[tuple[tuple[str, ...], tuple[str, ...]], list[Claim]] = {}
    if facts:
        names = {e.id: e.names[0] if e.names else e.id for e in facts.entities}
        for fact in facts.facts:
            claim = _claim(fact, names)
            key = tuple(map(name_key, claim.about)), claim.says
            found.setdefault(key, []).append(claim)
    return found


def _claim(fact: Fact, names: dict[str, str]) -> Claim:
    source = fact.source
    about: tuple[str, ...]
    says: list[str]
    if isinstance(fact, PostHolding):
        about, says = (names[fact.person], fact.title, names[fact.organisation]), []
    elif isinstance(fact, Relation):
        about, says = (names[fact.subject], fact.predicate, names[fact.object]), []
    elif isinstance(fact, Amount):
        about = (names[fact.subject], fact.role, *([f"per {fact.per}"] if fact.per else []))
        giver = [f"from {names[fact.funder]}"] if fact.funder else []
        says = [fact.bound, fact.currency, _figure(fact.value, fact.upper), *giver]
    else:
        about, says = (names[fact.subject], fact.measure), [fact.bound, _figure(fact.value, fact.upper), fact.unit]
    says += [f"{k}={v}" for k, v in (("status", source.status), ("asOf", source.as_of)) if v]
    if source.stated_by:
        says.append(f"by {names[source.stated_by]}")
    quote = " ".join(source.quotes[0].text.split()) if source.quotes else ""
    return Claim((type(fact).__name__, *about), tuple(s for s in says if s), source.rule, quote)


def _figure(value: Decimal, upper: Decimal | None) -> str:
    figures = [f"{v:,f}" for v in (value, upper) if v is not None]
    return "–".join(f.rstrip("0").rstrip(".") if "." in f else f for f in figures)
