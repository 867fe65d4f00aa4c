"""Where images have their channels unless a call says otherwise: a setting of the framework, for all that is made after it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from paramlint.core.unknown import Unknown, Why

if TYPE_CHECKING:
    from paramlint.analysis.overlay import Overlay
    from paramlint.interpreter.machine import Interpreter
    from paramlint.interpreter.module_values import ModuleValue
    from paramlint.schema.framework import Framework
    from paramlint.schema.layer import Signature

FIELD = "data_format"
LAST, _FIRST = "channels_last", "channels_first"


def set_default(overlay: Overlay, framework: Framework, it: Interpreter, args: list[Any], kwargs: dict[str, Any]) -> None:
    value = args[0] if args else kwargs.get(FIELD)
    if not isinstance(value, Unknown) and (not isinstance(value, str) or value.lower() not in (LAST, _FIRST)):
        it.library_throw("ValueError", f"`{FIELD}` must be one of '{LAST}' and '{_FIRST}'")
    if it.state.logs or not isinstance(value, str):
        value = it.unknown(Why.BRANCH, "the default data format, which is set in a branch")
    module = module_of(it)
    if module is not None:
        it.outlives()
        overlay.data_formats[module.name] = value.lower() if isinstance(value, str) else value


def default(overlay: Overlay, it: Interpreter) -> Any:
    """The setting as the module at hand sees it: its own, and not known where a module that it knows of has another."""
    if not overlay.data_formats:
        return LAST
    module = module_of(it)
    if module is None:
        return LAST
    own = overlay.data_formats.get(module.name)
    if own is not None:
        return own
    for name, value in overlay.data_formats.items():
        if value != LAST and mentions(module, name):
            return it.unknown(Why.EFFECT, f"the default data format, which `{name}` sets")
    return LAST


def filled(overlay: Overlay, it: Interpreter, signature: Signature, given: int, kwargs: dict[str, Any]) -> dict[str, Any]:
    """The keywords of a call, with the setting where the call leaves it to that."""
    if not overlay.data_formats or kwargs.get(FIELD) is not None:
        return kwargs
    positional = [field.name for field in signature.fields if not field.keyword_only]
    if FIELD not in (field.name for field in signature.fields) or FIELD in positional[:given]:
        return kwargs
    return {**kwargs, FIELD: default(overlay, it)}


def module_of(it: Interpreter) -> ModuleValue | None:
    """The module whose top level runs, or that of the function that is evaluated."""
    frame, module = it.frame, None
    while frame is not None:
        module = frame.module
        if frame.kind == "module":
            break
        frame = frame.caller
    return module


def mentions(module: ModuleValue, name: str) -> bool:
    """Whether a module's text has the name of another module."""
    last = name.rpartition(".")[2]
    return module.source is None or any(last in statement.text for statement in module.source.statements)
