"""How objects show themselves in a notebook: HTML made from templates that escape every value."""

from __future__ import annotations

import datetime
from decimal import Decimal
from functools import lru_cache
from typing import Any

from kg.resources import data_path
from kg.vocab import NAMESPACE


def card(name: str, **values: Any) -> str:
    """Return the HTML of one macro of ``templates/cards.html``; the values are escaped."""
    return str(getattr(_macros(), name)(**values))


@lru_cache(maxsize=1)
def _macros() -> Any:
    from jinja2 import Environment, StrictUndefined

    environment = Environment(autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True)
    environment.filters["cell"] = cell
    text = data_path("templates", "cards.html").read_text(encoding="utf-8")
    return environment.from_string(text).module


def cell(value: object) -> str:
    """Return a value for people: thousands apart, a term of ours by its word, nothing for None.

    >>> cell(Decimal("3000000000.0")), cell(NAMESPACE + "budget"), cell(None)
    ('3,000,000,000', 'budget', '')
    """
    if value is None or value != value:
        return ""
    if isinstance(value, Decimal):
        text = f"{value:,f}"
        return text.rstrip("0").rstrip(".") if "." in text else text
    if isinstance(value, datetime.date):
        return value.isoformat()
    return str(value).removeprefix(NAMESPACE)


def is_number(value: object) -> bool:
    """Tell whether a value stands at the right of its cell."""
    return isinstance(value, (int, float, Decimal)) and not isinstance(value, bool)


def tidy(value: Decimal) -> Decimal:
    """Return the same number without needless zeros after the point.

    >>> tidy(Decimal("3000000000.0")), tidy(Decimal("2.50")), tidy(Decimal("3E+9"))
    (Decimal('3000000000'), Decimal('2.5'), Decimal('3000000000'))
    """
    return Decimal(f"{value:f}".rstrip("0").rstrip(".")) if "." in f"{value:f}" else Decimal(f"{value:f}")
