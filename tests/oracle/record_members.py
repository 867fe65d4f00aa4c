"""``python tests/oracle/record_members.py keras`` records the attributes of a framework's classes, and the names in its modules.

The record is made from the real framework, in its environment; see ``paramlint.schema.members`` for what it holds. Another framework
is one more function in ``RECORDED`` that gives its classes by their documented names.
"""

from __future__ import annotations

import ast
import importlib
import inspect
import json
import operator
import os
import pkgutil
import sys
import textwrap
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from types import ModuleType
from typing import Any

PACKAGES = Path(__file__).parents[2] / "paramlint" / "frameworks"
# What every class has, or what Python itself makes.
COMMON = frozenset((*dir(object), "__dict__", "__weakref__", "__annotations__", "__abstractmethods__", "__parameters__", "__orig_bases__",
                    "__firstlineno__", "__static_attributes__", "__slots__", "_abc_impl", "__match_args__", "__annotate__", "__module__",
                    "__qualname__", "_api_export_path", "_api_export_symbol_id"))
SETTERS = {"__setattr__": 0, "register_buffer": 0, "register_parameter": 0, "register_module": 0, "add_module": 0, "add_sublayer": 0,
           "add_parameter": 0, "setattr": 1}


def keras() -> dict[str, type]:
    os.environ.setdefault("KERAS_BACKEND", "torch")
    import keras

    found = classes(keras.layers, "keras.layers") | classes(keras, "keras") | classes(keras.models, "keras.models")
    return {**found, "keras.models.Functional": keras.src.models.functional.Functional}


def paddle() -> dict[str, type]:
    import paddle

    found = {"paddle.nn.Layer": paddle.nn.Layer, "paddle.ParamAttr": paddle.ParamAttr, "paddle.nn.RNNCellBase": paddle.nn.RNNCellBase}
    return found | classes(paddle.nn, "paddle.nn") | classes(paddle.nn.initializer, "paddle.nn.initializer") | classes(paddle.regularizer, "paddle.regularizer")


def torch() -> dict[str, type]:
    import einops.layers.torch
    import torch

    found = {"torch.Tensor": torch.Tensor} | classes(torch.nn, "torch.nn") | classes(torch.optim, "torch.optim")
    found |= {f"einops.layers.torch.{name}": getattr(einops.layers.torch, name) for name in ("Rearrange", "Reduce", "EinMix")}
    further = ("nn.modules.batchnorm._BatchNorm", "nn.modules.linear.NonDynamicallyQuantizableLinear", "nn.modules.normalization.CrossMapLRN2d",
               "ao.nn.quantized.FXFloatFunctional", "ao.nn.quantized.FloatFunctional", "ao.quantization.DeQuantStub", "ao.quantization.QuantStub")
    return found | {f"torch.{path}": operator.attrgetter(path)(torch) for path in further}


RECORDED: Mapping[str, Callable[[], dict[str, type]]] = {"keras": keras, "paddle": paddle, "torch": torch}


def classes(module: ModuleType, name: str) -> dict[str, type]:
    return {f"{name}.{key}": value for key, value in vars(module).items() if isinstance(value, type) and not key.startswith("_")}


# The packages whose modules are recorded, and those of their packages whose submodules are left out.
MODULES = {
    "torch": ("torch", frozenset({
        "ao.ns", "ao.pruning", "contrib", "distributed", "export", "fx.experimental", "fx.passes", "jit", "masked", "monitor", "multiprocessing",
        "onnx", "package", "sparse", "testing", "utils.backcompat", "utils.benchmark", "utils.bottleneck", "utils.data.datapipes",
        "utils.hipify", "utils.jit", "utils.tensorboard", "utils.viz", "numa"})),
    "keras": ("keras", frozenset({"src"})),
    "paddle": ("paddle", frozenset({"base", "distributed", "incubate", "pir", "static", "tensorrt", "jit", "audio", "dataset", "decomposition"})),
}


def modules(name: str, without: frozenset[str]) -> dict[str, list[str]]:
    """The public names of a package's modules, submodules among them."""
    found: dict[str, list[str]] = {}
    open_ = [name]
    while open_:
        path = open_.pop()
        try:
            module = importlib.import_module(path)
        except Exception:  # one that needs another package
            continue
        inner = [one.name for one in pkgutil.iter_modules(getattr(module, "__path__", ())) if not one.name.startswith("_")]
        found[path] = sorted({one for one in dir(module) if not one.startswith("_")}.union(inner))
        if path[len(name) + 1:] not in without:
            open_ += [f"{path}.{one}" for one in inner]
    return dict(sorted(found.items()))


def members(public: Mapping[str, type]) -> dict[str, dict[str, list[str]]]:
    """The record of some classes and of all that they derive from."""
    known: dict[type, str] = {}  # of several names of a class the first
    for name, cls in public.items():
        known.setdefault(cls, name)
    for cls in public.values():
        for base in cls.__mro__[:-1]:
            known.setdefault(base, f"{base.__module__}.{base.__qualname__}")
    found = {name: _record(cls, known) for cls, name in known.items()}
    return dict(sorted({**{name: {"bases": [known[cls]]} for name, cls in public.items()}, **found}.items()))


def _record(cls: type, known: Mapping[type, str]) -> dict[str, list[str]]:
    bases = [base for base in cls.__bases__ if base is not object]
    names = set(vars(cls)) - COMMON
    attributes = set(_set_on_self(cls)) - names - COMMON
    behind = [base for one in bases for base in one.__mro__[:-1]]
    names -= {name for base in behind for name in vars(base)}
    attributes -= {name for base in behind for name in (*vars(base), *_set_on_self(base))}
    fixed = [name for name, value in vars(cls).items() if isinstance(value, property) and value.fset is None]
    found = {"bases": [known[base] for base in bases], "names": sorted(names), "attributes": sorted(attributes), "fixed": sorted(fixed)}
    return {key: value for key, value in found.items() if value}


def _set_on_self(cls: type) -> Iterable[str]:
    """The attributes that the methods of a class itself set on their first argument."""
    try:
        tree = ast.parse(textwrap.dedent(inspect.getsource(cls)))
    except (OSError, TypeError, SyntaxError):
        return ()
    found: list[str] = []
    for method in ast.walk(tree):
        if isinstance(method, ast.FunctionDef) and (method.args.posonlyargs or method.args.args):
            owner = "" if method.name == "__new__" else [*method.args.posonlyargs, *method.args.args][0].arg
            for node in ast.walk(method):
                found.extend(_names_set(node, owner))
    return found


def _names_set(node: ast.AST, owner: str) -> Iterable[str]:
    """``owner`` is the name of the instance; empty where any may be."""
    if isinstance(node, ast.Attribute) and isinstance(node.ctx, ast.Store) and isinstance(node.value, ast.Name) and owner in ("", node.value.id):
        yield node.attr
    if isinstance(node, ast.Call):
        name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
        position = SETTERS.get(name)
        if position is not None:
            yield from (arg.value for arg in node.args[position:position + 2] if isinstance(arg, ast.Constant) and isinstance(arg.value, str))


def text(record: Mapping[str, Any]) -> str:
    lines = (f"{json.dumps(name)}: {json.dumps({key: ' '.join(value) for key, value in found.items()})}" for name, found in record.items())
    return "{\n" + ",\n".join(lines) + "\n}\n"


if __name__ == "__main__":
    for framework in sys.argv[1:]:
        record = members(RECORDED[framework]())
        (PACKAGES / framework / "members.json").write_text(text(record), encoding="utf-8", newline="\n")
        found = modules(*MODULES[framework])
        lines = ",\n".join(f"{json.dumps(path)}: {json.dumps(' '.join(names))}" for path, names in found.items())
        (PACKAGES / framework / "modules.json").write_text(f"{{\n{lines}\n}}\n", encoding="utf-8", newline="\n")
