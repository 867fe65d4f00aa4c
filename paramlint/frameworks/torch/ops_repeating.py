"""Operations of torch that grow a tensor: expand, broadcast, repeat.

Source: the documentation of torch.Tensor.view, torch.reshape, torch.Tensor.expand and their relatives, torch 2.13.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, ClassVar

from paramlint.core.contents import Lost, expanded, flat
from paramlint.core.shapes import Shape, agrees, broadcast, differs
from paramlint.core.tensor import Tensor
from paramlint.core.unknown import Unknown, Why
from paramlint.frameworks.torch.common import unfit
from paramlint.frameworks.torch.ops_common import (
    at_axis,
    both,
    dtype_of,
    function,
    integer,
    made,
    method,
    shape_of,
    size_list,
)
from paramlint.schema.conditions import Refused, certainly
from paramlint.schema.fields import Value, open_value
from paramlint.schema.layer import KEYWORD_ONLY
from paramlint.schema.op import Op


def widened(shape: Shape, sizes: tuple[Any, ...]) -> Shape:
    """The shape with its axes of size 1 grown to ``sizes``; -1 keeps an axis, further sizes in front are new axes."""
    new = len(sizes) - shape.rank
    unfit(new < 0, f"{len(sizes)} sizes are too few to expand {shape.text}")
    result = []
    for at, size in enumerate(sizes):
        own = 1 if at < new else shape[at - new]
        unfit(at < new and certainly(lambda size=size: size < 0), f"a new dimension cannot have the size {size}")
        result.append(_wider(own, size, shape, sizes))
    return Shape(result)


def _wider(own: Any, size: Any, shape: Shape, sizes: tuple[Any, ...]) -> Any:
    if certainly(lambda: size == -1):
        return own
    if differs(own, 1):
        unfit(certainly(lambda: size >= 0) and differs(own, size),
              f"{shape.text} cannot be expanded to {Shape(sizes).text}: {own} is neither 1 nor {size}")
        return own
    if isinstance(size, Unknown):
        return size
    unfit(lambda: size < 0, f"sizes cannot be negative, got {Shape(sizes).text}")
    return size


class Expand(Op):
    """Axes of size 1 grown without copying."""

    NAMES = method("expand", "broadcast_to")
    SHARES = True
    REST = "sizes"
    EXTRA = "options"
    input: Value
    sizes: Value
    options: Value

    def result(self) -> Tensor:
        sizes = self.options.get("size", self.sizes)
        return expanded_to(self.input, widened(shape_of(self.input), size_list(sizes)))


def expanded_to(given: Any, shape: Shape) -> Tensor:
    return made(shape, dtype_of(given), lambda: expanded(given, shape))


class BroadcastTo(Op):
    """Axes of size 1 grown without copying, the sizes as one argument."""

    NAMES = function("broadcast_to")
    SHARES = True
    input: Value
    size: Value

    def result(self) -> Tensor:
        return expanded_to(self.input, widened(shape_of(self.input), size_list(self.size)))


class ExpandAs(Op):
    """Axes of size 1 grown to the shape of another tensor."""

    NAMES = method("expand_as")
    SHARES = True
    input: Value
    other: Value

    def result(self) -> Tensor:
        return expanded_to(self.input, widened(shape_of(self.input), tuple(shape_of(self.other, "other"))))


class BroadcastTensors(Op):
    """Several tensors grown to one shape."""

    NAMES = function("broadcast_tensors")
    REST = "tensors"
    SHARES = True
    tensors: Value

    def result(self) -> Any:
        given = self.tensors[0] if len(self.tensors) == 1 and isinstance(self.tensors[0], list | tuple) else self.tensors
        shape = broadcast(*(shape_of(one) for one in given))
        return tuple(expanded_to(one, shape) for one in given)


class BroadcastShapes(Op):
    """The shape that several shapes broadcast to."""

    NAMES = function("broadcast_shapes")
    REST = "shapes"
    shapes: Value

    def result(self) -> Any:
        return tuple(broadcast(*(size_list(shape if isinstance(shape, list | tuple) else (shape,)) for shape in self.shapes)))


class Repeat(Op):
    """The tensor beside itself, so many times along each axis; further numbers in front are new axes."""

    NAMES = method("repeat")
    REST = "times"
    FILLS: ClassVar[bool] = False
    input: Value
    times: Value
    _: KEYWORD_ONLY
    repeats: Value = None
    dims: Value = None

    def result(self) -> Tensor:
        shape = shape_of(self.input)
        given = self.repeats if self.repeats is not None else self.dims if self.dims is not None else self.times
        if given == ():
            raise Refused("repeat() needs to be told how often")
        times = size_list(given, "repeats")
        new = len(times) - shape.rank
        if new < 0 and self.FILLS:
            times, new = (1,) * -new + times, 0
        unfit(new < 0, f"{len(times)} numbers are too few to repeat {shape.text}")
        for time in times:
            unfit(lambda time=time: time < 0, f"a tensor cannot be repeated {time} times")
        own = (1,) * new + tuple(shape)
        return made([size * time for size, time in zip(own, times, strict=True)], dtype_of(self.input), self._values(own, times))

    def _values(self, own: tuple[Any, ...], times: tuple[Any, ...]) -> Callable[[], Any]:
        def values() -> Any:
            rows = flat(self.input)
            block = 1
            for size, time in zip(reversed(own), reversed(times), strict=True):
                block *= size
                if block == 0:
                    raise Lost
                rows = [item for at in range(0, len(rows), block) for _ in range(time) for item in rows[at:at + block]]
                block *= time
            return rows

        return values


class Tile(Repeat):
    """The tensor beside itself; where fewer numbers than axes are given the first axes stay."""

    NAMES = both("tile")
    FILLS = True


class RepeatInterleave(Op):
    """Every element so many times, along one axis or flattened."""

    NAMES = both("repeat_interleave")
    input: Value
    repeats: Value = None
    dim: Value = None
    _: KEYWORD_ONLY
    output_size: Value = None

    def result(self) -> Tensor:
        shape = shape_of(self.input)
        if self.repeats is None:
            return made((Unknown.because(Why.INPUT, "a size that is the sum of a tensor's contents"),), "int64")
        if self.dim is None:
            shape = Shape((shape.numel,))
        at = 0 if self.dim is None else at_axis(self.dim, shape.rank)
        if self.output_size is not None:
            return made(shape.replace(at, self.output_size), dtype_of(self.input))
        return made(shape.replace(at, self._length(shape[at])), dtype_of(self.input))

    def _length(self, size: Any) -> Any:
        times = self.repeats
        if isinstance(times, Tensor) and not isinstance(times.shape, Unknown) and times.shape.rank == 1 and not agrees(times.shape[0], 1):
            try:
                return sum(flat(times))
            except Lost:
                return Unknown.because(Why.INPUT, "a size that is the sum of a tensor's contents")
        times = integer(times)
        if not isinstance(times, int) and not open_value(times):
            raise Refused(f"`repeats` must be an integer or a tensor of them, got {times!r}", field="repeats")
        unfit(lambda: times < 0, f"an element cannot be repeated {times} times")
        return size * times
