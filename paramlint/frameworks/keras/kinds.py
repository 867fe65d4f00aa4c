"""Kinds of fields that Keras layers share, and what Keras 3 makes of them.

Source: keras.activations, keras.initializers, keras.regularizers, keras.constraints, keras.dtype_policies and
keras.src.utils.argument_validation of Keras 3.15.
"""

from __future__ import annotations

from typing import Annotated, Any

from paramlint.core.dims import Formula
from paramlint.core.tensor import DTYPE_BYTES
from paramlint.core.text import closest
from paramlint.core.unknown import MayRefuse, NeedsValue, Unknown, UnknownArray, Why
from paramlint.schema.conditions import NotAnInteger, Refused
from paramlint.schema.fields import Converter, open_value, shown, truth, whole

_ACTIVATIONS = (
    "celu elu exponential gelu glu hard_shrink hard_sigmoid hard_silu hard_swish hard_tanh leaky_relu linear log_sigmoid log_softmax mish "
    "relu relu6 selu sigmoid silu soft_shrink softmax softplus softsign sparse_plus sparse_sigmoid sparsemax squareplus swish tanh "
    "tanh_shrink threshold"
)
_INITIALIZERS = (
    "Constant GlorotNormal GlorotUniform HeNormal HeUniform Identity IdentityInitializer Initializer LecunNormal LecunUniform Ones "
    "Orthogonal OrthogonalInitializer RandomNormal RandomUniform STFT STFTInitializer TruncatedNormal VarianceScaling Zeros constant "
    "glorot_normal glorot_uniform he_normal he_uniform identity initializer lecun_normal lecun_uniform normal one ones orthogonal "
    "random_normal random_uniform stft truncated_normal uniform variance_scaling zero zeros"
)
_REGULARIZERS = "L1 L1L2 L2 OrthogonalRegularizer Regularizer l1 l1l2 l2 orthogonal_regularizer regularizer"
_CONSTRAINTS = "Constraint MaxNorm MinMaxNorm NonNeg UnitNorm constraint max_norm min_max_norm non_neg unit_norm"
_DTYPES = {*DTYPE_BYTES, "string", "int", "mixed_float16", "mixed_bfloat16"}
QUANTIZED = ("int8", "int4", "float8", "gptq", "awq")  # how the names of quantizing dtype policies begin

_PLAIN = (bool, int, float, complex, str, bytes, list, tuple, set, frozenset, range)  # values that are never a function or an object


def plain(value: Any) -> bool:
    """Whether a value is certainly no function, class instance or other object that Keras could use."""
    return isinstance(value, _PLAIN)


def dense(name: str, value: Any) -> Any:
    """A flag that is set for some backends alone: for sparse or ragged tensors, or for statistics of several machines."""
    no_array(value)
    if not open_value(value) and truth(value) is not False:
        needed = Unknown.because(Why.UNSUPPORTED, f"`{name}={shown(value)}`, which not every backend allows")
        raise NeedsValue(needed) if value is True else MayRefuse(needed)
    return value


def no_array(value: Any) -> None:
    """An array, of which not all is known, where none is taken: that is not known to be refused."""
    if isinstance(value, UnknownArray):
        raise MayRefuse(value)


def doubtful(name: str, value: Any) -> MayRefuse:
    """What to raise where Keras may refuse an argument, now or when the layer is called."""
    return MayRefuse(Unknown.because(Why.UNSUPPORTED, f"whether `{name}` may be {shown(value)}"))


def usual(*words: str, none: bool = False) -> Converter:
    """A number or some, or one of these words: whether Keras takes another value is not known."""

    def convert(name: str, value: Any) -> Any:
        no_array(value)
        items = value if isinstance(value, list | tuple) else (value,)
        numbers = all(isinstance(item, int | float) or open_value(item) for item in items)
        allowed = numbers or (value is None and none) or (isinstance(value, str) and value in words)
        if (plain(value) or isinstance(value, dict | None)) and not allowed:
            raise doubtful(name, value)
        return value

    return convert


def identifier(what: str, known: str) -> Converter:
    """A function or object, given as itself, as its configuration or by one of the names that Keras knows."""
    names = known.split()

    def convert(name: str, value: Any) -> Any:
        no_array(value)
        if isinstance(value, str) and value not in names:
            near = closest(value, names)
            raise Refused(f"`{name}`: Keras knows no {what} {shown(value)}", field=name, help=f"did you mean {near!r}?" if near else "")
        if plain(value) and not isinstance(value, str):
            raise Refused(f"`{name}` must be a {what} or its name, got {shown(value)}", field=name)
        said = getattr(value, "name", "")
        if isinstance(said, str) and said.startswith("keras.") and not said.startswith(f"keras.{what}s"):  # an object of another kind
            raise MayRefuse(Unknown.because(Why.UNSUPPORTED, f"whether `{said}` serves as {what}"))
        if isinstance(value, dict) and value.get("class_name") not in names:  # a class of one's own may be registered
            raise MayRefuse(Unknown.because(Why.UNSUPPORTED, f"the configuration of a {what} in `{name}`"))
        return value

    convert.kind = what  # type: ignore[attr-defined]
    return convert


def copied_initializer(name: str, value: Any) -> Any:
    """One of which copies are made, which cannot be None."""
    if value is None:
        raise doubtful(name, value)
    return _initializer(name, value)


_initializer = identifier("initializer", _INITIALIZERS)
copied_initializer.kind = "initializer"  # type: ignore[attr-defined]


def dtype(name: str, value: Any) -> Any:
    """A dtype or the name of a dtype policy."""
    no_array(value)
    if isinstance(value, str):
        known = "_from_" in value if value.startswith(QUANTIZED) else value in _DTYPES
        if not known:
            raise Refused(f"`{name}`: Keras knows no dtype policy {shown(value)}", field=name)
    elif isinstance(value, dict) and value.get("class_name") != "DTypePolicy":
        raise doubtful(name, value)
    elif plain(value):
        raise Refused(f"`{name}` must be a dtype or the name of one, got {shown(value)}", field=name)
    return value


def layer_name(name: str, value: Any) -> Any:
    no_array(value)
    if plain(value) and not (isinstance(value, str) and "/" not in value):
        raise Refused(f"`{name}` must be a string without `/`, got {shown(value)}", field=name)
    return value


def boolean(name: str, value: Any) -> Any:
    no_array(value)
    if (plain(value) or value is None) and not isinstance(value, bool):
        raise Refused(f"`{name}` must be True or False, got {shown(value)}", field=name)
    return value


def seed(name: str, value: Any) -> Any:
    """None, a whole number, or what gives them."""
    no_array(value)
    if isinstance(value, str | float | complex | bytes | list | tuple | dict | set):
        raise Refused(f"`{name}` must be an integer, got {shown(value)}", field=name)
    return value


def loose(converter: Converter) -> Converter:
    """The same where what does not fit is looked at later, or with certain other arguments alone."""

    def convert(name: str, value: Any) -> Any:
        try:
            return converter(name, value)
        except Refused:
            raise doubtful(name, value) from None

    return convert


def pair(name: str, value: Any) -> Any:
    """Two numbers."""
    no_array(value)
    if value is None or (plain(value) and (not isinstance(value, list | tuple) or len(value) != 2)):
        raise Refused(f"`{name}` must be a list of two numbers, got {shown(value)}", field=name, error="Exception")
    if isinstance(value, list | tuple) and not all(isinstance(end, int | float) or open_value(end) for end in value):
        raise doubtful(name, value)
    return value


def number(name: str, value: Any) -> Any:
    """What can be compared with a number."""
    if value is None or (plain(value) and not isinstance(value, int | float)):
        raise Refused(f"`{name}` must be a number, got {shown(value)}", field=name, error="TypeError")
    return value


def at_least(least: int, *, none: bool = False, flags: bool = True) -> Converter:
    """A whole number of at least ``least``; ``flags``: True counts as 1."""

    def convert(name: str, value: Any) -> Any:
        if value is None and none:
            return None
        if isinstance(value, bool) and not flags:
            raise Refused(f"`{name}` must be an integer, got {value}", field=name)
        value = whole(name, value)
        if isinstance(value, int) and value < least:
            kind = "a positive integer" if least == 1 else f"an integer of at least {least}"
            raise Refused(f"`{name}` must be {kind}, got {value}", field=name)
        return value

    return convert


def sizes(count: int, *, least: int = 1, none: bool = False) -> Converter:
    """A whole number for each of ``count`` axes, or one for all; ``3`` is ``(3, 3)``."""

    def convert(name: str, value: Any) -> Any:
        if value is None and none:
            return None
        if isinstance(value, int | Formula | Unknown):
            items: tuple[Any, ...] = (value,) * count
        elif isinstance(value, list | tuple | set | range):
            items = tuple(value)
        elif isinstance(value, float):
            raise NotAnInteger(f"`{name}` must be an integer or a tuple of {count} integers, got {value!r}", field=name)
        elif plain(value) or value is None or isinstance(value, dict):
            raise Refused(f"`{name}` must be an integer or a tuple of {count} integers, got {shown(value)}", field=name)
        else:
            return tuple(Unknown.because(Why.UNSUPPORTED, f"`{name}` is a {type(value).__name__}") for _ in range(count))
        if len(items) != count:
            raise Refused(f"`{name}` must have {count} element{'s' * (count > 1)}, got {shown(value)}", field=name)
        return tuple(at_least(least)(name, item) for item in items)

    return convert


def padding(*allowed: str) -> Converter:
    """A padding mode in any case. A list is taken when the layer is built, and refused when it is called."""

    def convert(name: str, value: Any) -> Any:
        no_array(value)
        if open_value(value) or isinstance(value, list | tuple):
            return value
        if isinstance(value, str) and value.lower() in allowed:
            return value.lower()
        if plain(value) or value is None:
            raise Refused(f"`{name}` must be one of {', '.join(map(repr, allowed))}, got {shown(value)}", field=name,
                          error="" if isinstance(value, str) else "Exception")
        return value

    return convert


def data_format(name: str, value: Any) -> Any:
    no_array(value)
    if value is None or open_value(value):
        return value
    text = str(value).lower() if isinstance(value, str) else value
    if (plain(value) or isinstance(value, dict)) and text not in ("channels_first", "channels_last"):
        raise Refused(f"`{name}` must be 'channels_first' or 'channels_last', got {shown(value)}", field=name)
    return text


def initial_weights(name: str, value: Any) -> Any:
    """An array, or a list of one."""
    given = value[0] if isinstance(value, list) and len(value) == 1 else value
    if plain(given) or isinstance(given, dict):
        raise doubtful(name, value)
    return value


def no_weights(name: str, value: Any) -> Any:
    """Weights that the layer would be built for before it knows whether it is tied."""
    if value is not None and not open_value(value):
        raise doubtful(name, value)
    return value


def exact_format(name: str, value: Any) -> Any:
    """The same where the word is compared as it is, and anything that is not true counts as None."""
    if open_value(value) or not (plain(value) or value is None or isinstance(value, dict)):
        return data_format(name, value)
    if value and (not isinstance(value, str) or value not in ("channels_first", "channels_last")):
        raise Refused(f"`{name}` must be 'channels_first' or 'channels_last', got {shown(value)}", field=name, error="Exception")
    return value or None


def one_of(*allowed: Any, error: str = "") -> Converter:
    """One of these values and no other."""

    def convert(name: str, value: Any) -> Any:
        if open_value(value) or not (plain(value) or value is None):
            return value
        if not any(value == one and isinstance(value, str) == isinstance(one, str) for one in allowed):
            raise Refused(f"`{name}` must be one of {', '.join(map(repr, allowed))}, got {shown(value)}", field=name, error=error)
        return value

    return convert


data_format.kind = "data format"  # type: ignore[attr-defined]
exact_format.kind = "data format"  # type: ignore[attr-defined]
Activation = Annotated[Any, identifier("activation", _ACTIVATIONS)]
Initializer = Annotated[Any, _initializer]
Regularizer = Annotated[Any, identifier("regularizer", _REGULARIZERS)]
Constraint = Annotated[Any, identifier("constraint", _CONSTRAINTS)]
DType = Annotated[Any, dtype]
Name = Annotated[Any, layer_name]
Seed = Annotated[Any, seed]
LooseSeed = Annotated[Any, loose(seed)]
Pair = Annotated[Any, pair]
LoosePair = Annotated[Any, loose(pair)]
Flat = Annotated[Any, dense]
Boolean = Annotated[Any, boolean]
Comparable = Annotated[Any, number]
Positive = Annotated[Any, at_least(1)]
LoosePositive = Annotated[Any, loose(at_least(1))]
Usual = Annotated[Any, usual()]
OptionalPositive = Annotated[Any, at_least(1, none=True)]
PositiveNoFlag = Annotated[Any, at_least(1, flags=False)]
DataFormat = Annotated[Any, data_format]
ConvolutionPadding = Annotated[Any, padding("valid", "same")]
CausalPadding = Annotated[Any, padding("valid", "same", "causal")]
