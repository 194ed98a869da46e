"""Write kg/data/identity/common.txt: pairs of characters and English words so common that sharing them tells little.

Those with a question mark tell something, the others nothing.

    python training/common.py

Counted in how many of the documents of ``seeds``, ``training`` and ``benchmarks/dev`` each stands, and for names, in
how many things of the lexicon.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from pathlib import Path

from kg.language.script import fold
from kg.pipeline.lexicon import read_entries

ROOT = Path(__file__).parent.parent
TEXTS = ("seeds/*.txt", "benchmarks/dev/*.txt", "training/**/*.txt")
# In so many documents, or names of so many things: common; in so many of either: everywhere.
DOCUMENTS, THINGS = 4, 6
EVERYWHERE = 15


def main() -> None:
    """Write the file."""
    seen: Counter[str] = Counter()
    for pattern in TEXTS:
        for path in sorted(ROOT.glob(pattern)):
            text = re.sub(r"(?<=[\u4e00-\u9fff])\s+(?=[\u4e00-\u9fff])", "", fold(path.read_text(encoding="utf-8")))
            seen.update(
                {text[i : i + 2] for i in range(len(text) - 1) if re.fullmatch("[\u4e00-\u9fff]{2}", text[i : i + 2])}
            )
            seen.update(set(re.findall("[a-z]{3,}", text.casefold())))
    names: dict[str, set[str]] = defaultdict(set)
    for entry in read_entries():
        form = fold(entry.form).casefold()
        for gram in [form[i : i + 2] for i in range(len(form) - 1)] + re.findall("[a-z]{3,}", form):
            if re.fullmatch("[\u4e00-\u9fff]{2}|[a-z]{3,}", gram):
                names[gram].add(entry.id)
    common = {g for g, n in seen.items() if n >= DOCUMENTS} | {g for g, ids in names.items() if len(ids) >= THINGS}
    target = ROOT / "kg" / "data" / "identity" / "common.txt"
    marks = {g: "" if max(seen[g], len(names.get(g, ()))) >= EVERYWHERE else "?" for g in common}
    target.write_text("".join(f"{g}{marks[g]}\n" for g in sorted(common)), encoding="utf-8")


if __name__ == "__main__":
    main()
