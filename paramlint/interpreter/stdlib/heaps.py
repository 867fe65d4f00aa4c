"""``heapq`` and ``bisect``: lists in the order of their elements."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from paramlint.core.unknown import NeedsValue, Unknown
from paramlint.interpreter import comparison, operators
from paramlint.interpreter.handed import obscure
from paramlint.interpreter.natives import Table, lazy
from paramlint.interpreter.values import Instance

if TYPE_CHECKING:
    from paramlint.interpreter.machine import Interpreter

HEAPS = Table()


def names(it: Interpreter) -> dict[str, Any]:
    return dict(HEAPS)


def less(it: Interpreter, left: Any, right: Any) -> bool:
    it.step()
    found = it.truth(comparison.compare(it, "<", left, right))
    if isinstance(found, Unknown):
        raise NeedsValue(found)
    return found  # type: ignore[no-any-return]


def _heap(it: Interpreter, heap: Any) -> list[Any]:
    """The list that a heap is, about to change. Where an element is not known, its order is not known from then on."""
    own = heap.payload if isinstance(heap, Instance) else heap
    if isinstance(heap, Unknown):
        raise NeedsValue(heap)
    if not isinstance(own, list):
        it.library_throw("TypeError", f"a heap must be a list, not {operators.type_name(heap)}")
    reason = it.state.open_reason(own)
    if reason is not None:
        obscure(it, own, reason)
        raise NeedsValue(Unknown(reason))
    it.write(own)
    return own


def _changing(it: Interpreter, heap: list[Any], work: Any) -> Any:
    try:
        return work()
    except NeedsValue as error:
        obscure(it, heap, error.unknown.reason)
        raise


def _sift_down(it: Interpreter, heap: list[Any], start: int, at: int) -> None:
    item = heap[at]
    while at > start:
        above = (at - 1) >> 1
        if not less(it, item, heap[above]):
            break
        heap[at] = heap[above]
        at = above
    heap[at] = item


def _sift_up(it: Interpreter, heap: list[Any], at: int) -> None:
    """As CPython does it: the smaller child moves up until there is none, then the element finds its place on the way back."""
    start, end, item = at, len(heap), heap[at]
    child = 2 * at + 1
    while child < end:
        if child + 1 < end and not less(it, heap[child], heap[child + 1]):
            child += 1
        heap[at] = heap[child]
        at, child = child, 2 * child + 1
    heap[at] = item
    _sift_down(it, heap, start, at)


@HEAPS.raw("heapify")
def heapify(it: Interpreter, x: Any, /) -> None:
    heap = _heap(it, x)
    for at in reversed(range(len(heap) // 2)):
        _changing(it, heap, lambda at=at: _sift_up(it, heap, at))


@HEAPS.raw("heappush")
def heappush(it: Interpreter, heap: Any, item: Any, /) -> None:
    own = _heap(it, heap)
    if len(own) >= it.limits.items:
        it.limit(f"a list of more than {it.limits.items:,} elements")
    own.append(item)
    _changing(it, own, lambda: _sift_down(it, own, 0, len(own) - 1))


@HEAPS.raw("heappop")
def heappop(it: Interpreter, heap: Any, /) -> Any:
    own = _heap(it, heap)
    if not own:
        it.throw("IndexError", "index out of range")
    last = own.pop()
    return _replaced(it, own, last) if own else last


def _replaced(it: Interpreter, heap: list[Any], item: Any) -> Any:
    first, heap[0] = heap[0], item
    _changing(it, heap, lambda: _sift_up(it, heap, 0))
    return first


@HEAPS.raw("heapreplace")
def heapreplace(it: Interpreter, heap: Any, item: Any, /) -> Any:
    own = _heap(it, heap)
    if not own:
        it.throw("IndexError", "index out of range")
    return _replaced(it, own, item)


@HEAPS.raw("heappushpop")
def heappushpop(it: Interpreter, heap: Any, item: Any, /) -> Any:
    own = _heap(it, heap)
    return _replaced(it, own, item) if own and _changing(it, own, lambda: less(it, own[0], item)) else item


def _best(it: Interpreter, n: Any, iterable: Any, key: Any, *, largest: bool) -> Any:
    found = it.call(it.builtins["sorted"], [iterable], {"key": key, "reverse": largest})
    return found if isinstance(found, Unknown) else it.item(found, slice(None, operators.binary(it, "*", n, 1) if n > 0 else 0))


@HEAPS.raw("nlargest")
def nlargest(it: Interpreter, n: int, iterable: Any, key: Any = None) -> Any:
    return _best(it, n, iterable, key, largest=True)


@HEAPS.raw("nsmallest")
def nsmallest(it: Interpreter, n: int, iterable: Any, key: Any = None) -> Any:
    return _best(it, n, iterable, key, largest=False)


@HEAPS.raw("merge")
def merge(it: Interpreter, /, *iterables: Any, key: Any = None, reverse: Any = False) -> Any:
    if it.truth(reverse) is not False:
        raise it.not_followed("`heapq.merge` from the largest on")

    def steps() -> Iterator[Any]:
        rows = [it.elements(row) for row in iterables]
        keys = [[item if key is None else it.call(key, [item]) for item in row] for row in rows]
        at = [0] * len(rows)
        while True:
            best: int | None = None
            for number, row in enumerate(rows):
                if at[number] < len(row) and (best is None or less(it, keys[number][at[number]], keys[best][at[best]])):
                    best = number
            if best is None:
                return
            yield rows[best][at[best]]
            at[best] += 1

    return lazy(steps(), "generator")
