"""Candidate names: what the lexicon knows, what stands in name quotes, and what ends in a head such as 計劃 or 局."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import cast

from kg.language.script import name_key
from kg.model import EntityType, Kind
from kg.pipeline.context import Mention
from kg.pipeline.lexicon import Lexicon
from kg.pipeline.rules import Worded, alternation, rules, wording

_QUOTED = re.compile(r"[「『《“]([^「」『』《》“”。!?;\n]{2,40})[」』》”]")
_STOP = re.compile(r"[,。;:!?、「」『』《》“”()\[\]\n|/▲●]")
_MAX_LEFT = 26
# 「成為「創新中心」」 states an aim, and 「「甲」法例」 a law: neither names a thing of ours.
_AIM = Worded("names", r"{aim}\s?$")
_LAW = Worded("names", "[^,。;]{0,6}{law}")
_LAUNCHED = Worded("names", r"{launched}{newly}?\s?$")
_POLICY = Worded(
    "names",
    r"(?:{speaker}\s?)?(?:(?:(?:19|20)\d\d|二[零〇○][零〇○一二三四五六七八九]{2})(?:\s?[-/至]\s?\d{2,4})?\s?(?:年度?|财政年度)?\s?的?)?"
    r"[《「『]?(?:(?:{speaker}\s?)?(?:19|20)\d\d(?:\s?[-/]\s?\d{2,4})?\s?年?度?\s?)?(?:{policy}|财政预算(?!{not_policy}))[》」』]?"
    r"|\b(?:(?:19|20)\d\d(?:[-/]\d{2,4})? )?(?:Chief Executive's )?Policy Address\b(?: (?:19|20)\d\d)?|\b(?:19|20)\d\d(?:[-/]\d{2,4})? Budget\b|(?<=year['’]s )(?:Budget|Policy Address)\b",
)
_LEADING = Worded(
    "names",
    r"^(?:\d[\d,.]*\s?(?:{count_of}|{days})?|[一两二三四五六七八九十几数多]+(?:{count_of}|{rounds}|大)"
    r"|第[一二三四五六七八九十\d]+{ordinal}?|首{first_of}|{new}|[\s·\-–—.,])",
)
_BEHIND_SHORT = Worded("names", "{behind_short}")
_JOINS = Worded("names", "{joins}")
_AT_PLACE = Worded("names", "{<!seated}{begins}")


@dataclass(frozen=True, slots=True)
class Head:
    """A word that ends names of one type."""

    word: str
    type: EntityType
    kind: Kind | None
    weak: bool
    stops: frozenset[str]


@lru_cache(maxsize=1)
def _heads() -> tuple[dict[str, Head], re.Pattern[str]]:
    heads: dict[str, Head] = {}
    for block in rules("heads")["head"]:
        stops = frozenset(block["not"])
        for word in block["strong"]:
            head = Head(word, cast(EntityType, block["type"]), block.get("kind"), word in block["weak_only"], stops)
            heads.setdefault(word, head)
    return heads, re.compile(alternation(list(heads)))


@lru_cache(maxsize=1)
def _borders() -> tuple[re.Pattern[str], re.Pattern[str], frozenset[str]]:
    data = rules("borders")
    inner = set(data["inner"])
    strict = [w for w in data["words"] if w not in inner]
    chars = re.escape(data["characters"])
    border = re.compile(f"{alternation(strict)}|[{chars}]")
    lead = re.compile(f"^(?:{alternation(list(inner))})")
    return border, lead, frozenset(data["generic"])


def head_spans(folded: str) -> list[tuple[int, int, EntityType]]:
    """Return the places of all heads with their types."""
    heads, pattern = _heads()
    return [(m.start(), m.end(), heads[m.group()].type) for m in pattern.finditer(folded)]


def is_generic(text: str) -> bool:
    """Tell whether a stretch is made only of words that name nothing by themselves."""
    _, _, generic = _borders()
    reach = {0}
    for place in range(len(text)):
        if place in reach:
            reach.update(place + n for n in range(1, 8) if text[place : place + n] in generic)
    return len(text) in reach


def head_of(text: str) -> Head | None:
    """Return the longest head that a name ends in, or None."""
    heads, _ = _heads()
    for length in range(min(8, len(text)), 0, -1):
        if (head := heads.get(text[-length:])) is not None and not any(
            text.endswith(s) for s in head.stops if len(s) >= len(text) - 1
        ):
            return head
    return None


def lexicon_names(folded: str, lexicon: Lexicon) -> list[Mention]:
    """Return the known names in a folded text, shorter ones inside longer ones left out."""
    found = []
    after = rules("heads")["after"]
    for hit in lexicon.find(folded):
        # 財政部門 holds no 財政部, 處理 no 處.
        if folded[hit.end : hit.end + 1] and folded[hit.end] in after.get(folded[hit.end - 1], ""):
            continue
        short = hit.end - hit.start <= 2 and not folded[hit.start].isascii()
        # Two characters stand inside many longer words: take them only between borders.
        if short and not (_at_border(folded, hit.start - 1) and _at_border(folded, hit.end, after=True)):
            continue
        start, end = _whole_event(folded, hit.start, hit.end) if hit.entry.type == "Event" else (hit.start, hit.end)
        found.append(Mention(start, end, hit.entry.type, hit.entry.kind, hit.entry.id, "name.lexicon"))
    return found


def _whole_event(folded: str, start: int, end: int) -> tuple[int, int]:
    """Return the range of an event with its number before it and its year behind it: 第28屆…展, …論壇2023."""
    if number := re.search(r"第\s?[\d一二三四五六七八九十]{1,4}\s?届$", folded[max(0, start - 8) : start]):
        start -= len(number.group())
    elif year := re.search(r"(?<!\d)20\d\d\s?$", folded[max(0, start - 5) : start]):
        start -= len(year.group())
    if year := re.match(r"\s?20\d\d(?!\d|\s?[年月])", folded[end : end + 6]):
        end += len(year.group())
    return start, end


def _at_border(folded: str, place: int, *, after: bool = False) -> bool:
    if not 0 <= place < len(folded) or not folded[place].isalnum():
        return True
    if after:
        return bool(_BEHIND_SHORT.pattern.match(folded, place, place + 2))
    return folded[place] in wording("names", "before_short")


def policy_names(folded: str) -> list[Mention]:
    """Return the policy addresses and budgets named, with their year where it stands beside the name."""
    found = []
    for match in _POLICY.pattern.finditer(folded):
        start, end = match.span()
        text = match.group()
        while text and text[0] in "《「『 " and text[-1] not in "》」』":
            start, text = start + 1, text[1:]
        if text and text[0] in "《「『" and text[-1] in "》」』":
            start, end = start + 1, end - 1
        elif text and text[-1] in "》」』" and not re.search("[《「『]", text):
            end -= 1
        found.append(Mention(start, end, "Policy", rule="name.policy"))
    return found


def quoted_names(folded: str, lexicon: Lexicon) -> list[Mention]:
    """Return names in quote marks whose own head, known form or neighbouring head tells the type."""
    found = []
    for match in _QUOTED.finditer(folded):
        start, end = match.span(1)
        content = match.group(1).strip()
        start += len(match.group(1)) - len(match.group(1).lstrip())
        end = start + len(content)
        if content.count(",") > 1 or not content or _LAW.pattern.match(folded, match.end()):
            continue
        aim = _AIM.pattern.search(folded, 0, match.start()) is not None or re.match(
            "[一二三四五六七八九十百]大", content
        )
        tail = _tail_head(folded, match.end())
        if (
            tail is not None
            and tail[1].type != "Organisation"
            and (match.group()[0] != "《" or tail[1].type == "Policy" or folded[match.end()] in tail[1].word)
            and tail[1].word not in wording("names", "loose_tail")
        ):
            stop, head = tail
            if head.type == "Policy":
                # 「廣東省製造業發展「十四五」規劃」: the field before the quote mark is part of the name.
                left = left_border(folded, match.start(), head)
                if match.start() - left >= 4 and not is_generic(folded[left : match.start()]):
                    found.append(Mention(left, stop, head.type, head.kind, rule="name.quoted-tail"))
                    continue
            found.append(Mention(match.start(), stop, head.type, head.kind, rule="name.quoted-tail"))
            continue
        entry = lexicon.by_key.get(name_key(content))
        if entry is not None:
            found.append(Mention(start, end, entry.type, entry.kind, entry.id, "name.quoted-known"))
            continue
        latin = _latin_type(content)
        if latin is not None:
            found.append(Mention(start, end, latin, rule="name.quoted-latin"))
            continue
        own = head_of(content)
        if (
            own is not None
            and not aim
            and len(content) > len(own.word)
            and len(content) >= 4
            and not (own.word == "项目" and is_generic(content.removesuffix(own.word)))
        ):
            found.append(Mention(start, end, own.type, own.kind, rule="name.quoted-head"))
            continue
        before = head_of(folded[max(0, match.start() - 8) : match.start()].rstrip())
        if before is not None and before.type != "Organisation" and match.group()[0] != "《":
            found.append(Mention(start, end, before.type, before.kind, rule="name.quoted-after-head"))
            continue
        if (
            match.group()[0] == "「"
            and 3 <= len(content) <= 14
            and not aim
            and _LAUNCHED.pattern.search(folded, 0, match.start())
        ):
            found.append(Mention(start, end, "Programme", rule="name.quoted-launched"))
    return found


@lru_cache(maxsize=1)
def _latin_heads() -> dict[str, EntityType]:
    return {w: cast(EntityType, block["type"]) for block in rules("heads")["latin"] for w in block["words"]}


def _latin_type(content: str) -> EntityType | None:
    """Return the type that the last word of a name in Latin letters tells."""
    match = re.fullmatch(r"[A-Z][A-Za-z0-9 .&'·-]*?\b([A-Z][a-z]+)(?:\s?\d{2,4})?", content)
    return _latin_heads().get(match.group(1)) if match else None


def _tail_head(folded: str, place: int) -> tuple[int, Head] | None:
    """Return where a name that goes on after its closing quote mark ends: 「拍住上」計劃."""
    border, _, _ = _borders()
    window = re.match(r"\s?[^,。;:!?、「」『』《》“”()\n]{0,20}", folded[place:])
    text = window.group() if window else ""
    cut = border.search(text)
    if cut:
        text = text[: cut.start()]
    heads, pattern = _heads()
    ends = list(pattern.finditer(text))
    if not ends:
        return None
    first = ends[0]
    # Two heads in a row belong together: 沙盒計劃, 資助計劃.
    for other in ends[1:]:
        if other.start() <= first.end() + 1:
            first = other
    between = text[: first.start()].strip()
    if between and is_generic(between) and heads[first.group()].weak:
        return None
    if heads[first.group()].weak and between:
        return None
    return place + first.end(), heads[first.group()]


def headed_names(folded: str, known: list[Mention]) -> list[Mention]:
    """Return unquoted names: from a head leftwards to the nearest border."""
    heads, pattern = _heads()
    bodies = {m.start: m for m in sorted(known, key=lambda m: m.end) if m.type == "Organisation"}
    data = rules("heads")
    ends = {m.end for m in known}
    found = []
    for match in pattern.finditer(folded):
        head = heads[match.group()]
        end = match.end()
        if end in ends and not _longer_body(folded, match.start(), end, head, data["tails"]):
            continue
        if _is_stop(folded, end, head.stops) or _is_part_of_word(folded, match, head, data["after"]):
            continue
        start = left_border(folded, match.start(), head)
        if head.type == "Event":
            start, end = _whole_event(folded, start, end)
        name = (
            _owned_name(folded, start, match, head, bodies)
            if head.weak
            else _strong_name(folded, (start, end), match, head, bodies)
        )
        if name is not None:
            found.append(name)
    return found


def _is_part_of_word(folded: str, match: re.Match[str], head: Head, after: dict[str, str]) -> bool:
    """Tell whether a head is only a character of a longer word: 處理, 部門, 副局長."""
    if folded[match.end() : match.end() + 1] in after.get(head.word, "-"):
        return True
    before = folded[match.start() - 1 : match.start()] if match.start() else ""
    return len(head.word) == 1 and (not before or before in (head.word, *wording("names", "before_head")))


def _strong_name(
    folded: str, span: tuple[int, int], match: re.Match[str], head: Head, bodies: dict[int, Mention]
) -> Mention | None:
    """Return the name that a head makes by itself with what stands before it."""
    start, end = span
    inner = [s for s in sorted(bodies) if start < s < match.start()]
    if inner and head.type != "Organisation":
        start = inner[0]
    rest = folded[start : match.start()]
    owner = bodies.get(start)
    if owner is not None and owner.end >= match.start():
        return None
    if owner is not None:
        # 「政府資助計劃」: the owner and a generic phrase name nothing.
        rest = folded[owner.end : match.start()]
        if head.type != "Organisation" and is_generic(rest) and len(rest) <= 4:
            return None
    return Mention(start, end, head.type, head.kind, rule="name.head") if _may_name(rest, head) else None


def _owned_name(
    folded: str, start: int, match: re.Match[str], head: Head, bodies: dict[int, Mention]
) -> Mention | None:
    """Return the name that a weak head makes with its owner's name or Latin letters before it."""
    end = match.end()
    owner = next((bodies[s] for s in sorted(bodies) if start <= s and bodies[s].end <= match.start()), None)
    latin = re.fullmatch(r"[A-Za-z][A-Za-z0-9.+]*\s?", folded[start : match.start()])
    before = folded[start : match.start()]
    if head.word == "学院" and owner is None and not latin and end - start >= 5 and not is_generic(before):
        return Mention(start, end, "Organisation", "academic", rule="name.academy")
    rest = folded[owner.end if owner else start : end]
    if not any(rest.endswith(o) for o in rules("heads")["owned"]) or not (owner or latin):
        return None
    if owner is None:
        return Mention(start, end, head.type, head.kind, rule="name.owned")
    if len(rest) > 14 or (head.word == rest and head.word in wording("names", "bare_head")):
        return None
    if head.word == "学院" and owner.kind == "academic":
        return Mention(owner.start, end, "Organisation", "academic", rule="name.owned")
    return Mention(owner.start, end, head.type, head.kind, rule="name.owned")


def _longer_body(folded: str, head_start: int, end: int, head: Head, tails: list[str]) -> bool:
    """Tell whether a body known by a short name is the tail of one with its field or its city before it."""
    start = left_border(folded, head_start, head)
    tail = next((t for t in tails if folded[start:end].endswith(t)), None)
    if tail is not None:
        return 2 <= end - start - len(tail) <= 6
    return re.match(r"[\u4e00-\u9fff]{1,4}[省市区县][\u4e00-\u9fff]{2,}[局厅委]$", folded[start:end]) is not None


def _is_stop(folded: str, end: int, stops: frozenset[str]) -> bool:
    return any(folded[max(0, end - n) : end] in stops for n in range(2, 6))


def left_border(folded: str, head_start: int, head: Head) -> int:
    """Return where a name that goes on to a head begins: behind the nearest border to the left."""
    border, lead, _ = _borders()
    low = max(0, head_start - _MAX_LEFT)
    stretch = folded[low:head_start]
    cut = 0
    for match in _STOP.finditer(stretch):
        cut = match.end()
    for match in re.finditer(r"(?<=[\u4e00-\u9fff]) (?=[\u4e00-\u9fff])", stretch):
        cut = max(cut, match.end())
    for match in border.finditer(stretch, cut):
        # A border character at the very end would leave the bare head.
        cut = max(cut, match.end())
    while stretch[cut : cut + 1] in wording("names", "joins"):
        cut += 1
    for match in _JOINS.pattern.finditer(stretch[cut:]):
        keeps = (
            head.type == "Organisation"
            and (head.kind != "company")
            and match.group() in ("及" if head.kind != "government" else "及和")
        )
        if not keeps or _ends_in_head(stretch[cut : cut + match.start()]):
            cut += match.end()
            break
    while True:
        rest = stretch[cut:]
        trimmed = _LEADING.pattern.sub("", rest, count=1)
        if (found := lead.match(trimmed)) and len(trimmed) - found.end() >= 2:
            trimmed = trimmed[found.end() :]
        if head.type == "Organisation" and (place := _AT_PLACE.pattern.search(trimmed[1:])):
            # 「主辦機構香港建造商會」: a body's name begins at its place.
            trimmed = trimmed[place.start() + 1 :]
        if len(trimmed) == len(rest):
            return low + cut
        cut += len(rest) - len(trimmed)


def _ends_in_head(text: str) -> bool:
    head = head_of(text)
    return head is not None and len(text) > len(head.word)


def _may_name(rest: str, head: Head) -> bool:
    """Tell whether what stands before a head can make a name with it."""
    if not rest or not re.search(r"[\u4e00-\u9fffA-Za-z]", rest):
        return False
    if head.type == "Organisation":
        if re.search(r"\d$", rest):
            return False
        if head.kind in {"government", "public_body"}:
            return len(rest) >= 2 and not (is_generic(rest) and len(rest) <= 4)
        return len(rest) >= 2 and not is_generic(rest)
    if len(rest) < 2:
        return False
    return not is_generic(rest)
