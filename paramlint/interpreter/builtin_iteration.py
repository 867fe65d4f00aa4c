"""Built-in functions that walk over things."""

from __future__ import annotations

import functools
import itertools
import operator
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from paramlint.core.unknown import NeedsValue, Unknown
from paramlint.interpreter import comparison, containers, equality, iteration, operators, set_order
from paramlint.interpreter.limits import ELEMENTS
from paramlint.interpreter.natives import Table, lazy, opened
from paramlint.interpreter.signals import Raised
from paramlint.interpreter.unanswered import may_fail
from paramlint.interpreter.values import ABSENT, ClassValue, Either, Foreign, GeneratorValue, Instance, Native

if TYPE_CHECKING:
    from paramlint.interpreter.machine import Interpreter

FUNCTIONS = Table()
_SORTABLE = (int, float, str)


@FUNCTIONS.raw("iter")
def iter_(it: Interpreter, source: Any, sentinel: Any = ABSENT, /) -> Any:
    if sentinel is not ABSENT:
        if it.call(it.builtins["callable"], [source]) is False:
            it.throw("TypeError", "iter(v, w): v must be callable")
        return lazy(_until(it, source, sentinel), "callable_iterator")
    if isinstance(source, GeneratorValue | Unknown):
        return source
    if isinstance(source, Instance) and source.cls.find("__iter__") is not ABSENT:
        found = it.call(it.get(source, "__iter__"))
        own = source.cls.find("__iter__").__class__ is Native and not isinstance(found, GeneratorValue | Unknown)
        return lazy(it.iterate(found), "iterator") if own else found
    return lazy(it.iterate(source), f"{operators.type_name(source)}_iterator")


def _until(it: Interpreter, function: Any, sentinel: Any) -> Iterator[Any]:
    while True:
        it.step()
        value = it.call(function)
        stop = it.truth(equality.equal(it, value, sentinel))
        if isinstance(stop, Unknown):
            raise NeedsValue(stop)
        if stop:
            return
        yield value


@FUNCTIONS.raw("next")
def next_(it: Interpreter, iterator: Any, default: Any = ABSENT, /) -> Any:
    if isinstance(iterator, Unknown):
        may_fail(it, iterator, *(("StopIteration", "TypeError") if default is ABSENT else ("TypeError",)))
        return iterator
    if isinstance(iterator, Either):
        return it.each(iterator, lambda item: next_(it, item, default))
    lacks = iterator.cls.find("__next__") is ABSENT and iterator.cls.fact("unknown_base") is None if isinstance(iterator, Instance) else \
        isinstance(iterator, Foreign) and it.get_or(iterator, "__next__", ABSENT) is ABSENT
    if lacks:
        it.throw("TypeError", f"'{operators.type_name(iterator)}' object is not an iterator")
    if isinstance(iterator, Instance | Foreign):
        try:
            return it.call(it.get(iterator, "__next__"))
        except Raised as raised:
            if default is not ABSENT and iteration.is_error(it, raised, "StopIteration"):
                return default
            raise
    if isinstance(iterator, GeneratorValue):
        try:
            return iteration.advanced(it, iterator)
        except Raised as raised:
            if default is not ABSENT and iteration.is_error(it, raised, "StopIteration"):
                return default
            raise
    if it.replay is not None:
        it.replay.moved(-1)
    if not hasattr(iterator, "__next__"):
        it.throw("TypeError", f"'{operators.type_name(iterator)}' object is not an iterator")
    for item in iterator:
        return item
    if default is ABSENT:
        raise Raised(it.call(it.classes["StopIteration"]), it.site())
    return default


@FUNCTIONS.raw("enumerate")
def enumerate_(it: Interpreter, iterable: Any, start: Any = 0) -> Any:
    items = it.iterate(iterable)
    start = containers.index_of(it, start)
    return lazy(((it.binary("+", start, position), item) for position, item in enumerate(items)), "enumerate")


@FUNCTIONS.raw("zip")
def zip_(it: Interpreter, /, *iterables: Any, strict: Any = False) -> Any:
    sources = [it.iterate(iterable) for iterable in iterables]
    return lazy(_zip_strict(it, sources) if it.truth(strict) is True else zip(*sources, strict=False), "zip")


def _zip_strict(it: Interpreter, sources: list[Iterator[Any]]) -> Iterator[Any]:
    while sources:
        row = [next(source, ABSENT) for source in sources[:1]]
        if row[0] is ABSENT:
            for position, source in enumerate(sources[1:], 2):
                if next(source, ABSENT) is not ABSENT:
                    it.throw(
                        "ValueError",
                        f"zip() argument {position} is longer than argument{'s 1-' + str(position - 1) if position > 2 else ' 1'}",
                    )
            return
        for position, source in enumerate(sources[1:], 2):
            item = next(source, ABSENT)
            if item is ABSENT:
                it.throw(
                    "ValueError",
                    f"zip() argument {position} is shorter than argument{'s 1-' + str(position - 1) if position > 2 else ' 1'}",
                )
            row.append(item)
        yield tuple(row)


@FUNCTIONS.raw("map")
def map_(it: Interpreter, function: Any, /, *iterables: Any) -> Any:
    if len(iterables) == 1 and set_order.is_shuffled(it, iterables[0]):
        members = set_order.certain_members(it, iterables[0])
        return set_order.shuffled(it, members, lambda items: (it.call(function, [item]) for item in items), "map")
    if not iterables:
        it.throw("TypeError", "map() must have at least two arguments.")
    sources = [it.iterate(iterable) for iterable in iterables]
    return lazy((it.call(function, row) for row in zip(*sources, strict=False)), "map")


@FUNCTIONS.raw("filter")
def filter_(it: Interpreter, function: Any, iterable: Any, /) -> Any:
    if set_order.is_shuffled(it, iterable):
        members = set_order.certain_members(it, iterable)
        return set_order.shuffled(it, members, lambda items: _kept(it, function, iter(items), True), "filter")
    return lazy(_kept(it, function, it.iterate(iterable), True), "filter")


def _kept(it: Interpreter, function: Any, items: Iterator[Any], wanted: bool) -> Iterator[Any]:
    for item in items:
        verdict = it.truth(item if function is None else it.call(function, [item]))
        if isinstance(verdict, Unknown):
            raise NeedsValue(verdict)
        if verdict is wanted:
            yield item


@FUNCTIONS.raw("reversed")
def reversed_(it: Interpreter, sequence: Any, /) -> Any:
    if isinstance(sequence, Instance) and sequence.cls.find("__reversed__") is not ABSENT:
        if sequence.cls.find("__reversed__") is None:
            it.throw("TypeError", f"'{operators.type_name(sequence)}' object is not reversible")
        return it.call(it.get(sequence, "__reversed__"))
    if isinstance(sequence, Instance) and sequence.cls.find("__getitem__") is not ABSENT and sequence.cls.find("__len__") is not ABSENT:
        length = it.call(it.builtins["len"], [sequence])
        return lazy((it.item(sequence, index) for index in reversed(range(length))), "reversed")
    if isinstance(sequence, ClassValue) and sequence.metaclass is not None and sequence.metaclass.find("__reversed__") is not ABSENT:
        return it.call(sequence.metaclass.find("__reversed__"), [sequence])
    if isinstance(sequence, set | frozenset | GeneratorValue | int | float | None) \
            or (isinstance(sequence, Instance) and sequence.payload is None and sequence.cls.fact("unknown_base") is None):
        it.throw("TypeError", f"'{operators.type_name(sequence)}' object is not reversible")
    made = lazy(reversed(it.elements(sequence)), "reversed")
    if sequence.__class__ in _REVERSED:
        made.kind = _REVERSED[sequence.__class__]
    return made


_REVERSED = {list: "list_reverseiterator", dict: "dict_reversekeyiterator", range: "range_iterator"}


@FUNCTIONS.raw("any")
def any_(it: Interpreter, iterable: Any, /) -> Any:
    return _quantified(it, iterable, True)


@FUNCTIONS.raw("all")
def all_(it: Interpreter, iterable: Any, /) -> Any:
    return _quantified(it, iterable, False)


def _quantified(it: Interpreter, iterable: Any, settles: bool) -> Any:
    unknown: Unknown | None = None
    shuffled = set_order.is_shuffled(it, iterable)
    for item in set_order.certain_members(it, iterable) if shuffled else it.iterate(iterable):
        verdict = it.truth(item)
        if verdict is settles:
            return settles
        if isinstance(verdict, Unknown):
            unknown = verdict if unknown is None else unknown
    return unknown if unknown is not None else not settles


@FUNCTIONS.raw("sorted")
def sorted_(it: Interpreter, iterable: Any, /, *, key: Any = None, reverse: Any = False) -> Any:
    items = set_order.members(it, iterable)
    if isinstance(items, Unknown):
        return opened(it, [], items)
    made = it.made(in_order(it, items, key, reverse))
    if key is not None and set_order.is_shuffled(it, iterable):
        _refuse_ties(it, [it.call(key, [item]) for item in made])
    return made


def _refuse_ties(it: Interpreter, keys: list[Any]) -> None:
    """Elements of a set whose keys are equal stay in the order of the set, which is not known."""
    for left, right in itertools.pairwise(keys):
        if _order(it, left, right) == 0 and _order(it, right, left) == 0:
            raise it.not_followed(set_order.MESSAGE)


def in_order(it: Interpreter, items: list[Any], key: Any, reverse: Any) -> list[Any]:
    """The items sorted, as ``list.sort`` does. Raises NeedsValue where a comparison is not decided."""
    backwards = it.truth(reverse)
    if isinstance(backwards, Unknown):
        raise NeedsValue(backwards)
    keys = items if key is None else [it.call(key, [item]) for item in items]
    pairs: list[tuple[Any, Any]] = list(zip(keys, items, strict=True))
    if all(isinstance(value, _SORTABLE) for value in keys):
        it.charge(len(keys) * len(keys).bit_length() // ELEMENTS)
        pairs.sort(key=operator.itemgetter(0), reverse=backwards)
    else:
        def order(left: tuple[Any, Any], right: tuple[Any, Any]) -> int:
            return _order(it, left[0], right[0])

        pairs.sort(key=functools.cmp_to_key(order), reverse=backwards)
    return [item for _, item in pairs]


def _order(it: Interpreter, left: Any, right: Any) -> int:
    it.steps += 1
    less = it.truth(comparison.compare(it, "<", left, right))
    if isinstance(less, Unknown):
        raise NeedsValue(less)
    return -1 if less else 0
