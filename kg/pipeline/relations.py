"""Relations: frames of data matched within a sentence, and the few that a name's own form tells."""

from __future__ import annotations

import itertools
import re
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, cast

from kg.language.script import name_key
from kg.model import Predicate
from kg.pipeline.context import Context, Mention, Sentence
from kg.pipeline.rules import alternation, rules

_JOINT = re.compile(
    r"[\s「」『』《》“”]*(?:\([^()]{0,40}\))?[\s「」『』《》“”]*(?:、|以及|及|和|与|,|暨|或)?\s*(?:推行|推出|举办|设立)?[\s「」『』《》“”]*"
)
_OBJECT_MARK = re.compile(
    r"(?:与|和|由|获|受|向|予|给|对|及|联同|透过|通过|为|至|于|在|从|委托|根据|按照|隶属|隶属于|属于|附属|会见|到访|前身为|\()[\s「『《]*$"
)
# After these the next body is an object only if its clause ends with it: 「支持政府，推出…」 but 「歡迎政府推出…」.
_ATTITUDE = re.compile(r"(?:配合|欢迎|感谢|支持|响应|协助|回应|肯定|乐见)[\s「『《]*$")
_CLOSED = re.compile(r"[」』》\s]*(?:[,。;、的]|(?:发展)?方针|施政|政策|招商|公布)")
_LIST = re.compile(r"[\s「」『』《》]*(?:\([^()]{0,40}\))?[」』》\s]*(?:、|以及|及|和|与)[\s「『《]*")


@dataclass(frozen=True, slots=True)
class Found:
    """A relation between two groups, with the stretch that says it and the rule's name."""

    subject: int
    predicate: Predicate
    object: int
    start: int
    end: int
    rule: str


@dataclass(frozen=True, slots=True)
class Frame:
    """One way of saying a relation; see ``kg/data/rules/frames.toml``."""

    id: str
    predicate: Predicate
    trigger: re.Pattern[str]
    agent: re.Pattern[str] | None
    subject: str
    object: str
    subject_types: frozenset[str]
    object_types: frozenset[str]
    subject_kinds: frozenset[str]
    object_kinds: frozenset[str]
    founding: re.Pattern[str] | None
    needs_money: bool
    explicit: bool
    gap: int


def _frame(data: dict[str, Any]) -> Frame:
    return Frame(
        data["id"],
        cast(Predicate, data["predicate"]),
        re.compile(alternation(data["trigger"])),
        re.compile(alternation(data["agent"])) if "agent" in data else None,
        data["subject"],
        data["object"],
        frozenset(data["subject_types"]),
        frozenset(data["object_types"]),
        frozenset(data.get("subject_kinds", ())),
        frozenset(data.get("object_kinds", ())),
        re.compile(alternation(data["founding"])) if "founding" in data else None,
        data.get("needs_money", False),
        data.get("explicit", False),
        data["gap"],
    )


@lru_cache(maxsize=1)
def frames() -> tuple[tuple[Frame, ...], re.Pattern[str], re.Pattern[str]]:
    """Return the frames, and the patterns of negation and of wishing."""
    data = rules("frames")
    negation = re.compile(f"(?:{alternation(data['negation']['before'])})[\u4e00-\u9fff]{{0,2}}$")
    return tuple(_frame(f) for f in data["frame"]), negation, re.compile(alternation(data["negation"]["wish"]))


def relations(context: Context) -> list[Found]:
    """Return the relations that a document states or plainly implies."""
    found: list[Found] = []
    for sentence in context.sentences:
        if not sentence.mentions or sentence.passage.kind == "contact":
            continue
        for frame in frames()[0]:
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
        place = (match.start(), match.end())
        subjects = _ends(context, sentence, frame, frame.subject, frame.subject_types, frame.subject_kinds, place)
        objects = _ends(context, sentence, frame, frame.object, frame.object_types, frame.object_kinds, place)
        if not subjects or not objects:
            continue
        if frame.id == "located.move" and re.match(
            r"[」』》\s]*的", context.folded[objects[0].end : objects[0].end + 3]
        ):
            continue
        if frame.needs_money and not any(match.end() - 24 <= m.start <= objects[0].end + 4 for m in context.money):
            continue
        for subject in subjects:
            for object_ in objects:
                spans = [m for m in (subject, object_) if sentence.start <= m.start < sentence.end]
                start = min([match.start(), *(m.start for m in spans)])
                end = max([match.end(), *(m.end for m in spans)])
                found.append(Found(subject.entity, frame.predicate, object_.entity, start, end, frame.id))
    return found


def _ends(
    context: Context,
    sentence: Sentence,
    frame: Frame,
    how: str,
    types: frozenset[str],
    kinds: frozenset[str],
    place: tuple[int, int],
) -> list[Mention]:
    start, end = place
    if how == "right":
        chosen = _right(context, sentence, frame, types, end)
    elif how == "left":
        chosen = _left(context, sentence, types, start, frame.gap)
    elif how == "actor":
        chosen = _actor(context, sentence, types, start, frame)
    elif how == "agent":
        chosen = _agent(context, sentence, frame, types, start)
    elif how == "around":
        chosen = _around(context, sentence, frame, types, start, end)
    elif how == "possessed":
        chosen = _possessed(context, sentence, frame, types, end)
    elif how == "attendee":
        chosen = _attendee(context, sentence, types, start)
    elif how == "guests":
        chosen = [m for m in sentence.mentions if m.start >= end and m.type in types and not _has_person(context, m)]
    else:
        chosen = _event(context, sentence, types, start)
    return [
        m for m in chosen if not kinds or m.type != "Organisation" or (context.groups[m.entity].kind or "") in kinds
    ]


def _right(context: Context, sentence: Sentence, frame: Frame, types: frozenset[str], end: int) -> list[Mention]:
    """Return the nearest fitting things after a trigger, with those joined to the first."""
    folded = context.folded
    chosen: list[Mention] = []
    for mention in sentence.mentions:
        if mention.start < end:
            continue
        last = chosen[-1].end if chosen else end
        gap = folded[last : mention.start]
        if chosen:
            if mention.type not in types or not _JOINT.fullmatch(gap):
                break
        elif mention.type not in types:
            if frame.founding is None and not re.fullmatch(r"[「『《\s]*", gap) and mention.type == "Organisation":
                break
            continue
        elif len(gap) > frame.gap or re.search("[。;!?]", gap):
            break
        elif frame.founding is not None:
            if not frame.founding.search(folded, end - 2, mention.start) and mention.start - end > 2:
                break
        elif "," in gap and "包括" not in gap and "、" not in gap:
            break
        elif re.search(r"(?:与|对|向|就|按|采用|利用|根据|参加|参与)[\s「『《]*$", gap):
            break
        chosen.append(mention)
    return chosen


def _left(context: Context, sentence: Sentence, types: frozenset[str], start: int, gap: int) -> list[Mention]:
    for mention in reversed(sentence.mentions):
        if mention.end > start:
            continue
        if mention.type in types:
            return [mention] if start - mention.end <= gap else []
        if start - mention.end > gap:
            return []
    return []


def _actor(context: Context, sentence: Sentence, types: frozenset[str], start: int, frame: Frame) -> list[Mention]:
    """Return the bodies that act: the sentence's first free body in the clause, those joined to it, else the topic."""
    folded = context.folded
    left = [m for m in sentence.mentions if m.end <= start and m.type in types]
    free = []
    previous: tuple[Mention, bool] | None = None
    for mention in left:
        is_object = _OBJECT_MARK.search(folded, sentence.start, mention.start) is not None
        if _ATTITUDE.search(folded, sentence.start, mention.start) and _CLOSED.match(folded, mention.end):
            is_object = True
        if previous and previous[1] and _LIST.fullmatch(folded[previous[0].end : mention.start]):
            is_object = True
        previous = (mention, is_object)
        if not is_object:
            free.append(mention)
    if free:
        # The last free body before the trigger acts, unless a full stop of thought (;) lies between.
        chosen = free[-1]
        between = folded[chosen.end : start]
        person = [m for m in sentence.mentions if m.type == "Person" and chosen.end <= m.start < start]
        if "Person" not in types and person and folded[chosen.end : person[0].start].strip() and chosen is not free[0]:
            chosen = free[0]
        joined = [chosen]
        for mention in left:
            if mention is chosen or not frame.id.startswith("operates"):
                continue
            if (
                mention.start > chosen.end
                and re.match("[与和及、]|联同", folded[chosen.end : mention.start].lstrip()[:2])
                and len(folded[chosen.end : mention.start]) <= 3
            ):
                if re.search("合作|合办|联合|共同|协作|携手|合推", folded[mention.end : start + 4]):
                    joined.append(mention)
        government = _announced_by(context, sentence, chosen, start)
        if government is not None and re.match("预留|成立|设立|拨款|注资|推出|筹建", folded[start : start + 2]):
            return [government]
        if ";" not in between:
            return joined
    if frame.explicit:
        return []
    for index in (sentence.subject, sentence.topic):
        if index >= 0 and context.groups[index].type in types and context.groups[index].mentions:
            earlier = [m for m in context.groups[index].mentions if m.start < start]
            return [earlier[-1] if earlier else context.groups[index].mentions[0]]
    return []


def _announced_by(context: Context, sentence: Sentence, actor: Mention, start: int) -> Mention | None:
    """Return the government if a policy document between the actor and the trigger is what speaks: 「歡迎預算案提出…成立」."""
    for mention in sentence.mentions:
        if mention.type == "Policy" and actor.end <= mention.start and mention.end <= start:
            if re.match(
                r"[」』》\s]*(?:中)?(?:提出|宣布|公布|建议|表明|预留|就|包括)",
                context.folded[mention.end : mention.end + 8],
            ):
                found = next((g for g in context.groups if g.lexicon_id == "hk-government" and g.mentions), None)
                return found.mentions[0] if found else None
    return None


def _agent(context: Context, sentence: Sentence, frame: Frame, types: frozenset[str], start: int) -> list[Mention]:
    """Return the bodies between an agent word and the trigger: 由甲及乙合辦."""
    folded = context.folded
    chain: list[Mention] = []
    for mention in reversed([m for m in sentence.mentions if m.end <= start]):
        gap = folded[mention.end : chain[-1].start if chain else start]
        if chain and not _JOINT.fullmatch(gap) and not re.fullmatch(r"[^,。;]{0,8}[、及和]\s?", gap):
            break
        gap = re.sub(r"\([^()]*\)", "", gap)
        if mention.type not in types or (not chain and (len(gap) > frame.gap or re.search("[,。;]", gap))):
            break
        chain.append(mention)
    if frame.agent is None:
        return []
    # 「甲與乙、丙及丁簽署」: of the whole list, the first that an agent word stands before begins the agents.
    for size in range(len(chain), 0, -1):
        first = chain[size - 1]
        lead = folded[max(sentence.start, first.start - 14) : first.start]
        if re.search(f"(?:{frame.agent.pattern})[^,。;、与及和]{{0,10}}$", lead):
            return chain[:size]
    if chain:
        lead = folded[max(sentence.start, chain[0].start - 30) : chain[0].start]
        if re.search(f"(?:{frame.agent.pattern})[^,。;]{{2,28}}的$", lead):
            return chain[:1]
    return []


def _around(
    context: Context, sentence: Sentence, frame: Frame, types: frozenset[str], start: int, end: int
) -> list[Mention]:
    """Return what a passive speaks of: 「由甲主導的數據平台乙」 after it, or 「乙由甲管理」 before it."""
    after = context.folded[end : end + 2].strip()
    if after.startswith("的"):
        right = [m for m in sentence.mentions if end <= m.start <= end + 16 and m.type in types]
        if right and not re.search("[,。;]", context.folded[end : right[0].start]):
            return right[:1]
    agents = _agent(context, sentence, frame, frozenset({"Organisation", "Programme"}), start)
    if not agents:
        return []
    first = min(m.start for m in agents)
    left = [m for m in sentence.mentions if m.end <= first and m.type in types]
    right = [
        m
        for m in sentence.mentions
        if end <= m.start <= end + 10 and m.type in types and not re.search("[,。;]", context.folded[end : m.start])
    ]
    if right and re.match(r"[的「『《\s]*", context.folded[end : right[0].start]) and right[0].start - end <= 4:
        return right[:1]
    if left:
        near = [m for m in left if m.entity == sentence.subject]
        return near[:1] or left[-1:]
    for index in (sentence.subject, sentence.topic):
        # A body left out is seldom what a passive speaks of; a programme is.
        if index >= 0 and context.groups[index].type in types - {"Organisation"}:
            return context.groups[index].mentions[:1]
    return []


def _possessed(context: Context, sentence: Sentence, frame: Frame, types: frozenset[str], end: int) -> list[Mention]:
    """Return what stands behind the place: 「位於甲園的乙中心」."""
    right = [m for m in sentence.mentions if m.start >= end]
    for place, thing in itertools.pairwise(right):
        if place.start - end <= frame.gap and thing.type in types:
            if re.fullmatch(r"[」』》\s]*的[「『《\s]*", context.folded[place.end : thing.start]):
                return [thing]
        break
    return []


def _has_person(context: Context, body: Mention) -> bool:
    """Tell whether a body only serves to name a person's post."""
    return any(b is body for _, _, b, _ in context.posts)


def _attendee(context: Context, sentence: Sentence, types: frozenset[str], start: int) -> list[Mention]:
    people = [m for m in sentence.mentions if m.type == "Person" and m.end <= start]
    if people:
        return people[-1:]
    bodies = [
        m
        for m in sentence.mentions
        if m.type == "Organisation"
        and m.end <= start
        and not _OBJECT_MARK.search(context.folded, sentence.start, m.start)
    ]
    if bodies and re.search("出席|参加|参与|亮相|参展|支持|主持", context.folded[bodies[-1].end : start + 3]):
        return bodies[-1:]
    return []


def _event(context: Context, sentence: Sentence, types: frozenset[str], start: int) -> list[Mention]:
    """Return the event that a list of guests belongs to: the last one named before it."""
    earlier = [m for m in context.mentions if m.type in types and m.end <= start]
    return earlier[-1:]


def _by_name(context: Context) -> list[Found]:
    """Read the owner in a name that begins with it: 數碼港投資創業基金 is run by 數碼港, 施政報告 needs no such rule."""
    found = []
    owners = [(name_key(n), i) for i, g in enumerate(context.groups) if g.type == "Organisation" for n in g.names]
    for index, thing in enumerate(context.groups):
        if thing.type not in {"Programme", "Facility", "Event"} or not thing.mentions:
            continue
        for key, owner in owners:
            hits = [m for m in thing.mentions if not m.anaphor and name_key(context.name(m)).startswith(key)]
            if hits and len(key) >= 2 and name_key(context.name(hits[0])) != key:
                found.append(Found(owner, "operates", index, hits[0].start, hits[0].end, "operates.name"))
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
    return found


def _partners_of_projects(context: Context, found: list[Found]) -> list[Found]:
    """Read the second body of 「甲與乙合作推出丙」 as one that runs 丙 too."""
    extra = []
    for relation in found:
        if relation.rule != "partners.with":
            continue
        for other in found:
            near = other.start <= relation.end + 30 and relation.start <= other.end
            joint = re.search(
                "合作,?(?:推|举办|成立|设立|开办)|合作在|合办|合推|联合(?:推|主办|举办|成立)|共同(?:推|主办|举办|成立|发起|设)|合作(?:推行|举办|设立|开办)|协作发展",
                context.folded[relation.start : other.end],
            )
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
