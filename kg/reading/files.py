"""Finding documents and reading each by its kind."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable
from pathlib import Path

from kg.errors import InputError
from kg.language.dates import document_date
from kg.language.script import script_of
from kg.model import Document, Finding
from kg.reading.encoding import MAX_BYTES, decode, too_large
from kg.reading.extract import Extract, Limits
from kg.reading.limits import parse_limited
from kg.reading.metadata import publisher_of, title_of
from kg.reading.parse import PARSED
from kg.reading.table import Described, described
from kg.reading.text import CONTROL, build_flow

_KINDS = (".txt", *PARSED)
# Documents of kinds that no parser here reads: in a folder they are named, not passed over in silence.
_UNREAD = (".doc", ".odt", ".rtf", ".wps", ".pages", ".ppt", ".pptx", ".odp", ".epub", ".msg", ".mht", ".mhtml")
_NOT_YET = (*_UNREAD, ".xls", ".xlsx", ".zip", ".png", ".jpg", ".jpeg", ".tif", ".tiff", ".gif")
# Beginnings of files that some name .txt all the same.
_MAGIC = ((b"%PDF-", ".pdf"), (b"PK\x03\x04", ".docx"), (b"\xd0\xcf\x11\xe0", ".doc"), (b"{\\rtf", ".rtf"))
# What is above the first line of a web page may be a byte order mark, space or a comment.
_PAGE = re.compile(
    rb"\A(?:\xef\xbb\xbf)?\s*(?:<!--.{0,300}?-->\s*)?<(?:!doctype html|html)[\s>]", re.IGNORECASE | re.DOTALL
)
LIMITS = Limits()


def collect(paths: Iterable[str | Path]) -> tuple[list[tuple[Path, str]], list[Finding]]:
    """Return the documents below the given paths, each with the name it goes by, sorted by name; and what is missing."""
    found: dict[Path, str] = {}
    seen: set[Path] = set()
    findings = []
    for given in sorted({Path(p) for p in paths}):
        if given.is_dir():
            for path in sorted(given.rglob("*")):
                relative = path.relative_to(given)
                hidden = any(part.startswith(".") for part in relative.parts)
                wanted = path.suffix.lower() in (*_KINDS, *_UNREAD) and not hidden and path.name.lower() != "readme.md"
                if wanted and path.is_file() and path.resolve() not in seen:
                    seen.add(path.resolve())
                    found[path] = relative.as_posix()
        elif given.is_file():
            if given.resolve() not in seen:
                seen.add(given.resolve())
                found[given] = given.name
        else:
            findings.append(Finding("error", "E100", "no such file or folder – check the spelling", str(given)))
    by_name: dict[str, list[Path]] = {}
    for path, name in found.items():
        by_name.setdefault(name, []).append(path)
    named = [(path, _distinct(path, name, same)) for name, same in by_name.items() for path in same]
    return sorted(named, key=lambda n: (n[1], n[0])), findings


def _distinct(path: Path, name: str, same: list[Path]) -> str:
    """Return the name of a file, with the folders above it that tell it from the others of that name."""
    if len(same) == 1:
        return name
    depth = len(Path(name).parts)
    for more in range(1, max(len(p.resolve().parts) for p in same)):
        names = {"/".join(p.resolve().parts[-depth - more :]) for p in same}
        if len(names) == len(same):
            return "/".join(path.resolve().parts[-depth - more :])
    return path.as_posix()


def read_document(path: str | Path, *, name: str | None = None, limits: Limits = LIMITS) -> Document:
    """Return the document in a file, with what a table `documents.csv` beside it says of it.

    Raises `InputError` that names the file and says what to do.
    """
    place = Path(path)
    name = name or place.name
    try:
        if place.stat().st_size > MAX_BYTES:
            raise too_large(name)
        data = place.read_bytes()
    except OSError as error:
        raise InputError(
            "E100", f"the file can't be opened ({error.strerror})", where=name, hint="check its name and your rights"
        ) from error
    return read_bytes(data, name=name, known=described(place, name), limits=limits)


def read_bytes(data: bytes, *, name: str, known: Described | None = None, limits: Limits = LIMITS) -> Document:
    """Return the document in the bytes of a file; the name's ending tells its kind. What is `known` of it wins.

    Anything but plain text is parsed in a child process, within the limits.
    """
    suffix = Path(name).suffix.lower()
    known = known or Described()
    if suffix in _NOT_YET:
        raise InputError(
            "E107",
            f"files of kind {suffix} are not read",
            where=name,
            hint=f"save it as one of {', '.join(_KINDS)}",
        )
    if suffix in PARSED:
        if len(data) > MAX_BYTES:
            raise too_large(name)
        found = parse_limited(data, suffix=suffix, name=name, limits=limits)
    else:
        found = _plain(data, name)
    # A broken font map can give half a surrogate pair, which no file can hold.
    text = found.text.encode("utf-8", "replace").decode("utf-8").replace("\x00", " ")
    flow = build_flow(text, wrapped=found.wrapped)
    return Document(
        name,
        hashlib.sha256(data).hexdigest(),
        text,
        known.language or script_of(flow.text),
        flow,
        # A mail's first line is a greeting or the story itself; its subject is the headline.
        known.title or (found.title if suffix == ".eml" else None) or title_of(flow) or found.title,
        known.date or document_date(flow.text) or found.date,
        known.publisher or publisher_of(flow) or found.publisher,
        found.encoding,
        (*_findings(text, name), *(Finding("info", "W103", note, name) for note in found.notes)),
        known.source or found.source,
        found.pages,
    )


def _plain(data: bytes, name: str) -> Extract:
    for magic, kind in _MAGIC:
        if data.startswith(magic):
            raise InputError("E103", f"the file is not text but {kind}", where=name, hint=f"rename it to end in {kind}")
    if _PAGE.match(data):
        raise InputError("E103", "the file is no text but a web page", where=name, hint="rename it to end in .html")
    text, encoding = decode(data, name=name)
    return Extract(text, encoding=encoding, wrapped=True)


def _findings(text: str, name: str) -> tuple[Finding, ...]:
    # A form feed ends a page, and signs of no width are common on web pages: neither is worth a word.
    strange = sum(1 for c in CONTROL.findall(text) if c not in "\x0c\u200b\u200c\u200d\ufeff")
    if not strange:
        return ()
    return (Finding("warning", "W101", f"{strange} control characters were read as spaces", name),)
