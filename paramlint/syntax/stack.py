"""Room on the C stack for parsers, which recurse on it.

LibCST's native parser and the standard library's need stack in proportion to the nesting of the source. A thread may have as little as
512 KiB, which LibCST exhausts at 74 brackets, so parsing runs where enough is known to be left: on the main thread
with its usual 8 MiB, else on a thread made for it. The same is done when the caller's own Python stack is deep, because the lowering
recurses, too.
"""

from __future__ import annotations

import sys
import threading
from collections.abc import Callable
from typing import TypeVar

from paramlint.syntax.problem import SyntaxProblem

STACK = 64 * 1024 * 1024
MAIN_STACK = 8 * 1024 * 1024
FRAMES = 850  # of Python's, that the lowering takes
DEEPEST = 4_000  # frames of a caller whose calls through C have not yet taken much of the main thread's stack

T = TypeVar("T")
_making = threading.Lock()


def with_room(work: Callable[[], T]) -> T:
    """What ``work()`` returns or raises, run where the stack is big enough for the deepest source that the guards admit."""
    if threading.current_thread() is threading.main_thread() and _main_is_big() and not _deeper_than(min(sys.getrecursionlimit() - FRAMES, DEEPEST)):
        return work()
    outcome: list[T] = []
    failure: list[BaseException] = []

    def run() -> None:
        try:
            outcome.append(work())
        except BaseException as error:
            failure.append(error)

    with _making:
        usual = threading.stack_size(STACK)
        try:
            thread = threading.Thread(target=run, name="paramlint-parser", daemon=True)
            thread.start()
        except RuntimeError:
            raise SyntaxProblem("no memory is left for the stack of a parser", kind="limit") from None
        finally:
            threading.stack_size(usual)
    thread.join()
    if failure:
        raise failure[0]
    return outcome[0]


def _deeper_than(frames: int) -> bool:
    try:
        sys._getframe(frames)
    except ValueError:
        return False
    return True


def _main_is_big() -> bool:
    try:
        import resource
    except ImportError:  # Windows, where the main thread has 1 MiB
        return False
    soft, _ = resource.getrlimit(resource.RLIMIT_STACK)
    return soft == resource.RLIM_INFINITY or soft >= MAIN_STACK
