"""Long short-term memories whose products are convolutions."""

from __future__ import annotations

from typing import Any, ClassVar

from paramlint.core.dims import Size, is_unsized, product
from paramlint.core.shapes import Shape, ShapeMismatch
from paramlint.frameworks.keras.base import ranked, split_channels
from paramlint.frameworks.keras.convolution import Windowed
from paramlint.frameworks.keras.kinds import Activation, Comparable, Constraint, ConvolutionPadding, DataFormat, Initializer, Regularizer, Seed, sizes
from paramlint.frameworks.keras.recurrent import Recurrent
from paramlint.schema.example import Example, Rejects
from paramlint.schema.fields import Flag, Value
from paramlint.schema.fields import Size as Whole
from paramlint.schema.layer import KEYWORD_ONLY
from paramlint.schema.weights import Weights, optional


class _ConvLSTM(Recurrent, Windowed):
    """Family of convolutional LSTMs: input (batch, steps, *spatial, channels), states and output (batch, *new_spatial, filters).

    The input's kernel is (*window, channels, 4 * filters), the states' (*window, filters, 4 * filters). Source: Shi et al. (2015).
    """

    INPUT_SPEC = "rank"

    RANK: ClassVar[int]
    KIND = "lstm"

    filters: Whole
    kernel_size: Value
    strides: Value = 1
    padding: ConvolutionPadding = "valid"
    data_format: DataFormat = None
    dilation_rate: Value = 1
    activation: Activation = "tanh"
    recurrent_activation: Activation = "sigmoid"
    use_bias: Flag = True
    kernel_initializer: Initializer = "glorot_uniform"
    recurrent_initializer: Initializer = "orthogonal"
    bias_initializer: Initializer = "zeros"
    unit_forget_bias: Flag = True
    kernel_regularizer: Regularizer = None
    recurrent_regularizer: Regularizer = None
    bias_regularizer: Regularizer = None
    activity_regularizer: Regularizer = None
    kernel_constraint: Constraint = None
    recurrent_constraint: Constraint = None
    bias_constraint: Constraint = None
    dropout: Comparable = 0.0
    recurrent_dropout: Comparable = 0.0
    seed: Seed = None
    return_sequences: Flag = False
    return_state: Flag = False
    go_backwards: Flag = False
    stateful: Flag = False
    _: KEYWORD_ONLY
    unroll: Value = False
    zero_output_for_mask: Value = False

    def check(self) -> None:
        for name, least in (("kernel_size", 1), ("strides", 0), ("dilation_rate", 1)):
            setattr(self, name, sizes(self.RANK, least=least)(name, getattr(self, name)))
        self.not_both_strided_and_dilated()

    def step(self, sequences: Any) -> tuple[Shape, Shape]:
        """The input and that of one step."""
        x = ranked(sequences, self.RANK + 3)
        return x, self.static_batch(x)

    def weights(self, sequences: Any, initial_state: Any = None) -> Weights:
        x = ranked(sequences, self.RANK + 3)
        channels, spatial = split_channels(Shape((x[0], *x[2:])), self.data_format)
        if any(map(is_unsized, (channels, *spatial))):
            raise ShapeMismatch(f"a convolutional LSTM needs every size but batch and steps: {x.text}")
        wide = 4 * self.filters
        weights = self.own(kernel=(*self.kernel_size, channels, wide), recurrent_kernel=(*self.kernel_size, self.filters, wide),
                           bias=optional(self.use_bias, (wide,)))
        self.static_batch(x)
        return weights

    def shape(self, sequences: Any, initial_state: Any = None, **_: Any) -> Any:
        x, step = self.step(sequences)
        state = self.slide(step, self.filters)
        return self.returned(x, tuple(state[1:]), [state, state])

    def macs(self, sequences: Any, initial_state: Any = None, y: Any = None) -> Size:
        x, step = self.step(sequences)
        channels, _ = split_channels(step, self.data_format)
        return x[1] * self.slide(step, 4 * self.filters).numel * product(self.kernel_size) * (channels + self.filters)


class ConvLSTM1D(_ConvLSTM):
    """Convolutional LSTM over sequences of signals: input (batch, steps, length, channels)."""

    NAMES = ("keras.layers.ConvLSTM1D",)
    RANK = 1
    EXAMPLES = (Example("ConvLSTM1D(4, 3, strides=2, use_bias=False)", params=336, input=(None, 5, 8, 3), output=(None, 3, 4)),)


class ConvLSTM2D(_ConvLSTM):
    """Convolutional LSTM over sequences of images: input (batch, steps, rows, columns, channels)."""

    NAMES = ("keras.layers.ConvLSTM2D",)
    RANK = 2
    EXAMPLES = (
        Example("ConvLSTM2D(4, 3, padding='same', return_sequences=True)", params=1_024, input=(None, 5, 8, 8, 3),
                output=(None, 5, 8, 8, 4)),
        Rejects("ConvLSTM2D(4, 3)", input=(None, 5, None, 8, 3), says="every size"),
    )


class ConvLSTM3D(_ConvLSTM):
    """Convolutional LSTM over sequences of volumes: input (batch, steps, depth, rows, columns, channels)."""

    NAMES = ("keras.layers.ConvLSTM3D",)
    RANK = 3
    EXAMPLES = (Example("ConvLSTM3D(4, 3)", params=3_040, input=(None, 5, 8, 8, 8, 3), output=(None, 6, 6, 6, 4)),)
