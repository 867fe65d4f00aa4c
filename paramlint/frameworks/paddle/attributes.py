"""Parameter attributes: what ``weight_attr`` and ``bias_attr`` make of a parameter.

``False`` means that the parameter does not exist, ``None`` and ``True`` that it is an ordinary one; a ``ParamAttr`` may freeze it, and
a name or an initializer stands for a ``ParamAttr`` that has it.

Source: paddle.ParamAttr and paddle.nn.Layer.create_parameter, Paddle 3.3.1.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, ClassVar

import msgspec
from msgspec.structs import replace

from paramlint.core.dims import NoNumber
from paramlint.core.tensor import Tensor
from paramlint.core.unknown import Reason, Unknown, UnknownArray, Why
from paramlint.schema.conditions import Refused, certainly
from paramlint.schema.fields import Value, open_value, shown, truth
from paramlint.schema.layer import Layer
from paramlint.schema.op import Op
from paramlint.schema.weights import Weight

_LARGEST = 2**63 - 1
PLAIN = (str, bytes, int, float, complex, list, tuple, dict, set)


class Attribute(msgspec.Struct, frozen=True, eq=False):
    """A ``ParamAttr``, or an initializer or regularizer that stands for one."""

    trainable: Any = True
    learning_rate: Any = 1.0
    has_rate: bool = True  # an initializer has no learning rate of its own
    name: Any = None
    initialiser: Any = None  # what fills the parameter, if that is said
    filled: Any = None  # of an initializer: the shape of what it fills the parameter with, which becomes the parameter's
    ranks: tuple[int, int] = (0, 9)  # of an initializer: how many axes it can fill
    divides: Any = 1  # of an initializer: what the size of the first axis is a multiple of
    doubt: str = ""  # of an initializer: an argument with which it may fill nothing


class ParamAttr(Op):
    """Attributes of a parameter: name, initializer, learning rate, whether it is trained."""

    NAMES = ("paddle.ParamAttr", "paddle.static.WeightNormParamAttr")
    name: Value = None
    initializer: Value = None
    learning_rate: Value = 1.0
    regularizer: Value = None
    trainable: Value = True
    do_model_average: Value = True
    need_clip: Value = True

    def result(self) -> Attribute:
        if self.name == "":
            raise Refused("the name of a ParamAttr cannot be empty", field="name", error="ValueError")
        return Attribute(self.trainable, self.learning_rate, name=self.name, initialiser=self.initializer)


class Initializer(Op):
    """What fills a parameter: as an attribute it changes neither the shape nor whether the parameter is trained."""

    NAMES: ClassVar[tuple[str, ...]] = ("paddle.nn.initializer.Initializer",)
    RANKS: ClassVar[tuple[int, int]] = (0, 9)

    def applied(self, shape: Any) -> Weight:
        """What a call makes of a tensor of this shape."""
        return filled(Weight(shape), type(self).__name__, self.result())

    def result(self) -> Attribute:
        return Attribute(has_rate=False, initialiser=True, ranks=self.RANKS, doubt=next(self.doubts(), ""))

    def doubts(self) -> Iterator[str]:
        """The arguments that are no numbers, which the constructor keeps. Raises Refused for None where it is none of the defaults."""
        for field in self.signature().fields:
            value = getattr(self, field.name)
            if field.name == "name" or (value is None and field.default is None):
                continue
            if value is None:
                raise Refused(f"`{field.name}` cannot be None", field=field.name, error="AssertionError")
            if isinstance(value, PLAIN) and not isinstance(value, int | float):
                yield field.name


class Constant(Initializer):
    """Fills with one number."""

    NAMES = ("paddle.nn.initializer.Constant",)
    value: Value = 0.0

    def result(self) -> Attribute:
        if self.value is None:
            raise Refused("the value cannot be None", field="value", error="ValueError")
        return super().result()


class Kaiming(Initializer):
    """Fills with random numbers whose spread follows from the inputs of each output."""

    NONLINEARITIES: ClassVar[tuple[str, ...]] = ("sigmoid", "linear", "conv1d", "conv2d", "conv3d", "conv1d_transpose", "conv2d_transpose",
                                                 "conv3d_transpose", "tanh", "relu", "leaky_relu", "selu")

    NAMES = ("paddle.nn.initializer.KaimingNormal", "paddle.nn.initializer.KaimingUniform")
    fan_in: Value = None
    negative_slope: Value = 0.0
    nonlinearity: Value = "relu"
    mode: Value = "fan_in"

    def doubts(self) -> Iterator[str]:
        if isinstance(self.mode, (*PLAIN, type(None))) and self.mode not in ("fan_in", "fan_out"):
            raise Refused(f"`mode` must be 'fan_in' or 'fan_out', got {shown(self.mode)}", field="mode", error="ValueError")
        if self.mode == "fan_out" and self.fan_in is not None and not open_value(self.fan_in):
            raise Refused("`fan_in` does not go with the mode 'fan_out'", field="fan_in", error="ValueError")
        if isinstance(self.nonlinearity, (*PLAIN, type(None))) and self.nonlinearity not in self.NONLINEARITIES:
            yield "nonlinearity"
        if isinstance(self.fan_in, PLAIN) and not (isinstance(self.fan_in, int | float) and self.fan_in > 0):
            yield "fan_in"
        if isinstance(self.negative_slope, PLAIN) and not isinstance(self.negative_slope, int | float):
            yield "negative_slope"


class Normal(Initializer):
    """Fills with numbers from a normal distribution."""

    NAMES = ("paddle.nn.initializer.Normal",)
    mean: Value = 0.0
    std: Value = 1.0
    name: Value = None


class TruncatedNormal(Initializer):
    """Fills with numbers from a normal distribution between two bounds."""

    NAMES = ("paddle.nn.initializer.TruncatedNormal",)
    mean: Value = 0.0
    std: Value = 1.0
    a: Value = -2.0
    b: Value = 2.0
    name: Value = None


class Uniform(Initializer):
    """Fills with numbers between two bounds."""

    NAMES = ("paddle.nn.initializer.Uniform",)
    low: Value = -1.0
    high: Value = 1.0
    name: Value = None

    def result(self) -> Attribute:
        for name in ("low", "high"):
            if isinstance(value := getattr(self, name), PLAIN) and not isinstance(value, int | float):
                raise Refused(f"`{name}` must be a number, got {shown(value)}", field=name, error="TypeError")
        if certainly(lambda: self.high < self.low):
            raise Refused(f"`high` cannot be lower than `low`, got {shown(self.low)} and {shown(self.high)}", field="high", error="AssertionError")
        return super().result()


class Xavier(Initializer):
    """Fills with random numbers whose spread follows from inputs and outputs."""

    NAMES = ("paddle.nn.initializer.XavierNormal", "paddle.nn.initializer.XavierUniform")
    fan_in: Value = None
    fan_out: Value = None
    gain: Value = 1.0
    name: Value = None

    def doubts(self) -> Iterator[str]:
        for name in ("fan_in", "fan_out", "gain"):
            value = getattr(self, name)
            if isinstance(value, PLAIN) and not (isinstance(value, int | float) and value >= 0):
                yield name
        if self.gain is None:
            yield "gain"


class Bilinear(Initializer):
    """Fills the weight of a transposed convolution so that it enlarges an image."""

    NAMES = ("paddle.nn.initializer.Bilinear",)
    RANKS = (4, 4)


class Dirac(Initializer):
    """Fills the weight of a convolution so that it gives back its input."""

    NAMES = ("paddle.nn.initializer.Dirac",)
    RANKS = (3, 5)
    groups: Value = 1
    name: Value = None

    def result(self) -> Attribute:
        groups = self.groups
        if groups is None or isinstance(groups, PLAIN):
            if not isinstance(groups, int | float):
                raise Refused(f"`groups` must be a number, got {shown(groups)}", field="groups", error="TypeError")
            if isinstance(groups, float) or groups <= 0:
                raise Refused(f"`groups` must be a positive integer, got {shown(groups)}", field="groups", error="AssertionError")
        return replace(super().result(), divides=groups)


class Orthogonal(Initializer):
    """Fills a weight with an orthogonal matrix."""

    NAMES = ("paddle.nn.initializer.Orthogonal",)
    RANKS = (2, 9)
    gain: Value = 1.0
    name: Value = None


class Assign(Op):
    """Fills a parameter with numbers that are given, whose shape it takes."""

    NAMES = ("paddle.nn.initializer.Assign",)
    value: Value
    name: Value = None

    def result(self) -> Attribute:
        if isinstance(self.value, str | int | float | dict | set | None):
            raise Refused(f"`value` must hold numbers, got {shown(self.value)}", field="value", error="AssertionError")
        return Attribute(has_rate=False, initialiser=True, filled=shape_of_numbers(self.value))

    def applied(self, shape: Any) -> Weight:
        """What a call makes of a tensor of this shape."""
        return filled(Weight(shape), "Assign", self.result())


class Regularizer(Op):
    """A penalty on a parameter, which changes neither its shape nor whether it is trained."""

    NAMES = ("paddle.regularizer.L1Decay", "paddle.regularizer.L2Decay")
    coeff: Value = 0.0

    def result(self) -> Attribute:
        return Attribute(has_rate=False)


_ENTRIES = (ParamAttr, Initializer, Constant, Kaiming, Normal, TruncatedNormal, Uniform, Xavier, Bilinear, Dirac, Orthogonal, Assign, Regularizer)
OBJECTS = tuple(name for entry in _ENTRIES for name in entry.NAMES)


def shape_of_numbers(value: Any) -> Any:
    """The shape of a tensor, of lists of numbers, or of a number."""
    if isinstance(value, Tensor):
        return value.shape
    if isinstance(value, UnknownArray):
        return value.sizes
    if isinstance(value, int | float):
        return ()
    if isinstance(value, list | tuple) and value and not isinstance(value[0], Unknown):
        inner = shape_of_numbers(value[0])
        return inner if isinstance(inner, Unknown) else (len(value), *inner)
    return value if isinstance(value, Unknown) else Unknown.because(Why.ARGUMENT, "the shape of what a parameter is filled with")


def parameter(name: str, attribute: Any, shape: Any) -> Weight | None:
    """The parameter that ``create_parameter`` makes of an attribute; None where it makes none. Raises Refused as Paddle does."""
    if attribute is None or attribute is True:
        return Weight(shape)
    if isinstance(attribute, str):
        return Weight(shape, name=attribute)
    if attribute is False or (isinstance(attribute, list | tuple) and not attribute):
        return None
    if isinstance(attribute, Attribute):
        return filled(Weight(shape, trainable=_trainable(name, attribute.trainable), name=attribute.name), name,
                      attribute if attribute.initialiser is True else attribute.initialiser)
    if isinstance(attribute, int | float | complex | bytes | list | tuple | dict | set | NoNumber | Tensor):
        listed = isinstance(attribute, list | tuple) and all(one is None or isinstance(one, bool | str | Attribute) for one in attribute)
        error = "AssertionError" if listed else "TypeError"
        raise Refused(f"`{name}` must be a ParamAttr, an initializer, a name, True, False or None, got {shown(attribute)}", field=name,
                      error=error, help=f"write `{name}=False` to leave the parameter out")
    reason = attribute.reason if isinstance(attribute, Unknown) else Reason(Why.ARGUMENT, f"depends on `{name}`")
    return Weight(shape, maybe=reason)


def filled(weight: Weight, name: str, initialiser: Any) -> Weight:
    """A parameter that something fills: numbers give it their own shape, and some initializers fill no other than matrices."""
    if initialiser is None:
        return weight
    if isinstance(initialiser, PLAIN):
        raise Refused(f"the initializer in `{name}` cannot be called: {shown(initialiser)}", field=name, error="TypeError")
    if not isinstance(initialiser, Attribute):
        return weight
    least, most = initialiser.ranks
    if not isinstance(weight.shape, Unknown) and not least <= len(weight.shape) <= most:
        return replace(weight, maybe=Reason(Why.ARGUMENT, f"the initializer in `{name}` does not fill {len(weight.shape)} axes"))
    if initialiser.doubt:
        return replace(weight, maybe=Reason(Why.ARGUMENT, f"the initializer in `{name}` may not take its `{initialiser.doubt}`"))
    divides = initialiser.divides
    if divides != 1 and not isinstance(weight.shape, Unknown) and not certainly(lambda: weight.shape[0] % divides == 0):
        return replace(weight, maybe=Reason(Why.ARGUMENT, f"the initializer in `{name}` may not fill {weight.shape[0]} rows"))
    return weight if initialiser.filled is None else replace(weight, shape=initialiser.filled)


def kept(name: str, attribute: Any, shape: Any) -> Weight:
    """The parameter of a layer that makes a frozen one where the attribute is ``False``."""
    weight = parameter(name, None if attribute is False else attribute, shape)
    if weight is None:
        return Weight(shape, maybe=Reason(Why.ARGUMENT, f"`{name}` is an empty list"))
    if weight.maybe is not None:  # it is there, whatever the attribute is: only whether it is trained is not known
        return Weight(shape, trainable=Unknown(weight.maybe))
    return replace(weight, trainable=False) if attribute is False else weight


def rated(name: str, attribute: Any, shape: Any) -> Weight | None:
    """The parameter of a layer that trains it unless its learning rate is 0, whatever ``trainable`` says."""
    weight = parameter(name, attribute, shape)
    if weight is None or not isinstance(attribute, Attribute):
        return weight
    rate = attribute.learning_rate
    if open_value(rate):
        return replace(weight, trainable=Unknown.because(Why.ARGUMENT, f"depends on the learning rate in `{name}`"))
    return replace(weight, trainable=not (attribute.has_rate and rate == 0.0))


def creatable(layer: Layer, *fields: str) -> None:
    """Refuse weights of sizes that no tensor can have. ``fields`` are those that sizes come from, for the message."""
    for name, weight in layer.weights().items():
        if isinstance(weight.shape, Unknown) or weight.maybe is not None:
            continue
        for size in weight.shape:
            field = next((one for one in fields if getattr(layer, one, None) is size), fields[0] if fields else None)
            if isinstance(size, bool):
                raise Refused(f"`{name}` of shape {list(weight.shape)}: a size must be an integer, got {size}", field=field, error="TypeError")
            if certainly(lambda size=size: size < 0):
                raise Refused(f"`{name}` of shape {list(weight.shape)}: a size cannot be negative, got {size}", field=field,
                              error="AssertionError")
            if isinstance(size, int) and size > _LARGEST:
                raise Refused(f"`{name}`: {size} is too large for a size of a tensor", field=field)


def _trainable(name: str, value: Any) -> bool | Unknown:
    known = truth(value)
    if known is not None:
        return known
    return value if isinstance(value, Unknown) else Unknown.because(Why.ARGUMENT, f"depends on `trainable` in `{name}`")
