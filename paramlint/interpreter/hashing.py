"""Keys of dicts, elements of sets."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any

from paramlint.core.unknown import NeedsValue, Unknown
from paramlint.interpreter.equality import matches
from paramlint.interpreter.held import reach
from paramlint.interpreter.limits import ELEMENTS
from paramlint.interpreter.operators import type_name
from paramlint.interpreter.purity import changes_nothing
from paramlint.interpreter.values import ABSENT, Either, FunctionValue, Instance, is_key

if TYPE_CHECKING:
    from paramlint.interpreter.machine import Interpreter


def key_of(it: Interpreter, key: Any) -> Any:
    """The Python object that stands for a key in a Python dict or set."""
    if key.__class__ is str or key.__class__ is int:
        return key
    if isinstance(key, Instance):
        return _instance_key(it, key)
    if isinstance(key, Unknown):
        raise NeedsValue(key)
    if isinstance(key, Either):
        raise NeedsValue(Unknown(key.reason))
    if isinstance(key, list | dict | set | slice):
        it.throw("TypeError", f"unhashable type: '{type_name(key)}'")
    if isinstance(key, tuple):
        it.step()
        return tuple(key_of(it, item) for item in key)
    return key


def _instance_key(it: Interpreter, key: Instance) -> Any:
    """The instance itself, or an equal one that has been a key before, where its class says what is equal."""
    own = isinstance(key.cls.find("__eq__"), FunctionValue) or isinstance(key.cls.find("__hash__"), FunctionValue | None)
    if is_key(key.payload) and not own:
        if isinstance(key.payload, tuple):
            key_of(it, key.payload)  # for what cannot be a key in it
        return key  # it equals its payload, as a Python object too
    for cls in key.cls.mro:
        method = cls.attrs.get("__hash__", ABSENT)
        if method is None or (method is ABSENT and isinstance(cls.attrs.get("__eq__"), FunctionValue)):
            it.throw("TypeError", f"unhashable type: '{type_name(key)}'")
        if method is not ABSENT:
            break
    if key.cls.find("__eq__") is ABSENT:
        return key
    code = _hash(it, key)
    if key.payload is not None and own and not isinstance(key.payload, list | dict | set):
        raise _compared(it, key, "a key that equals others than its value does")
    others = it.equal_keys.get(key.cls)
    if others is None:
        if own and not changes_nothing(it, key.cls.find("__eq__")):  # how often it is called is not followed
            raise _compared(it, key, f"the keys of a dict of which `{key.cls.name}.__eq__` does more than compare")
        others = it.equal_keys[key.cls] = []
    for other, before in others:
        if code is not None and before is not None and code != before:
            if other is key:
                raise it.not_followed("a key whose hash has changed since")
            continue
        same = matches(it, other, key)
        if isinstance(same, Unknown):
            raise NeedsValue(same)
        if same:
            return other
    if len(others) >= _EQUAL_KEYS:
        it.limit(f"more than {_EQUAL_KEYS:,} keys of the class `{key.cls.name}`")
    others.append((key, code))
    return key


def _compared(it: Interpreter, key: Instance, message: str) -> NeedsValue:
    """A key may be compared any number of times."""
    from paramlint.interpreter.repetition import maybe_repeated

    found = it.not_followed(message)
    if it.frame is not None:
        with it.unheard():
            maybe_repeated(it, it.frame, (), found.unknown.reason, lambda: it.call(it.get(key, "__eq__"), [key]) and None)
    return found


def _hash(it: Interpreter, key: Instance) -> int | None:
    """What the class's own ``__hash__`` gives, None where it is not known."""
    method = key.cls.find("__hash__")
    if not isinstance(method, FunctionValue):
        return None
    found = it.call(method, [key])
    found = found.payload if isinstance(found, Instance) else found
    if isinstance(found, float | str | list | tuple | dict | set | None):
        it.throw("TypeError", "__hash__ method should return an integer")
    return found if isinstance(found, int) else None


_EQUAL_KEYS = 1_000


def put(it: Interpreter, mapping: dict[Any, Any], key: Any, value: Any) -> None:
    """``mapping[key] = value``; a key that is not known leaves the mapping with more than is known."""
    if key.__class__ is Either:
        it.each(key, lambda item: put(it, mapping, item, value))
        return
    if isinstance(key, Unknown):
        it.write(mapping)
        for known in mapping:  # any of them may be the key
            mapping[known] = it.state.join(mapping[known], value, key.reason)
        it.state.mark_open(mapping, key.reason, None, reach((value,)))
        return
    key = key_of(it, key)
    it.write(mapping)
    mapping[key] = value
    if not len(mapping) & _STRIDE:
        check_growth(it, mapping)


def make_set(it: Interpreter, items: Any) -> set[Any]:
    result: set[Any] = set()
    for item in items:
        if isinstance(item, Unknown | Either):
            it.state.mark_open(result, item.reason, None, reach((item,)))
        else:
            result.add(key_of(it, item))
            if not len(result) & _STRIDE:
                check_growth(it, result)
    return result


_STRIDE = 255
COLLISIONS = 64  # keys of one hash, which are compared one by one at each look-up


def check_growth(it: Interpreter, container: Any) -> None:
    """Charge a dict or set that grows, and stop where many of its keys share a hash: filling it takes the square of their number.

    To be called at every 256th element or oftener.
    """
    size = len(container)
    if not size:
        return
    if size > it.limits.items:
        it.limit(f"more than {it.limits.items:,} entries")
    it.charge((_STRIDE + 1) // ELEMENTS)
    it.reserve((_STRIDE + 1) * _ENTRY)
    if size & (size - 1) == 0:
        it.charge(size // ELEMENTS)
        if max(Counter(map(hash, container)).values()) > COLLISIONS:
            it.limit(f"more than {COLLISIONS} keys of one hash")


_ENTRY = 100  # bytes
