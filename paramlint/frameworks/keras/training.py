"""What models take to be trained."""

from __future__ import annotations

from typing import Annotated, Any

from paramlint.frameworks.keras.kinds import plain
from paramlint.schema.conditions import Refused
from paramlint.schema.fields import Value, shown
from paramlint.schema.op import Op

_OPTIMIZERS = (
    "adadelta", "adafactor", "adagrad", "adam", "adamax", "adamw", "ftrl", "lamb", "lion", "lossscaleoptimizer", "muon", "nadam", "optimizer",
    "rmsprop", "schedulefreeadamw", "sgd",
)


def _optimizer(name: str, value: Any) -> Any:
    if isinstance(value, str) and value.lower() not in _OPTIMIZERS:
        raise Refused(f"`{name}`: Keras knows no optimizer {shown(value)}", field=name)
    if plain(value) and not isinstance(value, str):
        raise Refused(f"`{name}` must be an optimizer or the name of one, got {shown(value)}", field=name)
    return value


class Compile(Op):
    """Says how a model is trained."""

    NAMES = ("keras.Model.compile",)

    optimizer: Annotated[Any, _optimizer] = "rmsprop"
    loss: Value = None
    loss_weights: Value = None
    metrics: Value = None
    weighted_metrics: Value = None
    run_eagerly: Value = False
    steps_per_execution: Value = 1
    jit_compile: Value = "auto"
    auto_scale_loss: Value = True

    def result(self) -> None:
        return None
