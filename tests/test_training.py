"""The training corpus: every passage is well-formed, and there is enough of everything."""

from __future__ import annotations

import importlib.util
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
    assert len(samples) >= 1500
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
    assert [(sample.text[s:e], t) for s, e, t in sample.spans] == [
        ("甲局", "Organisation"),
        ("局長", "Title"),
        ("乙丙", "Person"),
    ]


def test_document_names_are_found_where_the_gold_says(corpus: ModuleType) -> None:
    gold = sorted((TRAINING.parent / "tests" / "gold").glob("*.json"))[1]
    context, spans = corpus.read_gold(gold, [TRAINING.parent / "seeds"])
    assert len(spans) > 15
    assert all(context.text[s:e].strip() for s, e, _ in spans)


@pytest.fixture(scope="module")
def documents() -> ModuleType:
    """The module that makes training documents."""
    sys.path.insert(0, str(TRAINING))
    try:
        import documents
    finally:
        sys.path.remove(str(TRAINING))
    return documents


def test_passages_say_relations_between_their_own_names(documents: ModuleType) -> None:
    passages = documents.read_passages()
    assert len(passages) > 100
    for sample, said in passages:
        names = {sample.text[s:e] for s, e, _ in sample.spans}
        assert all(a in names and b in names and a != b for _, a, b in said), sample.source
    assert {p for _, said in passages for p, _, _ in said} == set(documents._SAID.values())


def test_what_the_corpus_says_is_about_passages_that_exist(documents: ModuleType, corpus: ModuleType) -> None:
    said = documents.read_relations()
    texts = {documents.digest(s.text): s for s in corpus.read_corpus()}
    known = set(said) & set(texts)
    assert len(known) > 500
    for key in known:
        names = {texts[key].text[s:e] for s, e, _ in texts[key].spans}
        assert all(a in names and b in names for _, a, b in said[key]), texts[key].source


def test_two_readings_of_a_tenth_agree(corpus: ModuleType) -> None:
    path = TRAINING / "agreement.py"
    spec = importlib.util.spec_from_file_location("agreement", path)
    assert spec is not None and spec.loader is not None
    agreement = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(agreement)
    second = [
        corpus.parse(line.strip(), "second")
        for line in agreement.SECOND.read_text(encoding="utf-8").splitlines()
        if line.strip()
    ]
    figures = agreement.agreement(corpus.read_corpus(), second)
    assert figures["passages"] >= len(corpus.read_corpus()) * 0.09
    assert figures["typed"] >= 0.9
    assert agreement.kappa(["a", "b", "a", "b"], ["a", "b", "b", "a"]) == 0
