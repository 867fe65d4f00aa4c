"""How a function of torch.nn.functional follows from its layer: the same fields after the inputs, the same shapes."""

from __future__ import annotations

from typing import Any, ClassVar

from paramlint.core.shapes import Shape
from paramlint.core.tensor import Tensor
from paramlint.core.unknown import NeedsValue, Unknown
from paramlint.frameworks.torch.ops_common import dtype_of, integer, made, shape_of
from paramlint.schema.fields import anything
from paramlint.schema.layer import REQUIRED, Field, Layer, Signature
from paramlint.schema.op import Op


class FromLayer(Op):
    """``INPUTS`` are the tensors; ``ORDER`` names the layer's fields where the function takes them in another order or not all.

    ``IGNORED`` are further arguments that do not change the shape, with their defaults.
    """

    LAYER: ClassVar[type[Layer]]
    INPUTS: ClassVar[tuple[str, ...]] = ("input",)
    ORDER: ClassVar[tuple[str, ...]] = ()
    IGNORED: ClassVar[tuple[str, ...]] = ()
    given: dict[str, Any]

    @classmethod
    def signature(cls) -> Signature:
        cached: Signature | None = cls.__dict__.get("_signature")
        if cached is None:
            fields = {field.name: field for field in cls.LAYER.signature().fields}
            names = cls.ORDER or tuple(name for name in fields if name not in ("device", "dtype"))
            inputs = [Field(name, REQUIRED, anything, False) for name in cls.INPUTS]
            options = [Field(name, fields[name].default if name in fields else None, anything, False) for name in (*names, *cls.IGNORED)]
            cached = cls._signature = Signature((*inputs, *options), None, None)
        return cached

    def layer(self) -> Layer:
        given = {}
        for field in self.LAYER.signature().fields:
            value = getattr(self, field.name, field.default)
            if value is not field.default:
                given[field.name] = _plain(value)
        layer = self.LAYER.build((), given)
        layer.training = getattr(self, "training", True)
        return layer

    def result(self) -> Any:
        shapes = [_input(getattr(self, name)) for name in self.INPUTS]
        return self.tensors(self.layer().shape(*shapes))

    def tensors(self, shape: Any) -> Any:
        """The result's tensors; in a pair the second one holds places."""
        dtype = dtype_of(getattr(self, self.INPUTS[0]))
        if isinstance(shape, Unknown):
            raise NeedsValue(shape)
        if isinstance(shape, Shape):
            return made(shape, dtype)
        return tuple(made(one, dtype if at == 0 else "int64") for at, one in enumerate(shape))

    def undecided(self, unknown: Unknown) -> Any:
        return Tensor(unknown, dtype_of(getattr(self, self.INPUTS[0])))


def _input(value: Any) -> Any:
    return None if value is None else shape_of(value)


def _plain(value: Any) -> Any:
    """Sizes may be given as tensors of one element."""
    if isinstance(value, list | tuple):
        return tuple(_plain(item) for item in value)
    return integer(value) if isinstance(value, Tensor) and not isinstance(value.shape, Unknown) and not value.shape else value
