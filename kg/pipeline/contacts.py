"""Contact persons and the bodies or units that they answer for: 「查詢:甲局乙科 丙」, 「請與甲秘書處乙女士聯絡」."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from functools import lru_cache

from kg.pipeline.context import Context, Mention
from kg.pipeline.people import read_name
from kg.pipeline.recognise import kind_of
from kg.pipeline.rules import Worded, alternation, rules, wording
from kg.pipeline.titles import title_patterns

_HAN = "\u4e00-\u9fff"
_NAME = Worded("contacts", rf"(?:^|(?<=[\s:人]))([{_HAN}]{{2,4}})(?=\s*{{polite}}?\s*(?:$|[,;。(]|{{phone}}|\d))")
_FAMILY = Worded("contacts", rf"[{_HAN}]{{polite}}\($")
_BY_FAMILY = Worded("contacts", rf"[{_HAN}]{{polite}}\(([{_HAN}]{{2,4}})\)")
_HONOUR = Worded("contacts", "{polite}")
_ASKED = Worded("contacts", r"{asked}人员?\s?[:,]?\s?$")
_TOLD_TO = Worded("contacts", rf"{{told_to}}([{_HAN}]{{3,24}}?)(?:书面)?{{told}}[^。\n]{{0,6}}[。;]\s?$")
_LATIN = Worded("contacts", r"(?:^|(?<=[\s:]))([A-Z][a-z]+(?: [A-Z][A-Za-z.'-]*){1,2})(?=\s*(?:$|[,;。(]|{phone}|\d))")
_BEHIND = Worded("contacts", rf"{{polite}}?(?: +|[(,]\s?)([{_HAN}]{{4,24}})(?=\s*(?:$|[,;。()]|{{phone}}|\d))")
_NAMED = re.compile(f"[{_HAN}]{{3,12}}")
_LONGEST = 24
_GUESSED = {"post.named-after", "post.bare"}


@dataclass(frozen=True, slots=True)
class _Words:
    lead: re.Pattern[str]
    led: re.Pattern[str]
    unit: re.Pattern[str]
    firm: re.Pattern[str]


@lru_cache(maxsize=1)
def _words() -> _Words:
    data = rules("contacts")
    leads = alternation(data["leads"])
    return _Words(
        re.compile(f"(?:{leads})"),
        re.compile(f".*(?:{leads})(?:人|人员|电话)?\\s?[,:]?\\s?(?:(?:{alternation(data['before'])})\\s?)*"),
        re.compile(f"(?:{alternation(data['units'])})$"),
        re.compile(f"[{_HAN}]{{2,}}(?:{alternation(data['firms'])})$"),
    )


@dataclass(slots=True)
class _Found:
    """What the contact lines of a document add: persons, units, the unit of each person, and the unit a shorter name gave way to."""

    context: Context
    persons: list[Mention] = field(default_factory=list)
    units: dict[tuple[int, int], Mention] = field(default_factory=dict)
    served: dict[int, tuple[Mention, Mention]] = field(default_factory=dict)
    gone: dict[int, Mention] = field(default_factory=dict)


def contacts(context: Context) -> None:
    """Read anew who is named to be asked, once the names are found: persons, their units, and the post "contact"."""
    found = _Found(context)
    context.mentions.sort(key=lambda m: m.start)
    open_ = False
    for start, end in (m.span() for m in re.finditer(r"[^\n]+", context.folded)):
        line = context.folded[start:end]
        in_block = context.sentence_at(start).passage.kind == "contact"
        led = _words().lead.search(line)
        # Further lines of a contact line in running text are short and name a person.
        open_ = bool(in_block or led or (open_ and len(line) <= _LONGEST * 2 and _NAME.pattern.search(line)))
        if open_ and not line.lstrip().startswith(wording("contacts", "elsewhere")):
            for first, last in _pieces(context.folded, start, end, running=led is not None and not in_block):
                _read(found, first, last)
    kept = [m for m in context.mentions if id(m) not in found.gone]
    context.mentions = sorted([*kept, *found.persons, *found.units.values()], key=lambda m: m.start)
    posts = []
    for person, title, body, rule in context.posts:
        unit = found.served[id(person)][1] if id(person) in found.served else None
        if id(person) in found.gone or (unit is not None and title == "contact"):
            continue
        if unit is not None and (rule in _GUESSED or _opens(context, unit, title)):
            posts.append((person, title, unit, "post.contact"))
        else:
            posts.append((person, title, found.gone.get(id(body), body), rule))
    context.posts = posts + [
        (p, _asked_as(context, p, unit), unit, "post.contact") for p, unit in found.served.values()
    ]


def _asked_as(context: Context, person: Mention, unit: Mention) -> str:
    """Return the title that a contact line has alone before a name and its unit: 「查詢:計劃經理 乙 甲會」; else "contact"."""
    before = context.folded[max(0, person.start - 14) : person.start] if unit.start > person.end else ""
    title = re.search(rf"[:\s]((?:[{_HAN}]{{0,4}})(?:{title_patterns()[0].pattern})) ?$", before)
    return title.group(1) if title else "contact"


def _opens(context: Context, unit: Mention, title: str) -> bool:
    """Tell whether a body opens its line, its person's title right behind it."""
    before = context.folded[max(0, unit.start - 1) : unit.start]
    return before in {"", "\n"} and context.folded.startswith(title, unit.end)


def _pieces(folded: str, start: int, end: int, *, running: bool) -> list[tuple[int, int]]:
    """Return the parts of a line that semicolons and stops set apart; of running text those from the word of asking on."""
    found = [(start + m.start(), start + m.end()) for m in re.finditer("[^;。]+", folded[start:end])]
    if not running:
        return found
    first = next((i for i, (s, e) in enumerate(found) if _words().lead.search(folded[s:e])), len(found))
    return found[first:]


def _read(found: _Found, start: int, end: int) -> None:
    """Give the contact persons of a piece the unit named right before them."""
    context, folded = found.context, found.context.folded
    here = context.mentions_between(start - _LONGEST, end)
    people = [m for m in here if m.type == "Person" and m.start >= start]
    for match in (
        *_latin_names(folded[start:end]),
        *_NAME.pattern.finditer(folded[start:end]),
        *_BY_FAMILY.pattern.finditer(folded[start:end]),
    ):
        first, last = start + match.start(1), start + match.end(1)
        if (match.re is not _LATIN.pattern and read_name(folded, first) < 0) or _HONOUR.pattern.search(
            folded, first, last
        ):
            continue
        if title_patterns()[0].search(folded, first, last):
            continue
        if not any(m.start < last and first < m.end for m in (*here, *people)):
            people.append(Mention(first, last, "Person", rule="person.contact"))
            found.persons.append(people[-1])
    for person in people:
        unit = _unit(found, start, person) or _unit_behind(found, person, end)
        if unit is not None:
            found.served[id(person)] = (person, unit)


def _unit_behind(found: _Found, person: Mention, end: int) -> Mention | None:
    """Return the unit that stands behind a name behind a space or a comma, or in brackets: 「聯絡人:丙 甲局乙科」, 「聯絡人:丙（甲局乙科）」."""
    context, folded = found.context, found.context.folded
    match = _BEHIND.pattern.match(folded, person.end, end)
    if match is None or not _words().lead.search(folded[max(0, person.start - 12) : person.start]):
        return None
    inside = [m for m in context.mentions_between(match.start(1), match.end(1)) if m.start >= person.end]
    if not _words().unit.search(match.group(1)) or any(m.end > match.end(1) or m.type == "Person" for m in inside):
        return None
    same = next((m for m in inside if (m.start, m.end) == match.span(1) and m.type == "Organisation"), None)
    if same is not None:
        return same
    kind = next((m.kind for m in inside if m.type == "Organisation"), None) or kind_of(match.group(1), "Organisation")
    unit = Mention(*match.span(1), "Organisation", kind, rule="name.contact")
    found.units[match.span(1)] = unit
    found.gone.update((id(m), unit) for m in inside)
    return unit


def _latin_names(line: str) -> list[re.Match[str]]:
    """Return the Latin names that end a contact line and begin or end as names do: 「甲公關有限公司 Martin Sit」."""
    data = rules("english_people")
    given, families = set(data["given"]), set(data["families"])
    found = []
    for match in _LATIN.pattern.finditer(line):
        parts = match.group(1).split()
        if parts[0] in given or (parts[-1] in families and re.search(rf"[{_HAN}]", line)):
            found.append(match)
    return found


def _unit(found: _Found, start: int, person: Mention) -> Mention | None:
    """Return the mention of the unit that stands right before a person in a contact line, made if need be."""
    context, folded = found.context, found.context.folded
    bodies = [m for m in context.mentions_between(start, person.start) if m.type == "Organisation"]
    before = folded[start : person.start]
    if _ASKED.pattern.fullmatch(before.lstrip()) and (
        asked := _TOLD_TO.pattern.search(folded, max(0, start - 60), start)
    ):
        # 「請向甲局乙股反映。聯絡人:丙」
        low, text = asked.start(1), asked.group(1)
        bodies = [m for m in context.mentions_between(asked.start(1) - _LONGEST, start) if m.type == "Organisation"]
    else:
        low, text = _named_before(folded, start, person)
    chunk = re.search(rf"[{_HAN}A-Za-z&]+$", text)
    if chunk is None or not 3 <= len(chunk.group()) <= _LONGEST or not _words().unit.search(chunk.group()):
        # 「向甲處反映,處長乙,聯絡人丙」
        return bodies[-1] if bodies and _ASKED.pattern.search(before) else None
    first, last = low + chunk.start(), low + chunk.end()
    if (first, last) in found.units:
        return found.units[first, last]
    owner = next((m for m in bodies if m.end == first - 1 and folded[m.end] == " "), None)
    if owner is not None:
        # 「甲局 乙處 丙」 names the body by itself, and the unit behind it.
        return owner
    inside = [m for m in context.mentions_between(first - _LONGEST, last) if first < m.end]
    same = next((m for m in inside if (m.start, m.end) == (first, last)), None)
    if same is not None:
        return same if same.type == "Organisation" else None
    if any(m.start < first or m.end > last for m in inside):
        return None
    kind = next((m.kind for m in inside if m.type == "Organisation"), None) or kind_of(chunk.group(), "Organisation")
    unit = Mention(first, last, "Organisation", kind, rule="name.contact")
    found.units[first, last] = unit
    found.gone.update((id(m), unit) for m in inside)
    return unit


def _named_before(folded: str, start: int, person: Mention) -> tuple[int, str]:
    """Return what a piece names right before a person, without title and word of asking, and where that text begins."""
    before = folded[start : person.start]
    led = _words().led.match(before)
    low = start + (led.end() if led else 0)
    text = _FAMILY.pattern.sub("", folded[low : person.start]).rstrip(" :")
    title = re.search(rf"(?:^|(?<=[\s,]))(?:[{_HAN}]{{0,8}}?)(?:{title_patterns()[0].pattern})$", text)
    if title and not _words().firm.search(text):
        # 「護科院機構傳訊經理」 opens with the body.
        last = re.search(f"(?:{title_patterns()[0].pattern})$", text)
        own = text[: last.start()] if last else ""
        alone = low == start and before.endswith(" ")
        opens = alone and _NAMED.fullmatch(own) and _words().unit.search(own)
        text = own if opens else text[: title.start()].rstrip(" :,")
    if text or not (asked := _ASKED.pattern.search(before[: low - start])):
        return low, text
    # 「甲局乙科聯絡人:丙」
    text = before[: asked.start()].rstrip(" ,")
    led = _words().led.match(text)
    return (start + led.end(), text[led.end() :]) if led else (start, text)
