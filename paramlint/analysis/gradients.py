"""Whether operations are recorded for gradients, and what the framework refuses because of it."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from paramlint.analysis.tensors import TensorValue
from paramlint.core.unknown import Unknown
from paramlint.frameworks import REGISTRY
from paramlint.interpreter.values import BoundMethod, Either, FunctionValue

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
_FLOATING = ("float", "bfloat", "complex")


class Recording:
    """What contexts and functions have been entered that switch the recording off or on."""

    __slots__ = ("blocks", "doubtful", "overlay")

    def __init__(self, overlay: Overlay) -> None:
        self.overlay = overlay
        self.blocks: list[tuple[bool, int]] = []  # whether a block that is open records, and how deep the calls were where it began
        self.doubtful = False

    def start(self) -> None:
        self.blocks.clear()
        self.doubtful = False

    def entered(self, it: Interpreter, name: str, step: int) -> None:
        """A block begins or ends."""
        last = name.rpartition(".")[2]
        if last in _SETS:
            self.doubtful = True
        elif last in SWITCHES and step > 0:
            self.blocks.append((SWITCHES[last], it.depth))
        elif last in SWITCHES and self.blocks:
            self.blocks.pop()

    def called(self, it: Interpreter, name: str, args: list[Any]) -> None:
        """A context is made, perhaps to decorate a function."""
        last = name.rpartition(".")[2]
        if last in _SETS:
            self.doubtful = True
        elif last in SWITCHES and args:
            function = args[0].func if isinstance(args[0], BoundMethod) else args[0]
            if isinstance(function, FunctionValue):
                it.write(function.attrs)
                function.attrs[_RECORDS] = SWITCHES[last]
            else:
                self.doubtful = True

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


def record(overlay: Overlay, it: Interpreter, name: str, args: Iterable[Any], result: Any) -> None:
    """Note that a result is computed of tensors that need gradients."""
    if overlay.calls is not None or overlay.trace is not None:  # a call that is followed, perhaps without recording
        return
    last = name.rpartition(".")[2]
    if last in _UNCONNECTED or last.endswith("_like") or last.startswith("new_") or not _any_needs(args):
        return
    active = overlay.recording.active(it)
    for made in result if isinstance(result, list | tuple) else (result,):
        if isinstance(made, TensorValue) and not made.is_parameter and made.tensor.dtype.startswith(_FLOATING):
            made.derived = active


def _any_needs(values: Iterable[Any]) -> bool:
    return any(_any_needs(value) if isinstance(value, list | tuple) else needs(value) for value in values)


_UNCHANGING = frozenset({"share_memory_", "detach_", "rename_", "set_", "apply_", "map_", "requires_grad_"})  # nothing that is recorded


def change(overlay: Overlay, it: Interpreter, value: TensorValue, method: str) -> None:
    """A method changes its tensor in place."""
    if method == "detach_":
        it.write(value.state)
        value.state["requires_grad"], value.derived = False, False
    elif method not in _UNCHANGING:
        refuse_change(overlay, it, value, method=method)


def refuse_change(overlay: Overlay, it: Interpreter, value: Any, what: str = "a leaf Variable that requires grad", method: str = "") -> None:
    """A leaf that needs a gradient is not changed in place while operations are recorded."""
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
    it.write(value.state)
    value.state["requires_grad"] = wanted
