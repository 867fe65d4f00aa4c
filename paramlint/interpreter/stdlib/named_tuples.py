"""``collections.namedtuple`` and ``typing.NamedTuple``."""

from __future__ import annotations

from collections.abc import Sequence
from keyword import iskeyword
from typing import TYPE_CHECKING, Any

from paramlint.core.unknown import NeedsValue, Unknown
from paramlint.interpreter import generic_types, hints, slots, texts
from paramlint.interpreter.natives import Table, known, raw
from paramlint.interpreter.values import ClassMethod, ClassValue, Instance, Native, Property, StaticMethod

if TYPE_CHECKING:
    from paramlint.interpreter.machine import Interpreter

METHODS = Table()


def build(it: Interpreter, name: str, fields: Sequence[str], defaults: dict[str, Any], module: str) -> ClassValue:
    """A class of tuples whose elements have names."""
    cls = ClassValue(name, (it.classes["tuple"],), {}, module=module)
    cls.facts[slots.FACT] = frozenset()
    equip(it, cls, fields, defaults)
    return cls


def equip(it: Interpreter, cls: ClassValue, fields: Sequence[str], defaults: dict[str, Any]) -> None:
    """Give a class that derives from tuple its named elements."""

    def make(it: Interpreter, args: list[Any], kwargs: dict[str, Any]) -> Any:
        wanted, *rest = args
        return it.instance(wanted, payload=_bind(it, cls, fields, defaults, rest, kwargs))

    cls.make = make
    cls.attrs["__new__"] = StaticMethod(Native("__new__", make))
    for position, field in enumerate(fields):
        cls.attrs[field] = Property(Native(field, lambda it, args, kwargs, at=position: args[0].payload[at]))
    cls.attrs.update({key: value for key, value in METHODS.items() if key != "_make" and key not in cls.attrs})
    cls.attrs.update({"_fields": tuple(fields), "_field_defaults": it.made(dict(defaults)), "__match_args__": tuple(fields),
                      "_make": ClassMethod(METHODS["_make"])})


def _bind(
    it: Interpreter, cls: ClassValue, fields: Sequence[str], defaults: dict[str, Any], args: list[Any], kwargs: dict[str, Any]
) -> Any:
    values = dict(zip(fields, args, strict=False))
    if len(args) > len(fields):
        it.throw("TypeError", f"{cls.name}.__new__() takes {len(fields) + 1} positional arguments but {len(args) + 1} were given")
    for key, value in kwargs.items():
        if key not in fields:
            it.throw("TypeError", f"{cls.name}.__new__() got an unexpected keyword argument '{key}'")
        if key in values:
            it.throw("TypeError", f"{cls.name}.__new__() got multiple values for argument '{key}'")
        values[key] = value
    missing = [field for field in fields if field not in values and field not in defaults]
    if missing:
        it.throw("TypeError", f"{cls.name}.__new__() missing {len(missing)} required positional argument{'s' * (len(missing) > 1)}: "
                 + " and ".join(f"'{field}'" for field in missing))
    return tuple(values[field] if field in values else defaults[field] for field in fields)


@METHODS.raw("_make")
def _make(it: Interpreter, cls: Any, iterable: Any, /) -> Any:
    values = it.elements(iterable)
    fields = cls.find("_fields")
    if len(values) != len(fields):
        it.throw("TypeError", f"Expected {len(fields)} arguments, got {len(values)}")
    return it.instance(cls, payload=tuple(values))


@METHODS.raw("_replace", binds=True)
def _replace(it: Interpreter, self: Instance, /, **kwargs: Any) -> Any:
    fields = self.cls.find("_fields")
    wrong = [key for key in kwargs if key not in fields]
    if wrong:
        it.throw("ValueError", f"Got unexpected field names: {wrong!r}")
    return it.instance(self.cls, payload=tuple(kwargs.get(field, old) for field, old in zip(fields, self.payload, strict=True)))


@METHODS.raw("_asdict", binds=True)
def _asdict(it: Interpreter, self: Instance, /) -> Any:
    return it.made(dict(zip(self.cls.find("_fields"), self.payload, strict=True)))


@METHODS.raw("__repr__", binds=True)
def _repr(it: Interpreter, self: Instance, /) -> Any:
    parts = []
    for field, value in zip(self.cls.find("_fields"), self.payload, strict=True):
        text = texts.representation(it, value)
        if not isinstance(text, str):
            return text
        parts.append(f"{field}={text}")
    return f"{self.cls.name}({', '.join(parts)})"


@METHODS.raw("__getnewargs__", binds=True)
def _new_args(it: Interpreter, self: Instance, /) -> Any:
    return self.payload


def _namedtuple(it: Interpreter, typename: Any, field_names: Any, *, rename: Any = False, defaults: Any = None, module: Any = None) -> Any:
    known(it, typename, field_names)
    if isinstance(field_names, set | frozenset):
        raise it.not_followed("fields in the order of a set")
    fields = field_names.replace(",", " ").split() if isinstance(field_names, str) else [str(name) for name in it.elements(field_names)]
    if it.truth(rename) is True:
        fields = [name if _is_field(name) and name not in fields[:at] else f"_{at}" for at, name in enumerate(fields)]
    for name in (typename, *fields):
        if not isinstance(name, str) or not name.isidentifier():
            it.throw("ValueError", f"Type names and field names must be valid identifiers: {name!r}")
        if iskeyword(name):
            it.throw("ValueError", f"Type names and field names cannot be a keyword: {name!r}")
    for at, name in enumerate(fields):
        if name.startswith("_") and it.truth(rename) is not True:
            it.throw("ValueError", f"Field names cannot start with an underscore: {name!r}")
        if name in fields[:at]:
            it.throw("ValueError", f"Encountered duplicate field name: {name!r}")
    given = [] if defaults is None else it.elements(defaults)
    if len(given) > len(fields):
        it.throw("TypeError", "Got more default values than field names")
    where = it.frame.module.name if it.frame is not None else "builtins"
    return build(it, typename, fields, dict(zip(fields[len(fields) - len(given):], given, strict=True)), where)


def _is_field(name: str) -> bool:
    return name.isidentifier() and not name.startswith("_") and not iskeyword(name)


NAMEDTUPLE = raw("namedtuple", _namedtuple)


# typing.NamedTuple --------------------------------------------------------------------------------------------------------


def typed_class(it: Interpreter) -> ClassValue:
    """``typing.NamedTuple``: deriving from it makes the annotated names of the class body fields."""
    cls = ClassValue("NamedTuple", (it.classes["tuple"],), {}, module="typing")

    def finish(it: Interpreter, args: list[Any], kwargs: dict[str, Any]) -> Any:
        made: ClassValue = args[0]
        if cls in made.bases:
            hints.keep(it, made)
            fields = list(made.attrs.get("__annotations__", ()))
            defaults = {field: made.attrs[field] for field in fields if field in made.attrs}
            equip(it, made, fields, defaults)
            made.bases = tuple(it.classes["tuple"] if base is cls else base for base in made.bases)
            made.reorder()
        return made

    def make(it: Interpreter, args: list[Any], kwargs: dict[str, Any]) -> Any:
        _, name, fields = [*args, *kwargs.items()][:3] if len(args) == 3 else [*args, []][:3]
        if isinstance(name, Unknown):
            raise NeedsValue(name)
        pairs = [it.elements(pair) for pair in it.elements(fields)] or [[key, None] for key in kwargs]
        built = build(it, name, [str(pair[0]) for pair in pairs], {}, it.frame.module.name if it.frame is not None else "builtins")
        built.attrs[hints.NAME] = it.made({str(pair[0]): generic_types.kept(it, pair[1]) for pair in pairs})
        return built

    cls.facts["finish"] = Native("finish", finish)
    cls.facts["function"] = True  # it is no class itself
    cls.make = make
    return cls



