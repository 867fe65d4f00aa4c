"""Building once what is built again: a module whose class and plain arguments have been seen before is copied, not built.

That is safe where the constructor depends on nothing but its arguments and what the program's modules define, and changes nothing
but what it makes. Both are watched while a constructor runs: every write to a container that was there before makes it unfit, and every
write to something that module-level code has made forgets all that was kept.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Any, NamedTuple

from paramlint.interpreter.replay_copy import Copier, NotCopied
from paramlint.interpreter.values import SERIALS, ClassValue, Either, Foreign, FunctionValue, Instance, Native

if TYPE_CHECKING:
    from paramlint.interpreter.machine import Interpreter

_ATOMS = frozenset({int, float, bool, str, bytes, complex, type(None), type(Ellipsis)})
_MOST = 5_000  # kinds of calls that are remembered
_LARGEST = 60  # what lists, dicts and objects among the arguments may hold together


class Recording:
    """A constructor that runs under watch."""

    __slots__ = ("foreign", "pure", "start")

    def __init__(self) -> None:
        self.start = next(SERIALS)
        self.pure = True
        self.foreign: list[tuple[int, int]] = []  # spans of serial numbers that module-level code used meanwhile

    def has_made(self, serial: int) -> bool:
        """Whether what has this serial number was made by the code that runs, and not by module-level code that it needed."""
        if serial < self.start:
            return False
        for first, last in reversed(self.foreign):
            if serial >= last:
                return True
            if serial >= first:
                return False
        return True


class Kept(NamedTuple):
    """A copy of what a constructor has made, as it was then. ``given`` are the arguments that may change and that it holds on to."""

    epoch: int
    instance: Instance
    steps: int
    given: tuple[Any, ...]


class Replay:
    """``wanted`` says which classes are worth it, and may not be copied while somebody listens to what is built."""

    def __init__(self, it: Interpreter, wanted: Callable[[ClassValue], bool]) -> None:
        self.it = it
        self.wanted = wanted
        self.recordings: list[Recording] = []
        self.off = False  # a function has changed what module-level code made: from now on anything may depend on anything
        self._evaluation = Recording()
        self._epoch = 0
        self._born: dict[int, int] = {}  # containers made while recordings run, with their serial numbers
        self._shared: dict[int, tuple[Any, int]] = {}  # containers that module-level code has made
        self._since = 0  # when the module-level code that runs now began
        self._seen: dict[Any, Any] = {}  # keys of calls, with the objects whose identity they hold
        self._kept: dict[Any, Kept | None] = {}  # None: not fit

    # Watching ----------------------------------------------------------------------------------------------------

    def made(self, container: Any) -> None:
        """A container was made."""
        if self.it.modules.running:
            self._shared[id(container)] = (container, next(SERIALS))
        if self.recordings:
            self._born[id(container)] = next(SERIALS)

    def written(self, container: Any) -> None:
        """A container is about to be changed."""
        key = id(container)
        shared = self._shared.get(key)
        if shared is not None and shared[0] is container:
            if not self.it.modules.running:
                self.off = True
            elif shared[1] < self._since:
                self._epoch += 1
        if self.recordings and not self.it.modules.running:
            self.touched(self._born.get(key, -1))

    def touched(self, serial: int) -> None:
        """Something was changed that has this serial number, or that whoever comes next gets too."""
        for recording in self.recordings:
            if not recording.has_made(serial):
                recording.pure = False

    def moved(self, serial: int) -> None:
        """An iterator with this serial number was moved on."""
        if self.it.watch is not None:
            self.it.watch.touched(serial)
        self.touched(serial)
        if not self._evaluation.has_made(serial) and not self.it.modules.running:
            self.off = True

    def global_written(self) -> None:
        """A global was bound from elsewhere than its own module's top level."""
        self.it.effects_known.clear()
        if self.it.modules.running:
            self._epoch += 1
        else:
            self.off = True
        self.touched(-1)

    def enter_module(self) -> None:
        """A top-level statement begins to run."""
        if not self.it.modules.running:
            self._since = next(SERIALS)

    def leave_module(self) -> None:
        """It has run."""
        if self.it.modules.running:
            return
        last = next(SERIALS)
        for recording in (self._evaluation, *self.recordings):
            recording.foreign.append((self._since, last))

    def is_shared(self, container: Any) -> bool:
        return id(container) in self._shared

    def start(self) -> None:
        """An evaluation begins."""
        self.recordings.clear()
        self._evaluation = Recording()
        self._born.clear()
        if len(self._seen) > _MOST:
            self._seen.clear()
            self._kept.clear()

    # Building ----------------------------------------------------------------------------------------------------

    def build(self, cls: ClassValue, args: list[Any], kwargs: dict[str, Any], construct: Callable[[], Any]) -> Any:
        """An instance: a copy of an earlier one where that is safe."""
        it = self.it
        if self.off or it.state.logs or it.modules.running or it.loop_reason is not None or it.import_guards or it.dropped is not None \
                or it.registries.written is not None or not self.wanted(cls) or not self.is_global(cls):
            return construct()
        call = Call(self)
        key = call.key(cls, args, kwargs)
        if key is None:
            return construct()
        if key not in self._seen:
            self._seen[key] = call.held  # alive as long as the key stands for them
            return construct()
        if key not in self._kept:
            return self._recorded(key, call, construct)
        kept = self._kept[key]
        if kept is None or (kept.epoch == self._epoch and not all(any(one is other for other in call.given) for one in kept.given)):
            return construct()
        return self._again(kept) if kept.epoch == self._epoch else self._recorded(key, call, construct)

    def _again(self, kept: Kept) -> Instance:
        made = Copier(self.it, self, None, kept.given).copy(kept.instance, 0)
        assert isinstance(made, Instance)
        made.site = self.it.site()
        self.it.steps += kept.steps
        return made

    def _recorded(self, key: Any, call: Call, construct: Callable[[], Any]) -> Any:
        """Build, and keep a copy if nothing else was changed."""
        it = self.it
        epoch, steps, state, opened = self._epoch, it.steps, self._outside(), dict(it.state.open)
        recording = Recording()
        self.recordings.append(recording)
        try:
            made = construct()
            recording.pure = recording.pure and self._opened_own(opened, recording)
        finally:
            self.recordings.remove(recording)
            if not self.recordings:
                self._born.clear()
        fit = recording.pure and made.__class__ is Instance and epoch == self._epoch and not self.off and state == self._outside()
        self._kept[key] = None
        if fit:
            try:
                copier = Copier(it, self, recording, call.given)
                copy = copier.copy(made, 0)
            except NotCopied:
                return made
            copy.site = None
            self._kept[key] = Kept(epoch, copy, min(it.steps - steps, 1_000), tuple(copier.found))
        elif epoch != self._epoch:
            del self._kept[key]  # another time
        return made

    def _outside(self) -> tuple[int, ...]:
        """What else a constructor may change."""
        it = self.it
        return (len(it.equal_keys), it.effects_noted())

    def _opened_own(self, before: dict[int, Any], recording: Recording) -> bool:
        """Whether no container that was there before holds elements now that are not known."""
        now = self.it.state.open
        own = (entry is before.get(key) or self._born.get(key, -1) >= recording.start for key, entry in now.items())
        return before.keys() <= now.keys() and all(own)

    def is_global(self, cls: ClassValue) -> bool:
        """Whether a class, with all that it derives from, is a library's or defined by module-level code."""
        known = cls.facts.get("<global>")
        if known is None:
            known = cls.facts["<global>"] = all(base.site is None or id(base.attrs) in self._shared for base in cls.mro)
        return bool(known)


class Call:
    """What a constructor is called with: a key that says all of it, and the arguments that may change."""

    def __init__(self, replay: Replay) -> None:
        self.replay = replay
        self.held: list[Any] = []  # what ids in the key stand for
        self.given: list[Any] = []
        self._room = _LARGEST

    def key(self, cls: ClassValue, args: list[Any], kwargs: dict[str, Any]) -> Any:
        """None where an argument is not known well enough."""
        parts: list[Any] = [id(cls)]
        for value in args:
            part = self._part(value)
            if part is None:
                return None
            parts.append(part)
        for name, value in sorted(kwargs.items()) if kwargs else ():
            part = self._part(value)
            if part is None:
                return None
            parts.append((name, part))
        self.held.append(cls)
        return tuple(parts)

    def _part(self, value: Any) -> Any:
        kind = value.__class__
        if kind in _ATOMS:
            return (kind, value if value == value else repr(value))  # not a number is like itself here
        if kind is tuple:
            return self._parts(tuple, value)
        if kind is list or kind is dict:
            return self._container(kind, value)
        if kind is Either:
            self.held.append(value.reason)
            return self._parts(id(value.reason), value.alternatives)
        if kind is Instance:
            if value.cls.name == "partial" and value.cls.module == "functools" and value.payload is None:
                return self._container("partial", value.attrs)
            if not self.replay.is_shared(value.attrs):
                return self._object(value)
            fit = True
        elif kind is ClassValue:
            fit = self.replay.is_global(value)
        elif kind is FunctionValue:
            fit = _is_top_level(value)
        elif kind is Native:
            fit = "__self__" not in value.attrs
        else:
            fit = isinstance(value, Foreign) and not value.CHANGES
        if not fit:
            return None
        self.held.append(value)
        return (kind, id(value))

    def _parts(self, kind: Any, values: Iterable[Any]) -> Any:
        parts = tuple([self._part(item) for item in values])
        return None if None in parts else (kind, parts)

    def _container(self, kind: Any, value: Any) -> Any:
        self._room -= len(value)
        if self._room < 0 or self.replay.it.state.open_reason(value) is not None:
            return None
        self.given.append(value)
        if value.__class__ is list:
            return self._parts(kind, value)
        inner = self._parts(kind, value.values())
        return None if inner is None or not all(key.__class__ is str for key in value) else (tuple(value), inner)

    def _object(self, value: Instance) -> Any:
        """A plain object of a class of the program's, such as a configuration: all it holds."""
        if value.payload is not None or "_modules" in value.attrs or not self.replay.is_global(value.cls):
            return None
        self.given.append(value)
        self.held.append(value.cls)
        return self._container(id(value.cls), value.attrs)


def _is_top_level(function: FunctionValue) -> bool:
    frame: Any = function.closure
    while frame is not None and frame.kind == "class":
        frame = frame.parent
    return frame is None or frame.kind == "module"
