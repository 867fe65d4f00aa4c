"""What every layer that builds on call has from its construction: a name, whether it is trained, its types."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from paramlint.analysis import dtype_policy, lazy_state
from paramlint.analysis.layers import LayerState
from paramlint.analysis.symbolic import Args, Kwargs
from paramlint.core.tensor import DTYPE_BYTES
from paramlint.core.unknown import Why
from paramlint.interpreter.binding import bind
from paramlint.interpreter.values import BoundMethod, FunctionValue, Instance, Native

if TYPE_CHECKING:
    from paramlint.analysis.overlay import Overlay
    from paramlint.interpreter.machine import Interpreter

_WORDS = re.compile(r"(?<=.)(?=[A-Z][a-z])|(?<=[a-z])(?=[A-Z])")


def snake(name: str) -> str:
    """The name that Keras gives a layer: ``conv2d_transpose``, ``re_lu``, ``multi_head_attention``."""
    return _WORDS.sub("_", name).lower()


def _wrapped_build(it: Interpreter, args: Args, kwargs: Kwargs) -> None:
    """``build`` of the analysed code, as each object has it: the layer is built then, and takes no more weights."""
    self_, *given = args
    it.call(bind(it, self_.cls.find("build"), self_, self_.cls), given, kwargs)
    lazy_state.lock(it, self_)


WRAPPED_BUILD = Native("build", _wrapped_build)


def set_up(overlay: Overlay, it: Interpreter, self_: Instance, options: Kwargs) -> None:
    name = options.get("name")
    it.write(self_.attrs)
    if name is None:
        self_.attrs["name"], self_.attrs[lazy_state.GIVEN] = overlay.fresh_name(snake(self_.cls.name)), overlay.evaluation
    else:
        self_.attrs["name"] = name
    self_.attrs.setdefault("trainable", options.get("trainable", True))
    entry = self_.payload.entry if isinstance(self_.payload, LayerState) and "entry" in self_.cls.facts else None
    self_.attrs.setdefault("built", entry is not None and entry.BUILT)
    if isinstance(self_.cls.find("build"), FunctionValue):
        self_.attrs.setdefault("build", BoundMethod(WRAPPED_BUILD, self_))
    for key, value in _dtypes(it, dtype_policy.filled(overlay, it, options).get("dtype")).items():
        self_.attrs.setdefault(key, value)
    shape = options.get("batch_input_shape")
    declared = options.get("input_shape", shape[1:] if isinstance(shape, list | tuple) else None)
    if declared is None and options.get("input_dim") is not None:
        declared = (options["input_dim"],)
    if declared is not None:
        self_.attrs["<declared>"] = declared


def _dtypes(it: Interpreter, policy: Any) -> dict[str, Any]:
    """The types of a layer's weights and of its computations."""
    computes = policy if isinstance(policy, str) else "float32"
    stores = "float32" if computes.startswith("mixed_") else computes
    computes = computes.removeprefix("mixed_")
    if policy is not None and (not isinstance(policy, str) or computes not in DTYPE_BYTES):
        unknown = it.unknown(Why.UNSUPPORTED, "the types of a layer with a dtype policy")
        return {"dtype": unknown, "compute_dtype": unknown, "variable_dtype": unknown}
    return {"dtype": stores, "compute_dtype": computes, "variable_dtype": stores}
