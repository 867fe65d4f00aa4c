"""Parameter attributes: what ``weight_attr`` and ``bias_attr`` make of a parameter.

``False`` means that the parameter does not exist, ``None`` and ``True`` that it is an ordinary one; a ``ParamAttr`` may freeze it, and
a name or an initializer stands for a ``ParamAttr`` that has it.

Source: paddle.ParamAttr and paddle.nn.Layer.create_parameter, Paddle 3.3.1.
"""

from __future__ import annotations

from typing import Any

import msgspec
from msgspec.structs import replace

from paramlint.core.unknown import Reason, Unknown, Why
from paramlint.schema.conditions import Refused, certainly
from paramlint.schema.fields import Number, Text, Value, open_value, shown, truth
from paramlint.schema.layer import Layer
from paramlint.schema.op import Op
from paramlint.schema.weights import Weight

_LARGEST = 2**63 - 1


class Attribute(msgspec.Struct, frozen=True, eq=False):
    """A ``ParamAttr``, or an initializer or regularizer that stands for one."""

    trainable: Any = True
    learning_rate: Any = 1.0
    has_rate: bool = True  # an initializer has no learning rate of its own


class ParamAttr(Op):
    """Attributes of a parameter: name, initializer, learning rate, whether it is trained."""

    NAMES = ("paddle.ParamAttr", "paddle.static.WeightNormParamAttr")
    name: Text = None
    initializer: Value = None
    learning_rate: Number = 1.0
    regularizer: Value = None
    trainable: Value = True
    do_model_average: Value = True
    need_clip: Value = True

    def result(self) -> Attribute:
        return Attribute(self.trainable, self.learning_rate)


class Initializer(Op):
    """What fills a parameter: as an attribute it changes neither the shape nor whether the parameter is trained."""

    NAMES = (
        "paddle.nn.initializer.Initializer",
        *(f"paddle.nn.initializer.{name}" for name in (
            "Assign", "Bilinear", "Constant", "Dirac", "KaimingNormal", "KaimingUniform", "Normal", "Orthogonal", "TruncatedNormal",
            "Uniform", "XavierNormal", "XavierUniform")),
    )
    REST = "values"
    EXTRA = "options"
    values: Value
    options: Value

    def result(self) -> Attribute:
        return Attribute(has_rate=False)


class Regularizer(Initializer):
    """A penalty on a parameter, which changes neither its shape nor whether it is trained."""

    NAMES = ("paddle.regularizer.WeightDecayRegularizer", "paddle.regularizer.L1Decay", "paddle.regularizer.L2Decay")


OBJECTS = (*ParamAttr.NAMES, *Initializer.NAMES, *Regularizer.NAMES)


def parameter(name: str, attribute: Any, shape: Any) -> Weight | None:
    """The parameter that ``create_parameter`` makes of an attribute; None where it makes none. Raises Refused as Paddle does."""
    if attribute is None or attribute is True or isinstance(attribute, str):
        return Weight(shape)
    if attribute is False or (isinstance(attribute, list | tuple) and not attribute):
        return None
    if isinstance(attribute, Attribute):
        return Weight(shape, trainable=_trainable(name, attribute.trainable))
    if isinstance(attribute, int | float | complex | bytes | list | tuple | dict | set):
        raise Refused(f"`{name}` must be a ParamAttr, an initializer, a name, True, False or None, got {shown(attribute)}", field=name,
                      help=f"write `{name}=False` to leave the parameter out")
    reason = attribute.reason if isinstance(attribute, Unknown) else Reason(Why.ARGUMENT, f"depends on `{name}`")
    return Weight(shape, maybe=reason)


def kept(name: str, attribute: Any, shape: Any) -> Weight:
    """The parameter of a layer that makes a frozen one where the attribute is ``False``."""
    weight = parameter(name, None if attribute is False else attribute, shape)
    if weight is None:
        raise Refused(f"`{name}` must be a ParamAttr or False, got {shown(attribute)}", field=name)
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
                raise Refused(f"`{name}` of shape {list(weight.shape)}: a size must be an integer, got {size}", field=field)
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
