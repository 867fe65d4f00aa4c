"""Initializers, regularizers and constraints: what their classes take, and what cannot be filled.

Source: keras.initializers, keras.regularizers and keras.constraints of Keras 3.15. A parameter that may be left
out has "=" behind it, and behind that what an argument must be: a ``number``, a ``spread``, ``>0``, a ``seed``, an ``axis``, one of several words.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from paramlint.core.shapes import ShapeMismatch
from paramlint.core.unknown import NeedsValue, Unknown, Why
from paramlint.schema.conditions import Refused

_SCALED = "seed=seed input_axes=axis output_axes=axis"
_INITIALIZERS = {
    "Constant constant": "value=number",
    "GlorotNormal glorot_normal GlorotUniform glorot_uniform HeNormal he_normal HeUniform he_uniform LecunNormal lecun_normal "
    "LecunUniform lecun_uniform": _SCALED,
    "Identity IdentityInitializer identity": "gain=number",
    "Ones ones one Zeros zeros zero": "",
    "Orthogonal OrthogonalInitializer orthogonal": "gain=number seed=seed",
    "RandomNormal random_normal normal TruncatedNormal truncated_normal": "mean=number stddev=spread seed=seed",
    "RandomUniform random_uniform uniform": "minval=number maxval=number seed=seed",
    "VarianceScaling variance_scaling":
        "scale=>0 mode=fan_in|fan_out|fan_avg distribution=normal|truncated_normal|untruncated_normal|uniform " + _SCALED,
}
_REGULARIZERS = {
    "L1 l1": "l1=>=0", "L2 l2": "l2=>=0", "L1L2 l1_l2": "l1=>=0 l2=>=0",
    "OrthogonalRegularizer orthogonal_regularizer": "factor=number mode=rows|columns",
}
_CONSTRAINTS = {
    "MaxNorm max_norm": "max_value=number axis=axis", "MinMaxNorm min_max_norm": "min_value=number max_value=number rate=number axis=axis",
    "NonNeg non_neg": "", "UnitNorm unit_norm": "axis=axis",
}
PLAIN_OBJECTS: Mapping[str, str] = {
    **dict.fromkeys(("keras.saving.register_keras_serializable", "keras.utils.register_keras_serializable"), "package=text name="),
    **{f"keras.{module}.{name}": takes
       for module, classes in (("initializers", _INITIALIZERS), ("regularizers", _REGULARIZERS), ("constraints", _CONSTRAINTS))
       for names, takes in classes.items() for name in names.split()},
}


def require_gradients(dtype: Any) -> None:
    """Trained weights of other types than fractions are refused by one backend and made by others."""
    if isinstance(dtype, str) and dtype.startswith(("int", "uint", "bool", "string")):
        raise NeedsValue(Unknown.because(Why.UNSUPPORTED, f"a trained weight of {dtype}, which not every backend allows"))


def require_rank(initializer: Any, shape: Any, dtype: Any, error: type[Refused] | type[ShapeMismatch] = ShapeMismatch) -> None:
    """Refuse an initializer, given by its name or as what has one, that fills no weights of as many axes."""
    name = initializer if isinstance(initializer, str) else getattr(initializer, "name", "")
    kind = name.rpartition(".")[2].removesuffix("()").removesuffix("Initializer").lower() if isinstance(name, str) else ""
    if isinstance(shape, Unknown) or kind not in ("identity", "orthogonal", "stft"):
        return
    if kind == "stft":
        raise NeedsValue(Unknown.because(Why.UNSUPPORTED, "a weight that the initializer STFT fills"))
    if kind == "orthogonal" and isinstance(dtype, str) and dtype.endswith("float16"):
        raise NeedsValue(Unknown.because(Why.UNSUPPORTED, f"an orthogonal weight of {dtype}, which not every backend makes"))
    if (len(shape) != 2) if kind == "identity" else (len(shape) < 2):
        raise error(f"the initializer {kind} does not fill a weight with {len(shape)} axes")
