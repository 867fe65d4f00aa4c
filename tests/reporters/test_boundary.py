"""What a reporter cannot write costs itself alone, in every format."""

from __future__ import annotations

import io
import json
from collections.abc import Iterable
from typing import Any

import pytest
from msgspec.structs import replace

from paramlint import api
from paramlint.core import defects
from paramlint.model.results import FileResult, LayerRow
from paramlint.model.tree import Model
from paramlint.reporters import registry

SOURCE = ("import keras\n\n\ndef first():\n    return keras.Sequential([keras.Input((3,)), keras.layers.Dense(4)])\n\n\n"
          "def broken():\n    return keras.Sequential([keras.Input((3,)), keras.layers.Dense(5)])\n\n\n"
          "def last():\n    return keras.Sequential([keras.Input((3,)), keras.layers.Dense(6)])\n")


class Odd(str):
    """A text that cannot be written."""

    def isascii(self, *arguments: object) -> bool:
        raise OverflowError("int too large to convert to float")

    encode = split = __format__ = isascii  # type: ignore[assignment]


class TooLarge:
    """No number, whoever asks."""

    def __getattr__(self, name: str) -> Any:
        raise OverflowError("int too large to convert to float")


@pytest.fixture
def models(tmp_path: Any) -> list[Model]:
    (tmp_path / "x.py").write_text(SOURCE, encoding="utf-8")
    found = [model for result in api.summary([f"{tmp_path}/x.py"]) for model in result.models]
    found[1].root.children[0].weights[0].count = TooLarge()  # type: ignore[assignment, union-attr]
    return found


@pytest.mark.parametrize("options", [{}, {"explain": True}, {"sort": "params"}, {"layers": False}, {"depth": 0}])
@pytest.mark.parametrize("format", registry.SUMMARIES)
def test_models(models: list[Model], format: str, options: dict[str, Any]) -> None:
    assert not models[1].reasons
    out = io.StringIO()
    registry.summary(format, models, out, **options)
    text = out.getvalue()
    assert all(f"::{name}" in text for name in ("first", "last"))
    if format in ("table", "markdown"):
        assert "OverflowError" in text and text.count("x.py::broken") == 1
    if format == "jsonl":
        assert [json.loads(line)["status"] for line in text.splitlines()] == ["exact", "unknown", "exact"]


def findings() -> Iterable[FileResult]:
    result = api.check_source("from torch import nn\nx = nn.Linear(-1, 2)\ny = nn.Linear(-2, 2)\nz = nn.Linear(-3, 2)\n", "x.py")
    first, second, third = result.diagnostics
    yield FileResult("x.py", (first, replace(second, message=Odd("x"), detail=Odd("y")), third), result.lines)


@pytest.mark.parametrize("format", registry.DIAGNOSTICS)
def test_findings(format: str) -> None:
    out = io.StringIO()
    assert registry.diagnostics(format, findings(), out) == 3
    text = out.getvalue()
    assert "size -1" in text and "size -3" in text
    if format not in ("json", "sarif"):  # which take a text for a text
        assert "PRM000" in text and "OverflowError" in text


@pytest.mark.parametrize("format", registry.LAYERS)
def test_layer_calls(format: str) -> None:
    rows = api.layers_source("from torch import nn\nx = nn.Linear(1, 2)\ny = nn.Linear(2, 2)\nz = nn.Linear(3, 2)\n", "x.py")
    broken: list[LayerRow] = [rows[0], replace(rows[1], params=TooLarge(), formula=Odd("x")), rows[2]]  # type: ignore[arg-type]
    out = io.StringIO()
    registry.layers(format, broken, out)
    text = out.getvalue()
    assert "Linear(1, 2)" in text and "Linear(3, 2)" in text and "internal error" in text


def test_numbers_larger_than_any_float(tmp_path: Any) -> None:
    defects.strict(False)
    try:
        text = SOURCE.replace("3,", "10**200,").replace("Dense(5)", "Dense(10**200)")
        (tmp_path / "x.py").write_text(text, encoding="utf-8")
        found = [model for result in api.summary([f"{tmp_path}/x.py"]) for model in result.models]
        for format in registry.SUMMARIES:
            for options in ({}, {"explain": True}, {"layers": False}):
                out = io.StringIO()
                registry.summary(format, found, out, **options)
                assert "OverflowError" not in out.getvalue() and "x.py::last" in out.getvalue()
    finally:
        defects.strict(True)
