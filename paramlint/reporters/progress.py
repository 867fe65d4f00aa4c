"""A progress bar on long work, for a person who looks at the terminal."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterable, Iterator
from typing import Any, TypeVar

Item = TypeVar("Item")

_PATIENCE = 1.0  # seconds of work after which a person wants to know


def watched(items: Iterable[Item], total: int, name: Callable[[Item], str]) -> Iterator[Item]:
    """The items, with a bar on standard error while they are long in coming; nothing where no person looks at it.

    ``name`` tells items apart that count: consecutive ones of the same name are one step. The bar stands only while an item is awaited, so
    that it never mixes with what is printed.
    """
    if total < 2 or not sys.stderr.isatty():
        yield from items
        return
    start, done, last = time.monotonic(), 0, None
    shown: Any = None
    try:
        for item in items:
            if shown is not None:
                shown.stop()
            yield item
            if name(item) != last:
                done, last = done + 1, name(item)
            if time.monotonic() - start > _PATIENCE and done < total:
                shown = shown or _bar(total)
                shown.update(shown.task_ids[0], completed=done)
                shown.start()
    finally:
        if shown is not None:
            shown.stop()


def _bar(total: int) -> Any:
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

    bar = Progress(TextColumn("evaluating"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn(), console=Console(stderr=True),
                   auto_refresh=False, transient=True)  # refreshed by us: a thread would be in the way of starting processes
    bar.add_task("targets", total=total)
    return bar
