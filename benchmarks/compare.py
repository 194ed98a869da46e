"""This product beside jieba, LAC, spacy-pkuseg and JioNLP: names and money found, speed and memory on the same documents.

    python benchmarks/compare.py [--gold FOLDER …] [--texts FOLDER …] [--language zh] [--repeat N] [--write FILE]

Prints a Markdown table; --write FILE also puts it between the two marks in a file. Each tool works offline in a process
of its own, on one core; a tool that is not installed, or needs the network, is named in the table with the reason. They
are no dependencies of this project:

    pip install jieba spacy-pkuseg jionlp paddlepaddle "setuptools<81" wheel && pip install --no-build-isolation LAC

What counts:

names   distinct names of a document, equal to a name or alias of its gold facts but for script, width and punctuation,
        whatever the type. The other tools' names are the words they tag as names (nr, ns, nt, nz; PER, LOC, ORG).
things  the share of the gold's entities of which at least one name was found.
typed   the same as names, for people and organisations alone, with the type right (nr or PER, nt or ORG).
money   distinct amounts of a document: value and currency equal to a gold amount's. A bare 元 may be CNY, HKD or MOP.

The other tools read the text with wrapped lines joined and in Simplified characters, which they were made for; neither
is in their time. Characters a second are of the best of N passes, after start-up and one document; memory is the peak
of the whole process (ru_maxrss).
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import resource
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from importlib import import_module
from importlib.metadata import PackageNotFoundError, version
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from speed import best

ROOT = Path(__file__).resolve().parent.parent
TIME_LIMIT = 600
MARKS = ("<!-- table of compare.py -->\n", "<!-- end of the table -->")
THREADS = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "FLAGS_paddle_num_threads")
# What the tools' tags say of a type of the gold; other names have none.
TYPES = {"nr": "Person", "PER": "Person", "nt": "Organisation", "ORG": "Organisation"}
NAMES = {*TYPES, "ns", "nz", "LOC", "nrt", "nrfg"}
TYPES |= {"nrt": "Person", "nrfg": "Person"}
CURRENCIES = {
    "元": {"CNY", "HKD", "MOP"},
    "港元": {"HKD"},
    "美元": {"USD"},
    "澳门元": {"MOP"},
    "欧元": {"EUR"},
    "英镑": {"GBP"},
    "日元": {"JPY"},
}


class UnavailableError(Exception):
    """A tool can't run here, for the reason that the message gives."""


@dataclass(frozen=True, slots=True)
class Source:
    """A document: the file, and its text as the other tools get it."""

    path: str
    text: str

    @property
    def lines(self) -> list[str]:
        """The passages that are not empty."""
        return [line for line in self.text.split("\n") if line.strip()]


@dataclass(slots=True)
class Answer:
    """What a tool found in a document: names with the type ("" for none), amounts with the currencies they may be in."""

    names: list[tuple[str, str]]
    money: list[tuple[list[float], list[str]]]


Reader = Callable[[Source], Answer]


@dataclass(frozen=True, slots=True)
class Tool:
    """A tool of the table: its name there, the package that has its version, what it finds, and how it starts.

    `single`: what it finds is taken line by line after the measuring, as a batch of lines may come out wrong.
    """

    label: str
    package: str
    names: bool
    money: bool
    start: Callable[[list[Source]], Reader]
    single: bool = False


def tagged(words: Iterable[tuple[str, str]]) -> Answer:
    """Return the words that are tagged as names."""
    return Answer([(word, TYPES.get(tag, "")) for word, tag in words if tag in NAMES], [])


def start_kg(sources: list[Source]) -> Reader:
    """Start this product; its documents are read here, as the others' texts are made beforehand."""
    extract = import_module("kg.pipeline").extract
    read = import_module("kg.reading").read_document
    documents = {source.path: read(Path(source.path)) for source in sources}

    def answer(source: Source) -> Answer:
        facts = extract(documents[source.path])
        names = [(name, entity.type) for entity in facts.entities for name in entity.names]
        return Answer(names, [([float(amount.value)], [amount.currency]) for amount in facts.amounts])

    return answer


def start_jieba(sources: list[Source]) -> Reader:
    """Start jieba's tagger."""
    posseg = import_module("jieba.posseg")
    return lambda source: tagged((pair.word, pair.flag) for line in source.lines for pair in posseg.cut(line))


def start_lac(sources: list[Source]) -> Reader:
    """Start LAC. Paddle has moved what LAC imports since 2.5; the old name is given back to it."""
    base = import_module("paddle").base if find_spec("paddle.fluid") is None else None
    if base is not None:
        sys.modules["paddle.fluid"], sys.modules["paddle.fluid.core"] = base, base.core
    run = import_module("LAC").LAC(mode="lac").run
    return lambda source: tagged(pair for line in run(source.lines) for pair in zip(*line, strict=True))


def start_pkuseg(sources: list[Source]) -> Reader:
    """Start spacy-pkuseg with tags."""
    pkuseg = import_module("spacy_pkuseg")
    home = Path(os.getenv("PKUSEG_HOME", "~/.pkuseg")).expanduser()
    if not all((home / model).is_dir() for model in ("spacy_ontonotes", "postag")):
        raise UnavailableError("its models are not in the package but downloaded at first use")
    segmenter = pkuseg.pkuseg(postag=True)
    return lambda source: tagged((word, tag) for line in source.lines for word, tag in segmenter.cut(line))


def start_jionlp_names(sources: list[Source]) -> Reader:
    """Start the tagger that JioNLP brings."""
    import_module("jionlp")
    jiojio = import_module("jiojio")
    jiojio.init(pos=True)
    return lambda source: tagged((word, tag) for line in source.lines for word, tag in jiojio.cut(line))


def start_jionlp_money(sources: list[Source]) -> Reader:
    """Start JioNLP's rules for money."""
    extract = import_module("jionlp.algorithm.ner").extract_money

    def answer(source: Source) -> Answer:
        found = []
        for line in source.lines:
            for money in extract(line):
                value, word = money["detail"]["num"], money["detail"]["case"]
                values = [float(v) for v in (value if isinstance(value, list) else [value]) if v]
                found.append((values, sorted(CURRENCIES.get(word, {word}))))
        return Answer([], found)

    return answer


TOOLS = {
    "kg": Tool("kg (this product)", "fundgraph", True, True, start_kg),
    "jieba": Tool("jieba.posseg", "jieba", True, False, start_jieba),
    "lac": Tool("LAC", "LAC", True, False, start_lac, single=True),
    "pkuseg": Tool("spacy-pkuseg", "spacy-pkuseg", True, False, start_pkuseg),
    "jionlp": Tool("JioNLP: names (jiojio)", "jionlp", True, False, start_jionlp_names),
    "jionlp-money": Tool("JioNLP: money", "jionlp", False, True, start_jionlp_money),
}


def offline() -> None:
    """Refuse every connection of this process from now on."""

    def refuse(event: str, _: tuple[object, ...]) -> None:
        if event in {"socket.connect", "socket.getaddrinfo"}:
            raise OSError("it asks for the network")

    sys.addaudithook(refuse)


def prepare(paths: list[str]) -> list[dict[str, str]]:
    """Return the texts as the other tools get them."""
    from kg.language.script import to_simplified
    from kg.reading import read_document

    return [{"path": path, "text": to_simplified(read_document(Path(path)).flow.text)} for path in paths]


def measure(tool: Tool, sources: list[Source], repeat: int) -> dict[str, Any]:
    """Return what a tool finds, how fast, and the peak of memory, or why it does not run."""
    try:
        reader = tool.start(sources)
        reader(sources[0])
        answers: list[Answer] = []

        def work() -> None:
            answers[:] = [reader(source) for source in sources]

        seconds = best(work, repeat)
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * (1 if sys.platform == "darwin" else 1024)
        if tool.single:
            parts = [[reader(Source(source.path, line)) for line in source.lines] for source in sources]
            answers = [Answer([n for a in p for n in a.names], [m for a in p for m in a.money]) for p in parts]
    except UnavailableError as error:
        return {"error": str(error)}
    except ModuleNotFoundError as error:
        return {"error": f"not installed ({error.name})"}
    except Exception as error:
        return {"error": f"{type(error).__name__}: {error}"[:120]}
    return {"answers": [[a.names, a.money] for a in answers], "seconds": seconds, "peak": peak}


def worker(job: str, given: Path, result: Path, repeat: int) -> None:
    """Do one job in this process: make the texts, or measure a tool."""
    offline()
    if hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})
    data = json.loads(given.read_text(encoding="utf-8"))
    done = prepare(data) if job == "prepare" else measure(TOOLS[job], [Source(**s) for s in data], repeat)
    result.write_text(json.dumps(done, ensure_ascii=False), encoding="utf-8")


def apart(job: str, given: Path, repeat: int) -> Any:
    """Do a job in a process of its own and return its result.

    This process imports nothing large before: on Linux a new process's ru_maxrss begins at its parent's.
    """
    result = given.with_name(f"{job}.json")
    command = [sys.executable, __file__, "--worker", job, str(given), str(result), "--repeat", str(repeat)]
    environment = os.environ | dict.fromkeys(THREADS, "1")
    try:
        run = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=TIME_LIMIT)
    except subprocess.TimeoutExpired:
        return {"error": f"no end after {TIME_LIMIT} s"}
    if run.returncode or not result.exists():
        return {"error": f"ended with {run.returncode}: {(run.stderr.strip().splitlines() or [''])[-1][:120]}"}
    return json.loads(result.read_text(encoding="utf-8"))


@dataclass(slots=True)
class Score:
    """Counts of what was given and right, and of what the gold has and was found."""

    given: int = 0
    right: int = 0
    gold: int = 0
    found: int = 0

    @property
    def recall(self) -> float:
        """The share of the gold that was found."""
        return self.found / self.gold if self.gold else 0.0

    def __str__(self) -> str:
        precision = self.right / self.given if self.given else 0.0
        total = precision + self.recall
        return f"{2 * precision * self.recall / total if total else 0:.2f} ({precision:.2f}/{self.recall:.2f})"


def compare(golds: list[dict[str, Any]], answers: list[Any]) -> tuple[Score, Score, Score, Score]:
    """Return the scores of names, things, names with type, and money."""
    from kg.evaluate import key  # name_key after conversion of words, as the other tools' texts are converted

    names, things, typed, money = Score(), Score(), Score(), Score()
    for gold, (found_names, found_money) in zip(golds, answers, strict=True):
        wanted = {(key(name), e["type"]) for e in gold["entities"] for name in e["names"]}
        given = {(key(name), type_) for name, type_ in found_names}
        _sets(names, {k for k, _ in given}, {k for k, _ in wanted})
        things.gold += len(gold["entities"])
        things.found += sum(any(key(n) in {k for k, _ in given} for n in e["names"]) for e in gold["entities"])
        ends = {"Person", "Organisation"}
        _sets(typed, {g for g in given if g[1] in ends}, {w for w in wanted if w[1] in ends})
        sums = {(float(a["value"]), a["currency"]) for a in gold["amounts"]}
        offers = [{(v, c) for v in vs for c in cs} for vs, cs in {(tuple(v), tuple(c)) for v, c in found_money}]
        money.given += len(offers)
        money.right += sum(bool(offer & sums) for offer in offers)
        money.gold += len(sums)
        money.found += len(sums & set().union(*offers))
    return names, things, typed, money


def _sets(score: Score, given: set[Any], gold: set[Any]) -> None:
    score.given += len(given)
    score.gold += len(gold)
    score.right += len(given & gold)
    score.found += len(given & gold)


def rows(golds: list[dict[str, Any]], results: dict[str, Any], characters: int) -> Iterator[tuple[str, ...]]:
    """Return the rows of the table, heading first."""
    yield ("", "names", "things", "people and organisations, typed", "money", "characters a second", "peak memory, MB")
    for name, result in results.items():
        tool = TOOLS[name]
        try:
            label = f"{tool.label} {version(tool.package)}"
        except PackageNotFoundError:
            label = tool.label
        if "error" in result:
            yield (label, f"did not run: {result['error']}", *["–"] * 5)
            continue
        names, things, typed, money = compare(golds, result["answers"])
        found = (str(names), f"{things.recall:.2f}", str(typed)) if tool.names else ("–", "–", "–")
        speed, peak = characters / result["seconds"], result["peak"] / 2**20
        yield (label, *found, str(money) if tool.money else "–", f"{speed:,.0f}", f"{peak:,.0f}")


def markdown(table: Iterable[tuple[str, ...]]) -> str:
    """Return rows, heading first, as a Markdown table."""
    lines = [f"| {' | '.join(cell.replace('|', '/') for cell in row)} |" for row in table]
    lines.insert(1, "|---" * (lines[0].count("|") - 1) + "|")
    return "\n".join(lines)


def renew(path: Path, table: str) -> None:
    """Put a table between the marks of a file, in place of what is there."""
    before, begin, rest = path.read_text(encoding="utf-8").partition(MARKS[0])
    _, end, after = rest.partition(MARKS[1])
    if not end:
        raise SystemExit(f"{path} has not the marks {' and '.join(m.strip() for m in MARKS)}")
    path.write_text(f"{before}{begin}\n{table}\n{end}{after}", encoding="utf-8")


def documents(folders: list[Path], texts: list[Path], language: str) -> tuple[list[dict[str, Any]], list[str]]:
    """Return the gold facts and the files of the texts, which lie beside them or in the folders of texts."""
    golds, paths = [], []
    for path in (path for folder in folders for path in sorted(folder.glob("*.json"))):
        gold = json.loads(path.read_text(encoding="utf-8"))
        if not gold["language"].startswith(language):
            continue
        places = [folder / gold["document"] for folder in (path.parent, *texts)]
        text = next((place for place in places if place.is_file()), None)
        if text is None:
            raise SystemExit(f"{gold['document']} is not beside {path} nor in --texts")
        golds.append(gold)
        paths.append(str(text))
    if not golds:
        raise SystemExit("no gold files here")
    return golds, paths


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--gold", type=Path, nargs="+", default=[ROOT / "tests" / "gold"], help="folders of gold files")
    parser.add_argument("--texts", type=Path, nargs="+", default=[ROOT / "seeds"], help="folders of other texts")
    parser.add_argument("--language", default="", help="only documents of this language: zh, zh-Hant, zh-Hans, en")
    parser.add_argument("--tools", nargs="+", choices=TOOLS, default=list(TOOLS), help="only these tools")
    parser.add_argument("--repeat", type=int, default=5, help="passes, of which the best counts (5)")
    parser.add_argument("--write", type=Path, help="a file with the marks of the table, where it is renewed")
    parser.add_argument("--worker", nargs=3, help=argparse.SUPPRESS)
    args = parser.parse_args()
    if args.worker:
        job, given, result = args.worker
        worker(job, Path(given), Path(result), args.repeat)
        return

    golds, paths = documents(args.gold, args.texts, args.language)
    with tempfile.TemporaryDirectory() as folder:
        listed, given = Path(folder, "paths.json"), Path(folder, "sources.json")
        listed.write_text(json.dumps(paths), encoding="utf-8")
        prepared = apart("prepare", listed, 1)
        if isinstance(prepared, dict):
            raise SystemExit(f"the texts could not be read: {prepared['error']}")
        given.write_text(json.dumps(prepared, ensure_ascii=False), encoding="utf-8")
        results = {name: apart(name, given, args.repeat) for name in args.tools}
    characters = sum(len(source["text"]) for source in prepared)
    machine = f"Python {platform.python_version()} on {platform.system()}, {os.cpu_count()} cores"
    head = f"{len(paths)} documents, {characters:,} characters; best of {args.repeat} passes; {machine}."
    note = "F1 (precision/recall); things: recall."
    text = f"{head} {note}\n\n{markdown(rows(golds, results, characters))}\n"
    sys.stdout.write(text)
    if args.write:
        renew(args.write, text)


if __name__ == "__main__":
    main()
