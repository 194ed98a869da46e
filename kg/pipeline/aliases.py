"""Which mentions name one thing: equal names, short forms in brackets, ends of longer names, firms without 有限公司."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import get_args

from kg.language.script import name_key
from kg.model import EntityType
from kg.pipeline.context import Context, Group, Mention
from kg.pipeline.lexicon import Lexicon
from kg.pipeline.names import is_generic
from kg.pipeline.rules import Worded, rules, topics, wording

_BRACKET = Worded(
    "aliases",
    r"\s?\(\s?(?:{short_for}|{together}|{other_name}|{that_is})?[:,]?\s?((?:「[^()「」]{2,20}」)?[^()]{0,40}?)\s?\)",
)
_KNOWN_AS = Worded("aliases", r",? (?:also |better )?{known_as} (?:the )?([A-Z][\w+-]*)(?![\w ]*[A-Z])")
_SHORT_FOR = Worded("aliases", r"^\s?\(?\s?{short_for}\s?[「『“]([^「」『』“”]{2,16})[」』”]")
_CALLED = Worded("aliases", "{short_for}|{together}|{other_name}")
_LATIN = re.compile(r"[A-Za-z][A-Za-z0-9 .&'’·+\-]*")


def group(context: Context, lexicon: Lexicon) -> None:
    """Join the mentions of the context into groups: same lexicon id or same folded name, then aliases in brackets."""
    by_key: dict[tuple[str, str], int] = {}
    for mention in context.mentions:
        key = name_key(context.name(mention))
        entry = lexicon.by_key.get(key)
        if mention.lexicon_id is None and entry is not None and entry.type == mention.type:
            mention.lexicon_id, mention.kind = entry.id, entry.kind
        keys = [(mention.type, f"id:{mention.lexicon_id}")] if mention.lexicon_id else []
        keys.append((mention.type, key))
        index = next((by_key[k] for k in keys if k in by_key), -1)
        if index < 0:
            index = len(context.groups)
            context.groups.append(Group(mention.type, mention.kind, [], [], mention.lexicon_id))
        for k in keys:
            by_key.setdefault(k, index)
        context.join(index, mention)
    _one_type(context)
    _bracket_aliases(context, by_key)
    _names_within(context, by_key)
    _same_things(context)


_GUESSED = {"name.model", "name.again"}


def _one_type(context: Context) -> None:
    """Give a name that was taken for things of two types the type that a rule tells, else the one it has most often."""
    by_key: dict[str, list[int]] = {}
    for number, found in enumerate(context.groups):
        if found.type not in {"Person", "Policy"} and len(found.names) == 1:
            by_key.setdefault(name_key(found.names[0]), []).append(number)
    for numbers in by_key.values():
        if len(numbers) > 1:
            groups = [context.groups[n] for n in numbers]
            told = [any(m.rule not in _GUESSED for m in g.mentions) for g in groups]
            keep = max(range(len(numbers)), key=lambda i: (told[i], len(groups[i].mentions), -i))
            for number in numbers:
                for mention in context.groups[number].mentions:
                    mention.type, mention.kind = groups[keep].type, groups[keep].kind
                _merge(context, numbers[keep], number)


def _merge(context: Context, keep: int, drop: int) -> None:
    if keep == drop:
        return
    target, other = context.groups[keep], context.groups[drop]
    for mention in other.mentions:
        mention.entity = keep
    target.mentions += other.mentions
    target.names += [n for n in other.names if n not in target.names]
    target.lexicon_id = target.lexicon_id or other.lexicon_id
    target.kind = target.kind or other.kind
    other.mentions, other.names = [], []


def _bracket_aliases(context: Context, by_key: dict[tuple[str, str], int]) -> None:
    """Read 「全名（簡稱）」 and 「全名（English Name, ABBR）」, then find the short form elsewhere."""
    folded, text = context.folded, context.text
    taken = [(m.start, m.end) for m in context.mentions]
    new: list[Mention] = []
    for mention in list(context.mentions):
        place = mention.end
        if folded[place : place + 1] in "」』》”":
            place += 1
        match = (
            _BRACKET.pattern.match(folded, place)
            or _SHORT_FOR.pattern.match(folded[place : place + 40])
            or _KNOWN_AS.pattern.match(folded[place : place + 60])
        )
        if match is None:
            continue
        offset = 0 if match.re is _BRACKET.pattern else place
        for part in re.finditer(r"[^,;/、]+", match.group(1)):
            first = offset + match.start(1) + part.start() + len(part.group()) - len(part.group().lstrip())
            alias = text[first : first + len(part.group().strip())]
            if re.fullmatch("[「『“][^「」『』“”]*[」』”]", alias):
                first, alias = first + 1, alias[1:-1]
            if not _is_alias(
                alias, folded[mention.start : mention.end], folded[first : first + len(alias)], match.group()
            ):
                continue
            existing = by_key.get((mention.type, name_key(alias)))
            if existing is not None:
                _merge(context, mention.entity, existing)
                continue
            by_key[mention.type, name_key(alias)] = mention.entity
            for place_ in _occurrences(folded, folded[first : first + len(alias)]):
                if not any(s < place_ + len(alias) and place_ < e for s, e in taken):
                    taken.append((place_, place_ + len(alias)))
                    found = Mention(
                        place_, place_ + len(alias), mention.type, mention.kind, mention.lexicon_id, "name.alias"
                    )
                    context.join(mention.entity, found)
                    new.append(found)
    context.mentions = sorted([*context.mentions, *new], key=lambda m: m.start)


_WITHIN = re.compile(
    r"[「『“]([^「」『』“”]{2,16})[」』”].{1,14}|(?:20\d\d(?:[-—]20\d\d)?年度?|第[一二三四五六七八九十\d]{1,3}届)(.{4,30})"
)


# 「甲計劃」資助 is what 甲計劃 pays.
_PAID = Worded("aliases", "[」』”]{paid}$")


def _names_within(context: Context, by_key: dict[tuple[str, str], int]) -> None:
    """Give a thing the name within its name: 「海聯網」 for 「海聯網」平台, 港口博覽 for 第三屆港口博覽."""
    for index, found in enumerate(context.groups):
        if found.type not in {"Programme", "Facility", "Event"} or found.lexicon_id:
            continue
        for mention in list(found.mentions):
            match = _WITHIN.fullmatch(context.folded, mention.start, mention.end)
            if match is None or mention.rule == "name.ceremony":
                continue
            start, end = match.span(1 if match.group(1) else 2)
            short = context.folded[start:end]
            if short in topics() or is_generic(short):
                continue
            key = (found.type, name_key(short))
            other = by_key.get(key, index)
            if other != index:
                if context.groups[other].lexicon_id and not _PAID.pattern.search(
                    context.folded, mention.start, mention.end
                ):
                    # 「智方便」沙盒計劃 is not 智方便.
                    continue
                _merge(context, index, other)
            elif any((type_, key[1]) in by_key for type_ in get_args(EntityType) if type_ != found.type):
                continue
            context.join(index, Mention(start, end, found.type, found.kind, rule="name.within"))
            by_key[key] = index


def _occurrences(folded: str, form: str) -> list[int]:
    edge = r"(?<![A-Za-z0-9])" if form[0].isascii() else ""
    close = r"(?![A-Za-z0-9])" if form[-1].isascii() else ""
    return [m.start() for m in re.finditer(f"{edge}{re.escape(form)}{close}", folded)]


def _is_alias(alias: str, name: str, folded: str, bracket: str) -> bool:
    """Tell whether words in brackets are another name: said so, Latin with a capital, or drawn from the name itself."""
    if len(alias) < 2 or re.fullmatch(r"[\d\s.,%]+", alias):
        return False
    if _CALLED.pattern.search(bracket):
        return True
    if _LATIN.fullmatch(alias):
        return bool(re.search("[A-Z]", alias))
    letters = iter(name_key(name))
    short = name_key(folded)
    return len(short) >= 2 and all(c in letters for c in short) and len(short) < len(name_key(name))


_PLACE = Worded("aliases", "^{place}")


def _same_things(context: Context) -> None:
    """Join names of which one is the other with its owner's or its place's name before it, and policies with their year."""
    live = [i for i, g in enumerate(context.groups) if g.mentions]
    keys = {i: {name_key(n) for n in context.groups[i].names} for i in live}
    owners = {k for i in live if context.groups[i].type == "Organisation" for k in keys[i]}
    for i in live:
        for j in live:
            a, b = context.groups[i], context.groups[j]
            if i == j or a.type != b.type or not a.mentions or not b.mentions or a.type == "Person":
                continue
            if a.lexicon_id and b.lexicon_id and a.lexicon_id != b.lexicon_id:
                continue
            if any(_prefixed(x, y, owners, a.type) for x in keys[i] for y in keys[j]):
                first, second = (i, j) if a.mentions[0].start <= b.mentions[0].start else (j, i)
                _merge(context, first, second)
                keys[first] |= keys[second]
    _first_words(context)
    _short_forms(context, keys)
    _drawn_forms(context)
    _join_policies(context)
    _join_people(context)
    _join_firms(context)


def _first_words(context: Context) -> None:
    """Join a firm's first word in Latin letters with the one firm whose longer name it begins: Pearl, Pearl Marine Fuels."""
    firms = [(i, g) for i, g in enumerate(context.groups) if g.mentions and g.kind == "company"]
    for i, short in firms:
        words = {n for n in short.names if re.fullmatch("[A-Z][A-Za-z]{3,}", n)}
        longer = [
            j
            for j, g in firms
            if j != i and any(n.startswith(f"{w} ") and " and " not in n for w in words for n in g.names)
        ]
        if len(longer) == 1 and not short.lexicon_id:
            _merge(context, longer[0], i)


def _short_forms(context: Context, keys: dict[int, set[str]]) -> None:
    """Join a name that is the end of one longer name of its type, named earlier: 「深圳科技創新券」, then 「創新券」.

    A short form that the lexicon knows as another thing stays apart, as does one that could end two names.
    """
    for i in sorted(keys):
        short = context.groups[i]
        common = all(_COMMON.pattern.fullmatch(k) for k in keys[i])
        if not short.mentions or short.type in {"Person", "Policy"} or (short.lexicon_id and not common):
            continue
        first = short.mentions[0].start
        # A headline may have the short form before the text has the whole name.
        headed = context.sentence_at(first).passage.kind == "title"
        longer = [
            j
            for j in sorted(keys)
            if j != i
            and context.groups[j].mentions
            and context.groups[j].type == short.type
            and any(
                _shortens(
                    s,
                    k,
                    later=context.groups[j].mentions[0].start < first
                    or (headed and len(s) >= _LEAST_HEADED and not is_generic(s)),
                )
                for k in keys[j]
                for s in keys[i]
            )
        ]
        if not longer and short.kind == "company":
            # 「綠馳」 is 綠馳出行, 「陳東記」 陳東記涼果.
            longer = [j for j in sorted(keys) if j != i and _firm_with_trade(context.groups[j], keys[i], keys[j])]
        if len(longer) == 1:
            # 「總商會」 after 香港甲業總商會 is no other chamber, though the lexicon has one so named.
            short.lexicon_id = None
            _merge(context, longer[0], i)


# What a body's short form may be where another body is known by no more.
_COMMON = Worded("aliases", "{common}")
# A branch is a body of its own.
_BRANCH = Worded("aliases", "{branch}$")


def _firm_with_trade(found: Group, short: set[str], long: set[str]) -> bool:
    """Tell whether a group is a firm whose name is one of the short ones and two characters of its trade behind it, or 公司."""
    if not found.mentions or found.kind != "company" or found.lexicon_id:
        return False
    firms = ((s, k) for k in long for s in short if len(s) >= 2 and not s.isascii() and k.startswith(s))
    return any(
        len(k) == len(s) + 2
        or (_NAMED_FIRM.pattern.search(k) and not _BRANCH.pattern.search(k) and not _PLACE.pattern.fullmatch(s))
        for s, k in firms
    )


_HEADS = Worded("aliases", "{body}$")
_SCHEME_HEADS = Worded("aliases", "{scheme}$")
_LEAST_HEADED = 5


def _drawn_forms(context: Context) -> None:
    """Join a short name with the one longer name of the same head that its characters are drawn from in order.

    「青創協會」 is 香港青年創業協會, 「市工信局」 is 臨汀市工業和信息化局, 「海保計劃」 特別海洋保育計劃.
    """
    things = [g for g in context.groups if g.type in {"Organisation", "Programme", "Facility"} and g.mentions]
    numbers = {id(g): i for i, g in enumerate(context.groups)}
    for short in things:
        heads = (_HEADS if short.type == "Organisation" else _SCHEME_HEADS).pattern
        forms = [k for n in short.names if (k := _drawn(n, heads))]
        if short.lexicon_id or not forms or not short.mentions:
            continue
        longer = [
            g
            for g in things
            if g is not short
            and g.type == short.type
            and g.mentions
            and any(_draws(f, name_key(n), heads) for f in forms for n in g.names)
        ]
        if len(longer) == 1:
            _merge(context, numbers[id(longer[0])], numbers[id(short)])


def _drawn(name: str, heads: re.Pattern[str]) -> str:
    """Return the key of a name that may be a short form: Chinese, with a head and more before it."""
    key = name_key(name)
    head = heads.search(key)
    if head is None or not re.fullmatch("[\u4e00-\u9fff]{3,7}", key):
        return ""
    rest = key[: head.start()]
    return key if len(rest) >= 2 and not _PLACE.pattern.fullmatch(rest) and not is_generic(rest) else ""


def _draws(short: str, long: str, heads: re.Pattern[str]) -> bool:
    """Tell whether a short form is drawn from a longer name: its head is the same, its characters stand there in order."""
    head = heads.search(short)
    if head is not None and head.group() == "委" and long.endswith("委员会"):
        # 「市卫健委」 is 某市卫生健康委员会.
        long = long.removesuffix("员会")
    if head is None or len(long) <= len(short) or not long.endswith(head.group()):
        return False
    before = long[: len(long) - len(head.group())]
    rest = short[: head.start()]
    # A short form takes from the whole name or is its beginning: what is only its middle or its end is another's.
    letters = iter(before)
    if before.startswith(rest) and before[len(rest) :][:1] in wording("aliases", "own_head"):
        # 工业和信息化局 is no unit of 工业和信息化部.
        return False
    return all(c in letters for c in rest) and (rest not in before or before.startswith(rest))


_FIRM = Worded("aliases", "(?:香港)?{firm_before}*{firm_end}|{firm_latin}")


@lru_cache(maxsize=1)
def _trades() -> frozenset[str]:
    return frozenset(rules("companies")["suffixes"])


# 「晶澜」 is 晶澜半导体材料公司.
_NAMED_FIRM = Worded("aliases", "{firm_with_trade}$")
_TOWN_FIRM = Worded("aliases", "{firm_limited}")
_LONG_LATIN = 18
_SAME_HEAD = Worded("aliases", "{firm_head}$")
_SHORTEST_FIRM = 4
_LONGEST_PLACE = 4


def _shortens(short: str, long: str, *, later: bool) -> bool:
    """Tell whether a name is the end of one named earlier, or a firm's name without 有限公司."""
    if len(short) < 2 or len(long) <= len(short):
        return False
    if later and (_HEADS.pattern.fullmatch(short) or _COMMON.pattern.fullmatch(short)) and long.endswith(short):
        # 「聯會」 after 香港漫畫聯會, where no other body is one.
        return True
    if len(short) == 2:
        # 「步安」 is 步安科技.
        return long.startswith(short) and (_FIRM.pattern.fullmatch(long[2:]) is not None or long[2:] in _trades())
    if long.find(short) in {2, 3} and _TOWN_FIRM.pattern.fullmatch(long[long.find(short) + len(short) :]):
        # 「鋰安科技」 is 蘇州鋰安科技有限公司.
        return True
    # A headline may have an English name without what begins it.
    later = later or (short.isascii() and len(short) >= _LONG_LATIN)
    if (
        later
        and (head := _SAME_HEAD.pattern.search(short))
        and long.endswith(head.group())
        and len(short) >= _SHORTEST_FIRM
    ):
        # 「金沙柑橘專業合作社」, then 「金沙合作社」.
        return long.endswith(short) or long.startswith(short[: head.start()])
    place = long.find(short)
    if 2 <= place <= _LONGEST_PLACE and _FIRM.pattern.fullmatch(long[place + len(short) :]):
        # 「苏州海安科技有限公司」, then 「海安科技」.
        return True
    return (later and long.endswith(short)) or (
        long.startswith(short)
        and (
            _FIRM.pattern.fullmatch(long[len(short) :]) is not None
            or long[len(short) :] in wording("nested", "university")
        )
    )


def _prefixed(long: str, short: str, owners: set[str], type_: EntityType) -> bool:
    if len(short) < 3 or len(long) <= len(short) or not long.endswith(short):
        return False
    rest = long[: -len(short)]
    if type_ == "Organisation":
        return bool(_PLACE.pattern.fullmatch(rest))
    if rest in owners or _PLACE.pattern.fullmatch(rest):
        return True
    return type_ in {"Event", "Programme"} and bool(re.fullmatch(r"\d{4}年?|第.{1,3}届|全[国省市区县州]", rest))


def _join_policies(context: Context) -> None:
    """Join the bare 「施政報告」 with the one that has a year, if there is but one."""
    for word in wording("aliases", "yearly"):
        found = [
            i for i, g in enumerate(context.groups) if g.type == "Policy" and any(word in name_key(n) for n in g.names)
        ]
        dated = [i for i in found if any(re.search(r"\d{4}", n) for n in context.groups[i].names)]
        years = {y for i in dated for n in context.groups[i].names for y in re.findall(r"\d{4}", n)}
        if len(years) <= 1 and found:
            keep = min(found, key=lambda i: context.groups[i].mentions[0].start)
            for i in found:
                _merge(context, keep, i)


def _join_people(context: Context) -> None:
    """Join a single Latin name with the one person whose full name, told elsewhere, begins or ends so: Eddie Yue, Yue."""
    people = [i for i, g in enumerate(context.groups) if g.type == "Person" and g.mentions]
    full = {i: [n.split() for n in context.groups[i].names if _FULL_NAME.fullmatch(n)] for i in people}
    for i in people:
        name = context.groups[i].names[0]
        if " " in name or not name.isascii():
            continue
        family = [j for j in people if j != i and any(name in {p[0], p[-1]} for p in full[j])]
        earlier = [j for j in family if context.groups[j].mentions[0].start < context.groups[i].mentions[0].start]
        if family:
            # Of two of a family, the one named last speaks.
            last = max(earlier or family, key=lambda j: (context.groups[j].mentions[0].start, j))
            _merge(context, last, i)


_FULL_NAME = re.compile(r"[A-Z][\w.'’-]*(?: [\w.'’-]+){1,3}")


def _join_firms(context: Context) -> None:
    """Join a part of a body's Latin name with the one name that holds it: Tidemark Analytics, then Tidemark."""
    firms = [i for i, g in enumerate(context.groups) if g.type == "Organisation" and g.mentions]
    parts = {"name.english-short", "name.english-company", "name.model", "name.again"}
    for i in firms:
        short = context.groups[i]
        if short.lexicon_id or any(m.rule not in parts for m in short.mentions) or not short.names[0].isascii():
            continue
        held = re.compile(rf"(?:.* )?{re.escape(short.names[0])}(?: .*)?")
        whole = [
            j
            for j in firms
            if j != i and any(len(n) > len(short.names[0]) and held.fullmatch(n) for n in context.groups[j].names)
        ]
        if len(whole) == 1:
            _merge(context, whole[0], i)
