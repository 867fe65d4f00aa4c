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
    defaults = dict(zip([p.name for p in positional[max(0, len(positional) - len(function.defaults)):]], function.defaults, strict=False))
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
    if len(args) == count and not (kwargs or code.star or code.double_star or code.keyword_only):
        return variables
    if code.star is not None:
        variables[code.star] = tuple(args[count:])
    extra: dict[str, Any] = {}
    if kwargs:
        _bind_keywords(it, function, kwargs, variables, extra)
    if len(args) > count and code.star is None:
        _refuse_positional(it, function, len(args), variables)
    if code.double_star is not None:
        variables[code.double_star] = it.made(extra)
    defaults = function.defaults[-count:] if count else ()
    missing = [p.name for p in positional[:count - len(defaults)] if p.name not in variables]
    if missing:
        _refuse_missing(it, function, missing, "positional argument")
    for parameter, value in zip(positional[count - len(defaults):], defaults, strict=True):
        if parameter.name not in variables:
            variables[parameter.name] = value
    for parameter in code.keyword_only:
        if parameter.name not in variables:
            if parameter.name in function.keyword_defaults:
                variables[parameter.name] = function.keyword_defaults[parameter.name]
            else:
                missing.append(parameter.name)
    if missing:
        _refuse_missing(it, function, missing, "keyword-only argument")
    return variables


def _refuse_missing(it: Interpreter, function: FunctionValue, names: list[str], kind: str) -> None:
    quoted = [f"'{name}'" for name in names]
    listed = " and ".join(quoted) if len(quoted) < 3 else ", ".join(quoted[:-1]) + f", and {quoted[-1]}"
    it.throw("TypeError", f"{function.qualname}() missing {len(names)} required {kind}{'s' * (len(names) > 1)}: {listed}")


def _refuse_positional(it: Interpreter, function: FunctionValue, given: int, variables: dict[str, Any]) -> None:
    code = function.code
    most = len(code.positional_only) + len(code.parameters)
    least = most - len(function.defaults[-most:] if most else ())
    takes = f"{most}" if least == most else f"from {least} to {most}"
    plural = "s" * (most != 1 or least != most)
    named = sum(parameter.name in variables for parameter in code.keyword_only)
    were = f"{given} positional argument{'s' * (given != 1)} (and {named} keyword-only argument{'s' * (named != 1)}) were" if named \
        else f"{given} {'were' if given != 1 else 'was'}"
    it.throw("TypeError", f"{function.qualname}() takes {takes} positional argument{plural} but {were} given")


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
            _refuse_keyword(it, function, name, kwargs)


def _refuse_keyword(it: Interpreter, function: FunctionValue, name: str, kwargs: dict[str, Any]) -> None:
    only = [p.name for p in function.code.positional_only if p.name in kwargs]
    if only:
        it.throw("TypeError", f"{function.qualname}() got some positional-only arguments passed as keyword arguments: '{', '.join(only)}'")
    it.throw("TypeError", f"{function.qualname}() got an unexpected keyword argument '{name}'")
