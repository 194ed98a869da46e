"""Train the model of holders: which named thing a figure belongs to.

``python training/holders.py GOLD… --texts FOLDER…`` writes ``kg/data/model/holders.json.gz``; with ``--folds N`` nothing is
written and the documents are measured in N parts, each left out of training once.
"""

from __future__ import annotations

import argparse
import gzip
import json
import sys
from collections import Counter
from pathlib import Path

import numpy as np
from scipy.optimize import minimize
from scipy.sparse import csr_matrix

sys.path.insert(0, str(Path(__file__).parent))
from documents import load_gold, place_of, with_found_names, with_gold_names

from kg.pipeline import holders
from kg.pipeline.context import Context
from kg.pipeline.figures import places_of
from kg.pipeline.linear import Linear, softmax

OUT = Path(__file__).parent.parent / "kg" / "data" / "model" / "holders.json.gz"
Choice = tuple[list[list[str]], int, int, holders.Place]


def figure_choices(context: Context, ids: dict[int, str], gold: dict) -> list[Choice]:
    """Return for each figure of a document its candidates' features which of them is right (0 is none) and which the rules say."""
    asked = places_of(context)
    wanted: list[tuple[str, tuple[int, int], dict]] = []
    for kind in ("amounts", "counts"):
        wanted += [(kind, place_of(context, f["quote"]), f) for f in gold[kind]]
    used: set[int] = set()
    out: list[Choice] = []
    previous = None
    for place, read in asked:
        best = None
        for number, (kind, (start, end), fact) in enumerate(wanted):
            if number in used or (kind == "amounts") != place.is_money or float(fact["value"]) != float(read.value):
                continue
            inside = start <= place.start and place.end <= end
            if best is None or (inside and not best[0]):
                best = (inside, number, fact)
        group = -1
        twice = best is None and any(
            (kind == "amounts") == place.is_money and float(fact["value"]) == float(read.value)
            for kind, _, fact in wanted
        )
        if best is not None and (best[0] or place.is_money):
            used.add(best[1])
            group = next((g for g, i in ids.items() if i == best[2]["subject"]), -1)
        found = holders.options(context, place, previous)
        answer = next((n for n, (g, _) in enumerate(found) if g == group), 0)
        ruled = next((n for n, (g, _) in enumerate(found) if g == place.ruled), 0)
        if group >= 0:
            previous = (place, group)
        # A figure told twice is one fact: the second telling teaches nothing, least of all that it belongs to nobody.
        if not twice:
            out.append(([f for _, f in found], answer, ruled, place))
    return out


def train_holders(choices: list[Choice], penalty: float, least: int) -> Linear:
    """Return weights that make the right candidate of each figure the likeliest (a conditional logit)."""
    counts = Counter(f for rows, _, _, _ in choices for row in rows for f in set(row))
    names = sorted(f for f, n in counts.items() if n >= least)
    place = {f: i for i, f in enumerate(names)}
    indices, pointers, starts, answers = [], [0], [], []
    for rows, answer, _, _ in choices:
        starts.append(len(pointers) - 1)
        answers.append(len(pointers) - 1 + answer)
        for row in rows:
            indices += [place[f] for f in row if f in place]
            pointers.append(len(indices))
    matrix = csr_matrix((np.ones(len(indices)), indices, pointers), shape=(len(pointers) - 1, len(names)))
    begins = np.array(starts)
    groups = np.repeat(np.arange(len(starts)), np.diff([*starts, matrix.shape[0]]))
    right = np.zeros(matrix.shape[0])
    right[answers] = 1

    def loss(weights: np.ndarray) -> tuple[float, np.ndarray]:
        scores = matrix @ weights
        scores -= np.maximum.reduceat(scores, begins)[groups]
        powers = np.exp(scores)
        totals = np.add.reduceat(powers, begins)
        value = -(scores[answers] - np.log(totals)).sum() + penalty * (weights**2).sum()
        return value, matrix.T @ (powers / totals[groups] - right) + 2 * penalty * weights

    best = minimize(loss, np.zeros(len(names)), jac=True, method="L-BFGS-B", options={"maxiter": 200})
    return Linear(["score"], {f: [float(w)] for f, w in zip(names, best.x, strict=True)}, [0.0])


def save(model: Linear, path: Path) -> None:
    """Write the model, small weights left out; the same weights give the same bytes."""
    weights = {f: [round(float(x), 3) for x in w] for f, w in sorted(model.weights.items()) if np.abs(w).max() >= 0.01}
    data = {"classes": model.classes, "bias": [round(float(b), 4) for b in model.bias], "weights": weights}
    path.parent.mkdir(parents=True, exist_ok=True)
    text = json.dumps(data, ensure_ascii=False, separators=(",", ":"), sort_keys=True)
    path.write_bytes(gzip.compress(text.encode(), mtime=0))


def main() -> None:
    """Train, or measure by folds."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("gold", nargs="+", type=Path)
    parser.add_argument(
        "--texts", nargs="*", type=Path, default=[], help="folders of the texts, if not beside the gold"
    )
    parser.add_argument("--folds", type=int, default=0)
    parser.add_argument("--penalty", type=float, default=1.0, help="of the squared weights")
    parser.add_argument("--least", type=int, default=2, help="leave out features met fewer times")
    args = parser.parse_args()
    files = sorted(
        (p for g in args.gold for p in (sorted(g.glob("*.json")) if g.is_dir() else [g])), key=lambda p: p.name
    )
    data = {}
    for path in files:
        gold = load_gold(path)
        contexts = [with_gold_names(path, args.texts), with_found_names(path, args.texts)]
        data[path] = [c for x in contexts for c in figure_choices(*x, gold)]
    if not args.folds:
        save(train_holders([c for p in files for c in data[p]], args.penalty, args.least), OUT)
        print(f"{OUT}: {OUT.stat().st_size / 1e3:.0f} kB")
        return
    hits, ruled_hits, total = 0, 0, 0
    for number in range(args.folds):
        held = files[number :: args.folds]
        model = train_holders([c for p in files if p not in held for c in data[p]], args.penalty, args.least)
        for rows, answer, ruled, _ in (c for p in held for c in data[p]):
            scores = softmax(np.array([model.scores(r)[0] for r in rows], dtype=np.float32))
            best = int(scores.argmax())
            hits += (best if scores[best] - scores[ruled] > holders.DOUBT else ruled) == answer
            ruled_hits += ruled == answer
            total += 1
    print(f"right of {total}: model {hits / total:.3f}, rules alone {ruled_hits / total:.3f}")


if __name__ == "__main__":
    main()
