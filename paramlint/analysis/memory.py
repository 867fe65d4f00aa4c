"""What a call of a model keeps in memory: the tensors that are alive at once, and what training keeps of them.

Assumed is what the frameworks do when they run layer by layer:

- A tensor is alive from the call that makes it to the last call that reads it, and what is passed to a module until that module returns. The inputs
  and the results of the model are alive to the end.
- Views (``reshape`` of what lies in order, ``transpose``, slices), operations that change their tensor, and layers that pass it on (dropout in
  inference) take no memory of their own.
- A layer needs its inputs and its outputs. Weights, what a kernel needs for itself and the rounding of an allocator are not counted.

Where a part of it is not known, the figures are what it takes at least, with the reason.
"""

from __future__ import annotations

import weakref
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from paramlint.analysis.alive import (
    Held,
    Store,
    computes_weights,
    is_float,
    is_trained,
    largest_of,
    open_training,
    own_parameters,
    tensor_bytes,
    tensors_in,
    total_of,
    unknowns_in,
)
from paramlint.analysis.tensors import TensorValue
from paramlint.core.counts import Count
from paramlint.core.shapes import Shape
from paramlint.core.unknown import NeedsValue, Reason, Unknown, Why
from paramlint.frameworks import backward, memory
from paramlint.interpreter.values import Instance
from paramlint.model.tree import Memory, ModuleNode

if TYPE_CHECKING:
    from paramlint.interpreter.machine import Interpreter

class Trace:
    """The tensors of one call of a model, told as it runs. ``dtype`` is the type that floating-point tensors are taken to have, if not their own."""

    def __init__(self, dtype: str | None = None) -> None:
        self.dtype = dtype
        self.outputs: dict[int, Count] = {}  # bytes of what each module returned last, by its id
        self._held: dict[int, Held] = {}
        self._made: list[Store] = []  # by calls
        self._stores: list[Store] = []  # all, with the inputs and what is dropped at once
        self._extra: list[Any] = []  # bytes that training keeps beside tensors
        self._step = 0
        self._doubts: dict[Reason, None] = {}
        self._unkept: dict[Reason, None] = {}
        self._lost: dict[Reason, None] = {}  # why not even a part of what training keeps is known
        self.gradless = 0  # how many blocks are open in which nothing is kept

    # What is told -----------------------------------------------------------------------------------------------------

    def begin(self, inputs: Any) -> None:
        """The inputs of the model."""
        for value in tensors_in(inputs):
            self._make(value, differentiable=False)

    def ran(self, it: Interpreter, entry: Any, name: str, args: Any, kwargs: Any, result: Any, module: Any = None) -> None:
        """An operation, or a layer (with its ``module``), has run."""
        self._step += 1
        read, made = list(tensors_in((args, kwargs))), list(tensors_in(result))
        for value in unknowns_in(result):
            if value.reason.kind is not Why.EFFECT:  # what the machine answers is no tensor
                self._doubts.setdefault(value.reason)
        used = memory.Used(memory.word(entry, name), name.partition(".")[0], entry, [v.tensor for v in read], [v.tensor for v in made],
                           args[1:] if isinstance(args, list) else (), kwargs)
        doubt = it.loop_reason
        if doubt is None and it.state.logs:
            doubt = Reason(Why.BRANCH, "this runs only on one side of a branch on what is not known", it.site())
        if doubt is not None:
            self._doubts.setdefault(doubt)
        self._touch(read)
        self._place(used, read, made, doubt is not None, module, it)
        if memory.composite(entry):
            what = module.cls.name if module is not None else name
            self._doubts.setdefault(Reason(Why.UNSUPPORTED, f"what `{what}` holds while it runs", it.site()))
        if module is not None:
            self._note_output(module, made, result)
            if computes_weights(module):
                self._doubts.setdefault(Reason(Why.UNSUPPORTED, f"what the computed weights of `{module.cls.name}` take", it.site()))

    def left(self, module: Instance, args: Any, kwargs: Any, result: Any) -> None:
        """A module has returned: what it was given is no longer held for it."""
        self._step += 1
        self._touch(tensors_in((args, kwargs)))
        made = list(tensors_in(result))
        self._touch(made)
        self._note_output(module, made, result)

    def skipped(self, reason: Reason) -> None:
        """Code has not been run."""
        self._doubts.setdefault(reason)

    def lose(self, reason: Reason) -> None:
        """Training keeps something else than the calls say."""
        self._lost.setdefault(reason)

    def end(self, inputs: Any, outputs: Any) -> None:
        """The model has returned."""
        self._step += 1
        self._touch(tensors_in((inputs, outputs)))

    # How it is kept ---------------------------------------------------------------------------------------------------

    def _touch(self, values: Any) -> None:
        for value in values:
            held = self._held.get(id(value))
            if held is not None:
                held.store.last = held.trained.last = self._step

    def _make(self, value: TensorValue, *, differentiable: bool, in_order: bool | None = True, maybe: bool = False) -> Held:
        store = Store(0 if maybe else self._bytes(value), self._step)
        self._stores.append(store)
        if self._step:
            self._made.append(store)
        return self._hold(value, Held(None, store, store, in_order, differentiable))

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

    def _place(self, used: memory.Used, read: list[TensorValue], made: list[TensorValue], maybe: bool, module: Any, it: Interpreter) -> None:
        """Where the results of a call lie, and what is kept of it."""
        first = self._held.get(id(read[0])) if read else None
        differentiable = self._differentiable(read, module) and used.word != "detach"
        same, in_order = memory.gives_back(used), self._in_order(used, read)
        if same is None:
            self._doubts.setdefault(Reason(Why.ARGUMENT, "whether a layer changes its input in place", it.site()))
        for value in made:
            if id(value) in self._held:  # one of the inputs, as it is or changed
                self._held[id(value)].differentiable |= differentiable
                continue
            shared = self._shared(used, first, value, same is not False, it)
            if shared and first is not None:
                trained = first.trained
                if memory.drops_in_training(used):  # then it has a result of its own
                    trained = Store(0 if maybe else self._bytes(value), self._step)
                self._hold(value, Held(None, first.store, trained, in_order if same is False else first.in_order, differentiable))
                first.store.last = self._step
            elif shared is False and not value.is_parameter:
                self._make(value, differentiable=differentiable and is_float(value.tensor), in_order=in_order, maybe=maybe)
        if made and not maybe:
            self._pass(used, read, it)
        if differentiable:
            self._keep(used, read, made, module, it)

    def _pass(self, used: memory.Used, read: list[TensorValue], it: Interpreter) -> None:
        """What a call makes beside its results and drops at once."""
        held = [self._held.get(id(value)) for value in read]
        try:
            size = backward.transient(used)
            if memory.may_rearrange(used, [True if one is None else one.in_order for one in held]):
                self._doubts.setdefault(Reason(Why.UNSUPPORTED, f"whether `{used.word}` copies a tensor whose axes were reordered", it.site()))
        except NeedsValue:
            return
        if not (isinstance(size, int) and size == 0):
            self._stores.append(Store(size, self._step))

    def _shared(self, used: memory.Used, first: Held | None, value: TensorValue, same: bool, it: Interpreter) -> bool | None:
        """Whether a result lies in the memory of the first input; None where that is a weight, or made before."""
        if first is None:
            return None if memory.looks(used) or same else False
        if same or memory.looks(used):
            return True
        if not memory.may_copy(used):
            return False
        if first.in_order is False and used.word == "contiguous":
            return False
        if first.in_order is not True:
            self._doubts.setdefault(Reason(Why.UNSUPPORTED, f"whether `{used.word}` copies a tensor whose axes were reordered", it.site()))
        return True

    def _in_order(self, used: memory.Used, read: list[TensorValue]) -> bool | None:
        """Whether the elements of the result lie in the order of its axes."""
        known = [held.in_order for held in (self._held.get(id(value)) for value in read) if held is not None]
        if not memory.looks(used):
            return True if memory.orders(used) or memory.may_copy(used) or all(known) else None
        if used.word in ("view", "view_as", "unflatten", "squeeze", "unsqueeze", "expand_dims"):
            return known[0] if known else True
        if not used.inputs:
            return None
        before, after = used.inputs[0].shape, used.outputs[0].shape if used.outputs else None
        if not known or known[0] is not True or not isinstance(before, Shape) or not isinstance(after, Shape):
            return None
        if used.word in ("select", "getitem", "unbind") and tuple(after) == tuple(before[1:]) and all(isinstance(size, int) for size in before):
            return True if before.numel == after.numel * before[0] and used.word != "getitem" else None
        sizes = [[size for size in shape if not (isinstance(size, int) and size == 1)] for shape in (before, after)]
        moved = used.word in ("permute", "transpose", "swapaxes", "swapdims", "t", "mt", "h", "mh", "movedim", "moveaxis")
        certain = all(isinstance(size, int) for size in (*sizes[0], *sizes[1]))
        return False if moved and certain and sizes[0] != sizes[1] else None

    def _differentiable(self, read: list[TensorValue], module: Any) -> bool:
        """Whether the result of a call has a derivative that training asks for."""
        if self.gradless:
            return False
        for value in (*read, *(own_parameters(module) if module is not None else ())):
            reason = open_training(value)
            if reason is not None:
                self._unkept.setdefault(reason)
        return any(is_trained(value) or ((held := self._held.get(id(value))) is not None and held.differentiable) for value in read) or (
            module is not None and any(map(is_trained, own_parameters(module))))

    def _keep(self, used: memory.Used, read: list[TensorValue], made: list[TensorValue], module: Any, it: Interpreter) -> None:
        """Note what training keeps of a call."""
        if not any(is_float(value.tensor) for value in made):
            return
        if not backward.keeps_are_known(used):
            self._unkept.setdefault(Reason(Why.UNSUPPORTED, "what training keeps is known of PyTorch alone"))
            return
        try:
            found = backward.kept(used, module is None or any(map(is_trained, own_parameters(module))))
        except NeedsValue as error:
            self._unkept.setdefault(error.unknown.reason)
            return
        if found is None:
            what = module.cls.name if module is not None else used.word
            self._unkept.setdefault(Reason(Why.UNSUPPORTED, f"what training keeps of `{what}`", it.site()))
            return
        for at in found.inputs[:len(read)]:
            others = [value for place, value in enumerate(read) if place != at]
            if at in found.crossed and not self._differentiable(others, None):
                continue
            held = self._held.get(id(read[at]))
            if found.copied and held is not None:
                self._extra.append(self._bytes(read[at]))
            elif found.folded and held is not None and held.in_order is not True:
                self._unkept.setdefault(Reason(Why.UNSUPPORTED, f"whether training keeps a copy of what `{used.word}` multiplies", it.site()))
            else:
                self._save(read[at])
        if found.output:
            self._save(made[0])
        if not (isinstance(found.extra, int) and found.extra == 0):
            self._extra.append(found.extra)

    def _save(self, value: TensorValue) -> None:
        held = self._held.get(id(value))
        if held is not None and not held.trained.saved:
            held.trained.saved = True
            self._extra.append(held.trained.size)

    def _note_output(self, module: Any, made: list[TensorValue], result: Any) -> None:
        total = Count()
        for value in unknowns_in(result):
            total = total + Count(0, True, (value.reason,))
        for value in made:
            size = tensor_bytes(value.tensor, self.dtype)
            total = total + Count.of(size)
        self.outputs[id(module)] = total

    # What it comes to -------------------------------------------------------------------------------------------------

    def result(self) -> Memory:
        """The largest sum of what is alive at once, and the sum of what training keeps."""
        doubts = tuple(self._doubts)
        total = Count(0, bool(doubts), doubts)
        kept = Count(0, True, tuple(self._lost))
        if not self._lost:
            kept = Count(0, bool(doubts or self._unkept), (*doubts, *self._unkept)) + total_of(self._extra)
        return Memory(total + largest_of(self._alive()), kept, total + total_of(store.size for store in self._made))

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


def fill(model: Any, nodes: dict[int, ModuleNode], trace: Trace, training: Trace | None) -> None:
    """Keep with a model and its modules what a call of it takes; ``training`` is one in training mode, where that differs."""
    for key, size in trace.outputs.items():
        if key in nodes:
            nodes[key].output_bytes = size
    found = trace.result()
    model.memory = found if training is None else Memory(found.peak, training.result().kept, found.made)
