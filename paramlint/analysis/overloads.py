"""Whether a framework's compiled functions take the arguments of a call: by the signatures that its own parser of arguments tries in turn."""

from __future__ import annotations

import math
from collections.abc import Callable, Container, Iterable
from typing import TYPE_CHECKING, Any

from paramlint.analysis.devices import Device
from paramlint.analysis.numbers import Numbers, ScalarType
from paramlint.analysis.tensors import Named, TensorValue
from paramlint.core.tensor import DTYPE_BYTES
from paramlint.core.unknown import Unknown, UnknownArray
from paramlint.interpreter.fixed_width import FIXED
from paramlint.interpreter.library_names import hedge
from paramlint.interpreter.operators import type_name
from paramlint.interpreter.values import ClassValue, Instance
from paramlint.schema import overloads
from paramlint.schema.framework import ArgumentParser, Framework
from paramlint.schema.overloads import Overload, Parameter

if TYPE_CHECKING:
    from paramlint.interpreter.machine import Interpreter

# Python's own values: of any other it is not known what the parser makes of it.
_PLAIN = (bool, int, float, complex, str, bytes, list, tuple, dict, set, frozenset, range, slice, type(None))
_NUMBERS = ("float", "int", "bool", "complex")  # Python's classes that stand for types of numbers
_WORD = 1 << 63
_WRITTEN = frozenset({"any", "flag", "number"})  # parameters of functions that Python code defines
_NO_FLAGS = (TensorValue, Numbers, UnknownArray, str, list, tuple, dict, set, complex)
_NO_NUMBERS = (TensorValue, Numbers, UnknownArray, str, dict, set, complex)

Fits = bool | None  # None: not known


def require(it: Interpreter, framework: Framework | None, name: str, args: list[Any], kwargs: dict[str, Any]) -> bool:
    """Raise in the analysed code what the parser raises where no signature fits. Whether the signatures are recorded."""
    known = overloads.of(framework, name) if framework is not None and framework.parser is not None else ()
    if framework is None or framework.parser is None or not known:
        return False
    owner, _, last = name.rpartition(".")
    if owner in framework.tensor:
        if not args or not isinstance(args[0], TensorValue):
            return False
        args = args[1:]
    for value in args:
        if type(value) is int and abs(value) >= _WORD:
            hedge(it, f"{last}() takes a number as large as that")
    check = _Check(it, framework.parser, last in framework.parser.operands, framework.memory_formats)
    if not any(check.takes(overload, args, kwargs) is not False for overload in known):
        it.library_throw("TypeError", f"{last}() does not take such arguments")
    return True


def are_odd(framework: Framework, name: str, values: list[Any]) -> bool:
    """Whether a function that Python code defines may meet an argument in many ways, so that it is not known what it raises."""
    parser = framework.parser
    if parser is None:
        return False
    known = overloads.of(framework, name)
    if any(type(value) is int and abs(value) >= _WORD for value in values):
        return True
    compiled = any(parameter.kind not in _WRITTEN for one in known for parameter in one.parameters[:1])
    functional = name.startswith(f"{parser.functions}.")
    if compiled or not (known or functional):
        return False
    tensors = [isinstance(value, TensorValue) for value in values]
    if len(values) < 2 and overloads.of(framework, f"{framework.name}.{name.rpartition('.')[2]}"):  # which is called first
        return False
    return tensors[:1] != [True] or (any(word in name for word in parser.sized) and any(tensors[1:])) or any(
        not isinstance(value, TensorValue | bool | int | float | str | list | tuple | None) or value.__class__ in FIXED
        or (isinstance(value, float) and not math.isfinite(value) and functional)
        or (isinstance(value, list | tuple) and any(isinstance(item, TensorValue) for item in value)) for value in values) or any(
        parameter.name in parser.tensors and not isinstance(value, TensorValue | None)
        for one in known for parameter, value in zip(one.parameters, values, strict=False))


class _Check:
    """One call of a function."""

    def __init__(self, it: Interpreter, parser: ArgumentParser, operand: bool, formats: Container[str]) -> None:
        self.it = it
        self.parser = parser
        self.formats = formats  # constants that stand here as texts
        self.operand = operand  # whether numbers stand for tensors

    def takes(self, overload: Overload, args: list[Any], kwargs: dict[str, Any]) -> Fits:
        parameters, positional, spread = overload
        if spread and args and (len(args) > 1 or not isinstance(args[0], list | tuple)):
            first = self.fits(parameters[0], args[0])
            if first is not True and (found := self.integers(args)) is not False:
                return self.bound(parameters, [args[0]], kwargs, found)
        return False if len(args) > positional else self.bound(parameters, args, kwargs)

    def bound(self, parameters: tuple[Parameter, ...], args: list[Any], kwargs: dict[str, Any], *first: Fits) -> Fits:
        """Whether each parameter gets what it takes; ``first`` is the answer for the first where it has been asked for."""
        result: Fits = True
        used = 0
        for at, parameter in enumerate(parameters):
            if at < len(args):
                fits = first[0] if at == 0 and first else self.fits(parameter, args[at])
            elif kwargs and (key := self.keyword(parameter, kwargs)):
                used += 1
                fits = self.fits(parameter, kwargs[key])
            else:
                fits = parameter.optional
            if fits is False:
                return False
            result = None if fits is None else result
        return result if used == len(kwargs) else False

    def keyword(self, parameter: Parameter, kwargs: dict[str, Any]) -> str:
        """The keyword that names a parameter, for compiled functions also as numpy calls it."""
        if parameter.name in kwargs:
            return parameter.name
        return "" if parameter.kind in _WRITTEN else next((key for key in kwargs if self.parser.numpy_names.get(key) == parameter.name), "")

    def fits(self, parameter: Parameter, value: Any) -> Fits:
        """Whether a parameter takes a value."""
        if parameter.kind in _WRITTEN:
            self.written(parameter, value)
            return None
        if isinstance(value, Instance):
            if value.cls.module == "builtins" and value.cls.name == "object":
                return False
            if value.payload is None or value.payload.__class__ not in (int, float, str, list, tuple):
                return None
            value = value.payload
        if isinstance(value, Unknown) and not isinstance(value, UnknownArray):
            return None
        if value is None and parameter.takes_none:
            return True
        rule = _RULES.get(parameter.kind)
        return None if rule is None else rule(self, parameter, value)

    def written(self, parameter: Parameter, value: Any) -> None:
        """What Python code makes of a value of another kind than its default is not known."""
        if (parameter.kind == "flag" and isinstance(value, _NO_FLAGS)) or (parameter.kind == "number" and isinstance(value, _NO_NUMBERS)):
            hedge(self.it, f"`{parameter.name}` may be a {type_name(value)}")

    def tensor(self, parameter: Parameter, value: Any) -> Fits:
        if isinstance(value, TensorValue):
            return True
        return _number(value) if self.operand else _otherwise(value)

    def tensors(self, parameter: Parameter, value: Any) -> Fits:
        if not isinstance(value, list | tuple):
            return False if isinstance(value, TensorValue) else _otherwise(value)
        if self.is_open(value):
            return None
        return _all(True if isinstance(item, TensorValue) else None if isinstance(item, Unknown | Instance) else _otherwise(item) for item in value)

    def sizes(self, parameter: Parameter, value: Any) -> Fits:
        if isinstance(value, list | tuple):
            return None if self.is_open(value) else self.integers(value)
        if isinstance(value, TensorValue) and not parameter.size:
            return False
        return _index(value, True) if parameter.size else _otherwise(value)

    def integers(self, values: Iterable[Any]) -> Fits:
        """Whether these can be the elements of a list of sizes; of the first alone the class is looked at."""
        return _all(_index(value, at == 0) for at, value in enumerate(values))

    def numbers(self, parameter: Parameter, value: Any) -> Fits:
        if not isinstance(value, list | tuple):
            return False if isinstance(value, TensorValue) else _otherwise(value)
        return None if self.is_open(value) or (value and not isinstance(value[0], str | list | dict | None)) else not value

    def is_open(self, value: Any) -> bool:
        """Whether a list may have other elements than it shows."""
        return isinstance(value, list) and (self.it.state.open_reason(value) is not None or bool(self.it.rows and id(value) in self.it.rows))


def _all(found: Iterable[Fits]) -> Fits:
    result: Fits = True
    for one in found:
        if one is False:
            return False
        result = None if one is None else result
    return result


def _otherwise(value: Any) -> Fits:
    """What is said of a value that is none of those that a parameter takes."""
    if isinstance(value, ClassValue):
        return False if value.module == "builtins" else None
    return False if isinstance(value, (*_PLAIN, Named, Device, Numbers, UnknownArray)) else None


def _scalar_kind(value: Any) -> str | None:
    """The type of a number of numpy; None for anything else."""
    return value.dtype if isinstance(value, UnknownArray) and value.sizes == () else None


def _number(value: Any) -> Fits:
    if isinstance(value, int | float | complex):
        return True
    kind = _scalar_kind(value)
    return _otherwise(value) if kind is None else True if kind in DTYPE_BYTES else None


def _integer(value: Any) -> Fits:
    """A whole number that is no truth value, or a tensor that holds one."""
    if isinstance(value, int):
        return not isinstance(value, bool)
    if isinstance(value, TensorValue):
        return _single(value) if value.tensor.dtype.startswith(("int", "uint")) else None if value.tensor.dtype == "unknown" else False
    kind = _scalar_kind(value)
    if kind is not None:
        return True if kind.startswith(("int", "uint")) else False if kind in DTYPE_BYTES else None
    return _otherwise(value)


def _single(value: TensorValue) -> Fits:
    """Whether a tensor stands for a number: it has no axes, and needs no gradient."""
    shape = value.tensor.shape
    if isinstance(shape, Unknown):
        return None
    if len(shape) > 0 or value.is_parameter:
        return False
    return None if value.derived is not False or value.state.get("requires_grad") else True


def _index(value: Any, first: bool) -> Fits:
    """What gives its number where an index is asked for. The first must not be a truth value."""
    if isinstance(value, int):
        return not (first and isinstance(value, bool))
    if isinstance(value, TensorValue):
        dtype, shape = value.tensor.dtype, value.tensor.shape
        empty = not isinstance(shape, Unknown) and any(size.__class__ is int and size == 0 for size in shape)
        return False if empty or dtype.startswith(("float", "bfloat", "complex")) else None
    if isinstance(value, Numbers):
        return None if value.scalar else False
    return _integer(value)


def _real(value: Any, *, imaginary: bool) -> Fits:
    if isinstance(value, int | float):
        return True
    if isinstance(value, complex):
        return imaginary
    if isinstance(value, TensorValue):
        return _single(value)
    return _number(value)


def _type(value: Any) -> Fits:
    if isinstance(value, ClassValue):
        return value.module == "builtins" and value.name in _NUMBERS if value.python is not None else None
    if isinstance(value, Named):
        return False if isinstance(value, ScalarType) else value.name.rpartition(".")[2] in DTYPE_BYTES or None
    return False if isinstance(value, TensorValue) else _otherwise(value)


def _named(value: Any) -> Fits:
    """Layouts and orders of axes in memory are constants of the framework."""
    if isinstance(value, Named):
        return False if value.name.rpartition(".")[2] in DTYPE_BYTES else None
    return False if isinstance(value, TensorValue) else _otherwise(value)


def _device(value: Any) -> Fits:
    if isinstance(value, str | Device):
        return True
    return False if isinstance(value, TensorValue) else _integer(value)


def _of(kind: type, value: Any) -> Fits:
    return True if isinstance(value, kind) else False if isinstance(value, TensorValue) else _otherwise(value)


_RULES: dict[str, Callable[[_Check, Parameter, Any], Fits]] = {
    "Tensor": _Check.tensor,
    "TensorList": _Check.tensors,
    "IntArrayRef": _Check.sizes,
    "SymIntArrayRef": _Check.sizes,
    "ArrayRef<double>": _Check.numbers,
    "ScalarList": _Check.numbers,
    "Scalar": lambda check, parameter, value: _real(value, imaginary=True),
    "double": lambda check, parameter, value: _real(value, imaginary=False),
    "int64_t": lambda check, parameter, value: _integer(value),
    "SymInt": lambda check, parameter, value: _index(value, True),
    "bool": lambda check, parameter, value: _of(bool, value),
    "ScalarType": lambda check, parameter, value: _type(value),
    "Layout": lambda check, parameter, value: _named(value),
    "MemoryFormat": lambda check, parameter, value: None if isinstance(value, str) and value in check.formats else _named(value),
    "Device": lambda check, parameter, value: _device(value),
    "Generator": lambda check, parameter, value: False if isinstance(value, TensorValue) else _otherwise(value),
    "c10::string_view": lambda check, parameter, value: _of(str, value),
    "std::string_view": lambda check, parameter, value: _of(str, value),
}
