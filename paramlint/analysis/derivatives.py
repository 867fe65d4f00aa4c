"""Functions of the analysed code that bring their own derivative: calling one runs its ``forward``."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from paramlint.interpreter.escape import callbacks
from paramlint.interpreter.values import ABSENT, ClassMethod, ClassValue, Native

if TYPE_CHECKING:
    from paramlint.analysis.overlay import Overlay
    from paramlint.interpreter.machine import Interpreter

_SAVES = "save_for_backward"
_SILENT = ("save_for_forward", "mark_dirty", "mark_non_differentiable", "set_materialize_grads")


def _save(overlay: Overlay, values: list[Any]) -> None:
    """Tensors that a function keeps for its derivative."""
    if overlay.trace is not None:
        overlay.trace.keep(values)


def function_class(overlay: Overlay, name: str) -> ClassValue:
    """The base class of such functions. ``apply`` gives what ``forward`` gives; the context only carries tensors to the derivative."""
    owner, _, last = name.rpartition(".")
    base = overlay.it.classes["object"]
    context = ClassValue(f"{last}Ctx", (base,), {"needs_input_grad": (), "saved_tensors": ()}, module=owner)
    context.attrs[_SAVES] = Native(_SAVES, lambda it, args, kwargs: _save(overlay, args[1:]), binds=True)
    for method in _SILENT:
        context.attrs[method] = Native(method, lambda it, args, kwargs: None, binds=True)

    def apply(it: Interpreter, args: list[Any], kwargs: dict[str, Any]) -> Any:
        cls, *given = args
        separate = isinstance(cls, ClassValue) and cls.find("setup_context") is not ABSENT
        made = it.instance(context)
        if overlay.outside is None:
            callbacks(it, [it.get_or(cls, "backward", None)], "derivatives may be computed")

        def run() -> Any:
            result = it.call(it.get(cls, "forward"), given if separate else [made, *given], kwargs)
            if separate and overlay.trace is not None:
                it.call(it.get(cls, "setup_context"), [made, tuple(given), result])
            return result

        return run() if overlay.trace is None else overlay.trace.apart(given, run)

    cls = ClassValue(last, (base,), {}, module=owner)
    cls.attrs["apply"] = ClassMethod(Native("apply", apply))
    return cls
