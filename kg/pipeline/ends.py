"""The ends of a frame: which things of a sentence a trigger's subject and object are."""

from __future__ import annotations

import itertools
import re
from dataclasses import dataclass

from kg.model import Predicate
from kg.pipeline.context import Context, Mention, Sentence
from kg.pipeline.rules import Worded, wording

_JOINT = Worded(
    "ends",
    r"[\s「」『』《》“”]*(?:\([^()]{0,40}\))?[\s「」『』《》“”]*(?:、|,|{common.and}|{or})?\s*{does}?[\s「」『』《》“”]*(?:and )?(?:the )?(?:[A-Z]{2,3}\$[\d.,]+ (?:million|billion) )?",
)
_OBJECT_MARK = Worded("ends", r"(?:{object_mark}|\(|\b{object_mark_latin}(?: the)? ?)[\s「『《]*$")
# After these the next body is an object only if its clause ends with it: 「支持政府，推出…」 but 「歡迎政府推出…」.
_ATTITUDE = Worded("ends", r"{attitude}[\s「『《]*$")
_CLOSED = Worded("ends", r"[」』》\s]*(?:[,。;、的]|{closed})")
_LIST = Worded("ends", r"[\s「」『』《》]*(?:\([^()]{0,40}\))?[」』》\s]*(?:、|{common.and})[\s「『《]*")
_BESIDE_FOUNDING = Worded("ends", r"{beside_founding}[\s「『《]*$")
_BESIDE = Worded("ends", r"{beside}[\s「『《]*$")
_FOUNDS = Worded("ends", "{founds}")
_JOINED_BY = Worded("ends", "[、]|{joined_by}")
_TOGETHER = Worded("ends", "{together}")
_BY = Worded("ends", r"(?:{by}|by (?:the )?)[\s「『《]*$")
_CO_ACTOR = Worded("ends", r"\s?(?:、|{common.and}|{co_actor}|,? and(?: the)?)\s?")
_PROPOSES = Worded("ends", r"[」』》\s]*中?{proposes}")
_LISTED = Worded("ends", r"[^,。;]{0,8}(?:、|{listed})\s?")
_EACH_BY = Worded("ends", "{by}[^,。;]{2,11}{each_by}[、,]$")
_ATTENDS = Worded("ends", "{attends}")


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
    near: re.Pattern[str] | None
    unless: re.Pattern[str] | None
    noun: re.Pattern[str] | None
    alone: bool
    strict: bool
    gap: int


def ends(
    context: Context,
    sentence: Sentence,
    frame: Frame,
    how: str,
    types: frozenset[str],
    kinds: frozenset[str],
    place: tuple[int, int],
) -> list[Mention]:
    """Return the mentions that one end of a frame takes around a trigger at `place`, of the kinds that it wants."""
    start, end = place
    if how == "right":
        chosen = _right(context, sentence, frame, types, end)
    elif how == "left":
        chosen = _left(sentence, types, start, frame.gap)
    elif how == "actor":
        chosen = _actor(context, sentence, types, start, frame)
    elif how == "agent":
        chosen = _agent(context, sentence, frame, types, start)
    elif how == "around":
        chosen = _around(context, sentence, frame, types, start, end)
    elif how == "possessed":
        chosen = _possessed(context, sentence, frame, types, end)
    elif how == "attendee":
        chosen = _attendee(context, sentence, start)
    elif how == "about":
        chosen = _about(context, sentence, types, start)
    elif how == "subject":
        chosen = _first_body(context, sentence, types, start)
    elif how in {"left_first", "left_rest"}:
        chain = _left_list(context, sentence, frame, types, start)
        chosen = chain[:1] if how == "left_first" else chain[1:]
    elif how == "owned_place":
        chosen = _owned_place(context, sentence, types, end)
    elif how == "left_list":
        chosen = _left_list(context, sentence, frame, types, start)
    elif how == "guests":
        chosen = [m for m in sentence.mentions if m.start >= end and m.type in types and not _has_person(context, m)]
    else:
        chosen = _event(context, types, start)
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
            if mention.type not in types or not _JOINT.pattern.fullmatch(gap):
                break
        elif mention.type not in types:
            beside = re.fullmatch(r"[「『《\s]*", gap) is not None and not frame.strict
            if frame.founding is None and not beside and mention.type == "Organisation":
                break
            continue
        elif len(gap) > frame.gap or re.search("[。;!?]", gap):
            break
        elif frame.founding is not None:
            if not frame.founding.search(folded, end - 2, mention.start) and mention.start - end > 2:
                break
            if _BESIDE_FOUNDING.pattern.search(gap):
                break
        elif "," in gap and "包括" not in gap and "、" not in gap:
            break
        elif _BESIDE.pattern.search(gap):
            break
        chosen.append(mention)
    return chosen


def _left(sentence: Sentence, types: frozenset[str], start: int, gap: int) -> list[Mention]:
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
    if re.search(r", which (?:also |now )?$", folded[sentence.start : start]):
        # "…to the board of A, which manages B": the relative clause speaks of the body right before it.
        return left[-1:]
    free = _free_bodies(context, sentence, left)
    if free:
        # The last free body before the trigger acts, unless a full stop of thought (;) lies between.
        chosen = free[-1]
        between = folded[chosen.end : start]
        person = [m for m in sentence.mentions if m.type == "Person" and chosen.end <= m.start < start]
        if "Person" not in types and person and folded[chosen.end : person[0].start].strip() and chosen is not free[0]:
            chosen = free[0]
        government = _announced_by(context, sentence, chosen, start)
        if government is not None and _FOUNDS.pattern.match(folded, start, start + 2):
            return [government]
        if ";" not in between or sentence.subject in {m.entity for m in left}:
            return _with_joined(context, left, chosen, start) if frame.id.startswith("operates") else [chosen]
    return _implied_actor(context, sentence, left, types, start, explicit=frame.explicit)


def _free_bodies(context: Context, sentence: Sentence, left: list[Mention]) -> list[Mention]:
    """Return the mentions that no 與, 由 or 獲 before them makes an object."""
    free = []
    previous: tuple[Mention, bool] | None = None
    for mention in left:
        is_object = _OBJECT_MARK.pattern.search(context.folded, sentence.start, mention.start) is not None
        if _ATTITUDE.pattern.search(context.folded, sentence.start, mention.start) and _CLOSED.pattern.match(
            context.folded, mention.end
        ):
            is_object = True
        if previous and previous[1] and _LIST.pattern.fullmatch(context.folded[previous[0].end : mention.start]):
            is_object = True
        previous = (mention, is_object)
        if not is_object:
            free.append(mention)
    return free


def _with_joined(context: Context, left: list[Mention], chosen: Mention, start: int) -> list[Mention]:
    """Return the acting body with those that act together with it."""
    folded = context.folded
    joined = [chosen, *_co_actors(context, left, chosen, start)]
    for mention in left:
        gap = folded[chosen.end : mention.start]
        if mention in joined or mention.start <= chosen.end or len(gap) > 3:
            continue
        if _JOINED_BY.pattern.match(gap.lstrip()[:2]):
            if _TOGETHER.pattern.search(folded, mention.end, start + 4):
                joined.append(mention)
    return joined


def _implied_actor(
    context: Context, sentence: Sentence, left: list[Mention], types: frozenset[str], start: int, *, explicit: bool
) -> list[Mention]:
    """Return who acts where no free body stands before the trigger: the clause before's agent, a policy's government, the topic."""
    folded = context.folded
    agents = [m for m in left if _BY.pattern.search(folded, sentence.start, m.start)]
    if agents and not explicit and re.search("[,;]", folded[agents[-1].end : start]):
        # 「基金由甲局設立，委託乙公司管理」: who acted in the clause before goes on acting.
        return agents[-1:]
    speaks = [m for m in sentence.mentions if m.type == "Policy" and m.end <= start]
    if speaks and "Organisation" in types:
        # A budget that proposes to give speaks for the government.
        found = next((g for g in context.groups if g.lexicon_id == "hk-government" and g.mentions), None)
        if found is not None and start - speaks[-1].end <= 24:
            return [found.mentions[0]]
    if explicit or any(w in folded[sentence.start : start] for w in wording("ends", "we")):
        # 我們 whom nobody resolved is not what the sentence before was about.
        return []
    for index in (sentence.subject, sentence.topic):
        if index >= 0 and context.groups[index].type in types and context.groups[index].mentions:
            earlier = [m for m in context.groups[index].mentions if m.start < start]
            return [earlier[-1] if earlier else context.groups[index].mentions[0]]
    return []


def _co_actors(context: Context, left: list[Mention], chosen: Mention, start: int) -> list[Mention]:
    """Return the bodies that act with the chosen one: 「甲（簡稱）與乙（簡稱）今日公布」, where no comma parts them."""
    folded, last, found = context.folded, chosen, []
    for mention in left:
        if mention.start < last.end:
            continue
        gap = re.sub(r"\([^()]{0,40}\)", "", folded[last.end : mention.start])
        if not _CO_ACTOR.pattern.fullmatch(gap):
            break
        found.append(mention)
        last = mention
    tail = re.sub(r"\([^()]{0,40}\)", "", folded[last.end : start])
    return found if found and len(tail) <= 24 and not re.search("[,。;的]", tail) else []


def _announced_by(context: Context, sentence: Sentence, actor: Mention, start: int) -> Mention | None:
    """Return the government if a policy document between the actor and the trigger is what speaks: 「歡迎預算案提出…成立」."""
    for mention in sentence.mentions:
        if mention.type == "Policy" and actor.end <= mention.start and mention.end <= start:
            if _PROPOSES.pattern.match(context.folded, mention.end, mention.end + 8):
                found = next((g for g in context.groups if g.lexicon_id == "hk-government" and g.mentions), None)
                return found.mentions[0] if found else None
    return None


def _agent(context: Context, sentence: Sentence, frame: Frame, types: frozenset[str], start: int) -> list[Mention]:
    """Return the bodies between an agent word and the trigger: 由甲及乙合辦."""
    folded = context.folded
    chain: list[Mention] = []
    for mention in reversed([m for m in sentence.mentions if m.end <= start]):
        gap = folded[mention.end : chain[-1].start if chain else start]
        if chain and not _JOINT.pattern.fullmatch(gap) and not _LISTED.pattern.fullmatch(gap):
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
        if _EACH_BY.pattern.search(lead):
            # 「由甲管理、乙執行」
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
    if right and re.fullmatch(r"[的「『《\s]*", context.folded[end : right[0].start]):
        return right[:1]
    things = [m for m in left if m.type != "Organisation"]
    if things:
        # What a body runs is a scheme or a place rather than another body, wherever both are named.
        near = [m for m in things if m.entity == sentence.subject]
        return things[-1:] if first - things[-1].end <= 12 else near[:1] or things[-1:]
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


def _about(context: Context, sentence: Sentence, types: frozenset[str], start: int) -> list[Mention]:
    """Return the thing that a passage is speaking of at a place: the last one of the types named before it."""
    number = context.sentence_number(sentence)
    for earlier in reversed(context.sentences[max(0, number - 3) : number + 1]):
        if earlier.passage is not sentence.passage and sentence.passage.kind == "contact":
            break
        for mention in reversed(earlier.mentions):
            if mention.end <= start and mention.type in types:
                return [mention]
        if earlier is sentence:
            topics = [g for g in (sentence.topic,) if g >= 0 and context.groups[g].type in types]
            if topics and (named := [m for m in context.groups[topics[0]].mentions if m.end <= start]):
                return named[-1:]
    first = [m for m in context.sentences[0].mentions if m.type in types and m.end <= start]
    return first[:1]


def _first_body(context: Context, sentence: Sentence, types: frozenset[str], start: int) -> list[Mention]:
    """Return the body that a sentence begins with, else the one it is about."""
    for mention in sentence.mentions:
        if mention.end <= start and mention.type in types:
            if not _OBJECT_MARK.pattern.search(context.folded, sentence.start, mention.start):
                return [mention]
    for group in (sentence.subject, sentence.topic):
        if group >= 0 and context.groups[group].type in types and context.groups[group].mentions:
            return context.groups[group].mentions[:1]
    return []


def _owned_place(context: Context, sentence: Sentence, types: frozenset[str], end: int) -> list[Mention]:
    """Return what stands behind a place that is no thing: 「甲集團位於番禺的乙工廠」."""
    for mention in sentence.mentions:
        if mention.start >= end:
            gap = context.folded[end : mention.start]
            plain = re.fullmatch(r"[\u4e00-\u9fff]{2,8}的[「『《]?", gap) is not None
            return [mention] if plain and mention.type in types else []
    return []


def _left_list(context: Context, sentence: Sentence, frame: Frame, types: frozenset[str], start: int) -> list[Mention]:
    """Return the list of things that ends before a trigger: 「甲、乙及丙等企業獲選」."""
    chain: list[Mention] = []
    for mention in reversed([m for m in sentence.mentions if m.end <= start]):
        gap = context.folded[mention.end : chain[-1].start if chain else start]
        if chain and (mention.type not in types or not _JOINT.pattern.fullmatch(gap)):
            break
        if not chain and (mention.type not in types or len(gap) > frame.gap or re.search("[,。;]", gap)):
            break
        chain.append(mention)
    return chain[::-1]


def _has_person(context: Context, body: Mention) -> bool:
    """Tell whether a body only serves to name a person's post."""
    return any(b is body for _, _, b, _ in context.posts)


def _attendee(context: Context, sentence: Sentence, start: int) -> list[Mention]:
    people = [m for m in sentence.mentions if m.type == "Person" and m.end <= start]
    if people:
        return people[-1:]
    bodies = [
        m
        for m in sentence.mentions
        if m.type == "Organisation"
        and m.end <= start
        and not _OBJECT_MARK.pattern.search(context.folded, sentence.start, m.start)
    ]
    if bodies and _ATTENDS.pattern.search(context.folded, bodies[-1].end, start + 3):
        return bodies[-1:]
    return []


def _event(context: Context, types: frozenset[str], start: int) -> list[Mention]:
    """Return the event that a list of guests belongs to: the last one named before it."""
    earlier = [m for m in context.mentions if m.type in types and m.end <= start]
    return earlier[-1:]
