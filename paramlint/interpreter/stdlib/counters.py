"""``collections.Counter``."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from paramlint.core.unknown import Unknown
from paramlint.interpreter import hashing, iteration, texts
from paramlint.interpreter.builtin_iteration import in_order
from paramlint.interpreter.natives import Table, known, lazy, raw
from paramlint.interpreter.values import ClassValue, Instance

if TYPE_CHECKING:
    from paramlint.interpreter.machine import Interpreter

COUNTER = Table()


def counter(it: Interpreter) -> ClassValue:
    return ClassValue("Counter", (it.classes["dict"],), dict(COUNTER), module="collections")


def _change(it: Interpreter, self: Instance, source: Any, sign: str, more: dict[str, Any]) -> None:
    target = self.payload
    source = source.payload if isinstance(source, Instance) and isinstance(source.payload, dict) else source
    if isinstance(source, dict):
        changes = list(source.items())
    else:
        items = iteration.elements_or_unknown(it, source)
        if isinstance(items, Unknown):
            it.state.mark_open(target, items.reason)
            return
        changes = [(item, 1) for item in items]
    for key, amount in [*changes, *more.items()]:
        if isinstance(key, Unknown):
            it.state.mark_open(target, key.reason)
            continue
        old = target.get(hashing.key_of(it, key), 0)
        hashing.put(it, target, key, it.binary(sign, old, amount))


@COUNTER.raw("__init__", binds=True)
def _init(it: Interpreter, self: Instance, iterable: Any = (), /, **kwargs: Any) -> None:
    _change(it, self, iterable if iterable is not None else (), "+", kwargs)


@COUNTER.raw("update", binds=True)
def _update(it: Interpreter, self: Instance, iterable: Any = (), /, **kwargs: Any) -> None:
    _change(it, self, iterable, "+", kwargs)


@COUNTER.raw("subtract", binds=True)
def _subtract(it: Interpreter, self: Instance, iterable: Any = (), /, **kwargs: Any) -> None:
    _change(it, self, iterable, "-", kwargs)


@COUNTER.raw("__missing__", binds=True)
def _missing(it: Interpreter, self: Instance, key: Any, /) -> Any:
    return 0


@COUNTER.raw("most_common", binds=True)
def _most_common(it: Interpreter, self: Instance, n: Any = None) -> Any:
    known(it, n, self.payload)
    pairs = in_order(it, list(self.payload.items()), raw("count", lambda it, pair: pair[1]), True)
    return it.made(pairs if n is None else pairs[:n])


@COUNTER.raw("elements", binds=True)
def _elements(it: Interpreter, self: Instance) -> Any:
    known(it, self.payload)
    return lazy((key for key, count in self.payload.items() for _ in range(count)), "chain")


@COUNTER.raw("total", binds=True)
def _total(it: Interpreter, self: Instance) -> Any:
    return it.call(it.builtins["sum"], [self.payload.values()])


@COUNTER.raw("__repr__", binds=True)
def _repr(it: Interpreter, self: Instance, /) -> Any:
    if not self.payload:
        return "Counter()"
    inside = texts.representation(it, dict(_most_common(it, self)))
    return f"Counter({inside})" if isinstance(inside, str) else inside


@COUNTER.raw("__add__", binds=True)
def _add(it: Interpreter, self: Instance, other: Any, /) -> Any:
    return _combined(it, self, other, "+")


@COUNTER.raw("__sub__", binds=True)
def _sub(it: Interpreter, self: Instance, other: Any, /) -> Any:
    return _combined(it, self, other, "-")


def _combined(it: Interpreter, self: Instance, other: Any, sign: str) -> Any:
    known(it, self.payload, other.payload)
    result = it.instance(self.cls, {}, it.made(dict(self.payload)))
    _change(it, result, other, sign, {})
    for key in [key for key, count in result.payload.items() if count <= 0]:
        del result.payload[key]
    return result


@COUNTER.raw("copy", binds=True)
def _copy(it: Interpreter, self: Instance, /) -> Any:
    return it.instance(self.cls, {}, it.made(dict(self.payload)))
