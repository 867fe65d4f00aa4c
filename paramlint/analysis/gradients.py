"""Whether operations are recorded for gradients, and what the framework refuses because of it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Any

from paramlint.analysis import word_signatures
from paramlint.analysis.modules import named_tensors
from paramlint.analysis.tensors import TensorValue
from paramlint.core.shapes import differs
from paramlint.core.unknown import Unknown, Why
from paramlint.frameworks import REGISTRY
from paramlint.interpreter.library_names import hedge
from paramlint.interpreter.values import BoundMethod, Either, FunctionValue, Instance

if TYPE_CHECKING:
    from paramlint.analysis.overlay import Overlay
    from paramlint.interpreter.machine import Interpreter

_KIND = "torch.Tensor"  # the class of tensors that are recorded so
SWITCHES = {"no_grad": False, "inference_mode": False, "enable_grad": True, "set_grad_enabled": True}  # whether they record, or may
_SETS = ("set_grad_enabled",)  # where it is called, for good
_RECORDS = "<records>"  # the attribute of a function that runs under such a switch
_UNCONNECTED = ("detach", "tensor", "as_tensor", "asarray", "numpy")  # operations whose results are not computed of their tensors
_UNCOPIED = ("Only Tensors created explicitly by the user (graph leaves) support the deepcopy protocol at the moment.  If you were attempting to "
            "deepcopy a module, this may be because of a torch.nn.utils.weight_norm usage, see https://github.com/pytorch/pytorch/pull/103001")
SCALAR = {"__int__": "ValueError", "__float__": "ValueError", "__complex__": "ValueError", "__index__": "TypeError", "__bool__": "RuntimeError"}
_UNKNOWN = "unknown"  # the type of a tensor of which that is not known
_FLOATING_OR_UNKNOWN = ("float", "bfloat", "complex", _UNKNOWN)


class Recording:
    """What contexts and functions have been entered that switch the recording off or on."""

    __slots__ = ("blocks", "cast", "doubtful", "overlay")

    def __init__(self, overlay: Overlay) -> None:
        self.overlay = overlay
        self.blocks: list[tuple[bool, int]] = []  # whether a block that is open records, and how deep the calls were where it began
        self.doubtful = False
        self.cast = False  # whether a block has begun whose results may be of another type than their operands

    def start(self, *, doubtful: bool, cast: bool) -> None:
        """A new evaluation begins, with what modules' top levels have left."""
        self.blocks.clear()
        self.doubtful, self.cast = doubtful, cast

    def entered(self, it: Interpreter, name: str, step: int) -> None:
        """A block begins or ends."""
        last = name.rpartition(".")[2]
        if last == "autocast" and self.overlay.calls is None and self.overlay.trace is None:
            self.cast = True
            self.overlay.settle("cast", True)
        if last in _SETS:
            self._doubt(it)
        elif last in SWITCHES and step > 0:
            self.blocks.append((SWITCHES[last], it.depth))
        elif last in SWITCHES and self.blocks:
            self.blocks.pop()

    def called(self, it: Interpreter, name: str, args: list[Any]) -> None:
        """A context is made, perhaps to decorate a function."""
        last = name.rpartition(".")[2]
        if last in _SETS:
            self._doubt(it)
        elif last in SWITCHES and args:
            function = args[0].func if isinstance(args[0], BoundMethod) else args[0]
            if isinstance(function, FunctionValue):
                it.write(function.attrs)
                function.attrs[_RECORDS] = SWITCHES[last]
            else:
                self._doubt(it)

    def _doubt(self, it: Interpreter) -> None:
        """From now on it is not known whether operations are recorded."""
        self.doubtful = True
        self.overlay.settle("doubtful", True)

    def graded(self, it: Interpreter) -> None:
        """From now on tensors may have gradients."""
        self.overlay.settle("graded", True)

    def active(self, it: Interpreter) -> bool | None:
        """Whether operations are recorded; None where that is not known."""
        if self.doubtful:
            return None
        records, began = self.blocks[-1] if self.blocks else (True, -1)
        frame, depth = it.frame, it.depth
        while frame is not None and depth > began:  # a function inside the block, or around it
            if isinstance(frame.function, FunctionValue) and _RECORDS in frame.function.attrs:
                return bool(frame.function.attrs[_RECORDS])
            frame, depth = frame.caller, depth - 1
        return records

    # What tensors ask --------------------------------------------------------------------------------------------

    def required(self, it: Interpreter, value: TensorValue, wanted: Any) -> None:
        """``requires_grad`` is assigned."""
        set_required(it, value, wanted, method=False)

    def changing(self, it: Interpreter, value: TensorValue) -> None:
        """Elements of a tensor are about to be assigned."""
        refuse_change(self.overlay, it, value, "a view of a leaf Variable that requires grad")

    def absorb(self, it: Interpreter, value: TensorValue, others: Iterable[Any]) -> None:
        """Elements of a tensor are computed of other tensors from now on."""
        needing = list(_needing(others))
        if needing and self.overlay.calls is None and self.overlay.trace is None:
            active = self.active(it)
            value.derived = value.derived or (None if it.state.logs else active)
            value.parents += tuple(other for other in needing if other.derived is not False)

    def looked(self, it: Interpreter, value: TensorValue, rows: list[TensorValue]) -> None:
        """A tensor is taken apart into its rows."""
        if needs(value):
            active = self.active(it)
            for row in rows:
                row.derived = value.derived or active
            look(self.overlay, it, "unbind", value, rows)

    def copied(self, it: Interpreter, value: TensorValue) -> None:
        """A deep copy of a tensor that is computed of others."""
        raise_where(it, value.derived, "RuntimeError", _UNCOPIED)

    def require_scalar(self, it: Interpreter, value: TensorValue, method: str) -> None:
        """Refuse to make a number of a tensor that has not one element."""
        shape = value.tensor.shape
        count = None if isinstance(shape, Unknown) else shape.numel
        if not isinstance(count, int) or count == 1 or value.kind != _KIND:
            return
        if method == "__bool__":
            it.throw("RuntimeError", f"Boolean value of Tensor with {'more than one value' if count else 'no values'} is ambiguous")
        it.throw(SCALAR[method], "only integer tensors of a single element can be converted to an index" if method == "__index__" else
                 "only one element tensors can be converted to Python scalars")


def is_leaf(value: TensorValue) -> bool:
    """Whether a tensor needs a gradient and is computed of no other."""
    return not value.derived and value.state.get("requires_grad") is True


def needs(value: Any) -> bool:
    return isinstance(value, TensorValue) and value.kind == _KIND and (value.derived is not False or value.state.get("requires_grad") is True)


_DESCRIBING = ("shape", "ndim", "size", "squeeze")  # of numpy's functions those that ask the tensor itself


def has_graph(name: str, values: Iterable[Any]) -> bool:
    """Whether a function of numpy is given a tensor that needs a gradient, which makes no array of itself."""
    return name.rpartition(".")[2] not in _DESCRIBING and any(
        one.derived is True or one.state.get("requires_grad") is True for one in _needing(values))


def record(overlay: Overlay, it: Interpreter, name: str, args: Iterable[Any], result: Any) -> None:
    """Note that a result is computed of tensors that need gradients."""
    if overlay.calls is not None or overlay.trace is not None:  # a call that is followed, perhaps without recording
        return
    last = name.rpartition(".")[2]
    if last in _UNCONNECTED or last.endswith("_like") or last.startswith("new_"):
        return
    needing = list(_needing(args))
    if needing:
        _derive(result, overlay.recording.active(it), needing)
    elif isinstance(result, TensorValue) and result.tensor.dtype == _UNKNOWN and any(map(_is_open, args)):
        result.derived = None


_VIEWS = frozenset({"view", "view_as", "transpose", "permute", "t", "T", "mT", "unsqueeze", "squeeze", "narrow", "select", "unbind", "chunk", "split",
                    "expand", "expand_as", "movedim", "swapaxes", "diagonal", "unfold"})


def look(overlay: Overlay, it: Interpreter, name: str, value: Any, result: Any) -> None:
    """Note that a result may be a view of a leaf."""
    if isinstance(value, TensorValue) and (is_leaf(value) or value.looks is not False) and overlay.recording.active(it) is not False:
        sure = name.rpartition(".")[2] in _VIEWS and value.looks is not None
        for made in result if isinstance(result, list | tuple) else (result,):
            if isinstance(made, TensorValue) and made is not value and not made.is_parameter and made.derived is not False:
                made.looks = True if sure else None


def record_layer(overlay: Overlay, it: Interpreter, module: Instance, args: Iterable[Any], result: Any) -> None:
    """The same of the result of a layer, whose weights are among what it is computed of."""
    if overlay.calls is not None or overlay.trace is not None or overlay.probe is not None:
        return
    needing = list(_needing(args))
    weights = [tensor.state.get("requires_grad") for _, tensor, _ in named_tensors(it, module) if tensor.is_parameter and tensor.kind == _KIND]
    if needing or any(wanted is not False for wanted in weights):
        sure = any(wanted is True for wanted in weights) or any(one.derived is True or is_leaf(one) for one in needing)
        _derive(result, overlay.recording.active(it) if sure else None, needing)


def _derive(result: Any, active: bool | None, needing: list[TensorValue]) -> None:
    """Note what results are computed of; those of one call are one node of the graph."""
    made = [one for one in _tensors(result) if not one.is_parameter and one.tensor.dtype.startswith(_FLOATING_OR_UNKNOWN)]
    parents = [one for one in needing if one.derived is not False]
    for at, one in enumerate(made):
        one.derived = None if active and one.tensor.dtype == _UNKNOWN else active
        one.parents = (*parents, made[at - 1]) if len(made) > 1 else tuple(parents)


def _is_open(value: Any) -> bool:
    """Whether a value may be, or hold, a tensor that needs a gradient, since nothing is known of it."""
    return isinstance(value, Unknown | Either) or (isinstance(value, list | tuple) and any(map(_is_open, value)))


def _tensors(result: Any) -> Iterator[TensorValue]:
    for one in result if isinstance(result, list | tuple) else (result,):
        if isinstance(one, list | tuple):
            yield from _tensors(one)
        elif isinstance(one, TensorValue):
            yield one


def _needing(values: Iterable[Any]) -> Iterator[TensorValue]:
    for value in values:
        if isinstance(value, list | tuple):
            yield from _needing(value)
        elif needs(value):
            yield value


_UNCHANGING = frozenset({"share_memory_", "detach_", "rename_", "set_", "apply_", "map_", "requires_grad_"})  # nothing that is recorded


def change(overlay: Overlay, it: Interpreter, value: TensorValue, method: str) -> None:
    """A method changes its tensor in place."""
    if method == "detach_":
        value.write(it)
        value.state["requires_grad"], value.derived = False, False
    elif method not in _UNCHANGING:
        refuse_change(overlay, it, value, method=method)


def refuse_change(overlay: Overlay, it: Interpreter, value: Any, what: str = "a leaf Variable that requires grad", method: str = "") -> None:
    """A leaf that needs a gradient is not changed in place while operations are recorded."""
    if isinstance(value, TensorValue) and value.looks is not False and overlay.calls is None and overlay.trace is None \
            and overlay.recording.active(it) is not False:
        if value.looks:
            it.throw("RuntimeError", "a view of a leaf Variable that requires grad is being used in an in-place operation.")
        hedge(it, "a view of a parameter is changed in place")
    if isinstance(value, TensorValue) and is_leaf(value) and overlay.calls is None and overlay.trace is None:
        framework = REGISTRY.framework_of(value.kind)
        if framework is not None and framework.leaf_error and (not framework.leaf_methods or method in framework.leaf_methods):
            raise_where(it, overlay.recording.active(it), framework.leaf_error, f"{what} is being used in an in-place operation.")


def raise_where(it: Interpreter, certain: bool | None, kind: str, message: str) -> None:
    """Raise, if the condition holds; where it is not known, both ways are followed."""
    if certain:
        it.throw(kind, message)
    elif certain is None:
        it.fork([lambda: it.throw(kind, message), lambda: None], it.unknown_reason("whether gradients are recorded here"))


def backward(overlay: Overlay, it: Interpreter, value: TensorValue, args: list[Any], kwargs: dict[str, Any]) -> None:
    """A backward pass from a tensor, which needs a graph that no other pass has used up."""
    given = word_signatures.bound(it, "Tensor.backward", "gradient= retain_graph= create_graph= inputs=", args, kwargs)
    if overlay.calls is not None or overlay.trace is not None or overlay.probe is not None:  # what is followed is not recorded
        return
    gradient, shape = given.get("gradient"), value.tensor.shape
    if isinstance(gradient, bool | int | float):
        it.library_throw("TypeError", "a gradient is a tensor")
    if not isinstance(shape, Unknown):
        if gradient is None and isinstance(shape.numel, int) and shape.numel != 1:
            it.throw("RuntimeError", "grad can be implicitly created only for scalar outputs")
        if isinstance(gradient, TensorValue) and not isinstance(gradient.tensor.shape, Unknown) and differ(gradient.tensor.shape, shape):
            it.throw("RuntimeError", f"Mismatch in shape: a gradient of shape {gradient.tensor.shape.text} for an output of shape {shape.text}")
    leaf = is_leaf(value)
    if value.derived is False and not leaf:
        hedge(it, "a tensor needs a gradient of which a backward pass begins")
    kept = it.truth(given.get("retain_graph")) is True or it.truth(given.get("create_graph")) is True
    if _use(it, value, kept=kept) or given.get("inputs") is not None:
        hedge(it, "the graph of a backward pass is there, which another has used")


def _use(it: Interpreter, value: TensorValue, *, kept: bool) -> bool:
    """Walk the graph of a backward pass, which is used up unless it is kept; whether a part of it may have been before."""
    pending, seen, used = [value], {value.serial}, False
    while pending:
        it.step()
        one = pending.pop()
        used = used or one.used
        if not one.used:  # else what is behind it is used too
            if not kept and one.derived is not False:
                one.touch(it)
                one.used = True
            for parent in one.parents:
                if parent.serial not in seen:
                    seen.add(parent.serial)
                    pending.append(parent)
    return used


def hooked(overlay: Overlay, it: Interpreter, value: TensorValue, name: str, args: list[Any], kwargs: dict[str, Any]) -> Any:
    """What is only done to tensors that need gradients."""
    if value.derived is not True and value.state.get("requires_grad") is not True and overlay.calls is None and overlay.trace is None:
        hedge(it, f"a tensor needs a gradient whose `{name}` is called")
    return it.call(it.unknown(Why.UNSUPPORTED, f"`Tensor.{name}` is not modelled"), args, kwargs)


def differ(one: Any, other: Any) -> bool:
    """Whether two known shapes are certainly not the same."""
    return len(one) != len(other) or any(map(differs, one, other))


def set_required(it: Interpreter, value: TensorValue, wanted: Any, *, method: bool) -> None:
    """``requires_grad`` is set, by assignment or by its method."""
    if value.kind == _KIND and not isinstance(wanted, Unknown | Either):
        if not isinstance(wanted, bool):
            if method:
                raise it.library_error("TypeError", "requires_grad_(): argument 'requires_grad' must be bool")
            it.throw("RuntimeError", "requires_grad must be a bool")
        if wanted and value.tensor.dtype.startswith(("int", "uint", "bool")):
            it.throw("RuntimeError", "only Tensors of floating point and complex dtype can require gradients")
        if not wanted and value.derived:
            it.throw("RuntimeError", "you can only change requires_grad flags of leaf variables. If you want to use a computed variable in a "
                                     "subgraph that doesn't require differentiation use var_no_grad = var.detach().")
    value.write(it)
    value.state["requires_grad"] = wanted
