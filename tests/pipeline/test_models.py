"""The trained models: decoding, files, and a build that works without them."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

import kg
from kg.errors import DataError
from kg.pipeline import components, holders, likely
from kg.pipeline.arbiter import Arbiter
from kg.pipeline.context import Context
from kg.pipeline.lexicon import packaged
from kg.pipeline.linear import Linear, packaged_model, softmax
from kg.pipeline.network import FEATURES, Network, packaged_network
from kg.pipeline.observe import Columns, columns
from kg.pipeline.recogniser import Recogniser, packaged_recogniser, spans_of
from kg.reading import read_bytes

TEXT = "創新科技署撥款三億元成立「遠洋青年計劃」，由海事發展局主席林海生主持啟動禮。計劃每家企業最多可獲50萬元。"


def tiny() -> Recogniser:
    """A recogniser that knows one observation for each label of a two-character person."""
    labels = ["O", "B-Person", "I-Person", "E-Person", "S-Person"]
    keys = np.array([10, 20, 30], dtype=np.uint64)
    weights = np.array([[1, 0, 0, 0, 0], [0, 3, 0, 0, 0], [0, 0, 0, 3, 0]], dtype=np.float32)
    return Recogniser(labels, keys, weights, np.zeros((5, 5), dtype=np.float32))


def observed(*rows: int) -> np.ndarray:
    return np.array([[r] for r in rows], dtype=np.uint64)


def test_the_best_sequence_is_found() -> None:
    assert [s[:3] for s in tiny().spans(observed(10, 20, 30, 10), [(0, 4)])] == [(1, 3, "Person")]


def test_a_name_never_begins_in_its_middle() -> None:
    # The last character alone looks like the end of a name, but nothing before it like a beginning.
    found = tiny().spans(observed(10, 30), [(0, 2)])
    assert all(end - start == 2 for start, end, *_ in found)


def test_pieces_of_unequal_length_do_not_disturb_one_another() -> None:
    rows = observed(20, 30, 10, 10, 10, 20, 30)
    together = tiny().spans(rows, [(0, 2), (2, 7)])
    assert [s[:3] for s in together] == [(0, 2, "Person"), (5, 7, "Person")]


def test_unknown_observations_count_for_nothing() -> None:
    assert not tiny().emissions(observed(99)).any()


def test_labels_become_spans() -> None:
    assert spans_of(["B-Event", "I-Event", "E-Event", "O", "S-Title"]) == [(0, 3, "Event"), (4, 5, "Title")]


@pytest.mark.parametrize("content", [b"", b"no archive", b"{}", b"PK\x03\x04broken"])
@pytest.mark.parametrize("model", [Recogniser, Network, Arbiter, Linear])
def test_a_broken_model_is_an_error_that_names_the_file(
    tmp_path: Path, model: type[Recogniser | Network | Arbiter | Linear], content: bytes
) -> None:
    path = tmp_path / "model.npz"
    path.write_bytes(content)
    with pytest.raises(DataError, match=r"E230.*model\.npz"):
        model.read(path)


def test_a_linear_model_adds_its_weights(tmp_path: Path) -> None:
    path = tmp_path / "m.npz"
    Linear(["a", "b"], {"x": [1.0, 2.0], "日|\n": [0.0, 4.0]}, [0.5, 0.0]).write(path)
    model = Linear.read(path)
    assert {f: w.tolist() for f, w in model.weights.items()} == {"x": [1.0, 2.0], "日|\n": [0.0, 4.0]}
    model.write(tmp_path / "n.npz")
    assert (tmp_path / "n.npz").read_bytes() == path.read_bytes()
    assert model.scores(["x", "unknown", "x"]).tolist() == [2.5, 4.0]
    assert softmax(model.scores([])).sum() == pytest.approx(1)


def test_the_models_come_with_the_package() -> None:
    recogniser = packaged_recogniser()
    assert recogniser is not None
    assert {label[2:] for label in recogniser.labels} >= {"Person", "Organisation", "Programme", "Title"}
    assert packaged_model("holders") is not None
    assert packaged_model("relations") is not None
    folder = Path(kg.__file__).parent / "data" / "model"
    assert sum(p.stat().st_size for p in folder.iterdir()) < 20_000_000
    assert {p.suffix for p in folder.iterdir()} == {".npz"}, "models of another form are not read"


def test_extraction_works_without_any_model(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(components, "packaged_recogniser", lambda: None)
    monkeypatch.setattr(holders, "packaged_model", lambda name: None)
    monkeypatch.setattr(likely, "packaged_model", lambda name: None)
    facts = kg.extract(read_bytes(TEXT.encode(), name="a.txt"))
    names = {n for e in facts.entities for n in e.names}
    assert {"遠洋青年計劃", "海事發展局", "林海生"} <= names
    assert facts.posts and facts.relations and len(facts.amounts) == 2


def test_extraction_with_the_models_finds_the_same_here() -> None:
    facts = kg.extract(read_bytes(TEXT.encode(), name="a.txt"))
    assert {"遠洋青年計劃", "海事發展局", "林海生"} <= {n for e in facts.entities for n in e.names}
    assert {a.role for a in facts.amounts} == {"budget", "cap"}


def small_network() -> Network:
    """A network of one member that knows the character 林 for a whole name, and everything else for none."""
    width, labels = 4, ["O", "S-Person"]
    data = {
        "share": np.array(0.5),
        "outside": np.array(0.25),
        "steps": np.array([2.0]),
        "0.char": np.array([[1, 0, 0, 0], [1, 0, 0, 0], [0, 1, 0, 0]]),
        "0.word": np.zeros((8, width)),
        "0.pair": np.zeros((8, width)),
        "0.project": np.eye(width),
        **{f"0.feature_{name}": np.zeros((size, width)) for name, size in FEATURES.items()},
        "0.norm": np.array([[1.0] * width, [0.0] * width]),
        "0.last_norm": np.array([[1.0] * width, [0.0] * width]),
        "0.layer_0": np.zeros((3 * width, 2 * width)),
        "0.bias_0": np.zeros(2 * width),
        "0.last": np.array([[3.0, 0], [0, 3], [0, 0], [0, 0]]),
        "0.last_bias": np.zeros(2),
    }
    weights = {k: np.asarray(v, dtype=np.float32) for k, v in data.items()}
    return Network(labels, weights, np.array([ord("林")], dtype=np.uint64))


def seen_of(text: str) -> Columns:
    context = Context(read_bytes(text.encode(), name="a.txt"), text, text)
    return columns(context, packaged())


def test_a_network_tells_names_from_the_rest() -> None:
    scores = small_network().log_probabilities(seen_of("甲林乙"))
    assert scores.argmax(axis=1).tolist() == [0, 1, 0]
    assert np.exp(scores).sum(axis=1) == pytest.approx(1)


def test_a_networks_scores_come_in_the_order_of_another_models_labels() -> None:
    network, seen = small_network(), seen_of("甲林乙")
    own, added = network.log_probabilities(seen), network.scores(seen, ["S-Person", "S-Event", "O"])
    assert added[:, 0] == pytest.approx(own[:, 1] * 0.5)
    assert added[:, 2] == pytest.approx(own[:, 0] * 0.5 + 0.25)
    # A label that the network never met is unlikely for all characters.
    assert (added[:, 1] < added.max(axis=1)).all()


def test_a_long_text_is_scored_as_its_parts_are() -> None:
    network = packaged_network()
    assert network is not None
    part = TEXT + "\n"
    # Longer than a block; away from both ends every copy is scored alike.
    scores = network.log_probabilities(seen_of(part * 60))
    copies = scores.reshape(60, len(part), -1)
    assert np.allclose(copies[1:-1], copies[1], atol=1e-3)


def test_added_scores_move_the_best_sequence() -> None:
    model = tiny()
    rows = observed(10, 10, 10)
    added = np.zeros((3, 5), dtype=np.float32)
    assert model.spans(rows, [(0, 3)], added) == []
    added[1, model.labels.index("S-Person")] = 5
    assert [s[:3] for s in model.spans(rows, [(0, 3)], added)] == [(1, 2, "Person")]
