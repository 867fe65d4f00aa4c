"""Every recorded layer of torch.nn, from its source text: weights, refusals, output shapes."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from rows import CONTAINERS, REFUSED, Row, answers, called, classes, models, of_class

from paramlint.core.shapes import Shape


def _layers() -> list[str]:
    return [name for name in classes("torch") if name not in CONTAINERS]


@pytest.mark.parametrize("name", _layers())
def test_the_source_of_a_layer_gives_its_weights(name: str) -> None:
    given = of_class("torch", name)
    for row, answer in zip(given, answers("torch", map(_source, given)), strict=True):
        call = row["call"]
        if "raises" in row:
            assert answer.findings in (("PRM201",), ("PRM203",)), call
            continue
        assert answer.findings == (), call
        layer = answer.layer
        assert layer is not None, call
        if "params" in row:
            assert (layer.status, layer.params, layer.trainable_params, layer.buffers) == (
                "exact", row["params"], row["trainable"], row["buffers"]), call
            assert {weight.name: list(weight.shape or ()) for weight in layer.weights} == row["param_shapes"], call


def _source(row: Row) -> str:
    """A lazy layer is counted after its first call."""
    call = str(row["call"])
    return f"{call}(torch.zeros({row['input_shape']}))" if row["cls"].startswith("Lazy") and "params" in row else call


@pytest.mark.parametrize("name", _layers())
def test_a_layer_called_on_an_input_gives_its_shape(name: str) -> None:
    given = [row for row in of_class("torch", name) if "input_shape" in row]
    for row, answer in zip(given, answers("torch", (row["call"] for row in given)), strict=True):
        if "output_shape" in row or "forward_raises" in row:
            assert answer.entry is not None, row["call"]
            found = called(answer.entry, _inputs(row["input_shape"]), row.get("call_kwargs", {}), row.get("mode") != "eval")
            assert found == _output(row), row


def _output(row: Row) -> Any:
    """The recorded output; of a named tuple without its names."""
    if "output_shape" not in row:
        return REFUSED
    output = row["output_shape"]
    return [*output.values()] if isinstance(output, dict) else output


def _inputs(given: list[Any]) -> list[Shape]:
    return [Shape(shape) for shape in given] if given and isinstance(given[0], list) else [Shape(given)]


@pytest.mark.parametrize("name", [name for name in classes("torch") if name in CONTAINERS])
def test_a_container_has_what_its_modules_have(name: str, tmp_path: Path) -> None:
    given = of_class("torch", name)
    for row, answer, model in zip(given, answers("torch", (row["call"] for row in given)), models("torch", given, tmp_path), strict=True):
        if "raises" in row:
            assert answer.findings == ("PRM201",), row["call"]
            continue
        assert not {"PRM201", "PRM203"} & {*answer.findings}, row["call"]  # PRM202 says of some that nothing can go through them
        assert (model.status.value, model.params.value, model.trainable.value, model.buffers.value) == (
            "exact", row["params"], row["trainable"], row["buffers"]), row["call"]
