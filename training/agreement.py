"""How far two independent readings of the same passages agree: ``python training/agreement.py``.

``second-reading.txt`` holds a tenth of the corpus, marked anew by a reader who did not see the first marks. Printed are the F1 of
spans (one reading taken as the answer to the other; the same either way round), with and without their types, and Cohen's kappa
over characters, with the label of each character as its class.
"""

from __future__ import annotations

import sys
from collections import Counter
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))
from corpus import HERE, Sample, parse, read_corpus

SECOND = HERE / "second-reading.txt"


def labels(sample: Sample) -> list[str]:
    """Return the type of the name that each character stands in, or a dash."""
    out = ["-"] * len(sample.text)
    for start, end, type_ in sample.spans:
        out[start:end] = [type_] * (end - start)
    return out


def kappa(first: list[str], second: list[str]) -> float:
    """Return Cohen's kappa of two labellings of the same items (Cohen 1960): agreement beyond what chance gives."""
    total = len(first)
    agreed = sum(a == b for a, b in zip(first, second, strict=True)) / total
    left, right = Counter(first), Counter(second)
    chance = sum(left[c] * right[c] for c in left) / total**2
    return (agreed - chance) / (1 - chance)


def agreement(first: list[Sample], second: list[Sample]) -> dict[str, float]:
    """Return F1 of typed spans and of bare spans, and kappa over characters; passages are paired by their text."""
    by_text = {s.text: s for s in first}
    pairs = [(by_text[s.text], s) for s in second if s.text in by_text]
    if not pairs:
        raise SystemExit("no passage of the second reading is in the corpus")
    out = {"passages": float(len(pairs))}
    for name, cut in (("typed", 3), ("bare", 2)):
        shared = sum(len({x[:cut] for x in a.spans} & {x[:cut] for x in b.spans}) for a, b in pairs)
        marked = sum(len(a.spans) + len(b.spans) for a, b in pairs)
        out[name] = 2 * shared / marked
    out["kappa"] = kappa([c for a, _ in pairs for c in labels(a)], [c for _, b in pairs for c in labels(b)])
    for type_ in sorted({x[2] for a, b in pairs for x in (*a.spans, *b.spans)}):
        one = [{x for x in a.spans if x[2] == type_} for a, _ in pairs]
        two = [{x for x in b.spans if x[2] == type_} for _, b in pairs]
        marked = sum(map(len, one)) + sum(map(len, two))
        out[type_] = 2 * sum(len(a & b) for a, b in zip(one, two, strict=True)) / marked
    return out


def main() -> None:
    """Print the agreement."""
    second = [
        parse(line.strip(), SECOND.name) for line in SECOND.read_text(encoding="utf-8").splitlines() if line.strip()
    ]
    for name, value in agreement(read_corpus(), second).items():
        print(f"{name:14s} {value:.3f}" if name != "passages" else f"{name:14s} {value:.0f}")


if __name__ == "__main__":
    main()
