"""``eval`` of a text that is known, in the names of the code that asks for it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from paramlint.core.unknown import Unknown, Why
from paramlint.interpreter import handed
from paramlint.interpreter.namespaces import Globals
from paramlint.interpreter.natives import Table, known
from paramlint.interpreter.targets import bind_name
from paramlint.syntax import ir
from paramlint.syntax.problem import SyntaxProblem

if TYPE_CHECKING:
    from paramlint.interpreter.machine import Interpreter

FUNCTIONS = Table()
_LONGEST = 1_000  # characters
_LONGEST_FILE = 100_000


@FUNCTIONS.raw("eval")
def evaluate(it: Interpreter, source: Any, globals: Any = None, locals: Any = None, /) -> Any:
    """The value of an expression; not known where it is not plain text, or is to be looked up elsewhere."""
    if isinstance(source, Unknown):
        return source.picked
    if not isinstance(source, str) or globals is not None or locals is not None or it.frame is None or len(source) > _LONGEST:
        return it.unknown(Why.UNSUPPORTED, "`eval()` of what is not known")
    from paramlint.syntax.outline import outline
    from paramlint.syntax.parse import lower

    try:
        file = outline(source.strip() + "\n", lossless=False)
        body = lower(file, 0) if len(file.statements) == 1 else ()
    except SyntaxProblem as problem:
        return it.throw("SyntaxError", problem.message)
    if len(body) != 1 or not isinstance(body[0], ir.Evaluate):
        return it.throw("SyntaxError", "invalid syntax")
    if _makes_functions(body[0].value):
        return it.unknown(Why.UNSUPPORTED, "`eval()` of code that makes functions")
    return it.evaluate(body[0].value, it.frame)


@FUNCTIONS.raw("exec")
def execute(it: Interpreter, source: Any, globals: Any = None, locals: Any = None, /, **more: Any) -> Any:
    """Run a text that is known, in the names of the module that asks for it; else each of its variables may have another value."""
    frame = it.frame
    if frame is not None and isinstance(globals, Globals) and globals.module is frame.module and locals is None:
        globals = None
    if frame is None or globals is not None or locals is not None or frame.kind not in ("module", "main"):
        for space in (globals, locals):
            handed.forget(it, space, it.unknown_reason("`exec()` of what is not known"), 2)
        return None
    body = _statements(source)
    if body is not None and not any(map(_defines, body)):
        it.execute(body, frame)
        return None
    unknown = source if isinstance(source, Unknown) else it.unknown(Why.UNSUPPORTED, "`exec()` of code that makes functions, or of what is not known")
    module = frame.module
    bound = frame.vars.keys() | module.turns.postponed.keys()
    for name in sorted({name for statement in module.turns.statements if statement.kind == "other" for name in statement.binds & bound}):
        bind_name(it, name, unknown, frame)
    return None


def _statements(source: Any) -> tuple[ir.Stmt, ...] | None:
    """The statements of a text; None where it is not known or cannot be read."""
    from paramlint.syntax.outline import outline
    from paramlint.syntax.parse import lower

    if not isinstance(source, str) or len(source) > _LONGEST_FILE:
        return None
    try:
        file = outline(source, lossless=False)
        return tuple(node for statement in file.statements for node in lower(file, statement.index))
    except SyntaxProblem:
        return None


def _defines(statement: ir.Stmt) -> bool:
    """Whether a statement makes functions or classes anywhere, whose code would run later."""
    stack: list[Any] = [statement]
    while stack:
        node = stack.pop()
        if isinstance(node, ir.FunctionDef | ir.ClassDef | ir.Lambda | ir.Comprehension):
            return True
        if isinstance(node, tuple):
            stack += node
        elif isinstance(node, ir.Node):
            stack += [getattr(node, name) for name in node.__struct_fields__]
    return False


@FUNCTIONS.raw("__import__")
def import_(it: Interpreter, name: Any, globals: Any = None, locals: Any = None, fromlist: Any = (), level: Any = 0) -> Any:
    """The module, or the package that it is in where nothing is wanted from it, as the statement ``import a.b`` binds ``a``."""
    if isinstance(name, Unknown):
        it.modules.unnamed = it.modules.unnamed or it.located(name).reason
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
