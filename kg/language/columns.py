"""Figures in columns set with spaces, whose unit stands in the line above: 「宗數　資助額（萬元）」. Input is folded text."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal

from kg.language.money import Money
from kg.language.numbers import find_numbers
from kg.language.quantities import Quantity

_CELL = re.compile(r"\S+(?: \S+)*")
_FIGURE = re.compile(r"[约逾近]?(?:[\d,]+(?:\.\d+)?|[零一二三四五六七八九十百千万亿两〇]+)")
_SUM = re.compile(r"\((?:以)?(百万|千万|万|亿|千|)(?:港)?元(?:计)?\)$")
_ALL = re.compile(r"\(?单位[:：]\s?(?:人民币|港币)?(百万|千万|万|亿|千|)(?:港)?元\)?")
_MONEY_HEAD = re.compile("金额|资金|经费|补助|资助|拨款|投资|预算|款额|款项|开支")
_COUNT = re.compile(r"[数量额]$|\(([\u4e00-\u9fff]{1,3})\)$")
_SCALES = {"": 1, "千": 10**3, "万": 10**4, "百万": 10**6, "千万": 10**7, "亿": 10**8}


@dataclass(frozen=True, slots=True)
class _Cell:
    start: int
    end: int
    text: str


def find_columns(text: str, default_currency: str) -> tuple[list[Money], list[Quantity]]:
    """Return the sums and the counts in columns of a folded text that have their unit in the line above them.

    >>> money, counts = find_columns("船种  宗数  资助额(万元)\\n渡轮  四  1,600", "HKD")
    >>> money[0].value, counts[0].value, counts[0].unit
    (Decimal('16000000'), Decimal('4'), '')
    """
    money: list[Money] = []
    counts: list[Quantity] = []
    heads: list[_Cell] = []
    scale: str | None = None
    for cells in _lines(text):
        figures = cells[1:]
        if len(cells) == 1 and (unit := _ALL.fullmatch(cells[0].text)):
            heads, scale = [], unit.group(1)
            continue
        if len(cells) > 1 and not any(_FIGURE.fullmatch(c.text) for c in cells):
            heads = cells
        elif figures and len(heads) in {len(cells), len(figures)} and all(_FIGURE.fullmatch(c.text) for c in figures):
            for head, cell in zip(heads[-len(figures) :], figures, strict=True):
                _read(_with_unit(head.text, scale), cell, default_currency, money, counts)
        elif cells:
            heads, scale = [], None
    return money, counts


def _with_unit(head: str, scale: str | None) -> str:
    """Return the head of a column with the unit that the whole table has: 「单位:万元」 above 「补助资金」."""
    return f"{head}({scale}元)" if scale is not None and _MONEY_HEAD.search(head) and "元" not in head else head


def _lines(text: str) -> Iterator[list[_Cell]]:
    place = 0
    for line in text.split("\n"):
        yield [_Cell(place + m.start(), place + m.end(), m.group()) for m in _CELL.finditer(line)]
        place += len(line) + 1


def _read(head: str, cell: _Cell, currency: str, money: list[Money], counts: list[Quantity]) -> None:
    numbers = find_numbers(cell.text)
    if len(numbers) != 1:
        return
    number = numbers[0]
    if scale := _SUM.search(head):
        value = number.value * Decimal(_SCALES[scale.group(1)])
        money.append(Money(cell.start, cell.end, value, currency, number.bound, None, cell.start))
    elif named := _COUNT.search(head):
        unit = named.group(1) or ""
        counts.append(Quantity(cell.start, cell.end, number.value, unit, number.bound, None, cell.start))
