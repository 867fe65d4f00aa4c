"""``unittest.mock``: what ``patch`` puts in place of an attribute for a while. Mocks themselves are unknown."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from paramlint.core.unknown import Unknown, Why
from paramlint.interpreter import library_names, setting
from paramlint.interpreter.library_values import LibraryModule
from paramlint.interpreter.natives import Table, known
from paramlint.interpreter.signals import Raised
from paramlint.interpreter.values import ABSENT, ClassValue, Instance, Native

if TYPE_CHECKING:
    from paramlint.interpreter.machine import Interpreter

_PATCH = Table()
_DICT = Table()
_DEFAULT: Any = object()


def names(it: Interpreter) -> dict[str, Any]:
    root = it.classes["object"]
    plain = ClassValue("_patch", (root,), dict(_PATCH), module="unittest.mock")
    entries = ClassValue("_patch_dict", (root,), dict(_DICT), module="unittest.mock")

    def patch(it: Interpreter, args: list[Any], kwargs: dict[str, Any]) -> Any:
        target, *rest = args if args else [kwargs.get("target")]
        known(it, target)
        owner, _, name = str(target).rpartition(".")
        return _made(it, plain, lambda: _resolved(it, owner), name, rest, kwargs)

    def patch_object(it: Interpreter, args: list[Any], kwargs: dict[str, Any]) -> Any:
        given = dict(zip(("target", "attribute"), args, strict=False))
        target, name = given.get("target", kwargs.get("target")), given.get("attribute", kwargs.get("attribute"))
        known(it, name)
        return _made(it, plain, lambda: target, name, args[2:], kwargs)

    def patch_dict(it: Interpreter, args: list[Any], kwargs: dict[str, Any]) -> Any:
        target, values, clear = (*args, *[None] * 3)[:3]
        options = {key: value for key, value in kwargs.items() if key not in ("in_dict", "values", "clear")}
        return it.instance(entries, {"in_dict": kwargs.get("in_dict", target), "values": kwargs.get("values", values) or {}, "options": options,
                                     "clear": kwargs.get("clear", clear) or False})

    function = Native("patch", patch)
    function.attrs.update({"object": Native("object", patch_object), "dict": Native("dict", patch_dict)})
    return {"patch": function}


def _made(it: Interpreter, cls: ClassValue, target: Any, name: Any, rest: list[Any], kwargs: dict[str, Any]) -> Any:
    new = rest[0] if rest else kwargs.get("new", _DEFAULT)
    if "new_callable" in kwargs or len(rest) > 4:
        new = _DEFAULT
    find = Native("target", lambda it, args, kwargs: target())
    return it.instance(cls, {"target": find, "attribute": name, "new": new, "create": kwargs.get("create", False), "before": ABSENT})


def _resolved(it: Interpreter, path: str) -> Any:
    """The module, or the object in one, that a dotted path names."""
    try:
        return it.modules.import_module(path)
    except Raised:
        owner, _, name = path.rpartition(".")
        if not owner:
            raise
        return it.get(_resolved(it, owner), name)


@_PATCH.raw("__enter__", "start", binds=True)
def _enter(it: Interpreter, self: Instance, /) -> Any:
    target, name, new = it.call(self.attrs["target"]), self.attrs["attribute"], self.attrs["new"]
    if isinstance(target, Unknown):
        raise it.not_followed("what a mock stands in place of")
    there = it.get_or(target, name, ABSENT)
    if there.__class__ is LibraryModule and not library_names.certainly(it, there):
        there = ABSENT
    if there is ABSENT and it.truth(self.attrs["create"]) is not True:
        it.throw("AttributeError", f"there is no attribute '{name}'")
    own = isinstance(target, ClassValue | Instance)
    before = target.attrs.get(name, ABSENT) if own else there
    it.write(self.attrs)
    self.attrs["before"] = before
    self.attrs["given"] = it.unknown(Why.UNSUPPORTED, "what a mock gives") if new is _DEFAULT else new
    it.set(target, name, self.attrs["given"])
    return self.attrs["given"]


@_PATCH.raw("__exit__", "stop", binds=True)
def _exit(it: Interpreter, self: Instance, /, *error: Any) -> Any:
    target, name, before = it.call(self.attrs["target"]), self.attrs["attribute"], self.attrs["before"]
    if before is ABSENT and isinstance(target, LibraryModule):
        it.write(it.modules.members)
        it.modules.members.pop(f"{target.name}.{name}", None)
    elif before is ABSENT:
        setting.delete(it, target, name)
    else:
        it.set(target, name, before)
    return False


@_PATCH.raw("__call__", binds=True)
def _decorate(it: Interpreter, self: Instance, function: Any, /) -> Any:
    """A function that runs while the attribute is another; of a class, the methods of tests alone."""
    if isinstance(function, ClassValue):
        return function

    def call(it: Interpreter, args: list[Any], kwargs: dict[str, Any]) -> Any:
        given = it.call(it.get(self, "__enter__"))
        try:
            return it.call(function, [*args, given] if self.attrs.get("new") is _DEFAULT else args, kwargs)
        finally:
            it.call(it.get(self, "__exit__"), [None, None, None])

    wrapper = Native(getattr(function, "name", "wrapped"), call, binds=True)
    wrapper.attrs["__wrapped__"] = function
    return wrapper


@_DICT.raw("__enter__", "start", binds=True)
def _enter_dict(it: Interpreter, self: Instance, /) -> Any:
    target = self.attrs["in_dict"]
    known(it, target)
    if isinstance(target, str):
        target = _resolved(it, target)
    it.write(self.attrs)
    self.attrs["found"], self.attrs["before"] = target, it.call(it.get(target, "copy"))
    if it.truth(self.attrs["clear"]) is True:
        it.call(it.get(target, "clear"))
    it.call(it.get(target, "update"), [self.attrs["values"]])
    it.call(it.get(target, "update"), [it.made(dict(self.attrs["options"]))])
    return target


@_DICT.raw("__exit__", "stop", binds=True)
def _exit_dict(it: Interpreter, self: Instance, /, *error: Any) -> Any:
    it.call(it.get(self.attrs["found"], "clear"))
    it.call(it.get(self.attrs["found"], "update"), [self.attrs["before"]])
    return False


_DICT["__call__"] = _PATCH["__call__"]
