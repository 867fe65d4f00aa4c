"""What all Keras layers share: the options of `keras.layers.Layer`, how weights are made, what is checked of an input.

Keras builds a layer on its first call: it compares the input with the layer's `input_spec`, makes the weights and computes the output
shape. Here `weights` does the first two and `shape` the first and the last. A size that Keras leaves open (None) arrives as
`core.dims.unsized`. Source: keras/src/layers/layer.py and input_spec.py of Keras 3.15.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence, Sized
from typing import Any, ClassVar, Self

from msgspec.structs import replace

from paramlint.core.dims import Formula, is_unsized, unsized
from paramlint.core.shapes import Shape, ShapeMismatch, check_rank, differs
from paramlint.core.tensor import Tensor
from paramlint.core.unknown import NeedsValue, Reason, Unknown, Why
from paramlint.frameworks.keras.kinds import QUANTIZED, Boolean, DType, Name, Regularizer, plain
from paramlint.frameworks.keras.plain_objects import require_gradients, require_rank
from paramlint.schema.conditions import Refused, UnexpectedKeyword, certainly
from paramlint.schema.fields import Value, shown, truth, whole
from paramlint.schema.layer import Layer, call_signature
from paramlint.schema.weights import Weight, Weights, inner_weights

# Weights whose initializers are called otherwise.
_FILLED_BY = {"recurrent_kernel": "recurrent", "depthwise_kernel": "depthwise", "pointwise_kernel": "pointwise"}


class KerasLayer(Layer, keyword_only=True):
    """Base of all Keras layers: the options that each takes by keyword."""

    ADAPTS: ClassVar[bool] = False  # whether a layer computes a state from data by `adapt`
    ADAPTS_BY: ClassVar[str] = ""  # the package that it needs for that

    MASKS: ClassVar[bool] = False  # whether the output may have a mask: that of the input, unless `masked` says another
    PASSES_ON: ClassVar[bool] = False  # whether a call gives the tensor of a graph back as it is, where others make one like it
    TAKES_DATA: ClassVar[bool] = False  # whether a call takes what is no tensor by position, too
    STRUCTURE: ClassVar[str] = ""  # what else a call takes: "tensors" in a list, even one; "lists" without one, too; "any" value; "tensor": not known
    INPUT_SPEC: ClassVar[str] = ""  # what later inputs must have of the first: the "width" that the weights have, the "rank" besides

    activity_regularizer: Regularizer = None
    trainable: Boolean = True
    dtype: DType = None
    autocast: Value = True
    name: Name = None
    input_dim: Value = None
    input_shape: Value = None

    def declared_input(self) -> Shape | None:
        """The input shape that ``input_shape=`` or ``input_dim=`` promises, with an open batch, or None."""
        if "input_dim" not in self.DROPS and self.input_dim is not None:
            return batched((self.input_dim,))
        return None if self.input_shape is None else batched(self.input_shape)

    @classmethod
    def build(cls, args: Sequence[Any] = (), kwargs: Mapping[str, Any] | None = None) -> Self:
        try:
            layer = super().build(args, kwargs)
        except UnexpectedKeyword as error:
            if not cls.UNEXPECTED and cls._refuses_without(error.field, args, kwargs or {}):
                error.error = "Exception"  # a keyword is handed on, and found when others have been looked at
            raise
        promises = cls.declared_input is KerasLayer.declared_input and "input_dim" not in cls.DROPS
        if kwargs and "input_shape" in kwargs and kwargs.get("input_dim") is not None and promises:
            raise Refused(f"{cls.__name__} takes either `input_dim` or `input_shape`", field="input_shape")
        return layer

    def copies(self) -> tuple[str, ...]:
        """Those of the layers inside that are copies of what was given."""
        return ()

    def masked(self, inputs: Any, mask: Any) -> Any:
        """The shape of the mask of the output for inputs of these shapes, with masks of those shapes; None where it has none."""
        return mask

    def called_again(self, first: Shape, now: Shape) -> None:
        if self.INPUT_SPEC == "rank" and first.rank != now.rank:
            raise ShapeMismatch(f"a layer that was built for {first.text} is called on {now.text}")
        if not self.BUILDS_ON_CALL or _differ_in_batch(first, now):  # no weight follows from the size of a batch
            return
        if len(call_signature(self.weights).parameters) != 1:  # its weights follow from several inputs
            if first.rank != now.rank or (first.rank and differs(first[-1], now[-1])):
                raise NeedsValue(Unknown.because(Why.INPUT, f"a call on {now.text} of a layer that was built for {first.text}"))
            return
        known = [*first[-now.rank:]] if now.rank else []
        known = [*now[:now.rank - len(known)], *known]
        closed = Shape(old if is_unsized(new) else new for old, new in zip(known, now, strict=True))
        before, after = self.weights(first), self.weights(closed)
        if before.keys() != after.keys() or any(_other_shape(weight.shape, after[name].shape) for name, weight in before.items()):
            if self.INPUT_SPEC:
                error = "Exception" if first.rank != now.rank else ""
                raise ShapeMismatch(f"a layer that was built for {first.text} is called on {now.text}", error=error)
            raise NeedsValue(Unknown.because(Why.INPUT, f"a call on {now.text} of a layer that was built for {first.text}"))

    def own(self, /, **weights: Any) -> Weights:
        """Weights of this layer itself: shapes (None: not there) or Weight, checked and frozen as Keras does."""
        kind = variable_dtype(self.dtype)
        made: dict[str, Weight] = {}
        for name, entry in weights.items():
            if entry is None:
                continue
            weight = entry if isinstance(entry, Weight) else Weight(entry)
            weight = replace(weight, shape=defined(weight.shape, name), dtype=kind if weight.dtype == "float32" else weight.dtype)
            last = name.rpartition(".")[2]
            fill = getattr(self, f"{_FILLED_BY.get(last, last)}_initializer", None)
            if fill is not None:
                require_rank(fill, weight.shape, weight.dtype)
            made[name] = weight
        if any(not weight.buffer and weight.trainable is True for weight in made.values()):
            require_gradients(kind)
        return self.thawed(Weights(made))

    def thawed(self, weights: Weights) -> Weights:
        """The weights, frozen if this layer is not trainable."""
        held = truth(self.trainable)
        if held is None:
            return Weights({n: replace(w, trainable=self.trainable if w.trainable is True else w.trainable) for n, w in weights.items()})
        return weights if held else weights.frozen()


def _differ_in_batch(one: Shape, other: Shape) -> bool:
    """Whether shapes differ in their first size at most."""
    pairs = zip(one[1:], other[1:], strict=False)
    return one.rank == other.rank and all(a is b or (isinstance(a, int) and isinstance(b, int) and a == b) for a, b in pairs)


def listed(mask: Any) -> list[Any]:
    """The masks of a list of inputs."""
    return list(mask) if isinstance(mask, list | tuple) and not isinstance(mask, Shape) else [] if mask is None else [mask]


def first_of(mask: Any) -> Any:
    """The mask of the first of several inputs."""
    return next(iter(listed(mask)), None)


class SameShape(KerasLayer):
    """Family of layers without weights whose output has the input's shape."""

    STRUCTURE = "tensor"

    def weights(self) -> Weights:
        return Weights()

    def shape(self, inputs: Any, **_: Any) -> Any:
        return inputs


class Stateless(KerasLayer):
    """Family of layers without weights."""

    def weights(self) -> Weights:
        return Weights()


def _other_shape(one: Any, other: Any) -> bool:
    if isinstance(one, Unknown) or isinstance(other, Unknown):
        return False
    return len(one) != len(other) or any(map(differs, one, other))


# Weights --------------------------------------------------------------------------------------------------------------


def defined(shape: Any, what: str) -> Any:
    """A shape that a weight can have: sizes that are whole, not negative and not left open."""
    if isinstance(shape, Unknown):
        return shape
    for size in shape:
        if size is None or is_unsized(size):
            raise ShapeMismatch(f"the weight `{what}` would have a size that is None: {Shape(shape).text}; give the input that size")
        whole(what, size)
        if certainly(lambda size=size: size < 0):
            raise ShapeMismatch(f"the weight `{what}` would have a negative size: {Shape(shape).text}")
    return tuple(shape)


def inverted(flag: Any) -> Any:
    """`not flag`, for a flag that may be unknown."""
    return flag if isinstance(flag, Unknown) else (truth(flag) is False if truth(flag) is not None else flag)


def both(left: Any, right: Any) -> Any:
    """`left and right`, for flags that may be unknown."""
    first, second = truth(left), truth(right)
    if first is False or second is False:
        return False
    return left if first is None else right


def variable_dtype(policy: Any) -> str:
    """The dtype of the weights that a layer with this dtype policy makes."""
    if not isinstance(policy, str):
        return "float32" if policy is None else "unknown"
    if policy.startswith("mixed_"):
        return "float32"
    if policy.startswith(QUANTIZED) and "_from_" in policy:
        raise NeedsValue(Unknown.because(Why.UNSUPPORTED, f"the weights of the quantized dtype policy {shown(policy)}"))
    return {"int": "int32"}.get(policy, policy)


def lora(weights: Mapping[str, Any], target: str, rank: Any, constraint: Any, **added: Any) -> dict[str, Any]:
    """The weights with the factors of a low-rank adaptation added, which freezes their ``target``, if there is a rank."""
    held = truth(rank)
    if held is False:
        return dict(weights)
    if held is None:
        reason = rank.reason if isinstance(rank, Unknown) else Reason(Why.ARGUMENT, f"depends on `{rank}`")
        maybe = {name: Weight(shape, maybe=reason) for name, shape in added.items()}
        return {**weights, target: Weight(weights[target], trainable=Unknown(reason)), **maybe}
    if constraint is not None and not isinstance(constraint, Unknown):
        raise ShapeMismatch("LoRA does not go with a constraint on the weight that it adapts")
    return {**weights, target: Weight(weights[target], trainable=False), **added}


# Inputs ---------------------------------------------------------------------------------------------------------------


def batched(shape: Any) -> Shape:
    """An input shape without its batch axis, as users write it, with an open batch in front; None becomes an open size."""
    if isinstance(shape, Unknown):
        raise NeedsValue(shape)
    if isinstance(shape, Formula):
        raise NeedsValue(Unknown.because(Why.ARGUMENT, f"the shape `{shape}` is an argument"))
    return Shape((unsized("batch"), *opened(sizes_of(shape))))


def sizes_of(shape: Any) -> tuple[Any, ...]:
    """The sizes in what stands for a shape: an array of them, or anything that can be iterated over but a text."""
    if isinstance(shape, Tensor) and isinstance(shape.data, tuple):
        return shape.data
    is_class = callable(getattr(shape, "find", None)) and not isinstance(shape, bytes)  # or a text
    if shape is None or is_class or isinstance(shape, bool | int | float | complex):
        raise Refused(f"{shown(shape)} is no shape", help="write a tuple: `(784,)`")
    if not isinstance(shape, Iterable) or isinstance(shape, Tensor):
        raise NeedsValue(Unknown.because(Why.UNSUPPORTED, f"the sizes in {shown(shape)}"))
    if isinstance(shape, Sized):
        check_rank(len(shape))
    return tuple(shape)


def opened(sizes: Iterable[Any], first: int = 1) -> tuple[Any, ...]:
    """Sizes as users write them in a shape, each None an open size of its own."""
    made = []
    for axis, size in enumerate(sizes, first):
        size = unsized(str(axis)) if size is None else whole("shape", size)
        if certainly(lambda size=size: size < 0):
            raise Refused(f"a shape cannot have the size {size}")
        made.append(size)
    return tuple(made)


def one_input(x: Any) -> Shape:
    """The shape of the one tensor that a layer takes."""
    if isinstance(x, Unknown):
        raise NeedsValue(x)
    if isinstance(x, Shape):
        return x
    if isinstance(x, tuple) and not any(isinstance(item, tuple | list) for item in x):
        return Shape(x)
    if isinstance(x, list | tuple) and len(x) != 1:
        raise ShapeMismatch(f"expected one input, got {len(x)}", error="Exception")
    raise NeedsValue(Unknown.because(Why.INPUT, "the input is no single tensor"))


def many_inputs(inputs: Any) -> list[Shape]:
    """The shapes of a list of tensors."""
    if isinstance(inputs, Unknown):
        raise NeedsValue(inputs)
    if isinstance(inputs, Shape) or not isinstance(inputs, list | tuple) or not inputs or not all(is_shape(one) for one in inputs):
        raise ShapeMismatch("expected a list of inputs" + (f", got one of shape {inputs.text}" if isinstance(inputs, Shape) else ""))
    return [one_input(one) for one in inputs]


def is_shape(x: Any) -> bool:
    return isinstance(x, Unknown | tuple)


def ranked(x: Any, *ranks: int) -> Shape:
    """The input, if it has one of these numbers of axes (the batch is one)."""
    return one_input(x).expect_rank(*ranks)


def at_least_rank(x: Any, rank: int) -> Shape:
    shape = one_input(x)
    if shape.rank < rank:
        raise ShapeMismatch(f"expected at least {rank} dimensions, got {shape.rank}: {shape.text}")
    return shape


def size_at(x: Shape, axis: Any) -> Any:
    """The size of an axis, counted from the end if negative."""
    if isinstance(axis, bool) or not isinstance(axis, int):
        if plain(axis) or axis is None:
            raise ShapeMismatch(f"an axis must be an integer, got {shown(axis)}", error="Exception")
        if isinstance(axis, Unknown):
            return axis
        return Unknown.because(Why.ARGUMENT, f"depends on the axis `{axis}`")
    if not -x.rank <= axis < x.rank:
        raise ShapeMismatch(f"axis {axis} is out of bounds for an input of {x.rank} dimensions: {x.text}", error="Exception")
    return x[axis]


def channels_first(data_format: Any) -> bool:
    """Whether the channels are axis 1; without ``data_format`` they are the last one, as in Keras' own configuration."""
    return bool(data_format == "channels_first")


def split_channels(x: Shape, data_format: Any) -> tuple[Any, tuple[Any, ...]]:
    """The channels and the spatial sizes of a batch."""
    return (x[1], tuple(x[2:])) if channels_first(data_format) else (x[-1], tuple(x[1:-1]))


def join_channels(batch: Any, channels: Any, spatial: Iterable[Any], data_format: Any) -> Shape:
    return Shape((batch, channels, *spatial) if channels_first(data_format) else (batch, *spatial, channels))


# Layers inside layers -------------------------------------------------------------------------------------------------


def plain_module(value: Any) -> bool:
    """Whether a value is certainly no layer."""
    return plain(value) or value is None or isinstance(value, type | dict)


def must_be_layer(value: Any, name: str) -> None:
    """Refuse what is certainly no layer."""
    if plain_module(value) or callable(getattr(value, "find", None)):  # a class of the analysed code
        raise Refused(f"`{name}` must be a layer, got {shown(value)}", field=name)


def weights_of(module: Any, prefix: str, *inputs: Any) -> dict[str, Weight]:
    """The weights of a layer inside another one, called with these inputs."""
    if isinstance(module, Layer) and module.BUILDS_ON_CALL:
        return module.weights(*inputs).under(prefix)
    return inner_weights({prefix: module})


def shape_of(module: Any, *inputs: Any) -> Any:
    """The output shape of a layer inside another one."""
    if isinstance(module, Unknown):
        raise NeedsValue(module)
    if callable(getattr(module, "shape", None)):
        return module.shape(*inputs)
    raise NeedsValue(Unknown.because(Why.UNSUPPORTED, f"the output shape of a {type(module).__name__}"))


def macs_of(module: Any, inputs: Any, y: Any) -> Any:
    """The multiply-accumulates of a layer inside another one."""
    if isinstance(module, Layer):
        return module.macs(inputs, y=y)
    return Unknown.because(Why.UNSUPPORTED, "the cost of a module that is no layer of Keras")
