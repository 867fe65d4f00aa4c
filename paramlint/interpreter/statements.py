"""Statements."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import TYPE_CHECKING, Any

from paramlint.core.unknown import NeedsValue, Reason, Unknown, Why
from paramlint.interpreter import attributes, classes, containers, expressions, operators, patterns
from paramlint.interpreter.frames import BROKEN, CONTINUED, LEFT, RETURNED, Doubt, Frame, stronger
from paramlint.interpreter.signals import LimitReached, Raised, Signal
from paramlint.interpreter.values import ABSENT, DECORATOR, ClassValue, Either, FunctionValue, Instance
from paramlint.syntax import ir

if TYPE_CHECKING:
    from paramlint.interpreter.machine import Interpreter

Handler = Callable[["Interpreter", Any, Frame], "Signal | None"]
EXECUTE: dict[type, Handler] = {}


def handles(node: type) -> Callable[[Handler], Handler]:
    def register(handler: Handler) -> Handler:
        EXECUTE[node] = handler
        return handler

    return register


def execute(it: Interpreter, body: Sequence[ir.Stmt], frame: Frame) -> Signal | None:
    for position, statement in enumerate(body):
        it.steps += 1
        if it.steps > it.limits.steps:
            it.limit(f"more than {it.limits.steps:,} steps")
        try:
            signal = EXECUTE[statement.__class__](it, statement, frame)
        except NeedsValue as error:
            lost(it, statement, frame, error.unknown)
            signal = None
        if signal is not None:
            return signal
        if frame.doubt is not None:
            return proceed(it, body[position + 1:], frame)
    return None


def proceed(it: Interpreter, body: Sequence[ir.Stmt], frame: Frame) -> Signal | None:
    """Run what follows in a block; where the block may have been left before, this may not happen."""
    doubt = frame.doubt
    if doubt is None or not body:
        return execute(it, body, frame)
    frame.doubt = None
    signal = either_way(it, frame, doubt.reason, lambda: execute(it, body, frame), lambda: _left(frame, doubt))
    frame.doubt = stronger(frame.doubt, doubt)
    return signal


def _left(frame: Frame, doubt: Doubt) -> Signal | None:
    if doubt.level < RETURNED:
        return None
    frame.result = LEFT  # what was returned is among the frame's leftovers
    return Signal.RETURN


def lost(it: Interpreter, statement: ir.Stmt, frame: Frame, unknown: Unknown) -> None:
    """A statement that could not be run for something that is not known: what it binds is not known, what it names may have changed."""
    reason = unknown.reason
    if reason.site is None:
        reason = Reason(reason.kind, reason.message, it.site())
    it.skipped(reason, None)
    for node in _names_in(statement):
        value = frame.vars.get(node, ABSENT)
        if isinstance(value, list | dict | set):
            it.state.mark_open(value, reason)
        elif isinstance(value, Instance):
            it.escaped(value, reason)
    for name in _bound_in(statement):
        bind_name(it, name, Unknown(reason), frame)
    nodes = {type(node) for node in _walk(statement)}
    if ir.Return in nodes:
        frame.leftovers = [*(frame.leftovers or ()), (Unknown(reason), reason)]
        frame.doubt = Doubt(reason, RETURNED)
    elif ir.Break in nodes or ir.Continue in nodes:
        frame.doubt = stronger(frame.doubt, Doubt(reason, BROKEN))


def _walk(node: Any) -> Iterator[ir.Node]:
    """The nodes of a statement, without the bodies of functions and classes."""
    stack = [node]
    while stack:
        item = stack.pop()
        if isinstance(item, tuple):
            stack.extend(item)
        elif isinstance(item, ir.Node):
            yield item
            if not isinstance(item, ir.Function):
                stack.extend(getattr(item, name) for name in item.__struct_fields__ if name != "at")


def _names_in(statement: ir.Stmt) -> set[str]:
    return {node.id for node in _walk(statement) if isinstance(node, ir.Name)}


def _bound_in(statement: ir.Stmt | Sequence[ir.Stmt]) -> set[str]:
    found: set[str] = set()
    for node in _walk(statement):
        targets: tuple[Any, ...] = ()
        if isinstance(node, ir.Assign | ir.Delete):
            targets = node.targets
        elif isinstance(node, ir.AugAssign | ir.AnnAssign | ir.For | ir.Clause):
            targets = (node.target,)
        elif isinstance(node, ir.With):
            targets = tuple(target for _, target in node.items if target is not None)
        elif isinstance(node, ir.Walrus | ir.ClassDef):
            found.add(node.name)
        elif isinstance(node, ir.FunctionDef):
            found.add(node.function.name)
        names = [target for target in targets if not isinstance(target, ir.Attribute | ir.Subscript)]
        found |= {part.id for target in names for part in _walk(target) if isinstance(part, ir.Name)}
    return found


@handles(ir.Evaluate)
def evaluate(it: Interpreter, node: ir.Evaluate, frame: Frame) -> Signal | None:
    if node.value.__class__ is ir.Call:
        expressions.call_for_effect(it, node.value, frame)
    else:
        expressions.EVALUATE[node.value.__class__](it, node.value, frame)
    return None


@handles(ir.Assign)
def assign_statement(it: Interpreter, node: ir.Assign, frame: Frame) -> Signal | None:
    value = expressions.EVALUATE[node.value.__class__](it, node.value, frame)
    for target in node.targets:
        assign(it, target, value, frame)
    return None


def assign(it: Interpreter, target: ir.Expr, value: Any, frame: Frame) -> None:
    if target.__class__ is ir.Name:
        bind_name(it, target.id, value, frame)
    elif target.__class__ is ir.Attribute:
        owner = it.evaluate(target.value, frame)
        frame.site = target.at
        attributes.set_(it, owner, target.attr, value)
    elif target.__class__ is ir.Subscript:
        owner = it.evaluate(target.value, frame)
        index = it.evaluate(target.index, frame)
        frame.site = target.at
        containers.set_item(it, owner, index, value)
    elif target.__class__ is ir.Display:
        unpack(it, target, value, frame)
    elif target.__class__ is ir.Starred:
        assign(it, target.value, it.made(it.elements(value)), frame)


def bind_name(it: Interpreter, name: str, value: Any, frame: Frame) -> None:
    function = frame.function
    if frame.kind != "function" or function is None:
        _write_name(it, frame, name, value)
    elif name in function.code.global_names:
        frame.module.assign(it, name, value)
    elif name in function.code.nonlocal_names:
        parent = frame.parent
        while parent is not None and name not in parent.vars:
            parent = parent.parent
        if parent is not None:
            it.write(parent.vars)
            parent.vars[name] = value
    else:
        if it.state.logs:
            it.state.save(frame.vars)
        frame.vars[name] = value


def _write_name(it: Interpreter, frame: Frame, name: str, value: Any) -> None:
    it.write(frame.vars)
    frame.vars[name] = value


def unpack(it: Interpreter, target: ir.Display, value: Any, frame: Frame) -> None:
    frame.site = target.at
    items = containers.elements_or_unknown(it, value)
    if isinstance(items, Unknown):
        for part in target.items:
            if isinstance(part, ir.Starred):
                assign(it, part.value, items, frame)
            else:
                assign(it, part, items, frame)
        return
    star = next((i for i, part in enumerate(target.items) if isinstance(part, ir.Starred)), None)
    count = len(target.items)
    if star is None:
        if len(items) != count:
            few = f"not enough values to unpack (expected {count}, got {len(items)})"
            it.throw("ValueError", few if len(items) < count else f"too many values to unpack (expected {count})")
        for part, item in zip(target.items, items, strict=True):
            assign(it, part, item, frame)
        return
    if len(items) < count - 1:
        it.throw("ValueError", f"not enough values to unpack (expected at least {count - 1}, got {len(items)})")
    after = count - star - 1
    for part, item in zip(target.items[:star], items, strict=False):
        assign(it, part, item, frame)
    starred = target.items[star]
    assert isinstance(starred, ir.Starred)
    assign(it, starred.value, it.made(items[star:len(items) - after]), frame)
    for part, item in zip(target.items[star + 1:], items[len(items) - after:], strict=True):
        assign(it, part, item, frame)


@handles(ir.AugAssign)
def augmented(it: Interpreter, node: ir.AugAssign, frame: Frame) -> Signal | None:
    target = node.target
    if isinstance(target, ir.Attribute):
        owner = it.evaluate(target.value, frame)
        frame.site = target.at
        old = it.get(owner, target.attr)
        new = operators.in_place(it, node.op, old, it.evaluate(node.value, frame))
        attributes.set_(it, owner, target.attr, new)
    elif isinstance(target, ir.Subscript):
        owner = it.evaluate(target.value, frame)
        index = it.evaluate(target.index, frame)
        frame.site = target.at
        old = containers.get_item(it, owner, index)
        containers.set_item(it, owner, index, operators.in_place(it, node.op, old, it.evaluate(node.value, frame)))
    else:
        old = it.evaluate(target, frame)
        right = it.evaluate(node.value, frame)
        frame.site = node.at
        assign(it, target, operators.in_place(it, node.op, old, right), frame)
    return None


@handles(ir.AnnAssign)
def annotated(it: Interpreter, node: ir.AnnAssign, frame: Frame) -> Signal | None:
    if frame.kind == "class" and isinstance(node.target, ir.Name):
        annotations = frame.vars.get("__annotations__")
        if annotations is None:
            annotations = frame.vars["__annotations__"] = it.made({})
        it.write(annotations)
        annotations[node.target.id] = classes.Annotation(node.annotation, frame)
    if node.value is not None:
        assign(it, node.target, it.evaluate(node.value, frame), frame)
    return None


@handles(ir.Delete)
def delete(it: Interpreter, node: ir.Delete, frame: Frame) -> Signal | None:
    for target in node.targets:
        frame.site = node.at
        if isinstance(target, ir.Name):
            it.write(frame.vars)
            if frame.vars.pop(target.id, ABSENT) is ABSENT and frame.kind != "function":
                frame.module.forget(it, target.id)
        elif isinstance(target, ir.Attribute):
            attributes.delete(it, it.evaluate(target.value, frame), target.attr)
        elif isinstance(target, ir.Subscript):
            containers.delete_item(it, it.evaluate(target.value, frame), it.evaluate(target.index, frame))
        elif isinstance(target, ir.Display):
            for item in target.items:
                delete(it, ir.Delete(node.at, (item,)), frame)
    return None


@handles(ir.Return)
def return_(it: Interpreter, node: ir.Return, frame: Frame) -> Signal | None:
    try:
        frame.result = None if node.value is None else it.evaluate(node.value, frame)
    except NeedsValue as error:
        lost(it, node, frame, error.unknown)
        frame.result = error.unknown
    return Signal.RETURN


@handles(ir.Break)
def break_(it: Interpreter, node: ir.Break, frame: Frame) -> Signal | None:
    return Signal.BREAK


@handles(ir.Continue)
def continue_(it: Interpreter, node: ir.Continue, frame: Frame) -> Signal | None:
    return Signal.CONTINUE


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


@handles(ir.Assert)
def assert_(it: Interpreter, node: ir.Assert, frame: Frame) -> Signal | None:
    if it.truth(it.evaluate(node.test, frame)) is False:
        args = [] if node.message is None else [it.evaluate(node.message, frame)]
        frame.site = node.at
        raise Raised(it.call(it.classes["AssertionError"], args), it.site())
    return None  # a condition that is not known is taken to hold


# Branches -----------------------------------------------------------------------------------------------------------------


@handles(ir.Unread)
def unread(it: Interpreter, node: ir.Unread, frame: Frame) -> Signal | None:
    frame.result = it.unknown(Why.UNSUPPORTED, node.message)
    return Signal.RETURN


@handles(ir.If)
def if_(it: Interpreter, node: ir.If, frame: Frame) -> Signal | None:
    return _branches(it, node, 0, frame)


def _branches(it: Interpreter, node: ir.If, position: int, frame: Frame) -> Signal | None:
    while position < len(node.branches):
        test, body = node.branches[position]
        truth = it.truth(it.evaluate(test, frame))
        if truth is True:
            return execute(it, body, frame)
        position += 1
        if truth is False:
            continue
        reason = expressions.branch(it, truth, node, frame)
        rest = position
        return either_way(it, frame, reason,
                          lambda: expressions.narrowed(it, test, True, frame, lambda: execute(it, body, frame)),
                          lambda: expressions.narrowed(it, test, False, frame, lambda: _branches(it, node, rest, frame)))
    return execute(it, node.orelse, frame)


Outcome = tuple[Any, Any, Any, Any]  # (signal, result, versions, log) of a way


def either_way(it: Interpreter, frame: Frame, reason: Reason, first: Callable[[], Signal | None],
               second: Callable[[], Signal | None]) -> Signal | None:
    """Run two ways of which one is taken, and go on with what either may have left.

    A way that raises is taken to be the one that is not taken. A way that returns is parked until the function ends, and the other goes on.
    """
    outcomes: list[Outcome] = []
    error: Raised | None = None
    before, doubt = frame.doubt, frame.doubt
    for way in (first, second):
        parked = len(frame.parked or ())
        frame.doubt = before
        try:
            (signal, result), after, log = it.state.run(lambda way=way: _observe(it, frame, way, parked))  # type: ignore[misc]
        except Raised as raised:
            error = error or raised
            it.not_taken(raised, reason)
            continue
        doubt = stronger(doubt, frame.doubt)
        outcomes.append((signal, result, after, log))
    frame.doubt = doubt
    if not outcomes:
        assert error is not None
        raise error
    if len(outcomes) == 1:
        signal, result, after, log = outcomes[0]
        it.state.apply(after, log)
        frame.result = result
        return signal  # type: ignore[no-any-return]
    return _rejoin(it, frame, reason, outcomes)


def _observe(it: Interpreter, frame: Frame, way: Callable[[], Signal | None], parked: int) -> tuple[Signal | None, Any]:
    frame.result = None
    signal = way()
    result = frame.result
    if len(frame.parked or ()) > parked:  # ways that returned inside this way end with it
        from paramlint.interpreter.calls import unpark

        if signal is Signal.RETURN:
            result = unpark(it, frame, result, parked)
        else:
            return _split(it, frame, signal, parked)
    return signal, result


def _split(it: Interpreter, frame: Frame, signal: Signal | None, parked: int) -> tuple[Signal | None, Any]:
    """A way that has returned in part: what it returned is kept as a value that the function may have."""
    assert frame.parked is not None
    values = []
    while len(frame.parked) > parked:
        after, log, value, reason = frame.parked.pop()
        live, live_log = it.state.undo()
        it.state.merge(after, live, reason, log, live_log)
        values.append((value, reason))
        frame.doubt = stronger(frame.doubt, Doubt(reason, RETURNED))
    frame.leftovers = [*(frame.leftovers or ()), *values]
    return signal, None


def _rejoin(it: Interpreter, frame: Frame, reason: Reason, outcomes: list[Outcome]) -> Signal | None:
    from paramlint.interpreter import calls

    (signal, result, after, log), (signal2, result2, after2, log2) = outcomes
    if signal is signal2:
        it.state.merge(after, after2, reason, log, log2)
        frame.result = calls.joined(it, result, result2, reason) if signal is Signal.RETURN else None
        return signal  # type: ignore[no-any-return]
    if Signal.RETURN in (signal, signal2):
        if signal is not Signal.RETURN:
            signal, result, after, log, signal2, after2, log2 = signal2, result2, after2, log2, signal, after, log
        if frame.resumable:
            frame.leftovers = [*(frame.leftovers or ()), (result, reason)]
            it.state.merge(after, after2, reason, log, log2)
            frame.doubt = Doubt(reason, RETURNED)
            return signal2  # type: ignore[no-any-return]
        if frame.parked is None:
            frame.parked = []
        frame.parked.append((after, log, result, reason))
        it.state.begin()  # what goes on is undone and joined when the function ends
        it.state.apply(after2, log2)
        return signal2  # type: ignore[no-any-return]
    # One way leaves the loop's turn, the other does not: go on, and what the rest of the turn or loop does may not happen.
    it.state.merge(after, after2, reason, log, log2)
    frame.doubt = stronger(frame.doubt, Doubt(reason, BROKEN if Signal.BREAK in (signal, signal2) else CONTINUED))
    return None


# Loops --------------------------------------------------------------------------------------------------------------------


@handles(ir.While)
def while_(it: Interpreter, node: ir.While, frame: Frame) -> Signal | None:
    while True:
        it.step()
        truth = it.truth(it.evaluate(node.test, frame))
        if truth is False:
            return execute(it, node.orelse, frame)
        if truth is not True:
            reason = expressions.branch(it, truth, node, frame)
            _maybe_repeated(it, frame, node.body, reason, lambda: execute(it, node.body, frame))
            return _after_loop(it, node.orelse, frame, Doubt(reason, BROKEN))
        parked = len(frame.parked or ())
        signal = execute(it, node.body, frame)
        if signal is Signal.BREAK:
            return None
        if signal is Signal.RETURN:
            return signal
        if frame.parked and len(frame.parked) > parked:
            return _endless(it, node, frame, frame.parked[-1][3])
        doubt = _after_turn(frame)
        if doubt is not None:
            _maybe_repeated(it, frame, node.body, doubt.reason, lambda: execute(it, node.body, frame))
            return _after_loop(it, node.orelse, frame, doubt)


def _endless(it: Interpreter, node: ir.While, frame: Frame, reason: Reason) -> Signal | None:
    """Go on in a loop that some way has left by ``return``: how often it turns is not known."""
    _maybe_repeated(it, frame, node.body, reason, lambda: execute(it, node.body, frame))
    if isinstance(node.test, ir.Constant) and node.test.value:  # nothing but a return leaves it
        frame.result = Unknown(reason)
        return Signal.RETURN
    return _after_loop(it, node.orelse, frame, Doubt(reason, BROKEN))


@handles(ir.For)
def for_(it: Interpreter, node: ir.For, frame: Frame) -> Signal | None:
    source = it.evaluate(node.iterable, frame)
    frame.site = node.at
    items = containers.iterate_or_unknown(it, source)
    if isinstance(items, Unknown):
        return _unknown_loop(it, node, frame, items)
    if it.inertness is not None and it.inertness.skips_loop(node, frame):
        return _skipped_loop(it, node, frame, items)
    while True:
        try:
            item = next(items)
        except StopIteration:
            return execute(it, node.orelse, frame)
        except NeedsValue as error:
            return _unknown_loop(it, node, frame, error.unknown)
        it.step()
        assign(it, node.target, item, frame)
        signal = execute(it, node.body, frame)
        if signal is Signal.BREAK:
            return None
        if signal is Signal.RETURN:
            return signal
        doubt = _after_turn(frame)
        if doubt is not None:
            return _doubtful_rest(it, node, frame, items, doubt)


def _skipped_loop(it: Interpreter, node: ir.For, frame: Frame, items: Iterator[Any]) -> Signal | None:
    """A loop whose turns do nothing that matters: only its target is left behind."""
    last: Any = ABSENT
    try:
        for item in items:
            it.step()
            last = item
    except NeedsValue as error:
        return _unknown_loop(it, node, frame, error.unknown)
    if last is not ABSENT:
        assign(it, node.target, last, frame)
    return None


def _after_turn(frame: Frame) -> Doubt | None:
    """A ``continue`` that may have happened is over with the turn; the doubt that is left is about the turns to come."""
    doubt, frame.doubt = frame.doubt, None
    return doubt if doubt is not None and doubt.level > CONTINUED else None


def _after_loop(it: Interpreter, orelse: Sequence[ir.Stmt], frame: Frame, doubt: Doubt) -> Signal | None:
    """The ``else`` of a loop that may have been left; a function that may have been left goes on being that."""
    doubt = stronger(doubt, frame.doubt) or doubt
    frame.doubt = None
    signal = either_way(it, frame, doubt.reason, lambda: execute(it, orelse, frame), lambda: None) if orelse else None
    if doubt.level >= RETURNED:
        frame.doubt = stronger(frame.doubt, doubt)
    return signal


def _doubtful_rest(it: Interpreter, node: ir.For, frame: Frame, items: Any, doubt: Doubt) -> Signal | None:
    """A turn may have left the loop: each further turn may not happen."""
    for item in items:
        def turn(item: Any = item) -> Signal | None:
            assign(it, node.target, item, frame)
            return _plain(execute(it, node.body, frame))

        signal = either_way(it, frame, doubt.reason, turn, lambda: None)
        doubt = stronger(doubt, frame.doubt) or doubt
        frame.doubt = None
        if signal is not None:
            return signal
    return _after_loop(it, node.orelse, frame, doubt)


def _plain(signal: Signal | None) -> Signal | None:
    return signal if signal is Signal.RETURN else None


def _unknown_loop(it: Interpreter, node: ir.For, frame: Frame, source: Unknown) -> Signal | None:
    reason = source.reason if source.reason.site is not None else Reason(source.reason.kind, source.reason.message, it.site())

    def turn() -> Signal | None:
        assign(it, node.target, Unknown(reason), frame)
        return execute(it, node.body, frame)

    _maybe_repeated(it, frame, node.body, reason, turn)
    return _after_loop(it, node.orelse, frame, Doubt(reason, BROKEN))


def _maybe_repeated(it: Interpreter, frame: Frame, body: Sequence[ir.Stmt], reason: Reason, turn: Callable[[], Signal | None]) -> None:
    """A loop that runs an unknown number of times: what one turn changes is open, what it sets is not known."""

    parked = len(frame.parked or ())

    def once() -> tuple[Signal | None, Any]:
        return _observe(it, frame, lambda: _plain(turn()), parked)

    repeated = Reason(Why.LOOP, f"repeated an unknown number of times ({reason.message})", reason.site)
    before = it.loop_reason
    it.loop_reason = repeated
    try:
        (signal, result), after, log = it.state.run(once)
    except Raised as raised:
        it.not_taken(raised, repeated)
        return  # a turn that raises is one that does not happen
    except LimitReached:
        raise
    finally:
        it.loop_reason = before
    if frame.doubt is not None and frame.doubt.level < RETURNED:
        frame.doubt = None
    for container, contents in after.values():
        it.write(container)
        if container is it.state.open:  # what a turn has left open stays so
            container.update(contents)
            continue
        _loosen(it, container, contents, repeated)
    for name in sorted(_bound_in(body)):  # what one turn leaves as it was, the next may not: ``a, b = b, c``
        if name in frame.vars:
            frame.vars[name] = _any_number(it, frame.vars[name], frame.vars[name], repeated)
    it.state.adopt(log)
    if signal is Signal.RETURN:
        frame.leftovers = [*(frame.leftovers or ()), (result, repeated)]
        frame.doubt = Doubt(repeated, RETURNED)


def _loosen(it: Interpreter, container: Any, contents: Any, reason: Reason) -> None:
    """The state of a container after any number of turns, given what one turn made of it."""
    if isinstance(container, dict):
        if container.keys() != contents.keys():
            it.state.mark_open(container, reason)
        for key in dict.fromkeys((*container, *contents)):
            old, new = container.get(key, ABSENT), contents.get(key, ABSENT)
            if old is not new:
                container[key] = _any_number(it, old, new, reason)
    elif isinstance(container, list):
        if len(container) != len(contents) or any(a is not b for a, b in zip(container, contents, strict=False)):
            grown = len(contents) >= len(container) and all(a is b for a, b in zip(container, contents, strict=False))
            container[:] = contents if grown else [Unknown(reason)] * min(len(container), len(contents))
            it.state.mark_open(container, reason)
    else:
        container.update(contents)
        it.state.mark_open(container, reason)


def _any_number(it: Interpreter, old: Any, new: Any, reason: Reason) -> Any:
    if any(isinstance(value, Instance) for value in (*_alternatives(old), *_alternatives(new))):
        return it.state.join(old, new, reason)
    for value in (*_alternatives(old), *_alternatives(new)):  # it may be changed by another name from now on
        if isinstance(value, list | dict | set):
            it.write(value)
            if isinstance(value, list):
                value[:] = [Unknown(reason)] * len(value)
            elif isinstance(value, dict):
                value.update(dict.fromkeys(value, Unknown(reason)))
            it.state.mark_open(value, reason)
    return Unknown(reason)


def _alternatives(value: Any) -> tuple[Any, ...]:
    return value.alternatives if isinstance(value, Either) else (value,)


# Exceptions ---------------------------------------------------------------------------------------------------------------


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
    depth, running = it.depth, it.frame
    guards = it.import_guards
    it.import_guards += _expects_import_error(node)
    outer, it.dropped = it.dropped, [] if node.handlers else it.dropped
    try:
        signal = execute(it, node.body, frame)
        if node.handlers and it.dropped:
            signal = _maybe_caught(it, node, frame, signal)
    except Raised as raised:
        it.depth, it.frame, it.import_guards = depth, running, guards
        handler = matching(it, node.handlers, raised, frame)
        if handler is None:
            raise
        return handle(it, handler, raised, frame)
    finally:
        it.import_guards = guards
        it.dropped = outer
    return proceed(it, node.orelse, frame) if signal is None else signal


def _maybe_caught(it: Interpreter, node: ir.Try, frame: Frame, signal: Signal | None) -> Signal | None:
    """After a body in which a way that raised was left out: the handler that would have caught it may have run instead of the rest."""
    assert it.dropped
    raised, reason = it.dropped[0]
    handler = matching(it, node.handlers, raised, frame)
    if handler is None or signal is not None:
        return signal
    return either_way(it, frame, reason, lambda: None, lambda: handle(it, handler, raised, frame))


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
    try:
        signal = _with(it, node, position + 1, frame)
    except Raised as raised:
        kind = it.class_of(raised.value)
        if it.truth(it.call(leave, [kind, raised.value, None])) is True:
            return None
        raise
    result = frame.result
    it.call(leave, [None, None, None])
    frame.result = result
    return signal


# Definitions --------------------------------------------------------------------------------------------------------------


@handles(ir.FunctionDef)
def function(it: Interpreter, node: ir.FunctionDef, frame: Frame) -> Signal | None:
    value: Any = expressions.make_function(it, node.function, frame, node.at)
    bind_name(it, node.function.name, decorate(it, node.decorators, value, frame), frame)
    return None


@handles(ir.ClassDef)
def class_(it: Interpreter, node: ir.ClassDef, frame: Frame) -> Signal | None:
    frame.site = node.at
    value = classes.define(it, node, frame)
    bind_name(it, node.name, decorate(it, node.decorators, value, frame), frame)
    return None


def decorate(it: Interpreter, decorators: Sequence[ir.Expr], value: Any, frame: Frame) -> Any:
    """Apply decorators. One of a package that is not in reach is taken to give back what it decorates, as most do."""
    functions = [(it.evaluate(decorator, frame), decorator.at) for decorator in decorators]
    for decorator, at in reversed(functions):
        frame.site = at
        if not (isinstance(decorator, Unknown) and decorator.reason.kind is Why.IMPORT):
            outer = it.registries.begin()
            try:
                value = it.call(decorator, [value])
            finally:
                it.registries.end(outer, tuple(decorators))
        elif isinstance(value, FunctionValue):
            value.attrs[DECORATOR] = decorator
    return value


@handles(ir.Import)
def import_(it: Interpreter, node: ir.Import, frame: Frame) -> Signal | None:
    frame.site = node.at
    for dotted, alias in node.names:
        module = it.modules.import_module(dotted)
        root = dotted.partition(".")[0]
        if alias is None and root != dotted:
            module = it.modules.import_module(root)
        bind_name(it, alias or root, module, frame)
    return None


@handles(ir.ImportFrom)
def import_from(it: Interpreter, node: ir.ImportFrom, frame: Frame) -> Signal | None:
    frame.site = node.at
    name = it.modules.absolute(node.module, node.level, frame.module)
    for wanted, alias in node.names:
        if wanted == "*":
            it.modules.import_star(name, frame)
        else:
            bind_name(it, alias or wanted, it.modules.import_from(name, wanted, frame), frame)
    return None


@handles(ir.TypeAlias)
def type_alias(it: Interpreter, node: ir.TypeAlias, frame: Frame) -> Signal | None:
    frame.site = node.at
    bind_name(it, node.name, it.unknown(Why.UNSUPPORTED, f"the type alias `{node.name}`"), frame)
    return None


@handles(ir.Match)
def match(it: Interpreter, node: ir.Match, frame: Frame) -> Signal | None:
    return _cases(it, node, it.evaluate(node.subject, frame), 0, frame)


def _cases(it: Interpreter, node: ir.Match, subject: Any, position: int, frame: Frame) -> Signal | None:
    while position < len(node.cases):
        case = node.cases[position]
        position += 1
        bound: dict[str, Any] = {}
        verdict = patterns.matches(it, case.pattern, subject, bound, frame)
        if verdict is False:
            continue

        def body(case: ir.Case = case, bound: dict[str, Any] = bound) -> Signal | None:
            return execute(it, case.body, frame)

        for name, value in bound.items():
            bind_name(it, name, value, frame)
        if verdict is True and case.guard is not None:
            verdict = it.truth(it.evaluate(case.guard, frame))
            if verdict is False:
                continue
        if verdict is True:
            return body()
        rest = position
        return either_way(it, frame, expressions.branch(it, verdict, node, frame), body,
                          lambda: _cases(it, node, subject, rest, frame))
    return None
