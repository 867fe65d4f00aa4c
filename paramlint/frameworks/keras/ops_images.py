"""Operations on images, and Fourier transforms.

Source: the documentation of keras.ops.image, keras.ops and keras.applications, Keras 3.15.
"""

from __future__ import annotations

from typing import Any

from paramlint.core.shapes import Shape, ShapeMismatch, differs
from paramlint.core.tensor import Tensor
from paramlint.core.unknown import NeedsValue, Unknown, Why
from paramlint.frameworks.keras.ops_common import broadcast, dtype_of, integer, ops, shape_of, tf
from paramlint.frameworks.keras.windows import slid
from paramlint.schema.fields import Value
from paramlint.schema.op import Op

_SAME = "affine_transform elastic_transform gaussian_blur hsv_to_rgb perspective_transform rgb_to_hsv"
_APPLICATIONS = (
    "convnext densenet efficientnet efficientnet_v2 imagenet_utils inception_resnet_v2 inception_v3 mobilenet mobilenet_v2 mobilenet_v3 "
    "nasnet resnet resnet50 resnet_v2 vgg16 vgg19 xception"
)


def pair(value: Any, count: int = 2) -> tuple[Any, ...]:
    """A size for each axis, or one for all."""
    if isinstance(value, Unknown):
        raise NeedsValue(value)
    found = tuple(value) if isinstance(value, list | tuple) else (value,) * count
    if len(found) != count:
        raise ShapeMismatch(f"expected {count} sizes, got {len(found)}")
    return found


def channels_first(data_format: Any) -> bool:
    if isinstance(data_format, Unknown):
        raise NeedsValue(data_format)
    return bool(data_format == "channels_first")


def spatial(shape: Shape, first: bool) -> tuple[Any, ...]:
    """The sizes of the axes that are no batch and no channels."""
    return tuple(shape[2:]) if first else tuple(shape[1:-1])


def image(shape: Shape, channels: Any, sizes: tuple[Any, ...], first: bool) -> Shape:
    """A batch of images with other channels and sizes; without the batch axis if it was not there."""
    return Shape((shape[0], channels, *sizes) if first else (shape[0], *sizes, channels))


class SameImages(Op):
    """Images in, images of the same shape out: transforms, and the preprocessing of ``keras.applications``."""

    NAMES = (*(f"keras.ops.image.{name}" for name in _SAME.split()),
             *(f"keras.applications.{name}.preprocess_input" for name in _APPLICATIONS.split()))
    REST = "rest"
    EXTRA = "options"
    x: Value
    rest: Value
    options: Value
    ALIASES = {"images": "x"}

    def result(self) -> Any:
        return Tensor(shape_of(self.x), dtype_of(self.x))


class ToGrey(Op):
    """Three channels made one."""

    NAMES = ("keras.ops.image.rgb_to_grayscale", *tf("image.rgb_to_grayscale"))
    images: Value
    data_format: Value = None

    def result(self) -> Any:
        shape = shape_of(self.images)
        return Tensor(shape.replace(-3 if channels_first(self.data_format) else -1, 1), dtype_of(self.images))


class Patches(Op):
    """Windows of images, each flattened to one vector of channels."""

    NAMES = ("keras.ops.image.extract_patches",)
    images: Value
    size: Value
    strides: Value = None
    dilation_rate: Value = 1
    padding: Value = "valid"
    data_format: Value = None

    def result(self) -> Any:
        given, first = shape_of(self.images), channels_first(self.data_format)
        axes = len(self.size) if isinstance(self.size, list | tuple) else 2
        if given.rank not in (axes + 1, axes + 2):
            raise ShapeMismatch(f"expected {axes + 1} or {axes + 2} dimensions, got {given.rank}: {given.text}")
        shape = given if given.rank == axes + 2 else Shape((1, *given))
        window = pair(self.size, axes)
        strides = window if self.strides is None else pair(self.strides, axes)
        counts = slid(spatial(shape, first), window, strides, pair(self.dilation_rate, axes), self.padding)
        channels: Any = shape[1] if first else shape[-1]
        for size in window:
            channels = channels * size
        found = image(shape, channels, counts, first)
        return Tensor(found if given.rank == axes + 2 else Shape(found[1:]), dtype_of(self.images))


class _Margins(Op):
    """Family of changes of the images' sizes: for each axis two of the margins before and after and the size that is wanted."""

    GROWS = 1

    def margins(self) -> tuple[tuple[Any, Any, Any], ...]:
        raise NotImplementedError

    def result(self) -> Any:
        images, first = self.images, channels_first(self.data_format)  # type: ignore[attr-defined]
        given = shape_of(images)
        if given.rank not in (3, 4):
            raise ShapeMismatch(f"expected 3 or 4 dimensions, got {given.rank}: {given.text}")
        shape = given if given.rank == 4 else Shape((1, *given))
        sizes = []
        for size, (before, after, target) in zip(spatial(shape, first), self.margins(), strict=True):
            if sum(one is None for one in (before, after, target)) != 1:
                raise ShapeMismatch("two of both margins and the target size must be given for each axis")
            sizes.append(target if target is not None else size + (before + after) * self.GROWS)
        found = image(shape, shape[1] if first else shape[-1], tuple(sizes), first)
        return Tensor(found if given.rank == 4 else Shape(found[1:]), dtype_of(images))


class PadImages(_Margins):
    """Images made larger, to a size or by margins."""

    NAMES = ("keras.ops.image.pad_images",)
    images: Value
    top_padding: Value = None
    left_padding: Value = None
    bottom_padding: Value = None
    right_padding: Value = None
    target_height: Value = None
    target_width: Value = None
    data_format: Value = None

    def margins(self) -> tuple[tuple[Any, Any, Any], ...]:
        return (self.top_padding, self.bottom_padding, self.target_height), (self.left_padding, self.right_padding, self.target_width)


class CropImages(_Margins):
    """Images made smaller, to a size or by margins."""

    NAMES = ("keras.ops.image.crop_images",)
    GROWS = -1
    images: Value
    top_cropping: Value = None
    left_cropping: Value = None
    bottom_cropping: Value = None
    right_cropping: Value = None
    target_height: Value = None
    target_width: Value = None
    data_format: Value = None

    def margins(self) -> tuple[tuple[Any, Any, Any], ...]:
        return (self.top_cropping, self.bottom_cropping, self.target_height), (self.left_cropping, self.right_cropping, self.target_width)


class Fourier(Op):
    """A Fourier transform of a real and an imaginary part, which are two tensors of one shape."""

    NAMES = ops("fft", "fft2", "ifft2")
    x: Value

    def result(self) -> Any:
        real, imaginary = _parts(self.x)
        return Tensor(real, dtype_of(*self.x)), Tensor(imaginary, dtype_of(*self.x))


def _parts(value: Any) -> tuple[Shape, Shape]:
    if isinstance(value, Unknown):
        raise NeedsValue(value)
    if not isinstance(value, list | tuple) or len(value) != 2:
        raise ShapeMismatch("expected a real and an imaginary part")
    real, imaginary = shape_of(value[0]), shape_of(value[1])
    if len(real) != len(imaginary) or any(map(differs, real, imaginary)):
        raise ShapeMismatch(f"the parts have different shapes: {real.text} and {imaginary.text}")
    return real, broadcast([real, imaginary])


class RealFourier(Op):
    """The Fourier transform of a real signal along the last axis: half of its frequencies and one."""

    NAMES = ops("rfft")
    x: Value
    fft_length: Value = None

    def result(self) -> Any:
        shape = shape_of(self.x)
        length = shape[-1] if self.fft_length is None else integer(self.fft_length, "fft_length")
        found = Tensor(shape.replace(-1, length // 2 + 1), dtype_of(self.x))
        return found, found


class InverseRealFourier(Op):
    """The real signal of half of its frequencies and one."""

    NAMES = ops("irfft")
    x: Value
    fft_length: Value = None

    def result(self) -> Any:
        real, _ = _parts(self.x)
        length = 2 * (real[-1] - 1) if self.fft_length is None else integer(self.fft_length, "fft_length")
        return Tensor(real.replace(-1, length), dtype_of(*self.x))


class ShortFourier(Op):
    """The Fourier transform of windows of a signal along the last axis."""

    NAMES = ops("stft")
    x: Value
    sequence_length: Value
    sequence_stride: Value
    fft_length: Value
    window: Value = "hann"
    center: Value = True

    def result(self) -> Any:
        shape = shape_of(self.x)
        length, stride, points = (integer(value, name) for value, name in (
            (self.sequence_length, "sequence_length"), (self.sequence_stride, "sequence_stride"), (self.fft_length, "fft_length")))
        if isinstance(self.center, Unknown) or length > points or stride < 1:
            raise NeedsValue(Unknown.because(Why.UNSUPPORTED, "windows of a signal of such sizes"))
        size = shape[-1] + (points // 2) * 2 if self.center else shape[-1]
        found = Tensor(Shape((*shape[:-1], 1 + (size - points) // stride, points // 2 + 1)), dtype_of(self.x))
        return found, found
