"""Inputs that source states: a comment ``# paramlint: input=(1, 3, 32, 32)``, and the file's own calls of its models."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any

from paramlint.analysis import graph, stacks
from paramlint.analysis.feeds import Comments, Feed
from paramlint.analysis.inputs import BadInputError, Input, listed
from paramlint.analysis.own_calls import OwnCall, makes_tensors
from paramlint.analysis.runs import Runner
from paramlint.analysis.symbolic import Symbol, mapped, tensors_in
from paramlint.core.dims import Formula, is_unsized
from paramlint.core.shapes import Shape
from paramlint.core.tensor import Tensor
from paramlint.core.unknown import NeedsValue, Unknown
from paramlint.interpreter.frames import Frame, Unit
from paramlint.interpreter.protocols import SourceUnreadable
from paramlint.interpreter.signals import LimitReached, Raised
from paramlint.interpreter.values import ClassValue, FunctionValue, Instance
from paramlint.model.facts import Problem
from paramlint.syntax import ir
from paramlint.syntax.directives import Directive, directives

if TYPE_CHECKING:
    from paramlint.analysis.overlay import Overlay
    from paramlint.interpreter.machine import Interpreter
    from paramlint.interpreter.module_values import ModuleValue
    from paramlint.syntax.attached import Owner

_CALLED = ("forward", "call")  # the methods that a comment on an input stands on, besides the class
_WAY_OUT = "Write it on a class or on its `forward` or `call`: # paramlint: input=(1, 3, 224, 224)"


def comments(source: str) -> Comments:
    """The comments of a file that are no suppressions."""
    found = [one for one in directives(source) if one.kind in ("setting", "unknown")] if "paramlint:" in source else []
    if not found:
        return Comments()
    from paramlint.syntax.attached import owners

    inputs: dict[str, tuple[tuple[Input, ...], int]] = {}
    problems = []
    for directive, owner in zip(found, owners(source, found, lambda owner: bool(_class_of(owner))), strict=True):
        message = _misunderstood(directive)
        name = _class_of(owner) if owner is not None else ""
        if not message and not name:
            message = "this input belongs to no class, `forward` or `call`"
        if not message:
            try:
                inputs.setdefault(name, (listed(directive.value), directive.span.line))
            except BadInputError as error:
                message = str(error)
        if message:
            problems.append(Problem(f"# paramlint: {message}", directive.span.line, directive.span.column, "comment", _WAY_OUT))
    return Comments(inputs, tuple(problems))


def _class_of(owner: Owner) -> str:
    """The class of which a comment on a definition speaks; empty where it speaks of none."""
    if owner.is_class:
        return owner.name
    name, _, method = owner.name.rpartition(".")
    return name if method in _CALLED and not name.endswith(">") else ""


def _misunderstood(directive: Directive) -> str:
    if directive.kind == "setting" and directive.name == "input":
        return ""
    text = f"{directive.name}={directive.value}" if directive.kind == "setting" else directive.value
    return f"{text!r} means nothing here; expected `input=(1, 3, 224, 224)` or `ignore[PRM101]`"


# A file's own calls -------------------------------------------------------------------------------------------------------


def own_calls(it: Interpreter, overlay: Overlay, module: ModuleValue) -> list[OwnCall]:
    """The calls of models in a file, at module level, under ``if __name__ == "__main__"``, in functions and in the methods of tests."""
    source = module.source
    statements: Sequence[Any] = source.statements if source is not None else ()
    found: list[OwnCall] = []
    runner = Runner(it, overlay, module)
    listening, overlay.watched = overlay.watched, found
    events = overlay.events
    it.is_script = True
    try:
        runner.whole_module()
        for statement in statements:
            if statement.kind != "import" and (statement.kind == "other" or makes_tensors(statement.text)):
                _run(runner, statement)
    finally:
        overlay.watched, overlay.events = listening, events
        it.is_script = False
    return [call for call in found if not runner.expected(call)]


def _run(runner: Runner, statement: Any) -> None:
    assert runner.module.source is not None
    try:
        body = runner.module.source.lower(statement.index)
    except SourceUnreadable:
        return
    if statement.kind == "class":
        _methods(runner, body)
    elif statement.is_main_guard:
        for part in _guarded(body):
            frame = Frame(runner.module, None, Unit(runner.path, statement.index), {}, "main")
            _each(runner, part, frame)
    else:
        runner.run(statement, body, frozenset())


def _guarded(body: tuple[ir.Stmt, ...]) -> Iterator[tuple[ir.Stmt, ...]]:
    for node in body:
        if isinstance(node, ir.If):
            yield node.branches[0][1]


def _each(runner: Runner, body: tuple[ir.Stmt, ...], frame: Frame) -> None:
    """Statements one by one: one that fails (no data, no arguments) does not hide the calls of the others."""
    for statement in body:
        def action(statement: ir.Stmt = statement) -> None:
            runner.it.frame = frame
            runner.it.execute((statement,), frame)

        runner.collect(action)


def _methods(runner: Runner, body: tuple[ir.Stmt, ...]) -> None:
    """The methods of a class that take nothing, where the class is no model: those of tests."""
    it = runner.it
    for node in body:
        if not isinstance(node, ir.ClassDef):
            continue
        try:
            it.start()
            cls = runner.module.lookup(it, node.name)
        except (Raised, LimitReached, NeedsValue, RecursionError):
            continue
        finally:
            it.stop()
        if not isinstance(cls, ClassValue) or cls.fact("module base") is not None:
            continue
        instance = it.instance(cls)
        methods = [value for value in cls.attrs.values() if isinstance(value, FunctionValue) and _takes_nothing(value)]
        for method in sorted(methods, key=lambda method: method.name not in ("__init__", "setUp", "setup_method")):
            runner.collect(lambda method=method: it.call(method, [instance]))  # type: ignore[misc]


def _takes_nothing(method: FunctionValue) -> bool:
    code = method.code
    return len(code.positional_only) + len(code.parameters) - len(method.defaults) == 1 and not code.keyword_only


def feed_of(call: OwnCall, line: int) -> Feed:
    """What a file's own call gives a model."""
    inputs = tuple(Input(name, tensor) for name, tensor in call.tensors)
    return Feed(inputs, origin=f"the call in line {line}", values=(call.args, call.kwargs))


def calls_of(calls: list[OwnCall], module: Instance) -> list[OwnCall]:
    """The calls of a model: of what the same call of its class makes, then of other objects of its class."""
    made = [call for call in calls if call.module.site is not None and call.module.site == module.site]
    own = module.cls.site  # a framework's class stands nowhere in the analysed code
    return [*made, *(call for call in calls if own is not None and call.module.cls.site == own and call not in made)]


def drawn(value: Instance) -> Feed | None:
    """What a model was drawn from, with free names for the sizes that its framework leaves open: ``N`` is the batch of all inputs."""
    ends = value.attrs.get(stacks.ENDS)
    first = value.attrs.get(graph.INPUTS, ends[0] if isinstance(ends, list) and ends else None)
    symbols = tensors_in(first)
    if not symbols or any(isinstance(symbol.tensor.shape, Unknown) for symbol in symbols):
        return None

    def opened(symbol: Any) -> Any:
        if not isinstance(symbol, Symbol):
            return symbol
        place = next(at for at, other in enumerate(symbols) if other is symbol)
        names = ["N", *(f"size_{axis}" if len(symbols) == 1 else f"size_{place}_{axis}" for axis in range(1, len(symbol.tensor.shape)))]
        sizes = [Formula.free(name) if is_unsized(size) else size for name, size in zip(names, symbol.tensor.shape, strict=False)]
        return Symbol(Tensor(Shape(sizes), symbol.tensor.dtype), symbol.framework)

    argument = mapped(first, opened)
    inputs = tuple(Input("", symbol.tensor) for symbol in tensors_in(argument))
    return Feed(inputs, origin="its `Input`", values=([argument], {}), drawn=True)
