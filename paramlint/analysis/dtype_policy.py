"""The types of a layer's numbers unless its call says otherwise: a setting of the framework, for all that is made after it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from paramlint.analysis import data_format
from paramlint.core.unknown import Unknown, Why

if TYPE_CHECKING:
    from paramlint.analysis.overlay import Overlay
    from paramlint.interpreter.machine import Interpreter
    from paramlint.schema.framework import Framework

_USUAL = "float32"


def set_default(overlay: Overlay, framework: Framework, it: Interpreter, args: list[Any], kwargs: dict[str, Any]) -> None:
    value = args[0] if args else next(iter(kwargs.values()), None)
    if isinstance(value, str) and value == _USUAL and not overlay.policies:
        return
    if it.state.logs or not isinstance(value, str):
        value = it.unknown(Why.BRANCH, "the default types of layers, which are set somewhere")
    module = data_format.module_of(it)
    if module is not None:
        it.outlives()
        overlay.policies[module.name] = value


def default(overlay: Overlay, it: Interpreter) -> Any:
    """The setting as the module at hand sees it; None where it is the usual one."""
    module = data_format.module_of(it) if overlay.policies else None
    if module is None:
        return None
    own = overlay.policies.get(module.name)
    if own is not None:
        return own
    name = next((name for name in overlay.policies if data_format.mentions(module, name)), None)
    return None if name is None else it.unknown(Why.EFFECT, f"the default types of layers, which `{name}` sets")


def floatx(overlay: Overlay, framework: Framework, it: Interpreter, args: list[Any], kwargs: dict[str, Any]) -> Any:
    found = default(overlay, it)
    return _USUAL if found is None else Unknown(it.unknown_reason("the default type of numbers, which the code sets"), data=True)


def filled(overlay: Overlay, it: Interpreter, kwargs: dict[str, Any]) -> dict[str, Any]:
    """The keywords of a layer, with the setting where they leave it to that."""
    value = default(overlay, it) if overlay.policies and kwargs.get("dtype") is None else None
    return kwargs if value is None else {**kwargs, "dtype": value}
