"""The rule files, read once and folded, so that one wording serves both scripts."""

from __future__ import annotations

import re
import tomllib
from functools import lru_cache
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


@lru_cache
def rules(name: str) -> dict[str, Any]:
    """Return the folded content of ``kg/data/rules/<name>.toml``."""
    path = files("kg") / "data" / "rules" / f"{name}.toml"
    try:
        content = tomllib.loads(path.read_text(encoding="utf-8"))
    except tomllib.TOMLDecodeError as error:
        raise DataError("E210", f"not well-formed TOML: {error}", where=f"{name}.toml") from error
    folded: dict[str, Any] = _fold_all(content)
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
