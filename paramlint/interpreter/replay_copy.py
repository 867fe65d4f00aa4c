"""Copies of what a constructor has made, for replay.py: what it made is copied, what was there before is shared."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from paramlint.core.dims import Formula, Quotient
from paramlint.core.unknown import Reason, Unknown
from paramlint.interpreter.values import (
    BoundMethod,
    ClassMethod,
    ClassValue,
    Either,
    Foreign,
    FunctionValue,
    Instance,
    Native,
    Property,
    StaticMethod,
)

if TYPE_CHECKING:
    from paramlint.interpreter.machine import Interpreter
    from paramlint.interpreter.replay import Recording, Replay

_SHARED = frozenset({int, float, bool, str, bytes, complex, type(None), type(Ellipsis), range, Unknown, Reason, Formula, Quotient,
                     Property, StaticMethod, ClassMethod})
_DEPTH = 60


_STEPS, _BYTES = 2, 1_500  # of an object with its containers


class NotCopied(Exception):
    """Something that cannot be copied, or of which it is not known to whom it belongs."""


class Copier:
    """Copies. ``recording`` is the run that made the values, None for a copy of a copy; ``given`` is not copied and, where it is met, found."""

    def __init__(self, it: Interpreter, replay: Replay, recording: Recording | None, given: Sequence[Any]) -> None:
        self.it = it
        self.replay = replay
        self.recording = recording
        self.memo: dict[int, Any] = {}
        self.tracks = bool(replay.recordings)
        self.given = {id(value) for value in given}
        self.found: list[Any] = []

    def copy(self, value: Any, depth: int) -> Any:
        """A copy. Raises NotCopied."""
        kind = value.__class__
        if kind in _SHARED:
            if kind is Unknown and value.held:
                raise NotCopied
            return value
        if id(value) in self.given:
            self.found.append(value)
            return value
        found = self.memo.get(id(value))
        if found is not None:
            return found
        if depth > _DEPTH:
            raise NotCopied
        if kind is Instance:
            return self._instance(value, depth)
        if kind is dict or kind is list or kind is set:
            return self._container(value, kind, depth)
        if kind is tuple or kind is frozenset:
            items = [self.copy(item, depth + 1) for item in value]
            return value if all(new is old for new, old in zip(items, value, strict=True)) else kind(items)
        return self._other(value, kind, depth)

    def _instance(self, value: Instance, depth: int) -> Instance:
        if self.replay.is_shared(value.attrs) or (value.cls.name == "partial" and value.cls.module == "functools"):  # nobody changes those
            return value
        if value.attrs.__class__ is not dict or self.it.state.open_reason(value.attrs) is not None:
            raise NotCopied
        self.it.charge(_STEPS)
        self.it.reserve(_BYTES)
        made = self.memo[id(value)] = Instance(value.cls)
        made.site = value.site
        payload = value.payload
        if payload is not None:
            made.payload = payload.deep_copy(self.it, self.memo) if hasattr(payload, "deep_copy") else self.copy(payload, depth + 1)
        self._fill(made.attrs, value.attrs, depth)
        return made

    def _container(self, value: Any, kind: type, depth: int) -> Any:
        if self.replay.is_shared(value):
            return value
        if self.it.state.open_reason(value) is not None:
            raise NotCopied
        made = self.memo[id(value)] = kind()
        if kind is dict:
            self._fill(made, value, depth)
            return made
        if self.tracks:
            self.replay.made(made)
        if kind is list:
            made.extend(self.copy(item, depth + 1) for item in value)
        else:
            made.update(self.copy(item, depth + 1) for item in value)
        return made

    def _fill(self, made: dict[Any, Any], value: dict[Any, Any], depth: int) -> None:
        if self.tracks:
            self.replay.made(made)
        memo = self.memo
        for key, item in value.items():
            if item.__class__ in _SHARED and not (item.__class__ is Unknown and item.held):
                made[key] = item
            else:
                if key.__class__ is not str:
                    key = self.copy(key, depth + 1)
                known = memo.get(id(item))
                made[key] = self.copy(item, depth + 1) if known is None else known

    def _other(self, value: Any, kind: type, depth: int) -> Any:
        if kind is ClassValue:
            if value.site is not None and not self.replay.is_shared(value.attrs):
                raise NotCopied
            return value
        if kind is FunctionValue:
            frame = value.closure
            while frame is not None and frame.kind == "class":
                frame = frame.parent
            if frame is not None and frame.kind != "module":
                raise NotCopied
            return value
        if kind is BoundMethod:
            return BoundMethod(self.copy(value.func, depth + 1), self.copy(value.self, depth + 1))
        if kind is Either:
            return Either(tuple(self.copy(item, depth + 1) for item in value.alternatives), value.reason)
        if kind is Native:
            if "__self__" in value.attrs:
                raise NotCopied
            return value
        if isinstance(value, Foreign):
            return self._foreign(value)
        if isinstance(value, tuple):  # a shape
            return value
        raise NotCopied

    def _foreign(self, value: Foreign) -> Any:
        if not value.CHANGES:
            return value
        if self.recording is not None and not self.recording.has_made(value.serial):
            raise NotCopied
        made = value.again(self.it, self.memo)
        if made is NotImplemented:
            raise NotCopied
        self.memo[id(value)] = made
        return made
