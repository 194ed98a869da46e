"""English persons: behind Mr and Ms, beside titles and verbs of speech, in by-lines and contact lines, and by second mention."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

from kg.pipeline.context import Context, Mention
from kg.pipeline.english import words
from kg.pipeline.rules import Worded, alternation, rules, with_words

LETTERS = "A-Za-zÀ-ɏ"
NAME_WORD = rf"(?:[A-Z]\.|[A-Z][{LETTERS}]*(?:[-'’](?!s\b)[{LETTERS}]+)*)"


_HEAD = 300
_BEHIND = Worded("english_people", rf"{NAME_WORD}(?: (?:{{particle}} )?{NAME_WORD}){{0,3}}")
_MASTHEAD = re.compile(r"^([A-Z][\w' ]{4,50}?),? (?:\d{1,2} )?[A-Z][a-z]{2,8} (?:\d{1,2}, )?(?:19|20)\d\d\b", re.M)


@dataclass(frozen=True, slots=True)
class _People:
    honorific: re.Pattern[str]
    run: re.Pattern[str]
    byline: re.Pattern[str]
    label: re.Pattern[str]
    says: re.Pattern[str]
    said: re.Pattern[str]
    before: re.Pattern[str]
    after: re.Pattern[str]
    trade: re.Pattern[str]
    families: frozenset[str]
    given: frozenset[str]
    skip: frozenset[str]


@lru_cache(maxsize=1)
def _people() -> _People:
    data = rules("english_people")
    honorific = alternation(data["honorifics"])
    says, head = alternation(data["says"]), alternation(data["heads"])
    full = with_words("english_people", rf"{NAME_WORD}(?: (?:{{particle}} )?{NAME_WORD}){{1,3}}")
    made = "|".join(data["trades"])
    month = f"(?:{alternation(rules('english')['words']['times'])})"
    titled = frozenset(w.title() for w in [*data["heads"], *data["modifiers"], *data["dropped"]])
    return _People(
        re.compile(rf"(?<!\w)(?:(?:{honorific})\.? )+"),
        re.compile(rf"(?<![\w-]){full}(?![\w-])"),
        re.compile(
            rf"^{with_words('english_people', '{byline}')} ({full})(?:, ((?:[\w-]+ ){{0,3}}(?:{head})))?(?:(?:,| of| in) ([A-Z][\w ]{{2,40}}?))?\s*(?:$|;|(?=\d{{1,2}} {month}\b|{month} \d))",
            re.M,
        ),
        re.compile(rf"^\s*(?:{alternation(data['labels'])})\s?[:\-–]?\s*", re.M | re.I),
        re.compile(rf" (?:{says})\b"),
        re.compile(with_words("english_people", rf"\b(?:{says}|{{meets}})(?: the)? $"), re.I),
        re.compile(rf"(?:\b(?:{head}))(?: [\w' ]{{3,60}})?,? $", re.I),
        re.compile(
            rf"(?: \(\d\d\))?,(?: aged)?(?: \d\d,| (?:[\w'’-]+ ){{0,6}}?(?:{head})\b)| \((?:[\w'’-]+ ){{0,4}}?(?:{head})\b"
            rf"| (?:{alternation(data['does'])})\b| {with_words('english_people', '{becomes_head}')}(?: as)? (?:(?:the|an?|its|now) )*(?:[\w'’-]+ ){{0,3}}?(?:{head}) (?:of|at)\b",
            re.I,
        ),
        re.compile(rf"(?<![\w'’])[a-z-]{{2,}}(?:{made})s? $"),
        frozenset(data["families"]),
        frozenset(data["given"]),
        titled | words().lead,
    )


def honorific_before(folded: str, place: int) -> int:
    """Return where the honorifics right before a name begin; the place itself if there are none."""
    found = re.search(
        rf"(?:(?<!\w)(?:{alternation(rules('english_people')['honorifics'])})\.? )+$", folded[:place][-24:]
    )
    return place - len(found.group()) if found else place


def find_honorific(context: Context) -> list[Mention]:
    """Return the persons behind Mr, Ms, Dr …, in any document."""
    folded = context.folded
    taken = _bodies(context)
    found = []
    for match in _people().honorific.finditer(folded):
        name = _BEHIND.pattern.match(folded, match.end())
        if name is None:
            continue
        end = match.end() + len(name.group())
        cut = min((s for s, _ in taken if match.end() < s < end), default=end)
        end = match.end() + len(folded[match.end() : cut].rstrip())
        if end > match.end() and folded[match.end() : end] not in words().never:
            found.append(Mention(match.end(), end, "Person", rule="person.english"))
    return found


def _bodies(context: Context) -> list[tuple[int, int]]:
    return sorted((m.start, m.end) for m in context.mentions if m.type != "Person")


def find_full(context: Context, offices: list[tuple[int, int]]) -> list[Mention]:
    """Return the persons of an English document by their full names; an office's field is none of them."""
    folded = context.folded
    people = _people()
    taken = sorted([*_bodies(context), *offices])
    found = [*find_honorific(context), *_bylines(context), *_contacts(context)]
    spans = [*taken, *((m.start, m.end) for m in found)]
    for start, end in _runs(folded, taken):
        if any(s < end and start < e for s, e in spans):
            continue
        names = folded[start:end].split(" ")
        if folded[start:end] in words().never or any(n in words().heads for n in names[1:]):
            continue
        if " ".join(names[:2]) in words().never or " ".join(names[-2:]) in words().never:
            continue
        if names[-1] in words().grounds - people.families or any(folded[start:end] in p for p in words().places):
            continue
        if _looks_so(names, people) or _is_shown(folded, start, end, names, people):
            found.append(Mention(start, end, "Person", rule="person.english"))
            spans.append((start, end))
    return found


def _runs(folded: str, taken: list[tuple[int, int]]) -> Iterator[tuple[int, int]]:
    """Yield the stretches of two to four words in capitals between names, without titles and first words of sentences."""
    people = _people()
    low = 0
    for start, end in [*taken, (len(folded), len(folded))]:
        for match in people.run.finditer(folded, low, max(low, start)):
            place, tokens = match.start(), match.group().split(" ")
            while len(tokens) > 1 and tokens[0] in people.skip:
                place += len(tokens[0]) + 1
                tokens = tokens[1:]
            if len(tokens) > 1:
                yield place, place + len(" ".join(tokens))
        low = max(low, end)


def _looks_so(names: list[str], people: _People) -> bool:
    """Tell whether words are a person's name by themselves: Eddie Yue, Li Wen-hao, CHAN Tai-man."""
    first, last = names[0], names[-1]
    family = first.title() in people.families
    if len(names) > 3 and not family:
        return False
    if first in people.given and (last in people.families or last.title() in people.families):
        return True
    return family and len(names) in {2, 3} and re.fullmatch("[A-Z][a-z]+-[a-z]+", names[1]) is not None


def _is_shown(folded: str, start: int, end: int, names: list[str], people: _People) -> bool:
    """Tell whether a title, a trade or a verb of speech beside a name shows it to be a person's."""
    known = names[0] in people.given or names[-1].title() in people.families
    before = folded[max(0, start - 80) : start]
    line = re.split(r"[\n.;:!?\"“”]", before)[-1]
    head = re.search(rf"(?:^|[^\w-])(?:{alternation(rules('english_people')['heads'])}),? $", line, re.I)
    if head is not None and (known or head.group()[-2] != ","):
        return True
    if people.after.match(folded, end):
        return len(names) < 4
    if re.search(rf"\b(?:{alternation(rules('english_people')['done'])})(?: in \d{{4}})? by $", line):
        return len(names) < 4
    if known and (people.before.search(line) or people.says.match(folded, end) or people.said.search(line)):
        return True
    if known and names[0] in people.given and len(names) == 2:
        return True
    trade = people.trade.search(line)
    firms = rules("english")["company"][0]["words"]
    return trade is not None and known and trade.group().strip() not in firms


def _bylines(context: Context) -> list[Mention]:
    return [Mention(*m.span(1), "Person", rule="person.byline") for m in _people().byline.finditer(context.folded)]


def byline_media(context: Context) -> list[Mention]:
    """Return the newspapers that by-lines name: "By Nora Fung, staff reporter, The Delta Ledger"."""
    return [
        Mention(*m.span(3), "Organisation", "media", rule="name.byline")
        for m in _people().byline.finditer(context.folded)
        if m.group(3) and m.group(3) not in words().never
    ]


def byline_posts(context: Context) -> Iterator[tuple[int, str, int]]:
    """Yield where a by-line has a person, the title, and where it has the newspaper."""
    for match in _people().byline.finditer(context.folded):
        if match.group(2) and match.group(3):
            yield match.start(1), match.group(2), match.start(3)
        elif not match.group(2) and not match.group(3) and (paper := _paper(context)) is not None:
            # "The Delta Ledger, 3 May 2014", and below "By Nora Fung"
            yield match.start(1), "reporter", paper.start


def _paper(context: Context) -> Mention | None:
    """Return the newspaper that a line at the head of a document names with a date."""
    for found in _MASTHEAD.finditer(context.folded, 0, _HEAD):
        here = context.mentions_between(found.start(), found.end(1))
        paper = next((m for m in here if m.type == "Organisation" and m.end == found.end(1)), None)
        if paper is not None:
            return paper
    return None


def _contacts(context: Context) -> list[Mention]:
    """Return the persons of contact lines: "Media enquiries: Priya Nair, Communications Manager"."""
    found = []
    for start, _ in contact_lines(context):
        name = _people().run.match(context.folded, honorific_end(context.folded, start))
        if name is not None and not any(w in words().heads or w in words().never for w in name.group().split(" ")):
            if not any(s < name.end() and name.start() < e for s, e in _bodies(context)):
                found.append(Mention(*name.span(), "Person", rule="person.contact"))
    return found


def honorific_end(folded: str, place: int) -> int:
    """Return the place behind the honorifics that stand at one."""
    found = _people().honorific.match(folded, place)
    return found.end() if found else place


def contact_lines(context: Context) -> Iterator[tuple[int, int]]:
    """Yield the ranges of contact lines without their label."""
    low = -1
    for match in _people().label.finditer(context.folded):
        end = context.folded.find("\n", match.end())
        # A label with nothing that sets it off begins a sentence: "Contact was lost".
        if re.search(r"[:\-–\n]\s*$", match.group()):
            low = end if end >= 0 else len(context.folded)
            yield match.end(), low
    for passage in context.document.flow.passages:
        if passage.kind == "contact" and passage.start >= low > 0:
            yield passage.start, passage.end


def again(context: Context, people: list[Mention]) -> list[Mention]:
    """Return second mentions by family name, given name, or full name once more."""
    folded = context.folded
    forms: dict[str, set[str]] = {}
    for person in people:
        name = folded[person.start : person.end]
        parts = name.split(" ")
        forms.setdefault(name, set()).add(name)
        if len(parts) > 1:
            for part in {family_name(parts), parts[0], parts[-1]}:
                if len(part) > 1 and "." not in part:
                    forms.setdefault(part, set()).add(name)
    spans = [(m.start, m.end) for m in (*context.mentions, *people)]
    found = []
    for form in sorted(forms, key=lambda f: (-len(f), f)):
        if " " not in form and (form in words().never or form in words().heads or form in words().lead):
            continue
        behind = with_words("english_people", rf"(?![\w-]|['’]?[{LETTERS}]*-|,? {{street}})")
        for match in re.finditer(rf"(?<![\w-]){re.escape(form)}{behind}", folded):
            beside = re.match(" [A-Z]", folded[match.end() :]) or re.search(
                r"[\w'’]*[A-Z][\w'’]* $", _word_before(folded, match.start())
            )
            if " " not in form and beside:
                continue
            if not any(s < match.end() and match.start() < e for s, e in spans):
                found.append(Mention(*match.span(), "Person", rule="person.again"))
                spans.append(match.span())
    return found


def _word_before(folded: str, place: int) -> str:
    """Return the word in capitals before a place within its sentence, unless an honorific or the sentence's first."""
    found = re.search(r"([\w'’.-]+) $", folded[max(0, place - 24) : place])
    if found is None or found.group(1).rstrip(".") in {*rules("english_people")["honorifics"], *words().lead}:
        return ""
    return found.group()


def family_name(parts: list[str]) -> str:
    """Return the word of a name that is the family's: the first where a hyphen or capitals show that it leads."""
    leads = parts[0].isupper() or "-" in parts[1]
    return parts[0] if leads and parts[0].title() in _people().families else parts[-1]
