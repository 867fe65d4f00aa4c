"""Writes that can be undone, and the joining of two ways.

A branch on an Unknown runs both ways. Each way runs under a log that keeps what every list, dict and set was before its first change;
undoing the log brings the state back, and what the ways have left is joined container by container. Variables and attributes
live in dicts, so this covers all state there is.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from operator import is_
from typing import Any, NamedTuple

from paramlint.core.dims import Formula
from paramlint.core.unknown import Reason, Unknown, Why
from paramlint.interpreter.held import loose, one_of, reach
from paramlint.interpreter.limits import ELEMENTS, Limits
from paramlint.interpreter.values import ABSENT, SERIALS, Either, Foreign

_SCALARS = (int, float, complex, str, bytes, bool, type(None), type(Ellipsis))

_FORK = 3  # steps that a way takes besides those of its code
_MANY = 200  # elements that are looked at one by one
_NONE: tuple[Any, dict[Any, Any], None] = (None, {}, None)

Versions = dict[int, tuple[Any, Any, Any]]  # id → (container, its contents after a way, and before it); of what is open only what has changed


class Openness(NamedTuple):
    """What is not known of a container: ``held`` are objects that may be among its elements, besides those it shows.

    ``shown`` says of a dict that there are no keys besides those it has; some may be missing.
    """

    container: Any
    reason: Reason
    fixed: int
    held: tuple[Any, ...] = ()
    shown: bool = False

    def joined(self, other: Openness) -> Openness:
        held = self.held if self.held is other.held else reach((self.held, other.held))
        return self._replace(fixed=min(self.fixed, other.fixed), held=held, shown=self.shown and other.shown)


Opened = dict[int, "Openness | None"]  # id → what is not known of a container; None where all is


class Log:
    """What containers were before a way began, which of them were open, and the containers born on it."""

    __slots__ = ("born", "into", "opened", "saved", "serial")

    def __init__(self) -> None:
        self.into: Log | None = self  # the log of the way that its changes have become a part of; None where that is no way of a branch
        self.saved: dict[int, tuple[Any, Any]] = {}  # id → (container, its contents)
        self.opened: Opened = {}
        self.born: dict[int, Any] = {}
        self.serial = next(SERIALS)


class State:
    def __init__(self, limits: Limits, charge: Callable[[int], None]) -> None:
        self.limits = limits
        self.charge = charge
        self.logs: list[Log] = []
        self.trials = 0  # how many of the logs are of runs that are undone, and no ways of a branch
        self.suspended: list[list[Log]] = []
        self.kept: dict[int, tuple[dict[Any, Any], set[Any]]] = {}  # id → (dict, keys that outlast the way they were set on), see keep
        self.open: dict[int, Openness] = {}  # containers with more elements than are known, see mark_open

    # Writing -----------------------------------------------------------------------------------------------------

    def save(self, container: Any) -> None:
        """Call before changing a list, dict or set while ``logs`` is not empty."""
        log = self.logs[-1]
        key = id(container)
        if key not in log.saved and key not in log.born:
            if len(container) > _MANY:
                self.charge(len(container) // ELEMENTS)
            log.saved[key] = (container, container.copy())

    def born(self, container: Any) -> None:
        """Call after making a container while ``logs`` is not empty: no other way can know it."""
        self.logs[-1].born[id(container)] = container

    def mark_open(self, container: Any, reason: Reason, fixed: int | None = None, held: tuple[Any, ...] = (), *, shown: bool = False) -> None:
        """A container may have more, or fewer, elements than it holds; the first ``fixed`` of a list stand where they stand.

        ``held`` are objects that may be among the elements that are not shown.
        """
        before = self.open.get(id(container))
        made = Openness(container, reason, len(container) if fixed is None else fixed, held, shown)
        self._set_open(id(container), made if before is None or before.container is not container else made.joined(before))

    def _set_open(self, key: int, entry: Openness | None) -> None:
        if self.logs:
            self.logs[-1].opened.setdefault(key, self.open.get(key))
        self._reopen({key: entry})

    def element(self, container: Any) -> Unknown | None:
        """What stands for an element of a container that is open; None where it is not."""
        entry = self.open.get(id(container))
        if entry is None or entry.container is not container:
            return None
        if len(container) > _MANY:
            return Unknown(entry.reason, (container, *entry.held))
        return loose(entry.reason, (*(container.values() if isinstance(container, dict) else container), entry.held))

    def openness(self, container: Any) -> Openness | None:
        """What is not known of a container; None where all is."""
        entry = self.open.get(id(container))
        return entry if entry is not None and entry.container is container else None

    def fixed(self, container: Any) -> int | None:
        """How many elements of an open list have a position that is known; None where it is not open."""
        entry = self.open.get(id(container))
        return entry.fixed if entry is not None and entry.container is container else None

    def close(self, container: Any) -> None:
        """A container that has been emptied: all there is in it is known again."""
        if self.open_reason(container) is not None:
            self._set_open(id(container), None)

    def open_reason(self, container: Any) -> Reason | None:
        entry = self.open.get(id(container))
        return entry.reason if entry is not None and entry.container is container else None

    def hidden_reason(self, container: dict[Any, Any]) -> Reason | None:
        """Why a dict may have other keys than those it shows."""
        entry = self.open.get(id(container))
        return entry.reason if entry is not None and entry.container is container and not entry.shown else None

    # Ways --------------------------------------------------------------------------------------------------------

    def begin(self) -> Log:
        self.charge(_FORK)
        log = Log()
        self.logs.append(log)
        return log

    def undo(self) -> tuple[Versions, Log]:
        """End the newest way: what it changed, and the state as it was before."""
        log = self.logs.pop()
        after: Versions = {}
        for key, (container, saved) in log.saved.items():
            after[key] = (container, container.copy(), saved)
            _restore(container, saved)
        if log.opened:
            after[id(self.open)] = (self.open, {key: self.open.get(key) for key in log.opened}, None)
            self._reopen(log.opened)
        return after, log

    def _reopen(self, entries: Opened) -> None:
        for key, entry in entries.items():
            if entry is not None:
                self.open[key] = entry
            else:
                self.open.pop(key, None)

    @property
    def branching(self) -> bool:
        """Whether the code at hand runs on one way of a branch only."""
        return len(self.logs) > self.trials

    def tried(self, action: Callable[[], Any]) -> Any:
        """Run something and bring the state back as it was; the result is what the action returned."""
        self.trials += 1
        try:
            return self.run(action)[0]
        finally:
            self.trials -= 1

    def run(self, way: Callable[[], Any]) -> tuple[Any, Versions, Log]:
        """Run one way and undo it, also when it raises."""
        self.begin()
        try:
            outcome = way()
        except BaseException:
            self.undo()
            raise
        after, log = self.undo()
        return outcome, after, log

    def follow(self) -> Log:
        """Keep what containers are before they are changed from now on, although the changes stay."""
        self.trials += 1
        return self.begin()

    def stay(self, log: Log) -> None:
        """The changes since ``follow`` stay."""
        self.trials -= 1
        self.logs.pop()
        log.into = self.logs[-1] if self.logs else None
        if self.logs:
            outer = self.logs[-1]
            for key, version in log.saved.items():
                if key not in outer.born:
                    outer.saved.setdefault(key, version)
            for key, entry in log.opened.items():
                outer.opened.setdefault(key, entry)
            self.adopt(log)

    def perhaps_not(self, log: Log, reason: Reason) -> None:
        """Some of the changes since ``follow`` may not have been made."""
        log.into = log
        self._join_open(log.opened, {})
        for container, before in log.saved.values():
            after = container.copy()
            if self.logs:
                self.save(container)
            self._join_contents(container, before, after, reason)

    def suspend(self) -> list[Log]:
        """Leave all ways for a while: what is written until ``resume`` is not undone with them."""
        logs, self.logs = self.logs, []
        self.suspended.append(logs)
        return logs

    def resume(self, logs: list[Log]) -> None:
        self.logs = logs
        self.suspended.pop()

    def keep(self, container: dict[Any, Any], keys: Iterable[Any]) -> None:
        """Entries of a dict that outlast the ways at hand, although one of them has changed the dict before.

        They are there on the ways that have been run and wait to be joined, too.
        """
        there = {key: container[key] for key in keys if key in container}
        for logs in (*self.suspended, self.logs):
            for log in logs:
                saved = log.saved.get(id(container))
                if saved is not None:
                    saved[1].update(there)
        if self.logs or any(self.suspended):
            self.kept.setdefault(id(container), (container, set()))[1].update(there)

    def left(self, container: Any, contents: Any, before: Any) -> Any:
        """What a way has left in a container, with the entries that have been set for all ways since it was undone."""
        kept = self.kept.get(id(container))
        if kept is not None and kept[0] is container:
            for key in kept[1]:
                if key in container and contents.get(key, ABSENT) is before.get(key, ABSENT):
                    contents[key] = container[key]
        return contents

    def apply(self, after: Versions, log: Log) -> None:
        """Make the changes of one way, the only one that counts."""
        log.into = self.logs[-1] if self.logs else None
        for container, contents, before in after.values():
            if container is self.open:
                for key, entry in contents.items():
                    self._set_open(key, entry)
                continue
            if self.logs:
                self.save(container)
            _restore(container, self.left(container, contents, before))
        self.adopt(log)

    def merge(self, first: Versions, second: Versions, reason: Reason, *logs: Log) -> None:
        """Make the state what it may be after either way."""
        opened = id(self.open)
        self._join_open(first.get(opened, _NONE)[1], second.get(opened, _NONE)[1])  # first what was open, as joining opens more
        for key in dict.fromkeys((*first, *second)):
            if key == opened:
                continue
            container = (first.get(key) or second[key])[0]
            left = self.left(*first[key]) if key in first else container.copy()
            right = self.left(*second[key]) if key in second else container.copy()
            if self.logs:
                self.save(container)
            self._join_contents(container, left, right, reason)
        for log in logs:
            self.adopt(log)

    def adopt(self, log: Log) -> None:
        if self.logs:
            self.logs[-1].born.update(log.born)

    def _join_open(self, first: Opened, second: Opened) -> None:
        """What was open after either way stays so."""
        for key in dict.fromkeys((*first, *second)):
            now = self.open.get(key)
            left, right = first.get(key, now), second.get(key, now)
            both = left.joined(right) if left is not None and right is not None and left is not right else left or right
            if both is not now:
                self._set_open(key, both)

    def _join_contents(self, container: Any, left: Any, right: Any, reason: Reason) -> None:
        if len(left) > _MANY:
            self.charge(len(left) // ELEMENTS)
        if isinstance(container, dict):
            joined = {**left, **right}  # most of it is the same on both ways
            for key in joined:
                one, other = left.get(key, ABSENT), right.get(key, ABSENT)
                if one is not other:
                    joined[key] = self.join(one, other, reason)
            container.clear()
            container.update(joined)
            if left.keys() != right.keys():
                self.mark_open(container, reason, shown=True)
        elif isinstance(container, list):
            container[:] = [self.join(a, b, reason) for a, b in zip(left, right, strict=False)]
            if len(left) != len(right):
                container.extend(left[len(container):] or right[len(container):])
                self.mark_open(container, reason, min(len(left), len(right)))
        else:
            container.clear()
            container.update(left | right)
            if left != right:
                self.mark_open(container, reason)

    # Values ------------------------------------------------------------------------------------------------------

    def join(self, left: Any, right: Any, reason: Reason) -> Any:
        """A value that is one or the other."""
        if left is right or same(left, right):
            return left
        if isinstance(left, Unknown) or isinstance(right, Unknown):
            unknown = left if isinstance(left, Unknown) else right
            joined = one_of(unknown.reason, (left, right))
            return unknown if len(joined.held) == len(unknown.held) and all(map(is_, joined.held, unknown.held)) \
                and joined.data == unknown.data else joined
        if isinstance(left, tuple) and isinstance(right, tuple) and type(left) is type(right) is tuple and len(left) == len(right):
            return tuple(self.join(a, b, reason) for a, b in zip(left, right, strict=True))
        if isinstance(left, Foreign) and type(left) is type(right):
            merged = left.merged(right)
            if merged is not None:
                return merged
        found: list[Any] = []
        for value in (*alternatives(left), *alternatives(right)):
            if not any(value is other or same(value, other) for other in found):
                found.append(value)
        if len(found) > self.limits.alternatives:
            return one_of(Reason(Why.BRANCH, f"more than {self.limits.alternatives} values are possible ({reason.message})", reason.site), found)
        return Either(tuple(found), reason)


def alternatives(value: Any) -> tuple[Any, ...]:
    return value.alternatives if isinstance(value, Either) else (value,)


def same(left: Any, right: Any) -> bool:
    """Whether two values are certainly equal, without asking the analysed code."""
    if left is right:
        return True
    if type(left) is not type(right):
        return False
    if isinstance(left, _SCALARS):
        return bool(left == right)
    if isinstance(left, Formula):
        return left.same(right)
    if isinstance(left, tuple) and len(left) == len(right):
        return all(map(same, left, right))
    return isinstance(left, Foreign) and left.same_as(right)


def _restore(container: Any, contents: Any) -> None:
    if isinstance(container, list):
        container[:] = contents
    else:
        container.clear()
        container.update(contents)
