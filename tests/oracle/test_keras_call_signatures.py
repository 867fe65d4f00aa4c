"""The recorded parameters of the ``call`` of each layer are those of the real Keras."""

from __future__ import annotations

import inspect
import os

import pytest

os.environ.setdefault("KERAS_BACKEND", "torch")
keras = pytest.importorskip("keras")

from paramlint.frameworks import REGISTRY  # noqa: E402
from paramlint.frameworks.keras import FRAMEWORK  # noqa: E402
from paramlint.frameworks.keras.call_signatures import CALLS  # noqa: E402

pytestmark = pytest.mark.oracle

RECORDED = {name.split(".")[1]: text for text, names in CALLS.items() for name in names.split()}


def written(parameter: inspect.Parameter) -> str:
    """A parameter as the record has it: one of many kinds of a default is enough, but for that of ``training``."""
    if parameter.kind in (parameter.VAR_POSITIONAL, parameter.VAR_KEYWORD):
        return str(parameter).partition(":")[0]
    if parameter.default is parameter.empty:
        return parameter.name
    return f"{parameter.name}={parameter.default if isinstance(parameter.default, bool) and parameter.name == 'training' else ''}"


@pytest.mark.parametrize("layer", sorted(RECORDED))
def test_recorded_parameters(layer: str) -> None:
    parameters = list(inspect.signature(getattr(keras.layers, layer).call).parameters.values())[1:]
    assert ", ".join(map(written, parameters)) == RECORDED[layer]


def test_every_layer_is_recorded() -> None:
    classes = {name: getattr(keras.layers, name, None) for entry in REGISTRY.entries(FRAMEWORK).values() for name in (entry.NAMES[0].rpartition(".")[2],)}
    own = {name for name, value in classes.items() if inspect.isclass(value) and "call" in vars(value)}
    assert own - set(RECORDED) == {"InputLayer"}  # which takes nothing
