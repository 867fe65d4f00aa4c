"""Layers that hold another layer and change how it is called or what its weights are."""

from __future__ import annotations

from typing import Annotated, Any, ClassVar

from paramlint.core.dims import Size
from paramlint.core.shapes import Shape, ShapeMismatch
from paramlint.core.unknown import NeedsValue, Unknown, Why
from paramlint.frameworks.keras.base import KerasLayer, at_least_rank, first_of, macs_of, must_be_layer, one_input, shape_of, weights_of
from paramlint.frameworks.keras.kinds import Comparable, one_of
from paramlint.frameworks.keras.recurrent import Recurrent
from paramlint.schema.conditions import Refused, require
from paramlint.schema.example import Example, Rejects
from paramlint.schema.fields import Value, shown, truth
from paramlint.schema.layer import Layer
from paramlint.schema.weights import Weight, Weights


class Wrapper(KerasLayer):
    """Base of layers that hold another one; it cannot be called itself."""

    NAMES = ("keras.layers.Wrapper",)
    SAYS_SHAPE: ClassVar[bool] = False

    layer: Value

    def check(self) -> None:
        must_be_layer(self.layer, "layer")

    def children(self) -> dict[str, Any]:
        return {"layer": self.layer}

    def weights(self, inputs: Any) -> Weights:
        return self.thawed(Weights(weights_of(self.layer, "layer", one_input(inputs))))

    def shape(self, inputs: Any, **_: Any) -> Any:
        raise ShapeMismatch("a Wrapper cannot be called; use one of its subclasses")

    EXAMPLES: ClassVar[tuple[Example | Rejects, ...]] = (Rejects("Wrapper(3)", says="layer"),)


class TimeDistributed(Wrapper):
    """Calls the layer on each step: input (batch, steps, ...), output (batch, steps, *what the layer makes of a step)."""

    NAMES = ("keras.layers.TimeDistributed",)
    MASKS = True
    SAYS_SHAPE = True

    def step(self, inputs: Any) -> tuple[Shape, Shape]:
        x = at_least_rank(inputs, 3)
        return x, Shape((x[0], *x[2:]))

    def weights(self, inputs: Any) -> Weights:
        return super().weights(self.step(inputs)[1])

    def shape(self, inputs: Any, **_: Any) -> Any:
        x, step = self.step(inputs)
        made = shape_of(self.layer, step)
        if not isinstance(made, Shape):
            raise ShapeMismatch("the layer gives more than one tensor")
        return Shape((made[0], x[1], *made[1:]))

    def macs(self, inputs: Any, y: Any = None) -> Size:
        x, step = self.step(inputs)
        return x[1] * macs_of(self.layer, step, shape_of(self.layer, step))

    EXAMPLES = (
        Example("TimeDistributed(Conv2D(4, 3))", params=112, input=(None, 5, 8, 8, 3), output=(None, 5, 6, 6, 4)),
        Rejects("TimeDistributed(3)", says="layer"),
        Rejects("TimeDistributed(Dense(3))", input=(None, 4), says="3 dimensions"),
    )


class SpectralNormalization(Wrapper):
    """Divides the layer's kernel by its largest singular value, estimated with a vector (1, last size of the kernel) that is not trained.

    Source: Miyato et al. (2018).
    """

    NAMES = ("keras.layers.SpectralNormalization",)
    SAYS_SHAPE = True

    power_iterations: Comparable = 1

    def check(self) -> None:
        super().check()
        require(lambda: not self.power_iterations <= 0, f"`power_iterations` must be positive, got {shown(self.power_iterations)}",
                field="power_iterations")

    def weights(self, inputs: Any) -> Weights:
        inner = weights_of(self.layer, "layer", one_input(inputs))
        name = next((name for name in ("layer.kernel", "layer.embeddings") if name in inner), None)
        if not isinstance(self.layer, Layer):
            raise NeedsValue(Unknown.because(Why.UNSUPPORTED, f"the kernel of a {type(self.layer).__name__}"))
        if name is None or isinstance(self.layer, Recurrent):
            raise ShapeMismatch(f"a {type(self.layer).__name__} has no kernel and no embeddings")
        vector = self.own(vector_u=Weight((1, inner[name].shape[-1]), trainable=False))
        adapted = any("lora" in other for other in inner)  # an adapted kernel is computed, no weight of this layer
        first = () if adapted else ((name, inner[name]),)
        return self.thawed(Weights((*first, *vector.items(), *inner.items())))

    def shape(self, inputs: Any, **_: Any) -> Any:
        return shape_of(self.layer, one_input(inputs))

    def macs(self, inputs: Any, y: Any) -> Size:
        return macs_of(self.layer, one_input(inputs), y)

    EXAMPLES = (
        Example("SpectralNormalization(Conv2D(4, 3))", params=116, trainable=112, input=(None, 8, 8, 3), output=(None, 6, 6, 4)),
        Rejects("SpectralNormalization(Dense(3), power_iterations=0)", says="positive"),
        Rejects("SpectralNormalization(BatchNormalization())", input=(None, 8), says="no kernel"),
    )


class Bidirectional(KerasLayer):
    """Runs a recurrent layer over a sequence in both directions and merges the outputs; the states follow one another.

    Input as the layer's, output as the layer's, its last axis twice as long for `merge_mode="concat"`.

    Source: Schuster and Paliwal (1997).
    """

    NAMES = ("keras.layers.Bidirectional",)

    MASKS = True

    layer: Value
    merge_mode: Annotated[Any, one_of("sum", "mul", "ave", "concat", None)] = "concat"
    weights_: Value = None
    backward_layer: Value = None

    def check(self) -> None:
        must_be_layer(self.layer, "layer")
        if self.backward_layer is not None:
            must_be_layer(self.backward_layer, "backward_layer")
        for name in ("layer", "backward_layer"):
            given = getattr(self, name)
            if isinstance(given, Layer) and not isinstance(given, Recurrent):
                error = "AttributeError" if self.backward_layer is not None else "Exception"
                raise Refused(f"`{name}` must be a recurrent layer, got {type(given).__name__}", field=name, error=error,
                              help="use LSTM, GRU, SimpleRNN or RNN(cell)")
        if isinstance(self.layer, Recurrent):
            self._directions(self.layer, self.backward_layer)

    def _directions(self, forward: Recurrent, backward: Any) -> None:
        if backward is not None and not isinstance(backward, Recurrent):
            return
        reverse = True if backward is None else truth(backward.go_backwards)
        if reverse is not None and truth(forward.go_backwards) is reverse:
            raise Refused("forward and backward layer must have different `go_backwards`",
                          field="layer" if backward is None else "backward_layer")
        for name in ("stateful", "return_sequences", "return_state"):
            if backward is not None and {truth(getattr(one, name)) for one in (forward, backward)} == {True, False}:
                raise Refused(f"forward and backward layer must have the same `{name}`", field="backward_layer")

    def masked(self, inputs: Any, mask: Any) -> Any:
        first = first_of(mask)
        if first is not None and not isinstance(self.layer, Recurrent):
            raise NeedsValue(Unknown.because(Why.UNSUPPORTED, "the mask that a layer of your own hands on"))
        known = first if first is not None and self.layer.return_sequences else None
        return known if self.merge_mode else (known, known)

    def other(self) -> Any:
        return self.layer if self.backward_layer is None else self.backward_layer

    def copies(self) -> tuple[str, ...]:
        return ("forward_layer", "backward_layer") if self.backward_layer is None else ("forward_layer",)

    def children(self) -> dict[str, Any]:
        return {"forward_layer": self.layer, "backward_layer": self.other()}

    def weights(self, sequences: Any, initial_state: Any = None) -> Weights:
        x = one_input(sequences)
        found = {**weights_of(self.layer, "forward_layer", x), **weights_of(self.other(), "backward_layer", x)}
        return self.thawed(Weights(found))

    def shape(self, sequences: Any, initial_state: Any = None, **_: Any) -> Any:
        made = shape_of(self.layer, one_input(sequences))
        output, states = (made, ()) if isinstance(made, Shape) else (made[0], tuple(made[1:]))
        if self.merge_mode is None:
            return (output, output, *states, *states)
        if self.merge_mode == "concat":
            output = output.replace(-1, 2 * output[-1])
        return (output, *states, *states) if states else output

    def macs(self, sequences: Any, initial_state: Any = None, y: Any = None) -> Size:
        x = one_input(sequences)
        return macs_of(self.layer, x, None) + macs_of(self.other(), x, None)

    EXAMPLES = (
        Example("Bidirectional(LSTM(16))", params=3_200, input=(None, 10, 8), output=(None, 32)),
        Example("Bidirectional(GRU(16, return_sequences=True), merge_mode=None)", params=2_496, input=(None, 10, 8),
                output=((None, 10, 16), (None, 10, 16))),
        Rejects("Bidirectional(LSTM(16), merge_mode='foo')", says="merge_mode"),
        Rejects("Bidirectional(Dense(3))", says="recurrent"),
        Rejects("Bidirectional(LSTM(16), backward_layer=LSTM(16))", says="go_backwards"),
    )
