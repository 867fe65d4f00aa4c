"""Dense layers, embeddings, inputs and functions: the folder `core` of Keras."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

from paramlint.core.dims import Size, unsized
from paramlint.core.shapes import Shape, ShapeMismatch, differs
from paramlint.core.tensor import DTYPE_BYTES, Tensor
from paramlint.core.unknown import NeedsValue, Unknown, UnknownArray, Why
from paramlint.frameworks.keras.base import KerasLayer, SameShape, Stateless, at_least_rank, batched, inverted, lora, one_input, opened, sizes_of
from paramlint.frameworks.keras.kinds import (
    Activation,
    Constraint,
    Flat,
    Initializer,
    Name,
    Positive,
    PositiveNoFlag,
    Regularizer,
    initial_weights,
    no_array,
    no_weights,
    plain,
)
from paramlint.schema.conditions import Refused, certainly
from paramlint.schema.example import Example, Rejects
from paramlint.schema.fields import Flag, Value, shown
from paramlint.schema.layer import KEYWORD_ONLY
from paramlint.schema.op import Op
from paramlint.schema.weights import Weights, optional


class Dense(KerasLayer):
    """Affine map over the last axis: ``y = activation(x @ kernel + bias)``.

    Input (batch, ..., in), output (batch, ..., units). Source: keras.layers.Dense.
    """

    INPUT_SPEC = "width"

    NAMES = ("keras.layers.Dense",)
    MASKS = True
    KIND = "linear"

    units: Positive
    activation: Activation = None
    use_bias: Flag = True
    kernel_initializer: Initializer = "glorot_uniform"
    bias_initializer: Initializer = "zeros"
    kernel_regularizer: Regularizer = None
    bias_regularizer: Regularizer = None
    activity_regularizer: Regularizer = None
    kernel_constraint: Constraint = None
    bias_constraint: Constraint = None
    lora_rank: Value = None
    lora_alpha: Value = None
    quantization_config: Value = None

    def weights(self, inputs: Any) -> Weights:
        features = at_least_rank(inputs, 2)[-1]
        weights = {"kernel": (features, self.units), "bias": optional(self.use_bias, (self.units,))}
        return self.own(**lora(weights, "kernel", self.lora_rank, self.kernel_constraint,
                               lora_kernel_a=(features, self.lora_rank), lora_kernel_b=(self.lora_rank, self.units)))

    def shape(self, inputs: Any, **_: Any) -> Shape:
        return at_least_rank(inputs, 2).replace(-1, self.units)

    def macs(self, inputs: Any, y: Any) -> Size:
        return y.numel * one_input(inputs)[-1]

    EXAMPLES = (
        Example("Dense(10)", params=90, input=(32, 8), output=(32, 10), macs=2_560),
        Example("Dense(units=64, activation='relu')", params=50_240, input=(None, 784), output=(None, 64)),
        Example("Dense(16, lora_rank=4)", params=240, trainable=112, input=(None, 8), output=(None, 16)),
        Rejects("Dense(0)", says="positive"),
        Rejects("Dense(10.5)", says="integer"),
        Rejects("Dense(10, activation='nope')", says="activation"),
        Rejects("Dense(10)", input=(8,), says="at least 2 dimensions"),
        Rejects("Dense(10)", input=(None, None), says="None"),
    )


class _Embeddings(KerasLayer):
    """Family of tables of vectors, looked up by number."""

    KIND = "embedding"
    MASKS = True

    if TYPE_CHECKING:  # each entry has these fields at its own place in the signature
        output_dim: Any
        input_length: Any
        lora_rank: Any
        embeddings_constraint: Any
        mask_zero: Any

    def masked(self, inputs: Any, mask: Any) -> Any:
        return one_input(inputs) if self.mask_zero else None

    def declared_input(self) -> Shape | None:
        """`input_dim` is the size of the table here; Keras 3 makes nothing of `input_length`, which was the length of the sequence."""
        return None if self.input_shape is None else batched(self.input_shape)

    def table(self) -> dict[str, Any]:
        return lora({"embeddings": (self.input_dim, self.output_dim)}, "embeddings", self.lora_rank, self.embeddings_constraint,
                    lora_embeddings_a=(self.input_dim, self.lora_rank), lora_embeddings_b=(self.lora_rank, self.output_dim))


class Embedding(_Embeddings):
    """Table of vectors: a whole number selects a row.

    Input (batch, ...) of whole numbers, output (batch, ..., output_dim). Source: keras.layers.Embedding.
    """

    NAMES = ("keras.layers.Embedding",)

    input_dim: PositiveNoFlag
    output_dim: PositiveNoFlag
    embeddings_initializer: Initializer = "uniform"
    embeddings_regularizer: Regularizer = None
    embeddings_constraint: Constraint = None
    mask_zero: Flag = False
    weights_: Annotated[Any, initial_weights] = None
    lora_rank: Value = None
    lora_alpha: Value = None
    quantization_config: Value = None
    _: KEYWORD_ONLY
    input_length: Value = None

    def check(self) -> None:
        given = self.weights_[0] if isinstance(self.weights_, list) and len(self.weights_) == 1 else self.weights_
        sizes = given.sizes if isinstance(given, UnknownArray) else given.shape if isinstance(given, Tensor) else None
        if isinstance(sizes, tuple) and (len(sizes) != 2 or any(map(differs, sizes, (self.input_dim, self.output_dim)))):
            raise Refused(f"weights of the shape {tuple(sizes)} are given for a table of another", field="weights")

    def weights(self) -> Weights:
        return self.own(**self.table())

    def shape(self, inputs: Any) -> Shape:
        return Shape((*one_input(inputs), self.output_dim))

    EXAMPLES = (
        Example("Embedding(1000, 64)", params=64_000, input=(None, 10), output=(None, 10, 64)),
        Example("Embedding(10, 4, lora_rank=2)", params=68, trainable=28, input=(None, 5), output=(None, 5, 4)),
        Rejects("Embedding(0, 4)", says="positive"),
        Rejects("Embedding(10)", says="output_dim"),
    )


class ReversibleEmbedding(_Embeddings):
    """Embedding that can also project back: called with `reverse=True` it gives a score for each of the `input_dim` rows.

    Input (batch, ...) of whole numbers, output (batch, ..., output_dim); reversed (batch, ..., output_dim) to (batch, ..., input_dim).
    """

    NAMES = ("keras.layers.ReversibleEmbedding",)

    input_dim: PositiveNoFlag
    output_dim: PositiveNoFlag
    tie_weights: Flag = True
    embeddings_initializer: Initializer = "uniform"
    embeddings_regularizer: Regularizer = None
    embeddings_constraint: Constraint = None
    mask_zero: Flag = False
    reverse_dtype: Value = None
    logit_soft_cap: Value = None
    _: KEYWORD_ONLY
    weights_: Annotated[Any, no_weights] = None
    lora_rank: Value = None
    lora_alpha: Value = None
    quantization_config: Value = None
    input_length: Value = None

    def weights(self) -> Weights:
        if certainly(lambda: self.lora_rank and not self.tie_weights):
            raise ShapeMismatch("LoRA locks the layer before `reverse_embeddings` is made; it needs `tie_weights=True`")
        untied = (self.output_dim, self.input_dim)
        return self.own(**self.table(), reverse_embeddings=optional(inverted(self.tie_weights), untied))

    def shape(self, inputs: Any, reverse: Any = False) -> Shape:
        x = one_input(inputs)
        return at_least_rank(x, 1).replace(-1, self.input_dim) if reverse else Shape((*x, self.output_dim))

    EXAMPLES = (
        Example("ReversibleEmbedding(100, 16)", params=1_600, input=(None, 5), output=(None, 5, 16)),
        Example("ReversibleEmbedding(100, 16, tie_weights=False)", params=3_200, input=(None, 5), output=(None, 5, 16)),
    )


class Identity(SameShape):
    """Passes its input through, whatever its structure."""

    STRUCTURE = "any"
    BUILT = True
    NAMES = ("keras.layers.Identity",)
    MASKS = True
    EXAMPLES = (Example("Identity()", params=0, input=(None, 6, 4), output=(None, 6, 4)), Rejects("Identity(3)"))


class Masking(SameShape):
    """Masks the steps of a sequence that are `mask_value` in all features; the shape stays."""

    BUILT = True
    NAMES = ("keras.layers.Masking",)
    MASKS = True

    mask_value: Value = 0.0

    def masked(self, inputs: Any, mask: Any) -> Any:
        return one_input(inputs).head(-1)

    EXAMPLES = (Example("Masking()", params=0, input=(None, 6, 4), output=(None, 6, 4)),)


class Lambda(Stateless):
    """Calls a function. Its output shape is what `output_shape` says, without the batch, or what the function does to its input."""

    STRUCTURE = "any"
    NAMES = ("keras.layers.Lambda",)
    MASKS = True
    CALLS_FUNCTION = True

    function: Value
    output_shape: Value = None
    mask: Value = None
    arguments_: Value = None

    def check(self) -> None:
        if plain(self.function) or self.function is None or isinstance(self.function, dict):
            raise Refused(f"`function` must be a function, got {shown(self.function)}", field="function", error="TypeError")

    def masked(self, inputs: Any, mask: Any) -> Any:
        if self.mask is not None:
            raise NeedsValue(Unknown.because(Why.UNSUPPORTED, "the mask that a `Lambda` says"))
        return None

    def called_function(self) -> Any:
        return self.function

    def called_arguments(self) -> Any:
        return self.arguments_ or {}

    def shape_function(self) -> Any:
        return self.output_shape

    def shape(self, inputs: Any) -> Any:
        if isinstance(self.output_shape, tuple):
            batch = (inputs[0] if isinstance(inputs, list) else one_input(inputs))[0]
            return Shape((batch, *opened(self.output_shape)))
        if plain(self.output_shape):
            raise ShapeMismatch(f"`output_shape` must be a tuple or a function, got {shown(self.output_shape)}", error="Exception")
        raise NeedsValue(Unknown.because(Why.UNSUPPORTED, "the output shape of a function inside `Lambda`"))

    EXAMPLES = (
        Example("Lambda(len, output_shape=(4, 5))", params=0, input=(None, 3), output=(None, 4, 5)),
        Rejects("Lambda(3)", says="function"),
    )


# Inputs ---------------------------------------------------------------------------------------------------------------


def _tensor_dtype(name: str, value: Any) -> Any:
    if isinstance(value, str) and value not in DTYPE_BYTES and value not in ("string", "int"):
        raise Refused(f"`{name}`: Keras knows no dtype {shown(value)}", field=name)
    if plain(value) and not isinstance(value, str):
        raise Refused(f"`{name}` must be a dtype or the name of one, got {shown(value)}", field=name)
    no_array(value)
    return value


def input_shape_of(shape: Any, batch_size: Any, batch_shape: Any) -> Shape:
    """The shape of an input, with its batch. Raises Refused where Keras does."""
    for given in (shape, batch_size, batch_shape):
        if isinstance(given, Unknown):
            raise NeedsValue(given)
    if batch_shape is not None:
        if shape is not None or batch_size is not None:
            raise Refused("`batch_shape` says everything: it goes with neither `shape` nor `batch_size`", field="batch_shape")
        if not sizes_of(batch_shape):
            raise NeedsValue(Unknown.because(Why.UNSUPPORTED, "an empty `batch_shape`"))
        batch, *rest = sizes_of(batch_shape)
        return Shape((*(opened((batch,)) if batch is not None else (unsized("batch"),)), *opened(rest)))
    if shape is None:
        raise Refused("an input needs a shape", field="shape", help="`Input(shape=(784,))`, without the batch")
    if batch_size is not None and ((plain(batch_size) and not isinstance(batch_size, int)) or certainly(lambda: batch_size < 0)):
        raise Refused(f"`batch_size` must be an integer, got {shown(batch_size)}", field="batch_size")
    return batched(shape) if batch_size is None else Shape((batch_size, *batched(shape)[1:]))


class InputLayer(Stateless):
    """The entry of a model: a tensor of shape (batch, *shape). It is not called."""

    BUILT = True
    NAMES = ("keras.layers.InputLayer",)
    DROPS = ("activity_regularizer", "trainable", "autocast", "input_dim", "input_shape")
    EXTRA = "options"

    shape_: Value = None
    batch_size: Value = None
    dtype: Annotated[Any, _tensor_dtype] = None
    sparse: Flat = None
    ragged: Flat = None
    batch_shape: Value = None
    input_tensor: Value = None
    optional: Value = False
    name: Name = None
    options: Value = None

    def declared_input(self) -> Shape | None:
        return self.output()

    def check(self) -> None:
        if plain(self.input_tensor):
            raise Refused(f"`input_tensor` must be a tensor, got {shown(self.input_tensor)}", field="input_tensor")
        if self.input_tensor is None:
            self.output()

    def output(self) -> Shape:
        if self.input_tensor is not None:
            tensor = self.input_tensor
            raise NeedsValue(tensor if isinstance(tensor, Unknown) else Unknown.because(Why.INPUT, "the shape of `input_tensor`"))
        shape = self.options.get("input_shape", self.shape_)
        return input_shape_of(shape, self.batch_size, self.options.get("batch_input_shape", self.batch_shape))

    def shape(self, *inputs: Any) -> Shape:
        if inputs:
            raise ShapeMismatch("an InputLayer takes no input", error="TypeError")
        return self.output()

    EXAMPLES = (
        Example("InputLayer(shape=(4,))", params=0),
        Rejects("InputLayer()", says="shape"),
        Rejects("InputLayer(shape=(4,))", input=(None, 4), says="takes no input"),
    )


class Input(Op):
    """A symbolic tensor of shape (batch, *shape), from which a model is drawn."""

    NAMES = ("keras.Input", "keras.layers.Input")

    shape: Value = None
    batch_size: Value = None
    dtype: Annotated[Any, _tensor_dtype] = None
    sparse: Flat = None
    ragged: Flat = None
    batch_shape: Value = None
    name: Name = None
    tensor: Value = None
    optional: Value = False

    def result(self) -> Tensor:
        if isinstance(self.tensor, Tensor):
            return self.tensor
        dtype = self.dtype if isinstance(self.dtype, str) else "float32"
        return Tensor(input_shape_of(self.shape, self.batch_size, self.batch_shape), dtype)
