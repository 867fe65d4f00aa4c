"""Pooling: windows, whole axes, or windows for a given output size."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any, ClassVar

from paramlint.core.dims import unsized
from paramlint.core.shapes import Shape
from paramlint.frameworks.keras.base import Stateless, at_least_rank, channels_first, join_channels, ranked, split_channels
from paramlint.frameworks.keras.kinds import DataFormat, Name, exact_format, plain, sizes
from paramlint.frameworks.keras.windows import slid
from paramlint.schema.conditions import Refused
from paramlint.schema.example import Example, Rejects
from paramlint.schema.fields import Flag, Value, shown


class _Pooling(Stateless):
    """Family of poolings over windows: without `strides` the windows do not overlap."""

    BUILT = True
    RANK: ClassVar[int]

    if TYPE_CHECKING:
        pool_size: Any
        strides: Any
        padding: Any
        data_format: Any

    def check(self) -> None:
        strides = self.pool_size if self.strides is None else self.strides
        self.pool_size = sizes(self.RANK)("pool_size", self.pool_size)
        self.strides = sizes(self.RANK, least=0)("strides", strides)

    def shape(self, inputs: Any) -> Shape:
        x = ranked(inputs, self.RANK + 2)
        channels, spatial = split_channels(x, self.data_format)
        out = slid(spatial, self.pool_size, self.strides, (1,) * self.RANK, self.padding)
        return join_channels(x[0], channels, out, self.data_format)


class _MaxPooling(_Pooling):
    """Family of poolings that keep the largest of each window."""

    pool_size: Value = 2
    strides: Value = None
    padding: Value = "valid"
    data_format: DataFormat = None
    name: Name = None


class _AveragePooling(_Pooling):
    """Family of poolings that average each window."""

    pool_size: Value
    strides: Value = None
    padding: Value = "valid"
    data_format: DataFormat = None
    name: Name = None


class MaxPooling1D(_MaxPooling):
    """Largest of each window of a sequence: input (batch, steps, channels), output (batch, new_steps, channels)."""

    NAMES = ("keras.layers.MaxPooling1D", "keras.layers.MaxPool1D")
    RANK = 1
    EXAMPLES = (
        Example("MaxPooling1D(3, 2, 'same')", params=0, input=(None, 7, 3), output=(None, 4, 3)),
        Rejects("MaxPooling1D(9)", input=(None, 8, 3), says="too small"),
        Rejects("MaxPooling1D(0)", says="positive"),
    )


class MaxPooling2D(_MaxPooling):
    """Largest of each window of an image: input (batch, rows, columns, channels), output (batch, new_rows, new_columns, channels)."""

    NAMES = ("keras.layers.MaxPooling2D", "keras.layers.MaxPool2D")
    RANK = 2
    EXAMPLES = (
        Example("MaxPooling2D()", params=0, input=(None, 9, 8, 3), output=(None, 4, 4, 3)),
        Example("MaxPooling2D(2, data_format='channels_first')", params=0, input=(None, 3, 8, 8), output=(None, 3, 4, 4)),
        Rejects("MaxPooling2D(2)", input=(None, 8), says="4 dimensions"),
    )


class MaxPooling3D(_MaxPooling):
    """Largest of each window of a volume (batch, depth, rows, columns, channels)."""

    NAMES = ("keras.layers.MaxPooling3D", "keras.layers.MaxPool3D")
    RANK = 3
    EXAMPLES = (Example("MaxPooling3D()", params=0, input=(None, 9, 9, 9, 3), output=(None, 4, 4, 4, 3)),)


class AveragePooling1D(_AveragePooling):
    """Average of each window of a sequence (batch, steps, channels)."""

    NAMES = ("keras.layers.AveragePooling1D", "keras.layers.AvgPool1D")
    RANK = 1
    EXAMPLES = (
        Example("AveragePooling1D(2)", params=0, input=(None, 8, 3), output=(None, 4, 3)),
        Rejects("AveragePooling1D()", says="pool_size"),
    )


class AveragePooling2D(_AveragePooling):
    """Average of each window of an image (batch, rows, columns, channels)."""

    NAMES = ("keras.layers.AveragePooling2D", "keras.layers.AvgPool2D")
    RANK = 2
    EXAMPLES = (Example("AveragePooling2D((2, 3), strides=2, padding='same')", params=0, input=(None, 15, 21, 4), output=(None, 8, 11, 4)),)


class AveragePooling3D(_AveragePooling):
    """Average of each window of a volume (batch, depth, rows, columns, channels)."""

    NAMES = ("keras.layers.AveragePooling3D", "keras.layers.AvgPool3D")
    RANK = 3
    EXAMPLES = (Example("AveragePooling3D((4, 3, 1))", params=0, input=(None, 8, 8, 8, 4), output=(None, 2, 2, 8, 4)),)


# Whole axes -----------------------------------------------------------------------------------------------------------


class _GlobalPooling(Stateless):
    """Family of poolings over all spatial axes: (batch, channels), or with axes of size 1 for `keepdims`."""

    BUILT = True
    RANK: ClassVar[int]

    data_format: DataFormat = None
    keepdims: Flag = False

    def shape(self, inputs: Any, mask: Any = None) -> Shape:
        x = ranked(inputs, self.RANK + 2)
        channels, spatial = split_channels(x, self.data_format)
        if self.keepdims:
            return join_channels(x[0], channels, (1,) * len(spatial), self.data_format)
        return Shape((x[0], channels))


class GlobalMaxPooling1D(_GlobalPooling):
    """Largest of each channel of a sequence: input (batch, steps, channels), output (batch, channels)."""

    NAMES = ("keras.layers.GlobalMaxPooling1D", "keras.layers.GlobalMaxPool1D")
    RANK = 1
    EXAMPLES = (
        Example("GlobalMaxPooling1D()", params=0, input=(None, 7, 5), output=(None, 5)),
        Rejects("GlobalMaxPooling1D()", input=(None, 5), says="3 dimensions"),
    )


class GlobalMaxPooling2D(_GlobalPooling):
    """Largest of each channel of an image: input (batch, rows, columns, channels), output (batch, channels)."""

    NAMES = ("keras.layers.GlobalMaxPooling2D", "keras.layers.GlobalMaxPool2D")
    RANK = 2
    EXAMPLES = (Example("GlobalMaxPooling2D(keepdims=True)", params=0, input=(None, 7, 7, 5), output=(None, 1, 1, 5)),)


class GlobalMaxPooling3D(_GlobalPooling):
    """Largest of each channel of a volume: input (batch, depth, rows, columns, channels), output (batch, channels)."""

    NAMES = ("keras.layers.GlobalMaxPooling3D", "keras.layers.GlobalMaxPool3D")
    RANK = 3
    EXAMPLES = (Example("GlobalMaxPooling3D()", params=0, input=(None, 7, 7, 7, 5), output=(None, 5)),)


class GlobalAveragePooling1D(_GlobalPooling):
    """Average of each channel of a sequence: input (batch, steps, channels), output (batch, channels)."""

    NAMES = ("keras.layers.GlobalAveragePooling1D", "keras.layers.GlobalAvgPool1D")
    RANK = 1
    EXAMPLES = (
        Example("GlobalAveragePooling1D()", params=0, input=(None, None, 5), output=(None, 5)),
        Example("GlobalAveragePooling1D('channels_first', True)", params=0, input=(None, 5, 7), output=(None, 5, 1)),
    )


class GlobalAveragePooling2D(_GlobalPooling):
    """Average of each channel of an image: input (batch, rows, columns, channels), output (batch, channels)."""

    NAMES = ("keras.layers.GlobalAveragePooling2D", "keras.layers.GlobalAvgPool2D")
    RANK = 2
    EXAMPLES = (Example("GlobalAveragePooling2D()", params=0, input=(None, 7, 7, 5), output=(None, 5)),)


class GlobalAveragePooling3D(_GlobalPooling):
    """Average of each channel of a volume: input (batch, depth, rows, columns, channels), output (batch, channels)."""

    NAMES = ("keras.layers.GlobalAveragePooling3D", "keras.layers.GlobalAvgPool3D")
    RANK = 3
    EXAMPLES = (Example("GlobalAveragePooling3D()", params=0, input=(None, 7, 7, 7, 5), output=(None, 5)),)


# Windows for a given output size --------------------------------------------------------------------------------------


class _AdaptivePooling(Stateless):
    """Family of poolings whose windows are chosen so that the output has `output_size`."""

    RANK: ClassVar[int]

    output_size: Value
    data_format: Annotated[Any, exact_format] = None

    def check(self) -> None:
        value = self.output_size
        if isinstance(value, list | tuple):
            if len(value) != self.RANK:
                raise Refused(f"`output_size` must have {self.RANK} elements, got {shown(value)}", field="output_size",
                              error="" if self.RANK == 1 else "TypeError")
            self.output_size = tuple(value)
        elif (plain(value) and not isinstance(value, int)) or value is None:
            raise Refused(f"`output_size` must be an integer or a tuple of integers, got {shown(value)}", field="output_size", error="TypeError")
        else:
            self.output_size = (value,) * self.RANK

    def shape(self, inputs: Any) -> Shape:
        x = at_least_rank(inputs, 2)
        first = channels_first(self.data_format)
        out = [unsized(f"pooled {axis}") if size is None else size for axis, size in enumerate(self.output_size)]
        return join_channels(x[0], x[1] if first else x[-1], out, self.data_format)


class AdaptiveAveragePooling1D(_AdaptivePooling):
    """Average over as many windows of a sequence as `output_size` says."""

    NAMES = ("keras.layers.AdaptiveAveragePooling1D",)
    RANK = 1
    EXAMPLES = (Example("AdaptiveAveragePooling1D(3)", params=0, input=(None, 7, 5), output=(None, 3, 5)),)


class AdaptiveAveragePooling2D(_AdaptivePooling):
    """Average over as many windows of an image as `output_size` says."""

    NAMES = ("keras.layers.AdaptiveAveragePooling2D",)
    RANK = 2
    EXAMPLES = (
        Example("AdaptiveAveragePooling2D((2, 3))", params=0, input=(None, 8, 8, 5), output=(None, 2, 3, 5)),
        Rejects("AdaptiveAveragePooling2D((1, 2, 3))", says="2 elements"),
    )


class AdaptiveAveragePooling3D(_AdaptivePooling):
    """Average over as many windows of a volume as `output_size` says."""

    NAMES = ("keras.layers.AdaptiveAveragePooling3D",)
    RANK = 3
    EXAMPLES = (Example("AdaptiveAveragePooling3D(3)", params=0, input=(None, 7, 7, 7, 5), output=(None, 3, 3, 3, 5)),)


class AdaptiveMaxPooling1D(_AdaptivePooling):
    """Largest of as many windows of a sequence as `output_size` says."""

    NAMES = ("keras.layers.AdaptiveMaxPooling1D",)
    RANK = 1
    EXAMPLES = (Example("AdaptiveMaxPooling1D((2,))", params=0, input=(None, 8, 5), output=(None, 2, 5)),)


class AdaptiveMaxPooling2D(_AdaptivePooling):
    """Largest of as many windows of an image as `output_size` says."""

    NAMES = ("keras.layers.AdaptiveMaxPooling2D",)
    RANK = 2
    EXAMPLES = (Example("AdaptiveMaxPooling2D(3)", params=0, input=(None, 7, 7, 5), output=(None, 3, 3, 5)),)


class AdaptiveMaxPooling3D(_AdaptivePooling):
    """Largest of as many windows of a volume as `output_size` says."""

    NAMES = ("keras.layers.AdaptiveMaxPooling3D",)
    RANK = 3
    EXAMPLES = (Example("AdaptiveMaxPooling3D((2, 3, 4))", params=0, input=(None, 8, 8, 8, 5), output=(None, 2, 3, 4, 5)),)
