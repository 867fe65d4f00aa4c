"""The built-in classes."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from paramlint.core.unknown import Unknown, Why
from paramlint.interpreter import abstract_classes, constructors, object_methods, slots
from paramlint.interpreter.exceptions import add_exceptions
from paramlint.interpreter.library_values import CodeValue
from paramlint.interpreter.natives import call_each, call_guarded, share_openness
from paramlint.interpreter.values import BoundMethod, ClassMethod, ClassValue, Either, FunctionValue, Instance, Native, Property, StaticMethod

if TYPE_CHECKING:
    from paramlint.interpreter.machine import Interpreter

Build = Callable[..., Any]
# Classes that only name what values are; nothing can be made of them by calling.
_NAMES_ONLY: dict[str, type | None] = {
    "NoneType": type(None), "ellipsis": type(...), "NotImplementedType": type(NotImplemented), "dict_keys": type({}.keys()),
    "dict_values": type({}.values()), "dict_items": type({}.items()),
    "function": None, "builtin_function": None, "method": None, "module": None, "generator": None, "memoryview": None,
}
_DISPLAYED = {"builtin_function": "builtin_function_or_method"}


def classes() -> dict[str, ClassValue]:
    """The built-in classes by name; those of one interpreter, because code may derive from them."""
    result: dict[str, ClassValue] = {}
    root = ClassValue("object", (), dict(object_methods.OBJECT))
    root.attrs["__new__"] = StaticMethod(object_methods.OBJECT["__new__"])
    root.attrs["__init_subclass__"] = ClassMethod(object_methods.OBJECT["__init_subclass__"])
    root.make = _make_object
    root.facts[slots.FACT] = frozenset()
    result["object"] = root
    for name, python in _NAMES_ONLY.items():
        result[name] = ClassValue(_DISPLAYED.get(name, name), (root,), {}, python=python)
        result[name].make = _not_made
    result["function"].make = _make_function
    result["method"].make = _make_method
    result["module"].make = None
    result["module"].attrs["__init__"] = Native("__init__", _initialise_module, binds=True)
    for python, build in constructors.IMMUTABLE.items():
        base = result["int"] if python is bool else root
        result[python.__name__] = _immutable(ClassValue(python.__name__, (base,), {}, python=python), build)
    for python, build in constructors.MUTABLE.items():
        result[python.__name__] = _mutable(ClassValue(python.__name__, (root,), {}, python=python), build)
    for name, make in (("property", _make_property), ("staticmethod", _make_static), ("classmethod", _make_class_method),
                       ("super", _make_super)):
        result[name] = ClassValue(name, (root,), {})
        result[name].make = make
    result["property"].attrs.update(object_methods.PROPERTY)
    kind = ClassValue("type", (root,), dict(object_methods.TYPE), python=type)
    kind.make = object_methods.make_type
    kind.attrs["__new__"] = StaticMethod(Native("__new__", object_methods.make_type))
    result["type"] = kind
    add_exceptions(result)
    return result


_SINGLE = {"NoneType": None, "ellipsis": Ellipsis, "NotImplementedType": NotImplemented}


def _not_made(it: Interpreter, args: list[Any], kwargs: dict[str, Any]) -> Any:
    name = args[0].name
    if name in _SINGLE:
        if len(args) > 1 or kwargs:
            it.throw("TypeError", f"{name} takes no arguments")
        return _SINGLE[name]
    if name == "memoryview":
        return it.unknown(Why.UNSUPPORTED, "`memoryview` is not modelled")
    return it.throw("TypeError", f"cannot create '{name}' instances")


def _make_object(it: Interpreter, args: list[Any], kwargs: dict[str, Any]) -> Instance:
    if args[0] is it.classes["object"] and (len(args) > 1 or kwargs):
        it.throw("TypeError", "object() takes no arguments")
    abstract_classes.refuse(it, args[0])
    return it.instance(args[0])


_AS_THEY_ARE = (tuple, frozenset, bool, str)  # made of anything, also of what is not known


def _refuse_class(it: Interpreter, cls: ClassValue, wanted: Any) -> None:
    if wanted is cls or (isinstance(wanted, ClassValue) and cls in wanted.mro):
        return
    if not isinstance(wanted, Unknown | Either):
        it.throw("TypeError", f"{cls.name}.__new__(X): X is not a type object or not a subtype of {cls.name}")


def _immutable(cls: ClassValue, build: Build) -> ClassValue:
    """Objects get their value when they are made: int, str, tuple …"""

    def make(it: Interpreter, args: list[Any], kwargs: dict[str, Any]) -> Any:
        wanted, *rest = args
        _refuse_class(it, cls, wanted)
        as_they_are = cls.python in _AS_THEY_ARE or any(isinstance(item, Instance) for item in rest)
        whole = as_they_are and (cls.python in _AS_THEY_ARE or not any(isinstance(item, Unknown | Either) for item in (*rest, *kwargs.values())))
        value = call_guarded(it, build, rest, kwargs) if whole else call_each(it, build, rest, kwargs)
        return value if wanted is cls or isinstance(value, Unknown) else it.instance(wanted, payload=value)

    cls.make = make
    cls.attrs["__new__"] = StaticMethod(Native("__new__", make))
    return cls


def _mutable(cls: ClassValue, build: Build) -> ClassValue:
    """Objects are made empty and filled by ``__init__``: list, dict, set."""
    python: Any = cls.python

    def make(it: Interpreter, args: list[Any], kwargs: dict[str, Any]) -> Any:
        wanted, *rest = args
        _refuse_class(it, cls, wanted)
        return call_guarded(it, build, rest, kwargs) if wanted is cls else it.instance(wanted, payload=it.made(python()))

    def initialise(it: Interpreter, args: list[Any], kwargs: dict[str, Any]) -> None:
        self, *rest = args
        container = self.payload if isinstance(self, Instance) else self
        if not isinstance(container, python):
            return
        contents = call_guarded(it, build, rest, kwargs)
        it.write(container)
        if isinstance(container, list):
            container[:] = contents
        else:
            if not isinstance(container, dict):
                container.clear()
            container.update(contents)
        share_openness(it, contents, container)

    cls.make = make
    cls.attrs["__new__"] = StaticMethod(Native("__new__", make))
    cls.attrs["__init__"] = Native("__init__", initialise, binds=True)
    if python is not bytearray:
        cls.attrs["__hash__"] = None
    return cls


def _make_method(it: Interpreter, args: list[Any], kwargs: dict[str, Any]) -> Any:
    if it.call(it.builtins["callable"], [args[1]]) is False:
        it.throw("TypeError", "first argument must be callable")
    return BoundMethod(args[1], args[2])


def _make_function(it: Interpreter, args: list[Any], kwargs: dict[str, Any]) -> Any:
    """``types.FunctionType(code, globals, name, argdefs, closure)``: the same function once more, in its own closure."""
    given = dict(zip(("code", "globals", "name", "argdefs", "closure"), args[1:], strict=False)) | kwargs
    code = given.get("code")
    if not isinstance(code, CodeValue):
        return it.unknown(Why.UNSUPPORTED, "a function made of code that is not known")
    function = code.function
    names = given.get("globals")
    if getattr(names, "module", None) is not function.module:
        raise it.not_followed("a function whose globals are others than those of its code")
    if function.closure.kind == "function" and given.get("closure") is None:
        raise it.not_followed("a function whose closure is another than that of its code")
    defaults = given.get("argdefs", function.defaults)
    made = FunctionValue(function.code, function.closure, list(defaults or ()), dict(function.keyword_defaults), function.site)
    if it.watch is not None:
        it.watch.made(made.attrs, made.defaults, made.keyword_defaults)
    made.unit = function.unit
    made.owner, made.qualname = function.owner, function.qualname
    if isinstance(given.get("name"), str):
        made.name = given["name"]
    return made


def _initialise_module(it: Interpreter, args: list[Any], kwargs: dict[str, Any]) -> None:
    """``types.ModuleType(name, doc)``, which lazy modules derive from."""
    self, *given = args
    it.write(self.attrs)
    self.attrs["__name__"] = given[0] if given else kwargs.get("name")
    self.attrs["__doc__"] = given[1] if len(given) > 1 else kwargs.get("doc")


def _make_property(it: Interpreter, args: list[Any], kwargs: dict[str, Any]) -> Any:
    wanted, *given = args
    if len(given) > 4 or not kwargs.keys() <= {"fget", "fset", "fdel", "doc"}:
        it.library_throw("TypeError", "property() takes other arguments")
    getter, setter, deleter = [*given, None, None, None][:3]
    getter, setter, deleter = kwargs.get("fget", getter), kwargs.get("fset", setter), kwargs.get("fdel", deleter)
    if wanted is it.classes["property"]:
        return Property(getter, setter, deleter)
    return it.instance(wanted, {"fget": getter, "fset": setter, "fdel": deleter, "__doc__": None})


def _make_static(it: Interpreter, args: list[Any], kwargs: dict[str, Any]) -> Any:
    return StaticMethod(_only(it, "staticmethod", args, kwargs))


def _make_class_method(it: Interpreter, args: list[Any], kwargs: dict[str, Any]) -> Any:
    return ClassMethod(_only(it, "classmethod", args, kwargs))


def _only(it: Interpreter, name: str, args: list[Any], kwargs: dict[str, Any]) -> Any:
    """The one argument that a class of Python's own takes when it is called."""
    if len(args) != 2 or kwargs:
        it.library_throw("TypeError", f"{name} expected 1 argument, got {len(args) - 1}")
    return args[1]


def _make_super(it: Interpreter, args: list[Any], kwargs: dict[str, Any]) -> Any:
    from paramlint.interpreter import calls

    if len(args) > 3 or kwargs:
        it.library_throw("TypeError", "super() takes other arguments")
    return calls.make_super(it, args[1:])
