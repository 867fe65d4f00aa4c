"""Files in a newer Python than the one that runs: LibCST reads them whole, and the names come from the IR."""

from __future__ import annotations

import sys
from bisect import bisect_right
from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple

import libcst as cst

from paramlint.syntax import ir
from paramlint.syntax.codegen import extents
from paramlint.syntax.guards import MAX_FILE_TOKENS
from paramlint.syntax.names import Names
from paramlint.syntax.native import Unit, lower_unit, parse_module
from paramlint.syntax.outline import Outline, StatementKind, TopLevel, line_starts
from paramlint.syntax.problem import SyntaxProblem
from paramlint.syntax.scopes import State

_KINDS: dict[type[ir.Stmt], StatementKind] = {ir.FunctionDef: "def", ir.ClassDef: "class", ir.Import: "import", ir.ImportFrom: "import"}


class Whole(NamedTuple):
    module: cst.Module
    parts: tuple[tuple[cst.CSTNode, ...], ...]  # the nodes of each statement


def read_whole(source: str, refused: SyntaxProblem) -> Outline:
    """The outline of a file that the running Python refuses with ``refused``.

    Raises:
        SyntaxProblem: when LibCST refuses it, too, or accepts it although nothing in it is newer than the running Python;
            the problem further down is the better one, since the other may be about new syntax.
    """
    try:
        module = parse_module(source, max_tokens=MAX_FILE_TOKENS)
    except SyntaxProblem as problem:
        raise (problem if _is_better(problem, refused) else refused) from None
    lowered = []
    feature = (3, 0)
    for node in module.body:
        statements, state = lower_unit(Unit(module, (node,), 1))
        lowered.append((statements, state))
        feature = max(feature, state.feature)
    if feature <= sys.version_info[:2]:
        raise refused
    tops = _top_levels(source, module, lowered)
    outline = Outline(source, tops, Whole(module, tuple((node,) for node in module.body)))
    outline.lowered.update({index: statements for index, (statements, _) in enumerate(lowered)})
    return outline


def _is_better(problem: SyntaxProblem, refused: SyntaxProblem) -> bool:
    """LibCST tells less about a mistake, one line late if it is at the end of a line; but it gets past newer syntax."""
    if problem.kind == "limit":
        return True
    is_final = "never closed" in refused.message or "unterminated" in refused.message
    return not is_final and problem.line > refused.line + 1


def _top_levels(source: str, module: cst.Module, lowered: Sequence[tuple[tuple[ir.Stmt, ...], State]]) -> tuple[TopLevel, ...]:
    starts = line_starts(source)
    decorators = [node.decorators[0] for node in module.body if isinstance(node, (cst.FunctionDef, cst.ClassDef)) and node.decorators]
    found = extents(module, [*module.body, *decorators])
    tops = []
    for index, (node, (statements, state)) in enumerate(zip(module.body, lowered, strict=True)):
        decorated = isinstance(node, (cst.FunctionDef, cst.ClassDef)) and node.decorators
        first = found.inner.get(id(node), found.outer[id(node)])[0]
        if isinstance(node, (cst.FunctionDef, cst.ClassDef)) and decorated:
            first = found.of(node.decorators[0])[0]
        begin = bisect_right(starts, first)
        text = source[starts[begin - 1] : found.outer[id(node)][1]].rstrip() + "\n"
        end = begin + text.count("\n") - 1
        kinds = {_KINDS.get(type(statement), "other") for statement in statements}
        kind: StatementKind = kinds.pop() if len(kinds) == 1 else "other"
        main = any(_is_main_guard(statement) for statement in statements)
        tops.append(TopLevel(index, (begin, end), _names(statements, state), kind, main, text, starts[begin - 1], whole=True))
    return tuple(tops)


def _is_main_guard(node: ir.Stmt) -> bool:
    if not isinstance(node, ir.If):
        return False
    match node.branches[0][0]:
        case ir.Compare(_, ir.Name(_, "__name__"), ("==",), (ir.Constant(_, "__main__"),)):
            return True
        case ir.Compare(_, ir.Constant(_, "__main__"), ("==",), (ir.Name(_, "__name__"),)):
            return True
    return False


def _names(statements: Iterable[ir.Stmt], state: State) -> Names:
    """As ``names.Names`` has them; ``reads`` may hold a few that are bound in comprehensions and class bodies only."""
    names = Names()
    names.binds |= state.scope.bound
    pending: list[Any] = list(statements)
    while pending:
        node = pending.pop()
        if isinstance(node, tuple):
            pending.extend(node)
            continue
        if not isinstance(node, ir.Node):
            continue
        if isinstance(node, ir.Name):
            names.reads.add(node.id)
        elif isinstance(node, ir.Function):
            pending.extend([part.default for group in (node.positional_only, node.parameters, node.keyword_only) for part in group])
            continue
        elif isinstance(node, ir.FunctionDef | ir.ClassDef):
            names.decorators |= _roots(node.decorators)
        elif isinstance(node, ir.Evaluate):
            names.touches |= _roots((node.value,), everything=True)
        elif isinstance(node, ir.AugAssign):
            names.touches |= _roots((node.target,))
        elif isinstance(node, ir.Delete):
            names.touches |= _roots(node.targets)
        elif isinstance(node, ir.Assign):
            names.touches |= _roots([target for target in node.targets if not isinstance(target, ir.Name)]) - names.binds
        pending.extend([getattr(node, field) for field in node.__struct_fields__])
    return names


def _roots(places: Iterable[ir.Expr], everything: bool = False) -> set[str]:
    found: set[str] = set()
    pending: list[Any] = list(places)
    while pending:
        node = pending.pop()
        if isinstance(node, ir.Name):
            found.add(node.id)
        elif isinstance(node, (ir.Attribute, ir.Subscript, ir.Starred)) and not everything:
            pending.append(node.value)
        elif isinstance(node, ir.Call) and not everything:
            pending.append(node.func)
        elif isinstance(node, ir.Display):
            pending.extend(node.items)
        elif isinstance(node, tuple):
            pending.extend(node)
        elif everything and isinstance(node, ir.Node) and not isinstance(node, (ir.Lambda, ir.Constant)):
            pending.extend([getattr(node, field) for field in node.__struct_fields__])
    return found
