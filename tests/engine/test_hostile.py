"""Texts made to break something, on the whole path from file to page: nothing breaks, nothing is believed, nothing lost."""

from __future__ import annotations

import csv
import json
import os
import time
from pathlib import Path

import pytest
from rdflib import Graph

import kg
from kg.errors import QueryError
from kg.facts import loads

from .conftest import contents

FRAME = "香港特別行政區政府撥款五億元成立「{}計劃」，每間企業最高可獲二百萬元資助。\n\n香港大學校長張文說，香港大學與{}有限公司簽署合作協議。\n"
NAMES = {
    "markup": "<script>alert(1)</script><img src=x onerror=alert(1)>",
    "entity": "&lt;b&gt;&#0;&amp;",
    "sql": "'; DROP TABLE facts; --",
    "sparql": '" } ; INSERT DATA { <a> <b> <c> } #',
    "formula": '=HYPERLINK("http://example.com","x")',
    "at": "@SUM(1+1)*cmd|' /C calc'!A0",
    "turtle": '"""\\u0041 . <x> <y> "z',
    "path": "../../../../etc/passwd",
    "template": "{{ 7*7 }}{% raw %}${7*7}",
    "jsonish": '","key":{"$ref":"file:///etc/passwd"}',
    "bidi": "甲\u202e乙\u2066丙\u2069丁",
    "zero width": "創\u200b新\u200d科\ufeff技",
    "controls": "甲\x01乙\x08丙\x1f丁\x7f戊\x85己\u2028庚\u2029辛",
    "private": "甲\ue000乙\uf8ff丙",
    "planes": "𠮷野家𪚥😀\U000e0041",
    "combining": "é́́́́́" * 20,
    "noncharacters": "甲\ufffe乙\uffff丙\ufdd0",
    "quotes": "「『《〈“‘'\"",
    "long": "科" * 3000,
}


@pytest.fixture(scope="module")
def hostile(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """A folder with a document for each name, some with hostile bytes, and its output folder."""
    place = tmp_path_factory.mktemp("hostile")
    documents = place / "documents"
    documents.mkdir()
    for number, name in enumerate(NAMES.values()):
        (documents / f"{number:02}.txt").write_text(FRAME.format(name, name), encoding="utf-8")
    good = FRAME.format("藍灣", "藍灣").encode()
    (documents / "half.txt").write_bytes(good + "撥款".encode()[:-1])
    (documents / "surrogate.txt").write_bytes(good + b"\xed\xa0\x80")
    (documents / "nul.txt").write_bytes(good + b"\x00")
    (documents / "surrogate16.txt").write_bytes(b"\xff\xfe" + good.decode().encode("utf-16-le") + b"\x00\xd8")
    (documents / "surrogate.html").write_bytes(b"<meta charset=utf-8><p>" + good + b"&#xD800;&#0;&#x110000;</p>")
    (documents / "<b>=cmd|'x'!A0.txt").write_text(FRAME.format("白沙", "白沙"), encoding="utf-8")
    kg.build([documents], out=place / "out")
    return documents, place / "out"


def test_each_document_is_read_or_named(hostile: tuple[Path, Path]) -> None:
    documents, out = hostile
    report = json.loads((out / "report.json").read_text(encoding="utf-8"))
    read = {i["file"] for i in report["inputs"]}
    told = {p["where"] for p in report["problems"] if p["severity"] == "error"}
    assert read | told == {p.name for p in documents.iterdir()}
    assert not read & told
    assert read >= {f"{n:02}.txt" for n in range(len(NAMES))}


def test_every_file_is_utf8_and_reads_back(hostile: tuple[Path, Path]) -> None:
    _, out = hostile
    for name, data in contents(out).items():
        data.decode("utf-8"), name
    graph = kg.load(out)
    assert len(graph) > 100
    assert set(Graph().parse(out / "graph.ttl")) == set(graph)
    assert len((out / "graph.nq").read_text(encoding="utf-8").splitlines()) == (out / "graph.nq").read_bytes().count(
        b"\n"
    )
    assert kg.validate(graph) == []


def test_every_quote_is_its_slice(hostile: tuple[Path, Path]) -> None:
    _, out = hostile
    texts = {
        i["file"]: (out / i["text"]).read_bytes().decode("utf-8")
        for i in json.loads((out / "report.json").read_text(encoding="utf-8"))["inputs"]
    }
    number = 0
    with (out / "facts.ndjson").open("rb") as file:
        for line in file:
            facts = loads(line)
            for quote in [q for f in facts.facts for q in f.source.quotes] + [
                m for e in facts.entities for m in e.mentions
            ]:
                assert texts[facts.document.file_name][quote.start : quote.end] == quote.text
                number += 1
    assert number > 100


def test_nothing_is_markup_in_the_page(hostile: tuple[Path, Path]) -> None:
    _, out = hostile
    page = (out / "graph.html").read_text(encoding="utf-8")
    assert "<script>alert" not in page and "<img src=x" not in page
    assert page.count("<script") == kg.view(kg.load(out)).count("<script")


def test_texts_stay_in_their_folder(hostile: tuple[Path, Path]) -> None:
    _, out = hostile
    inside = (out / "text").resolve()
    for entry in json.loads((out / "report.json").read_text(encoding="utf-8"))["inputs"]:
        assert (out / entry["text"]).resolve().is_relative_to(inside)


@pytest.mark.parametrize("form", ["ttl", "nt", "jsonld", "graphml", "gexf", "json", "csv"])
def test_every_export_is_written(hostile: tuple[Path, Path], tmp_path: Path, form: str) -> None:
    _, out = hostile
    paths = kg.export(out, tmp_path / ("tables" if form == "csv" else f"g.{form}"), form=form)
    assert paths
    if form == "csv":
        for path in (p for p in paths if p.suffix == ".csv"):
            with path.open(encoding="utf-8", newline="") as file:
                rows = list(csv.reader(file))
            assert len({len(row) for row in rows}) == 1, path.name
    if form in {"graphml", "gexf"}:
        import networkx

        assert len(getattr(networkx, f"read_{form}")(paths[0])) > 20


@pytest.mark.parametrize("name", NAMES.values(), ids=NAMES)
def test_asking_for_a_hostile_name(hostile: tuple[Path, Path], name: str) -> None:
    _, out = hostile
    try:
        rows = kg.query(out, "amounts-by-role", params={"thing": f"{name}計劃"}).to_dicts()
    except QueryError as error:
        assert error.code == "E310", "nothing of that name is an answer, too"
        return
    assert all(int(row["value"]) in {500_000_000, 2_000_000} for row in rows)


def test_the_same_again(hostile: tuple[Path, Path], tmp_path: Path) -> None:
    documents, out = hostile
    kg.build([documents], out=tmp_path / "other", jobs=2)
    assert contents(tmp_path / "other") == contents(out)
    assert (
        kg.build([documents], out=tmp_path / "other").data["inputs"]
        == json.loads((out / "report.json").read_bytes())["inputs"]
    )


@pytest.mark.skipif(os.name == "nt", reason="names that Windows does not have")
def test_file_names_that_no_encoding_knows(tmp_path: Path) -> None:
    documents = tmp_path / "documents"
    documents.mkdir()
    for number, name in enumerate(
        (b"a\xff\xfe.txt", "長".encode() * 80 + b".html", b"new\nline.txt", b"a..b.txt", b"a_b.txt")
    ):
        words = f"香港大學校長張文致辭，撥款{number + 2}億元。"
        (documents / os.fsdecode(name)).write_text(
            f"<p>{words}</p>" if name.endswith(b"html") else words, encoding="utf-8"
        )
    for jobs in (1, 2):
        report = kg.build([documents], out=tmp_path / str(jobs), jobs=jobs)
        assert report.skipped == ()
        assert (
            len({i["text"] for i in report.data["inputs"]})
            == 5
            == sum(1 for p in (tmp_path / str(jobs) / "text").rglob("*") if p.is_file())
        )
    assert contents(tmp_path / "1") == contents(tmp_path / "2")


@pytest.mark.parametrize(
    "piece", ["香港大學撥款五億元成立計劃，", "億", "(", "「", "1,", "<b>", "a ", "\u202e", "第三"]
)
def test_a_long_line_takes_time_in_proportion(tmp_path: Path, piece: str) -> None:
    """Ten times the text takes about ten times as long; a hundred times would be seen."""
    times = []
    for size in (3_000, 30_000):
        path = tmp_path / f"{size}.txt"
        path.write_text(piece * (size // len(piece)), encoding="utf-8")
        start = time.process_time()
        kg.build([path], out=tmp_path / f"out-{size}", view=False, jobs=1)
        times.append(time.process_time() - start)
    assert times[1] < 40 * max(times[0], 0.1)
