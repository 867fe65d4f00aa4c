"""Padding layers of paddle.nn.

Source: the documentation of paddle.nn, Paddle 3.3.1.
"""

from __future__ import annotations

from typing import ClassVar

from paramlint.core.dims import Formula
from paramlint.core.shapes import Shape
from paramlint.frameworks.paddle.common import PLAIN
from paramlint.frameworks.paddle.pads import padded
from paramlint.schema.example import Example, Rejects
from paramlint.schema.fields import Number, Text, Value
from paramlint.schema.layer import Layer


class _Pad(Layer):
    """What all padding layers share. ``AXES`` is how many pairs one number stands for, ``MODE`` how the class fills if it says."""

    KIND = "padding"
    AXES: ClassVar[int]
    MODE: ClassVar[str] = "constant"
    DERIVED = ("padding",)

    padding: Value

    def shape(self, x: Shape) -> Shape:
        pads = self.padding
        if not isinstance(pads, list | tuple) and isinstance(pads, (*PLAIN, Formula)):
            pads = (pads,) * (2 * self.AXES)
        return padded(x, pads, getattr(self, "mode", self.MODE), getattr(self, "data_format", None))


class Pad1D(_Pad):
    """Pads the last axis in one of four modes."""

    NAMES = ("paddle.nn.Pad1D",)
    AXES = 1

    mode: Text = "constant"
    value: Number = 0.0
    data_format: Text = "NCL"
    name: Text = None

    EXAMPLES = (
        Example("Pad1D([1, 2])", params=0, input=(2, 3, 8), output=(2, 3, 11)),
        Example("Pad1D([1, 2, 3])", input=(2, 3, 8), output=(2, 6, 11)),
        Rejects("Pad1D(1, mode='foo')", input=(2, 3, 8), says="mode"),
    )


class Pad2D(_Pad):
    """Pads the last two axes in one of four modes."""

    NAMES = ("paddle.nn.Pad2D",)
    AXES = 2

    mode: Text = "constant"
    value: Number = 0.0
    data_format: Text = "NCHW"
    name: Text = None

    EXAMPLES = (
        Example("Pad2D([1, 2, 3, 4], data_format='NHWC')", params=0, input=(2, 8, 8, 3), output=(2, 15, 11, 3)),
        Rejects("Pad2D(8, mode='reflect')", input=(2, 3, 8, 8), says="smaller"),
    )


class Pad3D(_Pad):
    """Pads the last three axes in one of four modes."""

    NAMES = ("paddle.nn.Pad3D",)
    AXES = 3

    mode: Text = "constant"
    value: Number = 0.0
    data_format: Text = "NCDHW"
    name: Text = None

    EXAMPLES = (Example("Pad3D([1, 2, 3, 4, 5, 6])", params=0, input=(2, 3, 8, 8, 8), output=(2, 3, 19, 15, 11)),)


class ZeroPad1D(_Pad):
    """Pads the last axis with zeros."""

    NAMES = ("paddle.nn.ZeroPad1D", "paddle.nn.ZeroPad1d",)
    AXES = 1

    data_format: Text = "NCL"
    name: Text = None

    EXAMPLES = (Example("ZeroPad1D(1)", params=0, input=(2, 3, 8), output=(2, 3, 10)),)


class ZeroPad2D(_Pad):
    """Pads the last two axes with zeros."""

    NAMES = ("paddle.nn.ZeroPad2D", "paddle.nn.ZeroPad2d",)
    AXES = 2

    data_format: Text = "NCHW"
    name: Text = None

    EXAMPLES = (Example("ZeroPad2D(1)", params=0, input=(2, 3, 8, 8), output=(2, 3, 10, 10)),)


class ZeroPad3D(_Pad):
    """Pads the last three axes with zeros."""

    NAMES = ("paddle.nn.ZeroPad3D", "paddle.nn.ZeroPad3d",)
    AXES = 3

    data_format: Text = "NCDHW"
    name: Text = None

    EXAMPLES = (Example("ZeroPad3D(1)", params=0, input=(2, 3, 8, 8, 8), output=(2, 3, 10, 10, 10)),)


class ConstantPad1D(_Pad):
    """Pads the last axis with one value."""

    NAMES = ("paddle.nn.ConstantPad1D", "paddle.nn.ConstantPad1d",)
    AXES = 1

    value: Number
    data_format: Text = "NCL"
    name: Text = None

    EXAMPLES = (Example("ConstantPad1D(1, 0.5)", params=0, input=(2, 3, 8), output=(2, 3, 10)),)


class ConstantPad2D(_Pad):
    """Pads the last two axes with one value."""

    NAMES = ("paddle.nn.ConstantPad2D", "paddle.nn.ConstantPad2d",)
    AXES = 2

    value: Number
    data_format: Text = "NCHW"
    name: Text = None

    EXAMPLES = (Example("ConstantPad2D(1, 0.5)", params=0, input=(2, 3, 8, 8), output=(2, 3, 10, 10)),)


class ConstantPad3D(_Pad):
    """Pads the last three axes with one value."""

    NAMES = ("paddle.nn.ConstantPad3D", "paddle.nn.ConstantPad3d",)
    AXES = 3

    value: Number
    data_format: Text = "NCDHW"
    name: Text = None

    EXAMPLES = (Example("ConstantPad3D(1, 0.5)", params=0, input=(2, 3, 8, 8, 8), output=(2, 3, 10, 10, 10)),)


class ReflectionPad1D(_Pad):
    """Pads the last axis with its mirror image."""

    NAMES = ("paddle.nn.ReflectionPad1D", "paddle.nn.ReflectionPad1d",)
    AXES = 1
    MODE = "reflect"

    data_format: Text = "NCL"
    name: Text = None

    EXAMPLES = (Example("ReflectionPad1D(1)", params=0, input=(2, 3, 8), output=(2, 3, 10)),)


class ReflectionPad2D(_Pad):
    """Pads the last two axes with its mirror image."""

    NAMES = ("paddle.nn.ReflectionPad2D", "paddle.nn.ReflectionPad2d",)
    AXES = 2
    MODE = "reflect"

    data_format: Text = "NCHW"
    name: Text = None

    EXAMPLES = (Example("ReflectionPad2D(1)", params=0, input=(2, 3, 8, 8), output=(2, 3, 10, 10)),)


class ReflectionPad3D(_Pad):
    """Pads the last three axes with its mirror image."""

    NAMES = ("paddle.nn.ReflectionPad3D", "paddle.nn.ReflectionPad3d",)
    AXES = 3
    MODE = "reflect"

    data_format: Text = "NCDHW"
    name: Text = None

    EXAMPLES = (Example("ReflectionPad3D(1)", params=0, input=(2, 3, 8, 8, 8), output=(2, 3, 10, 10, 10)),)


class ReplicationPad1D(_Pad):
    """Pads the last axis with its border."""

    NAMES = ("paddle.nn.ReplicationPad1D", "paddle.nn.ReplicationPad1d",)
    AXES = 1
    MODE = "replicate"

    data_format: Text = "NCL"
    name: Text = None

    EXAMPLES = (Example("ReplicationPad1D(1)", params=0, input=(2, 3, 8), output=(2, 3, 10)),)


class ReplicationPad2D(_Pad):
    """Pads the last two axes with its border."""

    NAMES = ("paddle.nn.ReplicationPad2D", "paddle.nn.ReplicationPad2d",)
    AXES = 2
    MODE = "replicate"

    data_format: Text = "NCHW"
    name: Text = None

    EXAMPLES = (Example("ReplicationPad2D(1)", params=0, input=(2, 3, 8, 8), output=(2, 3, 10, 10)),)


class ReplicationPad3D(_Pad):
    """Pads the last three axes with its border."""

    NAMES = ("paddle.nn.ReplicationPad3D", "paddle.nn.ReplicationPad3d",)
    AXES = 3
    MODE = "replicate"

    data_format: Text = "NCDHW"
    name: Text = None

    EXAMPLES = (Example("ReplicationPad3D(1)", params=0, input=(2, 3, 8, 8, 8), output=(2, 3, 10, 10, 10)),)


class CircularPad1D(_Pad):
    """Pads the last axis with its other end."""

    NAMES = ("paddle.nn.CircularPad1D", "paddle.nn.CircularPad1d",)
    AXES = 1
    MODE = "circular"

    data_format: Text = "NCL"
    name: Text = None

    EXAMPLES = (Example("CircularPad1D(1)", params=0, input=(2, 3, 8), output=(2, 3, 10)),)


class CircularPad2D(_Pad):
    """Pads the last two axes with its other end."""

    NAMES = ("paddle.nn.CircularPad2D", "paddle.nn.CircularPad2d",)
    AXES = 2
    MODE = "circular"

    data_format: Text = "NCHW"
    name: Text = None

    EXAMPLES = (Example("CircularPad2D(1)", params=0, input=(2, 3, 8, 8), output=(2, 3, 10, 10)),)


class CircularPad3D(_Pad):
    """Pads the last three axes with its other end."""

    NAMES = ("paddle.nn.CircularPad3D", "paddle.nn.CircularPad3d",)
    AXES = 3
    MODE = "circular"

    data_format: Text = "NCDHW"
    name: Text = None

    EXAMPLES = (Example("CircularPad3D(1)", params=0, input=(2, 3, 8, 8, 8), output=(2, 3, 10, 10, 10)),)
