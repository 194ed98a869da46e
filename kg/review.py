"""A project as somebody reviews it: its output folder, its file of decisions, and what is left to decide."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from kg.errors import InputError
from kg.facts import loads
from kg.resolve import read_ledger, replay
from kg.resolve.ledger import FILE_NAME, append, take_back
from kg.resolve.propose import Proposal, Side, propose

ANSWERS = {"s": "same", "d": "different", "u": "unsure"}


@dataclass(frozen=True, slots=True)
class Review:
    """The pairs left to decide, the most valuable first, and the file that answers go to."""

    file: Path
    proposals: tuple[Proposal, ...]

    def to_dicts(self) -> list[dict[str, Any]]:
        """Return the proposals as plain data for JSON."""
        return [
            {
                "left": side_dict(p.left),
                "right": side_dict(p.right),
                "merged": p.merged,
                "reason": p.reason,
                "score": p.score,
                "value": p.value,
            }
            for p in self.proposals
        ]

    def decide(self, proposal: Proposal, verdict: str, *, who: str, when: str, why: str = "") -> str:
        """Write an answer as a row of the file; the next build follows it, and deleting the row takes it back.

        Return the row as it stands in the file.
        """
        cells = {"left": str(proposal.left.ref), "right": str(proposal.right.ref), "verdict": verdict}
        return append(self.file, {**cells, "who": who, "when": when, "why": why})


def review(folder: str | Path, *, decisions: str | Path | None = None) -> Review:
    """Return what is left to decide in an output folder of `kg.build`.

    Answers go to the file `decisions`, else to that which the build replayed, else to ``decisions.csv`` in the folder.
    Raises `InputError` for what is no output folder.
    """
    place = Path(folder)
    if not (place / "facts.ndjson").is_file():
        raise InputError(
            "E133", "is no output folder of a build", where=str(folder), hint="make one: kg build DOCUMENTS --out DIR"
        )
    try:
        facts = [loads(line) for line in (place / "facts.ndjson").read_text(encoding="utf-8").splitlines() if line]
        report = json.loads((place / "report.json").read_text(encoding="utf-8"))
        used = [(place / f).resolve() for f in report.get("decisions", {}).get("files", [])]
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise InputError("E134", "the output is damaged", where=str(folder), hint="build it again") from error
    file = Path(decisions) if decisions else used[0] if used else place / FILE_NAME
    ledger = read_ledger([f for f in dict.fromkeys([*used, file.resolve()]) if f.is_file()])
    texts = {f.document.file_name: _text(place, f.document.file_name) for f in facts if ledger.added}
    knowledge = replay(facts, ledger, texts)[0]
    return Review(file, tuple(propose(knowledge, facts, ledger)))


@dataclass(slots=True)
class Desk:
    """A review that several people's browsers may have open: answered pair by pair, and read anew when the file changed.

    `today` tells the date that goes into a row.
    """

    folder: Path
    who: str
    today: Callable[[], str]
    decisions: Path | None = None
    _lock: threading.RLock = field(default_factory=threading.RLock, init=False, repr=False)
    _review: Review | None = field(default=None, init=False, repr=False)
    _seen: tuple[int, int] | None = field(default=None, init=False, repr=False)
    # The last answers, the newest last: the row in the file, the pair, and where it stood.
    _answers: list[tuple[str, Proposal, int]] = field(default_factory=list, init=False, repr=False)

    def open(self) -> Review:
        """Return what is left to decide. Raises `InputError` for what is no output folder, or no table of decisions."""
        with self._lock:
            if self._review is None or self._stamp(self._review.file) != self._seen:
                self._review = review(self.folder, decisions=self.decisions)
                self._seen = self._stamp(self._review.file)
                self._answers = []
            return self._review

    @property
    def answered(self) -> int:
        """How many answers can be taken back."""
        return len(self._answers)

    def answer(self, left: str, right: str, verdict: str, why: str = "") -> bool:
        """Write an answer to the open pair of these references; False if it is not open any more.

        Raises `OutputError` where the file can't be written.
        """
        with self._lock:
            found = self.open()
            place = next(
                (i for i, p in enumerate(found.proposals) if (str(p.left.ref), str(p.right.ref)) == (left, right)), None
            )
            if place is None:
                return False
            proposal = found.proposals[place]
            row = found.decide(proposal, verdict, who=self.who, when=self.today(), why=" ".join(why.split())[:300])
            self._left((*found.proposals[:place], *found.proposals[place + 1 :]))
            self._answers.append((row, proposal, place))
            return True

    def undo(self) -> bool:
        """Take the last answer back, its row out of the file; False if there is none, or others changed the file."""
        with self._lock:
            found = self.open()
            if not self._answers or not take_back(found.file, self._answers[-1][0]):
                return False
            _, proposal, place = self._answers.pop()
            self._left((*found.proposals[:place], proposal, *found.proposals[place:]))
            return True

    def _left(self, proposals: tuple[Proposal, ...]) -> None:
        assert self._review is not None
        self._review = Review(self._review.file, proposals)
        self._seen = self._stamp(self._review.file)

    @staticmethod
    def _stamp(file: Path) -> tuple[int, int] | None:
        try:
            found = file.stat()
        except OSError:
            return None
        return found.st_mtime_ns, found.st_size


def _text(place: Path, name: str) -> str:
    """Return the text of a document as the build kept it."""
    for path in (place / "text" / name, place / "text" / f"{name}.txt"):
        if path.is_file():
            return path.read_text(encoding="utf-8")
    return ""


def side_dict(side: Side) -> dict[str, Any]:
    """Return one side of a proposal as plain data for JSON."""
    return {
        "ref": str(side.ref),
        "type": side.type,
        "names": list(side.names),
        "posts": list(side.posts),
        "mentions": side.mentions,
        "quotes": [{"file": file, "sentence": sentence} for file, sentence in side.quotes],
    }


def lines(proposal: Proposal) -> list[str]:
    """Return a proposal as lines to read."""
    found = [f"{'now one thing' if proposal.merged else 'now two things'}: {proposal.reason}"]
    for mark, side in (("A", proposal.left), ("B", proposal.right)):
        found.append(f"  {mark}  {side.ref}  ({side.type}, {side.mentions} mentions)")
        others = [n for n in side.names if n != side.ref.name]
        if others:
            found.append(f"     also: {', '.join(others[:6])}")
        found += [f"     {post}" for post in side.posts]
        found += [f"     「{_short(sentence, side.names)}」 {file}" for file, sentence in side.quotes]
    return found


def _short(sentence: str, names: tuple[str, ...], most: int = 90) -> str:
    """Return the part of a sentence around the first name in it."""
    place = min((sentence.find(n) for n in names if n in sentence), default=0)
    start = max(0, min(place - most // 3, len(sentence) - most))
    return ("…" if start else "") + sentence[start : start + most] + ("…" if start + most < len(sentence) else "")


def ask(found: Review, answer: Callable[[], str], say: Callable[[str], None], *, who: str, when: str) -> int:
    """Go through the proposals with somebody who answers s, d, u or q, with a reason behind it if they like.

    Each answer is on disk before the next question. Return the number of answers.
    """
    done = 0
    for number, proposal in enumerate(found.proposals, 1):
        say(f"\n{number} of {len(found.proposals)} · " + "\n".join(lines(proposal)))
        while True:
            say("  same (s), different (d), unsure (u), quit (q)? A reason may follow: s a typing error")
            letter, _, why = answer().strip().partition(" ")
            letter = letter.lower()
            if letter in {"q", "quit"}:
                return done
            verdict = ANSWERS.get(letter) or (letter if letter in ANSWERS.values() else None)
            if verdict:
                found.decide(proposal, verdict, who=who, when=when, why=why.strip())
                done += 1
                break
            say("  that is none of s, d, u, q")
    return done
