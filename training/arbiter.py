"""Train the network that reads a document as a row of signs: ``python training/arbiter.py GOLD… --texts FOLDER…``.

Writes ``kg/data/model/arbiter.npz``. Needs torch (``pip install torch``, the CPU build will do), which the package itself never
needs. With ``--held N`` every Nth document is left out of training and measured; nothing is written then.
"""

from __future__ import annotations

import argparse
import copy
import math
import random
import sys
import time
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional

sys.path.insert(0, str(Path(__file__).parent))
from corpus import gold_files
from documents import Gold, load_gold, with_found_names, with_gold_names, with_passage_names
from holders import gold_answers
from relations import said_passages

from kg.pipeline.arbiter import Arbiter
from kg.pipeline.compared import BUCKETS, PAIRS, Couples, Rows, Windows, couples, rows_of, turned_classes, windows
from kg.pipeline.context import Context
from kg.pipeline.figures import places_of
from kg.pipeline.pairs import CLASSES
from kg.pipeline.scene import Scene, scene_of

OUT = Path(__file__).parent.parent / "kg" / "data" / "model" / "arbiter.npz"


@dataclass(frozen=True)
class Settings:
    """The make of the network, and how it learns."""

    width: int = 64
    hidden: int = 64
    steps: tuple[int, ...] = (1, 2, 4, 8, 1)
    least: int = 3  # a word met fewer times is any other word
    drop: float = 0.3
    # How many words and ends of names are hidden while learning.
    blind_words: float = 0.12
    blind_ends: float = 0.15
    rounds: int = 12
    rate: float = 3e-3
    decay: float = 0.02
    batch: int = 8
    # What an error in each question weighs beside one in the holder.
    payers: float = 0.5
    relations: float = 0.3


@dataclass
class View:
    """A document with the names of one reading: its scene, and the answers to each question."""

    context: Context
    scene: Scene
    starts: list[int] = field(default_factory=list)
    holders: list[int] = field(default_factory=list)
    # -2 where nothing is known or asked.
    payers: list[int] = field(default_factory=list)
    said: set[tuple[int, str, int]] = field(default_factory=set)


@dataclass
class Known:
    """A view in numbers."""

    rows: Rows
    figures: np.ndarray
    near: Windows
    couples: Couples
    holders: np.ndarray
    payers: np.ndarray
    said: np.ndarray


def view_of(context: Context, ids: dict[int, str], gold: Gold) -> View:
    """Return a document's scene with the right answers."""
    groups = {id_: group for group, id_ in ids.items()}
    places = [place for place, _ in places_of(context)]
    view = View(context, scene_of(context, places))
    answers = gold_answers(context, ids, gold)
    for place in places:
        fact, twice = answers[place.start]
        if twice or place.start not in view.scene.figures:
            continue
        view.starts.append(place.start)
        view.holders.append(groups.get(fact["subject"], -1) if fact else -1)
        funder = fact.get("funder") if fact else None
        payer = groups.get(funder or "", -1)
        view.payers.append(payer if fact and place.is_money and (payer >= 0 or not funder) else -2)
    for fact in gold["relations"]:
        if fact["subject"] in groups and fact["object"] in groups:
            view.said.add((groups[fact["subject"]], fact["predicate"], groups[fact["object"]]))
    return view


def passage_views() -> list[View]:
    """Return the corpus's passages whose relations are known."""
    views = []
    for sample, stated in said_passages():
        context, ids = with_passage_names(sample, stated)
        facts = [{"subject": a, "predicate": p, "object": b} for p, a, b in stated if p != "same"]
        views.append(view_of(context, ids, {"relations": facts, "amounts": [], "counts": []}))
        views[-1].starts.clear()
        views[-1].holders.clear()
        views[-1].payers.clear()
    return views


def vocabulary(views: list[View], least: int) -> tuple[list[str], list[str]]:
    """Return the words and the kinds of signs that views have, each with its row; row 0 is nothing, row 1 of the words any other."""
    words: Counter[str] = Counter()
    kinds: set[str] = set()
    for view in views:
        words.update(w for w in view.scene.words if w)
        words.update(c for tail in view.scene.tails for c in tail)
        kinds.update(view.scene.kinds, (w for w in view.scene.ways if w))
        kinds.update(f"G.{g.type}.{g.kind or ''}" for g in view.context.groups)
    return ["", "", *sorted(w for w, n in words.items() if n >= least)], ["", *sorted(kinds)]


def known(view: View, words: dict[str, int], kinds: dict[str, int]) -> Known:
    """Return a view in numbers."""
    rows = rows_of(view.scene, view.context, words, kinds)
    figures = np.array([view.scene.figures[s] for s in view.starts], dtype=np.int64)
    near = couples(rows, view.context)
    said = np.zeros((len(near.keys), len(CLASSES)), dtype=np.float32)
    for number, (first, second) in enumerate(near.keys):
        for column, name in enumerate(CLASSES):
            one, other = (first, second) if name[-1] == ">" else (second, first)
            both = name[:-1] == "partnersWith" and (other, name[:-1], one) in view.said
            said[number, column] = (one, name[:-1], other) in view.said or both
    size = len(view.context.groups)
    holders, payers = (
        np.array([size if a == -1 else a for a in answers], dtype=np.int64) for answers in (view.holders, view.payers)
    )
    return Known(rows, figures, windows(rows, figures), near, holders, payers, said)


class Side(nn.Module):
    """One question about a figure, as `kg.pipeline.arbiter` asks it."""

    def __init__(self, make: Settings, kinds: int) -> None:
        super().__init__()
        width, hidden = make.width, make.hidden
        self.figure = nn.Linear(width, hidden)
        self.mention = nn.Linear(width, hidden, bias=False)
        self.thing = nn.Linear(width, hidden, bias=False)
        self.kind = nn.Embedding(kinds, hidden)
        self.distance, self.back, self.order, self.often = (nn.Embedding(n, hidden) for n in BUCKETS.values())
        for table in (self.kind, self.distance, self.back, self.order, self.often):
            nn.init.normal_(table.weight, std=0.1)
        self.out = nn.Linear(hidden, 1)
        self.none = nn.Linear(width, hidden)
        self.none_out = nn.Linear(hidden, 1)

    def forward(self, batch: Batch, asked: Asked, made: tuple[Tensor, Tensor], drop: nn.Module) -> Tensor:
        """Return the score of each group of its document, or nobody (the column behind the document's groups), for each asked."""
        seen, things = made
        own = self.thing(things) + self.kind(batch.things[:, 0])
        own = own + self.often(batch.things[:, 1]) + self.often(8 + batch.things[:, 2])
        here = seen[asked.signs]
        named = self.mention(seen[batch.places]) + own[batch.groups]
        hidden = named[asked.near] + self.figure(here)[:, None]
        hidden = hidden + self.distance(asked.distance) + self.back(asked.back) + self.order(asked.order)
        scores = self.out(drop(torch.tanh(hidden))).squeeze(-1).masked_fill(~asked.there, -30.0)
        none = self.none_out(torch.tanh(self.none(here)))
        most = torch.maximum(scores.amax(1, keepdim=True), none).detach()
        sums = torch.zeros(len(here), batch.widest + 1)
        sums = sums.scatter_add(1, asked.local, torch.exp(scores - most) * asked.there)
        sums = sums.scatter_add(1, asked.nobody[:, None], torch.exp(none - most))
        return torch.log(sums + 1e-12) + most


class Net(nn.Module):
    """The network of `kg.pipeline.arbiter` as torch sees it."""

    def __init__(self, words: int, kinds: int, make: Settings) -> None:
        super().__init__()
        width, hidden = make.width, make.hidden
        self.word, self.kind, self.pair = (nn.Embedding(n, width) for n in (words, kinds, PAIRS))
        for table in (self.word, self.kind, self.pair):
            nn.init.normal_(table.weight, std=0.15)
            table.weight.data[0] = 0
        self.norm, self.last_norm = nn.LayerNorm(width), nn.LayerNorm(width)
        self.layers = nn.ModuleList(nn.Conv1d(width, 2 * width, 3, padding=by, dilation=by) for by in make.steps)
        self.drop = nn.Dropout(make.drop)
        self.holders, self.payers = Side(make, kinds), Side(make, kinds)
        self.left, self.right = nn.Linear(width, hidden), nn.Linear(width, hidden, bias=False)
        self.left_thing, self.right_thing = (nn.Linear(width, hidden, bias=False) for _ in range(2))
        self.left_kind, self.right_kind = nn.Embedding(kinds, hidden), nn.Embedding(kinds, hidden)
        self.distance, self.back, self.order, _ = (nn.Embedding(n, hidden) for n in BUCKETS.values())
        for table in (self.left_kind, self.right_kind, self.distance, self.back, self.order):
            nn.init.normal_(table.weight, std=0.1)
        self.out = nn.Linear(hidden, len(CLASSES))
        nn.init.constant_(self.out.bias, -3.0)
        self.make = make

    def encode(self, batch: Batch) -> tuple[Tensor, Tensor]:
        """Return what is seen of each sign, and of each group on the mean."""
        signs = batch.signs
        if self.training:
            signs = signs.clone()
            hidden = torch.rand(len(signs)) < self.make.blind_words
            signs[:, 0] = torch.where(hidden, signs[:, 0].clamp(max=1), signs[:, 0])
            signs[:, 5] = signs[:, 5].masked_fill(hidden, 0)
            signs[:, 3:5] = signs[:, 3:5].masked_fill((torch.rand(len(signs)) < self.make.blind_ends)[:, None], 0)
        word, kind, way, last, two, pair = signs.unbind(1)
        here = self.word(word) + self.kind(kind) + self.kind(way) + self.word(last) + self.pair(two) + self.pair(pair)
        gap = batch.gap[None]
        here = (self.drop(self.norm(here)).t() * gap).unsqueeze(0)
        for layer in self.layers:
            change, gate = layer(here).chunk(2, 1)
            here = here + self.drop(change * torch.sigmoid(gate)) * gap
        seen = self.last_norm(here.squeeze(0).t())
        size, width = len(batch.things), seen.shape[1]
        sums = torch.zeros(size, width).index_add(0, batch.groups, seen[batch.places])
        times = torch.zeros(size).index_add(0, batch.groups, torch.ones(len(batch.groups)))
        return seen, sums / times.clamp(min=1).unsqueeze(1)

    def related(self, batch: Batch, seen: Tensor, things: Tensor) -> Tensor:
        """Return the logarithm of the odds of each class for each pair of groups."""
        kind = batch.things[:, 0]
        named = seen[batch.places]
        left = self.left(named) + (self.left_thing(things) + self.left_kind(kind))[batch.groups]
        right = self.right(named) + (self.right_thing(things) + self.right_kind(kind))[batch.groups]
        hidden = left[batch.left] + right[batch.right]
        hidden = hidden + self.distance(batch.apart) + self.back(batch.sentences) + self.order(batch.between)
        scores = self.out(self.drop(torch.tanh(hidden)))
        scores = torch.where(batch.turned[:, None], scores[:, torch.from_numpy(turned_classes())], scores)
        sums = torch.zeros(len(batch.said), len(CLASSES)).index_add(0, batch.key, torch.exp(scores.clamp(max=15)))
        return torch.log(sums + 1e-9)

    def loss(self, batch: Batch) -> Tensor:
        """Return the sum of the errors in all questions."""
        seen, things = made = self.encode(batch)
        found = torch.zeros(())
        for side, answers, weight in (
            (self.holders, batch.holders, 1.0),
            (self.payers, batch.payers, self.make.payers),
        ):
            asked = answers >= 0
            if len(answers) and asked.any():
                scores = torch.log_softmax(side(batch, batch.figures, made, self.drop), 1)
                right = scores.gather(1, answers.clamp(min=0)[:, None]).squeeze(1)
                # What stands too far away is no answer that can be learnt.
                asked = asked & (right > -20)
                found = found - weight * right[asked].sum()
        if len(batch.key):
            scores = self.related(batch, seen, things)
            errors = functional.binary_cross_entropy_with_logits(scores, batch.said, reduction="none")
            found = found + self.make.relations * (errors * batch.asked).sum()
        return found


@dataclass(frozen=True)
class Asked:
    """What is asked of a batch: the signs of figures, and the windows of mentions that each is compared with."""

    signs: Tensor
    near: Tensor
    there: Tensor
    distance: Tensor
    back: Tensor
    order: Tensor
    local: Tensor
    nobody: Tensor


class Batch:
    """Several views one behind the other, with a gap as wide as a convolution reaches."""

    def __init__(self, views: list[Known], gap: int) -> None:
        self.widest = max(len(v.rows.things) for v in views)
        ends = np.cumsum(
            [[0, 0, 0, 0]]
            + [[len(v.rows.signs) + gap, len(v.rows.places), len(v.rows.things), len(v.couples.keys)] for v in views],
            axis=0,
        )
        starts = list(zip(views, ends[:-1], strict=True))
        pad = np.zeros((gap, 6), dtype=np.int64)
        self.signs = _joined(part for v in views for part in (v.rows.signs, pad))
        self.gap = _joined(
            part.astype(np.float32) for v in views for part in (np.ones(len(v.rows.signs)), np.zeros(gap))
        )
        self.places = _joined(v.rows.places + start[0] for v, start in starts)
        self.groups = _joined(v.rows.groups + start[2] for v, start in starts)
        self.things = _joined(v.rows.things for v in views)
        self.figures = _asked([(v, v.figures, v.near, start) for v, start in starts])
        self.holders, self.payers = _joined(v.holders for v in views), _joined(v.payers for v in views)
        near = [(v.couples, start) for v, start in starts]
        self.left = _joined(c.left + start[1] for c, start in near)
        self.right = _joined(c.right + start[1] for c, start in near)
        self.apart, self.sentences, self.between = (
            _joined(getattr(c, name) for c, _ in near) for name in ("distance", "back", "order")
        )
        self.key = _joined(c.key + start[3] for c, start in near)
        self.turned, self.asked = _joined(c.turned for c, _ in near), _joined(c.asked for c, _ in near)
        self.said = _joined(v.said for v in views)


def _joined(parts: Iterable[np.ndarray]) -> Tensor:
    return torch.from_numpy(np.concatenate(list(parts)))


def _asked(parts: list[tuple[Known, np.ndarray, Windows, np.ndarray]]) -> Asked:
    return Asked(
        _joined(signs + start[0] for _, signs, _, start in parts),
        _joined(near.mentions + start[1] for _, _, near, start in parts),
        *(_joined(getattr(near, name) for _, _, near, _ in parts) for name in ("there", "distance", "back", "order")),
        _joined(v.rows.groups[near.mentions] if len(v.rows.groups) else near.mentions for v, _, near, _ in parts),
        _joined(np.full(len(signs), len(v.rows.things)) for v, signs, _, _ in parts),
    )


def train(views: list[Known], make: Settings, sizes: tuple[int, int], seed: int) -> Net:
    """Return a network that has learnt from views; its weights are the running mean."""
    random.seed(seed)
    torch.manual_seed(seed)
    net = Net(*sizes, make)
    mean = copy.deepcopy(net)
    learner = torch.optim.AdamW(net.parameters(), lr=make.rate, weight_decay=make.decay)
    steps, step, began = make.rounds * math.ceil(len(views) / make.batch), 0, time.monotonic()
    order = list(views)
    for number in range(make.rounds):
        random.shuffle(order)
        total = figures = 0.0
        for low in range(0, len(order), make.batch):
            some = order[low : low + make.batch]
            rate = make.rate * min(1, step / 100) * 0.5 * (1 + math.cos(math.pi * step / steps)) + 1e-5
            for group in learner.param_groups:
                group["lr"] = rate
            loss = net.loss(Batch(some, max(make.steps)))
            asked = max(1, sum(len(v.holders) for v in some))
            learner.zero_grad()
            if loss.requires_grad:
                (loss / asked).backward()
                nn.utils.clip_grad_norm_(net.parameters(), 1.0)
                learner.step()
            step += 1
            total += float(loss.detach())
            figures += asked
            with torch.no_grad():
                for kept, own in zip(mean.parameters(), net.parameters(), strict=True):
                    kept.lerp_(own, 0.01 if number else 1.0)
        print(f"round {number}: {total / figures:.3f}, {time.monotonic() - began:.0f} s", flush=True)
    return mean.eval()


def weights_of(net: Net) -> dict[str, np.ndarray]:
    """Return the weights by the names of `kg.pipeline.arbiter`, in half precision."""
    out: dict[str, Tensor] = {
        "word": net.word.weight,
        "kind": net.kind.weight,
        "pair": net.pair.weight,
        "norm": torch.stack([net.norm.weight, net.norm.bias]),
        "last_norm": torch.stack([net.last_norm.weight, net.last_norm.bias]),
    }
    for number, layer in enumerate(net.layers):
        weight = layer.weight  # [2 width, width, 3] → [3 width, 2 width], the row before first
        out[f"layer_{number}"] = weight.permute(2, 1, 0).reshape(-1, weight.shape[0])
        out[f"bias_{number}"] = layer.bias
    for name, side in (("holders", net.holders), ("payers", net.payers)):
        own = {
            "figure": side.figure.weight.t(),
            "bias": side.figure.bias,
            "mention": side.mention.weight.t(),
            "thing": side.thing.weight.t(),
            **{k: getattr(side, k).weight for k in ("kind", *BUCKETS)},
            "out": side.out.weight[0],
            "out_bias": side.out.bias[0],
            "none": side.none.weight.t(),
            "none_bias": side.none.bias,
            "none_out": side.none_out.weight[0],
            "none_out_bias": side.none_out.bias[0],
        }
        out |= {f"{name}.{k}": v for k, v in own.items()}
    related = {
        "left": net.left.weight.t(),
        "bias": net.left.bias,
        "right": net.right.weight.t(),
        "left_thing": net.left_thing.weight.t(),
        "right_thing": net.right_thing.weight.t(),
        **{k: getattr(net, k).weight for k in ("left_kind", "right_kind", "distance", "back", "order")},
        "out": net.out.weight.t(),
        "out_bias": net.out.bias,
    }
    out |= {f"relations.{k}": v for k, v in related.items()}
    return {k: v.detach().numpy().astype(np.float16) for k, v in out.items()}


def save(net: Net, words: list[str], kinds: list[str], path: Path) -> None:
    """Write the weights; the same weights give the same bytes."""
    path.parent.mkdir(parents=True, exist_ok=True)
    data = {"words": np.array(words), "kinds": np.array(kinds), "steps": np.array(net.make.steps)}
    np.savez_compressed(path, **dict(sorted({**data, **weights_of(net)}.items())))


def same(net: Net, path: Path, view: View, numbers: Known) -> float:
    """Return by how much torch and numpy differ on a view: half precision, and nothing else."""
    packed = Arbiter.read(path).judge(view.context, [p for p, _ in places_of(view.context)])
    batch = Batch([numbers], max(net.make.steps))
    with torch.no_grad():
        scores = torch.log_softmax(net.holders(batch, batch.figures, net.encode(batch), net.drop), 1).numpy()
    rows = [packed.holders[s] for s in view.starts]
    return float(max((np.abs(np.exp(a) - np.exp(b)).max() for a, b in zip(rows, scores, strict=True)), default=0.0))


def main() -> None:
    """Train, or measure on documents left out."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("gold", nargs="+", type=Path)
    parser.add_argument("--texts", nargs="*", type=Path, default=[], help="folders of texts, if not beside the gold")
    parser.add_argument("--held", type=int, default=0, help="leave out and measure every Nth document")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--rounds", type=int, default=Settings.rounds)
    parser.add_argument("--width", type=int, default=Settings.width)
    args = parser.parse_args()
    torch.set_num_threads(1)
    files = gold_files(args.gold)
    held = files[:: args.held] if args.held else []
    views, asked = passage_views(), []
    for path in files:
        gold = load_gold(path)
        both = [view_of(*names(path, args.texts), gold) for names in (with_gold_names, with_found_names)]
        views += [] if path in held else both
        asked += both[1:] if path in held else []
    fit(views, asked, Settings(rounds=args.rounds, width=args.width), args.seed)


def fit(views: list[View], asked: list[View], make: Settings, seed: int) -> None:
    """Learn from views, and write the weights; or measure on others instead, if any are given."""
    words, kinds = vocabulary(views, make.least)
    rows = {w: n for n, w in enumerate(words) if w}, {k: n for n, k in enumerate(kinds) if k}
    numbers = [known(v, *rows) for v in views]
    net = train(numbers, make, (len(words), len(kinds)), seed)
    if not asked:
        save(net, words, kinds, OUT)
        print(f"{OUT.name}: {OUT.stat().st_size / 1e6:.1f} MB, differs by {same(net, OUT, views[-1], numbers[-1]):.4f}")
        return
    counts: Counter[str] = Counter()
    for view in asked:
        numbers_ = known(view, *rows)
        batch = Batch([numbers_], max(make.steps))
        with torch.no_grad():
            seen, things = made = net.encode(batch)
            if len(view.starts):
                best = net.holders(batch, batch.figures, made, net.drop).argmax(1).numpy()
                counts["figures"] += len(best)
                counts["right"] += int((best == numbers_.holders).sum())
            if len(numbers_.couples.key):
                likely = (net.related(batch, seen, things) > 0).numpy() & numbers_.couples.asked
                counts["said"] += int(likely.sum())
                counts["hit"] += int((likely & (numbers_.said > 0)).sum())
                counts["true"] += int((numbers_.couples.asked & (numbers_.said > 0)).sum())
    precision, recall = counts["hit"] / max(1, counts["said"]), counts["hit"] / max(1, counts["true"])
    print(f"right holder of {counts['figures']} figures {counts['right'] / max(1, counts['figures']):.3f}")
    print(f"relations: precision {precision:.3f}, recall {recall:.3f}")


if __name__ == "__main__":
    main()
