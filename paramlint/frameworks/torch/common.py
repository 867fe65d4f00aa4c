"""What torch's layers share: how it stores arguments, which tensors it allocates, which integers its operators take.

Source: torch.nn.modules.utils, the constructors of torch.empty and the argument parser of torch's operators (torch 2.13).
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Annotated, Any, TypeVar

from paramlint.core.dims import is_known, product
from paramlint.core.shapes import Shape, ShapeMismatch
from paramlint.core.unknown import Unknown, Why
from paramlint.frameworks.torch.errors import ERRORS
from paramlint.schema.conditions import Refused, WrongKind, certainly
from paramlint.schema.fields import Converter, open_value, shown, whole
from paramlint.schema.layer import Layer

Made = TypeVar("Made", bound=Layer)

_LARGEST = 2**63 - 1
_BYTES = 4  # an element of the default dtype


def as_tuple(count: int, item: Converter | None = None) -> Converter:
    """torch's ``_ntuple``: whatever can be iterated becomes a tuple of any length, anything else is repeated ``count`` times."""

    def convert(name: str, value: Any) -> Any:
        if not open_value(value) and isinstance(value, Iterable):
            items = tuple(value)
        else:
            items = (value,) * count
        return items if item is None else tuple(item(name, one) for one in items)

    return convert


def or_none(converter: Converter) -> Converter:
    """The converter, with None left as it is, and so an Unknown, which may be None."""

    def convert(name: str, value: Any) -> Any:
        return value if value is None or isinstance(value, Unknown) else converter(name, value)

    return convert


# Arguments that become part of a weight's shape are whole numbers; others are stored as they are and looked at in a call.
Kernel1 = Annotated[Any, as_tuple(1, whole)]
Kernel2 = Annotated[Any, as_tuple(2, whole)]
Kernel3 = Annotated[Any, as_tuple(3, whole)]
Tuple1 = Annotated[Any, as_tuple(1)]
Tuple2 = Annotated[Any, as_tuple(2)]
Tuple3 = Annotated[Any, as_tuple(3)]
MaybeTuple1 = Annotated[Any, or_none(as_tuple(1))]
MaybeTuple2 = Annotated[Any, or_none(as_tuple(2))]
MaybeTuple3 = Annotated[Any, or_none(as_tuple(3))]
Tuple4 = Annotated[Any, as_tuple(4)]
Tuple6 = Annotated[Any, as_tuple(6)]


def _axes(name: str, value: Any) -> Any:
    """``normalized_shape``: a whole number stands for one axis."""
    if isinstance(value, Unknown):
        return value
    if isinstance(value, Iterable):
        return tuple(whole(name, item) for item in value)
    return (whole(name, value),)


Axes = Annotated[Any, _axes]


def allocatable(shape: Any, *fields: str) -> None:
    """Refuse a shape that ``torch.empty`` refuses. ``fields`` name the argument behind each axis, the last one behind the rest."""
    if isinstance(shape, Unknown):
        return
    for axis, size in enumerate(shape):
        field = fields[min(axis, len(fields) - 1)] if fields else None
        if axis == 0 and isinstance(size, bool):
            raise WrongKind(f"`{field}` must be an integer, got {size}", field=field)
        if is_known(size) and abs(size) > _LARGEST:
            raise Refused(f"{size} is too large for a size of a tensor", field=field, error="TypeError")
    for axis, size in enumerate(shape):
        if certainly(lambda size=size: size < 0):
            field = fields[min(axis, len(fields) - 1)] if fields else None
            raise Refused(f"a tensor cannot have the negative size {size}: {list(shape)}", field=field, error="RuntimeError")
    numel = product(size for size in shape)
    if is_known(numel) and numel * _BYTES > _LARGEST:
        raise Refused(f"a tensor of the sizes {list(shape)} has more bytes than can be addressed", field=fields[0] if fields else None,
                      error="RuntimeError")


def built(cls: type[Made], lazy: Layer, **sizes: Any) -> Made:
    """The layer that a lazy one becomes on its first call, when ``sizes`` are known. What building it refuses, the call refuses."""
    given = lazy.arguments()
    arguments = {field.name: given[field.name] for field in cls.signature().fields if field.name in given}
    try:
        layer = cls.build((), {**arguments, **sizes})
    except Refused as refused:
        raise ShapeMismatch(refused.message, error=ERRORS.of(refused)) from refused
    layer.training = lazy.training
    return layer


def unfit(condition: Any, message: str, *, fits: int | None = None, error: str = "") -> None:
    """Raise ShapeMismatch if the condition, a value or a function that gives one, certainly holds."""
    if certainly(condition):
        raise ShapeMismatch(message, fits=fits, error=error)


def integers(name: str, value: Any, count: int) -> tuple[Any, ...]:
    """A list of integers as torch's operators take it: one integer stands for ``count`` of them; a list may have any length.

    Raises ShapeMismatch for what the argument parser refuses; an Unknown stands for ``count`` unknown integers.
    """
    if open_value(value):
        return (value,) * count
    if isinstance(value, bool) or not isinstance(value, int | list | tuple):
        raise ShapeMismatch(f"`{name}` must be an integer or a tuple of integers, got {shown(value)}", error="TypeError")
    if isinstance(value, int):
        return (value,) * count
    sizes = [_of_tensor() if isinstance(item, Shape) and item.numel == 1 else item for item in value]
    for position, item in enumerate(sizes):
        # The parser looks closely at the first item only: (1, True) passes, (True, 1) does not.
        if not open_value(item) and (not isinstance(item, int) or (position == 0 and isinstance(item, bool))):
            raise ShapeMismatch(f"`{name}` must hold integers, got {shown(value)}", error="TypeError")
    return tuple(sizes)


def _of_tensor() -> Unknown:
    """A size that is given as a tensor of one element, of which an entry sees the shape."""
    return Unknown.because(Why.INPUT, "a size read from the contents of a tensor")


def per_axis(name: str, value: Any, count: int) -> tuple[Any, ...]:
    """``integers``, expanded from one to ``count`` axes; another number of them is refused."""
    found = integers(name, value, count)
    if len(found) == 1:
        return found * count
    if len(found) != count:
        raise ShapeMismatch(f"`{name}` must be a single integer or {count} of them, got {shown(value)}")
    return found


def ranks(input: Any, least: int, what: str, error: str = "") -> bool:
    """Whether the input has a batch axis: ``least`` axes are an input without one, one more with one. Others are refused."""
    if len(input) not in (least, least + 1):
        raise ShapeMismatch(f"{what} takes {least} (unbatched) or {least + 1} (batched) dimensions, got {len(input)}: {input.text}", error=error)
    return len(input) == least + 1
