"""Functions of torch.nn.utils.rnn: sequences of several lengths, padded to one or packed.

Source: torch/nn/utils/rnn.py and PackedSequence.cpp, torch 2.13.
"""

from __future__ import annotations

from typing import Any

from paramlint.core.contents import Lost, flat
from paramlint.core.shapes import Shape, ShapeMismatch, differs
from paramlint.core.tensor import Results, Tensor
from paramlint.core.unknown import NeedsValue, Unknown, Why
from paramlint.frameworks.torch.common import unfit
from paramlint.frameworks.torch.ops_common import dtype_of, is_whole, made, shape_of
from paramlint.frameworks.torch.ops_data import from_data
from paramlint.frameworks.torch.packed import Packed
from paramlint.schema.fields import Value, open_value, shown, truth
from paramlint.schema.op import Op

_MOST = 1_000  # sequences that are told apart
_MOST_STEPS = 10_000  # of sequences whose lengths are known
_OPEN = Unknown.because(Why.INPUT, "a length read from the contents of a tensor")


def _named(*names: str) -> tuple[str, ...]:
    return tuple(f"torch.nn.utils.rnn.{name}" for name in names)


def _require(fits: bool, message: str, error: str = "TypeError") -> None:
    if not fits:
        raise ShapeMismatch(message, error=error)


def _flag(name: str, value: Any) -> bool:
    """A flag, which the framework takes as nothing else."""
    _require(open_value(value) or isinstance(value, bool), f"`{name}` must be True or False, got {shown(value)}")
    found = truth(value)
    if found is None:
        raise NeedsValue(Unknown.because(Why.ARGUMENT, f"`{name}` is not known"))
    return found


def _rest(shape: Shape, batch_first: bool, batch: Any, length: Any) -> Shape:
    return Shape((batch, length, *shape[2:]) if batch_first else (length, batch, *shape[2:]))


def _values(given: Tensor) -> list[Any] | None:
    try:
        found = flat(given)
    except Lost:
        return None
    return found if all(isinstance(value, int) for value in found) else None


class PadSequence(Op):
    """Sequences side by side, each padded to the longest."""

    NAMES = _named("pad_sequence")
    STRICT = True

    sequences: Value
    batch_first: Value = False
    padding_value: Value = 0.0
    padding_side: Value = "right"

    def result(self) -> Tensor:
        given, side = _elements(self.sequences, "RuntimeError"), self.padding_side
        for at, one in enumerate(given):
            _require(isinstance(one, Tensor) or open_value(one), f"expected Tensor as element {at} in argument 0, but got {shown(one)}")
        first = _flag("batch_first", self.batch_first)
        _require(not isinstance(self.padding_value, str | list | tuple | dict | None), "`padding_value` must be a number")
        _require(open_value(side) or isinstance(side, str), f"`padding_side` must be a text, got {shown(side)}")
        unfit(isinstance(side, str) and side not in ("left", "right"), f"`padding_side` must be left or right, got {shown(side)}")
        unfit(not given, "received an empty list of sequences")
        shapes = [shape_of(one, "sequences") for one in given]
        unfit(not shapes[0], "a number is no sequence")
        _require(all(shapes), "a number is no sequence", "IndexError")
        inner = shapes[0][1:]
        for shape in shapes[1:]:
            wanted = (shape[0], *inner)
            fits = len(shape) <= len(wanted) and all(not differs(1, size) or not differs(size, want)
                                                     for size, want in zip(reversed(shape), reversed(wanted), strict=False))
            unfit(not fits, f"sequences of shapes {shapes[0].text} and {shape.text} cannot be padded to one length")
        return made(_rest(Shape((0, 0, *inner)), first, len(shapes), _longest([shape[0] for shape in shapes])), dtype_of(given[0]))


def _elements(value: Any, error: str) -> list[Any]:
    """What an iterable holds. Raises ShapeMismatch for what is none."""
    if isinstance(value, Unknown):
        raise NeedsValue(value)
    if isinstance(value, Tensor):
        shape = shape_of(value)
        _require(bool(shape), "iteration over a 0-d tensor")
        if not isinstance(shape[0], int) or shape[0] > _MOST:
            raise NeedsValue(Unknown.because(Why.INPUT, "how many sequences there are"))
        return [Tensor(Shape(shape[1:]), value.dtype)] * shape[0]
    _require(isinstance(value, list | tuple | dict | set | frozenset | str), f"expected sequences, got {shown(value)}", error)
    return list(value)


def _longest(lengths: list[Any]) -> Any:
    return max(lengths) if all(isinstance(length, int) for length in lengths) else _OPEN


class PackPadded(Op):
    """The elements of padded sequences one step after the other, without the padding."""

    NAMES = _named("pack_padded_sequence")
    STRICT = True

    input: Value
    lengths: Value
    batch_first: Value = False
    enforce_sorted: Value = True

    def result(self) -> Any:
        ordered, lengths = truth(self.enforce_sorted), self._lengths()
        if ordered is None:
            raise NeedsValue(Unknown.because(Why.ARGUMENT, "`enforce_sorted` is not known"))
        _require(isinstance(self.input, Tensor) or open_value(self.input), f"`input` must be a Tensor, got {shown(self.input)}",
                 "TypeError" if ordered else "AttributeError")
        shape, first = shape_of(self.input), _flag("batch_first", self.batch_first)
        unfit(len(lengths.shape) != 1, f"`lengths` must have one dimension: {shape_of(lengths).text}")
        unfit(lambda: bool(ordered) and shape.numel == 0, "Cannot pack empty tensors.")
        _require(len(shape) > 1, f"padded sequences have two dimensions at least: {shape.text}", "IndexError")
        batch, length, count = shape[0 if first else 1], shape[1 if first else 0], lengths.shape[0]
        unfit(lambda: shape.numel == 0, "Cannot pack empty tensors.")
        if ordered:
            unfit(lambda: count != batch, f"{count} lengths are given for {batch} sequences")
        else:
            _require(not (isinstance(batch, int) and isinstance(count, int) and count > batch), "there are more lengths than sequences", "IndexError")
        values = _values(lengths)
        places = None if ordered else Tensor(Shape((count,)), "int64", below=count)
        if values is None:
            return packed(Shape((_OPEN, *shape[2:])), dtype_of(self.input), made((_OPEN,), "int64"), places)
        unfit(not values, "Cannot pack empty tensors.")
        unfit(any(value <= 0 for value in values), "each length must be greater than 0")
        unfit(bool(ordered) and values != sorted(values, reverse=True), "`lengths` must be sorted in decreasing order")
        if not isinstance(length, int) or not max(values) <= min(length, _MOST_STEPS):
            raise NeedsValue(_OPEN)
        steps = [sum(value > at for value in values) for at in range(max(values))]
        return packed(Shape((sum(values), *shape[2:])), dtype_of(self.input), made((len(steps),), "int64", lambda: steps), places)

    def _lengths(self) -> Tensor:
        if isinstance(self.lengths, Tensor):
            shape_of(self.lengths)
            return self.lengths
        given = self.lengths
        _require(not (isinstance(given, list | tuple) and any(isinstance(one, str) for one in given)), "`lengths` must be numbers", "ValueError")
        found = from_data(given, "int64")
        return Tensor(Shape((0,)), "int64", ()) if given == [] or given == () else found

    def unsure(self) -> str:
        values = _values(self._lengths())
        return "the lengths fit the padded sequences" if values is None else ""


def packed(shape: Shape, dtype: str, steps: Tensor, places: Tensor | None) -> Results:
    return Results.named(**dict(zip(Packed._fields, (made(shape, dtype), steps, places, places), strict=True)))


class PackSequence(Op):
    """Sequences packed one step after the other."""

    NAMES = _named("pack_sequence")
    STRICT = True

    sequences: Value
    enforce_sorted: Value = True

    def result(self) -> Any:
        given = _elements(self.sequences, "TypeError")
        for one in given:
            _require(isinstance(one, Tensor) or open_value(one), f"a {shown(one)} is no sequence", "AttributeError")
        shapes = [shape_of(one) for one in given]
        _require(all(shapes), "a number is no sequence", "IndexError")
        padded = PadSequence.build([given]).result()
        if not all(isinstance(shape[0], int) for shape in shapes):
            raise NeedsValue(_OPEN)
        return PackPadded.build([padded, [shape[0] for shape in shapes], False, self.enforce_sorted]).result()


def _parts(sequence: Any) -> Any:
    """The parts of a packed sequence. Raises ShapeMismatch for what is none."""
    if open_value(sequence):
        raise NeedsValue(sequence if isinstance(sequence, Unknown) else _OPEN)
    if isinstance(sequence, Tensor) and isinstance(sequence.shape, Unknown):  # what stands for the result of a call that is not known
        raise NeedsValue(sequence.shape)
    if not isinstance(sequence, tuple) or len(sequence) != len(Packed._fields):
        raise ShapeMismatch(f"{shown(sequence)} has no attribute 'batch_sizes'", error="AttributeError")
    data, steps = sequence[:2]
    shape_of(data)
    if not isinstance(steps, Tensor) or not shape_of(steps):
        raise NeedsValue(_OPEN)
    return sequence


class PadPacked(Op):
    """A packed sequence with its padding again, and the lengths."""

    NAMES = _named("pad_packed_sequence")
    STRICT = True

    sequence: Value
    batch_first: Value = False
    padding_value: Value = 0.0
    total_length: Value = None

    def result(self) -> Any:
        data, steps, places, _ = _parts(self.sequence)
        length, total = steps.shape[0], self.total_length
        if total is not None and not open_value(total):
            _require(isinstance(total, int), f"`total_length` must be an integer, got {shown(total)}")
            _require(not isinstance(length, int) or total >= length, f"`total_length` is {total}, less than the longest sequence", "ValueError")
        first = _flag("batch_first", self.batch_first)
        _require(not isinstance(self.padding_value, str | list | tuple | dict | None), "`padding_value` must be a number")
        counts = _values(steps)
        counts = None if counts and counts[0] > _MOST_STEPS else counts
        batch = counts[0] if counts else _OPEN
        whole = None if places is not None or counts is None else [sum(count > at for count in counts) for at in range(counts[0])]
        shape = _rest(Shape((0, *shape_of(data))), first, batch, length if total is None else total)
        return made(shape, dtype_of(data)), made((batch,), "int64", None if whole is None else lambda: whole)


class UnpadSequence(Op):
    """Padded sequences without their padding."""

    NAMES = _named("unpad_sequence")
    STRICT = True

    padded_sequences: Value
    lengths: Value
    batch_first: Value = False

    def result(self) -> Any:
        padded, lengths, first = self.padded_sequences, self.lengths, truth(self.batch_first)
        _require(isinstance(padded, Tensor) or open_value(padded), f"a Tensor is needed, got {shown(padded)}", "AttributeError")
        shape = shape_of(padded)
        _require(len(shape) > 1, f"padded sequences have two dimensions at least: {shape.text}", "IndexError")
        _require(isinstance(lengths, Tensor) or open_value(lengths), f"a Tensor is needed, got {shown(lengths)}", "AttributeError")
        counts = shape_of(lengths)
        _require(bool(counts), "iteration over a 0-d tensor")
        batch, count = shape[0 if first else 1], counts[0]
        _require(not differs(batch, count), f"{count} lengths are given for {batch} sequences", "ValueError")
        if not isinstance(batch, int) or batch > _MOST:
            raise NeedsValue(_OPEN)
        values, most = _values(lengths), shape[1 if first else 0]
        known = values is not None and isinstance(most, int) and len(counts) == 1
        return [made((min(values[at], most) if known and values else _OPEN, *shape[2:]), dtype_of(padded)) for at in range(batch)]

    def unsure(self) -> str:
        return "" if truth(self.batch_first) else "a tensor whose first two axes `unpad_sequence` swaps is not used again"


class UnpackSequence(Op):
    """The sequences in a packed one."""

    NAMES = _named("unpack_sequence")
    STRICT = True

    packed_sequences: Value

    def result(self) -> Any:
        padded, lengths = PadPacked.build([_parts(self.packed_sequences), True]).result()
        return UnpadSequence.build([padded, lengths, True]).result()


class InvertPermutation(Op):
    """Where each place of a permutation has come from."""

    NAMES = _named("invert_permutation")
    STRICT = True

    permutation: Value

    def result(self) -> Any:
        given = self.permutation
        if given is None:
            return None
        _require(isinstance(given, Tensor) or open_value(given), f"`input` must be a Tensor, got {shown(given)}")
        shape, values = shape_of(given), _values(given)
        unfit(not is_whole(dtype_of(given)) and dtype_of(given) != "unknown", "places must be whole numbers")
        unfit(values is not None and any(not 0 <= value < len(values) for value in values), "a place is out of bounds")
        return Tensor(shape, dtype_of(given), below=shape.numel)

    def unsure(self) -> str:
        given = self.permutation
        fits = given is None or (isinstance(given, Tensor) and (given.data is not None or given.below is not None))
        return "" if fits else "all places of a permutation are places that it has"

