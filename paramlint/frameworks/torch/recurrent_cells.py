"""Recurrent layers of torch.nn that make one step: RNNCell, LSTMCell, GRUCell.

Source: the documentation of torch.nn, torch 2.13.
"""

from __future__ import annotations

from typing import Any, ClassVar

from paramlint.core.dims import product
from paramlint.core.shapes import Shape, ShapeMismatch, differs
from paramlint.core.unknown import Unknown, Why
from paramlint.frameworks.torch.common import allocatable, unfit
from paramlint.schema.example import Example, Rejects
from paramlint.schema.fields import Flag, Size, Text, Value, open_value, shown
from paramlint.schema.layer import Layer
from paramlint.schema.weights import Weights, optional


def _allocate(cell: Any, gates: Any) -> None:
    """Refuse the sizes that no tensor has."""
    rows = gates * cell.hidden_size
    allocatable((rows, cell.input_size), "hidden_size", "input_size")
    allocatable((rows, cell.hidden_size), "hidden_size")


def _gated(cell: Any, gates: Any) -> Weights:
    """One matrix for the input and one for the state, each with its bias, all gates below each other."""
    rows = gates * cell.hidden_size
    return Weights(weight_ih=(rows, cell.input_size), weight_hh=(rows, cell.hidden_size),
                   bias_ih=optional(cell.bias, (rows,)), bias_hh=optional(cell.bias, (rows,)))


class _Cell(Layer):
    """Input (batch, input_size) or (input_size); state (batch, hidden_size) or (hidden_size), zeros if not given."""

    GATES: ClassVar[int] = 1

    input_size: Size
    hidden_size: Size
    bias: Flag = True

    def check(self) -> None:
        _allocate(self, self.GATES)

    def weights(self) -> Weights:
        return _gated(self, self.GATES)

    def _next(self, input: Any, *states: Any) -> Any:
        if isinstance(input, Unknown):
            return input
        input.expect_rank(1, 2, error="ValueError").expect(..., self.input_size)
        state = Shape((*input[:-1], self.hidden_size))
        for given in states:
            if not isinstance(given, Shape):
                continue
            given.expect_rank(1, 2, error="ValueError")
            if input.rank == 1 and given.rank == 2 and not (differs(given[0], self.hidden_size) or differs(given[1], self.hidden_size)):
                return Unknown.because(Why.UNSUPPORTED, "a state with a batch axis for an input without one")
            if len(given) != len(state) or any(map(differs, given, state)):
                raise ShapeMismatch(f"the state has the shape {given.text}, not {state.text}")
        return state

    def macs(self, input: Any, y: Any) -> Any:
        if isinstance(input, Unknown):
            return input
        return product(input[:-1]) * self.GATES * self.hidden_size * (self.input_size + self.hidden_size)


class RNNCell(_Cell):
    """One step of an Elman network with ``nonlinearity`` "tanh" or "relu"."""

    NAMES = ("torch.nn.RNNCell",)
    KIND = "rnn cell"

    nonlinearity: Text = "tanh"
    device: Value = None
    dtype: Value = None

    EXAMPLES = (
        Example("RNNCell(10, 20)", params=640, input=(3, 10), output=(3, 20), macs=1_800),
        Rejects("RNNCell(10, 20, nonlinearity='foo')", input=(3, 10), says="nonlinearity"),
        Rejects("RNNCell(10, 20)", input=(2, 3, 10), says="1 or 2"),
    )

    def shape(self, input: Any, hx: Any = None) -> Any:
        chosen = self.nonlinearity
        unfit(not open_value(chosen) and chosen not in ("tanh", "relu"), f"`nonlinearity` must be 'tanh' or 'relu', got {shown(chosen)}")
        return self._next(input, hx)


class LSTMCell(_Cell):
    """One step of an LSTM. Gives the next hidden and cell state."""

    NAMES = ("torch.nn.LSTMCell",)
    KIND = "lstm cell"
    GATES = 4

    device: Value = None
    dtype: Value = None

    EXAMPLES = (Example("LSTMCell(10, 20)", params=2_560, input=(3, 10), output=((3, 20), (3, 20)), macs=7_200),)

    def shape(self, input: Any, hx: Any = None) -> Any:
        if isinstance(hx, Shape):  # a stacked pair is taken apart along its first axis
            hx = (Shape(hx[1:]), Shape(hx[1:]))
        states = hx if isinstance(hx, list | tuple) else ()
        state = self._next(input, *states)
        return state, state


class GRUCell(_Cell):
    """One step of a GRU."""

    NAMES = ("torch.nn.GRUCell",)
    KIND = "gru cell"
    GATES = 3

    device: Value = None
    dtype: Value = None

    EXAMPLES = (
        Example("GRUCell(10, 20, bias=False)", params=1_800, input=(10,), output=(20,), macs=1_800),
        Rejects("GRUCell(10, -1)", says="negative"),
    )

    def shape(self, input: Any, hx: Any = None) -> Any:
        return self._next(input, hx)


class RNNCellBase(Layer):
    """The base of the cells: has their weights for any number of gates, but cannot be called."""

    NAMES = ("torch.nn.RNNCellBase",)
    KIND = "rnn cell"

    input_size: Size
    hidden_size: Size
    bias: Flag
    num_chunks: Size
    device: Value = None
    dtype: Value = None

    EXAMPLES = (Example("RNNCellBase(10, 20, True, 4)", params=2_560), Rejects("RNNCellBase(10, 20, True)", says="num_chunks"))

    def check(self) -> None:
        _allocate(self, self.num_chunks)

    def weights(self) -> Weights:
        return _gated(self, self.num_chunks)

    def shape(self, input: Any) -> Any:
        raise ShapeMismatch("an RNNCellBase has no forward", error="NotImplementedError")
