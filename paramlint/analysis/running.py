"""Calls of modules and layers: what runs, and who is told of it."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import TYPE_CHECKING, Any

from paramlint.analysis import hooks
from paramlint.analysis.layers import LayerState
from paramlint.analysis.own_calls import noted
from paramlint.core.unknown import Reason, Unknown
from paramlint.interpreter.values import ABSENT, Instance, Native

if TYPE_CHECKING:
    from paramlint.analysis.overlay import Overlay
    from paramlint.interpreter.machine import Interpreter


def run(overlay: Overlay, it: Interpreter, module: Any, method: str, args: list[Any], kwargs: dict[str, Any]) -> Any:
    """Call a module: its own ``forward``."""
    if overlay.watched is not None:
        return noted(overlay, it, module, args, kwargs, lambda: run(overlay, it, module, method, args, kwargs))
    if hooks.has(overlay, module):
        result = hooks.around(overlay, it, module, partial(_forward, overlay, it, module, method), args, kwargs)
    else:
        result = _forward(overlay, it, module, method, args, kwargs)
    returned(overlay, it, module, args, kwargs, result)
    return result


def _forward(overlay: Overlay, it: Interpreter, module: Any, method: str, args: list[Any], kwargs: dict[str, Any]) -> Any:
    found = it.get_or(module, method, ABSENT)
    if found is ABSENT or (isinstance(found, Unknown) and _has_none(overlay, module, method)):
        return it.library_throw("NotImplementedError", f'Module [{module.cls.name}] is missing the required "{method}" function')
    overlay.running.append(module)
    try:
        return it.call(found, args, kwargs)
    finally:
        overlay.running.pop()


def _has_none(overlay: Overlay, module: Instance, method: str) -> bool:
    """Whether a module has no method of that name but the one of its base class, which raises."""
    return (module.cls.find(method) is ABSENT and method not in module.attrs and module.cls.fact("unknown_base") is None
            and overlay.doubts(module) is None and isinstance(module.cls.find("__getattr__"), Native))


def returned(overlay: Overlay, it: Interpreter, module: Instance, args: list[Any], kwargs: dict[str, Any], result: Any) -> None:
    """A module has returned; what it cost and what it held is noted while somebody listens."""
    if overlay.calls is not None:
        from paramlint.analysis import layer_calls

        layer_calls.note_module(overlay, it, module, args, kwargs, result)
    if overlay.trace is not None:
        overlay.trace.left(module, args, kwargs, result)


def run_layer(overlay: Overlay, it: Interpreter, module: Any, args: list[Any], kwargs: dict[str, Any]) -> Any:
    """Call a framework's layer."""
    framework = module.cls.fact("lazy")
    if framework is not None:
        from paramlint.analysis import lazy_entries

        result = lazy_entries.run_entry(overlay, framework, it, module, args, kwargs)
    else:
        from paramlint.analysis import layer_calls

        result = layer_calls.call_layer(overlay, it, module, args, kwargs)
    if overlay.replaced.names:
        result = overlay.replaced.called(it, module, result)
    if overlay.trace is not None and isinstance(module.payload, LayerState):
        overlay.trace.ran(it, module.payload.entry, module.payload.name, args, kwargs, result, module)
    return result


def skipped(overlay: Overlay, reason: Reason, values: Sequence[Any] | None) -> None:
    """Code was not run because something is not known: what it costs is not known, if it works on tensors."""
    if (overlay.calls is None and overlay.trace is None) or _defines(overlay):
        return
    from paramlint.analysis import layer_calls

    if overlay.calls is not None:
        layer_calls.note_skipped(overlay, overlay.it, reason, values)
    if overlay.trace is not None and layer_calls.may_cost(values):
        overlay.trace.skipped(reason)


def _defines(overlay: Overlay) -> bool:
    """Whether the code that runs makes a module's or a class's names, which are only looked up while a model is called."""
    frame = overlay.it.frame
    while frame is not None and frame is not overlay.outside:
        if frame.kind in ("module", "class"):
            return True
        frame = frame.caller
    return False
