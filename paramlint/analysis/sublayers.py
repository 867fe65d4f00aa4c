"""The methods of layers that walk what is below them: each goes through others, which the analysed code may override."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Iterator, Mapping
from functools import partial
from typing import TYPE_CHECKING, Any

from paramlint.analysis import modules, running
from paramlint.analysis import sublayer_attributes as own
from paramlint.analysis import sublayer_states as states
from paramlint.analysis import sublayer_types as types
from paramlint.analysis.layers import LayerState
from paramlint.analysis.sublayer_calls import ALIASES, REQUIRED, Args, Code, Kwargs, bound, method, overrides, require_tables, send
from paramlint.analysis.tensors import TensorValue
from paramlint.core.unknown import Unknown, Why
from paramlint.interpreter.operators import type_name
from paramlint.interpreter.values import ABSENT, ClassValue, Either, GeneratorValue, Instance, NativeCode

if TYPE_CHECKING:
    from paramlint.analysis.overlay import Overlay
    from paramlint.interpreter.machine import Interpreter


def named_sublayers(overlay: Overlay, it: Interpreter, args: Args, kwargs: Kwargs) -> Any:
    prefix, include, seen, once = bound(it, "Layer.named_sublayers", args, kwargs, prefix="", include_self=False, layers_set=None,
                                    remove_duplicate=True)
    include, once = it.truth(include), it.truth(once)
    if isinstance(include, Unknown) or isinstance(once, Unknown):
        return include if isinstance(include, Unknown) else once
    return GeneratorValue(_walk(it, args[0], prefix, include, set() if seen is None else seen, once), "named_sublayers")


def _walk(it: Interpreter, module: Any, prefix: Any, include: bool, seen: set[Any], once: bool) -> Iterator[tuple[str, Any]]:
    """A layer and all below it with their names, as far as each says itself what is below it."""
    it.step()
    require_tables(it, module)
    if include and module not in seen:
        if once:
            seen.add(module)
        yield prefix, module
    for name, child in _unchanged(it, modules.children(it, module, others=True), modules.table(module, "_modules")):
        if not isinstance(name, str):
            it.throw("TypeError", f'can only concatenate str (not "{type_name(name)}") to str')
        path = f"{prefix}.{name}" if prefix else name
        if not isinstance(child, Instance):
            if not isinstance(child, Unknown | Either):
                modules.lacks(it, child, "named_sublayers")
            yield path, child
        elif overrides(child, "named_sublayers"):
            yield from it.iterate(send(it, child, "named_sublayers", prefix=path, include_self=True, layers_set=seen, remove_duplicate=once))
        else:
            yield from _walk(it, child, path, True, seen, once)


def _unchanged(it: Interpreter, pairs: list[tuple[str, Any]], walked: dict[str, Any]) -> Iterator[tuple[str, Any]]:
    """The entries of an ordered table, which must not grow or shrink before the last one is there."""
    size = len(walked)
    for at, pair in enumerate(pairs):
        if at and len(walked) != size:
            it.throw("RuntimeError", "OrderedDict mutated during iteration")
        yield pair


def named_modules(overlay: Overlay, it: Interpreter, args: Args, kwargs: Kwargs) -> Any:
    memo, prefix, once = bound(it, "Layer.named_modules", args, kwargs, memo=None, prefix="", remove_duplicate=True)
    return send(it, args[0], "named_sublayers", prefix=prefix, include_self=True, layers_set=memo, remove_duplicate=once)


def named_children(overlay: Overlay, it: Interpreter, args: Args, kwargs: Kwargs) -> Any:
    bound(it, "Layer.named_children", args, kwargs)

    def pairs() -> Iterator[Any]:
        seen: set[int] = set()
        require_tables(it, args[0])
        for name, child in _unchanged(it, modules.children(it, args[0], others=True), modules.table(args[0], "_modules")):
            if id(child) not in seen:
                seen.add(id(child))
                yield name, child

    return GeneratorValue(pairs(), "named_children")


def _tensors(table: str, method: str) -> Code:
    """``named_parameters`` and ``named_buffers``."""
    def found(overlay: Overlay, it: Interpreter, args: Args, kwargs: Kwargs) -> Any:
        prefix, deep, once = bound(it, f"Layer.{method}", args, kwargs, ALIASES, prefix="", include_sublayers=True, remove_duplicate=True)
        deep = it.truth(deep)
        if isinstance(deep, Unknown):
            return deep

        def pairs() -> Iterator[Any]:
            seen: set[int] = set()
            require_tables(it, args[0])
            layers: Iterable[Any] = [(prefix, args[0])]
            if deep:
                layers = it.iterate(send(it, args[0], "named_sublayers", prefix=prefix, include_self=True, remove_duplicate=once))
            for pair in layers:
                path, layer = it.elements(pair)
                if not isinstance(layer, Instance):
                    continue
                for name, value in _unchanged(it, list(modules.table(layer, table).items()), modules.table(layer, table)):
                    if value is None or id(value) in seen:
                        continue
                    if once is not False:
                        seen.add(id(value))
                    yield f"{path}.{name}" if path else name, value

        return GeneratorValue(pairs(), method)

    return found


def _second_of(method: str, source: str, *, listed: bool, **fields: Any) -> Code:
    """A method that gives what another one names, without the names."""
    def found(overlay: Overlay, it: Interpreter, args: Args, kwargs: Kwargs) -> Any:
        values = bound(it, f"Layer.{method}", args, kwargs, ALIASES, **fields)
        pairs = send(it, args[0], source, **dict(zip(fields, values, strict=True)))
        if isinstance(pairs, Unknown):
            return pairs
        items = (it.elements(pair)[1] for pair in it.iterate(pairs))
        return it.decide(lambda: it.made(list(items))) if listed else GeneratorValue(items, method)

    return found


def apply(overlay: Overlay, it: Interpreter, args: Args, kwargs: Kwargs) -> Any:
    function = bound(it, "Layer.apply", args, kwargs, fn=REQUIRED)[0]
    for child in list(it.iterate(send(it, args[0], "children"))):
        if not isinstance(child, Instance):
            modules.lacks(it, child, "apply")
        if overrides(child, "apply"):
            send(it, child, "apply", function)
        else:
            apply(overlay, it, [child, function], {})
    overlay.initialise(it, function, args[0])
    return args[0]


def train(overlay: Overlay, it: Interpreter, args: Args, kwargs: Kwargs) -> Any:
    mode = bound(it, "Layer.train", args, kwargs, mode=True)[0]
    if not isinstance(mode, bool | Unknown | Either):
        it.throw("ValueError", "training mode is expected to be boolean")
    it.set(args[0], "training", mode)
    for layer in list(it.iterate(send(it, args[0], "sublayers"))):
        it.set(layer, "training", mode)
    return args[0]


def requires_grad_(overlay: Overlay, it: Interpreter, args: Args, kwargs: Kwargs) -> Any:
    wanted = it.truth(bound(it, "Layer.requires_grad_", args, kwargs, requires_grad=True)[0])
    for parameter in list(it.iterate(send(it, args[0], "parameters"))):
        it.set(parameter, "stop_gradient", wanted if isinstance(wanted, Unknown) else not wanted)
    return args[0]


def get_sublayer(overlay: Overlay, it: Interpreter, args: Args, kwargs: Kwargs) -> Any:
    target = bound(it, "Layer.get_sublayer", args, kwargs, target=REQUIRED)[0]
    found = args[0]
    if isinstance(target, Unknown | Either):
        return Unknown(target.reason)
    if not isinstance(target, str):
        it.throw("AttributeError", f"'{type_name(target)}' object has no attribute 'split'")
    for part in target.split(".") if target else ():
        found = it.get(found, part)
        if not overlay.is_module(found) and not isinstance(found, Unknown | Either):
            it.throw("AttributeError", f"`{part}` is not an nn.Layer")
    return found


def _get_tensor(method: str, table: str, noun: str) -> Code:
    def found(overlay: Overlay, it: Interpreter, args: Args, kwargs: Kwargs) -> Any:
        target = bound(it, f"Layer.{method}", args, kwargs, target=REQUIRED)[0]
        if isinstance(target, Unknown | Either):
            return Unknown(target.reason)
        path, _, name = str(target).rpartition(".")
        owner = send(it, args[0], "get_sublayer", path)
        value = it.get(owner, name)
        if isinstance(owner, Instance) and not (isinstance(value, Unknown | Either)) and (
                not isinstance(value, TensorValue) if table == "_parameters" else name not in modules.table(owner, table)):
            it.throw("AttributeError", f"`{name}` is not {noun}")
        return value

    return found


def set_sublayer(overlay: Overlay, it: Interpreter, args: Args, kwargs: Kwargs) -> None:
    target, value, strict = bound(it, "Layer.set_sublayer", args, kwargs, ALIASES, target=REQUIRED, layer=REQUIRED, strict=False)
    if isinstance(target, Unknown | Either):
        overlay.doubt(it, args[0], target.reason)
        return
    if target == "":
        it.throw("ValueError", "Cannot set the sublayer without a target name!")
    if not overlay.is_module(value) and not isinstance(value, Unknown | Either):
        it.throw("ValueError", f"`module` is not an nn.Layer, found {type_name(value)}")
    path, _, name = str(target).rpartition(".")
    owner = send(it, args[0], "get_sublayer", path) if path else args[0]
    before = it.get_or(owner, name, ABSENT)
    if before is ABSENT and it.truth(strict) is True:
        it.throw("AttributeError", f"{owner.cls.name} has no attribute `{name}`")
    if before is not ABSENT and not overlay.is_module(before) and not isinstance(before, Unknown | Either):
        it.throw("AttributeError", f"`{name}` is not an nn.Layer")
    it.set(owner, name, value)


def extra_repr(overlay: Overlay, it: Interpreter, args: Args, kwargs: Kwargs) -> Any:
    return it.unknown(Why.UNSUPPORTED, "what a layer of the framework says of itself") if isinstance(args[0].payload, LayerState) else ""


def call(overlay: Overlay, it: Interpreter, args: Args, kwargs: Kwargs) -> Any:
    """A call of a layer; the first one lets the analysed code build what it needs."""
    self, framework = args[0], args[0].cls.fact("framework")
    if _BUILD in self.attrs or self.cls.find(_BUILD) is not ABSENT:
        built = it.truth(it.get_or(self, "_built", False))
        if built is False:
            send(it, self, _BUILD, *args[1:], **kwargs)
            it.set(self, "_built", True)
        elif built is not True:
            overlay.doubt(it, self, built.reason)
    return running.run(overlay, it, self, framework.call, args[1:], kwargs)


def backward(overlay: Overlay, it: Interpreter, args: Args, kwargs: Kwargs) -> None:
    it.throw("ValueError", "Layer shouldn't implement backward")


def clear_gradients(overlay: Overlay, it: Interpreter, args: Args, kwargs: Kwargs) -> None:
    deque(it.iterate(send(it, args[0], "parameters")), maxlen=0)
    overlay.recording.graded(it)  # gradients are zero from now on, where there are any


METHODS: Mapping[str, Code] = {
    "__init__": own.init, "__setattr__": own.set_attribute, "__getattr__": own.get_attribute, "__delattr__": own.delete_attribute,
    "add_sublayer": own.add_sublayer, **dict.fromkeys(("add_module", "register_module"), own.add_module),
    "add_parameter": own.add_parameter, "register_parameter": own.register_parameter, "register_buffer": own.register_buffer,
    "named_sublayers": named_sublayers, "named_modules": named_modules, "named_children": named_children,
    "named_parameters": _tensors("_parameters", "named_parameters"), "named_buffers": _tensors("_buffers", "named_buffers"),
    "parameters": _second_of("parameters", "named_parameters", listed=True, include_sublayers=True),
    "buffers": _second_of("buffers", "named_buffers", listed=True, include_sublayers=True),
    "sublayers": _second_of("sublayers", "named_sublayers", listed=True, include_self=False),
    "modules": _second_of("modules", "named_modules", listed=False), "children": _second_of("children", "named_children", listed=False),
    **dict.fromkeys(("state_dict", "to_static_state_dict"), states.state_dict),
    **dict.fromkeys(("set_state_dict", "set_dict", "load_dict"), states.set_state_dict), "load_state_dict": states.load_state_dict,
    "apply": apply, "train": train, "requires_grad_": requires_grad_,
    "eval": lambda overlay, it, args, kwargs: train(overlay, it, [args[0], False], {}),
    **dict.fromkeys(("get_sublayer", "get_submodule"), get_sublayer), **dict.fromkeys(("set_sublayer", "set_submodule"), set_sublayer),
    "get_parameter": _get_tensor("get_parameter", "_parameters", "an nn.Parameter"),
    "get_buffer": _get_tensor("get_buffer", "_buffers", "a buffer"), "backward": backward, "extra_repr": extra_repr,
    **dict.fromkeys(("clear_gradients", "zero_grad"), clear_gradients),
    "__call__": call, **types.METHODS,
}


_BUILD = "_build_once"  # what the analysed code may have for the first call
_OPERATIONS = ("create_parameter",)  # methods that are operations and need what the base class's ``__init__`` makes


def _initialised(overlay: Overlay, code: NativeCode, it: Interpreter, args: Args, kwargs: Kwargs) -> Any:
    own.require_init(overlay, it, args[0], "AttributeError", f"'{args[0].cls.name}' object has no attribute '_helper'")
    return code(it, args, kwargs)


def extend(overlay: Overlay, cls: ClassValue) -> None:
    """Give the base class of a framework's layers these methods."""
    for name, operation in ((name, cls.attrs[name]) for name in _OPERATIONS if name in cls.attrs):
        cls.attrs[name] = method(name, partial(_initialised, overlay, operation.code))
    for name, code in METHODS.items():
        own_code = partial(code, overlay)
        before = name.startswith("__") or name in cls.facts["framework"].before_init
        cls.attrs[name] = method(name, own_code if before else modules.after_init(overlay, own_code))
