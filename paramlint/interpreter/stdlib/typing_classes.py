"""``typing.Protocol`` and ``TypedDict``: classes that do something when one derives from them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from paramlint.core.unknown import Unknown
from paramlint.interpreter import hints
from paramlint.interpreter.natives import raw
from paramlint.interpreter.values import ABSENT, ClassMethod, ClassValue, Native

if TYPE_CHECKING:
    from paramlint.interpreter.machine import Interpreter

_PROTOCOL = "protocol"  # the fact of a class that is one: the names that its instances must have
_RUNTIME = "runtime protocol"
_FIRST = "asked first"  # the fact of a class whose checks come before what derives from it
_SHOWN = "bases that are shown"  # of a class whose ``__bases__`` are others than those of its statement
_IGNORED = frozenset({"__module__", "__dict__", "__weakref__", "__doc__", "__annotations__", "__slots__", "__init__", "__hash__", "__qualname__",
                      "__abstractmethods__", "__parameters__", "__orig_bases__", "__class_getitem__", "__new__", "__subclasshook__",
                      "_is_protocol", "_is_runtime_protocol", "__match_args__", "__init_subclass__"})


def protocol(it: Interpreter, generic: ClassValue) -> ClassValue:
    from paramlint.interpreter.stdlib import namespace

    cls = ClassValue("Protocol", (generic,), {}, module="typing")
    cls.metaclass = ClassValue("_ProtocolMeta", (namespace(it, "abc")["ABCMeta"],), {}, module="typing")
    cls.facts["finish"] = Native("finish", lambda it, args, kwargs: _finished(it, cls, args[0]))
    cls.facts[_PROTOCOL] = frozenset()
    return cls


def _finished(it: Interpreter, root: ClassValue, cls: ClassValue) -> ClassValue:
    """A class that names Protocol itself among its bases is a protocol; another that derives from one is a class like any other."""
    if root not in cls.bases:
        return cls
    for base in cls.bases:
        if _PROTOCOL not in base.facts and base.name not in ("object", "Generic") and base.module != "collections.abc" and base.site is not None:
            it.library_throw("TypeError", f"Protocols can only inherit from other protocols, got {base.name}")
    names = {name for base in cls.mro for name in base.facts.get(_PROTOCOL, ())}
    names |= {name for name in (*cls.attrs, *cls.attrs.get("__annotations__", ())) if name not in _IGNORED}
    cls.facts[_PROTOCOL] = frozenset(names)
    cls.facts[_FIRST] = True
    cls.facts["instance_check"] = lambda it, value: _has_all(it, cls, value)
    cls.facts["subclass_check"] = lambda it, other: _has_methods(it, cls, other)
    cls.make = lambda it, args, kwargs: _make(it, cls, args, kwargs)
    return cls


def _make(it: Interpreter, cls: ClassValue, args: list[Any], kwargs: dict[str, Any]) -> Any:
    wanted: ClassValue = args[0]
    if _PROTOCOL in wanted.facts:
        it.throw("TypeError", "Protocols cannot be instantiated")
    after = wanted.mro[wanted.mro.index(cls) + 1:]
    make = next((base.make for base in after if base.make is not None and _PROTOCOL not in base.facts), None)
    return it.instance(wanted) if make is None else make(it, args, kwargs)


def _has_all(it: Interpreter, cls: ClassValue, value: Any) -> Any:
    if not cls.facts.get(_RUNTIME):
        it.throw("TypeError", "Instance and class checks can only be used with @runtime_checkable protocols")
    if isinstance(value, Unknown):
        return value
    unknown: Unknown | None = None
    for name in sorted(cls.facts[_PROTOCOL]):
        found = it.get_or(value, name, ABSENT)
        if found is ABSENT or (found is None and _is_method(cls, name)):
            return False
        if isinstance(found, Unknown):
            unknown = found
    return True if unknown is None else unknown


def _has_methods(it: Interpreter, cls: ClassValue, other: Any) -> Any:
    if cls.facts.get(_RUNTIME) and not all(_is_method(cls, name) for name in cls.facts[_PROTOCOL]):
        it.throw("TypeError", "Protocols with non-method members don't support issubclass()")
    return _has_all(it, cls, other)


def _is_method(cls: ClassValue, name: str) -> bool:
    return cls.find(name) is not ABSENT and name not in cls.attrs.get("__annotations__", ())


def runtime_checkable(it: Interpreter, cls: Any) -> Any:
    if isinstance(cls, ClassValue):
        if _PROTOCOL not in cls.facts:
            it.library_throw("TypeError", f"@runtime_checkable can be only applied to protocol classes, got {cls.name}")
        cls.facts[_RUNTIME] = True
    return cls


# TypedDict ------------------------------------------------------------------------------------------------------------------


def typed_dict(it: Interpreter) -> ClassValue:
    """A class whose calls give plain dicts."""
    cls = ClassValue("TypedDict", (it.classes["dict"],), {}, module="typing")
    cls.metaclass = ClassValue("_TypedDictMeta", (it.classes["type"],), {}, module="typing")
    cls.facts["function"] = True  # it is no class itself
    cls.facts[_SHOWN] = (it.classes["dict"],)
    cls.attrs["__init_subclass__"] = ClassMethod(raw("__init_subclass__", _declared))

    def make(it: Interpreter, args: list[Any], kwargs: dict[str, Any]) -> Any:
        if args[0] is not cls:
            return it.call(it.classes["dict"], args[1:], kwargs)
        made = ClassValue(args[1] if len(args) > 1 and isinstance(args[1], str) else "TypedDict", (cls,), {})
        fields = args[2] if len(args) > 2 else None
        if isinstance(fields, dict) and it.state.open_reason(fields) is None:
            made.attrs["__annotations__"] = it.made(dict(fields))
        _declared(it, made, **{key: value for key, value in kwargs.items() if key == "total"})
        return made

    cls.make = make
    return cls


def _refused(it: Interpreter, value: Any) -> Any:
    return it.throw("TypeError", "TypedDict does not support instance and class checks")


def _declared(it: Interpreter, cls: Any, /, *, total: Any = True) -> None:
    """Which keys must be there: those of the bases, and the class's own by ``total`` and the words around their types."""
    cls.attrs.setdefault("__orig_bases__", it.not_followed("the bases of a typed dict, which not every version of Python keeps").unknown)
    cls.facts[_FIRST] = True
    cls.facts["instance_check"] = cls.facts["subclass_check"] = _refused
    hints.keep(it, cls, cls.module)
    inherited = [mapping for base in cls.bases if isinstance(mapping := base.attrs.get(hints.NAME), dict)]
    whole = it.truth(total)
    required: set[str] = set()
    optional: set[str] = set()
    for base in cls.bases:
        required |= base.attrs.get("__required_keys__", frozenset())
        optional |= base.attrs.get("__optional_keys__", frozenset())
    for name, annotation in hints.in_body(cls).items():
        word = getattr(annotation, "text", "").partition("[")[0].rpartition(".")[2]
        wanted = word == "Required" or (word != "NotRequired" and whole is True)
        (required if wanted else optional).add(name)
        (optional if wanted else required).discard(name)
    cls.attrs[hints.NAME] = it.made({name: value for mapping in (*inherited, cls.attrs.get(hints.NAME, {})) for name, value in mapping.items()})
    cls.attrs.update({"__total__": total, "__required_keys__": frozenset(required), "__optional_keys__": frozenset(optional)})
