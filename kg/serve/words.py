"""The texts of the pages: data files, one key in every language; those of the graph view are shared with it."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from kg.language.script import to_simplified
from kg.resources import data_path

LANGUAGES = ("zh-Hant", "zh-Hans", "en")
# In which order the names of a thing are tried, by language of the interface.
FALLBACK = {
    "zh-Hant": ("zh-Hant", "zh-Hans", "en"),
    "zh-Hans": ("zh-Hans", "zh-Hant", "en"),
    "en": ("en", "zh-Hant", "zh-Hans"),
}


@dataclass(frozen=True, slots=True)
class Words:
    """The texts of one language: of the pages by key, and of entity types and predicates by their local name."""

    language: str
    text: Mapping[str, str]
    types: Mapping[str, str]
    predicates: Mapping[str, str]
    inverse: Mapping[str, str]

    @property
    def chinese(self) -> bool:
        """Whether figures are written the Chinese way."""
        return self.language != "en"

    def term(self, name: str) -> str:
        """Return the word for a term such as a role, a bound or a status; the term itself if there is none."""
        return self.text.get(name, name)


@lru_cache(maxsize=1)
def colours() -> dict[str, dict[str, tuple[str, str]]]:
    """Return the colours on light and on dark paper of each type and each predicate."""
    view = _toml("view.toml")
    return {
        part: {name: (str(entry["light"]), str(entry["dark"])) for name, entry in view[part].items()}
        for part in ("types", "predicates")
    }


@lru_cache(maxsize=len(LANGUAGES))
def words(language: str) -> Words:
    """Return the texts of a language of `LANGUAGES`; Simplified Chinese is converted from Traditional."""
    view, own = _toml("view.toml"), _toml("serve", "words.toml")
    written = "zh-Hant" if language == "zh-Hans" else language

    def say(entry: Mapping[str, Any]) -> dict[str, str]:
        convert = to_simplified if language == "zh-Hans" else str
        return {key: convert(text) for key, text in entry.items() if isinstance(text, str)}

    return Words(
        language,
        say({**view["words"][written], **own[written]}),
        say({name: entry[written] for name, entry in view["types"].items()}),
        say({name: entry[written] for name, entry in view["predicates"].items()}),
        say({name: entry[f"in-{written}"] for name, entry in view["predicates"].items()}),
    )


def _toml(*parts: str) -> dict[str, Any]:
    return tomllib.loads(data_path("templates", *parts).read_text(encoding="utf-8"))
