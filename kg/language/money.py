"""Money: a number with its currency before or after it, as folded text writes it."""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache
from importlib.resources import files

from kg.language.numbers import Number, bound_after, bound_before, find_numbers
from kg.language.script import fold
from kg.model import Bound


@dataclass(frozen=True, slots=True)
class Money:
    """A sum in a text, in units of an ISO 4217 currency; the range holds number and currency words."""

    start: int
    end: int
    value: Decimal
    currency: str
    bound: Bound
    upper: Decimal | None
    bound_start: int


@dataclass(frozen=True, slots=True)
class _Words:
    """The words of language/currencies.toml as patterns."""

    codes: dict[str, str]
    before: re.Pattern[str]
    after: re.Pattern[str]
    country: re.Pattern[str]
    talk: re.Pattern[str]
    talk_end: re.Pattern[str]


@lru_cache(maxsize=1)
def _currencies() -> _Words:
    data = tomllib.loads((files("kg") / "data" / "language" / "currencies.toml").read_text(encoding="utf-8"))
    codes: dict[str, str] = {}
    before: list[str] = []
    after: list[str] = []
    for entry in data["currency"]:
        for word in entry["before"]:
            codes[fold(word).lower()] = entry["code"]
            before.append(fold(word))
        for word in entry["after"]:
            codes[fold(word).lower()] = entry["code"]
            after.append(fold(word))

    def folded(words: list[str]) -> list[str]:
        return [fold(w) for w in words]

    def choice(words: list[str]) -> str:
        return "|".join(re.escape(w) for w in sorted(set(words), key=lambda w: (-len(w), w)))

    not_after = "|".join(re.escape(fold(w)) for w in data["not_after"])
    return _Words(
        codes,
        re.compile(f"(?:{choice(before)})\\s?$", re.IGNORECASE),
        re.compile(f"\\s?(?:{choice(after)})(?!(?<=[A-Za-z])[A-Za-z]|{not_after})", re.IGNORECASE),
        re.compile(r"\s?(?:人民币|港币|美金)"),
        re.compile(f"(?:{choice(folded(data['bare']['words']))})(?:{choice(folded(data['bare']['links']))})*$"),
        re.compile(f"[多余几]?(?:$|[,。;!?」』)\n]|{choice(folded(data['bare']['follows']))})"),
    )


def find_money(text: str, *, default_currency: str = "HKD", numbers: list[Number] | None = None) -> list[Money]:
    """Return the sums of money in a folded text; 元 without a country is the default currency.

    >>> [(m.value, m.currency, m.bound) for m in find_money("超过 421 亿港元")]
    [(Decimal('42100000000'), 'HKD', 'atLeast')]
    """
    words = _currencies()
    codes, before, after, country = words.codes, words.before, words.after, words.country
    found: list[Money] = []
    bare: list[Number] = []
    for number in find_numbers(text) if numbers is None else numbers:
        start, end = number.start, number.end
        code = None
        lead = before.search(text, max(0, start - 8), start)
        bound, bound_start = number.bound, number.bound_start
        if lead:
            code = codes[lead.group().strip().lower()]
            start = lead.start()
            outer, place = bound_before(text, start)
            if outer and bound in {"exact", "about"}:
                bound, bound_start = outer, place
        skip = re.match(r"\s?(?:多|余|几)?\s?", text[end:])
        place = end + (skip.end() if skip else 0)
        if tail := after.match(text, place):
            word = tail.group().strip().lower()
            code = codes[word] if codes[word] != "" else (code or default_currency)
            end = tail.end()
            if named := country.match(text, end):
                code, end = codes[named.group().strip().lower()], named.end()
        if code is None and _in_talk(text, number, words):
            code = default_currency
        if code is None or (code == "" and not lead):
            bare.append(number)
            continue
        found += _shared(text, bare, start, code or default_currency)
        bare.clear()
        closing, _ = bound_after(text, end)
        # 以五万元为上限: the bound stands around the sum.
        if closing and (bound == "exact" or closing == "atMost"):
            bound = closing
        found.append(
            Money(
                start,
                end,
                number.value,
                code or default_currency,
                bound,
                number.upper,
                min(bound_start if bound_start >= 0 else start, start),
            )
        )
    return found


def _in_talk(text: str, number: Number, words: _Words) -> bool:
    """Return whether a number of ten thousands is a sum that talk gives without its currency: 拿了72万."""
    start, end = number.start, number.end
    return (
        text[end - 1] in "万亿"
        and words.talk_end.match(text, end) is not None
        and words.talk.search(text, max(0, start - 12), start) is not None
    )


_JOINED = re.compile(r"\s?[及和与、]\s?|\s?以及\s?")


def _shared(text: str, bare: list[Number], start: int, currency: str) -> list[Money]:
    """Return the sums that share the currency of the one after them: 一千二百万 in 一千二百万及八百万元."""
    found: list[Money] = []
    for number in reversed(bare):
        if not _JOINED.fullmatch(text, number.end, start) or text[number.end - 1] not in "万亿":
            break
        start = number.start
        found.append(
            Money(start, number.end, number.value, currency, number.bound, number.upper, max(number.bound_start, 0))
        )
    return found[::-1]
