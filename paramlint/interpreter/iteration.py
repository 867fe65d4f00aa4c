"""The elements of what can be walked."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from paramlint.core.dims import Formula
from paramlint.core.unknown import NeedsValue, Unknown, Why
from paramlint.interpreter import set_order
from paramlint.interpreter.held import loose
from paramlint.interpreter.limits import ELEMENTS
from paramlint.interpreter.operators import type_name
from paramlint.interpreter.purity import changes_nothing
from paramlint.interpreter.signals import Raised
from paramlint.interpreter.unanswered import may_fail
from paramlint.interpreter.values import ABSENT, BoundMethod, ClassValue, Either, Foreign, FunctionValue, GeneratorValue, Instance

if TYPE_CHECKING:
    from paramlint.interpreter.machine import Interpreter

_SIZED = frozenset({list, tuple, str, bytes, dict, set, frozenset})
_MANY = 256  # elements that the steps of who asks for them account for
_VIEWS: Any = (type({}.keys()), type({}.values()), type({}.items()))
_COMPARED = 1_000  # keys of an OrderedDict that are looked at one by one while it is walked; of more, the first and the last are


def iterate(it: Interpreter, value: Any) -> Iterator[Any]:
    """The elements one by one. Raises NeedsValue where they are not known; stops at the limit of items."""
    found = iterate_or_unknown(it, value)
    if isinstance(found, Unknown):
        raise NeedsValue(found)
    return found


def iterate_or_unknown(it: Interpreter, value: Any) -> Iterator[Any] | Unknown:
    if id(value) in it.registries.containers:
        it.registries.fill(it, value)
    if value.__class__ in _SIZED and len(value) > _MANY:
        it.charge(len(value) // ELEMENTS)
    if isinstance(value, list):
        unknown = it.state.element(value)
        return _walk_list(it, value) if unknown is None else unknown
    if isinstance(value, tuple | str | bytes):
        return iter(value)
    if isinstance(value, range):
        if len(value) > it.limits.items:
            it.limit(f"a range of {len(value):,} numbers")
        return iter(value)
    if isinstance(value, dict):
        reason = it.state.open_reason(value)
        return loose(reason, value) if reason is not None else _walk_dict(it, value)
    if isinstance(value, set | frozenset):
        unknown = it.state.element(value)
        return set_order.walk(it, value) if unknown is None else unknown
    if isinstance(value, GeneratorValue):
        return _walk_generator(it, value)
    if isinstance(value, Unknown):
        may_fail(it, value, "TypeError")
        return value
    if isinstance(value, Either):
        return _iterate_either(it, value)
    if isinstance(value, Instance):
        return _iterate_instance(it, value)
    if isinstance(value, _VIEWS):
        return _walk_dict(it, value)
    if isinstance(value, Foreign):
        found = value.iterate(it)
        if found is not NotImplemented:
            return found  # type: ignore[no-any-return]
    if isinstance(value, ClassValue):
        return _iterate_class(it, value)
    if isinstance(value, Formula):
        return it.unknown(Why.ARGUMENT, f"the elements of `{value}`")
    if hasattr(value, "__next__"):
        return value  # type: ignore[no-any-return]
    return it.throw("TypeError", f"'{type_name(value)}' object is not iterable")


def _walk_list(it: Interpreter, items: list[Any]) -> Iterator[Any]:
    position = 0
    opened = it.state.open
    while position < len(items):  # a loop may append to the list that it walks
        if opened and id(items) in opened and position >= (it.state.fixed(items) or 0):
            _still_known(it, items)
        yield items[position]
        position += 1
    if opened:
        _still_known(it, items)


def _still_known(it: Interpreter, items: list[Any]) -> None:
    """A loop may do what is not known to the list that it walks."""
    unknown = it.state.element(items)
    if unknown is not None:
        raise NeedsValue(unknown)


def _walk_dict(it: Interpreter, mapping: Any) -> Iterator[Any]:
    """The keys of a dict, or the elements of a view of one, as they are when it is their turn."""
    keys = mapping if isinstance(mapping, dict) else gc.get_referents(mapping)[0]  # a view does not tell of which dict it is
    if id(keys) in it.ordered:
        yield from _walk_ordered(it, keys, mapping)
        return
    elements, walked = iter(mapping), iter(keys)
    for key in list(keys):
        _same_key(it, walked, key)
        yield next(elements)
    _same_key(it, walked, ABSENT)


def _same_key(it: Interpreter, walked: Iterator[Any], key: Any) -> None:
    """A dict may be changed while it is walked as long as it keeps its keys."""
    try:
        found = next(walked, ABSENT)
    except RuntimeError as error:
        if "size" in str(error):
            it.throw("RuntimeError", str(error))
        found = None
    if found is not key:
        it.limit("a loop over a dict that takes keys out and puts others in")


def _walk_ordered(it: Interpreter, keys: dict[Any, Any], mapping: Any) -> Iterator[Any]:
    """An OrderedDict knows the next key before it is asked for it; where there is one, nothing may have been put in, taken out or moved."""
    before, writes = list(keys), it.ordered_writes
    for position, key in enumerate(before, 1):
        yield key if isinstance(mapping, dict | _VIEWS[0]) else keys[key] if isinstance(mapping, _VIEWS[1]) else (key, keys[key])
        if position == len(before):
            return
        if not keys:
            it.library_throw("RuntimeError", "OrderedDict changed size during iteration")
        if len(keys) != len(before) or (it.ordered_writes != writes and (
                next(reversed(keys)) != before[-1] or next(iter(keys)) != before[0] or (len(before) <= _COMPARED and list(keys) != before))):
            it.throw("RuntimeError", "OrderedDict mutated during iteration")
        writes = it.ordered_writes


def _walk_generator(it: Interpreter, value: GeneratorValue) -> Iterator[Any]:
    if it.replay is not None:
        it.replay.moved(value.serial)
    for _ in range(it.limits.items + 1):
        try:
            item = advance(it, value)
        except StopIteration:
            return
        yield item
    it.limit(f"more than {it.limits.items:,} elements from a generator")


def advance(it: Interpreter, value: GeneratorValue, sent: Any = None) -> Any:
    """The next value. Raises StopIteration, with what a generator has returned, at its end."""
    moves(it, value)
    value.started = True
    it.charge(1)
    it.depth += 1  # one that walks others nests them, in C as well
    if it.depth > it.limits.depth:
        it.depth -= 1
        it.limit(f"iterators nested more than {it.limits.depth} deep")
    try:
        return next(value.steps) if sent is None else value.steps.send(sent)  # type: ignore[attr-defined]
    except NeedsValue as error:
        value.lost = error.unknown
        raise
    except ValueError as error:
        if "already executing" in str(error):
            it.throw("ValueError", "generator already executing")
        raise
    finally:
        it.depth -= 1


def advanced(it: Interpreter, value: GeneratorValue, sent: Any = None) -> Any:
    """As ``advance``, with the analysed code's StopIteration at the end."""
    if it.replay is not None:
        it.replay.moved(value.serial)
    if sent is not None and not value.started:
        it.throw("TypeError", "can't send non-None value to a just-started generator")
    try:
        return advance(it, value, sent)
    except StopIteration as stop:
        raise Raised(it.call(it.classes["StopIteration"], [] if stop.value is None else [stop.value]), it.site()) from None


def thrown_into(it: Interpreter, value: GeneratorValue, args: list[Any]) -> Any:
    """``generator.throw(exception)``, or ``throw(class, value)``."""
    error = args[0]
    if isinstance(error, Instance) and args[1:2] not in ([], [None]):
        raise it.not_followed("what is thrown into a generator")
    if isinstance(error, ClassValue):
        error = args[1] if len(args) > 1 and isinstance(args[1], Instance) else it.call(error, [a for a in args[1:2] if a is not None])
    if not isinstance(error, Instance) or it.classes["BaseException"] not in error.cls.mro:
        if isinstance(error, Unknown | Either | Foreign):
            raise it.not_followed("what is thrown into a generator")
        it.library_throw("TypeError", "exceptions must be classes or instances deriving from BaseException")
    if it.replay is not None:
        it.replay.moved(value.serial)
    moves(it, value)
    value.started = True
    try:
        return value.steps.throw(Raised(error, it.site()))  # type: ignore[attr-defined]
    except StopIteration as stop:
        raise Raised(it.call(it.classes["StopIteration"], [] if stop.value is None else [stop.value]), it.site()) from None
    except NeedsValue as needed:
        value.lost = needed.unknown
        raise


def close(it: Interpreter, value: GeneratorValue) -> None:
    """``generator.close()``: a GeneratorExit where it stands."""
    started, value.started = value.started, True
    if started:
        leave = it.call(it.classes["GeneratorExit"])
        try:
            thrown_into(it, value, [leave])
        except Raised as raised:
            if raised.value is not leave and not is_error(it, raised, "StopIteration"):
                raise
        else:
            it.throw("RuntimeError", "generator ignored GeneratorExit")
    else:
        moves(it, value)
    value.steps = iter(())


def moves(it: Interpreter, value: GeneratorValue) -> None:
    """Call before a generator is moved. Raises NeedsValue where it is not known where it stands: another way may have moved it."""
    if value.lost is not None:
        if value.forgets is not None:
            value.forgets(value.lost)
        raise NeedsValue(value.lost)
    logs = it.state.logs
    for log in value.moved:
        while log is not None and log.into is not log:
            log = log.into
        if log is not None and log.serial > value.serial and log not in logs:
            value.lost = it.unknown(Why.BRANCH, f"the {value.name} may have been moved in a branch")
            if value.forgets is not None:
                value.forgets(value.lost)
            raise NeedsValue(value.lost)
    if logs:
        first = next((log for log in logs if log.serial > value.serial), None)
        if first is not None and first not in value.moved:
            value.moved = (*value.moved, first)


def _iterate_either(it: Interpreter, value: Either) -> Iterator[Any] | Unknown:
    parts = []
    for item in value.alternatives:
        if item is ABSENT:
            continue
        if isinstance(item, GeneratorValue | Instance):
            return loose(value.reason, value.alternatives)
        found = iterate_or_unknown(it, item)
        if isinstance(found, Unknown):
            return loose(found.reason, (found, *value.alternatives))
        parts.append(list(found))
    if len({len(part) for part in parts}) != 1:
        return loose(value.reason, [item for part in parts for item in part])
    joined = []
    for items in zip(*parts, strict=True):
        result = items[0]
        for item in items[1:]:
            result = it.state.join(result, item, value.reason)
        joined.append(result)
    return iter(joined)


def _iterate_instance(it: Interpreter, value: Instance) -> Iterator[Any] | Unknown:
    if value.cls.find("__iter__") is not ABSENT:
        iterator = it.call(it.get(value, "__iter__"))
        if isinstance(iterator, Instance):
            return _walk_iterator(it, iterator)
        return iterate_or_unknown(it, iterator)
    if value.cls.find("__getitem__") is not ABSENT and not isinstance(value.payload, dict | list | tuple | set):
        return _walk_items(it, value)
    if value.payload is not None:
        if value.cls.find("move_to_end") is not ABSENT:
            it.ordered[id(value.payload)] = value.payload
        return iterate_or_unknown(it, value.payload)
    unknown = value.cls.fact("unknown_base")
    if unknown is not None:
        return Unknown(unknown)
    return it.throw("TypeError", f"'{value.cls.name}' object is not iterable")


def _walk_iterator(it: Interpreter, iterator: Instance) -> Iterator[Any]:
    step = it.get(iterator, "__next__")
    for _ in range(it.limits.items):
        try:
            item = it.call(step)
        except Raised as raised:
            if is_error(it, raised, "StopIteration"):
                return
            raise
        if isinstance(item, Unknown):
            raise NeedsValue(item)
        yield item
    it.limit(f"more than {it.limits.items:,} elements from an iterator")


def _walk_items(it: Interpreter, value: Instance) -> Iterator[Any]:
    getter = it.get(value, "__getitem__")
    for position in range(it.limits.items):
        try:
            yield it.call(getter, [position])
        except Raised as raised:
            if is_error(it, raised, "IndexError"):
                return
            raise


def _iterate_class(it: Interpreter, cls: ClassValue) -> Iterator[Any] | Unknown:
    if cls.metaclass is not None and cls.metaclass.find("__iter__") is not ABSENT:
        return iterate_or_unknown(it, it.call(cls.metaclass.find("__iter__"), [cls]))
    members = cls.fact("canonical")
    if isinstance(members, list):
        return iter(members)
    return it.throw("TypeError", "'type' object is not iterable")


def is_error(it: Interpreter, raised: Raised, kind: str) -> bool:
    return isinstance(raised.value, Instance) and it.classes[kind] in raised.value.cls.mro


def _ask_length(it: Interpreter, value: Instance) -> None:
    """Who collects elements may ask beforehand how many there will be: ``list`` does, ``set`` does not."""
    method = next((found for name in ("__len__", "__length_hint__") if isinstance(found := value.cls.find(name), FunctionValue)), None)
    if method is not None and not changes_nothing(it, BoundMethod(method, value)):
        with it.registries.as_they_are():  # nobody reads how many there are
            it.fork([lambda: it.call(method, [value]), lambda: None], it.unknown_reason(f"how often `{value.cls.name}.{method.name}` is asked"))


def elements(it: Interpreter, value: Any) -> list[Any]:
    """All elements, as a new Python list. Raises NeedsValue where they are not known."""
    found = elements_or_unknown(it, value)
    if isinstance(found, Unknown):
        raise NeedsValue(found)
    return found


def elements_or_unknown(it: Interpreter, value: Any) -> list[Any] | Unknown:
    """All elements, for a new list or tuple."""
    items = iterate_or_unknown(it, value)
    if isinstance(items, Unknown):
        return items
    if value.__class__ is Instance:
        _ask_length(it, value)
    result: list[Any] = []
    try:
        for item in items:
            result.append(item)
            if len(result) > it.limits.items:
                it.limit(f"more than {it.limits.items:,} elements")
    except NeedsValue as error:
        return error.unknown
    if len(result) > _SMALL:
        it.charge(len(result) // ELEMENTS)
        it.reserve(len(result) * (_SLOT if value.__class__ in _KEEPING else _SLOT + _FRESH))
    return result


_SMALL = 63  # elements that the steps account for
_SLOT, _FRESH = 8, 32  # bytes of an element in a list, and of a number or text that is made for it
_KEEPING = frozenset({list, tuple, dict, set, frozenset})
