"""Which values stand behind the frameworks' names."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Any

from paramlint.analysis import container_classes, effects, layers, modules, objects, tensor_classes
from paramlint.core.unknown import Present, Reason, Why
from paramlint.frameworks import REGISTRY
from paramlint.interpreter.unmodelled import FIXED, UNMODELLED, Verdict
from paramlint.interpreter.values import ClassValue, Native
from paramlint.schema.framework import Framework
from paramlint.schema.layer import Layer
from paramlint.schema.op import Op

if TYPE_CHECKING:
    from paramlint.analysis.overlay import Overlay
    from paramlint.interpreter.machine import Interpreter


def made(overlay: Overlay, name: str) -> Any:
    """The value behind a framework's name, or behind one of a package that is covered; None where there is none."""
    framework = REGISTRY.framework_of(name)
    if framework is None:
        return effects.lookup(overlay, name)
    if framework.builds_on_call:
        found = _built_on_call(overlay, framework, name)
        if found is not None:
            return found
    if name in framework.module_bases:
        return modules.base_class(overlay, framework, name)
    if name in framework.containers:
        kind, shape = framework.containers[name]
        if framework.keeps_tensors:
            from paramlint.analysis import sublayer_containers

            return sublayer_containers.make(overlay, name, (kind, shape), overlay.module_base(framework))
        return container_classes.make(overlay, name, kind, shape, overlay.module_base(framework))
    if name in framework.reparametrisations:
        from paramlint.analysis import reparametrise

        return reparametrise.function(overlay, name, framework.reparametrisations[name])
    if name in framework.pruning:
        from paramlint.analysis import pruning

        return pruning.named(overlay, name, framework.pruning[name])
    if name in framework.objects:
        return objects.object_class(overlay, framework, name)
    if name in framework.results:
        return overlay.results_class(framework.results[name][0])
    if name in framework.restorations:
        from paramlint.analysis import reparametrise

        return reparametrise.remover(overlay, name, framework.restorations[name])
    found = tensor_classes.special(overlay, framework, name)
    if found is not None:
        return found
    entry = REGISTRY.find(name)
    if entry is not None and issubclass(entry, Layer):
        return _layer(overlay, name, entry, framework)
    if entry is not None and issubclass(entry, Op):
        return _operation(overlay, name, entry, framework)
    return effects.of_framework(overlay, framework, name)


def describe(cls: ClassValue, qualified: str) -> None:
    """Tell a framework's class what is recorded of its attributes."""
    framework = REGISTRY.framework_of(qualified)
    if framework is not None and UNMODELLED not in cls.facts:
        members = REGISTRY.members(framework)
        cls.facts[UNMODELLED] = unmodelled(qualified)
        cls.facts[FIXED] = lambda name: members.is_fixed(qualified, name)


def unmodelled(qualified: str) -> Verdict | None:
    """Why an attribute of a framework's class is not known, by its name and by whether an instance is asked."""
    framework = REGISTRY.framework_of(qualified)
    if framework is None:
        return None
    members, last = REGISTRY.members(framework), qualified.rpartition(".")[2]

    def verdict(name: str, on_instance: bool) -> Reason | None:
        if not members.has(qualified, name, on_instance=on_instance):
            return None
        message = f"`{last}.{name}` is not modelled"
        # Methods may not have set what they set, but the ``__init__`` of the base class has.
        certain = members.has(qualified, name, on_instance=on_instance and qualified == framework.module_bases[0] and framework.keeps_tensors)
        return Present(name, message) if certain else Reason(Why.UNSUPPORTED, message)

    return verdict


def _built_on_call(overlay: Overlay, framework: Framework, name: str) -> Any:
    """A name of a framework whose layers make their weights when they are called; None for what it has as others have it."""
    if name in framework.module_bases:
        from paramlint.analysis import lazy_class

        return lazy_class.base_class(overlay, framework, name)
    if name in framework.models:
        from paramlint.analysis import graph, stacks

        return (stacks if framework.models[name] == "stack" else graph).model_class(overlay, framework, name)
    if name in framework.graph_names:
        from paramlint.analysis import graph_functions

        return graph_functions.make(overlay, framework, name, framework.graph_names[name])
    return None


def _operation(overlay: Overlay, name: str, entry: type[Op], framework: Framework) -> Any:
    if not framework.tensor:
        return Native(name, lambda it, args, kwargs: _on_any(overlay, it, name, entry, args, kwargs))
    if framework.builds_on_call:
        from paramlint.analysis import symbolic

        return symbolic.function(overlay, framework, name, entry)
    from paramlint.analysis import tensor_ops

    return tensor_ops.function(overlay, name, entry)


def _on_any(overlay: Overlay, it: Interpreter, name: str, entry: type[Op], args: list[Any], kwargs: dict[str, Any]) -> Any:
    """A function of a library that works on the tensors of every framework."""
    from paramlint.analysis import symbolic, tensor_ops

    drawn = symbolic.tensors_in((args, kwargs))
    if drawn:
        return symbolic.apply(overlay, it, drawn[0].framework, entry, args, kwargs)
    return tensor_ops.apply(overlay, it, name, entry, args, kwargs)


def _layer(overlay: Overlay, name: str, entry: type[Layer], framework: Framework) -> Any:
    documented = REGISTRY.canonical(entry.NAMES[0])
    if documented != name:
        return overlay.lookup(documented)
    owner, _, last = name.rpartition(".")
    if REGISTRY.find(owner) is not None:  # a classmethod such as Embedding.from_pretrained
        return Native(last, lambda it, args, kwargs: _from_classmethod(overlay, it, owner, name, args, kwargs))
    cls = layers.layer_class(overlay, name, entry, _parent(overlay, name, entry, framework))
    for last in _classmethods(framework.name).get(name, ()):
        cls.attrs[last] = overlay.lookup(f"{name}.{last}")
    return cls


def _parent(overlay: Overlay, name: str, entry: type[Layer], framework: Framework) -> ClassValue:
    """The class that a layer's class derives from: another layer's where its entry does, as the framework's classes do, or a container."""
    bases = (*framework.containers, *framework.module_bases[1:])
    known = next((base for base in REGISTRY.members(framework).ancestors(name) if base in bases), "")
    if known:
        return overlay.module_class(known)
    for base in entry.__mro__[1:]:
        names = base.__dict__.get("NAMES", ())
        if names and issubclass(base, Layer):
            found = overlay.lookup(names[0])
            if isinstance(found, ClassValue):
                return found
    return overlay.module_base(framework)


def _from_classmethod(overlay: Overlay, it: Interpreter, owner: str, name: str, args: list[Any], kwargs: dict[str, Any]) -> Any:
    cls = overlay.lookup(owner)
    instance = it.instance(cls)
    entry = REGISTRY.find(name)
    assert entry is not None
    made = layers.layer_class(overlay, name, entry, cls)  # type: ignore[arg-type]
    instance.cls = made
    it.call(made.attrs["__init__"], [instance, *args], kwargs)
    instance.cls = cls
    return instance


@cache
def _classmethods(framework: str) -> dict[str, tuple[str, ...]]:
    """The classmethods of layers that are layers of their own, by the layer: ``from_pretrained`` of ``torch.nn.Embedding``."""
    layers = REGISTRY.table(next(known for known in REGISTRY.frameworks if known.name == framework)).layers()
    found: dict[str, tuple[str, ...]] = {}
    for name in sorted(layers):
        owner, _, last = name.rpartition(".")
        if owner in layers:
            found[owner] = (*found.get(owner, ()), last)
    return found
