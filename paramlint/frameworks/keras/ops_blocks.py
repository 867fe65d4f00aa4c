"""Operations on windows: parts of signals and images, blocks of pixels.

Source: compute_output_spec in keras/src/ops/math.py and nn.py, Keras 3.15.
"""

from __future__ import annotations

from typing import Any

from paramlint.core.dims import is_unsized
from paramlint.core.shapes import Shape, ShapeMismatch
from paramlint.core.tensor import Tensor
from paramlint.core.unknown import NeedsValue, Unknown, Why
from paramlint.frameworks.keras.ops_common import dtype_of, integer, ops, shape_of, when_known
from paramlint.frameworks.keras.ops_images import channels_first
from paramlint.schema.fields import Value, shown
from paramlint.schema.op import Op


class Sequences(Op):
    """Windows of a signal, each some steps after the one before."""

    NAMES = ops("extract_sequences")

    x: Value
    sequence_length: Value
    sequence_stride: Value

    def result(self) -> Any:
        shape = shape_of(self.x)
        if not shape.rank:
            raise ShapeMismatch("expected at least 1 dimension, got 0")
        length, stride = integer(self.sequence_length, "sequence_length"), integer(self.sequence_stride, "sequence_stride")
        if not stride or (not self.drawn and (length < 1 or stride < 1)):
            raise NeedsValue(Unknown.because(Why.UNSUPPORTED, f"windows of {length} with steps of {stride}"))
        count = when_known(lambda: 1 + (shape[-1] - length) // stride, shape[-1])
        return Tensor(Shape((*shape[:-1], count, length)), dtype_of(self.x))


class Unfold(Op):
    """The windows of images as columns; the channels come first."""

    NAMES = ops("unfold", "nn.unfold")

    x: Value
    kernel_size: Value
    dilation: Value = 1
    padding: Value = 0
    stride: Value = 1

    def result(self) -> Any:
        batch, channels, height, width = shape_of(self.x).expect(None, None, None, None)
        if any(map(is_unsized, (channels, height, width))):
            raise NeedsValue(Unknown.because(Why.INPUT, "the windows of images of open sizes"))
        window, spread, edge, step = (_pair(one) for one in (self.kernel_size, self.dilation, self.padding, self.stride))
        count: Any = 1
        for at, size in enumerate((height, width)):
            if not step[at]:
                raise NeedsValue(Unknown.because(Why.UNSUPPORTED, "windows without steps"))
            count = count * ((size + 2 * edge[at] - spread[at] * (window[at] - 1) - 1) // step[at] + 1)
        return Tensor(Shape((batch, channels * window[0] * window[1], count)), dtype_of(self.x))


class Fold(Op):
    """Images from their windows as columns; the channels come first."""

    NAMES = ops("fold", "nn.fold")
    EXTRA = "options"

    x: Value
    output_size: Value
    kernel_size: Value
    options: Value = None

    def result(self) -> Any:
        batch, columns, _ = shape_of(self.x).expect(None, None, None)
        (height, width), (rows, across) = _pair(self.output_size), _pair(self.kernel_size)
        if isinstance(columns, int) and (not rows * across or columns % (rows * across)):
            raise ShapeMismatch(f"{columns} does not divide by {rows * across}")
        return Tensor(Shape((batch, when_known(lambda: columns // (rows * across), columns), height, width)), dtype_of(self.x))


def _pair(value: Any) -> tuple[int, int]:
    found = value if isinstance(value, list | tuple) else (value, value)
    if len(found) != 2:
        raise ShapeMismatch(f"expected 2 sizes, got {shown(value)}")
    return integer(found[0], "size"), integer(found[1], "size")


class BlocksToChannels(Op):
    """Blocks of pixels moved into channels."""

    NAMES = ops("space_to_depth", "nn.space_to_depth")

    x: Value
    block_size: Value
    data_format: Value = "channels_last"

    def result(self) -> Any:
        shape, block, first = shape_of(self.x), integer(self.block_size, "block_size"), channels_first(self.data_format)
        if shape.rank != 4 or block < 2:
            raise ShapeMismatch(f"blocks of {block} of {shape.text}")
        batch, a, b, c = shape
        channels, height, width = (a, b, c) if first else (c, a, b)
        channels, height, width = self.moved(channels, height, width, block)
        return Tensor(Shape((batch, channels, height, width) if first else (batch, height, width, channels)), dtype_of(self.x))

    def moved(self, channels: Any, height: Any, width: Any, block: int) -> tuple[Any, Any, Any]:
        _divides(height, block)
        _divides(width, block)
        return when_known(lambda: channels * block ** 2, channels), _part(height, block), _part(width, block)


class ChannelsToBlocks(BlocksToChannels):
    """Channels moved into blocks of pixels."""

    NAMES = ops("depth_to_space", "nn.depth_to_space")

    def moved(self, channels: Any, height: Any, width: Any, block: int) -> tuple[Any, Any, Any]:
        _divides(channels, block ** 2)
        return _part(channels, block ** 2), when_known(lambda: height * block, height), when_known(lambda: width * block, width)


def _divides(size: Any, by: int) -> None:
    if isinstance(size, int) and size % by:
        raise ShapeMismatch(f"{size} does not divide by {by}")


def _part(size: Any, by: int) -> Any:
    return when_known(lambda: size // by, size)
