"""Methods of values that are Python's own objects."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from paramlint.core.dims import Formula, Quotient
from paramlint.core.unknown import Unknown, Why
from paramlint.interpreter import (
    comparison,
    containers,
    iteration,
    methods_dict,
    methods_list,
    methods_numbers,
    methods_set,
    methods_text,
    operators,
    texts,
)
from paramlint.interpreter.constructors import forget_values
from paramlint.interpreter.fixed_width import float64
from paramlint.interpreter.handed import obscure, through
from paramlint.interpreter.in_place import in_place
from paramlint.interpreter.iteration import is_error
from paramlint.interpreter.natives import call_each, call_guarded, raw
from paramlint.interpreter.signals import Raised
from paramlint.interpreter.values import ABSENT, ClassMethod, ClassValue, Either, GeneratorValue, Instance, Native, StaticMethod
from paramlint.interpreter.watched import METHODS as WATCHED

if TYPE_CHECKING:
    from paramlint.interpreter.machine import Interpreter

# By type: name → function of the interpreter, the value and the arguments.
_RAW: dict[type, dict[str, Any]] = {
    list: methods_list.LIST, tuple: methods_list.TUPLE, dict: methods_dict.DICT, set: methods_set.SET, frozenset: methods_set.FROZEN,
    str: methods_text.AS_THEY_ARE,
    type({}.keys()): methods_dict.VIEW, type({}.values()): methods_dict.VIEW, type({}.items()): methods_dict.VIEW, **WATCHED,
}
_PURE: dict[type, dict[str, Any]] = {
    str: methods_text.STR, bytes: methods_text.BYTES, int: methods_numbers.INT, bool: methods_numbers.INT, float: methods_numbers.FLOAT,
    complex: methods_numbers.FLOAT, range: methods_list.RANGE,
}
_VALUES = {
    int: ("real", "imag", "numerator", "denominator"), bool: ("real", "imag", "numerator", "denominator"), float: ("real", "imag"),
    complex: ("real", "imag"), range: ("start", "stop", "step"), slice: ("start", "stop", "step"),
}


def find(it: Interpreter, value: Any, name: str) -> Any:
    """The method or attribute of a value that is Python's own, bound; ABSENT where it has none."""
    kind = value.__class__ if value.__class__ is not float64 else float
    function: Any = _RAW.get(kind, {}).get(name)
    if function is not None:
        method = Native(name, lambda it, args, kwargs: call_guarded(it, function, [value, *args], kwargs))
        if name in _CHANGING:
            method.attrs["__self__"] = value
        return method
    function = _PURE.get(kind, {}).get(name)
    if function is not None:
        return Native(name, lambda it, args, kwargs: call_each(it, function, [value, *args], kwargs))
    if name in _VALUES.get(kind, ()):
        return getattr(value, name)
    if kind is GeneratorValue:
        return _of_generator(it, value, name)
    if kind is StaticMethod or kind is ClassMethod:
        return value.func if name in ("__func__", "__wrapped__") else ABSENT if name == "__class__" else it.get_or(value.func, name, ABSENT)
    return _special(it, value, name)


# Methods that change a list, dict or set; the first group only adds to it.
_ADDING = ("append", "extend", "add", "update", "setdefault")
_CHANGING = (*_ADDING, "insert", "pop", "popitem", "remove", "discard", "clear", "sort", "reverse", "intersection_update", "difference_update",
             "symmetric_difference_update")


def change_unknown(it: Interpreter, value: Any, name: str, args: list[Any], kwargs: dict[str, Any], rest: Unknown) -> None:
    """What a call with arguments that are not known does to the container whose method is called."""
    rest = it.result_of(rest, (*args, *kwargs.values()))
    if name in _ADDING:
        it.call(it.get(value, name), [rest], kwargs if name == "update" else {})
    elif isinstance(value, dict):
        forget_values(it, value, rest.reason)
    else:
        obscure(it, value, rest.reason)


_OF_OURS = ("__class__", "__module__", "__dict__", "__weakref__", "__slots__", "watcher")  # of the classes that stand for Python's own


def _special(it: Interpreter, value: Any, name: str) -> Any:
    kind = type(value)
    if (kind.__module__ != "builtins" and kind not in WATCHED) or name in _OF_OURS or not any(name in vars(base) for base in kind.__mro__):
        return ABSENT
    function = _SPECIAL.get(name)
    if function is not None:
        return Native(name, lambda it, args, kwargs: call_guarded(it, function, [value, *args], kwargs))
    if name == "__doc__":
        return type(value).__doc__
    if name == "__hash__" and type(value).__hash__ is None:
        return None
    if callable(getattr(type(value), name)):
        return Native(name, lambda it, args, kwargs: it.unknown(Why.UNSUPPORTED, f"`{operators.type_name(value)}.{name}`"))
    return it.unknown(Why.UNSUPPORTED, f"`{operators.type_name(value)}.{name}`")


def _or_not_implemented(it: Interpreter, action: Any) -> Any:
    """What a method of a built-in class gives: NotImplemented where it does not know the other operand."""
    try:
        return action()
    except Raised as raised:
        if is_error(it, raised, "TypeError"):
            return NotImplemented
        raise


def _takes(left: Any, right: Any) -> bool:
    """Whether a method of the class of the left value knows what to do with the right one."""
    if isinstance(right, Unknown | Either | Formula | Quotient):
        return True
    return isinstance(right, next((others for kinds, others in _FAMILIES if isinstance(left, kinds)), type(left)))


_SEQUENCES = (str, bytes, list, tuple)


def _operator(op: str, *, reflected: bool = False) -> Any:
    def apply(it: Interpreter, left: Any, right: Any, /) -> Any:
        if isinstance(right, Instance) and right.payload is None:
            return NotImplemented
        right = right.payload if isinstance(right, Instance) else right
        refuse = _VIEWS if op in "&|^-" else _SEQUENCES if op in "+*%" and not (reflected and op == "%") else ()
        if isinstance(left, refuse):  # they refuse others themselves
            return operators.binary(it, op, right, left) if reflected else operators.binary(it, op, left, right)
        if not isinstance(left, _SEQUENCES) and not _takes(left, right):
            return NotImplemented
        return _or_not_implemented(it, lambda: operators.binary(it, op, right, left) if reflected else operators.binary(it, op, left, right))

    return apply


def _augmented(op: str) -> Any:
    def apply(it: Interpreter, left: Any, right: Any, /) -> Any:
        if isinstance(left, list | dict):
            return in_place(it, op, left, right)
        return _or_not_implemented(it, lambda: in_place(it, op, left, right))

    return apply


_VIEWS: tuple[type, ...] = (type({}.keys()), type({}.items()))
# By kind of value: what its comparisons and operators take.
_FAMILIES: tuple[tuple[Any, Any], ...] = (
    (int, int), (float, (int, float)), (complex, (int, float, complex)), (str, str), ((bytes, bytearray), (bytes, bytearray)),
    (list, list), (tuple, tuple), (dict, dict),
    ((set, frozenset), (set, frozenset)), (range, range), (slice, slice), (type(None), type(None)), (_VIEWS, (set, frozenset, *_VIEWS)),
)


def _comparison(op: str) -> Any:
    def apply(it: Interpreter, left: Any, right: Any, /) -> Any:
        right = right.payload if isinstance(right, Instance) and right.payload is not None else right
        return _or_not_implemented(it, lambda: comparison.compare(it, op, left, right)) if _takes(left, right) else NotImplemented

    return apply


def _deleted(it: Interpreter, value: Any, index: Any, /) -> None:
    containers.delete_item(it, value, index)


def _initialised(it: Interpreter, value: Any, /, *args: Any, **kwargs: Any) -> Any:
    init = it.classes[type(value).__name__].find("__init__")
    return it.call(init, [value, *args], kwargs)


_SPECIAL: dict[str, Any] = {
    "__len__": lambda it, value: it.call(it.builtins["len"], [value]),
    "__iter__": lambda it, value: it.call(it.builtins["iter"], [value]),
    "__reversed__": lambda it, value: it.call(it.builtins["reversed"], [value]),
    "__getitem__": lambda it, value, index: containers.get_item(it, value, index),
    "__setitem__": lambda it, value, index, new: containers.set_item(it, value, index, new),
    "__delitem__": _deleted,
    "__contains__": lambda it, value, item: comparison.contains(it, value, item),
    "__str__": lambda it, value: texts.text(it, value),
    "__repr__": lambda it, value: texts.representation(it, value),
    "__format__": lambda it, value, spec: texts.format_value(it, value, None, spec),
    "__hash__": lambda it, value: it.call(it.builtins["hash"], [value]),
    "__bool__": lambda it, value: it.truth(value),
    "__int__": lambda it, value: it.call(it.classes["int"], [value]),
    "__index__": lambda it, value: it.call(it.classes["int"], [value]),
    "__float__": lambda it, value: it.call(it.classes["float"], [value]),
    "__abs__": lambda it, value: it.call(it.builtins["abs"], [value]),
    "__round__": lambda it, value, *digits: it.call(it.builtins["round"], [value, *digits]),
    "__divmod__": lambda it, left, right: it.call(it.builtins["divmod"], [left, right]) if _takes(left, right) else NotImplemented,
    "__neg__": lambda it, value: operators.unary(it, "-", value),
    "__pos__": lambda it, value: operators.unary(it, "+", value),
    "__invert__": lambda it, value: operators.unary(it, "~", value),
    "__init__": _initialised,
    **{f"__{name}__": _operator(op) for op, (_, name) in operators.BINARY.items()},
    **{f"__r{name}__": _operator(op, reflected=True) for op, (_, name) in operators.BINARY.items()},
    **{f"__i{name}__": _augmented(op) for op, (_, name) in operators.BINARY.items()},
    **{f"__{name}__": _comparison(op) for name, op in
       {"eq": "==", "ne": "!=", "lt": "<", "le": "<=", "gt": ">", "ge": ">="}.items()},
}


def unbound(it: Interpreter, cls: ClassValue, name: str) -> Any:
    """The method of a built-in class, to be called with the object first (``str.lower``); ABSENT where it has none."""
    python = next((base.python for base in cls.mro if base.python is not None), None)
    if python is None:
        return _of_object(it, cls, name)
    special = _CLASS_METHODS.get((python, name))
    if special is not None:
        return Native(name, lambda it, args, kwargs: call_each(it, special, [cls, *args], kwargs))
    if not hasattr(python, name) or name in ("__class__", "__dict__", "__bases__", "__mro__"):
        return ABSENT
    if not callable(getattr(python, name)):
        return it.unknown(Why.UNSUPPORTED, f"`{cls.name}.{name}`")
    found = Native(name, lambda it, args, kwargs: _call_unbound(it, cls, python, name, args, kwargs), binds=True)
    found.attrs["__objclass__"] = next(base for base in cls.mro if base.python is python)
    return found


def _call_unbound(it: Interpreter, cls: ClassValue, python: type, name: str, args: list[Any], kwargs: dict[str, Any]) -> Any:
    if not args:
        it.throw("TypeError", f"unbound method {cls.name}.{name}() needs an argument")
    value, *rest = args
    if isinstance(value, Unknown):
        if name in _CHANGING or name in ("__setitem__", "__delitem__"):
            through(it, value)
        return value
    if isinstance(value, Instance) and isinstance(value.payload, python):
        if name == "__getitem__":
            return containers.payload_item(it, value, rest[0])
        value = value.payload
    if isinstance(value, Instance) or (isinstance(python, type) and not isinstance(value, python)):
        method = it.get_or(value, name, ABSENT)
        if method is ABSENT or type(value).__module__ == "builtins":
            it.throw("TypeError", f"descriptor '{name}' for '{cls.name}' objects doesn't apply to a '{operators.type_name(value)}' object")
        return it.call(method, rest, kwargs)
    method = find(it, value, name)
    return it.unknown(Why.UNSUPPORTED, f"`{cls.name}.{name}`") if method is ABSENT else it.call(method, rest, kwargs)


def _of_object(it: Interpreter, cls: ClassValue, name: str) -> Any:
    """``object.__eq__`` and the like, which every class has without saying so."""
    function = _OF_OBJECT.get(name)
    if function is None:
        return ABSENT
    wanted = 1 if name == "__hash__" else 2

    def call(it: Interpreter, args: list[Any], kwargs: dict[str, Any]) -> Any:
        if len(args) != wanted or kwargs:
            it.throw("TypeError", f"expected {wanted - 1} argument{'s' * (wanted == 1)}, got {len(args) - 1}")
        return function(it, args, kwargs)

    found = Native(name, call, binds=True)
    found.attrs["__objclass__"] = it.classes["object"]
    return found


def _unequal(it: Interpreter, left: Any, right: Any) -> Any:
    """``object.__ne__``: what ``__eq__`` says, the other way round."""
    found = it.call(it.get(left, "__eq__"), [right])
    return found if found is NotImplemented else operators.unary(it, "not", found)


_OF_OBJECT: dict[str, Any] = {
    "__eq__": lambda it, args, kwargs: True if args[0] is args[1] else NotImplemented,
    "__ne__": lambda it, args, kwargs: _unequal(it, args[0], args[1]),
    "__hash__": lambda it, args, kwargs: it.outside("a hash that differs from run to run"),
    **dict.fromkeys(("__lt__", "__le__", "__gt__", "__ge__"), lambda it, args, kwargs: NotImplemented),
}


def _from_bytes(it: Interpreter, cls: ClassValue, data: Any, byteorder: Any = "big", *, signed: Any = False) -> Any:
    data = bytes(data if isinstance(data, bytes) else it.elements(data))
    if 8 * len(data) > it.limits.digits:
        it.limit(f"an integer of {8 * len(data):,} bits")
    return int.from_bytes(data, byteorder, signed=signed)


_CLASS_METHODS: dict[tuple[type, str], Any] = {
    (dict, "fromkeys"): methods_dict.from_keys,
    (int, "from_bytes"): _from_bytes,
    (float, "fromhex"): lambda it, cls, value: float.fromhex(value),
    (str, "maketrans"): lambda it, cls, *args: str.maketrans(*args),
    (bytes, "fromhex"): lambda it, cls, value: bytes.fromhex(value),
}


# Generators ---------------------------------------------------------------------------------------------------------------


_ANY_OBJECT = object()


def of_every_object(it: Interpreter, name: str, kind: str) -> Any:
    """What an object has because every object has it."""
    common = name.startswith("__") and hasattr(_ANY_OBJECT, name)
    return it.unknown(Why.UNSUPPORTED, f"`{name}` of a {kind}") if common else ABSENT


def _of_generator(it: Interpreter, value: GeneratorValue, name: str) -> Any:
    if name == "__iter__":
        return raw(name, lambda it, /: value)
    if name == "__next__":
        return raw(name, lambda it, /: it.call(it.builtins["next"], [value]))
    if name == "__class__":
        return it.class_of(value)
    common = of_every_object(it, name, value.kind)
    if common is not ABSENT or not value.is_generator:
        return common
    if name == "send":
        return raw(name, lambda it, item, /: iteration.advanced(it, value, item))
    if name == "close":
        return raw(name, lambda it, /: iteration.close(it, value))
    if name == "throw":
        return Native(name, lambda it, args, kwargs: iteration.thrown_into(it, value, args))
    if name in ("__name__", "__qualname__"):
        return value.name
    if name.startswith("gi_"):
        return it.unknown(Why.UNSUPPORTED, f"`{name}` of a generator")
    return ABSENT
