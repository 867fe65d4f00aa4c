"""Lists, dicts and sets that a library watches: it is told what is put into them and what is taken out, by the methods that tell it.

The library's own classes derive from Python's and override some methods; what the others do goes unnoticed, there as here.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Protocol

from paramlint.core.unknown import Unknown
from paramlint.interpreter import comparison, containers, iteration, methods_dict, methods_list, methods_set
from paramlint.interpreter.values import ABSENT

if TYPE_CHECKING:
    from paramlint.interpreter.machine import Interpreter


class Watcher(Protocol):
    def put(self, it: Interpreter, value: Any) -> Any:
        """A value is put into a container; what to keep in its place."""
        ...

    def taken(self, it: Interpreter, value: Any) -> None:
        """A value is taken out of one."""
        ...

    def deep_copy(self, it: Interpreter, memo: dict[Any, Any]) -> Watcher:
        """Who watches a copy."""
        ...


class _Nobody:
    """Watches containers that are made of watched ones by operators."""

    def put(self, it: Interpreter, value: Any) -> Any:
        return value

    def taken(self, it: Interpreter, value: Any) -> None:
        return None

    def deep_copy(self, it: Interpreter, memo: dict[Any, Any]) -> Watcher:
        return self


class TrackedList(list[Any]):
    watcher: Watcher = _Nobody()


class TrackedDict(dict[Any, Any]):
    watcher: Watcher = _Nobody()


class TrackedSet(set[Any]):
    watcher: Watcher = _Nobody()


Watched = TrackedList | TrackedDict | TrackedSet


def empty(it: Interpreter, value: Any, memo: dict[Any, Any]) -> Any:
    """An empty container of the same class, for a deep copy."""
    made = type(value)()
    if hasattr(value, "watcher"):
        made.watcher = value.watcher.deep_copy(it, memo)
    return made


def _adds(plain: Callable[..., Any], at: int) -> Callable[..., Any]:
    """A method that puts its argument at this position into the container; the argument itself is kept."""
    def method(it: Interpreter, value: Any, /, *args: Any) -> Any:
        if len(args) > at:
            value.watcher.put(it, args[at])
        return plain(it, value, *args)

    return method


def _adds_all(plain: Callable[..., Any]) -> Callable[..., Any]:
    def method(it: Interpreter, value: Any, items: Any, /) -> Any:
        found = iteration.elements_or_unknown(it, items)
        put = value.watcher.put(it, found) if isinstance(found, Unknown) else it.made([value.watcher.put(it, item) for item in found])
        return plain(it, value, put)

    return method


def _update(it: Interpreter, value: TrackedDict, mapping: Any, /) -> None:
    found = containers.mapping_or_unknown(it, mapping)
    put = value.watcher.put(it, found) if isinstance(found, Unknown) else it.made({key: value.watcher.put(it, item) for key, item in found.items()})
    methods_dict.update(it, value, put)


def _returns(plain: Callable[..., Any], part: Callable[[Any], Any] = lambda found: found) -> Callable[..., Any]:
    """A method that takes out what it returns."""
    def method(it: Interpreter, value: Any, /, *args: Any) -> Any:
        found = plain(it, value, *args)
        value.watcher.taken(it, part(found))
        return found

    return method


def _pop(it: Interpreter, value: TrackedDict, key: Any, default: Any = ABSENT, /) -> Any:
    held = comparison.contains(it, value, key) if default is not ABSENT else True
    found = methods_dict.pop(it, value, key, default)
    if held is not False:
        value.watcher.taken(it, found)
    return found


def _remove(plain: Callable[..., Any]) -> Callable[..., Any]:
    def method(it: Interpreter, value: Any, item: Any, /) -> Any:
        value.watcher.taken(it, item)
        return plain(it, value, item)

    return method


def _clear(plain: Callable[..., Any]) -> Callable[..., Any]:
    def method(it: Interpreter, value: Any, /) -> Any:
        for item in list(value.values() if isinstance(value, dict) else value):
            value.watcher.taken(it, item)
        return plain(it, value)

    return method


METHODS: dict[type, dict[str, Any]] = {
    TrackedList: {
        **methods_list.LIST, "append": _adds(methods_list.append, 0), "insert": _adds(methods_list.insert, 1),
        "extend": _adds_all(methods_list.extend), "remove": _remove(methods_list.remove), "pop": _returns(methods_list.pop),
        "clear": _clear(methods_list.clear),
    },
    TrackedDict: {
        **methods_dict.DICT, "update": _update, "pop": _pop,
        "popitem": _returns(methods_dict.popitem, lambda found: found[1] if isinstance(found, tuple) else found), "clear": _clear(methods_dict.clear),
    },
    TrackedSet: {
        **methods_set.SET, "add": _adds(methods_set.add, 0), "update": _adds_all(methods_set.update), "remove": _remove(methods_set.remove),
        "pop": _returns(methods_set.pop), "clear": _clear(methods_set.clear),
    },
}
