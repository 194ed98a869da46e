"""Train the two linear models: which thing a figure belongs to, and how two things are related.

``python training/linkers.py GOLD…`` writes ``kg/data/model/holders.json.gz`` and ``relations.json.gz``; with ``--folds N``
nothing is written and the documents are measured in N parts, each left out of training once.
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
from sklearn.linear_model import LogisticRegression

sys.path.insert(0, str(Path(__file__).parent))
from documents import load_gold, place_of, with_found_names, with_gold_names

from kg.pipeline import holders, pairs, roles
from kg.pipeline.context import Context
from kg.pipeline.figures import places_of
from kg.pipeline.linear import Linear
from kg.pipeline.relations import relations

OUT = Path(__file__).parent.parent / "kg" / "data" / "model"
Choice = tuple[list[list[str]], int]


def figure_choices(context: Context, ids: dict[int, str], gold: dict) -> list[Choice]:
    """Return for each figure of a document its candidates' features and which of them is right (0 is none)."""
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
        if best is not None and (best[0] or place.is_money):
            used.add(best[1])
            group = next((g for g, i in ids.items() if i == best[2]["subject"]), -1)
        found = holders.options(context, place, previous)
        answer = next((n for n, (g, _) in enumerate(found) if g == group), 0)
        if group >= 0:
            previous = (place, group)
        out.append(([f for _, f in found], answer))
    return out


def role_examples(context: Context, ids: dict[int, str], gold: dict) -> list[tuple[list[str], str]]:
    """Return features and role of each money of a document that the gold has an amount for."""
    out = []
    for place, read in places_of(context):
        for fact in gold["amounts"]:
            start, end = place_of(context, fact["quote"])
            if (
                place.is_money
                and float(fact["value"]) == float(read.value)
                and start <= place.start
                and place.end <= end
            ):
                holder = next((g for g, i in ids.items() if i == fact["subject"]), -1)
                out.append((list(roles.role_features(context, place, holder, place.role or None)), fact["role"]))
                break
    return out


def relation_examples(context: Context, ids: dict[int, str], gold: dict) -> list[tuple[list[str], str]]:
    """Return features and label of each pair of things; pairs related elsewhere in the text are left out."""
    ruled = pairs.ruled_by_pair(relations(context))
    wanted: dict[tuple[str, str], list[tuple[str, tuple[int, int]]]] = {}
    for fact in gold["relations"]:
        span = place_of(context, fact["quote"])
        wanted.setdefault((fact["subject"], fact["object"]), []).append((fact["predicate"] + ">", span))
        wanted.setdefault((fact["object"], fact["subject"]), []).append((fact["predicate"] + "<", span))
    out = []
    for pair in pairs.pairs(context):
        a, b = ids.get(pair.left.entity, "?a"), ids.get(pair.right.entity, "?b")
        facts = wanted.get((a, b), [])
        here = [
            label
            for label, (start, end) in facts
            if start < pair.sentence.end and pair.sentence.start < end and pair.right.start < end + 2
        ]
        if facts and not here:
            continue
        label = pairs.NONE
        if here:
            label = "partnersWith>" if here[0].startswith("partnersWith") else here[0]
        out.append((list(pairs.features(context, pair, ruled)), label))
    return out


def train_holders(choices: list[Choice], penalty: float, least: int) -> Linear:
    """Return weights that make the right candidate of each figure the likeliest (a conditional logit)."""
    counts = Counter(f for rows, _ in choices for row in rows for f in set(row))
    names = sorted(f for f, n in counts.items() if n >= least)
    place = {f: i for i, f in enumerate(names)}
    indices, pointers, starts, answers = [], [0], [], []
    for rows, answer in choices:
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


def train_relations(examples: list[tuple[list[str], str]], strength: float, least: int) -> Linear:
    """Return weights of a multinomial logistic regression over the labels."""
    counts = Counter(f for row, _ in examples for f in set(row))
    labels = Counter(label for _, label in examples)
    names = sorted(f for f, n in counts.items() if n >= least)
    place = {f: i for i, f in enumerate(names)}
    indices, pointers = [], [0]
    for row, _ in examples:
        indices += sorted({place[f] for f in row if f in place})
        pointers.append(len(indices))
    matrix = csr_matrix((np.ones(len(indices)), indices, pointers), shape=(len(examples), len(names)))
    wanted = [label if labels[label] >= 3 or pairs.NONE not in labels else pairs.NONE for _, label in examples]
    model = LogisticRegression(C=strength, max_iter=300)
    model.fit(matrix, wanted)
    weights = {f: [float(w) for w in model.coef_[:, i]] for i, f in enumerate(names)}
    return Linear([str(c) for c in model.classes_], weights, [float(b) for b in model.intercept_])


def save(model: Linear, path: Path) -> None:
    """Write the model, small weights left out; the same weights give the same bytes."""
    weights = {f: [round(float(x), 3) for x in w] for f, w in sorted(model.weights.items()) if np.abs(w).max() >= 0.01}
    data = {"classes": model.classes, "bias": [round(float(b), 4) for b in model.bias], "weights": weights}
    path.parent.mkdir(parents=True, exist_ok=True)
    text = json.dumps(data, ensure_ascii=False, separators=(",", ":"), sort_keys=True)
    path.write_bytes(gzip.compress(text.encode(), mtime=0))


def relation_score(model: Linear, context: Context, ids: dict[int, str], gold: dict) -> tuple[int, int, int]:
    """Return how many relations of a document are right, found and wanted."""
    found = pairs.judged(context, relations(context), model)
    keys = set()
    for f in found:
        key = (ids.get(f.subject, f"?{f.subject}"), f.predicate, ids.get(f.object, f"?{f.object}"))
        if f.predicate == "partnersWith":
            key = (min(key[0], key[2]), key[1], max(key[0], key[2]))
        keys.add(key)
    wanted = set()
    for r in gold["relations"]:
        key = (r["subject"], r["predicate"], r["object"])
        if r["predicate"] == "partnersWith":
            key = (min(key[0], key[2]), key[1], max(key[0], key[2]))
        wanted.add(key)
    return len(keys & wanted), len(keys), len(wanted)


def f1(right: int, found: int, wanted: int) -> str:
    """Return precision, recall and F1 in words."""
    p, r = right / max(found, 1), right / max(wanted, 1)
    return f"P {p:.3f} R {r:.3f} F1 {2 * p * r / max(p + r, 1e-9):.3f}"


def main() -> None:
    """Train, or measure by folds."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("gold", nargs="+", type=Path)
    parser.add_argument(
        "--texts", nargs="*", type=Path, default=[], help="folders of the texts, if not beside the gold"
    )
    parser.add_argument("--folds", type=int, default=0)
    parser.add_argument("--penalty", type=float, default=0.3)
    parser.add_argument("--strength", type=float, default=0.3)
    parser.add_argument("--least", type=int, default=2)
    args = parser.parse_args()
    files = sorted(
        (p for g in args.gold for p in (sorted(g.glob("*.json")) if g.is_dir() else [g])), key=lambda p: p.name
    )
    data = {}
    for path in files:
        gold = load_gold(path)
        contexts = [with_gold_names(path, args.texts), with_found_names(path, args.texts)]
        data[path] = (
            gold,
            contexts,
            [c for x in contexts for c in figure_choices(*x, gold)],
            [e for x in contexts for e in relation_examples(*x, gold)],
            [e for x in contexts for e in role_examples(*x, gold)],
        )

    def fit(parts: list[Path]) -> tuple[Linear, Linear, Linear]:
        by_role = train_relations([e for p in parts for e in data[p][4]], args.strength, args.least)
        choices = [c for p in parts for c in data[p][2]]
        examples = [e for p in parts for e in data[p][3]]
        by_pair = train_relations(examples, args.strength, args.least)
        return train_holders(choices, args.penalty, args.least), by_pair, by_role

    if not args.folds:
        by_figure, by_pair, by_role = fit(files)
        save(by_role, OUT / "roles.json.gz")
        save(by_figure, OUT / "holders.json.gz")
        save(by_pair, OUT / "relations.json.gz")
        for name in ("holders", "relations", "roles"):
            print(name, (OUT / f"{name}.json.gz").stat().st_size)
        return
    totals = {"gold names": [0, 0, 0], "found names": [0, 0, 0]}
    figures = {"gold names": [0, 0], "found names": [0, 0]}
    role_hits = [0, 0, 0]
    for number in range(args.folds):
        held = files[number :: args.folds]
        by_figure, by_pair, by_role = fit([p for p in files if p not in held])
        for path in held:
            gold, contexts, _, _, by_text = data[path]
            for row, role in by_text:
                role_hits[0] += by_role.classes[int(by_role.scores(row).argmax())] == role
                role_hits[1] += f"ruled={role}" in row
                role_hits[2] += 1
            for name, (context, ids) in zip(totals, contexts, strict=True):
                for i, n in enumerate(relation_score(by_pair, context, ids, gold)):
                    totals[name][i] += n
                for rows, answer in figure_choices(context, ids, gold):
                    scores = [by_figure.scores(r)[0] for r in rows]
                    figures[name][0] += int(np.argmax(scores)) == answer
                    figures[name][1] += 1
    print("roles", [round(h / role_hits[2], 3) for h in role_hits[:2]], role_hits[2])
    for name in totals:
        print(
            name,
            "relations",
            f1(*totals[name]),
            "figures",
            round(figures[name][0] / figures[name][1], 3),
            figures[name][1],
        )


if __name__ == "__main__":
    main()
