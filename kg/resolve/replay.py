"""Resolution with the decisions of a project replayed: the step that every build takes."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import replace

from kg.errors import InputError
from kg.language.script import name_key
from kg.model import DocumentFacts, Finding, Knowledge, Language
from kg.resolve.decisions import Decisions, Ref
from kg.resolve.edits import Rejection, fitting, idle, known, missing_files, with_added
from kg.resolve.items import Item, items_of
from kg.resolve.ledger import Ledger
from kg.resolve.merge import Joined, join, knowledge_of
from kg.resolve.translations import Translations


def replay(
    all_facts: Iterable[DocumentFacts], ledger: Ledger, texts: dict[str, str]
) -> tuple[Knowledge, tuple[Finding, ...]]:
    """Return the knowledge of documents after all decisions, and the rows that could not be followed.

    `texts` has the text of each document by its file name: evidence given by hand is looked up there. With no
    decisions the knowledge is that of `resolve`.
    """
    edits = Edits(ledger, texts)
    documents, problems = [], list(ledger.problems)
    named: set[tuple[str, str]] = set()
    for facts in sorted(all_facts, key=lambda f: (f.document.id, f.document.file_name)):
        named |= {(key, facts.document.file_name) for key in edits.named(facts)}
        edited, wrong = edits.applied(facts)
        documents.append(edited)
        problems += wrong
    problems += edits.lost(named, {facts.document.file_name for facts in documents})
    languages = {f.document.id: f.document.language for f in documents}
    joined, impossible = joined_by(items_of(documents), languages, ledger)
    knowledge = knowledge_of(documents, joined)
    rejected = Rejection(
        ledger.rejected, known(ledger.rejected, knowledge.things), {d.id: d.file_name for d in knowledge.documents}
    )
    if ledger.rejected:
        knowledge = replace(knowledge, facts=tuple((d, f) for d, f in knowledge.facts if not rejected(d, f)))
    return knowledge, in_order([*problems, *impossible, *idle(ledger.rejected, rejected.used)])


def in_order(problems: Iterable[Finding]) -> tuple[Finding, ...]:
    """Return the rows that could not be followed as they are told."""
    return tuple(sorted(problems, key=lambda p: (p.where, p.code, p.message)))


class Edits:
    """What the rows of a ledger change in the facts of one document, before it is known what is one thing."""

    def __init__(self, ledger: Ledger, texts: dict[str, str]) -> None:
        """Take the rows, and the texts by file name of the documents that facts are added to."""
        self._ledger, self._texts = ledger, texts
        pairs = zip(ledger.pairs, ledger.decisions.pairs, strict=True)
        refs = [(where, ref) for where, pair in pairs for ref in (pair.left, pair.right)]
        self._refs: list[tuple[str, Ref]] = [*refs, *ledger.named]
        self._keys = {name_key(ref.name) for _, ref in self._refs}

    def applied(self, facts: DocumentFacts) -> tuple[DocumentFacts, list[Finding]]:
        """Return the facts with what rows add and with the types decided, and what is wrong with rows."""
        if not self._ledger.rows:
            return facts, []
        facts, wrong = with_added(facts, self._texts.get(facts.document.file_name, ""), self._ledger.added)
        retyped, lost = fitting(facts, self._ledger.decisions.applied(facts))
        return retyped, [*wrong, *lost]

    def named(self, facts: DocumentFacts) -> set[str]:
        """Return which of the names that rows refer to a document has, folded."""
        return (
            {key for e in facts.entities for n in e.names if (key := name_key(n)) in self._keys}
            if self._keys
            else set()
        )

    def lost(self, named: Collection[tuple[str, str]], files: set[str]) -> list[Finding]:
        """Return a finding for each row that refers to what no document has: a slip of the pen, or a document gone.

        `named` are the names that documents have, each with the name of a file, `files` are all of these.
        """
        found_here = {*named, *((key, "") for key, _ in named)}
        text = "{} is named in no document here: the row does nothing"
        rows = [(w, r) for w, r in self._refs if (name_key(r.name), r.file or "") not in found_here]
        found = [Finding("info", "W135", text.format(ref), where) for where, ref in rows]
        return [*found, *missing_files(self._ledger.added, files)]


def joined_by(
    items: list[Item],
    languages: dict[str, Language],
    ledger: Ledger,
    translations: Translations | None = None,
) -> tuple[Joined, list[Finding]]:
    """Return the things that items are without the decisions that the documents make impossible, and those decisions.

    `translations` may know some already, and remembers others.
    """
    pairs = dict(zip(ledger.pairs, ledger.decisions.pairs, strict=True))
    problems: list[Finding] = []
    while True:
        decisions: Decisions = replace(ledger.decisions, pairs=tuple(pairs.values()))
        try:
            return join(items, languages, decisions, translations), problems
        except InputError as error:
            wrong = next((w for w, d in pairs.items() if error.where == f"{d.left} | {d.right}"), None)
            if error.code != "E130" or wrong is None:
                raise
            problems.append(Finding("warning", "W131", f"{error.message} – {error.hint}; the row is left out", wrong))
            del pairs[wrong]
