"""Objects without consequence whose classes look at what they are given: initializers, regularizers, constraints, generators of seeds."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

from paramlint.analysis import word_signatures
from paramlint.analysis.effects import Inert
from paramlint.analysis.numbers import Numbers
from paramlint.core.dims import Formula
from paramlint.core.unknown import Unknown, UnknownArray
from paramlint.frameworks import REGISTRY
from paramlint.interpreter.escape import callbacks
from paramlint.interpreter.library_names import may_raise
from paramlint.interpreter.operators import type_name
from paramlint.interpreter.values import ClassValue, Either, FunctionValue
from paramlint.schema.framework import Framework

if TYPE_CHECKING:
    from paramlint.interpreter.machine import Interpreter

_TEXT_OR_NOTHING = (str, bytes, dict, set, type(None))
_PLAIN = (bool, int, float, complex, list, tuple, *_TEXT_OR_NOTHING)


class Made(Inert):
    """Such an object, whose name is that of its class with "()" behind."""

    __slots__ = ()

    def get(self, it: Interpreter, name: str) -> Any:
        found = super().get(it, name)
        return Inert(found.name, found.held) if found.__class__ is Made else found

    def call(self, it: Interpreter, args: list[Any], kwargs: dict[str, Any]) -> Any:
        if len(args) == 1 and not kwargs and isinstance(args[0], FunctionValue | ClassValue):  # a decorator
            return args[0]
        callbacks(it, (*args, *kwargs.values()), f"`{self.name}` may call what it is given")
        may_raise(it, "", f"`{self.name}` takes such arguments")
        shape = args[0] if args else kwargs.get("shape")
        framework = REGISTRY.framework_of(self.name)
        if framework is not None and ".initializers." in self.name and isinstance(shape, list | tuple) and _sizes(shape):
            return it.call(it.library_attribute(f"{framework.name}.random", "normal"), [tuple(shape)], {})
        return Inert(f"{self.name}()", self.held)


def _sizes(shape: list[Any] | tuple[Any, ...]) -> bool:
    return all(isinstance(size, int) and size >= 0 for size in shape)


def make(framework: Framework, it: Interpreter, name: str, args: list[Any], kwargs: dict[str, Any]) -> Any:
    """An object of a class of the framework. Raises in the analysed code where the class refuses an argument."""
    signature = framework.plain_objects[name]
    rules, given = word_signatures.rules(signature), word_signatures.bound(it, name, signature, args, kwargs)
    for parameter, value in given.items():
        if isinstance(value, _PLAIN):
            _require(it, name, parameter, rules[parameter], value)
        elif not _takes_objects(name, rules[parameter], value):
            it.limit(f"`{name}` with a {type_name(value)} as `{parameter}`, which is not modelled")
        else:
            callbacks(it, [value], f"`{name}` may call what it is given")
            may_raise(it, "", f"`{name}` takes such a `{parameter}`")
    low, high = (given.get(word, usual) for word, usual in (("minval", -0.05), ("maxval", 0.05)))
    if isinstance(low, int | float) and isinstance(high, int | float) and ("minval" in rules and low > high):
        it.limit(f"`{name}` between {low} and {high}, which is not modelled")
    return Made(f"{name}()", tuple(value for value in (*args, *kwargs.values()) if not isinstance(value, _PLAIN)))


def _takes_objects(name: str, rule: str, value: Any) -> bool:
    """Whether a parameter may take what is no plain value: an object that makes seeds, numbers in an array, what is not known."""
    if isinstance(value, Unknown | Either | Formula) and not isinstance(value, UnknownArray):
        return True
    if rule == "seed":
        return isinstance(value, Inert) and value.name.endswith("SeedGenerator()")
    return rule in ("", "object") or (isinstance(value, UnknownArray | Numbers) and name.endswith((".Constant", ".constant")))


def _require(it: Interpreter, name: str, parameter: str, rule: str, value: Any) -> None:
    """Refuse a plain value that a rule excludes; where it is refused later, or not for sure, the count ends."""
    number = isinstance(value, int | float) and rule not in ("object", "text") and not (rule == "spread" and value < 0)
    if rule in (">0", ">=0") and number:
        if math.isnan(value) or value < 0 or (rule == ">0" and value == 0) or (rule == ">=0" and math.isinf(value)):
            it.library_throw("ValueError", f"`{parameter}` of `{name}` must be positive, got {value!r}")
    elif rule == ">=0" and value is not None:
        it.library_throw("ValueError", f"`{parameter}` of `{name}` must be a number, got {value!r}")
    elif rule == "seed" and not (value is None or isinstance(value, int | dict)):
        it.library_throw("ValueError", f"`{parameter}` of `{name}` must be an integer, got {value!r}")
    elif "|" in rule and isinstance(value, str) and value not in rule.split("|"):
        it.library_throw("ValueError", f"`{name}` does not know the {parameter} {value!r}")
    elif not (number or not rule or _taken(rule, value)):
        it.limit(f"`{name}` with the `{parameter}` {value!r}, which is not modelled")


def _taken(rule: str, value: Any) -> bool:
    """Whether a value that is no number is one of those that a rule allows."""
    if rule == "text":
        return isinstance(value, str)
    if rule == "object":
        return value is None
    if rule == "axis":
        return isinstance(value, list | tuple | None)
    return (rule == "seed" and value is None) or ("|" in rule and isinstance(value, str))
