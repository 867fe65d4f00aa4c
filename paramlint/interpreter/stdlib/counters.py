"""``collections.Counter``."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from paramlint.core.unknown import NeedsValue, Unknown
from paramlint.interpreter import comparison, hashing, iteration, set_order, texts
from paramlint.interpreter.builtin_iteration import in_order
from paramlint.interpreter.natives import Table, known, lazy, raw
from paramlint.interpreter.values import ClassMethod, ClassValue, Instance

if TYPE_CHECKING:
    from paramlint.interpreter.machine import Interpreter

COUNTER = Table()


def counter(it: Interpreter) -> ClassValue:
    cls = ClassValue("Counter", (it.classes["dict"],), dict(COUNTER), module="collections")
    cls.attrs["fromkeys"] = ClassMethod(raw("fromkeys", lambda it, cls, iterable, v=None: it.throw(
        "NotImplementedError", "Counter.fromkeys() is undefined.  Use Counter(iterable) instead.")))
    return cls


def _change(it: Interpreter, self: Instance, source: Any, sign: str, more: dict[str, Any]) -> None:
    target = self.payload
    source = source.payload if isinstance(source, Instance) and isinstance(source.payload, dict) else source
    if isinstance(source, dict) and it.state.open_reason(source) is None:
        changes = list(source.items())
    else:
        items = iteration.elements_or_unknown(it, source if source is not None else ())
        if isinstance(items, Unknown):
            it.state.mark_open(target, items.reason)
            return
        changes = [(item, 1) for item in items]
    if set_order.is_shuffled(it, source):
        raise it.not_followed(set_order.MESSAGE)
    for key, amount in [*changes, *more.items()]:
        if isinstance(key, Unknown):
            it.state.mark_open(target, key.reason)
            continue
        old = target.get(hashing.key_of(it, key), 0)
        hashing.put(it, target, key, it.binary(sign, old, amount) if sign == "-" or not (old == 0 and isinstance(old, int)) else amount)


@COUNTER.raw("__init__", binds=True)
def _init(it: Interpreter, self: Instance, iterable: Any = None, /, **kwargs: Any) -> None:
    _change(it, self, iterable, "+", kwargs)


@COUNTER.raw("update", binds=True)
def _update(it: Interpreter, self: Instance, iterable: Any = None, /, **kwargs: Any) -> None:
    _change(it, self, iterable, "+", kwargs)


@COUNTER.raw("subtract", binds=True)
def _subtract(it: Interpreter, self: Instance, iterable: Any = None, /, **kwargs: Any) -> None:
    _change(it, self, iterable, "-", kwargs)


@COUNTER.raw("__missing__", binds=True)
def _missing(it: Interpreter, self: Instance, key: Any, /) -> Any:
    return 0


@COUNTER.raw("__delitem__", binds=True)
def _delete(it: Interpreter, self: Instance, key: Any, /) -> None:
    known(it, key)
    it.write(self.payload)
    self.payload.pop(hashing.key_of(it, key), None)


@COUNTER.raw("most_common", binds=True)
def _most_common(it: Interpreter, self: Instance, n: Any = None) -> Any:
    known(it, n, self.payload)
    pairs = in_order(it, list(self.payload.items()), raw("count", lambda it, pair: pair[1]), True)
    return it.made(pairs if n is None else pairs[:max(n, 0)])


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
        return f"{self.cls.name}()"
    inside = texts.representation(it, dict(_most_common(it, self)))
    return f"{self.cls.name}({inside})" if isinstance(inside, str) else inside


@COUNTER.raw("copy", "__copy__", binds=True)
def _copy(it: Interpreter, self: Instance, /) -> Any:
    return it.call(self.cls, [self])


# Arithmetic: counts that are left are positive ------------------------------------------------------------------------------


def _is_counter(value: Any) -> bool:
    return isinstance(value, Instance) and any(base.name == "Counter" and base.module == "collections" for base in value.cls.mro)


def _counts(it: Interpreter, mapping: dict[Any, Any]) -> dict[Any, Any]:
    known(it, mapping)
    return mapping


def _combined(it: Interpreter, left: dict[Any, Any], right: dict[Any, Any], sign: str) -> dict[Any, Any]:
    result: dict[Any, Any] = {}
    for key, count in left.items():
        result[key] = _count(it, sign, count, right.get(key, 0))
    for key, count in right.items():
        if key not in left and sign != "&":
            result[key] = count if sign != "-" else it.binary("-", 0, count)
    return {key: count for key, count in result.items() if _is_positive(it, count)}


def _count(it: Interpreter, sign: str, left: Any, right: Any) -> Any:
    if sign in "+-":
        return it.binary(sign, left, right)
    less = it.truth(comparison.compare(it, "<", left, right))
    if isinstance(less, Unknown):
        raise NeedsValue(less)
    return (right if less else left) if sign == "|" else (left if less else right)


def _is_positive(it: Interpreter, count: Any) -> bool:
    found = it.truth(comparison.compare(it, ">", count, 0))
    if isinstance(found, Unknown):
        raise NeedsValue(found)
    return bool(found)


def _new(it: Interpreter, mapping: dict[Any, Any]) -> Instance:
    return it.instance(it.modules.library_attribute("collections", "Counter"), {}, it.made(mapping))


def _define(name: str, sign: str) -> None:
    @COUNTER.raw(f"__{name}__", binds=True)
    def combine(it: Interpreter, self: Instance, other: Any, /) -> Any:
        if not _is_counter(other):
            return NotImplemented
        return _new(it, _combined(it, _counts(it, self.payload), _counts(it, other.payload), sign))

    @COUNTER.raw(f"__i{name}__", binds=True)
    def in_place(it: Interpreter, self: Instance, other: Any, /) -> Any:
        other = other.payload if isinstance(other, Instance) else other
        if not isinstance(other, dict):
            raise it.not_followed("a counter that is changed by what is no mapping")
        result = _combined(it, _counts(it, self.payload), _counts(it, other), sign)
        it.write(self.payload)
        self.payload.clear()
        self.payload.update(result)
        return self


for _name, _sign in (("add", "+"), ("sub", "-"), ("or", "|"), ("and", "&")):
    _define(_name, _sign)


@COUNTER.raw("__pos__", binds=True)
def _positive(it: Interpreter, self: Instance, /) -> Any:
    return _new(it, _combined(it, _counts(it, self.payload), {}, "+"))


@COUNTER.raw("__neg__", binds=True)
def _negative(it: Interpreter, self: Instance, /) -> Any:
    return _new(it, _combined(it, {}, _counts(it, self.payload), "-"))


def _define_comparison(name: str, op: str) -> None:
    @COUNTER.raw(name, binds=True)
    def compare(it: Interpreter, self: Instance, other: Any, /) -> Any:
        if not _is_counter(other):
            return NotImplemented
        left, right = _counts(it, self.payload), _counts(it, other.payload)
        for key in dict.fromkeys((*left, *right)):
            found = it.truth(comparison.compare(it, op, left.get(key, 0), right.get(key, 0)))
            if found is not True:
                return found
        return True


for _name, _sign in (("__eq__", "=="), ("__le__", "<="), ("__ge__", ">=")):
    _define_comparison(_name, _sign)


@COUNTER.raw("__ne__", binds=True)
def _different(it: Interpreter, self: Instance, other: Any, /) -> Any:
    if not _is_counter(other):
        return NotImplemented
    found = it.truth(comparison.compare(it, "==", self, other))
    return found if isinstance(found, Unknown) else not found


def _define_strict(name: str, op: str) -> None:
    @COUNTER.raw(name, binds=True)
    def compare(it: Interpreter, self: Instance, other: Any, /) -> Any:
        if not _is_counter(other):
            return NotImplemented
        within = it.truth(comparison.compare(it, op, self, other))
        return within if within is not True else _different(it, self, other)


_define_strict("__lt__", "<=")
_define_strict("__gt__", ">=")
