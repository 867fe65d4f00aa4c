"""Operations on tensors: from the names and operators of the analysed code to the frameworks' entries."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any, NamedTuple

from msgspec.structs import replace

from paramlint.analysis import contents, conversions, devices, gradients, laid_out, overloads, same_tensor
from paramlint.analysis.layers import error_of, made_weight, to_entry
from paramlint.analysis.numbers import Numbers
from paramlint.analysis.tensors import NEW_AXIS, UNCLEAR, Memory, Named, TensorValue, credit, maker_of
from paramlint.analysis.ways import Step, trail
from paramlint.core import defects
from paramlint.core.dims import Formula
from paramlint.core.shapes import MOST_AXES, Shape, ShapeMismatch, differs
from paramlint.core.tensor import Results, Tensor
from paramlint.core.unknown import NeedsValue, Reason, Row, Unknown, Why
from paramlint.frameworks import REGISTRY
from paramlint.interpreter.escape import callbacks
from paramlint.interpreter.fixed_width import FIXED, plain
from paramlint.interpreter.library_names import hedge, may_raise
from paramlint.interpreter.library_values import LibraryModule
from paramlint.interpreter.signals import Raised
from paramlint.interpreter.values import BoundMethod, Either, FunctionValue, Instance, Native
from paramlint.schema.conditions import Refused
from paramlint.schema.framework import Errors
from paramlint.schema.op import Op
from paramlint.schema.weights import Weight

if TYPE_CHECKING:
    from paramlint.analysis.overlay import Overlay
    from paramlint.interpreter.machine import Interpreter

_CHANGING = frozenset(f"__i{name}__" for name in (
    "add", "sub", "mul", "truediv", "floordiv", "mod", "pow", "matmul", "and", "or", "xor", "lshift", "rshift"))
_FUNCTIONS = frozenset({FunctionValue, BoundMethod})
_SIZED = frozenset(f"torch.{last}" for last in ("ones", "zeros", "empty", "rand", "randn", "full"))
_READING = frozenset({"item", "tolist", "numpy", "cpu", "nonzero", "__index__", "to"})  # what needs the contents of a tensor
_MOVING = frozenset({"torch.Tensor.to", "torch.Tensor.cuda", "torch.Tensor.xpu", "torch.Tensor.npu"})


def function(overlay: Overlay, name: str, entry: type[Op]) -> Native:
    """A function that stands for an operation."""
    return Native(name, lambda it, args, kwargs: apply(overlay, it, name, entry, args, kwargs), binds=".Tensor." in name)


# Running an operation -----------------------------------------------------------------------------------------------------


def apply(overlay: Overlay, it: Interpreter, name: str, entry: type[Op], args: list[Any], kwargs: dict[str, Any]) -> Any:
    """Run an operation. What it refuses is an error in the analysed code; what it cannot know is an Unknown."""
    for at, value in enumerate(args):
        if value.__class__ is Either:
            def way(one: Any, at: int = at) -> Any:
                return apply(overlay, it, name, entry, [*args[:at], one, *args[at + 1:]], kwargs)
            return it.each(value, way)
        if value.__class__ in _FUNCTIONS:
            callbacks(it, args, f"`{name}` may call what it is given")
    result = _applied(overlay, it, name, entry, args, kwargs)
    if "requires_grad" in kwargs and isinstance(result, TensorValue) and not result.is_parameter:
        it.write(result.state)
        result.state["requires_grad"] = kwargs["requires_grad"]
    if overlay.trace is not None:
        overlay.trace.ran(it, entry, name, args, kwargs, result)
    return result


_STEPS = 8  # that an operation takes
_FEW, _NUMBER = 16, 40  # numbers that these account for, and bytes of one


def _applied(overlay: Overlay, it: Interpreter, name: str, entry: type[Op], args: list[Any], kwargs: dict[str, Any]) -> Any:
    it.charge(_STEPS if overlay.trace is None else 2 * _STEPS)
    overloads.require(it, REGISTRY.framework_of(name), name, args, kwargs)
    if "device" in kwargs or name in _MOVING:
        devices.note(overlay, name.rpartition(".")[2], args[1:], kwargs)
        framework = REGISTRY.framework_of(name)
        if name in _MOVING:
            conversions.require(it, framework, name.rpartition(".")[2], args[1:], kwargs, module=False)
        elif framework is not None and kwargs["device"] is not None:
            devices.require(it, kwargs["device"], framework.device_types)
    if "dtype" in kwargs:
        conversions.require_dtype(it, REGISTRY.framework_of(name), kwargs["dtype"])
    if "memory_format" in kwargs:
        conversions.require_format(it, REGISTRY.framework_of(name), kwargs["memory_format"])
    if str in map(type, args) or str in map(type, kwargs.values()):
        conversions.doubt_texts(it, REGISTRY.framework_of(name), entry, name, args, kwargs)
    if args and isinstance(args[0], Numbers) and args[0].tensor.shape and name in _SIZED:
        it.library_throw("TypeError", "an array is no size")
    if name == "torch.Tensor.type":
        conversions.require_type(it, [*args[1:], *kwargs.values()], module=False)
    if overlay.hollow:
        reads = name.rpartition(".")[2] in _READING
        devices.together(overlay, it, name, (*args, *kwargs.values()), 1 if reads else 2, reads=reads)
    given = [argument(overlay, it, value) for value in args]
    options = {key: argument(overlay, it, value) for key, value in kwargs.items() if key != "out"}
    if isinstance(kwargs.get("out"), int | float | str | list | dict):
        raise it.library_error("TypeError", "`out` must be a tensor")
    changes = _changes(name)
    if it.dropped is not None and not _is_checked(name, (*args, *kwargs.values())):
        may_raise(it, "", f"`{name}` takes such types and numbers")
    op, result = _run(it, entry, given, options, name, [*args, *kwargs.values()])
    _charge_contents(it, result)
    if op is not None and entry.unsure is not Op.unsure and overlay.probe is None:
        _hedge(it, op.unsure())
    contents.check(overlay, it, REGISTRY.framework_of(name), name, args, kwargs)
    if overlay.calls is not None:
        from paramlint.analysis.layer_calls import note_operation

        note_operation(overlay, it, op, result, entry, name)
    if entry.SHARES and args and isinstance(args[0], TensorValue):
        result = _bounded(args[0].tensor, result)
    if changes and args and isinstance(args[0], TensorValue):
        gradients.change(overlay, it, args[0], name.rpartition(".")[2])
        overlay.recording.absorb(it, args[0], (*args[1:], *kwargs.values()))
        if args[0].lies is not None and not entry.RESHAPES:
            lay(overlay, it, entry, name, args, kwargs, args[0], changes=True)
        return _changed(it, args[0], entry, result, name) if result is not None else args[0].forget(it)
    if entry.OUTPUT and isinstance(result, Tensor):
        output = args[1] if len(args) > 1 else kwargs.get(entry.OUTPUT)
        if isinstance(output, TensorValue):
            output.become(it, Tensor(result.shape, result.dtype))
            output.forget(it)
            return output
    made = wrapped(overlay, it, result, kind_among(args) or _kind(name), _memory(args) if entry.SHARES else ())
    lay(overlay, it, entry, name, args, kwargs, made)
    gradients.record(overlay, it, name, (*args, *kwargs.values()), made)
    if entry.SHARES and args:
        gradients.look(overlay, it, name, args[0], made)
    if isinstance(made, TensorValue):
        if kwargs.get("requires_grad") is True and ".Tensor." not in name:
            gradients.set_required(it, made, True, method=False)
        made = same_tensor.kept(overlay, it, REGISTRY.framework_of(name), name, args, kwargs, made)
    maker = maker_of(args, it.rows)
    return made if maker is None or made is args[0] else credit(made, maker)


def lay(overlay: Overlay, it: Interpreter, entry: Any, name: str, args: list[Any], kwargs: dict[str, Any], made: Any, *,
        changes: bool = False) -> None:
    """Keep how the result lies in memory. Raises in the analysed code where the framework refuses tensors that do not lie as it needs."""
    try:
        unsure = laid_out.note(overlay, entry, name, args, kwargs, made, changes=changes)
    except ShapeMismatch as error:
        given = [argument(overlay, it, value) for value in args]
        raise mismatch(it, "RuntimeError", name.rpartition(".")[2], error, Clash(None, None, name, _shapes(given), args, it.site())) from None
    if unsure and overlay.probe is None:
        _hedge(it, unsure)


def _hedge(it: Interpreter, unsure: str) -> None:
    if unsure:
        hedge(it, unsure)


def _bounded(given: Tensor, result: Any) -> Any:
    """A view of places or classes holds such too."""
    same = given.below is not None and isinstance(result, Tensor) and result.dtype == given.dtype and result.data is None
    return replace(result, below=given.below) if same else result


def _is_checked(name: str, values: Iterable[Any]) -> bool:
    """Whether an entry checks all that is refused of such values: tensors of one type of fractions, sizes, axes and flags."""
    framework = REGISTRY.framework_of(name)
    if framework is None or not framework.checked:
        return True
    if name.rpartition(".")[2] not in framework.checked:
        return False
    types: set[str] = set()

    def look(value: Any) -> bool:
        if isinstance(value, TensorValue):
            types.add(value.tensor.dtype)
            shape = value.tensor.shape
            return value.tensor.dtype.startswith("float") and not isinstance(shape, Unknown) and all(size.__class__ is int and size for size in shape)
        if isinstance(value, list | tuple):
            return all(map(look, value))
        return value is None or isinstance(value, int | float | Formula | slice | Named)

    return all(map(look, values)) and len(types) <= 1


def _run(it: Interpreter, entry: type[Op], given: list[Any], options: dict[str, Any], name: str, args: list[Any]) -> tuple[Op | None, Any]:
    """The operation and its result. Raises in the analysed code where the framework refuses."""
    try:
        op = entry.build(given, options)
    except Refused as error:  # the many spellings of an operation are not all known here
        raised = it.library_error("TypeError", f"{entry.__name__}: {error.message}")
        if entry.STRICT:
            raise raised from None
        it.not_taken(raised, it.unknown_reason(error.message))
        if it.dropped is None:
            hedge(it, f"`{name}` takes such arguments")
        return None, Tensor(it.unknown(Why.UNSUPPORTED, error.message), "unknown")
    try:
        return op, _within_rank(it, op.result())
    except NeedsValue as error:
        return None, op.undecided(located(it, error.unknown))
    except (Refused, ShapeMismatch) as error:
        free = _free(args)
        if free is not None:  # an argument that nobody has given may be a tensor of whatever shape
            return None, op.undecided(it.unknown(Why.ARGUMENT, f"`{free}`, which may be a tensor"))
        framework = REGISTRY.framework_of(name)
        errors = framework.errors if framework is not None else Errors()
        odd = framework is not None and overloads.are_odd(framework, name, args)
        if isinstance(error, Refused):
            raise it.library_error("" if odd else errors.of_operation(error), f"{entry.__name__}: {error.message}") from None
        kind = "" if odd else error.error or entry.RAISES or errors.of(error)
        raise mismatch(it, kind, entry.__name__, error, Clash(None, None, name, _shapes(given), args, it.site())) from None
    except defects.ERRORS as error:  # an argument of a kind that the entry does not expect is no error of the analysed code
        hedge(it, f"`{name}` takes such arguments")
        return None, Tensor(unexpected(it, entry.__name__, given, error), "unknown")


def _charge_contents(it: Interpreter, result: Any) -> None:
    """Charge the numbers of a constant that has been computed; there are never many in one."""
    if isinstance(result, Tensor) and result.data is not None and isinstance(result.shape, Shape) and result.shape.numel > _FEW:
        it.charge(result.shape.numel // 2)
        it.reserve(result.shape.numel * _NUMBER)


def _within_rank(it: Interpreter, result: Any) -> Any:
    """A result with so many axes that each operation on it takes long is not followed."""
    if result.__class__ is Tensor and result.shape.__class__ is Shape and len(result.shape) > MOST_AXES:
        return Tensor(it.unknown(Why.LIMIT, f"a tensor of more than {MOST_AXES} dimensions"), result.dtype)
    return result


def unexpected(it: Interpreter, what: str, values: Iterable[Any], error: Exception) -> Unknown:
    """Why a call with arguments that its entry does not expect is not followed: one of them is not known, or none is of the right kind."""
    given = [value.shape if isinstance(value, Tensor) else value for value in values]
    said = f"{type(error).__name__}: {error}" if not all(map(_is_expected, given)) else defects.noted(error)
    for value in given:
        if isinstance(value, Unknown):
            return located(it, value)
    return it.unknown(Why.UNSUPPORTED, f"{what} with such arguments ({said})")


def _is_expected(value: Any) -> bool:
    """Whether an argument is of a kind that every entry is made for; of others it says so where it matters."""
    return isinstance(value, Shape | Formula)


def _free(values: Iterable[Any]) -> Formula | None:
    """An argument of an operation that is a name and nothing else: what the analysed code is given and nobody has said."""
    for value in values:
        found = _free(value) if isinstance(value, list | tuple) else value
        if isinstance(found, Formula) and len(found.names) == 1:
            return found
    return None


class Clash(NamedTuple):
    """Shapes that do not fit: the layer that breaks and its entry (None for an operation), how it is called, what it gets and where."""

    module: Instance | None
    entry: Any
    name: str
    inputs: Mapping[str, Any]  # shapes
    values: list[Any]
    site: Any
    message: str = ""
    fits: int | None = None
    calls: tuple[Step, ...] = ()  # the calls that lead there, innermost first


CLASH = "<clash>"  # the attribute of an exception that keeps what does not fit


def mismatch(it: Interpreter, kind: str, what: str, error: ShapeMismatch, clash: Clash) -> Raised:
    """Shapes that do not fit, as an exception of the analysed code; what does not fit goes with it."""
    raised = it.library_error(kind, f"{what}: {error.message}")
    raised.value.attrs[CLASH] = clash._replace(message=error.message, fits=error.fits, calls=trail(it))
    return raised


def _shapes(given: list[Any]) -> dict[str, Any]:
    """The shapes of the tensors among the arguments of an operation, those in a list one by one."""
    flat = [item for value in given for item in (value if isinstance(value, list | tuple) else [value])]
    return {str(at): value.shape for at, value in enumerate(flat) if isinstance(value, Tensor)}


def located(it: Interpreter, unknown: Unknown) -> Unknown:
    """An Unknown from an entry, which knows no place."""
    reason = unknown.reason
    return unknown if reason.site is not None else Unknown(Reason(reason.kind, reason.message, it.site()))


def argument(overlay: Overlay, it: Interpreter, value: Any) -> Any:
    """A value of the analysed code as an argument of an operation."""
    if isinstance(value, TensorValue):
        return value.tensor
    if value.__class__ in FIXED:
        return plain(value)
    if isinstance(value, Named):
        last = value.name.rpartition(".")[2]
        return None if last == NEW_AXIS else last
    if isinstance(value, LibraryModule):
        return it.unknown(Why.UNSUPPORTED, f"`{value.name}`")
    if isinstance(value, slice):
        return slice(*(argument(overlay, it, part) for part in (value.start, value.stop, value.step)))
    if isinstance(value, list | tuple):
        it.step()
        reason = it.state.open_reason(value) if isinstance(value, list) else None
        if reason is not None:
            return Unknown(reason)
        if it.rows and id(value) in it.rows:
            return _row(overlay, it, value)
        items = [argument(overlay, it, item) for item in value]
        return tuple(items) if isinstance(value, tuple) else items
    if isinstance(value, Instance) and isinstance(value.payload, tuple | list):
        return argument(overlay, it, value.payload)
    return Unknown(value.reason) if value.__class__ is Row else to_entry(overlay, it, value)


def _row(overlay: Overlay, it: Interpreter, value: Any) -> Any:
    """A list that has been noted to hold numbers that are not known."""
    from paramlint.interpreter.rows import numbers

    row = numbers(it, value)
    return Row(value[-1].reason, row.length, row.kind) if row is not None else [to_entry(overlay, it, item) for item in value]


def _changes(name: str) -> bool:
    """Whether a method changes its tensor: ``add_``, ``__iadd__``."""
    last = name.rpartition(".")[2]
    return last in _CHANGING or last == "set_value" or (last.endswith("_") and not last.endswith("__"))


def _changed(it: Interpreter, value: TensorValue, entry: type[Op], result: Any, name: str) -> TensorValue:
    """The tensor after it was changed: the contents are not followed."""
    old = value.tensor
    value.forget(it)
    if isinstance(result, Tensor) and not isinstance(result.shape, Unknown) and not isinstance(old.shape, Unknown) and not entry.RESHAPES:
        if len(result.shape) != len(old.shape) or any(map(differs, result.shape, old.shape)):
            text = f"a tensor of shape {old.shape.text} cannot hold the result of shape {result.shape.text}"
            clash = Clash(None, None, entry.NAMES[0] if entry.NAMES else entry.__name__, {"0": old.shape, "1": result.shape}, [value], it.site())
            raise mismatch(it, error_of(clash.name, ShapeMismatch(text)), entry.__name__, ShapeMismatch(text), clash)
    elif isinstance(result, Tensor) and entry.RESHAPES:
        value.become(it, Tensor(result.shape, old.dtype))
        if value.lies is not None or not name.endswith("squeeze_"):
            value.lies = UNCLEAR
    return value


def _memory(args: list[Any]) -> Memory:
    """The memory of all tensors among the arguments."""
    found: Memory = ()
    for value in args:
        if isinstance(value, TensorValue):
            found += value.memory
        elif isinstance(value, list | tuple):
            found += _memory(list(value))
    return found


def kind_among(args: list[Any]) -> str:
    """The class of the first argument's tensors; empty where it has none."""
    first = args[0] if args else None
    if isinstance(first, list | tuple):
        return kind_among(list(first))
    return first.kind if isinstance(first, TensorValue) else ""


def _kind(name: str) -> str:
    framework = REGISTRY.framework_of(name)
    return framework.tensor[0] if framework is not None and framework.tensor else "torch.Tensor"


def wrapped(overlay: Overlay, it: Interpreter, value: Any, kind: str, memory: Memory = ()) -> Any:
    """The result of an entry as a value of the analysed code."""
    if isinstance(value, Tensor):
        if overlay.retyped and value.dtype == "float32":
            value = replace(value, dtype="unknown")
        made = TensorValue(value, kind=kind, memory=memory if value.data is not None or value.below is not None else ())
        it.made(made.state)
        return made
    if isinstance(value, Weight):
        return made_weight(value if value.name is None else overlay.named_weight(it, value), kind)
    if isinstance(value, Results):
        cls = overlay.results_class(value.names)
        return it.instance(cls, payload=tuple(wrapped(overlay, it, item, kind, memory) for item in value))
    if isinstance(value, tuple):
        return tuple(wrapped(overlay, it, item, kind, memory) for item in value)
    if isinstance(value, list):
        return it.made([wrapped(overlay, it, item, kind, memory) for item in value])
    return located(it, Unknown(value.reason) if value.__class__ is Row else value) if isinstance(value, Unknown) else value
