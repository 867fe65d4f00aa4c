"""Built-in functions that ask objects about themselves."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from paramlint.core.dims import Formula, Quotient
from paramlint.core.unknown import Present, Unknown, Why
from paramlint.interpreter import library_names, native_kinds, operators, setting, type_variables, virtual_classes
from paramlint.interpreter.addresses import Address
from paramlint.interpreter.generic_types import Parametrised
from paramlint.interpreter.held import loose
from paramlint.interpreter.library_values import LibraryModule
from paramlint.interpreter.module_values import ModuleValue
from paramlint.interpreter.namespaces import locals_
from paramlint.interpreter.natives import Table, known, plain
from paramlint.interpreter.object_methods import names_of
from paramlint.interpreter.unanswered import may_miss
from paramlint.interpreter.unmodelled import UNMODELLED, unmodelled
from paramlint.interpreter.values import (
    ABSENT,
    BoundMethod,
    ClassValue,
    Either,
    Foreign,
    FunctionValue,
    Instance,
    Native,
    StaticMethod,
)

if TYPE_CHECKING:
    from paramlint.interpreter.machine import Interpreter

FUNCTIONS = Table()


# Classes ------------------------------------------------------------------------------------------------------------------


@FUNCTIONS.raw("isinstance")
def isinstance_(it: Interpreter, value: Any, kinds: Any, /) -> Any:
    if isinstance(value, Either):
        return _each_verdict(it, value, lambda item: isinstance_(it, item, kinds))
    return _any_kind(it, kinds, lambda kind: instance_of(it, value, kind))


@FUNCTIONS.raw("issubclass")
def issubclass_(it: Interpreter, cls: Any, kinds: Any, /) -> Any:
    if isinstance(cls, Either):
        return _each_verdict(it, cls, lambda item: issubclass_(it, item, kinds))
    if not isinstance(cls, ClassValue):
        return cls if isinstance(cls, Unknown) else it.throw("TypeError", "issubclass() arg 1 must be a class")
    return _any_kind(it, kinds, lambda kind: _subclass_of(it, cls, kind))


def _each_verdict(it: Interpreter, value: Either, ask: Any) -> Any:
    found = [ask(item) for item in value.alternatives if item is not ABSENT]
    return found[0] if all(verdict is found[0] for verdict in found) else Unknown(value.reason)


def _any_kind(it: Interpreter, kinds: Any, ask: Any) -> Any:
    """Whether it holds for a class or, in a tuple or union, for one of several."""
    if isinstance(kinds, Either):
        return _each_verdict(it, kinds, lambda item: _any_kind(it, item, ask))
    if isinstance(kinds, Parametrised) and kinds.is_union:
        kinds = kinds.args
    it.charge(1)
    if not isinstance(kinds, tuple):
        return ask(kinds)
    unknown: Unknown | None = None
    for kind in kinds:
        verdict = _any_kind(it, kind, ask)
        if verdict is True:
            return True
        if isinstance(verdict, Unknown):
            unknown = verdict if unknown is None else unknown
    return False if unknown is None else unknown


def instance_of(it: Interpreter, value: Any, kind: Any) -> Any:
    """Whether a value is of one class: True, False or an Unknown."""
    if isinstance(kind, Unknown):
        return kind
    if kind is None:
        return value is None
    if isinstance(kind, Parametrised):
        if kind.of_typing is None:
            it.library_throw("TypeError", "types with arguments have no instances")
        return it.throw("TypeError", "Subscripted generics cannot be used with class and instance checks" if kind.of_typing else
                        "isinstance() argument 2 cannot be a parameterized generic")
    if not isinstance(kind, ClassValue):
        custom = it.get_or(kind, "__instancecheck__", ABSENT) if isinstance(kind, Foreign | Instance) else ABSENT
        if custom is not ABSENT:
            return it.truth(it.call(custom, [value]))
        if isinstance(kind, Foreign | Native | FunctionValue | Formula):
            return it.unknown(Why.UNSUPPORTED, f"whether a value is a `{getattr(kind, 'name', kind)}`")
        return it.throw("TypeError", "isinstance() arg 2 must be a type, a tuple of types, or a union")
    if isinstance(value, Formula | Quotient | Unknown):
        return True if kind is it.classes["object"] else it.unknown(Why.ARGUMENT, f"the type of `{value}`") \
            if not isinstance(value, Unknown) else value
    cls = it.class_of(value)
    if isinstance(cls, Unknown):
        return cls
    if "asked first" in kind.facts and (verdict := kind.facts["instance_check"](it, value)) is not False:
        return verdict
    if kind in cls.mro:
        return True
    if kind.metaclass is not None:
        if isinstance(kind.metaclass.find("__instancecheck__"), FunctionValue):
            return it.truth(it.call(kind.metaclass.find("__instancecheck__"), [kind, value]))
        hooked = virtual_classes.hooked(it, cls, kind)
        if hooked is not NotImplemented:
            return hooked
    check = kind.facts.get("instance_check")
    if check is not None:
        return check(it, value)
    if isinstance(value, Foreign) and value.class_of(it) is None and kind.module != "builtins":
        return it.unknown(Why.UNSUPPORTED, f"whether a {value.type_name()} is a `{kind.name}`")
    return _unless_unknown(cls)


def _subclass_of(it: Interpreter, cls: ClassValue, kind: Any) -> Any:
    if isinstance(kind, Unknown):
        return kind
    if not isinstance(kind, ClassValue):
        return it.unknown(Why.UNSUPPORTED, "whether a class derives from something that is not a class")
    if "asked first" in kind.facts and (verdict := kind.facts["subclass_check"](it, cls)) is not False:
        return verdict
    if kind in cls.mro:
        return True
    if kind.name == "Generic" and kind.module == "typing" and (unsure := type_variables.order_unknown(it, cls)) is not None:
        return unsure
    if kind.metaclass is not None:
        if isinstance(kind.metaclass.find("__subclasscheck__"), FunctionValue):
            return it.truth(it.call(kind.metaclass.find("__subclasscheck__"), [kind, cls]))
        hooked = virtual_classes.hooked(it, cls, kind)
        if hooked is not NotImplemented:
            return hooked
    check = kind.facts.get("subclass_check")
    if check is not None:
        return check(it, cls)
    return _unless_unknown(cls)


def _unless_unknown(cls: ClassValue) -> Any:
    """False, unless the class has a base that is not in reach."""
    unknown = cls.fact("unknown_base")
    return False if unknown is None else Unknown(unknown)


@FUNCTIONS.raw("callable")
def callable_(it: Interpreter, value: Any, /) -> Any:
    if isinstance(value, Either):
        return _each_verdict(it, value, lambda item: callable_(it, item))
    if isinstance(value, Unknown):
        return value
    if isinstance(value, Formula):
        return it.unknown(Why.ARGUMENT, f"whether `{value}` can be called")
    if isinstance(value, Instance):
        return True if value.cls.find("__call__") is not ABSENT else _unless_unknown(value.cls)
    if isinstance(value, Foreign):
        return value.is_callable(it)
    return isinstance(value, FunctionValue | Native | BoundMethod | ClassValue | StaticMethod)


# Attributes ---------------------------------------------------------------------------------------------------------------


def _attribute_name(it: Interpreter, name: Any) -> Any:
    return it.unknown(Why.ARGUMENT, f"the attribute that `{name}` names") if isinstance(name, Formula) else plain(name)


_DEFAULT: Any = object()  # what is found by a special name where no class here has it


@FUNCTIONS.raw("getattr")
def getattr_(it: Interpreter, value: Any, name: Any, default: Any = ABSENT, /) -> Any:
    if isinstance(name, Either):
        return it.each(name, lambda item: getattr_(it, value, item, default))
    name = _attribute_name(it, name)
    if isinstance(name, Unknown):
        if default is ABSENT:
            may_miss(it, name, "AttributeError")
        return loose(name.reason, setting.holds(value))
    if not isinstance(name, str):
        return it.throw("TypeError", f"attribute name must be string, not '{operators.type_name(name)}'")
    if default is ABSENT:
        return it.get(value, name)
    found = it.get_or(value, name, _DEFAULT if name.startswith("__") else default)
    if found is _DEFAULT:
        found = native_kinds.inherited(it, value, name)
        found = default if found is ABSENT else found
    elif isinstance(found, Either) and _DEFAULT in found.alternatives:
        found = Either(tuple(default if item is _DEFAULT else item for item in found.alternatives), found.reason)
    if library_names.outdated(it, value, name) or (isinstance(found, LibraryModule) and not library_names.certainly(it, found)):
        return Either((found, default), it.unknown_reason(f"whether there is a `{name}`"))
    return found


@FUNCTIONS.raw("hasattr")
def hasattr_(it: Interpreter, value: Any, name: Any, /) -> Any:
    if isinstance(value, Either):
        return _each_verdict(it, value, lambda item: hasattr_(it, item, name))
    if isinstance(value, Unknown):
        return value
    name = _attribute_name(it, name)
    if isinstance(name, Unknown | Either):
        return Unknown(name.reason)
    if not isinstance(name, str):
        return it.throw("TypeError", f"attribute name must be string, not '{operators.type_name(name)}'")
    if isinstance(value, Instance):
        held = value.attrs.get(name, ABSENT)
        if held is not ABSENT and not (isinstance(held, Either) and ABSENT in held.alternatives):
            return True
        if isinstance(value.cls.find(name), FunctionValue | Native):
            return True
    found = it.get_or(value, name, ABSENT)
    if found is ABSENT:
        found = native_kinds.inherited(it, value, name)
    if found is ABSENT:
        return False
    if library_names.outdated(it, value, name) or (isinstance(found, LibraryModule) and not library_names.certainly(it, found)):
        return it.unknown(Why.UNSUPPORTED, f"whether there is a `{name}`")
    if isinstance(found, Unknown):
        there = isinstance(found.reason, Present) and found.reason.name == name
        return True if there or (isinstance(value, ModuleValue) and name in value.vars) or library_names.certain(value, name) else found
    return True


@FUNCTIONS.raw("setattr")
def setattr_(it: Interpreter, value: Any, name: Any, new: Any, /) -> None:
    name = _attribute_name(it, name)
    if isinstance(name, str):
        it.set(value, name, new)
    elif isinstance(name, Either):
        it.each(name, lambda item: setattr_(it, value, item, new))
    elif isinstance(name, Unknown):
        it.escaped(new, name.reason)
        setting.set_any(it, value, name.reason, new)
    else:
        it.throw("TypeError", f"attribute name must be string, not '{operators.type_name(name)}'")


@FUNCTIONS.raw("delattr")
def delattr_(it: Interpreter, value: Any, name: Any, /) -> None:
    name = plain(name)
    if isinstance(name, Either):
        it.each(name, lambda item: delattr_(it, value, item))
    elif isinstance(name, Unknown):
        setting.set_any(it, value, name.reason, ABSENT)
    elif isinstance(name, str):
        setting.delete(it, value, name)
    else:
        it.throw("TypeError", f"attribute name must be string, not '{operators.type_name(name)}'")


@FUNCTIONS.raw("vars")
def vars_(it: Interpreter, value: Any = ABSENT, /) -> Any:
    if value is ABSENT:
        return locals_(it)
    found = it.get_or(value, "__dict__", ABSENT)
    return it.throw("TypeError", "vars() argument must have __dict__ attribute") if found is ABSENT else found


class _Names(Foreign):
    """The names that a library's value has: one can ask for a name, but not go through all."""

    __slots__ = ("owner",)

    def __init__(self, owner: Any) -> None:
        self.owner = owner

    def type_name(self) -> str:
        return "list"

    def _all(self, it: Interpreter) -> Unknown:
        return it.unknown(Why.UNSUPPORTED, f"the names that a {operators.type_name(self.owner)} has")

    def _has(self, it: Interpreter, args: list[Any], kwargs: dict[str, Any]) -> Any:
        name = args[0]
        if not isinstance(name, str) or name.startswith("__"):
            return self._all(it)
        found = hasattr_(it, self.owner, name)
        cls = self.owner.cls if isinstance(self.owner, Instance) else self.owner
        listed = unmodelled(cls, name) if found is False and isinstance(cls, ClassValue) else ABSENT  # its getter may have raised
        return found if listed is ABSENT else listed

    def get(self, it: Interpreter, name: str) -> Any:
        return Native(name, self._has) if name == "__contains__" else self._all(it)

    def iterate(self, it: Interpreter) -> Any:
        return self._all(it)

    def length(self, it: Interpreter) -> Any:
        return self._all(it)

    def item(self, it: Interpreter, index: Any) -> Any:
        return self._all(it)

    def compare(self, it: Interpreter, op: str, other: Any) -> Any:
        return self._all(it)

    def binary(self, it: Interpreter, op: str, other: Any, reflected: bool) -> Any:
        return self._all(it)


@FUNCTIONS.raw("dir")
def dir_(it: Interpreter, value: Any = ABSENT, /) -> Any:
    if value is ABSENT:
        return it.made(sorted(locals_(it)))
    if isinstance(value, Unknown):
        return value
    if isinstance(value, Instance) and isinstance(value.cls.find("__dir__"), FunctionValue):
        return it.made(sorted(it.elements(operators.special(it, value, "__dir__"))))
    if isinstance(value, ClassValue) and value.metaclass is not None and isinstance(value.metaclass.find("__dir__"), FunctionValue):
        return it.made(sorted(it.elements(operators.special(it, value, "__dir__"))))
    if isinstance(value, ModuleValue):
        own = value.lookup(it, "__dir__")
        return it.call(it.builtins["sorted"], [value.names(it) if own is ABSENT else it.call(own)])
    cls = value if isinstance(value, ClassValue) else value.cls if isinstance(value, Instance) else None
    if isinstance(value, Foreign) or (cls is not None and any(UNMODELLED in base.facts for base in cls.mro)):
        return _Names(value)
    return names_of(it, value)


@FUNCTIONS.raw("id")
def id_(it: Interpreter, value: Any, /) -> Any:
    if isinstance(value, Unknown):
        return value
    return it.unknown(Why.UNSUPPORTED, "the address of an object") if isinstance(value, Either) else Address(value)


@FUNCTIONS.raw("hash")
def hash_(it: Interpreter, value: Any, /) -> Any:
    known(it, value)
    if isinstance(value, Instance) and value.cls.find("__hash__") is not ABSENT:
        method = value.cls.find("__hash__")
        return it.throw("TypeError", f"unhashable type: '{value.cls.name}'") if method is None else it.call(it.get(value, "__hash__"))
    value = plain(value)
    if isinstance(value, list | dict | set):
        it.throw("TypeError", f"unhashable type: '{operators.type_name(value)}'")
    if isinstance(value, int | float):
        return hash(value)
    if isinstance(value, tuple) and all(isinstance(item, int | float) for item in value):
        return hash(value)
    return it.outside("a hash that differs from run to run")
