"""The built-in exceptions."""

from __future__ import annotations

import builtins
from typing import TYPE_CHECKING, Any

from paramlint.core.unknown import Reason, Unknown, Why
from paramlint.interpreter import exception_groups, texts
from paramlint.interpreter.natives import Table, plain
from paramlint.interpreter.operators import type_name
from paramlint.interpreter.values import ClassValue, Either, Foreign, Instance, StaticMethod

if TYPE_CHECKING:
    from paramlint.interpreter.machine import Interpreter

_BASE = Table()
SOME = "some kind of"  # of a class that stands for any class below another one: which
TOLD = "<told>"  # the attribute of an exception of a library: how it is told here, since its own words are not known
# What some exceptions keep of their arguments, by name.
_NAMED = {"StopIteration": "value", "SystemExit": "code"}
_KEYWORDS = {"ImportError": ("name", "path"), "AttributeError": ("name", "obj"), "NameError": ("name",)}


def add_exceptions(classes: dict[str, ClassValue]) -> None:
    """Add every built-in exception, with Python's own hierarchy."""
    for name, python in sorted(vars(builtins).items(), key=lambda item: len(getattr(item[1], "__mro__", ()))):
        if isinstance(python, type) and issubclass(python, BaseException) and python.__name__ == name:
            bases = tuple(classes[base.__name__] for base in python.__bases__)
            classes[name] = ClassValue(name, bases, {})
    base = classes["BaseException"]
    base.make = make
    base.attrs.update(_BASE)
    base.attrs["__new__"] = StaticMethod(_BASE["__new__"])
    base.attrs.update({"__cause__": None, "__context__": None, "__traceback__": None, "__suppress_context__": False})
    classes["BaseExceptionGroup"].attrs.update(exception_groups.METHODS)
    for name in ("IOError", "EnvironmentError"):
        classes[name] = classes["OSError"]
    for name, (*keys,) in _KEYWORDS.items():
        classes[name].attrs.update(dict.fromkeys(keys))
    classes["ImportError"].attrs["msg"] = None
    for name, key in _NAMED.items():
        classes[name].attrs[key] = None


def named(it: Interpreter, kind: str, message: Any) -> dict[str, Any]:
    """What an exception of CPython's own has besides its arguments, where nothing says it."""
    reason = "what an exception is about"
    found = next(({key: it.unknown(Why.UNSUPPORTED, reason) for key in keys} for base, keys in _KEYWORDS.items()
                  if it.classes[base] in it.classes[kind].mro), {})
    return {**found, "msg": message} if "path" in found else found


def unknown_class(classes: dict[str, ClassValue], base: str = "Exception") -> ClassValue:
    """The class of exceptions of which nothing is known but that ``except Exception``, or by the name of another base, catches them."""
    made = ClassValue(base, (classes[base],), {})
    reason = Reason(Why.UNSUPPORTED, "which exception a library raises here")
    made.facts["unknown_base"] = reason
    made.facts[SOME] = classes[base]
    made.attrs.update(dict.fromkeys(("__name__", "__qualname__", "__module__"), Unknown(reason, data=True)))
    return made


def may_be(cls: ClassValue, kind: ClassValue) -> bool:
    """Whether exceptions of a class that is not known in full may be of another one."""
    base = cls.facts.get(SOME)
    return base is None or base in kind.mro or kind.fact("unknown_base") is not None


def library_class(classes: dict[str, ClassValue], kind: str) -> ClassValue:
    """The class of exceptions of a library that "Name(Base)" stands for, or some class below "Base*"."""
    if kind.endswith("*"):
        return unknown_class(classes, kind[:-1])
    name, _, base = kind[:-1].partition("(")
    return ClassValue(name, (classes[base],), {})


def make(it: Interpreter, args: list[Any], kwargs: dict[str, Any]) -> Instance:
    cls, *rest = args
    if it.classes["BaseExceptionGroup"] in cls.mro:
        return exception_groups.make(it, args)
    if cls is it.classes["OSError"] and len(rest) in (2, 3, 4, 5):
        if not isinstance(rest[0], int):
            raise it.not_followed("an OSError of which the number is not known")
        cls = it.classes[type(OSError(rest[0], "")).__name__]
    instance = it.instance(cls, {"args": tuple(rest)})
    _name_arguments(it, instance, rest)
    return instance


def _name_arguments(it: Interpreter, instance: Instance, args: list[Any]) -> None:
    names = {cls.name for cls in instance.cls.mro if cls.module == "builtins"}
    for name, key in _NAMED.items():
        if name in names and args:
            instance.attrs[key] = args[0] if len(args) == 1 else tuple(args)
    if "OSError" in names and len(args) >= 2:
        instance.attrs.update({"errno": args[0], "strerror": args[1], "filename": args[2] if len(args) > 2 else None})
    if "ImportError" in names and args:
        instance.attrs["msg"] = args[0]


@_BASE.raw("__new__")
def _new(it: Interpreter, cls: Any, /, *args: Any, **kwargs: Any) -> Any:
    return make(it, [cls, *args], kwargs)


@_BASE.raw("__init__", binds=True)
def _init(it: Interpreter, self: Any, /, *args: Any, **kwargs: Any) -> None:
    if isinstance(self, Instance):
        it.write(self.attrs)
        self.attrs["args"] = tuple(args)
        _name_arguments(it, self, list(args))
        own = next((names for kind, names in _KEYWORDS.items() if it.classes[kind] in self.cls.mro), ())
        wrong = [key for key in kwargs if key not in own]
        if wrong:
            it.library_throw("TypeError", f"{self.cls.name}() takes no keyword arguments")
        self.attrs.update(kwargs)


@_BASE.raw("__str__", binds=True)
def _str(it: Interpreter, self: Any, /) -> Any:
    args = self.attrs.get("args", ())
    if isinstance(self.attrs.get("errno"), int) and isinstance(self.attrs.get("strerror"), str):
        if self.attrs.get("filename") is not None:
            return it.unknown(Why.UNSUPPORTED, "the text of an OSError")
        return f"[Errno {self.attrs['errno']}] {self.attrs['strerror']}"
    if not isinstance(args, tuple) or len(args) != 1:
        return texts.text(it, args) if args else ""
    if it.classes["KeyError"] in self.cls.mro:
        return texts.representation(it, args[0])
    return texts.text(it, args[0])


@_BASE.raw("__repr__", binds=True)
def _repr(it: Interpreter, self: Any, /) -> Any:
    args = self.attrs.get("args", ())
    inside = texts.representation(it, args)
    if not isinstance(inside, str):
        return inside
    return self.cls.name + (f"({inside[1:-2]})" if isinstance(args, tuple) and len(args) == 1 else inside)


@_BASE.raw("with_traceback", binds=True)
def _with_traceback(it: Interpreter, self: Any, traceback: Any, /) -> Any:
    if not isinstance(traceback, Unknown | Either | Foreign | None):
        it.throw("TypeError", "__traceback__ must be a traceback or None")
    return self


@_BASE.raw("add_note", binds=True)
def _add_note(it: Interpreter, self: Any, note: Any, /) -> None:
    if not isinstance(plain(note), str | Unknown | Either):
        it.throw("TypeError", f"note must be a str, not '{type_name(note)}'")
    notes = self.attrs.get("__notes__")
    it.write(self.attrs)
    self.attrs["__notes__"] = it.made([*(notes or ()), note])
