"""The way into LibCST: parsing with every error turned into a SyntaxProblem, and lowering of what was parsed."""

from __future__ import annotations

import re
import warnings
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import NamedTuple

import libcst as cst
from libcst import native  # type: ignore[attr-defined]

from paramlint.core.garbage import not_sought
from paramlint.syntax import ir
from paramlint.syntax.codegen import extents
from paramlint.syntax.guards import MAX_TOKENS, check
from paramlint.syntax.problem import SyntaxProblem
from paramlint.syntax.scopes import State
from paramlint.syntax.statements import statements

_CHECKED = cst.CSTNode.__post_init__
_PLACE = re.compile(r"parser error: error at (?P<line>\d+):(?P<column>\d+): (?P<message>.*)", re.DOTALL)


class Unit(NamedTuple):
    """The nodes of one statement, the module that they stand in, and the line of the file at which that module begins."""

    module: cst.Module
    nodes: Sequence[cst.CSTNode]
    first_line: int


def parse_module(text: str, first_line: int = 1, max_tokens: int = MAX_TOKENS) -> cst.Module:
    """The tree of ``text``, whose first line is line ``first_line`` of the file.

    Raises:
        SyntaxProblem: for whatever LibCST raises, and for what ``guards.check`` does not let through.
    """
    check(text, first_line, max_tokens)
    try:
        with not_sought(), _unchecked():
            module = native.parse_module(text, encoding="utf-8")
    except cst.ParserSyntaxError as error:
        raise _located(error, first_line) from None
    except Exception as error:  # SyntaxError, UnicodeDecodeError, LookupError, CSTLogicError and more: all the same to the user
        raise SyntaxProblem(f"LibCST cannot read this statement: {error}", first_line) from None
    except BaseException as error:
        if type(error).__name__ != "PanicException":  # raised by the native parser; no subclass of Exception
            raise
        raise SyntaxProblem(f"LibCST's parser failed on this statement: {error}", first_line) from None
    assert isinstance(module, cst.Module)
    return module


@contextmanager
def _unchecked() -> Iterator[None]:
    """LibCST checks every node when it is made, those of its own parser too, which is a quarter of the time and finds nothing there."""
    cst.CSTNode.__post_init__ = _as_parsed  # type: ignore[method-assign,assignment]
    try:
        yield
    finally:
        cst.CSTNode.__post_init__ = _CHECKED  # type: ignore[method-assign]


def _as_parsed(node: cst.CSTNode) -> None:
    """Nothing is checked."""


def _located(error: cst.ParserSyntaxError, first_line: int) -> SyntaxProblem:
    """The parser says where in its message; the tokenizer does not know, and what the exception carries as its line is neither."""
    found = _PLACE.match(error.message)
    if found is None:
        return SyntaxProblem(error.message.removeprefix("tokenizer error: "), first_line)
    return SyntaxProblem(found["message"], first_line + int(found["line"]) - 1, int(found["column"]))


def lower_unit(unit: Unit) -> tuple[tuple[ir.Stmt, ...], State]:
    """The IR of a unit, and the state that knows which node each anchor stands for."""
    state = State()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # invalid escapes in the source are none of the user's business here
        try:
            return statements(state, unit.nodes), state
        except SyntaxProblem as problem:
            raise _placed(problem, unit, state) from None
        except RecursionError:
            raise SyntaxProblem("this statement is nested too deeply", unit.first_line, 1, "limit") from None


def _placed(problem: SyntaxProblem, unit: Unit, state: State) -> SyntaxProblem:
    """A literal that cannot be evaluated is the last node that was met."""
    node = state.nodes[-1]
    before = unit.module.code[: extents(unit.module, [node]).of(node)[0]]
    return SyntaxProblem(problem.message, unit.first_line + before.count("\n"), len(before) - before.rfind("\n"), problem.kind)
