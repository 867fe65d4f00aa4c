"""Methods of modules that walk their tree, under our words for them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from paramlint.analysis import devices
from paramlint.analysis.modules import Method, argument_of, children, named_tensors, table, walk
from paramlint.analysis.registration import register_parameter
from paramlint.analysis.tensors import TensorValue
from paramlint.core.tensor import Tensor
from paramlint.core.unknown import Unknown, Why
from paramlint.interpreter.values import GeneratorValue, Instance

if TYPE_CHECKING:
    from paramlint.analysis.overlay import Overlay
    from paramlint.interpreter.machine import Interpreter


def _lazily(it: Interpreter, items: Iterator[Any], name: str) -> GeneratorValue:
    return GeneratorValue(items, name)


def methods(overlay: Overlay) -> dict[str, Method]:
    """Methods of a module that walk its tree."""

    def modules(it: Interpreter, args: list[Any], kwargs: dict[str, Any]) -> Any:
        return _lazily(it, (module for _, module in walk(it, args[0])), "modules")

    def named_modules(it: Interpreter, args: list[Any], kwargs: dict[str, Any]) -> Any:
        return _lazily(it, walk(it, args[0], kwargs.get("prefix", "")), "named_modules")

    def named_children(it: Interpreter, args: list[Any], kwargs: dict[str, Any]) -> Any:
        return _lazily(it, iter(children(it, args[0])), "named_children")

    def children_(it: Interpreter, args: list[Any], kwargs: dict[str, Any]) -> Any:
        return _lazily(it, iter([child for _, child in children(it, args[0])]), "children")

    def tensors(kind: str, named: bool) -> Method:
        def found(it: Interpreter, args: list[Any], kwargs: dict[str, Any]) -> Any:
            recurse = argument_of(args, kwargs, 2 if named else 1, "recurse", True)
            prefix = argument_of(args, kwargs, 1, "prefix", "") if named else ""
            seen: set[int] = set()
            result = []
            for path, module in walk(it, args[0], prefix) if recurse is not False else [(prefix, args[0])]:
                for name, value in table(module, kind).items() if isinstance(module, Instance) else ():
                    if value is None or id(value) in seen:
                        continue
                    seen.add(id(value))
                    result.append((f"{path}.{name}" if path else name, value) if named else value)
            return _lazily(it, iter(result), "parameters")

        return found

    def state_dict(it: Interpreter, args: list[Any], kwargs: dict[str, Any]) -> Any:
        return {name: value for name, value, _ in named_tensors(it, args[0])}

    def apply(it: Interpreter, args: list[Any], kwargs: dict[str, Any]) -> Any:
        self, function = args[0], argument_of(args, kwargs, 1, "fn")
        for _, child in list(children(it, self)):
            apply(it, [child, function], {})
        overlay.initialise(it, function, self)
        return self

    def get_submodule(it: Interpreter, args: list[Any], kwargs: dict[str, Any]) -> Any:
        found = args[0]
        for part in str(argument_of(args, kwargs, 1, "target")).split("."):
            found = it.get(found, part) if part else found
        return found

    def requires_grad_(it: Interpreter, args: list[Any], kwargs: dict[str, Any]) -> Any:
        wanted = argument_of(args, kwargs, 1, "requires_grad", True)
        for _, tensor, buffer in named_tensors(it, args[0]):
            if not buffer:
                it.write(tensor.state)
                tensor.state["requires_grad"] = wanted
        return args[0]

    def train(it: Interpreter, args: list[Any], kwargs: dict[str, Any]) -> Any:
        mode = argument_of(args, kwargs, 1, "mode", True)
        for _, module in walk(it, args[0]):
            if isinstance(module, Instance):
                it.write(module.attrs)
                module.attrs["training"] = mode
        return args[0]

    def eval_(it: Interpreter, args: list[Any], kwargs: dict[str, Any]) -> Any:
        return train(it, [args[0], False], {})

    def itself(it: Interpreter, args: list[Any], kwargs: dict[str, Any]) -> Any:
        return args[0]

    def moved(name: str) -> Method:
        def run(it: Interpreter, args: list[Any], kwargs: dict[str, Any]) -> Any:
            devices.note(overlay, name, args[1:], kwargs)
            return args[0]

        return run

    def nothing(it: Interpreter, args: list[Any], kwargs: dict[str, Any]) -> Any:
        return None

    def get_name(it: Interpreter, args: list[Any], kwargs: dict[str, Any]) -> Any:
        return args[0].cls.name

    return {
        "modules": modules, "named_modules": named_modules, "children": children_, "named_children": named_children,
        "parameters": tensors("_parameters", False), "named_parameters": tensors("_parameters", True),
        "buffers": tensors("_buffers", False), "named_buffers": tensors("_buffers", True),
        **dict.fromkeys(("get_submodule", "get_parameter", "get_buffer"), get_submodule), "state_dict": state_dict, "apply": apply,
        "requires_grad_": requires_grad_, "train": train, "eval": eval_, "_get_name": get_name,
        **dict.fromkeys(("cpu", "half", "float", "double", "bfloat16", "type", "share_memory", "compile"), itself),
        **{name: moved(name) for name in ("to", "cuda", "to_empty", "xpu", "npu", "ipu")},
        **dict.fromkeys(("extra_repr", "zero_grad", "load_state_dict", "_load_from_state_dict", "__setstate__"), nothing),
    }


def further(overlay: Overlay) -> dict[str, Method]:
    """Methods that modules have only in those frameworks that name them."""

    def below(named: bool) -> Method:
        """The modules under a module, itself only where that is asked for."""
        def found(it: Interpreter, args: list[Any], kwargs: dict[str, Any]) -> Any:
            prefix = argument_of(args, kwargs, 1, "prefix", "") if named else ""
            own = it.truth(argument_of(args, kwargs, 2 if named else 1, "include_self", False))
            if isinstance(own, Unknown):
                return own
            pairs = list(walk(it, args[0], prefix))[0 if own else 1:]
            return _lazily(it, iter(pairs if named else [module for _, module in pairs]), "sublayers")

        return found

    def add_parameter(it: Interpreter, args: list[Any], kwargs: dict[str, Any]) -> Any:
        register_parameter(overlay, it, args, kwargs)
        return argument_of(args, kwargs, 2, "param")

    def set_submodule(it: Interpreter, args: list[Any], kwargs: dict[str, Any]) -> None:
        owner, _, name = str(argument_of(args, kwargs, 1, "target")).rpartition(".")
        it.set(it.call(it.get(args[0], "get_submodule"), [owner]), name, argument_of(args, kwargs, 2, "module"))

    def unknown_tensor(it: Interpreter, args: list[Any], kwargs: dict[str, Any]) -> Any:
        return TensorValue(Tensor(it.unknown(Why.INPUT, "the shape of a tensor that is filled later"), "unknown"))

    def unique_name(it: Interpreter, args: list[Any], kwargs: dict[str, Any]) -> Any:
        return it.outside("a name that counts what was made before")

    return {"submodules": below(False), "named_submodules": below(True), "add_parameter": add_parameter, "set_submodule": set_submodule,
            "unknown_tensor": unknown_tensor, "unique_name": unique_name}
