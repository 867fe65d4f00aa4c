"""Items, iteration, unpacking."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from paramlint.core.dims import Formula
from paramlint.core.unknown import NeedsValue, Unknown, Why
from paramlint.interpreter import operators
from paramlint.interpreter.signals import Raised
from paramlint.interpreter.values import ABSENT, ClassValue, Either, Foreign, FunctionValue, GeneratorValue, Instance

if TYPE_CHECKING:
    from paramlint.interpreter.machine import Interpreter

_VIEWS: Any = (type({}.keys()), type({}.values()), type({}.items()))


# Keys ---------------------------------------------------------------------------------------------------------------------


def key_of(it: Interpreter, key: Any) -> Any:
    """The Python object that stands for a key in a Python dict or set."""
    if isinstance(key, Instance):
        return _instance_key(it, key)
    if isinstance(key, Unknown):
        raise NeedsValue(key)
    if isinstance(key, Either):
        raise NeedsValue(Unknown(key.reason))
    if isinstance(key, list | dict | set):
        it.throw("TypeError", f"unhashable type: '{operators.type_name(key)}'")
    if isinstance(key, tuple):
        it.step()
        return tuple(key_of(it, item) for item in key)
    return key


def _instance_key(it: Interpreter, key: Instance) -> Any:
    """The instance itself, or an equal one that has been a key before, where its class says what is equal."""
    if isinstance(key.payload, str | int | float | bytes | tuple):
        return key  # it equals its payload, as a Python object too
    for cls in key.cls.mro:
        method = cls.attrs.get("__hash__", ABSENT)
        if method is None or (method is ABSENT and isinstance(cls.attrs.get("__eq__"), FunctionValue)):
            it.throw("TypeError", f"unhashable type: '{key.cls.name}'")
        if method is not ABSENT:
            break
    if key.cls.find("__eq__") is ABSENT:
        return key
    others = it.equal_keys.setdefault(key.cls, [])
    for other in others:
        same = key is other or operators.truth(it, operators.equal(it, key, other))
        if isinstance(same, Unknown):
            raise NeedsValue(same)
        if same:
            return other
    if len(others) >= _EQUAL_KEYS:
        it.limit(f"more than {_EQUAL_KEYS:,} keys of the class `{key.cls.name}`")
    others.append(key)
    return key


_EQUAL_KEYS = 1_000


def put(it: Interpreter, mapping: dict[Any, Any], key: Any, value: Any) -> None:
    """``mapping[key] = value``; a key that is not known leaves the mapping with more than is known."""
    if isinstance(key, Either):
        it.each(key, lambda item: put(it, mapping, item, value))
        return
    if isinstance(key, Unknown):
        it.write(mapping)
        for known in mapping:  # any of them may be the key
            mapping[known] = it.state.join(mapping[known], value, key.reason)
        it.state.mark_open(mapping, key.reason)
        return
    key = key_of(it, key)
    it.write(mapping)
    mapping[key] = value
    if len(mapping) > it.limits.items:
        it.limit(f"more than {it.limits.items:,} entries")


def make_set(it: Interpreter, items: Any) -> set[Any]:
    result: set[Any] = set()
    for item in items:
        if isinstance(item, Unknown | Either):
            it.state.mark_open(result, item.reason)
        else:
            result.add(key_of(it, item))
    return result


# Items --------------------------------------------------------------------------------------------------------------------


def get_item(it: Interpreter, value: Any, index: Any) -> Any:
    if isinstance(value, dict):
        return _dict_item(it, value, index)
    if isinstance(value, list | tuple | str | bytes | range):
        return _sequence_item(it, value, index)
    if isinstance(value, Unknown):
        return value
    if isinstance(value, Either):
        return it.each(value, lambda item: get_item(it, item, index))
    if isinstance(value, Foreign):
        found = value.item(it, index)
        if found is not NotImplemented:
            return found
    if isinstance(value, Instance):
        method = value.cls.find("__getitem__")
        if method is not ABSENT:
            return it.call(it.get(value, "__getitem__"), [index])
        if value.payload is not None:
            return _payload_item(it, value, index)
    if isinstance(value, ClassValue):
        return _class_item(it, value, index)
    if isinstance(value, Formula):
        return it.unknown(Why.ARGUMENT, f"an item of `{value}`")
    return it.throw("TypeError", f"'{operators.type_name(value)}' object is not subscriptable")


def _payload_item(it: Interpreter, value: Instance, index: Any) -> Any:
    if isinstance(value.payload, dict) and value.cls.find("__missing__") is not ABSENT:
        found = operators.contains(it, value.payload, index)
        if found is False:
            return it.call(it.get(value, "__missing__"), [index])
    return get_item(it, value.payload, index)


def _class_item(it: Interpreter, cls: ClassValue, index: Any) -> Any:
    if cls.metaclass is not None and cls.metaclass.find("__getitem__") is not ABSENT:
        return it.call(cls.metaclass.find("__getitem__"), [cls, index])
    members = cls.fact("members")
    if isinstance(members, dict) and isinstance(index, str):
        if index in members:
            return members[index]
        it.throw("KeyError", index)
    method = cls.find("__class_getitem__")
    if method is not ABSENT and not (isinstance(method, ClassValue)):
        return it.call(it.get(cls, "__class_getitem__"), [index])
    return cls  # a parametrised generic stands for its origin


def _dict_item(it: Interpreter, mapping: dict[Any, Any], index: Any) -> Any:
    if isinstance(index, Unknown):
        return index
    if isinstance(index, Either):
        return it.each(index, lambda item: _dict_item(it, mapping, item))
    key = key_of(it, index)
    found = mapping.get(key, ABSENT)
    if found is ABSENT and it.registries.fill(it, mapping):
        found = mapping.get(key, ABSENT)
    if found is ABSENT:
        reason = it.state.open_reason(mapping)
        if reason is not None:
            return Unknown(reason)
        if isinstance(index, Formula):
            return it.unknown(Why.ARGUMENT, f"the entry for `{index}`")
        raise it.error("KeyError", index)
    return present(found)


def present(value: Any) -> Any:
    """The value of a name or key that must be there, because it is read."""
    if isinstance(value, Either) and ABSENT in value.alternatives:
        kept = tuple(v for v in value.alternatives if v is not ABSENT)
        return kept[0] if len(kept) == 1 else Either(kept, value.reason)
    return value


def _sequence_item(it: Interpreter, value: Any, index: Any) -> Any:
    if isinstance(index, Instance):
        index = index_of(it, index)
    if isinstance(index, Unknown):
        return index
    if isinstance(index, Either):
        return it.each(index, lambda item: _sequence_item(it, value, item))
    reason = it.state.open_reason(value) if isinstance(value, list) else None
    if isinstance(index, slice):
        parts = [None if p is None else index_of(it, p) for p in (index.start, index.stop, index.step)]
        unknown = next((p for p in parts if isinstance(p, Unknown)), None)
        if unknown is not None:
            return unknown
        if any(isinstance(p, Formula) for p in parts):
            return it.unknown(Why.ARGUMENT, "a slice whose ends are not known")
        if reason is not None:
            return Unknown(reason)
        part = value[slice(*parts)]
        return it.made(part) if isinstance(part, list) else part
    if isinstance(index, Formula):
        return it.unknown(Why.ARGUMENT, f"the element at `{index}`")
    if not isinstance(index, int):
        it.throw("TypeError", f"{operators.type_name(value)} indices must be integers or slices, not {operators.type_name(index)}")
    if reason is not None and not 0 <= index < min(len(value), it.state.fixed(value) or 0):
        return Unknown(reason)
    try:
        return value[index]
    except IndexError:
        return it.throw("IndexError", f"{operators.type_name(value)} index out of range")


def index_of(it: Interpreter, value: Any) -> Any:
    """A value as an index: an int, a Formula or an Unknown."""
    if isinstance(value, int | Formula | Unknown | None):
        return value
    if isinstance(value, Either):
        return Unknown(value.reason)
    if isinstance(value, Instance):
        if isinstance(value.payload, int):
            return value.payload
        if value.cls.find("__index__") is not ABSENT:
            return it.call(it.get(value, "__index__"))
    if isinstance(value, Foreign):
        method = value.get(it, "__index__")
        if method is not NotImplemented:
            return it.call(method)
    return it.throw("TypeError", f"indices must be integers or slices, not {operators.type_name(value)}")


def set_item(it: Interpreter, value: Any, index: Any, new: Any) -> None:
    if isinstance(value, dict):
        put(it, value, index, new)
    elif isinstance(value, list):
        _set_list_item(it, value, index, new)
    elif isinstance(value, Unknown):
        it.escaped(new, value.reason)
    elif isinstance(value, Either):
        it.each(value, lambda item: set_item(it, item, index, new))
    elif isinstance(value, Foreign) and value.set_item(it, index, new) is not NotImplemented:
        return
    elif isinstance(value, Instance) and value.cls.find("__setitem__") is not ABSENT:
        it.call(it.get(value, "__setitem__"), [index, new])
    elif isinstance(value, Instance) and isinstance(value.payload, dict | list):
        set_item(it, value.payload, index, new)
    else:
        it.throw("TypeError", f"'{operators.type_name(value)}' object does not support item assignment")


def _set_list_item(it: Interpreter, value: list[Any], index: Any, new: Any) -> None:
    it.write(value)
    if isinstance(index, slice):
        parts = [None if p is None else index_of(it, p) for p in (index.start, index.stop, index.step)]
        if any(isinstance(p, Unknown | Formula) for p in parts):
            it.state.mark_open(value, it.unknown(Why.ARGUMENT, "a slice that is not known is assigned").reason)
            return
        reason = it.state.open_reason(value)
        if reason is not None:
            it.state.mark_open(value, reason, 0)
        value[slice(*parts)] = elements(it, new)
        return
    index = index_of(it, index)
    if isinstance(index, Unknown | Formula):
        reason = index.reason if isinstance(index, Unknown) else it.unknown(Why.ARGUMENT, f"the element at `{index}` is assigned").reason
        for position, old in enumerate(value):
            value[position] = it.state.join(old, new, reason)
        return
    open_reason = it.state.open_reason(value)
    if open_reason is not None and not 0 <= index < min(len(value), it.state.fixed(value) or 0):
        for position, old in enumerate(value):  # it is one of those that follow the ones whose place is known
            value[position] = it.state.join(old, new, open_reason) if index < 0 or position >= (it.state.fixed(value) or 0) else old
        return
    try:
        value[index] = new
    except IndexError:
        it.throw("IndexError", "list assignment index out of range")


def delete_item(it: Interpreter, value: Any, index: Any) -> None:
    if isinstance(value, Either):
        it.each(value, lambda item: delete_item(it, item, index))
        return
    if isinstance(value, Instance) and value.cls.find("__delitem__") is not ABSENT:
        it.call(it.get(value, "__delitem__"), [index])
        return
    if isinstance(value, Instance) and isinstance(value.payload, dict | list):
        value = value.payload
    if isinstance(value, dict):
        key = key_of(it, index)
        it.write(value)
        if key not in value and it.state.open_reason(value) is None:
            it.throw("KeyError", index)
        value.pop(key, None)
    elif isinstance(value, list):
        if isinstance(index, slice):
            index = slice(*(None if p is None else index_of(it, p) for p in (index.start, index.stop, index.step)))
        else:
            index = index_of(it, index)
        reason = index.reason if isinstance(index, Unknown) else it.state.open_reason(value)
        if reason is not None:  # which element goes is not known, or which ones stay
            it.write(value)
            value.clear()
            it.state.mark_open(value, reason)
            return
        it.write(value)
        try:
            del value[index]
        except IndexError:
            it.throw("IndexError", "list assignment index out of range")
    elif isinstance(value, Foreign) and value.get(it, "__delitem__") is not NotImplemented:
        it.call(value.get(it, "__delitem__"), [index])
    elif not isinstance(value, Unknown):
        it.throw("TypeError", f"'{operators.type_name(value)}' object doesn't support item deletion")


# Iteration ----------------------------------------------------------------------------------------------------------------


def iterate(it: Interpreter, value: Any) -> Iterator[Any]:
    """The elements one by one. Raises NeedsValue where they are not known; stops at the limit of items."""
    found = iterate_or_unknown(it, value)
    if isinstance(found, Unknown):
        raise NeedsValue(found)
    return found


def iterate_or_unknown(it: Interpreter, value: Any) -> Iterator[Any] | Unknown:
    if isinstance(value, list):
        reason = it.state.open_reason(value)
        return Unknown(reason) if reason is not None else _walk_list(it, value)
    if isinstance(value, tuple | str | bytes):
        return iter(value)
    if isinstance(value, range):
        if len(value) > it.limits.items:
            it.limit(f"a range of {len(value):,} numbers")
        return iter(value)
    if isinstance(value, dict):
        reason = it.state.open_reason(value)
        return Unknown(reason) if reason is not None else _walk_dict(it, value)
    if isinstance(value, set | frozenset):
        reason = it.state.open_reason(value)
        return Unknown(reason) if reason is not None else iter(ordered(value))
    if isinstance(value, GeneratorValue):
        return _walk_generator(it, value)
    if isinstance(value, Unknown):
        return value
    if isinstance(value, Either):
        return _iterate_either(it, value)
    if isinstance(value, Instance):
        return _iterate_instance(it, value)
    if isinstance(value, _VIEWS):
        return iter(value)  # type: ignore[no-any-return]
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
    return it.throw("TypeError", f"'{operators.type_name(value)}' object is not iterable")


def ordered(items: Any) -> list[Any]:
    """The elements of a set in an order that does not change from run to run."""
    if all(isinstance(item, int) for item in items):
        return list(items)
    return sorted(items, key=lambda item: (type(item).__name__, repr(item)))


def _walk_list(it: Interpreter, items: list[Any]) -> Iterator[Any]:
    position = 0
    opened = it.state.open
    while position < len(items):  # a loop may append to the list that it walks
        if opened and position >= (it.state.fixed(items) or 0):
            _still_known(it, items)
        yield items[position]
        position += 1
    if opened:
        _still_known(it, items)


def _still_known(it: Interpreter, items: list[Any]) -> None:
    """A loop may do what is not known to the list that it walks."""
    reason = it.state.open_reason(items)
    if reason is not None:
        raise NeedsValue(Unknown(reason))


def _walk_dict(it: Interpreter, mapping: dict[Any, Any]) -> Iterator[Any]:
    size = len(mapping)
    for key in list(mapping):
        yield key
        if len(mapping) != size:
            it.throw("RuntimeError", "dictionary changed size during iteration")


def _walk_generator(it: Interpreter, value: GeneratorValue) -> Iterator[Any]:
    if it.replay is not None:
        it.replay.moved(value.serial)
    for _ in range(it.limits.items + 1):
        moves(it, value)
        try:
            item = next(value.steps)
        except StopIteration:
            return
        except NeedsValue as error:
            value.lost = error.unknown
            raise
        yield item
    it.limit(f"more than {it.limits.items:,} elements from a generator")


def moves(it: Interpreter, value: GeneratorValue) -> None:
    """Call before a generator is moved. Raises NeedsValue where it is not known where it stands: another way may have moved it."""
    if value.lost is not None:
        raise NeedsValue(value.lost)
    logs = it.state.logs
    if value.moved is not None:
        if value.moved not in logs:
            value.lost = it.unknown(Why.BRANCH, f"the {value.name} may have been moved in a branch")
            raise NeedsValue(value.lost)
    elif logs:
        value.moved = next((log for log in logs if log.serial > value.serial), None)


def _iterate_either(it: Interpreter, value: Either) -> Iterator[Any] | Unknown:
    parts = []
    for item in value.alternatives:
        if item is ABSENT:
            continue
        if isinstance(item, GeneratorValue | Instance):
            return Unknown(value.reason)
        found = iterate_or_unknown(it, item)
        if isinstance(found, Unknown):
            return found
        parts.append(list(found))
    if len({len(part) for part in parts}) != 1:
        return Unknown(value.reason)
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
    members = cls.fact("members")
    if isinstance(members, dict):
        seen: list[Any] = []
        for member in members.values():
            if not any(member is other for other in seen):
                seen.append(member)
        return iter(seen)
    return it.throw("TypeError", "'type' object is not iterable")


def is_error(it: Interpreter, raised: Raised, kind: str) -> bool:
    return isinstance(raised.value, Instance) and it.classes[kind] in raised.value.cls.mro


def elements(it: Interpreter, value: Any) -> list[Any]:
    """All elements, as a new Python list. Raises NeedsValue where they are not known."""
    found = elements_or_unknown(it, value)
    if isinstance(found, Unknown):
        raise NeedsValue(found)
    return found


def elements_or_unknown(it: Interpreter, value: Any) -> list[Any] | Unknown:
    items = iterate_or_unknown(it, value)
    if isinstance(items, Unknown):
        return items
    result: list[Any] = []
    try:
        for item in items:
            result.append(item)
            if len(result) > it.limits.items:
                it.limit(f"more than {it.limits.items:,} elements")
    except NeedsValue as error:
        return error.unknown
    return result


def mapping_or_unknown(it: Interpreter, value: Any) -> dict[Any, Any] | Unknown:
    """What ``**value`` gives."""
    if isinstance(value, Instance) and isinstance(value.payload, dict):
        value = value.payload
    if isinstance(value, dict):
        reason = it.state.open_reason(value)
        return Unknown(reason) if reason is not None else value
    if isinstance(value, Unknown):
        return value
    if isinstance(value, Either):
        return Unknown(value.reason)
    if isinstance(value, Instance | Foreign):
        keys = elements_or_unknown(it, it.call(it.get(value, "keys")))
        return keys if isinstance(keys, Unknown) else {key: get_item(it, value, key) for key in keys}
    if isinstance(value, Formula):
        return it.unknown(Why.ARGUMENT, f"the entries of `{value}`")
    return it.throw("TypeError", f"argument after ** must be a mapping, not {operators.type_name(value)}")


def keyword_names(it: Interpreter, mapping: dict[Any, Any]) -> dict[str, Any]:
    """A mapping for ``**`` whose keys are not all plain strings."""
    result: dict[str, Any] = {}
    for key, value in mapping.items():
        name = key.payload if isinstance(key, Instance) else key
        if not isinstance(name, str):
            it.throw("TypeError", "keywords must be strings")
        result[name] = value
    return result
