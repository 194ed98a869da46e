"""Persons that a calling, a credit or brackets show, and the model half sees: 雕塑家甲, 文/乙, 總經理（管理）丙, 丁主席."""

from __future__ import annotations

import re
from functools import lru_cache

from kg.pipeline.context import Context, Mention
from kg.pipeline.people import read_name
from kg.pipeline.recogniser import Leaning
from kg.pipeline.rules import alternation, common_pairs, rules, surnames, with_words, wording
from kg.pipeline.titles import title_patterns

_LEAST, _SURE = 0.3, 1.0


@lru_cache(maxsize=1)
def _spots() -> tuple[re.Pattern[str], re.Pattern[str]]:
    data = rules("mend")["callings"]
    title, after, *_ = title_patterns()
    spot = with_words(
        "mend",
        f"(?:{alternation(data['words'])})|(?<![\u4e00-\u9fff])(?:{alternation(data['credits'])})|(?:{title.pattern})\\([^()]{{1,12}}\\)"
        f"|(?:{title.pattern}){{told.the_post}}?{{told.being_who}}"
        "|{body_end} ?(?=[\u4e00-\u9fff]{2,4})|{common.addressed}\\(|的(?=[\u4e00-\u9fff]{3}(?:,|{said}))",
    )
    behind = f"(?:{after.pattern})|{title.pattern}|\\)|{{behind_name}}| \\d|{alternation(data['words'])}"
    return re.compile(spot), re.compile(with_words("mend", behind))


def shown_people(context: Context, leaning: Leaning) -> list[Mention]:
    """Return the persons whom the words before them show where the model does not lean against it."""
    spot, after = _spots()
    folded = context.folded
    taken = {place for m in context.mentions for place in range(m.start, m.end)}
    found: dict[str, Mention] = {}
    for match in spot.finditer(folded):
        start = match.end()
        end = read_name(folded, start)
        for stop in (end, start + 3, start + 2):
            if end < 0 or stop - start < 2 or taken & {start, stop - 1} or not after.match(folded, stop):
                continue
            name = folded[start:stop]
            lean = leaning.margin(start, stop, "Person")
            # 「國樑」 is a word and a given name, 「歐陽」 a word and a surname.
            pairs = {name[i : i + 2] for i in range(len(name) - 1)} - ({name[-2:]} if lean >= _SURE else set())
            pairs -= surnames()[1]
            if name[-1] in wording("mend", "aunts") or pairs & common_pairs() or lean < _LEAST:
                continue
            found.setdefault(name, Mention(start, stop, "Person", rule="person.calling"))
            break
    return [
        Mention(m.start(), m.end(), "Person", rule="person.calling")
        for name in found
        for m in re.finditer(re.escape(name), folded)
        if not taken & {m.start(), m.end() - 1}
    ]
