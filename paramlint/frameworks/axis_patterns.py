"""Patterns of named axes, as in ``b c (h p) w -> b (h w) (p c)``: what they ask of a shape, and the shape that they give.

Source: the documentation of einops 0.8 ("rearrange, reduce and repeat", "EinMix").
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from paramlint.core.dims import Formula, Size, product
from paramlint.core.shapes import Shape, ShapeMismatch, differs
from paramlint.core.unknown import NeedsValue, Unknown, Why
from paramlint.schema.conditions import Refused
from paramlint.schema.fields import Value, open_value, shown
from paramlint.schema.layer import Layer
from paramlint.schema.weights import Weights

DOTS = "…"  # stands for the axes under "..."

Group = tuple[str, ...]  # the names whose product is one axis; those of a size of 1 are left out


@dataclass(frozen=True, slots=True)
class Side:
    """One side of a pattern. A number in it is the name of an axis of that size, told from others by its place."""

    groups: tuple[Group, ...]
    dotted_alone: bool  # the dots stand outside of brackets

    @property
    def names(self) -> list[str]:
        return [name for group in self.groups for name in group]

    def unfolded(self, dots: int) -> tuple[Group, ...]:
        """The groups with ``dots`` axes in place of the dots."""
        axes = [f"{DOTS}{at}" for at in range(dots)]
        found: list[Group] = []
        for group in self.groups:
            if group == (DOTS,) and self.dotted_alone:
                found += [(axis,) for axis in axes]
            else:
                found.append(tuple(one for name in group for one in (axes if name == DOTS else (name,))))
        return tuple(found)


def sides(pattern: Any) -> tuple[Side, Side]:
    """Both sides of a pattern. Raises Refused, or NeedsValue where it is not known."""
    if open_value(pattern) or not isinstance(pattern, str):
        raise NeedsValue(pattern if isinstance(pattern, Unknown) else Unknown.because(Why.ARGUMENT, "the pattern of axes"))
    left, arrow, right = pattern.partition("->")
    if not arrow or "->" in right:
        raise Refused(f"a pattern needs one `->`: {shown(pattern)}", field="pattern")
    return side(left), side(right)


def side(text: str) -> Side:
    """One side of a pattern. Raises Refused for what is no pattern."""
    if text.count(".") not in (0, 3) or (text.count(".") == 3 and "..." not in text):
        raise Refused(f"a pattern may have dots only as one `...`: {shown(text.strip())}", field="pattern")
    words = text.replace("...", DOTS).replace("(", " ( ").replace(")", " ) ").split()
    groups: list[Group] = []
    inner: list[str] | None = None
    alone = False
    for at, word in enumerate(words):
        if word == "(":
            if inner is not None:
                raise Refused(f"brackets inside brackets: {shown(text.strip())}", field="pattern")
            inner = []
        elif word == ")":
            if inner is None:
                raise Refused(f"the brackets do not match: {shown(text.strip())}", field="pattern")
            groups.append(tuple(inner))
            inner = None
        else:
            alone = alone or (word == DOTS and inner is None)
            found = _named(word, at, text)
            if inner is not None:
                inner += found
            else:
                groups.append(tuple(found))
    if inner is not None:
        raise Refused(f"the brackets do not match: {shown(text.strip())}", field="pattern")
    made = Side(tuple(groups), alone)
    twice = next((name for name in made.names if made.names.count(name) > 1), None)
    if twice is not None:
        raise Refused(f"the axis `{twice}` is named twice: {shown(text.strip())}", field="pattern")
    return made


def _named(word: str, at: int, text: str) -> list[str]:
    if word.isdecimal():
        if int(word) == 0:
            raise Refused(f"an axis of size 0: {shown(text.strip())}", field="pattern")
        return [] if int(word) == 1 else [f"{int(word)} {at} {text}"]
    if word != DOTS and (not word.isidentifier() or word[0] == "_" or word[-1] == "_"):
        raise Refused(f"`{word}` is no name of an axis: {shown(text.strip())}", field="pattern")
    return [word]


def number(name: str) -> int | None:
    """The size of an axis that is written as a number."""
    return int(name.split(" ")[0]) if " " in name else None


def check(kind: str, left: Side, right: Side, sizes: Mapping[str, Any]) -> None:
    """Refuse a pattern whose sides do not go together; ``kind`` is rearrange, reduce or repeat."""
    if DOTS in left.names and not left.dotted_alone:
        raise Refused("`...` in brackets on the left side", field="pattern")
    if DOTS in right.names and DOTS not in left.names:
        raise Refused("`...` only on the right side", field="pattern")
    gone = [name for name in left.names if name not in right.names]
    new = [name for name in right.names if name not in left.names]
    if kind == "rearrange" and any(number(name) is not None for name in (*left.names, *right.names)):
        raise Refused("a rearrangement may have no number but 1", field="pattern")
    if kind in ("rearrange", "repeat") and gone:
        raise Refused(f"the axis `{gone[0].split(' ')[0]}` is only on the left side", field="pattern")
    if kind in ("rearrange", "reduce") and new:
        raise Refused(f"the axis `{new[0].split(' ')[0]}` is only on the right side", field="pattern")
    loose = next((name for name in new if number(name) is None and name not in sizes), None)
    if loose is not None:
        raise Refused(f"the new axis `{loose}` needs a size", field="pattern")
    unused = next((name for name in sizes if name not in left.names and name not in right.names), None)
    if unused is not None:
        raise Refused(f"the axis `{unused}` is not in the pattern", field=unused)


def lengths(shape: Shape, left: Side, right: Side, sizes: Mapping[str, Any]) -> tuple[dict[str, Size], int]:
    """The size of every axis by its name, and how many axes the dots stand for. Raises ShapeMismatch where the shape does not fit."""
    has_dots = DOTS in left.names
    count = len(left.groups) - has_dots
    if shape.rank < count or (shape.rank > count and not has_dots):
        raise ShapeMismatch(f"expected {'at least ' * has_dots}{count} dimensions, got {shape.rank}: {shape.text}")
    known: dict[str, Size] = {name: found for name in (*left.names, *right.names) if (found := number(name)) is not None}
    known.update(sizes)
    dots = shape.rank - count
    for group, size in zip(left.unfolded(dots), shape, strict=True):
        _settle(group, size, known, shape)
    return known, dots


def _settle(group: Group, size: Size, known: dict[str, Size], shape: Shape) -> None:
    """The sizes of the names that make up one axis."""
    open_names = [name for name in group if name not in known]
    if len(open_names) > 1:
        raise ShapeMismatch(f"the sizes of {' and '.join(f'`{name}`' for name in open_names)} cannot both be found")
    given = product(known[name] for name in group if name in known)
    if not open_names:
        if differs(given, size):
            raise ShapeMismatch(f"the axes {_written(group)} make {given}, the tensor has {size}: {shape.text}",
                                fits=size if isinstance(size, int) else None)
        return
    if isinstance(size, int) and isinstance(given, int) and (given <= 0 or size % given):
        raise ShapeMismatch(f"a dimension of size {size} is not divisible by {given}, the size of {_written(group)}: {shape.text}")
    known[open_names[0]] = size if isinstance(given, int) and given == 1 else size // given


def _written(group: Group) -> str:
    return "(" + " ".join(name.split(" ")[0] for name in group) + ")"


def transformed(kind: str, pattern: Any, shape: Shape, sizes: Mapping[str, Any]) -> Shape:
    """The shape that a pattern makes of a shape. Raises Refused for a pattern that is none, ShapeMismatch for a shape that does not fit."""
    left, right = sides(pattern)
    check(kind, left, right, sizes)
    known, dots = lengths(shape, left, right, {name: _size(name, value) for name, value in sizes.items()})
    return Shape(product(known[name] for name in group) for group in right.unfolded(dots))


def _size(name: str, value: Any) -> Any:
    if isinstance(value, bool) or not isinstance(value, int | Formula | Unknown):
        raise NeedsValue(Unknown.because(Why.UNSUPPORTED, f"the size of the axis `{name}` is a {type(value).__name__}"))
    return value


# Layers -------------------------------------------------------------------------------------------------------------------


class Rearranging(Layer):
    """Family: axes split, joined and put in another order."""

    KIND = "shape"
    EXTRA = "axes_lengths"
    pattern: Value
    axes_lengths: Value

    def check(self) -> None:
        check("rearrange", *sides(self.pattern), self.axes_lengths)

    def weights(self) -> Weights:
        return Weights()

    def shape(self, input: Any) -> Shape:
        return transformed("rearrange", self.pattern, input, self.axes_lengths)


class Reducing(Layer):
    """Family: axes that are not on the right side of the pattern are reduced, after they are rearranged."""

    EXTRA = "axes_lengths"
    pattern: Value
    reduction: Value
    axes_lengths: Value

    def check(self) -> None:
        check(kind_of(self.reduction), *sides(self.pattern), self.axes_lengths)

    def weights(self) -> Weights:
        return Weights()

    def shape(self, input: Any) -> Shape:
        return transformed(kind_of(self.reduction), self.pattern, input, self.axes_lengths)


def kind_of(reduction: Any) -> str:
    """What a reduction does to the axes: ``rearrange`` and ``repeat`` may stand where it does. Raises Refused for one that there is not."""
    if isinstance(reduction, str) and reduction in ("rearrange", "repeat"):
        return reduction
    if isinstance(reduction, str) and reduction not in ("min", "max", "sum", "mean", "prod", "any", "all"):
        raise Refused(f"there is no reduction {shown(reduction)}", field="reduction")
    return "reduce"


class Mixing(Layer):
    """Family: a product with a weight whose axes are named, summed over those that the right side does not have."""

    EXTRA = "axes_lengths"
    pattern: Value
    weight_shape: Value
    bias_shape: Value = None
    axes_lengths: Value

    def check(self) -> None:
        Mixing.weights(self)

    def weights(self, *inputs: Any) -> Weights:
        _, right = sides(self.pattern)
        return Weights(weight=tuple(self._size(name) for name in self._weight().names), bias=self._bias(right))

    def _weight(self) -> Side:
        if not isinstance(self.weight_shape, str):
            raise NeedsValue(Unknown.because(Why.ARGUMENT, "the axes of the weight"))
        return side(self.weight_shape)

    def _size(self, name: str) -> Any:
        if name not in self.axes_lengths:
            raise Refused(f"the axis `{name}` of the weight needs a size", field="weight_shape")
        return _size(name, self.axes_lengths[name])

    def _bias(self, right: Side) -> Any:
        """One axis for each name on the right side, of size 1 where the bias has it not; none before the first that it has."""
        if self.bias_shape is None:
            return None
        if not isinstance(self.bias_shape, str):
            raise NeedsValue(Unknown.because(Why.ARGUMENT, "the axes of the bias"))
        names = side(self.bias_shape).names
        strange = next((name for name in names if name not in right.names), None)
        if strange is not None:
            raise Refused(f"the axis `{strange}` of the bias is not in the result", field="bias_shape")
        return tuple(self._size(name) if name in names else 1 for name in right.names if name != DOTS)

    def shape(self, input: Any) -> Shape:
        known, right, dots = self._lengths(input)
        return Shape(product(known[name] for name in group) for group in right.unfolded(dots))

    def _lengths(self, input: Shape) -> tuple[dict[str, Any], Side, int]:
        left, right = sides(self.pattern)
        weight = self._weight()
        known, dots = lengths(input, left, right, {name: _size(name, value) for name, value in self.axes_lengths.items()})
        strange = next((name for name in right.names if name != DOTS and name not in left.names and name not in weight.names), None)
        if strange is not None:
            raise Refused(f"the axis `{strange}` is only on the right side", field="pattern")
        return known, right, dots

    def macs(self, input: Any) -> Size:
        """One for each combination of all axes."""
        known, _, dots = self._lengths(input)
        left, _ = sides(self.pattern)
        names = {name for group in left.unfolded(dots) for name in group} | set(self._weight().names)
        return product(known[name] for name in sorted(names))
