"""Train the model of roles: whether money is a whole budget, a cap, a grant, an investment …

``python training/roles.py GOLD… --texts FOLDER…`` writes ``kg/data/model/roles.npz``; with ``--folds N`` nothing is written
and the documents are measured in N parts, each left out of training once.
"""

from __future__ import annotations

import sys
from collections import Counter
from pathlib import Path

import numpy as np
from scipy.optimize import minimize
from scipy.sparse import csr_matrix

sys.path.insert(0, str(Path(__file__).parent))
from corpus import arguments, gold_files
from documents import Gold, load_gold, place_of, with_gold_names
from holders import save

from kg.language.money import Money
from kg.pipeline.context import Context
from kg.pipeline.figures import clause_of, places_of
from kg.pipeline.linear import Linear
from kg.pipeline.roles import role_features, ruled_role

OUT = Path(__file__).parent.parent / "kg" / "data" / "model" / "roles.npz"
Example = tuple[list[str], str, str]


def examples(context: Context, ids: dict[int, str], gold: Gold) -> list[Example]:
    """Return for each amount of a document its features, its role, and the role that the cues alone tell."""
    groups = {id_: group for group, id_ in ids.items()}
    out = []
    money = [(place, read) for place, read in places_of(context) if isinstance(read, Money)]
    for fact in gold["amounts"]:
        start, end = place_of(context, fact["quote"])
        same = [x for x in money if float(x[1].value) == float(fact["value"]) and start <= x[0].start < end]
        if not same or fact["subject"] not in groups:
            continue
        place, read = same[0]
        clause = clause_of(context, place.sentence, read.start, read.end)
        ruled = ruled_role(context, place.sentence, read.start, read.end, clause)
        group = groups[fact["subject"]]
        cue = ruled[0] if ruled else None
        found = list(role_features(context, place.sentence, read, clause, group, cue))
        fallback = "budget" if context.groups[group].type == "Programme" else "other"
        out.append((found, fact["role"], cue or fallback))
    return out


def train_roles(rows: list[Example], penalty: float, least: int) -> Linear:
    """Return a multinomial logistic regression over named features."""
    counts = Counter(f for found, _, _ in rows for f in set(found))
    names = sorted(f for f, n in counts.items() if n >= least)
    place = {f: i for i, f in enumerate(names)}
    classes = sorted({role for _, role, _ in rows})
    answer = np.array([classes.index(role) for _, role, _ in rows])
    indices = [[place[f] for f in dict.fromkeys(found) if f in place] for found, _, _ in rows]
    pointers = np.concatenate([[0], np.cumsum([len(i) for i in indices])])
    flat = np.array([x for i in indices for x in i], dtype=int)
    matrix = csr_matrix((np.ones(len(flat)), flat, pointers), shape=(len(rows), len(names)))
    target = np.eye(len(classes))[answer]

    def loss(flat_weights: np.ndarray) -> tuple[float, np.ndarray]:
        weights = flat_weights.reshape(len(names) + 1, len(classes))
        scores = matrix @ weights[:-1] + weights[-1]
        scores -= scores.max(axis=1, keepdims=True)
        powers = np.exp(scores)
        chances = powers / powers.sum(axis=1, keepdims=True)
        value = -np.log(chances[np.arange(len(rows)), answer]).sum() + penalty * (weights[:-1] ** 2).sum()
        slope = np.vstack([matrix.T @ (chances - target), (chances - target).sum(axis=0)])
        slope[:-1] += 2 * penalty * weights[:-1]
        return value, slope.ravel()

    start = np.zeros((len(names) + 1) * len(classes))
    best = minimize(loss, start, jac=True, method="L-BFGS-B", options={"maxiter": 300})
    weights = best.x.reshape(len(names) + 1, len(classes))
    table = {f: [float(x) for x in w] for f, w in zip(names, weights[:-1], strict=True)}
    return Linear(classes, table, [float(x) for x in weights[-1]])


def main() -> None:
    """Train, or measure by folds."""
    args = arguments(__doc__, penalty=0.5, least=2).parse_args()
    files = gold_files(args.gold)
    data = {p: examples(*with_gold_names(p, args.texts), load_gold(p)) for p in files}
    if not args.folds:
        save(train_roles([e for p in files for e in data[p]], args.penalty, args.least), OUT)
        print(f"{OUT}: {OUT.stat().st_size / 1e3:.0f} kB")
        return
    hits, ruled_hits, total = 0, 0, 0
    for number in range(args.folds):
        held = files[number :: args.folds]
        model = train_roles([e for p in files if p not in held for e in data[p]], args.penalty, args.least)
        for found, role, ruled in (e for p in held for e in data[p]):
            hits += model.classes[int(model.scores(found).argmax())] == role
            ruled_hits += ruled == role
            total += 1
    print(f"right of {total}: model {hits / total:.3f}, cues alone {ruled_hits / total:.3f}")


if __name__ == "__main__":
    main()
