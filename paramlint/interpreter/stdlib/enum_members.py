"""What makes members of the names in the body of an enumeration."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from paramlint.core.unknown import NeedsValue, Unknown
from paramlint.interpreter import equality
from paramlint.interpreter.stdlib import flags
from paramlint.interpreter.values import ABSENT, ClassMethod, ClassValue, FunctionValue, Instance, Native, Property, StaticMethod

if TYPE_CHECKING:
    from paramlint.interpreter.frames import ClassFrame
    from paramlint.interpreter.machine import Interpreter

_PLAIN = (int, float, str, bytes, tuple, frozenset, complex)
_SUNDER = frozenset({"_order_", "_generate_next_value_", "_numeric_repr_", "_missing_", "_ignore_", "_iter_member_", "_iter_member_by_value_",
                     "_iter_member_by_def_"})
_TEXTS = ("__repr__", "__str__", "__format__")


# Names as the body binds them -------------------------------------------------------------------------------------------------


def assigned(it: Interpreter, body: ClassFrame, name: str, value: Any) -> Any:
    """What a name of the body gets: ``auto()`` counts at once; a member cannot be bound again."""
    before = body.vars.get(name, ABSENT)
    if _is_sunder(name) and name not in _SUNDER:
        it.throw("ValueError", f"_sunder_ names, such as '{name}', are reserved")
    if before is not ABSENT and is_member(body.node.name, name, before):
        it.library_throw("TypeError", f"{name!r} already defined")
    if name == "_generate_next_value_" and body.counted:
        it.throw("TypeError", "_generate_next_value_ must be defined before members")
    if not is_member(body.node.name, name, value):
        return value
    if before is not ABSENT:
        it.library_throw("TypeError", f"{name!r} already defined")
    parts = value if type(value) is tuple else (value,)
    body.counted = body.counted or any(isinstance(part, Instance) and "auto" in part.cls.facts for part in parts)
    own = body.vars.get("_generate_next_value_", ABSENT)
    return _resolved(it, name, value, own, body.bases, _values(body.node.name, body.vars))


def _values(cls: str, namespace: dict[str, Any]) -> list[Any]:
    return [value for name, value in namespace.items() if is_member(cls, name, value)]


def resolved(it: Interpreter, cls: ClassValue, name: str, value: Any) -> Any:
    return _resolved(it, name, value, ABSENT, cls.bases, _values(cls.name, cls.attrs))


def _resolved(it: Interpreter, name: str, value: Any, own: Any, bases: tuple[ClassValue, ...], previous: list[Any]) -> Any:
    if type(value) is tuple and any(isinstance(item, Instance) and "auto" in item.cls.facts for item in value):
        return tuple(_resolved(it, name, item, own, bases, previous) for item in value)
    if not (isinstance(value, Instance) and "auto" in value.cls.facts):
        return value
    return _next_value(it, name, 1, own, bases, previous)


def numbered(it: Interpreter, cls: ClassValue, name: str, start: Any) -> Any:
    return _next_value(it, name, start, ABSENT, cls.bases, _values(cls.name, cls.attrs))


def _next_value(it: Interpreter, name: str, start: Any, own: Any, bases: tuple[ClassValue, ...], previous: list[Any]) -> Any:
    if own is ABSENT:
        own = next((found for base in bases if (found := base.find("_generate_next_value_")) is not ABSENT), ABSENT)
    own = own.func if isinstance(own, StaticMethod) else own
    if isinstance(own, FunctionValue):
        return it.call(own, [name, start, len(previous), it.made(list(previous))])
    if any(base.name == "StrEnum" and base.module == "enum" for cls in bases for base in cls.mro):
        return name.lower()
    if not previous:
        return start
    if not all(isinstance(value, int) for value in previous):
        raise it.not_followed("`auto()` after members that are no whole numbers")
    return 1 << max(previous).bit_length() if any(cls.fact("flag") for cls in bases) else max(previous) + 1


def _is_sunder(name: str) -> bool:
    return len(name) > 2 and name[0] == name[-1] == "_" and name[1] != "_" != name[-2]


def is_member(cls: str, name: str, value: Any) -> bool:
    """Whether what is bound to a name in the body of an enumeration becomes a member."""
    if isinstance(value, Instance) and "nonmember" in value.cls.facts:
        return False
    if (name.startswith("__") and name.endswith("__")) or _is_sunder(name) or name.startswith(f"_{cls.lstrip('_')}__"):
        return False
    if isinstance(value, Instance) and any(value.cls.find(method) is not ABSENT for method in ("__get__", "__set__", "__delete__")):
        return False
    return not isinstance(value, FunctionValue | Native | Property | StaticMethod | ClassMethod)


# Making the members ---------------------------------------------------------------------------------------------------------


def bare(it: Interpreter, args: list[Any], kwargs: dict[str, Any]) -> Any:
    """``object.__new__`` of an enumeration, for code that makes its members itself."""
    return it.instance(args[0])


def finish(it: Interpreter, cls: ClassValue) -> ClassValue:
    """Turn the plain names of a class body into members."""
    ignored = cls.attrs.pop("_ignore_", ())
    for name in ignored.replace(",", " ").split() if isinstance(ignored, str) else it.elements(ignored):
        cls.attrs.pop(name, None)
    maker = _maker(cls)
    entries = [(name, value) for name, value in cls.attrs.items() if is_member(cls.name, name, value)]
    if any(isinstance(value, ClassValue) for _, value in entries):
        raise it.not_followed("a class inside an enumeration, which is a member in some versions of Python")
    for name, value in list(cls.attrs.items()):
        if isinstance(value, Instance) and "nonmember" in value.cls.facts:
            cls.attrs[name] = value.attrs["value"]
    _keep_texts(it, cls)
    members: dict[str, Any] = {}
    for name, value in entries:
        if isinstance(value, Instance) and "member" in value.cls.facts:
            value = value.attrs["value"]
        made = _make_member(it, cls, maker, name, value)
        member = with_value(it, members, made.attrs["_value_"]) or made
        members[name] = member
        cls.attrs[name] = member
        if member is made:
            _initialise(it, made, value)
    cls.make = _called(cls)
    if members:
        cls.facts["members"] = members
        cls.facts["canonical"] = [member for name, member in members.items() if member.attrs["_name_"] == name and _counts(cls, member)]
        cls.facts["enum new"] = maker
        cls.attrs["__new__"] = StaticMethod(Native("__new__", cls.make))
    return cls


def _called(cls: ClassValue) -> Any:
    from paramlint.interpreter.stdlib import enums

    return lambda it, args, kwargs: enums.look_up(it, args[0], args[1:], kwargs)


def _counts(cls: ClassValue, member: Instance) -> bool:
    """Whether iteration gives a member: of flags those of one bit."""
    return not cls.fact("flag") or flags.single(member.attrs["_value_"])


def _maker(cls: ClassValue) -> Any:
    """The ``__new__`` of the analysed code that makes members, None where a built-in type or ``object`` does."""
    for base in cls.mro:
        found = base.facts.get("enum new", base.attrs.get("__new__"))
        found = found.func if isinstance(found, StaticMethod) else found
        if isinstance(found, FunctionValue):
            return found
        if base.python in _PLAIN or base.facts.get("enumeration"):
            return None
    return None


def _keep_texts(it: Interpreter, cls: ClassValue) -> None:
    """Texts are the enumeration's, where a class that is mixed in has none but the built-in ones."""
    first = next((base for base in cls.mro[1:] if base.fact("enumeration")), None)
    for name in _TEXTS:
        if name not in cls.attrs and first is not None and cls.find(name) in (ABSENT, it.classes["object"].attrs.get(name)):
            cls.attrs[name] = first.find(name)


def _make_member(it: Interpreter, cls: ClassValue, maker: Any, name: str, value: Any) -> Instance:
    mixin = next((base for base in cls.mro if base.python in _PLAIN), None)
    args = list(value) if type(value) is tuple and not (mixin is not None and mixin.python is tuple) else [value]
    if maker is not None:
        member = it.call(maker, [cls, *args])
        if not isinstance(member, Instance):
            raise NeedsValue(member) if isinstance(member, Unknown) else it.not_followed("what makes the members of an enumeration")
        value = member.attrs.get("_value_", value if member.payload is None else member.payload)
    else:
        member = it.instance(cls)
        if mixin is not None and mixin.make is not None:
            payload = mixin.make(it, [mixin, *args], {})
            if not isinstance(payload, _PLAIN):
                raise NeedsValue(payload) if isinstance(payload, Unknown) else it.not_followed("the value of a member")
            member.payload = value = payload
            if mixin.python is str and isinstance(args[0], int | float | None):
                if any(base.name == "StrEnum" and base.module == "enum" for base in cls.mro):
                    it.throw("TypeError", f"{args[0]!r} is not a string")
    member.attrs.update({"_name_": name, "name": name, "_value_": value, "value": value})
    return member


def _initialise(it: Interpreter, member: Instance, value: Any) -> None:
    initialise = member.cls.find("__init__")
    if isinstance(initialise, FunctionValue):
        it.call(initialise, [member, *(value if type(value) is tuple else [value])])
        member.attrs["value"] = member.attrs["_value_"]


def with_value(it: Interpreter, members: dict[str, Any], value: Any) -> Any:
    """The member that has a value, None where there is none."""
    undecided: Unknown | None = None
    for member in members.values():
        same = it.truth(equality.equal(it, member.attrs["_value_"], value))
        if same is True:
            return member
        if isinstance(same, Unknown):
            undecided = same if undecided is None else undecided
    if undecided is not None:
        raise NeedsValue(undecided)
    return None
