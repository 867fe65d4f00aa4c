"""``eval`` and ``exec`` of a text that is known, in the names of the code that asks for it or in those that it is given."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from paramlint.core.unknown import Unknown, Why
from paramlint.interpreter import handed
from paramlint.interpreter.frames import Frame, Unit
from paramlint.interpreter.library_values import LibraryModule
from paramlint.interpreter.module_values import ModuleValue
from paramlint.interpreter.namespaces import Globals
from paramlint.interpreter.natives import Table, known
from paramlint.interpreter.values import Foreign, Instance
from paramlint.syntax import ir
from paramlint.syntax.problem import SyntaxProblem

if TYPE_CHECKING:
    from paramlint.interpreter.machine import Interpreter

FUNCTIONS = Table()
_LONGEST = 1_000  # characters
_LONGEST_FILE = 100_000
_DECLARES = re.compile(r"\b(?:global|nonlocal)\b")  # such names of a text that does not run in a module are not followed


class CodeText(Foreign):
    """What ``compile`` gives."""

    __slots__ = ("mode", "source")

    def __init__(self, source: str, mode: str) -> None:
        self.source = source
        self.mode = mode

    def type_name(self) -> str:
        return "code"


@FUNCTIONS.raw("compile")
def compile_(it: Interpreter, source: Any, filename: Any, mode: Any, flags: Any = 0, dont_inherit: Any = False, optimize: Any = -1) -> Any:
    known(it, source, mode)
    if not isinstance(source, str) or mode not in ("exec", "eval", "single") or flags != 0:
        return it.unknown(Why.UNSUPPORTED, "`compile()` of what is no text")
    if mode == "eval":
        expression(it, source)
    elif _statements(it, source) is None:
        return it.unknown(Why.UNSUPPORTED, "`compile()` of a text that is too long")
    return CodeText(source, mode)


@FUNCTIONS.raw("eval")
def evaluate(it: Interpreter, source: Any, globals: Any = None, locals: Any = None, /) -> Any:
    """The value of an expression; not known where it is not plain text, or is to be looked up in what is not known."""
    if isinstance(source, Unknown):
        return source.picked
    if isinstance(source, CodeText):
        if source.mode != "eval":
            return execute(it, source, globals, locals)
        source = source.source
    frame = it.frame if globals is None and locals is None else _frame(it, globals, locals)
    if not isinstance(source, str) or frame is None or len(source) > _LONGEST:
        return it.unknown(Why.UNSUPPORTED, "`eval()` of what is not known")
    value = expression(it, source)
    if frame.vars is not frame.module.vars and _makes_functions(value):  # their code does not see the names around the call
        return it.unknown(Why.UNSUPPORTED, "`eval()` of code that makes functions")
    return it.evaluate(value, frame)


def expression(it: Interpreter, source: str) -> ir.Expr:
    body = _statements(it, source.strip() + "\n")
    if body is None or len(body) != 1 or not isinstance(body[0], ir.Evaluate):
        return it.throw("SyntaxError", "invalid syntax")
    return body[0].value


@FUNCTIONS.raw("exec")
def execute(it: Interpreter, source: Any, globals: Any = None, locals: Any = None, /, **more: Any) -> Any:
    """Run a text that is known, in the names that it is given; what is not known may do anything to what it can name."""
    if isinstance(source, CodeText):
        source = source.source
    frame = _frame(it, globals, locals)
    if frame is not None and frame.kind != "module" and isinstance(source, str) and _DECLARES.search(source):
        frame = None
    body = _statements(it, source) if isinstance(source, str) else None
    if body is not None and frame is not None:
        it.execute(body, frame)
        return None
    unknown = source if isinstance(source, Unknown) else it.unknown(Why.UNSUPPORTED, "`exec()` of what is not known")
    if globals is not None or locals is not None:
        for space in (globals, locals):
            _reached(it, space, unknown)
        return None
    if it.frame is not None:
        if it.frame.vars is not it.frame.module.vars:
            _reached(it, list(it.frame.vars.values()), unknown)
        _rebound(it, it.frame.module, unknown)
    return None


def _reached(it: Interpreter, value: Any, unknown: Unknown) -> None:
    """Code that is not known has got hold of something."""
    reason = it.located(unknown).reason
    for item in value if isinstance(value, list) else value.values() if isinstance(value, dict) else ():
        handed.forget(it, item, reason, 4)
        if isinstance(item, Instance):
            it.escaped(item, reason)
            it.changed(item, reason)
    if isinstance(value, Globals):
        _rebound(it, value.module, unknown)
    else:
        handed.forget(it, value, reason, 2)


def _rebound(it: Interpreter, module: ModuleValue, unknown: Unknown) -> None:
    """Each variable of a module may have another value."""
    module.turns.abandoned = module.turns.abandoned or it.located(unknown).reason  # it may have bound others, too
    bound = module.vars.keys() | module.turns.postponed.keys()
    for name in sorted({name for statement in module.turns.statements if statement.kind == "other" for name in statement.binds & bound}):
        value = module.lookup(it, name)
        module.assign(it, name, it.result_of(unknown, (value,)))


def _frame(it: Interpreter, globals: Any, locals: Any) -> Frame | None:
    """Where a text runs: its names are those of the code that asks for it, or of the dictionaries that it is given; None for others."""
    asking = it.frame
    if asking is None or isinstance(globals, Unknown) or isinstance(locals, Unknown):
        return None
    module: Any = asking.module
    if isinstance(globals, Globals):
        module = globals.module
    elif globals is not None:
        if not isinstance(globals, dict) or it.state.open_reason(globals) is not None:
            return None
        module = _namespace(it, globals)
    if isinstance(locals, Globals):
        locals = locals.module.vars if locals.module is module else None
    elif locals is not None and (not isinstance(locals, dict) or it.state.open_reason(locals) is not None):
        return None
    if locals is None and (globals is not None or asking.kind == "module"):
        locals = module.vars
    kind = "module" if locals is module.vars else "text"
    if locals is None and asking.kind == "class":
        locals = asking.vars
    visible = locals if locals is not None else dict(asking.vars)  # a function's own variables: what is bound there is lost at the end
    frame = Frame(module, None, Unit(module.path, -1), visible, kind)
    frame.caller = asking
    return frame


def _namespace(it: Interpreter, names: dict[Any, Any]) -> ModuleValue:
    """A dictionary as the globals of a text."""
    it.write(names)
    names.setdefault("__builtins__", LibraryModule("builtins"))
    made = ModuleValue("builtins", None)
    made.vars = names
    made.frame = Frame(made, None, None, names, "module")
    return made


def _statements(it: Interpreter, source: str) -> tuple[ir.Stmt, ...] | None:
    """The statements of a text; None where it is too long. Raises SyntaxError in the analysed code."""
    from paramlint.syntax.outline import outline
    from paramlint.syntax.parse import lower

    if len(source) > _LONGEST_FILE:
        return None
    try:
        file = outline(source, lossless=False)
        for statement in file.statements:
            statement.members = ()  # there is no file from which the body of a method could be read later
        return tuple(node for statement in file.statements for node in lower(file, statement.index))
    except SyntaxProblem as problem:
        return it.throw("SyntaxError", problem.message) if problem.kind == "syntax" else None


@FUNCTIONS.raw("__import__")
def import_(it: Interpreter, name: Any, globals: Any = None, locals: Any = None, fromlist: Any = (), level: Any = 0) -> Any:
    """The module, or the package that it is in where nothing is wanted from it, as the statement ``import a.b`` binds ``a``."""
    if isinstance(name, Unknown):
        it.modules.import_unnamed(it.located(name).reason)
    known(it, name, fromlist, level)
    if not isinstance(name, str) or it.frame is None:
        return it.throw("TypeError", "__import__() argument 1 must be str")
    whole = it.modules.absolute(name, level, it.frame.module)
    module = it.modules.import_module(whole)
    if fromlist or level or isinstance(module, Unknown):
        return module
    return it.modules.import_module(whole.partition(".")[0])


def _makes_functions(node: Any) -> bool:
    """Whether an expression has code of its own that runs later."""
    if isinstance(node, ir.Name | ir.Constant):
        return False
    if isinstance(node, ir.Attribute):
        return _makes_functions(node.value)
    if isinstance(node, ir.Call):
        return any(map(_makes_functions, (node.func, *node.args, *(value for _, value in node.keywords))))
    return not isinstance(node, ir.Unary | ir.Binary | ir.Subscript | ir.Display)
