"""A short run of `benchmarks/fuzz.py`, and what longer ones have found."""

from __future__ import annotations

import importlib.util
import sys
import time
from pathlib import Path
from types import ModuleType

import pytest

from kg.language.numbers import read_han
from kg.language.sentences import split_sentences
from kg.pipeline import extract
from kg.reading import read_bytes

PATH = Path(__file__).parent.parent / "benchmarks" / "fuzz.py"


def load() -> ModuleType:
    """The benchmark as a module."""
    spec = importlib.util.spec_from_file_location("fuzz", PATH)
    assert spec and spec.loader
    module = importlib.util.module_from_spec(spec)
    sys.modules["fuzz"] = module
    spec.loader.exec_module(module)
    return module


FUZZ = load()
NAMES = sorted(FUZZ.cases())


def test_every_reader_is_tried() -> None:
    assert {n for n in NAMES if n.startswith("read ")} == {
        f"read {s}" for s in (".docx", ".eml", ".html", ".md", ".pdf", ".txt")
    }
    assert {"numbers", "pipeline", "query", "named query"} <= set(NAMES)


@pytest.mark.parametrize("name", NAMES)
def test_short_run(name: str) -> None:
    FUZZ.attempt(name, examples=25, luck=7)


def test_the_run_notices_what_goes_wrong() -> None:
    def broken(value: object) -> None:
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        FUZZ.guarded(broken)("x")


def test_a_line_of_clauses_without_an_end() -> None:
    """Found by tests/engine/test_hostile.py: rules compared every clause of a sentence with every other, and its ends."""
    start = time.process_time()
    facts = extract(read_bytes(("「遠洋青年計劃」獲香港大學撥款五億元，" * 150).encode(), name="a.txt"))
    assert time.process_time() - start < 10
    assert facts.amounts


def test_long_sentences_are_cut_after_a_comma_and_nothing_is_lost() -> None:
    text = "撥款五億元成立計劃，" * 200 + "完。下一句。" + "字" * 1500
    ranges = split_sentences(text)
    assert "".join(text[a:b] for a, b in ranges) == text
    assert all(b - a <= 600 for a, b in ranges)
    assert all(text[b - 1] in "，。" for _, b in ranges[:5])
    whole = "甲，" * 290 + "。"
    assert split_sentences(whole) == [(0, len(whole))]


def test_a_word_of_many_letters() -> None:
    """Mail addresses were looked for from each letter of a word on: twenty thousand letters took minutes."""
    start = time.process_time()
    extract(read_bytes(b"x" * 20_000, name="a.txt"))
    assert time.process_time() - start < 20


def test_a_numeral_that_ends_in_a_half() -> None:
    assert read_han("点半") is None and read_han("三点半") is None
    assert str(read_han("三点五")) == "3.5"
