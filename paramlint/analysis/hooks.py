"""Hooks: functions of the analysed code that a framework calls around what it does."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import suppress
from functools import partial
from itertools import count
from typing import TYPE_CHECKING, Any

from paramlint.analysis.modules import FORWARD_HOOKS
from paramlint.core.unknown import Escaped, Unknown, Why
from paramlint.interpreter.escape import may_call
from paramlint.interpreter.held import loose
from paramlint.interpreter.operators import type_name
from paramlint.interpreter.signals import Raised
from paramlint.interpreter.values import ABSENT, Either, Foreign, Instance, Native

if TYPE_CHECKING:
    from paramlint.analysis.overlay import Overlay
    from paramlint.interpreter.machine import Interpreter

Args = list[Any]
Kwargs = dict[str, Any]
PRE, POST = FORWARD_HOOKS
# Where a module keeps its hooks, by the methods that add them.
TABLES = {
    "register_forward_pre_hook": PRE, "register_forward_hook": POST, "register_load_state_dict_post_hook": "_load_state_dict_post_hooks",
    **dict.fromkeys(("register_load_state_dict_pre_hook", "_register_load_state_dict_pre_hook"), "_load_state_dict_pre_hooks"),
    **dict.fromkeys(("register_state_dict_post_hook", "_register_state_dict_hook"), "_state_dict_hooks"),
    "register_state_dict_pre_hook": "_state_dict_pre_hooks",
}
BACKWARD = ("register_full_backward_hook", "register_full_backward_pre_hook", "register_backward_hook")
_FLAGS = ("with_kwargs", "always_call", "with_module")
_NUMBERS = count()


class Handle(Foreign):
    """What registering a hook gives: ``remove`` takes it away, as does the end of a ``with``."""

    __slots__ = ("key", "table")

    def __init__(self, table: dict[Any, Any], key: int) -> None:
        self.table = table
        self.key = key

    def type_name(self) -> str:
        return "RemovableHandle"

    def get(self, it: Interpreter, name: str) -> Any:
        if name in ("remove", "__exit__"):
            return Native(name, lambda it, args, kwargs: self._remove(it))
        if name == "__enter__":
            return Native(name, lambda it, args, kwargs: self)
        return NotImplemented if name.startswith("__") else it.unknown(Why.UNSUPPORTED, f"`{name}` of a hook's handle")

    def _remove(self, it: Interpreter) -> None:
        it.write(self.table)
        self.table.pop(self.key, None)


# The options of the methods that add hooks, besides the hook.
_OPTIONS = {
    "register_forward_hook": frozenset({"prepend", "with_kwargs", "always_call"}), "register_forward_pre_hook": frozenset({"prepend", "with_kwargs"}),
    **dict.fromkeys(("register_full_backward_hook", "register_full_backward_pre_hook"), frozenset({"prepend"})),
    "_register_load_state_dict_pre_hook": frozenset({"with_module"}),
}


def table_of(it: Interpreter, owner: dict[str, Any], name: str) -> Any:
    """The hooks of one kind, by number."""
    if name not in owner:
        it.write(owner)
        owner[name] = it.made({})
    return owner[name]


def added(it: Interpreter, owner: dict[str, Any], name: str, args: Args, kwargs: Kwargs) -> Any:
    """Add a hook to the tables of a module, or to those of all modules; the handle."""
    hook = args[0] if args else kwargs.get("hook", ABSENT)
    if hook is ABSENT:
        it.throw("TypeError", "a hook is missing")
    found = table_of(it, owner, name)
    if not isinstance(found, dict):
        return it.result_of(Unknown(found.reason), args)
    key = next(_NUMBERS)
    it.write(found)
    if it.truth(kwargs.get("prepend", False)) is True:
        later = dict(found)
        found.clear()
        found.update({key: hook, **later})
    else:
        found[key] = hook
    flags = frozenset(flag for flag in _FLAGS if it.truth(kwargs.get(flag, len(args) > 1 and flag == "with_module" and args[1])) is not False)
    if flags:
        kept = table_of(it, owner, f"<flags of {name}>")
        it.write(kept)
        kept[key] = flags
    return Handle(found, key)


def method(name: str) -> Callable[[Interpreter, Args, Kwargs], Any]:
    """The method of modules that adds a hook."""
    given = {"with_module": True} if name == "register_load_state_dict_pre_hook" else {}

    def run(it: Interpreter, args: Args, kwargs: Kwargs) -> Any:
        _require_options(it, name, args, kwargs)
        return added(it, args[0].attrs, TABLES[name], args[1:], {**kwargs, **given})

    return run


def _require_options(it: Interpreter, name: str, args: Args, kwargs: Kwargs) -> None:
    """Refuse options that hooks of this kind do not have."""
    wrong = kwargs.keys() - {"hook"} - _OPTIONS.get(name, frozenset())
    if wrong or (len(args) > 2 and name != "_register_load_state_dict_pre_hook"):
        it.throw("TypeError", f"Module.{name}() got an unexpected keyword argument '{min(wrong)}'" if wrong
                 else f"Module.{name}() takes 2 positional arguments but {len(args)} were given")


def backward(name: str) -> Callable[[Interpreter, Args, Kwargs], Any]:
    """The method of modules that adds a hook which runs with derivatives."""
    def run(it: Interpreter, args: Args, kwargs: Kwargs) -> Any:
        _require_options(it, name, args, kwargs)
        return _with_derivatives(it, args, kwargs)

    return run


def _with_derivatives(it: Interpreter, args: Args, kwargs: Kwargs) -> Any:
    """A hook that runs with derivatives, if such are asked for."""
    reason = Escaped(Why.UNSUPPORTED, "a hook runs whenever derivatives are computed", it.site())
    for hook in (*args[1:2], *([kwargs["hook"]] if "hook" in kwargs else ())):
        may_call(it, hook, reason, (args[0],))
    return it.library.handle()  # type: ignore[attr-defined]


def of(it: Interpreter, owner: dict[str, Any], name: str) -> Iterator[tuple[Any, frozenset[str]]]:
    """The hooks of one kind with their flags. One that may not be there is one of several values, of which one is absent."""
    found, flags = owner.get(name), owner.get(f"<flags of {name}>")
    tables = found.alternatives if isinstance(found, Either) else (found,)
    why = found.reason if isinstance(found, Either) else None
    for table in tables:
        if isinstance(table, Instance):
            table = table.payload
        reason = table.reason if isinstance(table, Unknown) else it.state.open_reason(table)
        if reason is not None:
            yield Unknown(reason), frozenset()
        for key, hook in list(table.items()) if isinstance(table, dict) else ():
            known = flags.get(key, frozenset()) if isinstance(flags, dict) else frozenset()
            perhaps = why is not None and not (isinstance(hook, Either) and ABSENT in hook.alternatives)
            yield Either((hook, ABSENT), why) if perhaps and why else hook, known if isinstance(known, frozenset) else frozenset()


def has(overlay: Overlay, module: Instance) -> bool:
    """Whether hooks run around the calls of a module."""
    return PRE in module.attrs or POST in module.attrs or bool(overlay.hooks)


def called(it: Interpreter, hook: Any, args: Args) -> Any:
    """What a hook gives; one that may not be there is called or not."""
    if isinstance(hook, Either):
        ways: list[Callable[[], Any]] = [partial(it.call, one, args) for one in hook.alternatives if one is not ABSENT]
        return it.fork([*ways, lambda: None] if ABSENT in hook.alternatives else ways, hook.reason)
    return it.call(hook, args)


def around(overlay: Overlay, it: Interpreter, module: Instance, forward: Callable[[Args, Kwargs], Any], args: Args, kwargs: Kwargs) -> Any:
    """Call a module with its hooks, and those of all modules, before and after its own code."""
    for hook, flags in (*of(it, overlay.hooks, PRE), *of(it, module.attrs, PRE)):
        args, kwargs = _before(it, module, hook, flags, args, kwargs)
    waiting = [*of(it, overlay.hooks, POST), *of(it, module.attrs, POST)]
    result: Any = None
    try:
        result = forward(args, kwargs)
        while waiting:
            hook, flags = waiting.pop(0)
            result = _after(it, module, hook, flags, args, kwargs, result)
    except Raised:
        for hook, flags in waiting:
            if "always_call" in flags:
                with suppress(Raised):
                    result = _after(it, module, hook, flags, args, kwargs, result)
        raise
    return result


def _before(it: Interpreter, module: Instance, hook: Any, flags: frozenset[str], args: Args, kwargs: Kwargs) -> tuple[Args, Kwargs]:
    """The arguments that a hook leaves."""
    both = "with_kwargs" in flags
    found = called(it, hook, [module, tuple(args), *([it.made(dict(kwargs))] if both else ())])
    if found is None:
        return args, kwargs
    if isinstance(found, Unknown | Either):
        return [loose(found.reason, (value, found)) for value in args], {key: loose(found.reason, (value, found)) for key, value in kwargs.items()}
    if not both:
        return list(found) if isinstance(found, tuple) else [found], kwargs
    if not isinstance(found, tuple) or len(found) != 2 or not isinstance(found[0], tuple) or not isinstance(found[1], dict):
        it.throw("RuntimeError", f"forward pre-hook must return None or a tuple of (new_args, new_kwargs), but got {type_name(found)}.")
    return list(found[0]), dict(found[1])


def _after(it: Interpreter, module: Instance, hook: Any, flags: frozenset[str], args: Args, kwargs: Kwargs, result: Any) -> Any:
    """The result that a hook leaves."""
    found = called(it, hook, [module, tuple(args), *([it.made(dict(kwargs))] if "with_kwargs" in flags else ()), result])
    if isinstance(found, Unknown):
        return loose(found.reason, (result, found))
    if isinstance(found, Either):
        first, *others = [result if value is None else value for value in found.alternatives]
        for value in others:
            first = it.state.join(first, value, found.reason)
        return first
    return result if found is None else found


# For all modules ----------------------------------------------------------------------------------------------------------


def everywhere(overlay: Overlay, name: str, kind: str) -> Native:
    """A function that adds a hook to all modules; ``kind`` is where they are kept, "derivatives" or "registration"."""
    def add(it: Interpreter, args: Args, kwargs: Kwargs) -> Any:
        if kind == "derivatives":
            return _with_derivatives(it, [None, *args], kwargs)
        if kind == "registration":  # from now on what is registered may be replaced
            it.hedged(Escaped(Why.UNSUPPORTED, f"a hook of `{name}` may replace what modules register", it.site()))
            return overlay.handle()
        it.outlives()
        return added(it, overlay.hooks, kind, args, kwargs)

    return Native(name, add)
