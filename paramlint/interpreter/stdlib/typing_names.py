"""``typing`` and ``typing_extensions``: names that say something to a type checker and nothing to what runs."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from paramlint.core.unknown import Unknown, Why
from paramlint.interpreter import generic_types, hints, slots, type_arguments
from paramlint.interpreter.generic_types import Forward, OfTyping, Parametrised
from paramlint.interpreter.natives import Table
from paramlint.interpreter.stdlib import named_tuples, typing_classes
from paramlint.interpreter.type_variables import TypeVariable
from paramlint.interpreter.values import ClassValue, Either, FunctionValue, Native

if TYPE_CHECKING:
    from paramlint.interpreter.machine import Interpreter

FUNCTIONS = Table()
_BUILTIN = {"List": "list", "Dict": "dict", "Tuple": "tuple", "Set": "set", "FrozenSet": "frozenset", "Type": "type", "Text": "str"}
_COLLECTIONS = {"OrderedDict": "OrderedDict", "DefaultDict": "defaultdict", "Counter": "Counter", "Deque": "deque", "ChainMap": "ChainMap"}
_ABSTRACT = (
    "Iterable",
    "Iterator",
    "Generator",
    "Sequence",
    "MutableSequence",
    "Mapping",
    "MutableMapping",
    "Callable",
    "Hashable",
    "Sized",
    "Container",
    "Collection",
    "Reversible",
    "KeysView",
    "ValuesView",
    "ItemsView",
    "MutableSet",
    "Awaitable",
    "Coroutine",
    "AsyncIterator",
    "AsyncIterable",
    "AsyncGenerator",
    "ByteString",
)
_PLAIN = (
    "Any",
    "AnyStr",
    "ClassVar",
    "Final",
    "Concatenate",
    "TypeGuard",
    "TypeIs",
    "Self",
    "Never",
    "NoReturn",
    "LiteralString",
    "TypeAlias",
    "Required",
    "NotRequired",
    "ReadOnly",
    "Unpack",
    "SupportsInt",
    "SupportsFloat",
    "SupportsIndex",
    "SupportsAbs",
    "SupportsBytes",
    "SupportsComplex",
    "SupportsRound",
    "IO",
    "TextIO",
    "BinaryIO",
    "Pattern",
    "Match",
    "ContextManager",
    "AsyncContextManager",
    "NoDefault",
    "TypeForm",
    "Buffer",
    "NoneType",
    "Optional",
    "Union",
    "Annotated",
    "Literal",
    "TypeVar",
    "ParamSpec",
    "TypeVarTuple",
    "TypeAliasType",
)
_NEVER_CALLED = frozenset({"Any", "ClassVar", "Final", "Optional", "Union", "Annotated", "Literal", "Self", "Never", "NoReturn", "LiteralString",
                           "TypeAlias", "Concatenate", "TypeGuard", "Required", "NotRequired"})
_IDENTITY = ("final", "no_type_check", "overload", "override", "type_check_only")


class Special(OfTyping):
    """A name of ``typing`` that is no class; subscripts and unions of it are of its kind."""

    __slots__ = ("args", "name")

    def __init__(self, name: str, args: tuple[Any, ...] = ()) -> None:
        self.name = name
        self.args = args

    def __repr__(self) -> str:
        return f"typing.{self.name}"

    def type_name(self) -> str:
        return self.name

    def item(self, it: Interpreter, index: Any) -> Any:
        parts = index if isinstance(index, tuple) else (index,)
        type_arguments.refuse_special(it, self.name, index)
        if self.name in ("Optional", "Union"):
            kinds = tuple(Forward(part) if isinstance(part, str) else part for part in (*parts, *((None,) if self.name == "Optional" else ())))
            return generic_types.flat(it, it.modules.library_attribute("typing", "Union"), kinds, True)
        if self.name == "Annotated":
            return Parametrised(self, parts, True)
        return Special(self.name, _alternatives(parts) if self.name == "Literal" else parts)

    def call(self, it: Interpreter, args: list[Any], kwargs: dict[str, Any]) -> Any:
        if self.name in _NEVER_CALLED or self.args:
            it.library_throw("TypeError", f"{self} cannot be instantiated")
        if self.name in ("TypeVar", "ParamSpec", "TypeVarTuple") and args and isinstance(args[0], str):
            return TypeVariable(self.name, args[0])
        return Special(str(args[0]) if args and isinstance(args[0], str) else self.name)

    def get(self, it: Interpreter, name: str) -> Any:
        if name == "__args__":
            return self.args
        if name == "__name__":
            return self.name
        if name == "__mro_entries__":
            return NotImplemented
        if name in ("args", "kwargs") or not name.startswith("_"):
            return Special(f"{self.name}.{name}")
        return NotImplemented

    def compare(self, it: Interpreter, op: str, other: Any) -> Any:
        if op in ("==", "!="):
            same = isinstance(other, Special) and (other.name, *map(_sense, other.args)) == (self.name, *map(_sense, self.args))
            if self.name == "Literal" and isinstance(other, Special) and other.name == "Literal":
                same = set(map(_sense, self.args)) == set(map(_sense, other.args))
            return same if op == "==" else not same
        return NotImplemented


def _alternatives(parts: tuple[Any, ...]) -> tuple[Any, ...]:
    """What ``Literal`` keeps: each value once, those of other literals among them."""
    flat = [value for part in parts for value in (part.args if isinstance(part, Special) and part.name == "Literal" else (part,))]
    return tuple({_sense(value): value for value in reversed(flat)}[key] for key in dict.fromkeys(map(_sense, flat)))


def _sense(value: Any) -> Any:
    return (type(value), value) if isinstance(value, int | str | bytes | None) else id(value)


def names(it: Interpreter) -> dict[str, Any]:
    from paramlint.interpreter.stdlib import namespace

    root = it.classes["object"]
    result: dict[str, Any] = {name: Special(name) for name in _PLAIN}
    result.update({name: it.classes[base] for name, base in _BUILTIN.items()})
    result.update({name: namespace(it, "collections")[base] for name, base in _COLLECTIONS.items()})
    abstract = namespace(it, "collections.abc")
    result.update({name: abstract.get(name, Special(name)) for name in _ABSTRACT})
    result["AbstractSet"] = abstract["Set"]
    result["Generic"] = ClassValue("Generic", (root,), {}, module="typing")
    result["Generic"].facts[slots.FACT] = frozenset()
    result["Protocol"] = typing_classes.protocol(it, result["Generic"])
    result.update({name: Native(name, lambda it, args, kwargs: args[0]) for name in _IDENTITY})
    checked = Native("runtime_checkable", lambda it, args, kwargs: typing_classes.runtime_checkable(it, args[0]))
    result.update({"runtime_checkable": checked, "runtime": checked})
    result["ForwardRef"] = ClassValue("ForwardRef", (root,), {}, module="typing")
    result["ForwardRef"].make = lambda it, args, kwargs: _forward(it, *args[1:], **kwargs)
    result["NoReturn"] = result["Never"]
    result["NamedTuple"] = named_tuples.typed_class(it)
    result["TypedDict"] = typing_classes.typed_dict(it)
    result.update(FUNCTIONS)
    result["TYPE_CHECKING"] = False
    return result


def _forward(it: Interpreter, arg: Any, is_argument: Any = True, module: Any = None, *, is_class: Any = False) -> Any:
    if isinstance(arg, Unknown):
        return arg
    return Forward(arg, module or "") if isinstance(arg, str) else it.throw("TypeError", f"Forward reference must be a string -- got {arg!r}")


@FUNCTIONS.raw("cast")
def cast(it: Interpreter, typ: Any, val: Any) -> Any:
    return val


@FUNCTIONS.raw("NewType")
def new_type(it: Interpreter, name: Any, tp: Any) -> Any:
    return Native(str(name), lambda it, args, kwargs: args[0])


@FUNCTIONS.raw("assert_type")
def assert_type(it: Interpreter, val: Any, typ: Any, /) -> Any:
    return val


@FUNCTIONS.raw("reveal_type")
def reveal_type(it: Interpreter, obj: Any, /) -> Any:
    return obj


@FUNCTIONS.raw("deprecated", "dataclass_transform")
def _decorator(it: Interpreter, /, *args: Any, **kwargs: Any) -> Any:
    return Native("decorator", lambda it, args, kwargs: args[0])


@FUNCTIONS.raw("get_type_hints")
def get_type_hints(it: Interpreter, obj: Any, globalns: Any = None, localns: Any = None, include_extras: Any = False) -> Any:
    if globalns is not None or localns is not None:
        return it.unknown(Why.UNSUPPORTED, "annotations in other names")
    if isinstance(obj, FunctionValue):
        found = it.get(obj, hints.NAME)
        return it.made({name: hints.hint(it, value, obj.module.frame) for name, value in found.items()}) if isinstance(found, dict) else found
    if not isinstance(obj, ClassValue):
        return it.unknown(Why.UNSUPPORTED, "the annotations of such an object")
    result: dict[str, Any] = {}
    for base in reversed(obj.mro):
        for name, annotation in hints.in_body(base).items():
            noted = isinstance(annotation, hints.Annotation)
            value = annotation.evaluate(it) if noted else annotation
            result[name] = hints.hint(it, value, annotation.frame) if noted else value
    return it.made(result)


@FUNCTIONS.raw("get_args")
def get_args(it: Interpreter, tp: Any) -> Any:
    if isinstance(tp, Special | Parametrised):
        return tp.args
    return () if _is_plain(tp) else _lost(it, tp)


@FUNCTIONS.raw("get_origin")
def get_origin(it: Interpreter, tp: Any) -> Any:
    if isinstance(tp, Special) and tp.args:
        return it.modules.library_attribute("typing", tp.name)
    if isinstance(tp, Parametrised):
        return tp.origin
    return None if _is_plain(tp) else _lost(it, tp)


@FUNCTIONS.raw("get_original_bases")
def get_original_bases(it: Interpreter, cls: Any, /) -> Any:
    """What a class statement has between its parentheses. Of a typed dict that derives from another, Python 3.11 keeps ``dict`` alone."""
    if not isinstance(cls, ClassValue):
        return cls if isinstance(cls, Unknown) else it.throw("TypeError", "Expected an instance of type")
    found = cls.attrs.get("__orig_bases__")
    typed = cls.fact("bases that are shown") is not None and found.__class__ is Unknown
    return it.get(cls, "__bases__") if found is None or typed else found


def _is_plain(tp: Any) -> bool:
    """Whether a value is certainly no type with arguments."""
    return tp is None or isinstance(tp, int | float | str | Special | Forward | ClassValue | Native)


def _lost(it: Interpreter, tp: Any) -> Any:
    """A parametrised class stands for its origin, so its arguments are not known any more."""
    if isinstance(tp, Unknown | Either):
        return Unknown(tp.reason)
    return it.unknown(Why.UNSUPPORTED, "the arguments of a generic type")
