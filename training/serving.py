"""Train the model of serving: whose a post is, or nobody's that is named.

``python training/serving.py GOLD… --texts FOLDER…`` writes ``kg/data/model/serving.npz``; with ``--folds N`` nothing is
written and the documents are measured in N parts, each left out of training once. The recogniser must not have learnt
from the documents.
"""

from __future__ import annotations

import sys
from collections import Counter
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))
from corpus import arguments, gold_files
from documents import Gold, load_gold, with_found_names
from holders import save, train_holders

from kg.language.script import name_key
from kg.pipeline import serving
from kg.pipeline.assemble import told_posts
from kg.pipeline.context import Context
from kg.pipeline.serving import Told

OUT = Path(__file__).parent.parent / "kg" / "data" / "model" / "serving.npz"
Choice = tuple[list[list[str]], int, int, Told]


def answer(told: Told, ids: dict[int, str], gold: Gold) -> int | None:
    """Return the group that the gold gives a post, -1 if it has no such post, None if it can't be told.

    `ids` is the gold id of each group. Of several bodies that the gold has for the title, the rules' own counts.
    """
    person = ids.get(told.person.entity)
    if person is None:
        return None
    title, groups = name_key(told.title), {id_: group for group, id_ in ids.items()}
    same = [
        p
        for p in gold["posts"]
        if p["person"] == person
        and (p["title"] == "contact") == (told.title == "contact")
        and (name_key(p["title"]) in title or title in name_key(p["title"]))
    ]
    bodies = [groups[p["organisation"]] for p in same if p["organisation"] in groups]
    if told.body in bodies:
        return told.body
    return bodies[0] if bodies else None if same else -1


def choices(context: Context, ids: dict[int, str], gold: Gold) -> list[Choice]:
    """Return a document's posts with their candidates and the right one; without those whose body is no candidate."""
    posts = told_posts(context)
    out, all_ = [], serving.Posts(context, posts)
    for told in posts:
        body = answer(told, ids, gold)
        found = serving.options(context, told, all_)
        place = next((n for n, (group, _) in enumerate(found) if group == body), -1)
        if place >= 0:
            ruled = next((n for n, (group, _) in enumerate(found) if group == told.body), 0)
            out.append(([features for _, features in found], place, ruled, told))
    return out


def main() -> None:
    """Train, or measure by folds."""
    args = arguments(__doc__, penalty=1.0, least=2).parse_args()
    files = gold_files(args.gold)
    data = [(*with_found_names(path, args.texts), load_gold(path)) for path in files]
    asked = [choices(*found) for found in data]
    if not args.folds:
        save(train_holders([c for rows in asked for c in rows], args.penalty, args.least), OUT)
        print(f"{OUT}: {OUT.stat().st_size / 1e3:.0f} kB")
        return
    counts: Counter[str] = Counter()
    for number in range(args.folds):
        rest = [c for n, rows in enumerate(asked) if n % args.folds != number for c in rows]
        model = train_holders(rest, args.penalty, args.least)
        for context, ids, gold in data[number :: args.folds]:
            posts = told_posts(context)
            for told, body in zip(posts, serving.choose(context, posts, model), strict=True):
                right = answer(told, ids, gold)
                if right is not None:
                    counts.update(asked=1, right=body == right, ruled=told.body == right)
    print(
        f"right of {counts['asked']}: {counts['right'] / counts['asked']:.3f}, rules alone {counts['ruled'] / counts['asked']:.3f}"
    )


if __name__ == "__main__":
    main()
