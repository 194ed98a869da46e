"""Which body an English title serves: the one beside it, the one that a common noun means, or the one just spoken of."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

from kg.language.script import fold
from kg.pipeline.context import Context, Mention, Sentence
from kg.pipeline.english_told import own_body
from kg.pipeline.rules import Worded, alternation, rules, wording


@lru_cache(maxsize=1)
def dropped() -> re.Pattern[str]:
    """Return the pattern of words before a title that are no part of it: former, acting."""
    return re.compile(rf"(?:(?:{alternation(rules('english_people')['dropped'])}) )+", re.I)


@lru_cache(maxsize=1)
def of_firms() -> re.Pattern[str]:
    """Return the pattern of titles that no bureau has: founder, owner."""
    return re.compile(rf"(?:{alternation(rules('english_people')['of_firms'])})$", re.I)


@dataclass(slots=True)
class Reader:
    """Reads the posts of a document's persons; a title that served one person serves no other."""

    context: Context
    bodies: list[Mention]
    used: list[tuple[int, int]]

    def at(self, place: int) -> Mention | None:
        """Return the body whose name begins at a place, or behind an article there."""
        lead = re.match(r"(?:the |The |an? )?", self.context.folded[place : place + 4])
        start = place + (lead.end() if lead else 0)
        return next((b for b in self.bodies if b.start in {place, start}), None)

    def ending(self, place: int) -> Mention | None:
        """Return the body that ends right before a place: "HKMA's ", "the Bureau (MAB) "."""
        gap = r"(?:\s?\([^()]{1,40}\))?(?:['’]s?)?\s?"
        near = [b for b in self.bodies if b.end <= place and re.fullmatch(gap, self.context.folded[b.end : place])]
        return near[-1] if near else None

    def add(self, person: Mention, title: str, body: Mention | None, rule: str = "post.english") -> None:
        """Add a post, unless nothing shows its body."""
        title = dropped().sub("", title.strip(), count=1)
        if body is not None and body is not person and title:
            self.context.posts.append((person, title, body, rule))


_GOVERNED = Worded("english", r"\b{governs}(?: the| its)? $")
_HOUSES = Worded("english_people", "(?i:{lawmaker})$")


@lru_cache(maxsize=1)
def _nouns() -> dict[str, frozenset[str]]:
    blocks = rules("english_people")["noun"]
    return {word: frozenset(block["kinds"]) for block in blocks for word in block["words"]}


def spoken_of(reader: Reader, noun: str, place: int) -> Mention | None:
    """Return the body last named before a place that a noun fits: the union, the bureau, the company."""
    folded = reader.context.folded
    own = own_body(reader.context, reader.bodies) if noun[0].isupper() else None
    noun = noun.lower()
    kinds = _nouns().get(noun, frozenset())
    whole = re.compile(rf"\b{re.escape(noun)}\b")
    if own is not None and own.kind != "media" and (own.kind in kinds or whole.search(named_in(folded, own))):
        # "the Group's Managing Director": a body's own text writes its noun so.
        return own
    earlier = [b for b in reader.bodies if b.end <= place]
    if noun in wording("english_people", "named_so") and any(whole.search(named_in(folded, b)) for b in earlier):
        kinds = frozenset()
    for body in reversed(earlier):
        name = folded[body.start : body.end].lower()
        if whole.search(name) or (body.type == "Organisation" and body.kind in kinds):
            return body
    return None


def implied_body(reader: Reader, person: Mention, title: str) -> Mention | None:
    """Return the body that a title without one serves: the one whose field it names, else the one just spoken of."""
    folded = reader.context.folded
    if re.match(r",? our ", folded[person.end :]) and (own := publisher_of(reader)) is not None:
        return own
    field = re.search(r"(?:of|for) (?:the )?(.+?)(?: \(.*)?$", title)
    if field is not None:
        name = field.group(1).lower()
        same = [b for b in reader.bodies if b.type == "Organisation" and named_in(folded, b).startswith(name)]
        if re.search(r"\bSecretary for", title):
            same = [b for b in same if named_in(folded, b) == f"{name} bureau"]
        if not same and title.startswith("Minister"):
            # Of a minister in brackets behind the name, the department of that field.
            same = [
                b for b in reader.bodies if b.type == "Organisation" and named_in(folded, b).endswith(f" of {name}")
            ]
        if same:
            return same[0]
        if re.search(r"\bSecretary for", title):
            return next((b for b in reader.bodies if b.lexicon_id == "hk-government"), None)
    if title == "Financial Secretary":
        return next((b for b in reader.bodies if b.lexicon_id == "hk-government"), None)
    own = own_body(reader.context, reader.bodies) if title[0].isupper() else None
    own = own if own is not None and own.kind != "media" else None
    beside = re.compile(rf"\b[Tt]he {re.escape(title)}, (?:[A-Z][a-z]+\.? )*$")
    if own is not None and beside.search(folded, max(0, person.start - 80), person.start):
        # "the Chairman, Dr X" of a body's own text.
        return own
    if (opened := _opened(reader, reader.context.sentence_at(person.start))) is not None:
        return opened
    if (pointed := _its(reader, person)) is not None:
        return pointed
    if (house := _HOUSES.pattern.search(title)) is not None:
        ends = "Council" if house.group().lower() == "councillor" else "Legislative Council"
        return next((b for b in reader.bodies if folded[b.start : b.end].endswith(ends)), None)
    firms = of_firms().search(title) is not None
    sentence = reader.context.sentence_at(person.start)
    number = reader.context.sentence_number(sentence)
    for opening in (True, False):
        for back in range(min(number, 6) + 1):
            earlier = reader.context.sentences[number - back]
            if earlier.passage.kind != sentence.passage.kind:
                break
            about = _about(reader, earlier.start, min(earlier.end, person.start), firms=firms, opening=opening)
            if about is not None:
                return about
    return own


def _its(reader: Reader, person: Mention) -> Mention | None:
    """Return the body that "Its director" at the head of a sentence means: what the sentences before open with."""
    sentence = reader.context.sentence_at(person.start)
    folded = reader.context.folded
    if not re.match(r"\s*Its ", folded[sentence.start : person.start]):
        return None
    number = reader.context.sentence_number(sentence)
    for earlier in reversed(reader.context.sentences[max(0, number - 3) : number]):
        if earlier.passage is not sentence.passage:
            return None
        if re.match(r"\s*Its? ", folded[earlier.start : earlier.end]):
            continue
        noun = re.match(r"\s*The ([a-z]+) ", folded[earlier.start : earlier.end])
        return spoken_of(reader, noun.group(1), earlier.start) if noun else None
    return None


def _opened(reader: Reader, sentence: Sentence) -> Mention | None:
    """Return the body that a common noun at the head of a sentence means: "The Institute will … under its director"."""
    noun = re.match(r"\s*[\"“]?The ([A-Z]?[a-z]+) ", reader.context.folded[sentence.start : sentence.end])
    place = sentence.start + noun.start(1) if noun else -1
    if noun is None or any(b.start <= place < b.end for b in reader.bodies):
        return None
    return spoken_of(reader, noun.group(1), sentence.start)


def publisher_of(reader: Reader) -> Mention | None:
    """Return the body that publishes the document, unless it is a newspaper."""
    name = fold(reader.context.document.publisher or "").lower()
    bodies = [b for b in reader.bodies if b.type == "Organisation" and b.kind != "media"]
    return next((b for b in bodies if name and named_in(reader.context.folded, b) == name), None)


def named_in(folded: str, body: Mention) -> str:
    """Return the name of a body in lower case."""
    return folded[body.start : body.end].lower()


def _about(reader: Reader, start: int, end: int, *, firms: bool, opening: bool) -> Mention | None:
    """Return the body that a sentence is about: the first that no preposition governs, at its very beginning if so asked."""
    folded = reader.context.folded
    for body in reader.bodies:
        if not start <= body.start < end or body.type != "Organisation" or body.kind == "media":
            continue
        if body.lexicon_id == "hk-government" or (firms and body.kind in {"government", "academic"}):
            continue
        before = folded[max(start, body.start - 16) : body.start]
        if _GOVERNED.pattern.search(before):
            continue
        if re.match(r"['’]s? |-", folded[body.end :]):
            continue
        if opening and not re.fullmatch(r"\s*[\"“]?(?:[A-Z][^,.]{0,40}, )?(?:[Tt]he )?", folded[start : body.start]):
            continue
        return body
    return None
