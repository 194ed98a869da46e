"""The normal form of what a figure measures, by which figures of different documents make one series."""

from __future__ import annotations

import re
import tomllib
import unicodedata
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from kg.language.script import fold
from kg.resources import data_path

_QUOTES = re.compile(r"[「」『』《》〈〉“”\"'()\[\]]+")
_HAN = "[\u3400-\u9fff]"


@dataclass(frozen=True, slots=True)
class _Words:
    lead: re.Pattern[str]
    tail: re.Pattern[str]
    conjunction: re.Pattern[str]
    fields: frozenset[str]
    heads: tuple[tuple[str, str], ...]
    body: str
    field: tuple[tuple[str, str], ...]
    same: dict[str, str]
    units: dict[str, str]
    bodies: frozenset[str]
    roles: dict[str, str]


def normal_measure(measure: str, unit: str) -> str:
    """Return the normal form of what is counted, with the unit where it is more than a counter.

    Scripts are folded, counters such as 間 and 家 are alike, and the words of one noun are one; modifiers stay. What is
    no word of a language here stays as it is, so that equal words always have equal forms.

    >>> normal_measure("金融科技企業", "間"), normal_measure("金融科技初创企业和公司", "家")
    ('金融科技企业', '金融科技企业')
    >>> normal_measure("社群企業", "間"), normal_measure("本地企業", "間"), normal_measure("樓面面積", "平方米")
    ('社群企业', '本地企业', '楼面面积 [平方米]')
    """
    words = _words()
    text = words.conjunction.sub("及", _plain(measure))
    field_alone = bool(words.lead.match(text))
    text = words.tail.sub("", words.lead.sub("", text)) or text
    counter = words.units.get(_plain(unit), _plain(unit))
    if text in words.same:
        text = words.same[text]
    else:
        text, field_alone = _by_parts(text, field_alone, words)
        if field_alone and _plain(unit) in words.bodies:
            text += words.body
        text = words.same.get(text, text)
    # A unit says what is measured when nothing else does.
    return (f"{text} [{counter}]" if counter else text) if text else counter or "?"


def normal_amount(role: str, currency: str, per: str | None) -> str:
    """Return the normal form of a kind of money.

    >>> normal_amount("cap", "HKD", "recipient")
    'cap HKD per recipient'
    """
    return f"{role} {currency}" + (f" per {per}" if per else "")


def measure_matches(asked: str, normal: str) -> bool:
    """Tell whether a normal form is what somebody asks for: the same form, one that holds its words, or a role of money.

    >>> measure_matches("金融科技公司", "金融科技企业"), measure_matches("企業", "社群企业"), measure_matches("融資", "raised HKD")
    (True, True, True)
    """
    role = re.fullmatch(r"([a-z]+) [A-Z]{3}(?: per \w+)?", normal)
    if role:
        return _words().roles.get(_plain(asked)) == role[1] or asked == normal
    wanted = normal_measure(asked, "")
    return wanted in normal or _plain(asked) in normal


def _by_parts(text: str, field_alone: bool, words: _Words) -> tuple[str, bool]:
    """Return field and head in their normal forms, and whether there is a field and no head."""
    field = next((f for f in words.field if _starts(text, f[0])), None)
    first, rest = (field[1], text[len(field[0]) :].strip()) if field else ("", text)
    head = next((h for h in words.heads if _ends(rest, h[0])), None)
    rest = rest.removesuffix(head[0]).strip() if head else rest
    middle = words.tail.sub("", first + rest) if _has_han(first + rest) else f"{first} {rest}".strip()
    middle = middle.removesuffix("的") if head else middle
    space = " " if head and middle and not _has_han(middle) and not _has_han(head[1]) else ""
    return (middle + space + head[1] if head else middle), not head and (field_alone or middle in words.fields)


def _ends(text: str, form: str) -> bool:
    return text.endswith(form) and (_has_han(form) or text == form or text[: -len(form)].endswith(" "))


def _starts(text: str, form: str) -> bool:
    # A field in Latin letters ends where the letters do: fintech, not fintechs.
    return text.startswith(form) and (_has_han(form) or not re.match("[a-z0-9.]", text[len(form) :]))


def _has_han(text: str) -> bool:
    return bool(re.search(_HAN, text))


def _plain(text: str) -> str:
    """Return a text folded, in lower case, without quotes and needless spaces."""
    text = re.sub(r"\s+", " ", _QUOTES.sub("", fold(unicodedata.normalize("NFKC", text)))).strip().casefold()
    return re.sub(f"(?<={_HAN}) | (?={_HAN})", "", text)


@lru_cache(maxsize=1)
def _words() -> _Words:
    data: dict[str, Any] = tomllib.loads(data_path("language", "measures.toml").read_text(encoding="utf-8"))
    counters: dict[str, Any] = tomllib.loads(data_path("language", "units.toml").read_text(encoding="utf-8"))
    topics = data_path("rules", "topics.txt").read_text(encoding="utf-8")
    heads = _forms(data["head"])
    # A name of a body is no field, though 初創企業 stands among the topics.
    nouns = tuple({normal for _, normal in heads})
    fields = {_plain(t) for line in topics.split("\n") if not line.startswith("#") for t in line.split()}
    fields |= {normal for _, normal in _forms(data["field"])}
    apart = {_plain(u) for u in data["apart"]}
    units = dict(_forms(data["unit"]))
    units |= {_plain(c): "" for c in counters["counters"] + data["bodies"] if _plain(c) not in apart}
    lead = "|".join(re.escape(_plain(w)) for w in sorted(data["lead"], key=len, reverse=True))
    tail = "|".join(re.escape(_plain(w)) for w in sorted(data["tail"], key=len, reverse=True))
    both = "|".join(_conjunction(w) for w in data["conjunctions"])
    return _Words(
        re.compile(f"(?:{lead})(?=.) ?"),
        re.compile(f"(?<=.)(?:{tail})$"),
        re.compile(both),
        frozenset(f for f in fields if not f.endswith(nouns)),
        tuple(heads),
        _plain(data["head"][0]["normal"]),
        tuple(_forms(data["field"])),
        dict(_forms(data["same"])),
        units,
        frozenset(_plain(b) for b in data["bodies"]),
        {_plain(w): role for role, words in data["roles"].items() for w in words},
    )


def _conjunction(word: str) -> str:
    # 和 joins two nouns only between Chinese words.
    return re.escape(fold(word)) if word.isascii() else f"(?<={_HAN}){re.escape(fold(word))}(?=[\u3400-\u9fffa-z])"


def _forms(entries: list[dict[str, Any]]) -> list[tuple[str, str]]:
    """Return pairs of a form and its normal form, the longest first."""
    pairs = {_plain(form): _plain(e["normal"]) for e in entries for form in [e["normal"], *e["also"]]}
    return sorted(pairs.items(), key=lambda p: (-len(p[0]), p[0]))


__all__ = ["measure_matches", "normal_amount", "normal_measure"]
