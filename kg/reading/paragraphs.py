"""Lines in reading order → paragraphs: wrapped lines joined, also over columns and pages; side boxes kept apart."""

from __future__ import annotations

import re
from collections import Counter
from itertools import pairwise

from kg.reading.layout import Line, is_han

_TERMINAL = re.compile(r"[。！？；!?;:：︰…][」』”’）)\]》]*$|\.[”’)\]]*$")
_BULLET = re.compile(
    r"^\s*(?:[●•▪■◆‧*▲▼◀▶◄►]|○(?![○〇一二三四五六七八九十])|[-–]\s|\(?(?:[一二三四五六七八九十]{1,3}|\d{1,2})[).、](?!\d)\s?\S|[(（][一二三四五六七八九十\da-z]{1,3}[)）])"
)
_CAPTION = re.compile(r"^\s*(?:[▲▼◀▶◄►]|(?:圖|图|表|Figure|Fig\.|Photo|Table)\s?[\d一二三四五六七八九十]*\s?[:：.])")
_CANT_BEGIN = re.compile(r"[，。、；：！？」』》）,;:!?)%％]")
_NUMBER_END = re.compile(r"[\u4e00-\u9fff，。、；：「（(]\s?(?:(?:HK|US|RMB)?\$\s?)?\d[\d,.]*$")
_NUMBER_REST = re.compile(r"[\d,.]*\d\s?[\u4e00-\u9fff％%]")
# No line begins with a closing mark or ends with an opening one; quotation marks that serve as both cling to both sides.
_CLOSING, _OPENING, _QUOTES = "，。、；：！？」』》）％", "「『《（", "“”‘’"
_LONGEST = 24


def paragraphs(lines: list[Line]) -> tuple[str, tuple[tuple[int, int], ...]]:
    """Return the text, a line for each paragraph or heading, and (offset, page) wherever another page begins."""
    body = _body_size(lines)
    words = _words(lines)
    open_: list[Line] = []
    waiting: list[list[Line]] = []
    done: list[list[Line]] = []
    lead = _leads(lines)
    indent = _indents(lines)
    group: list[Line] | None = None  # the caption or note that the line before belongs to
    for line in lines:
        marked = line.aside or _apart(line, body)
        if group and (not marked or _same_kind(group[-1], line)) and _continues(group[-1], line, lead, indent):
            group.append(line)
            continue
        if marked:
            group = [line]
            (waiting if open_ else done).append(group)
            continue
        group = None
        if open_ and _continues(open_[-1], line, lead, indent):
            open_.append(line)
            continue
        # What stood beside a paragraph comes after it.
        done += [open_] if open_ else []
        done += waiting
        waiting = []
        open_ = [line]
    done += ([open_] if open_ else []) + waiting
    return _text(done, words)


def _body_size(lines: list[Line]) -> float:
    """Return the size that most characters are set in."""
    sizes: Counter[float] = Counter()
    for line in lines:
        sizes[round(line.size * 2) / 2] += len(line.text)
    return max(sorted(sizes), key=lambda s: sizes[s], default=1.0)


def _apart(line: Line, body: float) -> bool:
    """Tell whether a line is a caption or a note: smaller than the text, or marked as one."""
    return line.size < 0.93 * body or _CAPTION.match(line.text) is not None


def _same_kind(left: Line, right: Line) -> bool:
    return (
        left.aside == right.aside and abs(left.size - right.size) < 0.07 * left.size and not _CAPTION.match(right.text)
    )


def _leads(lines: list[Line]) -> dict[int, float]:
    """Return for each size (in half points) the usual distance between its lines."""
    found: dict[int, list[float]] = {}
    for a, b in pairwise(lines):
        if a.part == b.part and a.page == b.page and abs(a.size - b.size) < 0.07 * a.size and b.base > a.base:
            found.setdefault(round(a.size * 2), []).append(b.base - a.base)
    # The lesser distances are those within paragraphs.
    return {size: sorted(gaps)[len(gaps) // 3] for size, gaps in found.items()}


def _indents(lines: list[Line]) -> bool:
    """Tell whether paragraphs begin with an indent: then a line without one that follows a full one goes on."""
    first = [b for a, b in pairwise(lines) if a.part == b.part and _slack(a, b) > 0 and b.base > a.base]
    if len(first) < 2:
        return False
    return sum(1 for line in first if _indented(line)) * 2 > len(first)


def _indented(line: Line) -> bool:
    return 0.8 * line.size < line.x0 - line.left < 5 * line.size


def _slack(last: Line, line: Line) -> float:
    """Return how much room a line had left beyond what the next line's first word needs; 0 or less where it was full."""
    need = _width(_unbreakable(line.text.lstrip()))
    unit = _em(last)
    room = last.right - last.x1
    return room - (need + 0.45) * unit


def _unbreakable(text: str) -> str:
    """Return how a line begins up to where it could have been broken, by the rules that programs go by.

    >>> _unbreakable("悉，2024年"), _unbreakable("称“市科技"), _unbreakable("the end")
    ('悉，2024', '称“市', 'the')
    """
    end = 1
    while end < min(len(text), _LONGEST):
        left, right = text[end - 1], text[end]
        if right.isspace():
            break
        latin = not is_han(left) and not is_han(right)
        # Some programs keep a number with the mark before it.
        number = left in _CLOSING and right.isdigit()
        if not (latin or number or right in _CLOSING or left in _OPENING or {left, right} & set(_QUOTES)):
            break
        end += 1
    return text[:end]


def _width(text: str) -> float:
    """Return about how many Chinese characters wide a text is."""
    latin = 0.2 if text and not is_han(text[0]) else 0.0
    return latin + sum(1.0 if is_han(c) else 0.7 if c.isupper() else 0.57 if c.isdigit() else 0.5 for c in text)


def _em(line: Line) -> float:
    """Return the width of a Chinese character of a line, or of two Latin letters."""
    han = sum(1 for c in line.text if is_han(c))
    width = (line.x1 - line.x0) / max(han + 0.5 * (len(line.text) - han), 1)
    return min(width, line.size * 1.1)


def _continues(last: Line, line: Line, lead: dict[int, float], indent: bool) -> bool:
    """Tell whether a line goes on with the paragraph of the line before it."""
    if abs(last.size - line.size) > 0.12 * max(last.size, line.size):
        return False
    if _BULLET.match(line.text) or _CAPTION.match(line.text):
        return False
    same = last.part == line.part and last.page == line.page
    if same:
        step = line.base - last.base
        usual = lead.get(round(last.size * 2), step)
        if step > 1.35 * usual + 0.5 or step <= 0:
            return False
    if _CANT_BEGIN.match(line.text) and not _TERMINAL.search(last.text):
        return True
    if re.match("[a-z]", line.text) and re.search("[A-Za-z,]$", last.text):
        return True  # no paragraph of English begins with a small letter
    if _slack(last, line) > 0:
        return False
    hanging = _BULLET.match(last.text) is not None and line.x0 > last.x0 + 0.5 * last.size
    if _indented(line) and (indent or not _indented(last)) and not hanging:
        return False
    ended = _TERMINAL.search(last.text) is not None
    if same:
        # Where neither indents nor distances mark paragraphs, a full line that ends a sentence goes on all the same.
        return True
    if not ended:
        return True
    return indent and not _indented(line)


def _text(groups: list[list[Line]], words: frozenset[str]) -> tuple[str, tuple[tuple[int, int], ...]]:
    parts: list[str] = []
    length = 0
    pages: list[tuple[int, int]] = []
    for group in groups:
        out = ""
        for line in group:
            out, start = _join(out, line.text.strip(), words)
            if not pages or pages[-1][1] != line.page:
                pages.append((length + start, line.page))
        parts.append(out)
        length += len(out) + 1
    return "".join(f"{p}\n" for p in parts), tuple(pages)


def _compound(left: str, right: str, words: frozenset[str]) -> bool:
    """Tell whether a hyphen at a line's end belongs to the word: the document writes it so, or knows both its parts."""
    if f"{left}-{right}" in words or f"{left}{right}" in words:
        return f"{left}-{right}" in words
    return left in words and right in words


def _words(lines: list[Line]) -> frozenset[str]:
    """Return the Latin words of a document, hyphenated ones whole, without those at the ends of lines."""
    return frozenset(w for line in lines for w in re.findall(r"[a-z]+(?:-[a-z]+)*", line.text.lower())[1:-1])


def _join(out: str, text: str, words: frozenset[str]) -> tuple[str, int]:
    """Return a paragraph with one more line, and where in it the line begins. A hyphen that parts a word goes."""
    if not out:
        return text, 0
    cut = re.search("([A-Za-z][a-z]+)[-\u2010]$", out[-60:])
    rest = re.match("[a-z]+", text)
    if cut and rest and not _compound(cut[1].lower(), rest[0], words):
        return out[:-1] + text, len(out) - 1
    if _NUMBER_END.search(out[-12:]) and _NUMBER_REST.match(text):
        # Chinese text is broken anywhere, inside a number too, and never sets two numbers side by side.
        return out + text, len(out)
    left, right = out[-1], text[:1]
    if left.isdigit() and right.isdigit() and re.search("[\u4e00-\u9fff]", out[-40:]):
        return out + text, len(out)
    if is_han(left) or is_han(right) or left in "-–—/([‘“\u2010" or right in "”’)":
        return out + text, len(out)
    return f"{out} {text}", len(out) + 1
