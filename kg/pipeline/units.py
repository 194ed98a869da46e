"""Units named right behind their body: 立法會財務委員會, 工業和信息化部中小企業局."""

from __future__ import annotations

import re
from functools import lru_cache

from kg.pipeline.context import Mention
from kg.pipeline.rules import alternation, rules
from kg.pipeline.titles import title_patterns

_HAN = "\u4e00-\u9fff"
_LONGEST = 8


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
