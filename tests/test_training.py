"""The training corpus: every passage is well-formed, and there is enough of everything."""

from __future__ import annotations

import sys
from collections import Counter
from pathlib import Path
from types import ModuleType

import pytest

TRAINING = Path(__file__).parent.parent / "training"


@pytest.fixture(scope="module")
def corpus() -> ModuleType:
    """The module that reads the corpus; it stands outside the package, beside its data."""
    sys.path.insert(0, str(TRAINING))
    try:
        import corpus
    finally:
        sys.path.remove(str(TRAINING))
    return corpus


def test_every_passage_is_well_formed(corpus: ModuleType) -> None:
    samples = corpus.read_corpus()
    assert len(samples) >= 1100
    assert not [k for k, n in Counter(s.text for s in samples).items() if n > 1]
    for sample in samples:
        places = [place for start, end, _ in sample.spans for place in (start, end)]
        assert places == sorted(places), sample.source
        assert all(sample.text[s:e] == sample.text[s:e].strip() for s, e, _ in sample.spans), sample.source


def test_every_type_has_examples_and_some_passages_have_none(corpus: ModuleType) -> None:
    samples = corpus.read_corpus()
    types = Counter(t for s in samples for *_, t in s.spans)
    assert set(types) == set(corpus.TYPES.values())
    assert min(types.values()) >= 50
    assert sum(1 for s in samples if not s.spans) > len(samples) / 8


@pytest.mark.parametrize("line", ["<O>甲", "甲</O>", "<O>甲<P>乙</P></O>", "<O>甲</P>", "<O></O>"])
def test_broken_tags_are_named(corpus: ModuleType, line: str) -> None:
    with pytest.raises(ValueError, match=r"a\.txt:1"):
        corpus.parse(line, "a.txt:1")


def test_spans_point_at_the_names(corpus: ModuleType) -> None:
    sample = corpus.parse("<O>甲局</O><T>局長</T><P>乙丙</P>說", "a.txt:1")
    assert sample.text == "甲局局長乙丙說"
    assert [(sample.text[s:e], t) for s, e, t in sample.spans] == [("甲局", "Organisation"), ("局長", "Title"), ("乙丙", "Person")]


def test_document_names_are_found_where_the_gold_says(corpus: ModuleType) -> None:
    gold = sorted((TRAINING.parent / "tests" / "gold").glob("*.json"))[1]
    context, spans = corpus.read_gold(gold, [TRAINING.parent / "seeds"])
    assert len(spans) > 15
    assert all(context.text[s:e].strip() for s, e, _ in spans)
