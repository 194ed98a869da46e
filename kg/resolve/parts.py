"""Numbers within names: years in characters, which edition, phase or round."""

from __future__ import annotations

import re
import unicodedata

from kg.language.numbers import read_han
from kg.model import EntityType

_DIGITS = dict(zip("〇零一二三四五六七八九", "00123456789", strict=True))
_CIRCLE = re.compile("(?<=[二一〇零○])[○◯〇]|[○◯](?=[一二三四五六七八九])")
_HAN_YEAR = re.compile(
    "[二一][〇零九][〇零一二三四五六七八九]{4}(?=年度|财政)|[〇零一二三四五六七八九]{4}(?=年|至|财政|$)|(?<=至)[〇零一二三四五六七八九]{2}(?=年|财政)"
)
_HAN_ORDINAL = re.compile(
    "(?<=第)[一二三四五六七八九十百]{1,4}(?=届|期|批|轮|代|阶段|号|次)|[一二三四五六七八九十]{1,2}(?=期$)"
    "|[一二三四五六七八九十]{1,3}(?=号(?:任务|卫星|飞船|探测器|载人|实验|干线|$))"
)
# Which phase, round or number a name says, in Chinese and in English.
_PART = re.compile(
    r"(?:第(\d{1,3})|(首))个?(?:期|阶段|轮|批)|(\d{1,2})期$|^((?:19|20)\d\d)(?!\d)"
    r"|(?<=\D)(\d{1,2})号(?:任务|卫星|飞船|探测器|载人|实验|干线|$)"
)
_PART_LATIN = re.compile(
    r"\b(?:phase|stage|round) (\d{1,2}|i{1,3}|iv|v)\b|(?<![\d.])(\d)\.0$|^((?:19|20)\d\d)\b"
    r"|\b(\d{1,2})(?:st|nd|rd|th) (?:phase|stage|round|batch|tranche)\b|(?<=[a-z'’]-)(\d{1,2})(?![\d-])"
)
# A round before the name of a scheme: fourth round of the Anti-epidemic Fund.
_ROUND_LATIN = re.compile(
    r"^(?:the )?\d{1,2}(?:st|nd|rd|th) (?:phase|stage|round|batch|tranche) (?:of )?(?:the )?(?=\w)"
)
_UNITS = "first second third fourth fifth sixth seventh eighth ninth".split()
_TEENS = "tenth eleventh twelfth thirteenth fourteenth fifteenth sixteenth seventeenth eighteenth nineteenth".split()
_TENS = "twent thirt fort fift sixt sevent eight ninet".split()
_SUFFIX = {1: "st", 2: "nd", 3: "rd"}
_ORDINALS = {
    **{word: f"{n}{_SUFFIX.get(n, 'th')}" for n, word in enumerate([*_UNITS, *_TEENS], 1)},
    **{f"{ten}ieth": f"{n}0th" for n, ten in enumerate(_TENS, 2)},
    **{
        f"{ten}y-{word}": f"{n}{one}{_SUFFIX.get(one, 'th')}"
        for n, ten in enumerate(_TENS, 2)
        for one, word in enumerate(_UNITS, 1)
    },
    "inaugural": "1st",
}
_ORDINAL_WORD = re.compile(rf"\b(?:{'|'.join(sorted(_ORDINALS, key=lambda w: -len(w)))})\b")
# Of schemes that come anew also the year behind the name, and which time it is: 消費券計劃2022, 第九屆首部劇情電影計劃.
_TIME = re.compile(r"第(\d{1,3})届|((?:19|20)\d\d)(?:年度?)?$|^((?:19|20)\d\d)(?!\d)")
_ROMAN = ("", "i", "ii", "iii", "iv", "v")


def plain_years(text: str) -> str:
    """Return a folded text with the years that stand there in characters as digits: 二零二四年."""
    return _HAN_YEAR.sub(lambda m: "".join(_DIGITS[c] for c in m.group()), _CIRCLE.sub("〇", text))


def plain_numbers(text: str) -> str:
    """Return a folded text with its years and ordinal numbers in characters as digits: 第十二期."""
    return _HAN_ORDINAL.sub(lambda m: format(read_han(m.group()) or 0, "f"), plain_years(text))


def _figures(text: str) -> str:
    return _ORDINAL_WORD.sub(lambda m: _ORDINALS[m.group()], text)


def counted(text: str, *, rounds: bool) -> str:
    """Return a lower-case English name with ordinal words as figures; with `rounds` without which round it is.

    >>> counted("seventh expo", rounds=False), counted("fourth round of the fund", rounds=True)
    ('7th expo', 'fund')
    """
    figures = _figures(text)
    if not rounds:
        return figures
    return _ROUND_LATIN.sub("", figures) if _ROUND_LATIN.match(figures) else text


def part_of(key: str, name: str, type_: EntityType) -> str:
    """Return which phase, round or year of a thing its name says, "" for none: two that say two are two."""
    plain = plain_numbers(key)
    latin = unicodedata.normalize("NFKC", name).casefold()
    latin = _figures(latin) if type_ == "Programme" else latin
    found = _PART.search(plain) or _PART_LATIN.search(latin)
    found = found or (_TIME.search(plain) if type_ == "Programme" else None)
    if found is None:
        return ""
    part = next(g for g in found.groups() if g)
    return str(_ROMAN.index(part)) if part in _ROMAN else "1" if part == "首" else part
