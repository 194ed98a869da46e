"""Short names that people use for known things and that other things have too: sure only of a name found by other means."""

from __future__ import annotations

import csv
import re
from collections import defaultdict
from collections.abc import Iterable
from functools import lru_cache

from kg.errors import DataError
from kg.language.script import fold, name_key
from kg.model import EntityType
from kg.pipeline.lexicon import packaged
from kg.resolve.names import read_name
from kg.resources import data_path

_COLUMNS = ["id", "names", "words", "source"]
# Zones are places, and laws are no policy: extraction does not look for them; where it found one, its names are known.
_PLACE = re.compile("(?:place|law)-[a-z-]+")
# Shorter English words than this are no beginning of others.
_PREFIX = 4
Uses = dict[tuple[str, str], list[tuple[str, tuple[str, ...]]]]


@lru_cache(maxsize=1)
def short_names() -> Uses:
    """Return for type and folded name the ids of ``kg/data/identity/short.tsv``, each with words one of which must stand around.

    Raises `DataError` for a line with an id that the lexicon has not, or with other columns.
    """
    path = data_path("identity", "short.tsv")
    rows = list(csv.reader(path.read_text(encoding="utf-8").splitlines(), delimiter="\t", quoting=csv.QUOTE_NONE))
    known = packaged().by_id
    if rows[0] != _COLUMNS or any(
        len(r) != len(_COLUMNS) or not (r[0] in known or _PLACE.match(r[0])) for r in rows[1:]
    ):
        raise DataError("E204", f"each line must have the columns {' '.join(_COLUMNS)} and a known id", where=path.name)
    found: Uses = defaultdict(list)
    for id_, names, around, _ in rows[1:]:
        hints = tuple(w for w in around.split(";") if w)
        for name in names.split(";"):
            type_: EntityType = (
                known[id_][0].type if id_ in known else "Policy" if id_.startswith("law-") else "Facility"
            )
            # 芯片和科學法案 is 芯片與科學法案.
            for key in {name_key(name), read_name(name, type_).core}:
                found[type_, key].append((id_, hints))
    return dict(found)


@lru_cache(maxsize=4096)
def one_of(words: tuple[str, ...]) -> re.Pattern[str]:
    """Return a pattern for a folded text in which one of these stands: capitals as a word, English by its beginning.

    >>> bool(one_of(("WHO", "fenc")).search("fencing")), bool(one_of(("WHO", "fenc")).search("the whole defence"))
    (True, False)
    """
    found = []
    for word in words:
        plain = re.escape(fold(word).casefold())
        end = "(?![a-z0-9])" if word.isupper() or len(word) < _PREFIX else ""
        found.append(f"(?<![a-z0-9]){plain}{end}" if word[0].isascii() else plain)
    return re.compile("|".join(found))


def meant(type_: EntityType, keys: Iterable[str], sentences: Iterable[str]) -> str | None:
    """Return the one known thing that a short name may mean in these folded sentences.

    >>> meant("Organisation", ["北航"], ["北航在北京研制机器人"])
    'cn-buaa'
    """
    text = " ".join(sentences)
    uses = [use for key in keys for use in short_names().get((type_, key), ())]
    ids = {id_ for id_, hints in uses if not hints or one_of(hints).search(text)}
    return min(ids) if len(ids) == 1 else None
