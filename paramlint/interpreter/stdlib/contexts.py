"""``contextlib``."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from paramlint.core.unknown import Unknown
from paramlint.interpreter import iteration
from paramlint.interpreter.library_values import LibraryModule
from paramlint.interpreter.natives import Table
from paramlint.interpreter.nodes import walk
from paramlint.interpreter.signals import Raised
from paramlint.interpreter.tries import SWALLOWS, chain, manager_methods, perhaps_swallowed
from paramlint.interpreter.values import ABSENT, ClassValue, FunctionValue, GeneratorValue, Instance, Native
from paramlint.syntax import ir

if TYPE_CHECKING:
    from paramlint.interpreter.machine import Interpreter

_OVER: Any = object()
_GENERATED = Table()
_STACK = Table()
_NULL = Table()
_REDIRECT = Table()
_SUPPRESS = Table()
_CLOSING = Table()


def names(it: Interpreter) -> dict[str, Any]:
    root = it.classes["object"]
    generated = ClassValue("_GeneratorContextManager", (root,), dict(_GENERATED), module="contextlib")

    def contextmanager(it: Interpreter, args: list[Any], kwargs: dict[str, Any]) -> Any:
        func = args[0]
        name = func.name if isinstance(func, FunctionValue) else "contextmanager"
        wrapper = Native(name, lambda it, args, kwargs: _managed(it, generated, func, args, kwargs), binds=True)
        wrapper.attrs["__wrapped__"] = func
        wrapper.attrs["__name__"] = name
        return wrapper

    empty = ClassValue("AbstractContextManager", (root,), {}, module="contextlib")
    return {
        "contextmanager": Native("contextmanager", contextmanager), "AbstractContextManager": empty, "AbstractAsyncContextManager": empty,
        "ContextDecorator": ClassValue("ContextDecorator", (root,), {"__call__": _GENERATED["__call__"]}, module="contextlib"),
        "ExitStack": ClassValue("ExitStack", (root,), dict(_STACK), module="contextlib"),
        "nullcontext": ClassValue("nullcontext", (root,), dict(_NULL), module="contextlib"),
        "suppress": ClassValue("suppress", (root,), dict(_SUPPRESS), module="contextlib"),
        "closing": ClassValue("closing", (root,), dict(_CLOSING), module="contextlib"),
        **{f"redirect_{name}": ClassValue(f"redirect_{name}", (root,), {**_REDIRECT, "_stream": name}, module="contextlib")
           for name in ("stdout", "stderr")},
    }


def _managed(it: Interpreter, cls: ClassValue, func: Any, args: list[Any], kwargs: dict[str, Any]) -> Any:
    generator = it.call(func, args, kwargs)
    if isinstance(generator, Unknown):
        return generator
    again = Native("again", lambda it, _args, _kwargs: it.call(func, args, kwargs))
    catches = isinstance(func, FunctionValue) and any(isinstance(part, ir.Try) and part.handlers for part in walk(func.code.body))
    return it.instance(cls, {"gen": generator, "again": again, SWALLOWS: catches})


@_GENERATED.raw("__enter__", binds=True)
def _enter(it: Interpreter, self: Instance, /) -> Any:
    value = it.call(it.builtins["next"], [self.attrs["gen"], _OVER])
    return it.throw("RuntimeError", "generator didn't yield") if value is _OVER else value


@_GENERATED.raw("__exit__", binds=True)
def _exit(it: Interpreter, self: Instance, kind: Any = None, value: Any = None, traceback: Any = None, /) -> Any:
    generator = self.attrs["gen"]
    if value is None or not isinstance(generator, GeneratorValue):
        if it.call(it.builtins["next"], [generator, _OVER]) is not _OVER:
            it.throw("RuntimeError", "generator didn't stop")
        return False
    try:
        iteration.thrown_into(it, generator, [value])
    except Raised as raised:
        if raised.value is value:
            return False
        if iteration.is_error(it, raised, "StopIteration"):
            return True
        if iteration.is_error(it, raised, "RuntimeError") and raised.value.attrs.get("__cause__") is value:
            return False  # a StopIteration that has come by the generator
        raise
    return it.throw("RuntimeError", "generator didn't stop after throw()")


@_GENERATED.raw("__call__", binds=True)
def _decorate(it: Interpreter, self: Instance, func: Any, /) -> Any:
    """A context manager as a decorator: the function runs inside it."""

    def call(it: Interpreter, args: list[Any], kwargs: dict[str, Any]) -> Any:
        manager = it.instance(self.cls, {**self.attrs, "gen": it.call(self.attrs["again"])}) if "again" in self.attrs else self
        it.call(it.get(manager, "__enter__"))
        try:
            result = it.call(func, args, kwargs)
        except Raised as raised:
            if it.truth(it.call(it.get(manager, "__exit__"), [it.class_of(raised.value), raised.value, None])) is True:
                return None
            raise
        it.call(it.get(manager, "__exit__"), [None, None, None])
        return result

    wrapper = Native(getattr(func, "name", "wrapped"), call, binds=True)
    wrapper.attrs["__wrapped__"] = func
    return wrapper


# Small managers -----------------------------------------------------------------------------------------------------------


@_NULL.raw("__init__", binds=True)
def _null_init(it: Interpreter, self: Instance, enter_result: Any = None) -> None:
    self.attrs["enter_result"] = enter_result


@_NULL.raw("__enter__", binds=True)
def _null_enter(it: Interpreter, self: Instance, /) -> Any:
    return self.attrs["enter_result"]


@_NULL.raw("__exit__", binds=True)
def _null_exit(it: Interpreter, self: Instance, /, *excinfo: Any) -> None:
    return None


@_REDIRECT.raw("__init__", binds=True)
def _redirect_init(it: Interpreter, self: Instance, new_target: Any) -> None:
    self.attrs.update(_new_target=new_target, _old_targets=[])


@_REDIRECT.raw("__enter__", binds=True)
def _redirect_enter(it: Interpreter, self: Instance, /) -> Any:
    name, target, system = it.get(self, "_stream"), self.attrs["_new_target"], LibraryModule("sys")
    it.write(self.attrs["_old_targets"])
    self.attrs["_old_targets"].append(it.get(system, name))
    it.set(system, name, target)
    return target


@_REDIRECT.raw("__exit__", binds=True)
def _redirect_exit(it: Interpreter, self: Instance, /, *excinfo: Any) -> None:
    it.write(self.attrs["_old_targets"])
    it.set(LibraryModule("sys"), it.get(self, "_stream"), self.attrs["_old_targets"].pop())


@_SUPPRESS.raw("__init__", binds=True)
def _suppress_init(it: Interpreter, self: Instance, /, *exceptions: Any) -> None:
    self.attrs.update({"exceptions": exceptions, SWALLOWS: True})


@_SUPPRESS.raw("__enter__", binds=True)
def _suppress_enter(it: Interpreter, self: Instance, /) -> None:
    return None


@_SUPPRESS.raw("__exit__", binds=True)
def _suppress_exit(it: Interpreter, self: Instance, kind: Any, value: Any, traceback: Any, /) -> Any:
    return value is not None and it.truth(it.call(it.builtins["isinstance"], [value, self.attrs["exceptions"]]))


@_CLOSING.raw("__init__", binds=True)
def _closing_init(it: Interpreter, self: Instance, thing: Any) -> None:
    self.attrs["thing"] = thing


@_CLOSING.raw("__enter__", binds=True)
def _closing_enter(it: Interpreter, self: Instance, /) -> Any:
    return self.attrs["thing"]


@_CLOSING.raw("__exit__", binds=True)
def _closing_exit(it: Interpreter, self: Instance, /, *excinfo: Any) -> None:
    it.call(it.get(self.attrs["thing"], "close"))


# ExitStack ----------------------------------------------------------------------------------------------------------------


def _exits(it: Interpreter, self: Instance) -> list[Any]:
    if "exits" not in self.attrs:
        it.write(self.attrs)
        self.attrs["exits"] = it.made([])
    return self.attrs["exits"]  # type: ignore[no-any-return]


@_STACK.raw("__enter__", binds=True)
def _stack_enter(it: Interpreter, self: Instance, /) -> Any:
    self.attrs[SWALLOWS] = True  # what is entered may
    return self


@_STACK.raw("enter_context", binds=True)
def _enter_context(it: Interpreter, self: Instance, cm: Any, /) -> Any:
    if isinstance(cm, Unknown):
        _keep(it, self, cm)  # what it does at the end is not known, and whether it keeps an exception to itself
        return cm
    enter, leave = manager_methods(it, cm)
    result = it.call(enter)
    _keep(it, self, leave)
    return result


@_STACK.raw("callback", binds=True)
def _callback(it: Interpreter, self: Instance, callback: Any, /, *args: Any, **kwargs: Any) -> Any:
    def leave(it: Interpreter, details: list[Any], _: dict[str, Any]) -> None:
        it.call(callback, args, kwargs)

    _keep(it, self, Native("callback", leave))
    return callback


@_STACK.raw("push", binds=True)
def _push(it: Interpreter, self: Instance, exit: Any, /) -> Any:
    leave = it.get_or(exit, "__exit__", ABSENT)
    _keep(it, self, exit if leave is ABSENT else leave)
    return exit


def _keep(it: Interpreter, self: Instance, leave: Any) -> None:
    exits = _exits(it, self)
    it.write(exits)
    exits.append(leave)


@_STACK.raw("pop_all", binds=True)
def _pop_all(it: Interpreter, self: Instance, /) -> Any:
    """Another stack with what this one would have left."""
    made = it.call(self.cls)
    it.write(made.attrs)
    made.attrs["exits"] = _exits(it, self)
    it.write(self.attrs)
    self.attrs["exits"] = it.made([])
    return made


@_STACK.raw("__exit__", binds=True)
def _stack_exit(it: Interpreter, self: Instance, kind: Any = None, value: Any = None, traceback: Any = None, /) -> Any:
    return _unwind(it, self, [kind, value, traceback])


@_STACK.raw("close", binds=True)
def _stack_close(it: Interpreter, self: Instance, /) -> None:
    _unwind(it, self, [None, None, None])


def _unwind(it: Interpreter, self: Instance, details: list[Any]) -> bool:
    """Leave the managers, the last first; an exception of one of them goes to those before it."""
    exits = _exits(it, self)
    iteration.elements(it, exits)
    received, suppressed = details[1] is not None, False
    failed: Raised | None = None
    while exits:
        it.write(exits)
        leave = exits.pop()
        try:
            found = it.truth(it.call(leave, details))
            if isinstance(found, Unknown) and details[1] is not None:
                perhaps_swallowed(it, failed or Raised(details[1], it.site()), found.reason)
            if found is not False and details[1] is not None:
                suppressed, failed, details = True, None, [None, None, None]
        except Raised as raised:
            if details[1] is not None:
                chain(it, raised.value, details[1])
            failed, suppressed = raised, False
            details = [it.class_of(raised.value), raised.value, None]
    if failed is not None:
        raise failed
    return received and suppressed
