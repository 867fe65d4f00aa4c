"""The bases of a class statement: what stands between its parentheses, and the classes that come of it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from paramlint.core.unknown import Reason, Unknown, UnmodelledBase
from paramlint.interpreter import iteration
from paramlint.interpreter.frames import Frame
from paramlint.interpreter.generic_types import Parametrised, base_of
from paramlint.interpreter.hints import written
from paramlint.interpreter.type_variables import is_generic
from paramlint.interpreter.values import ABSENT, ClassValue, Either, Foreign, FunctionValue, Instance, Native
from paramlint.syntax import ir

if TYPE_CHECKING:
    from paramlint.interpreter.machine import Interpreter

_ALIASED = ("builtins", "collections", "collections.abc", "contextlib", "re")  # whose classes ``typing`` has under names of its own


class Bases:
    """The classes, why the class is not known whole, and what the class statement says where that is something else."""

    __slots__ = ("classes", "kinds", "unknown", "unsure", "values")

    def __init__(self) -> None:
        self.classes: list[ClassValue] = []
        self.unknown: Reason | None = None
        self.unsure = False
        self.values: list[Any] = []
        self.kinds: list[bool | None] = []  # of each value: whether it is an object of ``typing`` that stands for a class

    @property
    def are_others(self) -> bool:
        return any(kind is not False or value.__class__ is Parametrised or _is_function(value)
                   for kind, value in zip(self.kinds, self.values, strict=True))

    def original(self, it: Interpreter) -> Any:
        """``__orig_bases__``; a name of ``typing`` without arguments is an object that stands for nothing here."""
        known = all(value.__class__ is Parametrised or kind is False for kind, value in zip(self.kinds, self.values, strict=True))
        return tuple(self.values) if known and not self.unsure and self.unknown is None else it.not_followed("the bases of a generic class").unknown


def find(it: Interpreter, node: ir.ClassDef, frame: Frame) -> Bases:
    found = Bases()
    for expression in node.bases:
        if isinstance(expression, ir.Starred):
            items = iteration.elements_or_unknown(it, it.evaluate(expression.value, frame))
            for item in items if isinstance(items, list) else (items,):
                _note(found, item, item.of_typing if item.__class__ is Parametrised else False)
            continue
        base = it.evaluate(expression, frame)
        if isinstance(base, Unknown):
            base = it.library.known_base(_imported(frame, written(expression))) or base
        if base.__class__ is ClassValue and base in found.values and isinstance(expression, ir.Name) and base.name not in ("Generic", "Protocol"):
            it.throw("TypeError", f"duplicate base class {base.name}")
        _note(found, base, _stands_for_class(base, expression, frame))
    for at, base in enumerate(found.values):
        if base.__class__ is Parametrised and _is_left_out(found, at):
            continue
        found.unknown = _add_base(it, base, found.classes) or found.unknown
        if found.kinds[at] is not False and not _generic_follows(found, at):
            found.unsure = found.unsure or found.kinds[at] is None
            if found.kinds[at]:
                _add_base(it, it.modules.library_attribute("typing", "Generic"), found.classes)
    return found


def _note(found: Bases, base: Any, kind: bool | None) -> None:
    found.values.append(base)
    found.kinds.append(kind)


def _is_function(value: Any) -> bool:
    return value.__class__ is ClassValue and value.module == "typing" and value.name in ("NamedTuple", "TypedDict") and value.site is None


def _stands_for_class(base: Any, expression: ir.Expr, frame: Frame) -> bool | None:
    """Whether a base is an object of ``typing`` that stands for a class of another module: ``List``, ``Mapping[str, int]``."""
    generic = base.__class__ is Parametrised
    origin = base.origin if generic else base
    if origin.__class__ is not ClassValue or origin.site is not None or origin.module not in _ALIASED:
        return False
    text = written(expression.value if generic and isinstance(expression, ir.Subscript) else expression)
    if text == origin.name and origin.module == "builtins":
        return False
    module = _imported(frame, text).rpartition(".")[0]
    if module:
        return module in ("typing", "typing_extensions")
    return None if generic or origin.module != "builtins" or text.lower() == origin.name else False


def _imported(frame: Frame, name: str) -> str:
    """A dotted name by which a module knows something, as the name that it is imported from."""
    head, dot, rest = name.partition(".")
    source = frame.module.source
    for statement in source.statements if source is not None else ():
        if statement.kind != "import" or head not in statement.binds:
            continue
        for node in source.lower(statement.index):  # type: ignore[union-attr]
            if isinstance(node, ir.Import | ir.ImportFrom):
                prefix = f"{'.' * node.level}{node.module}." if isinstance(node, ir.ImportFrom) and node.module else ""
                found = next((given for given, renamed in node.names if (renamed or given) == head), None)
                if found is not None:
                    return f"{prefix}{found}{dot}{rest}"
    return name


def _is_left_out(found: Bases, at: int) -> bool:
    """``Generic[T]`` gives no base beside Protocol or before another type with arguments."""
    if not is_generic(found.values[at].origin):
        return False
    origins = [value.origin if value.__class__ is Parametrised else value for value in found.values]
    protocol = any(value.__class__ is ClassValue and value.name == "Protocol" and value.module == "typing" for value in origins)
    return protocol or any(value.__class__ is Parametrised and value.of_typing is not False for value in found.values[at + 1:])


def _generic_follows(found: Bases, at: int) -> bool:
    for kind, value in list(zip(found.kinds, found.values, strict=True))[at + 1:]:
        if kind or (value.__class__ is Parametrised and value.of_typing) or (value.__class__ is ClassValue and any(map(is_generic, value.mro))):
            return True
    return False


def _add_base(it: Interpreter, base: Any, bases: list[ClassValue]) -> Reason | None:
    """Add a base; what is no class leaves a reason why the class is not known whole."""
    base = base_of(base)
    if isinstance(base, Either):
        return base.reason
    if isinstance(base, Unknown):
        return base.reason
    if isinstance(base, ClassValue):
        if base not in bases:
            bases.append(base)
        return None
    if isinstance(base, Instance | Foreign | Native | FunctionValue):
        entries = it.get_or(base, "__mro_entries__", ABSENT)
        if entries is not ABSENT and not isinstance(entries, Unknown):
            for entry in it.elements(it.call(entries, [(base,)])):
                _add_base(it, entry, bases)
            return None
    name = getattr(base, "name", "")
    return UnmodelledBase(name, it.site()) if name else it.unknown_reason("a base that is not a class")
