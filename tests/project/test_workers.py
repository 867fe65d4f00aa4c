"""Work spread over processes, some of which die."""

from __future__ import annotations

import errno
import multiprocessing
import os
import signal
import sys

import pytest

from paramlint.project import workers
from paramlint.project.workers import Died, spread


class Deep:
    def __reduce__(self) -> str:
        raise RecursionError("too deep")


def work(task: object) -> object:
    if task == "killed":
        os.kill(os.getpid(), signal.SIGKILL)
    if task == "leaves":
        os._exit(3)
    if task == "hangs":
        signal.pause()
    if task == "out of memory":
        raise MemoryError
    if task == "cannot be sent":
        return Deep()
    if task == "raises":
        raise KeyError(task)
    return (task, os.getpid())


def outcomes(tasks: list[object], jobs: int) -> list[object]:
    return [item.how if isinstance(item, Died) else item[0] for item in spread(work, tasks, jobs)]


def test_results_come_in_order_and_from_other_processes() -> None:
    items = list(spread(work, list(range(50)), 3))
    assert [task for task, _ in items] == list(range(50))
    assert os.getpid() not in {process for _, process in items}


def test_no_more_processes_than_tasks_and_no_tasks_at_all() -> None:
    assert list(spread(work, [], 4)) == []
    assert outcomes([1], 4) == [1]


def test_a_death_costs_the_task_it_was_on() -> None:
    assert outcomes([1, "killed", 2, "leaves", 3], 2) == [1, "was killed by SIGKILL", 2, "ended with code 3", 3]


@pytest.mark.parametrize("jobs", [1, 2, 4])
def test_more_deaths_than_processes(jobs: int) -> None:
    tasks: list[object] = ["killed", 1] * 6
    assert outcomes(tasks, jobs) == ["was killed by SIGKILL", 1] * 6


def test_everything_dies() -> None:
    assert outcomes(["leaves"] * 5, 2) == ["ended with code 3"] * 5


def test_an_exception_in_a_process_costs_its_task_alone(capfd: pytest.CaptureFixture[str]) -> None:
    assert outcomes([1, "raises", 2], 2) == [1, "failed: KeyError: 'raises'", 2]
    assert outcomes([1, "out of memory", 2], 2) == [1, "ran out of memory", 2]
    assert outcomes([1, "cannot be sent", 2], 2) == [1, "failed: RecursionError: too deep", 2]
    assert capfd.readouterr().err == ""


def test_a_process_that_hangs_is_ended(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(workers, "LONGEST_TASK", 1)
    monkeypatch.setattr(workers, "_PATIENCE", 0.1)
    assert outcomes([1, "hangs", 2], 2) == [1, "was ended, because it had taken more than 1 seconds", 2]


@pytest.mark.skipif(sys.platform == "win32", reason="no such limit")
@pytest.mark.parametrize("most", [8, 24, 40])
def test_few_open_files_make_for_fewer_processes(most: int) -> None:
    import resource

    before = resource.getrlimit(resource.RLIMIT_NOFILE)
    used = len(os.listdir("/proc/self/fd")) if os.path.isdir("/proc/self/fd") else 10
    resource.setrlimit(resource.RLIMIT_NOFILE, (used + most, before[1]))
    try:
        assert outcomes([*range(20)], 8) == [*range(20)]
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, before)


def test_no_process_can_be_started(monkeypatch: pytest.MonkeyPatch) -> None:
    def refused(self: object) -> None:
        raise BlockingIOError(errno.EAGAIN, "Resource temporarily unavailable")

    monkeypatch.setattr(multiprocessing.process.BaseProcess, "start", refused)
    items = list(spread(work, [1, 2, 3], 2))
    assert items == [(1, os.getpid()), (2, os.getpid()), (3, os.getpid())]


def test_large_tasks_and_results() -> None:
    big = "x" * 3_000_000
    assert outcomes([big, "killed", big + "y"], 2) == [big, "was killed by SIGKILL", big + "y"]


def test_stopping_early_leaves_no_process_behind() -> None:
    items = spread(work, list(range(100)), 2)
    _, process = next(items)
    items.close()  # type: ignore[attr-defined]
    with pytest.raises(ProcessLookupError):
        os.kill(process, 0)
