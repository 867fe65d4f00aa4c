"""Every model in fixtures/models has the size that stands beside it, and the real framework agrees."""

from __future__ import annotations

import builtins
import importlib.util
import sys
import warnings
from functools import cache

import pytest
from model_fixtures import Expected, expected

from paramlint import api
from paramlint.model.totals import number


@cache
def offered(path: str) -> dict:
    """The models that a file offers, by name."""
    models = [model for result in api.summary([path]) for model in result.models]
    return {model.target.partition("::")[2]: model for model in models}


@pytest.mark.parametrize("wanted", [*expected("torch"), *expected("apart")], ids=str)
def test_the_models_of_a_file(wanted: Expected) -> None:
    model = offered(str(wanted.file)).get(wanted.name)
    if model is None:  # a function that needs no name of its own in the list
        model = next(api.summary([f"{wanted.file}::{wanted.name}"])).models[0]
    why = [(reason.message, model.places.get(reason.site)) for reason in model.reasons]
    if wanted.status:
        assert (model.status, model.line) == (wanted.status, wanted.line), why
        assert wanted.params is None or number(model.params) == wanted.params, why
        return
    if wanted.raises:
        assert model.status == "unknown" and any(f"raises {wanted.raises}" in message for message, _ in why), why
        return
    assert number(model.params) == wanted.params, why
    assert model.status == ("exact" if isinstance(wanted.params, int) else "symbolic"), why
    assert model.line == wanted.line and model.framework == ("keras" if wanted.file.stem.startswith("keras") else "torch")
    if isinstance(wanted.params, int):
        assert number(model.trainable) == (wanted.params if wanted.trainable is None else wanted.trainable)
    if wanted.buffers is not None:
        assert number(model.buffers) == wanted.buffers


@pytest.mark.oracle
@pytest.mark.parametrize("wanted", expected("torch", oracle=True), ids=str)
def test_the_real_framework_agrees(wanted: Expected) -> None:
    nn = pytest.importorskip("torch.nn")
    spec = importlib.util.spec_from_file_location(f"fixture_{wanted.file.stem}", wanted.file)
    module = sys.modules[spec.name] = importlib.util.module_from_spec(spec)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        spec.loader.exec_module(module)
        made = getattr(module, wanted.name)
        if wanted.raises:
            with pytest.raises(getattr(builtins, wanted.raises)):
                made()
            return
        net = made if isinstance(made, nn.Module) else made()
    assert sum(p.numel() for p in net.parameters()) == wanted.params
    assert sum(p.numel() for p in net.parameters() if p.requires_grad) == (wanted.params if wanted.trainable is None else wanted.trainable)
    if wanted.buffers is not None:
        assert sum(b.numel() for b in net.buffers()) == wanted.buffers
