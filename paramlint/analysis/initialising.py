"""What the frameworks' initialisers are, so that code which does nothing but initialise need not run; see interpreter/inert.py."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Mapping
from functools import cache
from typing import TYPE_CHECKING, Any

from paramlint.analysis.effects import COVERED, WITHOUT_GRADIENT, Inert
from paramlint.analysis.gradients import SWITCHES
from paramlint.analysis.modules import TABLES
from paramlint.analysis.tensors import TensorValue
from paramlint.core.unknown import Unknown
from paramlint.frameworks import REGISTRY
from paramlint.interpreter.filled import Fill, Filling
from paramlint.interpreter.values import ABSENT, ClassValue, Either, Instance, Native
from paramlint.schema.op import Op

if TYPE_CHECKING:
    from paramlint.analysis.overlay import Overlay

# Methods of modules and containers that change nothing, and of Python's strings and dicts that are used beside them.
_HARMLESS = frozenset({
    "modules", "named_modules", "children", "named_children", "parameters", "named_parameters", "buffers", "named_buffers", "sublayers",
    "named_sublayers", "items", "keys", "values", "startswith", "endswith", "split", "rsplit", "lower", "upper", "join", "format", "replace",
    "strip", "size", "dim", "numel", "data_ptr", "get_submodule",
})


_FEW = 50  # modules and objects

_APART = frozenset({"data", "detach", "grad"})  # what leads to contents that may be changed in place

# Methods that lists, dicts, sets and queues have and what is like them but does not change has not: ``add`` is a tensor's too.
_CHANGES_CONTAINERS = frozenset({*dir(list), *dir(dict), *dir(set), *dir(deque)}) - {*dir(tuple), *dir(frozenset), *dir(str), *dir(Mapping)}


class Initialising:
    """The frameworks' side of ``interpreter.inert``."""

    def __init__(self, overlay: Overlay) -> None:
        self.overlay = overlay

    def call_kind(self, value: Any) -> str | None:
        if isinstance(value, Inert):
            return "harmless"
        if not isinstance(value, Native):
            return None
        framework = REGISTRY.framework_of(value.name)
        if framework is None:
            return "harmless" if value.name.partition(".")[0] in COVERED else None
        if value.name in framework.effects or value.name in framework.nothing:
            return "harmless"
        return "initialises" if value.name.startswith(tuple(f"{prefix}." for prefix in framework.passes)) else None

    def method_kind(self, name: str, path: tuple[str, ...] | None = None) -> str | None:
        kind = _method_kind(name)
        in_place = path is not None and kind == "initialises" and name.endswith("_") and not any(word in _APART for word in path)
        return "in place" if in_place else kind  # a parameter is not changed in place while gradients are recorded

    def filling(self, value: Any) -> Filling | None:
        return _filling(value.name) if isinstance(value, Native) else None

    def records(self, value: Any) -> bool | None:
        if not isinstance(value, Inert) or value.name.rpartition(".")[2] not in SWITCHES:
            return None
        return value.name not in WITHOUT_GRADIENT

    def recording(self) -> bool:
        return self.overlay.recording.active(self.overlay.it) is not False

    def within(self, roots: Iterable[Any]) -> _Within | None:
        """The plain objects that modules hold count too. None while calls are listened to, or where a tree is not known whole.

        None too for few modules: code that initialises those runs, so that it is seen what is refused.
        """
        if self.overlay.calls is not None:
            return None
        found = _Within(self.overlay)
        seen: set[int] = set()
        stack = list(roots)
        while stack:
            value = stack.pop()
            kind = value.__class__
            if kind is Instance:
                if id(value) not in seen:
                    seen.add(id(value))
                    found.objects.append(value)
                    if self.overlay.doubts(value) is not None or not self._look(value, stack):
                        return None
            elif kind is Either:
                stack += value.alternatives
            elif kind is TensorValue and value.memory:
                found.tensors.append(value)
        return found if len(seen) > _FEW else None

    def _look(self, held_by: Instance, stack: list[Any]) -> bool:
        """Note what a module or plain object holds; whether all of that is known."""
        attrs = held_by.attrs
        for table in ("_parameters", "_buffers", "_modules"):
            held = attrs.get(table)
            if held.__class__ is dict and held:
                if table == "_modules" and self.overlay.it.state.open_reason(held) is not None:
                    return False
                stack += held.values()
        for name, value in attrs.items():
            kind = value.__class__
            if kind is list or kind is tuple or kind is set:
                stack += value
            elif kind is dict:
                if name not in TABLES:
                    stack += value.values()
            elif kind is Instance or kind is Either or kind is TensorValue:
                stack.append(value)
        return True


class _Within:
    """Modules and plain objects, and the tensors among what they hold whose elements are known."""

    def __init__(self, overlay: Overlay) -> None:
        self.overlay = overlay
        self.objects: list[Instance] = []
        self.tensors: list[TensorValue] = []

    @property
    def classes(self) -> set[ClassValue]:
        return {value.cls for value in self.objects}

    def takes(self, fill: Fill, value: Any) -> bool:
        if fill.parameter:
            return _takes(fill, value)
        met = fill.classes is not None
        for module in self.objects:
            if fill.classes is not None and fill.classes.isdisjoint(module.cls.mro):
                continue
            held = _held(module, fill.path)
            if held is ABSENT and (fill.given or fill.classes is None) and module.cls.find(fill.path[0]) is ABSENT:
                continue
            if not (held is None and fill.given) and not _takes(fill, held):
                return False
            met = True
        return met

    def forget(self) -> None:
        for tensor in self.tensors:
            tensor.forget(self.overlay.it)


def _held(module: Instance, path: tuple[str, ...]) -> Any:
    """What attributes lead to; ABSENT where there is none, or one that is made when it is read."""
    value: Any = module
    for name in path:
        if not isinstance(value, Instance):
            return ABSENT
        tables = (*(value.attrs.get(table) for table in TABLES), value.attrs)
        value = next((table[name] for table in tables if table.__class__ is dict and name in table), ABSENT)
    return value


def _takes(fill: Fill, value: Any) -> bool:
    if not isinstance(value, TensorValue):
        return False
    shape = value.tensor.shape
    return fill.least <= len(shape) <= fill.most if not isinstance(shape, Unknown) else not fill.least


@cache
def _filling(name: str) -> Filling | None:
    framework = REGISTRY.framework_of(name)
    signature = framework.initialisers.get(name) if framework is not None else None
    if framework is None or signature is None:
        return None
    words = {parameter: words for (function, parameter), words in framework.initialised_by.items() if function == name}
    least, most, _ = framework.initialised_ranks.get(name, (0, 99, ""))
    return Filling(tuple(signature.split()), words, least, most)


@cache
def _method_kind(name: str) -> str | None:
    """What a method of that name does to a tensor or a module of any framework."""
    if name == "apply":
        return "applies"
    if name in _HARMLESS:
        return "harmless"
    if name in _CHANGES_CONTAINERS:
        return None
    if any(name in names for framework in REGISTRY.frameworks for names in framework.layer_methods.values()):
        return "initialises"
    if not _entries(name) or name.startswith("__"):
        return None
    if not name.endswith("_"):
        return "harmless"
    plain = [*_entries(name), *_entries(name[:-1])]  # what gives another view of a tensor may change its shape where it changes it
    return None if any(entry.RESHAPES or entry.SHARES for entry in plain) else "initialises"


def _entries(method: str) -> list[type[Op]]:
    """The operations that the frameworks' tensors have under that name."""
    found = [REGISTRY.find(f"{framework.tensor[0]}.{method}") for framework in REGISTRY.frameworks if framework.tensor]
    return [entry for entry in found if entry is not None and issubclass(entry, Op)]


__all__ = ["Initialising"]
