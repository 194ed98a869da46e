"""Processes that each hold a store open read-only and answer questions, and can be killed at any moment."""

from __future__ import annotations

import contextlib
import ctypes
import multiprocessing
import os
import queue
import sys
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

import pyoxigraph as ox

from kg.errors import KgError, QueryError
from kg.graph.sparql import limit_memory
from kg.graph.store import open_store

# What runs in a worker: a function of a module, given the store and what it is asked with.
Task = Callable[[ox.Store, Any], Any]


def _work(place: str, connection: Connection) -> None:
    """Open the store, then answer until the other end closes."""
    try:
        store = open_store(place)
    except Exception as error:  # sent to the parent, which raises
        connection.send(_Failure.of(error))
        return
    _no_network()
    threading.Thread(target=_end_with_parent, daemon=True).start()
    limit_memory()
    connection.send(None)
    with contextlib.suppress(EOFError, KeyboardInterrupt, BrokenPipeError):
        while True:
            task, question = connection.recv()
            try:
                found = task(store, question)
            except Exception as error:  # sent to the parent, which raises
                found = _Failure.of(error)
            connection.send(found)


def _end_with_parent() -> None:
    """End this process when its parent has died: in the midst of a query it would not notice."""
    parent = multiprocessing.parent_process()
    if parent is not None:
        parent.join()
        os._exit(1)


def _no_network() -> None:
    """Leave the network, where the system lets a process do so; what may reach out is refused before this anyway."""
    if sys.platform == "linux":
        new_user, new_network = 0x10000000, 0x40000000
        with contextlib.suppress(OSError, AttributeError):
            unshare = ctypes.CDLL(None, use_errno=True).unshare
            # Root may do it as it is, others in a world of their own.
            if unshare(new_network) != 0:
                unshare(new_user | new_network)


@dataclass(frozen=True, slots=True)
class _Failure:
    """An error on its way to the parent: exceptions with named arguments don't survive pickling."""

    kind: type[KgError]
    code: str
    message: str
    where: str = ""
    hint: str = ""

    @classmethod
    def of(cls, error: Exception) -> _Failure:
        if isinstance(error, KgError):
            return cls(type(error), error.code, error.message, error.where, error.hint)
        if isinstance(error, MemoryError):
            return cls(QueryError, "E305", "the query ran out of memory", hint="narrow it")
        return cls(QueryError, "E305", f"the query failed: {type(error).__name__}: {error}")

    def error(self) -> KgError:
        return self.kind(self.code, self.message, where=self.where, hint=self.hint)


class Worker:
    """One process over one graph. Not for use by two threads at a time."""

    def __init__(self, place: str | Path, *, method: str | None = None) -> None:
        self._place = str(place)
        self._context: Any = multiprocessing.get_context(method)
        self._process: Any = None
        self._connection: Connection | None = None

    def start(self) -> None:
        """Start the process and wait until it has opened its store. Raises what opening it raises."""
        if self._process is not None and self._process.is_alive():
            return
        self.stop()
        mine, its = self._context.Pipe()
        self._process = self._context.Process(target=_work, args=(self._place, its), daemon=True)
        self._process.start()
        its.close()
        self._connection = mine
        self._receive()

    def ask(self, task: Task, question: Any, timeout: float) -> Any:
        """Return what a task makes of a question. Raises `QueryError` when it took too long and was killed (E304)."""
        self.start()
        assert self._connection is not None
        try:
            self._connection.send((task, question))
            if not self._connection.poll(timeout if timeout > 0 else None):
                self.stop()
                message = f"the query took more than {timeout:g} seconds and was ended"
                raise QueryError("E304", message, hint="narrow it, or raise --timeout")
        except BrokenPipeError:
            pass  # its process has died: told by what comes next
        except BaseException:
            self.stop()
            raise
        return self._receive()

    def _receive(self) -> Any:
        try:
            if self._connection is None:
                raise EOFError
            found = self._connection.recv()
        except (EOFError, OSError):
            self.stop()
            hint = "it may have run out of memory: narrow it"
            raise QueryError("E305", "the query ended without an answer", hint=hint) from None
        if isinstance(found, _Failure):
            raise found.error()
        return found

    def kill(self) -> None:
        """Kill the process while another thread may wait for its answer: that thread is told that there is none."""
        process = self._process
        if process is not None:
            with contextlib.suppress(ValueError):  # it is closed already
                process.kill()

    def stop(self) -> None:
        """Kill the process, whatever it is at."""
        if self._process is not None:
            self._process.kill()
            self._process.join()
            self._process.close()
        if self._connection is not None:
            self._connection.close()
        self._process = self._connection = None


class Workers:
    """A few workers over one graph, for use by many threads; a question waits for one that is idle."""

    def __init__(self, place: str | Path, *, count: int = 2, timeout: float = 30.0) -> None:
        self.timeout = timeout
        # A server has threads, from which no process may be forked; a helper without any does it.
        method = "forkserver" if "forkserver" in multiprocessing.get_all_start_methods() else "spawn"
        if method == "forkserver":
            multiprocessing.get_context(method).set_forkserver_preload([__name__, "kg.graph.answer"])
        self._all = [Worker(place, method=method) for _ in range(count)]
        self._idle: queue.LifoQueue[Worker] = queue.LifoQueue()
        self._closed = threading.Event()
        for worker in self._all:
            self._idle.put(worker)

    def start(self) -> None:
        """Start all of them; the first makes the store for the others. Raises what opening it raises."""
        for worker in self._all:
            worker.start()

    def ask(self, task: Task, question: Any) -> Any:
        """Return what a task makes of a question.

        Raises `QueryError`: E304 when it took too long and was ended, E306 when no worker became idle in time.
        """
        started = time.monotonic()
        with self._worker() as worker:
            left = max(self.timeout - (time.monotonic() - started), 1.0) if self.timeout > 0 else 0.0
            return worker.ask(task, question, left)

    @contextlib.contextmanager
    def _worker(self) -> Iterator[Worker]:
        try:
            worker = self._idle.get(timeout=self.timeout if self.timeout > 0 else None)
        except queue.Empty:
            raise QueryError("E306", "too many queries at once", hint="try again in a moment") from None
        try:
            if self._closed.is_set():
                raise QueryError("E306", "the server is ending")
            yield worker
        finally:
            if self._closed.is_set():
                worker.stop()
            self._idle.put(worker)

    def close(self) -> None:
        """Kill all of them; questions under way fail, later ones are refused."""
        self._closed.set()
        for worker in self._all:
            worker.kill()


def ask_once(place: str | Path, task: Task, question: Any, timeout: float) -> Any:
    """Return what a task makes of a question over a graph, in a process of its own that ends with it.

    With a timeout of 0 it runs here, without limit.
    """
    if timeout <= 0:
        return task(open_store(place), question)
    fork = "fork" in multiprocessing.get_all_start_methods()
    worker = Worker(place, method="fork" if fork else None)
    try:
        return worker.ask(task, question, timeout)
    finally:
        worker.stop()
