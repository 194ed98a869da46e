"""What the parts of the server share: one output folder, the workers that answer for it, and the limits."""

from __future__ import annotations

import json
import threading
from pathlib import Path
from typing import Any

from starlette.concurrency import run_in_threadpool

from kg.graph.store import source_of
from kg.graph.worker import Task, Workers
from kg.serve.description import MOST_GRAPHS
from kg.serve.match import Names
from kg.serve.tasks import Counts, counts, things
from kg.vocab import PREFIXES


class Service:
    """One output folder as it is served. Safe to share between threads.

    `limit` is the most rows of an answer, `timeout` the most seconds it may take. Raises `InputError` for a folder
    without a graph, or with a damaged one.
    """

    def __init__(self, folder: str | Path, *, timeout: float = 30.0, limit: int = 100_000, workers: int = 2) -> None:
        self.folder = Path(folder)
        self.limit = limit
        self.pages = False
        source_of(folder)
        self.base = _base(self.folder)
        self.workers = Workers(folder, count=workers, timeout=timeout)
        self._lock = threading.Lock()
        self._counts: Counts | None = None
        self._names: Names | None = None

    def start(self) -> None:
        """Start the workers. Raises `InputError` for a damaged graph."""
        self.workers.start()

    def close(self) -> None:
        """End the workers."""
        self.workers.close()

    async def ask(self, task: Task, question: Any) -> Any:
        """Return what a task makes of a question, in a worker."""
        return await run_in_threadpool(self.workers.ask, task, question)

    async def counts(self) -> Counts:
        """Return how much the store holds; counted once."""
        return await run_in_threadpool(self._counted)

    async def names(self) -> Names:
        """Return the names of all things; read once."""
        return await run_in_threadpool(self._named)

    def _counted(self) -> Counts:
        with self._lock:
            if self._counts is None:
                self._counts = self.workers.ask(counts, MOST_GRAPHS)
            assert self._counts is not None
            return self._counts

    def _named(self) -> Names:
        with self._lock:
            if self._names is None:
                self._names = Names(self.workers.ask(things, None), self.base)
            return self._names


def _base(folder: Path) -> str:
    """Return the address that the things of a folder live below, as its build says."""
    try:
        report = json.loads((folder / "report.json").read_text(encoding="utf-8"))
        return str(report["settings"]["base"])
    except (OSError, ValueError, KeyError, TypeError):
        return PREFIXES["fgi"]
