"""Modules that mark where a model is quantised later: until then they have no weights and compute what floats compute.

Source: the documentation of torch.ao.quantization and torch.ao.nn.quantized (eager mode), torch 2.13.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from paramlint.core.shapes import ShapeMismatch
from paramlint.frameworks.torch.shaping import Identity
from paramlint.schema.example import Example, Rejects
from paramlint.schema.fields import Value
from paramlint.schema.layer import Layer


class _Stub(Layer):
    """A place in the model that gives back its input until it is quantised."""

    KIND = "identity"

    qconfig: Value = None

    def shape(self, x: Any) -> Any:
        return x


class QuantStub(_Stub):
    """Where numbers will be quantised; gives back its input until then."""

    NAMES = ("torch.ao.quantization.QuantStub",)
    EXAMPLES = (Example("QuantStub()", params=0, input=(2, 3), output=(2, 3)), Rejects("QuantStub(None, 1)", says="argument"))


class DeQuantStub(_Stub):
    """Where numbers will be floats again; gives back its input until then."""

    NAMES = ("torch.ao.quantization.DeQuantStub",)
    EXAMPLES = (Example("DeQuantStub()", params=0, input=(2, 3), output=(2, 3)),)


class _Operations(Layer):
    """Operations on floats as methods of a module that is not called itself."""

    KIND = "float operations"

    def shape(self, x: Any) -> Any:
        raise ShapeMismatch("the module is not to be called: call one of its operations, such as `add`")


class FloatFunctional(_Operations):
    """Operations on floats (``add``, ``mul``, ``cat`` …) as methods, with a place for what observes their results."""

    NAMES = ("torch.ao.nn.quantized.FloatFunctional",)
    EXAMPLES = (Example("FloatFunctional()", params=0), Rejects("FloatFunctional()", input=(2, 3), says="not to be called"))

    def children(self) -> Mapping[str, Any]:
        return {"activation_post_process": Identity.build()}


class FXFloatFunctional(_Operations):
    """Operations on floats (``add``, ``mul``, ``cat`` …) as methods; what observes their results is elsewhere."""

    NAMES = ("torch.ao.nn.quantized.FXFloatFunctional",)
    EXAMPLES = (Example("FXFloatFunctional()", params=0),)
