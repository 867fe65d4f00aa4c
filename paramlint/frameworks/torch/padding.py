"""Padding layers of torch.nn.

Source: the documentation of torch.nn and torch.nn.functional.pad, torch 2.13.
"""

from __future__ import annotations

from typing import Any, ClassVar

from paramlint.core.shapes import Shape, ShapeMismatch
from paramlint.core.unknown import NeedsValue, Unknown, Why
from paramlint.frameworks.torch.common import Tuple2, Tuple4, Tuple6, integers, ranks, unfit
from paramlint.schema.conditions import certainly
from paramlint.schema.example import Example, Rejects
from paramlint.schema.fields import Value
from paramlint.schema.layer import Layer


def padded(input: Shape, padding: Any, mode: Any) -> Shape:
    """The shape that ``torch.nn.functional.pad`` gives: sizes before and after, the last axis first. Negative padding crops.

    Raises ShapeMismatch for what it refuses. A mode that is not known is taken for one that refuses nothing.
    """
    pads = integers("padding", padding, 2)
    axes = len(pads) // 2
    if len(pads) % 2 or axes > len(input):
        raise ShapeMismatch(f"a padding of {len(pads)} numbers does not fit {len(input)} dimensions: {input.text}",
                            error="" if mode == "constant" else "Exception")
    constant = mode == "constant"
    if not constant and (axes not in (1, 2, 3) or len(input) not in (axes + 1, axes + 2)):
        raise ShapeMismatch(f"a {mode} padding of {len(pads)} numbers does not fit {len(input)} dimensions: {input.text}",
                            error="NotImplementedError" if len(pads) in (2, 4, 6) else "Exception")
    if mode in ("reflect", "replicate"):
        for size in input[len(input) == axes + 2:]:
            unfit(size == 0, f"the input is empty: {input.text}")
    sizes = list(input)
    for axis in range(axes):
        before, after = pads[2 * axis], pads[2 * axis + 1]
        sizes[-1 - axis] = _padded(input[-1 - axis], before, after, mode)
    if mode in ("reflect", "replicate"):
        unfit(lambda: all(bool(size < 1) for size in sizes[-axes:]), f"nothing is left of the input after the padding: {input.text}")
    return Shape(sizes)


def _padded(size: Any, before: Any, after: Any, mode: Any) -> Any:
    if mode == "constant":
        unfit(lambda: size + min(before, 0) + min(after, 0) < 0, f"the padding crops more than the {size} there are")
    for pad, other in ((before, after), (after, before)):
        if mode == "circular":
            unfit(lambda pad=pad: pad > size, f"the padding ({pad}) wraps around more than once: the input has {size}")
            if certainly(lambda pad=pad, other=other: 0 < size + min(other, 0) < pad):
                raise NeedsValue(Unknown.because(Why.UNSUPPORTED, "torch refuses to copy overlapping memory or not, as the layout decides"))
        elif mode == "reflect":
            unfit(lambda pad=pad: pad >= size, f"the padding ({pad}) must be smaller than the input ({size})")
    result = size + before + after
    unfit(lambda: result < 0, f"the padding crops more than the {size} there are")
    return result


class _Pad(Layer):
    """Grows the last axes of a tensor; ``AXES`` of them, whatever the number of axes before."""

    KIND = "padding"
    MODE = "constant"
    AXES = 1

    padding: Value

    def shape(self, input: Shape) -> Shape:
        return padded(input, self.padding, self.MODE)


class ConstantPad1d(_Pad):
    """Pads the last axis with a value: a number for both sides, or ``(left, right)``."""

    NAMES = ("torch.nn.ConstantPad1d",)
    padding: Tuple2
    value: Value
    EXAMPLES: ClassVar[tuple[Example | Rejects, ...]] = (
        Example("ConstantPad1d(2, 3.5)", params=0, input=(2, 3, 6), output=(2, 3, 10)),
        Rejects("ConstantPad1d(-4, 0)", input=(2, 3, 6), says="crops"),
    )


class ConstantPad2d(_Pad):
    """Pads the last two axes with a value: a number for all sides, or ``(left, right, top, bottom)``."""

    NAMES = ("torch.nn.ConstantPad2d",)
    AXES = 2
    padding: Tuple4
    value: Value
    EXAMPLES = (Example("ConstantPad2d((0, 1, 2, 3), 3.5)", params=0, input=(2, 3, 6, 7), output=(2, 3, 11, 8)),)


class ConstantPad3d(_Pad):
    """Pads the last three axes with a value: a number for all sides, or ``(left, right, top, bottom, front, back)``."""

    NAMES = ("torch.nn.ConstantPad3d",)
    AXES = 3
    padding: Tuple6
    value: Value
    EXAMPLES = (Example("ConstantPad3d((1, 2, 3, 4, 5, 6), 3.5)", params=0, input=(2, 3, 6, 7, 8), output=(2, 3, 17, 14, 11)),)


class ZeroPad1d(ConstantPad1d):
    """ConstantPad1d with 0."""

    NAMES = ("torch.nn.ZeroPad1d",)
    DROPS = ("value",)
    value = 0.0
    EXAMPLES = (Example("ZeroPad1d((1, 2))", params=0, input=(2, 3, 6), output=(2, 3, 9)),)


class ZeroPad2d(ConstantPad2d):
    """ConstantPad2d with 0."""

    NAMES = ("torch.nn.ZeroPad2d",)
    DROPS = ("value",)
    value = 0.0
    EXAMPLES = (Example("ZeroPad2d(1)", params=0, input=(3, 6, 7), output=(3, 8, 9)),)


class ZeroPad3d(ConstantPad3d):
    """ConstantPad3d with 0."""

    NAMES = ("torch.nn.ZeroPad3d",)
    DROPS = ("value",)
    value = 0.0
    EXAMPLES = (Example("ZeroPad3d(1)", params=0, input=(2, 3, 6, 7, 8), output=(2, 3, 8, 9, 10)),)


class ReflectionPad1d(_Pad):
    """Pads the last axis with its mirror image, which leaves out the edge."""

    NAMES = ("torch.nn.ReflectionPad1d",)
    MODE = "reflect"
    padding: Tuple2
    EXAMPLES = (
        Example("ReflectionPad1d((1, 2))", params=0, input=(2, 3, 6), output=(2, 3, 9)),
        Rejects("ReflectionPad1d(6)", input=(2, 3, 6), says="smaller"),
    )


class ReflectionPad2d(_Pad):
    """Pads the last two axes with their mirror image, which leaves out the edge."""

    NAMES = ("torch.nn.ReflectionPad2d",)
    MODE = "reflect"
    AXES = 2
    padding: Tuple4
    EXAMPLES = (Example("ReflectionPad2d((1, 2, 3, 4))", params=0, input=(2, 3, 6, 7), output=(2, 3, 13, 10)),)


class ReflectionPad3d(_Pad):
    """Pads the last three axes with their mirror image, which leaves out the edge."""

    NAMES = ("torch.nn.ReflectionPad3d",)
    MODE = "reflect"
    AXES = 3
    padding: Tuple6
    EXAMPLES = (Example("ReflectionPad3d(2)", params=0, input=(2, 3, 6, 7, 8), output=(2, 3, 10, 11, 12)),)


class ReplicationPad1d(_Pad):
    """Pads the last axis with its edge."""

    NAMES = ("torch.nn.ReplicationPad1d",)
    MODE = "replicate"
    padding: Tuple2
    EXAMPLES = (Example("ReplicationPad1d((0, 1))", params=0, input=(2, 3, 6), output=(2, 3, 7)),)


class ReplicationPad2d(_Pad):
    """Pads the last two axes with their edges."""

    NAMES = ("torch.nn.ReplicationPad2d",)
    MODE = "replicate"
    AXES = 2
    padding: Tuple4
    EXAMPLES = (Example("ReplicationPad2d(9)", params=0, input=(2, 3, 6, 7), output=(2, 3, 24, 25)),)


class ReplicationPad3d(_Pad):
    """Pads the last three axes with their edges."""

    NAMES = ("torch.nn.ReplicationPad3d",)
    MODE = "replicate"
    AXES = 3
    padding: Tuple6
    EXAMPLES = (Example("ReplicationPad3d(1)", params=0, input=(3, 6, 7, 8), output=(3, 8, 9, 10)),)


class _CircularPad(_Pad):
    MODE = "circular"

    def shape(self, input: Shape) -> Shape:
        ranks(input, self.AXES + 1, type(self).__name__, "ValueError")
        return super().shape(input)


class CircularPad1d(_CircularPad):
    """Pads the last axis with its other end."""

    NAMES = ("torch.nn.CircularPad1d",)
    padding: Tuple2
    EXAMPLES = (
        Example("CircularPad1d(2)", params=0, input=(2, 3, 6), output=(2, 3, 10)),
        Rejects("CircularPad1d(9)", input=(2, 3, 6), says="wraps around"),
    )


class CircularPad2d(_CircularPad):
    """Pads the last two axes with their other ends."""

    NAMES = ("torch.nn.CircularPad2d",)
    AXES = 2
    padding: Tuple4
    EXAMPLES = (Example("CircularPad2d((1, 2, 3, 4))", params=0, input=(2, 3, 6, 7), output=(2, 3, 13, 10)),)


class CircularPad3d(_CircularPad):
    """Pads the last three axes with their other ends."""

    NAMES = ("torch.nn.CircularPad3d",)
    AXES = 3
    padding: Tuple6
    EXAMPLES = (Example("CircularPad3d(2)", params=0, input=(2, 3, 6, 7, 8), output=(2, 3, 10, 11, 12)),)
