"""Methods of modules that walk their tree, under our words for them. Each goes through those that the framework's code calls."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from paramlint.analysis import conversions, described, state_dicts
from paramlint.analysis.dispatch import Method, override, overrides, send, spelled
from paramlint.analysis.layers import LayerState
from paramlint.analysis.modules import argument_of, children, lacks, table, walk
from paramlint.analysis.registration import refuse, register_parameter
from paramlint.analysis.tensors import TensorValue
from paramlint.core.tensor import Tensor
from paramlint.core.unknown import NeedsValue, Unknown, Why
from paramlint.interpreter.hashing import key_of
from paramlint.interpreter.natives import known
from paramlint.interpreter.values import ABSENT, Either, GeneratorValue, Instance, Native

if TYPE_CHECKING:
    from paramlint.analysis.overlay import Overlay
    from paramlint.interpreter.machine import Interpreter

Args = list[Any]
Kwargs = dict[str, Any]


# Walking ------------------------------------------------------------------------------------------------------------------


def named_modules(it: Interpreter, args: Args, kwargs: Kwargs) -> Any:
    memo, prefix = argument_of(args, kwargs, 1, "memo"), argument_of(args, kwargs, 2, "prefix", "")
    once = _once(it, argument_of(args, kwargs, 3, "remove_duplicate", True))
    return GeneratorValue(_modules(it, args[0], memo if isinstance(memo, set) else it.made(set()), prefix, once), "named_modules")


def _modules(it: Interpreter, module: Any, seen: set[Any], prefix: str, once: bool) -> Iterator[tuple[str, Any]]:
    """A module and all below it, as far as each says itself what is below it."""
    key = key_of(it, module) if isinstance(module, Instance) else module
    if key in seen:
        return
    it.step()
    if once:
        it.write(seen)
        seen.add(key)
    yield prefix, module
    for name, child in _unchanged(it, children(it, module, others=True), table(module, "_modules") if isinstance(module, Instance) else {}):
        if not isinstance(child, Instance | Unknown | Either):
            lacks(it, child, "named_modules")
        path = f"{prefix}.{name}" if prefix else name
        found = override(it, child, spelled(child, "named_modules")) if isinstance(child, Instance) else ABSENT
        if found is ABSENT:
            yield from _modules(it, child, seen, path, once)
        else:
            yield from it.iterate(it.call(found, [seen, path, once]))


def _unchanged(it: Interpreter, pairs: list[tuple[str, Any]], walked: dict[str, Any]) -> Iterator[tuple[str, Any]]:
    """The entries of a table, which must not grow or shrink meanwhile."""
    size = len(walked)
    for pair in pairs:
        yield pair
        if len(walked) != size:
            it.throw("RuntimeError", "dictionary changed size during iteration")


def _once(it: Interpreter, wanted: Any) -> bool:
    found = it.truth(wanted)
    if isinstance(found, Unknown):
        raise NeedsValue(found)
    return bool(found)


def _second(it: Interpreter, pairs: Any, name: str) -> Any:
    """A generator of the second of each pair."""
    return pairs if isinstance(pairs, Unknown) else GeneratorValue((it.item(pair, 1) for pair in it.iterate(pairs)), name)


def modules(it: Interpreter, args: Args, kwargs: Kwargs) -> Any:
    once = argument_of(args, kwargs, 1, "remove_duplicate", True)
    return _second(it, send(it, args[0], "named_modules", named_modules, [], {} if once is True else {"remove_duplicate": once}), "modules")


def named_children(it: Interpreter, args: Args, kwargs: Kwargs) -> Any:
    seen: set[int] = set()
    pairs = []
    for name, child in children(it, args[0], others=True):
        if id(child) not in seen:
            seen.add(id(child))
            pairs.append((name, child))
    return GeneratorValue(_unchanged(it, pairs, table(args[0], "_modules")), "named_children")


def children_(it: Interpreter, args: Args, kwargs: Kwargs) -> Any:
    return _second(it, send(it, args[0], "named_children", named_children, []), "children")


def _named_members(it: Interpreter, args: Args, kwargs: Kwargs) -> Any:
    """What a function gives of each module, with the module's name before it."""
    members, prefix = argument_of(args, kwargs, 1, "get_members_fn"), argument_of(args, kwargs, 2, "prefix", "")
    recurse, once = argument_of(args, kwargs, 3, "recurse", True), argument_of(args, kwargs, 4, "remove_duplicate", True)
    once = _once(it, once)
    found: Any = [(prefix, args[0])]
    if _once(it, recurse):
        found = send(it, args[0], "named_modules", named_modules, [], {"prefix": prefix, "remove_duplicate": once})

    def pairs() -> Iterator[tuple[str, Any]]:
        seen: set[int] = set()
        for path, module in map(it.elements, it.iterate(found)):
            for name, value in map(it.elements, it.iterate(it.call(members, [module]))):
                if value is not None and id(value) not in seen:
                    if once:
                        seen.add(id(value))
                    yield f"{path}.{name}" if path else name, value

    return GeneratorValue(pairs(), "named_members")


def _entries(kind: str) -> Native:
    """The parameters, or buffers, of a module by name."""
    def entries(it: Interpreter, args: Args, kwargs: Kwargs) -> Any:
        if not isinstance(args[0], Instance):
            return []
        found = table(args[0], kind)
        reason = it.state.open_reason(found)
        if reason is not None:
            raise NeedsValue(Unknown(reason))
        pairs = [(name, value) for name, value in found.items() if value is None or isinstance(value, TensorValue | Unknown | Either)]
        return GeneratorValue(_unchanged(it, pairs, found), kind)

    return Native(kind, entries)


def _tensors(kind: str, word: str, named: bool) -> Method:
    entries = _entries(kind)

    def by_name(it: Interpreter, args: Args, kwargs: Kwargs) -> Any:
        options = {key: argument_of(args, kwargs, at, key, default) for at, (key, default) in enumerate(
            (("prefix", ""), ("recurse", True), ("remove_duplicate", True)), 1)}
        _require_closed(it, args[0], kind)
        return send(it, args[0], "_named_members", _named_members, [entries], options)

    def plain(it: Interpreter, args: Args, kwargs: Kwargs) -> Any:
        recurse = argument_of(args, kwargs, 1, "recurse", True)
        return _second(it, send(it, args[0], word, by_name, [], {"recurse": recurse}), "parameters")

    return by_name if named else plain


def _require_closed(it: Interpreter, module: Any, kind: str) -> None:
    """Raise NeedsValue where it is not known which tensors, or modules, there are."""
    for _, inner in walk(it, module):
        reason = it.state.open_reason(table(inner, kind)) if isinstance(inner, Instance) else None
        if reason is not None:
            raise NeedsValue(Unknown(reason))


# Changing -----------------------------------------------------------------------------------------------------------------


def train(it: Interpreter, args: Args, kwargs: Kwargs) -> Any:
    self, mode = args[0], argument_of(args, kwargs, 1, "mode", True)
    if not isinstance(mode, bool | Unknown | Either):
        refuse(it, self, "training", "")
    if any(overrides(it, inner, "train", "children", "named_children", "__setattr__") for _, inner in walk(it, self)):
        it.set(self, "training", mode)
        for child in it.iterate(send(it, self, "children", children_, [])):
            if isinstance(child, Instance):
                send(it, child, "train", train, [mode])
            else:
                lacks(it, child, "train")
        return self
    for _, module in walk(it, self):
        if isinstance(module, Instance):
            it.write(module.attrs)
            module.attrs["training"] = mode
    return self


def eval_(it: Interpreter, args: Args, kwargs: Kwargs) -> Any:
    return send(it, args[0], "train", train, [False])


def requires_grad_(it: Interpreter, args: Args, kwargs: Kwargs) -> Any:
    wanted = argument_of(args, kwargs, 1, "requires_grad", True)
    found = send(it, args[0], "parameters", _tensors("_parameters", "named_parameters", False), [])
    for tensor in it.iterate(found):
        it.call(it.get(tensor, "requires_grad_"), [wanted])
    return args[0]


def zero_grad(it: Interpreter, args: Args, kwargs: Kwargs) -> None:
    """Gradients are not followed, but the parameters are asked for."""
    found = send(it, args[0], "parameters", _tensors("_parameters", "named_parameters", False), [])
    deque(it.iterate(found), maxlen=0)


def _getter(overlay: Overlay, kind: str) -> Method:
    """``get_submodule``, and ``get_parameter`` and ``get_buffer`` of one."""
    def get(it: Interpreter, args: Args, kwargs: Kwargs) -> Any:
        target = _target(it, args, kwargs)
        if kind == "module":
            return _below(overlay, it, args[0], target)
        owner, _, name = target.rpartition(".")
        module = send(it, args[0], "get_submodule", lambda it, args, kwargs: _below(overlay, it, args[0], args[1]), [owner])
        found = it.get(module, name)
        known = table(module, f"_{kind}s") if isinstance(module, Instance) else {name: found}
        if name not in known and args[0].cls.fact("framework").registration:
            it.throw("AttributeError", f"`{name}` is not an nn.Parameter" if kind == "parameter" else f"`{name}` is not a buffer")
        return found

    return get


def _below(overlay: Overlay, it: Interpreter, module: Any, target: str) -> Any:
    found = module
    for part in target.split(".") if target else ():
        found = it.get(found, part)
        if not isinstance(found, Unknown | Either) and not overlay.is_module(found):
            it.throw("AttributeError", f"`{part}` is not an nn.Module")
    return found


def _target(it: Interpreter, args: Args, kwargs: Kwargs) -> str:
    """The path of a module, parameter or buffer, which has to be known."""
    target = argument_of(args, kwargs, 1, "target")
    known(it, target)
    return str(target)


def _set_submodule(overlay: Overlay, it: Interpreter, args: Args, kwargs: Kwargs) -> None:
    owner, _, name = _target(it, args, kwargs).rpartition(".")
    module, strict = argument_of(args, kwargs, 2, "module"), argument_of(args, kwargs, 3, "strict", False)
    if not name or not (isinstance(module, Unknown | Either) or overlay.is_module(module)):
        it.throw("ValueError", "Cannot set the submodule without a target name!" if not name else "`module` is not an nn.Module")
    parent = it.call(it.get(args[0], "get_submodule"), [owner])
    known = it.get_or(parent, name, ABSENT)
    if known is ABSENT and it.truth(strict) is True:
        it.throw("AttributeError", f"{parent.cls.name} has no attribute `{name}`")
    if known is not ABSENT and not isinstance(known, Unknown | Either) and not overlay.is_module(known):
        it.throw("AttributeError", f"`{name}` is not an nn.Module")
    it.set(parent, name, module)


def methods(overlay: Overlay) -> dict[str, Method]:
    """Methods of a module that walk its tree."""

    def apply(it: Interpreter, args: Args, kwargs: Kwargs) -> Any:
        self, function = args[0], argument_of(args, kwargs, 1, "fn")
        for child in it.elements(send(it, self, "children", children_, [])):
            if isinstance(child, Instance):
                send(it, child, "apply", apply, [function])
            else:
                lacks(it, child, "apply")
        overlay.initialise(it, function, self)
        return self

    def nothing(it: Interpreter, args: Args, kwargs: Kwargs) -> Any:
        return None

    def extra_repr(it: Interpreter, args: Args, kwargs: Kwargs) -> Any:
        """The text of what a layer of the framework says of itself; a module of the analysed code says nothing."""
        if isinstance(args[0].payload, LayerState):
            return Unknown(it.unknown_reason(f"the text of `{args[0].cls.name}.extra_repr()`"), data=True)
        return ""

    def get_name(it: Interpreter, args: Args, kwargs: Kwargs) -> Any:
        return args[0].cls.name

    return {
        "modules": modules, "named_modules": named_modules, "children": children_, "named_children": named_children,
        "_named_members": _named_members,
        "parameters": _tensors("_parameters", "named_parameters", False), "named_parameters": _tensors("_parameters", "", True),
        "buffers": _tensors("_buffers", "named_buffers", False), "named_buffers": _tensors("_buffers", "", True),
        **{f"get_{word}": _getter(overlay, kind) for word, kind in (("submodule", "module"), ("parameter", "parameter"), ("buffer", "buffer"))},
        "set_submodule": lambda it, args, kwargs: _set_submodule(overlay, it, args, kwargs), "apply": apply,
        "requires_grad_": requires_grad_, "train": train, "eval": eval_, "_get_name": get_name,
        **conversions.methods(overlay), **state_dicts.methods(overlay),
        "zero_grad": zero_grad, "__setstate__": nothing, "extra_repr": extra_repr, "__repr__": described.represent,
    }


def further(overlay: Overlay) -> dict[str, Method]:
    """Methods that modules have only in those frameworks that name them."""

    def below(named: bool) -> Method:
        """The modules under a module, itself only where that is asked for."""
        def found(it: Interpreter, args: Args, kwargs: Kwargs) -> Any:
            prefix = argument_of(args, kwargs, 1, "prefix", "") if named else ""
            own = it.truth(argument_of(args, kwargs, 2 if named else 1, "include_self", False))
            if isinstance(own, Unknown):
                return own
            pairs = list(walk(it, args[0], prefix))[0 if own else 1:]
            return GeneratorValue(iter(pairs if named else [module for _, module in pairs]), "sublayers")

        return found

    def add_parameter(it: Interpreter, args: Args, kwargs: Kwargs) -> Any:
        register_parameter(overlay, it, args, kwargs)
        return argument_of(args, kwargs, 2, "param")

    def unknown_tensor(it: Interpreter, args: Args, kwargs: Kwargs) -> Any:
        return TensorValue(Tensor(it.unknown(Why.INPUT, "the shape of a tensor that is filled later"), "unknown"))

    def unique_name(it: Interpreter, args: Args, kwargs: Kwargs) -> Any:
        return it.outside("a name that counts what was made before")

    return {"submodules": below(False), "named_submodules": below(True), "add_parameter": add_parameter,
            "unknown_tensor": unknown_tensor, "unique_name": unique_name}
