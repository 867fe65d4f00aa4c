"""Variables of frameworks that build on call: their attributes, and the operators on them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from paramlint.analysis import symbolic
from paramlint.analysis.layers import error_of, to_entry
from paramlint.analysis.symbolic import Args, Kwargs, Symbol
from paramlint.analysis.tensors import TensorValue
from paramlint.core.shapes import Shape, differs
from paramlint.core.tensor import Tensor
from paramlint.core.unknown import NeedsValue, Unknown, UnknownArray, Why
from paramlint.frameworks import REGISTRY
from paramlint.interpreter.library_names import may_raise
from paramlint.interpreter.unmodelled import unmodelled
from paramlint.interpreter.values import ABSENT, BoundMethod, ClassValue, Either, Native
from paramlint.schema.conditions import BadCall, Refused
from paramlint.schema.framework import Framework
from paramlint.schema.op import Op

if TYPE_CHECKING:
    from paramlint.analysis.overlay import Overlay
    from paramlint.interpreter.machine import Interpreter

VARIABLE = "variable"
_TRAINED = "trainable"


class Variable(TensorValue):
    """A variable; its contents are not followed."""

    __slots__ = ("framework",)

    def __init__(self, tensor: Tensor, framework: Framework, **options: Any) -> None:
        super().__init__(tensor, kind=_class_name(framework), **options)
        self.framework = framework

    def type_name(self) -> str:
        return self.kind.rpartition(".")[2]

    def deep_copy(self, it: Interpreter, memo: dict[int, Any]) -> TensorValue:
        return self._like(super().deep_copy(it, memo))

    def again(self, it: Interpreter, memo: dict[int, Any]) -> Any:
        made = super().again(it, memo)
        return made if made is NotImplemented else self._like(made)

    def _like(self, other: TensorValue) -> Variable:
        made = Variable(other.tensor, self.framework, parameter=self.is_parameter, maybe=self.maybe)
        made.state, made.is_buffer, made.memory = other.state, self.is_buffer, other.memory
        return made

    def get(self, it: Interpreter, name: str) -> Any:
        return _attribute(it, self, name)

    def set(self, it: Interpreter, name: str, value: Any) -> Any:
        it.write(self.state)
        if name in (_TRAINED, f"_{_TRAINED}"):
            name, value = "requires_grad", it.truth(value)
        self.state[name] = value
        return None

    def unary(self, it: Interpreter, op: str) -> Any:
        return symbolic.operator(it, self.framework, f"unary {op}", [self])

    def binary(self, it: Interpreter, op: str, other: Any, reflected: bool) -> Any:
        return symbolic.operator(it, self.framework, op, [other, self] if reflected else [self, other])

    def in_place(self, it: Interpreter, op: str, other: Any) -> Any:
        return NotImplemented

    def compare(self, it: Interpreter, op: str, other: Any) -> Any:
        if op in ("==", "!=") and not isinstance(other, TensorValue | int | float | Unknown | Either):
            return op == "!="
        return symbolic.operator(it, self.framework, op, [self, other])

    def item(self, it: Interpreter, index: Any) -> Any:
        return symbolic.operator(it, self.framework, "[]", [self, index])

    def iterate(self, it: Interpreter) -> Any:
        return Symbol(self.tensor, self.framework).iterate(it)

    def truth(self, it: Interpreter) -> Any:
        return it.throw("TypeError", "A Keras Variable cannot be used as a boolean.")

    def class_of(self, it: Interpreter) -> ClassValue | None:
        found = symbolic.overlay_of(it).lookup(self.kind)
        return found if isinstance(found, ClassValue) else None


def _class_name(framework: Framework) -> str:
    return next(name for name, role in framework.graph_names.items() if role == VARIABLE)


def _attribute(it: Interpreter, value: Variable, name: str) -> Any:
    if name in (_TRAINED, f"_{_TRAINED}"):
        return value.state.get("requires_grad", True)
    if name in value.state:
        return value.state[name]
    shape = value.tensor.shape
    if name == "shape":
        return shape if isinstance(shape, Unknown) else tuple(shape)
    if name == "ndim":
        return shape if isinstance(shape, Unknown) else len(shape)
    if name == "dtype":
        dtype = value.tensor.dtype
        return it.unknown(Why.UNSUPPORTED, "the type of a weight whose layer has a dtype policy") if dtype == "unknown" else dtype
    if name == "value":
        return Symbol(value.tensor, value.framework)
    if name == "numpy":
        return Native(name, lambda it, args, kwargs: array_of(it, value))
    if name in ("assign", "assign_add", "assign_sub"):
        return Native(name, lambda it, args, kwargs: assign(it, value, args[0] if args else kwargs.get("value")))
    if name in ("regularizer", "constraint"):
        return None
    cls = value.class_of(it)
    if cls is not None and cls.attrs.get(name, ABSENT) is not ABSENT:
        return BoundMethod(cls.attrs[name], value)
    found = unmodelled(cls, name) if cls is not None else ABSENT
    return NotImplemented if found is ABSENT or name.startswith("__") else found


def assign(it: Interpreter, variable: Variable, value: Any) -> Any:
    """``variable.assign(value)``: another shape is an error; a number fits a variable without axes alone."""
    given = to_entry(symbolic.overlay_of(it), it, value)
    shape: Any = given.shape if isinstance(given, Tensor) else () if isinstance(given, bool | int | float) else None
    if isinstance(value, UnknownArray):
        shape = value.sizes
    elif isinstance(value, Unknown | Either):
        may_raise(it, "ValueError", "a value fits a variable")
    own = variable.tensor.shape
    if shape is not None and isinstance(own, Shape) and not isinstance(shape, Unknown):
        if len(shape) != len(own) or any(map(differs, shape, own)):
            it.library_throw("ValueError", f"a value of shape {Shape(shape).text} is assigned to a variable of shape {own.text}")
    return Symbol(variable.tensor, variable.framework)


def array_of(it: Interpreter, variable: TensorValue) -> Unknown:
    """The contents of a variable as an array: of known sizes at best."""
    reason, shape = it.unknown_reason("the contents of a variable", Why.INPUT), variable.tensor.shape
    if isinstance(shape, Shape) and all(isinstance(size, int) for size in shape):
        return UnknownArray(reason, tuple(shape), variable.tensor.dtype)
    return Unknown(reason, data=True)


def variable_class(overlay: Overlay, framework: Framework, name: str) -> ClassValue:
    """The class of variables."""
    cls = ClassValue(name.rpartition(".")[2], (overlay.it.classes["object"],), {}, module=name.rpartition(".")[0])
    cls.make = lambda it, args, kwargs: make(overlay, framework, it, args[1:], kwargs)
    return cls


def make(overlay: Overlay, framework: Framework, it: Interpreter, args: Args, kwargs: Kwargs) -> Any:
    """A variable of its own: its shape is given, or that of the value it starts from."""
    renamed = {"initializer" if key == "initial_value" else key: value for key, value in kwargs.items()}
    tensor, op = described(overlay, it, f"{_class_name(framework)}.__new__", args, renamed)
    return made(it, framework, tensor, getattr(op, _TRAINED, True))


def made(it: Interpreter, framework: Framework, tensor: Tensor, trainable: Any, *, trained: Any = True) -> Variable:
    """A new variable; ``trained`` says whether its layer is trained."""
    value = Variable(tensor, framework, parameter=True)
    it.made(value.state)
    own = True if trainable is None else trainable if isinstance(trainable, Unknown | Either) else it.truth(trainable)
    value.state["trains"] = own
    value.state["requires_grad"] = own if trained is True or own is False else trained
    return value


def described(overlay: Overlay, it: Interpreter, name: str, args: Args, kwargs: Kwargs) -> tuple[Tensor, Op | None]:
    """Shape and type of a variable that an operation makes of these arguments; what it refuses is raised in the analysed code."""
    entry = REGISTRY.find(name)
    assert entry is not None and issubclass(entry, Op)
    try:
        op = entry.build([to_entry(overlay, it, value) for value in args], {k: to_entry(overlay, it, v) for k, v in kwargs.items()})
        found = op.result()
        return found if isinstance(found, Tensor) else Tensor(Shape(())), op
    except NeedsValue as error:
        return Tensor(error.unknown), None
    except Refused as error:
        kind = "TypeError" if isinstance(error, BadCall) else error_of(name, error)
        raise it.library_error(kind, f"{entry.__name__}: {error.message}") from None
