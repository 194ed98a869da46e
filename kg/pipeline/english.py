"""English names by capitals: what their last word tells, and companies that only their neighbours show."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import cast

from kg.model import EntityType, Kind
from kg.pipeline.context import Context, Mention
from kg.pipeline.rules import Worded, alternation, rules, wording

WORD = r"[A-Z][A-Za-z0-9À-ɏ]*(?:['’&+.-](?!s\b)[A-Za-z0-9À-ɏ]+)*(?:(?<=s)['’](?= [A-Z]))?"
_YEAR = re.compile(r"(?:19|20)\d\d")
Head = tuple[EntityType, Kind | None]


@dataclass(frozen=True, slots=True)
class _Words:
    heads: dict[str, Head]
    lead: frozenset[str]
    fronts: frozenset[str]
    closers: frozenset[str]
    places: frozenset[str]
    never: frozenset[str]
    grounds: frozenset[str]
    tails: str
    run: re.Pattern[str]
    place: re.Pattern[str]


@lru_cache(maxsize=1)
def words() -> _Words:
    """Return the word lists of English names, with the pattern of a stretch in capitals."""
    data = rules("english")
    heads = {
        word: (cast(EntityType, block["type"]), cast(Kind | None, block.get("kind")))
        for block in data["head"]
        for word in block["words"]
    }
    own = data["words"]
    inner = alternation(own["inner"])
    return _Words(
        heads,
        frozenset([*own["lead"], *own["times"]]),
        frozenset(own["fronts"]),
        frozenset(own["closers"]),
        frozenset(own["places"]),
        frozenset([*own["places"], *own["peoples"], *own["times"]]),
        frozenset(own["grounds"]),
        alternation(own["tails"]),
        re.compile(
            rf"(?<![\w’'-]){WORD}(?:(?:['’]s)?(?: (?:(?:{inner}) ){{0,2}}(?:{WORD}|[a-z]-[A-Z][A-Za-z]+|[23]\.0)(?![$\w])))*(?: (?:19|20)\d\d)?"
        ),
        re.compile(rf"(?:{alternation(own['places'])})(?![\w-])"),
    )


def is_english(folded: str) -> bool:
    """Tell whether a text is written in English: its letters are Latin ones but for a name or two."""
    latin, han = len(re.findall("[A-Za-z]", folded)), len(re.findall("[\u4e00-\u9fff]", folded))
    return latin > 20 * han and latin > 20


def english_names(folded: str) -> list[Mention]:
    """Return names in capitals whose last word is a head; a head before "of" counts too: University of Kowloon."""
    found = []
    for run in words().run.finditer(folded):
        for start, tokens in _pieces(run.start(), run.group().split(" ")):
            name = _headed(tokens)
            if name is None:
                continue
            text, (type_, kind) = name
            end = start + len(text)
            if _HOLDS.pattern.search(folded, max(0, start - 40), start):
                # "Under Secretary for Transport and Logistics" names a post.
                continue
            if " and " in text and (more := _LISTED.search(folded, max(0, start - 60), start)):
                # "the Culture, Sports and Tourism Bureau" is one name.
                start -= len(more.group(1))
            if type_ == "Policy" and (year := _YEAR_BEFORE.search(folded, max(0, start - 9), start)):
                # "the 2023 Policy Blueprint"
                start -= len(year.group(1))
            tail = re.match(rf" (?:{words().tails})\b", folded[end:])
            if tail is not None and type_ == "Facility":
                type_, kind, end = "Programme", None, end + tail.end()
            if text.endswith("Awards") and re.search(r"\bat the (?:\d+\w\w )?$", folded[max(0, start - 14) : start]):
                type_, kind = "Event", None
            if type_ == "Event" and _ORGANISES.pattern.search(folded[max(0, start - 16) : start]):
                # Who organises is a body: "organised by the Harbour Forum".
                type_, kind = "Organisation", "association"
            found.append(Mention(start, end, type_, kind, rule="name.english"))
    found += [
        Mention(*m.span(), "Programme", rule="name.english")
        for m in re.finditer(rf"\bProject {WORD}(?: {WORD})?", folded)
    ]
    found += [Mention(*m.span(1), "Facility", rule="name.english") for m in _CAMPUS.finditer(folded)]
    found += [Mention(*m.span(1), "Programme", rule="name.english") for m in _CALLED.pattern.finditer(folded)]
    found += [Mention(*m.span(1), "Programme", rule="name.english") for m in _named_scheme().finditer(folded)]
    return found


_YEAR_BEFORE = re.compile(r"(?:^|(?<=[\s(]))((?:19|20)\d\d(?:-\d\d)? )$")
_LISTED = re.compile(rf"\b(?:[Tt]he|of|by) ((?:{WORD}(?: {WORD})?, ){{1,3}})$")


# "its Tuen Mun campus"
_CAMPUS = re.compile(rf"(?:\b(?:its|the|their|our|at|on)|['’]s?) ({WORD}(?: {WORD}){{0,2}} campus)\b")
# "an effort called Living Seawalls"
_CALLED = Worded("english", rf"\b{{scheme}},? {{called}} (?:the )?[\"“]?({WORD}(?: {WORD}){{0,4}})")


_HOLDS = Worded("english", r"\b{office_holder} (?:for|of) (?:the )?$")
_ORGANISES = Worded("english", r"\b{organises} (?:the )?$")


@lru_cache(maxsize=1)
def _named_scheme() -> re.Pattern[str]:
    """Return the pattern of a scheme that its noun announces: "A companion initiative, Market Scout, starts"."""
    nouns = next(b["words"] for b in rules("english")["company"] if b.get("type") == "Programme")
    name = rf"{WORD}(?: {WORD}){{0,3}}"
    return re.compile(
        rf"\b(?:[Aa]n?|[Tt]he|[Ii]ts|[Oo]ur) (?:[a-z-]+ ){{0,3}}(?:{alternation(nouns)}), (?:called |named )?({name})(?=,)"
    )


_LINKED = Worded("english", "-{linked}$")


def _pieces(start: int, tokens: list[str]) -> Iterator[tuple[int, list[str]]]:
    """Yield the names of a stretch in capitals: split where "and", "of" or "'s" joins two of them."""
    data = words()
    piece: list[str] = []
    place = start
    for index, token in enumerate(tokens):
        if not piece and (
            _LINKED.pattern.search(token) or token in data.lead or token in {"of", "and", "for", "the", "on", "&"}
        ):
            place += len(token) + 1
            continue
        if piece and token in wording("english", "papers"):
            # A heading and the line below it: "Panel on Ships", "Minutes of meeting".
            yield place, piece
            place += sum(len(t) + 1 for t in piece) + len(token) + 1
            piece = []
            continue
        if token in {"of", "and", "for", "on"} and not _joins(token, piece, tokens[index + 1 :]):
            yield place, piece
            place += sum(len(t) + 1 for t in piece) + len(token) + 1
            piece = []
            continue
        piece.append(token)
        if re.search(r"['’]s$", token) and _owns(piece):
            yield place, [*piece[:-1], token[:-2]]
            place += sum(len(t) + 1 for t in piece)
            piece = []
    if piece:
        last = re.sub(r"['’]s$", "", piece[-1])
        yield place, [*piece[:-1], last]


def _owns(piece: list[str]) -> bool:
    """Tell whether words in the genitive are a whole name, so that what follows is another: the Bureau's Harbour Fund."""
    data = words()
    owner = re.sub(r"['’]s$", "", piece[-1])
    name = " ".join([*piece[:-1], owner])
    return owner in data.heads or name in data.never or owner.isupper() or _headed([*piece[:-1], owner]) is not None


def _joins(token: str, piece: list[str], rest: list[str]) -> bool:
    """Tell whether a small word joins what stands around it into one name."""
    data = words()
    last = piece[-1]
    if token == "and" and len(piece) == 1:
        # "the Airport and Port Corporation"; "LTU and the Observatory" are two.
        return not last.isupper()
    if (
        token == "of"
        and rest[:1] == ["the"]
        and len(piece) > 1
        and last in data.heads
        and last not in wording("english", "offices")
    ):
        # "the Harbour Research Fund of the Ship Committee" names two.
        return not any(t in data.heads for t in rest)
    fronts = any(t in data.heads or t in data.fronts for t in piece)
    if token == "of":
        return last in data.heads or last in data.fronts or (last.isupper() and rest[:1] == ["the"])
    if rest[:1] and rest[0] in data.never and token == "on":
        return False
    if token in {"for", "on"}:
        return last in data.heads or last in data.fronts
    if not fronts:
        return True
    inner = next((i for i, t in enumerate(piece) if t in {"of", "for", "on"}), -1)
    if inner < 0 or rest[:1] == ["the"]:
        return False
    # "Institute of Ships and Harbours" goes on; "Bank of Thailand and Harbour University" does not.
    field = " ".join(piece[inner + 1 :])
    return field not in data.never and not any(t in data.heads for t in rest[1:])


def _headed(tokens: list[str]) -> tuple[str, Head] | None:
    """Return the longest beginning of a piece that a head makes a name, with what the head tells."""
    data = words()
    for size in range(len(tokens), 1, -1):
        part = tokens[:size]
        core = part[:-1] if _YEAR.fullmatch(part[-1]) or part[-1] in data.closers else part
        head = data.heads.get(core[-1]) if len(core) > 1 else None
        if head is None and size == len(tokens):
            inner = next((i for i, t in enumerate(part) if t in {"of", "for", "on"}), -1)
            if inner > 0:
                head = _fronted(part[:inner], part[inner])
            elif (place := next((i for i in range(2, size) if " ".join(part[i:]) in data.places), 0)) > 0:
                head = data.heads.get(part[place - 1])
        if head is not None and " ".join(part) not in data.never and not _only_places(core[:-1]):
            return " ".join(part), head
    return None


def _fronted(front: list[str], token: str) -> Head | None:
    """Return what the words before "of" or "for" tell: University of Kowloon, Bank of Thailand, Centre for Ships."""
    data = words()
    last = front[-1]
    if last in wording("english", "academic_front") and token != "on":
        return "Organisation", "academic"
    if last in wording("english", "government_front"):
        return "Organisation", "government"
    if last in data.heads:
        return data.heads[last]
    return ("Organisation", None) if last in data.fronts else None


def _only_places(tokens: list[str]) -> bool:
    """Tell whether words before a head are peoples or months only: a Chinese Company, the May Fair are no names."""
    text = " ".join(tokens)
    return bool(tokens) and text in words().never and text not in words().places


def free_runs(folded: str, taken: list[tuple[int, int]]) -> Iterator[tuple[int, int]]:
    """Yield the stretches of one to four words in capitals that no name holds and that are no place, people or month."""
    data = words()
    for match in re.finditer(rf"(?<![\w’'$-]){WORD}(?: {WORD}){{0,4}}", folded):
        start, tokens = match.start(), match.group().split(" ")
        while tokens and tokens[0] in data.lead:
            start += len(tokens[0]) + 1
            tokens = tokens[1:]
        text = " ".join(tokens)
        if not 1 <= len(tokens) <= 4 or text in data.never or all(t in data.never for t in tokens):
            continue
        if tokens[-1] in data.grounds:
            continue
        if not any(s < start + len(text) and start < e for s, e in taken):
            yield start, start + len(text)


@lru_cache(maxsize=1)
def _company_ways() -> dict[str, re.Pattern[str]]:
    told: dict[str, str] = {}
    for block in rules("english")["company"]:
        way = block["way"] + block.get("type", "").lower()
        told[way] = alternation(block["words"])
    return {
        **{
            way: re.compile(
                rf"(?: \([A-Z]\w+\))?, (?:an?|the|its|another|one of the) (?:[\w'’$.-]+ ){{0,5}}?(?:{told[way]})\b"
            )
            for way in ("called", "calledprogramme")
        },
        "introduced": re.compile(rf"\b(?:{told['introduced']}),? (?:called |named )?$"),
        "acts": re.compile(rf" (?:{told['acts']})\b"),
        "follows": re.compile(rf"\b(?:{told['follows']})(?: the)? $"),
    }


def companies(context: Context) -> list[Mention]:
    """Return companies without 「Limited」 that an apposition, a noun, a verb or a phrase of business shows."""
    folded = context.folded
    ways = _company_ways()
    found = []
    for start, end in free_runs(folded, [(m.start, m.end) for m in context.mentions]):
        text = folded[start:end]
        if (
            len(text) < 2
            or text in words().heads
            or is_storm(text)
            or re.search(r"\bUnder $", folded[max(0, start - 6) : start])
        ):
            continue
        tail = re.match(rf" (?:{words().tails})\b", folded[end:])
        if tail is not None and len(text) > 3 and not text.isupper():
            found.append(Mention(start, end + tail.end(), "Programme", rule="name.english-called"))
            continue
        if ways["calledprogramme"].match(folded, end):
            found.append(Mention(start, end, "Programme", rule="name.english-called"))
            continue
        shown = (
            ways["called"].match(folded, end)
            or ways["introduced"].search(folded, max(0, start - 40), start)
            or (ways["follows"].search(folded, max(0, start - 40), start))
            or (ways["acts"].match(folded, end) and is_odd(folded, start, text))
        )
        if shown:
            found.append(Mention(start, end, "Organisation", "company", rule="name.english-company"))
    return found


def is_storm(text: str) -> bool:
    """Tell whether words in capitals name a storm, a table of the document and the like."""
    return text.split(" ")[0] in rules("english")["words"]["storms"]


def is_odd(folded: str, start: int, text: str) -> bool:
    """Tell whether a word in capitals can be no common word that begins a sentence."""
    opens = start == 0 or re.search(r"(?:[.!?\n:]|[.!?]?[\"“”])\s*$", folded[max(0, start - 4) : start]) is not None
    if not opens or " " in text or re.search("[A-Z]", text[1:]):
        return True
    return re.search(rf"[a-z,] {re.escape(text)}(?:\b|['’]s)", folded) is not None and not _in_lower_case(folded, text)


def _in_lower_case(folded: str, text: str) -> bool:
    return re.search(rf"\b{re.escape(text.lower())}\b", folded) is not None


def short_names(context: Context) -> list[Mention]:
    """Return the places where the first word alone stands for a company: Blue Whale Logistics, then "Meridian"."""
    folded = context.folded
    taken = [(m.start, m.end) for m in context.mentions]
    owners: dict[str, set[str]] = {}
    for mention in context.mentions:
        name = folded[mention.start : mention.end].split(" ")
        if mention.type == "Organisation" and mention.kind == "company" and len(name) > 1:
            owners.setdefault(name[0], set()).add(" ".join(name))
    found = []
    for word in sorted(owners):
        if len(owners[word]) > 1 or len(word) < 4 or word in words().never or _in_lower_case(folded, word):
            continue
        if word in words().heads or word in words().lead or any(p.startswith(f"{word} ") for p in words().places):
            continue
        for match in re.finditer(rf"(?<![\w-]){re.escape(word)}(?![\w-]| [A-Z])", folded):
            if not any(s < match.end() and match.start() < e for s, e in taken):
                found.append(Mention(*match.span(), "Organisation", "company", rule="name.english-short"))
    return found
