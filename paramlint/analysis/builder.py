"""From instances to the model: a tree of modules with their weights, and totals that know whether they are exact."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from paramlint.analysis.layers import LayerState
from paramlint.analysis.modules import is_ready, table
from paramlint.analysis.tensors import TensorValue
from paramlint.core.counts import Count
from paramlint.core.dims import Formula
from paramlint.core.unknown import Harmless, Reason, Unknown, Why
from paramlint.interpreter.values import ABSENT, Either, Instance, Native
from paramlint.model.tree import ModuleNode, WeightNode

if TYPE_CHECKING:
    from paramlint.analysis.overlay import Overlay
    from paramlint.interpreter.machine import Interpreter

_DEPTH = 200


def _trains(tensor: TensorValue) -> bool | None:
    """Whether a tensor is trained; None where that is not known."""
    if not tensor.is_parameter:
        return False
    found = tensor.state.get("requires_grad", False)
    return found if isinstance(found, bool) and tensor.suspicion is None else None


def _why(tensor: TensorValue) -> Reason | None:
    """Why it is not known whether a tensor is trained."""
    found = tensor.state.get("requires_grad")
    return found.reason if isinstance(found, Unknown | Either) else tensor.suspicion


class Builder:
    """Builds the tree of one model. The same instance gives the same node, the same tensor the same weight."""

    def __init__(self, overlay: Overlay, it: Interpreter) -> None:
        self.overlay = overlay
        self.it = it
        self.nodes: dict[int, ModuleNode] = {}
        self.weights: dict[tuple[int, bool], WeightNode] = {}  # a parameter may be registered as a buffer too
        self.around: set[int] = set()  # modules whose inner modules are being built, where a module must not hold itself
        self.keep: list[Any] = []  # what ids stand for must not be freed
        self.settled = 0  # modules around the one at hand whose calls have built all that they build
        self.doubts: list[tuple[str, Reason]] = []  # places in the tree that may hold more or less
        self.assumed: dict[Reason, None] = {}  # what is taken for granted of base classes out of reach

    def build(self, module: Any, path: str = "", depth: int = 0, site: Any = None) -> ModuleNode:
        """The node of a module. ``site`` is the call that made the module around it, for those that come with that call."""
        if isinstance(module, Instance) and id(module) in self.nodes:
            node = self.nodes[id(module)]
            return self._doubt(node, Reason(Why.ERROR, "a layer that holds itself", module.site)) if id(module) in self.around else node
        if not isinstance(module, Instance):
            return self._uncertain(module, path, depth, site)
        state = module.payload
        qualified = state.name if isinstance(state, LayerState) else (module.cls.fact("qualified") or f"{module.cls.module}.{module.cls.name}")
        if self.overlay.is_user_class(module.cls):
            qualified = f"{module.cls.module}.{module.cls.name}"
        node = ModuleNode(path, module.cls.name, qualified, module.site or site)
        self.nodes[id(module)] = node
        self.keep.append(module)
        walk = self._own_walk(module, root=not path and depth == 0)
        if walk:
            return self._doubt(node, Reason(Why.UNSUPPORTED, f"`{module.cls.name}` says with its own `{walk}` what is in it", module.site))
        self._own(module, node)
        if depth > _DEPTH:
            return self._doubt(node, Reason(Why.LIMIT, f"modules nested more than {_DEPTH} deep"))
        settled = module.cls.fact("lazy") is not None and _is_settled(module)
        self.settled += settled
        framework = module.cls.fact("framework")
        follows = framework is not None and framework.walks  # a framework that looks into a module again, wherever it finds it
        if follows:
            self.around.add(id(module))
        for name, child in self._children(module):
            if child is not None:
                node.children.append(self.build(child, f"{path}.{name}" if path else name, depth + 1, node.site))
        self.settled -= settled
        self.around.discard(id(module))
        return node

    def _own_walk(self, module: Instance, *, root: bool) -> str:
        """A method of the analysed code in place of one by which the framework finds what is in a module; empty where there is none."""
        framework = module.cls.fact("framework")
        if framework is None or not framework.walks or not self.overlay.is_user_class(module.cls):
            return ""
        names = (*framework.walks, *framework.root_walks) if root else framework.walks
        return next((name for name in names if not isinstance(module.cls.find(name), Native)), "")

    def _children(self, module: Instance) -> Iterable[tuple[str, Any]]:
        if module.cls.fact("lazy") is not None:
            from paramlint.analysis import lazy

            return lazy.submodules(self.overlay, self.it, module)
        return table(module, "_modules").items()

    def _own(self, module: Instance, node: ModuleNode) -> None:
        for kind in ("_parameters", "_buffers"):
            for name, value in table(module, kind).items():
                weight = self._weight(name, value, kind == "_buffers", node.path)
                if weight is not None:
                    node.weights.append(weight)
        for kind in ("_parameters", "_buffers", "_modules"):
            reason = self.it.state.open_reason(table(module, kind))
            if reason is not None:
                self._doubt(node, reason).repeated = reason
        if module.cls.fact("lazy") is None and not is_ready(module) and self.overlay.is_module(module):
            init = module.cls.find("__init__")
            message = f"`super().__init__()` of `{module.cls.name}` has not run"
            self._doubt(node, init.reason if isinstance(init, Unknown | Either) else Reason(Why.ERROR, message, module.site))
        base, assumed = module.cls.fact("unknown_base"), module.cls.fact("assumed")
        if assumed is not None:
            self.assumed[Harmless(assumed.kind, assumed.message, module.cls.site or module.site)] = None
        reason = self.overlay.doubts(module) or (base if base is not assumed else None)
        if reason is not None:
            self._doubt(node, reason)
        free = self._free_objects(module)
        if free is not None:
            self._doubt(node, free)
        state = module.payload
        if module.cls.fact("lazy") is not None:
            from paramlint.analysis import lazy, lazy_state

            node.input, node.output = lazy_state.ends(module)
            doubt = lazy.not_built(self.it, module, self.settled > 0)
            if doubt is not None:
                self._doubt(node, doubt)
        elif isinstance(state, LayerState) and state.entry is not None and state.entry.BUILDS_ON_CALL and not node.weights \
                and not state.made:
            self._doubt(node, Reason(Why.INPUT, f"`{module.cls.name}` makes its weights on the first call: give an input"))

    def _doubt(self, node: ModuleNode, reason: Reason) -> ModuleNode:
        """A module may hold more or less than it shows."""
        self.doubts.append((node.path, reason))
        node.doubt = node.doubt or reason
        return node

    def _free_objects(self, module: Instance) -> Reason | None:
        """An argument that is not given, is kept, and is used as no number is: it may be a module with weights."""
        for name, value in module.attrs.items():
            if isinstance(value, Formula) and _is_object(module, name):
                return Reason(Why.ARGUMENT, f"the argument `{value}`, which may be a module", module.site)
        return None

    def _weight(self, name: str, value: Any, buffer: bool, path: str) -> WeightNode | None:
        if value is None:
            return None
        if isinstance(value, TensorValue):
            known = self.weights.get((id(value), buffer))
            if known is not None:
                return known
            shape, count, suspicion = value.tensor.shape, value.count, value.suspicion
            if suspicion is not None:
                count = count + Count.doubt((suspicion,))
            made = WeightNode(name, None if isinstance(shape, Unknown) else tuple(shape), count, _trains(value), buffer, value.tensor.dtype)
            made.reason = _why(value) if made.trainable is None else None
            self.weights[id(value), buffer] = made
            self.keep.append(value)
            return made
        if isinstance(value, bool | int | float | str | bytes | list | tuple | dict):  # what lists of parameters hold besides
            return None
        if isinstance(value, Either):
            return self._either_weight(name, value, buffer, path)
        reason = value.reason if isinstance(value, Unknown) else Reason(Why.UNSUPPORTED, f"the {'buffer' if buffer else 'parameter'} `{name}`")
        return WeightNode(name, None, Count(0, True, (reason,)), None if not buffer else False, buffer)

    def _either_weight(self, name: str, value: Either, buffer: bool, path: str) -> WeightNode:
        shapes = {tuple(v.tensor.shape) if isinstance(v, TensorValue) and not isinstance(v.tensor.shape, Unknown) else None
                  for v in value.alternatives}
        first = value.alternatives[0]
        known = any((id(v), buffer) in self.weights for v in value.alternatives)
        if len(shapes) == 1 and None not in shapes and isinstance(first, TensorValue) and not known:
            made = self._weight(name, first, buffer, path)
            assert made is not None
            if len({_trains(v) for v in value.alternatives}) > 1:
                made.trainable, made.reason = None, value.reason
            return made
        return WeightNode(name, None, Count(0, True, (value.reason,)), None if not buffer else False, buffer)

    # Several alternatives ----------------------------------------------------------------------------------------

    def _uncertain(self, module: Any, path: str, depth: int, site: Any) -> ModuleNode:
        if isinstance(module, Either):
            nodes = [ModuleNode(path, "None", "None") if v is ABSENT or v is None or not isinstance(v, Instance) else self.build(v, path, depth, site)
                     for v in module.alternatives]
            if any(isinstance(v, Unknown) for v in module.alternatives):
                return self._missing(path, module.reason)
            signatures = {_signature(node) for node in nodes}
            chosen = min(nodes, key=_size)
            if len(signatures) > 1:
                found = ModuleNode(path, " | ".join(dict.fromkeys(node.type for node in nodes)), "", alternatives=tuple(nodes))
                return self._doubt(found, module.reason)
            return chosen
        reason = module.reason if isinstance(module, Unknown) else Reason(Why.UNSUPPORTED, "a submodule that is no module")
        return self._missing(path, reason)

    def _missing(self, path: str, reason: Reason) -> ModuleNode:
        return self._doubt(ModuleNode(path, "?", ""), reason)


def _is_settled(module: Instance) -> bool:
    from paramlint.analysis import lazy

    return lazy.is_settled(module)


def _is_object(module: Instance, name: str) -> bool:
    from paramlint.analysis.used import as_objects

    return name in as_objects(module.cls)


def _signature(node: ModuleNode) -> Any:
    """What of a module's weights counts: two modules with the same signature weigh the same."""
    return tuple(sorted((str(weight.shape), str(weight.trainable), weight.buffer, weight.count.bound)
                        for inner in node.walk() for weight in inner.weights))


def _size(node: ModuleNode) -> int:
    return sum(weight.count.value for inner in node.walk() for weight in inner.weights if isinstance(weight.count.value, int))


def totals(root: ModuleNode, doubts: list[tuple[str, Reason]]) -> tuple[Count, Count, Count, tuple[Reason, ...]]:
    """Parameters, trainable ones and buffers, each tensor once; and why they are no exact counts, if they are not."""
    params, trainable, buffers = [Count(0)], [Count(0)], [Count(0)]
    seen: set[int] = set()
    reasons: list[Reason] = [reason for _, reason in doubts]
    for node in root.walk():
        for weight in node.weights:
            if id(weight) in seen:
                continue
            seen.add(id(weight))
            if weight.buffer:
                buffers.append(weight.count)
                continue
            params.append(weight.count)
            if weight.trainable is None:
                trainable.append(Count(0, True, weight.count.reasons or tuple(filter(None, (weight.reason,)))))
            elif weight.trainable:
                trainable.append(weight.count)
    unique = tuple(dict.fromkeys(reasons))
    extra = Count.doubt(unique)
    return _sum([*params, extra]), _sum([*trainable, extra]), _sum([*buffers, extra]), unique


def _sum(counts: list[Count]) -> Count:
    """The sum of many counts, plain numbers first: most are."""
    plain = sum(c.value for c in counts if c.exact)
    total = Count(plain)
    for count in counts:
        if not count.exact:
            total = total + count
    return total
