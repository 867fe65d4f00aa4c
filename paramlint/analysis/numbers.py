"""Functions of numpy on plain numbers, as configuration code uses them: ``np.linspace(0, rate, depth)``, ``np.ceil(x)``."""

from __future__ import annotations

import itertools
import math
import operator
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from paramlint.analysis.tensors import Named
from paramlint.core.shapes import Shape
from paramlint.core.tensor import Tensor
from paramlint.core.unknown import Unknown, UnknownArray, Why
from paramlint.interpreter.fixed_width import FIXED, plain, scalar
from paramlint.interpreter.library_names import hedge, may_raise
from paramlint.interpreter.values import ClassValue, Foreign, Native

if TYPE_CHECKING:
    from paramlint.interpreter.machine import Interpreter

_LIMIT = 10_000  # elements


class Numbers(Foreign):
    """An array of one axis, or one number of no axis, whose elements are known. What is not listed here is not known."""

    __slots__ = ("items", "scalar")

    def __init__(self, items: list[Any], scalar: bool = False) -> None:
        self.items = items
        self.scalar = scalar

    def __repr__(self) -> str:
        return f"array({self.items[0] if self.scalar else self.items})"

    def type_name(self) -> str:
        return "ndarray"

    @property
    def tensor(self) -> Tensor:
        """The array as a framework takes it."""
        dtype = {bool: "bool", int: "int64"}.get(type(self.items[0]), "float64") if self.items else "float64"
        return Tensor(Shape(() if self.scalar else (len(self.items),)), dtype, self.items[0] if self.scalar else tuple(self.items))

    def get(self, it: Interpreter, name: str) -> Any:
        if name in ("shape", "size", "ndim"):
            return {"shape": () if self.scalar else (len(self.items),), "size": len(self.items), "ndim": 0 if self.scalar else 1}[name]
        if name in _METHODS:
            return Native(name, lambda it, args, kwargs: _run(it, f"ndarray.{name}", _METHODS[name], [self, *args], kwargs))
        return NotImplemented if name.startswith("__") else _unknown(it, f"`ndarray.{name}`")

    def unary(self, it: Interpreter, op: str) -> Any:
        return _run(it, op, lambda a: _each(_UNARY[op], a), [self], {}) if op in _UNARY else _unknown(it, f"the operator `{op}` on an array")

    def binary(self, it: Interpreter, op: str, other: Any, reflected: bool) -> Any:
        if op not in _BINARY:
            return _unknown(it, f"the operator `{op}` on an array")
        return _run(it, op, lambda a, b: _each(_BINARY[op], a, b), [other, self] if reflected else [self, other], {})

    def compare(self, it: Interpreter, op: str, other: Any) -> Any:
        if op not in _COMPARE:
            return _unknown(it, f"the comparison `{op}` of an array")
        return _run(it, op, lambda a, b: _each(_COMPARE[op], a, b), [self, other], {})

    def item(self, it: Interpreter, index: Any) -> Any:
        if isinstance(index, int):
            return scalar(self.items[index]) if -len(self.items) <= index < len(self.items) else it.throw("IndexError", "index is out of bounds")
        if isinstance(index, slice) and all(part is None or isinstance(part, int) for part in (index.start, index.stop, index.step)):
            return Numbers(self.items[index])
        return _unknown(it, "an index of an array")

    def set_item(self, it: Interpreter, index: Any, value: Any) -> Any:
        return it.limit("an array that is changed")

    def iterate(self, it: Interpreter) -> Any:
        return it.throw("TypeError", "iteration over a 0-d array") if self.scalar else iter(list(map(scalar, self.items)))

    def length(self, it: Interpreter) -> Any:
        return it.throw("TypeError", "len() of unsized object") if self.scalar else len(self.items)

    def truth(self, it: Interpreter) -> Any:
        return bool(self.items[0]) if len(self.items) == 1 else _unknown(it, "the truth of an array")


def _unknown(it: Interpreter, what: str) -> Unknown:
    return it.unknown(Why.UNSUPPORTED, f"{what} is not modelled")


def _each(function: Callable[..., Any], *operands: Any) -> Any:
    """Element by element; single numbers go with every element."""
    if not any(isinstance(value, Numbers | list | tuple) for value in operands):
        return function(*operands)
    rows = [_plain(value) for value in operands]
    scalar = all(isinstance(value, int | float) or (isinstance(value, Numbers) and value.scalar) for value in operands)
    length = max((len(row) for row in rows if len(row) != 1), default=1)
    if any(len(row) not in (1, length) for row in rows):
        raise TypeError("shapes")
    found = [function(*(row[0] if len(row) == 1 else row[at] for row in rows)) for at in range(length)]
    if any(type(item) is int and abs(item) >= _WORD for item in found):
        raise OverflowError("a word")
    return found[0] if scalar else _array(found)


def _array(values: Any, dtype: Any = None, copy: Any = None) -> Any:
    """``np.array`` of plain numbers: all of one type, as in an array."""
    if isinstance(values, Numbers) and dtype is None:
        return Numbers(list(values.items), values.scalar)
    items = _plain(values)
    kind = _TYPES.get(dtype) if dtype is not None else float if any(type(item) is float for item in items) else None
    if dtype is not None and kind is None:
        raise TypeError("dtype")
    if kind is None and any(type(item) is int for item in items):
        kind = int
    return Numbers([kind(item) if kind is not None else item for item in items], isinstance(values, int | float))


def _repeated(value: Any, shape: Any) -> Any:
    if isinstance(shape, list | tuple):
        (shape,) = shape
    if not isinstance(shape, int) or not 0 <= shape <= _LIMIT:
        raise TypeError("shape")
    return Numbers([value] * shape)


def _reduced(function: Callable[[list[Any]], Any], values: Any, axis: Any = None) -> Any:
    items = _plain(values)
    if axis not in (None, 0, -1) or not items:
        raise TypeError("axis")
    return function(items)


def _round(values: Any, decimals: int = 0) -> Any:
    return _each(lambda item: item if isinstance(item, int) else round(item, decimals) if decimals else float(round(item)), values)


def _linspace(start: float, stop: float, num: int = 50, endpoint: bool = True) -> Any:
    if not 0 <= num <= _LIMIT:
        raise TypeError("num")
    parts = num - 1 if endpoint else num
    step = (stop - start) / parts if parts > 0 else 0.0
    items = [start + index * step for index in range(num)]
    if endpoint and num > 1:
        items[-1] = float(stop)
    return Numbers([float(item) for item in items])


def _arange(start: int, stop: int | None = None, step: int = 1) -> Any:
    first, last = (0, start) if stop is None else (start, stop)
    if len(range(first, last, step)) > _LIMIT:
        raise TypeError("a range")
    return Numbers(list(range(first, last, step)))


def _sort(values: Any, axis: Any = -1) -> Any:
    if axis not in (None, 0, -1):
        raise TypeError("axis")
    return _array(sorted(_plain(values)))


def _argsort(values: Any, axis: Any = -1) -> Any:
    """Only where no two are equal, whose order is up to numpy."""
    items = _plain(values)
    if axis not in (None, 0, -1) or len(set(items)) < len(items):
        raise TypeError("order")
    return Numbers(sorted(range(len(items)), key=items.__getitem__))


def _cumsum(values: Any) -> Any:
    return Numbers(list(itertools.accumulate(_plain(values))))


def _plain(values: Any) -> list[Any]:
    if isinstance(values, Numbers):
        return values.items
    items = [values] if isinstance(values, int | float) else list(values)
    items = [item if item.__class__ not in FIXED else int(item) if isinstance(item, int) else float(item) for item in items]
    if not all(isinstance(item, int | float) for item in items) or len(items) > _LIMIT:
        raise TypeError("nested")
    return [float(item) for item in items] if any(type(item) is float for item in items) else items


def _counting(function: Callable[..., Any]) -> Callable[..., Any]:
    """An operator for numbers; what it does to truth values is another matter in numpy."""

    def run(*values: Any) -> Any:
        if any(isinstance(value, bool) for value in values):
            raise TypeError("bool")
        return function(*values)

    return run


def _reducing(function: Callable[[list[Any]], Any]) -> Callable[..., Any]:
    return lambda values, axis=None: _reduced(function, values, axis)


def _mapping(function: Callable[..., Any]) -> Callable[..., Any]:
    return lambda *values: _each(function, *values)


def _power(base: Any, exponent: Any) -> Any:
    if isinstance(base, int) and isinstance(exponent, int) and (exponent < 0 or exponent * base.bit_length() > 64):
        raise OverflowError("power")
    return base**exponent


_WORD = 1 << 63
_TYPES: dict[Any, type] = {"int": int, "int64": int, "float": float, "float64": float, "bool": bool}
_UNARY: dict[str, Callable[..., Any]] = {"-": _counting(operator.neg), "+": _counting(operator.pos)}
_BINARY: dict[str, Callable[..., Any]] = {
    op: _counting(function) for op, function in (("+", operator.add), ("-", operator.sub), ("*", operator.mul), ("/", operator.truediv),
                                                 ("//", operator.floordiv), ("%", operator.mod), ("**", _power))}
_COMPARE: dict[str, Callable[..., Any]] = {"==": operator.eq, "!=": operator.ne, "<": operator.lt, "<=": operator.le,
                                           ">": operator.gt, ">=": operator.ge}
_REDUCTIONS: dict[str, Callable[..., Any]] = {
    "prod": _reducing(math.prod), "sum": _reducing(sum), "min": _reducing(min), "max": _reducing(max), "all": _reducing(all),
    "any": _reducing(any), "mean": _reducing(lambda items: sum(items) / len(items)),
    "argmax": _reducing(lambda items: items.index(max(items))), "argmin": _reducing(lambda items: items.index(min(items))),
}
_FUNCTIONS: dict[str, Any] = {
    **_REDUCTIONS, "amin": _REDUCTIONS["min"], "amax": _REDUCTIONS["max"],
    "linspace": _linspace, "arange": _arange, "cumsum": _cumsum, "array": _array, "asarray": _array,
    "atleast_1d": lambda values: Numbers(_array(values).items), "round": _round, "around": _round,
    "sort": _sort, "argsort": _argsort, "unique": lambda values: _array(sorted(set(_plain(values)))),
    "gcd": _mapping(math.gcd), "lcm": _mapping(math.lcm),
    "zeros": lambda shape, dtype=None: _array(_repeated(0.0, shape), dtype), "ones": lambda shape, dtype=None: _array(_repeated(1.0, shape), dtype),
    "full": lambda shape, fill_value, dtype=None: _array(_repeated(fill_value, shape), dtype),
    "concatenate": lambda parts: _array([item for part in parts for item in _plain(part)]),
    "ceil": _mapping(lambda x: float(math.ceil(x))), "floor": _mapping(lambda x: float(math.floor(x))), "sqrt": _mapping(math.sqrt),
    "log2": _mapping(math.log2), "log": _mapping(math.log), "log10": _mapping(math.log10), "exp": _mapping(math.exp), "abs": _mapping(abs),
    "power": _mapping(_power), "maximum": _mapping(max), "minimum": _mapping(min), "clip": _mapping(lambda x, low, high: min(max(x, low), high)),
}
_METHODS: dict[str, Callable[..., Any]] = {
    **_REDUCTIONS, "argsort": _argsort, "cumsum": _cumsum, "copy": _array, "round": _round, "astype": _array,
    "tolist": lambda array: array.items[0] if array.scalar else list(array.items), "item": lambda array: _single(array.items),
    "__int__": lambda array: int(_single(array.items)), "__float__": lambda array: float(_single(array.items)),
    "__index__": lambda array: operator.index(_single(array.items)),
}


def _single(items: list[Any]) -> Any:
    (item,) = items
    return item


class ScalarType(Named):
    """A type of numpy's numbers, which is called like a class: ``np.int64(3)``."""

    __slots__ = ()

    def call(self, it: Interpreter, args: list[Any], kwargs: dict[str, Any]) -> Any:
        kind, value = _type(self), plain(args[0]) if len(args) == 1 and not kwargs and isinstance(args[0], int | float) else None
        if value is not None and ((kind == "float64" and abs(value) < _WORD) or (
                kind == "int64" and isinstance(value, int) and abs(value) < _WORD)):
            return scalar(_TYPES[kind](value))
        result = super().call(it, args, kwargs)
        return UnknownArray(result.reason, (), kind) if value is not None and isinstance(result, Unknown) else result


CONSTANTS: dict[str, Any] = {"pi": math.pi, "inf": math.inf, "e": math.e}


def lookup(name: str) -> Any:
    """The function of numpy with this name, or None."""
    if name in CONSTANTS:
        return CONSTANTS[name]
    function = _FUNCTIONS.get(name)
    if function is None:
        return None
    return Native(f"numpy.{name}", lambda it, args, kwargs: _run(it, f"numpy.{name}", function, args, kwargs))


def _run(it: Interpreter, name: str, function: Callable[..., Any], args: list[Any], kwargs: dict[str, Any]) -> Any:
    """A function on values that are known; what they are not is not known."""
    values = [*args, *kwargs.values()]
    unknown = next((value for value in values if isinstance(value, Unknown)), None)
    if unknown is not None:
        return unknown
    args, kwargs = [_type(value) for value in args], {key: _type(value) for key, value in kwargs.items()}
    try:
        if all(value is None or isinstance(value, int | float | str | list | tuple | Numbers) for value in (*args, *kwargs.values())):
            found = function(*args, **kwargs)
            if name not in _PYTHON_S:
                found = scalar(found)
            return it.made(found) if isinstance(found, list) else found
    except (TypeError, ValueError, OverflowError, ZeroDivisionError, ArithmeticError):
        pass
    if it.library.refuses(name, values):
        hedge(it, f"`{name}` takes a tensor that needs a gradient")
    elif any(isinstance(value, Foreign) and not isinstance(value, Numbers) for value in values):  # numpy asks it for an array
        question = f"`{name}` takes a {next(value.type_name() for value in values if isinstance(value, Foreign))}"
        if name.rpartition(".")[2] in _ASKED:
            hedge(it, question)
        else:
            may_raise(it, "", question)
    unknown = _unknown(it, f"`{name}` of these arguments")
    return _shaped(unknown, args, kwargs) if name in _SHAPED else unknown


_ASKED = frozenset({"prod", "sum", "min", "max", "all", "any", "mean", "amin", "amax"})  # which call a method, with arguments of their own
_PYTHON_S = frozenset(f"ndarray.{name}" for name in ("item", "tolist", "__int__", "__float__", "__index__"))
_SHAPED = frozenset({"numpy.zeros", "numpy.ones", "numpy.empty"})


def _shaped(unknown: Unknown, args: list[Any], kwargs: dict[str, Any]) -> Unknown:
    """An array of several axes, by the sizes that it is made with."""
    given = {**dict(zip(("shape", "dtype"), args, strict=False)), **kwargs}
    sizes, dtype = given.get("shape"), given.get("dtype", "float64")
    if not isinstance(sizes, list | tuple) or not all(type(size) is int and size >= 0 for size in sizes):
        return unknown
    name = {"float": "float64", "int": "int64"}.get(dtype, dtype) if isinstance(dtype, str) else "unknown"
    return UnknownArray(unknown.reason, tuple(sizes), name)


def _type(value: Any) -> Any:
    """A dtype by its name; a number as Python's own."""
    if value.__class__ in FIXED:
        return plain(value)
    if isinstance(value, ClassValue) and value.python in (int, float, bool):
        return value.name
    return value.name.rpartition(".")[2] if isinstance(value, Named) else value
