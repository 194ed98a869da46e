"""A build is whole or not at all, the same whatever the circumstances, and says what it left out."""

from __future__ import annotations

import errno
import importlib
import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest
from rdflib import RDF, URIRef

import kg
from kg.errors import InputError, OutputError
from kg.vocab import FG

BUILD = importlib.import_module("kg.build")
FILES = importlib.import_module("kg.files")
OUTPUTS = {"graph.nq", "graph.ttl", "graph.html", "facts.ndjson", "report.json", "text", ".kept"}
TEXTS = {
    "a.txt": "香港城市大學推出「藍灣創新計劃」\n\n二〇二四年三月五日\n\n香港特別行政區政府撥款五億元成立「藍灣創新計劃」，每間企業最高可獲二百萬元資助。\n",
    "b.txt": "深圳市人民政府宣布支持“蓝湾创新计划”\n\n2024年4月1日\n\n深圳市人民政府将投入超过3亿元人民币，已有120家企业参与“蓝湾创新计划”。\n",
    "c.txt": "香港大學校長張文說，香港大學與香港城市大學簽署合作協議。\n",
}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Three documents."""
    place = tmp_path / "documents"
    place.mkdir()
    for name, text in TEXTS.items():
        (place / name).write_text(text, encoding="utf-8")
    return place


def contents(out: Path) -> dict[str, bytes]:
    """Every file below a folder."""
    return {p.relative_to(out).as_posix(): p.read_bytes() for p in sorted(out.rglob("*")) if p.is_file()}


def beside(out: Path) -> list[str]:
    """Hidden leftovers next to a folder."""
    return [p.name for p in out.parent.iterdir() if p.name.startswith(f".{out.name}")]


def run(arguments: list[str], env: dict[str, str], **more: Any) -> subprocess.CompletedProcess[str]:
    """The command in a new process."""
    return subprocess.run(
        [sys.executable, "-m", "kg.cli", *arguments],
        env=env,
        capture_output=True,
        text=True,
        encoding="utf-8",
        timeout=120,
        **more,
    )


def test_writes_every_output(folder: Path, tmp_path: Path) -> None:
    report = kg.build([folder], out=tmp_path / "out")
    assert {p.name for p in (tmp_path / "out").iterdir()} == OUTPUTS
    assert contents(tmp_path / "out" / "text") == {n: t.encode() for n, t in TEXTS.items()}
    data = json.loads((tmp_path / "out" / "report.json").read_text(encoding="utf-8"))
    assert data == json.loads(json.dumps(report.data, default=str))
    assert [i["file"] for i in data["inputs"]] == ["a.txt", "b.txt", "c.txt"]
    assert data["inputs"][0]["date"] == "2024-03-05"
    assert report.skipped == ()
    for name, content in contents(tmp_path / "out").items():
        assert b"\r" not in content or name == "graph.html", name
    assert not beside(tmp_path / "out")


def test_the_graph_has_the_money(folder: Path, tmp_path: Path) -> None:
    kg.build([folder], out=tmp_path / "out", view=False)
    rows = kg.query(tmp_path / "out", "amounts-by-role", params={"thing": "蓝湾创新计划"}).to_dicts()
    assert {(str(r["role"]).rsplit("#")[-1], int(r["value"])) for r in rows} >= {
        ("budget", 500_000_000),
        ("cap", 2_000_000),
    }


def test_same_bytes_whatever_the_seed_locale_zone_and_order(
    folder: Path, tmp_path: Path, clean_env: dict[str, str]
) -> None:
    files = [str(folder / name) for name in TEXTS]
    settings = [
        (files, {"PYTHONHASHSEED": "1", "LC_ALL": "C", "TZ": "UTC"}),
        (files[::-1], {"PYTHONHASHSEED": "4242", "LC_ALL": "C.UTF-8", "TZ": "Asia/Hong_Kong"}),
    ]
    found = []
    for number, (paths, extra) in enumerate(settings):
        out = tmp_path / str(number)
        done = run(["build", *paths, "--out", str(out)], {**clean_env, **extra})
        assert done.returncode == 0, done.stderr
        found.append(contents(out))
    assert found[0].keys() == found[1].keys()
    assert [name for name in found[0] if found[0][name] != found[1][name]] == []


def test_an_unreadable_document_is_named_and_the_rest_is_built(folder: Path, tmp_path: Path) -> None:
    (folder / "bad.pdf").write_bytes(b"not a PDF at all")
    report = kg.build([folder], out=tmp_path / "out", view=False)
    assert [f.where for f in report.skipped] == ["bad.pdf"]
    assert len(report.data["inputs"]) == 3
    problems = json.loads((tmp_path / "out" / "report.json").read_text(encoding="utf-8"))["problems"]
    assert [(p["where"], p["severity"]) for p in problems] == [("bad.pdf", "error")]


def test_all_documents_unreadable(tmp_path: Path) -> None:
    (tmp_path / "bad.pdf").write_bytes(b"not a PDF at all")
    report = kg.build([tmp_path / "bad.pdf"], out=tmp_path / "out", view=False)
    assert len(report.skipped) == 1
    assert kg.load(tmp_path / "out") is not None


def test_the_same_content_twice_is_read_once(folder: Path, tmp_path: Path) -> None:
    once = kg.build([folder], out=tmp_path / "once", view=False)
    (folder / "z-copy.txt").write_bytes((folder / "a.txt").read_bytes())
    twice = kg.build([folder], out=tmp_path / "twice", view=False)
    assert twice.skipped == ()
    assert [(p["code"], p["where"]) for p in twice.data["problems"]] == [("W102", "z-copy.txt")]
    assert twice.data["facts"] == once.data["facts"]
    assert (tmp_path / "once/graph.nq").read_bytes() == (tmp_path / "twice/graph.nq").read_bytes()


def test_control_characters_are_reported(tmp_path: Path) -> None:
    (tmp_path / "odd.txt").write_text("香港大學\x0b校長張文致辭。", encoding="utf-8")
    report = kg.build([tmp_path / "odd.txt"], out=tmp_path / "out", view=False)
    assert [p["code"] for p in report.data["problems"]] == ["W101"]


def test_nothing_to_read(tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    with pytest.raises(InputError, match=r"E108 .*no documents here"):
        kg.build([tmp_path / "empty"], out=tmp_path / "out")
    assert not (tmp_path / "out").exists()


def test_a_mistyped_path_leaves_the_old_output(folder: Path, tmp_path: Path) -> None:
    kg.build([folder], out=tmp_path / "out", view=False)
    before = contents(tmp_path / "out")
    with pytest.raises(InputError, match="no such file"):
        kg.build([tmp_path / "documnets"], out=tmp_path / "out")
    assert contents(tmp_path / "out") == before


@pytest.mark.parametrize("content", [None, "{}", "[]", "not json"])
def test_a_folder_of_someone_else_is_not_touched(folder: Path, tmp_path: Path, content: str | None) -> None:
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "thesis.doc").write_text("years of work", encoding="utf-8")
    if content is not None:
        (tmp_path / "mine" / "report.json").write_text(content, encoding="utf-8")
    before = contents(tmp_path / "mine")
    with pytest.raises(OutputError, match="E404"):
        kg.build([folder], out=tmp_path / "mine")
    assert contents(tmp_path / "mine") == before


def test_a_file_in_the_way(folder: Path, tmp_path: Path) -> None:
    (tmp_path / "out").write_text("x", encoding="utf-8")
    with pytest.raises(OutputError, match="E403"):
        kg.build([folder], out=tmp_path / "out")


def test_files_of_the_user_in_the_output_are_kept(folder: Path, tmp_path: Path) -> None:
    kg.build([folder], out=tmp_path / "out", view=False)
    (tmp_path / "out" / "notes.md").write_text("mine", encoding="utf-8")
    (tmp_path / "out" / "exports").mkdir()
    (tmp_path / "out" / "exports" / "g.gexf").write_text("also mine", encoding="utf-8")
    (folder / "c.txt").unlink()
    kg.build([folder], out=tmp_path / "out", view=False)
    assert (tmp_path / "out" / "notes.md").read_text(encoding="utf-8") == "mine"
    assert (tmp_path / "out" / "exports" / "g.gexf").exists()
    assert sorted(contents(tmp_path / "out" / "text")) == ["a.txt", "b.txt"]


@pytest.mark.parametrize("after", range(5))
def test_a_full_disk_leaves_the_old_output(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, after: int
) -> None:
    out = tmp_path / "out"
    kg.build([folder], out=out, view=False)
    before = contents(out)
    written = 0
    real = os.fsync

    def full(handle: int) -> None:
        nonlocal written
        written += 1
        if written > after:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        real(handle)

    (folder / "d.txt").write_text("一份新文件。", encoding="utf-8")
    monkeypatch.setattr(FILES.os, "fsync", full)
    with pytest.raises(OutputError, match="No space left"):
        kg.build([folder], out=out, view=False)
    assert contents(out) == before
    assert not beside(out)


@pytest.mark.skipif(os.name == "nt" or os.geteuid() == 0, reason="rights don't bind the superuser")
def test_a_folder_without_rights(folder: Path, tmp_path: Path) -> None:
    (tmp_path / "locked").mkdir(mode=0o555)
    with pytest.raises(OutputError, match="E401"):
        kg.build([folder], out=tmp_path / "locked" / "out")


@pytest.mark.parametrize("exchange", [True, False], ids=["exchange", "two moves"])
def test_folders_change_places(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, exchange: bool) -> None:
    if not exchange:
        monkeypatch.setattr(FILES, "_exchange", lambda left, right: False)
    new, place = tmp_path / "new", tmp_path / "place"
    for folder, text in ((new, "new"), (place, "old")):
        folder.mkdir()
        (folder / "f").write_text(text, encoding="utf-8")
    FILES.swap_folders(new, place, spare=tmp_path / "spare")
    assert contents(tmp_path) == {"place/f": b"new"}


def test_killed_between_two_moves(folder: Path, tmp_path: Path) -> None:
    """Where folders can't be exchanged in one step, the next build finds the old one."""
    out = tmp_path / "out"
    kg.build([folder], out=out, view=False)
    before = contents(out)
    os.replace(out, tmp_path / ".out.old")
    with pytest.raises(InputError):
        kg.build([tmp_path / "nothing"], out=out)
    assert contents(out) == before
    assert not beside(out)


# Slows the end of the writing down, so that a kill falls into any of its moments.
SLOW = """
import os, sys, time, importlib
files = importlib.import_module("kg.files")
real = os.fsync
def slow(*a, **k):
    real(*a, **k)
    print("step", flush=True)
    time.sleep(0.05)
files.os.fsync = slow
import kg
kg.build([sys.argv[1]], out=sys.argv[2], view=False)
"""


@pytest.mark.skipif(os.name == "nt", reason="POSIX signals")
@pytest.mark.parametrize("step", [1, 2, 3, 4, 5])
def test_a_killed_build_leaves_the_old_output_whole(
    folder: Path, tmp_path: Path, clean_env: dict[str, str], step: int
) -> None:
    out = tmp_path / "out"
    kg.build([folder], out=out, view=False)
    old = contents(out)
    (folder / "d.txt").write_text("香港大學獲撥款一億元。", encoding="utf-8")
    child = subprocess.Popen(
        [sys.executable, "-c", SLOW, str(folder), str(out)], env=clean_env, stdout=subprocess.PIPE, text=True
    )
    assert child.stdout is not None
    for _ in range(step):
        assert child.stdout.readline() == "step\n"
    child.send_signal(signal.SIGKILL)
    child.wait(10)
    child.stdout.close()
    assert contents(out) == old
    kg.build([folder], out=out, view=False)
    kg.build([folder], out=tmp_path / "fresh", view=False)
    assert contents(out) == contents(tmp_path / "fresh")
    assert not beside(out)


@pytest.mark.skipif(os.name == "nt", reason="POSIX signals")
def test_interrupt_leaves_nothing_but_what_was_read(folder: Path, tmp_path: Path, clean_env: dict[str, str]) -> None:
    out = tmp_path / "out"
    child = subprocess.Popen(
        [sys.executable, "-c", SLOW, str(folder), str(out)],
        env=clean_env,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )
    assert child.stdout is not None
    child.stdout.readline()
    child.send_signal(signal.SIGINT)
    deadline = time.monotonic() + 10
    child.wait(max(0.1, deadline - time.monotonic()))
    child.stdout.close()
    assert not out.exists()
    assert beside(out) == [".out.building"]
    assert [p.name for p in (tmp_path / ".out.building").iterdir()] == ["journal"]
    assert kg.build([folder], out=out, view=False).anew == 0
    assert not beside(out)


def test_conservation(folder: Path, tmp_path: Path) -> None:
    """What documents state is in the graph: facts in = facts out."""
    from kg.facts import loads

    report = kg.build([folder], out=tmp_path / "out", view=False)
    lines = (tmp_path / "out" / "facts.ndjson").read_text(encoding="utf-8").rstrip("\n").split("\n")
    stated = sum(len(loads(line).facts) for line in lines)
    assert stated == len(report.knowledge.facts) == sum(report.data["facts"].values())
    assert stated > 3


def test_each_years_policy_address_is_a_thing_of_its_own(tmp_path: Path) -> None:
    for year in (2022, 2023):
        text = f"海事發展局回應施政報告\n{year}年10月20日\n《{year}年施政報告》提出成立「遠洋青年計劃」。海事發展局歡迎施政報告的措施。\n"
        (tmp_path / f"{year}.txt").write_text(text, encoding="utf-8")
    kg.build([tmp_path], out=tmp_path / "out")
    graph = kg.load(tmp_path / "out")
    assert kg.validate(graph) == []
    policies = {str(s) for s in graph.subjects(RDF.type, URIRef(FG.Policy))}
    assert {p.rsplit("/", 1)[1] for p in policies} == {"address-2022", "address-2023"}
