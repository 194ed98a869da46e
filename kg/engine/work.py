"""One document → what is kept of it, or why it could not be read."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from pathlib import Path

from kg.errors import InputError
from kg.facts import dumps
from kg.model import Finding

Task = tuple[Path, str]


@dataclass(frozen=True, slots=True)
class Outcome:
    """What reading a document gave: a line of facts (as `kg.facts.dumps` makes it) and its text, or a problem."""

    file: str
    facts: str = ""
    text: str = ""
    encoding: str = ""
    problem: Finding | None = None

    def encode(self) -> bytes:
        """Return the outcome as one line of ASCII."""
        return json.dumps(asdict(self)).encode("ascii") + b"\n"

    @classmethod
    def decode(cls, line: bytes) -> Outcome:
        """Return the outcome that `encode` was given. Raises `ValueError` for a line that it did not make."""
        data = json.loads(line)
        problem = Finding(**data.pop("problem")) if data["problem"] else None
        return cls(**{**data, "problem": problem})


def failed(file: str, code: str, message: str, hint: str) -> Outcome:
    """Return the outcome of a document that could not be read."""
    return Outcome(file, problem=Finding("error", code, f"{message} – {hint}", file))


def work(path: Path, name: str) -> Outcome:
    """Return what one document says. Whatever is wrong with it, others are not to suffer: nothing is raised."""
    from kg.pipeline import extract
    from kg.reading import read_document

    try:
        document = read_document(path, name=name)
        return Outcome(name, dumps(extract(document)), document.text, document.encoding)
    except InputError as error:
        return failed(name, error.code, error.message, error.hint)
    except MemoryError:
        return failed(name, "E142", "reading it took more memory than there is", "split it into documents")
    except Exception as error:
        message = f"reading it failed, which is a bug of ours ({type(error).__name__}: {error})"
        return failed(name, "E149", message, "please report it with the document, if you may")
