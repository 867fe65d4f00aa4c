"""Functions of torch that make tensors: filled, drawn, counted, copied from data.

Source: the documentation of torch ("creation ops"), torch 2.13.
"""

from __future__ import annotations

from typing import Any, ClassVar

from paramlint.core.shapes import Shape, ShapeMismatch, broadcast
from paramlint.core.tensor import Tensor
from paramlint.core.unknown import Unknown
from paramlint.frameworks.torch.common import unfit
from paramlint.frameworks.torch.ops_common import (
    DEFAULT,
    chosen,
    complex_type,
    dtype_of,
    function,
    made,
    method,
    promoted,
    shape_of,
    size_list,
)
from paramlint.schema.conditions import Refused
from paramlint.schema.fields import Value
from paramlint.schema.layer import KEYWORD_ONLY
from paramlint.schema.op import Op

_FEW = 256  # elements of a filled tensor that are kept


class MakesTensor(Op):
    """The options of every function that makes a tensor."""

    _: KEYWORD_ONLY
    dtype: Value = None
    layout: Value = None
    device: Value = None
    pin_memory: Value = None
    requires_grad: Value = False
    memory_format: Value = None
    generator: Value = None
    names: Value = None


def allocated(sizes: tuple[Any, ...]) -> Shape:
    for size in sizes:
        unfit(lambda size=size: size < 0, f"a tensor cannot have the negative size {size}: {Shape(sizes).text}")
    return Shape(sizes)


def filled(shape: Shape, dtype: str, value: Any) -> Tensor:
    if value is None or not all(isinstance(size, int) for size in shape) or shape.numel > _FEW:
        return Tensor(shape, dtype)
    return made(shape, dtype, lambda: [value] * shape.numel)


class _Filled(MakesTensor):
    REST = "sizes"
    FILL: ClassVar[Any] = None

    sizes: Value
    _: KEYWORD_ONLY
    size: Value = None

    def result(self) -> Tensor:
        if self.size is None and not self.sizes and not isinstance(self.sizes, Unknown):
            raise Refused("the sizes of the tensor are missing", field="size", error="TypeError")
        given = size_list(self.sizes if self.size is None else self.size)
        return filled(allocated(given), chosen(self.dtype, DEFAULT), self.FILL)


class Zeros(_Filled):
    """A tensor of zeros."""

    NAMES = function("zeros")
    FILL = 0


class Ones(_Filled):
    """A tensor of ones."""

    NAMES = function("ones")
    FILL = 1


class Drawn(_Filled):
    """A tensor without known contents: not set, or drawn at random."""

    NAMES = function("empty", "rand", "randn")


class EmptyStrided(MakesTensor):
    """A tensor that is not set, with a given layout in memory."""

    NAMES = function("empty_strided", "empty_permuted")
    size: Value
    stride: Value

    def result(self) -> Tensor:
        return made(allocated(size_list(self.size)), chosen(self.dtype, DEFAULT))


class Full(MakesTensor):
    """A tensor filled with one number."""

    NAMES = function("full")
    size: Value
    fill_value: Value

    def result(self) -> Tensor:
        value = self.fill_value
        if value is None or isinstance(value, str) or isinstance(self.size, int | float | str):
            raise Refused("full() takes a list of sizes and a number")
        if isinstance(value, Tensor):
            value = value.data if isinstance(value.data, int | float) else None
        default = dtype_of(self.fill_value) if not isinstance(self.fill_value, Tensor) else self.fill_value.dtype
        return filled(allocated(size_list(self.size)), chosen(self.dtype, default), value if isinstance(value, int | float) else None)


class _Like(MakesTensor):
    FILL: ClassVar[Any] = None
    input: Value

    def result(self) -> Tensor:
        return filled(shape_of(self.input), chosen(self.dtype, dtype_of(self.input)), self.FILL)


class ZerosLike(_Like):
    """Zeros in the shape of another tensor."""

    NAMES = function("zeros_like")
    FILL = 0


class OnesLike(_Like):
    """Ones in the shape of another tensor."""

    NAMES = function("ones_like")
    FILL = 1


class DrawnLike(_Like):
    """A tensor in the shape of another, without known contents."""

    NAMES = function("empty_like", "rand_like", "randn_like")


class FullLike(_Like):
    """One number in the shape of another tensor."""

    NAMES = function("full_like")
    fill_value: Value

    def result(self) -> Tensor:
        value = self.fill_value if isinstance(self.fill_value, int | float) else None
        return filled(shape_of(self.input), chosen(self.dtype, dtype_of(self.input)), value)


class RandintLike(MakesTensor):
    """Integers drawn at random in the shape of another tensor."""

    NAMES = function("randint_like")
    input: Value
    low: Value
    high: Value = None

    def result(self) -> Tensor:
        return made(shape_of(self.input), chosen(self.dtype, dtype_of(self.input)))


class _New(MakesTensor):
    """A tensor of given sizes with the type of another."""

    REST = "sizes"
    FILL: ClassVar[Any] = None
    input: Value
    sizes: Value
    _: KEYWORD_ONLY
    size: Value = None

    def result(self) -> Tensor:
        given = size_list(self.sizes if self.size is None else self.size)
        return filled(allocated(given), chosen(self.dtype, dtype_of(self.input)), self.FILL)


class NewZeros(_New):
    """Zeros with the type of this tensor."""

    NAMES = method("new_zeros")
    FILL = 0


class NewOnes(_New):
    """Ones with the type of this tensor."""

    NAMES = method("new_ones")
    FILL = 1


class NewEmpty(_New):
    """A tensor that is not set, with the type of this one."""

    NAMES = method("new_empty")


class NewFull(MakesTensor):
    """One number, with the type of this tensor."""

    NAMES = method("new_full")
    input: Value
    size: Value
    fill_value: Value

    def result(self) -> Tensor:
        value = self.fill_value if isinstance(self.fill_value, int | float) else None
        return filled(allocated(size_list(self.size)), chosen(self.dtype, dtype_of(self.input)), value)


class Eye(MakesTensor):
    """The identity matrix of ``n`` rows and ``m`` columns."""

    NAMES = function("eye")
    n: Value
    m: Value = None

    def result(self) -> Tensor:
        n, = size_list((self.n,), "n")
        m = n if self.m is None else size_list((self.m,), "m")[0]
        return made(allocated((n, m)), chosen(self.dtype, DEFAULT), lambda: [int(row == column) for row in range(n) for column in range(m)])


class Randint(MakesTensor):
    """Integers drawn at random from ``low`` up to before ``high``."""

    NAMES = function("randint")
    REST = "given"
    given: Value
    _: KEYWORD_ONLY
    low: Value = None
    high: Value = None
    size: Value = None

    def result(self) -> Tensor:
        sizes = [value for value in self.given if isinstance(value, list | tuple | Unknown)]
        size = self.size if self.size is not None else sizes[-1] if sizes else None
        if size is None:
            raise Refused("randint() is missing the required argument 'size'", field="size")
        numbers = [value for value in (self.low, *self.given, self.high) if isinstance(value, int)]
        if len(numbers) < 3 and numbers and (numbers[0] if len(numbers) > 1 else 0) >= numbers[-1]:
            raise ShapeMismatch(f"randint() draws from low up to before high, got {numbers}", error="RuntimeError")
        return Tensor(Shape(allocated(size_list(size))), chosen(self.dtype, "int64"), below=self._below())

    def _below(self) -> Any:
        """The bound that is drawn under, where nothing negative is."""
        numbers = [value for value in self.given if isinstance(value, int)]
        low, high = self.low or 0, self.high
        if high is None and numbers:
            low, high = (low, numbers[0]) if len(numbers) == 1 else (numbers[0], numbers[1])
        return high if isinstance(low, int) and low >= 0 and isinstance(high, int) else None


class Randperm(MakesTensor):
    """The numbers from 0 up to before ``n`` in random order."""

    NAMES = function("randperm")
    n: Value

    def result(self) -> Tensor:
        sizes = size_list((self.n,), "n")
        return Tensor(Shape(allocated(sizes)), chosen(self.dtype, "int64"), below=sizes[0])


class Normal(MakesTensor):
    """Numbers drawn from a normal distribution, in the shape of its parameters or of ``size``."""

    NAMES = function("normal")
    mean: Value
    std: Value = 1.0
    size: Value = None

    def result(self) -> Tensor:
        if self.size is not None:
            return made(allocated(size_list(self.size)), chosen(self.dtype, DEFAULT))
        shape = shape_of(self.mean) if isinstance(self.mean, Tensor) else shape_of(self.std)
        return made(shape, promoted(self.mean, self.std))


class DrawnBy(MakesTensor):
    """Numbers drawn with the tensor's elements as parameters."""

    NAMES = (*function("bernoulli", "poisson"), *method("bernoulli"))
    input: Value
    p: Value = None

    def result(self) -> Tensor:
        return made(shape_of(self.input), dtype_of(self.input))


class Complex(Op):
    """Complex numbers of two tensors: real and imaginary parts, or magnitudes and angles."""

    NAMES = function("complex", "polar")
    real: Value
    imag: Value
    ALIASES: ClassVar[dict[str, str]] = {"abs": "real", "angle": "imag"}

    def result(self) -> Tensor:
        return made(broadcast(shape_of(self.real), shape_of(self.imag)), complex_type(dtype_of(self.real)))


class Window(MakesTensor):
    """A window function of ``window_length`` values."""

    NAMES = function("hann_window", "hamming_window", "blackman_window", "bartlett_window", "kaiser_window")
    window_length: Value
    periodic: Value = True
    alpha: Value = None
    beta: Value = None

    def result(self) -> Tensor:
        return made(allocated(size_list((self.window_length,), "window_length")), chosen(self.dtype, DEFAULT))
