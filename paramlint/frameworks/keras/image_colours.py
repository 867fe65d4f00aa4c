"""Layers that change the colours of images. They have no weights.

Source: the folder layers/preprocessing/image_preprocessing of Keras 3.15.
"""

from __future__ import annotations

from typing import Annotated, Any

from paramlint.frameworks.keras.image_preprocessing import ImageLayer, factor
from paramlint.frameworks.keras.kinds import DataFormat, LoosePair, Pair, Seed, Usual, doubtful, usual
from paramlint.schema.example import Example, Rejects
from paramlint.schema.fields import Value, open_value


class RandomBrightness(ImageLayer):
    """Changes the brightness at random."""

    NAMES = ("keras.layers.RandomBrightness",)

    factor: Annotated[Any, factor(-1, 1)]
    value_range: Pair = (0, 255)
    seed: Seed = None

    EXAMPLES = (
        Example("RandomBrightness(0.2)", params=0, input=(None, 9, 8, 3), output=(None, 9, 8, 3)),
        Rejects("RandomBrightness(2)", says="factor"),
    )


class RandomContrast(ImageLayer):
    """Changes the contrast at random."""

    NAMES = ("keras.layers.RandomContrast",)

    factor: Annotated[Any, factor(0, 1)]
    value_range: LoosePair = (0, 255)
    seed: Seed = None

    EXAMPLES = (
        Example("RandomContrast(0.2)", params=0, input=(None, 9, 8, 3), output=(None, 9, 8, 3)),
        Rejects("RandomContrast(2)", says="factor"),
    )


class RandomHue(ImageLayer):
    """Changes the hue at random."""

    NAMES = ("keras.layers.RandomHue",)

    factor: Annotated[Any, factor(0, 1)]
    value_range: LoosePair = (0, 255)
    data_format: DataFormat = None
    seed: Seed = None

    EXAMPLES = (Example("RandomHue(0.2)", params=0, input=(None, 9, 8, 3), output=(None, 9, 8, 3)),)


class RandomSaturation(ImageLayer):
    """Changes the saturation at random."""

    NAMES = ("keras.layers.RandomSaturation",)

    factor: Annotated[Any, factor(-1, 1)]
    value_range: Pair = (0, 255)
    data_format: DataFormat = None
    seed: Seed = None

    EXAMPLES = (Example("RandomSaturation(0.2)", params=0, input=(None, 9, 8, 3), output=(None, 9, 8, 3)),)


class RandomColorDegeneration(ImageLayer):
    """Takes colour away at random."""

    NAMES = ("keras.layers.RandomColorDegeneration",)

    factor: Annotated[Any, factor(-1, 1)]
    value_range: Pair = (0, 255)
    data_format: DataFormat = None
    seed: Seed = None

    EXAMPLES = (Example("RandomColorDegeneration(0.2)", params=0, input=(None, 9, 8, 3), output=(None, 9, 8, 3)),)


class RandomColorJitter(ImageLayer):
    """Changes brightness, contrast, saturation and hue at random."""

    NAMES = ("keras.layers.RandomColorJitter",)

    value_range: LoosePair = (0, 255)
    brightness_factor: Annotated[Any, factor(-1, 1, none=True)] = None
    contrast_factor: Annotated[Any, factor(0, 1, none=True)] = None
    saturation_factor: Annotated[Any, factor(-1, 1, none=True)] = None
    hue_factor: Annotated[Any, factor(0, 1, none=True)] = None
    seed: Seed = None
    data_format: DataFormat = None

    EXAMPLES = (Example("RandomColorJitter()", params=0, input=(None, 9, 8, 3), output=(None, 9, 8, 3)),)


def _odd(name: str, value: Any) -> Any:
    """Whole numbers that are odd."""
    sizes = value if isinstance(value, list | tuple) else (value,)
    if not all(open_value(size) or (isinstance(size, int) and size > 0 and size % 2) for size in sizes):
        raise doubtful(name, value)
    return value


class RandomGaussianBlur(ImageLayer):
    """Blurs images at random."""

    NAMES = ("keras.layers.RandomGaussianBlur",)

    factor: Annotated[Any, factor(0, 1)] = 1.0
    kernel_size: Annotated[Any, _odd] = 3
    sigma: Usual = 1.0
    value_range: LoosePair = (0, 255)
    data_format: DataFormat = None
    seed: Seed = None

    EXAMPLES = (Example("RandomGaussianBlur()", params=0, input=(None, 9, 8, 3), output=(None, 9, 8, 3)),)


class RandomGrayscale(ImageLayer):
    """Makes images grey at random; the channels stay."""

    NAMES = ("keras.layers.RandomGrayscale",)

    factor: Annotated[Any, factor(0, 1)] = 0.5
    data_format: DataFormat = None
    seed: Seed = None

    EXAMPLES = (
        Example("RandomGrayscale()", params=0, input=(None, 9, 8, 3), output=(None, 9, 8, 3)),
        Rejects("RandomGrayscale(3)", says="factor"),
    )


class RandomInvert(ImageLayer):
    """Inverts colours at random."""

    NAMES = ("keras.layers.RandomInvert",)

    factor: Annotated[Any, factor(0, 1)] = 1.0
    value_range: LoosePair = (0, 255)
    seed: Seed = None
    data_format: DataFormat = None

    EXAMPLES = (Example("RandomInvert()", params=0, input=(None, 9, 8, 3), output=(None, 9, 8, 3)),)


class RandomPosterization(ImageLayer):
    """Keeps only some bits of each colour."""

    NAMES = ("keras.layers.RandomPosterization",)

    factor: Usual
    value_range: Pair = (0, 255)
    data_format: DataFormat = None
    seed: Seed = None

    EXAMPLES = (Example("RandomPosterization(4)", params=0, input=(None, 9, 8, 3), output=(None, 9, 8, 3)),)


class RandomSharpness(ImageLayer):
    """Sharpens images at random."""

    NAMES = ("keras.layers.RandomSharpness",)

    factor: Annotated[Any, factor(0, 1)]
    value_range: Pair = (0, 255)
    data_format: DataFormat = None
    seed: Seed = None

    EXAMPLES = (Example("RandomSharpness(0.2)", params=0, input=(None, 9, 8, 3), output=(None, 9, 8, 3)),)


class Solarization(ImageLayer):
    """Inverts colours above a random threshold."""

    NAMES = ("keras.layers.Solarization",)

    addition_factor: Annotated[Any, factor(0, 1)] = 0.0
    threshold_factor: Annotated[Any, factor(0, 1)] = 0.0
    value_range: Pair = (0, 255)
    seed: Seed = None

    EXAMPLES = (Example("Solarization()", params=0, input=(None, 9, 8, 3), output=(None, 9, 8, 3)),)


class AutoContrast(ImageLayer):
    """Stretches the contrast to the whole range."""

    NAMES = ("keras.layers.AutoContrast",)

    value_range: Pair = (0, 255)

    EXAMPLES = (Example("AutoContrast()", params=0, input=(None, 9, 8, 3), output=(None, 9, 8, 3)),)


class Equalization(ImageLayer):
    """Equalises the histogram of each channel."""

    PASSES_ON = True
    NAMES = ("keras.layers.Equalization",)

    value_range: Pair = (0, 255)
    bins: Usual = 256
    data_format: DataFormat = None

    EXAMPLES = (Example("Equalization()", params=0, input=(None, 9, 8, 3), output=(None, 9, 8, 3)),)


class ContrastLimitedAdaptiveHistogramEqualization(ImageLayer):
    """Equalises the histogram of each tile, with limited contrast."""

    NAMES = ("keras.layers.ContrastLimitedAdaptiveHistogramEqualization",)

    value_range: LoosePair = (0, 255)
    clip_limit: Usual = 4.0
    tile_grid_size: Usual = (8, 8)
    data_format: DataFormat = None

    EXAMPLES = (Example("ContrastLimitedAdaptiveHistogramEqualization()", params=0, input=(None, 9, 8, 3), output=(None, 9, 8, 3)),)


class AugMix(ImageLayer):
    """Mixes several chains of random changes."""

    NAMES = ("keras.layers.AugMix",)

    value_range: LoosePair = (0, 255)
    num_chains: Usual = 3
    chain_depth: Usual = 3
    factor: Annotated[Any, factor(0, 1)] = 0.3
    alpha: Usual = 1.0
    all_ops: Value = True
    interpolation: Annotated[Any, usual("nearest", "bilinear")] = "bilinear"
    seed: Seed = None
    data_format: DataFormat = None

    EXAMPLES = (Example("AugMix()", params=0, input=(None, 9, 8, 3), output=(None, 9, 8, 3)),)


class RandAugment(ImageLayer):
    """Applies some random changes, one after the other."""

    NAMES = ("keras.layers.RandAugment",)

    value_range: LoosePair = (0, 255)
    num_ops: Usual = 2
    factor: Annotated[Any, factor(0, 1)] = 0.5
    interpolation: Annotated[Any, usual("nearest", "bilinear")] = "bilinear"
    seed: Seed = None
    data_format: DataFormat = None

    EXAMPLES = (Example("RandAugment()", params=0, input=(None, 9, 8, 3), output=(None, 9, 8, 3)),)
