"""Recurrent cells and the layers that run them over sequences."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any, ClassVar

from paramlint.core.dims import Size, is_unsized
from paramlint.core.shapes import Shape, ShapeMismatch
from paramlint.core.unknown import NeedsValue, Unknown, Why
from paramlint.frameworks.keras.base import KerasLayer, at_least_rank, macs_of, one_input, plain_module, ranked, weights_of
from paramlint.frameworks.keras.kinds import Activation, Comparable, Constraint, Initializer, Positive, Regularizer, one_of
from paramlint.schema.conditions import Refused, certainly
from paramlint.schema.example import Example, Rejects
from paramlint.schema.fields import Flag, Value, shown, truth
from paramlint.schema.layer import KEYWORD_ONLY, Layer
from paramlint.schema.weights import Weights, optional

UseCudnn = Annotated[Any, one_of("auto", True, False)]


class _Gated(KerasLayer):
    """Family of what has the weights of a recurrent cell: kernels (features, gates * units) and (units, gates * units), and a bias."""

    GATES: ClassVar[int]

    if TYPE_CHECKING:
        units: Any
        use_bias: Any

    def bias_shape(self) -> Any:
        return (self.GATES * self.units,)

    def gates(self, features: Size) -> Weights:
        wide = self.GATES * self.units
        return self.own(kernel=(features, wide), recurrent_kernel=(self.units, wide), bias=optional(self.use_bias, self.bias_shape()))


class _GatedGRU(_Gated):
    """Family of gated recurrent units: with ``reset_after`` they have a second bias."""

    GATES = 3

    if TYPE_CHECKING:
        reset_after: Any

    def bias_shape(self) -> Any:
        after, wide = truth(self.reset_after), self.GATES * self.units
        if after is None:
            return self.reset_after if isinstance(self.reset_after, Unknown) else Unknown.because(Why.ARGUMENT, "depends on `reset_after`")
        return (2, wide) if after else (wide,)


# Cells ----------------------------------------------------------------------------------------------------------------


class _Cell(_Gated):
    """Family of cells: one step, called with an input (batch, features) and the states; gives the output and the new states."""

    STATES: ClassVar[int] = 1

    def state_size(self) -> Any:
        """As Keras' attribute: the number of units, or a list of them for several states."""
        return self.units if self.STATES == 1 else [self.units] * self.STATES

    def output_size(self) -> Any:
        return self.units

    def weights(self, sequence: Any, states: Any = None) -> Weights:
        return self.gates(at_least_rank(sequence, 1)[-1])

    def shape(self, sequence: Any, states: Any = None, **_: Any) -> Any:
        out = at_least_rank(sequence, 1).replace(-1, self.units)
        given = states if states is not None else out if self.STATES == 1 else [out] * self.STATES
        return out, given

    def macs(self, sequence: Any, states: Any = None, y: Any = None) -> Size:
        x = one_input(sequence)
        return x.head(-1).numel * (x[-1] + self.units) * self.GATES * self.units


class SimpleRNNCell(_Cell):
    """One step of a simple recurrent network: ``h = activation(x @ kernel + h @ recurrent_kernel + bias)``."""

    NAMES = ("keras.layers.SimpleRNNCell",)
    GATES = 1
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
    kernel_constraint: Constraint = None
    recurrent_constraint: Constraint = None
    bias_constraint: Constraint = None
    dropout: Comparable = 0.0
    recurrent_dropout: Comparable = 0.0
    seed: Value = None

    EXAMPLES = (Example("SimpleRNNCell(32)", params=1_312, input=[(2, 8), (2, 32)], output=((2, 32), (2, 32))), Rejects("SimpleRNNCell(0)"))


class LSTMCell(_Cell):
    """One step of a long short-term memory, with two states. Source: Hochreiter and Schmidhuber (1997)."""

    NAMES = ("keras.layers.LSTMCell",)
    GATES = 4
    STATES = 2
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
    kernel_constraint: Constraint = None
    recurrent_constraint: Constraint = None
    bias_constraint: Constraint = None
    dropout: Comparable = 0.0
    recurrent_dropout: Comparable = 0.0
    seed: Value = None
    _: KEYWORD_ONLY
    implementation: Value = 2

    EXAMPLES = (Example("LSTMCell(16)", params=1_600, input=[(2, 8), [(2, 16), (2, 16)]]), Rejects("LSTMCell(-1)", says="positive"))


class GRUCell(_GatedGRU, _Cell):
    """One step of a gated recurrent unit. Source: Cho et al. (2014); ``reset_after`` as in cuDNN."""

    NAMES = ("keras.layers.GRUCell",)
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
    kernel_constraint: Constraint = None
    recurrent_constraint: Constraint = None
    bias_constraint: Constraint = None
    dropout: Comparable = 0.0
    recurrent_dropout: Comparable = 0.0
    reset_after: Flag = True
    seed: Value = None
    _: KEYWORD_ONLY
    implementation: Value = 2

    EXAMPLES = (Example("GRUCell(16)", params=1_248, input=[(2, 8), (2, 16)], output=((2, 16), (2, 16))), Rejects("GRUCell(0)"))


def must_be_cell(value: Any, name: str) -> None:
    """Refuse what certainly has no state."""
    if plain_module(value) or (isinstance(value, Layer) and not hasattr(value, "state_size")):
        raise Refused(f"`{name}` must be a recurrent cell, got {shown(value)}", field=name, help="use LSTMCell, GRUCell or SimpleRNNCell")


def known_cell(cell: Any) -> Any:
    """The cell, if its sizes can be asked."""
    if isinstance(cell, Unknown):
        raise NeedsValue(cell)
    if not callable(getattr(cell, "state_size", None)):
        raise NeedsValue(Unknown.because(Why.UNSUPPORTED, f"the states of a cell of type {type(cell).__name__}"))
    return cell


def output_size_of(cell: Any) -> Any:
    cell = known_cell(cell)
    if callable(getattr(cell, "output_size", None)):
        return cell.output_size()
    state = cell.state_size()
    return state[0] if isinstance(state, list) else state


class StackedRNNCells(KerasLayer):
    """Several cells as one: each gets the output of the one before."""

    NAMES = ("keras.layers.StackedRNNCells",)

    cells: Value

    def check(self) -> None:
        if plain_module(self.cells) and not isinstance(self.cells, list | tuple):
            raise Refused(f"`cells` must be a list of cells, got {shown(self.cells)}", field="cells")
        for cell in self.cells if isinstance(self.cells, list | tuple) else ():
            must_be_cell(cell, "cells")

    def listed(self) -> list[Any]:
        if not isinstance(self.cells, list | tuple):
            raise NeedsValue(self.cells if isinstance(self.cells, Unknown) else Unknown.because(Why.UNSUPPORTED, "the list of cells"))
        if not self.cells:
            raise ShapeMismatch("an empty list of cells")
        return [known_cell(cell) for cell in self.cells]

    def state_size(self) -> Any:
        return [cell.state_size() for cell in self.listed()]

    def output_size(self) -> Any:
        return output_size_of(self.listed()[-1])

    def children(self) -> dict[str, Any]:
        return {f"cells.{i}": cell for i, cell in enumerate(self.cells)} if isinstance(self.cells, list | tuple) else {"cells": self.cells}

    def weights(self, inputs: Any, states: Any = None) -> Weights:
        x, found = one_input(inputs), {}
        for index, cell in enumerate(self.listed()):
            found.update(weights_of(cell, f"cells.{index}", x))
            x = Shape((x[0], output_size_of(cell)))
        return self.thawed(Weights(found))

    def shape(self, inputs: Any, states: Any = None, **_: Any) -> Any:
        batch = at_least_rank(inputs, 1)[0]
        return Shape((batch, self.output_size())), [state_shapes(batch, size) for size in self.state_size()] if states is None else states

    def macs(self, inputs: Any, states: Any = None, y: Any = None) -> Size:
        x, total = one_input(inputs), 0
        for cell in self.listed():
            total = total + macs_of(cell, x, None)
            x = Shape((x[0], output_size_of(cell)))
        return total

    EXAMPLES = (
        Example("StackedRNNCells([LSTMCell(16), LSTMCell(8)])", params=2_400, input=[(2, 8), [[(2, 16), (2, 16)], [(2, 8), (2, 8)]]]),
        Rejects("StackedRNNCells([Dense(3)])", says="cell"),
    )


def state_shapes(batch: Size, size: Any) -> Any:
    return [Shape((batch, one)) for one in size] if isinstance(size, list) else Shape((batch, size))


# Layers ---------------------------------------------------------------------------------------------------------------


class Recurrent(KerasLayer):
    """Family of layers that run a cell over the steps of (batch, steps, ...)."""

    if TYPE_CHECKING:
        return_sequences: Any
        return_state: Any
        go_backwards: Any
        stateful: Any

    def static_batch(self, x: Shape) -> Shape:
        """The input of one step. A stateful layer needs to know the size of the batch."""
        if is_unsized(x[0]) and certainly(lambda: self.stateful):
            raise ShapeMismatch("a stateful layer needs a fixed batch size; give `Input(batch_shape=...)`")
        return Shape((x[0], *x[2:]))

    def returned(self, x: Shape, output: tuple[Any, ...], states: list[Any]) -> Any:
        """What the layer gives: the last output, or that of every step, and the states where asked."""
        made = Shape((x[0], x[1], *output)) if self.return_sequences else Shape((x[0], *output))
        return (made, *states) if self.return_state else made


class GatedRecurrent(Recurrent, _Gated):
    """Family of layers with a cell of their own: input (batch, steps, features), output (batch, units) or (batch, steps, units)."""

    STATES: ClassVar[int] = 1

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
    activity_regularizer: Regularizer = None
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
    seed: Value = None
    _: KEYWORD_ONLY
    zero_output_for_mask: Value = False

    EXAMPLES = (
        Example("SimpleRNN(32, return_state=True)", params=1_312, input=(None, 10, 8), output=((None, 32), (None, 32))),
        Rejects("SimpleRNN(0)", says="positive"),
        Rejects("SimpleRNN(32)", input=(None, 8), says="3 dimensions"),
    )


class LSTM(GatedRecurrent):
    """Long short-term memory over a sequence, with two states. Source: Hochreiter and Schmidhuber (1997)."""

    NAMES = ("keras.layers.LSTM", "keras.layers.CuDNNLSTM", "keras.layers.LSTMV1", "keras.layers.LSTMV2")
    GATES = 4
    STATES = 2
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
    seed: Value = None
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


class GRU(GatedRecurrent, _GatedGRU):
    """Gated recurrent unit over a sequence. Source: Cho et al. (2014)."""

    NAMES = ("keras.layers.GRU", "keras.layers.GRUV1", "keras.layers.GRUV2")
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
    seed: Value = None
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
