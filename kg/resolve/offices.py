"""Which office of which body a text gives a person, right beside the name, the same in both languages."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Sequence
from functools import lru_cache

from kg.language.script import fold
from kg.pipeline.lexicon import packaged
from kg.resolve.clusters import Clusters, Reason
from kg.resolve.items import Item
from kg.resolve.names import words
from kg.resolve.romanise import spells

Office = tuple[str, str]
# Posts that several persons of one body hold: there the surname alone tells nothing.
_SEVERAL = {"deputy", "assistant", "professor", "director", "founder"}
_WORD, _LONGEST = re.compile(r"[a-z0-9&+-]+(?='s|’s)?|[a-z]+"), 9
# What stands between a body's name and the post: 理大[紡織學院]教授; longer, it is another matter.
_BETWEEN = 14
_TITLE = re.compile("(?:教授|主席|局长|署长|处长|会长|校长|院长|主任|总监|总裁|行长|总干事)(?!助理)")
_CLAUSE = re.compile("[,。;、()「」『』]")
# More holders of one office than this tell nothing.
_CROWD = 40


@lru_cache(maxsize=1)
def _posts() -> tuple[list[tuple[str, re.Pattern[str]]], list[tuple[str, re.Pattern[str]]]]:
    """Return the posts of ``words.toml`` by name, in Chinese and in English; the longer word first decides."""
    han, latin = [], []
    for row in words()["office"]:
        han.append((row["name"], re.compile(f"(?:{'|'.join(row['chinese'])})$")))
        latin.append((row["name"], re.compile(rf"\b(?:{'|'.join(row['english'])})\b")))
    return han, latin


@lru_cache(maxsize=1)
def _secretaries() -> dict[str, str]:
    """Return the bureaux and departments by what their heads are named after: 「financial services and the treasury」."""
    found: dict[str, set[str]] = defaultdict(set)
    for id_, entries in packaged().by_id.items():
        for entry in entries if id_.startswith("hk-") and entries[0].kind == "government" else ():
            match = re.fullmatch(r"(?:the )?(.+?)(?:'s)? (?:bureau|department|commission)", fold(entry.form).casefold())
            if match and entry.form.isascii():
                found[match[1]].add(id_)
    return {name: min(ids) for name, ids in found.items() if len(ids) == 1}


@lru_cache(maxsize=1)
def _bodies() -> dict[tuple[str, ...], str]:
    """Return the ids of bodies by the words of their English names, lower-case."""
    entries = (e for found in packaged().by_id.values() for e in found)
    return {
        tuple(_WORD.findall(fold(e.form).casefold())): e.id
        for e in entries
        if e.language == "en" and e.type in {"Organisation", "Facility"}
    }


def _body(text: str) -> str:
    """Return the id of the body with the longest name in a lower-case English text, "" for none."""
    tokens = _WORD.findall(text)
    for length in range(min(len(tokens), _LONGEST), 0, -1):
        for start in range(len(tokens) - length + 1):
            id_ = _bodies().get(tuple(tokens[start : start + length]))
            if id_:
                return id_
    return ""


_SECRETARY = re.compile(
    r"\b(?:secretary for|commissioner (?:for|of)|director of|director-general of)(?: the)? ([a-z, ]{3,60})"
)


def offices(item: Item) -> set[Office]:
    """Return the offices that the sentences give a person: id of the body, post."""
    found: set[Office] = set()
    han = {n.core for n in item.names if not n.core.isascii()}
    for folded in sorted({fold(n).casefold() for n in item.spelt} | han):
        for sentence in item.around.sentences:
            place = sentence.find(folded)
            if place >= 0:
                found |= set(_at(sentence, place, place + len(folded)))
    return found


def _at(sentence: str, start: int, end: int) -> Iterator[Office]:
    if re.search("[\u3400-\u9fff]", sentence):
        before = _CLAUSE.split(sentence[:start])[-1]
        title = _TITLE.match(sentence, end)
        yield from _chinese(before + (title[0] if title else ""))
        after = re.match("(?:教授|博士|先生|女士|小姐)?(?:是|为|现任|任|出任|获委任为)([^,。;]{4,30})", sentence[end:])
        if after:
            yield from _chinese(re.sub("[,。;].*", "", after[1]))
        return
    around = (sentence[max(0, start - 90) : start], sentence[end : end + 110])
    for text in (re.split(r"[.;]", around[0])[-1], re.split(r"[.;]", around[1].removeprefix(","))[0]):
        # Innovation, Technology and Industry is one bureau.
        yield from _english(
            text if _SECRETARY.search(text) else text.rpartition(", ")[2] if text in around[0] else text
        )


def _chinese(text: str) -> Iterator[Office]:
    """Yield the office that a clause ends with: 「財經事務及庫務局副局長」."""
    text = re.sub("(?:及|兼|与|和)$", "", text)
    for post, pattern in _posts()[0]:
        match = pattern.search(text)
        if not match:
            continue
        hits = [h for h in packaged().find(text) if h.entry.type in {"Organisation", "Facility"}]
        near = [h for h in hits if 0 <= match.start() - h.end <= _BETWEEN]
        if near:
            yield max(near, key=lambda h: (h.end - h.start, h.end)).entry.id, post
        return


def _english(text: str) -> Iterator[Office]:
    for post, pattern in _posts()[1]:
        match = pattern.search(text)
        if not match:
            continue
        body = _body(text)
        if body:
            yield body, post
        named = _SECRETARY.search(text)
        if named:
            of = [(len(of), id_) for of, id_ in _secretaries().items() if named[1].startswith(of)]
            if of:
                yield max(of)[1], post
        return


def differ(left: Item, right: Item) -> bool:
    """Tell whether two persons hold different posts of one body, as far as the texts say: chairman and vice-chairman."""
    one, other = offices(left), offices(right)
    return bool({id_ for id_, _ in one} & {id_ for id_, _ in other}) and not one & other


def same_office(items: Sequence[Item], clusters: Clusters) -> None:
    """Join persons of one office: of one name, or one whose Latin name has the surname that the Chinese one has."""
    holders: dict[Office, list[int]] = defaultdict(list)
    for i, item in enumerate(items):
        if item.type == "Person":
            for office in sorted(offices(item)):
                holders[office].append(i)
    for (_, post), members in sorted(holders.items()):
        if not 1 < len(members) <= _CROWD:
            continue
        for k, i in enumerate(members):
            for j in members[k + 1 :]:
                how = "" if clusters.find(i) == clusters.find(j) else _alike(items[i], items[j], post)
                if how:
                    first, second = sorted((items[i].name, items[j].name))
                    clusters.join(i, j, Reason(0.9, f"{how} and one office", first, second))


def _alike(left: Item, right: Item, post: str) -> str:
    for one in left.names:
        for other in right.names:
            if one.core == other.core and len(one.core) > 1:
                return "same name"
            if one.core.isascii() != other.core.isascii():
                latin, han = (one.core, other.core) if one.core.isascii() else (other.core, one.core)
                if spells(latin, han) in ({"whole"} if post in _SEVERAL else {"whole", "surname"}):
                    return "one name in two alphabets"
    return ""
