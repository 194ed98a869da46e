"""`documents.csv`: what a person knows of the documents beside it, which wins over what they say of themselves."""

from __future__ import annotations

import csv
import datetime
import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path, PurePosixPath

from kg.errors import InputError
from kg.model import Finding, Language
from kg.reading.encoding import decode
from kg.reading.pagemeta import is_web_address

NAME = "documents.csv"
COLUMNS = ("file", "date", "publisher", "title", "language", "source")
_LANGUAGES: dict[str, Language] = {
    "zh-hant": "zh-Hant",
    "zh-hk": "zh-Hant",
    "zh-tw": "zh-Hant",
    "zh-mo": "zh-Hant",
    "zh-hans": "zh-Hans",
    "zh-cn": "zh-Hans",
    "zh-sg": "zh-Hans",
    "en": "en",
    "en-gb": "en",
    "en-us": "en",
    "en-hk": "en",
}
_DAY = re.compile(r"(\d{4})\s?[-/.年]\s?(\d{1,2})\s?[-/.月]\s?(\d{1,2})\s?日?")
_PART = re.compile(r"\d{4}(?:-(?:0[1-9]|1[0-2]))?")


@dataclass(frozen=True, slots=True)
class Described:
    """What the table says of one document; None where a cell is empty. A date is ISO: day, month or year."""

    date: str | None = None
    publisher: str | None = None
    title: str | None = None
    language: Language | None = None
    source: str | None = None


@dataclass(frozen=True, slots=True)
class Table:
    """A table's rows by file name (relative to the table's folder, with /), and what is wrong with some cells."""

    path: Path
    rows: dict[str, Described]
    findings: tuple[Finding, ...]


def described(path: Path, name: str) -> Described | None:
    """Return what the nearest table says of a document, None if none names it.

    Tables are looked for in the document's folder and those above it, up to the folder that `name` is relative to.
    Raises `InputError` E111 for a table that can't be used.
    """
    relative = PurePosixPath(path.name)
    for folder in _folders(path, name):
        table = _load(folder / NAME)
        if table and (row := table.rows.get(relative.as_posix())):
            return row
        relative = PurePosixPath(folder.name) / relative
    return None


def check_tables(documents: Iterable[tuple[Path, str]]) -> list[Finding]:
    """Return what is wrong with the tables beside some documents: cells that can't be used, files that aren't there.

    Raises `InputError` E111 for a table that can't be used at all.
    """
    tables: dict[Path, Table] = {}
    for path, name in documents:
        for folder in _folders(path, name):
            if table := _load(folder / NAME):
                tables[table.path] = table
    findings: list[Finding] = []
    for table in (tables[path] for path in sorted(tables)):
        findings += table.findings
        for file in sorted(table.rows):
            if not (table.path.parent / file).is_file():
                findings.append(Finding("warning", "W104", f"names {file}, which is not there", str(table.path)))
    return findings


def _folders(path: Path, name: str) -> list[Path]:
    """Return the folder of a file and those above it that are part of its name."""
    parts = PurePosixPath(name).parts
    within = path.as_posix() == name or path.as_posix().endswith(f"/{name}")
    return list(path.parents)[: len(parts) if within else 1]


def _load(path: Path) -> Table | None:
    try:
        stat = path.stat()
    except OSError:
        return None
    return _read(path, stat.st_mtime_ns, stat.st_size)


@lru_cache(maxsize=64)
def _read(path: Path, changed: int, size: int) -> Table:
    """Return a table. `changed` and `size` tell versions of the file apart."""
    try:
        text, _ = decode(path.read_bytes(), name=str(path))
    except OSError as error:
        raise _unusable(path, f"can't be opened ({error.strerror})") from error
    except InputError as error:
        raise _unusable(path, error.message) from error
    text = text.lstrip("\ufeff")
    head = text.split("\n", 1)[0]
    delimiter = max(",;\t", key=head.count)
    try:
        lines = list(csv.reader(text.split("\n"), delimiter=delimiter, strict=True))
    except csv.Error as error:
        raise _unusable(path, f"is not well formed ({error})") from error
    columns = [c.strip().lower() for c in lines[0]]
    if "file" not in columns:
        raise _unusable(path, f"has no column 'file' (its first line has {', '.join(columns)[:100]})")
    if unknown := [c for c in columns if c and c not in COLUMNS]:
        raise _unusable(path, f"has a column {unknown[0]!r}, which means nothing here")
    if twice := [c for c in columns if c and columns.count(c) > 1]:
        raise _unusable(path, f"has two columns {twice[0]!r}")
    return _rows(path, columns, lines[1:])


def _rows(path: Path, columns: list[str], lines: list[list[str]]) -> Table:
    rows: dict[str, Described] = {}
    findings: list[Finding] = []
    for number, line in enumerate(lines, 2):
        cells = {c: cell.strip() for c, cell in zip(columns, line, strict=False) if c}
        where = f"{path}:{number}"
        file = cells.get("file", "").replace("\\", "/").removeprefix("./")
        if not any(cells.values()):
            continue
        if len(line) > len(columns):
            findings.append(
                _wrong(where, f"has {len(line)} cells for {len(columns)} columns", "put quotes around commas")
            )
            continue
        if not file or file.startswith("/") or ".." in PurePosixPath(file).parts:
            findings.append(_wrong(where, f"names no file beside the table ({file!r})", "give its path from the table"))
            continue
        if file in rows:
            findings.append(_wrong(where, f"names {file} a second time", "keep one line a file"))
            continue
        rows[file] = _row(cells, where, findings)
    return Table(path, rows, tuple(findings))


def _row(cells: dict[str, str], where: str, findings: list[Finding]) -> Described:
    date = language = source = None
    if given := cells.get("date"):
        date = _date(given)
        if not date:
            findings.append(_wrong(where, f"{given!r} is no date", "write it as 2024-03-05, 2024-03 or 2024"))
    if given := cells.get("language"):
        language = _LANGUAGES.get(given.lower().replace("_", "-"))
        if not language:
            findings.append(_wrong(where, f"{given!r} is no language known here", "use zh-Hant, zh-Hans or en"))
    if given := cells.get("source"):
        source = given if is_web_address(given) else None
        if not source:
            findings.append(_wrong(where, f"{given!r} is no web address", "begin it with https:// or http://"))
    words = {key: " ".join(cells.get(key, "").split()) or None for key in ("publisher", "title")}
    return Described(date, words["publisher"], words["title"], language, source)


def _date(text: str) -> str | None:
    if found := _DAY.fullmatch(text):
        try:
            return datetime.date(*(int(g) for g in found.groups())).isoformat()
        except ValueError:
            return None
    return text if _PART.fullmatch(text) and text.isascii() else None


def _wrong(where: str, message: str, hint: str) -> Finding:
    return Finding("error", "E111", f"{message} – {hint}", where)


def _unusable(path: Path, message: str) -> InputError:
    return InputError(
        "E111", message, where=str(path), hint=f"its columns are {', '.join(COLUMNS)}; save it as CSV UTF-8"
    )
