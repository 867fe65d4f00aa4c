"""Operators that change what stands on their left."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from paramlint.core.unknown import Unknown, Why
from paramlint.interpreter.containers import index_of
from paramlint.interpreter.handed import through
from paramlint.interpreter.iteration import elements_or_unknown
from paramlint.interpreter.operators import BINARY, binary, check_size, native, special
from paramlint.interpreter.signals import Raised
from paramlint.interpreter.values import ABSENT, Either, Foreign, Instance

if TYPE_CHECKING:
    from paramlint.interpreter.machine import Interpreter


def in_place(it: Interpreter, op: str, left: Any, right: Any) -> Any:
    """``left op= right``; lists, dicts and sets change themselves."""
    if isinstance(left, Either):
        return it.each(left, lambda item: in_place(it, op, item, right))
    if isinstance(left, Unknown):
        through(it, left)
        it.given(left, right)
        return it.result_of(left, (right,))
    if isinstance(left, list) and op == "+":
        items = elements_or_unknown(it, right)
        it.write(left)
        if isinstance(items, Unknown):
            it.state.mark_open(left, items.reason, None, items.held)
        elif len(left) + len(items) > it.limits.items:
            it.limit(f"a list of {len(left) + len(items):,} elements")
        else:
            left.extend(items)
        return left
    if isinstance(left, list) and op == "*":
        return _repeat_in_place(it, left, right)
    if isinstance(left, dict) and op == "|":
        it.call(it.get(left, "update"), [right])
        return left
    if isinstance(left, set) and op in "|&-^" and isinstance(right, set | frozenset | Either | Unknown):
        return _combine_in_place(it, op, left, right)
    if isinstance(left, Foreign):
        found = left.in_place(it, op, right)
        if found is not NotImplemented:
            return found
    if isinstance(left, Instance):
        name = f"__i{BINARY[op][1]}__"
        if left.cls.find(name) is not ABSENT:
            found = special(it, left, name, right)
            if found is not NotImplemented:
                return found
        elif isinstance(left.payload, list | dict | set) and _is_changed(left.payload, op):
            in_place(it, op, left.payload, right)  # what stands behind a subclass of a container changes, and it is that object still
            return left
    try:
        return binary(it, op, left, right)
    except Raised as raised:
        _say_in_place(it, raised, op)
        raise


def _say_in_place(it: Interpreter, raised: Raised, op: str) -> None:
    """CPython names the operator as it stands: ``-=``."""
    args = raised.value.attrs.get("args") if isinstance(raised.value, Instance) else None
    start = f"unsupported operand type(s) for {'** or pow()' if op == '**' else op}: "
    if isinstance(args, tuple) and args and isinstance(args[0], str) and args[0].startswith(start):
        raised.value.attrs["args"] = (f"unsupported operand type(s) for {op}=: " + args[0].removeprefix(start),)


def _is_changed(container: Any, op: str) -> bool:
    return op in ("+*" if isinstance(container, list) else "|" if isinstance(container, dict) else "|&-^")


def _repeat_in_place(it: Interpreter, left: list[Any], right: Any) -> Any:
    if isinstance(right, Either):
        return it.each(right, lambda item: _repeat_in_place(it, left, item))
    count = index_of(it, right)
    it.write(left)
    if isinstance(count, int):
        check_size(it, "*", left, count)
        left *= count
        it.made(left)
        if not left:
            it.state.close(left)
    else:
        it.state.mark_open(left, count.reason if isinstance(count, Unknown) else it.unknown(Why.ARGUMENT, f"a list repeated `{count}` times").reason)
    return left


def _combine_in_place(it: Interpreter, op: str, left: set[Any], right: Any) -> Any:
    if isinstance(right, Either):
        return it.each(right, lambda item: in_place(it, op, left, item))
    it.write(left)
    if isinstance(right, Unknown):
        it.state.mark_open(left, right.reason, 0, right.held)
        return left
    found = native(it, op, left, right)
    reason = it.state.open_reason(found)
    left.clear()
    left.update(found)
    if reason is not None:
        it.state.mark_open(left, reason)
    return left
