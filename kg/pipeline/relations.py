"""Relations: frames of data matched within a sentence, and the few that a name's own form tells."""

from __future__ import annotations

import itertools
import re
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, cast

import ahocorasick

from kg.language.script import name_key
from kg.model import Predicate
from kg.pipeline.context import Context, Sentence
from kg.pipeline.ends import Frame, ends
from kg.pipeline.rules import Worded, alternation, rules


@dataclass(frozen=True, slots=True)
class Found:
    """A relation between two groups, with the stretch that says it and the rule's name."""

    subject: int
    predicate: Predicate
    object: int
    start: int
    end: int
    rule: str


def _words(words: list[str]) -> re.Pattern[str]:
    """Return a pattern of words; those in Latin letters stand alone."""
    latin = [w for w in words if w.isascii()]
    han = [w for w in words if not w.isascii()]
    parts = [alternation(han)] if han else []
    parts += [rf"\b(?:{alternation(latin)})\b"] if latin else []
    return re.compile("|".join(parts))


def _frame(data: dict[str, Any]) -> Frame:
    return Frame(
        data["id"],
        cast(Predicate, data["predicate"]),
        _words(data["trigger"]),
        _words(data["agent"]) if "agent" in data else None,
        data["subject"],
        data["object"],
        frozenset(data["subject_types"]),
        frozenset(data["object_types"]),
        frozenset(data.get("subject_kinds", ())),
        frozenset(data.get("object_kinds", ())),
        _words(data["founding"]) if "founding" in data else None,
        data.get("needs_money", False),
        data.get("explicit", False),
        _words(data["near"]) if "near" in data else None,
        re.compile(f"(?:{alternation(data['unless'])})[^,。;]{{0,18}}$") if "unless" in data else None,
        re.compile(alternation(data["noun"])) if "noun" in data else None,
        data.get("alone", False),
        data.get("strict", False),
        data["gap"],
    )


@lru_cache(maxsize=1)
def frames() -> tuple[tuple[Frame, ...], re.Pattern[str], re.Pattern[str]]:
    """Return the frames, and the patterns of negation and of wishing."""
    data = rules("frames")
    negation = re.compile(f"(?:{alternation(data['negation']['before'])})[\u4e00-\u9fff]{{0,2}}$")
    return tuple(_frame(f) for f in data["frame"]), negation, re.compile(alternation(data["negation"]["wish"]))


@lru_cache(maxsize=1)
def _automaton() -> ahocorasick.Automaton:
    """Return an automaton of all trigger words, each with the numbers of its frames."""
    numbers: dict[str, list[int]] = {}
    for number, frame in enumerate(rules("frames")["frame"]):
        for word in frame["trigger"]:
            numbers.setdefault(word, []).append(number)
    automaton = ahocorasick.Automaton()
    for word, its in numbers.items():
        automaton.add_word(word, its)
    automaton.make_automaton()
    return automaton


def _stated(folded: str) -> list[Frame]:
    """Return the frames that a sentence holds a trigger of, in their order."""
    every = frames()[0]
    return [every[n] for n in sorted({n for _, its in _automaton().iter(folded) for n in its})]


def by_frames(context: Context) -> list[Found]:
    """Return the relations that frames and names tell."""
    found: list[Found] = []
    for sentence in context.sentences:
        if not sentence.mentions or sentence.passage.kind == "contact":
            continue
        for frame in _stated(context.folded[sentence.start : sentence.end]):
            found += _match(context, sentence, frame)
    found += _by_name(context)
    found += _possessive(context)
    found += _partners_of_projects(context, found)
    unique: dict[tuple[int, str, int], Found] = {}
    for relation in found:
        key = (relation.subject, relation.predicate, relation.object)
        if relation.subject == relation.object or min(key[0], key[2]) < 0:
            continue
        if relation.predicate == "partnersWith" and (key[2], key[1], key[0]) in unique:
            continue
        unique.setdefault(key, relation)
    return list(unique.values())


def _match(context: Context, sentence: Sentence, frame: Frame) -> list[Found]:
    _, negation, wish = frames()
    folded = context.folded
    found = []
    for match in frame.trigger.finditer(folded, sentence.start, sentence.end):
        if any(m.start <= match.start() < m.end and not m.anaphor for m in sentence.mentions):
            continue
        clause = (
            max((m.end() for m in re.finditer("[,;。]", folded[sentence.start : match.start()])), default=0)
            + sentence.start
        )
        if negation.search(folded, clause, match.start()) or wish.search(folded, clause, match.start()):
            continue
        if frame.near is not None and not frame.near.search(
            folded, max(sentence.start, match.start() - 30), match.start()
        ):
            continue
        if frame.unless is not None and frame.unless.search(folded, sentence.start, match.start()):
            continue
        if frame.noun is not None and frame.noun.match(folded, match.end()):
            continue
        if frame.alone and _has_right(context, sentence, frame, match.end()):
            continue
        place = (match.start(), match.end())
        subjects = ends(context, sentence, frame, frame.subject, frame.subject_types, frame.subject_kinds, place)
        objects = ends(context, sentence, frame, frame.object, frame.object_types, frame.object_kinds, place)
        if not subjects or not objects:
            continue
        if frame.id == "located.move" and "的" in folded[match.end() : objects[0].start]:
            continue
        if frame.id == "operates.body" and _MEMBERS.pattern.search(folded, match.end(), objects[0].start):
            continue
        if frame.id == "located.move" and re.match(
            r"[」』》\s]*的", context.folded[objects[0].end : objects[0].end + 3]
        ):
            continue
        if frame.needs_money and not any(
            match.end() - 24 <= m.start <= max(objects[0].end + 4, match.end() + 16) for m in context.money
        ):
            continue
        for subject in subjects:
            for object_ in objects:
                spans = [m for m in (subject, object_) if sentence.start <= m.start < sentence.end]
                start = min([match.start(), *(m.start for m in spans)])
                end = max([match.end(), *(m.end for m in spans)])
                found.append(Found(subject.entity, frame.predicate, object_.entity, start, end, frame.id))
    return found


def _has_right(context: Context, sentence: Sentence, frame: Frame, end: int) -> bool:
    """Tell whether a thing that could be the object stands after a trigger in its clause."""
    stop = re.search("[,。;]", context.folded[end : sentence.end])
    limit = end + stop.start() if stop else sentence.end
    return any(end <= m.start < limit and m.type in frame.object_types | {"Organisation"} for m in sentence.mentions)


def _by_name(context: Context) -> list[Found]:
    """Read the owner in a name that begins with it: 數碼港投資創業基金 is run by 數碼港, 施政報告 needs no such rule."""
    found = []
    owners = [(name_key(n), i) for i, g in enumerate(context.groups) if g.type == "Organisation" for n in g.names]
    for index, thing in enumerate(context.groups):
        if thing.type not in {"Programme", "Facility", "Event"} or not thing.mentions:
            continue
        for key, owner in owners:
            if key in rules("frames")["unit"]["no_owner"]:
                continue
            hits = [m for m in thing.mentions if not m.anaphor and name_key(context.name(m)).startswith(key)]
            if hits and len(key) >= 2 and name_key(context.name(hits[0])) != key:
                found.append(Found(owner, "operates", index, hits[0].start, hits[0].end, "operates.name"))
    return found + _units_by_name(context, owners)


# 「香港數碼港管理有限公司」 runs what it is named after; it is no unit of it.
_MANAGES = Worded("frames", "{<!branch}{firm}$")
_MEMBERS = Worded("frames", "{members}")
_JOINT = Worded("frames", "{joint}")
_WITHIN = Worded("frames", r"[」』》\s]*{within}?(?:的)?[「『《\s]*")


def _units_by_name(context: Context, owners: list[tuple[str, int]]) -> list[Found]:
    """Read the body in the name of its unit: 教育局課程發展處 is part of 教育局, 香港大學工程學院 of 香港大學."""
    data = rules("frames")["unit"]
    unit = re.compile(f"(?:{alternation(data['words'])})$")
    found = []
    for index, thing in enumerate(context.groups):
        if thing.type != "Organisation":
            continue
        for mention in thing.mentions:
            key = name_key(context.name(mention))
            if mention.anaphor or not unit.search(key) or _MANAGES.pattern.search(key):
                continue
            fits = [
                (len(owner_key), -owner)
                for owner_key, owner in owners
                if owner != index
                and len(owner_key) >= 2
                and owner_key not in data["no_owner"]
                and key.startswith(owner_key)
                and len(key) - len(owner_key) >= 2
            ]
            if fits:
                # The longest owner is the nearest: 甲大學商學院金融系 is part of the school.
                found.append(Found(index, "partOf", -max(fits)[1], mention.start, mention.end, "partOf.name"))
    return found + _units_beside(context, unit)


def _units_beside(context: Context, unit: re.Pattern[str]) -> list[Found]:
    """Read the body named right before its unit: 「環境局環境保護署」, 「甲大學 醫學院」."""
    found = []
    for sentence in context.sentences:
        for left, right in itertools.pairwise(sentence.mentions):
            if (
                left.type == right.type == "Organisation"
                and left.end <= right.start <= left.end + 1
                and not context.folded[left.end : right.start].strip()
                and unit.search(name_key(context.name(right)))
                # Two of a kind side by side stand in a list: 「甲部辦公廳 乙部辦公廳」.
                and context.folded[left.end - 1] != context.folded[right.end - 1]
            ):
                found.append(Found(right.entity, "partOf", left.entity, left.start, right.end, "partOf.beside"))
    return found


def _possessive(context: Context) -> list[Found]:
    """Read 「甲的乙計劃」 and 「甲轄下乙」: what a body has, it runs."""
    found = []
    for sentence in context.sentences:
        for left, right in zip(sentence.mentions, sentence.mentions[1:], strict=False):
            gap = context.folded[left.end : right.start]
            if (
                left.type == "Organisation"
                and right.type in {"Programme", "Facility"}
                and re.fullmatch(r"的[「『《\s]*", gap)
            ):
                found.append(Found(left.entity, "operates", right.entity, left.start, right.end, "operates.possessive"))
            elif left.type == right.type == "Facility" and _WITHIN.pattern.fullmatch(gap):
                found.append(Found(right.entity, "locatedIn", left.entity, left.start, right.end, "located.possessive"))
    return found


def _partners_of_projects(context: Context, found: list[Found]) -> list[Found]:
    """Read the second body of 「甲與乙合作推出丙」 as one that runs 丙 too."""
    extra = []
    acting: dict[int, list[Found]] = {}
    for relation in found:
        if relation.rule == "operates.active":
            acting.setdefault(relation.subject, []).append(relation)
    for relation in found:
        if relation.rule not in {"partners.with", "partners.alongside", "partners.joint"}:
            continue
        for other in acting.get(relation.subject, ()):
            near = other.start <= relation.end + 30 and relation.start <= other.end
            together = relation.rule != "partners.with"
            if not near:
                continue
            joint = together or _JOINT.pattern.search(context.folded, relation.start, other.end)
            if other.rule == "operates.active" and other.subject == relation.subject and near and joint:
                extra.append(
                    Found(
                        relation.object,
                        "operates",
                        other.object,
                        relation.start,
                        max(relation.end, other.end),
                        "operates.joint",
                    )
                )
    for relation in found:
        # Who co-organises a thing works with who runs it.
        for other in found if relation.rule == "operates.coorganiser" else ():
            if other.object == relation.object and other.predicate == "operates" and other.rule != relation.rule:
                if abs(other.start - relation.start) < 120:
                    start, end = min(other.start, relation.start), max(other.end, relation.end)
                    extra.append(
                        Found(other.subject, "partnersWith", relation.subject, start, end, "partners.coorganiser")
                    )
    return extra + _commissioned_programmes(found)


def _commissioned_programmes(found: list[Found]) -> list[Found]:
    """Read the programme that a commissioned body runs as commissioned too: 「獲甲委託推行乙計劃」."""
    extra = []
    commissioned = [r for r in found if r.rule == "commissioned.passive"]
    for relation in commissioned:
        for other in found:
            if (
                other.rule.startswith("operates.")
                and other.subject == relation.subject
                and 0 <= other.start - relation.start < 60
            ) or (
                other.rule == "operates.active"
                and other.subject == relation.subject
                and other.start <= relation.start <= other.end
            ):
                extra.append(
                    Found(
                        other.object,
                        "commissionedBy",
                        relation.object,
                        relation.start,
                        max(relation.end, other.end),
                        "commissioned.programme",
                    )
                )
    return extra
