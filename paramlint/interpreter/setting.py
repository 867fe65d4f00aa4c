"""Attributes that are set and deleted."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from paramlint.core.dims import Formula
from paramlint.core.unknown import Reason, Unknown, Why
from paramlint.interpreter import slots, stdlib
from paramlint.interpreter.binding import bind
from paramlint.interpreter.handed import is_plain, shown_of_class, through
from paramlint.interpreter.held import loose
from paramlint.interpreter.library_names import may_raise
from paramlint.interpreter.library_values import CodeValue
from paramlint.interpreter.module_values import ModuleValue
from paramlint.interpreter.operators import type_name
from paramlint.interpreter.orders import MroConflict
from paramlint.interpreter.values import (
    ABSENT,
    ANY,
    BoundMethod,
    ClassValue,
    Either,
    Foreign,
    FunctionValue,
    Instance,
    Native,
    Property,
)

if TYPE_CHECKING:
    from paramlint.interpreter.machine import Interpreter


def set_(it: Interpreter, value: Any, name: str, new: Any) -> None:
    if isinstance(value, Instance):
        if is_plain_setter(it, value.cls):
            set_plain(it, value, name, new)
        else:
            it.call(bind(it, value.cls.find("__setattr__"), value, value.cls), [name, new])
    elif isinstance(value, ClassValue):
        custom = value.metaclass.find("__setattr__") if value.metaclass is not None else ABSENT
        if custom is not ABSENT and custom is not it.classes["type"].attrs["__setattr__"]:
            it.call(custom, [value, name, new])
        else:
            set_on_class(it, value, name, new)
    elif isinstance(value, FunctionValue):
        _set_on_function(it, value, name, new)
    elif isinstance(value, Native):
        if name in _OF_CODE:
            it.rebound(value, name, new)
        it.write(value.attrs)
        it.outlives()
        value.attrs[name] = new
    elif isinstance(value, ModuleValue):
        if name == "__class__":
            value.turns.abandoned = value.turns.abandoned or it.unknown_reason("a module that gets a class of its own")
        else:
            value.assign(it, name, new)
    elif isinstance(value, Unknown):
        through(it, value)
        for item in value.held:
            if is_plain(item):  # who finds the new value there changes that one
                it.write(item.attrs)
                item.attrs[name] = loose(value.reason, (item.attrs.get(name), new))
            elif isinstance(item, Instance) and not name.startswith("_"):
                set_any(it, item, value.reason, new)
        it.escaped(new, value.reason)
        it.given(value, new, kept=True)
    elif isinstance(value, Either):
        it.each(value, lambda item: set_(it, item, name, new))
    elif isinstance(value, BoundMethod) and not isinstance(value.func, FunctionValue):
        set_(it, value.func, name, new)
    elif isinstance(value, Foreign) and value.set(it, name, new) is not NotImplemented:
        return
    elif not isinstance(value, Foreign | Formula):
        it.throw("AttributeError", f"'{type_name(value)}' object has no attribute '{name}'")


def is_plain_setter(it: Interpreter, cls: ClassValue) -> bool:
    """Whether a class leaves the setting of attributes to ``object``."""
    custom = cls.find("__setattr__")
    return custom is ABSENT or custom is it.classes["object"].attrs.get("__setattr__")


_OF_CODE = frozenset({"__defaults__", "__kwdefaults__", "__code__"})  # of functions: with what they run


def set_plain(it: Interpreter, value: Instance, name: str, new: Any) -> None:
    """``object.__setattr__``: a property's setter or a descriptor, else the instance's own attribute."""
    declared = value.cls.find(name)
    if isinstance(declared, Property) and declared.cached is None:
        if declared.setter is None:
            it.throw("AttributeError", f"property '{name}' of '{value.cls.qualname}' object has no setter")
        it.call(declared.setter, [value, new])
        return
    if isinstance(declared, Instance):
        if declared.cls.find("__set__") is not ABSENT:
            it.call(it.get(declared, "__set__"), [value, new])
            return
        if declared.cls.find("__delete__") is not ABSENT:
            it.throw("AttributeError", "__set__")
    if name == "__class__" and not isinstance(new, ClassValue | Either) and (not isinstance(new, Unknown) or new.data):
        it.throw("TypeError", f"__class__ must be set to a class, not '{type_name(new)}' object")
    if name == "__class__" and isinstance(new, ClassValue):
        if it.state.logs:
            raise it.not_followed("an object that changes its class in a branch")
        it.write(value.attrs)
        value.cls = new
        return
    if name == "__dict__" and declared is ABSENT:
        _set_all(it, value, new)
        return
    if slots.FACT in value.cls.facts:
        slots.refuse(it, value, name)
    it.write(value.attrs)
    value.attrs[name] = new


def set_on_class(it: Interpreter, cls: ClassValue, name: str, new: Any) -> None:
    """``type.__setattr__``."""
    declared = cls.metaclass.find(name) if cls.metaclass is not None else ABSENT
    if isinstance(declared, Property) and declared.cached is None:
        if declared.setter is None:
            it.throw("AttributeError", f"property '{name}' of '{cls.metaclass.qualname}' object has no setter")  # type: ignore[union-attr]
        it.call(declared.setter, [cls, new])
        return
    if isinstance(declared, Instance) and declared.cls.find("__set__") is not ABSENT:
        it.call(it.get(declared, "__set__"), [cls, new])
        return
    if cls.site is None and _is_pythons(it, cls) and stdlib.is_immutable(cls.module, cls.name):
        full = cls.name if cls.module == "builtins" else f"{cls.module}.{cls.name}"
        it.throw("TypeError", f"cannot set '{name}' attribute of immutable type '{full}'")
    if name == "__bases__":
        _set_bases(it, cls, new)
        return
    if cls.site is None:
        it.rebound(cls, name, new)
    it.write(cls.attrs)
    cls.attrs[name] = new
    if name == "__getattribute__" and isinstance(new, FunctionValue):
        cls.facts["getattribute"] = new


def _is_pythons(it: Interpreter, cls: ClassValue) -> bool:
    return cls.module != "builtins" or it.classes.get(cls.name) is cls


def _set_bases(it: Interpreter, cls: ClassValue, new: Any) -> None:
    """Other bases for a class that is there already: it and what derives from it are looked up anew."""
    if isinstance(new, list | dict | str | int | None) or new == ():
        it.throw("TypeError", f"can only assign {'non-empty ' if new == () else ''}tuple to {cls.name}.__bases__")
    if isinstance(new, tuple) and any(isinstance(base, ClassValue) and cls in base.mro for base in new):
        it.throw("TypeError", "a __bases__ item causes an inheritance cycle")
    plain = isinstance(new, tuple) and all(isinstance(base, ClassValue) and base.python is None and base.module != "builtins"
                                           and base.fact("unknown_base") is None for base in (*new, *cls.bases))
    if not plain or it.state.logs:
        may_raise(it, "TypeError", f"`{cls.name}` can have other bases")
        unknown = it.not_followed(f"other bases for the class `{cls.name}`")
        cls.facts.setdefault("unknown_base", unknown.unknown.reason)
        _rebase(cls, (it.classes["object"],))  # whatever it does not define itself is not known
        raise unknown
    try:
        _rebase(cls, new)
    except MroConflict as error:
        it.throw("TypeError", str(error))


def _rebase(cls: ClassValue, new: tuple[ClassValue, ...]) -> None:
    """Raises MroConflict, and changes nothing, where the bases have no common order."""
    before = cls.bases
    cls.bases = new
    try:
        cls.reorder()
    except MroConflict:
        cls.bases = before
        cls.reorder()
        raise
    for base in before:
        base.subclasses.remove(cls)
    for base in new:
        base.subclasses.append(cls)


def _set_on_function(it: Interpreter, function: FunctionValue, name: str, new: Any) -> None:
    """An attribute of a function; its defaults and its code are what it runs with from then on."""
    watch = it.watch
    if name == "__doc__":
        it.watch = None  # nobody counts what documentation says
    it.write(function.attrs)
    it.watch = watch
    if name == "__defaults__" and isinstance(new, tuple | None):
        it.write(function.defaults)
        function.defaults[:] = new or ()
    elif name == "__kwdefaults__" and isinstance(new, dict | None):
        it.write(function.keyword_defaults)
        function.keyword_defaults.clear()
        function.keyword_defaults.update(new or {})
    elif name == "__code__" and isinstance(new, CodeValue) and _has_same_names(function, new.function) and not it.state.logs:
        function.code, function.unit = new.function.code, new.function.unit
    elif name in ("__defaults__", "__kwdefaults__", "__code__", "__globals__", "__closure__"):
        def replaced(it: Interpreter, body: Any) -> Any:
            raise it.not_followed(f"a function whose `{name}` is replaced")

        function.within = replaced
    else:
        function.attrs[name] = new


def _has_same_names(function: FunctionValue, other: FunctionValue) -> bool:
    """Whether two functions find names in the same places: in one place, or in one module outside of other functions."""
    return function.closure is other.closure or (
        function.module is other.module and all(one.closure.kind in ("module", "class") for one in (function, other)))


def _set_all(it: Interpreter, value: Instance, new: Any) -> None:
    """``self.__dict__ = self`` of a dict, or another object's ``__dict__``: from then on both are one, and what changes there changes here."""
    space = new.payload if isinstance(new, Instance) else new
    it.write(value.attrs)
    if isinstance(space, dict) and not (it.state.logs and value.attrs):
        value.attrs = space
        return
    if not isinstance(space, dict):
        it.state.mark_open(value.attrs, new.reason if isinstance(new, Unknown) else it.unknown_reason("an object whose attributes are not a dict"))
        return
    unknown = it.unknown(Why.UNSUPPORTED, "an object that shares its attributes with another")
    value.attrs.update(dict.fromkeys([*value.attrs, *space], unknown))


def holds(value: Any) -> tuple[Any, ...]:
    """What may be found in an object under a name that is not known."""
    if isinstance(value, Instance):
        return (*value.attrs.values(), value.payload)
    return tuple(value.attrs.values()) if isinstance(value, ClassValue) else ()


def set_any(it: Interpreter, value: Any, reason: Reason, new: Any) -> None:
    """An attribute whose name is not known is set, or deleted where ``new`` is absent."""
    if isinstance(value, Unknown):
        through(it, value)
    elif isinstance(value, Either):
        it.each(value, lambda item: set_any(it, item, reason, new))
    elif isinstance(value, Instance | ClassValue | FunctionValue):
        it.write(value.attrs)
        if not isinstance(value, Instance) or is_plain(value):
            shown = value.attrs if not isinstance(value, Instance) or new is ABSENT else {**shown_of_class(value), **value.attrs}
            for name, old in shown.items():
                if not name.startswith("__"):
                    value.attrs[name] = it.state.join(old, new, reason)
        if new is not ABSENT:
            value.attrs[ANY] = it.state.join(value.attrs.get(ANY, ABSENT), loose(reason, (new,)), reason)
        if isinstance(value, Instance):
            it.changed(value, reason)


def delete(it: Interpreter, value: Any, name: str) -> None:
    if isinstance(value, Instance):
        custom = value.cls.find("__delattr__")
        if custom is not ABSENT and custom is not it.classes["object"].attrs.get("__delattr__"):
            it.call(bind(it, custom, value, value.cls), [name])
            return
        declared = value.cls.find(name)
        if isinstance(declared, Property) and declared.cached is None:
            if declared.deleter is None:
                it.throw("AttributeError", f"property '{name}' of '{value.cls.qualname}' object has no deleter")
            it.call(declared.deleter, [value])
            return
        if isinstance(declared, Instance) and declared.cls.find("__delete__") is not ABSENT:
            it.call(it.get(declared, "__delete__"), [value])
            return
    if isinstance(value, ClassValue) and value.metaclass is not None:
        custom = value.metaclass.find("__delattr__")
        if custom is not ABSENT and custom is not it.classes["type"].attrs["__delattr__"]:
            it.call(custom, [value, name])
            return
    if isinstance(value, Unknown):
        through(it, value)
    elif isinstance(value, Either):
        it.each(value, lambda item: delete(it, item, name))
    elif isinstance(value, ModuleValue):
        if value.lookup(it, name) is ABSENT:
            it.throw("AttributeError", f"module '{value.name}' has no attribute '{name}'")
        value.forget(it, name)
    elif isinstance(value, Instance | ClassValue | FunctionValue):
        delete_plain(it, value, name)
    elif isinstance(value, Foreign):
        value.delete(it, name)
    elif isinstance(value, int | float | str | list | tuple | dict | set | None):
        it.throw("AttributeError", f"'{type_name(value)}' object has no attribute '{name}'")


def delete_plain(it: Interpreter, value: Any, name: str) -> None:
    it.write(value.attrs)
    if value.attrs.pop(name, ABSENT) is ABSENT:
        kind = f"type object '{value.name}'" if isinstance(value, ClassValue) else f"'{type_name(value)}' object"
        it.throw("AttributeError", f"{kind} has no attribute '{name}'")
