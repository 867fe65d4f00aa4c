"""The classes of containers: Sequential, lists and dicts of modules, lists and dicts of parameters, and wrappers of one module."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from paramlint.analysis.containers import Args, Container, Kwargs
from paramlint.analysis.dispatch import checked, override, send, spelled
from paramlint.analysis.mapping_containers import MappingContainer
from paramlint.core.unknown import Unknown
from paramlint.interpreter.iteration import elements_or_unknown
from paramlint.interpreter.values import ABSENT, ClassValue, Either, Instance, Native

if TYPE_CHECKING:
    from paramlint.analysis.overlay import Overlay
    from paramlint.interpreter.machine import Interpreter

ROWS = ("sequential", "named sequential")  # modules called one after the other; the named ones take (name, module) pairs too
SHAPES = (*ROWS, "list", "dict", "wrapper")  # a wrapper has one module, called `module`, and does what that does

_STEPS = 10  # what making a container counts, so that the limit of steps stands for about the same time whatever the code does


def _sequence_methods(c: Container, shape: str) -> dict[str, Any]:
    extend = c.extend_by_append if c.sends and shape == "sequential" else c.extend
    return {"__len__": c.length, "__iter__": c.iterate, "__getitem__": c.item, "__setitem__": c.set_item, "__delitem__": c.delete_item,
            "append": c.append, "extend": extend, "insert": c.insert, "pop": c.pop, "__add__": c.plus,
            "__iadd__": c.plus_in_place, **(_repeated(c) if c.sends and shape in ROWS else {})}


def _repeated(c: Container) -> dict[str, Any]:
    return {"__mul__": c.times, "__rmul__": c.times, "__imul__": c.times_in_place}


def _named_methods(c: MappingContainer) -> dict[str, Any]:
    """Of a row whose elements are replaced and removed by name, and keep their names when others go."""
    return {"__setitem__": c.set_by_name, "__delitem__": c.delete_by_name}


def _mapping_methods(c: MappingContainer) -> dict[str, Any]:
    return {"__len__": c.length, "__iter__": c.keys, "keys": c.keys, "values": c.values, "items": c.pairs, "__contains__": c.contains,
            "__getitem__": c.named_item, "__setitem__": c.set_named, "__delitem__": c.delete_named, "pop": c.pop_named, "get": c.get_named,
            "update": c.update, "clear": c.clear, **(_dict_methods(c) if c.keeps_attributes else {})}


def _dict_methods(c: MappingContainer) -> dict[str, Any]:
    """What a dict of parameters has besides."""
    return {"copy": c.copy, "__or__": c.merged, "__ror__": c.merged_behind, "__ior__": c.merge, "setdefault": c.set_default,
            "popitem": c.pop_last, "__reversed__": c.reversed, "fromkeys": c.from_keys}


def make(overlay: Overlay, name: str, kind: str, shape: str, base: ClassValue) -> ClassValue:
    """A container class. ``kind`` is the table of its elements; ``shape`` is one of SHAPES."""
    cls = ClassValue(name.rpartition(".")[2], (base,), {}, module=name.rpartition(".")[0])
    cls.facts["qualified"] = name
    framework = base.fact("framework")
    container = MappingContainer(overlay, kind, framework)
    container.cls = cls
    assert shape in SHAPES
    methods = _wrapper_methods(container) if shape == "wrapper" else (
        _mapping_methods(container) if shape == "dict" else _sequence_methods(container, shape))
    for absent in framework.lacks.get(name, ()):
        del methods[absent]

    def init(it: Interpreter, args: Args, kwargs: Kwargs) -> None:
        self_, *given = args
        if container.sends and shape == "sequential" and kwargs:
            it.throw("TypeError", f"{cls.name}.__init__() got an unexpected keyword argument '{next(iter(kwargs))}'")
        it.steps += _STEPS
        overlay.renew(it, self_)
        given = [*given, *kwargs.values()]
        if shape == "wrapper":
            container.put(it, self_, "module", kwargs.get("module", given[0] if given else None))
        elif shape == "sequential":
            _init_sequential(container, it, self_, given)
            overlay.made_row(self_)
        elif shape == "named sequential":
            _init_named(container, it, self_, given)
            overlay.made_row(self_)
        elif given and given[0] is not None:
            _fill(container, shape, it, self_, given[0])

    methods["__init__"] = init
    if shape == "sequential":
        cls.facts["keeps names"] = True
    elif shape == "named sequential":
        methods.update(_named_methods(container))
    if container.sends and kind == "_parameters":
        methods["__call__"] = lambda it, args, kwargs: it.throw("RuntimeError", f"{cls.name} should not be called.")
    if shape in ROWS:
        methods["forward"] = lambda it, args, kwargs: _forward(container, it, args)
    for method, code in methods.items():
        signature = framework.takes.get(f"{cls.name}.{method}")
        cls.attrs[method] = Native(method, checked(cls.name, method, signature, code), binds=True)
    if shape in ROWS:
        cls.facts["row"] = cls.attrs["forward"]
    return cls


def _fill(container: MappingContainer, shape: str, it: Interpreter, self_: Instance, given: Any) -> None:
    """What a container is made of, by the methods that the framework's constructor calls."""
    if shape == "dict":
        send(it, self_, "update", container.update, [given])
    elif override(it, self_, spelled(self_, "__iadd__")) is not ABSENT:
        it.call(it.get(self_, "__iadd__"), [given])
    else:
        send(it, self_, "extend", container.extend, [given])


def _wrapper_methods(container: Container) -> dict[str, Any]:
    def forward(it: Interpreter, args: Args, kwargs: Kwargs) -> Any:
        self_, *given = args
        return it.call(container.items(it, self_).get("module"), given, kwargs)

    return {"forward": forward}


def _init_sequential(container: MappingContainer, it: Interpreter, self_: Instance, given: Args) -> None:
    payload = given[0].payload if len(given) == 1 and isinstance(given[0], Instance) else given[0] if len(given) == 1 else None
    if isinstance(payload, dict) and (isinstance(given[0], Instance) or not container.sends):
        container.put_pairs(it, self_, given[0], lambda name, value: container.put(it, self_, name, value))
        return
    for position, value in enumerate(given):
        container.put(it, self_, str(position), value)


def _init_named(container: MappingContainer, it: Interpreter, self_: Instance, given: Args) -> None:
    """Layers, or (name, layer) pairs if the first argument is one."""
    if not given or not isinstance(given[0], list | tuple):
        _init_sequential(container, it, self_, given)
        return
    for value in given:
        pair = elements_or_unknown(it, value)
        if isinstance(pair, Unknown):
            it.state.mark_open(container.items(it, self_), pair.reason)
        elif len(pair) != 2 or not isinstance(pair[0], str | Unknown | Either):
            it.library_throw("ValueError", "Sequential takes layers or (name, layer) pairs")
        else:
            container.put(it, self_, pair[0], pair[1])


def _forward(container: Container, it: Interpreter, args: Args) -> Any:
    self_, value, *_ = args
    for module in it.elements(send(it, self_, "__iter__", container.iterate, [])):
        value = it.call(module, [value])
    return value
