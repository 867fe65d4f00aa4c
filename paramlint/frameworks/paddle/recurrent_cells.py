"""One step of the recurrent layers of paddle.nn.

A weight whose attribute is False is there nonetheless, frozen: ones for weights, zeros for biases.

Source: the documentation of paddle.nn, Paddle 3.3.1; Elman (1990), Hochreiter and Schmidhuber (1997), Cho et al. (2014).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

from paramlint.core.dims import Size as Count
from paramlint.core.shapes import Shape, broadcast
from paramlint.core.unknown import Unknown, Why
from paramlint.frameworks.paddle.attributes import creatable, kept, parameter
from paramlint.frameworks.paddle.common import unfit
from paramlint.schema.conditions import require
from paramlint.schema.example import Example, Rejects
from paramlint.schema.fields import Size, Text, Value, open_value, shown, truth
from paramlint.schema.layer import Layer
from paramlint.schema.weights import Weights, optional


class Cell(Layer):
    """What the cells share. ``GATES`` is how many vectors of the hidden size a step computes."""

    GATES: ClassVar[int]

    if TYPE_CHECKING:
        input_size: Any
        hidden_size: Any
        weight_ih_attr: Any
        weight_hh_attr: Any
        bias_ih_attr: Any
        bias_hh_attr: Any

    def check(self) -> None:
        require(lambda: self.hidden_size > 0, f"`hidden_size` must be greater than 0, got {self.hidden_size}",
                field="hidden_size", error="ValueError")
        creatable(self, "hidden_size", "input_size")

    @property
    def state_size(self) -> Any:
        """The size of a hidden state."""
        return self.hidden_size

    def weights(self) -> Weights:
        rows = self.GATES * self.hidden_size
        return Weights(
            weight_ih=kept("weight_ih_attr", self.weight_ih_attr, (rows, self.input_size)),
            weight_hh=kept("weight_hh_attr", self.weight_hh_attr, (rows, self.state_size)),
            bias_ih=kept("bias_ih_attr", self.bias_ih_attr, (rows,)),
            bias_hh=kept("bias_hh_attr", self.bias_hh_attr, (rows,)),
        )

    def _step(self, inputs: Shape, hidden: Any) -> Shape:
        """The shape of what a step computes from the inputs and a hidden state."""
        unfit(len(inputs) == 0, "the input has no axes")
        *batch, _ = inputs.expect(..., self.input_size)
        if hidden is None:
            hidden = Shape((inputs[0], self.hidden_size))
        if not isinstance(hidden, Shape):
            return Shape((*batch, self.hidden_size))
        *before, _ = hidden.expect(..., self.state_size)
        return broadcast((*batch, self.hidden_size), (*before, self.hidden_size))

    def macs(self, inputs: Shape, y: Any) -> Count:
        rows = self.GATES * self.hidden_size
        return Shape(inputs[:-1]).numel * rows * (self.input_size + self.state_size)


class SimpleRNNCell(Cell):
    """``h' = activation(W_ih x + b_ih + W_hh h + b_hh)``; returns ``(h', h')``."""

    NAMES = ("paddle.nn.SimpleRNNCell",)
    KIND = "rnn cell"
    GATES = 1

    input_size: Size
    hidden_size: Size
    activation: Text = "tanh"
    weight_ih_attr: Value = None
    weight_hh_attr: Value = None
    bias_ih_attr: Value = None
    bias_hh_attr: Value = None
    name: Text = None

    EXAMPLES = (
        Example("SimpleRNNCell(10, 20, bias_ih_attr=False)", params=640, trainable=620, input=(3, 10), output=[(3, 20), (3, 20)]),
        Rejects("SimpleRNNCell(10, 0)", says="hidden_size"),
    )

    def check(self) -> None:
        super().check()
        require(open_value(self.activation) or self.activation in ("tanh", "relu"),
                f"`activation` must be tanh or relu, got {shown(self.activation)}", field="activation", error="ValueError")

    def shape(self, inputs: Shape, states: Any = None) -> Any:
        out = self._step(inputs, states)
        return (out, out)


class LSTMCell(Cell):
    """Long short-term memory; returns ``(h', (h', c'))``. With ``proj_size`` the hidden state is projected to that size."""

    NAMES = ("paddle.nn.LSTMCell",)
    KIND = "lstm cell"
    GATES = 4

    input_size: Size
    hidden_size: Size
    weight_ih_attr: Value = None
    weight_hh_attr: Value = None
    bias_ih_attr: Value = None
    bias_hh_attr: Value = None
    proj_size: Size = 0
    name: Text = None

    EXAMPLES = (
        Example("LSTMCell(10, 20)", params=2560, input=(3, 10), output=[(3, 20), [(3, 20), (3, 20)]], macs=7200),
        Rejects("LSTMCell(10, 20, proj_size=20)", says="proj_size"),
    )

    def check(self) -> None:
        size = self.proj_size
        require(lambda: size >= 0, f"`proj_size` cannot be negative, got {size}", field="proj_size", error="ValueError")
        require(lambda: size < self.hidden_size, f"`proj_size` ({size}) must be smaller than `hidden_size` ({self.hidden_size})",
                field="proj_size", error="ValueError")
        super().check()

    @property
    def projects(self) -> Any:
        """Whether there is a projection; Unknown where that is not known."""
        return self.proj_size > 0

    @property
    def state_size(self) -> Any:
        projects = truth(self.projects)
        if projects is None:
            return Unknown.because(Why.ARGUMENT, "`proj_size` is not known")
        return self.proj_size if projects else self.hidden_size

    def weights(self) -> Weights:
        size = (self.hidden_size, self.proj_size)
        projects = truth(self.projects)
        projection = optional(self.projects, size) if projects is None else (
            parameter("weight_hh_attr", self.weight_hh_attr, size) if projects else None)
        return Weights(**super().weights(), weight_ho=projection)

    def shape(self, inputs: Shape, states: Any = None) -> Any:
        if states is None:
            unfit(lambda: self.projects, "a cell with `proj_size` needs `states`: it makes a hidden state of the wrong size")
            hidden = cell = None
        else:
            hidden, cell = states if isinstance(states, list | tuple) and len(states) == 2 else (states, states)
        gates = self._step(inputs, hidden)
        memory = broadcast(gates, cell) if isinstance(cell, Shape) else gates
        out = Shape((*memory[:-1], self.state_size))
        return (out, (out, memory))

    def macs(self, inputs: Shape, y: Any) -> Count:
        projected = self.hidden_size * self.proj_size  # 0 without a projection
        return super().macs(inputs, y) + Shape(inputs[:-1]).numel * projected


class GRUCell(Cell):
    """Gated recurrent unit; returns ``(h', h')``."""

    NAMES = ("paddle.nn.GRUCell",)
    KIND = "gru cell"
    GATES = 3

    input_size: Size
    hidden_size: Size
    weight_ih_attr: Value = None
    weight_hh_attr: Value = None
    bias_ih_attr: Value = None
    bias_hh_attr: Value = None
    name: Text = None

    EXAMPLES = (Example("GRUCell(10, 20)", params=1920, input=(3, 10), output=[(3, 20), (3, 20)], macs=5400),
                Rejects("GRUCell(10, 20)", input=(3, 11), says="expected 10"))

    def shape(self, inputs: Shape, states: Any = None) -> Any:
        inputs.expect_rank(2)
        out = self._step(inputs, states)
        return (out, out)
