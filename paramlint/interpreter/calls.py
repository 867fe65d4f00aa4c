"""Calls: binding arguments, running functions, making instances."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from contextlib import suppress
from typing import TYPE_CHECKING, Any

from paramlint.core import defects
from paramlint.core.dims import Formula
from paramlint.core.unknown import Harmless, LeavesAlone, NeedsValue, Succeeds, Unknown, Why
from paramlint.interpreter import classes, escape, handed, methods, operators
from paramlint.interpreter.arguments import bind_arguments, bind_with_rest
from paramlint.interpreter.binding import bind
from paramlint.interpreter.frames import Frame
from paramlint.interpreter.held import loose
from paramlint.interpreter.natives import REST
from paramlint.interpreter.results import joined, unpark, unpark_after_error
from paramlint.interpreter.signals import Raised, Signal
from paramlint.interpreter.unanswered import may_fail
from paramlint.interpreter.values import (
    ABSENT,
    DECORATOR,
    BoundMethod,
    ClassMethod,
    ClassValue,
    Either,
    Foreign,
    FunctionValue,
    GeneratorValue,
    Instance,
    Native,
    StaticMethod,
    Super,
)

if TYPE_CHECKING:
    from paramlint.interpreter.machine import Interpreter
    from paramlint.syntax import ir


def call(it: Interpreter, callee: Any, args: list[Any], kwargs: dict[str, Any]) -> Any:
    kind = callee.__class__
    if kind is BoundMethod:
        return call(it, callee.func, [callee.self, *args], kwargs)
    if kind is FunctionValue:
        return call_function(it, callee, args, kwargs)
    if kind is Native:
        return call_native(it, callee, args, kwargs)
    if kind is ClassValue:
        return classes.instantiate(it, callee, args, kwargs)
    if kind is Instance:
        return _call_instance(it, callee, args, kwargs)
    if isinstance(callee, Unknown):
        return _call_unknown(it, callee, args, kwargs)
    if isinstance(callee, Either):
        return it.each(callee, lambda item: call(it, item, args, kwargs))
    if isinstance(callee, Foreign):
        it.step()
        found = it.decide(lambda: callee.call(it, args, kwargs))
        if found is not NotImplemented:
            return found
    if isinstance(callee, StaticMethod | ClassMethod):
        return call(it, callee.func, args, kwargs)
    if isinstance(callee, Formula):
        return _call_unknown(it, it.unknown(Why.ARGUMENT, f"what `{callee}` does when it is called"), args, kwargs)
    return it.throw("TypeError", f"'{operators.type_name(callee)}' object is not callable")


def _call_instance(it: Interpreter, callee: Instance, args: list[Any], kwargs: dict[str, Any]) -> Any:
    method = callee.cls.find("__call__")
    if method is ABSENT:
        unknown = callee.cls.fact("unknown_base")
        if unknown is not None:
            return _call_unknown(it, Unknown(unknown), args, kwargs)
        return it.throw("TypeError", f"'{callee.cls.name}' object is not callable")
    return call(it, bind(it, method, callee, callee.cls), args, kwargs)


_MAY_RAISE = frozenset({Why.IMPORT, Why.EFFECT, Why.UNSUPPORTED})


def _call_unknown(it: Interpreter, callee: Unknown, args: list[Any], kwargs: dict[str, Any]) -> Any:
    values = (*args, *kwargs.values()) if callee.owner is None else (callee.owner, *args, *kwargs.values())
    it.skipped(callee.reason, values)
    for value in () if isinstance(callee.reason, LeavesAlone) else values:
        it.escaped(value, callee.reason)
    escape.over(it, callee.reason, values)
    if callee.reason.kind is Why.IMPORT:
        it.modules.reseeded()
    if it.dropped is not None and callee.reason.kind in _MAY_RAISE and not isinstance(callee.reason, Harmless | LeavesAlone | Succeeds):
        it.not_taken(it.library_error("", "an exception of code that is not followed"), callee.reason)
    if callee.held:
        handed.called(it, callee, values)
        if callee.member:
            escape.through_base(it, callee)
    return it.result_of(callee, values)


def call_with_unknown_rest(it: Interpreter, callee: Any, args: list[Any], kwargs: dict[str, Any], rest: Unknown) -> Any:
    """A call whose ``*`` or ``**`` has contents that are not known: parameters that nothing else fills become Unknown."""
    if isinstance(callee, Either):
        return it.each(callee, lambda item: call_with_unknown_rest(it, item, args, kwargs, rest))
    function = callee
    if isinstance(callee, BoundMethod):
        function, args = callee.func, [callee.self, *args]
    if isinstance(function, FunctionValue):
        return call_function(it, function, args, kwargs, rest)
    if isinstance(function, ClassValue):
        return classes.instantiate(it, function, args, kwargs, rest)
    if isinstance(function, Native) and "__self__" in function.attrs:  # a method of a list, dict or set, which may change it
        methods.change_unknown(it, function.attrs["__self__"], function.name, args, kwargs, rest)
    if isinstance(function, Native) and REST in function.attrs:
        return function.attrs[REST](it, args, kwargs, rest)
    if isinstance(callee, Unknown):
        return _call_unknown(it, callee, [*args, rest], kwargs)
    it.skipped(rest.reason, None)
    for value in (*args, *kwargs.values()):
        it.escaped(value, rest.reason)
    return loose(rest.reason, (rest, *args, *kwargs.values()))


_ERRORS = (*defects.ERRORS, StopIteration, NotImplementedError)
_CONTAINERS = frozenset({list, dict, set})
_SIZED = _CONTAINERS | {str, bytes, tuple, frozenset}


def _references() -> int:
    """How many references there are to a container that nobody but the local variable ``result`` holds."""
    result: list[Any] = []
    return sys.getrefcount(result)


_ALONE = _references()


def call_native(it: Interpreter, callee: Native, args: list[Any], kwargs: dict[str, Any]) -> Any:
    it.steps += 1
    try:
        result = callee.code(it, args, kwargs)
    except NeedsValue as error:
        values = [callee.attrs.get("__self__"), *args, *kwargs.values()]
        found = it.result_of(error.unknown, values)
        may_fail(it, error.unknown, "ValueError*", "LookupError*", "TypeError")
        if "__self__" in callee.attrs:
            methods.change_unknown(it, callee.attrs["__self__"], callee.name, args, kwargs, error.unknown)
        for value in values[1:]:
            it.escaped(value, found.reason)
        escape.callbacks(it, values[1:], f"`{callee.name}` may call what it is given")
        return found
    except _ERRORS as error:
        return _failed(it, callee, [*args, *kwargs.values()], error)
    if result.__class__ in _SIZED and sys.getrefcount(result) <= _ALONE:  # one that it has made, and not one that others know
        it.made(result) if result.__class__ in _CONTAINERS else it.computed(result)
    return result


def _failed(it: Interpreter, callee: Native, values: list[Any], error: Exception) -> Any:
    """A Python error in a native: that of what it stands for if Python's own modules are its home, a defect of ours if a library is."""
    place = error.__traceback__
    assert place is not None
    while place.tb_next is not None:
        place = place.tb_next
    home = place.tb_frame.f_globals.get("__name__", "")
    if isinstance(error, IndexError) and callee.code.__code__ is place.tb_frame.f_code:  # an argument that is missing
        raise it.library_error("TypeError", f"{callee.name}() takes other arguments") from None
    foreign = home.startswith("paramlint.") and not home.startswith("paramlint.interpreter")
    if foreign or isinstance(error, AttributeError):
        said = defects.noted(error) if foreign else str(error)
        unknown = it.unknown(Why.UNSUPPORTED, f"`{callee.name}` with such arguments ({said})")
        for value in values:
            it.escaped(value, unknown.reason)
        return it.result_of(unknown, values)
    name = type(error).__name__
    if name == "TypeError":  # its words are about the parameters of our function
        raise it.library_error(name, str(error)) from None
    raise it.error(name if name in it.classes else "Exception", error.args[0] if error.args else "") from None


def call_function(it: Interpreter, function: FunctionValue, args: list[Any], kwargs: dict[str, Any], rest: Unknown | None = None) -> Any:
    it.step()
    if it.loop_reason is not None and _is_running(it, function):  # in a loop over what is not known, recursion has no end
        return _call_unknown(it, Unknown(it.loop_reason), args, kwargs)
    if rest is not None:
        return enter(it, function, args, kwargs, bind_with_rest(it, function, args, kwargs, rest))
    try:
        variables = bind_arguments(it, function, args, kwargs)
    except Raised:
        if DECORATOR in function.attrs:  # a decorator that is out of reach has changed what it takes
            return _call_unknown(it, function.attrs[DECORATOR], args, kwargs)
        raise
    return enter(it, function, args, kwargs, variables)


def enter(it: Interpreter, function: FunctionValue, args: list[Any], kwargs: dict[str, Any], variables: dict[str, Any]) -> Any:
    """Run a function whose parameters are bound; ``args`` and ``kwargs`` say with what it was called."""
    code = function.code
    frame = Frame(function.module, function.closure if function.closure.kind in ("function", "comprehension") else function.closure.parent,
                  function.unit, variables, "function")
    frame.function = function
    frame.given = (args, kwargs)
    closure = function.closure
    frame.owner = function.owner or closure.owner
    method = function.owner is not None or (closure.kind == "class" and closure.owner is not None)
    frame.self_value = args[0] if args and method else closure.self_value
    if it.watch is not None:
        it.watch.made(variables)
    if it.state.logs:
        it.state.born(variables)
    if it.replay is not None and it.replay.recordings:
        it.replay.made(variables)
    if code.is_generator:
        from paramlint.interpreter import generators

        if function.within is not None:  # what a decorator does before the first step
            function.within(it, lambda: None)
        made = GeneratorValue(generators.run(it, code, frame), code.name)
        made.forgets = lambda unknown: generators.forget(it, code, frame, unknown)
        return made
    if code.is_async:
        return _coroutine(it, frame, code)
    if function.within is not None:
        return function.within(it, lambda: run_frame(it, frame, code.body))
    return run_frame(it, frame, code.body)


def _coroutine(it: Interpreter, frame: Frame, code: ir.Function) -> Unknown:
    """An event loop runs the body some time, or nobody does."""
    from paramlint.interpreter.repetition import maybe_repeated

    unknown = it.unknown(Why.UNSUPPORTED, f"the coroutine `{code.name}`")
    it.skipped(unknown.reason, None)
    if it.frame is not None and code not in _COROUTINES:
        _COROUTINES.append(code)
        try:
            with it.unheard(), suppress(NeedsValue):
                maybe_repeated(it, it.frame, (), unknown.reason, lambda: run_frame(it, frame, code.body) and None)
        finally:
            _COROUTINES.pop()
    return unknown


_COROUTINES: list[ir.Function] = []  # whose bodies are running, in case somebody awaits them


def _is_running(it: Interpreter, function: FunctionValue) -> bool:
    frame = it.frame
    while frame is not None:
        if frame.function is function:
            return True
        frame = frame.caller
    return False


def run_frame(it: Interpreter, frame: Frame, body: Sequence[ir.Stmt]) -> Any:
    """Run a function's body in its frame and join the ways in which it returned."""
    if it.depth >= it.limits.depth:
        it.limit(f"calls nested more than {it.limits.depth} deep")
    frame.caller = it.frame
    it.frame = frame
    it.depth += 1
    try:
        signal = it.execute(body, frame)
        result = frame.result if signal is Signal.RETURN else None
        if frame.parked:
            result = unpark(it, frame, result, 0)
        for value, reason in frame.leftovers or ():
            result = joined(it, result, value, reason)
        return result
    except BaseException:
        if frame.parked:
            return unpark_after_error(it, frame)
        raise
    finally:
        it.depth -= 1
        it.frame = frame.caller


def make_super(it: Interpreter, args: list[Any]) -> Any:
    """``super()`` and ``super(cls, object)``."""
    if args and not isinstance(args[0], ClassValue | Unknown | Either):
        it.throw("TypeError", f"super() argument 1 must be a type, not {operators.type_name(args[0])}")
    if len(args) == 2:
        if isinstance(args[0], Unknown):
            return args[0]
        actual = args[1] if isinstance(args[1], ClassValue) else it.class_of(args[1])
        if isinstance(args[0], ClassValue) and isinstance(actual, ClassValue) and args[0] not in actual.mro and actual.fact("unknown_base") is None \
                and not (isinstance(args[1], ClassValue) and args[1].metaclass is not None):
            it.throw("TypeError", "super(type, obj): obj must be an instance or subtype of type")
        return Super(args[0], args[1])
    frame = it.frame
    while frame is not None and frame.kind == "comprehension":
        frame = frame.caller
    if frame is None or frame.owner is None:
        return it.throw("RuntimeError", "super(): no arguments")
    if isinstance(frame.self_value, Native | FunctionValue | GeneratorValue):
        it.throw("TypeError", "super(type, obj): obj must be an instance or subtype of type")
    return Super(frame.owner, frame.self_value)
