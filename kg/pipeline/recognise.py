"""Names by the trained recogniser, brought together with those of lexicon and rules; and the posts that its titles tell."""

from __future__ import annotations

import bisect
import re
from typing import TypeVar, cast

from kg.language.script import name_key
from kg.model import EntityType, Kind
from kg.pipeline.context import Context, Mention
from kg.pipeline.entities import settle
from kg.pipeline.lexicon import Lexicon
from kg.pipeline.names import head_of, is_generic
from kg.pipeline.network import Network
from kg.pipeline.observe import columns, hashed
from kg.pipeline.people import COUNTED
from kg.pipeline.posts import of_another
from kg.pipeline.recogniser import Leaning, Recogniser
from kg.pipeline.rules import Worded, topics, wording

# Rules that are right nearly always; where the model says otherwise, they stand.
_FIRM = {
    "name.government",
    "name.policy",
    "name.quoted-known",
    "person.contact",
    "name.contact",
    "person.byline",
    "person.credit",
}
_KNOWN = {"name.lexicon", "name.unit", "name.quoted-known", "name.quoted-tail", "name.quoted-head"}
_LONG = 5
# How much better than "no name" a stretch must look that neither lexicon nor rules propose, a character.
_MARGIN = 0.5
# A number of things that a name follows: 「4000家“小燈塔”企業」.
_NUMBER_OF = Worded("recognise", "[0-9,]+[万亿]?(?:多|余)?{counters}(?=.{2})")
# Tried once for each word, not once for each letter of it: a line of a million letters has but one.
_ADDRESS = re.compile(
    r"(?:https?://|www\.)[!-~]+|(?<![\w.+-])[\w.+-]++@[\w.-]+|(?<![A-Za-z0-9_-])[A-Za-z0-9_-]*+/[!-~]{6,}"
)
_MEDIA = Worded("recognise", "{media}$")
_OFFICE = Worded("recognise", "(?:{ranks} )*(?:{seniors} )?Secretary(?: for| of|$)|Chief Executive$")
_GOVERNMENT = Worded("recognise", "{entities.hong_kong}政府")


def leaning_of(context: Context, lexicon: Lexicon, model: Recogniser, network: Network | None) -> Leaning:
    """Return the model's scores of each character of a context, the network's added where there is one."""
    seen = columns(context, lexicon)
    added = network.scores(seen, model.labels) if network is not None else None
    return model.leaning(hashed(seen), added)


def recognise(context: Context, lexicon: Lexicon, model: Recogniser, leaning: Leaning) -> list[tuple[int, int]]:
    """Give a context the names that model and rules agree on, and return the places of titles.

    The model decides: it has seen what the rules say. What it leaves out stays only where a firm rule has it.
    """
    folded = context.folded
    found = model.spans_by(leaning, [(s.start, s.end) for s in context.sentences])
    titles = [(start, end) for start, end, label, _ in found if label == "Title"]
    ruled = {(m.start, m.end, m.type): m for m in context.mentions}
    addresses = [m.span() for m in _ADDRESS.finditer(folded)]
    # A known name is one name, whatever the model makes of its parts.
    known = [m for m in context.mentions if m.rule in _KNOWN and m.end - m.start >= _LONG]
    bodies = {folded[m.start : m.end] for m in context.mentions if m.type == "Organisation"}
    known.sort(key=lambda m: m.start)
    places = [(m.start, m.end) for m in known]
    money = sorted((m.start, m.end) for m in context.money)
    kept: list[Mention] = []
    for start, end, label, margin in found:
        if label == "Title":
            continue
        type_ = cast(EntityType, label)
        start, end = _trimmed(folded, start, end)
        if not ruled.get((start, end, type_)) and (number := _NUMBER_OF.pattern.match(folded, start, end)):
            start = number.end()
        same = ruled.get((start, end, type_))
        if folded[start:end] in topics() and not (same is not None and same.rule in _FIRM):
            continue
        if (same is None or same.rule == "name.head") and _overlaps(money, start, end):
            continue
        if same is None and (not _is_name(folded, start, end, margin) or _says_nothing(folded[start:end], bodies)):
            continue
        if _overlaps(addresses, start, end) or any(_cuts(m, start, end) for m in _over(known, places, start, end)):
            continue
        if (parts := _government_and_bureau(context, lexicon, start, end)) is not None:
            kept += parts
            continue
        kept.append(same or _mention(context, lexicon, start, end, type_))
    taken = sorted((m.start, m.end) for m in kept)
    kept += [m for m in known if not _overlaps(taken, m.start, m.end) and (m.rule != "name.lexicon" or _sure(m))]
    stretches = [(s, e) for s, e, *_ in found]
    for m in known:
        if m.rule == "name.lexicon" and any(_cuts(m, *p) for p in _over(stretches, stretches, m.start, m.end)):
            kept.append(m)
    taken = sorted((m.start, m.end) for m in kept)
    kept += [m for m in context.mentions if m.rule in _FIRM and not _overlaps(taken, m.start, m.end)]
    kept += _again(context, kept)
    context.mentions = settle(kept)
    here = {(m.start, m.end, m.type): m for m in context.mentions}
    posts = []
    for person, title, body, rule in context.posts:
        one = here.get((person.start, person.end, person.type))
        other = one if body is person else here.get((body.start, body.end, body.type))
        if one is not None and other is not None:
            posts.append((one, title, other, rule))
    context.posts = posts
    return titles


def _sure(mention: Mention) -> bool:
    """Tell whether a known name is a body's, and long enough to be no other words."""
    return mention.type == "Organisation" and mention.end - mention.start > _LONG


def _cuts(known: Mention, start: int, end: int) -> bool:
    """Tell whether a stretch is a part of a known name, or begins or ends inside it."""
    overlaps = known.start < end and start < known.end
    return overlaps and not (start <= known.start and known.end <= end)


def _government_and_bureau(context: Context, lexicon: Lexicon, start: int, end: int) -> list[Mention] | None:
    """Return the two bodies of 「特區政府創新科技及工業局」: the government, and the bureau that the lexicon knows."""
    first = _GOVERNMENT.pattern.match(context.folded, start, end)
    entry = lexicon.by_key.get(name_key(context.text[first.end() : end])) if first else None
    if first is None or entry is None or entry.type != "Organisation":
        return None
    government = Mention(*first.span(), "Organisation", "government", "hk-government", "name.government")
    return [government, Mention(first.end(), end, entry.type, entry.kind, entry.id, "name.lexicon")]


def _is_name(folded: str, start: int, end: int, margin: float) -> bool:
    """Tell whether a stretch that only the model holds for a name may be one."""
    text = folded[start:end]
    if (
        end - start < 2
        or margin < _MARGIN
        or text in wording("recognise", "bare")
        or "\n" in text
        or text in topics()
        or is_generic(text)
    ):
        return False
    return not _POINTS.pattern.fullmatch(text) and not COUNTED.pattern.search(text)


_LOOSE = Worded("recognise", "{kind}$")
_POINTS = Worded("recognise", r"[\d\s.,%:/-]+|{points}[\u4e00-\u9fff]{1,2}|[\u4e00-\u9fff]{1,2}方")
_JOINT = Worded("recognise", "(?:[、,]|{joint})$")
_BECOMES = Worded("recognise", r"\s?,? ?(?:the |as )?|\(|{becomes}为?")
_SERVES = Worded("recognise", r"\s?\(|{common.polite}?\s?,?{serves}\s?")


def _says_nothing(text: str, bodies: set[str]) -> bool:
    """Tell whether a stretch is only a kind of thing, its field or its owner: 人才培育計劃, 人工智能基地, 本地大學, 甲園區."""
    head = _LOOSE.pattern.search(text)
    if head is None:
        return False
    rest = text[: head.start()]
    return not rest or rest in bodies or rest in topics() or is_generic(rest)


def _trimmed(folded: str, start: int, end: int) -> tuple[int, int]:
    """Return a stretch without marks at its edges; a mark that opens right before it and closes inside belongs to it."""
    if article := re.match(r"(?:[Tt]he|[Aa]n?) (?=[A-Z])", folded[start:end]):
        start += len(article.group())
    text = folded[start:end]
    for opening, closing in ("「」", "『』", "《》", "“”", "()"):
        if text.count(closing) > text.count(opening) and folded[start - 1 : start] == opening:
            start -= 1
    if folded[start:end].count("(") > folded[start:end].count(")"):
        if folded[end : end + 1] == ")":
            end += 1
    own = re.search(r"\(([^()]{2,8})\)$", folded[start:end])
    if own and folded[start : start + own.start()].endswith(own.group(1)):
        # 「甲學院(學院)」: the bracket says how the text will call it.
        end = start + own.start()
    while start < end and (folded[start] in " \n·,、" or _unpaired(folded, start, end, first=True)):
        start += 1
    while end > start and (folded[end - 1] in " \n,、。" or _unpaired(folded, start, end, first=False)):
        end -= 1
    return start, end


_QUOTES = {"「": "」", "『": "』", "《": "》", "“": "”"}


def _unpaired(folded: str, start: int, end: int, *, first: bool) -> bool:
    """Tell whether a stretch begins (or ends) with a quote mark that has no partner in it, or that encloses it all."""
    partner = _QUOTES if first else {closing: opening for opening, closing in _QUOTES.items()}
    mark = folded[start] if first else folded[end - 1]
    if mark not in partner:
        return False
    rest = folded[start + 1 : end] if first else folded[start : end - 1]
    encloses = rest.endswith(partner[mark]) if first else rest.startswith(partner[mark])
    return partner[mark] not in rest or (encloses and rest.count(partner[mark]) == 1)


def _mention(context: Context, lexicon: Lexicon, start: int, end: int, type_: EntityType) -> Mention:
    entry = lexicon.by_key.get(name_key(context.text[start:end]))
    if entry is not None and entry.type == type_:
        return Mention(start, end, type_, entry.kind, entry.id, "name.lexicon")
    return Mention(start, end, type_, kind_of(context.folded[start:end], type_), None, "name.model")


def kind_of(folded: str, type_: EntityType) -> Kind | None:
    """Return the kind of body that a name's head tells; what has none is a company mostly."""
    if type_ != "Organisation":
        return None
    if _MEDIA.pattern.search(folded):
        return "media"
    head = head_of(folded)
    return head.kind if head is not None and head.type == "Organisation" and head.kind else "company"


_T = TypeVar("_T")


def _over(items: list[_T], spans: list[tuple[int, int]], start: int, end: int) -> list[_T]:
    """Return the items whose spans overlap a stretch; the spans are in order and hardly overlap one another."""
    low = max(0, bisect.bisect_right(spans, (start, 0)) - 2)
    out = []
    for index in range(low, len(spans)):
        if spans[index][0] >= end:
            break
        if spans[index][1] > start:
            out.append(items[index])
    return out


def _overlaps(spans: list[tuple[int, int]], start: int, end: int) -> bool:
    return bool(_over(spans, spans, start, end))


def _again(context: Context, kept: list[Mention]) -> list[Mention]:
    """Return the other places where a found name of some length stands, unless inside a longer one."""
    taken = sorted((m.start, m.end) for m in kept)
    starts = [s for s, _ in taken]
    names: dict[str, Mention] = {}
    for mention in kept:
        form = context.folded[mention.start : mention.end]
        if len(form) >= 3 and not is_generic(form):
            names.setdefault(form, mention)
    found = []
    for form in sorted(names, key=lambda f: (-len(f), f)):
        edge = r"(?<![A-Za-z0-9])" if form[0].isascii() else ""
        close = r"(?![A-Za-z0-9])" if form[-1].isascii() else ""
        for match in re.finditer(edge + re.escape(form) + close, context.folded):
            index = bisect.bisect_right(starts, match.start()) - 1
            before = taken[index] if index >= 0 else (0, 0)
            after = taken[index + 1] if index + 1 < len(taken) else (len(context.folded), 0)
            if before[1] > match.start() or after[0] < match.end():
                continue
            first = names[form]
            found.append(Mention(*match.span(), first.type, first.kind, first.lexicon_id, "name.again"))
            taken.insert(index + 1, match.span())
            starts.insert(index + 1, match.start())
    return found


def add_posts(context: Context, titles: list[tuple[int, int]]) -> None:
    """Add the posts of persons that stand beside a title the model found: 「甲公司聯合創辦人乙」, "A, Chairman of B"."""
    folded = context.folded
    known = {id(p) for p, *_ in context.posts}
    bodies = sorted((m for m in context.mentions if m.type not in {"Person", "Policy"}), key=lambda m: m.end)
    ends = {_back(folded, e): (s, e) for s, e in titles}
    for person in sorted((m for m in context.mentions if m.type == "Person"), key=lambda m: m.start):
        if id(person) in known:
            continue
        place = _back(folded, person.start)
        if folded[place - 1 : place] == "," and folded[person.start].isascii():
            # "the Under Secretary for Health, Libby Lee"
            place = _back(folded, place - 1)
        while place in ends:
            start, end = ends[place]
            body = _body(bodies, folded, start)
            words = folded[start:end]
            if body is None and of_another(re.search("[\u4e00-\u9fff]*$", folded[max(0, start - 8) : start]).group()):  # type: ignore[union-attr]
                break
            rule = "post.model" if body else "post.government" if _OFFICE.pattern.match(words) else "post.bare"
            context.posts.append((person, words, body or person, rule))
            if body is not None and _JOINT.pattern.search(folded[: body.start].rstrip()[-1:]):
                place = _back(folded, body.start, joint=True)
            else:
                place = _back(folded, start, joint=True)
        _after(context, person, titles, bodies)


def _back(folded: str, place: int, *, joint: bool = False) -> int:
    """Return the place before spaces, and before the word that joins two titles."""
    words = wording("recognise", "joint")
    while place and (folded[place - 1] in (" ,、\n" if joint else " \n·:") or (joint and folded[place - 1] in words)):
        place -= 1
    return place


def _body(bodies: list[Mention], folded: str, place: int) -> Mention | None:
    """Return the body that ends right before a title, with 的, a bracket or a space between at most."""
    index = bisect.bisect_right([b.end for b in bodies], place) - 1
    if index >= 0 and re.fullmatch(
        r"[」』》”\s]*(?:\([^()]{1,40}\))?[的\s]*(?:'s )?", folded[bodies[index].end : place]
    ):
        return bodies[index]
    return None


def _after(context: Context, person: Mention, titles: list[tuple[int, int]], bodies: list[Mention]) -> None:
    """Add the posts told behind a name: "Ms A, Chairman of B", 「甲(乙局局長)」."""
    folded = context.folded
    for start, end in titles:
        gap = folded[person.end : start]
        if not 0 < start - person.end <= 60:
            continue
        if _BECOMES.pattern.fullmatch(gap):
            of = re.match(r" ?(?:of|at|for|,)(?: the)? ", folded[end : end + 12])
            body = next((b for b in bodies if of and b.start == end + of.end()), None)
            context.posts.append((person, folded[start:end], body or person, "post.model" if body else "post.bare"))
            return
        body = next((b for b in bodies if person.end < b.start and b.end <= start), None)
        if body is not None and _SERVES.pattern.fullmatch(folded, person.end, body.start):
            if re.fullmatch(r"[的\s]*", folded[body.end : start]):
                context.posts.append((person, folded[start:end], body, "post.model"))
                return
