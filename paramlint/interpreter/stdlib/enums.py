"""``enum``. Members are instances with ``name`` and ``value``; a class keeps them in ``facts["members"]``."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from paramlint.core.unknown import NeedsValue, Unknown
from paramlint.interpreter import setting, texts
from paramlint.interpreter.natives import Table, lazy
from paramlint.interpreter.stdlib import enum_members, flags, mapping_proxies
from paramlint.interpreter.unanswered import may_miss
from paramlint.interpreter.values import ABSENT, ClassMethod, ClassValue, Instance, Native, Property, StaticMethod

if TYPE_CHECKING:
    from paramlint.interpreter.machine import Interpreter

_ENUM = Table()
_META = Table()
_VALUE_TEXT = Table()


def names(it: Interpreter) -> dict[str, Any]:
    meta = ClassValue("EnumType", (it.classes["type"],), {**_META, "__members__": Property(Native("__members__", _members))}, module="enum")
    meta.facts["assigned"] = enum_members.assigned
    enum = ClassValue("Enum", (it.classes["object"],), dict(_ENUM), module="enum")
    enum.metaclass = meta
    enum.facts["enumeration"] = True
    enum.facts["finish"] = Native("finish", lambda it, args, kwargs: enum_members.finish(it, args[0]))
    value_text = dict(_VALUE_TEXT)
    made = {
        "Enum": enum,
        "ReprEnum": ClassValue("ReprEnum", (enum,), value_text, module="enum"),
        "IntEnum": ClassValue("IntEnum", (it.classes["int"], enum), value_text, module="enum"),
        "StrEnum": ClassValue("StrEnum", (it.classes["str"], enum), value_text, module="enum"),
        "Flag": ClassValue("Flag", (enum,), dict(flags.FLAG), module="enum"),
    }
    made["IntFlag"] = ClassValue("IntFlag", (it.classes["int"], made["Flag"]), value_text, module="enum")
    made["Flag"].facts["flag"], made["IntFlag"].facts["flag"] = "strict", "keep"  # what becomes of bits that no member has
    for cls in made.values():
        cls.make = lambda it, args, kwargs: look_up(it, args[0], args[1:], kwargs)
        cls.attrs["__new__"] = StaticMethod(Native("__new__", enum_members.bare))
    auto = ClassValue("auto", (it.classes["object"],), {}, module="enum")
    auto.facts["auto"] = True
    return {
        **made,
        "EnumMeta": meta,
        "EnumType": meta,
        "auto": auto,
        "unique": Native("unique", lambda it, args, kwargs: _unique(it, args[0])),
        "member": _marker(it, "member"),
        "nonmember": _marker(it, "nonmember"),
        "property": it.classes["property"],
    }


def _marker(it: Interpreter, name: str) -> ClassValue:
    cls = ClassValue(name, (it.classes["object"],), {}, module="enum")
    cls.facts[name] = True
    cls.make = lambda it, args, kwargs: it.instance(cls, {"value": args[1]})
    return cls


def _members(it: Interpreter, args: list[Any], kwargs: dict[str, Any]) -> Any:
    return mapping_proxies.proxy(it, it.made(dict(args[0].fact("members") or {})))


def _unique(it: Interpreter, cls: Any) -> Any:
    if isinstance(cls, ClassValue):
        twice = [(name, member) for name, member in (cls.fact("members") or {}).items() if member.attrs["_name_"] != name]
        if twice:
            found = ", ".join(f"{name} -> {member.attrs['_name_']}" for name, member in twice)
            it.throw("ValueError", f"duplicate values found in <enum '{cls.name}'>: {found}")
    return cls


# The class ------------------------------------------------------------------------------------------------------------------


@_META.raw("__setattr__", binds=True)
def _set_on_class(it: Interpreter, cls: Any, name: Any, value: Any, /) -> None:
    if isinstance(cls, ClassValue) and name in (cls.facts.get("members") or ()):
        it.throw("AttributeError", f"cannot reassign member {name!r}")
    setting.set_on_class(it, cls, name, value)


@_META.raw("__delattr__", binds=True)
def _delete_on_class(it: Interpreter, cls: Any, name: Any, /) -> None:
    if isinstance(cls, ClassValue) and name in (cls.facts.get("members") or ()):
        it.throw("AttributeError", f"{cls.name!r} cannot delete member {name!r}.")
    setting.delete_plain(it, cls, name)


@_META.raw("__getattr__", binds=True)
def _lacking(it: Interpreter, cls: Any, name: Any, /) -> Any:
    unknown = cls.fact("unknown_base")
    return Unknown(unknown) if unknown is not None else it.throw("AttributeError", name)


@_META.raw("__getitem__", binds=True)
def _by_name(it: Interpreter, cls: Any, name: Any, /) -> Any:
    members = it.made(dict(cls.fact("members") or {}))
    return it.item(members, name)


@_META.raw("__len__", binds=True)
def _count(it: Interpreter, cls: Any, /) -> Any:
    return len(cls.fact("canonical") or ())


@_META.raw("__iter__", binds=True)
def _walk(it: Interpreter, cls: Any, /) -> Any:
    return lazy(list(cls.fact("canonical") or ()), "generator")


@_META.raw("__reversed__", binds=True)
def _walk_back(it: Interpreter, cls: Any, /) -> Any:
    return lazy(reversed(cls.fact("canonical") or ()), "generator")


@_META.raw("__contains__", binds=True)
def _contains(it: Interpreter, cls: Any, value: Any, /) -> Any:
    if isinstance(value, Instance) and value.cls.fact("enumeration"):
        return cls in value.cls.mro
    raise it.not_followed("whether an enumeration contains a value that is no member, which depends on the version of Python")


def look_up(it: Interpreter, cls: ClassValue, args: list[Any], kwargs: dict[str, Any]) -> Any:
    """``Color(value)``, or ``Enum("Color", names)``."""
    members = cls.fact("members")
    args = [*args, kwargs.pop("value")] if "value" in kwargs and not args else args
    if not args:
        it.library_throw("TypeError", "EnumType.__call__() missing 1 required positional argument: 'value'")
    if members is None:
        return _functional(it, cls, args, kwargs)
    if len(args) > 1 or kwargs:
        it.library_throw("TypeError", f"{cls.name} cannot be extended")
    value = args[0]
    if isinstance(value, Instance) and cls in value.cls.mro:
        return value
    if isinstance(value, Unknown):
        may_miss(it, value, "ValueError")
    found = enum_members.with_value(it, members, value)
    if found is not None:
        return found
    missing = cls.find("_missing_")
    if isinstance(missing, ClassMethod):
        found = it.call(missing.func, [cls, value])
        if found is not None:
            return _checked(it, cls, found, value)
    if cls.fact("flag") and isinstance(value, int):
        return flags.composite(it, cls, value)
    text = texts.representation(it, value)
    return it.throw("ValueError", f"{text} is not a valid {cls.qualname}" if isinstance(text, str) else text)


def _checked(it: Interpreter, cls: ClassValue, found: Any, value: Any) -> Any:
    if isinstance(found, Instance) and cls not in found.cls.mro:
        it.library_throw("TypeError", f"error in {cls.name}._missing_: returned something that is no member")
    if isinstance(found, int | str | float | tuple | list | dict):
        it.library_throw("TypeError", f"error in {cls.name}._missing_: returned {found!r} instead of None or a valid member")
    return found


def _functional(it: Interpreter, cls: ClassValue, args: list[Any], kwargs: dict[str, Any]) -> Any:
    name, given = args[0], args[1] if len(args) > 1 else kwargs.get("names", ABSENT)
    if given is ABSENT:
        it.library_throw("TypeError", f"{cls.name} has no members; the names of a new enumeration are missing")
    if isinstance(name, Unknown) or not isinstance(name, str) or set(kwargs) - {"start", "names", "module", "qualname"}:
        raise it.not_followed("an enumeration whose name or kind is not known")
    given = given.payload if isinstance(given, Instance) and given.payload is not None else given
    start = kwargs.get("start", 1)
    if isinstance(given, dict) and it.state.open_reason(given) is None:
        pairs = list(given.items())
    else:
        items = given.replace(",", " ").split() if isinstance(given, str) else it.elements(given)
        pairs = [tuple(it.elements(item)) if not isinstance(item, str) else (item, ABSENT) for item in items]
    made = ClassValue(name, (cls,), {}, module=it.frame.module.name if it.frame is not None else "builtins")
    for key, value in pairs:
        if not isinstance(key, str):
            raise NeedsValue(key) if isinstance(key, Unknown) else it.not_followed("the names of an enumeration")
        made.attrs[key] = enum_members.numbered(it, made, key, start) if value is ABSENT else enum_members.resolved(it, made, key, value)
    it.made(made.attrs)
    return enum_members.finish(it, made)


# Members ----------------------------------------------------------------------------------------------------------------------


@_ENUM.raw("__setattr__", binds=True)
def _set(it: Interpreter, self: Instance, name: Any, value: Any, /) -> None:
    if name in ("name", "value") and isinstance(self, Instance) and "_name_" in self.attrs:
        it.throw("AttributeError", f"<enum 'Enum'> cannot set attribute {name!r}")
    setting.set_plain(it, self, name, value)
    if name == "_value_" and isinstance(self, Instance):
        self.attrs["value"] = value


@_ENUM.raw("__repr__", binds=True)
def _repr(it: Interpreter, self: Instance, /) -> Any:
    value = texts.representation(it, self.attrs.get("_value_"))
    return f"<{self.cls.name}.{self.attrs.get('_name_')}: {value}>" if isinstance(value, str) else value


@_ENUM.raw("__str__", binds=True)
def _str(it: Interpreter, self: Instance, /) -> Any:
    return f"{self.cls.name}.{self.attrs.get('_name_')}"


@_ENUM.raw("__format__", binds=True)
def _format(it: Interpreter, self: Instance, spec: Any, /) -> Any:
    return texts.format_value(it, texts.text(it, self), None, spec)


@_ENUM.raw("__hash__", binds=True)
def _hash(it: Interpreter, self: Instance, /) -> Any:
    return it.call(it.builtins["hash"], [self.attrs.get("_name_")])


@_VALUE_TEXT.raw("__str__", binds=True)
def _value_str(it: Interpreter, self: Instance, /) -> Any:
    return texts.text(it, self.attrs.get("_value_"))


@_VALUE_TEXT.raw("__format__", binds=True)
def _value_format(it: Interpreter, self: Instance, spec: Any, /) -> Any:
    return texts.format_value(it, self.attrs.get("_value_"), None, spec)
