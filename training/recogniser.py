"""Train the recogniser: ``python training/recogniser.py`` writes ``kg/data/model/recogniser.npz``.

With ``--folds`` nothing is written: each corpus file in turn, and each document, is left out of training and measured.
"""

from __future__ import annotations

import argparse
import random
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path

import numpy as np
import pycrfsuite

from kg.pipeline.lexicon import packaged
from kg.pipeline.observe import observe
from kg.pipeline.recogniser import Recogniser, spans_of

sys.path.insert(0, str(Path(__file__).parent))
from corpus import HERE, Sample, Span, document_of, gold_files, prepare, read_cluener, read_corpus, read_gold

OUT = HERE.parent / "kg" / "data" / "model" / "recogniser.npz"
Item = tuple[list[list[str]], list[str], str]


def labels_of(size: int, spans: tuple[Span, ...] | list[Span]) -> list[str]:
    """Return BIOES labels of a text of `size` characters."""
    labels = ["O"] * size
    for start, end, type_ in spans:
        if end - start == 1:
            labels[start] = f"S-{type_}"
        else:
            labels[start:end] = [f"B-{type_}", *[f"I-{type_}"] * (end - start - 2), f"E-{type_}"]
    return labels


def item(sample: Sample) -> tuple[np.ndarray, list[str], str]:
    """Return a passage's observations and labels."""
    context = prepare(document_of(sample.text))
    return observe(context, packaged()), labels_of(len(sample.text), sample.spans), sample.source


def copies(samples: list[Sample], seed: int) -> list[Sample]:
    """Return the passages with most names exchanged for others of their type, from the corpus and from the lexicon.

    The sentence stays, the name is another: so the model learns where a name stands rather than which one.
    """
    draw = random.Random(seed)
    own: dict[str, list[str]] = {}
    for sample in samples:
        for start, end, type_ in sample.spans:
            own.setdefault(type_, []).append(sample.text[start:end])
    listed: dict[str, list[str]] = {}
    for entries in packaged().by_id.values():
        for entry in entries:
            if entry.language.startswith("zh") and len(entry.form) >= 3:
                listed.setdefault(entry.type, []).append(entry.form)
    own, listed = ({t: sorted(set(v)) for t, v in d.items()} for d in (own, listed))
    out = []
    for sample in samples:
        text, last = "", 0
        spans: list[Span] = []
        for start, end, type_ in sample.spans:
            name = sample.text[start:end]
            if type_ != "Title" and draw.random() < 0.7:
                other = draw.choice(listed[type_] if type_ in listed and draw.random() < 0.3 else own[type_])
                # A Chinese name for a Chinese one; a name with quote marks inside fits nowhere else.
                name = other if other.isascii() == name.isascii() and "「" not in other + name else name
            text += sample.text[last:start]
            spans.append((len(text), len(text) + len(name), type_))
            text += name
            last = end
        if spans:
            out.append(Sample(text + sample.text[last:], tuple(spans), sample.source))
    return out


def document_items(gold: list[Path], texts: list[Path]) -> list[tuple[np.ndarray, list[str], str]]:
    """Return the sentences of documents with gold facts, their names found where the gold says they are named."""
    out = []
    for path in gold_files(gold):
        context, spans = read_gold(path, texts)
        observed, labels = observe(context, packaged()), labels_of(len(context.folded), spans)
        for sentence in context.sentences:
            if sentence.passage.kind != "contact":
                part = slice(sentence.start, sentence.end)
                out.append((observed[part], labels[part], path.name))
    return out


def train(
    items: list[tuple[np.ndarray, list[str], str]], model: Path, c1: float, c2: float, rounds: int, least: int
) -> Recogniser:
    """Train on the items and return the recogniser; CRFsuite's own file is written to `model`."""
    counts: Counter[int] = Counter()
    for observed, _, _ in items:
        values, numbers = np.unique(observed, return_counts=True)
        counts.update(dict(zip(values.tolist(), numbers.tolist(), strict=True)))
    trainer = pycrfsuite.Trainer(algorithm="lbfgs", verbose=False)
    trainer.set_params({"c1": c1, "c2": c2, "max_iterations": rounds})
    for observed, labels, _ in items:
        trainer.append([[str(v) for v in row if counts[v] >= least] for row in observed.tolist()], labels)
    trainer.train(str(model))
    return convert(model)


def convert(model: Path) -> Recogniser:
    """Return the recogniser with the weights of a CRFsuite model."""
    tagger = pycrfsuite.Tagger()
    tagger.open(str(model))
    info = tagger.info()
    labels = sorted(tagger.labels())
    place = {x: i for i, x in enumerate(labels)}
    keys = np.array(sorted({int(a) for a, _ in info.state_features}), dtype=np.uint64)
    row = {int(k): i for i, k in enumerate(keys.tolist())}
    weights = np.zeros((len(keys), len(labels)), dtype=np.float32)
    for (attribute, label), weight in info.state_features.items():
        weights[row[int(attribute)], place[label]] = weight
    transitions = np.zeros((len(labels), len(labels)), dtype=np.float32)
    for (a, b), weight in info.transitions.items():
        transitions[place[a], place[b]] = weight
    tagger.close()
    return Recogniser(labels, keys, weights, transitions)


def save(model: Recogniser, path: Path) -> None:
    """Write the weights; small ones are left out and the rest rounded to half precision."""
    weights = model._weights.astype(np.float16)
    weights[np.abs(weights) < 0.02] = 0
    used = np.flatnonzero(weights.any(axis=1))
    weights = weights[used]
    rows, columns = np.nonzero(weights)
    transitions = np.where(model._transitions < -5000, 0, model._transitions).astype(np.float32)
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_name(".recogniser.part.npz")
    np.savez_compressed(
        part,
        labels=np.array(model.labels),
        keys=model._keys[used],
        rows=rows.astype(np.uint32),
        columns=columns.astype(np.uint8),
        values=weights[rows, columns],
        transitions=transitions,
    )
    part.replace(path)


def score(model: Recogniser, items: list[tuple[np.ndarray, list[str], str]]) -> dict[str, tuple[int, int, int]]:
    """Return for each type how many spans were right, found and wanted."""
    tally: dict[str, list[int]] = {}
    for observed, labels, _ in items:
        gold = set(spans_of(labels))
        found = {(s, e, t) for s, e, t, _ in model.spans(observed, [(0, len(labels))])}
        for kind in {t for *_, t in gold | found}:
            row = tally.setdefault(kind, [0, 0, 0])
            row[0] += sum(1 for x in gold & found if x[2] == kind)
            row[1] += sum(1 for x in found if x[2] == kind)
            row[2] += sum(1 for x in gold if x[2] == kind)
    return {k: (a, b, c) for k, (a, b, c) in sorted(tally.items())}


def show(tally: dict[str, tuple[int, int, int]]) -> str:
    """Return precision, recall and F1 of each type, and of all."""
    rows = dict(tally)
    rows["all"] = tuple(sum(x) for x in zip(*tally.values(), strict=True))  # type: ignore[assignment]
    out = []
    for kind, (right, found, wanted) in rows.items():
        p, r = right / max(found, 1), right / max(wanted, 1)
        out.append(f"{kind} {p:.3f}/{r:.3f}/{2 * p * r / max(p + r, 1e-9):.3f}")
    return "  ".join(out)


def main() -> None:
    """Train, or measure by folds."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--folds", action="store_true", help="measure, each corpus file left out in turn")
    parser.add_argument("--cluener", type=Path, help="folder of CLUENER, used besides")
    parser.add_argument(
        "--documents", nargs="*", type=Path, default=[], help="gold files of documents to train on besides"
    )
    parser.add_argument(
        "--texts", nargs="*", type=Path, default=[], help="folders of the documents, if not beside the gold"
    )
    parser.add_argument("--copies", type=int, default=1, help="of each passage, with other names")
    parser.add_argument("--c1", type=float, default=0.02, help="weight of the L1 penalty")
    parser.add_argument("--c2", type=float, default=0.2, help="weight of the L2 penalty")
    parser.add_argument("--rounds", type=int, default=100)
    parser.add_argument("--least", type=int, default=2, help="leave out observations met fewer times")
    args = parser.parse_args()
    samples = read_corpus()
    items = [item(s) for s in samples]
    # Copies are measured with nothing: a fold leaves out a file's own copies too, by their source.
    items += [item(s) for number in range(args.copies) for s in copies(samples, number)]
    besides = [item(s) for s in read_cluener(args.cluener / "train.jsonl")] if args.cluener else []
    documents = document_items(args.documents, args.texts)
    besides += documents
    with tempfile.TemporaryDirectory() as folder:
        model = Path(folder) / "crf"
        if args.folds:
            everything = items + besides
            for name in sorted({i[2].split(":")[0] for i in items + documents}):
                began = time.perf_counter()
                trained = train(
                    [i for i in everything if not i[2].startswith(name)],
                    model,
                    args.c1,
                    args.c2,
                    args.rounds,
                    args.least,
                )
                held = [i for i in everything if i[2].startswith(name)]
                print(f"{name} ({time.perf_counter() - began:.0f} s)\n  {show(score(trained, held))}")
        else:
            trained = train(items + besides, model, args.c1, args.c2, args.rounds, args.least)
            save(trained, OUT)
            print(f"{OUT}: {OUT.stat().st_size / 1e6:.1f} MB; on its own text {show(score(trained, items))}")


if __name__ == "__main__":
    main()
