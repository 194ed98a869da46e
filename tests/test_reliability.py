"""What `RELIABILITY.md` promises: every test that it names exists; and the rows that are about the project as a whole."""

from __future__ import annotations

import ast
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from kg.pipeline import extract
from kg.reading import read_bytes

ROOT = Path(__file__).parent.parent
TABLE = Path(__file__).with_name("RELIABILITY.md")
NAMED = sorted(set(re.findall(r"`(tests/[\w/]+\.py(?:::\w+)?)`", TABLE.read_text(encoding="utf-8"))))
ROWS = [line for line in TABLE.read_text(encoding="utf-8").splitlines() if line.startswith("| ")][1:]


def test_the_table_has_rows_and_each_names_a_test() -> None:
    assert len(ROWS) >= 22
    assert not [row for row in ROWS if "`tests/" not in row]


@pytest.mark.parametrize("node", NAMED)
def test_each_test_that_is_named_exists(node: str) -> None:
    file, _, function = node.partition("::")
    tree = ast.parse((ROOT / file).read_text(encoding="utf-8"))
    functions = {n.name for n in tree.body if isinstance(n, ast.FunctionDef)}
    assert function in functions if function else functions


GUARD = """
import sys
def guard(event, args):
    if event == "socket.connect" and isinstance(args[1], tuple) and args[1][0] not in ("127.0.0.1", "::1"):
        raise SystemExit(f"reached for {args[1]}")
    if event in ("urllib.Request", "socket.getaddrinfo", "ftplib.connect", "http.client.connect"):
        raise SystemExit(f"{event}: {args[:2]}")
    if event == "os.system":
        raise SystemExit(f"ran {args}")
sys.addaudithook(guard)
"""


def test_no_command_reaches_out(tmp_path: Path) -> None:
    """Whole commands, their child processes too, under a hook that ends whoever looks an address up or opens one."""
    (tmp_path / "sitecustomize.py").write_text(GUARD, encoding="utf-8")
    documents = tmp_path / "documents"
    documents.mkdir()
    story = "香港特別行政區政府撥款五億元成立「藍灣計劃」。"
    (documents / "a.txt").write_text(story, encoding="utf-8")
    (documents / "b.html").write_text(
        "<html><head><link rel=stylesheet href='http://example.org/x.css'><base href='http://example.org/'>"
        f"<script src='http://example.org/x.js'></script></head><body><img src='//example.org/x.png'><p>{story}另有十家企業參與。</p></body></html>",
        encoding="utf-8",
    )
    (documents / "c.md").write_text(f"![x](http://example.org/x.png)\n\n{story}一百人參與。\n", encoding="utf-8")
    env = {**os.environ, "PYTHONPATH": os.pathsep.join([str(tmp_path), str(ROOT)])}
    probe = [sys.executable, "-c", "import urllib.request as u; u.urlopen('http://example.org')"]
    assert b"urllib.Request" in subprocess.run(probe, env=env, capture_output=True).stderr, "the hook is there"
    out = str(tmp_path / "out")
    for arguments in (
        ["build", str(documents), "--out", out, "--jobs", "2"],
        ["query", out, "programmes"],
        ["show", out, "藍灣計劃"],
        ["validate", out],
        ["export", out, "--out", str(tmp_path / "g.jsonld")],
        ["export", out, "--out", str(tmp_path / "g.graphml")],
        ["view", out, "--focus", "藍灣計劃", "--out", str(tmp_path / "v.html")],
    ):
        done = subprocess.run([sys.executable, "-m", "kg.cli", *arguments], env=env, capture_output=True, cwd=ROOT)
        assert done.returncode == 0, (arguments, done.stderr.decode())
    with_from = ["query", out, "SELECT * FROM <http://example.org/x> WHERE { ?s ?p ?o }"]
    assert subprocess.run([sys.executable, "-m", "kg.cli", *with_from], env=env, capture_output=True).returncode == 4


FORBIDDEN = {"eval", "exec", "compile", "__import__"}
MODULES = {"pickle", "marshal", "shelve", "dill", "joblib", "xml.etree.ElementTree", "xml.dom.minidom", "xml.sax"}


def test_no_data_is_run_or_unpickled() -> None:
    """No module of ours runs text as code, reads pickles, parses XML without defence or starts a shell."""
    found = []
    for path in sorted((ROOT / "kg").rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call):
                if isinstance(node.func, ast.Name) and node.func.id in FORBIDDEN:
                    found.append((path.name, node.func.id))
                if any(
                    k.arg == "shell" or (k.arg == "allow_pickle" and ast.unparse(k.value) != "False")
                    for k in node.keywords
                ):
                    found.append((path.name, ast.unparse(node)))
            if isinstance(node, ast.Import) and {a.name for a in node.names} & MODULES:
                found.append((path.name, ast.unparse(node)))
            if isinstance(node, ast.ImportFrom) and node.module in MODULES:
                found.append((path.name, ast.unparse(node)))
    assert not found


# A group that repeats and holds but one thing that repeats: each way to part a text between the two is tried.
NESTED = re.compile(r"\((?:\?:)?(?:\\.|\[(?:\\.|[^\]])*\]|[^\\()\[\]])[+*]\)(?:[+*]|\{\d+,\})")


def test_no_pattern_repeats_what_repeats() -> None:
    assert NESTED.search(r"(a+)+$") and NESTED.search(r"(?:\s*)*") and not NESTED.search(r"[a-z]+(?:-[a-z]+)*")
    files = [*(ROOT / "kg").rglob("*.py"), *(ROOT / "kg" / "data").rglob("*.toml")]
    found = {path.name: m.group() for path in files if (m := NESTED.search(path.read_text(encoding="utf-8")))}
    assert not found


def test_what_is_added_after_takes_no_fact_away(seeds: Path) -> None:
    added = "\n\n另外，海洋公園昨日舉行了一場音樂會，天氣晴朗，觀眾都覺得很高興。\n"
    for path in sorted(seeds.glob("20*.txt")):
        text = path.read_text(encoding="utf-8")
        if text.isascii():
            continue
        before, after = (extract(read_bytes(t.encode(), name="a.txt")) for t in (text, text.rstrip() + added))
        quotes = {(type(f).__name__, q.text) for f in after.facts for q in f.source.quotes}
        lost = [f for f in before.facts for q in f.source.quotes if (type(f).__name__, q.text) not in quotes]
        assert not lost, path.name


CODES = sorted(
    {c for p in (ROOT / "kg").rglob("*.py") for c in re.findall(r'"(E\d{3})"', p.read_text(encoding="utf-8"))}
)


# Not named in any test so far; E2xx tell of damage to our own files. The list may only become shorter.
UNTESTED = {"E110", "E130", "E131", "E132", "E133", "E311", "E312", "E313"}


def test_every_error_code_is_tested() -> None:
    assert len(CODES) > 30
    own = Path(__file__)
    tests = "".join(p.read_text(encoding="utf-8") for p in sorted((ROOT / "tests").rglob("*.py")) if p != own)
    assert {code for code in CODES if code not in tests and code[1] != "2"} <= UNTESTED
