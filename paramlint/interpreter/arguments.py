"""Arguments and parameters."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from paramlint.core.unknown import Unknown
from paramlint.interpreter.held import loose
from paramlint.interpreter.values import (
    FunctionValue,
)

if TYPE_CHECKING:
    from paramlint.interpreter.machine import Interpreter


def bind_with_rest(it: Interpreter, function: FunctionValue, args: list[Any], kwargs: dict[str, Any], rest: Unknown) -> dict[str, Any]:
    """Parameters by name, where ``rest`` may hold any that nothing else fills, and more."""
    code = function.code
    only = [parameter.name for parameter in code.positional_only]
    names = [p.name for p in code.parameters[max(0, len(args) - len(only)):]] + [p.name for p in code.keyword_only]
    filled = {**{name: rest for name in names if name not in kwargs}, **kwargs}
    variables = bind_arguments(it, function, [*args, *[rest] * (len(only) - len(args))], filled)
    positional = (*code.positional_only, *code.parameters)
    defaults = dict(zip([p.name for p in positional[len(positional) - len(function.defaults):]], function.defaults, strict=True))
    for name, default in (defaults | function.keyword_defaults).items():
        if variables[name] is rest:
            variables[name] = loose(rest.reason, (rest, default))
    if code.star is not None:
        for value in variables[code.star]:
            it.escaped(value, rest.reason)
        variables[code.star] = loose(rest.reason, (rest, variables[code.star]))
    if code.double_star is not None:
        it.state.mark_open(variables[code.double_star], rest.reason, None, rest.held)
    return variables


def bind_arguments(it: Interpreter, function: FunctionValue, args: list[Any], kwargs: dict[str, Any]) -> dict[str, Any]:
    """Parameters by name, as Python binds them. Raises TypeError in the analysed code."""
    code = function.code
    positional = code.positional_only + code.parameters if code.positional_only else code.parameters
    count = len(positional)
    variables: dict[str, Any] = {}
    for parameter, value in zip(positional, args, strict=False):
        variables[parameter.name] = value
    if len(args) > count:
        if code.star is None:
            it.throw("TypeError", f"{function.qualname}() takes {count} positional argument{'s' * (count != 1)} but {len(args)} were given")
        variables[code.star] = tuple(args[count:])
    elif code.star is not None:
        variables[code.star] = ()
    extra: dict[str, Any] = {}
    if kwargs:
        _bind_keywords(it, function, kwargs, variables, extra)
    if code.double_star is not None:
        variables[code.double_star] = it.made(extra)
    missing = [p.name for p in positional[:count - len(function.defaults)] if p.name not in variables]
    for parameter, value in zip(positional[count - len(function.defaults):], function.defaults, strict=True):
        if parameter.name not in variables:
            variables[parameter.name] = value
    for parameter in code.keyword_only:
        if parameter.name not in variables:
            if parameter.name in function.keyword_defaults:
                variables[parameter.name] = function.keyword_defaults[parameter.name]
            else:
                missing.append(parameter.name)
    if missing:
        it.throw("TypeError", f"{function.qualname}() missing {len(missing)} required argument{'s' * (len(missing) > 1)}: "
                 + " and ".join(f"'{name}'" for name in missing))
    return variables


def _bind_keywords(it: Interpreter, function: FunctionValue, kwargs: dict[str, Any], variables: dict[str, Any], extra: dict[str, Any]) -> None:
    code = function.code
    accepted = {p.name for p in code.parameters} | {p.name for p in code.keyword_only}
    for name, value in kwargs.items():
        if name in accepted:
            if name in variables:
                it.throw("TypeError", f"{function.qualname}() got multiple values for argument '{name}'")
            variables[name] = value
        elif code.double_star is not None:
            extra[name] = value
        else:
            it.throw("TypeError", f"{function.qualname}() got an unexpected keyword argument '{name}'")
