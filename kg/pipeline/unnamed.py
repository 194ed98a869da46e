"""Bodies that only a title and a person behind them show: 「再役創辦人甲」, 「「節節省」老闆乙」."""

from __future__ import annotations

import re
from functools import lru_cache

from kg.pipeline.context import Context, Mention
from kg.pipeline.names import is_generic
from kg.pipeline.people import COUNTED
from kg.pipeline.rules import alternation, rules, topics
from kg.pipeline.titles import title_patterns

_HAN = "\u4e00-\u9fff"
_REACH = 28


@lru_cache(maxsize=1)
def _patterns() -> tuple[re.Pattern[str], re.Pattern[str], re.Pattern[str]]:
    data = rules("unnamed")
    prefix = alternation(rules("titles")["prefixes"])
    title = f"(?:{prefix})*(?:{alternation(data['titles'])})"
    any_title = title_patterns()[0].pattern
    field = f"(?:{alternation(data['departments'])})(?:{prefix})*(?:总监|经理|主管|主任)"
    title = f"(?:{title}|{field})"
    joined = f"{title}(?:(?:兼任|兼|暨|及|、){title})?"
    noun = alternation(rules("companies")["nouns"])
    return (
        re.compile(
            f"(?:(?:{noun})|(?:{alternation(data['opens'])})|[,。、;:!?」』》”\\n\\s]|^)([{_HAN}]{{2,8}}?)的?(?:{joined})\\s?$"
        ),
        re.compile(f"[「『“]([^「」『』“”,。;]{{2,12}})[」』”](?:的)?(?:{any_title})\\s?$"),
        re.compile(f"^(?:{alternation(data['never_begins'])})|(?:{alternation(data['never_ends'])})$|{alternation(data['never_in'])}"),
    )


def bodies_of_titles(context: Context) -> None:
    """Give the context the bodies before the titles of persons found, where none is recognised."""
    folded = context.folded
    bare, quoted, never = _patterns()
    title, _, _, _ = title_patterns()
    bodies = {m.end: m for m in context.mentions if m.type not in {"Person", "Policy"}}
    taken = [(m.start, m.end) for m in context.mentions]
    found: list[Mention] = []
    for person in (m for m in context.mentions if m.type == "Person"):
        sentence = context.sentence_at(person.start)
        if sentence.passage.kind == "contact":
            continue
        low = max(sentence.start, person.start - _REACH)
        before = folded[low : person.start]
        if match := quoted.search(before):
            here = bodies.get(low + match.end(1))
            if here is not None and here.type != "Organisation" and here.rule in {"name.model", "name.quoted-after-head"}:
                _as_company(context, folded[here.start : here.end])
                continue
        else:
            match = bare.search(before)
        if match is None:
            continue
        start, end = low + match.start(1), low + match.end(1)
        name = match.group(1)
        if any(s < end and start < e for s, e in taken) or never.search(name) or title.search(name):
            continue
        if is_generic(name) or name in topics() or COUNTED.search(name):
            continue
        found.append(Mention(start, end, "Organisation", "company", rule="name.of-title"))
        taken.append((start, end))
    founded = re.compile(f"(?:{alternation(rules('told')['founds'])})了?的?[「『“]([^「」『』“”,。;]{{2,12}})[」』”]")
    for match in founded.finditer(folded):
        start, end = match.span(1)
        over = [m for m in context.mentions if m.start < end and start < m.end]
        if any((m.start, m.end) != (start, end) for m in over) or any(m.type == "Person" or m.lexicon_id for m in over):
            continue
        if over:
            _as_company(context, match.group(1))
        else:
            found.append(Mention(start, end, "Organisation", "company", rule="name.founded"))
    context.mentions = sorted([*context.mentions, *found], key=lambda m: m.start)


def _as_company(context: Context, name: str) -> None:
    for mention in context.mentions:
        if context.folded[mention.start : mention.end] == name and mention.type != "Person":
            mention.type, mention.kind = "Organisation", "company"
