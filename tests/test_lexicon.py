"""The lexicon is in canonical form: sorted, unique, one type and kind a thing."""

from __future__ import annotations

import csv
from collections import defaultdict
from pathlib import Path

import pytest

from kg.language.script import name_key
from kg.pipeline.lexicon import read_entries

FILES = sorted((Path(__file__).parent.parent / "kg" / "data" / "lexicon").glob("*.tsv"))


def rows(path: Path) -> list[list[str]]:
    """The lines of a file below its head."""
    return list(csv.reader(path.read_text(encoding="utf-8").splitlines()[1:], delimiter="\t", quoting=csv.QUOTE_NONE))


def test_the_lexicon_is_read() -> None:
    assert len(FILES) >= 10
    assert len(read_entries()) == sum(len(rows(path)) for path in FILES) > 800


@pytest.mark.parametrize("path", FILES, ids=lambda p: p.stem)
def test_sorted_by_id_and_form(path: Path) -> None:
    keys = [(row[3], row[0]) for row in rows(path)]
    assert keys == sorted(keys), f"repair: (head -1 {path.name}; tail -n +2 {path.name} | LC_ALL=C sort -t$'\\t' -k4,4 -k1,1)"


@pytest.mark.parametrize("path", FILES, ids=lambda p: p.stem)
def test_cells_are_clean(path: Path) -> None:
    for row in rows(path):
        assert [c for c in row if c != c.strip()] == [], row
        form, type_, kind, id_, language, source = row
        assert name_key(form), row
        assert language in {"zh-Hant", "zh-Hans", "en"}, row
        assert source, row
        assert bool(kind) == (type_ == "Organisation"), row
        assert id_ == id_.lower() and id_.isascii() and " " not in id_, row


def test_a_form_names_one_thing() -> None:
    ids = defaultdict(set)
    for entry in read_entries():
        ids[name_key(entry.form)].add(entry.id)
    assert {form: found for form, found in ids.items() if len(found) > 1} == {}


def test_a_thing_has_one_type_and_kind() -> None:
    kinds = defaultdict(set)
    for entry in read_entries():
        kinds[entry.id].add((entry.type, entry.kind))
    assert {id_: found for id_, found in kinds.items() if len(found) > 1} == {}
