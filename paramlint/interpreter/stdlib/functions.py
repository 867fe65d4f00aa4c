"""``functools``."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from paramlint.core.unknown import NeedsValue, Unknown, Why
from paramlint.interpreter import comparison, operators, texts
from paramlint.interpreter.attributes import is_annotated
from paramlint.interpreter.generic_types import Parametrised
from paramlint.interpreter.natives import Table, raw
from paramlint.interpreter.stdlib import caches
from paramlint.interpreter.values import (
    ABSENT,
    BoundMethod,
    ClassMethod,
    ClassValue,
    FunctionValue,
    Instance,
    Native,
    Property,
    StaticMethod,
)

if TYPE_CHECKING:
    from paramlint.interpreter.machine import Interpreter

FUNCTIONS = Table()
_ASSIGNED = ("__module__", "__name__", "__qualname__", "__doc__", "__annotations__")


def names(it: Interpreter) -> dict[str, Any]:
    return {**FUNCTIONS, "partial": _partial_class(it), "partialmethod": _partial_method_class(it), "WRAPPER_ASSIGNMENTS": _ASSIGNED,
            "WRAPPER_UPDATES": ("__dict__",)}


# partial ------------------------------------------------------------------------------------------------------------------


def _partial_class(it: Interpreter) -> ClassValue:
    cls = ClassValue("partial", (it.classes["object"],), dict(_PARTIAL), module="functools")
    cls.make = _make_partial
    return cls


_PARTIAL = Table()


def _make_partial(it: Interpreter, args: list[Any], kwargs: dict[str, Any]) -> Any:
    if len(args) < 2:
        it.throw("TypeError", "type 'partial' takes at least one argument")
    cls, func, *given = args
    if isinstance(func, Unknown):
        return func
    if it.call(it.builtins["callable"], [func]) is False:
        it.throw("TypeError", "the first argument must be callable")
    keywords = dict(kwargs)
    if isinstance(func, Instance) and cls in func.cls.mro:  # partials of partials are flattened
        given = [*func.attrs["args"], *given]
        keywords = {**func.attrs["keywords"], **keywords}
        func = func.attrs["func"]
    return it.instance(cls, {"func": func, "args": tuple(given), "keywords": it.made(keywords)})


@_PARTIAL.raw("__init__", binds=True)
def _init(it: Interpreter, self: Any, /, *args: Any, **kwargs: Any) -> None:
    return None


@_PARTIAL.raw("__call__", binds=True)
def _call(it: Interpreter, self: Any, /, *args: Any, **kwargs: Any) -> Any:
    return it.call(self.attrs["func"], [*self.attrs["args"], *args], {**self.attrs["keywords"], **kwargs})


@_PARTIAL.raw("__repr__", binds=True)
def _repr(it: Interpreter, self: Any, /) -> Any:
    parts = [self.attrs["func"], *self.attrs["args"], *self.attrs["keywords"].values()]
    shown = [texts.representation(it, part) for part in parts]
    unknown = next((text for text in shown if not isinstance(text, str)), None)
    if unknown is not None:
        return unknown
    keys = [""] * (len(parts) - len(self.attrs["keywords"])) + [f"{key}=" for key in self.attrs["keywords"]]
    return "functools.partial(" + ", ".join(key + text for key, text in zip(keys, shown, strict=True)) + ")"


def _partial_method_class(it: Interpreter) -> ClassValue:
    cls = ClassValue("partialmethod", (it.classes["object"],), {}, module="functools")
    cls.make = _make_partial
    cls.attrs["__init__"] = _PARTIAL["__init__"]
    cls.attrs["__get__"] = raw("__get__", _bind_partial, binds=True)
    return cls


def _bind_partial(it: Interpreter, self: Any, instance: Any, owner: Any = None, /) -> Any:
    func, given, keywords = self.attrs["func"], self.attrs["args"], self.attrs["keywords"]
    bound = [] if instance is None else [instance]
    if isinstance(func, ClassMethod):
        func, bound = func.func, [owner]
    elif isinstance(func, StaticMethod):
        func, bound = func.func, []
    return Native("partialmethod", lambda it, args, kwargs: it.call(func, [*bound, *given, *args], {**keywords, **kwargs}))


# Wrapping -----------------------------------------------------------------------------------------------------------------


@FUNCTIONS.raw("update_wrapper")
def update_wrapper(it: Interpreter, wrapper: Any, wrapped: Any, assigned: Any = _ASSIGNED, updated: Any = ("__dict__",)) -> Any:
    if isinstance(wrapper, Unknown):
        return wrapper
    for name in it.elements(assigned):
        value = it.get_or(wrapped, name, ABSENT)
        if value is not ABSENT:
            it.set(wrapper, name, value)
    if isinstance(wrapped, FunctionValue | Native) and wrapped.attrs:
        for name, value in list(wrapped.attrs.items()):
            it.set(wrapper, name, value)
    it.set(wrapper, "__wrapped__", wrapped)
    return wrapper


@FUNCTIONS.raw("wraps")
def wraps(it: Interpreter, wrapped: Any, assigned: Any = _ASSIGNED, updated: Any = ("__dict__",)) -> Any:
    return raw("wraps", lambda it, wrapper: update_wrapper(it, wrapper, wrapped, assigned))


@FUNCTIONS.raw("cached_property")
def cached_property(it: Interpreter, func: Any) -> Any:
    return Property(func, cached=getattr(func, "name", "cached"))


@FUNCTIONS.raw("cache")
def cache(it: Interpreter, user_function: Any, /) -> Any:
    return caches.remembering(it, user_function, None, typed=False)


@FUNCTIONS.raw("lru_cache")
def lru_cache(it: Interpreter, maxsize: Any = 128, typed: Any = False) -> Any:
    if isinstance(maxsize, FunctionValue | Native | BoundMethod | ClassValue):
        return caches.remembering(it, maxsize, 128, typed=False)
    if not isinstance(maxsize, int | None):
        if isinstance(maxsize, float | str | list | tuple | dict):
            it.throw("TypeError", "Expected first argument to be an integer, a callable, or None")
        raise it.not_followed("a cache whose size is not known")
    size = maxsize if maxsize is None else max(maxsize, 0)
    return raw("lru_cache", lambda it, user_function: caches.remembering(it, user_function, size, typed=it.truth(typed) is True))


# Folding and comparing ----------------------------------------------------------------------------------------------------


@FUNCTIONS.raw("reduce")
def reduce(it: Interpreter, function: Any, iterable: Any, initial: Any = ABSENT, /) -> Any:
    items = it.iterate(iterable)
    total = next(items, ABSENT) if initial is ABSENT else initial
    if total is ABSENT:
        it.throw("TypeError", "reduce() of empty iterable with no initial value")
    for item in items:
        total = it.call(function, [total, item])
    return total


@FUNCTIONS.raw("cmp_to_key")
def cmp_to_key(it: Interpreter, mycmp: Any) -> Any:
    cls = ClassValue("K", (it.classes["object"],), {}, module="functools")

    def less(it: Interpreter, args: list[Any], kwargs: dict[str, Any]) -> Any:
        return comparison.compare(it, "<", it.call(mycmp, [args[0].attrs["obj"], args[1].attrs["obj"]]), 0)

    cls.attrs["__lt__"] = Native("__lt__", less, binds=True)
    key = raw("K", lambda it, obj: it.instance(cls, {"obj": obj}))
    key.attrs["obj"] = it.unknown(Why.UNSUPPORTED, "`obj` of a key without an object")
    return key


# The comparison that a class has, the foremost first: how each other follows from it, whether turned round, and what is asked besides.
_ORDERINGS: dict[str, dict[str, tuple[bool, str]]] = {
    "__lt__": {"__gt__": (True, "and !="), "__le__": (False, "or =="), "__ge__": (True, "")},
    "__le__": {"__ge__": (True, "or =="), "__lt__": (False, "and !="), "__gt__": (True, "")},
    "__gt__": {"__lt__": (True, "and !="), "__ge__": (False, "or =="), "__le__": (True, "")},
    "__ge__": {"__le__": (True, "or =="), "__gt__": (False, "and !="), "__lt__": (True, "")},
}
_ORDERED = (int, float, str, bytes, tuple, list, set, frozenset)


def _follows(root: str, turned: bool, besides: str) -> Callable[..., Any]:
    def compare(it: Interpreter, self: Any, other: Any, /) -> Any:
        found = operators.special(it, self, root, other)
        if found is NotImplemented:
            return found
        holds = it.truth(found)
        if isinstance(holds, Unknown):
            return holds
        if not besides or (holds is not turned) is besides.startswith("or"):
            return not holds if turned else found
        return comparison.compare(it, besides[-2:], self, other)

    return compare


@FUNCTIONS.raw("total_ordering")
def total_ordering(it: Interpreter, cls: Any, /) -> Any:
    if not isinstance(cls, ClassValue) or any(base.python in _ORDERED for base in cls.mro):
        return cls
    defined = [name for name in _ORDERINGS if cls.find(name) is not ABSENT]
    if not defined:
        it.throw("ValueError", "must define at least one ordering operation: < > <= >=")
    for name, (turned, besides) in _ORDERINGS[defined[0]].items():
        if name not in defined:
            cls.attrs[name] = raw(name, _follows(defined[0], turned, besides), binds=True)
    return cls


# Dispatch -----------------------------------------------------------------------------------------------------------------


@FUNCTIONS.raw("singledispatch")
def singledispatch(it: Interpreter, func: Any) -> Any:
    return _dispatcher(it, func, 0, binds=False)


@FUNCTIONS.raw("singledispatchmethod")
def singledispatchmethod(it: Interpreter, func: Any) -> Any:
    return _dispatcher(it, func, 1, binds=True)


def _dispatcher(it: Interpreter, func: Any, position: int, *, binds: bool) -> Any:
    registry: dict[ClassValue, Any] = it.made({})
    doubt: list[Unknown] = []  # what is registered, it is not known for what

    def choose(it: Interpreter, cls: Any) -> Any:
        if isinstance(cls, Unknown) or doubt:
            raise NeedsValue(cls if isinstance(cls, Unknown) else doubt[0])
        found = next((base for base in cls.mro if base in registry), None)
        nearer = cls.mro if found is None else cls.mro[:cls.mro.index(found)]
        if any(kind not in cls.mro and kind.metaclass is not None and it.truth(it.call(it.builtins["issubclass"], [cls, kind])) is not False
               for kind in registry) and len(nearer) > 0 and found is not cls:
            raise it.not_followed("which of the functions of a generic function is called for a class that counts as another's subclass")
        return func if found is None else registry[found]

    def call(it: Interpreter, args: list[Any], kwargs: dict[str, Any]) -> Any:
        if len(args) <= position:
            it.throw("TypeError", f"{getattr(func, 'name', 'function')} requires at least 1 positional argument")
        return it.call(choose(it, it.class_of(args[position])), args, kwargs)

    def register(it: Interpreter, cls: Any, method: Any = None, /) -> Any:
        if isinstance(cls, FunctionValue):
            if not is_annotated(cls):
                it.library_throw("TypeError", "Invalid first argument to `register()`: use `@register(some_class)`, or annotate the function")
            found = it.call(it.modules.library_attribute("typing", "get_type_hints"), [cls])
            kind = next(iter(found.values()), None) if isinstance(found, dict) else None
            if isinstance(kind, ClassValue | Parametrised):
                return register(it, kind, cls)
            doubt.append(it.unknown(Why.UNSUPPORTED, "a function that is registered for the class in its annotation"))
            return cls
        if isinstance(cls, Unknown):
            doubt.append(cls)
        elif not (isinstance(cls, ClassValue) or (isinstance(cls, Parametrised) and cls.is_union)):
            it.library_throw("TypeError", "Invalid first argument to `register()`")
        if method is None:
            return raw("register", lambda it, function: register(it, cls, function))
        for kind in cls.args if isinstance(cls, Parametrised) else (cls,):
            if it.state.logs:
                doubt.append(it.unknown(Why.BRANCH, "a function that is registered in a branch"))
            if isinstance(kind, ClassValue):
                it.write(registry)
                registry[kind] = method
        return method

    dispatcher = Native(getattr(func, "name", "function"), call, binds=binds)
    dispatcher.attrs.update({"register": raw("register", register), "dispatch": raw("dispatch", choose), "__wrapped__": func})
    dispatcher.attrs["registry"] = it.unknown(Why.UNSUPPORTED, "the registry of a generic function")
    return dispatcher
