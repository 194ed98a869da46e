"""Scripts: a fold that keeps every character's place, conversion for display, and which script a text is in."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from functools import lru_cache

from opencc import OpenCC

from kg.model import Language

_HAN = re.compile("[\u3400-\u9fff\uf900-\ufaff]")
_NOISE = re.compile(r"[\s「」『』《》〈〉“”‘’\"'()\[\]【】·.,、。:;\-_/!?]+")
# Signs that this genre writes in several ways; each stands for one character, so that places stay.
_SIGNS = str.maketrans(
    "『』﹁﹂“”‧・．•︰﹕–—−―‐‑　\u00a0\u2009\u202f﹙﹚〔〕﹐﹔",
    "「」「」「」····::------    ()()，;".replace("，", ","),
)
# Hong Kong's forms that OpenCC's general table leaves as they are.
_HONG_KONG = str.maketrans("敍枱潀粧糭衞衹", "叙台潨妆粽卫只")
_WIDE = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)}


@lru_cache(maxsize=1)
def _converter() -> OpenCC:
    return OpenCC("t2s")


class _Table(dict[int, int]):
    """The fold of each character, worked out when it is first met."""

    def __missing__(self, code: int) -> int:
        folded = _WIDE.get(code, code)
        if folded == code:
            folded = ord(chr(code).translate(_SIGNS))
        if folded == code and _HAN.match(chr(code)):
            # One character alone: what stands beside it must not change it, or the two scripts would fold apart.
            simplified = _converter().convert(unicodedata.normalize("NFKC", chr(code)))
            folded = ord(simplified.translate(_HONG_KONG)) if len(simplified) == 1 else code
        self[code] = folded
        return folded


_TABLE = _Table()


def fold(text: str) -> str:
    """Return the text in Simplified characters and half-width signs, every character in its place.

    >>> fold("「數碼港」（ＡＢ）")
    '「数码港」(AB)'
    """
    return text.translate(_TABLE)


# Radicals that Unicode does not decompose, as PDF printers write them for the characters they look like.
_RADICALS = dict(
    zip(
        "⺠⺫⻄⻅⻆⻉⻋⻓⻔⻘⻙⻚⻛⻜⻝⻢⻣⻤⻥⻦⻨⻩⻬⻮⻰⻳⺟⺎⺢⺩⺬⺮⺶⺼⻌⻏⻖⻗⻞",
        "民目西见角贝车长门青韦页风飞食马骨鬼鱼鸟麦黄齐齿龙龟母兀水王示竹羊肉辶阝阝雨饣",
        strict=True,
    )
)


def plain_characters(text: str) -> str:
    """Return the text with Kangxi and other radicals as the ordinary characters, each in its place."""
    table: dict[str, str | int | None] = {}
    for char in sorted(set(re.findall("[\u2e80-\u2fdf]", text))):
        plain = _RADICALS.get(char) or unicodedata.normalize("NFKC", char)
        if len(plain) == 1:
            table[char] = plain
    return text.translate(str.maketrans(table)) if table else text


def name_key(text: str) -> str:
    """Return the form under which two spellings of a name are equal.

    >>> name_key("「拍住上」計劃") == name_key("拍住上 计划")
    True
    """
    return _NOISE.sub("", fold(unicodedata.normalize("NFKC", text))).casefold()


@lru_cache(maxsize=4096)
def to_simplified(text: str) -> str:
    """Return the text in Simplified characters, for display only."""
    return str(_converter().convert(text)).translate(_HONG_KONG)


@lru_cache(maxsize=1)
def _to_hong_kong() -> OpenCC:
    return OpenCC("s2hk")


@lru_cache(maxsize=4096)
def to_traditional(text: str) -> str:
    """Return the text in the Traditional characters of Hong Kong, for display only."""
    return str(_to_hong_kong().convert(text))


def script_of(text: str) -> Language:
    """Return the language of a text: English if a tenth of its letters at most are Chinese, else by its characters."""
    han = Counter(_HAN.findall(text))
    letters = sum(han.values())
    latin = len(re.findall("[A-Za-z]+", text))
    if letters * 9 < latin:
        return "en"
    simplified = sum(n for c, n in han.items() if ord(c) == _TABLE[ord(c)] and _traditional(c) != c)
    traditional = sum(n for c, n in han.items() if ord(c) != _TABLE[ord(c)])
    return "zh-Hans" if simplified > traditional else "zh-Hant"


@lru_cache(maxsize=8192)
def _traditional(char: str) -> str:
    return str(_to_hong_kong().convert(char))
