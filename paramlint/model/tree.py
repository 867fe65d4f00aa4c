"""A model as a tree of modules."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import msgspec

from paramlint.core.counts import Count, Status
from paramlint.core.unknown import Reason
from paramlint.model.conflicts import Conflict


class WeightNode(msgspec.Struct, eq=False):
    """A tensor that a module owns. The same object in two modules is one tied weight."""

    name: str
    shape: tuple[Any, ...] | None  # ints or formulas; None where not known
    count: Count
    trainable: bool | None = True  # None where not known
    buffer: bool = False
    dtype: str = "float32"
    reason: Reason | None = None  # why it is not known whether it is trained


class ModuleNode(msgspec.Struct, eq=False):
    """A module: its place in the tree, own weights, children. The same object in two places is one shared module."""

    path: str  # "layer1.0.conv1"; "" for the model itself
    type: str  # the class name as written: "Conv2d", "Bottleneck"
    qualified: str  # "torch.nn.Conv2d"; for user classes the module path and name where known
    site: Any = None  # the constructor call
    weights: list[WeightNode] = msgspec.field(default_factory=list)
    children: list[ModuleNode] = msgspec.field(default_factory=list)
    extra: str = ""  # the arguments as the framework's repr shows them, where known
    input: Any = None  # shapes, once the model has been called
    output: Any = None
    output_bytes: Count | None = None  # of what it returned last
    arithmetic: tuple[str, ...] = ()  # how the sizes of what it returned follow from those of what it got: "(227 − 11 + 2·0)/4 + 1 = 55"
    macs: Count | None = None  # of its own calls, without those of its children, once the model has been called
    cost: Count | None = None  # the same in the convention that was asked for
    doubt: Reason | None = None  # why it may hold more or less than it shows
    repeated: Reason | None = None  # built an unknown number of times
    alternatives: tuple[ModuleNode, ...] = ()  # what it may be instead, with other weights

    def walk(self) -> Iterator[ModuleNode]:
        """This module and all below it, each once, in the order of registration."""
        seen: set[int] = set()
        stack = [self]
        while stack:
            node = stack.pop()
            if id(node) in seen:
                continue
            seen.add(id(node))
            yield node
            stack.extend(reversed(node.children))


class Memory(msgspec.Struct, frozen=True):
    """What one call of a model takes besides its weights, in bytes."""

    peak: Count = msgspec.field(default_factory=Count)  # of the tensors that are alive at once, in inference
    kept: Count = msgspec.field(default_factory=Count)  # of the tensors that training keeps for the backward pass
    made: Count = msgspec.field(default_factory=Count)  # of everything that the layers and operations make, alive or not
    note: str = ""  # how what training keeps is computed, where devices differ


class Model(msgspec.Struct, eq=False):
    """What a target is found to be."""

    target: str
    name: str
    framework: str
    path: str
    line: int
    root: ModuleNode | None
    params: Count = msgspec.field(default_factory=Count)
    trainable: Count = msgspec.field(default_factory=Count)
    buffers: Count = msgspec.field(default_factory=Count)
    reasons: tuple[Reason, ...] = ()
    places: dict[Any, tuple[str, int, int]] = msgspec.field(default_factory=dict)  # site → (path, line, column), of what is reported
    excerpts: dict[Any, str] = msgspec.field(default_factory=dict)  # site → the line of source there, of what stands in the way
    input: Any = None  # a shape, or several
    output: Any = None
    macs: Count | None = None  # multiply-accumulates of one call; a bound where a part of it was not followed
    cost: Count | None = None  # the same call in ``convention``, where another one than multiply-accumulates was asked for
    convention: str = ""
    counted: str = ""  # what the cost counts and what not, in words
    note: str = ""  # where the tool of the convention itself prints another number
    memory: Memory | None = None  # what the call takes
    refusal: Reason | None = None  # why the model does not take the input
    given: str = ""  # what it was called with, and who says so: "(1, 3, 32, 32), from the comment in line 12"
    origin: str = ""  # who says so; empty for the command line
    conflict: Conflict | None = None  # shapes that do not fit with this input

    @property
    def status(self) -> Status:
        """The status of the parameters; every other figure has its own."""
        return self.params.status if self.root is not None else Status.UNKNOWN
