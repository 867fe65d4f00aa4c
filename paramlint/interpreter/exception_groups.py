"""Exception groups and ``except*``. Source: PEP 654."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

from paramlint.core.unknown import NeedsValue, Unknown
from paramlint.interpreter.natives import Table
from paramlint.interpreter.signals import Raised, Signal
from paramlint.interpreter.values import ClassValue, FunctionValue, Instance

if TYPE_CHECKING:
    from paramlint.interpreter.frames import Frame
    from paramlint.interpreter.machine import Interpreter
    from paramlint.syntax import ir

METHODS = Table()
Test = Callable[[Any], bool]


def is_group(it: Interpreter, value: Any) -> bool:
    return isinstance(value, Instance) and it.classes["BaseExceptionGroup"] in value.cls.mro


def make(it: Interpreter, args: list[Any]) -> Instance:
    """``ExceptionGroup(message, exceptions)``; ``BaseExceptionGroup`` of exceptions alone makes the narrower class."""
    cls, *rest = args
    if len(rest) != 2:
        it.library_throw("TypeError", f"{cls.name}.__new__() takes exactly 2 arguments ({len(rest)} given)")
    found = tuple(it.elements(rest[1]))
    base, narrow = it.classes["BaseException"], it.classes["Exception"]
    if any(isinstance(item, Unknown) for item in found):
        raise it.not_followed("a group of exceptions that are not known")
    if not found:
        it.throw("ValueError", "second argument (exceptions) must be a non-empty sequence")
    if not all(isinstance(item, Instance) and base in item.cls.mro for item in found):
        it.library_throw("ValueError", "an item of second argument (exceptions) is not an exception")
    if all(narrow in item.cls.mro for item in found):
        cls = it.classes["ExceptionGroup"] if cls is it.classes["BaseExceptionGroup"] else cls
    elif cls is it.classes["ExceptionGroup"]:
        it.throw("TypeError", "Cannot nest BaseExceptions in an ExceptionGroup")
    return it.instance(cls, {"args": (rest[0], rest[1]), "message": rest[0], "exceptions": found})


def _parts(it: Interpreter, value: Instance, test: Test) -> tuple[Any, Any]:
    """The part of an exception that a test holds for and the rest, either None."""
    if test(value):
        return value, None
    if not is_group(it, value):
        return None, value
    pairs = [_parts(it, item, test) for item in value.attrs["exceptions"]]
    return tuple(_derived(it, value, [pair[side] for pair in pairs if pair[side] is not None]) for side in (0, 1))


def _derived(it: Interpreter, group: Instance, items: list[Any]) -> Any:
    if not items:
        return None
    if isinstance(group.cls.find("derive"), FunctionValue):
        made = it.call(it.get(group, "derive"), [it.made(items)])
        if not isinstance(made, Instance):
            raise it.not_followed("what `derive` gives")
    else:
        made = make(it, [it.classes["BaseExceptionGroup"], group.attrs["message"], items])
    made.attrs.update({key: group.attrs[key] for key in ("__cause__", "__context__", "__notes__") if key in group.attrs})
    return made


def _test(it: Interpreter, condition: Any) -> Test:
    kinds = condition if isinstance(condition, tuple) else (condition,)
    if all(isinstance(kind, ClassValue) for kind in kinds):
        return lambda value: any(it.is_instance(value, kind) for kind in kinds)

    def holds(value: Any) -> bool:
        found = it.truth(it.call(condition, [value]))
        if isinstance(found, Unknown):
            raise NeedsValue(found)
        return bool(found)

    return holds


@METHODS.raw("split", binds=True)
def _split(it: Interpreter, self: Any, condition: Any, /) -> Any:
    return _parts(it, self, _test(it, condition))


@METHODS.raw("subgroup", binds=True)
def _subgroup(it: Interpreter, self: Any, condition: Any, /) -> Any:
    return _parts(it, self, _test(it, condition))[0]


@METHODS.raw("derive", binds=True)
def _derive(it: Interpreter, self: Any, exceptions: Any, /) -> Any:
    return make(it, [it.classes["BaseExceptionGroup"], self.attrs["message"], exceptions])


@METHODS.raw("__str__", binds=True)
def _str(it: Interpreter, self: Any, /) -> Any:
    count = len(self.attrs["exceptions"])
    return f"{self.attrs['message']} ({count} sub-exception{'s' * (count != 1)})" if isinstance(self.attrs["message"], str) else self.attrs["message"]


Run = Callable[["ir.Handler", Raised], "Signal | None"]


def caught(it: Interpreter, handlers: Sequence[ir.Handler], raised: Raised, frame: Frame, run: Run) -> None:
    """Run the ``except*`` clauses that take a part of what is raised; what is left is raised again, with what the clauses raise."""
    if not isinstance(raised.value, Instance):
        raise it.not_followed("an exception that is not known")
    grouped = is_group(it, raised.value)
    rest: Any = raised.value if grouped else make(it, [it.classes["BaseExceptionGroup"], "", (raised.value,)])
    whole, failed = rest, []
    for handler in handlers:
        if rest is None:
            break
        kinds = it.evaluate(handler.type, frame) if handler.type is not None else ()
        if not all(isinstance(kind, ClassValue) for kind in (kinds if isinstance(kinds, tuple) else (kinds,))):
            raise it.not_followed("which exceptions a handler catches")
        test = _test(it, kinds)
        part, rest = _parts(it, rest, test) if grouped else (rest, None) if test(raised.value) else (None, rest)
        if part is None:
            continue
        try:
            if run(handler, Raised(part, raised.site)) is not None:
                raise it.not_followed("a jump out of `except*`")
        except Raised as error:
            failed.append(error)
    if failed and not grouped:
        raise failed[0]
    if failed:
        found = [error.value for error in failed] + ([rest] if rest is not None else [])
        if len(found) == 1 and (rest is None or not is_group(it, found[0])) and is_group(it, found[0]):
            raise failed[0]
        raise Raised(make(it, [it.classes["BaseExceptionGroup"], "", found]), failed[0].site)
    if rest is not None:
        raise raised if rest is whole or not grouped else Raised(rest, raised.site)
