"""Methods of dict and its views."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from paramlint.core.dims import Formula
from paramlint.core.unknown import Unknown, Why
from paramlint.interpreter import containers, hashing, set_order
from paramlint.interpreter.constructors import forget_values, merge_into
from paramlint.interpreter.held import loose, reach
from paramlint.interpreter.natives import copied_openness, opened, without_absent
from paramlint.interpreter.unanswered import may_lack, may_miss
from paramlint.interpreter.values import ABSENT, Either

if TYPE_CHECKING:
    from paramlint.interpreter.machine import Interpreter


def _found(it: Interpreter, value: dict[Any, Any], key: Any, default: Any) -> Any:
    """The entry, or the default; an Unknown where the dict may have an entry that is not known."""
    if isinstance(key, Unknown):
        found = containers.any_of(it, value, key)
        return it.state.join(found, default, key.reason) if default is not ABSENT else found
    plain = hashing.key_of(it, key)
    found = value.get(plain, ABSENT)
    if found is ABSENT and it.registries.fill(it, value, plain):
        found = value.get(plain, ABSENT)
    if found is not ABSENT:
        return without_absent(it, found, default)
    unknown = it.state.element(value)
    if unknown is not None:
        return unknown if default is ABSENT else it.state.join(unknown, default, unknown.reason)
    if isinstance(key, Formula):
        return it.unknown(Why.ARGUMENT, f"the entry for `{key}`")
    return default


def get(it: Interpreter, value: dict[Any, Any], key: Any, default: Any = None, /) -> Any:
    if isinstance(key, Either):
        return it.each(key, lambda item: _found(it, value, item, default))
    return _found(it, value, key, default)


def pop(it: Interpreter, value: dict[Any, Any], key: Any, default: Any = ABSENT, /) -> Any:
    if isinstance(key, Unknown | Either):
        unknown = loose(key.reason, (default, *containers.all_of(it, value)))
        if default is ABSENT:
            may_miss(it, Unknown(key.reason), "KeyError")
        forget_values(it, value, key.reason)
        return unknown
    found = _found(it, value, key, default)
    if found is ABSENT:
        raise it.error("KeyError", key)
    reason = it.state.open_reason(value)
    if reason is not None and default is ABSENT and hashing.key_of(it, key) not in value:
        may_lack(it, reason, "KeyError")
    it.write(value)
    value.pop(hashing.key_of(it, key), None)
    return found


def popitem(it: Interpreter, value: dict[Any, Any], /) -> Any:
    reason = it.state.open_reason(value)
    if reason is not None:
        may_lack(it, reason, "KeyError")
        unknown = loose(reason, containers.all_of(it, value))
        forget_values(it, value, reason)
        return unknown
    if not value:
        it.throw("KeyError", "popitem(): dictionary is empty")
    it.write(value)
    return value.popitem()


def setdefault(it: Interpreter, value: dict[Any, Any], key: Any, default: Any = None, /) -> Any:
    if isinstance(key, Either):
        return it.each(key, lambda item: setdefault(it, value, item, default))
    if isinstance(key, Unknown):
        found = loose(key.reason, (default, *containers.all_of(it, value)))
        it.state.mark_open(value, key.reason, None, reach((default,)))
        return found
    found = _found(it, value, key, ABSENT)
    if found is ABSENT or (isinstance(found, Either) and ABSENT in found.alternatives):
        found = without_absent(it, found, default) if found is not ABSENT else default
        hashing.put(it, value, key, found)
    return found


def update(it: Interpreter, value: dict[Any, Any], source: Any = (), /, **kwargs: Any) -> None:
    merge_into(it, value, source)
    for key, item in kwargs.items():
        hashing.put(it, value, key, item)


def clear(it: Interpreter, value: dict[Any, Any], /) -> None:
    it.write(value)
    value.clear()
    it.state.close(value)


def copy(it: Interpreter, value: dict[Any, Any], /) -> Any:
    it.registries.fill(it, value)
    return copied_openness(it, value, dict(value))


def _view(name: str) -> Any:
    def method(it: Interpreter, value: dict[Any, Any], /) -> Any:
        it.registries.fill(it, value)
        reason = it.state.open_reason(value)
        if reason is None:
            return getattr(value, name)()
        items = [(key, containers.present(item)) for key, item in value.items()]
        part = {"keys": [key for key, _ in items], "values": [item for _, item in items], "items": list(items)}[name]
        return opened(it, part, loose(reason, containers.all_of(it, value)))

    return method


def from_keys(it: Interpreter, cls: Any, keys: Any, value: Any = None, /) -> Any:
    result = it.made({})
    for key in set_order.certain_members(it, keys):
        hashing.put(it, result, key, value)
    if set_order.is_shuffled(it, keys):
        it.state.mark_open(result, it.unknown_reason(set_order.MESSAGE, Why.EFFECT), shown=True)
    if cls is it.classes["dict"]:
        return result
    made = it.call(cls)
    for key in result:
        containers.set_item(it, made, key, value)
    return made


DICT: dict[str, Any] = {function.__name__: function for function in (get, pop, popitem, setdefault, update, clear, copy)}
DICT.update({name: _view(name) for name in ("keys", "values", "items")})
DICT["fromkeys"] = lambda it, value, *args: from_keys(it, it.classes["dict"], *args)
VIEW: dict[str, Any] = {
    "isdisjoint": lambda it, value, other: value.isdisjoint([hashing.key_of(it, item) for item in it.elements(other)])
}
