"""Recurrent layers of torch.nn that run over a sequence: RNN, LSTM, GRU and their base.

Weights of layer k, for each direction: ``weight_ih_lk`` (gates * hidden, input), ``weight_hh_lk`` (gates * hidden, hidden), ``bias_ih_lk``
and ``bias_hh_lk`` (gates * hidden), with a projection also ``weight_hr_lk`` (projection, hidden). Those of the backward direction end in
``_reverse``.

Source: the documentation of torch.nn, torch 2.13; Elman (1990), Hochreiter and Schmidhuber (1997), Cho et al. (2014), Sak et al. (2014)
for the projection.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any, Self

from paramlint.core.dims import product
from paramlint.core.shapes import Shape, ShapeMismatch, differs
from paramlint.core.unknown import NeedsValue, Unknown, Why
from paramlint.frameworks.torch.common import allocatable, unfit
from paramlint.frameworks.torch.packed import Packed
from paramlint.frameworks.torch.submodules import PLAIN, comparable
from paramlint.schema.conditions import Refused, certainly, require
from paramlint.schema.example import Example, Rejects
from paramlint.schema.fields import Flag, Number, Size, Text, Value, open_value, shown, truth, whole
from paramlint.schema.layer import Layer
from paramlint.schema.weights import Weight, Weights, optional

_MOST_LAYERS = 1_000  # more are counted in one weight each, not named one by one

GATES = {"LSTM": 4, "GRU": 3, "RNN_TANH": 1, "RNN_RELU": 1}


class Recurrent(Layer):
    """What RNN, LSTM and GRU share. ``mode`` says which; the fields are declared by them."""

    ATTRIBUTES = ("mode",)

    if TYPE_CHECKING:  # fields that every subclass declares in its own order
        mode: Any
        input_size: Any
        hidden_size: Any
        num_layers: Any
        bias: Any
        batch_first: Any
        dropout: Any
        bidirectional: Any
        proj_size: Any

    @property
    def _directions(self) -> Any:
        both = truth(self.bidirectional)
        return Unknown.because(Why.ARGUMENT, "`bidirectional` is not known") if both is None else 1 + both

    @property
    def _projects(self) -> Any:
        """Whether there is a projection; Unknown where that is not known."""
        return self.proj_size > 0

    @property
    def _output_size(self) -> Any:
        """The size of a hidden state: of the projection, where there is one."""
        projects = truth(self._projects)
        if projects is None:
            return Unknown.because(Why.ARGUMENT, "`proj_size` is not known")
        return self.proj_size if projects else self.hidden_size

    @property
    def _gates(self) -> Any:
        known = isinstance(self.mode, str) and self.mode in GATES
        return GATES[self.mode] if known else Unknown.because(Why.ARGUMENT, "`mode` is not known")

    # When built --------------------------------------------------------------------------------------------------

    def check(self) -> None:
        self._check_switches()
        for name in ("input_size", "hidden_size", "num_layers"):
            size = getattr(self, name)
            require(lambda size=size: size > 0, f"`{name}` must be greater than zero, got {size}", field=name)
        if comparable("proj_size", self.proj_size):
            size = self.proj_size
            require(lambda: size >= 0, f"`proj_size` cannot be negative, got {size}", field="proj_size")
            require(lambda: size < self.hidden_size, f"`proj_size` ({size}) must be smaller than `hidden_size` ({self.hidden_size})",
                    field="proj_size")
            if certainly(lambda: size > 0):
                whole("proj_size", size)
        else:
            self.proj_size = Unknown.because(Why.UNSUPPORTED, f"`proj_size` is a {type(self.proj_size).__name__}")
        fits = open_value(self.mode) or (isinstance(self.mode, str) and self.mode in GATES)
        require(fits, f"`mode` must be one of {', '.join(GATES)}, got {shown(self.mode)}", field="mode")
        rows = self._gates * self.hidden_size
        allocatable((rows, self.input_size), "hidden_size", "input_size")
        allocatable((rows, self._output_size), "hidden_size")

    def _check_switches(self) -> None:
        for name in ("bias", "batch_first"):
            value = getattr(self, name)
            plain = value is None or isinstance(value, PLAIN)
            require(isinstance(value, bool) or not plain, f"`{name}` must be True or False, got {shown(value)}", field=name, error="TypeError")
        if comparable("dropout", self.dropout):
            require(not isinstance(self.dropout, bool), f"`dropout` must be a number, got {self.dropout}", field="dropout")
            fits = self.dropout >= 0 and self.dropout <= 1 if isinstance(self.dropout, int | float) else True
            require(fits, f"`dropout` must be between 0 and 1, got {self.dropout}", field="dropout")
            if isinstance(self.dropout, int):
                self.dropout = float(self.dropout)

    def weights(self) -> Weights:
        first = dict(self._layer("0", self.input_size))
        if certainly(lambda: self.num_layers == 1):
            return Weights(first)
        inner = self._output_size * self._directions
        if isinstance(self.num_layers, int) and self.num_layers <= _MOST_LAYERS:
            rest = {name: weight for k in range(1, self.num_layers) for name, weight in self._layer(str(k), inner)}
        else:  # one weight stands for that of every further layer
            rest = {name: _times(self.num_layers - 1, weight) for name, weight in self._layer("*", inner)}
        return Weights({**first, **rest})

    def _layer(self, k: str, input_size: Any) -> Iterator[tuple[str, Weight]]:
        rows = self._gates * self.hidden_size
        both = truth(self.bidirectional)
        for suffix in ("",) if both is False else ("", "_reverse"):
            named: dict[str, Weight | None] = {
                f"weight_ih_l{k}": Weight((rows, input_size)),
                f"weight_hh_l{k}": Weight((rows, self._output_size)),
                f"bias_ih_l{k}": optional(self.bias, (rows,)),
                f"bias_hh_l{k}": optional(self.bias, (rows,)),
                f"weight_hr_l{k}": optional(self._projects, (self.proj_size, self.hidden_size)),
            }
            for name, weight in named.items():
                if weight is not None and suffix and both is None:
                    weight = optional(self.bidirectional, weight.shape)
                if weight is not None:
                    yield name + suffix, weight

    # When called -------------------------------------------------------------------------------------------------

    def _states(self, input: Any) -> tuple[Any, tuple[Any, ...]]:
        """The shape of the output, and that of the states without their last size."""
        if not isinstance(input, Shape) and isinstance(input, tuple) and len(input) == len(Packed._fields):
            return self._packed(Packed(*input))
        input.expect_rank(2, 3, error="ValueError")
        input.expect(..., self.input_size)
        first = truth(self.batch_first)
        batch: tuple[Any, ...] = ()
        if input.rank == 2:
            length = input[0]
        elif first is None:
            batch, length = (Unknown.because(Why.ARGUMENT, "`batch_first` is not known"),), input[0]
        else:
            batch, length = (input[0 if first else 1],), input[1 if first else 0]
        unfit(first is not None and certainly(lambda: length == 0), f"the sequence is empty: {input.text}")
        unfit(not open_value(self.bidirectional) and isinstance(self.bidirectional, PLAIN) and not isinstance(self.bidirectional, bool),
              f"`bidirectional` must be True or False, got {shown(self.bidirectional)}")
        output = Shape((*input[:-1], self._output_size * self._directions))
        return output, (self.num_layers * self._directions, *batch)

    def _packed(self, input: Packed) -> tuple[Packed, tuple[Any, ...]]:
        """The same of a packed sequence, whose batch is told by its contents."""
        if not isinstance(input.data, Shape):
            raise NeedsValue(input.data if isinstance(input.data, Unknown) else Unknown.because(Why.INPUT, "what is packed"))
        input.data.expect_rank(2, 2)
        input.data.expect(..., self.input_size)
        batch = Unknown.because(Why.INPUT, "how many sequences are packed")
        return input._replace(data=Shape((input.data[0], self._output_size * self._directions))), (self.num_layers * self._directions, batch)

    @staticmethod
    def _check_state(name: str, given: Any, wanted: Shape) -> None:
        if isinstance(given, Shape) and (len(given) != len(wanted) or any(map(differs, given, wanted))):
            raise ShapeMismatch(f"`{name}` has the shape {given.text}, not {wanted.text}")

    def macs(self, input: Any, y: Any) -> Any:
        """Per position and direction every matrix once: gates * hidden * (input + hidden), and the projection."""
        if isinstance(input, Unknown):
            return input
        if not isinstance(input, Shape):
            input = input[0]
        matrices = [weight for name, weight in self.weights().items() if name.startswith("weight")]
        return product(input[:-1]) * sum(weight.numel if weight.maybe is None else Unknown(weight.maybe) for weight in matrices)


def _times(count: Any, weight: Weight) -> Weight:
    return Weight((count, *weight.shape), maybe=weight.maybe)


class RNNBase(Recurrent):
    """The base of RNN, LSTM and GRU: has their weights, but cannot be called."""

    NAMES = ("torch.nn.RNNBase",)
    KIND = "rnn"

    mode: Text
    input_size: Size
    hidden_size: Size
    num_layers: Size = 1
    bias: Flag = True
    batch_first: Flag = False
    dropout: Number = 0.0
    bidirectional: Flag = False
    proj_size: Value = 0
    device: Value = None
    dtype: Value = None

    EXAMPLES = (Example("RNNBase('LSTM', 10, 20)", params=2_560), Rejects("RNNBase('LSTM', 10, 20)", input=(5, 3, 10), says="forward"))

    def shape(self, input: Any, hx: Any = None) -> Any:
        raise ShapeMismatch("an RNNBase has no forward", error="NotImplementedError")


class _OneState(Recurrent):
    """RNN and GRU: one hidden state. ``proj_size`` is taken by position, but cannot be used."""

    @classmethod
    def build(cls, args: Sequence[Any] = (), kwargs: Mapping[str, Any] | None = None) -> Self:
        if kwargs and "proj_size" in kwargs:
            raise Refused(f"`proj_size` is for LSTM only, not for {cls.__name__}", field="proj_size")
        return super().build(args, kwargs)

    def shape(self, input: Any, hx: Any = None) -> Any:
        if isinstance(input, Unknown):
            return input, input
        output, state = self._states(input)
        unfit(self._projects, f"a {type(self).__name__} cannot use `proj_size`")
        hidden = Shape((*state, self.hidden_size))
        self._check_state("hx", hx, hidden)
        return output, hidden


class RNN(_OneState):
    """Elman network with ``nonlinearity`` "tanh" or "relu".

    Input (length, batch, input_size), with ``batch_first`` (batch, length, input_size), or (length, input_size). Gives the output
    (…, directions * hidden_size) and the last hidden states (layers * directions, batch, hidden_size).
    """

    NAMES = ("torch.nn.RNN",)
    KIND = "rnn"

    input_size: Size
    hidden_size: Size
    num_layers: Size = 1
    nonlinearity: Text = "tanh"
    bias: Flag = True
    batch_first: Flag = False
    dropout: Number = 0.0
    bidirectional: Flag = False
    proj_size: Value = 0
    device: Value = None
    dtype: Value = None

    mode = "RNN_TANH"

    EXAMPLES = (
        Example("RNN(10, 20)", params=640, input=(5, 3, 10), output=((5, 3, 20), (1, 3, 20)), macs=9_000),
        Example("RNN(10, 20, 2, bidirectional=True)", params=3_760),
        Rejects("RNN(10, 20, proj_size=5)", says="LSTM only"),
        Rejects("RNN(10, 20, 1, 'gelu')", says="nonlinearity"),
    )

    def check(self) -> None:
        chosen = self.nonlinearity
        fits = open_value(chosen) or chosen in ("tanh", "relu")
        require(fits, f"`nonlinearity` must be 'tanh' or 'relu', got {shown(chosen)}", field="nonlinearity")
        self.mode = "RNN_RELU" if not open_value(chosen) and chosen == "relu" else "RNN_TANH"
        super().check()


class GRU(_OneState):
    """Gated recurrent unit with three gates and two bias vectors. Shapes as those of RNN."""

    NAMES = ("torch.nn.GRU",)
    KIND = "gru"

    input_size: Size
    hidden_size: Size
    num_layers: Size = 1
    bias: Flag = True
    batch_first: Flag = False
    dropout: Number = 0.0
    bidirectional: Flag = False
    proj_size: Value = 0
    device: Value = None
    dtype: Value = None

    mode = "GRU"

    EXAMPLES = (
        Example("GRU(10, 20)", params=1_920, input=(5, 3, 10), output=((5, 3, 20), (1, 3, 20)), macs=27_000),
        Rejects("GRU(10, 20, 0)", says="num_layers"),
        Rejects("GRU(10, 20)", input=(5, 3, 9), says="expected 10"),
    )


class LSTM(Recurrent):
    """Long short-term memory with four gates, two bias vectors, and a projection of the hidden state if ``proj_size`` is over 0.

    Shapes as those of RNN, but the states are a pair: hidden (…, proj_size or hidden_size) and cell (…, hidden_size).
    """

    NAMES = ("torch.nn.LSTM",)
    KIND = "lstm"

    input_size: Size
    hidden_size: Size
    num_layers: Size = 1
    bias: Flag = True
    batch_first: Flag = False
    dropout: Number = 0.0
    bidirectional: Flag = False
    proj_size: Value = 0
    device: Value = None
    dtype: Value = None

    mode = "LSTM"

    EXAMPLES = (
        Example("LSTM(10, 20)", params=2_560, input=(5, 3, 10), output=((5, 3, 20), ((1, 3, 20), (1, 3, 20))), macs=36_000),
        Example("LSTM(10, 20, proj_size=5)", params=1_460, input=(5, 3, 10), output=((5, 3, 5), ((1, 3, 5), (1, 3, 20)))),
        Rejects("LSTM(10, 20, proj_size=20)", says="smaller than"),
        Rejects("LSTM(10, 20)", input=(10,), says="2 or 3"),
    )

    def shape(self, input: Any, hx: Any = None) -> Any:
        if isinstance(input, Unknown):
            return input, (input, input)
        output, state = self._states(input)
        hidden, cell = Shape((*state, self._output_size)), Shape((*state, self.hidden_size))
        given = (hx[1:], hx[1:]) if isinstance(hx, Shape) else hx  # a stacked pair is taken apart along its first axis
        if isinstance(given, list | tuple):
            unfit(len(given) < 2, "`hx` must be a pair of states")
            for name, state_given, wanted in zip(("hx[0]", "hx[1]"), given, (hidden, cell), strict=False):
                self._check_state(name, state_given if not isinstance(hx, Shape) else Shape(state_given), wanted)
        return output, (hidden, cell)
