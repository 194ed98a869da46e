"""The decisions file of a project: a table that people keep in a spreadsheet, read row by row, bad rows named."""

from __future__ import annotations

import csv
import difflib
import io
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path
from typing import cast

from kg.errors import InputError
from kg.files import write_text
from kg.language.numbers import find_numbers
from kg.language.script import fold, to_simplified, to_traditional
from kg.model import Bound, EntityType, Finding, Label, Per, Status
from kg.reading.encoding import decode
from kg.resolve.decisions import Decision, Decisions, Ref, Verdict
from kg.vocab import AMOUNT_ROLES, BOUNDS, ENTITY_TYPES, PREDICATES, STATUSES

FILE_NAME = "decisions.csv"
COLUMNS = ("left", "right", "verdict", "who", "when", "why")
FACT_COLUMNS = ("kind", "what", "value", "unit", "bound", "per", "status", "as_of", "file", "quote")
VERDICTS = ("same", "different", "unsure", "retype", "rename", "reject", "add")
KINDS = ("post", "amount", "count", *PREDICATES)
_PAIR = ("same", "different", "unsure")
_CHINESE = {
    "相同": "same",
    "不同": "different",
    "未定": "unsure",
    "改类": "retype",
    "改名": "rename",
    "剔除": "reject",
    "加入": "add",
}
_TIME = re.compile(r"\d{4}(?:-\d\d(?:-\d\d)?)?(?:/\d{4}(?:-\d\d(?:-\d\d)?)?)?")
# What a spreadsheet would run when it opens the file again.
_FORMULA = ("=", "+", "-", "@", "\t")


@dataclass(frozen=True, slots=True)
class FactRow:
    """A fact to add or to reject. To reject, what is empty says nothing, and what is given must agree."""

    where: str
    left: Ref | None
    right: Ref | None
    kind: str = ""
    what: str = ""
    value: Decimal | None = None
    upper: Decimal | None = None
    unit: str = ""
    bound: Bound | None = None
    per: Per | None = None
    status: Status | None = None
    as_of: str | None = None
    file: str = ""
    quote: str = ""


@dataclass(frozen=True, slots=True)
class Ledger:
    """What the decisions files of a project say. `pairs` gives the row of each decision of `decisions.pairs`, `named` the
    rows that retype or rename, with the name that they do it to.

    `rows` counts the rows in use; `problems` names those that are not, each with what to do.
    """

    decisions: Decisions = field(default_factory=Decisions)
    pairs: tuple[str, ...] = ()
    named: tuple[tuple[str, Ref], ...] = ()
    added: tuple[FactRow, ...] = ()
    rejected: tuple[FactRow, ...] = ()
    problems: tuple[Finding, ...] = ()
    files: tuple[Path, ...] = ()

    @property
    def rows(self) -> int:
        """The number of rows in use."""
        return len(self.pairs) + len(self.named) + len(self.added) + len(self.rejected)


def find_files(inputs: Iterable[str | Path], out: str | Path) -> list[Path]:
    """Return the files ``decisions.csv`` of a project: beside its documents and in its output folder."""
    folders = [p if p.is_dir() else p.parent for p in map(Path, inputs)]
    found = {(folder / FILE_NAME).resolve() for folder in [*folders, Path(out)]}
    return sorted(p for p in found if p.is_file())


def read_ledger(paths: Sequence[str | Path]) -> Ledger:
    """Return what files of decisions say. A row that can't be used becomes a `Finding` with its line and a remedy.

    Raises `InputError` for a file that is missing, or is no table with the columns left, right and verdict.
    """
    files = [Path(p) for p in paths]
    rows: list[tuple[str, dict[str, str]]] = []
    for path in files:
        name = path.name if len(files) == 1 else f"{path.resolve().parent.name}/{path.name}"
        rows += _table(path, name)
    reader = _Reader()
    for where, cells in rows:
        problem = reader.row(where, cells)
        if problem:
            reader.problems.append(Finding("warning", "W130", f"{problem}; the row is left out", where))
    return reader.ledger(tuple(files))


def _table(path: Path, name: str) -> list[tuple[str, dict[str, str]]]:
    """Return the rows that say something: where each stands, and its cells by column."""
    try:
        data = path.read_bytes()
    except OSError as error:
        raise InputError(
            "E131", f"can't be read ({error.strerror})", where=str(path), hint="check the path of --decisions"
        ) from error
    if not data.strip():
        return []
    text = decode(data, name=name)[0].removeprefix("\ufeff")
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=_delimiter(text))
    header: list[str] | None = None
    rows, line = [], 1
    try:
        for cells in reader:
            start, line = line, reader.line_num + 1
            cells = [_unquoted(c.strip()) for c in cells]
            if not any(cells) or cells[0].startswith("#"):
                continue
            if header is None:
                header = [re.sub(r"[\s-]+", "_", c.lower()) for c in cells]
                missing = [c for c in COLUMNS[:3] if c not in header]
                if missing:
                    hint = f"begin the file with the line {','.join(COLUMNS)}"
                    raise InputError("E132", f"has no column {', '.join(missing)}", where=f"{name}:{start}", hint=hint)
                continue
            rows.append((f"{name}:{start}", dict(zip(header, cells, strict=False))))
    except csv.Error as error:
        raise InputError(
            "E132", f"is no table ({error})", where=f"{name}:{line}", hint="save it as CSV (UTF-8)"
        ) from error
    return rows


def _delimiter(text: str) -> str:
    """Return what stands between the cells of the header: Excel writes ; in half of Europe, and tabs as Unicode text."""
    head = next((x for x in text.split("\n") if x.strip() and not x.startswith("#")), "")
    return max(",;\t", key=head.count)


def _unquoted(cell: str) -> str:
    # The apostrophe by which `append` and spreadsheets keep a cell from being run as a formula.
    return cell[1:] if cell.startswith("'") and cell[1:2] in _FORMULA else cell


def _nearest(word: str, known: Sequence[str]) -> str:
    near = difflib.get_close_matches(word.lower(), [k.lower() for k in known], 1, 0.5)
    one = next((k for k in known if near and k.lower() == near[0]), None)
    return f"write {one}?" if one else f"write one of {', '.join(known)}"


def _choice(word: str, known: Sequence[str], column: str) -> tuple[str | None, str]:
    """Return the word of a list that a cell means, or what is wrong with it."""
    if not word:
        return None, ""
    found = next((k for k in known if k.lower() == word.lower()), None)
    return found, "" if found else f"{column} “{word}” is not known – {_nearest(word, known)}"


class _Reader:
    """Collects what rows say; each method returns what is wrong with a row, or nothing."""

    def __init__(self) -> None:
        self.pairs: dict[str, Decision] = {}
        self.retype: dict[Ref, EntityType] = {}
        self.rename: dict[tuple[Ref, str], Label] = {}
        self.added: list[FactRow] = []
        self.rejected: list[FactRow] = []
        self.problems: list[Finding] = []
        self._said: dict[tuple[Ref, Ref], tuple[str, str]] = {}
        self._done: dict[tuple[str, Ref], str] = {}
        self._group: dict[Ref, Ref] = {}

    def ledger(self, files: tuple[Path, ...]) -> Ledger:
        """Return all of it, those rows last that set apart what later rows have made one left out."""
        for where, decision in list(self.pairs.items()):
            if decision.verdict == "different" and self._root(decision.left) == self._root(decision.right):
                del self.pairs[where]
                text = (
                    f"{decision.left} and {decision.right} are made one by other rows – delete this row or one of those"
                )
                self.problems.append(Finding("warning", "W131", f"{text}; the row is left out", where))
        return Ledger(
            Decisions(
                tuple(self.pairs.values()),
                tuple(self.retype.items()),
                tuple((ref, label) for (ref, _), label in self.rename.items()),
            ),
            tuple(self.pairs),
            tuple((where, ref) for (_, ref), where in self._done.items()),
            tuple(self.added),
            tuple(self.rejected),
            tuple(self.problems),
            files,
        )

    def _root(self, ref: Ref) -> Ref:
        while ref in self._group:
            ref = self._group[ref]
        return ref

    def row(self, where: str, cells: dict[str, str]) -> str:
        word = cells.get("verdict", "")
        verdict, problem = _choice(_CHINESE.get(fold(word), word), VERDICTS, "the verdict")
        if problem or not verdict:
            return problem or f"there is no verdict – {_nearest('', VERDICTS)}"
        if verdict in {"reject", "add"}:
            return self._fact(where, cells, verdict)
        left, right = cells.get("left", ""), cells.get("right", "")
        if not left or not right:
            return f"{verdict} needs both left and right – fill in the empty one"
        if verdict in _PAIR:
            return self._pair(where, Ref.parse(left), Ref.parse(right), verdict, cells.get("why", ""))
        ref = Ref.parse(left)
        before = self._done.get((verdict, ref))
        if before:
            return f"{ref} has a {verdict} in {before} already – delete one of the two rows"
        if verdict == "retype":
            type_, problem = _choice(right, ENTITY_TYPES, "the type")
            if problem:
                return problem
            self.retype[ref] = cast(EntityType, type_)
        else:
            for label in _labels(right):
                self.rename[ref, label.language] = label
        self._done[verdict, ref] = where
        return ""

    def _pair(self, where: str, left: Ref, right: Ref, verdict: str, why: str) -> str:
        if left == right:
            return f"left and right are both {left} – say which is which: NAME @ FILE in each"
        pair = (left, right) if str(left) < str(right) else (right, left)
        before = self._said.get(pair)
        if before and before[0] != verdict:
            return f"{before[1]} says {before[0]} of the same two – delete one of the two rows"
        if before:
            return ""
        self._said[pair] = verdict, where
        self.pairs[where] = Decision(left, right, cast(Verdict, verdict), why)
        if verdict == "same" and self._root(left) != self._root(right):
            self._group[self._root(left)] = self._root(right)
        return ""

    def _fact(self, where: str, cells: dict[str, str], verdict: str) -> str:
        kind, p1 = _choice(cells.get("kind", ""), KINDS, "the kind")
        bound, p2 = _choice(cells.get("bound", ""), BOUNDS, "the bound")
        per, p3 = _choice(cells.get("per", ""), ("recipient", "year"), "per")
        status, p4 = _choice(cells.get("status", ""), STATUSES, "the status")
        value, p5 = _number(cells.get("value", ""))
        as_of = cells.get("as_of", "")
        p6 = (
            ""
            if not as_of or _TIME.fullmatch(as_of)
            else f"as_of “{as_of}” is no date – write 2024, 2024-03 or 2024-03-05"
        )
        if problem := p1 or p2 or p3 or p4 or p5 or p6:
            return problem
        left, right = cells.get("left", ""), cells.get("right", "")
        found = FactRow(
            where,
            Ref.parse(left) if left else None,
            Ref.parse(right) if right else None,
            kind or "",
            cells.get("what", ""),
            value[0] if value else None,
            value[1] if value else None,
            cells.get("unit", ""),
            cast("Bound | None", bound or (value[2] if value else None)),
            cast("Per | None", per),
            cast("Status | None", status),
            as_of or None,
            cells.get("file", ""),
            cells.get("quote", ""),
        )
        problem = _lacks_to_add(found) if verdict == "add" else _lacks_to_reject(found)
        if not problem:
            (self.added if verdict == "add" else self.rejected).append(found)
        return problem


def _number(text: str) -> tuple[tuple[Decimal, Decimal | None, Bound] | None, str]:
    """Return value, upper end and bound of a number as people write it: 2,000, 30億, 超過 2000, 10-20."""
    if not text:
        return None, ""
    numbers = find_numbers(fold(text))
    if len(numbers) != 1:
        return None, f"the value “{text}” is not one number – write digits, such as 2000"
    return (numbers[0].value, numbers[0].upper, numbers[0].bound or "exact"), ""


def _lacks_to_add(row: FactRow) -> str:
    """Return what a fact to add still needs."""
    if not row.kind:
        return f"a fact to add has no kind – {_nearest('', KINDS)}"
    if not row.left or not row.file or not row.quote:
        return "a fact to add needs left, file and quote – its evidence is where the document says so"
    if row.kind not in {"amount", "count"} and not row.right:
        return f"{row.kind} needs right – the other end of it"
    if row.kind in {"amount", "count"} and row.value is None:
        return f"{row.kind} needs a value"
    if row.kind in {"post", "count"} and not row.what:
        return f"{row.kind} needs what – {'the title' if row.kind == 'post' else 'what is counted'}"
    if row.kind == "amount":
        if not re.fullmatch("[A-Z]{3}", row.unit):
            return "amount needs a unit – the currency, such as HKD"
        return _choice(row.what or "other", AMOUNT_ROLES, "the role in the column what")[1]
    return "count needs a unit – the counter, such as 間" if row.kind == "count" and not row.unit else ""


def _lacks_to_reject(row: FactRow) -> str:
    given = [row.left, row.right, row.what, row.value, row.quote]
    if sum(1 for g in given if g not in (None, "")) < 2:
        return "this would reject too much – give left and one of right, what, value or quote"
    return ""


def _labels(name: str) -> list[Label]:
    """Return a name as the label of its script, and, if it is Chinese, converted for the other."""
    if not re.search("[\u3400-\u9fff]", name):
        return [Label(name, "en")]
    simplified = to_simplified(name)
    if simplified == name and to_traditional(name) != name:
        return [Label(name, "zh-Hans"), Label(to_traditional(name), "zh-Hant", converted=True)]
    return [Label(name, "zh-Hant"), Label(simplified, "zh-Hans", converted=True)]


def append(path: Path, cells: dict[str, str]) -> str:
    """Add a row to a decisions file, or begin one; what stands in it stays as it is. Written whole or not at all.

    Return the row as it stands in the file, for `take_back`.
    """
    text = decode(path.read_bytes(), name=path.name)[0] if path.is_file() and path.stat().st_size else ""
    # With this mark spreadsheets know that the file is UTF-8.
    text = "\ufeff" + text.removeprefix("\ufeff")
    delimiter = _delimiter(text)
    header = list(COLUMNS)
    if text.strip("\ufeff \n"):
        first = next(x for x in text.lstrip("\ufeff").split("\n") if x.strip() and not x.startswith("#"))
        header = [re.sub(r"[\s-]+", "_", c.strip().lower()) for c in next(csv.reader([first], delimiter=delimiter))]
    stream = io.StringIO()
    writer = csv.writer(stream, delimiter=delimiter, lineterminator="\n")
    if text == "\ufeff":
        writer.writerow(header)
    elif not text.endswith("\n"):
        stream.write("\n")
    row = (cells.get(column, "") for column in header)
    begun = len(stream.getvalue())
    writer.writerow([f"'{c}" if c.startswith(_FORMULA) else c for c in row])
    write_text(path, text + stream.getvalue())
    return stream.getvalue()[begun:]


def take_back(path: Path, row: str) -> bool:
    """Take the row that `append` wrote out of the end of a file; tell whether it still was there."""
    text = decode(path.read_bytes(), name=path.name)[0] if path.is_file() else ""
    if not row or not text.endswith(row):
        return False
    write_text(path, "\ufeff" + text.removeprefix("\ufeff").removesuffix(row))
    return True
