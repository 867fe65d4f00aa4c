"""``math``."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

from paramlint.core.dims import Formula, Quotient
from paramlint.core.unknown import Why
from paramlint.interpreter.builtin_numbers import _own_method, rounded
from paramlint.interpreter.constructors import real
from paramlint.interpreter.natives import Table
from paramlint.interpreter.values import ABSENT, Foreign, Instance

if TYPE_CHECKING:
    from paramlint.interpreter.machine import Interpreter

FUNCTIONS = Table()
_PLAIN = (
    "acos",
    "acosh",
    "asin",
    "asinh",
    "atan",
    "atan2",
    "atanh",
    "cbrt",
    "copysign",
    "cos",
    "cosh",
    "degrees",
    "erf",
    "erfc",
    "exp",
    "exp2",
    "expm1",
    "fabs",
    "fmod",
    "frexp",
    "gamma",
    "isclose",
    "isfinite",
    "isinf",
    "isnan",
    "ldexp",
    "lgamma",
    "log",
    "log10",
    "log1p",
    "log2",
    "modf",
    "nextafter",
    "pow",
    "radians",
    "remainder",
    "sin",
    "sinh",
    "sqrt",
    "tan",
    "tanh",
    "ulp",
    "isqrt",
    "hypot",
)


def names(it: Interpreter) -> dict[str, Any]:
    return {**FUNCTIONS, "pi": math.pi, "e": math.e, "tau": math.tau, "inf": math.inf, "nan": math.nan}


def _number(it: Interpreter, value: Any) -> Any:
    return real(it, value) if isinstance(value, Instance | Foreign) else value


def _plain(name: str) -> None:
    function = getattr(math, name)

    @FUNCTIONS.pure(name)
    def compute(it: Interpreter, /, *args: Any, **kwargs: Any) -> Any:
        return function(*(_number(it, value) for value in args), **kwargs)


for _name in _PLAIN:
    _plain(_name)


def _of_all(name: str) -> None:
    function = getattr(math, name)

    @FUNCTIONS.pure(name)
    def compute(it: Interpreter, /, *args: Any) -> Any:
        found = function()
        for value in args:
            found = function(found, _number(it, value))
            if found.bit_length() > it.limits.digits:
                it.limit(f"an integer of more than {it.limits.digits:,} bits")
        return found


for _name in ("gcd", "lcm"):
    _of_all(_name)


def _rounding(name: str) -> None:
    function = getattr(math, name)

    @FUNCTIONS.pure(name)
    def compute(it: Interpreter, value: Any, /) -> Any:
        if isinstance(value, Formula):
            return value
        if isinstance(value, Quotient):
            return value.truncated() if name == "trunc" else rounded(value, name)
        own = _own_method(it, value, f"__{name}__")
        return function(_number(it, value)) if own is ABSENT else own


for _name in ("ceil", "floor", "trunc"):
    _rounding(_name)


@FUNCTIONS.raw("prod")
def prod(it: Interpreter, iterable: Any, /, *, start: Any = 1) -> Any:
    total = start
    for item in it.iterate(iterable):
        total = it.binary("*", total, item)
    return total


@FUNCTIONS.raw("fsum")
def fsum(it: Interpreter, iterable: Any, /) -> Any:
    return math.fsum(it.elements(iterable))


@FUNCTIONS.raw("dist")
def dist(it: Interpreter, p: Any, q: Any, /) -> Any:
    return math.dist(it.elements(p), it.elements(q))


def _bounded(name: str, most: int) -> None:
    function = getattr(math, name)

    @FUNCTIONS.pure(name)
    def compute(it: Interpreter, /, *args: Any) -> Any:
        if any(isinstance(value, Formula | Quotient) for value in args):
            return it.unknown(Why.ARGUMENT, f"`math.{name}` of an argument that is not known")
        if isinstance(args[0], int) and args[0] > most:
            it.limit(f"`math.{name}({args[0]})`")
        result = function(*args)
        if result.bit_length() > it.limits.digits:
            it.limit(f"an integer of {result.bit_length():,} bits")
        return result


for _name in ("factorial", "comb", "perm"):
    _bounded(_name, 1_000)
