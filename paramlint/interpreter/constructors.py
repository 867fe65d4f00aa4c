"""``int(x)``, ``list(x)`` and the other classes whose objects are Python's own."""

from __future__ import annotations

from collections.abc import Iterable
from operator import is_
from typing import TYPE_CHECKING, Any

from paramlint.core.dims import Formula, Quotient
from paramlint.core.unknown import NeedsValue, Reason, Unknown, Why
from paramlint.interpreter import containers, hashing, iteration, set_order, texts
from paramlint.interpreter.held import loose, reach
from paramlint.interpreter.natives import abstract, copied_openness, known, opened, plain
from paramlint.interpreter.operators import type_name
from paramlint.interpreter.values import ABSENT, Either, Foreign, Instance

if TYPE_CHECKING:
    from paramlint.interpreter.machine import Interpreter


def whole(it: Interpreter, value: Any = 0, /, base: Any = None) -> Any:
    if isinstance(value, Quotient):
        return value.truncated()
    if isinstance(value, Formula):
        return value
    value = value.payload if isinstance(value, Instance) and isinstance(value.payload, str | bytes) else value
    if base is not None:
        if not isinstance(value, str | bytes):
            it.throw("TypeError", "int() can't convert non-string with explicit base")
        return int(value, containers.index_of(it, base))
    if isinstance(value, Instance | Foreign):
        return _converted(
            it, value, ("__int__", "__index__", "__trunc__"), "int() argument must be a string, a bytes-like object or a real number"
        )
    result = int(value)
    if result.bit_length() > it.limits.digits:
        it.limit(f"an integer of {result.bit_length():,} bits")
    return result


def real(it: Interpreter, value: Any = 0.0, /) -> Any:
    if isinstance(value, Formula):
        return Quotient(value, Quotient.ONE)
    if isinstance(value, Quotient):
        return value
    value = value.payload if isinstance(value, Instance) and isinstance(value.payload, str | bytes) else value
    if isinstance(value, Instance | Foreign):
        return _converted(it, value, ("__float__", "__index__"), "float() argument must be a string or a real number")
    return float(value)


def _converted(it: Interpreter, value: Any, methods: tuple[str, ...], complaint: str) -> Any:
    for name in methods:
        method = it.get_or(value, name, ABSENT)
        if method is not ABSENT:
            return _number(it, it.call(method), name)
    if isinstance(value, Foreign):
        return it.unknown(Why.UNSUPPORTED, f"a {value.type_name()} as a number")
    return it.throw("TypeError", f"{complaint}, not '{value.cls.name}'")


_RESULTS = {"__int__": int, "__index__": int, "__trunc__": int, "__float__": float, "__complex__": complex}


def _number(it: Interpreter, found: Any, method: str) -> Any:
    found = plain(found)
    kind: Any = _RESULTS[method]
    if isinstance(found, int | float | complex | str | bytes | list | tuple | dict | set | None) and not isinstance(found, kind):
        it.throw("TypeError", f"{method} returned non-{kind.__name__} (type {type_name(found)})")
    return found


def complex_number(it: Interpreter, real: Any = 0, imag: Any = ABSENT) -> Any:
    real_part = real
    known(it, real_part, None if imag is ABSENT else imag)
    if isinstance(real_part, Instance) and plain(real_part) is real_part and imag is ABSENT:
        return _converted(it, real_part, ("__complex__", "__float__", "__index__"), "complex() first argument must be a string or a number")
    real_part, imag = plain(real_part), plain(imag)
    return complex(real_part) if imag is ABSENT else complex(real_part, imag)


def truth(it: Interpreter, value: Any = False, /) -> Any:
    return it.truth(value)


def text(it: Interpreter, object: Any = "", encoding: Any = ABSENT, errors: Any = ABSENT) -> Any:
    if encoding is not ABSENT or errors is not ABSENT:
        encoding, errors = [default if value is ABSENT else value for value, default in ((encoding, "utf-8"), (errors, "strict"))]
        if not isinstance(encoding, str | Unknown | Either) or not isinstance(errors, str | Unknown | Either):
            it.library_throw("TypeError", "str() argument 'encoding' must be str")
        known(it, encoding, errors)
        object = plain(object)
        if not isinstance(object, bytes):
            known(it, object)
            it.throw("TypeError", "decoding str is not supported" if isinstance(object, str)
                     else f"decoding to str: need a bytes-like object, {type_name(object)} found")
        return object.decode(str(encoding), str(errors))
    return texts.text(it, object)


def octets(it: Interpreter, source: Any = b"", encoding: Any = None, errors: Any = "strict") -> Any:
    if isinstance(source, Instance):
        if source.cls.find("__bytes__") is not ABSENT:
            return it.call(it.get(source, "__bytes__"))
        if source.cls.find("__index__") is not ABSENT:
            source = containers.index_of(it, source)
    if isinstance(source, str):
        if encoding is None:
            it.throw("TypeError", "string argument without an encoding")
        return source.encode(encoding, errors)
    if isinstance(source, int):
        if source > it.limits.text:
            it.limit(f"{source:,} bytes")
        return bytes(source)
    return bytes(source) if isinstance(source, bytes | bytearray) else bytes(it.elements(source))


def array_of_octets(it: Interpreter, *args: Any) -> Any:
    return it.unknown(Why.UNSUPPORTED, "`bytearray` is not modelled")


def tuple_(it: Interpreter, iterable: Any = (), /) -> Any:
    if isinstance(iterable, Either):
        return it.each(iterable, lambda item: tuple_(it, item))
    return iterable if iterable.__class__ is tuple else tuple(it.elements(iterable))


def frozen_set(it: Interpreter, iterable: Any = (), /) -> Any:
    items = set_order.certain_members(it, iterable)
    known_set = hashing.make_set(it, items)
    reason = it.state.open_reason(known_set)
    if reason is not None:
        raise NeedsValue(loose(reason, items))
    return frozenset(known_set)


def range_(it: Interpreter, /, *args: Any) -> Any:
    indices = [containers.index_of(it, value) for value in args]
    unknown = abstract(it, indices)
    if unknown is not None:
        return unknown
    return range(*indices)


def slice_(it: Interpreter, /, *args: Any) -> Any:
    return slice(*args)


def list_(it: Interpreter, iterable: Any = (), /) -> Any:
    if isinstance(iterable, list):
        return copied_openness(it, iterable, list(iterable))
    if isinstance(iterable, Either):
        return it.each(iterable, lambda item: list_(it, item))
    items = iteration.elements_or_unknown(it, iterable)
    if isinstance(items, Unknown):
        return opened(it, [], items)
    made = it.made(items)
    return it.shuffled.note(made, set_order.certain_members(it, iterable)) if set_order.is_shuffled(it, iterable) else made


def set_(it: Interpreter, iterable: Any = (), /) -> Any:
    if isinstance(iterable, Either):
        return it.each(iterable, lambda item: set_(it, item))
    items = set_order.members(it, iterable)
    return opened(it, set(), items) if isinstance(items, Unknown) else it.made(hashing.make_set(it, items))


def dict_(it: Interpreter, source: Any = (), /, **kwargs: Any) -> Any:
    result: dict[Any, Any] = it.made({})
    merge_into(it, result, source)
    for key, value in kwargs.items():
        hashing.put(it, result, key, value)
    return result


def merge_into(it: Interpreter, target: dict[Any, Any], source: Any) -> None:
    """What ``dict.update`` does with its argument."""
    source = containers.plain_mapping(source)
    if isinstance(source, Either):
        it.each(source, lambda item: merge_into(it, target, item))
    elif isinstance(source, dict):
        reason = it.state.open_reason(source)
        if reason is not None:
            forget_values(it, target, reason, containers.all_of(it, source))
        for key, value in list(source.items()):
            absent = value.__class__ is Either and ABSENT in value.alternatives
            before = target.get(key, ABSENT)
            hashing.put(it, target, key, it.state.join(_without(value), before, value.reason) if absent else value)
    elif isinstance(source, Unknown | Formula):
        forget_values(it, target, source.reason if isinstance(source, Unknown)
                      else it.unknown(Why.ARGUMENT, f"the entries of `{source}`").reason, (source,))
    elif isinstance(source, Instance | Foreign) and it.get_or(source, "keys", ABSENT) is not ABSENT:
        for key in it.elements(it.call(it.get(source, "keys"))):
            hashing.put(it, target, key, it.item(source, key))
    else:
        _merge_pairs(it, target, source)


def union(it: Interpreter, left: Any, right: Any) -> Any:
    """``left | right`` where a subclass of dict walks its keys in a way of its own: its ``keys`` and ``__getitem__`` tell the entries."""
    if isinstance(left, Either):
        return it.each(left, lambda item: it.binary("|", item, right))
    if isinstance(right, Either):
        return it.each(right, lambda item: it.binary("|", left, item))
    sides = [containers.plain_mapping(side) for side in (left, right)]
    behind = [side.payload if isinstance(side, Instance) else side for side in sides]
    if all(map(is_, sides, behind)) or not all(isinstance(side, dict) for side in behind):
        return NotImplemented
    made: dict[Any, Any] = it.made({})
    if behind[0] or it.state.open_reason(behind[0]) is not None:  # CPython copies an empty dict without asking it
        merge_into(it, made, sides[0])
    merge_into(it, made, sides[1])
    return made


def _without(value: Either) -> Any:
    kept = tuple(item for item in value.alternatives if item is not ABSENT)
    return kept[0] if len(kept) == 1 else Either(kept, value.reason)


def _merge_pairs(it: Interpreter, target: dict[Any, Any], source: Any) -> None:
    pairs = iteration.elements_or_unknown(it, source)
    if isinstance(pairs, Unknown):
        forget_values(it, target, pairs.reason, (pairs,))
        return
    for position, pair in enumerate(pairs):
        if isinstance(pair, int | float | None):
            it.throw("TypeError", f"cannot convert dictionary update sequence element #{position} to a sequence")
        items = iteration.elements_or_unknown(it, pair)
        if isinstance(items, Unknown):
            forget_values(it, target, items.reason, (items,))
        elif len(items) != 2:
            it.throw("ValueError", f"dictionary update sequence element #{position} has length {len(items)}; 2 is required")
        else:
            hashing.put(it, target, items[0], items[1])


def forget_values(it: Interpreter, target: dict[Any, Any], reason: Reason, written: Iterable[Any] = ()) -> None:
    """Entries that are not known have been ``written`` over a dict: no value is certain any more, nor that there are no others."""
    it.write(target)
    held = reach(written)
    for key, value in target.items():
        target[key] = loose(reason, (value, held))
    it.state.mark_open(target, reason, None, held)


IMMUTABLE: dict[type, Any] = {int: whole, float: real, complex: complex_number, bool: truth, str: text, bytes: octets, tuple: tuple_,
                              frozenset: frozen_set, range: range_, slice: slice_}
MUTABLE: dict[type, Any] = {list: list_, dict: dict_, set: set_, bytearray: array_of_octets}


def formatted_number(it: Interpreter, kind: str, value: Instance) -> Any:
    """What an object gives for itself where a number is asked for."""
    from paramlint.interpreter import containers

    asked = ("__index__",) if kind in "xXoc" else ("__float__", "__index__") if kind in "eEfFgG" else ("__int__", "__index__", "__trunc__")
    if not any(value.cls.find(name) is not ABSENT for name in asked):
        return value.payload if value.payload is not None else value
    if kind in "xXoc":
        return containers.index_of(it, value)
    return real(it, value) if kind in "eEfFgG" else whole(it, value)
