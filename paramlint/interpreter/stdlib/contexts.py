"""``contextlib``."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from paramlint.core.unknown import Unknown
from paramlint.interpreter import iteration
from paramlint.interpreter.natives import Table
from paramlint.interpreter.signals import Raised
from paramlint.interpreter.values import ABSENT, ClassValue, FunctionValue, GeneratorValue, Instance, Native

if TYPE_CHECKING:
    from paramlint.interpreter.machine import Interpreter

_GENERATED = Table()
_STACK = Table()
_NULL = Table()
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
        "redirect_stdout": ClassValue("redirect_stdout", (root,), dict(_NULL), module="contextlib"),
        "redirect_stderr": ClassValue("redirect_stderr", (root,), dict(_NULL), module="contextlib"),
    }


def _managed(it: Interpreter, cls: ClassValue, func: Any, args: list[Any], kwargs: dict[str, Any]) -> Any:
    generator = it.call(func, args, kwargs)
    if isinstance(generator, Unknown):
        return generator
    return it.instance(cls, {"gen": generator, "again": Native("again", lambda it, _args, _kwargs: it.call(func, args, kwargs))})


@_GENERATED.raw("__enter__", binds=True)
def _enter(it: Interpreter, self: Instance, /) -> Any:
    return it.call(it.builtins["next"], [self.attrs["gen"]])


@_GENERATED.raw("__exit__", binds=True)
def _exit(it: Interpreter, self: Instance, kind: Any = None, value: Any = None, traceback: Any = None, /) -> Any:
    generator = self.attrs["gen"]
    if value is None or not isinstance(generator, GeneratorValue):
        it.call(it.builtins["next"], [generator, None])
        return False
    try:
        generator.steps.throw(Raised(value, it.site()))  # type: ignore[attr-defined]
    except StopIteration:
        return True
    except Raised as raised:
        if raised.value is value:
            return False
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


@_SUPPRESS.raw("__init__", binds=True)
def _suppress_init(it: Interpreter, self: Instance, /, *exceptions: Any) -> None:
    self.attrs["exceptions"] = exceptions


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
    return self


@_STACK.raw("enter_context", binds=True)
def _enter_context(it: Interpreter, self: Instance, cm: Any, /) -> Any:
    if isinstance(cm, Unknown):
        return cm
    leave = it.get(cm, "__exit__")
    result = it.call(it.get(cm, "__enter__"))
    it.write(_exits(it, self))
    _exits(it, self).append(leave)
    return result


@_STACK.raw("callback", binds=True)
def _callback(it: Interpreter, self: Instance, callback: Any, /, *args: Any, **kwargs: Any) -> Any:
    it.write(_exits(it, self))
    _exits(it, self).append(Native("callback", lambda it, _args, _kwargs: it.call(callback, args, kwargs) and None))
    return callback


@_STACK.raw("push", binds=True)
def _push(it: Interpreter, self: Instance, exit: Any, /) -> Any:
    leave = it.get_or(exit, "__exit__", ABSENT)
    it.write(_exits(it, self))
    _exits(it, self).append(exit if leave is ABSENT else leave)
    return exit


@_STACK.raw("__exit__", binds=True)
def _stack_exit(it: Interpreter, self: Instance, /, *excinfo: Any) -> Any:
    return _unwind(it, self, list(excinfo) or [None, None, None])


@_STACK.raw("close", binds=True)
def _stack_close(it: Interpreter, self: Instance, /) -> None:
    _unwind(it, self, [None, None, None])


def _unwind(it: Interpreter, self: Instance, excinfo: list[Any]) -> bool:
    exits = _exits(it, self)
    suppressed = False
    it.write(exits)
    for leave in reversed(iteration.elements(it, exits)):
        if it.truth(it.call(leave, excinfo)) is True and excinfo[1] is not None:
            suppressed, excinfo = True, [None, None, None]
    exits.clear()
    return suppressed
