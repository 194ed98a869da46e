"""Text → flow: wrapped lines joined, passages told apart, every character mapped back to where it came from."""

from __future__ import annotations

import itertools
import re
from collections import Counter
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files

from kg.model import Flow, Passage, PassageKind

_HAN = re.compile("[\u3000-\u303f\u3400-\u9fff\uff00-\uffef]")
_TERMINAL = re.compile(r"[。！？；!?;:：︰…][」』”’）)\]]*$|\.$")
_OPEN = {"「": "」", "『": "』", "《": "》", "（": "）", "(": ")", "“": "”"}
_BULLET = re.compile(r"^\s*(?:[●•▪■◆○‧*]|[-–]\s|\(?[一二三四五六七八九十\d]{1,2}[).、]\s?)\s*\S")
_CAPTION = re.compile(r"^\s*[▲▼◀▶◄►]|^\s*(?:圖|图)\s?[:：]")
_CONTACT = re.compile(
    r"^\s*(?:傳媒|传媒|媒體|媒体|新聞界|新闻界|新聞|新闻|如有|公眾)?(?:查詢|查询|垂詢|垂询|聯絡|联络|联系|聯繫)(?:人|方式|方法)?\s?(?:[,，]|請|请|:|：|︰|$)|^\s*(?:Media|Press)\s(?:enquir|inquir|contact)|^\s*For (?:media|press) (?:enquir|inquir)",
    re.IGNORECASE,
)
_ABOUT = re.compile(r"^\s*(?:關於|关于|有關|About)\s?\S{1,30}\s*$", re.IGNORECASE)
_PAGE = re.compile(
    r"^\s*(?:[-–—]?\s?\d{1,3}\s?[-–—]?|第\s?\d+\s?頁.*|Page \d+.*|#{2,}|\*{3,}|-{3,}|={3,}|[-–]\s*(?:完|END|End)\s*[-–]|（?完）?)\s*$"
)
_CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\u200b-\u200f\u202a-\u202e\u2066-\u2069\ufeff\ue000-\uf8ff]")
_URL = re.compile(r"^\s*(?:https?://|mailto:|www\.)\S+\s*$")


@dataclass(frozen=True, slots=True)
class _Line:
    start: int
    end: int
    text: str
    gap: int  # blank lines before it
    row: int = -1  # where the line began that this is a part of

    @property
    def width(self) -> int:
        return _width(self.text.rstrip())


def _width(text: str) -> int:
    return sum(2 if _HAN.match(c) else 1 for c in text)


def _lines(text: str) -> list[_Line]:
    """Return the lines that hold something, each with the number of blank lines before it."""
    found = []
    place = gap = 0
    for raw in text.split("\n"):
        if raw.strip():
            found.append(_Line(place, place + len(raw), raw, gap))
            gap = 0
        else:
            gap += 1
        place += len(raw) + 1
    return found


def build_flow(text: str) -> Flow:
    """Return the reading order of a text. Every character of the flow stands at its offset in the text, or is a space or
    line break that stands for what lay between two characters."""
    clean = _CONTROL.sub(" ", text)
    lines = _lines(clean)
    double = _double_spaced(lines)
    widths = _wrap_widths(lines, double)
    pieces: list[tuple[PassageKind, list[_Line]]] = []
    region: PassageKind = "title"
    for index, line in enumerate(lines):
        if _PAGE.match(line.text):
            continue
        if _CONTACT.search(line.text) and len(line.text.strip()) < 40:
            region = "contact"
        elif _ABOUT.match(line.text) and _width(line.text.strip()) < 60 and not _TERMINAL.search(line.text.rstrip()):
            region = "about"
        elif region == "title" and (
            len(line.text.strip()) > 60
            or _TERMINAL.search(line.text.rstrip())
            or re.search(r"(?:19|20)\d\d\s?年\s?\d+\s?月", line.text[:24])
        ):
            region = "body"
        kind = _kind(line, region)
        if kind == "contact":
            pieces += [("contact", [part]) for part in _columns(line)]
            continue
        previous = pieces[-1] if pieces else None
        if (
            previous
            and previous[1][-1] is lines[index - 1]
            and previous[0] != "contact"
            and _continues(previous, line, kind, double, widths[index - 1])
        ):
            previous[1].append(line)
            continue
        pieces.append((kind, [line]))
    return _join(clean, _order_columns(pieces))


def _kind(line: _Line, region: PassageKind) -> PassageKind:
    if region == "contact":
        return "contact"
    if _CAPTION.match(line.text):
        return "caption"
    if _BULLET.match(line.text):
        return "list"
    return region


def _double_spaced(lines: list[_Line]) -> bool:
    """Tell whether wrapped lines are one blank line apart, as text drawn out of a PDF often is: many lines that end in
    the middle of a sentence are followed by a blank line."""
    broken = [
        b for a, b in itertools.pairwise(lines) if _width(a.text.strip()) > 40 and not _TERMINAL.search(a.text.rstrip())
    ]
    return len(broken) >= 4 and sum(1 for b in broken if b.gap) > len(broken) * 0.6


def _wrap_widths(lines: list[_Line], double: bool) -> list[int]:
    """Return for each line the width at which its surroundings are wrapped: the widest of those near it, 0 if none is."""
    found = []
    for index in range(len(lines)):
        window = lines[max(0, index - 6) : index + 7]
        widths = Counter(min(line.width, 400) // 2 for line in window)
        wide = sorted((line.width for line in window), reverse=True)
        typical = wide[min(2, len(wide) - 1)]
        near = sum(n for w, n in widths.items() if abs(w * 2 - typical) <= 6)
        found.append(typical if near >= 3 and typical <= 130 else 0)
    return found


def _unclosed(text: str) -> bool:
    return any(text.count(a) > text.count(b) for a, b in _OPEN.items())


@lru_cache(maxsize=1)
def _posts() -> re.Pattern[str]:
    """Return the words that end a post, after which a narrow column may break before the person's name."""
    words = (files("kg") / "data" / "language" / "posts.txt").read_text(encoding="utf-8").split()
    return re.compile("(?:" + "|".join(re.escape(w) for w in sorted(words, key=len, reverse=True)) + ")$")


def _continues(
    previous: tuple[PassageKind, list[_Line]], line: _Line, kind: PassageKind, double: bool, width: int
) -> bool:
    """Tell whether a line goes on where the passage before it stopped."""
    last = previous[1][-1]
    if kind in {"caption", "list"} or _URL.match(line.text) or _URL.match(last.text):
        return False
    if kind == "about" and previous[0] != "about":
        return False
    ended = last.text.rstrip()
    if line.gap > (2 if double else 1):
        return False
    if line.gap == (1 if not double else 2):
        # A blank line within a sentence: a by-line's post before the name, or a page break in double-spaced text.
        if not double:
            if width <= 50 and len(previous[1]) > 1 and last.width >= width - 3 and not _TERMINAL.search(ended):
                # The foot of a narrow column in the middle of a sentence: the next block goes on with it.
                return True
            return bool(
                _posts().search(ended) and last.width <= 24 and re.match("[\u4e00-\u9fff]{2,4}", line.text.strip())
            )
        return last.width > width - 8 > 40 and not _TERMINAL.search(ended)
    joined = "".join(x.text for x in previous[1])
    if _unclosed(joined[-200:]) and len(joined) < 2000 and width:
        return True
    if not width or last.width > 200:
        return False
    full = last.width >= (
        width - 7 if width > 50 else width * 0.6 if line.gap == 0 and len(previous[1]) > 1 else width - 5
    )
    if double and last.text != last.text.rstrip() and line.gap == 1 and not full:
        return False
    if _TERMINAL.search(ended):
        return full and not double and last.width >= width - 2 and line.text[:1].strip() != ""
    if previous[0] == "caption":
        return True
    return full or (line.gap == 0 and width <= 50 and _posts().search(ended) is not None)


def _columns(line: _Line) -> list[_Line]:
    """Return the parts of a contact line that wide gaps set apart."""
    parts = []
    for match in re.finditer(r"\S(?:.*?\S)?(?=\s{3,}|\s*$)", line.text):
        parts.append(_Line(line.start + match.start(), line.start + match.end(), match.group(), line.gap, line.start))
    return parts


def _order_columns(pieces: list[tuple[PassageKind, list[_Line]]]) -> list[tuple[PassageKind, list[_Line]]]:
    """Put a contact block of two columns into the order in which it reads: all of the first, then all of the second."""
    ordered: list[tuple[PassageKind, list[_Line]]] = []
    index = 0
    while index < len(pieces):
        if pieces[index][0] != "contact":
            ordered.append(pieces[index])
            index += 1
            continue
        block = []
        while index < len(pieces) and pieces[index][0] == "contact":
            block.append(pieces[index])
            index += 1
        rank: dict[int, int] = {}
        column = 0
        for number, (_, (part,)) in enumerate((k, tuple(p)) for k, p in block):
            column = column + 1 if number and block[number - 1][1][0].row == part.row else 0
            rank[number] = column
        ordered += [block[n] for n in sorted(rank, key=lambda n: (rank[n], n))]
    return ordered


def _join(text: str, pieces: list[tuple[PassageKind, list[_Line]]]) -> Flow:
    out: list[str] = []
    offsets: list[int] = []
    passages: list[Passage] = []
    for kind, lines in pieces:
        if out:
            out.append("\n")
            offsets.append(min(offsets[-1] + 1, len(text)))
        first = len(out)
        for number, line in enumerate(lines):
            low = line.start + len(line.text) - len(line.text.lstrip())
            high = line.start + len(line.text.rstrip())
            if number and (between := _between(text[offsets[-1]], text[low])) is not None:
                out.append(between)
                offsets.append(offsets[-1] + 1)
            out += text[low:high].replace("\t", " ")
            offsets += range(low, high)
        passages.append(Passage(kind, first, len(out)))
    offsets.append(offsets[-1] + 1 if offsets else 0)
    return Flow("".join(out), tuple(offsets), tuple(passages))


def _between(left: str, right: str) -> str | None:
    """Return what joins two wrapped lines: a space between Latin words, nothing where Chinese stands on either side."""
    return " " if left.isascii() and right.isascii() and (left.isalnum() or left in ",.;:)") else None
