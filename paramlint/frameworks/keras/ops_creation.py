"""Operations that make tensors, resize images, and ask the configuration."""

from __future__ import annotations

from typing import Any

from paramlint.core.dims import unsized
from paramlint.core.shapes import Shape
from paramlint.core.tensor import Tensor
from paramlint.core.unknown import NeedsValue, Reason, Unknown, Why
from paramlint.frameworks.keras.ops_common import backend, dtype_of, integer, ops, shape_of, sizes, tf
from paramlint.schema.conditions import Refused
from paramlint.schema.fields import Value, shown
from paramlint.schema.op import Op


class Filled(Op):
    """A tensor of this shape."""

    NAMES = (*ops("zeros", "ones", "empty", "full"),
             *tf("zeros", "ones", "fill", "random.normal", "random.uniform", "random.truncated_normal"),
             *backend("zeros", "ones", "random_normal", "random_uniform", "truncated_normal", "random_normal_variable"),
             "keras.random.normal", "keras.random.uniform", "keras.random.truncated_normal", "keras.random.randint")
    ALIASES = {"dims": "shape"}
    REST = "rest"
    EXTRA = "options"

    shape: Value
    rest: Value = ()
    options: Value = None

    def result(self) -> Any:
        found = sizes(self.shape)
        if any(size is None for size in found):
            found = tuple(unsized(str(axis)) if size is None else size for axis, size in enumerate(found))
        dtype = self.options.get("dtype", next((one for one in self.rest if isinstance(one, str)), None))
        return Tensor(Shape(found), dtype if isinstance(dtype, str) else "float32")


class Eye(Op):
    """An identity matrix."""

    NAMES = (*ops("eye", "identity"), *tf("eye"), *backend("eye"))
    ALIASES = {"num_rows": "N", "num_columns": "M", "n": "N", "size": "N"}
    EXTRA = "options"

    N: Value
    M: Value = None
    options: Value = None

    def result(self) -> Any:
        return Tensor(Shape((self.N, self.M if isinstance(self.M, int) else self.N)))


class Arange(Op):
    """Numbers from a start to before a stop, in steps."""

    NAMES = (*ops("arange"), *tf("range"), *backend("arange"))
    ALIASES = {"limit": "stop", "delta": "step"}
    EXTRA = "options"

    start: Value
    stop: Value = None
    step: Value = 1
    options: Value = None

    def result(self) -> Any:
        start, stop = (0, self.start) if self.stop is None else (self.start, self.stop)
        step = 1 if self.step is None else self.step
        if all(isinstance(one, int) for one in (start, stop, step)) and step != 0:
            if (stop - start) * step < 0:
                raise NeedsValue(Unknown.because(Why.UNSUPPORTED, f"a range from {start} to {stop} in steps of {step}"))
            return Tensor(Shape((len(range(start, stop, step)),)), "int32")
        if isinstance(step, int) and step == 1 and isinstance(start, int) and not isinstance(stop, float | Tensor):
            return Tensor(Shape((stop - start,)), "int32")
        raise NeedsValue(next((one for one in (start, stop, step) if isinstance(one, Unknown)),
                              Unknown.because(Why.INPUT, "the length of a range")))


class Linspace(Op):
    """Evenly spaced numbers."""

    NAMES = (*ops("linspace"), *tf("linspace"))
    EXTRA = "options"

    start: Value
    stop: Value
    num: Value = 50
    options: Value = None

    def result(self) -> Any:
        if "axis" in self.options or isinstance(self.start, Tensor) or isinstance(self.stop, Tensor):
            raise NeedsValue(Unknown.because(Why.UNSUPPORTED, "numbers between those of tensors"))
        return Tensor(Shape((self.num,)))


class Resize(Op):
    """Images (batch, height, width, channels) at another size."""

    NAMES = (*ops("image.resize"), *tf("image.resize", "image.resize_bilinear", "compat.v1.image.resize_bilinear",
                                       "compat.v1.image.resize_images", "compat.v1.image.resize_nearest_neighbor"))
    ALIASES = {"image": "images"}
    EXTRA = "options"
    REST = "rest"

    images: Value
    size: Value
    rest: Value = ()
    options: Value = None

    def result(self) -> Any:
        shape = shape_of(self.images).expect_rank(3, 4)
        height, width = _two(sizes(self.size, "size"))
        if self.options.get("data_format") == "channels_first":
            return Tensor(Shape((*shape[:-2], height, width)), dtype_of(self.images))
        return Tensor(Shape((*shape[:-3], height, width, shape[-1])), dtype_of(self.images))


def _two(given: tuple[Any, ...]) -> tuple[Any, Any]:
    if len(given) != 2:
        raise Refused(f"a size of two numbers is expected, got {shown(given)}", field="size")
    return given[0], given[1]


class ResizeBy(Op):
    """Images made larger by whole factors."""

    NAMES = backend("resize_images")
    EXTRA = "options"

    x: Value
    height_factor: Value
    width_factor: Value
    data_format: Value = "channels_last"
    options: Value = None

    def result(self) -> Any:
        shape = shape_of(self.x).expect_rank(4)
        if self.data_format == "channels_first":
            return Tensor(Shape((shape[0], shape[1], shape[2] * self.height_factor, shape[3] * self.width_factor)), dtype_of(self.x))
        return Tensor(Shape((shape[0], shape[1] * self.height_factor, shape[2] * self.width_factor, shape[3])), dtype_of(self.x))


class SpaceToDepth(Op):
    """Blocks of pixels moved into the channels."""

    NAMES = tf("nn.space_to_depth", "space_to_depth", "compat.v1.space_to_depth")
    ALIASES = {"input": "x"}
    EXTRA = "options"

    x: Value
    block_size: Value
    options: Value = None

    def result(self) -> Any:
        batch, height, width, channels = shape_of(self.x).expect(None, None, None, None)
        block = integer(self.block_size, "block_size")
        return Tensor(Shape((batch, height // block, width // block, channels * block * block)), dtype_of(self.x))


class DepthToSpace(Op):
    """Channels moved into blocks of pixels."""

    NAMES = tf("nn.depth_to_space", "depth_to_space", "compat.v1.depth_to_space")
    ALIASES = {"input": "x"}
    EXTRA = "options"

    x: Value
    block_size: Value
    options: Value = None

    def result(self) -> Any:
        batch, height, width, channels = shape_of(self.x).expect(None, None, None, None)
        block = integer(self.block_size, "block_size")
        return Tensor(Shape((batch, height * block, width * block, channels // (block * block))), dtype_of(self.x))


# Configuration ------------------------------------------------------------------------------------------------------------


class ImageDimOrdering(Op):
    """Where images have their channels unless told otherwise, as Keras 1 said it: last."""

    NAMES = ("keras.backend.image_dim_ordering",)

    def result(self) -> Any:
        return "tf"


class Uid(Op):
    """A number that names are told apart by."""

    NAMES = ("keras.backend.get_uid",)

    prefix: Value = ""

    def result(self) -> Any:
        return Unknown(Reason(Why.EFFECT, "the number in a name"), data=True)


class StandardDtype(Op):
    """The name of a type of numbers."""

    NAMES = ("keras.backend.standardize_dtype",)

    dtype: Value = None

    def result(self) -> Any:
        return self.dtype if isinstance(self.dtype, str) else "float32"


class LearningPhase(Op):
    """Whether a model is trained or used; here it is used."""

    NAMES = ("keras.backend.learning_phase",)

    def result(self) -> Any:
        return 0

