"""``operator``."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from paramlint.core.unknown import Unknown
from paramlint.interpreter import comparison, containers, equality, operators
from paramlint.interpreter.in_place import in_place
from paramlint.interpreter.natives import Table, raw
from paramlint.interpreter.values import Either, Instance

if TYPE_CHECKING:
    from paramlint.interpreter.machine import Interpreter

FUNCTIONS = Table()
_COMPARISONS = {"eq": "==", "ne": "!=", "lt": "<", "le": "<=", "gt": ">", "ge": ">=", "is_": "is", "is_not": "is not"}


def names(it: Interpreter) -> dict[str, Any]:
    return {**FUNCTIONS, **{f"__{name.strip('_')}__": value for name, value in FUNCTIONS.items()}}


def _define(name: str, function: Any) -> None:
    FUNCTIONS.raw(name)(function)


for _op, (_, _name) in operators.BINARY.items():
    _define({"and": "and_", "or": "or_"}.get(_name, _name), lambda it, a, b, /, *, op=_op: operators.binary(it, op, a, b))
    _define(f"i{_name}", lambda it, a, b, /, *, op=_op: in_place(it, op, a, b))
for _name, _op in _COMPARISONS.items():
    _define(_name, lambda it, a, b, /, *, op=_op: comparison.compare(it, op, a, b))
for _name, _op in (("neg", "-"), ("pos", "+"), ("inv", "~"), ("invert", "~"), ("not_", "not")):
    _define(_name, lambda it, a, /, *, op=_op: operators.unary(it, op, a))
_define("abs", lambda it, a, /: it.call(it.builtins["abs"], [a]))
_define("truth", lambda it, a, /: it.truth(a))
_define("index", lambda it, a, /: _index(it, a))
_define("contains", lambda it, a, b, /: comparison.contains(it, a, b))
_define("concat", lambda it, a, b, /: operators.binary(it, "+", a, b))
_define("getitem", lambda it, a, b, /: containers.get_item(it, a, b))
_define("setitem", lambda it, a, b, c, /: containers.set_item(it, a, b, c))
_define("delitem", lambda it, a, b, /: containers.delete_item(it, a, b))
_define("countOf", lambda it, a, b, /: sum(equality.matches(it, item, b) for item in it.elements(a)))
_define("call", lambda it, function, /, *args, **kwargs: it.call(function, args, kwargs))


def _index(it: Interpreter, a: Any) -> Any:
    found = it.throw("TypeError", "'NoneType' object cannot be interpreted as an integer") if a is None else containers.index_of(it, a)
    return int(found) if isinstance(found, bool) else found


@FUNCTIONS.raw("itemgetter")
def itemgetter(it: Interpreter, /, *items: Any) -> Any:
    if len(items) == 1:
        return raw("itemgetter", lambda it, value, /: it.item(value, items[0]))
    return raw("itemgetter", lambda it, value, /: tuple(it.item(value, item) for item in items))


@FUNCTIONS.raw("attrgetter")
def attrgetter(it: Interpreter, /, *attrs: Any) -> Any:
    def read(it: Interpreter, value: Any, path: str) -> Any:
        for name in path.split("."):
            value = it.get(value, name)
        return value

    for path in attrs:
        if not isinstance(path, str | Unknown | Either | Instance):
            it.throw("TypeError", "attribute name must be a string")
    if len(attrs) == 1:
        return raw("attrgetter", lambda it, value, /: read(it, value, attrs[0]))
    return raw("attrgetter", lambda it, value, /: tuple(read(it, value, path) for path in attrs))


@FUNCTIONS.raw("methodcaller")
def methodcaller(it: Interpreter, name: Any, /, *given: Any, **named: Any) -> Any:
    return raw("methodcaller", lambda it, value, /: it.call(it.get(value, name), given, named))
