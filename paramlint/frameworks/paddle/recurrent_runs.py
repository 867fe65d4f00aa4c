"""Layers of paddle.nn that run a cell over a sequence.

Source: the documentation of paddle.nn, Paddle 3.3.1.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from paramlint.core.dims import Size as Count
from paramlint.core.shapes import Shape, ShapeMismatch, differs
from paramlint.core.unknown import Unknown, Why
from paramlint.frameworks.paddle.common import PLAIN, unfit
from paramlint.frameworks.paddle.recurrent_cells import Cell, LSTMCell
from paramlint.schema.conditions import Refused
from paramlint.schema.example import Example, Rejects
from paramlint.schema.fields import Flag, Value, open_value, shown, truth
from paramlint.schema.layer import Layer


class _Runs(Layer):
    """What runs a cell over a sequence: (batch, time, features), or (time, batch, features) with ``time_major``."""

    KIND = "rnn"

    if TYPE_CHECKING:
        time_major: Any

    def _run(self, cell: Any, inputs: Shape, states: Any) -> Any:
        """Outputs and last states, or Unknown."""
        major = truth(self.time_major)
        if major is None:
            return Unknown.because(Why.ARGUMENT, "`time_major` is not known")
        time = 0 if major else 1
        unfit(len(inputs) <= time, f"the input has no time axis: {inputs.text}")
        unfit(inputs[time] == 0, f"the sequence is empty: {inputs.text}")
        if isinstance(cell, Layer) and not isinstance(cell, Cell):
            raise ShapeMismatch(f"`{type(cell).__name__}` is no recurrent cell")
        run = getattr(cell, "shape", None)
        if not callable(run) or isinstance(cell, Unknown | type):
            return Unknown.because(Why.UNSUPPORTED, "the output of a cell that is not known")
        found = run(Shape((*inputs[:time], *inputs[time + 1:])), states)
        if not isinstance(found, list | tuple) or len(found) != 2 or not isinstance(found[0], Shape):
            return Unknown.because(Why.UNSUPPORTED, "the output of a cell that is not known")
        out = found[0]
        return Shape((*out[:time], inputs[time], *out[time:])), found[1]

    def _macs(self, cell: Any, inputs: Shape) -> Count:
        """Those of a step on all the sequence's elements at once."""
        if isinstance(cell, Cell):
            return cell.macs(inputs, None)
        return Unknown.because(Why.UNSUPPORTED, "the cost of a cell that is not known")


def cell_of(name: str, value: Any) -> None:
    """Refuse what is certainly no module."""
    if value is None or (isinstance(value, PLAIN) and not open_value(value)):
        raise Refused(f"`{name}` must be a cell, got {shown(value)}", field=name, error="AttributeError")


def _input_size(name: str, cell: Any) -> Any:
    if isinstance(cell, Unknown):
        return cell
    try:
        return cell.input_size
    except AttributeError:
        raise Refused(f"`{name}` has no attribute `input_size`", field=name, error="AttributeError") from None


class RNN(_Runs):
    """Runs a cell over a sequence: outputs of all steps, and the last states."""

    NAMES = ("paddle.nn.RNN",)

    cell: Value
    is_reverse: Flag = False
    time_major: Flag = False

    EXAMPLES = (
        Example("RNN(LSTMCell(10, 20))", params=2560, input=(3, 5, 10), output=[(3, 5, 20), [(3, 20), (3, 20)]], macs=36_000),
        Rejects("RNN(GRUCell(10, 20))", input=(3, 5, 11), says="expected 10"),
    )

    def check(self) -> None:
        cell_of("cell", self.cell)

    def children(self) -> Mapping[str, Any]:
        return {"cell": self.cell}

    def shape(self, inputs: Shape, initial_states: Any = None, sequence_length: Any = None) -> Any:
        return self._run(self.cell, inputs, initial_states)

    def macs(self, inputs: Shape, y: Any) -> Count:
        return self._macs(self.cell, inputs)


class BiRNN(_Runs):
    """Runs two cells over a sequence, one of them backwards, and joins their outputs."""

    NAMES = ("paddle.nn.BiRNN",)

    cell_fw: Value
    cell_bw: Value
    time_major: Flag = False

    EXAMPLES = (
        Example("BiRNN(GRUCell(10, 20), GRUCell(10, 20))", params=3840, input=(3, 5, 10), output=[(3, 5, 40), [(3, 20), (3, 20)]]),
        Rejects("BiRNN(GRUCell(10, 20), GRUCell(11, 20))", says="input size"),
    )

    def check(self) -> None:
        cell_of("cell_fw", self.cell_fw)
        cell_of("cell_bw", self.cell_bw)
        sizes = [_input_size(name, cell) for name, cell in (("cell_fw", self.cell_fw), ("cell_bw", self.cell_bw))]
        if differs(sizes[0], sizes[1]):
            raise Refused(f"the input size of the forward cell ({sizes[0]}) is not that of the backward cell ({sizes[1]})",
                          field="cell_bw", error="ValueError")

    def children(self) -> Mapping[str, Any]:
        return {"cell_fw": self.cell_fw, "cell_bw": self.cell_bw}

    def shape(self, inputs: Shape, initial_states: Any = None, sequence_length: Any = None) -> Any:
        states = initial_states if isinstance(initial_states, list | tuple) and len(initial_states) == 2 else (initial_states,) * 2
        if initial_states is None:
            self._check_start(self.cell_fw, self.cell_bw)
        forward, backward = (self._run(cell, inputs, state) for cell, state in zip((self.cell_fw, self.cell_bw), states, strict=True))
        if isinstance(forward, Unknown) or isinstance(backward, Unknown):
            return forward if isinstance(forward, Unknown) else backward
        out = forward[0].replace(-1, forward[0][-1] + backward[0][-1])
        return (out, (forward[1], backward[1]))

    @staticmethod
    def _check_start(forward: Any, backward: Any) -> None:
        """Both cells start from states that the forward cell makes."""
        if isinstance(forward, Cell) and isinstance(backward, Cell):
            unfit(isinstance(forward, LSTMCell) != isinstance(backward, LSTMCell), "an LSTM cell and another cell cannot start together")
            if differs(forward.hidden_size, backward.state_size):
                raise ShapeMismatch(f"the hidden sizes of the cells differ: {forward.hidden_size} and {backward.state_size}")

    def macs(self, inputs: Shape, y: Any) -> Count:
        return self._macs(self.cell_fw, inputs) + self._macs(self.cell_bw, inputs)
