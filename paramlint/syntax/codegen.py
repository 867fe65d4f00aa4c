"""Where nodes stand in the source: LibCST's code generation, run only to count characters.

``PositionProvider`` costs two parses; a state that keeps one running offset and records the wanted nodes costs a quarter of one.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from contextlib import nullcontext
from types import TracebackType
from typing import Any

import libcst as cst
from libcst._nodes.internal import CodegenState

Extent = tuple[int, int]


class Extents(CodegenState):
    """The extent (start and end offset, the end exclusive) of each wanted node, without the parentheses around it.

    Of a statement with a body only the header is taken.
    """

    def __init__(self, module: cst.Module, wanted: Iterable[cst.CSTNode]) -> None:
        super().__init__(module.default_indent, module.default_newline)
        self.offset = 0
        self.inner: dict[int, Extent] = {}  # as LibCST reports it: without parentheses and leading lines
        self.outer: dict[int, Extent] = {}  # all that the node owns
        self._wanted = {id(node) for node in wanted}
        self._bodies = {id(body) for node in wanted if (body := getattr(node, "body", None)) is not None}

    def add_token(self, value: str) -> None:
        self.offset += len(value)

    def add_indent_tokens(self) -> None:
        self.offset += sum(map(len, self.indent_tokens))

    def pop_trailing_newline(self) -> None:
        pass

    def before_codegen(self, node: cst.CSTNode) -> None:
        key = id(node)
        if key in self._wanted or key in self._bodies:
            self.outer[key] = (self.offset, self.offset)

    def after_codegen(self, node: cst.CSTNode) -> None:
        key = id(node)
        if key in self.outer:
            self.outer[key] = (self.outer[key][0], self.offset)

    def record_syntactic_position(self, node: cst.CSTNode, *, start_node: Any = None, end_node: Any = None) -> Any:
        key = id(node)
        return _Recording(self, key) if key in self._wanted else _IGNORED

    def of(self, node: cst.CSTNode) -> Extent:
        key = id(node)
        if isinstance(node, (cst.Tuple, cst.GeneratorExp)) and node.lpar:
            return self.outer[key]  # their parentheses are their own
        start, end = self.inner.get(key) or self.outer[key]
        if isinstance(node, cst.BaseCompoundStatement) and (body := self.outer.get(id(getattr(node, "body", None)))):
            end = body[0]
        return start, end


class _Recording:
    __slots__ = ("key", "start", "state")

    def __init__(self, state: Extents, key: int) -> None:
        self.state = state
        self.key = key

    def __enter__(self) -> None:
        self.start = self.state.offset

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self.state.inner[self.key] = (self.start, self.state.offset)


_IGNORED = nullcontext()


def extents(module: cst.Module, wanted: Iterable[cst.CSTNode]) -> Extents:
    state = Extents(module, list(wanted))
    module._codegen(state)
    return state


def anchor_extents(module: cst.Module, nodes: Sequence[cst.CSTNode], anchors: Iterable[int] | None) -> dict[int, tuple[int, int, bool]]:
    """By anchor, the extent of what stands for a node when it is reported, and whether to cut it at the end of its first line.

    Calls, functions and classes are always among them, since they are what is reported; all nodes if ``anchors`` is None.
    """
    if anchors is None:
        anchors = range(len(nodes))
    else:
        anchors = {*anchors, *[i for i, node in enumerate(nodes) if isinstance(node, (cst.Call, cst.FunctionDef, cst.ClassDef))]}
    shown = {i: _shown(nodes[i]) for i in anchors}
    state = extents(module, shown.values())
    return {i: (*state.of(node), isinstance(node, (cst.BaseCompoundStatement, cst.BaseSmallStatement))) for i, node in shown.items()}


def _shown(node: cst.CSTNode) -> cst.CSTNode:
    return node.name if isinstance(node, (cst.FunctionDef, cst.ClassDef)) else node
