"""The figures of a graph as charts: rows for Vega-Lite, whose specifications are data files, and for a table beside it."""

from __future__ import annotations

import json
import re
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from rdflib.term import Node

from kg.resources import data_path
from kg.serve.model import Claim
from kg.serve.words import Words, colours

_MOST_BARS = 15
_MOST_LINES = 8
_DATE = re.compile(r"(\d{4})(?:-(\d\d))?(?:-(\d\d))?")


@dataclass(frozen=True, slots=True)
class Chart:
    """A specification with its rows, and the same rows for reading; `more` tells how many others there are.

    Each row of `table` is a pair of the node that it is about and its cells.
    """

    name: str
    title: str
    spec: dict[str, Any]
    columns: tuple[str, ...]
    table: tuple[tuple[Node, tuple[str, ...]], ...]
    more: int = 0


@dataclass(frozen=True, slots=True)
class Charter:
    """Draws in one language; `label`, `url` and `figure` are how pages name things, link to them, and write figures."""

    words: Words
    label: Callable[[Node | None], str]
    url: Callable[[Node | None], str]
    figure: Callable[[Claim], str]

    def budgets(self, amounts: Iterable[Claim]) -> list[Chart]:
        """Return the latest whole budget of each thing, the largest first: one chart for each currency."""
        latest: dict[tuple[str, Node], Claim] = {}
        for claim in amounts:
            if claim.predicate == "budget" and not claim.per and claim.value and claim.subject is not None:
                key = claim.currency, claim.subject
                if key not in latest or _newer(claim) > _newer(latest[key]):
                    latest[key] = claim
        currencies = Counter(currency for currency, _ in latest)
        charts = []
        for currency, _ in sorted(currencies.items(), key=lambda x: (-x[1], x[0])):
            claims = sorted(
                (c for (k, _), c in latest.items() if k == currency), key=lambda c: (-(c.value or 0), str(c.node))
            )
            title = f"{self.words.text['chart_budgets']} · {self.words.term('currency_' + currency)}"
            charts.append(self._chart("budgets", title, claims, [self._bar(c) for c in claims[:_MOST_BARS]], {}))
        return charts

    def _bar(self, claim: Claim) -> dict[str, Any]:
        return {**self._row(claim), "value": float(claim.value or 0), "when": claim.when}

    def _row(self, claim: Claim) -> dict[str, Any]:
        return {"name": self.label(claim.subject), "figure": self.figure(claim), "url": self.url(claim.subject)}

    def over_time(self, amounts: Iterable[Claim], name: str = "over_time") -> Chart | None:
        """Return the figures that move: sums for one thing in one role with two dates or more; None if there are none.

        Of one date, each value is a point of its own: the same figure from two releases stands there twice.
        """
        series: dict[tuple[str, ...], list[Claim]] = defaultdict(list)
        for claim in amounts:
            if claim.value and claim.subject is not None and _DATE.match(claim.when):
                series[str(claim.subject), claim.predicate, claim.currency, claim.per].append(claim)
        moving = {k: c for k, c in series.items() if len({x.when for x in c}) > 1}
        if not moving:
            return None
        best = sorted(moving.items(), key=lambda x: (-len({c.value for c in x[1]}), -len(x[1]), x[0]))
        rows, claims = [], []
        for key, line in best[:_MOST_LINES]:
            words = (self.words.term(key[1]), self.words.term(key[3]) if key[3] else "", key[2])
            said = f"{self.label(line[0].subject)} · {' '.join(w for w in words if w)}"
            for claim in sorted(line, key=lambda c: (c.when, c.value or 0, str(c.node))):
                claims.append(claim)
                rows.append(
                    {**self._row(claim), "name": said, "value": float(claim.value or 0), "when": _day(claim.when)}
                )
        return self._chart(name, self.words.text["chart_over_time"], claims, rows, {}, more=len(best) - _MOST_LINES)

    def operators(self, relations: Iterable[Claim], types: Mapping[Node, str]) -> Chart | None:
        """Return who runs most, by the type of what is run; None if nobody runs anything."""
        runs: dict[Node, set[Node]] = defaultdict(set)
        for claim in relations:
            if claim.predicate == "operates" and claim.subject is not None and claim.object is not None:
                runs[claim.subject].add(claim.object)
        order = sorted(runs, key=lambda n: (-len(runs[n]), self.label(n), str(n)))
        rows, table = [], []
        for node in order[:_MOST_BARS]:
            table.append((node, (self.label(node), "、".join(sorted(map(self.label, runs[node]))))))
            kinds: dict[str, list[str]] = defaultdict(list)
            for thing in runs[node]:
                kinds[types[thing]].append(self.label(thing))
            for kind, names in sorted(kinds.items()):
                row = {"name": self.label(node), "kind": self.words.types[kind], "value": len(names)}
                rows.append({**row, "figure": "、".join(sorted(names)), "url": self.url(node)})
        if not rows:
            return None
        present = sorted({str(row["kind"]) for row in rows})
        by_word = {self.words.types[name]: pair for name, pair in colours()["types"].items()}
        text = self.words.text
        spec = self._spec("operators", rows, {"kinds": present, "colours": [list(by_word[kind]) for kind in present]})
        columns = (text["operator"], text["runs"])
        return Chart("operators", text["chart_operators"], spec, columns, tuple(table), max(0, len(order) - _MOST_BARS))

    def _chart(
        self,
        name: str,
        title: str,
        claims: list[Claim],
        rows: list[dict[str, Any]],
        values: dict[str, Any],
        *,
        more: int | None = None,
    ) -> Chart:
        text = self.words.text
        table = tuple(
            (c.subject, (str(row["name"]), str(row["figure"]), c.when))
            for c, row in zip(claims, rows, strict=False)
            if c.subject is not None
        )
        left = len(claims) - len(rows) if more is None else max(0, more)
        columns = (text["thing"], text["amount"], text["time"])
        return Chart(name, title, self._spec(name, rows, values), columns, table, left)

    def _spec(self, name: str, rows: list[dict[str, Any]], values: Mapping[str, Any]) -> dict[str, Any]:
        spec = json.loads(data_path("templates", "serve", "charts", f"{name}.json").read_text(encoding="utf-8"))
        filled: dict[str, Any] = self._fill(spec, values)
        return {**filled, "data": {"values": rows}}

    def _fill(self, part: Any, values: Mapping[str, Any]) -> Any:
        """Return a specification in which texts that begin with ``@`` are replaced: by values, else by words."""
        if isinstance(part, dict):
            return {key: self._fill(value, values) for key, value in part.items()}
        if isinstance(part, list):
            return [self._fill(value, values) for value in part]
        if isinstance(part, str) and part.startswith("@"):
            return values[part[1:]] if part[1:] in values else self.words.text[part[1:]]
        return part


def _newer(claim: Claim) -> tuple[str, str, str]:
    return claim.issued, claim.when, str(claim.node)


def _day(when: str) -> str:
    """Return the day on which a period begins.

    >>> _day("2024"), _day("2024-05")
    ('2024-01-01', '2024-05-01')
    """
    found = _DATE.match(when)
    year, month, day = found.groups() if found else ("1970", None, None)
    return f"{year}-{month or '01'}-{day or '01'}"
