"""The functions of einops.

Source: the documentation of einops 0.8.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from paramlint.core.dims import Size, product
from paramlint.core.shapes import Shape, ShapeMismatch, differs
from paramlint.core.tensor import Tensor
from paramlint.core.unknown import NeedsValue, Unknown, Why
from paramlint.frameworks import axis_patterns
from paramlint.schema.conditions import Refused
from paramlint.schema.fields import Value
from paramlint.schema.op import Op


def _stacked(value: Any) -> tuple[Shape, str]:
    """Shape and type of a tensor, or of a list of tensors, which is a tensor with one more axis in front."""
    if isinstance(value, list | tuple) and value:
        found = [_stacked(one) for one in value]
        first = found[0]
        if any(len(shape) != len(first[0]) or any(map(differs, shape, first[0])) for shape, _ in found):
            raise ShapeMismatch("the tensors of a list must have one shape")
        return Shape((len(found), *first[0])), first[1]
    if not isinstance(value, Tensor):
        raise NeedsValue(value if isinstance(value, Unknown) else Unknown.because(Why.UNSUPPORTED, "a tensor of another library"))
    if isinstance(value.shape, Unknown):
        raise NeedsValue(value.shape)
    return value.shape, value.dtype


class Rearrange(Op):
    """Axes split, joined and put in another order."""

    NAMES = ("einops.rearrange",)
    EXTRA = "axes_lengths"
    tensor: Value
    pattern: Value
    axes_lengths: Value

    def result(self) -> Tensor:
        return _result("rearrange", self.tensor, self.pattern, self.axes_lengths)


class Repeat(Op):
    """Axes repeated: those that are only on the right side are new."""

    NAMES = ("einops.repeat",)
    EXTRA = "axes_lengths"
    tensor: Value
    pattern: Value
    axes_lengths: Value

    def result(self) -> Tensor:
        return _result("repeat", self.tensor, self.pattern, self.axes_lengths)


class Reduce(Op):
    """Axes that are not on the right side are reduced."""

    NAMES = ("einops.reduce",)
    EXTRA = "axes_lengths"
    tensor: Value
    pattern: Value
    reduction: Value
    axes_lengths: Value

    def result(self) -> Tensor:
        return _result(axis_patterns.kind_of(self.reduction), self.tensor, self.pattern, self.axes_lengths)


def _result(kind: str, tensor: Any, pattern: Any, sizes: Mapping[str, Any]) -> Tensor:
    shape, dtype = _stacked(tensor)
    return Tensor(axis_patterns.transformed(kind, pattern, shape, sizes), dtype)


class ParseShape(Op):
    """The sizes of a tensor's axes by their names."""

    NAMES = ("einops.parse_shape",)
    x: Value
    pattern: Value

    def result(self) -> Any:
        shape, _ = _stacked(self.x)
        if not isinstance(self.pattern, str):
            raise NeedsValue(Unknown.because(Why.ARGUMENT, "the pattern of axes"))
        if "..." in self.pattern:
            raise NeedsValue(Unknown.because(Why.UNSUPPORTED, "the sizes of axes under dots"))
        names = self.pattern.split()
        if len(names) != shape.rank:
            raise ShapeMismatch(f"the pattern names {len(names)} dimensions, the tensor has {shape.rank}: {shape.text}")
        return {name: size for name, size in zip(names, shape, strict=True) if name != "_" and not name.isdecimal()}

    def undecided(self, unknown: Unknown) -> Any:
        return unknown


class Einsum(Op):
    """Products of tensors, summed over the named axes that the right side does not have. The pattern comes last."""

    NAMES = ("einops.einsum",)
    KIND = "matmul"
    REST = "given"
    given: Value

    def result(self) -> Tensor:
        _, right, sizes = self._parsed()
        return Tensor(Shape(product(sizes[name] for name in group) for group in right), _stacked(self.given[0])[1])

    def macs(self, y: Any) -> Size:
        """Operand by operand from the left; axes that nobody needs any more are summed at once."""
        terms, right, sizes = self._parsed()
        output = {name for group in right for name in group}
        total: Size = 0
        done = set(terms[0])
        for at, term in enumerate(terms[1:], start=1):
            later = output.union(*terms[at + 1:])
            union = {name for name in done if name in later or name in term} | {name for name in term if name in later or name in done}
            total = total + product(sizes[name] for name in sorted(union))
            done = union & later
        return total

    def _parsed(self) -> tuple[list[list[str]], tuple[axis_patterns.Group, ...], dict[str, Any]]:
        """The axes of each operand, the groups of the result, and the size of every axis."""
        *tensors, pattern = self.given
        if not isinstance(pattern, str):
            raise NeedsValue(Unknown.because(Why.ARGUMENT, "the pattern of axes"))
        left, arrow, right = pattern.partition("->")
        parts = left.split(",")
        if not arrow or len(parts) != len(tensors):
            raise Refused(f"the pattern names {len(parts)} operands, got {len(tensors)}", field="pattern")
        if "(" in pattern:
            raise Refused("einsum neither splits nor joins axes", field="pattern")
        sizes: dict[str, Any] = {}
        terms: list[list[str]] = []
        dots = 0
        for part, tensor in zip(parts, tensors, strict=True):
            shape, _ = _stacked(tensor)
            one = axis_patterns.side(part)
            dots = max(dots, shape.rank - sum(axis_patterns.DOTS not in group for group in one.groups))
            names = [name for group in one.unfolded(dots if axis_patterns.DOTS in one.names else 0) for name in group]
            terms.append(names)
            if len(names) != shape.rank:
                raise ShapeMismatch(f"{shape.text} has not the dimensions of `{part.strip()}`")
            for name, size in zip(names, shape, strict=True):
                if name in sizes and differs(sizes[name], size):
                    raise ShapeMismatch(f"the axis `{name}` stands for {sizes[name]} and for {size}")
                sizes.setdefault(name, size)
        found = axis_patterns.side(right).unfolded(dots)
        loose = next((name for group in found for name in group if name not in sizes), None)
        if loose is not None:
            raise ShapeMismatch(f"the axis `{loose}` of the result is no operand's")
        return terms, found, sizes


class Pack(Op):
    """Tensors joined along the axis ``*``, which may stand for several in each; and what they were before."""

    NAMES = ("einops.pack",)
    tensors: Value
    pattern: Value

    def result(self) -> Any:
        if not isinstance(self.tensors, list | tuple) or not isinstance(self.pattern, str):
            raise NeedsValue(Unknown.because(Why.UNSUPPORTED, "tensors that are packed"))
        names = self.pattern.split()
        before, after = names.index("*"), len(names) - names.index("*") - 1
        total: Size = 0
        packed: list[tuple[Any, ...]] = []
        first: Shape | None = None
        for tensor in self.tensors:
            shape, _ = _stacked(tensor)
            if shape.rank < before + after:
                raise ShapeMismatch(f"expected at least {before + after} dimensions, got {shape.rank}: {shape.text}")
            middle = shape[before:len(shape) - after]
            first = shape if first is None else first
            packed.append(tuple(middle))
            total = total + product(middle)
        if first is None:
            raise ShapeMismatch("there is nothing to pack")
        return Tensor(Shape((*first[:before], total, *first[len(first) - after:])), _stacked(self.tensors[0])[1]), packed


class Unpack(Op):
    """What ``pack`` joined, apart again."""

    NAMES = ("einops.unpack",)
    tensor: Value
    packed_shapes: Value
    pattern: Value

    def result(self) -> Any:
        shape, dtype = _stacked(self.tensor)
        if not isinstance(self.packed_shapes, list | tuple) or not isinstance(self.pattern, str):
            raise NeedsValue(Unknown.because(Why.UNSUPPORTED, "a tensor that is unpacked"))
        at = self.pattern.split().index("*")
        found = []
        for sizes in self.packed_shapes:
            if not isinstance(sizes, list | tuple) or any(isinstance(size, int) and size == -1 for size in sizes):
                raise NeedsValue(Unknown.because(Why.UNSUPPORTED, "shapes to unpack that are not given"))
            found.append(Tensor(Shape((*shape[:at], *sizes, *shape[at + 1:])), dtype))
        return found
