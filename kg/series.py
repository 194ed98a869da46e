"""Claims over time: the figures that documents give for one measure of one thing, in order, none averaged."""

from __future__ import annotations

import csv
import difflib
import io
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING, Any

from kg.ask import query
from kg.cards import card, tidy
from kg.errors import QueryError
from kg.language.measure import measure_matches
from kg.language.script import fold
from kg.vocab import NAMESPACE

if TYPE_CHECKING:
    import pandas as pd
    from rdflib import Graph

    from kg.graph.remote import Endpoint

COLUMNS = (
    "thing",
    "normal",
    "measure",
    "time",
    "value",
    "upper",
    "unit",
    "bound",
    "per",
    "as_of",
    "date",
    "status",
    "change",
    "percent",
    "sure",
    "latest",
    "conflict",
    "quote",
    "file",
    "fact",
)
_MARKS = {"atLeast": "≥ ", "atMost": "≤ ", "about": "≈ "}
_FEWEST = {"exact": 0, "about": 1, "atLeast": 2, "atMost": 3}
# Words by which a text goes on to others of a kind, which it counts for themselves.
_OTHERS = re.compile(r"另[有外]|其余|\b(?:another|further|remaining)\b", re.IGNORECASE)
# 約 leaves this much room on either side.
_ABOUT = Decimal("0.1")


@dataclass(frozen=True, slots=True)
class Claim:
    """One figure as one document gives it. `date` is the document's, `as_of` the time that the words speak of."""

    measure: str
    value: Decimal
    unit: str
    bound: str
    quote: str
    file: str
    fact: str
    upper: Decimal | None = None
    per: str | None = None
    as_of: str | None = None
    date: str | None = None
    status: str | None = None
    funder: str | None = None

    @property
    def time(self) -> str:
        """The time the claim holds at: `as_of`, else the document's date; empty if neither is known.

        Times compare as text: a year stands before its months, a month before its days.
        """
        return self.as_of or self.date or ""

    @property
    def number(self) -> str:
        """The figure in words, such as ``≥ 2,000``."""
        text = f"{tidy(self.value):,f}" + (f"–{tidy(self.upper):,f}" if self.upper is not None else "")
        return f"{_MARKS.get(self.bound, '')}{'1:' if self.unit == 'ratio' else ''}{text}"

    def agrees(self, other: Claim) -> bool:
        """Tell whether both can be true at one time: their ranges meet, or they are of other funders or stages.

        One document may count some and then others: two have moved in, four more are in talks.
        """
        if self.file == other.file and (_OTHERS.search(fold(self.quote)) or _OTHERS.search(fold(other.quote))):
            return True
        if (self.funder and other.funder and self.funder != other.funder) or (
            self.status and other.status and self.status != other.status
        ):
            return True
        (low, high), (other_low, other_high) = self._range(), other._range()
        return (high is None or other_low is None or high >= other_low) and (
            other_high is None or low is None or other_high >= low
        )

    def _range(self) -> tuple[Decimal | None, Decimal | None]:
        top = self.upper if self.upper is not None else self.value
        if self.bound == "about":
            return self.value * (1 - _ABOUT), top * (1 + _ABOUT)
        return (None if self.bound == "atMost" else self.value), (None if self.bound == "atLeast" else top)


@dataclass(frozen=True, slots=True)
class Step:
    """What changed from one time to the next. `sure` is False where a bound leaves the change open."""

    old: Claim
    new: Claim
    change: Decimal
    percent: Decimal | None
    sure: bool


@dataclass(frozen=True, slots=True)
class Series:
    """The claims about one measure of one thing, by time; those of no known time come last."""

    thing: str
    normal: str
    claims: tuple[Claim, ...]

    @property
    def measure(self) -> str:
        """The words of the latest claim for what is measured."""
        return (self.latest() or self.claims)[0].measure

    @property
    def unit(self) -> str:
        """The unit of the latest claim."""
        return (self.latest() or self.claims)[0].unit

    @property
    def times(self) -> tuple[str, ...]:
        """The known times, in order."""
        return tuple(sorted({c.time for c in self.claims if c.time}))

    def at(self, time: str) -> tuple[Claim, ...]:
        """Return the claims of exactly this time."""
        return tuple(c for c in self.claims if c.time == time)

    def latest(self) -> tuple[Claim, ...]:
        """Return the claims of the last known time; they stand side by side if they are several."""
        return self.at(self.times[-1]) if self.times else ()

    def as_of(self, on: str) -> tuple[Claim, ...]:
        """Return the claims that held on a date: those of the last time up to it. A year or month means its end."""
        known = [t for t in self.times if t[: len(on)] <= on]
        return self.at(known[-1]) if known else ()

    def conflicts(self) -> tuple[tuple[Claim, Claim], ...]:
        """Return the pairs of claims of one time that can't both be true. Nothing is averaged or chosen."""
        found = []
        for i, one in enumerate(self.claims):
            for other in self.claims[i + 1 :]:
                together = one.time == other.time if one.time or other.time else one.file == other.file
                if together and not one.agrees(other):
                    found.append((one, other))
        return tuple(found)

    def growth(self) -> tuple[Step, ...]:
        """Return the changes between successive times; a time whose claims conflict has none to or from it.

        A year and a day of it are not successive: nobody knows which figure came first.
        """
        torn = {c.time for pair in self.conflicts() for c in pair}
        points = [None if t in torn else _closest(self.at(t)) for t in self.times]
        return tuple(
            _step(old, new) for old, new in pairwise(points) if old and new and not new.time.startswith(old.time)
        )

    def to_dict(self) -> dict[str, Any]:
        """Return the series as plain data for JSON; numbers are text."""

        def plain(claim: Claim) -> dict[str, Any]:
            row = {n: getattr(claim, n) for n in ("time", "value", "upper", "bound", "unit", "per", "as_of", "date")}
            row |= {n: getattr(claim, n) for n in ("status", "measure", "quote", "file", "fact")}
            return {k: f"{tidy(v):f}" if isinstance(v, Decimal) else v for k, v in row.items()}

        return {
            "thing": self.thing,
            "measure": self.measure,
            "normal": self.normal,
            "claims": [plain(c) for c in self.claims],
            "latest": [plain(c) for c in self.latest()],
            "growth": [
                {
                    "from": s.old.time,
                    "to": s.new.time,
                    "change": f"{tidy(s.change):f}",
                    "percent": None if s.percent is None else f"{s.percent:f}",
                    "sure": s.sure,
                }
                for s in self.growth()
            ],
            "conflicts": [[plain(c) for c in pair] for pair in self.conflicts()],
        }

    def rows(self) -> list[dict[str, Any]]:
        """Return a row of `COLUMNS` for each claim; `change` stands at the claim that it leads to."""
        steps = {id(s.new): s for s in self.growth()}
        last = self.latest()
        torn = {id(c) for pair in self.conflicts() for c in pair}
        found = []
        for claim in self.claims:
            step = steps.get(id(claim))
            row = {n: getattr(claim, n) for n in COLUMNS if hasattr(claim, n)}
            row |= {"thing": self.thing, "normal": self.normal, "time": claim.time or None}
            row |= {"change": step and step.change, "percent": step and step.percent, "sure": step and step.sure}
            row |= {"latest": any(claim is c for c in last), "conflict": id(claim) in torn}
            found.append({n: tidy(row[n]) if isinstance(row[n], Decimal) else row[n] for n in COLUMNS})
        return found


@dataclass(frozen=True, slots=True)
class Claims:
    """The series of a thing: those with more times first. Iterating gives each `Series`."""

    thing: str
    series: tuple[Series, ...]

    def __iter__(self) -> Iterator[Series]:
        return iter(self.series)

    def __len__(self) -> int:
        return len(self.series)

    def as_of(self, on: str) -> Claims:
        """Return the claims that held on a date; see `Series.as_of`."""
        held = (Series(s.thing, s.normal, s.as_of(on)) for s in self.series)
        return Claims(self.thing, tuple(s for s in held if s.claims))

    def rows(self) -> list[dict[str, Any]]:
        """Return a row of `COLUMNS` for each claim of each series."""
        return [row for series in self.series for row in series.rows()]

    def to_csv(self) -> str:
        """Return the rows as CSV with a header."""
        stream = io.StringIO()
        writer = csv.writer(stream, lineterminator="\n")
        writer.writerow(COLUMNS)
        for row in self.rows():
            writer.writerow(["" if v is None else f"{v:f}" if isinstance(v, Decimal) else v for v in row.values()])
        return stream.getvalue()

    def to_pandas(self) -> pd.DataFrame:
        """Return the rows as a DataFrame; numbers are Decimal, times are text, since some are a year only."""
        import pandas as pd

        rows = self.rows()
        return pd.DataFrame({c: pd.Series([row[c] for row in rows], dtype="object") for c in COLUMNS})

    def _repr_html_(self) -> str:
        shown = ("measure", "time", "value", "unit", "bound", "change", "quote", "file")
        rows = [tuple(row[c] for c in shown) for row in self.rows()]
        note = "" if rows else "no figures"
        return card("rows", columns=shown, rows=rows, numbers={2, 5}, more=0, note=note)


def series(graph: Graph | str | Path | Endpoint, name: str, *, measure: str | None = None) -> Claims:
    """Return the figures about the thing of a name as series, one for each measure, whatever its words and script.

    `measure` keeps those whose normal form it is or stands in, and of money the role that it names (融資, raised).
    Raises `QueryError` for an unknown name or measure, with the nearest ones.
    """
    rows = query(graph, "series", params={"thing": name}, limit=200_000).to_dicts()
    found: dict[str, dict[tuple[str, str], Claim]] = {}
    thing = str(rows[0]["thingName"]) if rows else name
    for row in rows:
        claim = _claim(row)
        # One document may say it in several places: the first is shown.
        found.setdefault(str(row["normal"]), {}).setdefault((claim.fact, claim.file), claim)
    every = [Series(thing, normal, tuple(sorted(c.values(), key=_order))) for normal, c in sorted(found.items())]
    every.sort(key=lambda s: (-len(s.times), s.normal))
    kept = [s for s in every if measure is None or measure_matches(measure, s.normal)]
    if measure is not None and not kept and every:
        raise QueryError("E315", f"no measure {measure} of {thing}", hint=_suggest(measure, every))
    return Claims(thing, tuple(kept))


def _suggest(measure: str, every: Iterable[Series]) -> str:
    words = {s.measure: s for s in every}
    near = difflib.get_close_matches(measure, words, 3, 0.3)
    return f"did you mean {', '.join(near)}?" if near else f"its measures: {', '.join(sorted(words)[:12])}"


def _claim(row: dict[str, Any]) -> Claim:
    def word(name: str) -> str | None:
        return None if row[name] is None else str(row[name]).removeprefix(NAMESPACE)

    return Claim(
        str(row["measure"] or ""),
        Decimal(row["value"]),
        str(row["unit"] or ""),
        word("bound") or "exact",
        " ".join(str(row["quote"]).split()),
        str(row["file"]),
        str(row["fact"]),
        None if row["upper"] is None else Decimal(row["upper"]),
        word("per"),
        word("asOf"),
        word("date"),
        word("status"),
        word("funder"),
    )


def _order(claim: Claim) -> tuple[Any, ...]:
    return not claim.time, claim.time, claim.date or "", claim.value, claim.file, claim.bound, claim.fact


def _closest(claims: tuple[Claim, ...]) -> Claim:
    """Return the claim that says most, of some that agree: an exact one, else the highest floor, the lowest ceiling."""
    return min(
        claims,
        key=lambda c: (_FEWEST[c.bound], -c.value if c.bound == "atLeast" else c.value, c.file, c.fact),
    )


def _step(old: Claim, new: Claim) -> Step:
    change = new.value - old.value
    percent = (change * 100 / old.value).quantize(Decimal("0.1"), ROUND_HALF_UP) if old.value else None
    exact = all(c.bound == "exact" and c.upper is None for c in (old, new))
    return Step(old, new, change, percent, exact)
