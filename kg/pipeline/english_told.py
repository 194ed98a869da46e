"""English posts told by a verb, a signature, a form of address: "retired as Chairman", "His successor, Ms X", "the Hon X"."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache

from kg.language.script import name_key
from kg.pipeline.context import Context, Mention
from kg.pipeline.english import words
from kg.pipeline.english_people import NAME_WORD, honorific_before
from kg.pipeline.rules import Worded, alternation, rules, wording

_NAME = rf"{NAME_WORD}(?: {NAME_WORD}){{1,3}}"
_LAZY = f"{_NAME}?"
_FIELD = r"[A-Z][a-z]+(?: [A-Z][a-z]+)*"
_LAST_LINES = 8
_OFFICE = Worded(
    "english_people",
    rf"\b{{office}}(?:-General)? (?:for|of) (?:the )?{_FIELD}(?:(?:, {_FIELD}){{0,3}},? and (?:the )?{_FIELD})?",
)
_SUCCESSOR = re.compile(r"\b(?:[Hh]is|[Hh]er|[Tt]heir) successor(?:,| is| will be|, who is)? (?:the )?$")
_HON = re.compile(rf"\b((?:[Tt]he )?Hon(?:ourable|\.)?(?: Mrs?| Ms| Dr)?) ({_NAME})")
_PANEL = Worded("english_people", r"\b{panel}\b[^.;:\n]*$")


@lru_cache(maxsize=1)
def _as() -> re.Pattern[str]:
    verbs = alternation(rules("english_people")["as_verbs"])
    return re.compile(rf"[^.;:\n]{{0,40}}?\b(?:{verbs})\b[^.;:\n]{{0,50}}? as (?:(?:the|its|our|their|a|an) )*")


def signatures(context: Context) -> Iterator[tuple[int, int, str]]:
    """Yield the range of each name with which a text ends, and the title on the line below it."""
    lines = [m.start() for m in re.finditer(r"[^\n]+", context.folded)]
    low = lines[-_LAST_LINES] if len(lines) > _LAST_LINES else 0
    for match in _title_case().finditer(context.folded, low):
        tokens = match.group(1).split(" ")
        if not any(t in words().heads or t in words().never or t in words().lead for t in tokens):
            yield match.start(1), match.end(1), match.group(2)


@lru_cache(maxsize=1)
def _title_case() -> re.Pattern[str]:
    heads = [w if w[0].isupper() else w.title().replace("-In-", "-in-") for w in rules("english_people")["heads"]]
    head = alternation([*heads, "CEO"])
    return re.compile(
        rf"^[ \t]*({_LAZY})(?:[ \t]*\n+[ \t]*| )((?:[A-Z][\w&'-]*(?: of| and| for|,)? ){{0,5}}?(?:{head})(?: (?:of|for) [A-Z][\w& ]{{2,40}})?)[ \t]*(?=\n|$|,)",
        re.M,
    )


def offices(folded: str) -> list[tuple[int, int]]:
    """Return the ranges of offices named by their field, without a person's name behind them."""
    data = rules("english_people")
    given, families = set(data["given"]), set(data["families"])
    found = []
    for match in _OFFICE.pattern.finditer(folded):
        tokens = match.group().split(" ")
        head = words().heads.get(tokens[-1])
        if head is not None and head[1] != "company":
            # "Director of the Marine Affairs Bureau" names a body.
            continue
        for size in (3, 2):
            last = tokens[-size:]
            if len(tokens) > size + 2 and (last[0] in given or last[0] in families) and last[-1] in families:
                tokens = tokens[:-size]
                break
        found.append((match.start(), match.start() + len(" ".join(tokens))))
    return found


def honourable(folded: str) -> Iterator[tuple[int, int, str]]:
    """Yield the range of each name behind "the Hon", and how the text writes that."""
    for match in _HON.finditer(folded):
        yield match.start(2), match.end(2), re.sub(r" (?:Mrs?|Ms|Dr)$", "", match.group(1))


def legislature(bodies: list[Mention], folded: str) -> Mention | None:
    """Return the council whose members the text calls honourable."""
    return next((b for b in bodies if folded[b.start : b.end] in wording("english_people", "legislature")), None)


def own_body(context: Context, bodies: list[Mention]) -> Mention | None:
    """Return the body in whose name a document speaks: its publisher, or the one that its first line names."""
    key = name_key(context.document.publisher or "")
    named = [b for b in bodies if b.type == "Organisation"]
    found = next((b for b in named if key and name_key(context.name(b)) == key), None)
    if found is None and named:
        first = context.document.flow.passages[0]
        opening = context.folded[first.start : first.end].strip()
        found = next((b for b in named[:1] if opening.startswith(context.folded[b.start : b.end])), None)
    return found


def told_as(context: Context, person: Mention, stop: int) -> int:
    """Return where a title begins that a verb behind a name tells: "X retired in June after nine years as Chairman"; or -1."""
    match = _as().match(context.folded, person.end, stop)
    if match is None:
        return -1
    others = context.mentions_between(person.end, match.end())
    return -1 if any(m.type == "Person" for m in others) else match.end()


def succeeds(context: Context, person: Mention) -> bool:
    """Tell whether a name is told as the successor of the one before it."""
    place = honorific_before(context.folded, person.start)
    return _SUCCESSOR.search(context.folded, max(0, place - 40), place) is not None


def panel_of(context: Context, bodies: list[Mention], start: int, place: int) -> Mention | None:
    """Return the scheme of a panel without a name: "an expert panel of nine doctors chaired by X"."""
    if not _PANEL.pattern.search(context.folded, start, place):
        return None
    number = context.sentence_number(context.sentence_at(place))
    low = context.sentences[max(0, number - 2)].start
    near = [b for b in bodies if b.type in {"Programme", "Event"} and low <= b.start and b.end <= place]
    acting = [b for b in near if not re.search(r"\b(?:by|from) (?:the )?$", context.folded[: b.start][-10:])]
    return (acting or near)[0 if acting else -1] if near else None


def free_bodies(context: Context) -> list[Mention]:
    """Return the bodies that only a title and a person behind them show: "Oarsman chief executive Amy Lau"."""
    folded = context.folded
    people = [m for m in context.mentions if m.type == "Person"]
    taken = [(m.start, m.end) for m in context.mentions]
    found = []
    head = alternation(rules("english_people")["heads"])
    modifier = alternation(rules("english_people")["modifiers"])
    for person in people:
        name = honorific_before(folded, person.start)
        match = re.search(
            rf"(?:^|[\s\"“])([A-Z][\w&-]*(?: [A-Z][\w&-]*){{0,3}})(?:['’]s)? (?:(?:{modifier}) )*(?:{head}),? $",
            folded[max(0, name - 70) : name],
        )
        if match is None:
            continue
        low = max(0, name - 70)
        start, end = low + match.start(1), low + match.end(1)
        text = folded[start:end]
        first = text.split(" ")[0]
        if first in words().lead or text in words().never or re.search(rf"\b(?:{head}|{modifier})\b", text, re.I):
            continue
        if not any(s < end and start < e for s, e in taken):
            found.append(Mention(start, end, "Organisation", "company", rule="name.english-company"))
    return found
