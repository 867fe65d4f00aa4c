"""What an unknown number of turns may do.

One turn is run and undone; what it changes is loosened, so that it holds after any number of turns. As the next turn starts from that, it may
do what the first did not: turns are rehearsed, unheard by the library, until one brings nothing new.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence, Set
from contextlib import nullcontext
from typing import TYPE_CHECKING, Any

from paramlint.core.unknown import Reason, Unknown, Why
from paramlint.interpreter.frames import RETURNED, Doubt, Frame, stronger
from paramlint.interpreter.held import blurred, loose, reach
from paramlint.interpreter.nodes import bound_in
from paramlint.interpreter.signals import Raised, Signal
from paramlint.interpreter.state import Log, Opened, Versions, alternatives, same
from paramlint.interpreter.values import ABSENT, ClassValue, Foreign, FunctionValue, GeneratorValue, Instance
from paramlint.interpreter.ways import observe
from paramlint.syntax import ir

if TYPE_CHECKING:
    from paramlint.interpreter.machine import Interpreter

_FOLDS = 2  # from this turn on, an object that a turn makes and the one that an earlier turn made at the same place are taken for one
_SETTLES = 6  # the turn after which what still changes is not known at all
_SETTLES_LONG = 2  # the same of a loop that has been followed for many turns


def plain(signal: Signal | None) -> Signal | None:
    return signal if signal is Signal.RETURN else None


def maybe_repeated(it: Interpreter, frame: Frame, body: Sequence[ir.Stmt], reason: Reason, turn: Callable[[], Signal | None],
                   target: ir.Expr | None = None) -> None:
    """A loop that runs an unknown number of times: what a turn changes is open, what it sets is not known."""
    repeated = Reason(Why.LOOP, f"repeated an unknown number of times ({reason.message})", reason.site)
    settles = _SETTLES if reason.kind is not Why.LIMIT else _SETTLES_LONG
    set_anew: Set[str] = bound_in(ir.For(target.at, target, target, (), (), False)) if target is not None else set()
    for count in range(settles + 1):
        with nullcontext() if count == 0 else it.unheard():
            done = _turn(it, frame, turn, repeated)
        if done is None:
            return  # a turn that raises is one that does not happen
        after, log = done
        loosening = _Loosening(it, repeated, count, log, settles)
        news = loosening.apply(after, frame.vars, set_anew)
        if count == 0:
            for name in sorted(bound_in(body)):  # what one turn leaves as it was, the next may not: ``a, b = b, c``
                if name in frame.vars:
                    it.write(frame.vars)
                    frame.vars[name] = loosening.any_number(frame.vars[name], frame.vars[name])
        it.state.adopt(log)
        if not news:
            return


def _turn(it: Interpreter, frame: Frame, turn: Callable[[], Signal | None], reason: Reason) -> tuple[Versions, Log] | None:
    """Run a turn and undo it: what it would change. None where it raises."""
    parked, doubt = len(frame.parked or ()), frame.doubt
    before, it.loop_reason, frame.doubt = it.loop_reason, reason, None
    try:
        (signal, result), after, log = it.state.run(lambda: observe(it, frame, lambda: plain(turn()), parked))
    except Raised as raised:
        it.not_taken(raised, reason)
        frame.doubt = doubt
        return None
    finally:
        it.loop_reason = before
    if signal is Signal.RETURN:
        frame.leftovers = [*(frame.leftovers or ()), (result, reason)]
        frame.doubt = Doubt(reason, RETURNED)
    elif frame.doubt is not None and frame.doubt.level < RETURNED:
        frame.doubt = None
    frame.doubt = stronger(frame.doubt, doubt)
    return after, log


class _Loosening:
    """Makes the state what it may be after any number of turns, given what a turn made of it. ``count`` turns have been loosened before."""

    def __init__(self, it: Interpreter, reason: Reason, count: int, log: Log, settles: int) -> None:
        self.settles = settles
        self.it = it
        self.reason = reason
        self.count = count
        self.log = log

    def apply(self, after: Versions, variables: dict[str, Any], set_anew: Set[str]) -> bool:
        """Loosen all that a turn has changed; whether the next turn may see anything new. Names ``set_anew`` are set before a turn reads them."""
        news = False
        opened = after.get(id(self.it.state.open))
        if opened is not None:  # first what was open, as loosening opens more
            news = self._opened(opened[1])
        for container, contents, before in after.values():
            if container is self.it.state.open:
                continue
            contents = self.it.state.left(container, contents, before)
            self.it.write(container)
            if isinstance(container, dict):
                news |= self._dict(container, contents, set_anew if container is variables else frozenset())
            elif isinstance(container, list):
                news |= self._list(container, contents)
            else:
                news |= not contents <= container or self.it.state.open_reason(container) is None
                container.update(contents)
                self.it.state.mark_open(container, self.reason)
        return news

    def _opened(self, contents: Opened) -> bool:
        """What a turn has left open stays so."""
        state, news = self.it.state, False
        for key, (container, reason, fixed, held, shown) in ((key, entry) for key, entry in contents.items() if entry is not None):
            before = state.openness(container)
            grown = before is not None and self._beyond(before.held, held)
            if before is None or fixed < before.fixed or grown or (before.shown and not shown):
                news = news or key not in self.log.born
                state.mark_open(container, reason, fixed, held, shown=shown)
        return news

    def _dict(self, container: dict[Any, Any], contents: dict[Any, Any], set_anew: Set[str]) -> bool:
        news = False
        if container.keys() != contents.keys():
            news = self.it.state.hidden_reason(container) is None and not set_anew >= container.keys() ^ contents.keys()
            self.it.state.mark_open(container, self.reason)
        for key in dict.fromkeys((*container, *contents)):
            old, new = container.get(key, ABSENT), contents.get(key, ABSENT)
            if old is not new and not self._covered(old, new):
                container[key] = self.any_number(old, new)
                news = news or key not in set_anew
        return news

    def _list(self, container: list[Any], contents: list[Any]) -> bool:
        state = self.it.state
        if len(container) == len(contents) and all(a is b for a, b in zip(container, contents, strict=True)):
            return False
        element = state.element(container)
        was_open = element is not None
        grown = self._beyond(element.held, contents) if element is not None else ()
        if len(contents) >= len(container) and all(a is b for a, b in zip(container, contents, strict=False)):
            fixed = len(container)
            if not self.count or not was_open:
                container[:] = contents  # what a turn adds, in the order of the first
            state.mark_open(container, self.reason, fixed, grown)
            return not was_open or bool(grown)
        known = any(not isinstance(value, Unknown) for value in container) or len(contents) < len(container)
        held = reach((*container, *contents))
        container[:] = [Unknown(self.reason, held)] * min(len(container), len(contents))
        state.mark_open(container, self.reason, None, held)
        return known or not was_open or bool(grown)

    def _covered(self, old: Any, new: Any) -> bool:
        """Whether a value leaves room for another; an object that the turn has made is folded into the one that an earlier turn made there."""
        if isinstance(old, Unknown):
            return not self._beyond(old.held, (new,))
        rest = [value for value in alternatives(new) if not any(value is other or same(value, other) for other in alternatives(old))]
        if not rest:
            return True
        if self.count < _FOLDS:
            return False
        unfolded = [value for value in rest if not self._folded(old, value)]
        return not unfolded

    def _folded(self, old: Any, value: Any) -> bool:
        if not isinstance(value, Instance) or id(value.attrs) not in self.log.born:
            return False
        for other in reversed(alternatives(old)):
            if isinstance(other, Instance) and other.cls is value.cls and other.site == value.site and other is not value:
                self.it.write(other.attrs)
                return not self._dict(other.attrs, value.attrs, frozenset())
        return False

    def _beyond(self, held: tuple[Any, ...], values: Iterable[Any]) -> tuple[Any, ...]:
        """The objects reached by these values that are not among ``held``, which a change by the name of an unknown value would miss.

        What the turn has made stands, once such objects are folded, for what it holds itself.
        """
        found: list[Any] = []
        seen = {id(item) for item in held}
        waiting = list(reach(values))
        while waiting:
            item = waiting.pop()
            if id(item) in seen:
                continue
            seen.add(id(item))
            if (self.count < _FOLDS and not self._is_another(item, held)) or not self._made(item, held):
                found.append(item)
            else:
                waiting.extend(reach(_parts(item)))
        return tuple(found)

    def _is_another(self, item: Any, held: tuple[Any, ...]) -> bool:
        """Whether it is a value of a library, one of whose kind is held already: what a training loop computes is new in each turn."""
        return isinstance(item, Foreign) and any(type(other) is type(item) for other in held)

    def _made(self, item: Any, held: tuple[Any, ...]) -> bool:
        """Whether an object is one that the turn has made."""
        if isinstance(item, FunctionValue):
            return any(isinstance(other, FunctionValue) and other.code is item.code for other in held)
        if isinstance(item, ClassValue):
            return item.site is not None and any(isinstance(other, ClassValue) and other.site == item.site for other in held)
        if isinstance(item, Foreign | GeneratorValue):
            return item.serial > self.log.serial
        return id(item.attrs if isinstance(item, Instance) else item) in self.log.born

    def any_number(self, old: Any, new: Any) -> Any:
        """A value after any number of turns, of which one has made ``new`` of ``old``."""
        state, values = self.it.state, (*alternatives(old), *alternatives(new))
        if any(isinstance(value, Instance) for value in values):
            joined = state.join(old, new, self.reason)
            if self.count < self.settles and not isinstance(joined, Unknown):
                return joined
        if isinstance(old, Unknown) and self.count < self.settles:  # who changes it by this name changes what the unknown value holds
            return loose(self.reason, values)
        for value in values:  # it may be changed by another name from now on
            if isinstance(value, list | dict | set):
                self._emptied(value)
            elif isinstance(value, Instance):
                self.it.escaped(value, self.reason)
                if value.payload is None:
                    self.it.write(value.attrs)
                    self._emptied(value.attrs)
        return loose(self.reason, values)

    def _emptied(self, value: Any) -> None:
        self.it.write(value)
        if isinstance(value, list):
            value[:] = blurred(value, self.reason)
        elif isinstance(value, dict):
            value.update(blurred(value, self.reason))
        self.it.state.mark_open(value, self.reason)


def _parts(value: Any) -> Iterable[Any]:
    """What an object holds."""
    if isinstance(value, Instance):
        return (*value.attrs.values(), value.payload)
    if isinstance(value, FunctionValue):
        return (*value.defaults, *value.attrs.values())
    if isinstance(value, dict):
        return value.values()
    return value if isinstance(value, list | set) else ()
