"""What is recorded of the attributes of a framework's classes is what the real framework has."""

from __future__ import annotations

import importlib
import os
from typing import Any

import pytest
from record_members import COMMON, PACKAGES, RECORDED, members, text

from paramlint.frameworks import REGISTRY

pytestmark = pytest.mark.oracle
os.environ.setdefault("KERAS_BACKEND", "torch")  # chosen when Keras is imported


def _members(framework: str) -> Any:
    return REGISTRY.members(next(known for known in REGISTRY.frameworks if known.name == framework))


@pytest.mark.parametrize("framework", RECORDED)
def test_record_is_the_frameworks_own(framework: str) -> None:
    pytest.importorskip(framework)
    public = RECORDED[framework]()
    assert (PACKAGES / framework / "members.json").read_text(encoding="utf-8") == text(members(public))
    for name, cls in public.items():
        missed = [found for found in dir(cls) if found not in COMMON and not hasattr(type, found)
                  and not _members(framework).has(name, found, on_instance=False)]
        assert missed == [], name


def test_attributes_of_instances_of_keras() -> None:
    keras = pytest.importorskip("keras")
    has = _members("keras").has
    for layer in (keras.layers.Dense(3), keras.layers.LSTM(4), keras.layers.Bidirectional(keras.layers.LSTM(4)), keras.layers.PReLU(),
                  keras.layers.MultiHeadAttention(2, 4), keras.layers.Normalization(), keras.layers.BatchNormalization()):
        name = f"keras.layers.{type(layer).__name__}"
        missed = [found for found in vars(layer) if found not in COMMON and not has(name, found, on_instance=True)]
        assert missed == [], name
    assert has("keras.layers.Dense", "quantize", on_instance=False) and has("keras.layers.Dense", "units", on_instance=True)
    assert not has("keras.layers.Dense", "units", on_instance=False) and not has("keras.layers.Dense", "cell", on_instance=True)
    assert has("keras.Sequential", "from_config", on_instance=False) and not has("keras.Sequential", "adapt", on_instance=True)


@pytest.mark.parametrize(("framework", "lacking"), [("torch", ("torch.nn", "Foo")), ("keras", ("keras.layers", "Foo"))])
def test_the_names_of_modules_are_the_frameworks_own(framework: str, lacking: tuple[str, str]) -> None:
    pytest.importorskip(framework)
    for module in (framework, *{"torch": ("torch.nn", "torch.nn.functional", "torch.optim"), "keras": ("keras.layers", "keras.ops")}[framework]):
        names = [name for name in dir(importlib.import_module(module)) if not name.startswith("_")]
        assert [name for name in names if REGISTRY.module_has(module, name) is not True] == [], module
    assert REGISTRY.module_has(*lacking) is False and REGISTRY.module_has(f"{framework}._private", "x") is None
