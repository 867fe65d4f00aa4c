"""Output sizes of Keras' convolutions and poolings.

Source: compute_conv_output_shape and compute_pooling_output_shape in keras/src/ops/operation_utils.py and
compute_conv_transpose_output_shape in keras/src/backend/common/backend_utils.py, Keras 3.15.
"""

from __future__ import annotations

from typing import Any

from paramlint.core.arithmetic import factor, told
from paramlint.core.dims import Size
from paramlint.core.shapes import ShapeMismatch
from paramlint.core.unknown import NeedsValue, Unknown, Why
from paramlint.core.windows import positive, same, transposed, window
from paramlint.schema.conditions import certainly
from paramlint.schema.fields import shown, truth


def slid(spatial: Any, kernel: Any, strides: Any, dilation: Any, padding: Any) -> tuple[Size, ...]:
    """Sizes after a window has slid over each axis. Raises ShapeMismatch where nothing would be left."""
    return tuple(_slid(*sizes, padding) for sizes in zip(spatial, kernel, strides, dilation, strict=True))


def _slid(size: Size, kernel: Size, stride: Size, dilation: Size, padding: Any) -> Size:
    if certainly(lambda: stride == 0):
        raise ShapeMismatch("a stride of 0", error="Exception")
    if isinstance(padding, Unknown):
        return padding
    if padding in ("same", "causal"):
        return same(size, stride)
    if padding != "valid":
        raise ShapeMismatch(f"padding must be 'valid' or 'same', got {shown(padding)}", error="Exception")
    return positive(window(size, kernel, stride, 0, dilation), "the output size")


def spread(spatial: Any, kernel: Any, strides: Any, dilation: Any, padding: Any, extra: Any) -> tuple[Size, ...]:
    """Sizes after a transposed convolution; ``extra`` is the output padding, or None."""
    extras = (None,) * len(kernel) if extra is None else extra
    return tuple(_spread(*sizes, padding) for sizes in zip(spatial, kernel, strides, dilation, extras, strict=True))


def _spread(size: Size, kernel: Size, stride: Size, dilation: Size, extra: Any, padding: Any) -> Size:
    if isinstance(padding, Unknown):
        return padding
    if padding not in ("valid", "same"):
        raise ShapeMismatch(f"padding must be 'valid' or 'same', got {shown(padding)}", error="Exception")
    if padding == "same":
        if extra is None:
            return told(size * stride, lambda: f"{factor(size)}·{factor(stride)}")
        odd = ((kernel - 1) * dilation + 1) % 2
        return told((size - 1) * stride + odd + extra, lambda: f"({factor(size)} − 1)·{factor(stride)} + {factor(odd)} + {factor(extra)}")
    if extra is None:
        extra = _at_least_zero(stride - ((kernel - 1) * dilation + 1))
    return transposed(size, kernel, stride, 0, dilation, extra)


def _at_least_zero(size: Size) -> Size:
    held = truth(_comparison(size))
    if held is None:
        return Unknown.because(Why.ARGUMENT, f"depends on whether `{size}` is positive")
    return size if held else 0


def _comparison(size: Size) -> Any:
    try:
        return size > 0
    except NeedsValue as error:
        return error.unknown
