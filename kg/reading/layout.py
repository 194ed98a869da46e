"""Characters with places → lines in reading order: columns are told from tables, side boxes are kept together.

Coordinates are points from the upper left corner of the page as it is read; y grows downwards.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from statistics import median

_HAN = re.compile("[\u2e80-\u303f\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff\uff00-\uffef\U00020000-\U0003ffff]")
_HANGING = "，。、；：！？」』》）”’"
_SPLIT = 0.75  # a gap of so many character heights ends a run: it may be the space between columns
_GUTTER = 0.5  # the least width of the space between columns
_FIELD = 1.5  # a gap so wide within a line sets two fields apart
_LARGE = 1.3  # type so many times the usual size is a headline's
_NARROW = 6.0  # a column is at least so many characters wide


Gap = tuple[float, float]


@dataclass(frozen=True, slots=True)
class Glyph:
    """A character and its place; `base` is the height of its base line. `spaced` tells of a space before it: 2 where
    the file has one, 1 where there is a gap that looks like one."""

    text: str
    x0: float
    x1: float
    base: float
    size: float
    spaced: int = 0


@dataclass(frozen=True, slots=True)
class Segment:
    """A run of characters on one base line without a wide gap."""

    text: str
    x0: float
    x1: float
    base: float
    size: float  # the height of its characters
    spaced: bool = False

    @property
    def top(self) -> float:
        """The upper edge of the part that no line above reaches into."""
        return self.base - 0.6 * self.size


@dataclass(frozen=True, slots=True)
class Box:
    """A drawn frame or tinted ground."""

    x0: float
    y0: float
    x1: float
    y1: float


@dataclass(frozen=True, slots=True)
class Sheet:
    """A page: what stands on it."""

    number: int
    width: float
    height: float
    segments: tuple[Segment, ...]
    boxes: tuple[Box, ...] = ()


@dataclass(frozen=True, slots=True)
class Line:
    """A line in its column. `left` and `right` are the column's edges; `part` tells parts of a page apart (column,
    side box), `aside` that the part is a side box."""

    text: str
    page: int
    part: int
    x0: float
    x1: float
    base: float
    size: float
    left: float
    right: float
    aside: bool = False


def is_han(char: str) -> bool:
    """Tell whether a character is written without spaces and as wide as it is high."""
    return _HAN.match(char) is not None


def segments(glyphs: Iterable[Glyph]) -> list[Segment]:
    """Return the runs of a page's characters; what is drawn twice at one place counts once."""
    rows: dict[int, list[Glyph]] = {}
    seen: dict[tuple[str, int, int], Glyph] = {}
    for glyph in glyphs:
        if _twice(glyph, seen):
            continue
        rows.setdefault(round(glyph.base), []).append(glyph)
    found: list[Segment] = []
    for row in _joined_rows(rows):
        row.sort(key=lambda g: (g.x0, g.x1))
        run: list[Glyph] = []
        for glyph in row:
            if run and glyph.x0 - run[-1].x1 > _room(run[-1], glyph):
                found.append(_segment(run))
                run = []
            run.append(glyph)
        found.append(_segment(run))
    return found


def _room(left: Glyph, right: Glyph) -> float:
    """Return the gap beyond which two characters belong to two runs; less where a heading stands beside text."""
    low, high = sorted((left.size, right.size))
    return (_SPLIT if high < 1.25 * low else 0.3) * low


def _twice(glyph: Glyph, seen: dict[tuple[str, int, int], Glyph]) -> bool:
    """Tell whether the same character stands at this place already: bold type is drawn so, and so are shadows."""
    x, y = round(glyph.x0 / 3), round(glyph.base / 3)
    for dx in (-1, 0, 1):
        for dy in (-1, 0, 1):
            other = seen.get((glyph.text, x + dx, y + dy))
            near = 0.25 * min(glyph.size, max(glyph.x1 - glyph.x0, 0.1) * 1.5)
            if other and abs(other.x0 - glyph.x0) < near and abs(other.base - glyph.base) < near:
                return True
    seen[glyph.text, x, y] = glyph
    return False


def _joined_rows(rows: dict[int, list[Glyph]]) -> list[list[Glyph]]:
    """Return the characters of each base line; lines a point apart that no character tells apart are one."""
    found: list[list[Glyph]] = []
    last = None
    for base in sorted(rows):
        row = rows[base]
        if last is not None and base - last <= 1 and not _overlap(found[-1], row):
            found[-1] += row
        else:
            found.append(list(row))
        last = base
    return found


def _overlap(left: list[Glyph], right: list[Glyph]) -> bool:
    spans = sorted([(g.x0, g.x1, 0) for g in left] + [(g.x0, g.x1, 1) for g in right])
    return any(b[0] < a[1] - 0.5 and a[2] != b[2] for a, b in pairwise(spans))


def _segment(run: list[Glyph]) -> Segment:
    size = median(g.size for g in run)
    text = run[0].text
    for left, right in pairwise(run):
        han = is_han(left.text) + is_han(right.text)
        gap = right.x0 - left.x1
        # A gap beside a Chinese character is only room; where it is written as a space it may be one.
        seen = right.spaced == 2 and (han < 2 or gap > 0.1 * size)
        if seen or (han == 0 and (right.spaced or gap > 0.25 * size)):
            text += " "
        text += right.text
    return Segment(text, run[0].x0, max(g.x1 for g in run), median(g.base for g in run), size, run[0].spaced == 2)


def order(sheet: Sheet, known: set[int]) -> list[Line]:
    """Return the lines of a page in reading order: column by column, each side box after the part it stands beside.

    `known` are the edges at which columns of this document began so far; those of this page are added.
    """
    boxes, rest = _boxed(sheet)
    parts = _Parts(sheet.number, known)
    lines = parts.read(rest)
    for inside in boxes:
        found = [replace(line, aside=True) for line in parts.read(inside)]
        _insert(lines, found)
    return lines


def _boxed(sheet: Sheet) -> tuple[list[list[Segment]], list[Segment]]:
    """Return the runs of each side box, and the rest. A box within another belongs to the outer one."""
    left = list(sheet.segments)
    found = []
    for box in sorted(set(sheet.boxes), key=lambda b: (-(b.x1 - b.x0) * (b.y1 - b.y0), b.y0, b.x0)):
        inside = [
            s
            for s in left
            if box.x0 - 2 <= s.x0 and s.x1 <= box.x1 + 2 and box.y0 <= s.base - 0.3 * s.size and s.base <= box.y1
        ]
        # A box around nearly everything is the page's frame; one around a line is a tinted heading or a table's cell.
        if len(inside) < 3 or len(inside) * 10 > 7 * len(left) or len({round(s.base) for s in inside}) < 3:
            continue
        outer = [s for s in left if s not in set(inside)]
        if _is_table(box, sheet.boxes):
            continue
        found.append(inside)
        left = outer
    return found, left


def _is_table(box: Box, boxes: Sequence[Box]) -> bool:
    inner = [
        b
        for b in boxes
        if b != box and box.x0 - 1 <= b.x0 and b.x1 <= box.x1 + 1 and box.y0 - 1 <= b.y0 and b.y1 <= box.y1 + 1
    ]
    return len(inner) > 3


def _insert(lines: list[Line], box: list[Line]) -> None:
    """Put a side box's lines after the last line that stands above it in its own column."""
    top = min(line.base for line in box)
    low, high = min(line.x0 for line in box), max(line.x1 for line in box)
    above = [i for i, x in enumerate(lines) if x.base < top and x.left < high and low < x.right]
    place = max(above) + 1 if above else len(lines)
    lines[place:place] = box


class _Parts:
    """Reads regions of one page; counts the parts as it meets them."""

    def __init__(self, page: int, known: set[int]) -> None:
        self.page = page
        self.count = 0
        self.known = known

    def read(self, found: list[Segment], depth: int = 0) -> list[Line]:
        """Return the lines of a region in reading order."""
        if not found:
            return []
        lines: list[Line] = []
        whole: list[Segment] = []
        for band in _bands(found):
            columns = _columns(band, self.known) if depth < 6 else [band]
            if len(columns) == 1:
                whole += band
                continue
            lines += self._lines(whole)
            whole = []
            for column in columns:
                lines += self.read(column, depth + 1)
        return lines + self._lines(whole)

    def _lines(self, found: list[Segment]) -> list[Line]:
        if not found:
            return []
        edges = _edges(found)
        self.count += 1
        lines = []
        for row in rows_of(found):
            text = row[0].text
            # Type that is spread to fill its line has a gap after every character; any other gap is a space.
            filled = row[-1].x1 > edges[0][1] - 0.3 * row[0].size and row[0].x0 < edges[0][0] + 3 * row[0].size
            spread = len(row) > 3 and sum(len(s.text) for s in row) < 4 * len(row)
            for before, after in pairwise(row):
                wide = after.x0 - before.x1 > _FIELD * after.size and not filled
                apart = after.spaced or not spread or not (is_han(before.text[-1]) and is_han(after.text[0]))
                text += ("   " if wide and not spread else " " if apart else "") + after.text
            size = max(row, key=lambda s: s.x1 - s.x0).size
            left, right = edges.get(round(size), edges[0])
            lines.append(Line(text, self.page, self.count, row[0].x0, row[-1].x1, row[0].base, size, left, right))
        return lines


def _edges(found: list[Segment]) -> dict[int, Gap]:
    """Return where the lines of a column begin and end, for each size of type that has several; 0 stands for the rest."""
    sizes: dict[int, list[Segment]] = {}
    for segment in found:
        sizes.setdefault(round(segment.size), []).append(segment)
    edges = {0: (min(s.x0 for s in found), max(s.x1 for s in found))}
    for size, members in sizes.items():
        if len(rows_of(members)) < 3:
            continue
        # Some programs let a closing mark hang over the edge, or a word that they can't break.
        ends = sorted((s.x1 for s in members if s.text[-1] not in _HANGING), reverse=True)
        shared = [a for a, b in pairwise(ends) if a - b < 0.6 * size]
        right = shared[0] if shared and len(ends) > 2 else max(s.x1 for s in members)
        edges[size] = min(s.x0 for s in members), right
    return edges


def rows_of(found: list[Segment]) -> list[list[Segment]]:
    """Return the runs that stand side by side, row by row from the top, each from the left."""
    rows: list[list[Segment]] = []
    bottom = 0.0
    for segment in sorted(found, key=lambda s: (s.base, s.x0)):
        if rows and segment.top < bottom - 0.1 * segment.size:
            rows[-1].append(segment)
            bottom = max(bottom, segment.base)
        else:
            rows.append([segment])
            bottom = segment.base
    return [sorted(row, key=lambda s: s.x0) for row in rows]


def _bands(found: list[Segment]) -> list[list[Segment]]:
    """Return a region cut from top to bottom so that within each part the spaces between columns run through."""
    em = median(s.size for s in found)
    bands: list[tuple[list[Segment], list[Gap]]] = []
    rows = rows_of(found)
    # Headlines above it all have spaces of their own, which are not those between the columns.
    while rows and all(s.size >= _LARGE * em for s in rows[0]):
        bands.append((rows.pop(0), []))
    for row in rows:
        free = _free(row, em)
        inner = _inner(row, free)
        if bands and bands[-1][1]:
            band, open_ = bands[-1]
            both = _common(open_, free, em)
            if not (_inner([*band, *row], both) or not (_inner(band, open_) or inner)):
                bands.append((list(row), free))
            else:
                band += row
                bands[-1] = band, both
        else:
            bands.append((list(row), free))
    return [band for band, _ in bands]


def _free(row: list[Segment], em: float) -> list[Gap]:
    """Return the stretches of x that no run of a row covers and that are wide enough to part columns."""
    found, edge = [], float("-inf")
    for segment in sorted(row, key=lambda s: s.x0):
        if segment.x0 - edge >= _GUTTER * em:
            found.append((edge, segment.x0))
        edge = max(edge, segment.x1)
    return [*found, (edge, float("inf"))]


def _common(left: list[Gap], right: list[Gap], em: float) -> list[Gap]:
    both = [(max(a[0], b[0]), min(a[1], b[1])) for a in left for b in right]
    return sorted({g for g in both if g[1] - g[0] >= _GUTTER * em})


def _inner(row: list[Segment], gaps: list[Gap]) -> list[Gap]:
    """Return the gaps with something on both their sides."""
    low, high = min(s.x0 for s in row), max(s.x1 for s in row)
    return [g for g in gaps if low < g[0] and g[1] < high]


def _columns(band: list[Segment], known: set[int]) -> list[list[Segment]]:
    """Return the columns of a band: several only where they hold text that runs on, not a table or a list of fields,
    or where this document has had columns before."""
    em = median(s.size for s in band)
    gaps = _inner(band, _free_of(band, em))
    columns: list[list[Segment]] = [[] for _ in range(len(gaps) + 1)]
    for segment in band:
        columns[sum(1 for g in gaps if g[0] < segment.x0)].append(segment)
    if gaps and all(_edge(column) & known for column in columns[1:]):
        return columns
    merged: list[list[Segment]] = []
    carry: list[Segment] = []
    for column in columns:
        whole = [*carry, *column]
        if _extent(column) < _NARROW * em and column is not columns[-1]:
            carry = whole  # a bullet or a number belongs to what stands right of it
            continue
        merged.append(whole)
        carry = []
    if carry:
        merged.append(carry)
    if len(merged) > 1 and _extent(merged[-1]) < _NARROW * em:
        last = merged.pop()
        merged[-1] += last
    if len(merged) < 2 or not _prose(merged):
        return [band]
    for column in merged[1:]:
        known.add(round(min(s.x0 for s in column)))
    return merged


def _edge(column: list[Segment]) -> set[int]:
    """Return where a column begins, to a point more or less."""
    edge = round(min(s.x0 for s in column))
    return {edge - 1, edge, edge + 1}


def _free_of(band: list[Segment], em: float) -> list[Gap]:
    gaps: list[Gap] = [(float("-inf"), float("inf"))]
    for row in rows_of(band):
        gaps = _common(gaps, _free(row, em), em)
    return gaps


def _extent(column: list[Segment]) -> float:
    return max(s.x1 for s in column) - min(s.x0 for s in column)


def _prose(columns: list[list[Segment]]) -> bool:
    """Tell whether columns hold wrapped text: most of their lines run from edge to edge, and some column has several."""
    rows = [rows_of(column) for column in columns]
    longest = max(rows, key=len)
    if len(longest) < 4:
        return False
    widest = max(_width(r, column) for column, r in zip(columns, rows, strict=True) if len(r) >= 3)
    return all(_runs_on(found, longest, widest) for found in rows)


def _runs_on(rows: list[list[Segment]], longest: list[list[Segment]], widest: float) -> bool:
    """Tell whether a column's lines begin at its edge or one indent from it, and fill it or stand together at its head."""
    size = rows[0][0].size
    starts = Counter(round(row[0].x0 / (0.4 * size)) for row in rows)
    if sum(n for _, n in starts.most_common(2)) * 2 < len(rows):
        return False
    left = min(row[0].x0 for row in rows)
    width = widest if len(rows) < 3 else max(max(s.x1 for s in row) - left for row in rows)
    full = sum(1 for row in rows if max(s.x1 for s in row) - left >= 0.7 * width)
    # The end of an article fills a column by a few lines, which then stand at its head.
    # Above which a title may stand.
    at_head = any(abs(rows[0][0].base - row[0].base) <= 2.5 * size for row in longest[:3])
    together = all(b[0].base - a[0].base < 3.5 * size for a, b in pairwise(rows))
    if len(rows) * 2 <= len(longest) and at_head and together:
        return True
    return full * 2 >= len(rows) and (len(rows) > 2 or at_head)


def _width(rows: list[list[Segment]], column: list[Segment]) -> float:
    left = min(s.x0 for s in column)
    return max(max(s.x1 for s in row) - left for row in rows)
