"""Decorators that only document: seen to write nothing but ``__doc__`` of what they are applied to.

Large libraries put texts together at import, which costs more than all else there. Like ``confinement.py``, which lets definitions wait,
this never concerns a program that is small enough to run whole.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from paramlint.core.unknown import Unknown
from paramlint.interpreter import hints
from paramlint.interpreter.confinement import SMALL
from paramlint.interpreter.footprint import Footprint
from paramlint.interpreter.values import ClassMethod, ClassValue, FunctionValue, StaticMethod

if TYPE_CHECKING:
    from paramlint.interpreter.machine import Interpreter

_DOC = "__doc__"


class _Documented(Footprint):
    """What is written besides the attributes of what is documented."""

    __slots__ = ()

    def allow(self, containers: list[dict[str, Any]]) -> None:
        self._born.update((id(container), container) for container in containers)

    def assigned(self, before: Any, value: Any) -> None:
        left = self.left
        super().assigned(before, value)
        self.left = left or before is not None  # one that is made once and kept in place of None tells nobody anything


class Documenters:
    def __init__(self) -> None:
        self._seen: dict[tuple[int, bool], tuple[Any, bool]] = {}  # code, for functions or for classes → whether it does no more
        self._large = False

    def apply(self, it: Interpreter, decorator: Any, value: Any) -> Any:
        """Call a decorator, or leave it out."""
        code = decorator.code if isinstance(decorator, FunctionValue) else None
        self._large = self._large or it.modules.spent() > SMALL
        if code is None or not self._large or not isinstance(value, FunctionValue | ClassValue):
            return it.call(decorator, [value])
        key = (id(code), isinstance(value, ClassValue))
        seen = self._seen.get(key)
        if seen is None and not it.state.logs:
            return self._watched(it, decorator, value, key)
        if seen is None or not seen[1]:
            return it.call(decorator, [value])
        for attributes in _documents(value):
            it.write_attributes(attributes)
            attributes[_DOC] = Unknown(it.unknown_reason(f"the text that `{code.name}` writes"), data=True)
        return value

    def _watched(self, it: Interpreter, decorator: FunctionValue, value: Any, key: tuple[int, bool]) -> Any:
        found = list(_documents(value))
        before = [dict(attributes) for attributes in found]
        outer = it.watch
        it.watch = footprint = _Documented(outer)
        footprint.allow(found)
        self._seen[key] = decorator.code, False
        try:
            result = it.call(decorator, [value])
        finally:
            it.watch = outer
        self._seen[key] = decorator.code, result is value and not footprint.left and all(map(_differ_in_text, before, found))
        return result


def _documents(value: Any) -> Iterator[dict[str, Any]]:
    """The attributes of a function, or of a class and its methods."""
    yield value.attrs
    if isinstance(value, ClassValue):
        for member in value.attrs.values():
            function = member.func if isinstance(member, ClassMethod | StaticMethod) else member
            if isinstance(function, FunctionValue):
                yield function.attrs


def _differ_in_text(before: dict[str, Any], after: dict[str, Any]) -> bool:
    """Whether nothing else has changed; annotations are there as soon as they are looked at."""
    changed = {name for name in before.keys() | after.keys() if after.get(name) is not before.get(name)}
    return changed <= ({_DOC} if hints.NAME in before else {_DOC, hints.NAME})


__all__ = ["Documenters"]
