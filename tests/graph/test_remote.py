"""A real SPARQL 1.1 store (the Oxigraph server of the package registry) is pushed to and asked; odd servers do no harm."""

from __future__ import annotations

import http.server
import shutil
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from rdflib import Graph
from typer.testing import CliRunner

import kg
from kg.cli import app
from kg.errors import InputError, OutputError, QueryError
from kg.graph.remote import Endpoint, push

BINARY = shutil.which("oxigraph", path=f"{Path(sys.executable).parent}:/usr/local/bin:/usr/bin")
RUNNER = CliRunner()
needs_server = pytest.mark.skipif(BINARY is None, reason="no oxigraph server here: pip install oxigraph")


@pytest.fixture
def server(tmp_path: Path) -> Iterator[str]:
    """The address of an empty store that may be written, with a slash at its end."""
    assert BINARY is not None
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = [BINARY, "serve", "--location", str(tmp_path / "remote"), "--bind", f"127.0.0.1:{port}"]
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    for _ in range(100):
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                break
        time.sleep(0.05)
    yield f"http://127.0.0.1:{port}/"
    process.kill()
    process.wait()


def count(server: str, pattern: str = "?s ?p ?o") -> int:
    """How many triples the store holds."""
    return int(Endpoint(f"{server}query").query(f"SELECT (COUNT(*) AS ?n) WHERE {{ {pattern} }}").to_dicts()[0]["n"])


@needs_server
def test_what_is_pushed_is_there(server: str, built: Path, graph: Graph, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("kg.graph.remote._BATCH", 1000)  # in several parts
    seen: list[tuple[int, int]] = []
    assert (
        push(built, f"{server}store", progress=lambda n, total: seen.append((n, total))) == len(graph) == count(server)
    )
    assert seen[-1] == (len(graph), len(graph)) and len(seen) > 5
    assert push(built, f"{server}store") == count(server), "sent again, nothing is there twice"
    for name in ("programmes", "posts", "things", "latest"):
        assert kg.query(f"{server}query", name).to_dicts() == kg.query(built, name).to_dicts()
    thing = {"thing": "生产力局"}
    assert (
        kg.query(f"{server}query", "posts", params=thing).to_dicts()
        == kg.query(built, "posts", params=thing).to_dicts()
    )
    remote = kg.query(f"{server}query", "CONSTRUCT WHERE { ?s a fg:Person }")
    assert remote.rows == kg.query(built, "CONSTRUCT WHERE { ?s a fg:Person }").rows
    assert kg.query(f"{server}query", "ASK { ?s a fg:Person }").to_dicts() == [{"answer": True}]


@needs_server
def test_graphs_and_replacing(server: str, built: Path, graph: Graph, tmp_path: Path) -> None:
    sent = push(built, f"{server}store", graphs=True)
    assert count(server) == len(graph) and count(server, "GRAPH ?g { ?s ?p ?o }") == sent - len(graph)
    small = tmp_path / "small.nt"
    small.write_text("<https://example.org/a> <https://example.org/b> <https://example.org/c> .\n")
    push(small, f"{server}store")
    assert count(server) == len(graph) + 1
    push(small, f"{server}store", replace=True)
    assert count(server) == 1
    push(small, f"{server}store", graph="https://example.org/a graph?&x".replace(" ", "%20"))
    assert count(server, "GRAPH <https://example.org/a%20graph?&x> { ?s ?p ?o }") == 1


@needs_server
def test_commands(server: str, built: Path) -> None:
    done = RUNNER.invoke(app, ["push", str(built), f"{server}store"])
    assert done.exit_code == 0 and "triples sent" in done.output
    remote = RUNNER.invoke(app, ["query", "--endpoint", f"{server}query", "posts", "-p", "thing=生产力局", "-f", "csv"])
    here = RUNNER.invoke(app, ["query", str(built), "posts", "-p", "thing=生产力局", "-f", "csv"])
    assert remote.exit_code == 0 and remote.stdout == here.stdout and "梁志恆" in remote.stdout
    wrong = RUNNER.invoke(app, ["query", "--endpoint", f"{server}query", "posts", "-p", "thing=生產力"])
    assert wrong.exit_code == 4 and "did you mean" in wrong.stderr
    for text in (
        "DROP ALL ; { }",
        "SELECT * { SERVICE <http://127.0.0.1:9/> { ?s ?p ?o } }",
        "SELECT * FROM <file:///x> { ?s ?p ?o }",
    ):
        assert "E302" in RUNNER.invoke(app, ["query", "--endpoint", f"{server}query", text]).stderr
    assert RUNNER.invoke(app, ["query", "--endpoint", f"{server}query", str(built), "posts"]).exit_code == 2


@needs_server
def test_a_row_limit_and_the_servers_words(server: str, built: Path) -> None:
    push(built, f"{server}store")
    found = kg.query(f"{server}query", "SELECT * WHERE { ?s ?p ?o }", limit=3)
    assert len(found.rows) == 3 and found.truncated
    with pytest.raises(QueryError, match=r"E321 .*404"):
        kg.query(f"{server}nothing", "ASK {}")
    with pytest.raises(OutputError, match=r"E405 .*404"):
        push(built, f"{server}nothing")


@needs_server
def test_parameters_stay_data_over_the_wire(server: str, built: Path) -> None:
    push(built, f"{server}store")
    before = count(server)
    for name in ('"} DROP ALL #', "> } ; CLEAR ALL", "http://x/> ?p ?o } #"):
        with pytest.raises((QueryError, ValueError)):
            kg.query(f"{server}query", "posts", params={"thing": name})
    assert count(server) == before > 1000


class _Odd(http.server.BaseHTTPRequestHandler):
    """Answers as its class says."""

    answer: Callable[[Any], None]
    seen: list[dict[str, str]]

    def do_POST(self) -> None:
        self.seen.append(dict(self.headers))
        self.rfile.read(int(self.headers.get("content-length", 0)))
        type(self).answer(self)

    do_PUT = do_POST  # noqa: N815

    def log_message(self, *_: Any) -> None:
        """Say nothing."""


@pytest.fixture
def odd() -> Iterator[Callable[[Callable[[Any], None]], tuple[str, list[dict[str, str]]]]]:
    """Makes a server that answers in one way; its address, and the headers that it was sent."""
    servers = []

    def make(answer: Callable[[Any], None]) -> tuple[str, list[dict[str, str]]]:
        seen: list[dict[str, str]] = []
        handler = type("Odd", (_Odd,), {"answer": answer, "seen": seen})
        found = http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler)
        found.daemon_threads = True
        threading.Thread(target=found.serve_forever, daemon=True).start()
        servers.append(found)
        return f"http://127.0.0.1:{found.server_port}/sparql", seen

    yield make
    for found in servers:
        found.shutdown()
        found.server_close()


def _say(handler: Any, status: int, kind: str, body: bytes, **headers: str) -> None:
    handler.send_response(status)
    for name, value in {"Content-Type": kind, "Content-Length": str(len(body)), **headers}.items():
        handler.send_header(name, value)
    handler.end_headers()
    handler.wfile.write(body)


@pytest.mark.parametrize(
    ("answer", "code"),
    [
        (lambda h: _say(h, 200, "text/html", b"<html>"), "E322"),
        (lambda h: _say(h, 200, "application/sparql-results+json", b'{"head":'), "E322"),
        (lambda h: _say(h, 500, "text/plain", b"out of \x1b[31mluck"), "E321"),
        (lambda h: _say(h, 302, "text/plain", b"", Location="http://127.0.0.1:9/"), "E321"),
        (lambda h: h.wfile.write(b"nonsense\r\n"), "E320"),
        (lambda h: time.sleep(3), "E304"),
    ],
    ids=["page", "half", "error", "redirect", "no HTTP", "slow"],
)
def test_odd_servers_are_named(odd: Any, answer: Any, code: str) -> None:
    address, _ = odd(answer)
    with pytest.raises(QueryError, match=code):
        kg.query(address, "SELECT * WHERE { ?s ?p ?o }", timeout=1)


def test_an_answer_without_end_is_ended(odd: Any) -> None:
    def drip(handler: Any) -> None:
        handler.send_response(200)
        handler.end_headers()
        for _ in range(100):
            handler.wfile.write(b" ")
            time.sleep(0.1)

    address, _ = odd(drip)
    start = time.monotonic()
    with pytest.raises(QueryError, match="E304"):
        kg.query(address, "ASK {}", timeout=1)
    assert time.monotonic() - start < 4


def test_a_password_is_sent_and_not_shown(odd: Any, built: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KG_PASSWORD", "geheim")
    address, seen = odd(lambda h: _say(h, 401, "text/plain", b""))
    done = RUNNER.invoke(app, ["push", str(built), address, "--user", "me"])
    assert done.exit_code == 3 and "401" in done.stderr and "geheim" not in done.output
    assert seen[0]["Authorization"] == "Basic bWU6Z2VoZWlt"
    done = RUNNER.invoke(app, ["query", "--endpoint", address, "ASK {}", "--user", "me"])
    assert done.exit_code == 4 and seen[1]["Authorization"] == "Basic bWU6Z2VoZWlt"


@pytest.mark.parametrize("address", ["ftp://x/", "http://", "file:///etc/passwd", "http://me:pw@x/"])
def test_what_is_no_address(built: Path, address: str) -> None:
    with pytest.raises(QueryError, match="E320") as raised:
        push(built, address)
    assert "pw@" not in str(raised.value)


def test_nobody_there(built: Path, tmp_path: Path) -> None:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        address = f"http://127.0.0.1:{probe.getsockname()[1]}/"
    with pytest.raises(QueryError, match=r"E320 .*is it running"):
        kg.query(address, "ASK {}")
    with pytest.raises(OutputError, match="E405"):
        push(built, address)
    with pytest.raises(InputError):
        push(tmp_path / "nothing", address)
