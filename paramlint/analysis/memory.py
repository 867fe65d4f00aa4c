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

from collections.abc import Callable
from types import EllipsisType, NoneType
from typing import TYPE_CHECKING, Any

from msgspec.structs import replace

from paramlint.analysis.alive import (
    Held,
    Store,
    computes_weights,
    given_tensors,
    is_float,
    is_real,
    is_trained,
    largest_of,
    open_training,
    tensor_bytes,
    tensors_in,
    total_of,
    unknowns_in,
    weights_of,
)
from paramlint.analysis.placed import Places
from paramlint.analysis.saved import Saved
from paramlint.analysis.tensors import TensorValue
from paramlint.core.counts import Count
from paramlint.core.shapes import Shape
from paramlint.core.tensor import Tensor
from paramlint.core.unknown import NeedsValue, Reason, Why
from paramlint.frameworks import backward, layouts, memory
from paramlint.interpreter.values import Instance
from paramlint.model.tree import Memory, ModuleNode

if TYPE_CHECKING:
    from paramlint.interpreter.machine import Interpreter

_FORMULA = "attention by its formula, as on the meta device; a fused kernel keeps other tensors"


class Trace(Places):
    """The tensors of one call of a model, told as it runs. ``dtype`` is the type that floating-point tensors are taken to have, if not their own.

    ``training``: the call is one in training mode, of which is asked what is kept for the backward pass.
    """

    def __init__(self, dtype: str | None = None, *, training: bool = False) -> None:
        super().__init__(dtype)
        self.outputs: dict[int, Count] = {}  # bytes of what each module returned last, by its id
        self.saved = Saved() if training else None
        self.gradless = 0 if training else 1  # how many blocks are open in which nothing is kept
        self._open: dict[Reason, None] = {}  # why the peak is not known
        self._own: frozenset[int] = frozenset()
        self._wanted = False  # whether a derivative is asked for of the function that runs and has one of its own

    # What is told -----------------------------------------------------------------------------------------------------

    def begin(self, inputs: Any) -> None:
        """The inputs of the model."""
        for value in tensors_in(inputs):
            self._make(value, differentiable=False)

    def ran(self, it: Interpreter, entry: Any, name: str, args: Any, kwargs: Any, result: Any, module: Any = None) -> None:
        """An operation, or a layer (with its ``module``), has run."""
        self._step += 1
        for value in unknowns_in(result):
            if value.reason.kind is not Why.EFFECT:  # what the machine answers is no tensor
                self._doubts.setdefault(value.reason)
        given = given_tensors(args, kwargs)
        read = [value for _, value in given]
        made = list(tensors_in(result))
        held = [self._known(value) for value in read]
        used = self._used(entry, name, args, kwargs, given, held, made, module)
        doubt = it.loop_reason
        if doubt is None and it.state.branching:
            doubt = Reason(Why.BRANCH, "this runs only on one side of a branch on what is not known", it.site())
        if doubt is not None:
            self._doubts.setdefault(doubt)
        self._touch(read)
        if made:
            self._place(used, held, made, doubt is not None, it, module)
        if module is not None:
            self._note_output(module, made, result)
        if self.saved is None:
            self._beside(used, entry, it, module, name)

    def _beside(self, used: memory.Used, entry: Any, it: Interpreter, module: Any, name: str) -> None:
        """What is not known of what a call holds while it runs."""
        if memory.composite(entry):
            what = module.cls.name if module is not None else name
            self._open.setdefault(Reason(Why.UNSUPPORTED, f"what `{what}` holds while it runs", it.site()))

    def _used(self, entry: Any, name: str, args: Any, kwargs: Any, given: list[tuple[int | str, TensorValue]], held: list[Held],
              made: list[TensorValue], module: Any) -> memory.Used:
        """The call as memory sees it."""
        used = memory.Used(
            memory.word(entry, name), name.rpartition(".")[2], name.partition(".")[0], entry, [self._typed(value) for _, value in given],
            [self._typed(value) for value in made], args[1:] if isinstance(args, list) else (), kwargs,
            args[0] if isinstance(args, list) and args else None, [key for key, _ in given],
            [id(value) for _, value in given], [one.strides[0] for one in held],
            [is_trained(value) or one.differentiable or one.store.changed for (_, value), one in zip(given, held, strict=True)],
            {} if module is None else {path: is_trained(value) for path, value in weights_of(module)},
            None if module is None else module.attrs.get("training", True))
        same = bool(made) and bool(given) and made[0] is given[0][1]
        changes = used.word not in memory.SAME and used.word not in memory.CASTS and (same or memory.gives_back(used) is True) and not (
            memory.passes_on(used))
        return replace(used, changes=True) if changes else used

    def _typed(self, value: TensorValue) -> Tensor:
        tensor = value.tensor
        return tensor if self.dtype is None or not is_real(tensor) else Tensor(tensor.shape, self.dtype)

    def left(self, module: Instance, args: Any, kwargs: Any, result: Any) -> None:
        """A module has returned: what it was given is no longer held for it."""
        self._step += 1
        self._touch(tensors_in((args, kwargs)))
        made = list(tensors_in(result))
        self._touch(made)
        self._note_output(module, made, result)

    def assigned(self, it: Interpreter, value: TensorValue, index: Any, given: Any) -> None:
        """Elements of a tensor get new values."""
        held = self._known(value)
        sources = [self._known(one) for one in tensors_in(given)]
        if any(one.differentiable for one in sources) or any(map(is_trained, tensors_in(given))):
            held.store.changed = True
        parts = index if isinstance(index, tuple) else (index,)
        if self.saved is not None and not all(isinstance(part, int | slice | EllipsisType | NoneType) for part in parts):
            self.saved.doubt(Reason(Why.UNSUPPORTED, "what training keeps of elements that are chosen by a tensor and replaced", it.site()))

    def apart(self, given: Any, action: Callable[[], Any]) -> Any:
        """Run what has a derivative of its own: its steps keep nothing, but it may say what it keeps."""
        before, self._wanted = self._wanted, not self.gradless and any(
            is_trained(value) or self._known(value).differentiable for value in tensors_in(given))
        self.gradless += 1
        try:
            result = action()
        finally:
            wanted, self._wanted = self._wanted, before
            self.gradless -= 1
        for value in tensors_in(result):
            held = self._known(value)
            held.differentiable = wanted and is_float(value.tensor)
        return result

    def keep(self, values: Any) -> None:
        """A function with a derivative of its own keeps tensors for it."""
        if self.saved is not None and self._wanted:
            self.saved.save([self._known(value).store for value in tensors_in(values)])

    def changed(self, value: TensorValue, reason: Reason) -> None:
        """A tensor was changed by something that is not known; of one without a derivative nothing is kept."""
        held = self._known(value)
        if held.differentiable or held.store.changed or is_trained(value):
            self.unclear(reason)

    def skipped(self, reason: Reason) -> None:
        """Code has not been run."""
        self._doubts.setdefault(reason)

    def lose(self, reason: Reason) -> None:
        """Training keeps something else than the calls say."""
        if self.saved is not None:
            self.saved.lost.setdefault(reason)

    def unclear(self, reason: Reason) -> None:
        """What training keeps of a call is not known."""
        if self.saved is not None:
            self.saved.doubt(reason)

    def end(self, inputs: Any, outputs: Any) -> None:
        """The model has returned."""
        self._step += 1
        self._touch(tensors_in((inputs, outputs)))

    def owned(self, module: Instance) -> None:
        """The weights and buffers of the model, which do not count."""
        self._own = frozenset(id(value) for _, value in weights_of(module, buffers=True))

    # How it is kept ---------------------------------------------------------------------------------------------------

    def _place(self, used: memory.Used, read: list[Held], made: list[TensorValue], maybe: bool, it: Interpreter, module: Any) -> None:
        """Where the results of a call lie, and what is kept of it."""
        differentiable = not self.gradless and used.gradient and used.word not in memory.NEW and used.word != "detach"
        same = memory.gives_back(used)
        if same is None:
            self._doubts.setdefault(Reason(Why.ARGUMENT, "whether a layer changes its input in place, or drops elements", it.site()))
        if used.framework == "einops":
            self._doubts.setdefault(Reason(Why.UNSUPPORTED, f"whether `{used.name}` copies", it.site()))
        if used.word.endswith("_loss") and isinstance(used.outputs[0].shape, Shape) and not used.outputs[0].shape:
            self._doubts.setdefault(Reason(Why.UNSUPPORTED, f"whether the result of `{used.name}` has the memory of all elements", it.site()))
        if used.changes and layouts.overlaps(used):
            self._doubts.setdefault(Reason(Why.ERROR, "a tensor is changed of which several elements are one in memory", it.site()))
        ways = self._by_device(used, read)
        lies = [tuple(dict.fromkeys(some)) for some in zip(*(layouts.of_results(way) for way in ways), strict=True)]
        shared = bool(read) and (same is not False or memory.looks(used) or (memory.may_copy(used) and self._is_view(ways, it)))
        found: list[Held] = []
        for value, strides in zip(made, lies, strict=True):
            held = self._held.get(id(value))
            if held is not None:  # one of the inputs, as it is or changed
                held.differentiable |= differentiable
            elif shared:
                steps = read[0].strides if same is not False else strides
                held = self._hold(value, Held(None, read[0].store, steps, differentiable and is_float(value.tensor)))
                held.store.last = self._step
            else:
                held = self._make(value, differentiable=differentiable and is_float(value.tensor), strides=strides, maybe=maybe)
            found.append(held)
        if used.changes and read and differentiable:
            read[0].store.changed = True
        if self.saved is None:
            if not maybe:
                self._pass(used, it)
        elif differentiable and not maybe:
            what = module.cls.name if module is not None else used.word
            self._check(used, module, it)
            self.saved.keep(ways, read, found, made, it.site(), what)

    def _check(self, used: memory.Used, module: Any, it: Interpreter) -> None:
        """What makes it unclear what a call keeps: weights of which nobody knows whether they are trained, or that are computed."""
        assert self.saved is not None
        values = [] if module is None else [value for _, value in weights_of(module)]
        for value in values:
            reason = open_training(value)
            if reason is not None:
                self.saved.doubt(reason)
        if module is not None and computes_weights(module):
            self.saved.doubt(Reason(Why.UNSUPPORTED, f"what the computed weights of `{module.cls.name}` take", it.site()))
        if used.named and "out" in used.named:
            self.saved.doubt(Reason(Why.UNSUPPORTED, "what training keeps of a call that writes into `out`", it.site()))

    def _pass(self, used: memory.Used, it: Interpreter) -> None:
        """What a call makes beside its results and drops at once."""
        try:
            size = backward.transient(used)
        except NeedsValue:
            size = None
        if size is None:
            self._open.setdefault(Reason(Why.UNSUPPORTED, f"what `{used.word}` copies or makes beside its result", it.site()))
        elif not (isinstance(size, int) and size == 0):
            self._stores.append(Store(size, self._step))

    def _note_output(self, module: Any, made: list[TensorValue], result: Any) -> None:
        total = Count()
        for value in unknowns_in(result):
            total = total + Count(0, True, (value.reason,))
        for value in made:
            size = tensor_bytes(value.tensor, self.dtype)
            total = total + Count.of(size)
        self.outputs[id(module)] = total

    # What it comes to -------------------------------------------------------------------------------------------------

    def kept(self) -> Count:
        """The sum of what training keeps."""
        return Count() if self.saved is None else self.saved.total(self._own, tuple(self._doubts))

    @property
    def note(self) -> str:
        """How what training keeps is computed, where devices differ."""
        return _FORMULA if self.saved is not None and self.saved.by_formula else ""

    def result(self, kept: Count, note: str) -> Memory:
        """The largest sum of what is alive at once, and the sum of what is made."""
        doubts = tuple(self._doubts)
        total = Count(0, bool(doubts), doubts)
        peak = Count(0, bool(self._open), tuple(self._open))
        return Memory(total + peak + largest_of(self._alive()), kept, total + total_of(store.size for store in self._made), note)

def fill(model: Any, nodes: dict[int, ModuleNode], trace: Trace, kept: Count, note: str) -> None:
    """Keep with a model and its modules what a call of it takes; ``kept`` is what training keeps, ``note`` how that is computed."""
    for key, size in trace.outputs.items():
        if key in nodes:
            nodes[key].output_bytes = size
    model.memory = trace.result(kept, note)
