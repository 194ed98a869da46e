"""A server as a user starts it: ``kg serve`` in a process of its own, over the built seeds."""

from __future__ import annotations

import gc
import os
import re
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import httpx
import pytest

ROOT = Path(__file__).parents[2]
Start = Callable[[list[str]], tuple["subprocess.Popen[str]", str]]


@pytest.fixture(autouse=True, scope="module")
def _no_litter() -> None:
    """Clear away what other tests left: an answer of Oxigraph's may only be let go by the thread that asked for it."""
    gc.collect()


def stop(process: subprocess.Popen[str]) -> str:
    """End a server as Ctrl+C does; what it wrote to stderr."""
    process.send_signal(2)
    return process.communicate(timeout=20)[1]


@pytest.fixture(scope="session")
def start() -> Start:
    """What starts ``kg serve``; it returns the process and the address that it says it serves at."""

    def started(arguments: list[str]) -> tuple[subprocess.Popen[str], str]:
        environment = {**os.environ, "PYTHONPATH": str(ROOT), "PYTHONUNBUFFERED": "1"}
        command = [sys.executable, "-m", "kg.cli", "serve", *arguments, "--port", "0"]
        process = subprocess.Popen(
            command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, start_new_session=True
        )
        assert process.stdout is not None
        found = re.search(r"at (http://\S+/)", process.stdout.readline())
        assert found, process.communicate()
        return process, found.group(1)

    return started


@pytest.fixture(scope="session")
def address(built: Path, start: Start) -> Iterator[str]:
    """The address of a running server, with a slash at its end; queries end after five seconds, rows at 5,000."""
    process, found = start([str(built), "--timeout", "5", "--limit", "5000"])
    yield found
    errors = stop(process)
    assert "Traceback" not in errors, errors


@pytest.fixture(scope="session")
def client(address: str) -> Iterator[httpx.Client]:
    """A client of that server that follows no redirect."""
    with httpx.Client(base_url=address, timeout=30, trust_env=False) as found:
        yield found


@pytest.fixture(scope="session")
def documents(client: httpx.Client) -> list[str]:
    """The names of a few documents' graphs, and after them, in the same order, a fact that only that graph has."""
    text = """SELECT ?g (MIN(?s) AS ?fact) WHERE {
      GRAPH ?g { ?s a fg:Relation } FILTER NOT EXISTS { GRAPH ?h { ?s a fg:Relation } FILTER(?h != ?g) }
    } GROUP BY ?g ORDER BY ?g LIMIT 3"""
    answer = client.get("sparql", params={"query": text}).raise_for_status().json()
    rows = answer["results"]["bindings"]
    assert len(rows) == 3
    return [row[name]["value"] for name in ("g", "fact") for row in rows]
