"""Names without consequence for a model's size: initialisation, devices, contexts, seeds; and constants."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from typing import TYPE_CHECKING, Any

from paramlint.analysis import compiled, defaults, devices, downloads, hooks, initialisers, numbers, overloads, taken, wrapped_modules
from paramlint.analysis.tensors import NEW_AXIS, Named, TensorValue
from paramlint.core.shapes import Shape
from paramlint.core.tensor import DTYPE_BYTES, Tensor
from paramlint.core.unknown import Unknown, Why
from paramlint.frameworks import REGISTRY
from paramlint.interpreter.around import decorated
from paramlint.interpreter.escape import callbacks
from paramlint.interpreter.library_names import may_raise
from paramlint.interpreter.values import BoundMethod, ClassValue, Foreign, FunctionValue, Instance, Native
from paramlint.schema import object_signatures
from paramlint.schema.framework import Framework

if TYPE_CHECKING:
    from paramlint.analysis.overlay import Overlay
    from paramlint.interpreter.machine import Interpreter

# Packages that count as installed although only some of their names are modelled: they never hold layers.
COVERED = frozenset({"numpy"})


class Inert(Foreign):
    """Something that does nothing that matters here: a context manager, a decorator, a handle, a lock."""

    __slots__ = ("held", "name")

    def __init__(self, name: str = "handle", held: tuple[Any, ...] = ()) -> None:
        self.name = name
        self.held = held  # what it was made with, and may be asked for

    def type_name(self) -> str:
        return self.name.rpartition(".")[2]

    def get(self, it: Interpreter, name: str) -> Any:
        if name == "__enter__":
            return Native(name, lambda it, args, kwargs: self._between(it, 1))
        if name == "__exit__":
            return Native(name, lambda it, args, kwargs: self._between(it, -1))
        if name.startswith("__"):
            return NotImplemented
        kept = _kept(self.name).get(name)
        if kept is not None and self.held:
            it.library.recording.graded(it)  # type: ignore[attr-defined]
            found = next((value for value in self.held if isinstance(value, list)), None)
            return found if found is not None else Unknown(it.unknown_reason(f"what `{self.name}` keeps as `{name}`"), self.held)
        if REGISTRY.module_has(self.name, name) is False:
            may_raise(it, "AttributeError", f"there is a `{self.name}.{name}`")
            return it.unknown(Why.UNSUPPORTED, f"`{self.name}.{name}` is not modelled")
        return Inert(f"{self.name}.{name}", self.held)

    def item(self, it: Interpreter, index: Any) -> Any:
        return Inert(f"{self.name}[…]", self.held)

    def iterate(self, it: Interpreter) -> Any:
        found = self.length(it)
        return Unknown(found.reason, self.held) if self.held else found

    def length(self, it: Interpreter) -> Any:
        return it.outside(f"what `{self.name}` holds")

    def _around(self, it: Interpreter, body: Callable[[], Any]) -> Any:
        """Run the body of a function that is decorated."""
        self._between(it, 1)
        try:
            return body()
        finally:
            self._between(it, -1)

    def _between(self, it: Interpreter, step: int) -> Any:
        """A block begins or ends in which less is kept for the backward pass, or in another type."""
        it.library.recording.entered(it, self.name, step)  # type: ignore[attr-defined]
        trace = it.library.trace  # type: ignore[attr-defined]
        if trace is not None and self.name in WITHOUT_GRADIENT:
            trace.gradless += step
        elif trace is not None and self.name in _OTHERWISE:
            trace.lose(it.unknown_reason(f"what training keeps under `{self.name}`"))
        return self if step > 0 else None

    def set(self, it: Interpreter, name: str, value: Any) -> Any:
        return None

    def binary(self, it: Interpreter, op: str, other: Any, reflected: bool) -> Any:
        may_raise(it, "TypeError", f"`{self.name}` has the operator `{op}`")
        return it.unknown(Why.UNSUPPORTED, f"what the operator `{op}` gives for `{self.name}`")

    def is_callable(self, it: Interpreter) -> Any:
        return it.unknown(Why.UNSUPPORTED, f"whether `{self.name}` can be called")

    def compare(self, it: Interpreter, op: str, other: Any) -> Any:
        if self is other and self._is_object():
            return NotImplemented
        return it.unknown(Why.UNSUPPORTED, f"what `{self.name}` is equal to")

    def identity(self, it: Interpreter, other: Any) -> Any:
        return NotImplemented if self._is_object() else it.unknown(Why.UNSUPPORTED, f"what `{self.name}` gives")

    def truth(self, it: Interpreter) -> Any:
        return NotImplemented if self._is_object() else it.unknown(Why.UNSUPPORTED, f"what `{self.name}` gives")

    def _is_object(self) -> bool:
        """Whether this is certainly an object of its own, or a class, and neither a number nor a text nor None."""
        name = self.name.removesuffix("()")
        head, _, last = name.rpartition(".")
        framework = REGISTRY.framework_of(name)
        if not head or (framework is not None and object_signatures.signature_of(framework, name) is not None):
            return True
        return last[:1].isupper() and not last.isupper()  # as classes are written, and constants are not

    def call(self, it: Interpreter, args: list[Any], kwargs: dict[str, Any]) -> Any:
        it.library.recording.called(it, self.name, args)  # type: ignore[attr-defined]
        framework = REGISTRY.framework_of(self.name)
        if framework is not None and self.name in framework.optimisers:
            from paramlint.analysis import optimisers

            return optimisers.make(framework, it, self.name, args, kwargs)
        if framework is not None and self.name in framework.datasets:
            from paramlint.analysis import datasets

            return datasets.make(framework, self.name, it, args, kwargs)
        if framework is not None and self.name in framework.plain_objects:
            from paramlint.analysis import plain_objects

            return plain_objects.make(framework, it, self.name, args, kwargs)
        recorded = object_signatures.signature_of(framework, self.name) if framework is not None else None
        if recorded is not None:
            from paramlint.analysis import recorded_objects

            made = recorded_objects.make(it, self.name, recorded, args, kwargs)
            if _kept(self.name) and not made.held:
                it.library_throw("AttributeError", f"`{self.name}` is given no parameters")
            return made
        decorates = len(args) == 1 and not kwargs and isinstance(args[0], FunctionValue | ClassValue | BoundMethod | Native)
        if not decorates and not self.held:
            taken.check(framework, it, self.name, args, kwargs)
        if framework is not None and self.name.startswith(framework.calls_back):
            callbacks(it, (*args, *kwargs.values()), f"`{self.name}` may call what it is given")
            if args or kwargs:
                may_raise(it, "", f"`{self.name}` takes such arguments")
            return self
        if decorates:
            if isinstance(args[0], FunctionValue) and self.name in WITHOUT_GRADIENT | _OTHERWISE:
                return decorated(args[0], self._around)
            return args[0]
        if self.name in _SETTING:
            it.library.regraded(it.unknown_reason(f"what training keeps after `{self.name}`"))  # type: ignore[attr-defined]
        if any(isinstance(value, TensorValue) for value in (*args, *kwargs.values())):
            it.skipped(it.unknown_reason(f"what `{self.name}` does with tensors"), None)
        if (args or kwargs) and self.name not in WITHOUT_GRADIENT | _SETTING | _OTHERWISE:
            may_raise(it, "", f"`{self.name}` takes such arguments")
        held = tuple(value for value in (*args, *kwargs.values()) if isinstance(value, list | tuple | dict | TensorValue | Instance | Unknown))
        if _kept(self.name) and not held:
            it.library_throw("AttributeError", f"`{self.name}` is given no parameters")
        return Inert(self.name, (*self.held, *held)) if held else self


def _kept(name: str) -> Mapping[str, str]:
    """The attributes of an object without consequence that hold an argument of its class."""
    framework = REGISTRY.framework_of(name)
    owner, _, last = name.rpartition(".")
    return framework.kept_by.get(owner, {}) if framework is not None and last[:1].isupper() else {}


INERT = Inert()
WITHOUT_GRADIENT = frozenset({"torch.no_grad", "torch.inference_mode"})
_SETTING = frozenset({"torch.set_grad_enabled", "torch._C._set_grad_enabled"})  # for all that comes after it
_OTHERWISE = frozenset({"torch.set_grad_enabled", "torch.enable_grad", "torch.autocast", "torch.amp.autocast", "torch.cuda.amp.autocast",
                        "torch.autograd.graph.save_on_cpu"})


def lookup(overlay: Overlay, name: str) -> Any:
    """A name of a covered package."""
    root, _, rest = name.partition(".")
    if rest == NEW_AXIS:
        return Named(name)
    if root == "numpy" and rest in DTYPE_BYTES:
        return numbers.ScalarType(f"torch.{rest}")
    return numbers.lookup(rest) if root == "numpy" else None


def _holds_others(framework: Framework, module: str) -> bool:
    """Whether a module has names with a meaning of their own, so that it is more than inert."""
    named = (*framework.differentiable, *framework.answers, *framework.callers, *framework.passing_functions, *framework.effects,
             *framework.nothing, *framework.downloads, *framework.graph_names)
    return any(name.startswith(module + ".") for name in named)


def _call_first(overlay: Overlay, it: Interpreter, name: str, own: tuple[str, ...], args: list[Any], kwargs: dict[str, Any]) -> Any:
    """Call the first argument with the others; what it computes on the way is not kept by all who do so."""
    if overlay.trace is not None:
        overlay.trace.lose(it.unknown_reason(f"what training keeps under `{name}`"))
    return it.call(args[0], args[1:], {key: value for key, value in kwargs.items() if key not in own})


def _measure(overlay: Overlay, it: Interpreter, framework: Framework, name: str, args: list[Any], kwargs: dict[str, Any]) -> Any:
    """A function that calls a module, its first argument, on an input of the sizes that come second, and may leave notes on it."""
    module, sizes, *others = [*args, *kwargs.values(), None, None]
    if sizes is None and all(other is None for other in others):
        it.library_throw("ValueError", f"`{name}` needs the sizes of an input, or an input")
    reason = it.unknown_reason(f"what `{name}` leaves behind")
    known = isinstance(sizes, list | tuple) and bool(sizes) and all(isinstance(size, int) for size in sizes)
    shape = Shape(sizes or ()) if known else Unknown(reason)
    if overlay.is_module(module):
        it.call(module, [TensorValue(Tensor(shape, "float32"), kind=framework.tensor[0])])
        if framework.measures[name]:
            overlay.doubt(it, module, reason)
    return Unknown(reason)


def _load(name: str, it: Interpreter, args: list[Any], kwargs: dict[str, Any]) -> Unknown:
    may_raise(it, "", "there is such a file")
    return it.unknown(Why.UNSUPPORTED, f"what `{name}` reads")


def _of_machine(framework: Framework, name: str, it: Interpreter, args: list[Any], kwargs: dict[str, Any]) -> Unknown:
    overloads.require(it, framework, name, args, kwargs)
    return it.outside(f"`{name}` depends on the machine")


def _nothing(framework: Framework, name: str, it: Interpreter, args: list[Any], kwargs: dict[str, Any]) -> None:
    """A function without consequence, but that it may seed Python's own generator; its arguments may be refused."""
    it.modules.reseeded()
    if name in framework.functions:
        taken.check(framework, it, name, args, kwargs)
        return
    given = (*args, *kwargs.values())
    if not given or any(isinstance(value, str | float | None) or (isinstance(value, int) and value < 0) for value in given):
        may_raise(it, "", f"`{name}` takes such arguments")


def _answer(framework: Framework, name: str, it: Interpreter, args: list[Any], kwargs: dict[str, Any]) -> Any:
    if name in framework.functions:
        taken.check(framework, it, name, args, kwargs)
    return framework.answers[name]


def _download(overlay: Overlay, it: Interpreter, name: str) -> Any:
    unknown = it.unknown(Why.DOWNLOAD, f"`{name}` downloads weights")
    overlay.downloads.append(downloads.note(it, unknown.reason))
    return unknown


def of_framework(overlay: Overlay, framework: Framework, name: str) -> Any:
    """A name of a framework that is no layer and no operation."""
    if name in framework.constants:
        return framework.constants[name]
    short = name.partition(".")[2]
    if short == NEW_AXIS:
        return Named(name)
    if short in DTYPE_BYTES or short in framework.dtypes:
        dtype = framework.dtypes.get(short, short)
        floating = dtype.startswith(("float", "bfloat"))
        return Named(f"torch.{dtype}", {"is_floating_point": floating, "is_complex": dtype.startswith("complex"),
                                        "itemsize": DTYPE_BYTES[dtype]})
    if name in framework.downloads:
        return Native(name, lambda it, args, kwargs: _download(overlay, it, name))
    if name in framework.effects and name.endswith(".load"):  # what it reads may be a module
        return Native(name, partial(_load, name))
    if name in framework.effects:
        return Native(name, lambda it, args, kwargs: _of_machine(framework, name, it, args, kwargs))
    if name in framework.answers:
        return Native(name, partial(_answer, framework, name))
    if name in framework.module_hooks:
        return hooks.everywhere(overlay, name, framework.module_hooks[name])
    if name in framework.callers:
        return Native(name, lambda it, args, kwargs: _call_first(overlay, it, name, framework.callers[name], args, kwargs))
    if name in framework.measures:
        return Native(name, lambda it, args, kwargs: _measure(overlay, it, framework, name, args, kwargs))
    if name in framework.wrappers:
        return Native(name, lambda it, args, kwargs: wrapped_modules.wrap(overlay, it, framework, name, args, kwargs))
    if name in framework.savers:
        return Native(name, lambda it, args, kwargs: wrapped_modules.save(overlay, it, name, args, kwargs))
    if name in framework.devices:
        return Native(name, lambda it, args, kwargs: devices.make(overlay, it, args, kwargs, framework.device_types))
    if name in framework.default_dtype:
        return Native(name, lambda it, args, kwargs: defaults.dtype(overlay, it, framework, [*args, *kwargs.values()]))
    if name in framework.default_tensor_type:
        return Native(name, lambda it, args, kwargs: defaults.tensor_type(overlay, it, framework, [*args, *kwargs.values()]))
    if name in framework.default_device:
        return Native(name, lambda it, args, kwargs: devices.default(overlay, it, [*args, *kwargs.values()], framework.device_types))
    if name in framework.inert:
        return None if _holds_others(framework, name) else Inert(name)
    if name in framework.swaps:
        return Native(name, defaults.swap)
    if name in framework.passing_functions:
        return Native(name, partial(compiled.run, framework, name))
    if name.startswith(tuple(f"{prefix}." for prefix in framework.passes)) and _may_exist(name):
        return Native(name, partial(initialisers.run, framework, name))
    if name in framework.nothing:
        return Native(name, partial(_nothing, framework, name))
    if name.startswith(tuple(f"{prefix}." for prefix in framework.inert)) and name not in framework.transforms and _may_exist(name):
        return Inert(name)
    return _of_modules(overlay, framework, name) if name in framework.module_functions or name in framework.functions else None


def _of_modules(overlay: Overlay, framework: Framework, name: str) -> Any:
    from paramlint.analysis import module_functions

    return module_functions.named(overlay, framework, name)


def _may_exist(name: str) -> bool:
    owner, _, last = name.rpartition(".")
    return REGISTRY.module_has(owner, last) is not False
