"""Hostile input for every reader, the parsers of numbers, money, dates and names, the pipeline, and the query front.

    python benchmarks/fuzz.py [--minutes 10] [--only NAME,NAME] [--seed N]

Inputs are made by hypothesis from pieces of real texts and files, cut, doubled and mixed with what is known to hurt. An
error of ours (`KgError`) is an answer; anything else, ten seconds for one input, or a gigabyte of memory, is a finding: it
is printed with the smallest input that shows it, and the exit status is 1. What was found is a test in
`tests/test_fuzz.py`.
"""

from __future__ import annotations

import argparse
import io
import resource
import sys
import time
import zipfile
from collections.abc import Callable
from functools import lru_cache
from pathlib import Path
from typing import Any

from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis import strategies as st

from kg.errors import KgError

ROOT = Path(__file__).parent.parent
SECONDS = 10.0
MEGABYTES = 1000
PIECES = (
    "億 萬 千 百 十 零 〇 一 二 三 四 五 六 七 八 九 兩 半 幾 多 餘 第 約 超過 逾 不足 至 到 - – ~ . , ， 、 % ％ 1 2 3 0 9 １ ２ ０ 1,000 3.5 99999999999999999999 "
    "元 港元 美元 人民幣 億元 萬港元 HK$ US$ RMB ￥ $ million billion 年 月 日 二〇二四年 2024年3月5日 2024-02-30 去年 今年 本月 昨日 "
    "香港大學 香港特別行政區政府 創新科技署 數碼港 「 」 《 》 （ ） ( ) 。 ！ ； ： : 計劃 基金 資助 撥款 成立 推出 獲 由 委任 主席 局長 陳大文 表示 說 每間 最高 家 名 間 個 "
    "<b> </b> &amp; &#0; <script> ]]> {{ }} \" ' \\ \x00 \x01 \x0b \x85 \u200b \u202e \u2028 \ufeff \ue000 \uffff 𠮷 😀 é \ud800 \n \n\n \r\n \t "
).split(" ")
SPARQL = (
    "SELECT ASK CONSTRUCT DESCRIBE WHERE { } ( ) ?s ?p ?o * a . ; , fg:funds fg:Programme fg:nothing <http://a> <file:///etc/passwd> <> _:b [] \"x\" 'y' 1 1.0 true "
    "FILTER regex(?o,'(a+)+$') OPTIONAL UNION GRAPH SERVICE FROM NAMED BIND AS VALUES LIMIT 1 OFFSET ORDER BY GROUP HAVING COUNT(*) EXISTS NOT MINUS + / | ^ ! "
    'PREFIX BASE INSERT DELETE DATA LOAD CLEAR # \\ @en ^^xsd:decimal """ \x00 \u202e 字 \ud800 \n'
).split(" ")
TEXT = st.lists(st.sampled_from(PIECES) | st.text(max_size=4), max_size=60).map("".join) | st.text(max_size=200)
LONG = st.tuples(st.sampled_from(PIECES), st.integers(1, 400), TEXT).map(lambda t: t[0] * t[1] + t[2])
QUERY = st.lists(st.sampled_from(SPARQL) | st.text(max_size=3), max_size=30).map(" ".join)
Case = Callable[[Any], object]


@lru_cache(maxsize=1)
def samples() -> dict[str, bytes]:
    """Return a small file of each kind that is read."""
    page = "<html><head><title>計劃</title><meta property='og:site_name' content='署'></head><body><p>撥款五億元</p><table><tr><td>1</td></tr></table></body></html>"
    mail = "From: a@example.org\nSubject: =?utf-8?B?6KiI5YqD?=\nDate: Tue, 5 Mar 2024 10:00:00 +0800\nContent-Type: multipart/mixed; boundary=b\n\n--b\nContent-Type: text/html; charset=big5\nContent-Transfer-Encoding: base64\n\nPGI+\n--b--\n"
    found = {
        ".txt": (ROOT / "seeds/2023-10-cic-speech.txt").read_bytes()[:1200],
        ".md": "# 計劃\n\n* 撥款**五億元**\n\n| a | b |\n|---|---|\n| 1 | [x](http://a) |\n".encode(),
        ".html": page.encode(),
        ".eml": mail.encode(),
        ".pdf": _pdf(),
        ".docx": _docx(),
    }
    return found


def _pdf() -> bytes:
    from reportlab.pdfgen.canvas import Canvas

    stream = io.BytesIO()
    canvas = Canvas(stream, pageCompression=0)
    canvas.drawString(72, 700, "The Government allocated HK$5 million to the Blue Bay Scheme.")
    canvas.showPage()
    canvas.save()
    return stream.getvalue()


def _docx() -> bytes:
    from docx import Document

    stream = io.BytesIO()
    document = Document()
    document.add_heading("計劃")
    document.add_paragraph("政府撥款五億元成立計劃。")
    document.save(stream)
    return stream.getvalue()


def mutated(data: bytes) -> st.SearchStrategy[bytes]:
    """Return bytes near to some: cut, doubled, bytes exchanged, foreign ones put in."""
    place = st.integers(0, len(data))
    junk = st.binary(max_size=12) | TEXT.map(lambda t: t.encode("utf-8", "surrogatepass"))

    def change(steps: list[tuple[int, int, bytes]]) -> bytes:
        out = bytearray(data)
        for start, end, new in steps:
            out[min(start, end) : max(start, end) if end - start < 40 else start + 4] = new
        return bytes(out)

    return st.lists(st.tuples(place, place, junk), min_size=1, max_size=6).map(change) | st.binary(max_size=300)


def zipped(data: bytes) -> st.SearchStrategy[bytes]:
    """Return archives whose parts are mutated: what lies inside is reached that mutating the whole never reaches."""
    parts = {
        i.filename: zipfile.ZipFile(io.BytesIO(data)).read(i) for i in zipfile.ZipFile(io.BytesIO(data)).infolist()
    }

    def pack(name: str, new: bytes) -> bytes:
        stream = io.BytesIO()
        with zipfile.ZipFile(stream, "w") as archive:
            for part, content in parts.items():
                archive.writestr(part, new if part == name else content)
        return stream.getvalue()

    return st.sampled_from(sorted(parts)).flatmap(lambda n: mutated(parts[n]).map(lambda new: pack(n, new)))


def cases() -> dict[str, tuple[st.SearchStrategy[Any], Case]]:
    """Return what is tried: by name, a strategy and what is done with its examples."""
    from kg.graph.sparql import check
    from kg.language.dates import document_date, find_dates
    from kg.language.money import find_money
    from kg.language.numbers import find_numbers, read_han
    from kg.language.quantities import find_quantities
    from kg.language.script import fold, name_key
    from kg.pipeline import extract
    from kg.reading import read_bytes

    def numbers(text: str) -> None:
        folded = fold(text)
        assert len(folded) == len(text)
        for found in (
            *find_numbers(folded),
            *find_money(folded),
            *find_quantities(folded),
            *find_dates(folded, "2024-03-05"),
        ):
            assert 0 <= found.start < found.end <= len(text)
        read_han(folded)
        document_date(text)
        name_key(text)

    def pipeline(text: str) -> None:
        document = read_bytes(text.encode("utf-8", "replace") or b"x", name="a.txt")
        for fact in extract(document).facts:
            for quote in fact.source.quotes:
                assert document.text[quote.start : quote.end] == quote.text

    found: dict[str, tuple[st.SearchStrategy[Any], Case]] = {
        "numbers": (TEXT | LONG, numbers),
        "pipeline": (TEXT | LONG, pipeline),
        "query": (QUERY | TEXT, check),
        "named query": (TEXT, _ask),
        "decisions": (TEXT, _decisions),
    }
    for suffix, data in samples().items():
        strategy = mutated(data) | zipped(data) if suffix == ".docx" else mutated(data)
        found[f"read {suffix}"] = strategy, lambda d, s=suffix: read_bytes(d, name=f"a{s}")
    return found


def _ask(text: str) -> None:
    from kg.graph.queries import bind, find_thing, named_queries

    find_thing(_graph(), text)
    for query in named_queries().values():
        try:
            bind(_graph(), query, dict.fromkeys(query.params, text))
        except KgError:
            continue


@lru_cache(maxsize=1)
def _graph() -> Any:
    from rdflib import Graph

    from kg.graph.publish import publish
    from kg.pipeline import extract
    from kg.reading import read_bytes
    from kg.resolve import resolve

    text = "香港大學校長張文說，政府撥款五億元成立「藍灣計劃」。"
    lines = publish(resolve([extract(read_bytes(text.encode(), name="a.txt"))]), version="fuzz")
    return Graph().parse(data="".join(f"{line.rsplit(' <', 1)[0]} .\n" for line in lines), format="nt")


def _decisions(text: str) -> None:
    from kg.resolve import Ref

    Ref.parse(text)


class SlowError(Exception):
    """One input took too long, or too much memory."""


def guarded(case: Case) -> Case:
    """Return a case that fails over time and memory too; an error of ours is an answer.

    Memory is what the process has taken since, so that a test run that has grown before blames no input for it.
    """
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024

    def tried(value: Any) -> None:
        start = time.monotonic()
        try:
            case(value)
        except KgError as error:
            assert error.code and error.message
        took = time.monotonic() - start
        if took > SECONDS:
            raise SlowError(f"{took:.1f} s")
        most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024 - before
        if most > MEGABYTES:
            raise SlowError(f"{most:.0f} MB")

    return tried


def attempt(name: str, *, examples: int, luck: int) -> None:
    """Try one of the `cases` with so many inputs; what it finds is raised."""
    strategy, case = cases()[name]
    run = given(strategy)(guarded(case))
    options = settings(
        max_examples=examples,
        deadline=None,
        database=None,
        phases=[Phase.generate, Phase.shrink],
        suppress_health_check=list(HealthCheck),
    )
    seed(luck)(options(run))()


def main() -> int:
    """Try all cases in turn until the time is over."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--minutes", type=float, default=10)
    parser.add_argument("--only", default="")
    parser.add_argument("--seed", type=int, default=1)
    args = parser.parse_args()
    names = args.only.split(",") if args.only else list(cases())
    end = time.monotonic() + args.minutes * 60
    luck, failed = args.seed, set()
    tried: dict[str, int] = dict.fromkeys(names, 0)
    while time.monotonic() < end and len(failed) < len(names):
        for name in names:
            if name in failed or time.monotonic() > end:
                continue
            try:
                attempt(name, examples=100, luck=luck)
                tried[name] += 100
            except Exception as error:
                failed.add(name)
                sys.stdout.write(f"\n{name}, seed {luck}: {type(error).__name__}: {error}\n")
                for note in getattr(error, "__notes__", ()):
                    sys.stdout.write(f"{note}\n")
                sys.stdout.flush()
        luck += 1
    most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    sys.stdout.write(f"{sum(tried.values()):,} inputs, {most:.0f} MB at most; {len(failed)} findings\n")
    sys.stdout.write("".join(f"  {name}: {number:,}\n" for name, number in tried.items()))
    return 1 if failed else 0


if __name__ == "__main__":
    raise SystemExit(main())
