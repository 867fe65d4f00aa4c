"""``globals()`` and ``locals()``."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from paramlint.core.unknown import Unknown, Why
from paramlint.interpreter.frames import Frame
from paramlint.interpreter.module_values import ModuleValue
from paramlint.interpreter.natives import Table, known, without_absent
from paramlint.interpreter.nodes import names_in
from paramlint.interpreter.values import ABSENT, ClassValue, Either, Foreign, Native

if TYPE_CHECKING:
    from paramlint.interpreter.machine import Interpreter

FUNCTIONS = Table()
_OF_CLASS = frozenset({"super", "__class__"})  # a method that has one of these names has the class that it is defined in as a variable


class Globals(Foreign):
    """``globals()``: the names of a module, evaluated as they are asked for."""

    __slots__ = ("module",)

    def __init__(self, module: ModuleValue) -> None:
        self.module = module

    def type_name(self) -> str:
        return "dict"

    def class_of(self, it: Interpreter) -> ClassValue | None:
        return it.classes["dict"]

    def item(self, it: Interpreter, index: Any) -> Any:
        known(it, index)
        found = self.module.lookup(it, index)
        if found is ABSENT:
            reason = self.module.missing(it, index)
            if reason is not None:
                return Unknown(reason)
            raise it.error("KeyError", index)
        return found

    def set_item(self, it: Interpreter, index: Any, value: Any) -> Any:
        known(it, index)
        self.module.assign(it, index, value)

    def compare(self, it: Interpreter, op: str, other: Any) -> Any:
        return it.unknown(Why.UNSUPPORTED, "a comparison of `globals()`")

    def iterate(self, it: Interpreter) -> Any:
        return it.iterate(self.module.names(it))

    def length(self, it: Interpreter) -> Any:
        return it.call(it.builtins["len"], [self.module.names(it)])

    def get(self, it: Interpreter, name: str) -> Any:
        if name == "get":
            return Native("get", lambda it, args, kwargs: self._get(it, *args))
        if name == "__contains__":
            return Native(name, lambda it, args, kwargs: self.module.lookup(it, args[0]) is not ABSENT)
        if name == "update":
            return Native(name, lambda it, args, kwargs: self._update(it, *args, **kwargs))
        if name in ("keys", "values", "items", "copy"):
            return Native(name, lambda it, args, kwargs: it.call(it.get(self._snapshot(it), name)))
        if name in _CHANGING:
            return Native(name, lambda it, args, kwargs: _CHANGING[name](self, it, *args))
        if hasattr(dict, name):
            return Native(name, lambda it, args, kwargs: it.unknown(Why.UNSUPPORTED, f"`globals().{name}()`"))
        return NotImplemented

    def _get(self, it: Interpreter, index: Any, default: Any = None) -> Any:
        known(it, index)
        found = self.module.lookup(it, index)
        return default if found is ABSENT else found

    def _set_default(self, it: Interpreter, index: Any, default: Any = None) -> Any:
        known(it, index)
        found = without_absent(it, self.module.lookup(it, index), default)
        if found is ABSENT:
            found = default
        self.module.assign(it, index, found)
        return found

    def _pop(self, it: Interpreter, index: Any, default: Any = ABSENT) -> Any:
        known(it, index)
        found = self.module.lookup(it, index)
        if found.__class__ is Either:
            raise it.not_followed("a global that is taken out and may not be there")
        if found is ABSENT and default is ABSENT:
            raise it.error("KeyError", index)
        if found is not ABSENT:
            self.module.forget(it, index)
        return default if found is ABSENT else found

    def _delete(self, it: Interpreter, index: Any) -> None:
        self._pop(it, index)

    def _update(self, it: Interpreter, other: Any = (), **more: Any) -> None:
        for key, value in {**it.call(it.classes["dict"], [other]), **more}.items():
            self.module.assign(it, key, value)

    def _snapshot(self, it: Interpreter) -> dict[str, Any]:
        names = self.module.names(it)
        found = it.made({name: self.module.lookup(it, name) for name in names})
        reason = it.state.open_reason(names)
        if reason is not None:
            it.state.mark_open(found, reason)
        return found  # type: ignore[no-any-return]


_CHANGING: dict[str, Any] = {"setdefault": Globals._set_default, "pop": Globals._pop, "__delitem__": Globals._delete}


@FUNCTIONS.raw("globals")
def globals_(it: Interpreter) -> Any:
    return it.unknown(Why.UNSUPPORTED, "`globals()` outside a module") if it.frame is None else Globals(it.frame.module)


@FUNCTIONS.raw("locals")
def locals_(it: Interpreter) -> Any:
    frame: Frame | None = it.frame
    while frame is not None and frame.kind == "comprehension":
        frame = frame.caller
    if frame is None:
        return it.made({})
    if frame.kind == "module":
        return Globals(frame.module)
    if frame.kind == "class":
        return frame.vars
    found = {name: value for name, value in frame.vars.items() if not name.startswith("<")}
    if frame.owner is not None and frame.function is not None and not _OF_CLASS.isdisjoint(names_in(frame.function.code.body, inside=True)):
        found["__class__"] = frame.owner
    return it.made(found)


