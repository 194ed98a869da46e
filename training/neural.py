"""Train the convolutional networks beside the random field: ``python training/neural.py`` writes ``kg/data/model/network.npz``.

Needs torch (``pip install torch``, the CPU build will do), which the package itself never needs. With ``--held`` the spans of
documents that are not learnt from are measured on the way, for the choice of rounds; with ``--field`` also together with
a random field that learnt from the same texts.
"""

from __future__ import annotations

import argparse
import copy
import json
import math
import random
import sys
import time
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional

from kg.pipeline.lexicon import packaged
from kg.pipeline.network import FEATURES, Network, numbers
from kg.pipeline.observe import Columns, columns, hashed
from kg.pipeline.recogniser import Recogniser, spans_of

sys.path.insert(0, str(Path(__file__).parent))
from corpus import HERE, TYPES, Sample, Span, document_of, gold_files, prepare, read_corpus, read_gold
from recogniser import copies, labels_of, show

OUT = HERE.parent / "kg" / "data" / "model" / "network.npz"
LABELS = ["O", *(f"{place}-{type_}" for type_ in TYPES.values() for place in "BIES")]
# CLUENER's labels as ours. None: we have no such thing, or mark only some of them, so nothing is learnt there.
CLUENER = {
    "government": "Organisation",
    "organization": "Organisation",
    "company": "Organisation",
    "name": "Person",
    "position": "Title",
    "address": "",
    "game": None,
    "movie": None,
    "book": None,
    "scene": None,
}
_UNMARKED = -100
Pair = tuple[Tensor, Tensor]


@dataclass
class Settings:
    """The make of a network, and how it learns."""

    width: int = 64
    depth: int = 64
    steps: tuple[int, ...] = (1, 2, 4, 1)
    words: int = 4096
    pairs: int = 8192
    drop: float = 0.25
    # How many characters, and passages, are shown without what is known of them: so the model does without as well.
    blind_characters: float = 0.15
    blind_passages: float = 0.2
    rounds: int = 10
    rate: float = 3e-3
    decay: float = 0.01
    chunk: int = 256
    batch: int = 16
    # The share of CLUENER's sentences met in a round.
    besides: float = 0.4


@dataclass
class Texts:
    """What is learnt from: passages, each as it is and with other names; documents; sentences of CLUENER."""

    characters: np.ndarray
    line_end: Tensor
    passages: list[list[Pair]]
    documents: list[Pair]
    besides: list[Pair] = field(default_factory=list)


class Net(nn.Module):
    """The network of kg/pipeline/network.py as torch sees it."""

    def __init__(self, vocabulary: int, make: Settings) -> None:
        super().__init__()
        width = make.width
        self.char = nn.Embedding(vocabulary, make.depth)
        self.word = nn.Embedding(make.words, make.depth)
        self.pair = nn.Embedding(make.pairs, make.depth)
        self.project = nn.Linear(make.depth, width, bias=False)
        self.features = nn.ModuleList(nn.Embedding(size, width) for size in FEATURES.values())
        for table, spread in [(self.char, 0.3), (self.word, 0.3), *((t, 0.1) for t in (self.pair, *self.features))]:
            nn.init.normal_(table.weight, std=spread)
        self.norm, self.last_norm = nn.LayerNorm(width), nn.LayerNorm(width)
        self.layers = nn.ModuleList(nn.Conv1d(width, 2 * width, 3, padding=by, dilation=by) for by in make.steps)
        self.last = nn.Linear(width, len(LABELS))
        self.drop = nn.Dropout(make.drop)
        self.make = make

    def forward(self, rows: Tensor) -> Tensor:
        """Return the score of each label for each character of some chunks."""
        seen = list(rows.unbind(-1))
        if self.training:
            hidden = torch.rand(seen[0].shape) < self.make.blind_characters
            seen[0] = seen[0].masked_fill(hidden, 1)
            seen[-2], seen[-1] = seen[-2].masked_fill(hidden, 0), seen[-1].masked_fill(hidden, 0)
            for name in ("known", "ruled", "titles", "common"):
                place = 1 + list(FEATURES).index(name)
                seen[place] = seen[place].masked_fill(torch.rand(len(rows), 1) < self.make.blind_passages, 0)
        words = self.word(seen[-2]) * (seen[-2] > 0).unsqueeze(-1)
        here = self.project(self.char(seen[0]) + words + self.pair(seen[-1]))
        for table, values in zip(self.features, seen[1:-2], strict=True):
            here = here + table(values)
        here = self.drop(self.norm(here)).transpose(1, 2)
        for layer in self.layers:
            change, gate = layer(here).chunk(2, 1)
            here = here + self.drop(change * torch.sigmoid(gate))
        scores: Tensor = self.last(self.last_norm(here.transpose(1, 2)))
        return scores


def seen_in(sample: Sample) -> Columns:
    """Return what is seen of a passage."""
    return columns(prepare(document_of(sample.text)), packaged())


def documents_with(gold: list[Path], texts: list[Path]) -> list[tuple[Columns, list[str], list[tuple[int, int]]]]:
    """Return what is seen of documents with gold facts, their labels, and the sentences that count."""
    out = []
    for path in gold_files(gold):
        context, spans = read_gold(path, texts)
        places = [(s.start, s.end) for s in context.sentences if s.passage.kind != "contact"]
        out.append((columns(context, packaged()), labels_of(len(context.folded), spans), places))
    return out


def read_cluener(path: Path) -> list[Sample]:
    """Return CLUENER's sentences with all its own labels."""
    samples = []
    for line in path.read_text(encoding="utf-8").splitlines():
        row = json.loads(line)
        spans = sorted((a, b + 1, k) for k, names in row["label"].items() for p in names.values() for a, b in p)
        kept: list[Span] = []
        for span in spans:
            if not kept or span[0] >= kept[-1][1]:
                kept.append(span)
        samples.append(Sample(row["text"], tuple(kept), "cluener"))
    return samples


def as_ours(label: str) -> int:
    """Return the number of our label that one of CLUENER's stands for."""
    if label == "O":
        return 0
    type_ = CLUENER[label[2:]]
    return _UNMARKED if type_ is None else LABELS.index(label[:2] + type_) if type_ else 0


def gather(args: argparse.Namespace, make: Settings) -> Texts:
    """Return all that is learnt from, as numbers."""
    samples = read_corpus()
    variants = samples + [copy for number in range(args.copies) for copy in copies(samples, number)]
    seen = [seen_in(s) for s in variants]
    documents = documents_with(args.documents, args.texts)
    others = read_cluener(args.cluener / "train.jsonl") if args.cluener else []
    seen_others = [seen_in(s) for s in others]
    met: Counter[int] = Counter()
    for one in [*seen[: 3 * len(samples)], *(d[0] for d in documents), *seen_others]:
        met.update(one.chars.tolist())
    characters = np.array(sorted(c for c, n in met.items() if n >= 2), dtype=np.uint64)

    def pair(one: Columns, labels: list[int]) -> Pair:
        return torch.from_numpy(numbers(one, characters, make.words, make.pairs)), torch.tensor(labels)

    passages: dict[str, list[Pair]] = {}
    for sample, one in zip(variants, seen, strict=True):
        labels = [LABELS.index(x) for x in labels_of(len(sample.text), sample.spans)]
        passages.setdefault(sample.source, []).append(pair(one, labels))
    end = seen_in(Sample("甲\n乙", (), ""))
    out = Texts(characters, pair(end, [0, 0, 0])[0][1:2], list(passages.values()), [])
    for one, named, places in documents:
        counted = {i for start, end in places for i in range(start, end)}
        out.documents.append(pair(one, [LABELS.index(x) if i in counted else _UNMARKED for i, x in enumerate(named)]))
    for sample, one in zip(others, seen_others, strict=True):
        out.besides.append(pair(one, [as_ours(x) for x in labels_of(len(sample.text), sample.spans)]))
    return out


def one_round(texts: Texts, make: Settings, draw: random.Random) -> list[Pair]:
    """Return the batches of a round: the texts in a random order, a line end between, cut into chunks of one length."""
    mixed = [v[0 if draw.random() < 0.3 else draw.randrange(len(v))] for v in texts.passages]
    mixed += texts.documents + draw.sample(texts.besides, int(len(texts.besides) * make.besides))
    draw.shuffle(mixed)
    outside = torch.tensor([0])
    rows = torch.cat([part for x, _ in mixed for part in (x, texts.line_end)])
    labels = torch.cat([part for _, y in mixed for part in (y, outside)])
    count = len(rows) // make.chunk
    rows = rows[: count * make.chunk].view(count, make.chunk, -1)
    labels = labels[: count * make.chunk].view(count, make.chunk)
    batches = [(rows[i : i + make.batch], labels[i : i + make.batch]) for i in range(0, count, make.batch)]
    draw.shuffle(batches)
    return batches


def train(texts: Texts, make: Settings, seed: int) -> Net:
    """Return a network trained with one seed: the running mean of its weights."""
    torch.manual_seed(seed)
    draw = random.Random(seed)
    net = Net(len(texts.characters) + 2, make)
    optimiser = torch.optim.AdamW(net.parameters(), lr=make.rate, weight_decay=make.decay, betas=(0.9, 0.99))
    mean, step, began = copy.deepcopy(net), 0, time.perf_counter()
    total = make.rounds * len(one_round(texts, make, random.Random(seed)))
    for number in range(make.rounds):
        losses = []
        for rows, labels in one_round(texts, make, draw):
            falling = 0.51 + 0.49 * math.cos(math.pi * min(1, step / total))
            for group in optimiser.param_groups:
                group["lr"] = make.rate * min(1, step / 100) * falling
            loss = functional.cross_entropy(net(rows).flatten(0, 1), labels.flatten(), ignore_index=_UNMARKED)
            optimiser.zero_grad()
            loss.backward()  # type: ignore[no-untyped-call]
            nn.utils.clip_grad_norm_(net.parameters(), 1.0)
            optimiser.step()
            step += 1
            losses.append(loss.item())
            with torch.no_grad():
                share = 1 if step <= 100 else 0.02 if step <= 600 else 0.002
                for old, new in zip(mean.parameters(), net.parameters(), strict=True):
                    old.lerp_(new, share)
        spent = time.perf_counter() - began
        print(f"  seed {seed}, round {number + 1}: loss {np.mean(losses):.4f}, {spent:.0f} s", flush=True)
    return mean


def export(nets: list[Net], texts: Texts, make: Settings, share: float, outside: float, path: Path) -> None:
    """Write the networks in half precision, as kg/pipeline/network.py reads them."""
    data = {
        "labels": np.array(LABELS),
        "characters": texts.characters.astype(np.uint32),
        "steps": np.array(make.steps, dtype=np.float32),
        "share": np.float32(share),
        "outside": np.float32(outside),
    }
    # Words that were never met keep their first, random weights: they say nothing, and are large in the file.
    pairs = [*(p for v in texts.passages for p in v), *texts.documents, *texts.besides]
    met = torch.zeros(make.words, 1)
    met[torch.cat([rows[:, -2] for rows, _ in pairs])] = 1
    for number, net in enumerate(nets):
        weights = {
            "char": net.char.weight,
            "word": net.word.weight * met,
            "pair": net.pair.weight,
            "project": net.project.weight.T,
            **{f"feature_{name}": t.weight for name, t in zip(FEATURES, net.features, strict=True)},
            "norm": torch.stack([net.norm.weight, net.norm.bias]),
            "last_norm": torch.stack([net.last_norm.weight, net.last_norm.bias]),
            "last": net.last.weight.T,
            "last_bias": net.last.bias,
        }
        for place, layer in enumerate(net.layers):
            # Out, in, place before or after: as rows of "left, here, right" times columns of outputs.
            weights[f"layer_{place}"] = layer.weight.permute(2, 1, 0).reshape(3 * make.width, 2 * make.width)
            weights[f"bias_{place}"] = layer.bias
        data |= {f"{number}.{k}": v.detach().numpy().astype(np.float16) for k, v in weights.items()}
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_name(".network.part.npz")
    np.savez_compressed(part, **data)
    part.replace(path)


def measure(
    network: Network, model: Recogniser | None, held: list[tuple[Columns, list[str], list[tuple[int, int]]]]
) -> str:
    """Return precision, recall and F1 of the spans in documents, by the network alone or beside a field."""
    alone = Recogniser(
        LABELS, np.zeros(1, np.uint64), np.zeros((1, len(LABELS)), np.float32), np.zeros((len(LABELS),) * 2, np.float32)
    )
    tally: dict[str, list[int]] = {}
    for seen, labels, places in held:
        if model is None:
            found = alone.spans(np.zeros((len(labels), 1), np.uint64), places, network.log_probabilities(seen))
        else:
            found = model.spans(hashed(seen), places, network.scores(seen, model.labels))
        counted = {i for start, end in places for i in range(start, end)}
        gold = {s for s in spans_of(labels) if s[0] in counted}
        right = {(a, b, t) for a, b, t, _ in found}
        for kind in {t for *_, t in gold | right}:
            row = tally.setdefault(kind, [0, 0, 0])
            for place, group in enumerate((gold & right, right, gold)):
                row[place] += sum(1 for x in group if x[2] == kind)
    return show({k: (a, b, c) for k, (a, b, c) in sorted(tally.items())})


def main() -> None:
    """Train the networks, write them, and measure them where documents are held out."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--documents", nargs="*", type=Path, default=[], help="gold files of documents to learn from")
    parser.add_argument("--texts", nargs="*", type=Path, default=[], help="folders of their texts, if not beside")
    parser.add_argument("--cluener", type=Path, help="folder of CLUENER, used besides")
    parser.add_argument("--held", nargs="*", type=Path, default=[], help="gold files of documents to measure on")
    parser.add_argument("--field", type=Path, help="a random field, to measure both together")
    parser.add_argument("--copies", type=int, default=8, help="of each passage, with other names")
    parser.add_argument("--nets", type=int, default=3, help="how many networks, each with a seed of its own")
    parser.add_argument("--rounds", type=int, default=Settings.rounds)
    parser.add_argument("--share", type=float, default=0.2, help="what the scores count beside the field's")
    parser.add_argument("--outside", type=float, default=0.0, help='what "no name" gets besides')
    parser.add_argument("--out", type=Path, default=OUT)
    args = parser.parse_args()
    torch.set_num_threads(1)
    torch.use_deterministic_algorithms(True)
    make = Settings(rounds=args.rounds)
    began = time.perf_counter()
    texts = gather(args, make)
    print(f"{len(texts.passages)} passages, {len(texts.documents)} documents, {time.perf_counter() - began:.0f} s")
    held = documents_with(args.held, args.texts)
    nets: list[Net] = []
    for seed in range(args.nets):
        nets.append(train(texts, make, seed))
        export(nets, texts, make, args.share, args.outside, args.out)
        if held:
            print(f"{len(nets)} alone: {measure(Network.read(args.out), None, held)}")
    if held and args.field:
        print(f"with the field: {measure(Network.read(args.out), Recogniser.read(args.field), held)}")
    print(f"{args.out}: {args.out.stat().st_size / 1e6:.1f} MB, {time.perf_counter() - began:.0f} s")


if __name__ == "__main__":
    main()
