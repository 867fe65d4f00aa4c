"""A framework's layer classes as classes of the analysed code: entries behind ``__init__`` and the call method."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from msgspec.structs import replace

from paramlint.analysis import (
    argument_kinds,
    constructors,
    data_format,
    devices,
    dtype_policy,
    handed_over,
    objects,
    older_versions,
    recipes,
    unmade,
    weight_types,
)
from paramlint.analysis.numbers import Numbers
from paramlint.analysis.tensors import EMPTY, NEW_AXIS, Named, TensorValue
from paramlint.core.shapes import Shape, ShapeMismatch
from paramlint.core.tensor import Tensor
from paramlint.core.unknown import MayRefuse, NeedsValue, Reason, Unknown, Why
from paramlint.frameworks import REGISTRY
from paramlint.interpreter.fixed_width import FIXED, plain
from paramlint.interpreter.library_names import hedge, may_raise
from paramlint.interpreter.values import ABSENT, SIGNATURE, ClassValue, Either, Instance, Native
from paramlint.schema.conditions import BadCall, Refused
from paramlint.schema.layer import Layer
from paramlint.schema.weights import Weight, Weights

if TYPE_CHECKING:
    from paramlint.analysis.overlay import Overlay
    from paramlint.interpreter.machine import Interpreter


_BITS = 8_192  # of an integer that a framework is given: no size has nearly as many, and Python refuses to write longer ones
_STEPS = 30  # what building a layer counts, so that the limit of steps stands for about the same time whatever the code does


def error_of(qualified: str, error: Refused | ShapeMismatch) -> str:
    """The built-in exception that stands behind what an entry refuses; empty where it is not known."""
    framework = REGISTRY.framework_of(qualified)
    return framework.errors.of(error) if framework is not None else error.error


class LayerState:
    """What stands behind an instance of a framework's layer: its entry. Copied with the instance."""

    __slots__ = ("entry", "made", "name")

    def __init__(self, name: str, entry: Layer | None) -> None:
        self.name = name
        self.entry = entry
        self.made: list[Weights] = []  # what it was built with, where that is later than its construction

    def deep_copy(self, it: Interpreter, memo: dict[int, Any]) -> LayerState:
        copied = LayerState(self.name, self.entry)
        copied.made = list(self.made)
        return copied


def to_entry(overlay: Overlay, it: Interpreter, value: Any) -> Any:
    """A value of the analysed code as an argument of an entry."""
    if isinstance(value, TensorValue):
        return value.tensor
    if isinstance(value, Either):
        return Unknown(value.reason)
    if value.__class__ is int and value.bit_length() > _BITS:
        return it.unknown(Why.LIMIT, f"an integer of more than {_BITS:,} bits")
    if value.__class__ in FIXED:
        return plain(value)
    if isinstance(value, Numbers):
        return value.tensor
    if isinstance(value, Named) and value.name.endswith(f".{NEW_AXIS}"):
        return None
    if isinstance(value, list | tuple):
        it.step()
        reason = it.state.open_reason(value) if isinstance(value, list) else None
        return Unknown(reason) if reason is not None else type(value)(to_entry(overlay, it, item) for item in value)
    if isinstance(value, Instance):
        if isinstance(value.payload, LayerState) and value.payload.entry is not None and not overlay.is_user_class(value.cls):
            return value.payload.entry
        if isinstance(value.payload, str | int | float | tuple | list | dict):
            return value.payload
        if overlay.is_module(value):
            return overlay.inner_module(it, value)
        if value.cls.fact("object") is not None:
            return objects.meaning(overlay, it, value)
        return objects.number(it, value)
    return value


def _argument(overlay: Overlay, it: Interpreter, value: Any) -> Any:
    """A value as an argument of a layer that is built, which may keep the module that it is given."""
    return handed_over.known_by(to_entry(overlay, it, value), value)


def layer_class(overlay: Overlay, qualified: str, entry: type[Layer], base: ClassValue) -> ClassValue:
    """The class that stands for a framework's layer."""
    from paramlint.analysis import running

    cls = ClassValue(qualified.rpartition(".")[2], (base,), {}, module=qualified.rpartition(".")[0])
    cls.facts["entry"] = entry
    cls.facts["qualified"] = qualified
    init = cls.attrs["__init__"] = Native("__init__", lambda it, args, kwargs: _init(overlay, it, cls, args, kwargs), binds=True)
    init.attrs[SIGNATURE] = lambda: [("self", 1, ABSENT), *rows(entry)]
    cls.attrs[overlay.call_method(qualified)] = Native(
        "forward", lambda it, args, kwargs: running.run_layer(overlay, it, args[0], args[1:], kwargs), binds=True)
    framework = REGISTRY.framework_of(qualified)
    if framework is not None and framework.builds_on_call:
        from paramlint.analysis import lazy_methods

        lazy_methods.equip_entry(overlay, cls, entry)
    for name, called in framework.layer_methods.get(entry.KIND, {}).items() if framework is not None else ():
        cls.attrs[name] = constructors.method(name, called)
    operations = framework.layer_operations.get(entry.KIND, {}) if framework is not None else {}
    for name, path in operations.items():
        cls.attrs[name] = constructors.operation(overlay, name, path)
    return cls


def rows(entry: type[Layer]) -> list[tuple[str, int, Any]]:
    """The parameters of a layer as ``inspect.signature`` has them: name, kind, default."""
    signature = entry.signature()
    plain = [(field.name, 3 if field.keyword_only else 1, ABSENT if field.required else field.default) for field in signature.fields]
    rest = [(signature.rest, 2, ABSENT)] if signature.rest else []
    extra = [(signature.extra, 4, ABSENT)] if signature.extra else []
    return [*(row for row in plain if row[1] == 1), *rest, *(row for row in plain if row[1] == 3), *extra]


def _init(overlay: Overlay, it: Interpreter, cls: ClassValue, args: list[Any], kwargs: dict[str, Any]) -> None:
    instance, *given = args
    if not isinstance(instance, Instance):
        return
    try:
        _build(overlay, it, cls, instance, given, kwargs)
    except NeedsValue as error:  # amid its weights
        overlay.doubt(it, instance, error.unknown.reason)
        raise


def _build(overlay: Overlay, it: Interpreter, cls: ClassValue, instance: Instance, given: list[Any], kwargs: dict[str, Any]) -> None:
    it.steps += _STEPS
    if "device" in kwargs:
        devices.note(overlay, "", (), kwargs)
        if kwargs["device"] is not None and cls.fact("framework").device_types:
            devices.require(it, kwargs["device"], cls.fact("framework").device_types)
    if it.dropped is not None and any(value.__class__ is Unknown for value in (*given, *kwargs.values())):
        may_raise(it, "", f"`{cls.name}` takes what is not known")
    entry_class: type[Layer] = cls.facts["entry"]
    changed = bool(overlay.replaced.names or overlay.replaced.classes)
    direct = instance.cls is cls and not (changed and overlay.replaced.rewritten(cls))
    site = it.site()
    if overlay.policies and cls.fact("lazy") is not None:
        kwargs = dtype_policy.filled(overlay, it, kwargs)
    if overlay.data_formats:
        kwargs = data_format.filled(overlay, it, entry_class.signature(), len(given), kwargs)
    key = recipes.key(entry_class, given, kwargs)
    known = overlay.recipes.get(key) if key is not None and not changed else None
    if known is not None:  # the same layer as one that is built already: entries do not change
        entry, weights = known
        overlay.renew(it, instance)
        instance.payload = LayerState(cls.facts["qualified"], entry)
        overlay.built(it, cls, site, entry, None, direct, instance.payload)
        if not direct:
            constructors.begin(it, instance, entry)
        for name, weight in weights:
            _add_weight(overlay, it, instance, name, weight)
        _finish(overlay, it, instance, entry)
        return
    framework = cls.fact("framework")
    try:
        if (key is None and framework.object_arguments) or entry_class.__name__ in framework.needed_packages:
            argument_kinds.check(overlay, framework, it, entry_class, given, kwargs)
        if any(value.__class__ in FIXED for value in (*given, *kwargs.values())):
            recipes.require_plain(entry_class, cls.facts["qualified"], given, kwargs)
        convert = to_entry if cls.fact("lazy") is not None else _argument
        entry = entry_class.build([convert(overlay, it, one) for one in given], {name: convert(overlay, it, one) for name, one in kwargs.items()})
        handed_over.tensors_for_numbers(it, entry_class, given, kwargs)
        weight_types.note(it, framework, entry, given, kwargs)
    except Refused as error:
        if not isinstance(error, BadCall) or not overlay.is_prepared(instance):  # Python refuses a bad call before anything runs
            overlay.renew(it, instance)
            instance.payload = LayerState(cls.facts["qualified"], None)
        if cls.fact("lazy") is not None and older_versions.is_older(overlay, it):
            reason = Reason(Why.UNSUPPORTED, f"an older `{cls.name}` may take what this one does not: {error.message}", site)
            overlay.built(it, cls, site, None, reason, direct)
            overlay.doubt(it, instance, reason)
            return
        if overlay.refused(it, cls, site, error, direct):  # where calls are looked at one by one, the rest still counts
            overlay.doubt(it, instance, Reason(Why.ERROR, f"{cls.name}: {error.message}", site))
            return
        raise it.library_error(error_of(cls.facts["qualified"], error), f"{cls.name}: {error.message}") from None
    except NeedsValue as error:
        if isinstance(error, MayRefuse):
            hedge(it, f"`{cls.name}` takes such arguments")
        overlay.renew(it, instance)
        overlay.built(it, cls, site, None, error.unknown.reason, direct)
        instance.payload = LayerState(cls.facts["qualified"], None)
        overlay.doubt(it, instance, error.unknown.reason)
        return
    overlay.renew(it, instance)
    instance.payload = LayerState(cls.facts["qualified"], entry)
    overlay.built(it, cls, site, entry, None, direct, instance.payload)
    if cls.fact("lazy") is not None:
        from paramlint.analysis import lazy_class

        lazy_class.keep_arguments(it, instance, given, kwargs)
    elif not entry.BUILDS_ON_CALL:
        if entry.KEEPS_ARGUMENTS:
            it.write(instance.attrs)
            instance.attrs[entry.KEEPS_ARGUMENTS] = it.made(handed_over.as_given(entry_class, given, kwargs))
        if not direct:
            constructors.begin(it, instance, entry)
        weights = fill(overlay, it, instance, entry)
        handed_over.keep_tensors(it, instance, entry_class, given, kwargs)
        _finish(overlay, it, instance, entry)
        if changed:
            overlay.replaced.built(it, instance, entry)
        elif key is not None and weights is not None:
            overlay.recipes[key] = (entry, weights)
    else:
        for name, weight in entry.unmade().of_type(entry.weight_type or "float32").items():
            _add_weight(overlay, it, instance, name, weight)
        unmade.mark(instance)


def _finish(overlay: Overlay, it: Interpreter, instance: Instance, entry: Layer) -> None:
    if _is_followed(overlay, instance.cls):
        constructors.without(it, overlay, instance, entry, [*instance.attrs["_parameters"], *instance.attrs["_buffers"]])
    constructors.leave_out(instance, entry)
    constructors.finish(it, instance, entry)


def _is_followed(overlay: Overlay, cls: ClassValue) -> bool:
    """Whether a layer's class may have methods of the analysed code, which its constructor calls."""
    return overlay.is_user_class(cls) or overlay.replaced.rewritten(cls)


def fill(overlay: Overlay, it: Interpreter, instance: Instance, entry: Layer, inputs: Mapping[str, Any] | None = None) -> Any:
    """Give an instance the weights and inner modules of its entry. ``inputs`` are the shapes of the first call, for layers built by it.

    Returns the weights by name where they are all there is, so that the same layer can be made again.
    """
    try:
        if inputs:
            from inspect import signature

            wanted = signature(entry.weights).parameters
            weights = entry.weights(**{name: value for name, value in inputs.items() if name in wanted})
        else:
            weights = entry.weights()
        children = entry.children()
    except NeedsValue as error:
        overlay.doubt(it, instance, error.unknown.reason)
        return None
    if inputs is not None and isinstance(instance.payload, LayerState):
        instance.payload.made.append(weights)
    if entry.weight_type:
        weights = weight_types.applied(it, weights, entry.weight_type)
        children = {name: weight_types.inherited(child, entry.weight_type) for name, child in children.items()}
    for name, child in children.items():
        _add_child(overlay, it, instance, name, child)
    taken = tuple(f"{name}." for name in children)
    shared = entry.shared_weights() if children else {}
    for name, weight in weights.items():
        if taken and name.startswith(taken):
            continue
        if name in shared and _share(it, instance, name, shared[name]):
            continue
        if isinstance(weight.shape, Unknown) and weight.maybe is None and name in children:
            overlay.doubt(it, instance, weight.shape.reason)
            continue
        _add_weight(overlay, it, instance, name, weight)
    return None if children or inputs else tuple(weights.items())


def _share(it: Interpreter, instance: Instance, name: str, path: str) -> bool:
    """Give a weight of an inner module to an instance as its own too; whether there is one."""
    *owners, last = path.split(".")
    inner: Any = instance
    for owner in owners:
        inner = inner.attrs.get("_modules", {}).get(owner) if isinstance(inner, Instance) else None
    found = inner.attrs.get("_parameters", {}).get(last) if isinstance(inner, Instance) else None
    if not isinstance(found, TensorValue):
        return False
    own = instance.attrs["_parameters"]
    it.write(own)
    own[name] = found
    return True


def made_weight(weight: Weight, kind: str) -> TensorValue:
    """The tensor that an entry's weight stands for; ``kind`` is its framework's class of tensors."""
    shape = weight.shape if isinstance(weight.shape, Unknown) else Shape(weight.shape)
    trainable = weight.trainable if isinstance(weight.trainable, bool) else True
    value = TensorValue(Tensor(shape, weight.dtype), parameter=not weight.buffer, trainable=trainable, maybe=weight.maybe, kind=kind)
    value.is_buffer = weight.buffer
    if not weight.saved:
        value.state[EMPTY] = True
    if isinstance(weight.trainable, Unknown):
        value.state["requires_grad"] = weight.trainable
    return value


def kind_of(instance: Instance) -> str:
    """The class of tensors of the framework that a module belongs to."""
    framework = instance.cls.fact("framework")
    return framework.tensor[0] if framework is not None and framework.parameter else "torch.Tensor"


def _add_weight(overlay: Overlay, it: Interpreter, instance: Instance, name: str, weight: Weight) -> None:
    if weight.name is not None:
        weight = overlay.named_weight(it, weight)
    kind = "_buffers" if weight.buffer else "_parameters"
    known = instance.attrs[kind].get(name)
    if unmade.is_unmade(known):
        unmade.materialise(it, known, Shape(weight.shape))
        return
    if overlay.retyped and weight.dtype == "float32":
        weight = replace(weight, dtype="unknown")
    value = made_weight(weight, kind_of(instance))
    if _is_followed(overlay, instance.cls):
        reason = constructors.not_followed(overlay, it, instance)
        if reason is not None:
            it.limit(reason.message)
        constructors.add(overlay, it, instance, kind, name, value)
        return
    table = instance.attrs[kind]
    it.write(table)
    table[name] = value


def _add_child(overlay: Overlay, it: Interpreter, instance: Instance, name: str, child: Any) -> None:
    head, _, rest = name.partition(".")
    modules = instance.attrs["_modules"]
    it.write(modules)
    if rest:
        inner = modules.get(head)
        if inner is None:
            inner = modules[head] = it.instance(overlay.list_class(instance.cls.fact("framework")))
            overlay.prepare(it, inner)
        _add_child(overlay, it, inner, rest, child)
        return
    origin = getattr(child, "origin", None)
    if origin is not None:
        modules[head] = handed_over.made_of(overlay, it, origin)
    elif isinstance(child, Layer):
        qualified = type(child).NAMES[0]
        made = it.instance(overlay.module_class(qualified))
        overlay.prepare(it, made)
        made.payload = LayerState(qualified, child)
        fill(overlay, it, made, child)
        modules[head] = made
    elif isinstance(child, Unknown):
        overlay.doubt(it, instance, child.reason)
        modules.setdefault(head, child)
