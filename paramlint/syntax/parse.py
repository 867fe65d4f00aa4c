"""One top-level statement to IR, on demand. LibCST is imported when the first statement of a lossless outline is lowered."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from msgspec.structs import replace

from paramlint.syntax import ir
from paramlint.syntax.members import Member
from paramlint.syntax.outline import Outline
from paramlint.syntax.problem import SyntaxProblem
from paramlint.syntax.stack import with_room

if TYPE_CHECKING:
    from paramlint.syntax.native import Unit


def lower(outline: Outline, index: int) -> tuple[ir.Stmt, ...]:
    """The IR of statement ``index``; several statements when they share a line.

    The answer, a problem too, is kept in the outline.

    Raises:
        SyntaxProblem: when LibCST cannot read the statement, or a limit of ``guards`` is reached.
    """
    known = outline.lowered.get(index)
    if known is None:
        try:
            known = with_room(lambda: _lower(outline, index))
        except SyntaxProblem as problem:
            known = problem
        outline.lowered[index] = known
    if isinstance(known, SyntaxProblem):
        raise known.with_traceback(None)
    return known


def _lower(outline: Outline, index: int) -> tuple[ir.Stmt, ...]:
    if outline.is_lossless(index):
        from paramlint.syntax.native import lower_unit

        lowered = lower_unit(unit(outline, index))[0]
    else:
        from paramlint.syntax.standard import lower_text

        lowered = lower_text(*parsed(outline, index))[0]
    members = outline.statements[index].members if index < len(outline.statements) else ()
    return _deferred(lowered, members) if members else lowered


def _deferred(lowered: tuple[ir.Stmt, ...], members: Sequence[Member]) -> tuple[ir.Stmt, ...]:
    """A class whose blanked methods say under which number they are parsed."""
    (node,) = lowered
    assert isinstance(node, ir.ClassDef)
    numbers = {member.ordinal: member.index for member in members}
    ordinal = -1
    body: list[ir.Stmt] = []
    for item in node.body:
        if isinstance(item, ir.FunctionDef):
            ordinal += 1
            if ordinal in numbers:
                item = replace(item, function=replace(item.function, deferred=numbers[ordinal]))
        body.append(item)
    return (replace(node, body=tuple(body)),)


def parsed(outline: Outline, index: int) -> tuple[str, int]:
    """The text that is parsed for statement ``index``, and its first line."""
    statement = outline.statement(index)
    return statement.text if isinstance(statement, Member) else statement.parsed, statement.start


def unit(outline: Outline, index: int) -> Unit:
    """The LibCST tree of statement ``index``."""
    from paramlint.syntax.native import Unit, parse_module

    if outline.tree is not None:
        return Unit(outline.tree.module, outline.tree.parts[index], 1)
    text, first_line = parsed(outline, index)
    module = parse_module(text, first_line)
    return Unit(module, module.body, first_line)
