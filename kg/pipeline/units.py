"""Units named right behind their body: 立法會財務委員會, 工業和信息化部中小企業局."""

from __future__ import annotations

import re
from functools import lru_cache

from kg.pipeline.context import Context, Mention
from kg.pipeline.recogniser import Leaning
from kg.pipeline.rules import alternation, rules, with_words, wording
from kg.pipeline.titles import title_patterns

_HAN = "\u4e00-\u9fff"
_LONGEST = 12
_LEAST_UNIT = -3.2
# Names as short as 計劃 may be part of a secretariat's.
_WORD = 2


@lru_cache(maxsize=1)
def _patterns() -> tuple[re.Pattern[str], re.Pattern[str], re.Pattern[str]]:
    data = rules("units")
    title, *_ = title_patterns()
    firm = alternation(data["firm"])
    follows = rf"[^{_HAN}]|$|(?:{title.pattern})|(?:{alternation(data['follows'])})"
    unit = re.compile(
        rf"[{_HAN}]{{2,{_LONGEST}}}?(?:(?:{firm})|(?:{alternation(data['loose'])})(?={follows})|(?P<spaced>{alternation(data['spaced'])})(?=[\s:][{_HAN}]))"
    )
    owners = re.compile(f"(?:{alternation(data['owners'])})$")
    borders = rules("borders")
    inner = set(borders["inner"])
    stop = re.compile(
        f"[{re.escape(borders['characters'])}]|(?:{alternation(data['never'])})|(?:{alternation([w for w in borders['words'] if w not in inner])})"
    )
    return unit, owners, stop


def unit_names(folded: str, known: list[Mention]) -> list[Mention]:
    """Return the longer names that known bodies begin: each from the body's first character to its unit's last."""
    unit, owners, stop = _patterns()
    found = []
    for mention in known:
        if mention.type != "Organisation" or not owners.search(folded, max(0, mention.end - 4), mention.end):
            continue
        match = unit.match(folded, mention.end)
        if match and (match["spaced"] or not stop.search(folded, match.start(), match.end())):
            found.append(Mention(mention.start, match.end(), "Organisation", mention.kind, rule="name.unit"))
    return found


@lru_cache(maxsize=1)
def _shown() -> tuple[re.Pattern[str], re.Pattern[str], re.Pattern[str], re.Pattern[str], re.Pattern[str]]:
    data = rules("units")
    title, *_ = title_patterns()
    shown, bare, ranked = data["shown"], data["bare"], data["ranked"]
    return (
        re.compile(f"[{_HAN}]{{0,{_LONGEST}}}?(?:{alternation(shown['ends'])})"),
        re.compile(f"[^{_HAN}A-Za-z0-9]|{title.pattern}|{alternation(shown['acts'])}"),
        re.compile(alternation(shown["never"])),
        re.compile(
            with_words(
                "units",
                f"(?:(?<![{_HAN}])|{{<owned_by}}{{<!made_of}})(?:{alternation(bare['words'])})"
                f"|(?:(?<![{_HAN}])|{{<asked}})(?:{alternation(bare['owned'])})",
            )
        ),
        re.compile(
            with_words(
                "units",
                f"{{place_rank}}(?:{alternation(ranked['words'])})(?![{ranked['not_behind']}])"
                f"|(?<![{_HAN}])(?:{{committee}}(?={{committee_title}})|{{league}})",
            )
        ),
    )


def shown_units(context: Context, leaning: Leaning | None) -> list[Mention]:
    """Return the units behind found bodies, the committees named without theirs, and the bodies of a place by its rank."""
    unit, behind, never, bare, ranked = _shown()
    _, _, stop = _patterns()
    folded = context.folded
    people = {m.start for m in context.mentions if m.type == "Person"}
    found = []
    for mention in context.mentions:
        if mention.type not in {"Organisation", "Programme"} or (match := unit.match(folded, mention.end)) is None:
            continue
        end = match.end()
        words = match.group()
        if words.endswith(wording("units", "department")) and folded.startswith(
            wording("units", "department_head"), end
        ):
            # 「海洋系系主任」
            continue
        if never.search(words) or stop.search(words) or not (end in people or behind.match(folded, end)):
            continue
        if leaning is None or leaning.margin(mention.start, end, "Organisation") > _LEAST_UNIT:
            kind = mention.kind if mention.type == "Organisation" else "other"
            found.append(Mention(mention.start, end, "Organisation", kind, rule="name.unit"))
    named = [m for m in context.mentions if not m.anaphor and m.end - m.start > _WORD]
    taken = {place for m in named for place in range(m.start, m.end)}
    for match in [*bare.finditer(folded), *ranked.finditer(folded)]:
        start, end = match.span()
        data = rules("units")["bare" if match.re is bare else "ranked"]
        if leaning is None or not taken.isdisjoint(range(start, end)):
            continue
        if match.re is ranked:
            # 「南湖区财政」: as much of the place's name as the model likes best.
            start = max(range(max(0, start - 2), start + 1), key=lambda s: leaning.margin(s, end, "Organisation"))
        least = _LEAST_UNIT if match.group().endswith(wording("units", "secretariat")) else data["lean"]
        if leaning.margin(start, end, "Organisation") > least:
            found.append(Mention(start, end, "Organisation", "government", rule="name.unit"))
    return found
