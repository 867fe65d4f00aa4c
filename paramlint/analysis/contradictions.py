"""Shapes that fit no input: what can be said of modules before anybody calls them.

Running every ``forward`` would cost as much as parsing it, so the numbers that layers are made with are looked at first: a layer that gives
16 features beside one that takes 32. Only then the code is parsed and called on an input of which nothing is known, and it is a finding
only if every way through it ends with shapes that do not fit.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from paramlint.analysis import modules
from paramlint.analysis.conflicts import conflict
from paramlint.analysis.layers import LayerState
from paramlint.analysis.own_calls import is_doubtful
from paramlint.analysis.roles import RANKS, STRANGE, number_in, roles
from paramlint.analysis.symbolic import Symbol
from paramlint.analysis.tensors import TensorValue
from paramlint.core.shapes import Shape, ShapeMismatch, differs
from paramlint.core.tensor import Tensor
from paramlint.core.unknown import NeedsValue, Unknown, Why
from paramlint.interpreter import calls
from paramlint.interpreter.signals import LimitReached, Raised
from paramlint.interpreter.values import FunctionValue, Instance
from paramlint.model.conflicts import Conflict
from paramlint.schema.conditions import Refused
from paramlint.schema.layer import Layer

if TYPE_CHECKING:
    from paramlint.analysis.overlay import Overlay
    from paramlint.interpreter.machine import Interpreter

_MOST_RUNS = 100
_CALL = re.compile(r"\bself\.(\w+)\s*\(|\bin\s+(?:enumerate\(\s*)?self\.(\w+)|[()]")


class Features:
    """The features of a tensor on its way through modules, as far as the numbers of the layers say it."""

    def __init__(self, overlay: Overlay) -> None:
        self.overlay = overlay
        self.now: Any = None  # None where it is not known

    def through(self, module: Any) -> bool:
        """Go through a module; whether it certainly takes another number of features."""
        state = module.payload if isinstance(module, Instance) else None
        if isinstance(state, LayerState) and state.entry is not None and not self.overlay.is_user_class(module.cls):
            return self._layer(state.entry)
        if isinstance(module, Instance) and module.cls.site is None and "framework" not in module.cls.facts and modules.table(module, "_modules"):
            return self.through_all(list(modules.table(module, "_modules").values()))
        self.now = None
        return False

    def through_all(self, row: list[Any]) -> bool:
        """Go through modules one after the other, to the end."""
        return [self.through(module) for module in row].count(True) > 0

    def _layer(self, entry: Layer) -> bool:
        found = roles(entry)
        wanted = number_in(getattr(entry, found.takes, None)) if found.takes else None
        clash = self.now is not None and wanted is not None and differs(self.now, wanted)
        if found.gives:
            self.now = number_in(getattr(entry, found.gives, None))
        elif not found.keeps:
            self.now = None
        return clash


def suspicious(overlay: Overlay, instance: Instance, text: str) -> bool:
    """Whether the calls of layers in the text of a method, one after the other, do not go together by their numbers."""
    table = modules.table(instance, "_modules")
    if not table:
        return False
    return Features(overlay).through_all([table.get(name) for name in _called(text)])


def _called(text: str) -> Iterator[str]:
    """The attributes of ``self`` that are called, in the order in which the calls end: what stands inside others comes first.

    Those that a loop goes through are there as well.
    """
    stack: list[str] = []
    for match in _CALL.finditer(text):
        if match[2]:
            yield match[2]
        elif match[0] != ")":
            stack.append(match[1] or "")
        elif stack and (name := stack.pop()):
            yield name


# Calling on what is not known -----------------------------------------------------------------------------------------------


class Probe:
    """Calls on inputs of which nothing is known: where a layer gets one, it is tried with every number of axes that the layer takes.

    Each run makes the choices of ``taken`` and then the first ones; ``next`` is the run after it.
    """

    def __init__(self, taken: tuple[int, ...] = ()) -> None:
        self.taken = taken
        self.widths: list[int] = []

    def shaped(self, entry: Layer, inputs: dict[str, Any]) -> dict[str, Any]:
        """The inputs of a layer's call, the first with a number of axes if not even that is known."""
        name, shape = next(iter(inputs.items()), ("", None))
        if not isinstance(shape, Unknown) or roles(entry).keeps:
            return inputs
        fitting = [ways for rank in RANKS if _may_take(entry, ways := {**inputs, name: Shape([shape] * rank)})]
        if not fitting:
            return inputs
        at = len(self.widths)
        self.widths.append(len(fitting))
        return fitting[self.taken[at] if at < len(self.taken) else 0]

    def next(self) -> Probe | None:
        """The run with other choices; None after the last."""
        made = [*self.taken, *[0] * (len(self.widths) - len(self.taken))][:len(self.widths)]
        for at in reversed(range(len(made))):
            if made[at] + 1 < self.widths[at]:
                return Probe((*made[:at], made[at] + 1))
        return None


def _may_take(entry: Layer, inputs: dict[str, Any]) -> bool:
    try:
        entry.shape(**inputs)
    except (ShapeMismatch, Refused):
        return False
    except STRANGE:
        return True
    return True


def refuses_everything(overlay: Overlay, it: Interpreter, module: Instance) -> Conflict | None:
    """Why no input fits a module; None where one may. A copy of the module is called."""
    found: list[Conflict] = []
    probe: Probe | None = Probe()
    for _ in range(_MOST_RUNS):
        if probe is None:
            found = [clash for clash in found if clash.argument is not None] or found
            return found[min(1, len(found) - 1)]  # the first has the fewest axes, no batch among them
        overlay.probe = probe
        it.start()
        try:
            copied = overlay.copy(it, module)
            if not isinstance(copied, Instance) or is_doubtful(overlay, it, copied) or "forward" in copied.attrs or "call" in copied.attrs:
                return None
            _open_mode(it, copied)
            it.decide(lambda copied=copied: _call(it, copied))  # type: ignore[misc]
            return None
        except Raised as raised:
            clash = conflict(raised)
            if clash is None:
                return None
            found.append(clash)
        except (LimitReached, NeedsValue, RecursionError):
            return None
        finally:
            overlay.probe = None
            it.stop()
        probe = probe.next()
    return None


def _call(it: Interpreter, module: Instance) -> Any:
    """Call a module with arguments of which nothing is known, those with a default too."""
    framework = module.cls.fact("framework")
    lazy = module.cls.fact("lazy")
    unknown = Unknown.because(Why.INPUT, "an input of any shape")
    method = module.cls.find(framework.call if framework is not None else "forward")
    if not isinstance(method, FunctionValue):
        return it.call(module, [Symbol(Tensor(unknown, "unknown"), lazy) if lazy is not None else TensorValue(Tensor(unknown, "unknown"))])
    code = method.code
    names = [p.name for p in (*code.positional_only, *code.parameters, *code.keyword_only)]
    variables: dict[str, Any] = dict.fromkeys(names, unknown)
    variables |= {star: unknown for star in (code.star, code.double_star) if star is not None}
    if not names:
        return None
    variables[names[0]] = module
    return calls.enter(it, method, [module], {}, variables)


def _open_mode(it: Interpreter, module: Instance) -> None:
    """Whether modules of the analysed code are being trained is not known."""
    for _, inner in modules.walk(it, module):
        if isinstance(inner, Instance) and not isinstance(inner.payload, LayerState) and "training" in inner.attrs:
            inner.attrs["training"] = Unknown.because(Why.INPUT, "whether the model is being trained")
