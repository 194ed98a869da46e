"""Finding documents and reading each by its kind."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from pathlib import Path

from kg.errors import InputError
from kg.language.dates import document_date
from kg.language.script import script_of
from kg.model import Document, Finding
from kg.reading.encoding import MAX_BYTES, decode
from kg.reading.html import read_html
from kg.reading.metadata import publisher_of, title_of
from kg.reading.pdf import read_pdf
from kg.reading.text import CONTROL, build_flow

_KINDS = (".txt", ".md", ".html", ".htm", ".pdf")
_NOT_YET = (".docx", ".doc", ".odt", ".rtf", ".xlsx", ".pptx", ".eml", ".epub", ".zip", ".png", ".jpg")


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
                wanted = path.suffix.lower() in _KINDS and not hidden and path.name.lower() != "readme.md"
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


def read_document(path: str | Path, *, name: str | None = None) -> Document:
    """Return the document in a file. Raises `InputError` that names the file and says what to do."""
    place = Path(path)
    name = name or place.name
    try:
        if place.stat().st_size > MAX_BYTES:
            raise InputError(
                "E104",
                f"the file is larger than {MAX_BYTES // 1_000_000} MB",
                where=name,
                hint="split it into documents",
            )
        data = place.read_bytes()
    except OSError as error:
        raise InputError(
            "E100", f"the file can't be opened ({error.strerror})", where=name, hint="check its name and your rights"
        ) from error
    return read_bytes(data, name=name)


def read_bytes(data: bytes, *, name: str) -> Document:
    """Return the document in the bytes of a file; the name's ending tells its kind."""
    suffix = Path(name).suffix.lower()
    title = date = publisher = None
    encoding = "utf-8"
    if suffix in _NOT_YET:
        raise InputError(
            "E107",
            f"files of kind {suffix} are not read yet",
            where=name,
            hint=f"save it as one of {', '.join(_KINDS)}",
        )
    if suffix == ".pdf":
        text = read_pdf(data, name=name)
    elif suffix in {".html", ".htm"}:
        page = read_html(data, name=name)
        text, title, date, publisher = page.text, page.title, page.date, page.publisher
    else:
        text, encoding = decode(data, name=name)
    flow = build_flow(text, wrapped=suffix not in {".html", ".htm"})
    return Document(
        name,
        hashlib.sha256(data).hexdigest(),
        text,
        script_of(flow.text),
        flow,
        title_of(flow) or title,
        document_date(flow.text) or date,
        publisher_of(flow) or publisher,
        encoding,
        _findings(text, name),
    )


def _findings(text: str, name: str) -> tuple[Finding, ...]:
    # A form feed ends a page, and signs of no width are common on web pages: neither is worth a word.
    strange = sum(1 for c in CONTROL.findall(text) if c not in "\x0c\u200b\u200c\u200d\ufeff")
    if not strange:
        return ()
    return (Finding("warning", "W101", f"{strange} control characters were read as spaces", name),)
