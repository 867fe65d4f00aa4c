"""Annotations: evaluated in their turn where anybody could tell, else when something asks for them."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING, Any

from paramlint.core.unknown import Why
from paramlint.interpreter.frames import ClassFrame, Frame
from paramlint.interpreter.generic_types import Forward, Parametrised, evaluated, kept, takes_arguments
from paramlint.interpreter.library_values import LibraryModule
from paramlint.interpreter.nodes import acts, names_in, walk
from paramlint.interpreter.signals import Raised
from paramlint.interpreter.values import ABSENT, ClassValue, Either, Foreign, FunctionValue, Instance
from paramlint.syntax import ir
from paramlint.syntax.signatures import annotations_of
from paramlint.syntax.type_words import refuses

if TYPE_CHECKING:
    from paramlint.interpreter.machine import Interpreter

NAME = "__annotations__"
FACT = "annotated"  # of a class: its annotations as they stand in its body, by name

_UNCALLED = {"List": "list", "Dict": "dict", "Tuple": "tuple", "Set": "set", "FrozenSet": "frozenset", "Type": "type"}  # of ``typing``


class Annotation(Foreign):
    """An annotation in a class body, evaluated when something asks for it. ``value`` is what stands behind the ``=``, if anything.

    ``kept_in`` is the module that ``typing`` notes for a text, where it keeps the annotations of the class; None where it does not keep them.
    """

    __slots__ = ("frame", "kept_in", "node", "value")

    def __init__(self, node: ir.Expr, frame: Frame, value: ir.Expr | None = None) -> None:
        self.node = node
        self.frame = frame
        self.value = value
        self.kept_in: str | None = None

    @property
    def text(self) -> str:
        """The annotation's dotted name and subscript, as far as it has them: ``ClassVar[int]``."""
        return self.node.value if isinstance(self.node, ir.Constant) and isinstance(self.node.value, str) else written(self.node)

    def evaluate(self, it: Interpreter) -> Any:
        return evaluated(it, self.node, self.frame)

    def at_run_time(self, it: Interpreter) -> Any:
        """What the running program sees: text where the file wants annotations left unevaluated (PEP 563), else the value."""
        if not is_postponed(self.frame):
            value = _or_unknown(it, self.node, self.frame)
        else:
            value = written(self.node)
            if "…" in value:
                return it.unknown(Why.UNSUPPORTED, "the text of an annotation")
        return value if self.kept_in is None else kept(it, value, self.kept_in)


def written(node: ir.Expr) -> str:
    """An expression as ``ast.unparse`` writes it; with ``…`` for parts that are not written out here."""
    if isinstance(node, ir.Name):
        return node.id
    if isinstance(node, ir.Attribute):
        return f"{written(node.value)}.{node.attr}"
    if isinstance(node, ir.Subscript):
        return f"{written(node.value)}[{written(node.index)}]"
    if isinstance(node, ir.Constant):
        return "..." if node.value is ... else repr(node.value)
    if isinstance(node, ir.Display):
        inside = ", ".join(map(written, node.items))
        return f"[{inside}]" if node.kind == "list" else inside if node.kind == "tuple" and len(node.items) > 1 else "…"
    if isinstance(node, ir.Binary) and not any(isinstance(part, ir.Display) for part in (node.left, node.right)):
        return f"{written(node.left)} {node.op} {written(node.right)}"
    return "…"


def is_postponed(frame: Frame) -> bool:
    """Whether the module wants its annotations left unevaluated."""
    source = frame.module.source
    return source is not None and any(statement.kind == "import" and "annotations" in statement.binds and "__future__" in statement.text
                                      for statement in source.statements)


def note(it: Interpreter, node: ir.AnnAssign, name: str, frame: Frame) -> None:
    """Remember the annotation of a name in a class body or a module."""
    mapping = frame.vars.get(NAME)
    if mapping is None:
        mapping = frame.vars[NAME] = it.made({})
    made = Annotation(node.annotation, frame, node.value)
    it.write(mapping)
    mapping[name] = made
    if isinstance(frame, ClassFrame):
        frame.annotated[name] = made


def run(it: Interpreter, node: ir.AnnAssign, frame: Frame) -> None:
    """Give an annotation its turn, behind the value: it is evaluated where that may do something, raise, or have another value later."""
    expression = node.annotation
    name = node.target.id if isinstance(node.target, ir.Name) else None
    if isinstance(expression, ir.Name):
        value = frame.vars.get(expression.id, ABSENT)
        if value is ABSENT:
            value = frame.module.vars.get(expression.id, ABSENT)
        if value is ABSENT and not frame.module.names_annotations() and (
                expression.id in frame.module.turns.postponed or expression.id in it.builtins):
            return
        if value is not ABSENT and not isinstance(value, ClassValue):
            return
    elif acts(expression) or _of_object(expression, frame) or frame.module.names_annotations():
        value = ABSENT
    else:
        if not isinstance(expression, ir.Constant) and not is_postponed(frame):
            define(it, expression, frame)
        return
    if is_postponed(frame):
        return
    if value is ABSENT:
        value = evaluated(it, expression, frame)
    mapping = frame.vars.get(NAME)
    if name is not None and isinstance(mapping, dict):
        it.write(mapping)
        mapping[name] = value


def define(it: Interpreter, node: ir.Expr, frame: Frame) -> None:
    """Give an annotation its turn, that of a parameter or result when the function is made: its names must be bound then."""
    if acts(node) or _joins_text(node) or any(isinstance(part, ir.Conditional | ir.Boolean | ir.Lambda | ir.Comprehension) for part in walk(node)):
        it.evaluate(node, frame)
        return
    for part in walk(node):
        if isinstance(part, ir.Subscript | ir.Binary) and _may_refuse(it, part, frame):
            evaluated(it, part, frame)
            return
        if (isinstance(part, ir.Name) and not _is_bound(it, part.id, frame)) or (isinstance(part, ir.Attribute) and _of_library(part, frame)):
            it.evaluate(part, frame)


def _is_bound(it: Interpreter, name: str, frame: Frame) -> bool:
    """Whether a name certainly has a value, which need not be looked up."""
    value = frame.vars.get(name, ABSENT)
    if value is ABSENT and (frame.kind == "class" or frame.kind == "module"):
        outer = frame.parent if frame.kind == "class" else None
        if outer is None or outer.kind == "module":
            turns = frame.module.turns
            value = frame.module.vars.get(name, ABSENT)
            return (value is not ABSENT and value.__class__ is not Either) or name in turns.postponed or name in it.builtins
    return value is not ABSENT and value.__class__ is not Either


def _joins_text(node: ir.Expr) -> bool:
    """Whether an annotation is a union with a text, which classes refuse."""
    return isinstance(node, ir.Binary) and any((isinstance(part, ir.Constant) and isinstance(part.value, str)) or _joins_text(part)
                                               for part in (node.left, node.right))


def stands_in(cls: ClassValue, node: ir.Expr, frame: Frame) -> str:
    """The name of ``typing``, which cannot be called, for which a class of Python's own stands here: ``List``; or none."""
    spelled = node.attr if isinstance(node, ir.Attribute) else node.id if isinstance(node, ir.Name) else ""
    if spelled not in _UNCALLED or _UNCALLED[spelled] != cls.name:
        return ""
    if isinstance(node, ir.Attribute):
        return spelled if isinstance(node.value, ir.Name) and getattr(_seen(node.value.id, frame), "name", "") == "typing" else ""
    source = frame.module.source
    imported = source is not None and any(statement.kind == "import" and spelled in statement.binds and "typing" in statement.text
                                          for statement in source.statements)
    return spelled if imported else ""


def _may_refuse(it: Interpreter, node: ir.Subscript | ir.Binary, frame: Frame) -> bool:
    """Whether a type may take no arguments, or not these, or ``None | None`` is no union."""
    if isinstance(node, ir.Binary):
        constants = [part.value for part in (node.left, node.right) if isinstance(part, ir.Constant)]
        return len(constants) > 1 or any(value is not None for value in constants)
    owner = node.value
    if isinstance(owner, ir.Name):
        value = _seen(owner.id, frame)
        if value is ABSENT and owner.id in it.builtins:
            value = it.builtins[owner.id]
        if not takes_arguments(value) or owner.id in frame.module.turns.postponed:
            return True
    count = len(node.index.items) if isinstance(node.index, ir.Display) and node.index.kind == "tuple" else 1
    return isinstance(owner, ir.Subscript) or refuses(owner.id if isinstance(owner, ir.Name) else getattr(owner, "attr", ""), count)


def _of_library(node: ir.Expr, frame: Frame) -> bool:
    while isinstance(node, ir.Attribute):
        node = node.value
    return isinstance(node, ir.Name) and isinstance(_seen(node.id, frame), LibraryModule)


def _seen(name: str, frame: Frame) -> Any:
    """What a name stands for as long as it need not be looked up, else ABSENT."""
    around: Frame | None = frame
    while around is not None:
        value = around.vars.get(name, ABSENT)
        if value is not ABSENT:
            return value
        around = around.parent
    return frame.module.vars.get(name, ABSENT)


def _of_object(node: ir.Expr, frame: Frame) -> bool:
    """Whether an annotation is an attribute or item of an object of the analysed code, which may act on being asked."""
    while isinstance(node, ir.Attribute | ir.Subscript):
        node = node.value
    return isinstance(node, ir.Name) and isinstance(_seen(node.id, frame), Instance)


def resolve(it: Interpreter, mapping: Any) -> Any:
    """``__annotations__`` as the running program sees it."""
    if isinstance(mapping, dict) and any(value.__class__ is Annotation for value in mapping.values()):
        it.write(mapping)
        for name, value in list(mapping.items()):
            if isinstance(value, Annotation):
                mapping[name] = value.at_run_time(it)
    return mapping


def of_class(it: Interpreter, cls: ClassValue) -> Any:
    """``cls.__annotations__``: the class's own."""
    mapping = cls.attrs.get(NAME)
    if mapping is None:
        mapping = it.made({})
        if cls.site is not None:
            it.write(cls.attrs)
            cls.attrs[NAME] = mapping
    return resolve(it, mapping)


def keep(it: Interpreter, cls: ClassValue, module: str = "") -> None:
    """The annotations of a class are those of a named tuple or typed dict, whose texts ``typing`` takes for types."""
    mapping = cls.attrs.get(NAME)
    if not isinstance(mapping, dict):
        return
    it.write(mapping)
    for name, value in mapping.items():
        if isinstance(value, Annotation):
            value.kept_in = module
        else:
            mapping[name] = kept(it, value, module)


def in_body(cls: ClassValue) -> dict[str, Any]:
    """The annotations of a class as they stand in its body, where it has one, else their values."""
    mapping = cls.attrs.get(NAME)
    noted = cls.facts.get(FACT, {})
    return {name: noted.get(name, value) for name, value in mapping.items()} if isinstance(mapping, dict) else {}


def of_function(it: Interpreter, function: FunctionValue) -> Any:
    """``function.__annotations__``. Signatures are parsed without them, so they are looked for in the text."""
    source, site = function.module.source, function.site
    index = site.statement if site is not None else -1
    if source is None or not 0 <= index < len(source.statements):
        return it.unknown(Why.UNSUPPORTED, "the annotations of a function")
    code = function.code
    parameters = [*(part.name for part in (*code.positional_only, *code.parameters, *code.keyword_only)), code.star, code.double_star]
    found = annotations_of(source.statements[index].text, code.name, frozenset(name for name in parameters if name is not None))
    if found is None:
        return it.unknown(Why.UNSUPPORTED, "the annotations of a function")
    mapping = it.made({name: _from_text(it, text, function.closure) for name, text in found})
    function.attrs[NAME] = mapping
    return mapping


def _from_text(it: Interpreter, text: str, frame: Frame) -> Any:
    if is_postponed(frame):
        return text
    from paramlint.interpreter.builtin_code import expression

    return _or_unknown(it, expression(it, text), frame)


def hint(it: Interpreter, value: Any, frame: Frame) -> Any:
    """What ``typing.get_type_hints`` makes of an annotation: texts are evaluated."""
    if isinstance(value, str):
        from paramlint.interpreter.builtin_code import expression

        try:
            ast.parse(value, mode="eval")
        except SyntaxError:
            return it.unknown(Why.UNSUPPORTED, "a text that is no annotation")
        value = _or_unknown(it, expression(it, value), frame)
    return it.classes["NoneType"] if value is None else resolved(it, value)


def _or_unknown(it: Interpreter, node: ir.Expr, frame: Frame) -> Any:
    if any(_is_rebound(frame, name) for name in names_in(node)):
        return it.unknown(Why.UNSUPPORTED, "an annotation of names that have been bound several times")
    try:
        return evaluated(it, node, frame)
    except Raised:
        return it.unknown(Why.UNSUPPORTED, "an annotation that cannot be evaluated")


def _is_rebound(frame: Frame, name: str) -> bool:
    source = frame.module.source
    return source is not None and sum(name in statement.binds for statement in source.statements) > 1


def resolved(it: Interpreter, value: Any) -> Any:
    """What ``typing.get_type_hints`` makes of a type: without annotations, its names looked up."""
    if isinstance(value, Parametrised):
        if value.is_annotated:
            return resolved(it, value.args[0])
        if not all(resolved(it, part) is part and not isinstance(part, str) for part in value.args):
            return it.unknown(Why.UNSUPPORTED, "the types inside a type")
    return it.unknown(Why.UNSUPPORTED, "a forward reference") if isinstance(value, Forward) else value
