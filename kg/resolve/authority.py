"""Ids of the outside world for well-known bodies, from a reviewed table, with their check digits."""

from __future__ import annotations

import csv
import re
from collections.abc import Callable
from functools import lru_cache

from kg.errors import DataError
from kg.resources import data_path

_COLUMNS = ["id", "scheme", "value", "source"]
_ADDRESSES = {
    "wikidata": "http://www.wikidata.org/entity/",
    "ror": "https://ror.org/",
    "lei": "https://identifiers.org/lei:",
    "isni": "https://isni.org/isni/",
}
_BASE32 = "0123456789abcdefghjkmnpqrstvwxyz"


def valid_ror(value: str) -> bool:
    """Tell whether a ROR id has the right form and check digits.

    >>> valid_ror("02zhqgq86"), valid_ror("02zhqgq87")
    (True, False)
    """
    if not re.fullmatch(f"0[{_BASE32}]{{6}}[0-9]{{2}}", value):
        return False
    number = 0
    for char in value[:7]:
        number = number * 32 + _BASE32.index(char)
    return 98 - number * 100 % 97 == int(value[7:])


def valid_lei(value: str) -> bool:
    """Tell whether a LEI has the right form and check digits (ISO 7064, mod 97-10).

    >>> valid_lei("INR2EJN1ERAN0W5ZP974"), valid_lei("INR2EJN1ERAN0W5ZP975")
    (True, False)
    """
    return bool(re.fullmatch("[0-9A-Z]{18}[0-9]{2}", value)) and int("".join(str(int(c, 36)) for c in value)) % 97 == 1


def valid_isni(value: str) -> bool:
    """Tell whether an ISNI has the right form and check digit (ISO 7064, mod 11-2).

    >>> valid_isni("0000000121742757"), valid_isni("0000000121742758")
    (True, False)
    """
    if not re.fullmatch("[0-9]{15}[0-9X]", value):
        return False
    total = 0
    for char in value[:15]:
        total = (total + int(char)) * 2
    return "0123456789X"[(12 - total % 11) % 11] == value[15]


VALID: dict[str, Callable[[str], bool]] = {
    "wikidata": lambda value: re.fullmatch("Q[1-9][0-9]{0,9}", value) is not None,
    "ror": valid_ror,
    "lei": valid_lei,
    "isni": valid_isni,
}


@lru_cache(maxsize=1)
def authorities() -> dict[str, tuple[str, ...]]:
    """Return the addresses that mean the same as an entry of the lexicon, by its id.

    Raises `DataError` for a line that is not of the form of its scheme.
    """
    path = data_path("authority.tsv")
    rows = list(csv.reader(path.read_text(encoding="utf-8").splitlines(), delimiter="\t", quoting=csv.QUOTE_NONE))
    if rows[0] != _COLUMNS:
        raise DataError("E205", f"the first line must be {' '.join(_COLUMNS)}", where=path.name)
    found: dict[str, list[str]] = {}
    for number, row in enumerate(rows[1:], 2):
        if len(row) != len(_COLUMNS) or row[1] not in VALID or not VALID[row[1]](row[2]):
            raise DataError("E206", "this is no id of a known scheme", where=f"{path.name}:{number}")
        found.setdefault(row[0], []).append(_ADDRESSES[row[1]] + row[2])
    return {id_: tuple(sorted(addresses)) for id_, addresses in found.items()}
