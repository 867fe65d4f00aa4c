"""What every object, every class and every property has."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from paramlint.core.dims import Formula
from paramlint.core.unknown import Unknown, Why
from paramlint.interpreter import attributes, class_attributes, class_namespaces, metaclasses, setting, texts
from paramlint.interpreter.natives import Table, plain, raw
from paramlint.interpreter.operators import type_name
from paramlint.interpreter.unmodelled import OPAQUE
from paramlint.interpreter.values import ABSENT, ClassMethod, ClassValue, Either, FunctionValue, Instance

if TYPE_CHECKING:
    from paramlint.interpreter.machine import Interpreter

OBJECT = Table()
TYPE = Table()
PROPERTY = Table()


@OBJECT.raw("__new__")
def _new(it: Interpreter, cls: Any, /, *args: Any, **kwargs: Any) -> Any:
    if isinstance(cls, Unknown):
        return cls
    if not isinstance(cls, ClassValue):
        return it.throw("TypeError", f"object.__new__(X): X is not a type object ({type_name(cls)})")
    if cls.fact("enumeration"):
        return it.instance(cls)
    for base in cls.mro:  # a library's class or a container makes its own instances
        if base.make is not None:
            return base.make(it, [cls, *args], kwargs)
    return it.instance(cls)


@OBJECT.raw("__init__", binds=True)
def _init(it: Interpreter, self: Any, /, *args: Any, **kwargs: Any) -> None:
    if (args or kwargs) and isinstance(self, Instance) and _plain(it, self.cls):
        it.throw("TypeError", f"{self.cls.name}() takes no arguments" if self.cls.find("__init__") is OBJECT["__init__"]
                 else "object.__init__() takes exactly one argument (the instance to initialize)")


def _plain(it: Interpreter, cls: ClassValue) -> bool:
    """Whether nothing but source code and ``object`` made the class, so that arguments have nowhere to go."""
    if any(base.facts or base.make is not None for base in cls.mro[:-1]) or cls.metaclass is not None:
        return False
    own_new = cls.find("__new__") is not it.classes["object"].attrs["__new__"]
    own_init = cls.find("__init__") is not OBJECT["__init__"]
    return own_init or not own_new


@OBJECT.raw("__init_subclass__")
def _init_subclass(it: Interpreter, cls: Any, /, **kwargs: Any) -> None:
    if kwargs and isinstance(cls, ClassValue) and all(base.site is not None or base.module in ("builtins", "abc") for base in cls.mro):
        it.throw("TypeError", f"{cls.name}.__init_subclass__() takes no keyword arguments")


@OBJECT.raw("__setattr__", binds=True)
def _setattr(it: Interpreter, self: Any, name: Any, value: Any, /) -> None:
    if isinstance(self, Instance) and isinstance(name, str):
        setting.set_plain(it, self, name, value)
    elif isinstance(name, str):
        it.set(self, name, value)
    else:
        _set_by_name(it, self, name, value)


def _set_by_name(it: Interpreter, self: Any, name: Any, new: Any) -> None:
    """Set, or delete where ``new`` is absent, an attribute whose name is no text here."""
    if not isinstance(plain(name), str | Unknown | Either | Formula):
        it.throw("TypeError", f"attribute name must be string, not '{type_name(name)}'")
    reason = name.reason if isinstance(name, Unknown | Either) else it.unknown_reason("an attribute whose name is not known")
    setting.set_any(it, self, reason, new)


@OBJECT.raw("__delattr__", binds=True)
def _delattr(it: Interpreter, self: Any, name: Any, /) -> None:
    if isinstance(self, Instance) and isinstance(name, str):
        it.write(self.attrs)
        if name not in self.attrs:
            it.throw("AttributeError", f"'{self.cls.name}' object has no attribute '{name}'")
        del self.attrs[name]
    elif isinstance(name, str):
        setting.delete(it, self, name)
    else:
        _set_by_name(it, self, name, ABSENT)


@OBJECT.raw("__getattribute__", binds=True)
def _getattribute(it: Interpreter, self: Any, name: Any, /) -> Any:
    if not isinstance(name, str):
        return it.unknown(Why.UNSUPPORTED, "an attribute whose name is not known")
    if not isinstance(self, Instance):
        return it.get(self, name)
    from paramlint.interpreter.containers import present

    found = attributes.plain(it, self, name, behind=False)  # ``__getattr__`` is tried by whoever looks the attribute up
    if found is ABSENT:
        it.throw("AttributeError", f"'{self.cls.name}' object has no attribute '{name}'")
    return present(found)


@OBJECT.raw("__repr__", binds=True)
def _repr(it: Interpreter, self: Any, /) -> Any:
    return it.unknown(Why.UNSUPPORTED, "the text of an object, which holds its address")


@OBJECT.raw("__str__", binds=True)
def _str(it: Interpreter, self: Any, /) -> Any:
    return texts.representation(it, self)


@OBJECT.raw("__format__", binds=True)
def _format(it: Interpreter, self: Any, spec: Any, /) -> Any:
    if spec and isinstance(spec, str):
        it.throw("TypeError", f"unsupported format string passed to {type_name(self)}.__format__")
    return texts.text(it, self) if spec == "" else texts.format_value(it, texts.text(it, self), None, spec)


@OBJECT.raw("__dir__", binds=True)
def _dir(it: Interpreter, self: Any, /) -> Any:
    return names_of(it, self)


def _stored(name: str) -> Any:
    def method(it: Interpreter, self: Any, /, *args: Any) -> Any:
        from paramlint.interpreter.stdlib import reduction

        if not isinstance(self, Instance):
            return it.unknown(Why.UNSUPPORTED, "how Python stores an object")
        return getattr(reduction, name)(it, self, *args)

    return method


OBJECT.raw("__getstate__", binds=True)(_stored("state_of"))
OBJECT.raw("__reduce__", binds=True)(_stored("reduce"))
OBJECT.raw("__reduce_ex__", binds=True)(_stored("reduce_ex"))


@OBJECT.raw("__sizeof__", binds=True)
def _machine(it: Interpreter, self: Any, /, *args: Any) -> Any:
    return it.unknown(Why.UNSUPPORTED, "how Python stores an object")


def names_of(it: Interpreter, value: Any) -> Any:
    """What ``dir(value)`` lists."""
    names = set(dir(object()))
    if isinstance(value, Instance):
        names.update(value.attrs)
    cls = value if isinstance(value, ClassValue) else it.class_of(value)
    if isinstance(cls, Unknown):
        return cls
    unknown = cls.fact("unknown_base") or cls.fact(OPAQUE)
    if unknown is not None:
        return Unknown(unknown)
    for base in cls.mro:
        names.update(class_namespaces.contents(it, base))
    return it.made(sorted(names))


# Classes ------------------------------------------------------------------------------------------------------------------


def make_type(it: Interpreter, args: list[Any], kwargs: dict[str, Any]) -> Any:
    """``type(x)``, ``type(name, bases, namespace)``, and what a metaclass's ``super().__new__`` reaches."""
    from paramlint.interpreter import classes

    metaclass, *rest = args
    if len(rest) == 1:
        return it.class_of(rest[0])
    if len(rest) != 3:
        it.throw("TypeError", "type() takes 1 or 3 arguments")
    name, bases, namespace = rest
    namespace = namespace.payload if isinstance(namespace, Instance) else namespace
    for part in (name, bases, namespace):
        if isinstance(part, Unknown):
            return part
    if not (isinstance(name, str) and isinstance(bases, tuple) and isinstance(namespace, dict)):
        return it.unknown(Why.UNSUPPORTED, "a class whose name, bases or namespace are not known")
    known = [base for base in bases if isinstance(base, ClassValue)]
    kind = metaclasses.winner(it, metaclass, known)
    if kind is not metaclass and isinstance(kind.find("__new__"), FunctionValue):
        return it.call(kind.find("__new__"), [kind, *rest], kwargs)
    metaclasses.refuse_bases(it, name, known)
    pending = metaclasses.claim(it, kind)
    if pending is not None:
        return classes.create(it, name, known, dict(namespace), pending.body.module.name, kind, kwargs, pending.unknown, pending.body)
    module = it.frame.module.name if it.frame is not None else "builtins"
    reason = None if len(known) == len(bases) else it.unknown(Why.UNSUPPORTED, "a base that is not a class").reason
    return classes.create(it, name, known, dict(namespace), module, kind, kwargs, reason)


def _prepare(it: Interpreter, kind: Any, /, *args: Any, **kwargs: Any) -> Any:
    return {}


TYPE["__prepare__"] = ClassMethod(raw("__prepare__", _prepare))


@TYPE.raw("__setattr__", binds=True)
def _type_setattr(it: Interpreter, cls: Any, name: Any, value: Any, /) -> None:
    setting.set_on_class(it, cls, name, value)


@TYPE.raw("__delattr__", binds=True)
def _type_delattr(it: Interpreter, cls: Any, name: Any, /) -> None:
    setting.delete_plain(it, cls, name)


@TYPE.raw("__getattribute__", binds=True)
def _type_getattribute(it: Interpreter, cls: Any, name: Any, /) -> Any:
    found = class_attributes.of_class(it, cls, name, custom=False)
    return it.throw("AttributeError", f"type object '{cls.name}' has no attribute '{name}'") if found is ABSENT else found


@TYPE.raw("__init__", binds=True)
def _type_init(it: Interpreter, cls: Any, /, *args: Any, **kwargs: Any) -> None:
    return None


@TYPE.raw("__call__", binds=True)
def _type_call(it: Interpreter, cls: Any, /, *args: Any, **kwargs: Any) -> Any:
    from paramlint.interpreter import classes

    return classes.construct(it, cls, list(args), kwargs)


# Properties: for classes that derive from ``property`` --------------------------------------------------------------------


@PROPERTY.raw("__get__", binds=True)
def _property_get(it: Interpreter, self: Any, instance: Any, owner: Any = None, /) -> Any:
    return self if instance is None else it.call(it.get(self, "fget"), [instance])


@PROPERTY.raw("__set__", binds=True)
def _property_set(it: Interpreter, self: Any, instance: Any, value: Any, /) -> None:
    setter = it.get(self, "fset")
    if setter is None:
        it.throw("AttributeError", "property of an object has no setter")
    it.call(setter, [instance, value])


@PROPERTY.raw("setter", binds=True)
def _property_setter(it: Interpreter, self: Any, function: Any, /) -> Any:
    return it.instance(self.cls, {**self.attrs, "fset": function})


@PROPERTY.raw("getter", binds=True)
def _property_getter(it: Interpreter, self: Any, function: Any, /) -> Any:
    return it.instance(self.cls, {**self.attrs, "fget": function})
