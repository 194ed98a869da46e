"""A document as a row of signs, and the network that judges whose figures are and how things are related."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from kg.errors import DataError
from kg.language.script import fold
from kg.pipeline import arbiter, holders
from kg.pipeline.arbiter import Arbiter, packaged_arbiter
from kg.pipeline.compared import BACK, BUCKETS, PAIRS, WINDOW, couples, distances, rows_of, windows
from kg.pipeline.components import read
from kg.pipeline.context import Context
from kg.pipeline.figures import places_of
from kg.pipeline.judged import Judged, Related, log_odds, opinion
from kg.pipeline.likely import weighed
from kg.pipeline.linear import Linear
from kg.pipeline.pairs import CLASSES
from kg.pipeline.scene import Scene, scene_of
from kg.reading import read_bytes

TEXT = "創新科技署撥款三億元成立「遠洋青年計劃」。海事發展局由2019年起負責該計劃，至今資助40家企業。"
WIDTH, HIDDEN, STEPS = 6, 5, (1, 2)


def context_of(text: str) -> Context:
    return read(read_bytes(text.encode(), name="a.txt"))


def scene(text: str) -> tuple[Context, Scene]:
    context = context_of(text)
    return context, scene_of(context, [p for p, _ in places_of(context)])


def by_chance(seed: int = 1) -> Arbiter:
    """A network of random weights: what it holds is nothing worth, how it counts is."""
    luck = np.random.default_rng(seed)

    def some(*shape: int) -> np.ndarray:
        return np.asarray(luck.normal(0, 0.5, shape), dtype=np.float32)

    words, kinds = ["", "", *"撥款成立至今資助"], ["", "C", "W", "F.$", "F.#", "M.Prog", "S.body", "way.name"]
    size = len(kinds)
    side = {
        **{k: some(WIDTH, HIDDEN) for k in ("figure", "mention", "thing", "none")},
        **{k: some(HIDDEN) for k in ("bias", "out", "none_bias", "none_out")},
        **{k: some(n, HIDDEN) for k, n in BUCKETS.items()},
        "kind": some(size, HIDDEN),
        "out_bias": some(),
        "none_out_bias": some(),
    }
    related = {
        **{k: some(WIDTH, HIDDEN) for k in ("left", "right", "left_thing", "right_thing")},
        **{k: some(n, HIDDEN) for k, n in BUCKETS.items()},
        **{k: some(size, HIDDEN) for k in ("left_kind", "right_kind")},
        "bias": some(HIDDEN),
        "out": some(HIDDEN, len(CLASSES)),
        "out_bias": some(len(CLASSES)),
    }
    data = {
        "word": some(len(words), WIDTH),
        "kind": some(size, WIDTH),
        "pair": some(PAIRS, WIDTH),
        **{k: np.stack([np.ones(WIDTH), np.zeros(WIDTH)]).astype(np.float32) for k in ("norm", "last_norm")},
        **{f"layer_{n}": some(3 * WIDTH, 2 * WIDTH) for n in range(len(STEPS))},
        **{f"bias_{n}": some(2 * WIDTH) for n in range(len(STEPS))},
        **{f"holders.{k}": v for k, v in side.items()},
        **{f"payers.{k}": v for k, v in side.items()},
        **{f"relations.{k}": v for k, v in related.items()},
    }
    return Arbiter(words, kinds, data, list(STEPS))


def judged(model: Arbiter, text: str) -> tuple[Context, Judged]:
    context = context_of(text)
    return context, model.judge(context, [p for p, _ in places_of(context)])


def test_names_and_figures_are_one_sign_each() -> None:
    context, row = scene(TEXT)
    assert row.kinds.count("F.$") == 1 and row.kinds.count("F.#") == 1
    assert [k for k in row.kinds if k[0] == "S"] == ["S.body", "S.body"]
    assert not {"遠", "海"} & set(row.words), "the characters of a name are not in the row"
    assert {fold("撥"), fold("款"), "#4"} <= set(row.words)
    assert len(row.words) == len(row.kinds) == len(row.ways) == len(row.tails) == len(row.sentences)
    told = {context.folded[slice(*span)] for span in row.spans}
    assert fold("海事發展局") in told and fold("該計劃") in told


def test_other_names_and_sums_of_the_same_kind_look_the_same() -> None:
    one = scene("創新科技署撥款三億元予濱海大學。")[1]
    other = scene("漁農自然護理署撥款5,600萬元予遠山大學。")[1]
    assert (one.words, one.kinds) == (other.words, other.kinds)


def test_the_row_does_not_depend_on_script_or_line_ends() -> None:
    head = "青年出海\n\n"
    plain = scene(head + TEXT)[1]
    simplified = "创新科技署拨款三亿元成立「远洋青年计划」。海事发展局由2019年起负责该计划，至今资助40家企业。"
    for text in (simplified, f"{TEXT[:30]}\n{TEXT[30:]}"):
        other = scene(head + text)[1]
        assert (other.words, other.kinds, other.tails) == (plain.words, plain.kinds, plain.tails)


def test_distances_fall_into_buckets_by_side() -> None:
    found = distances(np.array([-500, -3, 0, 1, 3, 4, 500]))
    assert found.tolist() == [11, 2, 12, 12, 14, 15, 23]
    assert found.max() < BUCKETS["distance"]


def test_a_figure_is_compared_with_the_mentions_up_to_the_end_of_its_sentence() -> None:
    context, row = scene(TEXT)
    rows = rows_of(row, context, {}, {})
    figures = np.array(sorted(row.figures.values()))
    near = windows(rows, figures)
    assert near.mentions.shape == (2, WINDOW)
    last = [rows.sentences[rows.places[near.mentions[n, -1]]] for n in range(2)]
    assert last == [0, 1]
    assert near.there[0].sum() < near.there[1].sum() == len(rows.places)


def test_mentions_far_apart_or_of_one_thing_are_not_compared() -> None:
    context, row = scene(TEXT + "人們都說好。" * 3 + "濱海大學也說好。")
    rows = rows_of(row, context, {}, {})
    near = couples(rows, context)
    sentences = rows.sentences[rows.places]
    assert (sentences[near.right] - sentences[near.left]).max() <= BACK
    assert (rows.groups[near.left] != rows.groups[near.right]).all()
    assert near.asked.any(axis=1).all()


def test_what_is_held_are_probabilities_and_relations_that_types_allow() -> None:
    context, found = judged(by_chance(), TEXT)
    assert found.holders and found.holders.keys() == found.payers.keys()
    for row in (*found.holders.values(), *found.payers.values()):
        assert row.shape == (len(context.groups) + 1,)
        assert np.exp(row).sum() == pytest.approx(1, abs=1e-4)
    types = {p: {context.groups[s].type for s, q, _ in found.relations if q == p} for _, p, _ in found.relations}
    assert types and types.get("funds", set()) <= {"Organisation", "Programme"}
    assert all(0 < r.chance < 1 and r.left[0] < r.right[0] for r in found.relations.values())


def test_a_sentence_far_away_changes_nothing_before_it() -> None:
    model = by_chance()
    (_, alone), (_, more) = judged(model, TEXT + "天氣好。" * 5), judged(model, TEXT + "天氣好。" * 20)
    for start, row in alone.holders.items():
        assert more.holders[start] == pytest.approx(row, abs=1e-4)


def test_a_text_longer_than_a_block_is_judged_as_its_parts_are(monkeypatch: pytest.MonkeyPatch) -> None:
    model = by_chance()
    _, whole = judged(model, TEXT * 4)
    monkeypatch.setattr(arbiter, "_BLOCK", 2)
    _, parts = judged(model, TEXT * 4)
    for start, row in whole.holders.items():
        assert parts.holders[start] == pytest.approx(row, abs=1e-4)
    assert {k: r.chance for k, r in parts.relations.items()} == pytest.approx(
        {k: r.chance for k, r in whole.relations.items()}, abs=1e-4
    )


@pytest.mark.parametrize("text", ["", "天氣好。", "共有40人。", "三億元。", "創新科技署。"])
def test_a_text_without_names_or_figures_is_judged_too(text: str) -> None:
    _, found = judged(by_chance(), text or "。")
    assert found.relations == {}
    assert all(np.isfinite(row).all() for row in found.holders.values())


def test_a_file_without_one_of_the_questions_is_an_error(tmp_path: Path) -> None:
    path = tmp_path / "arbiter.npz"
    ones = np.ones((2, 2), dtype=np.float16)
    np.savez(path, words=["", ""], kinds=[""], steps=[1], word=ones, kind=ones, pair=ones, norm=ones, last_norm=ones)
    with pytest.raises(DataError, match=r"E230.*arbiter\.npz"):
        Arbiter.read(path)


def test_it_comes_with_the_package_and_finds_the_holder() -> None:
    model = packaged_arbiter()
    assert model is not None
    context, found = judged(model, "創新科技署昨日表示，「遠洋青年計劃」至今資助40家企業。")
    (row,) = found.holders.values()
    best = int(row.argmax())
    assert best < len(context.groups) and fold(context.groups[best].names[0]) == fold("遠洋青年計劃")


def test_an_opinion_moves_the_choice() -> None:
    context = context_of(TEXT)
    places = [p for p, _ in places_of(context)]
    blind = Linear(["score"], {"-": [0.0]}, [0.0])
    for wanted in range(len(context.groups)):
        row = np.full(len(context.groups) + 1, -9, dtype=np.float32)
        row[wanted] = 0
        told = Judged(holders={p.start: row for p in places})
        chosen = holders.choose(context, places, blind, blind, told)
        assert {c.holder for c in chosen} <= {wanted, -1, *(p.ruled for p in places)}
        assert any(c.holder == wanted for c in chosen)


def test_nobodys_opinion_is_none() -> None:
    assert opinion({}, 3, [-1, 0]).tolist() == [0, 0]
    assert opinion({3: np.array([-1.0, -2.0, -3.0])}, 3, [-1, 0]).tolist() == [-3, -1]


def test_two_chances_meet_in_the_middle_and_doubt_what_one_has_not_seen() -> None:
    sure, unsure = Related(0.9, (0, 1), (2, 3)), Related(0.5, (4, 5), (6, 7))
    both = weighed({(0, "funds", 1): sure}, {(0, "funds", 1): unsure, (1, "funds", 2): unsure})
    assert both[0, "funds", 1].chance == pytest.approx(0.75)
    assert both[0, "funds", 1].left == (0, 1)
    assert both[1, "funds", 2].chance < 0.2
    assert log_odds(0) == pytest.approx(-log_odds(1))
