"""Time of identity over four sizes: synthetic mentions of a fifth as many things, on one core.

    python benchmarks/resolve.py [--sizes 12500 25000 50000 100000]

Things are bodies, schemes, halls, events and persons with invented names; documents name each about five times, in both
scripts, by spelling variants, abbreviations and posts. Every tenth person shares the name of another.
"""

from __future__ import annotations

import argparse
import math
import random
import resource
import time
from dataclasses import dataclass

from kg.language.script import to_simplified
from kg.model import DocumentFacts, DocumentInfo, Entity, EntityType, Kind, PostHolding, Quote, Source
from kg.resolve import resolve

_CHARS = "安邦博昌承達德東恩方豐福富高冠光廣國海恆弘宏華輝匯嘉建江金晉景君凱康朗樂力立麗聯龍隆美明南寧平啟強勤清榮瑞昇盛世順泰天通同旺偉文祥信興旭雅陽怡億英永宇元遠悅運澤展正志智中卓"
_SURNAMES = "陳李張黃何林吳梁劉鄭鄧馮郭蔡葉曾羅楊許謝"
_TITLES = ("主席", "行政總裁", "局長", "總監", "教授")
_PER_DOCUMENT = 10


@dataclass(frozen=True, slots=True)
class Made:
    """An invented thing: what it is called, and for a person the body."""

    type: EntityType
    kind: Kind | None
    names: tuple[str, ...]
    body: int = -1
    title: str = ""


def things(count: int, seed: random.Random) -> list[Made]:
    """Return invented things: a third persons, who have posts in the bodies."""
    bodies = count * 3 // 10
    made = []
    for number in range(count):
        stem = "".join(seed.choice(_CHARS) for _ in range(4))
        if number < bodies:
            kind: Kind = seed.choice(("company", "association", "public_body"))
            tail = {"company": "科技有限公司", "association": "促進會", "public_body": "發展局"}[kind]
            made.append(Made("Organisation", kind, (stem + tail, stem + tail[:2], f"香港{stem}{tail}")))
        elif number < count * 6 // 10:
            type_: EntityType = seed.choice(("Programme", "Facility", "Event"))
            tail = {"Programme": "計劃", "Facility": "科技館", "Event": "論壇"}[type_]
            made.append(Made(type_, None, (f"「{stem}」{tail}", stem + tail)))
        else:
            name = seed.choice(_SURNAMES) + "".join(seed.choice(_CHARS[:60]) for _ in range(2))
            if number % 10 == 0 and made[-1].type == "Person":
                name = made[-1].names[0]
            made.append(Made("Person", None, (name,), seed.randrange(bodies), seed.choice(_TITLES)))
    return made


def documents(mentions: int, seed: random.Random) -> list[DocumentFacts]:
    """Return documents with that many entities of a fifth as many things."""
    made = things(mentions // 5, seed)
    found = []
    for number in range(mentions // _PER_DOCUMENT):
        name = f"{number:06}.txt"
        chosen = sorted({seed.randrange(len(made)) for _ in range(_PER_DOCUMENT)})
        chosen += [made[c].body for c in chosen if made[c].body >= 0]
        simplified = seed.random() < 0.3
        entities: list[Entity] = []
        ids: dict[int, str] = {}
        for thing in dict.fromkeys(chosen[:_PER_DOCUMENT]):
            what = made[thing]
            written = seed.choice(what.names)
            written = to_simplified(written) if simplified else written
            ids[thing] = f"e{len(ids)}"
            quote = Quote(0, len(written), written, f"{written}於{seed.choice(_CHARS)}{seed.choice(_CHARS)}舉行活動。")
            entities.append(Entity(ids[thing], what.type, (written,), (quote,), what.kind))
        posts = tuple(
            PostHolding(ids[t], made[t].title, ids[made[t].body], Source((), "post"))
            for t in ids
            if made[t].body in ids
        )
        info = DocumentInfo(
            name, f"{seed.getrandbits(256):064x}", "zh-Hans" if simplified else "zh-Hant", date="2024-01-01"
        )
        found.append(DocumentFacts(info, tuple(entities), posts))
    return found


def main() -> None:
    """Print a table of sizes, times and how time grows against n log n."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--sizes", type=int, nargs="+", default=[12_500, 25_000, 50_000, 100_000])
    given = options.parse_args()
    print("| mentions | things made | things found | seconds | µs per n log n | peak MB |")
    print("|---|---|---|---|---|---|")
    for size in given.sizes:
        facts = documents(size, random.Random(7))
        mentions = sum(len(f.entities) for f in facts)
        start = time.process_time()
        knowledge = resolve(facts)
        seconds = time.process_time() - start
        unit = seconds * 1e6 / (mentions * math.log(mentions))
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
        print(
            f"| {mentions:,} | {size // 5:,} | {len(knowledge.things):,} | {seconds:.1f} | {unit:.1f} | {peak:,} |",
            flush=True,
        )


if __name__ == "__main__":
    main()
