"""``contextvars``: there is one context, as code that runs alone has."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from paramlint.interpreter.values import ABSENT, ClassValue, Instance, Native

if TYPE_CHECKING:
    from paramlint.interpreter.machine import Interpreter

_VALUE, _DEFAULT, _BEFORE, _VARIABLE = "<value>", "<default>", "<before>", "var"


def names(it: Interpreter) -> dict[str, Any]:
    token = ClassValue("Token", (it.classes["object"],), {}, module="contextvars")
    variable = ClassValue("ContextVar", (it.classes["object"],), {}, module="contextvars")

    def new(it: Interpreter, args: list[Any], kwargs: dict[str, Any]) -> Instance:
        made: Instance = it.instance(variable, {"name": args[1] if len(args) > 1 else kwargs.get("name")})
        if "default" in kwargs:
            made.attrs[_DEFAULT] = kwargs["default"]
        return made

    def set_(it: Interpreter, args: list[Any], kwargs: dict[str, Any]) -> Any:
        self_, value = args
        made = it.instance(token, {_VARIABLE: self_, _BEFORE: self_.attrs.get(_VALUE, ABSENT)})
        it.write(self_.attrs)
        self_.attrs[_VALUE] = value
        return made

    variable.make = new
    variable.attrs.update({name: Native(name, code, binds=True) for name, code in (("get", _get), ("set", set_), ("reset", _reset))})
    return {"ContextVar": variable, "Token": token}


def _get(it: Interpreter, args: list[Any], kwargs: dict[str, Any]) -> Any:
    self_, *default = args
    found = self_.attrs.get(_VALUE, ABSENT)
    if found is ABSENT:
        found = default[0] if default else kwargs.get("default", self_.attrs.get(_DEFAULT, ABSENT))
    return it.throw("LookupError", repr(self_.attrs.get("name"))) if found is ABSENT else found


def _reset(it: Interpreter, args: list[Any], kwargs: dict[str, Any]) -> None:
    self_, token = args
    before = token.attrs.get(_BEFORE, ABSENT) if isinstance(token, Instance) else ABSENT
    it.write(self_.attrs)
    if before is ABSENT:
        self_.attrs.pop(_VALUE, None)
    else:
        self_.attrs[_VALUE] = before
