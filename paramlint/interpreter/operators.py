"""Operators, and whether a value is true."""

from __future__ import annotations

import operator
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from paramlint.core.dims import Formula, Quotient
from paramlint.core.unknown import Unknown, Why
from paramlint.interpreter import generic_types
from paramlint.interpreter.binding import bind
from paramlint.interpreter.held import loose, reach
from paramlint.interpreter.operands import CONTAINERS, SCALARS, answers_itself, payload_of, with_view
from paramlint.interpreter.unanswered import may_fail
from paramlint.interpreter.values import ABSENT, BoundMethod, ClassValue, Either, Foreign, FunctionValue, GeneratorValue, Instance, Native

if TYPE_CHECKING:
    from paramlint.interpreter.machine import Interpreter

_DIVIDING = frozenset({"/", "//", "%"})
BINARY: dict[str, tuple[Callable[[Any, Any], Any], str]] = {
    "+": (operator.add, "add"), "-": (operator.sub, "sub"), "*": (operator.mul, "mul"), "/": (operator.truediv, "truediv"),
    "//": (operator.floordiv, "floordiv"), "%": (operator.mod, "mod"), "**": (operator.pow, "pow"), "@": (operator.matmul, "matmul"),
    "<<": (operator.lshift, "lshift"), ">>": (operator.rshift, "rshift"), "&": (operator.and_, "and"), "|": (operator.or_, "or"),
    "^": (operator.xor, "xor"),
}
_UNARY: dict[str, tuple[Callable[[Any], Any], str]] = {"-": (operator.neg, "neg"), "+": (operator.pos, "pos"), "~": (operator.invert, "invert")}


def truth(it: Interpreter, value: Any) -> Any:
    """True, False, or an Unknown."""
    if value.__class__ is bool:
        return value
    if isinstance(value, SCALARS):
        return bool(value)
    if isinstance(value, CONTAINERS):
        if isinstance(value, list | dict | set):
            if not value:
                it.registries.fill(it, value)
            reason = it.state.open_reason(value)
            if reason is not None and not (isinstance(value, dict) and any(map(certain, value.values()))):
                return Unknown(reason)
        return len(value) > 0
    if isinstance(value, Unknown):
        return value
    if isinstance(value, Formula | Quotient):
        return it.unknown(Why.ARGUMENT, f"depends on `{value}`")
    if isinstance(value, Either):
        found = [truth(it, v) for v in value.alternatives if v is not ABSENT]
        return found[0] if all(v is found[0] for v in found) else Unknown(value.reason)
    if isinstance(value, Instance):
        return _instance_truth(it, value)
    if isinstance(value, Foreign):
        found = value.truth(it)
        return True if found is NotImplemented else found
    return True


def certain(value: Any) -> bool:
    """Whether an entry of a dict that is open is surely there."""
    return not (isinstance(value, Unknown) or (isinstance(value, Either) and ABSENT in value.alternatives))


def _instance_truth(it: Interpreter, value: Instance) -> Any:
    if value.cls.find("__bool__") is not ABSENT:
        found = special(it, value, "__bool__")
        if not isinstance(found, bool | Unknown | Either | Formula | Foreign):
            it.throw("TypeError", f"__bool__ should return bool, returned {type_name(found)}")
        return truth(it, found)
    if value.cls.find("__len__") is not ABSENT:
        found = special(it, value, "__len__")
        found = found.payload if isinstance(found, Instance) else found
        if isinstance(found, int) and found < 0:
            it.throw("ValueError", "__len__() should return >= 0")
        if not isinstance(found, int | Unknown | Either | Formula | Foreign):
            it.throw("TypeError", f"'{type_name(found)}' object cannot be interpreted as an integer")
        return truth(it, found)
    if value.payload is not None and isinstance(value.payload, SCALARS + CONTAINERS):
        return truth(it, value.payload)
    return True


def special(it: Interpreter, value: Any, name: str, *args: Any) -> Any:
    """Call a special method, which is looked up in the class, whatever the object itself has under its name."""
    cls = value.cls if isinstance(value, Instance) else value.metaclass
    return it.call(bind(it, cls.find(name), value, cls), list(args))


def method_of(value: Any, name: str) -> Any:
    """The special method of an object, or of a class by its metaclass; ABSENT where there is none."""
    cls = value.cls if isinstance(value, Instance) else value.metaclass if isinstance(value, ClassValue) else None
    return ABSENT if cls is None else cls.find(name)


def unary(it: Interpreter, op: str, value: Any) -> Any:
    if op == "not":
        found = truth(it, value)
        return found if isinstance(found, Unknown) else not found
    function, name = _UNARY[op]
    if isinstance(value, Unknown):
        return value
    if isinstance(value, Either):
        return it.each(value, lambda item: unary(it, op, item))
    if isinstance(value, Quotient):
        return value.scaled(-1) if op == "-" else value
    if isinstance(value, Foreign):
        found = value.unary(it, op)
        if found is not NotImplemented:
            return found
    if isinstance(value, Instance):
        method = value.cls.find(f"__{name}__")
        if method is not ABSENT:
            return special(it, value, f"__{name}__")
        if value.payload is None:
            return it.throw("TypeError", f"bad operand type for unary {op}: '{value.cls.name}'")
        value = value.payload
    try:
        return function(value)
    except TypeError:
        return it.throw("TypeError", f"bad operand type for unary {op}: '{type_name(value)}'")


def binary(it: Interpreter, op: str, left: Any, right: Any) -> Any:
    if isinstance(left, SCALARS) and isinstance(right, SCALARS):
        return native(it, op, left, right)
    if op == "|" and left.__class__ is ClassValue and right.__class__ is ClassValue and left.metaclass is None and right.metaclass is None:
        return generic_types.union_of_classes(it, left, right)
    if isinstance(left, Foreign) or isinstance(right, Foreign):
        found = _foreign(it, op, left, right)
        if found is not NotImplemented:
            return found
    if isinstance(left, Instance | ClassValue) or isinstance(right, Instance | ClassValue):
        for unknown in (left, right):
            if isinstance(unknown, Unknown):
                it.given(unknown, left, right)
        found = by_methods(it, BINARY[op][1], left, right)
        if found is not NotImplemented:
            return found
        if op == "|":
            from paramlint.interpreter.constructors import union

            found = union(it, left, right)
            if found is not NotImplemented:
                return found
        shown = (left, right)
        left = operand(it, left, op, right)
        right = right if op == "%" and isinstance(left, str) else operand(it, right, op, left)  # a text is made of the object itself
        concrete = not any(isinstance(value, Unknown | Either | Formula | Quotient) for value in (left, right))
        if concrete and any(isinstance(value, Instance) for value in shown):
            return native(it, op, left, right, shown)
    if isinstance(left, Unknown) or isinstance(right, Unknown):
        unknown = left if isinstance(left, Unknown) else right
        if op == "@":
            it.skipped(unknown.reason, (left, right))
        it.given(unknown, left, right)
        may_fail(it, unknown, "TypeError", *(("ZeroDivisionError",) if op in _DIVIDING and isinstance(right, Unknown) else ()))
        return unknown
    if isinstance(left, Either):
        return it.each(left, lambda item: binary(it, op, item, right))
    if isinstance(right, Either):
        return it.each(right, lambda item: binary(it, op, left, item))
    if isinstance(left, Formula | Quotient) or isinstance(right, Formula | Quotient):
        found = _symbolic(it, op, left, right)
        if found is not NotImplemented:
            return found
    if op == "|":
        found = generic_types.union(it, left, right)
        if found is not NotImplemented:
            return found
    return native(it, op, left, right)


def operand(it: Interpreter, value: Any, op: str, other: Any) -> Any:
    """What stands for an object where the operator is Python's own: what is behind it, or the number that it counts as for a sequence."""
    if not isinstance(value, Instance):
        return value
    if value.payload is not None:
        return payload_of(value)
    if op == "*" and isinstance(other, str | bytes | list | tuple) and value.cls.find("__index__") is not ABSENT:
        return special(it, value, "__index__")
    return value


def native(it: Interpreter, op: str, left: Any, right: Any, shown: tuple[Any, Any] | None = None) -> Any:
    """What Python's own operator gives; ``shown`` are the objects that stand in the text of an error."""
    it.charge(1)
    check_size(it, op, left, right)
    if isinstance(left, str | bytes) and op == "%":
        from paramlint.interpreter import texts

        if isinstance(left, str):
            return texts.percent(it, left, right)
        texts.check_octets(it, left, right)
    try:
        result = BINARY[op][0](left, right)
    except ZeroDivisionError as error:
        return it.throw("ZeroDivisionError", str(error))
    except OverflowError as error:
        return it.throw("OverflowError", str(error))
    except ValueError as error:
        return it.throw("ValueError", str(error))
    except TypeError:
        found = with_view(it, op, *(shown or (left, right)), BINARY[op][0])
        return it.throw("TypeError", _refusal(op, *(shown or (left, right)))) if found is NotImplemented else found
    if isinstance(result, list | dict | set):
        return _opened_as(it, it.made(result), left, right)
    return it.computed(result) if isinstance(result, _COMPUTED) else result


_COMPUTED = (str, bytes, tuple, frozenset)


def _refusal(op: str, left: Any, right: Any) -> Any:
    """CPython's text about operands that do not go together."""
    names = f"'{type_name(left)}' and '{type_name(right)}'"
    if op == "+" and isinstance(left, str | list | tuple):
        kind = type(left).__name__
        return f'can only concatenate {kind} (not "{type_name(right)}") to {kind}'
    if op == "+" and isinstance(left, bytes):
        return f"can't concat {type_name(right)} to bytes"
    if op == "*" and (isinstance(left, str | bytes | list | tuple) or isinstance(right, str | bytes | list | tuple)):
        other = right if isinstance(left, str | bytes | list | tuple) else left
        return f"can't multiply sequence by non-int of type '{type_name(other)}'"
    sign = "** or pow()" if op == "**" else op
    return f"unsupported operand type(s) for {sign}: {names}"


def _opened_as(it: Interpreter, result: Any, left: Any, right: Any) -> Any:
    """A container made of others is open where one of them is; an open dict on the right may overwrite any entry."""
    open_ = [entry for side in (left, right) if (entry := it.state.open.get(id(side))) is not None and entry.container is side]
    if open_:
        reason = open_[0].reason
        fixed = it.state.fixed(left) if isinstance(left, list) else None
        if fixed is None and isinstance(left, list) and isinstance(right, list):
            fixed = len(left) + (it.state.fixed(right) or 0)
        it.state.mark_open(result, reason, fixed, reach([entry.held for entry in open_]))
        if isinstance(result, dict) and it.state.open_reason(right) is not None:
            for key in result:
                result[key] = loose(reason, (result[key], left.get(key)))
    return result


def check_size(it: Interpreter, op: str, left: Any, right: Any) -> None:
    """Limits come before the operation that would use the memory."""
    limits = it.limits
    if op == "*":
        for sequence, count in ((left, right), (right, left)):
            if isinstance(sequence, str | bytes) and isinstance(count, int) and len(sequence) * count > limits.text:
                it.limit(f"a string of {len(sequence) * count:,} characters")
            if isinstance(sequence, list | tuple) and isinstance(count, int) and len(sequence) * count > limits.items:
                it.limit(f"a sequence of {len(sequence) * count:,} elements")
    if isinstance(left, int) and isinstance(right, int):
        bits = 0
        if op == "*":
            bits = left.bit_length() + right.bit_length()
        elif op == "**":
            bits = left.bit_length() * max(right, 0) if abs(left) > 1 else 0
        elif op == "<<":
            bits = left.bit_length() + max(right, 0)
        if bits > limits.digits:
            it.limit(f"an integer of about {bits:,} bits")
    elif op == "+" and isinstance(left, str | bytes) and isinstance(right, str | bytes) and len(left) + len(right) > limits.text:
        it.limit(f"a string of {len(left) + len(right):,} characters")
    elif op == "+" and isinstance(left, list | tuple) and isinstance(right, list | tuple) and len(left) + len(right) > limits.items:
        it.limit(f"a sequence of {len(left) + len(right):,} elements")


def _foreign(it: Interpreter, op: str, left: Any, right: Any) -> Any:
    if isinstance(left, Foreign):
        found = left.binary(it, op, right, False)
        if found is not NotImplemented:
            return found
    if isinstance(right, Foreign):
        return right.binary(it, op, left, True)
    return NotImplemented


def by_methods(it: Interpreter, name: str, left: Any, right: Any) -> Any:
    """What the methods of the operands give: ``__add__`` of the left one, ``__radd__`` of the right one; NotImplemented where there is none."""
    forward = method_of(left, f"__{name}__")
    reflected = method_of(right, f"__r{name}__")
    if reflected is not ABSENT and comes_first(it, left, right, f"__r{name}__", reflected):
        found = special(it, right, f"__r{name}__", left)
        if found is not NotImplemented:
            return found
        reflected = ABSENT
    if forward is not ABSENT:
        found = special(it, left, f"__{name}__", right)
        if found is not NotImplemented:
            return found
    elif reflected is not ABSENT and answers_itself(left, f"__{name}__", right):
        return NotImplemented
    if reflected is not ABSENT and not (isinstance(left, Instance) and left.cls is right.cls and left.payload is None):
        return special(it, right, f"__r{name}__", left)
    return NotImplemented


def comes_first(it: Interpreter, left: Any, right: Any, name: str, reflected: Any) -> bool:
    """Whether the right operand is asked first: it is of a subclass that has its own reflected method."""
    cls = it.class_of(left)
    own = right.cls if isinstance(right, Instance) else right.metaclass
    return isinstance(cls, ClassValue) and cls is not own and cls in own.mro and cls.find(name) is not reflected


def _symbolic(it: Interpreter, op: str, left: Any, right: Any) -> Any:
    numbers = (int, float, Formula, Quotient)
    if not (isinstance(left, numbers) and isinstance(right, numbers)):
        if op in "*+" and (isinstance(left, list | tuple | str) or isinstance(right, list | tuple | str)):
            return it.unknown(Why.ARGUMENT, f"a length that depends on `{left if isinstance(left, Formula) else right}`")
        return it.unknown(Why.ARGUMENT, "an argument that is not known")
    whole = (int, Formula)
    if op in ("+", "-", "*", "//", "%", "**") and isinstance(left, whole) and isinstance(right, whole):
        if op in ("//", "%") and right == 0 and isinstance(right, int):
            it.throw("ZeroDivisionError", "integer division or modulo by zero")
        return BINARY[op][0](left, right)
    if op == "*" and isinstance(left, float | int):
        left, right = right, left
    if op in "*/" and isinstance(right, int | float) and right == right and abs(right) != float("inf"):
        if right == 0 and op == "/":
            it.throw("ZeroDivisionError", "division by zero")
        if right == 0:
            return 0.0
        quotient = Quotient(left, Quotient.ONE) if isinstance(left, Formula) else left
        return quotient.scaled(right) if op == "*" else quotient.divided(right)
    return it.unknown(Why.ARGUMENT, f"`{left} {op} {right}` is not followed")


# Classes whose names have their module with them.
_NAMED_WHOLE = {"deque": "collections", "defaultdict": "collections", "OrderedDict": "collections", "Decimal": "decimal", "partial": "functools",
                "SimpleNamespace": "types"}


def type_name(value: Any) -> str:
    if value is None:
        return "NoneType"
    if isinstance(value, Instance):
        whole = value.cls.name in _NAMED_WHOLE and (value.cls.module in (_NAMED_WHOLE[value.cls.name], "builtins") and value.cls.site is None)
        return f"{_NAMED_WHOLE[value.cls.name]}.{value.cls.name}" if whole else value.cls.name
    if isinstance(value, ClassValue):
        return "type"
    if isinstance(value, FunctionValue):
        return "function"
    if isinstance(value, Native):
        return "builtin_function_or_method"
    if isinstance(value, BoundMethod):
        return "method"
    if value.__class__.__name__ in ("Property", "StaticMethod", "ClassMethod", "ModuleValue", "Super"):
        return str(value.__class__.__name__.lower().removesuffix("value"))
    if isinstance(value, GeneratorValue):
        return str(value.kind)
    if isinstance(value, Foreign):
        return value.type_name()
    return type(value).__name__
