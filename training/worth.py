"""Train the model of worth: whether what was found names a thing at all.

``python training/worth.py GOLD… --texts FOLDER…`` writes ``kg/data/model/worth.npz``; with ``--folds N`` nothing is written
and the documents are measured in N parts, each left out of training once. The recogniser must not have learnt from the
documents: of those that it knows it makes other mistakes.
"""

from __future__ import annotations

import sys
from collections import defaultdict
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))
from corpus import arguments, gold_files
from documents import Gold, load_gold, with_found_names
from holders import save, train_holders

from kg.language.script import name_key
from kg.pipeline import worth
from kg.pipeline.context import Context
from kg.pipeline.linear import Linear

OUT = Path(__file__).parent.parent / "kg" / "data" / "model" / "worth.npz"
Example = tuple[list[str], bool]


def examples(context: Context, ids: dict[int, str], gold: Gold) -> list[Example]:
    """Return for each name of a document that is asked what is seen of it, and whether it names a thing of the gold."""
    names: dict[str, set[str]] = defaultdict(set)
    types = {e["id"]: e["type"] for e in gold["entities"]}
    for entity in gold["entities"]:
        names[entity["type"]] |= {name_key(name) for name in entity["names"]}
    out = []
    for candidate in worth.candidates(context):
        first = candidate.mentions[0]
        # Another name of a thing of the gold's is no mistake, though the gold has it not.
        right = name_key(context.name(first)) in names[first.type] or types.get(ids.get(first.entity, "")) == first.type
        out.append((candidate.features, right))
    return out


def learn(rows: list[Example], penalty: float, least: int) -> Linear:
    """Return the model: a name's features against none, which score 0."""
    return train_holders([([features, []], 0 if right else 1, 0, None) for features, right in rows], penalty, least)


def main() -> None:
    """Train, or measure by folds."""
    args = arguments(__doc__, penalty=1.0, least=2).parse_args()
    files = gold_files(args.gold)
    # What the model that is there drops would teach nothing.
    worth.packaged_model = lambda name: None  # type: ignore[assignment]
    data = [examples(*with_found_names(path, args.texts), load_gold(path)) for path in files]
    if not args.folds:
        save(learn([row for rows in data for row in rows], args.penalty, args.least), OUT)
        print(f"{OUT}: {OUT.stat().st_size / 1e3:.0f} kB")
        return
    answers: list[tuple[float, bool]] = []
    for number in range(args.folds):
        rest = [row for n, rows in enumerate(data) if n % args.folds != number for row in rows]
        model = learn(rest, args.penalty, args.least)
        held = [row for rows in data[number :: args.folds] for row in rows]
        answers += [(worth.sure(model, features), right) for features, right in held]
    right = sum(r for _, r in answers)
    print(f"{len(answers)} names, {right} of them right")
    for least in (0.2, 0.3, worth.LEAST, 0.4, 0.5):
        kept = [r for sure, r in answers if sure >= least]
        print(
            f"from {least}: kept {sum(kept)} right ones ({sum(kept) / right:.3f}), precision {sum(kept) / len(kept):.3f}"
        )


if __name__ == "__main__":
    main()
