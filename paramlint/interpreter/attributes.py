"""Attributes: lookup along the class, descriptors, binding."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from paramlint.core.dims import Formula, Quotient
from paramlint.core.unknown import Harmless, LeavesAlone, Unknown, UnknownArray, Why
from paramlint.interpreter import containers, hints, iteration, library_dicts, methods, native_kinds, slots
from paramlint.interpreter.binding import bind
from paramlint.interpreter.class_attributes import of_class, of_super
from paramlint.interpreter.fixed_width import FIXED
from paramlint.interpreter.held import loose
from paramlint.interpreter.library_values import CodeValue, LibraryModule
from paramlint.interpreter.lookups import NotPassedOn, passed_on
from paramlint.interpreter.module_values import ModuleValue
from paramlint.interpreter.natives import raw
from paramlint.interpreter.operands import payload_of
from paramlint.interpreter.operators import type_name
from paramlint.interpreter.signals import Raised
from paramlint.interpreter.turns import Phase
from paramlint.interpreter.unanswered import may_fail, may_lack
from paramlint.interpreter.unmodelled import OPAQUE, unmodelled
from paramlint.interpreter.values import (
    ABSENT,
    ANY,
    DECORATOR,
    BoundMethod,
    ClassMethod,
    ClassValue,
    Either,
    Foreign,
    FunctionValue,
    GeneratorValue,
    Instance,
    Native,
    Property,
    StaticMethod,
    Super,
)

if TYPE_CHECKING:
    from paramlint.interpreter.machine import Interpreter


def get(it: Interpreter, value: Any, name: str) -> Any:
    found = find(it, value, name)
    if it.dropped is not None and isinstance(value, Unknown):
        may_fail(it, value, "AttributeError")
    if found is ABSENT and value.__class__ in _OF_LIBRARIES:
        found = it.of_plain(value, name)
    if found is ABSENT:
        found = native_kinds.inherited(it, value, name)
    if found is ABSENT:
        end = ""
        kind = f"type object '{value.name}'" if isinstance(value, ClassValue) else f"'{type_name(value)}' object"
        if isinstance(value, ModuleValue | LibraryModule):
            half = isinstance(value, ModuleValue) and value.turns.phase is Phase.RUNNING
            kind, end = f"{'partially initialized ' * half}module '{value.name}'", " (most likely due to a circular import)" * half
        if isinstance(value, Super):
            kind = "'super' object"
        error = it.error("AttributeError", f"{kind} has no attribute '{name}'{end}")
        if isinstance(error.value, Instance):
            error.value.attrs.update({"name": name, "obj": value})
        raise error
    return found


def get_or(it: Interpreter, value: Any, name: str, default: Any) -> Any:
    """As ``getattr(value, name, default)``."""
    try:
        found = find(it, value, name, maybe=True)
    except Raised as raised:
        if iteration.is_error(it, raised, "AttributeError"):
            return default
        raise
    if found is ABSENT and value.__class__ is tuple and it.of_plain(value, name) is not ABSENT:
        return it.unknown(Why.UNSUPPORTED, f"whether a tuple has a `{name}`, as the shape of a tensor has")
    if found is ABSENT:
        return default
    if isinstance(found, Either) and ABSENT in found.alternatives:
        kept = tuple(default if v is ABSENT else v for v in found.alternatives)
        return loose(found.reason, kept) if default is ABSENT else Either(kept, found.reason)
    return found


def find(it: Interpreter, value: Any, name: str, *, maybe: bool = False) -> Any:
    """The attribute, or ABSENT. With ``maybe`` one that may be absent keeps that alternative."""
    finder = _FINDERS.get(value.__class__)
    if finder is None:
        finder = _of_foreign if isinstance(value, Foreign) else _of_plain
    found = finder(it, value, name)
    if not maybe and found.__class__ is Either and value.__class__ not in _AS_THEY_ARE:
        if ABSENT in found.alternatives:
            may_lack(it, found.reason, "AttributeError")
        return containers.present(found)
    return found


def _of_foreign(it: Interpreter, value: Foreign, name: str) -> Any:
    found = value.get(it, name)
    if found is NotImplemented:
        return (value.class_of(it) or ABSENT) if name == "__class__" else ABSENT
    return found


def _of_plain(it: Interpreter, value: Any, name: str) -> Any:
    found = methods.find(it, value, name)
    return class_of(it, value) if found is ABSENT and name == "__class__" else found


def _of_open(it: Interpreter, value: Any, name: str) -> Unknown:
    return it.unknown(Why.ARGUMENT, f"`{value}.{name}`, an argument that is not known")


def _of_instance(it: Interpreter, value: Instance, name: str) -> Any:
    custom = value.cls.facts.get("getattribute")
    return plain(it, value, name) if custom is None else _by_own_lookup(it, value, name, custom)


def _by_own_lookup(it: Interpreter, value: Instance, name: str, custom: FunctionValue) -> Any:
    """A class that looks its attributes up itself: its ``__getattribute__``, then its ``__getattr__``."""
    try:
        try:
            return passed_on(it, value, name, custom)
        except NotPassedOn:
            return it.call(custom, [value, name])
    except Raised as raised:
        fallback = value.cls.find("__getattr__")
        if not iteration.is_error(it, raised, "AttributeError"):
            raise
        if fallback is ABSENT:
            return ABSENT
        return it.call(bind(it, fallback, value, value.cls), [name])


def plain(it: Interpreter, value: Instance, name: str, *, behind: bool = True) -> Any:
    """``object.__getattribute__``, with the class's ``__getattr__`` ``behind`` it; ABSENT where there is no such attribute."""
    cls = value.cls
    declared = cls.find(name) if name != "__doc__" else cls.attrs.get(name, ABSENT)
    if declared.__class__ is Property and declared.cached is None:
        return _get_property(it, declared, value, name) if behind else it.call(declared.getter, [value])
    if isinstance(declared, Instance) and declared.cls.find("__set__") is not ABSENT and declared.cls.find("__get__") is not ABSENT:
        return it.call(it.get(declared, "__get__"), [value, cls])
    found = value.attrs.get(name, ABSENT)
    if it.suspects:
        it.used(cls, value.attrs)
    if found is not ABSENT:
        if found.__class__ is Either and ABSENT in found.alternatives:
            return _or_behind(it, value, name, found, declared, behind=behind)
        return found
    if declared is not ABSENT:
        return bind(it, declared, value, cls) if declared.__class__ is not dict else hints.resolve(it, declared)
    if name == "__class__":
        return cls
    if name == "__dict__" and (opaque := cls.fact(OPAQUE)) is not None:
        return Unknown(opaque, (value,), name)
    if name == "__dict__" and slots.FACT not in cls.facts:
        if slots.keeps_own(cls) or cls.fact("members") is not None:
            return it.unknown(Why.UNSUPPORTED, f"the attributes that a `{cls.name}` keeps")
        if any(slots.has(base, key) for key in value.attrs for base in cls.mro if "own slots" in base.facts):
            return it.unknown(Why.UNSUPPORTED, "the attributes of an object that has slots besides")
        return value.attrs
    if name == "__doc__" and cls.site is not None:
        return of_class(it, cls, name)
    if value.payload is not None:
        if name == "__getitem__" and isinstance(value.payload, dict):
            return Native(name, lambda it, args, kwargs: containers.payload_item(it, value, args[0]))
        found = of_class(it, cls, name) if name == "fromkeys" else methods.find(it, value.payload, name)
        if found is not ABSENT and not (value.payload.__class__ is list and payload_of(value) is value and not hasattr(deque, name)):
            return found
    if name in _OF_OBJECT:
        return bind(it, methods.unbound(it, it.classes["object"], name), value, cls)
    fallback = cls.find("__getattr__") if behind else ABSENT
    if fallback is not ABSENT:
        known = unmodelled(cls, name, value) if fallback.__class__ is FunctionValue else ABSENT
        return it.call(bind(it, fallback, value, cls), [name]) if known is ABSENT else known
    if name in ("__module__", "__doc__"):
        return of_class(it, cls, name)
    if ANY in value.attrs:
        return value.attrs[ANY]
    unknown = cls.fact("unknown_base")
    if unknown is None or name.startswith("__"):
        return unmodelled(cls, name, value)
    return Unknown(unknown) if isinstance(unknown, Harmless | LeavesAlone) else Unknown(unknown, (value,), name)


_OF_OBJECT = frozenset({"__eq__", "__ne__", "__hash__", "__lt__", "__le__", "__gt__", "__ge__"})


def _or_behind(it: Interpreter, value: Instance, name: str, found: Either, declared: Any, *, behind: bool) -> Any:
    """An attribute that an object may not have is then its class's, or what ``__getattr__`` gives."""
    if declared is not ABSENT:
        return found.instead(bind(it, declared, value, value.cls))
    fallback = value.cls.find("__getattr__") if behind else ABSENT
    if fallback is ABSENT:
        return found
    try:
        other = it.fork([lambda: it.call(bind(it, fallback, value, value.cls), [name]), lambda: ABSENT], found.reason)
    except Raised:
        return found
    return found.instead(other) if not isinstance(other, Unknown) else it.state.join(other, containers.present(found), found.reason)


def _get_property(it: Interpreter, declared: Property, value: Instance, name: str) -> Any:
    """A getter that raises AttributeError gives way to ``__getattr__``, as in Python."""
    fallback = value.cls.find("__getattr__")
    try:
        if declared.getter is None:
            it.throw("AttributeError", f"property '{name}' of '{value.cls.qualname}' object has no getter")
        return it.call(declared.getter, [value])
    except Raised as raised:
        if fallback is ABSENT or not iteration.is_error(it, raised, "AttributeError"):
            raise
        return it.call(bind(it, fallback, value, value.cls), [name])


def _of_function(it: Interpreter, value: Any, name: str) -> Any:
    found = value.attrs.get(name, ABSENT)
    if found is not ABSENT:
        return found
    if name == "__name__":
        return value.name
    if name == "__qualname__":
        return value.qualname if isinstance(value, FunctionValue) else value.name
    if name == "__doc__":
        return value.code.doc if isinstance(value, FunctionValue) else it.unknown(Why.UNSUPPORTED, "what documentation says")
    if name == "__module__":
        return value.module.name if isinstance(value, FunctionValue) else native_kinds.module_of(it, value)
    if name == "__dict__":
        if not isinstance(value, FunctionValue):
            return it.unknown(Why.UNSUPPORTED, "the attributes of a function that is not in the source")
        return library_dicts.FunctionNames(value)
    if name == "__call__":
        return value
    if name == "__class__":
        return class_of(it, value)
    if name == "__get__":
        return _getter(value, lambda it, item: BoundMethod(value, item))
    if isinstance(value, FunctionValue):
        if name == "__defaults__":
            return tuple(value.defaults) or None
        if name == "__kwdefaults__":
            return dict(value.keyword_defaults) or None
        if name == "__annotations__":
            return hints.of_function(it, value) if is_annotated(value) else value.attrs.setdefault(name, it.made({}))
        if name == "__code__":
            return CodeValue(value)
        if name == "__globals__":
            from paramlint.interpreter.namespaces import Globals

            if DECORATOR in value.attrs:
                raise it.not_followed("the globals of a function that code out of reach has decorated")
            return Globals(value.module)
        if name == "__closure__":
            return it.unknown(Why.UNSUPPORTED, f"`{name}` of a function")
    elif name in ("__defaults__", "__kwdefaults__", "__annotations__", "__code__"):
        return it.unknown(Why.UNSUPPORTED, f"`{name}` of a function that is not in the source")
    return methods.of_every_object(it, name, "function")


def is_annotated(function: FunctionValue) -> bool:
    """Whether a function may have annotations; most are left out before the source is parsed, and then it is any function of its statement."""
    source = function.module.source
    index = function.site.statement if function.site is not None else -1
    left_out = source is not None and 0 <= index < len(source.statements) and bool(source.statements[index].annotations)
    return function.code.is_annotated or left_out


def _of_method(it: Interpreter, value: BoundMethod, name: str) -> Any:
    if name == "__func__":
        return value.func
    if name == "__self__":
        return value.self
    if name == "__class__":
        return it.classes["method"]
    return find(it, value.func, name)


def _getter(value: Any, of: Callable[[Interpreter, Any], Any]) -> Native:
    """``__get__`` of a descriptor: itself for a class, else what it gives for an object."""

    def get(it: Interpreter, item: Any, owner: Any = None, /) -> Any:
        if item is None and owner is None:
            it.throw("TypeError", "__get__(None, None) is invalid")
        return value if item is None else of(it, item)

    return raw("__get__", get)


def _of_property(value: Property, name: str) -> Any:
    if name == "setter":
        return raw("setter", lambda it, setter, /: Property(value.getter, setter, value.deleter))
    if name == "getter":
        return raw("getter", lambda it, getter, /: Property(getter, value.setter, value.deleter))
    if name == "deleter":
        return raw("deleter", lambda it, deleter, /: Property(value.getter, value.setter, deleter))
    if name == "__get__":
        return _getter(value, lambda it, item: it.call(value.getter, [item]))
    if name == "__set__" and value.setter is not None:
        return raw(name, lambda it, item, new, /: it.call(value.setter, [item, new]))
    if name == "__delete__" and value.deleter is not None:
        return raw(name, lambda it, item, /: it.call(value.deleter, [item]))
    return {"fget": value.getter, "fset": value.setter, "fdel": value.deleter, "__doc__": None}.get(name, ABSENT)


_SIMPLE = {kind: kind.__name__ for kind in (str, int, float, bool, list, tuple, dict, set)}


def class_of(it: Interpreter, value: Any) -> ClassValue | Unknown:
    simple = _SIMPLE.get(value.__class__)
    if simple is not None:
        return it.classes[simple]
    if isinstance(value, Instance):
        return value.cls
    if isinstance(value, Unknown):
        return value
    if isinstance(value, Either):
        found = [class_of(it, v) for v in value.alternatives if v is not ABSENT]
        return found[0] if all(v is found[0] for v in found) else Unknown(value.reason)
    if isinstance(value, ClassValue):
        return it.classes["function"] if "function" in value.facts else value.metaclass or it.classes["type"]
    if isinstance(value, Formula | Quotient):
        return it.unknown(Why.ARGUMENT, f"the type of `{value}`")
    if isinstance(value, FunctionValue):
        return it.classes["function"]
    if isinstance(value, Native):
        return native_kinds.of_native(it, value)
    if isinstance(value, BoundMethod):
        return it.classes["method"] if value.func.__class__ is FunctionValue else native_kinds.of_method(it, value)
    if isinstance(value, GeneratorValue | CodeValue):
        return native_kinds.named(it, value.kind if isinstance(value, GeneratorValue) else value.type_name())
    if isinstance(value, ModuleValue):
        return it.classes["module"]
    if isinstance(value, Foreign):
        return value.class_of(it) or it.unknown(Why.UNSUPPORTED, f"the type of `{value.type_name()}`")
    if isinstance(value, Property | StaticMethod | ClassMethod):
        return it.classes[type(value).__name__.lower()]
    name = type(value).__name__
    return it.classes.get(name) or it.classes["object"]


_FINDERS: dict[type, Callable[[Interpreter, Any, str], Any]] = {
    Instance: _of_instance,
    ClassValue: of_class,
    ModuleValue: lambda it, value, name: value.attribute(it, name),
    UnknownArray: lambda it, value, name: value.attribute(name),
    Unknown: lambda it, value, name: Unknown(value.reason, value.held, name) if value.held else value,
    Either: lambda it, value, name: it.each(value, lambda item: get(it, item, name)),
    FunctionValue: _of_function,
    Native: _of_function,
    BoundMethod: _of_method,
    Super: of_super,
    Property: lambda it, value, name: _of_property(value, name),
    Formula: _of_open,
    Quotient: _of_open,
}
_AS_THEY_ARE = frozenset({Unknown, UnknownArray, Either, Formula, Quotient})
_OF_LIBRARIES = frozenset({tuple, int, float, *FIXED})
