"""``itertools``."""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from paramlint.core.dims import Formula, Quotient
from paramlint.core.unknown import NeedsValue, Unknown
from paramlint.interpreter import equality
from paramlint.interpreter.builtin_iteration import _kept
from paramlint.interpreter.natives import Table, known, lazy
from paramlint.interpreter.values import ClassValue, Either, Foreign, Instance, Native

if TYPE_CHECKING:
    from paramlint.interpreter.machine import Interpreter

FUNCTIONS = Table()


def names(it: Interpreter) -> dict[str, Any]:
    chain = ClassValue("chain", (it.classes["object"],), {"from_iterable": FUNCTIONS["from_iterable"]}, module="itertools")
    chain.make = lambda it, args, kwargs: lazy(_chained(it, iter(args[1:])), "chain")
    return {**{name: value for name, value in FUNCTIONS.items() if name != "from_iterable"}, "chain": chain}


def _chained(it: Interpreter, sources: Iterator[Any]) -> Iterator[Any]:
    for source in sources:
        yield from it.iterate(source)


@FUNCTIONS.raw("from_iterable")
def from_iterable(it: Interpreter, iterable: Any, /) -> Any:
    return lazy(_chained(it, it.iterate(iterable)), "chain")


@FUNCTIONS.raw("count")
def count(it: Interpreter, start: Any = 0, step: Any = 1) -> Any:
    for given in (start, step):
        if not isinstance(given, int | float | complex | Unknown | Either | Formula | Quotient | Instance | Foreign):
            it.throw("TypeError", "a number is required")

    def steps() -> Iterator[Any]:
        value = start
        while True:
            it.step()
            yield value
            value = it.binary("+", value, step)

    return lazy(steps(), "count")


@FUNCTIONS.raw("cycle")
def cycle(it: Interpreter, iterable: Any, /) -> Any:
    return lazy(itertools.cycle(it.iterate(iterable)), "cycle")


@FUNCTIONS.raw("repeat")
def repeat(it: Interpreter, object: Any, times: Any = None) -> Any:
    known(it, times)
    return lazy(itertools.repeat(object) if times is None else itertools.repeat(object, times), "repeat")


@FUNCTIONS.raw("accumulate")
def accumulate(it: Interpreter, iterable: Any, func: Any = None, *, initial: Any = None) -> Any:
    def add(left: Any, right: Any) -> Any:
        return it.binary("+", left, right) if func is None else it.call(func, [left, right])

    return lazy(itertools.accumulate(it.iterate(iterable), add, initial=initial), "accumulate")


@FUNCTIONS.raw("batched")
def batched(it: Interpreter, iterable: Any, n: Any) -> Any:
    known(it, n)
    items = it.iterate(iterable)
    return lazy(iter(lambda: tuple(itertools.islice(items, n)), ()), "batched")


@FUNCTIONS.raw("compress")
def compress(it: Interpreter, data: Any, selectors: Any) -> Any:
    pairs = zip(it.iterate(data), it.iterate(selectors), strict=False)
    return lazy((pair[0] for pair in _kept(it, Native("second", lambda it, args, kwargs: args[0][1]), pairs, True)), "compress")


@FUNCTIONS.raw("filterfalse")
def filterfalse(it: Interpreter, function: Any, iterable: Any, /) -> Any:
    return lazy(_kept(it, function, it.iterate(iterable), False), "filterfalse")


def _verdict(it: Interpreter, value: Any) -> bool:
    truth = it.truth(value)
    if isinstance(truth, Unknown):
        raise NeedsValue(truth)
    return bool(truth)


@FUNCTIONS.raw("takewhile")
def takewhile(it: Interpreter, predicate: Any, iterable: Any, /) -> Any:
    return lazy(itertools.takewhile(lambda item: _verdict(it, it.call(predicate, [item])), it.iterate(iterable)), "takewhile")


@FUNCTIONS.raw("dropwhile")
def dropwhile(it: Interpreter, predicate: Any, iterable: Any, /) -> Any:
    return lazy(itertools.dropwhile(lambda item: _verdict(it, it.call(predicate, [item])), it.iterate(iterable)), "dropwhile")


@FUNCTIONS.raw("starmap")
def starmap(it: Interpreter, function: Any, iterable: Any, /) -> Any:
    return lazy((it.call(function, it.elements(row)) for row in it.iterate(iterable)), "starmap")


@FUNCTIONS.raw("islice")
def islice(it: Interpreter, iterable: Any, /, *args: Any) -> Any:
    known(it, args)
    return lazy(itertools.islice(it.iterate(iterable), *args), "islice")


@FUNCTIONS.raw("zip_longest")
def zip_longest(it: Interpreter, /, *iterables: Any, fillvalue: Any = None) -> Any:
    return lazy(itertools.zip_longest(*(it.iterate(iterable) for iterable in iterables), fillvalue=fillvalue), "zip_longest")


@FUNCTIONS.raw("pairwise")
def pairwise(it: Interpreter, iterable: Any, /) -> Any:
    return lazy(itertools.pairwise(it.iterate(iterable)), "pairwise")


@FUNCTIONS.raw("tee")
def tee(it: Interpreter, iterable: Any, n: Any = 2, /) -> Any:
    known(it, n)
    return tuple(lazy(part, "tee") for part in itertools.tee(it.iterate(iterable), min(n, 1_000)))


@FUNCTIONS.raw("groupby")
def groupby(it: Interpreter, iterable: Any, key: Any = None) -> Any:
    return lazy(_groups(it, it.iterate(iterable), key), "groupby")


def _groups(it: Interpreter, items: Iterator[Any], key: Any) -> Iterator[Any]:
    """Keys and groups. A group reads from the one source, so it is over when the next is asked for."""
    ahead: list[Any] = []  # the key and the element that has been read last
    turn = [0]

    def advance() -> bool:
        for item in items:
            ahead[:] = [item if key is None else it.call(key, [item]), item]
            return True
        ahead.clear()
        return False

    def group(number: int, current: Any) -> Iterator[Any]:
        while turn[0] == number and ahead and _verdict(it, equality.matches(it, ahead[0], current)):
            yield ahead[1]
            if turn[0] != number or not advance():
                return

    if not advance():
        return
    while ahead:
        current = ahead[0]
        turn[0] += 1
        yield current, lazy(group(turn[0], current), "_grouper")
        while ahead and _verdict(it, equality.matches(it, ahead[0], current)):
            if not advance():
                return


# Combinations: their number is checked before they are made -----------------------------------------------------------------


@FUNCTIONS.raw("product")
def product(it: Interpreter, /, *iterables: Any, repeat: Any = 1) -> Any:
    known(it, repeat)
    pools = [it.elements(iterable) for iterable in iterables]
    return lazy(itertools.product(*pools, repeat=min(repeat, 64)), "product")


def _combinations(name: str) -> None:
    function = getattr(itertools, name)

    @FUNCTIONS.raw(name)
    def combine(it: Interpreter, iterable: Any, r: Any = None) -> Any:
        known(it, r)
        pool = it.elements(iterable)
        if r is not None and r > math.isqrt(it.limits.items) * 10:
            it.limit(f"`itertools.{name}` of {r:,} elements each")
        return lazy(function(pool) if r is None else function(pool, r), name)


for _name in ("permutations", "combinations", "combinations_with_replacement"):
    _combinations(_name)
