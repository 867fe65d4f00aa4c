"""``logging`` and ``warnings``: effects without consequence."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from paramlint.core.unknown import Escaped, Unknown, Why
from paramlint.interpreter.natives import effect
from paramlint.interpreter.spoken import silent
from paramlint.interpreter.stdlib.silent import Silent, maker, silent_class
from paramlint.interpreter.values import ClassValue, Either, Native

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
    "resetwarnings",
    "showwarning",
    "formatwarning",
)


def _catch_warnings(it: Interpreter, args: list[Any], kwargs: dict[str, Any]) -> Silent:
    """What is recorded is not followed."""
    entered = it.outside("which warnings are recorded") if kwargs.get("record") else None
    return Silent("catch_warnings", __enter__=Native("__enter__", lambda it, args, kwargs: entered))


def _filter(name: str) -> Native:
    """Warnings that are errors raise where they are given, which is not followed."""
    def call(it: Interpreter, args: list[Any], kwargs: dict[str, Any]) -> None:
        action = args[0] if args else kwargs.get("action")
        if action not in _ACTIONS if isinstance(action, str) else isinstance(action, Unknown | Either):
            it.hedged(Escaped(Why.UNSUPPORTED, "warnings are made errors, which raise where they are given", it.site()))

    return Native(name, call)


_ACTIONS = frozenset({"default", "ignore", "always", "module", "once"})


def names(it: Interpreter) -> dict[str, Any]:
    set_up = it.outside("how logging is set up")
    logger = {
        "filters": set_up,
        "handlers": set_up,
        "parent": set_up,
        "name": "root",
        "level": set_up,
        "propagate": set_up,
        "disabled": set_up,
        "isEnabledFor": effect("isEnabledFor"),
        "getEffectiveLevel": effect("getEffectiveLevel"),
        "hasHandlers": effect("hasHandlers"),
        "getChild": maker("Logger"),
    }
    result: dict[str, Any] = {name: silent(name) for name in _SILENT}
    result.update(_LEVELS)
    loggers = it.made({"root": Silent("Logger", **logger)})  # the same one for whoever asks again

    def get_logger(it: Interpreter, args: list[Any], kwargs: dict[str, Any]) -> Any:
        name = (args[0] if args else kwargs.get("name")) or "root"
        if name.__class__ is not str:
            return Silent("Logger", **{**logger, "name": name})
        if name not in loggers:
            loggers[name] = Silent("Logger", **{**logger, "name": name})
        return loggers[name]

    result["getLogger"] = Native("getLogger", get_logger)
    result["root"] = loggers["root"]
    for name in ("StreamHandler", "FileHandler", "NullHandler", "Formatter", "Handler", "Filter", "LoggerAdapter"):
        result[name] = silent_class(it, name, "logging")
    result.update({name: _filter(name) for name in ("filterwarnings", "simplefilter")})
    result["catch_warnings"] = Native("catch_warnings", _catch_warnings)
    result["Logger"] = ClassValue("Logger", (it.classes["object"],), {}, module="logging")
    result["getLevelName"] = effect("logging.getLevelName")
    return result
