"""Where tensors lie: where the framework makes them, as long as the analysed code has moved nothing."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from paramlint.analysis.tensors import Named, TensorValue
from paramlint.core.dims import Formula
from paramlint.core.unknown import Escaped, Unknown, Why
from paramlint.interpreter.library_names import hedge, may_raise
from paramlint.interpreter.operators import type_name
from paramlint.interpreter.values import Either, Foreign, Native

if TYPE_CHECKING:
    from paramlint.analysis.overlay import Overlay
    from paramlint.interpreter.machine import Interpreter

_DEFAULT = "cpu"
_HOLLOW = "meta"  # tensors there have no contents
_EVERYWHERE = frozenset({"cpu", "meta"})
_MOVING = frozenset({"cuda", "xpu", "npu", "ipu", "hpu", "to_empty"})
# What a tensor says of itself that has never been moved.
_FACTS = {"is_cpu": True, "is_cuda": False, "is_meta": False, "is_mps": False, "is_xla": False, "is_xpu": False}


class Device(Foreign):
    """A device by its name; one without is not known."""

    __slots__ = ("name", "overlay")

    def __init__(self, overlay: Overlay, name: str | None) -> None:
        self.overlay = overlay
        self.name = name

    def __repr__(self) -> str:
        return f"device({self.name})"

    def type_name(self) -> str:
        return "device"

    def get(self, it: Interpreter, name: str) -> Any:
        if name == "__enter__":
            return Native(name, self._enter)
        if name == "__exit__":
            return Native(name, lambda it, args, kwargs: None)
        if name in ("__str__", "__repr__", "type", "index") and self.name is None:
            unknown = it.outside("the device depends on the machine")
            return unknown if not name.startswith("__") else NotImplemented
        kind, _, index = (self.name or "").partition(":")
        if name == "type":
            return kind
        if name == "index":
            return int(index) if index.isdecimal() else None
        if name in ("__str__", "__repr__"):
            written = self.name if name == "__str__" else f"device(type={kind!r}" + (f", index={index})" if index else ")")
            return Native(name, lambda it, args, kwargs: written)
        return NotImplemented

    def _enter(self, it: Interpreter, args: list[Any], kwargs: dict[str, Any]) -> Device:
        """Inside of its context new tensors are made on the device."""
        if self.name != _DEFAULT:
            move(self.overlay)
        if self.name == _HOLLOW:
            self.overlay.settle("hollow", True)
        return self

    def compare(self, it: Interpreter, op: str, other: Any) -> Any:
        if op not in ("==", "!=") or not isinstance(other, Device):
            return NotImplemented
        if self.name is None or other.name is None:
            return True if self is other and op == "==" else it.outside("the device depends on the machine")
        return (self.name == other.name) == (op == "==")


def named(overlay: Overlay, name: str) -> Device:
    if name not in overlay.devices:
        overlay.devices[name] = Device(overlay, name)
    found: Device = overlay.devices[name]
    return found


def require(it: Interpreter, value: Any, kinds: Collection[str], *, there: bool = True) -> None:
    """Refuse what names no device; one that must be ``there`` may not be."""
    name = value.name if isinstance(value, Device) else value
    if isinstance(name, str):
        kind, colon, index = name.partition(":")
        if kinds and (kind not in kinds or (colon and not index.isdecimal())):
            it.library_throw("RuntimeError", f"`{name}` is no device")
        if there and kind not in _EVERYWHERE:
            may_raise(it, "", f"there is a device `{name}`")
    elif isinstance(value, float | list | tuple | dict | set):
        it.library_throw("TypeError", f"a {type_name(value)} is no device")
    elif isinstance(value, Device | Unknown | Either) or (isinstance(value, int) and not isinstance(value, bool)):
        if there:
            may_raise(it, "", "there is such a device")


def _refuse_device(it: Interpreter, given: list[Any]) -> None:
    """Refuse what does not make a device."""
    first, second = given[0] if given else None, given[1] if len(given) > 1 else 0
    if not given or len(given) > 2 or isinstance(first, float | list | tuple | dict | None) or isinstance(second, str | float | None):
        it.library_throw("TypeError", "device() takes the name of a device, and an index")
    if isinstance(first, str) and ":" in first and len(given) > 1:
        it.library_throw("RuntimeError", "a device whose name has an index takes no other")


def make(overlay: Overlay, it: Interpreter, args: list[Any], kwargs: dict[str, Any], kinds: Collection[str] = ()) -> Any:
    """``torch.device("cuda:0")``, ``torch.device("cuda", 0)``."""
    given = [*args, *(kwargs[key] for key in ("device", "type", "index") if key in kwargs)]
    first = given[0] if given else None
    if kinds:
        _refuse_device(it, given)
        require(it, first, kinds, there=False)
    if isinstance(first, Device):
        return first
    if kinds and isinstance(first, int):
        may_raise(it, "RuntimeError", "there is an accelerator")
    if isinstance(first, str) and (len(given) == 1 or isinstance(given[1], int)):
        return named(overlay, first if len(given) == 1 else f"{first}:{given[1]}")
    return Device(overlay, None)


def default(overlay: Overlay, it: Interpreter, given: Sequence[Any], kinds: Collection[str]) -> Device | None:
    """Where tensors are made, or, with an argument, that they are made there from now on."""
    if given:
        require(it, given[0], kinds)
        if _elsewhere(given[0]):
            move(overlay)
        if _is_hollow(given[0]):
            overlay.settle("hollow", True)
        return None
    return Device(overlay, None) if overlay.moved else named(overlay, _DEFAULT)


def note(overlay: Overlay, method: str, args: Iterable[Any], kwargs: Mapping[str, Any]) -> None:
    """A tensor or a module may be moved by this method, or made elsewhere by a function that takes a ``device``."""
    if not overlay.moved and (method in _MOVING or any(map(_elsewhere, args if method == "to" else ())) or _elsewhere(kwargs.get("device"))):
        move(overlay)
    if overlay.moved and not overlay.hollow and any(map(_is_hollow, (*args, kwargs.get("device")))):
        overlay.settle("hollow", True)
    if method == "to" and not overlay.converted and any(map(_may_be_type, (*args, kwargs.get("dtype")))):
        convert(overlay)


def convert(overlay: Overlay) -> None:
    """Tensors are of a type that is not known from now on, perhaps."""
    overlay.settle("converted", True)


def move(overlay: Overlay) -> None:
    """Tensors are on another device from now on, perhaps; what a module's top level moves stays so for every model of a file."""
    overlay.settle("moved", True)


def together(overlay: Overlay, it: Interpreter, name: str, values: Iterable[Any], least: int, *, reads: bool = False) -> None:
    """Say that it is not known whether tensors are in one place, where some may have no contents, and others have."""
    if overlay.hollow and overlay.calls is None and overlay.trace is None and overlay.probe is None:
        found = [value for value in flat(values) if isinstance(value, TensorValue)]
        if len(found) >= least and not (reads and all(value.tensor.data is not None for value in found)):
            hedge(it, f"`{name}` finds all its tensors in one place, with contents where it reads them")


def flat(values: Iterable[Any]) -> Iterator[Any]:
    for value in values:
        if isinstance(value, list | tuple):
            yield from value
        else:
            yield value


def require_contents(overlay: Overlay, it: Interpreter, method: str, args: Iterable[Any], kwargs: Mapping[str, Any]) -> None:
    """Say that it is not known whether tensors can be moved, where some may have no contents."""
    if not overlay.hollow or method == "to_empty" or any(map(_is_hollow, (*args, kwargs.get("device")))):
        return
    if method == "to" and not any(_is_device(value) for value in (*args, kwargs.get("device"))):
        return
    question = f"what `{method}` moves has contents"
    may_raise(it, "NotImplementedError", question)
    it.hedged(Escaped(Why.UNSUPPORTED, f"whether {question}", it.site()))


def _is_device(value: Any) -> bool:
    return isinstance(value, str | Device | Unknown | Either)


def _is_hollow(value: Any) -> bool:
    return value == _HOLLOW if isinstance(value, str) else isinstance(value, Device) and value.name == _HOLLOW


def _may_be_type(value: Any) -> bool:
    """Whether an argument of ``to`` that is not known may be a type of numbers, and no device."""
    if isinstance(value, Either):
        return any(isinstance(one, Named) or _may_be_type(one) for one in value.alternatives)
    return isinstance(value, Formula) or (isinstance(value, Unknown) and not value.data)


def _elsewhere(value: Any) -> bool:
    """Whether an argument of ``to`` may name another device."""
    if isinstance(value, Either):
        return any(map(_elsewhere, value.alternatives))
    if isinstance(value, Device):
        return value.name != _DEFAULT
    if isinstance(value, str):
        return value != _DEFAULT
    return not (value is None or isinstance(value, bool | Named | TensorValue))


def fact(overlay: Overlay, name: str) -> Any:
    """What a tensor says of where it lies, or None where that is not known."""
    if overlay.moved:
        return None
    return named(overlay, _DEFAULT) if name == "device" else _FACTS.get(name)
