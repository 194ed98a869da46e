"""Resolution with the decisions of a project replayed: the step that every build takes."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace

from kg.errors import InputError
from kg.language.script import name_key
from kg.model import DocumentFacts, Finding, Knowledge
from kg.resolve.decisions import Decisions, Ref
from kg.resolve.edits import fitting, missing_files, with_added, without_rejected
from kg.resolve.ledger import Ledger
from kg.resolve.merge import resolve


def replay(
    all_facts: Iterable[DocumentFacts], ledger: Ledger, texts: dict[str, str]
) -> tuple[Knowledge, tuple[Finding, ...]]:
    """Return the knowledge of documents after all decisions, and the rows that could not be followed.

    `texts` has the text of each document by its file name: evidence given by hand is looked up there. With no
    decisions the knowledge is that of `resolve`, and the documents, if they are made as they are asked for, are not held.
    """
    if not ledger.rows:
        return resolve(all_facts), ledger.problems
    all_facts = list(all_facts)
    problems = [*ledger.problems, *_unknown(ledger, all_facts)]
    problems += missing_files(ledger.added, {f.document.file_name for f in all_facts})
    edited = []
    for facts in all_facts:
        facts, wrong = with_added(facts, texts.get(facts.document.file_name, ""), ledger.added)
        retyped, lost = fitting(facts, ledger.decisions.applied(facts))
        edited.append(retyped)
        problems += [*wrong, *lost]
    knowledge, impossible = _resolved(edited, ledger)
    knowledge, idle = without_rejected(knowledge, ledger.rejected)
    problems += [*impossible, *idle]
    return knowledge, tuple(sorted(problems, key=lambda p: (p.where, p.code, p.message)))


def _resolved(all_facts: Sequence[DocumentFacts], ledger: Ledger) -> tuple[Knowledge, list[Finding]]:
    """Return the knowledge without the decisions that the documents make impossible, and those decisions."""
    pairs = dict(zip(ledger.pairs, ledger.decisions.pairs, strict=True))
    problems: list[Finding] = []
    while True:
        decisions: Decisions = replace(ledger.decisions, pairs=tuple(pairs.values()))
        try:
            return resolve(all_facts, decisions=decisions), problems
        except InputError as error:
            wrong = next((w for w, d in pairs.items() if error.where == f"{d.left} | {d.right}"), None)
            if error.code != "E130" or wrong is None:
                raise
            problems.append(Finding("warning", "W131", f"{error.message} – {error.hint}; the row is left out", wrong))
            del pairs[wrong]


def _unknown(ledger: Ledger, all_facts: Sequence[DocumentFacts]) -> list[Finding]:
    """Return a finding for each reference to a name that no document has: a slip of the pen, or a document gone."""
    known: set[tuple[str, str]] = set()
    for facts in all_facts:
        for entity in facts.entities:
            for name in entity.names:
                known |= {(name_key(name), ""), (name_key(name), facts.document.file_name)}

    def check(where: str, *refs: Ref) -> list[Finding]:
        text = "{} is named in no document here: the row does nothing"
        lost = [r for r in refs if (name_key(r.name), r.file or "") not in known]
        return [Finding("info", "W135", text.format(r), where) for r in lost]

    found = []
    for where, pair in zip(ledger.pairs, ledger.decisions.pairs, strict=True):
        found += check(where, pair.left, pair.right)
    for where, ref in ledger.named:
        found += check(where, ref)
    return found
