"""``logging`` and ``warnings``: effects without consequence."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from paramlint.core.unknown import Why
from paramlint.interpreter.natives import effect, inert
from paramlint.interpreter.stdlib.silent import Silent, maker
from paramlint.interpreter.values import ClassValue, Native

if TYPE_CHECKING:
    from paramlint.interpreter.machine import Interpreter

_LEVELS = {"NOTSET": 0, "DEBUG": 10, "INFO": 20, "WARN": 30, "WARNING": 30, "ERROR": 40, "FATAL": 50, "CRITICAL": 50}
_SILENT = (
    "debug",
    "info",
    "warning",
    "warn",
    "error",
    "exception",
    "critical",
    "fatal",
    "log",
    "basicConfig",
    "disable",
    "shutdown",
    "captureWarnings",
    "addLevelName",
    "setLoggerClass",
    "warn_explicit",
    "filterwarnings",
    "simplefilter",
    "resetwarnings",
    "showwarning",
    "formatwarning",
)


def names(it: Interpreter) -> dict[str, Any]:
    set_up = it.unknown(Why.EFFECT, "how logging is set up")
    logger = {
        "filters": set_up,
        "handlers": set_up,
        "parent": set_up,
        "name": "root",
        "level": 0,
        "propagate": True,
        "isEnabledFor": effect("isEnabledFor"),
        "getEffectiveLevel": effect("getEffectiveLevel"),
        "hasHandlers": effect("hasHandlers"),
        "getChild": maker("Logger"),
    }
    result: dict[str, Any] = {name: inert(name) for name in _SILENT}
    result.update(_LEVELS)
    result["getLogger"] = Native("getLogger", lambda it, args, kwargs: Silent("Logger", **{**logger, "name": args[0] if args else "root"}))
    result["root"] = Silent("Logger", **logger)
    for name in ("StreamHandler", "FileHandler", "NullHandler", "Formatter", "Handler", "Filter", "LoggerAdapter"):
        result[name] = _silent_class(it, name)
    result["catch_warnings"] = maker("catch_warnings")
    result["Logger"] = ClassValue("Logger", (it.classes["object"],), {}, module="logging")
    result["getLevelName"] = effect("logging.getLevelName")
    return result


def _silent_class(it: Interpreter, name: str) -> ClassValue:
    """A class that analysed code may derive from; what its methods do has no consequence."""

    def method(it: Interpreter, args: list[Any], kwargs: dict[str, Any]) -> Any:
        if args[1].startswith("_"):
            return it.throw("AttributeError", f"'{name}' object has no attribute '{args[1]}'")
        return inert(args[1])

    own = {"__init__": Native("__init__", lambda it, args, kwargs: None, binds=True), "__getattr__": Native("__getattr__", method, binds=True)}
    return ClassValue(name, (it.classes["object"],), own, module="logging")
