"""Where tensors lie while a model runs: memory of their own, or that of another one; and from which step to which it is used."""

from __future__ import annotations

import weakref
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from msgspec.structs import replace

from paramlint.analysis.alive import Held, Store, tensor_bytes
from paramlint.analysis.tensors import UNCLEAR, TensorValue
from paramlint.core.shapes import Shape
from paramlint.core.unknown import Reason, Unknown, Why
from paramlint.frameworks import layouts, memory
from paramlint.frameworks import strides as lie

if TYPE_CHECKING:
    from paramlint.interpreter.machine import Interpreter


class Places:
    """The tensors of one call of a model and their memory. ``dtype`` is the type that floating-point tensors are taken to have, if not their own."""

    def __init__(self, dtype: str | None) -> None:
        self.dtype = dtype
        self._held: dict[int, Held] = {}
        self._made: list[Store] = []  # by calls
        self._stores: list[Store] = []  # all, with the inputs and what is dropped at once
        self._step = 0
        self._doubts: dict[Reason, None] = {}

    def seen(self, value: TensorValue, views: list[TensorValue]) -> None:
        """The rows of a tensor, which are views of it."""
        held = self._known(value)
        for view in views:
            steps = tuple(None if one is None else one[1:] for one in held.strides)
            self._hold(view, Held(None, held.store, steps, held.differentiable))

    def data(self, value: TensorValue, same: TensorValue) -> None:
        """The elements of a weight, without its derivative."""
        held = self._known(value)
        self._hold(same, Held(None, held.store, held.strides, differentiable=False))

    def _touch(self, values: Any) -> None:
        for value in values:
            held = self._held.get(id(value))
            if held is not None:
                held.store.last = self._step

    def _known(self, value: TensorValue) -> Held:
        """A tensor that is read; one that is met for the first time was there before the call."""
        held = self._held.get(id(value))
        if held is not None:
            return held
        size = tensor_bytes(value.tensor, self.dtype)
        shape = value.tensor.shape
        strides = lie.in_order(shape) if isinstance(shape, Shape) and value.lies is None else None if value.lies is UNCLEAR else value.lies
        return self._hold(value, Held(None, Store(size, self._step, value), (strides,), differentiable=False))

    def _make(self, value: TensorValue, *, differentiable: bool, strides: tuple[Any, ...] = (), maybe: bool = False) -> Held:
        store = Store(0 if maybe else self._bytes(value), self._step)
        self._stores.append(store)
        if self._step:
            self._made.append(store)
        shape = value.tensor.shape
        if not strides:
            strides = (lie.in_order(shape) if isinstance(shape, Shape) else None,)
        return self._hold(value, Held(None, store, strides, differentiable))

    def _hold(self, value: TensorValue, held: Held) -> Held:
        """Watch a tensor until nothing refers to it any more."""
        key = id(value)

        def forgotten(_: Any) -> None:
            held.store.last = max(held.store.last, self._step)
            if self._held.get(key) is held:
                del self._held[key]

        held.value = weakref.ref(value, forgotten)
        self._held[key] = held
        return held

    def _bytes(self, value: TensorValue) -> Any:
        size = tensor_bytes(value.tensor, self.dtype)
        if isinstance(size, Unknown):
            self._doubts.setdefault(size.reason)
            return 0
        return size

    def _by_device(self, used: memory.Used, read: list[Held]) -> list[memory.Used]:
        """The call on the CPU and, where its inputs or its results lie otherwise there, on the meta device."""
        if all(len(one.strides) == 1 for one in read) and not layouts.depends_on_device(used):
            return [used]
        return [used, replace(used, device="meta", strides=[one.strides[-1] for one in read])]

    def _is_view(self, ways: list[memory.Used], it: Interpreter) -> bool:
        """Whether the result of what may copy is a view."""
        copies = {layouts.copies(way) for way in ways}
        if copies not in ({True}, {False}):
            self._doubts.setdefault(Reason(Why.UNSUPPORTED, f"whether `{ways[0].word}` copies a tensor whose axes were reordered", it.site()))
        return copies != {True}

    def _alive(self) -> Iterator[Any]:
        """The bytes that are alive at each step."""
        changes: dict[int, list[Any]] = {}
        for store in self._stores:
            changes.setdefault(store.first, []).append(store.size)
            changes.setdefault(store.last + 1, []).append(-1 * store.size)
        now: Any = 0
        for step in sorted(changes):
            for change in changes[step]:
                now = now + change
            yield now
