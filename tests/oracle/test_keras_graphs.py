"""Random models that are drawn: what is said to be exact is Keras' own, and code is said to raise only where it does."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

os.environ.setdefault("KERAS_BACKEND", "torch")
pytest.importorskip("keras")

import keras_graphs

pytestmark = pytest.mark.oracle


@pytest.mark.parametrize("seed", range(7_000_000, 7_000_040))
def test_random_model(seed: int, tmp_path: Path) -> None:
    source, real, found = keras_graphs.compared(seed, tmp_path)
    assert not keras_graphs.verdict(real, found), f"{source}\n keras: {real}\n paramlint: {found}"
