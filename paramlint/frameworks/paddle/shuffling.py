"""Layers of paddle.nn that move elements between channels and space.

Source: the documentation of paddle.nn, Paddle 3.3.1; Shi et al. (2016), Zhang et al., "ShuffleNet" (2018).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

from paramlint.core.dims import NoNumber
from paramlint.core.shapes import Shape
from paramlint.core.unknown import Unknown, Why
from paramlint.frameworks.paddle.common import PLAIN, around, unclear, unfit
from paramlint.schema.conditions import require
from paramlint.schema.example import Example, Rejects
from paramlint.schema.fields import Text, open_value, shown
from paramlint.schema.layer import Layer


def _factor(name: str, value: Any) -> Any:
    """An integer, and nothing that is only equal to one."""
    if isinstance(value, int) or open_value(value):
        return value
    require(not isinstance(value, (*PLAIN, NoNumber)), f"`{name}` must be an integer, got {shown(value)}", field=name, error="TypeError")
    return Unknown.because(Why.UNSUPPORTED, f"`{name}` is a {type(value).__name__}")


class _Shuffle(Layer):
    """What moves elements between channels and space of (batch, channels, height, width)."""

    KIND = "shape"

    if TYPE_CHECKING:
        data_format: Any

    def check(self) -> None:
        form = self.data_format
        require(open_value(form) or form in ("NCHW", "NHWC"), f"`data_format` must be NCHW or NHWC, got {shown(form)}",
                field="data_format", error="ValueError")

    def shape(self, x: Shape) -> Shape:
        x.expect_rank(4)
        if open_value(self.data_format):
            return unclear(x)
        last = self.data_format == "NHWC"
        channels, (height, width) = (x[3], x[1:3]) if last else (x[1], x[2:])
        *sizes, channels = self._moved(channels, height, width, x)
        return around(x, sizes, last, channels)

    def _moved(self, channels: Any, height: Any, width: Any, x: Shape) -> tuple[Any, Any, Any]:
        """Height, width and channels afterwards."""
        raise NotImplementedError


class PixelShuffle(_Shuffle):
    """Makes each ``upscale_factor²`` channels one that is so many times as high and wide."""

    NAMES = ("paddle.nn.PixelShuffle",)
    upscale_factor: Annotated[Any, _factor]
    data_format: Text = "NCHW"
    name: Text = None
    EXAMPLES = (Example("PixelShuffle(2)", params=0, input=(1, 16, 4, 4), output=(1, 4, 8, 8)),
                Rejects("PixelShuffle(2.0)", says="integer"))

    def _moved(self, channels: Any, height: Any, width: Any, x: Shape) -> tuple[Any, Any, Any]:
        by = self.upscale_factor
        unfit(by == 0, "`upscale_factor` cannot be 0")
        unfit(lambda: channels % (by * by) != 0, f"the square of `upscale_factor` ({by}) must divide the channels ({channels})")
        return height * by, width * by, channels // (by * by)


class PixelUnshuffle(_Shuffle):
    """Makes each square of ``downscale_factor²`` elements one element with so many times the channels."""

    NAMES = ("paddle.nn.PixelUnshuffle",)
    downscale_factor: Annotated[Any, _factor]
    data_format: Text = "NCHW"
    name: Text = None
    EXAMPLES = (Example("PixelUnshuffle(2)", params=0, input=(1, 4, 4, 4), output=(1, 16, 2, 2)),
                Rejects("PixelUnshuffle(0)", says="positive"))

    def check(self) -> None:
        by = self.downscale_factor
        require(lambda: by > 0, f"`downscale_factor` must be positive, got {by}", field="downscale_factor", error="ValueError")
        super().check()

    def _moved(self, channels: Any, height: Any, width: Any, x: Shape) -> tuple[Any, Any, Any]:
        by = self.downscale_factor
        unfit(lambda: height % by != 0 or width % by != 0, f"`downscale_factor` ({by}) must divide height and width: {x.text}")
        return height // by, width // by, channels * by * by


class ChannelShuffle(_Shuffle):
    """Orders channels anew, across ``groups``."""

    NAMES = ("paddle.nn.ChannelShuffle",)
    groups: Annotated[Any, _factor]
    data_format: Text = "NCHW"
    name: Text = None
    EXAMPLES = (Example("ChannelShuffle(2)", params=0, input=(1, 4, 3, 3), output=(1, 4, 3, 3)),
                Rejects("ChannelShuffle(3)", input=(1, 4, 3, 3), says="divide"))

    def check(self) -> None:
        by = self.groups
        require(lambda: by > 0, f"`groups` must be positive, got {by}", field="groups", error="ValueError")
        super().check()

    def _moved(self, channels: Any, height: Any, width: Any, x: Shape) -> tuple[Any, Any, Any]:
        unfit(lambda: channels % self.groups != 0, f"`groups` ({self.groups}) must divide the channels ({channels})")
        return height, width, channels
