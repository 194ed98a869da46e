"""Posts on panels that nobody named: 「評審團主席甲」 is of the scheme or the contest whose panel it is."""

from __future__ import annotations

import re
from functools import lru_cache

from kg.pipeline.context import Context, Mention
from kg.pipeline.rules import alternation, rules, with_words

_SENTENCES_BACK = 4


@lru_cache(maxsize=1)
def _panel() -> re.Pattern[str]:
    data = rules("told")["panel"]
    return re.compile(f"(?:{alternation(data['words'])})(?:{alternation(data['seats'])})$")


@lru_cache(maxsize=1)
def _headed() -> re.Pattern[str]:
    data = rules("told")["panel"]
    return re.compile(
        with_words(
            "told",
            rf"{{common.honour}}?{{panel_as}}({alternation(data['seats'])})的({alternation(data['words'])})",
        )
    )


def panels(context: Context) -> None:
    """Add the posts on panels without a name of their own; the sentences and their mentions must be marked."""
    folded = context.folded
    told = {p.entity for p, _, b, r in context.posts if b is not p and r not in {"post.served", "post.bare"}}
    found = []
    for person in (m for m in context.mentions if m.type == "Person" and m.entity not in told):
        low = max(0, person.start - 16)
        match = _panel().search(folded[low : person.start].rstrip())
        headed = _headed().match(folded, person.end)
        if headed is not None and (owner := _scheme(context, person.start)) is not None:
            # 「由甲任主席的評審小組」
            found.append((person, headed.group(1), owner, "post.panel"))
            continue
        if match is None or any(low + match.start() < m.end for m in context.mentions_between(low - 30, person.start)):
            continue
        body = _scheme(context, low + match.start())
        if body is not None:
            found.append((person, match.group(), body, "post.panel"))
    people = {p.entity for p, *_ in found}
    kept = [p for p in context.posts if p[0].entity not in people or p[3] not in {"post.served", "post.bare"}]
    context.posts = kept + found


def _scheme(context: Context, place: int) -> Mention | None:
    """Return the scheme or event named last before a place, not far from it."""
    number = context.sentence_number(context.sentence_at(place))
    low = context.sentences[max(0, number - _SENTENCES_BACK)].start
    near = [m for m in context.mentions_between(low, place) if m.type in {"Programme", "Event"}]
    return near[-1] if near else None
