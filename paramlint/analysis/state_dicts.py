"""The state of modules as a dict, and back."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from paramlint.analysis import hooks
from paramlint.analysis.dispatch import Method, override, send
from paramlint.analysis.modules import argument_of, lacks, table, walk
from paramlint.analysis.registration import EXCLUDED
from paramlint.analysis.tensors import TensorValue
from paramlint.analysis.unmade import is_unmade, materialise
from paramlint.core.shapes import differs
from paramlint.core.tensor import Tensor
from paramlint.core.unknown import NeedsValue, Reason, Unknown, Why
from paramlint.interpreter.containers import mapping_or_unknown
from paramlint.interpreter.library_names import hedge
from paramlint.interpreter.operators import type_name
from paramlint.interpreter.values import ABSENT, Either, Instance

if TYPE_CHECKING:
    from paramlint.analysis.overlay import Overlay
    from paramlint.interpreter.machine import Interpreter

Args = list[Any]
Kwargs = dict[str, Any]
_EXTRA = "_extra_state"
_ADDED = "num_batches_tracked"  # a normalisation adds it to a state that does not say that it is of version 2
_NORMS = ("batch norm", "instance norm")
_METADATA = "_metadata"  # the attribute of a state dict that says of which version the state of each module is
_RESULT = ("missing_keys", "unexpected_keys")


def methods(overlay: Overlay) -> dict[str, Method]:
    def load(it: Interpreter, args: Args, kwargs: Kwargs) -> Any:
        if overlay.hollow:
            hedge(it, "what is loaded has contents")
        return _load(overlay, it, args[0], argument_of(args, kwargs, 1, "state_dict"), argument_of(args, kwargs, 2, "strict", True),
                     argument_of(args, kwargs, 3, "assign", False))

    return {"state_dict": state_dict, "_save_to_state_dict": save, "load_state_dict": load, "_load_from_state_dict": load_own}


# Saving -------------------------------------------------------------------------------------------------------------------


def state_dict(it: Interpreter, args: Args, kwargs: Kwargs) -> Any:
    self = args[0]
    destination = argument_of(args, kwargs, 1, "destination")
    prefix, keep = argument_of(args, kwargs, 2, "prefix", ""), argument_of(args, kwargs, 3, "keep_vars", False)
    if destination is None:
        ordered = it.get(it.modules.import_module("collections"), "OrderedDict")
        destination = it.instance(ordered, it.made({_METADATA: it.instance(ordered, payload=it.made({}))}), it.made({}))
    _note_version(it, self, destination, prefix)
    for hook, _ in hooks.of(it, self.attrs, "_state_dict_pre_hooks"):
        hooks.called(it, hook, [self, prefix, keep])
    send(it, self, "_save_to_state_dict", save, [destination, prefix, keep])
    reason = it.state.open_reason(table(self, "_modules"))
    if reason is not None:
        raise NeedsValue(Unknown(reason))
    for name, child in list(table(self, "_modules").items()):
        if isinstance(child, Instance):
            send(it, child, "state_dict", state_dict, [], {"destination": destination, "prefix": f"{prefix}{name}.", "keep_vars": keep})
        elif child is not None:
            lacks(it, child, "state_dict")
    for hook, _ in hooks.of(it, self.attrs, "_state_dict_hooks"):
        changed = hooks.called(it, hook, [self, destination, prefix, it.made({})])
        if isinstance(changed, Unknown | Either):
            raise NeedsValue(changed if isinstance(changed, Unknown) else Unknown(changed.reason))
        destination = destination if changed is None else changed
    return destination


def _note_version(it: Interpreter, self: Instance, destination: Any, prefix: Any) -> None:
    """Say in a state dict of which version the state of a module is, where it is one that keeps that."""
    metadata = destination.attrs.get(_METADATA) if isinstance(destination, Instance) else None
    if isinstance(metadata, Instance) and isinstance(metadata.payload, dict) and isinstance(prefix, str):
        it.write(metadata.payload)
        metadata.payload[prefix[:-1]] = it.made({"version": _version(it, self)})


def _version(it: Interpreter, self: Instance) -> Any:
    if self.cls.find("_version") is not ABSENT or "_version" in self.attrs:
        return it.get(self, "_version")
    return 2 if _is_norm(self) else 1


def _is_norm(self: Instance) -> bool:
    return getattr(getattr(self.payload, "entry", None), "KIND", "") in _NORMS


def save(it: Interpreter, args: Args, kwargs: Kwargs) -> None:
    """The tensors of one module."""
    self = args[0]
    target, prefix = argument_of(args, kwargs, 1, "destination"), argument_of(args, kwargs, 2, "prefix", "")
    keep = argument_of(args, kwargs, 3, "keep_vars", False)
    space = target.payload if isinstance(target, Instance) else target
    if not isinstance(space, dict):
        raise NeedsValue(target if isinstance(target, Unknown) else it.unknown(Why.UNSUPPORTED, "a state dict that is no dict"))
    it.write(space)
    for name, value in saved(it, self).items():
        as_it_is = not isinstance(value, TensorValue) or is_unmade(value) or it.truth(keep) is True
        space[f"{prefix}{name}"] = value if as_it_is else detached(value)
    extra = override(it, self, "get_extra_state")
    if extra is not ABSENT:
        space[f"{prefix}{_EXTRA}"] = it.call(extra)


def saved(it: Interpreter, self: Instance) -> dict[str, Any]:
    """Parameters and buffers that belong to the state of one module, by name."""
    excluded = self.attrs.get(EXCLUDED, ())
    reason = it.state.open_reason(excluded) if isinstance(excluded, set) else None
    if isinstance(excluded, Unknown | Either) or reason is not None:
        raise NeedsValue(Unknown(reason or excluded.reason))
    found: dict[str, Any] = {}
    for kind in ("_parameters", "_buffers"):
        known = table(self, kind)
        reason = it.state.open_reason(known)
        if reason is not None:
            raise NeedsValue(Unknown(reason))
        found.update((name, value) for name, value in known.items()
                     if isinstance(value, TensorValue | Unknown | Either) and not (kind == "_buffers" and name in excluded))
    return found


def detached(value: TensorValue) -> TensorValue:
    """The same contents, as no parameter."""
    return TensorValue(value.tensor, maybe=value.maybe, kind=value.kind, memory=value.memory)


# Loading ------------------------------------------------------------------------------------------------------------------


def _load(overlay: Overlay, it: Interpreter, self: Instance, given: Any, strict: Any, assign: Any) -> Any:
    found = _mapping(it, given)
    cls = overlay.results_class(_RESULT)
    if isinstance(found, Unknown):
        if it.truth(assign) is not False:
            _assigned(overlay, it, self, found.reason)
        for _, module in list(walk(it, self)):
            if isinstance(module, Instance) and override(it, module, "_load_from_state_dict") is not ABSENT:
                send(it, module, "_load_from_state_dict", load_own, [found, found, it.made({}), strict, *(it.made([]) for _ in range(3))])
            elif isinstance(module, Instance):
                _forget(it, module)
            if isinstance(module, Instance):
                _hooked_before(it, module, [found, found, it.made({}), strict, *(it.made([]) for _ in range(3))])
                _hooked_after(overlay, it, module, found, found)
        return it.instance(cls, payload=(found, found))
    missing, unexpected, errors = (it.made([]) for _ in range(3))
    given_to = _Given(it.get_or(given, _METADATA, None), assign, missing, unexpected, errors)
    _load_into(overlay, it, self, it.made(dict(found)), "", given_to)
    strict = it.truth(strict)
    if isinstance(strict, Unknown) and (missing or unexpected):
        raise NeedsValue(strict)
    if strict is True:
        for text, keys in (("Missing key(s) in state_dict: ", missing), ("Unexpected key(s) in state_dict: ", unexpected)):
            if keys:
                errors.insert(0, text + ", ".join(f'"{key}"' for key in keys) + ". ")
    if errors:
        it.throw("RuntimeError", "Error(s) in loading state_dict for {}:\n\t{}".format(self.cls.name, "\n\t".join(map(str, errors))))
    return it.instance(cls, payload=(missing, unexpected))


def _assigned(overlay: Overlay, it: Interpreter, self: Instance, reason: Reason) -> None:
    """Tensors of a state that is not known take the places of a module's own: their types are theirs, and what was shared may be no longer."""
    held = [value for _, module in walk(it, self) if isinstance(module, Instance)
            for kind in ("_parameters", "_buffers") for value in table(module, kind).values() if isinstance(value, TensorValue)]
    if len({id(value) for value in held}) < len(held):
        overlay.doubt(it, self, reason)
    for value in held:
        _retyped(it, value)


def _retyped(it: Interpreter, value: TensorValue) -> None:
    value.become(it, Tensor(value.tensor.shape, "unknown"))


def _mapping(it: Interpreter, given: Any) -> Any:
    """A state dict as a dict of known names."""
    if given is None or isinstance(given, bool | int | float | str | bytes | list | tuple | set | TensorValue):
        it.throw("TypeError", f"Expected state_dict to be dict-like, got <class '{type_name(given)}'>.")
    found = Unknown(given.reason) if isinstance(given, Either) else mapping_or_unknown(it, given)
    if not isinstance(found, Unknown) and any(isinstance(name, Unknown | Either) or not isinstance(name, str) for name in found):
        return it.unknown(Why.UNSUPPORTED, "the names in a state dict")
    return found


def _hooked_before(it: Interpreter, self: Instance, given: list[Any]) -> None:
    """What hooks do to a state, and to the module, before it is loaded."""
    for hook, flags in hooks.of(it, self.attrs, "_load_state_dict_pre_hooks"):
        hooks.called(it, hook, [self, *given] if "with_module" in flags else given)


def _hooked_after(overlay: Overlay, it: Interpreter, self: Instance, missing: Any, unexpected: Any) -> None:
    for hook, _ in hooks.of(it, self.attrs, "_load_state_dict_post_hooks"):
        hooks.called(it, hook, [self, it.instance(overlay.results_class(_RESULT), payload=(missing, unexpected))])


class _Given(NamedTuple):
    """What loading a state is given besides it, and the lists that it fills."""

    metadata: Any
    assign: Any
    missing: list[Any]
    unexpected: list[Any]
    errors: list[Any]

    def local(self, it: Interpreter, prefix: str) -> dict[Any, Any]:
        """What is said of the state of one module."""
        found: Any = {} if self.metadata is None else it.call(it.get(self.metadata, "get"), [prefix[:-1], it.made({})])
        found = dict(found) if isinstance(found, dict) else {"version": found if isinstance(found, Unknown) else None}
        if it.truth(self.assign) is True:
            found["assign_to_params_buffers"] = True
        made: dict[Any, Any] = it.made(found)
        return made


def _load_into(overlay: Overlay, it: Interpreter, self: Instance, state: dict[str, Any], prefix: str, given: _Given) -> None:
    meta, missing, unexpected = given.local(it, prefix), given.missing, given.unexpected
    send(it, self, "_load_from_state_dict", load_own, [state, prefix, meta, True, missing, unexpected, given.errors])
    for name, child in list(table(self, "_modules").items()):
        if isinstance(child, Instance):
            path = f"{prefix}{name}."
            below = it.made({key: value for key, value in state.items() if isinstance(key, str) and key.startswith(path)})
            _load_into(overlay, it, child, below, path, given)
        elif child is not None:
            lacks(it, child, "_load_from_state_dict")
    _hooked_after(overlay, it, self, missing, unexpected)


def load_own(it: Interpreter, args: Args, kwargs: Kwargs) -> None:
    """The tensors of one module from a state dict."""
    names = ("state_dict", "prefix", "local_metadata", "strict", "missing_keys", "unexpected_keys", "error_msgs")
    self = args[0]
    state, prefix, meta, strict, missing, unexpected, errors = (argument_of(args, kwargs, at, name) for at, name in enumerate(names, 1))
    space = state.payload if isinstance(state, Instance) else state
    if not isinstance(space, dict) or not isinstance(prefix, str) or it.state.open_reason(space) is not None:
        _forget(it, self)
        return
    _hooked_before(it, self, [state, prefix, meta, strict, missing, unexpected, errors])
    own = saved(it, self)
    for changed in (missing, unexpected, errors):
        it.write(changed)
    for name, value in own.items():
        key = f"{prefix}{name}"
        if key in space:
            _copy(it, self, name, value, space[key], key, meta, errors)
        elif it.truth(strict) is True and not _is_added(it, self, name, meta):
            missing.append(key)
    extra = f"{prefix}{_EXTRA}"
    setter = override(it, self, "set_extra_state")
    if setter is not ABSENT and extra in space:
        it.call(setter, [space[extra]])
    elif it.truth(strict) is True and (setter is not ABSENT) != (extra in space):
        (missing if setter is not ABSENT else unexpected).append(extra)
    if it.truth(strict) is True:
        below = table(self, "_modules")
        for key in space:
            head, _, rest = key[len(prefix):].partition(".") if key.startswith(prefix) and key != extra else ("", "", "")
            if head and (head not in below if rest else head not in own):
                unexpected.append(key)


def _is_added(it: Interpreter, self: Instance, name: str, meta: Any) -> bool:
    """Whether a layer adds what a state of an older version lacks."""
    if name != _ADDED or not _is_norm(self):
        return False
    version = meta.get("version") if isinstance(meta, dict) else None
    if isinstance(version, Unknown | Either):
        raise NeedsValue(version if isinstance(version, Unknown) else Unknown(version.reason))
    return not isinstance(version, int) or version < 2


def _copy(it: Interpreter, self: Instance, name: str, value: Any, given: Any, key: str, meta: Any, errors: list[Any]) -> None:
    if isinstance(given, Unknown | Either) or not isinstance(value, TensorValue):
        if isinstance(value, TensorValue):
            value.forget(it)
            if isinstance(meta, dict) and meta.get("assign_to_params_buffers", False) is not False:
                _retyped(it, value)
        return
    if not isinstance(given, TensorValue):
        errors.append(f'While copying the parameter named "{key}", expected torch.Tensor or Tensor-like object from checkpoint but '
                      f"received <class '{type_name(given)}'>")
        return
    if is_unmade(value) or is_unmade(given):
        if not is_unmade(value):
            it.library_throw("RuntimeError", f"the state dict has no shape for {key}")
        if not is_unmade(given):
            materialise(it, value, given.tensor.shape)
        return
    shape, own = given.tensor.shape, value.tensor.shape
    if not isinstance(shape, Unknown) and not isinstance(own, Unknown):
        one = not own and len(shape) == 1 and shape[0] == 1
        if not one and (len(shape) != len(own) or any(map(differs, shape, own))):
            errors.append(f"size mismatch for {key}: copying a param with shape torch.Size({list(shape)}) from checkpoint, "
                          f"the shape in current model is torch.Size({list(own)}).")
            return
    if isinstance(meta, dict) and meta.get("assign_to_params_buffers") is True:
        made = TensorValue(Tensor(own, given.tensor.dtype), parameter=value.is_parameter, kind=value.kind)
        if value.is_parameter:
            made.state["requires_grad"] = value.state.get("requires_grad", True)
            if given.is_parameter:
                made = given
                made.write(it)
                made.state["requires_grad"] = value.state.get("requires_grad", True)
        it.set(self, name, made)
    else:
        value.forget(it)


def _forget(it: Interpreter, self: Instance) -> None:
    """What a state that is not known is copied into."""
    for kind in ("_parameters", "_buffers"):
        for value in table(self, kind).values():
            if isinstance(value, TensorValue):
                value.forget(it)

