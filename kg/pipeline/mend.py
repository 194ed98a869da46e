"""Borders of found names put right: words of the sentence cut off, characters of a personal name added or given back."""

from __future__ import annotations

import re
from functools import lru_cache

from kg.language.script import name_key
from kg.model import EntityType
from kg.pipeline.context import Context, Mention
from kg.pipeline.entities import settle
from kg.pipeline.lexicon import Lexicon
from kg.pipeline.names import head_of, is_generic
from kg.pipeline.people import read_name
from kg.pipeline.recogniser import Leaning
from kg.pipeline.rules import Worded, alternation, common_pairs, rules, topics, with_words, wording
from kg.pipeline.titles import title_patterns

_HAN = re.compile("[\u4e00-\u9fff]")
_GUESSED = {"name.model", "name.head", "name.academy", "name.again", "name.owned"}
_HEADED = {"name.quoted-head", "name.quoted-tail", "name.tail"}
_SHORTEST = 3
# A true name after a title looks better than this to the model; a word that is taken for one, worse.
_DOUBTFUL = 5.0
_ADDRESSED = Worded("mend", "{common.addressed}$")
_OPEN_MARK = re.compile("([^「『“]{3,})[「『“]([^「」『』“”]{3,})")
_LONGER = 4
_WHOSE = Worded("mend", "{whose}|学院(?=[\u4e00-\u9fff]{2,4}处)")
_NO_THING = {
    "Policy": Worded("mend", "(?:{no_policy}|(?<!办)法)$"),
    "Organisation": Worded("mend", "{no_body}$"),
    "Facility": Worded("mend", "{no_place}$"),
}
_SEVERAL = Worded("mend", "(?:[一二两三四五六七八九十]+|[0-9,]+){counters}[\u4e00-\u9fff]")
_MODAL = Worded("mend", "{modal}")
_JOINED = Worded("mend", "(?:{we}|{common.this}{own_body}|的?{asked}){common.and}")
_CONJUNCTION = Worded("mend", "{common.and}")
_HALF = Worded("mend", "(?:^|[「『“,。;:、\n ]|{before_half})([\u4e00-\u9fff]{2,4})$")
_WHOLE = -0.5
_FIELD = 2
_PLACED = Worded("mend", "{placed}|[\u4e00-\u9fff]{2,3}[省市]")
_FIRM = {"name.lexicon", "name.government"}
_RANK = Worded("mend", "(?:^|[^\u4e00-\u9fff]|{before_rank})({common.rank})[\u4e00-\u9fff]{2,10}{ranked_body}$")
_SHORT_FORM = re.compile(r"\(([\u4e00-\u9fff]{2,6})\)$")


@lru_cache(maxsize=1)
def _types() -> list[tuple[re.Pattern[str], EntityType, frozenset[str]]]:
    return [
        (re.compile(f"(?<!\\d)(?:{alternation(block['words'])})$"), block["type"], frozenset(block["from"]))
        for block in rules("mend")["type"]
    ]


def type_of(folded: str, type_: EntityType, *, marked: bool = False) -> EntityType:
    """Return the type that a name's last word tells, or the one it had; a work in quote marks is a scheme."""
    if marked and type_ == "Facility" and folded.endswith(tuple(rules("mend")["schemes"]["words"])):
        return "Programme"
    return next((told for last, told, given in _types() if type_ in given and last.search(folded)), type_)


@lru_cache(maxsize=1)
def _kinds() -> frozenset[str]:
    """Return the words for kinds of things that end names, folded."""
    blocks = [*rules("heads")["head"], *rules("shown")["tail"], *rules("mend")["type"]]
    return frozenset(w for b in blocks for w in b.get("strong", b.get("words", ())))


@lru_cache(maxsize=1)
def _words() -> re.Pattern[str]:
    return re.compile(alternation(rules("mend")["words"]))


def mend(context: Context, lexicon: Lexicon, leaning: Leaning | None) -> None:
    """Put the borders of a context's names right, and drop what turns out to be no name."""
    if leaning is not None:
        for mention in context.mentions:
            if mention.rule in _GUESSED and mention.type not in {"Person", "Policy"}:
                _cut(context, mention, leaning)
                if context.folded[mention.start - 1 : mention.start] == "新" and leaning.margin(
                    mention.start - 1, mention.end, mention.type
                ) > leaning.margin(mention.start, mention.end, mention.type):
                    # 「新領域集團」
                    mention.start -= 1
        _rejoin(context, lexicon, leaning)
    for mention in context.mentions:
        if mention.rule not in _FIRM and not mention.lexicon_id:
            marked = context.folded[mention.start - 1 : mention.start] in {"「", "“"}
            text = context.folded[mention.start : mention.end].rstrip("」』”》")
            mention.type = type_of(text, mention.type, marked=marked)
        if mention.type == "Organisation" and mention.rule not in _FIRM:
            if rank := _RANK.pattern.search(context.folded[max(0, mention.start - 2) : mention.end]):
                # 「市财政局」: its place is told by its rank.
                mention.start = max(0, mention.start - 2) + rank.start(1)
        if mention.type == "Organisation" and mention.rule in _GUESSED:
            _without_short_form(context, mention)
    _lengthen(context)
    for mention in context.mentions:
        _without_sum(context, mention)
        _unled(context, mention)
        _edges(context, mention)
        _honoured(context, mention)
        _go_on(context, mention)
    context.mentions = settle(context.mentions)
    context.mentions = sorted([*context.mentions, *_split(context), *_heads(context, lexicon)], key=lambda m: m.start)
    dropped = {id(m) for m in context.mentions if m.type == "Person" and not _mend_person(context, m, leaning)}
    dropped |= {id(m) for m in context.mentions if m.rule in _GUESSED and is_generic(context.folded[m.start : m.end])}
    dropped |= {id(m) for m in context.mentions if m.rule in _GUESSED and _is_bare(context.folded[m.start : m.end])}
    dropped |= {id(m) for m in context.mentions if m.rule in _GUESSED and _names_no_thing(context, m)}
    dropped |= {id(m) for m in context.mentions if m.rule == "name.quoted-tail" and _apart(context, m)}
    if dropped:
        context.mentions = [m for m in context.mentions if id(m) not in dropped]
        context.posts = [p for p in context.posts if id(p[0]) not in dropped and id(p[2]) not in dropped]


_GRANTED = Worded("mend", "{granted}$")


def _without_sum(context: Context, mention: Mention) -> None:
    """Cut what is given from the name of what gives it: 「甲計劃|二百萬元」, 「乙獎學金|資助」."""
    if (mention.rule not in _GUESSED and mention.rule not in _HEADED) or mention.type == "Person":
        return
    first = next((m.start for m in context.money if mention.start < m.start < mention.end), mention.end)
    if first - mention.start >= _SHORTEST:
        mention.end = first
    text = context.folded[mention.start : mention.end]
    granted = _GRANTED.pattern.search(text)
    if mention.type == "Programme" and granted and _ends_scheme(text[: granted.start()]):
        mention.end -= len(granted.group())


def _ends_scheme(text: str) -> bool:
    head = head_of(text.rstrip("」』》”"))
    return head is not None and head.type == "Programme" and len(text) - len(head.word) >= 2


def _unled(context: Context, mention: Mention) -> None:
    """Cut the words that no body's name begins with, and what joins them to it: 「我們與甲中心」, 「甲的提問和乙局」."""
    if mention.rule in _GUESSED and (led := _JOINED.pattern.match(context.folded, mention.start, mention.end)):
        if mention.end - led.end() >= _SHORTEST:
            mention.start = led.end()


def _cut(context: Context, mention: Mention, leaning: Leaning) -> None:
    """Cut what stands before the last word of the sentence inside a name, if the model likes the rest better."""
    words = list(_words().finditer(context.folded, mention.start, mention.end))
    for match in reversed(words):
        if mention.end - match.end() < _SHORTEST:
            continue
        whole = leaning.margin(mention.start, mention.end, mention.type)
        if leaning.margin(match.end(), mention.end, mention.type) > whole:
            mention.start = match.end()
            return


def _without_short_form(context: Context, mention: Mention) -> None:
    """Leave the short form in brackets out of a name: it is another name of the same thing."""
    text = context.folded[mention.start : mention.end]
    match = _SHORT_FORM.search(text)
    if match is None:
        return
    letters = iter(text[: match.start()])
    if all(c in letters for c in match.group(1)):
        mention.end -= len(match.group())


def _heads(context: Context, lexicon: Lexicon) -> list[Mention]:
    """Return the persons whose names stand at the end of their known body's: 「食物局林海生」局長."""
    found = []
    for mention in context.mentions:
        if mention.rule not in _GUESSED or mention.type != "Organisation":
            continue
        if title_patterns()[0].match(context.folded, mention.end) is None:
            continue
        for hit in lexicon.find(context.folded[mention.start : mention.end]):
            place = mention.start + hit.end
            if hit.start == 0 and mention.end - place in {2, 3} and read_name(context.folded, place) == mention.end:
                found.append(Mention(place, mention.end, "Person", rule="person.honorific"))
                mention.end, mention.kind, mention.lexicon_id = place, hit.entry.kind, hit.entry.id
                break
    return found


def _ends_name(text: str) -> bool:
    return text.endswith(wording("mend", "ends_name")) or head_of(text) is not None


def _rejoin(context: Context, lexicon: Lexicon, leaning: Leaning) -> None:
    """Join what a conjunction inside one name has parted: 「甲大學公民社會」與「治理研究中心」, 紡織及「服裝學院」."""
    mentions = sorted(context.mentions, key=lambda m: m.start)
    gone = set()
    for number, mention in enumerate(mentions):
        if mention.rule not in _GUESSED or mention.type not in {"Organisation", "Programme"}:
            continue
        if not _CONJUNCTION.pattern.match(context.folded, mention.start - 1) or mention.start == 0:
            continue
        previous = mentions[number - 1] if number and mentions[number - 1].end > mention.start - 8 else None
        if previous is not None and previous.end == mention.start - 1:
            if previous.rule == "name.model" and previous.type == mention.type and _is_half(context, previous, lexicon):
                gone.add(id(previous))
                mention.start = previous.start
        elif previous is None or previous.end < mention.start - 1:
            low = previous.end if previous is not None else 0
            half = _HALF.pattern.search(context.folded, max(low, mention.start - 7), mention.start - 1)
            if (
                half is None
                or not _is_field(half.group(1), lexicon)
                or _PLACED.pattern.match(context.folded, mention.start)
            ):
                continue
            if leaning.margin(half.start(1), mention.end, mention.type) > _WHOLE:
                mention.start = half.start(1)
    context.mentions = [m for m in mentions if id(m) not in gone]
    context.posts = [p for p in context.posts if id(p[0]) not in gone and id(p[2]) not in gone]


def _is_half(context: Context, mention: Mention, lexicon: Lexicon) -> bool:
    """Tell whether a name is a known body's and a field's: 甲大學公民社會; or a year's and a field's."""
    text = context.folded[mention.start : mention.end]
    if head_of(text) is not None or text.endswith(tuple(rules("heads")["units"])):
        return False
    if mention.type == "Programme":
        return bool(re.match(r"20\d\d年", text))
    return any(hit.start == 0 and hit.end < len(text) for hit in lexicon.find(text))


def _is_field(text: str, lexicon: Lexicon) -> bool:
    """Tell whether words before a conjunction are a field and no name or verb: 紡織, 職業教育."""
    if text in rules("borders")["words"] or name_key(text) in lexicon.by_key:
        return False
    return is_generic(text) or text in topics() or (text[:2] in common_pairs() and len(text) == _FIELD)


def _lengthen(context: Context) -> None:
    """Give a name the characters before it that make it a longer name of the text: 「新」海港學院."""
    folded = context.folded
    longer = {folded[m.start : m.end] for m in context.mentions if m.end - m.start >= _SHORTEST}
    ends = {m.end for m in context.mentions}
    for mention in context.mentions:
        if mention.rule not in _GUESSED:
            continue
        for start in range(max(0, mention.start - _LONGER), mention.start):
            if folded[start : mention.end] in longer and not any(
                e in ends for e in range(start + 1, mention.start + 1)
            ):
                mention.start = start
                break
        if mention.type == "Person" and mention.end < len(folded) and folded[mention.start : mention.end + 1] in longer:
            mention.end += 1


def _edges(context: Context, mention: Mention) -> None:
    """Take the characters off a name's edges that belong to the words beside it: 「銀行會以」, 「其中總會」, 「甲的」."""
    folded = context.folded
    if mention.rule not in _GUESSED or mention.type == "Person":
        return
    text = folded[mention.start : mention.end]
    half = len(text) // 2
    if len(text) >= 2 * _SHORTEST and text[:half] == text[half:]:
        # 「關於建造業議會建造業議會於」: a heading and its text.
        mention.start += half
    elif (
        text.endswith("会")
        and _MODAL.pattern.match(folded, mention.end)
        and head_of(text) is None
        and head_of(text[:-1])
    ):
        mention.end -= 1
    elif (
        whose := _WHOSE.pattern.match(folded, mention.start - 1 if folded[mention.start - 1] == "该" else mention.start)
    ) and (mention.end - whose.end() >= _SHORTEST):
        # 「該院金融系」
        mention.start = whose.end()
    elif (party := _PARTY.pattern.search(text)) and len(text) > _SHORTEST + 1:
        # 「市農業局|黨組書記」, 「海岸集團|黨委書記」: the title begins there.
        mention.end -= len(party.group())
    elif text.startswith(wording("mend", "held")) and len(text) > _SHORTEST + 1:
        mention.start += 2
    elif (
        (taken := _TAKEN_IN.pattern.match(text))
        and head_of(text[taken.end() :])
        and len(text) - taken.end() >= _SHORTEST
    ):
        # 「公司與|海岸大學」, 「與|海岸大學」
        mention.start += taken.end()
    elif (named := _named_first(folded, mention)) > 0:
        # A list's next line: 「甲乙丙先生|海岸大學」.
        mention.start = named
    elif (abroad := _abroad().match(text)) and text[abroad.end() : abroad.end() + 2] not in common_pairs():
        # 「挪威卑爾根大學」 stands in a city of the country.
        mention.start += abroad.end()
    elif (opened := _OPENED.pattern.fullmatch(text)) and head_of(opened.group(1)):
        # 「海灣社區中心|設辦事處」
        mention.end -= len(text) - len(opened.group(1))
    elif text[-1] in wording("mend", "never_last") and len(text) > _SHORTEST:
        mention.end -= 1
    elif folded[mention.start - 1 : mention.start + 1] in wording("mend", "astride") and len(text) > 2:
        mention.start += 1


def _named_first(folded: str, mention: Mention) -> int:
    """Return where a name begins behind a personal name with its honorific, or -1."""
    found = _ADDRESSEE.pattern.match(folded, mention.start, mention.end)
    if found is None or read_name(folded, mention.start) != found.end(1):
        return -1
    return found.end() if mention.end - found.end() >= _SHORTEST else -1


_TAKEN_IN = Worded(
    "mend",
    "(?:.*[\u4e00-\u9fff]{2}{head_of_body}[\u4e00-\u9fff]{2,3}|{body_word})(?:{common.and}|{together})|[与及]",
)
_OPENED = Worded("mend", "(.{4,}){newly}?设(?!{not_set_up})(?:立|有)?[\u4e00-\u9fff]{2,4}")
_PARTY = Worded("mend", "{<!rank_of_place}(?<=.)党组$|{<before_party}党[工]?委$")
_ADDRESSEE = Worded("mend", r"([\u4e00-\u9fff]{2,4}?){common.styled}\s?{common.decorations}?\s?")
_HONOUR = Worded("mend", "{common.honour}")


def _honoured(context: Context, mention: Mention) -> None:
    """Make a person of what ends in a personal name with an honorific behind it: 「學院院長、國家傑青|甲文舟|教授」."""
    start = mention.end - _SHORTEST
    text = context.folded[mention.start : mention.end]
    if mention.type in {"Person", "Policy"} or mention.rule not in _GUESSED or start < mention.start:
        return
    if _HONOUR.pattern.match(context.folded, mention.end) and not head_of(text):
        if read_name(context.folded, start) == mention.end and context.folded[start : start + 2] not in common_pairs():
            mention.start, mention.type, mention.kind = start, "Person", None


@lru_cache(maxsize=1)
def _abroad() -> re.Pattern[str]:
    data = rules("mend")["abroad"]
    never = alternation(data["never"])
    pattern = f"(?:{alternation(data['countries'])})(?=(?!{never})[\u4e00-\u9fff]{{2,}}{{abroad_head}}$)"
    return re.compile(with_words("mend", pattern + "(?!.{0,1}{abroad_head}$)"))


_WHICH = re.compile(r"(?:首|第[\d一二三四五六七八九十百]{1,4})届\Z")
_REST = Worded("mend", "{whole_rest}|暨[\u4e00-\u9fff]{2,5}?{rest_head}")


@lru_cache(maxsize=1)
def _astride() -> re.Pattern[str]:
    return re.compile(alternation([w for w in rules("shown")["trade"]["words"] if len(w) > _FIELD]))


def _go_on(context: Context, mention: Mention) -> None:
    """Give a body's name what belongs to it behind: 「甲合作社」聯合社, 「乙農場」暨植物園, 「丙創」業投資."""
    folded = context.folded
    if mention.type == "Event" and (which := _WHICH.search(folded[max(0, mention.start - 8) : mention.start])):
        # 「首屆|海岸論壇」
        mention.start -= len(which.group())
    if mention.type not in {"Organisation", "Facility"}:
        return
    rest = _REST.pattern.match(folded, mention.end)
    if rest is None and mention.rule in _GUESSED and mention.type == "Organisation":
        rest = _astride().match(folded, mention.end - 1)
    if rest is not None:
        mention.end, mention.lexicon_id = rest.end(), None
        if mention.rule == "name.lexicon":
            mention.rule = "name.model"


def _split(context: Context) -> list[Mention]:
    """Return the names that stand in open quote marks at the end of others, those ending before them: 「甲獎「乙獎」」."""
    found = []
    for mention in context.mentions:
        text = context.folded[mention.start : mention.end]
        if mention.rule in _GUESSED and (match := _OPEN_MARK.fullmatch(text)) and _ends_name(match.group(1)):
            found.append(
                Mention(mention.start + match.start(2), mention.end, mention.type, mention.kind, rule="name.model")
            )
            mention.end = mention.start + match.end(1)
    return found


def _mend_person(context: Context, mention: Mention, leaning: Leaning | None) -> bool:
    """Put the borders of a personal name right; return whether it is one."""
    folded = context.folded
    name = folded[mention.start : mention.end]
    if not _HAN.match(name):
        return True
    if _ADDRESSED.pattern.search(name):
        return False
    before = folded[max(0, mention.start - 1) : mention.start + 1]
    behind = folded[mention.end - 1 : mention.end + 1]
    if len(name) == 2 and re.match("[和同][)。,、;\n]", folded[mention.end : mention.end + 2]):
        mention.end += 1
        return True
    doubtful = leaning is not None and leaning.margin(mention.start, mention.end, "Person") < _DOUBTFUL
    if mention.rule == "person.honorific" and len(name) == 2 and before in common_pairs():
        return False
    if not doubtful:
        if behind in common_pairs():
            _trim(mention, leaning)
        return True
    if name[:2] in common_pairs():
        title = title_patterns()[0].match(name)
        end = read_name(folded, mention.start + title.end()) if title else -1
        if title is None or end < 0:
            return False
        mention.start, mention.end = mention.start + title.end(), end
        return True
    if mention.rule == "name.model" and before in common_pairs() and leaning is not None:
        return leaning.margin(mention.start, mention.end, "Person") > _DOUBTFUL - 1
    return True


def _trim(mention: Mention, leaning: Leaning | None) -> None:
    """Give back the last character of a name that is the first of a word: 「林海生現在」."""
    shorter = mention.end - 1
    if (
        leaning is not None
        and shorter - mention.start >= 2
        and leaning.margin(mention.start, mention.end, "Person") < _DOUBTFUL + 1
        and mention.rule == "person.title"
    ):
        mention.end = shorter


def _is_bare(text: str) -> bool:
    """Tell whether a name is only the word for its kind: 銀行, 總會."""
    head = head_of(text)
    if head is not None and head.word == text and head.kind in {"company", "association"}:
        return True
    return head is None and text in _kinds()


def _names_no_thing(context: Context, mention: Mention) -> bool:
    """Tell whether a name is a street's or a bay's, or a law's or a contract's."""
    ends = _NO_THING.get(mention.type)
    if _SEVERAL.pattern.match(context.folded, mention.start, mention.end):
        # 「九個體育總會」
        return True
    if context.folded[mention.end - 1 : mention.end + 1] == "村的":
        # 「位於安樂村的甲園」
        return True
    return ends is not None and ends.pattern.search(context.folded, mention.start, mention.end) is not None


def _apart(context: Context, mention: Mention) -> bool:
    """Tell whether a space parts the words behind the quote mark from it, as in a headline: 「甲」　乙基金."""
    return re.search("[」』”] ?[^」』”]* [^」』”]*$", context.folded[mention.start : mention.end]) is not None
