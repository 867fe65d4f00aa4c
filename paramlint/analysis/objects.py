"""Plain objects that are passed as arguments (attributes of parameters, initialisers): classes whose instances stand for operations."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from paramlint.analysis.tensors import TensorValue
from paramlint.core.unknown import NeedsValue, Unknown, Why
from paramlint.frameworks import REGISTRY
from paramlint.interpreter.library_names import hedge
from paramlint.interpreter.operators import type_name
from paramlint.interpreter.purity import changes_nothing
from paramlint.interpreter.values import BoundMethod, ClassValue, Either, FunctionValue, GeneratorValue, Instance, Native
from paramlint.schema.conditions import Refused
from paramlint.schema.framework import Framework
from paramlint.schema.op import Op

if TYPE_CHECKING:
    from paramlint.analysis.overlay import Overlay
    from paramlint.interpreter.machine import Interpreter


_NO_NUMBERS = (FunctionValue, BoundMethod, Native, ClassValue, GeneratorValue, Instance, range)


def object_class(overlay: Overlay, framework: Framework, name: str) -> ClassValue:
    """The class behind a name; the classes of one operation derive from the one that it names first.

    An instance keeps its arguments as attributes, and code may change them: what it means is asked of the operation when it is used.
    """
    entry = REGISTRY.find(name)
    assert entry is not None and issubclass(entry, Op)
    parent = next((base for base in REGISTRY.members(framework).ancestors(name) if base in framework.objects), "")
    parent = parent or ("" if name == entry.NAMES[0] else entry.NAMES[0])
    base = overlay.lookup(parent) if parent else overlay.it.classes["object"]
    owner, _, last = name.rpartition(".")
    cls = ClassValue(last, (base,), {}, module=owner)
    cls.facts["object"] = entry
    cls.attrs["__init__"] = Native("__init__", lambda it, args, kwargs: _init(overlay, it, entry, args, kwargs), binds=True)
    cls.attrs["__call__"] = Native("__call__", lambda it, args, kwargs: _apply(overlay, it, entry, args, kwargs), binds=True)
    return cls


def _init(overlay: Overlay, it: Interpreter, entry: type[Op], args: list[Any], kwargs: dict[str, Any]) -> None:
    from paramlint.analysis.layers import error_of

    instance, *given = args
    if ".initializer." in entry.NAMES[0] and any(isinstance(value, _NO_NUMBERS) for value in (*given, *kwargs.values())):
        hedge(it, f"`{entry.__name__}` takes such arguments")
    try:
        op = entry.build(given, kwargs)
    except Refused as error:
        raise it.library_error(error_of(entry.NAMES[0], error), f"{entry.__name__}: {error.message}") from None
    except NeedsValue:
        return
    it.write(instance.attrs)
    for field in entry.signature().fields:
        if field.name not in (entry.REST, entry.EXTRA):
            instance.attrs[field.name] = getattr(op, field.name, None)
    meaning(overlay, it, instance)  # refuses what the constructor refuses


def meaning(overlay: Overlay, it: Interpreter, instance: Instance) -> Any:
    """What an instance stands for as an argument of an entry."""
    from paramlint.analysis.layers import error_of

    entry: type[Op] = instance.cls.fact("object")
    try:
        return _operation(overlay, it, instance).result()
    except NeedsValue as error:
        return error.unknown
    except Refused as error:
        raise it.library_error(error_of(entry.NAMES[0], error), f"{entry.__name__}: {error.message}") from None


def _operation(overlay: Overlay, it: Interpreter, instance: Instance) -> Op:
    """The operation of an instance with the arguments that it keeps."""
    from paramlint.analysis.layers import to_entry

    entry: type[Op] = instance.cls.fact("object")
    names = [field.name for field in entry.signature().fields]
    return entry.build([], {name: to_entry(overlay, it, instance.attrs[name]) for name in names if name in instance.attrs})


def _apply(overlay: Overlay, it: Interpreter, entry: type[Op], args: list[Any], kwargs: dict[str, Any]) -> None:
    """Fill a tensor with what an object stands for; where that may be refused, or gives it another shape, the count ends."""
    instance, *given = args
    value = given[0] if given else next(iter(kwargs.values()), None)
    if entry.applied is Op.applied or isinstance(value, Unknown | Either):
        return
    if not isinstance(value, TensorValue):
        it.library_throw("AssertionError", f"`{entry.__name__}` fills a tensor, not a {type_name(value)}")
    shape = value.tensor.shape
    weight = _operation(overlay, it, instance).applied(shape)
    if weight.maybe is not None or weight.shape != shape:
        it.limit(f"a tensor that `{entry.__name__}` may not fill")


def number(it: Interpreter, value: Instance) -> Any:
    """The number that an object of the analysed code stands for where it says so; else the object itself."""
    index = value.cls.find("__index__")
    if not isinstance(index, FunctionValue):
        return value
    return it.call(index, [value]) if changes_nothing(it, index) else it.unknown(Why.UNSUPPORTED, f"how often `{value.cls.name}.__index__` is asked")
