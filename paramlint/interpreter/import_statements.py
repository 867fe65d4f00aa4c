"""Import statements: what they execute, and what they bind."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from paramlint.interpreter.execution import handles
from paramlint.interpreter.frames import Frame
from paramlint.interpreter.signals import Signal
from paramlint.interpreter.targets import bind_name
from paramlint.interpreter.turns import Pending, Phase
from paramlint.interpreter.values import ABSENT
from paramlint.syntax import ir

if TYPE_CHECKING:
    from paramlint.interpreter.machine import Interpreter


@handles(ir.Import)
def import_(it: Interpreter, node: ir.Import, frame: Frame) -> Signal | None:
    frame.site = node.at
    for dotted, alias in node.names:
        module = _bound_by_import(it, dotted, frame)
        root = dotted.partition(".")[0]
        if root != dotted:
            module = _bound_by_import(it, root, frame) if alias is None else _named_by_package(it, dotted, module)
        bind_name(it, alias or root, module, frame)
    return None


@handles(ir.ImportFrom)
def import_from(it: Interpreter, node: ir.ImportFrom, frame: Frame) -> Signal | None:
    frame.site = node.at
    name = it.modules.absolute(node.module, node.level, frame.module)
    if len(node.names) > 1:
        _bring_submodules(it, name, node.names)
    for wanted, alias in node.names:
        if wanted == "*":
            it.modules.stars.bring(name, frame)
        else:
            bind_name(it, alias or wanted, _from_import(it, name, wanted, frame), frame)
    return None


def _bound_by_import(it: Interpreter, name: str, frame: Frame) -> Any:
    """What ``import name`` finds; at module level, one that is left for later is looked up when it is first read."""
    if frame.kind != "module" or it.import_guards or it.modules.covered(name) or name in it.modules.replaced:
        return it.modules.import_module(name)
    begun = it.modules.bring(name)
    if begun is None and name not in it.modules.replaced and it.loader.exists(name):
        return Pending(name, None)
    return it.modules.import_module(name)


def _named_by_package(it: Interpreter, dotted: str, module: Any) -> Any:
    """What ``import dotted as x`` binds: what the package calls by that name, which may have come after the module."""
    package, _, own = dotted.rpartition(".")
    around = it.modules.loaded.get(package)
    if around is None or it.library.covers(dotted) or (own not in around.vars and own not in around.turns.postponed):
        return module
    return around.lookup(it, own)


def _from_import(it: Interpreter, module: str, name: str, frame: Frame) -> Any:
    """What ``from module import name`` binds; at module level it is looked up when the name is first read."""
    if it.library.covers(module):
        own = frame.kind == "module" and not it.import_guards and it.library.covers(frame.module.name)
        return Pending(module, name) if own else it.modules.member(module, name)  # of a library's own source, few names are ever needed
    begun = it.modules.bring(module)
    if frame.kind != "module" or it.import_guards or module in it.modules.replaced:
        return it.modules.member(module, name)
    if begun is None:
        return Pending(module, name) if it.loader.exists(module) else it.modules.member(module, name)
    value = begun.vars.get(name, begun.resolving.get(name, ABSENT))
    if begun.stars:
        return it.modules.member(module, name)
    if value is not ABSENT:
        return value if value.__class__ is Pending else begun.lookup(it, name)
    if name in begun.turns.postponed:
        return Pending(module, name, begun.turns.postponed[name])
    if begun.turns.phase is Phase.RUNNING and not it.modules.faithful:
        return Pending(module, name)  # in the order that Python imports modules in, it may have been executed by now
    return it.modules.member(module, name)


def _bring_submodules(it: Interpreter, package: str, names: Iterable[tuple[str, Any]]) -> None:
    """Execute the modules among what is imported from a package: Python does so before it binds the first name."""
    begun = it.modules.bring(package)
    whole = begun is not None and begun.turns.phase is Phase.DONE and it.modules.faithful  # else their order is not Python's
    if begun is None or not whole or begun.own_path is None or begun.stars:
        return
    known = begun.vars.keys() | begun.resolving.keys() | begun.turns.postponed.keys()
    for name, _ in names:
        if name not in known and "__getattr__" not in known and it.loader.exists(f"{package}.{name}"):
            it.modules.bring(f"{package}.{name}")
