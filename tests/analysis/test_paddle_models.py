"""Paddle models in `fixtures/models/paddle`: what is said beside the code is what is found."""

from __future__ import annotations

from ast import literal_eval
from typing import Any

import pytest
from model_cases import Case, cases, parametrise

from paramlint.analysis.session import Session
from paramlint.analysis.targets import evaluate
from paramlint.analysis.tensors import TensorValue
from paramlint.core.shapes import Shape
from paramlint.core.tensor import Tensor

CASES = cases("paddle")


@pytest.fixture(scope="module")
def session() -> Session:
    return Session()


@parametrise(CASES)
def test_counts(case: Case, session: Session) -> None:
    model = evaluate(session, str(case.path), case.name)
    assert model.status.value == case.status, model.reasons
    assert str(model.params.value).replace(" ", "") == case.number("params", "").replace(" ", "")
    if case.status == "exact":
        assert str(model.trainable.value) == case.number("trainable", "params")
        assert str(model.buffers.value) == case.number("buffers", "")
        assert model.framework == "paddle"
    if "because" in case.facts:
        assert any(case.facts["because"] in reason.message for reason in model.reasons), model.reasons


@parametrise([case for case in CASES if "input" in case.facts])
def test_output_shapes(case: Case, session: Session) -> None:
    found = session.module(str(case.path))
    assert found is not None
    it, module = found
    it.start()
    try:
        model = it.call(module.attribute(it, case.name))
        output: Any = it.call(model, [TensorValue(Tensor(Shape(literal_eval(case.facts["input"]))), kind="paddle.Tensor")])
    finally:
        it.stop()
    assert isinstance(output, TensorValue)
    assert tuple(output.tensor.shape) == literal_eval(case.facts["shape"])
    assert output.kind == "paddle.Tensor"
