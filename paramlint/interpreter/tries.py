"""Exceptions: raising, catching, and blocks that are left either way."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

from paramlint.core.unknown import Escaped, Reason, Unknown, Why
from paramlint.interpreter import exception_groups, exceptions
from paramlint.interpreter.binding import bind
from paramlint.interpreter.execution import execute, handles
from paramlint.interpreter.frames import Frame, stronger
from paramlint.interpreter.library_values import LibraryModule
from paramlint.interpreter.maybe_raised import Guarded
from paramlint.interpreter.nodes import walk
from paramlint.interpreter.operators import type_name
from paramlint.interpreter.signals import Raised, Signal
from paramlint.interpreter.targets import assign, bind_name, unbind_name
from paramlint.interpreter.values import ABSENT, ClassValue, Either, FunctionValue, Instance
from paramlint.interpreter.ways import either_way
from paramlint.syntax import ir

if TYPE_CHECKING:
    from paramlint.interpreter.machine import Interpreter


SWALLOWS = "<swallows>"  # the attribute of a context manager of the standard library that may keep exceptions to itself


@handles(ir.Raise)
def raise_(it: Interpreter, node: ir.Raise, frame: Frame) -> Signal | None:
    it.raising += 1
    if node.exception is None:
        raise Raised(frame_error(it, frame), it.site())
    value = it.evaluate(node.exception, frame)
    cause = None if node.cause is None else it.evaluate(node.cause, frame)
    frame.site = node.at
    value = _exception(it, value, "exceptions must derive from BaseException")
    if isinstance(value, Instance) and node.cause is not None:
        it.write(value.attrs)
        cause = None if cause is None else _exception(it, cause, "exception causes must derive from BaseException")
        value.attrs.update({"__cause__": cause, "__suppress_context__": True})
    if isinstance(value, Unknown | Either):
        value = it.instance(it.classes["Exception"], {"args": (value,)})
    raise Raised(value, it.site())


def _exception(it: Interpreter, value: Any, complaint: str) -> Any:
    """What is raised by the name of an exception or of its class. Raises the analysed code's TypeError for anything else."""
    base = it.classes["BaseException"]
    if isinstance(value, ClassValue) and (base in value.mro or value.fact("unknown_base") is not None):
        value = it.call(value)
    if isinstance(value, LibraryModule) and not value.certain:
        return it.library_error("", f"`{value.name}`").value
    if isinstance(value, Instance) and base not in value.cls.mro and value.cls.fact("unknown_base") is not None:
        return value
    if isinstance(value, ClassValue | int | float | str | bytes | list | tuple | dict | set | None) \
            or (isinstance(value, Instance) and base not in value.cls.mro):
        it.throw("TypeError", complaint)
    return value


def chain(it: Interpreter, value: Any, handled: Any) -> None:
    """Note what was being handled when an exception was raised."""
    if isinstance(value, Instance) and value is not handled and "__context__" not in value.attrs:
        seen = handled
        while isinstance(seen, Instance) and seen is not value:
            seen = seen.attrs.get("__context__")
        if seen is not value:
            it.write(value.attrs)
            value.attrs["__context__"] = handled


def frame_error(it: Interpreter, frame: Frame | None) -> Any:
    """The exception that is being handled, for a bare ``raise``."""
    handled = _handled(frame)
    return it.error("RuntimeError", "No active exception to reraise").value if handled is ABSENT else handled


@handles(ir.Try)
def try_(it: Interpreter, node: ir.Try, frame: Frame) -> Signal | None:
    try:
        signal = _guarded(it, node, frame)
    except Raised as raised:
        final = _while_handling(it, raised.value, frame, lambda: execute(it, node.final, frame)) if node.final else None
        if final is not None:
            return final
        raise
    result, doubt = frame.result, frame.doubt
    frame.doubt = None  # what may have left the block has come by here
    final = execute(it, node.final, frame)
    frame.doubt = stronger(doubt, frame.doubt)
    if final is not None:
        return final
    frame.result = result
    return signal


def _guarded(it: Interpreter, node: ir.Try, frame: Frame) -> Signal | None:
    """The block, its handlers and its ``else``."""
    depth, running = it.depth, it.frame
    guards = it.import_guards
    it.import_guards += _expects_import_error(node)
    outer, it.dropped = it.dropped, [] if node.handlers else it.dropped

    def catches(raised: Raised) -> bool:
        return node.is_star or matching(it, node.handlers, raised, frame) is not None

    def catch(raised: Raised) -> Signal | None:
        it.depth, it.frame, it.import_guards, it.dropped = depth, running, guards, outer
        if node.is_star:
            exception_groups.caught(it, node.handlers, raised, frame, lambda handler, part: handle(it, handler, part, frame))
            return None
        return _caught(it, node.handlers, raised, frame)

    try:
        if node.handlers:
            return Guarded(it, node, frame, catches, catch, outer, guards).run()
        return execute(it, node.body, frame)
    finally:
        it.import_guards = guards
        it.dropped = outer


def _expects_import_error(node: ir.Try) -> bool:
    """Whether a ``try`` is there for a package that may be missing; told by its handlers and by what it tries."""
    if not any(isinstance(part, ir.Call | ir.Import | ir.ImportFrom) and _imports(part) for part in walk(node.body)):
        return False
    names = {"ImportError", "ModuleNotFoundError", "Exception", "BaseException"}
    kinds = [kind for handler in node.handlers
             for kind in (handler.type.items if isinstance(handler.type, ir.Display) else (handler.type,))]
    return any(kind is None or (isinstance(kind, ir.Name) and kind.id in names) for kind in kinds)


def _imports(node: ir.Call | ir.Import | ir.ImportFrom) -> bool:
    """Whether a piece of code imports: as a statement, or by ``importlib.import_module``."""
    function = node.func if isinstance(node, ir.Call) else None
    name = function.attr if isinstance(function, ir.Attribute) else function.id if isinstance(function, ir.Name) else ""
    return name in ("import_module", "__import__") or function is None


def _caught(it: Interpreter, handlers: Sequence[ir.Handler], raised: Raised, frame: Frame) -> Signal | None:
    """Run the handler of an exception; raises it where there is none. One that may not be the one excludes those that follow it."""
    for position, handler in enumerate(handlers):
        catches = _catches(it, handler, raised, frame)
        if isinstance(catches, Unknown):
            return _perhaps(it, handler, handlers[position + 1:], raised, frame, catches.reason)
        if catches:
            return handle(it, handler, raised, frame)
    raise raised


def _perhaps(it: Interpreter, handler: ir.Handler, others: Sequence[ir.Handler], raised: Raised, frame: Frame, reason: Reason) -> Signal | None:
    """A handler that may catch an exception, or one of the others. Where none of those does, what the handler does may not happen."""
    failed: list[Raised] = []

    def first() -> Signal | None:
        try:
            return handle(it, handler, raised, frame)
        except Raised as error:
            failed.append(error)
            raise

    def second() -> Signal | None:
        try:
            return _caught(it, others, raised, frame)
        except Raised:
            if failed:
                raise
            return None

    return either_way(it, frame, reason, first, second)


def _catches(it: Interpreter, handler: ir.Handler, raised: Raised, frame: Frame) -> bool | Unknown:
    """Whether a handler catches an exception."""
    if handler.type is None:
        return True
    kinds = it.evaluate(handler.type, frame)
    doubt: Unknown | None = None
    for kind in kinds if isinstance(kinds, tuple) else (kinds,):
        if isinstance(kind, ClassValue) and it.is_instance(raised.value, kind):
            return True
        open_base = raised.value.cls.fact("unknown_base") if isinstance(raised.value, Instance) else None
        if isinstance(kind, int | float | str | bytes | list | dict | None) \
                or (isinstance(kind, ClassValue) and it.classes["BaseException"] not in kind.mro and kind.fact("unknown_base") is None):
            it.throw("TypeError", "catching classes that do not inherit from BaseException is not allowed")
        if not isinstance(kind, ClassValue):
            doubt = kind if isinstance(kind, Unknown) else it.unknown(Why.UNSUPPORTED, "which exceptions a handler catches")
        elif open_base is not None and exceptions.may_be(raised.value.cls, kind):
            doubt = Unknown(open_base)
    return False if doubt is None else doubt


def matching(it: Interpreter, handlers: Sequence[ir.Handler], raised: Raised, frame: Frame) -> ir.Handler | None:
    """The first handler that catches an exception, or may."""
    return next((handler for handler in handlers if _catches(it, handler, raised, frame) is not False), None)


def handle(it: Interpreter, handler: ir.Handler, raised: Raised, frame: Frame) -> Signal | None:
    caught(it, raised.value, frame)
    it.write(frame.vars)
    if handler.name is not None:
        bind_name(it, handler.name, raised.value, frame)
    try:
        return _while_handling(it, raised.value, frame, lambda: execute(it, handler.body, frame))
    finally:
        if handler.name is not None:
            unbind_name(it, handler.name, frame)


def caught(it: Interpreter, value: Any, frame: Frame) -> None:
    """Note what an exception that is caught has besides its arguments."""
    around = _handled(frame)
    if around is not ABSENT:
        chain(it, value, around)
    if isinstance(value, Instance) and "__traceback__" not in value.attrs:
        it.write(value.attrs)
        value.attrs["__traceback__"] = it.unknown(Why.UNSUPPORTED, "the traceback of an exception")


def _while_handling(it: Interpreter, value: Any, frame: Frame, way: Callable[[], Signal | None]) -> Signal | None:
    """Run what stands in a handler, or in a ``finally`` that an exception comes by."""
    before = frame.vars.get("<handled>", ABSENT)
    it.write(frame.vars)
    frame.vars["<handled>"] = value
    try:
        return way()
    except Raised as error:
        chain(it, error.value, value)
        raise
    finally:
        it.write(frame.vars)
        frame.vars.pop("<handled>", None)
        if before is not ABSENT:
            frame.vars["<handled>"] = before


def _handled(frame: Frame | None) -> Any:
    while frame is not None:
        if "<handled>" in frame.vars:
            return frame.vars["<handled>"]
        frame = frame.caller
    return ABSENT


@handles(ir.With)
def with_(it: Interpreter, node: ir.With, frame: Frame) -> Signal | None:
    return _with(it, node, 0, frame)


def manager_methods(it: Interpreter, manager: Any) -> tuple[Any, Any]:
    """``__enter__`` and ``__exit__``, which are looked up in the class. Raises the analysed code's TypeError where there are none."""
    found = []
    for name in ("__enter__", "__exit__"):
        method = manager.cls.find(name) if isinstance(manager, Instance) else ABSENT
        if method is not ABSENT:
            method = bind(it, method, manager, manager.cls)
        elif not isinstance(manager, Instance) or manager.cls.site is None or manager.cls.fact("unknown_base") is not None:
            method = it.get_or(manager, name, ABSENT)
        if method is ABSENT:
            missed = f" (missed {name} method)" if name == "__exit__" else ""
            it.throw("TypeError", f"'{type_name(manager)}' object does not support the context manager protocol{missed}")
        found.append(method)
    return found[0], found[1]


def swallows(it: Interpreter, leave: Any, raised: Raised, frame: Frame) -> bool:
    """Whether a context manager's ``__exit__`` keeps an exception to itself; one that may is taken to."""
    caught(it, raised.value, frame)
    traceback = it.unknown(Why.UNSUPPORTED, "the traceback of an exception")
    try:
        found = it.truth(it.call(leave, [it.class_of(raised.value), raised.value, traceback]))
    except Raised as error:
        chain(it, error.value, raised.value)
        raise
    if isinstance(found, Unknown):
        perhaps_swallowed(it, raised, found.reason)
    return found is not False


def _may_swallow(manager: Any) -> bool:
    """Whether a context manager may keep exceptions to itself."""
    if not isinstance(manager, Instance):
        return False
    leave = manager.cls.find("__exit__")
    if isinstance(leave, FunctionValue):
        given = [part.value for part in walk(leave.code.body) if isinstance(part, ir.Return) and part.value is not None]
        return any(not isinstance(value, ir.Constant) or bool(value.value) for value in given)
    return manager.attrs.get(SWALLOWS) is True


def _suppresses_import_errors(it: Interpreter, manager: Any, node: ir.With) -> bool:
    """Whether ``with suppress(ImportError)`` is there for a package that may be missing."""
    kinds = manager.attrs.get("exceptions") if isinstance(manager, Instance) and SWALLOWS in manager.attrs else None
    expected = isinstance(kinds, tuple) and any(isinstance(kind, ClassValue) and kind in it.classes["ModuleNotFoundError"].mro for kind in kinds)
    return expected and any(isinstance(part, ir.Call | ir.Import | ir.ImportFrom) and _imports(part) for part in walk(node.body))


def perhaps_swallowed(it: Interpreter, raised: Raised, reason: Reason) -> None:
    """An exception that a context manager may keep to itself is taken to be kept; else the code raises."""
    it.not_taken(raised, reason)
    it.hedged(Escaped(reason.kind, f"a context manager may keep an exception to itself: {reason.message}", reason.site or it.site()))


def _with(it: Interpreter, node: ir.With, position: int, frame: Frame) -> Signal | None:
    if position == len(node.items):
        return execute(it, node.body, frame)
    expression, target = node.items[position]
    manager = it.evaluate(expression, frame)
    frame.site = node.at
    if isinstance(manager, Unknown | Either):  # its effects are not known; the body runs
        if target is not None:
            assign(it, target, manager, frame)
        try:
            return _with(it, node, position + 1, frame)
        except Raised as raised:
            perhaps_swallowed(it, raised, manager.reason)
            return None
    enter, leave = manager_methods(it, manager)
    value = it.call(enter)
    outer, it.dropped = it.dropped, [] if _may_swallow(manager) else it.dropped
    guards = it.import_guards
    it.import_guards += _suppresses_import_errors(it, manager, node)
    try:
        if target is not None:
            assign(it, target, value, frame)
        signal = _with(it, node, position + 1, frame)
    except Raised as raised:
        if not swallows(it, leave, raised, frame):
            raise
        return None
    finally:
        dropped, it.dropped, it.import_guards = it.dropped, outer, guards
    if dropped is not None and dropped is not outer:
        for error, reason in dropped:
            perhaps_swallowed(it, error, reason)
    result = frame.result
    it.call(leave, [None, None, None])
    frame.result = result
    return signal
