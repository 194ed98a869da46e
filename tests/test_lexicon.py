"""The lexicon files: their form, their order, and that a name means one thing."""

from __future__ import annotations

import re
from collections import defaultdict
from pathlib import Path

import pytest

from kg.language.script import fold, name_key
from kg.pipeline.lexicon import Lexicon, read_entries
from kg.resources import data_path

COLUMNS = ["form", "type", "kind", "id", "language", "source"]
KINDS = {"government", "public_body", "company", "academic", "association", "media", "international", "other"}
TYPES = {"Organisation", "Programme", "Facility", "Policy", "Event"}
LANGUAGES = {"zh-Hant", "zh-Hans", "en"}
FILES = sorted(Path(str(data_path("lexicon"))).glob("*.tsv"))
# Few forms of a file would mean that it was cut off; the whole has many more.
FLOOR = 150
FLOOR_ALL = 5000

Row = list[str]


def rows(path: Path) -> list[Row]:
    lines = path.read_text(encoding="utf-8").split("\n")
    assert lines[-1] == "", f"{path.name} must end in a line break"
    return [line.split("\t") for line in lines[1:-1]]


ROWS: list[tuple[str, Row]] = [(path.name, row) for path in FILES for row in rows(path)]


def test_lexicon_has_enough_forms() -> None:
    assert len(ROWS) >= FLOOR_ALL
    assert all(len(rows(path)) >= FLOOR for path in FILES)


@pytest.mark.parametrize("path", FILES, ids=lambda p: p.name)
def test_file_has_the_columns(path: Path) -> None:
    assert path.read_text(encoding="utf-8").split("\n", 1)[0].split("\t") == COLUMNS
    wrong = [n for n, row in enumerate(rows(path), 2) if len(row) != len(COLUMNS) or any(c != c.strip() for c in row)]
    assert not wrong, f"{path.name}: {len(COLUMNS)} trimmed columns expected in lines {wrong}"


def test_cells_have_known_values() -> None:
    wrong = []
    for name, (form, type_, kind, id_, language, source) in ROWS:
        known = type_ in TYPES and language in LANGUAGES and form and source
        kinded = kind in KINDS if type_ == "Organisation" else kind == ""
        if not (known and kinded and re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", id_)):
            wrong.append(f"{name}: {form} {type_} {kind} {id_} {language}")
    assert not wrong, wrong


def test_language_fits_the_letters() -> None:
    wrong = [
        f"{name}: {row[0]}" for name, row in ROWS if (row[4] == "en") == bool(re.search("[\u3400-\u9fff]", row[0]))
    ]
    assert not wrong, wrong


@pytest.mark.parametrize("path", FILES, ids=lambda p: p.name)
def test_file_is_sorted_by_id_and_form(path: Path) -> None:
    keys = [(row[3], row[0]) for row in rows(path)]
    advice = (
        f"(head -n 1 {path.name}; tail -n +2 {path.name} | LC_ALL=C sort -t \"$(printf '\\t')\" -k4,4 -k1,1) "
        f"> new && mv new {path.name}"
    )
    assert keys == sorted(keys), f"sort the file: {advice}"


def test_form_stands_once() -> None:
    found = defaultdict(list)
    for name, row in ROWS:
        found[fold(row[0])].append(f"{name}: {row[0]}")
    twice = [places for places in found.values() if len(places) > 1]
    assert not twice, twice


def test_name_means_one_thing() -> None:
    found = defaultdict(set)
    for _, row in ROWS:
        found[name_key(row[0])].add(row[3])
    many = {key: sorted(ids) for key, ids in found.items() if len(ids) > 1}
    assert not many, many


def test_id_has_one_type_and_one_file() -> None:
    found = defaultdict(set)
    for name, row in ROWS:
        found[row[3]].add((name, row[1], row[2]))
    many = {id_: sorted(kinds) for id_, kinds in found.items() if len(kinds) > 1}
    assert not many, many


def test_no_short_latin_form() -> None:
    short = [row[0] for _, row in ROWS if re.fullmatch("[A-Za-z]{1,2}", row[0])]
    assert not short, short


def test_generic_words_and_places_are_no_entries() -> None:
    forms = {name_key(row[0]) for _, row in ROWS}
    banned = [
        "政府",
        "香港",
        "前海",
        "河套",
        "北部都會區",
        "大灣區",
        "中小企",
        "初創企業",
        "行政長官",
        "財政司司長",
        "基金",
        "計劃",
    ]
    assert not [word for word in banned if name_key(word) in forms]


def test_packaged_lexicon_finds_a_name_in_either_script() -> None:
    lexicon = Lexicon(read_entries())
    for text in ("創新科技署", "创新科技署", "Innovation and Technology Commission"):
        assert {hit.entry.id for hit in lexicon.find(fold(text))} >= {"hk-itc"}
