"""One executed call, as the conventions of cost look at it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

import msgspec

from paramlint.core import defects
from paramlint.core.dims import Size
from paramlint.core.shapes import Shape
from paramlint.core.tensor import Tensor
from paramlint.core.unknown import NeedsValue, Unknown, Why
from paramlint.schema.conditions import Refused
from paramlint.schema.fields import truth
from paramlint.schema.layer import Inner, Layer, call_signature
from paramlint.schema.op import Op
from paramlint.schema.weights import Weights

# What goes wrong when an entry is asked about values that it does not expect.


class Name(msgspec.Struct, frozen=True):
    """How a call is spelled: ``torch.nn.functional.relu`` of torch, ``torch.Tensor.__matmul__`` of an operator."""

    qualified: str = ""

    @property
    def framework(self) -> str:
        return self.qualified.partition(".")[0]

    @property
    def last(self) -> str:
        return self.qualified.rpartition(".")[2]


class CallFacts(msgspec.Struct, frozen=True, eq=False):
    """A call of a layer, of a function or operator, or of a module that is no layer of a framework.

    ``inputs`` are the arguments by name, tensors as their shapes, in the order of the call; ``output`` is the shape, nested as it is
    returned. ``macs`` are the exact multiply-accumulates. ``weights`` are the parameters of the module itself. ``type`` is the name of the
    module's class as it is written; ``exact`` says whether that is the framework's own class and not one derived from it, which tools that
    look classes up miss. The model runs in evaluation mode unless ``training``.
    """

    entry: Layer | Op | None
    inputs: Mapping[str, Any]
    output: Any
    macs: Size = 0
    name: Name = msgspec.field(default_factory=Name)
    type: str = ""
    exact: bool = True
    training: bool = False
    weights: Weights = msgspec.field(default_factory=Weights)

    @classmethod
    def of_layer(cls, entry: Layer, inputs: Mapping[str, Any], output: Any, *, type: str = "", exact: bool = True, training: bool = False,
                 macs: Size | None = None, weights: Weights | None = None) -> CallFacts:
        """A call of a layer. ``inputs`` are named as in the layer's ``shape``."""
        name = Name(entry.NAMES[0] if entry.NAMES else "")
        return cls(entry, inputs, output, cost_of(entry, inputs, output) if macs is None else macs, name, type or name.last, exact,
                   training, weights_of(entry, inputs) if weights is None else weights)

    @classmethod
    def of_operation(cls, op: Op, name: str, output: Any, *, macs: Size | None = None, training: bool = False) -> CallFacts:
        """A call of a function, a method or an operator. ``name`` is the qualified name it was found by, ``output`` what it returned."""
        signature = op.signature()
        names = [*(one.kept_as for one in signature.fields), *((signature.rest,) if signature.rest else ())]
        given = {one: shapes(getattr(op, one, None)) for one in names}
        return cls(op, {one: value for one, value in given.items() if holds_shape(value)}, shapes(output),
                   guarded(lambda: op.macs(output)) if macs is None else macs, Name(name), training=training)

    # What formulas ask ------------------------------------------------------------------------------------------------

    @property
    def kind(self) -> str:
        return self.entry.KIND if self.entry is not None else ""

    @property
    def module(self) -> bool:
        """Whether a module was called, and not a function or an operator."""
        return not isinstance(self.entry, Op)

    @property
    def title(self) -> str:
        """The class of the layer, in small letters; a lazy layer is what it becomes."""
        return self.name.last.lower().removeprefix("lazy")

    @property
    def x(self) -> Shape:
        """The shape of the first input. Raises NeedsValue where it is not known."""
        return first(list(self.inputs.values()))

    @property
    def y(self) -> Shape:
        """The shape of the first output. Raises NeedsValue where it is not known."""
        return first(self.output)

    def input(self, at: int) -> Shape:
        """The shape of an input by its position."""
        return first(list(self.inputs.values())[at])

    def has(self, weight: str) -> Size:
        """1 if the call has this weight (``bias``), 0 if not; an Unknown where that is not known."""
        if isinstance(self.entry, Op):
            value = getattr(self.entry, weight, None)
            return value if isinstance(value, Unknown) else int(value is not None)
        found = self.weights.get(weight)
        if found is None:
            return 0
        return 1 if found.maybe is None else Unknown(found.maybe)

    def flag(self, name: str) -> Size:
        """1 if the entry's argument is true, 0 if it is not or there is none; an Unknown where that is not known."""
        value = getattr(self.entry, name, False)
        held = truth(value)
        return held_unknown(value, name) if held is None else int(held)

    def weight_shape(self) -> Shape:
        """The shape of the weight, of a layer or as it was given to a function."""
        if isinstance(self.entry, Op):
            return first(shapes(getattr(self.entry, "weight", None)))
        found = self.weights["weight"].shape
        return first(found if isinstance(found, Unknown) else Shape(found))

    def option(self, name: str, default: Any = None) -> Any:
        """An argument of the call by name."""
        return self.inputs.get(name, default)

    def inner(self) -> tuple[tuple[CallFacts, Size], ...]:
        """The calls of layers inside this one, and how often each is made; empty where the layer is one piece."""
        if not isinstance(self.entry, Layer) or type(self.entry).calls is Layer.calls:
            return ()
        return tuple((inside(call, self.training), call.times) for call in needed(self.entry.calls, self.inputs))


def inside(call: Inner, training: bool) -> CallFacts:
    if not isinstance(call.layer, Layer):
        raise NeedsValue(Unknown.because(Why.UNSUPPORTED, "the cost of a module that is not known"))
    return CallFacts.of_layer(call.layer, call.inputs, call.output, training=training)


def needed(method: Callable[..., Any], given: Mapping[str, Any]) -> Any:
    """What a method of an entry gives for those arguments that it asks for."""
    names = call_signature(method).parameters
    return method(**{name: value for name, value in given.items() if name in names})


def guarded(compute: Callable[[], Size]) -> Size:
    """A size, or why it is not known."""
    try:
        return compute()
    except NeedsValue as error:
        return error.unknown
    except Refused as error:
        return Unknown.because(Why.UNSUPPORTED, f"the cost of this call ({error})")
    except defects.ERRORS as error:
        return Unknown.because(Why.UNSUPPORTED, f"the cost of this call ({defects.noted(error)})")


def cost_of(entry: Layer, inputs: Mapping[str, Any], output: Any) -> Size:
    """The exact multiply-accumulates of a layer's call."""
    if isinstance(output, Unknown):
        return output
    return guarded(lambda: needed(entry.macs, {**inputs, "y": output}))


def weights_of(entry: Layer, inputs: Mapping[str, Any]) -> Weights:
    """The parameters of a layer, those that its first call makes too."""
    made: Weights = entry.weights(*list(inputs.values())[:1]) if entry.BUILDS_ON_CALL else entry.weights()
    return Weights({name: weight for name, weight in made.items() if not weight.buffer})


def held_unknown(value: Any, name: str) -> Unknown:
    return value if isinstance(value, Unknown) else Unknown.because(Why.ARGUMENT, f"`{name}` is not known")


def shapes(value: Any) -> Any:
    """Tensors as their shapes, in lists and tuples too."""
    if isinstance(value, Tensor):
        return value.shape
    if isinstance(value, list | tuple) and not isinstance(value, Shape):
        return tuple(shapes(item) for item in value)
    return value


def holds_shape(value: Any) -> bool:
    if isinstance(value, Shape | Unknown):
        return True
    return isinstance(value, list | tuple) and any(map(holds_shape, value))


def first(value: Any) -> Shape:
    """The first shape in what may be nested. Raises NeedsValue where there is none that is known."""
    for found in leaves(value):
        if isinstance(found, Unknown):
            raise NeedsValue(found)
        return found
    raise NeedsValue(Unknown.because(Why.INPUT, "the shape of this call's tensors is not known"))


def leaves(value: Any) -> Iterator[Shape | Unknown]:
    if isinstance(value, Shape | Unknown):
        yield value
    elif isinstance(value, list | tuple):
        for item in value:
            yield from leaves(item)
    elif isinstance(value, Mapping):
        yield from leaves(list(value.values()))
