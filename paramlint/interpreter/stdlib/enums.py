"""``enum``. Members are instances with ``name`` and ``value``; a class keeps them in ``facts["members"]``."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from paramlint.core.unknown import NeedsValue, Unknown
from paramlint.interpreter import equality, texts
from paramlint.interpreter.natives import Table
from paramlint.interpreter.stdlib import flags
from paramlint.interpreter.values import (
    ABSENT,
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

_ENUM = Table()
_VALUE_TEXT = Table()
_PLAIN = (int, float, str, bytes, tuple)


def names(it: Interpreter) -> dict[str, Any]:
    meta = ClassValue("EnumType", (it.classes["type"],), {"__members__": Property(Native("__members__", _members))}, module="enum")
    enum = ClassValue("Enum", (it.classes["object"],), dict(_ENUM), module="enum")
    enum.metaclass = meta
    enum.facts["finish"] = Native("finish", lambda it, args, kwargs: finish(it, args[0]))
    enum.make = lambda it, args, kwargs: look_up(it, args[0], args[1:], kwargs)
    value_text = dict(_VALUE_TEXT)
    integer = ClassValue("IntEnum", (it.classes["int"], enum), value_text, module="enum")
    string = ClassValue("StrEnum", (it.classes["str"], enum), value_text, module="enum")
    flag = ClassValue("Flag", (enum,), dict(flags.FLAG), module="enum")
    int_flag = ClassValue("IntFlag", (it.classes["int"], flag), value_text, module="enum")
    auto = ClassValue("auto", (it.classes["object"],), {}, module="enum")
    auto.facts["auto"] = True
    identity = Native("unique", lambda it, args, kwargs: args[0])
    member = Native("member", lambda it, args, kwargs: args[0])
    return {
        "Enum": enum,
        "IntEnum": integer,
        "StrEnum": string,
        "Flag": flag,
        "IntFlag": int_flag,
        "EnumMeta": meta,
        "EnumType": meta,
        "auto": auto,
        "unique": identity,
        "member": member,
        "nonmember": member,
        "property": it.classes["property"],
        "ReprEnum": enum,
        "verify": Native("verify", lambda it, args, kwargs: identity),
        "UNIQUE": "one to one",
        "CONTINUOUS": "no skipped values",
    }


def _members(it: Interpreter, args: list[Any], kwargs: dict[str, Any]) -> Any:
    return it.made(dict(args[0].fact("members") or {}))


# Making the members ---------------------------------------------------------------------------------------------------------


def finish(it: Interpreter, cls: ClassValue) -> ClassValue:
    """Turn the plain names of a class body into members."""
    for special, key in (("__new__", "enum_new"), ("__init__", "enum_init")):  # they make members, not what a call of the class gives
        if isinstance(cls.attrs.get(special), FunctionValue):
            cls.facts[key] = cls.attrs.pop(special)
    entries = [(name, value) for name, value in cls.attrs.items() if _is_member(cls, name, value)]
    members: dict[str, Any] = {}
    previous: list[Any] = []
    for name, value in entries:
        value = _resolved(it, cls, name, value, previous)
        member = _equal_member(it, members, value)
        if member is None:
            member = _make_member(it, cls, name, value)
        previous.append(member.attrs["_value_"])
        members[name] = member
        cls.attrs[name] = member
    if members:
        cls.facts["members"] = members
    cls.make = lambda it, args, kwargs: look_up(it, args[0], args[1:], kwargs)
    cls.attrs["__new__"] = StaticMethod(Native("__new__", cls.make))
    return cls


def _is_member(cls: ClassValue, name: str, value: Any) -> bool:
    if name.startswith("_") and (name.endswith("_") or name.startswith(f"_{cls.name}__")):
        return False
    if isinstance(value, Instance) and value.cls.find("__get__") is not ABSENT:
        return False
    return not isinstance(value, FunctionValue | Native | Property | StaticMethod | ClassMethod | ClassValue)


def _resolved(it: Interpreter, cls: ClassValue, name: str, value: Any, previous: list[Any]) -> Any:
    """The value of a member: ``auto()`` counts, alone or in a tuple."""
    if type(value) is tuple:
        return tuple(_resolved(it, cls, name, item, previous) for item in value)
    if not (isinstance(value, Instance) and value.cls.facts.get("auto")):
        return value
    custom = cls.find("_generate_next_value_")
    custom = custom.func if isinstance(custom, StaticMethod) else custom
    if isinstance(custom, FunctionValue):
        return it.call(custom, [name, 1, len(previous), it.made(list(previous))])
    bases = {base.name for base in cls.mro if base.module == "enum"}
    if "StrEnum" in bases:
        return name.lower()
    numbers = [item for item in previous if isinstance(item, int)]
    if "Flag" in bases:
        return 1 << max(numbers).bit_length() if numbers else 1
    return max(numbers) + 1 if numbers else 1


def _equal_member(it: Interpreter, members: dict[str, Any], value: Any) -> Any:
    for member in members.values():
        same = it.truth(equality.equal(it, member.attrs["_value_"], value))
        if same is True:
            return member
    return None


def _make_member(it: Interpreter, cls: ClassValue, name: str, value: Any) -> Instance:
    args = list(value) if type(value) is tuple else [value]
    maker = cls.fact("enum_new")
    if maker is not None:
        member = it.call(maker, [cls, *args])
        if not isinstance(member, Instance):
            raise NeedsValue(member)
        value = member.attrs.get("_value_", value)
    else:
        member = Instance(cls)
        mixin = next((base for base in cls.mro if base.python in _PLAIN), None)
        if mixin is not None and mixin.make is not None:
            payload = mixin.make(it, [mixin, *(args if mixin.python is not tuple else [value])], {})
            member.payload = payload if isinstance(payload, _PLAIN) else None
            value = payload if type(value) is not tuple and not isinstance(payload, Unknown) else value
    member.attrs.update({"_name_": name, "name": name, "_value_": value, "value": value})
    initialise = cls.fact("enum_init")
    if initialise is not None:
        it.call(initialise, [member, *args])
        member.attrs["value"] = member.attrs["_value_"]
    return member


# Finding a member -----------------------------------------------------------------------------------------------------------


def look_up(it: Interpreter, cls: ClassValue, args: list[Any], kwargs: dict[str, Any]) -> Any:
    """``Color(value)``, or ``Enum("Color", names)``."""
    members = cls.fact("members")
    if members is None:
        return _functional(it, cls, args, kwargs)
    value = args[0] if len(args) == 1 else tuple(args)
    if isinstance(value, Instance) and cls in value.cls.mro:
        return value
    undecided: Unknown | None = None
    for member in members.values():
        same = it.truth(equality.equal(it, member.attrs["_value_"], value))
        if same is True:
            return member
        if isinstance(same, Unknown):
            undecided = same if undecided is None else undecided
    if undecided is not None:
        return undecided
    if "Flag" in {base.name for base in cls.mro if base.module == "enum"} and isinstance(value, int):
        return flags.composite(it, cls, value)
    missing = cls.find("_missing_")
    if isinstance(missing, ClassMethod):
        found = it.call(missing.func, [cls, value])
        if found is not None:
            return found
    text = texts.representation(it, value)
    return it.throw("ValueError", f"{text} is not a valid {cls.qualname}")


def _functional(it: Interpreter, cls: ClassValue, args: list[Any], kwargs: dict[str, Any]) -> Any:
    if len(args) < 2:
        it.throw("TypeError", f"{cls.name} has no members defined")
    name, given = args[0], args[1]
    if isinstance(given, str):
        pairs = [(part, at) for at, part in enumerate(given.replace(",", " ").split(), kwargs.get("start", 1))]
    elif isinstance(given, dict):
        pairs = list(given.items())
    else:
        items = it.elements(given)
        pairs = [
            tuple(it.elements(item)) if not isinstance(item, str) else (item, at) for at, item in enumerate(items, kwargs.get("start", 1))
        ]
    made = ClassValue(name, (cls,), it.made(dict(pairs)), module=it.frame.module.name if it.frame is not None else "builtins")
    return finish(it, made)


# Methods of members -----------------------------------------------------------------------------------------------------------


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
