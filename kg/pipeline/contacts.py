"""Contact persons and the bodies or units that they answer for: 「查詢:甲局乙科 丙」, 「請與甲秘書處乙女士聯絡」."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

from kg.pipeline.context import Context, Mention
from kg.pipeline.people import read_name
from kg.pipeline.recognise import kind_of
from kg.pipeline.rules import alternation, rules
from kg.pipeline.titles import title_patterns

_HAN = "\u4e00-\u9fff"
_NAME = re.compile(
    rf"(?:^|(?<=[\s:人]))([{_HAN}]{{2,4}})(?=\s*(?:先生|女士|小姐|博士)?\s*(?:$|[,;。(]|电话|电邮|邮箱|手机|Tel|Email|T:|\d))"
)
_FAMILY = re.compile(rf"[{_HAN}](?:先生|女士|小姐|博士)\($")
_BY_FAMILY = re.compile(rf"[{_HAN}](?:先生|女士|小姐|博士)\(([{_HAN}]{{2,4}})\)")
_HONOUR = re.compile("先生|女士|小姐|博士")
_ASKED = re.compile(r"(?:联络|联系|查询)(?:人|人员)\s?[:,]?\s?$")
_LONGEST = 24
_GUESSED = {"post.named-after", "post.bare"}


@dataclass(frozen=True, slots=True)
class _Words:
    lead: re.Pattern[str]
    led: re.Pattern[str]
    unit: re.Pattern[str]


@lru_cache(maxsize=1)
def _words() -> _Words:
    data = rules("contacts")
    leads = alternation(data["leads"])
    return _Words(
        re.compile(f"(?:{leads})"),
        re.compile(f".*(?:{leads})(?:人|人员|电话)?\\s?[,:]?\\s?(?:(?:{alternation(data['before'])})\\s?)*"),
        re.compile(f"(?:{alternation(data['units'])})$"),
    )


def contacts(context: Context) -> None:
    """Read anew who is named to be asked, once the names are found: persons, their units, and the post "contact"."""
    known = {p.start for p, title, *_ in context.posts if title == "contact"}
    open_ = False
    for start, end in _lines(context.folded):
        line = context.folded[start:end]
        in_block = context.sentence_at(start).passage.kind == "contact"
        led = _words().lead.search(line)
        open_ = bool(in_block or led or (open_ and _NAME.search(line) and len(line) <= _LONGEST * 2))
        if open_:
            for first, last in _pieces(context.folded, start, end, led is not None and not in_block):
                _read(context, first, last, known)


def _lines(folded: str) -> list[tuple[int, int]]:
    return [m.span() for m in re.finditer(r"[^\n]+", folded)]


def _pieces(folded: str, start: int, end: int, running: bool) -> list[tuple[int, int]]:
    """Return the parts of a line that semicolons and stops set apart; of running text those that speak of asking, and the rest."""
    pieces = [m.span() for m in re.finditer("[^;。]+", folded[start:end])]
    found = [(start + s, start + e) for s, e in pieces]
    if not running:
        return found
    first = next((i for i, (s, e) in enumerate(found) if _words().lead.search(folded[s:e])), len(found))
    return found[first:]


def _read(context: Context, start: int, end: int, known: set[int]) -> None:
    """Give the contact persons of a piece the unit named right before them."""
    folded = context.folded
    spans = [m.span(1) for m in _NAME.finditer(folded[start:end])]
    spans += [m.span(1) for m in _BY_FAMILY.finditer(folded[start:end])]
    for first, last in spans:
        place = start + first
        if read_name(folded, place) < 0 or _HONOUR.search(folded, place, start + last):
            continue
        if title_patterns()[0].search(folded, place, start + last):
            continue
        if any(m.start < start + last and place < m.end for m in context.mentions):
            continue
        context.mentions.append(Mention(place, start + last, "Person", rule="person.contact"))
    people = sorted((m for m in context.mentions if m.type == "Person" and start <= m.start < end), key=lambda m: m.start)
    for person in people:
        unit = _unit(context, start, person)
        if unit is None:
            continue
        context.posts = [p for p in context.posts if not (p[0] is person and p[1] == "contact")]
        context.posts.append((person, "contact", unit, "post.contact"))
        context.posts = [
            (p, t, unit, "post.contact") if p is person and r in _GUESSED else (p, t, b, r) for p, t, b, r in context.posts
        ]
        known.add(person.start)
    context.mentions.sort(key=lambda m: m.start)


def _unit(context: Context, start: int, person: Mention) -> Mention | None:
    """Return the mention of the unit that stands right before a person in a contact line, made if need be."""
    folded = context.folded
    before = folded[start : person.start]
    led = _words().led.match(before)
    low = start + (led.end() if led else 0)
    text = _FAMILY.sub("", folded[low : person.start]).rstrip(" :")
    title = re.search(rf"(?:^|(?<=[\s,]))(?:[{_HAN}]{{0,8}}?)(?:{title_patterns()[0].pattern})$", text)
    text = text[: title.start()].rstrip(" :,") if title else text
    if not text and (asked := _ASKED.search(before[: low - start])):
        # 「甲局乙科聯絡人:丙」
        low, text = start, before[: asked.start()].rstrip(" ,")
        words = _words().led.match(text)
        low, text = (start + words.end(), text[words.end() :]) if words else (low, text)
    chunk = re.search(rf"[{_HAN}A-Za-z&]+$", text)
    if chunk is None or not 3 <= len(chunk.group()) <= _LONGEST or not _words().unit.search(chunk.group()):
        # 「向甲處反映,處長乙,聯絡人丙」
        near = [m for m in context.mentions if m.type == "Organisation" and start <= m.start < person.start]
        return near[-1] if near and _ASKED.search(before) else None
    first, last = low + chunk.start(), low + chunk.end()
    owner = next((m for m in context.mentions if m.type == "Organisation" and start <= m.start and m.end == first - 1), None)
    if owner is not None and folded[owner.end] == " ":
        # 「甲局 乙處 丙」 names the body on a line of its own, so to speak, and the unit behind it.
        return owner
    inside = [m for m in context.mentions if m.start < last and first < m.end]
    same = next((m for m in inside if (m.start, m.end) == (first, last)), None)
    if same is not None:
        return same if same.type == "Organisation" else None
    if any(m.start < first or m.end > last for m in inside):
        return None
    kind = next((m.kind for m in inside if m.type == "Organisation"), None) or kind_of(chunk.group(), "Organisation")
    unit = Mention(first, last, "Organisation", kind, rule="name.contact")
    context.mentions = [m for m in context.mentions if m not in inside]
    context.mentions.append(unit)
    gone = {id(m) for m in inside}
    context.posts = [(p, t, unit if id(b) in gone else b, r) for p, t, b, r in context.posts if id(p) not in gone]
    return unit
