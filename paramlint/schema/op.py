"""Entries for functions and tensor methods: one entry for all the spellings of one operation."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, ClassVar, Self

from paramlint.core.dims import Size
from paramlint.core.shapes import Shape, ShapeMismatch
from paramlint.core.tensor import Tensor
from paramlint.core.unknown import Unknown
from paramlint.schema.example import Example, Rejects
from paramlint.schema.layer import Signature, bind, renamed, signature_of


class Op:
    """Base of all operations.

    Fields, ``REST``, ``EXTRA`` and ``ALIASES`` are declared as a layer's are. Tensor arguments arrive as ``core.tensor.Tensor``; every
    other value as it is. ``NAMES`` are qualified names; a tensor's method is spelled ``torch.Tensor.reshape`` and gets the tensor as its
    first field. A method whose name ends with ``_`` changes its tensor and gives it back.
    """

    NAMES: ClassVar[tuple[str, ...]] = ()
    EXAMPLES: ClassVar[tuple[Example | Rejects, ...]] = ()
    REST: ClassVar[str | None] = None
    EXTRA: ClassVar[str | None] = None
    DROPS: ClassVar[tuple[str, ...]] = ()
    ALIASES: ClassVar[Mapping[str, str]] = {}
    KEYWORD_ONLY_BASE: ClassVar[bool] = False
    KIND: ClassVar[str] = ""
    SHARES: ClassVar[bool] = False  # the result may be another view of the first tensor's memory
    STRICT: ClassVar[bool] = False  # whether the framework takes no other arguments than the entry, which it refuses with a TypeError
    RAISES: ClassVar[str] = ""  # what the framework raises for shapes that do not fit, where it is not its usual exception
    LAYER: ClassVar[Any] = None  # the entry of the layer that the function makes and calls on its first argument
    OUTPUT: ClassVar[str] = ""  # the second argument, where a tensor that is given there becomes the result
    ATTRIBUTE: ClassVar[bool] = False  # the methods among NAMES are read, not called (``x.T``)
    RESHAPES: ClassVar[bool] = False  # the spelling that changes its tensor changes the shape too
    drawn = False  # whether the call is one of a graph, whose rules the framework has besides those for data
    _signature: ClassVar[Signature]

    def __init_subclass__(cls, keyword_only: bool = False, **options: Any) -> None:
        super().__init_subclass__(**options)
        cls.KEYWORD_ONLY_BASE = keyword_only
        if cls.__dict__.get("NAMES", ()) and not cls.__doc__:
            raise TypeError(f"{cls.__name__}: an entry needs a docstring")

    def result(self) -> Any:
        """What the call returns: a Tensor, a tuple of them, a size … Raises ShapeMismatch for what the framework refuses."""
        raise NotImplementedError

    def applied(self, shape: Any) -> Any:
        """What the object makes of a tensor of this shape that it is called on: a Weight."""
        raise NotImplementedError

    def outcome(self) -> Any:
        """The result, in which no tensor has a negative size. Raises ShapeMismatch where one would."""
        found = self.result()
        for one in found if isinstance(found, list | tuple) else (found,):
            shape = one.shape if isinstance(one, Tensor) else None
            if isinstance(shape, Shape) and any(isinstance(size, int) and size < 0 for size in shape):
                raise ShapeMismatch(f"the result would have a negative size: {shape.text}")
        return found

    def unsure(self) -> str:
        """Of a call whose result is known: why the framework may refuse it all the same, as the contents of a tensor decide; else empty."""
        return ""

    def undecided(self, unknown: Unknown) -> Any:
        """What the call returns where that depends on something that is not known."""
        return Tensor(unknown, "unknown")

    def macs(self, y: Any) -> Size:
        """Multiply-accumulates of the call; ``y`` is what ``result`` returned."""
        return 0

    @classmethod
    def signature(cls) -> Signature:
        cached: Signature | None = cls.__dict__.get("_signature")
        if cached is None:
            cached = signature_of(cls, Op)
            cls._signature = cached
        return cached

    @classmethod
    def build(cls, args: Sequence[Any] = (), kwargs: Mapping[str, Any] | None = None) -> Self:
        """The operation bound to its arguments. Raises Refused where the framework raises."""
        op = cls.__new__(cls)
        for field, value in bind(cls.__name__, cls.signature(), args, renamed(kwargs or {}, cls.ALIASES)).items():
            setattr(op, field, value)
        return op
