"""Text → flow: wrapped lines joined, passages told apart, every character mapped back to where it came from."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from functools import lru_cache
from importlib.resources import files
from itertools import pairwise

from kg.model import Flow, Passage, PassageKind

_HAN = re.compile("[\u3000-\u303f\u3400-\u9fff\uff00-\uffef]")
_TERMINAL = re.compile(r"[。！？；!?;:：︰…][」』”’）)\]]*$|\.$")
_OPEN = {"「": "」", "『": "』", "《": "》", "（": "）", "(": ")", "“": "”"}
_BULLET = re.compile(r"^\s*(?:[●•▪■◆○‧*]|[-–]\s|\(?[一二三四五六七八九十\d]{1,2}[).、](?!\d)\s?)\s*\S")
_CAPTION = re.compile(r"^\s*[▲▼◀▶◄►]|^\s*(?:圖|图)\s?[:：]")
_CONTACT = re.compile(
    r"^\s*(?:傳媒|传媒|媒體|媒体|新聞界|新闻界|新聞|新闻|如有|公眾)?(?:查詢|查询|垂詢|垂询|聯絡|联络|联系|聯繫)(?:人|方式|方法)?\s?(?:[,，]|請|请|:|：|︰|$)|^\s*(?:Media|Press)\s(?:enquir|inquir|contact)|^\s*For (?:media|press) (?:enquir|inquir)|^\s*Enquir(?:y|ies)\s?:",
    re.IGNORECASE,
)
_ABOUT = re.compile(r"^\s*(?:關於|关于|有關|About)\s?\S{1,30}\s*$", re.IGNORECASE)
_DATE = re.compile(r"(?:19|20)\d\d\s?年\s?\d+\s?月")
_REPEATED = 24  # characters; a passage so long is not written twice on purpose
_NARROW = 60  # columns of a newspaper are at most 30 Chinese characters wide
_PAGE = re.compile(
    r"^\s*(?:[-–—]?\s?\d{1,3}\s?[-–—]?|第\s?\d+\s?頁.*|Page \d+.*|#{2,}|\*{3,}|-{3,}|={3,}|[-–]\s*(?:完|END|End)\s*[-–]|（?完）?)\s*$"
)
CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\u200b-\u200f\u202a-\u202e\u2066-\u2069\ufeff\ue000-\uf8ff]")
_NUMBER = re.compile(r"^\s*(?:[-–—]?\s?\d{1,3}\s?[-–—]?|第\s?\d+\s?頁.*|Page \d+.*)\s*$")
# A headline of a newspaper: two clauses set apart by a space, or a speaker's name and what they say, without commas.
_HEADING = re.compile(
    r"^\s*(?:[^，。；,;]*[\u4e00-\u9fff][ \u3000]+[\u4e00-\u9fff][^，。；,;]*|[\u4e00-\u9fff]{2,4}：[^，。；,;]{4,})$"
)
# What opens a report, and is no headline though it has a name set apart: 「本報訊（記者　甲）」.
_REPORTED = re.compile(r"[訊讯電电]\s?[（(]|[（(]\s?(?:本[報报刊台社網网])?[記记]者")
_BY_LINE = re.compile(r"(?:^|[。」』]\s*)\S{2,5}[記记]者\s?[\u4e00-\u9fff]{2,4}$")
_FIELD = re.compile(r"^\s*\S{1,6}\s?[:：︰]")
_URL = re.compile(r"^\s*(?:https?://|mailto:|www\.)\S+\s*$")
# What no paragraph begins with: a closing mark, a unit of money, a joining particle.
_CANT_BEGIN = re.compile(
    r"\s*(?:[，。、；：！？」』》）,;:!?)%％]|港元|美元|人民幣|人民币|億元|亿元|萬元|万元|元[，。、]|[的了億亿萬万])"
)


@dataclass(frozen=True, slots=True)
class _Block:
    """Lines without a blank one between them, taken together."""

    size: int
    width: int
    prose: bool  # wrapped sentences, not a list of short lines

    @property
    def narrow(self) -> bool:
        """Whether this may be a piece of a newspaper's column."""
        return self.size > 1 and self.width <= _NARROW


@dataclass(frozen=True, slots=True)
class _Line:
    start: int
    end: int
    text: str
    gap: int  # blank lines before it
    width: int = 0
    row: int = -1  # where the line began that this is a part of
    block: _Block = _Block(1, 0, False)
    heading: bool = False


def _width(text: str) -> int:
    return len(text) + len(_HAN.findall(text))


def _lines(text: str) -> list[_Line]:
    """Return the lines that hold something, each with the number of blank lines before it."""
    found = []
    place = gap = 0
    for raw in text.split("\n"):
        if raw.strip():
            found.append(_Line(place, place + len(raw), raw, gap, _width(raw.rstrip())))
            gap = 0
        else:
            gap += 1
        place += len(raw) + 1
    return found


def _without_page_marks(lines: list[_Line], *, double: bool) -> list[_Line]:
    """Leave out page numbers and end marks. What a page number parts may go on; what an end mark parts may not."""
    kept: list[_Line] = []
    gap = 0
    for line in lines:
        if _PAGE.match(line.text):
            gap = max(gap, (2 if double else 1) if _NUMBER.match(line.text) else 9)
        else:
            kept.append(replace(line, gap=gap) if gap else line)
            gap = 0
    return kept


def _with_blocks(lines: list[_Line]) -> list[_Line]:
    """Tell each line of the block that it stands in, and whether it is a headline above the block's text."""
    starts = [i for i, line in enumerate(lines) if line.gap or not i] + [len(lines)]
    found: list[_Line] = []
    for first, end in pairwise(starts):
        part = lines[first:end]
        body = part
        while len(body) > 1 and _is_heading(body[0]):
            body = body[1:]
        headings = len(part) - len(body)
        alone = len(body) == 1 and _is_heading(body[0])
        block = _block(body)
        if headings and len(body) == 1 and 16 <= block.width <= _NARROW:
            block = replace(block, prose=True)  # the first line of a text that goes on in the next column
        found += [replace(line, heading=True) for line in part[:headings]]
        found += [replace(line, block=block, heading=alone) for line in body]
    return found


def _is_heading(line: _Line) -> bool:
    return _HEADING.match(line.text.rstrip()) is not None and not _REPORTED.search(line.text)


def _block(lines: list[_Line]) -> _Block:
    """Return what a block is: wrapped sentences have commas and most lines of about one width, and few labels."""
    width = max(line.width for line in lines)
    if len(lines) < 2 or width > _NARROW:
        return _Block(len(lines), width, False)
    even = sum(1 for line in lines[:-1] if line.width >= width - 4)
    labels = sum(1 for line in lines if _FIELD.match(line.text))
    commas = any(c in line.text for line in lines for c in "，。,")
    return _Block(len(lines), width, commas and labels < 2 and even * 2 >= len(lines) - 1)


def build_flow(text: str, *, wrapped: bool = True) -> Flow:
    """Return the reading order of a text. Every character of the flow stands at its offset in the text, or is a space or
    line break that stands for what lay between two characters. With `wrapped` false each line is a passage."""
    clean = CONTROL.sub(" ", text)
    lines = _lines(clean)
    double = _double_spaced(lines)
    lines = _without_page_marks(lines, double=double)
    if not double:
        lines = _with_blocks(lines)
    widths = _wrap_widths(lines)
    pieces: list[tuple[PassageKind, list[_Line]]] = []
    region: PassageKind = "title"
    for index, line in enumerate(lines):
        region = _region(line, region)
        kind = _kind(line, region)
        if kind == "contact":
            pieces += [("contact", [part]) for part in _columns(line)]
            continue
        previous = pieces[-1] if pieces else None
        if (
            wrapped
            and previous
            and previous[1][-1] is lines[index - 1]
            and previous[0] != "contact"
            and _continues(previous, line, kind, double, widths[index - 1])
        ):
            previous[1].append(line)
            if previous[0] == "title" and kind == "body":
                pieces[-1] = ("body", previous[1])
            continue
        pieces.append((kind, [line]))
    return _join(clean, _order_columns(_once(pieces)))


def _once(pieces: list[tuple[PassageKind, list[_Line]]]) -> list[tuple[PassageKind, list[_Line]]]:
    """Leave out what stands there a second time, word for word: a page's text printed twice, a sentence set large.

    Short lines may well be meant twice, as in a list of addresses.
    """
    seen: set[str] = set()
    kept = []
    for kind, lines in pieces:
        words = "".join("".join(line.text for line in lines).split())
        if len(words) >= _REPEATED and words in seen:
            continue
        seen.add(words)
        kept.append((kind, lines))
    return kept


def _region(line: _Line, region: PassageKind) -> PassageKind:
    """Return the part of a document that a line stands in, from the part of the line before it."""
    words = line.text.strip()
    if len(words) < 40 and _CONTACT.search(line.text):
        return "contact"
    if _width(words) < 60 and _ABOUT.match(line.text) and not _TERMINAL.search(words):
        return "about"
    prose = line.block.prose and line.block.size > 2
    if region == "title" and (prose or len(words) > 60 or _TERMINAL.search(words) or _DATE.search(line.text[:24])):
        return "body"
    return region


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
    broken = [b for a, b in pairwise(lines) if a.width > 40 and not _TERMINAL.search(a.text.rstrip())]
    return len(broken) >= 4 and sum(1 for b in broken if b.gap) > len(broken) * 0.6


def _wrap_widths(lines: list[_Line]) -> list[int]:
    """Return for each line the width at which its surroundings are wrapped: the widest of those near it, 0 if none is."""
    found = []
    for index in range(len(lines)):
        window = sorted(line.width for line in lines[max(0, index - 6) : index + 7])
        typical = window[-min(3, len(window))]
        near = sum(1 for w in window if abs(w // 2 * 2 - typical) <= 6)
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
    if line.gap > (2 if double else 1) or last.heading:
        return False
    if not double and (line.gap or last.block.prose) and (last.block.narrow or line.block.narrow):
        return _continues_column(last, line, ended)
    if line.gap == (1 if not double else 2):
        # A blank line within a sentence: a by-line's post before the name, or a page break in double-spaced text.
        if not double:
            return _post_before_name(last, line, ended)
        return last.width > width - 8 > 40 and not _TERMINAL.search(ended)
    if width and len(previous[1]) < 60 and _unclosed("".join(x.text for x in previous[1][-8:])[-200:]):
        return True
    if not line.gap and last.width > 30 and _CANT_BEGIN.match(line.text) and not _TERMINAL.search(ended):
        return True
    if not width or last.width > 200:
        return False
    full = last.width >= (
        width - 7 if width > 50 else width * 0.6 if line.gap == 0 and len(previous[1]) > 1 else width - 5
    )
    crowded = not line.gap and _crowded(last, line, width)
    full = full or crowded
    if double and last.text != last.text.rstrip() and line.gap == 1 and not full:
        return False
    if _TERMINAL.search(ended):
        return full and not double and (crowded or last.width >= width - 2) and line.text[:1].strip() != ""
    if previous[0] == "caption":
        return True
    return full or (line.gap == 0 and width <= 50 and _posts().search(ended) is not None)


def _continues_column(last: _Line, line: _Line, ended: str) -> bool:
    """Tell whether a line of a narrow column goes on from the line before it, in its block or at the head of the next."""
    if line.heading or _BY_LINE.search(ended):
        return False
    if not line.gap:
        return (
            not _TERMINAL.search(ended) or last.width >= last.block.width - 2 or _crowded(last, line, last.block.width)
        )
    if _post_before_name(last, line, ended):
        return True
    # The foot of a column in the middle of a sentence: the next block goes on with it, or ends it.
    goes_on = line.block.prose or _TERMINAL.search(line.text.rstrip()) is not None
    return last.block.prose and goes_on and not _TERMINAL.search(ended)


def _post_before_name(last: _Line, line: _Line, ended: str) -> bool:
    """Tell whether a by-line's post stands at the end of a line and a name may begin the next."""
    return (
        last.width <= 24
        and bool(_posts().search(ended))
        and re.match("[\u4e00-\u9fff]{2,4}", line.text.strip()) is not None
    )


def _crowded(last: _Line, line: _Line, width: int) -> bool:
    """Tell whether a Latin word was wrapped because the line before it had no room."""
    word = re.match(r"\s*([!-~\u00c0-\u024f]+)", line.text)
    return word is not None and last.width + 1 + len(word[1]) > width > 0


def _columns(line: _Line) -> list[_Line]:
    """Return the parts of a contact line that wide gaps set apart."""
    parts = []
    for match in re.finditer(r"\S(?:.*?\S)?(?=\s{3,}|\s*$)", line.text):
        parts.append(
            _Line(
                line.start + match.start(),
                line.start + match.end(),
                match.group(),
                line.gap,
                _width(match.group()),
                line.start,
            )
        )
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
            if number and out:
                _link(out, offsets, text[low:high])
            out += text[low:high].replace("\t", " ")
            offsets += range(low, high)
        passages.append(Passage(kind, first, len(out)))
    offsets.append(offsets[-1] + 1 if offsets else 0)
    return Flow("".join(out), tuple(offsets), tuple(passages))


def _link(out: list[str], offsets: list[int], right: str) -> None:
    """Put between two wrapped lines what belongs there: a space between Latin words, nothing where Chinese stands.

    A hyphen that parts a word at the line's end is taken out.
    """
    left = "".join(out[-3:])
    if re.fullmatch("[A-Za-z][a-z]-", left) and right[:1].islower() and right[:1].isascii():
        out.pop()
        offsets.pop()
    elif _NUMBER_END.search("".join(out[-12:])) and _NUMBER_REST.match(right):
        # Chinese text is broken anywhere, inside a number too, and never sets two numbers side by side.
        return
    elif not left.endswith(("-", "/", "(", "[")) and _latin(left[::-1]) and _latin(right):
        out.append(" ")
        offsets.append(offsets[-1] + 1)


_NUMBER_END = re.compile(r"[\u4e00-\u9fff，。、；：「（(]\s?(?:(?:HK|US|RMB)?\$\s?)?\d[\d,.]*$")
_NUMBER_REST = re.compile(r"[\d,.]*\d\s?[\u4e00-\u9fff％%]")


def _latin(text: str) -> bool:
    """Tell whether the first character that is no quotation mark or bracket is written with spaces between words."""
    bare = text.lstrip("“”‘’\"'()[]")[:1] or text[:1]
    return bool(bare) and not _HAN.match(bare) and (bare.isalnum() or bare in ",.;:!?%&$#@+–—-")
