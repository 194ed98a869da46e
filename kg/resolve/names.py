"""Names as identity sees them: the form that spellings of one name share, the edition, and how much a name tells."""

from __future__ import annotations

import re
import tomllib
import unicodedata
from dataclasses import dataclass
from functools import lru_cache
from itertools import takewhile
from typing import Any, Literal

from kg.language.script import fold, name_key
from kg.model import EntityType
from kg.pipeline.rules import surnames
from kg.resolve.parts import counted, part_of, plain_numbers
from kg.resources import data_path

Weakness = Literal["", "person", "generic", "relative", "short", "abbreviation", "alias"]

_HAN = re.compile("[\u3400-\u9fff]")
_SPAN = re.compile(r"((?:19|20)\d\d)(?:年?[至到])?(?:(?:19|20)(?=\d\d))?(\d\d)(?!\d)(?:年?财政年度|年?度|年)?")
_SHORT_SPAN = re.compile(r"^([0-4]\d)(?:至)?(\d\d)(?=年度|财政)")
_YEAR = re.compile(r"((?:19|20)\d\d)(?!\d)(?:财政年度|年度?)?")
_EDITION = re.compile(r"第?(\d{1,3}|首)届|(?<![a-z])(\d{1,3})(?:st|nd|rd|th)(?![a-z])")
# So many words that say what a thing is, one after the other, name one thing after all.
_TELLING = 7
# So short a name of words that every text has may be several things'.
_PLAIN = 6
# An abbreviation has no more characters than this.
_ABBREVIATION = 5
# What of a body's kind an abbreviation keeps, if not the end.
_SHORTENED = {"委": "委员会", "协": "协会", "联": "联合会"}
# A body's name before that of its scheme or hall.
_BODY = re.compile(r"^.{2,14}?(?:局|署|处|委员会|协会|商会|学院|大学|公司|银行|集团|基金会|政府|厅|办公室|总会)")
_PHASE = re.compile(r"第?\d{1,2}(?:期|阶段|轮|批)$|\bphase [0-9ivx]+$")
# A group's name within that of its foundation; a name in quotation marks before what it is.
_GROUP = re.compile("(?<=..)(?:集团|企业)(?=..)")
_BRAND = re.compile("^[「『“《](.{2,12})[」』”》].")
# Which of its rounds, before a scheme's name: 第二輪.
_ROUND = re.compile(r"^(?:第\d{1,3}|首|新一|上一|下一)(?:个)?(?:轮|期|批|阶段)(?=.{3})")
# Written as one word or with a hyphen: Co-operation, E-commerce.
_PREFIX = re.compile(r"\b(co|re|pre|e|bio|start|cyber)-(?=[a-z])")
# What the exchange sets behind a company's name: 小米集團－Ｗ.
_SHARES = re.compile("(?<=[\u4e00-\u9fff]{2})(?:sw|w|s|b|p)$")
# Two words by their letters: R&D.
_LETTERS = re.compile(r"\b(?:r&d|i&t|s&t|e&m)\b")
# Which of his addresses, before the name of a yearly one.
_WHOSE = re.compile(r"^(?:任内|本届政府|今年|本年度?|新一|第\d+|首)(?:首)?(?:[份分]|个)?(?:的)?")
_BRAND_LATIN = re.compile("^([a-z0-9+&-]{2,}?)[\u4e00-\u9fff]+$")
_BRANCH = re.compile("\\([\u4e00-\u9fff]{2,3}\\)(?=.{0,4}公司$)")
_TRADE = re.compile("(?<=...)(?:创新|(?:创新|信息|网络|智能|生物)?科技)$")
_BRACKET = re.compile(r"\s*\(([^()]*)\)\s*$")

_YEARLY = re.compile(
    "(?:行政长官)?(?:施政报告|(?:政府)?财政预算案?|预算案)(?:演词)?|(?:chief executives )?policy address|budget(?: speech)?"
)


def _folded(value: Any) -> Any:
    if isinstance(value, str):
        return fold(value).casefold()
    if isinstance(value, list):
        return [_folded(v) for v in value]
    return {_folded(k): _folded(v) for k, v in value.items()} if isinstance(value, dict) else value


@lru_cache(maxsize=1)
def words() -> dict[str, Any]:
    """Return the word lists of ``kg/data/identity/words.toml``, folded."""
    data = _folded(tomllib.loads(data_path("identity", "words.toml").read_text(encoding="utf-8")))
    return dict(data)


@lru_cache(maxsize=1)
def _patterns() -> dict[str, re.Pattern[str]]:
    data = words()

    def either(*names: str) -> str:
        return "|".join(sorted({w for n in names for w in data[n]}, key=lambda w: (-len(w), w)))

    return {
        "generic": re.compile(f"(?:{either('generic')})+"),
        "home": re.compile(f"^(?:{either('home')})(?=.{{4,}})"),
        "place": re.compile(f"^({either('cities', 'provinces')})([市省])(?=.)"),
        "local": re.compile(f"(?:{either('cities', 'provinces')})(?=.)"),
        "firm": re.compile(f"(?<=..)(?:{either('firm')})$"),
        "trade": re.compile("(?<=..)(?:创新|信息|网络|智能|生物)?科技$"),
        "scheme": re.compile(f"(?<=..)(?:{either('scheme')})$"),
        "links": re.compile(f"(?<=..)(?:{either('links')})(?=..)"),
        "honorific": re.compile(f"(?<=..)(?:{either('honorifics')})+$"),
        "qualifier": re.compile(f"(?<=..)(?:{either('qualifiers')})+(?=$|基金$|计划$)"),
        "contest": re.compile(f"(?:{either('contests')})$|\\b(?:{either('contests_english')})\\b"),
        "titled": re.compile(f"^(?:{either('common_titles', 'officials')})(?=[\u4e00-\u9fff]{{2,4}}$)"),
        "posted": re.compile(f"^.{{2,}}(?:{either('common_titles', 'officials')})([\u4e00-\u9fff]{{2,4}})$"),
    }


@dataclass(frozen=True, slots=True)
class Name:
    """One name: `key` is its folded form, `core` that without what writers vary, `edition` the year or number it bears.

    `others` are cores that it also has if the context agrees.
    """

    key: str
    core: str
    edition: str = ""
    weak: Weakness = ""
    others: tuple[str, ...] = ()
    phase: str = ""


def split_names(name: str) -> tuple[str, ...]:
    """Return a name, or the two that one string holds: 「甲局(Bureau A)」.

    >>> split_names("科技券 (Technology Voucher)")
    ('科技券', 'Technology Voucher')
    """
    half = unicodedata.normalize("NFKC", name)
    match = _BRACKET.search(half)
    if match and _HAN.search(half[: match.start()]) and re.fullmatch(r"[A-Za-z][^\u3400-\u9fff]+", match.group(1)):
        return half[: match.start()], match.group(1)
    if match and _is_short_for(name_key(match.group(1)), name_key(half[: match.start()])):
        return half[: match.start()], match.group(1)
    return (name,)


def _is_short_for(short: str, long: str) -> bool:
    """Tell whether a Chinese name in brackets is the short form of that before it: 「香港中華廠商聯合會（廠商會）」."""
    letters = iter(long)
    if len(short) < 2 or len(long) <= len(short) or not _HAN.search(short):
        return False
    return short[-1] == long[-1] and all(c in letters for c in short)


@lru_cache(maxsize=200_000)
def read_name(name: str, type_: EntityType) -> Name:
    """Return what identity sees of a name.

    >>> read_name("創新及科技基金", "Programme").core == read_name("创新科技基金", "Programme").core
    True
    >>> read_name("第28屆香港國際影視展", "Event").edition
    '28'
    """
    key = name_key(name)
    if type_ == "Person":
        core = _person(name, key)
        # A married woman's name begins with her husband's surname.
        if not _HAN.search(key):
            return Name(key, core, weak="person", others=("letters " + "".join(sorted(core.replace(" ", ""))),))
        # She may also be called by his with her given name.
        married = (core[1:], core[0] + core[2:]) if len(core) == 4 and {core[0], core[1]} <= _surnames() else ()
        return Name(key, core, weak="person", others=married)
    core, edition = _core(name, key, type_)
    return Name(
        key,
        core or key,
        edition,
        _weakness(name, key, core, type_),
        _others(name, core, type_),
        part_of(key, name, type_),
    )


def _core(name: str, key: str, type_: EntityType) -> tuple[str, str]:
    core, edition = (_han_core if _HAN.search(key) else _latin_core)(name, type_, editions=type_ != "Policy")
    if type_ == "Programme" and not _patterns()["contest"].search(core):
        edition = ""
    if type_ == "Policy":
        # The number in a policy's name is mostly the year it aims at; but some come anew each year.
        yearly, year = (_han_core if _HAN.search(key) else _latin_core)(name, type_, editions=True)
        yearly = _WHOSE.sub("", yearly)
        core, edition = (yearly, year) if is_yearly(yearly) or is_annual(yearly) else (core, edition)
    return core, edition


@lru_cache(maxsize=16_384)
def core_of(name: str, type_: EntityType) -> tuple[str, Weakness]:
    """Return the core of a name and how weak it is, as `read_name` does, which takes twice as long for all it tells."""
    if type_ == "Person":
        return read_name(name, type_).core, "person"
    key = name_key(name)
    core, _ = _core(name, key, type_)
    return core or key, _weakness(name, key, core, type_)


def _others(name: str, core: str, type_: EntityType) -> tuple[str, ...]:
    """Return what the name may be written as where the context agrees."""
    key = name_key(name)
    if not _HAN.search(key):
        return ()
    whole = _GROUP.sub("", core)
    found = [whole] if whole != core and not is_generic(whole) else []
    if type_ == "Organisation":
        plain = core[:-2] if core != key and core.endswith("香港") and len(core) > 3 else core
        short = _patterns()["trade"].sub("", plain) if plain != key else plain
        branch = _BRANCH.sub("", fold(name))
        if branch != fold(name) and plain != key:
            # 「云鲸智能创新（深圳）有限公司」 may be 云鲸智能.
            found += [_TRADE.sub("", _han_core(branch, type_, editions=False)[0])]
        return tuple(c for c in dict.fromkeys((plain, short, *found)) if c != core and not is_generic(c))
    latin = _BRAND_LATIN.match(core)
    if latin and is_generic(core[latin.end(1) :]):
        found.append(latin.group(1))
    brand = _BRAND.match(name)
    if brand and len(name_key(brand.group(1))) > 1 and not is_generic(name_key(brand.group(1))):
        found.append(name_key(brand.group(1)))
    if type_ == "Programme":
        plain = _patterns()["qualifier"].sub("", core)
        found += [plain] if plain != core and not is_generic(plain) else []
    match = _BODY.match(core)
    if match and len(core) - match.end() >= 4 and not is_generic(core[match.end() :]):
        found.append(core[match.end() :])
    return tuple(found)


@lru_cache(maxsize=1)
def _surnames() -> frozenset[str]:
    return surnames()[0]


def _person(name: str, key: str) -> str:
    if _HAN.search(key):
        for a, b in words()["characters"].items():
            key = key.replace(a, b)
        core = _patterns()["titled"].sub("", _patterns()["honorific"].sub("", key))
        # 「財經事務及庫務局局長許正宇」: what stands before the last title is the post.
        post = _patterns()["posted"].match(core) if len(core) > 4 else None
        return post.group(1) if post and post.group(1)[0] in _surnames() else core
    titles = set(words()["honorifics_english"])
    # Fo'an is Foan.
    tokens = re.findall(r"[a-z]+", re.sub("['’ʼ]", "", unaccented(name)))
    return " ".join(sorted(t for t in tokens if t not in titles)) or key


def unaccented(text: str) -> str:
    """Return a text in lower case and without accents.

    >>> unaccented("António")
    'antonio'
    """
    return "".join(c for c in unicodedata.normalize("NFKD", text).casefold() if not unicodedata.combining(c))


def _han_core(name: str, type_: EntityType, *, editions: bool) -> tuple[str, str]:
    key = name_key(name)
    if type_ == "Organisation":
        key = _SHARES.sub("", key)
        # Before what stands in front: 「香港寬頻有限公司」 is 香港寬頻.
        rest = _patterns()["firm"].sub("", key)
        key = key if _patterns()["generic"].fullmatch(rest) else rest
    for a, b in words()["characters"].items():
        key = key.replace(a, b)
    for a, b in words()["variants"].items():
        key = key.replace(a, b)
    key = plain_numbers(key)
    key, edition = _edition(key) if editions and type_ in {"Event", "Policy", "Programme"} else (key, "")
    patterns = _patterns()
    core = patterns["place"].sub(r"\1", key)
    if type_ == "Organisation" and patterns["local"].match(core):
        for full, short in words()["offices_short"].items():
            core = core.replace(full, short)
    if type_ in {"Organisation", "Programme", "Policy"}:
        rest = patterns["home"].sub("", core)
        core = core if patterns["generic"].fullmatch(rest) else rest
    if type_ == "Programme":
        core = _ROUND.sub("", _PHASE.sub("", core) or core)
    if type_ == "Programme":
        rest = patterns["scheme"].sub("", core)
        core = core if patterns["generic"].fullmatch(rest) else rest
    return patterns["links"].sub("", core), edition


def _edition(key: str) -> tuple[str, str]:
    """Return a folded name without the year and the number of its edition, and these.

    A span of years such as 2024–25 counts as its first.
    """
    years: list[str] = []

    def take(match: re.Match[str]) -> str:
        years.append(match.group(1))
        return ""

    def span(match: re.Match[str]) -> str:
        first, last = int(match.group(1)), int(match.group(2))
        return take(match) if (first + 1) % 100 == last else match.group()

    short = _SHORT_SPAN.match(key)
    if short and (int(short[1]) + 1) % 100 == int(short[2]):
        key = "20" + key
    rest = _YEAR.sub(take, _SPAN.sub(span, key))
    numbers: list[str] = []
    rest = _EDITION.sub(lambda m: numbers.append((m.group(1) or m.group(2)).replace("首", "1")) or "", rest)  # type: ignore[func-returns-value]
    if len(rest) < 2:
        return key, ""
    return rest, "-".join([*numbers[:1], *years[:1]])


def _latin_core(name: str, type_: EntityType, *, editions: bool) -> tuple[str, str]:
    data = words()
    text, edition = unaccented(fold(name)), ""
    if type_ in {"Event", "Programme"}:
        text = counted(text, rounds=type_ == "Programme")
    if editions and type_ in {"Event", "Policy", "Programme"}:
        text, edition = _edition(re.sub(r"(?<=\d)[-–/](?=\d)", "", text))
    if type_ == "Programme":
        text = _PHASE.sub("", text.strip(" ()")) or text
    text = _LETTERS.sub(lambda m: data["letters_english"][m[0]], _PREFIX.sub(r"\1", re.sub("['’.]", "", text)))
    tokens = [data["spellings"].get(t, t) for t in re.findall(r"[a-z0-9+@]+|&", text)]
    tokens = " ".join(tokens).split()
    plain = [t for t in tokens if t not in data["links_english"]]
    text = " ".join(plain)
    for region, short in data["regions_english"].items():
        text = text.replace(region, short)
    plain = text.split()
    for home in data["home_english"]:
        if plain[: len(home)] == home and not set(plain[len(home) :]) <= set(data["generic_english"]):
            plain = plain[len(home) :]
            break
    ends = {"Organisation": "firm_english", "Programme": "scheme_english"}.get(type_)
    while ends and len(plain) > 1 and plain[-1] in data[ends] and not set(plain[:-1]) <= set(data["generic_english"]):
        plain = plain[:-1]
    return " ".join(plain) or " ".join(tokens), edition


@lru_cache(maxsize=1)
def common() -> dict[str, float]:
    """Return how much the common pairs of characters and English words tell where two texts share them: little, or 0."""
    lines = data_path("identity", "common.txt").read_text(encoding="utf-8").split()
    return {line.rstrip("?"): 0.5 if line.endswith("?") else 0.0 for line in lines}


def _weakness(name: str, key: str, core: str, type_: EntityType) -> Weakness:
    data = words()
    if not _HAN.search(key):
        tokens = re.findall("[a-z]+", core)
        if set(tokens) <= set(data["generic_english"]):
            return "generic"
        return "abbreviation" if re.fullmatch(r"[A-Z][A-Za-z0-9&²³]{1,4}", name.strip()) else ""
    if len(key) <= _TELLING and _patterns()["generic"].fullmatch(key):
        return "generic"
    if type_ == "Organisation" and is_relative(key):
        return "relative"
    if (
        2 < len(key) <= _PLAIN
        and not _patterns()["local"].match(key)
        and all(key[i : i + 2] in common() for i in range(len(key) - 1))
    ):
        return "generic"
    return "short" if len(key) <= 2 else ""


def is_relative(key: str) -> bool:
    """Tell whether a folded name starts with 市, 省, 区 or 县: whose, the document's place says."""
    return bool(re.match("(?:本|全)?[市省县](?!场|面|民)|区(?!块|域|议|间)", key))


def is_yearly(core: str) -> bool:
    """Tell whether a core is that of a policy address or a budget, of which each year has its own."""
    return _YEARLY.fullmatch(core) is not None


def is_annual(core: str) -> bool:
    """Tell whether a core is that of another policy document of which each year has its own: 政府工作報告."""
    return any(word in core for word in words()["annual"])


def is_bare(name: Name) -> bool:
    """Tell whether a person's name is but a surname and a title: 「葉總」."""
    if name.weak != "person" or len(name.core) < 2 or name.core[0] not in _surnames():
        return False
    return name.core[1:] in words()["address"] or name.core[1:] in words()["honorifics"]


def is_generic(core: str) -> bool:
    """Tell whether a Chinese name says only what a thing is."""
    return bool(_patterns()["generic"].fullmatch(core))


def abbreviates(short: str, long: str) -> bool:
    """Tell whether a Chinese core may be the other's abbreviation: its characters in order, here and there one left out.

    What leaves out a whole word from a longer name is no abbreviation but another name, mostly the owner's.

    >>> abbreviates("创科署", "创新科技署"), abbreviates("发展局", "贸易发展局")
    (True, False)
    >>> abbreviates("数码港培育计划", "数码港智慧生活初创培育计划")
    False
    """
    if long.startswith(short) and len(short) > 1 and long[len(short) :] in words()["tails"]:
        return True
    # 委員會 is short for itself by its first character, as of 發改委.
    whole = _SHORTENED.get(short[-1:])
    if whole and long.endswith(whole) and len(long) > len(whole) + 1:
        long = long[: 1 - len(whole)]
    end = sum(1 for _ in takewhile(lambda c: c[0] == c[1], zip(short[::-1], long[::-1], strict=False)))
    if len(short) > _ABBREVIATION and end >= 3 and len(short) - end >= 2:
        # One part is abbreviated, what stands after it is written out: 北都行動綱領, 珠三角規劃綱要.
        head, whole = short[:-end], long[:-end]
        return (
            len(whole) <= (6 if end == 3 or len(head) < 3 else 14)
            and not whole.endswith(head)
            and abbreviates(head, whole + head[-1])
        )
    if not 2 <= len(short) <= min(_ABBREVIATION, len(long) - 1) or not _HAN.search(short) or not _HAN.search(long):
        return False
    if short[0] != long[0] or short[-1] not in long[-2:] or long.startswith(short):
        return False
    gaps, last = [], 0
    for char in short[1:]:
        place = long.find(char, last + 1)
        if place < 0:
            return False
        if place > last + 1:
            gaps.append(long[last + 1 : place])
        last = place
    left_out = "".join(gaps)
    enough = len(gaps) > 1 or len(short) < _ABBREVIATION
    return bool(gaps) and enough and max(map(len, gaps)) <= 4 and not re.search(r"[\d第期]", left_out)


def initials(short: str, long: str) -> bool:
    """Tell whether Latin letters are the initials of a longer English core.

    >>> initials("itc", "innovation technology commission")
    True
    """
    tokens = long.split()
    return (
        len(short) >= 3
        and len(tokens) >= 2
        and short.isalpha()
        and short.isascii()
        and short == "".join(t[0] for t in tokens)
    )
