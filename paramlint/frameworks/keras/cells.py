"""Recurrent cells: one step each."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any, ClassVar

from paramlint.core.dims import Size
from paramlint.core.shapes import Shape, ShapeMismatch
from paramlint.core.unknown import NeedsValue, Unknown, Why
from paramlint.frameworks.keras.base import KerasLayer, at_least_rank, macs_of, one_input, plain_module, weights_of
from paramlint.frameworks.keras.kinds import Activation, Comparable, Constraint, Initializer, Positive, Regularizer, Seed, at_least, doubtful
from paramlint.schema.conditions import Refused
from paramlint.schema.example import Example, Rejects
from paramlint.schema.fields import Flag, Value, shown, truth
from paramlint.schema.layer import KEYWORD_ONLY, Layer
from paramlint.schema.weights import Weights, optional


class Gated(KerasLayer):
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


class GatedGRU(Gated):
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


class _Cell(Gated):
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
        for at, state in enumerate(states if isinstance(states, list | tuple) and not isinstance(states, Shape) else [states]):
            self._require_units(at, state)
        given = states if states is not None else out if self.STATES == 1 else [out] * self.STATES
        return out, given

    def _require_units(self, at: int, state: Any) -> None:
        """A state has as many numbers as the cell has units; a cell state of one would be spread."""
        size = state[-1] if isinstance(state, Shape) and state else None
        if isinstance(size, int) and isinstance(self.units, int) and size != self.units:
            if at and size == 1:
                raise NeedsValue(Unknown.because(Why.UNSUPPORTED, "a cell state of one number"))
            raise ShapeMismatch(f"the state is of {size} numbers where the cell has {self.units} units", fits=self.units, error="Exception")

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
    seed: Seed = None

    EXAMPLES = (Example("SimpleRNNCell(32)", params=1_312, input=[(2, 8), (2, 32)], output=((2, 32), (2, 32))), Rejects("SimpleRNNCell(0)"))


def _units(name: str, value: Any) -> Any:
    """A whole number; a fraction is refused when the cell is built."""
    if isinstance(value, float) and not value <= 0:
        raise doubtful(name, value)
    return at_least(1)(name, value)


class LSTMCell(_Cell):
    """One step of a long short-term memory, with two states. Source: Hochreiter and Schmidhuber (1997)."""

    NAMES = ("keras.layers.LSTMCell",)
    GATES = 4
    STATES = 2
    KIND = "lstm"

    units: Annotated[Any, _units]
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
    seed: Seed = None
    _: KEYWORD_ONLY
    implementation: Value = 2

    EXAMPLES = (Example("LSTMCell(16)", params=1_600, input=[(2, 8), [(2, 16), (2, 16)]]), Rejects("LSTMCell(-1)", says="positive"))


class GRUCell(GatedGRU, _Cell):
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
    seed: Seed = None
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
            raise Refused(f"`cells` must be a list of cells, got {shown(self.cells)}", field="cells", error="Exception")
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
