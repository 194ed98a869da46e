"""Pairs of names near each other, and what a trained model sees of how they stand: a row of names and cue families."""

from __future__ import annotations

import bisect
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import Protocol, cast

import ahocorasick

from kg.model import EntityType, Predicate
from kg.pipeline.context import Context, Mention, Sentence
from kg.pipeline.linear import bucket
from kg.pipeline.places import part_after, part_before
from kg.pipeline.rules import Worded, rules

# The letter of each type in a row.
_LETTERS: dict[EntityType, str] = {
    "Person": "P",
    "Organisation": "O",
    "Programme": "G",
    "Facility": "F",
    "Policy": "L",
    "Event": "E",
}
_KINDS = {"government": "g", "public_body": "p", "company": "c", "academic": "a"}
# What the predicates allow between a name's letter and a later one's; other pairs are not asked about.
_ASKED = frozenset(
    {f"O{x}" for x in "OGFEL"}
    | {f"{x}O" for x in "GFEL"}
    | {"GG", "GF", "FG", "FF", "GL", "LG", "FL", "LF", "PE", "EP", "PG", "GP"}
)
# What a pair may be: a predicate, and > where the earlier name is its subject.
_ENDS: dict[Predicate, tuple[str, str]] = {
    "operates": ("O", "GFEO"),
    "funds": ("OG", "GFOE"),
    "owns": ("O", "O"),
    "partOf": ("OF", "O"),
    "partnersWith": ("O", "O"),
    "commissionedBy": ("OGF", "O"),
    "locatedIn": ("OFG", "FO"),
    "announcedIn": ("GFO", "L"),
    "participatesIn": ("PO", "EG"),
}
CLASSES = tuple(f"{p}{mark}" for p in _ENDS for mark in "><" if p != "partnersWith" or mark == ">")
_JOIN = Worded(
    "ends",
    r"[\s「」『』《》“”]*(?:\([^()]{0,40}\))?[\s「」『』《》“”]*(?:、|{common.and}|{joined_names}|,|&)?[\s「」『』《》“”]*(?:the )?",
)
_MARKS = re.compile("[,;:。!?\n]")
_BRACKETED = re.compile(r"\([^()]{0,40}\)|[\s「」『』《》“”\"]")
_MOST_BETWEEN = 14
_FARTHEST = 200
_BACK = 2


@dataclass(frozen=True, slots=True)
class Pair:
    """Two names, the earlier first, and what is seen of them."""

    left: Mention
    right: Mention
    features: list[str]


@dataclass(slots=True)
class Row:
    """A sentence as a row of signs: names, cue families, marks and money, each with its place."""

    sentence: Sentence
    signs: list[str]
    starts: list[int]
    ends: list[int]
    places: list[int]
    heads: list[int]
    tails: list[int]
    clauses: list[int]
    parts: list[tuple[str, str]]


def letter_of(type_: EntityType) -> str:
    """Return the letter that stands for things of a type in a row."""
    return _LETTERS[type_]


@lru_cache
def classes_of(left: str, right: str) -> tuple[int, ...]:
    """Return the numbers of the classes that two letters in this order may have."""
    return tuple(
        number
        for number, class_ in enumerate(CLASSES)
        for subjects, objects in (_ENDS[cast(Predicate, class_[:-1])],)
        if (left if class_[-1] == ">" else right) in subjects and (right if class_[-1] == ">" else left) in objects
    )


def allowed(pair: Pair) -> tuple[int, ...]:
    """Return the numbers of the classes that the types of a pair allow."""
    return classes_of(letter_of(pair.left.type), letter_of(pair.right.type))


class _Told(Protocol):
    @property
    def subject(self) -> int: ...
    @property
    def object(self) -> int: ...
    @property
    def rule(self) -> str: ...


def told(found: Iterable[_Told]) -> dict[tuple[int, int], list[str]]:
    """Return the frames that found each pair of groups; what a name alone tells needs no second opinion."""
    out: dict[tuple[int, int], list[str]] = {}
    for relation in found:
        if not relation.rule.endswith(".name"):
            out.setdefault((relation.subject, relation.object), []).append(relation.rule)
    return out


@lru_cache(maxsize=1)
def _cues() -> ahocorasick.Automaton:
    automaton = ahocorasick.Automaton()
    for block in rules("cues")["cue"]:
        for word in block["words"]:
            automaton.add_word(word, (len(word), block["family"], word[-1].isascii() and word[0].isascii()))
    automaton.make_automaton()
    return automaton


def cues(text: str) -> list[tuple[int, int, str]]:
    """Return the cue words of a folded text with their families, the longest where they overlap."""
    found = []
    for last, (length, family, latin) in _cues().iter(text):
        start, end = last - length + 1, last + 1
        if latin and ((start and text[start - 1].isalpha()) or (end < len(text) and text[end].isalpha())):
            continue
        found.append((start, end, family))
    found.sort(key=lambda c: (c[0], -c[1]))
    kept: list[tuple[int, int, str]] = []
    for cue in found:
        if not kept or cue[0] >= kept[-1][1]:
            kept.append(cue)
        elif cue[1] - cue[0] > kept[-1][1] - kept[-1][0]:
            kept[-1] = cue
    return kept


def row_of(context: Context, sentence: Sentence) -> Row:
    """Return the row of a sentence."""
    text = context.folded[sentence.start : sentence.end]
    offset = sentence.start
    lowered = text.lower() if len(text.lower()) == len(text) else text
    items = [(offset + s, offset + e, f, -1) for s, e, f in cues(lowered)]
    items += [(offset + m.start(), offset + m.end(), ",", -1) for m in _MARKS.finditer(text)]
    low = bisect.bisect_left(context.money, sentence.start, key=lambda m: m.start)
    high = bisect.bisect_left(context.money, sentence.end, key=lambda m: m.start)
    items += [(m.start, m.end, "$", -1) for m in context.money[low:high]]
    named = [(m.start, m.end, letter_of(m.type), n) for n, m in enumerate(sentence.mentions)]
    spans = [(s, e) for s, e, *_ in named]
    index = 0
    kept = list(named)
    for item in sorted(items):
        while index < len(spans) and spans[index][1] <= item[0]:
            index += 1
        if index == len(spans) or spans[index][0] >= item[1]:
            kept.append(item)
    kept.sort()
    signs, starts, ends = [k[2] for k in kept], [k[0] for k in kept], [k[1] for k in kept]
    places = [0] * len(named)
    for place, item in enumerate(kept):
        if item[3] >= 0:
            places[item[3]] = place
    heads, tails = _chains(context, sentence)
    clauses = []
    clause = 0
    for sign in signs:
        clause += sign == ","
        clauses.append(clause)
    parts = [(part_before(context, sentence, m), part_after(context, m)) for m in sentence.mentions]
    return Row(sentence, signs, starts, ends, places, heads, tails, clauses, parts)


def _chains(context: Context, sentence: Sentence) -> tuple[list[int], list[int]]:
    """Return for each name the first and the last of the list it stands in."""
    mentions = sentence.mentions
    heads = list(range(len(mentions)))
    for number in range(1, len(mentions)):
        before, after = mentions[number - 1], mentions[number]
        if before.type == after.type and before.end < after.start:
            if _JOIN.pattern.fullmatch(context.folded, before.end, after.start):
                heads[number] = heads[number - 1]
    tails = heads.copy()
    for number in reversed(range(len(mentions))):
        last = number + 1 < len(mentions) and heads[number + 1] == heads[number]
        tails[number] = tails[number + 1] if last else number
    return heads, tails


def _fine(context: Context, mention: Mention) -> str:
    letter = letter_of(mention.type)
    return letter + _KINDS.get(context.groups[mention.entity].kind or "", "") if letter == "O" else letter


def pairs(context: Context, told_: dict[tuple[int, int], list[str]]) -> Iterator[Pair]:
    """Yield the pairs of a document with their features; `told_` names the frames that found a pair of groups."""
    earlier: list[Row] = []
    for sentence in context.sentences:
        if sentence.passage.kind == "contact" or not sentence.mentions:
            continue
        row = row_of(context, sentence)
        yield from _within(context, row, told_)
        yield from _across(context, row, earlier, told_)
        earlier = [*earlier[1 - _BACK :], row]


def _within(context: Context, row: Row, told_: dict[tuple[int, int], list[str]]) -> Iterator[Pair]:
    mentions = row.sentence.mentions
    for first, left in enumerate(mentions):
        for second in range(first + 1, min(len(mentions), first + _MOST_BETWEEN)):
            right = mentions[second]
            if right.start - left.end > _FARTHEST:
                break
            if left.entity == right.entity or letter_of(left.type) + letter_of(right.type) not in _ASKED:
                continue
            yield Pair(left, right, _features(context, row, first, second, told_))


def _features(
    context: Context, row: Row, first: int, second: int, told_: dict[tuple[int, int], list[str]]
) -> list[str]:
    """Return what is seen of two names of one sentence."""
    mentions = row.sentence.mentions
    left, right = mentions[first], mentions[second]
    together = row.heads[first] == row.heads[second]
    end = first if together else row.tails[first]
    start = second if together else row.heads[second]
    if end >= start:
        end, start = first, second
    low, high = row.places[end], row.places[start]
    back, ahead = row.places[row.heads[first]], row.places[row.tails[second]]
    signs, clauses = row.signs, row.clauses
    between = signs[low + 1 : high]
    before = [
        s
        for s, c in zip(signs[max(0, back - 5) : back], clauses[max(0, back - 5) : back], strict=True)
        if c == clauses[back]
    ]
    after = [
        s
        for s, c in zip(signs[ahead + 1 : ahead + 6], clauses[ahead + 1 : ahead + 6], strict=True)
        if c == clauses[ahead]
    ]
    tp = letter_of(left.type) + letter_of(right.type)
    tk = _fine(context, left) + _fine(context, right)
    out = [tp, tk, f"{tp}|far={bucket(row.starts[high] - row.ends[low], (0, 2, 5, 10, 20, 40, 80))}"]
    out += _signs(tp, tk, before, between, after)
    b, a = before[-1] if before else "^", after[0] if after else "$$"
    if together:
        out += [f"{tp}|together", f"{tp}|together|b={b}", f"{tp}|together|a={a}"]
        out += [f"{tp}|together|A={s}" for s in dict.fromkeys(after)]
    elif row.heads[first] != row.tails[first] or row.heads[second] != row.tails[second]:
        out.append(f"{tp}|listed|{row.heads[first] != first}|{row.tails[second] != second}")
    out += _raw(context, tp, row.ends[low], row.starts[high], left, right, row.sentence)
    out += _standing(context, row.sentence, tp, left, right, told_, (row.parts[first], row.parts[second]))
    return out


def _signs(tp: str, tk: str, before: list[str], between: list[str], after: list[str]) -> list[str]:
    """Return the signs before, between and behind two names, alone and together."""
    words = [s for s in between if s.islower()]
    names = [s for s in between if s.isupper()]
    b, a = before[-1] if before else "^", after[0] if after else "$$"
    nearest, next_ = words[-1] if words else "0", words[0] if words else "0"
    out = [f"{tp}|n={min(len(names), 3)}", f"{tp}|c={min(between.count(','), 3)}"]
    if len(between) <= 6:
        out.append(f"{tp}|s={' '.join(between)}")
        out.append(f"{tp}|s={' '.join(between)}|{b}|{a}")
    if len(words) <= 4:
        out.append(f"{tp}|w={' '.join(words)}")
        out.append(f"{tk}|w={' '.join(words)}|{b}")
        out.append(f"{tp}|w={' '.join(words)}|{a}")
    out += [f"{tp}|m={w}" for w in dict.fromkeys(between)]
    out += [f"m={w}|{tp[1]}" for w in dict.fromkeys(words)]
    out += [f"{tp}|o={n}" for n in dict.fromkeys(names)]
    out += [
        f"{tp}|l={nearest}",
        f"{tp}|f={next_}",
        f"{tk}|l={nearest}",
        f"{tp}|l={nearest}|a={a}",
        f"{tp}|f={next_}|b={b}",
    ]
    out += [f"{tp}|b={b}", f"{tp}|a={a}", f"{tp}|b={b}|a={a}|l={nearest}"]
    out += [f"{tp}|A={s}" for s in dict.fromkeys(after)]
    out += [f"{tp}|B={s}" for s in dict.fromkeys(before)]
    return out


def _raw(
    context: Context, tp: str, low: int, high: int, left: Mention, right: Mention, sentence: Sentence
) -> list[str]:
    """Return the characters around two names and between them."""
    folded = context.folded
    gap = _BRACKETED.sub("", folded[low:high]) if high - low <= 60 else _BRACKETED.sub("", folded[high - 30 : high])
    head = _BRACKETED.sub("", folded[max(sentence.start, left.start - 6) : left.start])[-2:]
    tail = _BRACKETED.sub("", folded[right.end : min(right.end + 50, sentence.end)])[:3]
    out = [f"{tp}|h={head}", f"{tp}|h={head[-1:]}", f"{tp}|t={tail[:1]}", f"{tp}|t={tail[:2]}", f"{tp}|t={tail}"]
    if len(gap) <= 6:
        out.append(f"{tp}|g={gap}")
    if gap[:1].isascii():
        out += [f"{tp}|gw={w}" for w in dict.fromkeys(gap.lower().split())]
    else:
        out += [f"{tp}|gg={gap[i : i + 2]}" for i in range(min(len(gap), 30) - 1)]
    out += [f"{tp}|g1={gap[:2]}", f"{tp}|g9={gap[-2:]}"]
    return out


def _standing(
    context: Context,
    sentence: Sentence,
    tp: str,
    left: Mention,
    right: Mention,
    told_: dict[tuple[int, int], list[str]],
    parts: tuple[tuple[str, str], tuple[str, str]],
) -> list[str]:
    """Return what the document tells of two things: what frames found, which of them the sentence is about, their names."""
    out = []
    forward, backward = told_.get((left.entity, right.entity), ()), told_.get((right.entity, left.entity), ())
    for direction, frames in ((">", forward), ("<", backward)):
        for frame in frames:
            out += [
                f"fr={frame}{direction}",
                f"fp={frame.partition('.')[0]}{direction}",
                f"{tp}|fp={frame.partition('.')[0]}{direction}",
            ]
    if not forward and not backward:
        out.append(f"{tp}|fr=0")
    for name, index in (("subject", sentence.subject), ("topic", sentence.topic)):
        if index == left.entity:
            out.append(f"{tp}|L{name}")
        elif index == right.entity:
            out.append(f"{tp}|R{name}")
    a, b = context.groups[left.entity], context.groups[right.entity]
    own, other = context.folded[left.start : left.end], context.folded[right.start : right.end]
    if len(own) >= 2 and other.startswith(own):
        out.append(f"{tp}|named")
    out += [f"{tp}|R={other[-2:]}", f"{tp}|L={own[-1:]}", f"{tp}|{left.anaphor}|{right.anaphor}"]
    out += [f"{tp}|P={sentence.passage.kind}", f"{tp}|times={min(len(a.mentions), 4)}|{min(len(b.mentions), 4)}"]
    if a.lexicon_id == "hk-government" or b.lexicon_id == "hk-government":
        out.append(f"{tp}|government|{a.lexicon_id == 'hk-government'}")
    tk = _fine(context, left) + _fine(context, right)
    out += [f"{tp}|L2={own[-2:]}", f"{tk}|R={other[-2:]}", f"{tk}|L2={own[-2:]}"]
    out += [f"{tp}|RE={other[-1:]}", f"{tp}|LR={own[-1:]}{other[-1:]}"]
    (before_left, after_left), (before_right, after_right) = parts
    out += [f"{tp}|pl={before_left}|pr={before_right}", f"{tp}|pl={before_left}", f"{tp}|pr={before_right}"]
    out += [f"{tp}|al={after_left}|pr={before_right}", f"{tp}|ar={after_right}|pl={before_left}"]
    out.append(f"{tk}|pl={before_left}|pr={before_right}")
    return out


def _across(context: Context, row: Row, earlier: list[Row], told_: dict[tuple[int, int], list[str]]) -> Iterator[Pair]:
    """Yield the pairs of a name with the few of the sentences before that it may go on speaking of."""
    present = {m.entity for m in row.sentence.mentions}
    for back, other in enumerate(reversed(earlier), 1):
        if other.sentence.passage.kind != row.sentence.passage.kind and other.sentence.passage.kind != "title":
            continue
        chosen: dict[int, tuple[Mention, str]] = {}
        for letter in "OGFEL":
            same = [m for m in other.sentence.mentions if letter_of(m.type) == letter and m.entity not in present]
            if same:
                chosen.setdefault(same[-1].entity, (same[-1], "last" if len(same) > 1 else "only"))
                chosen.setdefault(same[0].entity, (same[0], "first"))
        for entity, (left, rank) in chosen.items():
            for second, right in enumerate(row.sentence.mentions):
                if letter_of(left.type) + letter_of(right.type) in _ASKED and right.entity != entity:
                    yield Pair(left, right, _across_features(context, row, other, (left, rank, back), second, told_))
        present |= set(chosen)


def _across_features(
    context: Context,
    row: Row,
    other: Row,
    from_: tuple[Mention, str, int],
    second: int,
    told_: dict[tuple[int, int], list[str]],
) -> list[str]:
    """Return what is seen of a name and one of an earlier sentence."""
    left, rank, back = from_
    right = row.sentence.mentions[second]
    tp = f"{back}{letter_of(left.type)}{letter_of(right.type)}"
    head, tail = row.places[row.heads[second]], row.places[row.tails[second]]
    clauses = row.clauses
    before = [s for s in row.signs[:head] if s != ","]
    near = [s for s, c in zip(row.signs[:head], clauses[:head], strict=True) if c == clauses[head]]
    after = [s for s, c in zip(row.signs[tail + 1 :], clauses[tail + 1 :], strict=True) if c == clauses[tail]]
    b, a = near[-1] if near else "^", after[0] if after else "$$"
    rivals = "".join(sorted({s for s in row.signs[:head] if s.isupper()}))
    out = [tp, f"{tp}|{rank}", f"{tp}|rivals={rivals}", f"{tp}|b={b}", f"{tp}|a={a}", f"{tp}|b={b}|a={a}"]
    if len(before) <= 4:
        out.append(f"{tp}|s={' '.join(before)}")
    out += [f"{tp}|A={s}" for s in dict.fromkeys(after)] + [f"{tp}|B={s}" for s in dict.fromkeys(near)]
    out += [f"{tp}|B={s}|{rivals}" for s in dict.fromkeys(near)]
    if other.sentence.subject == left.entity:
        out += [f"{tp}|subject", f"{tp}|subject|{b}", f"{tp}|subject|{rivals}"]
    parts = (other.parts[other.sentence.mentions.index(left)], row.parts[second])
    out += _standing(context, row.sentence, tp, left, right, told_, parts)
    return out
