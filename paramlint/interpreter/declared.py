"""Imports under ``if TYPE_CHECKING:``, which say where names come from that a module makes in a way of its own."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from paramlint.interpreter.protocols import Statement
from paramlint.interpreter.values import ABSENT
from paramlint.syntax import ir

if TYPE_CHECKING:
    from paramlint.interpreter.machine import Interpreter
    from paramlint.interpreter.module_values import ModuleValue


def declare(module: ModuleValue, statement: Statement) -> set[str]:
    """Note what a statement only declares; returns the names."""
    found: list[ir.ImportFrom] = []
    for node in module.lowered(statement):
        found += _type_checking_imports(node)
    module.declared += found
    return {alias or name for node in found for name, alias in node.names}  # a star too


def declared_name(it: Interpreter, module: ModuleValue, name: str) -> Any:
    """A name out of such an import, or ABSENT."""
    for node in module.declared:
        for wanted, alias in node.names:
            if (alias or wanted) == name:
                value = module.vars[name] = it.modules.member(it.modules.absolute(node.module, node.level, module), wanted)
                return value
    starred = [it.modules.absolute(node.module, node.level, module) for node in module.declared if node.names[0][0] == "*"]
    for source in sorted(starred, key=lambda source: not it.modules.stars.binds(source, name)):  # of the others, none need be executed for it
        value = it.modules.stars.declared_member(source, name)
        if value is not ABSENT:
            module.vars[name] = value
            return value
    return ABSENT


def _type_checking_imports(node: ir.Stmt) -> list[ir.ImportFrom]:
    """The ``from … import`` statements under ``if TYPE_CHECKING:``."""
    if not isinstance(node, ir.If):
        return []
    test, body = node.branches[0]
    tests = test.values if isinstance(test, ir.Boolean) and test.op == "or" else (test,)
    if not any((isinstance(test, ir.Name) and test.id == "TYPE_CHECKING") or (isinstance(test, ir.Attribute) and test.attr == "TYPE_CHECKING")
               for test in tests):
        return []
    found: list[ir.ImportFrom] = []
    stack = list(reversed(body))
    while stack:
        statement = stack.pop()
        if isinstance(statement, ir.ImportFrom):
            found.append(statement)
        elif isinstance(statement, ir.Try):
            stack += [*reversed(statement.orelse), *reversed(statement.body)]
        elif isinstance(statement, ir.If):
            stack += [inner for _, branch in statement.branches for inner in branch]
    return found
