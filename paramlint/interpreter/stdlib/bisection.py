"""``bisect``."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from paramlint.core.unknown import NeedsValue, Unknown
from paramlint.interpreter.natives import Table
from paramlint.interpreter.stdlib.heaps import less

if TYPE_CHECKING:
    from paramlint.interpreter.machine import Interpreter

FUNCTIONS = Table()


def names(it: Interpreter) -> dict[str, Any]:
    return dict(FUNCTIONS)


def _place(it: Interpreter, a: Any, x: Any, lo: Any, hi: Any, key: Any, *, right: bool) -> int:
    length = it.call(it.builtins["len"], [a]) if hi is None else hi
    for value in (lo, length):
        if isinstance(value, Unknown):
            raise NeedsValue(value)
        if not isinstance(value, int):
            raise it.not_followed("bounds of a search that are no plain integers")
    if lo < 0:
        it.throw("ValueError", "lo must be non-negative")
    low, high = lo, length
    while low < high:
        middle = (low + high) // 2
        item = it.item(a, middle)
        item = item if key is None else it.call(key, [item])
        if less(it, x, item) if right else not less(it, item, x):
            high = middle
        else:
            low = middle + 1
    return low  # type: ignore[no-any-return]


def _define(*names: str, right: bool) -> None:
    @FUNCTIONS.raw(*names)
    def search(it: Interpreter, a: Any, x: Any, lo: Any = 0, hi: Any = None, *, key: Any = None) -> Any:
        return _place(it, a, x, lo, hi, key, right=right)

    @FUNCTIONS.raw(*(name.replace("bisect", "insort") for name in names))
    def insert(it: Interpreter, a: Any, x: Any, lo: Any = 0, hi: Any = None, *, key: Any = None) -> None:
        at = _place(it, a, x if key is None else it.call(key, [x]), lo, hi, key, right=right)
        it.call(it.get(a, "insert"), [at, x])


_define("bisect_right", "bisect", right=True)
_define("bisect_left", right=False)
