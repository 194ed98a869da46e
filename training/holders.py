"""Train the model of holders: which named thing a figure belongs to.

``python training/holders.py GOLD… --texts FOLDER…`` writes ``kg/data/model/holders.npz``; with ``--folds N`` nothing is
written and the documents are measured in N parts, each left out of training once.
"""

from __future__ import annotations

import sys
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from scipy.optimize import minimize
from scipy.sparse import csr_matrix

sys.path.insert(0, str(Path(__file__).parent))
from corpus import arguments, gold_files
from documents import Gold, load_gold, place_of, with_found_names, with_gold_names

from kg.pipeline import holders, payers
from kg.pipeline.context import Context
from kg.pipeline.figures import places_of
from kg.pipeline.linear import Linear

OUT = Path(__file__).parent.parent / "kg" / "data" / "model" / "holders.npz"
PAYERS = OUT.with_name("payers.npz")
Choice = tuple[list[list[str]], int, int, holders.Place]


@dataclass(frozen=True)
class Questions:
    """What a document teaches: whose each figure is, and who pays each sum."""

    holders: list[Choice]
    payers: list[Choice]


History = dict[int, holders.Chosen]


def gold_answers(context: Context, ids: dict[int, str], gold: Gold) -> dict[int, tuple[dict | None, bool]]:
    """Return for each figure, by its place, the gold fact that it is (None for none), and whether it is told before."""
    wanted: list[tuple[str, tuple[int, int], dict]] = []
    for kind in ("amounts", "counts"):
        wanted += [(kind, place_of(context, f["quote"]), f) for f in gold[kind]]
    used: set[int] = set()
    out: dict[int, tuple[dict | None, bool]] = {}
    for place, read in places_of(context):
        best = None
        for number, (kind, (start, end), fact) in enumerate(wanted):
            if number in used or (kind == "amounts") != place.is_money or float(fact["value"]) != float(read.value):
                continue
            inside = start <= place.start and place.end <= end
            if best is None or (inside and not best[0]):
                best = (inside, number, fact)
        twice = best is None and any(
            (kind == "amounts") == place.is_money and float(fact["value"]) == float(read.value)
            for kind, _, fact in wanted
        )
        fact = None
        if best is not None and (best[0] or place.is_money):
            used.add(best[1])
            fact = best[2]
        out[place.start] = (fact, twice)
    return out


def questions(context: Context, ids: dict[int, str], gold: Gold, history: History | None = None) -> Questions:
    """Return a document's questions with their right answers.

    What was answered before is the right answer too, or that of a model that has not seen the document (`history`): the
    model is asked with its own answers behind it, so it must learn how far to trust them.
    """
    groups = {id_: group for group, id_ in ids.items()}
    answers = gold_answers(context, ids, gold)
    out = Questions([], [])
    before: payers.Before | None = None
    for place, _ in places_of(context):
        fact, twice = answers[place.start]
        group = groups.get(fact["subject"], -1) if fact else -1
        payer = groups.get(fact.get("funder") or "", -1) if fact else -1
        told = history[place.start] if history is not None else holders.Chosen(group, 1.0, payer, 1.0)
        # A figure told twice is one fact: the second telling teaches nothing, least of all that it belongs to nobody.
        if place.is_money and fact is not None and (payer >= 0 or not fact.get("funder")):
            found = payers.options(context, holders.asked_of(place), before)
            answer = next((n for n, (g, _) in enumerate(found) if g == payer), -1)
            if answer >= 0:
                out.payers.append(([f for _, f in found], answer, 0, place))
        found = holders.options(context, place, told.payer)
        answer = next((n for n, (g, _) in enumerate(found) if g == group), 0)
        ruled = next((n for n, (g, _) in enumerate(found) if g == place.ruled), 0)
        if not twice:
            out.holders.append(([f for _, f in found], answer, ruled, place))
        if place.is_money:
            before = payers.Before(place.start, place.end, place.sentence, told.payer, told.holder)
    return out


Document = tuple[Context, dict[int, str], Gold]


def learn(documents: list[list[Document]], penalty: float, least: int, parts: int = 6) -> tuple[Linear, Linear]:
    """Return the models of holders and of payers. `documents` holds each document's contexts (gold names, found names)."""
    first = [[questions(*x) for x in views] for views in documents]
    histories: list[list[History]] = [[] for _ in documents]
    for part in range(parts):
        rest = [q for n, views in enumerate(first) if n % parts != part for q in views]
        models = (
            train_holders([c for q in rest for c in q.holders], penalty, least),
            train_holders([c for q in rest for c in q.payers], penalty, least),
        )
        for number in range(part, len(documents), parts):
            for context, _, _ in documents[number]:
                places = [p for p, _ in places_of(context)]
                answers = holders.choose(context, places, *models)
                histories[number].append({p.start: a for p, a in zip(places, answers, strict=True)})
    second = [
        questions(*x, history)
        for views, told in zip(documents, histories, strict=True)
        for x, history in zip(views, told, strict=True)
    ]
    # Asked after right answers and after a model's own: either alone is worse on sums or on counts.
    every = [*(q for views in first for q in views), *second]
    return (
        train_holders([c for q in every for c in q.holders], penalty, least),
        train_holders([c for q in every for c in q.payers], penalty, least),
    )


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
    weights = {f: [round(float(x), 3) for x in w] for f, w in sorted(model.weights.items()) if np.abs(w).max() >= 0.03}
    Linear(model.classes, weights, [round(float(b), 4) for b in model.bias]).write(path)


def main() -> None:
    """Train, or measure by folds."""
    args = arguments(__doc__, penalty=8.0, least=3).parse_args()
    files = gold_files(args.gold)
    data = {}
    for path in files:
        gold = load_gold(path)
        data[path] = [(*names(path, args.texts), gold) for names in (with_gold_names, with_found_names)]
    if not args.folds:
        for model, out in zip(learn([data[p] for p in files], args.penalty, args.least), (OUT, PAYERS), strict=True):
            save(model, out)
            print(f"{out}: {out.stat().st_size / 1e3:.0f} kB")
        return
    counts: Counter[str] = Counter()
    for number in range(args.folds):
        held = files[number :: args.folds]
        models = learn([data[p] for p in files if p not in held], args.penalty, args.least)
        for path in held:
            for view, found in zip(("gold names", "found names"), data[path], strict=True):
                tally(view, found, models, counts)
    for view in ("gold names", "found names"):
        right, asked = counts[view, "holder"], counts[view, "figures"]
        hit, said, told = counts[view, "paid"], counts[view, "said"], counts[view, "told"]
        print(
            f"{view}: right holder of {asked} figures {right / asked:.3f}, rules alone {counts[view, 'ruled'] / asked:.3f}; "
            f"payers precision {hit / max(said, 1):.3f}, recall {hit / max(told, 1):.3f}"
        )


def tally(view: str, document: Document, models: tuple[Linear, Linear], counts: Counter) -> None:
    """Count what the models, asked in the order of the text, get right in a document they have not seen."""
    context, ids, gold = document
    groups = {id_: group for group, id_ in ids.items()}
    places = [p for p, _ in places_of(context)]
    answers = gold_answers(context, ids, gold)
    for place, chosen in zip(places, holders.choose(context, places, *models), strict=True):
        fact, twice = answers[place.start]
        if twice:
            continue
        group = groups.get(fact["subject"], -1) if fact else -1
        counts[view, "figures"] += 1
        counts[view, "holder"] += chosen.holder == group
        counts[view, "ruled"] += place.ruled == group
        if fact is not None and place.is_money:
            payer = groups.get(fact.get("funder") or "", -1)
            counts[view, "told"] += payer >= 0
            counts[view, "said"] += chosen.payer >= 0
            counts[view, "paid"] += chosen.payer == payer >= 0


if __name__ == "__main__":
    main()
