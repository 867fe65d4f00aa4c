"""Layers that resize, move and cut images. They have no weights.

Source: the folder layers/preprocessing/image_preprocessing of Keras 3.15.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

from paramlint.core.shapes import Shape, ShapeMismatch
from paramlint.frameworks.keras.base import SameShape, at_least_rank, channels_first, one_input
from paramlint.frameworks.keras.kinds import DataFormat, LoosePair, Name, Seed, Usual, doubtful, one_of, plain, usual
from paramlint.schema.conditions import Refused, certainly
from paramlint.schema.example import Example, Rejects
from paramlint.schema.fields import Converter, Value, open_value, shown, whole


def factor(lowest: float, highest: float, *, none: bool = False) -> Converter:
    """A number in a range, or two of which the range overlaps it."""

    def convert(name: str, value: Any) -> Any:
        if value is None and none:
            return value
        ends = value if isinstance(value, list | tuple) else (value, value)
        if not plain(value) and value is not None:
            return value
        numbers = all(isinstance(end, int | float) or open_value(end) for end in ends)
        if not numbers and len(ends) == 2:
            raise Refused(f"`{name}` must be a number or two of them, got {shown(value)}", field=name, error="Exception")
        if not numbers or len(ends) != 2 or certainly(lambda: ends[0] > highest) or certainly(lambda: ends[1] < lowest):
            raise Refused(f"`{name}` must be a number from {lowest} to {highest} or two of them, got {shown(value)}", field=name,
                          error="Exception" if ends is value else "")
        if certainly(lambda: min(ends) <= lowest < 0) or certainly(lambda: min(ends) < lowest) or certainly(lambda: max(ends) > highest):
            raise doubtful(name, value)  # whose ends a layer may look at one by one
        return value

    return convert


def count(name: str, value: Any) -> Any:
    """What is made an integer."""
    if (plain(value) or isinstance(value, dict | None)) and not (isinstance(value, int) or (isinstance(value, float) and value - value == 0)):
        raise doubtful(name, value)
    return value


def _size(name: str, value: Any) -> Any:
    """A whole number of pixels. A negative one may be refused when images come."""
    value = whole(name, value)
    if certainly(lambda: value < 0):
        raise doubtful(name, value)
    return value


FillMode = Annotated[Any, one_of("reflect", "wrap", "constant", "nearest", error="NotImplementedError")]
Interpolation = Annotated[Any, one_of("nearest", "bilinear", error="NotImplementedError")]


BOXES = ("xyxy", "yxyx", "xywh", "center_xywh", "center_yxhw", "rel_xyxy", "rel_yxyx", "rel_xywh", "rel_center_xywh")


class ImageLayer(SameShape, keyword_only=True):
    """Family of layers that change images (batch, rows, columns, channels) or (rows, columns, channels) and keep their shape."""

    TAKES_DATA = True

    bounding_box_format: Annotated[Any, usual(*BOXES, none=True)] = None
    data_format: DataFormat = None

    def shape(self, inputs: Any, **_: Any) -> Any:
        return inputs


class _Resized(ImageLayer):
    """Family of layers that give images a new number of rows and columns."""

    if TYPE_CHECKING:
        height: Any
        width: Any

    def shape(self, inputs: Any, **_: Any) -> Shape:
        x = one_input(inputs)
        first = channels_first(self.data_format)
        if x.rank == 4:
            rows = 2 if first else 1
        else:
            rows = 1 if first else 0
        if x.rank < rows + 2:
            raise ShapeMismatch(f"expected images, got {x.text}")
        return x.replace(rows, self.height).replace(rows + 1, self.width)


class Resizing(_Resized):
    """Images of another size: output (batch, height, width, channels)."""

    NAMES = ("keras.layers.Resizing",)

    height: Annotated[Any, _size]
    width: Annotated[Any, _size]
    interpolation: Annotated[Any, usual("nearest", "bilinear", "bicubic", "lanczos3", "lanczos5")] = "bilinear"
    crop_to_aspect_ratio: Value = False
    pad_to_aspect_ratio: Value = False
    fill_mode: Annotated[Any, usual("constant")] = "constant"
    fill_value: Usual = 0.0
    antialias: Value = False
    data_format: DataFormat = None

    EXAMPLES = (Example("Resizing(32, 48)", params=0, input=(None, 64, 64, 3), output=(None, 32, 48, 3)),)


class CenterCrop(_Resized):
    """The middle of images: output (batch, height, width, channels)."""

    NAMES = ("keras.layers.CenterCrop",)

    height: Annotated[Any, _size]
    width: Annotated[Any, _size]
    data_format: DataFormat = None

    def shape(self, inputs: Any, **_: Any) -> Shape:
        return super().shape(one_input(inputs).expect_rank(3, 4))

    EXAMPLES = (
        Example("CenterCrop(8, 9)", params=0, input=(None, 16, 16, 3), output=(None, 8, 9, 3)),
        Rejects("CenterCrop(3, 3)", input=(9, 9), says="dimensions"),
    )


class RandomCrop(_Resized):
    """A random part of images: output (batch, height, width, channels)."""

    NAMES = ("keras.layers.RandomCrop",)

    height: Annotated[Any, _size]
    width: Annotated[Any, _size]
    seed: Seed = None
    data_format: DataFormat = None
    name: Name = None

    def shape(self, inputs: Any, **_: Any) -> Shape:
        x = at_least_rank(inputs, 3)
        rows = -2 if channels_first(self.data_format) else -3
        return x.replace(rows, self.height).replace(rows + 1, self.width)

    EXAMPLES = (
        Example("RandomCrop(4, 5)", params=0, input=(None, 8, 8, 3), output=(None, 4, 5, 3)),
        Rejects("RandomCrop(3)", says="width"),
    )


class RandomFlip(ImageLayer):
    """Mirrors images at random."""

    NAMES = ("keras.layers.RandomFlip",)

    mode: Annotated[Any, usual("horizontal", "vertical", "horizontal_and_vertical")] = "horizontal_and_vertical"
    seed: Seed = None
    data_format: DataFormat = None

    EXAMPLES = (Example("RandomFlip()", params=0, input=(None, 9, 8, 3), output=(None, 9, 8, 3)),)


class RandomRotation(ImageLayer):
    """Rotates images by a random part of a full turn."""

    NAMES = ("keras.layers.RandomRotation",)

    factor: Annotated[Any, factor(-1, 1)]
    fill_mode: FillMode = "reflect"
    interpolation: Interpolation = "bilinear"
    seed: Seed = None
    fill_value: Usual = 0.0
    data_format: DataFormat = None

    EXAMPLES = (
        Example("RandomRotation(0.2)", params=0, input=(None, 9, 8, 3), output=(None, 9, 8, 3)),
        Rejects("RandomRotation(-2)", says="factor"),
        Rejects("RandomRotation(0.1, fill_mode='x')", says="fill_mode"),
    )


class RandomZoom(ImageLayer):
    """Zooms images at random, rows and columns alike or each by its own factor."""

    NAMES = ("keras.layers.RandomZoom",)

    height_factor: Annotated[Any, factor(-1, 1)]
    width_factor: Annotated[Any, factor(-1, 1, none=True)] = None
    fill_mode: FillMode = "reflect"
    interpolation: Interpolation = "bilinear"
    seed: Seed = None
    fill_value: Usual = 0.0
    data_format: DataFormat = None

    EXAMPLES = (
        Example("RandomZoom(0.2)", params=0, input=(None, 9, 8, 3), output=(None, 9, 8, 3)),
        Rejects("RandomZoom(5)", says="height_factor"),
    )


class RandomTranslation(ImageLayer):
    """Moves images at random."""

    NAMES = ("keras.layers.RandomTranslation",)

    height_factor: Annotated[Any, factor(-1, 1)]
    width_factor: Annotated[Any, factor(-1, 1)]
    fill_mode: FillMode = "reflect"
    interpolation: Interpolation = "bilinear"
    seed: Seed = None
    fill_value: Usual = 0.0
    data_format: DataFormat = None

    EXAMPLES = (
        Example("RandomTranslation(0.1, 0.2)", params=0, input=(None, 9, 8, 3), output=(None, 9, 8, 3)),
        Rejects("RandomTranslation(5, 0)", says="height_factor"),
    )


class RandomShear(ImageLayer):
    """Shears images at random."""

    NAMES = ("keras.layers.RandomShear",)

    x_factor: Annotated[Any, factor(0, 1)] = 0.0
    y_factor: Annotated[Any, factor(0, 1)] = 0.0
    interpolation: Interpolation = "bilinear"
    fill_mode: FillMode = "reflect"
    fill_value: Usual = 0.0
    data_format: DataFormat = None
    seed: Seed = None

    EXAMPLES = (Example("RandomShear(0.1)", params=0, input=(None, 9, 8, 3), output=(None, 9, 8, 3)),)


class RandomPerspective(ImageLayer):
    """Gives images a random perspective."""

    NAMES = ("keras.layers.RandomPerspective",)

    factor: Annotated[Any, factor(0, 1)] = 1.0
    scale: Usual = 1.0
    interpolation: Interpolation = "bilinear"
    fill_value: Usual = 0.0
    seed: Seed = None
    data_format: DataFormat = None

    EXAMPLES = (Example("RandomPerspective()", params=0, input=(None, 9, 8, 3), output=(None, 9, 8, 3)),)


class RandomElasticTransform(ImageLayer):
    """Distorts images at random, as if they were elastic."""

    NAMES = ("keras.layers.RandomElasticTransform",)

    factor: Annotated[Any, factor(0, 1)] = 1.0
    scale: Usual = 1.0
    interpolation: Interpolation = "bilinear"
    fill_mode: FillMode = "reflect"
    fill_value: Usual = 0.0
    value_range: LoosePair = (0, 255)
    seed: Seed = None
    data_format: DataFormat = None

    EXAMPLES = (Example("RandomElasticTransform()", params=0, input=(None, 9, 8, 3), output=(None, 9, 8, 3)),)


class RandomErasing(ImageLayer):
    """Erases a random rectangle of each image."""

    NAMES = ("keras.layers.RandomErasing",)

    factor: Annotated[Any, factor(0, 1)] = 1.0
    scale: Usual = (0.02, 0.33)
    fill_value: Annotated[Any, usual(none=True)] = None
    value_range: LoosePair = (0, 255)
    seed: Seed = None
    data_format: DataFormat = None

    EXAMPLES = (Example("RandomErasing()", params=0, input=(None, 9, 8, 3), output=(None, 9, 8, 3)),)


class CutMix(ImageLayer):
    """Puts a rectangle of one image into another."""

    NAMES = ("keras.layers.CutMix",)

    factor: Annotated[Any, factor(0, 1)] = 1.0
    seed: Seed = None
    data_format: DataFormat = None

    EXAMPLES = (Example("CutMix()", params=0, input=(None, 9, 8, 3), output=(None, 9, 8, 3)),)


class MixUp(ImageLayer):
    """Blends images with others of the batch."""

    NAMES = ("keras.layers.MixUp",)

    alpha: Usual = 0.2
    data_format: DataFormat = None
    seed: Seed = None

    EXAMPLES = (
        Example("MixUp()", params=0, input=(None, 9, 8, 3), output=(None, 9, 8, 3)),
        Rejects("MixUp(data_format='x')", says="data_format"),
    )


class MaxNumBoundingBoxes(ImageLayer):
    """Brings the bounding boxes of each image to the same number; images stay."""

    NAMES = ("keras.layers.MaxNumBoundingBoxes",)

    max_number: Annotated[Any, count]
    fill_value: Usual = -1

    EXAMPLES = (Example("MaxNumBoundingBoxes(10)", params=0, input=(None, 9, 8, 3), output=(None, 9, 8, 3)),)
