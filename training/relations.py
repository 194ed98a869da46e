"""Train the model of relations: how two names near each other stand.

``python training/relations.py GOLD… --texts FOLDER…`` writes ``kg/data/model/relations.npz``; with ``--folds N`` nothing is
written and the documents are measured in N parts, each left out of training once.
"""

from __future__ import annotations

import argparse
import sys
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from scipy.optimize import minimize
from scipy.sparse import csr_matrix

sys.path.insert(0, str(Path(__file__).parent))
from corpus import Sample, arguments, gold_files, read_corpus
from documents import (
    Gold,
    Stated,
    digest,
    load_gold,
    place_of,
    read_passages,
    read_relations,
    with_found_names,
    with_gold_names,
    with_passage_names,
)
from holders import save

from kg.pipeline import likely, pairs
from kg.pipeline.context import Context
from kg.pipeline.linear import Linear
from kg.pipeline.relations import Found, by_frames

OUT = Path(__file__).parent.parent / "kg" / "data" / "model" / "relations.npz"


@dataclass(frozen=True)
class Example:
    """A pair of names, what is seen of it, the classes that it has, and those of which the gold leaves doubt."""

    pair: pairs.Pair
    right: frozenset[str]
    unsure: frozenset[str]
    weight: float


def document_examples(context: Context, ids: dict[int, str], gold: Gold, weight: float) -> list[Example]:
    """Return the pairs of a document; of a relation's pairs only those where its quote stands are right, the rest unsure."""
    wanted: dict[tuple[str, str], list[tuple[str, tuple[int, int]]]] = {}
    for fact in gold["relations"]:
        place = place_of(context, fact["quote"])
        wanted.setdefault((fact["subject"], fact["object"]), []).append((fact["predicate"], place))
    out = []
    for pair in pairs.pairs(context, pairs.told(by_frames(context))):
        left, right = ids.get(pair.left.entity, ""), ids.get(pair.right.entity, "")
        sentence = context.sentence_at(pair.right.start)
        sure, unsure = set(), set()
        for ends, mark in (((left, right), ">"), ((right, left), "<")):
            for predicate, (start, end) in wanted.get(ends, ()):
                class_ = predicate + (">" if predicate == "partnersWith" else mark)
                (sure if sentence.start < end and start < sentence.end else unsure).add(class_)
        out.append(Example(pair, frozenset(sure), frozenset(unsure - sure), weight))
    return out


def said_passages() -> list[tuple[Sample, list[Stated]]]:
    """Return the passages of the corpus whose relations are known, with what each says."""
    said = read_relations()
    return [(s, said[digest(s.text)]) for s in read_corpus() if digest(s.text) in said] + read_passages()


def passage_examples(weight: float) -> list[Example]:
    """Return the pairs of the corpus's passages whose relations are known."""
    out = []
    for sample, stated in said_passages():
        context, ids = with_passage_names(sample, stated)
        facts = [{"subject": a, "predicate": p, "object": b, "quote": sample.text} for p, a, b in stated if p != "same"]
        for example in document_examples(context, ids, {"relations": facts}, weight):
            # Documents' gold is of two minds whether a fund funds its grantees; the passages settle nothing.
            doubt = {
                f"funds{other}" for mark, other in ("><", "<>") if f"participatesIn{mark}" in example.right
            } - example.right
            out.append(Example(example.pair, example.right, example.unsure | doubt, weight))
    return out


def train_relations(examples: list[Example], penalty: float, least: int) -> Linear:
    """Return weights for each class alone (logistic regressions), over the features met often enough."""
    counts = Counter(f for e in examples for f in set(e.pair.features))
    names = sorted(f for f, n in counts.items() if n >= least)
    place = {f: i for i, f in enumerate(names)}
    indices: list[int] = []
    pointers = [0]
    for example in examples:
        indices += sorted({place[f] for f in example.pair.features if f in place})
        pointers.append(len(indices))
    matrix = csr_matrix((np.ones(len(indices)), indices, pointers), shape=(len(examples), len(names)))
    weights = np.zeros((len(names), len(pairs.CLASSES)))
    bias = [-9.0] * len(pairs.CLASSES)
    for column, class_ in enumerate(pairs.CLASSES):
        rows = [i for i, e in enumerate(examples) if column in pairs.allowed(e.pair) and class_ not in e.unsure]
        answers = np.array([class_ in examples[i].right for i in rows], dtype=float)
        if answers.sum() < 3:
            continue
        part = matrix[rows]
        used = np.unique(part.indices)
        fitted = _fit(part[:, used].tocsr(), answers, np.array([examples[i].weight for i in rows]), penalty)
        weights[used, column] = fitted[:-1]
        bias[column] = float(fitted[-1])
    return Linear(list(pairs.CLASSES), {f: list(weights[i]) for f, i in place.items()}, bias)


def _fit(matrix: csr_matrix, answers: np.ndarray, weight: np.ndarray, penalty: float) -> np.ndarray:
    def loss(values: np.ndarray) -> tuple[float, np.ndarray]:
        scores = matrix @ values[:-1] + values[-1]
        slope = weight * (1 / (1 + np.exp(-scores)) - answers)
        cost = (weight * (np.logaddexp(0, scores) - answers * scores)).sum() + penalty * (values[:-1] ** 2).sum()
        return cost, np.concatenate([matrix.T @ slope + 2 * penalty * values[:-1], [slope.sum()]])

    start = np.zeros(matrix.shape[1] + 1)
    start[-1] = -3
    best = minimize(loss, start, jac=True, method="L-BFGS-B", options={"maxiter": 100})
    return np.asarray(best.x)


Key = tuple[str, str, str]


def tally(context: Context, ids: dict[int, str], found: list[Found], gold: Gold) -> tuple[set[Key], set[Key]]:
    """Return the relations found and those of the gold, by the gold's ids, the ends of partnersWith in order."""

    def key(subject: str, predicate: str, object_: str) -> Key:
        ends = sorted((subject, object_)) if predicate == "partnersWith" else (subject, object_)
        return ends[0], predicate, ends[1]

    ours = {key(ids.get(r.subject, f"?{r.subject}"), r.predicate, ids.get(r.object, f"?{r.object}")) for r in found}
    return ours, {key(r["subject"], r["predicate"], r["object"]) for r in gold["relations"]}


def _report(label: str, counts: Counter[str]) -> str:
    precision = counts["hit"] / max(1, counts["hit"] + counts["extra"])
    recall = counts["hit"] / max(1, counts["hit"] + counts["missed"])
    return f"{label}: P {precision:.3f} R {recall:.3f} F1 {2 * precision * recall / max(1e-9, precision + recall):.3f}"


def measure(files: list[Path], texts: list[Path], folds: int, train: argparse.Namespace) -> None:
    """Print what frames alone and frames with the model find on documents left out of training, and by threshold."""
    data = {p: documents_of(p, texts) for p in files}
    passages = [] if train.no_passages else passage_examples(train.passages)
    groups = {p: str(p.parent) for p in files}
    totals: dict[tuple[str, str], Counter[str]] = {}
    for number in range(folds):
        held = files[number::folds]
        examples = [e for p in files if p not in held for e in data[p][1]]
        model = train_relations([*examples, *passages], train.penalty, train.least)
        for path in held:
            (context, ids), _, gold = data[path]
            frames = by_frames(context)
            likely_ = likely.chances(context, frames, model)
            ways = {"frames": frames}
            for add in (0.25, 0.4, 0.55):
                for veto in (0.0, 0.08):
                    ways[f"add {add} veto {veto}"] = likely.settled(context, frames, likely_, add=add, veto=veto)
            for way, found in ways.items():
                ours, theirs = tally(context, ids, found, gold)
                for group in ("all", groups[path]):
                    count = totals.setdefault((group, way), Counter())
                    count.update(hit=len(ours & theirs), extra=len(ours - theirs), missed=len(theirs - ours))
            if train.errors:
                ours, theirs = tally(context, ids, ways[f"add {likely.ADD} veto {likely.VETO}"], gold)
                print(path.name, "\n  - ", sorted(theirs - ours), "\n  + ", sorted(ours - theirs))
    for (group, way), count in sorted(totals.items()):
        print(_report(f"{group} {way}", count))


def documents_of(path: Path, texts: list[Path]) -> tuple[tuple[Context, dict[int, str]], list[Example], Gold]:
    """Return a document's context with the names found, its examples with found and with gold names, and its gold."""
    gold = load_gold(path)
    found = with_found_names(path, texts)
    examples = document_examples(*found, gold, 1.0)
    return found, examples + document_examples(*with_gold_names(path, texts), gold, 0.5), gold


def main() -> None:
    """Train, or measure by folds."""
    parser = arguments(__doc__, penalty=0.8, least=2)
    parser.add_argument("--passages", type=float, default=1.0, help="weight of the corpus's passages")
    parser.add_argument("--no-passages", action="store_true")
    parser.add_argument("--errors", action="store_true")
    args = parser.parse_args()
    files = gold_files(args.gold)
    if args.folds:
        measure(files, args.texts, args.folds, args)
        return
    examples = [e for p in files for e in documents_of(p, args.texts)[1]]
    save(train_relations([*examples, *passage_examples(args.passages)], args.penalty, args.least), OUT)
    print(f"{OUT}: {OUT.stat().st_size / 1e3:.0f} kB")


if __name__ == "__main__":
    main()
