"""The same IR from the standard library's tree, for source that is evaluated and neither checked nor changed.

What a model imports is read to know what it builds. Nothing of it is fixed, so LibCST's lossless tree is not needed for it, whose import
alone takes longer than evaluating most models, and which takes ten times as long to build. Both ways lead to equal IR, apart from the
anchors, which belong to the way they were made by; the tests compare them.
"""

from __future__ import annotations

import ast
import re
import warnings
from collections.abc import Iterable

from paramlint.core.garbage import not_sought
from paramlint.syntax import ir
from paramlint.syntax.guards import check
from paramlint.syntax.problem import SyntaxProblem
from paramlint.syntax.scopes import State
from paramlint.syntax.standard_statements import statements

_COMPOUND = (ast.If, ast.While, ast.For, ast.AsyncFor, ast.With, ast.AsyncWith, ast.Try, ast.TryStar)
_NAME = re.compile(r"(?:async\s+)?(?:def|class)\s+(\w+)")


def lower_text(text: str, first_line: int) -> tuple[tuple[ir.Stmt, ...], State]:
    """The IR of a statement whose first line is line ``first_line`` of the file, and the state that knows the node of each anchor.

    Raises:
        SyntaxProblem: for what ``guards.check`` does not let through, as for LibCST, and for what Python refuses.
    """
    check(text, first_line)
    state = State()
    try:
        with warnings.catch_warnings(), not_sought():
            warnings.simplefilter("ignore")  # invalid escapes in the source are none of the user's business here
            return statements(state, ast.parse(text).body), state
    except SyntaxError as error:
        raise SyntaxProblem(error.msg, first_line + (error.lineno or 1) - 1, error.offset or 1) from None
    except ValueError as error:
        raise SyntaxProblem(str(error), first_line) from None
    except KeyError as error:  # a kind of node that the running Python has and this table has not
        raise SyntaxProblem(f"this statement has newer syntax than is known here: {error}", first_line) from None
    except (RecursionError, MemoryError):
        raise SyntaxProblem("this statement is nested too deeply", first_line, 1, "limit") from None


def anchor_extents(text: str, first_line: int, anchors: Iterable[int] | None) -> dict[int, tuple[int, int, bool]]:
    """By anchor, the extent in the text of what stands for a node when it is reported, and whether to cut it at the end of its first line.

    All nodes if ``anchors`` is None.
    """
    nodes = lower_text(text, first_line)[1].nodes
    places = _Places(text)
    return {anchor: places.of(nodes[anchor]) for anchor in (range(len(nodes)) if anchors is None else anchors)}


class _Places:
    """Where nodes stand, in characters; the tree has lines and columns in bytes."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.lines = text.split("\n")
        self.starts = [0]
        for line in self.lines:
            self.starts.append(self.starts[-1] + len(line) + 1)

    def offset(self, line: int, column: int) -> int:
        text = self.lines[line - 1]
        return self.starts[line - 1] + (column if text.isascii() else len(text.encode()[:column].decode()))

    def of(self, node: ast.AST) -> tuple[int, int, bool]:
        if not isinstance(node, ast.expr | ast.stmt | ast.pattern):
            raise TypeError(type(node).__name__)
        start = self.offset(node.lineno, node.col_offset)
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            found = _NAME.match(self.text, start)
            return (*found.span(1), True) if found is not None else (start, start, True)
        if isinstance(node, _COMPOUND):
            return start, self._header(node, start), True
        end = self.offset(node.end_lineno or node.lineno, node.end_col_offset or node.col_offset)
        return start, end, isinstance(node, ast.stmt)

    def _header(self, node: ast.stmt, start: int) -> int:
        """The end of the header of a compound statement: after the colon that follows its last expression."""
        heads: list[ast.expr | None]
        if isinstance(node, ast.With | ast.AsyncWith):
            heads = [node.items[-1].optional_vars or node.items[-1].context_expr]
        else:
            heads = [getattr(node, name, None) for name in ("test", "iter")]
        ends = [self.offset(head.end_lineno or 1, head.end_col_offset or 0) for head in heads if head is not None]
        return self.text.index(":", max(ends, default=start)) + 1
