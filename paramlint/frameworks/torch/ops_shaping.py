"""Operations of torch that give a tensor's elements another shape: view, reshape, flatten, squeeze, expand, repeat.

Source: the documentation of torch.Tensor.view, torch.reshape, torch.Tensor.expand and their relatives, torch 2.13.
"""

from __future__ import annotations

from typing import Any, ClassVar

from paramlint.core.contents import flat
from paramlint.core.dims import product
from paramlint.core.shapes import Shape, agrees, differs
from paramlint.core.tensor import DTYPE_BYTES, Tensor
from paramlint.core.unknown import NeedsValue, Unknown, Why
from paramlint.frameworks.torch.common import unfit
from paramlint.frameworks.torch.ops_common import (
    at_axis,
    axes_of,
    both,
    changing,
    dtype_of,
    function,
    integer,
    made,
    method,
    shape_of,
    size_list,
    tensor,
)
from paramlint.frameworks.torch.shaping import flattened, unflattened
from paramlint.schema.conditions import certainly
from paramlint.schema.fields import Value
from paramlint.schema.layer import KEYWORD_ONLY
from paramlint.schema.op import Op


def same_elements(given: Any, shape: Any) -> Tensor:
    """The same elements in the same order."""
    return made(shape, dtype_of(given), lambda: flat(given))


def reshaped(shape: Shape, sizes: tuple[Any, ...]) -> Shape:
    """``sizes`` with their -1 filled in. Raises ShapeMismatch where the numbers of elements differ."""
    inferred = [at for at, size in enumerate(sizes) if certainly(lambda size=size: size == -1)]
    wanted = Shape(sizes).text
    unfit(len(inferred) > 1, f"only one size can be -1, got {wanted}")
    unfit(any(certainly(lambda size=size: size < -1) for size in sizes), f"sizes cannot be negative, got {wanted}")
    total = shape.numel
    if not inferred:
        unfit(lambda: product(sizes) != total, f"{shape.text} has {total} elements, not the {product(sizes)} of {wanted}")
        return Shape(sizes)
    at, = inferred
    rest = product(sizes[:at]) * product(sizes[at + 1:])
    unfit(lambda: rest == 0, f"the -1 in {wanted} cannot be told")
    unfit(lambda: total % rest != 0, f"{shape.text} has {total} elements, which {wanted} does not divide")
    if isinstance(rest, int) and rest == 1:
        return Shape((*sizes[:at], total, *sizes[at + 1:]))
    return Shape((*sizes[:at], total // rest, *sizes[at + 1:]))


class Reshape(Op):
    """The same elements in another shape; one size may be -1."""

    NAMES = (*method("view", "reshape"),)
    REST = "sizes"
    SHARES = True
    input: Value
    sizes: Value
    _: KEYWORD_ONLY
    shape: Value = None
    size: Value = None
    dtype: Value = None
    ALIASES: ClassVar[dict[str, str]] = {"self": "input"}

    def result(self) -> Tensor:
        given = shape_of(tensor(self.input))
        kind = self.dtype or (self.sizes[0] if len(self.sizes) == 1 and isinstance(self.sizes[0], str) else None)
        if kind is not None:
            return self._retyped(given, kind)
        sizes = self.shape if self.shape is not None else self.size if self.size is not None else self.sizes
        return same_elements(self.input, reshaped(given, size_list(sizes, "shape")))

    def _retyped(self, shape: Shape, kind: str) -> Tensor:
        """The same bytes as elements of another type."""
        old, new = DTYPE_BYTES.get(dtype_of(self.input)), DTYPE_BYTES.get(kind)
        if old is None or new is None:
            raise NeedsValue(Unknown.because(Why.UNSUPPORTED, f"a view as `{kind}`"))
        return made(shape if old == new else (*shape[:-1], shape[-1] * old // new), kind)


class ReshapeFunction(Op):
    """The same elements in another shape; one size may be -1."""

    NAMES = function("reshape")
    SHARES = True
    input: Value
    shape: Value

    def result(self) -> Tensor:
        return same_elements(self.input, reshaped(shape_of(tensor(self.input)), size_list(self.shape, "shape")))


class ReshapeAs(Op):
    """The same elements in the shape of another tensor."""

    NAMES = method("view_as", "reshape_as")
    SHARES = True
    input: Value
    other: Value

    def result(self) -> Tensor:
        return same_elements(self.input, reshaped(shape_of(self.input), tuple(shape_of(self.other, "other"))))


class Resize(Op):
    """A tensor of other sizes in the same memory."""

    NAMES = method("resize_")
    REST = "sizes"
    RESHAPES = True
    input: Value
    sizes: Value

    def result(self) -> Tensor:
        return made(size_list(self.sizes), dtype_of(self.input))


class Flatten(Op):
    """The axes from ``start_dim`` to ``end_dim`` made one."""

    NAMES = both("flatten")
    SHARES = True
    input: Value
    start_dim: Value = 0
    end_dim: Value = -1

    def result(self) -> Tensor:
        shape = flattened(shape_of(self.input), integer(self.start_dim), integer(self.end_dim))
        return same_elements(self.input, _known(shape))


def _known(shape: Any) -> Any:
    if isinstance(shape, Unknown):
        raise NeedsValue(shape)
    return shape


class Ravel(Op):
    """All axes made one."""

    NAMES = both("ravel")
    SHARES = True
    input: Value

    def result(self) -> Tensor:
        return same_elements(self.input, (shape_of(self.input).numel,))


class Unflatten(Op):
    """One axis split into several sizes, one of which may be -1."""

    NAMES = both("unflatten")
    SHARES = True
    input: Value
    dim: Value
    sizes: Value

    def result(self) -> Tensor:
        return same_elements(self.input, _known(unflattened(shape_of(self.input), integer(self.dim), size_list(self.sizes, "sizes"))))


class Squeeze(Op):
    """Without the axes of size 1, all of them or those named."""

    NAMES = changing("squeeze")
    SHARES = RESHAPES = True
    REST = "dims"
    input: Value
    dims: Value
    _: KEYWORD_ONLY
    dim: Value = None

    def result(self) -> Tensor:
        shape = shape_of(self.input)
        dims = self.dim if self.dim is not None else self.dims[0] if len(self.dims) == 1 else (self.dims or None)
        named = axes_of(dims, shape.rank)
        kept = []
        for at, size in enumerate(shape):
            if at not in named or differs(size, 1):
                kept.append(size)
            elif not agrees(size, 1):
                reason = Unknown.because(Why.INPUT, f"whether a dimension of size `{size}` is dropped is not known")
                raise NeedsValue(size if isinstance(size, Unknown) else reason)
        return same_elements(self.input, kept)


class Unsqueeze(Op):
    """With a new axis of size 1 before the axis ``dim``."""

    NAMES = changing("unsqueeze")
    SHARES = RESHAPES = True
    input: Value
    dim: Value

    def result(self) -> Tensor:
        shape = shape_of(self.input)
        at = at_axis(self.dim, shape.rank + 1)
        return same_elements(self.input, (*shape[:at], 1, *shape[at:]))


class AtLeast(Op):
    """A tensor with at least as many axes as the function is named for."""

    NAMES = function("atleast_1d")
    REST = "tensors"
    RANK: ClassVar[int] = 1
    tensors: Value

    def result(self) -> Any:
        given = self.tensors[0] if len(self.tensors) == 1 and isinstance(self.tensors[0], list | tuple) else self.tensors
        found = [same_elements(one, self._grown(shape_of(one))) for one in given]
        return found[0] if len(found) == 1 and given is self.tensors else tuple(found)

    def _grown(self, shape: Shape) -> Shape:
        missing = self.RANK - shape.rank
        if self.RANK == 3 and missing > 0:
            return Shape(((1, 1, 1), (1, *shape, 1), (*shape, 1))[shape.rank])
        return Shape((1,) * max(missing, 0) + tuple(shape))


class AtLeast2d(AtLeast):
    """A tensor with at least two axes, new ones first."""

    NAMES = function("atleast_2d")
    RANK = 2


class AtLeast3d(AtLeast):
    """A tensor with at least three axes."""

    NAMES = function("atleast_3d")
    RANK = 3


# Repeating ----------------------------------------------------------------------------------------------------------------
