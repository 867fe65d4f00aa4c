"""Output sizes of sliding windows: convolution, transposed convolution and pooling."""

from __future__ import annotations

from typing import Any

from paramlint.core.arithmetic import around, covered, factor, listened, quotient, told
from paramlint.core.dims import Size
from paramlint.core.shapes import ShapeMismatch, differs
from paramlint.core.unknown import NeedsValue, Unknown, Why


def at_least(size: Size, least: int) -> bool | None:
    """Whether ``size >= least``; None where it is not known."""
    try:
        return bool(size >= least)
    except NeedsValue:
        return None


def window(size: Size, kernel: Size, stride: Size = 1, padding: Any = 0, dilation: Size = 1) -> Size:
    """``floor((size + 2*padding - dilation*(kernel-1) - 1) / stride) + 1``; a pair is the padding before and after.

    Source: the formula of torch.nn.Conv2d; Dumoulin and Visin, "A guide to convolution arithmetic" (2016).
    The result may be zero or negative: the framework decides what it refuses.
    """
    low, high = padding if isinstance(padding, tuple) else (padding, padding)
    span = size + low + high - dilation * (kernel - 1) - 1
    return told(span // stride + 1, lambda: quotient(covered(size, kernel, dilation, around(low, high)), span, stride) + " + 1")


def pooled(size: Size, kernel: Size, stride: Size, padding: Size = 0, dilation: Size = 1, *, ceil: bool = False) -> Size:
    """As ``window``; with ``ceil`` rounded up, except that the last window must start inside the input or left padding."""
    span = size + 2 * padding - dilation * (kernel - 1) - 1
    over = covered(size, kernel, dilation, around(padding, padding)) if listened() else ""
    if not ceil:
        return told(span // stride + 1, lambda: f"{quotient(over, span, stride)} + 1")
    out = (span + stride - 1) // stride + 1
    try:
        starts_outside = bool((out - 1) * stride >= size + padding)
    except NeedsValue as error:
        return Unknown.because(Why.INPUT, f"rounding up depends on the input: {error}")
    text = f"{quotient(over, span, stride, up=True)} + 1" if over else ""
    return told(out - 1, lambda: f"{text} − 1") if starts_outside else told(out, lambda: text)


def transposed(size: Size, kernel: Size, stride: Size = 1, padding: Size = 0, dilation: Size = 1, extra: Size = 0) -> Size:
    """``(size-1)*stride - 2*padding + dilation*(kernel-1) + extra + 1``: the size whose window has ``size`` positions."""
    result = (size - 1) * stride - 2 * padding + dilation * (kernel - 1) + extra + 1
    return told(result, lambda: f"({factor(size)} − 1)·{factor(stride)} − 2·{factor(padding)} + {factor(dilation)}·({factor(kernel)} − 1) "
                                f"+ {factor(extra)} + 1")


def same(size: Size, stride: Size) -> Size:
    """``ceil(size / stride)``: TensorFlow's ``padding="same"``."""
    return told((size + stride - 1) // stride, lambda: f"⌈{factor(size)}/{factor(stride)}⌉")


def positive(size: Size, what: str) -> Size:
    """The size itself, unless it is certainly smaller than 1."""
    if at_least(size, 1) is False:
        raise ShapeMismatch(f"{what} is {size}: the input is too small")
    return size


__all__ = ["at_least", "differs", "pooled", "positive", "same", "transposed", "window"]
