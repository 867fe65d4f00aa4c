"""Every recorded layer called by source code on what it was called on: what it returns, and what it refuses."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from rows import CONTAINERS, IMPORTS, REFUSED, Row, classes, of_class, plain

from paramlint.analysis.layer_calls import shape_tree
from paramlint.analysis.session import Session
from paramlint.analysis.targets import evaluate
from paramlint.core.unknown import Unknown
from paramlint.interpreter.signals import Raised

FRAMEWORKS = ("torch", "keras", "paddle")
CLASSES = [(framework, name) for framework in FRAMEWORKS for name in classes(framework) if name not in CONTAINERS]


@pytest.mark.parametrize(("framework", "name"), CLASSES)
def test_source_that_calls_a_layer(framework: str, name: str, tmp_path: Path) -> None:
    given = [row for row in of_class(framework, name) if "input_shape" in row and _wanted(row) is not None]
    for row, found in zip(given, _found(framework, given, tmp_path), strict=True):
        assert found == _wanted(row), row


@pytest.mark.parametrize("framework", ["torch", "paddle"])
def test_a_model_that_holds_a_layer_has_what_the_layer_has(framework: str, tmp_path: Path) -> None:
    given = [row for name in classes(framework) for row in of_class(framework, name) if "params" in row and not name.startswith("Lazy")]
    path = tmp_path / "models.py"
    base = {"torch": "nn.Module", "paddle": "nn.Layer"}[framework]
    path.write_text(IMPORTS[framework] + "".join(
        f"class Model{at}({base}):\n    def __init__(self):\n        super().__init__()\n        self.layer = {row['call']}\n"
        for at, row in enumerate(given)))
    session = Session()
    for at, row in enumerate(given):
        model = evaluate(session, str(path), f"Model{at}")
        assert model.params.exact and (model.params.value, model.trainable.value, model.buffers.value) == (
            row["params"], row["trainable"], row["buffers"]), row["call"]


def _wanted(row: Row) -> Any:
    """The recorded output; of a named tuple without its names. None where nothing is recorded."""
    if "forward_raises" in row or "call_raises" in row:
        return REFUSED
    output = row.get("output_shape")
    return [*output.values()] if isinstance(output, dict) else output


def _found(framework: str, given: list[Row], folder: Path) -> list[Any]:
    """What the calls return as this project reads them: shapes, REFUSED, or the reason why it is not known."""
    path = folder / "calls.py"
    path.write_text(IMPORTS[framework] + "".join(f"def call_{at}():\n{_body(framework, row)}" for at, row in enumerate(given)))
    found = Session().module(str(path))
    assert found is not None
    it, module = found
    answers = []
    for at in range(len(given)):
        it.start()
        try:
            answers.append(_shapes(shape_tree(it.call(module.attribute(it, f"call_{at}")))))
        except Raised:
            answers.append(REFUSED)
        finally:
            it.stop()
    return answers


def _body(framework: str, row: Row) -> str:
    shapes = row["input_shape"]
    several = bool(shapes) and isinstance(shapes[0], list)
    inputs = ", ".join(_input(framework, shape, kind) for shape, kind in zip(shapes, _kinds(row, len(shapes)), strict=True)) \
        if several else _input(framework, shapes, row.get("input_dtype"))
    options = "".join(f", {name}={value!r}" for name, value in row.get("call_kwargs", {}).items())
    mode = "    layer.eval()\n" if row.get("mode") == "eval" else ""
    arguments = f"[{inputs}]" if row.get("inputs_as") == "list" else inputs
    return f"    layer = {row['call']}\n{mode}    return layer({arguments}{options})\n"


def _kinds(row: Row, count: int) -> list[Any]:
    kinds = row.get("input_dtype")
    return kinds if isinstance(kinds, list) else [kinds] * count


def _input(framework: str, shape: list[Any], kind: str | None) -> str:
    if framework == "keras":
        return f"keras.Input(batch_shape={tuple(shape)}" + (f", dtype={kind!r})" if kind else ")")
    return f"{framework}.zeros({shape}" + (f", dtype={framework}.{kind})" if kind else ")")


def _shapes(output: Any) -> Any:
    """Shapes as the rows write them."""
    if isinstance(output, Unknown):
        return f"not known: {output.reason.message}"
    if isinstance(output, tuple) and any(isinstance(one, tuple | Unknown) for one in output) and not hasattr(output, "rank"):
        return [_shapes(one) for one in output]
    return plain(output)
