"""Layers that run a recurrent cell over sequences."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any, ClassVar

from paramlint.core.dims import Size, is_unsized
from paramlint.core.shapes import Shape, ShapeMismatch
from paramlint.frameworks.keras.base import KerasLayer, at_least_rank, first_of, macs_of, ranked, weights_of
from paramlint.frameworks.keras.cells import (
    Gated,
    GatedGRU,
    GRUCell,
    LSTMCell,
    SimpleRNNCell,
    StackedRNNCells,
    known_cell,
    must_be_cell,
    output_size_of,
    state_shapes,
)
from paramlint.frameworks.keras.kinds import Activation, Comparable, Constraint, Initializer, Positive, Regularizer, Seed, one_of
from paramlint.schema.conditions import certainly
from paramlint.schema.example import Example, Rejects
from paramlint.schema.fields import Flag, Value
from paramlint.schema.layer import KEYWORD_ONLY, Layer
from paramlint.schema.weights import Weights

UseCudnn = Annotated[Any, one_of("auto", True, False)]


class Recurrent(KerasLayer):
    """Family of layers that run a cell over the steps of (batch, steps, ...)."""

    if TYPE_CHECKING:
        return_sequences: Any
        return_state: Any
        go_backwards: Any
        stateful: Any

    MASKS = True

    def masked(self, inputs: Any, mask: Any) -> Any:
        return first_of(mask) if self.return_sequences else None

    def static_batch(self, x: Shape) -> Shape:
        """The input of one step. A stateful layer needs to know the size of the batch."""
        if is_unsized(x[0]) and certainly(lambda: self.stateful):
            raise ShapeMismatch("a stateful layer needs a fixed batch size; give `Input(batch_shape=...)`")
        return Shape((x[0], *x[2:]))

    def returned(self, x: Shape, output: tuple[Any, ...], states: list[Any]) -> Any:
        """What the layer gives: the last output, or that of every step, and the states where asked."""
        made = Shape((x[0], x[1], *output)) if self.return_sequences else Shape((x[0], *output))
        return (made, *states) if self.return_state else made


class GatedRecurrent(Recurrent, Gated):
    """Family of layers with a cell of their own: input (batch, steps, features), output (batch, units) or (batch, steps, units)."""

    STATES: ClassVar[int] = 1
    CELL: ClassVar[type[Layer]]

    def cell_of(self) -> Layer:
        """The cell that runs the steps, with the layer's own arguments."""
        own = {field.name for field in KerasLayer.signature().fields}
        names = [field.name for field in self.CELL.signature().fields if field.name not in own]
        return self.CELL.build((), {name: getattr(self, name) for name in names})

    def state_size(self) -> Any:
        return [self.units] * self.STATES

    def weights(self, sequences: Any, initial_state: Any = None) -> Weights:
        x = ranked(sequences, 3)
        weights = self.gates(x[-1])
        self.static_batch(x)
        return weights

    def shape(self, sequences: Any, initial_state: Any = None, **_: Any) -> Any:
        x = ranked(sequences, 3)
        return self.returned(x, (self.units,), [Shape((x[0], self.units))] * self.STATES)

    def macs(self, sequences: Any, initial_state: Any = None, y: Any = None) -> Size:
        x = ranked(sequences, 3)
        return x[0] * x[1] * (x[2] + self.units) * self.GATES * self.units


class SimpleRNN(GatedRecurrent):
    """Simple recurrent network over a sequence. Source: keras.layers.SimpleRNN."""

    NAMES = ("keras.layers.SimpleRNN",)
    GATES = 1
    CELL = SimpleRNNCell
    KIND = "rnn"

    units: Positive
    activation: Activation = "tanh"
    use_bias: Flag = True
    kernel_initializer: Initializer = "glorot_uniform"
    recurrent_initializer: Initializer = "orthogonal"
    bias_initializer: Initializer = "zeros"
    kernel_regularizer: Regularizer = None
    recurrent_regularizer: Regularizer = None
    bias_regularizer: Regularizer = None
    activity_regularizer: Value = None  # which Keras does not look at
    kernel_constraint: Constraint = None
    recurrent_constraint: Constraint = None
    bias_constraint: Constraint = None
    dropout: Comparable = 0.0
    recurrent_dropout: Comparable = 0.0
    return_sequences: Flag = False
    return_state: Flag = False
    go_backwards: Flag = False
    stateful: Flag = False
    unroll: Flag = False
    seed: Seed = None
    _: KEYWORD_ONLY
    zero_output_for_mask: Value = False

    EXAMPLES = (
        Example("SimpleRNN(32, return_state=True)", params=1_312, input=(None, 10, 8), output=((None, 32), (None, 32))),
        Rejects("SimpleRNN(0)", says="positive"),
        Rejects("SimpleRNN(32)", input=(None, 8), says="3 dimensions"),
    )


class LSTM(GatedRecurrent):
    """Long short-term memory over a sequence, with two states. Source: Hochreiter and Schmidhuber (1997)."""

    NAMES = ("keras.layers.LSTM",)
    GATES = 4
    STATES = 2
    CELL = LSTMCell
    KIND = "lstm"

    units: Positive
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
    unroll: Flag = False
    use_cudnn: UseCudnn = "auto"
    _: KEYWORD_ONLY
    implementation: Value = 2
    zero_output_for_mask: Value = False

    EXAMPLES = (
        Example("LSTM(units=32, return_sequences=True)", params=5_248, input=(2, 10, 8), output=(2, 10, 32), macs=102_400),
        Example("LSTM(32, return_state=True)", params=5_248, input=(None, 10, 8), output=((None, 32), (None, 32), (None, 32))),
        Rejects("LSTM(-1)", says="positive"),
        Rejects("LSTM(32, stateful=True)", input=(None, 10, 8), says="batch"),
    )


class GRU(GatedRecurrent, GatedGRU):
    """Gated recurrent unit over a sequence. Source: Cho et al. (2014)."""

    NAMES = ("keras.layers.GRU",)
    CELL = GRUCell
    KIND = "gru"

    units: Positive
    activation: Activation = "tanh"
    recurrent_activation: Activation = "sigmoid"
    use_bias: Flag = True
    kernel_initializer: Initializer = "glorot_uniform"
    recurrent_initializer: Initializer = "orthogonal"
    bias_initializer: Initializer = "zeros"
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
    unroll: Flag = False
    reset_after: Flag = True
    use_cudnn: UseCudnn = "auto"
    _: KEYWORD_ONLY
    implementation: Value = 2
    zero_output_for_mask: Value = False

    EXAMPLES = (
        Example("GRU(32)", params=4_032, input=(None, 10, 8), output=(None, 32)),
        Example("GRU(32, reset_after=False)", params=3_936, input=(None, 10, 8), output=(None, 32)),
        Rejects("GRU(0)", says="positive"),
    )


class RNN(Recurrent):
    """Runs any cell, or a list of cells as one, over a sequence."""

    NAMES = ("keras.layers.RNN",)

    cell: Value
    return_sequences: Flag = False
    return_state: Flag = False
    go_backwards: Flag = False
    stateful: Flag = False
    unroll: Flag = False
    zero_output_for_mask: Value = False

    def check(self) -> None:
        if isinstance(self.cell, list | tuple):
            self.cell = StackedRNNCells.build((self.cell,))
        must_be_cell(self.cell, "cell")

    def children(self) -> dict[str, Any]:
        return {"cell": self.cell}

    def state_size(self) -> Any:
        size = known_cell(self.cell).state_size()
        return size if isinstance(size, list) else [size]

    def weights(self, sequences: Any, initial_state: Any = None) -> Weights:
        x = at_least_rank(sequences, 2)
        weights = weights_of(self.cell, "cell", Shape((x[0], *x[2:])))
        self.static_batch(x)
        return self.thawed(Weights(weights))

    def shape(self, sequences: Any, initial_state: Any = None, **_: Any) -> Any:
        x = at_least_rank(sequences, 2)
        return self.returned(x, (output_size_of(self.cell),), [state_shapes(x[0], size) for size in self.state_size()])

    def macs(self, sequences: Any, initial_state: Any = None, y: Any = None) -> Size:
        x = at_least_rank(sequences, 2)
        return x[1] * macs_of(self.cell, Shape((x[0], *x[2:])), None)

    EXAMPLES = (
        Example("RNN(LSTMCell(16))", params=1_600, input=(None, 10, 8), output=(None, 16)),
        Example("RNN([LSTMCell(16), LSTMCell(8)], return_sequences=True)", params=2_400, input=(None, 10, 8), output=(None, 10, 8)),
        Rejects("RNN(Dense(3))", says="cell"),
    )
