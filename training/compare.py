"""Compare the CRF with spaCy's transition-based recogniser on the same passages and the same documents left out.

``python training/compare.py --documents GOLD… --texts FOLDER…``: both learn from the corpus, both are measured on the
documents. spaCy sees characters as tokens; the CRF sees lexicon, rules and heads besides.
"""

from __future__ import annotations

import argparse
import random
import sys
import tempfile
import time
import warnings
from pathlib import Path

import spacy
from spacy.tokens import Doc
from spacy.training import Example
from spacy.util import minibatch

sys.path.insert(0, str(Path(__file__).parent))
from corpus import Sample, gold_files, read_corpus, read_gold
from recogniser import copies, document_items, item, score, show, train

from kg.language.script import fold


def make(nlp: spacy.Language, text: str) -> Doc:
    """Return a document whose tokens are the characters of a folded text."""
    return Doc(nlp.vocab, words=list(fold(text)), spaces=[False] * len(text))


def spacy_ner(samples: list[Sample], rounds: int) -> spacy.Language:
    """Return spaCy's recogniser trained on the passages."""
    nlp = spacy.blank("zh")
    nlp.add_pipe("ner")
    examples = [Example.from_dict(make(nlp, s.text), {"entities": [(a, b, t) for a, b, t in s.spans]}) for s in samples]
    nlp.initialize(lambda: examples)
    draw = random.Random(0)
    for number in range(rounds):
        draw.shuffle(examples)
        losses: dict[str, float] = {}
        for batch in minibatch(examples, size=16):
            nlp.update(batch, losses=losses, drop=0.2)
        print(f"  round {number + 1}: loss {losses['ner']:.0f}", file=sys.stderr)
    return nlp


def main() -> None:
    """Train both and print their figures."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--documents", nargs="+", type=Path, required=True)
    parser.add_argument("--texts", nargs="*", type=Path, default=[])
    parser.add_argument("--rounds", type=int, default=15)
    args = parser.parse_args()
    warnings.filterwarnings("ignore", category=UserWarning)
    spacy.util.fix_random_seed(0)
    samples = read_corpus()
    samples += copies(samples, 0)
    files = gold_files(args.documents)
    began = time.perf_counter()
    nlp = spacy_ner(samples, args.rounds)
    print(f"spaCy ner, {args.rounds} rounds, {time.perf_counter() - began:.0f} s of training")
    tally: dict[str, list[int]] = {}
    size, spent = 0, 0.0
    for path in files:
        context, spans = read_gold(path, args.texts)
        for sentence in context.sentences:
            if sentence.passage.kind == "contact":
                continue
            gold = {
                (a - sentence.start, b - sentence.start, t)
                for a, b, t in spans
                if sentence.start <= a and b <= sentence.end
            }
            began = time.perf_counter()
            found = {
                (e.start, e.end, e.label_) for e in nlp(make(nlp, context.text[sentence.start : sentence.end])).ents
            }
            spent += time.perf_counter() - began
            size += sentence.end - sentence.start
            for kind in {t for *_, t in gold | found}:
                row = tally.setdefault(kind, [0, 0, 0])
                row[0] += sum(1 for x in gold & found if x[2] == kind)
                row[1] += sum(1 for x in found if x[2] == kind)
                row[2] += sum(1 for x in gold if x[2] == kind)
    print(f"  {size / spent:,.0f} characters/s  {show({k: (a, b, c) for k, (a, b, c) in sorted(tally.items())})}")
    began = time.perf_counter()
    with tempfile.TemporaryDirectory() as folder:
        model = train([item(s) for s in samples], Path(folder) / "crf", 0.02, 0.2, 100, 2)
    print(f"CRF, {time.perf_counter() - began:.0f} s of training")
    print(f"  {show(score(model, document_items(args.documents, args.texts)))}")


if __name__ == "__main__":
    main()
