"""Names that stand as labels of a list: 「（二）甲熱線：由…」, and headings between others that are names."""

from __future__ import annotations

import re

from kg.pipeline.context import Context, Mention
from kg.pipeline.names import head_of, is_generic
from kg.pipeline.recogniser import Leaning
from kg.pipeline.rules import Worded, topics

_HAN = "\u4e00-\u9fff"
_ITEM = re.compile(
    rf"(?:^|(?<=[。;]))\s*\([一二三四五六七八九十\da-z]{{1,2}}\)\s?([{_HAN}]{{4,16}})(?P<end>[:。])", re.M
)
_HEADING = re.compile(rf"^([{_HAN}]{{4,16}})$", re.M)
_THINGS = {"Programme", "Facility"}
# What labels speak of besides names.
_MATTER = Worded("shown", "(?:{matter}|{common.and}.*)$|^{release}|{told}")
_LEAST = -2.0


def labelled(context: Context, leaning: Leaning | None) -> list[Mention]:
    """Return the labels of a list that are names because others of it are, or because of their last word."""
    items = list(_ITEM.finditer(context.folded))
    lines = list(_HEADING.finditer(context.folded))
    return [
        *_like_others(context, [m for m in items if m["end"] == ":"], leaning, share=0.3),
        *_headed(context, [m for m in items if m["end"] == "。"], leaning),
        *_like_others(context, lines, leaning, share=0.4),
    ]


def _free(context: Context, match: re.Match[str]) -> bool:
    start, end = match.span(1)
    over = [m for m in context.mentions if m.start < end and start < m.end]
    return all(m.start == start and m.end < end and m.type == "Facility" for m in over)


def _like_others(
    context: Context, labels: list[re.Match[str]], leaning: Leaning | None, *, share: float
) -> list[Mention]:
    """Return the labels of a list of which a share are names of schemes or places."""
    here = {(m.start, m.end): m.type for m in context.mentions}
    labels = [m for m in labels if _may_name(m.group(1))]
    known = [here[m.span(1)] for m in labels if here.get(m.span(1)) in _THINGS]
    if not known or len(known) < share * len(labels):
        return []
    return [
        Mention(*m.span(1), "Programme", rule="name.label") for m in labels if _free(context, m) and _likes(m, leaning)
    ]


def _headed(context: Context, labels: list[re.Match[str]], leaning: Leaning | None) -> list[Mention]:
    """Return the labels whose last word tells a type."""
    found = []
    for match in labels:
        head = head_of(match.group(1))
        if head is None or head.type not in _THINGS or not _free(context, match):
            continue
        rest = match.group(1).removesuffix(head.word)
        if len(rest) > 3 and not is_generic(rest) and rest not in topics() and _likes(match, leaning):
            found.append(Mention(*match.span(1), head.type, rule="name.label"))
    return found


def _may_name(text: str) -> bool:
    return not (is_generic(text) or text in topics() or _MATTER.pattern.search(text))


def _likes(match: re.Match[str], leaning: Leaning | None) -> bool:
    return leaning is None or max(leaning.margin(*match.span(1), t) for t in sorted(_THINGS)) >= _LEAST
