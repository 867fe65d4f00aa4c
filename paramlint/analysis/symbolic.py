"""Tensors that remember how they were made, for frameworks that draw a model from its inputs to its outputs.

Each call of a layer or an operation on such a tensor is a ``Step``; a graph is the steps between two sets of tensors. A size that the
framework leaves open is None where code reads it and a free name where sizes are computed.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from paramlint.analysis import data_format, operation_arguments
from paramlint.analysis.layers import to_entry
from paramlint.analysis.signatures import parameters, refused_arguments
from paramlint.analysis.tensor_ops import Clash, located, mismatch, unexpected
from paramlint.analysis.tensors import NEW_AXIS, Named, TensorValue, credit, maker_of
from paramlint.core import defects
from paramlint.core.dims import is_unsized, unsized
from paramlint.core.shapes import Shape, ShapeMismatch
from paramlint.core.tensor import Tensor
from paramlint.core.unknown import NeedsValue, Reason, Unknown, Why
from paramlint.frameworks import REGISTRY
from paramlint.interpreter.library_names import hedge, may_raise
from paramlint.interpreter.values import ABSENT, BoundMethod, ClassValue, Either, Native
from paramlint.schema.conditions import BadCall, Refused
from paramlint.schema.framework import Framework
from paramlint.schema.op import Op

if TYPE_CHECKING:
    from paramlint.analysis.overlay import Overlay
    from paramlint.interpreter.machine import Interpreter

PASSED_ON = "<passed on>"  # why it is not known what a tensor comes of: a call has given it back as it is
MADE = "<made>"  # the attribute of a symbolic tensor that the analysed code makes by itself: it is of no graph
DATA = "data"  # the fact of the class of symbolic tensors that is the class of those that stand for data
_REFUSED = frozenset({"__int__", "__index__", "__float__", "__array__"})

Args = list[Any]
Kwargs = dict[str, Any]


class Step:
    """One call while a graph is drawn. ``operation`` is a layer, or a function that runs the operation again."""

    __slots__ = ("args", "doubt", "inputs", "kwargs", "operation", "outputs")

    def __init__(self, operation: Any, args: Args, kwargs: Kwargs, doubt: Reason | None = None) -> None:
        self.operation = operation
        self.doubt = doubt
        self.args = args
        self.kwargs = kwargs
        self.inputs = tensors_in((args, kwargs))
        self.outputs: Any = None

    @property
    def unresolved(self) -> Reason | None:
        """Why the step may depend on more of the graph than its inputs, or may not be possible.

        An argument that is not known may be a tensor of the graph.
        """
        return self.doubt or unresolved((self.args, self.kwargs))


class Symbol(TensorValue):
    """A tensor of such a framework; ``step`` is the call that made it, None for one that stands for data.

    ``mask`` says which steps of a sequence count: a tensor, None, or an Unknown.
    """

    __slots__ = ("framework", "mask", "step")

    def __init__(self, tensor: Tensor, framework: Framework, step: Step | None = None) -> None:
        super().__init__(tensor)
        self.framework = framework
        self.step = step
        self.mask: Any = None

    def type_name(self) -> str:
        return self.framework.tensor[0].rpartition(".")[2]

    def deep_copy(self, it: Interpreter, memo: dict[int, Any]) -> Symbol:
        return self

    def get(self, it: Interpreter, name: str) -> Any:
        return _attribute(it, self, name)

    def unary(self, it: Interpreter, op: str) -> Any:
        if op == "+" and self.step is not None:
            it.throw("TypeError", f"bad operand type for unary +: '{self.type_name()}'")
        return operator(it, self.framework, f"unary {op}", [self])

    def binary(self, it: Interpreter, op: str, other: Any, reflected: bool) -> Any:
        return operator(it, self.framework, op, [other, self] if reflected else [self, other])

    def compare(self, it: Interpreter, op: str, other: Any) -> Any:
        if op == "==" and self.step is not None:  # a tensor of a graph equals itself alone
            return other if isinstance(other, Unknown) else self is other
        if op in ("==", "!=") and not isinstance(other, TensorValue | int | float | Unknown):
            return op == "!="
        return operator(it, self.framework, op, [self, other])

    def length(self, it: Interpreter) -> Any:
        if self.step is not None:
            it.throw("TypeError", f"object of type '{self.type_name()}' has no len()")
        return super().length(it)

    def truth(self, it: Interpreter) -> Any:
        if self.step is not None:
            it.throw("TypeError", f"A symbolic {self.type_name()} cannot be used as a boolean.")
        return super().truth(it)

    def item(self, it: Interpreter, index: Any) -> Any:
        return operator(it, self.framework, "[]", [self, index])

    def set(self, it: Interpreter, name: str, value: Any) -> Any:
        it.write(self.state)
        self.state[name] = value
        return None

    def iterate(self, it: Interpreter) -> Any:
        shape = self.tensor.shape
        if isinstance(shape, Unknown):
            return shape
        if self.step is not None:
            it.throw("NotImplementedError", f"Iterating over a symbolic {self.type_name()} is not supported.")
        if not shape:
            return it.throw("TypeError", "iteration over a 0-d tensor")
        if not isinstance(shape[0], int):
            return it.unknown(Why.INPUT, f"the length of a tensor of shape {shape.text}")
        if shape[0] > it.limits.items:
            it.limit(f"a tensor of {shape[0]:,} rows")
        return iter([operator(it, self.framework, "[]", [self, index]) for index in range(shape[0])])

    def class_of(self, it: Interpreter) -> ClassValue | None:
        found = overlay_of(it).lookup(self.framework.tensor[0])
        if not isinstance(found, ClassValue):
            return None
        return found if self.step is not None or MADE in self.state else found.facts[DATA]


def overlay_of(it: Interpreter) -> Overlay:
    from paramlint.analysis.overlay import Overlay

    assert isinstance(it.library, Overlay)
    return it.library


# Structures ---------------------------------------------------------------------------------------------------------------


_SEQUENCES = (list, tuple)


def leaves(value: Any) -> list[Any]:
    """What stands in nested lists, tuples and dicts, in order; of a dict in that of its keys."""
    found: list[Any] = []
    _collect(value, found)
    return found


def _collect(value: Any, found: list[Any]) -> None:
    if isinstance(value, _SEQUENCES):
        for item in value:
            if item.__class__ is Symbol:
                found.append(item)
            else:
                _collect(item, found)
    elif isinstance(value, dict):
        for key in sorted(value) if all(isinstance(key, str) for key in value) else value:
            _collect(value[key], found)
    else:
        found.append(value)


def tensors_in(value: Any) -> list[Symbol]:
    if value.__class__ is Symbol:
        return [value]
    return [item for item in leaves(value) if isinstance(item, Symbol)]


def without_step(leaf: Any) -> Any:
    """A tensor as the code of a layer sees it, which is run outside of the graph; anything else as it is."""
    return credit(Symbol(leaf.tensor, leaf.framework), leaf.maker) if isinstance(leaf, Symbol) and leaf.step is not None else leaf


def unresolved(value: Any) -> Reason | None:
    """The reason of the first value among nested ones that is not known and may be a tensor."""
    return next((item.reason for item in leaves(value) if isinstance(item, Unknown | Either) and _may_be_tensor(item)), None)


def _may_be_tensor(value: Unknown | Either) -> bool:
    if isinstance(value, Either):
        return any(isinstance(one, TensorValue) or (isinstance(one, Unknown) and not one.data) for one in leaves(value.alternatives))
    return not value.data


def mapped(value: Any, change: Callable[[Any], Any]) -> Any:
    """The same structure with each leaf changed."""
    if isinstance(value, Shape):
        return change(value)
    if isinstance(value, list):
        return [mapped(item, change) for item in value]
    if type(value) is tuple:
        return tuple(mapped(item, change) for item in value)
    if isinstance(value, dict):
        return {key: mapped(item, change) for key, item in value.items()}
    return change(value)


def written(shape: Any) -> Any:
    """A shape as the framework shows it: None where it leaves a size open."""
    return shape if isinstance(shape, Unknown) else tuple(None if is_unsized(size) else size for size in shape)


# Drawing ------------------------------------------------------------------------------------------------------------------


def _open(tensor: Tensor) -> Tensor:
    """A tensor as a graph has it: what is computed from an open size is open, and nothing more is known of it."""
    shape = tensor.shape
    if isinstance(shape, Unknown) or not any(is_unsized(size) and not size.is_name for size in shape):
        return tensor
    made = (unsized(f"{axis}'") if is_unsized(size) and not size.is_name else size for axis, size in enumerate(shape))
    return Tensor(Shape(made), tensor.dtype)


def draw(framework: Framework, step: Step, result: Any) -> Any:
    """The tensors that a step gives: fresh ones that remember it. Shapes, Tensors and tensors of the analysed code may be given."""

    def fresh(leaf: Any) -> Any:
        if isinstance(leaf, TensorValue):
            return credit(Symbol(_open(leaf.tensor), framework, step), leaf.maker)
        if isinstance(leaf, Tensor):
            return Symbol(_open(leaf), framework, step)
        return Symbol(_open(Tensor(leaf)), framework, step) if isinstance(leaf, Shape | Unknown) else leaf

    step.outputs = mapped(result, fresh)
    return step.outputs


def passed_on(it: Interpreter, given: list[Symbol], result: Any, what: str) -> Any:
    """What a call gives, not known where it gives a tensor of the graph back as it is: from then on that tensor comes of this call."""
    same = {id(symbol) for symbol in given if symbol.step is not None} & set(map(id, tensors_in(result)))
    if not same:
        return result
    reason = it.unknown_reason(f"a graph in which {what} gives back the tensor that it is called on")
    for symbol in given:
        if id(symbol) in same:
            symbol.set(it, PASSED_ON, reason)
    return mapped(result, lambda leaf: Unknown(reason) if id(leaf) in same else leaf)


def function(overlay: Overlay, framework: Framework, name: str, entry: type[Op]) -> Native:
    """A function that stands for an operation."""

    def run(it: Interpreter, args: Args, kwargs: Kwargs) -> Any:
        if entry.LAYER is not None and args:
            return it.call(it.call(overlay.lookup(entry.LAYER.NAMES[0]), args[1:], kwargs), args[:1])
        _name_drawn(overlay, framework, name, args, kwargs)
        return apply(overlay, it, framework, entry, args, kwargs, name)

    return Native(name.rpartition(".")[2], run)


def _name_drawn(overlay: Overlay, framework: Framework, name: str, args: Args, kwargs: Kwargs) -> None:
    """An operation of a graph takes one of the names that layers without a name are given, too: ``add``, then ``add_1``."""
    if any(symbol.step is not None for symbol in tensors_in((args, kwargs))):
        drawn = framework.operation_names.get(name, name.rpartition(".")[2])
        if drawn:
            overlay.fresh_name(drawn)


def apply(overlay: Overlay, it: Interpreter, framework: Framework, entry: type[Op], args: Args, kwargs: Kwargs, name: str = "") -> Any:
    """Run an operation. What it refuses is an error in the analysed code; what it cannot know is an Unknown."""
    for at, value in enumerate(args):
        if isinstance(value, Either):
            before, after = args[:at], args[at + 1:]
            return it.each(value, lambda one: apply(overlay, it, framework, entry, [*before, one, *after], kwargs, name))
    result = _applied(overlay, it, framework, entry, args, kwargs, name)
    if overlay.trace is not None and entry.NAMES:
        overlay.trace.ran(it, entry, entry.NAMES[0], args, kwargs, result)
    return result


def _applied(overlay: Overlay, it: Interpreter, framework: Framework, entry: type[Op], args: Args, kwargs: Kwargs, name: str) -> Any:
    refused = refused_arguments(framework, name, len(args), kwargs)
    if refused:
        it.throw("TypeError", refused)
    odd = operation_arguments.doubted(it, framework, name, args, kwargs)
    if overlay.data_formats:
        kwargs = data_format.filled(overlay, it, entry.signature(), len(args), kwargs)
    given = [_argument(overlay, it, value) for value in args]
    op: Op | None = None
    drawn = any(symbol.step is not None for symbol in tensors_in((args, kwargs)))
    if it.dropped is not None and odd is None and not drawn:
        operation_arguments.may_refuse(it, framework, name, (*args, *kwargs.values()))
    try:
        if odd is not None:
            raise NeedsValue(odd)
        op = entry.build(given, {name: _argument(overlay, it, value) for name, value in kwargs.items()})
        op.drawn = drawn
        result = op.outcome()
    except NeedsValue as error:
        result = Tensor(located(it, error.unknown))
    except Refused as error:
        if not isinstance(error, BadCall) or not parameters(framework, name):
            kind = framework.errors.of_operation(error) if drawn or isinstance(error, BadCall) else error.error  # of data, it is the backend's
            raise it.library_error(kind, f"{entry.__name__}: {error.message}") from None
        hedge(it, f"`{name}` takes such arguments")  # the function does, its entry does not
        result = Tensor(it.unknown(Why.UNSUPPORTED, error.message))
    except ShapeMismatch as error:
        inputs = {str(at): symbol.tensor.shape for at, symbol in enumerate(tensors_in((args, kwargs)))}
        clash = Clash(None, None, entry.NAMES[0] if entry.NAMES else entry.__name__, inputs, args, it.site())
        kind = error.error or entry.RAISES or (framework.errors.of(error) if drawn else "")
        raise mismatch(it, kind, entry.__name__, error, clash) from None
    except defects.ERRORS as error:  # an argument of a kind that the entry does not expect is no error of the analysed code
        result = Tensor(unexpected(it, entry.__name__, given, error))
    if overlay.calls is not None:
        from paramlint.analysis.layer_calls import note_operation

        note_operation(overlay, it, op, result, entry, entry.NAMES[0] if entry.NAMES else "")
    if not any(isinstance(leaf, Tensor) for leaf in leaves(result)):
        return it.made(result) if isinstance(result, list) else result
    given = tensors_in((args, kwargs))
    doubt = None
    if framework.outside_of_graphs and name.startswith(framework.outside_of_graphs) and any(symbol.step is not None for symbol in given):
        doubt = it.unknown_reason(f"`{name}` is called on a tensor of a graph, which not every version of {framework.name} allows")
    same = next((symbol for symbol in given if symbol.tensor is result), None) if doubt is None else None
    if same is not None:
        return same
    maker = maker_of(given)
    if not any(symbol.step is not None for symbol in given) and unresolved((args, kwargs)) is None:
        return mapped(result, lambda leaf: credit(Symbol(leaf, framework), maker) if isinstance(leaf, Tensor) else leaf)
    again = Native(entry.__name__, lambda it, args, kwargs: apply(overlay, it, framework, entry, args, kwargs, name))
    made = credit(draw(framework, Step(again, args, kwargs, doubt), result), maker)
    return it.made(made) if isinstance(made, list) else made


def _argument(overlay: Overlay, it: Interpreter, value: Any) -> Any:
    if isinstance(value, Named):
        last = value.name.rpartition(".")[2]
        return None if last == NEW_AXIS else last
    if isinstance(value, dict):
        return {key: _argument(overlay, it, item) for key, item in value.items()}
    return to_entry(overlay, it, value)


def operator(it: Interpreter, framework: Framework, op: str, operands: Args) -> Any:
    if isinstance(operands[-1], Either):
        return it.each(operands[-1], lambda item: operator(it, framework, op, [*operands[:-1], item]))
    entry = REGISTRY.find(framework.operators.get(op, ""))
    if entry is None or not issubclass(entry, Op):
        return draw(framework, Step(None, operands, {}), Tensor(it.unknown(Why.UNSUPPORTED, f"the operator `{op}` on a tensor")))
    _name_drawn(overlay_of(it), framework, framework.operators[op], operands, {})
    return apply(overlay_of(it), it, framework, entry, operands, {})


# Attributes ---------------------------------------------------------------------------------------------------------------


def _attribute(it: Interpreter, value: Symbol, name: str) -> Any:
    if name in value.state:
        return value.state[name]
    shape = value.tensor.shape
    if name == "shape":  # which backends show data with open sizes, and how, differs
        return written(shape) if value.step is not None or MADE in value.state or isinstance(shape, Unknown) else tuple(shape)
    if name in _REFUSED and value.step is not None:
        return Native(name, lambda it, args, kwargs: it.library_throw("ValueError", "a symbolic tensor has no numerical value"))
    if name in ("ndim", "rank"):
        return shape if isinstance(shape, Unknown) else len(shape)
    if name == "dtype":
        known = MADE in value.state or (value.step is not None and not value.step.args)  # of an input; what layers give follows from their policies
        return value.tensor.dtype if known and not overlay_of(it).policies else it.outside("the type of what a layer or an operation gives")
    if name == "name":
        return it.outside("the name of a tensor without a name")
    if name == "_keras_mask":
        return ABSENT if value.mask is None else value.mask
    if name in ("_keras_shape", "_shape_val"):
        return written(shape)
    if name == "_keras_history":
        return ABSENT if value.step is None else (value.step.operation, 0, 0)
    if name == "numpy" and value.step is not None:
        return it.unknown(Why.UNSUPPORTED, "`numpy` of a tensor of a graph, which not every version has")
    if name in ("get_shape", "set_shape", "numpy"):
        return Native(name, lambda it, args, kwargs: _method(it, value, name, args))
    framework = value.framework
    found = REGISTRY.find(f"{framework.tensor[0]}.{name}")
    if found is not None and issubclass(found, Op):
        return BoundMethod(Native(name, lambda it, args, kwargs: apply(overlay_of(it), it, framework, found, args, kwargs)), value)
    if not name.startswith("__"):
        if value.step is not None and not REGISTRY.members(framework).has(framework.tensor[0], name, on_instance=True):
            may_raise(it, "AttributeError", f"a `{value.type_name()}` has an attribute `{name}`")
        return it.unknown(Why.UNSUPPORTED, f"`{name}` of a tensor is not modelled")
    return NotImplemented


def _method(it: Interpreter, value: Symbol, name: str, args: Args) -> Any:
    if name == "get_shape":
        shape, cls = written(value.tensor.shape), it.library.lookup("tensorflow.TensorShape")
        return it.instance(cls, payload=shape) if isinstance(cls, ClassValue) and not isinstance(shape, Unknown) else shape
    if name == "set_shape":
        return None
    return it.unknown(Why.INPUT, "the contents of a tensor")
