"""The dense layer whose product is written as an einsum equation."""

from __future__ import annotations

import re
from typing import Annotated, Any, NamedTuple

from paramlint.core.dims import Formula, Size, product, unsized
from paramlint.core.shapes import Shape, ShapeMismatch, differs
from paramlint.core.unknown import NeedsValue, Unknown, Why
from paramlint.frameworks.keras.base import KerasLayer, lora, one_input
from paramlint.frameworks.keras.kinds import Activation, Constraint, Initializer, Regularizer
from paramlint.schema.conditions import NotAnInteger, Refused
from paramlint.schema.example import Example, Rejects
from paramlint.schema.fields import Value, open_value, shown
from paramlint.schema.weights import Weights

_LETTERS = "[a-zA-Z]"
_PLAIN = re.compile(f"({_LETTERS}+),({_LETTERS}+)->({_LETTERS}+)")
_LEFT = re.compile(f"0({_LETTERS}+),({_LETTERS}+)->0({_LETTERS}+)")
_RIGHT = re.compile(f"({_LETTERS}{{2,}})0,({_LETTERS}+)->({_LETTERS}+)0")


def partial_shape(name: str, value: Any) -> Any:
    """The output sizes after the batch: one, or several of which None takes the input's."""
    if isinstance(value, Unknown):
        return value
    if isinstance(value, int | Formula):
        return (value,)
    if isinstance(value, float):
        raise NotAnInteger(f"`{name}` must be an integer or a tuple of them, got {value!r}", field=name)
    if not isinstance(value, list | tuple):
        raise Refused(f"`{name}` must be an integer or a tuple of them, got {shown(value)}", field=name)
    return tuple(value)


class Analysed(NamedTuple):
    """What an equation makes of an input: None stands for a size that Keras leaves open."""

    kernel: tuple[Any, ...]
    bias: tuple[Any, ...] | None
    output: tuple[Any, ...]
    summed: Size  # the size of what is summed over


class Equation(NamedTuple):
    """The letters of the input, the kernel and the output; ``left`` for an ellipsis in front, which may stand for any axes."""

    inputs: str
    kernel: str
    output: str
    left: bool

    @classmethod
    def parse(cls, text: Any) -> Equation:
        if open_value(text):
            raise NeedsValue(text if isinstance(text, Unknown) else Unknown.because(Why.ARGUMENT, f"the equation `{text}`"))
        if not isinstance(text, str):
            raise ShapeMismatch(f"an einsum equation must be a string, got {shown(text)}", error="TypeError")
        plain = text.replace("...", "0")
        for pattern in (_PLAIN, _LEFT, _RIGHT):
            if found := pattern.match(plain):
                inputs, kernel, output = found.groups()
                return cls(inputs, kernel, output, pattern is _LEFT)
        raise ShapeMismatch(f"the einsum equation {shown(text)} has none of the forms `ab,bc->ac`, `...ab,bc->...ac` and `ab...,bc->ac...`")

    def analyse(self, x: Shape, partial: Any, bias_axes: Any) -> Analysed:
        if isinstance(partial, Unknown):
            raise NeedsValue(partial)
        elided = x.rank - len(self.inputs)
        output = self._output(x, list(partial), elided)
        shift = elided if self.left else 0
        given = {letter: _at(x, i - len(self.inputs) if self.left else i) for i, letter in enumerate(self.inputs)}
        made = {letter: _at(output, i + shift) for i, letter in enumerate(self.output)}
        self._agree(given, made)
        kernel = tuple(made[letter] if letter in made else given[letter] for letter in self.kernel)
        summed = product(given[letter] for letter in set(self.kernel) - set(self.output))
        return Analysed(kernel, self._bias(made, bias_axes, elided), tuple(output), summed)

    def _output(self, x: Shape, partial: list[Any], elided: int) -> list[Any]:
        if elided > 0 and self.left:  # Keras inserts one after the other in front, which reverses them
            return [x[0], *reversed(x[1:elided]), *partial]
        return [x[0], *partial, *(x[x.rank - elided:] if elided > 0 else ())]

    def _agree(self, given: dict[str, Any], made: dict[str, Any]) -> None:
        for letter, size in given.items():
            if made.get(letter) is not None and differs(size, made[letter]):
                raise ShapeMismatch(f"axis `{letter}` is {size} in the input and {made[letter]} in the output")
        for letter in self.output:
            if letter not in self.inputs and letter not in self.kernel:
                raise ShapeMismatch(f"axis `{letter}` of the output is in neither the input nor the kernel")
        for letter in self.kernel:
            if letter not in made and letter not in given:
                raise ShapeMismatch(f"axis `{letter}` of the kernel is in neither the input nor the output")

    def _bias(self, made: dict[str, Any], axes: Any, elided: int) -> tuple[Any, ...] | None:
        if axes is None:
            return None
        if isinstance(axes, Unknown):
            raise NeedsValue(axes)
        if not isinstance(axes, str | list | tuple) or not axes or any(letter not in self.output for letter in axes):
            raise ShapeMismatch(f"the bias axes {shown(axes)} are not all in the output `{self.output}`")
        first = min(self.output.index(letter) for letter in axes)
        sizes = tuple(made[letter] if letter in axes else 1 for letter in self.output[first:])
        return sizes if self.left else sizes + (1,) * max(elided, 0)


def _at(sizes: Any, index: int) -> Any:
    if not -len(sizes) <= index < len(sizes):
        raise ShapeMismatch("the equation has more axes than the input or the output shape", error="IndexError")
    return sizes[index]


class EinsumDense(KerasLayer):
    """Dense layer whose product is an einsum equation: ``y = activation(einsum(equation, x, kernel) + bias)``.

    Input of the shape that the left of the equation names; output of what its right names. `output_shape` gives the output's sizes
    after the batch, None for what the input decides (and Keras leaves open).
    """

    NAMES = ("keras.layers.EinsumDense", "keras.layers.experimental.EinsumDense")
    KIND = "linear"

    equation: Value
    output_shape: Annotated[Any, partial_shape]
    activation: Activation = None
    bias_axes: Value = None
    kernel_initializer: Initializer = "glorot_uniform"
    bias_initializer: Initializer = "zeros"
    kernel_regularizer: Regularizer = None
    bias_regularizer: Regularizer = None
    kernel_constraint: Constraint = None
    bias_constraint: Constraint = None
    lora_rank: Value = None
    lora_alpha: Value = None
    gptq_unpacked_column_size: Value = None
    quantization_config: Value = None

    def analysed(self, inputs: Any) -> Analysed:
        return Equation.parse(self.equation).analyse(one_input(inputs), self.output_shape, self.bias_axes)

    def weights(self, inputs: Any) -> Weights:
        found = self.analysed(inputs)
        kernel = found.kernel
        weights = {"kernel": kernel, "bias": found.bias}
        return self.own(**lora(weights, "kernel", self.lora_rank, self.kernel_constraint,
                               lora_kernel_a=(*kernel[:-1], self.lora_rank), lora_kernel_b=(self.lora_rank, kernel[-1])))

    def shape(self, inputs: Any, **_: Any) -> Shape:
        output = self.analysed(inputs).output
        return Shape(unsized(f"{axis} of {self.equation}") if size is None else size for axis, size in enumerate(output))

    def macs(self, inputs: Any, y: Any) -> Size:
        return y.numel * self.analysed(inputs).summed

    EXAMPLES = (
        Example("EinsumDense('abc,cd->abd', output_shape=(None, 64), bias_axes='d')", params=8_256, input=(None, 32, 128),
                output=(None, None, 64)),
        Example("EinsumDense('...x,xy->...y', output_shape=64)", params=8_192, input=(2, 32, 128), output=(2, 32, 64), macs=524_288),
        Rejects("EinsumDense('ab,bc->ac', output_shape=None)", says="output_shape"),
        Rejects("EinsumDense('ab,bc->ac', output_shape=64, bias_axes='z')", input=(None, 32), says="bias axes"),
    )
