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


@lru_cache(maxsize=1)
def _currencies() -> tuple[dict[str, str], re.Pattern[str], re.Pattern[str], re.Pattern[str]]:
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

    def choice(words: list[str]) -> str:
        return "|".join(re.escape(w) for w in sorted(set(words), key=lambda w: (-len(w), w)))

    not_after = "|".join(re.escape(fold(w)) for w in data["not_after"])
    return (
        codes,
        re.compile(f"(?:{choice(before)})\\s?$", re.IGNORECASE),
        re.compile(f"\\s?(?:{choice(after)})(?!(?<=[A-Za-z])[A-Za-z]|{not_after})", re.IGNORECASE),
        re.compile(r"\s?(?:人民币|港币|美金)"),
    )


def find_money(text: str, *, default_currency: str = "HKD", numbers: list[Number] | None = None) -> list[Money]:
    """Return the sums of money in a folded text; 元 without a country is the default currency.

    >>> [(m.value, m.currency, m.bound) for m in find_money("超过 421 亿港元")]
    [(Decimal('42100000000'), 'HKD', 'atLeast')]
    """
    codes, before, after, country = _currencies()
    found = []
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
        if code is None or (code == "" and not lead):
            continue
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
