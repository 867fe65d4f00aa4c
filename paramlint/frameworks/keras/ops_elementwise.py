"""Operations element by element."""

from __future__ import annotations

from typing import Any

from paramlint.core.shapes import Shape, ShapeMismatch
from paramlint.core.tensor import Tensor
from paramlint.core.unknown import NeedsValue, Unknown, Why
from paramlint.frameworks.keras.ops_common import at_axis, backend, broadcast, dtype_of, ops, shape_of, tensors_only, tf
from paramlint.schema.conditions import Refused
from paramlint.schema.fields import Value
from paramlint.schema.op import Op

_ACTIVATIONS = (
    "celu elu exponential gelu hard_shrink hard_sigmoid hard_silu hard_swish hard_tanh leaky_relu linear log_sigmoid mish relu "
    "relu6 selu sigmoid silu soft_shrink softplus softsign sparse_plus sparse_sigmoid squareplus swish tanh tanh_shrink "
    "threshold"
)
_FUNCTIONS = (
    "abs absolute trunc array arccos arccosh arcsin arcsinh arctan arctanh cast ceil celu clip conj convert_to_tensor copy cos cosh elu empty_like "
    "erf erfinv exp expm1 floor full_like gelu hard_shrink hard_sigmoid hard_silu hard_swish hard_tanh identity_of imag isfinite isinf "
    "isnan leaky_relu log log10 log1p log2 log_sigmoid logical_not mish nan_to_num negative ones_like positive real reciprocal relu "
    "relu6 rint round rsqrt selu sigmoid sign silu sin sinh soft_shrink softplus softsign sparse_plus sparse_sigmoid sqrt "
    "square squareplus stop_gradient swish tan tanh tanh_shrink threshold tril triu zeros_like bitwise_invert bitwise_not cbrt "
    "conjugate deg2rad erfc exp2 fabs i0 isneginf isposinf isreal rad2deg angle saturate_cast signbit sinc view"
)
_TF = (
    "abs cast ceil clip_by_value constant convert_to_tensor cos cosh exp floor identity logical_not negative ones_like reverse roll round "
    "sigmoid sign sin sort sqrt square stop_gradient tan tanh zeros_like ensure_shape no_op clip_by_norm cumsum argsort "
    "math.abs math.ceil math.cos math.cumprod math.cumsum math.erf math.exp math.expm1 math.floor math.is_finite math.is_inf math.is_nan "
    "math.l2_normalize math.log math.log1p math.log_sigmoid math.logical_not math.negative math.reciprocal math.round math.rsqrt "
    "math.sigmoid math.sign math.sin math.softplus math.sqrt math.square math.tan math.tanh "
    "nn.dropout nn.elu nn.gelu nn.l2_normalize nn.leaky_relu nn.log_softmax nn.relu nn.relu6 nn.selu nn.sigmoid nn.silu nn.softmax "
    "nn.softplus nn.softsign nn.swish nn.tanh nn.local_response_normalization nn.lrn nn.bias_add linalg.l2_normalize "
    "debugging.check_numerics"
)
_BACKEND = (
    "abs cast clip constant cos cumprod cumsum dropout elu exp hard_sigmoid identity l2_normalize log ones_like relu reverse round sigmoid "
    "sign sin softmax softplus softsign sqrt square stop_gradient tanh zeros_like convert_to_tensor bias_add"
)


class Elementwise(Op):
    """A function of each element: the result has the shape of the tensor, or of the nested numbers that are given."""

    NAMES = (*ops(*_FUNCTIONS.split()), *tf(*_TF.split()),
             *backend(*_BACKEND.split()), *(f"keras.activations.{name}" for name in _ACTIVATIONS.split()))
    REST = "rest"
    EXTRA = "options"
    ALIASES = dict.fromkeys(("inputs", "input", "tensor", "features", "logits", "value", "t", "values", "array", "image", "variable"), "x")

    x: Value
    rest: Value = ()
    options: Value = None

    def result(self) -> Any:
        if isinstance(self.x, Unknown):
            raise NeedsValue(self.x)
        shape = self.options.get("shape") if not isinstance(self.x, Tensor) else None
        found = Shape(shape) if isinstance(shape, list | tuple) else shape_of(self.x)
        dtype = self.options.get("dtype") or next((one for one in self.rest if isinstance(one, str)), None)
        return Tensor(found, dtype if isinstance(dtype, str) else dtype_of(self.x))


class Glu(Op):
    """Gated linear unit: one half of an axis, gated by the other."""

    NAMES = (*ops("glu"), "keras.activations.glu")

    x: Value
    axis: Value = -1

    def result(self) -> Any:
        shape = shape_of(self.x)
        axis = at_axis(self.axis, shape.rank)
        if isinstance(shape[axis], int) and shape[axis] % 2:
            raise ShapeMismatch(f"the size of axis {axis} of {shape.text} must be even")
        return Tensor(shape.replace(axis, shape[axis] // 2), dtype_of(self.x))


_TWO = (
    "add arctan2 divide divide_no_nan equal floor_divide fmod greater greater_equal less less_equal fmax fmin gcd "
    "isclose lcm ldexp logaddexp2 nextafter logaddexp logical_and logical_or logical_xor maximum minimum mod multiply not_equal power "
    "subtract true_divide"
)
_TWO_TF = (
    "add subtract multiply divide truediv maximum minimum pow equal not_equal greater greater_equal less less_equal logical_and logical_or "
    "math.add math.subtract math.multiply math.divide math.divide_no_nan math.truediv math.floordiv math.maximum math.minimum math.pow "
    "math.equal math.not_equal math.greater math.greater_equal math.less math.less_equal math.logical_and math.logical_or math.floormod "
    "math.squared_difference math.atan2 math.multiply_no_nan"
)


class Elementwise2(Op):
    """A function of the elements of two tensors, which are broadcast."""

    NAMES = (*ops(*_TWO.split()), *tf(*_TWO_TF.split()),
             *backend("equal", "not_equal", "greater", "greater_equal", "less", "less_equal", "maximum", "minimum", "pow"))
    ALIASES = {"x": "x1", "y": "x2", "a": "x1"}
    EXTRA = "options"

    x1: Value
    x2: Value
    options: Value = None

    def result(self) -> Any:
        if self.drawn and (isinstance(self.x1, list | tuple) or isinstance(self.x2, list | tuple)):
            raise Refused("a list is no tensor of a graph")
        return Tensor(broadcast([shape_of(self.x1, "x1"), shape_of(self.x2, "x2")]), dtype_of(self.x1, self.x2))


class OfTwoTensors(Op):
    """A function of the elements of two tensors, neither of them a plain number."""

    NAMES = ops("heaviside", "hypot")

    x1: Value
    x2: Value

    def result(self) -> Any:
        tensors_only(self.drawn, x1=self.x1, x2=self.x2)
        return Tensor(broadcast([shape_of(self.x1, "x1"), shape_of(self.x2, "x2")]), dtype_of(self.x1, self.x2))


class AddN(Op):
    """Sum of a list of tensors of one shape."""

    NAMES = tf("add_n", "math.add_n")

    inputs: Value
    name: Value = None

    def result(self) -> Any:
        if not isinstance(self.inputs, list | tuple) or not self.inputs:
            raise NeedsValue(_unknown(self.inputs))
        return Tensor(broadcast([shape_of(one) for one in self.inputs]), dtype_of(*self.inputs))


def _unknown(value: Any) -> Unknown:
    return value if isinstance(value, Unknown) else Unknown.because(Why.INPUT, "the tensors to add")


class Where(Op):
    """Elements of one tensor or the other, by a condition; the three are broadcast."""

    NAMES = (*ops("where"), *tf("where"), *backend("switch"))
    ALIASES = {"x": "x1", "y": "x2"}

    condition: Value
    x1: Value = None
    x2: Value = None
    name: Value = None

    def result(self) -> Any:
        if self.x1 is None or self.x2 is None:
            raise NeedsValue(_unknown(None))
        return Tensor(broadcast([shape_of(self.condition), shape_of(self.x1), shape_of(self.x2)]), dtype_of(self.x1, self.x2))
