"""Objects of classes whose base is not known, which may be modules all the same."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from paramlint.analysis.tensors import TensorValue
from paramlint.core.unknown import Reason, UnmodelledBase
from paramlint.frameworks import REGISTRY
from paramlint.interpreter.values import Instance

if TYPE_CHECKING:
    from paramlint.analysis.overlay import Overlay


def may_be_module(overlay: Overlay, value: Any) -> Reason | None:
    """Why an object may be a module: it holds modules or parameters, or its base is one of a framework's modules. None for others."""
    if not isinstance(value, Instance) or overlay.is_module(value):
        return None
    reason: Reason | None = value.cls.fact("unknown_base")
    if reason is None or (isinstance(reason, UnmodelledBase) and _is_module_base(reason.name)):
        return reason
    held = any(overlay.is_module(part) or (isinstance(part, TensorValue) and part.is_parameter) for part in value.attrs.values())
    return reason if held else None


def _is_module_base(name: str) -> bool:
    framework = REGISTRY.framework_of(name)
    return framework is not None and not set(framework.module_bases).isdisjoint(REGISTRY.members(framework).ancestors(name))
