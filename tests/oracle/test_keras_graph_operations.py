"""Random calls of `keras.ops` on symbolic tensors give what Keras gives, and the recorded signatures are Keras' own."""

from __future__ import annotations

import inspect
import os

import pytest

os.environ.setdefault("KERAS_BACKEND", "torch")
pytest.importorskip("keras")

import keras
import keras_operations

from paramlint.frameworks.keras.ops_signatures import SIGNATURES

pytestmark = pytest.mark.oracle


@pytest.mark.parametrize("seed", [0, 20_000, 77_000])
def test_random_calls(seed: int) -> None:
    wrong = [outcome for outcome in keras_operations.outcomes(1000, seed) if outcome.wrong]
    assert not wrong, "\n".join(map(str, wrong))


def test_signatures() -> None:
    for text, names in SIGNATURES.items():
        for name in names.split():
            assert keras_operations.signature_text(_function(name)) == text, name


def test_every_function_has_a_signature() -> None:
    recorded = {name for names in SIGNATURES.values() for name in names.split()}
    assert {f"ops.{name}" for name in dir(keras.ops) if inspect.isfunction(getattr(keras.ops, name))} <= recorded


def _function(name: str) -> object:
    found: object = keras
    for part in name.split("."):
        found = getattr(found, part)
    return found
