"""Exceptions: raising, catching, and blocks that are left either way."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

from paramlint.core.unknown import Reason, Unknown
from paramlint.interpreter.execution import execute, handles, proceed
from paramlint.interpreter.frames import Frame, stronger
from paramlint.interpreter.signals import Raised, Signal
from paramlint.interpreter.targets import assign
from paramlint.interpreter.values import ABSENT, ClassValue, Either, Foreign, Instance
from paramlint.interpreter.ways import either_way
from paramlint.syntax import ir

if TYPE_CHECKING:
    from paramlint.interpreter.machine import Interpreter

Way = Callable[[], "Signal | None"]


@handles(ir.Raise)
def raise_(it: Interpreter, node: ir.Raise, frame: Frame) -> Signal | None:
    if node.exception is None:
        raise Raised(frame_error(it, frame), it.site())
    value = it.evaluate(node.exception, frame)
    cause = None if node.cause is None else it.evaluate(node.cause, frame)
    frame.site = node.at
    if isinstance(value, ClassValue):
        value = it.call(value)
    if isinstance(value, Instance) and cause is not None:
        it.write(value.attrs)
        value.attrs["__cause__"] = cause
    if isinstance(value, Unknown | Either):
        value = it.instance(it.classes["Exception"], {"args": (value,)})
    raise Raised(value, it.site())


def frame_error(it: Interpreter, frame: Frame | None) -> Any:
    """The exception that is being handled, for a bare ``raise``."""
    while frame is not None:
        if "<handled>" in frame.vars:
            return frame.vars["<handled>"]
        frame = frame.caller
    return it.error("RuntimeError", "No active exception to reraise").value


@handles(ir.Try)
def try_(it: Interpreter, node: ir.Try, frame: Frame) -> Signal | None:
    try:
        signal = _guarded(it, node, frame)
    except Raised:
        final = execute(it, node.final, frame)
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
    if not node.handlers:
        signal = execute(it, node.body, frame)
        return proceed(it, node.orelse, frame) if signal is None else signal
    guards = it.import_guards
    it.import_guards += _expects_import_error(node)
    try:
        watched = _watched(it, frame, lambda: execute(it, node.body, frame))
    finally:
        it.import_guards = guards
    if watched.error is None and not watched.dropped:
        return proceed(it, node.orelse, frame) if watched.signal is None else watched.signal

    def catch(raised: Raised) -> Way | None:
        handler = matching(it, node.handlers, raised, frame)
        return None if handler is None else lambda: handle(it, handler, raised, frame)

    return _settled(it, frame, watched, catch, lambda signal: proceed(it, node.orelse, frame) if signal is None else signal)


class Watched(NamedTuple):
    """How a block went that errors do not leave: ``dropped`` are the errors of ways that were left out in it, with the reasons."""

    signal: Signal | None
    result: Any
    error: Raised | None
    dropped: list[tuple[Raised, Reason]]


def _watched(it: Interpreter, frame: Frame, body: Way) -> Watched:
    """Run a block whose errors something waits for."""
    depth, running = it.depth, it.frame
    own: list[tuple[Raised, Reason]] = []
    outer, it.dropped = it.dropped, own
    frame.guards += 1
    signal, error = None, None
    try:
        signal = body()
    except Raised as raised:
        it.depth, it.frame, error = depth, running, raised
    finally:
        frame.guards -= 1
        it.dropped = outer
    return Watched(signal, frame.result, error, own)


_WAYS = 6  # errors that one handler is tried with


def _settled(it: Interpreter, frame: Frame, watched: Watched, catch: Callable[[Raised], Way | None],
             end: Callable[[Signal | None], Signal | None]) -> Signal | None:
    """Go on after a block that may have been left by errors: by its end, or by what ``catch`` has for each error."""
    caught: list[tuple[Way, Reason]] = []
    for raised, reason in watched.dropped:
        way = catch(raised)
        if way is not None:
            caught.append((way, reason))
        else:
            it.not_taken(raised, reason)
    if len(caught) == len(watched.dropped) or it.dropped is None:
        frame.doubt = frame.doubt._replace(raised=False) if frame.doubt is not None and frame.doubt.level else None

    def whole() -> Signal | None:
        if watched.error is not None:
            way = catch(watched.error)
            if way is None:
                raise watched.error
            return way()
        frame.result = watched.result
        return end(watched.signal)

    def one_of(ways: list[tuple[Way, Reason]]) -> Signal | None:
        return either_way(it, frame, ways[0][1], lambda: one_of(ways[1:]), ways[0][0]) if ways else whole()

    return one_of(caught[:_WAYS])


def _expects_import_error(node: ir.Try) -> bool:
    """Whether a ``try`` is there for a package that may be missing; told by its handlers and by what it tries."""
    if not any(map(_imports, node.body)):
        return False
    names = {"ImportError", "ModuleNotFoundError", "Exception", "BaseException"}
    kinds = [kind for handler in node.handlers
             for kind in (handler.type.items if isinstance(handler.type, ir.Display) else (handler.type,))]
    return any(kind is None or (isinstance(kind, ir.Name) and kind.id in names) for kind in kinds)


def _imports(statement: ir.Stmt) -> bool:
    """Whether a statement imports: as a statement, or by ``importlib.import_module``."""
    value = statement.value if isinstance(statement, ir.Assign | ir.Return) else None
    function = value.func if isinstance(value, ir.Call) else None
    name = function.attr if isinstance(function, ir.Attribute) else function.id if isinstance(function, ir.Name) else ""
    return name == "import_module" or isinstance(statement, ir.Import | ir.ImportFrom)


def matching(it: Interpreter, handlers: Sequence[ir.Handler], raised: Raised, frame: Frame) -> ir.Handler | None:
    for handler in handlers:
        if handler.type is None:
            return handler
        kinds = it.evaluate(handler.type, frame)
        for kind in kinds if isinstance(kinds, tuple) else (kinds,):
            if isinstance(kind, Unknown) or (isinstance(kind, ClassValue) and it.is_instance(raised.value, kind)):
                return handler
    return None


def handle(it: Interpreter, handler: ir.Handler, raised: Raised, frame: Frame) -> Signal | None:
    before = frame.vars.get("<handled>", ABSENT)
    it.write(frame.vars)
    frame.vars["<handled>"] = raised.value
    if handler.name is not None:
        frame.vars[handler.name] = raised.value
    try:
        return execute(it, handler.body, frame)
    finally:
        it.write(frame.vars)
        frame.vars.pop("<handled>", None)
        if before is not ABSENT:
            frame.vars["<handled>"] = before
        if handler.name is not None:
            frame.vars.pop(handler.name, None)


@handles(ir.With)
def with_(it: Interpreter, node: ir.With, frame: Frame) -> Signal | None:
    return _with(it, node, 0, frame)


def _with(it: Interpreter, node: ir.With, position: int, frame: Frame) -> Signal | None:
    if position == len(node.items):
        return execute(it, node.body, frame)
    expression, target = node.items[position]
    manager = it.evaluate(expression, frame)
    frame.site = node.at
    if isinstance(manager, Unknown | Either):  # its effects are not known; the body runs
        if target is not None:
            assign(it, target, manager, frame)
        return _with(it, node, position + 1, frame)
    leave = it.get(manager, "__exit__")
    value = it.call(it.get(manager, "__enter__"))
    if target is not None:
        assign(it, target, value, frame)
    if isinstance(manager, Foreign):
        return _closed(it, frame, leave, lambda: _with(it, node, position + 1, frame))
    watched = _watched(it, frame, lambda: _with(it, node, position + 1, frame))

    def catch(raised: Raised) -> Way:
        def swallow() -> Signal | None:
            swallowed = it.truth(it.call(leave, [it.class_of(raised.value), raised.value, None]))
            if swallowed is False:
                raise raised
            if isinstance(swallowed, Unknown):
                it.not_taken(raised, swallowed.reason)
            return None

        return swallow

    def end(signal: Signal | None) -> Signal | None:
        it.call(leave, [None, None, None])
        frame.result = watched.result
        return signal

    return end(watched.signal) if watched.error is None and not watched.dropped else _settled(it, frame, watched, catch, end)


def _closed(it: Interpreter, frame: Frame, leave: Any, body: Way) -> Signal | None:
    """A block in a context that swallows nothing."""
    try:
        signal = body()
    except Raised as raised:
        it.call(leave, [it.class_of(raised.value), raised.value, None])
        raise
    result = frame.result
    it.call(leave, [None, None, None])
    frame.result = result
    return signal
