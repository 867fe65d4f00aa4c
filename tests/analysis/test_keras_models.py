"""Keras models in `fixtures/models/keras`: what is said beside the code is what is found, and what the real Keras finds."""

from __future__ import annotations

import importlib.util
import os
import re
import warnings
from ast import literal_eval
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from paramlint.analysis.session import Session
from paramlint.analysis.targets import evaluate

FOLDER = Path(__file__).parents[2] / "fixtures" / "models" / "keras"
_MODEL = re.compile(r"^(?:def|class) (\w+)\(.*\):  # (params: .*)$", re.MULTILINE)
_FACT = re.compile(r"(\w+): (.*?)(?=  \w+: |$)")


class Case(NamedTuple):
    file: str
    name: str
    facts: dict[str, str]


def _cases() -> list[Case]:
    return [Case(path.name, match[1], dict(_FACT.findall(match[2])))
            for path in sorted(FOLDER.glob("*.py")) for match in _MODEL.finditer(path.read_text())]


CASES = _cases()


def _id(case: Case) -> str:
    return f"{case.file}::{case.name}"


@pytest.fixture(scope="module")
def session() -> Session:
    return Session()


@pytest.mark.parametrize("case", CASES, ids=_id)
def test_counts_and_shapes(case: Case, session: Session) -> None:
    model = evaluate(session, str(FOLDER / case.file), case.name)
    facts = case.facts
    status = facts.get("status", "exact")
    assert model.status.value == status, model.reasons
    assert str(model.params.value) == facts["params"].replace("_", "")
    if status == "exact":
        assert str(model.trainable.value) == facts.get("trainable", facts["params"]).replace("_", "")
        assert _listed(model.output) == _listed(literal_eval(facts["shape"]))
        assert model.framework == "keras"
    if "because" in facts:
        assert any(facts["because"] in reason.message for reason in model.reasons), model.reasons


def _listed(shape: Any) -> Any:
    """Keras gives several outputs as a list or as a tuple, whichever the model was made with."""
    return [_listed(size) for size in shape] if isinstance(shape, list | tuple) else shape


def _real(case: Case) -> Any:
    os.environ.setdefault("KERAS_BACKEND", "torch")
    pytest.importorskip("keras").backend.clear_session()  # names of layers count from the start
    spec = importlib.util.spec_from_file_location(case.file.removesuffix(".py"), FOLDER / case.file)
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        spec.loader.exec_module(module)
        return getattr(module, case.name)()


_HERE = [case for case in CASES if "status" not in case.facts and "import tensorflow" not in (FOLDER / case.file).read_text()]


@pytest.mark.oracle
@pytest.mark.parametrize("case", _HERE, ids=_id)
def test_against_keras(case: Case) -> None:
    model = _real(case)
    assert model.count_params() == int(case.facts["params"])
    trainable = sum(weight.numpy().size for weight in model.trainable_weights)
    assert trainable == int(case.facts.get("trainable", case.facts["params"]))
    if getattr(model, "inputs", None):
        assert _listed(model.output_shape) == _listed(literal_eval(case.facts["shape"]))


_RAISES = [case for case in CASES if case.facts.get("because", "").startswith("the code raises")]


@pytest.mark.oracle
@pytest.mark.parametrize("case", _RAISES, ids=_id)
def test_refused_by_keras(case: Case) -> None:
    with pytest.raises(Exception) as raised:
        _real(case)
    assert type(raised.value).__name__ == case.facts["because"].removeprefix("the code raises ")
