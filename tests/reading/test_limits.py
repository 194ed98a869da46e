"""Hostile, broken and oversized files: each is named with reason and remedy, and costs nothing but its own reading."""

from __future__ import annotations

import io
import json
import os
import subprocess
import sys
import threading
import time
import zipfile
from pathlib import Path
from typing import Any

import docx
import pytest
from typer.testing import CliRunner

from kg.cli import app
from kg.errors import InputError
from kg.reading import limits as child
from kg.reading import read_bytes
from kg.reading.extract import Limits
from kg.reading.worker import _guard

GOOD = "<html><body><p>漁港發展公司撥款三億元，支持海洋大學。</p></body></html>".encode()


def refused(data: bytes, name: str, limits: Limits | None = None) -> InputError:
    """The error that a file gives; it always names the file and a remedy."""
    with pytest.raises(InputError) as caught:
        read_bytes(data, name=name, limits=limits or Limits())
    assert caught.value.where == name
    assert caught.value.hint
    return caught.value


def word(*lines: str) -> bytes:
    """A Word file."""
    document = docx.Document()
    for line in lines:
        document.add_paragraph(line)
    out = io.BytesIO()
    document.save(out)
    return out.getvalue()


def pages(number: int) -> bytes:
    """A PDF of so many pages."""
    from reportlab.pdfgen.canvas import Canvas

    out = io.BytesIO()
    canvas = Canvas(out)
    for n in range(number):
        canvas.drawString(80, 700, f"The Harbour Fund granted $3 million in round {n}.")
        canvas.showPage()
    canvas.save()
    return out.getvalue()


def repacked(data: bytes, **changed: bytes) -> bytes:
    """A Word file with parts put in or replaced; `__` in a name stands for a slash."""
    out = io.BytesIO()
    parts = {k.replace("__", "/").replace("_xml", ".xml"): v for k, v in changed.items()}
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:
        for entry in old.namelist():
            if entry not in parts:
                new.writestr(entry, old.read(entry))
        for name, content in parts.items():
            new.writestr(name, content)
    return out.getvalue()


def test_time(monkeypatch: pytest.MonkeyPatch) -> None:
    # Some hundred thousand nested lists keep the parser busy for minutes.
    slow = b"> " * 20_000 + b"\n" + b"- " * 20_000
    began = time.monotonic()
    error = refused(b"*a_ " * 3_000_000 + slow, "slow.md", Limits(seconds=1.0))
    assert (error.code, "longer than 1 seconds" in error.message) == ("E109", True)
    assert time.monotonic() - began < 8
    assert "三億元" in read_bytes(GOOD, name="next.html").text


def test_memory() -> None:
    big = b"<p>" + b"<b>x" * 3_000_000
    error = refused(big, "big.html", Limits(memory=150_000_000))
    assert (error.code, "memory" in error.message) == ("E109", True)
    assert "三億元" in read_bytes(GOOD, name="next.html").text


def test_pages() -> None:
    error = refused(pages(4), "long.pdf", Limits(pages=3))
    assert (error.code, "4 pages" in error.message) == ("E104", True)
    assert read_bytes(pages(3), name="short.pdf", limits=Limits(pages=3)).pages[-1][1] == 3


def test_unpacked_size() -> None:
    bomb = repacked(word("漁港發展公司"), word__media__a=b"\0" * 30_000_000)
    assert len(bomb) < 200_000
    error = refused(bomb, "bomb.docx", Limits(unpacked=20_000_000))
    assert (error.code, "unpacks" in error.message) == ("E104", True)


def test_a_part_that_lies_about_its_size() -> None:
    bomb = bytearray(repacked(word("漁港發展公司"), word__document_xml=b" " * 40_000_000))
    place = 0
    while (place := bomb.find((40_000_000).to_bytes(4, "little"), place)) >= 0:
        bomb[place : place + 4] = (1000).to_bytes(4, "little")
    assert refused(bytes(bomb), "lies.docx", Limits(unpacked=20_000_000)).code in {"E104", "E106"}


def test_characters() -> None:
    assert refused(GOOD, "long.html", Limits(characters=10)).code == "E104"


def test_bytes(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("kg.reading.files.MAX_BYTES", 10)
    assert refused(GOOD, "big.html").code == "E104"


ENTITIES = (
    b"<?xml version='1.0'?><!DOCTYPE d [<!ENTITY a '"
    + b"x" * 5000
    + b"'>"
    + b"".join(f"<!ENTITY {b} '{f'&{a};' * 50}'>".encode() for a, b in ("ab", "bc", "cd", "de"))
    + b"]><w:document xmlns:w='http://schemas.openxmlformats.org/wordprocessingml/2006/main'><w:body><w:p><w:r><w:t>&e;</w:t></w:r></w:p></w:body></w:document>"
)
OUTSIDE = b"<?xml version='1.0'?><!DOCTYPE d [<!ENTITY a SYSTEM 'file:///etc/passwd'>]><w:document xmlns:w='http://schemas.openxmlformats.org/wordprocessingml/2006/main'><w:body><w:p><w:r><w:t>fund &a;</w:t></w:r></w:p></w:body></w:document>"


def test_entity_bomb() -> None:
    began = time.monotonic()
    assert refused(repacked(word("a"), word__document_xml=ENTITIES), "bomb.docx", Limits(seconds=10)).code in {
        "E105",
        "E106",
        "E109",
    }
    assert time.monotonic() - began < 12


def test_no_file_is_drawn_in() -> None:
    try:
        text = read_bytes(repacked(word("a"), word__document_xml=OUTSIDE), name="a.docx").text
    except InputError:
        return
    assert "root" not in text


@pytest.mark.parametrize(
    ("data", "name", "code", "words"),
    [
        (b"", "a.pdf", "E102", "empty"),
        (b"", "a.docx", "E102", "empty"),
        (b" ", "a.eml", "E102", "empty"),
        (b"%PDF-1.7\n" + bytes(range(256)) * 16, "a.pdf", "E106", "can't be read"),
        (b"<html>", "a.pdf", "E106", "no PDF"),
        (b"PK\x03\x04" + b"x" * 400, "a.docx", "E106", "no Word file"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600, "a.docx", "E106", "encrypted"),
        (word(), "a.docx", "E105", "no text"),
        (b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR", "a.md", "E103", "not text"),
        (b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR", "a.html", "E103", "not text"),
        (b"just some words", "a.eml", "E106", "no e-mail"),
        (b"%PDF-1.4 ...", "a.txt", "E103", "not text but .pdf"),
        (word("a"), "a.txt", "E103", "not text but .docx"),
        (b"x", "a.doc", "E107", "not read"),
    ],
    ids=lambda x: str(x)[:16],
)
def test_each_is_named(data: bytes, name: str, code: str, words: str) -> None:
    error = refused(data, name)
    assert (error.code, words in error.message) == (code, True), error


def test_a_parser_that_breaks_down(monkeypatch: pytest.MonkeyPatch) -> None:
    read_bytes(GOOD, name="a.html")
    assert child._child
    victim = child._child.process
    # The child is ended in the middle of a document.
    threading.Timer(0.3, victim.kill).start()
    error = refused(b"*a_ " * 3_000_000, "a.md")
    assert (error.code, "broke down" in error.message) == ("E109", True)
    assert "三億元" in read_bytes(GOOD, name="next.html").text
    assert child._child.process.pid != victim.pid


def test_the_child_is_used_again_and_replaced(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(child, "_DOCUMENTS", 3)
    seen = set()
    for n in range(7):
        read_bytes(GOOD, name=f"{n}.html")
        assert child._child
        seen.add(child._child.process.pid)
    assert 2 <= len(seen) <= 4


def test_a_forked_process_has_a_child_of_its_own() -> None:
    read_bytes(GOOD, name="a.html")
    assert child._child
    mine = child._child.process.pid
    code = f"""
import os, sys
from kg.reading import read_bytes, limits
data = {GOOD!r}
read_bytes(data, name="a.html")
first = limits._child.process.pid
pid = os.fork()
if pid == 0:
    read_bytes(data, name="b.html")
    os._exit(0 if limits._child.process.pid != first else 1)
assert os.waitpid(pid, 0)[1] == 0
read_bytes(data, name="c.html")
assert limits._child.process.pid == first
"""
    done = subprocess.run([sys.executable, "-W", "error", "-c", code], capture_output=True, text=True, timeout=60)
    assert done.returncode == 0 and not done.stderr, done.stderr
    assert child._child.process.pid == mine


@pytest.mark.parametrize(
    "event", ["socket.connect", "socket.getaddrinfo", "subprocess.Popen", "os.system", "os.remove", "urllib.Request"]
)
def test_what_a_document_may_not_cause(event: str) -> None:
    with pytest.raises(PermissionError):
        _guard(event, ())


@pytest.mark.parametrize(
    ("mode", "flags", "fine"),
    [("r", os.O_RDONLY, True), ("w", 0, False), ("a", 0, False), (None, os.O_WRONLY | os.O_CREAT, False)],
)
def test_files_are_only_read(mode: str | None, flags: int, fine: bool) -> None:
    if fine:
        _guard("open", ("/tmp/a", mode, flags))
        return
    with pytest.raises(PermissionError):
        _guard("open", ("/tmp/a", mode, flags))


def test_no_module_comes_from_the_folder_of_documents(tmp_path: Path) -> None:
    (tmp_path / "bs4.py").write_text("open('taken', 'w')", encoding="utf-8")
    (tmp_path / "json.py").write_text("open('taken', 'w')", encoding="utf-8")
    (tmp_path / "a.html").write_bytes(GOOD)
    code = "from kg.reading import read_document; print(read_document('a.html').text)"
    env = {**os.environ, "PYTHONPATH": str(Path(child.__file__).parents[2])}
    done = subprocess.run(
        [sys.executable, "-P", "-c", code], cwd=tmp_path, env=env, capture_output=True, text=True, timeout=60
    )
    assert "三億元" in done.stdout, done.stderr
    assert not (tmp_path / "taken").exists()


def test_nothing_is_fetched() -> None:
    page = GOOD.replace(
        b"<p>",
        b"<img src='http://127.0.0.1:9/x'><iframe src='file:///etc/passwd'></iframe><link rel=stylesheet href='http://127.0.0.1:9/y'><p>",
    )
    assert read_bytes(page, name="a.html").text == "漁港發展公司撥款三億元，支持海洋大學。\n"


def test_the_rest_is_built(tmp_path: Path) -> None:
    folder = tmp_path / "in"
    folder.mkdir()
    files: dict[str, bytes] = {
        "good.txt": "香港，2024年5月6日 – 海事發展局今日公布「遠洋青年計劃」，政府預留十億元推行。\n".encode(),
        "bad.pdf": b"%PDF-1.4 broken",
        "old.doc": b"\xd0\xcf\x11\xe0",
        "empty.docx": b"",
        "binary.txt": b"\0\1\2\3" * 50,
    }
    for name, data in files.items():
        (folder / name).write_bytes(data)
    out = tmp_path / "out"
    done = CliRunner().invoke(app, ["build", str(folder), "--out", str(out), "--no-view"])
    assert done.exit_code == 3
    report: dict[str, Any] = json.loads((out / "report.json").read_text(encoding="utf-8"))
    assert [i["file"] for i in report["inputs"]] == ["good.txt"]
    problems = {p["where"]: p for p in report["problems"] if p["severity"] == "error"}
    assert problems.keys() == files.keys() - {"good.txt"}
    for name, problem in problems.items():
        assert " – " in problem["message"], "reason and remedy"
        assert f"{problem['code']} {name}: {problem['message']}" in done.output
    assert report["facts"]
