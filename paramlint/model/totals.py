"""Sums over a tree of modules, each tensor and each shared module once."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

import msgspec

from paramlint.core.counts import Count, Status
from paramlint.core.dims import Formula
from paramlint.core.tensor import DTYPE_BYTES
from paramlint.core.unknown import Reason, Unknown
from paramlint.model.tree import ModuleNode, WeightNode


class Total(msgspec.Struct):
    """Parameters, the trainable ones among them, and elements of buffers."""

    params: Count = msgspec.field(default_factory=Count)
    trainable: Count = msgspec.field(default_factory=Count)
    buffers: Count = msgspec.field(default_factory=Count)
    macs: Count | None = None  # None where nothing was called
    cost: Count | None = None

    def add_calls(self, node: ModuleNode) -> None:
        """What the calls of a module cost."""
        for name in ("macs", "cost"):
            more, before = getattr(node, name), getattr(self, name)
            if more is not None:
                setattr(self, name, more if before is None else before + more)

    def add(self, weight: WeightNode) -> None:
        if weight.buffer:
            self.buffers = self.buffers + weight.count
            return
        self.params = self.params + weight.count
        if weight.trainable:
            self.trainable = self.trainable + weight.count
        elif weight.trainable is None:  # it may be trained or not: the rest is a lower bound
            self.trainable = self.trainable + Count(0, True, () if weight.reason is None else (weight.reason,))

    def add_doubt(self, reason: Reason) -> None:
        """What a module holds besides what it shows is not known."""
        more = Count.doubt((reason,))
        self.params, self.trainable, self.buffers = self.params + more, self.trainable + more, self.buffers + more


class Row(msgspec.Struct):
    """A module at its place in the printed tree."""

    node: ModuleNode
    depth: int
    total: Total  # of its own tensors; where the tree is cut below it, of the whole branch
    weights: list[WeightNode]  # the tensors that count here
    tied: list[WeightNode]  # its own tensors that have been counted further up
    shared: bool = False  # the whole module has been counted further up
    branch: bool = False  # children are left out, and are part of ``total``


def rows(root: ModuleNode, depth: int | None = None) -> Iterator[Row]:
    """The tree from the top, as it is printed, down to ``depth`` (0: the model alone)."""
    modules: set[int] = set()
    tensors: set[int] = set()
    stack = [(root, 0)]
    while stack:
        node, level = stack.pop()
        if id(node) in modules:
            yield Row(node, level, Total(), [], list(node.weights), shared=True)
            continue
        cut = depth is not None and level >= depth and bool(node.children)
        nodes = [n for n in node.walk() if n is node or id(n) not in modules] if cut else [node]
        modules.update(map(id, nodes))
        row = Row(node, level, Total(), [], [], branch=cut)
        for part in nodes:
            row.total.add_calls(part)
            if part.doubt is not None:
                row.total.add_doubt(part.doubt)
        for weight in (weight for part in nodes for weight in part.weights):
            (row.tied if id(weight) in tensors else row.weights).append(weight)
            if id(weight) not in tensors:
                row.total.add(weight)
            tensors.add(id(weight))
        yield row
        if not cut:
            stack.extend((child, level + 1) for child in reversed(node.children))


SORTS = ("params", "macs", "memory")


def largest(root: ModuleNode, key: str, depth: int | None = None) -> list[Row]:
    """The rows that have weights or costs, by one of SORTS, the largest first; equal ones in the order of the tree.

    What is not known for sure counts with what it is at least. ``memory`` is that of the output where the model was called, else that of the
    parameters.
    """
    def size(row: Row) -> Any:
        if key == "memory" and root.output_bytes is None:
            return least_bytes(row.weights)
        count = {"params": row.total.params, "macs": row.total.macs, "memory": row.node.output_bytes}[key]
        return count.value if count is not None and isinstance(count.value, int) else 0

    found = [row for row in rows(root, depth) if not row.shared and (row.weights or row.branch or row.total.macs is not None)]
    if key == "memory" and root.output_bytes is not None:  # what a module with others inside returns, one of those has made
        found = [row for row in found if row.node.output_bytes is not None and (row.branch or not row.node.children)]
    return sorted(found, key=lambda row: -size(row))


def tensors(root: ModuleNode) -> Iterator[WeightNode]:
    """Every tensor of a tree, each once."""
    seen: set[int] = set()
    for node in root.walk():
        for weight in node.weights:
            if id(weight) not in seen:
                seen.add(id(weight))
                yield weight


def subtotals(root: ModuleNode) -> dict[str, tuple[int, Count]]:
    """For each type with parameters of its own: how many modules, and their parameters; in the order of the tree."""
    found: dict[str, tuple[int, Count]] = {}
    for row in rows(root):
        if any(not weight.buffer for weight in row.weights):
            modules, count = found.get(row.node.type, (0, Count()))
            found[row.node.type] = (modules + 1, count + row.total.params)
    return found


def weight_bytes(weights: Iterable[WeightNode], dtype: str | None = None) -> Any:
    """Bytes of the parameters among the tensors, each in its own dtype or all in one.

    An int or a Formula; None where a count is only a bound or a dtype's size is not known.
    """
    total: Any = 0
    for weight in weights:
        size = DTYPE_BYTES.get(dtype or weight.dtype)
        if weight.buffer:
            continue
        if size is None or weight.count.bound:
            return None
        total = total + weight.count.value * size
    return None if isinstance(total, Unknown) else total


def trained_bytes(root: ModuleNode, dtype: str | None = None) -> Any:
    """Bytes of the parameters that are trained: those of their gradients, of SGD's momentum, and half of what Adam keeps.

    An int or a Formula; None where it is not known which are trained, or how large they are.
    """
    found = [weight for weight in tensors(root) if not weight.buffer and weight.trainable is not False]
    return None if any(weight.trainable is None for weight in found) else weight_bytes(found, dtype)


def least_bytes(weights: Iterable[WeightNode], dtype: str | None = None) -> int:
    """Bytes that the parameters among the tensors take at least: what is known of them, and a byte each where the type is not."""
    return sum(weight.count.value * DTYPE_BYTES.get(dtype or weight.dtype, 1) for weight in weights
               if not weight.buffer and isinstance(weight.count.value, int))


def number(count: Count) -> int | str | None:
    """A count as JSON holds it: a number, a formula as text, None where nothing is known."""
    if isinstance(count.value, Formula):
        return str(count.value)
    return None if count.status is Status.UNKNOWN else int(count.value)
