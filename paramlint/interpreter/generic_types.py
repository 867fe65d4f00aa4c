"""Types with arguments, ``dict[str, int]``, and unions of types: what annotations are made of, and what ``typing`` says of them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from paramlint.core.unknown import Unknown, Why
from paramlint.interpreter import type_arguments
from paramlint.interpreter.library_values import LibraryModule
from paramlint.interpreter.signals import Raised
from paramlint.interpreter.values import ABSENT, ClassValue, Foreign, Instance, Native
from paramlint.syntax import ir

if TYPE_CHECKING:
    from paramlint.interpreter.frames import Frame
    from paramlint.interpreter.machine import Interpreter

_NOT_GENERIC = frozenset({"object", "int", "float", "str", "bytes", "bool", "complex", "range", "slice", "BaseException", "Exception"})
_FACT = "with arguments"  # of a class: with which it has been seen
_MOST = 10_000  # arguments that are kept of one class
_LARGEST = 200  # members of a union


class Parametrised(Foreign):
    """A type with arguments, or a union: then ``origin`` is ``typing.Union``, ``types.UnionType``, or it is not known which of them."""

    __slots__ = ("args", "of_typing", "origin")

    def __init__(self, origin: Any, args: tuple[Any, ...], of_typing: bool | None) -> None:
        self.origin = origin
        self.args = args
        self.of_typing = of_typing  # whether it is an object of the module ``typing``; None where that is not known

    @property
    def is_union(self) -> bool:
        return isinstance(self.origin, Unknown) or getattr(self.origin, "name", "") in ("Union", "UnionType")

    @property
    def is_annotated(self) -> bool:
        return getattr(self.origin, "name", "") == "Annotated"

    def type_name(self) -> str:
        if self.is_union:
            return "_UnionGenericAlias" if self.of_typing else "types.UnionType"
        return "_GenericAlias" if self.of_typing else "types.GenericAlias"

    def class_of(self, it: Interpreter) -> Any:
        if self.is_union and isinstance(self.origin, ClassValue):
            return self.origin
        if self.of_typing is None:
            return it.unknown(Why.UNSUPPORTED, "the class of a type with arguments")
        if not self.of_typing:
            return it.modules.library_attribute("types", "GenericAlias")
        name = "_UnionGenericAlias" if self.is_union else "_AnnotatedAlias" if self.is_annotated else "_GenericAlias"
        return it.classes.setdefault(name, ClassValue(name, (it.classes["object"],), {}, module="typing"))

    def get(self, it: Interpreter, name: str) -> Any:
        if name == "__origin__":
            return self.args[0] if self.is_annotated else self.origin
        if name == "__metadata__" and self.is_annotated:
            return self.args[1:]
        if name == "__args__" and not self.is_annotated and not any(isinstance(part, list) for part in self.args):
            return self.args
        if name.startswith("__") and name.endswith("__"):  # ``typing.List[int]`` and ``list[int]`` have others
            return it.unknown(Why.UNSUPPORTED, f"`{name}` of a generic type")
        return it.get(self.origin, name) if isinstance(self.origin, ClassValue) and not self.is_union else NotImplemented

    def is_callable(self, it: Interpreter) -> Any:
        return not self.is_union or self.of_typing is not False

    def iterate(self, it: Interpreter) -> Any:
        return NotImplemented if self.is_union else it.unknown(Why.UNSUPPORTED, "the elements of a type with arguments")

    def item(self, it: Interpreter, index: Any) -> Any:
        if all(isinstance(part, ClassValue | None) for part in self.args):
            it.library_throw("TypeError", "a type without variables takes no further arguments")
        return it.unknown(Why.UNSUPPORTED, "the arguments of a generic type")

    def call(self, it: Interpreter, args: list[Any], kwargs: dict[str, Any]) -> Any:
        if self.is_union:
            it.library_throw("TypeError", "a union cannot be instantiated")
        if not isinstance(self.origin, ClassValue):
            return NotImplemented
        if self.of_typing is not False and self.origin.module == "builtins":  # ``List[int]()`` raises, where ``List`` is that of ``typing``
            raise it.not_followed("a call of a type of `typing`")
        from paramlint.interpreter.iteration import is_error

        made = it.call(self.origin, args, kwargs)
        if self.origin.site is not None and isinstance(made, Instance):
            try:
                it.set(made, "__orig_class__", self)
            except Raised as raised:
                if not is_error(it, raised, "AttributeError"):
                    raise
        return made

    def binary(self, it: Interpreter, op: str, other: Any, reflected: bool) -> Any:
        if op != "|":
            return NotImplemented
        return union(it, other, self) if reflected else union(it, self, other)

    def compare(self, it: Interpreter, op: str, other: Any) -> Any:
        if op not in ("==", "!="):
            return NotImplemented
        if not isinstance(other, Parametrised):
            doubtful = isinstance(other, Foreign | Unknown | tuple)
            return it.unknown(Why.UNSUPPORTED, "whether types are equal") if doubtful else op == "!="
        same = self == other
        if same and not self.is_union and self.of_typing is not other.of_typing:
            same = False  # ``List[int]`` is not ``list[int]``
            doubtful = self.of_typing is None or other.of_typing is None
        else:
            doubtful = not same and (_has_unknown(self) or _has_unknown(other))
        return it.unknown(Why.UNSUPPORTED, "whether types are equal") if doubtful else same == (op == "==")

    def __eq__(self, other: object) -> bool:
        """As keys of dicts."""
        return isinstance(other, Parametrised) and _sense(self) == _sense(other)

    def __hash__(self) -> int:
        return hash(_sense(self))


def _sense(value: Any) -> Any:
    """What two types have in common that are equal."""
    if isinstance(value, Parametrised):
        parts = [_sense(part) for part in value.args]
        return ("|", frozenset(parts)) if value.is_union else (id(value.origin), *parts)
    if isinstance(value, Forward):
        return ("text", value.text)
    if isinstance(value, list | tuple):
        return tuple(map(_sense, value))
    if isinstance(value, bool | int | str):
        return (type(value), value)
    args = getattr(value, "args", None) if isinstance(value, Foreign) else None
    return (getattr(value, "name", ""), *map(_sense, args)) if isinstance(args, tuple) else id(value)


def _has_unknown(value: Any) -> bool:
    if isinstance(value, Parametrised):
        return isinstance(value.origin, Unknown) or any(map(_has_unknown, value.args))
    return isinstance(value, Unknown)


class OfTyping(Foreign):
    """An object of the module ``typing`` that a union may be made of."""

    __slots__ = ()

    def class_of(self, it: Interpreter) -> Any:
        return it.unknown(Why.UNSUPPORTED, "the class of an object of `typing`")

    def binary(self, it: Interpreter, op: str, other: Any, reflected: bool) -> Any:
        if op != "|":
            return NotImplemented
        return union(it, other, self) if reflected else union(it, self, other)


class Forward(OfTyping):
    """``typing.ForwardRef``: a type by its name, which is looked for later."""

    __slots__ = ("module", "text")

    def __init__(self, text: str, module: str = "") -> None:
        self.text = text
        self.module = module

    def type_name(self) -> str:
        return "ForwardRef"

    def class_of(self, it: Interpreter) -> Any:
        return it.modules.library_attribute("typing", "ForwardRef")

    def get(self, it: Interpreter, name: str) -> Any:
        if name == "__forward_arg__":
            return self.text
        if name == "__repr__":
            module = f", module={self.module!r}" if self.module else ""
            return Native(name, lambda it, args, kwargs: f"ForwardRef({self.text!r}{module})")
        return "typing" if name == "__module__" else NotImplemented

    def compare(self, it: Interpreter, op: str, other: Any) -> Any:
        if op in ("==", "!=") and isinstance(other, Forward) and (other.text, other.module) == (self.text, self.module):
            return op == "=="
        return NotImplemented


def of_class(cls: ClassValue, args: tuple[Any, ...], of_typing: bool | None) -> Parametrised:
    """The class with these arguments; one object for the same ones, so that it is found where it is a key."""
    known = cls.facts.setdefault(_FACT, {})
    key = (of_typing, *(part if isinstance(part, bool | int | str) else id(part) for part in args))
    found = known.get(key)
    if found is None:
        if len(known) >= _MOST:
            known.clear()
        found = known[key] = Parametrised(cls, args, of_typing)
    return found  # type: ignore[no-any-return]


def as_written(it: Interpreter, found: Parametrised, owner: ir.Expr) -> Parametrised:
    """A class with arguments, as the expression before the brackets names it: ``List[int]`` is of ``typing``, ``list[int]`` is not."""
    of_typing = _of_typing(found.origin, owner)
    if of_typing and found.origin.site is None:
        type_arguments.refuse_typing(it, found.origin, found.args)
    if found.of_typing is not None or of_typing is None:
        return found
    parts = tuple(kept(it, value) for value in found.args) if of_typing else found.args
    return of_class(found.origin, parts, of_typing)


def kept(it: Interpreter, value: Any, module: str = "") -> Any:
    """A type as ``typing`` keeps it."""
    return it.classes["NoneType"] if value is None else Forward(value, module) if isinstance(value, str) else value


def base_of(value: Any) -> Any:
    """What stands between the parentheses of a class statement, without its arguments."""
    if not isinstance(value, Parametrised) or not isinstance(value.origin, ClassValue) or value.is_union:
        return value
    return value.origin


def takes_arguments(cls: Any) -> bool:
    """Whether a value may be written with arguments, as far as the bases of a class tell."""
    if not isinstance(cls, ClassValue):
        return True
    return not all(base.site is not None or (base.module == "builtins" and base.name in _NOT_GENERIC) for base in cls.mro)


def evaluated(it: Interpreter, node: ir.Expr, frame: Frame) -> Any:
    """The value of an annotation, with the arguments of its types."""
    if isinstance(node, ir.Binary) and node.op == "|":
        left, right = evaluated(it, node.left, frame), evaluated(it, node.right, frame)
        return it.binary("|", left, right)
    if not isinstance(node, ir.Subscript):
        return it.evaluate(node, frame)
    owner = it.evaluate(node.value, frame)
    if isinstance(owner, ClassValue):
        if not _stands_for_itself(owner):
            return it.item(owner, it.evaluate(node.index, frame))
        of_typing = _of_typing(owner, node.value)
        args = _arguments(it, node.index, frame, of_typing)
        if not takes_arguments(owner):
            it.item(owner, args)  # it refuses them
        if owner.site is None:
            type_arguments.refuse_class(it, owner, args)
            if of_typing:
                type_arguments.refuse_typing(it, owner, args)
        return of_class(owner, args, of_typing)
    name = getattr(owner, "name", "") if isinstance(owner, Foreign) else ""
    if name in ("Union", "Optional"):
        parts = _arguments(it, node.index, frame, True)
        type_arguments.refuse_special(it, name, parts if len(parts) != 1 else parts[0])
        if name == "Optional":
            parts = (*parts, it.classes["NoneType"])
        return flat(it, it.modules.library_attribute("typing", "Union"), parts, True) if len(parts) > 1 else parts[0]
    if name == "Annotated" and isinstance(node.index, ir.Display) and len(node.index.items) > 1:
        first, *rest = node.index.items
        return Parametrised(owner, (_argument(it, first, frame, True), *(it.evaluate(item, frame) for item in rest)), True)
    value = it.item(owner, it.evaluate(node.index, frame))
    return value if name and name != "Annotated" else it.unknown(Why.UNSUPPORTED, "a generic type")


def union(it: Interpreter, left: Any, right: Any) -> Any:
    """``left | right`` of types, as ``typing`` has it where one of them is an object of that module; NotImplemented for other values."""
    kinds = [_kind(value) for value in (left, right)]
    if "" in kinds or (left is None and right is None):
        if "typing" not in kinds or any(isinstance(value, Unknown) for value in (left, right)):
            return NotImplemented
        return it.unknown(Why.UNSUPPORTED, "a union with what is no type, which some versions of `typing` refuse")
    if "library" in kinds:
        return it.unknown(Why.UNSUPPORTED, "what the operator `|` gives for a name of a library that may be no class")
    if "text" in kinds:
        if "typing" not in kinds:
            return it.unknown(Why.UNSUPPORTED, "a union with a text") if "unknown" in kinds else NotImplemented
        left, right = (Forward(value) if isinstance(value, str) else value for value in (left, right))
    of_typing = True if "typing" in kinds else None if "unknown" in kinds else False
    name = "typing.Union" if of_typing else "types.UnionType"
    origin = it.unknown(Why.UNSUPPORTED, "the kind of a union") if of_typing is None else it.modules.library_attribute(*name.split("."))
    return flat(it, origin, (left, right), of_typing)


def union_of_classes(it: Interpreter, left: ClassValue, right: ClassValue) -> Any:
    """``left | right`` of two classes that have no metaclass of their own."""
    if left is right:
        return left
    return Parametrised(it.modules.library_attribute("types", "UnionType"), (left, right), False)


def _kind(value: Any) -> str:
    """What an operand of ``|`` is: of the module "typing", a "class", a type of which that is "unknown", a "text", or "" for anything else.

    A name of a "library" may be a function; one that begins with a capital letter is taken for a class.
    """
    if isinstance(value, Parametrised):
        return "unknown" if value.of_typing is None else "typing" if value.of_typing else "class"
    if isinstance(value, ClassValue | None):
        return "class"
    if isinstance(value, str):
        return "text"
    if isinstance(value, Native | LibraryModule) and "." in value.name:
        return "class" if value.name.rpartition(".")[2][:1].isupper() else "library"
    return "typing" if isinstance(value, OfTyping) else ""


def flat(it: Interpreter, origin: Any, parts: tuple[Any, ...], of_typing: bool | None) -> Any:
    """A union of types, those of unions among them, each once."""
    found: list[Any] = []
    for part in parts:
        for item in part.args if isinstance(part, Parametrised) and part.is_union else (part,):
            if isinstance(item, Unknown):
                return item
            kind = it.classes["NoneType"] if item is None else item
            if not any(kind is other or (isinstance(kind, Parametrised) and kind == other) for other in found):
                found.append(kind)
    if len(found) > _LARGEST:
        return it.unknown(Why.LIMIT, f"a union of more than {_LARGEST} types")
    return Parametrised(origin, tuple(found), of_typing) if len(found) > 1 else found[0]


def _of_typing(origin: ClassValue, node: ir.Expr) -> bool | None:
    """Whether a class with arguments comes of ``typing``, whose ``List`` stands for ``list`` here."""
    written = node.attr if isinstance(node, ir.Attribute) else node.id if isinstance(node, ir.Name) else ""
    if origin.site is not None:
        return True  # it derives from ``Generic``
    if origin.module != "builtins":
        return True if origin.module == "collections" and written in ("DefaultDict", "Deque") else None
    return False if written == origin.name else True if written.lower() == origin.name else None


def _arguments(it: Interpreter, index: ir.Expr, frame: Frame, of_typing: bool | None) -> tuple[Any, ...]:
    if isinstance(index, ir.Display) and index.kind == "tuple" and not any(isinstance(item, ir.Starred) for item in index.items):
        return tuple(_argument(it, item, frame, of_typing) for item in index.items)
    return (_argument(it, index, frame, of_typing),)


def _argument(it: Interpreter, node: ir.Expr, frame: Frame, of_typing: bool | None) -> Any:
    """An argument of a type. To ``typing``, None is its type and a text the name of a type that is looked for later."""
    value = evaluated(it, node, frame)
    if not (value is None or isinstance(value, str)) or of_typing is False:
        return value
    if of_typing is None:
        return it.unknown(Why.UNSUPPORTED, "an argument of a generic type")
    return kept(it, value)


def _stands_for_itself(cls: ClassValue) -> bool:
    """Whether a class with arguments is no more than that, and no method of its own makes anything of them."""
    if cls.fact("members") is not None or (cls.metaclass is not None and cls.metaclass.find("__getitem__") is not ABSENT):
        return False
    method = cls.find("__class_getitem__")
    return method is ABSENT or isinstance(method, ClassValue)
