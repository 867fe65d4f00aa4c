"""Every recorded layer of Keras, from its source text, called on the recorded input: weights, refusals, output shapes."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from rows import CONTAINERS, REFUSED, Row, answers, called, classes, models, of_class

from paramlint.core.dims import unsized
from paramlint.core.shapes import Shape


def _layers() -> list[str]:
    return [name for name in classes("keras") if name not in CONTAINERS]


@pytest.mark.parametrize("name", _layers())
def test_the_source_of_a_layer_gives_its_weights(name: str) -> None:
    given = of_class("keras", name)
    for row, answer in zip(given, answers("keras", map(_source, given)), strict=True):
        call = row["call"]
        if "raises" in row:
            assert answer.findings in (("PRM201",), ("PRM203",)), call
            continue
        assert answer.findings == (), call
        layer = answer.layer
        assert layer is not None, call
        if "params" in row:
            assert (layer.status, layer.params, layer.trainable_params) == ("exact", row["params"], row["trainable"]), call
            found = [{"name": weight.name.rpartition(".")[2], "shape": list(weight.shape or ()), "trainable": weight.trainable}
                     for weight in layer.weights]
            assert _listed(found) == _listed(row["weights"]), call


def _source(row: Row) -> str:
    """The layer on its input; what Keras refuses when it is called is only built."""
    call = str(row["call"])
    if "input_shape" not in row or "params" not in row:
        return call
    kind = row.get("input_dtype")

    def given(shape: list[Any]) -> str:
        return f"keras.Input(batch_shape={tuple(shape)}" + (f", dtype={kind!r})" if kind else ")")

    if "inputs_as" not in row:
        return f"{call}({given(row['input_shape'])})"
    inputs = ", ".join(map(given, row["input_shape"]))
    options = "".join(f", {name}={value!r}" for name, value in row.get("call_kwargs", {}).items())
    return f"{call}([{inputs}]{options})" if row["inputs_as"] == "list" else f"{call}({inputs}{options})"


def _listed(weights: list[Any]) -> list[str]:
    """Weights as a multiset: Keras lists the trainable ones first."""
    return sorted(f"{weight['name']} {weight['shape']} {weight['trainable']}" for weight in weights)


@pytest.mark.parametrize("name", _layers())
def test_a_layer_called_on_an_input_gives_its_shape(name: str) -> None:
    given = [row for row in of_class("keras", name) if "input_shape" in row]
    for row, answer in zip(given, answers("keras", (row["call"] for row in given)), strict=True):
        if "output_shape" in row or "call_raises" in row:
            assert answer.entry is not None, row["call"]
            found = called(answer.entry, _inputs(row), row.get("call_kwargs", {}))
            assert found == row.get("output_shape", REFUSED), row


def _inputs(row: Row) -> list[Any]:
    kind = row.get("inputs_as")
    shapes = [_open(shape) for shape in row["input_shape"]] if kind else [_open(row["input_shape"])]
    return [shapes] if kind == "list" else shapes


def _open(shape: list[Any]) -> Shape:
    return Shape(unsized(f"{axis}") if size is None else size for axis, size in enumerate(shape))


@pytest.mark.parametrize("name", [name for name in classes("keras") if name in CONTAINERS])
def test_a_container_has_what_its_modules_have(name: str, tmp_path: Path) -> None:
    given = of_class("keras", name)
    for row, model in zip(given, models("keras", given, tmp_path, "made(keras.Input(batch_shape={input_shape}))"), strict=True):
        if "params" in row:
            assert (model.status.value, model.params.value, model.trainable.value) == ("exact", row["params"], row["trainable"]), row["call"]
