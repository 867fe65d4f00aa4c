"""Layer entries: signature, checks, weights, shapes, MACs and examples of a layer in one class."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import cache
from typing import TYPE_CHECKING, Any, ClassVar, NamedTuple, Self, get_origin, get_type_hints

from paramlint.core.dims import NoNumber, Size
from paramlint.core.shapes import Shape
from paramlint.core.unknown import MayRefuse, NeedsValue
from paramlint.schema.binding import bind
from paramlint.schema.conditions import Refused, UnexpectedKeyword
from paramlint.schema.example import Example, Rejects
from paramlint.schema.fields import Converter
from paramlint.schema.weights import Weights, inner_weights

if TYPE_CHECKING:
    from inspect import Signature as PythonSignature

_MISSING: Any = object()
REQUIRED = _MISSING  # the default of a field that has none


class Field(NamedTuple):
    name: str
    default: Any
    converter: Converter
    keyword_only: bool
    attribute: str = ""  # where the value is kept, if not under the argument's name

    @property
    def required(self) -> bool:
        return self.default is _MISSING

    @property
    def kept_as(self) -> str:
        return self.attribute or self.name


class Signature(NamedTuple):
    """The fields in the framework's order; ``rest`` names the ``*args`` field, ``extra`` the ``**kwargs`` field."""

    fields: tuple[Field, ...]
    rest: str | None
    extra: str | None


def call_signature(method: Callable[..., Any]) -> PythonSignature:
    """What a method of an entry takes."""
    return _without_self(method.__func__)  # type: ignore[attr-defined]


@cache
def _without_self(function: Callable[..., Any]) -> PythonSignature:
    from inspect import signature  # a large module, which the import of every layer would wait for

    found = signature(function)
    return found.replace(parameters=list(found.parameters.values())[1:])


class Inner(NamedTuple):
    """A call that a layer makes of one inside it, ``times`` times: shapes by the names of that one's ``shape``, and what it returns."""

    layer: Any
    inputs: Mapping[str, Any]
    output: Any
    times: Size = 1

    @classmethod
    def of(cls, layer: Any, *inputs: Any, times: Size = 1, **options: Any) -> Inner:
        """The call with these arguments, given as to ``shape``."""
        if not isinstance(layer, Layer):
            return cls(layer, {}, None, times)
        bound = call_signature(layer.shape).bind(*inputs, **options).arguments
        return cls(layer, bound, layer.shape(**bound), times)


class Origin(NamedTuple):
    """The module of the analysed code that an argument stands for, and what becomes of it: ``itself``, a ``copy`` of it with all that it
    holds, or another one, made ``again`` of the arguments that it keeps in one of its attributes."""

    module: Any
    becomes: str = "itself"
    arguments: str = ""


class Layer(NoNumber):
    """Base of all layer entries.

    Annotated class attributes are the signature, in the framework's order, those of base classes first. A base declared with
    ``keyword_only=True`` (options that every layer of a framework takes) has its fields last and by keyword only; fields after a
    ``KEYWORD_ONLY`` marker annotation (``_: KEYWORD_ONLY``) likewise. A subclass may give an inherited field another default by
    assigning it without annotation. ``REST``/``EXTRA`` name a field that takes ``*args``/``**kwargs``. ``DROPS`` names inherited fields
    that this class does not take. ``ALIASES`` are further keywords for a field (``{"eps": "epsilon"}``). An argument that is called like a
    member of this class is declared with an underscore: ``weights_``.

    An entry with ``NAMES`` needs a docstring and ``EXAMPLES``; one without is an abstract family.
    """

    NAMES: ClassVar[tuple[str, ...]] = ()
    EXAMPLES: ClassVar[tuple[Example | Rejects, ...]] = ()
    REST: ClassVar[str | None] = None
    EXTRA: ClassVar[str | None] = None
    UNEXPECTED: ClassVar[str] = ""  # what it raises for a keyword that it does not have, where that is not the framework's usual exception
    DROPS: ClassVar[tuple[str, ...]] = ()
    ALIASES: ClassVar[Mapping[str, str]] = {}
    KEYWORD_ONLY_BASE: ClassVar[bool] = False
    BUILDS_ON_CALL: ClassVar[bool] = False
    SAYS_SHAPE: ClassVar[bool] = True  # whether the framework's layer says its output's shape, also for subclasses with a call of their own
    CALLS_FUNCTION: ClassVar[bool] = False  # whether it runs a function that it is given on its inputs
    ATTRIBUTES: ClassVar[tuple[str, ...]] = ()  # members that the framework's layer has as attributes, beside its arguments
    DERIVED: ClassVar[tuple[str, ...]] = ()  # fields that the framework's layer keeps in a form of its own, which is not modelled
    BUILT: ClassVar[bool] = False  # whether a layer that builds on call is built as soon as it is made, as it has nothing to build
    KIND: ClassVar[str] = ""  # the family that cost conventions know it by: "convolution", "linear", "batch norm" …

    RAISES: ClassVar[str] = ""  # what the framework raises for shapes that do not fit, where it is not its usual exception
    DEPENDS_ON_BUILD: ClassVar[bool] = False  # whether a call fails in builds of the framework that lack what it computes with
    KEEPS_ARGUMENTS: ClassVar[str] = ""  # the attribute under which the framework's layer keeps all its arguments in a dict

    origin: Origin | None = None  # of a layer that is an argument of another one
    weight_type: str = ""  # the type of its weights, where a call names one
    training: bool = True  # the mode the module is in when it is called; a plain attribute, set by who calls

    def __init_subclass__(cls, keyword_only: bool = False, **options: Any) -> None:
        super().__init_subclass__(**options)
        cls.KEYWORD_ONLY_BASE = keyword_only
        code = cls.weights.__code__
        cls.BUILDS_ON_CALL = code.co_argcount + code.co_kwonlyargcount > 1
        names = cls.__dict__.get("NAMES", ())
        if names and not (cls.__doc__ and cls.EXAMPLES):
            raise TypeError(f"{cls.__name__}: an entry needs a docstring and EXAMPLES")

    # What an entry declares --------------------------------------------------------------------------------------

    def check(self) -> None:
        """Raise Refused for what the framework refuses when the layer is built."""

    def unmade(self) -> Weights:
        """The weights that a layer that builds on call has before that, of unknown shapes."""
        return Weights()

    def weights(self, *inputs: Any, **options: Any) -> Weights:
        """The named weights. Entries whose weights depend on the input declare ``weights(self, x)`` (and further inputs)."""
        return Weights(inner_weights(self.children()))

    def children(self) -> Mapping[str, Any]:
        """Modules inside this one, by name: other entries, or modules that were passed as arguments."""
        return {}

    def shared_weights(self) -> Mapping[str, str]:
        """Weights of this layer that are weights of one inside it too: their names here, and their paths from here."""
        return {}

    def shape(self, *inputs: Any, **options: Any) -> Any:
        """Output shape (nested as the layer returns it) for input shapes. Parameters are named as in the framework's call.

        Raises ShapeMismatch for what the framework refuses when the layer is called.
        """
        raise NotImplementedError

    def declared_input(self) -> Shape | None:
        """The input shape that the arguments of this layer promise, its batch left open; None where they promise none."""
        return None

    def called_again(self, first: Shape, now: Shape) -> None:
        """What is checked of the input of a later call, for weights that were made for the ``first``.

        Raises ShapeMismatch for what the framework refuses, NeedsValue where it is not known what comes of it.
        """

    def called_function(self) -> Any:
        """The function that this layer runs on its inputs, if it ``CALLS_FUNCTION``."""
        return None

    def called_arguments(self) -> Any:
        """What that function is given by name."""
        return {}

    def shape_function(self) -> Any:
        """What says the output's shape instead while a graph is drawn, a function or a shape; None for what the function itself gives."""
        return None

    def macs(self, *inputs: Any, **options: Any) -> Size:
        """Multiply-accumulates of one call, those of its children included.

        Parameters are those of ``shape`` that are needed, by name, and the output ``y``.
        """
        return 0

    def calls(self, *inputs: Any, **options: Any) -> Iterable[Inner]:
        """The calls of layers inside this one that one call of it makes, if it is made of others; dropout is left out.

        Parameters are those of ``shape`` that are needed, by name.
        """
        return ()

    # What follows from it ----------------------------------------------------------------------------------------

    @classmethod
    def signature(cls) -> Signature:
        cached: Signature | None = cls.__dict__.get("_signature")
        if cached is None:
            cached = signature_of(cls, Layer)
            cls._signature = cached
        return cached

    _signature: ClassVar[Signature]

    @classmethod
    def build(cls, args: Sequence[Any] = (), kwargs: Mapping[str, Any] | None = None) -> Self:
        """The layer that a call with these arguments makes.

        Raises Refused where the framework raises; what is not known refuses nothing.
        """
        layer = cls.__new__(cls)
        signature = cls.signature()
        kept_as = {field.name: field.kept_as for field in signature.fields}
        try:
            bound = bind(cls.__name__, signature, args, renamed(kwargs or {}, cls.ALIASES))
        except UnexpectedKeyword as error:
            error.error = cls.UNEXPECTED
            raise
        except Refused as error:
            if error.field in (kwargs or {}) and cls._refuses_without(error.field, args, kwargs or {}):
                error.error = "Exception"  # which of them is looked at first is up to the framework
            raise
        for name, value in bound.items():
            setattr(layer, kept_as.get(name, name), value)
        try:
            layer.check()
        except MayRefuse:
            raise
        except NeedsValue:  # a check that is not decided refuses nothing
            pass
        return layer

    @classmethod
    def _refuses_without(cls, name: str | None, args: Sequence[Any], kwargs: Mapping[str, Any]) -> bool:
        """Whether other arguments than this one, which may be left out, may be refused, too."""
        if any(field.required for field in cls.signature().fields if field.name == name):
            return False
        try:
            cls.build(args, {key: value for key, value in kwargs.items() if key != name})
        except (Refused, NeedsValue):
            return True
        return False

    @classmethod
    def kept(cls) -> frozenset[str]:
        """The attributes of the framework's layer that this class models: its arguments, those that it fixes, and ``ATTRIBUTES``."""
        found: frozenset[str] | None = cls.__dict__.get("_kept")
        if found is None:
            signature = cls.signature()
            names = {field.kept_as for field in signature.fields}
            found = cls._kept = frozenset(names.union(*(base.__dict__.get("ATTRIBUTES", ()) for base in cls.__mro__), cls.DROPS)
                                          - {signature.rest, signature.extra})
        return found

    _kept: ClassVar[frozenset[str]]

    def arguments(self) -> dict[str, Any]:
        """The fields by name, as the framework stores them."""
        signature = self.signature()
        kept_as = {field.name: field.kept_as for field in signature.fields}
        kept_as.update({name: name for name in (signature.rest, signature.extra) if name})
        return {name: getattr(self, attribute) for name, attribute in kept_as.items()}


class KEYWORD_ONLY:  # noqa: N801 - it stands where dataclasses.KW_ONLY does
    """Marker: the fields that follow are keyword-only (annotate ``_: KEYWORD_ONLY``)."""


def _default(cls: type[Any], name: str) -> Any:
    """What the class that says last what a field is gives it; a field that is declared anew without a default has none."""
    for base in cls.__mro__:
        if name in base.__dict__:
            return base.__dict__[name]
        if name in base.__dict__.get("__annotations__", {}):
            break
    return _MISSING


def signature_of(cls: type[Any], root: type[Any]) -> Signature:
    plain: dict[str, Field] = {}
    late: dict[str, Field] = {}
    hints = get_type_hints(cls, include_extras=True)
    for base in reversed(cls.__mro__):
        if not issubclass(base, root) or base is root:
            continue
        marked: bool = getattr(base, "KEYWORD_ONLY_BASE", False)
        for name in base.__dict__.get("__annotations__", {}):
            if name == "_":
                marked = True
                continue
            hint = hints.get(name)
            metadata = getattr(hint, "__metadata__", None)
            if hint is ClassVar or get_origin(hint) is ClassVar:
                continue
            if metadata is None or not callable(metadata[0]):
                raise TypeError(f"{cls.__name__}.{name}: annotate fields with a kind from schema.fields")
            default = _default(cls, name)
            target, other = (late, plain) if marked else (plain, late)
            other.pop(name, None)
            argument = name.removesuffix("_")
            target[name] = Field(argument, default, metadata[0], marked, "" if argument == name else name)
    fields = [field for field in (*plain.values(), *late.values())
              if field.name not in (cls.REST, cls.EXTRA) and field.name not in cls.DROPS]
    return Signature(tuple(fields), cls.REST, cls.EXTRA)


def renamed(kwargs: Mapping[str, Any], aliases: Mapping[str, str]) -> Mapping[str, Any]:
    """Keyword arguments under the names of their fields; an alias beside its field stays as it is and is refused as unexpected."""
    if not aliases:
        return kwargs
    return {aliases[name] if name in aliases and aliases[name] not in kwargs else name: value for name, value in kwargs.items()}


__all__ = ["KEYWORD_ONLY", "Field", "Inner", "Layer", "Origin", "Signature", "bind", "renamed"]
