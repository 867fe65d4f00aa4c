"""Lookups that classes write themselves and that pass nearly every name on: ``def __getattribute__(self, name)``.

Such a function runs whenever any attribute of its objects is read, and nearly always does no more than to look at a flag or a table of
names before it hands the name to ``super()``. That much is evaluated here, without a frame; nothing on this way has an effect, so
wherever the code goes on to do anything else it is left to the interpreter, from the start.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from paramlint.interpreter.values import ABSENT, ClassMethod, FunctionValue, Instance, Native, Property
from paramlint.syntax import ir

if TYPE_CHECKING:
    from paramlint.interpreter.machine import Interpreter

_NAME = "__getattribute__"
_SINGLE = frozenset({type(None), bool, int, float, str})
_DECIDES = _SINGLE | {list, tuple, dict, set, frozenset}


class NotPassedOn(Exception):
    """Code that does more than to pass a name on."""


def passed_on(it: Interpreter, value: Instance, name: str, function: FunctionValue) -> Any:
    """What a class's own lookup gives. Raises NotPassedOn, before anything has been done, where it has to be run."""
    it.step()
    return _Lookup(it, value, function).run(name, last=True)


class _Lookup:
    """One function that is being evaluated."""

    def __init__(self, it: Interpreter, value: Instance, function: FunctionValue) -> None:
        code = function.code
        taken = (*code.positional_only, *code.parameters)
        if (
            len(taken) != 2
            or code.star
            or code.double_star
            or code.keyword_only
            or code.is_generator
            or code.is_async
            or code.global_names
            or code.nonlocal_names
            or function.owner is None
        ):
            raise NotPassedOn
        self.it = it
        self.value = value
        self.function = function
        self.itself, self.name = taken[0].name, taken[1].name

    def run(self, name: str, *, last: bool) -> Any:
        """What the function returns; with ``last`` nothing follows, so that what it passes the name to may do anything."""
        self.names: dict[str, Any] = {self.itself: self.value, self.name: name}
        found = self._body(self.function.code.body, last=last)
        if found is ABSENT:
            raise NotPassedOn
        return found

    def _body(self, body: tuple[ir.Stmt, ...], *, last: bool) -> Any:
        """What statements return; ABSENT where they do not."""
        for statement in body:
            kind = statement.__class__
            if kind is ir.If:
                chosen = next((way for test, way in statement.branches if self._holds(test)), statement.orelse)  # type: ignore[attr-defined]
                found = self._body(chosen, last=last)
                if found is not ABSENT:
                    return found
            elif kind is ir.Assign and len(statement.targets) == 1:  # type: ignore[attr-defined]
                target = statement.targets[0]  # type: ignore[attr-defined]
                if target.__class__ is not ir.Name:
                    raise NotPassedOn
                self.names[target.id] = self._value(statement.value)  # type: ignore[attr-defined]
            elif kind is ir.Return and statement.value is not None:  # type: ignore[attr-defined]
                return self._returned(statement.value, last=last)  # type: ignore[attr-defined]
            elif not (kind is ir.Evaluate and statement.value.__class__ is ir.Constant):  # type: ignore[attr-defined]
                raise NotPassedOn
        return ABSENT

    def _returned(self, node: ir.Expr, *, last: bool) -> Any:
        wanted = self._passed(node)
        return self._value(node) if wanted is None else self._next(self._value(wanted), last=last)

    # Conditions --------------------------------------------------------------------------------------------------

    def _holds(self, node: ir.Expr) -> bool:
        return self._decides(self._value(node))

    def _decides(self, value: Any) -> bool:
        if value.__class__ not in _DECIDES or self.it.state.open_reason(value) is not None:
            raise NotPassedOn
        return bool(value)

    def _compared(self, node: ir.Compare) -> bool:
        if len(node.ops) != 1:
            raise NotPassedOn
        left, right, op = self._value(node.left), self._value(node.right[0]), node.ops[0]
        if op in ("is", "is not") and (left is None or right is None):
            return (left is right) is (op == "is")
        if op in ("==", "!=") and left.__class__ is str and right.__class__ is str:
            return (left == right) is (op == "==")
        if op in ("in", "not in") and left.__class__ is str:
            return self._contains(right, left) is (op == "in")
        raise NotPassedOn

    def _contains(self, container: Any, key: str) -> bool:
        kind, it = container.__class__, self.it
        if it.state.open_reason(container) is not None:
            raise NotPassedOn
        if kind is list or kind is tuple:
            if all(item.__class__ is str for item in container):
                return key in container
        elif kind is dict or kind is set or kind is frozenset:
            if key in container:
                return True
            if not it.registries.may_lack(it, container) and not any(value is container for value in self.function.module.vars.values()):
                return False  # and no definition that has not run may yet put it there
        raise NotPassedOn

    def _either(self, node: ir.Boolean) -> Any:
        """The operand that decides an ``and`` or ``or``."""
        for part in node.values[:-1]:
            value = self._value(part)
            if self._decides(value) is (node.op == "or"):
                return value
        return self._value(node.values[-1])

    # Values ------------------------------------------------------------------------------------------------------

    def _value(self, node: ir.Expr) -> Any:
        kind = node.__class__
        if kind is ir.Constant:
            return node.value  # type: ignore[attr-defined]
        if kind is ir.Name:
            if node.id in self.names:  # type: ignore[attr-defined]
                return self.names[node.id]  # type: ignore[attr-defined]
        elif kind is ir.Compare:
            return self._compared(node)  # type: ignore[arg-type]
        elif kind is ir.Boolean:
            return self._either(node)  # type: ignore[arg-type]
        elif kind is ir.Unary and node.op == "not":  # type: ignore[attr-defined]
            return not self._holds(node.operand)  # type: ignore[attr-defined]
        elif kind is ir.Call:
            return self._called(node)  # type: ignore[arg-type]
        elif kind is ir.Attribute:
            held_by = self._value(node.value)  # type: ignore[attr-defined]
            if held_by.__class__ is Instance and held_by is not self.value and "getattribute" not in held_by.cls.facts:
                return _plain(held_by, node.attr)  # type: ignore[attr-defined]
        elif kind is ir.Subscript:
            return self._item(self._value(node.value), self._value(node.index))  # type: ignore[attr-defined]
        raise NotPassedOn

    def _called(self, node: ir.Call) -> Any:
        wanted = self._passed(node)
        if wanted is not None:
            return self._next(self._value(wanted), last=False)
        func = node.func
        if isinstance(func, ir.Attribute) and func.attr == "get" and len(node.args) == 1 and not node.keywords:
            mapping, key = self._value(func.value), self._value(node.args[0])
            if mapping.__class__ is dict and key.__class__ is str:
                return self._item(mapping, key) if self._contains(mapping, key) else None
        raise NotPassedOn

    def _item(self, mapping: Any, key: Any) -> Any:
        if mapping.__class__ is not dict or key.__class__ is not str or not self._contains(mapping, key):
            raise NotPassedOn
        return _certain(mapping[key])

    # What follows ------------------------------------------------------------------------------------------------

    def _passed(self, node: ir.Expr) -> ir.Expr | None:
        """The name that ``super().__getattribute__(name)`` or ``object.__getattribute__(self, name)`` passes on."""
        if not isinstance(node, ir.Call) or node.keywords or not isinstance(node.func, ir.Attribute) or node.func.attr != _NAME:
            return None
        behind = node.func.value
        if (
            len(node.args) != 1
            or not isinstance(behind, ir.Call)
            or behind.args
            or behind.keywords
            or not isinstance(behind.func, ir.Name)
            or behind.func.id != "super"
            or not self._is_builtin("super")
        ):
            raise NotPassedOn
        return node.args[0]

    def _is_builtin(self, name: str) -> bool:
        around = self.function.closure.parent
        if name in self.function.code.locals or self.function.closure.kind != "class" or (around is not None and around.kind != "module"):
            return False
        return self.function.module.lookup(self.it, name) is ABSENT

    def _next(self, name: Any, *, last: bool) -> Any:
        """What the next class in the order gives, in the end ``object``."""
        if name.__class__ is not str or self.function.owner not in self.value.cls.mro:
            raise NotPassedOn
        found = self.value.cls.find_after(self.function.owner, _NAME)
        if isinstance(found, FunctionValue):
            return _Lookup(self.it, self.value, found).run(name, last=last)
        own = self.it.classes["object"].attrs.get(_NAME)
        if found is not own or not isinstance(own, Native):
            raise NotPassedOn
        return self.it.call(own, [self.value, name]) if last else _plain(self.value, name)


def _plain(value: Instance, name: str) -> Any:
    """An attribute that is just read; finding out about it does nothing."""
    declared = value.cls.find(name)
    if isinstance(declared, Instance | Property):
        raise NotPassedOn
    found = value.attrs.get(name, ABSENT)
    if found is ABSENT and declared is ABSENT and name == "__dict__":
        found = value.attrs
    elif found is ABSENT and not isinstance(declared, FunctionValue | Native | ClassMethod):
        found = declared
    return _certain(found)


def _certain(value: Any) -> Any:
    if value.__class__ in _DECIDES or value.__class__ is Instance:
        return value
    raise NotPassedOn
