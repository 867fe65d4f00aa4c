"""Items: read, set, deleted."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from paramlint.core.dims import Formula
from paramlint.core.unknown import Unknown, Why
from paramlint.interpreter.comparison import contains
from paramlint.interpreter.handed import forget, obscure, through
from paramlint.interpreter.hashing import key_of, put
from paramlint.interpreter.held import loose, one_of, reach
from paramlint.interpreter.iteration import elements_or_unknown
from paramlint.interpreter.operators import type_name
from paramlint.interpreter.type_variables import with_arguments
from paramlint.interpreter.unanswered import may_fail, may_lack, may_miss
from paramlint.interpreter.values import ABSENT, ClassValue, Either, Foreign, FunctionValue, Instance

if TYPE_CHECKING:
    from paramlint.interpreter.machine import Interpreter


def get_item(it: Interpreter, value: Any, index: Any) -> Any:
    if isinstance(value, dict):
        return _dict_item(it, value, index)
    if isinstance(value, list | tuple | str | bytes | range):
        if it.listed and it.listed.get(id(value)) is value:
            it.hedged(it.unknown_reason("the order in which a folder is listed", Why.EFFECT))
        return _sequence_item(it, value, index)
    if isinstance(value, Unknown):
        may_fail(it, value, "KeyError", "IndexError", "TypeError")
        it.given(value, index)
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
            return payload_item(it, value, index)
    if isinstance(value, ClassValue):
        return _class_item(it, value, index)
    if isinstance(value, Formula):
        return it.unknown(Why.ARGUMENT, f"an item of `{value}`")
    return it.throw("TypeError", f"'{type_name(value)}' object is not subscriptable")


def payload_item(it: Interpreter, value: Instance, index: Any) -> Any:
    """``dict.__getitem__`` and the like of an object whose class derives from a built-in one."""
    if isinstance(value.payload, dict) and value.cls.find("__missing__") is not ABSENT:
        found = contains(it, value.payload, index)
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
    return with_arguments(it, cls, index)


def _dict_item(it: Interpreter, mapping: dict[Any, Any], index: Any) -> Any:
    if isinstance(index, Unknown):
        may_miss(it, index, "KeyError")
        return any_of(it, mapping, index)
    if isinstance(index, Either):
        return it.each(index, lambda item: _dict_item(it, mapping, item))
    key = key_of(it, index)
    found = mapping.get(key, ABSENT)
    if found is ABSENT and it.registries.fill(it, mapping, key):
        found = mapping.get(key, ABSENT)
    if found is ABSENT:
        unknown = it.state.element(mapping)
        if unknown is not None:
            may_lack(it, unknown.reason, "KeyError")
            return unknown
        if isinstance(index, Formula):
            return it.unknown(Why.ARGUMENT, f"the entry for `{index}`")
        raise it.error("KeyError", index)
    if found.__class__ is Either and ABSENT in found.alternatives:
        may_lack(it, found.reason, "KeyError")
    return present(found)


def present(value: Any) -> Any:
    """The value of a name or key that must be there, because it is read."""
    if isinstance(value, Either) and ABSENT in value.alternatives:
        kept = tuple(v for v in value.alternatives if v is not ABSENT)
        return kept[0] if len(kept) == 1 else Either(kept, value.reason)
    return value


def _sequence_item(it: Interpreter, value: Any, index: Any) -> Any:
    if isinstance(index, Instance | Foreign):
        index = index_of(it, index, value)
    if isinstance(index, Unknown):
        may_miss(it, index, "IndexError")
        return any_of(it, value, index)
    if isinstance(index, Either):
        return it.each(index, lambda item: _sequence_item(it, value, item))
    reason = it.state.open_reason(value) if isinstance(value, list) else None
    if isinstance(index, slice):
        parts = [None if p is None else index_of(it, p) for p in (index.start, index.stop, index.step)]
        unknown = next((p for p in parts if isinstance(p, Unknown)), None)
        if unknown is None and any(isinstance(p, Formula) for p in parts):
            unknown = it.unknown(Why.ARGUMENT, "a slice whose ends are not known")
        if unknown is not None or reason is not None:
            return loose(unknown.reason if unknown is not None else reason, all_of(it, value))  # type: ignore[arg-type]
        part = value[_slice(it, parts)]
        return it.made(part) if isinstance(part, list) else part if isinstance(part, range) else it.computed(part)
    if isinstance(index, Formula):
        return any_of(it, value, it.unknown(Why.ARGUMENT, f"the element at `{index}`"))
    if not isinstance(index, int):
        _refuse_index(it, value, index)
    if reason is not None and not 0 <= index < min(len(value), it.state.fixed(value) or 0):
        may_lack(it, reason, "IndexError")
        return it.state.element(value)
    try:
        return value[index]
    except IndexError:
        kind = "string" if isinstance(value, str) else "range object" if isinstance(value, range) else type_name(value)
        return it.throw("IndexError", f"{kind} index out of range" if not isinstance(value, bytes) else "index out of range")


def _slice(it: Interpreter, parts: list[Any]) -> slice:
    if parts[2] == 0:
        it.throw("ValueError", "slice step cannot be zero")
    return slice(*parts)


def all_of(it: Interpreter, values: Any) -> Iterable[Any]:
    """The elements of a sequence or the values of a dict, and what stands for those that are not known."""
    shown = values.values() if isinstance(values, dict) else values if isinstance(values, list | tuple) else ()
    unknown = it.state.element(values)
    return shown if unknown is None else (unknown,)


def any_of(it: Interpreter, values: Any, index: Unknown) -> Any:
    """What is found at an index or key that is not known: of objects, which may be changed by that name, one of those."""
    found = tuple(all_of(it, values))
    if not reach(found):
        return one_of(index.reason, found) if found else index.picked
    if len(found) > it.limits.alternatives or any(isinstance(value, Unknown) for value in found):
        return loose(index.reason, found)
    one = present(found[0])
    for other in found[1:]:
        one = it.state.join(one, present(other), index.reason)
    return one


def _refuse_index(it: Interpreter, value: Any, index: Any) -> None:
    if isinstance(value, str):
        it.throw("TypeError", f"string indices must be integers, not '{type_name(index)}'")
    name = "byte" if isinstance(value, bytes) else type_name(value)
    it.throw("TypeError", f"{name} indices must be integers or slices, not {type_name(index)}")


def index_of(it: Interpreter, value: Any, sequence: Any = None) -> Any:
    """A value as an index, of ``sequence`` where it is one: an int, a Formula or an Unknown."""
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
    if sequence is not None:
        _refuse_index(it, sequence, value)
    return it.library_throw("TypeError", f"'{type_name(value)}' object cannot be interpreted as an integer")


def set_item(it: Interpreter, value: Any, index: Any, new: Any) -> None:
    if isinstance(value, dict):
        if value.__class__ is not dict and hasattr(value, "watcher"):
            value.watcher.put(it, new)
        put(it, value, index, new)
    elif isinstance(value, list):
        _set_list_item(it, value, index, new)
    elif isinstance(value, Unknown):
        through(it, value)
        for item in value.held:
            if isinstance(item, list | dict):  # who finds the new value there changes that one
                it.state.mark_open(item, value.reason, 0, reach((new,)))
        it.escaped(new, value.reason)
        it.given(value, index, new, kept=True)
    elif isinstance(value, Either):
        it.each(value, lambda item: set_item(it, item, index, new))
    elif isinstance(value, Foreign) and value.set_item(it, index, new) is not NotImplemented:
        return
    elif isinstance(value, Instance) and value.cls.find("__setitem__") is not ABSENT:
        it.call(it.get(value, "__setitem__"), [index, new])
    elif isinstance(value, Instance) and isinstance(value.payload, dict | list):
        set_item(it, value.payload, index, new)
    else:
        it.throw("TypeError", f"'{type_name(value)}' object does not support item assignment")


def _set_list_item(it: Interpreter, value: list[Any], index: Any, new: Any) -> None:
    it.write(value)
    if isinstance(index, slice):
        parts = [None if p is None else index_of(it, p) for p in (index.start, index.stop, index.step)]
        if any(isinstance(p, Unknown | Formula) for p in parts):
            forget(it, value, it.unknown(Why.ARGUMENT, "a slice that is not known is assigned").reason)
            it.state.mark_open(value, it.state.open_reason(value), 0, reach((elements_or_unknown(it, new),)))  # type: ignore[arg-type]
            return
        reason = it.state.open_reason(value)
        if reason is not None:
            it.state.mark_open(value, reason, 0)
        items = elements_or_unknown(it, new)
        if isinstance(items, Unknown):
            forget(it, value, items.reason)
            it.state.mark_open(value, items.reason, 0, items.held)
            return
        part = _slice(it, parts)
        if part.step not in (None, 1) and len(range(*part.indices(len(value)))) != len(items):
            size = len(range(*part.indices(len(value))))
            it.throw("ValueError", f"attempt to assign sequence of size {len(items)} to extended slice of size {size}")
        value[part] = items
        return
    index = index_of(it, index, value)
    if isinstance(index, Unknown | Formula):
        if isinstance(index, Unknown):
            may_miss(it, index, "IndexError")
        reason = index.reason if isinstance(index, Unknown) else it.unknown(Why.ARGUMENT, f"the element at `{index}` is assigned").reason
        for position, old in enumerate(value):
            value[position] = it.state.join(old, new, reason)
        return
    open_reason = it.state.open_reason(value)
    if open_reason is not None and not 0 <= index < min(len(value), it.state.fixed(value) or 0):
        may_lack(it, open_reason, "IndexError")
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
        if isinstance(index, Unknown):
            may_miss(it, index, "KeyError")
        key = key_of(it, index)
        it.write(value)
        if key not in value:
            reason = it.state.open_reason(value)
            if reason is None:
                it.throw("KeyError", index)
            may_lack(it, reason, "KeyError")
        value.pop(key, None)
    elif isinstance(value, list):
        if isinstance(index, slice):
            parts = [None if p is None else index_of(it, p) for p in (index.start, index.stop, index.step)]
            if any(isinstance(p, Unknown | Formula) for p in parts):
                obscure(it, value, it.unknown(Why.ARGUMENT, "a slice that is not known is deleted").reason)
                return
            index = _slice(it, parts)
        else:
            index = index_of(it, index)
        reason = index.reason if isinstance(index, Unknown) else it.state.open_reason(value)
        if reason is not None:  # which element goes is not known, or which ones stay
            may_lack(it, reason, "IndexError")
            obscure(it, value, reason)
            return
        it.write(value)
        watcher = None if value.__class__ is list else getattr(value, "watcher", None)
        gone = value[index] if watcher is not None and isinstance(index, int) and -len(value) <= index < len(value) else ABSENT
        try:
            del value[index]
        except IndexError:
            it.throw("IndexError", "list assignment index out of range")
        if watcher is not None and gone is not ABSENT:
            watcher.taken(it, gone)
    elif isinstance(value, Foreign) and value.get(it, "__delitem__") is not NotImplemented:
        it.call(value.get(it, "__delitem__"), [index])
    elif isinstance(value, Unknown):
        through(it, value)
    elif isinstance(value, Instance) and value.cls.find("__setitem__") is not ABSENT:
        it.throw("AttributeError", "__delitem__")  # Python has one slot for both
    else:
        it.throw("TypeError", f"'{type_name(value)}' object doesn't support item deletion")


def plain_mapping(value: Any) -> Any:
    """The dict behind an object whose class has no way of its own to walk its keys: Python copies that as it stands."""
    plain = isinstance(value, Instance) and isinstance(value.payload, dict) and not isinstance(value.cls.find("__iter__"), FunctionValue)
    return value.payload if plain else value


def mapping_or_unknown(it: Interpreter, value: Any) -> dict[Any, Any] | Unknown:
    """What ``**value`` gives."""
    value = plain_mapping(value)
    if isinstance(value, dict):
        unknown = it.state.element(value)
        return value if unknown is None else unknown
    if isinstance(value, Unknown):
        return value
    if isinstance(value, Either):
        return loose(value.reason, value.alternatives)
    if isinstance(value, Instance | Foreign) and (method := it.get_or(value, "keys", ABSENT)) is not ABSENT:
        keys = elements_or_unknown(it, it.call(method))
        return keys if isinstance(keys, Unknown) else {key: get_item(it, value, key) for key in keys}
    if isinstance(value, Formula):
        return it.unknown(Why.ARGUMENT, f"the entries of `{value}`")
    return it.throw("TypeError", f"argument after ** must be a mapping, not {type_name(value)}")


def keyword_names(it: Interpreter, mapping: dict[Any, Any]) -> dict[str, Any]:
    """A mapping for ``**`` whose keys are not all plain strings."""
    result: dict[str, Any] = {}
    for key, value in mapping.items():
        name = key.payload if isinstance(key, Instance) else key
        if not isinstance(name, str):
            it.throw("TypeError", "keywords must be strings")
        result[name] = value
    return result
