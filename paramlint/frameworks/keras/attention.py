"""Attention layers."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

from paramlint.core.dims import Formula, Size, is_unsized, product
from paramlint.core.shapes import Shape, ShapeMismatch, differs
from paramlint.core.unknown import NeedsValue, Unknown, Why
from paramlint.frameworks.keras.base import KerasLayer, at_least_rank, both, first_of, many_inputs, one_input
from paramlint.frameworks.keras.einsum import Equation
from paramlint.frameworks.keras.kinds import (
    Comparable,
    Constraint,
    LooseSeed,
    OptionalPositive,
    Positive,
    Regularizer,
    copied_initializer,
    one_of,
    plain,
)
from paramlint.schema.conditions import Refused, require
from paramlint.schema.example import Example, Rejects
from paramlint.schema.fields import Flag, Value, shown
from paramlint.schema.fields import Size as Whole
from paramlint.schema.layer import KEYWORD_ONLY
from paramlint.schema.weights import Weights, optional


def _batched(x: Any) -> Shape:
    """A tensor with its batch; of one without axes behind it, a graph and data make different things."""
    shape = at_least_rank(x, 1)
    if shape.rank < 2:
        raise NeedsValue(Unknown.because(Why.INPUT, "attention of tensors of less than 2 dimensions"))
    return shape


class _Heads(KerasLayer):
    """Family of attentions that project query, key and value to several heads, each projection a dense layer of its own."""

    KIND = "attention"

    if TYPE_CHECKING:
        dropout: Any
        flash_attention: Any
        sliding_window: Any
        use_bias: Any

    def check(self) -> None:
        require(lambda: not (self.flash_attention and self.dropout > 0), "flash attention does not go with dropout",
                field="flash_attention")
        window = self.sliding_window
        if (plain(window) and not isinstance(window, int)) or isinstance(window, dict):
            raise Refused(f"`sliding_window` must be None or a positive integer, got {shown(window)}", field="sliding_window")
        require(lambda: window is None or window > 0, f"`sliding_window` must be None or positive, got {shown(window)}",
                field="sliding_window")

    def built(self) -> None:
        """Refuse what the dropout inside refuses when the layer is built."""
        rate = self.dropout
        if rate is None or plain(rate):
            if not isinstance(rate, int | float):
                raise ShapeMismatch(f"`dropout` must be a number, got {shown(rate)}", error="TypeError")
            if not 0 <= rate <= 1:
                raise ShapeMismatch(f"`dropout` must be from 0 to 1, got {rate}")

    def projection(self, name: str, kernel: Any, bias: Any, condition: Any = True) -> dict[str, Any]:
        """The weights of one of the dense layers inside, there if the condition holds."""
        return {f"{name}.kernel": optional(condition, kernel), f"{name}.bias": optional(both(condition, self.use_bias), bias)}


def _must_agree(left: Any, right: Any, what: str) -> None:
    """Raise unless Keras takes two tuples of sizes for equal; a size that is open agrees only with another."""
    if len(left) != len(right) or any(differs(a, b) or is_unsized(a) != is_unsized(b) for a, b in zip(left, right, strict=True)):
        raise ShapeMismatch(f"{what}: {Shape(left).text} and {Shape(right).text}")


def _output(name: str, value: Any) -> Any:
    if isinstance(value, int | Formula) and not isinstance(value, bool):
        return (value,) if not isinstance(value, int) or value else None
    if isinstance(value, list | tuple | range):
        return tuple(value) or None
    if value is not None and plain(value) and value:
        raise Refused(f"`{name}` must be an integer or a tuple of integers, got {shown(value)}", field=name)
    return value if isinstance(value, Unknown) or value else None


def _attended(name: str, value: Any) -> Any:
    if isinstance(value, int | Formula) and not isinstance(value, bool):
        return (value,)
    if isinstance(value, list | tuple):
        return tuple(value)
    if value is not None and plain(value) and value:
        raise Refused(f"`{name}` must be an integer or a tuple of integers, got {shown(value)}", field=name)
    return value


class MultiHeadAttention(_Heads):
    """Scaled dot-product attention with several heads: called with query (batch, T, d), value (batch, S, d) and optionally key.

    The output has the query's shape, its last axis replaced by `output_shape` where given. Source: Vaswani et al. (2017).
    """

    NAMES = ("keras.layers.MultiHeadAttention",)
    MASKS = True

    num_heads: Positive
    key_dim: Positive
    value_dim: OptionalPositive = None
    dropout: Value = 0.0
    use_bias: Flag = True
    output_shape: Annotated[Any, _output] = None
    attention_axes: Annotated[Any, _attended] = None
    sliding_window: Value = None
    flash_attention: Value = None
    kernel_initializer: Annotated[Any, copied_initializer] = "glorot_uniform"
    bias_initializer: Annotated[Any, copied_initializer] = "zeros"
    kernel_regularizer: Regularizer = None
    bias_regularizer: Regularizer = None
    activity_regularizer: Regularizer = None
    kernel_constraint: Constraint = None
    bias_constraint: Constraint = None
    use_gate: Flag = False
    seed: LooseSeed = None

    def values(self) -> Size:
        return self.key_dim if self.value_dim is None else self.value_dim

    def features(self, query: Shape) -> tuple[Any, ...]:
        """The output's last axes."""
        if isinstance(self.output_shape, Unknown):
            raise NeedsValue(self.output_shape)
        return (query[-1],) if self.output_shape is None else self.output_shape

    def axes(self, rank: int) -> tuple[int, ...]:
        """The axes that are attended over, of an input with so many axes."""
        if isinstance(self.attention_axes, Unknown):
            raise NeedsValue(self.attention_axes)
        if self.attention_axes is None:
            return tuple(range(1, rank - 1))
        axes = tuple(axis if axis >= 0 else rank + axis for axis in self.attention_axes)
        if any(not -rank - 1 <= axis < rank + 1 for axis in axes):
            raise ShapeMismatch(f"attention axes {self.attention_axes} are not all axes of an input of {rank} dimensions")
        return tuple(axis.__index__() for axis in axes)

    def inputs(self, query: Any, value: Any, key: Any) -> tuple[Shape, Shape, Shape]:
        q, v = _batched(query), _batched(value)
        k = v if key is None else _batched(key)
        _must_agree(v[1:-1], k[1:-1], "value and key must agree in all axes but the last")
        return q, v, k

    def weights(self, query: Any, value: Any, key: Any = None) -> Weights:
        q, v, k = self.inputs(query, value, key)
        self.built()
        self.axes(v.rank)
        heads, keys, values, features = self.num_heads, self.key_dim, self.values(), self.features(q)
        return self.own(
            **self.projection("query", (q[-1], heads, keys), (heads, keys)),
            **self.projection("key", (k[-1], heads, keys), (heads, keys)),
            **self.projection("gate", (q[-1], heads, values), (heads, values), self.use_gate),
            **self.projection("value", (v[-1], heads, values), (heads, values)),
            **self.projection("attention_output", (heads, values, *features), features),
        )

    def shape(self, query: Any, value: Any, key: Any = None, *, return_attention_scores: Any = False, **_: Any) -> Any:
        q, _v, _k = self.inputs(query, value, key)
        output = Shape((*q[:-1], *self.features(q)))
        if return_attention_scores:  # Keras declares the query's length for both axes
            length = q[1] if q.rank > 1 else 1
            return output, Shape((q[0], self.num_heads, length, length))
        return output

    def macs(self, query: Any, value: Any, key: Any = None, *, y: Any = None) -> Size:
        q, v, k = self.inputs(query, value, key)
        heads, keys, values = self.num_heads, self.key_dim, self.values()
        axes = self.axes(v.rank)
        sources = product(v[axis] for axis in axes if axis < v.rank)
        positions = product(q[:-1])
        gate = q.numel * heads * values if self.use_gate else 0
        projected = (q.numel + k.numel) * heads * keys + v.numel * heads * values + gate
        return projected + positions * sources * heads * (keys + values) + positions * heads * values * product(self.features(q))

    EXAMPLES = (
        Example("MultiHeadAttention(num_heads=2, key_dim=16)", params=4_224, input=[(1, 8, 32), (1, 8, 32)], output=(1, 8, 32),
                macs=36_864),
        Example("MultiHeadAttention(4, 8, output_shape=(5, 6))", params=4_158, input=[(None, 8, 32), (None, 8, 32)],
                output=(None, 8, 5, 6)),
        Rejects("MultiHeadAttention(0, 16)", says="positive"),
        Rejects("MultiHeadAttention(2)", says="key_dim"),
    )


class GroupQueryAttention(_Heads):
    """Attention whose query heads share fewer heads of key and value. Source: Ainslie et al. (2023)."""

    NAMES = ("keras.layers.GroupQueryAttention", "keras.layers.GroupedQueryAttention")
    MASKS = True

    head_dim: Positive
    num_query_heads: Whole
    num_key_value_heads: Positive
    dropout: Value = 0.0
    use_bias: Flag = True
    sliding_window: Value = None
    flash_attention: Value = None
    kernel_initializer: Annotated[Any, copied_initializer] = "glorot_uniform"
    bias_initializer: Annotated[Any, copied_initializer] = "zeros"
    kernel_regularizer: Regularizer = None
    bias_regularizer: Regularizer = None
    activity_regularizer: Regularizer = None
    kernel_constraint: Constraint = None
    bias_constraint: Constraint = None
    use_gate: Flag = False
    seed: LooseSeed = None

    def check(self) -> None:
        require(lambda: self.num_query_heads % self.num_key_value_heads == 0,
                f"{self.num_query_heads} query heads cannot share {self.num_key_value_heads} heads of key and value equally",
                field="num_key_value_heads")
        super().check()

    def _dense(self, name: str, x: Shape, heads: Size, condition: Any = True) -> dict[str, Any]:
        made = Equation.parse("bqm,muh->bquh").analyse(x, (None, heads, self.head_dim), "uh")
        return self.projection(name, made.kernel, made.bias, condition)

    def weights(self, query: Any, value: Any, key: Any = None) -> Weights:
        q, v = one_input(query), one_input(value)
        self.built()
        k = v if key is None else one_input(key)
        features = at_least_rank(q, 1)[-1]
        return self.own(
            **self._dense("query", q, self.num_query_heads),
            **self._dense("key", k, self.num_key_value_heads),
            **self._dense("gate", q, self.num_query_heads, self.use_gate),
            **self._dense("value", v, self.num_key_value_heads),
            **self.projection("attention_output", (self.num_query_heads, self.head_dim, features), (features,)),
        )

    def shape(self, query: Any, value: Any, key: Any = None, *, return_attention_scores: Any = False, **_: Any) -> Any:
        q, v = _batched(query), _batched(value)
        k = v if key is None else _batched(key)
        _must_agree(q[-1:], v[-1:], "query and value must agree in the last axis")
        _must_agree(v[1:-1], k[1:-1], "value and key must agree in all axes but the last")
        if return_attention_scores:
            return q, Shape((q[0], self.num_query_heads, q[1], k[1]))
        return q

    def macs(self, query: Any, value: Any, key: Any = None, *, y: Any = None) -> Size:
        q, v = at_least_rank(query, 3), at_least_rank(value, 3)
        k = v if key is None else at_least_rank(key, 3)
        width, shared = self.num_query_heads * self.head_dim, self.num_key_value_heads * self.head_dim
        gate = q.numel * width if self.use_gate else 0
        projected = 2 * q.numel * width + (k.numel + v.numel) * shared + gate
        return projected + 2 * q[0] * q[1] * v[1] * width

    EXAMPLES = (
        Example("GroupQueryAttention(8, 4, 2)", params=3_168, input=[(None, 6, 32), (None, 5, 32)], output=(None, 6, 32)),
        Rejects("GroupQueryAttention(8, 4, 3)", says="equally"),
    )


class _Scored(KerasLayer):
    """Family of attentions without projections, called on a list of query, value and optionally key."""

    if TYPE_CHECKING:
        use_scale: Any
        score_mode: Any

    MASKS = True

    def masked(self, inputs: Any, mask: Any) -> Any:
        return first_of(mask)

    def triple(self, inputs: Any) -> tuple[Shape, Shape, Shape]:
        if isinstance(inputs, tuple):
            raise ShapeMismatch("expected a list [query, value] or [query, value, key]")
        shapes = many_inputs(inputs)
        if not 2 <= len(shapes) <= 3:
            raise ShapeMismatch(f"expected [query, value] or [query, value, key], got {len(shapes)} inputs")
        query, value, key = (*shapes, shapes[1])[:3]
        return at_least_rank(query, 1), at_least_rank(value, 1), at_least_rank(key, 1)

    def shape(self, inputs: Any, mask: Any = None, *, return_attention_scores: Any = False, **_: Any) -> Any:
        query, value, key = map(_batched, self.triple(inputs))
        output = Shape((*query[:-1], value[-1]))
        return (output, Shape((*query[:-1], key[-2]))) if return_attention_scores else output

    def macs(self, inputs: Any, y: Any) -> Size:
        query, value, key = self.triple(inputs)
        return query.numel * key[-2] + product(query[:-1]) * key[-2] * value[-1]


class Attention(_Scored):
    """Dot-product attention without projections: inputs [query (batch, T, d), value (batch, S, d), key]. Source: Luong et al. (2015)."""

    NAMES = ("keras.layers.Attention",)

    use_scale: Flag = False
    score_mode: Annotated[Any, one_of("dot", "concat")] = "dot"
    dropout: Comparable = 0.0
    seed: LooseSeed = None

    def weights(self, inputs: Any) -> Weights:
        self.triple(inputs)
        return self.own(scale=optional(self.use_scale, ()), concat_score_weight=optional(self.score_mode == "concat", ()))

    EXAMPLES = (
        Example("Attention()", params=0, input=[[(2, 5, 8), (2, 6, 8)]], output=(2, 5, 8), macs=960),
        Example("Attention(score_mode='concat')", params=1, input=[[(None, 5, 8), (None, 6, 8)]], output=(None, 5, 8)),
        Rejects("Attention(score_mode='x')", says="score_mode"),
    )


class AdditiveAttention(_Scored):
    """Attention that scores ``sum(scale * tanh(query + key))``: inputs [query, value, key]. Source: Bahdanau et al. (2015)."""

    NAMES = ("keras.layers.AdditiveAttention",)

    use_scale: Flag = True
    dropout: Comparable = 0.0
    _: KEYWORD_ONLY
    score_mode: Annotated[Any, one_of("dot", "concat")] = "dot"
    seed: LooseSeed = None

    def weights(self, inputs: Any) -> Weights:
        query, _, _ = self.triple(inputs)
        return self.own(scale=optional(self.use_scale, (query[-1],)))

    EXAMPLES = (
        Example("AdditiveAttention()", params=8, input=[[(None, 5, 8), (None, 6, 8)]], output=(None, 5, 8)),
        Example("AdditiveAttention(use_scale=False)", params=0, input=[[(None, 5, 8), (None, 6, 8)]], output=(None, 5, 8)),
    )
