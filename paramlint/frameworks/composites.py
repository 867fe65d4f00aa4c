"""Calls that PyTorch makes of others: products, attention, einsum. What they save follows from their steps."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from paramlint.core.tensor import DTYPE_BYTES
from paramlint.core.unknown import NeedsValue, Unknown, Why
from paramlint.frameworks import einsums
from paramlint.frameworks import strides as lie
from paramlint.frameworks.memory import Used, shape_of
from paramlint.frameworks.tape import Own, Piece, Tape
from paramlint.schema.fields import truth
from paramlint.schema.layer import Layer


def follow(used: Used) -> tuple[Tape, list[Piece | None]]:
    """The steps of a call and its results. Raises NeedsValue."""
    tape = Tape()
    found = FOLLOWED[used.word](used, tape)
    return tape, found


def _given(used: Used, at: int) -> Piece:
    tensor = used.inputs[at]
    size = DTYPE_BYTES.get(tensor.dtype)
    if size is None:
        raise NeedsValue(Unknown.because(Why.UNSUPPORTED, "the dtype of a tensor that is made on the way"))
    return Piece(shape_of(tensor), used.strides[at], at, size, bool(used.trained) and used.trained[at])


def _argument(used: Used, name: str, place: int) -> Piece | None:
    at = used.at(name, place)
    return None if at is None else _given(used, at)


def _needed(used: Used, name: str, place: int) -> Piece:
    found = _argument(used, name, place)
    if found is None:
        raise _unknown(used)
    return found


def _unknown(used: Used) -> NeedsValue:
    return NeedsValue(Unknown.because(Why.UNSUPPORTED, f"what training keeps of `{used.word}` with such arguments"))


def _weight(used: Used, name: str, shape: tuple[Any, ...], size: int) -> Piece | None:
    """A weight of the layer itself."""
    return Piece(shape, lie.in_order(shape), Own(), size, used.own[name]) if name in used.own else None


def _linear(used: Used, tape: Tape) -> list[Piece | None]:
    one = _needed(used, "input", 0)
    if isinstance(used.entry, Layer):
        weight = _weight(used, "weight", (shape_of(used.outputs[0])[-1], one.shape[-1]), one.bytes)
        bias = _weight(used, "bias", (shape_of(used.outputs[0])[-1],), one.bytes)
        if weight is None:
            raise _unknown(used)
    else:
        weight, bias = _needed(used, "weight", 1), _argument(used, "bias", 2)
    if one.strides is None and len(one.shape) > 2:
        if not isinstance(weight.memory, Own) and one.trained:
            tape.save(weight)
        if weight.trained:
            tape.loose.append(0)
        return [tape.new(shape_of(used.outputs[0]), like=[one, weight])]
    return [tape.linear(one, weight, bias)]


def _matmul(used: Used, tape: Tape) -> list[Piece | None]:
    if len(used.inputs) != 2:
        raise _unknown(used)
    return [tape.matmul(_given(used, 0), _given(used, 1))]


def _plus_product(used: Used, tape: Tape) -> list[Piece | None]:
    """``addmm`` and ``baddbmm``: a sum with a product of matrices."""
    if len(used.inputs) != 3:
        raise _unknown(used)
    return [tape.mm(_given(used, 1), _given(used, 2))]


def _normalized(used: Used, tape: Tape) -> list[Piece | None]:
    """The vectors, their lengths, and those again without zeros."""
    one = _needed(used, "input", 0)
    axis = used.given("dim", 1, 1)
    if used.given("p", 0, 2.0) != 2 or not isinstance(axis, int):
        raise _unknown(used)
    length = tape.total(one, [axis % len(one.shape)])
    shorter = tape.total(one, [axis % len(one.shape)])
    for piece in (one, length, shorter):
        tape.save(piece)
    return [tape.scale(one)]


def _attention(used: Used, tape: Tape) -> list[Piece | None]:
    """``softmax(query @ key.T) @ value``, as it is computed where no fused kernel is chosen (``_scaled_dot_product_attention_math``)."""
    query, key, value = (_needed(used, name, at) for at, name in enumerate(("query", "key", "value")))
    mask, share = _argument(used, "attn_mask", 3), used.given("dropout_p", 3, 0.0)
    if not isinstance(share, int | float) or truth(used.given("enable_gqa", 6, False)) is not False or share == 1:
        raise _unknown(used)
    return [attended(tape, query, key, value, mask, drops=share > 0)]


def attended(tape: Tape, query: Piece, key: Piece, value: Piece, mask: Piece | None, *, drops: bool) -> Piece:
    scores = tape.matmul(tape.scale(query), tape.scale(tape.transpose(key, -2, -1)))
    scores.trained = scores.trained or (mask is not None and mask.trained)
    weights = tape.softmax(scores)
    return tape.matmul(tape.dropout(weights) if drops else weights, value)


def _heads(used: Used, tape: Tape) -> list[Piece | None]:
    """``MultiheadAttention`` in training (``multi_head_attention_forward``)."""
    parts = [_needed(used, name, at) for at, name in enumerate(("query", "key", "value"))]
    entry = used.entry
    strange = [truth(flag) is not False for flag in (entry.add_bias_kv, entry.add_zero_attn)]
    needs = truth(call_argument(used, "need_weights", 4, True))
    first, share = truth(entry.batch_first), entry.dropout
    if any(strange) or needs is None or not isinstance(share, int | float) or share >= 1:
        raise _unknown(used)
    if "in_proj_weight" not in used.own or truth(used.training) is None or first is None:
        raise _unknown(used)
    alone = len(parts[0].shape) == 2
    if alone:  # no batch
        first, parts = False, [part.seen([part.shape[0], 1, part.shape[1]], (part.steps[0], 0, part.steps[1])) for part in parts]
    one, two = (used.sources[index] == used.sources[at] if (at := used.at(name, place)) is not None and index is not None else False
                for name, place, index in (("key", 1, used.at("query", 0)), ("value", 2, used.at("key", 1))))
    turned = [tape.transpose(part, 0, 1) if first else part for part in parts]
    rows = _projections(used, tape, turned, one=one and not alone, two=two and not alone)  # an axis for the batch makes other tensors of them
    found = _attending(used, tape, rows, needs=needs, drops=truth(used.training) is True and share > 0)
    found[0] = tape.transpose(found[0], 0, 1) if first and found[0] is not None else found[0]
    return found


def call_argument(used: Used, name: str, place: int, default: Any) -> Any:
    """An argument of a layer's call, counted from the first one."""
    if used.named and name in used.named:
        return used.named[name]
    return used.options[place - 1] if place <= len(used.options) else default


def _projections(used: Used, tape: Tape, parts: list[Piece], *, one: bool, two: bool) -> list[Piece]:
    """Query, key and value times their parts of ``in_proj_weight`` (``_in_projection_packed``).

    ``one``: query and key are the same tensor; ``two``: key and value are.
    """
    embed = parts[0].shape[-1]

    def projected(part: Piece, times: int) -> list[Piece]:
        weight = _weight(used, "in_proj_weight", (times * embed, embed), part.bytes)
        bias = _weight(used, "in_proj_bias", (times * embed,), part.bytes)
        assert weight is not None
        found = tape.linear(part, weight, bias)
        if times == 1:
            return [found]
        apart = tape.contiguous(tape.permute(tape.reshape(found, [*found.shape[:2], times, embed]), (2, 0, 1, 3)))
        return [apart.seen(apart.shape[1:], apart.steps[1:]) for _ in range(times)]

    if one and two:
        return projected(parts[0], 3)
    return projected(parts[0], 1) + (projected(parts[1], 2) if two else [*projected(parts[1], 1), *projected(parts[2], 1)])


def _attending(used: Used, tape: Tape, parts: list[Piece], *, needs: bool, drops: bool) -> list[Piece | None]:
    heads = used.entry.num_heads
    (length, batch, embed), source = parts[0].shape, parts[1].shape[0]
    rows = [tape.transpose(tape.reshape(one, [one.shape[0], batch * heads, embed // heads]), 0, 1) for one in parts]
    if needs:
        weights = tape.softmax(tape.mm(tape.scale(rows[0]), tape.transpose(rows[1], -2, -1)))
        found = tape.transpose(tape.mm(tape.dropout(weights) if drops else weights, rows[2]), 0, 1)
    else:
        each = [tape.reshape(one, [batch, heads, size, embed // heads]) for one, size in zip(rows, (length, source, source), strict=True)]
        found = tape.permute(attended(tape, each[0], each[1], each[2], None, drops=drops), (2, 0, 1, 3))
    weight = _weight(used, "out_proj.weight", (embed, embed), parts[0].bytes)
    if weight is None:
        raise _unknown(used)
    out = tape.linear(tape.reshape(found, [length * batch, embed]), weight, _weight(used, "out_proj.bias", (embed,), parts[0].bytes))
    return [tape.reshape(out, [length, batch, embed]), None]


def _einsum(used: Used, tape: Tape) -> list[Piece | None]:
    equation = used.named["equation"] if used.named and "equation" in used.named else used.head
    pieces = [_given(used, at) for at in range(len(used.inputs))]
    found = einsums.contracted(tape, equation, pieces) if isinstance(equation, str) else None
    if found is None:
        raise _unknown(used)
    return [found]


FOLLOWED: dict[str, Callable[[Used, Tape], list[Piece | None]]] = {
    "linear": _linear, "matmul": _matmul, "addmm": _plus_product, "baddbmm": _plus_product, "normalize": _normalized,
    "fused attention": _attention, "attention": _heads, "einsum": _einsum,
}
