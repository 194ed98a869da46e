"""The rule files, read once and folded, so that one wording serves both scripts."""

from __future__ import annotations

import re
import tomllib
from functools import cached_property, lru_cache
from importlib.resources import files
from typing import Any

from kg.errors import DataError
from kg.language.script import fold
from kg.resources import data_path


def _fold_all(value: Any) -> Any:
    if isinstance(value, str):
        return fold(value)
    if isinstance(value, list):
        return [_fold_all(v) for v in value]
    if isinstance(value, dict):
        return {fold(k): _fold_all(v) for k, v in value.items()}
    return value


def _read(name: str) -> dict[str, Any]:
    path = files("kg") / "data" / "rules" / f"{name}.toml"
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except tomllib.TOMLDecodeError as error:
        raise DataError("E210", f"not well-formed TOML: {error}", where=f"kg/data/rules/{name}.toml") from error


@lru_cache
def rules(name: str) -> dict[str, Any]:
    """Return the folded content of ``kg/data/rules/<name>.toml``."""
    folded: dict[str, Any] = _fold_all(_read(name))
    return folded


@lru_cache
def surnames() -> tuple[frozenset[str], frozenset[str]]:
    """Return the folded family names of one and of two characters."""
    text = (files("kg") / "data" / "rules" / "surnames.txt").read_text(encoding="utf-8")
    words = [w for line in text.splitlines() if not line.startswith("#") for w in fold(line).split()]
    return frozenset(w for w in words if len(w) == 1), frozenset(w for w in words if len(w) == 2)


@lru_cache
def topics() -> frozenset[str]:
    """Return the folded common nouns that name no thing: fields, technologies, aims."""
    text = (files("kg") / "data" / "rules" / "topics.txt").read_text(encoding="utf-8")
    return frozenset(w for line in text.splitlines() if not line.startswith("#") for w in fold(line).split())


@lru_cache
def common_pairs() -> frozenset[str]:
    """Return the folded pairs of characters that stand in texts of every subject: a name coined for a firm has none."""
    words = data_path("identity", "common.txt").read_text(encoding="utf-8").split()
    return frozenset(w.rstrip("?") for w in words if not w[0].isascii())


def alternation(words: list[str]) -> str:
    """Return a pattern that matches any of the words, the longest first."""
    return "|".join(re.escape(w) for w in sorted(set(words), key=lambda w: (-len(w), w)))


def _words(content: dict[str, Any], name: str, id_: str) -> tuple[str, ...]:
    for block in content.get("wording", ()):
        if block["id"] == id_:
            return tuple(block["words"])
    hint = "give the file a block [[wording]] with this id, words, match and no_match"
    raise DataError("E210", f"no [[wording]] has the id {id_!r}", where=f"kg/data/rules/{name}.toml", hint=hint)


@lru_cache(maxsize=1024)
def wording(name: str, id_: str) -> tuple[str, ...]:
    """Return the folded words of the block ``[[wording]]`` of that id in ``kg/data/rules/<name>.toml``."""
    return _words(rules(name), name, id_)


@lru_cache(maxsize=8)
def as_written(name: str, id_: str) -> tuple[str, ...]:
    """Return the words of a block as the file has them, in Traditional characters: for what a fact says in its text's script."""
    return _words(_read(name), name, id_)


_PLACEHOLDER = re.compile(r"\{(<!|<)?(?:([a-z_]+)\.)?([a-z_]+)\}")


@lru_cache(maxsize=256)
def with_words(name: str, template: str) -> str:
    """Return a template's pattern, with the words of the rule files in it, as ``Worded`` tells."""

    def words_of(found: re.Match[str]) -> str:
        words = wording(found.group(2) or name, found.group(3))
        if found.group(1) is None:
            return f"(?:{alternation(list(words))})"
        # A look behind wants words of one length.
        behind = [alternation([w for w in words if len(w) == n]) for n in sorted({len(w) for w in words})]
        if found.group(1) == "<!":
            return "".join(f"(?<!{w})" for w in behind)
        return f"(?:{'|'.join(f'(?<={w})' for w in behind)})"

    return _PLACEHOLDER.sub(words_of, template)


class Worded:
    """A pattern whose shape stands in the code and whose words stand in a rule file; compiled when first used.

    ``{heads}`` in the template is any word of the file's block of that id, ``{titles.heads}`` one of another file's;
    ``{<heads}`` is a place behind such a word, ``{<!heads}`` one behind none.
    """

    def __init__(self, name: str, template: str) -> None:
        self.name = name
        self.template = template

    @property
    def uses(self) -> list[tuple[str, str]]:
        """Return the file and the id of each block of words in the pattern."""
        return [(m.group(2) or self.name, m.group(3)) for m in _PLACEHOLDER.finditer(self.template)]

    @cached_property
    def pattern(self) -> re.Pattern[str]:
        """Return the compiled pattern."""
        return re.compile(with_words(self.name, self.template))
