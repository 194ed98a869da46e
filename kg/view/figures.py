"""Numbers as people of either language write them."""

from __future__ import annotations

from decimal import Decimal

_CHINESE = ((Decimal(10) ** 12, "萬億"), (Decimal(10) ** 8, "億"), (Decimal(10) ** 4, "萬"))
_ENGLISH = ((Decimal(10) ** 12, "trillion"), (Decimal(10) ** 9, "billion"), (Decimal(10) ** 6, "million"))
_MONEY_ZH = {
    "HKD": "港元",
    "CNY": "元人民幣",
    "USD": "美元",
    "EUR": "歐元",
    "GBP": "英鎊",
    "JPY": "日圓",
    "SGD": "坡元",
}
_MONEY_EN = {"HKD": "HK$", "CNY": "RMB ", "USD": "US$", "EUR": "€", "GBP": "£", "JPY": "¥", "SGD": "S$"}


def plain(value: Decimal) -> str:
    """Return every digit, in groups of three.

    >>> plain(Decimal("3000000000.0"))
    '3,000,000,000'
    """
    if not value.is_finite():
        return str(value)
    whole = value.to_integral_value()
    return f"{whole:,f}" if whole == value else f"{value.normalize():,f}"


def _short(value: Decimal, steps: tuple[tuple[Decimal, str], ...]) -> str:
    for step, word in steps:
        # A rounded figure would be another claim: shorten only what stays exact in three decimals.
        if abs(value) >= step and (value / step).quantize(Decimal("0.001")) * step == value:
            return f"{plain((value / step).normalize())} {word}"
    return plain(value)


def chinese(value: Decimal, currency: str = "") -> str:
    """Return a number or a sum in Chinese.

    >>> chinese(Decimal("3000000000"), "HKD")
    '30 億港元'
    """
    short = _short(value, _CHINESE)
    unit = _MONEY_ZH.get(currency, f" {currency}" if currency else "")
    gap = " " if unit and short[-1].isdigit() and not unit.startswith(" ") else ""
    return f"{short}{gap}{unit}"


def english(value: Decimal, currency: str = "") -> str:
    """Return a number or a sum in English.

    >>> english(Decimal("3000000000"), "HKD")
    'HK$3 billion'
    """
    return f"{_MONEY_EN.get(currency, f'{currency} ' if currency else '')}{_short(value, _ENGLISH)}"


def currency_words(currency: str) -> tuple[str, str]:
    """Return what stands after a sum in Chinese, and what stands before it in English.

    >>> currency_words("HKD")
    ('港元', 'HK$')
    """
    return _MONEY_ZH.get(currency, currency), _MONEY_EN.get(currency, f"{currency} " if currency else "")
