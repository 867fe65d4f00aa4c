"""Fourier transforms.

Source: the documentation of torch.fft and torch.stft, torch 2.13.
"""

from __future__ import annotations

from typing import Any, ClassVar

from paramlint.core.shapes import Shape
from paramlint.core.tensor import Tensor
from paramlint.core.unknown import NeedsValue, Unknown, Why
from paramlint.frameworks.torch.common import unfit
from paramlint.frameworks.torch.ops_common import (
    at_axis,
    axes_of,
    both,
    chosen,
    complex_type,
    decided,
    dtype_of,
    floating,
    integer,
    made,
    real_type,
    shape_of,
    size_list,
)
from paramlint.schema.fields import Value
from paramlint.schema.layer import KEYWORD_ONLY
from paramlint.schema.op import Op


def fft(*names: str) -> tuple[str, ...]:
    return tuple(f"torch.fft.{name}" for name in names)


class Transform(Op):
    """Along one axis, of ``n`` elements."""

    NAMES = fft("fft", "ifft")
    RAISES = "IndexError"
    input: Value
    n: Value = None
    dim: Value = -1
    norm: Value = None

    def result(self) -> Tensor:
        shape = shape_of(self.input)
        at = at_axis(self.dim, shape.rank)
        return made(shape.replace(at, self.length(shape[at])), self.dtype())

    def length(self, size: Any) -> Any:
        return size if self.n is None else integer(self.n)

    def dtype(self) -> str:
        return complex_type(floating(dtype_of(self.input)))


class RealTransform(Transform):
    """Of real numbers: half of the frequencies and one."""

    NAMES = fft("rfft", "ihfft")

    def length(self, size: Any) -> Any:
        return super().length(size) // 2 + 1


class InverseRealTransform(Transform):
    """Back to real numbers: ``n`` of them, or two less than twice as many."""

    NAMES = fft("irfft", "hfft")

    def length(self, size: Any) -> Any:
        return 2 * (size - 1) if self.n is None else integer(self.n)

    def dtype(self) -> str:
        return real_type(floating(dtype_of(self.input)))


class TransformMany(Op):
    """Along several axes."""

    NAMES = fft("fftn", "ifftn")
    RAISES = "IndexError"
    input: Value
    s: Value = None
    dim: Value = None
    norm: Value = None

    def result(self) -> Tensor:
        shape = shape_of(self.input)
        sizes = None if self.s is None else size_list(self.s, "s")
        if self.dim is None:
            axes = tuple(range(shape.rank)) if sizes is None else tuple(range(shape.rank - len(sizes), shape.rank))
        else:
            axes = axes_of(self.dim, shape.rank)
        result = list(shape)
        for place, at in enumerate(axes):
            if sizes is not None and not (isinstance(sizes[place], int) and sizes[place] == -1):
                result[at] = sizes[place]
        if axes:
            self.last(result, axes[-1], shape, given=sizes is not None)
        return made(result, self.dtype())

    def last(self, sizes: list[Any], at: int, shape: Shape, *, given: bool) -> None:
        """What is different along the last of the axes."""

    def dtype(self) -> str:
        return complex_type(floating(dtype_of(self.input)))


class Transform2d(TransformMany):
    """Along two axes, by default the last ones."""

    NAMES = fft("fft2", "ifft2")
    dim = (-2, -1)


class RealTransformMany(TransformMany):
    """Of real numbers along several axes: along the last one half of the frequencies and one."""

    NAMES = fft("rfftn")

    def last(self, sizes: list[Any], at: int, shape: Shape, *, given: bool) -> None:
        sizes[at] = sizes[at] // 2 + 1


class RealTransform2d(RealTransformMany):
    """Of real numbers along two axes."""

    NAMES = fft("rfft2")
    dim = (-2, -1)


class InverseRealTransformMany(TransformMany):
    """Back to real numbers along several axes."""

    NAMES = fft("irfftn")

    def last(self, sizes: list[Any], at: int, shape: Shape, *, given: bool) -> None:
        if not given:
            sizes[at] = 2 * (shape[at] - 1)

    def dtype(self) -> str:
        return real_type(floating(dtype_of(self.input)))


class InverseRealTransform2d(InverseRealTransformMany):
    """Back to real numbers along two axes."""

    NAMES = fft("irfft2")
    dim = (-2, -1)


class Shift(Op):
    """The frequencies in another order."""

    NAMES = fft("fftshift", "ifftshift")
    input: Value
    dim: Value = None

    def result(self) -> Tensor:
        return made(shape_of(self.input), dtype_of(self.input))


class Frequencies(Op):
    """The frequencies of a transform of ``n`` elements."""

    NAMES = fft("fftfreq")
    n: Value
    d: Value = 1.0
    _: KEYWORD_ONLY
    dtype: Value = None
    device: Value = None
    requires_grad: Value = False
    layout: Value = None

    def result(self) -> Tensor:
        return made((integer(self.n),), chosen(self.dtype, "float32"))


class RealFrequencies(Frequencies):
    """The frequencies of a transform of ``n`` real numbers."""

    NAMES = fft("rfftfreq")

    def result(self) -> Tensor:
        return made((integer(self.n) // 2 + 1,), chosen(self.dtype, "float32"))


class ShortTime(Op):
    """Transforms of overlapping windows: ``(*, frequencies, windows)``."""

    NAMES = both("stft")
    input: Value
    n_fft: Value
    hop_length: Value = None
    win_length: Value = None
    window: Value = None
    center: Value = True
    pad_mode: Value = "reflect"
    normalized: Value = False
    onesided: Value = None
    return_complex: Value = None
    align_to_window: Value = None
    ALIASES: ClassVar[dict[str, str]] = {"self": "input"}

    def result(self) -> Tensor:
        shape = shape_of(self.input)
        unfit(shape.rank not in (1, 2), f"stft() takes 1 or 2 dimensions, got {shape.text}")
        n = decided(integer(self.n_fft))
        hop = n // 4 if self.hop_length is None else integer(self.hop_length)
        length = shape[-1] + (2 * (n // 2) if decided(self.center) else 0)
        unfit(lambda: length < n, f"a window of {n} does not fit {shape.text}")
        frequencies = n if self.onesided is False else n // 2 + 1
        frames = (length - n) // hop + 1
        if not decided(self.return_complex):
            raise NeedsValue(Unknown.because(Why.UNSUPPORTED, "stft without return_complex"))
        return made((*shape[:-1], frequencies, frames), complex_type(floating(dtype_of(self.input))))
