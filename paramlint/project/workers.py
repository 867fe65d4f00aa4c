"""Work spread over processes. A process that dies costs the task that it was on, and no other."""

from __future__ import annotations

import multiprocessing
import signal
import sys
import threading
import time
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from multiprocessing.connection import Connection, wait
from multiprocessing.process import BaseProcess
from typing import Any

_READY = "ready"
LONGEST_TASK = 300  # seconds; what a file or target may cost is limited elsewhere, so this one is met by a process that hangs
_PATIENCE = 5.0  # seconds between two looks at whether one does
_FILES_OF_A_PROCESS, _FILES_OF_OURS = 5, 16  # open files that a process costs in this one, and those that this one needs itself


@dataclass(frozen=True, slots=True)
class Died:
    """Instead of a result: the process that had this task ended, and how."""

    how: str


@dataclass(slots=True, eq=False)
class _Worker:
    process: BaseProcess
    connection: Connection
    since: float  # when it was started, or got its task
    task: int | None = None
    ready: bool = False
    group: Any = None


def spread(function: Callable[[Any], Any], tasks: Sequence[Any], jobs: int, *, group: Callable[[Any], Any] | None = None) -> Iterator[Any]:
    """``function`` of each task, in order, or ``Died``. The function, tasks and results must be picklable.

    Tasks of one ``group`` go to one process, as long as there is other work for the others.
    """
    pool = _Pool(function, tasks, jobs, group or (lambda task: None))
    try:
        yield from pool.results()
    finally:
        pool.close()


class _Pool:
    """Processes with a pipe each. A process gets one task at a time, so that it is known which one a death costs."""

    def __init__(self, function: Callable[[Any], Any], tasks: Sequence[Any], jobs: int, group: Callable[[Any], Any]) -> None:
        self._function = function
        self._tasks = tasks
        self._jobs = min(jobs, len(tasks), _affordable())
        self._groups = [group(task) for task in tasks]
        self._waiting: dict[Any, deque[int]] = {}
        for number, name in enumerate(self._groups):
            self._waiting.setdefault(name, deque()).append(number)
        self._left = len(tasks)
        self._done: dict[int, Any] = {}
        self._workers: list[_Worker] = []
        self._false_starts = 0
        # Forking is quick and safe while there is one thread; where it is not, a fresh interpreter is started.
        alone = sys.platform == "linux" and threading.active_count() == 1
        self._context = multiprocessing.get_context("fork" if alone else "spawn")

    def results(self) -> Iterator[Any]:
        for number in range(len(self._tasks)):
            while number not in self._done:
                self._step()
            yield self._done.pop(number)

    def _step(self) -> None:
        """Keep the processes busy and take in what they have to say."""
        while len(self._workers) < self._jobs and self._starting() < self._left:
            if self._false_starts > 2 * self._jobs or not self._start():
                break
        if not self._workers:  # no process comes up here: the work is done in this one
            number = self._take(None)
            self._done[number] = _outcome(self._function, self._tasks[number])
            return
        for connection in wait([worker.connection for worker in self._workers], timeout=_PATIENCE):
            self._hear(next(worker for worker in self._workers if worker.connection is connection))
        now = time.monotonic()
        for worker in [worker for worker in self._workers if now - worker.since > LONGEST_TASK]:
            worker.process.kill()
            self._bury(worker, f"was ended, because it had taken more than {LONGEST_TASK} seconds")

    def _hear(self, worker: _Worker) -> None:
        """Take in what a process says, or that it has ended, and give it the next task."""
        try:
            kind, value = worker.connection.recv()
        except Exception:  # EOFError and OSError of a process that has ended; anything, where its last words are cut short
            worker.process.kill()
            self._bury(worker)
            return
        if kind == _READY:
            worker.ready = True
        elif worker.task is not None:
            self._done[worker.task], worker.task = value, None
        self._feed(worker)

    def _starting(self) -> int:
        return sum(1 for worker in self._workers if worker.task is None)

    def _start(self) -> bool:
        """Start a process; whether the system allows one more."""
        try:
            self._launch()
        except OSError:  # too many files open, too many processes, too little memory
            self._jobs = len(self._workers)
            return False
        return True

    def _launch(self) -> None:
        ours, theirs = self._context.Pipe()
        others = [worker.connection for worker in self._workers] + [ours] if self._context.get_start_method() == "fork" else []
        process = self._context.Process(target=_work, args=(self._function, theirs, others), daemon=True)  # type: ignore[attr-defined]
        try:
            process.start()
        except OSError:
            ours.close()
            raise
        finally:
            theirs.close()
        self._workers.append(_Worker(process, ours, time.monotonic()))

    def _feed(self, worker: _Worker) -> None:
        if not self._left:
            self._dismiss(worker)
            return
        worker.task, worker.since = self._take(worker), time.monotonic()
        try:
            worker.connection.send(self._tasks[worker.task])
        except OSError:  # it died between two tasks; the task is as good as new
            self._waiting[self._groups[worker.task]].appendleft(worker.task)
            self._left, worker.task = self._left + 1, None
            self._bury(worker)

    def _take(self, worker: _Worker | None) -> int:
        """The next task: of the worker's own group, else of one that no other is at, else of the group with most left."""
        own = worker.group if worker is not None else None
        if not self._waiting.get(own):
            taken = [other.group for other in self._workers if other is not worker and other.task is not None]
            open_ = [name for name, waiting in self._waiting.items() if waiting]
            own = next((name for name in open_ if name not in taken), None)
            if not self._waiting.get(own):
                own = max(open_, key=lambda name: len(self._waiting[name]))
        if worker is not None:
            worker.group = own
        self._left -= 1
        return self._waiting[own].popleft()

    def _bury(self, worker: _Worker, how: str = "") -> None:
        worker.process.join()
        if worker.task is not None:
            self._done[worker.task] = Died(how or _ending(worker.process.exitcode))
        elif not worker.ready:
            self._false_starts += 1
        worker.connection.close()
        self._workers.remove(worker)

    def _dismiss(self, worker: _Worker) -> None:
        worker.connection.close()  # which is how it learns that there is no more
        self._workers.remove(worker)
        worker.process.join()

    def close(self) -> None:
        for worker in self._workers:
            worker.process.kill()
            worker.connection.close()
        for worker in self._workers:
            worker.process.join()


def _affordable() -> int:
    """So many processes as the limit on open files allows (`ulimit -n`)."""
    try:
        import resource
    except ImportError:  # no such limit on this platform
        return sys.maxsize
    most, _ = resource.getrlimit(resource.RLIMIT_NOFILE)
    return sys.maxsize if most == resource.RLIM_INFINITY else max(0, (most - _FILES_OF_OURS) // _FILES_OF_A_PROCESS)


def _ending(code: int | None) -> str:
    """``was killed by SIGSEGV``, ``ended with code 3``."""
    if code is not None and code < 0:
        try:
            return f"was killed by {signal.Signals(-code).name}"
        except ValueError:
            return f"was killed by signal {-code}"
    return f"ended with code {code}"


def _outcome(function: Callable[[Any], Any], task: Any) -> Any:
    try:
        return function(task)
    except Exception as error:
        return Died(_failing(error))


def _failing(error: Exception) -> str:
    return "ran out of memory" if isinstance(error, MemoryError) else f"failed: {type(error).__name__}: {error}"[:300]


def _work(function: Callable[[Any], Any], connection: Connection, others: Sequence[Connection]) -> None:
    """A process: tasks in, results out, until the other end is closed."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)  # an interrupt ends it quietly; the parent does the talking
    for other in others:  # a fork holds copies of the parent's ends, which would keep the pipes open after the parent's death
        other.close()
    try:
        connection.send((_READY, None))
        while True:
            result = _outcome(function, connection.recv())
            try:
                connection.send(("result", result))
            except (BrokenPipeError, ConnectionResetError):
                raise
            except Exception as error:  # a result that is too deep or too large to be sent
                connection.send(("result", Died(_failing(error))))
    except (EOFError, BrokenPipeError, ConnectionResetError):
        pass
