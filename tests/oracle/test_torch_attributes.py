"""The attributes of torch's layers: what is modelled is what the real layer has, and every other name is recorded."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from paramlint.core.unknown import Unknown
from paramlint.frameworks import REGISTRY
from paramlint.schema.layer import Layer

pytestmark = pytest.mark.oracle
torch = pytest.importorskip("torch")
ROWS = json.loads((Path(__file__).parents[2] / "fixtures" / "oracle" / "torch-2.13.0-layers.json").read_text(encoding="utf-8"))
NAMES = sorted({row["cls"] for row in ROWS if "." not in row["cls"]})
FRAMEWORK = next(known for known in REGISTRY.frameworks if known.name == "torch")


def _pairs(name: str) -> Any:
    """Each recorded call as the real layer and as the entry."""
    entry = REGISTRY.find(f"torch.nn.{name}")
    if entry is None or not issubclass(entry, Layer):
        return
    for row in ROWS:
        if row["cls"] == name and "raises" not in row and "$" not in repr(row["args"]) + repr(row["kwargs"]):
            try:
                with torch.device("meta"):
                    real = getattr(torch.nn, name)(*row["args"], **row["kwargs"])
            except (TypeError, AttributeError):  # an argument that JSON does not hold
                continue
            yield row["call"], real, entry.build(row["args"], row["kwargs"])


@pytest.mark.parametrize("name", NAMES)
def test_what_is_kept_is_what_the_layer_has(name: str) -> None:
    members, qualified, missing = REGISTRY.members(FRAMEWORK), f"torch.nn.{name}", object()
    for call, real, entry in _pairs(name):
        held = {*real._parameters, *real._buffers, *real._modules}
        for attribute in entry.kept() - set(entry.DERIVED) - held:
            if not members.has(qualified, attribute, on_instance=True):
                assert not hasattr(real, attribute), (call, attribute)
                continue
            found = getattr(entry, attribute, missing)
            if not isinstance(found, Unknown):
                assert (type(found), repr(found)) == (type(getattr(real, attribute)), repr(getattr(real, attribute))), (call, attribute)


@pytest.mark.parametrize("name", NAMES)
def test_every_attribute_is_recorded(name: str) -> None:
    members, qualified = REGISTRY.members(FRAMEWORK), f"torch.nn.{name}"
    for call, real, _ in _pairs(name):
        own = {attribute for attribute in dir(real) if attribute not in dir(object)} - {*real._parameters, *real._buffers, *real._modules}
        missed = [one for one in own if not members.has(qualified, one, on_instance=True)
                  and one not in ("__dict__", "__weakref__", "__annotations__", "__module__")]
        assert missed == [], call
