"""Documents → outcomes, one after the other in this process or side by side in others."""

from __future__ import annotations

import json
import os
import queue
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator, Sequence

from kg.engine.work import Outcome, Task, failed, work
from kg.engine.worker import STARTER

# No release takes a minute; what takes this long would never end.
SECONDS = 600.0
_ENOUGH = 20  # documents that are worth starting a process for
_MOST = 8  # processes that are started unasked: each takes some 250 MB


def processes(jobs: int, tasks: int) -> int:
    """Return how many processes to start for some tasks; 0 means this one. `jobs` 0 leaves the choice to us."""
    if jobs:
        return 0 if jobs == 1 else min(jobs, tasks)
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    wanted = min(cores, _MOST, tasks // _ENOUGH)
    return wanted if wanted > 1 else 0


def outcomes(tasks: Sequence[Task], *, jobs: int = 0, ordered: bool = False) -> Iterator[Outcome]:
    """Yield the outcome of each task: in the order of the tasks if asked, else as they come.

    A process that dies over a document, or takes longer than `SECONDS`, costs that document alone.
    """
    number = processes(jobs, len(tasks))
    if not number:
        yield from (work(*task) for task in tasks)
        return
    pool = _Pool(tasks, number)
    try:
        if not ordered:
            yield from (outcome for _, outcome in pool.results())
            return
        early: dict[int, Outcome] = {}
        following = 0
        for index, outcome in pool.results():
            early[index] = outcome
            while following in early:
                yield early.pop(following)
                following += 1
    finally:
        pool.close()


class _Process:
    """A worker, ready for tasks."""

    def __init__(self) -> None:
        # Each process has one core: libraries that would start threads of their own only get in each other's way.
        env = {**os.environ, "OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"}
        self._child = subprocess.Popen(
            [sys.executable, "-P", "-c", STARTER],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env=env,
        )
        self._late = False
        self._send(sys.path)
        if self._receive() != b"ready\n":
            raise RuntimeError(f"a process to read documents could not be started ({self.end()})")

    def _send(self, message: object) -> None:
        assert self._child.stdin is not None
        try:
            self._child.stdin.write(json.dumps(message).encode("ascii") + b"\n")
            self._child.stdin.flush()
        except BrokenPipeError:
            pass  # it has died: the answer will be empty

    def _receive(self) -> bytes:
        assert self._child.stdout is not None
        return self._child.stdout.readline()

    def ask(self, task: Task) -> Outcome | None:
        """Return the outcome of a task, None if the process died over it."""
        path, name = task
        clock = threading.Timer(SECONDS, self._out_of_time)
        clock.daemon = True
        clock.start()
        try:
            self._send([os.fsencode(path).hex(), name])
            line = self._receive()
        finally:
            clock.cancel()
        try:
            return Outcome.decode(line) if line.endswith(b"\n") else None
        except ValueError:
            return None

    def _out_of_time(self) -> None:
        self._late = True
        self.kill()

    def kill(self) -> None:
        """End the process at once."""
        self._child.kill()

    def end(self) -> str:
        """End the process and say how it ended. One that dies by itself is given the time for it."""
        self.close(patience=20)
        status = self._child.returncode
        if self._late:
            return "time"
        return signal.Signals(-status).name if status < 0 else f"status {status}"

    def close(self, patience: float = 2) -> None:
        """End the process; one that waits for tasks ends by itself, any other is killed."""
        for pipe in (self._child.stdin, self._child.stdout):
            if pipe:
                try:
                    pipe.close()
                except BrokenPipeError:
                    pass
        try:
            self._child.wait(patience)
        except subprocess.TimeoutExpired:
            self._child.kill()
            self._child.wait()


class _Pool:
    """Some processes, each with a thread that hands it tasks."""

    def __init__(self, tasks: Sequence[Task], number: int) -> None:
        self._tasks = iter(enumerate(tasks))
        self._lock = threading.Lock()
        self._processes: set[_Process] = set()
        self._stop = threading.Event()
        # Bounded: results must not pile up when they come faster than they are written down.
        self._found: queue.Queue[tuple[int, Outcome] | BaseException | None] = queue.Queue(4 * number)
        self._threads = [threading.Thread(target=self._serve, daemon=True) for _ in range(number)]
        for thread in self._threads:
            thread.start()

    def results(self) -> Iterator[tuple[int, Outcome]]:
        """Yield the number of each task with its outcome, as they come."""
        running = len(self._threads)
        while running:
            found = self._found.get()
            if found is None:
                running -= 1
            elif isinstance(found, BaseException):
                raise found
            else:
                yield found

    def close(self) -> None:
        """End the processes, whatever they are at."""
        with self._lock:
            self._stop.set()
            for process in self._processes:
                process.kill()
        while any(thread.is_alive() for thread in self._threads):
            try:
                self._found.get(timeout=0.05)
            except queue.Empty:
                pass

    def _next(self) -> tuple[int, Task] | None:
        with self._lock:
            return None if self._stop.is_set() else next(self._tasks, None)

    def _started(self) -> _Process:
        process = _Process()
        with self._lock:
            self._processes.add(process)
            if self._stop.is_set():
                process.kill()
        return process

    def _serve(self) -> None:
        process: _Process | None = None
        try:
            while (found := self._next()) is not None:
                index, task = found
                process = process or self._started()
                outcome = process.ask(task)
                if outcome is None:
                    outcome = _died(task[1], process.end())
                    process = None
                self._found.put((index, outcome))
        except BaseException as error:
            self._found.put(error)
        finally:
            if process:
                process.close()
            self._found.put(None)


def _died(name: str, how: str) -> Outcome:
    if how == "time":
        return failed(name, "E141", f"reading it took longer than {SECONDS:.0f} seconds", "split it into documents")
    return failed(name, "E140", f"the process that read it died ({how})", "split it, or leave it out and report it")
