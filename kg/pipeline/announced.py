"""Bodies that a noun announces: 「連鎖粥店「甲」」, 「數碼支付公司乙合作」; or a founder, or a post behind."""

from __future__ import annotations

import re
from functools import lru_cache

from kg.model import EntityType, Kind
from kg.pipeline.context import Context, Mention
from kg.pipeline.names import is_generic
from kg.pipeline.recogniser import Leaning
from kg.pipeline.rules import Worded, alternation, common_pairs, rules, topics, with_words, wording
from kg.pipeline.titles import title_patterns

_HAN = "\u4e00-\u9fff"
# How far the model may lean to "no name": in quote marks, behind a noun, and there with the word of a trade at the end.
_QUOTED, _BARE, _TRADE = -2.0, -0.6, -2.6
_SLOGAN = 4
_MARKED = frozenset({"name.quoted-head", "name.quoted-model"})
# What may follow a bare name of two characters, which may else be an adverb: 「公司原先只有」.
_PLAIN = Worded("shown", "[、,。;()]|{plain_behind}")


@lru_cache(maxsize=1)
def _nouns() -> tuple[re.Pattern[str], re.Pattern[str], re.Pattern[str], re.Pattern[str], dict[str, EntityType]]:
    data = rules("shown")
    nouns = {w: block["type"] for block in data["noun"] for w in block["words"]}
    return (
        re.compile("[「『“]([^「」『』“”,。;:!?\n]{2,12})[」』”]"),
        re.compile(with_words("shown", f"{{<!not_noun}}({alternation(list(nouns))})(?:,?{{named}})?$")),
        re.compile(f"(?:{alternation(data['founded']['before'])})$"),
        re.compile(f"的?(?:{alternation(data['founded']['behind'])})"),
        nouns,
    )


def has_common_pair(text: str) -> bool:
    """Tell whether a stretch holds two characters that texts of every subject hold: a coined name has none."""
    return any(text[i : i + 2] in common_pairs() for i in range(len(text) - 1))


def quoted(context: Context, leaning: Leaning | None) -> list[Mention]:
    """Return the bodies in quote marks that a noun before or a post behind shows."""
    name, noun, before, behind, types = _nouns()
    trade = re.compile(f"(?:{alternation(rules('shown')['trade']['words'])})$")
    folded = context.folded
    here = {(m.start, m.end): m for m in context.mentions}
    found = []
    for match in name.finditer(folded):
        start, end = match.span(1)
        known = here.get((start, end))
        if known is not None and known.rule not in {"name.model", "name.again", "name.quoted-launched", *_MARKED}:
            continue
        left = folded[max(0, match.start() - 10) : match.start()]
        kind = noun.search(left)
        if known is not None and known.rule in _MARKED and kind is None:
            continue
        if kind or before.search(left) or behind.match(folded, match.end()):
            type_: EntityType = types[kind.group(1)] if kind else "Organisation"
            if type_ != "Organisation" and known is not None:
                continue
            if (
                is_generic(match.group(1))
                or match.group(1) in topics()
                or match.group(1).endswith(wording("shown", "no_body"))
            ):
                continue
            lean = leaning.margin(start, end, type_) if leaning is not None else 0.0
            if lean < _QUOTED or (
                lean < 0 and len(match.group(1)) <= _SLOGAN and has_common_pair(trade.sub("", match.group(1)))
            ):
                # 「走出去」 is no body.
                continue
            firm: Kind | None = "company" if type_ == "Organisation" else None
            found.append(Mention(start, end, type_, firm, rule="name.announced"))
    return found


@lru_cache(maxsize=1)
def _announcing() -> tuple[re.Pattern[str], re.Pattern[str], re.Pattern[str], re.Pattern[str]]:
    data = rules("shown")
    borders = rules("borders")
    inner = set(borders["inner"])
    title, *_ = title_patterns()
    trade = data["trade"]
    return (
        re.compile(f"(?:{alternation(data['announcer']['words'])})(?=[{_HAN}]{{2}})"),
        re.compile(f"[^{_HAN}A-Za-z0-9]|{title.pattern}|{alternation(trade['follows'])}"),
        re.compile(
            f"{alternation([w for w in borders['words'] if w not in inner])}|[{re.escape(borders['characters'])}]"
        ),
        re.compile(f"(?:{alternation(trade['words'] + trade['loose'])})$"),
    )


def announced(context: Context, leaning: Leaning | None) -> list[Mention]:
    """Return the bodies without quote marks that a noun announces: as many characters as the model likes best."""
    noun, follows, border, trade = _announcing()
    if leaning is None:
        return []
    folded = context.folded
    taken = {place for m in context.mentions if not m.anaphor for place in range(m.start, m.end)}
    found = []
    for match in noun.finditer(folded):
        start = match.end()
        best: tuple[float, int] | None = None
        for end in range(start + 2, start + 8):
            words = folded[start:end]
            if end - 1 in taken or not re.fullmatch(f"[{_HAN}]+", words) or border.search(words):
                break
            if not follows.match(folded, end) or folded[end : end + 1] in tuple("」』”》"):
                continue
            core = trade.sub("", words)
            least = _TRADE if len(core) in range(2, len(words)) else _BARE
            if least == _BARE and (
                match.group() in wording("shown", "broad")
                or (end - start == 2 and not _PLAIN.pattern.match(folded, end))
            ):
                continue
            margin = leaning.margin(start, end, "Organisation")
            if margin < least or has_common_pair(core if least == _TRADE else words) or is_generic(words):
                continue
            best = max(best, (margin, end)) if best else (margin, end)
        if best is not None and start not in taken:
            found.append(Mention(start, best[1], "Organisation", "company", rule="name.announced"))
    return found
