"""Recurrent layers of paddle.nn that run over a sequence: SimpleRNN, LSTM, GRU.

Weights of layer k, for each direction: ``weight_ih_lk`` (gates * hidden, input), ``weight_hh_lk`` (gates * hidden, hidden), ``bias_ih_lk``
and ``bias_hh_lk`` (gates * hidden). Paddle gives these names to the parameters of the cells one after the other. A bias whose attribute
is False is there, frozen, and gets no name of its own; a projection gets none either: from there on names go to other parameters than
they say, and what is left over keeps the name that it has in its cell.

Source: paddle.nn.layer.rnn, Paddle 3.3.1.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any, ClassVar

from msgspec.structs import replace

from paramlint.core.dims import Size as Count
from paramlint.core.shapes import Shape, ShapeMismatch, differs
from paramlint.core.unknown import Unknown, Why
from paramlint.frameworks.paddle.attributes import creatable
from paramlint.frameworks.paddle.common import unfit
from paramlint.frameworks.paddle.recurrent_cells import Cell, GRUCell, LSTMCell, SimpleRNNCell
from paramlint.frameworks.paddle.recurrent_runs import RNN, BiRNN
from paramlint.schema.conditions import Refused, certainly, require
from paramlint.schema.example import Example, Rejects
from paramlint.schema.fields import Flag, Number, Size, Text, Value, open_value, shown, truth
from paramlint.schema.layer import Layer
from paramlint.schema.weights import Weight, Weights, buffer, optional

_MOST_LAYERS = 1_000  # more are counted in one weight each, not named one by one
_BOTH_WAYS = ("bidirect", "bidirectional")


class _Recurrent(Layer):
    """What the recurrent layers share. ``CELL`` is the entry of their cell."""

    CELL: ClassVar[type[Cell]]
    proj_size = 0

    if TYPE_CHECKING:
        input_size: Any
        hidden_size: Any
        num_layers: Any
        direction: Any
        time_major: Any
        weight_ih_attr: Any
        weight_hh_attr: Any
        bias_ih_attr: Any
        bias_hh_attr: Any

    # When built -----------------------------------------------------------------------------------------------------------

    def check(self) -> None:
        require(open_value(self.direction) or self.direction in ("forward", *_BOTH_WAYS),
                f"`direction` must be forward, bidirect or bidirectional, got {shown(self.direction)}", field="direction", error="ValueError")
        size = self.proj_size
        require(lambda: size >= 0, f"`proj_size` cannot be negative, got {size}", field="proj_size", error="ValueError")
        self._cell(self.input_size)
        require(not certainly(self.input_size == 0), "`input_size` cannot be 0", field="input_size", error="ValueError")
        if isinstance(self.num_layers, int) and 0 < self.num_layers <= _MOST_LAYERS and self._directions in (1, 2):
            self._check_names()
        creatable(self, "hidden_size", "input_size")

    def _cell(self, input_size: Any) -> Cell:
        """A cell of this layer. Raises Refused for what building it refuses."""
        given = {name: getattr(self, name) for name in ("weight_ih_attr", "weight_hh_attr", "bias_ih_attr", "bias_hh_attr")}
        if self.CELL is LSTMCell:
            given["proj_size"] = self.proj_size
        return self.CELL.build((input_size, self.hidden_size), given)

    def _check_names(self) -> None:
        """Paddle lays all weights out in one list by their position; with biases left out the positions may not be there."""
        count = sum(1 for _ in self._names())
        if not self._in_one_list():
            return
        for i in range(count):
            offset = 0 if i % 4 < 2 else 2 * self.num_layers * self._directions
            if offset + i // 4 * 2 + i % 2 >= count:
                raise Refused("Paddle cannot lay out the weights of several layers without a bias: it raises IndexError",
                              field="bias_ih_attr" if self.bias_ih_attr is False else "bias_hh_attr",
                              help="keep the biases, or use one layer", error="IndexError")

    @property
    def _directions(self) -> Any:
        if open_value(self.direction):
            return Unknown.because(Why.ARGUMENT, "`direction` is not known")
        return 2 if self.direction in _BOTH_WAYS else 1

    @property
    def _state_size(self) -> Any:
        projects = truth(self.proj_size > 0)
        if projects is None:
            return Unknown.because(Why.ARGUMENT, "`proj_size` is not known")
        return self.proj_size if projects else self.hidden_size

    def _in_one_list(self) -> bool:
        """Whether the fast operator is used: there are four parameters a cell, and a layer at least."""
        return isinstance(self.num_layers, int) and self.num_layers > 0 and len(self._cell(self.input_size).weights()) == 4

    def _names(self) -> Iterator[str]:
        for layer in range(self.num_layers):
            for suffix in ("", "_reverse")[:self._directions]:
                yield f"weight_ih_l{layer}{suffix}"
                yield f"weight_hh_l{layer}{suffix}"
                if self.bias_ih_attr is not False:
                    yield f"bias_ih_l{layer}{suffix}"
                if self.bias_hh_attr is not False:
                    yield f"bias_hh_l{layer}{suffix}"

    def children(self) -> Mapping[str, Any]:
        """What runs the cells of each layer, one way or both."""
        cells = self._cells()
        if self._directions == 2:
            numbers = [path.partition(".")[0] for path in list(cells)[::2]]
            return {number: BiRNN.build((cells[f"{number}.cell_fw"], cells[f"{number}.cell_bw"], self.time_major)) for number in numbers}
        return {path.partition(".")[0]: RNN.build((cell, False, self.time_major)) for path, cell in cells.items()}

    def _cells(self) -> dict[str, Cell]:
        """The cells, by their paths."""
        both = self._directions
        layers = max(self.num_layers, 1)  # the first layer is made in any case
        found: dict[str, Cell] = {}
        for k in range(layers):
            cell_input = self.input_size if k == 0 else self._state_size * both
            for name in ("cell",) if both == 1 else ("cell_fw", "cell_bw"):
                found[f"{k}.{name}"] = self._cell(cell_input)
        return found

    def weights(self) -> Weights:
        if not isinstance(self.num_layers, int) or self.num_layers > _MOST_LAYERS or isinstance(self._directions, Unknown):
            return self._uncounted()
        inner = {name: weight for prefix, cell in self._cells().items() for name, weight in cell.weights().under(prefix).items()}
        named = dict(zip(self._names(), inner.values(), strict=False))
        rest = dict(list(inner.items())[len(named):])
        return Weights({**named, **rest, "_dropout_state": self._dropout_state()})

    def shared_weights(self) -> Mapping[str, str]:
        """The cells' weights have names here too."""
        if not isinstance(self.num_layers, int) or self.num_layers > _MOST_LAYERS or isinstance(self._directions, Unknown):
            return {}
        inner = [f"{prefix}.{name}" for prefix, cell in self._cells().items() for name in cell.weights()]
        return dict(zip(self._names(), inner, strict=False))

    def _dropout_state(self) -> Weight | None:
        """The state of the fast operator, where that is used."""
        projects = truth(self.proj_size > 0)
        if projects is None:
            return optional(self.proj_size > 0, (), trainable=False, buffer=True, dtype="uint8")
        return replace(buffer((), "uint8"), saved=False) if self._in_one_list() else None

    def _uncounted(self) -> Weights:
        """One weight for all those of the same kind, where the number of layers or directions is not known."""
        both, layers = self._directions, self.num_layers
        first = self._cell(self.input_size).weights()
        further = self._cell(self._state_size * both).weights()
        found = {f"{name}_l0": _times(both, weight) for name, weight in first.items()}
        found.update({f"{name}_l*": _times(both * (layers - 1), weight) for name, weight in further.items()})
        state = replace(buffer((), "uint8"), saved=False) if truth(self.proj_size > 0) is False else self._dropout_state()
        return Weights({**found, "_dropout_state": state})

    # When called ------------------------------------------------------------------------------------------------------------

    def _states(self, inputs: Shape) -> tuple[Any, Any, Any]:
        """The shape of the output, of a hidden state, and of a cell's memory."""
        inputs.expect_rank(3)
        inputs.expect(None, None, self.input_size)
        major = truth(self.time_major)
        if major is None:
            batch = time = Unknown.because(Why.ARGUMENT, "`time_major` is not known")
        else:
            batch, time = (inputs[1], inputs[0]) if major else (inputs[0], inputs[1])
        unfit(time == 0, f"the sequence is empty: {inputs.text}")
        unfit(lambda: self.num_layers <= 0, f"`num_layers` must be positive, got {self.num_layers}")
        if self.bias_ih_attr is False or self.bias_hh_attr is False:
            unfit(self._in_one_list(), "Paddle crashes when a recurrent layer without a bias is called")
        if self._in_one_list() and differs(self._state_size, self.hidden_size):
            raise ShapeMismatch("the states of a projected layer do not fit when `weight_hh_attr` makes no projection")
        count = self.num_layers * self._directions
        return (Shape((*inputs[:2], self._state_size * self._directions)), Shape((count, batch, self._state_size)),
                Shape((count, batch, self.hidden_size)))

    def _check_states(self, given: Any, *wanted: Shape) -> None:
        given = given if isinstance(given, list | tuple) and not isinstance(given, Shape) else (given,)
        for one, shape in zip(given, wanted, strict=False):
            if isinstance(one, Shape) and (len(one) != len(shape) or any(map(differs, one, shape))):
                raise ShapeMismatch(f"`initial_states` has the shape {one.text}, not {shape.text}")

    def shape(self, inputs: Shape, initial_states: Any = None, sequence_length: Any = None) -> Any:
        out, hidden, _ = self._states(inputs)
        self._check_states(initial_states, hidden)
        return (out, hidden)

    def macs(self, inputs: Shape, y: Any) -> Count:
        """Each step of each layer and direction: the products with the input and with the hidden state."""
        both, steps = self._directions, inputs[0] * inputs[1]
        first = self._cell(self.input_size).macs(Shape((1, self.input_size)), None)
        inner = self._state_size * both
        further = self._cell(inner).macs(Shape((1, inner)), None)
        return steps * both * (first + (self.num_layers - 1) * further)


def _times(count: Any, weight: Weight) -> Weight:
    """One weight that stands for ``count`` of them."""
    if isinstance(count, int) and count <= 0:
        count = 0
    shape = weight.shape if isinstance(weight.shape, Unknown) else (count, *weight.shape)
    return Weight(shape, weight.trainable, weight.buffer, weight.dtype, weight.maybe)


class SimpleRNN(_Recurrent):
    """Elman network over a sequence; returns all outputs and the last states (layers * directions, batch, hidden)."""

    NAMES = ("paddle.nn.SimpleRNN",)
    KIND = "rnn"
    CELL = SimpleRNNCell

    input_size: Size
    hidden_size: Size
    num_layers: Size = 1
    direction: Text = "forward"
    time_major: Flag = False
    dropout: Number = 0.0
    activation: Text = "tanh"
    weight_ih_attr: Value = None
    weight_hh_attr: Value = None
    bias_ih_attr: Value = None
    bias_hh_attr: Value = None
    name: Text = None

    EXAMPLES = (
        Example("SimpleRNN(10, 20, 2)", params=1480, buffers=1, input=(3, 5, 10), output=[(3, 5, 20), (2, 3, 20)], macs=21_000),
        Rejects("SimpleRNN(10, 20, direction='foo')", says="direction"),
    )

    def check(self) -> None:
        require(open_value(self.activation) or self.activation in ("tanh", "relu"),
                f"`activation` must be tanh or relu, got {shown(self.activation)}", field="activation", error="ValueError")
        super().check()


class LSTM(_Recurrent):
    """Long short-term memory over a sequence; returns all outputs and the last ``(h, c)``."""

    NAMES = ("paddle.nn.LSTM",)
    KIND = "lstm"
    CELL = LSTMCell

    input_size: Size
    hidden_size: Size
    num_layers: Size = 1
    direction: Text = "forward"
    time_major: Flag = False
    dropout: Number = 0.0
    weight_ih_attr: Value = None
    weight_hh_attr: Value = None
    bias_ih_attr: Value = None
    bias_hh_attr: Value = None
    proj_size: Size = 0
    name: Text = None

    EXAMPLES = (
        Example("LSTM(10, 20)", params=2560, buffers=1, input=(3, 5, 10), output=[(3, 5, 20), [(1, 3, 20), (1, 3, 20)]], macs=36_000),
        Example("LSTM(10, 20, 2, proj_size=5)", params=2520, buffers=0),
        Rejects("LSTM(10, 20, proj_size=20)", says="proj_size"),
        Rejects("LSTM(10, 20, 2, bias_ih_attr=False, bias_hh_attr=False)", says="IndexError"),
    )

    def shape(self, inputs: Shape, initial_states: Any = None, sequence_length: Any = None) -> Any:
        out, hidden, memory = self._states(inputs)
        self._check_states(initial_states, hidden, memory)
        return (out, (hidden, memory))


class GRU(_Recurrent):
    """Gated recurrent units over a sequence; returns all outputs and the last states."""

    NAMES = ("paddle.nn.GRU",)
    KIND = "gru"
    CELL = GRUCell

    input_size: Size
    hidden_size: Size
    num_layers: Size = 1
    direction: Text = "forward"
    time_major: Flag = False
    dropout: Number = 0.0
    weight_ih_attr: Value = None
    weight_hh_attr: Value = None
    bias_ih_attr: Value = None
    bias_hh_attr: Value = None
    name: Text = None

    EXAMPLES = (
        Example("GRU(10, 20, 2)", params=4440, buffers=1, input=(3, 5, 10), output=[(3, 5, 20), (2, 3, 20)], macs=63_000),
        Rejects("GRU(10)", says="hidden_size"),
    )
