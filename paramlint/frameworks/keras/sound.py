"""Layers that make spectrograms of sounds."""

from __future__ import annotations

from typing import Annotated, Any

from paramlint.core.dims import Size, product
from paramlint.core.shapes import Shape, ShapeMismatch
from paramlint.core.unknown import NeedsValue, Unknown, Why
from paramlint.frameworks.keras.base import KerasLayer, Stateless, at_least_rank, join_channels, one_input, ranked, split_channels
from paramlint.frameworks.keras.kinds import DataFormat, LoosePositive, Positive, Usual, at_least, loose, one_of, usual
from paramlint.frameworks.keras.windows import slid
from paramlint.schema.conditions import require
from paramlint.schema.example import Example, Rejects
from paramlint.schema.fields import OptionalSize, Value, shown
from paramlint.schema.weights import Weights, optional


class MelSpectrogram(Stateless):
    """Mel spectrogram of sounds: input (batch, samples) or (samples,), output (batch, num_mel_bins, frames)."""

    NAMES = ("keras.layers.MelSpectrogram",)
    TAKES_DATA = True

    fft_length: LoosePositive = 2048
    sequence_stride: LoosePositive = 512
    sequence_length: Annotated[Any, loose(at_least(1, none=True))] = None
    window: Annotated[Any, usual("hann", "hamming", none=True)] = "hann"
    sampling_rate: LoosePositive = 16000
    num_mel_bins: LoosePositive = 128
    min_freq: Usual = 20.0
    max_freq: Annotated[Any, usual(none=True)] = None
    power_to_db: Value = True
    top_db: Value = 80.0
    mag_exp: Value = 2.0
    min_power: Value = 1e-10
    ref_power: Value = 1.0

    def check(self) -> None:
        require(lambda: self.sequence_length is None or self.fft_length >= self.sequence_length,
                "`fft_length` must be at least `sequence_length`", field="fft_length")

    def shape(self, inputs: Any) -> Shape:
        x = at_least_rank(inputs, 1)
        samples = x[0] if x.rank == 1 else x[1]
        frames = (samples + self.sequence_stride + 1) // self.sequence_stride
        return Shape((*x[:1], self.num_mel_bins, frames) if x.rank > 1 else (self.num_mel_bins, frames))

    EXAMPLES = (Example("MelSpectrogram()", params=0, input=(None, 16_000), output=(None, 128, 32)),)


def _fft_length(frame_length: Any) -> Size:
    """The least power of two that is not less than the frame."""
    if isinstance(frame_length, int):
        return 1 << (frame_length - 1).bit_length()
    return Unknown.because(Why.ARGUMENT, "the Fourier transform's length depends on `frame_length`")


class STFTSpectrogram(KerasLayer):
    """Spectrogram of sounds by a short-time Fourier transform, whose kernels are weights, trained unless ``trainable=False``.

    Input (batch, samples, channels), output (batch, frames, frequencies * channels).
    """

    NAMES = ("keras.layers.STFTSpectrogram",)
    KIND = "convolution"

    mode: Annotated[Any, one_of("log", "magnitude", "psd", "real", "imag", "angle", "stft")] = "log"
    frame_length: Positive = 256
    frame_step: OptionalSize = None
    fft_length: OptionalSize = None
    window: Annotated[Any, usual("hann", "hamming", none=True)] = "hann"
    periodic: Value = False
    scaling: Annotated[Any, one_of("density", "spectrum", None)] = "density"
    padding: Annotated[Any, one_of("valid", "same")] = "valid"
    expand_dims: Value = False
    data_format: DataFormat = None

    def check(self) -> None:
        step, transform = self.frame_step, self.fft_length
        require(lambda: step is None or 1 <= step <= self.frame_length, f"`frame_step` must be from 1 to `frame_length`, got {shown(step)}",
                field="frame_step")
        require(lambda: transform is None or transform >= self.frame_length, "`fft_length` must be at least `frame_length`",
                field="fft_length")

    def frequencies(self) -> Size:
        return (self.fft_length or _fft_length(self.frame_length)) // 2 + 1

    def weights(self, inputs: Any) -> Weights:
        one_input(inputs)
        if isinstance(self.window, str):
            raise NeedsValue(Unknown.because(Why.UNSUPPORTED, "whether there is SciPy, without which the window cannot be made"))
        kernel = (self.frame_length, 1, self.frequencies())
        return self.own(real_kernel=optional(self.mode != "imag", kernel), imag_kernel=optional(self.mode != "real", kernel))

    def shape(self, inputs: Any) -> Shape:
        x = ranked(inputs, 3)
        channels, spatial = split_channels(x, self.data_format)
        frequencies = self.frequencies() * (2 if self.mode == "stft" else 1)
        step = self.frame_step or self.frame_length // 2
        try:
            (frames,) = slid(spatial, (self.frame_length,), (step,), (1,), self.padding)
        except ShapeMismatch as error:  # without SciPy, the kernels' error comes first
            raise ShapeMismatch(str(error), error="Exception" if isinstance(self.window, str) else error.error) from None
        if self.expand_dims:
            return join_channels(x[0], channels, (frames, frequencies), self.data_format)
        return join_channels(x[0], frequencies * channels, (frames,), self.data_format)

    def macs(self, inputs: Any, y: Any) -> Size:
        kernels = 1 if self.mode in ("real", "imag", "stft") else 2
        return product(y) * self.frame_length * kernels

    EXAMPLES = (
        Example("STFTSpectrogram(window=None)", params=66_048, input=(None, 1_600, 2), output=(None, 11, 258)),
        Rejects("STFTSpectrogram(frame_step=300)", says="frame_step"),
    )
