"""Functions that work on the graph itself: inputs, variables, questions about tensors."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from paramlint.analysis import cloning, data_format, dtype_policy, graph, lazy_state, variables
from paramlint.analysis.layers import error_of, to_entry
from paramlint.analysis.symbolic import DATA, MADE, Args, Kwargs, Symbol
from paramlint.core import defects
from paramlint.core.shapes import Shape
from paramlint.core.tensor import Tensor
from paramlint.core.unknown import NeedsValue, Reason, Unknown, Why
from paramlint.frameworks import REGISTRY
from paramlint.interpreter.values import ABSENT, ClassValue, Either, Instance, Native
from paramlint.schema.conditions import Refused
from paramlint.schema.framework import Framework
from paramlint.schema.op import Op

if TYPE_CHECKING:
    from paramlint.analysis.overlay import Overlay
    from paramlint.interpreter.machine import Interpreter


def make(overlay: Overlay, framework: Framework, name: str, role: str) -> Any:
    """The value behind a name with this role in the framework's record."""
    if role == "tensor class":
        return _tensor_class(overlay, name)
    if role == variables.VARIABLE:
        return variables.variable_class(overlay, framework, name)
    if role == "shape class":
        return _shape_class(overlay)
    code = _ROLES[role]
    return Native(name.rpartition(".")[2], lambda it, args, kwargs: code(overlay, framework, it, args, kwargs))


def _shape_class(overlay: Overlay) -> ClassValue:
    it = overlay.it
    cls = ClassValue("TensorShape", (it.classes["tuple"],), {}, module="tensorflow")

    def native(name: str, code: Callable[[Any], Any]) -> None:
        cls.attrs[name] = Native(name, lambda it, args, kwargs: code(args[0].payload), binds=True)

    native("as_list", list)
    native("is_fully_defined", lambda sizes: None not in sizes)
    native("num_elements", lambda sizes: None if None in sizes else Shape(sizes).numel)
    cls.make = lambda it, args, kwargs: it.instance(args[0], payload=tuple(it.elements(args[1])))
    return cls


def _tensor_class(overlay: Overlay, name: str) -> ClassValue:
    """The class of these tensors. One that the analysed code makes is of no graph."""
    cls = ClassValue(name.rpartition(".")[2], (overlay.it.classes["object"],), {}, module=name.rpartition(".")[0])
    framework = REGISTRY.framework_of(name)
    data = cls.facts[DATA] = ClassValue("Tensor", (overlay.it.classes["object"],), {}, module="")
    data.facts["unknown_base"] = Reason(Why.UNSUPPORTED, "the class of tensors, which is the backend's")
    cls.facts["instance_check"] = lambda it, value: False

    def make(it: Interpreter, args: Args, kwargs: Kwargs) -> Any:
        shape = lazy_state.opened(args[1] if len(args) > 1 else kwargs.get("shape"))
        dtype = args[2] if len(args) > 2 else kwargs.get("dtype", "float32")
        found = shape if isinstance(shape, Shape | Unknown) else it.unknown(Why.UNSUPPORTED, "a tensor of such a shape")
        assert framework is not None
        symbol = Symbol(Tensor(found, dtype if isinstance(dtype, str) else "float32"), framework)
        symbol.state[MADE] = True
        return symbol

    cls.make = make
    return cls


def _input(overlay: Overlay, framework: Framework, it: Interpreter, args: Args, kwargs: Kwargs) -> Any:
    """A tensor that begins a graph; one that is made from another tensor is that tensor."""
    entry = REGISTRY.find(framework.input_entry)
    assert entry is not None and issubclass(entry, Op)
    source = kwargs.get("tensor")
    if isinstance(source, Symbol):
        return source
    try:
        op = entry.build([to_entry(overlay, it, value) for value in args], {k: to_entry(overlay, it, v) for k, v in kwargs.items()})
        tensor = op.result()
    except NeedsValue as error:
        tensor = Tensor(error.unknown)
    except Refused as error:
        raise it.library_error(error_of(framework.input_entry, error), f"Input: {error.message}") from None
    except defects.ERRORS as error:
        tensor = Tensor(it.unknown(Why.UNSUPPORTED, f"an input of such a shape ({defects.noted(error)})"))
    return graph.new_input(overlay, it, framework, tensor, None, kwargs.get("name"))


def _is_tensor(overlay: Overlay, framework: Framework, it: Interpreter, args: Args, kwargs: Kwargs) -> Any:
    value = args[0] if args else next(iter(kwargs.values()), None)
    if isinstance(value, Unknown):
        return value
    return isinstance(value, Symbol) and value.step is not None


def _sources(overlay: Overlay, framework: Framework, it: Interpreter, args: Args, kwargs: Kwargs) -> Any:
    tensor = args[0] if args else kwargs.get("tensor")
    if not isinstance(tensor, Symbol):
        return tensor
    found: dict[int, Symbol] = {}
    stack, seen = [tensor], {id(tensor)}
    while stack:
        it.step()
        one = stack.pop()
        inputs = one.step.inputs if one.step is not None else []
        if not inputs:
            found[id(one)] = one
        for source in reversed(inputs):
            if id(source) not in seen:
                seen.add(id(source))
                stack.append(source)
    return list(found.values())


def _activation(overlay: Overlay, framework: Framework, it: Interpreter, args: Args, kwargs: Kwargs) -> Any:
    """An activation function by its name; no name is the identity."""
    wanted = args[0] if args else next(iter(kwargs.values()), None)
    if wanted is None or isinstance(wanted, str):
        found = overlay.lookup(f"{framework.activations}.{wanted or 'linear'}")
        return found if isinstance(found, Native) else it.library_throw("ValueError", f"there is no activation {wanted!r}")
    return wanted


def _is_module(overlay: Overlay, framework: Framework, it: Interpreter, args: Args, kwargs: Kwargs) -> Any:
    return isinstance(args[0], Instance) and overlay.is_module(args[0])


_BACKENDS = ("tensorflow", "jax", "torch", "numpy", "openvino")


def _backend(overlay: Overlay, framework: Framework, it: Interpreter, args: Args, kwargs: Kwargs) -> Any:
    return Either(_BACKENDS, it.unknown_reason(f"the backend of {framework.name}, which the environment says", Why.EFFECT))


def _clear(overlay: Overlay, framework: Framework, it: Interpreter, args: Args, kwargs: Kwargs) -> None:
    """The numbers in names that the framework gives begin anew."""
    overlay.clear_names()


_EPSILON = 1e-7


def _set_epsilon(overlay: Overlay, framework: Framework, it: Interpreter, args: Args, kwargs: Kwargs) -> None:
    """The small number that keeps divisions safe is another from now on."""
    overlay.settle("epsilon", it.unknown(Why.UNSUPPORTED, "the small number for divisions, which the code sets"))


def _epsilon(overlay: Overlay, framework: Framework, it: Interpreter, args: Args, kwargs: Kwargs) -> Any:
    return _EPSILON if overlay.epsilon is None else overlay.epsilon


_ROLES = {"input": _input, "is tensor": _is_tensor, "sources": _sources, "clone": cloning.clone_model, "set data format": data_format.set_default,
          "data format": lambda overlay, framework, it, args, kwargs: data_format.default(overlay, it), "is layer": _is_module,
          "activation": _activation, "clear names": _clear, "backend": _backend, "floatx": dtype_policy.floatx,
          "set types": dtype_policy.set_default, "epsilon": _epsilon, "set epsilon": _set_epsilon}

__all__ = ["ABSENT", "make"]
